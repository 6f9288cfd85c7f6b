//go:build browser

// Package e2e walks through the demonstration in a real browser: one journey
// for each role, with axe on every page and every error state.
//
//	make assets && go test -tags browser ./e2e
//
// With ONUS_SCREENSHOTS=1 it keeps a picture of every page in e2e/screenshots.
package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var base, bin string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "onus-e2e-*")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	bin = filepath.Join(dir, "onus")
	if out, err := exec.Command("go", "build", "-o", bin, "../cmd/onus").CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build: %w\n%s", err, out)
	}
	srv := exec.Command(bin, "serve", "--demo", "--quiet", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
	srv.Stderr = os.Stderr
	srv.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := srv.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := srv.Start(); err != nil {
		return 1, err
	}
	defer func() {
		srv.Process.Signal(syscall.SIGTERM)
		srv.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return 1, fmt.Errorf("the server said nothing: %w", err)
	}
	base = regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	if base == "" {
		return 1, fmt.Errorf("the server's line has no address: %s", line)
	}
	return m.Run(), nil
}

// tab is a browser's tab with what a person does in it.
type tab struct {
	t   *testing.T
	ctx context.Context
	axe string
	at  string // the address of another server than the demonstration's
}

// base is the address of the server that the tab looks at.
func (b *tab) base() string {
	if b.at != "" {
		return b.at
	}
	return base
}

func open(t *testing.T) *tab {
	t.Helper()
	return start(t, false)
}

// start starts a browser, and once more where it did not start.
func start(t *testing.T, again bool) *tab {
	t.Helper()
	axe, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run `make assets` first", err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(stop)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	t.Cleanup(stopAllocator)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	b := &tab{t: t, ctx: ctx, axe: string(axe)}
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(1240, 900)); err != nil && strings.Contains(err.Error(), "failed to start") && !again {
		return start(t, true) // a browser that the machine did not let start says nothing about Onus
	} else if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) do(a chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, a); err != nil {
		b.t.Fatal(err)
	}
}

func eval[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.t.Fatalf("%v: %s", err, js)
	}
	return v
}

// visit goes to a page of ours and looks at it.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base() + path))
	b.look(path)
}

// look checks the page that is shown: axe finds nothing, and at 320 pixels
// nothing has to be scrolled sideways.
func (b *tab) look(name string) {
	b.t.Helper()
	if t := eval[string](b, "document.title"); t == "" || strings.Contains(t, "Something went wrong") {
		b.t.Fatalf("%s: title %q", name, t)
	}
	for _, fault := range b.faults() {
		b.t.Errorf("%s: %s", name, fault)
	}
	b.do(chromedp.EmulateViewport(320, 800))
	if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > 320 {
		b.t.Errorf("%s: at 320 the page is %d wide: it scrolls sideways", name, wide)
	}
	b.picture(name + "-320")
	b.do(chromedp.EmulateViewport(1240, 900))
	b.picture(name)
}

func (b *tab) faults() []string {
	b.t.Helper()
	const run = `axe.run({runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22a","wcag22aa"]}).then(r =>
		JSON.stringify(r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.failureSummary + "\n" + n.html))))`
	if err := chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](b.axe)); err != nil {
		b.t.Fatal(err)
	}
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

func (b *tab) picture(name string) {
	if os.Getenv("ONUS_SCREENSHOTS") == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	os.MkdirAll("screenshots", 0o755)
	file := filepath.Join("screenshots", strings.Trim(notName.ReplaceAllString(strings.ToLower(b.t.Name()+"-"+name), "-"), "-")+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// press clicks what a selector names, or what has the given words, and waits
// until another page is there.
func (b *tab) press(what string) {
	b.t.Helper()
	found := eval[bool](b, fmt.Sprintf(`(() => { window.__old = true; const w = %q;
		let e = null; try { e = document.querySelector(w) } catch {}
		e = e || [...document.querySelectorAll("main a, main button, nav a, header button, header a")].find(x => x.textContent.trim().startsWith(w));
		if (!e) return false; e.click(); return true })()`, what))
	if !found {
		b.t.Fatalf("nothing to press: %s, on %s", what, eval[string](b, "location.pathname"))
	}
	b.arrive()
}

// pressIn presses a link or button of the one row of a list that says something.
func (b *tab) pressIn(row, what string) {
	b.t.Helper()
	found := eval[bool](b, fmt.Sprintf(`(() => { window.__old = true;
		const row = [...document.querySelectorAll("main li, main tr")].filter(x => x.innerText.includes(%q)).pop();
		const e = row && [...row.querySelectorAll("a, button")].find(x => x.textContent.trim().startsWith(%q));
		if (!e) return false; e.click(); return true })()`, row, what))
	if !found {
		b.t.Fatalf("nothing to press: %s in the row %q, on %s", what, row, eval[string](b, "location.pathname"))
	}
	b.arrive()
}

// fill types into fields by their names; radios are chosen by value.
func (b *tab) fill(fields map[string]string) {
	b.t.Helper()
	for name, value := range fields {
		ok := eval[bool](b, fmt.Sprintf(`(() => { const n = %q, v = %q; const own = document.getElementById(n); const es = own && own.type !== "radio" ? [own] : [...document.getElementsByName(n)]; if (!es.length) return false;
			if (es[0].type === "radio") { const r = es.find(e => e.value === v); if (!r) return false; r.checked = true; return true }
			es[0].value = v; return es[0].value === v })()`, name, value))
		if !ok {
			b.t.Fatalf("no field %s that takes %q", name, value)
		}
	}
}

func (b *tab) text() string { return eval[string](b, "document.body.innerText") }

func (b *tab) shows(words ...string) {
	b.t.Helper()
	text := b.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Errorf("the page does not show %q:\n%.1500s", w, text)
		}
	}
}

// be signs in by the door of the demonstration.
func (b *tab) be(person string) {
	b.t.Helper()
	b.visit("/")
	b.fill(map[string]string{"person": person})
	b.press("Go on as this person")
	b.look("owed")
}

func (b *tab) scripts(on bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}
