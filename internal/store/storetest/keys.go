package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

func numbers(t *testing.T, o Open) {
	s := open(t, o)
	nhs := func(v string) app.Identifier { return app.Identifier{System: "nhs", Value: v} }
	la := func(a, v string) app.Identifier { return app.Identifier{System: "la-child", Authority: a, Value: v} }
	put := func(n int, ids ...app.Identifier) {
		t.Helper()
		update(t, s, func(tx app.Tx) error {
			return errors.Join(tx.PutChild(ctx, aChild(n)), tx.PutIdentifiers(ctx, aChild(n).Child, ids))
		})
	}
	find := func(id app.Identifier, want string) {
		t.Helper()
		view(t, s, func(v app.View) error {
			got, err := v.ChildByID(ctx, id)
			if got != want || (want == "") != errors.Is(err, app.ErrNotFound) {
				t.Errorf("%+v finds %q, not %q: %v", id, got, want, err)
			}
			return nil
		})
	}
	put(1, nhs("1"), la("201", "A"), nhs("1"))
	put(2, la("202", "A"), nhs("Ä <2>"))
	find(nhs("1"), "c-1")
	find(la("201", "A"), "c-1")
	find(la("202", "A"), "c-2")
	find(la("201", "a"), "")
	find(nhs("Ä <2>"), "c-2")
	find(nhs("\x00"), "")
	put(1, la("201", "B"), nhs("1"))
	find(la("201", "A"), "")
	find(la("201", "B"), "c-1")
	put(2, nhs("1"), la("202", "A")) // two children with one number: the first by id
	find(nhs("1"), "c-1")
	put(1)
	find(nhs("1"), "c-2")
	view(t, s, func(v app.View) error {
		one, err := v.Identifiers(ctx, "c-1")
		two, err2 := v.Identifiers(ctx, "c-2")
		if len(one) != 0 || !slices.Equal(two, []app.Identifier{la("202", "A"), nhs("1")}) {
			t.Errorf("%+v, %+v", one, two)
		}
		return errors.Join(err, err2)
	})
}

func checkpoints(t *testing.T, o Open) {
	s := open(t, o)
	want := map[int64]string{2: "two\n", 10: "ten\n\x00\xff", 9: "nine"}
	update(t, s, func(tx app.Tx) error {
		for size, text := range want {
			if err := tx.PutCheckpoint(ctx, size, []byte(text), day.Instant(size)); err != nil {
				return err
			}
		}
		return tx.PutCheckpoint(ctx, 2, []byte("another two"), 3) // the first stays
	})
	view(t, s, func(v app.View) error {
		text, size, err := v.Checkpoint(ctx)
		if size != 10 || string(text) != want[10] {
			t.Errorf("the newest: %d %q", size, text)
		}
		var sizes []int64
		err2 := v.Checkpoints(ctx, func(size int64, text []byte) error {
			sizes = append(sizes, size)
			if !bytes.Equal(text, []byte(want[size])) {
				t.Errorf("%d: %q", size, text)
			}
			return nil
		})
		if !slices.Equal(sizes, []int64{2, 9, 10}) {
			t.Errorf("in the order %v", sizes)
		}
		return errors.Join(err, err2)
	})
}

func settings(t *testing.T, o Open) {
	s := open(t, o)
	for name, text := range strange {
		update(t, s, func(tx app.Tx) error {
			return errors.Join(tx.PutMeta(ctx, name, "before"), tx.PutMeta(ctx, name, text),
				tx.PutDone(ctx, app.Outcome{Key: text[:min(len(text), 200)], Request: name, Child: "c", Entries: []entry.ID{"a", "b"}, At: 7}))
		})
		view(t, s, func(v app.View) error {
			m, err := v.Meta(ctx, name)
			if m != text {
				t.Errorf("%s came out as %.50q", name, m)
			}
			d, err2 := v.Done(ctx, text[:min(len(text), 200)])
			if d.Request != name || d.Child != "c" || !slices.Equal(d.Entries, []entry.ID{"a", "b"}) || d.At != 7 {
				t.Errorf("%+v", d)
			}
			return errors.Join(err, err2)
		})
	}
	update(t, s, func(tx app.Tx) error { return tx.PutDone(ctx, app.Outcome{Key: "none"}) })
	view(t, s, func(v app.View) error {
		d, err := v.Done(ctx, "none")
		if len(d.Entries) != 0 {
			t.Errorf("%+v", d)
		}
		m, err2 := v.Meta(ctx, "not there")
		if m != "" {
			t.Errorf("a setting that is not there: %q", m)
		}
		return errors.Join(err, err2)
	})
}

func readerLog(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	read := func(at day.Instant, who, c string) app.Read {
		return app.Read{At: at, Person: who, Post: "east-1", Child: c, What: "Record"}
	}
	update(t, s, func(tx app.Tx) error {
		return tx.PutReads(ctx, []app.Read{read(5, "a", "c-1"), read(5, "b", "c-1"), read(5, "a", "c-2"), read(9, "c", "c-1"), read(5, "b", "c-1")})
	})
	view(t, s, func(v app.View) error {
		rs, err := v.Reads(ctx, "c-1", 0, 10)
		if want := []app.Read{read(9, "c", "c-1"), read(5, "b", "c-1"), read(5, "b", "c-1"), read(5, "a", "c-1")}; !slices.Equal(rs, want) {
			t.Errorf("%+v", rs)
		}
		few, err2 := v.Reads(ctx, "c-1", 0, 1)
		if len(few) != 1 || few[0] != rs[0] {
			t.Errorf("the newest: %+v", few)
		}
		return errors.Join(err, err2)
	})
	many := make([]app.Read, 1200) // more than one statement takes
	for i := range many {
		many[i] = read(12, fmt.Sprint("p-", i), "c-3")
	}
	update(t, s, func(tx app.Tx) error { return tx.PutReads(ctx, many) })
	view(t, s, func(v app.View) error {
		rs, err := v.Reads(ctx, "c-3", 0, len(many)+1)
		slices.Reverse(rs)
		if !slices.Equal(rs, many) {
			t.Errorf("%d of %d looks were kept, or in another order", len(rs), len(many))
		}
		return err
	})
	var g sync.WaitGroup // many look at the same child at the same moment
	for i, st := range []app.Store{s, other, s, other} {
		g.Go(func() {
			for range 10 {
				if err := st.Update(ctx, func(tx app.Tx) error {
					return tx.PutReads(ctx, []app.Read{read(20, string(rune('a'+i)), "c-9")})
				}); err != nil {
					t.Errorf("a look was not written: %v", err)
				}
			}
		})
	}
	g.Wait()
	view(t, s, func(v app.View) error {
		rs, err := v.Reads(ctx, "c-9", 0, 100)
		if len(rs) != 40 {
			t.Errorf("%d of 40 looks were kept", len(rs))
		}
		return err
	})
}

func notFound(t *testing.T, o Open) {
	s := open(t, o)
	for _, id := range []string{"", "none", "a\x00b", "\xff", "' OR 1=1 --"} {
		view(t, s, func(v app.View) error {
			for what, err := range map[string]error{"entry": first(v.Entry(ctx, entry.ID(id))), "child": first(v.Child(ctx, id)), "key": first(v.Done(ctx, id)),
				"number": first(v.ChildByID(ctx, app.Identifier{System: "nhs", Value: id})), "checkpoint": second(v.Checkpoint(ctx))} {
				if !errors.Is(err, app.ErrNotFound) {
					t.Errorf("%s %q: %v", what, id, err)
				}
			}
			return nil
		})
	}
}

// snapshot: what a view sees stays, whatever is written meanwhile.
func snapshot(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	write := func(step int) {
		t.Helper()
		e := made(t, step, entry.OfChild("c-1"), entry.Source{Kind: "page"}, child.Note{Text: "a note"})
		update(t, other, func(tx app.Tx) error { return add(tx, e) })
	}
	write(1)
	view(t, s, func(v app.View) error {
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		write(2)
		again, err := v.Head(ctx)
		es, err2 := v.Entries(ctx, entry.OfChild("c-1"))
		if h.Size != 1 || again != h || len(es) != 1 {
			t.Errorf("it saw %+v, then %+v and %d entries", h, again, len(es))
		}
		return errors.Join(err, err2)
	})
	view(t, s, func(v app.View) error {
		h, err := v.Head(ctx)
		if h.Size != 2 {
			t.Errorf("afterwards: %+v", h)
		}
		return err
	})
}
