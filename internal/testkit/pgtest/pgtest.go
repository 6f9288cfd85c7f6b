// Package pgtest gives tests a real PostgreSQL: one temporary server for each test
// binary, on a unix socket, with an empty database for each test that asks.
//
// It may start processes and write to the temporary directory. It must never know a
// table of Onus, never touch a server that it did not start, and never leave anything
// behind, however the test ends. A machine without PostgreSQL fails the test and does
// not skip it: a missing engine is a failure.
package pgtest

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Option changes how the server is started.
type Option func(*config)

// config is a key of the servers shared in this binary, so it must stay comparable.
type config struct{ noFsync bool }

// NoFsync starts a server that does not wait for the disk. Many small transactions
// become several times as fast; never use it in a test about what survives a crash.
func NoFsync(c *config) { c.noFsync = true }

// Server is a running PostgreSQL. All tests of the binary share it.
type Server struct {
	socket string    // directory of the socket
	hold   io.Closer // the reaper's pipe; dropping it would be collected, closed, and end the server
	made   atomic.Int64
}

// user is both the superuser's name and, on the socket, all that is needed to enter.
const user = "onus"

var (
	mu      sync.Mutex
	servers = map[config]func() (*Server, error){}
)

// Start gives the binary's server, starting it on first use, in about a second. It
// needs no stopping: the server ends with the test binary, also when that panics or
// is killed.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	var c config
	for _, o := range options {
		o(&c)
	}
	mu.Lock()
	start, ok := servers[c]
	if !ok {
		start = sync.OnceValues(func() (*Server, error) { return launch(c) })
		servers[c] = start
	}
	mu.Unlock()
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Database makes an empty database and returns its postgres:// URL, for
// github.com/jackc/pgx/v5/stdlib as for psql. Text sorts by code point, as in SQLite.
// The database is dropped when the test ends, with any connection still open to it.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.made.Add(1))
	if err := s.exec("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s.url(name)
}

func (s *Server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database}
	u.RawQuery = url.Values{"host": {s.socket}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// exec runs one statement in the server's own database. Cleanup calls it after the
// test's context has ended, so it has a context of its own.
func (s *Server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return fmt.Errorf("entering the temporary PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
