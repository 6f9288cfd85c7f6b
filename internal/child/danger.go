package child

import (
	"slices"
	"strings"

	"onus/internal/day"
)

// doubt is whether the child is safe tonight, as the last visit or decision left it.
func (s *Status) doubt(ev *Event) {
	switch b := ev.Body.(type) {
	case Visit:
		switch b.Safe {
		case "no", "not sure":
			s.Doubt = ev.ID
		case "yes":
			s.Doubt = ""
		}
	case StrategyDiscussion, Oversight: // by their hour; supervision has none, so it cannot show that it came after
		s.Doubt = ""
	}
}

// OpenDangers are what somebody saw to be a danger and nobody has recorded since as acted
// on, the oldest first.
func (r Record) OpenDangers() (out []*Event) {
	for i := range r.Events {
		b, ok := r.Events[i].Body.(Danger)
		switch {
		case !ok:
		case b.Step == "acted on":
			out = nil
		default:
			out = append(out, &r.Events[i])
		}
	}
	return out
}

// MissingNow is the time in which the child is missing now; false: they are not. It is a
// danger until they are found.
func (r Record) MissingNow() (Episode, bool) {
	all := r.Missing()
	if n := len(all); n > 0 && all[n-1].End == nil {
		return all[n-1], true
	}
	return Episode{}, false
}

// OrderInForce is a court's order, or police protection, that holds.
type OrderInForce struct {
	*Event
	OrderMade
}

// OrdersInForce are those that were made, and neither ended nor ran out by a day.
func (r Record) OrdersInForce(on day.Date) (out []OrderInForce) {
	for i := range r.Events {
		b, ok := r.Events[i].Body.(OrderMade)
		if !ok || r.Events[i].When.Date > on {
			continue
		}
		out = slices.DeleteFunc(out, func(x OrderInForce) bool { return x.Of == b.Of })
		if b.Step != "ended" {
			out = append(out, OrderInForce{&r.Events[i], b})
		}
	}
	return slices.DeleteFunc(out, func(x OrderInForce) bool { return x.Until != 0 && x.Until < on })
}

// ChildSaid is what the child said, in their own words.
type ChildSaid struct {
	*Event
	Words string
}

// ChildWords are the newest things that the child said, in any entry: at most
// so many, the newest first.
func (r Record) ChildWords(most int) (out []ChildSaid) {
	for i := len(r.Events) - 1; i >= 0 && len(out) < most; i-- {
		words := ""
		switch b := r.Events[i].Body.(type) {
		case Visit:
			words = b.Words
		case View:
			if b.Of == "child" {
				words = b.Words
			}
		case PlacementStarted:
			words = b.Words
		case MissingEnded:
			words = b.Words
		case ReturnInterview:
			words = b.Words
		case Education:
			words = b.Words
		case LeavingCare:
			words = b.Words
		default:
			_, h, _ := HeldOf(b)
			words = h.Words
		}
		if strings.TrimSpace(words) != "" {
			out = append(out, ChildSaid{&r.Events[i], words})
		}
	}
	return out
}

// Number is the number that a system knows the child by: the last that was said, as the
// numbers stand now. authority is that of the number, where the system has several.
func (k Known) Number(system, authority string) (number string) {
	for _, id := range k.IDs {
		if id.System == system && id.Authority == authority {
			number = id.Value
		}
	}
	return number
}

// SameAs is the record of the same child that is kept, where this one was found to be
// another of them; empty: it is the only one.
func (r Record) SameAs() (kept string) {
	for i := range r.Events {
		switch b := r.Events[i].Body.(type) {
		case SameAs:
			kept = b.Child
		case ToldApart:
			kept = ""
		}
	}
	return kept
}

// SaidOnly are the last so many entries about a goal that say how it is known, where all of
// them know it by words only: visits for it, and how far it has come. Nil: they are fewer, or
// somebody saw it or had it confirmed. What comes after a day does not count.
func (r Record) SaidOnly(goal string, on day.Date, most int) (out []*Event) {
	for i := len(r.Events) - 1; i >= 0 && len(out) < most; i-- {
		ev := &r.Events[i]
		if ev.When.Date > on {
			continue
		}
		of, how := "", []string(nil)
		switch b := ev.Body.(type) {
		case Visit:
			of, how = b.Goal, b.Evidence
		case GoalMoved:
			of, how = b.Goal, b.Evidence
		}
		switch {
		case of != goal || len(how) == 0:
		case slices.ContainsFunc(how, func(e string) bool { return e != Said }):
			return nil
		default:
			out = append(out, ev)
		}
	}
	if len(out) < most {
		return nil
	}
	slices.Reverse(out)
	return out
}
