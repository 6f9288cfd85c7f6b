package app

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Listing asks for duties as programs read them.
type Listing struct {
	Known   day.Instant // zero: now
	Child   string
	Overdue bool
}

// Listed is a duty as programs read it. Fields keep their names and meaning.
type Listed struct {
	ID           string      `json:"id"`
	Rule         string      `json:"rule"`
	Duty         string      `json:"duty"`
	Child        string      `json:"child"`
	OwedByPost   string      `json:"owed_by_post"`
	OwedByPerson string      `json:"owed_by_person"`
	Since        day.When    `json:"since"`
	Due          day.Date    `json:"due"`
	DueBy        day.Instant `json:"due_by"`
	State        duty.State  `json:"state"`
	Late         bool        `json:"late"`
	LateBy       string      `json:"late_by"`
	ClimbedTo    string      `json:"climbed_to"`
	CountedFrom  string      `json:"counted_from"` // "the entry", or "the import": see Duty.Shifted
	Source       duty.Source `json:"source"`
}

// ListDuties lists open duties now, or as known at a past moment: then every
// child's record is folded as it had been recorded by that moment. With a
// child, ended duties are in the list too.
func (a *App) ListDuties(ctx context.Context, q Listing) ([]Listed, error) {
	now := a.Clock.Now()
	at := now
	if q.Known != 0 {
		if q.Known > now {
			return nil, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
		}
		at = q.Known
	}
	l, err := a.Line(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := a.Rules(ctx, q.Known)
	if err != nil {
		return nil, err
	}
	if q.Known != 0 {
		l = l.KnownAt(at)
	}
	out := []Listed{}
	add := func(rec child.Record) {
		if q.Known != 0 {
			rec = rec.KnownAt(at)
		}
		for d := range rules.Each(rec, endOf(at)) {
			if (d.State == duty.Open || q.Child != "") && (!q.Overdue || d.Late(at)) {
				out = append(out, a.listed(rec.Child, d, l, at))
			}
		}
	}
	if q.Child != "" {
		err = a.Store.View(ctx, func(v View) error {
			rec, _, err := a.record(ctx, v, q.Child)
			if err == nil {
				add(rec)
			}
			return err
		})
		return out, err
	}
	err = a.EachRecord(ctx, func(rec child.Record) error {
		add(rec)
		return nil
	})
	slices.SortStableFunc(out, func(x, y Listed) int {
		if x.DueBy != y.DueBy {
			return int(min(max(x.DueBy-y.DueBy, -1), 1))
		}
		return strings.Compare(x.ID, y.ID)
	})
	return out, err
}

func (a *App) listed(id string, d *duty.Duty, l *line.Line, at day.Instant) Listed {
	on := at.Date()
	post := l.Resolve(d.Owner, on)
	x := Listed{ID: d.ID(), Rule: d.Rule.ID, Duty: d.Rule.Duty, Child: id, OwedByPost: post, OwedByPerson: l.Answers(post, on).Person,
		Since: d.Since, Due: d.Due.On, DueBy: d.Due.By, State: d.State, Late: d.Late(at), CountedFrom: "the entry", Source: d.Rule.Source}
	if d.Shifted {
		x.CountedFrom = "the import"
	}
	if x.Late {
		x.LateBy = a.Pack.Calendar().LateBy(d.Due, d.Span.Unit, at)
	}
	if s, ok := d.Climbed(); ok {
		x.ClimbedTo = s.Post
	}
	return x
}

// returnGround says in the reader log why a record was read for a return.
const returnGround = "return"

// asker is for whom records are read.
type asker struct{ person, post, program string }

// forNobody stands in the reader log where no person asked, but the machine's own hand.
var forNobody = asker{person: entry.System.Person}

func (w asker) look(at day.Instant, child, page, grounds string) Read {
	return Read{At: at, Person: w.person, Post: w.post, Program: w.program, Child: child, What: page, Grounds: grounds}
}

// everyRecord is how often somebody is told how far a walk over all records is.
const everyRecord = 500

// eachIn puts every child's record into a return that is made for somebody, and writes into
// the reader log, before anything of it is given out, who is in it. page is what the log
// calls it. tell, where there is one, is told now and then how many records were looked at;
// an error of its ends the walk, and nothing was given out then.
func (a *App) eachIn(ctx context.Context, who asker, page string, add func(child.Record) (in bool), tell func(soFar int) error) error {
	ids, err := a.eachOf(ctx, add, tell)
	if err != nil {
		return err
	}
	return a.lookIn(ctx, ids, who, page)
}

// lookIn writes into the reader log that somebody read these children's records for a
// return.
func (a *App) lookIn(ctx context.Context, ids []string, who asker, page string) error {
	if len(ids) == 0 {
		return nil
	}
	now := a.Clock.Now()
	looks := make([]Read, 0, len(ids))
	for _, id := range ids {
		looks = append(looks, who.look(now, id, page, returnGround))
	}
	return a.Store.Update(ctx, func(tx Tx) error { return tx.PutReads(ctx, looks) })
}

// eachOf goes over every child's record, and gives who is in what they make. Whoever calls
// it writes that into the reader log before anything of it is shown.
func (a *App) eachOf(ctx context.Context, add func(child.Record) (in bool), tell func(soFar int) error) (ids []string, err error) {
	n := 0
	err = a.EachRecord(ctx, func(rec child.Record) error {
		if add(rec) {
			ids = append(ids, rec.Child)
		}
		if n++; tell != nil && n%everyRecord == 0 {
			return tell(n)
		}
		return nil
	})
	return ids, err
}

// foldedAtOnce is how many records are folded in one look at the store; foldersAtMost is how
// many look at once: more would take the connections of the pages.
const foldedAtOnce, foldersAtMost = 250, 3

// EachRecord folds every child's record, one after another: memory does not
// grow with the authority. Records are folded ahead on several processors; fn is called
// from one, in the order of ids.
func (a *App) EachRecord(ctx context.Context, fn func(child.Record) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type batch struct {
		recs []child.Record
		err  error
	}
	next := make(chan chan batch, min(runtime.GOMAXPROCS(0), foldersAtMost)) // in order, as many as are folded at once
	var folding sync.WaitGroup
	defer folding.Wait()
	defer stop() // before that, so that nobody is waited for in vain
	folding.Go(func() {
		defer close(next)
		for after := ""; ; {
			var ids []string
			err := a.Store.View(ctx, func(v View) (err error) {
				ids, err = v.ChildIDs(ctx, after, foldedAtOnce)
				return err
			})
			if err == nil && len(ids) == 0 {
				return
			}
			one := make(chan batch, 1)
			select {
			case next <- one:
			case <-ctx.Done():
				return
			}
			if err != nil {
				one <- batch{err: err}
				return
			}
			after = ids[len(ids)-1]
			folding.Go(func() {
				var b batch
				b.err = a.Store.View(ctx, func(v View) error {
					for _, id := range ids {
						rec, _, err := fold(ctx, v, id)
						if err != nil {
							return err
						}
						b.recs = append(b.recs, rec)
					}
					return nil
				})
				one <- b
			})
		}
	})
	for one := range next {
		b := <-one
		if b.err != nil {
			return b.err
		}
		for _, r := range b.recs {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// ExplainDuty explains one duty by its id: which child it belongs to follows
// from the entry that started it.
func (a *App) ExplainDuty(ctx context.Context, id string) (duty.Duty, duty.Explanation, error) {
	i := strings.LastIndexByte(id, ':')
	if i < 0 {
		return duty.Duty{}, duty.Explanation{}, ErrNotFound
	}
	var p *ChildPage
	err := a.Store.View(ctx, func(v View) error {
		of, err := childOf(ctx, v, entry.ID(id[i+1:]))
		if err != nil {
			return err
		}
		rec, row, err := a.record(ctx, v, of)
		if err != nil {
			return err
		}
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		l, rules, err := a.authority(ctx, v, h)
		if err != nil {
			return err
		}
		p, err = a.page(rec, l, rules, row.LastSeq, 0, a.Clock.Now())
		return err
	})
	if err != nil {
		return duty.Duty{}, duty.Explanation{}, err
	}
	return a.explain(p, id)
}

// childOf is the child whose duty a start began: an entry, or a birthday.
func childOf(ctx context.Context, v View, start entry.ID) (string, error) {
	if of, _, ok := duty.Birthday(start); ok {
		return of, nil
	}
	st, err := v.Entry(ctx, start)
	if err != nil {
		return "", err
	}
	if of, ok := st.Entry.Subject.Child(); ok {
		return of, nil
	}
	return "", ErrNotFound
}
