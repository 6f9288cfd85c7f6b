package ledger

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const keysHeader = "onus/keys/v1"

// Key is one verifier key of a ledger.
type Key struct {
	VKey  string
	Until int64 // entries in the ledger when the key was retired; -1: it is in use
	v     note.Verifier
}

// Keys are all keys that a ledger ever had, newest first. The first is in use. A
// receipt is kept for decades, so no key is ever taken off the list; a retired key
// counts for the checkpoints it can have signed while it was in use, and no longer
// one: whoever finds an old key cannot go on with it.
type Keys []Key

// ParseKeys reads one verifier key, or a list as [Keys.Rotate] writes it, which must be
// signed by its newest key. It fails with [ErrSignature] for a list that is not.
func ParseKeys(text string) (Keys, error) {
	if !strings.HasPrefix(text, keysHeader+"\n") {
		k, err := parseKey(strings.TrimSpace(text), -1)
		if err != nil {
			return nil, err
		}
		return Keys{k}, nil
	}
	body, _, _ := strings.Cut(text, "\n\n")
	ks, err := parseKeyLines(strings.Split(body, "\n")[1:])
	if err != nil {
		return nil, err
	}
	if !Endorsed(text, ks[0].v) {
		return nil, fmt.Errorf("%w: the list of the ledger's keys is not signed by the newest of them", ErrSignature)
	}
	return ks, nil
}

// Endorsed says whether a key has signed a list of keys: one who trusts an earlier key
// of a ledger may go on to the list that this key has signed.
func Endorsed(list string, by note.Verifier) bool {
	n, err := note.Open([]byte(list), note.VerifierList(by))
	return err == nil && strings.HasPrefix(n.Text, keysHeader+"\n")
}

func parseKey(vkey string, until int64) (Key, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil || checkName(v.Name()) != nil {
		return Key{}, fmt.Errorf("that is not a public key of a ledger: it should look like onus.local/1a2b3c4d+5e6f7a8b+AbCd..., or be the authority's file ledger.pub")
	}
	return Key{vkey, until, v}, nil
}

func parseKeyLines(lines []string) (Keys, error) {
	var ks Keys
	for i, line := range lines {
		vkey, size, retired := strings.Cut(line, " until ")
		until := int64(-1)
		if retired {
			n, ok := parseCount(size)
			if !ok {
				return nil, fmt.Errorf("the list of the ledger's keys, line %d: until how many entries is not said in plain digits", i+2)
			}
			until = n
		}
		k, err := parseKey(vkey, until)
		if err != nil {
			return nil, fmt.Errorf("the list of the ledger's keys, line %d: %w", i+2, err)
		}
		if retired != (i > 0) || i > 0 && k.v.Name() != ks[0].v.Name() || i > 1 && until > ks[i-1].Until {
			return nil, fmt.Errorf("the list of the ledger's keys, line %d: the first key is in use, the others are retired, newest first, and all have one name", i+2)
		}
		for _, other := range ks {
			if other.VKey == k.VKey || other.v.KeyHash() == k.v.KeyHash() {
				return nil, fmt.Errorf("the list of the ledger's keys, line %d: a key stands there twice", i+2)
			}
		}
		ks = append(ks, k)
	}
	if len(ks) == 0 {
		return nil, fmt.Errorf("the list of the ledger's keys is empty")
	}
	return ks, nil
}

// Origin is the name of the ledger.
func (ks Keys) Origin() string { return ks[0].v.Name() }

// Verifiers check the ledger's signatures, each within its time. The first is the key
// in use.
func (ks Keys) Verifiers() []note.Verifier {
	out := make([]note.Verifier, len(ks))
	for i, k := range ks {
		if out[i] = k.v; k.Until >= 0 {
			out[i] = retired{k.v, k.Until}
		}
	}
	return out
}

// retired believes a key up to the size at which it was retired.
type retired struct {
	note.Verifier
	until int64
}

func (r retired) Verify(msg, sig []byte) bool {
	cp, err := parseBody(string(msg))
	return err == nil && cp.Size <= r.until && r.Verifier.Verify(msg, sig)
}

// Rotate puts a new key first, for a ledger of a size, and writes the list: signed by
// the new key, so that it stands for itself, and by the old, so that whoever trusts the
// old can follow.
func (ks Keys) Rotate(vkey string, size int64, old, next note.Signer) (Keys, []byte, error) {
	if err := checkSize(size); err != nil {
		return nil, nil, err
	}
	if old.Name() != ks.Origin() || old.KeyHash() != ks[0].v.KeyHash() {
		return nil, nil, fmt.Errorf("%w: the key in use must sign the list that retires it", ErrSignature)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", keysHeader, vkey)
	for _, k := range ks {
		if k.Until < 0 {
			k.Until = size
		}
		fmt.Fprintf(&b, "%s until %d\n", k.VKey, k.Until)
	}
	text, err := note.Sign(&note.Note{Text: b.String()}, next, old)
	if err != nil {
		return nil, nil, fmt.Errorf("signing the list of the ledger's keys: %w", err)
	}
	out, err := ParseKeys(string(text))
	return out, text, err
}
