package app

import (
	"context"
	"strings"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// metaDoor names the triage rules by which everything that waits was rated last: their
// sum. While they are at it, the child at which they are stands behind it, after a space.
const metaDoor = "door.rated"

// ByNewRules is what the source of a rating says where nothing new was recorded: the
// rules themselves changed. Its key is the adoption, where one brought them.
const ByNewRules = "rules.adopted"

// DoorAsked tells when rules were adopted in this process. Another process finds it out
// by RateDoor.
func (a *App) DoorAsked() <-chan struct{} { return a.doorAsked }

// RateDoor has the rules of today look again at what waits at the front door, at most
// limit children in one transaction, where other rules looked at it last: some were
// adopted, or one came into force today. Each rating is an entry like any; the rules only
// raise. Children go by their ids, and how far it came is kept in the same transaction: a
// process that stops goes on where it was, and two that do it at once do it once. It gives
// how many ratings were recorded, and whether any child is left.
func (a *App) RateDoor(ctx context.Context, limit int) (rated int, more bool, err error) {
	today := a.Clock.Now().Date()
	behind := false
	if err := a.Store.View(ctx, func(v View) error {
		_, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		kept, err := v.Meta(ctx, metaDoor)
		behind = kept != r.pack().TriageSum(today)
		return err
	}); err != nil || !behind {
		return 0, false, err
	}
	err = a.write(ctx, func(w *writer) error {
		rated, more = 0, false
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		kept, err := w.tx.Meta(ctx, metaDoor)
		if err != nil {
			return err
		}
		sum := pack.TriageSum(w.at.Now.Date())
		by, after, _ := strings.Cut(kept, " ")
		if kept == sum {
			return nil // another process did it
		}
		if by != sum { // they were at it by rules that are in force no more
			after = ""
		}
		ids, err := w.tx.WaitingAfter(ctx, after, limit)
		if err != nil {
			return err
		}
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		why := entry.Source{Kind: "rule", Of: ByNewRules, Key: string(adoptedBy(w.ruled.book, w.at.Now.Date()))}
		for _, id := range ids {
			rec, err := w.load(ctx, id)
			if err != nil {
				return err
			}
			es, err := w.raise(ctx, id, rec, pack, why)
			if err != nil {
				return err
			}
			if len(es) == 0 { // what is not known, and the alarm, may stand otherwise
				if err := w.project(ctx, id); err != nil {
					return err
				}
				continue
			}
			rated++
			w.tellDoor(w.records[id], l, es)
		}
		if more = len(ids) == limit; more {
			sum += " " + ids[len(ids)-1]
		}
		return w.tx.PutMeta(ctx, metaDoor, sum)
	})
	return rated, more, err
}

// adoptedBy is the adoption whose rules are in force on a day; empty: none was made.
func adoptedBy(b duty.Book, on day.Date) (id entry.ID) {
	for _, x := range b.Adoptions() {
		if x.From <= on {
			id = x.ID
		}
	}
	return id
}
