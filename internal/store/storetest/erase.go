package storetest

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// erasing: of an erased entry, place, id and leaf are left, in no record; what
// stands beside it is untouched; what was asked is no hash any more.
func erasing(t *testing.T, o Open) {
	s := open(t, o)
	c := entry.OfChild("c-1")
	es := []entry.Entry{made(t, 1, c, entry.Source{Kind: "page"}, child.Note{Text: "one"}), made(t, 2, c, entry.Source{Kind: "page"}, child.Note{Text: "two"}),
		made(t, 3, c, entry.Source{Kind: "page"}, child.Note{Text: "three"})}
	leaf := bytes.Repeat([]byte{7}, 32)
	update(t, s, func(tx app.Tx) error {
		if err := tx.PutDone(ctx, app.Outcome{Key: "k-1", Request: "hash", Child: "c-1", Entries: []entry.ID{es[0].ID, es[1].ID}}); err != nil {
			return err
		}
		if err := tx.PutDone(ctx, app.Outcome{Key: "k-2", Request: "hash", Child: "c-1", Entries: []entry.ID{es[2].ID}}); err != nil {
			return err
		}
		if err := tx.PutDraft(ctx, app.Draft{Person: "p-1", Path: "/child/c-1/record/note", Body: "half"}); err != nil {
			return err
		}
		if err := tx.PutDraft(ctx, app.Draft{Person: "p-1", Path: "/child/c-10/record/note", Body: "half"}); err != nil {
			return err
		}
		if err := errors.Join(tx.PutChild(ctx, app.ChildRow{Child: "c-1"}), tx.PutIdentifiers(ctx, "c-1", []app.Identifier{{System: "nhs", Value: "4"}})); err != nil {
			return err
		}
		return add(tx, es...)
	})
	erase := func(seq int64) error {
		return s.Update(ctx, func(tx app.Tx) error {
			return tx.Erase(ctx, "c-1", []app.Stored{{Seq: seq, Entry: entry.Entry{ID: es[seq].ID}, Leaf: leaf}})
		})
	}
	if err := erase(1); err != nil {
		t.Fatal(err)
	}
	if err := erase(1); err == nil {
		t.Error("an entry was erased twice")
	}
	view(t, s, func(v app.View) error {
		left, err := v.Entries(ctx, c)
		if err != nil || len(left) != 2 || left[0].Entry.ID != es[0].ID || left[1].Entry.ID != es[2].ID || left[1].Erased() {
			t.Errorf("the record has %+v, %v", left, err)
		}
		want := app.Stored{Seq: 1, Entry: entry.Entry{ID: es[1].ID}, Leaf: leaf}
		if st, err := v.Entry(ctx, es[1].ID); err != nil || !st.Erased() || !reflect.DeepEqual(st, want) {
			t.Errorf("what is left: %+v, %v", st, err)
		}
		var all []app.Stored
		if err := v.Each(ctx, 0, func(st app.Stored) error { all = append(all, st); return nil }); err != nil || len(all) != 3 || !reflect.DeepEqual(all[1], want) {
			t.Errorf("the journal: %+v, %v", all, err)
		}
		one, err1 := v.Done(ctx, "k-1")
		two, err2 := v.Done(ctx, "k-2")
		if one.Request != "" || len(one.Entries) != 2 || two.Request != "hash" || errors.Join(err1, err2) != nil {
			t.Errorf("what was asked: %+v, %+v", one, two)
		}
		return nil
	})
	update(t, s, func(tx app.Tx) error { return tx.DropChild(ctx, "c-1") })
	view(t, s, func(v app.View) error {
		_, row := v.Child(ctx, "c-1")
		_, number := v.ChildByID(ctx, app.Identifier{System: "nhs", Value: "4"})
		_, draft := v.Draft(ctx, "p-1", "/child/c-1/record/note")
		_, others := v.Draft(ctx, "p-1", "/child/c-10/record/note")
		if !errors.Is(row, app.ErrNotFound) || !errors.Is(number, app.ErrNotFound) || !errors.Is(draft, app.ErrNotFound) || others != nil {
			t.Errorf("left of the child: %v, %v, %v; of another's draft: %v", row, number, draft, others)
		}
		return nil
	})
}

// disposable: longest over first, by team, in pages, and never what stands in
// the list only later, or not at all.
func disposable(t *testing.T, o Open) {
	s := open(t, o)
	on := day.MustParse("2026-01-12")
	update(t, s, func(tx app.Tx) error {
		for i, c := range []app.ChildRow{{Child: "a", Team: "east", DisposeOn: on}, {Child: "b", Team: "east", DisposeOn: on - 9}, {Child: "c", Team: "west", DisposeOn: on - 5},
			{Child: "d", Team: "east", DisposeOn: on + 1}, {Child: "e", Team: "east"}, {Child: "f", DisposeOn: on}, {Child: "g", Team: "east", DisposeOn: on}} {
			c.LastSeq = int64(i)
			if err := tx.PutChild(ctx, c); err != nil {
				return err
			}
			if c.DisposeOn++; c.Child == "g" { // a row that changes is written again
				if err := tx.PutChild(ctx, c); err != nil {
					return err
				}
			}
		}
		return nil
	})
	ids := func(q app.DisposalQuery) (out string) {
		view(t, s, func(v app.View) error {
			rows, err := v.Disposable(ctx, q)
			for _, c := range rows {
				out += c.Child
			}
			return err
		})
		return out
	}
	for _, x := range []struct {
		q    app.DisposalQuery
		want string
	}{
		{app.DisposalQuery{On: on}, "bcaf"},
		{app.DisposalQuery{On: on + 1}, "bcafdg"},
		{app.DisposalQuery{On: on, Teams: []string{"east"}}, "ba"},
		{app.DisposalQuery{On: on, Teams: []string{"east", ""}}, "baf"},
		{app.DisposalQuery{On: on, Teams: []string{}}, ""},
		{app.DisposalQuery{On: on, Limit: 2}, "bc"},
		{app.DisposalQuery{On: on, AfterOn: on - 5, After: "c"}, "af"},
		{app.DisposalQuery{On: on, AfterOn: on, After: "a"}, "f"},
	} {
		if got := ids(x.q); got != x.want {
			t.Errorf("%+v: %s, not %s", x.q, got, x.want)
		}
	}
}
