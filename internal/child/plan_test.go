package child

import (
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// planning decides one command after another, each a minute later, and stops at the
// first that is refused where none should be.
type planning struct {
	t  *testing.T
	r  Record
	at day.Instant
}

func newPlanning(t *testing.T) *planning {
	p := &planning{t: t, r: New("c"), at: day.MustParse("2026-03-02").Start() + 9*60*60*1000000}
	p.do("dana", Referral{From: "school"})
	return p
}

func (p *planning) try(who string, b entry.Body) (entry.ID, error) {
	p.at += 60 * 1000000
	es, err := Decide(p.r, Command{Actor: entry.Actor{Person: who, Post: "east-1"}, Happened: day.AtInstant(p.at), Body: b, Source: entry.Source{Kind: "page"}}, entry.Moment{Now: p.at, Rand: zeroes{}})
	if err != nil {
		return "", err
	}
	for _, e := range es {
		p.r = Apply(p.r, e)
	}
	return es[0].ID, nil
}

func (p *planning) do(who string, b entry.Body) entry.ID {
	p.t.Helper()
	id, err := p.try(who, b)
	if err != nil {
		p.t.Fatalf("%T: %v", b, err)
	}
	return id
}

func (p *planning) no(who string, b entry.Body) {
	p.t.Helper()
	if _, err := p.try(who, b); err == nil {
		p.t.Errorf("%T was taken: %+v", b, b)
	}
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestAVersionOfAPlanStandsWhenSomebodyElseApprovedIt(t *testing.T) {
	p := newPlanning(t)
	evenings := Goal{ID: "g1", Name: "Evenings", Change: "Nan is there every evening.", Start: day.MustParse("2026-04-06"), Weeks: 8}
	first := p.do("dana", PlanSent{Of: "cp", Goals: []Goal{evenings}})
	if _, ok := p.r.Plan(day.When{}); ok {
		t.Error("a version stands that nobody approved")
	}
	p.no("dana", PlanApproved{Plan: first}) // the writer
	p.no("jo", PlanShared{Plan: first, To: "Leanne", For: ForParent, Called: "Sam", Answer: day.MustParse("2026-03-20"), Phone: "01632 960150", Goals: []SharedGoal{{ID: "g1", Name: "Evenings", Change: "You are there."}}})
	p.do("jo", PlanReturned{Plan: first, Why: "Who pays?"})
	p.no("jo", PlanApproved{Plan: first}) // sent back already
	evenings.Change = "Mum, Nan or Auntie Bev is there every evening."
	second := p.do("dana", PlanSent{Of: "cp", Goals: []Goal{evenings}})
	third := p.do("dana", PlanSent{Of: "cp", Goals: []Goal{evenings, {ID: "g2", Name: "Teeth", Change: "Dad takes Sam to the dentist."}}})
	p.no("jo", PlanApproved{Plan: second}) // a newer one has taken its place
	p.do("jo", PlanApproved{Plan: third})
	got, ok := p.r.Plan(day.When{})
	if !ok || got.ID != third || got.Number != 3 || got.By != "jo" || len(got.Goals) != 2 {
		t.Errorf("stands: %+v", got)
	}
	for i, want := range []string{PlanSentBack, PlanReplaced, PlanStands} {
		if s := p.r.Plans()[i].State(); s != want {
			t.Errorf("version %d: %s, want %s", i+1, s, want)
		}
	}
	if until := got.Goals[0].Until(); until != day.MustParse("2026-06-01") {
		t.Errorf("eight weeks from 6 April are over on %s", until)
	}
	if _, waits := p.r.PlanWaiting(); waits {
		t.Error("nothing waits")
	}
	// What was agreed before the case was opened again stands no more.
	if _, ok := p.r.Plan(day.On(p.at.Date() + 1)); ok {
		t.Error("an old plan stands")
	}
}

func TestAPlannedVisitIsMadeOrCalledOff(t *testing.T) {
	p := newPlanning(t)
	p.no("dana", VisitPlanned{On: day.MustParse("2026-03-09"), Goal: "g1"}) // no such goal
	p.no("dana", VisitPlanned{On: day.MustParse("2026-03-09")})             // no purpose
	p.no("dana", VisitPlanned{On: day.MustParse("2026-02-27"), Other: "Late"})
	sent := p.do("dana", PlanSent{Of: "cin", Goals: []Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there every evening."}}})
	p.do("jo", PlanApproved{Plan: sent})
	p.no("dana", VisitPlanned{On: day.MustParse("2026-03-09"), Goal: "g1", Other: "and this"})
	one := p.do("dana", VisitPlanned{On: day.MustParse("2026-03-09"), Goal: "g1", Ask: "Who was here last night?"})
	two := p.do("dana", VisitPlanned{On: day.MustParse("2026-03-16"), Other: "Her birthday."})
	if n := len(p.r.PlannedVisits()); n != 2 {
		t.Fatalf("%d visits planned", n)
	}
	visit := p.do("dana", Visit{Planned: one, Goal: "g1", Seen: true, Alone: true, Where: "home", Learnt: "Nan was ill on Friday.", Evidence: []string{Said}, Safe: "yes"})
	ev, _ := p.r.Event(visit)
	if got := ev.Body.(Visit).Purpose; got != "Nan is there every evening." {
		t.Errorf("the purpose is %q: who reads it in ten years has no plan beside it", got)
	}
	p.no("dana", Visit{Planned: one, Goal: "g1", Seen: true, Where: "home"})               // recorded already
	p.no("dana", Visit{Goal: "g1", Seen: true, Where: "home", Safe: "no"})                 // and what happens next?
	p.no("dana", Visit{Goal: "g1", Seen: true, Where: "home", Evidence: []string{"felt"}}) // not a way to know
	p.no("dana", Visit{Seen: true, Where: "home"})                                         // no purpose
	p.do("dana", VisitCalledOff{Planned: two, Why: "She is with Nan."})
	p.no("dana", VisitCalledOff{Planned: two, Why: "Again."})
	if n := len(p.r.PlannedVisits()); n != 0 {
		t.Errorf("%d visits planned", n)
	}
}

func TestHowFarAGoalHasComeSaysHowItIsKnown(t *testing.T) {
	p := newPlanning(t)
	p.do("dana", PlanSent{Of: "cin", Goals: []Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there every evening."}}})
	if s := p.r.GoalState("g1"); s.State != GoalNotStarted || s.Last != nil {
		t.Errorf("before anything: %+v", s)
	}
	p.no("dana", GoalMoved{Goal: "g1", State: GoalHeld}) // how is that known?
	p.do("dana", GoalMoved{Goal: "g1", State: GoalDoing, Evidence: []string{Said}})
	since := p.r.GoalState("g1").Since
	p.do("dana", GoalMoved{Goal: "g1", State: GoalDoing, Evidence: []string{Said, Confirmed}})
	if s := p.r.GoalState("g1"); s.State != GoalDoing || s.Since != since || len(s.Evidence) != 2 {
		t.Errorf("said twice: %+v", s)
	}
	seven, eleven := 7, 11
	p.no("dana", View{Of: "child", Scale: &seven})              // of which goal?
	p.no("dana", View{Of: "child", Goal: "g1", Scale: &eleven}) // off the scale
	p.no("dana", View{Of: "parent", Goal: "g1", Scale: &seven}) // whose?
	p.no("dana", View{Of: "child", Goal: "g1"})                 // nothing
	said := p.do("dana", View{Of: "parent", Name: "Mum", Goal: "g1", Scale: &seven, Words: "I am always back by eight."})
	p.no("dana", ViewFollowed{View: said})
	p.do("dana", ViewFollowed{View: said, Did: "Bev comes until eight."})
	if v := p.r.Views("g1"); len(v) != 1 || v[0].Followed == nil || v[0].Who() != "Mum" {
		t.Errorf("%+v", v)
	}
}

func TestAPrivateLinkOpensUntilItsDayOrItsEnd(t *testing.T) {
	p := newPlanning(t)
	sent := p.do("dana", PlanSent{Of: "cin", Goals: []Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there every evening."}}})
	p.do("jo", PlanApproved{Plan: sent})
	goals := []SharedGoal{{ID: "g1", Name: "Evenings", Change: "Nan is there."}}
	given := func(change func(*PlanShared)) PlanShared {
		b := PlanShared{Plan: sent, To: "Leanne", For: ForParent, Called: "Sam", Link: "hash", Until: day.MustParse("2026-03-20"), Answer: day.MustParse("2026-03-20"), Phone: "01632 960150", Goals: goals}
		change(&b)
		return b
	}
	for what, wrong := range map[string]func(*PlanShared){
		"until when?": func(b *PlanShared) { b.Until = 0 }, "past": func(b *PlanShared) { b.Until = day.MustParse("2026-03-01") }, "too long": func(b *PlanShared) { b.Until = day.MustParse("2028-03-01") },
		"to whom?": func(b *PlanShared) { b.To = "" }, "no number": func(b *PlanShared) { b.Phone = "" }, "for whom?": func(b *PlanShared) { b.For = "anybody" },
		"a goal of no plan": func(b *PlanShared) { b.Goals = []SharedGoal{{ID: "g7", Name: "X", Change: "Y."}} }, "a word on paper": func(b *PlanShared) { b.Link, b.Word = "", "hash" },
	} {
		if p.no("dana", given(wrong)); t.Failed() {
			t.Fatal(what)
		}
	}
	id := p.do("dana", given(func(*PlanShared) {}))
	p.no("dana", PlanWordWrong{Shared: id}) // there is none
	s := p.r.Shares()[0]
	if !s.Opens(day.MustParse("2026-03-20")) || s.Opens(day.MustParse("2026-03-21")) {
		t.Error("the link opens on its last day, and not after it")
	}
	p.do("dana", PlanShareEnded{Shared: id, Why: "It was the wrong number."})
	p.no("dana", PlanShareEnded{Shared: id, Why: "Again."})
	if p.r.Shares()[0].Opens(day.MustParse("2026-03-10")) {
		t.Error("the link was ended")
	}
	id = p.do("dana", given(func(b *PlanShared) { b.Word = "hash of beans" }))
	for range WordTries {
		if s, _ := p.r.Share(id); !s.Opens(day.MustParse("2026-03-10")) {
			t.Errorf("closed after %d wrong words", s.Wrong)
		}
		p.do("onus", PlanWordWrong{Shared: id})
	}
	if s, _ := p.r.Share(id); !s.Locked() || s.Opens(day.MustParse("2026-03-10")) {
		t.Error("five wrong words close the link")
	}
	p.no("onus", PlanWordWrong{Shared: id})
	yes := View{Of: "parent", Name: "Mum", Agrees: "yes", Shared: id}
	first := p.do("family:"+string(id), yes)
	seven := 7
	p.do("family:"+string(id), View{Of: "parent", Name: "Mum", Goal: "g1", Scale: &seven, Shared: id, With: first})
	p.no("dana", View{Of: "parent", Name: "Mum", Agrees: "yes", Shared: sent})           // that was not given to anybody
	p.no("dana", View{Of: "parent", Name: "Mum", Agrees: "yes", Shared: id, With: sent}) // that is no reply
}
