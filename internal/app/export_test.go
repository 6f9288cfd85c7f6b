package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/line"
)

// Look makes the page of a child for tests of what it says, whoever may see it.
func (a *App) Look(ctx context.Context, id string, known day.Instant) (*ChildPage, error) {
	var rec child.Record
	var row ChildRow
	var l *line.Line
	var rules *ruled
	err := a.Store.View(ctx, func(v View) (err error) {
		if rec, row, err = a.record(ctx, v, id); err != nil {
			return err
		}
		h, err := v.Head(ctx)
		if err == nil {
			l, rules, err = a.authority(ctx, v, h)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.page(rec, l, rules, row.LastSeq, known, a.Clock.Now())
}

// EraseNow erases without asking who may, or whether it is time.
func (a *App) EraseNow(ctx context.Context, id string, ids []entry.ID, b child.Erasure, who entry.Actor) (tomb entry.ID, err error) {
	err = a.write(ctx, func(w *writer) error {
		tomb, err = w.erase(ctx, id, ids, b, who)
		return err
	})
	return tomb, err
}

// Waiting is how many wishes wait in the queue.
func (a *App) Waiting() int { return a.queue.len() }

// RecordAsking is Record with policies of the test's own.
func (a *App) RecordAsking(ctx context.Context, d Do, allow func(View, ChildRow) error) (Done, error) {
	d.allow = allow
	return a.Record(ctx, d)
}

// AllTogether calls fn for each of n on several processors.
func AllTogether(n int, fn func(int)) { together(n, fn) }

// Together writes what a test wants in one transaction with others.
func (a *App) Together(ctx context.Context, fn func(context.Context, Tx) error) error {
	return a.writeTogether(ctx, func(ctx context.Context, w *writer) error { return fn(ctx, w.tx) })
}

// EraseTogether tries to erase in one transaction with others.
func (a *App) EraseTogether(ctx context.Context, id string, b child.Erasure, who entry.Actor) error {
	return a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		_, err := w.erase(ctx, id, nil, b, who)
		return err
	})
}

// MemoryHolds compares everything kept in memory with the journal.
func (a *App) MemoryHolds(ctx context.Context) (records int, err error) {
	a.writing <- struct{}{}
	defer func() { <-a.writing }()
	return len(a.kept.records), a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		root, err := ledger.Root(h.Size, hashes(ctx, v))
		if err != nil {
			return err
		}
		if a.edge.Size() != h.Size || a.edge.Root() != root {
			return fmt.Errorf("the edge of %d entries is not that of the journal of %d", a.edge.Size(), h.Size)
		}
		l := a.line
		a.line = nil
		now, err := a.lineAt(ctx, v, h)
		if err != nil {
			return err
		}
		if l != nil && !reflect.DeepEqual(l, now) {
			return errors.New("the line in memory is not that of the journal")
		}
		for id, kept := range a.kept.records {
			rec, last, err := fold(ctx, v, id)
			if err != nil {
				return err
			}
			if kept.seq != last || !reflect.DeepEqual(kept.rec.Log, rec.Log) || !reflect.DeepEqual(kept.rec.Events, rec.Events) {
				return fmt.Errorf("child %s in memory, to entry %d, is not that of the journal, to entry %d", id, kept.seq, last)
			}
		}
		return nil
	})
}
