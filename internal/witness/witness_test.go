package witness_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/app"
	"onus/internal/ledger"
	"onus/internal/witness"
)

// source is randomness of a seed.
type source struct{ r *rand.Rand }

func (s source) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s.r.Uint32())
	}
	return len(p), nil
}

func seeded(n uint64) source { return source{rand.New(rand.NewPCG(n, 1))} }

const origin = "onus.example/log"

// log is a ledger in memory.
type log struct {
	signer note.Signer
	hashes []tlog.Hash
	size   int64
}

func newLog(t testing.TB, seed uint64) (*log, note.Verifier) {
	t.Helper()
	skey, vkey, err := ledger.GenerateKey(seeded(seed), origin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return &log{signer: s}, v
}

func (l *log) ReadHashes(ix []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(ix))
	for i, n := range ix {
		out[i] = l.hashes[n]
	}
	return out, nil
}

func (l *log) add(t testing.TB, texts ...string) {
	t.Helper()
	var leaves []tlog.Hash
	for _, x := range texts {
		leaves = append(leaves, tlog.RecordHash([]byte(x)))
	}
	stored, _, err := ledger.Append(l.size, leaves, l)
	if err != nil {
		t.Fatal(err)
	}
	l.hashes, l.size = append(l.hashes, stored...), l.size+int64(len(leaves))
}

// fork is a ledger that goes on from the same entries with the same key.
func (l *log) fork() *log {
	return &log{signer: l.signer, hashes: slices.Clone(l.hashes), size: l.size}
}

func (l *log) head(t testing.TB) []byte {
	t.Helper()
	root, err := ledger.Root(l.size, l)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := ledger.Sign(ledger.Checkpoint{Origin: origin, Size: l.size, Root: root}, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	return cp
}

func (l *log) proof(t testing.TB, old int64) []tlog.Hash {
	t.Helper()
	p, err := ledger.ConsistencyProof(old, l.size, l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func request(old int64, proof []tlog.Hash, head []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range proof {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	fmt.Fprintln(&b)
	b.Write(head)
	return b.Bytes()
}

// someone runs a witness.
type someone struct {
	*witness.Witness
	dir  string
	vkey string
	by   witness.Cosigner
}

func newWitness(t testing.TB, seed uint64, dir string, logs ...note.Verifier) someone {
	t.Helper()
	skey, vkey, err := witness.GenerateKey(seeded(seed), fmt.Sprintf("witness.example/%d", seed))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := witness.VerifierKey(skey); err != nil || again != vkey {
		t.Fatalf("%s, %s, %v", again, vkey, err)
	}
	by, err := witness.NewCosigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.New(dir, by, logs, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return someone{w, dir, vkey, by}
}

func (w someone) ask(t testing.TB, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/add-checkpoint", bytes.NewReader(body)))
	return rec
}

// quick is a folder that no disk is waited for: for tests that make thousands.
func quick(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "onus-witness-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// The protocol, answer by answer.
func TestTheProtocol(t *testing.T) {
	l, v := newLog(t, 1)
	stranger, _ := newLog(t, 2)
	w := newWitness(t, 10, t.TempDir(), v)
	l.add(t, "a", "b", "c")
	stranger.add(t, "a", "b", "c")
	first := l.head(t)
	wv, err := ledger.NewWitnessVerifier(w.vkey)
	if err != nil {
		t.Fatal(err)
	}
	got := w.ask(t, request(0, nil, first))
	if got.Code != 200 {
		t.Fatal(got.Code, got.Body)
	}
	if n, err := note.Open(append(bytes.Clone(first), got.Body.Bytes()...), note.VerifierList(v, wv)); err != nil || len(n.Sigs) != 2 {
		t.Fatalf("%v, %+v", err, n)
	}
	l.add(t, "d", "e")
	second := l.head(t)
	fork := l.fork()
	fork.add(t, "f")
	l.add(t, "g")
	sixth := l.head(t)
	for _, c := range []struct {
		what string
		body []byte
		code int
	}{
		{"what was signed already, from nothing", request(0, nil, second), 409},
		{"the next, with a proof that is another's", request(3, l.proof(t, 5), second), 422},
		{"the next, without a proof", request(3, nil, second), 422},
		{"another key of the same name", request(3, nil, stranger.head(t)), 403},
		{"a ledger that it does not know", request(0, nil, []byte(strings.Replace(string(first), origin, "other.example", 1))), 404},
		{"another text", request(0, nil, []byte("hello\n")), 404},
		{"no checkpoint", request(3, nil, []byte(origin+"\n5\n")), 400},
		{"no empty line", []byte("old 0\n" + string(first)[:10]), 400},
		{"a size in words", append([]byte("old many\n\n"), first...), 400},
		{"a size with a nought before", append([]byte("old 03\n\n"), first...), 400},
		{"a hash that is none", append([]byte("old 3\nAAAA\n\n"), second...), 400},
		{"an old size beyond the new", request(9, nil, second), 400},
	} {
		if got := w.ask(t, c.body); got.Code != c.code {
			t.Errorf("%s: %d, want %d: %s", c.what, got.Code, c.code, got.Body)
		}
	}
	proof, err := ledger.ConsistencyProof(3, 5, l)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.ask(t, request(3, proof, second)); got.Code != 200 {
		t.Fatal(got.Code, got.Body)
	}
	if got := w.ask(t, request(5, nil, second)); got.Code != 200 {
		t.Errorf("the same head again: %d %s", got.Code, got.Body)
	}
	if got := w.ask(t, request(5, l.proof(t, 5), sixth)); got.Code != 200 {
		t.Fatal(got.Code, got.Body)
	}
	before, _ := w.Evidence()
	if got := w.ask(t, request(6, nil, fork.head(t))); got.Code != 409 {
		t.Errorf("another history of the same size: %d", got.Code)
	}
	if after, err := w.Evidence(); err != nil || len(after) != len(before)+1 {
		t.Errorf("%d pieces of evidence, %v", len(after), err)
	} else if b, _ := os.ReadFile(after[len(after)-1]); strings.Count(string(b), "— "+origin) != 2 && !slices.ContainsFunc(after, func(f string) bool {
		b, _ := os.ReadFile(f)
		return strings.Contains(string(b), string(fork.head(t)))
	}) {
		t.Error("the evidence does not hold both heads")
	}
	if got := w.ask(t, bytes.Repeat([]byte("x"), 100<<10)); got.Code != 413 {
		t.Errorf("too long: %d", got.Code)
	}
}

// A witness that starts again signs no other history.
func TestAWitnessRemembersWhatItSigned(t *testing.T) {
	l, v := newLog(t, 1)
	dir := t.TempDir()
	l.add(t, "a", "b", "c")
	fork := &log{signer: l.signer}
	fork.add(t, "a", "b", "x")
	if got := newWitness(t, 10, dir, v).ask(t, request(0, nil, l.head(t))); got.Code != 200 {
		t.Fatal(got.Body)
	}
	w := newWitness(t, 10, dir, v)
	if got := w.ask(t, request(0, nil, fork.head(t))); got.Code != 409 {
		t.Errorf("after a restart it signs another history: %d", got.Code)
	}
	if got := w.ask(t, request(3, nil, fork.head(t))); got.Code != 409 {
		t.Errorf("after a restart it signs another history: %d", got.Code)
	}
	// What cannot be read is no reason to begin anew.
	files, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint"))
	if len(files) != 1 || os.WriteFile(files[0], []byte("broken"), 0o600) != nil {
		t.Fatal(files)
	}
	if got := w.ask(t, request(0, nil, fork.head(t))); got.Code != 500 {
		t.Errorf("with a broken memory it answers %d", got.Code)
	}
}

// Two histories at the same moment: one is signed, the other never.
func TestTwoHistoriesAtOnce(t *testing.T) {
	for n := range 50 {
		l, v := newLog(t, 1)
		w := newWitness(t, 10, t.TempDir(), v)
		l.add(t, "a")
		fork := l.fork()
		l.add(t, "b")
		fork.add(t, "c")
		if got := w.ask(t, request(0, nil, (&log{signer: l.signer, hashes: l.hashes, size: 1}).head(t))); got.Code != 200 {
			t.Fatal(got.Body)
		}
		var codes [2]int
		var wg sync.WaitGroup
		for i, x := range []*log{l, fork} {
			body := request(1, x.proof(t, 1), x.head(t))
			wg.Go(func() { codes[i] = w.ask(t, body).Code })
		}
		wg.Wait()
		slices.Sort(codes[:])
		if codes != [2]int{200, 409} {
			t.Fatalf("%d: %v", n, codes)
		}
	}
}

// A thousand forked histories, each shown to other witnesses of five, of which
// any quorum of three shares an honest one with any other: no two heads of one
// size ever reach it, and the evidence is kept.
func TestNoForkReachesAQuorum(t *testing.T) {
	forks := 1000
	if testing.Short() {
		forks = 100
	}
	r := rand.New(rand.NewPCG(7, 7))
	evidence := 0
	for n := range forks {
		l, v := newLog(t, 1)
		var ws []someone
		for i := range 5 {
			ws = append(ws, newWitness(t, uint64(10+i), quick(t), v))
		}
		l.add(t, "a", "b")
		for _, w := range ws {
			if got := w.ask(t, request(0, nil, l.head(t))); got.Code != 200 {
				t.Fatal(got.Body)
			}
		}
		two := []*log{l, l.fork()}
		two[0].add(t, fmt.Sprint("left ", n))
		two[1].add(t, fmt.Sprint("right ", n))
		signed := [2]int{}
		for _, i := range r.Perm(10) { // each history to each witness, in any order
			w, h := ws[i%5], i/5
			got := w.ask(t, request(2, two[h].proof(t, 2), two[h].head(t)))
			if got.Code == 409 { // it signed the other one; shown that size, it sees two heads
				got = w.ask(t, request(3, nil, two[h].head(t)))
			}
			if got.Code == 200 {
				signed[h]++
			}
		}
		if signed[0] >= 3 && signed[1] >= 3 || signed[0]+signed[1] != 5 {
			t.Fatalf("fork %d: %v", n, signed)
		}
		for _, w := range ws {
			files, err := w.Evidence()
			if err != nil || len(files) != 1 {
				t.Fatalf("fork %d: evidence %v, %v", n, files, err)
			}
			evidence += len(files)
		}
	}
	t.Logf("%d forks, %d pieces of evidence", forks, evidence)
}

// The client and a witness over the loopback, with conflicts and errors.
func TestTheClient(t *testing.T) {
	l, v := newLog(t, 1)
	w := newWitness(t, 10, t.TempDir(), v)
	srv := httptest.NewServer(w.Handler())
	defer srv.Close()
	c := witness.NewClient()
	l.add(t, "a", "b")
	if _, err := c.Cosign(context.Background(), srv.URL, 0, nil, l.head(t)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Cosign(context.Background(), srv.URL, 0, nil, l.head(t))
	var conflict app.WitnessConflict
	if !errors.As(err, &conflict) || conflict.Size != 2 {
		t.Errorf("%v", err)
	}
	if _, err := c.Cosign(context.Background(), srv.URL+"/nowhere", 0, nil, l.head(t)); err == nil {
		t.Error("another address answers")
	}
	srv.Close()
	if _, err := c.Cosign(context.Background(), srv.URL, 2, nil, l.head(t)); err == nil {
		t.Error("nobody answers, and it is no error")
	}
}
