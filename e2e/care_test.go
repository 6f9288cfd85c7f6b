//go:build browser

package e2e

import (
	"strings"
	"testing"
	"time"
)

// A child comes into care, moves, is missing, is found, and is talked with: each is one form,
// without a script, and the child's being missing by keyboard alone. Every page of the way is
// free of faults for axe, and fits on a phone.
func TestIntoCareMissingFoundAndTalkedWith(t *testing.T) {
	b := open(t)
	b.scripts(false)
	look := func(name string) {
		t.Helper()
		b.scripts(true)
		b.look(name)
		b.scripts(false)
	}
	ago := func(days int) time.Time { return time.Now().AddDate(0, 0, -days) }
	when := func(days int, hour string) map[string]string {
		d := ago(days)
		return map[string]string{"happened-day": d.Format("2"), "happened-month": d.Format("1"), "happened-year": d.Format("2006"), "happened-time": hour}
	}
	tick := func(name string, values ...string) {
		t.Helper()
		for _, v := range values {
			if !eval[bool](b, `(() => { const e = [...document.getElementsByName("`+name+`")].find(e => e.value === "`+v+`"); if (!e) return false; e.checked = true; return true })()`) {
				t.Fatalf("no %s of %s", v, name)
			}
		}
	}
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "p-west-2-1"})
	b.press("Go on as this person")
	b.do(navigate("/children"))
	kid := eval[string](b, `[...document.querySelectorAll('main a[href^="/child/"]')].map(a => a.getAttribute("href")).find(h => h.split("/").length === 3)`)
	b.do(navigate(kid))
	first, _, _ := strings.Cut(eval[string](b, `document.querySelector("h1").innerText`), " ")
	if strings.Contains(b.text(), "In care") {
		t.Fatal("the page leads to care, of a child who never was in care")
	}

	// Into care, from what can be recorded; what is wrong is said at once.
	b.press("Record something else")
	b.press("Record that " + first + " comes into care")
	look("into care: a form")
	b.press("Record it")
	b.shows("There is a problem", "Choose the legal ground", "Choose the sort of home", "Say whether it is outside our area")
	look("into care: nothing was answered")
	b.fill(when(10, "16:00"))
	b.fill(map[string]string{"ground": "V2", "need": "N1", "why_care": "Nobody is at home.", "type": "U6", "provider": "PR1", "where": "Mill Lane", "out_of_area": "no", "miles": "2", "why_placement": "Near school.", "brothers_and_sisters": "none", "agreed_by": "The head of service", "agreed_on": ago(11).Format("2006-01-02"), "childs_words": "Can I take my bike?"})
	tick("told", "parents", "school")
	b.press("Record it")
	b.shows("Where "+first+" lives", "Mill Lane", "Can I take my bike?", "2 miles from home", "No placement plan is recorded.", "Prepare the placement plan")
	look("where a child in care lives")

	// A move is one act.
	b.press("Record a move")
	look("a move: a form")
	b.fill(when(4, "18:00"))
	b.fill(map[string]string{"reason_code": "CREQO", "planned": "no", "reviewed_first": "no", "why_left": "The carer fell ill.", "type": "U6", "provider": "PR4", "where": "Thorpe Road", "out_of_area": "yes", "miles": "31", "why_placement": "The only place that night."})
	b.press("Record it")
	b.shows("Thorpe Road", "31 miles from home, outside our area", "1 not planned", "The carer fell ill.", "What "+first+" said about going there is not recorded.", "no notice to the authority there is recorded")
	look("after a move")
	b.pressIn("outside our area, and no notice", "Does the authority there know")
	tick("to", "the authority there")
	b.press("Record it")
	if strings.Contains(b.text(), "no notice to the authority there") {
		t.Error("it is asked for though it was recorded")
	}

	// Missing, by keyboard alone.
	b.do(navigate(kid + "/care/missing"))
	look("missing: a form")
	set := func(name, text string) {
		t.Helper()
		b.tabTo(`[name="` + name + `"]`)
		eval[bool](b, `(document.activeElement.select(), true)`)
		b.types(text)
	}
	for _, x := range []string{"happened-day", "happened-month", "happened-year", "happened-time"} {
		set(x, when(2, "20:00")[x])
	}
	set("from_where", "At the bus stop after school.")
	set("noticed_by", "Ivy Sands")
	b.chooseBy("risk", "high")
	set("what", "There was a quarrel at tea.")
	b.goOn("Record it")
	b.shows("Missing now, since", "Nobody has recorded that the police were told.")
	look("missing now")
	b.goOn("Record who was told")
	for _, x := range []string{"happened-day", "happened-month", "happened-year", "happened-time"} {
		set(x, when(2, "20:20")[x])
	}
	b.chooseBy("who", "police")
	set("what", "log 88")
	b.goOn("Record it")
	b.shows("The police were told", "log 88")
	b.do(navigate(kid))
	b.shows("Missing now.")

	// Found, and talked with.
	b.press("Missing")
	b.press("Record that " + first + " was found or came back")
	look("found: a form")
	b.fill(when(1, "07:00"))
	b.fill(map[string]string{"how": "A friend's mother rang.", "where": "A friend's house", "with_whom": "Jade", "childs_words": "I just wanted my own bed.", "offered": "yes"})
	b.press("Record it")
	b.shows("after 11 hours", "I just wanted my own bed.", "without an answer yet", "Offer and hold a return interview")
	look("found")
	b.press("Record the return interview")
	look("the return interview: a form")
	b.press("Record it")
	b.shows("There is a problem", "Choose what happened")
	look("the return interview: nothing was answered")
	b.fill(map[string]string{"happens": "done", "by": "Marta Lind, Halo", "independent": "yes", "childs_words": "Nobody asked me about the move.", "what": "A bus pass would help."})
	b.press("Record it")
	b.shows("by Marta Lind, Halo. They are independent.", "done in time", "A bus pass would help.", "1 of 1")
	look("talked with")
	for _, page := range []string{"/care", "/health", "/education", "/leaving"} {
		b.do(navigate(kid + page))
		look(page)
	}
	for _, act := range []string{"health", "education", "more", "notice", "legal", "leaves"} {
		b.do(navigate(kid + "/care/" + act))
		look("a form: " + act)
	}
	b.scripts(true)
	b.be("p-west-2-2") // the child of the demonstration
	for _, page := range []string{"", "/care", "/missing", "/health", "/education"} {
		b.visit("/child/01900000-0000-7000-8000-00000000001f" + page)
	}
}
