package app_test

import (
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/testkit"
)

// twoDays is a rule of an authority's own: the child is seen two days after a
// referral.
const twoDays = `journey: The front door
rules:
- id: own.see
  duty: See the child
  about: Ours.
  starts: {kind: referral}
  while: child.open
  within: 2 days
  met_by: {kind: visit, when: e.seen}
  owed_by: front door
  climbs: [{to: team manager, after: 0 days}]
  takes: 2 hours
  source: {status: local policy, document: ours}
  from: 2020-01-01
  examples:
  - {name: two days, given: [{on: "2026-03-02T09:00", kind: referral, body: {from: school}}], now: "2026-03-03", expect: [{due: "2026-03-04", state: open}]}
`

func (h *house) adopt(t *testing.T, post, person, text string) error {
	t.Helper()
	layers := append(h.Pack.Layers[:len(h.Pack.Layers):len(h.Pack.Layers)], ownLayer(text))
	_, err := h.Adopt(t.Context(), entry.Actor{Person: person, Post: post}, app.Adoption{Layers: layers, From: h.clock.Now().Date(), Why: "we ask for more"})
	return err
}

func ownLayer(text string) duty.Layer {
	return duty.Layer{Name: "own", Files: []duty.Text{{Name: "own.yaml", Text: text}}}
}

func dueOf(t *testing.T, h *house, id, rule string, known day.Instant) string {
	t.Helper()
	p, err := h.Look(ctx, id, known)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range p.Duties {
		if d.Rule.ID == rule {
			return d.Due.On.String()
		}
	}
	return ""
}

// Adopted rules count for what begins from their day; lists follow at once; what
// was known before is shown by the rules of then, and a receipt proves it all.
func TestAdoptedRulesCount(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		before := h.referred(t, "Iona", "Marsh")
		h.clock.Add(36 * day.Hour)
		then := h.clock.Now()
		h.clock.Add(day.Hour)
		director, who := "director", "p-director"
		if err := h.adopt(t, director, who, twoDays); err != nil {
			t.Fatal(err)
		}
		h.verify(t)
		after := h.referred(t, "Ada", "Lund")
		if got := dueOf(t, h, before, "own.see", 0); got != "" {
			t.Errorf("what began before the rule is due %s under it", got)
		}
		want := h.clock.Now().Date().Add(2).String()
		if got := dueOf(t, h, after, "own.see", 0); got != want {
			t.Errorf("due %q, want %s", got, want)
		}
		listed, err := h.ListDuties(ctx, app.Listing{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, x := range listed {
			if x.Rule == "own.see" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d duties of the new rule are listed", n)
		}
		if p, err := h.Rules(ctx, then); err != nil || len(p.Rules) != len(h.Pack.Rules) {
			t.Errorf("as known before: %d rules, %v", len(p.Rules), err)
		}
		if _, d, err := h.ExplainDuty(ctx, listedID(listed, "own.see")); err != nil || d.Why != "Ours." {
			t.Errorf("%+v, %v", d, err)
		}
		// The same house after a restart, and lists made new.
		h.again(t, 7)
		if got := dueOf(t, h, after, "own.see", 0); got != want {
			t.Errorf("after a restart: due %q", got)
		}
		h.verify(t)
	})
}

func listedID(all []app.Listed, rule string) string {
	for _, x := range all {
		if x.Rule == rule {
			return x.ID
		}
	}
	return ""
}

// Rules with a mistake, or in a name that may not, change nothing.
func TestRulesThatAreNotAdopted(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	director, who := "director", "p-director"
	for _, c := range []struct{ name, post, person, text, want string }{
		{"a mistake", director, who, strings.Replace(twoDays, "kind: visit", "kind: vist", 1), `own/own.yaml:3: own.see: met_by: there is no kind of entry called "vist"`},
		{"half a file", director, who, twoDays[:120], "own/own.yaml:"},
		{"a worker's post", "east-1", who, twoDays, "whoever holds a director's post"},
		{"somebody else's post", director, "nobody", twoDays, "whoever holds a director's post"},
	} {
		err := h.adopt(t, c.post, c.person, c.text)
		if _, refused := entry.Problems(err); !refused || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if b, err := h.Book(ctx); err != nil || b.Len() != 0 {
		t.Errorf("%d adoptions, %v", b.Len(), err)
	}
	h.verify(t)
}

// A birthday starts a clock though nothing is recorded: the watch puts it into
// the lists.
func TestABirthdayComesIntoTheLists(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		today := h.clock.Now().Date()
		born := today.AddMonths(-16*12) + 130
		h.clock.Add(day.Minute)
		h.record(t, id, h.say("manager-front", child.Known{Given: "Iona", Birth: born}))
		h.record(t, id, h.say("manager-front", child.CareStarted{Status: "V2"}))
		h.clock.Add(30 * 24 * day.Hour)
		for range 200 {
			if _, n, err := h.ClimbDue(ctx, 100); err != nil {
				t.Fatal(err)
			} else if n == 0 {
				break
			}
		}
		h.clock.Add(120 * 24 * day.Hour)
		h.verify(t) // the watch has not come by
		for range 200 {
			if _, n, err := h.ClimbDue(ctx, 100); err != nil {
				t.Fatal(err)
			} else if n == 0 {
				break
			}
		}
		h.verify(t)
		found := false
		if err := h.Store.View(ctx, func(v app.View) error {
			rows, err := v.ChildDuties(ctx, id)
			for _, d := range rows {
				found = found || d.Rule == "leaving.needs"
			}
			return err
		}); err != nil || !found {
			t.Errorf("the duty from the 16th birthday is in no list, %v", err)
		}
	})
}
