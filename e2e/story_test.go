//go:build browser

package e2e

import "testing"

// The child's story: in one page for the night, who is around the child, recorded and
// changed, and the chronology, where an event is marked by keyboard alone.
func TestTheChildsStory(t *testing.T) {
	b := open(t)
	b.be("jo-pell")
	b.visit(sam)
	b.press("In one page")
	b.look("in one page")
	b.shows("What is dangerous now", "Not alone with Leanne Okell", "Who answers tonight", "01632 960 100", "In the child's own words", "Late, and due in the next 7 days", "What nobody knows")
	if got := eval[int64](b, `document.querySelectorAll('main a[href^="tel:"]').length`); got < 6 {
		t.Errorf("%d numbers can be rung by pressing them", got)
	}
	b.press("Family and network")
	b.look("family")
	b.shows("Where Sam lives: 9 Alder Walk", "Sam is not safe alone with them", "Nan (Carol Okell)", "Nobody knows whether Sam is safe with them", "Named when somebody told us about Sam", "Craig")
	b.press("Record them")
	b.look("somebody who was named")
	b.press("Record it")
	b.look("somebody with mistakes")
	b.shows("There is a problem", "Choose an answer: which of these is nearest", "Choose an answer: where do they live", "Choose an answer: is the child safe with them")
	b.fill(map[string]string{"role": "friend of the family", "lives": "nobody knows", "safe": "no", "safe_why": "Nan heard him shout at Sam on 2 November.", "telephone": "01632 960 777"})
	b.press("Record it")
	b.look("family with one more")
	b.shows("Family and network. It is recorded.", "Nan heard him shout at Sam", "Sam is not safe with them")
	b.press("Change what is known of Craig")
	b.look("change somebody")
	b.fill(map[string]string{"gone": "Moved to Leeds, says Nan."})
	b.press("Record it")
	b.look("family without him")
	b.shows("Not in Sam's life any more", "Moved to Leeds, says Nan.")
	b.press("Chronology")
	b.look("chronology")
	b.shows("Sam's chronology", "The first time that Sam himself said that he is left alone.", "Where living", "Marked")
	b.visit(sam + "/story?sort=seen&sort=missing&order=oldest&from=2026-06-01")
	b.visit(sam + "/story?from=never")
	b.shows("There is a problem", "Enter a date that is in the calendar")
	b.visit(sam + "/story?sort=seen")
	// By keyboard: to the first Mark, the reason, and the button.
	eval[bool](b, `(() => { const x = [...document.querySelectorAll("main td a")].find(e => e.textContent.trim().startsWith("Mark")); x.focus(); window.__old = true; return true })()`)
	b.key("Enter", 13)
	b.arrive()
	b.look("mark")
	b.fill(map[string]string{"why": "The last time that anybody saw Sam."})
	eval[bool](b, `(() => { const x = [...document.querySelectorAll("main button")].find(e => e.textContent === "Record it"); x.focus(); window.__old = true; return true })()`)
	b.key("Enter", 13)
	b.arrive()
	b.look("marked")
	b.visit(sam + "/story?significant=yes")
	b.shows("The last time that anybody saw Sam.", "2 entries")
	// Without scripts all of it works too.
	b.scripts(false)
	b.do(navigate(sam + "/family"))
	b.shows("Leanne Okell")
	b.do(navigate(sam + "/story"))
	b.press("Show")
	b.shows("Sam's chronology")
}
