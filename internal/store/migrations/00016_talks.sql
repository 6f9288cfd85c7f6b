-- +goose Up
-- What posts owe because of any record that is not a child's. It was of decisions only.
ALTER TABLE decision_owed ADD COLUMN record TEXT NOT NULL DEFAULT 'decision';  -- decision, talk: which kind of record has the id
ALTER TABLE decision_owed ADD COLUMN child  TEXT NOT NULL DEFAULT '';          -- of whom it is, where its words stand in the child's record
ALTER TABLE decision_owed ADD COLUMN person TEXT NOT NULL DEFAULT '';          -- the only one who can do it; empty: whoever answers for the post
CREATE INDEX decision_owed_by ON decision_owed (by_day);

-- Talks in supervision, as lists need them: a cache of the journal.
CREATE TABLE talk (
  id       TEXT   PRIMARY KEY,
  form     TEXT   NOT NULL,   -- one to one, group
  team     TEXT   NOT NULL,   -- of a group
  post     TEXT   NOT NULL,   -- with whom; empty of a group
  person   TEXT   NOT NULL,
  by_post  TEXT   NOT NULL,   -- who holds it
  state    TEXT   NOT NULL,
  opened   BIGINT NOT NULL,
  planned  TEXT   NOT NULL,
  held_on  TEXT   NOT NULL,   -- empty: not yet
  last_seq BIGINT NOT NULL
) STRICT_TABLE;
CREATE INDEX talk_person ON talk (person, opened DESC, id);
CREATE INDEX talk_team ON talk (team, opened DESC, id);

-- +goose Down
DROP TABLE talk;
DROP INDEX decision_owed_by;
ALTER TABLE decision_owed DROP COLUMN person;
ALTER TABLE decision_owed DROP COLUMN child;
ALTER TABLE decision_owed DROP COLUMN record;
