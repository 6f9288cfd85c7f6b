package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// submit sends a form of a page, as a browser would.
func (s *site) submit(who, path string, v url.Values) (code int, to, body string) {
	w := s.ask("POST", path, who, v.Encode())
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

// A worker writes a weak plan and may save it; is asked about it; mends one thing and
// keeps another with a reason, which travels to the manager; the manager approves; and
// only then does it stand.
func TestAPlanIsWrittenMendedSentAndApproved(t *testing.T) {
	s := open(t)
	write := "/child/" + sam + "/plan/write"
	has(t, s.ask("GET", "/child/"+sam+"/plan", "dana-whitlock", "").Body.String(), "Version 2, written by", "Mum to ensure appropriate supervision at all times.", "Mum says 9")
	has(t, s.ask("GET", write+"/g1", "dana-whitlock", "").Body.String(), "Mum to ensure appropriate supervision at all times.", "Nearly the same as now", "Version 2")
	code, to, _ := s.submit("dana-whitlock", write, url.Values{"step": {"add"}, "goals": {"g1 g2 g3"}})
	if code != 303 || to != write+"/g4" {
		t.Fatalf("add a goal: %d %s", code, to)
	}
	for _, g := range []string{"g1 g2 g3 g4", "g1 g2 g3", "g1 g2"} { // the newest goal of the list is left out
		s.submit("dana-whitlock", write, url.Values{"step": {"drop " + g[len(g)-2:]}, "goals": {g}, "of": {"cp"}})
	}
	if w := s.ask("GET", write+"/g4", "dana-whitlock", ""); w.Code != 404 {
		t.Errorf("a goal that was left out: %d", w.Code)
	}
	weak := url.Values{"step": {"save"}, "name": {"Evenings"}, "worry": {"On 8 September Sam was at home in the evening with no adult. Nan worries that he will be burned."},
		"change": {"Mum, Nan or Auntie Bev is at home with Sam every evening from 5pm."}, "measure": {"Mum attends appointments."}, "start": {"7 December"}, "weeks": {"8"},
		"help-what-0": {"Comes on Tuesdays at 5pm"}, "help-who-0": {"Ruth Amadi"}, "help-from-0": {"2026-12-01"},
		"if_not": {"If two evenings are missed, Jo Pell meets Mum within 2 working days."}, "plan_b": {"Ring until someone says yes."}, "ring-name-0": {"Nan"}, "ring-number-0": {"01632 960 118"}}
	if code, _, _ := s.submit("dana-whitlock", write+"/g1", weak); code != 303 {
		t.Fatalf("a weak plan, with a day that cannot be read, cannot be saved: %d", code)
	}
	page := s.ask("GET", write+"/g1", "dana-whitlock", "")
	has(t, page.Body.String(), "Worth another look", "attends appointments", "Keep mine, and say why", "Mum attends appointments.", "7 December", "like 2026-12-07", "Error: ")
	if code, _, body := s.submit("dana-whitlock", write, url.Values{"step": {"send"}, "goals": {"g1"}, "of": {"cp"}, "key": {"k1"}}); code != 422 || !strings.Contains(body, "worth another look") || !strings.Contains(body, "like 2026-12-07") {
		t.Fatalf("sent as it is: %d", code)
	}
	// Nobody else sees the draft.
	if body := s.ask("GET", write+"/g1", "jo-pell", "").Body.String(); strings.Contains(body, "burned") {
		t.Error("somebody else sees the draft")
	}
	weak.Set("start", "2026-12-07")
	weak.Set("measure", "Nan texts by 7pm to say who is with Sam. Now: 4 evenings in 7.")
	weak.Set("plan_b", "Ring as appropriate.")
	s.submit("dana-whitlock", write+"/g1", weak)
	page = s.ask("GET", write+"/g1", "dana-whitlock", "")
	has(t, page.Body.String(), "as appropriate", "1 February 2027")
	name := ""
	for _, x := range strings.Split(page.Body.String(), `name="keep-`)[1:] {
		n, _, _ := strings.Cut(x, `"`)
		weak.Set("keep-"+n, "Nan asked for these words.")
		name = n
	}
	if name == "" {
		t.Fatal("no reason is asked for")
	}
	s.submit("dana-whitlock", write+"/g1", weak)
	code, to, body := s.submit("dana-whitlock", write, url.Values{"step": {"send"}, "goals": {"g1"}, "of": {"cp"}, "going_well": {"Sam loves his tea with Nan."}, "key": {"k2"}})
	if code != 303 {
		t.Fatalf("sent with its reasons: %d %.900s", code, body[strings.Index(body, "<main"):])
	}
	has(t, s.ask("GET", to, "dana-whitlock", "").Body.String(), "waits for approval", "Version 2, written by")
	has(t, s.ask("GET", "/child/"+sam+"/plan/version/"+s.lastPlan(), "dana-whitlock", "").Body.String(), "left out", "Nursery every day")
	// The draft is gone: the next begins from what was sent.
	has(t, s.ask("GET", write+"/g1", "dana-whitlock", "").Body.String(), "Ring as appropriate.")
	at := "/child/" + sam + "/plan/version/" + s.lastPlan()
	has(t, s.ask("GET", at, "jo-pell", "").Body.String(), "Nan asked for these words.", "Approve this version", "Send it back")
	has(t, s.ask("GET", at, "dana-whitlock", "").Body.String(), "Evenings")
	if code, _, _ := s.submit("dana-whitlock", at, url.Values{"do": {"approve"}, "key": {"k3"}}); code != 403 && code != 422 {
		t.Errorf("its writer approves it: %d", code)
	}
	if code, _, body := s.submit("jo-pell", at, url.Values{"do": {"return"}, "key": {"k4"}}); code != 422 || !strings.Contains(body, "Enter what to change, and why") {
		t.Errorf("sent back without a reason: %d", code)
	}
	if code, _, _ := s.submit("jo-pell", at, url.Values{"do": {"approve"}, "key": {"k5"}, "words": {"Clear, and short."}}); code != 303 {
		t.Errorf("approved: %d", code)
	}
	has(t, s.ask("GET", "/child/"+sam+"/plan", "jo-pell", "").Body.String(), "Version 3, written by Dana Whitlock, approved by Jo Pell", "Nan texts by 7pm", "Sam loves his tea with Nan.", "tel:01632960118", "not started", "stood before")
}

// Weak wording without a reason is not approved at any door.
func TestWeakWordingIsNotApprovedWithoutAReason(t *testing.T) {
	s := open(t)
	plan := s.aPlan() // it has no measure, no help and no plan B
	desk, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell", Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	approve := app.Do{Child: sam, Commands: []child.Command{{Happened: day.AtInstant(s.app.Clock.Now()), Body: child.PlanApproved{Plan: entry.ID(plan)}, Source: entry.Source{Kind: "page"}}}}
	if _, err = desk.Record(t.Context(), approve); err == nil {
		t.Fatal("approved, though nobody says how it is measured")
	}
	if ps, ok := entry.Problems(err); !ok || !strings.Contains(ps[0].Text, "without a reason") {
		t.Errorf("refused with %v", err)
	}
	has(t, s.ask("GET", "/child/"+sam+"/plan/version/"+plan, "jo-pell", "").Body.String(), "Nobody gave a reason")
}

// What people say of a goal stands beside it, in their words and as numbers, with what
// was done about it.
func TestWhatPeopleSayStandsBesideTheGoal(t *testing.T) {
	s := open(t)
	base := "/child/" + sam
	on := url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "goal": {"g1"}}
	say := func(key string, v map[string]string) {
		t.Helper()
		form := url.Values{"step": {"record"}, "key": {key}}
		for k := range on {
			form.Set(k, on.Get(k))
		}
		for k, x := range v {
			form.Set(k, x)
		}
		if code, to, body := s.submit("dana-whitlock", base+"/record/view", form); code != 303 || !strings.HasPrefix(to, base+"/plan?") {
			t.Fatalf("%v: %d %s %.300s", v, code, to, body)
		}
	}
	has(t, s.ask("GET", base+"/record/view?goal=g1", "dana-whitlock", "").Body.String(), `<option value="g1" selected`)
	say("v1", map[string]string{"of": "parent", "name": "Mum", "scale": "10", "agrees": "partly", "words": "I was back by eight on Friday."})
	say("v2", map[string]string{"of": "child", "scale": "2", "words": "Bev has a cat.", "how": "Said in the car."})
	page := s.ask("GET", base+"/plan", "dana-whitlock", "")
	has(t, page.Body.String(), "Mum says 10, Sam says 2, and the gap has grown", "what do you see that makes it that number?", "Agrees in part.", "Bev has a cat.", "Said in the car.", "Say what was done about it")
	i := strings.Index(page.Body.String(), "record/view.followed?view=")
	view, _, _ := strings.Cut(page.Body.String()[i+len("record/view.followed?view="):], `"`)
	if code, _, body := s.submit("dana-whitlock", base+"/record/view.followed", url.Values{"view": {view}, "did": {"Nan comes on Tuesdays too."}, "step": {"record"}, "key": {"v3"}}); code != 303 {
		t.Fatalf("what was done: %d %.300s", code, body)
	}
	if code, _, body := s.submit("dana-whitlock", base+"/record/goal.moved", url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "goal": {"g1"}, "state": {"done"}, "step": {"record"}, "key": {"v4"}}); code != 422 || !strings.Contains(body, "Say how you know") {
		t.Errorf("done, and nobody says how that is known: %d", code)
	}
	if code, _, _ := s.submit("dana-whitlock", base+"/record/goal.moved", url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "goal": {"g1"}, "state": {"doing"}, "how_known": {"said"}, "step": {"record"}, "key": {"v5"}}); code != 303 {
		t.Errorf("doing, said only: %d", code)
	}
	has(t, s.ask("GET", base+"/plan", "dana-whitlock", "").Body.String(), "Nan comes on Tuesdays too.", "Said only")
	// As it was known before, nothing of it is there.
	before := s.app.Clock.Now() - 400*24*day.Hour
	if body := s.ask("GET", base+"/plan?known="+before.Time().Format(time.RFC3339), "dana-whitlock", "").Body.String(); strings.Contains(body, "Nan comes on Tuesdays") {
		t.Error("the past knows what came later")
	}
}

// lastPlan is the newest version of a plan for Sam.
func (s *site) lastPlan() (id string) {
	desk, err := s.app.Desk(s.t.Context(), app.Reader{Person: "jo-pell", Fresh: true})
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := desk.Child(s.t.Context(), "test", sam, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, v := range p.Record.Plans() {
		id = string(v.ID)
	}
	return id
}

// The words of a sister's plan, copied, are pointed out to whoever may see hers, block
// approval without a reason, and the look into her plan stands in her reader log. Who may not see
// her record learns nothing of it.
func TestTheWordsOfASistersPlanArePointedOut(t *testing.T) {
	s := open(t)
	now := s.app.Clock.Now()
	when := day.On(now.Date() - 2)
	as := func(id, person, post string, b entry.Body) entry.ID {
		done, err := s.app.Record(t.Context(), app.Do{Child: id, Commands: []child.Command{{Actor: entry.Actor{Person: person, Post: post}, Happened: when, Body: b, Source: entry.Source{Kind: "page"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return done.Entries[0]
	}
	kayleigh := ""
	if err := s.app.EachRecord(t.Context(), func(r child.Record) error {
		all := r.Statuses()
		if st := all[len(all)-1]; kayleigh == "" && r.Child != sam && st.Open && st.Team == "east-2" {
			kayleigh = r.Child
		}
		return nil
	}); err != nil || kayleigh == "" {
		t.Fatal("the team of Sam has no other child", err)
	}
	as(kayleigh, "jo-pell", "manager-east-2", child.Allocation{Post: "east-2-3", Team: "east-2"})
	const change = "A grown-up sits beside the bed until everybody sleeps, at the latest at half past seven."
	const measure = "Nan texts by eight in the evening when all lamps are out. Now: 2 nights in 7."
	for i, sister := range []string{kayleigh, elin} {
		plan := as(sister, "dana-whitlock", "east-2-3", child.PlanSent{Of: "cin", Goals: []child.Goal{{ID: "a1", Name: "Nights", Change: []string{change, "x"}[i], Measure: []string{"x", measure}[i]}}})
		as(sister, "jo-pell", "manager-east-2", child.PlanApproved{Plan: plan})
		as(sam, "dana-whitlock", "east-2-3", child.FamilyMember{Name: []string{"Kayleigh", "Elin"}[i], Relation: "sister", Role: "brother or sister", Child: sister, Lives: child.LivesWith, Safe: child.SafeUnknown})
	}
	when = day.AtInstant(now)
	looks := func(id, who string) (n int) {
		_, rs, err := s.desk(who).Readers(t.Context(), id, 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			if r.What == "Plan, beside a brother's or sister's" && r.Person == "dana-whitlock" {
				n++
			}
		}
		return n
	}
	write := "/child/" + sam + "/plan/write"
	const says = "Nearly the same words stand in a brother&#39;s or sister&#39;s plan."
	if page := s.ask("GET", write+"/g1", "dana-whitlock", "").Body.String(); strings.Contains(page, says) || looks(kayleigh, "jo-pell") != 0 {
		t.Error("other words are pointed out, or a look is logged of which nothing was shown")
	}
	s.submit("dana-whitlock", write+"/g1", url.Values{"step": {"save"}, "name": {"Nights"}, "change": {change}, "measure": {measure}})
	page := s.ask("GET", write+"/g1", "dana-whitlock", "").Body.String()
	has(t, page, says)
	if n := strings.Count(page, says); n != 1 {
		t.Errorf("pointed out %d times: the plan in a record that is closed to her is held beside it too", n)
	}
	if looks(kayleigh, "jo-pell") == 0 || looks(elin, "priti-nandra") != 0 {
		t.Error("the look into her plan is not in her reader log, or one is that was not made")
	}
	plan := as(sam, "dana-whitlock", "east-2-3", child.PlanSent{Of: "cp", Goals: []child.Goal{{ID: "g1", Name: "Nights", Change: change, Measure: measure}}})
	has(t, s.ask("GET", "/child/"+sam+"/plan/version/"+string(plan), "jo-pell", "").Body.String(), says)
}
