//go:build browser

package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	_ "modernc.org/sqlite"
)

// age makes every session in the store of a running server as old as if nobody
// had used Onus for a while.
func age(t *testing.T, data string, by time.Duration) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "onus.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT token, data FROM session ORDER BY token`)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for rows.Next() {
		var key string
		var b []byte
		if err := rows.Scan(&key, &b); err != nil {
			t.Fatal(err)
		}
		all[key] = b
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for key, b := range all {
		var x map[string]any
		if json.Unmarshal(b, &x) != nil || x["seen"] == nil {
			continue
		}
		seen, err := time.Parse(time.RFC3339Nano, x["seen"].(string))
		if err != nil {
			t.Fatal(err)
		}
		x["seen"] = seen.Add(-by).UTC().Format("2006-01-02T15:04:05.000000Z")
		if b, err = json.Marshal(x); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`UPDATE session SET data = ? WHERE token = ?`, b, key); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n == 0 {
		t.Fatal("there is no session to age")
	}
}

// forget drops every cookie of the browser.
func (b *tab) forget() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// again signs in where the provider may still know who it is.
func (b *tab) again(login string) {
	b.t.Helper()
	if eval[bool](b, `!!document.querySelector("[name=login]")`) {
		b.signIn(login)
	}
}

// until waits for something in the page, which looks every five seconds.
func (b *tab) until(js string) {
	b.t.Helper()
	for range 150 {
		if eval[bool](b, js) {
			return
		}
		time.Sleep(100 * time.Millisecond) // the page's own clock ticks, not ours
	}
	b.t.Fatalf("never: %s\n%s", js, b.text())
}

// Two minutes before a session ends the page says so, and one press stays. A
// form that is sent after the end is not lost: it is there again after signing
// in, or can be sent again when even the browser has forgotten who it was.
func TestASessionEndsAndNothingIsLost(t *testing.T) {
	at, data := realAt(t)
	b := open(t)
	b.at = at
	b.do(chromedp.Navigate(at + sam + "/record/note"))
	b.press("main a.govuk-button")
	b.signIn("dana")
	b.fill(map[string]string{"text": "The door was open"})
	age(t, data, 13*time.Minute+30*time.Second)
	eval[bool](b, `(() => { const real = Date.now; Date.now = () => real() + 13.5 * 60000; return true })()`)
	b.until(`document.querySelector("dialog.o-dialog").open`)
	b.look("a session ends soon")
	b.shows("You will be signed out soon")
	if at := eval[string](b, `document.activeElement.textContent`); at != "Stay signed in" {
		t.Errorf("the keyboard stands at %q", at)
	}
	eval[bool](b, `(() => { document.activeElement.click(); return true })()`)
	b.until(`!document.querySelector("dialog.o-dialog").open`)
	if got := eval[string](b, `document.querySelector("[name=text]").value`); got != "The door was open" {
		t.Errorf("the form holds %q", got)
	}
	// Twenty minutes later the session is over. The form is sent all the same.
	age(t, data, 20*time.Minute)
	b.press("Record it")
	b.look("sent after the end")
	b.shows("What you typed is kept")
	b.press("main a.govuk-button")
	b.again("dana")
	b.until(`location.pathname.endsWith("/record/note")`)
	if got := eval[string](b, `document.querySelector("[name=text]").value`); got != "The door was open" {
		t.Fatalf("after signing in the form holds %q", got)
	}
	b.press("Record it")
	b.until(`!location.pathname.endsWith("/record/note")`)
	b.visit(sam + "/entries")
	b.shows("The door was open")
	// The browser has forgotten everything.
	b.visit(sam + "/record/note")
	b.fill(map[string]string{"text": "A second note"})
	b.forget()
	b.press("Record it")
	b.look("sent without a session")
	b.shows("You were signed out")
	if html := eval[string](b, `document.body.innerHTML`); !strings.Contains(html, "A second note") {
		t.Error("what was typed is gone")
	}
}
