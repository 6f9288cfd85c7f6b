package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

func anOut(n int) app.Out {
	return app.Out{ID: entry.ID(fmt.Sprint("o-", n)), Matter: app.DutyMatter(fmt.Sprint("d-", n)), Step: "1", Who: app.PostKey("east-1"), Channel: app.OutMail, Child: "c-1",
		Made: day.Instant(100 + n), Subject: "A duty", Text: "a text\nof lines, Zoë", Brief: "brief", State: app.OutWaiting, Next: day.Instant(100 + n)}
}

// outbox checks that a step is kept once, taken by one, and counted.
func outbox(t *testing.T, o Open) {
	s := open(t, o)
	list := func(q app.OutQuery) (ids []string) {
		t.Helper()
		view(t, s, func(v app.View) error {
			all, err := v.Outs(ctx, q)
			for _, x := range all {
				ids = append(ids, string(x.ID))
			}
			n := 0
			counts, err2 := v.CountOuts(ctx, q)
			for i, c := range counts {
				n += c.N
				if i > 0 && counts[i-1].Problem >= c.Problem {
					t.Errorf("counts out of order: %+v", counts)
				}
			}
			if q.Limit == 0 && n != len(all) {
				t.Errorf("%+v: counted %d, listed %d", q, n, len(all))
			}
			return errors.Join(err, err2)
		})
		return ids
	}
	is := func(what string, q app.OutQuery, want ...string) {
		t.Helper()
		if got := list(q); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	put := func(x app.Out, fresh bool) {
		t.Helper()
		update(t, s, func(tx app.Tx) error {
			got, err := tx.PutOut(ctx, x)
			if got != fresh {
				t.Errorf("%s: fresh %v", x.ID, got)
			}
			return err
		})
	}
	for n := range 4 {
		put(anOut(n), true)
	}
	again := anOut(1)
	again.ID, again.Text = "o-other", "another text"
	put(again, false)
	for _, change := range []func(*app.Out){func(x *app.Out) { x.Step = "2" }, func(x *app.Out) { x.Who = app.PostKey("east-2") }, func(x *app.Out) { x.Channel = "page" }} {
		x := anOut(1)
		x.ID, x.Made, x.Next, x.Child = entry.ID(fmt.Sprint("p-", len(list(app.OutQuery{})))), 200, 200, ""
		change(&x)
		put(x, true)
	}
	dig := app.Out{ID: "g-1", Matter: app.OutDigest, Step: "2026-01-12", Who: app.PersonKey("p"), Channel: app.OutMail, Made: 300, State: app.OutWaiting, Next: 300}
	put(dig, true)
	view(t, s, func(v app.View) error {
		all, err := v.Outs(ctx, app.OutQuery{Limit: 1})
		if len(all) != 1 || !reflect.DeepEqual(all[0], anOut(0)) {
			t.Errorf("it came out as %+v", all)
		}
		return err
	})
	is("all", app.OutQuery{}, "o-0", "o-1", "o-2", "o-3", "p-4", "p-5", "p-6", "g-1")
	is("due", app.OutQuery{State: app.OutWaiting, DueAt: 102}, "o-0", "o-1", "o-2")
	is("some", app.OutQuery{Limit: 2}, "o-0", "o-1")
	is("newest", app.OutQuery{Newest: true, Limit: 2}, "g-1", "p-6")
	is("of a post", app.OutQuery{Who: []string{app.PostKey("east-2"), "post:\x00"}}, "p-5")
	is("of nobody", app.OutQuery{Who: []string{}})
	is("between", app.OutQuery{MadeAfter: 101, MadeBy: 103}, "o-2", "o-3")
	is("digests", app.OutQuery{Matter: app.OutDigest}, "g-1")
	is("others", app.OutQuery{NoDigest: true, MadeAfter: 199}, "p-4", "p-5", "p-6")

	set := func(x app.Out, was day.Instant, want bool) {
		t.Helper()
		update(t, s, func(tx app.Tx) error {
			ours, err := tx.SetOut(ctx, x, was)
			if ours != want {
				t.Errorf("%s taken: %v", x.ID, ours)
			}
			return err
		})
	}
	x := anOut(0)
	x.Tries, x.Next, x.Problem = 1, 500, "begun"
	set(x, 100, true)
	set(x, 100, false) // another has it
	is("due without it", app.OutQuery{State: app.OutWaiting, DueAt: 102}, "o-1", "o-2")
	x.State, x.Ended, x.Problem = app.OutSent, 501, ""
	set(x, 500, true)
	set(x, 500, false) // it waits no more
	for n := 1; n < 3; n++ {
		x := anOut(n)
		x.State, x.Ended, x.Problem = app.OutGivenUp, 600, fmt.Sprint("problem ", 3-n)
		set(x, x.Next, true)
	}
	view(t, s, func(v app.View) error {
		counts, err := v.CountOuts(ctx, app.OutQuery{State: app.OutGivenUp})
		if want := []app.OutCount{{Problem: "problem 1", N: 1, Oldest: 102}, {Problem: "problem 2", N: 1, Oldest: 101}}; !slices.Equal(counts, want) {
			t.Errorf("given up: %+v", counts)
		}
		return err
	})
	update(t, s, func(tx app.Tx) error { return tx.DropOuts(ctx, 501) })
	is("before its end", app.OutQuery{State: app.OutSent}, "o-0")
	update(t, s, func(tx app.Tx) error { return tx.DropOuts(ctx, 1000) })
	is("what was given up is kept, and what waits", app.OutQuery{}, "o-1", "o-2", "o-3", "p-4", "p-5", "p-6", "g-1")
	update(t, s, func(tx app.Tx) error {
		n, err := tx.MoveOuts(ctx, app.OutGivenUp, app.OutWaiting, 700)
		if n != 2 {
			t.Errorf("%d wait again", n)
		}
		return err
	})
	view(t, s, func(v app.View) error {
		all, err := v.Outs(ctx, app.OutQuery{MadeAfter: 699})
		for _, x := range all {
			if x.State != app.OutWaiting || x.Tries != 0 || x.Next != 700 || x.Ended != 0 || x.Problem != "" || x.Text != anOut(1).Text {
				t.Errorf("again: %+v", x)
			}
		}
		if len(all) != 2 {
			t.Errorf("%d were made anew", len(all))
		}
		return err
	})
	update(t, s, func(tx app.Tx) error {
		_, err := tx.MoveOuts(ctx, app.OutWaiting, app.OutLetGo, 800)
		return err
	})
	is("let go", app.OutQuery{State: app.OutWaiting})
	next := dig
	next.ID, next.Step = "g-2", "2026-01-13"
	put(next, true)
	next.ID, next.Step = "g-3", "2026-01-14"
	put(next, true)
	update(t, s, func(tx app.Tx) error { return tx.OvertakeDigests(ctx, "2026-01-14", 900) })
	is("overtaken", app.OutQuery{State: app.OutOvertaken}, "g-2")
	is("of today", app.OutQuery{State: app.OutWaiting}, "g-3")

	update(t, s, func(tx app.Tx) error {
		y := anOut(9)
		y.Child = "c-2"
		_, err := tx.PutOut(ctx, y)
		return errors.Join(err, tx.DropChild(ctx, "c-1"))
	})
	for _, id := range list(app.OutQuery{}) {
		if id[0] == 'o' && id != "o-9" {
			t.Errorf("%s is about a child whose record is gone", id)
		}
	}
	is("of another child", app.OutQuery{State: app.OutWaiting, NoDigest: true}, "o-9")
	stop := errors.New("stop")
	err := s.Update(ctx, func(tx app.Tx) error {
		_, err := tx.PutOut(ctx, anOut(10))
		return errors.Join(err, stop)
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
	is("nothing leaves without a commit", app.OutQuery{MadeAfter: 109, MadeBy: 110})
}

// behind counts what was due and is not done.
func behind(t *testing.T, o Open) {
	s := open(t, o)
	is := func(by, now day.Instant, want app.Behind) {
		t.Helper()
		view(t, s, func(v app.View) error {
			got, err := v.Behind(ctx, by, now)
			if got != want {
				t.Errorf("behind %d: %+v, want %+v", by, got, want)
			}
			return err
		})
	}
	is(1000, 1000, app.Behind{})
	update(t, s, func(tx app.Tx) error {
		c := aChild(1)
		c.Wake = 40
		d1, d2, d3, d4 := aDuty(1, 1), aDuty(1, 2), aDuty(1, 3), aDuty(1, 4)
		d1.NextClimb, d1.Until = 50, 0
		d2.NextClimb, d2.Until = 60, 70 // no longer owed from 70
		d3.NextClimb, d3.Until = 0, 0   // nothing left to climb
		d4.NextClimb, d4.Until = 90, 0
		return errors.Join(tx.PutChild(ctx, c), tx.PutDuties(ctx, []string{c.Child}, []app.DutyRow{d1, d2, d3, d4}),
			tx.PutConcern(ctx, app.ConcernRow{ID: "k", Number: 1, State: "waiting", Next: 30}))
	})
	is(29, 29, app.Behind{})
	is(30, 30, app.Behind{Concerns: 1, Since: 30})
	is(49, 49, app.Behind{Wakes: 1, Concerns: 1, Since: 30})
	is(60, 60, app.Behind{Steps: 2, Wakes: 1, Concerns: 1, Since: 30})
	is(60, 70, app.Behind{Steps: 1, Wakes: 1, Concerns: 1, Since: 30})
	is(90, 100, app.Behind{Steps: 2, Wakes: 1, Concerns: 1, Since: 30})
}
