package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
)

// aSending is the nth invented payload of the daily feed, with a child of its own and one
// that stands in all.
func aSending(n int) (app.FeedSending, []app.FeedPart) {
	s := app.FeedSending{ID: fmt.Sprintf("s-%02d", n), Authority: "204", Target: "https://a", Made: today.Start() + day.Instant(n/2)*day.Hour, Children: 2, SHA256: fmt.Sprint("hash", n),
		Payload: fmt.Sprint("[", n, "]"), State: app.FeedWaiting, Next: today.Start() + day.Instant(n)}
	if n%3 == 2 {
		s.Target = "https://b"
	}
	return s, []app.FeedPart{{Number: "ALL", Child: "c-all", SHA256: fmt.Sprint("all", n)}, {Number: fmt.Sprint("K", n), Child: fmt.Sprint("c-", n), SHA256: fmt.Sprint("k", n)}}
}

// feed: what is put is there, whole; only one takes a payload in hand; what was accepted
// is emptied, and what an address holds is what it accepted last; what is erased is sent
// no more.
func feed(t *testing.T, o Open) {
	s := open(t, o)
	var all []app.FeedSending
	for n := range 6 {
		x, parts := aSending(n)
		all = append(all, x)
		update(t, s, func(tx app.Tx) error { return tx.PutFeedSending(ctx, x, parts) })
	}
	list := func(q app.FeedSendingQuery, want ...int) {
		t.Helper()
		view(t, s, func(v app.View) error {
			got, err := v.FeedSendings(ctx, q)
			var exp []app.FeedSending
			for _, n := range want {
				x := all[n]
				x.Payload = ""
				exp = append(exp, x)
			}
			if !reflect.DeepEqual(got, exp) {
				t.Errorf("%+v:\n%+v\nwant\n%+v", q, got, exp)
			}
			return err
		})
	}
	list(app.FeedSendingQuery{}, 0, 1, 2, 3, 4, 5)
	list(app.FeedSendingQuery{Newest: true, Limit: 2}, 5, 4)
	list(app.FeedSendingQuery{State: app.FeedWaiting, Authority: "204", Target: "https://b"}, 2, 5)
	list(app.FeedSendingQuery{Authority: "301"})
	one := func(n int) (x app.FeedSending) {
		t.Helper()
		view(t, s, func(v app.View) (err error) { x, err = v.FeedSending(ctx, all[n].ID); return err })
		return x
	}
	if x := one(3); !reflect.DeepEqual(x, all[3]) {
		t.Errorf("%+v", x)
	}
	view(t, s, func(v app.View) error {
		if _, err := v.FeedSending(ctx, "none"); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
		return nil
	})
	if err := s.Update(ctx, func(tx app.Tx) error { x, _ := aSending(0); return tx.PutFeedSending(ctx, x, nil) }); err == nil {
		t.Error("the same name twice")
	}

	// Of two who take one in hand, one has it.
	set := func(n int, x app.FeedSending, was day.Instant) (ours bool) {
		t.Helper()
		update(t, s, func(tx app.Tx) (err error) { ours, err = tx.SetFeedSending(ctx, x, was); return err })
		if ours {
			all[n] = x
		}
		return ours
	}
	x := all[0]
	was := x.Next
	x.Tries, x.Next, x.Problem = 1, was+day.Minute, "begun"
	if !set(0, x, was) || set(0, x, was) {
		t.Error("taken by none, or by two")
	}
	x.State, x.Ended, x.Status, x.Receipt, x.Answer, x.Problem, x.Payload = app.FeedAccepted, x.Next+5, 200, "r-0", "ok", "", ""
	if !set(0, x, x.Next) || set(0, x, x.Next) {
		t.Error("accepted by none, or twice")
	}
	if got := one(0); !reflect.DeepEqual(got, x) {
		t.Errorf("accepted: %+v", got)
	}

	// What an address holds: the last of each, without what was removed there.
	held := func(target string, want ...app.FeedPart) {
		t.Helper()
		view(t, s, func(v app.View) error {
			got, err := v.FeedHeld(ctx, "204", target)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s holds %+v, want %+v", target, got, want)
			}
			return err
		})
	}
	for n, parts := range [][]app.FeedPart{{{Number: "ALL", SHA256: "all0"}, {Number: "K0", SHA256: "k0"}}, {{Number: "ALL", SHA256: "all1"}}, {{Number: "ALL", SHA256: "b"}}, {{Number: "K0"}, {Number: "K9"}}} {
		update(t, s, func(tx app.Tx) error { return tx.HoldFeed(ctx, all[n], parts) })
	}
	held("https://a", app.FeedPart{Number: "ALL", SHA256: "all1"})
	held("https://b", app.FeedPart{Number: "ALL", SHA256: "b"})
	held("https://c")

	// A refused one is kept until others are made in its place.
	x = all[1]
	x.State, x.Ended, x.Status, x.Answer = app.FeedRefused, x.Next, 400, "no"
	if !set(1, x, x.Next) || one(1).Payload == "" {
		t.Error("what was refused is gone at once")
	}
	update(t, s, func(tx app.Tx) error { return tx.ForgetRefusedFeed(ctx, "204", "https://a") })
	if one(1).Payload != "" || one(3).Payload == "" {
		t.Error("the wrong ones were forgotten")
	}

	// A child is erased: nothing that names it is kept or sent.
	view(t, s, func(v app.View) error {
		parts, err := v.FeedParts(ctx, all[4].ID)
		if _, want := aSending(4); !reflect.DeepEqual(parts, want) {
			t.Errorf("who is in it: %+v", parts)
		}
		return err
	})
	update(t, s, func(tx app.Tx) error { return errors.Join(tx.Erase(ctx, "c-4", nil), tx.DropChild(ctx, "c-4")) })
	if x := one(4); x.State != app.FeedWithdrawn || x.Payload != "" || x.Ended == 0 {
		t.Errorf("erased: %+v", x)
	}
	if x := one(3); x.State != app.FeedWaiting || x.Payload == "" {
		t.Errorf("another: %+v", x)
	}
	view(t, s, func(v app.View) error {
		parts, err := v.FeedParts(ctx, all[4].ID)
		if len(parts) != 1 || parts[0].Number != "ALL" {
			t.Errorf("the child is still named: %+v", parts)
		}
		return err
	})
}
