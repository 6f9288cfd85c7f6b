package ledger

import (
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of a tree: the roots of its complete subtrees, at most 56
// hashes. It is all that appending needs, so a writer that keeps it in memory never
// reads the tree. The zero Edge is the empty tree.
//
// An Edge must never run ahead of what is durable. The writer clones it, appends to
// the clone inside the transaction, and keeps the clone only once the transaction has
// committed; after a rollback it drops the clone. It is not safe for concurrent use.
type Edge struct {
	size  int64
	peaks []tlog.Hash // largest subtree first, one for each bit set in size
}

// NewEdge reads the right edge of a stored tree of the given size in one call of the
// reader, for at most as many hashes as there are bits set in size.
func NewEdge(size int64, hashes tlog.HashReader) (*Edge, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if size == 0 {
		return &Edge{}, nil
	}
	var indexes []int64
	for left := int64(0); left < size; {
		level := bits.Len64(uint64(size-left)) - 1
		indexes = append(indexes, tlog.StoredHashIndex(level, left>>level))
		left += 1 << level
	}
	peaks, err := read(hashes, indexes)
	if err != nil {
		return nil, fmt.Errorf("reading the right edge of a tree of %d: %w", size, err)
	}
	return &Edge{size: size, peaks: slices.Clone(peaks)}, nil
}

// Append adds leaves by their hashes. It returns the hashes to store, in order, and
// the stored-hash index of the first. The indexes are dense: the store ends where the
// next call begins.
func (e *Edge) Append(leaves []tlog.Hash) (stored []tlog.Hash, at int64) {
	at = tlog.StoredHashCount(e.size)
	stored = make([]tlog.Hash, 0, tlog.StoredHashCount(e.size+int64(len(leaves)))-at)
	for _, h := range leaves {
		stored = append(stored, h)
		// Each low bit set is a complete subtree that this leaf makes twice as large.
		for n := e.size; n&1 == 1; n >>= 1 {
			last := len(e.peaks) - 1
			h = tlog.NodeHash(e.peaks[last], h)
			e.peaks = e.peaks[:last]
			stored = append(stored, h)
		}
		e.peaks = append(e.peaks, h)
		e.size++
	}
	return stored, at
}

// Root is the RFC 6962 root hash of the tree.
func (e *Edge) Root() tlog.Hash {
	if e.size == 0 {
		return emptyRoot
	}
	last := len(e.peaks) - 1
	root := e.peaks[last]
	for i := last - 1; i >= 0; i-- {
		root = tlog.NodeHash(e.peaks[i], root)
	}
	return root
}

// Size is the number of leaves.
func (e *Edge) Size() int64 { return e.size }

// Clone is a copy that shares nothing with e.
func (e *Edge) Clone() *Edge {
	return &Edge{size: e.size, peaks: slices.Clone(e.peaks)}
}

// Append is [Edge.Append] for a caller that keeps no Edge: it reads the right edge of
// the stored tree of the given size, once, and returns the hashes to store for all
// leaves, from stored-hash index at on.
func Append(size int64, leaves []tlog.Hash, hashes tlog.HashReader) (stored []tlog.Hash, at int64, err error) {
	edge, err := NewEdge(size, hashes)
	if err != nil {
		return nil, 0, err
	}
	stored, at = edge.Append(leaves)
	return stored, at, nil
}

// Root hashes the head of a stored tree again, from what is stored. Before a
// checkpoint is signed this must equal the writer's [Edge.Root]: then what is signed
// is what is on disk, and not only what was once in memory.
func Root(size int64, hashes tlog.HashReader) (tlog.Hash, error) {
	edge, err := NewEdge(size, hashes)
	if err != nil {
		return tlog.Hash{}, err
	}
	return edge.Root(), nil
}

// emptyRoot is the root of the tree with no leaves, SHA-256 of nothing.
var emptyRoot = func() tlog.Hash {
	h, err := tlog.TreeHash(0, nil)
	if err != nil {
		panic("ledger: " + err.Error())
	}
	return h
}()

func checkSize(size int64) error {
	if size < 0 || size > MaxSize {
		return fmt.Errorf("a tree of %d leaves is not possible: the size must be between 0 and %d", size, int64(MaxSize))
	}
	return nil
}

// read holds a HashReader to its promise of one hash for each index.
func read(hashes tlog.HashReader, indexes []int64) ([]tlog.Hash, error) {
	got, err := hashes.ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	if len(got) != len(indexes) {
		return nil, fmt.Errorf("the store gave %d hashes when asked for %d", len(got), len(indexes))
	}
	return got, nil
}
