//go:build browser

package e2e

import (
	"context"
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
