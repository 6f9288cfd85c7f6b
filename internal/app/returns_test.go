package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
	"onus/internal/testkit"
)

// withAnalyst makes a house with a performance analyst.
func withAnalyst(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	return newHouse(t, e).analyst(t)
}

func (h *house) analyst(t *testing.T) *house {
	t.Helper()
	testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()-90), line.PostCreated{Post: "performance", Title: "Performance analyst", Tier: line.Worker, Above: "head", Function: line.Performance},
		line.PersonKnown{Person: "p-performance", Name: "Nia Obi"}, line.PostHeld{Post: "performance", Person: "p-performance"})
	return h
}

// checks asks for a check and has it done.
func (h *house) checks(t *testing.T, who string, o app.ReturnOrder) app.ReturnRun {
	t.Helper()
	run, already, err := h.desk(t, who).CheckReturn(ctx, o)
	if err != nil || already || run.State != app.RunWaiting {
		t.Fatalf("%+v, %v, %v", run, already, err)
	}
	if did, err := h.RunReturn(ctx); !did || err != nil {
		t.Fatal(did, err)
	}
	return h.run(t, run.ID)
}

// seen is what somebody is shown of the check of a file before they take it.
func (h *house) seen(t *testing.T, who string, o app.ReturnOrder) string {
	t.Helper()
	before := h.stands(t, who, o.Kind).Taken
	x, err := h.desk(t, who).TakeReturn(ctx, o, "")
	if err != nil || x.Body != nil || x.Seen == "" || x.Run.State != app.RunDone {
		t.Fatalf("before it is taken: %+v, %v", x, err)
	}
	if after := h.stands(t, who, o.Kind).Taken; (before == nil) != (after == nil) || before != nil && before.ID != after.ID {
		t.Error("that somebody saw what the check says is in the history as if they had taken it")
	}
	return x.Seen
}

func (h *house) run(t *testing.T, id string) (run app.ReturnRun) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) (err error) {
		run, err = v.ReturnRun(ctx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return run
}

func (h *house) stands(t *testing.T, who string, kind app.ReturnKind) *app.ReturnPage {
	t.Helper()
	p, err := h.desk(t, who).Return(ctx, kind, app.Cursor{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What a check keeps is what the checker says of the file that the maker makes: rule by
// rule as many places, and behind them the children whose numbers it names.
func TestACheckKeepsWhatTheRulesFound(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e).analyst(t)
		h.census(t, sample(t, "samples/synthetic_cin_1000.xml.gz"))
		file, refused := h.madeCensus(t, 2026, "204")
		want, err := cincheck.Check(bytes.NewReader(file), 2026)
		if err != nil {
			t.Fatal(err)
		}
		run := h.checks(t, "performance", app.ReturnOrder{Kind: app.ReturnCIN, Authority: "204", Year: "2025/26"})
		tally := want.Tally()
		if run.State != app.RunDone || run.Errors != tally.Errors || run.Queries != tally.Queries || run.NotRun != tally.CouldNotRun || run.Held != tally.Held || tally.Errors == 0 || run.Rules() != len(want.Verdicts) {
			t.Fatalf("%+v\nwant %+v", run, tally)
		}
		if run.Children+refused == 0 || run.SoFar != run.Total || run.Total < run.Children || run.Person != "p-performance" || run.Entries != h.size(t) {
			t.Errorf("%+v", run)
		}
		p := h.stands(t, "performance", app.ReturnCIN)
		got := map[string]app.ReturnRule{}
		for _, r := range p.Rules {
			got[r.Code] = r
			if p.Words[r.Code].Says == "" {
				t.Errorf("%s has no words", r.Code)
			}
		}
		for _, v := range want.Verdicts {
			r, ok := got[v.Rule.Code]
			if ok != (v.Outcome != report.Held) || ok && (r.Failed != (v.Outcome == report.Failed) || r.Reason != v.Reason || r.Places != len(v.Places) || string(r.Severity) != v.Rule.Severity.String()) {
				t.Errorf("%s: %+v, want %v at %d places", v.Rule.Code, r, v.Outcome, len(v.Places))
			}
			numbers := map[string]bool{}
			for _, x := range v.Places {
				if x.Child != "" {
					numbers[x.Child] = true
				}
			}
			if ok && r.Failed && r.Children != len(numbers) {
				t.Errorf("%s: %d children, want %d", v.Rule.Code, r.Children, len(numbers))
			}
		}
		if x := got["schema"]; (refused > 0) != x.Failed || x.Children != refused || refused > 0 && x.Severity != app.ReturnLeftOut {
			t.Errorf("%d were refused by the schema, and %+v says so", refused, x)
		}
		// Each child is behind the number that the rule named.
		var failed *report.Verdict
		for i := range want.Verdicts {
			if v := &want.Verdicts[i]; v.Outcome == report.Failed && len(v.Places) > 0 && v.Places[0].Child != "" {
				failed = v
			}
		}
		id, _ := h.byNumber(t, "204", failed.Places[0].Child)
		if err := h.Store.View(ctx, func(v app.View) error {
			fs, err := v.ReturnFailures(ctx, app.ReturnFailureQuery{Run: run.ID, Code: failed.Rule.Code})
			i := slices.IndexFunc(fs, func(f app.ReturnFailure) bool { return f.Child == id })
			if i < 0 || !strings.Contains(fs[i].Cells, failed.Places[0].Table+"."+failed.Places[0].Column) {
				t.Errorf("%s: %s is not behind it: %+v", failed.Rule.Code, id, fs)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		full := false
		for _, f := range run.Facts.Fields {
			full = full || f.Column == "LAchildID" && f.Rows == f.Filled && f.Rows == run.Children
		}
		if !full || len(run.Facts.Tables) < 3 || p.Since != 0 {
			t.Errorf("%+v, %d since", run.Facts, p.Since)
		}
	})
}

// The other returns are checked the same way.
func TestEachReturnIsCheckedAndTaken(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := withAnalyst(t, e)
		on := h.clock.Now().Date()
		number := []child.Identifier{{System: "la-child", Authority: "999", Value: "A1"}}
		id := h.record(t, "", h.say("manager-front", child.Known{Given: "Ada", Family: "Marsh", Birth: day.MustParse("2017-05-04"), IDs: number}), h.say("manager-front", child.Referral{From: "school", What: "hungry"}),
			h.say("manager-front", child.CareStarted{Status: "C2"}), h.say("manager-front", child.PlacementStarted{Type: "U4"})).Child
		h.record(t, id, h.say("manager-front", child.Allocation{Team: "east", Post: "east-1"}))
		nameless := h.referred(t, "Ben", "Reed")
		for _, x := range []struct {
			o    app.ReturnOrder
			page string
		}{
			{app.ReturnOrder{Kind: app.ReturnCIN, Authority: "999", Year: "2025/26"}, "CIN census"},
			{app.ReturnOrder{Kind: app.Return903, Authority: "999", Year: "2025/26"}, "Return of children looked after (SSDA903)"},
			{app.ReturnOrder{Kind: app.ReturnAnnexA, Authority: "999", On: on}, "Lists of children for Ofsted (Annex A)"},
			{app.ReturnOrder{Kind: app.ReturnFeed, Authority: "999"}, "Daily feed"},
		} {
			run := h.checks(t, "performance", x.o)
			if run.State != app.RunDone || run.Children != 1 || run.Rules() == 0 || len(run.Facts.Tables) == 0 || len(run.Facts.Fields) == 0 {
				t.Errorf("%s: %+v", x.o.Kind, run)
			}
			p := h.stands(t, "performance", x.o.Kind)
			left := slices.ContainsFunc(p.Rules, func(r app.ReturnRule) bool {
				return r.Code == "no-number" && r.Children == 1 && r.Severity == app.ReturnLeftOut
			})
			if want := x.o.Kind != app.Return903; left != want { // Ben is not in care
				t.Errorf("%s: who has no number is left out: %v, want %v. %+v", x.o.Kind, left, want, run.Facts.Left)
			}
			if x.o.Kind == app.ReturnCIN && !slices.ContainsFunc(p.Teams, func(x app.ReturnTeam) bool { return x.Team == "east" && x.Children == 1 }) {
				t.Errorf("by team: %+v", p.Teams)
			}
			h.clock.Add(day.Second)
			taken, err := h.desk(t, "performance").TakeReturn(ctx, x.o, h.seen(t, "performance", x.o))
			if err != nil || taken.Children != 1 || len(taken.Body) == 0 || strings.Contains(taken.Name, "Ada") {
				t.Fatalf("%s: %+v, %v", x.o.Kind, taken, err)
			}
			sum := sha256.Sum256(taken.Body)
			p = h.stands(t, "performance", x.o.Kind)
			if f := p.Taken; f == nil || f.SHA256 != hex.EncodeToString(sum[:]) || f.Person != "p-performance" || f.Children != 1 || p.Last.ID != run.ID || len(p.History) != 2 || p.History[0].What != app.ReturnTaken {
				t.Errorf("%s: history %+v", x.o.Kind, p.History)
			}
			var what []string
			for _, r := range h.readers(t, id) {
				if strings.HasPrefix(r.What, x.page) {
					if r.Person != "p-performance" || r.Post != "performance" || r.Grounds != "return" {
						t.Errorf("%+v", r)
					}
					what = append(what, strings.TrimPrefix(r.What, x.page))
				}
			}
			if slices.Sort(what); !slices.Equal(what, []string{", checked", ", checked", ", taken away as a file"}) {
				t.Errorf("%s: the reader log of who is in it says %q", x.o.Kind, what)
			}
		}
		for _, r := range h.readers(t, nameless) {
			if r.Grounds == "return" {
				t.Errorf("who is in no return was looked at: %+v", r)
			}
		}
		// One's own looks are not drowned, and nobody is asked why a child was in a return.
		looks, _, err := h.desk(t, "performance").Looks(ctx, 0, 100)
		if err != nil || len(looks) != 0 {
			t.Errorf("own looks: %+v, %v", looks, err)
		}
		h.clock.Add(day.Hour)
		if n, err := h.AskAboutLooks(ctx); n != 0 || err != nil {
			t.Errorf("%d questions, %v", n, err)
		}
		o903 := app.ReturnOrder{Kind: app.Return903, Authority: "999", Year: "2025/26"}
		z, err := h.desk(t, "director").TakeReturn(ctx, o903, h.seen(t, "director", o903))
		if err != nil || z.Name != "ssda903-2025-26.zip" {
			t.Fatal(z.Name, err)
		}
		if r, err := zip.NewReader(bytes.NewReader(z.Body), int64(len(z.Body))); err != nil || len(r.File) != 11 || r.File[0].Name != "header.csv" {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func (h *house) readers(t *testing.T, id string) (rs []app.Read) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) (err error) {
		rs, err = v.Reads(ctx, id, 0, 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return rs
}

// What the check of a file said stays with it, in the history and in the ledger; what
// changed since somebody saw it is shown before the file is given.
func TestAFileIsCheckedInTheStepThatGivesIt(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e).analyst(t)
		h.census(t, sample(t, "samples/synthetic_cin_1000.xml.gz"))
		o := app.ReturnOrder{Kind: app.ReturnCIN, Authority: "204", Year: "2025/26"}
		first, err := h.desk(t, "performance").TakeReturn(ctx, o, "")
		if err != nil || first.Body != nil || first.Run.Errors == 0 || first.Run.Rules() == 0 || len(first.Run.Facts.Found) < first.Run.Errors {
			t.Fatalf("%+v, %v", first.Run, err)
		}
		h.clock.Add(day.Second)
		taken, err := h.desk(t, "performance").TakeReturn(ctx, o, first.Seen)
		if err != nil || len(taken.Body) == 0 {
			t.Fatal(err)
		}
		// It is the check of that very file.
		rep, err := cincheck.Check(bytes.NewReader(taken.Body), 2026)
		if err != nil {
			t.Fatal(err)
		}
		want, run := rep.Tally(), h.stands(t, "performance", app.ReturnCIN).Taken
		if run.Errors != want.Errors || run.Queries != want.Queries || run.NotRun != want.CouldNotRun || run.Held != want.Held || run.ID != taken.Run.ID {
			t.Errorf("the history says %+v, the check of the file %+v", run, want)
		}
		for _, v := range rep.Verdicts {
			if v.Outcome == report.Failed && !slices.ContainsFunc(run.Facts.Found, func(f app.ReturnFound) bool { return f.Code == v.Rule.Code && !f.NotRun }) {
				t.Errorf("%s failed in the file, and its history does not say so", v.Rule.Code)
			}
		}
		var said []line.ReturnTaken
		l, err := h.Line(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range l.Log {
			if b, ok := x.Body.(line.ReturnTaken); ok {
				if x.Author != "p-performance" || x.Post != "performance" {
					t.Errorf("by %s", x.Author)
				}
				said = append(said, b)
			}
		}
		if len(said) != 1 || said[0].SHA256 != run.SHA256 || said[0].Errors != run.Errors || said[0].Children != run.Children || said[0].Run != run.ID || said[0].LeftOut != run.LeftOut() {
			t.Errorf("the ledger says %+v", said)
		}
		// A child more is left out by now: what was seen is not what would be taken.
		h.clock.Add(day.Minute)
		h.referred(t, "Ada", "Marsh")
		id := h.referred(t, "Ben", "Marsh")
		h.record(t, id, h.say("manager-front", child.Known{Given: "Ben", Family: "Marsh", Birth: day.MustParse("2017-05-04"), IDs: []child.Identifier{{System: "la-child", Authority: "204", Value: "NEW1"}}}))
		o.Year = "2026/27" // of this year the two are
		old, err := h.desk(t, "performance").TakeReturn(ctx, o, first.Seen)
		if err != nil || old.Body != nil || old.Seen == first.Seen {
			t.Errorf("what was not seen is given: %v", err)
		}
		h.verify(t)
	})
}

// One check of a return runs at once; one that nobody works on any more, or that is
// stopped, is marked as broken off, and the next can be asked for.
func TestAStoppedCheckIsNotLost(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := withAnalyst(t, e)
		h.referred(t, "Ben", "Reed")
		o := app.ReturnOrder{Kind: app.ReturnCIN, Authority: "999", Year: "2025/26"}
		ask := func() (app.ReturnRun, bool) {
			t.Helper()
			run, already, err := h.desk(t, "performance").CheckReturn(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			return run, already
		}
		first, already := ask()
		if again, same := ask(); already || !same || again.ID != first.ID {
			t.Errorf("asked twice: %+v, %v", again, same)
		}
		select {
		case <-h.ReturnAsked():
		default:
			t.Error("nobody was told that a check waits")
		}
		if other, already, err := h.desk(t, "director").CheckReturn(ctx, app.ReturnOrder{Kind: app.ReturnFeed, Authority: "999"}); err != nil || already || other.Kind != app.ReturnFeed {
			t.Errorf("another return: %+v, %v", other, err)
		}

		// The server is stopped in the middle: the run says so.
		c, cancel := context.WithCancel(ctx)
		whole := h.Store
		h.Store = &stopping{whole, cancel}
		if did, err := h.RunReturn(c); !did || err == nil {
			t.Errorf("stopped: %v, %v", did, err)
		}
		h.Store = whole
		if r := h.run(t, first.ID); r.State != app.RunBroken || !strings.Contains(r.Problem, "was stopped") || r.Ended == 0 {
			t.Errorf("stopped: %+v", r)
		}
		if p := h.stands(t, "performance", app.ReturnCIN); p.Broke == nil || p.On != nil || p.Last != nil {
			t.Errorf("%+v", p.ReturnStanding)
		}

		// The machine falls over in the middle: whoever looks next sees it, and the next ask marks it.
		second, already := ask()
		if already || second.ID == first.ID {
			t.Fatalf("a run that broke off stands in the way: %+v", second)
		}
		second.State, second.Began, second.Beat = app.RunRunning, h.clock.Now(), h.clock.Now()
		if err := h.Store.Update(ctx, func(tx app.Tx) error { _, err := tx.SetReturnRun(ctx, second, app.RunWaiting); return err }); err != nil {
			t.Fatal(err)
		}
		if _, same := ask(); !same {
			t.Error("a run of now was not seen")
		}
		h.clock.Add(10 * day.Minute)
		if p := h.stands(t, "performance", app.ReturnCIN); p.On != nil || p.Broke == nil || p.Broke.ID != second.ID || !strings.Contains(p.Broke.Problem, "no sign of life") {
			t.Errorf("%+v", p.ReturnStanding)
		}
		third, already := ask()
		if already || h.run(t, second.ID).State != app.RunBroken {
			t.Errorf("%+v, %v", third, already)
		}
		for did := true; did; { // the feed and the third
			var err error
			if did, err = h.RunReturn(ctx); err != nil {
				t.Fatal(err)
			}
		}
		p := h.stands(t, "performance", app.ReturnCIN)
		if p.Last == nil || p.Last.ID != third.ID || p.Broke != nil || p.Last.Children != 0 || p.Last.Rules() != 0 || len(p.Last.Facts.Left) == 0 {
			t.Errorf("nobody is in it, so no rule ran: %+v", p.ReturnStanding.Last)
		}
		// An order that the program does not understand any more ends with the reason.
		old := third
		old.ID, old.Of, old.State = "0199-old", "1999/00", app.RunWaiting
		if err := h.Store.Update(ctx, func(tx app.Tx) error { return tx.PutReturnRun(ctx, old) }); err != nil {
			t.Fatal(err)
		}
		if _, err := h.RunReturn(ctx); err == nil || h.run(t, old.ID).Problem != "Choose a year of the list." {
			t.Errorf("%v, %+v", err, h.run(t, old.ID))
		}
	})
}

// stopping is a store whose program is stopped after its first write.
type stopping struct {
	app.Store
	stop func()
}

func (s *stopping) Update(ctx context.Context, fn func(app.Tx) error) error {
	defer s.stop()
	return s.Store.Update(ctx, fn)
}

// Whoever may see a child's name finds the child behind the rule; everybody else who may
// see how a return stands sees how many there are, by team.
func TestWhoIsBehindARule(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := withAnalyst(t, e)
		made := func(given, number, post string) string {
			id := h.record(t, "", h.say("manager-front", child.Known{Given: given, Family: "Marsh", Birth: day.MustParse("2017-05-04"), IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: number}}}),
				h.say("manager-front", child.Referral{From: "school", What: "hungry"})).Child
			if post != "" {
				h.record(t, id, h.say("manager-front", child.Allocation{Team: "east", Post: post}))
			}
			return id
		}
		open, closed := made("Ada", "A1", "east-1"), made("Ben", "A2", "east-2")
		made("Cas", "A3", "")
		h.record(t, closed, h.say("head", child.Restricted{Category: "other", Why: "w", Owner: "head", ReviewBy: h.clock.Now().Date() + 60}))
		run := h.checks(t, "director", app.ReturnOrder{Kind: app.ReturnCIN, Authority: "999", Year: "2025/26"})
		var code string
		for _, r := range h.stands(t, "director", app.ReturnCIN).Rules {
			if r.Failed && r.Children == 3 {
				code = r.Code
			}
		}
		if code == "" {
			t.Fatalf("no rule finds all three: %+v", run)
		}
		page := func(who string, team *string) *app.ReturnRulePage {
			t.Helper()
			p, err := h.desk(t, who).ReturnRule(ctx, app.ReturnCIN, code, team, app.Cursor{}, 100)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Teams) != 2 || p.Teams[0].Team != "east" || p.Teams[0].Children != 2 || p.Teams[1].Team != "" {
				t.Errorf("%s: teams %+v", who, p.Teams)
			}
			return p
		}
		h.clock.Add(day.Minute)
		p := page("manager-east", nil)
		if c := p.Children; c.Team != "east" || !c.Listed || len(c.Rows) != 1 || c.Rows[0].Child != open || c.Rows[0].ChildRow.Name != "Ada Marsh" || c.Rows[0].Cells == "" || c.Closed != 1 {
			t.Errorf("the manager of East: %+v", c)
		}
		shown := func(id string) (out []app.Read) {
			for _, r := range h.readers(t, id) {
				if r.What == "Returns" {
					out = append(out, r)
				}
			}
			return out
		}
		if rs := shown(open); len(rs) != 1 || rs[0].Person != "p-manager-east" || rs[0].Grounds != "manager" || rs[0].Refused {
			t.Errorf("the look: %+v", rs)
		}
		if rs := shown(closed); len(rs) != 1 || !rs[0].Refused {
			t.Errorf("the look at what is closed: %+v", rs)
		}
		none := ""
		if c := page("manager-east", &none).Children; c.Listed || len(c.Rows) != 0 {
			t.Errorf("the manager of East, who has no team: %+v", c)
		}
		if c := page("director", &none).Children; !c.Listed || len(c.Rows) != 1 {
			t.Errorf("the director, who has no team: %+v", c)
		}
		if c := page("performance", nil).Children; c.Listed || len(c.Rows) != 0 {
			t.Errorf("performance: %+v", c)
		}
		east := "east"
		if c := page("performance", &east).Children; c.Listed || len(c.Rows) != 0 || len(shown(open)) != 1 {
			t.Errorf("performance, East: %+v", c)
		}
		tp, err := h.desk(t, "manager-east").ReturnTeam(ctx, app.ReturnCIN, "east", app.Cursor{}, 100)
		if err != nil || tp.All.Children != 2 || len(tp.Rules) == 0 || len(tp.Children.Rows) == 0 || tp.Children.Closed != 1 || tp.Children.Rows[0].Child != open {
			t.Errorf("the team's page: %+v, %v", tp, err)
		}
		// By pages of one, nobody is met twice and nobody is passed over.
		var seen []string
		for after, n := (app.Cursor{}), 0; n < 100; n++ {
			tp, err := h.desk(t, "manager-east").ReturnTeam(ctx, app.ReturnCIN, "east", after, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range tp.Children.Rows {
				seen = append(seen, f.Child+f.Code)
			}
			if after = tp.Children.Next; after.ID == "" {
				break
			}
		}
		if slices.Sort(seen); len(seen) != len(tp.Children.Rows) || len(slices.Compact(seen)) != len(tp.Children.Rows) {
			t.Errorf("by pages of one: %d, at once %d", len(seen), len(tp.Children.Rows))
		}

		for _, x := range []struct {
			who                       string
			see, check, take, listing bool
		}{{"performance", true, true, true, false}, {"director", true, true, true, true}, {"head", true, false, false, true}, {"manager-east", true, false, false, true}, {"east-1", false, false, false, false}} {
			d := h.desk(t, x.who)
			_, see := d.Returns(ctx)
			_, see2 := d.Return(ctx, app.ReturnCIN, app.Cursor{}, 1)
			_, see3 := d.ReturnRule(ctx, app.ReturnCIN, code, nil, app.Cursor{}, 1)
			_, see4 := d.ReturnProgress(ctx, app.ReturnCIN)
			_, _, check := d.CheckReturn(ctx, app.ReturnOrder{Kind: app.ReturnCIN})
			_, take := d.TakeReturn(ctx, app.ReturnOrder{Kind: app.ReturnCIN}, "")
			_, list := d.ReturnTeam(ctx, app.ReturnCIN, "east", app.Cursor{}, 1)
			for what, got := range map[string]struct {
				err error
				may bool
			}{"see": {see, x.see}, "see one": {see2, x.see}, "see a rule": {see3, x.see}, "see progress": {see4, x.see}, "check": {check, x.check}, "take": {take, x.take}, "list a team": {list, x.listing}} {
				if errors.Is(got.err, app.ErrForbidden) == got.may {
					t.Errorf("%s, %s: %v, may %v", x.who, what, got.err, got.may)
				}
			}
		}
		stale := h.stale(t, "director")
		var denied *app.Denied
		if _, err := stale.TakeReturn(ctx, app.ReturnOrder{Kind: app.ReturnCIN}, ""); !errors.As(err, &denied) || !denied.Afresh || denied.Action != access.TakeReturn {
			t.Errorf("without a fresh sign-in: %v", err)
		}
	})
}

// Everything that is wrong with an order is said at once, at its fields.
func TestWrongOrders(t *testing.T) {
	h := withAnalyst(t, testkit.Engines[0])
	d := h.desk(t, "performance")
	for _, x := range []struct {
		o      app.ReturnOrder
		fields []string
	}{
		{app.ReturnOrder{Kind: app.ReturnCIN, Authority: "2o4", Year: "1999/00", Serial: "1"}, []string{"authority", "year", "serial"}},
		{app.ReturnOrder{Kind: app.Return903, Authority: "999", Year: "soon", Format: "pdf"}, []string{"year", "format"}},
		{app.ReturnOrder{Kind: app.ReturnAnnexA, Authority: "999"}, []string{"on"}},
		{app.ReturnOrder{Kind: app.ReturnAnnexA, Authority: "999", On: h.clock.Now().Date() + 1}, []string{"on"}},
		{app.ReturnOrder{Kind: app.ReturnFeed}, []string{"authority"}},
	} {
		_, _, err := d.CheckReturn(ctx, x.o)
		_, err2 := d.TakeReturn(ctx, x.o, "")
		for _, err := range []error{err, err2} {
			ps, _ := entry.Problems(err)
			var fields []string
			for _, p := range ps {
				fields = append(fields, p.Field)
			}
			if !slices.Equal(fields, x.fields) {
				t.Errorf("%+v: %v", x.o, err)
			}
		}
	}
	if _, _, err := d.CheckReturn(ctx, app.ReturnOrder{Kind: "tax", Authority: "999"}); !errors.Is(err, app.ErrNotFound) {
		t.Errorf("no return: %v", err)
	}
	for _, kind := range app.ReturnKinds { // nobody is in any of them
		if _, err := d.TakeReturn(ctx, app.ReturnOrder{Kind: kind, Authority: "999", Year: "2025/26", On: h.clock.Now().Date()}, ""); err == nil || errors.Is(err, app.ErrForbidden) {
			t.Errorf("%s with nobody in it: %v", kind, err)
		} else if _, ok := entry.Problems(err); !ok {
			t.Errorf("%s with nobody in it: %v", kind, err)
		}
		if p := h.stands(t, "performance", kind); p.Taken != nil {
			t.Errorf("%s: a file that was not made is in the history", kind)
		}
	}
}

// The codes of rules are those of one rule each, in every year, also with our own.
func TestRulesOfReturnsHaveOneCode(t *testing.T) {
	for year := cincheck.FirstYear; year <= cincheck.LastYear; year++ {
		seen := map[string]bool{}
		for _, r := range cincheck.Rules(year) {
			if seen[r.Code] {
				t.Errorf("%d has two rules %s", year, r.Code)
			}
			seen[r.Code] = true
		}
	}
	on := day.MustParse("2026-04-01")
	if y := app.ReturnYear(app.ReturnCIN, on); y != "2026/27" {
		t.Error(y)
	}
	if y := app.ReturnYear(app.ReturnCIN, on-1); y != "2025/26" || app.ReturnYear(app.ReturnAnnexA, on) != "" {
		t.Error(y)
	}
	if y := app.ReturnYear(app.Return903, day.MustParse("2099-01-01")); y != app.ReturnYears(app.Return903)[0] {
		t.Error(y)
	}
}
