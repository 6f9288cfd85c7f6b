package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	receiptHeader = "c2sp.org/tlog-proof@v1"

	// ReceiptExtension is the file name extension that C2SP recommends.
	ReceiptExtension = ".tlog-proof"

	// maxProof is more hashes than a path through a tree of MaxSize can have.
	maxProof = 63
)

// Receipt proves to anybody, for ever and without asking the ledger, that one entry
// was recorded: it is leaf Index of a tree whose head the ledger has signed.
type Receipt struct {
	Index      int64       // place in the ledger, from 0
	Proof      []tlog.Hash // inclusion proof, from the leaf's sibling up to the root's child
	Checkpoint []byte      // the signed checkpoint, verbatim, with any cosignatures
	Extra      []byte      // the encoded Opening, or nothing in a copy that hides the entry
}

// Prove makes the inclusion proof of leaf index in the stored tree of the given size.
// It reads about log2(size) hashes in one call.
func Prove(index, size int64, hashes tlog.HashReader) ([]tlog.Hash, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if index < 0 || index >= size {
		return nil, fmt.Errorf("there is no leaf %d in a tree of %d", index, size)
	}
	proof, err := tlog.ProveRecord(size, index, hashes)
	if err != nil {
		return nil, fmt.Errorf("proving leaf %d in a tree of %d: %w", index, size, err)
	}
	return proof, nil
}

// Reads names the stored hashes that [Prove] and [Root] read for the receipt of
// leaf index in a tree of the given size, so that all can be fetched at once.
func Reads(index, size int64) ([]int64, error) {
	var all []int64
	note := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		for _, ix := range indexes {
			if !slices.Contains(all, ix) {
				all = append(all, ix)
			}
		}
		return make([]tlog.Hash, len(indexes)), nil
	})
	if _, err := Root(size, note); err != nil {
		return nil, err
	}
	_, err := Prove(index, size, note)
	return all, err
}

// MarshalText writes the receipt in the form c2sp.org/tlog-proof@v1.
func (r Receipt) MarshalText() ([]byte, error) {
	if r.Index < 0 || r.Index >= MaxSize || len(r.Proof) > maxProof || len(r.Checkpoint) == 0 {
		return nil, fmt.Errorf("%w: it needs an index from 0, at most %d hashes and a checkpoint", ErrNotAReceipt, maxProof)
	}
	var b bytes.Buffer
	fmt.Fprintln(&b, receiptHeader)
	if len(r.Extra) > 0 {
		fmt.Fprintln(&b, "extra", base64.StdEncoding.EncodeToString(r.Extra))
	}
	fmt.Fprintln(&b, "index", r.Index)
	for _, h := range r.Proof {
		fmt.Fprintln(&b, h)
	}
	fmt.Fprintln(&b)
	b.Write(r.Checkpoint)
	return b.Bytes(), nil
}

// ParseReceipt reads a receipt and checks nothing but its form; [Verify] checks the
// rest. Only the one canonical text of a receipt is accepted, so that no byte of it
// can be changed without notice. It fails with [ErrNotAReceipt].
func ParseReceipt(text []byte) (Receipt, error) {
	bad := func(line int, why string) (Receipt, error) {
		return Receipt{}, fmt.Errorf("%w: line %d %s; use the file exactly as it was given", ErrNotAReceipt, line, why)
	}
	if bytes.Contains(text, []byte("\r\n")) {
		return Receipt{}, fmt.Errorf("%w: its line endings have been changed to those of Windows; use the file as it was given, or turn CRLF back into LF", ErrNotAReceipt)
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if lines[0] != receiptHeader {
		return bad(1, `must be "`+receiptHeader+`"`)
	}
	at := 1
	var r Receipt
	if at < len(lines) && strings.HasPrefix(lines[at], "extra ") {
		encoded := strings.TrimPrefix(lines[at], "extra ")
		extra, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if err != nil || len(extra) == 0 || base64.StdEncoding.EncodeToString(extra) != encoded {
			return bad(at+1, `must be "extra" and base64`)
		}
		r.Extra = extra
		at++
	}
	if at >= len(lines) || !strings.HasPrefix(lines[at], "index ") {
		return bad(at+1, `must begin with "index"`)
	}
	index, ok := parseCount(strings.TrimPrefix(lines[at], "index "))
	if !ok || index == MaxSize {
		return bad(at+1, `must be "index" and the place in the ledger, in plain digits`)
	}
	r.Index = index
	at++
	if len(lines)-at > maxProof {
		return bad(at+maxProof+1, "is one hash more than any proof can have")
	}
	for ; at < len(lines); at++ {
		h, ok := parseHash(lines[at])
		if !ok {
			return bad(at+1, "must be a hash, 32 bytes in base64")
		}
		r.Proof = append(r.Proof, h)
	}
	if !found || checkpoint == "" {
		return bad(at+2, "must be where the signed checkpoint begins, but nothing is there")
	}
	r.Checkpoint = []byte(checkpoint)
	return r, nil
}

// Verified is what a receipt proves once it has been checked.
type Verified struct {
	Index      int64           // the entry's place in the ledger, from 0
	Checkpoint Checkpoint      // the signed head it is proved against
	SignedBy   []string        // names of the trusted keys that signed, in the order written; the ledger is among them
	Leaf       []byte          // the leaf that is in the tree
	Entry      json.RawMessage // the entry; nil from VerifyLeaf
	Salt       Salt            // the entry's salt; zero from VerifyLeaf
}

// Verify checks a receipt that carries its entry. In this order: the checkpoint is of
// the ledger named origin and signed by a trusted key; the entry and salt are those
// the receipt was made with; their leaf is at the receipt's place in the signed tree.
//
// It fails with [ErrNotACheckpoint], [ErrSignature], [ErrOrigin], [ErrOpening] or
// [ErrProof]. A nil error means that the entry, byte for byte, was recorded there.
func Verify(r Receipt, verifiers note.Verifiers, origin string) (Verified, error) {
	cp, n, err := OpenCheckpoint(r.Checkpoint, origin, verifiers)
	if err != nil {
		return Verified{}, err
	}
	opening, err := ParseOpening(r.Extra)
	if err != nil {
		return Verified{}, err
	}
	v, err := verifyLeaf(r, opening.Leaf(), cp, n)
	if err != nil {
		return Verified{}, err
	}
	v.Entry, v.Salt = opening.Entry, opening.Salt
	return v, nil
}

// VerifyLeaf checks a receipt against a leaf that the caller has: for a copy without
// the entry, and for an entry that has since been erased. It ignores r.Extra.
// It fails as [Verify] does, but never with [ErrOpening].
func VerifyLeaf(r Receipt, leaf []byte, verifiers note.Verifiers, origin string) (Verified, error) {
	cp, n, err := OpenCheckpoint(r.Checkpoint, origin, verifiers)
	if err != nil {
		return Verified{}, err
	}
	return verifyLeaf(r, leaf, cp, n)
}

func verifyLeaf(r Receipt, leaf []byte, cp Checkpoint, n *note.Note) (Verified, error) {
	if r.Index < 0 || r.Index >= cp.Size {
		return Verified{}, fmt.Errorf("%w: the receipt is for place %d, but its checkpoint covers only %d entries, counted from 0", ErrProof, r.Index, cp.Size)
	}
	if err := tlog.CheckRecord(r.Proof, cp.Size, cp.Root, r.Index, LeafHash(leaf)); err != nil {
		return Verified{}, fmt.Errorf("%w: the ledger signed a tree of %d in which place %d is something else; the receipt has been changed, or is for another entry", ErrProof, cp.Size, r.Index)
	}
	v := Verified{Index: r.Index, Checkpoint: cp, Leaf: bytes.Clone(leaf)}
	for _, sig := range n.Sigs {
		v.SignedBy = append(v.SignedBy, sig.Name)
	}
	return v, nil
}
