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

// What a post may decide is given and taken away on pages, after a check, by
// somebody above it.
func TestADelegationOnPages(t *testing.T) {
	s := open(t)
	y, m, d := s.app.Clock.Now().Date().Split()
	send := func(who, kind, step string, want int, more url.Values) string {
		t.Helper()
		form := url.Values{"key": {"0123456789abcdef" + kind}, "step": {step}, "happened-day": {fmt.Sprint(d)}, "happened-month": {fmt.Sprint(int(m))}, "happened-year": {fmt.Sprint(y)}}
		for k, v := range more {
			form[k] = v
		}
		w := s.ask("POST", "/line/change/"+kind, who, form.Encode())
		if w.Code != want {
			t.Fatalf("%s %s: %d\n%.900s", kind, step, w.Code, w.Body)
		}
		return w.Body.String()
	}
	given := url.Values{"post": {"manager-east-2"}, "what": {"Extra hours for the team"}, "limit": {"a lot"}}
	if page := send("priti-nandra", "delegation.given", "", 422, given); !strings.Contains(page, "Enter a number, in figures") || !strings.Contains(page, "Extra hours for the team") {
		t.Error("a mistake")
	}
	given.Set("limit", "500")
	if page := send("priti-nandra", "delegation.given", "", 200, given); !strings.Contains(page, "Check before you record") || !strings.Contains(page, "Team manager, East 2") {
		t.Error("no check")
	}
	send("jo-pell", "delegation.given", "record", 403, given) // their own post
	send("priti-nandra", "delegation.given", "record", 303, given)
	l, err := s.app.Front().Line(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gs := l.Delegations()
	if len(gs) == 0 || gs[len(gs)-1].Limit != 500 {
		t.Fatalf("%+v", gs)
	}
	id := string(gs[len(gs)-1].ID)
	if w := s.ask("GET", "/line/change/delegation.ended", "priti-nandra", ""); !strings.Contains(w.Body.String(), `value="`+id+`"`) || !strings.Contains(w.Body.String(), "up to £500") {
		t.Error("it cannot be chosen")
	}
	send("priti-nandra", "delegation.ended", "record", 303, url.Values{"delegation": {id}, "why": {"the year is over"}})
	if w := s.ask("GET", "/line", "priti-nandra", ""); !strings.Contains(w.Body.String(), "may decide no more: extra hours for the team") {
		t.Error("the line does not say so")
	}
}
