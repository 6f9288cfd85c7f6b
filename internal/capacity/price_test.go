package capacity_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// registry has the kinds that the rules of these tests name.
var registry = entry.NewRegistry(child.Kinds(), line.Kinds(), duty.Kinds())

const visits = `journey: x
rules:
- id: visit
  duty: See the child
  starts: {kind: cp-plan.started}
  while: child.plan == 'cp'
  within: 2 weeks
  repeats: from the last that counted
  met_by: {kind: visit, when: e.seen}
  owed_by: allocated worker
  climbs: [{to: team manager, after: 0 days}]
  takes: 3 hours
  source: {status: local policy, document: none}
  from: 2020-01-01
  examples: [{name: two weeks, given: [{on: "2026-01-05", kind: referral, body: {from: school}}, {on: "2026-01-05", kind: cp-plan.started, body: {previous_plans: 0}}], now: "2026-01-06", expect: [{due: "2026-01-19", state: open}]}]
`

const letters = `rules:
- id: letter
  duty: Write to the family
  starts: {kind: cp-plan.started}
  while: child.open
  within: 1 week
  met_by: {kind: note}
  owed_by: team manager
  climbs: [{to: director, after: 0 days}]
  takes: 30 minutes
  source: {status: local policy, document: none}
  from: 2020-01-01
`

func pack(t testing.TB, text string) *duty.Pack {
	t.Helper()
	p, err := duty.LoadLayers(day.England(), registry, duty.Layer{Name: "p", Files: []duty.Text{{Name: "a.yaml", Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// east is a team of one manager and two workers with 37 hours each.
func east() *line.Line {
	var es []entry.Entry
	on := day.MustParse("2025-01-01")
	add := func(b entry.Body) {
		es = append(es, entry.Entry{ID: entry.ID(fmt.Sprint("l", len(es))), Kind: b.Kind(), Happened: day.On(on), Recorded: on.Start(), Body: b})
	}
	add(line.TeamCreated{Team: "east", Name: "East"})
	add(line.PostCreated{Post: "dcs", Title: "Director", Tier: line.Director})
	add(line.PostCreated{Post: "m", Title: "Manager", Tier: line.TeamManager, Team: "east", Above: "dcs"})
	for _, w := range []string{"w1", "w2"} {
		add(line.PostCreated{Post: w, Title: "Worker", Tier: line.Worker, Team: "east", Above: "m"})
	}
	for _, p := range []string{"dcs", "m", "w1"} { // w2 is empty
		add(line.PersonKnown{Person: "p-" + p, Name: "P"})
		add(line.PostHeld{Post: p, Person: "p-" + p})
	}
	for _, p := range []string{"w1", "w2"} {
		add(line.HoursSet{Post: p, PerWeek: 10})
	}
	return line.Fold(es)
}

// onPlan is a child on a plan from a day, visited every so many days.
func onPlan(id, from string, every, visits int) child.Record {
	r := child.New(id)
	add := func(on day.Date, b entry.Body) {
		r = child.Apply(r, entry.Entry{ID: entry.ID(fmt.Sprint(id, len(r.Log))), Kind: b.Kind(), Happened: day.On(on), Recorded: on.End(), Body: b})
	}
	on := day.MustParse(from)
	add(on, child.Referral{From: "school"})
	add(on, child.Decision{Outcome: child.Assess, For: "risk", Team: "east"})
	add(on, child.Allocation{Post: "w1", Team: "east"})
	add(on, child.CPPlanStarted{})
	for i := range visits {
		add(on+day.Date(every*(i+1)), child.Visit{Seen: true, Where: "home"})
	}
	return r
}

// Monday 5 January 2026, ten weeks, looked at on Monday 16 March.
var from, weeks, now = day.MustParse("2026-01-05"), 10, day.MustParse("2026-03-16").Start() + 9*day.Hour

func price(t testing.TB, before, after *duty.Pack, recs ...child.Record) *capacity.Cost {
	t.Helper()
	tally := capacity.NewTally(before, after, east(), from, weeks, now)
	for _, r := range recs {
		tally.Add(r)
	}
	return tally.Cost(0.6)
}

// A visit every week instead of every two costs twice as much, though the
// visits of the past were made every two weeks.
func TestAShorterIntervalCostsMore(t *testing.T) {
	p := pack(t, visits)
	weekly, err := p.With("visit", day.Span{N: 1, Unit: day.Weeks}, day.Span{}, day.Span{})
	if err != nil {
		t.Fatal(err)
	}
	c := price(t, p, weekly, onPlan("a", "2026-01-05", 14, 5))
	got := c.Total()
	// From 5 January on: due 19 January and every two weeks, 4 until 15 March;
	// weekly from 12 January: 9. Each of three hours.
	if got.Now.Hours != 12 || got.Then.Hours != 27 {
		t.Errorf("%v hours, then %v; want 12 and 27", got.Now.Hours, got.Then.Hours)
	}
	if len(c.Rules) != 1 || c.Rules[0].Key != "visit" || c.Rules[0].Unseen {
		t.Errorf("%+v", c.Rules)
	}
	// Six hours a week of one worker: a visit a week fits.
	if e := c.Teams[0]; e.Key != "east" || math.Abs(e.Available-60) > 1e-9 || e.Short.Missing != 0 || e.Would.Missing != 0 {
		t.Errorf("%+v, %+v, %+v", e, e.Short, e.Would)
	}
	// Three children do not: 9 hours a week due, 6 there are, from the second week.
	c = price(t, p, weekly, onPlan("a", "2026-01-05", 14, 5), onPlan("b", "2026-01-05", 14, 5), onPlan("c", "2026-01-05", 14, 5))
	if e := c.Teams[0]; e.Would.From.String() != "2026-01-12" || math.Abs(e.Would.Missing-27) > 1e-9 || math.Abs(e.Would.Duties-9) > 1.5 {
		t.Errorf("%+v, %+v", e, e.Would)
	}
}

// A new rule is counted for each that would have begun, in the week in which it
// would have fallen due, and says when nothing could have met it.
func TestANewRule(t *testing.T) {
	p := pack(t, visits)
	after, err := duty.Proposed(p, append(p.Layers, duty.Layer{Name: "proposed", Files: []duty.Text{{Name: "b.yaml", Text: letters}}}))
	if err != nil {
		t.Fatal(err)
	}
	c := price(t, p, after, onPlan("a", "2026-01-07", 14, 2), onPlan("b", "2026-02-04", 14, 2), onPlan("old", "2025-06-01", 14, 2))
	more := c.Total().More()
	if more.Duties != 2 || more.Hours != 1 {
		t.Errorf("%+v more, want 2 duties and 1 hour", more)
	}
	if c.Weeks[0].More().Duties != 1 || c.Weeks[1].More().Hours != 0.5 || c.Weeks[4].More().Duties != 1 {
		t.Errorf("%+v", c.Weeks)
	}
	if len(c.Rules) != 1 || !c.Rules[0].Unseen {
		t.Errorf("%+v", c.Rules)
	}
}

// The same rules cost the same; more time never costs more; and however the
// children are shared out between tallies, the sum is one.
func TestPriceProperties(t *testing.T) {
	p := pack(t, visits)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "days")
		longer := n + rapid.IntRange(0, 30).Draw(t, "longer by")
		short, err := p.With("visit", day.Span{N: n, Unit: day.Days}, day.Span{N: n, Unit: day.Days}, day.Span{})
		if err != nil {
			t.Fatal(err)
		}
		long, err := p.With("visit", day.Span{N: longer, Unit: day.Days}, day.Span{N: longer, Unit: day.Days}, day.Span{})
		if err != nil {
			t.Fatal(err)
		}
		l := east()
		whole, a, b := capacity.NewTally(short, long, l, from, weeks, now), capacity.NewTally(short, long, l, from, weeks, now), capacity.NewTally(short, long, l, from, weeks, now)
		same := capacity.NewTally(short, short, l, from, weeks, now)
		for i := range rapid.IntRange(0, 5).Draw(t, "children") {
			// Of a child whose plan began before, the longer interval may fall into
			// these weeks once more than the shorter.
			start := from + day.Date(rapid.IntRange(0, 69).Draw(t, "start"))
			rec := onPlan(fmt.Sprint("c", i), start.String(), rapid.IntRange(1, 30).Draw(t, "every"), rapid.IntRange(0, 6).Draw(t, "visits"))
			whole.Add(rec)
			same.Add(rec)
			if rapid.Bool().Draw(t, "first") {
				a.Add(rec)
			} else {
				b.Add(rec)
			}
		}
		if x := same.Cost(1).Total().More(); x.Duties != 0 || x.Hours != 0 {
			t.Fatalf("the same rules cost %+v more", x)
		}
		if x := whole.Cost(1).Total().More(); x.Hours > 0 {
			t.Fatalf("%d days instead of %d cost %+v more", longer, n, x)
		}
		a.Merge(b)
		if x, y := a.Cost(1).Total(), whole.Cost(1).Total(); x != y {
			t.Fatalf("in two parts %+v, in one %+v", x, y)
		}
	})
}
