// Package kit is what tests are built with: a clock that stands still, ids
// from a seed, a real store on a temporary file or in a temporary PostgreSQL,
// and small builders for a line and a child. It may know every room up to
// store. Only tests may import it.
package kit

import (
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/ledger"
	"onus/internal/store"
	"onus/internal/testkit/pgtest"
	"onus/rulepacks"
)

// Clock is a clock that moves only when told. Safe for many goroutines.
type Clock struct {
	mu  sync.Mutex
	now day.Instant
}

// NewClock stands at a moment in England's time: "2026-03-02T09:00".
func NewClock(at string) *Clock { return &Clock{now: At(at)} }

// Now is where the clock stands.
func (c *Clock) Now() day.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock, back too.
func (c *Clock) Set(at day.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Add moves the clock on.
func (c *Clock) Add(d day.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += d
}

// At reads a moment; it panics on a bad one.
func At(s string) day.Instant {
	at, err := day.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return at
}

// Rand gives the same bytes for the same seed. Safe for many goroutines.
func Rand(seed uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return &source{r: rand.NewChaCha8(key)}
}

type source struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}

// Engine is one of the databases that Onus runs on.
type Engine struct {
	Name string
	// DSN makes an empty database and gives its address.
	DSN func(testing.TB) string
}

// Engines are both of them. A machine without PostgreSQL fails the test: a
// missing engine is a failure, not a skip.
func Engines() []Engine { return []Engine{SQLite, Postgres} }

// The engines.
var (
	SQLite   = Engine{"sqlite", func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "onus.db") }}
	Postgres = Engine{"postgres", func(t testing.TB) string { return pgtest.Start(t, pgtest.NoFsync).Database(t) }}
)

// Kit is an App with what a test needs beside it.
type Kit struct {
	*app.App
	Clock    *Clock
	Store    *store.Store
	Known    note.Verifiers // of the ledger's key
	DSN      string
	Verifier string // the ledger's public key, as text
}

// England is the rule pack that comes with Onus, read once.
var England = sync.OnceValues(func() (*duty.Pack, error) {
	return duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
})

// Option changes a Kit before it is made.
type Option func(*app.Config)

// Seed draws ids and salts from a seed of its own.
func Seed(n uint64) Option { return func(c *app.Config) { c.Rand = Rand(n) } }

// Origin is the name of the ledger of every Kit; all have the same key.
const Origin = "onus.example/test"

// NewApp opens the database at an address, new or not, with the clock at 9:00
// on 2 March 2026 and ids from the seed 1.
func NewApp(t testing.TB, dsn string, options ...Option) *Kit {
	t.Helper()
	st, err := store.Open(t.Context(), dsn, app.Registry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	k, err := Over(st, NewClock("2026-03-02T09:00"), options...)
	if err != nil {
		t.Fatal(err)
	}
	k.DSN = dsn
	return k
}

// Over makes a Kit over an open store: for what runs outside a test.
func Over(st *store.Store, clock *Clock, options ...Option) (*Kit, error) {
	pack, err := England()
	if err != nil {
		return nil, err
	}
	skey, vkey, err := ledger.GenerateKey(Rand(0), Origin)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	c := app.Config{Store: st, Clock: clock, Rand: Rand(1), Pack: pack, Signer: signer, Secret: []byte("a secret for tests, 32 bytes long")[:32]}
	for _, o := range options {
		o(&c)
	}
	return &Kit{App: app.New(c), Clock: clock, Store: st, Known: note.VerifierList(verifier), Verifier: vkey}, nil
}
