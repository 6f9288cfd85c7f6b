package app_test

import (
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// What is still to come in is told from what came to the team, and only where enough did;
// the way to a child is counted with each visit, as the last visits said it took.
func TestWhatIsStillToComeIn(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		start := h.clock.Now().Date()
		testkit.LineSays(t, h.App, day.On(start-20), line.HoursSet{Post: "east-1", PerWeek: 37}, line.HoursSet{Post: "east-2", PerWeek: 18.5})
		last := ""
		come := func() {
			last = h.referred(t, "Ada", "Reed")
			h.record(t, last, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
			h.record(t, last, h.say("east-1", child.AssessmentStarted{}))
		}
		come()
		p, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{})
		if err != nil || p.Flow.Enough {
			t.Fatalf("of one child something is said: %+v, %v", p.Flow, err)
		}
		if p.Likely.Short != p.All.Short || p.Likely.First != p.All.First {
			t.Errorf("too little history changes nothing: %+v, %+v", p.Likely, p.All)
		}
		for range 29 { // a child each week
			h.clock.Add(7 * 24 * day.Hour)
			come()
		}
		p, err = h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{})
		if err != nil {
			t.Fatal(err)
		}
		f := p.Flow
		if !f.Enough || f.Weeks != 29 || f.Children != 29 || f.Usual != 8 || f.Likely[7] <= f.Likely[0] || f.Little[7] > f.Likely[7] || f.Likely[7] > f.Much[7] {
			t.Errorf("%+v", f)
		}
		owed := func(weeks []float64) float64 { return weeks[len(weeks)-1] }
		spare := func(i int) float64 { return p.All.Weeks[i].Spare - p.Likely.Weeks[i].Spare }
		if got := spare(7); got < owed(f.Likely)-0.01 || got > owed(f.Likely)+0.01 {
			t.Errorf("%.2f hours less to spare, and %.2f are likely to come", got, owed(f.Likely))
		}
		var shared float64
		for _, w := range p.Workers {
			shared += w.Outlook.Weeks[7].Spare - w.Likely.Weeks[7].Spare
		}
		if shared < owed(f.Likely)-0.01 || shared > owed(f.Likely)+0.01 {
			t.Errorf("the workers share %.2f of %.2f", shared, owed(f.Likely))
		}

		// The same, looked back on: a week before, one child less had come.
		back := h.at(t, "manager-east", h.clock.Now()-7*24*day.Hour)
		if q, err := back.Ahead(ctx, "east", app.WhatIf{}); err != nil || q.Flow.Children != 28 || q.Flow.Weeks != 28 {
			t.Errorf("%+v, %v", q.Flow, err)
		}

		// The way: a usual one, until a visit says how long it took.
		if p.Ways.Usual != 30 || p.Ways.Said != 0 {
			t.Errorf("%+v", p.Ways)
		}
		hours := func() (sum float64) {
			q, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range q.Workers {
				for _, x := range w.Outlook.Weeks {
					sum += x.Owed
				}
			}
			return sum
		}
		h.record(t, last, h.say("east-1", child.CINPlanStarted{}))
		visit := func(minutes int) {
			h.record(t, last, h.say("east-1", child.Visit{Seen: true, Alone: true, Where: "home", Purpose: "the plan", Journey: minutes}))
		}
		visit(0)
		before := hours()
		visit(0)
		if got := hours(); got != before {
			t.Fatalf("another visit of today changes %.2f to %.2f", before, got)
		}
		visit(40 + 60)
		more := hours() - before
		if n := more; n < 0.99 || n != float64(int(n+0.5)) {
			t.Errorf("an hour more of way is %.2f hours more of visits", n)
		}
		h.verify(t)
		h.again(t, 5)
		if _, err := h.Mend(ctx); err != nil {
			t.Fatal(err)
		}
		h.verify(t)
		if err := h.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		if got := hours() - before; got != more {
			t.Errorf("made again it is %.2f", got)
		}
		h.verify(t)
	})
}

// A child who is placed far away takes a longer way, by the rules, until a visit says.
func TestTheWayToAChildPlacedFarAway(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	id := h.referred(t, "Ada", "Reed")
	say := func(bs ...entry.Body) {
		for _, b := range bs {
			h.record(t, id, h.say("manager-front", b))
		}
	}
	say(child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}, child.Allocation{Post: "east-1", Team: "east"}, child.CareStarted{Status: "V2"}, child.PlacementStarted{Type: "U4", Miles: 75})
	if p, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{}); err != nil || p.Ways.Far != 1 {
		t.Errorf("%+v, %v", p.Ways, err)
	}
	say(child.Visit{Seen: true, Where: "placement", Purpose: "the plan", Journey: 200})
	if p, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{}); err != nil || p.Ways.Said != 1 {
		t.Errorf("%+v, %v", p.Ways, err)
	}
	h.clock.Add(day.Minute)
	say(child.PlacementStarted{Type: "U4", Miles: 2}) // the way was to another home
	if p, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{}); err != nil || p.Ways.Usual != 1 {
		t.Errorf("%+v, %v", p.Ways, err)
	}
	h.verify(t)
}
