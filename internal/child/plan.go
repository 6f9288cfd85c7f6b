package child

import (
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// What becomes of a version of a plan.
const (
	PlanWaits    = "waits for approval"
	PlanStands   = "approved"
	PlanSentBack = "sent back"
	PlanReplaced = "replaced before it was approved"
)

// PlanVersion is a version of a plan and what became of it.
type PlanVersion struct {
	ID     entry.ID
	Number int // 1 is the first of its sort
	Author string
	When   day.When
	PlanSent
	Approved, Returned, Replaced day.When
	By                           string // who approved it or sent it back
	Said                         string // their words
}

// State is what became of the version.
func (v PlanVersion) State() string {
	switch {
	case !v.Approved.IsZero():
		return PlanStands
	case !v.Returned.IsZero():
		return PlanSentBack
	case !v.Replaced.IsZero():
		return PlanReplaced
	}
	return PlanWaits
}

// Goal finds a goal of the version.
func (v PlanVersion) Goal(id string) (Goal, bool) {
	for _, g := range v.Goals {
		if g.ID == id {
			return g, true
		}
	}
	return Goal{}, false
}

// Plans are all versions of the child's plans, in the order in which they were sent. A
// version that waits is replaced by the next of its sort.
func (r Record) Plans() (out []PlanVersion) {
	last := map[string]int{} // of a sort
	numbers := map[string]int{}
	at := func(id entry.ID) *PlanVersion {
		for i := range out {
			if out[i].ID == id {
				return &out[i]
			}
		}
		return nil
	}
	for i := range r.Events {
		ev := &r.Events[i]
		switch b := ev.Body.(type) {
		case PlanSent:
			if j, ok := last[b.Of]; ok && out[j].State() == PlanWaits {
				out[j].Replaced = ev.When
			}
			numbers[b.Of]++
			last[b.Of] = len(out)
			out = append(out, PlanVersion{ID: ev.ID, Number: numbers[b.Of], Author: ev.Author, When: ev.When, PlanSent: b})
		case PlanApproved:
			if v := at(b.Plan); v != nil {
				v.Approved, v.By, v.Said = ev.When, ev.Author, b.Words
			}
		case PlanReturned:
			if v := at(b.Plan); v != nil {
				v.Returned, v.By, v.Said = ev.When, ev.Author, b.Why
			}
		}
	}
	return out
}

// Plan is the version that stands: the last that was approved. ok is false when none
// ever was. What was agreed before the case was last opened stands no more.
func (r Record) Plan(since day.When) (v PlanVersion, ok bool) {
	for _, x := range r.Plans() {
		if !x.Approved.IsZero() && !x.Approved.Before(since) && (!ok || !x.Approved.Before(v.Approved)) {
			v, ok = x, true
		}
	}
	return v, ok
}

// NextPlan is what the next version of the child's plan begins from: the last that was sent
// since the case was opened, whatever became of it; else an empty one, of the sort that fits
// how things stand.
func (r Record) NextPlan(s Status) (next PlanSent) {
	for _, v := range r.Plans() {
		if !v.When.Before(s.Since) {
			next = v.PlanSent
		}
	}
	next.Kept = nil
	if next.Of == "" {
		switch {
		case s.LookedAfter:
			next.Of = "care"
		case s.Plan != "":
			next.Of = s.Plan
		case s.LeavingCare:
			next.Of = "pathway"
		default:
			next.Of = "cin"
		}
	}
	return next
}

// NewGoal is an id for a goal that neither a version of a plan nor a draft has.
func (r Record) NewGoal(draft []Goal) string {
	n := 0
	see := func(gs []Goal) {
		for _, g := range gs {
			if x, err := strconv.Atoi(strings.TrimPrefix(g.ID, "g")); err == nil {
				n = max(n, x)
			}
		}
	}
	for _, v := range r.Plans() {
		see(v.Goals)
	}
	see(draft)
	return "g" + strconv.Itoa(n+1)
}

// PlanWaiting is the version that waits for somebody to approve it.
func (r Record) PlanWaiting() (v PlanVersion, ok bool) {
	for _, x := range r.Plans() {
		if x.State() == PlanWaits {
			v, ok = x, true
		}
	}
	return v, ok
}

// Goal finds a goal in the newest version that has it.
func (r Record) Goal(id string) (g Goal, ok bool) {
	for i := len(r.Events) - 1; i >= 0; i-- {
		if b, is := r.Events[i].Body.(PlanSent); is {
			for _, g := range b.Goals {
				if g.ID == id {
					return g, true
				}
			}
		}
	}
	return Goal{}, false
}

// GoalState is how far a goal has come.
type GoalState struct {
	State string // one of GoalStates
	Since day.When
	Last  *Event // the last entry that says so; nil: none
	// Evidence is how that is known.
	Evidence []string
	What     string
}

// GoalState is how far a goal has come, as the record now says.
func (r Record) GoalState(id string) (s GoalState) {
	s.State = GoalNotStarted
	for i := range r.Events {
		b, ok := r.Events[i].Body.(GoalMoved)
		if !ok || b.Goal != id {
			continue
		}
		if s.Last == nil || b.State != s.State {
			s.Since = r.Events[i].When
		}
		s.State, s.Last, s.Evidence, s.What = b.State, &r.Events[i], b.Evidence, b.What
	}
	return s
}

// ViewSaid is what somebody said of the plan or of a goal, and what was done about it.
type ViewSaid struct {
	Event *Event
	View
	Followed *Event // nil: nothing yet
}

// Who is the name under which a line of the scale runs.
func (v View) Who() string {
	if v.Name != "" {
		return v.Name
	}
	return v.Of
}

// Views are what everybody said, in the order of happening: of one goal, or of all (goal
// empty).
func (r Record) Views(goal string) (out []ViewSaid) {
	for i := range r.Events {
		switch b := r.Events[i].Body.(type) {
		case View:
			if goal == "" || b.Goal == goal {
				out = append(out, ViewSaid{Event: &r.Events[i], View: b})
			}
		case ViewFollowed:
			for j := range out {
				if out[j].Event.ID == b.View {
					out[j].Followed = &r.Events[i]
				}
			}
		}
	}
	return out
}

// PlannedVisit is a visit that is planned and neither recorded nor called off.
type PlannedVisit struct {
	ID     entry.ID
	Author string
	When   day.When
	VisitPlanned
}

// PlannedVisits are the visits that are still to come or were not recorded, in the order
// in which they were planned.
func (r Record) PlannedVisits() (out []PlannedVisit) {
	drop := func(id entry.ID) {
		for i := range out {
			if out[i].ID == id {
				out = append(out[:i], out[i+1:]...)
				return
			}
		}
	}
	for i := range r.Events {
		ev := &r.Events[i]
		switch b := ev.Body.(type) {
		case VisitPlanned:
			out = append(out, PlannedVisit{ev.ID, ev.Author, ev.When, b})
		case VisitCalledOff:
			drop(b.Planned)
		case Visit:
			if b.Planned != "" {
				drop(b.Planned)
			}
		}
	}
	return out
}

// Share is what somebody in the family was given.
type Share struct {
	Event *Event
	PlanShared
	Ended *Event // the private link was ended; nil: not
	Wrong int    // how often a wrong word was typed
}

// WordTries is how often a wrong word may be typed before a link opens nothing any more.
const WordTries = 5

// Locked says that so many wrong words were typed that the link opens nothing any more.
func (s Share) Locked() bool { return s.Wrong >= WordTries }

// Opens says whether the private link opens on a day.
func (s Share) Opens(on day.Date) bool {
	return s.Link != "" && s.Ended == nil && !s.Locked() && on <= s.Until
}

// Shares are what the family was given, in order.
func (r Record) Shares() (out []Share) {
	at := func(id entry.ID, fn func(*Share)) {
		for j := range out {
			if out[j].Event.ID == id {
				fn(&out[j])
			}
		}
	}
	for i := range r.Events {
		if b, ok := r.Events[i].Body.(PlanShared); ok {
			out = append(out, Share{Event: &r.Events[i], PlanShared: b})
		}
	}
	for i := range r.Events { // of one moment, what ends a link may stand before what gave it
		switch b := r.Events[i].Body.(type) {
		case PlanShareEnded:
			at(b.Shared, func(s *Share) { s.Ended = &r.Events[i] })
		case PlanWordWrong:
			at(b.Shared, func(s *Share) { s.Wrong++ })
		}
	}
	return out
}

// Share finds what somebody was given by its entry.
func (r Record) Share(id entry.ID) (Share, bool) {
	for _, s := range r.Shares() {
		if s.Event.ID == id {
			return s, true
		}
	}
	return Share{}, false
}
