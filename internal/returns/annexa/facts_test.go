package annexa

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/returns/fact"
)

var terms = Terms{Authority: "204", On: day.MustParse("2026-03-31")}

const today = "2026-05-01"

func said(fs []fact.Fact) string {
	var b strings.Builder
	for _, f := range fs {
		switch {
		case f.Body == nil:
			fmt.Fprintf(&b, "%s (row %d): not there\n", f.Key, f.Line)
		default:
			text, err := json.Marshal(f.Body)
			if err != nil {
				panic(err)
			}
			any := ""
			if f.AnyDay {
				any = " or any day"
			}
			fmt.Fprintf(&b, "%s (row %d): %s%s %s %s\n", f.Key, f.Line, f.When.Date, any, f.Body.Kind(), text)
		}
	}
	return b.String()
}

// whole is the Annex A in which every rule holds.
func wholeReturn(t testing.TB) *Return {
	t.Helper()
	b, err := os.ReadFile("../annexacheck/testdata/whole.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	r, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What the lists say of each child stands in testdata/facts.txt, to be read.
func TestFacts(t *testing.T) {
	var b strings.Builder
	for _, p := range wholeReturn(t).People() {
		fmt.Fprintf(&b, "== %s\n%s", p.ID, said(Facts(terms, p, day.MustParse(today))))
	}
	const golden = "testdata/facts.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Error(d)
	}
}

// Nothing is lost: take any cell away, and what is said is not the same. What
// follows from others, or repeats what another row says of who the child is, is
// the exception.
func TestNothingIsLost(t *testing.T) {
	odd, err := read(book(t, "Liste", odd))
	if err != nil {
		t.Fatal(err)
	}
	sample, err := read(open(t, "Annex_A_2024_Jan.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, r := range []*Return{wholeReturn(t), odd, sample} {
		for _, p := range r.People() {
			before := said(Facts(terms, p, day.MustParse(today)))
			for i, row := range p.Rows {
				for j, c := range row.List.Fields() {
					repeated := len(p.Rows) > 1 && (c == ChildID || c == Gender || c == Ethnicity || c == Birth || c == Age || c == Disability)
					// An entry into care that List 8 gives too, a status that only says what the closure says.
					again := c == EnteredCare || c == Age || row.Cells[j].Text == "e) Closed episode" || c == ConferenceUnnecessary && row.Cells[j].Text == "b) No" || c == PlacementLocation && row.Cells[j].Text == "a) In" ||
						c == LatestAbuse && row.Cells[j].Text == row.Of(InitialAbuse).Text || c == PreviousPlans && row.Cells[j].Text == "0" ||
						c == PlacementOrder && slices.ContainsFunc(p.Rows, func(o Row) bool { return o.Of(LegalStart).Date == row.Cells[j].Date }) // List 8 says it too
					if row.Cells[j].Blank() || repeated || again || c == ChildID {
						continue
					}
					q := Person{ID: p.ID, Rows: slices.Clone(p.Rows)}
					q.Rows[i].Cells = slices.Clone(row.Cells)
					q.Rows[i].Cells[j] = Cell{}
					if said(Facts(terms, q, day.MustParse(today))) == before {
						t.Errorf("%s %s: without %s (%q) the facts are the same", p.ID, row.List, c, row.Cells[j].Text)
					}
					taken++
				}
				for j := range row.More {
					q := Person{ID: p.ID, Rows: slices.Clone(p.Rows)}
					q.Rows[i].More = slices.Delete(slices.Clone(row.More), j, j+1)
					if said(Facts(terms, q, day.MustParse(today))) == before {
						t.Errorf("%s: %s is lost", p.ID, row.More[j].Heading)
					}
					taken++
				}
			}
		}
	}
	if taken < 400 {
		t.Errorf("only %d cells were taken away", taken)
	}
}

// Every fact stands as an entry, none lies ahead, and a key stands once.
func TestFactsStand(t *testing.T) {
	sample, err := read(open(t, "Annex_A_2024_Jan.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	now := day.MustParse("2020-10-01") // the lists speak of days after it
	late := 0
	for _, p := range sample.People() {
		keys := map[string]bool{}
		for _, f := range Facts(Terms{Authority: "204"}, p, now) {
			if keys[f.Key] {
				t.Errorf("%s stands twice", f.Key)
			}
			keys[f.Key] = true
			if f.Body == nil {
				continue
			}
			if ps := f.Body.Check(); len(ps) > 0 || f.When.Date > now {
				t.Errorf("%s on %s: %v", f.Key, f.When.Date, ps)
			}
			if k, ok := f.Body.(child.Kept); ok {
				for _, x := range k.Items {
					if strings.HasPrefix(x.Value, "2021-") {
						late++
					}
				}
			}
		}
	}
	if late == 0 {
		t.Error("no date that lies ahead was kept")
	}
}

// What decides about open work, case by case.
func TestClosing(t *testing.T) {
	const refs = "Child ID|Gender|Date of referral|Referral source|Referral NFA?\n"
	const need = "Child ID|Gender|CIN start date|Primary need code|CIN closure date|Reason for closure|Case status\n"
	const plan = "Child ID|Gender|Child Protection Plan Start Date|Initial Category of Abuse\n"
	for _, x := range []struct {
		name   string
		sheets []string
		want   []string
		never  []string
	}{
		{"no further action", []string{"List 3", refs + "1|M|01/01/2026|6|Y"}, []string{`referral/2026-01-01 (row 2): 2026-01-01 referral`, `referral/2026-01-01/closed (row 2): 2026-01-01 case.closed`}, nil},
		{"no further action while open", []string{"List 3", refs + "1|M|01/02/2026|6|Y", "List 6", need + "1|M|01/01/2026|N1||"}, []string{`no-further-action (row 2): 2026-02-01 note`, `referral/2026-01-01/closed (row 2): not there`}, []string{"case.closed"}},
		{"the referral of the episode", []string{"List 3", refs + "1|M|01/01/2026|6|N", "List 6", need + "1|M|01/01/2026|N4|01/03/2026|RC7|"}, []string{`{"from":"Police","source_code":"6"`, `"need_code":"N4"`, `case.closed {"reason":"RC7","referred":"2026-01-01"`}, []string{"#2"}},
		{"closed while a plan goes on", []string{"List 6", need + "1|M|01/01/2026|N4|01/03/2026|RC7|", "List 7", plan + "1|M|01/02/2026|NEG"}, []string{`"path":"referral/2026-01-01/closed","value":"2026-03-01 RC7"`}, []string{"case.closed"}},
		{"no date", []string{"List 7", plan + "1|M|soon|NEG"}, []string{`without a date that can be read`, `"value":"soon"`}, []string{"cp-plan.started"}},
		{"nobody", []string{"List 7", plan + "|M|01/02/2026|NEG"}, []string{"annex-a/204//cp-plan/2026-02-01"}, []string{"la-child"}},
	} {
		r, err := read(book(t, x.sheets...))
		if err != nil {
			t.Fatal(x.name, err)
		}
		people := r.People()
		if len(people) != 1 {
			t.Fatalf("%s: %d children", x.name, len(people))
		}
		got := said(Facts(terms, people[0], day.MustParse(today)))
		for _, w := range x.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", x.name, w, got)
			}
		}
		for _, w := range x.never {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q in\n%s", x.name, w, got)
			}
		}
	}
}
