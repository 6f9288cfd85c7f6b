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

// A case is not closed over what is late: each late duty ends with a reason, by somebody
// above whoever owes it, at every door; and the record keeps it.
func TestACaseIsNotClosedOverWhatIsLate(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/close"
	has(t, s.ask("GET", at, "jo-pell", "").Body.String(), "The protection plan stands", "What is still owed")
	if _, err := s.app.Record(t.Context(), app.Do{Child: sam, Commands: []child.Command{{Actor: entry.Actor{Person: "jo-pell", Post: "manager-east-2"}, Happened: day.On(s.app.Clock.Now().Date()), Body: child.CPPlanEnded{Why: "It holds."}, Source: entry.Source{Kind: "page"}}}}); err != nil {
		t.Fatal(err)
	}
	page := s.ask("GET", at, "jo-pell", "").Body.String()
	has(t, page, "Closing ends these undone", "was due")
	form := url.Values{"key": {"c1"}, "reason": {"RC7"}, "why": {"Nan lives with them now. School sees him calm."}, "who_helps_now": {"School, and Nan rings Ruth."}}
	code, _, body := s.submit("jo-pell", at, form)
	if code != 422 || !strings.Contains(body, "Say why this ends undone") || !strings.Contains(body, "Nan lives with them now.") {
		t.Fatalf("closed over what is late: %d", code)
	}
	var late []string
	for _, x := range strings.Split(body, `name="left-`)[1:] {
		id, _, _ := strings.Cut(x, `"`)
		late = append(late, id)
		form.Set("left-"+id, "Not needed any more.")
	}
	if len(late) == 0 {
		t.Fatal("no reason is asked for")
	}
	if code, _, body := s.submit("dana-whitlock", at, form); code != 422 || !strings.Contains(body, "Somebody above the post that owes it closes the case") {
		t.Errorf("whoever owes it makes it go away: %d", code)
	}
	form.Set("who_helps_now", "")
	if code, _, body := s.submit("jo-pell", at, form); code != 422 || !strings.Contains(body, "who helps the family now") {
		t.Errorf("nobody is said to help: %d", code)
	}
	form.Set("who_helps_now", "School, and Nan rings Ruth.")
	form.Set("key", "c2")
	if code, _, body := s.submit("jo-pell", at, form); code != 422 || !strings.Contains(body, "Somebody above") {
		t.Errorf("the manager, who owes one of them herself: %d", code)
	}
	if code, to, body := s.submit("priti-nandra", at, form); code != 303 {
		t.Fatalf("closed: %d %s %s", code, to, body[strings.Index(body, "<main"):][:1500])
	}
	desk, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell", Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	p, err := desk.Child(t.Context(), "test", sam, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := p.Record.Log[len(p.Record.Log)-1]
	b, ok := last.Body.(child.CaseClosed)
	if !ok || len(b.Left) != len(late) || b.Left[0].What == "" || p.Status.Open {
		t.Errorf("the record says %+v", last.Body)
	}
}
