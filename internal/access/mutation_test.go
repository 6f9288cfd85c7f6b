package access

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/cedar-policy/cedar-go"
)

// A rule that can be taken away, or bent, without the oracle noticing is a rule
// that nobody has tested. These tests break the policies one at a time.

// noticed asks a broken engine until it and the oracle differ.
func noticed(e *Engine, seed uint64, most int) bool {
	r := rand.New(rand.NewPCG(8, seed))
	for range most {
		if q := draw(r); q.on(e).Allowed != q.expected() {
			return true
		}
	}
	return false
}

func TestEachPolicyIsMissed(t *testing.T) {
	s, err := readSchema(policiesDir(t))
	if err != nil {
		t.Fatal(err)
	}
	ps := sources(t)
	for i, p := range ps {
		without, err := build(slices.Delete(slices.Clone(ps), i, i+1), s)
		if err != nil {
			t.Fatal(err)
		}
		if !noticed(without, uint64(i), 200_000) {
			t.Errorf("without the policy %s nothing changes", p.id)
		}
	}
}

// Each condition is replaced by one of its halves, each "not" taken away, each
// "at least one of" narrowed, each action taken out of a head or a list.
func TestEachConditionIsMissed(t *testing.T) {
	if testing.Short() {
		t.Skip("some 200 engines: the long tests build them")
	}
	s, err := readSchema(policiesDir(t))
	if err != nil {
		t.Fatal(err)
	}
	ps := sources(t)
	// Changes that change nothing, each with its reason.
	same := map[string]string{
		"owner, change 1": "the wall restricted-keeping says the same to everybody else; both stay, so that a later permit cannot widen it",
	}
	type mutant struct {
		name, text string
		policy     int
		bent       *cedar.Policy
	}
	var mutants []mutant
	for i, p := range ps {
		text, err := p.policy.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		for n, bent := range bend(text) {
			var changed cedar.Policy
			if err := changed.UnmarshalJSON(bent); err != nil {
				t.Fatalf("%s: %v", p.id, err)
			}
			mutants = append(mutants, mutant{fmt.Sprintf("%s, change %d", p.id, n), string(changed.MarshalCedar()), i, &changed})
		}
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for n := range next {
				m := mutants[n]
				changed := slices.Clone(ps)
				changed[m.policy].policy = m.bent
				e, err := build(changed, s)
				if err != nil {
					t.Errorf("%s: %v", m.name, err)
				} else if found := noticed(e, uint64(n), 200_000); found == (same[m.name] != "") {
					t.Errorf("%s: noticed is %v\n%s", m.name, found, m.text)
				}
			}
		})
	}
	for n := range mutants {
		next <- n
	}
	close(next)
	wg.Wait()
	if len(mutants) < 100 {
		t.Errorf("only %d changes were tried", len(mutants))
	}
	t.Logf("%d changes", len(mutants))
}

// bend gives every text that differs from a policy in one place.
func bend(policy []byte) [][]byte {
	var out [][]byte
	for place := 0; ; place++ {
		var tree any
		if err := json.Unmarshal(policy, &tree); err != nil {
			panic(err)
		}
		left := place
		tree = bendAt(tree, &left)
		if left >= 0 {
			return out
		}
		text, err := json.Marshal(tree)
		if err != nil {
			panic(err)
		}
		out = append(out, text)
	}
}

// bendAt walks a policy's JSON and makes the change whose turn it is; left
// counts down to it and is negative once it is made.
func bendAt(node any, left *int) any {
	turn := func() bool { *left--; return *left < 0 }
	switch n := node.(type) {
	case []any:
		for i := range n {
			if n[i] = bendAt(n[i], left); *left < 0 {
				return n
			}
		}
	case map[string]any:
		keys := make([]string, 0, len(n))
		for k := range n {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			switch v := n[k].(type) {
			case map[string]any:
				if k == "&&" || k == "||" {
					if turn() {
						return v["left"]
					}
					if turn() {
						return v["right"]
					}
				}
				if k == "!" && turn() {
					return v["arg"]
				}
			case []any:
				if k == "entities" || k == "Set" || k == "conditions" {
					for i := range v {
						if turn() {
							n[k] = slices.Delete(v, i, i+1)
							return n
						}
					}
				}
			case bool:
				if k == "Value" && turn() {
					n[k] = !v
					return n
				}
			case string:
				if k == "kind" && turn() {
					n[k] = map[string]string{"when": "unless", "unless": "when"}[v]
					return n
				}
			}
			if n[k] = bendAt(n[k], left); *left < 0 {
				return n
			}
		}
	}
	return node
}
