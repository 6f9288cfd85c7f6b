package app

import (
	"context"
	"sort"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/line"
)

// lookAhead is how far a team looks ahead.
const lookAhead = 8

// AheadPage is whether a team's work can be done, worker by worker.
type AheadPage struct {
	Team    line.Team
	Line    *line.Line
	Now     day.Instant
	Share   float64 // of working hours that are for duties
	Workers []WorkerAhead
	// Nobody is what no worker of the team owes: the manager's own work, and that of
	// children without a worker, until somebody is named. It is in All.
	Nobody WorkerAhead
	All    capacity.Outlook
	Empty  int // posts of workers in which nobody is
}

// WorkerAhead is one worker's outlook.
type WorkerAhead struct {
	Post    line.Post
	Answer  line.Answer
	Duties  int // owed in these weeks, those that come again counted each time
	Outlook capacity.Outlook
}

// Ahead says for each worker of a team, and for the team, whether what is owed in the
// next eight weeks fits into the hours there are: what is open, and what comes again
// when it is done on its day. A post in which nobody is has no hours, and still owes.
func (d *Desk) Ahead(ctx context.Context, team string) (*AheadPage, error) {
	if err := d.MayTeam(access.SeeTeamFigures, team); err != nil {
		return nil, err
	}
	at, l, pack := d.Then()
	t, ok := l.Team(team)
	if !ok {
		return nil, d.notThen(team, ErrNotFound)
	}
	on := at.Date()
	p := &AheadPage{Team: t, Line: l, Now: at, Share: PriceShare}
	var rows []DutyRow
	if err := d.view(ctx, func(v View) (err error) {
		rows, err = v.Duties(ctx, DutyQuery{Teams: []string{team}, Now: at})
		return err
	}); err != nil {
		return nil, err
	}
	asks := map[string][]capacity.Ask{}
	workers := map[string]bool{}
	for _, w := range l.Workers(team, on) {
		workers[w.ID] = true
	}
	until := on.Add(7 * lookAhead)
	for _, r := range rows {
		rule, ok := pack.Rule(r.Rule, r.Since.Date)
		if !ok {
			continue
		}
		post := l.Resolve(r.Owner, on)
		if !workers[post] {
			post = ""
		}
		due := r.Due.On
		for due < until {
			asks[post] = append(asks[post], capacity.Ask{By: due, Hours: rule.Takes.Hours()})
			if rule.Repeats == "" {
				break
			}
			again := pack.Calendar().Due(day.On(max(due, on)), rule.Every).On
			if again <= due {
				break
			}
			due = again
		}
	}
	var all []capacity.Ask
	for _, as := range asks {
		all = append(all, as...)
	}
	hours := func(post string) func(day.Date) float64 {
		return func(d day.Date) float64 {
			if !pack.Calendar().Working(d) {
				return 0
			}
			q, ok := l.Post(post, d)
			h, held := l.Holder(post, d)
			if !ok || !held || l.Away(h.Person, d) {
				return 0
			}
			return q.Hours * PriceShare / 5
		}
	}
	var supply []func(day.Date) float64
	for _, w := range l.Workers(team, on) {
		x := WorkerAhead{Post: w, Answer: l.Answers(w.ID, on), Duties: len(asks[w.ID]), Outlook: capacity.Ahead(on, lookAhead, asks[w.ID], hours(w.ID))}
		if _, held := l.Holder(w.ID, on); !held {
			p.Empty++
		}
		p.Workers = append(p.Workers, x)
		supply = append(supply, hours(w.ID))
	}
	none := func(day.Date) float64 { return 0 }
	p.Nobody = WorkerAhead{Duties: len(asks[""]), Outlook: capacity.Ahead(on, lookAhead, asks[""], none)}
	p.All = capacity.Ahead(on, lookAhead, all, func(d day.Date) (sum float64) {
		for _, h := range supply {
			sum += h(d)
		}
		return sum
	})
	sort.Slice(p.Workers, func(i, j int) bool { // by name, never by load
		a, b := l.Name(p.Workers[i].Answer.Person), l.Name(p.Workers[j].Answer.Person)
		if a != b {
			return a < b
		}
		return p.Workers[i].Post.ID < p.Workers[j].Post.ID
	})
	return p, nil
}
