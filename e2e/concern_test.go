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
	b.press("Answer")
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
