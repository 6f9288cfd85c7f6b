//go:build browser

// These tests need Chromium, node_modules and built assets:
//
//	make assets && go test -tags browser ./internal/web/shell/gallery
package gallery

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"onus/internal/web/assets"
)

var screenshots = flag.String("screenshots", "", "folder to write pictures of the pages to")

// policy is as strict as a policy for these pages can be.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	if err := assets.Check(); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	for name, page := range pages {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			templ.Handler(page).ServeHTTP(w, r)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(stop)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	t.Cleanup(stopAllocator)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	return ctx
}

func TestPagesAreAccessibleAndFitAtEveryWidth(t *testing.T) {
	axe, err := os.ReadFile("../../../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run `make assets` first", err)
	}
	server, ctx := serve(t), browser(t)
	for name := range pages {
		for _, width := range []int64{1240, 760, 500, 320} {
			t.Run(fmt.Sprintf("%s at %d", name, width), func(t *testing.T) {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(server.URL+"/"+name)); err != nil {
					t.Fatal(err)
				}
				wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
				if err != nil {
					t.Fatal(err)
				}
				if wide > width {
					t.Errorf("the page is %d wide: it scrolls sideways", wide)
				}
				for _, fault := range faults(t, ctx, string(axe)) {
					t.Error(fault)
				}
				if *screenshots != "" {
					picture(t, ctx, filepath.Join(*screenshots, fmt.Sprintf("%s-%d.png", name, width)))
				}
			})
		}
	}
}

// faults runs axe with every rule of WCAG 2.2 A and AA and axe's best practices.
func faults(t *testing.T, ctx context.Context, axe string) []string {
	t.Helper()
	const run = `axe.run({runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22a","wcag22aa","best-practice"]}).then(r =>
		JSON.stringify(r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.failureSummary + "\n" + n.html))))`
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
		t.Fatal(err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestFocusIsSeen walks each page with the tab key and asks of each stop that
// something around it changes.
func TestFocusIsSeen(t *testing.T) {
	server, ctx := serve(t), browser(t)
	focused := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
	const look = `[...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']")].filter(e => e.checkVisibility()).flatMap(e => {
		const own = e => { const s = getComputedStyle(e), b = getComputedStyle(e, "::before"), l = e.nextElementSibling ? getComputedStyle(e.nextElementSibling, "::before") : b;
			return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor, b.boxShadow, l.outlineStyle, l.boxShadow].join("|") };
		document.activeElement.blur(); const before = own(e);
		e.focus({focusVisible: true}); const after = own(e);
		return before === after ? [e.outerHTML] : [] })`
	for name := range pages {
		if err := chromedp.Do(ctx, focused, chromedp.Navigate(server.URL+"/"+name)); err != nil {
			t.Fatal(err)
		}
		unseen, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](look))
		if err != nil {
			t.Fatal(err)
		}
		if len(unseen) > 0 {
			t.Errorf("%s: no change on focus:\n%s", name, strings.Join(unseen, "\n"))
		}
	}
}

// TestAConditionalPartFollowsItsRadio with the script and without.
func TestAConditionalPartFollowsItsRadio(t *testing.T) {
	server, ctx := serve(t), browser(t)
	const shown = `document.getElementById("conditional-alone").checkVisibility()`
	for _, off := range []bool{false, true} {
		script := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
			return err
		})
		if err := chromedp.Do(ctx, script, chromedp.Navigate(server.URL+"/form")); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			click string
			want  bool
		}{{"", false}, {"#alone", true}, {"#alone-2", false}} {
			if step.click != "" {
				if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(step.click))); err != nil {
					t.Fatal(err)
				}
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[bool](shown))
			if err != nil {
				t.Fatal(err)
			}
			if got != step.want {
				t.Errorf("script off %t, after %q: shown %t, want %t", off, step.click, got, step.want)
			}
		}
	}
}

func picture(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
