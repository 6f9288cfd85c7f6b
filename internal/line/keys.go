package line

import (
	"strings"

	"onus/internal/day"
)

// Key names who owes something without naming a person: a post, the manager of
// a team, a function, or a tier above a team. What it means follows the line,
// day by day.
type Key string

// KeyOf a post.
func KeyOf(post string) Key { return Key("post:" + post) }

// KeyOfManager of a team.
func KeyOfManager(team string) Key { return Key("manager:" + team) }

// OfFunction says whether a key is of a function, such as the front door.
func (k Key) OfFunction() bool { return strings.HasPrefix(string(k), "function:") }

// KeyOfFunction, such as "front door".
func KeyOfFunction(f string) Key { return Key("function:" + f) }

// KeyOfTier is the first post of a tier above a team.
func KeyOfTier(t Tier, team string) Key { return Key("tier:" + t.String() + ":" + team) }

// Resolve gives the post that a key means on a day. Where the line has no such
// post it gives the one at the top, so that nothing is owed by nobody; it is
// empty only when there is no line at all.
func (l *Line) Resolve(k Key, on day.Date) string {
	kind, rest, _ := strings.Cut(string(k), ":")
	switch kind {
	case "post":
		if _, ok := l.posts[rest]; ok {
			return rest
		}
	case "manager":
		if p, ok := l.Manager(rest, on); ok {
			return p
		}
	case "function":
		if p, ok := l.ByFunction(rest, on); ok {
			return p
		}
	case "tier":
		tier, team, _ := strings.Cut(rest, ":")
		t, _ := ParseTier(tier)
		m, ok := l.Manager(team, on)
		if team == "" { // nobody has the child yet: it is above the front door
			m, ok = l.ByFunction(FrontDoor, on)
		}
		if ok {
			if p, ok := l.AtTier(m, t, on); ok {
				return p
			}
		}
	}
	top, _ := l.Top(on)
	return top
}

// KeysOf gives every key that means one of these posts on a day: what to look
// for in a list of duties to find what the posts owe.
func (l *Line) KeysOf(posts []string, on day.Date) []Key {
	mine := map[string]bool{}
	var out []Key
	for _, id := range posts {
		mine[id] = true
		out = append(out, KeyOf(id))
	}
	add := func(k Key) {
		if mine[l.Resolve(k, on)] {
			out = append(out, k)
		}
	}
	teams := append([]string{""}, l.teamIDs...)
	for _, t := range teams {
		add(KeyOfManager(t))
		for tier := Worker; tier <= ChiefExecutive; tier++ {
			add(KeyOfTier(tier, t))
		}
	}
	for _, f := range Functions {
		add(KeyOfFunction(f))
	}
	return out
}

// Functions that rules name.
var Functions = []string{FrontDoor, Chair, ReviewingOfficer, DesignatedOfficer, Complaints, Reviewer, Performance, Auditor, Administrator, Guardian, Scrutineer, LeadMember}

// The functions of posts.
const (
	FrontDoor = "front door"
	Chair     = "conference chair"
	// ReviewingOfficer reviews the cases of children in care, independent of
	// them; DesignatedOfficer hears allegations about adults (the LADO).
	ReviewingOfficer  = "independent reviewing officer"
	DesignatedOfficer = "designated officer"
	Complaints        = "complaints"
	Reviewer          = "reviewer" // looks at emergency openings afterwards
	Performance       = "performance"
	Auditor           = "auditor"
	Administrator     = "administrator"
	// Guardian hears those who speak up, outside the line; Scrutineer is the
	// partnership's independent one; LeadMember is the councillor who answers in
	// public for children's services.
	Guardian   = "guardian"
	Scrutineer = "scrutineer"
	LeadMember = "lead member"
)
