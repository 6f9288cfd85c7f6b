package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/testkit/kit"
)

// entries is a body for the API.
func entries(es ...string) string { return `{"entries":[` + strings.Join(es, ",") + `]}` }

func said(kind, body string) string {
	return `{"kind":"` + kind + `","happened":"2026-03-02","body":` + body + `}`
}

func (w *world) api(as, path, body string) answer {
	return w.ask(w.person(as), "POST", path, body)
}

func (w *world) wants(t *testing.T, what string, got answer, code int) {
	t.Helper()
	if got.Code != code {
		t.Errorf("%s: %d, want %d\n%.300s", what, got.Code, code, got.body)
	}
}

// What lets somebody in for a time must not be used to stay in.
func TestNobodyMakesLastingAccessOfWhatEnds(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	k := w.kid("allocated")
	at := "/api/children/" + k.facts.ID + "/entries"
	now := func(kind, body string) string {
		return `{"kind":"` + kind + `","happened":"` + w.Clock.Now().Time().Format("2006-01-02T15:04:05Z") + `","body":` + body + `}`
	}
	for _, as := range []string{"a chair not named", "a worker of another team"} {
		w.wants(t, as+" opens it", w.api(as, at, entries(now("glass.broken", `{"why":"a call","hours":1}`))), 201)
		w.wants(t, as+" reads it", w.ask(w.person(as), "GET", "/child/"+k.facts.ID, ""), 200)
	}
	w.wants(t, "naming oneself as the chair", w.api("a chair not named", at, entries(said("chair.named", `{"post":"chair-2"}`))), 403)
	w.wants(t, "naming a post that chairs nothing", w.api("a worker of another team", at, entries(said("chair.named", `{"post":"east-2"}`))), 422)
	w.wants(t, "naming one's own post", w.api("a worker of another team", at, entries(said("chair.named", `{"post":"west-1"}`))), 403)
	w.wants(t, "naming a post that is not there", w.api("a worker of another team", at, entries(said("chair.named", `{"post":"west-9"}`))), 422)
	given := ""
	if err := json.Unmarshal(w.ask(w.person("the worker"), "GET", "/api/children/"+k.facts.ID+"/entries", "").Body.Bytes(), new([]any)); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.journal(k.facts.ID) {
		if _, ok := e.Body.(child.Allocation); ok {
			given = string(e.ID)
		}
	}
	wrong := func(post, team string) string {
		return entries(`{"kind":"correction","happened":"2026-03-02","corrects":"` + given + `","body":{"why":"a mistake","body":{"post":"` + post + `","team":"` + team + `"}}}`)
	}
	w.wants(t, "correcting who has the child", w.api("a worker of another team", at, wrong("west-1", "west")), 403)
	w.wants(t, "the worker does not allocate either", w.api("the worker", at, wrong("east-2", "east")), 403)
	w.wants(t, "nor a manager to a team of others", w.api("the manager", at, wrong("west-1", "west")), 403)
	w.wants(t, "a page of it", w.ask(w.person("the worker"), "POST", "/child/"+k.facts.ID+"/correct/"+given,
		"key=0123456789abcdef&step=record&why=x&withdrawn=no&happened-day=12&happened-month=2&happened-year=2026&body-post=east-2"), 403)
	w.Clock.Add(2 * day.Hour)
	for _, as := range []string{"a chair not named", "a worker of another team"} {
		w.wants(t, as+" afterwards", w.ask(w.person(as), "GET", "/child/"+k.facts.ID, ""), 403)
	}
	w.wants(t, "its manager corrects", w.api("the manager", at, wrong("east-2", "east")), 201)
	w.wants(t, "and names a chair", w.api("the manager", at, entries(said("chair.named", `{"post":"chair-2"}`))), 201)
	w.wants(t, "who comes in", w.ask(w.person("a chair not named"), "GET", "/child/"+k.facts.ID, ""), 200)
}

// A child recorded for the first time is no way round the policies.
func TestANewChildIsNoWayRound(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	known, referral := said("child.known", `{"given":"New"}`), said("referral", `{"from":"school"}`)
	given := said("allocation", `{"post":"east-1","team":"east"}`)
	w.wants(t, "a worker takes a child", w.api("the worker", "/api/children", entries(known, referral, given)), 403)
	w.wants(t, "a manager gives one to others' team", w.api("another manager", "/api/children", entries(known, referral, given)), 403)
	w.wants(t, "a restriction at once", w.api("the worker", "/api/children", entries(known, said("record.restricted", `{"category":"other","why":"x","owner":"east-1","review_by":"2026-04-01"}`))), 422)
	w.wants(t, "a manager gives one to their team", w.api("the manager", "/api/children", entries(known, referral, given)), 201)
	w.wants(t, "a worker records one", w.api("the worker", "/api/children", entries(known, referral)), 201)
}

// Managers change the line, and nobody gives themselves a post or others' children by it.
func TestNobodyChangesTheLineForThemselves(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	for _, c := range []struct {
		as, kind, body string
		want           int
	}{
		{"another manager", "post.held", `{"post":"director","person":"p-manager-west"}`, 403},
		{"the administrator", "post.held", `{"post":"east-2","person":"p-admin"}`, 422},
		{"the manager", "post.held", `{"post":"east-2","person":"p-manager-east"}`, 422},
		{"the manager", "post.moved", `{"post":"manager-east","above":"head"}`, 403},
		{"the manager", "post.closed", `{"post":"manager-east","why":"w"}`, 403},
		{"the manager", "hours", `{"post":"manager-east","per_week":5}`, 403},
		{"the manager", "post.created", `{"post":"friend","title":"Friend","tier":"head of service","above":"director"}`, 403},
		{"the manager", "delegation.given", `{"post":"manager-east","what":"anything"}`, 403},
		{"the manager", "person.left", `{"person":"p-service-east"}`, 403},
		{"the manager", "person.left", `{"person":"p-manager-east"}`, 403},
		{"the manager", "person.known", `{"person":"p-director","name":"Nobody","party":"family"}`, 403},
		{"the manager", "person.known", `{"person":"p-new","name":"Somebody new"}`, 201},
		{"the manager", "team.closed", `{"team":"east"}`, 403},
		{"the manager", "team.closed", `{"team":"west"}`, 403},
		{"the manager", "journal.checked", `{"entries":1,"checkpoints":1}`, 422},
		{"the administrator", "journal.checked", `{"entries":1,"checkpoints":1}`, 422},
		{"the administrator", "ledger.key-changed", `{"key":"x"}`, 422},
		{"the administrator", "line.climbed", `{"about":"supervision","post":"east-1","to":"manager-east","since":"2026-01-01","due":"2026-02-01","step":0}`, 422},
		{"another manager", "cover", `{"post":"east-1","by":"manager-west"}`, 403},
		{"another manager", "cover", `{"post":"manager-east","by":"west-1"}`, 403},
		{"another manager", "post.moved", `{"post":"east-1","above":"manager-west"}`, 403},
		{"another manager", "cover", `{"post":"west-1","by":"west-2"}`, 201},
		{"the head of service", "cover", `{"post":"east-1","by":"west-1"}`, 201},
		{"the administrator", "post.held", `{"post":"east-2","person":"p-none"}`, 201},
		{"the worker", "cover", `{"post":"east-2","by":"east-1"}`, 403},
		{"the manager", "person.known", `{"person":"p-east-3","name":"Another Name"}`, 201},
		{"the manager", "person.left", `{"person":"p-east-3"}`, 201},
		{"the manager", "cover", `{"post":"manager-east","by":"manager-west"}`, 201},
	} {
		w.wants(t, c.as+" "+c.kind+" "+c.body, w.api(c.as, "/api/line/entries", entries(said(c.kind, c.body))), c.want)
	}
}

// A question about looks is answered by the post that was asked, or above it:
// by the API too, where its id is all that it takes.
func TestAQuestionIsAnsweredByWhoWasAsked(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	w.lineSays("2026-03-01", line.PersonKnown{Person: east1, Name: "Dana " + w.kid("allocated").names[1]})
	w.ask(w.person("the worker"), "GET", "/child/"+w.kid("allocated").facts.ID, "")
	w.Clock.Add(day.Hour)
	if n, err := w.AskAboutLooks(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d questions: %v", n, err)
	}
	l, err := w.App.Line(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer := func() string {
		return entries(`{"kind":"look.answered","happened":"` + w.Clock.Now().Time().Format("2006-01-02T15:04:05Z") + `","body":{"asked":"` + string(l.Questions()[0].ID) + `","answer":"it was part of the work","why":"x"}}`)
	}
	w.wants(t, "another manager", w.api("another manager", "/api/line/entries", answer()), 403)
	w.wants(t, "the one below", w.api("the worker", "/api/line/entries", answer()), 403)
	w.wants(t, "the manager above", w.api("the manager", "/api/line/entries", answer()), 201)
}

// A list of children without a worker is under the policies too, whatever
// posts its reader answers for.
func TestAnAdministratorWhoAnswersForATeamSeesNoList(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	w.lineSays("2026-03-01", line.Cover{Post: "manager-east", By: "admin"})
	for _, path := range []string{"/unallocated", "/unallocated?team=east", "/api/unallocated", "/api/teams/east"} {
		got := w.ask(w.person("the administrator"), "GET", path, "")
		w.wants(t, path, got, 403)
	}
}

// Which duty is owed says what the record would: where that is closed, it is
// not said either.
func TestADutyOfAClosedRecordHasNoName(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	w.Clock.Add(12 * 24 * day.Hour) // much is late by then
	for _, x := range []struct{ as, path, rows string }{{"the worker", "/api/owed", "duties"}, {"the service manager", "/api/teams/east", "late_duties"}} {
		var got map[string]json.RawMessage
		var rows []struct{ ID, Rule, Duty, Child, Situation string }
		if err := json.Unmarshal(w.ask(w.person(x.as), "GET", x.path+"?limit=1000", "").Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got[x.rows], &rows); err != nil {
			t.Fatal(err)
		}
		closed, open := 0, 0
		for _, r := range rows {
			i := slices.IndexFunc(w.kids, func(k *kid) bool { return k.facts.ID == r.Child })
			if _, ok := may(w.person(x.as).who, access.SeeName, w.kids[i].facts); ok {
				open++
				continue
			}
			if closed++; r.ID+r.Rule+r.Duty+r.Situation != "" {
				t.Errorf("%s: a duty of %s says %+v", x.as, w.kids[i].as, r)
			}
		}
		if closed == 0 || open == 0 {
			t.Errorf("%s: %d closed and %d open rows: the test shows nothing", x.as, closed, open)
		}
	}
	page := w.ask(w.person("the worker"), "GET", "/owed", "").body
	if !strings.Contains(page, "A duty that you cannot see") {
		t.Error("the page does not say that a duty is covered")
	}
	for _, k := range w.kids {
		if _, ok := may(w.person("the worker").who, access.SeeName, k.facts); !ok && k.duty != "" && strings.Contains(page, k.duty) {
			t.Errorf("the page names the duty of %s", k.as)
		}
	}
}

// A record that is closed between the asking and the reading is not shown.
func TestWhatIsClosedWhileItOpensIsNotShown(t *testing.T) {
	kitEach(t, func(t *testing.T, w *world) {
		k := w.kid("allocated")
		w.watched.afterNext(func() { // the look was written: now the record is restricted
			w.now(k.facts.ID, "p-manager-east", child.Restricted{Category: "other", Why: "x", Owner: "head", ReviewBy: w.Clock.Now().Date() + 30})
		})
		got := w.ask(w.person("the worker"), "GET", "/child/"+k.facts.ID, "")
		if got.Code != http.StatusForbidden || strings.Contains(got.body, "Qz") {
			t.Errorf("%d %.300s", got.Code, got.body)
		}
		if len(got.looks) != 2 || !got.looks[0].Refused || got.looks[0].Grounds != "restricted" {
			t.Errorf("the log says %s", fmt.Sprint(got.looks))
		}
	})
}
