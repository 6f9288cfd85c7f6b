//go:build browser

package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// ends waits until a check of a return has ended: its page leads on by itself.
func (b *tab) ends(path string) {
	b.t.Helper()
	for range 600 {
		at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname : ""`))
		if err == nil && at == path {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatal("the check did not end")
}

// A performance analyst has the census checked and sees how it stands; the director opens
// a rule, and the child behind it.
func TestAReturnIsCheckedAndMended(t *testing.T) {
	b := open(t)
	b.be("p-performance")
	b.press("Returns")
	b.look("returns")
	b.shows("Children in need census", "Check now")
	b.pressIn("Children in need census", "Check now")
	b.shows("Checking: Children in need census")
	b.ends("/returns/cin")
	b.look("how the census stands")
	b.shows("Not ready to go", "What is to be mended", "By team", "How full the fields are", "History")
	eval[int64](b, `(() => { const all = [...document.querySelectorAll("main details")]; all.forEach(x => x.open = true); return all.length })()`)
	b.look("how the census stands, all of it open")
	b.press("Take it away")
	b.look("take it away")
	b.fill(map[string]string{"authority": "12", "serial": "x"})
	b.press("Check it")
	b.look("mistakes in the form of the file")
	b.shows("There is a problem", "Enter the three digits of the authority")
	b.fill(map[string]string{"authority": "999", "serial": "001"})
	b.press("Check it")
	b.look("what the check says before the file is taken")
	b.shows("Not ready to go", "Take it away all the same", "Leave it, and mend what is wrong")
	b.visit("/returns/data")
	b.look("what returns are checked with")
	eval[int64](b, `(() => { const all = [...document.querySelectorAll("main details")]; all.forEach(x => x.open = true); return all.length })()`)
	b.look("what returns are checked with, all of it open")
	b.press("Keep it: Postcode directory")
	b.look("mistakes in what returns are checked with")
	b.shows("There is a problem", "Choose a file")

	b.be("helen-croft")
	b.visit("/returns/cin")
	b.press("8736")
	b.look("a rule")
	b.shows("Rule 8736", "What to do:", "By team", "Where it is mended")
	child := eval[string](b, `document.querySelector("main tbody th a").textContent.split(",")[0]`)
	b.press("main tbody th a")
	b.look("the child behind it")
	b.shows(child)

	b.be("jo-pell")
	b.visit("/returns/cin/team/east-2")
	b.shows("East 2: what is to be mended", "Child by child")
}
