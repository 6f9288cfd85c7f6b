package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/line"
	"onus/internal/testkit"
)

// outside are the guardian and the scrutineer, who stand beside the line.
func (h *house) outside(t *testing.T) {
	t.Helper()
	testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()),
		line.PostCreated{Post: "guardian", Title: "Guardian of those who speak up", Tier: line.ServiceManager, Function: line.Guardian},
		line.PersonKnown{Person: "p-guardian", Name: "Miriam Achebe"}, line.PostHeld{Post: "guardian", Person: "p-guardian"},
		line.PostCreated{Post: "scrutineer", Title: "Independent scrutineer", Tier: line.ChiefExecutive, Function: line.Scrutineer},
		line.PersonKnown{Person: "p-scrutineer", Name: "Sue Okafor"}, line.PostHeld{Post: "scrutineer", Person: "p-scrutineer"})
}

func (h *house) raise(t *testing.T, post string, x app.Wish) string {
	t.Helper()
	done, err := h.desk(t, post).Raise(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	return done.Child
}

// stale is the desk of somebody who did not sign in afresh.
func (h *house) stale(t *testing.T, post string) *app.Desk {
	t.Helper()
	d, err := h.Desk(ctx, app.Reader{Person: "p-" + post})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (h *house) opens(t *testing.T, post, id string) *app.ConcernPage {
	t.Helper()
	p, err := h.stale(t, post).Concern(ctx, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *house) climbs(t *testing.T) (posts []string) {
	t.Helper()
	told, err := h.ClimbConcerns(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range told {
		posts = append(posts, x.Body.Post)
	}
	return posts
}

// A warning from the first word to the verdict, through the store, a restart, an
// export and a check of everything.
func TestAConcernFromRaisingToVerdict(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.outside(t)
		kid := h.referred(t, "Sam", "Okell")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		h.record(t, kid, h.on("manager-east", h.clock.Now().Date(), child.Allocation{Post: "east-1", Team: "east"}))
		plan, err := h.desk(t, "east-1").Raising(ctx, "/child/"+kid)
		if err != nil || len(plan.Above) < 3 || plan.Above[0].Post.ID != "manager-east" || plan.Guardian == nil || len(plan.Offers) < 2 {
			t.Fatalf("%v, %v, %v", plan.Above, plan.Offers, err)
		}
		var all []string
		for _, o := range plan.Offers {
			all = append(all, o.Title)
		}
		done, err := h.desk(t, "east-1").Raise(ctx, app.Wish{Text: "I need 40 hours a week and I have 27.", Attach: all, Screen: "/child/" + kid, Key: "k1"})
		if err != nil || len(done.Receipts) == 0 {
			t.Fatal(err, len(done.Receipts))
		}
		if again, err := h.desk(t, "east-1").Raise(ctx, app.Wish{Text: "I need 40 hours a week and I have 27.", Screen: "/child/" + kid, Key: "k1"}); err != nil || !again.Again || again.Child != done.Child {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		receipt, err := ledger.ParseReceipt(done.Receipts[0])
		if err != nil {
			t.Fatal(err)
		}
		if v, err := ledger.Verify(receipt, h.known, testkit.Origin); err != nil || !strings.Contains(string(v.Entry), "I need 40 hours a week") {
			t.Errorf("the receipt: %v", err)
		}
		id := done.Child
		mine := h.opens(t, "east-1", id)
		if !mine.Mine || mine.Raised.Number != 1 || len(mine.Openings) != 0 || mine.By() == 0 || len(mine.Raised.Attached) != len(all) {
			t.Error(mine.Raised.Number, mine.Openings, mine.By(), mine.Raised.Attached)
		}
		if row, ok := mine.Children[kid]; !ok || row.Name != "Sam Okell" {
			t.Errorf("the child's name is not there for the worker: %+v", mine.Children)
		}
		// Nobody else sees it: not the next post up, not a colleague, not even that it is there.
		for _, post := range []string{"service", "east-2", "head", "chair"} {
			if _, err := h.desk(t, post).Concern(ctx, id, 0); !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s opens it: %v", post, err)
			}
			if l, err := h.desk(t, post).Concerns(ctx, app.Cursor{}, 50); err != nil || len(l.Told)+len(l.Mine) != 0 {
				t.Errorf("%s has it in a list: %v", post, err)
			}
		}
		theirs := h.opens(t, "manager-east", id)
		if len(theirs.Openings) != 1 || theirs.Openings[0].Person != "p-manager-east" || !theirs.Answer {
			t.Error(theirs.Openings, theirs.Answer)
		}
		h.opens(t, "manager-east", id)
		if n := len(h.opens(t, "east-1", id).Openings); n != 1 {
			t.Errorf("%d openings", n)
		}
		if _, err := h.desk(t, "manager-east").SayOfConcern(ctx, id, concern.Acknowledged{Words: "I have it"}, ""); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(8 * 24 * day.Hour)
		h.again(t, 7)
		if got := h.climbs(t); !slices.Equal(got, []string{"service"}) {
			t.Fatal("after a restart:", got)
		}
		if got := h.climbs(t); got != nil {
			t.Fatal("twice:", got)
		}
		h.clock.Add(200 * 24 * day.Hour)
		if got := h.climbs(t); !slices.Equal(got, []string{"head", "director", "chief-executive", "scrutineer", "scrutineer"}) {
			t.Fatal("after a jump:", got)
		}
		answer := concern.Answered{Words: "You were right", Reason: "r", Promises: []concern.Promise{{What: "Off the duty desk", Post: "manager-east", By: h.clock.Now().Date() + 3}}}
		if _, err := h.desk(t, "manager-east").SayOfConcern(ctx, id, answer, ""); err != nil {
			t.Fatal("whoever was told first can answer still:", err)
		}
		if l, err := h.desk(t, "manager-east").ConcernsOwed(ctx); err != nil || len(l.Promises) != 1 {
			t.Errorf("%+v, %v", l, err)
		}
		h.clock.Add(4 * 24 * day.Hour)
		if got := h.climbs(t); !slices.Equal(got, []string{"scrutineer"}) {
			t.Fatal("a promise was not kept, and nobody was told:", got)
		}
		p := h.opens(t, "east-1", id)
		if _, err := h.desk(t, "east-1").SayOfConcern(ctx, id, concern.Judged{Answer: p.Answers[0].ID, Verdict: concern.Settled}, ""); err != nil {
			t.Fatal(err)
		}
		if p := h.opens(t, "east-1", id); p.State() != concern.Closed {
			t.Error(p.State())
		}
		// As it was known: before the second post was told.
		if was, err := h.desk(t, "east-1").Concern(ctx, id, mine.At+day.Hour); err != nil || len(was.Told) != 1 || was.State() != concern.Waiting {
			t.Errorf("as known then: %v, %v", was.Told, err)
		}
		if v := h.verify(t); v.Concerns != 1 {
			t.Errorf("%+v", v)
		}
		text := h.export(t)
		h2 := &house{clock: h.clock, dsn: e.DSN(t)}
		h2.App, h2.known = testkit.NewApp(t, h2.dsn, h2.clock, 9)
		if _, _, err := h2.ImportJournal(ctx, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if v := h2.verify(t); v.Concerns != 1 {
			t.Errorf("%+v", v)
		}
	})
}

// The person complained of is never its owner, whoever they come to be later.
func TestTheClimbGoesAroundWhoeverItIsAbout(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.outside(t)
		id := h.raise(t, "east-1", app.Wish{Text: "My manager shouts at us", To: "service", About: []string{"p-manager-east"}})
		if _, err := h.desk(t, "manager-east").Concern(ctx, id, 0); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("the one complained of reads it: %v", err)
		}
		// She acts up into the post that was told. The rules go around her at once.
		today := h.clock.Now().Date()
		testkit.LineSays(t, h.App, day.On(today), line.PostHeld{Post: "service", Person: "p-manager-east", Acting: true})
		if got := h.climbs(t); !slices.Equal(got, []string{"head"}) {
			t.Fatal(got)
		}
		if _, err := h.desk(t, "manager-east").SayOfConcern(ctx, id, concern.Answered{Words: "w", Reason: "r", Promises: []concern.Promise{{What: "x", Post: "head", By: today + 5}}}, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("she answers: %v", err)
		}
		// Complained of the manager, it never goes to the manager first.
		l := h.opens(t, "east-1", h.raise(t, "east-1", app.Wish{Text: "Again", About: []string{"p-head"}}))
		for _, s := range l.Raised.Steps {
			if s.Post == "head" {
				t.Error("the climb goes through whoever it is about")
			}
		}
		h.verify(t)
	})
}

// In confidence: no list, export, log or page has the name, until two people
// opened it, signed in afresh; and the raiser still finds what they raised.
func TestARaiserInConfidenceIsNowhere(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.outside(t)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PersonKnown{Person: "p-quiet", Name: "Quiet Person"}, line.PostCreated{Post: "east-9", Title: "Social worker", Tier: line.Worker, Team: "east", Above: "manager-east"}, line.PostHeld{Post: "east-9", Person: "p-quiet"})
		before := h.size(t)
		quiet, err := h.Desk(ctx, app.Reader{Person: "p-quiet"})
		if err != nil {
			t.Fatal(err)
		}
		done, err := quiet.Raise(ctx, app.Wish{Text: "Records are changed after the fact", To: app.InConfidence, Key: "p-quiet k"})
		if err != nil {
			t.Fatal(err)
		}
		id := done.Child
		if again, err := quiet.Raise(ctx, app.Wish{Text: "Records are changed after the fact", To: app.InConfidence, Key: "p-quiet k"}); err != nil || again.Child != id {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if _, err := quiet.SayOfConcern(ctx, id, concern.Added{Text: "On the third floor"}, "p-quiet l"); err != nil {
			t.Fatal(err)
		}
		if _, err := quiet.Concern(ctx, id, 0); err != nil {
			t.Fatal(err)
		}
		if err := h.Front().KeepDraft(ctx, "p-quiet", "/concern/"+id, "do=add&text=more+of+it"); err != nil {
			t.Fatal(err)
		}
		if d, err := h.Front().Draft(ctx, "p-quiet", "/concern/"+id); err != nil || d.Body != "do=add&text=more+of+it" {
			t.Errorf("what they typed is lost: %+v, %v", d, err)
		}
		for what, q := range map[string]string{
			"under which key it was sent": `SELECT count(*) FROM done WHERE key LIKE '%p-quiet%' OR child = '` + id + `' AND key NOT LIKE 'blind:%'`,
			"what they type":              `SELECT count(*) FROM draft WHERE path LIKE '%` + id + `%' OR body LIKE '%more%'`,
			"what they looked at":         `SELECT count(*) FROM read_log WHERE person = 'p-quiet'`,
		} {
			var n int
			if err := behind(t, h.dsn).QueryRow(q).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s says who raised it: %d, %v", what, n, err)
			}
		}
		for i, text := range strings.Split(h.export(t), "\n") {
			if int64(i) > before && (strings.Contains(text, "p-quiet") || strings.Contains(text, "east-9")) {
				t.Errorf("the journal names who raised it: %s", text)
			}
		}
		if l, err := quiet.Concerns(ctx, app.Cursor{}, 50); err != nil || len(l.Mine) != 1 || !l.Mine[0].Confidential {
			t.Errorf("they do not find it again: %+v, %v", l, err)
		}
		g := h.opens(t, "guardian", id)
		if g.Raiser != "" || g.Opened != "" || g.Last().Post != "guardian" || g.Name || !g.NameHint {
			t.Error(g.Raiser, g.Opened, g.Last(), g.Name, g.NameHint)
		}
		for _, post := range []string{"manager-east", "service", "director"} {
			if _, err := h.desk(t, post).Concern(ctx, id, 0); !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s reads it before being told: %v", post, err)
			}
		}
		if _, err := h.stale(t, "guardian").SayOfConcern(ctx, id, concern.NameAsked{Why: "w"}, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("without a fresh sign-in: %v", err)
		}
		h.clock.Add(9 * 24 * day.Hour)
		if got := h.climbs(t); !slices.Equal(got, []string{"director"}) {
			t.Fatal(got)
		}
		afresh := func(person string) *app.Desk {
			d, err := h.Desk(ctx, app.Reader{Person: person, Fresh: true})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		if _, err := afresh("p-guardian").SayOfConcern(ctx, id, concern.NameAsked{Why: "to protect them"}, ""); err != nil {
			t.Fatal(err)
		}
		asked := h.opens(t, "director", id).Names[0].ID
		for post, want := range map[string]int{"director": 1, "guardian": 0, "service": 0} {
			if o, err := h.stale(t, post).ConcernsOwed(ctx); err != nil || len(o.Names) != want {
				t.Errorf("%s is asked to be the second: %+v, %v", post, o.Names, err)
			}
		}
		if _, err := afresh("p-guardian").SayOfConcern(ctx, id, concern.NameOpened{Asked: asked, Why: "w"}, ""); err == nil {
			t.Error("one person alone opened the name")
		}
		if got := h.opens(t, "guardian", id).Opened; got != "" {
			t.Error("open to one person:", got)
		}
		if _, err := afresh("p-director").SayOfConcern(ctx, id, concern.NameOpened{Asked: asked, Why: "w"}, ""); err != nil {
			t.Fatal(err)
		}
		if got := h.opens(t, "guardian", id).Opened; got != "p-quiet" {
			t.Error("two opened it, and it is", got)
		}
		if p, err := quiet.Concern(ctx, id, 0); err != nil || len(p.Names) != 1 || p.Names[0].Second == "" {
			t.Errorf("the raiser is not told: %v, %v", p.Names, err)
		}
		h.verify(t)
	})
}

// Treated worse: only the raiser and the guardian ever see what was said.
func TestDetrimentIsForTheGuardian(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.outside(t)
		id := h.raise(t, "east-1", app.Wish{Text: "Something is wrong here"})
		h.clock.Add(31 * 24 * day.Hour)
		h.climbs(t)
		owed := func(post string) *app.ConcernsOwed {
			t.Helper()
			o, err := h.stale(t, post).ConcernsOwed(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		if o := owed("east-1"); len(o.Asked) != 1 {
			t.Errorf("after 31 days nobody asks: %+v", o)
		}
		if _, err := h.desk(t, "east-1").SayOfConcern(ctx, id, concern.Detriment{Day: 30, Worse: true, Words: "I was given the duty desk every day"}, ""); err != nil {
			t.Fatal(err)
		}
		for post, sees := range map[string]bool{"manager-east": false, "service": false, "guardian": true, "east-1": true} {
			p := h.opens(t, post, id)
			if got := len(p.Replies) == 1; got != sees {
				t.Errorf("%s sees it: %v", post, got)
			}
		}
		if o := owed("east-1"); len(o.Asked) != 0 {
			t.Errorf("it was said, and is asked again: %+v", o.Asked)
		}
		for post, want := range map[string]int{"guardian": 1, "service": 0, "east-1": 0} {
			if o := owed(post); len(o.Unheard) != want {
				t.Errorf("%s is told of it: %+v", post, o.Unheard)
			}
		}
		reply := h.opens(t, "guardian", id).Replies[0].ID
		service := h.opens(t, "service", id)
		if _, err := h.desk(t, "service").ConcernReceipt(ctx, service, reply); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("a manager gets a receipt with its words: %v", err)
		}
		if _, err := h.desk(t, "service").SayOfConcern(ctx, id, concern.DetrimentHeard{Reply: reply, Words: "w"}, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a manager answers it: %v", err)
		}
		if _, err := h.desk(t, "guardian").SayOfConcern(ctx, id, concern.DetrimentHeard{Reply: reply, Words: "I spoke to the director"}, ""); err != nil {
			t.Fatal(err)
		}
		h.verify(t)
	})
}

// What is refused, with every reason.
func TestAConcernThatCannotBe(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		for what, x := range map[string]app.Wish{
			"no words":                   {Text: " "},
			"to a post below":            {Text: "x", To: "east-2"},
			"about nobody there is":      {Text: "x", About: []string{"p-nobody"}},
			"in confidence, no guardian": {Text: "x", To: app.InConfidence},
		} {
			if _, err := h.desk(t, "manager-east").Raise(ctx, x); err == nil {
				t.Errorf("%s: it was raised", what)
			} else if _, ok := entry.Problems(err); !ok {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := h.desk(t, "chief-executive").Raise(ctx, app.Wish{Text: "I am alone"}); err == nil {
			t.Error("a concern that nobody hears")
		}
		id := h.raise(t, "east-1", app.Wish{Text: "x"})
		for _, b := range []entry.Body{concern.Raised{}, concern.Told{}} {
			if _, err := h.desk(t, "manager-east").SayOfConcern(ctx, id, b, ""); err == nil {
				t.Errorf("somebody says %s by hand", b.Kind())
			}
		}
		if v := h.verify(t); v.Concerns != 1 {
			t.Errorf("%+v", v)
		}
	})
}
