-- +goose Up
-- What waits for a decision, one row a child, as lists need it: a cache of the journal.
CREATE TABLE front_door (
  child          TEXT   PRIMARY KEY,
  first          TEXT   NOT NULL,   -- the contact or referral that the clock runs from
  kind           TEXT   NOT NULL,
  came           BIGINT NOT NULL,
  news           TEXT   NOT NULL,   -- the post of the worker, when the child has one: no queue has it
  rating         TEXT   NOT NULL,
  urgency        BIGINT NOT NULL,   -- 0 is the most urgent
  rule           TEXT   NOT NULL,   -- the name of the rule that rated it
  rated_by       TEXT   NOT NULL,   -- the person; empty: the rules
  provisional    BIGINT NOT NULL,
  alarm          BIGINT NOT NULL,
  missing        TEXT   NOT NULL,   -- what is still to be found out, a line each
  told_by        TEXT   NOT NULL,
  said           TEXT   NOT NULL,   -- how it begins
  known          TEXT   NOT NULL,   -- what we held of the child before, a line each
  taken          TEXT   NOT NULL,   -- the post that took it; empty: the front door's manager
  taken_at       BIGINT NOT NULL,
  due_by         BIGINT NOT NULL,
  climbed        BIGINT NOT NULL,
  climbed_to     TEXT   NOT NULL,
  climbed_at     BIGINT NOT NULL,
  parking        TEXT   NOT NULL,   -- the entry that proposed to wait; empty: it is not parked
  parked_until   BIGINT NOT NULL,
  parked_why     TEXT   NOT NULL,
  parked_by      TEXT   NOT NULL,
  parked_agreed  TEXT   NOT NULL    -- the second person; empty: nobody has agreed yet
) STRICT_TABLE;
CREATE INDEX front_door_queue ON front_door (urgency, due_by, child);

-- +goose Down
DROP TABLE front_door;
