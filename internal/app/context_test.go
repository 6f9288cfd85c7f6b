package app_test

import (
	"errors"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// The overloaded worker: four warnings over three months, no answer, visits
// missed, then a manager's entry that blames her. The context of a missed visit
// shows the load, the warnings with their dates and what had become of them,
// the climb, who could have acted, and the manager's entry as what it is:
// recorded afterwards, and only for who has written their own account.
func TestTheContextOfAMissedVisit(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.outside(t)
		today := h.clock.Now().Date()
		testkit.LineSays(t, h.App, day.On(today), line.HoursSet{Post: "east-1", PerWeek: 10})
		var kids []string
		for range 9 {
			kid := h.referred(t, "Sam", "Okell")
			h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
			h.record(t, kid, h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}), h.on("manager-east", today, child.CINPlanStarted{}))
			kids = append(kids, kid)
		}
		sam := kids[0]
		var warned []string
		round := func() {
			t.Helper()
			if _, _, err := h.ClimbDue(ctx, 100); err != nil {
				t.Fatal(err)
			}
			h.climbs(t)
		}
		for i := range 4 {
			h.clock.Add(22 * 24 * day.Hour)
			round()
			warned = append(warned, h.raise(t, "east-1", app.Wish{Text: "Warning " + string(rune('1'+i)) + ": I have nine children and ten hours"}))
		}
		h.opens(t, "manager-east", warned[0])
		h.clock.Add(22 * 24 * day.Hour)
		round()
		// Every visit since has been missed. The manager writes why, much later.
		h.record(t, sam, h.say("manager-east", child.Note{Text: "For no real reason she stopped visiting."}))
		missed, err := h.Missed(ctx, "p-east-1", 0, 0, 0)
		if err != nil || len(missed) == 0 {
			t.Fatal(missed, err)
		}
		of := ""
		for _, m := range missed {
			if m.Child == sam && strings.HasPrefix(m.Duty, "cin.visit:") {
				of = m.Duty
			}
		}
		if of == "" {
			t.Fatalf("no missed visit to Sam in %v", missed)
		}
		at := h.clock.Now() - day.Hour // before the manager wrote
		c, err := h.stale(t, "service").Context(ctx, sam, of, at)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Warnings) != 4 || c.Warnings[0].Climbed < 3 || c.Warnings[0].State != concern.Waiting || c.Warnings[3].Raised <= c.Warnings[0].Raised {
			t.Errorf("warnings: %d, %+v", len(c.Warnings), c.Warnings)
		}
		if !c.Warnings[0].Readable || c.Warnings[0].Words == "" { // it was told of the first
			t.Error("the service manager may not read what it was told")
		}
		if w := c.Load.Weeks[len(c.Load.Weeks)-1]; w.Had != 6 || w.Owed <= w.Had || w.Short() == 0 || c.Load.Owed < 9 {
			t.Errorf("load: %+v", c.Load)
		}
		told := 0
		for _, x := range c.Tiers {
			if x.Person == "" {
				t.Errorf("nobody is named at %s", x.Post.ID)
			}
			if x.Told != 0 {
				told++
			}
			switch x.Post.ID {
			case "manager-east":
				if hear := x.Heard[0]; hear.Told == 0 || hear.Opened == 0 || hear.Answered != 0 {
					t.Errorf("told, opened and answered: %+v", hear)
				}
			case "service":
				if hear := x.Heard[0]; hear.Told == 0 || hear.Opened != 0 {
					t.Errorf("told, never opened: %+v", hear)
				}
			}
		}
		if told < 2 {
			t.Errorf("only %d tiers were told of the missed visit", told)
		}
		if len(c.Talks) == 0 || !c.Talks[0].Late {
			t.Errorf("supervision: %+v", c.Talks)
		}
		if c.Later == 0 || c.After != nil {
			t.Errorf("%d later, and shown are %d before an account is written", c.Later, len(c.After))
		}
		for _, b := range []entry.Body{child.Account{Duty: of, At: at}, child.Account{Duty: of, Knew: "x", Sense: "y", Could: "z"}} {
			if _, err := h.says(t, "service", sam, b); err == nil {
				t.Error("an empty account was taken")
			}
		}
		if _, err := h.says(t, "service", sam, child.Account{Duty: of, At: at, Knew: "all were told", Sense: "the court came first", Could: "the desk could wait"}); err != nil {
			t.Fatal(err)
		}
		c, err = h.stale(t, "service").Context(ctx, sam, of, at)
		if err != nil || c.Account == nil {
			t.Fatal(c, err)
		}
		blames := false
		for _, e := range c.After {
			if b, ok := e.Body.(child.Note); ok && strings.Contains(b.Text, "no real reason") {
				blames = e.Recorded > c.At
			}
		}
		if !blames {
			t.Error("what the manager wrote later does not stand apart")
		}
		// Another reviewer has to write their own first; somebody else sees nothing at all.
		if c, err := h.stale(t, "head").Context(ctx, sam, of, at); err != nil || c.Account != nil || c.After != nil {
			t.Errorf("another's account opens it: %v", err)
		}
		if _, err := h.stale(t, "east-2").Context(ctx, sam, of, at); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a colleague sees it: %v", err)
		}
		if _, err := h.stale(t, "service").Context(ctx, sam, of, h.clock.Now()+day.Hour); err == nil {
			t.Error("the future is known")
		}
		whole, err := h.ContextOf(ctx, sam, of, at)
		if err != nil || len(whole.After) != c.Later+1 && len(whole.After) != c.Later {
			t.Errorf("for the command line: %d, %d, %v", len(whole.After), c.Later, err)
		}
		h.verify(t)
	})
}
