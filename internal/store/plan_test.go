package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"onus/internal/app"
)

// Counts over a whole authority read an index in its order and no row, and sort
// nothing; a list of some posts' children walks no other children. Only SQLite's planner is asked: PostgreSQL's looks at the size of
// the tables, and these are empty.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "onus.db"), app.Registry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	some := []string{"a", "b"}
	list := func(q app.ChildQuery) string {
		q.Limit = 101
		text, _ := listChildren(q)
		return text
	}
	held, _ := listHeld(some, some)
	visits, _ := listVisits(app.VisitQuery{List: "purpose", Team: "east", Since: 20000, Limit: 101})
	flow, _ := listFlow([]string{"east", "west"}, 20000, 20364)
	nextVisits, _ := listVisits(app.VisitQuery{List: "said", Team: "east", After: app.Cursor{Rank: 1, At: -20000, ID: "a~b~c"}, Limit: 101})
	runs, _ := listRuns(app.ReturnRunQuery{Kind: app.ReturnCIN, After: app.Cursor{At: 1, ID: "r"}, Limit: 21})
	lastRun, _ := listRuns(app.ReturnRunQuery{Kind: app.ReturnCIN, What: app.ReturnChecked, State: app.RunDone, Limit: 1})
	ofRule, _ := listFailures(app.ReturnFailureQuery{Run: "r", Code: "100", Team: "east", After: app.Cursor{ID: "c~100"}, Limit: 101})
	ofTeam, _ := listFailures(app.ReturnFailureQuery{Run: "r", Team: "east", After: app.Cursor{ID: "c~100"}, Limit: 101})
	for _, x := range []struct {
		text  string
		plan  string
		sorts bool
	}{
		{fmt.Sprintf(countDuties, " WHERE (d.until = 0 OR d.until > $1)"), "SCAN d USING COVERING INDEX duty_load", false},
		{fmt.Sprintf(countDuties, " WHERE (d.until = 0 OR d.until > $1) AND d.team IN ($2, $3)"), "USING COVERING INDEX duty_load (team=?)", false},
		{fmt.Sprintf(countChildren, " WHERE c.open = 1"), "USING COVERING INDEX child_load (open=?)", false},
		{fmt.Sprintf(countChildren, " WHERE c.open = 1 AND c.team IN ($1, $2)"), "USING COVERING INDEX child_load (open=? AND team=?)", false},
		{list(app.ChildQuery{Unallocated: true}), "USING INDEX child_post (open=? AND post=?)", false},
		{list(app.ChildQuery{Unallocated: true, Teams: some[:1]}), "USING INDEX child_load (open=? AND team=? AND post=?)", false},
		{list(app.ChildQuery{Posts: some[:1]}), "USING INDEX child_post (open=? AND post=?)", false},
		{list(app.ChildQuery{Posts: some}), "USING INDEX child_post (open=? AND post=?)", true},
		{list(app.ChildQuery{Posts: some, After: app.Cursor{Rank: 1, ID: "c"}}), "USING INDEX child_post (open=? AND post=?", true},
		{fmt.Sprintf(selectOwed, eitherOf("d.owner", "d.team", some, nil)), "USING INDEX duty_owner (owner=?)", false},
		{fmt.Sprintf(selectOwed, eitherOf("d.owner", "d.team", some, some)), "MULTI-INDEX OR", false},
		{flow, "SEARCH a USING INDEX arrival_flow (team=? AND week>? AND week<?)", false},
		{visits, "SEARCH v USING INDEX visit_question_list (list=? AND team=?)", false},
		{nextVisits, "SEARCH v USING INDEX visit_question_list (list=? AND team=? AND (risk,newest,child,visit,goal)>(?,?,?,?,?))", false},
		{runs, "USING INDEX return_run_newest (kind=? AND (asked,id)<(?,?))", false},
		{lastRun, "USING INDEX return_run_state (kind=? AND what=? AND state=?)", false},
		{ofRule, "SEARCH f USING INDEX sqlite_autoindex_return_failure_1 (run=? AND code=? AND team=? AND child>?)", false},
		{ofTeam, "SEARCH f USING INDEX return_failure_team (run=? AND team=? AND (child,code)>(?,?))", false},
		{ownReads, "USING INDEX read_own (person=? AND at<?)", true}, // looks of one moment only are put in order
		{held, "USING INDEX child_post (open=? AND post=?)", true},
		{held, "(open=? AND team=?)", true},
	} {
		args := make([]any, strings.Count(x.text, "$"))
		rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+x.text, args...)
		if err != nil {
			t.Fatal(err)
		}
		if plan := details(t, rows); !strings.Contains(plan, x.plan) || strings.Contains(plan, "B-TREE") != x.sorts {
			t.Errorf("%s\n%s\nnot %s", x.text, plan, x.plan)
		}
	}
}

func details(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func eitherOf(one, other string, ones, others []string) string {
	var w where
	either(&w, one, ones, other, others)
	return w.String()
}
