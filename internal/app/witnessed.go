package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/day"
	"onus/internal/ledger"
)

// Cosigner asks a witness to sign a head: see witness.Client.
type Cosigner interface {
	Cosign(ctx context.Context, url string, old int64, proof []tlog.Hash, checkpoint []byte) (lines []byte, err error)
}

// WitnessConflict says which size a witness signed last.
type WitnessConflict struct{ Size int64 }

func (e WitnessConflict) Error() string { return fmt.Sprintf("it signed a head of %d last", e.Size) }

// Cosignature is a witness's signature under a head of ours.
type Cosignature struct {
	Size    int64
	Witness string // its name in the policy
	Lines   []byte
	At      day.Instant
}

// Witnessing is what came of asking the witnesses.
type Witnessing struct {
	Size   int64             // of the head that they were asked about
	Signed []string          // who has signed it
	Quorum bool              // enough of them
	Failed map[string]string // who did not, and why
	// Ahead are witnesses that signed more than there is here: the store has lost
	// entries, or was put back to an earlier state.
	Ahead []string
}

// AskWitnesses asks every witness of the policy that has not signed the newest
// head to sign it. It holds up nothing: no lock is held while it waits.
func (a *App) AskWitnesses(ctx context.Context, by Cosigner) (w Witnessing, err error) {
	if a.Witnesses == nil {
		return w, nil
	}
	w.Failed = map[string]string{}
	var head []byte
	lasts := map[string]int64{}
	have := map[string]bool{}
	if err := a.Store.View(ctx, func(v View) error {
		var err error
		if head, w.Size, err = v.Checkpoint(ctx); err != nil {
			return err
		}
		if lasts, err = v.LastCosigned(ctx); err != nil {
			return err
		}
		cs, err := v.Cosignatures(ctx, w.Size)
		for _, c := range cs {
			have[c.Witness] = true
		}
		return err
	}); err != nil {
		if notFound(err) {
			return w, nil // nothing is signed yet
		}
		return w, err
	}
	for _, x := range a.Witnesses.Witnesses {
		if have[x.Name] {
			w.Signed = append(w.Signed, x.Name)
			continue
		}
		if x.URL == "" {
			continue
		}
		lines, err := a.askWitness(ctx, by, x, lasts[x.Name], w.Size, head)
		var c WitnessConflict
		if errors.As(err, &c) && c.Size > w.Size {
			w.Ahead = append(w.Ahead, x.Name)
		}
		if err != nil {
			w.Failed[x.Name] = err.Error()
			continue
		}
		if err := a.Store.Update(ctx, func(tx Tx) error {
			return tx.PutCosignature(ctx, Cosignature{Size: w.Size, Witness: x.Name, Lines: lines, At: a.Clock.Now()})
		}); err != nil {
			return w, err
		}
		w.Signed = append(w.Signed, x.Name)
	}
	w.Quorum = a.Witnesses.Quorum(w.Signed)
	return w, nil
}

// askWitness asks one, again where it says that it signed another size last.
func (a *App) askWitness(ctx context.Context, by Cosigner, x ledger.Witness, old, size int64, head []byte) (lines []byte, err error) {
	for range 2 {
		var proof []tlog.Hash
		if err := a.Store.View(ctx, func(v View) (err error) {
			proof, err = ledger.ConsistencyProof(old, size, hashes(ctx, v))
			return err
		}); err != nil {
			return nil, err
		}
		lines, err = by.Cosign(ctx, x.URL, old, proof, head)
		var c WitnessConflict
		if !errors.As(err, &c) || c.Size > size || c.Size == old {
			break
		}
		old = c.Size
	}
	if err != nil {
		return nil, err
	}
	n, err := note.Open(append(bytes.Clone(head), lines...), note.VerifierList(x.Verifier))
	if err != nil || len(n.Sigs) == 0 {
		return nil, errors.New("its signature does not hold")
	}
	return lines, nil
}

// witnessedFor is the newest head that has the quorum of witnesses and covers an
// entry; nil when there is none.
func (a *App) witnessedFor(ctx context.Context, v View, seq int64) (cp []byte, size int64, err error) {
	if a.Witnesses == nil {
		return nil, 0, nil
	}
	sizes, err := v.CosignedSizes(ctx, seq, 50)
	if err != nil {
		return nil, 0, err
	}
	for _, size := range sizes { // newest first
		cs, err := v.Cosignatures(ctx, size)
		if err != nil {
			return nil, 0, err
		}
		text, err := v.CheckpointOf(ctx, size)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range cs {
			text = append(text, c.Lines...)
		}
		if a.Witnesses.Satisfied(text) {
			return text, size, nil
		}
	}
	return nil, 0, nil
}

// unwitnessed is the watchdog's look at the witnesses: an hour without a quorum
// while the journal grew is a finding.
func (a *App) unwitnessed(ctx context.Context, v View, now day.Instant) ([]Finding, error) {
	if a.Witnesses == nil {
		return nil, nil
	}
	h, err := v.Head(ctx)
	if err != nil || h.Size == 0 {
		return nil, err
	}
	_, size, err := a.witnessedFor(ctx, v, 0)
	if err != nil || size == h.Size {
		return nil, err
	}
	// Since when has there been something that no quorum has signed?
	first, err := entryAt(ctx, v, size)
	if err != nil {
		return nil, err
	}
	since := first.Entry.Recorded
	if first.Erased() {
		since = h.Recorded
	}
	if now-since <= witnessPatience {
		return nil, nil
	}
	return []Finding{{AboutCheckpoints, "No quorum of witnesses has signed what was recorded since " + since.Long() + ". Receipts of it are signed by this authority alone.", since}}, nil
}

// witnessPatience is how long a head may wait for its quorum.
const witnessPatience = day.Hour
