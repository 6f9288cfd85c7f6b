package web_test

import (
	"fmt"
	"net/http"
	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/line"
	"onus/internal/supervision"
	"strings"
)

// What is in the world: who is there, each child and how they stand.

// makeConcern has the worker of East 1 warn their manager.
func (w *world) makeConcern() {
	w.t.Helper()
	d, err := w.Desk(w.t.Context(), app.Reader{Person: east1})
	if err != nil {
		w.t.Fatal(err)
	}
	done, err := d.Raise(w.t.Context(), app.Wish{Text: concernWords})
	if err != nil {
		w.t.Fatal(err)
	}
	w.concern, w.concernEntry = done.Child, done.Entries[0]
}

// makeDecision has the manager of East propose something about the team.
func (w *world) makeDecision() {
	w.t.Helper()
	d, err := w.Desk(w.t.Context(), app.Reader{Person: "p-manager-east"})
	if err != nil {
		w.t.Fatal(err)
	}
	done, err := d.ProposeDecision(w.t.Context(), decision.Proposed{About: decision.AboutTeam, AboutID: "east", What: "The duty desk is every other week", Reasons: "r",
		Options: []decision.Option{{What: "Every week"}, {What: "Every other week"}}, Signers: []string{"head"}, ReviewBy: w.Clock.Now().Date() + 30}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	w.decision, w.decisionEntry = done.Child, done.Entries[0]
}

// makePack has the worker of East 1 ask for a pack for a hearing.
func (w *world) makePack() {
	w.t.Helper()
	d, err := w.Desk(w.t.Context(), app.Reader{Person: east1})
	if err != nil {
		w.t.Fatal(err)
	}
	today := w.Clock.Now().Date()
	done, err := d.AskPack(w.t.Context(), app.PackWish{Matter: packWords, Before: hearing.Befores[0], From: today - 60, To: today})
	if err != nil {
		w.t.Fatal(err)
	}
	w.pack, w.packEntry = done.Child, done.Entries[0]
}

// makeReturn has the performance analyst have the census checked. No child has a number of
// the authority, so all are behind the rule of that.
func (w *world) makeReturn() {
	w.t.Helper()
	d, err := w.Desk(w.t.Context(), app.Reader{Person: "p-performance"})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, _, err := d.CheckReturn(w.t.Context(), app.ReturnOrder{Kind: app.ReturnCIN, Authority: "999", Year: "2025/26"}); err != nil {
		w.t.Fatal(err)
	}
	if did, err := w.RunReturn(w.t.Context()); !did || err != nil {
		w.t.Fatal(did, err)
	}
	w.rule = "no-number"
}

// makeTalks has the manager of East hold supervision with the worker of East 1, and
// plan the next.
func (w *world) makeTalks() {
	w.t.Helper()
	today := w.Clock.Now().Date()
	desk := func() *app.Desk {
		d, err := w.Desk(w.t.Context(), app.Reader{Person: "p-manager-east"})
		if err != nil {
			w.t.Fatal(err)
		}
		return d
	}
	say := func(of string, b entry.Body) app.Done {
		done, err := desk().SayOfTalk(w.t.Context(), of, b, "")
		if err != nil {
			w.t.Fatal(b.Kind(), err)
		}
		return done
	}
	id := say("east-1", supervision.Held{On: today, Minutes: 60}).Child
	say(id, supervision.Wellbeing{Will: "w"})
	say(id, supervision.Load{Said: "w"})
	say(id, supervision.Agreed{What: "Order the toner", Post: "east-1", By: today + 30})
	s, err := desk().Sheet(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, n := range s.Needs.Items {
		say(id, supervision.Left{About: n.About, ID: n.ID, Why: "w", On: today + 9})
	}
	say(id, supervision.Signed{As: supervision.AsHolder})
	w.talkSigned = id
	next := say("east-1", supervision.Planned{On: today + 28})
	w.talk, w.talkEntry = next.Child, next.Entries[0]
}

const packWords = "Zqmatter of the hearing"

const concernWords = "Zqwarning about the duty desk"

func (w *world) makeLine() {
	bodies := []entry.Body{line.AuthorityNamed{Name: "Testshire", Code: "999", Demo: true},
		line.TeamCreated{Team: "front", Name: "Front door"}, line.TeamCreated{Team: "east", Name: "East"}, line.TeamCreated{Team: "west", Name: "West"}}
	for _, p := range worldPosts {
		bodies = append(bodies, p, line.PersonKnown{Person: "p-" + p.Post, Name: "Person " + p.Post}, line.PostHeld{Post: p.Post, Person: "p-" + p.Post})
	}
	bodies = append(bodies, line.PersonKnown{Person: "p-none", Name: "Person without a post"},
		line.PersonKnown{Person: "partner-1", Name: "Partner one", Party: line.Partner}, line.PersonKnown{Person: "partner-2", Name: "Partner two", Party: line.Partner},
		line.PersonKnown{Person: "family-1", Name: "Family one", Party: line.Family},
		line.PersonKnown{Person: "p-gone", Name: "Person who left"}, line.PersonLeft{Person: "p-gone"})
	w.lineSays(begun, bodies...)
	w.lineSays("2026-02-01", line.Cover{Post: "east-4", By: "west-2", Why: "leave"}, line.PersonSuspended{Person: "p-east-3", Why: "an enquiry"})
}

// write records about a child, past the policies.
func (w *world) write(id, who, when string, bodies ...entry.Body) app.Done {
	w.t.Helper()
	at, err := day.ParseWhen(when)
	if err != nil {
		w.t.Fatal(err)
	}
	if when == "now" {
		at = day.AtInstant(w.Clock.Now())
	}
	var cmds []child.Command
	for _, b := range bodies {
		cmds = append(cmds, child.Command{Actor: entry.Actor{Person: who, Post: strings.TrimPrefix(who, "p-")}, Happened: at, Body: b, Source: entry.Source{Kind: "page"}})
	}
	done, err := w.Record(w.t.Context(), app.Do{Child: id, Commands: cmds})
	if err != nil {
		w.t.Fatalf("%s, %s: %v", id, when, err)
	}
	return done
}

func (w *world) now(id, who string, bodies ...entry.Body) app.Done {
	w.t.Helper()
	var cmds []child.Command
	for _, b := range bodies {
		cmds = append(cmds, child.Command{Actor: entry.Actor{Person: who, Post: strings.TrimPrefix(who, "p-")}, Happened: day.AtInstant(w.Clock.Now()), Body: b, Source: entry.Source{Kind: "page"}})
	}
	done, err := w.Record(w.t.Context(), app.Do{Child: id, Commands: cmds})
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

// closes closes a case with a reason for whatever is late, by somebody above all who owe it.
func (w *world) closes(k *kid) {
	w.t.Helper()
	b := child.CaseClosed{Why: "x"}
	if err := w.Store.View(w.t.Context(), func(v app.View) error {
		rows, err := v.ChildDuties(w.t.Context(), k.facts.ID)
		for _, d := range rows {
			b.Left = append(b.Left, child.LeftOpen{Duty: d.ID, Why: "x"})
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	w.now(k.facts.ID, "p-director", b)
}

// up are the posts above a worker of a team.
func up(team string) []string {
	switch team {
	case "west":
		return []string{"manager-west", "service-west", "head", "director"}
	case "front":
		return []string{"manager-front", "service-east", "head", "director"}
	}
	return []string{"manager-east", "service-east", "head", "director"}
}

// newKid records a child up to the state that every child of a team passes.
func (w *world) newKid(as, post, team string) *kid {
	w.t.Helper()
	n := len(w.kids) + 1
	word := func(what string) string { return fmt.Sprintf("Qz%s%02d", what, n) }
	birth := day.MustParse("2014-05-01") + day.Date(n*29)
	k := &kid{as: as, names: []string{word("given"), word("family"), birth.Long(), birth.String()},
		words: []string{word("road"), word("number"), word("ref"), word("note"), word("said"), word("learnt"), word("reason")}, glass: word("glass")}
	id := w.write("", "p-manager-front", "2026-02-02T10:00",
		child.Known{Given: word("given"), Family: word("family"), OtherNames: []string{"Searchable"}, Birth: birth, Address: word("road"),
			IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: word("number")}}},
		child.Referral{From: "school", What: word("ref")}).Child
	k.facts = access.Child{ID: id, Open: true, Worker: post, Team: team, Line: up(team)}
	k.entry = w.write(id, east1, "2026-02-10T16:00", child.Visit{Seen: true, Where: "home", Purpose: "goal", Words: word("said"), Learnt: word("learnt")}).Entries[0]
	w.write(id, east1, "2026-02-11T09:00", child.Note{Text: word("note")})
	k.plan = w.write(id, east1, "2026-02-11T10:00", child.PlanSent{Of: "cin", Goals: []child.Goal{{ID: "g1", Name: "Evenings", Worry: word("note"), Change: word("learnt")}}}).Entries[0]
	w.write(id, "p-manager-front", "2026-02-11T11:00", child.PlanReturned{Plan: k.plan, Why: word("note")})
	k.letter = w.write(id, "p-manager-front", "2026-02-11", child.LetterSent{To: word("given"), Title: word("note"), Text: word("said"), How: "by post"}).Entries[0]
	k.meeting = w.write(id, east1, "2026-02-11T12:00", child.MeetingPlanned{Of: child.MeetStrategy, On: day.MustParse("2026-03-30"), About: word("note"),
		Invited: []child.Invited{{Name: word("said"), Agency: "police"}, {Name: word("learnt"), Agency: child.OfFamily, Not: word("reason")}}}).Entries[0]
	if team != "" {
		w.write(id, "p-manager-front", "2026-02-12T09:00", child.Decision{Outcome: child.Assess, For: word("reason"), Team: team})
	} else {
		k.facts.FrontDoor, k.facts.Line = true, up("front")
	}
	if post != "" {
		w.write(id, "p-manager-"+team, "2026-02-12", child.Allocation{Post: post, Team: team})
	}
	w.kids = append(w.kids, k)
	return k
}

func (w *world) makeChildren() {
	secret := func(k *kid, owner string) {
		w.now(k.facts.ID, "p-"+owner, child.Restricted{Category: "other", Why: k.words[6], Owner: owner, ReviewBy: w.Clock.Now().Date() + 60})
		k.facts.Restricted, k.facts.Owner = true, owner
	}
	let := func(k *kid, person string) {
		w.now(k.facts.ID, "p-"+k.facts.Owner, child.LetIn{Person: person, For: child.TwoWeeks, Why: k.words[6]})
	}
	smash := func(k *kid, who string) {
		w.now(k.facts.ID, who, child.GlassBroken{Why: k.glass, Hours: 2})
		k.facts.Unreviewed, k.waiting = []string{who}, true
	}
	plan := func(k *kid) {
		w.write(k.facts.ID, "p-manager-"+k.facts.Team, "2026-02-16", child.CPPlanStarted{Category: "NEG"})
		k.facts.Conference = true
	}

	smash(w.newKid("an opening that is over", "east-1", "east"), "p-auditor-2")
	w.Clock.Add(5 * day.Hour)

	w.newKid("allocated", "east-1", "east")
	w.newKid("unallocated in the team", "", "east")
	ask := func(k *kid, post, as string) entry.ID {
		return w.now(k.facts.ID, "p-manager-"+k.facts.Team, child.AllocationProposed{Post: post, Team: k.facts.Team, As: as, Why: k.words[6]}).Entries[0]
	}
	k := w.newKid("a worker is asked", "", "east")
	ask(k, "east-2", "")
	k.facts.Asked = []string{"east-2"}
	k = w.newKid("with a second worker", "west-1", "west")
	of := ask(k, "east-2", child.SecondWorker)
	w.Clock.Add(day.Hour / 60)
	w.now(k.facts.ID, "p-east-2", child.AllocationAccepted{Proposal: of})
	k.facts.Second = []string{"east-2"}
	w.newKid("at the front door", "", "")
	k = w.newKid("on a plan, chaired", "east-1", "east")
	plan(k)
	w.write(k.facts.ID, "p-manager-east", "2026-02-16", child.ChairNamed{Post: "chair-1"})
	k.facts.Chair = "chair-1"
	plan(w.newKid("on a plan, no chair named", "west-1", "west"))
	k = w.newKid("closed", "east-1", "east")
	w.write(k.facts.ID, "p-manager-east", "2026-02-20", child.CaseClosed{Why: k.words[6]})
	k.facts.Open, k.facts.Worker = false, ""
	secret(w.newKid("restricted", "east-1", "east"), "head")
	k = w.newKid("restricted, somebody let in", "east-1", "east")
	secret(k, "service-east")
	let(k, "p-west-1")
	k.facts.Granted = []string{"p-west-1"}
	k = w.newKid("restricted, let in no longer", "east-1", "east")
	secret(k, "head")
	let(k, "p-west-1")
	w.now(k.facts.ID, "p-head", child.LetOut{Person: "p-west-1", Why: k.words[6]})
	k = w.newKid("opened in an emergency", "east-1", "east")
	smash(k, "p-auditor-2")
	k.facts.Glass = []string{"p-auditor-2"}
	k = w.newKid("restricted, opened in an emergency", "east-1", "east")
	secret(k, "head")
	smash(k, "p-front-1")
	k.facts.Glass = []string{"p-front-1"}
	k = w.newKid("disclosed", "east-1", "east")
	w.now(k.facts.ID, east1, child.Disclosed{Person: "partner-1", What: k.words[6], Basis: "consent", Until: w.Clock.Now().Date() + 30, Entries: []entry.ID{k.entry}},
		child.Disclosed{Person: "family-1", What: k.words[6], Basis: "consent", Until: w.Clock.Now().Date() + 30})
	k.facts.Disclosed = []string{"partner-1", "family-1"}
	k = w.newKid("sampled", "west-1", "west")
	w.now(k.facts.ID, "p-head", child.Sampled{Person: "p-auditor-1", Audit: "visits", Until: w.Clock.Now().Date() + 30})
	k.facts.Sampled = []string{"p-auditor-1"}
	k = w.newKid("a relation of its worker's", "east-2", "east")
	w.now(k.facts.ID, "p-east-2", child.RelationDeclared{Person: "p-east-2", Relation: "relative"})
	k.facts.Related = []string{"p-east-2"}
	k = w.newKid("a manager's own record", "east-1", "east")
	w.now(k.facts.ID, "p-service-east", child.RelationDeclared{Person: "p-service-east", Relation: child.Relations[0]})
	k.facts.Own = []string{"p-service-east"}
	w.newKid("of a post that is covered", "east-4", "east")
	w.newKid("of somebody suspended", "east-3", "east")

	for _, k := range w.kids {
		if err := w.Store.View(w.t.Context(), func(v app.View) error {
			rows, err := v.ChildDuties(w.t.Context(), k.facts.ID)
			if len(rows) > 0 {
				k.duty = rows[0].ID
			}
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// makePeople writes down who everybody is today.
func (w *world) makePeople() {
	demo := func(id string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Onus-Person", id) }
	}
	add := func(as, id string, who access.Who) {
		who.Person = id
		if who.Party == "" {
			who.Party = access.Staff
		}
		who.Fresh = who.Party == access.Staff // the demonstration's door
		w.people = append(w.people, person{as: as, id: id, who: who, credits: demo(id)})
	}
	held := func(post string, tier line.Tier, team string, functions ...string) access.Who {
		x := access.Who{Posts: []string{post}, Held: []string{post}, Tier: tier, Functions: functions}
		if team != "" {
			x.Member = []string{team}
		}
		return x
	}
	over := func(x access.Who, teams ...string) access.Who {
		x.Teams = teams
		return x
	}
	w.people = append(w.people, person{as: "nobody", credits: func(*http.Request) {}}, person{as: "somebody unknown", credits: demo("no-such-person")})
	add("the worker", east1, held("east-1", line.Worker, "east"))
	add("another worker of the team", "p-east-2", held("east-2", line.Worker, "east"))
	add("a worker of another team", "p-west-1", held("west-1", line.Worker, "west"))
	x := held("west-2", line.Worker, "west")
	x.Posts, x.Member = append(x.Posts, "east-4"), append(x.Member, "east")
	add("who covers a post", "p-west-2", x)
	add("whose post is covered", "p-east-4", access.Who{})
	add("the manager", "p-manager-east", over(held("manager-east", line.TeamManager, "east"), "east"))
	add("another manager", "p-manager-west", over(held("manager-west", line.TeamManager, "west"), "west"))
	add("the service manager", "p-service-east", over(held("service-east", line.ServiceManager, ""), "east", "front"))
	add("another service manager", "p-service-west", over(held("service-west", line.ServiceManager, ""), "west"))
	add("the head of service", "p-head", over(held("head", line.HeadOfService, ""), "east", "west", "front"))
	add("the director", "p-director", over(held("director", line.Director, ""), "east", "west", "front"))
	add("the chair named", "p-chair-1", held("chair-1", line.ServiceManager, "", line.Chair))
	add("a chair not named", "p-chair-2", held("chair-2", line.ServiceManager, "", line.Chair))
	add("a worker at the front door", "p-front-1", held("front-1", line.Worker, "front", line.FrontDoor))
	add("the manager of the front door", "p-manager-front", over(held("manager-front", line.TeamManager, "front", line.FrontDoor), "front"))
	add("performance", "p-performance", held("performance", line.Worker, "", line.Performance))
	add("an auditor with a sample", "p-auditor-1", held("auditor-1", line.Worker, "", line.Auditor))
	add("an auditor without", "p-auditor-2", held("auditor-2", line.Worker, "", line.Auditor))
	add("the administrator", "p-admin", held("admin", line.Worker, "", line.Administrator))
	add("the reviewer", "p-reviewer", held("reviewer", line.TeamManager, "", line.Reviewer))
	add("staff without a post", "p-none", access.Who{})
	add("a partner told something", "partner-1", access.Who{Party: access.Partner})
	add("a partner told nothing", "partner-2", access.Who{Party: access.Partner})
	add("family told something", "family-1", access.Who{Party: access.Family})
	for _, id := range []string{"p-east-3", "p-gone"} {
		w.people = append(w.people, person{as: "suspended or gone: " + id, id: id, shut: true, credits: demo(id)})
	}
	w.makePrograms()
}

// makePrograms gives programs their keys. A program has the posts of whoever
// owns it, for the parts of the API that its key is for.
func (w *world) makePrograms() {
	admin, err := w.Desk(w.t.Context(), app.Reader{Person: "p-admin", Fresh: true})
	if err != nil {
		w.t.Fatal(err)
	}
	key := func(as, owner string, days int, scopes ...string) (id string) {
		text, err := admin.IssueKey(w.t.Context(), as, owner, scopes, w.Clock.Now().Date()+day.Date(days))
		if err != nil {
			w.t.Fatal(err)
		}
		p := person{as: as, id: owner, apiOnly: true, credits: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+text) }}
		for _, o := range w.people {
			if o.id == owner && !o.shut {
				p.who = o.who
			}
		}
		id, _, _ = strings.Cut(strings.TrimPrefix(text, "onus_"), "_")
		p.who.Party, p.who.Program, p.who.Scopes, p.who.Fresh = access.Program, id, scopes, false
		w.people = append(w.people, p)
		return id
	}
	shut := func() { w.people[len(w.people)-1].shut = true }
	key("a program for children, the manager's", "p-manager-east", 30, access.ScopeChildren)
	key("a program that records, the worker's", east1, 30, access.ScopeRecord, access.ScopeDuties)
	key("a program for figures, the director's", "p-director", 30, access.ScopeFigures)
	revoked := key("a program whose key was revoked", "p-manager-east", 30, access.ScopeChildren)
	shut()
	w.lineSays(w.Clock.Now().Date().String(), line.KeyRevoked{Key: revoked, Why: "x"})
	key("a program of somebody suspended", "p-east-3", 30, access.ScopeChildren)
	shut()
	w.people = append(w.people, person{as: "a program with a key that nobody gave", id: "none", shut: true, apiOnly: true,
		credits: func(r *http.Request) { r.Header.Set("Authorization", "Bearer onus_aaaaaaaa_bbbb") }})
}
