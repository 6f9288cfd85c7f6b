// Package ledger makes the journal tamper-evident. It builds the Merkle tree of
// RFC 6962 over salted commitments to entries, signs the tree's head as a
// checkpoint, gives out receipts that can be checked with no server and no
// database, and recomputes the whole tree to find the first thing that was changed.
//
// It may know: bytes of an entry, salts, hashes, sizes, key names. Storage comes in
// as a [tlog.HashReader], randomness as an [io.Reader], and what must be stored is
// returned to the caller.
//
// It must never know: what an entry means, whom it is about, who is asking, what
// time it is, or where anything is kept. It opens no file, socket or database. No
// error it returns repeats any part of an entry or of a salt, so every error may be
// logged and shown.
//
// Three things end here and nowhere else: the form of a leaf, the form of a
// checkpoint (c2sp.org/tlog-checkpoint) and the form of a receipt
// (c2sp.org/tlog-proof@v1). Receipts are kept by people for decades, so none of the
// three may ever change; a new form gets a new version in its first line.
package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxSize is the largest number of leaves this package works with, 2^56. It is a
// guard, not a plan: package tlog does not terminate on sizes above 2^62, and a size
// can arrive in a checkpoint that somebody else wrote.
const MaxSize = 1 << 56

const (
	leafPrefix  = "onus/leaf/v1\n"
	entryPrefix = "onus/entry/v1\n"
)

// Salt is the 32 random bytes that make one entry's commitment unguessable. It is
// kept beside the entry and given to the person who holds the receipt. Erasing an
// entry means erasing its salt as well: without it, nobody can test a guess at what
// the entry said.
type Salt [32]byte

// NewSalt reads one salt from rand, which must be a cryptographic source.
func NewSalt(rand io.Reader) (Salt, error) {
	var salt Salt
	if _, err := io.ReadFull(rand, salt[:]); err != nil {
		return Salt{}, fmt.Errorf("reading 32 random bytes for a salt: %w", err)
	}
	if salt == (Salt{}) {
		return Salt{}, errors.New("the source of randomness gave 32 zero bytes: it is broken, and entries recorded with it could be guessed")
	}
	return salt, nil
}

// String keeps salts out of logs and error messages.
func (Salt) String() string { return "(salt withheld)" }

// Leaf is the ledger's record of one entry: a commitment of 45 bytes that says
// nothing about the entry to anybody without the salt. The entry is the exact bytes
// that the journal keeps; one byte more or less is another leaf.
//
// A leaf stays when its entry and salt are lawfully erased, so that the proofs of all
// other entries still hold.
func Leaf(entry []byte, salt Salt) []byte {
	h := sha256.New()
	h.Write([]byte(entryPrefix))
	h.Write(salt[:]) // fixed length, so salt and entry cannot run into each other
	h.Write(entry)
	return h.Sum([]byte(leafPrefix))
}

// LeafHash is the RFC 6962 hash of a leaf, the lowest level of the tree.
func LeafHash(leaf []byte) tlog.Hash { return tlog.RecordHash(leaf) }
