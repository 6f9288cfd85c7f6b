package cincheck

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

// FuzzCheck looks for a rule that breaks down, a report that says another thing
// than its counts, and a refusal that is no plain one. Run it with
// -fuzzminimizetime 20x: cores that work together cover lines in another order
// each time, which the fuzzer would spend its time on.
func FuzzCheck(f *testing.F) {
	base := read(f, "testdata/base.xml")
	f.Add(base, uint8(3))
	for _, name := range []string{"CIN_Census_2026.xml", "silent_false_negatives.xml", "missing_child_id_crashes_peer.xml", "two_episodes_clean.xml"} {
		f.Add(sample(f, name), uint8(0))
	}
	f.Add(bytes.Replace(base, []byte("</Children>"), append(base[bytes.Index(base, []byte("<Child>")):bytes.Index(base, []byte("</Children>"))], "</Children>"...), 1), uint8(4))
	f.Fuzz(func(t *testing.T, text []byte, n uint8) {
		year := 0
		if n > 0 {
			year = FirstYear + int(n)%(LastYear-FirstYear+1)
		}
		rep, err := Check(bytes.NewReader(text), year)
		var refused *cin.Refusal
		var noYear ErrYear
		if err != nil {
			if !errors.As(err, &refused) && !errors.As(err, &noYear) || err.Error() == "" || strings.Contains(err.Error(), "\n") {
				t.Fatal(err)
			}
			return
		}
		var b bytes.Buffer
		if err := errors.Join(report.CSV(&b, rep), report.Text(&bytes.Buffer{}, rep), report.JSON(&bytes.Buffer{}, rep)); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		for _, v := range rep.Verdicts {
			switch {
			case strings.Contains(v.Reason, "broke down"), v.Outcome == 0:
				t.Fatalf("%s: %s %s", v.Rule.Code, v.Outcome, v.Reason)
			case v.Outcome != report.Held:
				want += max(len(v.Places), 1)
			}
		}
		if y, err := ParseYear(rep.Year); err != nil || len(rows) != want || len(rep.Verdicts) != len(Rules(y)) {
			t.Fatalf("%s %v: %d rows, want %d, of %d rules", rep.Year, err, len(rows), want, len(rep.Verdicts))
		}
	})
}
