package app_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit"
)

const cinData = "../returns/cin/testdata"

// sample reads a census, out of its gzip where it is in one.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b := testkit.Sample(t, filepath.Join(cinData, name))
	if !strings.HasSuffix(name, ".gz") {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

func opener(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

func (h *house) census(t *testing.T, file []byte) app.CensusResult {
	t.Helper()
	res, err := h.ImportCensus(ctx, opener(file), testkit.Who("director"))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// spring is a house in May 2026, when censuses come.
func spring(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	h := newHouse(t, e)
	h.clock.Set(testkit.Instant("2026-05-04T09:00:00Z"))
	return h
}

func (h *house) byNumber(t *testing.T, lea, number string) (id string, rec child.Record) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) (err error) {
		id, err = v.ChildByID(ctx, app.Identifier{System: "la-child", Authority: lea, Value: number})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p, err := h.Look(ctx, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return id, p.Record
}

// said is what stands about every child, without ids and moments: two imports
// that say the same give the same.
func (h *house) said(t testing.TB) string {
	t.Helper()
	var all []string
	if err := h.EachRecord(ctx, func(rec child.Record) error {
		var b strings.Builder
		for _, ev := range rec.Events {
			text, err := json.Marshal(ev.Body)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s %s %s %s %d\n", ev.Kind, ev.When, ev.Source.Key, text, ev.Source.Line)
		}
		fmt.Fprintf(&b, "%d entries\n", len(rec.Log))
		all = append(all, b.String())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func TestEverySampleTwiceAddsNothing(t *testing.T) {
	names, err := os.ReadDir(filepath.Join(cinData, "samples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range testkit.Engines {
		for _, n := range names {
			t.Run(e.Name+"/"+n.Name(), func(t *testing.T) {
				t.Parallel()
				h := spring(t, e)
				file := sample(t, "samples/"+n.Name())
				first := h.census(t, file)
				if first.NewChildren == 0 || first.Entries() == 0 || first.Again {
					t.Errorf("the first time: %+v", first)
				}
				size, said := h.size(t), h.said(t)
				h.clock.Add(40 * 24 * day.Hour)
				h.again(t, 7)
				second := h.census(t, file)
				if second.NewChildren != 0 || second.Entries() != 0 || !second.Again || h.size(t) != size {
					t.Errorf("the second time: %d new children, %d entries, %d corrected, %d older, again %v", second.NewChildren, second.Entries(), second.Corrected, second.Older, second.Again)
				}
				if h.said(t) != said {
					t.Error("the second time changed what stands")
				}
				h.verify(t)
			})
		}
	}
}

// later is the census of two_episodes_clean.xml as it might come a month on:
// the second plan ended, the first was of another category.
func later(t *testing.T, file []byte) []byte {
	t.Helper()
	s := string(file)
	for _, x := range [][2]string{
		{"2026-05-01T09:00:00", "2026-06-01T09:00:00"},
		{"<CPPendDate>2025-07-01</CPPendDate><InitialCategoryOfAbuse>PHY", "<CPPendDate>2025-07-01</CPPendDate><InitialCategoryOfAbuse>EMO"},
		{"<CPPstartDate>2025-09-01</CPPstartDate>", "<CPPstartDate>2025-09-01</CPPstartDate><CPPendDate>2026-04-20</CPPendDate>"},
	} {
		if strings.Count(s, x[0]) != 1 {
			t.Fatalf("the sample changed: %q is there %d times", x[0], strings.Count(s, x[0]))
		}
		s = strings.Replace(s, x[0], x[1], 1)
	}
	return []byte(s)
}

func TestANewerFileAddsWhatChangedAndAnOlderNothing(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		may := sample(t, "samples/two_episodes_clean.xml")
		june := later(t, may)
		h.census(t, may)
		_, before := h.byNumber(t, "204", "P2")
		h.clock.Set(testkit.Instant("2026-06-02T09:00:00Z"))
		res := h.census(t, june)
		_, after := h.byNumber(t, "204", "P2")
		// One plan was of another category from the start, so it changed to the
		// latest on a day that the census does not give.
		if res.NewChildren != 0 || res.Corrected != 1 || res.Added["cp-plan.ended"] != 1 || res.Entries() > 3 {
			t.Errorf("the newer file: %+v", res)
		}
		for _, x := range after.Log[len(before.Log):] {
			if x.Source.Kind != "import" || x.Source.Of != "cin-census" || x.Source.File != res.SHA256 || x.Source.Line == 0 || x.Source.Key == "" ||
				x.Source.Made != testkit.Instant("2026-06-01T08:00:00Z") || x.Source.AsOf != day.MustParse("2026-03-31").End()-1 || x.Author != "p-director" {
				t.Errorf("where it comes from: %+v", x.Source)
			}
			if c, ok := x.Body.(child.Correction); ok && (x.Corrects == "" || c.Why == "") {
				t.Errorf("a correction of what, and why: %+v", x)
			}
		}
		if want := len(before.Log) + res.Entries(); len(after.Log) != want {
			t.Errorf("%d entries, not %d", len(after.Log), want)
		}
		said := h.said(t)
		for _, again := range [][]byte{may, june, may} {
			h.clock.Add(day.Hour)
			if r := h.census(t, again); r.Entries() != 0 || r.NewChildren != 0 {
				t.Errorf("again, the older too: %+v", r)
			}
		}
		if h.said(t) != said {
			t.Error("an older file changed what stands")
		}
		h.verify(t)
	})
}

func TestWhatAPersonWithdrewStaysWithdrawn(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		may := sample(t, "samples/two_episodes_clean.xml")
		h.census(t, may)
		id, rec := h.byNumber(t, "204", "P2")
		var plan, review entry.ID
		for _, ev := range rec.Events {
			if b, ok := ev.Body.(child.CPPlanStarted); ok && b.Previous == 0 {
				plan = ev.ID
			}
			if ev.Kind == "review" {
				review = ev.ID
			}
		}
		h.clock.Add(day.Hour)
		wrong := h.say("east-1", child.Correction{Why: "there was no such plan", Withdrawn: true})
		wrong.Corrects = plan
		moved := h.say("east-1", child.Correction{Why: "it was a day later", When: day.On(day.MustParse("2025-12-02"))})
		moved.Corrects = review
		h.record(t, id, wrong, moved)
		said := h.said(t)
		h.clock.Add(day.Hour)
		if r := h.census(t, may); r.Entries() != 0 {
			t.Errorf("the same file: %+v", r)
		}
		if h.said(t) != said {
			t.Error("the same file undid a person's work")
		}
		h.clock.Set(testkit.Instant("2026-06-02T09:00:00Z"))
		h.census(t, later(t, may)) // says another category of the withdrawn plan
		_, rec = h.byNumber(t, "204", "P2")
		if _, ok := rec.Event(plan); ok {
			t.Error("a newer file brought back what a person withdrew")
		}
		if ev, _ := rec.Event(review); ev.When != day.On(day.MustParse("2025-12-02")) {
			t.Errorf("a newer file moved back what a person corrected: %s", ev.When)
		}
		h.verify(t)
	})
}

// A number that was given to the wrong child and corrected must not lead a
// later census to that child.
func TestACorrectedNumberFindsNobody(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		number := child.Identifier{System: "la-child", Authority: "204", Value: "P2"}
		done := h.record(t, "", h.say("manager-front", child.Known{Given: "Iona", Family: "Marsh", IDs: []child.Identifier{number}}))
		number.Value = "P3"
		body, err := json.Marshal(child.Known{Given: "Iona", Family: "Marsh", IDs: []child.Identifier{number}})
		if err != nil {
			t.Fatal(err)
		}
		fix := h.say("manager-front", child.Correction{Why: "that is her cousin's number", Body: body})
		fix.Corrects = done.Entries[0]
		h.record(t, done.Child, fix)
		if res := h.census(t, sample(t, "samples/two_episodes_clean.xml")); res.NewChildren != 1 {
			t.Errorf("the census took one child for another: %+v", res)
		}
		if id, _ := h.byNumber(t, "204", "P3"); id != done.Child {
			t.Error("she is not found by her own number")
		}
		h.verify(t)
	})
}

func TestAWrongFileWritesNothing(t *testing.T) {
	good := sample(t, "samples/two_episodes_clean.xml")
	files := map[string][]byte{"empty": nil, "cut": good[:len(good)-40], "cut early": good[:300], "twice": append(slices.Clone(good), good...),
		"broken late": bytes.Replace(sample(t, "samples/synthetic_cin_clean_1000.xml.gz"), []byte("</Children>"), []byte("</Kinder>"), 1)}
	names, err := os.ReadDir(filepath.Join(cinData, "wrong"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		files[n.Name()] = sample(t, "wrong/"+n.Name())
	}
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e)
		size := h.size(t)
		for name, file := range files {
			if _, err := h.ImportCensus(ctx, opener(file), testkit.Who("director")); err == nil {
				t.Errorf("%s was taken", name)
			}
			if got := h.size(t); got != size {
				t.Fatalf("%s wrote %d entries", name, got-size)
			}
		}
		h.verify(t)
	})
}
