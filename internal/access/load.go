package access

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/ast"
	parsed "github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

//go:embed policies
var embedded embed.FS

// New reads the policies that come with Onus and checks them. It gives every
// fault at once, each with its file and line; with a single one there is no
// engine, and so no page.
func New() (*Engine, error) {
	dir, err := fs.Sub(embedded, "policies")
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	return load(dir)
}

func load(dir fs.FS) (*Engine, error) {
	actions, err := readSchema(dir)
	if err != nil {
		return nil, err
	}
	ps, err := readPolicies(dir)
	if err != nil {
		return nil, err
	}
	if err := check(ps, actions); err != nil {
		return nil, err
	}
	return build(ps, actions)
}

// written is a policy with the text it was read from.
type written struct {
	named
	text string
}

// at names its place, for whoever has to put it right.
func (w written) at() string {
	p := w.policy.Position()
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

func readSchema(dir fs.FS) (*resolved.Schema, error) {
	const name = "onus.cedarschema"
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	var s schema.Schema
	s.SetFilename(name)
	if err := s.UnmarshalCedar(text); err != nil {
		return nil, fmt.Errorf("policies: %s: %w", name, err)
	}
	r, err := s.Resolve()
	if err != nil {
		return nil, fmt.Errorf("policies: %s: %w", name, err)
	}
	return r, nil
}

// readPolicies reads every file in order of name. The order of files and of
// policies in them says which one is named where several decide: the walls
// first, then from the nearest relation to the widest.
func readPolicies(dir fs.FS) ([]written, error) {
	files, err := fs.Glob(dir, "*.cedar")
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	var out []written
	for _, name := range files {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("policies: %w", err)
		}
		ps, err := cedar.NewPolicyListFromBytes(path.Base(name), text)
		if err != nil {
			return nil, fmt.Errorf("policies: %s: %w", name, err)
		}
		for _, p := range ps {
			out = append(out, written{named{cedar.PolicyID(p.Annotations()["id"]), p}, textOf(string(text), p.Position().Offset)})
		}
	}
	return out, nil
}

// textOf cuts one policy out of its file: to the semicolon that ends a line.
// check reads it again, so that a page never shows another text than the one
// in force.
func textOf(file string, from int) string {
	text, _, _ := strings.Cut(file[from:], ";\n")
	return strings.TrimSuffix(strings.TrimRight(text, "\n"), ";") + ";"
}

// check finds all that is wrong with the policies.
func check(ps []written, s *resolved.Schema) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("policies: "+format, args...)) }

	ours := map[cedar.EntityUID]bool{}
	for _, a := range Actions {
		ours[uid(a)] = true
		if def, ok := s.Actions[uid(a)]; !ok || def.AppliesTo == nil || len(def.AppliesTo.Resources) != 1 {
			fault("onus.cedarschema: the action %q must be said there, to be done to one kind of thing", a)
		}
	}
	for id, def := range s.Actions {
		if def.AppliesTo != nil && !ours[id] {
			fault("onus.cedarschema: Onus has no action %q", id.ID)
		}
	}

	// Strict: a policy may read only what the schema promises to be there.
	valid := validate.New(s, validate.WithStrict())
	ids := map[cedar.PolicyID]string{}
	permitted := map[Action]bool{}
	for _, p := range ps {
		switch id := p.id; {
		case id == "":
			fault("%s: the policy has no @id", p.at())
		case id == None || id == Failed:
			fault("%s: %q means that no policy decided: name it otherwise", p.at(), id)
		case ids[id] != "":
			fault("%s: the @id %q is taken by %s", p.at(), id, ids[id])
		default:
			ids[id] = p.at()
		}
		if p.policy.Annotations()["says"] == "" {
			fault("%s: the policy has no @says", p.at())
		}
		if err := valid.Policy(string(p.id), (*parsed.Policy)(p.policy.AST())); err != nil {
			fault("%s: %w", p.at(), err)
		}
		var again cedar.Policy
		if err := again.UnmarshalCedar([]byte(p.text)); err != nil || string(again.MarshalCedar()) != string(p.policy.MarshalCedar()) {
			fault("%s: end the policy with a semicolon at the end of a line, and have no other such line", p.at())
		}
		for _, a := range Actions {
			if p.policy.Effect() == cedar.Permit && names(p.policy, uid(a), actionsOf(s)) {
				permitted[a] = true
			}
		}
	}
	for _, a := range Actions {
		if !permitted[a] {
			fault("no policy permits anybody to %s", a)
		}
	}
	return errors.Join(faults...)
}

// build makes an engine of policies without asking whether they are sound. Only
// load and tests that break things call it.
func build(ps []written, s *resolved.Schema) (*Engine, error) {
	e := &Engine{says: map[cedar.PolicyID]string{}, acts: map[Action]act{}, actions: actionsOf(s)}
	for _, a := range Actions {
		def := s.Actions[uid(a)]
		if def.AppliesTo == nil || len(def.AppliesTo.Resources) == 0 {
			return nil, fmt.Errorf("policies: the action %q is not in the schema", a)
		}
		act := act{uid: uid(a), on: def.AppliesTo.Resources[0]}
		for _, p := range ps {
			if names(p.policy, act.uid, e.actions) {
				// The head has been answered, once for all. To ask it again
				// in every request took more than half of the time.
				act.policies = append(act.policies, named{p.id, withHead(p.policy, ast.Permit())})
			}
		}
		e.acts[a] = act
	}
	for _, p := range ps {
		says := string(p.policy.Annotations()["says"])
		e.policies = append(e.policies, Policy{ID: string(p.id), Says: says, Text: p.text})
		e.says[p.id] = says
	}
	return e, nil
}

func uid(a Action) cedar.EntityUID { return cedar.NewEntityUID(typeAction, cedar.String(a)) }

func actionsOf(s *resolved.Schema) cedar.EntityMap {
	m := cedar.EntityMap{}
	for id, def := range s.Actions {
		m[id] = def.Entity
	}
	return m
}

// names says whether the head of a policy names an action, itself or by a
// group. Cedar itself is asked, with a policy that has this head and nothing
// else, so that there are no two opinions on what a head means.
func names(p *cedar.Policy, action cedar.EntityUID, actions cedar.EntityMap) bool {
	head := withHead(cedar.NewPolicyFromAST(ast.Permit()), p.AST())
	answer, _ := cedar.Authorize(list{{"head", head}}, actions, cedar.Request{Action: action})
	return answer == cedar.Allow
}

// withHead is a policy with the action of another's head.
func withHead(p *cedar.Policy, other *ast.Policy) *cedar.Policy {
	changed := *p.AST()
	changed.Action = other.Action
	return cedar.NewPolicyFromAST(&changed)
}
