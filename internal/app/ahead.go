package app

import (
	"cmp"
	"context"
	"slices"
	"sort"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// AheadPage is whether a team's work can be done, worker by worker.
type AheadPage struct {
	Team    line.Team
	Line    *line.Line
	Now     day.Instant
	Share   float64 // of working hours that are for duties
	Rules   duty.Capacity
	Workers []WorkerAhead
	// Nobody is what no worker of the team owes: the manager's own work, and that of
	// children without a worker, until somebody is named. It is in All.
	Nobody WorkerAhead
	All    capacity.Outlook
	Empty  int // posts of workers in which nobody is
	// Flow is what is still to come in, by the past year. Likely is All with it on top as in
	// the middle of past times; Little and Much as in a quiet and a busy time. They are as
	// All where there is too little past to say.
	Flow                 capacity.Flow
	Little, Likely, Much capacity.Outlook
	// Children are those who can be moved in a what-if, by name; nil: they were not asked for.
	Children []ChildRow
	// Ways says where the time of the way to the children comes from.
	Ways WaysFrom
	Then *capacity.Outlook // of the team, as it would be; nil: nothing was asked
	// Owed are the rules whose work is owed in these weeks, with the hours, most first.
	Owed []RuleHours
}

// RuleHours is how much one rule's work takes.
type RuleHours struct {
	Rule, Duty string
	Hours      float64
}

func (p *AheadPage) rulesOf(o *outlooks, team string) {
	sum := map[string]float64{}
	add := func(as []ask) {
		for _, a := range as {
			if a.rule != "" {
				sum[a.rule] += a.Hours
			}
		}
	}
	add(o.nobody[team])
	for _, w := range o.line.Workers(team, o.from) {
		add(o.asks[w.ID])
	}
	for id, h := range sum {
		if rule, ok := o.pack.Rule(id, o.from); ok {
			p.Owed = append(p.Owed, RuleHours{id, rule.Duty, h})
		}
	}
	slices.SortFunc(p.Owed, func(a, b RuleHours) int { return cmp.Or(cmp.Compare(b.Hours, a.Hours), cmp.Compare(a.Rule, b.Rule)) })
}

// WorkerAhead is one worker's outlook.
type WorkerAhead struct {
	Post    line.Post
	Answer  line.Answer
	Duties  int // owed in these weeks, those that come again counted each time
	Unsaid  int // children of whom nothing recorded says what is owed
	Outlook capacity.Outlook
	Over    float64           // hours for which nobody answers, in the weeks for which somebody must
	Then    *capacity.Outlook // as it would be
	// Likely is the outlook with this worker's share, by hours, of what is likely to come in.
	Likely capacity.Outlook
}

// Ahead says for each worker of a team, and for the team, whether what is owed in the
// next eight weeks fits into the hours there are: what is open, and what comes again
// when it is done on its day. A post in which nobody is has no hours, and still owes.
func (d *Desk) Ahead(ctx context.Context, team string, what WhatIf) (*AheadPage, error) {
	if err := d.MayTeam(access.SeeTeamFigures, team); err != nil {
		return nil, err
	}
	at, l, pack := d.Then()
	t, ok := l.Team(team)
	if !ok {
		return nil, d.notThen(team, ErrNotFound)
	}
	on := at.Date()
	p := &AheadPage{Team: t, Line: l, Now: at}
	var o *outlooks
	if err := d.view(ctx, func(v View) (err error) {
		o, err = d.a.outlooks(ctx, v, l, pack, at, []string{team})
		return err
	}); err != nil {
		return nil, err
	}
	p.Share, p.Rules = o.rules.Share, o.rules
	for _, w := range l.Workers(team, on) {
		x := WorkerAhead{Post: w, Answer: l.Answers(w.ID, on), Duties: len(o.asks[w.ID]), Unsaid: o.unsaid[w.ID], Outlook: o.of(w.ID, nil, nil, nil)}
		x.Likely = o.of(w.ID, withNew(on, o.flow[team].Likely, o.share(team, w.ID)), nil, nil)
		x.Over = o.limit(w.ID, nil, nil, nil).Over()
		if _, held := l.Holder(w.ID, on); !held {
			p.Empty++
		}
		p.Workers = append(p.Workers, x)
	}
	none := func(day.Date) float64 { return 0 }
	p.Nobody = WorkerAhead{Duties: len(o.nobody[team]), Outlook: capacity.Ahead(on, lookAhead, plain(o.nobody[team], nil, nil), none)}
	p.All = o.team(team)
	p.Flow, p.Ways = o.flow[team], o.waysFrom
	for curve, into := range map[*[]float64]*capacity.Outlook{&p.Flow.Little: &p.Little, &p.Flow.Likely: &p.Likely, &p.Flow.Much: &p.Much} {
		*into = o.team(team, withNew(on, *curve, 1)...)
	}
	p.rulesOf(o, team)
	if what.Pick || len(what.Move) > 0 {
		if err := d.pick(ctx, p, what.Move); err != nil {
			return nil, err
		}
	}
	if what.Any() {
		n := o.then(what, team)
		all := n.team(team)
		p.Then = &all
		for i := range p.Workers {
			x := n.of(p.Workers[i].Post.ID, nil, nil, nil)
			p.Workers[i].Then = &x
		}
	}
	sort.Slice(p.Workers, func(i, j int) bool { // by name, never by load
		a, b := l.Name(p.Workers[i].Answer.Person), l.Name(p.Workers[j].Answer.Person)
		if a != b {
			return a < b
		}
		return p.Workers[i].Post.ID < p.Workers[j].Post.ID
	})
	return p, nil
}

// mostPicked is of how many children a what-if offers a choice.
const mostPicked = 400

// pick gives the children of the team to choose from, those who are named in it; each is
// a look. It refuses children who are not the team's.
func (d *Desk) pick(ctx context.Context, p *AheadPage, named []string) error {
	if err := d.MayTeam(access.SeeTeam, p.Team.ID); err != nil {
		return err
	}
	if err := d.view(ctx, func(v View) (err error) {
		p.Children, err = v.Children(ctx, ChildQuery{Teams: []string{p.Team.ID}, OpenOnly: true, Limit: mostPicked})
		return err
	}); err != nil {
		return err
	}
	for _, id := range named {
		if !slices.ContainsFunc(p.Children, func(c ChildRow) bool { return c.Child == id }) {
			return entry.Refuse("child", "Choose children of this team")
		}
	}
	show := make([]*ChildRow, len(p.Children))
	for i := range p.Children {
		show[i] = &p.Children[i]
	}
	if err := d.closedAll(ctx, "What if these children moved", false, show...); err != nil {
		return err
	}
	slices.SortStableFunc(p.Children, func(a, b ChildRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Child, b.Child)) })
	return nil
}
