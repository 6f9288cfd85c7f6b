// Package day knows civil dates, instants, England's working days and how a
// period of time is counted. It imports nothing of ours, reads no clock and
// draws no randomness: now is always an argument.
package day

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // London's clock must be right on a machine without a zone file
)

// London is the civil time in which England's duties are counted.
var London = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic("day: the time zone data for " + name + " is not in the binary: " + err.Error())
	}
	return l
}

// Date is a civil date: a day in England, whatever the clock says.
// The zero Date means "no date". Otherwise it counts days, and 1 is 1 January of year 1.
type Date int32

// epochDays is the Date of 1970-01-01.
const epochDays = 719163

// Of makes a Date. A day past the end of the month rolls over as time.Date does.
func Of(year int, month time.Month, dayOfMonth int) Date {
	t := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
	return Date(t.Unix()/86400 + epochDays)
}

// Parse reads YYYY-MM-DD. Years 1000 to 9999 only.
func Parse(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, fmt.Errorf("%q is not a date: write it as YYYY-MM-DD", s)
	}
	t, err := time.Parse("2006-01-02", s)
	if err != nil || t.Year() < 1000 {
		return 0, fmt.Errorf("%q is not a date in the calendar", s)
	}
	return Of(t.Year(), t.Month(), t.Day()), nil
}

// MustParse is Parse for tables in code and tests; it panics on a bad date.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Date) utc() time.Time { return time.Unix((int64(d)-epochDays)*86400, 0).UTC() }

// IsZero says whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

// Split gives year, month and day of the month.
func (d Date) Split() (int, time.Month, int) { return d.utc().Date() }

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return time.Weekday((int(d)%7 + 7) % 7) }

// Monday is the first day of the date's week.
func (d Date) Monday() Date { return d - Date((int(d.Weekday())+6)%7) }

// Add gives the date n days later; n may be negative.
func (d Date) Add(n int) Date { return d + Date(n) }

// AddMonths goes from date to date: the same day number n months on, or the
// last day of that month when it has no such day (31 August + 6 months is the
// last of February). Source: timescales_notes.md, counting rule 4.
func (d Date) AddMonths(n int) Date {
	y, m, dom := d.Split()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Of(first.Year(), first.Month(), min(dom, last))
}

// Years gives the whole years from birth to d: somebody's age on d, or 0 when
// either is missing or d is before birth. Born on 29 February, a birthday in a
// common year falls on 1 March.
func (d Date) Years(birth Date) int {
	if birth == 0 || d < birth {
		return 0
	}
	by, bm, bd := birth.Split()
	y, m, dd := d.Split()
	age := y - by
	if m < bm || (m == bm && dd < bd) {
		age--
	}
	return age
}

// Start is the first instant of the day in England.
func (d Date) Start() Instant {
	if inside(d) {
		return starts()[d-firstDay]
	}
	return d.start()
}

// start asks the zone. That takes longer than all other counting of a deadline.
func (d Date) start() Instant {
	y, m, dom := d.Split()
	return FromTime(time.Date(y, m, dom, 0, 0, 0, 0, London))
}

// starts keeps what start says, for the years that calendars cover.
var starts = sync.OnceValue(func() []Instant {
	out := make([]Instant, lastDay-firstDay+1)
	for i := range out {
		out[i] = (firstDay + Date(i)).start()
	}
	return out
})

// End is the first instant after the day in England: a thing owed by d is
// late from End on.
func (d Date) End() Instant { return d.Add(1).Start() }

// String gives YYYY-MM-DD, or nothing when there is no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	var b [10]byte
	return string(d.append(b[:0]))
}

func (d Date) append(b []byte) []byte {
	y, m, dom := d.Split()
	return append(b, byte('0'+y/1000%10), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+int(m)/10), byte('0'+int(m)%10), '-', byte('0'+dom/10), byte('0'+dom%10))
}

// Long gives the date as a person reads it: 23 November 2026.
func (d Date) Long() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format("2 January 2006")
}

// Short gives weekday, day and month: Mon 23 Nov.
func (d Date) Short() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format("Mon 2 Jan")
}

// Full gives weekday and the whole date: Monday 23 November 2026.
func (d Date) Full() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format("Monday 2 January 2006")
}

// MarshalJSON writes "YYYY-MM-DD", or null when there is no date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	b := append(make([]byte, 0, 12), '"')
	return append(d.append(b), '"'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote; "" and null are no date.
func (d *Date) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a date must be text like \"2026-11-23\"")
	}
	if s == nil || *s == "" {
		*d = 0
		return nil
	}
	v, err := Parse(*s)
	if err == nil {
		*d = v
	}
	return err
}

// MarshalText lets a Date stand in YAML, forms and map keys.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD or nothing.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := Parse(string(b))
	if err == nil {
		*d = v
	}
	return err
}
