package supervision

import (
	"math/rand/v2"
	"slices"
	"strings"
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

func at(n uint64, now day.Instant) entry.Moment {
	return entry.Moment{Now: now, Rand: random{rand.New(rand.NewPCG(n, 1))}}
}

func opened() Opened {
	return Opened{Form: OneToOne, With: []Seat{{"w", "dana"}}, By: Seat{"m", "jo"}}
}

func jo(b entry.Body) Command {
	return Command{Actor: entry.Actor{Person: "jo", Post: "m"}, Body: b, Holder: true, Answers: []string{"m"}}
}

func dana(b entry.Body) Command {
	return Command{Actor: entry.Actor{Person: "dana", Post: "w"}, Body: b, Answers: []string{"w"}}
}

func team(id string) Discussed {
	return Discussed{About: AboutTeam, ID: id, Changed: "a", Asked: "b", Mind: "c", Decided: "d", Why: "e", Action: "f", Post: "w", By: start.Date() + 9}
}

// A talk is signed only when everything that must be done is done, by both.
func TestWhatMustBeDoneBeforeSigning(t *testing.T) {
	r := Record{ID: "t"}
	n, now := uint64(0), start
	say := func(cmd Command) error {
		n++
		now += day.Minute
		es, err := Decide(r, cmd, at(n, now))
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
	not := func(what, words string, cmd Command) {
		t.Helper()
		if err := say(cmd); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", what, err)
		}
	}
	own := opened()
	own.By.Person = "dana"
	not("with oneself", "themselves", jo(own))
	must(dana(opened()))
	not("opened twice", "no such talk", jo(opened()))
	must(dana(Planned{On: start.Date() + 1}))
	not("moved without a reason", "why it is moved", jo(Planned{On: start.Date() + 2}))
	not("not begun", "has not begun", jo(Agreed{What: "x", Post: "m", By: start.Date()}))
	not("a worker begins it", "Only whoever holds", dana(Began{}))
	must(jo(Began{}))
	not("begun here, and held before", "times are known", jo(Held{On: start.Date(), Minutes: 5}))
	now += 80 * day.Minute
	sign := jo(Signed{As: AsHolder})
	sign.Needs = Needs{Items: []Need{{AboutTeam, "east"}}, Actions: 1}
	not("it goes on", TodoHold, sign)
	must(jo(Ended{SignBy: start.Date() + 7}))
	if r.Minutes < 80 || r.Minutes != int((r.Ended-r.Began)/day.Minute) {
		t.Errorf("%d minutes", r.Minutes)
	}
	for _, x := range []struct {
		left string
		do   Command
	}{{TodoWellbeing, jo(Wellbeing{Will: "w"})}, {TodoLoad, jo(Load{Said: "s"})}, {TodoItems, jo(team("east"))}} {
		not("before", x.left, sign)
		must(x.do)
	}
	not("an action waits", TodoActions, sign)
	sign.Needs.Actions = 0
	must(jo(Agreed{What: "x", Post: "m", By: start.Date() + 2}))
	not("an action taken back twice", "no such action", jo(NotAgreed{Entry: "none"}))
	not("a worker signs first", "does not wait", dana(Signed{As: AsTaker}))
	another := sign
	another.Actor.Person = "priti"
	not("somebody else signs for whoever held it", "Only whoever held", another)
	not("an action is answered before it is owed", "has signed", jo(Answered{Nth: 0, How: Done, Why: "w"}))
	must(sign)
	for _, b := range []entry.Body{team("west"), Wellbeing{Will: "x"}, Dropped{Why: "x"}, Words{Sealed: "x"}, Agreed{What: "x", Post: "m", By: start.Date() + 2}} {
		not("after signing", "Nothing in it changes", jo(b))
	}
	must(dana(Signed{As: AsTaker, Disagrees: "I asked for two visits."}))
	not("signed twice", "does not wait", dana(Signed{As: AsTaker}))
	if r.State() != Closed || r.Others[0].Disagrees == "" {
		t.Fatal(r.State())
	}
	if as := r.Actions(); len(as) != 2 || as[0].Post != "w" || as[1].Post != "m" {
		t.Fatalf("%+v", as)
	}
	not("more time for oneself", "above the post", dana(Answered{Nth: 0, How: NotYet, Why: "w", By: start.Date() + 30}))
	must(dana(Answered{Nth: 0, How: NotYet, Why: "duty cover"}))
	must(dana(Answered{Nth: 0, How: Done, Why: "seen"}))
	not("done twice", "over already", dana(Answered{Nth: 0, How: Done, Why: "seen"}))
	if was, ok := r.KnownAt(start + 5*day.Minute); !ok || was.State() != Prepared || was.Planned == 0 {
		t.Error("as it was known")
	}
}

// Whatever is tried, in any order: nothing that is signed changes; nobody signs for
// another; both signatures are by other people; an action ends once, by whoever owes
// it or holds the talk, and only somebody above lets go of it.
func TestNothingSignedChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := Record{ID: "t"}
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
		try(jo(opened()))
		type frozen struct {
			items   []Item
			actions int
			minutes int
		}
		var kept *frozen
		over := map[int]bool{}
		for range rapid.IntRange(0, 40).Draw(rt, "steps") {
			who := rapid.SampledFrom([]func(entry.Body) Command{jo, jo, dana, func(b entry.Body) Command {
				return Command{Actor: entry.Actor{Person: "x", Post: "x"}, Body: b, Answers: []string{"x"}}
			}}).Draw(rt, "who")
			nth := rapid.IntRange(-1, 3).Draw(rt, "nth")
			b := rapid.SampledFrom([]entry.Body{Began{}, Ended{}, Held{On: start.Date(), Minutes: 60}, Wellbeing{Will: "w"}, Load{Said: "s"}, team("east"), team("west"), Left{About: AboutTeam, ID: "north", Why: "w", On: start.Date() + 9},
				Agreed{What: "x", Post: "m", By: start.Date() + 3}, Answered{Nth: nth, How: Done, Why: "w"}, Answered{Nth: nth, How: NotYet, Why: "w"}, Answered{Nth: nth, How: NotNeeded, Why: "w"},
				Signed{As: AsHolder}, Signed{As: AsTaker}, Words{Sealed: "x"}, Dropped{Why: "w"}, Unsigned{Person: "dana", Why: "w"}}).Draw(rt, "what")
			was := r
			try(who(b))
			if r.Signature != nil && kept == nil {
				kept = &frozen{slices.Clone(r.Items), len(r.Actions()), r.Minutes}
				for _, x := range was.Before(Needs{}) {
					if x.Left > 0 {
						rt.Fatalf("signed, and left was to %s", x.What)
					}
				}
				if r.Signature.Person != "jo" {
					rt.Fatal("somebody else signed")
				}
			}
			if kept != nil && (len(r.Items) != len(kept.items) || len(r.Actions()) != kept.actions || r.Minutes != kept.minutes || r.Gone != 0) {
				rt.Fatal("what was signed changed")
			}
			if len(r.Others) > 1 || len(r.Others) == 1 && r.Signature == nil {
				rt.Fatalf("%+v", r.Others)
			}
			for _, a := range r.Actions() {
				if over[a.Nth] && !a.Over() {
					rt.Fatal("an action that was over began again")
				}
				over[a.Nth] = a.Over()
				for _, x := range a.Answers {
					if x.How == NotNeeded || x.Person == "x" {
						rt.Fatalf("%s says %s", x.Person, x.How)
					}
				}
			}
		}
		if again := Fold("t", r.Log); again.State() != r.State() || len(again.Actions()) != len(r.Actions()) || again.On != r.On {
			rt.Fatal("the same entries give another talk")
		}
	})
}
