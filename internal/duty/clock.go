package duty

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// source is what a pack says of one sort of imported file.
type source struct {
	Carried
	file  string
	holds map[entry.Kind]bool
}

// speaksOf says whether the file would hold whatever met a rule's duties.
func (s source) speaksOf(rule *Rule) bool {
	for _, k := range rule.meets {
		if !s.holds[k] {
			return false
		}
	}
	for _, id := range s.SilentOn {
		if id == rule.ID {
			return false
		}
	}
	return true
}

// clock sets from when a duty is counted, and until when there is time.
//
// A start that was imported is counted as the rule says where the file would
// have told of the work. There are three things that it cannot tell: what it
// has no place for, what came after the day it speaks of, and what came before
// its window. There the duty may have been met. So it is not late on the day
// Onus is told: it is due, at the earliest, after one more interval or the time
// that the pack gives to find out, whichever is shorter.
func (r *runner) clock(d *Duty, ev *child.Event, span day.Span) {
	d.Since, d.Span = r.countedFrom(d.Rule, ev), span
	if d.Rule.CountedTo != "" {
		d.Due = r.countedTo(d, ev)
	} else {
		d.Due = r.cal().Due(d.Since, span)
	}
	if ev.Source.Kind != "import" {
		return
	}
	src, known := r.p.sources[ev.Source.Of]
	if known && src.speaksOf(d.Rule) {
		if back := r.windowStart(ev); d.Rule.Repeats != "" && d.Due.On < back {
			d.shift(day.On(back), d.Rule.Every, r.p.cal)
		}
		if d.Due.By <= ev.Source.AsOf || d.Due.By > ev.Recorded {
			return // the file says so, or there is time left
		}
	}
	told := day.On(ev.Recorded.Date())
	next := *d
	next.shift(told, span, r.p.cal)
	if next.Rule.Repeats != "" && d.Due.By <= ev.Recorded {
		next.shift(told, d.Rule.Every, r.p.cal)
	}
	if by := r.p.cal.Due(told, src.Settle); !by.IsZero() && by.By < next.Due.By {
		next.shift(told, src.Settle, r.p.cal)
	}
	if next.Due.By > d.Due.By {
		*d = next
	}
}

func (d *Duty) shift(to day.When, span day.Span, cal *day.Calendar) {
	d.Since, d.Span, d.Shifted, d.Due = to, span, true, cal.Due(to, span)
}

// windowStart is the first day of which the file that an event came from can
// tell; zero when it reaches back to the beginning.
func (r *runner) windowStart(ev *child.Event) day.Date {
	src, ok := r.p.sources[ev.Source.Of]
	if !ok || src.Window.IsZero() || ev.Source.AsOf.IsZero() {
		return 0
	}
	return r.back(ev.Source.AsOf.Date(), src.Window)
}

// back goes back from a day by a length of time.
func (r *runner) back(on day.Date, s day.Span) day.Date {
	s.N = -s.N
	return r.p.cal.Due(day.On(on), s).On
}

// countedFrom is the moment from which an event's clock runs: the entry that it
// names, or else the last of the kind that the rule counts from, unless the duty
// was met since. An imported entry is not counted from before its file's window:
// nobody knows what was done there.
func (r *runner) countedFrom(rule *Rule, ev *child.Event) day.When {
	if len(rule.CountedFrom) == 0 {
		return ev.When
	}
	from := func(k entry.Kind) bool { return slices.Contains(rule.CountedFrom, string(k)) }
	if ref, ok := ev.Body.(entry.Refers); ok {
		if named, ok := r.rec.Event(ref.RefersTo()); ok && from(named.Kind) && !ev.When.Before(named.When) {
			return named.When
		}
	}
	for i := r.events - 1; i >= 0; i-- { // this event and those before it
		e := &r.rec.Events[i]
		for _, k := range rule.meets {
			if e.Kind == k {
				return ev.When
			}
		}
		if from(e.Kind) {
			if ev.Source.Kind == "import" && e.When.Date < r.windowStart(ev) {
				return ev.When
			}
			return e.When
		}
	}
	return ev.When
}

// cal is the calendar of the child's team, with its working hours.
func (r *runner) cal() *day.Calendar {
	if len(r.p.offices) == 0 {
		return r.p.cal
	}
	for _, team := range []string{r.status.Team, ""} {
		if c, ok := r.p.offices[team]; ok {
			return c
		}
	}
	return r.p.cal
}

// countedTo is the deadline of a duty that must be met before a day; none when
// that day is not known. What is asked for too late is due on the day of asking.
func (r *runner) countedTo(d *Duty, ev *child.Event) day.Deadline {
	to := r.who.Expected
	if years, ok := strings.CutPrefix(d.Rule.CountedTo, toBirthday); ok {
		n, _ := strconv.Atoi(years)
		to = nthBirthday(r.who.Birth, n)
	} else if i, ok := d.Rule.anchor[ev.Kind]; ok {
		to = day.Date(reflect.ValueOf(ev.Body).FieldByIndex(i).Int())
	}
	if to == 0 {
		return day.Deadline{}
	}
	return r.p.cal.Due(day.On(max(r.back(to, d.Span), ev.When.Date)), day.Span{Unit: day.Days})
}

// nthBirthday is the day on which somebody becomes n years old. Who was born on
// 29 February does so on 1 March of a common year.
func nthBirthday(born day.Date, n int) day.Date {
	if born == 0 {
		return 0
	}
	y, m, d := born.Split()
	return day.Of(y+n, m, d)
}

// age is the child's full years on a day; -1 before birth, or when the birth is
// not known.
func (r *runner) age(on day.Date) int {
	if r.who.Birth == 0 || on < r.who.Birth {
		return -1
	}
	by, _, _ := r.who.Birth.Split()
	y, _, _ := on.Split()
	n := y - by
	if nthBirthday(r.who.Birth, n) > on {
		n--
	}
	return n
}

// Wakes is when the duties of a child change by time alone, next after an
// instant: a birthday starts a clock, or rules that running clocks follow come
// into force. Zero: never. A duty that ends by itself says so: see Duty.Until.
func (p *Pack) Wakes(who child.Known, now day.Instant) (next day.Instant) {
	soonest := func(t day.Instant) {
		if t > now && (next == 0 || t < next) {
			next = t
		}
	}
	for i := range p.born {
		if on := nthBirthday(who.Birth, p.born[i].age); on != 0 {
			soonest(on.Start())
		}
	}
	for _, f := range p.follows {
		soonest(f.at)
	}
	return next
}

// startAt stands for the entry that starts a clock, where a birthday does: one
// name for each child and age.
func startAt(child string, age int) entry.ID {
	return entry.ID(fmt.Sprintf("%s-%d-%s", birthday, age, child))
}

// Birthday says whose birthday started a clock, and which; false where an
// entry did.
func Birthday(start entry.ID) (child string, age int, ok bool) {
	rest, ok := strings.CutPrefix(string(start), string(birthday)+"-")
	if !ok {
		return "", 0, false
	}
	years, child, ok := strings.Cut(rest, "-")
	age, err := strconv.Atoi(years)
	return child, age, ok && err == nil
}

// months are the full months from one day to another; -1 without the first.
func months(since day.When, on day.Date) int {
	if since.IsZero() || on < since.Date {
		return -1
	}
	by, bm, _ := since.Date.Split()
	y, m, _ := on.Split()
	n := (y-by)*12 + int(m-bm)
	if since.Date.AddMonths(n) > on {
		n--
	}
	return n
}
