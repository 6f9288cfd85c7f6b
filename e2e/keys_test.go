//go:build browser

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

func navigate(path string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(base + path) }

// key presses one key of the keyboard.
func (b *tab) key(name string, code int64) {
	b.t.Helper()
	text := ""
	if name == "Enter" {
		text = "\r"
	}
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for _, kind := range []string{"keyDown", "keyUp"} {
			if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventType(kind), Key: name, Code: name, WindowsVirtualKeyCode: code, Text: text}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// arrive waits for another page.
func (b *tab) arrive() {
	b.t.Helper()
	for range 200 {
		// A page that is just being replaced answers with an error: not there yet.
		there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`window.__old === undefined && document.readyState === "complete" && !!document.querySelector("h1")`))
		if err == nil && there {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatal("no other page came")
}

// tabTo presses Tab until what stands at a place of the page, or begins with these
// words, has the focus.
func (b *tab) tabTo(what string) {
	b.t.Helper()
	for range 400 {
		b.key("Tab", 9)
		if eval[bool](b, fmt.Sprintf(`(() => { const w = %q, e = document.activeElement; if (!e || e === document.body) return false;
			try { if (e.matches(w)) return true } catch {}
			return e.textContent.trim().startsWith(w) })()`, what)) {
			return
		}
	}
	b.t.Fatalf("no key leads to %s, on %s", what, eval[string](b, "location.pathname"))
}

// goOn presses Enter where the focus is, and waits for another page.
func (b *tab) goOn(what string) {
	b.t.Helper()
	b.tabTo(what)
	eval[bool](b, `(window.__old = true)`)
	b.key("Enter", 13)
	b.arrive()
}

// types writes where the focus is.
func (b *tab) types(text string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for _, c := range text {
			if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Key: string(c), Text: string(c)}); err != nil {
				return err
			}
			if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: string(c)}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// choose walks through a list or a group of radios with the arrows to a value.
func (b *tab) chooseBy(name, value string) {
	b.t.Helper()
	b.tabTo(`[name="` + name + `"]`)
	on := `document.activeElement.value`
	if eval[string](b, "document.activeElement.type") == "radio" {
		b.types(" ") // the first one, where none was chosen
	}
	for range 200 {
		if eval[string](b, on) == value {
			return
		}
		b.key("ArrowDown", 40)
	}
	b.t.Fatalf("the arrows do not lead to %s of %s", value, name)
}

// By keyboard alone and without any script: from a referral that is stored to a worker
// who has taken the child. Every page of the way is free of faults for axe.
func TestFromAStoredReferralToAnAcceptedAllocationByKeyboard(t *testing.T) {
	b := open(t)
	b.scripts(false)
	look := func(name string) {
		t.Helper()
		b.scripts(true)
		b.look("keyboard: " + name)
		b.scripts(false)
	}
	be := func(name string) {
		t.Helper()
		b.do(navigate("/"))
		b.tabTo(`[name="person"]`)
		b.types(name)
		if got := eval[string](b, `document.activeElement.selectedOptions[0].textContent`); !strings.HasPrefix(got, name) {
			t.Fatalf("typing %q in the list chooses %q", name, got)
		}
		b.goOn("Go on as this person")
	}
	b.do(navigate("/tell-us"))
	for _, f := range [][2]string{{"what", "Nobody fetched him from school, for the third time."}, {"given-1", "Teo"}, {"family-1", "Arkwright"}, {"from", "school"}} {
		b.tabTo(`[name="` + f[0] + `"]`)
		b.types(f[1])
	}
	b.goOn("Send it")
	b.shows("We have it")

	be("Gwen Tarr")
	b.goOn("Front door")
	for page := 0; !strings.Contains(b.text(), "Teo Arkwright"); page++ {
		if page > 20 {
			t.Fatal("what was told is not in the queue")
		}
		b.goOn("Next")
	}
	look("the queue")
	row := eval[string](b, `[...document.querySelectorAll("main li, main tr")].filter(x => x.innerText.includes("Teo Arkwright")).pop().querySelector('a[href^="/front-door/"]').getAttribute("href")`)
	b.goOn(`a[href="` + row + `"]`)
	look("decide")
	for _, f := range [][2]string{{"level", "3"}, {"outcome", "assess"}, {"team", "east-2"}} {
		b.chooseBy(f[0], f[1])
	}
	for _, f := range [][2]string{{"reasons_for", "The third time in a month."}, {"reasons_against", "His mother was in hospital."}, {"not_known", "Who is at home."}, {"history_from", "01012026"}, {"history_to", "11012026"}} {
		b.tabTo(`[name="` + f[0] + `"]`)
		b.types(f[1])
	}
	b.chooseBy("parents_know", "yes, and they agree")
	b.goOn("Record the decision")

	be("Jo Pell")
	b.goOn("Unallocated")
	for page := 0; !strings.Contains(b.text(), "Teo Arkwright"); page++ {
		if page > 20 {
			t.Fatal("the child stands in no list of children without a worker")
		}
		b.goOn("Next")
	}
	look("no worker yet")
	row = eval[string](b, `[...document.querySelectorAll("main tr")].filter(x => x.innerText.includes("Teo Arkwright")).pop().querySelector("a.o-btn").getAttribute("href")`)
	b.goOn(`a[href="` + row + `"]`)
	look("choose a worker")
	b.tabTo(`[name="post"]`)
	b.types(" ")
	worker := eval[string](b, `document.activeElement.closest("tr").querySelector("th").firstChild.textContent.trim()`)
	b.goOn("Work it out for this worker")
	look("what it comes to")
	b.shows("Nobody has answered for", worker+" can object")
	b.goOn("Ask " + worker)
	look("choose a worker, with mistakes")
	b.shows("There is a problem", "Enter why this worker")
	if strings.Contains(b.text(), "would be over") { // as the demonstration stands, whoever has most room may have none
		b.tabTo(`[name="added"]`)
		b.types("80")
		b.tabTo(`[name="added_what"]`)
		b.types("An agency's worker")
	}
	b.tabTo(`[name="why"]`)
	b.types("Knows the school.")
	b.goOn("Ask " + worker)
	look("asked")
	b.shows("Worker asked", worker+" is asked to take Teo", "An answer is due")

	be(worker)
	look("what the worker owes")
	b.shows("Say whether you take this child")
	row = eval[string](b, `[...document.querySelectorAll("main a")].find(x => x.getAttribute("href").endsWith("/asked")).getAttribute("href")`)
	b.goOn(`a[href="` + row + `"]`)
	look("asked, as the worker sees it")
	b.goOn("Yes, I take Teo")
	look("taken")
	b.shows("Child taken recorded", worker)
	b.goOn("My children")
	b.shows("Teo Arkwright")
}
