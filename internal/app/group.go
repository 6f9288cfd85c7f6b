package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"onus/internal/entry"
)

// maxTogether is how many wishes are written in one transaction at most: what
// they cost each is near its least by then, and nobody waits long for the others.
const maxTogether = 64

// turn is one wish that waits to be written.
type turn struct {
	ctx context.Context
	fn  func(context.Context, *writer) error
	// alone says that nothing else is written in its transaction.
	alone bool
	// narrow says that it reads and changes one child and what was done under its
	// key, and nothing but by its writer: what it writes can be gathered with others.
	narrow bool
	child  string // of a narrow one; empty: a child not known yet

	done chan struct{} // closed when what came of it is known
	err  error
}

// panicked is why, and where, a wish panicked: its own caller does so too.
type panicked struct{ text string }

func (*panicked) Error() string { return "a wish panicked" }

// guard calls fn and gives its panic as an error.
func guard(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{fmt.Sprintf("%v\n\n%s", v, debug.Stack())}
		}
	}()
	return fn()
}

// write writes a wish in a transaction of its own: whatever changes the line or
// the rules, by which all else is judged; whatever erases; and whatever touches
// many children and would hold up those who write one thing.
func (a *App) write(ctx context.Context, fn func(*writer) error) error {
	return a.submit(&turn{ctx: ctx, alone: true, fn: func(_ context.Context, w *writer) error { return fn(w) }})
}

// writeTogether writes a wish in one transaction with others that wait, each
// undone alone when it fails. fn may be called again after its transaction
// failed: the last call counts. It uses the context that it is given, which one
// caller cannot end for all.
func (a *App) writeTogether(ctx context.Context, fn func(context.Context, *writer) error) error {
	return a.submit(&turn{ctx: ctx, fn: fn})
}

// writeChild is writeTogether for a wish about one child, which writes nothing
// but by its writer.
func (a *App) writeChild(ctx context.Context, child string, fn func(context.Context, *writer) error) error {
	return a.submit(&turn{ctx: ctx, fn: fn, narrow: true, child: child})
}

// queue are the wishes that wait, in order.
type queue struct {
	mu    sync.Mutex
	turns []*turn
}

// submit puts a wish into the queue and comes back when it is known what came of
// it. Whoever finds that nobody writes does so for all who wait.
func (a *App) submit(t *turn) error {
	t.done = make(chan struct{})
	a.queue.mu.Lock()
	a.queue.turns = append(a.queue.turns, t)
	a.queue.mu.Unlock()
	for {
		select {
		case <-t.done:
			var p *panicked
			if errors.As(t.err, &p) {
				panic(p.text)
			}
			return t.err
		case a.writing <- struct{}{}:
			a.lead()
		case <-t.ctx.Done():
			if a.queue.leave(t) {
				return t.ctx.Err()
			}
			<-t.done // it has begun
		}
	}
}

// leave takes a wish out of the queue, if it is still there.
func (q *queue) leave(t *turn) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.turns, t)
	if i < 0 {
		return false
	}
	q.turns = slices.Delete(q.turns, i, i+1)
	return true
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.turns)
}

// next takes those out of the queue that are written now.
func (q *queue) next() []*turn {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for n < len(q.turns) && n < maxTogether && (n == 0 || !q.turns[0].alone && !q.turns[n].alone) {
		n++
	}
	turns := slices.Clone(q.turns[:n])
	q.turns = slices.Delete(q.turns, 0, n)
	return turns
}

// errEnded is what callers get when the goroutine that wrote for them ended.
var errEnded = errors.New("the goroutine that wrote for several ended before it was done")

// lead writes for those who wait. Its caller holds the place of the writer.
func (a *App) lead() {
	defer func() { <-a.writing }()
	// Where several were told a moment ago what came of their wishes, those who
	// write again come along. A lone writer lets nobody run before itself: on a
	// machine with much to do that could take long.
	for n := -1; a.several && n < a.queue.len() && n < maxTogether; {
		n = a.queue.len()
		runtime.Gosched()
	}
	turns := a.queue.next()
	if len(turns) == 0 {
		return
	}
	a.several = len(turns) > 1
	err := errEnded
	defer func() {
		for _, t := range turns {
			if err != nil {
				t.err = err
			}
			close(t.done)
		}
	}()
	err = a.writeAll(turns)
}

// errApart says that wishes must be written with a savepoint for each, since it
// is not known which of them made the transaction useless.
var errApart = errors.New("a wish failed in the middle of others")

// writeAll runs one transaction for some wishes. Its error is for all of them.
func (a *App) writeAll(turns []*turn) error {
	ctx, here := shared(turns)
	err := a.transact(ctx, turns, here, false)
	if errors.Is(err, errApart) && here() == nil {
		err = a.transact(ctx, turns, here, true)
	}
	return err
}

// shared is a context for what is written for several: none of the callers can end
// it, and no statement has to watch for that. here says whether any of them is left.
func shared(turns []*turn) (ctx context.Context, here func() error) {
	if len(turns) == 1 {
		return turns[0].ctx, turns[0].ctx.Err
	}
	return context.WithoutCancel(turns[0].ctx), func() (err error) {
		for _, t := range turns {
			if err = t.ctx.Err(); err == nil {
				return nil
			}
		}
		return err
	}
}

// transact runs one transaction: begin, decide, append, project, commit. Nothing
// is kept in memory, and nobody is told anything, before the commit is durable.
func (a *App) transact(ctx context.Context, turns []*turn, here func() error, apart bool) error {
	w := newWriter(a)
	var receipts chan made
	err := a.Store.Update(ctx, func(tx Tx) error {
		err := guard(func() (err error) {
			receipts, err = w.write(ctx, tx, turns, apart)
			return err
		})
		if err == nil {
			err = here() // all have gone: nobody would know that it was written
		}
		if err != nil && len(turns) > 1 && !apart {
			return fmt.Errorf("%w: %w", errApart, err)
		}
		return err
	})
	var m made
	if receipts != nil {
		m = <-receipts
	}
	if err != nil {
		return err
	}
	if w.edge != nil {
		a.edge = w.edge
	}
	if w.erasing != nil {
		a.forgetAllPasts()
	}
	if !w.passing {
		for id, rec := range w.records {
			if w.gone[id] {
				a.kept.forget(id)
			} else {
				a.kept.put(id, w.lastSeq[id], rec)
			}
		}
	}
	for _, o := range w.owed {
		if m.err != nil {
			o.turn.err = fmt.Errorf("it is recorded, but its receipt could not be made: %w", m.err)
			continue
		}
		*o.to, m.texts = m.texts[:len(o.sts):len(o.sts)], m.texts[len(o.sts):]
	}
	return nil
}

// write does in a transaction all that comes before its commit. The receipts that
// are owed come out of the channel, if there is one.
func (w *writer) write(ctx context.Context, tx Tx, turns []*turn, apart bool) (receipts chan made, err error) {
	w.tx = tx
	if w.head, err = tx.Lock(ctx); err != nil {
		return nil, err
	}
	locked := w.head
	w.at = w.a.moment(w.head)
	if len(turns) == 1 {
		if err := turns[0].run(ctx, w); err != nil {
			return nil, err
		}
	} else {
		if err := w.foresee(ctx, turns); err != nil {
			return nil, err
		}
		for _, t := range turns {
			if err := w.take(ctx, t, apart); err != nil {
				return nil, err
			}
		}
	}
	if err := w.flush(ctx); err != nil {
		return nil, err
	}
	return w.acknowledge(ctx, locked)
}

// foresee reads at once the rows of the children that wishes are about.
func (w *writer) foresee(ctx context.Context, turns []*turn) error {
	var ids []string
	for _, t := range turns {
		if t.child != "" && entry.CanKeep(t.child) {
			ids = append(ids, t.child)
		}
	}
	if len(ids) < 2 {
		return nil
	}
	for bits.OnesCount(uint(len(ids))) != 1 { // few lengths: their statements are kept prepared
		ids = append(ids, ids[0])
	}
	rows, err := w.tx.Children(ctx, ChildQuery{IDs: ids})
	w.rows = make(map[string]ChildRow, len(rows))
	for _, r := range rows {
		w.rows[r.Child] = r
	}
	return err
}

// together calls fn for each of n, on all processors when there are several. A
// panic in fn is one of its caller, who knows what to do about it.
func together(n int, fn func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			fn(i)
		}
		return
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, workers)
	for k := range errs {
		wg.Go(func() {
			errs[k] = guard(func() error {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					fn(i)
				}
				return nil
			})
		})
	}
	wg.Wait()
	var p *panicked
	if errors.As(errors.Join(errs...), &p) {
		panic(p.text)
	}
}

// take does one wish of several, on what those before it did. Its error is of
// the whole transaction; what came of the wish alone is in the wish.
//
// A narrow wish only reads, so nothing of it has to be undone when it is refused,
// and all that such wishes write goes to the store at once. Where that fails, or
// a wish does so in a way that may have spoilt the transaction, all is done again
// apart: each wish within a savepoint, and written at once.
func (w *writer) take(ctx context.Context, t *turn, apart bool) error {
	if t.err = t.ctx.Err(); t.err != nil {
		return nil // its caller has gone
	}
	gather := t.narrow && !apart
	if !gather || slices.Contains(w.dirty, t.child) { // it reads in the store what those before it did
		if err := w.flush(ctx); err != nil {
			return fmt.Errorf("%w: %w", errApart, err)
		}
	}
	head := w.ahead()
	one := newWriter(w.a)
	one.under, one.tx, one.head, one.at, one.edge, one.ruled = w, w.tx, head, w.a.moment(head), w.edge, w.ruled
	if gather {
		switch t.err = guard(func() error { return t.run(ctx, one) }); {
		case t.err == nil:
			w.join(one)
		case !refuses(t.err):
			return fmt.Errorf("%w: %w", errApart, t.err)
		}
		return nil
	}
	var err error
	t.err, err = w.tx.Savepoint(ctx, func() error {
		return guard(func() error {
			if err := t.run(ctx, one); err != nil {
				return err
			}
			return one.flush(ctx)
		})
	})
	if t.err == nil && err == nil {
		w.join(one)
	}
	return err
}

// run calls the wish.
func (t *turn) run(ctx context.Context, w *writer) error {
	if err := t.fn(ctx, w); err != nil {
		return err
	}
	if w.under != nil && (w.lined || w.erasing != nil || w.passing) {
		return errors.New("what is about the authority, erases, or loads many must be written alone")
	}
	w.owe(t)
	return nil
}

// refuses says that an error is an answer to a wish, and no failure of the store.
func refuses(err error) bool {
	var denied *Denied
	_, refused := entry.Problems(err)
	return refused || errors.As(err, &denied) || errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound)
}

// join takes over what a wish did.
func (w *writer) join(one *writer) {
	if len(w.pending) == 0 { // what the wish wrote by itself is in the store
		w.head, w.edge = one.head, one.edge
	}
	w.pending = append(w.pending, one.pending...)
	w.at, w.ruled = one.at, one.ruled
	w.dirty = append(w.dirty, one.dirty...)
	w.outcomes = append(w.outcomes, one.outcomes...)
	w.owed = append(w.owed, one.owed...)
	for id := range one.records {
		delete(w.rows, id)
	}
	maps.Copy(w.records, one.records)
	maps.Copy(w.lastSeq, one.lastSeq)
	maps.Copy(w.renamed, one.renamed)
	maps.Copy(w.opened, one.opened)
	maps.Copy(w.settled, one.settled)
	maps.Copy(w.linked, one.linked)
	maps.Copy(w.visited, one.visited)
	w.letters = append(w.letters, one.letters...)
}
