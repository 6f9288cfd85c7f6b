package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// atTheDoor is a house whose front door has two workers, one of them registered.
func atTheDoor(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	h := newHouse(t, e)
	var bodies []entry.Body
	for _, p := range []string{"front-1", "front-2"} {
		bodies = append(bodies, line.PostCreated{Post: p, Title: "Screening social worker", Tier: line.Worker, Team: "front", Above: "manager-front"},
			line.PersonKnown{Person: "p-" + p, Name: "Person of " + p}, line.PostHeld{Post: p, Person: "p-" + p})
	}
	bodies = append(bodies, line.PersonRegistered{Person: "p-front-1", Number: "SW000001"})
	testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-30), bodies...)
	return h
}

// told records a contact about one child as the holder of a post, and gives the child.
func (h *house) told(t *testing.T, post string, x app.Telling) string {
	t.Helper()
	if x.Happened.IsZero() {
		x.Happened = day.AtInstant(h.clock.Now())
	}
	if x.From == "" {
		x.From = "school"
	}
	done, err := h.desk(t, post).Tell(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	return done[0].Child
}

func newChild(given string, months int, h *house) app.TellingChild {
	return app.TellingChild{Known: child.Known{Given: given, Family: "Tillery", Birth: h.clock.Now().Date().AddMonths(-months) - 3}}
}

func (h *house) queue(t *testing.T, post string) *app.Queue {
	t.Helper()
	q, err := h.desk(t, post).FrontDoor(ctx, app.DoorQuery{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func ratings(q *app.Queue) (out []string) {
	for _, f := range q.Rows {
		out = append(out, f.ChildRow.Name+" "+f.Rating)
	}
	return out
}

// A referral is rated as it comes in, by the highest rule, which is named; its
// clock runs from when we were told; the most urgent stands first.
func TestWhatComesInIsRatedAndWaitsInOrder(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		h.told(t, "front-2", app.Telling{What: "Moved here on Saturday.", Children: []app.TellingChild{newChild("Oskar", 120, h)}})
		h.clock.Add(day.Hour)
		h.told(t, "front-2", app.Telling{What: "Cuts on her arm.", Children: []app.TellingChild{newChild("Lottie", 170, h)}, Intake: child.Intake{Signs: map[string]string{"self harm": "yes"}}})
		h.clock.Add(day.Hour)
		noah := h.told(t, "front-2", app.Telling{From: "hospital", What: "Two bruises on the cheek. Mum says he rolled on a toy.", Children: []app.TellingChild{newChild("Noah", 2, h), newChild("Maisie", 40, h)},
			Happened: day.AtInstant(h.clock.Now() - 8*day.Minute), Referral: true})
		q := h.queue(t, "manager-front")
		if got := ratings(q); !slices.Equal(got, []string{"Noah Tillery red", "Lottie Tillery amber", "Maisie Tillery amber", "Oskar Tillery green"}) {
			t.Fatalf("%q", got)
		}
		first := q.Rows[0]
		if first.Rule != "Bruise on a baby who cannot move" || !first.Alarm || first.DueBy != h.clock.Now()-8*day.Minute+4*day.Hour || first.Taken != "" {
			t.Errorf("%+v", first)
		}
		if q.Rows[2].Rule != "The child is hurt" || !q.Rows[2].Provisional || !strings.Contains(q.Rows[2].Missing, "\n") {
			t.Errorf("what was said is about the sister too: %+v", q.Rows[2])
		}
		if s := q.Sum(func(c app.DoorCount) bool { return c.Rating == "amber" && c.Taken == "" }); s.All != 2 || s.Late != 0 {
			t.Errorf("%+v", s)
		}
		// Each child names the other.
		it, err := h.desk(t, "front-1").Item(ctx, access.SeeChild, noah)
		if err != nil || len(it.Household) != 1 || it.Household[0].Row.Name != "Maisie Tillery" || !it.Household[0].Waits {
			t.Errorf("%+v, %v", it, err)
		}
		// Who does not work there, nor answers for it, has no such list.
		if _, err := h.desk(t, "east-1").FrontDoor(ctx, app.DoorQuery{Limit: 5}); err == nil {
			t.Error("a worker of another team sees the queue")
		}
		if got := ratings(h.queue(t, "director")); len(got) != 4 {
			t.Errorf("the director sees %q", got)
		}
		h.verify(t)
	})
}

// More knowledge raises a rating and shortens the clock, which is never counted
// anew; only a manager lowers, with a reason, and gives no more time by that.
func TestARatingIsRaisedByRulesAndLoweredByAManager(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		id := h.told(t, "front-2", app.Telling{What: "Often tired.", Children: []app.TellingChild{newChild("Jude", 30, h)}})
		came := h.clock.Now()
		h.clock.Add(30 * day.Minute)
		if _, err := h.says(t, "front-2", id, child.FoundOut{From: "GP", What: "A fracture in spring.", Signs: map[string]string{"injury": "yes"}}); err != nil {
			t.Fatal(err)
		}
		row := h.queue(t, "front-1").Rows[0]
		if row.Rating != "amber" || row.DueBy != came+24*day.Hour {
			t.Errorf("%+v", row)
		}
		h.clock.Add(30 * day.Minute)
		if _, err := h.says(t, "front-2", id, child.FoundOut{Signs: map[string]string{"danger": "yes"}}); err != nil {
			t.Fatal(err)
		}
		if row = h.queue(t, "front-1").Rows[0]; row.Rating != "red" || row.Rule != "Danger now" || row.DueBy != came+4*day.Hour {
			t.Errorf("%+v", row)
		}
		_, err := h.says(t, "front-1", id, child.Rated{Rating: "green", Why: "It is not so bad."})
		if ps := refused(t, err); !strings.Contains(ps[0].Text, "Only a manager") {
			t.Errorf("%+v", ps)
		}
		if _, err := h.says(t, "manager-front", id, child.Rated{Rating: "amber", Why: "Grandmother is there since noon. I spoke to her."}); err != nil {
			t.Fatal(err)
		}
		if row = h.queue(t, "front-1").Rows[0]; row.Rating != "amber" || row.RatedBy != "p-manager-front" || row.DueBy != came+4*day.Hour {
			t.Errorf("a lower rating gives no more time: %+v", row)
		}
		// What was looked at does not fire again; something new does.
		if _, err := h.says(t, "front-2", id, child.FoundOut{From: "school", What: "He is home alone on Fridays too."}); err != nil {
			t.Fatal(err)
		}
		if row = h.queue(t, "front-1").Rows[0]; row.Rating != "amber" {
			t.Errorf("%+v", row)
		}
		if _, err := h.says(t, "front-2", id, child.FoundOut{Signs: map[string]string{"told": "yes"}}); err != nil {
			t.Fatal(err)
		}
		if row = h.queue(t, "front-1").Rows[0]; row.Rating != "red" || row.Rule != "The child says that somebody hurt them" {
			t.Errorf("%+v", row)
		}
		h.verify(t)
	})
}

// Parking needs a reason, an end and a second person. The clock goes on, and red is
// never parked.
func TestParkingNeedsASecondPersonAndStopsNoClock(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		id := h.told(t, "front-1", app.Telling{What: "Cuts on her arm.", Children: []app.TellingChild{newChild("Lottie", 170, h)}, Intake: child.Intake{Signs: map[string]string{"self harm": "yes"}}})
		due := h.queue(t, "front-1").Rows[0].DueBy
		until := h.clock.Now() + 2*day.Hour
		done, err := h.says(t, "front-1", id, child.Parked{Until: until, Why: "An interpreter at noon."})
		if err != nil {
			t.Fatal(err)
		}
		parking := done.Entries[0]
		_, err = h.says(t, "front-1", id, child.ParkingAgreed{Parking: parking})
		if ps := refused(t, err); !strings.Contains(ps[0].Text, "second person") {
			t.Errorf("%+v", ps)
		}
		if row := h.queue(t, "front-1").Rows[0]; row.ParkedAgreed != "" || row.ParkedUntil != until || row.DueBy != due {
			t.Errorf("%+v", row)
		}
		if _, err := h.says(t, "front-2", id, child.ParkingAgreed{Parking: parking}); err != nil {
			t.Fatal(err)
		}
		row := h.queue(t, "front-1").Rows[0]
		if row.ParkedAgreed != "p-front-2" || row.DueBy != due || len(h.queue(t, "front-1").Parked) != 1 {
			t.Errorf("%+v", row)
		}
		// Late while it is parked: it climbs like anything else.
		h.clock.Set(due + 2*day.Hour)
		h.climb(t)
		if row = h.queue(t, "front-1").Rows[0]; row.Climbed < 1 || row.Parking == "" {
			t.Errorf("%+v", row)
		}
		if _, err := h.says(t, "front-2", id, child.ParkingEnded{Parking: parking, Why: "She spoke."}); err != nil {
			t.Fatal(err)
		}
		red := h.told(t, "front-1", app.Telling{What: "She took an overdose.", Children: []app.TellingChild{newChild("Tia", 160, h)}})
		_, err = h.says(t, "front-1", red, child.Parked{Until: h.clock.Now() + day.Hour, Why: "A call back."})
		if ps := refused(t, err); !strings.Contains(ps[0].Text, "red cannot be parked") {
			t.Errorf("%+v", ps)
		}
		h.verify(t)
	})
}

// What comes in about a child who has a worker is the worker's and the manager's at
// once, and stands in no queue. Whoever took the call adds it, and sees no more.
func TestNewsOfAChildWithAWorkerIsInNoQueue(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		id := h.referred(t, "Sam", "Okell")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
		h.clock.Add(day.Hour)
		h.told(t, "front-2", app.Telling{From: "police", What: "Called to the home on Saturday night. A row.", Children: []app.TellingChild{{ID: id}}})
		q := h.queue(t, "manager-front")
		if len(q.Rows) != 0 || len(q.News) != 1 || q.News[0].News != "east-1" || q.News[0].Said != "" || q.News[0].ChildRow.Closed == "" {
			t.Errorf("%+v", q)
		}
		owes := func(post, rule string) bool {
			o, err := h.desk(t, post).Owed(ctx, app.Cursor{}, 50)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(o.Rows, func(d app.DutyRow) bool { return d.Child == id && d.Rule == rule })
		}
		if !owes("east-1", "referral.rated") || !owes("manager-east", "news.look") || owes("manager-front", "referral.rated") {
			t.Error("the worker owes a decision, the manager a look, the front door nothing")
		}
		if _, err := h.desk(t, "front-2").Child(ctx, "Child", id, 0); err == nil {
			t.Error("by adding news the front door opened the record")
		}
		done, err := h.desk(t, "east-1").Judge(ctx, judgement(id, child.OpenCase))
		if err != nil || len(done) != 1 {
			t.Fatal(err)
		}
		if owes("east-1", "referral.rated") || owes("manager-east", "news.look") {
			t.Error("it is decided, and still owed")
		}
		h.verify(t)
	})
}

func judgement(id, outcome string) app.Judgement {
	return app.Judgement{Child: id, Outcome: outcome, Why: "What was said.", Team: "east", Key: "decide " + id + " " + outcome,
		Judged: child.Judged{Level: 3, Against: "The mother asks for help herself.", Unknown: "Who lives there.", ReadFrom: day.MustParse("2025-01-12"), ReadTo: day.MustParse("2026-01-12"), Parents: child.ParentsKnow[0]}}
}

// A decision says everything that a triage record must, covers the children of a
// household or says why not, and makes a contact a referral where something follows.
func TestADecisionAtTheFrontDoor(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		ellis := h.told(t, "front-1", app.Telling{What: "No food at home.", Children: []app.TellingChild{newChild("Ellis", 78, h), newChild("Joni", 30, h), newChild("Mo", 100, h)}})
		it, err := h.desk(t, "front-1").Item(ctx, access.SeeChild, ellis)
		if err != nil {
			t.Fatal(err)
		}
		joni, mo := it.Household[0].Member.Child, it.Household[1].Member.Child
		h.clock.Add(day.Hour)
		_, err = h.desk(t, "front-1").Judge(ctx, app.Judgement{Child: ellis})
		fields := map[string]bool{}
		for _, p := range refused(t, err) {
			fields[p.Field] = true
		}
		for _, want := range []string{"level", "outcome", "reasons_for", "reasons_against", "not_known", "history_from", "parents_know"} {
			if !fields[want] {
				t.Errorf("nothing says that %s is missing: %v", want, fields)
			}
		}
		j := judgement(ellis, child.Assess)
		j.Covers = []child.Covered{{Child: joni, In: true}, {Child: mo}}
		_, err = h.desk(t, "front-1").Judge(ctx, j)
		if ps := refused(t, err); ps[0].Field != "covers" {
			t.Errorf("%+v", ps)
		}
		j.Covers[1].Why = "Lives with his father in another town."
		j.ToldHow = "By telephone, by me."
		done, err := h.desk(t, "front-1").Judge(ctx, j)
		if err != nil || len(done) != 2 {
			t.Fatalf("%+v, %v", done, err)
		}
		for _, id := range []string{ellis, joni} {
			p, err := h.Look(ctx, id, 0)
			if err != nil || p.Record.Waiting().Waits() || !p.Status.Awaiting || p.Status.Team != "east" {
				t.Errorf("%+v, %v", p.Status, err)
			}
			if n := len(slices.DeleteFunc(slices.Clone(p.Record.Log), func(e entry.Entry) bool { return e.Kind != "referral" })); n != 1 {
				t.Errorf("the contact became %d referrals", n)
			}
		}
		if q := h.queue(t, "manager-front"); len(q.Rows) != 1 || q.Rows[0].Child != mo {
			t.Errorf("who was left out waits still: %q", ratings(q))
		}
		if again, err := h.desk(t, "front-1").Judge(ctx, j); err != nil || len(again) != 2 || !again[0].Again {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		h.verify(t)
	})
}

// That nothing follows is for a registered social worker or a manager; the third
// referral in twelve months is for a manager; and where a danger sign fired, two
// tiers are told at once.
func TestThatNothingFollowsIsNoSmallDecision(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		id := h.told(t, "front-2", app.Telling{What: "Rent is not paid.", Children: []app.TellingChild{newChild("Poppy", 88, h)}})
		_, err := h.desk(t, "front-2").Judge(ctx, judgement(id, child.NoAction))
		if ps := refused(t, err); !strings.Contains(ps[0].Text, "registered social worker") {
			t.Errorf("%+v", ps)
		}
		if _, err := h.desk(t, "front-1").Judge(ctx, judgement(id, child.NoAction)); err != nil {
			t.Fatal(err)
		}
		for range 2 { // two referrals, each decided
			h.clock.Add(20 * 24 * day.Hour)
			h.told(t, "front-2", app.Telling{What: "Rent is not paid.", Referral: true, Children: []app.TellingChild{{ID: id}}})
			j := judgement(id, child.NoAction)
			j.Key += h.clock.Now().Long()
			if _, err := h.desk(t, "front-1").Judge(ctx, j); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.Add(20 * 24 * day.Hour)
		h.told(t, "front-2", app.Telling{What: "Rent is not paid.", Referral: true, Children: []app.TellingChild{{ID: id}}})
		if row := h.queue(t, "front-1").Rows[0]; row.Rule != "Third referral in 12 months" || !strings.Contains(row.Known, "2 referrals before") {
			t.Errorf("%+v", row)
		}
		j := judgement(id, child.NoAction)
		j.Key = "the third"
		_, err = h.desk(t, "front-1").Judge(ctx, j)
		if ps := refused(t, err); !strings.Contains(ps[0].Text, "third referral") {
			t.Errorf("%+v", ps)
		}

		baby := h.told(t, "front-1", app.Telling{From: "health visitor", What: "A bruise on the cheek. The dog did it.", Children: []app.TellingChild{newChild("Maya", 4, h)}})
		if _, err := h.desk(t, "manager-front").Judge(ctx, judgement(baby, child.NoAction)); err != nil {
			t.Fatal(err)
		}
		p, err := h.Look(ctx, baby, 0)
		if err != nil {
			t.Fatal(err)
		}
		var owners []string
		for _, d := range p.Duties {
			if d.State == duty.Open && strings.HasPrefix(d.Rule.ID, "alarm.") {
				owners = append(owners, p.Line.Resolve(d.Owner, h.clock.Now().Date()))
			}
		}
		if slices.Sort(owners); !slices.Equal(owners, []string{"head", "service"}) {
			t.Errorf("told are %q", owners)
		}
		h.verify(t)
	})
}

// Somebody without a sign-in tells us, has a receipt that holds, and learns nothing
// of whom we know; the child waits in the queue at once.
func TestSomebodyOutsideTellsUs(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		known := h.referred(t, "Ada", "Reed")
		x := app.Telling{From: "a neighbour", What: "The boys are home alone every night.", Key: "outside 1",
			Children: []app.TellingChild{{ID: known, Known: child.Known{Given: "Ada", Family: "Reed"}}}}
		done, err := h.Front().TellFromOutside(ctx, x)
		if err != nil || len(done) != 1 || done[0].Child == known || len(done[0].Receipts) != len(done[0].Entries) {
			t.Fatalf("%+v, %v", done, err)
		}
		h.holds(t, done[0].Receipts[len(done[0].Receipts)-1])
		h.clock.Add(day.Second) // pressed twice
		again, err := h.Front().TellFromOutside(ctx, x)
		if err != nil || !again[0].Again || again[0].Child != done[0].Child || len(again[0].Receipts) == 0 {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		q := h.queue(t, "manager-front")
		if got := ratings(q); !slices.Equal(got, []string{"Ada Reed red", "Ada Reed green"}) || q.Rows[0].Rule != "Danger now" {
			t.Errorf("%q", got)
		}
		if _, err := h.Front().TellFromOutside(ctx, app.Telling{Happened: day.AtInstant(h.clock.Now())}); err == nil {
			t.Error("nothing was told")
		}
		h.verify(t)
	})
}

// The queue of a past moment is what stood there then.
func TestTheQueueOfThePast(t *testing.T) {
	h := atTheDoor(t, testkit.Engines[0])
	id := h.told(t, "front-1", app.Telling{What: "Often tired.", Children: []app.TellingChild{newChild("Jude", 30, h)}})
	h.clock.Add(day.Minute)
	then := h.clock.Now()
	h.clock.Add(day.Hour)
	if _, err := h.says(t, "front-1", id, child.FoundOut{Signs: map[string]string{"danger": "yes"}}); err != nil {
		t.Fatal(err)
	}
	h.told(t, "front-1", app.Telling{What: "A knife.", Children: []app.TellingChild{newChild("Tia", 160, h)}})
	q, err := h.at(t, "manager-front", then).FrontDoor(ctx, app.DoorQuery{Limit: 10})
	if err != nil || !slices.Equal(ratings(q), []string{"Jude Tillery green"}) {
		t.Errorf("%q, %v", ratings(q), err)
	}
	if got := ratings(h.queue(t, "manager-front")); !slices.Equal(got, []string{"Jude Tillery red", "Tia Tillery red"}) {
		t.Errorf("%q", got)
	}
}

// Whatever comes in, is parked, taken or found out, whoever is away and however
// often Onus starts again: what waits has a living owner and a clock that runs, and
// stands in one list of the front door.
func TestNothingWaitsWithoutOwnerAndClock(t *testing.T) {
	did := map[string]int{} // so that it cannot pass because nothing was ever done
	defer func() {
		for _, what := range []string{"told", "told again", "taken", "parked", "found out", "left", "sick", "started again", "decided"} {
			if did[what] == 0 && !t.Failed() {
				t.Errorf("in no run was anything %s: %v", what, did)
			}
		}
	}()
	rapid.Check(t, func(rt *rapid.T) {
		h := atTheDoor(t, testkit.Engines[0])
		var kids []string
		workers := []string{"front-1", "front-2", "manager-front"}
		said := []string{"Often tired.", "A bruise.", "home alone", "No food.", "Fine."}
		pick := func(name string, of []string) string { return rapid.SampledFrom(of).Draw(rt, name) }
		waits := map[string]bool{}
		steps := rapid.IntRange(4, 14).Draw(rt, "steps")
		for i := range steps {
			h.clock.Add(day.Instant(rapid.IntRange(1, 1800).Draw(rt, "minutes")) * day.Minute)
			who := pick("who", workers)
			do := rapid.IntRange(0, 10).Draw(rt, "do")
			if len(kids) == 0 {
				do = 0
			}
			kid := ""
			if len(kids) > 0 {
				kid = pick("kid", kids)
			}
			d, err := h.Desk(ctx, testkit.Reader(who))
			if err != nil { // they left: nobody signs in as them
				continue
			}
			rec := func(what string, b entry.Body) {
				_, err := d.Record(ctx, app.Do{Child: kid, Commands: []child.Command{{Happened: day.AtInstant(h.clock.Now()), Source: entry.Source{Kind: "page"}, Body: b}}}) // refused is as good: it changed nothing
				if err == nil {
					did[what]++
				}
			}
			switch do {
			case 0, 1:
				x := app.Telling{From: "school", What: pick("said", said), Happened: day.AtInstant(h.clock.Now()), Referral: rapid.Bool().Draw(rt, "referral"), Children: []app.TellingChild{newChild(fmt.Sprint("Kid", i), rapid.IntRange(0, 150).Draw(rt, "months"), h)}}
				if done, err := d.Tell(ctx, x); err == nil {
					kids, waits[done[0].Child] = append(kids, done[0].Child), true
					did["told"]++
				}
			case 2:
				if _, err := d.Tell(ctx, app.Telling{From: "GP", What: pick("said", said), Happened: day.AtInstant(h.clock.Now()), Children: []app.TellingChild{{ID: kid}}}); err == nil {
					waits[kid] = true
					did["told again"]++
				}
			case 3:
				rec("taken", child.Taken{Post: pick("taker", []string{"front-1", "front-2", ""})})
			case 4:
				rec("parked", child.Parked{Until: h.clock.Now() + day.Hour, Why: "a call"})
			case 5:
				rec("found out", child.FoundOut{Signs: map[string]string{pick("sign", []string{"danger", "injury", "moves"}): pick("answer", []string{"yes", "no"})}})
			case 10: // somebody falls ill, and nobody knows until when
				if _, err := h.RecordLine(ctx, []line.Command{{Actor: entry.System, Happened: day.On(h.clock.Now().Date()), Source: entry.Source{Kind: "page"}, Body: line.PersonAbsent{Person: "p-" + pick("sick", workers), What: "sickness"}}}, ""); err == nil {
					did["sick"]++
				}
			case 6: // somebody leaves their post; nobody comes
				_, err := h.RecordLine(ctx, []line.Command{{Actor: entry.System, Happened: day.On(h.clock.Now().Date()), Source: entry.Source{Kind: "page"}, Body: line.PostLeft{Post: pick("leaver", []string{"front-1", "front-2"})}}}, "")
				if err == nil {
					did["left"]++
				}
			case 7:
				h.again(t, uint64(i)+100)
				did["started again"]++
			case 8:
				h.climb(t)
			case 9:
				j := judgement(kid, child.Assess)
				j.Key += fmt.Sprint(i)
				if _, err := d.Judge(ctx, j); err == nil {
					delete(waits, kid)
					did["decided"]++
				}
			}
			q := h.queue(t, "director")
			listed := map[string]app.DoorRow{}
			for _, f := range slices.Concat(q.Rows, q.News) {
				if _, twice := listed[f.Child]; twice {
					rt.Fatalf("%s stands in two lists", f.Child)
				}
				listed[f.Child] = f
			}
			now := h.clock.Now()
			for id := range waits {
				f, ok := listed[id]
				if !ok {
					rt.Fatalf("a child waits and no list shows it")
				}
				page, err := h.Look(ctx, id, 0)
				if err != nil {
					rt.Fatal(err)
				}
				runs := slices.ContainsFunc(page.Duties, func(d duty.Duty) bool {
					return d.State == duty.Open && slices.Contains(d.Rule.MetBy.Kind, "decision") && page.Line.Answers(page.Line.Resolve(d.Owner, now.Date()), now.Date()).Person != ""
				})
				if !runs || f.DueBy == 0 || f.DueBy > f.Came+72*day.Hour {
					rt.Fatalf("no clock runs, or nobody owes it: %+v", f)
				}
			}
			if len(listed) != len(waits) {
				rt.Fatalf("%d are listed, %d wait", len(listed), len(waits))
			}
		}
		h.verify(t)
		h.Store.Close()
	})
}

// A decision that is written in one transaction with others ends what waits, like any.
func TestADecisionInAGroupEndsWhatWaits(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		a, b := h.referred(t, "Ada", "Reed"), h.referred(t, "Ben", "Reed")
		g := h.gated()
		for _, err := range h.group(t, g,
			func() error {
				_, err := h.Record(ctx, app.Do{Child: a, Commands: []child.Command{h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"})}})
				return err
			},
			func() error {
				_, err := h.Record(ctx, h.note(b, "telephoned", ""))
				return err
			}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := ratings(h.queue(t, "manager-front")); !slices.Equal(got, []string{"Ben Reed green"}) {
			t.Errorf("%q", got)
		}
		h.verify(t)
	})
}

// News of a child with a worker, and what is rated red, is told at once; no name leaves.
func TestWhatCannotWaitIsToldAtOnce(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		h.Mail = &app.Mail{PublicURL: "https://onus.example"}
		id := h.referred(t, "Samuel", "Okell")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
		h.clock.Add(day.Hour)
		h.told(t, "front-2", app.Telling{From: "police", What: "Called to the home on Saturday night. A row.", Children: []app.TellingChild{{ID: id}}})
		red := h.told(t, "front-2", app.Telling{What: "The boys are home alone.", Children: []app.TellingChild{newChild("Noah", 60, h)}})
		h.told(t, "front-2", app.Telling{What: "They moved.", Children: []app.TellingChild{newChild("Oskar", 90, h)}})
		var to []string
		if err := h.Store.View(ctx, func(v app.View) error {
			outs, err := v.Outs(ctx, app.OutQuery{Limit: 50})
			for _, o := range outs {
				if !strings.HasPrefix(o.Matter, "door:") {
					continue
				}
				to = append(to, o.Who)
				for _, no := range []string{"Samuel", "Okell", "Noah", "Tillery", "row", "alone"} {
					if strings.Contains(o.Text+o.Subject+o.Brief, no) {
						t.Errorf("%q stands in %q", no, o.Text)
					}
				}
				if !strings.Contains(o.Text, "/front-door/") || o.Child != id && o.Child != red {
					t.Errorf("%+v", o)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if slices.Sort(to); !slices.Equal(to, []string{"post:east-1", "post:manager-east", "post:manager-front"}) {
			t.Errorf("told are %q", to)
		}
		h.verify(t)
	})
}

// A program must say of a decision what a person must.
func TestAProgramDecidesNoLessThanAPerson(t *testing.T) {
	h := atTheDoor(t, testkit.Engines[0])
	id := h.referred(t, "Ada", "Reed")
	says := func(b entry.Body) error {
		c := h.say("manager-front", b)
		c.Source.Kind = "api"
		_, err := h.Record(ctx, app.Do{Child: id, Commands: []child.Command{c}})
		return err
	}
	ps := refused(t, says(child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}))
	if len(ps) != 5 || ps[0].Field != "level" {
		t.Errorf("%+v", ps)
	}
	if err := says(child.Decision{Outcome: child.Assess, For: "hungry", Team: "east", Judged: judgement(id, child.Assess).Judged}); err != nil {
		t.Error(err)
	}
}

// Whoever tells of a child in a restricted record learns no name by it, nor does
// whoever reads the record of a brother; and who may not tell is refused in the log.
func TestTellingOpensNoName(t *testing.T) {
	h := atTheDoor(t, testkit.Engines[0])
	hidden := h.katie(t)
	h.record(t, hidden, h.say("service", child.Restricted{Category: child.RestrictedFor[0], Why: "w", Owner: "service", ReviewBy: h.clock.Now().Date() + 30}))
	brother := h.told(t, "front-2", app.Telling{What: "A row.", Children: []app.TellingChild{newChild("Tyler", 140, h), {ID: hidden}}})
	it, err := h.desk(t, "front-1").Item(ctx, access.SeeChild, brother)
	if err != nil || len(it.Household) != 1 {
		t.Fatalf("%+v, %v", it, err)
	}
	if x := it.Household[0]; x.Member.Name != "" || strings.Contains(x.Row.Name, "Katie") || x.Row.Closed == "" {
		t.Errorf("%+v", x)
	}
	for _, e := range it.Page.Record.Log {
		if strings.Contains(string(e.Raw), "Katie") {
			t.Errorf("the brother's record says %s", e.Raw)
		}
	}
	before := h.looks(t, "p-east-1")
	if _, err := h.desk(t, "east-1").Tell(ctx, app.Telling{From: "x", What: "y", Children: []app.TellingChild{{ID: hidden}}}); err == nil {
		t.Error("a worker of another team tells of a child who is not theirs")
	}
	if _, err := h.desk(t, "east-1").Judge(ctx, judgement(brother, child.NoAction)); err == nil {
		t.Error("a worker of another team decides")
	}
	after := h.looks(t, "p-east-1")
	if n := len(after) - len(before); n != 2 || !after[0].Refused || !after[1].Refused {
		t.Errorf("%d looks were added: %+v", n, after)
	}
	h.verify(t)
}

func (h *house) looks(t *testing.T, person string) (out []app.Read) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) (err error) {
		out, err = v.ReadsBy(ctx, person, "", h.clock.Now()+day.Hour, 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
