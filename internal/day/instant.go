package day

import (
	"encoding/json"
	"fmt"
	"time"
)

// Instant is a moment on our clock: microseconds since 1970 in UTC, as stored.
// The zero Instant means "no instant".
type Instant int64

// Microseconds in the usual steps, to add to an Instant.
const (
	Second Instant = 1_000_000
	Minute         = 60 * Second
	Hour           = 60 * Minute
)

// FromTime cuts a time to the microsecond.
func FromTime(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// Local is the same moment on England's clock.
func (i Instant) Local() time.Time { return time.UnixMicro(int64(i)).In(London) }

// Date is the day in England on which the instant falls.
func (i Instant) Date() Date {
	if i == 0 {
		return 0
	}
	y, m, d := i.Local().Date()
	return Of(y, m, d)
}

// IsZero says whether there is no instant.
func (i Instant) IsZero() bool { return i == 0 }

const instantForm = "2006-01-02T15:04:05.000000Z"

// String gives the instant in UTC with microseconds, or nothing.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(instantForm)
}

// Clock gives England's hour and minute, 24 hours: 16:50.
func (i Instant) Clock() string { return i.Local().Format("15:04") }

// Long gives date and time as a person reads them: 23 November 2026, 08:40.
func (i Instant) Long() string {
	if i == 0 {
		return ""
	}
	return i.Local().Format("2 January 2006, 15:04")
}

// ParseInstant reads RFC 3339, or a local form without a zone
// (2026-03-02T17:00, 2026-03-02 17:00, or a date, meaning its end) in
// England's time. It is what ?known= and --known take.
func ParseInstant(s string) (Instant, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return checked(FromTime(t), s)
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, s, London); err == nil {
			return checked(FromTime(t), s)
		}
	}
	if d, err := Parse(s); err == nil {
		return checked(d.End()-1, s)
	}
	return 0, fmt.Errorf("%q is not a moment: write it as 2026-03-02T17:00 (England's time), or as a date", s)
}

func checked(i Instant, s string) (Instant, error) {
	if y := i.Time().Year(); y < 1000 || y > 9998 {
		return 0, fmt.Errorf("%q is not a moment that a record can hold", s)
	}
	return i, nil
}

// MarshalJSON writes UTC with microseconds, or null.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i == 0 {
		return []byte("null"), nil
	}
	return []byte(i.Time().Format(`"` + instantForm + `"`)), nil
}

// UnmarshalJSON reads RFC 3339; "" and null are no instant.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a moment must be text like \"2026-11-23T08:40:00Z\"")
	}
	if s == nil || *s == "" {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, *s)
	if err != nil {
		return fmt.Errorf("%q is not a moment: write it as 2026-11-23T08:40:00Z", *s)
	}
	*i = FromTime(t)
	return nil
}

// When is when something happened: a day, and the instant too where it is known.
type When struct {
	Date Date
	At   Instant // zero when only the day is known
}

// On is a When that knows only the day.
func On(d Date) When { return When{Date: d} }

// AtInstant is a When that knows the instant.
func AtInstant(i Instant) When { return When{Date: i.Date(), At: i} }

// IsZero says whether nothing is known.
func (w When) IsZero() bool { return w.Date == 0 }

// Timed says whether the hour is known, not the day alone.
func (w When) Timed() bool { return w.At != 0 }

// From is the earliest instant it can have been.
func (w When) From() Instant {
	if w.At != 0 || w.Date == 0 {
		return w.At
	}
	return w.Date.Start()
}

// Until is the latest instant it can have been.
func (w When) Until() Instant {
	if w.At != 0 || w.Date == 0 {
		return w.At
	}
	return w.Date.End() - 1
}

// Before orders by day, and by instant where both know theirs.
func (w When) Before(o When) bool {
	if w.Date != o.Date {
		return w.Date < o.Date
	}
	return w.At != 0 && o.At != 0 && w.At < o.At
}

// String gives the instant in UTC, or the date.
func (w When) String() string {
	if w.At != 0 {
		return w.At.String()
	}
	return w.Date.String()
}

// Long gives the day, and the clock where it is known.
func (w When) Long() string {
	if w.At != 0 {
		return w.At.Long()
	}
	return w.Date.Long()
}

// ParseWhen reads a date (the hour is not known) or what ParseInstant takes.
func ParseWhen(s string) (When, error) {
	if d, err := Parse(s); err == nil {
		return On(d), nil
	}
	i, err := ParseInstant(s)
	if err != nil {
		return When{}, err
	}
	return AtInstant(i), nil
}

// MarshalJSON writes the String form, or null.
func (w When) MarshalJSON() ([]byte, error) {
	if w.Date == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + w.String() + `"`), nil
}

// UnmarshalJSON reads a date or a moment; null is nothing.
func (w *When) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("when something happened must be text: a date or a moment")
	}
	if s == nil || *s == "" {
		*w = When{}
		return nil
	}
	v, err := ParseWhen(*s)
	if err == nil {
		*w = v
	}
	return err
}
