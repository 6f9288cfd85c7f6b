package pgtest

import (
	"bufio"
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

func TestDatabasesAreEmptyAndApart(t *testing.T) {
	s := Start(t)
	if Start(t) != s {
		t.Error("a second Start gave another server")
	}
	a, b := open(t, s.Database(t)), open(t, s.Database(t))
	mustExec(t, a, "CREATE TABLE word (w text PRIMARY KEY)")
	mustExec(t, b, "CREATE TABLE word (w text PRIMARY KEY)")
	mustExec(t, a, "INSERT INTO word VALUES ('b'), ('B'), ('é'), ('a')")
	if n := one(t, b, "SELECT count(*) FROM word"); n != "0" {
		t.Errorf("another test's %s rows are in an empty database", n)
	}
	if got := one(t, a, "SELECT string_agg(w, ' ' ORDER BY w) FROM word"); got != "B a b é" {
		t.Errorf("sorted as %q, not by code point", got)
	}
	if got := one(t, a, "SELECT upper('é')"); got != "É" {
		t.Errorf("upper of é is %q", got)
	}
	if got := one(t, a, "SHOW listen_addresses"); got != "" {
		t.Errorf("it listens on the network: %q", got)
	}
}

func TestDatabaseIsDroppedThoughStillOpen(t *testing.T) {
	s := Start(t)
	var name string
	t.Run("user", func(t *testing.T) {
		db, err := sql.Open("pgx", s.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		name = one(t, db, "SELECT current_database()") // leaves its connection in the pool
	})
	rest := open(t, s.Database(t))
	if got := one(t, rest, "SELECT count(*) FROM pg_database WHERE datname = '"+name+"'"); got != "0" {
		t.Errorf("database %s is still there", name)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := Start(t)
	t.Run("all", func(t *testing.T) {
		for i := range 8 {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				mustExec(t, open(t, s.Database(t)), "CREATE TABLE word (w text)")
			})
		}
	})
}

func TestFsync(t *testing.T) {
	if got := one(t, open(t, Start(t).Database(t)), "SHOW fsync"); got != "on" {
		t.Errorf("fsync is %s where nobody asked", got)
	}
	fast := Start(t, NoFsync)
	if fast == Start(t) {
		t.Fatal("one server for both ways")
	}
	if got := one(t, open(t, fast.Database(t)), "SHOW fsync"); got != "off" {
		t.Errorf("fsync is %s with NoFsync", got)
	}
}

func TestFind(t *testing.T) {
	missing := func(string) (string, error) { return "", exec.ErrNotFound }
	root := t.TempDir()
	folders := filepath.Join(root, "*", "bin")
	if _, err := find(folders, missing); err == nil || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("without PostgreSQL: %v", err)
	}
	elsewhere := func(name string) (string, error) { return "/opt/pg/" + name, nil }
	if got, err := find(folders, elsewhere); err != nil || got.postgres != "/opt/pg/postgres" {
		t.Errorf("in PATH: %+v, %v", got, err)
	}
	for _, version := range []string{"9.6", "15", "13", "old"} {
		dir := filepath.Join(root, version, "bin")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "initdb"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := find(folders, missing); err != nil || got.initdb != filepath.Join(root, "15", "bin", "initdb") {
		t.Errorf("of 9.6, 13 and 15: %+v, %v", got, err)
	}
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	who, err := identity()
	if err != nil {
		t.Fatal(err)
	}
	bin, err := find("/usr/lib/postgresql/*/bin", exec.LookPath)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin.postgres, "-D", "/nowhere/at/all")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if err := startAndWait(cmd); err == nil || !strings.Contains(err.Error(), "/nowhere/at/all") {
		t.Errorf("a server without data: %v", err)
	}
}

// The test runs itself again, as a test binary that ends in each of the ways there are,
// and looks whether the server and its directory are gone.
func TestServerEndsWithTheBinary(t *testing.T) {
	const how = "ONUS_PGTEST_END"
	if end := os.Getenv(how); end != "" {
		s := Start(t, NoFsync)
		s.Database(t)
		pid, err := os.ReadFile(filepath.Join(s.socket, "data", "postmaster.pid"))
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := bytes.Cut(pid, []byte("\n"))
		fmt.Printf("server %s %s\n", s.socket, first)
		switch end {
		case "panic":
			panic("a test that panics, on purpose")
		case "kill":
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return
	}
	for _, end := range []string{"pass", "panic", "kill"} {
		child := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithTheBinary$")
		child.Env = append(os.Environ(), how+"="+end)
		out, err := child.Output()
		if (err == nil) != (end == "pass") {
			t.Fatalf("%s: %v\n%s", end, err, out)
		}
		var socket string
		var pid int
		for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
			fmt.Sscanf(lines.Text(), "server %s %d", &socket, &pid)
		}
		if pid == 0 {
			t.Fatalf("%s: no server was started\n%s", end, out)
		}
		await(t, end+": the server to end", func() bool { return !alive(pid) })
		await(t, end+": its directory to go", func() bool {
			_, err := os.Stat(socket)
			return errors.Is(err, os.ErrNotExist)
		})
	}
}

// await looks again and again: the processes it waits for are nobody's children here,
// so nothing signals their end.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	began := time.Now()
	limit := time.After(30 * time.Second)
	for look := time.Tick(5 * time.Millisecond); !done(); {
		select {
		case <-look:
		case <-limit:
			t.Fatalf("waited 30 seconds for %s", what)
		}
	}
	t.Logf("waited %s for %s", time.Since(began).Round(time.Millisecond), what)
}

// alive says whether a process runs; one that has ended and is not yet collected by its
// parent does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	return len(fields) > 0 && !slices.Contains([]string{"Z", "X"}, fields[0])
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func one(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var s string
	if err := db.QueryRowContext(t.Context(), query).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}
