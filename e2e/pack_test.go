//go:build browser

package e2e

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A worker's own pack, from asking to the PDF and a check without any server: with
// mistakes first.
func TestAPackForAHearing(t *testing.T) {
	b := open(t)
	b.be("dana-whitlock")
	b.visit("/concerns")
	b.press("A pack for a hearing")
	b.look("no pack yet")
	b.press("Ask for a pack")
	b.look("ask for a pack")
	b.press("Ask for it")
	b.look("ask for a pack with mistakes")
	b.shows("There is a problem", "Write what the hearing is about", "Choose before whom", "Give the first day")
	day := func(back int) string { return time.Now().AddDate(0, 0, -back).Format("2006-01-02") }
	b.fill(map[string]string{"matter": "Visits in autumn", "before": "Social Work England", "from": day(60), "to": day(1)})
	b.press("Ask for it")
	b.look("a pack being prepared")
	b.shows("being prepared", "Visits in autumn", "Who has it")
	at := eval[string](b, "location.pathname")

	b.be("priti-nandra")
	b.shows("A pack for a hearing")
	b.visit(at)
	b.look("preparing a pack")
	b.press("Ask a second person")
	b.look("leaving out with mistakes")
	b.shows("Choose the legal ground", "Write why it must be left out")
	ground := eval[string](b, `document.getElementById("ground-1").options[1].value`)
	b.fill(map[string]string{"ground-1": ground, "why-1": "It is about a neighbour"})
	b.press("Ask a second person")
	b.shows("Waits for a second person", "Somebody else must decide this")

	b.be("marcus-adeyinka")
	b.visit(at)
	b.look("a second person decides")
	b.press("Leave it out")
	b.shows("Left out: all of it")
	b.press("I have looked through all of it")
	b.be("priti-nandra")
	b.visit(at)
	b.press("I have looked through all of it")
	b.press("Make it out")
	b.look("a pack made out, for who prepared it")

	b.be("dana-whitlock")
	b.visit(at)
	b.look("a pack made out")
	b.press("See it, fit to print")
	b.look("a pack, fit to print")
	b.shows("How to check it", "Left out: "+ground, "1 left out")
	fetched := func(path string) []byte {
		t.Helper()
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q).then(r => r.arrayBuffer()).then(a => { let s = ""; for (const c of new Uint8Array(a)) s += String.fromCharCode(c); return btoa(s) })`, path), chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	if pdf := fetched(at + "/pack.pdf"); !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("the PDF begins %.60q", pdf)
	}
	file := filepath.Join(t.TempDir(), "pack.json")
	bundle := string(fetched(at + "/bundle.json"))
	check := func(text string) (string, error) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(bin, "receipt", "verify", file, "--key", filepath.Join(filepath.Dir(bin), "data", "ledger.pub")).CombinedOutput()
		return string(out), err
	}
	if out, err := check(bundle); err != nil || !strings.Contains(out, "The pack holds") || !strings.Contains(out, "proved, and left out") {
		t.Errorf("%v: %.900s", err, out)
	}
	if out, err := check(strings.Replace(bundle, "hours owed", "hours free", 1)); err == nil || !strings.Contains(out, "does NOT verify") {
		t.Errorf("a changed word: %v: %.900s", err, out)
	}
}
