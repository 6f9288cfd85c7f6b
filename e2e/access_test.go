//go:build browser

package e2e

import (
	"strings"
	"testing"
)

// A worker of another team opens a record in an emergency; the child's worker is
// told, and somebody independent reviews it. The record is restricted, somebody
// is let in, and whoever knows the family is shut out.
func TestWhoMayOpenARecord(t *testing.T) {
	b := open(t)
	b.be("p-west-1-1")
	b.visit("/who-may")
	b.shows("A worker", "The rule as it is enforced")
	b.visit(elin)
	b.shows("This record is closed to you", "Ask ")
	if strings.Contains(b.text(), "Elin ") {
		t.Error("a name stands on a page that is closed")
	}
	b.visit(sam)
	b.shows("This record is closed to you", "Dana Whitlock")
	b.press("Open in an emergency")
	b.look("open in an emergency")
	b.press("Go on")
	b.look("open in an emergency, with mistakes")
	b.shows("There is a problem", "Enter why you must open this record now")
	b.fill(map[string]string{"why": "The police ask where he is.", "hours": "2"})
	b.press("Go on")
	b.shows("Check before you record", "2 hours")
	b.press("Record it")
	b.look("opened in an emergency")
	b.shows("Sam Okell", "Opened in an emergency by", "It waits for its review")
	b.visit("/looks")
	b.shows("Sam Okell", "Opened in an emergency")

	b.be("dana-whitlock")
	b.shows("Opened in an emergency in the last two weeks", "Sam Okell")
	b.visit(sam + "/readers")
	b.shows("As the child's worker", "Refused")

	b.be("p-head-quality")
	b.shows("Look at why a record was opened in an emergency")
	b.press("Review the emergency opening")
	b.look("review an emergency opening")
	b.shows("The police ask where he is.")
	b.fill(map[string]string{"outcome": "it was needed", "why": "The police confirm it."})
	b.press("Record it")
	b.shows("Your review is recorded")

	b.be("jo-pell")
	b.visit(elin)
	b.press("Record something else")
	b.press("Restrict this record")
	b.look("restrict")
	b.press("Go on")
	b.look("restrict, with mistakes")
	b.fill(map[string]string{"category": "adoption", "why": "The adopters work here.", "owner": "manager-east-2", "review_by": "2099-01-01"})
	b.press("Go on")
	b.shows("within 90 days")
	b.visit("/questions")
	b.shows("Questions about looks")

	b.be("marcus-adeyinka")
	b.visit("/audits")
	b.press("Draw")
	b.look("draw with mistakes")
	b.shows("There is a problem")

	b.be("p-east-1-1")
	b.visit(sam + "/record/relation.declared")
	b.fill(map[string]string{"relation": "friend or neighbour"})
	b.press("Go on")
	b.press("Record it")
	b.look("relation declared")
	b.shows("That record is closed to you now")
	b.visit(sam)
	b.shows("Nobody opens their own record")
	if strings.Contains(b.text(), "Open in an emergency") {
		t.Error("who knows the family is offered an emergency opening")
	}
}
