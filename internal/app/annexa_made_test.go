package app_test

import (
	"bytes"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/annexa"
	"onus/internal/returns/annexacheck"
	"onus/internal/returns/report"
	"onus/internal/testkit"
)

// madeLists are the lists of a day as the records have them.
func (h *house) madeLists(t *testing.T, terms annexa.Terms) []byte {
	t.Helper()
	ret, left, err := h.MakeAnnexA(ctx, terms)
	if err != nil || left != (annexa.Left{}) {
		t.Fatalf("%+v %v", left, err)
	}
	var b bytes.Buffer
	if err := annexa.Write(&b, ret); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *house) takeLists(t *testing.T, book []byte, terms annexa.Terms) {
	t.Helper()
	if _, err := h.ImportAnnexA(ctx, bytes.NewReader(book), int64(len(book)), terms, testkit.Who("director")); err != nil {
		t.Fatal(err)
	}
}

// Lists that were read in, made of the records, read into an empty store and made again
// are the same to the byte.
func TestAnnexAMadeReadAndMadeAgain(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		for _, x := range []struct{ file, on string }{{"annexacheck/testdata/whole.xlsx", "2026-03-31"}, {"annexa/testdata/Annex_A_2024_Jan.xlsx", "2021-03-31"}} {
			terms := annexa.Terms{Authority: "204", On: day.MustParse(x.on)}
			h, empty := spring(t, e), spring(t, e)
			h.takeLists(t, testkit.Sample(t, "../returns/"+x.file), terms)
			first := h.madeLists(t, terms)
			empty.takeLists(t, first, terms)
			if second := empty.madeLists(t, terms); !bytes.Equal(first, second) {
				t.Errorf("%s: made again they are others", x.file)
			}
			rep, err := annexacheck.Check(bytes.NewReader(first), int64(len(first)), annexacheck.Options{On: terms.On})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range rep.Verdicts {
				// In the first, every rule held. The referral that only List 6 tells of has no worker.
				if v.Outcome == report.CouldNotRun || x.on == "2026-03-31" && v.Outcome == report.Failed && v.Rule.Severity == report.Error && v.Rule.Code != "A04" {
					t.Errorf("%s: %s %s", x.file, v.Rule.Code, v.Reason)
				}
			}
			h.verify(t)
		}
	})
}
