package child

import (
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Episode is one time in which the child was missing: everything that entries say of it.
type Episode struct {
	Start *Event
	Said  MissingStarted
	Told  []Told // who was told, in order
	End   *Event // nil: the child is missing still
	Found MissingEnded
	// Offered, Answered and Held are the newest steps of the return interview; nil: none. Answered
	// is the child's yes or no.
	Offered, Answered, Held *Event
	Talk                    ReturnInterview // of Held, else of Answered, else of Offered
}

// Told says that somebody was told that the child is missing.
type Told struct {
	*Event
	Who, What string
}

// Heard says when somebody was told. Zero: nobody recorded it. The first entry can say that
// police or manager were told and not when: then it was with it.
func (e Episode) Heard(who string) (at day.When, told bool) {
	for _, t := range e.Told {
		if t.Who == who {
			return t.When, true
		}
	}
	if who == "police" && e.Said.Police || who == "manager" && e.Said.Told {
		return e.Start.When, true
	}
	return day.When{}, false
}

// Refused says that the child did not want the interview, and none was held.
func (e Episode) Refused() bool {
	if e.Held != nil || e.Answered == nil {
		return false
	}
	b, _ := e.Answered.Body.(ReturnInterview)
	return b.Step == "declined"
}

// Lasted is how long the child was away, by an instant; false: an hour is not known, so that
// only days can be counted.
func (e Episode) Lasted(now day.Instant) (d day.Instant, hours bool) {
	to := day.AtInstant(now)
	if e.End != nil {
		to = e.End.When
	}
	return max(to.From()-e.Start.When.From(), 0), e.Start.When.Timed() && to.Timed()
}

// Missing are the times in which the child was missing, in the order in which they began.
// They begin and end as Status says.
func (r Record) Missing() (out []Episode) {
	newest := func(is func(*Episode) bool) *Episode {
		for i := len(out) - 1; i >= 0; i-- {
			if is(&out[i]) {
				return &out[i]
			}
		}
		return nil
	}
	began := func(id entry.ID) *Episode {
		return newest(func(e *Episode) bool { return e.Start.ID == id })
	}
	for i := range r.Events {
		ev := &r.Events[i]
		switch b := ev.Body.(type) {
		case MissingStarted:
			out = append(out, Episode{Start: ev, Said: b})
		case MissingTold:
			e := began(b.Started)
			if e == nil && len(out) > 0 {
				e = &out[len(out)-1]
			}
			if e != nil {
				e.Told = append(e.Told, Told{ev, b.Who, b.What})
			}
		case MissingEnded:
			e := began(b.Started)
			if e == nil || e.End != nil {
				e = newest(func(e *Episode) bool { return e.End == nil })
			}
			if e != nil {
				e.End, e.Found = ev, b
			}
			for i := range out { // whoever was found is missing no more, however often it was said to begin
				if out[i].End == nil {
					out[i].End = ev
				}
			}
		case ReturnInterview:
			e := newest(func(e *Episode) bool { return e.End != nil && (b.Ended == "" || e.End.ID == b.Ended) })
			if e == nil {
				continue
			}
			switch b.Step {
			case "offered":
				e.Offered = ev
			case "done":
				e.Held = ev
			default:
				e.Answered = ev
			}
			if e.Held == nil || b.Step == "done" {
				e.Talk = b
			}
		}
	}
	return out
}

// MissingPattern says what the times in which the child was missing have in common, each
// with the entries that it is from. It explains and weighs nothing.
type MissingPattern struct {
	Says string
	From []*Event
}

// MissingPatterns are those of the 90 days up to a day for how often, and of the year up to
// it for a place, a companion and an hour that come again.
func (r Record) MissingPatterns(on day.Date) (out []MissingPattern) {
	var lately []*Event
	places, people := map[string][]*Event{}, map[string][]*Event{}
	shown := map[string]string{}
	var night []*Event
	var order []string
	count := func(m map[string][]*Event, said string, ev *Event) {
		key := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(said), "."))
		if key == "" || key == "not known" {
			return
		}
		if m[key] == nil {
			order = append(order, key)
		}
		m[key], shown[key] = append(m[key], ev), strings.TrimSuffix(strings.TrimSpace(said), ".")
	}
	for _, e := range r.Missing() {
		at := e.Start.When.Date
		if at > on || at <= on.AddMonths(-12) {
			continue
		}
		if on-at < 90 {
			lately = append(lately, e.Start)
		}
		count(places, e.Found.Where, e.Start)
		count(people, e.Found.With, e.Start)
		if e.End != nil && e.End.When.Date > at {
			night = append(night, e.Start)
		}
	}
	if len(lately) >= 3 {
		out = append(out, MissingPattern{"Missing " + howOften(len(lately)) + " in 90 days.", lately})
	}
	for _, key := range order {
		if evs := places[key]; len(evs) >= 2 {
			out = append(out, MissingPattern{"Found at the same place " + howOften(len(evs)) + ": " + shown[key] + ".", evs})
		}
		if evs := people[key]; len(evs) >= 2 {
			out = append(out, MissingPattern{"With the same person " + howOften(len(evs)) + ": " + shown[key] + ".", evs})
		}
	}
	if len(night) >= 2 {
		out = append(out, MissingPattern{"Away over night " + howOften(len(night)) + " in a year.", night})
	}
	return out
}

func howOften(n int) string {
	switch n {
	case 2:
		return "twice"
	case 3:
		return "three times"
	}
	return strconv.Itoa(n) + " times"
}
