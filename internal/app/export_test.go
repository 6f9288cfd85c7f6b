package app

import (
	"context"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
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
