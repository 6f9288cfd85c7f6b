package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// by records about Sam as a person, past the pages.
func (s *site) by(t *testing.T, person string, b entry.Body) entry.ID {
	t.Helper()
	desk, err := s.app.Desk(t.Context(), app.Reader{Person: person, Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	done, err := desk.Record(t.Context(), app.Do{Child: sam, Commands: []child.Command{{Happened: day.AtInstant(s.app.Clock.Now()), Body: b, Source: entry.Source{Kind: "page"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return done.Entries[0]
}

// form sends a form as a person and gives the page or where it leads.
func (s *site) form(path, who string, fields ...string) (code int, body, to string) {
	v := url.Values{"key": {"0123456789abcdef" + path}}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	w := s.ask("POST", path, who, v.Encode())
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

func (s *site) shows(t *testing.T, path, who string, code int, words ...string) string {
	t.Helper()
	w := s.ask("GET", path, who, "")
	if w.Code != code {
		t.Errorf("%s: %d, want %d", path, w.Code, code)
	}
	for _, x := range words {
		if !strings.Contains(w.Body.String(), x) {
			t.Errorf("%s does not show %q:\n%.3000s", path, x, main(w.Body.String()))
		}
	}
	return w.Body.String()
}

var mainPart = regexp.MustCompile(`(?s)<main.*</main>`)

func main(body string) string { return mainPart.FindString(body) }

const dispute = "Nobody asked me, and the night light was mine"

// A dispute stands beside the entry wherever that is shown.
func TestADisputeStandsBesideTheEntry(t *testing.T) {
	s := open(t)
	visit := strings.TrimPrefix(s.concrete("{entry}"), "")
	code, _, to := s.form("/child/"+sam+"/record/disputed", "jo-pell", "happened-day", "20", "happened-month", "11", "happened-year", "2026", "entry", visit, "by", "Sam's mother", "what", dispute)
	if code != 303 {
		t.Fatalf("%d %s", code, to)
	}
	beside := s.shows(t, "/child/"+sam+"/entry/"+visit, "jo-pell", 200, "Somebody disputes this", dispute, "Sam&#39;s mother")
	if !strings.Contains(beside, "/record/disputed?entry="+visit) || !strings.Contains(beside, "/record/redaction.proposed?entry="+visit) {
		t.Error("the entry's page leads to neither form")
	}
	for _, path := range []string{"/entries", "/copy"} {
		body := s.shows(t, "/child/"+sam+path, "jo-pell", 200, dispute)
		if n := strings.Count(body, dispute); n < 2 { // its own row, and beside the entry
			t.Errorf("%s shows it %d times", path, n)
		}
	}
	for _, path := range []string{"/entries", "/entries/" + visit, "/copy"} {
		s.shows(t, "/api/children/"+sam+path, "jo-pell", 200, `"disputes"`, dispute)
	}
	// Among the significant events too.
	decision := ""
	desk, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell", Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	p, err := desk.Child(t.Context(), "test", sam, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range p.Record.Events {
		if ev.Kind == "cp-plan.started" {
			decision = string(ev.ID)
		}
	}
	s.by(t, "jo-pell", child.Disputed{Entry: entry.ID(decision), By: "his father", What: "It was never neglect"})
	s.shows(t, "/child/"+sam, "jo-pell", 200, "It was never neglect")
	if then := s.ask("GET", "/child/"+sam+"/entries?known=2026-11-01", "jo-pell", "").Body.String(); strings.Contains(then, dispute) {
		t.Error("the page of 1 November shows a dispute of later")
	}
}

// What two people left out is in no copy, in no form, and stays in the record.
func TestACopyLeavesOutWhatTwoPeopleLeftOut(t *testing.T) {
	s := open(t)
	copyAt := "/child/" + sam + "/copy"
	s.shows(t, copyAt, "jo-pell", 200, "Nobody asked for this copy", "Dana Whitlock", "Made by", "Jo Pell", "23 November 2026", "Team manager, East", "Neglect")
	if w := s.ask("GET", copyAt, "dana-whitlock", ""); w.Code != 403 || strings.Contains(w.Body.String(), "Okell") {
		t.Errorf("a worker takes a copy: %d", w.Code)
	}
	if code, body, _ := s.form("/child/"+sam+"/record/sar.received", "dana-whitlock", "happened-day", "20", "happened-month", "11", "happened-year", "2026"); code != 422 || !strings.Contains(body, "Enter the person") {
		t.Errorf("an empty request: %d", code)
	}
	if code, body, _ := s.form("/child/"+sam+"/record/sar.received", "dana-whitlock", "happened-day", "20", "happened-month", "11", "happened-year", "2026", "by", "a parent for the child", "name", "Ms Okell, 3 Mill Lane"); code != 303 {
		t.Fatalf("a request: %d %s", code, main(body))
	}
	s.shows(t, copyAt, "jo-pell", 200, "A parent for the child: Ms Okell, 3 Mill Lane", "Asked on 20 November 2026")
	s.shows(t, "/child/"+sam, "jo-pell", 200, "Somebody asked for a copy", "Answer the request for a copy", "A copy of the record")

	words := "grandfather  lives\nat the “mill” & drinks"
	note := s.by(t, "jo-pell", child.Note{Text: "Before. His grandfather lives at the “mill” & drinks. After."})
	secret := s.by(t, "jo-pell", child.Note{Text: "The whole of this is about a cousin"})
	if code, body, _ := s.form("/child/"+sam+"/record/redaction.proposed", "dana-whitlock", "entry", string(note), "passage", "words that are not there", "legal_ground", child.LeftOutFor[0], "why", "his"); code != 422 || !strings.Contains(body, "does not have these words") {
		t.Errorf("words that are not there: %d", code)
	}
	if code, body, _ := s.form("/child/"+sam+"/record/redaction.proposed", "dana-whitlock", "entry", string(note), "passage", words, "legal_ground", child.LeftOutFor[0], "why", "it is his"); code != 303 {
		t.Fatalf("%d %s", code, main(body))
	}
	whole := s.by(t, "jo-pell", child.RedactionProposed{Entry: secret, Ground: child.LeftOutFor[1], Why: "the cousin"})

	body := s.shows(t, copyAt, "jo-pell", 422, "No copy can be made yet")
	if strings.Contains(body, "Before.") {
		t.Error("the copy is there all the same")
	}
	s.shows(t, "/api"+strings.Replace(copyAt, "child", "children", 1), "jo-pell", 422, "waits for a second person")
	first := regexp.MustCompile(`/child/[^"]*/redaction/[^"]*`).FindString(body)
	s.shows(t, first, "dana-whitlock", 403)
	if code, body, _ := s.form(first, "jo-pell"); code != 422 || !strings.Contains(body, "Choose your answer") {
		t.Errorf("no answer: %d", code)
	}
	s.shows(t, first, "jo-pell", 200, "Is this left out of copies?", "Dana Whitlock", "Before. His grandfather")
	if code, body, _ := s.form(first, "jo-pell", "answer", "yes"); code != 200 || !strings.Contains(body, "Check before you record") {
		t.Errorf("not checked first: %d", code)
	}
	if code, body, _ := s.form(first, "jo-pell", "answer", "yes", "step", "record"); code != 303 {
		t.Fatalf("agreed: %d %s", code, main(body))
	}
	own := "/child/" + sam + "/redaction/" + string(whole)
	s.shows(t, own, "jo-pell", 200, "somebody else must agree")
	if code, body, _ := s.form(own, "jo-pell", "answer", "yes", "step", "record"); code != 422 || !strings.Contains(body, "Somebody else must agree") {
		t.Errorf("agreed with oneself: %d", code)
	}
	if code, _, _ := s.form(own, "helen-croft", "answer", "yes", "step", "record"); code != 303 {
		t.Fatalf("the director agreed: %d", code)
	}
	s.by(t, "jo-pell", child.Disputed{Entry: note, By: "his mother", What: "He lives at the mill no more"})
	desk, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell", Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Record(t.Context(), app.Do{Child: sam, Commands: []child.Command{{Happened: day.AtInstant(s.app.Clock.Now()), Corrects: note, Source: entry.Source{Kind: "page"},
		Body: child.Correction{Why: "a word", Body: entry.Flat(`{"text":"His grandfather lives at the “mill” & drinks, they say"}`)}}}}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{copyAt, "/api/children/" + sam + "/copy"} {
		body := s.shows(t, path, "jo-pell", 200, "Before.", "After.", "[left out: "+child.LeftOutFor[0]+"]", child.LeftOutFor[1], "He lives at the mill no more", "Ms Okell")
		for _, gone := range []string{"drinks", "cousin", "it is his"} {
			if strings.Contains(body, gone) {
				t.Errorf("%s shows %q", path, gone)
			}
		}
	}
	s.shows(t, "/child/"+sam+"/entry/"+string(note), "jo-pell", 200, "drinks")
	_, rs, err := desk.Readers(t.Context(), sam, 50)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range rs {
		if x.What == "A copy of the record" && x.Grounds == "manager-copy" && !x.Refused {
			n++
		}
	}
	if n < 4 {
		t.Errorf("%d copies are in the reader log", n)
	}
}

// A disposal: proposed by one, agreed by another, with everything asked first.
func TestASecondPerson(t *testing.T) {
	s := open(t)
	note := s.by(t, "jo-pell", child.Note{Text: "This belongs to another child: the Harrow boy"})
	s.shows(t, "/child/"+sam+"/record/disposal.proposed", "dana-whitlock", 403)
	s.shows(t, "/child/"+sam+"/record/disposal.proposed?entry="+string(note), "jo-pell", 200, "Type of record", "Kept until", "The case is open")
	at := "/child/" + sam + "/record/disposal.proposed"
	if code, body, _ := s.form(at, "jo-pell"); code != 422 || !strings.Contains(body, "Choose an answer: what") || !strings.Contains(body, "Enter why") {
		t.Errorf("nothing answered: %d %s", code, main(body))
	}
	if code, body, _ := s.form(at, "jo-pell", "what", child.WholeRecord, "ground", child.TimeOver, "why", "x"); code != 422 || !strings.Contains(body, "The case is open") || !strings.Contains(body, "not over") {
		t.Errorf("before its time: %d %s", code, main(body))
	}
	answers := []string{"what", child.OneEntry, "entry", string(note), "ground", child.Ordered, "legal_source", "UK GDPR article 17", "why", "another child's"}
	if code, body, _ := s.form(at, "jo-pell", answers...); code != 200 || !strings.Contains(body, "Check before you record") {
		t.Fatalf("%d %s", code, main(body))
	}
	code, _, to := s.form(at, "jo-pell", append(answers, "step", "record")...)
	if code != 303 || !strings.HasPrefix(to, "/disposals?done=") {
		t.Fatalf("%d %s", code, to)
	}
	body := s.shows(t, to, "jo-pell", 200, "Proposed. A second person must agree.", "Sam Okell")
	second := regexp.MustCompile(`/child/[^"]*/disposal/[^"]*`).FindString(body)
	s.shows(t, "/child/"+sam, "jo-pell", 200, "It was proposed to destroy one entry")
	s.shows(t, "/disposals", "priti-nandra", 200, "Answer")
	s.shows(t, second, "dana-whitlock", 403)
	s.shows(t, second, "jo-pell", 200, "somebody else must agree")
	if code, body, _ := s.form(second, "jo-pell", "answer", "yes", "step", "record"); code != 422 || !strings.Contains(body, "Somebody else must agree") {
		t.Errorf("agreed with oneself: %d", code)
	}
	s.shows(t, second, "helen-croft", 200, "Is this to be destroyed?", "Harrow boy", "UK GDPR article 17", "Jo Pell")
	if code, body, _ := s.form(second, "helen-croft", "answer", "no"); code != 422 || !strings.Contains(body, "Enter why you do not agree") {
		t.Errorf("refused without a reason: %d %s", code, main(body))
	}
	if code, body, _ := s.form(second, "helen-croft", "answer", "yes"); code != 200 || !strings.Contains(body, "Check before you record") {
		t.Errorf("not checked first: %d", code)
	}
	code, body, to = s.form(second, "helen-croft", "answer", "yes", "step", "record")
	if code != 303 {
		t.Fatalf("%d %s", code, main(body))
	}
	s.shows(t, to, "helen-croft", 200, "Destroyed: 1 entry.", "Your receipt")
	s.shows(t, "/child/"+sam+"/entry/"+string(note), "jo-pell", 422, "This entry was erased")
	s.shows(t, "/child/"+sam+"/entry/"+string(note)+"/receipt", "jo-pell", 422, "no new one can be made")
	s.shows(t, "/receipt/"+string(note), "jo-pell", 422, "This entry was erased")
	entries := s.shows(t, "/child/"+sam+"/entries", "jo-pell", 200, "Entries erased", "proposed by Jo Pell, agreed by Helen Croft")
	if strings.Contains(entries, "Harrow") {
		t.Error("its words are still there")
	}
	s.shows(t, second, "helen-croft", 404)
	if desk, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell"}); err != nil || desk.MayStill(t.Context(), access.Dispose, sam) == nil {
		t.Errorf("without a fresh sign-in: %v", err)
	}
}

// Holds, requests and types of record by their forms.
func TestTheRecordsOwnForms(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/record/"
	choices := s.shows(t, "/child/"+sam+"/record", "jo-pell", 200, "Copies of the record", "Keeping the record")
	if strings.Contains(choices, "sar.answered") || strings.Contains(choices, "hold.ended") {
		t.Error("an end is offered of what has not begun")
	}
	if code, body, _ := s.form(at+"hold.set", "dana-whitlock", "for", "the police", "why", "they asked"); code != 303 {
		t.Fatalf("hold: %d %s", code, main(body))
	}
	s.shows(t, "/child/"+sam, "dana-whitlock", 200, "Legal hold, for the police")
	s.shows(t, at+"hold.ended", "dana-whitlock", 403)
	body := s.shows(t, at+"hold.ended", "jo-pell", 200, "the police, since")
	hold := regexp.MustCompile(`<option value="([0-9a-f-]{36})" selected`).FindStringSubmatch(body)
	if hold == nil {
		t.Fatal("the one hold is not chosen")
	}
	if code, body, _ := s.form(at+"hold.ended", "jo-pell", "hold", hold[1], "why", "they have it", "step", "record"); code != 303 {
		t.Fatalf("end of the hold: %d %s", code, main(body))
	}
	s.shows(t, at+"kept-as", "jo-pell", 200, "Record of a child who was adopted")
	s.shows(t, "/rules", "", 200, "How long a record is kept", "75 years from birth; 15 years from death if the child died before 18", "not seen")
	if code, body, _ := s.form(at+"kept-as", "jo-pell", "record_type", "adoption", "why", "the file"); code != 422 || !strings.Contains(body, "Enter the day of the order") {
		t.Errorf("adopted on no day: %d %s", code, main(body))
	}
	if code, _, _ := s.form(at+"kept-as", "jo-pell", "record_type", "looked-after", "why", "the file"); code != 303 {
		t.Error("looked after was not taken")
	}
	request := string(s.by(t, "dana-whitlock", child.SARReceived{By: "the child or young person", Who: "Sam"}))
	when := []string{"happened-day", "23", "happened-month", "11", "happened-year", "2026", "request", request}
	for _, x := range []struct {
		kind   string
		code   int
		word   string
		fields []string
	}{
		{"sar.clock-started", 422, "The clock is running", []string{"why", "x"}},
		{"sar.clock-stopped", 303, "", []string{"why", "who is it"}},
		{"sar.clock-stopped", 422, "stands still already", []string{"why", "who is it"}},
		{"sar.clock-started", 303, "", []string{"why", "a passport"}},
		{"sar.extended", 422, "Tell the person first", []string{"months", "2", "why", "paper", "told", "no", "step", "record"}},
		{"sar.extended", 422, "Choose an answer", []string{"why", "paper", "told", "yes", "step", "record"}},
		{"sar.extended", 303, "", []string{"months", "2", "why", "paper", "told", "yes", "step", "record"}},
		{"sar.extended", 422, "once", []string{"months", "1", "why", "paper", "told", "yes", "step", "record"}},
		{"sar.answered", 303, "", []string{"sent_to", "Sam, by hand", "checked", "by two people", "step", "record"}},
		{"sar.refused", 422, "answered already", []string{"legal_ground", "x", "why", "x", "step", "record"}},
	} {
		fields := append(append([]string{"key", x.kind + x.word + "-0123456789"}, when...), x.fields...)
		if code, body, _ := s.form(at+x.kind, "jo-pell", fields...); code != x.code || !strings.Contains(body, x.word) {
			t.Errorf("%s %v: %d, want %d %q\n%.1500s", x.kind, x.fields, code, x.code, x.word, main(body))
		}
	}
	s.shows(t, "/child/"+sam+"/duties", "jo-pell", 200, "Answer the request for a copy of the record")
}
