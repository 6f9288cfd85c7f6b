package access

import (
	"testing"

	"onus/internal/line"
)

// Each sentence of the policies with somebody it lets in and somebody it does
// not. Whoever changes a policy reads here what that meant for a person.
func TestExamples(t *testing.T) {
	e := engine(t)
	staff := func(change ...func(*Who)) Who {
		w := Who{Party: Staff, Person: "amal", Posts: []string{"east-1"}, Held: []string{"east-1"}, Tier: line.Worker, Member: []string{"east"}}
		for _, c := range change {
			c(&w)
		}
		return w
	}
	as := func(f string) func(*Who) { return func(w *Who) { w.Functions = append(w.Functions, f) } }
	post := func(p string) func(*Who) { return func(w *Who) { w.Posts, w.Held = []string{p}, []string{p} } }
	tier := func(l line.Tier) func(*Who) { return func(w *Who) { w.Tier = l } }
	covers := func(p string) func(*Who) { return func(w *Who) { w.Posts = append(w.Posts, p) } }
	fresh := func(w *Who) { w.Fresh = true }
	answers := func(team string) func(*Who) { return func(w *Who) { w.Teams = append(w.Teams, team) } }
	key := func(scopes ...string) func(*Who) {
		return func(w *Who) { w.Party, w.Program, w.Scopes = Program, "key-1", scopes }
	}
	outside := func(p Party) Who { return Who{Party: p, Person: "dr-eze"} }
	none := func(w *Who) { w.Posts, w.Held, w.Member, w.Tier = nil, nil, nil, 0 }

	kid := func(change ...func(*Child)) Child {
		c := Child{ID: "mia", Open: true, Worker: "east-1", Line: []string{"east-manager", "service", "head", "director"}, Team: "east"}
		for _, f := range change {
			f(&c)
		}
		return c
	}
	nobody := func(c *Child) { c.Worker, c.Line, c.Team = "", nil, "" }
	other := func(c *Child) { c.Worker, c.Line, c.Team = "west-1", []string{"west-manager", "head"}, "west" }
	restricted := func(c *Child) { c.Restricted, c.Owner = true, "head" }
	granted := func(c *Child) { c.Granted = []string{"amal"} }
	glass := func(c *Child) { c.Glass = []string{"amal"} }
	related := func(c *Child) { c.Related = []string{"amal"} }

	manager := staff(post("east-manager"), tier(line.TeamManager), answers("east"))
	head := staff(post("head"), tier(line.HeadOfService), answers("east"), answers("west"))
	director := staff(post("director"), tier(line.Director))
	chief := staff(post("chief"), tier(line.ChiefExecutive))

	for _, x := range []struct {
		who    Who
		what   Action
		child  Child
		policy string
		yes    bool
		says   string
	}{
		{staff(), SeeChild, kid(), "worker", true, "a worker sees a child allocated to their post"},
		{staff(), RecordChild, kid(), "worker", true, "and records"},
		{staff(), SeeReaders, kid(), "worker", true, "and sees who looked"},
		{staff(), SeeName, kid(), "worker", true, "and sees the name in lists"},
		{staff(), Disclose, kid(), "worker", true, "and discloses"},
		{staff(), Dispute, kid(), "worker", true, "and records a dispute"},
		{staff(), ExportChild, kid(), None, false, "but takes no copy"},
		{staff(), Restrict, kid(), None, false, "and restricts nothing"},
		{staff(), SeeChild, kid(other), None, false, "a child of another worker is not theirs"},
		{staff(covers("west-1")), SeeChild, kid(other), "worker", true, "but is while they cover"},
		{staff(), SeeChild, kid(nobody), None, false, "a child that nobody has is not everybody's"},
		{staff(covers("")), SeeChild, kid(nobody), None, false, "not even for an empty post"},

		{manager, SeeChild, kid(), "manager", true, "a team manager sees the team's children"},
		{manager, SeeChild, kid(other), None, false, "not another team's"},
		{head, SeeChild, kid(other), "manager", true, "a tier above sees its part of the line"},
		{manager, Restrict, kid(), "manager", true, "a manager restricts"},
		{manager, ExportChild, kid(), None, false, "a copy needs a fresh sign-in"},
		{staff(post("east-manager"), fresh), ExportChild, kid(), "manager-copy", true, "and is then taken"},
		{staff(post("east-manager"), tier(line.TeamManager), fresh), Dispose, kid(), "manager-disposal", true, "a manager, signed in afresh, proposes a disposal"},
		{staff(post("east-manager"), tier(line.TeamManager)), Dispose, kid(), None, false, "not without"},
		{staff(post("east-manager"), tier(line.TeamManager), fresh), Dispose, kid(restricted), "restricted", false, "nor of a record that is closed to them"},
		{staff(covers("east-manager"), fresh), Dispose, kid(), None, false, "nor a worker who covers for one"},

		{staff(post("west-2")), SeeChild, kid(func(c *Child) { c.Asked = []string{"west-2"} }), "asked", true, "whoever is asked to take a child sees what it is"},
		{staff(post("west-2")), AnswerAllocation, kid(func(c *Child) { c.Asked = []string{"west-2"} }), "asked", true, "and answers"},
		{staff(post("west-2")), RecordChild, kid(func(c *Child) { c.Asked = []string{"west-2"} }), None, false, "but does not work with the child yet"},
		{staff(post("west-2")), SeeChild, kid(restricted, func(c *Child) { c.Asked = []string{"west-2"} }), "restricted", false, "nor see a restricted record by being asked"},
		{manager, AnswerAllocation, kid(), None, false, "nobody takes a child for somebody else"},
		{staff(post("west-2")), RecordChild, kid(func(c *Child) { c.Second = []string{"west-2"} }), "second-worker", true, "a second worker works with the child"},

		{staff(post("chair-2")), SeeChild, kid(func(c *Child) { c.Chair = "chair-2" }), "chair", true, "a chair sees the children they chair"},
		{staff(post("chair-2")), Disclose, kid(func(c *Child) { c.Chair = "chair-2" }), None, false, "but does not disclose"},
		{staff(post("chair-3"), as(line.Chair)), SeeReaders, kid(func(c *Child) { c.Conference = true }), "chair-not-named", true, "every chair sees a child that still needs one"},
		{staff(post("chair-3"), as(line.Chair)), SeeChild, kid(func(c *Child) { c.Conference, c.Chair = true, "chair-2" }), None, false, "not once one is named"},
		{staff(post("chair-3"), as(line.Chair)), SeeChild, kid(), None, false, "nor where none is needed"},

		{staff(as(line.FrontDoor)), Tell, kid(other), "front-door-tells", true, "it adds what we were told about any child"},
		{staff(as(line.FrontDoor)), Tell, kid(other, restricted), "front-door-tells", true, "a restricted one too"},
		{staff(as(line.FrontDoor)), Tell, kid(other, related), "relatives", false, "but not about somebody they know"},
		{staff(), Tell, kid(other), None, false, "nobody else does"},
		{staff(as(line.FrontDoor)), RecordChild, kid(nobody, func(c *Child) { c.FrontDoor = true }), "front-door", true, "the front door records on a waiting referral"},
		{staff(as(line.FrontDoor)), SeeChild, kid(other), None, false, "not on a child that a team has"},
		{staff(as(line.FrontDoor)), SeeReaders, kid(nobody, func(c *Child) { c.FrontDoor = true }), None, false, "and does not see who looked"},

		{staff(), SeeChild, kid(other, restricted, granted), "grant", true, "a grant lets somebody in"},
		{staff(), SeeChild, kid(restricted), "restricted", false, "a restricted record is closed to its worker without one"},
		{manager, SeeName, kid(restricted), "restricted", false, "and to the line above, by name too"},
		{director, SeeChild, kid(restricted), "restricted", false, "and to the director"},
		{head, SeeChild, kid(restricted), "manager", true, "its owner is not shut out"},
		{staff(), SeeChild, kid(restricted, granted), "worker", true, "its worker with a grant is its worker"},
		{manager, Restrict, kid(restricted), "restricted-keeping", false, "only its owner changes a restriction"},
		{head, Restrict, kid(restricted), "owner", true, "the owner does"},
		{director, Restrict, kid(other, restricted), "owner", true, "the director does"},
		{chief, Restrict, kid(other, restricted), "restricted-keeping", false, "the chief executive does not"},
		{head, Grant, kid(restricted), None, false, "letting in needs a fresh sign-in"},
		{staff(post("head"), fresh), Grant, kid(restricted), "owner-grants", true, "and is then done by the owner"},
		{staff(post("director"), tier(line.Director), fresh), Grant, kid(restricted), "owner-grants", true, "or the director"},
		{staff(post("east-manager"), tier(line.TeamManager), fresh), Grant, kid(restricted), None, false, "never by the line above"},
		{staff(post("head"), fresh), Grant, kid(), None, false, "there is nothing to grant on an open record"},

		{staff(fresh), BreakGlass, kid(other), "emergency-opening", true, "everybody with a post opens a record in an emergency"},
		{staff(fresh), BreakGlass, kid(other, restricted), "emergency-opening", true, "a restricted one too"},
		{staff(), BreakGlass, kid(other), None, false, "but signs in again first"},
		{staff(none, fresh), BreakGlass, kid(other), None, false, "and nobody without a post"},
		{staff(), RecordChild, kid(other, restricted, glass), "emergency", true, "they then see and record"},
		{staff(), ExportChild, kid(other, glass), None, false, "and take no copy"},
		{head, ReviewGlass, kid(func(c *Child) { c.Glass = []string{"bea"} }), "emergency-review", true, "a head of service reviews it"},
		{staff(as(Reviewer)), ReviewGlass, kid(other), "emergency-review", true, "or a reviewer"},
		{staff(tier(line.ServiceManager)), ReviewGlass, kid(other), None, false, "not a service manager"},
		{staff(as(Reviewer)), ReviewGlass, kid(other, glass), None, false, "never their own"},
		{staff(as(Reviewer)), ReviewGlass, kid(other, func(c *Child) { c.Unreviewed = []string{"amal"} }), None, false, "nor when it is over"},
		{staff(as(Reviewer)), ReviewGlass, kid(), None, false, "nor as the child's worker"},

		{staff(as(Auditor)), SeeReaders, kid(other, func(c *Child) { c.Sampled = []string{"amal"} }), "sample", true, "an auditor sees a record drawn for them"},
		{staff(as(Auditor)), RecordChild, kid(other, func(c *Child) { c.Sampled = []string{"amal"} }), None, false, "and does not record"},
		{staff(as(Auditor)), SeeChild, kid(other), None, false, "nor see any other"},
		{staff(), SeeChild, kid(other, func(c *Child) { c.Sampled = []string{"amal"} }), None, false, "nor once they are no auditor"},

		{staff(), SeeChild, kid(related), "relatives", false, "nobody opens a relative's record, as its worker"},
		{manager, SeeName, kid(related), "relatives", false, "as its manager"},
		{staff(), SeeChild, kid(restricted, granted, glass, related), "relatives", false, "with a grant or in an emergency"},
		{staff(fresh), BreakGlass, kid(other, related), "relatives", false, "or by opening it in one"},
		{staff(), SeeChild, kid(func(c *Child) { c.Own = []string{"amal"} }), "relatives", false, "nor their own"},
		{staff(), Declare, kid(related), "worker", true, "but they can say so"},
		{staff(), Declare, kid(other), "staff-declare", true, "as everybody can"},

		{staff(as(Administrator)), SeeChild, kid(), "administrator-no-content", false, "an administrator sees no record in any post"},
		{staff(as(Administrator), fresh), BreakGlass, kid(), "administrator-no-content", false, "nor in an emergency"},
		{staff(as(Administrator)), SeeName, kid(granted), "administrator-no-content", false, "nor with a grant"},
		{staff(as(Administrator)), Declare, kid(other), "staff-declare", true, "but can say whom they know"},

		{staff(as(Performance), none), SeeChild, kid(), None, false, "performance staff see no record"},
		{staff(as(Performance), none), SeeName, kid(), None, false, "and no name"},

		{outside(Partner), SeeDisclosed, kid(func(c *Child) { c.Disclosed = []string{"dr-eze"} }), "disclosed", true, "a partner sees what was disclosed to them"},
		{outside(Family), SeeDisclosed, kid(func(c *Child) { c.Disclosed = []string{"dr-eze"} }), "disclosed", true, "so does the family"},
		{outside(Partner), SeeDisclosed, kid(), None, false, "not what was disclosed to others"},
		{outside(Partner), SeeChild, kid(func(c *Child) { c.Disclosed = []string{"dr-eze"} }), "outside", false, "and not the record"},
		{staff(func(w *Who) { w.Party = Partner }), SeeChild, kid(), "outside", false, "whatever post they are said to have"},
		{staff(), SeeDisclosed, kid(func(c *Child) { c.Disclosed = []string{"amal"} }), None, false, "that door is not for staff"},

		{staff(key(ScopeChildren)), SeeChild, kid(), "worker", true, "a program sees what its owner sees"},
		{staff(key(ScopeChildren)), SeeChild, kid(other), None, false, "and no more"},
		{staff(key(ScopeChildren)), RecordChild, kid(), "program", false, "within what its key is for"},
		{staff(key(ScopeRecord)), RecordChild, kid(), "worker", true, "which may be recording"},
		{staff(key(ScopeFigures, ScopeDuties, ScopeChildren, ScopeRecord, ScopeLine), fresh), BreakGlass, kid(), "program", false, "but never an emergency"},
		{staff(post("east-manager"), key(ScopeChildren), fresh), ExportChild, kid(), "program", false, "nor a copy"},
	} {
		if d := e.OnChild(x.who, x.what, x.child); d.Allowed != x.yes || d.Policy != x.policy {
			t.Errorf("%s: %v on the ground of %q, not %q", x.says, d.Allowed, d.Policy, x.policy)
		}
	}

	for _, x := range []struct {
		who    Who
		what   Action
		team   string // "": the authority
		policy string
		yes    bool
		says   string
	}{
		{manager, SeeTeam, "east", "team", true, "a manager sees the team's children"},
		{manager, Allocate, "east", "team", true, "and allocates them"},
		{manager, SeeTeam, "west", None, false, "not another team's"},
		{staff(answers("east")), Allocate, "east", "team", true, "so does a worker while covering for the manager"},
		{staff(), SeeTeam, "east", None, false, "but not as a member"},
		{staff(), SeeTeamFigures, "east", "team-figures", true, "members see their team's figures"},
		{head, SeeTeamFigures, "west", "team-figures", true, "and so does whoever answers for it"},
		{staff(), SeeTeamFigures, "west", None, false, "nobody else does"},
		{staff(as(Performance)), SeeTeamFigures, "west", "performance", true, "but performance staff"},
		{staff(as(Administrator), answers("east")), SeeTeam, "east", "administrator-no-content", false, "an administrator sees no team's children"},
		{staff(key(ScopeChildren), answers("east")), Allocate, "east", "program", false, "a key for reading does not allocate"},

		{staff(), SeeOwnWork, "", "staff", true, "everybody with a post sees their work"},
		{staff(), Search, "", "staff", true, "and searches"},
		{staff(), SeeOwnLooks, "", "staff", true, "and sees what they looked at"},
		{staff(), RecordNewChild, "", "staff", true, "and records a new child"},
		{staff(none), Search, "", None, false, "somebody without a post does not"},
		{staff(none, as(line.FrontDoor)), RecordNewChild, "", "front-door-new-child", true, "the front door records a new child"},
		{staff(none, as(Performance)), SeeLine, "", "performance", true, "performance staff see the line"},
		{staff(none, as(Performance)), SeeFigures, "", "performance", true, "and the figures"},
		{manager, ChangeLine, "", "management", true, "managers change the line"},
		{manager, AnswerQuestions, "", "management", true, "and answer questions about looks"},
		{manager, HoldSupervision, "", "management", true, "and hold supervision"},
		{staff(), HoldSupervision, "", None, false, "workers do not"},
		{staff(), ChangeLine, "", None, false, "nor do they change the line"},
		{head, DrawSample, "", "management-sample", true, "a head of service draws a sample"},
		{manager, DrawSample, "", None, false, "a manager does not"},
		{staff(tier(line.Director)), AdoptRules, "", "management-rules", true, "a director adopts rules"},
		{head, AdoptRules, "", None, false, "a head of service does not"},
		{staff(as(Administrator)), ChangeLine, "", "administrator", true, "an administrator looks after the line"},
		{staff(as(Administrator)), Import, "", "administrator", true, "and reads in files"},
		{head, Import, "", None, false, "nobody else does"},
		{staff(as(Performance), none), SeeReturns, "", "returns", true, "performance staff see how the returns stand"},
		{manager, SeeReturns, "", "returns", true, "and so do managers, whose teams mend what a rule found"},
		{staff(as(Administrator)), SeeReturns, "", "returns", true, "and administrators"},
		{staff(), SeeReturns, "", None, false, "a worker does not: what is to be mended is in the child's record"},
		{staff(key(ScopeFigures), as(Performance)), SeeReturns, "", "returns", true, "a key for figures shows how they stand"},
		{staff(key(ScopeDuties), as(Performance)), SeeReturns, "", "program", false, "one for duties does not"},
		{staff(as(Performance), none), CheckReturn, "", "returns-check", true, "performance staff have a return checked"},
		{staff(as(Administrator)), CheckReturn, "", "returns-check", true, "and administrators"},
		{director, CheckReturn, "", "returns-check", true, "and a director"},
		{head, CheckReturn, "", None, false, "a head of service does not: every child in it gets a look in the reader log"},
		{staff(key(ScopeFigures), as(Performance)), CheckReturn, "", "program", false, "nor does a program"},
		{staff(as(Performance), none), TakeReturn, "", None, false, "a return names every child, so taking it away needs a fresh sign-in"},
		{staff(as(Performance), none, fresh), TakeReturn, "", "returns-take", true, "and is then done by performance staff"},
		{staff(tier(line.Director), fresh), TakeReturn, "", "returns-take", true, "or a director"},
		{staff(tier(line.HeadOfService), fresh), TakeReturn, "", None, false, "not by a head of service"},
		{staff(as(Administrator), fresh), TakeReturn, "", "administrator-no-content", false, "nor by an administrator, who sees no record"},
		{staff(as(Administrator), tier(line.Director), fresh), TakeReturn, "", "administrator-no-content", false, "whatever post they hold beside it"},
		{staff(as(Performance), none), GiveReturnData, "", "returns-data", true, "performance staff give what returns are checked with"},
		{staff(as(Administrator)), GiveReturnData, "", "returns-data", true, "and administrators, who read returns in"},
		{director, GiveReturnData, "", "returns-data", true, "and a director"},
		{head, GiveReturnData, "", None, false, "a head of service does not"},
		{staff(key(ScopeFigures), as(Performance)), GiveReturnData, "", "program", false, "nor does a program"},
		{staff(as(Administrator), fresh), SetFeed, "", "returns-feed", true, "an administrator who has just signed in again sets when the feed is sent"},
		{staff(tier(line.Director), fresh), SetFeed, "", "returns-feed", true, "or a director"},
		{staff(as(Administrator)), SetFeed, "", None, false, "not without a fresh sign-in"},
		{staff(as(Performance), fresh), SetFeed, "", None, false, "nor performance staff"},
		{staff(as(Administrator)), ManagePeople, "", None, false, "managing sign-in needs a fresh one"},
		{staff(as(Administrator), fresh), ManagePeople, "", "administrator-people", true, "and is then done"},
		{staff(as(Administrator), fresh), ManageKeys, "", "administrator-people", true, "and keys with it"},
		{staff(as(Administrator)), Search, "", "administrator-no-content", false, "an administrator does not search for children"},
		{staff(key(ScopeFigures)), SeeFigures, "", "staff", true, "a program reads figures with a key for them"},
		{staff(key(ScopeDuties)), SeeFigures, "", "program", false, "not with one for duties"},
		{staff(key(ScopeLine), tier(line.TeamManager)), ChangeLine, "", "management", true, "a key for the line changes the line"},
		{staff(key(), as(Administrator), fresh), ManageKeys, "", "program", false, "no key manages keys"},
		{staff(key()), SeeRules, "", "rules", true, "programs may read the rules"},
		{outside(Family), SeeRules, "", "rules", true, "families may"},
		{outside(Partner), Search, "", "outside", false, "but a partner does not search"},
	} {
		d := e.OnAuthority(x.who, x.what)
		if x.team != "" {
			d = e.OnTeam(x.who, x.what, x.team)
		}
		if d.Allowed != x.yes || d.Policy != x.policy {
			t.Errorf("%s: %v on the ground of %q, not %q", x.says, d.Allowed, d.Policy, x.policy)
		}
	}

	// What a refused person reads.
	if d := e.OnChild(staff(), SeeChild, kid(other, restricted)); d.Says != "This record is restricted: only people its owner has let in may open it." {
		t.Errorf("a forbid says %q", d.Says)
	}
	if d := e.OnChild(staff(), SeeChild, kid(other)); d.Says != "No rule lets you do this" {
		t.Errorf("no rule says %q", d.Says)
	}
}
