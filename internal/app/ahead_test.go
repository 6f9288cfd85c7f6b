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
