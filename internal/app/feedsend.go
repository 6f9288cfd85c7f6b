package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/dailyfeed"
)

// FeedState is what became of a payload.
type FeedState string

// The states of payloads.
const (
	FeedWaiting   FeedState = "waiting"   // to be sent, or sent again
	FeedAccepted  FeedState = "accepted"  // the server took it
	FeedRefused   FeedState = "refused"   // the server will never take it as it is
	FeedWithdrawn FeedState = "withdrawn" // a child in it was erased before it was sent
)

// FeedSending is one payload of the daily feed that leaves. No name stands in it, but in
// Payload and Answer.
type FeedSending struct {
	ID        string // names the sending for ever, and goes with it
	Authority string
	Target    string // the address
	Made      day.Instant
	Children  int
	SHA256    string // of the payload
	Payload   string // while it is kept: until it was accepted
	State     FeedState
	Tries     int
	Next      day.Instant // when it is tried next, while it waits
	Ended     day.Instant // when it stopped waiting
	Status    int         // of the last answer, as HTTP has it; 0: there was none
	Receipt   string      // what the server named it
	Answer    string      // what the server said; it may name a child, so it is never logged
	Problem   string      // why the last try did not succeed, in our own words
}

// FeedPart is one child of a sending.
type FeedPart struct {
	Number string // la_child_id
	Child  string // its id in Onus; empty where the record is gone
	SHA256 string // of what is said of it; empty: all is to be removed there
}

// FeedSendingQuery asks for sendings, oldest first.
type FeedSendingQuery struct {
	State             FeedState // empty: any
	Authority, Target string    // empty: any
	Newest            bool      // newest first
	Limit             int
}

// Courier takes a payload to the Department.
type Courier interface {
	// Target is the address to which it goes. It holds no secret.
	Target() string
	// Post sends a payload once. key is the same whenever the same payload is sent again.
	// An error says that no answer came, so that nobody knows whether it arrived; its
	// text holds no personal data and no secret.
	Post(ctx context.Context, key, authority string, payload []byte) (FeedAnswer, error)
}

// FeedAnswer is what a server said.
type FeedAnswer struct {
	Status int         // as HTTP has it
	Text   string      // at most some thousand characters
	After  day.Instant // how long it asks to wait before the next try; 0: it does not say
}

// FeedOrder says what to send, and how long to try.
type FeedOrder struct {
	FeedQuery
	Patience day.Instant // how long to go on trying
	// Wait waits until a moment of the clock. It gives an error when it is given up.
	Wait func(ctx context.Context, until day.Instant) error
	// Tell, where there is one, is told what became of each try.
	Tell func(FeedSending)
}

// FeedSent says what came of sending.
type FeedSent struct {
	Feed      Feed // what was made to be sent now, without what waited from before
	Accepted  int  // payloads
	Children  int  // in them
	Refused   int  // payloads
	Waiting   int  // payloads that are left to be tried when it is called again
	Left      int  // payloads that were not made, since the server refused whoever sent it
	StoppedBy string
}

// How payloads are sent.
const (
	feedLease   = 5 * day.Minute  // a try begun and not heard of since is tried again after this
	feedSlow    = 15 * day.Minute // the longest pause between tries that nobody asked for
	feedUnheard = "it was begun, and not known to have ended"
)

// FeedLongest is how long one try may take at most: less than the lease, so that nobody
// tries what another still has in hand.
const FeedLongest = 4 * time.Minute

// feedPause before the next try, after so many: 5, 10, 20 seconds, and so on to a quarter
// of an hour.
func feedPause(tries int) day.Instant {
	return min(5*day.Second<<min(max(tries-1, 0), 10), feedSlow)
}

// SendFeed sends the daily feed. What waits from before goes first, the very same bytes
// under the very same name. Then come the children of whom something else is to be told
// than was accepted last, a payload for every hundred. Each payload, its hash and who is
// in it are kept before it is sent, with the reader log; it is marked, with an entry in
// the ledger, after it was answered for good. So a crash in between loses nothing, and
// what is sent again can be known again.
//
// It tries again when nobody answers, when the server is busy (429, and 5xx), and never
// when the server says no (another 4xx). An error says that the store failed or the
// context ended; what a server said is in the result.
func (a *App) SendFeed(ctx context.Context, o FeedOrder, c Courier) (FeedSent, error) {
	o.Target = c.Target()
	s := &feedRun{a: a, o: o, c: c, ends: a.Clock.Now() + o.Patience}
	if err := s.drain(ctx); err != nil || s.out.StoppedBy != "" {
		return s.out, err
	}
	if err := s.count(ctx); err != nil || s.out.Waiting > 0 {
		return s.out, err // else a child would stand in two payloads, and the older might come last
	}
	var err error
	if s.out.Feed, err = a.DailyFeed(ctx, o.FeedQuery); err != nil {
		return s.out, err
	}
	if err := a.Store.Update(ctx, func(tx Tx) error { return tx.ForgetRefusedFeed(ctx, o.Authority, o.Target) }); err != nil {
		return s.out, err
	}
	all := s.out.Feed.Children
	for len(all) > 0 {
		n := min(len(all), dailyfeed.MaxChildren)
		if err := s.make(ctx, all[:n]); err != nil {
			return s.out, err
		}
		all = all[n:]
		if err := s.drain(ctx); err != nil {
			return s.out, err
		}
		if err := s.count(ctx); err != nil {
			return s.out, err
		}
		if s.out.StoppedBy != "" || s.out.Waiting > 0 {
			break
		}
	}
	s.out.Left = (len(all) + dailyfeed.MaxChildren - 1) / dailyfeed.MaxChildren
	return s.out, nil
}

// feedRun is one call of SendFeed.
type feedRun struct {
	a    *App
	o    FeedOrder
	c    Courier
	ends day.Instant
	out  FeedSent
}

// count says how many payloads wait.
func (s *feedRun) count(ctx context.Context) error {
	return s.a.Store.View(ctx, func(v View) error {
		wait, err := v.FeedSendings(ctx, s.waiting())
		s.out.Waiting = len(wait)
		return err
	})
}

func (s *feedRun) waiting() FeedSendingQuery {
	return FeedSendingQuery{State: FeedWaiting, Authority: s.o.Authority, Target: s.o.Target}
}

// make keeps a payload of some children, to be sent.
func (s *feedRun) make(ctx context.Context, cs []FeedChild) error {
	batch := Feed{Children: cs}.Batches()[0]
	text, err := dailyfeed.Payload(batch)
	if err != nil {
		return fmt.Errorf("make a payload of the daily feed: %w", err)
	}
	sum := sha256.Sum256(text)
	now := s.a.Clock.Now()
	id, err := entry.Moment{Now: now, Rand: s.a.Rand}.NewID()
	if err != nil {
		return err
	}
	out := FeedSending{ID: string(id), Authority: s.o.Authority, Target: s.o.Target, Made: now, Children: len(cs), SHA256: hex.EncodeToString(sum[:]), Payload: string(text), State: FeedWaiting, Next: now}
	var parts []FeedPart
	for _, c := range cs {
		parts = append(parts, FeedPart{Number: c.Number, Child: c.Child, SHA256: c.SHA256})
	}
	return s.a.Store.Update(ctx, func(tx Tx) error {
		return errors.Join(tx.PutFeedSending(ctx, out, parts), tx.PutReads(ctx, feedLooks(cs, now)))
	})
}

// drain sends what waits, until nothing does, or patience ends, or the server refuses
// whoever sends.
func (s *feedRun) drain(ctx context.Context) error {
	for s.out.StoppedBy == "" {
		var wait []FeedSending
		err := s.a.Store.View(ctx, func(v View) (err error) {
			wait, err = v.FeedSendings(ctx, s.waiting())
			return err
		})
		if err != nil || len(wait) == 0 {
			return err
		}
		first := wait[0]
		for _, x := range wait {
			if x.Next < first.Next {
				first = x
			}
		}
		if first.Next > s.a.Clock.Now() {
			if first.Next > s.ends {
				return nil
			}
			if err := s.o.Wait(ctx, first.Next); err != nil {
				return err
			}
			continue
		}
		if err := s.try(ctx, first); err != nil {
			return err
		}
	}
	return nil
}

// try sends one payload once.
func (s *feedRun) try(ctx context.Context, x FeedSending) error {
	mine := false
	var parts []FeedPart
	err := s.a.Store.Update(ctx, func(tx Tx) error {
		full, err := tx.FeedSending(ctx, x.ID)
		if err != nil {
			return err
		}
		if parts, err = tx.FeedParts(ctx, x.ID); err != nil {
			return err
		}
		was := x.Next
		x = full
		x.Tries++
		x.Next, x.Problem = s.a.Clock.Now()+feedLease, feedUnheard
		if mine, err = tx.SetFeedSending(ctx, x, was); err != nil || !mine {
			return err
		}
		// From here on the address may hold it, whether an answer comes or not: a record
		// that is disposed of meanwhile must be removed there too.
		return tx.HoldFeed(ctx, x, unheard(parts))
	})
	if err != nil || !mine {
		return err
	}
	answer, failed := s.c.Post(ctx, x.ID, x.Authority, []byte(x.Payload))
	if ctx.Err() != nil { // given up by whoever called: it is tried again when the lease is over
		return ctx.Err()
	}
	was := x.Next
	x.judge(answer, failed, s.a.Clock.Now())
	err = s.a.write(ctx, func(w *writer) error { return s.mark(ctx, w, x, parts, was) })
	if err != nil {
		return err
	}
	switch x.State {
	case FeedAccepted:
		s.out.Accepted++
		s.out.Children += x.Children
	case FeedRefused:
		s.out.Refused++
		if everyone(x.Status) {
			s.out.StoppedBy = x.Problem
		}
	}
	if s.o.Tell != nil {
		s.o.Tell(x)
	}
	return nil
}

// unheard are the children of a payload of whom nobody knows yet whether the address
// holds what it says.
func unheard(parts []FeedPart) (out []FeedPart) {
	for _, p := range parts {
		if p.SHA256 != "" {
			out = append(out, FeedPart{Number: p.Number, SHA256: "not known"})
		}
	}
	return out
}

// mark keeps what became of a payload, and where it was answered for good, that in the
// ledger. parts are who was in it when it was sent.
func (s *feedRun) mark(ctx context.Context, w *writer, x FeedSending, parts []FeedPart, was day.Instant) error {
	if x.State == FeedAccepted {
		if err := w.tx.HoldFeed(ctx, x, parts); err != nil {
			return err
		}
	}
	// One that was withdrawn while it was on its way stays withdrawn; that it was answered is recorded.
	if _, err := w.tx.SetFeedSending(ctx, x, was); err != nil || x.State == FeedWaiting {
		return err
	}
	l, err := s.a.lineOf(ctx, w.tx)
	if err != nil {
		return err
	}
	es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.On(w.at.Now.Date()), Source: entry.Source{Kind: "rule", Key: dailyfeed.Of},
		Body: line.ReturnSent{What: dailyfeed.Of, Authority: x.Authority, To: x.Target, Sending: x.ID, Children: x.Children, SHA256: x.SHA256, Status: x.Status, Accepted: x.State == FeedAccepted, Receipt: x.Receipt, Tries: x.Tries}}, w.at)
	if err != nil {
		return err
	}
	for _, e := range es {
		if err := w.add(e); err != nil {
			return err
		}
	}
	return nil
}

var receiptForm = regexp.MustCompile(`^\s*"?([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})"?\s*$`)

// everyone says whether an answer is about whoever sends, and not about the payload:
// then no other payload will fare better.
func everyone(status int) bool {
	return status/100 == 3 || status == 200 || status == 401 || status == 403 || status == 404 || status == 405
}

// judge says what an answer, or none, means.
func (x *FeedSending) judge(answer FeedAnswer, failed error, now day.Instant) {
	again := func(problem string) {
		x.Problem, x.Next = problem, now+max(feedPause(x.Tries), answer.After)
	}
	end := func(state FeedState, problem string) { x.State, x.Ended, x.Problem = state, now, problem }
	if failed != nil {
		x.Status, x.Answer = 0, ""
		again(oneLine(failed.Error()))
		return
	}
	x.Status, x.Answer = answer.Status, answer.Text
	switch status := answer.Status; {
	case status == 204:
		end(FeedAccepted, "")
	case status == 200:
		if m := receiptForm.FindStringSubmatch(answer.Text); m != nil {
			x.Receipt, x.Answer = m[1], ""
			end(FeedAccepted, "")
			return
		}
		end(FeedRefused, "it answered 200 without a receipt: what answers at this address is not the Department's service")
	case status == 408 || status == 429 || status/100 == 5:
		again(fmt.Sprintf("it answered %d: %s", status, cmp.Or(statusWords[status], "it failed")))
	default:
		end(FeedRefused, fmt.Sprintf("it answered %d: %s", status, cmp.Or(statusWords[status], "it will not take this")))
	}
}

// statusWords are what the Department's document says an answer means, in our words.
var statusWords = map[int]string{
	400: "the payload is not as it must be", 401: "it does not know who sends. Look at the token", 403: "whoever sends may not send for this authority",
	404: "there is nothing at this address", 408: "it waited too long", 413: "there are too many records in the payload", 429: "there were too many requests", 503: "it is not there just now",
	301: "the address has moved", 302: "the address has moved", 307: "the address has moved", 308: "the address has moved",
}

// FeedSendings lists what was sent, newest first.
func (a *App) FeedSendings(ctx context.Context, q FeedSendingQuery) (out []FeedSending, err error) {
	q.Newest = true
	err = a.Store.View(ctx, func(v View) error {
		out, err = v.FeedSendings(ctx, q)
		return err
	})
	return out, err
}

// FeedSending is one sending with what the server said, and the payload while it is kept.
func (a *App) FeedSending(ctx context.Context, id string) (out FeedSending, err error) {
	err = a.Store.View(ctx, func(v View) error {
		out, err = v.FeedSending(ctx, id)
		return err
	})
	return out, err
}

// FeedShown writes into the reader log that what is kept of a sending is shown.
func (a *App) FeedShown(ctx context.Context, id string) error {
	return a.Store.Update(ctx, func(tx Tx) error {
		parts, err := tx.FeedParts(ctx, id)
		if err != nil {
			return err
		}
		var cs []FeedChild
		for _, p := range parts {
			cs = append(cs, FeedChild{Child: p.Child})
		}
		return tx.PutReads(ctx, feedLooks(cs, a.Clock.Now()))
	})
}
