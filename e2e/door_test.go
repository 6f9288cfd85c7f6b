//go:build browser

package e2e

import (
	"strings"
	"testing"
)

// Friday at ten to five: somebody outside tells us, the front door sees it at once by
// rule and clock, asks, parks, answers the questions, and decides. Mistakes first.
func TestTheFrontDoor(t *testing.T) {
	b := open(t)
	b.visit("/tell-us")
	b.look("tell us")
	b.press("Send it")
	b.look("tell us, with mistakes")
	b.shows("There is a problem", "Enter what they told us", "at least one child")
	b.fill(map[string]string{"what": "The baby has a bruise on his cheek. She says he fell off the sofa. There are two girls too.", "given-1": "Ruben", "family-1": "Castell", "birth-1": "2026-08-02",
		"given-2": "Ines", "family-2": "Castell", "birth-2": "2020-02-11", "address": "4 Salt Row", "name-1": "Mara", "relation-1": "mother", "from": "a neighbour", "referrer_role": "a neighbour or friend", "referrer_reach": "01632 960 111"})
	b.press("Send it")
	b.look("what was sent")
	b.shows("We have it", "Your receipt", "Reference")

	b.be("gwen-tarr")
	b.visit("/front-door")
	b.look("front door")
	b.shows("Ruben Castell", "Bruise on a baby who cannot move", "Nobody has taken it, so it is yours")
	b.visit("/front-door?show=red")
	b.look("front door, only red")
	b.pressIn("Ruben Castell", "Decide")
	b.look("decide")
	b.shows("Ines Castell", "Words:", "If it is not decided")
	at := eval[string](b, "location.pathname")

	b.press("Say who deals with it")
	b.look("who deals with it")
	b.fill(map[string]string{"post": "front-door-1"})
	b.press("Record it")
	b.shows("Taken at the front door recorded")
	b.press("Record what was found out")
	b.fill(map[string]string{"asked": "Health visitor"})
	b.press("Record it")
	b.shows("Health visitor")

	b.press("Record the decision")
	b.look("decide, with mistakes")
	b.shows("There is a problem", "Choose how serious it is", "what speaks against it", "Choose whether the parents know")
	b.fill(map[string]string{"level": "4", "outcome": "section 47", "team": "east-2", "reasons_for": "A bruise on a baby who cannot roll.", "reasons_against": "A doctor may find another cause.", "not_known": "Who was with him.",
		"history_from": "2026-01-01", "history_to": "2026-11-01", "parents_know": "telling them could put the child at risk", "why_not_told": "Police first."})
	b.press("Record the decision")
	b.visit("/front-door")
	if text := b.text(); strings.Contains(text, "Ruben Castell") || strings.Contains(text, "Ines Castell") {
		t.Error("it is decided about both children, and waits still")
	}
	b.visit(at)
	b.shows("This record is closed to you") // the child is with East 2 now

	b.visit("/front-door/new")
	b.look("a new contact")
	b.press("Record it")
	b.look("a new contact, with mistakes")
	b.fill(map[string]string{"what": "Fresh cuts on her arm.", "given-1": "Romy", "family-1": "Vance", "birth-1": "2012-03-04", "from": "school nurse", "sign-self harm": "yes", "sign-suicide": "no"})
	b.press("Record it")
	b.look("decide, an older child")
	b.shows("Romy Vance", "The child hurts themselves")
	b.press("Propose to wait for something")
	b.look("propose to wait")
	b.fill(map[string]string{"why": "An interpreter comes at noon."})
	b.press("Record it")
	b.shows("Enter until when")
	b.fill(map[string]string{"until": "2099-01-05T12:00"})
	b.press("Record it")
	b.shows("Parking proposed recorded", "Nobody has agreed yet")
	b.visit("/front-door?show=parked")
	b.look("front door, parked")
	b.visit("/rules/triage")
	b.look("what each rating means")
}

// The same without any script: tell us, take it, decide.
func TestTheFrontDoorWithoutScripts(t *testing.T) {
	b := open(t)
	b.scripts(false)
	b.do(navigate("/tell-us"))
	b.fill(map[string]string{"what": "The twins are home alone every night.", "given-1": "Alba", "family-1": "Fenn", "birth-1": "2018-04-01", "from": "anonymous"})
	b.press("Send it")
	b.shows("We have it")
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "gwen-tarr"})
	b.press("Go on as this person")
	b.do(navigate("/front-door?show=red"))
	b.pressIn("Alba Fenn", "Decide")
	b.shows("Danger now", "Words: \"home alone\"")
	b.press("Is this child already known? Look")
	b.shows("This search is recorded", "The clock does not wait")
	b.press("Alba Fenn: decide")
	b.fill(map[string]string{"level": "3", "outcome": "assess", "team": "west-1", "reasons_for": "Alone at night.", "reasons_against": "The neighbour may be wrong.", "not_known": "Who the second child is.",
		"history_from": "2026-01-01", "history_to": "2026-11-01", "parents_know": "not yet", "why_not_told": "A visit first."})
	b.press("Record the decision")
	b.do(navigate("/front-door?show=red"))
	if strings.Contains(b.text(), "Alba Fenn") {
		t.Error("it is decided, and waits still")
	}
}

// Whether the work can be done: the service, a team with what would be, a worker's hours
// with the points, and the answer for hours that are not there. Leave is recorded, and
// the hours are fewer.
func TestWorkThatCanBeDone(t *testing.T) {
	b := open(t)
	b.be("priti-nandra")
	b.visit("/ahead")
	b.shows("Teams, by the first day that breaks", "East 2", "Hours owed")
	b.press("East 2")
	b.look("ahead")
	b.shows("What if?", "Hours to spare at the end of each week", "never at none")
	b.fill(map[string]string{"add": "30"})
	b.press("Work it out")
	b.look("ahead, what if")
	b.shows("Then", "→")
	b.visit("/team/east-2/ahead?add=many")
	b.shows("in figures")

	b.visit("/post/east-2-3/hours")
	b.shows("Where the hours go", "In points", "Nobody has answered for", "protection plan 6")
	b.press("Record my answer")
	b.look("hours, with mistakes")
	b.shows("There is a problem", "over by")
	b.fill(map[string]string{"accepted": "3"})
	b.press("Record my answer")
	b.shows("Write what could go wrong")
	b.fill(map[string]string{"added": "60", "added_what": "An agency's worker, two weeks", "accepted": "", "risk": ""})
	b.press("Work it out again")
	b.look("hours, worked out")
	b.press("Record my answer")
	b.look("hours, answered")
	b.shows("Your answer is recorded", "60 h more")

	b.press("Record leave, sickness or training")
	b.look("somebody is away")
	b.fill(map[string]string{"person": "dana-whitlock", "what": "leave", "agreed": "yes"})
	b.press("Record it")
	b.shows("Give the last day")
	b.visit("/line/change/person.skills")
	b.fill(map[string]string{"person": "dana-whitlock", "languages": "Urdu, Welsh", "trained": "section 47"})
	b.press("Record it")
	b.visit("/unallocated?team=east-2")
	b.press("Allocate")
	b.look("choose a worker, with languages")
	b.shows("Speaks Urdu, Welsh")

	b.be("dana-whitlock")
	b.visit("/post/east-2-3/hours")
	b.shows("60 h more")
	if strings.Contains(b.text(), "Record my answer") {
		t.Error("a worker answers for their own hours")
	}
	b.visit("/post/east-2-1/hours")
	b.shows("This is not yours to see or do")
}
