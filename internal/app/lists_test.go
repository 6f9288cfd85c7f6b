package app_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	testkit "onus/internal/testkit/kit"
)

// counted is a store that counts how often it is asked for numbers.
type counted struct {
	app.Store
	asked int
}

func (c *counted) View(ctx context.Context, fn func(app.View) error) error {
	return c.Store.View(ctx, func(v app.View) error { return fn(countedView{v, c}) })
}

type countedView struct {
	app.View
	of *counted
}

func (v countedView) Loads(ctx context.Context, teams []string, now day.Instant) ([]app.Load, error) {
	v.of.asked++
	return v.View.Loads(ctx, teams, now)
}

func (v countedView) PostCounts(ctx context.Context, teams []string) ([]app.PostCount, error) {
	v.of.asked++
	return v.View.PostCounts(ctx, teams)
}

// The numbers of many teams are asked for once, and each team's are those that
// it has alone.
func TestNumbersOfManyTeamsAreAskedForOnce(t *testing.T) {
	c := &counted{}
	k := testkit.NewApp(t, testkit.SQLite.DSN(t), func(cfg *app.Config) { c.Store, cfg.Store = cfg.Store, c })
	k.Line(t)
	teams := []string{"east"}
	var cmds []line.Command
	for _, team := range []string{"north", "south", "empty"} {
		teams = append(teams, team)
		for _, b := range []entry.Body{line.TeamCreated{Team: team, Name: team},
			line.PostCreated{Post: team + "-manager", Title: "Team manager", Tier: line.TeamManager, Team: team, Above: "service"},
			line.PostCreated{Post: team + "-1", Title: "Social worker", Tier: line.Worker, Team: team, Above: team + "-manager"}} {
			cmds = append(cmds, line.Command{Actor: entry.System, Happened: day.On(day.MustParse("2025-01-06")), Body: b, Source: entry.Source{Kind: "page"}})
		}
	}
	if _, err := k.RecordLine(t.Context(), cmds, ""); err != nil {
		t.Fatal(err)
	}
	for i, a := range []child.Allocation{{Post: "w1", Team: "east"}, {Post: "w2", Team: "east"}, {Post: "north-1", Team: "north"}, {Post: "w1", Team: "south"}, {Post: "south-1", Team: "south"}} {
		a.Why = "the next"
		k.Write(t, k.Refer(t, string(rune('A'+i))), testkit.By("2026-03-02T08:30", a))
	}
	k.Clock.Set(testkit.At("2026-03-09T09:00"))
	desk, err := k.Desk(t.Context(), app.Reader{Person: "dee"})
	if err != nil {
		t.Fatal(err)
	}
	c.asked = 0
	all, err := desk.TeamCounts(t.Context(), teams)
	if err != nil || len(all) != len(teams) {
		t.Fatalf("%d teams, %v", len(all), err)
	}
	if c.asked != 2 {
		t.Errorf("the store was asked %d times for the numbers of %d teams", c.asked, len(teams))
	}
	children, late := 0, 0
	for i, team := range teams {
		alone, err := desk.TeamCounts(t.Context(), []string{team})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone[0], all[i], cmpopts.IgnoreFields(app.TeamPage{}, "Line")); diff != "" {
			t.Errorf("%s:\n%s", team, diff)
		}
		children, late = children+all[i].Children, late+all[i].LateCount
	}
	if children != 5 || late == 0 || all[3].Children != 0 {
		t.Errorf("%d children and %d late duties in all, and %d children in the empty team", children, late, all[3].Children)
	}
	if _, err := desk.TeamCounts(t.Context(), []string{"east", "nowhere"}); err == nil {
		t.Error("a team that is nowhere has numbers")
	}
	if none, err := desk.TeamCounts(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no team: %v, %v", none, err)
	}
}
