package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/store"
	"onus/internal/testkit/kit"
	"onus/internal/testkit/pgtest"
	"onus/internal/web"
)

// The test binary runs itself again as a server of one request, which kills
// itself when the first byte of the answer is about to leave.
const (
	killDSN    = "ONUS_KILL_DSN"
	killNow    = "ONUS_KILL_NOW"
	killMethod = "ONUS_KILL_METHOD"
	killPath   = "ONUS_KILL_PATH"
	killBody   = "ONUS_KILL_BODY"
	killHeader = "ONUS_KILL_HEADER" // name and value of who asks
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(killDSN); dsn != "" {
		fmt.Fprintln(os.Stderr, serveOnce(dsn)) // it should have been killed
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// deadly kills the program when it is to send the first byte.
type deadly struct{ header http.Header }

func (d deadly) Header() http.Header       { return d.header }
func (d deadly) WriteHeader(int)           { kill() }
func (d deadly) Write([]byte) (int, error) { kill(); return 0, nil }

func kill() {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until it arrives
}

func serveOnce(dsn string) error {
	st, err := store.Open(context.Background(), dsn, app.Registry())
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(os.Getenv(killNow), 10, 64)
	if err != nil {
		return err
	}
	clock := kit.NewClock("2026-03-02T09:00")
	clock.Set(day.Instant(n))
	k, err := kit.Over(st, clock, kit.Seed(3))
	if err != nil {
		return err
	}
	srv, err := web.New(web.Config{App: k.Front(), Log: slog.New(slog.DiscardHandler), Demo: true, Schema: []byte("{}")})
	if err != nil {
		return err
	}
	r := httptest.NewRequest(os.Getenv(killMethod), os.Getenv(killPath), strings.NewReader(os.Getenv(killBody)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Idempotency-Key", "a-key-of-its-own")
	name, value, _ := strings.Cut(os.Getenv(killHeader), "=")
	r.Header.Set(name, value)
	srv.Handler().ServeHTTP(deadly{http.Header{}}, r)
	return errors.New("the answer was never sent")
}

// killed serves one request in another process, which is killed before the
// first byte leaves.
func killed(t *testing.T, w *world, dsn string, p person, a asked) {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	p.credits(r)
	header := "Onus-Person=" + r.Header.Get("Onus-Person")
	if key := r.Header.Get("Authorization"); key != "" {
		header = "Authorization=" + key
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killDSN+"="+dsn, fmt.Sprint(killNow, "=", int64(w.Clock.Now())), killMethod+"="+a.route.Method, killPath+"="+a.path, killBody+"="+a.body, killHeader+"="+header)
	cmd.Stderr = os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("%s %s: the server was not killed: %v", a.route.Method, a.path, err)
	}
}

// shown are requests that show something about a child to somebody, or refuse
// it: of each route, by whom the model lets in and by whom it does not.
func (w *world) shown(t *testing.T) (out []shown) {
	t.Helper()
	kids := []*kid{w.kid("allocated"), w.kid("restricted")}
	for _, r := range w.server.Routes() {
		as, err := w.fills(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{"the worker", "the service manager", "a partner told something", "an auditor with a sample", "a program for children, the manager's"} {
			for _, a := range as {
				if a.kid != nil && !slices.Contains(kids, a.kid) || a.kind != "" && a.kind != "visit" && a.kind != "note" && a.kind != "relation.declared" {
					continue
				}
				x := w.person(p)
				if got := w.ask(x, r.Method, a.path, a.body); len(got.looks) > 0 {
					out = append(out, shown{x, a, got})
				}
			}
		}
	}
	return out
}

type shown struct {
	p   person
	a   asked
	got answer
}

// What could not be written down is not shown, and not refused either: on every
// route that writes to the reader log, found by asking each.
func TestNothingIsShownThatCannotBeWrittenDown(t *testing.T) {
	w := newWorld(t, onMemory(t))
	if _, err := w.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := w.shown(t)
	routes := map[string]bool{}
	w.watched.fail(errors.New("the disk is full"))
	for _, x := range all {
		got := w.ask(x.p, x.a.route.Method, x.a.path, x.a.body)
		routes[x.a.route.Method+" "+x.a.route.Path] = true
		if got.Code != http.StatusInternalServerError || strings.Contains(got.body, "Qz") || strings.Contains(got.body, "disk") {
			t.Errorf("%s %s by %s: %d\n%.300s", x.a.route.Method, x.a.route.Path, x.p.as, got.Code, got.body)
		}
	}
	for _, r := range w.server.Routes() {
		if strings.Contains(r.Path, "{child}") && !routes[r.Method+" "+r.Path] {
			t.Errorf("%s %s writes nothing to the reader log", r.Method, r.Path)
		}
	}
	t.Logf("%d requests on %d routes", len(all), len(routes))
}

// Between the writing of the log and the first byte the server is killed: the
// look is there, of every route that shows a child.
func TestTheLookIsThereWhenTheServerIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a process for each route")
	}
	t.Parallel()
	for _, e := range []kit.Engine{kit.SQLite, {Name: "postgres", DSN: func(t testing.TB) string { return pgtest.Start(t).Database(t) }}} {
		t.Run(e.Name, func(t *testing.T) {
			dsn := e.DSN(t)
			w := newWorld(t, dsn)
			if _, err := w.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			done := map[string]bool{}
			for _, x := range w.shown(t) {
				refused := x.got.looks[0].Refused
				key := fmt.Sprint(x.a.route.Method, x.a.route.Path, refused)
				if done[key] || e.Name == "postgres" && len(done) == 8 {
					continue // one of each; a part of them on the second engine
				}
				done[key] = true
				w.Clock.Add(day.Second)
				if strings.HasSuffix(x.a.path, "/looks") { // what it shows are the looks until now
					x.got = w.ask(x.p, x.a.route.Method, x.a.path, x.a.body)
					w.Clock.Add(day.Second)
				}
				killed(t, w, dsn, x.p, x.a)
				got := w.looksNow(x.p.id)
				same := len(got) == len(x.got.looks)
				for i := range got {
					same = same && got[i].Child == x.got.looks[i].Child && got[i].What == x.got.looks[i].What && got[i].Grounds == x.got.looks[i].Grounds && got[i].Refused == x.got.looks[i].Refused
				}
				if !same {
					t.Errorf("%s %s by %s: the log has %+v, and a whole answer %+v", x.a.route.Method, x.a.route.Path, x.p.as, got, x.got.looks)
				}
			}
			t.Logf("killed %d times", len(done))
		})
	}
}
