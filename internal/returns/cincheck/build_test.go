package cincheck

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

// An export that gives every child one identifier is checked in the time of any
// other, and rule 8510 points at all of them.
func TestOneIdentifierForEverybody(t *testing.T) {
	base := string(read(t, "testdata/base.xml"))
	from, to := strings.Index(base, "<Child>"), strings.Index(base, "</Children>")
	const n = 551
	text := base[:from] + strings.Repeat(base[from:to], n) + base[to:]
	began := time.Now()
	rep := checked(t, text, 2026)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if v := verdict(t, rep, "8510"); len(v.Places) != n {
		t.Errorf("8510 points at %d of %d children", len(v.Places), n)
	}
}

// A child without end is refused in one line, not compared with itself for ever.
func TestChildWithoutEnd(t *testing.T) {
	text := change(t, string(read(t, "testdata/base.xml")), "CINdetails+"+strings.Repeat("<Assessments/>", 2*maxRows+1))
	_, err := Check(strings.NewReader(text), 2026)
	if !errors.Is(err, cin.ErrLimit) || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
}

// The year comes from the caller, else from the header, else from the reference
// date; a year alone is not taken for a reference date.
func TestYears(t *testing.T) {
	base := string(read(t, "testdata/base.xml"))
	for _, c := range []struct {
		changes string
		year    int
		want    string // year, whether 8600 ran, and how many notes beside the one on the base's elements of other years
	}{
		{"Year=2026", 0, "2025/26 held 0"},
		{"Year=2026", 2024, "2023/24 held 1"},
		{"Year-", 0, "2025/26 held 0"},
		{"ReferenceDate-", 0, "2025/26 could not run 1"},
		{"ReferenceDate=31/03/2026", 0, "2025/26 could not run 2"},
		{"ReferenceDate-", 2026, "2025/26 held 1"},
		{"Header-", 2026, "2025/26 held 1"},
	} {
		rep := checked(t, change(t, base, c.changes), c.year)
		notes := slices.DeleteFunc(rep.Notes, func(s string) bool { return strings.Contains(s, "of another year's census") })
		if got := fmt.Sprintf("%s %s %d", rep.Year, verdict(t, rep, "8600").Outcome, len(notes)); got != c.want {
			t.Errorf("%s as %d: %s, want %s %q", c.changes, c.year, got, c.want, rep.Notes)
		}
		if v := verdict(t, rep, "100"); v.Outcome == report.CouldNotRun || (v.Outcome == report.Failed) != strings.Contains(c.changes, "ate") && c.changes != "Header-" {
			t.Errorf("%s: rule 100 %s", c.changes, v.Outcome)
		}
	}
	var noYear ErrYear
	if _, err := Check(strings.NewReader(change(t, base, "Year- ; ReferenceDate-")), 0); !errors.As(err, &noYear) {
		t.Error(err)
	}
}

func TestParseYear(t *testing.T) {
	for s, want := range map[string]int{"2025/26": 2026, "2022-23": 2023, "2026/27": 2027, "2021/22": 0, "2027/28": 0, "2025/27": 0, "2025": 0, "2026": 0, "": 0, "abcd/ef": 0, "20255/6": 0} {
		if got, err := ParseYear(s); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d %v", s, got, err)
		}
	}
}
