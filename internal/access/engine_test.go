package access

import (
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"onus/internal/line"
)

func engine(t testing.TB) *Engine {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// tally counts who decided, and how.
type tally struct {
	policies map[string]int
	yes, no  map[Action]int
}

func newTally() tally { return tally{map[string]int{}, map[Action]int{}, map[Action]int{}} }

func TestTheEngineAgreesWithTheOracle(t *testing.T) {
	e := engine(t)
	total := 1_000_000
	if testing.Short() {
		total = 20_000
	}
	const seed, hands = 3, 2
	all := newTally()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for hand := range hands {
		wg.Go(func() {
			r, mine, wrong := rand.New(rand.NewPCG(seed, uint64(hand))), newTally(), 0
			for n := range total / hands {
				q := draw(r)
				got, want := q.on(e), q.expected()
				if got.Allowed != want {
					t.Errorf("seed %d, hand %d, request %d: the engine says %v (%s), the oracle %v\n%+v", seed, hand, n, got.Allowed, got.Policy, want, q)
					if wrong++; wrong > 3 {
						return
					}
				}
				mine.policies[got.Policy]++
				if want {
					mine.yes[q.action]++
				} else {
					mine.no[q.action]++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for id, n := range mine.policies {
				all.policies[id] += n
			}
			for _, a := range Actions {
				all.yes[a] += mine.yes[a]
				all.no[a] += mine.no[a]
			}
		})
	}
	wg.Wait()

	// A property that never met a case has not been tested.
	for _, p := range e.Policies() {
		if all.policies[p.ID] == 0 {
			t.Errorf("the policy %s decided nothing", p.ID)
		}
	}
	if all.policies[None] == 0 || all.policies[Failed] == 0 {
		t.Errorf("no request was left to no policy (%d) or was broken (%d)", all.policies[None], all.policies[Failed])
	}
	for _, a := range Actions {
		yes, no := all.yes[a], all.no[a]
		if both := yes + no; a != SeeRules && (yes*40 < both || no*40 < both) {
			t.Errorf("%s: %d allowed, %d refused: both must be common", a, yes, no)
		}
	}
	t.Logf("%d requests; decided by: %v", total, all.policies)
}

// A program can do nothing that its owner could not.
func TestAProgramStaysWithinItsOwner(t *testing.T) {
	e, r, allowed := engine(t), rand.New(rand.NewPCG(4, 0)), 0
	for range 20_000 {
		q := draw(r)
		q.who.Party = Program
		if !q.on(e).Allowed {
			continue
		}
		allowed++
		q.who.Party = Staff
		if d := q.on(e); !d.Allowed {
			t.Fatalf("the program may, its owner may not (%s): %+v", d.Policy, q)
		}
	}
	if allowed < 500 {
		t.Errorf("only %d requests of programs were allowed", allowed)
	}
}

// The grounds go into the log that a family reads: the same question must give
// the same ground, and a permit for a yes, a forbid or none for a no.
func TestGroundsAreOfTheRightKind(t *testing.T) {
	e, r := engine(t), rand.New(rand.NewPCG(5, 0))
	effect := map[string]cedar.Effect{}
	for _, w := range sources(t) {
		effect[string(w.id)] = w.policy.Effect()
	}
	for range 20_000 {
		q := draw(r)
		d := q.on(e)
		if d != q.on(e) {
			t.Fatalf("two answers to %+v", q)
		}
		if d.Says == "" {
			t.Fatalf("nothing is said about %+v", q)
		}
		kind, real := effect[d.Policy]
		switch {
		case d.Allowed && (!real || kind != cedar.Permit),
			!d.Allowed && real && kind != cedar.Forbid,
			!d.Allowed && !real && d.Policy != None && d.Policy != Failed:
			t.Fatalf("%+v on the ground of %q", d, d.Policy)
		}
	}
}

// Of several relations the nearest is the ground.
func TestTheNearestRelationIsTheGround(t *testing.T) {
	e := engine(t)
	w := Who{Party: Staff, Person: "amal", Posts: []string{"w", "s", "a", "m", "ch"}, Held: []string{"w"}, Functions: []string{line.FrontDoor, Auditor}, Tier: line.Worker}
	c := Child{ID: "c", Worker: "w", Second: []string{"s"}, Asked: []string{"a"}, Line: []string{"m"}, Chair: "ch", FrontDoor: true, Granted: []string{"amal"}, Glass: []string{"amal"}, Sampled: []string{"amal"}}
	for _, step := range []struct {
		ground string
		lose   func()
	}{
		{"worker", func() { c.Worker = "" }},
		{"second-worker", func() { c.Second = nil }},
		{"asked", func() { c.Asked = nil }},
		{"manager", func() { c.Line = nil }},
		{"chair", func() { c.Chair = "" }},
		{"front-door", func() { c.FrontDoor = false }},
		{"grant", func() { c.Granted = nil }},
		{"emergency", func() { c.Glass = nil }},
		{"sample", func() { c.Sampled = nil }},
		{None, func() {}},
	} {
		if d := e.OnChild(w, SeeChild, c); d.Policy != step.ground {
			t.Errorf("the ground is %q, it should be %q", d.Policy, step.ground)
		}
		step.lose()
	}
}

func TestAnAskerAnswersAsTheEngineDoes(t *testing.T) {
	e, r := engine(t), rand.New(rand.NewPCG(6, 0))
	for range 300 {
		who := draw(r).who
		a := e.As(who)
		for range 20 {
			q := draw(r)
			q.who = who
			if one, other := a.OnChild(q.action, q.child), e.OnChild(who, q.action, q.child); one != other {
				t.Fatalf("%+v and %+v", one, other)
			}
			if one, other := a.OnTeam(q.action, q.team), e.OnTeam(who, q.action, q.team); one != other {
				t.Fatalf("%+v and %+v", one, other)
			}
			if one, other := a.OnAuthority(q.action), e.OnAuthority(who, q.action); one != other {
				t.Fatalf("%+v and %+v", one, other)
			}
		}
	}
}

// An action asked of the wrong thing, and an Asker that came from nowhere, are
// mistakes in a program: never a way in.
func TestMisuseIsRefused(t *testing.T) {
	e := engine(t)
	boss := Who{Party: Staff, Person: "p", Posts: []string{"d"}, Held: []string{"d"}, Tier: line.Director, Teams: []string{"east"}, Fresh: true}
	c := Child{ID: "c", Worker: "d", Line: []string{"d"}}
	if !e.OnChild(boss, SeeChild, c).Allowed || !e.OnTeam(boss, SeeTeam, "east").Allowed || !e.OnAuthority(boss, Search).Allowed {
		t.Fatal("the director may do nothing: the test is empty")
	}
	var nobody Asker
	var empty Engine
	for name, d := range map[string]Decision{
		"a child's action on a team":           e.OnTeam(boss, SeeChild, "east"),
		"a child's action on the authority":    e.OnAuthority(boss, SeeChild),
		"a team's action on a child":           e.OnChild(boss, SeeTeam, c),
		"an action of the authority on a team": e.OnTeam(boss, Search, "east"),
		"an unknown action":                    e.OnAuthority(boss, "see everything"),
		"a group instead of an action":         e.OnChild(boss, "read and record", c),
		"a child without an id":                e.OnChild(boss, SeeChild, Child{Worker: "d"}),
		"a team without an id":                 e.OnTeam(boss, SeeTeam, ""),
		"nobody":                               e.OnAuthority(Who{}, SeeRules),
		"a zero asker":                         nobody.OnAuthority(SeeRules),
		"an engine that New did not make":      empty.OnAuthority(boss, SeeRules),
	} {
		if d != refused {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// The schema promises attributes to the policies. If one were not given, each
// policy that reads it would be an error, and every answer a refusal.
func TestEntitiesKeepTheSchemasPromise(t *testing.T) {
	s, err := readSchema(policiesDir(t))
	if err != nil {
		t.Fatal(err)
	}
	full := draw(rand.New(rand.NewPCG(7, 0)))
	for _, ent := range []cedar.Entity{asker(Who{}), asker(full.who), child(Child{}), child(full.child), team("east"), concern(Concern{}), concern(full.warns), authority} {
		shape := s.Entities[ent.UID.Type].Shape
		for name := range shape {
			if _, ok := ent.Attributes.Get(name); !ok {
				t.Errorf("%s has no %s", ent.UID.Type, name)
			}
		}
		if ent.Attributes.Len() != len(shape) {
			t.Errorf("%s has %d attributes, the schema %d", ent.UID.Type, ent.Attributes.Len(), len(shape))
		}
	}
}

func TestSentencesArePlain(t *testing.T) {
	for _, p := range engine(t).Policies() {
		if !strings.HasSuffix(p.Says, ".") || strings.Count(p.Says, ". ") > 0 {
			t.Errorf("%s: %q is not one sentence", p.ID, p.Says)
		}
		if n := len(strings.Fields(p.Says)); n > 25 {
			t.Errorf("%s: %d words are more than 25", p.ID, n)
		}
		if !strings.Contains(p.Text, p.Says) || !strings.HasSuffix(p.Text, ";") {
			t.Errorf("%s: the text is cut off:\n%s", p.ID, p.Text)
		}
	}
}

func policiesDir(t testing.TB) fs.FS {
	t.Helper()
	dir, err := fs.Sub(embedded, "policies")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func sources(t testing.TB) []written {
	t.Helper()
	ps, err := readPolicies(policiesDir(t))
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// BenchmarkDecide is the time of one decision, with everything that has to be
// built for it: target under 50 µs, 15 for a list's next child.
func BenchmarkDecide(b *testing.B) {
	e := engine(b)
	w := Who{Party: Staff, Person: "amal", Posts: []string{"w1", "w2"}, Held: []string{"w1"}, Tier: line.Worker, Member: []string{"east"}}
	open := Child{ID: "c", Open: true, Worker: "w1", Line: []string{"m", "s", "h", "d"}, Team: "east"}
	closed := open
	closed.Restricted, closed.Owner, closed.Granted, closed.Related = true, "h", []string{"bea", "cas", "dan"}, []string{"eve"}
	for _, c := range []struct {
		name    string
		child   Child
		allowed bool
	}{{"allocated", open, true}, {"restricted", closed, false}} {
		b.Run("OnChild/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if e.OnChild(w, SeeChild, c.child).Allowed != c.allowed {
					b.Fatal("the wrong answer is fast")
				}
			}
		})
		b.Run("Asker.OnChild/"+c.name, func(b *testing.B) {
			a := e.As(w)
			b.ReportAllocs()
			for b.Loop() {
				if a.OnChild(SeeName, c.child).Allowed != c.allowed {
					b.Fatal("the wrong answer is fast")
				}
			}
		})
	}
}
