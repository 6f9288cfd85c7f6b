package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/notify"
	"onus/internal/returns/dailyfeed"
	"onus/internal/testkit"
	"onus/internal/testkit/cscapi"
)

// by OAuth: the courier of a server that fetches its tokens.
func (s *sender) fetching(t *testing.T) func() (app.Courier, error) {
	t.Helper()
	return func() (app.Courier, error) {
		return notify.NewFeed(notify.FeedConfig{To: s.to, Path: dailyfeed.Path, Timeout: 30 * time.Second, OAuth: &notify.OAuth{TokenURL: s.srv.TokenURL(), ID: cscapi.ClientID, Secret: cscapi.ClientSecret, Scope: cscapi.Scope}})
	}
}

// rings has the watch look whether the feed is due. The clock is moved on where it waits.
func (s *sender) rings(t *testing.T) bool {
	t.Helper()
	did, err := s.SendFeedDue(ctx, s.fetching(t), func(_ context.Context, until day.Instant) error { s.clock.Set(until); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return did
}

// setting is how the feed leaves, as the director reads it.
func (s *sender) setting(t *testing.T) *app.FeedPage {
	t.Helper()
	p, err := s.desk(t, "director").FeedSetting(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *sender) late(t *testing.T) string {
	t.Helper()
	fs, err := s.Findings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		if f.About == app.AboutFeed {
			return f.Text
		}
	}
	return ""
}

// The feed leaves by itself once a day at its hour, by whoever is told where to, with tokens
// that end; off, it does not.
func TestTheFeedLeavesByItself(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		s := newSender(t, e)
		s.clock.Set(testkit.Instant("2026-06-01T12:00:00Z"))
		s.fills(t, 3)
		if s.rings(t) {
			t.Error("nobody said that it leaves by itself")
		}
		if err := s.desk(t, "director").SetFeed(ctx, line.FeedScheduled{On: true, Authority: "999", At: "02:30"}); err != nil {
			t.Fatal(err)
		}
		if p := s.setting(t); p.Plan.Author != "p-director" || p.Next != testkit.Instant("2026-06-02T01:30:00Z") || s.rings(t) {
			t.Errorf("%+v", p)
		}
		s.clock.Set(testkit.Instant("2026-06-02T01:30:05Z")) // 02:30 by England's clock
		if !s.rings(t) || len(s.srv.Children()) != 3 || s.srv.Fetched() != 1 {
			t.Fatalf("%d children, %d tokens: %+v", len(s.srv.Children()), s.srv.Fetched(), s.setting(t).Run)
		}
		if s.rings(t) {
			t.Error("twice on one day")
		}
		if p := s.setting(t); !p.Run.Done() || p.Run.Children != 3 || p.Run.Well != p.Run.Due || p.Next != testkit.Instant("2026-06-03T01:30:00Z") || len(p.Sent) != 1 {
			t.Errorf("%+v", p.Run)
		}
		if in := s.sent(t); len(in) != 1 || in[0].Receipt == "" {
			t.Errorf("%+v", in)
		}
		// The next day the token has ended, and something is new.
		s.srv.EndTokens()
		s.fills(t, 5)
		s.clock.Set(testkit.Instant("2026-06-03T03:00:00Z"))
		if !s.rings(t) || len(s.srv.Children()) != 5 {
			t.Errorf("%d children: %+v", len(s.srv.Children()), s.setting(t).Run)
		}
		if l := s.late(t); l != "" {
			t.Errorf("the watchdog says %q", l)
		}
		// Off, with a reason, by whoever may.
		if err := s.desk(t, "director").SetFeed(ctx, line.FeedScheduled{}); err == nil {
			t.Error("off without a reason")
		}
		if err := s.desk(t, "director").SetFeed(ctx, line.FeedScheduled{Why: "the service moves"}); err != nil {
			t.Fatal(err)
		}
		s.clock.Add(48 * day.Hour)
		if s.rings(t) || s.late(t) != "" || s.setting(t).Next != 0 {
			t.Error("it is off")
		}
		s.verify(t)
	})
}

// One that does not leave is tried again each hour, and the watchdog says so after two; when
// it left, the watchdog is silent again.
func TestTheWatchdogLooksAtTheFeed(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		s := newSender(t, e)
		s.clock.Set(testkit.Instant("2026-06-01T12:00:00Z"))
		s.fills(t, 2)
		if err := s.desk(t, "director").SetFeed(ctx, line.FeedScheduled{On: true, Authority: "999", At: "02:30"}); err != nil {
			t.Fatal(err)
		}
		if l := s.late(t); l != "" {
			t.Errorf("before its time: %q", l)
		}
		s.clock.Set(testkit.Instant("2026-06-02T03:29:00Z")) // two hours less a minute after its time
		if l := s.late(t); l != "" {
			t.Errorf("in time: %q", l)
		}
		s.clock.Add(day.Minute)
		if l := s.late(t); !strings.Contains(l, "was not begun") || !strings.Contains(l, "onus serve --feed-to") {
			t.Errorf("nobody began it: %q", l)
		}
		s.srv.ShutTokens(401)
		if !s.rings(t) || len(s.srv.Children()) != 0 {
			t.Error("without a token")
		}
		if l := s.late(t); !strings.Contains(l, "did not all leave: it answered 401") {
			t.Errorf("refused: %q", l)
		}
		if s.rings(t) {
			t.Error("again at once")
		}
		s.srv.ShutTokens(503)
		s.clock.Add(61 * day.Minute)
		if !s.rings(t) {
			t.Error("not again after an hour")
		}
		if l := s.late(t); !strings.Contains(l, "busy or silent") {
			t.Errorf("busy: %q", l)
		}
		s.srv.ShutTokens(0)
		s.clock.Add(61 * day.Minute)
		if !s.rings(t) || len(s.srv.Children()) != 2 {
			t.Errorf("%+v", s.setting(t).Run)
		}
		if l := s.late(t); l != "" {
			t.Errorf("it left: %q", l)
		}
		if strings.Contains(s.setting(t).Run.Problem, cscapi.ClientSecret) {
			t.Error("the secret is told")
		}
		// The next day nobody comes: yesterday's success does not hide it.
		s.clock.Set(testkit.Instant("2026-06-03T04:00:00Z"))
		if l := s.late(t); !strings.Contains(l, "due on 3 June 2026, 02:30 was not begun") {
			t.Errorf("the day after: %q", l)
		}
	})
}

// Of two processes one sends; one that was stopped in the middle is followed by another.
func TestOneSendsTheFeed(t *testing.T) {
	s := newSender(t, testkit.Engines[0])
	s.clock.Set(testkit.Instant("2026-06-01T12:00:00Z"))
	s.fills(t, 1)
	if err := s.desk(t, "director").SetFeed(ctx, line.FeedScheduled{On: true, Authority: "999", At: "02:30"}); err != nil {
		t.Fatal(err)
	}
	s.clock.Set(testkit.Instant("2026-06-02T02:00:00Z"))
	inside := false
	busy := func() (app.Courier, error) {
		inside = true
		if s.rings(t) {
			t.Error("a second one begins while the first has it in hand")
		}
		return nil, errors.New("the file with the token cannot be read")
	}
	if did, err := s.SendFeedDue(ctx, busy, nil); !did || err == nil || !inside {
		t.Errorf("%v, %v", did, err)
	}
	if p := s.setting(t).Run; !strings.Contains(p.Problem, "cannot be read") || p.Done() {
		t.Errorf("%+v", p)
	}
	s.clock.Add(61 * day.Minute)
	gone, stop := context.WithCancel(ctx)
	if did, err := s.SendFeedDue(gone, func() (app.Courier, error) { stop(); return s.fetching(t)() }, nil); !did || err == nil && len(s.srv.Children()) > 0 {
		t.Errorf("stopped in the middle: %v, %v", did, err)
	}
	if !s.rings(t) || len(s.srv.Children()) != 1 {
		t.Errorf("after it was stopped: %+v", s.setting(t).Run)
	}
	for _, x := range []struct {
		b     line.FeedScheduled
		field string
	}{{line.FeedScheduled{On: true, At: "02:30"}, "authority"}, {line.FeedScheduled{On: true, Authority: "204", At: "25:00"}, "at"}, {line.FeedScheduled{}, "why"}} {
		ps, _ := entry.Problems(s.desk(t, "director").SetFeed(ctx, x.b))
		if len(ps) != 1 || ps[0].Field != x.field {
			t.Errorf("%+v: %v", x.b, ps)
		}
	}
	if err := s.desk(t, "head").SetFeed(ctx, line.FeedScheduled{Why: "x"}); !errors.Is(err, app.ErrForbidden) {
		t.Errorf("a head of service: %v", err)
	}
}
