-- +goose Up
-- To whom a record is open by name or post, beside those who work with the
-- child: let in, drawn for an audit, disclosed to, chairing. A cache of the
-- journal like the other lists.
CREATE TABLE child_open_to (
  who   TEXT   NOT NULL,  -- person:ID or post:ID
  why   TEXT   NOT NULL,
  child TEXT   NOT NULL,
  until BIGINT NOT NULL,  -- the first moment at which it is closed again; 0: lasts
  PRIMARY KEY (who, why, child)
) STRICT_TABLE;
CREATE INDEX child_open_to_child ON child_open_to (child);

-- +goose Down
DROP TABLE child_open_to;
