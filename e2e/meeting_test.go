//go:build browser

package e2e

import (
	"testing"
	"time"
)

// A review conference about Sam: the manager plans it from who is around him, without a
// script; a report comes in and is shown to his mother; it is held, recorded on a phone, with
// one who disagrees; and it stands beside the decision.
func TestAReviewConferenceIsPlannedAndHeld(t *testing.T) {
	b := open(t)
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02") }
	// row finds the row of somebody by name, whose number the form gives.
	row := func(name string) string {
		t.Helper()
		n := eval[string](b, `[...document.querySelectorAll('input[name$="-name"]')].find(e => e.value.startsWith("`+name+`"))?.name.replace("-name", "") || ""`)
		if n == "" {
			t.Fatalf("%s is not offered", name)
		}
		return n
	}
	b.scripts(false)
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "jo-pell"})
	b.press("Go on as this person")
	b.do(navigate(sam))
	b.press("Meetings")
	b.shows("Meetings about Sam", "Hold the review conference", "No meeting is planned.", "Core group, ")
	b.press("Plan a review conference")
	b.shows("Plan a meeting about Sam", "Leanne Okell", "working days")
	b.press("Plan the meeting")
	b.shows("There is a problem", "Enter the day of the meeting")
	b.fill(map[string]string{"on": day(14), "at": "10:30", "where": "Town hall, room 2", "chair": "chair-1", "about": "How Sam's evenings and mornings are."})
	dean := row("Dean Marsh")
	eval[bool](b, `(() => { document.querySelector('[name="`+dean+`-in"]').checked = false; return true })()`)
	b.press("Plan the meeting")
	b.shows("Say why Dean Marsh is not invited")
	b.fill(map[string]string{dean + "-not": "He lives abroad and asked for a letter."})
	blank := eval[string](b, `[...document.querySelectorAll('input[type=text][name$="-name"]')].find(e => !e.value)?.name.replace("-name", "") || ""`)
	b.fill(map[string]string{blank + "-name": "Ann Lowry", blank + "-as": "Health visitor", blank + "-agency": "health"})
	b.press("Plan the meeting")
	b.shows("Review conference about Sam", "Town hall, room 2", "no report yet", "He lives abroad", "Share the report with the parents before the review conference")

	b.scripts(true)
	here := eval[string](b, "location.pathname")
	b.visit(here)
	b.look("a meeting before it")
	b.fill(map[string]string{"from": "Ann Lowry", "says": "He has grown, and he sleeps.", "significant_harm": "no", "shown_parents": day(0)})
	b.press(`button[value="report"]`)
	b.shows("report is in", "He has grown, and he sleeps.", "Shown to the parents on")
	b.press("Letter")
	b.shows("Dear ", "We would like you to come", "What you can say")
	b.look("a letter")

	b.visit(here + "/hold")
	b.phone("recording a meeting on a phone")
	b.press("Record the meeting")
	b.shows("There is a problem", "Say whether Leanne Okell was there", "Say what was decided for Sam")
	b.phone("recording a meeting, with mistakes")
	eval[bool](b, `(() => { document.querySelectorAll('input[value="there"]').forEach(e => { const n = document.querySelector('[name="' + e.name.replace("-came", "-name") + '"]'); e.checked = n.value !== "" }); return true })()`)
	b.fill(map[string]string{"on": day(0), "decision": "on", "reasons": "Evenings hold. Mornings do not yet.", "childs_words": "Nan does the light.", "held_without_because": "The nursery wrote and could not come.",
		"d0-name": "Leanne Okell", "d0-agency": "family", "d0-why": "The evenings have held for months.", "a0-what": "Ask about mornings.", "a0-who": "Dana Whitlock", "a0-by": day(7), "next_on": day(90)})
	b.press("Record the meeting")
	b.shows("What was decided", "The plan goes on", "Who disagreed", "The evenings have held for months.", "Nan does the light.", "It was held without", "Ask about mornings.")
	b.look("a meeting after it")
	b.phone("a meeting after it, on a phone")
	b.visit(sam + "/meetings")
	b.shows("1 person disagreed")
	b.look("the meetings")
}
