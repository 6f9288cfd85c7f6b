package app

import (
	"context"
	"sort"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/duty"
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
}

// WorkerAhead is one worker's outlook.
type WorkerAhead struct {
	Post    line.Post
	Answer  line.Answer
	Duties  int        // owed in these weeks, those that come again counted each time
	Unsaid  int        // children of whom nothing recorded says what is owed
	Hours   line.Hours // of today, were it a working day
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
		x.Hours = l.HoursOn(w.ID, on, o.rules.FullTime(), o.working)
		if _, held := l.Holder(w.ID, on); !held {
			p.Empty++
		}
		p.Workers = append(p.Workers, x)
	}
	none := func(day.Date) float64 { return 0 }
	p.Nobody = WorkerAhead{Duties: len(o.nobody[team]), Outlook: capacity.Ahead(on, lookAhead, plain(o.nobody[team], nil, nil), none)}
	p.All = o.team(team)
	sort.Slice(p.Workers, func(i, j int) bool { // by name, never by load
		a, b := l.Name(p.Workers[i].Answer.Person), l.Name(p.Workers[j].Answer.Person)
		if a != b {
			return a < b
		}
		return p.Workers[i].Post.ID < p.Workers[j].Post.ID
	})
	return p, nil
}
