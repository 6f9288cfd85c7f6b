package app

import (
	"context"
	"fmt"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// erase destroys entries of a child, all of them when none is named, and
// leaves a tombstone that names them. Their leaves stay, so every root, proof
// and receipt given before still holds. It gives the tombstone's id.
//
// It must be the first thing that a transaction does about the child. Who may,
// and whether it is time, is asked before: see dispose.
func (w *writer) erase(ctx context.Context, id string, ids []entry.ID, b child.Erasure, who entry.Actor) (entry.ID, error) {
	es, err := w.tx.Entries(ctx, entry.OfChild(id))
	if err != nil {
		return "", err
	}
	var keep []entry.Entry
	var gone []Stored
	for _, st := range es {
		if ids != nil && !slices.Contains(ids, st.Entry.ID) {
			keep = append(keep, st.Entry)
			continue
		}
		h := leafHash(st)
		gone = append(gone, Stored{Seq: st.Seq, Entry: entry.Entry{ID: st.Entry.ID}, Leaf: h[:]})
		b.Entries = append(b.Entries, child.Gone{Seq: st.Seq, Entry: st.Entry.ID})
	}
	b.Count = len(b.Entries)
	if ids != nil && b.Count != len(ids) {
		return "", fmt.Errorf("erase: %d entries were named and %d are there: %w", len(ids), b.Count, ErrNotFound)
	}
	subject, body := entry.OfChild(id), entry.Body(child.EntriesErased{Erasure: b})
	if ids == nil {
		subject, body = entry.TheFiles, child.RecordDisposed{Child: id, Erasure: b}
	}
	e, err := Registry().Seal(w.at, subject, who, day.AtInstant(w.at.Now), "", entry.Source{Kind: "page"}, body)
	if err != nil {
		return "", err
	}
	if err := w.add(e); err != nil {
		return "", err
	}
	if w.erasing == nil {
		w.erasing, w.gone = map[string][]Stored{}, map[string]bool{}
	}
	w.erasing[id] = gone
	if ids == nil {
		w.gone[id], w.records[id] = true, child.New(id)
		return e.ID, nil
	}
	w.records[id] = child.Fold(id, append(keep, e))
	// The numbers, and who was let in, may have stood in what is gone.
	w.renamed[id], w.opened[id] = true, true
	return e.ID, nil
}

// flushErasure writes what is erased, after the tombstones.
func (w *writer) flushErasure(ctx context.Context) error {
	for id, es := range w.erasing {
		if err := w.tx.Erase(ctx, id, es); err != nil {
			return err
		}
		if w.gone[id] {
			if err := w.tx.DropChild(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// tombs holds the journal's erased entries against its tombstones. Give it each
// entry in order.
type tombs struct{ open map[int64]entry.ID }

func (t *tombs) pass(st Stored) error {
	if st.Erased() {
		if t.open == nil {
			t.open = map[int64]entry.ID{}
		}
		t.open[st.Seq] = st.Entry.ID
		return nil
	}
	b, ok := st.Entry.Body.(child.Tombstone)
	if !ok {
		return nil
	}
	for _, g := range b.Names() {
		id, ok := t.open[g.Seq]
		switch {
		case !ok:
			return fmt.Errorf("%w: entry %d was erased, says entry %d (%s), and it stands there", ErrTampered, g.Seq, st.Seq, st.Entry.ID)
		case id != g.Entry:
			return fmt.Errorf("%w: entry %d was erased under another id, says entry %d (%s)", ErrTampered, g.Seq, st.Seq, st.Entry.ID)
		}
		delete(t.open, g.Seq)
	}
	return nil
}

// end says whether a later entry named every erased one.
func (t *tombs) end() error {
	if len(t.open) == 0 {
		return nil
	}
	first := int64(-1)
	for seq := range t.open {
		if first < 0 || seq < first {
			first = seq
		}
	}
	return fmt.Errorf("%w: entry %d (%s) was emptied, and no tombstone says why", ErrTampered, first, t.open[first])
}
