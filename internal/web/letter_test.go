package web_test

import (
	"html"
	"net/url"
	"strings"
	"testing"
	"time"

	"onus/internal/child"
	"onus/internal/day"
)

// A letter begins with what the record knows, is not recorded while a place in it is empty,
// and stands afterwards as it went.
func TestALetterIsWritten(t *testing.T) {
	s := open(t)
	today := s.app.Clock.Now().Date()
	s.say("dana-whitlock", sam, day.On(today), child.FamilyMember{Name: "Craig Dunn", Relation: "dad", Role: "parent", Lives: child.LivesElsewhere, Safe: child.SafeNotWith, SafeWhy: "He hit Sam."})
	s.planned()
	base := "/child/" + sam + "/letters"
	page := func(path string) string {
		return html.UnescapeString(s.ask("GET", path, "dana-whitlock", "").Body.String())
	}
	has(t, page(base), "I came, and we missed each other", "No letter is recorded.")
	at := base + "/first-visit"
	form := page(at)
	has(t, form, "My name is Dana Whitlock. I am a social worker at Marlowe", "need to know how Sam is", "my manager, Jo Pell", "Leanne Okell", "Careful: the record says that Sam is not safe with them", "Fill in: my number.", "Reads at about age")
	if strings.Contains(form, "{") && strings.Contains(form, "{child}") {
		t.Error("a place that the record fills is empty")
	}
	leanne := form[:strings.Index(form, "Leanne Okell")]
	leanne = leanne[strings.LastIndex(leanne, `value="`)+len(`value="`):]
	leanne = leanne[:strings.Index(leanne, `"`)]
	text := form[strings.Index(form, "<textarea"):strings.Index(form, "</textarea>")]
	text = text[strings.Index(text, ">")+1:]
	v := url.Values{"step": {"record"}, "key": {"one"}, "person": {leanne}, "title": {"I would like to meet you"}, "text": {text}, "how": {"by post"}}
	code, _, body := s.submit("dana-whitlock", at, v)
	if code != 422 || !strings.Contains(html.UnescapeString(body), "Fill in what stands in brackets, or take it out: [") {
		t.Fatalf("recorded with an empty place: %d", code)
	}
	has(t, html.UnescapeString(body), "My name is Dana Whitlock")
	v.Set("text", "Dear Leanne,\r\n\r\nI come on Friday at 4. The LAC nurse comes too.\r\n"+hostile)
	for field, says := range map[string]string{"person": "Enter who the letter is to", "how": "Choose how it reaches them", "title": "Enter what the letter is about"} {
		w := url.Values{}
		for k, x := range v {
			w[k] = x
		}
		w.Del(field)
		if code, _, body := s.submit("dana-whitlock", at, w); code != 422 || !strings.Contains(body, says) || !strings.Contains(body, "I come on Friday at 4.") {
			t.Errorf("without %s: %d", field, code)
		}
	}
	v.Set("step", "look")
	if code, _, body := s.submit("dana-whitlock", at, v); code != 200 || !strings.Contains(body, "is a word of the system") {
		t.Errorf("looked at: %d", code)
	}
	has(t, page(at), "I come on Friday at 4.", "is a word of the system") // nothing typed is lost
	v.Set("step", "record")
	code, to, body := s.submit("dana-whitlock", at, v)
	if code != 303 {
		t.Fatalf("%d %s", code, main(body))
	}
	if _, again, _ := s.submit("dana-whitlock", at, v); again != to {
		t.Errorf("sent twice it is two letters: %s, %s", to, again)
	}
	paper := s.ask("GET", to, "dana-whitlock", "").Body.String()
	has(t, paper, "I come on Friday at 4.", "23 November 2026", "Leanne Okell, mother, by post", "&lt;script&gt;")
	if strings.Contains(paper, "<script>alert") {
		t.Error("what was written is not text")
	}
	has(t, page(base), "I would like to meet you", "Leanne Okell, mother", "by post")
	pdf := s.ask("GET", to+"/letter.pdf", "dana-whitlock", "")
	if kind := pdf.Header().Get("Content-Type"); pdf.Code != 200 || kind != "application/pdf" || !strings.HasPrefix(pdf.Body.String(), "%PDF") {
		t.Errorf("as a PDF: %d %s", pdf.Code, kind)
	}
	if strings.Contains(page(at), "I come on Friday at 4.") {
		t.Error("what was recorded stands in the form still")
	}
	before := s.app.Clock.Now().Time().Add(-time.Hour).UTC().Format("2006-01-02T15:04")
	has(t, page(base+"?known="+url.QueryEscape(before)), "No letter is recorded.")
	for path, want := range map[string]int{base + "/no-such-letter": 404, "/child/" + sam + "/letter/no-such-entry": 404} {
		if w := s.ask("GET", path, "dana-whitlock", ""); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// A letter to somebody whom the record does not name, and one to the child.
func TestLettersToOthers(t *testing.T) {
	s := open(t)
	base := "/child/" + sam + "/letters"
	has(t, html.UnescapeString(s.ask("GET", base+"/child", "dana-whitlock", "").Body.String()), "Hello Sam,", "0800 1111", `value="child" checked`)
	v := url.Values{"step": {"record"}, "key": {"one"}, "person": {"other"}, "title": {"Thank you"}, "text": {"Dear Mrs Abbott, thank you."}, "how": {"read out to them"}}
	if code, _, body := s.submit("dana-whitlock", base+"/thanks", v); code != 422 || !strings.Contains(body, "Enter who the letter is to") {
		t.Errorf("to nobody: %d", code)
	}
	v.Set("other", "Mrs Abbott")
	v.Set("other_as", "neighbour")
	code, to, _ := s.submit("dana-whitlock", base+"/thanks", v)
	if code != 303 {
		t.Fatalf("%d", code)
	}
	has(t, s.ask("GET", to, "dana-whitlock", "").Body.String(), "Mrs Abbott, neighbour, read out to them")
}
