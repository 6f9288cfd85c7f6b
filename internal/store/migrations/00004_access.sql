-- +goose Up
-- What access to a record turns on, beside who works with the child: JSON that
-- is opaque here.
ALTER TABLE child ADD COLUMN guard TEXT NOT NULL DEFAULT '';
-- Rows made before this are made again at the next start.
INSERT INTO meta (key, value) SELECT 'rows.stale', '1' FROM head WHERE size > 0
ON CONFLICT (key) DO UPDATE SET value = '1';

-- On which ground somebody looked, or was refused.
ALTER TABLE read_log ADD COLUMN grounds TEXT NOT NULL DEFAULT '';
ALTER TABLE read_log ADD COLUMN refused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE read_log ADD COLUMN program TEXT NOT NULL DEFAULT '';
CREATE INDEX read_person ON read_log (person, at);

-- Who is signed in. The token is kept as its hash only.
CREATE TABLE session (
  token   TEXT PRIMARY KEY,
  data    BYTES  NOT NULL,
  expires BIGINT NOT NULL
) STRICT_TABLE;
CREATE INDEX session_expires ON session (expires);

-- What was typed and not yet recorded, so that it is not lost.
CREATE TABLE draft (
  person TEXT   NOT NULL,
  path   TEXT   NOT NULL,
  body   TEXT   NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (person, path)
) STRICT_TABLE;
CREATE INDEX draft_at ON draft (at);

-- Sign-ins that worked, of which nobody has said whose they are.
CREATE TABLE stranger (
  code    TEXT PRIMARY KEY,
  issuer  TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  UNIQUE (issuer, subject)
) STRICT_TABLE;

-- +goose Down
DROP TABLE stranger;
DROP TABLE draft;
DROP TABLE session;
DROP INDEX read_person;
ALTER TABLE read_log DROP COLUMN program;
ALTER TABLE read_log DROP COLUMN refused;
ALTER TABLE read_log DROP COLUMN grounds;
ALTER TABLE child DROP COLUMN guard;
