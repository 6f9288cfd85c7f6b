package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/line"
	"onus/internal/testkit"
)

// at is a desk that looks back, however long it takes to be ready.
func (h *house) at(t *testing.T, post string, known day.Instant) *app.Desk {
	t.Helper()
	for range 200 {
		d, err := h.desk(t, post).At(ctx, known)
		if errors.Is(err, app.ErrBeingMade) {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	t.Fatal("it is never ready")
	return nil
}

// listed is what lists say to somebody, as a text.
func listed(t *testing.T, d *app.Desk) string {
	t.Helper()
	var b strings.Builder
	for after := (app.Cursor{}); ; {
		o, err := d.Owed(ctx, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "owed %d, %d late, by %s\n", o.All, o.Late, o.Now)
		for _, x := range o.Rows {
			fmt.Fprintf(&b, " %s %s due %s late %v owner %s told %s %s: %s %s\n", x.Rule, x.ID, x.Due.On, x.Due.Late(o.Now), o.Line.Resolve(x.Owner, o.Now.Date()), x.ClimbedTo, x.ClimbedAt, x.ChildRow.Name, x.ChildRow.Situation)
		}
		if after = o.Next; after.ID == "" {
			break
		}
	}
	mine, err := d.MyChildren(ctx, app.Cursor{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mine.Rows {
		fmt.Fprintf(&b, "mine %s %s %s seen %s\n", c.Name, c.Situation, c.Post, c.LastSeen)
	}
	for _, team := range d.Who().Teams {
		p, err := d.Team(ctx, team, app.Cursor{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "team %s: %d children, %d without, %d late, managed by %s\n", team, p.Children, p.Unallocated, p.LateCount, p.ManagedBy.Person)
		for _, x := range p.Loads {
			fmt.Fprintf(&b, " %s %s %d %d %d\n", x.Post.ID, x.Answer.Person, x.Children, x.Owed, x.Late)
		}
		for _, x := range p.Late {
			fmt.Fprintf(&b, " late %s %s\n", x.ID, x.ChildRow.Name)
		}
	}
	if l, err := d.Unallocated(ctx, "", app.Cursor{}, 50); err == nil {
		for _, c := range l.Rows {
			fmt.Fprintf(&b, "waits %s since %s in %q\n", c.Name, c.NoWorkerSince, c.Team)
		}
	} else if !errors.Is(err, app.ErrForbidden) {
		t.Fatal(err)
	}
	owed, own := d.LineOwed()
	for _, x := range slices.Concat(owed, own) {
		fmt.Fprintf(&b, "line %s %s due %s late %v to %v told %d\n", x.About, x.Post.ID, x.Due, x.Late, x.To, len(x.Told))
	}
	o, err := d.ConcernsOwed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range o.Answer {
		fmt.Fprintf(&b, "answer concern %d %q by %s\n", c.Number, c.Title, c.By)
	}
	for _, c := range o.Judge {
		fmt.Fprintf(&b, "judge concern %d\n", c.Number)
	}
	for _, p := range o.Promises {
		fmt.Fprintf(&b, "promised %s by %s\n", p.What, p.By)
	}
	cs, err := d.Concerns(ctx, app.Cursor{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Concat(cs.Mine, cs.Told) {
		fmt.Fprintf(&b, "concern %d %s\n", c.Number, c.State)
	}
	ds, err := d.Decisions(ctx, app.Cursor{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range ds.Rows {
		fmt.Fprintf(&b, "decision %d %s\n", x.Number, x.State)
	}
	asked, err := d.RecordsOwed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range asked {
		fmt.Fprintf(&b, "decision asks %s %q by %s\n", x.What, x.Text, x.By)
	}
	return b.String()
}

// Every list, as known at a moment, is what the program really showed at that moment.
func TestTheListsOfThePastAreThoseThatWereShown(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		posts := []string{"manager-front", "east-1", "service", "director"}
		type shown struct {
			at   day.Instant
			post string
			text string
		}
		var was []shown
		see := func() {
			for _, p := range posts {
				was = append(was, shown{h.clock.Now(), p, listed(t, h.desk(t, p))})
			}
			h.clock.Add(day.Second)
		}
		later := func(n day.Instant) { h.clock.Add(n); h.round(t) }
		var kids []string
		for _, name := range []string{"Iona", "Kit", "Ada"} {
			kids = append(kids, h.referred(t, name, "Marsh"))
			later(3 * day.Hour)
		}
		see()
		later(50 * day.Hour)
		see()
		warning := h.raise(t, "east-1", app.Wish{Text: "I have too much", Key: "w"})
		if _, err := h.desk(t, "director").ProposeDecision(ctx, decision.Proposed{About: decision.AboutAuthority, What: "Agency workers", Reasons: "r", Options: []decision.Option{{What: "a"}, {What: "b"}}, Signers: []string{"director", "service"}, ReviewBy: h.clock.Now().Date() + 20}, "d"); err != nil {
			t.Fatal(err)
		}
		later(day.Hour)
		see()
		h.record(t, kids[0], h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		h.record(t, kids[1], h.say("manager-front", child.Decision{Outcome: child.NoAction, For: "r"}))
		later(day.Hour)
		see()
		h.record(t, kids[0], h.on("manager-east", h.clock.Now().Date(), child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, kids[0], h.say("east-1", child.AssessmentStarted{}))
		later(day.Minute)
		see()
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PostLeft{Post: "manager-east", Person: "p-manager-east"})
		later(30 * day.Hour)
		see()
		visit := h.record(t, kids[0], h.say("east-1", child.Visit{Seen: true, Alone: true, Where: "home", Purpose: "the plan"})).Entries[0]
		later(9 * 24 * day.Hour)
		see()
		fix := h.say("east-1", child.Correction{Why: "another day", When: day.On(h.clock.Now().Date() - 5)})
		fix.Corrects = visit
		h.record(t, kids[0], fix)
		if _, err := h.desk(t, "service").SayOfConcern(ctx, warning, concern.Answered{Words: "You are right", Reason: "r", Promises: []concern.Promise{{What: "Two children to others", Post: "service", By: h.clock.Now().Date() + 5}}}, "a"); err != nil {
			t.Fatal(err)
		}
		later(day.Hour)
		see()
		later(40 * 24 * day.Hour)
		see()

		// What comes after changes none of it.
		h.record(t, kids[0], h.say("manager-front", child.Known{Given: "Iona", Family: "Changed"}))
		later(24 * day.Hour)
		for i := len(was) - 1; i >= 0; i -= 2 { // from the newest: more are asked for than are kept
			x := was[i]
			if got := listed(t, h.at(t, x.post, x.at)); strings.ReplaceAll(got, "Iona Changed", "Iona Marsh") != x.text {
				t.Errorf("as known at %s, to %s:\n%s\nand it was:\n%s", x.at, x.post, got, x.text)
			}
		}
	})
}

// Whoever asks for many moments at once has one worked out after another, and gets
// the last ones; none fails.
func TestManyMomentsAtOnce(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	h.referred(t, "Iona", "Marsh")
	now, desk := h.clock.Now(), h.desk(t, "manager-front")
	var all sync.WaitGroup
	for n := range 12 {
		all.Go(func() {
			if _, err := desk.At(ctx, now-day.Instant(n)*day.Second); err != nil && !errors.Is(err, app.ErrBeingMade) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// One whose past was given up meanwhile is told to ask again.
	old := h.at(t, "manager-front", now-day.Minute)
	for n := range 4 {
		h.clock.Add(day.Second)
		h.at(t, "manager-front", now-day.Instant(n)*day.Hour)
	}
	for range 100 {
		if _, err := old.Owed(ctx, app.Cursor{}, 1); errors.Is(err, app.ErrBeingMade) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := old.Owed(ctx, app.Cursor{}, 1); !errors.Is(err, app.ErrBeingMade) {
		t.Errorf("a past that was given up: %v", err)
	}
	if got := listed(t, h.at(t, "manager-front", now)); !strings.Contains(got, "Iona Marsh") {
		t.Error(got)
	}
}

// Who may see what in a past list is judged as things stand now; what was erased
// since is in none; the moment is checked.
func TestAListOfThePastOpensNothingThatIsClosedNow(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id, other := h.referred(t, "Iona", "Marsh"), h.referred(t, "Kit", "Lund")
		then := h.clock.Now()
		h.clock.Add(day.Hour)
		if got := listed(t, h.at(t, "manager-front", then)); !strings.Contains(got, "Iona Marsh") || !strings.Contains(got, "Kit Lund") {
			t.Fatal(got)
		}
		if _, err := h.says(t, "manager-front", id, child.Restricted{Category: "adoption", Why: "w", Owner: "head", ReviewBy: h.clock.Now().Date() + 30}); err != nil {
			t.Fatal(err)
		}
		if got := listed(t, h.at(t, "manager-front", then)); strings.Contains(got, "Iona") || !strings.Contains(got, "Kit Lund") {
			t.Errorf("restricted since, and shown:\n%s", got)
		}
		if _, err := h.EraseNow(ctx, other, h.entriesOf(t, other), ordered, testkit.Who("service")); err != nil {
			t.Fatal(err)
		}
		if got := listed(t, h.at(t, "manager-front", then)); strings.Contains(got, "Kit") {
			t.Errorf("erased since, and shown:\n%s", got)
		}
		if _, err := h.desk(t, "manager-front").At(ctx, h.clock.Now()+day.Hour); err == nil {
			t.Error("the future is shown")
		}
		early := h.at(t, "manager-front", testkit.Instant("2020-01-01T00:00:00Z"))
		if o, err := early.Owed(ctx, app.Cursor{}, 10); err != nil || o.All != 0 || len(o.Rows) != 0 {
			t.Errorf("before the first entry: %+v, %v", o, err)
		}
		if _, err := early.Team(ctx, "front", app.Cursor{}, 10); err == nil || errors.Is(err, app.ErrNotFound) {
			t.Errorf("a team that was not there yet: %v", err)
		}
	})
}
