package child

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// What is asked about visits.
const (
	// VisitNoGoal is a visit for no goal, though a plan with goals stood.
	VisitNoGoal = "no goal"
	// VisitNothingLearnt is a visit for a goal after which nothing about it is written down.
	VisitNothingLearnt = "nothing learnt"
	// GoalSaidOnly is a goal of which the last visits heard and saw nothing with their own eyes.
	GoalSaidOnly = "said only"
)

// saidOnlyAfter is how many visits to one goal in a row, known by words only, make a
// question: issue 8, from shared/field/workload.md section 7.
const saidOnlyAfter = 3

// VisitQuestion is something about visits that a manager may want to ask: a fact of the
// record, never a score of whoever visited.
type VisitQuestion struct {
	What  string   // VisitNoGoal, VisitNothingLearnt or GoalSaidOnly
	Visit entry.ID // which visit; of GoalSaidOnly the last of them
	On    day.Date // of that visit
	Goal  string   // the goal's id; empty of VisitNoGoal
	Name  string   // the goal's name
}

// VisitQuestions are what can be asked about visits of an open case: all of them, in the
// order of the visits, and after them the goals of the plan that stands now.
func (r Record) VisitQuestions(now Status) (out []VisitQuestion) {
	if !now.Open {
		return nil
	}
	plans := r.Plans()
	last := map[string][]*Event{} // visits to each goal
	for i := range r.Events {
		ev := &r.Events[i]
		v, ok := ev.Body.(Visit)
		if !ok || ev.When.Before(now.Since) {
			continue
		}
		switch {
		case v.Goal != "":
			last[v.Goal] = append(last[v.Goal], ev)
			if v.Learnt == "" {
				g, _ := r.Goal(v.Goal)
				out = append(out, VisitQuestion{What: VisitNothingLearnt, Visit: ev.ID, On: ev.When.Date, Goal: v.Goal, Name: g.Name})
			}
		case stood(plans, now.Since, ev.When):
			out = append(out, VisitQuestion{What: VisitNoGoal, Visit: ev.ID, On: ev.When.Date})
		}
	}
	plan, ok := r.Plan(now.Since)
	if !ok {
		return out
	}
	for _, g := range plan.Goals {
		of := last[g.ID]
		if len(of) < saidOnlyAfter {
			continue
		}
		of = of[len(of)-saidOnlyAfter:]
		if !slices.ContainsFunc(of, func(ev *Event) bool { return !SaidAlone(ev.Body.(Visit).Evidence) }) {
			ev := of[saidOnlyAfter-1]
			out = append(out, VisitQuestion{What: GoalSaidOnly, Visit: ev.ID, On: ev.When.Date, Goal: g.ID, Name: g.Name})
		}
	}
	return out
}

// SaidAlone says that something is known by words only.
func SaidAlone(evidence []string) bool {
	return len(evidence) > 0 && !slices.ContainsFunc(evidence, func(e string) bool { return e != Said })
}

// stood says whether a plan with goals had been approved by a moment, since the case was
// opened.
func stood(plans []PlanVersion, since, at day.When) bool {
	return slices.ContainsFunc(plans, func(p PlanVersion) bool {
		return !p.Approved.IsZero() && !p.Approved.Before(since) && p.Approved.Before(at) && len(p.Goals) > 0
	})
}
