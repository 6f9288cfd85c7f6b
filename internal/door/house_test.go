package door_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/store"
	"onus/internal/testkit"
)

// house is a door with a few pages behind it, on a real store.
type house struct {
	*testing.T
	*door.Door
	now   func() day.Instant
	store *store.Store
	quiet func(*http.Request) bool
	over  func(door.Sessions) door.Sessions // wraps what keeps the sessions

	mu   sync.Mutex
	log  bytes.Buffer
	last door.Session
	came door.Arrival
	why  error
}

func newHouse(t *testing.T, now func() day.Instant) *house {
	return houseOn(t, testkit.SQLite(t), now)
}

func houseOn(t *testing.T, dsn string, now func() day.Instant) *house {
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
	return &house{T: t, now: now, store: st}
}

func (h *house) open(public string, ps ...door.Provider) {
	h.Helper()
	kept := door.Over(h.store)
	if h.over != nil {
		kept = h.over(kept)
	}
	d, err := door.New(door.Config{Providers: ps, PublicURL: public, Store: kept, Now: h.now, Log: slog.New(slog.NewTextHandler(h, nil)), Quiet: h.quiet})
	if err != nil {
		h.Fatal(err)
	}
	h.Door = d
}

// Write takes the log.
func (h *house) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(b)
}

func (h *house) logged() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.String()
}

// quietLog fails when the log holds what it must never hold.
func (h *house) quietLog(secrets ...string) {
	h.Helper()
	for _, s := range secrets {
		if s != "" && strings.Contains(h.logged(), s) {
			h.Errorf("the log holds %q:\n%s", s, h.logged())
		}
	}
}

func (h *house) session() door.Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

func (h *house) arrived() door.Arrival {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.came
}

func (h *house) refused() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.why
}

// pages are what web will have: who one is, and the ways in and out.
func (h *house) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "front") })
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		s, ok := h.Session(r.Context())
		h.mu.Lock()
		h.last = s
		h.mu.Unlock()
		switch {
		case ok:
			fmt.Fprintf(w, "%s of %s %s", s.Person, s.Issuer, s.Subject)
		case s.Ended != "":
			fmt.Fprintf(w, "ended %s %s", s.Ended, s.Last)
		default:
			fmt.Fprint(w, "nobody")
		}
	})
	mux.HandleFunc("GET /still", func(http.ResponseWriter, *http.Request) {}) // asks nothing
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		err := h.Begin(w, r, r.FormValue("to"), r.FormValue("back"), r.FormValue("fresh") != "")
		h.fail(w, err)
	})
	mux.HandleFunc(door.CallbackPath, func(w http.ResponseWriter, r *http.Request) {
		a, err := h.Callback(w, r)
		h.mu.Lock()
		h.came = a
		h.mu.Unlock()
		if err == nil {
			err = h.Enter(r.Context(), "person", a)
		}
		if h.fail(w, err) {
			return
		}
		http.Redirect(w, r, a.Back, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /enter", func(w http.ResponseWriter, r *http.Request) {
		h.fail(w, h.Enter(r.Context(), r.FormValue("as"), door.Arrival{Issuer: "https://idp.example", Subject: "s-1", AuthTime: h.now()}))
	})
	mux.HandleFunc("GET /stay", func(w http.ResponseWriter, r *http.Request) { h.fail(w, h.Stay(r.Context())) })
	mux.HandleFunc("GET /leave", func(w http.ResponseWriter, r *http.Request) {
		s, _ := h.Session(r.Context())
		to := h.SignOutURL(r.Context(), s.Issuer)
		if h.fail(w, h.Leave(r.Context())) {
			return
		}
		if to == "" {
			to = door.OutPath
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	})
	return h.Around(mux)
}

func (h *house) fail(w http.ResponseWriter, err error) bool {
	h.mu.Lock()
	h.why = err
	h.mu.Unlock()
	if err == nil {
		return false
	}
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, door.Sentence(err))
	return true
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var discard = slog.New(slog.DiscardHandler)
