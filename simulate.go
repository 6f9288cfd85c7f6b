// Package simulate makes synthetic authorities: children, workers and eighteen
// months of work that never were, calibrated on England's published rates.
// Every entry passes through the same Decide and Apply as in earnest, at the
// moment at which it would have been recorded, and every late duty climbs as
// the watch would have made it climb. It is pure: the same options give the
// same entries. It must never know storage or pages, nor ask what time it is.
package simulate

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Options say what authority to make.
type Options struct {
	Name     string
	Children int // open at the end; stories come on top
	Teams    int // child-facing; the front door is one more
	Months   int // of work recorded with Onus
	Seed     uint64
	Now      day.Instant // the end: nothing is dated or recorded after it
	Pack     *duty.Pack
}

var simulated = entry.Source{Kind: "simulation"}

// Marlowe is the demonstration's authority: 600 open children, five teams and
// a front door, eighteen months, and the five stories. Marlowe does not exist.
func Marlowe(seed uint64, now day.Instant, pack *duty.Pack) ([]entry.Entry, []Story, error) {
	o := Options{Name: "Marlowe", Children: 600, Teams: 5, Months: 18, Seed: seed, Now: now, Pack: pack}
	es, err := build(o, true)
	return es, Stories(), err
}

// Authority makes a synthetic authority. It gives every entry in the order of
// recording, ready for app.Bulk.
func Authority(o Options) ([]entry.Entry, error) { return build(o, false) }

// town is what all children of an authority share. It is read only once the
// line is recorded and the work is shared out.
type town struct {
	Options
	cal    *day.Calendar
	golive day.Instant // the morning on which the authority began with Onus
	today  day.Date
	staff  *staff
	line   *line.Line
	known  lines
	loads  map[string][]int16 // children a post has, by day from loadFrom
	from   day.Date           // the first day of loads
}

func build(o Options, stories bool) ([]entry.Entry, error) {
	switch {
	case o.Pack == nil:
		return nil, errors.New("simulate: give a rule pack: without rules nothing is owed")
	case o.Children < 0 || o.Teams < 1 || o.Months < 1 || o.Now == 0:
		return nil, errors.New("simulate: give a moment, at least one team and at least one month")
	}
	t := &town{Options: o, cal: o.Pack.Calendar(), today: o.Now.Date()}
	begin := t.nextWorking(t.today.AddMonths(-o.Months))
	t.golive = begin.Start() + 7*day.Hour
	hire := hires{newDice(o.Seed, "names", 0), map[string]bool{}}
	if stories {
		for _, n := range marloweNames {
			hire.used[n] = true
		}
	}
	t.staff = plainStaff(o, begin, t.today, hire)
	if stories {
		marloweStaff(t)
	}
	l, err := t.staff.record(o, t.golive, newDice(o.Seed, "line", 0))
	if err != nil {
		return nil, err
	}
	t.line, t.known = l, knownLines(l)

	families := t.families()
	t.share(families)
	var books []*book
	for _, f := range families {
		books = append(books, f.books(t)...)
	}
	if stories {
		books = append(books, t.storyBooks()...)
	}
	written, err := t.write(books)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(l.Log)
	for _, es := range written {
		all = append(all, es...)
	}
	slices.SortStableFunc(all, func(a, b entry.Entry) int { return cmpInstant(a.Recorded, b.Recorded) })
	return all, nil
}

func cmpInstant(a, b day.Instant) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// write records every book, children side by side; each has dice of its own.
func (t *town) write(books []*book) ([][]entry.Entry, error) {
	out := make([][]entry.Entry, len(books))
	errs := make([]error, len(books))
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(books); i = next.Add(1) - 1 {
				out[i], errs[i] = books[i].write()
				books[i] = nil // its items are no longer needed
			}
		})
	}
	all.Wait()
	return out, errors.Join(errs...)
}

func (t *town) nextWorking(d day.Date) day.Date {
	for !t.cal.Working(d) {
		d = d.Add(1)
	}
	return d
}
