package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/ledger"
)

func fromSlice(leaves []tlog.Hash) func(int64) (tlog.Hash, error) {
	return func(i int64) (tlog.Hash, error) { return leaves[i], nil }
}

func build(t testing.TB, leaves []tlog.Hash) *memory {
	t.Helper()
	var edge ledger.Edge
	var store memory
	stored, at := edge.Append(leaves)
	store.put(t, stored, at)
	return &store
}

func TestVerifyTreeHolds(t *testing.T) {
	for n := range 70 {
		leaves := leafHashes(n)
		var heads []ledger.Checkpoint
		for i := n; i >= 0; i-- {
			heads = append(heads, ledger.Checkpoint{Size: int64(i), Root: naiveRoot(leaves[:i])})
		}
		root, err := ledger.VerifyTree(int64(n), fromSlice(leaves), build(t, leaves), heads...)
		if err != nil || root != naiveRoot(leaves) {
			t.Fatalf("a sound tree of %d: %v", n, err)
		}
	}
}

// Every stored hash and every leaf is changed, one at a time, and must be named.
func TestVerifyTreeNamesTheFirstFault(t *testing.T) {
	const n = 37
	leaves := leafHashes(n)
	size := int64(n)
	for i := range build(t, leaves).hashes {
		store := build(t, leaves)
		store.hashes[i][i%32] ^= 1
		_, err := ledger.VerifyTree(size, fromSlice(leaves), store)
		fault := faultOf(t, err)
		level, node := tlog.SplitStoredHashIndex(int64(i))
		if fault.Stored != int64(i) {
			t.Fatalf("stored hash %d changed, %d named: %v", i, fault.Stored, err)
		}
		if level == 0 {
			if fault.Part != ledger.LeafPart || fault.Leaf != node {
				t.Fatalf("leaf %d changed in the store: %v", node, err)
			}
			continue
		}
		if fault.Part != ledger.NodePart || fault.Level != level || fault.First != node<<level || fault.Last != (node+1)<<level-1 {
			t.Fatalf("node %d of level %d changed: %v", node, level, err)
		}
	}
	for i := range leaves {
		changed := leafHashes(n)
		changed[i][0] ^= 1
		if i+5 < n {
			changed[i+5][0] ^= 1 // a later fault must not hide the first
		}
		_, err := ledger.VerifyTree(size, fromSlice(changed), build(t, leaves))
		if fault := faultOf(t, err); fault.Part != ledger.LeafPart || fault.Leaf != int64(i) {
			t.Fatalf("entry %d changed: %v", i, err)
		}
	}
}

// Whoever can rewrite entries and tree together is caught by what was signed before.
func TestVerifyTreeAgainstCheckpoints(t *testing.T) {
	leaves := leafHashes(30)
	var heads []ledger.Checkpoint
	for _, size := range []int{0, 30, 10, 20, 20} {
		heads = append(heads, ledger.Checkpoint{Size: int64(size), Root: naiveRoot(leaves[:size])})
	}
	rewritten := leafHashes(30)
	rewritten[12] = tlog.Hash{1}
	_, err := ledger.VerifyTree(30, fromSlice(rewritten), build(t, rewritten), heads...)
	if fault := faultOf(t, err); fault.Part != ledger.CheckpointPart || fault.Size != 20 {
		t.Errorf("entry 12 rewritten with the tree: %v", err)
	}
	_, err = ledger.VerifyTree(25, fromSlice(leaves), build(t, leaves[:25]), heads...)
	if fault := faultOf(t, err); fault.Part != ledger.CheckpointPart || fault.Size != 30 || fault.Have != 25 || !strings.Contains(err.Error(), "removed from the end") {
		t.Errorf("five entries cut off: %v", err)
	}
	_, err = ledger.VerifyTree(5, fromSlice(leaves), build(t, leaves), ledger.Checkpoint{Size: -1})
	if fault := faultOf(t, err); fault.Part != ledger.CheckpointPart {
		t.Errorf("a checkpoint of -1: %v", err)
	}
}

// What cannot be read is not called a change; the place is named all the same.
func TestVerifyTreeCannotRead(t *testing.T) {
	leaves := leafHashes(5000)
	store := build(t, leaves)
	store.hashes = store.hashes[:7003] // the rest of the last batch is missing
	_, err := ledger.VerifyTree(5000, fromSlice(leaves), store)
	if err == nil || errors.Is(err, ledger.ErrTree) || !strings.Contains(err.Error(), "stored hash 7003:") {
		t.Errorf("hashes missing from 7003 on: %v", err)
	}
	gone := errors.New("gone")
	_, err = ledger.VerifyTree(5000, func(i int64) (tlog.Hash, error) {
		if i == 41 {
			return tlog.Hash{}, gone
		}
		return leaves[i], nil
	}, build(t, leaves))
	if !errors.Is(err, gone) || errors.Is(err, ledger.ErrTree) || !strings.Contains(err.Error(), "entry 41 ") {
		t.Errorf("entry 41 cannot be read: %v", err)
	}
	if _, err := ledger.VerifyTree(-1, nil, nil); err == nil {
		t.Error("a tree of -1 was accepted")
	}
}

func BenchmarkVerifyTreeMillion(b *testing.B) {
	leaves := leafHashes(1_000_000)
	store := build(b, leaves)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ledger.VerifyTree(int64(len(leaves)), fromSlice(leaves), store); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProveMillion(b *testing.B) {
	leaves := leafHashes(1_000_000)
	store := build(b, leaves)
	for b.Loop() {
		if _, err := ledger.Prove(777_777, int64(len(leaves)), store); err != nil {
			b.Fatal(err)
		}
	}
}

func faultOf(t *testing.T, err error) *ledger.Fault {
	t.Helper()
	var fault *ledger.Fault
	if !errors.As(err, &fault) || !errors.Is(err, ledger.ErrTree) {
		t.Fatalf("want a fault in the tree, got %v", err)
	}
	return fault
}
