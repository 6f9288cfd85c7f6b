package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// The daily feed leaves by itself when the line says so: each day at an hour, from the
// server that was told where to. What it tried last is kept beside the sendings, so that
// another process, and the watchdog, can see it.

const (
	metaFeed = "feed.run"
	// feedPatience is how long one run goes on trying while the other side is busy or silent.
	feedPatience = 30 * day.Minute
	// feedAgain is how long after a run that left something the next one begins.
	feedAgain = day.Hour
	// feedHand is how long a run may be in hand: after that whoever began it is gone.
	feedHand = feedPatience + 15*day.Minute
	// feedLate is how late a day's feed may be before the watchdog says so.
	feedLate = 2 * day.Hour
)

// FeedRun is the last time that the daily feed was sent by itself. It names no child.
type FeedRun struct {
	Due      day.Instant `json:"due"`               // which of the times to leave it was for
	Began    day.Instant `json:"began"`             //
	Ended    day.Instant `json:"ended,omitzero"`    // zero: it is in hand, or was broken off
	Well     day.Instant `json:"well,omitzero"`     // the due time of the last run that left nothing
	Accepted int         `json:"accepted"`          // payloads
	Children int         `json:"children"`          // in them
	Refused  int         `json:"refused"`           // payloads
	Left     int         `json:"left"`              // payloads that wait, or were not made
	Unfit    int         `json:"unfit"`             // children of whom the Department's document allows something not
	Problem  string      `json:"problem,omitempty"` // why something is left
}

// Done says that nothing is left to be sent and nothing was refused.
func (r FeedRun) Done() bool { return r.Ended != 0 && r.Left == 0 && r.Refused == 0 && r.Problem == "" }

func keptFeedRun(ctx context.Context, v View) (r FeedRun, err error) {
	text, err := v.Meta(ctx, metaFeed)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}

func keepFeedRun(ctx context.Context, tx Tx, r FeedRun) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return tx.PutMeta(ctx, metaFeed, string(b))
}

// feedDue says for which time a run is to begin now; zero: for none.
func feedDue(p line.FeedPlan, r FeedRun, now day.Instant) day.Instant {
	due := p.Last(now)
	switch {
	case due == 0:
		return 0
	case r.Ended == 0 && r.Began != 0 && now-r.Began < feedHand: // somebody has it in hand
		return 0
	case r.Due < due || r.Ended == 0: // its time came, or a run was broken off
		return due
	case r.Left > 0 && now-r.Ended >= feedAgain:
		return due
	}
	return 0
}

// SendFeedDue sends the daily feed if its time has come and nobody has it in hand, and
// says whether it did. courier is asked for only then; wait waits until a moment of the
// clock. The error is of the store or of the courier that could not be made: what the
// other side said is in the run that is kept.
func (a *App) SendFeedDue(ctx context.Context, courier func() (Courier, error), wait func(context.Context, day.Instant) error) (did bool, err error) {
	var run FeedRun
	var plan line.FeedPlan
	now := a.Clock.Now()
	look := func(v View) error {
		l, err := a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		plan = l.Feed
		run, err = keptFeedRun(ctx, v)
		return err
	}
	if err := a.Store.View(ctx, look); err != nil || feedDue(plan, run, now) == 0 {
		return false, err
	}
	if err := a.Store.Update(ctx, func(tx Tx) error {
		if _, err := tx.Lock(ctx); err != nil { // so that of two processes the second sees the first
			return err
		}
		if err := look(tx); err != nil {
			return err
		}
		due := feedDue(plan, run, now)
		if did = due != 0; !did {
			return nil
		}
		run = FeedRun{Due: due, Began: now, Well: run.Well}
		return keepFeedRun(ctx, tx, run)
	}); err != nil || !did {
		return false, err
	}
	sent, err := a.sendFeedNow(ctx, plan, courier, wait)
	run.Ended = a.Clock.Now()
	run.Accepted, run.Children, run.Refused, run.Left, run.Unfit = sent.Accepted, sent.Children, sent.Refused, sent.Waiting+sent.Left, len(sent.Feed.Unfit)
	switch {
	case err != nil:
		run.Left, run.Problem = max(run.Left, 1), "it could not be made or sent: "+oneLine(err.Error())
	case sent.StoppedBy != "":
		run.Problem = sent.StoppedBy
		run.Left = max(run.Left, 1) // else nobody would try again before tomorrow
	case run.Left > 0:
		run.Problem = "the other side was busy or silent"
	case run.Refused > 0:
		run.Problem = "the other side refused a payload"
	}
	if run.Done() {
		run.Well = run.Due
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if ctx.Err() != nil { // stopped in the middle: what waits goes first when it is begun again
		run.Began, run.Ended = 0, 0
		return true, a.Store.Update(last, func(tx Tx) error { return keepFeedRun(last, tx, run) })
	}
	if kerr := a.Store.Update(last, func(tx Tx) error { return keepFeedRun(last, tx, run) }); kerr != nil {
		return true, kerr
	}
	return true, err
}

func (a *App) sendFeedNow(ctx context.Context, plan line.FeedPlan, courier func() (Courier, error), wait func(context.Context, day.Instant) error) (FeedSent, error) {
	c, err := courier()
	if err != nil {
		return FeedSent{}, err
	}
	return a.SendFeed(ctx, FeedOrder{FeedQuery: FeedQuery{Authority: plan.Authority}, Patience: feedPatience, Wait: wait}, c)
}

// WaitUntil waits by the machine's own clock until a moment of this app's clock.
func (a *App) WaitUntil(ctx context.Context, until day.Instant) error {
	t := time.NewTimer(time.Duration(until-a.Clock.Now()) * time.Microsecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// unfed is the watchdog's look at the daily feed: one that should have left and did not, or
// was refused. It counts the time itself.
func unfed(ctx context.Context, v View, l *line.Line, now day.Instant) ([]Finding, error) {
	due := l.Feed.Last(now)
	if due == 0 || now-due < feedLate {
		due = l.Feed.Last(now - feedLate) // that of yesterday may be late still
	}
	if due == 0 {
		return nil, nil
	}
	r, err := keptFeedRun(ctx, v)
	if err != nil || r.Well >= due {
		return nil, err
	}
	text := "The daily feed to the Department for Education that was due on " + due.Long() + " "
	switch {
	case r.Due < due || r.Began == 0:
		text += "was not begun. Is a server running that was told where to send it (onus serve --feed-to)?"
	case r.Ended == 0:
		text += "was begun and did not end."
	default:
		text += fmt.Sprintf("did not all leave: %s. See onus feed list.", r.Problem)
	}
	return []Finding{{AboutFeed, text, due}}, nil
}

// FeedPage is how the daily feed leaves, for whoever sees how returns stand.
type FeedPage struct {
	Plan   line.FeedPlan
	Run    FeedRun
	Next   day.Instant // when it leaves next; zero: it does not by itself
	Sent   []FeedSending
	Line   *line.Line
	Now    day.Instant
	MaySet bool // perhaps after signing in again
	Tells  bool // this server was told where to send it
	To     string
}

// FeedSetting shows how the daily feed leaves: no child is named.
func (d *Desk) FeedSetting(ctx context.Context, limit int) (*FeedPage, error) {
	if err := d.May(access.SeeReturns); err != nil {
		return nil, err
	}
	p := &FeedPage{Plan: d.line.Feed, Next: d.line.Feed.Next(d.now), Line: d.line, Now: d.now, MaySet: d.MayAfresh(access.SetFeed), Tells: d.a.FeedTo != "", To: d.a.FeedTo}
	err := d.a.Store.View(ctx, func(v View) (err error) {
		if p.Run, err = keptFeedRun(ctx, v); err == nil {
			p.Sent, err = v.FeedSendings(ctx, FeedSendingQuery{Newest: true, Limit: limit})
		}
		return err
	})
	for i := range p.Sent {
		p.Sent[i].Answer = "" // it may name a child
	}
	return p, err
}

// SetFeed says whether and when the daily feed leaves by itself, in the name of whoever
// says so. What is wrong is an entry.Refusal at its fields.
func (d *Desk) SetFeed(ctx context.Context, b line.FeedScheduled) error {
	if err := d.May(access.SetFeed); err != nil {
		return err
	}
	if _, err := d.a.RecordLine(ctx, []line.Command{{Actor: d.actor(), Happened: day.AtInstant(d.now), Body: b, Source: entry.Source{Kind: "page"}}}, ""); err != nil {
		return err
	}
	_, err := d.a.Checkpoint(ctx)
	return err
}
