//go:build browser

package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A manager looks back: her lists as they were, a post and a child over a time. Then
// she records the supervision that she owes, and it is owed no more.
func TestLookingBack(t *testing.T) {
	b := open(t)
	b.be("jo-pell")
	at := "?known=" + time.Now().UTC().AddDate(0, 0, -20).Format("2006-01-02T15:04")
	for _, path := range []string{"/owed", "/team/east-2", "/unallocated", "/children", "/concerns", "/decisions"} {
		b.do(chromedp.Navigate(b.base() + path + at))
		for n := 0; n < 120; n++ { // "Just a moment": the page asks again by itself, and a question may fall into that
			there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`!!document.body && document.body.innerText.includes("Back to now")`))
			if err == nil && there {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
		b.look(path + " of the past")
		b.shows("Back to now", "Showing only what had been recorded by")
	}
	b.press(".o-known__back")
	b.shows("Showing now. Pick a past moment")
	b.visit("/team/east-2")
	b.visit("/post/east-2-3/context")
	b.shows("Could it be done?", "more hours were owed than there were", "I have 17 children", "Not held, with Dana Whitlock")
	b.visit("/post/east-2-3/context?from=2026-13-01&to=")
	b.shows("There is a problem", "Enter the first day as a date")
	b.visit(sam + "/context")
	b.shows("Who had the child", "Not done in its time", "Dana Whitlock")

	b.visit("/owed")
	b.pressIn("Dana Whitlock, social worker, East 2. Hold supervision", "Prepare it")
	b.look("supervision to prepare")
	b.shows("Supervision: Dana Whitlock", "Last time's actions", "Before signing")
	b.visit("/line")
	b.shows("Supervision", "by chief executive")
}
