package child

import "onus/internal/day"

// care follows the events of care, court and the rest of the journey. It says
// whether this was one.
func (s *Status) care(ev *Event) bool {
	switch b := ev.Body.(type) {
	case CareStarted:
		if !s.Open {
			s.opened(ev)
		}
		s.LookedAfter, s.CareSince, s.Legal, s.CareReviews = true, ev.When, b.Status, 0
		s.left()
	case CareEnded:
		s.LookedAfter, s.CareSince, s.Legal, s.CareReviews = false, day.When{}, "", 0
		s.left()
	case LegalStatus:
		if b.Code != "" || b.Type != "" {
			s.goesOn(ev)
		}
		if s.LookedAfter {
			s.Legal = b.Status
			if s.Placement == "" && b.Type != "" {
				s.Placement, s.PlacementSince = PlacementGroup(b.Type), ev.When
			}
		}
	case PlacementStarted:
		if b.Ground != "" || b.Code != "" {
			s.goesOn(ev)
		}
		if b.Ground != "" {
			s.Legal = b.Ground
		}
		s.left()
		s.Placement, s.PlacementSince, s.Until18 = PlacementGroup(b.Type), ev.When, b.Until18
		s.Miles = b.Miles
		switch {
		case b.Temporary:
			s.Approval = "temporary"
		case b.Unassessed:
			s.Approval = "parents not assessed"
		case b.Emergency && s.Placement == "foster":
			s.Approval = "emergency"
		}
	case PlacementAgreed:
		if s.Placement == "" {
			break
		}
		s.Until18, s.FewerVisits = s.Until18 || b.Until18, s.FewerVisits || b.FewerVisits
	case PlacementEnded:
		s.left()
	case ConnectedPerson:
		if b.Step == "approved" && s.Approval == "temporary" {
			s.Approval = ""
		}
	case LeavingCare:
		if !s.Open && b.Step != "support ended" {
			s.opened(ev)
		}
		s.LeavingCare = b.Step != "support ended"
	case MissingStarted:
		s.Missing, s.MissingLately = true, 1
		for _, on := range s.missing {
			if on != 0 && ev.When.Date-on < 90 {
				s.MissingLately++
			}
		}
		copy(s.missing[1:], s.missing[:])
		s.missing[0] = ev.When.Date
	case MissingEnded:
		s.Missing = false
	case PrivateFostering:
		switch b.Step {
		case "ended":
			s.PrivatelyFostered, s.FosteredSince = false, day.When{}
		case "known":
			if !s.Open {
				s.opened(ev)
			}
			if !s.PrivatelyFostered {
				s.PrivatelyFostered, s.FosteredSince = true, ev.When
			}
		}
	case ShortBreaks:
		s.ShortBreaks = b.Step == "began"
	case Remand:
		s.Remanded = b.Step == "began"
	case Adoption:
		s.Adoption = b.Step
		if b.Step == "plan ended" || b.Step == "order made" {
			s.Adoption = ""
		}
	case PreProceedings:
		s.PreProceedings = b.Step != "ended"
	case Court:
		s.Court = b.Step != "ended" && (s.Court || b.Step == "applied")
		if s.Court {
			s.PreProceedings = false
		}
	case EarlyHelpStep:
		s.EarlyHelp = b.Step != "ended"
	case Rated:
		s.Rating = b.Rating
	default:
		return false
	}
	return true
}

// goesOn is care that a return says goes on. Where no entry tells of its beginning, the
// child is looked after since then at the latest.
func (s *Status) goesOn(ev *Event) {
	if s.LookedAfter {
		return
	}
	if !s.Open {
		s.opened(ev)
	}
	s.LookedAfter, s.CareSince, s.CareReviews = true, ev.When, 0
	s.left()
}

// left is the end of a placement.
func (s *Status) left() {
	s.Placement, s.PlacementSince, s.Approval, s.Until18, s.FewerVisits, s.PlacementRevs, s.Miles = "", day.When{}, "", false, false, 0, 0
}
