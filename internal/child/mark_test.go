package child

import (
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// logged is a record of entries as they would be sealed, one a minute.
func logged(bodies ...entry.Body) Record {
	r := New("c")
	at := day.MustParse("2026-03-02").Start()
	for i, b := range bodies {
		at += day.Minute
		e := entry.Entry{ID: entry.ID("e" + string(rune('0'+i))), Kind: b.Kind(), Subject: entry.OfChild("c"), Happened: day.AtInstant(at), Recorded: at, Author: "p", Body: b}
		r = Apply(r, e)
	}
	return r
}

// What was marked when it was written stops every copy until two people have
// decided, and the mark itself is in no copy.
func TestAMarkStopsCopiesUntilItIsDecided(t *testing.T) {
	note := Note{Text: "Gran rang. She is ill.", Mark: Mark{Marked: MarkedFor[0], Words: "the second sentence: gran does not want it known"}}
	if r := logged(Note{Text: "x"}); len(r.Marked()) != 0 {
		t.Error("a note without a mark is marked")
	}
	r := logged(note)
	if len(r.Marked()) != 1 {
		t.Fatalf("%d are marked", len(r.Marked()))
	}
	if _, err := r.Copy(); err == nil {
		t.Error("a copy is made all the same")
	}
	refused := false
	r.asking(Command{Body: SARAnswered{Request: "e0"}}, func(_, text string) { refused = refused || strings.Contains(text, "marked") })
	if !refused {
		t.Error("a request is answered all the same")
	}
	r = logged(note, RedactionProposed{Entry: "e0", Passage: "She is ill.", Ground: LeftOutFor[0], Why: "w"})
	if len(r.Marked()) != 1 {
		t.Error("one person decided")
	}
	for _, second := range []entry.Body{RedactionAgreed{Proposal: "e1"}, RedactionRefused{Proposal: "e1", Why: "w"}} {
		r := logged(note, RedactionProposed{Entry: "e0", Passage: "She is ill.", Ground: LeftOutFor[0], Why: "w"}, second)
		cs, err := r.Copy()
		if err != nil || len(r.Marked()) != 0 {
			t.Fatal(err, r.Marked())
		}
		if text := string(cs[0].Raw); strings.Contains(text, "want it known") || strings.Contains(text, "before_a_copy") || !strings.Contains(text, "Gran rang.") {
			t.Errorf("the copy says %s", text)
		}
	}
	if ps := (Note{Text: "x", Mark: Mark{Marked: "y", Words: "z"}}).Check(); len(ps) != 1 {
		t.Errorf("%v", ps)
	}
	if ps := (Visit{Seen: true, Where: "home", Purpose: "p", Mark: Mark{Marked: MarkedFor[1]}}).Check(); len(ps) != 1 || ps[0].Field != "before_a_copy_which" {
		t.Errorf("%v", ps)
	}
}

// Where a copy goes is held against what is recorded.
func TestWhatSpeaksAgainstAnAddress(t *testing.T) {
	fold := func(s string) string {
		return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, ",", " "))), " ")
	}
	now := day.MustParse("2026-03-03").Start()
	base := []entry.Body{
		Known{Given: "Sam", Family: "Lund", Address: "4 Mill Lane, Marlowe"},
		Referral{From: "school"},
		Known{Address: "9 Hill Street, Marlowe"},
		SARReceived{By: AskedBy[0], Who: "Ida Lund, 9 Hill Street, Marlowe"},
	}
	r := logged(base...)
	for _, c := range []struct {
		to   string
		want string // part of what is said; empty: nothing
	}{
		{"Ida Lund, 9 Hill Street, Marlowe", ""},
		{"Mrs Ida Lund by hand at our office", ""},
		{"A. Penrose, 12 Long Road, York", "came with the request"},
		{"Ida Lund, 4 Mill Lane, Marlowe", "lived before"},
	} {
		got := strings.Join(r.Conflicts(SARAnswered{Request: "e3", To: c.to}, now, fold), " ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.to, got)
		}
	}
	r = logged(append(base, Restricted{Category: "threat to the family", Why: "w", Owner: "o", ReviewBy: day.MustParse("2026-04-01")})...)
	if got := r.Conflicts(SARAnswered{Request: "e3", To: "Ida Lund, 9 Hill Street"}, now, fold); len(got) != 1 || !strings.Contains(got[0], "restricted") {
		t.Errorf("%v", got)
	}
}
