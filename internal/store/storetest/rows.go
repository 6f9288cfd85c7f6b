package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/line"
)

func leaves(sts ...app.Stored) (out []tlog.Hash) {
	for _, st := range sts {
		var salt ledger.Salt
		copy(salt[:], st.Salt)
		out = append(out, ledger.LeafHash(ledger.Leaf(st.Entry.Canonical(), salt)))
	}
	return out
}

var today = day.MustParse("2026-01-12")

// aChild is the nth invented child: many are alike in risk and day, so that
// pages must break ties.
func aChild(n int) app.ChildRow {
	c := app.ChildRow{Child: fmt.Sprint("c-", n), LastSeq: int64(n), Entries: n + 1, Name: fmt.Sprint("Zoë Marsh ", n), Folded: fmt.Sprint("zoe marsh ", n, " nhs", n),
		Birth: today.AddMonths(-n), Open: n%5 != 0, Since: today - day.Date(n%4), Rank: n % 3, Situation: "protection plan, neglect", Team: []string{"east", "west", ""}[n%3], Workers: n}
	if n%2 == 0 {
		c.Post = fmt.Sprint("east-", n%4)
	} else {
		c.NoWorkerSince, c.Expected = today-day.Date(n%3), today
	}
	if n%7 == 0 {
		c.LastSeen, c.LastAlone, c.ReferralOpened = today, today-1, "01900000-0000-7000-8000-000000000000"
	}
	if n%6 == 5 {
		c.Wake = (today + day.Date(n%5)).Start()
	}
	if n%4 == 1 {
		c.Guard = `{"chair":"chair-1"}`
	}
	c.Sorted = c.SortAt()
	return c
}

// aDuty is the nth duty of a child.
func aDuty(of, n int) app.DutyRow {
	c := aChild(of)
	due := day.Deadline{On: today + day.Date(n%3), By: (today + day.Date(n%3)).End()}
	d := app.DutyRow{ID: fmt.Sprintf("rule-%d:%d", n%4, of*100+n), Child: c.Child, Rule: fmt.Sprint("rule-", n%4), Start: entry.ID(fmt.Sprint("e-", n)), Owner: line.KeyOf(fmt.Sprint("east-", n%5)),
		Team: c.Team, Rank: c.Rank, Since: day.On(today - 3), Due: due, NextClimb: due.By, SpanUnit: day.Unit(n%3 + 1)}
	if n%2 == 0 {
		d.Since, d.Due.Clock = day.AtInstant(today.Start()+day.Instant(n)), true
		d.Shifted, d.Until, d.Climbed, d.ClimbedTo, d.ClimbedAt = true, (today + 40).Start(), 2, "head", today.Start()
	}
	return d
}

// full is a store with 40 children of 0 to 4 duties each.
func full(t *testing.T, o Open) (app.Store, []app.ChildRow, []app.DutyRow) {
	t.Helper()
	s := open(t, o)
	var cs []app.ChildRow
	var all []app.DutyRow
	update(t, s, func(tx app.Tx) error {
		for i := range 40 {
			c := aChild(i)
			cs = append(cs, c)
			var ds []app.DutyRow
			for n := range i % 5 {
				ds = append(ds, aDuty(i, n))
			}
			if err := errors.Join(tx.PutChild(ctx, c), tx.PutDuties(ctx, []string{c.Child}, ds)); err != nil {
				return err
			}
			for _, d := range ds {
				d.ChildRow = c
				all = append(all, d)
			}
		}
		return nil
	})
	return s, cs, all
}

func duties(t *testing.T, s app.Store, q app.DutyQuery) (out []app.DutyRow) {
	t.Helper()
	view(t, s, func(v app.View) (err error) {
		out, err = v.Duties(ctx, q)
		return err
	})
	return out
}

func children(t *testing.T, s app.Store, q app.ChildQuery) (out []app.ChildRow) {
	t.Helper()
	view(t, s, func(v app.View) (err error) {
		out, err = v.Children(ctx, q)
		return err
	})
	return out
}

// keep is the rows that a condition holds for.
func keep[T any](rows []T, ok func(T) bool) (out []T) {
	for _, r := range rows {
		if ok(r) {
			out = append(out, r)
		}
	}
	return out
}

func manyWriters(t *testing.T, o Open) {
	stores := []app.Store{open(t, o), open(t, o)}
	const writers, each = 4, 15
	var g sync.WaitGroup
	ids := make(chan entry.ID, writers*each*len(stores))
	for i, s := range stores {
		for w := range writers {
			g.Go(func() {
				for n := range each {
					e := made(t, 1000*i+100*w+n, entry.OfChild("c-1"), entry.Source{Kind: "page"}, child.Note{Text: "a note"})
					if err := s.Update(ctx, func(tx app.Tx) error {
						return errors.Join(add(tx, e), tx.PutReads(ctx, []app.Read{{At: e.Recorded, Person: "p", Child: string(e.ID)}}))
					}); err != nil {
						t.Errorf("a writer failed: %v", err)
						continue
					}
					ids <- e.ID
				}
			})
		}
	}
	g.Wait()
	close(ids)
	for _, s := range stores {
		view(t, s, func(v app.View) error {
			h, err := v.Head(ctx)
			if err != nil {
				return err
			}
			if want := int64(writers * each * len(stores)); h.Size != want {
				t.Errorf("%d entries, not %d", h.Size, want)
			}
			n := int64(0)
			var sts []app.Stored
			if err := v.Each(ctx, 0, func(st app.Stored) error {
				if st.Seq != n {
					t.Errorf("a gap: %d stands where %d should", st.Seq, n)
				}
				n++
				sts = append(sts, st)
				return nil
			}); err != nil || n != h.Size {
				t.Errorf("%d entries to the end, %v", n, err)
			}
			want := new(ledger.Edge)
			want.Append(leaves(sts...))
			got, err := ledger.Root(h.Size, tlog.HashReaderFunc(func(ix []int64) ([]tlog.Hash, error) {
				raw, err := v.Hashes(ctx, ix)
				out := make([]tlog.Hash, len(raw))
				for i := range raw {
					copy(out[i][:], raw[i])
				}
				return out, err
			}))
			if err != nil || got != want.Root() {
				t.Errorf("the ledger is of another journal: %v", err)
			}
			_, err = v.Hashes(ctx, []int64{0, 999999})
			if !errors.Is(err, app.ErrTampered) {
				t.Errorf("a hash that is not there: %v", err)
			}
			return nil
		})
	}
	for id := range ids {
		view(t, stores[0], func(v app.View) error { return first(v.Entry(ctx, id)) })
	}
}

func pagesOfDuties(t *testing.T, o Open) {
	s, _, all := full(t, o)
	for _, q := range []app.DutyQuery{{}, {Teams: []string{"east", ""}}, {LateAt: today.End(), Now: today.Start()}} {
		whole := duties(t, s, q)
		if len(whole) == 0 {
			t.Fatalf("%+v finds nothing", q)
		}
		if q.Teams == nil && q.LateAt == 0 && len(whole) != len(all) {
			t.Errorf("%d duties, not %d", len(whole), len(all))
		}
		for _, size := range []int{1, 3, 7, len(whole), 1000} {
			var got []app.DutyRow
			p := q
			for p.Limit = size; ; {
				page := duties(t, s, p)
				if len(page) == 0 {
					break
				}
				got = append(got, page...)
				last := page[len(page)-1]
				p.After = app.Cursor{Rank: last.Rank, At: int64(last.Due.By), ID: last.ID}
			}
			if !slices.Equal(got, whole) {
				t.Errorf("pages of %d: %d duties, and %d in one", size, len(got), len(whole))
			}
		}
	}
}

func pagesOfChildren(t *testing.T, o Open) {
	s, all, _ := full(t, o)
	for _, q := range []app.ChildQuery{{}, {OpenOnly: true}, {Unallocated: true}, {Search: "marsh"}, {Teams: []string{"west"}}, {Posts: []string{"east-0", "east-1"}}} {
		whole := children(t, s, q)
		if len(whole) == 0 {
			t.Fatalf("%+v finds nothing", q)
		}
		for i := 1; i < len(whole); i++ {
			a, b := whole[i-1], whole[i]
			if a.Rank > b.Rank || a.Rank == b.Rank && (a.SortAt() > b.SortAt() || a.SortAt() == b.SortAt() && a.Child >= b.Child) {
				t.Errorf("%s stands before %s", a.Child, b.Child)
			}
		}
		for _, size := range []int{1, 4, 1000} {
			var got []app.ChildRow
			p := q
			for p.Limit = size; ; {
				page := children(t, s, p)
				if len(page) == 0 {
					break
				}
				got = append(got, page...)
				last := page[len(page)-1]
				p.After = app.Cursor{Rank: last.Rank, At: int64(last.SortAt()), ID: last.Child}
			}
			if !slices.Equal(got, whole) {
				t.Errorf("pages of %d: %d children, and %d in one", size, len(got), len(whole))
			}
		}
	}
	var ids []string
	for after := ""; ; {
		var part []string
		view(t, s, func(v app.View) (err error) {
			part, err = v.ChildIDs(ctx, after, 7)
			return err
		})
		if len(part) == 0 {
			break
		}
		ids, after = append(ids, part...), part[len(part)-1]
	}
	if len(ids) != len(all) || !slices.IsSorted(ids) || len(slices.Compact(ids)) != len(all) {
		t.Errorf("the walk gives %d ids of %d", len(ids), len(all))
	}
}

func filtersOfDuties(t *testing.T, o Open) {
	s, _, all := full(t, o)
	var many []line.Key
	for i := range 700 {
		many = append(many, line.KeyOf(fmt.Sprint("east-", i)))
	}
	for name, x := range map[string]struct {
		q  app.DutyQuery
		ok func(app.DutyRow) bool
	}{
		"whoever owes":      {app.DutyQuery{}, func(app.DutyRow) bool { return true }},
		"nobody":            {app.DutyQuery{Owners: []line.Key{}}, func(app.DutyRow) bool { return false }},
		"no team":           {app.DutyQuery{Teams: []string{}}, func(app.DutyRow) bool { return false }},
		"one owner":         {app.DutyQuery{Owners: []line.Key{"post:east-1"}}, func(d app.DutyRow) bool { return d.Owner == "post:east-1" }},
		"many owners":       {app.DutyQuery{Owners: many}, func(app.DutyRow) bool { return true }},
		"owners and a team": {app.DutyQuery{Owners: many[:2], Teams: []string{"west"}}, func(d app.DutyRow) bool { return d.Team == "west" && (d.Owner == many[0] || d.Owner == many[1]) }},
		"without a team":    {app.DutyQuery{Teams: []string{""}}, func(d app.DutyRow) bool { return d.Team == "" }},
		"child and rule":    {app.DutyQuery{Child: "c-4", Rule: "rule-1"}, func(d app.DutyRow) bool { return d.Child == "c-4" && d.Rule == "rule-1" }},
		"late":              {app.DutyQuery{LateAt: today.End()}, func(d app.DutyRow) bool { return d.Due.By <= today.End() }},
		"not past 18":       {app.DutyQuery{Now: (today + 40).Start()}, func(d app.DutyRow) bool { return d.Until == 0 || d.Until > (today+40).Start() }},
		"a NUL":             {app.DutyQuery{Child: "c\x00"}, func(app.DutyRow) bool { return false }},
		"a bad owner too":   {app.DutyQuery{Owners: []line.Key{"post:east-1", "post:\xff"}}, func(d app.DutyRow) bool { return d.Owner == "post:east-1" }},
		"all at once": {app.DutyQuery{Owners: many, Teams: []string{"east"}, Child: "c-9", Rule: "rule-0", LateAt: today.End(), Now: 1, After: app.Cursor{Rank: -1, ID: "x"}, Limit: 5},
			func(d app.DutyRow) bool { return d.Child == "c-9" && d.Rule == "rule-0" && d.Due.By <= today.End() }},
	} {
		got := duties(t, s, x.q)
		want := keep(all, x.ok)
		if len(got) != len(want) || len(keep(got, x.ok)) != len(got) {
			t.Errorf("%s: %d duties, not %d", name, len(got), len(want))
		}
		for _, d := range got {
			if !slices.Contains(all, d) {
				t.Errorf("%s: a row came out changed: %+v", name, d)
			}
		}
	}
}

func filtersOfChildren(t *testing.T, o Open) {
	s, all, _ := full(t, o)
	for name, x := range map[string]struct {
		q  app.ChildQuery
		ok func(app.ChildRow) bool
	}{
		"all":                 {app.ChildQuery{}, func(app.ChildRow) bool { return true }},
		"no post":             {app.ChildQuery{Posts: []string{}}, func(app.ChildRow) bool { return false }},
		"a post":              {app.ChildQuery{Posts: []string{"east-0", "nobody"}}, func(c app.ChildRow) bool { return c.Open && c.Post == "east-0" }},
		"no team":             {app.ChildQuery{Teams: []string{}}, func(app.ChildRow) bool { return false }},
		"two teams":           {app.ChildQuery{Teams: []string{"east", "west"}}, func(c app.ChildRow) bool { return c.Team != "" }},
		"open":                {app.ChildQuery{OpenOnly: true}, func(c app.ChildRow) bool { return c.Open }},
		"unallocated":         {app.ChildQuery{Unallocated: true, Teams: []string{"east"}}, func(c app.ChildRow) bool { return c.Open && c.Post == "" && c.Team == "east" }},
		"a team that is \x00": {app.ChildQuery{Teams: []string{"\x00"}}, func(app.ChildRow) bool { return false }},
	} {
		got := children(t, s, x.q)
		if want := keep(all, x.ok); len(got) != len(want) || len(keep(got, x.ok)) != len(got) {
			t.Errorf("%s: %d children, not %d", name, len(got), len(want))
		}
	}
}

func search(t *testing.T, o Open) {
	s, all, _ := full(t, o)
	for words, want := range map[string]int{"zoe": len(all), "marsh zoe": len(all), "zoe 39": 1, "nhs39": 1, "nobody": 0, "": len(all), "zo_": len(all), "m%h": 0, `zoe\`: len(all), "'; --": 0, "a\x00b": 0} {
		if got := children(t, s, app.ChildQuery{Search: words}); len(got) != want {
			t.Errorf("%q finds %d, not %d", words, len(got), want)
		}
	}
}

func counts(t *testing.T, o Open) {
	s, all, ds := full(t, o)
	now := today.End()
	view(t, s, func(v app.View) error {
		for _, teams := range [][]string{nil, {}, {"east"}, {"east", "west", ""}} {
			in := func(team string) bool { return teams == nil || slices.Contains(teams, team) }
			loads, err := v.Loads(ctx, teams, now)
			if err != nil {
				return err
			}
			owed, late := 0, 0
			for _, l := range loads {
				owed, late = owed+l.Owed, late+l.Late
			}
			mine := keep(ds, func(d app.DutyRow) bool { return in(d.Team) && (d.Until == 0 || d.Until > now) })
			if was := keep(mine, func(d app.DutyRow) bool { return d.Due.By <= now }); owed != len(mine) || late != len(was) {
				t.Errorf("teams %q: %d owed and %d late, not %d and %d", teams, owed, late, len(mine), len(was))
			}
			posts, err := v.PostCounts(ctx, teams)
			if err != nil {
				return err
			}
			var want []app.PostCount
			for _, c := range keep(all, func(c app.ChildRow) bool { return c.Open && in(c.Team) }) {
				i, ok := slices.BinarySearchFunc(want, c, func(p app.PostCount, c app.ChildRow) int {
					return cmp.Or(strings.Compare(p.Team, c.Team), strings.Compare(p.Post, c.Post))
				})
				if !ok {
					want = slices.Insert(want, i, app.PostCount{Team: c.Team, Post: c.Post})
				}
				want[i].Children++
			}
			if !slices.Equal(posts, want) {
				t.Errorf("teams %q: children are counted as %v, not %v", teams, posts, want)
			}
		}
		for _, owners := range [][]line.Key{{}, {"post:east-1"}, {"post:east-1", "post:east-2", "post:nobody"}} {
			loads, err := v.LoadsOf(ctx, owners, now)
			if err != nil {
				return err
			}
			n := 0
			for _, l := range loads {
				n += l.Owed
			}
			if want := len(keep(ds, func(d app.DutyRow) bool { return slices.Contains(owners, d.Owner) && (d.Until == 0 || d.Until > now) })); n != want {
				t.Errorf("%q owe %d, not %d", owners, n, want)
			}
		}
		return nil
	})
}

func dutiesExactly(t *testing.T, o Open) {
	s := open(t, o)
	r := rand.New(rand.NewPCG(1, 2))
	other := []app.DutyRow{aDuty(2, 0), aDuty(2, 1)}
	update(t, s, func(tx app.Tx) error { return tx.PutDuties(ctx, []string{"c-2"}, other) })
	byID := func(a, b app.DutyRow) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) }
	for range 30 {
		var want []app.DutyRow
		for n := range 6 {
			if d := aDuty(1, n); r.IntN(3) > 0 {
				d.Rank, d.Owner, d.Climbed = r.IntN(3), line.KeyOf(fmt.Sprint("east-", r.IntN(3))), r.IntN(2)
				want = append(want, d)
			}
		}
		update(t, s, func(tx app.Tx) error { return tx.PutDuties(ctx, []string{"c-1"}, want) })
		view(t, s, func(v app.View) error {
			got, err := v.ChildDuties(ctx, "c-1")
			slices.SortFunc(got, byID)
			slices.SortFunc(want, byID)
			if !slices.Equal(got, want) {
				t.Errorf("%+v, not %+v", got, want)
			}
			if rest, err := v.ChildDuties(ctx, "c-2"); err != nil || len(rest) != 2 {
				t.Errorf("another child's duties: %+v, %v", rest, err)
			}
			return err
		})
	}
}

func dueToClimb(t *testing.T, o Open) {
	s, cs, all := full(t, o)
	view(t, s, func(v app.View) error {
		for _, now := range []day.Instant{today.Start(), today.End(), (today + 2).End(), (today + 60).Start()} {
			want := map[string]bool{}
			for _, d := range all {
				if d.NextClimb > 0 && d.NextClimb <= now && (d.Until == 0 || d.Until > now) {
					want[d.Child] = true
				}
			}
			for _, c := range cs {
				if c.Wake != 0 && c.Wake <= now {
					want[c.Child] = true
				}
			}
			got, err := v.DueToClimb(ctx, now, 1000)
			if err != nil {
				return err
			}
			if len(got) != len(want) || len(keep(got, func(id string) bool { return want[id] })) != len(got) {
				t.Errorf("at %s %d children climb, not %d", now, len(got), len(want))
			}
			if few, err := v.DueToClimb(ctx, now, 2); err != nil || len(few) != min(2, len(got)) || !slices.Equal(few, got[:len(few)]) {
				t.Errorf("the first two: %q of %q, %v", few, got, err)
			}
		}
		return nil
	})
}

func childRow(t *testing.T, o Open) {
	s := open(t, o)
	for n := range 15 {
		for _, c := range []app.ChildRow{aChild(n), aChild(n + 1)} {
			c.Child = "c-x"
			for name, text := range strange {
				c.Name, c.Situation = text, name
				update(t, s, func(tx app.Tx) error { return tx.PutChild(ctx, c) })
				view(t, s, func(v app.View) error {
					got, err := v.Child(ctx, "c-x")
					if got != c {
						t.Errorf("%s: %+.300v, not %+.300v", name, got, c)
					}
					return err
				})
			}
		}
		if testing.Short() {
			break
		}
	}
}

// aWaiting is what waits about a child, as different as the columns can be.
func aWaiting(n int) app.DoorRow {
	f := app.DoorRow{Child: aChild(n).Child, First: entry.ID(fmt.Sprint("e-", n)), Kind: "contact", Came: today.Start() + day.Instant(n), Rating: []string{"red", "amber", "green"}[n%3], Urgency: n % 3,
		Rule: "Danger now", Provisional: n%2 == 0, Alarm: n%4 == 0, Missing: "who sees the child\nhow old the child is", From: "school", Said: "Zoë was hungry", Known: "1 referral before",
		DueBy: today.Start() + day.Instant(n%5)*day.Hour}
	if n%3 == 1 {
		f.News = "east-1"
	}
	if n%2 == 1 {
		f.Taken, f.TakenAt, f.Climbed, f.ClimbedTo, f.ClimbedAt = fmt.Sprint("door-", n%4), today.Start(), 2, "head", today.End()
	}
	if n%5 == 0 {
		f.Parking, f.ParkedUntil, f.ParkedWhy, f.ParkedBy, f.ParkedAgreed = "e-p", today.End(), "an interpreter", "ana", "ruth"
	}
	return f
}

func atTheDoor(t *testing.T, o Open) {
	s, _, _ := full(t, o)
	var all []app.DoorRow
	for n := 1; n <= 30; n++ {
		all = append(all, aWaiting(n))
	}
	update(t, s, func(tx app.Tx) error {
		if err := tx.PutDoor(ctx, nil, all); err != nil {
			return err
		}
		// Once more, two changed, and one that waits no more.
		all[3].Rating, all[3].Urgency, all[3].Taken, all[3].Parking = "red", 0, "door-9", ""
		all[4].Provisional, all[4].Said = false, "Now we know"
		err := tx.PutDoor(ctx, []string{all[3].Child, all[4].Child, all[5].Child}, []app.DoorRow{all[3], all[4]})
		all = slices.Delete(all, 5, 6)
		return err
	})
	slices.SortFunc(all, func(a, b app.DoorRow) int {
		return cmp.Or(cmp.Compare(a.Urgency, b.Urgency), cmp.Compare(a.DueBy, b.DueBy), cmp.Compare(a.Child, b.Child))
	})
	late := today.Start() + 2*day.Hour
	for _, x := range []struct {
		q    app.DoorQuery
		want func(app.DoorRow) bool
	}{
		{app.DoorQuery{}, func(f app.DoorRow) bool { return f.News == "" }},
		{app.DoorQuery{News: true}, func(f app.DoorRow) bool { return f.News != "" }},
		{app.DoorQuery{Rating: "red"}, func(f app.DoorRow) bool { return f.News == "" && f.Rating == "red" }},
		{app.DoorQuery{Taken: []string{"door-1", "door-9"}}, func(f app.DoorRow) bool { return f.News == "" && (f.Taken == "door-1" || f.Taken == "door-9") }},
		{app.DoorQuery{Taken: []string{""}}, func(f app.DoorRow) bool { return f.News == "" && f.Taken == "" }},
		{app.DoorQuery{LateAt: late}, func(f app.DoorRow) bool { return f.News == "" && f.DueBy <= late }},
		{app.DoorQuery{Parked: true}, func(f app.DoorRow) bool { return f.News == "" && f.Parking != "" }},
		{app.DoorQuery{Climbed: true}, func(f app.DoorRow) bool { return f.News == "" && f.Climbed > 0 }},
		{app.DoorQuery{Children: []string{all[0].Child}}, func(f app.DoorRow) bool { return f.Child == all[0].Child }},
	} {
		want := keep(all, x.want)
		var got []app.DoorRow
		x.q.Limit = 4
		for {
			var part []app.DoorRow
			view(t, s, func(v app.View) (err error) {
				part, err = v.Door(ctx, x.q)
				return err
			})
			for i := range part {
				if part[i].ChildRow.Child != part[i].Child {
					t.Errorf("%+v has another child's row", part[i])
				}
				part[i].ChildRow = app.ChildRow{}
			}
			got = append(got, part...)
			if len(part) < x.q.Limit {
				break
			}
			last := part[len(part)-1]
			x.q.After = app.Cursor{Rank: last.Urgency, At: int64(last.DueBy), ID: last.Child}
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%+v gives\n%+v\nnot\n%+v", x.q, got, want)
		}
	}
	view(t, s, func(v app.View) error {
		counts, err := v.DoorCounts(ctx, app.DoorQuery{LateAt: late})
		n, over := 0, 0
		for _, c := range counts {
			n, over = n+c.All, over+c.Late
			if of := keep(all, func(f app.DoorRow) bool {
				return f.Rating == c.Rating && f.Taken == c.Taken && (f.News != "") == c.News
			}); len(of) != c.All {
				t.Errorf("%+v, and there are %d", c, len(of))
			}
		}
		if n != len(all) || over != len(keep(all, func(f app.DoorRow) bool { return f.DueBy <= late })) {
			t.Errorf("%d, %d late, of %d", n, over, len(all))
		}
		return err
	})
	update(t, s, func(tx app.Tx) error { return tx.DropChild(ctx, all[0].Child) })
	view(t, s, func(v app.View) error {
		rows, err := v.Door(ctx, app.DoorQuery{Children: []string{all[0].Child}})
		if len(rows) != 0 {
			t.Errorf("of a child of whom nothing is left waits %+v", rows)
		}
		return err
	})
}
