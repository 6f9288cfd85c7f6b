-- +goose Up
-- The journal. Nothing here is ever changed. Erasure (later) empties body and salt only.
CREATE TABLE journal (
  seq        BIGINT PRIMARY KEY,          -- place in the journal, from 0, without gaps
  id         TEXT   NOT NULL UNIQUE,
  kind       TEXT   NOT NULL,
  subject    TEXT   NOT NULL,
  happened   TEXT   NOT NULL,             -- a date, or an instant in UTC
  recorded   BIGINT NOT NULL,             -- microseconds, UTC
  author     TEXT   NOT NULL,
  post       TEXT   NOT NULL,
  on_behalf  TEXT   NOT NULL,
  corrects   TEXT   NOT NULL,
  source     TEXT   NOT NULL,
  body       TEXT,
  salt       BYTES
) STRICT_TABLE;
CREATE INDEX journal_subject ON journal (subject, seq);

-- One row: the queue of writers stands here. It is updated first in every
-- writing transaction; a sequence would let entries commit out of order.
CREATE TABLE head (
  one      BIGINT PRIMARY KEY CHECK (one = 1),
  size     BIGINT NOT NULL,
  recorded BIGINT NOT NULL,
  line_seq BIGINT NOT NULL
) STRICT_TABLE;
INSERT INTO head (one, size, recorded, line_seq) VALUES (1, 0, 0, 0);

-- The ledger's stored hashes, numbered as golang.org/x/mod/sumdb/tlog numbers them.
CREATE TABLE ledger_hash (
  idx  BIGINT PRIMARY KEY,
  hash BYTES NOT NULL
) STRICT_TABLE;

CREATE TABLE checkpoint (
  size BIGINT PRIMARY KEY,
  at   BIGINT NOT NULL,
  text BYTES NOT NULL
) STRICT_TABLE;

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT_TABLE;

-- What was done under an idempotency key, so that asking twice does it once.
CREATE TABLE done (
  key     TEXT PRIMARY KEY,
  request TEXT   NOT NULL,
  child   TEXT   NOT NULL,
  entries TEXT   NOT NULL,
  at      BIGINT NOT NULL
) STRICT_TABLE;

-- Caches of the journal. `onus verify` folds everything again and compares.
CREATE TABLE child (
  child           TEXT PRIMARY KEY,
  last_seq        BIGINT NOT NULL,
  entries         BIGINT NOT NULL,
  name            TEXT   NOT NULL,
  folded          TEXT   NOT NULL,
  birth           TEXT   NOT NULL,
  expected        TEXT   NOT NULL,
  open            BIGINT NOT NULL,
  since           TEXT   NOT NULL,
  risk            BIGINT NOT NULL,
  situation       TEXT   NOT NULL,
  team            TEXT   NOT NULL,
  post            TEXT   NOT NULL,
  no_worker_since TEXT   NOT NULL,
  workers         BIGINT NOT NULL,
  last_seen       TEXT   NOT NULL,
  last_alone      TEXT   NOT NULL,
  referral        TEXT   NOT NULL,
  sort_at         BIGINT NOT NULL           -- days: no worker since, else open since
) STRICT_TABLE;
CREATE INDEX child_team ON child (open, team, risk, sort_at, child);
CREATE INDEX child_post ON child (open, post, risk, sort_at, child);
CREATE INDEX child_all  ON child (open, risk, sort_at, child);

CREATE TABLE child_identifier (
  system    TEXT NOT NULL,
  authority TEXT NOT NULL,
  value     TEXT NOT NULL,
  child     TEXT NOT NULL,
  PRIMARY KEY (system, authority, value, child)
) STRICT_TABLE;

CREATE TABLE duty (
  id         TEXT PRIMARY KEY,
  child      TEXT   NOT NULL,
  rule       TEXT   NOT NULL,
  start      TEXT   NOT NULL,
  owner      TEXT   NOT NULL,
  team       TEXT   NOT NULL,
  risk       BIGINT NOT NULL,
  since      TEXT   NOT NULL,
  shifted    BIGINT NOT NULL,
  due_on     TEXT   NOT NULL,
  due_by     BIGINT NOT NULL,
  clock      BIGINT NOT NULL,
  until      BIGINT NOT NULL,
  next_climb BIGINT NOT NULL,
  climbed    BIGINT NOT NULL,
  climbed_to TEXT   NOT NULL,
  climbed_at BIGINT NOT NULL,
  unit       BIGINT NOT NULL
) STRICT_TABLE;
CREATE INDEX duty_child ON duty (child, due_by, id);
CREATE INDEX duty_owner ON duty (owner, risk, due_by, id);
CREATE INDEX duty_team  ON duty (team, risk, due_by, id);
CREATE INDEX duty_all   ON duty (risk, due_by, id);
CREATE INDEX duty_climb ON duty (next_climb, child);

-- Who looked at a child's record: written before the page is shown.
CREATE TABLE read_log (
  at     BIGINT NOT NULL,
  nth    BIGINT NOT NULL,
  person TEXT   NOT NULL,
  post   TEXT   NOT NULL,
  child  TEXT   NOT NULL,
  what   TEXT   NOT NULL,
  PRIMARY KEY (at, nth, child)
) STRICT_TABLE;
CREATE INDEX read_child ON read_log (child, at);

-- +goose Down
DROP TABLE read_log;
DROP TABLE duty;
DROP TABLE child_identifier;
DROP TABLE child;
DROP TABLE done;
DROP TABLE meta;
DROP TABLE checkpoint;
DROP TABLE ledger_hash;
DROP TABLE head;
DROP TABLE journal;
