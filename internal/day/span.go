package day

import (
	"fmt"
	"strconv"
	"strings"
)

// Unit is what a span counts.
type Unit uint8

// The units in which law, guidance and local policy count.
const (
	Hours Unit = iota + 1
	WorkingDays
	Days
	Weeks
	Months
	Years
	// WorkingHours run only while the office is open: see Workday.
	WorkingHours
	Minutes
)

var unitNames = map[Unit][2]string{
	Hours: {"hour", "hours"}, WorkingDays: {"working day", "working days"}, Days: {"day", "days"},
	Weeks: {"week", "weeks"}, Months: {"month", "months"}, Years: {"year", "years"},
	WorkingHours: {"working hour", "working hours"}, Minutes: {"minute", "minutes"},
}

// Span is a length of time as a rule states it: "10 working days",
// "26 weeks beginning with the day".
type Span struct {
	N    int
	Unit Unit
	// Beginning means that the day of the event is day 1, not day 0
	// ("beginning with the day on which"). Source: timescales_notes.md rule 2.
	Beginning bool
}

// ParseSpan reads "N unit", with "beginning with the day" after it where that is the rule.
func ParseSpan(s string) (Span, error) {
	text := strings.TrimSpace(s)
	rest, beginning := strings.CutSuffix(text, " beginning with the day")
	num, unit, ok := strings.Cut(rest, " ")
	n, err := strconv.Atoi(num)
	if !ok || err != nil || n < -10000 || n > 10000 {
		return Span{}, fmt.Errorf("%q is not a length of time: write it as \"10 working days\", \"3 months\" or \"24 hours\"", s)
	}
	unit = strings.TrimSpace(unit)
	if unit == "calendar days" {
		unit = "days"
	}
	for u, names := range unitNames {
		if unit == names[0] || unit == names[1] {
			return Span{N: n, Unit: u, Beginning: beginning}, nil
		}
	}
	return Span{}, fmt.Errorf("%q: there is no unit %q; use minutes, hours, working hours, working days, days, weeks, months or years", s, unit)
}

// String is the form that ParseSpan reads.
func (s Span) String() string {
	if s.Unit == 0 {
		return ""
	}
	name := unitNames[s.Unit][1]
	if s.N == 1 || s.N == -1 {
		name = unitNames[s.Unit][0]
	}
	out := strconv.Itoa(s.N) + " " + name
	if s.Beginning {
		out += " beginning with the day"
	}
	return out
}

// Clock says whether the span runs by the clock, so that the hour counts.
func (s Span) Clock() bool { return s.Unit == Hours || s.Unit == Minutes || s.Unit == WorkingHours }

// Hours is the span as a length of work; zero for one that is not in minutes
// or hours.
func (s Span) Hours() float64 {
	switch s.Unit {
	case Minutes:
		return float64(s.N) / 60
	case Hours, WorkingHours:
		return float64(s.N)
	}
	return 0
}

// IsZero says whether there is no span.
func (s Span) IsZero() bool { return s.Unit == 0 }

// MarshalText writes the String form.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseSpan reads.
func (s *Span) UnmarshalText(b []byte) error {
	v, err := ParseSpan(string(b))
	if err == nil {
		*s = v
	}
	return err
}

// Deadline is the end of a counted period.
type Deadline struct {
	On Date // the last day on which it is in time
	// Clock says that the hour counts (a span of hours from a known hour);
	// otherwise the whole of On is in time.
	Clock bool
	By    Instant // the first instant at which it is late
}

// IsZero says whether there is no deadline.
func (d Deadline) IsZero() bool { return d.By == 0 }

// Late says whether the deadline has passed at now.
func (d Deadline) Late(now Instant) bool { return d.By != 0 && now >= d.By }

// Kept says whether something that happened at w was in time. Where only its
// day is known, that day decides.
func (d Deadline) Kept(w When) bool {
	if d.Clock && w.Timed() {
		return w.At < d.By
	}
	return w.Date <= d.On
}

// Due counts a span from when something happened.
//
// The day of the event is day 0 and the period ends at the end of the last
// day, unless the span is "beginning with the day". Hours run in clock time
// from the instant of the event, so that 72 hours over a change of the clocks
// are 72 elapsed hours; where only the day is known they run from the end of
// that day, so that nobody is called late who may not be. Working days use the
// calendar as it was known on the day of the event. Working hours run while the
// office is open; from an event whose hour is not known, from the next opening
// after its day. Going back (a negative N), the deadline is the end of that day.
// Source: timescales_notes.md, counting rules 1 to 4.
func (c *Calendar) Due(w When, s Span) Deadline {
	if w.IsZero() || s.Unit == 0 {
		return Deadline{}
	}
	switch s.Unit {
	case Hours, Minutes:
		step := Hour
		if s.Unit == Minutes {
			step = Minute
		}
		if !w.Timed() {
			by := w.Date.End() + Instant(s.N)*step
			on := (by - 1).Date()
			return Deadline{On: on, By: on.End()}
		}
		by := w.At + Instant(s.N)*step
		return Deadline{On: by.Date(), By: by, Clock: true}
	case WorkingHours:
		return c.dueInOffice(w, s.N)
	}
	start, n := w.Date, s.N
	if s.Beginning && n > 0 {
		start = start.Add(-1)
	}
	var on Date
	switch s.Unit {
	case WorkingDays:
		on = c.KnownOn(w.Date).AddWorking(start, n)
	case Days:
		on = start.Add(n)
	case Weeks:
		on = start.Add(7 * n)
	case Months:
		on = start.AddMonths(n)
	case Years:
		on = start.AddMonths(12 * n)
	}
	return Deadline{On: on, By: c.end(on)}
}

// LateBy says in words how far now is past the deadline, in the unit of its
// span: "2 working days", "5 hours". It is empty when nothing is late. A
// deadline in working days that passed over a weekend is late by 0 working
// days until Monday: then it says "since Friday" in full days.
func (c *Calendar) LateBy(d Deadline, unit Unit, now Instant) string {
	if !d.Late(now) {
		return ""
	}
	if d.Clock {
		h := int((now - d.By) / Hour)
		if h < 48 {
			return plural(max(h, 1), "hour")
		}
		return plural(h/24, "day")
	}
	if unit == WorkingDays || unit == WorkingHours {
		if n := c.WorkingBetween(d.On, now.Date()); n > 0 {
			return plural(n, "working day")
		}
	}
	return plural(int(now.Date()-d.On), "day")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}
