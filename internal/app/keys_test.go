package app_test

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/ledger"
	"onus/internal/testkit"
)

// A key is changed: old receipts hold, with the list and with the key of their
// time; a program with the old key signs nothing more, whatever it is asked.
func TestTheKeyIsChanged(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		_, vkey1, err := ledger.GenerateKey(testkit.Rand(1<<63), testkit.Origin)
		if err != nil {
			t.Fatal(err)
		}
		if h.Keys, err = ledger.ParseKeys(vkey1); err != nil {
			t.Fatal(err)
		}
		if err := h.Store.Update(ctx, func(tx app.Tx) error { return tx.PutMeta(ctx, app.MetaVKey, vkey1) }); err != nil {
			t.Fatal(err)
		}
		kid := h.referred(t, "Iona", "Marsh")
		said := func(text string) ([]byte, error) {
			d, err := h.Record(ctx, app.Do{Child: kid, Receipts: true, Commands: []child.Command{h.say("manager-front", child.Note{Text: text})}})
			if err != nil {
				return nil, err
			}
			return d.Receipts[0], nil
		}
		before, err := said("before")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		h.record(t, kid, h.say("manager-front", child.Note{Text: "not signed yet"}))
		skey, vkey2, err := ledger.GenerateKey(testkit.Rand(77), testkit.Origin)
		if err != nil {
			t.Fatal(err)
		}
		next, err := note.NewSigner(skey)
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.Rotate(ctx, next, vkey2)
		if err != nil {
			t.Fatal(err)
		}

		if _, err := h.Checkpoint(ctx); !errors.Is(err, app.ErrRotated) {
			t.Errorf("the old program signs a head: %v", err)
		}
		size := h.verify(t).Entries
		if _, err := said("by the old program"); !errors.Is(err, app.ErrRotated) {
			t.Errorf("the old program signs a receipt: %v", err)
		}
		if now := h.verify(t).Entries; now != size {
			t.Errorf("what could not be acknowledged was recorded: %d, before %d", now, size)
		}
		if _, err := h.Rotate(ctx, next, vkey2); !errors.Is(err, app.ErrRotated) {
			t.Errorf("the old program changes the key again: %v", err)
		}

		h.again(t, 2)
		var ks ledger.Keys
		if err := h.Store.View(ctx, func(v app.View) (err error) {
			ks, err = app.ParseStoredKeys(ctx, v)
			return err
		}); err != nil || len(ks) != 2 || ks[0].VKey != vkey2 || ks[1].Until != size-1 {
			t.Fatalf("%+v %v", ks, err)
		}
		if file, err := ledger.ParseKeys(string(list)); err != nil || len(file) != 2 {
			t.Fatalf("the list for others: %+v %v", file, err)
		}
		h.Signer, h.Keys, h.known = next, ks, note.VerifierList(ks.Verifiers()...)
		after, err := said("after")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		first, err := note.NewVerifier(vkey1)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			what string
			text []byte
			by   note.Verifiers
			ok   bool
		}{
			{"an old receipt with the list", before, h.known, true},
			{"an old receipt with its key", before, note.VerifierList(first), true},
			{"a new receipt with the list", after, h.known, true},
			{"a new receipt with the old key", after, note.VerifierList(first), false},
		} {
			r, err := ledger.ParseReceipt(x.text)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ledger.Verify(r, x.by, testkit.Origin); x.ok != (err == nil) {
				t.Errorf("%s: %v", x.what, err)
			}
		}
		if v := h.verify(t); v.Checkpoints != 2 {
			t.Errorf("%+v", v)
		}
		// Whoever finds the old key cannot go on with it: testkit's is that one.
		h.again(t, 3)
		if _, err := said("with the key that was found"); !errors.Is(err, app.ErrRotated) {
			t.Errorf("the old key signs: %v", err)
		}
	})
}

// A stored hash that was changed may leave the root as it was: then no receipt is
// given out that does not hold.
func TestNoReceiptThatDoesNotHold(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		kid := h.referred(t, "Iona", "Marsh")
		done := h.record(t, kid, h.say("manager-front", child.Note{Text: "one"}))
		for i := range 9 {
			h.record(t, kid, h.say("manager-front", child.Note{Text: fmt.Sprint(i)}))
		}
		db := behind(t, h.dsn)
		do := func(q string) {
			t.Helper()
			if _, err := db.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		do(`CREATE TABLE kept AS SELECT idx, hash FROM ledger_hash`)
		var all, refused int
		if err := db.QueryRow(`SELECT count(*) FROM kept`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		for i := range all {
			do(fmt.Sprintf(`UPDATE ledger_hash SET hash = (SELECT hash FROM kept WHERE idx = %d) WHERE idx = %d`, (i+1)%all, i))
			text, err := h.Receipt(ctx, done.Entries[0])
			switch {
			case errors.Is(err, app.ErrTampered):
				refused++
			case err != nil:
				t.Errorf("hash %d: %v", i, err)
			default:
				r, err := ledger.ParseReceipt(text)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ledger.Verify(r, h.known, testkit.Origin); err != nil {
					t.Errorf("hash %d was changed, and a receipt went out that does not hold: %v", i, err)
				}
			}
			do(fmt.Sprintf(`UPDATE ledger_hash SET hash = (SELECT hash FROM kept WHERE idx = %d) WHERE idx = %d`, i, i))
		}
		if refused == 0 {
			t.Error("no changed hash was noticed")
		}
	})
}
