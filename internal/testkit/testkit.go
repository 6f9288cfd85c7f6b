// Package testkit makes what tests of several rooms need: a clock that stands
// still, randomness from a seed, an App on a real store, and a small line. It
// must never be imported by anything but tests.
package testkit

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/line"
	"onus/internal/store"
	"onus/internal/testkit/pgtest"
	"onus/rulepacks"
)

// Clock stands still until it is told to move. Safe for many goroutines.
type Clock struct {
	mu  sync.Mutex
	now day.Instant
}

// NewClock makes a clock that stands at a moment, written as day.ParseInstant reads it.
func NewClock(at string) *Clock { return &Clock{now: Instant(at)} }

// Instant reads a moment; a wrong one is a mistake in the test, and it panics.
func Instant(s string) day.Instant {
	w, err := day.ParseWhen(s)
	if err != nil {
		panic(err)
	}
	return w.From()
}

// Now is the moment at which the clock stands.
func (c *Clock) Now() day.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to a moment, back too.
func (c *Clock) Set(at day.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Add moves the clock on.
func (c *Clock) Add(by day.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += by
}

// source is randomness that many goroutines may read.
type source struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}

// Rand gives the same bytes for the same seed, for ever.
func Rand(seed uint64) io.Reader {
	var k [32]byte
	for i := range 8 {
		k[i] = byte(seed >> (8 * i))
	}
	return &source{r: rand.NewChaCha8(k)}
}

// Origin is the name of every test's ledger.
const Origin = "onus.test/ledger"

// Key is the one key of all tests' ledgers, so that an App opened again on the
// same store, in another process too, signs as the first did.
var Key = sync.OnceValues(func() (note.Signer, note.Verifiers) {
	skey, vkey, err := ledger.GenerateKey(Rand(1<<63), Origin)
	if err != nil {
		panic(err)
	}
	signer, err := note.NewSigner(skey)
	verifier, err2 := note.NewVerifier(vkey)
	if err := errors.Join(err, err2); err != nil {
		panic(err)
	}
	return signer, note.VerifierList(verifier)
})

// England is the rule pack of England.
var England = sync.OnceValue(func() *duty.Pack {
	p, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	if err != nil {
		panic(err)
	}
	return p
})

// Open makes an App on the store at dsn. Whoever opens the same store again
// gives another seed: ids and salts must not come twice.
func Open(dsn string, clock app.Clock, seed uint64) (*app.App, note.Verifiers, error) {
	st, err := store.Open(context.Background(), dsn, app.Registry())
	if err != nil {
		return nil, nil, err
	}
	signer, verifiers := Key()
	return app.New(app.Config{Store: st, Clock: clock, Rand: Rand(seed), Pack: England(), Signer: signer, Secret: []byte("a secret for tests, 32 bytes long")[:32]}), verifiers, nil
}

// NewApp is Open for a test; the store is closed when the test ends.
func NewApp(t testing.TB, dsn string, clock app.Clock, seed uint64) (*app.App, note.Verifiers) {
	t.Helper()
	a, verifiers, err := Open(dsn, clock, seed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, verifiers
}

// SQLite gives the address of a new, empty SQLite store.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "onus.db")
}

// PostgreSQL gives the address of a new, empty PostgreSQL store. Its server
// does not wait for the disk: tests about crashes ask pgtest themselves.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	return pgtest.Start(t, pgtest.NoFsync).Database(t)
}

// Engine is one of the two databases.
type Engine struct {
	Name string
	DSN  func(testing.TB) string // a new, empty store each time
}

// Engines are both. A test runs on each.
var Engines = []Engine{{"sqlite", SQLite}, {"postgres", PostgreSQL}}

// OnEach runs a test on both engines.
func OnEach(t *testing.T, fn func(*testing.T, Engine)) {
	t.Helper()
	for _, e := range Engines {
		t.Run(e.Name, func(t *testing.T) { fn(t, e) })
	}
}

// Who is a person of Line, acting in their post.
func Who(post string) entry.Actor { return entry.Actor{Person: "p-" + post, Post: post} }

// Reader is the same person, looking.
func Reader(post string) app.Reader { return app.Reader{Person: "p-" + post, Fresh: true} }

// Posts of Line, from the top down, with the person in each.
var Posts = []struct {
	line.PostCreated
	Person string
}{
	{line.PostCreated{Post: "chief-executive", Title: "Chief executive", Tier: line.ChiefExecutive}, "Owen Hartley"},
	{line.PostCreated{Post: "director", Title: "Director of children's services", Tier: line.Director, Above: "chief-executive"}, "Helen Croft"},
	{line.PostCreated{Post: "head", Title: "Head of service", Tier: line.HeadOfService, Above: "director"}, "Marcus Adeyinka"},
	{line.PostCreated{Post: "chair", Title: "Conference chair", Tier: line.ServiceManager, Above: "head", Function: line.Chair}, "Ruth Selby"},
	{line.PostCreated{Post: "service", Title: "Service manager", Tier: line.ServiceManager, Above: "head"}, "Priti Nandra"},
	{line.PostCreated{Post: "manager-front", Title: "Team manager, front door", Tier: line.TeamManager, Team: "front", Above: "service", Function: line.FrontDoor}, "Gwen Tarr"},
	{line.PostCreated{Post: "manager-east", Title: "Team manager, East", Tier: line.TeamManager, Team: "east", Above: "service"}, "Jo Pell"},
	{line.PostCreated{Post: "east-1", Title: "Social worker, East", Tier: line.Worker, Team: "east", Above: "manager-east"}, "Dana Whitlock"},
	{line.PostCreated{Post: "east-2", Title: "Social worker, East", Tier: line.Worker, Team: "east", Above: "manager-east"}, "Tomasz Brandt"},
}

// Line makes a small line, as it has been for a year.
func Line(t testing.TB, a *app.App) {
	t.Helper()
	bodies := []entry.Body{line.AuthorityNamed{Name: "Marlowe", Code: "999", Demo: true},
		line.TeamCreated{Team: "front", Name: "Front door"}, line.TeamCreated{Team: "east", Name: "East"}}
	for _, p := range Posts {
		bodies = append(bodies, p.PostCreated, line.PersonKnown{Person: "p-" + p.Post, Name: p.Person}, line.PostHeld{Post: p.Post, Person: "p-" + p.Post})
	}
	LineSays(t, a, day.On(a.Clock.Now().Date().AddMonths(-12)), bodies...)
}

// LineSays records what changed in the line.
func LineSays(t testing.TB, a *app.App, when day.When, bodies ...entry.Body) {
	t.Helper()
	var cmds []line.Command
	for _, b := range bodies {
		cmds = append(cmds, line.Command{Actor: entry.System, Happened: when, Body: b, Source: entry.Source{Kind: "page"}})
	}
	if _, err := a.RecordLine(context.Background(), cmds, ""); err != nil {
		t.Fatal(err)
	}
}

// Sample reads a file that belongs to another room's tests.
func Sample(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
