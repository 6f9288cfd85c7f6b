package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/notify"
	"onus/internal/returns/dailyfeed"
	"onus/internal/testkit"
	"onus/internal/testkit/cscapi"
)

// sender sends the daily feed of a house to a server on this machine. Nobody waits: the
// clock is moved on.
type sender struct {
	*house
	srv   *cscapi.Server
	token string
	to    string
	told  []app.FeedSending
	waits []day.Instant
}

func newSender(t *testing.T, e testkit.Engine) *sender {
	t.Helper()
	s := &sender{house: newHouse(t, e), srv: cscapi.Start(t), token: cscapi.Token}
	s.to = s.srv.URL
	return s
}

func (s *sender) courier(t *testing.T) app.Courier {
	t.Helper()
	c, err := notify.NewFeed(notify.FeedConfig{To: s.to, Path: dailyfeed.Path, Headers: map[string]string{"Authorization": "Bearer " + s.token}, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *sender) order() app.FeedOrder {
	return app.FeedOrder{FeedQuery: app.FeedQuery{Authority: "999"}, Patience: day.Hour,
		Wait: func(_ context.Context, until day.Instant) error {
			s.waits = append(s.waits, until-s.clock.Now())
			s.clock.Set(until)
			return nil
		},
		Tell: func(x app.FeedSending) { s.told = append(s.told, x) }}
}

func (s *sender) sends(t *testing.T) app.FeedSent {
	t.Helper()
	s.clock.Add(day.Second)
	s.told, s.waits = nil, nil
	sent, err := s.SendFeed(ctx, s.order(), s.courier(t))
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// fills takes in so many children.
func (s *sender) fills(t *testing.T, n int) {
	t.Helper()
	var cs []dailyfeed.Child
	for i := range n {
		cs = append(cs, dailyfeed.Child{LAChildID: fmt.Sprintf("K%04d", i), Details: &dailyfeed.Details{Surname: "Marsh"}, Episodes: []dailyfeed.Episode{{ID: fmt.Sprint("E", i), ReferralDate: "2025-11-03", ReferralSource: "1A"}}})
	}
	text, err := dailyfeed.Payload(cs)
	if err != nil {
		t.Fatal(err)
	}
	s.takesFeed(t, string(text))
}

// sent are the entries in the ledger of what was sent.
func (h *house) sent(t *testing.T) (out []line.ReturnSent) {
	t.Helper()
	err := h.Store.View(ctx, func(v app.View) error {
		es, err := v.Entries(ctx, entry.TheLine)
		for _, e := range es {
			if b, ok := e.Entry.Body.(line.ReturnSent); ok {
				out = append(out, b)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFeedIsSent(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		s := newSender(t, e)
		s.fills(t, 205)
		got := s.sends(t)
		if got.Accepted != 3 || got.Children != 205 || got.Refused+got.Waiting+got.Left != 0 || len(s.srv.Children()) != 205 || s.srv.Receipts() != 3 {
			t.Fatalf("%+v, %d held there", got, len(s.srv.Children()))
		}
		// The receipt of each, its hash and how many were in it are in the ledger.
		in := s.sent(t)
		for i, b := range in {
			if x := s.told[i]; b.Receipt == "" || b.Receipt != s.srv.Receipt(b.Sending) || !b.Accepted || b.Status != 200 || b.Sending != x.ID || b.SHA256 != x.SHA256 || b.To != s.srv.URL || b.Authority != "999" || b.Tries != 1 {
				t.Errorf("%+v", b)
			}
		}
		if len(in) != 3 || in[0].Children != 100 || in[2].Children != 5 {
			t.Errorf("%+v", in)
		}
		// Nothing of what was accepted is kept twice, and who was in it can be seen.
		all, err := s.FeedSendings(ctx, app.FeedSendingQuery{})
		if err != nil || len(all) != 3 || all[0].Made < all[2].Made {
			t.Fatalf("%v %v", all, err)
		}
		if x, err := s.FeedSending(ctx, all[2].ID); err != nil || x.Payload != "" || x.State != app.FeedAccepted || x.Ended == 0 {
			t.Errorf("%+v %v", x, err)
		}
		// Each child's reader log says that the record was read for it.
		id, _ := s.byNumber(t, "999", "K0203")
		if err := s.Store.View(ctx, func(v app.View) error {
			rs, err := v.Reads(ctx, id, 0, 10)
			if len(rs) != 1 || rs[0].Person != "onus" || rs[0].What != "Daily feed" || rs[0].Grounds != "daily-feed" {
				t.Errorf("reads: %+v", rs)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		// What was told is not told again; a child about whom a note was written neither.
		s.record(t, id, s.say("east-1", child.Note{Text: "rang the school"}))
		if got = s.sends(t); got.Accepted+got.Refused+got.Waiting != 0 || len(s.srv.Requests()) != 3 {
			t.Errorf("again: %+v", got)
		}
		s.record(t, id, s.say("east-1", child.AssessmentStarted{}))
		if got = s.sends(t); got.Accepted != 1 || got.Children != 1 || !strings.Contains(s.srv.Child("K0203"), "child_and_family_assessments") {
			t.Errorf("what changed: %+v", got)
		}
		s.verify(t)
	})
}

func TestFeedIsTriedAgain(t *testing.T) {
	for name, x := range map[string]struct {
		troubles []cscapi.Trouble
		first    day.Instant // the least that is waited before the second try
		says     string
	}{
		"busy, and asks for time": {[]cscapi.Trouble{{Status: 429, RetryAfter: "90"}, {Status: 503}, {Status: 500, Body: "Marsh"}}, 90 * day.Second, "429: there were too many requests"},
		"cut before it arrived":   {[]cscapi.Trouble{{CutBefore: true}}, 5 * day.Second, "the connection failed"},
		"cut after it arrived":    {[]cscapi.Trouble{{CutAfter: true}, {CutAfter: true}}, 5 * day.Second, "the connection failed"},
		"cut in the receipt":      {[]cscapi.Trouble{{CutReceipt: true}}, 5 * day.Second, "the connection failed"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSender(t, testkit.Engines[0])
			s.fills(t, 3)
			s.srv.Trouble(x.troubles...)
			got := s.sends(t)
			if got.Accepted != 1 || got.Waiting != 0 || s.srv.Receipts() != 1 || len(s.srv.Children()) != 3 {
				t.Fatalf("%+v, %d receipts", got, s.srv.Receipts())
			}
			rs := s.srv.Requests()
			if len(rs) != len(x.troubles)+1 || len(s.waits) != len(x.troubles) || s.waits[0] < x.first {
				t.Errorf("%d requests, waited %v", len(rs), s.waits)
			}
			for _, r := range rs { // the very same bytes under the very same name
				if r.Key != rs[0].Key || r.Key == "" || r.Body != nil && !bytes.Equal(r.Body, rs[len(rs)-1].Body) {
					t.Errorf("another payload: %s", r.Key)
				}
			}
			if !strings.Contains(s.told[0].Problem, x.says) || strings.Contains(fmt.Sprint(s.told[0].Problem), "Marsh") {
				t.Errorf("%q", s.told[0].Problem)
			}
			if in := s.sent(t); len(in) != 1 || in[0].Tries != len(rs) {
				t.Errorf("%+v", in)
			}
		})
	}
}

// A server that is silent is not waited for without end; patience ends too, and the next
// call goes on with what waits.
func TestFeedPatience(t *testing.T) {
	s := newSender(t, testkit.Engines[0])
	s.fills(t, 150)
	s.srv.Trouble(cscapi.Trouble{Silent: true})
	c, err := notify.NewFeed(notify.FeedConfig{To: s.to, Path: dailyfeed.Path, Headers: map[string]string{"Authorization": "Bearer " + s.token}, Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	o := s.order()
	o.Patience = 0
	got, err := s.SendFeed(ctx, o, c)
	if err != nil || got.Waiting != 1 || got.Left != 1 || got.Accepted != 0 || !strings.Contains(s.told[0].Problem, "no answer came within 50ms") {
		t.Fatalf("%+v %v %+v", got, err, s.told)
	}
	s.srv.Trouble(cscapi.Trouble{Status: 503, RetryAfter: "100000"})
	got = s.sends(t)
	if got.Waiting != 1 || got.Accepted != 0 || got.Left != 0 || len(s.sent(t)) != 0 {
		t.Errorf("it asks for more than patience: %+v", got)
	}
	s.clock.Add(30 * day.Hour)
	first := s.srv.Requests()[0].Key
	if got = s.sends(t); got.Accepted != 2 || s.srv.Receipts() != 2 || s.srv.Receipt(first) == "" || len(s.srv.Children()) != 150 {
		t.Errorf("%+v", got)
	}
}

func TestFeedIsRefused(t *testing.T) {
	for name, x := range map[string]struct {
		trouble cscapi.Trouble
		says    string
		stops   bool
	}{
		"400":             {cscapi.Trouble{Status: 400, Body: "Marsh is no surname"}, "the payload is not as it must be", false},
		"413":             {cscapi.Trouble{Status: 413}, "too many records", false},
		"403":             {cscapi.Trouble{Status: 403, Body: "no"}, "may not send for this authority", true},
		"a redirect":      {cscapi.Trouble{Status: 302}, "the address has moved", true},
		"no receipt":      {cscapi.Trouble{Status: 200, Body: "<html>Sign in, Marsh</html>"}, "without a receipt", true},
		"nobody knows it": {cscapi.Trouble{Status: 418}, "it will not take this", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSender(t, testkit.Engines[0])
			s.fills(t, 101)
			s.srv.Trouble(x.trouble)
			got := s.sends(t)
			want := 1
			if x.stops {
				want = 0
			}
			if got.Refused != 1 || got.Accepted != want || (got.StoppedBy != "") != x.stops || got.Left != 1-want || len(s.waits) != 0 {
				t.Errorf("%+v", got)
			}
			refused := s.told[0]
			if refused.State != app.FeedRefused || !strings.Contains(refused.Problem, x.says) || strings.Contains(refused.Problem, "Marsh") {
				t.Errorf("%q", refused.Problem)
			}
			// What it said, and what was sent, are kept to be looked at, and not in the ledger.
			kept, err := s.FeedSending(ctx, refused.ID)
			if err != nil || kept.Answer != x.trouble.Body || kept.Status != x.trouble.Status || !strings.Contains(kept.Payload, "K0000") {
				t.Errorf("%+v %v", kept, err)
			}
			if in := s.sent(t); in[0].Accepted || in[0].Status != x.trouble.Status || in[0].Receipt != "" {
				t.Errorf("%+v", in)
			}
			if strings.Contains(s.export(t), "Sign in") || strings.Contains(s.export(t), "no surname") {
				t.Error("the journal says what the server said")
			}
			// It was not told: the next call makes another payload of it.
			if got = s.sends(t); got.Accepted != 2-want || len(s.srv.Children()) != 101 {
				t.Errorf("the next time: %+v", got)
			}
			if kept, err = s.FeedSending(ctx, refused.ID); err != nil || kept.Payload != "" {
				t.Errorf("what was refused is kept for ever: %v", err)
			}
		})
	}
}

func TestFeedNeedsTheToken(t *testing.T) {
	s := newSender(t, testkit.Engines[0])
	s.fills(t, 1)
	s.token = "another-secret"
	got := s.sends(t)
	if got.StoppedBy == "" || strings.Contains(fmt.Sprintf("%+v", got)+fmt.Sprintf("%+v", s.told), "another-secret") || !strings.Contains(got.StoppedBy, "401") {
		t.Errorf("%+v", got)
	}
	for _, to := range []string{"http://example.gov.uk/api", "https://a:b@example.gov.uk", "https://example.gov.uk/api?key=1", "ftp://x", "", "https://"} {
		if _, err := notify.NewFeed(notify.FeedConfig{To: to, Path: dailyfeed.Path}); err == nil {
			t.Errorf("%s is taken", to)
		}
	}
	if _, err := notify.NewFeed(notify.FeedConfig{To: "https://example.gov.uk", Path: dailyfeed.Path, Headers: map[string]string{"X": "a\r\nY: b"}}); err == nil {
		t.Error("a header in a header is taken")
	}
}

// dies is a store that is lost after a payload was sent.
type dies struct {
	app.Store
	dead bool
}

func (d *dies) Update(ctx context.Context, fn func(app.Tx) error) error {
	if d.dead {
		return errors.New("the machine stopped")
	}
	return d.Store.Update(ctx, fn)
}

// last sends, and the machine stops right before or after.
type last struct {
	app.Courier
	store *dies
	after bool
}

func (l last) Post(ctx context.Context, key, authority string, payload []byte) (app.FeedAnswer, error) {
	l.store.dead = true
	if !l.after {
		return app.FeedAnswer{}, errors.New("it never left")
	}
	return l.Courier.Post(ctx, key, authority, payload)
}

// The machine stops between sending and the receipt, or before anything left: nothing is
// lost, and what arrived twice is known to be one.
func TestFeedCrash(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		for _, after := range []bool{true, false} {
			s := newSender(t, e)
			s.fills(t, 2)
			d := &dies{Store: s.Store}
			s.Store = d
			if _, err := s.SendFeed(ctx, s.order(), last{s.courier(t), d, after}); err == nil {
				t.Fatal("the machine did not stop")
			}
			s.Store = d.Store
			s.again(t, 77)
			if len(s.sent(t)) != 0 {
				t.Error("there is an entry of what was not answered")
			}
			got := s.sends(t)
			if got.Accepted != 1 || s.srv.Receipts() != 1 || len(s.srv.Children()) != 2 || len(s.sent(t)) != 1 {
				t.Errorf("after %t: %+v, %d receipts", after, got, s.srv.Receipts())
			}
			for _, r := range s.srv.Requests() {
				if r.Key != s.told[0].ID {
					t.Error("it went under another name")
				}
			}
			if again := s.sends(t); again.Accepted+again.Waiting != 0 {
				t.Errorf("after all that: %+v", again)
			}
			s.verify(t)
		}
	})
}

// Whoever stops the command loses nothing.
func TestFeedIsStopped(t *testing.T) {
	s := newSender(t, testkit.Engines[0])
	s.fills(t, 1)
	s.srv.Trouble(cscapi.Trouble{Status: 503})
	o := s.order()
	o.Wait = func(context.Context, day.Instant) error { return context.Canceled }
	if _, err := s.SendFeed(ctx, o, s.courier(t)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	s.clock.Add(day.Hour)
	if got := s.sends(t); got.Accepted != 1 || s.srv.Receipts() != 1 {
		t.Errorf("%+v", got)
	}
}

// A record that was disposed of is removed at the Department too, whether what was sent
// of it was ever answered or not; what waited is not sent any more.
func TestFeedOfADisposedRecord(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		for _, answered := range []bool{true, false} {
			s := newSender(t, e)
			s.fills(t, 1)
			id := grown(t, s.house)
			s.record(t, id, s.on("manager-front", day.MustParse("2015-03-02"), child.Known{IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "OLD1"}}}))
			o := s.order()
			if !answered {
				s.srv.Trouble(cscapi.Trouble{CutAfter: true})
				o.Patience = 0
			}
			if _, err := s.SendFeed(ctx, o, s.courier(t)); err != nil || !slices.Contains(s.srv.Children(), "OLD1") {
				t.Fatalf("%v %v", s.srv.Children(), err)
			}
			s.clock.Set(testkit.Instant("2033-02-01T09:00:00Z"))
			proposal := s.propose(t, "manager-east", id, over)
			if _, err := s.desk(t, "service").Dispose(ctx, id, proposal, "k"); err != nil {
				t.Fatal(err)
			}
			got := s.sends(t)
			if kids := s.srv.Children(); got.Waiting+got.Refused != 0 || len(kids) != 1 || kids[0] != "K0000" {
				t.Errorf("answered %t: %+v, there %v", answered, got, kids)
			}
			for _, x := range mustSendings(t, s.house) {
				if full, err := s.FeedSending(ctx, x.ID); err != nil || strings.Contains(full.Payload, "Iona") || full.State == app.FeedWaiting {
					t.Errorf("%+v %v", full, err)
				}
			}
			if got = s.sends(t); got.Accepted != 0 {
				t.Errorf("removed again and again: %+v", got)
			}
			s.verify(t)
		}
	})
}

func mustSendings(t *testing.T, h *house) []app.FeedSending {
	t.Helper()
	all, err := h.FeedSendings(ctx, app.FeedSendingQuery{})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d sendings, %v", len(all), err)
	}
	return all
}

// One child of whom the document would refuse something holds up no other.
func TestFeedLeavesOutWhoIsUnfit(t *testing.T) {
	s := newSender(t, testkit.Engines[0])
	s.fills(t, 2)
	id, _ := s.byNumber(t, "999", "K0001")
	s.sends(t)
	s.record(t, id, s.say("east-1", child.Known{IDs: []child.Identifier{{System: "upn", Value: "SHORT"}}}), s.say("east-1", child.AssessmentStarted{}))
	got := s.sends(t)
	if got.Accepted != 0 || len(got.Feed.Unfit) != 1 || got.Feed.Unfit[0].Child != id || got.Feed.Unfit[0].Faults[0].String() != "child_details/unique_pupil_number has 5 characters, and must have 13" || len(s.srv.Children()) != 2 {
		t.Errorf("%+v", got)
	}
}
