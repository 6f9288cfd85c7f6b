package ssda903check

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// theSample is a made-up return of 2,675 children. Source: the national
// open-source validator (MIT), as /work/shared/returns/samples/ssda903.
func theSample(t testing.TB) *ssda903.Return {
	t.Helper()
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
	return ret
}

// otherRows are the rules of which the sample gives other rows than the national
// validator finds: how many less, how many more. docs/returns-differences.md says why.
var otherRows = map[string][2]int{
	"157": {0, 7}, "389": {6, 0}, "359": {0, 767}, "558": {0, 3},
	"233": {0, 777},                // theirs breaks down
	"169": {0, 92}, "179": {0, 92}, // the directory here is empty, theirs knows some postcodes
	"392c": {0, 2}, "406": {1, 0}, "420": {14, 0},
}

func TestSample(t *testing.T) {
	rep, err := Run(theSample(t), Options{Year: 2026, Postcodes: Postcodes{}, Authority: "E09000033"})
	if err != nil {
		t.Fatal(err)
	}
	recs, err := csv.NewReader(bytes.NewReader(unzip(t, "testdata/expected_sample.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]bool{}
	for _, r := range recs[1:] {
		if want[r[0]] == nil {
			want[r[0]] = map[string]bool{}
		}
		if r[1] == "row" {
			want[r[0]][strings.Join(r[2:], " ")] = true
		}
	}
	matched, total := 0, 0
	for _, v := range rep.Verdicts {
		got := map[string]bool{}
		for _, p := range v.Places {
			got[fmt.Sprintf("%s %d %s", p.Table, p.Row, p.Child)] = true
		}
		same := 0
		for k := range want[v.Rule.Code] {
			if got[k] {
				same++
			}
		}
		matched += same
		total += len(want[v.Rule.Code])
		if d := [2]int{len(want[v.Rule.Code]) - same, len(got) - same}; d != otherRows[v.Rule.Code] {
			t.Errorf("%s (%s %s): %d less, %d more", v.Rule.Code, v.Outcome, v.Reason, d[0], d[1])
		}
	}
	if matched != 64654 || total != 64675 {
		t.Errorf("%d of %d rows are the same", matched, total)
	}
}

// Without a postcode directory the rules about places cannot run: to call every
// placement unknown would be a finding about Onus, not about the return.
func TestSampleWithoutPostcodes(t *testing.T) {
	rep, err := Run(theSample(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range rep.Verdicts {
		switch v.Rule.Code {
		case "164", "169", "179", "392a", "392c", "406", "420", "454", "1015", "411":
			if v.Outcome != report.CouldNotRun || v.Reason == "" {
				t.Errorf("%s: %s", v.Rule.Code, v.Outcome)
			}
		}
	}
	if len(rep.Notes) != 1 || rep.Year != "2025/26" {
		t.Errorf("%s, notes %q", rep.Year, rep.Notes)
	}
}

func BenchmarkSample(b *testing.B) {
	ret := theSample(b)
	for b.Loop() {
		if _, err := Run(ret, Options{Year: 2026}); err != nil {
			b.Fatal(err)
		}
	}
}
