-- +goose Up
-- What pages count over a whole authority is counted from an index alone, in
-- the index's order. Children of a team are listed by who has them, so the
-- index of counts takes the place of the one by team.
CREATE INDEX child_load ON child (open, team, post, risk, sort_at, child);
DROP INDEX child_team;
CREATE INDEX duty_load ON duty (team, owner, due_by, until);

-- +goose Down
DROP INDEX duty_load;
CREATE INDEX child_team ON child (open, team, risk, sort_at, child);
DROP INDEX child_load;
