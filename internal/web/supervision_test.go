package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"onus/internal/line"
)

// Supervision by its pages alone: the worker sees that it is owed to them and by
// whom, their manager and whoever it came up to see it, and record it; the line says
// it of every tier, the director's included.
func TestSupervisionByItsPages(t *testing.T) {
	s := open(t)
	on := s.app.Clock.Now().Date()
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
	const dana, jo, priti = "dana-whitlock", "jo-pell", "priti-nandra"
	shows(dana, "/owed", "Owed to you", "Owed by team manager, East 2", "was told on")
	shows(jo, "/owed", "Hold supervision", "/line/change/supervision.held?post=east-2-3")
	shows(priti, "/owed", "Hold supervision", "It is owed by team manager, East 2, and came up to you")
	shows(dana, "/line", "by chief executive", "late with 1 worker", "People with whom supervision is late")
	if page := shows(jo, "/line/change/supervision.held?post=east-2-3", `<option value="east-2-3" selected`, "Dana Whitlock, social worker, East 2"); strings.Contains(page, `value="service-east"`) || strings.Contains(page, `value="west-1-1"`) {
		t.Error("posts are offered that are not below")
	}
	if w := s.ask("GET", "/line/change/supervision.held", dana, ""); w.Code != http.StatusForbidden {
		t.Errorf("a worker: %d", w.Code)
	}
	y, m, d := on.Split()
	form := func(post string) string {
		return url.Values{"key": {"0123456789abcdef" + post}, "step": {"record"}, "post": {post}, "minutes": {"60"}, "happened-day": {fmt.Sprint(d)}, "happened-month": {fmt.Sprint(int(m))}, "happened-year": {fmt.Sprint(y)}}.Encode()
	}
	if w := s.ask("POST", "/line/change/supervision.held", jo, form("")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "with whom") {
		t.Errorf("with nobody: %d", w.Code)
	}
	if w := s.ask("POST", "/line/change/supervision.held", jo, form("service-east")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "somebody who answered for a post above") {
		t.Errorf("with a post above: %d %.900s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/line/change/supervision.held", jo, form("east-2-3")); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %.900s", w.Code, w.Body)
	}
	if page := shows(dana, "/owed"); strings.Contains(page, "Owed to you") {
		t.Error("it was held, and is owed still")
	}
	if page := shows(priti, "/owed"); strings.Contains(page, "owed by team manager, East 2, and came up") {
		t.Error("it was held, and stands with the post above still")
	}
	l := s.app.Front()
	now, err := l.Line(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	talks := now.TalksWith(dana)
	if got := talks[len(talks)-1]; got.SupervisionHeld != (line.SupervisionHeld{Post: "east-2-3", Person: dana, Minutes: 60}) || got.By != jo || got.On != on {
		t.Errorf("%+v", got)
	}
}
