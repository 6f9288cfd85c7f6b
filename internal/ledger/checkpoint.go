package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the head of a ledger's tree: how many leaves it has and what they
// hash to. Signed, it is the ledger's promise never to change any of them.
type Checkpoint struct {
	Origin string    // the ledger's name, unique in the world: a URL without the scheme; also the name of its key
	Size   int64     // number of leaves
	Root   tlog.Hash // RFC 6962 root hash
}

// GenerateKey makes a signing key and the verifier key that belongs to it, from a
// cryptographic source of randomness. A ledger's key is named after its origin. The
// first is secret; the second is for everybody who will check a receipt.
func GenerateKey(rand io.Reader, name string) (skey, vkey string, err error) {
	if err := checkName(name); err != nil {
		return "", "", err
	}
	skey, vkey, err = note.GenerateKey(rand, name)
	if err != nil {
		return "", "", fmt.Errorf("making a key named %q: %w", name, err)
	}
	return skey, vkey, nil
}

// Sign writes a checkpoint in the form of C2SP tlog-checkpoint, signed by every
// signer. One of them must be the ledger's own key, named after the origin.
func Sign(cp Checkpoint, signers ...note.Signer) ([]byte, error) {
	if err := checkName(cp.Origin); err != nil {
		return nil, err
	}
	if err := checkSize(cp.Size); err != nil {
		return nil, err
	}
	if cp.Size == 0 && cp.Root != emptyRoot {
		return nil, errors.New("a checkpoint of an empty ledger must have the root of the empty tree")
	}
	own := false
	for _, s := range signers {
		own = own || s.Name() == cp.Origin
	}
	if !own {
		return nil, fmt.Errorf("a checkpoint of %s must be signed with the key named %s: give that key", cp.Origin, cp.Origin)
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", cp.Origin, cp.Size, cp.Root)
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		return nil, fmt.Errorf("signing the checkpoint of %s at %d: %w", cp.Origin, cp.Size, err)
	}
	return signed, nil
}

// OpenCheckpoint reads a signed checkpoint and checks it: a trusted key named after
// the origin has signed it, no trusted signature in it is false, and it is of the
// ledger named origin. Witnesses' keys may be among the verifiers; a witness's
// signature alone is not enough. Signatures by unknown keys are ignored, as C2SP
// requires. The note tells who signed (Sigs) and holds any extension lines.
//
// It fails with [ErrNotACheckpoint], [ErrSignature] or [ErrOrigin].
func OpenCheckpoint(text []byte, origin string, verifiers note.Verifiers) (Checkpoint, *note.Note, error) {
	n, err := note.Open(text, verifiers)
	if err != nil {
		return Checkpoint{}, nil, explainNote(err)
	}
	cp, err := parseBody(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if cp.Origin != origin {
		return Checkpoint{}, nil, fmt.Errorf("%w: it is of %q, not of %q; use the key and the name of the ledger that gave it", ErrOrigin, cp.Origin, origin)
	}
	own := false
	for _, sig := range n.Sigs {
		own = own || sig.Name == origin
		// Package note reads base64 with stray bits at its end: two texts, one
		// signature. A receipt with any bit changed must not pass.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return Checkpoint{}, nil, fmt.Errorf("%w: the signature of %s has been changed; use the checkpoint exactly as it was given", ErrSignature, sig.Name)
		}
	}
	if !own {
		return Checkpoint{}, nil, fmt.Errorf("%w: others have signed it, but not %s itself", ErrSignature, origin)
	}
	return cp, n, nil
}

// ClaimedOrigin is the ledger that a checkpoint says it is of. Nothing is checked: it
// serves only to choose the keys to check with.
func ClaimedOrigin(checkpoint []byte) (string, error) {
	origin, _, found := strings.Cut(string(checkpoint), "\n")
	if !found || origin == "" || !utf8.ValidString(origin) {
		return "", fmt.Errorf("%w: its first line must name the ledger", ErrNotACheckpoint)
	}
	return origin, nil
}

// SignedRoot is the root in a checkpoint that the caller has signed or checked before:
// no signature is looked at.
func SignedRoot(checkpoint []byte) (tlog.Hash, error) {
	body, _, _ := strings.Cut(string(checkpoint), "\n\n")
	cp, err := parseBody(body)
	return cp.Root, err
}

func explainNote(err error) error {
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		return fmt.Errorf("%w: no key that you trust has signed it; check that you have the ledger's current verifier key", ErrSignature)
	case errors.As(err, &invalid):
		return fmt.Errorf("%w: it is not what %s signed; the checkpoint or the signature has been changed", ErrSignature, invalid.Name)
	}
	return fmt.Errorf("%w: %v; it must be a signed note, exactly as the ledger wrote it", ErrNotACheckpoint, err)
}

// parseBody reads the signed part: origin, size, root, then any extension lines.
func parseBody(text string) (Checkpoint, error) {
	bad := func(why string) (Checkpoint, error) {
		return Checkpoint{}, fmt.Errorf("%w: %s", ErrNotACheckpoint, why)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 {
		return bad("it must have at least three lines: the ledger's name, the number of entries and the root hash")
	}
	for _, line := range lines {
		if line == "" {
			return bad("it has an empty line before its signatures")
		}
	}
	size, ok := parseCount(lines[1])
	if !ok {
		return bad("its second line must be the number of entries, in plain digits")
	}
	root, ok := parseHash(lines[2])
	if !ok {
		return bad("its third line must be the root hash, 32 bytes in base64")
	}
	if size == 0 && root != emptyRoot {
		return bad("it counts no entries, but its root hash is not that of an empty ledger")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// parseCount reads a size or an index: ASCII digits, no leading zero, at most MaxSize.
func parseCount(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > MaxSize || strconv.FormatInt(n, 10) != s {
		return 0, false
	}
	return n, true
}

// parseHash accepts the one canonical base64 text of a hash and no other.
func parseHash(s string) (tlog.Hash, bool) {
	h, err := tlog.ParseHash(s)
	if err != nil || h.String() != s {
		return tlog.Hash{}, false
	}
	return h, true
}

// checkName holds names of keys and ledgers to what a signed note can carry.
func checkName(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool {
		return r == '+' || unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
	if name == "" || bad || !utf8.ValidString(name) {
		return fmt.Errorf("%q cannot name a ledger or a key: use an address such as onus.example.gov.uk/children, without spaces and without +", name)
	}
	return nil
}
