package child

import (
	"testing"

	"onus/internal/day"
)

// A doubt about tonight stands until somebody decided after it, or saw the child safe.
func TestADoubtAboutTonightStandsUntilSomebodyDecided(t *testing.T) {
	visit := func(safe string) Visit {
		return Visit{Seen: true, Where: "home", Purpose: "Evenings", Safe: safe, Next: "I ring at seven."}
	}
	for name, x := range map[string]struct {
		after func(p *planning)
		want  bool
	}{
		"nothing":                         {func(*planning) {}, true},
		"talked in supervision":           {func(p *planning) { p.do("jo", Supervision{Decided: "Go on."}) }, true}, // it has no hour
		"a manager's view":                {func(p *planning) { p.do("jo", Oversight{View: "He sleeps at Nan's."}) }, false},
		"a strategy discussion":           {func(p *planning) { p.do("jo", StrategyDiscussion{Section47: true}) }, false},
		"seen again, not sure":            {func(p *planning) { p.do("dana", visit("not sure")) }, true},
		"seen again, and safe":            {func(p *planning) { p.do("dana", visit("yes")) }, false},
		"a visit that says nothing of it": {func(p *planning) { p.do("dana", visit("")) }, true},
		"closed":                          {func(p *planning) { p.do("jo", CaseClosed{Why: "Moved."}) }, false},
	} {
		p := newPlanning(t)
		p.do("jo", Oversight{View: "Before anything."})
		p.do("dana", visit("not sure"))
		x.after(p)
		if got := p.r.On(p.at.Date().End()).Doubt != ""; got != x.want {
			t.Errorf("%s: a doubt %v, want %v", name, got, x.want)
		}
	}
}

// The newest words of a child count, wherever they were said.
func TestChildWordsAreOneList(t *testing.T) {
	p := newPlanning(t)
	p.do("dana", Visit{Seen: true, Where: "home", Purpose: "x", Words: "Nan is kind."})
	p.do("dana", View{Of: "parent", Name: "Mum", Words: "He is fine."})
	p.do("dana", View{Of: "child", Words: "I like beans."})
	p.do("dana", Visit{Seen: true, Where: "home", Purpose: "x"})
	got := p.r.ChildWords(5)
	if len(got) != 2 || got[0].Words != "I like beans." || got[1].Words != "Nan is kind." {
		t.Errorf("%+v", got)
	}
	if len(p.r.ChildWords(1)) != 1 {
		t.Error("more than were asked for")
	}
}

func TestOrdersInForce(t *testing.T) {
	p := newPlanning(t)
	p.do("jo", OrderMade{Of: Orders[0], Step: "made", Until: p.at.Date() + 7})
	p.do("jo", OrderMade{Of: Orders[1], Step: "made"})
	on := p.at.Date()
	if n := len(p.r.OrdersInForce(on)); n != 2 {
		t.Fatalf("%d orders in force", n)
	}
	if n := len(p.r.OrdersInForce(on + 8)); n != 1 {
		t.Errorf("%d orders in force after one ran out", n)
	}
	if n := len(p.r.OrdersInForce(on - 1)); n != 0 {
		t.Errorf("%d orders in force before they were made", n)
	}
	p.do("jo", OrderMade{Of: Orders[1], Step: "ended"})
	if n := len(p.r.OrdersInForce(on + 8)); n != 0 {
		t.Errorf("%d orders in force after both ended", n)
	}
}

// A goal is known by words only when the last so many entries that say how are all words.
func TestAGoalKnownByWordsOnly(t *testing.T) {
	p := newPlanning(t)
	p.do("dana", PlanSent{Of: "cin", Goals: []Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there."}}})
	said := func(how ...string) {
		p.do("dana", Visit{Goal: "g1", Seen: true, Where: "home", Learnt: "x", Evidence: how})
	}
	far := day.MustParse("2100-01-01")
	said(SeenIt)
	said(Said)
	p.do("dana", GoalMoved{Goal: "g1", State: GoalDoing, Evidence: []string{Said}})
	said() // says nothing of how
	if p.r.SaidOnly("g1", far, 3) != nil {
		t.Error("the third was seen")
	}
	said(Said)
	if got := p.r.SaidOnly("g1", far, 3); len(got) != 3 || got[2].When.Before(got[0].When) {
		t.Errorf("%d, want 3, the oldest first", len(got))
	}
	if p.r.SaidOnly("g1", p.at.Date()-1, 3) != nil || p.r.SaidOnly("g2", far, 1) != nil || p.r.SaidOnly("g1", far, 0) != nil {
		t.Error("of another day, another goal, or never")
	}
	said(Said, Confirmed)
	if p.r.SaidOnly("g1", far, 3) != nil {
		t.Error("somebody confirmed it")
	}
}
