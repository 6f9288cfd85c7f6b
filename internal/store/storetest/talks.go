package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/supervision"
)

// aTalk is the nth invented talk, with what posts owe because of it.
func aTalk(n int) app.TalkRow {
	t := app.TalkRow{ID: fmt.Sprintf("t-%02d", n), Form: supervision.OneToOne, Post: fmt.Sprint("east-", n%3), Person: fmt.Sprint("p-", n%3), By: "manager", State: supervision.Waits,
		Opened: today.Start() + day.Instant(n/2)*day.Hour, Planned: today, On: today + 1, LastSeq: int64(n)}
	if n%5 == 4 {
		t.Form, t.Team, t.Post, t.Person, t.On, t.State = supervision.Group, "east", "", "", 0, supervision.Prepared
	}
	for i := range n % 4 {
		o := app.RecordOwed{Record: app.OfTalk, ID: t.ID, What: app.OwesAction, Nth: i, Post: fmt.Sprint("east-", i), Text: "Ring the school", By: today + day.Date(n-8)}
		if i == 1 {
			o.Child = "c-1"
		}
		if i == 2 {
			o.What, o.Person, o.By = app.OwesTalkSignature, "p-2", 0
		}
		t.Owed = append(t.Owed, o)
	}
	return t
}

// talks: what is put is there, whole, and nothing that is owed no more; lists are
// newest first; what decisions and talks ask for is one list, first due first.
func talks(t *testing.T, o Open) {
	s := open(t, o)
	var rows []app.TalkRow
	decision := app.DecisionRow{ID: "d-1", Number: 1, Title: "x", About: "team", AboutID: "east", State: "stands", Proposed: today.Start(), Owed: []app.RecordOwed{
		{Record: app.OfDecision, ID: "d-1", What: app.OwesCondition, Nth: 0, Post: "east-1", Text: "Advertise", By: today - 3}}}
	update(t, s, func(tx app.Tx) error {
		for n := range 12 {
			rows = append(rows, aTalk(n))
			if err := tx.PutTalk(ctx, aTalk(n)); err != nil {
				return err
			}
		}
		again := rows[11]
		again.Owed = append(again.Owed[:1:1], app.RecordOwed{Record: app.OfTalk, ID: again.ID, What: "gone", Post: "east-0", Text: "y", By: today})
		return errors.Join(tx.PutTalk(ctx, again), tx.PutTalk(ctx, rows[11]), tx.PutDecision(ctx, decision))
	})
	view(t, s, func(v app.View) error {
		for _, want := range rows {
			slices.SortFunc(want.Owed, func(a, b app.RecordOwed) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Nth, b.Nth)) })
			if got, err := v.Talk(ctx, want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v", want.ID, got, err)
			}
		}
		if d, err := v.Decision(ctx, "d-1"); err != nil || !reflect.DeepEqual(d, decision) {
			t.Errorf("%+v, %v", d, err)
		}
		if _, err := v.Talk(ctx, "t-99"); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("no such talk: %v", err)
		}
		for _, q := range []struct {
			q    app.TalkQuery
			want func(app.TalkRow) bool
		}{
			{app.TalkQuery{}, func(app.TalkRow) bool { return true }},
			{app.TalkQuery{Person: "p-1"}, func(x app.TalkRow) bool { return x.Person == "p-1" }},
			{app.TalkQuery{Team: "east"}, func(x app.TalkRow) bool { return x.Team == "east" }},
		} {
			want := keep(rows, q.want)
			slices.SortFunc(want, func(a, b app.TalkRow) int { return cmp.Or(cmp.Compare(b.Opened, a.Opened), cmp.Compare(b.ID, a.ID)) })
			got, err := v.Talks(ctx, q.q)
			if err != nil || len(got) != len(want) || len(want) == 0 {
				t.Fatalf("%+v: %d, %v", q.q, len(got), err)
			}
			for i := range got {
				if got[i].ID != want[i].ID || got[i].Owed != nil {
					t.Errorf("%+v: number %d is %s, not %s", q.q, i, got[i].ID, want[i].ID)
				}
			}
		}
		all := slices.Clone(decision.Owed)
		for _, x := range rows {
			all = append(all, x.Owed...)
		}
		slices.SortFunc(all, func(a, b app.RecordOwed) int {
			return cmp.Or(cmp.Compare(a.By.String(), b.By.String()), cmp.Compare(a.ID, b.ID), cmp.Compare(a.What, b.What), cmp.Compare(a.Nth, b.Nth), cmp.Compare(a.Post, b.Post))
		})
		for _, q := range []struct {
			q    app.RecordOwedQuery
			want func(app.RecordOwed) bool
		}{
			{app.RecordOwedQuery{Limit: 100}, func(app.RecordOwed) bool { return true }},
			{app.RecordOwedQuery{Posts: []string{}, Limit: 100}, func(app.RecordOwed) bool { return false }},
			{app.RecordOwedQuery{Posts: []string{"east-1", "east-9"}, Limit: 100}, func(x app.RecordOwed) bool { return x.Post == "east-1" }},
			{app.RecordOwedQuery{LateOn: today, Limit: 100}, func(x app.RecordOwed) bool { return x.By != 0 && x.By < today }},
		} {
			if got, err := v.RecordOwed(ctx, q.q); err != nil || !slices.EqualFunc(got, keep(all, q.want), func(a, b app.RecordOwed) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("%+v: %+v, %v", q.q, got, err)
			}
		}
		if got, err := v.RecordOwed(ctx, app.RecordOwedQuery{Limit: 2}); err != nil || len(got) != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		return nil
	})
}
