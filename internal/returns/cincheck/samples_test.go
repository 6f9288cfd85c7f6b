package cincheck

import (
	"bytes"
	"compress/gzip"
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
	slices.Sort(lines)
	return lines
}

func without(from, these []string) []string {
	return slices.DeleteFunc(slices.Clone(from), func(s string) bool { return slices.Contains(these, s) })
}

// The samples, row by row, against what the national validator finds in them
// after its known defects are worked round. The differences are explained in
// docs/returns-differences.md.
func TestSamples(t *testing.T) {
	for name, differ := range map[string]struct{ more, less []string }{
		"CIN_Census_2021":    {},
		"CIN_Census_2024":    {},
		"CIN_Census_2026":    {},
		"synthetic_cin_1000": {},
	} {
		t.Run(name, func(t *testing.T) {
			rep, err := Check(bytes.NewReader(sample(t, name+".xml")), 2026)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := report.CSV(&out, rep); err != nil {
				t.Fatal(err)
			}
			got, want := rows(out.String()), rows(string(read(t, "testdata/expected/"+name+".csv")))
			more, less := without(got, want), without(want, got)
			t.Logf("%d rows, %d as expected", len(got), len(got)-len(more))
			if !slices.Equal(more, differ.more) && len(more)+len(differ.more) > 0 {
				t.Errorf("more than expected:\n%s", strings.Join(more, "\n"))
			}
			if !slices.Equal(less, differ.less) && len(less)+len(differ.less) > 0 {
				t.Errorf("less than expected:\n%s", strings.Join(less, "\n"))
			}
		})
	}
}
