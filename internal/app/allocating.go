package app

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// Choosing is everything that somebody needs who gives a child a worker.
type Choosing struct {
	Page  *ChildPage
	Team  line.Team
	Teams []line.Team // in which whoever asks may allocate
	Rules duty.Capacity
	Until day.Date // the last day for which somebody must answer
	Takes float64  // hours of this child up to it
	Eight float64  // hours of this child in eight weeks
	// Assumed: nothing recorded says what is owed to the child, so the hours are those
	// that the rules state.
	Assumed bool
	Workers []Candidate
	Ask     string // the post above that may accept more
}

// Candidate is a worker who could take the child.
type Candidate struct {
	Post   line.Post
	Answer line.Answer
	Person string // who holds the post; empty: nobody
	Hours  line.Hours
	Limit  Limit
	Now    capacity.Outlook // of eight weeks
	With   capacity.Outlook
	Knows  []string // how they know the family
	Speaks []string // of the family's languages, as "Polish, as the parents do"
	Near   int      // children of theirs who live in the same part
	Skills line.PersonSkills
	Held   int    // children they have
	Unsaid int    // of whom nothing recorded says what is owed
	Not    string // why they cannot be asked; empty: they can
}

// Limit is a post's hours up to the day for which somebody must answer.
type Limit struct {
	Owed      float64 // without the child
	Available float64
	Short     float64 // missing at the worst moment, with the child
	Before    float64 // and without
	Accepted  float64 // for which somebody answers already
}

// Over is how many hours have nobody yet who answers for them.
func (x Limit) Over() float64 { return roundUp(max(0, x.Short-x.Accepted)) }

// roundUp to half an hour: nobody counts in minutes what nobody has measured.
func roundUp(h float64) float64 { return max(0, math.Ceil(h*2-0.02)) / 2 }

// limit looks at a post up to the day for which somebody must answer.
func (o *outlooks) limit(post string, more []ask, without map[string]bool, extra func(day.Date) float64) Limit {
	has := o.hours(post)
	if extra != nil {
		own := has
		has = func(on day.Date) float64 { return own(on) + extra(on) }
	}
	before := capacity.Ahead(o.from, o.rules.Weeks, plain(o.asks[post], nil, without), has)
	with := capacity.Ahead(o.from, o.rules.Weeks, plain(o.asks[post], more, without), has)
	x := Limit{Short: with.Short, Before: before.Short}
	for _, w := range before.Weeks {
		x.Owed += w.Owed
		x.Available += w.Available
	}
	x.Accepted, _ = o.line.Accepted(post, o.from)
	return x
}

// answerBy is the last day for which somebody must answer.
func (o *outlooks) answerBy() day.Date { return o.from.Add(7*o.rules.Weeks - 1) }

// Choosing opens the page on which somebody gives a child a worker, from a team or,
// when it is empty, the child's own.
func (d *Desk) Choosing(ctx context.Context, id, team string) (*Choosing, error) {
	var row ChildRow
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		row, err = v.Child(ctx, id)
		return err
	}); err != nil {
		return nil, err
	}
	c := &Choosing{}
	on := d.now.Date()
	if team == "" {
		team = row.Team
	}
	for _, t := range d.line.Teams() {
		if d.as.OnTeam(access.Allocate, t.ID).Allowed && (t.Closed == 0 || on < t.Closed) && len(d.line.Workers(t.ID, on)) > 0 {
			c.Teams = append(c.Teams, t)
		}
	}
	if team == "" && len(c.Teams) > 0 {
		team = c.Teams[0].ID
	}
	if f, err := d.facts(row); err != nil {
		return nil, err
	} else if d.MayChild(access.RecordChild, f) == nil { // else the look at the child is what is refused
		err := d.MayTeam(access.Allocate, team)
		if team == "" {
			err = &Denied{Action: access.Allocate, Policy: access.None, Says: "Somebody who manages a team gives the child a worker"}
		}
		if err != nil {
			return nil, d.refused(ctx, &row, err)
		}
	}
	p, err := d.ChildFor(ctx, access.RecordChild, "Choose a worker", id)
	if err != nil {
		return nil, err
	}
	c.Page = p
	var ok bool
	if c.Team, ok = d.line.Team(team); !ok {
		return nil, ErrNotFound
	}
	pack := d.a.inForce()
	var o *outlooks
	var owed []DutyRow
	var kin []sibling
	knows := map[string][]string{} // by person
	area := district(p.Identity.Address)
	err = d.a.Store.View(ctx, func(v View) (err error) {
		if o, err = d.a.outlooks(ctx, v, d.line, pack, d.now, []string{team}); err != nil {
			return err
		}
		if owed, err = v.ChildDuties(ctx, id); err != nil {
			return err
		}
		kin, err = d.siblings(ctx, v, p.Record)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := d.family(ctx, p.Record, kin, knows); err != nil {
		return nil, err
	}
	more := o.childAsks(ChildRow{Child: id, Journey: p.Record.Journey(), Miles: p.Status.Miles}, owed)
	c.Rules, c.Until, c.Assumed = o.rules, o.answerBy(), len(more) > 0 && more[0].duty == ""
	for _, x := range more {
		if c.Eight += x.Hours; x.By <= c.Until {
			c.Takes += x.Hours
		}
	}
	for _, w := range d.line.Workers(team, on) {
		x := Candidate{Post: w, Answer: d.line.Answers(w.ID, on), Hours: o.hoursOn(w.ID, on), Held: len(o.children[w.ID]), Unsaid: o.unsaid[w.ID], Near: o.areas[w.ID][area]}
		if h, held := d.line.Holder(w.ID, on); held {
			x.Person = h.Person
			x.Knows, x.Skills = knows[h.Person], d.line.Skills(h.Person)
			x.Speaks = speaks(x.Skills.Languages, p.Identity)
		}
		with := more
		if w.ID == p.Status.Post {
			x.Not, with = "Has the child now", nil
		}
		x.Limit, x.Now, x.With = o.limit(w.ID, with, nil, nil), o.of(w.ID, nil, nil, nil), o.of(w.ID, with, nil, nil)
		switch {
		case x.Not != "":
		case x.Person == "":
			x.Not = "Nobody is in this post"
		case slices.ContainsFunc(p.Status.Asked, func(a child.Asked) bool { return a.Post == w.ID }):
			x.Not = "Has been asked"
		case slices.Contains(p.Status.Second, w.ID):
			x.Not = "Is the second worker"
		case x.Hours.Away == line.AwayGone:
			x.Not = "Is not here"
		}
		c.Workers = append(c.Workers, x)
	}
	for _, up := range d.line.Up(d.post.ID, on) {
		if up.ID != d.post.ID && c.Ask == "" && up.Tier > d.post.Tier {
			c.Ask = up.ID
		}
	}
	slices.SortStableFunc(c.Workers, func(a, b Candidate) int {
		can := func(x Candidate) int {
			if x.Not != "" {
				return 1
			}
			return 0
		}
		return cmp.Or(can(a)-can(b), cmp.Compare(a.Limit.Over(), b.Limit.Over()), cmp.Compare(len(b.Knows), len(a.Knows)), cmp.Compare(len(b.Speaks), len(a.Speaks)), cmp.Compare(b.Near, a.Near), cmp.Compare(d.line.Name(a.Person), d.line.Name(b.Person)))
	})
	return c, nil
}

// speaks are those of somebody's languages that the family speaks.
func speaks(languages []string, family child.Known) (out []string) {
	for _, l := range languages {
		child, parents := family.Language != "" && Fold(l) == Fold(family.Language), family.Parents != "" && Fold(l) == Fold(family.Parents)
		switch {
		case child && parents:
			out = append(out, l+", as the family does")
		case child:
			out = append(out, l+", as the child does")
		case parents:
			out = append(out, l+", as the parents do")
		}
	}
	return out
}

// sibling is a brother or sister of whom the record says that they are one.
type sibling struct {
	row ChildRow
	rec child.Record
}

func (d *Desk) siblings(ctx context.Context, v View, rec child.Record) (out []sibling, err error) {
	for _, id := range rec.Household() { // few
		r, row, err := d.a.record(ctx, v, id)
		if notFound(err) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, sibling{row, r})
	}
	return out, nil
}

// family says how people know the child's family: they had the child, or have or had
// a brother or sister. Whom, it does not say, and of a record that is closed to whoever
// asks it says nothing. The looks are logged.
func (d *Desk) family(ctx context.Context, rec child.Record, kin []sibling, knows map[string][]string) error {
	say := func(person, text string) {
		if person != "" && !slices.Contains(knows[person], text) {
			knows[person] = append(knows[person], text)
		}
	}
	had := func(r child.Record, now, before string) {
		s := r.On(endOf(d.now))
		if s.Post != "" {
			if h, ok := d.line.Holder(s.Post, d.now.Date()); ok && now != "" {
				say(h.Person, now)
			}
		}
		for i := range r.Events {
			b, ok := r.Events[i].Body.(child.Allocation)
			if !ok || b.Post == s.Post && s.PostSince == r.Events[i].When {
				continue
			}
			on := r.Events[i].When.Date
			if h, ok := d.line.Holder(b.Post, on); ok {
				y, _, _ := on.Split()
				say(h.Person, before+" in "+strconv.Itoa(y))
			}
		}
	}
	had(rec, "", "Had this child")
	rows := make([]*ChildRow, len(kin))
	for i := range kin {
		rows[i] = &kin[i].row
	}
	if err := d.closedAll(ctx, "Choose a worker", false, rows...); err != nil {
		return err
	}
	for _, k := range kin {
		if k.row.Closed == "" {
			had(k.rec, "Has a brother or sister of this child", "Had a brother or sister of this child")
		}
	}
	return nil
}

// district is the first half of the postcode at the end of an address; empty: it has none.
func district(address string) string {
	fs := strings.Fields(strings.ToUpper(address))
	if n := len(fs); n >= 2 && postcodeIn(fs[n-1]) && postcodeOut(fs[n-2]) {
		return fs[n-2]
	}
	return ""
}

func postcodeIn(s string) bool {
	return len(s) == 3 && s[0] >= '0' && s[0] <= '9' && s[1] >= 'A' && s[1] <= 'Z' && s[2] >= 'A' && s[2] <= 'Z'
}

func postcodeOut(s string) bool {
	return len(s) >= 2 && len(s) <= 4 && s[0] >= 'A' && s[0] <= 'Z' && strings.ContainsAny(s[1:], "0123456789")
}

// CanWait is a piece of work of a worker that is due while they are over their hours,
// and whether it may be stood down.
type CanWait struct {
	Row   DutyRow
	Rule  *duty.Rule
	Hours float64
	Not   string // why it may not
}

// CanWait lists what a worker owes up to the day for which somebody must answer, with
// what the law asks for last: it cannot be stood down.
func (d *Desk) CanWait(ctx context.Context, post, besides string) (out []CanWait, err error) {
	pack, on := d.a.inForce(), d.now.Date()
	rules := pack.Capacity(on)
	until := on.Add(7*rules.Weeks - 1)
	var rows []DutyRow
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		rows, err = v.Duties(ctx, DutyQuery{Owners: []line.Key{line.KeyOf(post)}, Now: d.now})
		return err
	}); err != nil {
		return nil, err
	}
	var kids []*ChildRow
	for _, r := range rows {
		rule, ok := pack.Rule(r.Rule, r.Since.Date)
		if !ok || r.Due.On > until || r.Child == besides {
			continue
		}
		x := CanWait{Row: r, Rule: rule, Hours: rules.HoursOf(rule, r.ChildRow.Journey, r.ChildRow.Miles)}
		if strings.HasPrefix(rule.Source.Status, "statutory") {
			x.Not = "The law asks for it"
		}
		out = append(out, x)
	}
	for i := range out {
		kids = append(kids, &out[i].Row.ChildRow)
	}
	if err := d.closedAll(ctx, "Choose a worker", false, kids...); err != nil {
		return nil, err
	}
	for i := range out {
		if c := out[i].Row.ChildRow.Closed; c != "" {
			out[i].Not = "Closed to you"
		}
	}
	slices.SortStableFunc(out, func(a, b CanWait) int {
		law := func(x CanWait) int {
			if x.Not != "" {
				return 1
			}
			return 0
		}
		return cmp.Or(law(a)-law(b), cmp.Compare(a.Row.Due.On, b.Row.Due.On), cmp.Compare(a.Row.ID, b.Row.ID))
	})
	return out, nil
}

// Ways are how somebody answers for hours that there are not: one, two or all three.
type Ways struct {
	Added     float64 // hours beside the worker's own, up to the day
	AddedWhat string
	AddedFrom string // the post that lends them
	Down      []child.Stood
	DownWhy   string
	Accepted  float64
	Risk      string
}

// Any says whether somebody answered in any way.
func (x Ways) Any() bool { return x.Added > 0 || len(x.Down) > 0 || x.Accepted > 0 }

// Weighed is what the ways come to.
type Weighed struct {
	Limit Limit
	Child float64       // hours of the child
	Until day.Date      // up to this day
	Over  float64       // before any way
	Left  float64       // after hours that were added and work that was stood down
	Open  float64       // for which nobody answers
	May   float64       // how many hours over whoever asks may accept
	Any   bool          // as many as there are
	Down  []child.Stood // what is stood down, with the hours it takes until then
	// Strange: something is to be stood down that the post does not owe.
	Strange bool
}

// weigh works out what is left of hours that there are not.
func (o *outlooks) weigh(post string, more []ask, x Ways, tier line.Tier) (w Weighed) {
	w.Until = o.answerBy()
	w.Limit = o.limit(post, more, nil, nil)
	w.Over = w.Limit.Over()
	for _, m := range more {
		if m.By <= w.Until {
			w.Child += m.Hours
		}
	}
	without := map[string]bool{}
	for _, s := range x.Down {
		if h, ok := o.takes(post, s, w.Until); ok {
			s.Hours, without[s.Duty] = h, true
			w.Down = append(w.Down, s)
		} else {
			w.Strange = true
		}
	}
	var extra func(day.Date) float64
	if x.Added > 0 {
		n := float64(max(1, o.working(o.from, w.Until)))
		extra = func(on day.Date) float64 {
			if on > w.Until || !o.pack.Calendar().Working(on) {
				return 0
			}
			return x.Added / n
		}
	}
	w.Left = o.limit(post, more, without, extra).Over()
	w.Open = max(0, w.Left-x.Accepted)
	w.May, w.Any = o.rules.MayAccept(tier, w.Limit.Available)
	return w
}

// Weigh works out what ways come to, and records nothing.
func (d *Desk) Weigh(ctx context.Context, id, post string, x Ways) (w Weighed, err error) {
	err = d.a.Store.View(ctx, func(v View) error {
		o, more, err := d.weighing(ctx, v, d.line, id, post)
		if err == nil {
			w = o.weigh(post, more, x, d.post.Tier)
		}
		return err
	})
	return w, err
}

func (d *Desk) weighing(ctx context.Context, v View, l *line.Line, id, post string) (*outlooks, []ask, error) {
	o, err := d.a.outlooks(ctx, v, l, d.a.inForce(), d.now, nil, post)
	if err != nil || id == "" {
		return o, nil, err
	}
	owed, err := v.ChildDuties(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	row, err := v.Child(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	return o, o.childAsks(row, owed), nil
}
