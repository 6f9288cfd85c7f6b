package app

import (
	"cmp"
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Period is a post, or a child, over a time, as it was known at a moment: who was in it, what it
// owed against the hours there were, what was not done in its time, which warnings
// were given, supervision, decisions. It is made by the same folds as every page.
type Period struct {
	Post     line.Post
	Kid      *ChildPage // instead of a post: a child, as known then
	From, To day.Date
	At       day.Instant // as known then
	Past     bool        // that is not now
	Line     *line.Line
	Rules    *duty.Pack
	Stays    []Stay
	Weeks    []LoadWeek // of a worker's post
	Share    float64    // of working hours that are for duties
	Missed   []MissedRow
	All      int // missed, with those that are not in Missed
	Warnings []Warning
	Talks    []PostTalk
	Choices  []Choice
}

// Stay is a time in which the same person answered for the post, in the same way.
type Stay struct {
	Person, How string // as line.Answer has them; empty: nobody
	Post        string // the post that answered
	From, To    day.Date
}

// MissedRow is a missed duty, with its child as whoever looks may see them.
type MissedRow struct {
	MissedDuty
	ChildRow ChildRow
}

// PostTalk is what became of supervision of whoever was in the post, on a day: it
// was held, or somebody was told that it was not.
type PostTalk struct {
	On     day.Date
	Person string // with whom
	Held   bool
	By     string   // who held it, or the post that was told
	Due    day.Date // of one that was not held
	Mins   int
	Empty  bool // not supervision: the post was empty, and By was told
	Before bool // it was so already when the time began; By was told last
}

// MaxPeriod is the longest time that can be looked back on at once, in days.
const MaxPeriod = 371

const maxMissed = 200

// Period looks back on a post of theirs, or one below, over a time. A known of zero
// means the end of it, or now if it has not ended.
func (d *Desk) Period(ctx context.Context, post string, from, to day.Date, known day.Instant) (*Period, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	if d.line.Title(post) == "" {
		return nil, ErrNotFound
	}
	if !d.answersFor(post) {
		return nil, &Denied{Action: access.SeeOwnWork, Policy: access.None, Says: "Only whoever answers for this post, or for one above it, looks back on it"}
	}
	p, err := d.a.period(ctx, post, from, to, known)
	if err != nil {
		return nil, err
	}
	rows := make([]*ChildRow, len(p.Missed))
	for i := range p.Missed {
		rows[i] = &p.Missed[i].ChildRow
	}
	if err := d.closedAll(ctx, "A post over a time", false, rows...); err != nil {
		return nil, err
	}
	for i := range p.Missed {
		if x := &p.Missed[i]; x.ChildRow.Closed != "" { // its name says what the record would
			x.MissedDuty = MissedDuty{Due: x.Due, State: x.State, Owner: x.Owner}
		}
	}
	if d.who.Party != access.Staff { // a program hears nothing of warnings and decisions
		p.Warnings, p.Choices = nil, nil
	}
	return p, d.periodWarnings(p)
}

// ChildPeriod looks back on a child over a time: who answered, what was not done, what
// was decided. The look is logged like any other.
func (d *Desk) ChildPeriod(ctx context.Context, id string, from, to day.Date, known day.Instant) (*Period, error) {
	p, err := newPeriod(from, to, known, d.now)
	if err != nil {
		return nil, err
	}
	if p.Kid, err = d.Child(ctx, "As it was known", id, p.known(d.now)); err != nil {
		return nil, err
	}
	p.Line, p.Rules = p.Kid.Line, p.Kid.Rules
	p.days(func(on day.Date) (line.Answer, bool) {
		s := p.Kid.Record.On(on.End() - 1)
		if !s.Open {
			return line.Answer{}, false
		}
		if s.Post == "" {
			return line.Answer{How: line.ByNobody}, true
		}
		return p.Line.Answers(s.Post, on), true
	})
	for _, ev := range p.Kid.Record.Events {
		if _, ok := ev.Body.(child.Supervision); ok && ev.When.Date >= from && ev.When.Date <= to {
			p.Talks = append(p.Talks, PostTalk{On: ev.When.Date, Held: true, By: ev.Author})
		}
	}
	var people []string
	for _, x := range p.Stays {
		if x.Person != "" {
			people = append(people, PersonKey(x.Person))
		}
	}
	if err := d.a.Store.View(ctx, func(v View) error { return d.a.lookBack(ctx, v, p, people, [][2]string{{decision.AboutChild, id}}) }); err != nil {
		return nil, err
	}
	own := &Context{Page: p.Kid, At: p.At}
	own.choices(from)
	p.Choices = slices.DeleteFunc(append(own.Choices, p.Choices...), func(x Choice) bool { return x.When.Date > to })
	slices.SortStableFunc(p.Choices, func(a, b Choice) int { return cmp.Compare(a.When.From(), b.When.From()) })
	missed, err := d.a.Missed(ctx, id, from, to, p.At)
	if err != nil {
		return nil, err
	}
	p.All = len(missed)
	for _, m := range missed[:min(len(missed), maxMissed)] {
		p.Missed = append(p.Missed, MissedRow{m, ChildRow{Child: id, Name: p.Kid.Identity.Name()}})
	}
	return p, d.periodWarnings(p)
}

func (d *Desk) periodWarnings(p *Period) error {
	err := d.readable(p.Warnings)
	p.Warnings = slices.DeleteFunc(p.Warnings, d.complainedOf)
	return err
}

// PeriodOf is Period for the command line: whole, for whoever runs Onus.
func (a *App) PeriodOf(ctx context.Context, post string, from, to day.Date, known day.Instant) (*Period, error) {
	p, err := a.period(ctx, post, from, to, known)
	if err == nil {
		for i := range p.Warnings {
			p.Warnings[i].Readable = true
		}
	}
	return p, err
}

// newPeriod checks a time and the moment as known at which it is looked back on.
func newPeriod(from, to day.Date, known, now day.Instant) (*Period, error) {
	var ps []entry.Problem
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	switch {
	case from == 0 || to == 0:
		no("from", "Enter the first and the last day")
	case from > to:
		no("to", "The last day is before the first")
	case from > now.Date():
		no("from", "That time is in the future. Nothing is known of it yet")
	case to-from >= MaxPeriod:
		no("to", "That is more than a year. Choose a shorter time")
	}
	if known > now {
		no("known", "That moment is in the future. Nothing is known of it yet")
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	p := &Period{From: from, To: to, At: known}
	if p.At == 0 {
		p.At = min(to.End()-1, now)
	}
	p.Past = p.At < now
	return p, nil
}

// known is the moment for what takes zero as now.
func (p *Period) known(now day.Instant) day.Instant {
	if p.At >= now {
		return 0
	}
	return p.At
}

// lookBack adds the warnings that people gave, and the decisions, that belong to the time.
func (a *App) lookBack(ctx context.Context, v View, p *Period, people []string, abouts [][2]string) (err error) {
	if p.Warnings, err = a.warningsBy(ctx, v, people, p.At); err != nil {
		return err
	}
	p.Warnings = slices.DeleteFunc(p.Warnings, func(w Warning) bool {
		return w.Raised.Date() > p.To || w.Raised.Date() < p.From && w.State == concern.Closed
	})
	p.Choices, err = decisionsAbout(ctx, v, abouts, p.At, p.From)
	p.Choices = slices.DeleteFunc(p.Choices, func(x Choice) bool { return x.When.Date > p.To })
	return err
}

func (a *App) period(ctx context.Context, post string, from, to day.Date, known day.Instant) (*Period, error) {
	p, err := newPeriod(from, to, known, a.Clock.Now())
	if err != nil {
		return nil, err
	}
	err = a.Store.View(ctx, func(v View) error {
		h, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		if p.Rules, err = r.known(p.At); err != nil {
			return err
		}
		p.Share = p.Rules.Capacity(p.At.Date()).Share
		if p.Line, err = a.lineAt(ctx, v, h); err != nil {
			return err
		}
		p.Line = p.Line.KnownAt(p.At)
		if p.Line.Title(post) == "" {
			return ErrNotFound // or not known yet
		}
		p.Post, _ = p.Line.Post(post, min(to, p.At.Date()))
		p.days(func(on day.Date) (line.Answer, bool) {
			q, _ := p.Line.Post(post, on)
			return p.Line.Answers(post, on), q.Stands(on)
		})
		p.talks()
		if err := a.lookBack(ctx, v, p, p.people(), [][2]string{{decision.AboutPost, post}, {decision.AboutTeam, p.Post.Team}}); err != nil {
			return err
		}
		if p.Post.Tier <= line.Worker {
			var mondays []day.Date
			for m := from.Monday(); m <= min(to, p.At.Date()); m += 7 {
				mondays = append(mondays, m)
			}
			l, err := a.weeksOf(ctx, v, p.Rules, p.Line, post, mondays, p.At)
			if err != nil {
				return err
			}
			p.Weeks = l.Weeks
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	missed, err := a.Missed(ctx, post, from, to, p.At)
	if err != nil {
		return nil, err
	}
	p.All = len(missed)
	missed = missed[:min(len(missed), maxMissed)]
	ids := []string{}
	for _, m := range missed {
		if !slices.Contains(ids, m.Child) {
			ids = append(ids, m.Child)
		}
	}
	rows := map[string]ChildRow{}
	err = a.Store.View(ctx, func(v View) error {
		list, err := v.Children(ctx, ChildQuery{IDs: ids})
		for _, row := range list {
			rows[row.Child] = row
		}
		return err
	})
	for _, m := range missed {
		if row, there := rows[m.Child]; there { // else it was erased a moment ago
			row.Name = m.name
			p.Missed = append(p.Missed, MissedRow{m, row})
		}
	}
	return p, err
}

// days walks the days: who answered, and how.
func (p *Period) days(answers func(day.Date) (line.Answer, bool)) {
	for on := p.From; on <= min(p.To, p.At.Date()); on++ {
		a, ok := answers(on)
		if !ok {
			continue
		}
		if n := len(p.Stays); n > 0 && p.Stays[n-1].Person == a.Person && p.Stays[n-1].How == a.How && p.Stays[n-1].Post == a.Post && p.Stays[n-1].To == on-1 {
			p.Stays[n-1].To = on
			continue
		}
		p.Stays = append(p.Stays, Stay{Person: a.Person, How: a.How, Post: a.Post, From: on, To: on})
	}
}

// people are those who were in the post in the time, with their keys.
func (p *Period) people() (out []string) {
	for _, h := range p.Line.Holdings(p.Post.ID) {
		if h.From <= p.To && (h.To == 0 || h.To >= p.From) && !slices.Contains(out, PersonKey(h.Person)) {
			out = append(out, PersonKey(h.Person))
		}
	}
	return out
}

func (p *Period) talks() {
	for _, h := range p.Line.Holdings(p.Post.ID) {
		for _, t := range p.Line.TalksWith(h.Person) {
			if t.Post == p.Post.ID && t.On >= max(p.From, h.From) && t.On <= p.To && (h.To == 0 || t.On <= h.To) {
				p.Talks = append(p.Talks, PostTalk{On: t.On, Person: t.Person, Held: true, By: t.By, Mins: t.Minutes})
			}
		}
	}
	for _, o := range p.Rules.Owings(p.Line, p.From) { // what was late when it began
		if told := p.Line.Told(o); o.Post.ID == p.Post.ID && o.Late(p.From) && len(told) > 0 && told[0].At.Date() < p.From {
			x := PostTalk{On: p.From, Person: o.Person, Due: o.Due, Empty: o.About == line.EmptyPost, Before: true}
			for _, t := range told {
				if t.At.Date() < p.From {
					x.By = t.To
				}
			}
			p.Talks = append(p.Talks, x)
		}
	}
	for _, t := range p.Line.ToldAbout(p.Post.ID) {
		if on := t.At.Date(); on >= p.From && on <= p.To {
			p.Talks = append(p.Talks, PostTalk{On: on, Person: t.Person, By: t.To, Due: t.Due, Empty: t.About == line.EmptyPost})
		}
	}
	slices.SortStableFunc(p.Talks, func(a, b PostTalk) int { return cmp.Compare(a.On, b.On) })
}
