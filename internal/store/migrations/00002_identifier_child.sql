-- +goose Up
-- A child's numbers are made exactly those of the record, so they are looked
-- for by child too.
CREATE INDEX child_identifier_child ON child_identifier (child);

-- +goose Down
DROP INDEX child_identifier_child;
