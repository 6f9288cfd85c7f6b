package app

import (
	"cmp"
	"context"
	"slices"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// weeksBack is how many weeks are counted, that of the duty with them.
const weeksBack = 4

// ContextLoad is what a worker owed in the week, against the hours there were.
type ContextLoad struct {
	Post   line.Post
	Person string
	Weeks  []LoadWeek // the week of the duty last, with those before it
	Parts  []LoadPart // of the last week, the largest first
	Owed   int        // duties of the last week
	Met    int        // of these, met by the moment
	Share  float64    // of working hours that are for duties
}

// LoadWeek is one week.
type LoadWeek struct {
	Monday    day.Date
	Owed, Had float64
	Duties    int
}

// LoadPart is one kind of duty.
type LoadPart struct {
	Duty  string
	N     int
	Hours float64
}

// Short is by how much the hours were too few; 0 when they were enough.
func (w LoadWeek) Short() float64 { return max(0, w.Owed-w.Had) }

// loadOf counts what the post that owed the duty owed in the week in which it was
// due, and in the weeks before, as it was known at the moment: every child that
// the post ever had is folded to that moment, and its duties are counted.
func (a *App) loadOf(ctx context.Context, v View, c *Context) (err error) {
	post := c.owner()
	on := c.At.Date()
	p, _ := c.Page.Line.Post(post, on)
	if p.Tier > line.Worker { // a manager's own duties are not a week's work
		c.Load = ContextLoad{Post: p, Person: c.Page.Line.Answers(post, on).Person, Share: c.Page.Rules.Capacity(on).Share}
		return nil
	}
	monday := min(c.Duty.Due.On, on).Monday()
	var mondays []day.Date
	for i := weeksBack - 1; i >= 0; i-- {
		mondays = append(mondays, monday-day.Date(7*i))
	}
	c.Load, err = a.weeksOf(ctx, v, c.Page.Rules, c.Page.Line, post, mondays, c.At)
	return err
}

// weeksOf counts what a worker's post owed in weeks against the hours there were, as
// it was known at a moment: every child that the post ever had is folded to it. Parts
// are of the last week.
func (a *App) weeksOf(ctx context.Context, v View, pack *duty.Pack, l *line.Line, post string, mondays []day.Date, at day.Instant) (load ContextLoad, err error) {
	on := at.Date()
	hours := newSupply(l, pack, on)
	load = ContextLoad{Person: l.Answers(post, on).Person, Share: hours.rules.Share}
	load.Post, _ = l.Post(post, on)
	for _, m := range mondays {
		w := LoadWeek{Monday: m}
		for day := m; day < m+7; day++ {
			w.Had += hours.onDay(post, day)
		}
		load.Weeks = append(load.Weeks, w)
	}
	rows, err := v.Children(ctx, ChildQuery{OpenTo: []string{PostKey(post)}, Why: []string{OpenHad}, OpenAt: a.Clock.Now()})
	if err != nil {
		return load, err
	}
	parts := map[string]*LoadPart{}
	for _, row := range rows {
		rec, _, err := a.record(ctx, v, row.Child)
		if err != nil {
			return load, err
		}
		rec = rec.KnownAt(at)
		for x := range pack.Each(rec, endOf(at)) {
			if l.Resolve(x.Owner, on) != post {
				continue
			}
			for i := range load.Weeks {
				w := &load.Weeks[i]
				sunday := w.Monday + 6
				ended := x.State != duty.Open && x.Ended.Date != 0 && x.Ended.Date < w.Monday
				if ended || x.Due.On > sunday || x.Since.Date > sunday || x.State == duty.Lapsed {
					continue
				}
				w.Owed += x.Rule.Takes.Hours()
				w.Duties++
				if i != len(load.Weeks)-1 {
					continue
				}
				load.Owed++
				if x.State != duty.Open {
					load.Met++
				}
				part := parts[x.Rule.Duty]
				if part == nil {
					part = &LoadPart{Duty: x.Rule.Duty}
					parts[x.Rule.Duty] = part
				}
				part.N++
				part.Hours += x.Rule.Takes.Hours()
			}
		}
	}
	for _, x := range parts {
		load.Parts = append(load.Parts, *x)
	}
	slices.SortFunc(load.Parts, func(a, b LoadPart) int { return cmp.Or(cmp.Compare(b.Hours, a.Hours), cmp.Compare(a.Duty, b.Duty)) })
	return load, nil
}
