package app_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
	"onus/internal/testkit"
)

// madeCensus is the census of a year as the records have it, and how many children the
// schema of the year refused.
func (h *house) madeCensus(t *testing.T, year int, lea string) (file []byte, refused int) {
	t.Helper()
	head := cin.Header{Year: year, ReferenceDate: day.Of(year, 3, 31), SourceLevel: "L", LEA: lea, SoftwareCode: "Onus", SerialNo: "001", DateTime: "2026-05-04T10:00:00"}
	all, _, err := h.MakeCensus(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := cin.NewWriter(&b, head)
	for _, c := range all {
		if err := w.Child(c); errors.Is(err, cin.ErrIncomplete) {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), refused
}

// failing are the rules of errors that a census fails.
func failing(t *testing.T, file []byte, year int) (codes []string) {
	t.Helper()
	rep, err := cincheck.Check(bytes.NewReader(file), year)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range rep.Verdicts {
		if v.Outcome == report.Failed && v.Rule.Severity == report.Error {
			codes = append(codes, v.Rule.Code)
		}
		if v.Outcome == report.CouldNotRun {
			t.Errorf("%s could not run: %s", v.Rule.Code, v.Reason)
		}
	}
	return codes
}

// A census that was read in, made of the records, read into an empty store and made
// again is the same to the byte, and no rule fails that held in what came in.
func TestCensusMadeReadAndMadeAgain(t *testing.T) {
	for _, e := range testkit.Engines {
		for _, name := range []string{"synthetic_cin_clean_1000.xml.gz", "two_episodes_clean.xml"} {
			t.Run(e.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				h, first := roundTrip(t, e, name, "204", 2026, 0)
				// Read in over the file that it was made of, it says nothing new of the children.
				said := h.said(t)
				h.clock.Add(day.Hour)
				if r := h.census(t, first); r.NewChildren > 0 || len(r.Added) > 0 || r.Corrected > 0 || h.said(t) != said {
					t.Errorf("read in over its own source it adds %v and corrects %d", r.Added, r.Corrected)
				}
				h.verify(t)
			})
		}
	}
}

// So are those that are made of faulty files, without the children whom the schema
// refuses.
func TestFaultyCensusMadeReadAndMadeAgain(t *testing.T) {
	roundTrip(t, testkit.Engines[0], "synthetic_cin_1000.xml.gz", "204", 2026, 48)
	roundTrip(t, testkit.Engines[0], "CIN_Census_2026.xml", "201", 2023, 0)
}

// roundTrip reads a sample in, and gives where it was read into and what is made of it.
func roundTrip(t *testing.T, e testkit.Engine, name, lea string, year, refuses int) (h *house, first []byte) {
	t.Helper()
	source := sample(t, "samples/"+name)
	h = spring(t, e)
	h.census(t, source)
	first, refused := h.madeCensus(t, year, lea)
	if refused != refuses {
		t.Errorf("%s: %d children were refused, want %d", name, refused, refuses)
	}
	empty := spring(t, e)
	empty.census(t, first)
	if second, refused := empty.madeCensus(t, year, lea); !bytes.Equal(first, second) || refused > 0 {
		t.Errorf("%s: made again it is another census; %d refused", name, refused)
	}
	before := failing(t, source, year)
	for _, code := range failing(t, first, year) {
		if !slices.Contains(before, code) {
			t.Errorf("%s: rule %s fails in what was made, and not in what came in", name, code)
		}
	}
	return h, first
}
