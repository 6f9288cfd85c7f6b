-- +goose Up
-- What a child who came to a team brought with them, so that the work that is still to come
-- can be said from the past year: a cache of the journal. Rows are made again at start.
CREATE TABLE arrival (
  child TEXT   NOT NULL,
  team  TEXT   NOT NULL,
  week  BIGINT NOT NULL,   -- the Monday of the week in which the child came, in days since 1970
  -- Minutes of work of the worker and the manager that fell due in the first, second ... week.
  m1    BIGINT NOT NULL,
  m2    BIGINT NOT NULL,
  m3    BIGINT NOT NULL,
  m4    BIGINT NOT NULL,
  m5    BIGINT NOT NULL,
  m6    BIGINT NOT NULL,
  m7    BIGINT NOT NULL,
  m8    BIGINT NOT NULL,
  PRIMARY KEY (child, team, week)
) STRICT_TABLE;
CREATE INDEX arrival_flow ON arrival (team, week);
-- How long the way to a child takes, and how far away the child is placed.
ALTER TABLE child ADD COLUMN journey BIGINT NOT NULL DEFAULT 0;
ALTER TABLE child ADD COLUMN miles BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE child DROP COLUMN miles;
ALTER TABLE child DROP COLUMN journey;
DROP TABLE arrival;
