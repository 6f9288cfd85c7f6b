package ssda903check

import (
	"cmp"
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

// otherReadings are the cases that we read otherwise, with the reason.
var otherReadings = map[string]string{
	"2022_23_205D":     "its second case names a row by a number that is no row of it, and gives no header",
	"2022_23_558":      "it leaves out three of the five children who were adopted though the decision was reversed",
	"2023_24_SW10STG2": "it leaves out social workers who began before the one before had ended, and points at one who did not",
	"2024_25_SW10STG2": "the same",
	"2024_25_SW15STG2": "in force in no year", "2024_25_SW16aSTG2": "in force in no year",
	"2024_25_SW16bSTG2": "in force in no year", "2024_25_SW16cSTG2": "in force in no year",
}

// Every case goes from CSV files to the report, in every year of its reading.
func TestCases(t *testing.T) {
	passed := 0
	list := theCases(t)
	for _, c := range list {
		name := c.First + "_" + c.Rule
		wrong := c.check(t)
		if _, known := otherReadings[name]; known != (wrong != "") {
			t.Errorf("%s: %s, which is not what otherReadings says", name, cmp.Or(wrong, "passes"))
		}
		if wrong == "" {
			passed++
		}
	}
	if len(list) != 271 || passed != 263 {
		t.Errorf("%d of %d cases pass", passed, len(list))
	}
}

// check says what goes wrong first.
func (c caseFile) check(t *testing.T) string {
	years := c.InRulesets
	if len(years) == 0 {
		return "in force in no year"
	}
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
		for _, y := range years {
			r := ruleOf(c.Rule, rulesetYear(y))
			if r == nil {
				return "not declared in " + y
			}
			if got, v := runCase(t, r, rulesetYear(y), k.Tables); !slices.Equal(got, want) {
				return fmt.Sprintf("case %d in %s gives %v, want %v %s", i, y, got, want, v.Reason)
			}
		}
	}
	return ""
}
