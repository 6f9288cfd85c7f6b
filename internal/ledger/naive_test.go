package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// naiveRoot is the definition in RFC 6962 section 2.1, word for word.
func naiveRoot(leaves []tlog.Hash) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := naiveSplit(len(leaves))
	left, right := naiveRoot(leaves[:k]), naiveRoot(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// naivePath is PATH(m, D[n]) of RFC 6962 section 2.1.1.
func naivePath(m int, leaves []tlog.Hash) []tlog.Hash {
	if len(leaves) <= 1 {
		return nil
	}
	k := naiveSplit(len(leaves))
	if m < k {
		return append(naivePath(m, leaves[:k]), naiveRoot(leaves[k:]))
	}
	return append(naivePath(m-k, leaves[k:]), naiveRoot(leaves[:k]))
}

// naiveSplit is the largest power of two smaller than n.
func naiveSplit(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

// memory is a store of hashes that counts its reads.
type memory struct {
	hashes []tlog.Hash
	calls  int
	read   int
}

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	m.calls++
	m.read += len(indexes)
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("there is no stored hash %d", x)
		}
		out[i] = m.hashes[x]
	}
	return out, nil
}

// put stores what Append returned, where it said.
func (m *memory) put(t interface{ Fatalf(string, ...any) }, stored []tlog.Hash, at int64) {
	if at != int64(len(m.hashes)) {
		t.Fatalf("Append wants to store at %d, the store ends at %d", at, len(m.hashes))
	}
	m.hashes = append(m.hashes, stored...)
}

func leafHashes(n int) []tlog.Hash {
	out := make([]tlog.Hash, n)
	for i := range out {
		out[i] = tlog.RecordHash([]byte(strconv.Itoa(i)))
	}
	return out
}

// counting is an endless stream of distinct bytes in place of randomness.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

// The package comment promises what the package may know; this holds it to that.
func TestImportsStayPure(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	allowed := " bytes crypto/sha256 encoding/base64 encoding/json errors fmt io math/bits slices strconv strings unicode unicode/utf8 golang.org/x/mod/sumdb/note golang.org/x/mod/sumdb/tlog github.com/transparency-dev/formats/note "
	seen := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		seen++
		src, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range src.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); !strings.Contains(allowed, " "+path+" ") {
				t.Errorf("%s imports %s: the ledger must stay pure", f.Name(), path)
			}
		}
	}
	if seen == 0 {
		t.Fatal("found no source to check")
	}
}

func flip(b []byte, i int, bit byte) []byte {
	c := bytes.Clone(b)
	c[i] ^= bit
	return c
}
