-- +goose Up
-- How long recording takes: for each form and month, how often it was sent, by how long it
-- had been open. Nobody and no child stands here, and no single sending.
CREATE TABLE form_time (
  form   TEXT   NOT NULL,  -- the form's address without what it is about: /child/{child}/visit
  month  BIGINT NOT NULL,  -- its first day
  bucket BIGINT NOT NULL,  -- index in app.FormBounds
  times  BIGINT NOT NULL,
  PRIMARY KEY (form, month, bucket)
) STRICT_TABLE;

-- +goose Down
DROP TABLE form_time;
