package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit"
)

// withGoals is a child of East with a plan that stands, with two goals.
func (h *house) withGoals(t *testing.T, given string) string {
	t.Helper()
	id := h.referred(t, given, "Okell")
	h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
	h.agreed(t, id)
	return id
}

// agreed has a plan with two goals approved.
func (h *house) agreed(t *testing.T, id string) {
	t.Helper()
	h.clock.Add(day.Minute)
	plan := h.record(t, id, h.say("east-1", child.PlanSent{Of: "cin", Goals: []child.Goal{{ID: "g~1", Name: "Evenings", Change: "Nan is there every evening."}, {ID: "g2", Name: "Mornings", Change: "Breakfast at eight."}}})).Entries[0]
	h.clock.Add(day.Minute)
	h.record(t, id, h.say("manager-east", child.PlanApproved{Plan: plan}))
	h.clock.Add(day.Minute)
}

// visits are the rows of a list, page by page, two a page.
func visits(t *testing.T, d *app.Desk, list string) (out []string) {
	t.Helper()
	for after := (app.Cursor{}); ; {
		l, err := d.TeamVisits(ctx, "east", list, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range l.Rows {
			out = append(out, strings.TrimSpace(fmt.Sprint(v.ChildRow.Name, ": ", v.What, " ", v.Name)))
		}
		for i, v := range l.Late {
			asks := "closed"
			if l.Asks[i] != nil {
				asks = l.Asks[i].ID
			}
			out = append(out, v.ChildRow.Name+": "+asks)
		}
		if after = l.Next; after.ID == "" {
			return out
		}
	}
}

func listSays(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, not %q", what, got, want)
	}
}

// The three lists about visits say what the record says, by risk and then the newest, now
// and at a past moment, and cover what is closed.
func TestListsAboutVisits(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		visit := func(id string, b child.Visit) entry.ID {
			h.clock.Add(day.Hour)
			if b.Where == "" {
				b.Where = "home"
			}
			return h.record(t, id, h.say("east-1", b)).Entries[0]
		}
		none := h.referred(t, "Una", "Planless")
		h.record(t, none, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		visit(none, child.Visit{Seen: true, Purpose: "To get to know her."})
		sam, ruby := h.withGoals(t, "Sam"), h.withGoals(t, "Ruby")
		manager := func() *app.Desk { return h.desk(t, "manager-east") }
		listSays(t, "at first", visits(t, manager(), app.VisitsPurpose))

		visit(sam, child.Visit{Seen: true, Purpose: "He was there."})
		visit(sam, child.Visit{Seen: true, Goal: "g2"})
		asked := visit(ruby, child.Visit{Seen: true, Goal: "g~1", Learnt: "Nan came.", Evidence: []string{child.Said}})
		visit(ruby, child.Visit{Seen: true, Goal: "g~1", Learnt: "Nan came.", Evidence: []string{child.Said}})
		listSays(t, "of two visits nobody asks", visits(t, manager(), app.VisitsSaid))
		visit(ruby, child.Visit{Seen: true, Goal: "g~1", Learnt: "Nan came.", Evidence: []string{child.Said}})
		listSays(t, "purpose", visits(t, manager(), app.VisitsPurpose), "Sam Okell: no goal", "Sam Okell: nothing learnt Mornings")
		listSays(t, "said", visits(t, manager(), app.VisitsSaid), "Ruby Okell: said only Evenings")
		then := h.clock.Now()
		h.verify(t)

		// A danger comes first, whatever is newer.
		h.clock.Add(day.Hour)
		h.record(t, ruby, h.say("manager-east", child.CPPlanStarted{Category: "NEG"}))
		visit(ruby, child.Visit{Seen: true, Goal: "g2"})
		visit(sam, child.Visit{Seen: true, Purpose: "He was there again."})
		listSays(t, "by risk", visits(t, manager(), app.VisitsPurpose), "Ruby Okell: nothing learnt Mornings", "Sam Okell: no goal", "Sam Okell: nothing learnt Mornings", "Sam Okell: no goal")

		// One that was wrong was confirmed after all; one visit saw it.
		h.record(t, ruby, child.Command{Actor: testkit.Who("east-1"), Happened: day.AtInstant(h.clock.Now()), Source: entry.Source{Kind: "page"}, Corrects: asked,
			Body: child.Correction{Why: "I saw her.", Body: entry.Flat(`{"seen":true,"alone":false,"where":"home","purpose":"","goal":"g~1","learnt":"Nan came.","how_known":["said","seen"]}`)}})
		listSays(t, "corrected", visits(t, manager(), app.VisitsSaid))
		h.verify(t)

		listSays(t, "then, said", visits(t, h.at(t, "manager-east", then), app.VisitsSaid), "Ruby Okell: said only Evenings")
		listSays(t, "then, purpose", visits(t, h.at(t, "manager-east", then), app.VisitsPurpose), "Sam Okell: no goal", "Sam Okell: nothing learnt Mornings")

		// Nobody has come for weeks: the rules say who had to be seen, and when.
		h.clock.Add(70 * 24 * day.Hour)
		risk := visits(t, manager(), app.VisitsRisk)
		if len(risk) < 2 || !strings.HasPrefix(risk[0], "Ruby Okell: cp.") || slices.Contains(risk, "Sam Okell: "+"visit.planned") {
			t.Errorf("not seen: %q", risk)
		}

		// A record that closes keeps its place, and says nothing.
		h.record(t, sam, h.say("manager-east", child.Restricted{Category: "other", Why: "w", Owner: "head", ReviewBy: h.clock.Now().Date() + 30}))
		got := visits(t, manager(), app.VisitsPurpose)
		if len(got) != 4 || !slices.Contains(got, "A restricted record:") || strings.Contains(fmt.Sprint(got), "Sam") {
			t.Errorf("closed: %q", got)
		}
		for _, x := range visits(t, manager(), app.VisitsRisk) {
			if strings.Contains(x, "Sam") {
				t.Errorf("closed: %q", x)
			}
		}

		// After ninety days a visit is old; a closed case asks nothing.
		h.clock.Add(40 * 24 * day.Hour)
		listSays(t, "old", visits(t, manager(), app.VisitsPurpose))
		h.record(t, ruby, h.say("manager-east", child.CPPlanEnded{}), h.say("manager-east", child.CaseClosed{Why: "done"}))
		if l := visits(t, manager(), app.VisitsRisk); strings.Contains(fmt.Sprint(l), "Ruby") {
			t.Errorf("a closed case is late: %q", l)
		}
		h.verify(t)

		for _, post := range []string{"east-1", "manager-front"} {
			if _, err := h.desk(t, post).TeamVisits(ctx, "east", app.VisitsSaid, app.Cursor{}, 5); !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s: %v", post, err)
			}
		}
		for _, x := range [][2]string{{"nowhere", app.VisitsSaid}, {"east", "workers"}} {
			if _, err := h.desk(t, "director").TeamVisits(ctx, x[0], x[1], app.Cursor{}, 5); !errors.Is(err, app.ErrNotFound) && !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%v: %v", x, err)
			}
		}
	})
}

// That a child may not be safe tonight is told to the manager at once, without a name, and
// is theirs to decide within hours.
func TestNotSafeTonightIsHeardToday(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.Mail = &app.Mail{PublicURL: "https://onus.example"}
		id := h.withGoals(t, "Sam")
		say := func(safe string) {
			h.clock.Add(day.Hour)
			h.record(t, id, h.say("east-1", child.Visit{Seen: true, Where: "home", Goal: "g2", Safe: safe, Next: "Bev comes at five.", Words: "I was alone."}))
		}
		say("yes")
		say("not sure")
		h.record(t, id, h.on("east-1", h.clock.Now().Date()-30, child.Visit{Seen: true, Where: "home", Purpose: "long ago", Safe: "no", Next: "x"}))
		var told []app.Out
		if err := h.Store.View(ctx, func(v app.View) error {
			outs, err := v.Outs(ctx, app.OutQuery{Limit: 50})
			for _, o := range outs {
				if strings.HasPrefix(o.Matter, "visit:") {
					told = append(told, o)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(told) != 1 || told[0].Who != "post:manager-east" || !strings.Contains(told[0].Text, "https://onus.example/child/"+id) {
			t.Fatalf("told: %+v", told)
		}
		for _, no := range []string{"Sam", "Okell", "Bev", "alone"} {
			if strings.Contains(told[0].Text+told[0].Subject+told[0].Brief, no) {
				t.Errorf("%q stands in %q", no, told[0].Text)
			}
		}
		owed := func() bool {
			o, err := h.desk(t, "manager-east").Owed(ctx, app.Cursor{}, 50)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(o.Rows, func(d app.DutyRow) bool { return d.Rule == "visit.not-safe" && d.Due.By == h.clock.Now()+4*day.Hour })
		}
		if !owed() {
			t.Error("the manager owes nothing")
		}
		h.record(t, id, h.say("manager-east", child.Oversight{View: "Sam sleeps at Nan's tonight."}))
		if owed() {
			t.Error("it is decided, and owed still")
		}
		h.verify(t)
	})
}
