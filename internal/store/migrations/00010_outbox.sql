-- +goose Up
-- What leaves: one row for each step of a matter, each post or person told, and
-- each channel, so that nothing is told twice. It is written in the transaction
-- of the entries, and sent only after that.
CREATE TABLE outbox (
  id      TEXT   PRIMARY KEY,  -- names the message for ever
  matter  TEXT   NOT NULL,     -- duty:ID, concern:ID, digest
  step    TEXT   NOT NULL,     -- of the matter; of a digest its day
  who     TEXT   NOT NULL,     -- post:ID or person:ID
  channel TEXT   NOT NULL,     -- mail
  child   TEXT   NOT NULL,     -- whom it is about, so that it goes when the record goes
  made    BIGINT NOT NULL,
  subject TEXT   NOT NULL,
  text    TEXT   NOT NULL,
  brief   TEXT   NOT NULL,     -- what a digest says of it
  state   TEXT   NOT NULL,     -- waiting, sent, digest, overtaken, given up, let go
  tries   BIGINT NOT NULL,
  next_at BIGINT NOT NULL,     -- when it is tried next, while it waits
  ended   BIGINT NOT NULL,     -- when it stopped waiting; 0: it waits
  problem TEXT   NOT NULL,     -- why the last try did not succeed
  UNIQUE (matter, step, who, channel)
) STRICT_TABLE;
CREATE INDEX outbox_waiting ON outbox (made, id) WHERE state = 'waiting';
CREATE INDEX outbox_who ON outbox (who, made, id);
CREATE INDEX outbox_state ON outbox (state, ended, id);
CREATE INDEX outbox_child ON outbox (child) WHERE child <> '';

-- +goose Down
DROP TABLE outbox;
