// Package simulate makes a synthetic authority: invented people, rates from
// published statistics, and every entry through the same Decide functions that
// real life goes through. It is pure: a seed and a now always give the same
// entries. It must never know storage, pages or the clock of the machine.
//
// Rates: DfE, Children in need and Children's social work workforce 2025, as in
// shared/statistics/calibration.json (Open Government Licence).
package simulate

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Options say what to make.
type Options struct {
	Name     string // of the authority
	Children int    // open at the end, about
	Months   int    // of entries
	Seed     uint64
	Now      day.Instant
	Pack     *duty.Pack
	Stories  bool // tell the five accounts of MISSION.md in five children
}

// Story leads a newcomer to a child or a page.
type Story struct {
	Title, Text, Href string
	As                string // the person to look as
	Child             string
}

// Authority makes all entries of an authority, in the order of recording.
func Authority(o Options) ([]entry.Entry, []Story, error) {
	w := &world{o: o, begin: o.Now.Date().AddMonths(-o.Months), cal: day.England()}
	all, err := w.makeLine()
	if err != nil {
		return nil, nil, fmt.Errorf("the line: %w", err)
	}
	w.line = line.Fold(all)
	talked, err := w.talks()
	if err != nil {
		return nil, nil, fmt.Errorf("supervision: %w", err)
	}
	all = append(all, talked...)
	plans := w.population()
	if o.Stories {
		plans = append(plans, w.stories()...)
		plans = append(plans, w.door()...)
	}
	results := make([][]entry.Entry, len(plans))
	errs := make([]error, len(plans))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = w.live(plans[i], uint64(i))
			}
		})
	}
	for i := range plans {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, r := range results {
		if errs[i] != nil {
			return nil, nil, fmt.Errorf("child %d: %w", i, errs[i])
		}
		all = append(all, r...)
	}
	if o.Stories {
		heard, err := w.concerns()
		if err != nil {
			return nil, nil, fmt.Errorf("concerns: %w", err)
		}
		all = append(all, heard...)
	}
	slices.SortStableFunc(all, func(a, b entry.Entry) int {
		switch {
		case a.Recorded < b.Recorded:
			return -1
		case a.Recorded > b.Recorded:
			return 1
		}
		return 0
	})
	var told []Story
	if o.Stories {
		told = Stories()
	}
	return all, told, nil
}

type world struct {
	o     Options
	begin day.Date
	cal   *day.Calendar
	line  *line.Line
	teams []team
}

// team is a child-facing team with its worker posts.
type team struct {
	id, manager string
	workers     []string
}

// plan is a life to be lived: what happens to one child, in any order.
type plan struct {
	id     string // fixed for stories; empty: made from the seed
	events []event
}

// event is one thing that will be recorded.
type event struct {
	recorded day.Instant
	when     day.When
	person   string // the post's holder when empty
	post     string
	body     entry.Body
	// of says which earlier event of the plan the body names (from 1); 0: none.
	of int
	// rests are the earlier events that an answer of an assessment rests on, in the same way.
	rests []int
}

// live records a plan's events in order, and between them lets the watch take
// every step that became due.
func (w *world) live(p plan, n uint64) ([]entry.Entry, error) {
	if len(p.events) == 0 {
		return nil, nil // would begin later today
	}
	src := rand.NewChaCha8(seed(w.o.Seed, n))
	rnd := io.Reader(src)
	order := make([]int, len(p.events))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(max(p.events[a].recorded-p.events[b].recorded, -1), 1)) })
	id := p.id
	if id == "" {
		first, err := entry.Moment{Now: p.events[order[0]].recorded, Rand: rnd}.NewID()
		if err != nil {
			return nil, err
		}
		id = string(first)
	}
	rec := child.New(id)
	ids := make([]entry.ID, len(p.events))
	var out []entry.Entry
	do := func(cmd child.Command, at day.Instant) (entry.ID, error) {
		es, err := child.Decide(rec, cmd, entry.Moment{Now: at, Rand: rnd})
		if err != nil {
			return "", err
		}
		for _, e := range es {
			rec = child.Apply(rec, e)
			out = append(out, e)
		}
		return es[0].ID, nil
	}
	for _, i := range order {
		ev := p.events[i]
		if err := w.climb(&rec, ev.recorded, do); err != nil {
			return nil, err
		}
		body := ev.body
		if ev.of > 0 {
			body = naming(body, ids[ev.of-1])
		}
		if len(ev.rests) > 0 {
			body = resting(body, ev.rests, ids)
		}
		person := ev.person
		if person == "" {
			person = w.line.Answers(ev.post, ev.recorded.Date()).Person
		}
		if person == "" {
			person = entry.System.Person
		}
		got, err := do(child.Command{Actor: entry.Actor{Person: person, Post: ev.post}, Happened: ev.when, Body: body, Source: entry.Source{Kind: "simulation"}}, ev.recorded)
		if _, refused := entry.Problems(err); refused {
			continue // recorded so late that the record no longer takes it, as in life
		}
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", body.Kind(), ev.when, err)
		}
		ids[i] = got
		switch body.Kind() {
		case "contact", "referral", "found-out":
			if b, due := w.o.Pack.Rated(rec, ev.recorded.Date()); due {
				if _, err := do(child.Command{Actor: entry.System, Happened: day.AtInstant(ev.recorded), Body: b, Source: entry.Source{Kind: "rule"}}, ev.recorded); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, w.climb(&rec, w.o.Now, do)
}

// climb takes, in order, the steps that are due before an instant.
func (w *world) climb(rec *child.Record, until day.Instant, do func(child.Command, day.Instant) (entry.ID, error)) error {
	for {
		if len(rec.Log) == 0 {
			return nil
		}
		last := rec.Log[len(rec.Log)-1].Recorded
		ds := w.o.Pack.Duties(*rec, last)
		var at day.Instant
		for _, d := range ds {
			s, ok := d.Next()
			if !ok || (d.Until != 0 && s.At >= d.Until) {
				continue
			}
			if t := max(s.At, last); t < until && (at == 0 || t < at) {
				at = t
			}
		}
		if at == 0 {
			return nil
		}
		at += 10 * day.Second // the watch looks every twenty seconds
		if at >= until {
			return nil
		}
		told := w.o.Pack.Climbs(w.o.Pack.Duties(*rec, at), w.line, at)
		if len(told) == 0 {
			return nil
		}
		for _, c := range told {
			if _, err := do(child.Command{Actor: entry.System, Happened: day.AtInstant(at), Body: c, Source: entry.Source{Kind: "rule", Key: c.Rule}}, at); err != nil {
				return err
			}
		}
	}
}

// naming puts the id of the entry that a body answers into it.
func naming(b entry.Body, id entry.ID) entry.Body {
	switch x := b.(type) {
	case child.Decision:
		x.Referral = id
		return x
	case child.ParkingAgreed:
		x.Parking = id
		return x
	case child.PlanApproved:
		x.Plan = id
		return x
	case child.AssessmentAuthorised:
		x.Assessment = id
		return x
	case child.AssessmentWeighed:
		x.Assessment = id
		return x
	case child.AssessmentPlaced:
		x.Assessment = id
		return x
	case child.Section47Ended:
		x.Started = id
		return x
	case child.Conference:
		x.Section47 = id
		return x
	case child.Significant:
		x.Entry = id
		return x
	}
	return b
}

func seed(s, n uint64) (out [32]byte) {
	for i := range 8 {
		out[i], out[8+i] = byte(s>>(8*i)), byte(n>>(8*i))
	}
	copy(out[16:], "onus simulation.")
	return out
}

// at is an instant of a working day: the n-th minute after nine.
func at(d day.Date, minute int) day.Instant {
	return d.Start() + 9*day.Hour + day.Instant(minute)*day.Minute
}
