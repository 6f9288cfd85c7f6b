package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/supervision"
)

// desk of somebody in the demonstration.
func (s *site) desk(who string) *app.Desk {
	s.t.Helper()
	d, err := s.app.Desk(s.t.Context(), app.Reader{Person: who, Fresh: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// aTalk is a signed talk of Jo with Dana, with one action; made once. It gives its id
// and the entry that says that it was held.
func (s *site) aTalk() (id, held string) {
	s.t.Helper()
	sheet, err := s.desk("jo-pell").Sheet(s.t.Context(), "east-2-3")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, x := range sheet.Talks {
		if x.State == supervision.Waits {
			id = x.ID
		}
	}
	today := s.app.Clock.Now().Date()
	say := func(of string, b entry.Body) {
		done, err := s.desk("jo-pell").SayOfTalk(s.t.Context(), of, b, "")
		if err != nil {
			s.t.Fatal(err)
		}
		id = done.Child
	}
	if id == "" {
		say("east-2-3", supervision.Held{On: today, Minutes: 60})
		say(id, supervision.Wellbeing{Will: "w"})
		say(id, supervision.Load{Said: "w"})
		say(id, supervision.Agreed{What: "Order the toner", Post: "manager-east-2", By: today + 30})
		if sheet, err = s.desk("jo-pell").Sheet(s.t.Context(), id); err != nil {
			s.t.Fatal(err)
		}
		for _, a := range sheet.Actions {
			if a.Asked {
				of := id
				say(a.Talk, supervision.Answered{Nth: a.Nth, How: supervision.NotYet, Why: "w"})
				id = of
			}
		}
		for _, n := range sheet.Needs.Items {
			say(id, supervision.Left{About: n.About, ID: n.ID, Why: "w", On: today + 9})
		}
		say(id, supervision.Signed{As: supervision.AsHolder})
	}
	if sheet, err = s.desk("jo-pell").Sheet(s.t.Context(), id); err != nil {
		s.t.Fatal(err)
	}
	return id, string(sheet.Log[1].ID)
}

// Supervision by its pages alone, without a script: the worker prepares, their manager
// talks from the sheet and records it child by child, both sign, and the action stands
// in the worker's list.
func TestSupervisionByItsPages(t *testing.T) {
	s := open(t)
	today := s.app.Clock.Now().Date()
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
	n := 0
	send := func(who, part string, want int, form url.Values) string {
		t.Helper()
		n++
		form.Set("key", fmt.Sprintf("0123456789abcdef%d", n))
		w := s.ask("POST", "/supervision/east-2-3/part/"+part, who, form.Encode())
		if w.Code != want {
			t.Fatalf("%s by %s: %d\n%.900s", part, who, w.Code, w.Body)
		}
		return w.Body.String()
	}
	const dana, jo, priti = "dana-whitlock", "jo-pell", "priti-nandra"
	shows(dana, "/owed", "Owed to you", "Owed by team manager, East 2", "was told on", `href="/supervision/east-2-3"`)
	shows(jo, "/owed", "Hold supervision", `href="/supervision/east-2-3"`)
	shows(priti, "/owed", "Hold supervision", "It is owed by team manager, East 2, and came up to you")
	shows(dana, "/line", "by chief executive", "late with 1 worker", "People with whom supervision is late")
	shows(jo, "/team/east-2", "Last held", "Next due", `href="/supervision/east-2-3"`)
	if w := s.ask("GET", "/line/change/supervision.held", jo, ""); w.Code != http.StatusNotFound {
		t.Errorf("there is another way to say that it was held: %d", w.Code)
	}
	if w := s.ask("GET", "/supervision/east-2-3", "gwen-tarr", ""); w.Code != http.StatusForbidden {
		t.Errorf("another team's manager: %d", w.Code)
	}
	if w := s.ask("GET", "/supervision/no-such-post", jo, ""); w.Code != http.StatusNotFound {
		t.Errorf("no such post: %d", w.Code)
	}

	// Before: the worker's words are the two's.
	shows(dana, "/supervision/east-2-3", "What do you want to say?", "How are you?")
	send(dana, "begin", 422, url.Values{})
	send(dana, "words", 422, url.Values{})
	send(dana, "words", 303, url.Values{"words": {"I do not sleep well."}})
	send(dana, "prepare-"+sam, 303, url.Values{"says": {"Nan has only been asked with Mum there."}})
	shows(jo, "/supervision/east-2-3", "I do not sleep well.", "Nan has only been asked", "Not seen in the interval", "Why this is asked", "Start the talk now", "Where the hours go")
	if page := shows(priti, "/supervision/east-2-3", "Start the talk now"); strings.Contains(page, "I do not sleep well.") {
		t.Error("somebody else reads how the worker is")
	}
	if page := send(jo, "hold", 422, url.Values{"on": {"soon"}, "minutes": {"an hour"}}); !strings.Contains(page, `href="#on-hold"`) || !strings.Contains(page, `value="an hour"`) {
		t.Error("a mistake does not stand at its field, or what was typed is gone")
	}

	// The talk: a child at a time, every mistake at its field, nothing lost.
	send(jo, "begin", 303, url.Values{})
	send(jo, "end", 303, url.Values{})
	if page := send(jo, "sign", 422, url.Values{"as": {supervision.AsHolder}}); !strings.Contains(page, "Before signing: "+supervision.TodoItems) {
		t.Error("it could be signed")
	}
	page := send(jo, "child-"+sam, 422, url.Values{"changed": {"Nothing since September."}, "post": {"east-2-3"}})
	for _, x := range []string{`href="#mind-child-` + sam, `href="#by-child-` + sam, "Nothing since September.", "<details open"} {
		if !strings.Contains(page, x) {
			t.Errorf("a mistake about a child does not show %q", x)
		}
	}
	if w := s.ask("POST", "/draft", jo, url.Values{"draft-path": {"/supervision/east-2-3/part/agree"}, "what": {"Half a sentence"}}.Encode()); w.Code != http.StatusNoContent {
		t.Fatalf("a draft: %d", w.Code)
	}
	id := regexp.MustCompile(`/supervision/([0-9a-f-]{36})/part/end|action="/supervision/([0-9a-f-]{36})/part/sign`).FindStringSubmatch(shows(jo, "/supervision/east-2-3"))
	if id == nil {
		id = regexp.MustCompile(`action="/supervision/()([0-9a-f-]{36})/part/`).FindStringSubmatch(shows(jo, "/supervision/east-2-3"))
	}
	talk := id[1] + id[2]
	if w := s.ask("POST", "/draft", jo, url.Values{"draft-path": {"/supervision/" + talk + "/part/agree"}, "what": {"Half a sentence"}}.Encode()); w.Code != http.StatusNoContent {
		t.Fatalf("a draft: %d", w.Code)
	}
	shows(jo, "/supervision/"+talk, "Half a sentence", "It has not been recorded")
	said := url.Values{"changed": {"Nothing since September."}, "asked": {"Seeing him before nursery, and ringing Bev."}, "mind": {"If Sam said that the evenings are calm."}, "decided": {"A visit before nursery on Tuesday, not announced, alone."},
		"why": {"He says more when he is alone."}, "action": {"Visit Sam before nursery"}, "post": {"east-2-3"}, "by": {(today + 3).String()}}
	send(jo, "child-"+sam, 303, said)
	send(jo, "later-child-"+sam, 422, url.Values{"why": {"no time"}, "until": {(today + 9).String()}})
	send(jo, "wellbeing", 303, url.Values{"will": {"A joint visit with Callum this week."}})
	send(jo, "load", 303, url.Values{"said": {"No duty day on Thursday."}})
	shows(jo, "/supervision/"+talk, "talked about", "Visit Sam before nursery", "Owed once it is signed")
	sheet, err := s.desk(jo).Sheet(t.Context(), talk)
	if err != nil {
		t.Fatal(err)
	}
	if len(sheet.Needs.Items) == 0 {
		t.Fatalf("only %d children are due", len(sheet.Needs.Items))
	}
	for _, x := range sheet.Needs.Items {
		if x.ID != sam {
			send(jo, "later-child-"+x.ID, 303, url.Values{"why": {"There was no time."}, "until": {(today + 9).String()}})
		}
	}
	for _, a := range sheet.Actions {
		if a.Asked {
			send(jo, fmt.Sprintf("answer-%s-%d", a.Talk, a.Nth), 303, url.Values{"how": {supervision.NotYet}, "why": {"There was no time."}})
		}
	}
	shows(jo, "/supervision/"+talk, "Sign as Jo Pell")
	send(jo, "sign", 303, url.Values{"as": {supervision.AsHolder}})

	// Signed: it is held for the line and for the child, and the worker owes it.
	if page := shows(dana, "/owed", "Agreed in supervision", "Visit Sam before nursery", "Read and sign"); strings.Contains(page, "Supervision with you") {
		t.Error("it was held, and is owed still")
	}
	if page := shows(priti, "/owed"); strings.Contains(page, "owed by team manager, East 2, and came up") && strings.Contains(page, `/supervision/east-2-3"`) {
		t.Error("it was held, and stands with the post above still")
	}
	shows(jo, "/child/"+sam+"/entries", "Case supervision", "A visit before nursery on Tuesday")
	s.ask("POST", "/supervision/"+talk+"/part/sign", dana, url.Values{"key": {"0123456789abcdefsign"}, "as": {supervision.AsTaker}, "disagrees": {"I asked for two workers."}}.Encode())
	shows(jo, "/supervision/"+talk, "with a disagreement", "I asked for two workers.", "This is what we decided")
	if w := s.ask("POST", "/supervision/"+talk+"/action/0", dana, url.Values{"key": {"0123456789abcdefact1"}, "how": {supervision.Done}}.Encode()); w.Code != 422 || !strings.Contains(w.Body.String(), `href="#why-action"`) {
		t.Errorf("done without a word: %d", w.Code)
	}
	shows(dana, "/supervision/"+talk+"/action/0", "Visit Sam before nursery", "How does it stand?")
	if w := s.ask("POST", "/supervision/"+talk+"/action/0", dana, url.Values{"key": {"0123456789abcdefact2"}, "how": {supervision.Done}, "why": {"Seen on Tuesday, alone."}}.Encode()); w.Code != 303 {
		t.Errorf("done: %d", w.Code)
	}
	if page := shows(dana, "/owed"); strings.Contains(page, "Visit Sam before nursery") {
		t.Error("it was done, and is owed still")
	}

	// The next one begins with it, and copied words are pointed out, beside the field.
	send(jo, "begin", 303, url.Values{})
	shows(jo, "/supervision/east-2-3", "Seen on Tuesday, alone.")
	send(jo, "child-"+sam, 303, said)
	shows(jo, "/supervision/east-2-3", "Nearly the same as on")

	// Programs read the same.
	var got struct {
		State    string
		Children []struct {
			Child  string
			Copied []struct{ Field string }
		}
		Last []struct{ What, How string } `json:"last_actions"`
	}
	if err := json.Unmarshal(s.ask("GET", "/api/supervision/east-2-3", jo, "").Body.Bytes(), &got); err != nil || got.State != "going on" || !slices.ContainsFunc(got.Last, func(a struct{ What, How string }) bool {
		return strings.HasPrefix(a.What, "Visit Sam") && a.How == "done"
	}) {
		t.Errorf("%+v, %v", got, err)
	}
	if i := slices.IndexFunc(got.Children, func(c struct {
		Child  string
		Copied []struct{ Field string }
	}) bool {
		return c.Child == sam
	}); i < 0 || len(got.Children[i].Copied) < 2 {
		t.Errorf("%+v", got.Children)
	}
	w := s.ask("POST", "/api/supervision/east-2-3/entries", jo, `{"entries":[{"kind":"talk.wellbeing","body":{"what_will_be_done":"Nothing is needed."}}]}`, "Idempotency-Key", "a-key-of-supervision")
	if w.Code != http.StatusCreated {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// At the tiers above, the sheet is of the teams; a group is talked with from the team's page.
func TestSupervisionAtTheTiersAbove(t *testing.T) {
	s := open(t)
	page := s.ask("GET", "/supervision/manager-east-2", "priti-nandra", "").Body.String()
	has(t, page, "3. The teams", "East 2", "Late duties", "Children without a worker", "Concerns without an answer", "Can the work be done?", "Question to answer")
	page = s.ask("GET", "/supervision/director", "owen-hartley", "").Body.String()
	has(t, page, "Supervision: Helen Croft", "Start the talk now", "West 1")
	w := s.ask("GET", "/team/east-2/supervision", "jo-pell", "")
	has(t, w.Body.String(), "Who takes part?", "Dana Whitlock")
	code, body := s.send("/team/east-2/supervision", "jo-pell", map[string]string{"with": "dana-whitlock"})
	if code != 422 {
		t.Errorf("a group of one: %d", code)
	}
	has(t, body, "Choose at least two workers")
	form := url.Values{"key": {"0123456789abcdefgroup"}, "with": {"dana-whitlock", "p-east-2-1"}}
	if w = s.ask("POST", "/team/east-2/supervision", "jo-pell", form.Encode()); w.Code != 303 {
		t.Fatalf("a group: %d %.400s", w.Code, w.Body)
	}
	has(t, s.ask("GET", w.Header().Get("Location"), "jo-pell", "").Body.String(), "East 2, as a group", "Sam Okell")
	if w := s.ask("GET", "/team/east-2/supervision", "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker: %d", w.Code)
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
