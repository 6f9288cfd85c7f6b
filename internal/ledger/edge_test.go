package ledger_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"onus/internal/ledger"
)

// The test tree of the Certificate Transparency reference implementation: eight
// inputs and the root after each.
var (
	rfcInputs = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	rfcRoots  = []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
)

func TestKnownRoots(t *testing.T) {
	var edge ledger.Edge
	if got, want := hexOf(edge.Root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; got != want {
		t.Errorf("empty tree: root %s, want %s", got, want)
	}
	for i, in := range rfcInputs {
		data, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		edge.Append([]tlog.Hash{ledger.LeafHash(data)})
		if got := hexOf(edge.Root()); got != rfcRoots[i] {
			t.Errorf("tree of %d: root %s, want %s", i+1, got, rfcRoots[i])
		}
	}
}

// Computed with sha256sum(1), so that the leaf's form cannot drift with the code.
func TestKnownLeaf(t *testing.T) {
	var salt ledger.Salt
	for i := range salt {
		salt[i] = byte(i)
	}
	leaf := ledger.Leaf([]byte(`{"kind":"visit"}`), salt)
	if want := "onus/leaf/v1\n"; !strings.HasPrefix(string(leaf), want) || len(leaf) != len(want)+32 {
		t.Fatalf("leaf %q is not the prefix and 32 bytes", leaf)
	}
	if got, want := hex.EncodeToString(leaf[13:]), "feecd4744f3cf56384709a44450b0a382a8a95b6d957516f832e5afbb72c06c8"; got != want {
		t.Errorf("commitment %s, want %s", got, want)
	}
	if got, want := hexOf(ledger.LeafHash(leaf)), "3786af48dd090d641d83589104ae14e7cd6c3e6ed98269fa7250092b12a88fec"; got != want {
		t.Errorf("leaf hash %s, want %s", got, want)
	}
}

func TestSalt(t *testing.T) {
	salt, err := ledger.NewSalt(&counting{})
	if err != nil || salt[0] != 1 || salt[31] != 32 {
		t.Errorf("NewSalt = %x, %v", [32]byte(salt), err)
	}
	if s := salt.String(); strings.Contains(s, "1") {
		t.Errorf("a printed salt shows itself: %s", s)
	}
	if _, err := ledger.NewSalt(strings.NewReader("too short")); err == nil {
		t.Error("a source that ends early was accepted")
	}
	if _, err := ledger.NewSalt(strings.NewReader(strings.Repeat("\x00", 32))); err == nil {
		t.Error("a source that gives only zeros was accepted")
	}
}

// Any way of cutting a run of leaves into calls must give the same stored hashes, the
// tree of RFC 6962 and the layout of package tlog.
func TestEdgeAgainstNaiveTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var store, plain memory
		edge := &ledger.Edge{}
		var leaves []tlog.Hash
		for range rapid.IntRange(1, 12).Draw(t, "calls") {
			var batch []tlog.Hash
			for range rapid.IntRange(0, 40).Draw(t, "leaves") {
				batch = append(batch, ledger.LeafHash(rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "data")))
			}
			size := edge.Size()
			before := edge.Clone()
			calls, read := store.calls, store.read
			byReader, readAt, err := ledger.Append(size, batch, &store)
			if err != nil {
				t.Fatal(err)
			}
			if store.calls-calls > 1 || store.read-read > 10 {
				t.Fatalf("appending to %d took %d calls for %d hashes", size, store.calls-calls, store.read-read)
			}
			stored, at := edge.Append(batch)
			if at != readAt || !slices.Equal(stored, byReader) {
				t.Fatalf("Append and Edge.Append differ at size %d", size)
			}
			if before.Size() != size || before.Root() != naiveRoot(leaves) {
				t.Fatal("appending to an edge changed its clone")
			}
			for _, h := range batch {
				one, err := tlog.StoredHashesForRecordHash(int64(len(leaves)), h, &plain)
				if err != nil {
					t.Fatal(err)
				}
				plain.hashes = append(plain.hashes, one...)
				leaves = append(leaves, h)
			}
			store.put(t, stored, at)
			if !slices.Equal(store.hashes, plain.hashes) {
				t.Fatalf("stored hashes differ from package tlog's at size %d", len(leaves))
			}

			want := naiveRoot(leaves)
			again, err := ledger.NewEdge(edge.Size(), &store)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := tlog.TreeHash(edge.Size(), &store)
			if err != nil {
				t.Fatal(err)
			}
			root, err := ledger.Root(edge.Size(), &store)
			if err != nil {
				t.Fatal(err)
			}
			if edge.Root() != want || again.Root() != want || tree != want || root != want {
				t.Fatalf("roots differ at size %d", edge.Size())
			}
		}
	})
}

func TestAppendRefuses(t *testing.T) {
	for _, size := range []int64{-1, ledger.MaxSize + 1, 1<<63 - 1} {
		if _, _, err := ledger.Append(size, leafHashes(1), &memory{}); err == nil {
			t.Errorf("a tree of %d was accepted", size)
		}
	}
	broken := errors.New("disk gone")
	fails := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, broken })
	if _, _, err := ledger.Append(3, leafHashes(1), fails); !errors.Is(err, broken) {
		t.Errorf("a failing reader gave %v", err)
	}
	short := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return leafHashes(1), nil })
	if _, err := ledger.NewEdge(3, short); err == nil {
		t.Error("a reader that gives too few hashes was accepted")
	}
}

func BenchmarkEdgeAppend(b *testing.B) {
	leaf := leafHashes(1)
	var edge ledger.Edge
	b.ReportAllocs()
	for b.Loop() {
		edge.Append(leaf)
	}
}

func BenchmarkLeaf(b *testing.B) {
	entry := []byte(strings.Repeat("x", 1000))
	b.ReportAllocs()
	for b.Loop() {
		ledger.LeafHash(ledger.Leaf(entry, ledger.Salt{1}))
	}
}

func hexOf(h tlog.Hash) string { return hex.EncodeToString(h[:]) }
