package app

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// A past is how all lists were at a moment: a store in memory, with the rows that the
// same projections make of the same folds, of what had been recorded by then. So the
// queries of every list run on it as they are: there is no second code for history.
type past struct {
	at    day.Instant
	store Store
	line  *line.Line
	rules *duty.Pack
	size  int64       // of the journal, up to which it is known that nothing was erased since
	used  day.Instant // when somebody last asked
	ready chan struct{}
	err   error
	// closed says that its memory was given back.
	closed atomic.Bool
}

// pasts are those that are kept, by their moments.
type pasts struct {
	mu   sync.Mutex // guards of, and when each was used
	of   map[day.Instant]*past
	turn sync.Mutex // of whoever makes one
}

const (
	maxPasts  = 3                // kept at once
	pastLasts = 10 * day.Minute  // after somebody last asked
	pastWaits = 2 * time.Second  // how long a page waits for one that is being made
	pastTakes = 10 * time.Minute // how long making one may take
	pastBatch = 200              // children at once
)

// ErrBeingMade says that how things were then is being worked out: ask again.
var ErrBeingMade = errors.New("this is being worked out: ask again in a moment")

// past gives how lists were at a moment, and makes it when nobody has asked yet.
func (a *App) past(ctx context.Context, at day.Instant) (*past, error) {
	now := a.Clock.Now()
	if at > now {
		return nil, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
	}
	a.pasts.mu.Lock()
	p := a.pasts.of[at]
	if p == nil {
		a.forgetPasts(now, maxPasts-1)
		p = &past{at: at, ready: make(chan struct{})}
		if a.pasts.of == nil {
			a.pasts.of = map[day.Instant]*past{}
		}
		a.pasts.of[at] = p
		go a.makePast(p)
	}
	p.used = now
	a.pasts.mu.Unlock()
	wait := time.NewTimer(pastWaits)
	defer wait.Stop()
	select {
	case <-p.ready:
	case <-wait.C:
		return nil, ErrBeingMade
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if errors.Is(p.err, ErrBeingMade) {
		return nil, ErrBeingMade
	}
	if p.err != nil {
		a.dropPast(p)
		return nil, fmt.Errorf("work out how things were: %w", p.err)
	}
	// What was erased since is gone from every past.
	gone, err := a.erasedSince(ctx, p)
	if err != nil {
		return nil, err
	}
	if gone {
		a.dropPast(p)
		return a.past(ctx, at)
	}
	return p, nil
}

// forgetPasts drops those that nobody asked for lately, and the oldest beyond a
// number. The caller has the lock.
func (a *App) forgetPasts(now day.Instant, most int) {
	for len(a.pasts.of) > 0 {
		var oldest *past
		for _, p := range a.pasts.of {
			if oldest == nil || p.used < oldest.used {
				oldest = p
			}
		}
		if len(a.pasts.of) <= most && now-oldest.used < pastLasts {
			return
		}
		delete(a.pasts.of, oldest.at)
		go oldest.close()
	}
}

// forgetAllPasts drops what holds something that was just erased.
func (a *App) forgetAllPasts() {
	a.pasts.mu.Lock()
	a.forgetPasts(0, 0)
	a.pasts.mu.Unlock()
}

func (a *App) dropPast(p *past) {
	a.pasts.mu.Lock()
	if a.pasts.of[p.at] == p {
		delete(a.pasts.of, p.at)
		go p.close()
	}
	a.pasts.mu.Unlock()
}

// close lets go of the memory. Whoever is reading from it asks again.
func (p *past) close() {
	<-p.ready
	p.closed.Store(true)
	if p.store != nil {
		_ = p.store.Close() // nothing of it was ever to be kept
	}
}

func (a *App) erasedSince(ctx context.Context, p *past) (gone bool, err error) {
	a.pasts.mu.Lock()
	from := p.size
	a.pasts.mu.Unlock()
	size := from
	err = a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil || h.Size == from {
			return err
		}
		size = h.Size
		return v.Each(ctx, from, func(st Stored) error {
			if _, tomb := st.Entry.Body.(child.Tombstone); tomb {
				gone = true
			}
			return nil
		})
	})
	a.pasts.mu.Lock()
	p.size = max(p.size, size)
	a.pasts.mu.Unlock()
	return gone, err
}

// makePast makes one, beside whatever else goes on.
func (a *App) makePast(p *past) {
	ctx, end := context.WithTimeout(context.Background(), pastTakes)
	defer end()
	defer close(p.ready)
	a.pasts.turn.Lock() // one at a time: it takes what processors there are
	defer a.pasts.turn.Unlock()
	a.pasts.mu.Lock()
	wanted := a.pasts.of[p.at] == p
	a.pasts.mu.Unlock()
	if !wanted { // whoever asked for many moments at once gets the last ones
		p.err = ErrBeingMade
		return
	}
	p.err = guard(func() error { return a.fillPast(ctx, p) })
}

func (a *App) fillPast(ctx context.Context, p *past) error {
	return a.Store.View(ctx, func(v View) error {
		h, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		p.size = h.Size
		if p.rules, err = r.known(p.at); err != nil {
			return err
		}
		l, err := a.lineAt(ctx, v, h)
		if err != nil {
			return err
		}
		p.line = l.KnownAt(p.at)
		if p.store, err = a.Store.Scratch(ctx); err != nil {
			return err
		}
		for after := ""; ; {
			ids, err := v.ChildIDs(ctx, after, pastBatch)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				return a.projectPastRest(ctx, v, p)
			}
			after = ids[len(ids)-1]
			if err := a.projectPast(ctx, v, p, ids); err != nil {
				return err
			}
		}
	})
}

func (a *App) projectPast(ctx context.Context, v View, p *past, ids []string) error {
	var recs []child.Record
	for _, id := range ids {
		rec, _, err := a.once(ctx, v, id)
		if err != nil {
			return err
		}
		if rec = rec.KnownAt(p.at); len(rec.Log) > 0 {
			recs = append(recs, rec)
		}
	}
	out := make([]shown, len(recs))
	together(len(recs), func(i int) {
		out[i] = project(p.rules, a.Retention, recs[i], int64(len(recs[i].Log)), p.at)
	})
	return p.store.Update(ctx, func(tx Tx) error {
		var rows []ChildRow
		var waiting []DoorRow
		var visits []VisitRow
		var came []Arrival
		for _, x := range out {
			rows = append(rows, x.row)
			if x.door != nil {
				waiting = append(waiting, *x.door)
			}
			visits, came = append(visits, x.visits...), append(came, x.came...)
		}
		if err := tx.PutVisits(ctx, nil, visits); err != nil {
			return err
		}
		if err := tx.PutArrivals(ctx, nil, came); err != nil {
			return err
		}
		if err := tx.PutChild(ctx, rows...); err != nil {
			return err
		}
		if err := tx.PutDoor(ctx, nil, waiting); err != nil {
			return err
		}
		for i, rec := range recs {
			if err := tx.PutDuties(ctx, []string{rec.Child}, out[i].owed); err != nil {
				return err
			}
		}
		return nil
	})
}

// projectPastRest makes the rows of concerns, of decisions, of talks and of packs.
func (a *App) projectPastRest(ctx context.Context, v View, p *past) error {
	concerns, err := v.Concerns(ctx, ConcernQuery{})
	if err != nil {
		return err
	}
	decisions, err := v.Decisions(ctx, DecisionQuery{})
	if err != nil {
		return err
	}
	talks, err := v.Talks(ctx, TalkQuery{})
	if err != nil {
		return err
	}
	packs, err := v.Packs(ctx, PackQuery{})
	if err != nil {
		return err
	}
	return p.store.Update(ctx, func(tx Tx) error {
		for _, x := range packs {
			r, last, err := packOf(ctx, v, x.ID)
			if err != nil {
				return err
			}
			if r, ok := r.KnownAt(p.at); ok {
				if err := tx.PutPack(ctx, packRow(r, last)); err != nil {
					return err
				}
			}
		}
		for _, t := range talks {
			r, last, err := talkOf(ctx, v, t.ID)
			if err != nil {
				return err
			}
			if r, ok := r.KnownAt(p.at); ok {
				if err := tx.PutTalk(ctx, talkRow(r, last)); err != nil {
					return err
				}
			}
		}
		for _, c := range concerns {
			r, last, err := concernOf(ctx, v, c.ID)
			if err != nil {
				return err
			}
			r, ok := r.KnownAt(p.at)
			if !ok {
				continue
			}
			row, err := a.concernRow(r, last)
			if err != nil {
				return err
			}
			if err := tx.PutConcern(ctx, row); err != nil {
				return err
			}
		}
		for _, d := range decisions {
			r, last, err := decisionOf(ctx, v, d.ID)
			if err != nil {
				return err
			}
			if r, ok := r.KnownAt(p.at); ok {
				if err := tx.PutDecision(ctx, decisionRow(r, last)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// readableNow leaves out the concerns of a past list that they may not read as things
// stand now.
func (d *Desk) readableNow(ctx context.Context, rows []ConcernRow) (out []ConcernRow, err error) {
	if d.then == nil {
		return rows, nil
	}
	err = d.a.Store.View(ctx, func(v View) error {
		out, err = d.those(ctx, v, rows, func(_ concern.Record, c access.Concern) bool { return d.as.OnConcern(access.ReadConcern, c).Allowed })
		return err
	})
	return out, err
}

// At is the desk as it looks back from: its lists are as they were known at a moment.
// Who may see what is judged as things stand now. Zero is now. It fails with
// ErrBeingMade while that is being worked out.
func (d *Desk) At(ctx context.Context, known day.Instant) (*Desk, error) {
	if known == 0 {
		return d, nil
	}
	p, err := d.a.past(ctx, known)
	if err != nil {
		return nil, err
	}
	then := *d
	then.then = p
	return &then, nil
}

// known is the moment that the desk looks back from; zero for now.
func (d *Desk) known() day.Instant {
	if d.then != nil {
		return d.then.at
	}
	return 0
}

// Then is the moment that lists are of, the line as it was known then, and the rules.
func (d *Desk) Then() (at day.Instant, l *line.Line, rules *duty.Pack) {
	if d.then != nil {
		return d.then.at, d.then.line, d.then.rules
	}
	return d.now, d.line, d.a.inForce()
}

// posts are those that they answered for at that moment. What of it they may see is
// judged row by row, as things stand now.
func (d *Desk) posts() []string {
	if d.then != nil {
		return d.then.line.PostsOf(d.who.Person, d.then.at.Date())
	}
	return d.who.Posts
}

// notThen says of a team that is there now that it was not yet at that moment.
func (d *Desk) notThen(team string, err error) error {
	if _, now := d.line.Team(team); now && d.then != nil && errors.Is(err, ErrNotFound) {
		return notYet("team")
	}
	return err
}

// notYet refuses to show what there is now and was not yet known at the moment.
func notYet(what string) error {
	return entry.Refuse("known", "This "+what+" was not recorded yet at that moment")
}

// view is where lists are read, and at a past moment the journal up to it.
func (d *Desk) view(ctx context.Context, fn func(View) error) error {
	if d.then == nil {
		return d.a.Store.View(ctx, fn)
	}
	if d.then.store == nil { // of Back: here a list is asked for after all
		p, err := d.a.past(ctx, d.then.at)
		if err != nil {
			return err
		}
		d.then = p
	}
	err := d.then.store.View(ctx, func(rows View) error { return fn(pastView{View: rows, a: d.a, at: d.then.at}) })
	if err != nil && d.then.closed.Load() {
		return ErrBeingMade
	}
	return err
}

// pastView is the store as it was at a moment: its rows are of the past, and its
// journal is the one there is, up to the moment.
type pastView struct {
	View
	a  *App
	at day.Instant
}

// record is a child's record as it was known at the moment.
func (v pastView) record(ctx context.Context, id string) (rec child.Record, err error) {
	err = v.a.Store.View(ctx, func(journal View) error {
		rec, _, err = v.a.once(ctx, journal, id)
		return err
	})
	return rec.KnownAt(v.at), err
}

// Entries are those of a subject that had been recorded by then.
func (v pastView) Entries(ctx context.Context, s entry.Subject) ([]Stored, error) {
	return v.EntriesFrom(ctx, s, 0)
}

// EntriesFrom are those of them at or after a place in the journal.
func (v pastView) EntriesFrom(ctx context.Context, s entry.Subject, seq int64) (es []Stored, err error) {
	err = v.a.Store.View(ctx, func(journal View) error {
		es, err = journal.EntriesFrom(ctx, s, seq)
		return err
	})
	n := sort.Search(len(es), func(i int) bool { return es[i].Entry.Recorded > v.at })
	return es[:n:n], err
}

// Entry is one that had been recorded by then.
func (v pastView) Entry(ctx context.Context, id entry.ID) (e Stored, err error) {
	err = v.a.Store.View(ctx, func(journal View) error {
		e, err = journal.Entry(ctx, id)
		return err
	})
	if err == nil && e.Entry.Recorded > v.at {
		return Stored{}, ErrNotFound
	}
	return e, err
}

// factsNow are what the policies ask of some children as they stand now, whatever
// moment the rows are of.
func (d *Desk) factsNow(ctx context.Context, rows []ChildRow) (map[string]access.Child, error) {
	ptrs := make([]*ChildRow, len(rows))
	for i := range rows {
		ptrs[i] = &rows[i]
	}
	now, err := d.asNow(ctx, ptrs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]access.Child, len(rows))
	for _, r := range rows {
		if out[r.Child], err = d.facts(now[r.Child]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Back is At for what is folded from the line and the rules alone: no list is worked
// out for it.
func (d *Desk) Back(ctx context.Context, known day.Instant) (*Desk, error) {
	if known == 0 {
		return d, nil
	}
	p := &past{at: known, line: d.line.KnownAt(known)}
	var err error
	if p.rules, err = d.a.Rules(ctx, known); err != nil {
		return nil, err
	}
	then := *d
	then.then = p
	return &then, nil
}

// asNow gives the rows of children as they stand now: what may be seen of them turns
// on that, whatever moment a list is of.
func (d *Desk) asNow(ctx context.Context, rows []*ChildRow) (map[string]ChildRow, error) {
	out := map[string]ChildRow{}
	if d.then == nil {
		for _, r := range rows {
			out[r.Child] = *r
		}
		return out, nil
	}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.Child)
	}
	if len(ids) == 0 {
		return out, nil
	}
	err := d.a.Store.View(ctx, func(v View) error {
		now, err := v.Children(ctx, ChildQuery{IDs: ids})
		for _, r := range now {
			out[r.Child] = r
		}
		return err
	})
	for _, r := range rows {
		if _, there := out[r.Child]; err == nil && !there {
			return nil, ErrBeingMade // erased a moment ago: the past is made again without it
		}
	}
	return out, err
}
