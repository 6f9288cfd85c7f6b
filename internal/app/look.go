package app

import (
	"context"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Reader is who looks, in which post.
type Reader struct{ Person, Post string }

// Tier is who answers for a child at one tier of the line.
type Tier struct {
	Tier   line.Tier
	Post   line.Post
	Answer line.Answer
	Owes   int
	Late   int
	Told   day.Instant // when this tier was told of a late duty still open; zero: not
	Next   day.Instant // when it will be told next, if the duty is still late; zero: nothing is on its way
	Gap    bool        // nobody is named at this tier
}

// ChildPage is everything that a page about one child shows: as known at a
// moment, through the same functions as now.
type ChildPage struct {
	Record   child.Record
	Identity child.Known
	Status   child.Status
	Place    duty.Place
	Duties   []duty.Duty // all, ended ones too, in the order in which they began
	Tiers    []Tier
	Line     *line.Line
	At       day.Instant // the moment shown
	Past     bool        // the moment is in the past
	Later    int         // entries recorded after it, which are not shown
	LastSeq  int64
}

// Child shows a child's record to a reader. The look is written to the reader
// log first; if it cannot be written there is no page. known is zero for now.
func (a *App) Child(ctx context.Context, who Reader, what, id string, known day.Instant) (*ChildPage, error) {
	now := a.Clock.Now()
	if known != 0 && known > now {
		return nil, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
	}
	err := a.Store.View(ctx, func(v View) error {
		_, err := v.Child(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := a.logRead(ctx, who, what, id); err != nil {
		return nil, err
	}
	var rec child.Record
	var row ChildRow
	var l *line.Line
	err = a.Store.View(ctx, func(v View) error {
		if rec, row, err = a.record(ctx, v, id); err != nil {
			return err
		}
		l, err = a.lineOf(ctx, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.page(rec, l, row.LastSeq, known, now)
}

func (a *App) page(rec child.Record, l *line.Line, lastSeq int64, known, now day.Instant) (*ChildPage, error) {
	p := &ChildPage{At: now, LastSeq: lastSeq}
	all := len(rec.Log)
	if known != 0 {
		rec, l = rec.KnownAt(known), l.KnownAt(known)
		p.At, p.Past, p.Later = known, true, all-len(rec.Log)
		if len(rec.Log) == 0 {
			return nil, ErrNotFound // nobody here had heard of the child yet
		}
	}
	p.Record, p.Line = rec, l
	p.Identity, p.Status = rec.Identity(), rec.On(endOf(p.At))
	p.Place = duty.PlaceOf(p.Status)
	p.Duties = a.Pack.Duties(rec, endOf(p.At))
	p.Tiers = tiers(p, p.At)
	return p, nil
}

// Open duties, soonest first, are the duties still owed.
func (p *ChildPage) Open() (out []duty.Duty) {
	for _, d := range p.Duties {
		if d.State == duty.Open {
			out = append(out, d)
		}
	}
	sortDuties(out)
	return out
}

// Missed are the duties that were met late, or not met at all, newest first.
func (p *ChildPage) Missed() (out []duty.Duty) {
	for i := len(p.Duties) - 1; i >= 0; i-- {
		if d := p.Duties[i]; d.State == duty.MetLate || (d.State == duty.Lapsed && d.Ended.From() >= d.Due.By) {
			out = append(out, d)
		}
	}
	return out
}

// tiers says who answers for the child at each tier, from the worker up.
func tiers(p *ChildPage, at day.Instant) []Tier {
	if !p.Status.Open {
		return nil
	}
	on := at.Date()
	bottom := p.Status.Post
	if bottom == "" {
		if p.Status.Team != "" {
			bottom = p.Line.Resolve(line.KeyOfManager(p.Status.Team), on)
		} else {
			bottom = p.Line.Resolve(line.KeyOfFunction(line.FrontDoor), on)
		}
	}
	var out []Tier
	if p.Status.Post == "" {
		out = append(out, Tier{Tier: line.Worker, Gap: true})
	}
	for _, post := range p.Line.Up(bottom, on) {
		if post.Tier > line.Director {
			break
		}
		a := p.Line.Answers(post.ID, on)
		out = append(out, Tier{Tier: post.Tier, Post: post, Answer: a, Gap: a.How == line.ByNobody || a.How == line.ByAbove})
	}
	for _, d := range p.Duties {
		if d.State != duty.Open {
			continue
		}
		owner := p.Line.Resolve(d.Owner, on)
		for i := range out {
			t := &out[i]
			if t.Post.ID == owner && owner != "" {
				t.Owes++
				if d.Late(at) {
					t.Late++
				}
			}
			for _, s := range d.Steps {
				if s.To != t.Tier || t.Post.ID == "" || t.Tier == line.Worker {
					continue
				}
				if s.Told != 0 && (t.Told == 0 || s.Told < t.Told) {
					t.Told = s.Told
				}
				if s.Told == 0 && d.Late(at) && (t.Next == 0 || s.At < t.Next) {
					t.Next = s.At
				}
			}
		}
	}
	return out
}

// Explain finds a duty of a child by its id, with its explanation.
func (a *App) Explain(p *ChildPage, id string) (duty.Duty, duty.Explanation, error) {
	for _, d := range p.Duties {
		if d.ID != id {
			continue
		}
		title := string(d.Start)
		if ev, ok := p.Record.Event(d.Start); ok {
			if k, ok := Registry().Known(ev.Kind); ok {
				title = k.Title
			}
		}
		return d, a.Pack.Explain(d, title), nil
	}
	return duty.Duty{}, duty.Explanation{}, ErrNotFound
}

func (a *App) logRead(ctx context.Context, who Reader, what string, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	rs, now := make([]Read, len(ids)), a.Clock.Now()
	for i, id := range ids {
		rs[i] = Read{At: now, Person: who.Person, Post: who.Post, Child: id, What: what}
	}
	return a.Store.Update(ctx, func(tx Tx) error { return tx.PutReads(ctx, rs) })
}

// Readers are who looked at a child's record, newest first.
func (a *App) Readers(ctx context.Context, child string, limit int) (rs []Read, err error) {
	err = a.Store.View(ctx, func(v View) error {
		rs, err = v.Reads(ctx, child, limit)
		return err
	})
	return rs, err
}
