-- +goose Up
-- What rules of returns are checked with: last year's files, a postcode directory, a list
-- of providers. What was given, when and by whom, stands in the journal; here is what it
-- says, in parts. A part of last year's files is what they say of one child.
CREATE TABLE return_data_part (
  data      TEXT   NOT NULL,   -- as the entry names it
  n         BIGINT NOT NULL,   -- from 0, in the order in which it is read
  authority TEXT   NOT NULL,   -- of a child's number; empty: the part is about no child
  number    TEXT   NOT NULL,   -- the authority's number of the child; empty too where it was erased
  child     TEXT   NOT NULL,   -- the record with that number when it was given; empty: there was none
  salt      BYTES,             -- of a child's part; NULL: there is no child, or it was erased
  body      BYTES,             -- NULL: it was erased
  leaf      BYTES  NOT NULL,   -- SHA-256 of salt, number and body
  PRIMARY KEY (data, n)
) STRICT_TABLE;
CREATE INDEX return_data_part_number ON return_data_part (number, authority) WHERE number <> '';
CREATE INDEX return_data_part_child ON return_data_part (child) WHERE child <> '';

-- +goose Down
DROP TABLE return_data_part;
