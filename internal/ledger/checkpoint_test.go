package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/ledger"
)

func TestSignAndOpen(t *testing.T) {
	signer, vkey := keys(t, origin)
	cp := ledger.Checkpoint{Origin: origin, Size: 3, Root: tlog.Hash{1}}
	signed, err := ledger.Sign(cp, signer)
	if err != nil {
		t.Fatal(err)
	}
	want := origin + "\n3\nAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— " + origin + " "
	if !strings.HasPrefix(string(signed), want) {
		t.Errorf("signed as\n%s", signed)
	}
	got, n, err := ledger.OpenCheckpoint(signed, origin, verifiers(t, vkey))
	if err != nil || got != cp || len(n.Sigs) != 1 {
		t.Errorf("opened as %+v, %v", got, err)
	}
	if name, err := ledger.ClaimedOrigin(signed); err != nil || name != origin {
		t.Errorf("ClaimedOrigin = %q, %v", name, err)
	}
	if _, err := ledger.ClaimedOrigin([]byte("one line")); !errors.Is(err, ledger.ErrNotACheckpoint) {
		t.Errorf("ClaimedOrigin of one line: %v", err)
	}
}

// A witness's signature is welcome beside the ledger's, and worth nothing without it.
func TestCosignedCheckpoint(t *testing.T) {
	signer, vkey := keys(t, origin)
	witnessSigner, witnessKey := keys(t, "witness.example/w1")

	cp := ledger.Checkpoint{Origin: origin, Size: 3, Root: tlog.Hash{1}}
	both, err := ledger.Sign(cp, signer, witnessSigner)
	if err != nil {
		t.Fatal(err)
	}
	_, n, err := ledger.OpenCheckpoint(both, origin, verifiers(t, vkey, witnessKey))
	if err != nil || len(n.Sigs) != 2 {
		t.Fatalf("with both keys: %v", err)
	}
	if _, n, err = ledger.OpenCheckpoint(both, origin, verifiers(t, vkey)); err != nil || len(n.Sigs) != 1 {
		t.Errorf("with the ledger's key alone: %v", err)
	}
	if _, _, err = ledger.OpenCheckpoint(both, origin, verifiers(t, witnessKey)); !errors.Is(err, ledger.ErrSignature) {
		t.Errorf("with the witness's key alone: %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	signer, _ := keys(t, origin)
	stranger, _ := keys(t, "elsewhere.example")
	for name, c := range map[string]struct {
		cp      ledger.Checkpoint
		signers []note.Signer
	}{
		"no signer":           {ledger.Checkpoint{Origin: origin, Size: 3}, nil},
		"a stranger's key":    {ledger.Checkpoint{Origin: origin, Size: 3}, []note.Signer{stranger}},
		"no origin":           {ledger.Checkpoint{Size: 3}, []note.Signer{signer}},
		"two lines of origin": {ledger.Checkpoint{Origin: origin + "\n9", Size: 3}, []note.Signer{signer}},
		"a size below 0":      {ledger.Checkpoint{Origin: origin, Size: -1}, []note.Signer{signer}},
		"a size beyond reach": {ledger.Checkpoint{Origin: origin, Size: 1<<63 - 1}, []note.Signer{signer}},
		"a false empty root":  {ledger.Checkpoint{Origin: origin}, []note.Signer{signer}},
	} {
		if text, err := ledger.Sign(c.cp, c.signers...); err == nil {
			t.Errorf("%s: signed as %q", name, text)
		}
	}
	for _, name := range []string{"", "two words", "a+b", "line\n", "\xff", "zero\x00"} {
		if _, _, err := ledger.GenerateKey(&counting{}, name); err == nil {
			t.Errorf("made a key named %q", name)
		}
	}
	if _, _, err := ledger.GenerateKey(strings.NewReader("short"), origin); err == nil {
		t.Error("made a key from a source that ends early")
	}
}

// A key signs texts that are not checkpoints, or that would make package tlog hang.
func TestOpenRefusesWhatIsSignedButWrong(t *testing.T) {
	signer, vkey := keys(t, origin)
	const root = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	for _, body := range []string{
		"\n", origin + "\n", origin + "\n3\n",
		"\n3\n" + root,
		origin + "\n-3\n" + root,
		origin + "\n+3\n" + root,
		origin + "\n03\n" + root,
		origin + "\n3 \n" + root,
		origin + "\n9223372036854775807\n" + root,
		origin + "\n72057594037927937\n" + root,
		origin + "\n3\n" + strings.Replace(root, "A=", "B=", 1), // the same hash with a stray bit
		origin + "\n3\nAQAA\n",
		origin + "\n3\n" + root + "\nextension\n",
		origin + "\n0\n" + root,
	} {
		signed, err := note.Sign(&note.Note{Text: body}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if cp, _, err := ledger.OpenCheckpoint(signed, origin, verifiers(t, vkey)); !errors.Is(err, ledger.ErrNotACheckpoint) {
			t.Errorf("%q opened as %+v, %v", body, cp, err)
		}
	}
	signed, err := note.Sign(&note.Note{Text: origin + "\n3\n" + root + "extension\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, n, err := ledger.OpenCheckpoint(signed, origin, verifiers(t, vkey)); err != nil || !strings.HasSuffix(n.Text, "extension\n") {
		t.Errorf("an extension line, which C2SP allows: %v", err)
	}
}

func TestConsistency(t *testing.T) {
	const most = 20
	s := newSample(t, 0)
	var heads []ledger.Checkpoint
	leaves := leafHashes(most)
	for i := 0; ; i++ {
		heads = append(heads, s.checkpoint())
		if i == most {
			break
		}
		stored, at := s.edge.Append(leaves[i : i+1])
		s.store.put(t, stored, at)
	}
	for old := range heads {
		for size := range heads {
			proof, err := ledger.ConsistencyProof(int64(old), int64(size), &s.store)
			if old > size {
				if err == nil {
					t.Fatalf("proved that %d continues %d", size, old)
				}
				if err := ledger.CheckConsistency(nil, heads[old], heads[size]); !errors.Is(err, ledger.ErrInconsistent) {
					t.Fatalf("from %d back to %d: %v", old, size, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := ledger.CheckConsistency(proof, heads[old], heads[size]); err != nil {
				t.Fatalf("from %d to %d: %v", old, size, err)
			}
			longer := append(append([]tlog.Hash{}, proof...), tlog.Hash{})
			if err := ledger.CheckConsistency(longer, heads[old], heads[size]); !errors.Is(err, ledger.ErrInconsistent) {
				t.Fatalf("from %d to %d with a hash too many: %v", old, size, err)
			}
			if old == 0 {
				continue
			}
			forked := heads[size]
			forked.Root[0] ^= 1
			if err := ledger.CheckConsistency(proof, heads[old], forked); !errors.Is(err, ledger.ErrInconsistent) {
				t.Fatalf("from %d to a forked %d: %v", old, size, err)
			}
			for i := range proof {
				bad := append([]tlog.Hash{}, proof...)
				bad[i][31] ^= 1
				if err := ledger.CheckConsistency(bad, heads[old], heads[size]); !errors.Is(err, ledger.ErrInconsistent) {
					t.Fatalf("from %d to %d with hash %d changed: %v", old, size, i, err)
				}
			}
		}
	}
	if err := ledger.CheckConsistency(nil, ledger.Checkpoint{Origin: origin}, heads[5]); err != nil {
		t.Errorf("a first checkpoint: %v", err)
	}
	if err := ledger.CheckConsistency(nil, ledger.Checkpoint{Origin: "elsewhere.example"}, heads[5]); !errors.Is(err, ledger.ErrOrigin) {
		t.Errorf("another ledger's: %v", err)
	}
	huge := ledger.Checkpoint{Origin: origin, Size: 1<<63 - 1}
	if err := ledger.CheckConsistency(nil, heads[5], huge); err == nil {
		t.Error("a tree beyond reach was accepted")
	}
}
