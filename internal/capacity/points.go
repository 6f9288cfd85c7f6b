package capacity

import (
	"fmt"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
)

// Pointed are the points of one child, and how they come about.
type Pointed struct {
	Child  string   `json:"child"`
	Of     string   `json:"of"` // one of duty.PointsOf
	Points float64  `json:"points"`
	Why    []string `json:"why,omitempty"`
}

// PointsOf are the points of a child for whoever has them: the heaviest work that is
// under way, by the table, and what makes it more or less. sibling says that the worker
// has another child of the same household already; second that they only work beside
// the child's worker. What is not known counts as other, never for nothing.
//
// Points are a view for those who are used to them. Nothing is decided by them: what a
// child takes in hours is counted from what is owed.
func PointsOf(t duty.Points, rec child.Record, s child.Status, on day.Date, sibling, second bool) Pointed {
	p := Pointed{Child: rec.Child, Of: workOf(rec, s, on)}
	p.Points = t.Base[p.Of]
	p.Why = append(p.Why, p.Of+" "+factor(p.Points))
	times := func(n float64, why string) {
		if n > 0 && n != 1 {
			p.Points *= n
			p.Why = append(p.Why, why+" × "+factor(n))
		}
	}
	if sibling {
		times(t.Sibling, "another child of the household")
	}
	if !second && !s.PostSince.IsZero() && on < s.PostSince.Date.Add(7*t.NewWeeks) {
		times(t.New, fmt.Sprintf("in the first %d weeks", t.NewWeeks))
	}
	switch {
	case second:
		times(t.Second, "as second worker")
	case len(s.Second) > 0:
		times(1-t.Second, "with a second worker")
	}
	return p
}

func workOf(rec child.Record, s child.Status, on day.Date) string {
	full := rec.Identity()
	adult := full.Birth != 0 && on >= full.Birth.AddMonths(18*12)
	switch {
	case s.Court:
		return "court"
	case s.PreProceedings:
		return "pre-proceedings"
	case s.Enquiry:
		return "section 47"
	case s.Plan == "cp":
		return "protection plan"
	case s.LookedAfter && !s.CareSince.IsZero() && on < s.CareSince.Date.AddMonths(12):
		return "looked after, first year"
	case s.LookedAfter:
		return "looked after, settled"
	case s.Assessing || s.Awaiting:
		return "assessment"
	case s.LeavingCare && adult:
		return "leaving care, 18 and over"
	case s.LeavingCare:
		return "leaving care, under 18"
	case s.Plan == "cin":
		return "child in need plan"
	case s.PrivatelyFostered:
		return "private fostering"
	case s.ShortBreaks:
		return "short breaks"
	}
	return "other"
}

// PointsFor is how many points a worker has: 100 for full time, fewer for fewer hours.
func PointsFor(t duty.Points, weekly, reduced float64) float64 {
	if t.FullTime <= 0 {
		return 0
	}
	return 100 * max(0, weekly-reduced) / t.FullTime
}

// BandOf is what so many points mean of so many that there are.
func BandOf(t duty.Points, points, of float64) string {
	share := 100000.0
	if of > 0 {
		share = points / of * 100
	} else if points == 0 {
		share = 0
	}
	for _, b := range t.Bands {
		if share <= b.UpTo {
			return b.Says
		}
	}
	return ""
}

// factor is a number of points or a factor, in figures.
func factor(n float64) string {
	s := strconv.FormatFloat(n, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
