-- +goose Up
-- What a private link opens, by the hash of the secret in it: a plan that was given to
-- somebody in the family, or the answer to what they said to somebody who is not the
-- worker. A cache of the journal like the other lists: the secret itself is nowhere.
CREATE TABLE family_link (
  hash    TEXT   PRIMARY KEY,  -- SHA-256 of the secret, in hex
  subject TEXT   NOT NULL,     -- child/ID or concern/ID
  entry   TEXT   NOT NULL,     -- by which it was given
  until   TEXT   NOT NULL,     -- its last day; empty: it lasts
  ended   BIGINT NOT NULL      -- 1: it was ended, or too many wrong words were typed
) STRICT_TABLE;
CREATE INDEX family_link_subject ON family_link (subject);

-- +goose Down
DROP TABLE family_link;
