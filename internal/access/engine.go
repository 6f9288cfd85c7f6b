package access

import (
	"iter"

	"github.com/cedar-policy/cedar-go"

	"onus/internal/line"
)

// Engine holds the policies, read and checked once. It is safe to share.
type Engine struct {
	policies []Policy
	says     map[cedar.PolicyID]string
	acts     map[Action]act
	actions  cedar.EntityMap // the actions with the groups they are in
}

// act is what the engine knows of one action.
type act struct {
	uid cedar.EntityUID
	on  cedar.EntityType // what it is done to
	// policies are those whose scope names the action, in the order of the
	// files: the others could say nothing about it.
	policies list
}

// list keeps the order in which policies are written, so that of several that
// permit or forbid the first is named. Cedar's own set has no order.
type list []named

type named struct {
	id     cedar.PolicyID
	policy *cedar.Policy
}

// All is what Cedar asks of a set of policies.
func (l list) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, n := range l {
			if !yield(n.id, n.policy) {
				return
			}
		}
	}
}

// Policies are all of them, in the order in which they are written.
func (e *Engine) Policies() []Policy { return append([]Policy(nil), e.policies...) }

// OnChild decides about a child's record.
func (e *Engine) OnChild(w Who, a Action, c Child) Decision { return e.As(w).OnChild(a, c) }

// OnTeam decides about a team.
func (e *Engine) OnTeam(w Who, a Action, team string) Decision { return e.As(w).OnTeam(a, team) }

// OnConcern decides about a warning.
func (e *Engine) OnConcern(w Who, a Action, c Concern) Decision { return e.As(w).OnConcern(a, c) }

// OnAuthority decides about what concerns no particular child or team.
func (e *Engine) OnAuthority(w Who, a Action) Decision { return e.As(w).OnAuthority(a) }

// Asker is somebody made ready to ask many times, for a list of children. It
// holds what was true of them when it was made: make one for each request and
// keep none, or they would keep posts that they have left.
type Asker struct {
	engine *Engine
	self   cedar.Entity
	broken bool
}

// As makes somebody ready to ask.
func (e *Engine) As(w Who) Asker {
	if !sound(w) {
		return Asker{engine: e, broken: true}
	}
	return Asker{engine: e, self: asker(w)}
}

// sound says whether a question names somebody at all. A zero Who, which is
// what a forgotten sign-in looks like, is nobody and may nothing.
func sound(w Who) bool {
	switch w.Party {
	case Staff, Partner, Family:
	case Program:
		if w.Program == "" {
			return false // what it did could be traced to no key
		}
	default:
		return false
	}
	return w.Person != "" && w.Tier >= 0 && w.Tier <= line.ChiefExecutive
}

// OnChild decides about a child's record.
func (a Asker) OnChild(what Action, c Child) Decision {
	if c.ID == "" {
		return refused
	}
	return a.decide(what, child(c))
}

// OnTeam decides about a team.
func (a Asker) OnTeam(what Action, id string) Decision {
	if id == "" {
		return refused
	}
	return a.decide(what, team(id))
}

// OnConcern decides about a warning.
func (a Asker) OnConcern(what Action, c Concern) Decision {
	if c.ID == "" {
		return refused
	}
	return a.decide(what, concern(c))
}

// OnPack decides about a pack for a hearing.
func (a Asker) OnPack(what Action, p Pack) Decision {
	if p.ID == "" {
		return refused
	}
	return a.decide(what, pack(p))
}

// OnTalk decides about a talk in supervision.
func (a Asker) OnTalk(what Action, t Talk) Decision {
	if t.ID == "" {
		return refused
	}
	return a.decide(what, talk(t))
}

// OnAuthority decides about what concerns no particular child or team.
func (a Asker) OnAuthority(what Action) Decision { return a.decide(what, authority) }

// refused is the answer whenever something is broken.
var refused = Decision{Policy: Failed, Says: "The rules could not be applied, so the answer is no"}

func (a Asker) decide(what Action, to cedar.Entity) Decision {
	// An Asker that nobody made ready has no engine.
	if a.engine == nil || a.broken {
		return refused
	}
	act, known := a.engine.acts[what]
	if !known || act.on != to.UID.Type {
		return refused
	}
	answer, why := cedar.Authorize(act.policies, world{&a.self, &to, a.engine.actions}, cedar.Request{Principal: a.self.UID, Action: act.uid, Resource: to.UID})
	// Cedar goes on without a policy that fails. If that one was a forbid, the
	// answer it gives is open where it should be closed.
	if len(why.Errors) > 0 {
		return refused
	}
	if len(why.Reasons) == 0 {
		return Decision{Policy: None, Says: "No rule lets you do this"}
	}
	id := why.Reasons[0].PolicyID
	return Decision{Allowed: answer == cedar.Allow, Policy: string(id), Says: a.engine.says[id]}
}
