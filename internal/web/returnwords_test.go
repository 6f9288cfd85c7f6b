package web

import (
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/web/shell"
)

// No word says that all is well where a rule did not run, nobody was asked about, or a
// child who belongs in the return is not in it.
func TestAReturnIsNeverSaidToBeWellWhenItIsNot(t *testing.T) {
	left := app.ReturnFacts{Left: []app.ReturnLeft{{Code: "no-number", N: 2, Says: "children."}, {N: 9, Says: "records of another."}}}
	for _, x := range []struct {
		run   app.ReturnRun
		kind  shell.Kind
		state string
		says  string
		ready bool
	}{
		{app.ReturnRun{}, shell.Soon, "nobody is in it", "Nobody belongs in it", false},
		{app.ReturnRun{Facts: left}, shell.Soon, "nobody is in it", "Who is left out", false},
		{app.ReturnRun{Errors: 1, NotRun: 3, Held: 9, Facts: left}, shell.Late, "1 rule finds errors", "Not ready to go", false},
		{app.ReturnRun{NotRun: 3, Queries: 1, Held: 9}, shell.Soon, "3 rules could not run", "nobody knows what they would find", false},
		{app.ReturnRun{Queries: 1, Held: 9, Facts: left}, shell.Soon, "2 children are left out", "2 children who belong in it are left out", false},
		{app.ReturnRun{Queries: 2, Held: 9}, shell.Blue, "2 queries", "Nothing stops it", true},
		{app.ReturnRun{Held: 9}, shell.OK, "every rule held", "Every rule held", true},
	} {
		x.run.State = app.RunDone
		st := returnState(app.ReturnStanding{Last: &x.run})
		says, bad := returnAnswer(x.run)
		if st.Kind != x.kind || st.Text != x.state || !strings.Contains(says, x.says) || bad == x.ready || x.run.Ready() != x.ready {
			t.Errorf("%+v: %+v, %q, %v, ready %v", x.run, st, says, bad, x.run.Ready())
		}
	}
	if st := returnState(app.ReturnStanding{Last: &app.ReturnRun{Held: 9}, On: &app.ReturnRun{State: app.RunRunning}}); st.Kind != shell.Blue {
		t.Errorf("while it is checked: %+v", st)
	}
}
