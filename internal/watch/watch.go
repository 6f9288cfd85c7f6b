// Package watch is the background: it takes the steps of duties that climb,
// signs checkpoints, sends mail and the daily feed, checks returns, and has itself watched. It owns no rule: what is due is asked
// of app. After a stop or a jump of the clock it does at once whatever became
// due in between; each step is taken once, because app makes it so.
package watch

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

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
	// Beat tells somebody outside that all is well, once a minute while it is; nil:
	// nobody. Set it before Run.
	Beat func(context.Context) error
	// Cosigner asks witnesses for their signatures; nil: nobody is asked. Set it
	// before Run.
	Cosigner app.Cosigner
	// Known are the ledger's keys, for the check of the whole journal every night; nil:
	// it is not checked. Set it before Run.
	Known note.Verifiers
	// Feed makes what takes the daily feed to the Department, each time anew, since a secret
	// may have changed; nil: this process sends none. Set it before Run.
	Feed    func() (app.Courier, error)
	checked day.Instant // when the watchdog last looked; owned by Round
}

// New makes a watch that looks every so often. Twenty seconds is plenty: no
// duty is counted in seconds.
func New(a *app.App, clock app.Clock, log *slog.Logger, every time.Duration) *Watch {
	return &Watch{app: a, clock: clock, log: log, every: every}
}

// batch is how many children one transaction climbs: a long queue after a stop
// must not keep the pages' writes waiting.
const batch = 25

// mails is how many messages are taken in hand at once.
const mails = 20

// Run looks until ctx ends. Mail has a loop of its own: a mail server that is
// slow must not hold up what climbs.
func (w *Watch) Run(ctx context.Context) {
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		w.repeat(ctx, func() { w.Post(ctx) })
	}()
	witnessed := make(chan struct{})
	go func() { // a witness that is slow must not hold up what climbs either
		defer close(witnessed)
		if w.Cosigner != nil {
			w.repeat(ctx, func() { w.AskWitnesses(ctx) })
		}
	}()
	checked := make(chan struct{})
	go func() { // a long journal must not hold up what climbs
		defer close(checked)
		if w.Known != nil {
			w.repeat(ctx, func() { w.Night(ctx) })
		}
	}()
	returned := make(chan struct{})
	go func() { // a return of a large authority must not hold up what climbs
		defer close(returned)
		w.repeatOr(ctx, w.app.ReturnAsked(), func() { w.Returns(ctx) })
	}()
	fed := make(chan struct{})
	go func() { // nor may a server that is busy for half an hour
		defer close(fed)
		if w.Feed != nil {
			w.repeat(ctx, func() { w.SendFeed(ctx, w.app.WaitUntil) })
		}
	}()
	rated := make(chan struct{})
	go func() { // nor may ten thousand that wait
		defer close(rated)
		w.repeatOr(ctx, w.app.DoorAsked(), func() { w.Door(ctx) })
	}()
	w.repeat(ctx, func() { w.Round(ctx) })
	<-posted
	<-fed
	<-rated
	<-returned
	<-witnessed
	<-checked
}

// AskWitnesses has the newest head signed by every witness that has not.
func (w *Watch) AskWitnesses(ctx context.Context) app.Witnessing {
	got, err := w.app.AskWitnesses(ctx, w.Cosigner)
	if err != nil && ctx.Err() == nil {
		w.log.Error("the witnesses could not be asked", "error", err)
	}
	for name, why := range got.Failed {
		w.log.Warn("a witness did not sign", "witness", name, "why", why, "size", got.Size)
	}
	for _, name := range got.Ahead {
		w.log.Error("a witness signed more than there is here: entries were lost, or the store was put back", "witness", name, "size", got.Size)
	}
	return got
}

func (w *Watch) repeat(ctx context.Context, do func()) { w.repeatOr(ctx, nil, do) }

// repeatOr repeats, and does it at once when it is asked to.
func (w *Watch) repeatOr(ctx context.Context, asked <-chan struct{}, do func()) {
	t := time.NewTicker(w.every)
	defer t.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-asked:
		case <-t.C:
		}
	}
}

// SendFeed sends the daily feed if its time has come, and says whether it did. wait waits
// until a moment of the clock.
func (w *Watch) SendFeed(ctx context.Context, wait func(context.Context, day.Instant) error) bool {
	did, err := w.app.SendFeedDue(ctx, w.Feed, wait)
	switch {
	case err != nil && ctx.Err() == nil:
		w.log.Error("the daily feed could not be sent", "error", err)
	case did && ctx.Err() == nil:
		w.log.Info("the daily feed was sent, or tried: onus feed list")
	}
	return did
}

// Returns checks every return that somebody asked to have checked. It gives how many.
func (w *Watch) Returns(ctx context.Context) int {
	n := 0
	for ctx.Err() == nil {
		did, err := w.app.RunReturn(ctx)
		if err != nil && ctx.Err() == nil {
			w.log.Error("a return could not be checked", "error", err)
		}
		if !did {
			break
		}
		n++
	}
	return n
}

// Door has the rules look again at what waits at the front door, where they changed. It
// gives how many ratings rose.
func (w *Watch) Door(ctx context.Context) int {
	n := 0
	for ctx.Err() == nil {
		rated, more, err := w.app.RateDoor(ctx, batch)
		n += rated
		if err != nil {
			if ctx.Err() == nil {
				w.log.Error("what waits at the front door could not be rated again", "error", err)
			}
			break
		}
		if !more {
			break
		}
	}
	if n > 0 {
		w.log.Info("rated again by new rules", "ratings", n)
	}
	return n
}

// Post sends all mail that is to be tried now. It gives how much left.
func (w *Watch) Post(ctx context.Context) int {
	all := 0
	for ctx.Err() == nil {
		tried, sent, err := w.app.SendMail(ctx, mails)
		all += sent
		if err != nil && ctx.Err() == nil {
			w.log.Warn("mail does not leave", "error", err)
			break
		}
		if tried < mails {
			break
		}
	}
	if all > 0 {
		w.log.Info("mail left", "mails", all)
	}
	return all
}

// Round does everything that is due now, and then, at most once a minute, has
// the watchdog look, whether the rest succeeded or not. It gives how many steps
// it took.
func (w *Watch) Round(ctx context.Context) int {
	steps := w.round(ctx)
	if now := w.clock.Now(); ctx.Err() == nil && (w.checked == 0 || now-w.checked >= day.Minute || now < w.checked) {
		w.checked = now
		w.check(ctx)
	}
	return steps
}

// Night checks the whole journal, once a night, and says whether it did. What it
// finds is an entry, and the watchdog's to say.
func (w *Watch) Night(ctx context.Context) bool {
	due, err := w.app.CheckDue(ctx)
	if err == nil && due {
		b, cerr := w.app.CheckJournal(ctx, w.Known)
		if err = cerr; err == nil && b.Fault != "" {
			w.log.Error("the journal is not as it was recorded", "entries", b.Entries)
		}
	}
	if err != nil && ctx.Err() == nil {
		w.log.Error("the journal could not be checked", "error", err)
	}
	return due && err == nil
}

// check has the watchdog look. Only when it looked and found nothing does the
// heart beat.
func (w *Watch) check(ctx context.Context) {
	h, err := w.app.CheckItself(ctx)
	if err != nil {
		w.failed(ctx, "watchdog", err)
		return
	}
	for _, f := range h.Findings {
		w.log.Error("the watchdog found", "about", f.About, "finding", f.Text, "since", f.Since.String())
	}
	if w.Beat == nil || !h.Well() || w.fail.Load() > 0 {
		return
	}
	if err := w.Beat(ctx); err != nil && ctx.Err() == nil {
		w.log.Warn("the heartbeat was not heard", "error", err)
	}
}

func (w *Watch) round(ctx context.Context) int {
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
	for ctx.Err() == nil {
		told, err := w.app.ClimbLine(ctx, batch)
		if err != nil {
			w.failed(ctx, "climb of the line", err)
			return steps
		}
		steps += len(told)
		if len(told) < batch {
			break
		}
	}
	if n, err := w.app.WatchHours(ctx); err != nil {
		w.failed(ctx, "look at the hours", err)
		return steps
	} else if n > 0 {
		steps += n
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
	if digests, err := w.app.QueueDigests(ctx); err != nil {
		w.failed(ctx, "digests", err)
		return steps
	} else if digests > 0 {
		w.log.Info("digests are ready", "digests", digests)
	}
	if err := w.app.KeepFormTimes(ctx); err != nil {
		w.failed(ctx, "how long recording takes", err)
		return steps
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
