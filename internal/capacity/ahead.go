package capacity

import (
	"cmp"
	"slices"

	"onus/internal/day"
)

// Ask is a piece of work and the last day on which it is in time.
type Ask struct {
	By    day.Date
	Hours float64
	// Late: its day has passed. By is then the day by which it is to be caught up.
	Late bool
}

// Outlook is whether work can be done in the hours that there are: it can if, for
// every day, what is due up to it fits into the hours up to it. The order in which
// the work is done plays no part: who does the most urgent first does as well as
// anybody can (Liu and Layland, 1973; issue 6).
type Outlook struct {
	From  day.Date      `json:"from"`
	Weeks []OutlookWeek `json:"weeks"`
	Late  float64       `json:"hours_late"` // of work that is late already
	// First is the first day by which the work cannot all be done; zero: it can.
	First day.Date `json:"first_day_it_cannot_be_done,omitzero"`
	Short float64  `json:"hours_short,omitempty"` // the most hours that are missing by any day
	On    day.Date `json:"on,omitzero"`           // and that day
	// Days are the hours to spare at the end of each day: what the weeks show at theirs.
	Days []float64 `json:"-"`
}

// OutlookWeek is one week of it.
type OutlookWeek struct {
	From      day.Date `json:"from"` // its first day
	Owed      float64  `json:"hours_owed"`
	Available float64  `json:"hours_available"`
	// Spare is what is left at its end of all hours since the beginning; below zero,
	// what is missing.
	Spare float64 `json:"hours_to_spare"`
}

// Ahead looks at some weeks from a day on. hours gives the hours that there are on a day.
func Ahead(from day.Date, weeks int, asks []Ask, hours func(day.Date) float64) Outlook {
	o := Outlook{From: from, Weeks: make([]OutlookWeek, weeks)}
	asks = slices.Clone(asks)
	slices.SortFunc(asks, func(a, b Ask) int { return cmp.Compare(a.By, b.By) })
	next, spare := 0, 0.0
	for on := from; on < from.Add(7*weeks); on++ {
		w := &o.Weeks[int(on-from)/7]
		if w.From == 0 {
			w.From = on
		}
		has := hours(on)
		w.Available += has
		spare += has
		for ; next < len(asks) && asks[next].By <= on; next++ {
			w.Owed += asks[next].Hours
			spare -= asks[next].Hours
			if asks[next].Late || asks[next].By < from {
				o.Late += asks[next].Hours
			}
		}
		w.Spare = spare
		o.Days = append(o.Days, spare)
		if spare < -hundredth {
			if o.First == 0 {
				o.First = on
			}
			if -spare > o.Short {
				o.Short, o.On = -spare, on
			}
		}
	}
	return o
}

// hundredth of an hour is nothing: sums of halves and thirds are not exact.
const hundredth = 0.01
