-- +goose Up
-- Runs of a return: it was made from the records and checked, or made and taken away as a
-- file. What was found is kept, by rule, team and child; what the return says is not.
CREATE TABLE return_run (
  id        TEXT   PRIMARY KEY,
  kind      TEXT   NOT NULL,   -- cin, ssda903, annex-a, daily-feed
  what      TEXT   NOT NULL,   -- check, file
  state     TEXT   NOT NULL,   -- waiting, running, done, broken off
  authority TEXT   NOT NULL,   -- three digits
  of_time   TEXT   NOT NULL,   -- 2025/26, or a day
  person    TEXT   NOT NULL,   -- who asked for it
  post      TEXT   NOT NULL,
  asked     BIGINT NOT NULL,
  began     BIGINT NOT NULL,   -- 0: it has not
  beat      BIGINT NOT NULL,   -- when it last said how far it is
  ended     BIGINT NOT NULL,   -- 0: it has not
  so_far    BIGINT NOT NULL,   -- records that were looked at
  total     BIGINT NOT NULL,   -- records there are
  children  BIGINT NOT NULL,   -- in the return
  errors    BIGINT NOT NULL,   -- rules that found errors
  queries   BIGINT NOT NULL,   -- rules that ask for a reason
  not_run   BIGINT NOT NULL,   -- rules that could not run
  held      BIGINT NOT NULL,   -- rules that found nothing
  entries   BIGINT NOT NULL,   -- how long the journal was when it began
  sha256    TEXT   NOT NULL,   -- of a file that was taken away
  format    TEXT   NOT NULL,   -- of that file
  facts     TEXT   NOT NULL,   -- counts of tables and columns, and who was left out, as JSON: no child is named
  problem   TEXT   NOT NULL    -- why it broke off
) STRICT_TABLE;
-- One check of a return at once.
CREATE UNIQUE INDEX return_run_one ON return_run (kind) WHERE what = 'check' AND state IN ('waiting', 'running');
CREATE INDEX return_run_newest ON return_run (kind, asked DESC, id DESC);
CREATE INDEX return_run_state ON return_run (kind, what, state, asked DESC, id DESC);

-- What came of each rule of a check that did not hold.
CREATE TABLE return_rule (
  run      TEXT   NOT NULL,
  code     TEXT   NOT NULL,
  severity TEXT   NOT NULL,    -- error, query, left out
  outcome  TEXT   NOT NULL,    -- failed, could not run
  reason   TEXT   NOT NULL,    -- why it could not run
  places   BIGINT NOT NULL,    -- cells that it points at
  children BIGINT NOT NULL,    -- behind them
  apart    TEXT   NOT NULL,    -- tables and columns that it points at in no child's rows, one a line
  PRIMARY KEY (run, code)
) STRICT_TABLE;

-- How many children a rule found in each team, as the teams were then. Without a code: how
-- many children any rule found.
CREATE TABLE return_team (
  run      TEXT   NOT NULL,
  code     TEXT   NOT NULL,
  team     TEXT   NOT NULL,    -- empty: no team had the child
  places   BIGINT NOT NULL,
  children BIGINT NOT NULL,
  PRIMARY KEY (run, code, team)
) STRICT_TABLE;

-- The children behind each rule that failed in the newest check of a return.
CREATE TABLE return_failure (
  run    TEXT   NOT NULL,
  code   TEXT   NOT NULL,
  team   TEXT   NOT NULL,
  child  TEXT   NOT NULL,
  places BIGINT NOT NULL,
  cells  TEXT   NOT NULL,      -- tables and columns, one a line: no value
  PRIMARY KEY (run, code, team, child)
) STRICT_TABLE;
CREATE INDEX return_failure_team ON return_failure (run, team, child, code);
CREATE INDEX return_failure_child ON return_failure (child);

-- What somebody looked at themselves, without the thousands of records that one return
-- reads: these are in the history of the return.
CREATE INDEX read_own ON read_log (person, at) WHERE grounds <> 'return';

-- +goose Down
DROP INDEX read_own;
DROP TABLE return_failure;
DROP TABLE return_team;
DROP TABLE return_rule;
DROP TABLE return_run;
