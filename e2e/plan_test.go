//go:build browser

package e2e

import (
	"strings"
	"testing"
	"time"
)

// A plan that says little is written again: the worker begins from what stands, without a
// script at first; what is weak is pointed out, with a script while it is typed; what stays
// has a reason; the manager reads both versions beside each other and approves, by
// keyboard; a visit for the goal, a number and the child's words stand beside it.
func TestAPlanIsWrittenAgain(t *testing.T) {
	b := open(t)
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02") }
	b.scripts(false)
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "dana-whitlock"})
	b.press("Go on as this person")
	b.do(navigate(sam + "/plan"))
	b.shows("Version 2", "Mum to ensure appropriate supervision at all times.", "what do you see that makes it that number?")
	b.press("Write the next version")
	b.shows("Only you can see it until you send it to Jo Pell.", "worth another look")
	b.do(navigate(sam + "/plan/write/g1"))
	b.shows("Worth another look", "Nearly the same as now", "places in the plan are worth another look")
	b.fill(map[string]string{
		"worry":  "On 8 and 10 September Sam (4) was at home in the evening with no adult. Nan found him trying to light the hob for his tea. Nan, nursery and we are worried that he will be burned, and that he is scared.",
		"change": "Mum, Nan or Auntie Bev is at home with Sam every evening from 5pm, and all night.",
		"weeks":  "many"})
	b.press("Save and look again")
	b.shows("There is a problem", "Enter for how many weeks it must hold", "No weak wording.")
	b.scripts(true)
	b.visit(sam + "/plan/write/g1")
	b.look("a goal while it is written")
	b.fill(map[string]string{"start": day(9), "weeks": "8", "help-what-0": "Comes on Tuesdays and Thursdays at 5pm", "help-who-0": "Ruth Amadi", "help-from-0": day(3),
		"if_not":      "If two evenings are missed, Jo Pell meets Mum within 2 working days. They talk about Sam staying with Nan, and whether we must ask a lawyer.",
		"plan_b":      "Ring until someone says yes. Sam is never left alone, not even for ten minutes.",
		"ring-name-0": "Nan", "ring-number-0": "01632 960 118", "ring-name-1": "Auntie Bev", "ring-number-1": "01632 960 127"})
	// What is noticed comes while it is typed.
	eval[bool](b, `(() => { const e = document.querySelector("#measure"); e.value = ""; e.focus(); return true })()`)
	b.types("Mum attends appointments.")
	b.until(`document.querySelector("#noticed-measure").textContent.includes("attends appointments")`)
	eval[bool](b, `(() => { const e = document.querySelector("#measure"); e.value = ""; e.focus(); return true })()`)
	b.types("Nan or Auntie Bev texts by 7pm to say who is with Sam. Nursery asks Sam on Mondays. Now: 4 evenings in 7.")
	b.until(`document.querySelector("#noticed-measure").textContent.includes("No weak wording.")`)
	b.press("Save and look again")
	b.press("Save, and see the whole plan")
	b.press(`button[value="drop g3"]`)
	b.press(`button[value="drop g2"]`)
	b.shows("Evenings")
	b.look("the whole draft")
	b.press("Send to Jo Pell")
	if strings.Contains(b.text(), "There is a problem") { // what is left is kept, with the reason
		b.look("the draft with what is open")
		b.visit(sam + "/plan/write/g1")
		eval[bool](b, `(() => { document.querySelectorAll('[name^="keep-"]').forEach(e => { e.value = "Nan asked for these words." }); return true })()`)
		b.press("Save, and see the whole plan")
		b.press("Send to Jo Pell")
	}
	b.shows("waits for approval")

	// The manager reads both, and approves by keyboard.
	b.be("jo-pell")
	b.visit(sam + "/plan")
	b.press("Read it")
	b.look("two versions side by side")
	b.shows("Mum to ensure appropriate supervision at all times.", "Mum, Nan or Auntie Bev is at home with Sam", "left out")
	b.press("Send it back")
	b.shows("There is a problem", "Enter what to change, and why")
	b.goOn("Approve this version")
	b.shows("Version 3, written by Dana Whitlock, approved by Jo Pell")
	b.look("the plan that stands")

	// The goal lives: a number, the child's words, how far it has come.
	b.be("dana-whitlock")
	b.visit(sam + "/record/view?goal=g1")
	b.look("what somebody says")
	b.press("Record it")
	b.shows("There is a problem", "whose view is it")
	eval[bool](b, `(() => { document.querySelector('[name=of][value=child]').checked = true; document.querySelector('[name=scale][value="6"]').checked = true; return true })()`)
	b.fill(map[string]string{"words": "Bev made pancakes.", "how": "Talked, on the way to nursery."})
	b.press("Record it")
	b.shows("Bev made pancakes.", "6 of 10")
	b.visit(sam + "/record/goal.moved?goal=g1")
	eval[bool](b, `(() => { document.querySelector('[name=state][value=doing]').checked = true; document.querySelector('[name=how_known][value=said]').checked = true; return true })()`)
	b.press("Record it")
	b.shows("Said only")

	// Closing asks what is still owed.
	b.be("jo-pell")
	b.visit(sam + "/close")
	b.look("closing")
	b.shows("The protection plan stands", "What the plan reached", "What is still owed")
	b.press("Close the case")
	b.shows("There is a problem", "End the protection plan before you close the case", "Choose why the case is closed")
	b.look("closing with mistakes")
}
