package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/testkit"
)

const secret = "Her grandfather lives at the mill"

var ordered = child.Erasure{Type: "need", Ground: child.Ordered, Source: "County Court order of 9 January 2026", Proposed: "p-manager-east", Agreed: "p-service"}

// erased is a house in which a note was erased, with what was given out before.
type erased struct {
	*house
	id, other string
	note      entry.ID
	at        int64
	tomb      entry.ID
	root      tlog.Hash
	receipt   []byte
}

func (h *house) seq(t *testing.T, id entry.ID) (seq int64) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) error {
		st, err := v.Entry(ctx, id)
		seq = st.Seq
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return seq
}

func anErasure(t *testing.T, e testkit.Engine, whole bool) erased {
	t.Helper()
	h := newHouse(t, e)
	x := erased{house: h, id: h.referred(t, "Iona", "Marsh"), other: h.referred(t, "Another", "Child")}
	h.clock.Add(day.Minute)
	do := app.Do{Child: x.id, Key: "the-note-itself", Commands: []child.Command{h.say("manager-front", child.Note{Text: secret})}}
	done, err := h.Record(ctx, do)
	if err != nil {
		t.Fatal(err)
	}
	x.note = done.Entries[0]
	h.clock.Add(day.Minute)
	h.record(t, x.id, h.say("manager-front", child.Note{Text: "one after it"}))
	if _, err := h.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	x.at, x.root = h.seq(t, x.note), h.verify(t).Root
	if x.receipt, err = h.Receipt(ctx, x.note); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(day.Hour)
	ids := []entry.ID{x.note}
	if whole {
		ids = nil
	}
	if x.tomb, err = h.EraseNow(ctx, x.id, ids, ordered, testkit.Who("service")); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestAnErasedEntryIsGoneAndEveryProofHolds(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		x := anErasure(t, e, false)
		v := x.verify(t)
		if v.Erased != 1 || v.Children != 2 {
			t.Errorf("%+v", v)
		}
		if err := x.Store.View(ctx, func(v app.View) error {
			root, err := ledger.Root(x.at+2, tlog.HashReaderFunc(func(ix []int64) ([]tlog.Hash, error) {
				raw, err := v.Hashes(ctx, ix)
				out := make([]tlog.Hash, len(raw))
				for i := range raw {
					copy(out[i][:], raw[i])
				}
				return out, err
			}))
			if err == nil && root != x.root {
				t.Error("the root of before is another")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := x.holds(t, x.receipt); !bytes.Contains(got, []byte(secret)) {
			t.Error("the receipt of before does not carry the entry")
		}
		if _, err := x.Receipt(ctx, x.note); !errors.Is(err, app.ErrErased) {
			t.Errorf("a receipt of it now: %v", err)
		}
		if _, err := x.Receipt(ctx, x.tomb); err != nil {
			t.Errorf("a receipt of the tombstone: %v", err)
		}
		if text := x.export(t); strings.Contains(text, secret) {
			t.Error("it still stands in the journal")
		}
		page, err := x.Look(ctx, x.id, 0)
		if err != nil || len(page.Record.Log) != 5 || page.Record.Log[4].ID != x.tomb {
			t.Fatalf("%+v, %v", page.Record.Log, err)
		}
		b := page.Record.Log[4].Body.(child.EntriesErased)
		if b.Count != 1 || b.Entries[0] != (child.Gone{Seq: x.at, Entry: x.note}) || b.Proposed != "p-manager-east" || b.Agreed != "p-service" || b.Source != ordered.Source {
			t.Errorf("the tombstone says %+v", b)
		}
		before := testkit.Instant("2026-01-12T09:30:00Z")
		if then, err := x.Look(ctx, x.id, before); err != nil || then.Erased != 1 || len(then.Record.Log) != 4 {
			t.Errorf("as known before: %+v, %v", then, err)
		}
		if then, err := x.Look(ctx, x.id, testkit.Instant("2026-01-12T09:00:10Z")); err != nil || then.Erased != 0 {
			t.Errorf("as known before it was there: %+v, %v", then, err)
		}
		if tomb, ok := page.Record.Erased(x.note); !ok || tomb.ID != x.tomb {
			t.Error("the record does not say that it was erased")
		}
		// The hash of what was asked is gone too, and the key stays used.
		_, err = x.Record(ctx, app.Do{Child: x.id, Key: "the-note-itself", Commands: []child.Command{x.say("manager-front", child.Note{Text: secret})}})
		if ps := refused(t, err); !strings.Contains(ps[0].Text, "erased") {
			t.Errorf("the same key: %+v", ps)
		}
		if _, err := x.EraseNow(ctx, x.id, []entry.ID{x.note}, ordered, testkit.Who("service")); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("twice: %v", err)
		}
		x.again(t, 7)
		x.record(t, x.id, x.say("manager-front", child.Note{Text: "life goes on"}))
		if err := x.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		x.verify(t)
	})
}

func TestAWholeRecordIsGone(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		x := anErasure(t, e, true)
		v := x.verify(t)
		if v.Erased != 5 || v.Children != 1 {
			t.Errorf("%+v", v)
		}
		if _, err := x.Look(ctx, x.id, 0); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("the record: %v", err)
		}
		text := x.export(t)
		for _, gone := range []string{secret, "Iona", "Marsh"} {
			if strings.Contains(text, gone) {
				t.Errorf("%q still stands in the journal", gone)
			}
		}
		if !strings.Contains(text, `"kind":"record.disposed","subject":"files"`) {
			t.Error("there is no tombstone with the files")
		}
		list, err := x.ListDuties(ctx, app.Listing{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			if d.Child == x.id {
				t.Errorf("it is still owed %s", d.Duty)
			}
		}
		if _, err := x.Record(ctx, app.Do{Child: x.id, Commands: []child.Command{x.say("manager-front", child.Note{Text: "too late"})}}); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("a note about nobody: %v", err)
		}
		if err := x.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		x.verify(t)
	})
}

// What SQLite let go of is overwritten, not only unlinked.
func TestNothingOfItIsLeftInTheFile(t *testing.T) {
	x := anErasure(t, testkit.Engines[0], true)
	if err := x.Store.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(strings.TrimPrefix(x.dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{secret, "Iona", "hungry"} {
		if n := bytes.Count(b, []byte(gone)); n != map[string]int{"hungry": 2}[gone] { // the other child's: in the journal, and at the front door
			t.Errorf("%q stands in the file %d times", gone, n)
		}
	}
	x.App, x.known = testkit.NewApp(t, x.dsn, x.clock, 8)
	x.verify(t)
}

func TestExportAndImportWithErasedEntries(t *testing.T) {
	for _, from := range testkit.Engines {
		for _, to := range testkit.Engines {
			for _, whole := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s to %s, whole %v", from.Name, to.Name, whole), func(t *testing.T) {
					h := anErasure(t, from, whole)
					text, want := h.export(t), h.verify(t)
					g := empty(t, to, h.house)
					if added, root, err := g.ImportJournal(ctx, strings.NewReader(text)); err != nil || added != want.Entries || root != want.Root.String() {
						t.Fatalf("%d of %d entries, root %s, not %s: %v", added, want.Entries, root, want.Root, err)
					}
					got := g.verify(t)
					got.Checkpoints = want.Checkpoints
					if got != want || g.export(t) != text {
						t.Errorf("%+v, not %+v", got, want)
					}
					if added, _, err := g.ImportJournal(ctx, strings.NewReader(text)); added != 0 || err != nil {
						t.Errorf("again: %d, %v", added, err)
					}
					if _, err := g.Receipt(ctx, h.note); !errors.Is(err, app.ErrErased) {
						t.Errorf("a receipt of it: %v", err)
					}
					for name, wrong := range map[string]string{
						"a leaf changed":        strings.Replace(text, `"leaf":"`, `"leaf":"0`, 1),
						"an id that is none":    strings.Replace(text, `{"erased":"0`, `{"erased":"x`, 1),
						"a salt beside it":      strings.Replace(text, `,"leaf":`, `,"salt":"00","leaf":`, 1),
						"without the tombstone": strings.Join(strings.SplitAfter(text, "\n")[:strings.Count(text, "\n")-1], ""),
					} {
						if _, _, err := empty(t, to, h.house).ImportJournal(ctx, strings.NewReader(wrong)); err == nil {
							t.Errorf("%s was taken", name)
						}
					}
				})
			}
		}
	}
}

// An import goes on over what was erased in the file since only in an empty store.
func TestImportOverWhatWasErasedSince(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := lived(t, e)
		before := h.export(t)
		g := empty(t, e, h)
		if _, _, err := g.ImportJournal(ctx, strings.NewReader(before)); err != nil {
			t.Fatal(err)
		}
		var id string
		if err := h.EachRecord(ctx, func(r child.Record) error { id = r.Child; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := h.EraseNow(ctx, id, nil, ordered, testkit.Who("service")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := g.ImportJournal(ctx, strings.NewReader(h.export(t))); !errors.Is(err, app.ErrNotEmpty) {
			t.Errorf("a newer file over an older store: %v", err)
		}
		g.verify(t)
		if added, _, err := h.ImportJournal(ctx, strings.NewReader(before)); added != 0 || !errors.Is(err, app.ErrNotEmpty) {
			t.Errorf("an older file over a newer store: %d, %v", added, err)
		}
		h.verify(t)
	})
}

func TestTamperingWithErasure(t *testing.T) {
	for _, e := range testkit.Engines {
		for what, do := range map[string]string{
			"the tombstone names another":    `UPDATE journal SET body = REPLACE(body, '"seq":%[1]d', '"seq":%[2]d') WHERE seq = %[3]d`,
			"the tombstone's law":            `UPDATE journal SET body = REPLACE(body, 'County', 'Family') WHERE seq = %[3]d`,
			"the tombstone's author":         `UPDATE journal SET author = 'p-director' WHERE seq = %[3]d`,
			"the tombstone gone":             `DELETE FROM journal WHERE seq = %[3]d`,
			"the tombstone emptied too":      emptied + ` WHERE seq = %[3]d`,
			"another entry emptied with it":  strings.ReplaceAll(emptied, "LEAF", "OTHER") + ` WHERE seq = %[2]d`,
			"the leaf":                       `UPDATE journal SET leaf = (SELECT salt FROM journal WHERE seq = 1) WHERE seq = %[1]d`,
			"the leaf gone":                  `UPDATE journal SET leaf = NULL WHERE seq = %[1]d`,
			"the id":                         `UPDATE journal SET id = '01900000-0000-7000-8000-000000000000' WHERE seq = %[1]d`,
			"an author put in":               `UPDATE journal SET author = 'p-director' WHERE seq = %[1]d`,
			"a subject put in":               `UPDATE journal SET subject = 'line' WHERE seq = %[1]d`,
			"another body in its place":      `UPDATE journal SET kind = 'note', happened = '2026-01-12', source = '{"kind":"page"}', subject = 'line', author = 'x', body = '{"text":"x"}', salt = leaf, leaf = NULL WHERE seq = %[1]d`,
			"the stub gone":                  `DELETE FROM journal WHERE seq = %[1]d`,
			"the hash of the leaf":           `UPDATE ledger_hash SET hash = (SELECT salt FROM journal WHERE seq = 1) WHERE idx = LEAF`,
			"the leaf and its hash together": `UPDATE journal SET leaf = (SELECT salt FROM journal WHERE seq = 1) WHERE seq = %[1]d; UPDATE ledger_hash SET hash = (SELECT salt FROM journal WHERE seq = 1) WHERE idx = LEAF`,
		} {
			t.Run(e.Name+"/"+strings.ReplaceAll(what, " ", "-"), func(t *testing.T) {
				t.Parallel()
				x := anErasure(t, e, false)
				tomb := x.seq(t, x.tomb)
				x.verify(t)
				of := x.at
				if strings.HasPrefix(what, "the tombstone") {
					of = tomb
				}
				do := strings.ReplaceAll(do, "LEAF", fmt.Sprint(tlog.StoredHashIndex(0, of)))
				do = strings.ReplaceAll(do, "OTHER", fmt.Sprint(tlog.StoredHashIndex(0, x.at+1)))
				db := behind(t, x.dsn)
				n := int64(0)
				for _, one := range strings.Split(do, "; ") {
					for i, seq := range []int64{x.at, x.at + 1, tomb} {
						one = strings.ReplaceAll(one, fmt.Sprintf("%%[%d]d", i+1), fmt.Sprint(seq))
					}
					res, err := db.Exec(one)
					if err != nil {
						t.Fatal(err)
					}
					k, err := res.RowsAffected()
					if err != nil {
						t.Fatal(err)
					}
					n += k
				}
				if n < 1 {
					t.Fatal("the tampering changed nothing")
				}
				if _, err := x.Verify(ctx, x.known); !errors.Is(err, app.ErrTampered) {
					t.Fatalf("not seen: %v", err)
				}
			})
		}
	}
}

// holds checks a receipt as anybody would, and gives the entry that it carries.
func (h *house) holds(t *testing.T, text []byte) []byte {
	t.Helper()
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ledger.Verify(r, h.known, testkit.Origin)
	if err != nil {
		t.Errorf("a receipt of before: %v", err)
	}
	return got.Entry
}
