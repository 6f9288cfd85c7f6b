package duty

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/line"
)

// Capacity is how hours owed are held against hours there are, from a day on: what
// is counted, for which weeks somebody must answer, and who may accept how much.
type Capacity struct {
	// Share of working hours that are for duties, from 0 to 1.
	Share float64 `yaml:"share_of_hours_for_duties" json:"share_of_hours_for_duties"`
	// Weeks is for how many weeks from now hours that there are not must be answered
	// for before a child is given to somebody.
	Weeks int `yaml:"answer_for_weeks" json:"answer_for_weeks"`
	// CatchUp is within how many working days work that is late is to be caught up: until
	// then it takes of the hours there are, like work that is due on that day.
	CatchUp int `yaml:"late_work_within_working_days" json:"late_work_within_working_days"`
	// Child is how many hours a week a child counts for of whom nothing recorded says
	// what is owed: never none.
	Child float64 `yaml:"hours_a_week_when_nothing_is_recorded" json:"hours_a_week_when_nothing_is_recorded"`
	// Accept is how far over their hours, in a hundred of them, whoever is in a post
	// of a tier may accept that somebody works. A tier that is not named may not.
	Accept map[string]float64 `yaml:"may_accept_over_percent" json:"may_accept_over_percent"`
	// Climb is after how many working days a breach that nobody answered becomes a
	// concern by itself.
	Climb int `yaml:"climb_working_days" json:"climb_working_days"`
	// New is the share of hours that somebody newly qualified has for children, month
	// by month.
	New []NewlyQualified `yaml:"newly_qualified" json:"newly_qualified"`
	// HandOver is what is handed over when a child's worker changes, and to a first one.
	HandOver []string `yaml:"hand_over" json:"hand_over"`
	First    []string `yaml:"hand_over_first" json:"hand_over_first"`
	Points   Points   `yaml:"points" json:"points"`
	Travel   Travel   `yaml:"travel" json:"travel,omitzero"`
	ToCome   ToCome   `yaml:"to_come" json:"to_come,omitzero"`
	Source   Source   `yaml:"source" json:"source"`
	From     day.Date `yaml:"from" json:"from"`
}

// NewlyQualified is a share of hours until so many months after somebody began.
type NewlyQualified struct {
	Months int     `yaml:"until_months" json:"until_months"`
	Share  float64 `yaml:"share" json:"share"`
}

// Travel is how long the way to a child takes, there and back, where no visit said.
type Travel struct {
	// Kinds are what somebody goes to the child for: a duty that one of them meets.
	Kinds Names `yaml:"kinds" json:"kinds"`
	Usual int   `yaml:"usual_minutes" json:"usual_minutes"`
	// Over is for children who are placed further from home than so many miles, the
	// nearest first.
	Over []Far `yaml:"placed_over" json:"placed_over"`
}

// Far is a distance from home, and how long the way takes beyond it.
type Far struct {
	Miles   int `yaml:"miles" json:"miles"`
	Minutes int `yaml:"minutes" json:"minutes"`
}

// Goes says whether somebody goes to the child for a duty.
func (t Travel) Goes(r *Rule) bool {
	return slices.ContainsFunc(r.MetBy.Kind, func(k string) bool { return slices.Contains(t.Kinds, k) })
}

// Minutes is how long the way takes: as visits said, if any did, else by the miles from
// home, else as usual.
func (t Travel) Minutes(said, miles int) int {
	if said > 0 {
		return said
	}
	out := t.Usual
	for _, x := range t.Over {
		if miles > x.Miles {
			out = x.Minutes
		}
	}
	return out
}

// HoursOf is how long the work of a duty takes, the way to the child with it: as visits said
// it took, and by how many miles from home the child is placed.
func (x Capacity) HoursOf(r *Rule, said, miles int) float64 {
	h := r.Takes.Hours()
	if x.Travel.Goes(r) {
		h += float64(x.Travel.Minutes(said, miles)) / 60
	}
	return h
}

// ToCome is how work that is still to come in is worked out from what came before.
type ToCome struct {
	Weeks    int `yaml:"weeks" json:"weeks"`                   // that are looked at
	AtLeast  int `yaml:"weeks_at_least" json:"weeks_at_least"` // with fewer nothing is said
	Children int `yaml:"children_at_least" json:"children_at_least"`
	// Little and Much are which of a hundred past spells stand for a quiet time and a busy
	// one: 10 and 90.
	Little int `yaml:"little" json:"little"`
	Much   int `yaml:"much" json:"much"`
}

// Points are the view of work for those who are used to points: one full-time worker
// has 100. Nothing is decided by them.
type Points struct {
	// Base of a child, by the work that is heaviest: one of PointsOf.
	Base map[string]float64 `yaml:"base" json:"base"`
	// Sibling multiplies the points of the second and later of one household.
	Sibling float64 `yaml:"sibling_times" json:"sibling_times"`
	// New multiplies those of a child in the first weeks of an allocation.
	New      float64 `yaml:"new_times" json:"new_times"`
	NewWeeks int     `yaml:"new_weeks" json:"new_weeks"`
	// Second is the share of a second worker; the rest is the worker's.
	Second float64 `yaml:"second_worker_share" json:"second_worker_share"`
	// FullTime is how many hours a week one full-time worker has.
	FullTime float64 `yaml:"full_time_hours" json:"full_time_hours"`
	// Bands are what a number means, each up to a number of points of 100.
	Bands []Band `yaml:"bands" json:"bands"`
}

// Band is what a number of points means, up to and with it.
type Band struct {
	UpTo float64 `yaml:"up_to" json:"up_to"`
	Says string  `yaml:"says" json:"says"`
}

// PointsOf are the kinds of work that points know, the first that fits counts.
var PointsOf = []string{"court", "pre-proceedings", "section 47", "protection plan", "looked after, first year", "looked after, settled", "assessment", "leaving care, under 18", "leaving care, 18 and over", "child in need plan", "private fostering", "short breaks", "other"}

func (x Capacity) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if x.Share <= 0 || x.Share > 1 {
		bad("share_of_hours_for_duties must be above 0, up to 1, and is %g", x.Share)
	}
	if x.Weeks < 1 || x.Weeks > 8 {
		bad("answer_for_weeks must be from 1 to 8, and is %d", x.Weeks)
	}
	if x.CatchUp < 1 || x.CatchUp > 20 {
		bad("late_work_within_working_days must be from 1 to 20, and is %d", x.CatchUp)
	}
	if x.Child <= 0 {
		bad("hours_a_week_when_nothing_is_recorded must be above 0: a child never counts for nothing")
	}
	if x.Climb < 1 || x.Climb > 20 {
		bad("climb_working_days must be from 1 to 20, and is %d", x.Climb)
	}
	for tier, n := range x.Accept {
		if _, ok := line.ParseTier(tier); !ok {
			bad("may_accept_over_percent: there is no tier called %q", tier)
		}
		if n < 0 {
			bad("may_accept_over_percent: %s cannot be below 0", tier)
		}
	}
	if !slices.IsSortedFunc(x.New, func(a, b NewlyQualified) int { return a.Months - b.Months }) {
		bad("newly_qualified must be in order of months")
	}
	for of, n := range x.Points.Base {
		if !slices.Contains(PointsOf, of) {
			bad("points: base: there is no work called %q; there are %s", of, strings.Join(PointsOf, ", "))
		}
		if n <= 0 {
			bad("points: base: %s must be above 0: a child never counts for nothing", of)
		}
	}
	for _, of := range PointsOf {
		if _, ok := x.Points.Base[of]; !ok {
			bad("points: base: %s is missing", of)
		}
	}
	if x.Points.FullTime <= 0 || x.Points.Second <= 0 || x.Points.Second >= 1 {
		bad("points: give full_time_hours, and a second_worker_share between 0 and 1")
	}
	if x.Travel.Usual < 0 || x.Travel.Usual > 600 || !slices.IsSortedFunc(x.Travel.Over, func(a, b Far) int { return a.Miles - b.Miles }) {
		bad("travel: usual_minutes must be from 0 to 600, and placed_over in order of miles")
	}
	if t := x.ToCome; t != (ToCome{}) && (t.Weeks < 16 || t.Weeks > 104 || t.AtLeast < 16 || t.AtLeast > t.Weeks || t.Little < 1 || t.Much > 99 || t.Little >= 50 || t.Much <= 50) {
		bad("to_come: weeks must be from 16 to 104, weeks_at_least from 16 to weeks, little below 50 and much above")
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Capacity) since() day.Date { return x.From }

// MayAccept is how many hours over somebody in a post of a tier may accept, of so
// many that there are. Tiers above the highest that is named may accept any.
func (x Capacity) MayAccept(tier line.Tier, available float64) (hours float64, any bool) {
	highest := line.Tier(0)
	for t := range x.Accept {
		n, _ := line.ParseTier(t)
		highest = max(highest, n)
	}
	if tier > highest && highest > 0 {
		return 0, true
	}
	return available * x.Accept[tier.String()] / 100, false
}

// Newly is the share of hours that somebody who is newly qualified since a day has for
// children on another; 1 once no protection is left.
func (x Capacity) Newly(since, on day.Date) float64 {
	for _, n := range x.New {
		if on < since.AddMonths(n.Months) {
			return n.Share
		}
	}
	return 1
}

// FullTime is how many hours a week one full-time worker has.
func (x Capacity) FullTime() float64 {
	if x.Points.FullTime > 0 {
		return x.Points.FullTime
	}
	return 37
}

// usual is what counts where a pack says nothing.
var usual = Capacity{Share: 0.6, Weeks: 2, CatchUp: 5, Child: 1, Climb: 2}

// usualToCome counts where a pack says nothing of work that is still to come in: rules that
// were adopted before there was such a thing do not.
var usualToCome = ToCome{Weeks: 52, AtLeast: 26, Children: 10, Little: 10, Much: 90}

// Capacity is what is in force on a day.
func (p *Pack) Capacity(on day.Date) Capacity {
	c, ok := inForce(p.capacity, on)
	if !ok {
		c = usual
	}
	if c.ToCome == (ToCome{}) {
		c.ToCome = usualToCome
	}
	return c
}
