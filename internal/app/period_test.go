package app_test

import (
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/testkit"
)

// Looking back does not tell whoever a warning is about, and went around, that there
// is one; those above see it, in the page of a post and in that of a duty.
func TestLookingBackTellsNobodyOfAWarningAboutThem(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		kid := h.referred(t, "Sam", "Okell")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		h.clock.Add(day.Hour)
		h.record(t, kid, h.on("manager-east", h.clock.Now().Date(), child.Allocation{Post: "east-1", Team: "east"}))
		h.raise(t, "east-1", app.Wish{Text: "My manager does not answer", About: []string{"p-manager-east"}, Key: "a"})
		h.raise(t, "east-1", app.Wish{Text: "I have too much", Key: "b"})
		h.clock.Set(testkit.Instant("2026-06-01T10:00:00Z"))
		h.round(t)
		p, err := h.Look(ctx, kid, 0)
		if err != nil {
			t.Fatal(err)
		}
		late := ""
		for _, d := range p.Open() {
			if d.Late(h.clock.Now()) && p.Line.Resolve(d.Owner, h.clock.Now().Date()) == "east-1" {
				late = d.ID()
			}
		}
		on := h.clock.Now().Date()
		for post, want := range map[string]int{"manager-east": 1, "service": 2, "east-1": 2} {
			x, err := h.desk(t, post).Period(ctx, "east-1", on-300, on, 0)
			if err != nil {
				t.Fatal(err)
			}
			c, err := h.desk(t, post).Context(ctx, kid, late, h.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			if len(x.Warnings) != want || len(c.Warnings) != want {
				t.Errorf("%s is told of %d and %d warnings, want %d", post, len(x.Warnings), len(c.Warnings), want)
			}
			for _, tier := range c.Tiers {
				if len(tier.Heard) != want {
					t.Errorf("%s: %d columns of %s", post, len(tier.Heard), tier.Post.ID)
				}
			}
		}
	})
}
