package annexa

import (
	"cmp"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
)

// period is a period of care.
type period struct {
	ev            *child.Event
	began, ended  day.Date
	cells         map[Field]string
	placements    []day.Date
	missing, away int
	offered       string
	accepted      string
}

// periods are all periods of care, in order.
func (y *onDay) periods() (all []*period) {
	var now *period
	var in bool
	for ev, s := range y.rec.Life() {
		on := ev.When.Date
		if s.LookedAfter && !in {
			now = &period{ev: ev, began: on, cells: map[Field]string{CareStart: dated(on)}}
			all = append(all, now)
		}
		in = s.LookedAfter
		if now != nil && (now.ended == 0 || now.ended == on) {
			y.inCare(now, ev)
		}
	}
	return all
}

// inCare adds what an event says of a period of care.
func (y *onDay) inCare(p *period, ev *child.Event) {
	on := ev.When.Date
	status := func(code, need string) {
		if code != "" && code != p.cells[LegalStatus] || p.cells[LegalStart] == "" {
			p.cells[LegalStatus], p.cells[LegalStart] = code, dated(on)
		}
		p.cells[CategoryOfNeed] = cmp.Or(need, p.cells[CategoryOfNeed])
	}
	switch b := ev.Body.(type) {
	case child.CareStarted:
		status(b.Status, b.Need)
	case child.CareEnded:
		p.ended, p.cells[CareEnd], p.cells[CeasedReason] = on, dated(on), b.Code
	case child.LegalStatus:
		if status(b.Status, b.Need); ev.Source.Of == "annex-a" { // its day is the list's, also where the ground is the same
			p.cells[LegalStart] = dated(on)
		}
	case child.PlacementStarted:
		if b.Ground != "" {
			status(b.Ground, b.Need)
		}
		p.placements = append(p.placements, on)
		p.cells[PlacementStart], p.cells[PlacementType], p.cells[PlacementProvider] = dated(on), b.Type, b.Provider
		p.cells[PlacementPostcode], p.cells[PlacementAuthority], p.cells[PlacementURN] = b.Post, b.Authority, b.URN
		p.cells[PlacementLocation] = ""
		if b.OutOfArea {
			p.cells[PlacementLocation] = "b) Out"
		} else if ev.Source.Kind != "import" {
			p.cells[PlacementLocation] = "a) In"
		}
	case child.Review:
		if b.Of == "care" {
			p.cells[LastReview] = dated(on)
		}
	case child.Visit:
		p.cells[LastSocialWorkVisit] = dated(on)
	case child.Health:
		switch {
		case b.Step != "done":
		case strings.HasSuffix(b.Of, "assessment"):
			p.cells[LastHealth] = dated(on)
		case b.Of == "dental check":
			p.cells[LastDental] = dated(on)
		}
	case child.MissingStarted:
		switch {
		case on < y.year:
		case b.Away:
			p.away++
		default:
			p.missing++
			p.offered, p.accepted = yes(false), ""
		}
	case child.ReturnInterview:
		switch {
		case p.offered == "":
		case b.Step == "offered":
			p.offered, p.accepted = yes(true), cmp.Or(p.accepted, yes(false))
		case b.Step == "accepted", b.Step == "done":
			p.offered, p.accepted = yes(true), yes(true)
		case b.Step == "declined":
			p.offered, p.accepted = yes(true), yes(false)
		}
	}
}

// alone says whether it is recorded that the child came alone to seek asylum, since a day.
func (y *onDay) alone(since day.Date) (alone bool) {
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		switch b := ev.Body.(type) {
		case child.UnaccompaniedStatus:
			alone = alone || ev.When.Date >= since || b.Ends >= since
		case child.Unaccompanied:
			alone = alone || b.Step == "arrived" && ev.When.Date >= since
		}
	}
	return alone
}

// care makes the row of the last period of care.
func (y *onDay) care() {
	all := y.periods()
	if len(all) == 0 {
		return
	}
	p := all[len(all)-1]
	if p.ended != 0 && p.ended < y.from {
		return
	}
	again := false
	for _, before := range all[:len(all)-1] {
		again = again || before.ended >= y.year
	}
	placed := 0
	for i, on := range p.placements { // those of the year, and the one in which it began
		if on >= y.year || i+1 == len(p.placements) || p.placements[i+1] > y.year {
			placed++
		}
	}
	p.cells[UASC], p.cells[CareAgain] = yes(y.alone(y.year)), yes(again)
	p.cells[PlacementsInYear], p.cells[MissingInYear], p.cells[AbsentInYear] = strconv.Itoa(placed), strconv.Itoa(p.missing), strconv.Itoa(p.away)
	p.cells[InterviewOffered], p.cells[InterviewAccepted] = p.offered, p.accepted
	y.holders(p.cells, cmp.Or(p.ended, y.terms.On))
	y.add(Care, p.ev, p.cells)
}

// leaver makes the row of a young person who is owed support on leaving care. One who is
// still in care is on List 8.
func (y *onDay) leaver() {
	s := y.rec.On(y.terms.On.End() - 1)
	if !s.LeavingCare || s.LookedAfter {
		return
	}
	cells := map[Field]string{FormerUASC: yes(y.alone(0))}
	var last *child.Event
	events(y, func(ev *child.Event, b child.LeavingCare) {
		on := dated(ev.When.Date)
		last = ev
		switch b.Step {
		case "pathway plan made", "pathway plan reviewed":
			cells[PathwayReview] = on
		case "adviser named":
			cells[Adviser] = b.Who
		case "in touch", "seen":
			cells[InTouch], cells[LastContact] = yes(true), on
		}
	})
	events(y, func(_ *child.Event, b child.LeaverYear) {
		cells[Activity], cells[Accommodation] = b.Activity, b.Lives
	})
	y.holders(cells, y.terms.On)
	y.add(Leavers, last, cells)
}

// adoption makes the row of the last decision that the child should be placed for
// adoption.
func (y *onDay) adoption() {
	var cells map[Field]string
	var first *child.Event
	var order, undone day.Date
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		on := ev.When.Date
		if b, ok := ev.Body.(child.Adoption); ok && b.Step == "decided" {
			cells, first, order, undone = map[Field]string{AdoptionDecision: dated(on)}, ev, 0, 0
		}
		if cells == nil {
			continue
		}
		switch b := ev.Body.(type) {
		case child.Adoption:
			if _, id, ok := strings.Cut(b.What, familyIs); ok {
				cells[FamilyID] = strings.TrimSuffix(id, ".")
			}
			switch b.Step {
			case "matched":
				cells[Matched] = dated(on)
			case "placed":
				cells[PlacedForAdoption] = dated(on)
			case "order made":
				order = on
			case "plan ended":
				undone, cells[DecisionReversed], cells[ReversedReason] = on, dated(on), cmp.Or(b.Code, b.What)
			}
		case child.LegalStatus:
			if b.Status == "E1" {
				cells[PlacementOrder] = dated(on)
			}
		case child.OrderMade:
			if b.Of == "placement" && b.Step == "made" {
				cells[PlacementOrder] = dated(on)
			}
		case child.PlacementStarted:
			if b.Type == "U2" || b.Type == "U5" { // fostering for adoption
				cells[ConcurrentStart] = dated(on)
			}
		case child.CareEnded:
			if b.Code == "E11" || b.Code == "E12" {
				order = cmp.Or(order, on)
			}
		}
	}
	if cells == nil || order != 0 && order < y.year || undone != 0 && undone < y.year {
		return
	}
	cells[AdoptionOrder] = dated(order)
	for _, p := range y.periods() {
		if p.began <= first.When.Date {
			cells[EnteredCare] = dated(p.began)
		}
	}
	y.add(Adoption, first, cells)
}
