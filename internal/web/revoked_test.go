package web_test

import (
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/store"
	"onus/internal/testkit/kit"
	"onus/internal/testkit/pgtest"
)

// kitEach runs a test in a world of its own on both engines.
func kitEach(t *testing.T, fn func(*testing.T, *world)) {
	t.Helper()
	for _, e := range []kit.Engine{{Name: "sqlite", DSN: onMemory}, kit.Postgres} {
		t.Run(e.Name, func(t *testing.T) { fn(t, newWorld(t, e.DSN(t))) })
	}
}

// another is a second program on the same store and by the same clock.
func (w *world) another(dsn string) *world {
	w.t.Helper()
	st, err := store.Open(w.t.Context(), dsn, app.Registry())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { st.Close() })
	k, err := kit.Over(st, w.Clock, kit.Seed(2))
	if err != nil {
		w.t.Fatal(err)
	}
	return &world{Kit: k, t: w.t}
}

// journal is every entry about a child.
func (w *world) journal(id string) (out []entry.Entry) {
	w.t.Helper()
	if err := w.watched.View(w.t.Context(), func(v app.View) error {
		es, err := v.Entries(w.t.Context(), entry.OfChild(id))
		for _, e := range es {
			out = append(out, e.Entry)
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// Access ends with the very next request after its ground has gone, on every
// way to the record and in every list.
func TestAccessEndsWithTheNextRequest(t *testing.T) {
	t.Parallel()
	today := func(w *world) string { return w.Clock.Now().Date().String() }
	yesterday := func(w *world) string { return (w.Clock.Now().Date() - 1).String() }
	tests := []struct {
		name, who, about string
		before           func(*world, *kid) // makes the ground, where the world has none
		end              func(*world, *kid)
		all              bool // every door is closed to them
	}{
		{name: "given to another worker", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-east", child.Allocation{Post: "east-2", Team: "east"})
		}},
		{name: "the worker taken away", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-east", child.AllocationEnded{Why: "x"})
		}},
		{name: "given to another team", who: "the manager", about: "allocated", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-east", child.Allocation{Post: "west-1", Team: "west"})
		}},
		{name: "decided and passed on", who: "a worker at the front door", about: "at the front door", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-front", child.Decision{Outcome: child.Assess, For: "x", Team: "east"})
		}},
		{name: "the case closed", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.closes(k)
		}},
		{name: "another cover", who: "who covers a post", about: "of a post that is covered", end: func(w *world, k *kid) {
			w.lineSays(today(w), line.Cover{Post: "east-4", By: "east-2"})
		}},
		{name: "a cover that was until yesterday", who: "another worker of the team", about: "allocated",
			before: func(w *world, k *kid) {
				w.lineSays(yesterday(w), line.Cover{Post: "east-1", By: "east-2", To: w.Clock.Now().Date()})
			}, end: func(w *world, k *kid) { w.Clock.Add(24 * day.Hour) }},
		{name: "the post left", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.lineSays(yesterday(w), line.PostLeft{Post: "east-1"})
		}},
		{name: "the post left, at midnight", who: "the worker", about: "allocated",
			before: func(w *world, k *kid) { w.lineSays(today(w), line.PostLeft{Post: "east-1"}) },
			end:    func(w *world, k *kid) { w.Clock.Add(24 * day.Hour) }},
		{name: "somebody else in the post", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.lineSays(today(w), line.PostHeld{Post: "east-1", Person: "p-none"})
		}},
		{name: "the post closed", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.lineSays(today(w), line.PostClosed{Post: "east-1", Why: "x"})
		}},
		{name: "the post moved to another part of the line", who: "the manager", about: "allocated", end: func(w *world, k *kid) {
			w.lineSays(today(w), line.PostMoved{Post: "east-1", Above: "manager-west", Team: "west"})
			w.now(k.facts.ID, "p-manager-east", child.Allocation{Post: "west-1", Team: "west"})
		}},
		{name: "suspended", who: "the worker", about: "allocated", all: true, end: func(w *world, k *kid) {
			w.lineSays(today(w), line.PersonSuspended{Person: east1, Why: "x"})
		}},
		{name: "gone", who: "the worker", about: "allocated", all: true, end: func(w *world, k *kid) {
			w.lineSays(yesterday(w), line.PersonLeft{Person: east1})
		}},
		{name: "let in no longer", who: "a worker of another team", about: "restricted, somebody let in", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-service-east", child.LetOut{Person: "p-west-1", Why: "x"})
		}},
		{name: "a grant that is over", who: "a worker of another team", about: "restricted, somebody let in", end: func(w *world, k *kid) {
			w.Clock.Add(15 * 24 * day.Hour)
		}},
		{name: "an emergency that is over", who: "an auditor without", about: "opened in an emergency", end: func(w *world, k *kid) {
			w.Clock.Add(2 * day.Hour)
		}},
		{name: "a relation declared", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.now(k.facts.ID, east1, child.RelationDeclared{Person: east1, Relation: "relative"})
		}},
		{name: "a relation declared by another, in an emergency", who: "an auditor without", about: "opened in an emergency", end: func(w *world, k *kid) {
			w.now(k.facts.ID, east1, child.RelationDeclared{Person: "p-auditor-2", Relation: "relative"})
		}},
		{name: "a restriction", who: "the worker", about: "allocated", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-east", child.Restricted{Category: "other", Why: "x", Owner: "head", ReviewBy: w.Clock.Now().Date() + 30})
		}},
		{name: "another chair", who: "the chair named", about: "on a plan, chaired", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-east", child.ChairNamed{Post: "chair-2"})
		}},
		{name: "a chair named", who: "a chair not named", about: "on a plan, no chair named", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-west", child.ChairNamed{Post: "chair-1"})
		}},
		{name: "the plan ended", who: "a chair not named", about: "on a plan, no chair named", end: func(w *world, k *kid) {
			w.now(k.facts.ID, "p-manager-west", child.CPPlanEnded{Why: "x"})
		}},
		{name: "the audit over", who: "an auditor with a sample", about: "sampled", end: func(w *world, k *kid) {
			w.Clock.Add(31 * 24 * day.Hour)
		}},
	}
	pg := pgtest.Start(t, pgtest.NoFsync)
	for _, e := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", onMemory}, {"postgres", func(t testing.TB) string { return pg.Database(t) }}} {
		t.Run(e.name, func(t *testing.T) {
			for i, c := range tests {
				// Every second time, and each of them on one of the engines, it ends by
				// another process, of which this one is not told.
				another := i%2 == 0 == (e.name == "sqlite")
				t.Run(c.name, func(t *testing.T) {
					dsn := e.dsn(t)
					w := newWorld(t, dsn)
					k, p := w.kid(c.about), w.person(c.who)
					if c.before != nil {
						c.before(w, k)
					}
					paths := []string{"/child/" + k.facts.ID, "/api/children/" + k.facts.ID, "/api/children/" + k.facts.ID + "/entries"}
					for _, path := range paths {
						if got := w.ask(p, "GET", path, ""); got.Code != 200 || !strings.Contains(got.body, k.words[4]) && strings.HasSuffix(path, "entries") {
							t.Fatalf("before: %s %d\n%.300s", path, got.Code, got.body)
						}
					}
					if another {
						c.end(w.another(dsn), k)
					} else {
						c.end(w, k)
					}
					for i, path := range paths {
						got := w.ask(p, "GET", path, "")
						if got.Code != 403 || strings.Contains(got.body, "Qz") {
							t.Errorf("request %d afterwards, %s: %d\n%.300s", i+1, path, got.Code, got.body)
						}
						if !c.all && (len(got.looks) != 1 || !got.looks[0].Refused) {
							t.Errorf("%s: the log says %+v", path, got.looks)
						}
					}
					note := `{"entries":[{"kind":"note","happened":"2026-03-01","body":{"text":"after it ended"}}]}`
					if got := w.ask(p, "POST", paths[2], note); got.Code != 403 {
						t.Errorf("recording afterwards: %d", got.Code)
					}
					for _, path := range []string{"/owed", "/children", "/unallocated", "/looks", "/api/owed", "/api/children"} {
						got := w.ask(p, "GET", path, "")
						if strings.Contains(got.body, k.names[0]) || c.all && got.Code != 403 {
							t.Errorf("%s afterwards: %d", path, got.Code)
						}
					}
				})
			}
		})
	}
}
