//go:build browser

package e2e

import (
	"strings"
	"testing"
)

const (
	sam   = "/child/01900000-0000-7000-8000-00000000000a"
	elin  = "/child/01900000-0000-7000-8000-00000000000b"
	maya  = "/child/01900000-0000-7000-8000-00000000000c"
	jonah = "/child/01900000-0000-7000-8000-00000000000d"
	tess  = "/child/01900000-0000-7000-8000-00000000000e"
)

// A social worker: what she owes, a child, a visit recorded with mistakes
// first, the receipt's page, a note, a correction.
func TestSocialWorker(t *testing.T) {
	b := open(t)
	b.visit("/")
	b.press("Look, as Dana Whitlock")
	b.look("sam")
	b.shows("Sam Okell", "Who answers", "See the child alone", "Marcus Adeyinka", "When Nan comes we have beans.")
	for _, page := range []string{"/duties", "/entries", "/readers", "/record", "?known=2026-10-01T09:00"} {
		b.visit(sam + page)
	}
	b.shows("Showing only what had been recorded by 1 October 2026, 09:00", "Back to now")
	if strings.Contains(b.text(), "When Nan comes we have beans.") {
		t.Error("the page of 1 October shows words that were recorded in November")
	}
	b.visit(sam)
	b.press("See the child alone")
	b.look("duty")
	b.shows("Why, and why this date", "is day 0", "Who is told if it is not done", "Jo Pell")
	b.visit(sam + "/visit?purpose=choose")
	b.fill(map[string]string{"purpose": "other", "other_purpose": "Mornings", "seen": "yes", "alone": "yes", "where": "school", "childs_words": "I made my own toast.", "safe_tonight": "yes", "at": "00:01"})
	b.press("Finish visit")
	b.look("after the visit")
	b.shows("Visit recorded", "I made my own toast.", "today")
	b.press("See it")
	b.look("entry")
	b.shows("Happened", "Recorded", "Dana Whitlock", "Get the receipt")
	b.press("Correct this entry")
	b.look("correct")
	b.fill(map[string]string{"why": "It was at home.", "body-where": "home"})
	b.press("Go on")
	b.look("correct: check")
	b.shows("Check before you record", "It was at home.")
	b.press("Record it")
	b.shows("Correction recorded")
	b.visit(sam + "/record/note")
	b.press("Record it")
	b.look("empty note")
	b.shows("Enter the note")
	b.visit("/children")
	b.shows("Sam Okell")
	b.visit("/team")
	b.shows("East 2")
	b.fill(map[string]string{"q": "okell"})
	b.press("Find")
	b.look("search")
	b.shows("Sam Okell")
	if at := eval[string](b, "location.href"); strings.Contains(at, "okell") {
		t.Errorf("a name stands in an address: %s", at)
	}
}

// A team manager: her team, the child with no worker, allocated after a check.
func TestTeamManager(t *testing.T) {
	b := open(t)
	b.be("jo-pell")
	b.visit("/team/east-2")
	b.shows("No worker", "Jonah Vessey", "What each person owes", "Dana Whitlock")
	b.visit("/unallocated")
	b.shows("Jonah Vessey", "Exact: every open child")
	b.visit(jonah)
	b.shows("No named worker", "Allocate")
	b.press("Allocate")
	b.look("allocate")
	b.shows("Ordered by hours over", "Nobody has Jonah")
	b.press("Work it out for this worker")
	b.fill(map[string]string{"post": "east-2-1"})
	worker := eval[string](b, `document.querySelector('label[for="w-east-2-1"]').textContent.trim()`)
	b.press("Work it out for this worker")
	b.look("allocate: what it comes to")
	b.press("Ask " + worker)
	b.look("allocate with a mistake")
	b.shows("There is a problem", "Enter why this worker")
	b.fill(map[string]string{"why": "She knows the family."})
	if strings.Contains(b.text(), "would be over") {
		b.fill(map[string]string{"added": "80", "added_what": "An agency's worker"})
	}
	b.press("Ask " + worker)
	b.look("asked")
	b.shows("Worker asked", worker+" is asked to take Jonah", "She knows the family.")
	b.visit("/unallocated?team=east-2")
	b.shows("Jonah Vessey") // asked is not given
	b.be("p-east-2-1")
	b.visit(jonah + "/asked")
	b.press("Object")
	b.look("objecting with a mistake")
	b.shows("There is a problem", "Write why you should not take this child")
	b.press("Yes, I take Jonah")
	b.look("taken")
	b.shows("Child taken recorded")
	b.be("jo-pell")
	b.visit("/unallocated?team=east-2")
	if strings.Contains(b.text(), "Jonah Vessey") {
		t.Error("Jonah has a worker and is still on the list of those without")
	}
	b.visit(elin)
	b.shows("A section 47 enquiry is under way")
	b.visit("/team/east-2/ahead")
	b.look("can it be done")
	b.shows("Hours to spare at the end of each week", "The manager", "What is counted, and what is not")
}

// The front door's manager decides the stored referral.
func TestFrontDoor(t *testing.T) {
	b := open(t)
	b.be("gwen-tarr")
	b.shows("Maya Lister", "Decide what to do about the referral")
	b.visit(maya)
	b.shows("A referral waits for its decision", "told")
	b.press("Decide")
	b.look("decide the stored referral")
	b.shows("Bruise on a baby who cannot move", "Rule and source")
	b.press("Record the decision")
	b.look("decide the stored referral, with mistakes")
	b.shows("There is a problem", "Enter your reasons for this decision")
	b.fill(map[string]string{"level": "4", "outcome": "section 47", "team": "west-1", "reasons_for": "A bruise on a baby who cannot move.", "reasons_against": "Nobody has asked a doctor.", "not_known": "Who was there.",
		"history_from": "2026-01-01", "history_to": "2026-11-01", "parents_know": "yes, and they agree"})
	b.press("Record the decision")
	b.look("decided")
	b.shows("Decision on a referral recorded", "The child is with others now", "Your receipt")
	b.visit(maya)
	b.shows("This record is closed to you", "Open in an emergency")
}

// The director: the line, a team far below, the rules, the ledger.
func TestDirector(t *testing.T) {
	b := open(t)
	b.be("helen-croft")
	for _, p := range []string{"/owed", "/children", "/team", "/unallocated", "/line", "/line?on=2026-06-01&known=2026-06-01T09:00", "/rules", "/rules/cp.visit", "/ledger", tess} {
		b.visit(p)
	}
	b.visit("/line")
	b.shows("Team manager, East 1", "vacant", "Jo Pell covers")
	b.visit("/line?on=2020-01-01")
	b.visit("/line?known=nonsense")
	b.shows("is not a moment")
	b.visit("/no-such-page")
	b.shows("There is no such page")
}

// A conference chair sees what chairs owe.
func TestChair(t *testing.T) {
	b := open(t)
	b.be("ruth-selby")
	b.shows("review conference")
	b.press("Why this date?")
	b.look("duty")
	b.shows("Why, and why this date")
}

// Without JavaScript everything works: a note is recorded.
func TestWithoutScripts(t *testing.T) {
	b := open(t)
	b.scripts(false)
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "marcus-adeyinka"})
	b.press("Go on as this person")
	b.do(navigate(tess + "/record/note"))
	b.fill(map[string]string{"text": "What has any visit been for?"})
	b.press("Record it")
	b.shows("Note recorded")
}

// By keyboard alone: the skip link is first, and a form can be sent.
func TestKeyboard(t *testing.T) {
	b := open(t)
	b.be("dana-whitlock")
	b.do(navigate(sam + "/record/note"))
	b.key("Tab", 9)
	if got := eval[string](b, "document.activeElement.textContent"); got != "Skip to main content" {
		t.Errorf("the first stop is %q", got)
	}
	b.fill(map[string]string{"text": "Typed by keyboard."})
	eval[bool](b, `(() => { const x = [...document.querySelectorAll("main button")].find(e => e.textContent === "Record it"); x.focus(); window.__old = true; return true })()`)
	b.key("Enter", 13)
	b.arrive()
	b.shows("Note recorded")
}

// The record itself: a request for a copy, words left out of it by two people,
// a dispute, a hold, a proposal to destroy an entry and its answer.
func TestTheRecordItself(t *testing.T) {
	b := open(t)
	b.be("jo-pell")
	b.visit("/disposals")
	b.shows("Records that may be disposed of")
	b.visit(sam + "/record")
	b.shows("Copies of the record", "Keeping the record")
	b.visit(sam + "/record/sar.received")
	b.press("Record it")
	b.look("request with mistakes")
	b.shows("There is a problem", "Choose an answer: who asks")
	b.fill(map[string]string{"by": "a parent for the child", "name": "In the letter", "happened-time": "00:01"})
	b.press("Record it")
	b.look("asked for a copy")
	b.shows("Somebody asked for a copy of this record", "Answer the request for a copy of the record")
	b.visit(sam + "/entries")
	b.press("Child protection plan started")
	b.press("Leave it out of copies")
	b.look("leave out")
	b.press("Record it")
	b.look("leave out with mistakes")
	b.shows("There is a problem", "Enter why it must be left out")
	b.fill(map[string]string{"legal_ground": "Reports given to a court (Schedule 3, paragraph 9)", "why": "It quotes the report."})
	b.press("Record it")
	b.visit(sam + "/copy")
	b.shows("No copy can be made yet")
	b.press("Proposed by Jo Pell")
	b.look("own proposal")
	b.shows("somebody else must agree")
	b.visit(sam + "/record/hold.set")
	b.visit(sam + "/record/disposal.proposed")
	b.shows("What holds it", "The case is open")
	b.fill(map[string]string{"what": "the whole record", "ground": "its time is over", "why": "Nobody asks for it."})
	b.press("Go on")
	b.look("disposal refused")
	b.shows("There is a problem", "The case is open")
	note := eval[string](b, `[...document.querySelectorAll("#entry option")].find(o => o.textContent.startsWith("Note") || o.textContent.startsWith("Visit")).value`)
	b.fill(map[string]string{"what": "one entry", "entry": note, "ground": "erasure ordered", "legal_source": "UK GDPR article 17", "why": "It is another child's."})
	b.press("Go on")
	b.look("disposal: check")
	b.shows("Check before you record", "It is another child's.")
	b.press("Record it")
	b.look("disposal proposed")
	b.shows("Proposed. A second person must agree.")

	b.be("helen-croft")
	b.visit(sam + "/copy")
	b.press("Proposed by Jo Pell")
	b.look("redaction to answer")
	b.fill(map[string]string{"answer": "yes"})
	b.press("Go on")
	b.look("redaction: check")
	b.press("Record it")
	b.visit(sam + "/copy")
	b.shows("Made for", "Made by", "Helen Croft", "Something is left out here", "Schedule 3, paragraph 9")
	b.visit("/disposals")
	b.press("Answer")
	b.look("disposal to answer")
	b.shows("Is this to be destroyed?", "UK GDPR article 17")
	b.press("Go on")
	b.look("disposal without an answer")
	b.shows("Choose your answer")
	b.fill(map[string]string{"answer": "yes"})
	b.press("Go on")
	b.look("disposal agreed: check")
	b.press("Record it")
	b.look("destroyed")
	b.shows("Destroyed: 1 entry")
	b.visit(sam + "/entry/" + note)
	b.shows("This entry was erased")
	b.visit(sam + "/entries")
	b.press("Visit")
	b.press("Somebody disputes it")
	b.look("dispute")
	b.fill(map[string]string{"by": "Her mother", "what": "I was there too.", "happened-time": "00:01"})
	b.press("Record it")
	b.visit(sam + "/entries")
	b.shows("disputed", "I was there too.")
}
