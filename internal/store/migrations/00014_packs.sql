-- +goose Up
-- Packs for a hearing, as lists need them: a cache of the journal.
CREATE TABLE pack (
  id       TEXT   PRIMARY KEY,
  number   BIGINT NOT NULL,
  worker   TEXT   NOT NULL,   -- whose it is
  state    TEXT   NOT NULL,
  asked    BIGINT NOT NULL,
  by_day   TEXT   NOT NULL,   -- by when the first post owes it
  last_seq BIGINT NOT NULL
) STRICT_TABLE;
CREATE UNIQUE INDEX pack_number ON pack (number);
CREATE INDEX pack_worker ON pack (worker, asked DESC, id);

-- Which posts owe a pack that is being prepared, from which day on, by which day.
CREATE TABLE pack_owed (
  pack     TEXT   NOT NULL,
  nth      BIGINT NOT NULL,
  post     TEXT   NOT NULL,
  from_day TEXT   NOT NULL,
  by_day   TEXT   NOT NULL,
  PRIMARY KEY (pack, nth)
) STRICT_TABLE;
CREATE INDEX pack_owed_post ON pack_owed (post, by_day);

-- +goose Down
DROP TABLE pack_owed;
DROP TABLE pack;
