package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/ledger"
	"onus/internal/testkit"
	"onus/internal/witness"
)

// witnesses answer as witnesses do, without a network: by their address.
type witnesses struct {
	keys map[string]witness.Cosigner
	last map[string]ledger.Checkpoint
	down map[string]bool
	log  note.Verifiers
}

func (w *witnesses) Cosign(_ context.Context, url string, old int64, proof []tlog.Hash, head []byte) ([]byte, error) {
	if w.down[url] {
		return nil, errors.New("it does not answer")
	}
	cp, n, err := ledger.OpenCheckpoint(head, testkit.Origin, w.log)
	if err != nil {
		return nil, err
	}
	last, ok := w.last[url]
	if !ok {
		last = ledger.Checkpoint{Origin: testkit.Origin}
	}
	if last.Size != old {
		return nil, app.WitnessConflict{Size: last.Size}
	}
	if err := ledger.CheckConsistency(proof, last, cp); err != nil {
		return nil, err
	}
	w.last[url] = cp
	lines, err := witness.Cosign(n.Text, w.keys[url])
	return []byte(lines), err
}

// Receipts are of this authority alone until the quorum has signed, and then of
// the quorum; a witness that is down is asked again; a day without a quorum is
// said; a store that was put back is found out.
func TestReceiptsWithWitnesses(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		w := &witnesses{keys: map[string]witness.Cosigner{}, last: map[string]ledger.Checkpoint{}, down: map[string]bool{}, log: h.known}
		var policy strings.Builder
		for i, name := range []string{"union", "partnership", "council"} {
			skey, vkey, err := witness.GenerateKey(testkit.Rand(uint64(100+i)), "w.example/"+name)
			if err != nil {
				t.Fatal(err)
			}
			if w.keys["https://"+name], err = witness.NewCosigner(skey); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&policy, "witness %s %s https://%s\n", name, vkey, name)
		}
		policy.WriteString("group outside any union partnership\ngroup enough all outside council\nquorum enough\n")
		p, err := ledger.ParsePolicy(policy.String())
		if err != nil {
			t.Fatal(err)
		}
		h.Witnesses = p
		kid := h.referred(t, "Iona", "Marsh")
		done := h.record(t, kid, h.say("manager-front", child.Note{Text: "first"}))
		quorum := func(text []byte) bool {
			t.Helper()
			r, err := ledger.ParseReceipt(text)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ledger.Verify(r, h.known, testkit.Origin); err != nil {
				t.Fatal(err)
			}
			return p.Satisfied(r.Checkpoint)
		}
		receipt := func() []byte {
			t.Helper()
			text, err := h.Receipt(ctx, done.Entries[0])
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		first := receipt()
		if quorum(first) {
			t.Fatal("nobody has signed yet")
		}
		ask := func(want bool) app.Witnessing {
			t.Helper()
			if _, err := h.Checkpoint(ctx); err != nil {
				t.Fatal(err)
			}
			got, err := h.AskWitnesses(ctx, w)
			if err != nil || got.Quorum != want {
				t.Fatalf("%+v, %v", got, err)
			}
			return got
		}
		w.down["https://council"] = true
		if got := ask(false); len(got.Signed) != 2 || got.Failed["council"] == "" {
			t.Errorf("%+v", got)
		}
		if quorum(receipt()) {
			t.Error("two of three are not the quorum")
		}
		found := func() bool {
			t.Helper()
			fs, err := h.Findings(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range fs {
				if strings.Contains(f.Text, "quorum of witnesses") {
					return true
				}
			}
			return false
		}
		if found() {
			t.Error("an alarm at once")
		}
		h.clock.Add(24 * day.Hour)
		if !found() {
			t.Error("a day without a quorum, and nobody says so")
		}
		w.down["https://council"] = false
		ask(true)
		if !quorum(receipt()) {
			t.Error("the quorum has signed, and the receipt does not show it")
		}
		if found() {
			t.Error("the alarm goes on")
		}
		if !quorumHolds(t, h, first) {
			t.Error("the first receipt holds no more")
		}
		// The journal goes on. What is new is the authority's alone until it is signed.
		more := h.record(t, kid, h.say("manager-front", child.Note{Text: "second"}))
		if text, err := h.Receipt(ctx, more.Entries[0]); err != nil || quorum(text) {
			t.Errorf("not signed yet: %v", err)
		}
		if !quorum(receipt()) {
			t.Error("the older entry has lost its quorum")
		}
		ask(true)
		if text, err := h.Receipt(ctx, more.Entries[0]); err != nil || !quorum(text) {
			t.Errorf("signed: %v", err)
		}
		// A witness that has seen more than there is here.
		w.last["https://union"] = ledger.Checkpoint{Origin: testkit.Origin, Size: 10_000}
		h.record(t, kid, h.say("manager-front", child.Note{Text: "third"}))
		if got := ask(true); len(got.Ahead) != 1 || got.Ahead[0] != "union" {
			t.Errorf("%+v", got)
		}
		h.verify(t)
	})
}

func quorumHolds(t *testing.T, h *house, text []byte) bool {
	t.Helper()
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		return false
	}
	_, err = ledger.Verify(r, h.known, testkit.Origin)
	return err == nil
}
