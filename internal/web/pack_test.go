package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"onus/internal/hearing"
)

// A pack by its pages alone, without a script: a worker asks, two people above the
// manager prepare it, with a mistake first, and the worker takes paper and file.
func TestAPackByItsPages(t *testing.T) {
	s := open(t)
	today := s.app.Clock.Now().Date()
	send := func(who, path string, want int, form url.Values) string {
		t.Helper()
		w := s.ask("POST", path, who, form.Encode())
		if w.Code != want {
			t.Fatalf("%s by %s: %d, want %d\n%.600s", path, who, w.Code, want, w.Body)
		}
		if want == http.StatusSeeOther {
			return w.Header().Get("Location")
		}
		return w.Body.String()
	}
	shows := func(who, path string, words ...string) string {
		t.Helper()
		w := s.ask("GET", path, who, "")
		if w.Code != http.StatusOK {
			t.Fatalf("%s by %s: %d\n%.600s", path, who, w.Code, w.Body)
		}
		for _, x := range words {
			if !strings.Contains(w.Body.String(), x) {
				t.Errorf("%s by %s does not say %q", path, who, x)
			}
		}
		return w.Body.String()
	}
	const dana, priti, marcus = "dana-whitlock", "priti-nandra", "marcus-adeyinka"
	shows(dana, "/concerns", `href="/packs"`)
	shows(dana, "/packs/new", "Your manager does not prepare it", `data-draft="/packs/new"`)
	page := send(dana, "/packs/new", http.StatusUnprocessableEntity, url.Values{"matter": {"My words stay"}, "from": {"not a day"}})
	if !strings.Contains(page, "My words stay") || !strings.Contains(page, "Enter the day as a date") {
		t.Error("a mistake loses what was typed, or is not said")
	}
	pack := send(dana, "/packs/new", http.StatusSeeOther, url.Values{"key": {"a"}, "matter": {"Visits in winter"}, "before": {hearing.Befores[1]}, "from": {(today - 60).String()}, "to": {today.String()}})
	shows(dana, pack, "being prepared", "Visits in winter", "Who has it")
	for _, who := range []string{"jo-pell", "gwen-tarr"} {
		if w := s.ask("GET", pack, who, ""); w.Code != http.StatusForbidden {
			t.Errorf("%s reads it: %d", who, w.Code)
		}
	}
	shows(priti, "/owed", "A pack for a hearing", pack)
	page = shows(priti, pack, "What it holds", "Leave something out of part 1")
	part := regexp.MustCompile(`name="part" value="([^"]+)"`).FindStringSubmatch(page)[1]
	page = send(priti, pack, http.StatusUnprocessableEntity, url.Values{"do": {"leave-out"}, "n": {"1"}, "part": {part}, "why": {"a reason nobody else types"}})
	if !strings.Contains(page, "Choose the legal ground") || !strings.Contains(page, "a reason nobody else types") || !strings.Contains(page, `href="#ground-1"`) {
		t.Error("a mistake in leaving out")
	}
	ground := regexp.MustCompile(`<option value="(It is about another person[^"]*)"`).FindStringSubmatch(page)[1]
	send(priti, pack, http.StatusSeeOther, url.Values{"do": {"leave-out"}, "key": {"b"}, "n": {"1"}, "part": {part}, "legal_ground": {ground}, "why": {"w"}})
	shows(priti, pack, "Somebody else must decide this")
	page = shows(marcus, pack, "Waits for a second person")
	proposal := regexp.MustCompile(`name="proposal" value="([^"]+)"`).FindStringSubmatch(page)[1]
	page = send(marcus, pack, http.StatusUnprocessableEntity, url.Values{"do": {"stays"}, "proposal": {proposal}})
	if !strings.Contains(page, "Write why it stays in") {
		t.Error("it stays in without a reason")
	}
	send(marcus, pack, http.StatusSeeOther, url.Values{"do": {"agree"}, "key": {"c"}, "proposal": {proposal}})
	page = send(marcus, pack, http.StatusUnprocessableEntity, url.Values{"do": {"make"}})
	if !strings.Contains(page, "Two people must look through all of it") {
		t.Error("it is made out too early")
	}
	if w := s.ask("GET", pack+"/bundle.json", dana, ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("taken before it is made out: %d", w.Code)
	}
	for _, who := range []string{priti, marcus} {
		send(who, pack, http.StatusSeeOther, url.Values{"do": {"looked"}, "key": {"d" + who}})
	}
	send(marcus, pack, http.StatusSeeOther, url.Values{"do": {"make"}, "key": {"e"}})
	shows(dana, pack, "It was made out on", "Take it as a PDF")
	shows(dana, pack+"/print", "How to check it", "Left out: It is about another person", "1 left out")
	for _, what := range []string{"/print", "/bundle.json", "/pack.pdf"} {
		if w := s.ask("GET", pack+what, priti, ""); w.Code != http.StatusForbidden {
			t.Errorf("%s by whoever prepared it: %d", what, w.Code)
		}
	}
	if _, err := hearing.ParseBundle(s.ask("GET", pack+"/bundle.json", dana, "").Body.Bytes()); err != nil {
		t.Error(err)
	}

	// With a Chromium a tagged PDF, and nothing of it stays behind; without, the page.
	here := t.TempDir()
	t.Setenv("TMPDIR", here)
	w := s.ask("GET", pack+"/pack.pdf", dana, "")
	if w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) || !bytes.Contains(w.Body.Bytes(), []byte("/StructTreeRoot")) {
		t.Errorf("the PDF: %d, %d bytes, %.40q", w.Code, w.Body.Len(), w.Body)
	}
	if left, err := filepath.Glob(filepath.Join(here, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if out := os.Getenv("ONUS_PACK_PDF"); out != "" {
		if err := os.WriteFile(out, w.Body.Bytes(), 0o600); err != nil {
			t.Error(err)
		}
	}
	t.Setenv("PATH", here)
	if w := s.ask("GET", pack+"/pack.pdf", dana, ""); w.Code != http.StatusSeeOther || w.Header().Get("Location") != pack+"/print" {
		t.Errorf("without a Chromium: %d to %s", w.Code, w.Header().Get("Location"))
	}
}
