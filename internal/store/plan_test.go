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
// nothing. Only SQLite's planner is asked: PostgreSQL's looks at the size of
// the tables, and these are empty.
func TestCountsReadAnIndexAlone(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "onus.db"), app.Registry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, x := range []struct{ text, index string }{
		{fmt.Sprintf(countDuties, " WHERE (d.until = 0 OR d.until > $1)"), "duty_load"},
		{fmt.Sprintf(countDuties, " WHERE (d.until = 0 OR d.until > $1) AND d.team IN ($2, $3)"), "duty_load"},
		{fmt.Sprintf(countChildren, " WHERE c.open = 1"), "child_load"},
		{fmt.Sprintf(countChildren, " WHERE c.open = 1 AND c.team IN ($1, $2)"), "child_load"},
	} {
		rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+x.text, 1, "a", "b")
		if err != nil {
			t.Fatal(err)
		}
		if plan := details(t, rows); !strings.Contains(plan, "USING COVERING INDEX "+x.index) || strings.Contains(plan, "B-TREE") {
			t.Errorf("%s\n%s", x.text, plan)
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
