-- +goose Up
-- From which day a child stands in the list of what may be disposed of; empty: not.
ALTER TABLE child ADD COLUMN dispose_on TEXT NOT NULL DEFAULT '';
CREATE INDEX child_disposal ON child (dispose_on, child, team) WHERE dispose_on <> '';
-- Rows made before this are made again at the next start.
INSERT INTO meta (key, value) SELECT 'rows.stale', '1' FROM head WHERE size > 0
ON CONFLICT (key) DO UPDATE SET value = '1';

-- +goose Down
DROP INDEX child_disposal;
ALTER TABLE child DROP COLUMN dispose_on;
