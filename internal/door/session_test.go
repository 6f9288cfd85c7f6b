package door_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/testkit"
)

var anyProvider = door.Provider{ID: "any", Label: "Any", Issuer: "https://idp.example", ClientID: "onus", ClientSecret: "s"}

// witness sees all that goes into the store, and may step in before it does.
type witness struct {
	door.Sessions
	mu           sync.Mutex
	writes       int
	asked        int // to change something, also when nothing was
	seen         strings.Builder
	beforeChange func()
	broken       error
}

func (w *witness) note(parts ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.WriteString(strings.Join(parts, "\n") + "\n")
	return w.broken
}

func (w *witness) wrote() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
}

func (w *witness) Find(ctx context.Context, key string) ([]byte, bool, error) {
	if err := w.note(key); err != nil {
		return nil, false, err
	}
	return w.Sessions.Find(ctx, key)
}

func (w *witness) Keep(ctx context.Context, key string, data []byte, expires day.Instant) error {
	if err := w.note(key, string(data)); err != nil {
		return err
	}
	w.wrote()
	return w.Sessions.Keep(ctx, key, data, expires)
}

func (w *witness) Change(ctx context.Context, key string, fn func([]byte) []byte) (bool, error) {
	if err := w.note(key); err != nil {
		return false, err
	}
	w.mu.Lock()
	w.asked++
	w.mu.Unlock()
	if w.beforeChange != nil {
		w.beforeChange()
	}
	return w.Sessions.Change(ctx, key, func(old []byte) []byte {
		b := fn(old)
		if w.note(string(b)); b != nil {
			w.wrote()
		}
		return b
	})
}

func (w *witness) Drop(ctx context.Context, key string) error {
	if err := w.note(key); err != nil {
		return err
	}
	w.wrote()
	return w.Sessions.Drop(ctx, key)
}

func (w *witness) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.writes
}

// hall is a house whose pages are asked directly, with one browser's cookies.
type hall struct {
	*house
	*witness
	pages   http.Handler
	cookies map[string]string
}

func newHall(t *testing.T, dsn, public string) *hall {
	t.Helper()
	clock.Set(testkit.Instant("2026-03-02T09:00:00Z"))
	h := &hall{house: houseOn(t, dsn, clockNow), witness: &witness{}, cookies: map[string]string{}}
	h.over = func(s door.Sessions) door.Sessions { h.Sessions = s; return h.witness }
	h.quiet = func(r *http.Request) bool { return r.FormValue("quiet") != "" }
	h.open(public, anyProvider)
	h.pages = h.house.pages()
	return h
}

// other is another browser in the same hall.
func (h *hall) other(cookies map[string]string) *hall {
	o := *h
	if o.cookies = cookies; cookies == nil {
		o.cookies = map[string]string{}
	}
	return &o
}

func (h *hall) ask(path string) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequestWithContext(h.Context(), "GET", path, nil)
	for k, v := range h.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	h.pages.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(h.cookies, c.Name)
		} else {
			h.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (h *hall) who(want string) {
	h.Helper()
	if got := h.ask("/who").Body.String(); got != want {
		h.Errorf("at %s: %q, not %q", clock.Now().Clock(), got, want)
	}
}

const dana = "dana of https://idp.example s-1"

func onEach(t *testing.T, fn func(*testing.T, *hall)) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) { fn(t, newHall(t, e.DSN(t), "http://127.0.0.1:8080")) })
}

func TestIdle(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		h.who("nobody")
		h.ask("/enter?as=dana")
		h.who(dana)
		clock.Add(15*day.Minute - 1)
		h.who(dana) // which counts
		clock.Add(15*day.Minute - 1)
		h.who(dana)
		clock.Add(15 * day.Minute)
		h.ask("/still") // a page that does not ask does not use the news up
		h.who("ended idle dana")
		if len(h.cookies) != 0 {
			t.Error("the browser keeps the cookie of a session that ended")
		}
		h.who("nobody")
		if strings.Contains(h.logged(), "dana") || !strings.Contains(h.logged(), "why=idle") {
			t.Error(h.logged())
		}
	})
}

// Whoever keeps the cookie of an ended session can do nothing with it.
func TestEndedIsGone(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		h.ask("/enter?as=dana")
		thief := h.other(map[string]string{h.Cookie(): h.cookies[h.Cookie()]})
		clock.Add(day.Hour)
		if w := h.ask("/stay"); w.Body.String() != door.ErrNobody.Error() {
			t.Errorf("staying after the end: %q", w.Body)
		}
		h.who("ended idle dana")
		clock.Set(testkit.Instant("2026-03-02T09:01:00Z")) // a clock that was put back opens nothing
		thief.who("nobody")
		if w := thief.ask("/stay"); w.Code != 403 {
			t.Error("a thief stays")
		}
	})
}

func TestAbsolute(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		h.ask("/enter?as=dana")
		for range 71 { // every ten minutes for 11 hours 50
			clock.Add(10 * day.Minute)
			h.who(dana)
		}
		clock.Add(10*day.Minute - 1)
		h.who(dana)
		if s := h.session(); s.Ends() != clock.Now()+1 || s.Began+door.Absolute != s.Ends() {
			t.Errorf("it is said to end at %s", s.Ends())
		}
		clock.Add(1)
		h.who("ended absolute dana")
		h.who("nobody")

		// Who comes back the next morning is told too, of the end that was first.
		h.ask("/enter?as=dana")
		for range 48 {
			clock.Add(14*day.Minute + 50*day.Second)
			h.ask("/who")
		}
		clock.Add(10 * day.Hour)
		h.store.Update(t.Context(), func(tx app.Tx) error { return tx.DropOld(t.Context(), clock.Now(), 0) })
		h.who("ended absolute dana")
		h.ask("/enter?as=dana")
		clock.Add(25 * day.Hour)
		h.store.Update(t.Context(), func(tx app.Tx) error { return tx.DropOld(t.Context(), clock.Now(), 0) })
		h.who("nobody")
	})
}

func TestActivityIsWrittenOnceAMinute(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		for range 5 {
			h.who("nobody")
		}
		if h.count() != 0 {
			t.Errorf("looking costs %d writes before anybody signed in", h.count())
		}
		h.ask("/enter?as=dana")
		before := h.count()
		for range 60 { // one page a second for a minute
			h.who(dana)
			clock.Add(day.Second)
		}
		h.who(dana)
		if n := h.count() - before; n != 1 {
			t.Errorf("a minute of work costs %d writes", n)
		}
		if h.asked != 1 {
			t.Errorf("a minute of work takes the queue of writers %d times", h.asked)
		}
		seen := h.session().Seen
		clock.Add(59 * day.Second)
		h.ask("/stay") // says it at once
		h.who(dana)
		if s := h.session(); s.Seen != clock.Now() || s.Seen == seen {
			t.Errorf("stayed, but seen at %s", s.Seen)
		}
		// A page that asks by itself is no sign of a person.
		for range 14 {
			clock.Add(day.Minute)
			if w := h.ask("/who?quiet=1"); w.Body.String() != dana {
				t.Error(w.Body)
			}
		}
		clock.Add(day.Minute)
		h.who("ended idle dana")
	})
}

func TestEnteringRenewsTheToken(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		// A token that somebody planted is not taken over.
		planted := strings.Repeat("A", 43)
		h.cookies[h.Cookie()] = planted
		h.who("nobody")
		h.ask("/enter?as=dana")
		first := h.cookies[h.Cookie()]
		if first == planted || len(first) != 43 {
			t.Fatalf("the token is %q", first)
		}
		h.other(map[string]string{h.Cookie(): planted}).who("nobody")
		h.who(dana)

		// Entering again, as the same or another: the old token opens nothing.
		clock.Add(5 * day.Minute)
		h.ask("/enter?as=dana")
		second := h.cookies[h.Cookie()]
		h.other(map[string]string{h.Cookie(): first}).who("nobody")
		if s := h.session(); s.Began == clock.Now() {
			t.Error("what was asked last is the thief's session")
		}
		h.who(dana)
		if s := h.session(); s.Began != clock.Now() || s.Fresh != clock.Now() {
			t.Errorf("%+v", s)
		}
		h.ask("/enter?as=jo")
		h.other(map[string]string{h.Cookie(): second}).who("nobody")
		h.who("jo of https://idp.example s-1")

		// Two browsers of one person; leaving ends one.
		two := h.other(nil)
		two.ask("/enter?as=jo")
		last := h.cookies[h.Cookie()]
		h.ask("/leave")
		h.who("nobody")
		h.other(map[string]string{h.Cookie(): last}).who("nobody")
		two.who("jo of https://idp.example s-1")

		// Odd cookies are nobody's.
		for _, odd := range []string{"", "x", strings.Repeat("A", 44), strings.Repeat("A", 10000), "session:" + last[:35], "' OR 1=1 --" + strings.Repeat("-", 32)} {
			h.other(map[string]string{h.Cookie(): odd}).who("nobody")
		}

		if w := h.ask("/enter?as="); w.Code != 403 {
			t.Error("nobody in particular entered")
		}
		for _, token := range []string{first, second, last, two.cookies[h.Cookie()]} {
			if strings.Contains(h.seen.String(), token) {
				t.Error("a token is in the store")
			}
			h.quietLog(token)
		}
		h.quietLog("dana", "s-1")
	})
}

// The bytes on the disk themselves.
func TestNoTokenOnTheDisk(t *testing.T) {
	dsn := testkit.SQLite(t)
	h := newHall(t, dsn, "http://127.0.0.1:8080")
	h.ask("/enter?as=dana")
	clock.Add(2 * day.Minute)
	h.who(dana)
	token := h.cookies[h.Cookie()]
	files, err := filepath.Glob(strings.TrimPrefix(dsn, "sqlite:") + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	if strings.Contains(all.String(), token) || !strings.Contains(all.String(), `"person":"dana"`) {
		t.Error("the token is on the disk, or the session is not")
	}
}

// A request that began before a sign-out and writes after it must not bring the
// session back.
func TestASlowRequestDoesNotReviveASession(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		h.ask("/enter?as=dana")
		slow := h.other(map[string]string{h.Cookie(): h.cookies[h.Cookie()]})
		clock.Add(2 * day.Minute)
		h.beforeChange = func() {
			h.beforeChange = nil
			h.ask("/leave?quiet=1")
		}
		slow.who("nobody")
		slow.who("nobody")
		h.who("nobody")
	})
}

func TestManyRequestsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, h *hall) {
		h.ask("/enter?as=dana")
		clock.Add(2 * day.Minute)
		before := h.count()
		var g sync.WaitGroup
		for range 20 {
			g.Go(func() { h.other(map[string]string{h.Cookie(): h.cookies[h.Cookie()]}).who(dana) })
		}
		g.Wait()
		if n := h.count() - before; n != 1 {
			t.Errorf("twenty pages at once cost %d writes", n)
		}
	})
}

func TestCookies(t *testing.T) {
	for public, want := range map[string]string{
		"https://onus.example.gov.uk": "__Host-onus=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax",
		"http://127.0.0.1:8080":       "onus_session=TOKEN; Path=/; HttpOnly; SameSite=Lax",
	} {
		h := newHall(t, testkit.SQLite(t), public)
		w := h.ask("/enter?as=dana")
		token := h.cookies[h.Cookie()]
		if got := strings.Replace(w.Header().Get("Set-Cookie"), token, "TOKEN", 1); got != want {
			t.Errorf("%q, not %q", got, want)
		}
		h.who(dana)
		w = h.ask("/leave")
		if got := w.Header().Get("Set-Cookie"); !strings.HasPrefix(got, h.Cookie()+"=;") || !strings.Contains(got, "Max-Age=0") || strings.Contains(want, "Secure") != strings.Contains(got, "Secure") {
			t.Errorf("%q", got)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Cookie") {
			t.Error("an answer may be kept for another session")
		}
	}
}

func TestAStoreThatFails(t *testing.T) {
	h := newHall(t, testkit.SQLite(t), "http://127.0.0.1:8080")
	h.ask("/enter?as=dana")
	h.broken = errors.New("the disk is gone: /var/lib/onus")
	w := h.ask("/who")
	if w.Code != 503 || strings.Contains(w.Body.String(), "/var") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	// Reading works, writing does not: the page is shown, nobody enters, nobody stays longer.
	h.broken = nil
	clock.Add(2 * day.Minute)
	old := h.cookies[h.Cookie()]
	h.witness.Sessions = broken{h.witness.Sessions}
	h.who(dana)
	if w := h.ask("/enter?as=jo"); w.Code != 403 || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := h.ask("/stay"); w.Code != 403 {
		t.Errorf("staying when nothing can be written: %d", w.Code)
	}
	if w := h.ask("/leave"); w.Code != 403 {
		t.Errorf("leaving when nothing can be written is said to have worked: %d", w.Code)
	}
	h.other(map[string]string{h.Cookie(): old}).who(dana)
	clock.Add(20 * day.Minute)
	h.other(map[string]string{h.Cookie(): old}).who("ended idle dana")
}

// broken can read and not write.
type broken struct{ door.Sessions }

var errFull = errors.New("the disk is full")

func (broken) Keep(context.Context, string, []byte, day.Instant) error { return errFull }
func (broken) Drop(context.Context, string) error                      { return errFull }
func (broken) Change(context.Context, string, func([]byte) []byte) (bool, error) {
	return false, errFull
}

func TestASpoiltSessionIsNobodys(t *testing.T) {
	h := newHall(t, testkit.SQLite(t), "http://127.0.0.1:8080")
	h.ask("/enter?as=dana")
	for _, key := range strings.Fields(h.seen.String()) {
		if strings.HasPrefix(key, "session:") {
			if err := h.Sessions.Keep(t.Context(), key, []byte{0, 1, 2}, clock.Now()+day.Hour); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.who("nobody")
	h.ask("/enter?as=dana")
	h.who(dana)
}

func TestOutsideOfAround(t *testing.T) {
	h := newHall(t, testkit.SQLite(t), "http://127.0.0.1:8080")
	if _, ok := h.Session(t.Context()); ok {
		t.Error("somebody is signed in outside of a request")
	}
	if h.Enter(t.Context(), "dana", door.Arrival{Issuer: "i", Subject: "s"}) == nil || h.Stay(t.Context()) == nil || h.Leave(t.Context()) != nil {
		t.Error("entering or staying outside of a request")
	}
}
