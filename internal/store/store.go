// Package store keeps the journal and its caches in SQLite or PostgreSQL, in
// one SQL text for both. It knows the ports of app and nothing of what entries
// mean. Where the engines truly differ, the dialect has a named method.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"onus/internal/app"
	"onus/internal/entry"
)

//go:embed migrations/*.sql
var migrations embed.FS

type dialect struct {
	name  string
	goose database.Dialect
	words *strings.Replacer // the few type words that differ
}

var (
	sqlite   = dialect{"sqlite", database.DialectSQLite3, strings.NewReplacer("STRICT_TABLE", "STRICT", "BYTES", "BLOB", "BIGINT", "INTEGER")}
	postgres = dialect{"postgres", database.DialectPostgres, strings.NewReplacer(" STRICT_TABLE", "", "BYTES", "BYTEA")}
)

// snapshot is how a consistent look at the store begins.
func (d dialect) snapshot() *sql.TxOptions {
	if d.name == "postgres" {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true}
}

// lockHead takes the head's row for a writer. A writing transaction of SQLite
// has the whole file from its beginning, so that reading is enough there.
func (d dialect) lockHead() string {
	if d.name == "postgres" {
		return `UPDATE head SET size = size WHERE one = 1 RETURNING size, recorded, line_seq`
	}
	return selectHead
}

// queueReads puts writers of the reader log in a queue, so that two processes
// that log the same child at the same moment do not take the same place. SQLite
// has one writer anyway.
func (d dialect) queueReads() string {
	if d.name == "postgres" {
		return `SELECT pg_advisory_xact_lock(7305804402)`
	}
	return ""
}

// sendsTogether says that a statement costs a way to a server and back, so that
// one that runs for many rows is sent for all of them at once.
func (d dialect) sendsTogether() bool { return d.name == "postgres" }

// shred has the engine overwrite what is removed, and not only let go of it.
// PostgreSQL does so when it vacuums.
func (d dialect) shred() string {
	if d.name == "sqlite" {
		return `PRAGMA secure_delete = ON`
	}
	return ""
}

// Store is an open database. Make it with Open.
type Store struct {
	d       dialect
	write   *sql.DB
	read    *sql.DB
	reg     *entry.Registry
	writing sync.Mutex // one writer at a time in this process; the head row orders processes
	wstmts  stmts
	rstmts  stmts
}

var _ app.Store = (*Store)(nil)

// Open opens the database at a URL: "sqlite:PATH" or "postgres://...". It brings
// the tables up to date.
func Open(ctx context.Context, dsn string, reg *entry.Registry) (*Store, error) {
	s := &Store{reg: reg}
	var err error
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		err = s.openSQLite(strings.TrimPrefix(dsn, "sqlite:"))
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		err = s.openPostgres(dsn)
	default:
		return nil, errors.New("the database address must begin with postgres:// (or give --data DIR for SQLite)")
	}
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.d.name == "sqlite" {
		var werr, rerr error
		s.wstmts, werr = prepare(ctx, s.write, hot)
		s.rstmts, rerr = prepare(ctx, s.read, hotReads)
		if err := errors.Join(werr, rerr); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func (s *Store) openSQLite(path string) (err error) {
	s.d = sqlite
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	at := (&url.URL{Scheme: "file", Path: abs}).String()
	// A longer log before its pages go to the file: the same few pages change in
	// every write.
	common := "_pragma=busy_timeout(10000)&_pragma=wal_autocheckpoint(8000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)"
	if s.write, err = sql.Open("sqlite", at+"?_txlock=immediate&"+common); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetMaxIdleConns(1)
	if err := s.write.Ping(); err != nil {
		return fmt.Errorf("the SQLite file cannot be opened: %w", err)
	}
	if s.read, err = sql.Open("sqlite", at+"?_pragma=query_only(1)&"+common); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(8)
	s.read.SetMaxIdleConns(8)
	return nil
}

// Scratch makes an empty store in the memory of this process. One connection has it,
// so that it ends with that.
func (s *Store) Scratch(ctx context.Context) (app.Store, error) {
	m := &Store{reg: s.reg, d: sqlite}
	var err error
	if m.write, err = sql.Open("sqlite", "file::memory:?_txlock=immediate&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)"); err != nil {
		return nil, err
	}
	m.write.SetMaxOpenConns(1)
	m.write.SetMaxIdleConns(1)
	m.read = m.write
	if err := m.migrate(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	if m.wstmts, err = prepare(ctx, m.write, hot); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	m.rstmts = m.wstmts
	return m, nil
}

func (s *Store) openPostgres(dsn string) (err error) {
	s.d = postgres
	if s.write, err = sql.Open("pgx", dsn); err != nil {
		return errors.New("the database address cannot be read") // it may hold a password
	}
	s.write.SetMaxOpenConns(16)
	s.write.SetMaxIdleConns(8)
	if err := s.write.Ping(); err != nil {
		var ce *pgconn.ConnectError
		if errors.As(err, &ce) {
			return fmt.Errorf("PostgreSQL does not answer: %w", ce.Unwrap())
		}
		return fmt.Errorf("PostgreSQL does not answer: %w", err)
	}
	s.read = s.write
	return nil
}

// wordsFS gives the migrations with the type words of the dialect.
type wordsFS struct {
	fs.FS
	d dialect
}

func (w wordsFS) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	b, err := fs.ReadFile(w.FS, name)
	if err != nil {
		return nil, err
	}
	return memFile(name, w.d.words.Replace(string(b))), nil
}

func (s *Store) migrate(ctx context.Context) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(s.d.goose, s.write, wordsFS{sub, s.d}, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("the migrations cannot be read: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("the tables could not be brought up to date: %w", err)
	}
	return nil
}

// Close ends it. What was acknowledged is on the disk already.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write && s.read != nil {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// View runs fn on a consistent snapshot.
func (s *Store) View(ctx context.Context, fn func(app.View) error) error {
	tx, err := s.read.BeginTx(ctx, s.d.snapshot())
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer tx.Rollback() // reading leaves nothing behind
	return fn(&txn{s: s, tx: tx, stmts: s.rstmts, mine: map[string]*sql.Stmt{}})
}

// Update runs fn in one durable transaction.
func (s *Store) Update(ctx context.Context, fn func(app.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	defer func() { _ = conn.Close() }() // gives it back
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	defer tx.Rollback() // after a commit this does nothing
	if err := fn(&txn{s: s, tx: tx, conn: conn, stmts: s.wstmts, mine: map[string]*sql.Stmt{}}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// stmts keeps the hot statements prepared, by their text. pgx does this by
// itself; for SQLite it halves the cost of a small write.
type stmts map[string]*sql.Stmt

func prepare(ctx context.Context, db *sql.DB, texts []string) (stmts, error) {
	m := stmts{}
	for _, t := range texts {
		st, err := db.PrepareContext(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("a statement cannot be prepared: %w", err)
		}
		m[t] = st
	}
	return m, nil
}
