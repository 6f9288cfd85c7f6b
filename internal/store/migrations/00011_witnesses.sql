-- +goose Up
-- Signatures of witnesses under signed heads.
CREATE TABLE cosignature (
  size    BIGINT NOT NULL,
  witness TEXT   NOT NULL,
  lines   TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (size, witness)
) STRICT_TABLE;
CREATE INDEX cosignature_witness ON cosignature (witness, size);

-- +goose Down
DROP TABLE cosignature;
