package web_test

import (
	"net/url"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

const asm = "/child/" + sam + "/assessment"

func doing(id string, cmds ...child.Command) app.Do { return app.Do{Child: id, Commands: cmds} }

// lacks fails where a page says what it must not.
func lacks(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(page, w) {
			t.Errorf("the page says %q", w)
		}
	}
}

// An assessment from its beginning to its signature, by forms alone: an entry is put to a
// question by one press and another taken away, what is typed is kept, an answer is
// recorded with what it rests on, what is open is asked and stops nobody, the manager sends
// it back and then signs it with the reason.
func TestAnAssessmentGrowsIsSentBackAndSigned(t *testing.T) {
	s := open(t)
	page := func(who, path string) string { t.Helper(); return s.ask("GET", path, who, "").Body.String() }
	has(t, page("dana-whitlock", asm), "Other assessments", "Start an assessment", "/record/assessment.started")
	if code, to, _ := s.submit("dana-whitlock", asm+"/write/says", url.Values{"text": {"x"}, "step": {"record"}}); code != 303 || to != asm {
		t.Fatalf("written before it began: %d %s", code, to)
	}
	today := s.app.Clock.Now().Date()
	s.say("dana-whitlock", sam, day.On(today), child.AssessmentStarted{})
	words := s.says("dana-whitlock", child.Visit{Seen: true, Where: "home", Purpose: "The mornings", Words: "I get my own toast.", Learnt: "Nobody was up at eight.", Present: "Leanne Okell", Evidence: []string{child.SeenIt}})
	note := s.says("dana-whitlock", child.Note{Text: "Nan rang: she can come on Thursdays too."})
	has(t, page("dana-whitlock", asm), "What does Sam say?", "&#34;I get my own toast.&#34;", "No visit since it began saw Sam alone.", "Nobody has recorded a talk with Leanne Okell, mother.", "They were there on 23 November 2026", "Nobody has recorded a talk with Priya Nair",
		"nursery", "Sam says he was alone on two evenings.", "working days left", "Owed by Dana Whitlock", "Nobody has answered:", "What works already, and who helps?")
	lacks(t, page("dana-whitlock", asm), "No father is recorded")
	// One press puts an entry to a question; another takes one away. What was typed stays.
	works := asm + "/write/works"
	has(t, page("dana-whitlock", works), "Nan rang: she can come on Thursdays", "Put it here")
	if code, to, body := s.submit("dana-whitlock", works, url.Values{"text": {"Nan comes when"}, "put": {string(note)}, "step": {"put"}, "key": {"a1"}}); code != 303 || !strings.HasPrefix(to, works) {
		t.Fatalf("put there: %d %.300s", code, body)
	}
	has(t, page("dana-whitlock", works), "Put here by Dana Whitlock.", "Nan comes when</textarea>", "It is not recorded yet", `value="`+string(note)+`"`)
	lacks(t, page("jo-pell", works), "Nan comes when") // nobody else sees what is not recorded
	if code, _, body := s.submit("dana-whitlock", works, url.Values{"text": {"Nan comes when"}, "put": {string(note)}, "step": {"put"}, "key": {"a2"}}); code != 422 || !strings.Contains(body, "stands under this question already") || !strings.Contains(body, "Nan comes when") {
		t.Errorf("put there twice: %d", code)
	}
	if code, _, body := s.submit("dana-whitlock", works, url.Values{"put": {""}, "step": {"put"}, "key": {"a3"}}); code != 422 || !strings.Contains(body, "Choose the entry") {
		t.Errorf("nothing chosen: %d", code)
	}
	day1 := asm + "/write/day"
	has(t, page("dana-whitlock", day1), "Nobody was up at eight.")
	if code, _, _ := s.submit("dana-whitlock", day1, url.Values{"step": {"away " + string(words)}, "key": {"a4"}}); code != 303 {
		t.Errorf("taken away: %d", code)
	}
	lacks(t, page("dana-whitlock", day1), `name="rests" value="`+string(words)+`"`)
	// An answer is recorded with what it rests on.
	says := asm + "/write/says"
	if code, _, body := s.submit("dana-whitlock", says, url.Values{"text": {" "}, "step": {"record"}, "key": {"a5"}}); code != 422 || !strings.Contains(body, "Write what it means for the child") {
		t.Errorf("nothing written: %d", code)
	}
	if code, to, body := s.submit("dana-whitlock", says, url.Values{"text": {"He looks after himself in the morning. He is four."}, "rests": {string(words)}, "step": {"record next"}, "key": {"a6"}}); code != 303 || to != day1 {
		t.Fatalf("recorded: %d %s %.300s", code, to, body)
	}
	has(t, page("jo-pell", asm), "He looks after himself in the morning.", "It rests on 1 entry, known because said, seen.", "The answer rests on it.")
	lacks(t, page("dana-whitlock", says), "It is not recorded yet")
	// Sent: what is not chosen is asked for, and what is open stops nobody.
	write := asm + "/write"
	has(t, page("dana-whitlock", write), "Questions: 1 of 14 answered", "You typed something that is not recorded.", "Before you send it", "You can send it as it is.", "Send to Jo Pell to be signed", "&#34;I get my own toast.&#34;")
	if code, _, body := s.submit("dana-whitlock", write, url.Values{"step": {"send"}, "why": {"Somebody is up with him."}, "key": {"a7"}}); code != 422 || !strings.Contains(body, "Choose what happens next") || !strings.Contains(body, "Somebody is up with him.") {
		t.Errorf("sent without what comes next: %d", code)
	}
	form := url.Values{"next": {"the plan that stands goes on"}, "why": {"Somebody is up with him."}, "not_known": {"Where his father is."}, "factors": {"18B", "no such code"}, "step": {"send"}, "key": {"a8"}}
	code, to, body := s.submit("dana-whitlock", write, form)
	if code != 303 {
		t.Fatalf("sent: %d %.600s", code, body)
	}
	has(t, page("dana-whitlock", to), "It is recorded.", "Version 1 waits to be signed", "with Jo Pell")
	a, _ := s.child(sam).Record.OpenAssessment()
	first, ok := a.Waiting()
	if !ok || len(first.Answers) != 14 || len(first.Views) != 1 || len(first.Factors) != 1 {
		t.Fatalf("sent as %+v", first)
	}
	at := asm + "/version/" + string(first.ID)
	has(t, page("jo-pell", at), "Sign this assessment", "Why do you sign it while this is open?", "Nobody has answered this.", "Where his father is.")
	has(t, page("dana-whitlock", asm+"/print"), "What happens next", "The plan that stands goes on", "He looks after himself in the morning.", "This is not signed.")
	lacks(t, page("dana-whitlock", asm+"/print"), "18B", "nursery", "Factors", "Nan rang", "my own toast")
	if code, _, _ := s.submit("dana-whitlock", at, url.Values{"do": {"sign"}, "open_why": {"x"}, "key": {"a9"}}); code != 403 && code != 422 {
		t.Errorf("its writer signs it: %d", code)
	}
	if code, _, body := s.submit("jo-pell", at, url.Values{"do": {"return"}, "key": {"b1"}}); code != 422 || !strings.Contains(body, "Enter what to change, and why") {
		t.Errorf("sent back without a reason: %d", code)
	}
	if code, _, _ := s.submit("jo-pell", at, url.Values{"do": {"return"}, "why": {"Talk to Leanne."}, "key": {"b2"}}); code != 303 {
		t.Errorf("sent back: %d", code)
	}
	has(t, page("dana-whitlock", write), "Sent back by Jo Pell", "Talk to Leanne.", "Somebody is up with him.", "Where his father is.", "1 ticked")
	// The form of old does not go around what is written here.
	if code, _, body := s.submit("jo-pell", "/child/"+sam+"/record/assessment.authorised", url.Values{"happened-day": {"23"}, "happened-month": {"11"}, "happened-year": {"2026"}, "outcome": {"x"}, "step": {"record"}, "key": {"b3"}}); code != 422 || !strings.Contains(body, "not sent to be signed") {
		t.Errorf("signed around it: %d", code)
	}
	s.says("dana-whitlock", child.View{Of: "parent", Name: "Mum", Words: "I can't wake up. It's the tablets."})
	if code, _, body = s.submit("dana-whitlock", write, url.Values{"next": {"the plan that stands goes on"}, "why": {"Somebody is up with him."}, "factors": {"18B"}, "step": {"send"}, "key": {"b4"}}); code != 303 {
		t.Fatalf("sent again: %d %.300s", code, body)
	}
	a, _ = s.child(sam).Record.OpenAssessment()
	second, _ := a.Waiting()
	at = asm + "/version/" + string(second.ID)
	has(t, page("jo-pell", at), "version 2", "It&#39;s the tablets.")
	lacks(t, page("jo-pell", at), "anybody who has parental responsibility")
	if code, _, body := s.submit("jo-pell", at, url.Values{"do": {"sign"}, "key": {"b5"}}); code != 422 || !strings.Contains(body, "Enter why you sign it with this open") {
		t.Errorf("signed over what is open: %d", code)
	}
	if code, _, body := s.submit("jo-pell", at, url.Values{"do": {"sign"}, "open_why": {"The review is tomorrow. Dana sees him alone on Friday."}, "key": {"b6"}}); code != 303 {
		t.Fatalf("signed: %d %.300s", code, body)
	}
	has(t, page("dana-whitlock", asm), "Signed by Jo Pell on 23 November 2026.", "It was signed with this open", "Dana sees him alone on Friday.", "1 factor for the national return", "done in time")
	if got := s.child(sam); got.Status.Assessing || got.Record.Assessments()[len(got.Record.Assessments())-1].Factors[0] != "18B" {
		t.Error("it runs on, or its factors were lost")
	}
	has(t, page("dana-whitlock", asm+"/print"), "Signed by Jo Pell", "He looks after himself", "Dana Whitlock")
	lacks(t, page("dana-whitlock", asm+"/print"), "tablets") // what one of them said alone is not given to the others
}

// What was known at a moment is what the page shows of it; nobody writes into the past.
func TestAnAssessmentAsItWasKnown(t *testing.T) {
	s := open(t)
	begun := s.say("dana-whitlock", sam, day.On(s.app.Clock.Now().Date()), child.AssessmentStarted{})[0]
	visit := s.says("dana-whitlock", child.Visit{Seen: true, Alone: true, Where: "home", Purpose: "x", Words: "I had beans."})
	before := s.app.Clock.Now()
	s.app.Clock = still{before + day.Hour}
	s.says("dana-whitlock", child.AssessmentWeighed{Assessment: begun, Question: "says", Asks: "What does Sam say?", Text: "He eats at Nan's.", Rests: []entry.ID{visit}})
	s.app.Clock = still{before + 2*day.Hour}
	known := "?known=" + url.QueryEscape(before.Time().Format("2006-01-02T15:04:05.000000Z"))
	then := s.ask("GET", asm+known, "dana-whitlock", "").Body.String()
	has(t, then, "Showing only what had been recorded by", "I had beans.", "Nobody has answered this yet.")
	lacks(t, then, "He eats at Nan", asm+"/write")
	// An entry that an answer rests on is withdrawn later: the answer says so.
	if _, err := s.desk("dana-whitlock").Record(t.Context(), doing(sam, child.Command{Corrects: visit, Happened: day.AtInstant(s.app.Clock.Now()), Body: child.Correction{Why: "It was another boy.", Withdrawn: true}, Source: entry.Source{Kind: "page"}})); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{asm, asm + "/write/says"} {
		has(t, s.ask("GET", path, "dana-whitlock", "").Body.String(), "It rests on an entry that changed: visit of 23 November 2026 was withdrawn")
	}
	has(t, s.ask("GET", asm+"/write", "dana-whitlock", "").Body.String(), "An entry it rests on changed since.")
}

// What somebody types is text, whatever it looks like, and nonsense is answered plainly.
func TestHostileWordsInAnAssessment(t *testing.T) {
	s := open(t)
	id := s.anAssessment()
	hostile := `<script>alert(1)</script>"><img src=x onerror=alert(2)> {{.}} \u202e 1' OR '1'='1`
	s.submit("dana-whitlock", asm+"/write/danger", url.Values{"text": {hostile}, "step": {"record"}, "key": {"h1"}})
	s.submit("dana-whitlock", asm+"/write", url.Values{"next": {"early help"}, "why": {hostile}, "not_known": {hostile}, "step": {"send"}, "key": {"h2"}})
	for _, path := range []string{asm, asm + "/write", asm + "/write/danger", asm + "/print", asm + "/version/" + s.anAssessment()} {
		body := s.ask("GET", path, "dana-whitlock", "").Body.String()
		has(t, body, "alert(1)")
		lacks(t, body, "<script>alert", "<img src=x")
	}
	for _, c := range []struct {
		path string
		form url.Values
		want int
	}{
		{asm + "/write/no-such-question", url.Values{"step": {"record"}, "text": {"x"}}, 404},
		{asm + "/write/danger", url.Values{"step": {"put"}, "put": {"../../etc"}}, 422},
		{asm + "/write/danger", url.Values{"step": {"away " + strings.Repeat("9", 500)}}, 422},
		{asm + "/write/danger", url.Values{"step": {"record"}, "text": {"x"}, "rests": {"nothing"}}, 422},
		{asm + "/write/danger", url.Values{"step": {"over 01900000-0000-7000-8000-00000000000b"}}, 422},
		{asm + "/write/danger", url.Values{"step": {"record"}, "text": {strings.Repeat("x", 300_000)}}, 422},
		{asm + "/version/" + id, url.Values{"do": {"dance"}}, 404},
	} {
		if code, _, body := s.submit("dana-whitlock", c.path, c.form); code != c.want {
			t.Errorf("%s: %d, want %d: %.200s", c.path, code, c.want, body)
		}
	}
	for _, path := range []string{asm + "?of=nothing", asm + "/print?version=nothing"} {
		if w := s.ask("GET", path, "dana-whitlock", ""); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Words about the family are taken over to a brother or sister by name, and the reader is
// told; the children's clocks stay their own.
func TestWordsAreTakenOverToASister(t *testing.T) {
	s := open(t)
	today := s.app.Clock.Now().Date()
	begun := s.say("dana-whitlock", sam, day.On(today), child.AssessmentStarted{})[0]
	s.says("dana-whitlock", child.AssessmentWeighed{Assessment: begun, Question: "home", Asks: "How is home?", Text: "Two rooms, four people."})
	s.says("dana-whitlock", child.AssessmentWeighed{Assessment: begun, Question: "says", Asks: "What does Sam say?", Text: "Little."})
	by := func(b entry.Body, when day.When) child.Command {
		return child.Command{Actor: entry.Actor{Person: "jo-pell", Post: "manager-east-2"}, Happened: when, Body: b, Source: entry.Source{Kind: "page"}}
	}
	now := day.AtInstant(s.app.Clock.Now())
	done, err := s.app.Record(t.Context(), doing("", by(child.Known{Given: "Mia", Family: "Okell", Birth: today.AddMonths(-80)}, day.On(today)), by(child.Referral{From: "nursery", What: "She is Sam's sister."}, now)))
	if err != nil {
		t.Fatal(err)
	}
	mia := done.Child
	if _, err := s.app.Record(t.Context(), doing(mia, by(child.Decision{Outcome: child.Assess, For: "With her brother.", Team: "east-2"}, now), by(child.Allocation{Post: "east-2-3", Team: "east-2", Why: "With her brother."}, day.On(today)))); err != nil {
		t.Fatal(err)
	}
	s.says("dana-whitlock", child.FamilyMember{Name: "Mia", Relation: "sister", Role: "brother or sister", Child: mia, Lives: child.LivesWith, Safe: child.SafeUnknown})
	home := asm + "/write/home"
	has(t, s.ask("GET", home, "dana-whitlock", "").Body.String(), "Take it over to Mia&#39;s assessment")
	lacks(t, s.ask("GET", asm+"/write/says", "dana-whitlock", "").Body.String(), "Take it over")
	if code, _, body := s.submit("dana-whitlock", home, url.Values{"step": {"over " + mia}, "key": {"o1"}}); code != 422 || !strings.Contains(body, "Mia has no assessment under way") {
		t.Errorf("to nowhere: %d", code)
	}
	s.say("dana-whitlock", mia, day.On(today), child.AssessmentStarted{})
	if code, _, _ := s.submit("dana-whitlock", asm+"/write/says", url.Values{"step": {"over " + mia}, "key": {"o2"}}); code != 422 {
		t.Errorf("one child's words went to another: %d", code)
	}
	if code, to, body := s.submit("dana-whitlock", home, url.Values{"step": {"over " + mia}, "key": {"o3"}}); code != 303 || to != "/child/"+mia+"/assessment/write/home" {
		t.Fatalf("taken over: %d %s %.300s", code, to, body)
	}
	has(t, s.ask("GET", "/child/"+mia+"/assessment", "dana-whitlock", "").Body.String(), "Two rooms, four people.", "These words were written for", "taken over from that assessment")
	a, _ := s.child(mia).Record.OpenAssessment()
	if w, ok := a.Answer("home"); !ok || w.Taken == nil || w.Taken.Child != sam || w.Asks != "How are home, money and work, and who is nearby?" {
		t.Errorf("recorded as %+v", w)
	}
}
