package ssda903check

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

var update = flag.Bool("update", false, "write what the rules make")

// The catalogue in docs is the one that the rules make. Make it again with
// go test ./internal/returns/ssda903check -update.
func TestCatalogueIsOfTheseRules(t *testing.T) {
	const file = "../../../docs/returns-rules-ssda903.md"
	var b bytes.Buffer
	if err := WriteCatalogue(&b, 0); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not what the rules say: run this test with -update", file)
	}
}

// Each rule says what is wrong and what to do, in words of its own.
func TestRulesSpeak(t *testing.T) {
	said := map[string]string{}
	for _, r := range Rules(0) {
		if r.Says == "" || r.Do == "" || !strings.HasSuffix(r.Says, ".") || !strings.HasSuffix(r.Do, ".") || len(r.Fields) == 0 || len(r.Years) == 0 {
			t.Errorf("%s says %q %q of %v in %v", r.Code, r.Says, r.Do, r.Fields, r.Years)
		}
		if other, ok := said[r.Says]; ok && other != r.Code {
			t.Errorf("%s and %s say the same", r.Code, other)
		}
		said[r.Says] = r.Code
	}
}

// Every rule of the Department is declared, once in each of its years.
func TestEveryRuleIsDeclared(t *testing.T) {
	f, err := os.Open("testdata/rules_903.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recs, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][]string{}
	for _, r := range recs[1:] {
		for _, y := range strings.Split(r[2], "|") {
			if y != "" {
				want[rulesetYear(y)] = append(want[rulesetYear(y)], r[0])
			}
		}
	}
	for y := FirstYear; y <= LastYear; y++ {
		var got []string
		for _, r := range Rules(y) {
			got = append(got, r.Code)
		}
		slices.Sort(got)
		slices.Sort(want[y])
		if !slices.Equal(got, want[y]) {
			t.Errorf("%s: %d rules, want %d", report.YearName(y), len(got), len(want[y]))
			for _, c := range want[y] {
				if !slices.Contains(got, c) {
					t.Logf("%s is not in force", c)
				}
			}
			for _, c := range got {
				if !slices.Contains(want[y], c) {
					t.Logf("%s is in force", c)
				}
			}
		}
	}
	if n := len(Rules(2026)); n != 312 {
		t.Errorf("%d rules in 2025/26", n)
	}
	for i := range declared {
		if declared[i].run == nil {
			t.Errorf("%s is declared and not written", declared[i].code)
		}
	}
}

// What cannot be answered is neither held nor failed, and says why.
func TestCouldNotRun(t *testing.T) {
	rows := func(csv string) *ssda903.Return {
		r, err := ssda903.Read(strings.NewReader(csv), "header.csv")
		if err != nil {
			t.Fatal(err)
		}
		ret := &ssda903.Return{}
		ret.Add(r, false)
		return ret
	}
	header := rows("CHILD,SEX,DOB\nA,F,01/01/2015\n")
	for _, c := range []struct {
		rule rule
		why  string
	}{
		{rule{code: "1", run: func(q *question) { q.table(episodes) }}, "The table Episodes was not given."},
		{rule{code: "1", run: func(q *question) { q.lastTable(episodes) }}, "Last year's table Episodes was not given"},
		{rule{code: "1", run: func(q *question) { q.table(ssda903.Header).At(0).Text(upn) }}, "The column UPN of the table Header is missing."},
		{rule{code: "1", run: func(q *question) { q.at(q.table(ssda903.Header).At(0)); panic("x") }}, "The rule broke down."},
		{rule{code: "1"}, "This rule is not written yet."},
		{rule{code: "1", needs: needProviders, run: func(*question) {}}, "The list of providers was not given"},
		{rule{code: "1", needs: needAuthority, run: func(*question) {}}, "The authority that makes the return is not known"},
	} {
		rep, err := run(header, Options{Year: 2026}, []rule{c.rule})
		if err != nil {
			t.Fatal(err)
		}
		v := rep.Verdicts[0]
		if v.Outcome != report.CouldNotRun || !strings.HasPrefix(v.Reason, c.why) || len(v.Places) > 0 || rep.Passes(nil) {
			t.Errorf("want %q: %s %q", c.why, v.Outcome, v.Reason)
		}
	}
}
