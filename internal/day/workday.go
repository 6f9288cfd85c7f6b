package day

import "fmt"

// Workday is when an office is open on a working day, in minutes after
// midnight: 540 to 1020 is 9:00 to 17:00.
type Workday struct{ From, To int }

// office is the workday that is counted with where nobody gave another. It is
// custom, not law: a rule pack gives an authority's own.
var office = Workday{9 * 60, 17 * 60}

// ParseWorkday reads two times of one day: "09:00", "17:30".
func ParseWorkday(from, to string) (w Workday, err error) {
	read := func(s string) int {
		var h, m int
		if n, e := fmt.Sscanf(s, "%d:%d", &h, &m); n != 2 || e != nil || len(s) != 5 || h < 0 || h > 24 || m < 0 || m > 59 {
			err = fmt.Errorf("%q is not a time of day: write it as 09:00", s)
		}
		return h*60 + m
	}
	w = Workday{read(from), read(to)}
	if err == nil && (w.From >= w.To || w.To > 24*60) {
		err = fmt.Errorf("an office that opens at %s cannot close at %s", from, to)
	}
	return w, err
}

// String gives both times.
func (w Workday) String() string {
	return fmt.Sprintf("%02d:%02d to %02d:%02d", w.From/60, w.From%60, w.To/60, w.To%60)
}

// In is the same calendar with another workday.
func (c *Calendar) In(w Workday) *Calendar {
	if c.office == w {
		return c
	}
	other := *c
	other.office = w
	return &other
}

// Office is the workday that working hours are counted in.
func (c *Calendar) Office() Workday { return c.office }

// at is a minute of a day on England's clock, also on the days when it changes:
// those are Sundays, and the change is over before any office opens.
func at(d Date, minute int) Instant {
	if minute >= 4*60 {
		return d.End() - Instant(24*60-minute)*Minute
	}
	return d.Start() + Instant(minute)*Minute
}

// dueInOffice counts hours while the office is open. Time before it opens,
// after it closes, at weekends and on bank holidays is not counted.
func (c *Calendar) dueInOffice(w When, n int) Deadline {
	cal := c.KnownOn(w.Date)
	left := Instant(n) * Hour
	d, from := w.Date, w.At
	if !w.Timed() {
		d, from = d.Add(1), 0
	}
	for ; ; d, from = d.Add(1), 0 {
		if !cal.Working(d) {
			continue
		}
		open, shut := max(at(d, c.office.From), from), at(d, c.office.To)
		if room := shut - open; room >= left {
			return Deadline{On: d, By: open + left, Clock: true}
		} else if room > 0 {
			left -= room
		}
	}
}
