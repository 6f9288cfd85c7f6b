// Package storetest is the suite that every store passes: what app may ask of
// its ports, on whatever engine.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/testkit"
)

// Open opens a store. Each call within one test opens the same store again;
// the suite closes what it opened.
type Open func(t *testing.T) app.Store

var ctx = context.Background()

// Run runs the suite. fresh gives, for one test, how to open a store that is
// new and empty.
func Run(t *testing.T, fresh func(t *testing.T) Open) {
	for _, x := range []struct {
		name string
		test func(*testing.T, Open)
	}{
		{"head and order", headAndOrder},
		{"to the byte", toTheByte},
		{"erasing", erasing},
		{"what may be disposed of", disposable},
		{"rollback", rollback},
		{"many writers", manyWriters},
		{"pages of duties", pagesOfDuties},
		{"pages of children", pagesOfChildren},
		{"filters of duties", filtersOfDuties},
		{"filters of children", filtersOfChildren},
		{"search", search},
		{"counts", counts},
		{"duties exactly", dutiesExactly},
		{"at the front door", atTheDoor},
		{"asked about visits", askedOfVisits},
		{"due to climb", dueToClimb},
		{"numbers", numbers},
		{"child row", childRow},
		{"checkpoints", checkpoints},
		{"settings and keys", settings},
		{"reader log", readerLog},
		{"doors", doors},
		{"talks", talks},
		{"outbox", outbox},
		{"daily feed", feed},
		{"returns", returns},
		{"what is behind", behind},
		{"not found", notFound},
		{"a snapshot", snapshot},
		{"kept over a restart", restart},
	} {
		t.Run(x.name, func(t *testing.T) { x.test(t, fresh(t)) })
	}
}

func open(t *testing.T, o Open) app.Store {
	t.Helper()
	s := o(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func view(t *testing.T, s app.Store, fn func(app.View) error) {
	t.Helper()
	if err := s.View(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func update(t *testing.T, s app.Store, fn func(app.Tx) error) {
	t.Helper()
	if err := s.Update(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

// moment of the suite: each step is an hour.
func moment(step int) entry.Moment {
	return entry.Moment{Now: testkit.Instant("2026-01-12T09:00:00Z") + day.Instant(step)*day.Hour, Rand: testkit.Rand(uint64(step) + 1)}
}

// made seals an entry.
func made(t testing.TB, step int, s entry.Subject, src entry.Source, b entry.Body) entry.Entry {
	t.Helper()
	m := moment(step)
	e, err := app.Registry().Seal(m, s, entry.Actor{Person: "p-1", Post: "east-1", OnBehalf: "east-2"}, day.AtInstant(m.Now), "", src, b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// add appends entries after those that are there, with the ledger's hashes.
func add(tx app.Tx, es ...entry.Entry) error {
	h, err := tx.Lock(ctx)
	if err != nil {
		return err
	}
	edge := new(ledger.Edge)
	if err := tx.Each(ctx, 0, func(st app.Stored) error {
		edge.Append(leaves(st))
		return nil
	}); err != nil {
		return err
	}
	var sts []app.Stored
	for i, e := range es {
		sts = append(sts, app.Stored{Seq: h.Size + int64(i), Entry: e, Salt: bytes.Repeat([]byte{byte(h.Size) + byte(i), 0}, 16)})
		h.Recorded = max(h.Recorded, e.Recorded)
		if e.Subject == entry.TheLine {
			h.LineSeq = h.Size + int64(i) + 1
		}
	}
	stored, at := edge.Append(leaves(sts...))
	raw := make([][]byte, len(stored))
	for i := range stored {
		raw[i] = stored[i][:]
	}
	h.Size += int64(len(es))
	return tx.Append(ctx, sts, raw, at, h)
}

func headAndOrder(t *testing.T, o Open) {
	s := open(t, o)
	head := func() (h app.Head) {
		view(t, s, func(v app.View) (err error) {
			h, err = v.Head(ctx)
			return err
		})
		return h
	}
	if h := head(); h != (app.Head{}) {
		t.Errorf("an empty store's head: %+v", h)
	}
	var want []entry.Entry
	for i := range 30 {
		subject := entry.OfChild(fmt.Sprint("c-", i%3))
		if i%10 == 9 {
			subject = entry.TheLine
		}
		e := made(t, i, subject, entry.Source{Kind: "page"}, child.Note{Text: fmt.Sprint("note ", i)})
		want = append(want, e)
		update(t, s, func(tx app.Tx) error { return add(tx, e) })
	}
	if h := head(); h.Size != 30 || h.Recorded != want[29].Recorded || h.LineSeq != 30 {
		t.Errorf("the head: %+v", h)
	}
	view(t, s, func(v app.View) error {
		for _, from := range []int64{0, 17, 30, 31} {
			n := from
			if err := v.Each(ctx, from, func(st app.Stored) error {
				if st.Seq != n || st.Entry.ID != want[n].ID {
					t.Errorf("from %d: %d stands where %d should", from, st.Seq, n)
				}
				n++
				return nil
			}); err != nil {
				return err
			}
			if n != max(from, 30) {
				t.Errorf("from %d it ends at %d", from, n)
			}
		}
		stop := errors.New("enough")
		if err := v.Each(ctx, 0, func(app.Stored) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("a walk that is stopped: %v", err)
		}
		es, err := v.Entries(ctx, entry.OfChild("c-1"))
		if err == nil && len(es) > 1 {
			from, err := v.EntriesFrom(ctx, entry.OfChild("c-1"), es[1].Seq)
			if err != nil || len(from) != len(es)-1 || from[0].Seq != es[1].Seq {
				t.Errorf("%d from the second of %d, %v", len(from), len(es), err)
			}
		}
		for i, st := range es {
			if i > 0 && es[i-1].Seq >= st.Seq || st.Entry.Subject != "child/c-1" {
				t.Errorf("entry %d of a subject: %d, %s", i, st.Seq, st.Entry.Subject)
			}
		}
		if len(es) != 9 {
			t.Errorf("%d entries of a subject", len(es))
		}
		return err
	})
}

// strange texts that a store must keep as they are.
var strange = map[string]string{
	"accents": "Zoë O’Neil-Ångström", "decomposed": "Zoe\u0308", "emoji": "👧🏽 and 👩‍👩‍👧", "right to left": "שלום مرحبا", "beyond the plane": "𝔘𝔫𝔦 🂡",
	"quotes": `'; DROP TABLE journal; -- "x" \ \\ \n $1 ?1 %s`, "lines": "a\nb\r\nc\td\u2028e\u2029f", "controls": "\x01\x02\x1f\x7f", "html": "<b>&amp;</b>",
	"spaces": "  both ends  ", "long": strings.Repeat("é long text ", 15000), "replacement": "\ufffd", "words of escapes": `\u0000 \ufffd`,
}

func toTheByte(t *testing.T, o Open) {
	s := open(t, o)
	src := entry.Source{Kind: "import", Of: "cin-census", File: strings.Repeat("ab", 32), Line: 7, Key: "201/Ä/x<y>&z", AsOf: testkit.Instant("2026-05-01T09:00:00.000001Z")}
	want := map[entry.ID]entry.Entry{}
	step := 0
	for name, text := range strange {
		for _, b := range []entry.Body{child.Note{Text: text}, child.Known{Given: text, Address: text}} {
			step++
			e := made(t, step, entry.OfChild("c-"+name), src, b)
			if step%2 == 0 {
				e.Happened, e.Corrects = day.On(e.Happened.Date), "01900000-0000-7000-8000-000000000000"
			}
			want[e.ID] = e
			update(t, s, func(tx app.Tx) error { return add(tx, e) })
		}
	}
	view(t, s, func(v app.View) error {
		for id, w := range want {
			st, err := v.Entry(ctx, id)
			if err != nil {
				return err
			}
			if !bytes.Equal(st.Entry.Canonical(), w.Canonical()) || !bytes.Equal(st.Entry.Raw, w.Raw) || !reflect.DeepEqual(st.Entry, w) {
				t.Errorf("went in\n%.300s\ncame out\n%.300s", w.Canonical(), st.Entry.Canonical())
			}
			if len(st.Salt) != 32 || st.Salt[0] != byte(st.Seq) || st.Salt[1] != 0 {
				t.Errorf("the salt came out as %x", st.Salt)
			}
			if again, err := app.Registry().ParseLine(st.Entry.Canonical()); err != nil || !reflect.DeepEqual(again, w) {
				t.Errorf("its line is not read as it was: %v", err)
			}
		}
		return nil
	})
}

func rollback(t *testing.T, o Open) {
	s := open(t, o)
	e := made(t, 1, entry.OfChild("c-1"), entry.Source{Kind: "page"}, child.Note{Text: "a note"})
	stop := errors.New("stop")
	everything := func(tx app.Tx) error {
		return errors.Join(add(tx, e), tx.PutChild(ctx, aChild(1)), tx.PutIdentifiers(ctx, "c-1", []app.Identifier{{System: "nhs", Value: "1"}}), tx.PutDuties(ctx, []string{"c-1"}, []app.DutyRow{aDuty(1, 1)}),
			tx.PutCheckpoint(ctx, 1, []byte("text"), 5), tx.PutMeta(ctx, "k", "v"), tx.PutDone(ctx, app.Outcome{Key: "k"}), tx.PutReads(ctx, []app.Read{{At: 5, Child: "c-1"}}))
	}
	empty := func() {
		t.Helper()
		view(t, s, func(v app.View) error {
			h, err := v.Head(ctx)
			es, err1 := v.Entries(ctx, e.Subject)
			cs, err2 := v.Children(ctx, app.ChildQuery{})
			ds, err3 := v.ChildDuties(ctx, "c-1")
			rs, err4 := v.Reads(ctx, "c-1", 0, 9)
			m, err5 := v.Meta(ctx, "k")
			if h != (app.Head{}) || len(es)+len(cs)+len(ds)+len(rs) > 0 || m != "" {
				t.Errorf("left behind: %+v %d %d %d %d %q", h, len(es), len(cs), len(ds), len(rs), m)
			}
			for what, err := range map[string]error{"checkpoint": second(v.Checkpoint(ctx)), "key": first(v.Done(ctx, "k")), "entry": first(v.Entry(ctx, e.ID)), "number": first(v.ChildByID(ctx, app.Identifier{System: "nhs", Value: "1"}))} {
				if !errors.Is(err, app.ErrNotFound) {
					t.Errorf("a %s was left behind: %v", what, err)
				}
			}
			return errors.Join(err, err1, err2, err3, err4, err5)
		})
	}
	if err := s.Update(ctx, func(tx app.Tx) error { return errors.Join(everything(tx), stop) }); !errors.Is(err, stop) {
		t.Errorf("the error came out as %v", err)
	}
	empty()
	func() {
		defer func() { _ = recover() }()
		_ = s.Update(ctx, func(tx app.Tx) error {
			if err := everything(tx); err != nil {
				t.Error(err)
			}
			panic("in the middle, on purpose")
		})
	}()
	empty()
	gone, cancel := context.WithCancel(ctx)
	if err := s.Update(gone, func(tx app.Tx) error {
		err := everything(tx)
		cancel()
		return err
	}); err == nil {
		t.Error("it committed for somebody who had gone")
	}
	empty()
	update(t, s, everything)
	if err := s.Update(ctx, func(tx app.Tx) error { return tx.PutDone(ctx, app.Outcome{Key: "k"}) }); err == nil {
		t.Error("one key was kept twice")
	}
}

func first[A any](_ A, err error) error          { return err }
func second[A, B any](_ A, _ B, err error) error { return err }

func restart(t *testing.T, o Open) {
	e := made(t, 1, entry.OfChild("c-1"), entry.Source{Kind: "page"}, child.Note{Text: "a note"})
	s := o(t)
	update(t, s, func(tx app.Tx) error {
		return errors.Join(add(tx, e), tx.PutChild(ctx, aChild(1)), tx.PutDuties(ctx, []string{"c-1"}, []app.DutyRow{aDuty(1, 1)}))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	view(t, open(t, o), func(v app.View) error {
		st, err := v.Entry(ctx, e.ID)
		if err != nil || !reflect.DeepEqual(st.Entry, e) {
			t.Errorf("%+v, %v", st, err)
		}
		ds, err := v.ChildDuties(ctx, "c-1")
		if len(ds) != 1 || ds[0] != aDuty(1, 1) {
			t.Errorf("%+v", ds)
		}
		return err
	})
}
