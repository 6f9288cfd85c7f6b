package app_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/testkit"
)

// lived is a house where something happened.
func lived(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	h := newHouse(t, e)
	for i := range 5 {
		id := h.referred(t, "Child", fmt.Sprintf("Number %d", i))
		h.clock.Add(2 * day.Hour)
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "“risk” <& more>", Team: "east"}))
		h.record(t, id, h.on("manager-east", h.clock.Now().Date(), child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, id, h.say("east-1", child.Note{Text: "line one\nline two\ttab \\u0041 \u2028 👧"}))
	}
	h.clock.Add(10 * 24 * day.Hour)
	if _, _, err := h.ClimbDue(ctx, 100); err != nil {
		t.Fatal(err)
	}
	return h
}

// empty is a house without a line, its clock where the other's is.
func empty(t *testing.T, e testkit.Engine, like *house) *house {
	t.Helper()
	h := &house{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: e.DSN(t)}
	h.clock.Set(like.clock.Now())
	h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, 99)
	return h
}

func TestExportAndImportAreTheSameJournal(t *testing.T) {
	for _, from := range testkit.Engines {
		for _, to := range testkit.Engines {
			t.Run(from.Name+" to "+to.Name, func(t *testing.T) {
				h := lived(t, from)
				text := h.export(t)
				if !app.IsJournal([]byte(text[:40])) {
					t.Error("the export is not known again as a journal")
				}
				want := h.verify(t)
				g := empty(t, to, h)
				added, root, err := g.ImportJournal(ctx, strings.NewReader(text))
				if err != nil || added != want.Entries || root != want.Root.String() {
					t.Fatalf("%d of %d entries, root %s, not %s: %v", added, want.Entries, root, want.Root, err)
				}
				if g.export(t) != text {
					t.Error("the export of the import is another text")
				}
				if got := g.verify(t); got != want {
					t.Errorf("%+v, not %+v", got, want)
				}
				if added, root, err = g.ImportJournal(ctx, strings.NewReader(text)); added != 0 || root != want.Root.String() || err != nil {
					t.Errorf("the second time: %d, %s, %v", added, root, err)
				}
			})
		}
	}
}

func TestAnEmptyJournal(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := &house{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: e.DSN(t)}
		h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, 1)
		text := h.export(t)
		g := empty(t, e, h)
		if added, _, err := g.ImportJournal(ctx, strings.NewReader(text)); added != 0 || err != nil {
			t.Errorf("%d, %v", added, err)
		}
		if size, err := g.Checkpoint(ctx); size != 0 || err != nil {
			t.Errorf("%d, %v", size, err)
		}
		h.verify(t)
	})
}

func TestAnImportThatWasCutOffGoesOn(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := lived(t, testkit.Engines[0])
		text := h.export(t)
		want := h.verify(t)
		lines := strings.SplitAfter(text, "\n")
		g := empty(t, e, h)
		for _, cut := range []int{len(lines[0]) + 10, len(lines[0] + lines[1]), len(text) / 3, len(text) / 2, len(text) - 2} {
			_, _, err := g.ImportJournal(ctx, strings.NewReader(text[:cut]))
			refused(t, err)
			whole := int64(strings.Count(text[:cut], "\n")) - 1
			if got := g.size(t); got != whole {
				t.Errorf("cut at %d: %d whole lines were there, %d were kept", cut, whole, got)
			}
			g.again(t, uint64(cut))
			if _, err := g.Mend(ctx); err != nil {
				t.Fatal(err)
			}
			g.verify(t)
		}
		if _, root, err := g.ImportJournal(ctx, strings.NewReader(text)); err != nil || root != want.Root.String() {
			t.Fatalf("%s, %v", root, err)
		}
		if g.export(t) != text || g.verify(t) != want {
			t.Error("in pieces it is another journal")
		}
	})
}

func TestAForeignJournalIsRefused(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h, g := lived(t, e), newHouse(t, e)
		g.clock.Set(h.clock.Now())
		g.referred(t, "Somebody", "Else")
		before := g.export(t)
		if _, _, err := g.ImportJournal(ctx, strings.NewReader(h.export(t))); !errors.Is(err, app.ErrNotEmpty) {
			t.Errorf("into a store that has another: %v", err)
		}
		text := h.export(t)
		for name, wrong := range map[string]string{
			"nothing":      "",
			"a text":       "Dear Sir or Madam\n",
			"other head":   `{"onus":"journal/9"}` + "\n",
			"a line more":  text + `{"salt":"00","entry":{}}` + "\n",
			"a field more": strings.Replace(text, `"entry":{`, `"entry":{"mood":"good",`, 1),
			"a bad salt":   strings.Replace(text, `{"salt":"`, `{"salt":"zz`, 1),
			"a NUL":        strings.Replace(text, `line one`, `line\u0000one`, 1),
			"a space":      strings.Replace(text, `"kind":"`, `"kind": "`, 1),
			"wrong order":  reversed(text),
		} {
			k := empty(t, e, h)
			_, _, err := k.ImportJournal(ctx, strings.NewReader(wrong))
			if ps := refused(t, err); len(ps) == 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
		k := empty(t, e, h)
		if _, _, err := k.ImportJournal(ctx, strings.NewReader(strings.Replace(text, "line one", "line eno", 1))); !errors.Is(err, app.ErrTampered) {
			t.Errorf("a changed word: %v", err)
		}
		if g.export(t) != before {
			t.Error("a refused import wrote something")
		}
		g.verify(t)
	})
}

func reversed(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	last := len(lines) - 1
	lines[last] += "\n"
	lines[1], lines[last] = lines[last], lines[1]
	return strings.Join(lines, "")
}
