package duty_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// journal grows a child's record as life would: by commands through
// child.Decide, with a clock that jumps, and now and then the watch.
type journal struct {
	t    *rapid.T
	p    *duty.Pack
	line *line.Line
	rec  child.Record
	now  day.Instant
	rnd  *rand.ChaCha8
}

func newJournal(t *rapid.T, p *duty.Pack) *journal {
	seed := [32]byte{}
	for i := range 4 {
		seed[i] = rapid.Byte().Draw(t, "seed")
	}
	now := day.MustParse("2024-01-01").Start() + day.Instant(rapid.IntRange(0, 500*24*60).Draw(t, "start"))*day.Minute
	return &journal{t: t, p: p, line: smallLine(), rec: child.New("c"), now: now, rnd: rand.NewChaCha8(seed)}
}

// smallLine has one post of each tier, each held.
func smallLine() *line.Line {
	var es []entry.Entry
	on := day.MustParse("2023-01-01")
	add := func(b entry.Body) {
		es = append(es, entry.Entry{ID: entry.ID(fmt.Sprint("l", len(es))), Kind: b.Kind(), Happened: day.On(on), Recorded: on.Start(), Body: b})
	}
	add(line.TeamCreated{Team: "east", Name: "East"})
	above := ""
	for t := line.Director; t >= line.Worker; t-- {
		id, team := fmt.Sprint("t", int(t)), ""
		if t <= line.TeamManager {
			team = "east"
		}
		add(line.PostCreated{Post: id, Title: t.String(), Tier: t, Team: team, Above: above})
		add(line.PersonKnown{Person: "p" + id, Name: "P"})
		add(line.PostHeld{Post: id, Person: "p" + id})
		above = id
	}
	return line.Fold(es)
}

// jump lets time pass: mostly hours and days, sometimes months.
func (j *journal) jump() {
	minutes := rapid.OneOf(rapid.IntRange(1, 600), rapid.IntRange(1, 20*24*60), rapid.IntRange(60*24*60, 200*24*60)).Draw(j.t, "minutes pass")
	j.now += day.Instant(minutes) * day.Minute
}

func (j *journal) do(cmd child.Command) bool {
	es, err := child.Decide(j.rec, cmd, entry.Moment{Now: j.now, Rand: j.rnd})
	if err != nil {
		if _, refused := entry.Problems(err); !refused {
			j.t.Fatal(err)
		}
		return false
	}
	for _, e := range es {
		j.rec = child.Apply(j.rec.Clip(), e)
	}
	return true
}

var actor = entry.Actor{Person: "p", Post: "t1"}

// record tries something that somebody might record.
func (j *journal) record() bool {
	t := j.t
	happened := j.now - day.Instant(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 3*24*60), rapid.IntRange(0, 60*24*60)).Draw(t, "minutes ago"))*day.Minute
	cmd := child.Command{Actor: actor, Happened: day.AtInstant(happened), Source: entry.Source{Kind: "page"}}
	if rapid.Bool().Draw(t, "day only") {
		cmd.Happened = day.On(happened.Date())
	}
	if rapid.IntRange(0, 9).Draw(t, "import") == 0 {
		cmd.Source = entry.Source{Kind: "import", Of: "cin-census"}
	}
	cmd.Body = body(t)
	switch rapid.IntRange(0, 11).Draw(t, "special") {
	case 0:
		if len(j.rec.Events) == 0 {
			break
		}
		ev := rapid.SampledFrom(j.rec.Events).Draw(t, "wrong")
		c := child.Correction{Why: "wrong"}
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			c.Withdrawn = true
		case 1:
			c.When = cmd.Happened
		default:
			c.Body, _ = json.Marshal(ev.Body)
		}
		cmd.Body, cmd.Corrects = c, ev.ID
	case 1:
		if ds := j.duties(); len(ds) > 0 {
			d := rapid.SampledFrom(ds).Draw(t, "duty")
			cmd.Body, cmd.Happened = child.DutyStoodDown{Duty: d.ID(), Why: "no need"}, day.AtInstant(j.now)
		}
	}
	return j.do(cmd)
}

func body(t *rapid.T) entry.Body {
	yes := rapid.Bool().Draw(t, "yes")
	return rapid.SampledFrom([]entry.Body{
		child.Known{Given: "Kit", Birth: day.MustParse("2008-02-29")}, child.Referral{From: "school"}, child.Referral{From: "police"},
		child.Decision{Outcome: child.Assess, For: "risk", Team: "east"}, child.Decision{Outcome: child.NoAction, For: "none"},
		child.Allocation{Post: "t1", Team: "east"}, child.AllocationEnded{Why: "left"}, child.AssessmentStarted{}, child.AssessmentChecked{},
		child.AssessmentAuthorised{}, child.StrategyDiscussion{Section47: yes}, child.Section47Started{NotNeeded: yes}, child.Section47Ended{},
		child.Conference{Plan: "made"}, child.CINPlanStarted{}, child.CINPlanEnded{}, child.CPPlanStarted{Category: "NEG"}, child.CPPlanChanged{Category: "EMO"},
		child.CPPlanEnded{}, child.CoreGroup{}, child.Review{Of: "cp"}, child.Review{Of: "cin"}, child.Supervision{Decided: "go on"},
		child.Visit{Seen: true, Alone: yes, Where: "home", Purpose: "goal"}, child.Visit{Where: "home", Purpose: "goal", WhyNot: "out"}, child.CaseClosed{Why: "done"},
		child.CareStarted{Status: "V2"}, child.CareStarted{Status: "C1"}, child.CareEnded{Why: "home"}, child.LegalStatus{Status: "C2"},
		child.PlacementStarted{Type: "U6", Emergency: yes}, child.PlacementStarted{Type: "U1", Temporary: yes}, child.PlacementStarted{Type: "P1", Unassessed: yes},
		child.PlacementAgreed{Until18: true, FewerVisits: yes}, child.PlacementEnded{Why: "moved"}, child.Review{Of: "care"}, child.Review{Of: "care"}, child.IRO{Step: "named"},
		child.Health{Of: "initial assessment", Step: "done"}, child.Health{Of: "review assessment", Step: "declined"}, child.MissingStarted{}, child.MissingEnded{},
		child.ReturnInterview{Step: "offered"}, child.ReturnInterview{Step: "done"}, child.LeavingCare{Step: "needs assessed"}, child.LeavingCare{Step: "pathway plan made"},
		child.Rated{Rating: "green", Why: "x"}, child.Rated{Rating: "red", Why: "x"}, child.Court{Step: "applied"}, child.Court{Step: "time extended", Weeks: 4},
		child.Complaint{Stage: 1, Step: "received"}, child.Complaint{Stage: 1, Step: "time extended"}, child.PrivateFostering{Step: "known"},
		child.MeetingFixed{Of: "care review", On: day.MustParse("2026-03-20")}, child.MeetingFixed{Of: "care review", On: day.MustParse("2024-06-20")}, child.Document{Of: "care plan"},
		child.SARReceived{By: "the child or young person", Who: "A"},
	}).Draw(t, "body")
}

func (j *journal) duties() []duty.Duty { return j.p.Duties(j.rec, j.now) }

// watch does what app.ClimbDue does, and gives what was told.
func (j *journal) watch() []child.DutyClimbed {
	told := j.p.Climbs(j.duties(), j.line, j.now)
	for _, c := range told {
		if !j.do(child.Command{Actor: entry.System, Happened: day.AtInstant(j.now), Body: c, Source: entry.Source{Kind: "rule", Key: c.Rule}}) {
			j.t.Fatalf("a step was refused: %+v", c)
		}
	}
	return told
}

func everyLife(t *testing.T, check func(j *journal)) {
	p := england(t)
	rapid.Check(t, func(t *rapid.T) {
		j := newJournal(t, p)
		if rapid.IntRange(0, 4).Draw(t, "begins with a referral") > 0 {
			j.do(child.Command{Actor: actor, Happened: day.AtInstant(j.now), Body: child.Referral{From: "school"}, Source: entry.Source{Kind: "page"}})
		}
		check(j)
	})
}
