package child

import (
	"math"
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
	// GoalSaidOnly is a goal that is known by words only: nobody saw it, nobody else confirms it.
	GoalSaidOnly = "said only"
)

// VisitQuestion is something about visits that a manager may want to ask: a fact of the
// record, never a score of whoever visited.
type VisitQuestion struct {
	What  string   // VisitNoGoal, VisitNothingLearnt or GoalSaidOnly
	Visit entry.ID // which visit; of GoalSaidOnly the last entry that says how the goal is known
	On    day.Date // of that entry
	Goal  string   // the goal's id; empty of VisitNoGoal
	Name  string   // the goal's name
}

// VisitQuestions are what can be asked about visits of an open case: all of them, in the
// order of the visits, and after them the goals of the plan that stands now. A goal is asked
// about when the last so many entries know it by words only (SaidOnly); nought: never.
func (r Record) VisitQuestions(now Status, said int) (out []VisitQuestion) {
	if !now.Open {
		return nil
	}
	plans := r.Plans()
	for i := range r.Events {
		ev := &r.Events[i]
		v, ok := ev.Body.(Visit)
		if !ok || ev.When.Before(now.Since) {
			continue
		}
		switch {
		case v.Goal != "":
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
		if of := r.SaidOnly(g.ID, math.MaxInt32, said); len(of) > 0 {
			last := of[len(of)-1]
			out = append(out, VisitQuestion{What: GoalSaidOnly, Visit: last.ID, On: last.When.Date, Goal: g.ID, Name: g.Name})
		}
	}
	return out
}

// stood says whether a plan with goals had been approved by a moment, since the case was
// opened.
func stood(plans []PlanVersion, since, at day.When) bool {
	return slices.ContainsFunc(plans, func(p PlanVersion) bool {
		return !p.Approved.IsZero() && !p.Approved.Before(since) && p.Approved.Before(at) && len(p.Goals) > 0
	})
}
