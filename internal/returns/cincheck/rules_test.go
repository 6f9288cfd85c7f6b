package cincheck

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"onus/internal/returns/report"
)

// proof is one failing and one holding return for a rule.
type proof struct {
	code       string
	line       int
	fail, hold string
	at         string
}

const proofsFile = "testdata/rules.txt"

func proofs(t *testing.T) []proof {
	t.Helper()
	var out []proof
	code := ""
	for i, line := range strings.Split(string(read(t, proofsFile)), "\n") {
		op, rest, _ := strings.Cut(line, " ")
		switch op {
		case "", "#":
		case "fail":
			out = append(out, proof{code: code, line: i, fail: rest})
		case "hold":
			out[len(out)-1].hold = rest
		case "at":
			out[len(out)-1].at = rest
		default:
			code = op
		}
	}
	return out
}

// element finds the first element at a path: where it begins and ends, and where
// its content does.
func element(text, path string) (from, in, out, to int, ok bool) {
	in, out = 0, len(text)
	for name := range strings.SplitSeq(path, "/") {
		open := strings.Index(text[in:out], "<"+name+">")
		if open < 0 {
			return 0, 0, 0, 0, false
		}
		from = in + open
		in = from + len(name) + 2
		// No element of the census stands within one of its own name.
		out = in + strings.Index(text[in:], "</"+name+">")
		to = out + len(name) + 3
	}
	return from, in, out, to, true
}

// change makes the changes of one line of the proofs.
func change(t *testing.T, text, changes string) string {
	t.Helper()
	for c := range strings.SplitSeq(changes, " ; ") {
		i := strings.IndexAny(c, "=+-")
		from, in, out, to, ok := element(text, c[:i])
		switch {
		case !ok:
			t.Fatalf("the base has no %s", c[:i])
		case c[i] == '=':
			text = text[:in] + c[i+1:] + text[out:]
		case c[i] == '+':
			text = text[:out] + c[i+1:] + text[out:]
		default:
			text = text[:from] + text[to:]
		}
	}
	return text
}

func checked(t *testing.T, text string, year int) report.Report {
	t.Helper()
	rep, err := Check(strings.NewReader(text), year)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func verdict(t *testing.T, rep report.Report, code string) report.Verdict {
	t.Helper()
	i := slices.IndexFunc(rep.Verdicts, func(v report.Verdict) bool { return v.Rule.Code == code })
	if i < 0 {
		t.Fatalf("%s has no rule %s", rep.Year, code)
	}
	return rep.Verdicts[i]
}

// The base breaks no rule of any year, but for what a year does not have.
func TestBaseHolds(t *testing.T) {
	for year := FirstYear; year <= LastYear; year++ {
		for _, v := range checked(t, string(read(t, "testdata/base.xml")), year).Verdicts {
			if v.Outcome != report.Held {
				t.Errorf("%d: %s %s %v", year, v.Rule.Code, v.Outcome, v.Places)
			}
		}
	}
}

// Every rule, in every year in which it is in force, fails and holds on a file
// where it should.
func TestEveryRule(t *testing.T) {
	base := string(read(t, "testdata/base.xml"))
	all := proofs(t)
	proved := map[string]bool{}
	lines := strings.Split(string(read(t, proofsFile)), "\n")
	lines = slices.DeleteFunc(lines, func(s string) bool { return *update && strings.HasPrefix(s, "at ") })
	added := 0
	for i, p := range all {
		years := 0
		for y := FirstYear; y <= LastYear; y++ {
			if !slices.ContainsFunc(Rules(y), func(r report.Rule) bool { return r.Code == p.code }) {
				continue
			}
			years++
			v := verdict(t, checked(t, change(t, base, p.fail), y), p.code)
			if v.Outcome != report.Failed {
				t.Errorf("%s %d: %q %s", p.code, y, p.fail, v.Outcome)
			}
			if h := verdict(t, checked(t, change(t, base, p.hold), y), p.code); h.Outcome != report.Held {
				t.Errorf("%s %d: %q %s %v", p.code, y, p.hold, h.Outcome, h.Places)
			}
			proved[fmt.Sprint(p.code, y)] = true
			var at []string
			for _, place := range v.Places {
				at = append(at, fmt.Sprintf("%s.%s %d", place.Table, place.Column, place.Row))
				if place.Child == "" && v.Rule.Level == report.OfChild && p.code != "8500" {
					t.Errorf("%s: a place without a child", p.code)
				}
			}
			got := strings.Join(at, "; ")
			if *update && y < LastYear || *update && years == 1 {
				all[i].at = got
				continue
			}
			// 4180, 2886Q and others point at another column in other years.
			if want := strings.ReplaceAll(p.at, ".Sex ", sexColumn(y)); got != want && !*update {
				t.Errorf("%s %d points at %q, want %q", p.code, y, got, want)
			}
		}
		if years == 0 {
			t.Errorf("no year has a rule %s", p.code)
		}
		if *update {
			// Behind the failing line.
			j := slices.Index(lines, "fail "+p.fail) + 1
			for !strings.HasPrefix(lines[j-1], "fail "+p.fail) || within(lines, j-1) != p.code {
				j += slices.Index(lines[j:], "fail "+p.fail) + 1
			}
			lines = slices.Insert(lines, j, "at "+all[i].at)
			added++
		}
	}
	for y := FirstYear; y <= LastYear; y++ {
		for _, r := range Rules(y) {
			if !proved[fmt.Sprint(r.Code, y)] {
				t.Errorf("nothing proves rule %s of %d", r.Code, y)
			}
		}
	}
	if *update {
		if err := os.WriteFile(proofsFile, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// within gives the code under which a line of the proofs stands.
func within(lines []string, i int) string {
	for ; i >= 0; i-- {
		if s := lines[i]; s != "" && !strings.ContainsAny(s, " #") {
			return s
		}
	}
	return ""
}

func sexColumn(year int) string {
	if year < 2025 {
		return ".GenderCurrent "
	}
	return ".Sex "
}

// How many rules there are in each year, as the Department counts them.
func TestHowManyRules(t *testing.T) {
	for year, want := range map[int][2]int{2025: {83, 26}, 2026: {83, 26}} {
		var got [2]int
		for _, r := range Rules(year) {
			got[r.Severity-report.Error]++
		}
		if got != want {
			t.Errorf("%d: %v errors and queries, want %v", year, got, want)
		}
	}
	draft := 0
	for _, r := range Rules(DraftYear) {
		if r.Draft {
			draft++
		}
	}
	if n := len(Rules(DraftYear)); n != 109+12 || draft != 12 {
		t.Errorf("%d rules in the draft year, %d of them draft", n, draft)
	}
}

// The codes and years are those of the Department's list.
func TestRulesAreTheListed(t *testing.T) {
	listed := map[string][]string{}
	for _, name := range []string{"testdata/rules_cin.csv", "testdata/rules_cin_2026_27_draft.csv"} {
		for _, line := range strings.Split(strings.TrimSpace(string(read(t, name))), "\n")[1:] {
			f := strings.Split(line, ",")
			for y := range strings.SplitSeq(f[1], "|") {
				listed[f[0]] = append(listed[f[0]], strings.Replace(strings.TrimPrefix(y, "cin"), "_", "/", 1))
			}
		}
	}
	ours := map[string][]string{}
	for _, r := range Rules(0) {
		ours[r.Code] = append(ours[r.Code], r.Years...)
	}
	for code, years := range ours {
		// Rules of the year before go on into the draft year.
		if !strings.HasPrefix(code, "9") && code != "8995Q" {
			years = slices.DeleteFunc(years, func(y string) bool { return y == report.YearName(DraftYear) })
		}
		slices.Sort(years)
		slices.Sort(listed[code])
		if !slices.Equal(years, listed[code]) {
			t.Errorf("%s: in force %v, listed %v", code, years, listed[code])
		}
	}
	for code := range listed {
		if ours[code] == nil {
			t.Errorf("%s is listed and not here", code)
		}
	}
}

// A rule that breaks down has not run, and the others have.
func TestBrokenRule(t *testing.T) {
	var b Builder
	rules := slices.Concat(declared, []rule{
		{code: "1", from: FirstYear, child: func(c *Child, _ Census, m *marks) {
			m.at(c.Identifiers[0].Key, idUPN)
			_ = c.Reviews[len(c.Reviews)]
		}},
		{code: "2Q", from: FirstYear, all: func(t *Tables, _ Census, m *marks) { panic("no") }},
	})
	sum, err := readInto(&b, read(t, "testdata/base.xml"))
	if err != nil {
		t.Fatal(err)
	}
	rep, err := run(b.Tables(sum.Header), 2026, rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"1", "2Q"} {
		if v := verdict(t, rep, code); v.Outcome != report.CouldNotRun || v.Reason == "" || len(v.Places) > 0 {
			t.Errorf("%s %s %q %v", code, v.Outcome, v.Reason, v.Places)
		}
	}
	if tally := rep.Tally(); tally.CouldNotRun != 2 || tally.Held != 109 {
		t.Errorf("%+v", tally)
	}
	if rep.Passes(nil) || rep.Passes([]string{"1"}) || !rep.Passes([]string{"1", "2Q"}) {
		t.Error("a return passes only when each rule that could not run is allowed by name")
	}
	var out bytes.Buffer
	if err := report.CSV(&out, rep); err != nil || out.String() != "rule,severity,level,table,column,row,child\n1,error,could not run,,,,\n2Q,query,could not run,,,,\n" {
		t.Errorf("%v %s", err, &out)
	}
}
