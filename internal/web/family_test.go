package web_test

import (
	"bytes"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web"
	"onus/internal/wording"
)

const danasWords = "You, Nan or Auntie Bev are at home with Sam every evening from 5pm, and all night."

// samsGiving is the first goal of Sam's plan in his mother's words.
func (s *site) samsGiving(key string) app.Giving {
	s.t.Helper()
	desk, err := s.app.Desk(s.t.Context(), app.Reader{Person: "dana-whitlock"})
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := desk.Child(s.t.Context(), "test", sam, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	v, ok := p.Record.Plan(p.Status.Since)
	if !ok || len(v.Goals) != 3 {
		s.t.Fatal("Sam has no plan of three goals")
	}
	on := s.app.Clock.Now().Date()
	return app.Giving{Child: sam, Link: true, Key: "dana-whitlock " + key, Plan: child.PlanShared{Plan: v.ID, To: "Leanne Okell", As: "mum", For: child.ForParent, Called: "Sam", Until: on + 28, Answer: on + 14, Phone: "01632 960 150",
		Well: "Sam loves his tea with Nan. You have asked for help.", Words: "When Nan comes we have beans.", Next: "17 December at 10am, at the Town Hall.",
		Goals: []child.SharedGoal{{ID: "g1", Name: "Evenings", Change: danasWords, ByWhen: "Start by Monday 7 December.\nKeep it up for 8 weeks, to 1 February.",
			Worry:   "On two evenings in September, Sam was at home with no adult. Nan found him trying to light the hob for his tea.\nWe think he could get burned. We think he gets scared.",
			Help:    []string{"Ruth comes on Tuesdays and Thursdays at 5pm. She starts on 1 December.", "Dana has booked after-nursery club from 30 November. We pay."},
			Measure: "Nan or Auntie Bev sends a text by 7pm. It says who is with Sam. Last week it was 4 nights out of 7. We need all 7.",
			IfNot:   "If two evenings are missed, we meet you within 2 working days. Jo Pell, Dana's boss, will be there.\nWe will talk about Sam staying with Nan for a while. We may ask a lawyer what to do next. We will tell you first.",
			PlanB:   "You can't get home? Ring until someone says yes. Please don't leave Sam alone, not even for ten minutes.",
			Ring:    []child.Ring{{Name: "Nan", Number: "01632 960 118"}, {Name: "Auntie Bev", Number: "01632 960 127"}, {Name: "Night team, all night", Number: "01632 960 145"}}}}}}
}

// gives gives Sam's plan to his mother.
func (s *site) gives(key string, change func(*app.Giving)) app.Given {
	s.t.Helper()
	x := s.samsGiving(key)
	if change != nil {
		change(&x)
	}
	desk, err := s.app.Desk(s.t.Context(), app.Reader{Person: "dana-whitlock"})
	if err != nil {
		s.t.Fatal(err)
	}
	given, err := desk.GivePlan(s.t.Context(), x)
	if err != nil {
		s.t.Fatal(err)
	}
	return given
}

func (s *site) wants(w *httptest.ResponseRecorder, code int, texts ...string) string {
	s.t.Helper()
	body := w.Body.String()
	if w.Code != code {
		s.t.Errorf("%d, want %d\n%s", w.Code, code, regexp.MustCompile(`(?s)error-summary.{0,700}`).FindString(body))
	}
	for _, x := range texts {
		if !strings.Contains(body, x) {
			s.t.Errorf("it does not say %q", x)
		}
	}
	return body
}

func (s *site) family(secret string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	if form == nil {
		return s.ask("GET", "/family/"+secret, "", "")
	}
	return s.ask("POST", "/family/"+secret, "", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// Before it is opened the page names nobody and nothing is in the log of readers; opened,
// it has the plan in her words; the reply is taken, with every mistake said at its place.
func TestAPrivateLink(t *testing.T) {
	s := open(t)
	given := s.gives("one", nil)
	w := s.family(given.Secret, nil)
	body := s.wants(w, 200, "Open the plan", "Leave this page", "Ring 999")
	for _, x := range []string{"Sam", "Okell", "Leanne", "Dana", given.Secret} {
		if strings.Contains(body, x) {
			t.Errorf("before it is opened the page says %q", x)
		}
	}
	for name, want := range map[string]string{"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if s.openings(given) != 0 {
		t.Error("asking for the page is not opening it")
	}
	body = s.wants(s.family(given.Secret, url.Values{"do": {"open"}}), 200, "Sam&#39;s plan: evenings", danasWords, `href="tel:01632960118"`, "What did Sam say?", "Someone who is not Dana", "by 7 December 2026", "Leave this page")
	if n := len(body); n > 150_000 {
		t.Errorf("%d bytes", n)
	}
	if strings.Contains(body, given.Secret) {
		t.Error("the secret stands in the page")
	}
	if s.openings(given) != 1 {
		t.Error("it was opened, and is not in the log")
	}
	s.wants(s.ask("GET", "/child/"+sam+"/readers", "dana-whitlock", ""), 200, "Leanne Okell, mum", "by their private link")
	// Whoever works here opens nothing in a family's name.
	if body := s.wants(s.ask("POST", "/family/"+given.Secret, "dana-whitlock", "do=open", "Content-Type", "application/x-www-form-urlencoded"), 403, "You are signed in"); strings.Contains(body, "Leanne") {
		t.Error("and yet it is shown")
	}
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}}), 422, "There is a problem", "Choose who may read it first")
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"worker"}}), 422, "Say what you think")
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"other"}, "agrees": {"no"}}), 422, "Write what should be different")
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"worker"}, "words": {"Nan can't do Fridays."}, "scale-g1": {"eleven"}}), 422, "Choose a number from 0 to 10", "Nan can&#39;t do Fridays.")
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"worker"}, "words": {"x"}, "scale-g9": {"1"}}), 422, "Choose a number from 0 to 10")
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"worker"}, "words": {strings.Repeat("a", 30_001)}}), 422, "very long")
	body = s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"worker"}, "agrees": {"partly"}, "words": {"<script>alert(1)</script>"}, "scale-g1": {"7"}, "key": {"k"}}), 200, "We have it", "Dana Whitlock answers you by")
	if strings.Contains(body, "How will I see") {
		t.Error("the answer to the worker's own has a link of its own")
	}
	s.wants(s.family(given.Secret, url.Values{"do": {"open"}}), 200, "What you said, and what we did", "&lt;script&gt;", "You last said 7")
	s.wants(s.ask("GET", "/child/"+sam+"/plan/given", "dana-whitlock", ""), 200, "Leanne Okell, mum", "Some of it", "Evenings: 7 out of 10", "What did you do about it?")
	s.wants(s.family(given.Secret, url.Values{"do": {"print"}}), 200, "Sheet 1: keep this one", "Sheet 2: send this one back")
}

// openings are how often the page of a giving was opened.
func (s *site) openings(given app.Given) int {
	n := 0
	if err := s.store.View(s.t.Context(), func(v app.View) error {
		rs, err := v.Reads(s.t.Context(), sam, 0, 5000)
		for _, r := range rs {
			if r.Person == "family:"+string(given.Entries[0]) {
				n++
			}
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// What is said around the worker is nowhere that the worker can look.
func TestAReplyThatTheWorkerDoesNotRead(t *testing.T) {
	s := open(t)
	given := s.gives("one", nil)
	body := s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"other"}, "agrees": {"no"}, "words": {"Zqdana shouts at me."}, "key": {"k"}}), 200, "Jo Pell answers you by", "Dana cannot see what you wrote here")
	link := regexp.MustCompile(`/family/([a-z2-9]{32})`).FindStringSubmatch(body)
	if link == nil {
		t.Fatal("there is no link to the answer")
	}
	var concerns struct {
		Told []struct {
			ID string `json:"id"`
		} `json:"told"`
	}
	if err := json.Unmarshal(s.ask("GET", "/api/concerns", "jo-pell", "").Body.Bytes(), &concerns); err != nil || len(concerns.Told) == 0 {
		t.Fatalf("the manager was not told: %v", err)
	}
	at := "/concern/" + concerns.Told[0].ID
	s.wants(s.ask("GET", at, "jo-pell", ""), 200, "Zqdana shouts at me.", "Leanne Okell, mum", "Sam Okell")
	for _, path := range []string{"/child/" + sam, "/child/" + sam + "/entries", "/api/children/" + sam + "/entries", "/api/children/" + sam, "/child/" + sam + "/plan/given", "/concerns", "/api/concerns", "/owed", "/child/" + sam + "/context", "/child/" + sam + "/readers", at, "/api" + strings.Replace(at, "concern", "concerns", 1)} {
		w := s.ask("GET", path, "dana-whitlock", "")
		if strings.Contains(w.Body.String(), "Zqdana") {
			t.Errorf("%s shows it to the worker", path)
		}
		if strings.Contains(path, concerns.Told[0].ID) && w.Code != 403 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.ask("POST", "/search", "dana-whitlock", "q=Zqdana", "Content-Type", "application/x-www-form-urlencoded"); strings.Contains(w.Body.String(), "shouts") {
		t.Error("a search finds it")
	}
	if body := s.wants(s.family(given.Secret, url.Values{"do": {"open"}}), 200); strings.Contains(body, "Zqdana") {
		t.Error("the worker once held this link, and the page shows it")
	}
	s.wants(s.family(link[1], nil), 200, "Open the answer")
	s.wants(s.family(link[1], url.Values{"do": {"open"}}), 200, "Zqdana shouts at me.", "Jo Pell answers you by")
	s.wants(s.family(link[1], url.Values{"do": {"judge"}, "verdict": {"settled"}}), 422)
}

// A link that opens nothing says so kindly, and nothing about the child. Wrong ones cost
// a try, and no secret is in any log.
func TestLinksThatOpenNothing(t *testing.T) {
	s := open(t)
	var log bytes.Buffer
	srv, err := web.New(web.Config{App: s.app.Front(), Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), Demo: true, Schema: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	s.handler, s.server = srv.Handler(), srv
	given := s.gives("one", func(x *app.Giving) { x.Word = "blue kettle" })
	s.wants(s.family(given.Secret, nil), 200, "The word that you agreed on the phone", "You have 5 tries")
	s.wants(s.family(given.Secret, url.Values{"do": {"open"}}), 422, "Type the word")
	s.wants(s.family(given.Secret, url.Values{"do": {"open"}, "word": {"blue kettle"}}), 200, danasWords)
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "word": {"blue kettle"}, "first": {"worker"}, "agrees": {"yes"}}), 200, "We have it")
	s.wants(s.family(given.Secret, url.Values{"do": {"reply"}, "word": {"kettle"}, "first": {"worker"}, "agrees": {"no"}, "words": {"Keep me."}}), 422, "That is not the word", `value="Keep me."`)
	for range 3 {
		s.wants(s.family(given.Secret, url.Values{"do": {"open"}, "word": {"kettle"}}), 422, "That is not the word")
	}
	shut := s.wants(s.family(given.Secret, url.Values{"do": {"open"}, "word": {"kettle"}}), 410, "locked", "You have done nothing wrong", "01632 960 150")
	ended := s.gives("two", nil)
	s.wants(s.ask("POST", "/child/"+sam+"/plan/given", "dana-whitlock", "do=end-"+string(ended.Entries[0]), "Content-Type", "application/x-www-form-urlencoded"), 422, "Enter why the link ends")
	s.wants(s.ask("POST", "/child/"+sam+"/plan/given", "dana-whitlock", "do=end-"+string(ended.Entries[0])+"&why=A+new+number", "Content-Type", "application/x-www-form-urlencoded"), 303)
	shut += s.wants(s.family(ended.Secret, nil), 410, "does not open any more", "01632 960 150")
	for _, x := range []string{"Sam", "Okell", "Leanne", "Dana"} {
		if strings.Contains(shut, x) {
			t.Errorf("a link that opens nothing says %q", x)
		}
	}
	s.wants(s.ask("GET", "/child/"+sam+"/plan/given", "dana-whitlock", ""), 200, "Locked: a wrong word was typed five times", "Ended: A new number")
	for i := range 25 {
		want := 404
		if i >= 20 {
			want = 429
		}
		if w := s.family(strings.Repeat("b", 31)+string(rune('a'+i%8)), nil); w.Code != want {
			t.Errorf("wrong link %d: %d, want %d", i, w.Code, want)
		}
	}
	s.store.broken = true
	s.family(given.Secret, url.Values{"do": {"open"}})
	s.store.broken = false
	for _, x := range []string{given.Secret, ended.Secret, "kettle", "Okell", "bbbbbbb"} {
		if strings.Contains(log.String(), x) {
			t.Errorf("the log says %q", x)
		}
	}
	if !strings.Contains(log.String(), "/family/{secret}") {
		t.Error("the log does not say which route it was")
	}
}

// A worker puts the plan into words, sees it as the mother will, and gets the link once.
func TestGivingThePlan(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/plan/give"
	body := s.wants(s.ask("GET", at, "dana-whitlock", ""), 200, "Mum to ensure appropriate supervision at all times.", "Ann: the health visitor books the dentist.", "When Nan comes we have beans.", "A word of the system", "Goal 3: Nursery every day")
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(m[0], "radio") {
			form.Set(m[1], strings.ReplaceAll(m[2], "&#39;", "'"))
		}
	}
	post := func(code int, texts ...string) string {
		t.Helper()
		return s.wants(s.ask("POST", at, "dana-whitlock", form.Encode(), "Content-Type", "application/x-www-form-urlencoded"), code, texts...)
	}
	form.Set("for", "parent")
	form.Set("how", "link")
	form.Set("step", "look")
	form.Set("until", "soon")
	post(422, "There is a problem", "Enter who gets it", "Enter a number that they can ring", "as a date", "Enter what has to change")
	form.Set("until", "2026-12-20")
	form.Set("answer_by", "2026-11-24")
	form.Set("word", "abc")
	form.Del("goals-1-give")
	form.Del("goals-2-give")
	form.Set("to", "Leanne Okell")
	form.Set("as", "mum")
	form.Set("phone", "01632 960 150")
	form.Set("goals-0-change", danasWords)
	form.Set("goals-0-ring-0", "Nan")
	form.Set("goals-0-number-0", "by pigeon")
	post(422, "in figures")
	form.Set("goals-0-number-0", "01632 960 118")
	post(422, "by the rules. Choose that day", "at least 4 letters")
	form.Set("answer_by", "2026-12-04")
	form.Set("word", "blue kettle")
	body = post(200, "Nothing has been given yet", danasWords, "Sam&#39;s plan: evenings", "disabled")
	if strings.Contains(body, "2. Food and teeth") {
		t.Error("a goal that they do not get is shown")
	}
	if n := s.ask("GET", "/child/"+sam+"/plan/given", "dana-whitlock", "").Body.String(); !strings.Contains(n, "Nobody in the family has been given the plan yet") {
		t.Error("looking at it gives it")
	}
	form.Set("step", "give")
	body = post(200, "This is the only time that it is shown", "/family/", "Never send the word with the link")
	link := regexp.MustCompile(`/family/([a-z2-9]{32})`).FindStringSubmatch(body)
	if link == nil {
		t.Fatal("no link is shown")
	}
	if body := post(200, "cannot be shown again"); strings.Contains(body, link[1]) {
		t.Error("the link is shown twice")
	}
	s.wants(s.family(link[1], url.Values{"do": {"open"}, "word": {"blue kettle"}}), 200, danasWords)
	for what, who := range map[string]string{"another team's worker": "p-west-1-2", "a program": ""} {
		if w := s.ask("POST", at, who, form.Encode(), "Content-Type", "application/x-www-form-urlencoded"); w.Code == 200 {
			t.Errorf("%s gives the plan away", what)
		}
	}
	x := s.samsGiving("").Plan
	x.To = "Nan"
	in, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	s.wants(s.ask("POST", "/api/children/"+sam+"/plan/give", "dana-whitlock", string(in), "Idempotency-Key", "give-to-nan"), 201, `"private_link"`, "/family/")
	s.wants(s.ask("POST", "/api/children/"+sam+"/plan/give", "dana-whitlock", `{"to":""}`, "Idempotency-Key", "give-to-nobody"), 422, "Enter who gets it")
}

// Two sheets of A4, tagged, whose text can be read out: the same for a child.
func TestThePlanOnPaper(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Fatal("pdftotext is missing: run scripts/needs.sh")
	}
	s := open(t)
	for who, sheets := range map[string]string{child.ForParent: "2", child.ForYoung: "2"} {
		given := s.gives("paper "+who, func(x *app.Giving) { x.Plan.For = who })
		path := "/child/" + sam + "/plan/given/" + string(given.Entries[0])
		s.wants(s.ask("GET", path+"/print", "dana-whitlock", ""), 200, "Sheet 1: keep this one", "/plan.pdf")
		s.wants(s.ask("GET", path+"/print?size=large", "dana-whitlock", ""), 200, "o-sheets--large")
		w := s.ask("GET", path+"/plan.pdf", "dana-whitlock", "")
		pdf := w.Body.Bytes()
		if w.Code != http.StatusOK || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("%d %.80s", w.Code, pdf)
		}
		if !bytes.Contains(pdf, []byte("/StructTreeRoot")) || !bytes.Contains(pdf, []byte("/MarkInfo")) {
			t.Error("it has no tags")
		}
		name := filepath.Join(t.TempDir(), "plan.pdf")
		if err := os.WriteFile(name, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := exec.Command("pdfinfo", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`(?m)^Pages:\s+(\d+)`).FindSubmatch(info); m == nil || string(m[1]) != sheets {
			t.Errorf("%s: %s", who, info)
		}
		if !bytes.Contains(info, []byte("A4")) {
			t.Errorf("not A4: %s", info)
		}
		text, err := exec.Command("pdftotext", "-layout", name, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []string{"Auntie Bev are at home", "01632 960 118", "Ring 999", "What do you think?", "How to send it", "01632 960 150"} {
			if !strings.Contains(string(text), x) {
				t.Errorf("%s: the paper does not say %q", who, x)
			}
		}
		if who == child.ForYoung && strings.Contains(string(text), "lawyer") {
			t.Error("a young child's version speaks of lawyers")
		}
	}
}

var tag = regexp.MustCompile(`(?s)<(head|textarea|select|script).*?</(head|textarea|select|script)>|<[^>]+>`)

// Every word of ours that a family reads can be read at eleven: the plan's own words, which
// a worker writes, are measured where they are written.
func TestAFamilyCanReadIt(t *testing.T) {
	s := open(t)
	given := s.gives("one", nil)
	ended := s.gives("two", func(x *app.Giving) { x.Word = "blue kettle" })
	young := s.gives("three", func(x *app.Giving) { x.Plan.For = child.ForChild })
	for range 5 {
		s.family(ended.Secret, url.Values{"do": {"open"}, "word": {"kettle"}})
	}
	around := s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"other"}, "words": {"She shouts."}, "key": {"k"}})
	for what, w := range map[string]*httptest.ResponseRecorder{
		"before it is opened": s.family(given.Secret, nil), "the plan": s.family(given.Secret, url.Values{"do": {"open"}}), "a child's": s.family(young.Secret, url.Values{"do": {"open"}}),
		"mistakes": s.family(given.Secret, url.Values{"do": {"reply"}}), "the receipt": s.family(given.Secret, url.Values{"do": {"reply"}, "first": {"worker"}, "agrees": {"yes"}, "key": {"k2"}}),
		"the receipt around the worker": around, "locked": s.family(ended.Secret, nil), "nowhere": s.family(strings.Repeat("c", 32), nil),
	} {
		text := html.UnescapeString(tag.ReplaceAllString(w.Body.String(), "\n\n"))
		got := wording.Read(text, []string{"Leanne Okell", "Sam", "Dana Whitlock", "Jo Pell", "Marlowe"})
		if got.FleschKincaid > 6 || got.Longest > 25 {
			t.Errorf("%s reads at grade %.1f; the longest sentence has %d words: %s", what, got.FleschKincaid, got.Longest, got.LongestText)
		}
	}
}

// When the work with a child ends, the page says so: it does not go on as if its plan held.
func TestThePlanOfAClosedCaseSaysThatItEnded(t *testing.T) {
	s := open(t)
	given := s.gives("one", nil)
	if body := s.wants(s.family(given.Secret, url.Values{"do": {"open"}}), 200, danasWords); strings.Contains(body, "Our work with") {
		t.Error("it ended before it ended")
	}
	now := s.app.Clock.Now()
	p, err := s.desk("priti-nandra").Child(t.Context(), "test", sam, 0)
	if err != nil {
		t.Fatal(err)
	}
	closed := child.CaseClosed{Reason: "RC8", Why: "Nan and school help.", After: "Nan, and school."}
	for _, x := range p.Open() {
		if x.Late(p.At) {
			closed.Left = append(closed.Left, child.LeftOpen{Duty: x.ID(), Why: "The work has ended."})
		}
	}
	for _, b := range []entry.Body{child.CPPlanEnded{}, closed} {
		if _, err := s.app.Record(t.Context(), app.Do{Child: sam, Commands: []child.Command{{Actor: entry.Actor{Person: "priti-nandra", Post: "service-manager-east"}, Happened: day.AtInstant(now), Body: b, Source: entry.Source{Kind: "page"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	s.wants(s.family(given.Secret, url.Values{"do": {"open"}}), 200, "Our work with Sam ended on 23 November 2026. This plan ended too.", danasWords)
}
