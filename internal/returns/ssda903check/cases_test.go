package ssda903check

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

func unzip(t testing.TB, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type caseTable struct {
	Columns []string
	Rows    [][]any
}

type caseFile struct {
	Rule       string
	First      string   `json:"first_ruleset"`
	InRulesets []string `json:"in_rulesets"`
	Cases      []struct {
		Tables   map[string]json.RawMessage
		Expected map[string][]json.RawMessage
	}
}

// theCases are small tables and the rows that must fail, one file for each
// reading of a rule. Source: the tests of the national open-source validator
// (MIT), as /work/shared/returns/cases/ssda903.
func theCases(t testing.TB) []caseFile {
	var list []caseFile
	if err := json.Unmarshal(unzip(t, "testdata/cases.json.gz"), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// asCSV writes a case's table as a file. A text that is empty, which a file
// cannot tell from none, is written as a blank.
func (c caseTable) asCSV() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	head := slices.Clone(c.Columns)
	if i := slices.Index(head, "PLACEMENT"); i >= 0 {
		head[i] = "PLACE" // there is no column PLACEMENT in the return
	}
	w.Write(head)
	for _, r := range c.Rows {
		rec := make([]string, len(r))
		for i, v := range r {
			switch v := v.(type) {
			case nil:
			case float64:
				rec[i] = strconv.FormatFloat(v, 'f', -1, 64)
			case string:
				rec[i] = v
				if v == "" {
					rec[i] = " "
				}
			}
		}
		if len(rec) == 1 && rec[0] == "" {
			b.WriteString("") // a lone empty cell must not become a line that is skipped
			w.Flush()
			b.WriteString("\"\"\n")
			continue
		}
		w.Write(rec)
	}
	w.Flush()
	return b.String()
}

func rulesetYear(s string) int {
	n, _ := strconv.Atoi(s[:4])
	return n + 1
}

// runCase gives the rows that a rule points at, as "Table row".
func runCase(t *testing.T, r *rule, year int, tables map[string]json.RawMessage) (found []string, v report.Verdict) {
	ret := &ssda903.Return{}
	o := Options{Year: year}
	for name, raw := range tables {
		var c caseTable
		if name == "metadata" {
			caseMetadata(t, raw, &o)
			continue
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		rows, err := ssda903.Read(strings.NewReader(c.asCSV()), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ret.Add(rows, strings.HasSuffix(name, "_last"))
	}
	f := factsOf(ret, o)
	v = ask(r, f)
	for _, p := range v.Places {
		found = append(found, fmt.Sprintf("%s %d", p.Table, p.Row))
	}
	slices.Sort(found)
	return slices.Compact(found), v
}

func caseMetadata(t *testing.T, raw json.RawMessage, o *Options) {
	var m struct {
		Start     string                    `json:"collection_start"`
		End       string                    `json:"collection_end"`
		Authority string                    `json:"localAuthority"`
		Providers struct{ Table caseTable } `json:"provider_info"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	o.Start, _ = ssda903.ParseDate(m.Start)
	o.End, _ = ssda903.ParseDate(m.End)
	o.Authority = m.Authority
	if len(m.Providers.Table.Columns) > 0 {
		p, err := ReadProviders(strings.NewReader(m.Providers.Table.asCSV()))
		if err != nil {
			t.Fatal(err)
		}
		o.Providers = p
	}
	_ = day.Date(0)
}

// ruleOf finds the declaration of a rule for a year.
func ruleOf(code string, year int) *rule {
	for i := range declared {
		if declared[i].code == code && declared[i].inForce(year) {
			return &declared[i]
		}
	}
	return nil
}

func TestCases(t *testing.T) {
	passed, all := 0, 0
	for _, c := range theCases(t) {
		all++
		name := c.First + "_" + c.Rule
		ok := true
		for i, k := range c.Cases {
			var want []string
			for table, rows := range k.Expected {
				for _, raw := range rows {
					n, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
					if err != nil {
						t.Fatal(err)
					}
					want = append(want, fmt.Sprintf("%s %d", table, int(n)))
				}
			}
			slices.Sort(want)
			years := c.InRulesets
			if len(years) == 0 {
				years = []string{c.First}
			}
			for _, y := range years {
				r := ruleOf(c.Rule, rulesetYear(y))
				if r == nil {
					ok = false
					if os.Getenv("SHOW") != "" {
						t.Logf("%s: not declared in %s", name, y)
					}
					break
				}
				got, v := runCase(t, r, rulesetYear(y), k.Tables)
				if !slices.Equal(got, want) {
					ok = false
					if os.Getenv("SHOW") != "" {
						t.Logf("%s case %d in %s: got %v, want %v (%s)", name, i, y, got, want, v.Reason)
					}
					break
				}
			}
		}
		if ok {
			passed++
		}
	}
	t.Logf("%d of %d cases pass", passed, all)
}

// TestSample compares the sample, rule by rule.
func TestSample(t *testing.T) {
	ret := &ssda903.Return{}
	files, err := os.ReadDir("testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		rows, err := ssda903.Read(bytes.NewReader(unzip(t, "testdata/sample/"+f.Name())), f.Name())
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		ret.Add(rows, false)
	}
	rep, err := Run(ret, Options{Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	recs, err := csv.NewReader(bytes.NewReader(unzip(t, "testdata/expected_sample.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]bool{}
	for _, r := range recs[1:] {
		if r[1] == "row" {
			if want[r[0]] == nil {
				want[r[0]] = map[string]bool{}
			}
			want[r[0]][r[2]+" "+r[3]] = true
		}
	}
	matched, total := 0, 0
	for _, v := range rep.Verdicts {
		got := map[string]bool{}
		for _, p := range v.Places {
			got[fmt.Sprintf("%s %d", p.Table, p.Row)] = true
		}
		w := want[v.Rule.Code]
		total += len(w)
		var less, more []string
		for k := range w {
			if got[k] {
				matched++
			} else {
				less = append(less, k)
			}
		}
		for k := range got {
			if !w[k] {
				more = append(more, k)
			}
		}
		slices.Sort(less)
		slices.Sort(more)
		if len(less)+len(more) > 0 && os.Getenv("SHOW") != "" {
			t.Logf("%s: want %d got %d; %d missing %v, %d extra %v %s", v.Rule.Code, len(w), len(got), len(less), less[:min(3, len(less))], len(more), more[:min(3, len(more))], v.Reason)
		}
	}
	t.Logf("%d of %d rows match", matched, total)
}
