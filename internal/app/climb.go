package app

import (
	"context"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// Told is a step that was taken.
type Told struct {
	Child string
	Body  child.DutyClimbed
}

// ClimbDue takes the steps that are due by now, for at most limit children, in
// one transaction. Each step is an entry, once, however often this is called
// and whatever the clock did in between. It gives what was told; fewer
// children than limit means that nothing is left.
func (a *App) ClimbDue(ctx context.Context, limit int) (told []Told, children int, err error) {
	now := a.Clock.Now()
	var ids []string
	err = a.Store.View(ctx, func(v View) error {
		ids, err = v.DueToClimb(ctx, now, limit)
		return err
	})
	if err != nil || len(ids) == 0 {
		return nil, 0, err
	}
	err = a.write(ctx, func(w *writer) error {
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		rules, err := w.rules(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			rec, err := w.load(ctx, id)
			if err != nil {
				return err
			}
			var cmds []child.Command
			var steps []climbed
			ds := rules.Duties(rec, endOf(w.at.Now))
			for _, c := range rules.Climbs(ds, l, w.at.Now) {
				steps = append(steps, climbed{c, ds[slices.IndexFunc(ds, func(d duty.Duty) bool { return d.ID() == c.Duty })].Rule})
				cmds = append(cmds, child.Command{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Body: c, Source: entry.Source{Kind: "rule", Key: c.Rule}})
				told = append(told, Told{Child: id, Body: c})
			}
			if len(cmds) == 0 { // the row was behind: put it right
				if err := w.project(ctx, id); err != nil {
					return err
				}
				continue
			}
			if _, err := w.decide(ctx, id, cmds); err != nil {
				return err
			}
			if err := w.tellClimbed(ctx, rec, steps); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return told, len(ids), nil
}
