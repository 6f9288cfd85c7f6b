//go:build browser

package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"onus/internal/testkit/idp"
)

// real is a store with a line, whose people sign in with a real provider.
func real(t *testing.T) (address string, p *idp.Provider) {
	t.Helper()
	address, p, _ = realIn(t, t.TempDir())
	return address, p
}

// realAt is real, and says where its data is.
func realAt(t *testing.T) (address, data string) {
	t.Helper()
	address, _, data = realIn(t, t.TempDir())
	return address, data
}

func realIn(t *testing.T, dir string) (address string, p *idp.Provider, data string) {
	t.Helper()
	// The provider must know where to send people back to before Onus listens.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	address = "http://" + at
	p = idp.Start(t, idp.Options{Redirect: address + "/sign-in/callback", Out: address + "/"})
	demo := filepath.Join(dir, "demo")
	data = filepath.Join(dir, "data")
	onus := func(args ...string) string {
		out, err := exec.Command(bin, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("onus %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	onus("simulate", "--children", "30", "--data", demo)
	journal := filepath.Join(dir, "journal.jsonl")
	out, err := exec.Command(bin, "export", "jsonl", "--data", demo).Output()
	write := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if err != nil {
		t.Fatal(err)
	}
	onus("import", "--data", data, write(journal, string(out)))
	var says []string
	for _, x := range [][2]string{{"dana-whitlock", "dana"}, {"nadia-osei", "nadia"}, {"jo-pell", "jo"}} {
		says = append(says, fmt.Sprintf(`{"kind":"person.signs-in","happened":"2026-11-01","body":{"person":%q,"issuer":%q,"subject":%q}}`, x[0], p.Issuer, x[1]))
	}
	onus("line", "record", "--data", data, write(filepath.Join(dir, "line.jsonl"), strings.Join(says, "\n")))
	write(filepath.Join(dir, "secret"), p.ClientSecret)
	providers := write(filepath.Join(dir, "providers.yaml"), fmt.Sprintf("providers:\n- {id: test, label: Sign in with the test account, issuer: %q, client_id: %q, client_secret_file: secret}\n", p.Issuer, p.ClientID))
	ln.Close()
	srv := exec.Command(bin, "serve", "--quiet", "--listen", at, "--data", data, "--public-url", address, "--providers", providers)
	srv.Stderr = os.Stderr
	srv.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said, err := srv.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		srv.Process.Signal(syscall.SIGTERM)
		srv.Wait()
	})
	if _, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		t.Fatalf("the server said nothing: %v", err)
	}
	return address, p, data
}

// signIn goes through the provider's own page.
func (b *tab) signIn(login string) {
	b.t.Helper()
	b.fill(map[string]string{"login": login})
	b.press("button:not([name=stop])")
}

// People sign in with a provider; who is not known gets a code; an
// administrator lets them in, after signing in afresh; who is shut out is out
// with the next page.
func TestSignIn(t *testing.T) {
	at, _ := real(t)
	b := open(t)
	b.at = at
	b.do(chromedp.Navigate(at + "/children"))
	b.look("sign in")
	b.shows("Sign in with the test account")
	b.press("main a.govuk-button")
	b.signIn("dana")
	b.look("signed in")
	b.shows("My children", "Sam Okell")
	if u := eval[string](b, "location.pathname"); u != "/children" {
		t.Errorf("after signing in the page is %s", u)
	}
	// What is typed and not recorded is there again.
	b.visit(sam + "/record/note")
	b.fill(map[string]string{"text": "Half a sentence"})
	eval[bool](b, `(() => { document.querySelector("[name=text]").dispatchEvent(new Event("input", {bubbles: true})); dispatchEvent(new Event("pagehide")); return true })()`)
	kept := false
	for range 40 {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`fetch(location.href).then(r => r.text())`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if kept = strings.Contains(text, "Half a sentence"); kept {
			break
		}
	}
	if !kept {
		t.Error("what was typed is not kept")
	}
	b.visit(sam + "/record/note")
	b.look("draft")
	b.shows("It has not been recorded")
	if got := eval[string](b, `document.querySelector("[name=text]").value`); got != "Half a sentence" {
		t.Errorf("the form holds %q", got)
	}
	// Without an administrator's post the page of people is closed.
	b.visit("/people")
	b.shows("This is not yours")

	other := open(t)
	other.at = at
	other.do(chromedp.Navigate(at + "/owed"))
	other.press("main a.govuk-button")
	other.signIn("somebody-new")
	other.look("not known yet")
	other.shows("Onus does not know you yet")
	code := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(other.text())
	if code == "" {
		t.Fatal("no code is shown")
	}

	admin := open(t)
	admin.at = at
	admin.do(chromedp.Navigate(at + "/people"))
	admin.press("main a.govuk-button")
	admin.signIn("nadia")
	admin.look("asked to sign in again")
	admin.shows("Sign in again", "needs to be certain that it is you")
	admin.press("main a.govuk-button")
	admin.signIn("nadia")
	admin.look("people")
	admin.shows("People and keys", code)
	admin.fill(map[string]string{"person-" + code: "gwen-tarr"})
	admin.press("Let them in")
	admin.shows("None waits")
	other.do(chromedp.Navigate(at + "/sign-in"))
	other.press("main a.govuk-button")
	other.shows("Gwen Tarr")

	admin.fill(map[string]string{"name": "The dashboard", "owner": "jo-pell", "until": "2027-01-31"})
	admin.do(chromedp.Click(`input[name="scopes"][value="figures"]`))
	admin.press("Make the key")
	admin.look("a new key")
	key := regexp.MustCompile(`onus_[a-z2-7]+_[A-Za-z0-9_-]{43}`).FindString(admin.text())
	for path, want := range map[string]int{"/api/line": 200, "/api/owed": 403, "/api/children/" + strings.TrimPrefix(sam, "/child/"): 403} {
		r, err := http.NewRequest("GET", at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s with a key for figures: %d, want %d", path, res.StatusCode, want)
		}
	}

	admin.fill(map[string]string{"person": "dana-whitlock", "why": "suspended from work"})
	admin.press("button[value=suspend]")
	b.do(chromedp.Navigate(at + sam))
	b.shows("No door is open")
	b.do(chromedp.Navigate(at + "/owed"))
	b.shows("Sign in")
	other.press("Sign out")
	other.look("signed out")
	other.shows("You are signed out of Onus")
	other.press("Sign out of my account too")
	other.press("button[name=logout]")
	other.do(chromedp.Navigate(at + "/owed"))
	other.shows("Sign in with the test account")
}
