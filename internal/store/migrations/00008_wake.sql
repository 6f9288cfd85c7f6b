-- +goose Up
-- When a child's rows change by time alone: a birthday starts a clock, or new
-- rules come into force that running clocks follow. 0: never.
ALTER TABLE child ADD COLUMN wake BIGINT NOT NULL DEFAULT 0;
CREATE INDEX child_wake ON child (wake, child) WHERE wake <> 0;
-- Rows made before this are made again at the next start.
INSERT INTO meta (key, value) SELECT 'rows.stale', '1' FROM head WHERE size > 0
ON CONFLICT (key) DO UPDATE SET value = '1';

-- +goose Down
DROP INDEX child_wake;
ALTER TABLE child DROP COLUMN wake;
