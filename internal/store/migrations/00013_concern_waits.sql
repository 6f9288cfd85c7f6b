-- +goose Up
-- What else waits at a concern: that its raiser is asked whether anybody was treated
-- worse, that the guardian hears of it, that a second person agrees to a name. The
-- list of what somebody owes asks for these by themselves.
ALTER TABLE concern ADD COLUMN ask_on TEXT NOT NULL DEFAULT '';  -- when is asked next; empty: never again
ALTER TABLE concern ADD COLUMN unheard BIGINT NOT NULL DEFAULT 0;  -- how often somebody was, and the guardian has not replied
ALTER TABLE concern ADD COLUMN name_waits BIGINT NOT NULL DEFAULT 0;  -- one asks who raised it in confidence, and a second has not agreed
CREATE INDEX concern_waits ON concern (by_day, raised, id) WHERE unheard <> 0 OR name_waits <> 0;
CREATE INDEX concern_recent ON concern (raised DESC, id DESC);
-- Rows made before this are made again at the next start.
INSERT INTO meta (key, value) SELECT 'rows.stale', '1' FROM head WHERE size > 0
ON CONFLICT (key) DO UPDATE SET value = '1';

-- +goose Down
DROP INDEX concern_recent;
DROP INDEX concern_waits;
ALTER TABLE concern DROP COLUMN name_waits;
ALTER TABLE concern DROP COLUMN unheard;
ALTER TABLE concern DROP COLUMN ask_on;
