//go:build browser

package e2e

import (
	"strings"
	"testing"
	"time"
)

// Supervision from the sheet: the worker prepares without a script, their manager
// holds the talk, records it child by child with mistakes first, by keyboard too; both
// sign; and the action stands in the worker's list until it is done.
func TestSupervisionIsHeld(t *testing.T) {
	b := open(t)
	id := strings.TrimPrefix(sam, "/child/")
	part := func(name string) string { return `form[action$="/part/` + name + `"] button` }
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02") }

	// The worker prepares their part.
	b.scripts(false)
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "dana-whitlock"})
	b.press("Go on as this person")
	b.press("Supervision with you")
	b.shows("How is Dana, and can the work be done?", "hours owed")
	b.press(part("words"))
	b.shows("There is a problem", "Write how you are")
	b.fill(map[string]string{"words-words": "I am not sleeping well before visits."})
	b.press(part("words"))
	b.fill(map[string]string{"says-prepare-" + id: "Nan has only been asked with Mum there."})
	b.press(part("prepare-" + id))
	b.scripts(true)
	b.visit("/supervision/east-2-3")

	// The manager sees it, and talks.
	b.be("jo-pell")
	b.visit("/team/east-2")
	b.press("Dana Whitlock: the sheet")
	b.look("the sheet, before the talk")
	b.shows("I am not sleeping well before visits.", "Not seen in the interval", "Question to answer")
	b.press("Start the talk now")
	eval[bool](b, `(() => { document.querySelectorAll("details").forEach(d => { d.open = true }); return true })()`)
	b.look("the sheet, every row open")
	b.fill(map[string]string{"changed-child-" + id: "Nothing since September.", "post-child-" + id: "east-2-3"})
	b.press(part("child-" + id))
	b.look("a child with mistakes")
	b.shows("There is a problem", "Write what would change your mind", "Give the day by which it is done")
	b.fill(map[string]string{"asked-child-" + id: "Seeing him before nursery, and ringing Bev alone.", "mind-child-" + id: "If Sam said that the evenings are calm.",
		"decided-child-" + id: "A visit before nursery on Tuesday, not announced.", "why-child-" + id: "He says more when he is alone.", "action-child-" + id: "Visit Sam before nursery", "by-child-" + id: day(6)})
	b.press(part("child-" + id))
	b.shows("talked about")
	b.fill(map[string]string{"will-wellbeing": "A joint visit with Callum this week."})
	b.press(part("wellbeing"))
	b.fill(map[string]string{"said-load": "No duty day on Thursday."})
	b.press(part("load"))
	for eval[bool](b, `!!document.querySelector('form[action*="/part/answer-"]')`) {
		eval[bool](b, `(() => { const f = document.querySelector('form[action*="/part/answer-"]'); f.querySelector('input[value="not yet"]').checked = true; f.querySelector("textarea").value = "There was no time."; return true })()`)
		b.press(`form[action*="/part/answer-"] button`)
	}
	b.press("End the talk")
	for range 60 { // who is due and was not talked about is left, with the reason
		more := eval[string](b, `(() => { const d = [...document.querySelectorAll(".o-rows > details")].find(d => ["Question to answer", "Due today"].includes(d.querySelector(".o-tag").textContent.trim()));
			return d ? d.querySelector('form[action*="/part/later-"]').getAttribute("action").split("/part/")[1] : "" })()`)
		if more == "" {
			break
		}
		b.fill(map[string]string{"why-" + more: "There was no time.", "until-" + more: day(9)})
		b.press(part(more))
	}
	b.look("ready to sign")
	b.shows("Sign as Jo Pell", "Wellbeing asked")
	eval[bool](b, `(() => { window.__old = true; document.querySelector('form[action$="/part/sign"] button').focus(); return true })()`)
	b.key("Enter", 13)
	b.arrive()
	b.look("signed by one")
	b.shows("waits for a signature", "Visit Sam before nursery")
	at := eval[string](b, "location.pathname")

	// The worker signs, with a disagreement; the action is theirs until it is done.
	b.be("dana-whitlock")
	b.shows("Agreed in supervision", "Visit Sam before nursery", "Read and sign")
	b.visit(at)
	b.fill(map[string]string{"disagrees-sign": "I asked for two workers."})
	b.press(part("sign"))
	b.look("signed by both")
	b.shows("with a disagreement", "I asked for two workers.")
	b.visit("/owed")
	b.pressIn("Visit Sam before nursery", "Say how it stands")
	b.press("Save the answer")
	b.look("an answer with mistakes")
	b.shows("There is a problem", "Say how it stands")
	b.fill(map[string]string{"how": "done", "why-action": "Seen on Tuesday, alone."})
	b.press("Save the answer")
	b.look("an action that is done")
	b.shows("done", "Seen on Tuesday, alone.")
	b.visit("/owed")
	if strings.Contains(b.text(), "Visit Sam before nursery") {
		t.Error("it was done, and is owed still")
	}

	// At the tiers above.
	b.be("owen-hartley")
	b.visit("/supervision/director")
	b.shows("Supervision: Helen Croft", "3. The teams")
	b.be("jo-pell")
	b.visit("/team/east-2/supervision")
	b.visit("/rules")
	b.shows("How often supervision is owed")
}
