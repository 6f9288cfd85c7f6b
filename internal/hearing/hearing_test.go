package hearing

import (
	"crypto/rand"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

var start = day.MustParse("2026-03-02").Start() + 9*day.Hour

// game records about one pack, each time an hour later.
type game struct {
	t   *testing.T
	rec Record
	now day.Instant
}

func (g *game) say(person string, b entry.Body, change ...func(*Command)) error {
	g.t.Helper()
	g.now += day.Hour
	cmd := Command{Actor: entry.Actor{Person: person, Post: "post-" + person}, Body: b, Prepares: true, Parts: []string{"a", "b"}, Grounds: []string{"law"}, Has: true, Source: entry.Source{Kind: "page"}}
	for _, c := range change {
		c(&cmd)
	}
	es, err := Decide(g.rec, cmd, entry.Moment{Now: g.now, Rand: rand.Reader})
	for _, e := range es {
		g.rec = Apply(g.rec, e)
	}
	return err
}

func (g *game) yes(person string, b entry.Body, change ...func(*Command)) {
	g.t.Helper()
	if err := g.say(person, b, change...); err != nil {
		g.t.Fatalf("%s: %v", b.Kind(), err)
	}
}

func (g *game) no(what, person string, b entry.Body, change ...func(*Command)) {
	g.t.Helper()
	before := len(g.rec.Log)
	if err := g.say(person, b, change...); err == nil {
		g.t.Errorf("%s: it was taken", what)
	} else if _, ok := entry.Problems(err); !ok {
		g.t.Errorf("%s: %v", what, err)
	}
	if len(g.rec.Log) != before {
		g.t.Errorf("%s: something was recorded", what)
	}
}

func asked() Asked {
	on := start.Date()
	return Asked{Number: 1, Matter: "Visits missed in spring", Before: Befores[0], From: on - 90, To: on, Steps: []Step{{"service", on + 20}, {"head", on + 27}}, Around: []string{"boss"}}
}

func begun(t *testing.T) *game {
	g := &game{t: t, rec: Record{ID: "pack-1"}, now: start}
	g.yes("jo", asked())
	return g
}

// Two people say what is left out. Neither is the worker, the same person twice, or
// anybody whom the pack goes around.
func TestTwoPeopleSayWhatIsLeftOut(t *testing.T) {
	g := begun(t)
	out := LeaveOut{Part: "a", Ground: "law", Why: "it is about a neighbour"}
	g.no("the worker", "jo", out)
	g.no("whom it goes around", "boss", out)
	g.no("who does not prepare it", "ann", out, func(c *Command) { c.Prepares = false })
	g.no("no such part", "ann", LeaveOut{Part: "z", Ground: "law", Why: "w"})
	g.no("no such ground", "ann", LeaveOut{Part: "a", Ground: "because", Why: "w"})
	g.no("no reason", "ann", LeaveOut{Part: "a", Ground: "law"})
	g.no("words that are not there", "ann", LeaveOut{Part: "a", Passage: "x", Ground: "law", Why: "w"}, func(c *Command) { c.Has = false })
	g.no("of a closed record", "ann", out, func(c *Command) { c.Closed = []string{"a"} })
	g.yes("ann", out)
	id := g.rec.Proposals[0].ID
	g.no("their own", "ann", LeftOut{Proposal: id})
	g.no("the worker agrees", "jo", LeftOut{Proposal: id})
	g.no("not yet decided", "ben", MadeOut{})
	g.yes("ben", LeftOut{Proposal: id})
	g.no("twice", "cas", StaysIn{Proposal: id, Why: "w"})
	if outs := g.rec.Outs("a"); len(outs) != 1 || outs[0].By != "ann" || outs[0].Second != "ben" || len(g.rec.Outs("b")) != 0 {
		t.Errorf("%+v", outs)
	}
}

// Nothing is made out that two people have not read, to whom it is open; and what is
// proposed makes them look again.
func TestTwoPeopleLookThroughAllOfIt(t *testing.T) {
	g := begun(t)
	g.yes("ann", LookedThrough{})
	g.no("one look", "ann", MadeOut{})
	g.no("the same person again", "ann", LookedThrough{})
	g.yes("ben", LookedThrough{Closed: []string{"b"}})
	if u := g.rec.Unread([]string{"a", "b"}); len(u) != 1 || u[0] != "b" {
		t.Errorf("unread: %v", u)
	}
	g.no("a part that only one could read", "ben", MadeOut{})
	g.yes("cas", LookedThrough{})
	g.yes("cas", LeaveOut{Part: "b", Ground: "law", Why: "w"})
	g.yes("ann", StaysIn{Proposal: g.rec.Proposals[0].ID, Why: "it was the worker's own"})
	g.no("looks from before the proposal", "cas", MadeOut{})
	g.yes("ann", LookedThrough{})
	g.yes("cas", LookedThrough{})
	g.no("the worker", "jo", MadeOut{})
	g.yes("cas", MadeOut{Parts: []Held{{ID: "a", How: Whole}, {ID: "b", How: Whole}}})
	if g.rec.State() != Ready {
		t.Error(g.rec.State())
	}
	g.no("made out again", "ann", MadeOut{})
	g.no("not needed any more, when it is there", "jo", Withdrawn{})
}

// Only the worker says that it is not needed: nobody refuses it.
func TestOnlyTheWorkerEndsIt(t *testing.T) {
	g := begun(t)
	g.no("another", "ann", Withdrawn{})
	g.yes("jo", Withdrawn{})
	if g.rec.State() != NotNeed {
		t.Error(g.rec.State())
	}
	g.no("it is gone", "ann", LookedThrough{})
	for what, change := range map[string]func(*Asked){
		"no matter":          func(b *Asked) { b.Matter = " " },
		"no period":          func(b *Asked) { b.From = 0 },
		"the wrong way":      func(b *Asked) { b.From = b.To + 1 },
		"in the future":      func(b *Asked) { b.To = start.Date() + 9 },
		"before nobody":      func(b *Asked) { b.Before = "" },
		"before whom not so": func(b *Asked) { b.Before = "the press" },
	} {
		b := asked()
		change(&b)
		(&game{t: t, rec: Record{ID: "x"}, now: start}).no(what, "jo", b)
	}
}
