package app_test

import (
	"errors"
	"slices"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// may checks whether a person may open a record now.
func (h *house) may(t *testing.T, person string, id string, want bool) {
	t.Helper()
	d, err := h.Desk(ctx, app.Reader{Person: person, Fresh: true})
	if err == nil {
		_, err = d.Child(ctx, "test", id, 0)
	}
	if want && err != nil || !want && !errors.Is(err, app.ErrForbidden) {
		t.Errorf("%s may open the record: want %v, and %v", person, want, err)
	}
}

func (h *house) says(t *testing.T, post, id string, b entry.Body) (app.Done, error) {
	t.Helper()
	return h.desk(t, post).Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say(post, b)}})
}

func must(t *testing.T, _ app.Done, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A restricted record is closed to everybody but those its owner lets in, for a
// time; in an emergency it opens for hours, and somebody independent looks at
// that; a relation closes it whatever else is true.
func TestARestrictedRecord(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		today := h.clock.Now().Date()
		h.record(t, id, h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		h.may(t, "p-east-1", id, true)
		h.may(t, "p-east-2", id, false)
		h.may(t, "p-manager-east", id, true)
		h.may(t, "p-director", id, true)
		h.may(t, "p-chair", id, false)

		if _, err := h.says(t, "east-1", id, child.Restricted{Category: "adoption", Why: "w", Owner: "service", ReviewBy: today + 30}); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a worker restricts: %v", err)
		}
		done, err := h.says(t, "manager-east", id, child.Restricted{Category: "adoption", Why: "w", Owner: "service", ReviewBy: today + 30})
		must(t, done, err)
		for _, who := range []string{"p-east-1", "p-manager-east", "p-head", "p-director"} {
			h.may(t, who, id, false)
		}
		h.may(t, "p-service", id, true)
		list, err := h.desk(t, "east-1").MyChildren(ctx, app.Cursor{}, 10)
		if err != nil || len(list.Rows) != 1 || list.Rows[0].Name != "A restricted record" || list.Rows[0].Closed != "service" || list.Rows[0].Birth != 0 {
			t.Errorf("in a list: %+v, %v", list.Rows, err)
		}
		found, err := h.desk(t, "east-2").Search(ctx, "marsh", 10)
		if err != nil || len(found.Rows) != 1 || found.Rows[0].Name != "A restricted record" || found.Rows[0].Closed != "service" {
			t.Errorf("found: %+v, %v", found.Rows, err)
		}
		done, err = h.says(t, "service", id, child.LetIn{Person: "p-east-1", For: child.TwoWeeks, Why: "works on"})
		must(t, done, err)
		h.may(t, "p-east-1", id, true)
		h.clock.Add(15 * 24 * day.Hour)
		h.may(t, "p-east-1", id, false)

		done, err = h.says(t, "east-1", id, child.GlassBroken{Why: "the police ask", Hours: 2})
		must(t, done, err)
		h.may(t, "p-east-1", id, true)
		if _, err := h.says(t, "east-1", id, child.GlassReviewed{Glass: done.Entries[0], Outcome: child.GlassOutcomes[0], Why: "w"}); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("they review it themselves: %v", err)
		}
		h.clock.Add(2 * day.Hour)
		h.may(t, "p-east-1", id, false)
		done, err = h.says(t, "head", id, child.GlassReviewed{Glass: done.Entries[0], Outcome: child.GlassOutcomes[0], Why: "w"})
		must(t, done, err)

		done, err = h.says(t, "service", id, child.RelationDeclared{Person: "p-service", Relation: child.Relations[1]})
		must(t, done, err)
		h.may(t, "p-service", id, false)
		h.verify(t)
	})
}

// What ends access ends it with the next request.
func TestAccessFollowsTheLine(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		today := h.clock.Now().Date()
		h.record(t, id, h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		h.may(t, "p-manager-front", id, false) // it has passed on
		testkit.LineSays(t, h.App, day.On(today), line.Cover{Post: "east-1", By: "east-2", To: today + 3, Why: "leave"})
		h.may(t, "p-east-2", id, true)
		h.clock.Add(4 * 24 * day.Hour)
		h.may(t, "p-east-2", id, false)
		today = h.clock.Now().Date()
		h.record(t, id, h.on("manager-east", today, child.Allocation{Post: "east-2", Team: "east"}))
		h.may(t, "p-east-1", id, false)
		h.may(t, "p-east-2", id, true)
		testkit.LineSays(t, h.App, day.On(today), line.PersonSuspended{Person: "p-east-2", Why: "w"})
		h.may(t, "p-east-2", id, false)
		testkit.LineSays(t, h.App, day.On(today), line.PersonLeft{Person: "p-manager-east", Why: "w"})
		h.may(t, "p-manager-east", id, true) // their last day
		h.clock.Add(24 * day.Hour)
		h.may(t, "p-manager-east", id, false)
		h.may(t, "p-service", id, true)
	})
}

// A sample is drawn by lot; an auditor sees those children until the audit
// ends, and records nothing. A partner sees what was disclosed, and no more.
func TestOpenByName(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		var ids []string
		for _, n := range []string{"Ada", "Bo", "Cy", "Di", "Ed", "Flo"} {
			ids = append(ids, h.referred(t, n, "Marsh"))
		}
		today := h.clock.Now().Date()
		testkit.LineSays(t, h.App, day.On(today), line.PostCreated{Post: "audit", Title: "Auditor", Tier: line.Worker, Above: "head", Function: line.Auditor},
			line.PersonKnown{Person: "aud", Name: "Aud Orr"}, line.PostHeld{Post: "audit", Person: "aud"},
			line.PersonKnown{Person: "nurse", Name: "Nell Ash", Party: line.Partner})
		if _, err := h.desk(t, "manager-east").Sample(ctx, "aud", "visits", nil, 2, today+10); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a team manager draws: %v", err)
		}
		if _, err := h.desk(t, "head").Sample(ctx, "p-east-1", "", []string{"nowhere"}, 0, today-1); len(refused(t, err)) != 5 {
			t.Errorf("mistakes: %v", err)
		}
		n, err := h.desk(t, "head").Sample(ctx, "aud", "visits", nil, 4, today+10)
		if err != nil || n != 4 {
			t.Fatalf("%d drawn, %v", n, err)
		}
		aud, err := h.Desk(ctx, app.Reader{Person: "aud"})
		if err != nil {
			t.Fatal(err)
		}
		list, err := aud.OpenToMe(ctx, app.Cursor{}, 10)
		if err != nil || len(list.Rows) != 4 {
			t.Fatalf("%d children are open to the auditor, %v", len(list.Rows), err)
		}
		for _, id := range ids {
			h.may(t, "aud", id, slices.ContainsFunc(list.Rows, func(c app.ChildRow) bool { return c.Child == id }))
		}
		drawn := list.Rows[0].Child
		if _, err := aud.Record(ctx, app.Do{Child: drawn, Commands: []child.Command{h.say("audit", child.Note{Text: "x"})}}); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("an auditor records: %v", err)
		}
		if p, rs, err := h.desk(t, "manager-front").Readers(ctx, drawn, 50); err != nil || p == nil || !slices.ContainsFunc(rs, func(r app.Read) bool { return r.Person == "aud" && r.Grounds == "sample" }) {
			t.Errorf("the look has no ground: %+v, %v", rs, err)
		}
		h.clock.Add(11 * 24 * day.Hour)
		h.may(t, "aud", drawn, false)

		note := h.record(t, ids[0], h.say("manager-front", child.Note{Text: "fit to share"})).Entries[0]
		today = h.clock.Now().Date()
		done, err := h.says(t, "manager-front", ids[0], child.Disclosed{Person: "nurse", What: "Ada was hungry", Basis: "to protect her", Entries: []entry.ID{note}, Until: today + 5})
		must(t, done, err)
		nurse, err := h.Desk(ctx, app.Reader{Person: "nurse", Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		of, err := nurse.Disclosed(ctx, ids[0])
		if err != nil || len(of) != 1 || len(of[0].Entries) != 1 || of[0].What != "Ada was hungry" {
			t.Errorf("%+v, %v", of, err)
		}
		h.may(t, "nurse", ids[0], false)
		if _, err := nurse.Disclosed(ctx, ids[1]); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("another child: %v", err)
		}
		for what, err := range map[string]error{"owed": second(nurse.Owed(ctx, app.Cursor{}, 5)), "search": second(nurse.Search(ctx, "marsh", 5)), "the line": second(nurse.TheLine(ctx, 0, 0))} {
			if !errors.Is(err, app.ErrForbidden) {
				t.Errorf("a partner and %s: %v", what, err)
			}
		}
		h.clock.Add(6 * 24 * day.Hour)
		nurse, err = h.Desk(ctx, app.Reader{Person: "nurse"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := nurse.Disclosed(ctx, ids[0]); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("after the last day: %v", err)
		}
		h.verify(t)
	})
}

func second[A any](_ A, err error) error { return err }

// A program does what its owner may and its key is for, until the key ends or
// its owner goes.
func TestAProgramsKey(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		today := h.clock.Now().Date()
		testkit.LineSays(t, h.App, day.On(today), line.PostCreated{Post: "admin", Title: "Administrator", Tier: line.Worker, Above: "head", Function: line.Administrator},
			line.PersonKnown{Person: "nad", Name: "Nad Osei"}, line.PostHeld{Post: "admin", Person: "nad"})
		stale, err := h.Desk(ctx, app.Reader{Person: "nad"})
		if err != nil {
			t.Fatal(err)
		}
		var x *app.Denied
		if _, err := stale.IssueKey(ctx, "n", "p-manager-front", []string{"children"}, today+9); !errors.As(err, &x) || !x.Afresh {
			t.Errorf("without a fresh sign-in: %v", err)
		}
		admin, err := h.Desk(ctx, app.Reader{Person: "nad", Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		text, err := admin.IssueKey(ctx, "dashboard", "p-manager-front", []string{"children"}, today+9)
		if err != nil {
			t.Fatal(err)
		}
		l, err := h.App.Line(ctx)
		if err != nil {
			t.Fatal(err)
		}
		key := l.ProgramKeys()[0].Key
		secret := text[len("onus_"+key+"_"):]
		if f := h.Front(); !f.KeyFits(l, key, secret) || f.KeyFits(l, key, secret+"x") || f.KeyFits(l, "none", secret) || f.KeyFits(l, key, "") {
			t.Error("a key does not fit as it should")
		}
		open := func(want bool) {
			t.Helper()
			d, err := h.Desk(ctx, app.Reader{Key: key})
			if err == nil {
				_, err = d.Child(ctx, "API", id, 0)
			}
			if (err == nil) != want {
				t.Errorf("the key opens the record: %v", err)
			}
		}
		open(true)
		d, err := h.Desk(ctx, app.Reader{Key: key, Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Owed(ctx, app.Cursor{}, 5); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("beyond its scope: %v", err)
		}
		if d.MayAfresh(access.ExportChild) {
			t.Error("a program takes copies")
		}
		h.clock.Add(10 * 24 * day.Hour)
		open(false)
		h.verify(t)
	})
}

// Looks that nothing in the work explains become questions, once, to the manager
// of whoever looked; and never to themselves.
func TestLooksBecomeQuestions(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		whitlock := h.referred(t, "Iona", "Whitlock") // Dana Whitlock is in east-1
		marsh := h.referred(t, "Bo", "Marsh")
		for _, id := range []string{whitlock, marsh} {
			h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
			h.record(t, id, h.on("manager-east", today, child.Allocation{Post: "east-2", Team: "east"}))
		}
		look := func(person, id string) {
			t.Helper()
			d, err := h.Desk(ctx, app.Reader{Person: person})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Child(ctx, "Record", id, 0); err != nil && !errors.Is(err, app.ErrForbidden) {
				t.Fatal(err)
			}
		}
		look("p-east-1", whitlock)
		look("p-east-1", whitlock)
		look("p-east-1", marsh)
		look("p-east-2", marsh)
		ask := func(want int) {
			t.Helper()
			h.clock.Add(day.Hour)
			n, err := h.AskAboutLooks(ctx)
			if err != nil || n != want {
				t.Errorf("%d questions, want %d: %v", n, want, err)
			}
		}
		ask(1)
		ask(0)
		look("p-east-1", whitlock)
		ask(0) // it was asked already
		testkit.LineSays(t, h.App, day.On(today), line.PostLeft{Post: "east-1", Person: "p-east-1", Why: "moved"})
		h.clock.Add(24 * day.Hour)
		look("p-east-1", marsh)
		ask(1)
		manager, err := h.Desk(ctx, app.Reader{Person: "p-manager-east"})
		if err != nil {
			t.Fatal(err)
		}
		qs, err := manager.Questions(ctx)
		if err != nil || len(qs) != 1 || qs[0].Pattern != app.SameName || qs[0].Looks != 2 || qs[0].Row == nil || qs[0].Row.Name != "Iona Whitlock" {
			t.Fatalf("%+v, %v", qs, err)
		}
		if _, err := manager.RecordLine(ctx, []line.Command{{Happened: day.AtInstant(h.clock.Now()), Body: line.LookAsked{Person: "p-east-2", Pattern: "x"}}}, ""); err == nil {
			t.Error("somebody asks by hand")
		}
		if _, err := manager.RecordLine(ctx, []line.Command{{Happened: day.AtInstant(h.clock.Now()), Body: line.LookAnswered{Asked: qs[0].ID, Answer: line.LookAnswers[0], Why: "no relation"}}}, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := manager.RecordLine(ctx, []line.Command{{Happened: day.AtInstant(h.clock.Now()), Body: line.LookAnswered{Asked: qs[0].ID, Answer: line.LookAnswers[0], Why: "again"}}}, ""); err == nil {
			t.Error("it is answered twice")
		}
		if d, err := h.Desk(ctx, app.Reader{Person: "p-east-2"}); err != nil || !errors.Is(second(d.Questions(ctx)), app.ErrForbidden) {
			t.Errorf("a worker sees questions: %v", err)
		}
		// A restricted record: whoever keeps it closed is asked, and no manager.
		dana := h.referred(t, "Ada", "Whitlock")
		h.record(t, dana, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		h.record(t, dana, h.say("manager-east", child.Restricted{Category: "adoption", Why: "w", Owner: "service", ReviewBy: h.clock.Now().Date() + 30}))
		look("p-east-1", dana) // who has her name, and has left the team
		ask(2)
		l, err := h.Line(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if q := l.Questions()[len(l.Questions())-1]; q.Child != dana || q.Post != "service" {
			t.Errorf("asked was %s about %s", q.Post, q.Child)
		}
		// Ten closed records in a day, however many rounds lie between.
		var closed []string
		for range 10 {
			id := h.referred(t, "Kit", "Penrose")
			h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
			closed = append(closed, id)
		}
		for i, id := range closed {
			look("p-east-2", id)
			look("p-east-2", id)
			if i < len(closed)-1 {
				ask(0)
			} else {
				ask(1)
			}
		}
		h.verify(t)
	})
}
