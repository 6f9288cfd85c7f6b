package web_test

import (
	"slices"

	"onus/internal/access"
	"onus/internal/line"
)

// may is a third model of who may do what, in the words of issue 3: beside the
// policies and their oracle it shares no code with either, and it also says on
// which ground. It reads the world as the test wrote it down, so that it also
// holds how the desk works out who somebody is and how a child stands.
func may(w access.Who, a access.Action, c access.Child) (ground string, ok bool) {
	has := slices.Contains[[]string]
	for _, f := range forbids(w, a, c) {
		if f.when {
			return f.ground, false
		}
	}
	holds := len(w.Held) > 0
	above := slices.ContainsFunc(c.Line, func(p string) bool { return has(w.Posts, p) })
	owner := c.Restricted && (has(w.Posts, c.Owner) || w.Tier == line.Director)
	reads := []access.Action{access.SeeChild, access.SeeName, access.SeeReaders, access.RecordChild}
	works := append([]access.Action{access.Disclose, access.Dispute, access.Declare}, reads...)
	for _, x := range []struct {
		ground string
		when   bool
		does   []access.Action
	}{
		{"disclosed", outside(w) && has(c.Disclosed, w.Person), []access.Action{access.SeeDisclosed}},
		{"owner", owner, []access.Action{access.Restrict}},
		{"owner-grants", owner && w.Fresh, []access.Action{access.Grant}},
		{"worker", c.Worker != "" && has(w.Posts, c.Worker), works},
		{"second-worker", slices.ContainsFunc(c.Second, func(p string) bool { return has(w.Posts, p) }), works},
		{"asked", slices.ContainsFunc(c.Asked, func(p string) bool { return has(w.Posts, p) }), []access.Action{access.SeeChild, access.SeeName, access.AnswerAllocation}},
		{"manager", above, append(works, access.Restrict)},
		{"manager-copy", above && w.Fresh, []access.Action{access.ExportChild}},
		{"manager-disposal", above && w.Fresh && w.Tier >= line.TeamManager, []access.Action{access.Dispose}},
		{"chair", c.Chair != "" && has(w.Posts, c.Chair), reads},
		{"chair-not-named", c.Conference && c.Chair == "" && has(w.Functions, line.Chair), reads},
		{"front-door", c.FrontDoor && has(w.Functions, line.FrontDoor), []access.Action{access.SeeChild, access.SeeName, access.RecordChild}},
		{"front-door-tells", has(w.Functions, line.FrontDoor), []access.Action{access.Tell}},
		{"grant", has(c.Granted, w.Person), reads},
		{"emergency", has(c.Glass, w.Person), reads},
		{"emergency-opening", holds && w.Fresh, []access.Action{access.BreakGlass}},
		{"emergency-review", (has(w.Functions, line.Reviewer) || w.Tier >= line.HeadOfService) && !has(c.Glass, w.Person) && !has(c.Unreviewed, w.Person) && (c.Worker == "" || !has(w.Posts, c.Worker)),
			[]access.Action{access.ReviewGlass}},
		{"sample", has(w.Functions, line.Auditor) && has(c.Sampled, w.Person), []access.Action{access.SeeChild, access.SeeName, access.SeeReaders}},
		{"staff-declare", holds, []access.Action{access.Declare}},
	} {
		if x.when && slices.Contains(x.does, a) {
			return x.ground, true
		}
	}
	return access.None, false
}

func outside(w access.Who) bool { return w.Party == access.Partner || w.Party == access.Family }

// inScope says whether a program's key is for something.
func inScope(w access.Who, a access.Action) bool {
	for scope, does := range map[string][]access.Action{
		access.ScopeFigures:  {access.SeeFigures, access.SeeTeamFigures, access.SeeLine, access.SeeReturns},
		access.ScopeDuties:   {access.SeeOwnWork},
		access.ScopeChildren: {access.SeeChild, access.SeeName, access.SeeTeam, access.Search, access.SeeReaders},
		access.ScopeRecord:   {access.RecordChild, access.RecordNewChild, access.Allocate, access.Tell},
		access.ScopeLine:     {access.SeeLine, access.ChangeLine},
	} {
		if slices.Contains(w.Scopes, scope) && slices.Contains(does, a) {
			return true
		}
	}
	return a == access.SeeRules
}

type forbid struct {
	ground string
	when   bool
}

func forbids(w access.Who, a access.Action, c access.Child) []forbid {
	has := slices.Contains[[]string]
	content := slices.Contains([]access.Action{access.SeeChild, access.SeeName, access.SeeReaders, access.RecordChild, access.Disclose, access.Dispute, access.ExportChild, access.Dispose}, a)
	inside := has(c.Granted, w.Person) || has(c.Glass, w.Person) || has(w.Posts, c.Owner)
	return []forbid{
		{"outside", outside(w) && a != access.SeeDisclosed},
		{"program", w.Party == access.Program && !inScope(w, a)},
		{"administrator-no-content", has(w.Functions, line.Administrator) && a != access.Declare},
		{"relatives", (has(c.Related, w.Person) || has(c.Own, w.Person)) && a != access.Declare},
		{"restricted", c.Restricted && content && !inside},
		{"restricted-keeping", c.Restricted && a == access.Restrict && !has(w.Posts, c.Owner) && w.Tier != line.Director},
	}
}

// mayHere is the same for what is about no particular child, or about a team.
// known says that the model has an opinion at all.
func mayHere(w access.Who, a access.Action, team string) (ok, known bool) {
	has := slices.Contains[[]string]
	staff, holds, admin := !outside(w) && (w.Party != access.Program || inScope(w, a)), len(w.Held) > 0, has(w.Functions, line.Administrator)
	switch a {
	case access.SeeOwnWork, access.SeeOwnLooks, access.RaiseConcern, access.MakeDecision, access.AskPack:
		ok = holds
	case access.Search, access.RecordNewChild:
		ok = holds && !admin
	case access.SeeLine, access.SeeFigures:
		ok = holds
	case access.ChangeLine:
		ok = w.Tier >= line.TeamManager || admin
	case access.AnswerQuestions, access.HoldSupervision:
		ok = w.Tier >= line.TeamManager
	case access.DrawSample:
		ok = w.Tier >= line.HeadOfService
	case access.ManagePeople, access.ManageKeys:
		ok = admin && w.Fresh
	case access.AdoptRules:
		ok = w.Tier >= line.Director
	case access.Import:
		ok = admin
	case access.SeeTeam, access.Allocate:
		ok = has(w.Teams, team) && !admin
	case access.SeeTeamFigures:
		ok = has(w.Member, team) || has(w.Teams, team) || has(w.Functions, line.Performance)
	case access.SeeReturns:
		ok = has(w.Functions, line.Performance) || admin || w.Tier >= line.TeamManager
	case access.CheckReturn:
		ok = has(w.Functions, line.Performance) || admin || w.Tier >= line.Director
	case access.TakeReturn:
		ok = w.Fresh && !admin && (has(w.Functions, line.Performance) || w.Tier >= line.Director)
	case access.GiveReturnData:
		ok = has(w.Functions, line.Performance) || admin || w.Tier >= line.Director
	case access.SetFeed:
		ok = w.Fresh && (admin || w.Tier >= line.Director)
	case access.SeeRules:
		return true, true
	default:
		return false, false
	}
	return ok && staff, true
}
