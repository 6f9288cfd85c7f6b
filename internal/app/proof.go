package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/ledger"
)

// Receipt makes the receipt of an entry: a C2SP tlog-proof file with the entry
// and its salt, which anybody can check without this server. The head is
// hashed again from the store before it is signed.
func (a *App) Receipt(ctx context.Context, id entry.ID) (text []byte, err error) {
	err = a.Store.View(ctx, func(v View) error {
		st, err := v.Entry(ctx, id)
		if err != nil {
			return err
		}
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		cp, size, err := a.witnessedFor(ctx, v, st.Seq)
		if err != nil {
			return err
		}
		if cp == nil {
			text, err = a.receipt(ctx, v, st, h.Size)
			return err
		}
		text, err = a.witnessedReceipt(ctx, v, st, size, cp)
		return err
	})
	return text, err
}

// receipt of an entry in the journal of a size.
func (a *App) receipt(ctx context.Context, v View, st Stored, size int64) ([]byte, error) {
	if err := a.inUse(ctx, v); err != nil {
		return nil, err
	}
	stored, err := a.proving(ctx, v, size, st)
	if err != nil {
		return nil, err
	}
	texts, err := a.proved(size, stored, st)
	if err != nil {
		return nil, err
	}
	return texts[0], nil
}

// witnessedReceipt is a receipt against a head that has the quorum of witnesses.
func (a *App) witnessedReceipt(ctx context.Context, v View, st Stored, size int64, cp []byte) ([]byte, error) {
	stored, err := a.proving(ctx, v, size, st)
	if err != nil {
		return nil, err
	}
	root, err := ledger.SignedRoot(cp)
	if err != nil {
		return nil, err
	}
	return provedUnder(st, size, stored, cp, root)
}

// proving reads at once what root and proofs of entries need of the ledger.
func (a *App) proving(ctx context.Context, v View, size int64, sts ...Stored) (tlog.HashReader, error) {
	var need []int64
	for _, st := range sts {
		if st.Erased() {
			return nil, ErrErased
		}
		reads, err := ledger.Reads(st.Seq, size)
		if err != nil {
			return nil, err
		}
		need = append(need, reads...)
	}
	if len(sts) > 1 {
		slices.Sort(need)
		need = slices.Compact(need)
	}
	return fetched(need, hashes(ctx, v))
}

// proved makes receipts of what was read, under one head.
func (a *App) proved(size int64, stored tlog.HashReader, sts ...Stored) ([][]byte, error) {
	cp, root, err := a.signed(size, stored)
	if err != nil {
		return nil, err
	}
	texts := make([][]byte, len(sts))
	for i, st := range sts {
		if texts[i], err = provedUnder(st, size, stored, cp, root); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// provedUnder makes the receipt, and checks it before it leaves: a hash beside the
// path may have been changed in the store and leave the root as it was.
func provedUnder(st Stored, size int64, stored tlog.HashReader, cp []byte, root tlog.Hash) ([]byte, error) {
	proof, err := ledger.Prove(st.Seq, size, stored)
	if err != nil {
		return nil, err
	}
	o := ledger.Opening{Entry: st.Entry.Canonical()}
	copy(o.Salt[:], st.Salt)
	if tlog.CheckRecord(proof, size, root, st.Seq, ledger.LeafHash(ledger.Leaf(o.Entry, o.Salt))) != nil {
		return nil, fmt.Errorf("%w: no receipt that holds can be made of entry %d: run onus verify", ErrTampered, st.Seq)
	}
	extra, err := o.Encode()
	if err != nil {
		return nil, err
	}
	return ledger.Receipt{Index: st.Seq, Proof: proof, Checkpoint: cp, Extra: extra}.MarshalText()
}

func (a *App) sign(ctx context.Context, v View, size int64) ([]byte, error) {
	if err := a.inUse(ctx, v); err != nil {
		return nil, err
	}
	text, _, err := a.signed(size, hashes(ctx, v))
	return text, err
}

func (a *App) signed(size int64, stored tlog.HashReader) (text []byte, root tlog.Hash, err error) {
	if root, err = ledger.Root(size, stored); err != nil {
		return nil, root, err
	}
	text, err = ledger.Sign(ledger.Checkpoint{Origin: a.Origin(), Size: size, Root: root}, a.Signer)
	return text, root, err
}

// fetched reads hashes at once and gives them out again.
func fetched(need []int64, from tlog.HashReader) (tlog.HashReader, error) {
	got, err := from.ReadHashes(need)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]tlog.Hash, len(need))
	for i, ix := range need {
		at[ix] = got[i]
	}
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, ix := range indexes {
			var ok bool
			if out[i], ok = at[ix]; !ok {
				return nil, fmt.Errorf("the ledger's hash number %d was not fetched", ix)
			}
		}
		return out, nil
	}), nil
}

// Checkpoint signs and keeps the head, when the journal grew since the last one.
func (a *App) Checkpoint(ctx context.Context) (size int64, err error) {
	a.writing <- struct{}{}
	defer func() { <-a.writing }()
	err = a.Store.Update(ctx, func(tx Tx) error {
		h, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		_, last, err := tx.Checkpoint(ctx)
		if err != nil && !notFound(err) {
			return err
		}
		size = h.Size
		if h.Size == last || h.Size == 0 {
			return nil
		}
		text, err := a.sign(ctx, tx, h.Size)
		if err != nil {
			return err
		}
		return tx.PutCheckpoint(ctx, h.Size, text, a.Clock.Now())
	})
	return size, err
}

// LastCheckpoint is the newest signed head, as others may fetch it.
func (a *App) LastCheckpoint(ctx context.Context) (text []byte, err error) {
	err = a.Store.View(ctx, func(v View) error {
		text, _, err = v.Checkpoint(ctx)
		return err
	})
	return text, err
}

// Verified is what a check of the whole journal found in order.
type Verified struct {
	Entries     int64
	Erased      int64 // of these, erased: each is named by a tombstone
	Root        tlog.Hash
	Checkpoints int
	Children    int
	Duties      int
	Concerns    int
	Decisions   int
	Packs       int
	Talks       int
	ReturnParts int // of data that returns are checked with
}

// Verify checks the whole journal: every leaf and every stored hash, every
// signed checkpoint, the order of recording, and every cached row against a
// fold from the beginning. The error names the first bad entry; it wraps
// ErrTampered when the answer is no.
func (a *App) Verify(ctx context.Context, known note.Verifiers) (Verified, error) {
	var out Verified
	err := a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		out.Entries = h.Size
		cps, err := a.checkpoints(ctx, v, known)
		if err != nil {
			return err
		}
		out.Checkpoints = len(cps)
		children := map[string]bool{} // spoken of by the journal, and concerns with their prefix
		if out.Root, out.Erased, err = a.verifyTree(ctx, h, hashes(ctx, v), children, cps); err != nil {
			return err
		}
		more, err := entryAt(ctx, v, h.Size)
		if err != nil {
			return err
		}
		if more.Entry.ID != "" {
			return fmt.Errorf("%w: entry %d (%s) stands after the end of the journal", ErrTampered, more.Seq, more.Entry.ID)
		}
		if out.Concerns, err = a.verifyConcerns(ctx, v, children); err != nil {
			return err
		}
		if out.Decisions, err = verifyDecisions(ctx, v, children); err != nil {
			return err
		}
		if out.Packs, err = verifyPacks(ctx, v, children); err != nil {
			return err
		}
		if out.Talks, err = verifyTalks(ctx, v, children); err != nil {
			return err
		}
		if out.Children, out.Duties, err = a.verifyRows(ctx, v, children); err != nil {
			return err
		}
		if out.ReturnParts, err = a.verifyReturnData(ctx, v); err != nil {
			return err
		}
		return verifyNoStrayLinks(ctx, v)
	})
	return out, err
}

func (a *App) checkpoints(ctx context.Context, v View, known note.Verifiers) (cps []ledger.Checkpoint, err error) {
	err = v.Checkpoints(ctx, func(size int64, text []byte) error {
		cp, _, err := ledger.OpenCheckpoint(text, a.Origin(), known)
		if err != nil {
			return fmt.Errorf("%w: the checkpoint of %d entries: %w", ErrTampered, size, err)
		}
		if cp.Size != size {
			return fmt.Errorf("%w: the checkpoint kept for %d entries speaks of %d", ErrTampered, size, cp.Size)
		}
		cps = append(cps, cp)
		return nil
	})
	return cps, err
}

// verifyTree walks the journal beside the tree. The two are read by two
// cursors, so that memory does not grow with the journal, but with the children
// only: it adds each to the set.
func (a *App) verifyTree(ctx context.Context, h Head, stored tlog.HashReader, children map[string]bool, cps []ledger.Checkpoint) (root tlog.Hash, erased int64, err error) {
	var last entry.Entry
	var lastID entry.ID // of the last read, erased or not
	var graves tombs
	var lined int64 // where the last entry about the line or the rules stands, from 1
	next := make(chan Stored, 256)
	stop := make(chan struct{})
	walk := make(chan error, 1)
	go func() {
		defer close(next)
		walk <- a.Store.View(ctx, func(v View) error {
			return v.Each(ctx, 0, func(st Stored) error {
				select {
				case next <- st:
					return nil
				case <-stop:
					return errDone
				}
			})
		})
	}()
	defer close(stop)
	leaf := func(i int64) (tlog.Hash, error) {
		st, ok := <-next
		if !ok {
			if err := <-walk; err != nil {
				return tlog.Hash{}, err
			}
			return tlog.Hash{}, fmt.Errorf("%w: entry %d is missing: the journal ends before it", ErrTampered, i)
		}
		if st.Seq != i {
			return tlog.Hash{}, fmt.Errorf("%w: entry %d is missing: entry %d stands in its place", ErrTampered, i, st.Seq)
		}
		lastID = st.Entry.ID
		if err := graves.pass(st); err != nil {
			return tlog.Hash{}, err
		}
		if st.Erased() {
			erased++
			return leafHash(st), nil
		}
		if st.Entry.Recorded < last.Recorded {
			return tlog.Hash{}, fmt.Errorf("%w: entry %d (%s) says that it was recorded before the entry it follows", ErrTampered, i, st.Entry.ID)
		}
		// Canonical takes space out of the body, so the leaf would not show it.
		if tight := new(bytes.Buffer); json.Compact(tight, st.Entry.Raw) != nil || !bytes.Equal(tight.Bytes(), st.Entry.Raw) {
			return tlog.Hash{}, fmt.Errorf("%w: entry %d (%s) was changed after it was recorded", ErrTampered, i, st.Entry.ID)
		}
		if id, ok := st.Entry.Subject.Child(); ok {
			children[id] = true
		} else if _, ok := st.Entry.Subject.Decision(); ok {
			children[string(st.Entry.Subject)] = true
		} else if _, ok := st.Entry.Subject.Talk(); ok {
			children[string(st.Entry.Subject)] = true
		} else if _, ok := st.Entry.Subject.Pack(); ok {
			children[string(st.Entry.Subject)] = true
		} else if _, ok := st.Entry.Subject.Concern(); ok {
			children[string(st.Entry.Subject)] = true
		} else if ofAuthority(st.Entry.Subject) {
			lined = st.Seq + 1
		}
		last = st.Entry
		return leafHash(st), nil
	}
	root, err = ledger.VerifyTree(h.Size, leaf, stored, cps...)
	var f *ledger.Fault
	if errors.As(err, &f) {
		id := ""
		if f.Part == ledger.LeafPart {
			if lastID != "" { // the last read is the one that is wrong
				id = " (" + string(lastID) + ")"
			}
			return root, 0, fmt.Errorf("%w: entry %d%s was changed after it was recorded", ErrTampered, f.Leaf, id)
		}
		return root, 0, fmt.Errorf("%w: %w", ErrTampered, err)
	}
	if err == nil {
		err = graves.end()
	}
	if err != nil {
		return root, 0, err
	}
	if last.Recorded != h.Recorded {
		return root, 0, fmt.Errorf("%w: the head does not say when the last entry was recorded", ErrTampered)
	}
	if lined != h.LineSeq {
		return root, 0, fmt.Errorf("%w: the head does not say where the last entry about the line stands", ErrTampered)
	}
	return root, erased, nil
}

// verifyConcerns compares the rows of concerns with what the journal says, and
// takes them out of what is spoken of.
func (a *App) verifyConcerns(ctx context.Context, v View, spoken map[string]bool) (n int, err error) {
	rows, err := v.Concerns(ctx, ConcernQuery{})
	if err != nil {
		return 0, err
	}
	for _, x := range rows {
		row, err := v.Concern(ctx, x.ID)
		if err != nil {
			return n, err
		}
		rec, last, err := concernOf(ctx, v, x.ID)
		if notFound(err) {
			return n, fmt.Errorf("%w: the list shows a concern (%s) about which there is no entry", ErrTampered, x.ID)
		}
		if err != nil {
			return n, err
		}
		want, err := a.concernRow(rec, last)
		if err != nil {
			return n, fmt.Errorf("%w: concern %s: %w", ErrTampered, x.ID, err)
		}
		if !reflect.DeepEqual(row, want) {
			return n, fmt.Errorf("%w: the list does not show concern %s as its entries have it", ErrTampered, x.ID)
		}
		if err := verifyLinks(ctx, v, entry.OfConcern(x.ID), answerLinks(rec)); err != nil {
			return n, err
		}
		delete(spoken, "concern/"+x.ID)
		n++
	}
	for id := range spoken {
		if _, ok := entry.Subject(id).Concern(); ok {
			return n, fmt.Errorf("%w: no list shows %s, about which there are entries", ErrTampered, id)
		}
	}
	return n, nil
}

func entryAt(ctx context.Context, v View, seq int64) (out Stored, err error) {
	err = v.Each(ctx, seq, func(st Stored) error {
		out = st
		return errDone
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	return out, err
}

// verifyRows compares the rows of lists with what the journal says of the
// children it speaks of.
func (a *App) verifyRows(ctx context.Context, v View, spoken map[string]bool) (children, duties int, err error) {
	now := a.Clock.Now()
	_, ruled, err := a.rulesOf(ctx, v)
	if err != nil {
		return 0, 0, err
	}
	pack := ruled.pack()
	for after := ""; ; {
		ids, err := v.ChildIDs(ctx, after, 500)
		if err != nil {
			return children, duties, err
		}
		if len(ids) == 0 {
			break
		}
		for _, id := range ids {
			n, err := a.verifyChild(ctx, v, pack, id, now)
			if err != nil {
				return children, duties, err
			}
			delete(spoken, id)
			children++
			duties += n
		}
		after = ids[len(ids)-1]
	}
	for id := range spoken {
		return children, duties, fmt.Errorf("%w: no list shows child %s, about whom there are entries", ErrTampered, id)
	}
	loads, err := v.Loads(ctx, nil, 1) // owed at the beginning of time: every row
	all := 0
	for _, l := range loads {
		all += l.Owed
	}
	if err == nil && all != duties {
		err = fmt.Errorf("%w: the lists have %d duties, and the children they show only %d", ErrTampered, all, duties)
	}
	return children, duties, err
}

func (a *App) verifyChild(ctx context.Context, v View, pack *duty.Pack, id string, now day.Instant) (int, error) {
	es, err := v.Entries(ctx, entry.OfChild(id))
	if err != nil {
		return 0, err
	}
	if len(es) == 0 {
		return 0, fmt.Errorf("%w: the list shows a child (%s) about whom there is no entry", ErrTampered, id)
	}
	got, err := v.Child(ctx, id)
	if err != nil {
		return 0, err
	}
	have, err := v.ChildDuties(ctx, id)
	if err != nil {
		return 0, err
	}
	numbers, err := v.Identifiers(ctx, id)
	if err != nil {
		return 0, err
	}
	rec := child.Fold(id, bare(es))
	if got.Wake != 0 && got.Wake <= now { // the watch has not come by since
		now = got.Wake - 1
	}
	is := project(pack, a.Retention, rec, es[len(es)-1].Seq, now)
	want, ids, rows := is.row, is.numbers, is.owed
	if err := verifyDoor(ctx, v, id, is.door); err != nil {
		return 0, err
	}
	if err := verifyArrivals(ctx, v, id, is.came); err != nil {
		return 0, err
	}
	if err := verifyVisits(ctx, v, id, is.visits); err != nil {
		return 0, err
	}
	open, err := v.Openings(ctx, id)
	if err != nil {
		return 0, err
	}
	if !slices.Equal(open, openings(rec)) {
		return 0, fmt.Errorf("%w: child %s is open to others than its entries say", ErrTampered, id)
	}
	if err := verifyLinks(ctx, v, entry.OfChild(id), planLinks(rec)); err != nil {
		return 0, err
	}
	if got != want {
		return 0, fmt.Errorf("%w: what the lists show of child %s is not what its entries say", ErrTampered, id)
	}
	slices.SortFunc(ids, func(a, b Identifier) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Authority, b.Authority), cmp.Compare(a.Value, b.Value))
	})
	if !slices.Equal(ids, numbers) {
		return 0, fmt.Errorf("%w: child %s is not found by the numbers that its entries say", ErrTampered, id)
	}
	byID := map[string]DutyRow{}
	for _, d := range rows {
		byID[d.ID] = d
	}
	for _, d := range have {
		w, ok := byID[d.ID]
		if !ok && d.Until != 0 && d.Until <= now {
			continue // ended by a birthday since it was written: lists leave it out
		}
		if !ok || !reflect.DeepEqual(w, d) {
			return 0, fmt.Errorf("%w: duty %s as listed is not what the entries say", ErrTampered, d.ID)
		}
		delete(byID, d.ID)
	}
	if len(byID) > 0 {
		return 0, fmt.Errorf("%w: child %s is owed a duty that no list shows", ErrTampered, id)
	}
	return len(have), nil
}
