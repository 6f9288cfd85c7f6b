-- +goose Up
-- Payloads of the daily feed that leave: one row for each, written before it is sent and
-- marked after it was answered. The id goes with it, so that a payload that is sent again
-- can be known again.
CREATE TABLE feed_sending (
  id        TEXT   PRIMARY KEY,
  authority TEXT   NOT NULL,
  target    TEXT   NOT NULL,   -- the address it goes to
  made      BIGINT NOT NULL,
  children  BIGINT NOT NULL,
  sha256    TEXT   NOT NULL,   -- of the payload
  payload   TEXT   NOT NULL,   -- empty once it was accepted, or a child in it was erased
  state     TEXT   NOT NULL,   -- waiting, accepted, refused, withdrawn
  tries     BIGINT NOT NULL,
  next_at   BIGINT NOT NULL,   -- when it is tried next, while it waits
  ended     BIGINT NOT NULL,   -- when it stopped waiting; 0: it waits
  status    BIGINT NOT NULL,   -- of the last answer (HTTP); 0: there was none
  receipt   TEXT   NOT NULL,
  answer    TEXT   NOT NULL,   -- what the server said; it may name a child, so it is never logged
  problem   TEXT   NOT NULL    -- why the last try did not succeed, in our own words
) STRICT_TABLE;
CREATE INDEX feed_sending_made ON feed_sending (made, id);
CREATE INDEX feed_sending_state ON feed_sending (state, made, id);

-- Who is in a sending.
CREATE TABLE feed_part (
  sending TEXT   NOT NULL,
  number  TEXT   NOT NULL,     -- la_child_id
  child   TEXT   NOT NULL,     -- empty: the record is gone, and is to be removed there
  sha256  TEXT   NOT NULL,     -- of what it says of the child; empty: to be removed
  PRIMARY KEY (sending, number)
) STRICT_TABLE;
CREATE INDEX feed_part_child ON feed_part (child) WHERE child <> '';

-- What an address holds of each child: what it accepted last. It stays when a record is
-- disposed of, until its removal there was accepted too.
CREATE TABLE feed_held (
  authority TEXT NOT NULL,
  target    TEXT NOT NULL,
  number    TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  sending   TEXT NOT NULL,
  PRIMARY KEY (authority, target, number)
) STRICT_TABLE;

-- +goose Down
DROP TABLE feed_held;
DROP TABLE feed_part;
DROP TABLE feed_sending;
