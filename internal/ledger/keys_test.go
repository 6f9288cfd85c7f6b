package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/ledger"
)

func headOf(t testing.TB, signer note.Signer, size int64, root byte) []byte {
	t.Helper()
	text, err := ledger.Sign(ledger.Checkpoint{Origin: origin, Size: size, Root: tlog.Hash{root}}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// An old key counts for what it can have signed, and no longer; a list of keys is
// whole or it is refused.
func TestKeysAreRotated(t *testing.T) {
	made := func(seed string) (note.Signer, string) {
		skey, vkey, err := ledger.GenerateKey(strings.NewReader(strings.Repeat(seed, 32)), origin)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := note.NewSigner(skey)
		if err != nil {
			t.Fatal(err)
		}
		return signer, vkey
	}
	first, v1 := made("1")
	second, v2 := made("2")
	third, v3 := made("3")
	ks, err := ledger.ParseKeys(v1 + "\n")
	if err != nil {
		t.Fatal(err)
	}
	ks, _, err = ks.Rotate(v2, 10, first, second)
	if err != nil {
		t.Fatal(err)
	}
	ks, list, err := ks.Rotate(v3, 20, second, third)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ledger.ParseKeys(string(list)); err != nil || len(again) != 3 || again[0].VKey != v3 || again[1].Until != 20 || again[2].Until != 10 || again.Origin() != origin {
		t.Fatalf("%+v, %v", again, err)
	}
	trusted := note.VerifierList(ks.Verifiers()...)
	for _, c := range []struct {
		by   note.Signer
		size int64
		ok   bool
	}{{first, 1, true}, {first, 10, true}, {first, 11, false}, {second, 20, true}, {second, 21, false}, {third, 5, true}, {third, 1000, true}} {
		if _, _, err := ledger.OpenCheckpoint(headOf(t, c.by, c.size, 1), origin, trusted); c.ok != (err == nil) || !c.ok && !errors.Is(err, ledger.ErrSignature) {
			t.Errorf("key %08x at %d: %v", c.by.KeyHash(), c.size, err)
		}
	}
	v, err := note.NewVerifier(v2)
	if err != nil {
		t.Fatal(err)
	}
	if !ledger.Endorsed(string(list), v) {
		t.Error("who trusts the second key cannot follow to the third")
	}
	if v, err = note.NewVerifier(v1); err != nil || ledger.Endorsed(string(list), v) {
		t.Error("the first key did not sign the last list")
	}
	if _, _, err := ks.Rotate(v1, 30, second, first); !errors.Is(err, ledger.ErrSignature) {
		t.Errorf("a retired key retires another: %v", err)
	}
	if _, _, err := ks.Rotate(v1, 30, third, first); err == nil {
		t.Error("a retired key comes back")
	}
	if _, _, err := ks.Rotate(v2, 10, third, second); err == nil {
		t.Error("a retired key comes back, earlier")
	}
	for i := range list {
		changed := slices.Clone(list)
		changed[i] ^= 1
		got, err := ledger.ParseKeys(string(changed))
		if err == nil && fmt.Sprint(got[0].VKey, got[1].VKey, got[2].VKey, got[1].Until, got[2].Until) != fmt.Sprint(v3, v2, v1, 20, 10) {
			t.Errorf("byte %d changed, and it passes as %+v", i, got)
		}
	}
}
