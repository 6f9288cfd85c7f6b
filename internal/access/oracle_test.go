package access

import (
	"math/rand/v2"
	"slices"

	"onus/internal/line"
)

// The oracle is a second, tiny model of who may do what, in plain Go. It was
// written from the sentences of the brief (issue 3), not from the policies, and
// shares no code with the engine but the types of the question. Where the two
// differ, one of them is wrong.
func oracle(w Who, a Action, c Child, team string, n Concern, k Pack, t Talk) bool {
	// Nobody asks, or nobody we know how to judge.
	if w.Person == "" || w.Tier < 0 || w.Tier > line.ChiefExecutive {
		return false
	}
	if a == SeeRules {
		return w.Party == Staff || w.Party == Partner || w.Party == Family || w.Party == Program && w.Program != ""
	}
	switch w.Party {
	case Partner, Family:
		return a == SeeDisclosed && c.ID != "" && has(c.Disclosed, w.Person) && !has(c.Related, w.Person) && !has(c.Own, w.Person) && !has(w.Functions, "administrator")
	case Program:
		if w.Program == "" || !inScope(w.Scopes, a) {
			return false
		}
	case Staff:
	default:
		return false
	}
	admin := has(w.Functions, "administrator")
	holds := slices.ContainsFunc(w.Held, func(p string) bool { return p != "" })
	switch a {
	case SeeOwnWork, SeeOwnLooks, RaiseConcern, MakeDecision, AskPack:
		return holds
	case ReadPack, PreparePack, TakePack:
		return k.ID != "" && onPack(w, a, k)
	case ReadTalk, HoldTalk, TakeTalk, ReadWords:
		return t.ID != "" && onTalk(w, a, t)
	case ReadConcern, AnswerConcern, SpeakForOwn, OpenName, HearWorse:
		return n.ID != "" && onConcern(w, a, n)
	case Search:
		return holds && !admin
	case RecordNewChild:
		return (holds || has(w.Functions, "front door")) && !admin
	case SeeLine, SeeFigures:
		return holds || has(w.Functions, "performance")
	case ChangeLine:
		return w.Tier >= line.TeamManager || admin
	case AnswerQuestions, HoldSupervision:
		return w.Tier >= line.TeamManager
	case DrawSample:
		return w.Tier >= line.HeadOfService
	case ManagePeople, ManageKeys:
		return admin && w.Fresh
	case AdoptRules:
		return w.Tier >= line.Director
	case Import:
		return admin
	case SeeReturns:
		return has(w.Functions, "performance") || admin || w.Tier >= line.TeamManager
	case GiveReturnData:
		return has(w.Functions, "performance") || admin || w.Tier >= line.Director
	case SetFeed:
		return w.Fresh && (admin || w.Tier >= line.Director)
	case CheckReturn:
		return has(w.Functions, "performance") || admin || w.Tier >= line.Director
	case TakeReturn:
		return w.Fresh && !admin && (has(w.Functions, "performance") || w.Tier >= line.Director)
	case SeeTeam, Allocate:
		return has(w.Teams, team) && !admin
	case SeeTeamFigures:
		return team != "" && (has(w.Member, team) || has(w.Teams, team) || has(w.Functions, "performance"))
	}
	return c.ID != "" && onChild(w, a, c, holds, admin)
}

func onChild(w Who, a Action, c Child, holds, admin bool) bool {
	posts := func(of []string) bool { return slices.ContainsFunc(of, func(p string) bool { return has(w.Posts, p) }) }
	worker := has(w.Posts, c.Worker) || posts(c.Second)
	asked := posts(c.Asked)
	manager := slices.ContainsFunc(c.Line, func(p string) bool { return has(w.Posts, p) })
	owner := has(w.Posts, c.Owner)
	granted, glass := has(c.Granted, w.Person), has(c.Glass, w.Person)
	relative := has(c.Related, w.Person) || has(c.Own, w.Person)

	if a == Declare {
		return worker || manager || holds
	}
	if admin || relative {
		return false
	}
	switch a {
	case Tell:
		return has(w.Functions, "front door")
	case AnswerAllocation:
		return asked
	case BreakGlass:
		return holds && w.Fresh
	case ReviewGlass:
		return (has(w.Functions, "reviewer") || w.Tier >= line.HeadOfService) && !glass && !has(c.Unreviewed, w.Person) && !has(w.Posts, c.Worker)
	case Grant:
		return c.Restricted && w.Fresh && (owner || w.Tier == line.Director)
	case Restrict:
		if c.Restricted {
			return owner || w.Tier == line.Director
		}
		return manager
	}
	// The rest is the content of a record.
	if c.Restricted && !granted && !glass && !owner {
		return false
	}
	chair := has(w.Posts, c.Chair) || c.Chair == "" && c.Conference && has(w.Functions, "conference chair")
	door := c.FrontDoor && has(w.Functions, "front door")
	sample := has(w.Functions, "auditor") && has(c.Sampled, w.Person)
	near := worker || manager
	let := near || chair || granted || glass
	switch a {
	case SeeChild, SeeName:
		return let || door || sample || asked
	case RecordChild:
		return let || door
	case SeeReaders:
		return let || sample
	case ExportChild:
		return manager && w.Fresh
	case Dispose: // nobody destroys what they may not see
		return manager && w.Fresh && w.Tier >= line.TeamManager
	case Disclose, Dispute:
		return near
	}
	return false
}

// onConcern was written from issue 5: the person complained of can never answer,
// the guardian hears about being treated worse, a name takes a fresh sign-in of
// one of few.
func onConcern(w Who, a Action, n Concern) bool {
	raised, about := n.Raiser != "" && n.Raiser == w.Person, has(n.About, w.Person)
	told := slices.ContainsFunc(n.Told, func(p string) bool { return has(w.Posts, p) })
	guardian := has(w.Functions, "guardian")
	switch a {
	case SpeakForOwn:
		return raised
	case ReadConcern:
		return raised || told || guardian
	case AnswerConcern:
		return told && !raised && !about
	case HearWorse:
		return guardian && !raised && !about
	}
	return w.Fresh && !raised && !about && (guardian || has(w.Functions, "scrutineer") || w.Tier >= line.Director)
}

// onPack was written from section 7 of issue 5: the worker has a right to their
// own; those above prepare it, never the worker nor whom it goes around.
func onPack(w Who, a Action, k Pack) bool {
	own, around := has([]string{k.Worker}, w.Person), has(k.Around, w.Person)
	prepares := slices.ContainsFunc(k.Posts, func(p string) bool { return has(w.Posts, p) })
	switch a {
	case TakePack:
		return own && w.Fresh
	case PreparePack:
		return prepares && !own && !around
	}
	return (own || prepares) && !around
}

// onTalk was written from item 10 of issue 6: those above hold it, nobody their own;
// how somebody is, in their own words, the two read and nobody else.
func onTalk(w Who, a Action, t Talk) bool {
	own, above := has(t.People, w.Person), slices.ContainsFunc(t.Above, func(p string) bool { return has(w.Posts, p) })
	switch a {
	case HoldTalk:
		return above && !own
	case TakeTalk:
		return own
	case ReadWords:
		return own || t.Holder == w.Person
	}
	return own || above
}

func inScope(scopes []string, a Action) bool {
	for _, s := range scopes {
		switch s {
		case "figures":
			if a == SeeFigures || a == SeeTeamFigures || a == SeeLine || a == SeeReturns {
				return true
			}
		case "duties":
			if a == SeeOwnWork {
				return true
			}
		case "children":
			if a == SeeChild || a == SeeName || a == SeeTeam || a == Search || a == SeeReaders {
				return true
			}
		case "record":
			if a == RecordChild || a == RecordNewChild || a == Allocate || a == Tell {
				return true
			}
		case "line":
			if a == SeeLine || a == ChangeLine {
				return true
			}
		}
	}
	return false
}

// has looks for somebody: nobody ("") is in no list.
func has(in []string, what string) bool {
	return what != "" && slices.Contains(in, what)
}

// question is one random request.
type question struct {
	who    Who
	action Action
	child  Child
	team   string
	warns  Concern
	pack   Pack
	talk   Talk
}

// draw makes a question from small pools, so that relations occur often, and
// with odd input among it: nobody, unknown parties and actions, empty texts in
// lists, tiers that there are not.
func draw(r *rand.Rand) question {
	one := func(in ...string) string { return in[r.IntN(len(in))] }
	often := func(percent int) bool { return r.IntN(100) < percent }
	some := func(percent int, of ...string) []string {
		var out []string
		for _, s := range of {
			if often(percent) {
				out = append(out, s)
			}
		}
		if often(3) {
			out = append(out, "")
		}
		return out
	}
	posts := []string{"worker-1", "worker-2", "manager-1", "director"}
	people := []string{"amal", "bea", "cas"}
	q := question{
		who: Who{
			Party:     Party(one("staff", "staff", "staff", "staff", "staff", "staff", "staff", "program", "program", "partner", "family")),
			Person:    people[r.IntN(len(people))],
			Posts:     some(30, posts...),
			Held:      some(35, posts...),
			Functions: some(14, "front door", "conference chair", "performance", "auditor", "administrator", "reviewer", "guardian", "scrutineer", "no such function"),
			Tier:      []line.Tier{0, 1, 2, 3, 4, 5, 5, 5, 6}[r.IntN(9)],
			Teams:     some(45, "east", "west"),
			Member:    some(45, "east", "west"),
			Fresh:     often(60),
			Program:   "key-1",
			Scopes:    some(45, "figures", "duties", "children", "record", "line", "no such scope"),
		},
		action: Actions[r.IntN(len(Actions))],
		child: Child{
			ID: "child-1", Open: often(70), Team: one("east", "west", ""),
			Worker: one(append(posts, "")...), Line: some(30, posts...), Second: some(15, posts...), Asked: some(20, posts...),
			FrontDoor: often(30), Chair: one(append(posts, "", "")...), Conference: often(50),
			Restricted: often(45), Owner: one(append(posts, "")...),
			Granted: some(15, people...), Glass: some(15, people...), Unreviewed: some(15, people...), Sampled: some(30, people...),
			Disclosed: some(45, people...), Related: some(8, people...), Own: some(5, people...),
		},
		team:  one("east", "west", "west", ""),
		warns: Concern{ID: "concern-1", Raiser: one(append(people, "")...), Told: some(30, posts...), About: some(15, people...)},
		pack:  Pack{ID: "pack-1", Worker: one(append(people, "")...), Posts: some(30, posts...), Around: some(15, people...)},
		talk:  Talk{ID: "talk-1", People: some(30, people...), Holder: one(append(people, "")...), Above: some(30, posts...)},
	}
	if often(3) {
		switch r.IntN(6) {
		case 0:
			q.who.Person = ""
		case 1:
			q.who.Party = Party(one("", "Staff", "everybody"))
		case 2:
			q.who.Program = ""
		case 3:
			q.who.Tier = []line.Tier{-1, 7, 1000}[r.IntN(3)]
		case 4:
			q.action = Action(one("", "see everything", "anything about a child"))
		case 5:
			q.child.ID, q.warns.ID, q.pack.ID, q.talk.ID = "", "", "", ""
		}
	}
	return q
}

// on asks the engine in the way in which the action is asked.
func (q question) on(e *Engine) Decision {
	switch q.action {
	case SeeTeam, SeeTeamFigures, Allocate:
		return e.OnTeam(q.who, q.action, q.team)
	case SeeOwnWork, Search, SeeLine, SeeFigures, ChangeLine, RecordNewChild, ManagePeople, ManageKeys, DrawSample, SeeOwnLooks, AnswerQuestions, HoldSupervision, SeeRules, AdoptRules, Import, RaiseConcern, MakeDecision, AskPack, SeeReturns, CheckReturn, TakeReturn, GiveReturnData, SetFeed:
		return e.OnAuthority(q.who, q.action)
	}
	if slices.Contains([]Action{ReadConcern, AnswerConcern, SpeakForOwn, OpenName, HearWorse}, q.action) {
		return e.OnConcern(q.who, q.action, q.warns)
	}
	if slices.Contains([]Action{ReadPack, PreparePack, TakePack}, q.action) {
		return e.As(q.who).OnPack(q.action, q.pack)
	}
	if slices.Contains([]Action{ReadTalk, HoldTalk, TakeTalk, ReadWords}, q.action) {
		return e.As(q.who).OnTalk(q.action, q.talk)
	}
	return e.OnChild(q.who, q.action, q.child)
}

func (q question) expected() bool {
	return oracle(q.who, q.action, q.child, q.team, q.warns, q.pack, q.talk)
}
