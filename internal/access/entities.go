package access

import (
	"github.com/cedar-policy/cedar-go"

	"onus/internal/line"
)

// world is all that a policy can look at while one question is answered.
type world struct {
	asker, thing *cedar.Entity
	actions      cedar.EntityMap
}

// Get finds an entity for Cedar.
func (w world) Get(id cedar.EntityUID) (cedar.Entity, bool) {
	switch id {
	case w.asker.UID:
		return *w.asker, true
	case w.thing.UID:
		return *w.thing, true
	}
	return w.actions.Get(id)
}

// The types of the schema.
const (
	typeAsker     cedar.EntityType = "Asker"
	typeChild     cedar.EntityType = "Child"
	typeTeam      cedar.EntityType = "Team"
	typeConcern   cedar.EntityType = "Concern"
	typePack      cedar.EntityType = "Pack"
	typeTalk      cedar.EntityType = "Talk"
	typeAuthority cedar.EntityType = "Authority"
	typeAction    cedar.EntityType = "Action"
)

// Every attribute of the schema is given in each of these, always: a policy
// that met a missing one would be skipped. A test holds them to the schema.

func asker(w Who) cedar.Entity {
	var reached []string
	for t := line.Worker; t <= w.Tier; t++ {
		reached = append(reached, t.String())
	}
	return cedar.Entity{UID: cedar.NewEntityUID(typeAsker, cedar.String(w.Person)), Attributes: cedar.NewRecord(cedar.RecordMap{
		"party":     cedar.String(w.Party),
		"person":    cedar.String(w.Person),
		"posts":     texts(w.Posts),
		"held":      texts(w.Held),
		"functions": texts(w.Functions),
		"tier":      cedar.String(w.Tier.String()),
		"atLeast":   texts(reached),
		"teams":     texts(w.Teams),
		"member":    texts(w.Member),
		"fresh":     cedar.Boolean(w.Fresh),
		"scopes":    texts(w.Scopes),
	})}
}

func child(c Child) cedar.Entity {
	return cedar.Entity{UID: cedar.NewEntityUID(typeChild, cedar.String(c.ID)), Attributes: cedar.NewRecord(cedar.RecordMap{
		"open":       cedar.Boolean(c.Open),
		"worker":     cedar.String(c.Worker),
		"second":     texts(c.Second),
		"asked":      texts(c.Asked),
		"line":       texts(c.Line),
		"team":       cedar.String(c.Team),
		"frontDoor":  cedar.Boolean(c.FrontDoor),
		"chair":      cedar.String(c.Chair),
		"conference": cedar.Boolean(c.Conference),
		"restricted": cedar.Boolean(c.Restricted),
		"owner":      cedar.String(c.Owner),
		"granted":    texts(c.Granted),
		"glass":      texts(c.Glass),
		"unreviewed": texts(c.Unreviewed),
		"sampled":    texts(c.Sampled),
		"disclosed":  texts(c.Disclosed),
		"related":    texts(c.Related),
		"own":        texts(c.Own),
	})}
}

func team(id string) cedar.Entity {
	return cedar.Entity{UID: cedar.NewEntityUID(typeTeam, cedar.String(id)), Attributes: cedar.NewRecord(cedar.RecordMap{"team": cedar.String(id)})}
}

func concern(c Concern) cedar.Entity {
	return cedar.Entity{UID: cedar.NewEntityUID(typeConcern, cedar.String(c.ID)), Attributes: cedar.NewRecord(cedar.RecordMap{
		"raiser": cedar.String(c.Raiser),
		"told":   texts(c.Told),
		"about":  texts(c.About),
	})}
}

func pack(p Pack) cedar.Entity {
	return cedar.Entity{UID: cedar.NewEntityUID(typePack, cedar.String(p.ID)), Attributes: cedar.NewRecord(cedar.RecordMap{
		"worker": cedar.String(p.Worker),
		"posts":  texts(p.Posts),
		"around": texts(p.Around),
	})}
}

func talk(t Talk) cedar.Entity {
	return cedar.Entity{UID: cedar.NewEntityUID(typeTalk, cedar.String(t.ID)), Attributes: cedar.NewRecord(cedar.RecordMap{
		"people": texts(t.People),
		"holder": cedar.String(t.Holder),
		"above":  texts(t.Above),
	})}
}

var authority = cedar.Entity{UID: cedar.NewEntityUID(typeAuthority, "authority")}

// texts makes a set. Empty texts are left out: "" stands for nobody in
// Child.Worker, Chair and Owner, and whoever had "" among their posts would
// answer for every child that nobody has.
func texts(from []string) cedar.Set {
	if len(from) == 0 {
		return cedar.Set{}
	}
	vs := make([]cedar.Value, 0, len(from))
	for _, s := range from {
		if s != "" {
			vs = append(vs, cedar.String(s))
		}
	}
	return cedar.NewSet(vs...)
}
