package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
)

// aRun is the nth invented run of a return.
func aRun(kind app.ReturnKind, n int, st app.ReturnState) app.ReturnRun {
	return app.ReturnRun{ID: fmt.Sprintf("%s-%02d", kind, n), Kind: kind, What: app.ReturnChecked, State: st, Authority: "204", Of: "2025/26", Person: "p-zoë", Post: "performance",
		Asked: today.Start() + day.Instant(n/2)*day.Hour, Entries: int64(n), Facts: app.ReturnFacts{Notes: []string{"“quoted”"}, Left: []app.ReturnLeft{{Code: "no-number", N: n, Says: "children."}}}}
}

// returns: what is put is there, whole and newest first; one check of a return at once; a
// change is made by whoever knows the state; whom a check found is listed by rule and by
// team, forgotten with the next check, and erased with the child.
func returns(t *testing.T, o Open) {
	s, _, _ := full(t, o)
	var all []app.ReturnRun
	for n := range 7 {
		r := aRun(app.ReturnCIN, n, app.RunDone)
		if n == 3 {
			r.What, r.SHA256, r.Format = app.ReturnTaken, "abc", "xml"
		}
		all = append(all, r)
	}
	update(t, s, func(tx app.Tx) error {
		for _, r := range append(slices.Clone(all), aRun(app.Return903, 1, app.RunDone)) {
			if err := tx.PutReturnRun(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	list := func(q app.ReturnRunQuery, want ...int) {
		t.Helper()
		view(t, s, func(v app.View) error {
			got, err := v.ReturnRuns(ctx, q)
			var exp []app.ReturnRun
			for _, n := range want {
				exp = append(exp, all[n])
			}
			if !reflect.DeepEqual(got, exp) {
				t.Errorf("%+v:\n%+v\nwant\n%+v", q, got, exp)
			}
			return err
		})
	}
	list(app.ReturnRunQuery{Kind: app.ReturnCIN}, 6, 5, 4, 3, 2, 1, 0)
	list(app.ReturnRunQuery{Kind: app.ReturnCIN, Limit: 2}, 6, 5)
	list(app.ReturnRunQuery{Kind: app.ReturnCIN, Limit: 2, After: app.Cursor{At: int64(all[5].Asked), ID: all[5].ID}}, 4, 3)
	list(app.ReturnRunQuery{Kind: app.ReturnCIN, What: app.ReturnChecked, State: app.RunDone, After: app.Cursor{At: int64(all[4].Asked), ID: all[4].ID}}, 2, 1, 0)
	list(app.ReturnRunQuery{Kind: app.ReturnCIN, What: app.ReturnTaken, State: app.RunDone}, 3)
	list(app.ReturnRunQuery{Kind: app.ReturnAnnexA})
	view(t, s, func(v app.View) error {
		got, err := v.ReturnRun(ctx, all[3].ID)
		if !reflect.DeepEqual(got, all[3]) {
			t.Errorf("%+v", got)
		}
		if _, err := v.ReturnRun(ctx, "none"); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
		return err
	})

	// Only one check of a return waits or runs.
	on := aRun(app.ReturnCIN, 8, app.RunWaiting)
	update(t, s, func(tx app.Tx) error { return tx.PutReturnRun(ctx, on) })
	if err := s.Update(ctx, func(tx app.Tx) error { return tx.PutReturnRun(ctx, aRun(app.ReturnCIN, 9, app.RunRunning)) }); err == nil {
		t.Error("two checks of one return at once")
	}
	update(t, s, func(tx app.Tx) error { return tx.PutReturnRun(ctx, aRun(app.ReturnFeed, 9, app.RunRunning)) })
	set := func(was app.ReturnState, want bool) {
		t.Helper()
		update(t, s, func(tx app.Tx) error {
			ours, err := tx.SetReturnRun(ctx, on, was)
			if ours != want {
				t.Errorf("changed %v, want %v", ours, want)
			}
			return err
		})
	}
	on.State, on.Began, on.Beat, on.Total, on.Entries = app.RunRunning, 5, 6, 7, 9
	set(app.RunRunning, false)
	set(app.RunWaiting, true)
	on.State, on.Ended, on.SoFar, on.Children, on.Errors, on.Queries, on.NotRun, on.Held, on.Problem = app.RunDone, 8, 7, 6, 5, 4, 3, 2, "p"
	on.Facts = app.ReturnFacts{Draft: true, Tables: []app.ReturnTable{{Table: "Reviews", Rows: 3}}, Fields: []app.ReturnFilled{{Table: "Reviews", Column: "CPPreviewDate", Rows: 3, Filled: 2}}}
	set(app.RunRunning, true)
	view(t, s, func(v app.View) error {
		got, err := v.ReturnRun(ctx, on.ID)
		if !reflect.DeepEqual(got, on) {
			t.Errorf("%+v\nwant\n%+v", got, on)
		}
		return err
	})

	// What it found.
	rules := []app.ReturnRule{{Code: "100", Severity: app.ReturnError, Failed: true, Places: 1, Apart: "Header.ReferenceDate"}, {Code: "8500", Severity: app.ReturnError, Failed: true, Places: 30, Children: 10},
		{Code: "8600Q", Severity: app.ReturnQuery, Reason: "Zoë's column is missing."}}
	var fails []app.ReturnFailure
	for n := 1; n <= 10; n++ {
		for _, code := range []string{"8500", "8520"} {
			if code == "8520" && n%3 != 0 {
				continue
			}
			fails = append(fails, app.ReturnFailure{Code: code, Team: []string{"east", "", "west"}[n%3], Child: aChild(n).Child, Places: n, Cells: "Reviews.CPPreviewDate\nCINdetails.X"})
		}
	}
	teams := []app.ReturnTeam{{Code: "", Team: "east", Places: 3, Children: 2}, {Code: "8500", Team: "east", Places: 3, Children: 2}, {Code: "8520", Team: "east", Places: 1, Children: 1}, {Code: "8500", Team: "", Places: 3, Children: 3}}
	put := func(r app.ReturnRun, rules []app.ReturnRule, teams []app.ReturnTeam, fails []app.ReturnFailure) {
		t.Helper()
		update(t, s, func(tx app.Tx) error { return tx.PutReturnResult(ctx, r, rules, teams, fails) })
	}
	put(aRun(app.Return903, 1, app.RunDone), rules[:1], teams, fails[:4])
	put(on, rules, teams, fails)
	walk := func(run, code, team string) (out []app.ReturnFailure) {
		t.Helper()
		q := app.ReturnFailureQuery{Run: run, Code: code, Team: team, Limit: 2}
		for {
			var part []app.ReturnFailure
			view(t, s, func(v app.View) (err error) { part, err = v.ReturnFailures(ctx, q); return err })
			for _, f := range part {
				if f.ChildRow.Child != f.Child {
					t.Errorf("%+v has another child's row", f)
				}
				f.ChildRow = app.ChildRow{}
				out = append(out, f)
			}
			if len(part) < q.Limit {
				return out
			}
			last := part[len(part)-1]
			q.After = app.Cursor{ID: last.Child + "~" + last.Code}
		}
	}
	for _, x := range []struct{ code, team string }{{"8500", "east"}, {"8520", "east"}, {"", "east"}, {"8500", ""}, {"", "west"}} {
		want := keep(fails, func(f app.ReturnFailure) bool { return f.Team == x.team && (x.code == "" || f.Code == x.code) })
		slices.SortFunc(want, func(a, b app.ReturnFailure) int {
			if a.Child != b.Child {
				return map[bool]int{true: -1, false: 1}[a.Child < b.Child]
			}
			return map[bool]int{true: -1, false: 1}[a.Code < b.Code]
		})
		if got := walk(on.ID, x.code, x.team); len(want) == 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v gives\n%+v\nnot\n%+v", x, got, want)
		}
	}
	view(t, s, func(v app.View) error {
		rs, err := v.ReturnRules(ctx, on.ID)
		if !reflect.DeepEqual(rs, rules) {
			t.Errorf("%+v", rs)
		}
		any, err2 := v.ReturnTeams(ctx, on.ID, "")
		of, err3 := v.ReturnTeams(ctx, on.ID, "8500")
		east, err4 := v.ReturnTeamRules(ctx, on.ID, "east")
		if !reflect.DeepEqual(any, teams[:1]) || !reflect.DeepEqual(of, []app.ReturnTeam{teams[3], teams[1]}) || !reflect.DeepEqual(east, teams[1:3]) {
			t.Errorf("%+v\n%+v\n%+v", any, of, east)
		}
		return errors.Join(err, err2, err3, err4)
	})

	// A child's erasure takes its rows, whatever return they are of.
	gone := aChild(3).Child
	if len(keep(walk(on.ID, "", "east"), func(f app.ReturnFailure) bool { return f.Child == gone })) == 0 {
		t.Fatal("the child to be erased is nowhere")
	}
	update(t, s, func(tx app.Tx) error { return tx.Erase(ctx, gone, nil) })
	for _, run := range []string{on.ID, "ssda903-01"} {
		for _, f := range slices.Concat(walk(run, "", "east"), walk(run, "", "west"), walk(run, "", "")) {
			if f.Child == gone {
				t.Errorf("an erased child: %+v", f)
			}
		}
	}

	// The next check of the return forgets whom this one found, and not those of another return.
	next := aRun(app.ReturnCIN, 20, app.RunDone)
	update(t, s, func(tx app.Tx) error { return tx.PutReturnRun(ctx, next) })
	before := len(walk("ssda903-01", "", "west"))
	put(next, nil, nil, fails[:1])
	if got := walk(on.ID, "", "east"); got != nil {
		t.Errorf("an earlier check still names %+v", got)
	}
	if n := len(walk("ssda903-01", "", "west")); n != before || before == 0 {
		t.Errorf("of another return %d children, not %d", n, before)
	}
	view(t, s, func(v app.View) error {
		rs, err := v.ReturnRules(ctx, on.ID)
		if len(rs) != len(rules) {
			t.Error("what came of its rules is forgotten too")
		}
		n, err2 := v.CountChildren(ctx)
		ids, err3 := v.ChildIDs(ctx, "", 10_000)
		if n != len(ids) || n == 0 {
			t.Errorf("%d children, and %d ids", n, len(ids))
		}
		return errors.Join(err, err2, err3)
	})
}
