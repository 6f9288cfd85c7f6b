package app

import (
	"context"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// A duty ends when its work is recorded. To end it in another way is for somebody
// above whoever owes it: else whoever did not do it could make it go away.

// ending refuses what would end a duty, or give it more time, without its work, if
// whoever asks does not answer for a post above the one that owes it.
func (w *writer) ending(ctx context.Context, id string, l *line.Line, cmds []child.Command) error {
	for _, c := range cmds {
		if asksWhatItEnds(c.Body) {
			pack, err := w.rules(ctx)
			if err != nil {
				return err
			}
			rec, err := w.load(ctx, id)
			if err != nil {
				return err
			}
			if ps := ends(pack, l, rec, c, w.at); len(ps) > 0 {
				return &entry.Refusal{Problems: ps}
			}
		}
	}
	return nil
}

// asksWhatItEnds are the entries that may not make what is late go away by themselves. What a
// conference or a review decides may: they look at it together.
func asksWhatItEnds(b entry.Body) bool {
	switch b.(type) {
	case child.DutyStoodDown, child.Correction, child.CaseClosed:
		return true
	}
	return false
}

// ends gives what speaks against one command for the duties that it would end.
func ends(pack *duty.Pack, l *line.Line, rec child.Record, c child.Command, at entry.Moment) (ps []entry.Problem) {
	if c.Source.Kind == "import" {
		return nil
	}
	now := at.Now
	above := func(d *duty.Duty) bool {
		return c.Actor == entry.System || l.Above(c.Actor.Person, l.Resolve(d.Owner, now.Date()), now.Date())
	}
	before := pack.Duties(rec, endOf(now))
	if b, ok := c.Body.(child.DutyStoodDown); ok {
		for i := range before {
			d := &before[i]
			switch {
			case !d.Named(b.Duty):
				continue
			case d.State != duty.Open && d.State != duty.Stopped:
				return []entry.Problem{{Field: "duty", Text: "This duty is not open: nothing is left to stand down"}}
			case strings.HasPrefix(d.Rule.Source.Status, "statutory"):
				return []entry.Problem{{Field: "duty", Text: "The law asks for this: nobody here can stand it down"}}
			case !above(d):
				return []entry.Problem{{Field: "duty", Text: "Somebody above the post that owes this can stand it down, with their reason"}}
			}
			return nil
		}
		return []entry.Problem{{Field: "duty", Text: "There is no such duty in this child's record"}}
	}
	closes, closing := c.Body.(child.CaseClosed)
	var late []*duty.Duty
	for i := range before {
		if d := &before[i]; d.State == duty.Open && d.Late(now) && (closing || !above(d)) {
			late = append(late, d)
		}
	}
	if len(late) == 0 {
		return nil
	}
	es, err := child.Decide(rec, c, at)
	if err != nil {
		return nil // it says itself what is wrong
	}
	for _, e := range es {
		rec = child.Apply(rec.Clip(), e)
	}
	after := map[string]duty.Duty{}
	for _, d := range pack.Duties(rec, endOf(now)) {
		after[d.ID()] = d
	}
	for _, d := range late {
		x, still := after[d.ID()]
		if still && (x.State == duty.Met || x.State == duty.MetLate || x.State == duty.Open && x.Due.By <= d.Due.By) {
			continue
		}
		if closing {
			ps = append(ps, leftOpen(closes, d, above(d))...)
			continue
		}
		ps = append(ps, entry.Problem{Field: "corrects", Text: "This would end what is late, or give it more time: " + d.Rule.Duty + ", due " + d.Due.On.Long() + ". Somebody above the post that owes it corrects this"})
	}
	return ps
}

// leftOpen gives what speaks against closing a case while a duty is late: it ends undone,
// so somebody above says why, by name.
func leftOpen(b child.CaseClosed, d *duty.Duty, above bool) (ps []entry.Problem) {
	field := "left-" + d.ID()
	if !slices.ContainsFunc(b.Left, func(x child.LeftOpen) bool { return d.Named(x.Duty) && strings.TrimSpace(x.Why) != "" }) {
		ps = append(ps, entry.Problem{Field: field, Text: "Say why this ends undone: " + d.Rule.Duty + ", due " + d.Due.On.Long()})
	}
	if !above {
		ps = append(ps, entry.Problem{Field: field, Text: "Something is late, and closing would end it: " + d.Rule.Duty + ". Somebody above the post that owes it closes the case"})
	}
	return ps
}
