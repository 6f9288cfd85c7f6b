package annexacheck

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/internal/day"
	"onus/internal/returns/annexa"
	"onus/internal/returns/report"
	"onus/internal/returns/workbook"
)

var update = flag.Bool("update", false, "write the catalogue in docs again")

// of31March is the day that the lists of testdata/whole.txt are of.
var of31March = Options{On: day.MustParse("2026-03-31")}

// lists are the eleven lists as texts: headings, then rows.
type lists [annexa.ListCount][][]string

// whole reads testdata/whole.txt: an Annex A in which every rule holds. Each row
// gives the fields that are not empty.
func whole(t testing.TB) *lists {
	t.Helper()
	text, err := os.ReadFile("testdata/whole.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := &lists{}
	for l := range annexa.ListCount {
		var head []string
		for _, f := range l.Fields() {
			head = append(head, f.Heading())
		}
		out[l] = [][]string{head}
	}
	l := annexa.ListCount
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			for l = 0; l < annexa.ListCount && "["+l.String()+"]" != line; l++ {
			}
		default:
			out.add(t, l, line)
		}
	}
	return out
}

// add adds a row: fields with their values, apart by bars.
func (x *lists) add(t testing.TB, l annexa.List, row string) {
	t.Helper()
	cells := make([]string, len(l.Fields()))
	for pair := range strings.SplitSeq(row, " | ") {
		name, value, ok := strings.Cut(pair, "=")
		i := slices.IndexFunc(l.Fields(), func(f annexa.Field) bool { return f.String() == name })
		if !ok || i < 0 {
			t.Fatalf("%s has no %q", l, pair)
		}
		cells[i] = value
	}
	x[l] = append(x[l], cells)
}

// set changes a cell of the row that stands at a place in its list, from 0.
func (x *lists) set(l annexa.List, row int, f annexa.Field, value string) {
	x[l][row+1][slices.Index(l.Fields(), f)] = value
}

func (x *lists) drop(l annexa.List, f annexa.Field) {
	i := slices.Index(l.Fields(), f)
	for r := range x[l] {
		x[l][r] = slices.Delete(slices.Clone(x[l][r]), i, i+1)
	}
}

// file makes the workbook.
func (x *lists) file(t testing.TB) []byte {
	t.Helper()
	var tabs []workbook.Tab
	for l, rows := range x {
		if rows == nil {
			continue
		}
		tabs = append(tabs, workbook.Tab{Name: "List_" + annexa.List(l).String()[5:], Rows: func(write func([]workbook.Value) error) error { //nolint:gosec // of eleven
			for _, r := range rows {
				var cells []workbook.Value
				for _, c := range r {
					cells = append(cells, workbook.Of(c, workbook.Plain))
				}
				if err := write(cells); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	var b bytes.Buffer
	if err := workbook.Write(&b, tabs); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (x *lists) check(t testing.TB, o Options) report.Report {
	t.Helper()
	f := x.file(t)
	r, err := Check(bytes.NewReader(f), int64(len(f)), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// failures are the places where rules failed, and the rules that could not run.
func failures(r report.Report) map[string][]string {
	out := map[string][]string{}
	for _, v := range r.Verdicts {
		switch v.Outcome {
		case report.Held:
		case report.Failed:
			for _, p := range v.Places {
				out[v.Rule.Code] = append(out[v.Rule.Code], strings.TrimSpace(p.Table+" "+p.Child+": "+p.Column))
			}
		default:
			out[v.Rule.Code] = []string{v.Outcome.String()}
		}
	}
	return out
}

// Every rule holds in a workbook that is right, and fails in one that is wrong in
// one place: from file to report. What else a mistake sets off stands there too.
func TestEveryRule(t *testing.T) {
	if got := failures(whole(t).check(t, of31March)); len(got) != 0 {
		t.Fatalf("the workbook in which everything is right fails: %v", got)
	}
	const (
		contacts, help, referrals, assessments, enquiries = annexa.Contacts, annexa.EarlyHelp, annexa.Referrals, annexa.Assessments, annexa.Enquiries
		need, plans, care, leavers, adoption, adopters    = annexa.Need, annexa.Protection, annexa.Care, annexa.Leavers, annexa.Adoption, annexa.Adopters
	)
	type found = map[string][]string
	set := func(l annexa.List, row int, f annexa.Field, v string) func(*lists) {
		return func(x *lists) { x.set(l, row, f, v) }
	}
	cases := map[string]struct {
		change func(*lists)
		want   found
	}{
		"A01": {func(x *lists) { x[help] = nil }, found{"A01": {"List 2 : Early Help"}, "A20": {"could not run"}}},
		"A02": {func(x *lists) { x.drop(care, annexa.LastDental) }, found{"A02": {"List 8 : Date of Last Dental Check"}}},
		"A03": {set(contacts, 0, annexa.ChildID, " "), found{"A03": {"List 1 : Child Unique ID"}}},
		"A04": {set(referrals, 0, annexa.Team, ""), found{"A04": {"List 3 C1: Allocated Team"}}},
		"A05": {set(contacts, 0, annexa.ContactDate, "soon"), found{"A05": {"List 1 C1: Date of Contact"}}},
		"A06": {set(plans, 0, annexa.PreviousPlans, "none"), found{"A06": {"List 7 C1: Number of Previous Child Protection Plans"}}},
		"A07": {set(plans, 0, annexa.LatestAbuse, "Unkindness"), found{"A07": {"List 7 C1: Latest Category of Abuse"}}},
		"A08": {set(care, 0, annexa.PlacementType, "Foster placement"), found{"A08": {"List 8 C2: Placement Type"}}},
		"A09": {set(referrals, 0, annexa.Worker, "#N/A"), found{"A09": {"List 3 C1: Allocated Worker"}}},
		"A10": {set(care, 0, annexa.PlacementAuthority, "Narnia"), found{"A10": {"List 8 C2: LA of Placement"}}},
		"A11": {func(x *lists) { x[contacts] = append(x[contacts], x[contacts][1]) }, found{"A11": {"List 1 C1: Child Unique ID"}}},
		"A12": {func(x *lists) {
			x[leavers] = append(x[leavers], slices.Clone(x[leavers][1]))
			x.set(leavers, 1, annexa.Team, "Another")
		}, found{"A12": {"List 9 C3: Child Unique ID"}}},
		"A20": {set(help, 0, annexa.EarlyHelpEnd, "01/10/2025"), found{"A20": {"List 2 C1: Assessment start date", "List 2 C1: Assessment completion date"}}},
		"A21": {set(assessments, 0, annexa.AssessmentAuthorised, "01/11/2025"), found{"A21": {"List 4 C1: Continuous Assessment Start Date", "List 4 C1: Continuous Assessment Date of Authorisation"}}},
		"A22": {set(enquiries, 0, annexa.ConferenceDate, "01/11/2025"), found{"A22": {"List 5 C1: Strategy discussion initiating Section 47 Enquiry Start Date", "List 5 C1: Date of Initial Child Protection Conference"}}},
		"A23": {set(need, 2, annexa.CINEnd, "01/05/2025"), found{"A23": {"List 6 C5: CIN Start Date", "List 6 C5: CIN Closure Date"}, "A32": {"List 6 C5: CIN Closure Date"}}},
		"A24": {set(plans, 0, annexa.LastConference, "01/11/2025"), found{"A24": {"List 7 C1: Child Protection Plan Start Date", "List 7 C1: Date of latest review conference"}}},
		"A25": {set(care, 0, annexa.PlacementStart, "01/01/2020"), found{"A25": {"List 8 C2: Date Started to be Looked After", "List 8 C2: Start Date of Most Recent Placement"}}},
		"A26": {set(adoption, 0, annexa.PlacedForAdoption, "01/08/2025"), found{"A26": {"List 10 C4: Date of Matching Child and Prospective Adopters", "List 10 C4: Date Placed for Adoption"}}},
		"A27": {set(adopters, 0, annexa.Stage2Start, "01/01/2025"), found{"A27": {"List 11 P1: Date Stage 1 ended", "List 11 P1: Date Stage 2 started"}}},
		"A28": {set(care, 0, annexa.LastDental, "01/01/2010"), found{"A28": {"List 8 C2: Date of Birth", "List 8 C2: Date of Last Dental Check"}}},
		"A29": {set(help, 0, annexa.EarlyHelpStart, "01/01/2014"), found{"A29": {"List 2 C1: Date of Birth", "List 2 C1: Assessment start date"}}},
		"A30": {set(need, 0, annexa.LastSeen, "01/04/2026"), found{"A30": {"List 6 C1: Date Child Was Last Seen"}}},
		"A31": {set(contacts, 0, annexa.Age, "11"), found{"A31": {"List 1 C1: Date of Birth", "List 1 C1: Age of Child (Years)"}}},
		"A32": {set(contacts, 0, annexa.ContactDate, "29/09/2025"), found{"A32": {"List 1 C1: Date of Contact"}}},
		"A40": {set(need, 2, annexa.ClosureReason, ""), found{"A40": {"List 6 C5: CIN Closure Date", "List 6 C5: Reason for Closure"}}},
		"A41": {set(care, 0, annexa.CeasedReason, "E3"), found{"A41": {"List 8 C2: Date Ceased to be Looked After", "List 8 C2: Reason Ceased to be Looked After"}}},
		"A42": {set(adoption, 0, annexa.ReversedReason, "RD4"), found{"A42": {"List 10 C4: Date of Decision that Child Should No Longer be Placed for Adoption", "List 10 C4: Reason Why Child No Longer Placed for Adoption"}}},
		"A43": {set(adopters, 0, annexa.LeftProcess, "01/02/2026"), found{"A43": {"List 11 P1: Date of leaving adoption process", "List 11 P1: Reason for leaving adoption process"}}},
		"A44": {set(need, 2, annexa.CaseStatus, "c) Child in need plan"), found{"A44": {"List 6 C5: CIN Closure Date", "List 6 C5: Case Status"}}},
		"A45": {set(enquiries, 0, annexa.ConferenceUnnecessary, "Y"), found{"A45": {"List 5 C1: Was an Initial Child Protection Conference deemed unnecessary?", "List 5 C1: Date of Initial Child Protection Conference"}}},
		"A46": {set(enquiries, 0, annexa.ConferenceMadePlan, ""), found{"A46": {"List 5 C1: Date of Initial Child Protection Conference", "List 5 C1: Did the Initial Child Protection Conference Result in a Child Protection Plan"}}},
		"A50": {set(plans, 0, annexa.Birth, "02/05/2015"), found{"A50": {"List 7 C1: Date of Birth"}}},
		"A51": {set(plans, 0, annexa.Gender, "M"), found{"A51": {"List 7 C1: Gender"}}},
		"A52": {set(plans, 0, annexa.Ethnicity, "WIRI"), found{"A52": {"List 7 C1: Ethnicity"}}},
		"A53": {set(plans, 0, annexa.Disability, "Yes"), found{"A53": {"List 7 C1: Does the Child have a Disability"}}},
		"A60": {func(x *lists) { x[need] = slices.Delete(x[need], 1, 2) }, found{"A60": {"List 7 C1: Child Unique ID"}}},
		"A61": {func(x *lists) { x[need] = slices.Delete(x[need], 2, 3) }, found{"A61": {"List 8 C2: Child Unique ID"}}},
		"A62": {func(x *lists) {
			x.set(plans, 0, annexa.PlanEnd, "30/03/2026")
		}, found{"A62": {"List 6 C1: Case Status"}}},
		"A63": {func(x *lists) {
			x.set(care, 0, annexa.CareEnd, "30/03/2026")
			x.set(care, 0, annexa.CeasedReason, "E3")
		}, found{"A63": {"List 6 C2: Case Status"}}},
		"A64": {set(need, 0, annexa.CaseStatus, "d) Open assessment"), found{"A64": {"List 7 C1: Child Unique ID"}}},
		"A65": {set(need, 1, annexa.CaseStatus, "c) Child in need plan"), found{"A65": {"List 8 C2: Child Unique ID"}}},
		"A66": {func(x *lists) {
			x.add(t, adoption, "ChildID=C6 | Gender=F | Ethnicity=WBRI | Disability=No | EnteredCare=01/05/2025 | AdoptionDecision=01/09/2025")
		}, found{"A66": {"List 10 C6: Child Unique ID"}}},
		"A67": {func(x *lists) { x[enquiries] = x[enquiries][:1] }, found{"A67": {"List 7 C1: Child Protection Plan Start Date"}}},
		"A68": {func(x *lists) { x[plans] = x[plans][:1]; x.set(need, 0, annexa.CaseStatus, "c) Child in need plan") }, found{"A68": {"List 5 C1: Did the Initial Child Protection Conference Result in a Child Protection Plan"}}},
		"A69": {set(adopters, 0, annexa.FamilyID, "F2"), found{"A69": {"List 10 C4: Family identifier"}}},
	}
	for _, r := range Rules() {
		c, ok := cases[r.Code]
		if !ok {
			t.Errorf("%s has no case", r.Code)
			continue
		}
		x := whole(t)
		c.change(x)
		got := failures(x.check(t, of31March))
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", r.Code, d)
		}
	}
}

// testdata/whole.xlsx is the workbook in which every rule holds, for other rooms.
func TestWholeAsAFile(t *testing.T) {
	const file = "testdata/whole.xlsx"
	made := whole(t).file(t)
	if *update {
		if err := os.WriteFile(file, made, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(have, made) {
		t.Errorf("%s is not made of whole.txt: run this test with -update", file)
	}
}

// Without the day that the lists are of, the rules that need it could not run,
// and nothing passes for checked.
func TestWithoutADay(t *testing.T) {
	r := whole(t).check(t, Options{})
	got := failures(r)
	want := map[string][]string{}
	for i := range declared {
		if declared[i].dated {
			want[declared[i].code] = []string{"could not run"}
		}
	}
	if d := cmp.Diff(want, got); d != "" || len(want) < 4 || r.Passes(nil) {
		t.Error(d, len(want))
	}
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "--on") }) {
		t.Errorf("%q", r.Notes)
	}
}

// A rule that breaks down has not held.
func TestABrokenRule(t *testing.T) {
	f := whole(t).file(t)
	ret, err := annexa.Read(bytes.NewReader(f), int64(len(f)))
	if err != nil {
		t.Fatal(err)
	}
	r := run(ret, of31March, []rule{{code: "B01", run: func(_ *facts, m *marks) { m.table(0, ""); panic("a name") }}})
	if v := r.Verdicts[0]; v.Outcome != report.CouldNotRun || v.Places != nil || strings.Contains(v.Reason, "a name") {
		t.Errorf("%+v", v)
	}
}

// What was read by another name, or not read, stands before the verdicts.
func TestNotes(t *testing.T) {
	x := whole(t)
	x[annexa.Contacts][0] = append(x[annexa.Contacts][0], "Postcode")
	x[annexa.Contacts][1] = append(x[annexa.Contacts][1], "AB1 2CD")
	notes := strings.Join(x.check(t, of31March).Notes, "\n")
	for _, want := range []string{"Sheet List_1, column H: “Postcode”: The list has no such column. Its values are kept beside the rows. (1 values)", "Gender: “F” was read as “b) Female”"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in %s", want, notes)
		}
	}
	if strings.Contains(notes, "AB1") {
		t.Error("a note tells a value of a column that nobody knows")
	}
}

// The published samples run through every rule.
func TestSamples(t *testing.T) {
	for name, want := range map[string]string{"Annex_A_2024_Jan.xlsx": "A07", "2015-01-sample.xlsx": "A02", "example-B-2004.xlsx": "A02"} {
		b, err := os.ReadFile("../annexa/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Check(bytes.NewReader(b), int64(len(b)), of31March)
		if err != nil {
			t.Fatal(name, err)
		}
		if got := failures(r); got[want] == nil || r.Tally().CouldNotRun > 0 && want != "A02" {
			t.Errorf("%s: %v", name, got)
		}
		for _, v := range r.Verdicts {
			if strings.Contains(v.Reason, "broke down") {
				t.Errorf("%s: %s", name, v.Reason)
			}
		}
	}
}

// The catalogue in docs is the one that the rules make. Make it again with
// go test ./internal/returns/annexacheck -update.
func TestCatalogueIsOfTheseRules(t *testing.T) {
	const file = "../../../docs/returns-rules-annex-a.md"
	var b bytes.Buffer
	if err := WriteCatalogue(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not what the rules say: run this test with -update", file)
	}
}

// Each rule says what is wrong and what to do, in words and under a code of its own.
func TestRulesSpeak(t *testing.T) {
	said := map[string]string{}
	for _, r := range Rules() {
		if !strings.HasSuffix(r.Says, ".") || !strings.HasSuffix(r.Do, ".") || len(r.Code) != 3 {
			t.Errorf("%s says %q %q", r.Code, r.Says, r.Do)
		}
		for _, k := range []string{r.Says, r.Code} {
			if other, ok := said[k]; ok {
				t.Errorf("%s and %s say the same", r.Code, other)
			}
			said[k] = r.Code
		}
	}
}
