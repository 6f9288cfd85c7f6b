package app_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// shown is everything a page says, as text that can be compared.
func shown(t *testing.T, p *app.ChildPage) string {
	t.Helper()
	type dutyShown struct {
		ID, State, Owner, Post string
		Due                    day.Deadline
		EndedBy                entry.ID
		Steps                  any
		Late                   bool
	}
	var ds []dutyShown
	for _, d := range p.Duties {
		ds = append(ds, dutyShown{d.ID(), d.State.String(), string(d.Owner), p.Line.Resolve(d.Owner, p.At.Date()), d.Due, d.EndedBy, d.Steps(), d.Late(p.At)})
	}
	b, err := json.Marshal(struct {
		Identity, Status, Place, Duties, Tiers any
		Events                                 int
	}{p.Identity, p.Status, p.Place, ds, p.Tiers, len(p.Record.Events)})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What a page showed at T is what it shows later of T, whatever was recorded
// since: backdated, corrected, withdrawn, or about the line.
func TestWhatWasKnownStaysKnown(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		for seed := range uint64(4) {
			knownStays(t, e, seed)
		}
	})
}

func knownStays(t *testing.T, e testkit.Engine, seed uint64) {
	h := newHouse(t, e)
	r := rand.New(rand.NewPCG(seed, 5))
	id := h.referred(t, "Iona", "Marsh")
	type was struct {
		at   day.Instant
		text string
		list []app.Listed
	}
	var past []was
	var mine []entry.ID
	look := func(at day.Instant) (string, []app.Listed) {
		p, err := h.Look(ctx, id, at)
		if err != nil {
			t.Fatal(err)
		}
		ls, err := h.ListDuties(ctx, app.Listing{Known: at})
		if err != nil {
			t.Fatal(err)
		}
		return shown(t, p), ls
	}
	tries, done := 0, 0
	for range 60 {
		h.clock.Add(day.Instant(1+r.IntN(60*60*100)) * day.Hour / 3600)
		today := h.clock.Now().Date()
		back := today - day.Date(r.IntN(9))
		bodies := []entry.Body{child.Note{Text: "a note"}, child.Visit{Seen: true, Alone: r.IntN(2) == 0, Where: "home", Purpose: "to see"},
			child.Decision{Outcome: child.Assess, For: "risk", Team: "east"}, child.Allocation{Post: "east-1", Team: "east"}, child.Allocation{Post: "east-2", Team: "east"},
			child.AllocationEnded{Why: "left"}, child.AssessmentStarted{}, child.AssessmentAuthorised{}, child.CPPlanStarted{Category: "NEG"}, child.CoreGroup{},
			child.Review{Of: "cp"}, child.CPPlanEnded{}, child.CaseClosed{Why: "done"}, child.Referral{From: "school"}, child.Section47Started{}, child.Conference{Plan: "made"},
			child.Supervision{Decided: "go on"}}
		cmd := h.on("east-1", back, bodies[r.IntN(len(bodies))])
		if r.IntN(3) == 0 {
			cmd.Happened = day.AtInstant(h.clock.Now())
		}
		if len(mine) > 0 && r.IntN(6) == 0 {
			cmd.Corrects = mine[r.IntN(len(mine))]
			cmd.Body = child.Correction{Why: "wrong day", When: day.On(back)}
			if r.IntN(2) == 0 {
				cmd.Body = child.Correction{Why: "never was", Withdrawn: true}
			}
		}
		tries++
		d, err := h.Record(ctx, app.Do{Child: id, Commands: []child.Command{cmd}})
		if _, no := entry.Problems(err); err != nil && !no {
			t.Fatal(err)
		} else if err == nil {
			done++
			mine = append(mine, d.Entries...)
		}
		switch r.IntN(8) {
		case 0:
			testkit.LineSays(t, h.App, day.On(back), line.PostHeld{Post: "east-2", Person: "p-east-1"})
		case 1:
			testkit.LineSays(t, h.App, day.On(today), line.Cover{Post: "manager-east", By: "service", To: today + 5})
		case 2:
			h.climb(t)
		}
		text, list := look(0)
		past = append(past, was{h.clock.Now(), text, list})
		h.clock.Add(1)
	}
	if done < tries/4 {
		t.Fatalf("only %d of %d were recorded: the test shows little", done, tries)
	}
	h.clock.Add(100 * 24 * day.Hour)
	h.climb(t)
	h.verify(t)
	h.again(t, seed+50)
	for _, w := range past {
		text, list := look(w.at)
		if text != w.text {
			t.Fatalf("seed %d: at %s the page said\n%s\nand now it says of then\n%s", seed, w.at, w.text, text)
		}
		a, _ := json.Marshal(list)
		b, _ := json.Marshal(w.list)
		if string(a) != string(b) {
			t.Fatalf("seed %d: at %s the list said\n%s\nand now it says of then\n%s", seed, w.at, b, a)
		}
	}
	h.verify(t)
}

func TestBeforeAndAfterWhatIsKnown(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.clock.Add(day.Hour)
		id := h.referred(t, "Iona", "Marsh")
		who := h.desk(t, "manager-front")
		if _, err := who.Child(ctx, "Record", id, h.clock.Now()-1); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("before anybody had heard of her: %v", err)
		}
		_, err := who.Child(ctx, "Record", id, h.clock.Now()+1)
		refused(t, err)
		_, rs, err := who.Readers(ctx, id, 10)
		if err != nil || len(rs) == 0 || rs[0].Person != who.Person() {
			t.Errorf("who looked: %+v, %v", rs, err)
		}
	})
}
