package cin

import (
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// piece is a piece of work in an episode: an assessment, an enquiry, a plan.
type piece[T any] struct {
	is    T
	id    entry.ID
	key   string // under which a census said its beginning, if one did
	here  bool   // recorded here, not brought by a file
	of    *spell
	began day.Date
	ended day.Date // zero while it goes on
	talk  bool     // an enquiry of which only the strategy discussion is recorded so far
}

// toConference is how many working days after the strategy discussion the initial
// conference is due. Source: Working Together to Safeguard Children; the census's
// item InitialCPCtarget.
const toConference = 15

// begun adds a piece of work.
func begun[T any](t *told, list *[]*piece[T], ev *child.Event, is T) *piece[T] {
	p := &piece[T]{is: is, id: ev.ID, key: censusKey(ev), here: ev.Source.Kind != "import", of: t.spellSaid(ev), began: ev.When.Date}
	if p.of == nil {
		p.of = t.open(p.began)
	}
	if p.of != nil { // work without any referral has no place in the census
		*list = append(*list, p)
	}
	return p
}

// of finds the piece that an event goes on with: the one it names, the one of which
// the same file said it, else the last that goes on.
func of[T any](list []*piece[T], ev *child.Event, named entry.ID) (found *piece[T]) {
	k := censusKey(ev)
	for _, p := range list {
		switch {
		case k != "":
			if p.key != "" && strings.HasPrefix(k, p.key+"/") {
				return p
			}
		case named != "":
			if p.id == named {
				return p
			}
		case p.ended == 0 || p.ended == ev.When.Date && (found == nil || found.ended != 0):
			found = p
		}
	}
	if found == nil && k == "" && named != "" { // what it names is part of another piece
		return of(list, ev, "")
	}
	return found
}

// work goes through what was done up to the end of the year.
func (t *told) work() {
	early := map[string]day.Date{} // ends of plans that a census began on the same day: in a record they stand first
	for i := range t.rec.Events {
		ev := &t.rec.Events[i]
		on := ev.When.Date
		if on > t.end {
			break
		}
		switch b := ev.Body.(type) {
		case child.AssessmentStarted:
			begun(t, &t.assessments, ev, Assessment{Start: on, InternalReview: b.ReviewBy})
		case child.AssessmentAuthorised:
			if p := of(t.assessments, ev, b.Assessment); p != nil {
				p.is.Authorised, p.ended = on, on
			}
		case child.AssessmentFactors:
			t.factors(ev, b)
		case child.StrategyDiscussion:
			if b.Section47 && t.enquiry(on) == nil {
				begun(t, &t.enquiries, ev, Section47{Start: on, ICPCNotRequired: No}).talk = true
			}
		case child.Section47Started:
			t.enquired(ev, b)
		case child.Section47Ended:
			if p := of(t.enquiries, ev, b.Started); p != nil {
				if p.ended = on; b.Conference == "not needed" && p.is.DateOfInitialCPC == 0 { // one that was held says otherwise
					p.is.ICPCNotRequired = Yes
				}
			}
		case child.Conference:
			t.conference(ev, b)
		case child.CINPlanStarted:
			p := begun(t, &t.needPlans, ev, CINPlan{Start: on})
			if end := early[p.key+"/end"]; p.key != "" && end != 0 {
				p.is.End, p.ended = end, end
			}
		case child.CINPlanEnded:
			if p := of(t.needPlans, ev, b.Started); p != nil {
				p.is.End, p.ended = on, on
			} else {
				early[censusKey(ev)] = on
			}
		case child.CPPlanStarted:
			begun(t, &t.protection, ev, CPPlan{Start: on, InitialCategory: b.Category, LatestCategory: b.Category, PreviousPlans: Number{b.Previous, true}})
		case child.CPPlanChanged:
			if p := of(t.protection, ev, ""); p != nil {
				p.is.LatestCategory = b.Category
			}
		case child.CPPlanEnded:
			if p := of(t.protection, ev, b.Started); p != nil {
				p.is.End, p.ended = on, on
			}
		case child.Review:
			if p := of(t.protection, ev, ""); b.Of == "cp" && p != nil {
				p.is.Reviews = append(p.is.Reviews, Review{Date: on})
			}
		}
	}
	t.replaced()
}

// factors belong to the assessment that was authorised last, or goes on.
func (t *told) factors(ev *child.Event, b child.AssessmentFactors) {
	p := of(t.assessments, ev, b.Assessment)
	if n := len(t.assessments); p == nil && n > 0 && censusKey(ev) == "" {
		p = t.assessments[n-1]
	}
	if p == nil {
		return
	}
	p.is.Factors = nil // a later entry says them anew
	for _, code := range b.Codes {
		p.is.Factors = append(p.is.Factors, Coded{Code: code})
	}
}

// enquiry is the enquiry that goes on, if any.
func (t *told) enquiry(on day.Date) (found *piece[Section47]) {
	for _, p := range t.enquiries {
		if p.began <= on && p.ended == 0 && p.of == t.open(on) {
			found = p
		}
	}
	return found
}

func (t *told) enquired(ev *child.Event, b child.Section47Started) {
	p := t.enquiry(ev.When.Date)
	if censusKey(ev) == "" && p != nil && p.talk { // the one that the discussion decided on
		p.id, p.talk, p.is.Start, p.is.InitialCPCTarget = ev.ID, false, ev.When.Date, b.Target
	} else {
		p = begun(t, &t.enquiries, ev, Section47{Start: ev.When.Date, InitialCPCTarget: b.Target, ICPCNotRequired: No})
	}
	if b.NotNeeded { // a file does not say since when: by the day of which it speaks
		p.is.ICPCNotRequired, p.ended = Yes, max(ev.When.Date, ev.Source.AsOf.Date())
	}
}

// conference goes with the last enquiry of its episode that waits for one; a
// conference that followed none stands with the episode.
func (t *told) conference(ev *child.Event, b child.Conference) {
	on, s := ev.When.Date, t.spellSaid(ev)
	if s == nil {
		s = t.open(on)
	}
	var after *piece[Section47]
	for _, p := range t.enquiries {
		if p.of == s && p.is.DateOfInitialCPC == on { // told twice: a day has one
			return
		}
		waits := p.of == s && p.is.Start <= on && p.is.DateOfInitialCPC == 0 && p.is.ICPCNotRequired != Yes
		if b.Section47 != "" && p.id == b.Section47 || b.Section47 == "" && waits {
			after = p
		}
	}
	switch {
	case after != nil:
		after.is.DateOfInitialCPC, after.ended = on, on
	case s != nil:
		t.unasked[s] = append(t.unasked[s], on)
	}
}

// replaced ends the child in need plans that were recorded here and that the record
// ends by what came after: a protection plan, another plan, the end of the case.
func (t *told) replaced() {
	for i, p := range t.needPlans {
		if !p.here || p.ended != 0 {
			continue
		}
		var until day.Date
		sooner := func(on day.Date) {
			if on >= p.began && (until == 0 || on < until) {
				until = on
			}
		}
		if end := p.of.ClosureDate; end != 0 {
			sooner(end)
		}
		for _, x := range t.protection {
			sooner(x.began)
		}
		if i+1 < len(t.needPlans) {
			sooner(t.needPlans[i+1].began)
		}
		p.is.End, p.ended = until, until
	}
}

// fill puts the work of the year into an episode. Of work that goes over the year's
// edges the whole is told: an assessment that was authorised in the year from its
// start on, a protection plan that was open in it with every review so far.
func (t *told) fill(s *spell) {
	for _, p := range t.assessments {
		if p.of == s && (p.ended == 0 || p.ended >= t.start) {
			s.Assessments = append(s.Assessments, p.is)
		}
	}
	for _, p := range t.needPlans {
		if p.of == s && (p.ended == 0 || p.ended >= t.start) {
			s.CINPlans = append(s.CINPlans, p.is)
		}
	}
	for _, p := range t.enquiries {
		if p.of != s || p.ended != 0 && p.ended < t.start {
			continue
		}
		if p.here && p.is.InitialCPCTarget == 0 {
			p.is.InitialCPCTarget = day.England().KnownOn(p.began).AddWorking(p.began, toConference)
		}
		s.Section47s = append(s.Section47s, p.is)
	}
	for _, p := range t.protection {
		if p.of == s && (p.ended == 0 || p.ended >= t.start) {
			s.CPPlans = append(s.CPPlans, p.is)
		}
	}
	for _, on := range t.unasked[s] {
		if on < t.start {
			continue
		}
		if s.DateOfInitialCPC != 0 {
			t.conferences++
		}
		s.DateOfInitialCPC = on
	}
}
