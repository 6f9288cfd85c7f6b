package app_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/ssda903"
	"onus/internal/testkit"
)

const (
	headOf903 = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
	epsOf903  = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
	revsOf903 = "CHILD,DOB,REVIEW,REVIEW_CODE\n"
	missOf903 = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"
)

// set903 is a set of files of a return.
func set903(texts ...string) (out []app.ReturnFile) {
	for i, text := range texts {
		out = append(out, app.ReturnFile{Name: string(rune('a'+i)) + ".csv", Open: opener([]byte(text))})
	}
	return out
}

func (h *house) lookedAfter(t *testing.T, year int, files ...string) app.SSDA903Result {
	t.Helper()
	res, err := h.ImportSSDA903(ctx, set903(files...), app.SSDA903Terms{Authority: "204", Year: year}, testkit.Who("director"))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// made903 is the return of a year as the records have it, all tables one after the other.
func (h *house) made903(t *testing.T, year int) string {
	t.Helper()
	ret, _, err := h.MakeSSDA903(ctx, app.SSDA903Terms{Authority: "204", Year: year})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, rows := range ret.This {
		if rows != nil && rows.Len() > 0 {
			if err := ssda903.WriteCSV(&b, rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

var (
	who903 = headOf903 + "P1,F,01/02/2012,WBRI,Q123456789012,0,\nP2,M,02/03/2014,MWBC,UN2,,\n"
	in903  = epsOf903 + "P1,01/05/2025,S,V2,N1,U6,PR1,02/06/2025,X1,CARPL,B1 1AA,B2 2BB,SC1\nP1,02/06/2025,P,V2,N1,U6,PR2,,,,B1 1AA,B3 3CC,SC2\nP2,03/04/2024,L,C2,N1,K2,PR4,,,,,,\n"
	rev903 = revsOf903 + "P1,01/02/2012,26/05/2025,PN1\nP2,02/03/2014,01/07/2025,PN4\n"
	mis903 = missOf903 + "P2,02/03/2014,M,01/08/2025,03/08/2025\n"
)

func TestSSDA903TwiceAddsNothing(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		first := h.lookedAfter(t, 2026, who903, in903, rev903, mis903)
		want := map[entry.Kind]int{"child.known": 2, "care.started": 1, "placement.started": 3, "placement.ended": 1, "legal-status": 1, "review": 2, "missing.started": 1, "missing.ended": 1}
		if first.NewChildren != 2 || !maps.Equal(first.Added, want) || first.Facts != first.Entries() || first.Kept != 0 || first.Again {
			t.Errorf("the first time: %+v", first)
		}
		size, said := h.size(t), h.said(t)
		h.clock.Add(40 * 24 * day.Hour)
		second := h.lookedAfter(t, 2026, mis903, rev903, in903, who903) // in another order
		if second.NewChildren != 0 || second.Known != 2 || second.Entries() != 0 || !second.Again || second.Same != second.Facts || h.size(t) != size || h.said(t) != said {
			t.Errorf("the second time: %+v", second)
		}
		// Saved again with other bytes it says nothing new; that it was read is recorded.
		third := h.lookedAfter(t, 2026, strings.ReplaceAll(who903, "\n", "\r\n"), in903, rev903, mis903)
		if third.Again || third.Entries() != 0 || h.size(t) != size+1 || h.said(t) != said {
			t.Errorf("saved again: %+v", third)
		}
		if got := h.made903(t, 2026); !strings.HasPrefix(got, who903+in903+rev903) || !strings.HasSuffix(got, mis903) {
			t.Errorf("made of it:\n%s", got)
		}
		_, rec := h.byNumber(t, "204", "P1")
		for _, x := range rec.Log {
			if x.Source.Kind != "import" || x.Source.Of != "ssda903" || x.Source.File != first.SHA256 || x.Source.Line == 0 || !strings.HasPrefix(x.Source.Key, "ssda903/204/P1/") || x.Source.AsOf != day.MustParse("2026-03-31").End()-1 {
				t.Errorf("where it comes from: %+v", x.Source)
			}
		}
		h.verify(t)
	})
}

// A newer set corrects what changed, adds what is new, and takes back what it does not
// have any more; of a table that it does not have it says nothing.
func TestANewerSSDA903Corrects(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		h.lookedAfter(t, 2026, who903, in903, rev903, mis903)
		h.clock.Add(day.Hour)
		newer := epsOf903 + "P1,01/05/2025,S,V2,N1,U6,PR1,05/06/2025,X1,CARPL,B1 1AA,B2 2BB,SC1\nP1,05/06/2025,P,V2,N1,U6,PR2,10/10/2025,E4A,,B1 1AA,B3 3CC,SC2\nP2,03/04/2024,L,C2,N4,K2,PR4,,,,,,\n"
		revs := revsOf903 + "P1,01/02/2012,26/05/2025,PN3\nP2,02/03/2014,01/07/2025,PN4\nP2,02/03/2014,02/12/2025,PN4\n"
		res := h.lookedAfter(t, 2026, who903, newer, revs)
		// The second episode of P1 began on another day: the end of the first was corrected,
		// the old one taken back, the new one and its end added. So were a code of a review, and P2's need, corrected.
		want := map[entry.Kind]int{"placement.started": 1, "care.ended": 1, "review": 1}
		if !maps.Equal(res.Added, want) || res.Corrected != 4 || res.NewChildren != 0 {
			t.Errorf("added %v, corrected %d", res.Added, res.Corrected)
		}
		if got := h.made903(t, 2026); !strings.Contains(got, newer) || !strings.Contains(got, revs) || !strings.Contains(got, mis903) {
			t.Errorf("made of it:\n%s", got)
		}
		_, rec := h.byNumber(t, "204", "P1")
		if s := rec.On(h.clock.Now()); s.LookedAfter || s.Placement != "" {
			t.Errorf("P1 is in care: %+v", s)
		}
		said := h.said(t)
		h.clock.Add(day.Hour)
		// The first set again has had its say, and so has a set of the year before: what
		// it says of facts that a newer one told is left alone.
		if r := h.lookedAfter(t, 2026, who903, in903, rev903, mis903); r.Entries() != 0 || !r.Again || r.Older == 0 {
			t.Errorf("the older set: %+v", r)
		}
		if h.said(t) != said {
			t.Error("an older set changed what stands")
		}
		h.verify(t)
	})
}

// Of two sets of a year the one that was made later counts, where it is said when; else
// the one that is read in last.
func TestWhichSSDA903Counts(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		with := func(need, made string) app.SSDA903Result {
			t.Helper()
			h.clock.Add(day.Hour)
			terms := app.SSDA903Terms{Authority: "204", Year: 2026}
			if made != "" {
				terms.Made = testkit.Instant(made)
			}
			res, err := h.ImportSSDA903(ctx, set903(strings.Replace(in903, "N1,U6,PR1", need+",U6,PR1", 1)), terms, testkit.Who("director"))
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		with("N1", "2026-04-20T09:00:00Z")
		if r := with("N2", "2026-04-10T09:00:00Z"); r.Entries() != 0 || r.Older != 1 {
			t.Errorf("one that was made before: %+v", r)
		}
		if r := with("N3", "2026-05-01T09:00:00Z"); r.Corrected != 1 {
			t.Errorf("one that was made later: %+v", r)
		}
		if r := with("N4", ""); r.Corrected != 1 || !strings.Contains(h.made903(t, 2026), "P1,01/05/2025,S,V2,N4,U6,PR1") {
			t.Errorf("one of which nobody says it, read in last: %+v", r)
		}
		h.verify(t)
	})
}

// Returns of two years overlap: what goes on is in both, and once in the record.
func TestReturnsOfTwoYearsAreOneRecord(t *testing.T) {
	before := epsOf903 + "P1,01/05/2024,S,V2,N1,U6,PR1,01/02/2025,X1,CREQB,,,SC1\nP1,01/02/2025,T,V2,N1,U6,PR1,,,,,,SC2\n"
	after := epsOf903 + "P1,01/02/2025,T,V2,N1,U6,PR1,01/06/2025,X1,,,,SC2\nP1,01/06/2025,L,C2,N1,U6,PR1,,,,,,SC2\n"
	for _, order := range [][]int{{2025, 2026}, {2026, 2025}} {
		testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
			h := spring(t, e)
			of := map[int]string{2025: before, 2026: after}
			for _, year := range order {
				h.lookedAfter(t, year, who903, of[year])
				h.clock.Add(day.Hour)
			}
			_, rec := h.byNumber(t, "204", "P1")
			n := map[entry.Kind]int{}
			for _, ev := range rec.Events {
				n[ev.Kind]++
			}
			if want := (map[entry.Kind]int{"child.known": 1, "care.started": 1, "placement.started": 2, "placement.ended": 1, "legal-status": 1}); !maps.Equal(n, want) {
				t.Errorf("%v: %v, want %v", order, n, want)
			}
			if s := rec.On(h.clock.Now()); s.CareSince.String() != "2024-05-01" || s.PlacementSince.String() != "2025-02-01" || s.Legal != "C2" {
				t.Errorf("%v: in care since %s, in the placement since %s, %s", order, s.CareSince, s.PlacementSince, s.Legal)
			}
			for year, want := range of {
				if got := h.made903(t, year); !strings.Contains(got, want) {
					t.Errorf("%v: of %d:\n%s", order, year, got)
				}
			}
			h.verify(t)
		})
	}
}

// A child is known again across returns by the authority's own number, and by a UPN
// only where nothing says that it is another child.
func TestChildrenAreKnownAcrossReturns(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		h.census(t, sample(t, "samples/two_episodes_clean.xml")) // P2 of 204
		id, rec := h.byNumber(t, "204", "P2")
		k := rec.Identity()
		born := k.Birth.String()
		mine := born[8:] + "/" + born[5:7] + "/" + born[:4]
		res := h.lookedAfter(t, 2026, headOf903+"P2,,"+mine+",,,,\n", epsOf903+"P2,03/04/2024,L,C2,N1,K2,PR4,,,,,,\n")
		if again, _ := h.byNumber(t, "204", "P2"); again != id || res.NewChildren != 0 || res.Known != 1 {
			t.Errorf("P2 is another child now: %+v", res)
		}
		// The census's facts stand beside those of the return.
		_, rec = h.byNumber(t, "204", "P2")
		if !slices.ContainsFunc(rec.Events, func(ev child.Event) bool { return ev.Kind == "referral" }) || rec.Identity().Sex != k.Sex || rec.Identity().Ethnicity != k.Ethnicity {
			t.Error("the return took away what the census said")
		}

		upn := "Q123456789012"
		done := h.record(t, "", h.say("manager-front", child.Known{Given: "Iona", Family: "Marsh", Birth: day.Of(2012, 2, 1), IDs: []child.Identifier{{System: "upn", Value: upn}}}))
		for _, other := range []string{"Z1,F,02/02/2012,WBRI," + upn, "Z2,F,01/02/2012,WBRI,UN2"} { // another birthday; no number, and the same one
			if r := h.lookedAfter(t, 2026, headOf903+other+",,\n"); r.NewChildren != 1 {
				t.Errorf("%s was taken for somebody else: %+v", other, r)
			}
		}
		if r := h.lookedAfter(t, 2026, headOf903+"Z3,F,01/02/2012,WBRI,"+upn+",,\n"); r.Known != 1 || r.NewChildren != 0 {
			t.Errorf("Z3 was not known by the UPN: %+v", r)
		}
		if id, _ := h.byNumber(t, "204", "Z3"); id != done.Child {
			t.Error("Z3 is another child")
		}
		// Known here as Z3, she is nobody else of this authority, whatever the UPN.
		if r := h.lookedAfter(t, 2026, headOf903+"Z4,F,01/02/2012,WBRI,"+upn+",,\n"); r.NewChildren != 1 {
			t.Errorf("two numbers of one authority were merged: %+v", r)
		}
		// And a number of one authority is none of another's.
		other, err := h.ImportSSDA903(ctx, set903(headOf903+"P2,,"+mine+",,,,\n"), app.SSDA903Terms{Authority: "205", Year: 2026}, testkit.Who("director"))
		if err != nil || other.NewChildren != 1 {
			t.Errorf("P2 of 205 is P2 of 204: %+v, %v", other, err)
		}
		h.verify(t)
	})
}

// What somebody recorded here is not said a second time by a return that says the same,
// and what they withdrew stays withdrawn.
func TestAReturnDoesNotRepeatWhatIsRecordedHere(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		on := day.On(day.MustParse("2025-05-01"))
		say := func(b entry.Body) child.Command {
			c := h.say("manager-front", b)
			c.Happened = on
			return c
		}
		done := h.record(t, "", say(child.Known{Given: "Iona", Birth: day.Of(2012, 2, 1), IDs: []child.Identifier{{System: "la-child", Authority: "204", Value: "P1"}}}),
			say(child.CareStarted{Status: "V2", Need: "N1", Reason: "her mother is in hospital"}), say(child.PlacementStarted{Type: "U6", Provider: "PR1"}))
		bare := epsOf903 + "P1,01/05/2025,S,V2,N1,U6,PR1,,,,,,\n"
		r := h.lookedAfter(t, 2026, headOf903+"P1,F,01/02/2012,WBRI,UN1,,\n", bare)
		if r.Added["care.started"]+r.Added["placement.started"] != 0 || r.Known != 1 || r.Same != 2 {
			t.Errorf("said again: %+v", r)
		}
		if got := h.made903(t, 2026); !strings.Contains(got, bare) {
			t.Errorf("made of what was recorded here:\n%s", got)
		}
		h.clock.Add(day.Hour)
		workers := "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\nP1,01/02/2012,W1,02/05/2025,,\n"
		h.lookedAfter(t, 2026, headOf903+"P1,F,01/02/2012,WBRI,UN1,,\n", bare, workers)
		_, rec := h.byNumber(t, "204", "P1")
		i := slices.IndexFunc(rec.Events, func(ev child.Event) bool { return ev.Kind == "social-worker.returned" })
		c := h.say("director", child.Correction{Why: "that is another child's worker", Withdrawn: true})
		c.Corrects = rec.Events[i].ID
		h.record(t, done.Child, c)
		h.clock.Add(day.Hour)
		h.lookedAfter(t, 2026, headOf903+"P1,F,01/02/2012,WBRI,UN1,,\n", bare, strings.Replace(workers, ",,\n", ",03/06/2025,MANAGE\n", 1))
		if _, rec = h.byNumber(t, "204", "P1"); slices.ContainsFunc(rec.Events, func(ev child.Event) bool { return ev.Kind == "social-worker.returned" }) {
			t.Error("a newer set brought back what a person withdrew")
		}
		h.verify(t)
	})
}

func TestAWrongSSDA903WritesNothing(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		size := h.size(t)
		for name, files := range map[string][]string{"one of the set is cut": {who903, in903[:len(in903)-9]}, "no table": {who903, "a,b\n1,2\n"}, "empty": {""}, "an XML that is cut": {"<EXPSSDA903><CHILD>"},
			"a census": {string(sample(t, "samples/two_episodes_clean.xml"))}} {
			_, err := h.ImportSSDA903(ctx, set903(files...), app.SSDA903Terms{Authority: "204", Year: 2026}, testkit.Who("director"))
			var refused *ssda903.Refusal
			if !errors.As(err, &refused) || h.size(t) != size {
				t.Errorf("%s: %v", name, err)
			}
		}
		gone := errors.New("the share is gone")
		if _, err := h.ImportSSDA903(ctx, []app.ReturnFile{{Name: "x", Open: func() (io.ReadCloser, error) { return nil, gone }}}, app.SSDA903Terms{Authority: "204", Year: 2026}, testkit.Who("director")); !errors.Is(err, gone) {
			t.Errorf("%v", err)
		}
	})
}

// The public sample in XML: every child comes in, twice adds nothing, and what comes of
// it is made into a return that gives the same again in an empty store.
func TestTheSampleOfSSDA903(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		f, err := os.Open("../returns/ssda903/testdata/samples/fake_903.xml.gz")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		text := unzipped(t, f)
		h := spring(t, e)
		first := h.lookedAfter(t, 2018, string(text))
		if first.NewChildren != 253 || first.Facts != first.Entries() {
			t.Errorf("%+v", first)
		}
		size := h.size(t)
		if again := h.lookedAfter(t, 2018, string(text)); again.Entries() != 0 || !again.Again || h.size(t) != size || again.Same != again.Facts {
			t.Errorf("again: %+v", again)
		}
		made := h.made903(t, 2018)
		g := spring(t, e)
		ret, _, err := h.MakeSSDA903(ctx, app.SSDA903Terms{Authority: "204", Year: 2018})
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, rows := range ret.This {
			if rows != nil {
				var b bytes.Buffer
				if err := ssda903.WriteCSV(&b, rows); err != nil {
					t.Fatal(err)
				}
				files = append(files, b.String())
			}
		}
		g.lookedAfter(t, 2018, files...)
		if g.made903(t, 2018) != made {
			t.Error("written, read into an empty store and written again, it is another return")
		}
		h.verify(t)
	})
}

func unzipped(t *testing.T, r io.Reader) []byte {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
