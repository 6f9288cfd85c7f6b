-- +goose Up
-- Decisions, as lists need them: a cache of the journal.
CREATE TABLE decision (
  id       TEXT   PRIMARY KEY,
  number   BIGINT NOT NULL,
  title    TEXT   NOT NULL,
  about    TEXT   NOT NULL,
  about_id TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  proposed BIGINT NOT NULL,
  gone     BIGINT NOT NULL,   -- when it was withdrawn or replaced; 0: it was not
  last_seq BIGINT NOT NULL
) STRICT_TABLE;
CREATE UNIQUE INDEX decision_number ON decision (number);
CREATE INDEX decision_proposed ON decision (proposed DESC, id);
CREATE INDEX decision_about ON decision (about, about_id, proposed);

-- What posts owe because of decisions: a signature, a condition, a review; and
-- that a decision which they signed was replaced.
CREATE TABLE decision_owed (
  decision TEXT   NOT NULL,
  what     TEXT   NOT NULL,  -- sign, condition, review, replaced
  nth      BIGINT NOT NULL,
  post     TEXT   NOT NULL,
  text     TEXT   NOT NULL,
  by_day   TEXT   NOT NULL,
  PRIMARY KEY (decision, what, nth, post)
) STRICT_TABLE;
CREATE INDEX decision_owed_post ON decision_owed (post, by_day);

-- +goose Down
DROP TABLE decision_owed;
DROP TABLE decision;
