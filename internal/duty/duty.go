// Package duty holds the rule packs, and the duties that follow from a child's
// record at a moment. It is pure: the same record, pack and moment always give
// the same duties, whether the moment is now or long ago. It must never know
// pages or storage.
package duty

import (
	"iter"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// Duty is what is owed to a child: by whom, by when, under which rule. It is
// made to be small: a child of two years has hundreds.
type Duty struct {
	Rule  *Rule
	Start entry.ID // the entry that started the clock
	Since day.When // from when it is counted
	Due   day.Deadline
	Span  day.Span
	// Until is when it stops being owed by itself: the 18th birthday, or the end
	// of the day on which the child died. Zero: never.
	Until day.Instant

	EndedBy entry.ID
	Ended   day.When

	Owner line.Key
	told  *[]Step // the steps that were told, in order; nil for most

	// Extra is by how much the time was made longer, in the unit of Span, which
	// holds it too. Paused are the days on which the clock stood still; while it
	// does, since StoppedOn.
	Extra, Paused int32
	StoppedOn     day.Date
	Sooner        day.Date // when its time became shorter, because things changed
	State         State
	// Shifted says that the start was imported from a file that cannot say
	// whether the duty was met, so it is counted from a later day: see clock.
	// Nobody is called late for what may have been done.
	Shifted bool
	// Later: not the first clock of a rule that repeats. Variant is the number of
	// the rule's other time that it has; 0 when none fits.
	Later   bool
	Variant uint8
	// Theirs: owed by the front door, of a child who had a worker when it began. Such
	// work is the worker's and waits in no queue, unless somebody at the front door
	// took it.
	Theirs bool
	// RecordedLate: done in time, recorded when it already counted as late.
	RecordedLate bool
}

// ID names the duty by its rule and the entry that started it: the same for ever.
func (d *Duty) ID() string { return d.Rule.ID + ":" + string(d.Start) }

// Named says whether an id is this duty's, without making it.
func (d *Duty) Named(id string) bool {
	rest, ok := strings.CutPrefix(id, d.Rule.ID)
	return ok && len(rest) > 0 && rest[0] == ':' && rest[1:] == string(d.Start)
}

// Late says whether the duty is open and past its day.
func (d *Duty) Late(now day.Instant) bool { return d.State == Open && d.Due.Late(now) }

// TimeKnown says whether it is known if the duty was met in time. It is not
// where it was met before Onus was told of its start: leave such a duty out of
// every figure of timeliness.
func (d *Duty) TimeKnown() bool {
	return !d.Shifted || d.Ended.IsZero() || d.Ended.Date >= d.Since.Date
}

// Duties gives every duty that follows from a record at an instant, ended ones
// too, in the order in which their clocks started. To know what was owed as it
// was known at T, give the record known at T and the instant T.
func (p *Pack) Duties(rec child.Record, now day.Instant) (out []Duty) {
	run := p.runner()
	kept := run.out
	run.out = make([]Duty, 0, len(rec.Events)*5/4+24) // about as many as there are, in a life full of work
	out = run.all(rec, now)
	run.out = kept
	run.forget()
	p.runners.Put(run)
	switch n := len(out); {
	case n == 0:
		return nil
	case cap(out) > 2*n+32:
		return slices.Clone(out)
	}
	return out
}

// Each is Duties without keeping them: a duty that yield is given is gone when
// yield returns. It is for going through a whole authority.
func (p *Pack) Each(rec child.Record, now day.Instant) iter.Seq[*Duty] {
	return func(yield func(*Duty) bool) {
		p.run(rec, now, func(ds []Duty) {
			for i := range ds {
				if !yield(&ds[i]) {
					return
				}
			}
		})
	}
}
