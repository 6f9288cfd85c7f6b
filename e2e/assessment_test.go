//go:build browser

package e2e

import (
	"strings"
	"testing"
)

// An assessment grows from what is recorded anyway: the worker starts it and answers a
// question without a script, ticks what it rests on, puts an old entry to a question by
// one press, hears from his mother in a form that was there before, and sends it with what
// is open; the manager sends it back, and then signs it by keyboard with the reason; the
// family's paper has the answers.
func TestAnAssessmentGrowsFromEntries(t *testing.T) {
	b := open(t)
	asm := sam + "/assessment"
	b.scripts(false)
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "dana-whitlock"})
	b.press("Go on as this person")
	b.do(navigate(asm))
	b.press("Start an assessment")
	b.press("Record it")
	b.shows("Sam's assessment", "working days left", "Nobody has recorded a talk with Leanne Okell", "No visit since it began saw Sam.", "Nobody has answered:")
	b.do(navigate(asm + "/write/says"))
	b.shows("Mummy's asleep when I get up.")
	b.fill(map[string]string{"text": "He looks after"})
	b.press("Keep it now")
	b.shows("It is not recorded yet: only you see it.")
	b.press("Record it")
	b.scripts(true)

	// One press puts an entry here, and what is typed stays.
	b.visit(asm + "/write/works")
	eval[bool](b, `(() => { const s = document.querySelector("#put"); const o = [...s.options].find(x => x.text.includes("court")); s.value = o.value; document.querySelector("#text").value = "Nan comes when"; return true })()`)
	b.press("Put it here")
	b.shows("Put here by Dana Whitlock.")
	b.until(`document.querySelector("#text").value === "Nan comes when"`)
	b.press("Record it, and go to the next")
	b.shows("What would have to change, and how would Sam notice?")
	b.press("Record it")
	b.shows("There is a problem", "Write what it means for the child")
	b.look("nothing was written")

	// His mother is heard in the form that was there before.
	b.visit(asm)
	b.pressIn("a talk with Leanne Okell", "Record what they say")
	b.fill(map[string]string{"of": "parent", "name": "Mum", "words": "I can't wake up. It's the tablets."})
	b.press("Record it")
	b.shows("I can't wake up. It's the tablets.", "It is recorded.")
	if t := b.text(); strings.Contains(t, "a talk with Leanne Okell") {
		b.t.Error("she is asked for though she was heard")
	}
	b.look("an assessment under way")

	// It is sent with what is open.
	b.visit(asm + "/write")
	b.shows("Before you send it", "2 of 14 answered")
	b.press("Send to Jo Pell")
	b.shows("There is a problem", "Choose what happens next")
	b.look("sent without what comes next")
	b.fill(map[string]string{"next": "the plan that stands goes on", "why": "Somebody is up with him before eight."})
	b.press("Send to Jo Pell")
	b.shows("Version 1 waits to be signed")

	b.be("jo-pell")
	b.visit(asm)
	b.press("Read it")
	b.look("an assessment to be signed")
	b.shows("No visit since it began saw Sam.", "Nobody has answered this.", "Why do you sign it while this is open?")
	b.press("Send it back")
	b.shows("There is a problem", "Enter what to change, and why")
	b.goOn("Sign this assessment")
	b.shows("There is a problem", "Enter why you sign it with this open")
	b.look("signed without a reason")
	b.fill(map[string]string{"open_why": "The review is tomorrow. Dana sees him alone on Friday."})
	b.goOn("Sign this assessment")
	b.shows("Signed by Jo Pell", "It was signed with this open", "Dana sees him alone on Friday.")
	b.look("a signed assessment")
	b.press("Print it for the family")
	b.shows("What we found out about Sam Okell", "The plan that stands goes on", "He looks after")
	if t := b.text(); strings.Contains(t, "tablets") || strings.Contains(t, "nursery, ") {
		b.t.Error("the family's paper says what somebody said alone, or who told us")
	}
	b.look("an assessment on paper")
	b.visit(sam + "/section47")
	b.shows("Section 47 enquiry", "What was found", "A child of three alone in the evening.")
	b.be("priti-nandra") // another child's, half written
	elin := "/child/01900000-0000-7000-8000-00000000000b"
	b.visit(elin + "/assessment")
	b.shows("Nobody has recorded a talk with Paul Garrow, father.", "He says I owe him for the phone.", "Hear from her father before you send it.")
	b.visit(elin + "/assessment/write/danger")
	b.visit(elin + "/section47")
}
