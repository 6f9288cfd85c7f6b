package app_test

import (
	"math"
	"testing"

	"onus/internal/app"
	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// A team looks ahead: what is owed in eight weeks against the hours there are, worker
// by worker; who is away has no hours and still owes; what nobody has is in the sum.
func TestATeamLooksAhead(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-90), line.HoursSet{Post: "east-1", PerWeek: 37}, line.HoursSet{Post: "east-2", PerWeek: 10})
		for n := range 6 {
			id := h.referred(t, "Ada", "Reed")
			cmds := []child.Command{h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"})}
			if n < 5 {
				cmds = append(cmds, h.say("manager-east", child.Allocation{Post: "east-2", Team: "east"}))
			}
			h.record(t, id, cmds...)
			if n < 5 {
				h.record(t, id, h.say("east-2", child.AssessmentStarted{}))
			}
		}
		p, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{})
		if err != nil || len(p.Workers) != 2 || len(p.All.Weeks) != 8 {
			t.Fatalf("%+v, %v", p, err)
		}
		by := map[string]app.WorkerAhead{}
		sum := 0.0
		for _, w := range p.Workers {
			by[w.Post.ID] = w
			for _, x := range w.Outlook.Weeks {
				sum += x.Owed
			}
		}
		if w := by["east-1"]; w.Duties != 0 || w.Outlook.First != 0 || w.Outlook.Weeks[0].Available < 20 {
			t.Errorf("who owes nothing: %+v", w)
		}
		if w := by["east-2"]; w.Duties < 5 || w.Outlook.First == 0 || w.Outlook.Short <= 0 {
			t.Errorf("ten hours a week for five children: %+v", w)
		}
		if p.Nobody.Duties == 0 || p.Nobody.Outlook.First == 0 {
			t.Errorf("of the child whom nobody has: %+v", p.Nobody)
		}
		all := 0.0
		for _, x := range p.All.Weeks {
			all += x.Owed
		}
		for _, x := range p.Nobody.Outlook.Weeks {
			sum += x.Owed
		}
		if all < sum-0.01 || all > sum+0.01 {
			t.Errorf("the team owes %v, and its parts %v", all, sum)
		}
		had := by["east-2"].Outlook.Weeks[7].Spare
		if _, err := h.RecordLine(ctx, []line.Command{{Actor: entry.System, Happened: day.On(h.clock.Now().Date()), Source: entry.Source{Kind: "page"}, Body: line.PersonSuspended{Person: "p-east-2", Why: "off sick"}}}, ""); err != nil {
			t.Fatal(err)
		}
		p, err = h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range p.Workers {
			if w.Post.ID == "east-2" && (w.Outlook.Weeks[7].Available != 0 || w.Outlook.Weeks[7].Spare >= had) {
				t.Errorf("who is away has no hours, and still owes: %+v", w)
			}
		}
		if _, err := h.desk(t, "manager-front").Ahead(ctx, "east", app.WhatIf{}); err == nil {
			t.Error("another team's manager looks into this one's load")
		}
	})
}

// What would be if named children moved: what is owed to them goes with them and nothing
// else does, nothing is recorded, and each child that is offered is a look.
func TestWhatIfTheseChildrenMoved(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	var kids []string
	for _, name := range []string{"Ada", "Ben", "Cleo"} {
		id := h.referred(t, name, "Reed")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, id, h.say("east-1", child.AssessmentStarted{}))
		kids = append(kids, id)
	}
	other := h.referred(t, "Dov", "Reed") // of no team
	size, looks := h.size(t), len(h.looks(t, "p-manager-east"))
	ask := func(x app.WhatIf) (*app.AheadPage, error) { return h.desk(t, "manager-east").Ahead(ctx, "east", x) }
	p, err := ask(app.WhatIf{Move: kids[:2], To: "east-2"})
	if err != nil || p.Then == nil || len(p.Children) != 3 || p.Children[0].Name != "Ada Reed" {
		t.Fatalf("%+v, %v", p, err)
	}
	owed := func(ws []capacity.OutlookWeek) (sum float64) {
		for _, w := range ws {
			sum += w.Owed
		}
		return sum
	}
	now, then := map[string]float64{}, map[string]float64{}
	for _, w := range p.Workers {
		now[w.Post.ID], then[w.Post.ID] = owed(w.Outlook.Weeks), owed(w.Then.Weeks)
	}
	if now["east-1"] <= 0 || math.Abs(then["east-2"]-now["east-1"]*2/3) > 0.01 || math.Abs(then["east-1"]-now["east-1"]/3) > 0.01 || now["east-2"] != 0 {
		t.Errorf("now %v, then %v", now, then)
	}
	if math.Abs(owed(p.All.Weeks)-owed(p.Then.Weeks)) > 0.01 {
		t.Error("the team owes another sum when its children move within it")
	}
	if n := h.size(t); n != size {
		t.Errorf("%d entries were recorded by asking", n-size)
	}
	if n := len(h.looks(t, "p-manager-east")); n != looks+3 {
		t.Errorf("%d looks are noted", n-looks)
	}
	if p, err := ask(app.WhatIf{Lose: "east-2"}); err != nil || p.Children != nil {
		t.Errorf("the children are shown though nobody asked for them: %v", err)
	}
	if ps := refused(t, func() error { _, err := ask(app.WhatIf{Move: []string{other}, To: "east-2"}); return err }()); ps[0].Field != "child" {
		t.Errorf("%+v", ps)
	}
}
