//go:build browser

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A whole way, from what a school tells us to the day on which the work ends: told,
// decided, allocated, accepted, seen, assessed and signed, a plan written and approved, the
// plan reviewed, a letter, and the case closed. Nobody is asked the same twice, and at the end
// the child's story has all of it. No script is needed on any page of the way.
func TestFromReferralToClosure(t *testing.T) {
	b := open(t)
	b.scripts(false)
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02") }
	be := func(person string) {
		t.Helper()
		b.do(navigate("/"))
		b.fill(map[string]string{"person": person})
		b.press("Go on as this person")
	}
	look := func(name string) {
		t.Helper()
		b.scripts(true)
		b.look("whole: " + name)
		b.scripts(false)
	}
	find := func(js string) string {
		t.Helper()
		got := eval[string](b, js)
		if got == "" {
			t.Fatalf("%s: there is no %s:\n%.1500s", eval[string](b, "location.pathname"), js, b.text())
		}
		return got
	}

	// Told.
	b.do(navigate("/tell-us"))
	b.fill(map[string]string{"what": "She sleeps in class, and came without lunch four days this week. She told her teacher that mum is sad.", "given-1": "Orla", "family-1": "Fairlie", "birth-1": "2017-06-09",
		"name-1": "Bridie Fairlie", "relation-1": "mother", "from": "school", "referrer_role": "school or nursery", "referrer_reach": "01632 960 188"})
	b.press("Send it")
	b.shows("We have it", "Reference")

	// Decided.
	be("gwen-tarr")
	b.do(navigate("/front-door"))
	for page := 0; !strings.Contains(b.text(), "Orla Fairlie"); page++ {
		if page > 20 {
			t.Fatal("what was told is not in the queue")
		}
		b.press("Next")
	}
	kid := "/child/" + strings.TrimPrefix(find(`[...document.querySelectorAll("main li, main tr")].filter(x => x.innerText.includes("Orla Fairlie")).pop().querySelector('a[href^="/front-door/"]').getAttribute("href")`), "/front-door/")
	b.do(navigate("/front-door/" + strings.TrimPrefix(kid, "/child/")))
	b.fill(map[string]string{"level": "3", "outcome": "assess", "team": "east-2", "reasons_for": "Four days without food, and a mother who is not well.", "reasons_against": "Her gran may help.", "not_known": "Who is at home at night.",
		"history_from": "2026-01-01", "history_to": "2026-11-01", "parents_know": "yes, and they agree"})
	b.press("Record the decision")

	// Allocated, and accepted.
	be("jo-pell")
	b.do(navigate(kid + "/allocate"))
	b.fill(map[string]string{"post": "east-2-3"})
	b.press("Work it out for this worker")
	if strings.Contains(b.text(), "would be over") {
		b.fill(map[string]string{"added": "80", "added_what": "An agency's worker"})
	}
	b.fill(map[string]string{"why": "Knows the school."})
	b.press("Ask Dana Whitlock")
	b.shows("Worker asked")
	be("dana-whitlock")
	b.do(navigate(kid + "/asked"))
	b.press("Yes, I take Orla")

	// Seen.
	b.do(navigate(kid + "/visit?purpose=choose"))
	b.fill(map[string]string{"purpose": "other", "other_purpose": "The first visit: there is no plan yet.", "seen": "yes", "alone": "yes", "childs_words": "I make toast for mum and me.", "learnt": "Mum was in bed at four.", "safe_tonight": "yes", "next": "I ring gran."})
	b.fill(map[string]string{"how_known": "seen"})
	eval[bool](b, `(() => { document.querySelectorAll('[name=how_known]').forEach(e => { e.checked = e.value === "seen" }); return true })()`)
	b.press("Finish visit")
	b.shows("Visit recorded")
	b.do(navigate(kid + "/record/family.member"))
	b.fill(map[string]string{"name": "Bridie Fairlie", "relation": "mother", "role": "parent", "lives": "with the child", "safe": "nobody knows", "parental_responsibility": "yes"})
	b.press("Record it")

	// Assessed: what was recorded stands there already.
	b.do(navigate(kid + "/assessment"))
	b.press("Start an assessment")
	b.press("Record it")
	b.do(navigate(kid + "/assessment/write/says"))
	b.shows("I make toast for mum and me.")
	b.fill(map[string]string{"text": "Orla looks after her mum in the mornings. She is hungry at school and does not say so."})
	b.press("Record it")
	look("assessment")
	b.do(navigate(kid + "/assessment/write"))
	b.fill(map[string]string{"next": "a child in need plan", "why": "Her mum needs help in the mornings, and Orla needs breakfast."})
	b.press("Send to Jo Pell")
	b.shows("Version 1 waits to be signed")
	be("jo-pell")
	b.do(navigate(kid + "/assessment"))
	b.press("Read it")
	b.fill(map[string]string{"open_why": "She was seen once, and the plan begins today. Dana asks the rest within two weeks."})
	b.press("Sign this assessment")
	b.shows("Signed by Jo Pell")

	// Planned.
	be("dana-whitlock")
	b.do(navigate(kid + "/record/cin-plan.started"))
	b.press("Record it")
	b.do(navigate(kid + "/plan/write"))
	b.press("Add a goal")
	goal := find(`location.pathname`)
	b.fill(map[string]string{"name": "Mornings",
		"worry":   "On four days in one week Orla (9) came to school without food. She made toast for her mum, who was in bed at four. School and we are worried that Orla is hungry and tired.",
		"change":  "A grown-up makes breakfast with Orla every school day by 8am.",
		"measure": "Gran texts Dana by 8.30am when Orla has eaten. Now: 1 morning in 5.", "start": day(7), "weeks": "8",
		"help-what-0": "Sits with Orla and Bridie at breakfast on Mondays and Thursdays", "help-who-0": "Ruth Amadi", "help-from-0": day(5),
		"if_not": "If two mornings in a week are missed, Jo Pell meets Bridie within 2 working days.", "plan_b": "Orla eats at school. Mrs Lane at the office keeps a place for her.", "ring-name-0": "Gran", "ring-number-0": "01632 960 171"})
	b.press("Save, and see the whole plan")
	b.fill(map[string]string{"of": "cin"})
	b.press("Send to Jo Pell")
	if strings.Contains(b.text(), "There is a problem") { // what is left is kept, with the reason
		b.do(navigate(goal))
		eval[bool](b, `(() => { document.querySelectorAll('[name^="keep-"]').forEach(e => { e.value = "Bridie asked for these words." }); return true })()`)
		b.press("Save, and see the whole plan")
		b.fill(map[string]string{"of": "cin"})
		b.press("Send to Jo Pell")
	}
	b.shows("waits for approval")
	be("jo-pell")
	b.do(navigate(kid + "/plan"))
	b.press("Read it")
	b.press("Approve this version")
	b.shows("approved by Jo Pell", "A grown-up makes breakfast")

	// It helps: a visit for the goal, and how far it has come.
	be("dana-whitlock")
	b.do(navigate(kid + "/visit?purpose=choose"))
	b.fill(map[string]string{"purpose": find(`document.querySelector('[name=purpose][value^="goal:"]').value`), "seen": "yes", "alone": "yes", "childs_words": "Gran does porridge now.", "learnt": "Five mornings of five.", "safe_tonight": "yes", "next": "The review."})
	eval[bool](b, `(() => { document.querySelectorAll('[name=how_known]').forEach(e => { e.checked = e.value === "seen" }); return true })()`)
	b.press("Finish visit")
	b.shows("Visit recorded")

	// Reviewed, and the plan ends.
	b.do(navigate(kid + "/meetings"))
	look("meetings")
	b.do(navigate(kid + "/meeting/in-need/hold"))
	eval[bool](b, `(() => { document.querySelectorAll('input[value="there"]').forEach(e => { const n = document.querySelector('[name="' + e.name.replace("-came", "-name") + '"]'); e.checked = n.value !== "" }); return true })()`)
	b.fill(map[string]string{"on": day(0), "decision": "ends", "reasons": "Breakfast has held for eight weeks. Bridie sees her doctor.", "childs_words": "Gran does porridge now."})
	if eval[bool](b, `!!document.querySelector('[name="held_without_because"]')`) {
		b.fill(map[string]string{"held_without_because": "School wrote."})
	}
	b.press("Record the meeting")
	b.shows("What was decided", "It ends")

	// A letter goes, and the case is closed.
	b.do(navigate(kid + "/letters/closing"))
	b.fill(map[string]string{"person": find(`[...document.querySelectorAll("label")].find(x => x.innerText.includes("Bridie Fairlie")).querySelector("[name=person]").value`), "how": "given by hand",
		"text": "Dear Bridie,\n\nWe stop working with you and Orla today. Breakfast is back, and you did that with Gran.\n\nIf it gets hard again, ring us on 01632 960 150.\n\nDana Whitlock"})
	b.press("Record it, and print")
	b.shows("Breakfast is back")
	be("priti-nandra")
	b.do(navigate(kid + "/close"))
	look("closing")
	b.shows("What the plan reached", "Mornings")
	eval[bool](b, `(() => { document.querySelectorAll('main form textarea').forEach(e => { if (!["why", "who_helps_now"].includes(e.name)) e.value = "The work has ended." }); return true })()`)
	b.fill(map[string]string{"reason": "RC8", "why": "Orla eats every morning, and her mum has a doctor.", "who_helps_now": "Gran, and Mrs Lane at school."})
	b.press("Close the case")
	if strings.Contains(b.text(), "There is a problem") {
		t.Fatalf("not closed:\n%.3000s", b.text())
	}
	b.do(navigate(kid))
	if text := b.text(); !strings.Contains(text, "Orla Fairlie") || !strings.Contains(strings.ToLower(text), "closed") {
		t.Errorf("the child's page does not say that it is closed:\n%.800s", text)
	}
	look("the closed case")
	b.do(navigate(kid + "/story"))
	for _, x := range []string{"Referral", "Decision", "Visit", "Assessment", "Plan", "Review", "Letter", "Case closed"} {
		if !strings.Contains(strings.ToLower(b.text()), strings.ToLower(x)) {
			t.Errorf("the story has no %s:\n%s", x, b.text())
		}
	}
	be("dana-whitlock")
	b.do(navigate("/owed"))
	if strings.Contains(b.text(), "Orla Fairlie") {
		t.Error("something is owed to her still: " + fmt.Sprint(strings.Count(b.text(), "Orla Fairlie")))
	}
}
