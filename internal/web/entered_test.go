package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/hearing"
)

// What is typed into a form is kept while it is typed, is there again when the page
// is opened again, and is gone once it is recorded.
func TestWhatIsTypedIsThereAgain(t *testing.T) {
	s := open(t)
	desk := func(person string) *app.Desk {
		d, err := s.app.Desk(t.Context(), app.Reader{Person: person})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	raised, err := desk("dana-whitlock").Raise(t.Context(), app.Wish{Text: "I cannot see my children"})
	if err != nil {
		t.Fatal(err)
	}
	jo := desk("jo-pell")
	proposed, err := jo.ProposeDecision(t.Context(), decision.Proposed{About: decision.AboutAuthority, What: "No agency staff", Reasons: "r", Options: []decision.Option{{What: "a"}, {What: "b"}}, Signers: []string{"manager-east-2", "director"}, ReviewBy: s.app.Clock.Now().Date() + 90}, "")
	if err != nil {
		t.Fatal(err)
	}
	duties, err := jo.Child(t.Context(), "test", sam, 0)
	if err != nil {
		t.Fatal(err)
	}
	context := "/child/" + sam + "/duty/" + duties.Open()[0].ID() + "/context"
	today := s.app.Clock.Now().Date()
	pack, err := desk("dana-whitlock").AskPack(t.Context(), app.PackWish{Matter: "m", Before: hearing.Befores[0], From: today - 30, To: today})
	if err != nil {
		t.Fatal(err)
	}
	const text = "Two words nobody else types"
	for _, x := range []struct {
		path, who string
		form      url.Values
	}{
		{"/concerns/raise", "dana-whitlock", url.Values{"text": {text}}},
		{"/concern/" + raised.Child, "dana-whitlock", url.Values{"do": {"add"}, "text": {text}}},
		{"/concern/" + raised.Child, "jo-pell", url.Values{"do": {"answer"}, "words": {text}}},
		{"/concern/" + raised.Child, "jo-pell", url.Values{"do": {"send-up"}, "why": {text}}},
		{"/decisions/new", "jo-pell", url.Values{"reasons": {text}, "signers": {"director"}}},
		{"/decision/" + proposed.Child, "jo-pell", url.Values{"do": {"sign"}, "words": {text}}},
		{"/decision/" + proposed.Child, "jo-pell", url.Values{"do": {"dissent"}, "why": {text}}},
		{"/decision/" + proposed.Child, "jo-pell", url.Values{"do": {"withdraw"}, "why": {text}}},
		{"/packs/new", "dana-whitlock", url.Values{"matter": {text}}},
		{"/pack/" + pack.Child, "priti-nandra", url.Values{"do": {"leave-out"}, "n": {"2"}, "why": {text}, "part": {"x"}}},
		{context, "jo-pell", url.Values{"why_it_made_sense": {text}}},
		{"/line/change/post.left", "gwen-tarr", url.Values{"why": {text}}},
		{"/line/csv", "gwen-tarr", url.Values{"text": {text}}},
		{"/child/" + sam + "/record/note", "jo-pell", url.Values{"text": {text}}},
	} {
		what := x.path + " " + x.form.Get("do")
		page := s.ask("GET", x.path, x.who, "")
		if page.Code != http.StatusOK || strings.Contains(page.Body.String(), text) {
			t.Errorf("%s: %d, before anything is typed", what, page.Code)
			continue
		}
		if !strings.Contains(page.Body.String(), `data-draft="`+x.path+`"`) {
			t.Errorf("%s: the page keeps nothing", what)
		}
		draft := url.Values{"draft-path": {x.path}}
		for name, v := range x.form {
			draft[name] = v
		}
		if w := s.ask("POST", "/draft", x.who, draft.Encode()); w.Code != http.StatusNoContent {
			t.Errorf("%s: what is typed is not kept: %d %s", what, w.Code, w.Body)
		}
		page = s.ask("GET", x.path, x.who, "")
		if !strings.Contains(page.Body.String(), text) || !strings.Contains(page.Body.String(), "is here again. It has not been recorded") {
			t.Errorf("%s: what was typed is not there again", what)
		}
		if n := strings.Count(page.Body.String(), text); n != 1 {
			t.Errorf("%s: it stands in %d places", what, n)
		}
		if x.path == "/decisions/new" {
			ticked := regexp.MustCompile(`value="([^"]*)"[^>]*checked`).FindAllStringSubmatch(page.Body.String(), -1)
			if len(ticked) != 1 || ticked[0][1] != "director" {
				t.Errorf("who must sign: %v", ticked)
			}
		}
		if w := s.ask("POST", "/draft", x.who, url.Values{"draft-path": {x.path}}.Encode()); w.Code != http.StatusNoContent {
			t.Errorf("%s: %d", what, w.Code)
		}
	}

	// Sent, it is gone; what is in another form of the page stays.
	path := "/concern/" + raised.Child
	s.ask("POST", "/draft", "jo-pell", url.Values{"draft-path": {path}, "do": {"answer"}, "words": {text}}.Encode())
	if w := s.ask("POST", path, "jo-pell", url.Values{"do": {"acknowledge"}, "key": {"k1"}}.Encode()); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if page := s.ask("GET", path, "jo-pell", ""); !strings.Contains(page.Body.String(), text) {
		t.Error("saying that they have it lost their answer")
	}
	form := url.Values{"do": {"answer"}, "key": {"k2"}, "words": {text}, "reason": {"r"}, "what-1": {"w"}, "post-1": {"manager-east-2"}, "by-1": {(s.app.Clock.Now().Date() + 7).String()}}
	if w := s.ask("POST", path, "jo-pell", form.Encode()); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if page := s.ask("GET", path, "jo-pell", ""); strings.Contains(page.Body.String(), "is here again") {
		t.Error("it is recorded, and still said to be not")
	}

	// A mistake at a promise stands at its field, with what was typed.
	c, err := jo.Concern(t.Context(), raised.Child, 0)
	if err != nil {
		t.Fatal(err)
	}
	id := string(c.Answers[0].ID)
	w := s.ask("POST", path, "jo-pell", url.Values{"do": {"keep"}, "key": {"k3"}, "answer": {id}, "nth": {"0"}, "what": {" "}}.Encode())
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#keep-`+id+`0"`) || !strings.Contains(w.Body.String(), `id="keep-`+id+`0"`) {
		t.Errorf("a promise without words: %d", w.Code)
	}
}

// What must be answered stands in What I owe however many came after it, and the
// guardian is told of whoever was treated worse.
func TestNoWarningFallsOffTheList(t *testing.T) {
	s := open(t)
	dana, err := s.app.Desk(t.Context(), app.Reader{Person: "dana-whitlock"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := dana.Raise(t.Context(), app.Wish{Text: "The very first of many"})
	if err != nil {
		t.Fatal(err)
	}
	for range 130 { // more than a page, each answered
		done, err := dana.Raise(t.Context(), app.Wish{Text: "Another"})
		if err != nil {
			t.Fatal(err)
		}
		jo, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jo.SayOfConcern(t.Context(), done.Child, concern.Answered{Words: "w", Reason: "r", Promises: []concern.Promise{{What: "p", Post: "manager-east-2", By: s.app.Clock.Now().Date() + day.Date(7)}}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/owed", "/concerns"} {
		if page := s.ask("GET", path, "jo-pell", "").Body.String(); !strings.Contains(page, "The very first of many") {
			t.Errorf("%s does not show what waits longest", path)
		}
	}
	if _, err := dana.SayOfConcern(t.Context(), first.Child, concern.Detriment{Worse: true, Words: "Sent home"}, ""); err != nil {
		t.Fatal(err)
	}
	if page := s.ask("GET", "/owed", "miriam-achebe", "").Body.String(); !strings.Contains(page, "Somebody says that they were treated worse for it") {
		t.Error("the guardian is not told")
	}
	if page := s.ask("GET", "/owed", "jo-pell", "").Body.String(); strings.Contains(page, "treated worse") {
		t.Error("a manager is told")
	}
}
