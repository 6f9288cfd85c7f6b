package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startLimit is how long a server may take to be ready on a busy machine.
const startLimit = 2 * time.Minute

// maxSocketDir keeps the socket's path within the 107 bytes that Linux allows.
const maxSocketDir = 107 - len("/.s.PGSQL.5432")

// tools are the programs of one PostgreSQL.
type tools struct{ initdb, postgres, pgctl string }

func launch(c config) (*Server, error) {
	bin, err := find("/usr/lib/postgresql/*/bin", exec.LookPath)
	if err != nil {
		return nil, err
	}
	who, err := identity()
	if err != nil {
		return nil, err
	}
	dir, err := makeDir(who)
	if err != nil {
		return nil, err
	}
	hold, err := reap(bin, who, dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := run(c, bin, who, dir); err != nil {
		hold.Close()
		return nil, err
	}
	return &Server{socket: dir, hold: hold}, nil
}

// find looks for the newest PostgreSQL in Debian's folders, then in PATH.
func find(folders string, lookPath func(string) (string, error)) (tools, error) {
	var bin string
	newest := -1.0
	matches, _ := filepath.Glob(filepath.Join(folders, "initdb"))
	for _, m := range matches {
		folder := filepath.Dir(m)
		version, err := strconv.ParseFloat(filepath.Base(filepath.Dir(folder)), 64)
		if err == nil && version > newest {
			newest, bin = version, folder
		}
	}
	if bin == "" {
		initdb, err := lookPath("initdb")
		if err != nil {
			return tools{}, errors.New("PostgreSQL is not installed on this machine, and these tests need it: apt-get install postgresql")
		}
		if resolved, err := filepath.EvalSymlinks(initdb); err == nil {
			initdb = resolved
		}
		bin = filepath.Dir(initdb)
	}
	return tools{filepath.Join(bin, "initdb"), filepath.Join(bin, "postgres"), filepath.Join(bin, "pg_ctl")}, nil
}

// identity is whom PostgreSQL runs as: nil for ourselves, or user postgres when we are
// root, because PostgreSQL refuses to run as root.
func identity() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := osuser.Lookup("postgres")
	if err != nil {
		return nil, errors.New("PostgreSQL refuses to run as root and there is no user postgres to run it as: apt-get install postgresql, or run the tests as another user")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the user id of postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the group id of postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// makeDir makes the one directory that holds socket and data, owned by who.
func makeDir(who *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if len(parent) > maxSocketDir-len("/onus-pgtest-0123456789") {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "onus-pgtest-")
	if err != nil {
		return "", fmt.Errorf("making a directory for PostgreSQL: %w", err)
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			os.RemoveAll(dir)
			return "", fmt.Errorf("giving PostgreSQL its directory: %w", err)
		}
	}
	return dir, nil
}

// reap starts a small shell that outlives us by a moment. Its input is a pipe that
// only we hold, so it wakes when this process is gone, for whatever reason, and then
// makes sure that the server has stopped and removes the directory.
func reap(bin tools, who *syscall.Credential, dir string) (io.Closer, error) {
	const script = `trap '' INT TERM HUP; read -r never; "$1" stop -D "$2/data" -m immediate -t 30; cd / && rm -rf "$2"`
	shell := exec.Command("/bin/sh", "-c", script, "onus-pgtest", bin.pgctl, dir)
	shell.Dir = dir // ours may be closed to that user
	shell.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true}
	hold, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe to clean up after PostgreSQL: %w", err)
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("starting the shell that cleans up after PostgreSQL: %w", err)
	}
	return hold, nil
}

// run makes the data directory, starts the server, and returns when the server accepts
// connections.
func run(c config, bin tools, who *syscall.Credential, dir string) error {
	data := filepath.Join(dir, "data")
	// C.UTF-8 sorts by code point on every machine; trust, because only we can reach
	// the directory; no sync, because nothing worth keeping is there yet.
	initdb := exec.Command(bin.initdb, "--pgdata", data, "--username", user, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir = dir
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true, Pdeathsig: syscall.SIGKILL}
	var out []byte
	err := onOwnThread(func() (err error) { out, err = initdb.CombinedOutput(); return err })
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}

	fsync := "on"
	if c.noFsync {
		fsync = "off"
	}
	postgres := exec.Command(bin.postgres, "-D", data, "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync="+fsync, "-c", "full_page_writes="+fsync,
		"-c", "lc_messages=C", "-c", "log_min_messages=warning", "-c", "timezone=UTC",
		"-c", "shared_buffers=32MB", "-c", "max_connections=100")
	postgres.Dir = dir
	// A session of its own keeps Ctrl-C in the terminal from stopping it under a test
	// that is still cleaning up. SIGQUIT is PostgreSQL's immediate shutdown.
	postgres.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true, Pdeathsig: syscall.SIGQUIT}
	return startAndWait(postgres)
}

// onOwnThread starts a child that is to die with us. The kernel sends Pdeathsig when
// the *thread* that started the child ends, and Go ends idle threads: so the child is
// started by a goroutine that keeps its thread to itself, for ever.
func onOwnThread(start func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		done <- start()
		select {}
	}()
	return <-done
}

// startAndWait starts the server and returns once its log says that it is ready.
func startAndWait(postgres *exec.Cmd) error {
	logged, err := postgres.StderrPipe()
	if err != nil {
		return fmt.Errorf("making a pipe for PostgreSQL's log: %w", err)
	}
	if err := onOwnThread(postgres.Start); err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}

	ready := make(chan error, 1)
	go func() {
		var log strings.Builder
		lines := bufio.NewScanner(logged)
		answered := false
		for lines.Scan() {
			if answered {
				continue // keep reading, or the server blocks on a full pipe
			}
			fmt.Fprintln(&log, lines.Text())
			if strings.Contains(lines.Text(), "ready to accept connections") {
				answered = true
				ready <- nil
			}
		}
		err := postgres.Wait()
		if !answered {
			ready <- fmt.Errorf("PostgreSQL stopped while starting (%v):\n%s", err, &log)
		}
	}()
	select {
	case err := <-ready:
		return err
	case <-time.After(startLimit):
		postgres.Process.Signal(syscall.SIGQUIT)
		return fmt.Errorf("PostgreSQL was not ready after %s", startLimit)
	}
}
