package day

import (
	_ "embed"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

//go:embed holidays.csv
var englandCSV string

// Holiday is a bank holiday in England and Wales.
type Holiday struct {
	Date Date
	Name string
	// Proclaimed is the day on which a one-off holiday became known; zero for
	// those known long before. A deadline that was already running on that day
	// does not move: see Calendar.KnownOn.
	Proclaimed Date
}

// Calendar says which days are working days. It is immutable.
type Calendar struct {
	holidays map[Date]Holiday
	ordinal  []int32   // working days before and on firstDay+i
	days     []Date    // the working days in order
	starts   []Instant // of the days from firstDay
	earlier  []version
	office   Workday
}

// The years that are in tables. Others are computed day by day.
const firstYear, lastYear = 1985, 2075

var firstDay, lastDay = Of(firstYear, time.January, 1), Of(lastYear, time.December, 31)

// England gives the bank holidays of England and Wales: the published table for
// 2019 to 2032 (shared/statistics/bank_holidays_england_wales.csv), and for
// years outside it the ordinary holidays by rule, without one-off days.
var England = sync.OnceValue(func() *Calendar {
	hs, err := parseHolidays(englandCSV)
	if err != nil {
		panic("day: the built-in table of bank holidays cannot be read: " + err.Error())
	}
	listed := map[int]bool{}
	for _, h := range hs {
		y, _, _ := h.Date.Split()
		listed[y] = true
	}
	for y := firstYear; y <= lastYear; y++ {
		if !listed[y] {
			hs = append(hs, Ordinary(y)...)
		}
	}
	return NewCalendar(hs)
})

func parseHolidays(csv string) ([]Holiday, error) {
	var out []Holiday
	for n, line := range strings.Split(strings.TrimSpace(csv), "\n") {
		f := strings.SplitN(strings.TrimSpace(line), ",", 3)
		if n == 0 {
			continue
		}
		if len(f) != 3 {
			return nil, fmt.Errorf("line %d: want date,weekday,name", n+1)
		}
		d, err := Parse(f[0])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if d.Weekday().String() != f[1] {
			return nil, fmt.Errorf("line %d: %s is a %s", n+1, f[0], d.Weekday())
		}
		out = append(out, Holiday{Date: d, Name: f[2], Proclaimed: proclaimed[d]})
	}
	return out, nil
}

// proclaimed holds when the one-off holidays of the table became known.
var proclaimed = map[Date]Date{
	Of(2022, time.September, 19): Of(2022, time.September, 10), // funeral of Queen Elizabeth II, proclaimed on 10 September 2022
	Of(2023, time.May, 8):        Of(2022, time.November, 6),   // coronation
}

// NewCalendar makes a calendar of weekdays less the given holidays.
func NewCalendar(hs []Holiday) *Calendar {
	c := &Calendar{holidays: make(map[Date]Holiday, len(hs)), ordinal: make([]int32, lastDay-firstDay+1), starts: starts(), office: office}
	for _, h := range hs {
		c.holidays[h.Date] = h
	}
	for d := firstDay; d <= lastDay; d++ {
		if c.working(d) {
			c.days = append(c.days, d)
		}
		c.ordinal[d-firstDay] = int32(len(c.days))
	}
	c.earlier = c.versions(hs)
	return c
}

// KnownOn is the calendar as it was known on a day: one-off holidays that were
// proclaimed later are still working days in it. Count a deadline with the
// calendar known on the day its clock started.
func (c *Calendar) KnownOn(d Date) *Calendar {
	for _, v := range c.earlier {
		if d < v.until {
			return v.calendar().In(c.office)
		}
	}
	return c
}

// version is the calendar as it was known before the day until.
type version struct {
	until    Date
	calendar func() *Calendar
}

func (c *Calendar) versions(hs []Holiday) []version {
	var days []Date
	for _, h := range hs {
		if h.Proclaimed != 0 && !slices.Contains(days, h.Proclaimed) {
			days = append(days, h.Proclaimed)
		}
	}
	slices.Sort(days)
	var out []version
	for _, until := range days {
		out = append(out, version{until: until, calendar: sync.OnceValue(func() *Calendar {
			var keep []Holiday
			for _, h := range hs {
				if h.Proclaimed < until {
					h.Proclaimed = 0
					keep = append(keep, h)
				}
			}
			return NewCalendar(keep)
		})})
	}
	return out
}

func (c *Calendar) working(d Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, h := c.holidays[d]
	return !h
}

// Working says whether d is a working day.
func (c *Calendar) Working(d Date) bool { return c.working(d) }

// Holiday names the bank holiday on d, if it is one.
func (c *Calendar) Holiday(d Date) (Holiday, bool) { h, ok := c.holidays[d]; return h, ok }

// Holidays lists the bank holidays from one day to another, both included, in order.
func (c *Calendar) Holidays(from, to Date) []Holiday {
	var out []Holiday
	for d, h := range c.holidays {
		if d >= from && d <= to {
			out = append(out, h)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Date < out[j].Date })
	return out
}

// inside says whether a day is in the tables.
func inside(d Date) bool { return d >= firstDay && d <= lastDay }

// AddWorking gives the n-th working day after d (before, when n is negative).
// d itself is day 0 and need not be a working day; n = 0 gives d.
func (c *Calendar) AddWorking(d Date, n int) Date {
	if i, ok := c.nth(d, n); ok {
		return c.days[i]
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.Add(step)
		if c.working(d) {
			n--
		}
	}
	return d
}

// nth is the place in days of the n-th working day after or before d, when it
// is in the table.
func (c *Calendar) nth(d Date, n int) (int, bool) {
	if n == 0 || !inside(d) {
		return 0, false
	}
	i := int(c.ordinal[d-firstDay]) + n
	if n > 0 || c.working(d) { // going back, d itself is not counted
		i--
	}
	return i, i >= 0 && i < len(c.days)
}

// end is d.End without asking each time whether the table is there.
func (c *Calendar) end(d Date) Instant {
	if next := d + 1; inside(next) {
		return c.starts[next-firstDay]
	}
	return d.End()
}

// WorkingBetween counts the working days after from, up to and including to.
// It is negative when to is before from.
func (c *Calendar) WorkingBetween(from, to Date) int {
	if from > to {
		return -c.WorkingBetween(to, from)
	}
	if inside(from) && inside(to) {
		return int(c.ordinal[to-firstDay] - c.ordinal[from-firstDay])
	}
	n := 0
	for d := from.Add(1); d <= to; d = d.Add(1) {
		if c.working(d) {
			n++
		}
	}
	return n
}

// Ordinary gives the eight ordinary bank holidays of a year in England and
// Wales, with substitute days, by the rules of the Banking and Financial
// Dealings Act 1971 and custom. One-off and moved days are not in it.
func Ordinary(year int) []Holiday {
	first := func(m time.Month) Date {
		d := Of(year, m, 1)
		for d.Weekday() != time.Monday {
			d++
		}
		return d
	}
	last := func(m time.Month) Date {
		d := Of(year, m+1, 1) - 1
		for d.Weekday() != time.Monday {
			d--
		}
		return d
	}
	easter := Easter(year)
	ny := Of(year, time.January, 1)
	hs := []Holiday{
		{Date: ny, Name: "New Year's Day"}, {Date: easter - 2, Name: "Good Friday"}, {Date: easter + 1, Name: "Easter Monday"},
		{Date: first(time.May), Name: "Early May bank holiday"}, {Date: last(time.May), Name: "Spring bank holiday"}, {Date: last(time.August), Name: "Summer bank holiday"},
	}
	if w := ny.Weekday(); w == time.Saturday || w == time.Sunday {
		hs[0].Name += " (substitute day)"
		for hs[0].Date.Weekday() != time.Monday {
			hs[0].Date++
		}
	}
	cd, bd := Holiday{Date: Of(year, time.December, 25), Name: "Christmas Day"}, Holiday{Date: Of(year, time.December, 26), Name: "Boxing Day"}
	switch cd.Date.Weekday() {
	case time.Friday: // Boxing Day on Saturday
		bd.Date, bd.Name = bd.Date+2, bd.Name+" (substitute day)"
	case time.Saturday: // 27 and 28
		cd.Date, cd.Name = cd.Date+2, cd.Name+" (substitute day)"
		bd.Date, bd.Name = bd.Date+2, bd.Name+" (substitute day)"
	case time.Sunday: // Boxing Day stands on Monday, Christmas Day moves to Tuesday
		cd.Date, cd.Name = cd.Date+2, cd.Name+" (substitute day)"
	}
	hs = append(hs, cd, bd)
	sort.Slice(hs, func(i, j int) bool { return hs[i].Date < hs[j].Date })
	return hs
}

// Easter gives Easter Sunday in the Gregorian calendar (anonymous computus).
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Of(year, time.Month(n/31), n%31+1)
}
