package child

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// Command is a wish to record something about a child.
type Command struct {
	Actor    entry.Actor
	Happened day.When
	Body     entry.Body
	Corrects entry.ID
	Source   entry.Source
}

// Decide says which entries a command makes, or refuses with every reason at
// once. What an import says is taken as it is: a census is evidence of what was
// recorded elsewhere, and a strange fact is better seen than lost.
func Decide(r Record, cmd Command, at entry.Moment) ([]entry.Entry, error) {
	cmd.Body = r.inFull(cmd.Body)
	e, err := kinds().Seal(at, entry.OfChild(r.Child), cmd.Actor, cmd.Happened, cmd.Corrects, cmd.Source, cmd.Body)
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return nil, err
	}
	if cmd.Body != nil {
		ps = append(ps, r.against(cmd, at)...)
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	out := []entry.Entry{e}
	if more := r.follows(cmd); more != nil {
		e, err := kinds().Seal(at, entry.OfChild(r.Child), cmd.Actor, cmd.Happened, "", cmd.Source, more)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// inFull says in words what a body names by its id only: whoever reads the entry in ten
// years has no plan beside it.
func (r Record) inFull(b entry.Body) entry.Body {
	if x, ok := b.(AssessmentAuthorised); ok {
		return r.signedInFull(x)
	}
	if v, ok := b.(Visit); ok && v.Goal != "" && v.Purpose == "" {
		if g, ok := r.Goal(v.Goal); ok {
			v.Purpose = g.Change
		}
		return v
	}
	if m, ok := b.(MeetingChanged); ok {
		was, _ := r.Meeting(m.Meeting)
		m.Shown = was.shownTo("parents")
		m.Sent = slices.ContainsFunc(was.Reports, func(x ReportIn) bool { return x.Agency == OfSocialCare })
		return m
	}
	if x, ok := b.(MeetingShown); ok {
		m, _ := r.Meeting(x.Meeting)
		var of *ReportIn
		for i := range m.Reports {
			if y := &m.Reports[i]; y.Event.ID == x.Report || x.Report == "" && (of == nil || y.Event.seq > of.Event.seq) {
				of = y
			}
		}
		if x.Of = ""; of != nil {
			x.Of = of.Agency
		}
		return x
	}
	return b
}

// against gives what in the record speaks against the command.
func (r Record) against(cmd Command, at entry.Moment) (ps []entry.Problem) {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	if c, ok := cmd.Body.(Correction); ok {
		ev, found := r.Event(cmd.Corrects)
		switch {
		case cmd.Corrects == "":
			no("corrects", "Name the entry that was wrong")
		case !found:
			no("corrects", "There is no such entry in this child's record, or it was withdrawn already")
		case ev.Kind == "duty.climbed":
			no("corrects", "That a post was told cannot be corrected: it is a fact of the system")
		case Lasting(ev.Kind):
			no("corrects", "This decides who may open the record, or what becomes of it, so it cannot be corrected. Record its end instead")
		case len(c.Body) > 0:
			b, err := kinds().Decode(ev.Kind, c.Body)
			if more, ok := entry.Problems(err); ok {
				ps = append(ps, more...)
			} else if b != nil {
				ps = append(ps, b.Check()...)
			}
		}
		if !c.When.IsZero() && c.When.From() > at.Now {
			no("happened", "It cannot have happened in the future")
		}
		return ps
	}
	if _, ok := cmd.Body.(Tombstone); ok {
		no("", "Only a disposal that two people agreed on leaves this")
	}
	if cmd.Corrects != "" {
		no("corrects", "Only a correction names another entry")
	}
	if cmd.Source.Kind == "import" || cmd.Happened.IsZero() {
		return ps
	}
	if id := r.Identity(); id.Birth != 0 && cmd.Happened.Date < id.Birth.AddMonths(-10) {
		no("happened", "This is long before the child was born")
	}
	s := r.On(cmd.Happened.Until())
	now := r.On(at.Now)
	needOpen := func() {
		if !s.Open && !now.Open {
			no("", "The case is closed. Record a referral first")
		}
	}
	if guards()[cmd.Body.Kind()] {
		r.guarded(cmd, at, no)
	}
	r.careFollows(cmd, s, now, no)
	r.doorFollows(cmd, at, no)
	r.allocationFollows(cmd, now, no)
	r.planFollows(cmd, at, now, no)
	r.familyFollows(cmd, no)
	r.assessmentFollows(cmd, no)
	r.meetingFollows(cmd, now, no)
	r.keeping(cmd, at, no)
	r.asking(cmd, no)
	switch b := cmd.Body.(type) {
	case Decision:
		if b.Referral != "" {
			ev, ok := r.Event(b.Referral)
			if !ok || ev.Kind != "referral" {
				no("referral", "There is no such referral in this child's record")
			} else if cmd.Happened.Before(ev.When) {
				no("happened", "The decision cannot be before the referral")
			}
		}
		if !s.Undecided && !now.Undecided {
			no("", "No referral waits for a decision")
		}
	case Allocation:
		needOpen()
		if now.Post == b.Post && now.Post != "" {
			no("post", "This worker has the child already")
		}
	case AllocationEnded:
		if now.Post == "" {
			no("", "The child has no worker to take away")
		}
	case AssessmentAuthorised, AssessmentChecked:
		if !s.Assessing && !now.Assessing {
			no("", "No assessment is under way")
		}
	case AssessmentStarted, StrategyDiscussion, Section47Started, CINPlanStarted, CPPlanStarted, Supervision:
		needOpen()
	case Section47Ended:
		if !s.Enquiry && !now.Enquiry {
			no("", "No section 47 enquiry is under way")
		}
	case CINPlanEnded:
		if s.Plan != "cin" && now.Plan != "cin" {
			no("", "The child has no child in need plan")
		}
	case CPPlanEnded, CPPlanChanged, CoreGroup:
		if s.Plan != "cp" && now.Plan != "cp" {
			no("", "The child has no protection plan")
		}
	case Review:
		if (b.Of == "cp" || b.Of == "cin") && s.Plan != b.Of && now.Plan != b.Of {
			no("of", "The child has no such plan")
		}
	case CaseClosed:
		switch {
		case !now.Open:
			no("", "The case is closed already")
		case now.Plan == "cp":
			no("", "End the protection plan before you close the case")
		case now.Enquiry:
			no("", "End the section 47 enquiry before you close the case")
		}
	}
	return ps
}
