package app_test

import (
	"fmt"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// Of many teams the answer is worked out once in five minutes for all who ask, says of when
// it is, and is never older than a change of the line. Of few it is always of now.
func TestTheAnswerAboutManyTeamsIsKeptForMinutes(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		service := func() (at day.Instant, teams int) {
			p, err := h.desk(t, "director").Service(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return p.Now, len(p.Teams)
		}
		lines := func(bodies ...entry.Body) {
			var cmds []line.Command
			for _, b := range bodies {
				cmds = append(cmds, line.Command{Actor: entry.System, Happened: day.On(h.clock.Now().Date()), Source: entry.Source{Kind: "page"}, Body: b})
			}
			if _, err := h.RecordLine(ctx, cmds, ""); err != nil {
				t.Fatal(err)
			}
		}
		few, n := service()
		h.clock.Add(day.Minute)
		if at, _ := service(); at == few || n == 0 {
			t.Errorf("of %d teams it is of %s at %s", n, at, h.clock.Now())
		}
		for i := range 25 {
			team := fmt.Sprintf("more-%d", i)
			lines(line.TeamCreated{Team: team, Name: team}, line.PostCreated{Post: "manager-" + team, Title: "Team manager", Tier: line.TeamManager, Team: team, Above: "director"},
				line.PostCreated{Post: team + "-1", Title: "Social worker", Tier: line.Worker, Team: team, Above: "manager-" + team}, line.HoursSet{Post: team + "-1", PerWeek: 37})
		}
		first, many := service()
		if many != n+25 || first != h.clock.Now() {
			t.Fatalf("%d teams, of %s", many, first)
		}
		h.clock.Add(2 * day.Minute)
		h.record(t, h.referred(t, "Sam", "Okell"), h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}))
		if at, _ := service(); at != first {
			t.Errorf("after two minutes it is of %s, not of %s", at, first)
		}
		h.clock.Add(3 * day.Minute)
		if at, _ := service(); at != h.clock.Now() {
			t.Errorf("after five minutes it is of %s", at)
		}
		lines(line.TeamCreated{Team: "last", Name: "last"}, line.PostCreated{Post: "manager-last", Title: "Team manager", Tier: line.TeamManager, Team: "last", Above: "director"},
			line.PostCreated{Post: "last-1", Title: "Social worker", Tier: line.Worker, Team: "last", Above: "manager-last"})
		if at, n := service(); at != h.clock.Now() || n != many+1 {
			t.Errorf("a new team: %d teams, of %s", n, at)
		}
	})
}
