package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

// doors checks what is kept for people who come in: sessions, drafts, sign-ins
// that nobody knows, and their own looks.
func doors(t *testing.T, o Open) {
	s := open(t, o)
	session := func(token string, want []byte) {
		t.Helper()
		view(t, s, func(v app.View) error {
			data, _, err := v.Session(ctx, token)
			if !bytes.Equal(data, want) || (want == nil) != errors.Is(err, app.ErrNotFound) {
				t.Errorf("session %s: %q, %v", token, data, err)
			}
			return nil
		})
	}
	update(t, s, func(tx app.Tx) error {
		return errors.Join(tx.PutSession(ctx, "a", []byte{1}, 10), tx.PutSession(ctx, "b", []byte{0, 2}, 20), tx.PutSession(ctx, "a", []byte{3}, 30),
			tx.PutDraft(ctx, app.Draft{Person: "p", Path: "/x", Body: "k=1", At: 5}), tx.PutDraft(ctx, app.Draft{Person: "p", Path: "/x", Body: "k=2", At: 6}),
			tx.PutDraft(ctx, app.Draft{Person: "q", Path: "/x", Body: "k=3", At: 60}))
	})
	session("a", []byte{3})
	session("b", []byte{0, 2})
	session("c", nil)
	session("\x00", nil)
	draft := func(person, want string) {
		t.Helper()
		view(t, s, func(v app.View) error {
			d, err := v.Draft(ctx, person, "/x")
			if d.Body != want || (want == "") != errors.Is(err, app.ErrNotFound) {
				t.Errorf("draft of %s: %+v, %v", person, d, err)
			}
			return nil
		})
	}
	draft("p", "k=2")
	draft("q", "k=3")
	update(t, s, func(tx app.Tx) error {
		return errors.Join(tx.DropOld(ctx, 25, 6), tx.PutDraft(ctx, app.Draft{Person: "q", Path: "/x"}))
	})
	session("a", []byte{3})
	session("b", nil)
	draft("p", "k=2")
	draft("q", "")
	update(t, s, func(tx app.Tx) error { return errors.Join(tx.DropSession(ctx, "a"), tx.DropSession(ctx, "none")) })
	session("a", nil)

	update(t, s, func(tx app.Tx) error {
		first, err := tx.PutStranger(ctx, app.Stranger{Code: "K1", Issuer: "https://idp", Subject: "s1", At: 1})
		again, err2 := tx.PutStranger(ctx, app.Stranger{Code: "K2", Issuer: "https://idp", Subject: "s1", At: 5})
		other, err3 := tx.PutStranger(ctx, app.Stranger{Code: "K3", Issuer: "https://other", Subject: "s1", At: 3})
		if first != "K1" || again != "K1" || other != "K3" {
			t.Errorf("%s %s %s", first, again, other)
		}
		return errors.Join(err, err2, err3)
	})
	view(t, s, func(v app.View) error {
		all, err := v.Strangers(ctx, 9)
		one, err2 := v.Stranger(ctx, "K1")
		if _, none := v.Stranger(ctx, "K2"); !errors.Is(none, app.ErrNotFound) {
			t.Errorf("a code that was not kept: %v", none)
		}
		if len(all) != 2 || all[0].Code != "K1" || one.At != 5 {
			t.Errorf("%+v, %+v", all, one)
		}
		return errors.Join(err, err2)
	})
	update(t, s, func(tx app.Tx) error { return tx.DropStranger(ctx, "https://idp", "s1") })
	view(t, s, func(v app.View) error {
		all, err := v.Strangers(ctx, 9)
		if len(all) != 1 {
			t.Errorf("%+v", all)
		}
		return err
	})

	update(t, s, func(tx app.Tx) error {
		for i := range 6 {
			if err := tx.PutChild(ctx, aChild(i)); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutOpenings(ctx, "c-1", []app.Opening{{Who: "person:p", Why: app.OpenSample, Until: 50}, {Who: "post:chair", Why: app.OpenChair}}),
			tx.PutOpenings(ctx, "c-2", []app.Opening{{Who: "person:p", Why: app.OpenDisclosed, Until: 10}}),
			tx.PutOpenings(ctx, "c-3", []app.Opening{{Who: "person:p", Why: app.OpenSample, Until: 10}}), tx.PutOpenings(ctx, "c-3", nil))
	})
	ids := func(q app.ChildQuery) (out []string) {
		t.Helper()
		view(t, s, func(v app.View) error {
			rows, err := v.Children(ctx, q)
			for _, c := range rows {
				out = append(out, c.Child)
			}
			return err
		})
		slices.Sort(out)
		return out
	}
	for i, c := range []struct {
		q    app.ChildQuery
		want []string
	}{
		{app.ChildQuery{OpenTo: []string{"person:p"}, OpenAt: 5}, []string{"c-1", "c-2"}},
		{app.ChildQuery{OpenTo: []string{"person:p"}, OpenAt: 10}, []string{"c-1"}},
		{app.ChildQuery{OpenTo: []string{"person:p"}, Why: []string{app.OpenDisclosed}, OpenAt: 5}, []string{"c-2"}},
		{app.ChildQuery{OpenTo: []string{"post:chair", "person:q"}, OpenAt: 99}, []string{"c-1"}},
		{app.ChildQuery{OpenTo: []string{}}, nil},
		{app.ChildQuery{IDs: []string{"c-4", "c-0", "none"}}, []string{"c-0", "c-4"}},
		{app.ChildQuery{IDs: []string{}}, nil},
		{app.ChildQuery{IDs: []string{"c-0", "c-1", "c-2"}, Guarded: true}, []string{"c-1"}},
	} {
		if got := ids(c.q); !slices.Equal(got, c.want) {
			t.Errorf("query %d: %v, want %v", i, got, c.want)
		}
	}

	of := entry.OfChild("c-1")
	link := app.FamilyLink{Hash: "aa", Subject: of, Entry: "e", Until: day.MustParse("2026-03-02"), Ended: true}
	last := app.FamilyLink{Hash: "bb", Subject: of, Entry: "f"}
	update(t, s, func(tx app.Tx) error {
		return errors.Join(tx.PutFamilyLinks(ctx, of, []app.FamilyLink{{Hash: "old", Entry: "e"}, {Hash: "aa", Entry: "e"}}), tx.PutFamilyLinks(ctx, of, []app.FamilyLink{last, link}),
			tx.PutFamilyLinks(ctx, entry.OfChild("nobody"), []app.FamilyLink{{Hash: "cc", Entry: "g"}}), tx.PutFamilyLinks(ctx, entry.OfConcern("none"), []app.FamilyLink{{Hash: "dd", Entry: "g"}}))
	})
	view(t, s, func(v app.View) error {
		all, err := v.FamilyLinks(ctx, of)
		one, err2 := v.FamilyLink(ctx, "aa")
		for _, hash := range []string{"old", "", "\x00"} {
			if _, none := v.FamilyLink(ctx, hash); !errors.Is(none, app.ErrNotFound) {
				t.Errorf("%q leads somewhere: %v", hash, none)
			}
		}
		stray, err3 := v.StrayFamilyLinks(ctx)
		if !slices.Equal(all, []app.FamilyLink{link, last}) || one != link || stray != 2 {
			t.Errorf("%+v, %+v, %d stray", all, one, stray)
		}
		return errors.Join(err, err2, err3)
	})

	looks := []app.Read{{At: 1, Person: "p", Post: "w", Child: "c-1", What: "Record", Grounds: "worker", Program: "k1"}, {At: 2, Person: "q", Child: "c-1", What: "Record", Grounds: "none", Refused: true},
		{At: 3, Person: "p", Post: "w", Child: "c-2", What: "Search", Grounds: "worker"}}
	update(t, s, func(tx app.Tx) error { return tx.PutReads(ctx, looks) })
	view(t, s, func(v app.View) error {
		mine, err := v.ReadsBy(ctx, "p", "", 99, 9)
		before, err2 := v.ReadsBy(ctx, "p", "Search", 99, 9)
		seen, err3 := v.Reads(ctx, "c-1", 0, 9)
		if !slices.Equal(mine, []app.Read{looks[2], looks[0]}) || !slices.Equal(before, looks[:1]) || !slices.Equal(seen, []app.Read{looks[1], looks[0]}) {
			t.Errorf("%+v\n%+v\n%+v", mine, before, of)
		}
		between, err4 := v.ReadsBetween(ctx, 1, 3, []string{"Search"})
		all, err5 := v.ReadsBetween(ctx, 0, 2, nil)
		if !slices.Equal(between, looks[1:2]) || !slices.Equal(all, looks[:2]) {
			t.Errorf("%+v\n%+v", between, all)
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
	// A list is many looks of one moment: no page cuts it, so none is skipped.
	var many []app.Read
	for i := range 7 {
		many = append(many, app.Read{At: 50, Person: "r", Child: fmt.Sprint("c-", i), What: "My team", Grounds: "team"})
	}
	many = append(many, app.Read{At: 51, Person: "r", Child: "c-1", What: "Child", Grounds: "team"}, app.Read{At: 49, Person: "r", Child: "c-2", What: "Child", Grounds: "team"})
	update(t, s, func(tx app.Tx) error { return tx.PutReads(ctx, many) })
	seen, pages := 0, 0
	for before := day.Instant(99); pages < 9; pages++ {
		var rs []app.Read
		view(t, s, func(v app.View) (err error) {
			rs, err = v.ReadsBy(ctx, "r", "", before, 3)
			return err
		})
		if len(rs) == 0 {
			break
		}
		seen, before = seen+len(rs), rs[len(rs)-1].At
	}
	if seen != len(many) {
		t.Errorf("page by page %d looks are shown of %d", seen, len(many))
	}
}
