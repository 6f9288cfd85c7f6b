package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// waits is a child of a team, referred and decided, whom nobody has.
func (h *house) waits(t *testing.T, given string) string {
	t.Helper()
	id := h.referred(t, given, "Reed")
	h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}))
	return id
}

func (h *house) standing(t *testing.T, id string) child.Status {
	t.Helper()
	p, err := h.desk(t, "manager-east").Child(ctx, "test", id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p.Status
}

func (h *house) owes(t *testing.T, post, rule string) bool {
	t.Helper()
	var rows []app.DutyRow
	if err := h.Store.View(ctx, func(v app.View) (err error) {
		rows, err = v.Duties(ctx, app.DutyQuery{Owners: []line.Key{line.KeyOf(post), line.KeyOfManager("east")}, Rule: rule})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		l, err := h.Line(ctx)
		if err == nil && l.Resolve(r.Owner, h.clock.Now().Date()) == post {
			return true
		}
	}
	return false
}

// A worker is asked; until they have said yes the child is the manager's, and the
// answer is owed by the post that was asked. They see the record until they have
// answered. An objection is owed an answer. With the yes what is owed is theirs.
func TestAWorkerIsAskedBeforeTheChildIsTheirs(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.waits(t, "Ada")
		manager := h.desk(t, "manager-east")
		c, err := manager.Choosing(ctx, id, "")
		if err != nil || len(c.Workers) != 2 || c.Team.ID != "east" {
			t.Fatalf("%+v, %v", c, err)
		}
		if _, err := h.desk(t, "east-1").Child(ctx, "test", id, 0); err == nil {
			t.Error("a worker sees a child of the team whom nobody gave them")
		}
		ask := app.Asking{Child: id, Post: "east-1", Team: "east", Why: "Knows the school.", Key: "k1",
			HandOver: []child.HandOverItem{{What: "Talk", State: child.HandOverToDo}}}
		if _, err := h.desk(t, "manager-front").AskWorker(ctx, ask); err == nil {
			t.Error("another team's manager gives this one's child away")
		}
		if _, err := h.desk(t, "east-2").AskWorker(ctx, ask); err == nil {
			t.Error("a worker gives a child away")
		}
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-60), line.PostCreated{Post: "east-9", Title: "Social worker", Tier: line.Worker, Team: "east", Above: "manager-east"})
		empty := ask
		empty.Post = "east-9"
		if _, err := h.desk(t, "manager-east").AskWorker(ctx, empty); err == nil {
			t.Error("a post in which nobody is was asked")
		}
		if _, err := h.desk(t, "manager-east").Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("manager-east", child.Allocation{Post: "east-9", Team: "east"})}}); err == nil {
			t.Error("the child is given to a post in which nobody is")
		}
		manager = h.desk(t, "manager-east")
		done, err := manager.AskWorker(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := manager.AskWorker(ctx, ask); err != nil || !again.Again || again.Entries[0] != done.Entries[0] {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if s := h.standing(t, id); s.Post != "" || len(s.Asked) != 1 {
			t.Fatalf("%+v", s)
		}
		if !h.owes(t, "east-1", "allocation.answer") {
			t.Error("nobody owes the answer")
		}
		if _, err := h.desk(t, "east-1").Child(ctx, "test", id, 0); err != nil {
			t.Errorf("who is asked must see what of: %v", err)
		}
		say := func(post string, b entry.Body) error {
			h.clock.Add(day.Hour / 60)
			_, err := h.desk(t, post).AnswerAsked(ctx, id, b, "", 0)
			return err
		}
		of := done.Entries[0]
		if err := say("east-2", child.AllocationAccepted{Proposal: of}); err == nil {
			t.Error("somebody else takes the child")
		}
		if err := say("manager-east", child.AllocationAccepted{Proposal: of}); err == nil {
			t.Error("the manager says yes for the worker")
		}
		if err := say("manager-east", child.Allocation{Post: "east-1", Team: "east", Why: "Because.", Proposal: of}); err == nil {
			t.Error("the child is given while the worker has not answered")
		}
		if err := say("east-1", child.AllocationObjected{Proposal: of, Why: "I am in court all week."}); err != nil {
			t.Fatal(err)
		}
		if h.owes(t, "east-1", "allocation.answer") || !h.owes(t, "manager-east", "allocation.objection") {
			t.Error("an objection is an answer, and is owed one")
		}
		if err := say("manager-east", child.Allocation{Post: "east-1", Team: "east", Proposal: of}); err == nil {
			t.Error("an objection is answered without a word")
		}
		if err := say("manager-east", child.AllocationWithdrawn{Proposal: of, Why: "Somebody else has room."}); err != nil {
			t.Fatal(err)
		}
		if h.owes(t, "manager-east", "allocation.objection") {
			t.Error("the objection was answered and is still owed")
		}
		if _, err := h.desk(t, "east-1").Child(ctx, "test", id, 0); err == nil {
			t.Error("who is asked no more sees the record")
		}
		ask.Key = "k2"
		if done, err = h.desk(t, "manager-east").AskWorker(ctx, ask); err != nil {
			t.Fatal(err)
		}
		of = done.Entries[0]
		yes := func() (app.Done, error) {
			h.clock.Add(day.Hour / 60)
			return h.desk(t, "east-1").AnswerAsked(ctx, id, child.AllocationAccepted{Proposal: of, Words: "Gladly."}, "yes", 0)
		}
		first, err := yes()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := yes(); err != nil || !again.Again || again.Entries[0] != first.Entries[0] {
			t.Errorf("a yes that is sent twice a minute apart is one: %+v, %v", again, err)
		}
		s := h.standing(t, id)
		if s.Post != "east-1" || len(s.Asked) != 0 || s.Workers != 1 || s.HandingOver == "" {
			t.Errorf("%+v", s)
		}
		if !h.owes(t, "east-1", "allocation.hand-over") {
			t.Error("what is still to be handed over is owed by nobody")
		}
		if err := say("east-1", child.HandedOver{Allocation: s.HandingOver, Items: []child.HandOverItem{{What: "Talk", State: child.HandOverToDo}}}); err == nil {
			t.Error("what is still to do is handed over")
		}
		if err := say("east-1", child.HandedOver{Allocation: s.HandingOver, Items: []child.HandOverItem{{What: "Talk", State: child.HandOverDone}}}); err != nil {
			t.Fatal(err)
		}
		// A transfer: the child stays with the first worker until the second has said yes.
		ask = app.Asking{Child: id, Post: "east-2", Team: "east", Why: "East 1 leaves.", Key: "k3"}
		if done, err = h.desk(t, "manager-east").AskWorker(ctx, ask); err != nil {
			t.Fatal(err)
		}
		if s := h.standing(t, id); s.Post != "east-1" {
			t.Errorf("asked is not given: %+v", s)
		}
		if err := say("east-2", child.AllocationAccepted{Proposal: done.Entries[0]}); err != nil {
			t.Fatal(err)
		}
		if s := h.standing(t, id); s.Post != "east-2" || s.Workers != 2 {
			t.Errorf("%+v", s)
		}
		if _, err := h.desk(t, "east-1").Child(ctx, "test", id, 0); err == nil {
			t.Error("the worker before still sees the record")
		}
		// A second worker sees and records; what is owed stays the worker's.
		ask = app.Asking{Child: id, Post: "east-1", Team: "east", As: child.SecondWorker, Why: "Two brothers, two workers.", Key: "k4"}
		if done, err = h.desk(t, "manager-east").AskWorker(ctx, ask); err != nil {
			t.Fatal(err)
		}
		if err := say("east-1", child.AllocationAccepted{Proposal: done.Entries[0]}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "east-1").Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("east-1", child.Note{Text: "Seen with his brother."})}}); err != nil {
			t.Errorf("a second worker records: %v", err)
		}
		if s := h.standing(t, id); s.Post != "east-2" || len(s.Second) != 1 || s.Workers != 2 {
			t.Errorf("%+v", s)
		}
		if err := say("manager-east", child.SecondEnded{Post: "east-1", Why: "He moved."}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "east-1").Child(ctx, "test", id, 0); err == nil {
			t.Error("a second worker whose part has ended still sees the record")
		}
		h.verify(t)
	})
}

// Nobody is given work that cannot be done without a name against that choice: hours
// that are not there are added, stood down or accepted, in one transaction, or nothing
// is recorded at all.
func TestNobodyIsGivenWorkThatCannotBeDoneWithoutAName(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-90), line.HoursSet{Post: "east-1", PerWeek: 2})
		for range 2 {
			id := h.waits(t, "Ben")
			h.record(t, id, h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
			h.record(t, id, h.say("east-1", child.AssessmentStarted{}))
		}
		id := h.waits(t, "Ada")
		manager := h.desk(t, "manager-east")
		c, err := manager.Choosing(ctx, id, "")
		if err != nil {
			t.Fatal(err)
		}
		var over app.Candidate
		for _, x := range c.Workers {
			if x.Post.ID == "east-1" {
				over = x
			}
		}
		if over.Limit.Over() <= 0 || over.With.First == 0 || c.Workers[0].Post.ID != "east-2" || c.Workers[0].Limit.Over() != 0 {
			t.Fatalf("two hours a week for three children, beside somebody who has none: %+v, %+v", over.Limit, over.With)
		}
		size := h.size(t)
		ask := app.Asking{Child: id, Post: "east-1", Team: "east", Why: "Knows the school.", Key: "k"}
		refused := func(what string, x app.Asking, want string) {
			t.Helper()
			_, err := manager.AskWorker(ctx, x)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", what, err)
			}
			if n := h.size(t); n != size {
				t.Errorf("%s: %d entries were recorded all the same", what, n-size)
			}
		}
		refused("in silence", ask, "over by")
		if _, err := manager.Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"})}}); err == nil {
			t.Error("the child is given straight to somebody whose hours are not enough")
		}
		ask.Ways = app.Ways{Accepted: over.Limit.Over(), Risk: "A visit may be late."}
		refused("more than a team manager may accept", ask, "In your post you may accept up to")
		ask.Ways = app.Ways{Added: 1, AddedWhat: "Overtime"}
		refused("an hour is not enough", ask, "nobody answers")

		waits, err := manager.CanWait(ctx, "east-1", id)
		if err != nil || len(waits) == 0 {
			t.Fatalf("%+v, %v", waits, err)
		}
		ask.Ways = app.Ways{Added: 500, AddedWhat: "Agency", Down: []child.Stood{{Child: waits[0].Row.Child, Duty: "no-such-duty"}}, DownWhy: "It can wait."}
		refused("what the worker does not owe is stood down", ask, "does not owe")
		law, free := -1, -1
		for i, x := range waits {
			if x.Not != "" && law < 0 {
				law = i
			} else if x.Not == "" && free < 0 {
				free = i
			}
		}
		if law >= 0 {
			ask.Ways = app.Ways{Added: 500, AddedWhat: "Agency", Down: []child.Stood{{Child: waits[law].Row.Child, Duty: waits[law].Row.ID}}, DownWhy: "It can wait."}
			refused("what the law asks for is stood down", ask, "The law asks for this")
		}
		if free < 0 {
			t.Fatalf("nothing can wait: %+v", waits)
		}
		down := waits[free]
		ask.Ways = app.Ways{Down: []child.Stood{{Child: down.Row.Child, Duty: down.Row.ID, Hours: down.Hours}}, DownWhy: "The school sees him daily.", Added: 3, AddedWhat: "Overtime", Accepted: 200, Risk: "A visit may be late. I ring the school."}
		w, err := manager.Weigh(ctx, id, "east-1", ask.Ways)
		if err != nil || w.Left >= w.Over || w.Open != 0 {
			t.Fatalf("%+v, %v", w, err)
		}
		// The service manager may accept more; what is left after both is theirs to accept.
		d := h.desk(t, "director")
		if w, err = d.Weigh(ctx, id, "east-1", ask.Ways); err != nil || !w.Any {
			t.Fatalf("%+v, %v", w, err)
		}
		done, err := d.AskWorker(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := d.Child(ctx, "test", id, 0)
		if err != nil {
			t.Fatal(err)
		}
		ev, _ := rec.Record.Event(done.Entries[0])
		b := ev.Body.(child.AllocationProposed)
		if b.Over == nil || b.Load == nil || len(b.Over.Down) != 1 || len(b.Over.Added) != 1 || b.Over.Down[0].Hours != down.Hours || b.Load.Short <= 0 {
			t.Errorf("what was answered is not kept: %+v %+v", b.Over, b.Load)
		}
		l, err := h.Line(ctx)
		if err != nil {
			t.Fatal(err)
		}
		gets, _ := l.Extras("east-1", h.clock.Now().Date())
		accepted, by := l.Accepted("east-1", h.clock.Now().Date())
		if len(gets) != 1 || w.Left > 0 && (accepted != w.Left || len(by) != 1 || by[0].By != "director" || by[0].Decision == "") {
			t.Errorf("on the line: %+v, %v %+v, left %v", gets, accepted, by, w.Left)
		}
		if w.Left > 0 {
			p, err := d.Decision(ctx, by[0].Decision, 0)
			if err != nil || p.State() != "stands" || p.ReviewBy() != w.Until || strings.Contains(p.Proposed.What+p.Proposed.Reasons+p.Proposed.Shown, "Ada") {
				t.Errorf("the decision: %+v, %v", p, err)
			}
		}
		if x := findDuty(t, h, down.Row.Child, down.Row.ID); x != duty.StoodDown {
			t.Errorf("the duty is %v", x)
		}
		// Now the hours are answered for: a second look finds nothing over.
		if w, err := h.desk(t, "director").Weigh(ctx, "", "east-1", app.Ways{}); err != nil || w.Over != 0 {
			t.Errorf("%+v, %v", w, err)
		}
		h.verify(t)
	})
}

func findDuty(t *testing.T, h *house, id, of string) duty.State {
	t.Helper()
	p, err := h.desk(t, "manager-east").Child(ctx, "test", id, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Duties {
		if p.Duties[i].Named(of) {
			return p.Duties[i].State
		}
	}
	t.Fatal(errors.New("there is no such duty"))
	return 0
}

// Leave, sickness, fewer hours and hours that are lent count, day by day; who is off
// sick and holds children is over, not empty.
func TestHoursFollowLeaveAndSickness(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		on := h.clock.Now().Date() // a Monday
		testkit.LineSays(t, h.App, day.On(on-90), line.HoursSet{Post: "east-1", PerWeek: 37}, line.HoursSet{Post: "east-2", PerWeek: 37})
		id := h.waits(t, "Ada")
		h.record(t, id, h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
		ahead := func(post string) app.WorkerAhead {
			t.Helper()
			p, err := h.desk(t, "manager-east").Ahead(ctx, "east", app.WhatIf{})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range p.Workers {
				if w.Post.ID == post {
					return w
				}
			}
			t.Fatal("no such worker")
			return app.WorkerAhead{}
		}
		full := ahead("east-1").Outlook.Weeks[1].Available
		if full < 22 || full > 22.3 { // 37 hours, six tenths
			t.Fatalf("a week has %v hours", full)
		}
		d := h.desk(t, "manager-east")
		say := func(when day.Date, b entry.Body) app.Done {
			t.Helper()
			done, err := d.RecordLine(ctx, []line.Command{{Happened: day.On(when), Body: b, Source: entry.Source{Kind: "page"}}}, "")
			if err != nil {
				t.Fatal(err)
			}
			d = h.desk(t, "manager-east")
			return done
		}
		say(on+7, line.PersonAbsent{Person: "p-east-1", What: line.OnLeave, To: on + 9, Sure: true})
		if got := ahead("east-1").Outlook.Weeks[1].Available; got < full*2/5-0.01 || got > full*2/5+0.01 {
			t.Errorf("three days of leave leave %v of %v hours", got, full)
		}
		say(on, line.HoursReduced{Person: "p-east-2", Percent: 25, For: "newly qualified", Why: "First year."})
		if got := ahead("east-2").Outlook.Weeks[2].Available; got < full*0.75-0.01 || got > full*0.75+0.01 {
			t.Errorf("a quarter less leaves %v of %v hours", got, full)
		}
		say(on+14, line.HoursAdded{Post: "east-1", Hours: 5, To: on + 18, What: "Lent by east 2", From: "east-2"})
		if a, b := ahead("east-1").Outlook.Weeks[2].Available, ahead("east-2").Outlook.Weeks[2].Available; a < full+5-0.01 || a > full+5+0.01 || b < full*0.75-5-0.01 || b > full*0.75-5+0.01 {
			t.Errorf("five hours lent, all of them for duties: %v and %v of %v", a, b, full)
		}
		testkit.LineSays(t, h.App, day.On(on), line.PersonNewlyQualified{Person: "p-east-2", Since: on - 120})
		d = h.desk(t, "manager-east")
		if got := ahead("east-2").Outlook.Weeks[3].Available; got < full*0.75-0.01 || got > full*0.75+0.01 {
			t.Errorf("in the fifth month three quarters are left: %v of %v hours", got, full)
		}
		if got := ahead("east-2").Outlook.Weeks[7].Available; got < full*0.75-0.01 || got > full*0.75+0.01 {
			t.Errorf("a quarter was agreed away beside: %v of %v hours", got, full)
		}
		sick := say(on, line.PersonAbsent{Person: "p-east-1", What: line.OffSick})
		if w := ahead("east-1"); w.Outlook.First == 0 || w.Outlook.Weeks[0].Available != 0 || w.Duties == 0 {
			t.Errorf("who is off sick and holds a child is over, not empty: %+v", w)
		}
		say(on+4, line.AbsenceEnded{Absence: sick.Entries[0]})
		if w := ahead("east-1"); w.Outlook.Weeks[0].Available != 0 || w.Outlook.Weeks[1].Available == 0 {
			t.Errorf("back after a week: %+v", w.Outlook)
		}
		for _, who := range []string{"east-1", "east-2", "manager-front"} {
			if _, err := h.desk(t, who).RecordLine(ctx, []line.Command{{Happened: day.On(on), Body: line.PersonAbsent{Person: "p-east-1", What: line.OffSick}, Source: entry.Source{Kind: "page"}}}, ""); err == nil {
				t.Errorf("%s says that somebody is away", who)
			}
		}
		if _, err := h.desk(t, "manager-east").RecordLine(ctx, []line.Command{{Happened: day.On(on), Body: line.HoursAccepted{Post: "east-1", Hours: 3, To: on + 5, Risk: "x", By: "manager-east"}, Source: entry.Source{Kind: "page"}}}, ""); err == nil {
			t.Error("hours over are accepted past the door")
		}
	})
}

// Hours that are not there are seen before it happens, stand in the list of the post
// above, and where nobody answers they become a concern by themselves, once, which
// climbs like every other. Whoever answers ends it.
func TestHoursThatAreNotThereClimbByThemselves(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-90), line.HoursSet{Post: "east-1", PerWeek: 2})
		id := h.waits(t, "Ben")
		h.record(t, id, h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, id, h.say("east-1", child.AssessmentStarted{}))
		look := func(want int) {
			t.Helper()
			h.clock.Add(day.Hour)
			n, err := h.WatchHours(ctx)
			if err != nil || n != want {
				t.Fatalf("%d entries, want %d; %v", n, want, err)
			}
		}
		look(1)
		look(0)
		owed := h.desk(t, "manager-east").OverOwed()
		if len(owed) != 1 || owed[0].Post.ID != "east-1" || owed[0].Short <= 0 || owed[0].First == 0 || owed[0].Mine {
			t.Fatalf("the manager sees %+v", owed)
		}
		if own := h.desk(t, "east-1").OverOwed(); len(own) != 1 || !own[0].Mine {
			t.Errorf("the worker sees %+v", own)
		}
		if other := h.desk(t, "manager-front").OverOwed(); len(other) != 0 {
			t.Errorf("another manager sees %+v", other)
		}
		h.clock.Add(24 * day.Hour)
		look(0)
		h.clock.Add(3 * 24 * day.Hour)
		look(1)
		look(0)
		list, err := h.desk(t, "manager-east").Concerns(ctx, app.Cursor{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var found string
		for _, c := range list.Told {
			found = c.ID
		}
		if found == "" {
			t.Fatalf("nobody was told: %+v", list)
		}
		p := h.opens(t, "manager-east", found)
		if p.Raised.Special != "overload" || p.Author != entry.System.Person || len(p.Raised.Attached) != 1 || !strings.Contains(p.Raised.Text, "an answer was due") {
			t.Errorf("%+v", p.Raised)
		}
		if _, err := h.desk(t, "east-2").AnswerHours(ctx, "east-1", app.Ways{Accepted: 1, Risk: "x"}, ""); err == nil {
			t.Error("a worker answers for hours")
		}
		if _, err := h.desk(t, "manager-east").AnswerHours(ctx, "east-1", app.Ways{Added: 0.5, AddedWhat: "Overtime"}, ""); err == nil {
			t.Error("half an hour is enough")
		}
		size := h.size(t)
		done, err := h.desk(t, "manager-east").AnswerHours(ctx, "east-1", app.Ways{Added: 100, AddedWhat: "An agency's worker"}, "k")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.desk(t, "manager-east").AnswerHours(ctx, "east-1", app.Ways{Added: 100, AddedWhat: "An agency's worker"}, "k"); err != nil || !again.Again || again.Entries[0] != done.Entries[0] || h.size(t) != size+2 {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if owed := h.desk(t, "manager-east").OverOwed(); len(owed) != 0 {
			t.Errorf("it was answered and is still owed: %+v", owed)
		}
		look(0)
		h.verify(t)
	})
}

// Two managers who answer for hours at the same moment, and another who records a note:
// what changes the line is written apart, and nobody is refused for the company.
func TestAnswersForHoursAreWrittenApart(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-90), line.HoursSet{Post: "east-1", PerWeek: 1})
		kid := h.waits(t, "Ben")
		h.record(t, kid, h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, kid, h.say("east-1", child.AssessmentStarted{}))
		ids := []string{h.waits(t, "Ada"), h.waits(t, "Cy"), h.waits(t, "Di")}
		errs := make(chan error, len(ids)+1)
		for _, id := range ids {
			d := h.desk(t, "manager-east")
			go func() {
				_, err := d.AskWorker(ctx, app.Asking{Child: id, Post: "east-1", Team: "east", Why: "Nobody else.", Key: "key-" + id, Ways: app.Ways{Added: 100, AddedWhat: "An agency's worker"}})
				errs <- err
			}()
		}
		d := h.desk(t, "east-1")
		go func() {
			_, err := d.Record(ctx, app.Do{Child: kid, Commands: []child.Command{h.say("east-1", child.Note{Text: "Rang the school."})}})
			errs <- err
		}()
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		h.verify(t)
	})
}

// Whoever is asked is told by mail, and so is whoever must answer an objection, and the
// worker of the answer. No name and no word of it leaves.
func TestWhoIsAskedIsToldByMail(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.Mail = &app.Mail{PublicURL: "https://onus.example"}
		id := h.waits(t, "Samuel")
		say := func(post string, b entry.Body) {
			t.Helper()
			h.clock.Add(day.Hour / 60)
			if _, err := h.desk(t, post).AnswerAsked(ctx, id, b, "", 0); err != nil {
				t.Fatal(err)
			}
		}
		ask := func(key string) entry.ID {
			t.Helper()
			done, err := h.desk(t, "manager-east").AskWorker(ctx, app.Asking{Child: id, Post: "east-1", Team: "east", Why: "Knows the school.", Key: key})
			if err != nil {
				t.Fatal(err)
			}
			return done.Entries[0]
		}
		of := ask("k1")
		say("east-1", child.AllocationObjected{Proposal: of, Why: "I am in court all week."})
		say("manager-east", child.AllocationWithdrawn{Proposal: of, Why: "Somebody else."})
		of = ask("k2")
		say("east-1", child.AllocationObjected{Proposal: of, Why: "I am in court all week."})
		say("manager-east", child.Allocation{Post: "east-1", Team: "east", Proposal: of, Why: "The court is off."})
		var got []string
		if err := h.Store.View(ctx, func(v app.View) error {
			outs, err := v.Outs(ctx, app.OutQuery{Limit: 50})
			for _, o := range outs {
				if !strings.HasPrefix(o.Matter, "asked:") {
					continue
				}
				got = append(got, strings.TrimPrefix(o.Who, "post:")+" "+o.Step)
				for _, no := range []string{"Samuel", "Reed", "court", "school"} {
					if strings.Contains(o.Text+o.Subject+o.Brief, no) {
						t.Errorf("%q stands in %q", no, o.Text)
					}
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want := []string{"east-1 asked", "manager-east objected", "east-1 withdrawn", "east-1 asked", "manager-east objected", "east-1 answered"}
		if !slices.Equal(got, want) {
			t.Errorf("told are %q, want %q", got, want)
		}
		h.verify(t)
	})
}

// Who knows the family, and who has children in the same part of town, stands beside each
// worker: of a brother whose record is closed to whoever asks, nothing.
func TestWhoKnowsTheFamily(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		brother := h.waits(t, "Ben")
		h.record(t, brother, h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}), h.say("manager-east", child.Known{Address: "4 Salt Row, Marlowe ML3 4AB"}))
		id := h.waits(t, "Ada")
		h.record(t, id, h.say("manager-east", child.Known{Address: "9 Pier Lane, ml3 9zz"}), h.say("manager-front", child.Contact{From: "school", What: "both were hungry", Intake: child.Intake{Household: []child.Member{{Name: "Ben", Relation: "brother", Child: brother}}}}))
		look := func() (knows []string, near int) {
			t.Helper()
			c, err := h.desk(t, "manager-east").Choosing(ctx, id, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range c.Workers {
				if x.Post.ID == "east-1" {
					return x.Knows, x.Near
				}
			}
			t.Fatal("no such worker")
			return nil, 0
		}
		if knows, near := look(); len(knows) != 1 || knows[0] != "Has a brother or sister of this child" || near != 1 {
			t.Errorf("%q, %d in the same part of town", knows, near)
		}
		h.record(t, brother, h.say("manager-east", child.Restricted{Category: "other", Why: "x", Owner: "head", ReviewBy: h.clock.Now().Date() + 30}))
		if knows, _ := look(); len(knows) != 0 {
			t.Errorf("of a closed record is said %q", knows)
		}
		h.verify(t)
	})
}

// The language of the family is recorded once, of who the child is, and is a reason for a
// worker who speaks it; a manager may ignore it.
func TestAWorkerWhoSpeaksTheLanguage(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	id := h.waits(t, "Ada")
	testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PersonSkills{Person: "p-east-2", Languages: []string{"Urdu", "polish"}})
	of := func() map[string][]string {
		c, err := h.desk(t, "manager-east").Choosing(ctx, id, "")
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]string{"first": {c.Workers[0].Post.ID}}
		for _, w := range c.Workers {
			out[w.Post.ID] = w.Speaks
		}
		return out
	}
	if got := of(); got["east-2"] != nil || got["first"][0] != "east-1" {
		t.Errorf("nobody has said which language the family speaks: %q", got)
	}
	if ps := (child.Known{Interpreter: "maybe"}).Check(); len(ps) != 1 || ps[0].Field != "interpreter" {
		t.Errorf("%+v", ps)
	}
	h.record(t, id, h.say("manager-front", child.Known{Parents: "Polish", Interpreter: "the parents"}))
	h.record(t, id, h.say("manager-front", child.Known{Language: "English"}))
	if got := of(); len(got["east-2"]) != 1 || got["east-2"][0] != "polish, as the parents do" || got["east-1"] != nil || got["first"][0] != "east-2" {
		t.Errorf("%q", got)
	}
	p, err := h.Look(ctx, id, 0)
	if err != nil || p.Identity.Language != "English" || p.Identity.Parents != "Polish" || p.Identity.Interpreter != "the parents" {
		t.Errorf("%+v, %v", p.Identity, err)
	}
	h.verify(t)
}
