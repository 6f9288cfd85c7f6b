package kit

import (
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// Manager records about the line and the children that builders make.
var Manager = entry.Actor{Person: "ana", Post: "east-manager"}

// Line records a line: a team "east" with its manager's post, the workers'
// posts w1 and w2, and above them service manager, head of service and
// director, each with somebody in it. The front door is the manager's.
func (k *Kit) Line(t testing.TB) {
	t.Helper()
	since := day.MustParse("2025-01-06")
	var cmds []line.Command
	add := func(b entry.Body) {
		cmds = append(cmds, line.Command{Actor: entry.System, Happened: day.On(since), Body: b, Source: entry.Source{Kind: "page"}})
	}
	add(line.AuthorityNamed{Name: "Testshire", Code: "999"})
	add(line.TeamCreated{Team: "east", Name: "East"})
	for _, p := range []line.PostCreated{
		{Post: "director", Title: "Director", Tier: line.Director},
		{Post: "head", Title: "Head of service", Tier: line.HeadOfService, Above: "director"},
		{Post: "service", Title: "Service manager", Tier: line.ServiceManager, Above: "head"},
		{Post: "east-manager", Title: "Team manager", Tier: line.TeamManager, Team: "east", Above: "service", Function: line.FrontDoor},
		{Post: "w1", Title: "Social worker", Tier: line.Worker, Team: "east", Above: "east-manager"},
		{Post: "w2", Title: "Social worker", Tier: line.Worker, Team: "east", Above: "east-manager"},
	} {
		add(p)
	}
	for _, h := range [][3]string{{"director", "dee", "Dee"}, {"head", "hal", "Hal"}, {"service", "sam", "Sam"}, {"east-manager", "ana", "Ana"}, {"w1", "wes", "Wes"}, {"w2", "win", "Win"}} {
		add(line.PersonKnown{Person: h[1], Name: h[2]})
		add(line.PostHeld{Post: h[0], Person: h[1]})
	}
	if _, err := k.RecordLine(t.Context(), cmds, ""); err != nil {
		t.Fatal(err)
	}
}

// By is a wish of the manager to record something that happened on a day or at
// a moment.
func By(when string, b entry.Body) child.Command {
	w, err := day.ParseWhen(when)
	if err != nil {
		panic(err)
	}
	return child.Command{Actor: Manager, Happened: w, Body: b, Source: entry.Source{Kind: "page"}}
}

// Write records about a child; an empty id is a child not known yet.
func (k *Kit) Write(t testing.TB, id string, cmds ...child.Command) app.Done {
	t.Helper()
	done, err := k.Record(t.Context(), app.Do{Child: id, Commands: cmds})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// Refer records a child born on 1 May 2019 and referred on Monday 2 March 2026
// at 8:00. It gives the child's id.
func (k *Kit) Refer(t testing.TB, name string) string {
	t.Helper()
	return k.Write(t, "",
		By("2026-03-02T08:00", child.Known{Given: name, Family: "Example", Birth: day.MustParse("2019-05-01")}),
		By("2026-03-02T08:00", child.Referral{From: "school", What: "Often hungry"})).Child
}
