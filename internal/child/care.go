package child

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// CarePeriod is a time in which the authority looks after the child, from its first day to
// its last. Another one is a new period.
type CarePeriod struct {
	Start *Event // the entry that says so; of a return, the first that says that it goes on
	End   *Event // nil: it goes on
	// Grounds are the legal grounds in it, in order. The last one holds.
	Grounds    []Ground
	Placements []Placement
}

// Ground is a legal ground of care, from an entry on.
type Ground struct {
	*Event
	Status string // one of LegalStatuses; empty: the entry says that it changed, and not to which
}

// Placement is where a child in care lived for a time.
type Placement struct {
	Start *Event
	// Said is what the entry says of it. Of one that is known only because a return states
	// where the child goes on to live, it is the little that the return says.
	Said PlacementStarted
	// End is what ended it: its end, the next placement or the end of care. Nil: it goes on.
	End *Event
	// Ended is what an entry says of its end. Nil: none says why.
	Ended *PlacementEnded
	Plan  *Event   // the placement plan
	Told  []*Event // notices of it, to whoever must know where the child lives
}

// Days is how long it lasted by a day, or lasts still.
func (p Placement) Days(on day.Date) int {
	if p.End != nil {
		on = p.End.When.Date
	}
	return max(int(on-p.Start.When.Date), 0)
}

// Miles is how far it is from home; 0: nobody said.
func (p Placement) Miles() float64 {
	if p.Said.Distance > 0 {
		return p.Said.Distance
	}
	return float64(p.Said.Miles)
}

// Planned says of its end whether it was planned: yes, no, or nobody said.
func (p Placement) Planned() (yes, said bool) {
	if p.Ended == nil {
		return false, false
	}
	return p.Ended.Planned, p.Ended.Planned || p.Ended.Unplanned
}

// NoticeTo says whether a notice of it went to somebody whose name has one of these words.
func (p Placement) NoticeTo(words ...string) bool {
	return slices.ContainsFunc(p.Told, func(ev *Event) bool {
		to := strings.ToLower(ev.Body.(Document).To)
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(to, w) })
	})
}

// Open says that the period goes on.
func (c CarePeriod) Open() bool { return c.End == nil }

// Now is the placement that goes on; false: none does.
func (c CarePeriod) Now() (Placement, bool) {
	if n := len(c.Placements); n > 0 && c.Placements[n-1].End == nil {
		return c.Placements[n-1], true
	}
	return Placement{}, false
}

// Moves are the placements that began because the child left another one, in the year up to
// a day. The first one of a period is no move.
func (c CarePeriod) Moves(on day.Date) (n int) {
	since := on.AddMonths(-12)
	for i, p := range c.Placements {
		if at := p.Start.When.Date; i > 0 && at > since && at <= on {
			n++
		}
	}
	return n
}

// CarePeriods are the times in which the authority looked after the child, in order. They
// begin and end as Status says.
func (r Record) CarePeriods() (out []CarePeriod) {
	under := false
	for ev, s := range r.Life() {
		began := s.LookedAfter && !under
		ended := under && !s.LookedAfter
		if began {
			out = append(out, CarePeriod{Start: ev})
		}
		under = s.LookedAfter
		if len(out) == 0 {
			continue
		}
		c := &out[len(out)-1]
		if ended {
			c.End = ev
			c.leave(ev, nil)
			continue
		}
		if !under {
			c.after(ev)
			continue
		}
		switch b := ev.Body.(type) {
		case CareStarted:
			c.leave(ev, nil) // said again within a period: where the child lived is not said to go on
			c.Grounds = append(c.Grounds, Ground{ev, b.Status})
		case LegalStatus:
			c.Grounds = append(c.Grounds, Ground{ev, b.Status})
			if _, lives := c.Now(); b.Type != "" && !lives {
				c.Placements = append(c.Placements, Placement{Start: ev, Said: PlacementStarted{Type: b.Type, Provider: b.Provider, Whereabouts: b.Whereabouts}})
			}
		case PlacementStarted:
			if b.Ground != "" && (len(c.Grounds) == 0 || c.Grounds[len(c.Grounds)-1].Status != b.Ground) {
				c.Grounds = append(c.Grounds, Ground{ev, b.Ground})
			}
			c.leave(ev, nil)
			c.Placements = append(c.Placements, Placement{Start: ev, Said: b})
		case PlacementEnded:
			c.leave(ev, &b)
		case Document:
			c.written(ev, b)
		}
	}
	return out
}

// leave ends the placement that goes on.
func (c *CarePeriod) leave(ev *Event, b *PlacementEnded) {
	if n := len(c.Placements); n > 0 && c.Placements[n-1].End == nil {
		c.Placements[n-1].End, c.Placements[n-1].Ended = ev, b
	}
}

// after is what is recorded after the period: why its last placement ended, on the same day.
func (c *CarePeriod) after(ev *Event) {
	b, ok := ev.Body.(PlacementEnded)
	if n := len(c.Placements); ok && n > 0 && c.Placements[n-1].Ended == nil && c.Placements[n-1].End == c.End && ev.When.Date == c.End.When.Date {
		c.Placements[n-1].Ended = &b
	}
}

// written puts a document to its placement: to the one that goes on.
func (c *CarePeriod) written(ev *Event, b Document) {
	n := len(c.Placements)
	if n == 0 {
		return
	}
	p := &c.Placements[n-1]
	switch b.Of {
	case "placement plan":
		p.Plan = ev
	case "notice of placement":
		p.Told = append(p.Told, ev)
	}
}

// CareGaps are what is open where a child lives, as questions: of the placement that goes
// on, and of those that ended in the year up to a day. They are facts of the record, and say
// nothing of what was done and not recorded.
func (r Record) CareGaps(on day.Date) (out []Gap) {
	periods := r.CarePeriods()
	if len(periods) == 0 {
		return nil
	}
	c, first := periods[len(periods)-1], r.called()
	add := func(id, says, asks string) { out = append(out, Gap{ID: id, Says: says, Asks: asks}) }
	p, lives := c.Now()
	if c.Open() && !lives {
		add("no-placement", "Nobody has recorded where "+first+" lives now.", "Where did "+first+" sleep last night, and who was there?")
	}
	if n := len(c.Grounds); c.Open() && (n == 0 || c.Grounds[n-1].Status == "") {
		add("no-ground", "The legal ground is not known here.", "Under which order is "+first+" looked after, or who agreed to it?")
	}
	if lives {
		if p.Plan == nil {
			add("no-plan", "No placement plan is recorded.", "Does whoever lives with "+first+" know what "+first+" needs, and what they may decide?")
		}
		if p.Said.AgreedBy == "" && !c.reviewedBefore(p) {
			add("no-agreement", "Nobody has recorded who agreed to it before "+first+" went there.", "Who agreed, and on which day?")
		} else if p.Said.AgreedOn > p.Start.When.Date {
			add("agreed-after", "It was agreed to on "+p.Said.AgreedOn.Long()+", after "+first+" went there.", "Who knew of it before, and why could it not wait?")
		}
		if p.Said.OutOfArea && !p.NoticeTo("authority", "council") {
			add("area-not-told", "It is outside our area, and no notice to the authority there is recorded.", "Does the authority there know that "+first+" lives there?")
		}
		if strings.TrimSpace(p.Said.Words+p.Said.NoWords) == "" && !r.heard(p) {
			add("no-words", "What "+first+" said about going there is not recorded.", "What did "+first+" want to happen, and what did "+first+" say afterwards? Of a child without speech: what did you see?")
		}
		if p.Said.Kin == "" {
			add("no-kin", "Nobody has recorded whether brothers and sisters live together.", "Who of them lives where, and when do they see each other?")
		} else if (p.Said.Kin == "apart" || p.Said.Kin == "some of them") && strings.TrimSpace(p.Said.KinWhy) == "" {
			add("why-apart", "Brothers and sisters do not live together, and no reason is recorded.", "Why not, and when do they see each other?")
		}
	}
	since := on.AddMonths(-12)
	for _, p := range c.Placements {
		if p.End == nil || p.End.When.Date < since {
			continue
		}
		why := ""
		if p.Ended != nil {
			why = p.Ended.Code + p.Ended.Why
		}
		if why == "" && p.End.Kind != "care.ended" {
			add("no-reason:"+string(p.Start.ID), "The placement that began on "+p.Start.When.Date.Long()+" ended on "+p.End.When.Date.Long()+", and no reason is recorded.", "Why did it end, and could anything have kept it going?")
		}
	}
	return out
}

// reviewedBefore says whether a review came before a placement ended and the next began.
func (c CarePeriod) reviewedBefore(p Placement) bool {
	return slices.ContainsFunc(c.Placements, func(x Placement) bool {
		return x.Ended != nil && x.Ended.Reviewed && x.End.When.Date <= p.Start.When.Date && x.End.When.Date >= p.Start.When.Date-1
	})
}

// heard says whether the child said something in the first two weeks of a placement, in any
// entry: a talk about it need not stand in the entry of the move.
func (r Record) heard(p Placement) bool {
	for i := range r.Events {
		ev := &r.Events[i]
		if ev.When.Date < p.Start.When.Date-14 || ev.When.Date > p.Start.When.Date+14 {
			continue
		}
		if v, ok := ev.Body.(View); ok && v.Of == "child" && strings.TrimSpace(v.Words) != "" {
			return true
		}
		if v, ok := ev.Body.(Visit); ok && ev.When.Date >= p.Start.When.Date && strings.TrimSpace(v.Words) != "" {
			return true
		}
	}
	return false
}

// called is what the child is called in a sentence.
func (r Record) called() string {
	first, _, _ := strings.Cut(r.Identity().Given, " ")
	if first == "" {
		return "the child"
	}
	return first
}

// LastStep is the newest entry up to a day of a kind for which a test holds; nil: none.
func (r Record) LastStep(on day.Date, is func(entry.Body) bool) *Event {
	for i := len(r.Events) - 1; i >= 0; i-- {
		if r.Events[i].When.Date <= on && is(r.Events[i].Body) {
			return &r.Events[i]
		}
	}
	return nil
}
