package decision

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/day"
	"onus/internal/entry"
)

type random struct{ *rand.Rand }

func (r random) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return len(p), nil
}

var start = day.MustParse("2026-03-02").Start() + 9*day.Hour

func proposal(signers ...string) Proposed {
	return Proposed{Number: 1, About: AboutTeam, AboutID: "east", What: "The two empty posts are not covered by agency staff this quarter", Reasons: "The budget is spent.",
		Options: []Option{{What: "Agency staff", For: "31 children without room"}, {What: "Nothing", Against: "visits will be missed"}}, Signers: signers,
		Conditions: []Condition{{What: "Advertise both posts", Post: "service", By: start.Date() + 20}}, ReviewBy: start.Date() + 60}
}

func at(n uint64, now day.Instant) entry.Moment {
	return entry.Moment{Now: now, Rand: random{rand.New(rand.NewPCG(n, 1))}}
}

func by(person, post string, b entry.Body) Command {
	return Command{Actor: entry.Actor{Person: person, Post: post}, Body: b, Answers: []string{post}}
}

func TestADecisionStandsWhenAllHaveSigned(t *testing.T) {
	r := Record{ID: "d"}
	n := uint64(0)
	say := func(cmd Command) error {
		n++
		es, err := Decide(r, cmd, at(n, start+day.Instant(n)*day.Minute))
		for _, e := range es {
			r = Apply(r, e)
		}
		return err
	}
	must := func(cmd Command) {
		t.Helper()
		if err := say(cmd); err != nil {
			t.Fatal(err)
		}
	}
	not := func(what string, cmd Command) {
		t.Helper()
		if err := say(cmd); err == nil {
			t.Error(what)
		}
	}
	bad := proposal()
	bad.Options = bad.Options[:1]
	bad.Reasons, bad.ReviewBy = "", start.Date()-1
	not("without reasons, options, signers", by("m", "head", bad))
	must(by("m", "head", proposal("head", "director")))
	not("it is proposed twice", by("m", "head", proposal("head")))
	not("somebody signs for another's post", Command{Actor: entry.Actor{Person: "x", Post: "east"}, Body: Signed{Post: "director"}, Answers: []string{"east"}})
	not("a post that is not asked signs", by("p", "service", Signed{Post: "service"}))
	must(by("m", "head", Signed{Post: "head"}))
	not("a post signs twice", by("m", "head", Signed{Post: "head"}))
	not("one person signs for two posts", Command{Actor: entry.Actor{Person: "m", Post: "head"}, Body: Signed{Post: "director"}, Answers: []string{"head", "director"}})
	if r.State() != Waiting || !slices.Equal(r.Missing(), []string{"director"}) {
		t.Fatal(r.State(), r.Missing())
	}
	not("a condition is fulfilled before it stands", by("p", "service", Fulfilled{What: "x"}))
	must(by("p", "service", Dissented{Why: "31 children have no room"}))
	must(by("h", "director", Signed{Post: "director", Words: "until June"}))
	if r.State() != Stands || r.Stood == 0 || len(r.Dissent) != 1 {
		t.Fatal(r.State())
	}
	not("it is withdrawn when it stands", by("m", "head", Withdrawn{Why: "w"}))
	not("somebody else says that it is done", by("x", "east", Fulfilled{What: "x"}))
	must(by("p", "service", Fulfilled{What: "both are in the paper"}))
	not("it is done twice", by("p", "service", Fulfilled{What: "x"}))
	not("somebody who did not sign reviews it", by("p", "service", Reviewed{What: "x", Next: start.Date() + 90}))
	must(by("h", "director", Reviewed{What: "still right", Next: start.Date() + 90}))
	if r.ReviewBy() != start.Date()+90 {
		t.Error(r.ReviewBy())
	}
	es, err := Replace(r, Record{ID: "new", Proposed: Proposed{WhyReplaced: "a child was hurt"}}, at(99, start+day.Hour))
	if err != nil {
		t.Fatal(err)
	}
	r = Apply(r, es[0])
	if r.State() != Succeeded || r.By != "new" || r.Why != "a child was hurt" {
		t.Fatal(r.State(), r.By)
	}
	if _, err := Replace(r, Record{ID: "third"}, at(100, start+day.Hour)); err == nil {
		t.Error("it is replaced twice")
	}
	if was, ok := r.KnownAt(start + 5*day.Minute); !ok || was.State() != Waiting {
		t.Error("as it was known")
	}
}

// Whatever is tried, in any order: it stands exactly from the moment at which the
// last of its signers signed, each another person; nothing that was written
// changes; and it ends by another decision only.
func TestNothingIsUnpicked(t *testing.T) {
	posts := []string{"head", "director", "service", "east"}
	rapid.Check(t, func(rt *rapid.T) {
		signers := rapid.SampledFrom([][]string{{"head"}, {"head", "director"}, {"head", "director", "service"}}).Draw(rt, "signers")
		r := Record{ID: "d"}
		now := start
		try := func(cmd Command) {
			now += day.Minute
			es, err := Decide(r, cmd, at(rapid.Uint64().Draw(rt, "seed"), now))
			if err == nil {
				for _, e := range es {
					r = Apply(r, e)
				}
			}
		}
		try(by("p-head", "head", proposal(signers...)))
		words := r.Proposed.What
		stood := day.Instant(0)
		for range rapid.IntRange(0, 25).Draw(rt, "steps") {
			post := rapid.SampledFrom(posts).Draw(rt, "post")
			who := rapid.SampledFrom([]string{"p-" + post, "p-head"}).Draw(rt, "who")
			switch rapid.IntRange(0, 5).Draw(rt, "do") {
			case 0, 1:
				try(by(who, post, Signed{Post: rapid.SampledFrom(posts).Draw(rt, "for")}))
			case 2:
				try(by(who, post, Dissented{Why: "w"}))
			case 3:
				try(by(who, post, Withdrawn{Why: "w"}))
			case 4:
				try(by(who, post, Fulfilled{What: "w"}))
			case 5:
				try(by(who, post, Reviewed{What: "w", Next: now.Date() + 5}))
			}
			if stood != 0 && (r.State() != Stands || r.Stood != stood) {
				rt.Fatalf("it stood, and now it %s", r.State())
			}
			stood = r.Stood
			people := map[string]bool{}
			for _, s := range r.Signatures {
				if people[s.Person] || !slices.Contains(signers, s.Post) {
					rt.Fatalf("%+v", r.Signatures)
				}
				people[s.Person] = true
			}
			if (r.Stood != 0) != (len(r.Signatures) == len(signers)) {
				rt.Fatalf("%d of %d signed, and it %s", len(r.Signatures), len(signers), r.State())
			}
			if r.Proposed.What != words {
				rt.Fatal("the words changed")
			}
		}
		if again := Fold("d", r.Log); again.State() != r.State() || again.Stood != r.Stood {
			rt.Fatal("the same entries give another decision")
		}
	})
}
