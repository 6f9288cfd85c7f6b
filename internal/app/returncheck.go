package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/entry"
)

// How checks of returns are run.
const (
	// returnLease is how long a run may give no sign of life. It says one with every few
	// hundred records; asking the rules afterwards takes seconds.
	returnLease = 5 * day.Minute
	// lastWords is how long a run that is stopped may take to say so.
	lastWords = 5 * time.Second
	// tellEvery is how often it is written down how far a run is: a page looks every three
	// seconds, and a run without a sign of life is given up after returnLease.
	tellEvery = 3 * time.Second
)

// Why a run broke off, as people read it.
const (
	brokeStopped = "Onus was stopped while it ran. Have it checked again."
	brokeSilent  = "It gave no sign of life any more: Onus was stopped, or fell over, while it ran. Have it checked again."
	brokeFault   = "Something went wrong on our side. Whoever looks after Onus finds in its log what. Have it checked again, and tell them if it happens once more."
)

// CheckReturn asks that a return be made from the records and checked, in the background.
// It gives the run. Where one of this return waits or runs already, that one is given and
// nothing else is asked. What is wrong with the order is an entry.Refusal, at its fields.
func (d *Desk) CheckReturn(ctx context.Context, o ReturnOrder) (run ReturnRun, already bool, err error) {
	if err := d.May(access.CheckReturn); err != nil {
		return run, false, err
	}
	if err := o.whole(d.now.Date()); err != nil {
		return run, false, err
	}
	if run, err = d.newRun(o, ReturnChecked); err != nil {
		return run, false, err
	}
	err = d.a.Store.Update(ctx, func(tx Tx) error {
		if _, err := tx.Lock(ctx); err != nil { // so that of two who ask at once, the second sees the first
			return err
		}
		if err := dropSilent(ctx, tx, d.now); err != nil {
			return err
		}
		for _, st := range []ReturnState{RunWaiting, RunRunning} {
			on, err := tx.ReturnRuns(ctx, ReturnRunQuery{Kind: o.Kind, What: ReturnChecked, State: st, Limit: 1})
			if err != nil {
				return err
			}
			if len(on) > 0 {
				run, already = on[0], true
				return nil
			}
		}
		return tx.PutReturnRun(ctx, run)
	})
	if err == nil {
		select {
		case d.a.returnAsked <- struct{}{}:
		default: // whoever runs them is told already
		}
	}
	return run, already, err
}

// newRun is a run of now that nobody has begun.
func (d *Desk) newRun(o ReturnOrder, what ReturnWhat) (ReturnRun, error) {
	id, err := entry.Moment{Now: d.now, Rand: d.a.Rand}.NewID()
	return ReturnRun{ID: string(id), Kind: o.Kind, What: what, State: RunWaiting, Authority: o.Authority, Of: o.of(d.now.Date()), Person: d.who.Person, Post: d.post.ID, Asked: d.now}, err
}

// dropSilent marks runs that nobody works on any more as broken off.
func dropSilent(ctx context.Context, tx Tx, now day.Instant) error {
	for _, kind := range ReturnKinds {
		on, err := tx.ReturnRuns(ctx, ReturnRunQuery{Kind: kind, What: ReturnChecked, State: RunRunning})
		if err != nil {
			return err
		}
		for _, r := range on {
			if r.Stopped(now) {
				r.State, r.Ended, r.Problem = RunBroken, now, brokeSilent
				if _, err := tx.SetReturnRun(ctx, r, RunRunning); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ReturnAsked tells when somebody has asked for a check in this process. Another process
// may have been asked too, so whoever waits for it looks now and then all the same.
func (a *App) ReturnAsked() <-chan struct{} { return a.returnAsked }

// RunReturn takes the check that waits longest in hand and does it. did is false where none
// waits. A run that cannot be ended is marked as broken off, with the reason; the error is
// for whoever looks after Onus.
func (a *App) RunReturn(ctx context.Context) (did bool, err error) {
	run, ok, err := a.beginReturn(ctx)
	if err != nil || !ok {
		return false, err
	}
	err = a.checkReturn(ctx, &run)
	if err == nil || errors.Is(err, errNotOurs) {
		return true, nil
	}
	run.State, run.Ended, run.Problem = RunBroken, a.Clock.Now(), brokeFault
	if ps, ok := entry.Problems(err); ok && len(ps) > 0 {
		run.Problem = ps[0].Text + "."
	}
	if ctx.Err() != nil {
		run.Problem = brokeStopped
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	return true, errors.Join(err, a.Store.Update(last, func(tx Tx) error {
		_, err := tx.SetReturnRun(last, run, RunRunning)
		return err
	}))
}

// beginReturn takes the run that waits longest.
func (a *App) beginReturn(ctx context.Context) (run ReturnRun, ok bool, err error) {
	next := func(v View) error {
		for _, kind := range ReturnKinds {
			for _, st := range []ReturnState{RunWaiting, RunRunning} {
				rs, err := v.ReturnRuns(ctx, ReturnRunQuery{Kind: kind, What: ReturnChecked, State: st, Limit: 1})
				if err != nil {
					return err
				}
				for _, r := range rs {
					if st == RunWaiting && (!ok || r.Asked < run.Asked) {
						run, ok = r, true
					}
				}
			}
		}
		return nil
	}
	if err := a.Store.View(ctx, next); err != nil || !ok {
		return run, false, err
	}
	now := a.Clock.Now()
	err = a.Store.Update(ctx, func(tx Tx) error {
		if err := dropSilent(ctx, tx, now); err != nil {
			return err
		}
		h, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		if run.Total, err = tx.CountChildren(ctx); err != nil {
			return err
		}
		run.State, run.Began, run.Beat, run.Entries = RunRunning, now, now, h.Size
		ok, err = tx.SetReturnRun(ctx, run, RunWaiting)
		return err
	})
	return run, ok, err
}

// errNotOurs says that another took a run away, as one that gave no sign of life.
var errNotOurs = errors.New("the run was taken for broken off")

// checkReturn does a run that was begun.
func (a *App) checkReturn(ctx context.Context, run *ReturnRun) (err error) {
	defer func() {
		if broke := recover(); broke != nil {
			err = fmt.Errorf("the return broke down (%T)", broke) // no value: it may be somebody's
		}
	}()
	o, err := orderOf(*run)
	if err != nil {
		return err
	}
	last := time.Now()
	tell := func(soFar int) error {
		// A write makes every reader of SQLite forget the pages that it has in hand.
		if soFar < run.Total && time.Since(last) < tellEvery {
			return nil
		}
		last = time.Now()
		run.SoFar, run.Beat = soFar, a.Clock.Now()
		return a.Store.Update(ctx, func(tx Tx) error {
			ours, err := tx.SetReturnRun(ctx, *run, RunRunning)
			if err == nil && !ours {
				err = errNotOurs
			}
			return err
		})
	}
	made, err := a.makeReturn(ctx, o, tell)
	if err != nil {
		return err
	}
	if err := a.lookIn(ctx, made.read, asker{person: run.Person, post: run.Post}, returnPage[run.Kind]+checkedLook); err != nil {
		return err
	}
	if err := tell(run.Total); err != nil {
		return err
	}
	found, err := made.result(ctx)
	if err != nil {
		return err
	}
	t := found.tally
	run.State, run.Ended, run.Children, run.Facts = RunDone, a.Clock.Now(), made.children(), found.facts
	run.Errors, run.Queries, run.NotRun, run.Held = t.Errors, t.Queries, t.CouldNotRun, t.Held
	return a.Store.Update(ctx, func(tx Tx) error {
		ours, err := tx.SetReturnRun(ctx, *run, RunRunning)
		if err == nil && !ours {
			err = errNotOurs
		}
		if err != nil {
			return err
		}
		return tx.PutReturnResult(ctx, *run, found.rules, found.teams, found.failures)
	})
}

// orderOf is the order of a run.
func orderOf(run ReturnRun) (ReturnOrder, error) {
	o := ReturnOrder{Kind: run.Kind, Authority: run.Authority}
	today := run.Asked.Date()
	switch run.Kind {
	case ReturnAnnexA:
		on, err := day.Parse(run.Of)
		if err != nil {
			return o, err
		}
		o.On = on
	case ReturnFeed:
	default:
		o.Year = run.Of
	}
	return o, o.whole(today)
}
