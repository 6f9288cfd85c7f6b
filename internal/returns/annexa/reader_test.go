package annexa

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/internal/day"
	"onus/internal/returns/workbook"
)

var r0 atomic.Int64

var update = flag.Bool("update", false, "write what is found in the samples again")

func open(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(b []byte) (*Return, error) { return Read(bytes.NewReader(b), int64(len(b))) }

// book writes sheets of texts, dates and numbers as a workbook; the texts of a
// sheet stand in lines, their cells apart by bars.
func book(t testing.TB, sheets ...string) []byte {
	t.Helper()
	var tabs []workbook.Tab
	for i := 0; i < len(sheets); i += 2 {
		tabs = append(tabs, workbook.Tab{Name: sheets[i], Rows: func(write func([]workbook.Value) error) error {
			for line := range strings.SplitSeq(strings.TrimPrefix(sheets[i+1], "\n"), "\n") {
				var row []workbook.Value
				for c := range strings.SplitSeq(line, "|") {
					row = append(row, workbook.Of(c, workbook.Plain))
				}
				if err := write(row); err != nil {
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

// Every sample that was published reads, and what is not understood in it is
// listed; the two that are no Annex A of today say so.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.xls*")
	if err != nil || len(files) != 7 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	var b strings.Builder
	for _, f := range files {
		name := filepath.Base(f)
		fmt.Fprintf(&b, "== %s\n", name)
		r, err := read(open(t, name))
		if err != nil {
			fmt.Fprintln(&b, err)
			continue
		}
		for _, s := range r.Sheets {
			what := "none of the lists"
			if s.List < ListCount {
				what = fmt.Sprintf("%s, headings in row %d", s.List, s.Head)
			}
			fmt.Fprintf(&b, "%s: %s, %d rows\n", s.Name, what, s.Rows)
		}
		for _, x := range r.Findings {
			fmt.Fprintf(&b, "  %s: %s %q %q ×%d\n", x.Kind, x, x.Heading, x.Value, x.Count)
		}
		for _, x := range r.Readings() {
			fmt.Fprintf(&b, "  %s %q read as %q (%s) ×%d\n", x.Field, x.Was, x.Word.Code, x.Word.Group, x.Count)
		}
	}
	golden := "testdata/found.txt"
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

// same are the tables of a return, without where and how they were written.
func same(r *Return) [ListCount][][]Cell {
	var out [ListCount][][]Cell
	for l, t := range r.Lists {
		for _, row := range t.Rows {
			cells := make([]Cell, len(row.Cells))
			for i, c := range row.Cells {
				c.Was = ""
				cells[i] = c
			}
			out[l] = append(out[l], cells)
		}
	}
	return out
}

// What is read and written reads as the same tables, and from then on the bytes
// do not change.
func TestRoundTrip(t *testing.T) {
	files := map[string][]byte{"odd": book(t, "Liste", odd)}
	for _, name := range []string{"2015-01-sample.xlsx", "2016-01-sample.xlsx", "2016-02-sample.xlsx", "Annex_A_2024_Jan.xlsx", "example-B-2004.xlsx"} {
		files[name] = open(t, name)
	}
	for name, file := range files {
		r, err := read(file)
		if err != nil {
			t.Fatal(name, err)
		}
		var one, two bytes.Buffer
		if err := Write(&one, r); err != nil {
			t.Fatal(name, err)
		}
		again, err := read(one.Bytes())
		if err != nil {
			t.Fatal(name, err)
		}
		if d := cmp.Diff(same(r), same(again)); d != "" {
			t.Errorf("%s: written and read, the tables differ: %s", name, d)
		}
		for _, x := range again.Findings {
			if x.Kind != NotUnderstood {
				t.Errorf("%s: what was written has %s", name, x)
			}
		}
		for l, tab := range again.Lists {
			for _, f := range List(l).Fields() { //nolint:gosec // of eleven
				if !tab.Given || !tab.Columns[f] {
					t.Errorf("%s: %s lacks %s", name, tab.List, f)
				}
			}
		}
		if err := Write(&two, again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s: written, read and written again, the bytes differ", name)
		}
	}
}

// odd has what sheets in practice have: titles, blank rows, headings in other
// words and another order, merged over two rows, with slips of the hand, columns
// that are not asked for, values that are no values.
const odd = `
Anytown Council|||||||
List 7 - children with a plan|||||||as at 31/03/2024

DOB|Unique ID|||||CP plan start date|NHS number|Comments|Child Protection Plan End Dat
||Sex|Ethnic origin|Disabled|Initial category of abuse|||
31 Jan 2015|a1|F|WBRI - White British|Autism|NEG|2024-01-05 00:00:00|943 476 5919|x|
99/99/2015|A2|male|White|Martian|Emotional abuse|soon|||45322
||||||||only a remark|
DOB|Unique ID|Sex|Ethnic origin|Disabled|Initial category of abuse|CP plan start date|NHS number|Comments|
45322|A3|M|#N/A|no|multiple|1/2/24||`

func TestOddSheet(t *testing.T) {
	r, err := read(book(t, "Liste", odd, "Diagram", "a|b\n\nc"))
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Sheets[0]; s.List != Protection || s.Head != 5 || s.Rows != 3 {
		t.Fatalf("%+v", s)
	}
	rows := r.Lists[Protection].Rows
	for _, x := range []struct {
		row         int
		f           Field
		text, was   string
		known, word bool
	}{
		{0, ChildID, "a1", "", true, false}, {0, Birth, "2015-01-31", "", true, false}, {0, Gender, "b) Female", "F", true, true},
		{0, Ethnicity, "a) WBRI", "WBRI - White British", true, true}, {0, PlanStart, "2024-01-05", "", true, false}, {0, InitialAbuse, "a) Neglect", "NEG", true, true},
		{0, PlanEnd, "", "", false, false}, {1, Birth, "99/99/2015", "", false, false}, {1, Gender, "a) Male", "male", true, true}, {1, Ethnicity, "White", "", true, true},
		{1, Disability, "Martian", "", false, false}, {1, PlanStart, "soon", "", false, false}, {1, PlanEnd, "2024-01-31", "", true, false},
		{2, Birth, "2024-01-31", "", true, false}, {2, Ethnicity, "#N/A", "", false, false}, {2, PlanStart, "2024-02-01", "", true, false}, {2, LastVisit, "", "", false, false},
	} {
		c := rows[x.row].Of(x.f)
		if c.Text != x.text || c.Was != x.was || c.Known != x.known || (c.Word != nil) != x.word {
			t.Errorf("row %d %s: %+v", x.row, x.f, c)
		}
	}
	if w := rows[1].Of(Ethnicity).Word; w.Code != "" || w.Group != "a) White" {
		t.Errorf("White is %+v", w)
	}
	if d := cmp.Diff([]Extra{{"NHS number", "943 476 5919"}, {"Comments", "x"}}, rows[0].More); d != "" {
		t.Error(d)
	}
	var loose []string
	for _, l := range r.Loose {
		loose = append(loose, fmt.Sprintf("%s!%s%d=%s", l.Sheet, l.Column, l.Row, l.Value))
	}
	want := []string{"Liste!A1=Anytown Council", "Liste!H2=as at 31/03/2024", "Liste!I8=only a remark", "Diagram!A1=a", "Diagram!B1=b", "Diagram!A3=c"}
	if d := cmp.Diff(want, loose); d != "" {
		t.Error(d)
	}
	kinds := map[Kind]int{}
	for _, x := range r.Findings {
		kinds[x.Kind] += x.Count
	}
	if d := cmp.Diff(map[Kind]int{NotUnderstood: 4, UnknownColumn: 3, MissingColumn: 9, AboveHeadings: 2, HeadingsAgain: 1, UnknownSheet: 2}, kinds); d != "" {
		t.Error(d)
	}
}

// Two sheets of one list are both read; a list is known by its name where the
// headings fit two.
func TestWhichList(t *testing.T) {
	r, err := read(book(t, "List 1", "Child ID|Gender|Date of contact|Contact source\n1|M|01/01/2024|6", "Contacts May", "Contact source|Contact date|Child ID\nPolice|02/01/2024|2",
		"List_9", "Child ID|DOB|UASC|Gender\n1|01/01/2007|N|F", "List_8", "Child ID|DOB|UASC|Gender\n1|01/01/2009|N|F"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Lists[Contacts].Rows); n != 2 {
		t.Errorf("%d contacts", n)
	}
	if a, b := r.Lists[Care].Rows, r.Lists[Leavers].Rows; len(a) != 1 || len(b) != 1 || a[0].Of(UASC).Text != "b) No" || b[0].Of(FormerUASC).Text != "b) No" {
		t.Errorf("%+v %+v", a, b)
	}
}

func TestDates(t *testing.T) {
	const want = "2024-01-31"
	for _, s := range []string{"31/01/2024", "31/1/24", "31-01-2024", "31.01.2024", "2024-01-31", "2024/01/31", "2024-01-31T00:00:00", "2024-01-31 23:59", "31/01/2024 00:00:00",
		"20240131", "31 January 2024", "31-Jan-24", "31st January, 2024", "Wed 31 Jan 2024", "Wednesday, 31 January 2024 12:00", " 31/01/2024 "} {
		if d, ok := ParseDate(s); !ok || d.String() != want {
			t.Errorf("%q is %v", s, d)
		}
	}
	for _, s := range []string{"", "01/31/2024", "31/02/2024", "2024", "01/2024", "31/01", "today", "31/01/1024", "31/01/3024", "1/1/1/1", "31/01/2024 noon", "0/1/2024", "12:30", "31 Ja 2024", "٣١/01/2024"} {
		if d, ok := ParseDate(s); ok {
			t.Errorf("%q is taken for %v", s, d)
		}
	}
	for s, want := range map[string]day.Date{"1/2/29": day.Of(2029, 2, 1), "1/2/30": day.Of(1930, 2, 1), "29/02/2024": day.Of(2024, 2, 29)} {
		if d, _ := ParseDate(s); d != want {
			t.Errorf("%q is %v", s, d)
		}
	}
}

func TestWords(t *testing.T) {
	for _, x := range []struct {
		f     Field
		said  string
		code  string
		group string
	}{
		{Gender, "a) Male", "a) Male", "a) Male"}, {Gender, "c) Neither", "d) Neither", "d) Neither"}, {Gender, "2", "b) Female", "b) Female"},
		{Ethnicity, "wbri", "a) WBRI", "a) White"}, {Ethnicity, "Traveller of Irish heritage", "c) WIRT", "a) White"}, {Ethnicity, "Asian", "", "c) Asian or Asian British"},
		{ContactSource, "6", "q) 6: Police", "g) Police"}, {ContactSource, "POLICE", "q) 6: Police", "g) Police"}, {ReferralSource, "1A", "a) 1A: Individual", "a) Individual"}, {ReferralSource, "GP", "", "d) Health services"},
		{ReferralNFA, "Y", "a) Yes", "Yes"}, {ReferralNFA, "FALSE", "b) No", "No"}, {SeenAlone, "TRUE", "a) Yes", "Yes"},
		{PrimaryNeed, "N1", "N1 - Abuse or neglect", "a) Abuse or neglect"}, {LegalStatus, "C2", "C2: FCO", "b) Full care orders"}, {LegalStatus, "V2 - Single period of accommodation under section 20", "V2: Single period under S20", "e) Accommodated under S20"},
		{CeasedReason, "E11", "a) E11: Adopted - application unopposed", "a) Adopted"}, {PlacementType, "U1", "a) U1: Foster placement - relatives - long term", "a) Foster placement"}, {PlacementType, "Foster placement", "", "a) Foster placement"},
		{PlacementType, "p) K2: Children's Homes", "p) K2: Children’s Homes", "h) Children's Homes"}, {Eligibility, "Former Relevant", "b) Former relevant child", "b) Former relevant"}, {Activity, "F4", "F4: Young person engaged full time in an apprenticeship", "F4: Young person engaged full time in an apprenticeship"},
		{PlacementAuthority, "Camden London Borough", "Camden", "Camden"}, {LeftReason, "1", "1 - Adopter withdrew from process", "a) Withdrew"},
	} {
		w := sets()[layout().fields[x.f].set].find(x.said)
		if w == nil || w.Code != x.code || w.Group != x.group {
			t.Errorf("%s %q is %+v", x.f, x.said, w)
		}
	}
	for _, x := range []struct {
		f    Field
		said string
	}{{Gender, "Indeterminate"}, {Gender, ""}, {Gender, "-"}, {Ethnicity, "?"}, {Activity, "t"}, {PrimaryNeed, "N17"}, {ReferralNFA, "perhaps"}, {LegalStatus, "X1: CodeError"}} {
		if w := sets()[layout().fields[x.f].set].find(x.said); w != nil {
			t.Errorf("%s %q is taken for %+v", x.f, x.said, w)
		}
	}
}

// The data in the room is whole: 11 lists, 169 fields, each with a type, each
// code with a way to itself and back.
func TestLayout(t *testing.T) {
	n := 0
	for l := range ListCount {
		n += len(l.Fields())
		for _, f := range l.Fields() {
			if g, ok := match(l, f.Heading()); !ok || g != f {
				t.Errorf("%s: the heading %q leads to %s", l, f.Heading(), g)
			}
		}
	}
	if n != 169 {
		t.Errorf("%d fields", n)
	}
	words, ways := 0, 0
	for f := range FieldCount {
		if f.String() == "" || f.Holds() == 0 {
			t.Errorf("the field %d has no line", f)
		}
		s := sets()[layout().fields[f].set]
		if (f.Holds() == Code) != (s != nil) {
			t.Fatalf("%s holds %d and has the codes %v", f, f.Holds(), s != nil)
		}
	}
	for name, s := range sets() {
		for _, w := range s.words {
			words++
			if s.find(w.Code) != w {
				t.Errorf("%s: %q does not lead to itself", name, w.Code)
			}
		}
		ways += len(s.loose)
	}
	if words < 210 || ways < 6000 {
		t.Errorf("%d codes, %d ways", words, ways)
	}
}

// More than any true return is refused, or counted, not held.
func TestBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString("Child ID|Gender|Date of contact|Contact source")
	for range maxFindings + 5 {
		b.WriteString("\n1|M|never|Police")
	}
	r, err := read(book(t, "List 1", b.String()))
	if err != nil {
		t.Fatal(err)
	}
	last := r.Findings[len(r.Findings)-1]
	if last.Kind != MoreThanListed || last.Count != 5 || len(r.Lists[Contacts].Rows) != maxFindings+5 {
		t.Errorf("%+v, %d rows", last, len(r.Lists[Contacts].Rows))
	}
	rd := &sheetReader{reader: (&reader{cells: &r0}).own(), sheet: Sheet{Name: "x", List: ListCount}}
	r0.Store(maxCells)
	if err := rd.row(workbook.Row{Number: 1, Cells: []workbook.Cell{{Text: "a"}}}); !errors.Is(err, workbook.ErrTooManyOf) {
		t.Error(err)
	}
	// A row of one cell takes as much room as a whole one.
	rd = &sheetReader{reader: (&reader{cells: &r0}).own(), sheet: Sheet{Name: "x", List: Care}, late: true}
	r0.Store(maxCells - 10)
	if err := rd.row(workbook.Row{Number: 1, Cells: []workbook.Cell{{Text: "a"}}}); !errors.Is(err, workbook.ErrTooManyOf) {
		t.Error(err)
	}
	_, err = read(book(t, "List 1", "a|b|c"))
	if !errors.Is(err, ErrNotAnnexA) || !strings.Contains(err.Error(), "List 1") {
		t.Error(err)
	}
}
