package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/store"
	"onus/internal/testkit/kit"
	"onus/internal/web"
)

// world is a small authority in which every role, relation and state that the
// policies know occurs at least once, behind the real pages. Who is who and how
// each child stands is written down by hand (people, children): the model in
// routes_test.go reads only that, never what the program worked out.
type world struct {
	*kit.Kit
	t             testing.TB
	server        *web.Server
	handler       http.Handler
	watched       *watched
	log           *strings.Builder
	ready         func() (bool, string)
	door          *door.Door
	people        []person
	kids          []*kid
	concern       string // that the worker raised, told to the manager of East
	concernEntry  entry.ID
	decision      string // that the manager proposed, about the team East
	decisionEntry entry.ID
	pack          string // that the worker of East 1 asked for
	packEntry     entry.ID
	talk          string // of the manager of East with the worker of East 1: prepared
	talkEntry     entry.ID
	rule          string // of a return, with children behind it
	talkSigned    string // the one before: signed by the manager, with an action of the worker's
}

// person asks. How they prove who they are is one function, so that a
// program's key or a session can stand in its place.
type person struct {
	as      string // what the test calls them
	who     access.Who
	id      string // empty: nobody is signed in
	shut    bool   // no door is open to them
	apiOnly bool   // a program: elsewhere its key says nothing
	credits func(*http.Request)
}

// kid is a child with words that stand nowhere else.
type kid struct {
	as      string
	facts   access.Child
	names   []string // words that a list may show
	words   []string // words of the record
	glass   string   // why it was opened in an emergency: its reviewer reads it
	entry   entry.ID // a visit, recorded by east-1
	letter  entry.ID
	plan    entry.ID // a version sent by east-1, and sent back
	meeting entry.ID // a strategy discussion that east-1 planned
	duty    string   // an open duty
	waiting bool     // an opening waits for its review
}

// watched is the store, with what the tests ask about it: how often it was
// written to, what happens between a write and the answer, and whether it can
// write at all.
type watched struct {
	app.Store
	updates atomic.Int64
	mu      sync.Mutex
	broken  error
	after   func() // once, after the next write
}

func (w *watched) Update(ctx context.Context, fn func(app.Tx) error) error {
	w.mu.Lock()
	broken := w.broken
	w.mu.Unlock()
	if broken != nil {
		return broken
	}
	err := w.Store.Update(ctx, fn)
	w.updates.Add(1)
	w.mu.Lock()
	after := w.after
	w.after = nil
	w.mu.Unlock()
	if after != nil {
		after()
	}
	return err
}

// fail makes every write fail from now on.
func (w *watched) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = err
}

// afterNext is for what somebody else does between a write and what follows it.
func (w *watched) afterNext(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.after = fn
}

const (
	begun = "2025-01-06" // the line
	east1 = "p-east-1"
)

// worldPosts from the top down. Each is held by "p-" and its id.
var worldPosts = []line.PostCreated{
	{Post: "director", Title: "Director", Tier: line.Director},
	{Post: "head", Title: "Head of service", Tier: line.HeadOfService, Above: "director"},
	{Post: "service-east", Title: "Service manager, East", Tier: line.ServiceManager, Above: "head"},
	{Post: "service-west", Title: "Service manager, West", Tier: line.ServiceManager, Above: "head"},
	{Post: "chair-1", Title: "Conference chair", Tier: line.ServiceManager, Above: "head", Function: line.Chair},
	{Post: "chair-2", Title: "Conference chair", Tier: line.ServiceManager, Above: "head", Function: line.Chair},
	{Post: "reviewer", Title: "Reviewer", Tier: line.TeamManager, Above: "head", Function: line.Reviewer},
	{Post: "performance", Title: "Performance analyst", Tier: line.Worker, Above: "head", Function: line.Performance},
	{Post: "auditor-1", Title: "Auditor", Tier: line.Worker, Above: "head", Function: line.Auditor},
	{Post: "auditor-2", Title: "Auditor", Tier: line.Worker, Above: "head", Function: line.Auditor},
	{Post: "admin", Title: "System administrator", Tier: line.Worker, Above: "head", Function: line.Administrator},
	{Post: "manager-front", Title: "Team manager, front door", Tier: line.TeamManager, Team: "front", Above: "service-east", Function: line.FrontDoor},
	{Post: "front-1", Title: "Social worker, front door", Tier: line.Worker, Team: "front", Above: "manager-front"},
	{Post: "manager-east", Title: "Team manager, East", Tier: line.TeamManager, Team: "east", Above: "service-east"},
	{Post: "east-1", Title: "Social worker, East", Tier: line.Worker, Team: "east", Above: "manager-east"},
	{Post: "east-2", Title: "Social worker, East", Tier: line.Worker, Team: "east", Above: "manager-east"},
	{Post: "east-3", Title: "Social worker, East", Tier: line.Worker, Team: "east", Above: "manager-east"},
	{Post: "east-4", Title: "Social worker, East", Tier: line.Worker, Team: "east", Above: "manager-east"},
	{Post: "manager-west", Title: "Team manager, West", Tier: line.TeamManager, Team: "west", Above: "service-west"},
	{Post: "west-1", Title: "Social worker, West", Tier: line.Worker, Team: "west", Above: "manager-west"},
	{Post: "west-2", Title: "Social worker, West", Tier: line.Worker, Team: "west", Above: "manager-west"},
}

// newWorld makes it on an empty database.
func newWorld(t testing.TB, dsn string) *world {
	t.Helper()
	st, err := store.Open(t.Context(), dsn, app.Registry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w := &world{t: t, watched: &watched{Store: st}, log: &strings.Builder{}}
	k, err := kit.Over(st, kit.NewClock("2026-03-02T09:00"), func(c *app.Config) { c.Store = w.watched })
	if err != nil {
		t.Fatal(err)
	}
	w.Kit = k
	w.serve(true)
	w.makeLine()
	w.makeChildren()
	w.makePeople()
	w.makeConcern()
	w.makeDecision()
	w.makePack()
	w.makeTalks()
	w.makeReturn()
	return w
}

// serve puts the pages over it.
func (w *world) serve(demo bool) {
	srv, err := web.New(web.Config{App: w.Front(), Log: slog.New(slog.NewTextHandler(&locked{b: w.log}, nil)), Demo: demo, Door: w.door, VKey: w.Verifier, Schema: []byte("{}"), Ready: w.ready})
	if err != nil {
		w.t.Fatal(err)
	}
	w.server, w.handler = srv, srv.Handler()
}

// locked lets many requests log.
type locked struct {
	mu sync.Mutex
	b  *strings.Builder
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// lineSays records what changed in the line, as the system does.
func (w *world) lineSays(when string, bodies ...entry.Body) {
	w.t.Helper()
	var cmds []line.Command
	for _, b := range bodies {
		cmds = append(cmds, line.Command{Actor: entry.System, Happened: day.On(day.MustParse(when)), Body: b, Source: entry.Source{Kind: "page"}})
	}
	if _, err := w.RecordLine(w.t.Context(), cmds, ""); err != nil {
		w.t.Fatal(err)
	}
}

// before is who somebody is at an address: a program is nobody outside the API.
func (p person) before(path string) person {
	if p.apiOnly && !strings.HasPrefix(path, "/api/") {
		return person{as: p.as, credits: p.credits}
	}
	return p
}

func (w *world) kid(as string) *kid {
	for _, k := range w.kids {
		if k.as == as {
			return k
		}
	}
	w.t.Fatalf("there is no child %q", as)
	return nil
}

// answer is what came back, and what the reader log said of this request when
// the first byte was about to leave.
type answer struct {
	*httptest.ResponseRecorder
	body   string
	looks  []app.Read
	writes int64 // of the store, before the first byte
}

// first notices the moment before the first byte.
type first struct {
	*httptest.ResponseRecorder
	once sync.Once
	hook func()
}

func (f *first) WriteHeader(code int) { f.once.Do(f.hook); f.ResponseRecorder.WriteHeader(code) }
func (f *first) Write(b []byte) (int, error) {
	f.once.Do(f.hook)
	return f.ResponseRecorder.Write(b)
}

// ask sends one request, a microsecond after the one before.
func (w *world) ask(p person, method, path, body string, headers ...string) answer {
	w.t.Helper()
	w.Clock.Add(1)
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if strings.HasPrefix(path, "/api/") {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", fmt.Sprint("key-", w.Clock.Now()))
		}
	}
	p.credits(r)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := answer{ResponseRecorder: httptest.NewRecorder()}
	before := w.watched.updates.Load()
	out := &first{ResponseRecorder: a.ResponseRecorder, hook: func() {
		a.writes = w.watched.updates.Load() - before
		if a.writes > 0 && p.id != "" {
			a.looks = w.looksNow(p.id)
		}
	}}
	w.handler.ServeHTTP(out, r)
	if after := w.watched.updates.Load() - before; after != a.writes && a.Code != http.StatusSeeOther {
		w.t.Errorf("%s %s by %s: the store was written to %d times before the answer, and %d times in all", method, path, p.as, a.writes, after)
	}
	a.body = a.Body.String()
	return a
}

// looksNow are a person's looks of this moment.
func (w *world) looksNow(id string) []app.Read {
	w.t.Helper()
	now := w.Clock.Now()
	var rs []app.Read
	if err := w.watched.View(w.t.Context(), func(v app.View) (err error) {
		rs, err = v.ReadsBy(w.t.Context(), id, "", now+1, 40)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(rs, func(r app.Read) bool { return r.At != now })
}

func (w *world) person(as string) person {
	for _, p := range w.people {
		if p.as == as {
			return p
		}
	}
	w.t.Fatalf("there is no %q", as)
	return person{}
}
