//go:build browser

package e2e

import "testing"

// A director asks what a rule would cost, and adopts rules: with mistakes first.
func TestDirectorAndTheRules(t *testing.T) {
	b := open(t)
	b.visit("/rules")
	b.look("the rules, not signed in")
	b.be("helen-croft")
	for _, p := range []string{"/rules?q=review", "/rules?q=zebra", "/rules?full=1&status=law", "/rules/care.visit", "/rules/adopted"} {
		b.visit(p)
	}
	b.visit("/rules/price?rule=cp.visit")
	b.fill(map[string]string{"within": "5 moons", "weeks": "many"})
	b.press("What would it cost?")
	b.look("price with mistakes")
	b.shows("There is a problem", "there is no unit", "a number of weeks")
	b.fill(map[string]string{"within": "5 working days", "every": "5 working days", "weeks": "26"})
	b.press("What would it cost?")
	b.look("price")
	b.shows("more hours of work a week", "By team")
	b.visit("/rules/adopt")
	b.fill(map[string]string{"from": ""})
	b.press("Check what would change")
	b.look("adopt with mistakes")
	b.shows("Enter the day from which they count", "Enter why these rules are adopted")
}
