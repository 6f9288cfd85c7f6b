// Package watch is the background: it takes the steps of duties that climb,
// signs checkpoints, and watches itself. It owns no rule: what is due is asked
// of app. After a stop or a jump of the clock it does at once whatever became
// due in between; each step is taken once, because app makes it so.
package watch

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"onus/internal/app"
	"onus/internal/day"
)

// Watch runs over one authority's store. Make it with New.
type Watch struct {
	app   *app.App
	clock app.Clock
	log   *slog.Logger
	every time.Duration
	last  atomic.Int64 // the instant of the last round that ended well
	fail  atomic.Int64 // rounds that failed in a row
}

// New makes a watch that looks every so often. Twenty seconds is plenty: no
// duty is counted in seconds.
func New(a *app.App, clock app.Clock, log *slog.Logger, every time.Duration) *Watch {
	return &Watch{app: a, clock: clock, log: log, every: every}
}

// batch is how many children one transaction climbs: a long queue after a stop
// must not keep the pages' writes waiting.
const batch = 25

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	t := time.NewTicker(w.every)
	defer t.Stop()
	for {
		w.Round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Round does everything that is due now. It gives how many steps it took.
func (w *Watch) Round(ctx context.Context) int {
	steps := 0
	for ctx.Err() == nil {
		told, children, err := w.app.ClimbDue(ctx, batch)
		if err != nil {
			w.failed(ctx, "climb", err)
			return steps
		}
		steps += len(told)
		if children < batch {
			break
		}
	}
	for ctx.Err() == nil {
		told, err := w.app.ClimbConcerns(ctx, batch)
		if err != nil {
			w.failed(ctx, "climb concerns", err)
			return steps
		}
		steps += len(told)
		if len(told) < batch {
			break
		}
	}
	if _, err := w.app.Checkpoint(ctx); err != nil {
		w.failed(ctx, "checkpoint", err)
		return steps
	}
	if asked, err := w.app.AskAboutLooks(ctx); err != nil {
		w.failed(ctx, "looks", err)
		return steps
	} else if asked > 0 {
		w.log.Info("asked about looks", "questions", asked)
	}
	if err := w.app.Tidy(ctx); err != nil {
		w.failed(ctx, "tidy", err)
		return steps
	}
	w.fail.Store(0)
	w.last.Store(int64(w.clock.Now()))
	if steps > 0 {
		w.log.Info("duties climbed", "steps", steps)
	}
	return steps
}

func (w *Watch) failed(ctx context.Context, doing string, err error) {
	if ctx.Err() != nil {
		return // we are being stopped
	}
	n := w.fail.Add(1)
	w.log.Error("the watch could not do its round", "doing", doing, "failed_in_a_row", n, "error", err)
}

// Well says whether the watch did a round lately: a watch that has stopped is
// an alarm that does not ring. why is for operators.
func (w *Watch) Well() (ok bool, why string) {
	last := day.Instant(w.last.Load())
	if last == 0 {
		return false, "the watch has not done its first round yet"
	}
	if late := w.clock.Now() - last; late > 5*day.Instant(w.every.Microseconds())+day.Minute {
		return false, "the watch has not done a round since " + last.String()
	}
	return true, ""
}
