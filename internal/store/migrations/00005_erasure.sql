-- +goose Up
-- The leaf of an erased entry. Its row keeps place, id and this hash, and
-- nothing else: what no proof can speak for any more must not stand there.
ALTER TABLE journal ADD COLUMN leaf BYTES;

-- +goose Down
ALTER TABLE journal DROP COLUMN leaf;
