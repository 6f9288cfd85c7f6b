-- +goose Up
-- Warnings up the line, as lists need them: a cache of the journal.
CREATE TABLE concern (
  id           TEXT   PRIMARY KEY,
  number       BIGINT NOT NULL,
  title        TEXT   NOT NULL,
  raised       BIGINT NOT NULL,
  raiser       TEXT   NOT NULL,  -- person:ID, or sealed:HMAC in confidence
  confidential BIGINT NOT NULL,
  state        TEXT   NOT NULL,
  by_day       TEXT   NOT NULL,  -- by when an answer is due; empty: none is awaited
  ack_by       TEXT   NOT NULL,  -- by when somebody must say that they have it; empty: somebody did
  next_at      BIGINT NOT NULL,  -- when the rules must look; 0: never
  step         BIGINT NOT NULL,
  last_seq     BIGINT NOT NULL
) STRICT_TABLE;
CREATE UNIQUE INDEX concern_number ON concern (number);
CREATE INDEX concern_raiser ON concern (raiser, raised DESC, id);
CREATE INDEX concern_next ON concern (next_at, id) WHERE next_at <> 0;

CREATE TABLE concern_told (
  post    TEXT   NOT NULL,
  concern TEXT   NOT NULL,
  raised  BIGINT NOT NULL,
  PRIMARY KEY (post, concern)
) STRICT_TABLE;
CREATE INDEX concern_told_concern ON concern_told (concern);

-- What answers promised and nobody has done yet.
CREATE TABLE concern_promise (
  concern TEXT   NOT NULL,
  answer  TEXT   NOT NULL,
  nth     BIGINT NOT NULL,
  post    TEXT   NOT NULL,
  what    TEXT   NOT NULL,
  by_day  TEXT   NOT NULL,
  PRIMARY KEY (concern, answer, nth)
) STRICT_TABLE;
CREATE INDEX concern_promise_post ON concern_promise (post, by_day);

-- +goose Down
DROP TABLE concern_promise;
DROP TABLE concern_told;
DROP TABLE concern;
