package report

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

var some = Report{
	Return: "CIN", File: "a.xml", Year: "2025/26", From: "2025-04-01", To: "2026-03-31",
	Counts: []Count{{"Header", 1}, {"CINdetails", 2}}, Notes: []string{"Read this."},
	Verdicts: []Verdict{
		{Rule: Rule{Code: "8600", Severity: Error, Level: OfChild, Says: "No date.", Do: "Give it."}, Outcome: Failed,
			Places: []Place{{"CINdetails", "A", 0, 7, "<b>1</b>"}, {"CINdetails", "B", 0, 7, "<b>1</b>"}, {"CINdetails", "A", 1, 0, ""}}},
		{Rule: Rule{Code: "100", Severity: Error, Level: OfReturn, Says: "Held it.", Do: "Nothing."}, Outcome: Held},
		{Rule: Rule{Code: "2887Q", Severity: Query, Level: OfReturn, Says: "Too few.", Do: "Check."}, Outcome: Failed},
		{Rule: Rule{Code: "9005", Severity: Error, Level: OfChild, Draft: true, Says: "Never ran.", Do: "Wait."}, Outcome: CouldNotRun, Reason: "No postcodes."},
	},
}

func TestCSV(t *testing.T) {
	var b strings.Builder
	if err := CSV(&b, some); err != nil {
		t.Fatal(err)
	}
	want := `rule,severity,level,table,column,row,child
8600,error,child,CINdetails,A,0,<b>1</b>
8600,error,child,CINdetails,B,0,<b>1</b>
8600,error,child,CINdetails,A,1,
2887Q,query,return,,,,
9005,error,could not run,,,,
`
	if b.String() != want {
		t.Error(b.String())
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, some); err != nil {
		t.Fatal(err)
	}
	want := `a.xml: CIN 2025/26 (2025-04-01 to 2026-03-31). Rows: CINdetails 2.
1 error, 1 query, 1 rule could not run, 1 rule held.
Note: Read this.

Errors

  8600  No date.
        What to do: Give it.
        child without identifier: CINdetails row 1 A
        child <b>1</b>: CINdetails row 0 (line 7) A, B

Rules that could not run

  9005 (draft)  Never ran.
        Why it could not run: No postcodes.

Queries: mend them, or give the reason

  2887Q  Too few.
        What to do: Check.
        In the return as a whole.
`
	if b.String() != want {
		t.Error(b.String())
	}
}

func TestHTMLEscapesAndNeedsNothing(t *testing.T) {
	var b strings.Builder
	if err := HTML(&b, time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC), some); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"1 May 2026, 09:00", "&lt;b&gt;1&lt;/b&gt;", "No postcodes.", "9005 (draft)", "Where it failed, by child: 2", "How many: 1"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, never := range []string{"<b>", "<script", "http:", "https:", "<img", "<link"} {
		if strings.Contains(page, never) {
			t.Errorf("%q in the page", never)
		}
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := JSON(&b, some); err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Verdicts []struct{ Rule, Outcome, Reason string }
	}
	if err := json.Unmarshal([]byte(b.String()), &list); err != nil || len(list) != 1 || len(list[0].Verdicts) != 4 || list[0].Verdicts[3].Outcome != "could not run" {
		t.Error(err, b.String())
	}
}

// What no rule was asked about has not passed.
func TestPasses(t *testing.T) {
	one := func(o Outcome, s Severity) Report {
		return Report{Verdicts: []Verdict{{Rule: Rule{Code: "1", Severity: s}, Outcome: o}}}
	}
	for _, x := range []struct {
		r       Report
		allowed []string
		want    bool
	}{
		{one(Held, Error), nil, true},
		{one(Failed, Error), nil, false},
		{one(Failed, Error), []string{"1"}, false},
		{one(Failed, Query), nil, true},
		{one(CouldNotRun, Query), nil, false},
		{one(CouldNotRun, Error), []string{"2"}, false},
		{one(CouldNotRun, Error), []string{"1"}, true},
		{one(0, Error), nil, false},
	} {
		if got := x.r.Passes(x.allowed); got != x.want {
			t.Errorf("%s %v: %v", x.r.Verdicts[0].Outcome, x.allowed, got)
		}
	}
}

func TestCodesAreOrderedByNumber(t *testing.T) {
	codes := []string{"8510", "100", "8525Q", "1103", "8525"}
	slices.SortFunc(codes, CompareCodes)
	if got := strings.Join(codes, " "); got != "100 1103 8510 8525 8525Q" {
		t.Error(got)
	}
}
