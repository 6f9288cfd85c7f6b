-- +goose Up
-- What a manager may ask about visits, as lists need it: a cache of the journal.
CREATE TABLE visit_question (
  child  TEXT   NOT NULL,
  list   TEXT   NOT NULL,   -- purpose: visits without one; said: goals known by words only
  what   TEXT   NOT NULL,   -- why it stands in the list
  visit  TEXT   NOT NULL,   -- the entry; of a goal the last of its visits
  newest BIGINT NOT NULL,   -- the day of that visit, negative: so that the newest comes first
  goal   TEXT   NOT NULL,   -- its id in the plan; empty: none
  name   TEXT   NOT NULL,   -- of the goal
  team   TEXT   NOT NULL,
  risk   BIGINT NOT NULL,
  PRIMARY KEY (child, list, visit, goal)
) STRICT_TABLE;
CREATE INDEX visit_question_list ON visit_question (list, team, risk, newest, child, visit, goal);

-- +goose Down
DROP TABLE visit_question;
