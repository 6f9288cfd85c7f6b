-- +goose Up
-- The part of town in which a child lives, so that whoever chooses a worker sees in one
-- query who has children there already. Rows are made again at start when the rules change.
ALTER TABLE child ADD COLUMN area TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE child DROP COLUMN area;
