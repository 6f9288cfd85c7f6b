package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

func askedOfVisits(t *testing.T, o Open) {
	s, _, _ := full(t, o)
	var all []app.VisitRow
	var ids []string
	for n := 1; n <= 30; n++ {
		c := aChild(n%10 + 1).Child
		v := app.VisitRow{Child: c, List: []string{app.VisitsPurpose, app.VisitsSaid}[n%2], What: "no goal", Visit: entry.ID(fmt.Sprint("v-", n)), Newest: -int64(n % 7), Goal: []string{"", "g~1"}[n%2], Name: "Zoë's evenings",
			Team: []string{"east", "east", "west"}[n%3], Rank: n % 3}
		all, ids = append(all, v), append(ids, c)
	}
	update(t, s, func(tx app.Tx) error {
		if err := tx.PutVisits(ctx, ids, all); err != nil {
			return err
		}
		// Once more: of one child a row is changed, and one is gone.
		var of []app.VisitRow
		gone, changed := false, false
		all = slices.DeleteFunc(all, func(v app.VisitRow) bool {
			if v.Child == ids[0] && !gone {
				gone = true
				return true
			}
			return false
		})
		for i := range all {
			if all[i].Child == ids[0] {
				if !changed {
					all[i].Rank, all[i].Team, changed = 9, "east", true
				}
				of = append(of, all[i])
			}
		}
		return tx.PutVisits(ctx, ids[:1], of)
	})
	slices.SortFunc(all, func(a, b app.VisitRow) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Newest, b.Newest), cmp.Compare(a.Child, b.Child), cmp.Compare(a.Visit, b.Visit), cmp.Compare(a.Goal, b.Goal))
	})
	for _, q := range []app.VisitQuery{{List: app.VisitsPurpose, Team: "east"}, {List: app.VisitsSaid, Team: "east"}, {List: app.VisitsPurpose, Team: "west", Since: 3}} {
		want := keep(all, func(v app.VisitRow) bool {
			return v.List == q.List && v.Team == q.Team && (q.Since == 0 || day.Date(-v.Newest) >= q.Since)
		})
		var got []app.VisitRow
		q.Limit = 3
		for {
			var part []app.VisitRow
			view(t, s, func(v app.View) (err error) {
				part, err = v.Visits(ctx, q)
				return err
			})
			for i := range part {
				if part[i].ChildRow.Child != part[i].Child {
					t.Errorf("%+v has another child's row", part[i])
				}
				part[i].ChildRow = app.ChildRow{}
			}
			got = append(got, part...)
			if len(part) < q.Limit {
				break
			}
			last := part[len(part)-1]
			q.After = app.Cursor{Rank: last.Rank, At: last.Newest, ID: last.Child + "~" + string(last.Visit) + "~" + last.Goal}
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%+v gives\n%+v\nnot\n%+v", q, got, want)
		}
	}
	view(t, s, func(v app.View) error {
		got, err := v.ChildVisits(ctx, ids[1])
		if of := keep(all, func(v app.VisitRow) bool { return v.Child == ids[1] }); len(of) == 0 || len(of) != len(got) {
			t.Errorf("of one child %d rows, not %d", len(got), len(of))
		}
		return err
	})
	update(t, s, func(tx app.Tx) error { return tx.DropChild(ctx, ids[1]) })
	view(t, s, func(v app.View) error {
		got, err := v.ChildVisits(ctx, ids[1])
		if len(got) != 0 {
			t.Errorf("a dropped child has %d rows", len(got))
		}
		return err
	})
}
