package ledger

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Part is the part of a ledger in which a [Fault] lies.
type Part string

// The parts of a ledger.
const (
	LeafPart       Part = "leaf"       // an entry and its leaf hash differ
	NodePart       Part = "node"       // a stored hash above the leaves is wrong
	CheckpointPart Part = "checkpoint" // a signed head differs from the tree
)

// Fault is the first thing in a tree that is not as it should be. It is an [ErrTree].
type Fault struct {
	Part        Part
	Leaf        int64 // LeafPart: the leaf's index from 0
	Stored      int64 // LeafPart, NodePart: index of the stored hash
	Level       int   // NodePart: height above the leaves
	First, Last int64 // NodePart: the leaves under the node
	Size        int64 // CheckpointPart: the size that was signed
	Have        int64 // CheckpointPart: the size of the journal
}

func (f *Fault) Error() string {
	switch f.Part {
	case LeafPart:
		return fmt.Sprintf("%v: entry %d is not the one that was recorded, or its leaf (stored hash %d) has been changed; compare both with a backup", ErrTree, f.Leaf, f.Stored)
	case NodePart:
		return fmt.Sprintf("%v: stored hash %d (level %d, over entries %d to %d) is wrong, though the entries under it agree with their leaves; restore it from them", ErrTree, f.Stored, f.Level, f.First, f.Last)
	}
	if f.Size > f.Have {
		return fmt.Sprintf("%v: a checkpoint of %d entries was signed, but there are only %d; entries have been removed from the end", ErrTree, f.Size, f.Have)
	}
	return fmt.Sprintf("%v: the first %d entries do not make the root that was signed for them", ErrTree, f.Size)
}

// Is makes a Fault an ErrTree.
func (f *Fault) Is(target error) bool { return target == ErrTree }

// verifyBatch is how many stored hashes are read in one call: 64 KiB of hashes.
const verifyBatch = 2048

// VerifyTree computes every stored hash again from the leaves, compares it with what
// is stored, and returns the root. On the way it compares the signed checkpoints it is
// given, in any order, with the tree as it was at their size; their signatures and
// origins must have been checked before.
//
// leaf(i) gives the leaf hash of entry i, made anew from the entry and its salt, or
// from the kept leaf of an erased entry. It is called once for each leaf in order, and
// stored is read in order, so both can stream; what is kept is one batch, the right
// edge and the checkpoints.
//
// The error is a [*Fault], naming the first bad place in storage order, or an error of
// leaf or stored, naming the place that could not be read.
func VerifyTree(size int64, leaf func(i int64) (tlog.Hash, error), stored tlog.HashReader, checkpoints ...Checkpoint) (tlog.Hash, error) {
	if err := checkSize(size); err != nil {
		return tlog.Hash{}, err
	}
	signed := slices.Clone(checkpoints)
	slices.SortStableFunc(signed, func(a, b Checkpoint) int {
		switch {
		case a.Size < b.Size:
			return -1
		case a.Size > b.Size:
			return 1
		}
		return 0
	})
	edge := &Edge{}
	disk := &scan{from: stored, end: tlog.StoredHashCount(size)}
	for i := int64(0); ; i++ {
		for len(signed) > 0 && signed[0].Size <= i {
			if signed[0].Size != i || signed[0].Root != edge.Root() {
				return tlog.Hash{}, &Fault{Part: CheckpointPart, Size: signed[0].Size, Have: size}
			}
			signed = signed[1:]
		}
		if i == size {
			break
		}
		h, err := leaf(i)
		if err != nil {
			return tlog.Hash{}, fmt.Errorf("reading entry %d of the ledger: %w", i, err)
		}
		want, at := edge.Append([]tlog.Hash{h})
		for level, w := range want {
			got, err := disk.next()
			if err != nil {
				return tlog.Hash{}, err
			}
			if got == w {
				continue
			}
			if level == 0 {
				return tlog.Hash{}, &Fault{Part: LeafPart, Leaf: i, Stored: at}
			}
			return tlog.Hash{}, &Fault{Part: NodePart, Stored: at + int64(level), Level: level, First: i + 1 - 1<<level, Last: i}
		}
	}
	if len(signed) > 0 {
		return tlog.Hash{}, &Fault{Part: CheckpointPart, Size: signed[0].Size, Have: size}
	}
	return edge.Root(), nil
}

// scan reads stored hashes in order, a batch at a time.
type scan struct {
	from    tlog.HashReader
	at, end int64 // the next index to hand out; the end of the store
	indexes []int64
	batch   []tlog.Hash
}

func (s *scan) next() (tlog.Hash, error) {
	if len(s.batch) == 0 {
		s.indexes = s.indexes[:0]
		for i := s.at; i < s.end && i < s.at+verifyBatch; i++ {
			s.indexes = append(s.indexes, i)
		}
		batch, err := read(s.from, s.indexes)
		if err != nil {
			// One missing hash fails the whole batch: ask for this one alone, so
			// that the error names the place and those before it are checked first.
			batch, err = read(s.from, s.indexes[:1])
		}
		if err != nil {
			return tlog.Hash{}, fmt.Errorf("reading stored hash %d: %w", s.at, err)
		}
		s.batch = batch
	}
	h := s.batch[0]
	s.batch = s.batch[1:]
	s.at++
	return h, nil
}
