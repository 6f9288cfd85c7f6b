//go:build browser

package e2e

import "testing"

// A warning from the worker's page to the verdict: with mistakes, by the line,
// and without scripts.
func TestAWarningIsHeard(t *testing.T) {
	b := open(t)
	b.be("dana-whitlock")
	b.visit(sam)
	b.press("Raise a concern")
	b.look("raise")
	b.shows("Jo Pell, team manager", "In confidence, through the guardian", "The child whose record you came from", "Your hours, next four weeks")
	b.press("Raise it")
	b.look("raise with mistakes")
	b.shows("There is a problem", "Write what is wrong, and what you ask for")
	b.fill(map[string]string{"text": "I have 17 children and 27 hours. Something will be missed, and it will be a child. Take four children from me, or take me off the desk."})
	b.press("Raise it")
	b.look("concern, raised")
	b.shows("Your concern is raised", "Jo Pell", "is told", "Nobody yet.", "Get the receipt")
	b.visit("/concerns")
	b.look("concerns of a worker")
	b.shows("I have 17 children and 27 hours", "answer due", "fewer than 5")

	b.be("jo-pell")
	b.shows("Warnings", "Answer: I have 17 children and 27 hours")
	b.pressIn("Answer: I have 17 children and 27 hours", "Answer")
	b.look("concern to answer")
	b.shows("Your answer is due", "The clock still runs", "Say that you have it by")
	b.press("Send the answer")
	b.look("answer with mistakes")
	b.shows("There is a problem", "Write your words to whoever raised it", "Say at least one thing that will be done")
	b.scripts(false)
	b.fill(map[string]string{"words": "You were right. You come off the desk today.", "what-1": "Off the duty desk", "post-1": "manager-east-2", "by-1": "2099-01-05", "reason": "Two visits a week are the desk."})
	b.press("Send the answer")
	b.scripts(true)
	b.shows("answered", "You were right", "Off the duty desk", "not yet")
	b.look("concern, answered")

	b.be("dana-whitlock")
	b.shows("Say whether it is put right")
	b.press("Read the answer")
	b.look("the answer, for whoever raised it")
	b.press("Give my verdict")
	b.shows("Say whether it is put right")
	b.fill(map[string]string{"verdict": "not"})
	b.press("Give my verdict")
	b.shows("not put right", "Priti Nandra")
	b.look("sent on")
	b.be("miriam-achebe")
	b.visit("/concerns")
	b.look("concerns of the guardian")
}

// A reviewer looks back at a missed visit: first as it was known, and what came
// later only after their own account.
func TestAsItWasKnown(t *testing.T) {
	b := open(t)
	b.be("jo-pell")
	b.visit(sam + "/duties")
	if !eval[bool](b, `(() => { const row = [...document.querySelectorAll("main tr")].find(r => /See the child/.test(r.textContent) && /late/.test(r.textContent)); if (!row) return false; location.href = row.querySelector("a").href; return true })()`) {
		t.Fatal("no late visit in the list of duties")
	}
	b.until(`/\/duty\//.test(location.pathname)`)
	b.press("As it was known on that day")
	b.look("as it was known")
	b.shows("As it was known: see the child", "Could it be done?", "Write this first", "held back", "Told, opened and answered are three facts")
	b.press("Save, and show what came later")
	b.look("account with mistakes")
	b.shows("There is a problem", "Write why what each person did made sense to them then")
	b.fill(map[string]string{"what_was_known": "Every tier had been told.", "why_it_made_sense": "The court came first: missing it had a certain cost.", "what_could_have_been_done": "The duty desk could have been lifted."})
	b.press("Save, and show what came later")
	b.look("as it was known, and what came later")
	b.shows("Your account, written first", "Opened to you on", "Every tier had been told.")
}

// A manager changes the line on pages: with mistakes, with a check, from a
// spreadsheet; and what was an empty post is no longer owed.
func TestTheLineIsChangedOnPages(t *testing.T) {
	b := open(t)
	b.be("priti-nandra")
	b.visit("/line")
	b.look("the line")
	b.press("Change the line")
	b.look("what to change in the line")
	b.press("Another post covers a post")
	b.look("a cover")
	b.press("Go on")
	b.look("a cover with mistakes")
	b.shows("There is a problem", "Choose an answer: which post is covered")
	b.fill(map[string]string{"post": "east-1-5", "by": "east-1-1", "why": "until it is filled"})
	b.press("Go on")
	b.look("a cover, to check")
	b.shows("Check before you record", "until it is filled")
	b.press("Record it")
	b.shows("covered by social worker, East 1")
	b.visit("/line/csv")
	b.look("the line from a spreadsheet")
	b.fill(map[string]string{"text": "post,title,tier,shoe\n"})
	b.press("See what would change")
	b.look("the line from a spreadsheet, with mistakes")
	b.shows("There is no column called")
	b.fill(map[string]string{"text": "post,title,tier,team,above,hours,person,name\neast-1-9,\"Social worker, East 1\",social worker,east-1,manager-east-1,37,ann-bright,Ann Bright\n"})
	b.press("See what would change")
	b.look("the line from a spreadsheet, to check")
	b.shows("Check before you record", "Ann Bright")
	b.press("Record 4 changes")
	b.shows("Ann Bright")
}
