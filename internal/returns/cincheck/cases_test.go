package cincheck

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

// aCase is a small input and the cells that must be pointed at.
type aCase struct {
	Tables map[string]struct {
		Columns []string
		Rows    [][]any
	}
	Expected struct {
		Whole bool  `json:"return_level_fail"`
		Cells []any // [table, column, row]
	}
}

type caseFile struct {
	Rule     string
	Rulesets []string `json:"in_rulesets"`
	Cases    []aCase
}

// collectionYears turns names like cin2022_23 into collection years.
func (f caseFile) collectionYears(t *testing.T) []int {
	t.Helper()
	var out []int
	for _, s := range f.Rulesets {
		y, err := ParseYear(strings.Replace(strings.TrimPrefix(s, "cin"), "_", "/", 1))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, y)
	}
	return out
}

// Every case runs in every year in which its rule is in force.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(files) != 88 {
		t.Fatalf("%d files with cases (%v), want 88", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var f caseFile
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatal(name, err)
		}
		for i, c := range f.Cases {
			for _, year := range f.collectionYears(t) {
				t.Run(fmt.Sprintf("%s/%d/%d", f.Rule, i, year), func(t *testing.T) { c.run(t, f.Rule, year) })
			}
		}
	}
}

func (c aCase) run(t *testing.T, code string, year int) {
	rep, err := Run(c.load(t), year)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rep.Verdicts, func(v report.Verdict) bool { return v.Rule.Code == code })
	if i < 0 {
		t.Fatalf("no rule %s in %d", code, year)
	}
	v := rep.Verdicts[i]
	if v.Outcome != report.Failed {
		t.Fatalf("%s %s", v.Outcome, v.Reason)
	}
	var got, want []string
	for _, p := range v.Places {
		got = append(got, fmt.Sprint(p.Table, " ", p.Column, " ", p.Row))
	}
	for _, cell := range c.Expected.Cells {
		x := cell.([]any)
		want = append(want, fmt.Sprint(x[0], " ", x[1], " ", x[2]))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("points at\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if whole := v.Rule.Level == report.OfReturn; whole != c.Expected.Whole {
		t.Errorf("of the whole return: %v, want %v", whole, c.Expected.Whole)
	}
}

// caseRow reads the cells of one row of a case.
type caseRow struct {
	at    map[string]int
	cells []any
}

func (r caseRow) text(name string) string {
	i, ok := r.at[name]
	if !ok || r.cells[i] == nil {
		return ""
	}
	return fmt.Sprint(r.cells[i])
}

func (r caseRow) date(name string) day.Date {
	s := r.text(name)
	if d := readDate(s); !d.IsZero() || len(s) != 10 {
		return d
	}
	return readDate(s[6:10] + "-" + s[3:5] + "-" + s[0:2]) // 31/03/2022
}

func (r caseRow) number(name string) cin.Number {
	n := 0
	s := r.text(name)
	if s == "" || !allDigits(s) {
		return cin.Number{}
	}
	fmt.Sscan(s, &n)
	return cin.Number{Value: n, Given: true}
}

// factors reads one code, or a list written as ['1A', '1B'].
func (r caseRow) factors() []string {
	return strings.FieldsFunc(r.text("AssessmentFactors"), func(c rune) bool { return strings.ContainsRune("[]', ", c) })
}

// load makes tables of a case. Rows stand where the case has them, also where a
// child's rows are not together, or belong to no episode.
func (c aCase) load(t *testing.T) *Tables {
	var out Tables
	out.absent = map[Column]bool{}
	children, episodes, plans := map[string]int{}, map[string]int32{}, map[string]int32{}
	nobody := int32(0)
	number := func(in map[string]int32, id, child string) int32 {
		if id == "" { // belongs to none
			nobody--
			return nobody
		}
		if in[child+"|"+id] == 0 {
			in[child+"|"+id] = int32(len(in) + 1)
		}
		return in[child+"|"+id]
	}
	for tab, name := range tableNames {
		tab := table(tab)
		given, ok := c.Tables[name]
		for col := range columnCount {
			if col.table() == tab && (!ok || !slices.Contains(given.Columns, columns[col].name)) {
				out.absent[col] = true
			}
		}
		at := map[string]int{}
		for i, col := range given.Columns {
			at[col] = i
		}
		for i, cells := range given.Rows {
			r := caseRow{at, cells}
			if _, has := at["CPPID"]; has && r.text("CPPID") == "" {
				continue // no plan, no row
			}
			id := r.text("LAchildID")
			n, ok := children[id]
			if !ok || id == "" {
				n = len(out.Children)
				children[id] = n
				out.Children = append(out.Children, &Child{ID: id})
			}
			ch := out.Children[n]
			k := Key{Row: int32(i), Episode: number(episodes, r.text("CINdetailsID"), id)}
			plan := number(plans, r.text("CPPID"), id)
			switch tab {
			case tHeader:
				out.Header.ReferenceDate = r.date("ReferenceDate")
			case tIdentifiers:
				ch.Identifiers = append(ch.Identifiers, Identifiers{Key: k, LAchildID: id, UPN: r.text("UPN"), FormerUPN: r.text("FormerUPN"), UPNunknown: r.text("UPNunknown"),
					Birth: r.date("PersonBirthDate"), ExpectedBirth: r.date("ExpectedPersonBirthDate"), Death: r.date("PersonDeathDate"), Sex: r.text("Sex"), Gender: r.text("GenderCurrent")})
			case tCharacteristics:
				ch.Characteristics = append(ch.Characteristics, Characteristics{k, r.text("Ethnicity")})
			case tDisabilities:
				ch.Disabilities = append(ch.Disabilities, Disability{k, r.text("Disability")})
			case tEpisodes:
				ch.Episodes = append(ch.Episodes, Episode{k, r.date("CINreferralDate"), r.date("CINclosureDate"), r.date("DateOfInitialCPC"),
					r.text("ReferralSource"), r.text("PrimaryNeedCode"), r.text("ReasonForClosure"), yesNo(r.text("ReferralNFA"))})
			case tAssessments:
				ch.Assessments = append(ch.Assessments, Assessment{k, r.date("AssessmentActualStartDate"), r.date("AssessmentAuthorisationDate"), r.factors()})
			case tCINPlans:
				ch.CINPlans = append(ch.CINPlans, CINPlan{k, r.date("CINPlanStartDate"), r.date("CINPlanEndDate")})
			case tSection47:
				ch.Section47s = append(ch.Section47s, Section47{k, r.date("S47ActualStartDate"), r.date("InitialCPCtarget"), r.date("DateOfInitialCPC"), yesNo(r.text("ICPCnotRequired"))})
			case tCPPlans:
				ch.CPPlans = append(ch.CPPlans, CPPlan{k, plan, r.date("CPPstartDate"), r.date("CPPendDate"), r.text("InitialCategoryOfAbuse"), r.text("LatestCategoryOfAbuse"), r.number("NumberOfPreviousCPP")})
			case tReviews:
				ch.Reviews = append(ch.Reviews, Review{k, plan, r.date("CPPreviewDate")})
			default:
				t.Fatal("no case has", name)
			}
		}
	}
	return &out
}
