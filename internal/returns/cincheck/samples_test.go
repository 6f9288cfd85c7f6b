package cincheck

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/internal/returns/report"
)

// read gives a file of testdata, or of the reader's, that may be packed.
func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		return text
	}
	f, err := os.Open(name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sample(t testing.TB, name string) []byte {
	return read(t, filepath.Join("../cin/testdata/samples", name))
}

// rows gives the rows of a report's CSV without the header, in any order.
func rows(text string) []string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(text, "\r", "")), "\n")[1:]
	slices.SortFunc(lines, func(a, b string) int {
		codeA, restA, _ := strings.Cut(a, ",")
		codeB, restB, _ := strings.Cut(b, ",")
		return cmp.Or(report.CompareCodes(codeA, codeB), strings.Compare(restA, restB))
	})
	return lines
}

func without(from, these []string) []string {
	return slices.DeleteFunc(slices.Clone(from), func(s string) bool { return slices.Contains(these, s) })
}

// The samples, row by row, against what the national validator finds in them
// after its known defects are worked round. Each difference is explained in
// docs/returns-differences.md.
func TestSamples(t *testing.T) {
	// Theirs cannot read a date before 1677, and takes it as missing.
	year1066 := []string{
		"8525Q,query,child,ChildIdentifiers,ExpectedPersonBirthDate,0,DfEX0000001",
		"8525Q,query,child,ChildIdentifiers,PersonBirthDate,0,DfEX0000001",
		"8530Q,query,child,ChildIdentifiers,ExpectedPersonBirthDate,0,DfEX0000001",
	}
	for name, differ := range map[string]struct {
		more, less []string
		noFactors  int // rows of theirs for 8898 at assessments that name no factor twice
	}{
		"CIN_Census_2021":    {year1066, []string{"2886Q,query,return,,,,"}, 0},
		"CIN_Census_2024":    {},
		"CIN_Census_2026":    {},
		"synthetic_cin_1000": {noFactors: 38},
	} {
		t.Run(name, func(t *testing.T) {
			got := csvOf(t, sample(t, name+".xml"), 2026)
			want := rows(string(read(t, "testdata/expected/"+name+".csv")))
			more, less := without(got, want), without(want, got)
			t.Logf("%d rows, %d as expected", len(got), len(got)-len(more))
			n := len(less)
			less = slices.DeleteFunc(less, func(s string) bool { return strings.HasPrefix(s, "8898,") })
			if n-len(less) != differ.noFactors {
				t.Errorf("%d rows of 8898 less than expected, want %d", n-len(less), differ.noFactors)
			}
			if strings.Join(more, " ") != strings.Join(differ.more, " ") {
				t.Errorf("more than expected:\n%s", strings.Join(more, "\n"))
			}
			if strings.Join(less, " ") != strings.Join(differ.less, " ") {
				t.Errorf("less than expected:\n%s", strings.Join(less, "\n"))
			}
		})
	}
}

// csvOf checks a file and gives the rows of the CSV form.
func csvOf(t testing.TB, text []byte, year int) []string {
	t.Helper()
	rep, err := Check(bytes.NewReader(text), year)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := report.CSV(&out, rep); err != nil {
		t.Fatal(err)
	}
	return rows(out.String())
}

// No repeated factor is overlooked: an assessment in the sample that names one
// twice would be found by this plain search.
func TestNoFactorIsRepeatedInTheSample(t *testing.T) {
	for _, a := range strings.Split(string(sample(t, "synthetic_cin_1000.xml")), "<Assessments>")[1:] {
		a, _, _ = strings.Cut(a, "</Assessments>")
		codes := strings.Split(a, "<AssessmentFactors>")[1:]
		for i, c := range codes {
			if slices.Contains(codes[:i], c) {
				t.Fatal("an assessment repeats", c)
			}
		}
	}
}

// A file that breaks no rule of the schema has hardly anything to say.
func TestCleanSamples(t *testing.T) {
	for name, want := range map[string]string{
		"synthetic_cin_clean_1000.xml": "",
		// One child with one disability: both are said of a return, however small.
		"two_episodes_clean.xml": "2887Q,query,return,,,, 2888Q,query,return,,,,",
	} {
		if got := strings.Join(csvOf(t, sample(t, name), 0), " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Files that stop other validators, or that these pass without a word, give a
// full report (kept in testdata/probes).
func TestProbes(t *testing.T) {
	for _, name := range []string{"missing_child_id_crashes_peer", "silent_false_negatives", "CIN_header_issues_100", "CIN_la_issues_2887Q"} {
		got := csvOf(t, sample(t, name+".xml"), 0)
		file := "testdata/probes/" + name + ".csv"
		if *update {
			if err := os.WriteFile(file, []byte(strings.Join(report.Columns, ",")+"\n"+strings.Join(got, "\n")+"\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if want := rows(string(read(t, file))); !slices.Equal(got, want) {
			t.Errorf("%s: more %q, less %q", name, without(got, want), without(want, got))
		}
	}
}

var update = flag.Bool("update", false, "write testdata and docs anew")
