package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ConsistencyProof shows that the stored tree of newSize begins with the tree of
// oldSize. It is empty when oldSize is 0 or equal to newSize, as the C2SP witness
// protocol wants it. It reads about 2 log2(newSize) hashes in one call.
func ConsistencyProof(oldSize, newSize int64, hashes tlog.HashReader) ([]tlog.Hash, error) {
	if err := checkSize(newSize); err != nil {
		return nil, err
	}
	if oldSize < 0 || oldSize > newSize {
		return nil, fmt.Errorf("a tree of %d cannot continue a tree of %d", newSize, oldSize)
	}
	if oldSize == 0 || oldSize == newSize {
		return nil, nil
	}
	proof, err := tlog.ProveTree(newSize, oldSize, hashes)
	if err != nil {
		return nil, fmt.Errorf("proving that a tree of %d continues one of %d: %w", newSize, oldSize, err)
	}
	return proof, nil
}

// CheckConsistency says whether the later checkpoint keeps every entry of the earlier
// one. Both must have been opened already, except that Checkpoint{Origin: x} stands
// for "nothing seen yet". It fails with [ErrInconsistent], or with [ErrOrigin] when
// the two are not of one ledger.
func CheckConsistency(proof []tlog.Hash, older, newer Checkpoint) error {
	if older.Origin != newer.Origin {
		return fmt.Errorf("%w: %q cannot continue %q", ErrOrigin, newer.Origin, older.Origin)
	}
	if err := checkSize(newer.Size); err != nil {
		return err
	}
	switch {
	case older.Size < 0 || older.Size > newer.Size:
		return fmt.Errorf("%w: it had %d entries and now has %d", ErrInconsistent, older.Size, newer.Size)
	case older.Size == 0 || older.Size == newer.Size:
		if len(proof) != 0 {
			return fmt.Errorf("%w: from %d to %d entries the proof must be empty", ErrInconsistent, older.Size, newer.Size)
		}
		if older.Size == newer.Size && older.Size != 0 && older.Root != newer.Root {
			return fmt.Errorf("%w: two different trees of %d entries have been signed; keep both checkpoints, together they are the evidence", ErrInconsistent, older.Size)
		}
		return nil
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("%w: the tree of %d entries is not shown to begin with the tree of %d signed before", ErrInconsistent, newer.Size, older.Size)
	}
	return nil
}
