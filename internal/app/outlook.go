package app

import (
	"context"
	"slices"

	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// lookAhead is for how many weeks somebody looks ahead.
const lookAhead = 8

// outlooks are hours owed against hours there are, of the workers of some teams.
type outlooks struct {
	*supply
	from  day.Date
	until day.Date // the first day that is not looked at

	caughtUp day.Date // by when late work is to be caught up

	workers  map[string]bool // posts of the teams
	asks     map[string][]ask
	nobody   map[string][]ask // by team: what no worker owes
	children map[string]map[string]bool
	areas    map[string]map[string]int // of a post: in which part of town how many of its children live
	// unsaid counts the children of a post of whom nothing recorded says what is owed:
	// they count at a stated number of hours.
	unsaid map[string]int

	ways map[string]way // by child: what is known of the way to them
	// WaysFrom counts the children by where the time of the way comes from.
	waysFrom WaysFrom
	flow     map[string]capacity.Flow // by team: what is still to come in
	held     map[string][]float64     // hours of posts, day by day: see has

	lost string                 // a what-if: this post has no hours
	more func(day.Date) float64 // and the team has these beside
}

// way is what is known of the way to a child: see ChildRow.
type way struct{ said, miles int }

// WaysFrom is of how many children somebody said how long the way takes, of how many it is
// known that they are placed far away, and for how many a usual way is counted.
type WaysFrom struct {
	Said  int `json:"visits_said"`
	Far   int `json:"placed_far_from_home"`
	Usual int `json:"usual"`
}

// ask is a piece of work, and to which duty of whom it belongs.
type ask struct {
	capacity.Ask
	child, duty string // empty: hours that are assumed
	rule        string
}

func newOutlooks(l *line.Line, pack *duty.Pack, from day.Date) *outlooks {
	s := newSupply(l, pack, from)
	return &outlooks{supply: s, from: from, until: from.Add(7 * lookAhead), caughtUp: pack.Calendar().AddWorking(from, s.rules.CatchUp),
		workers: map[string]bool{}, asks: map[string][]ask{}, nobody: map[string][]ask{}, children: map[string]map[string]bool{}, unsaid: map[string]int{}, areas: map[string]map[string]int{}, ways: map[string]way{}, flow: map[string]capacity.Flow{}, held: map[string][]float64{}}
}

// outlooks gives those of some teams, and of a post beside them.
func (a *App) outlooks(ctx context.Context, v View, l *line.Line, pack *duty.Pack, now day.Instant, teams []string, more ...string) (*outlooks, error) {
	o := newOutlooks(l, pack, now.Date())
	var owners []line.Key
	var posts []string
	add := func(post string) {
		if !o.workers[post] {
			o.workers[post] = true
			owners, posts = append(owners, line.KeyOf(post)), append(posts, post)
		}
	}
	for _, p := range l.Posts(o.from) {
		if p.Tier <= line.Worker && slices.Contains(teams, p.Team) {
			add(p.ID)
		}
	}
	for _, p := range more {
		add(p)
	}
	held, err := v.Held(ctx, posts, teams)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		o.ways[h.Child] = way{h.Journey, h.Miles}
		switch t := o.rules.Travel; {
		case h.Journey > 0:
			o.waysFrom.Said++
		case t.Minutes(0, h.Miles) != t.Usual:
			o.waysFrom.Far++
		default:
			o.waysFrom.Usual++
		}
	}
	if err := o.expect(ctx, v, teams); err != nil {
		return nil, err
	}
	rows, err := v.Owed(ctx, owners, teams, now)
	if err != nil {
		return nil, err
	}
	resolved := map[line.Key]string{} // few owners, many duties
	for i := range rows {
		r := &rows[i]
		post, ok := resolved[r.Owner]
		if !ok {
			post = l.Resolve(r.Owner, o.from)
			resolved[r.Owner] = post
		}
		as := o.asksOf(r)
		if o.workers[post] {
			o.asks[post] = append(o.asks[post], as...)
			o.hold(post, r.Child, len(as) > 0)
		} else if slices.Contains(teams, r.Team) && !r.Owner.OfFunction() { // a chair's work, or an adviser's, is not the team's
			o.nobody[r.Team] = append(o.nobody[r.Team], as...)
		}
	}
	for _, h := range held {
		if o.workers[h.Post] {
			o.assume(h.Post, h.Child)
			if h.Area != "" {
				if o.areas[h.Post] == nil {
					o.areas[h.Post] = map[string]int{}
				}
				o.areas[h.Post][h.Area]++
			}
		}
		if h.Guard != "" {
			g, err := a.guardOf(ChildRow{Child: h.Child, Guard: h.Guard})
			if err != nil {
				return nil, err
			}
			for _, p := range g.Second {
				if o.workers[p] {
					o.assume(p, h.Child)
				}
			}
		}
	}
	return o, nil
}

func (o *outlooks) hold(post, id string, said bool) {
	if o.children[post] == nil {
		o.children[post] = map[string]bool{}
	}
	o.children[post][id] = o.children[post][id] || said
}

// assume counts a child of whom nothing recorded says what is owed at the hours that
// the rules state: a child never counts for nothing.
func (o *outlooks) assume(post, id string) {
	if o.children[post][id] {
		return
	}
	o.hold(post, id, true)
	o.unsaid[post]++
	o.asks[post] = append(o.asks[post], o.assumed(id)...)
}

func (o *outlooks) assumed(id string) (out []ask) {
	for w := 1; w <= lookAhead; w++ {
		out = append(out, ask{Ask: capacity.Ask{By: o.from.Add(7*w - 1), Hours: o.rules.Child}, child: id})
	}
	return out
}

// asksOf are the pieces of work of a duty: what is open, and what comes again when it
// is done on its day.
func (o *outlooks) asksOf(r *OwedRow) (out []ask) {
	rule, ok := o.pack.Rule(r.Rule, r.Since.Date)
	if !ok {
		return nil
	}
	w := o.ways[r.Child]
	hours := o.rules.HoursOf(rule, w.said, w.miles)
	for due := r.Due; due < o.until; {
		x := capacity.Ask{By: due, Hours: hours}
		if due < o.from { // nobody can do it in time any more: it is to be caught up
			x.By, x.Late = o.caughtUp, true
		}
		out = append(out, ask{x, r.Child, r.ID, r.Rule})
		if rule.Repeats == "" {
			break
		}
		again := o.pack.Calendar().Due(day.On(max(due, o.from)), rule.Every).On
		if again <= due {
			break
		}
		due = again
	}
	return out
}

// hours are those of a post for duties, day by day.
func (o *outlooks) hours(post string) func(day.Date) float64 {
	return func(on day.Date) float64 {
		if post == o.lost {
			return 0
		}
		return o.has(post, on)
	}
}

// has are the hours of a post on a day, and remembered: each outlook of it asks again.
func (o *outlooks) has(post string, on day.Date) float64 {
	if on < o.from || on >= o.until {
		return o.onDay(post, on)
	}
	days, ok := o.held[post]
	if !ok {
		days = make([]float64, o.until-o.from)
		for i := range days {
			days[i] = o.onDay(post, o.from+day.Date(i))
		}
		o.held[post] = days
	}
	return days[on-o.from]
}

// of is the outlook of a post, with more work, and without that of some duties.
func (o *outlooks) of(post string, more []ask, without map[string]bool, extra func(day.Date) float64) capacity.Outlook {
	has := o.hours(post)
	if extra != nil {
		own := has
		has = func(on day.Date) float64 { return own(on) + extra(on) }
	}
	return capacity.Ahead(o.from, lookAhead, plain(o.asks[post], more, without), has)
}

func plain(asks, more []ask, without map[string]bool) []capacity.Ask {
	out := make([]capacity.Ask, 0, len(asks)+len(more))
	for _, xs := range [][]ask{asks, more} {
		for _, x := range xs {
			if x.duty == "" || !without[x.duty] {
				out = append(out, x.Ask)
			}
		}
	}
	return out
}

// takes is how many hours a duty of a post takes up to a day, that which comes again with
// it; ok is false when the post does not owe it.
func (o *outlooks) takes(post string, d child.Stood, until day.Date) (hours float64, ok bool) {
	for _, a := range o.asks[post] {
		if a.child == d.Child && a.duty == d.Duty {
			if ok = true; a.By <= until {
				hours += a.Hours
			}
		}
	}
	return hours, ok
}

// team is the outlook of a team: all that is owed in it and some more, against the hours
// of all its workers.
func (o *outlooks) team(team string, more ...ask) capacity.Outlook {
	all := more
	var supply []func(day.Date) float64
	for _, w := range o.line.Workers(team, o.from) {
		all = append(all, o.asks[w.ID]...)
		supply = append(supply, o.hours(w.ID))
	}
	if o.more != nil {
		supply = append(supply, o.more)
	}
	return capacity.Ahead(o.from, lookAhead, plain(all, o.nobody[team], nil), func(on day.Date) (sum float64) {
		for _, h := range supply {
			sum += h(on)
		}
		return sum
	})
}

// WhatIf is a change that nobody has made: what would it do to the hours?
type WhatIf struct {
	Add  float64  // hours a week of a worker more
	From day.Date // from this day; zero: from today
	Lose string   // a worker's post that is lost from today
	Stop string   // a rule whose work is not done for these weeks
	Move []string // children who move
	// Pick: the children to choose from are wanted. That is a look at each, and noted.
	Pick bool
	// MoveFrom is a worker all of whose children move.
	MoveFrom string
	To       string // to this post
}

// Any says whether anything is asked.
func (x WhatIf) Any() bool {
	return x.Add > 0 || x.Lose != "" || x.Stop != "" || (len(x.Move) > 0 || x.MoveFrom != "") && x.To != ""
}

// then are the outlooks as they would be.
func (o *outlooks) then(x WhatIf, team string) *outlooks {
	n := *o
	n.asks, n.nobody, n.lost = map[string][]ask{}, map[string][]ask{}, x.Lose
	give := func(post string, a ask) {
		if a.rule != "" && a.rule == x.Stop {
			return
		}
		if x.To != "" && a.child != "" && o.movesWith(a) && (post != "" && post == x.MoveFrom || slices.Contains(x.Move, a.child)) {
			post = x.To
		}
		if post == "" {
			n.nobody[team] = append(n.nobody[team], a)
			return
		}
		n.asks[post] = append(n.asks[post], a)
	}
	for _, a := range o.nobody[team] {
		give("", a)
	}
	for post, as := range o.asks {
		for _, a := range as {
			give(post, a)
		}
	}
	if x.Add > 0 {
		n.more = func(on day.Date) float64 {
			if on < x.From || !o.pack.Calendar().Working(on) {
				return 0
			}
			return x.Add * o.rules.Share / 5
		}
	}
	return &n
}

// movesWith says whether a piece of work goes with the child to another worker: the
// manager's own work for the child stays with the manager.
func (o *outlooks) movesWith(a ask) bool {
	rule, ok := o.pack.Rule(a.rule, o.from)
	return !ok || rule.OwedBy == duty.AllocatedWorker
}

// childAsks is what a worker would owe a child: what whoever has the child owes now,
// or where nothing recorded says so the hours that the rules state; and their answer.
func (o *outlooks) childAsks(row ChildRow, rows []DutyRow) []ask {
	var out []ask
	id := row.Child
	o.ways[id] = way{row.Journey, row.Miles}
	for i := range rows {
		rule, ok := o.pack.Rule(rows[i].Rule, rows[i].Since.Date)
		if ok && rule.OwedBy == duty.AllocatedWorker {
			out = append(out, o.asksOf(&OwedRow{ID: rows[i].ID, Child: rows[i].Child, Rule: rows[i].Rule, Since: rows[i].Since, Due: rows[i].Due.On})...)
		}
	}
	if len(out) == 0 {
		out = o.assumed(id)
	}
	// To be asked is work too: whoever is asked owes an answer.
	if rule, ok := o.pack.Rule(answerAsked, o.from); ok {
		out = append(out, o.asksOf(&OwedRow{Child: id, Rule: rule.ID, Since: day.On(o.from), Due: o.pack.Calendar().Due(day.On(o.from), rule.Within).On})...)
	}
	return out
}

// answerAsked is the rule by which a worker who is asked to take a child answers.
const answerAsked = "allocation.answer"
