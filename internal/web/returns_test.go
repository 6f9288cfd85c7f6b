package web_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"onus/internal/app"
)

// runs has every check done that waits.
func (s *site) runs() {
	s.t.Helper()
	for {
		did, err := s.app.RunReturn(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

// has holds a page against words that must be on it, and "-" and words that must not.
func (s *site) has(path, who string, words ...string) string {
	s.t.Helper()
	w := s.ask("GET", path, who, "")
	if w.Code != 200 {
		s.t.Fatalf("%s by %s: %d\n%.300s", path, who, w.Code, w.Body)
	}
	body := w.Body.String()
	for _, x := range words {
		if not, ok := strings.CutPrefix(x, "-"); ok == strings.Contains(body, not) && ok {
			s.t.Errorf("%s by %s says %q", path, who, not)
		} else if !ok && !strings.Contains(body, x) {
			s.t.Errorf("%s by %s does not say %q", path, who, x)
		}
	}
	return body
}

func (s *site) name(person string) string {
	s.t.Helper()
	l, err := s.app.Line(s.t.Context())
	if err != nil || l.Name(person) == "" {
		s.t.Fatal(err)
	}
	return l.Name(person)
}

var childLink = regexp.MustCompile(`href="/child/([0-9a-f-]{36})"`)

func TestReturnsAreChecked(t *testing.T) {
	s := open(t)
	s.has("/returns", "p-performance", "Children in need census", "Children looked after (SSDA903)", "Lists for Ofsted (Annex A)", "Daily feed", "not checked yet", "Check now")
	s.has("/returns", "jo-pell", "not checked yet", "-Check now") // she sees how they stand, and asks for no check
	s.has("/returns/cin", "p-performance", "It was not checked yet.", `name="authority"`, `value="999"`, "2026/27")
	if w := s.ask("GET", "/returns/cin/rule/8610", "p-performance", ""); w.Code != 404 {
		t.Errorf("a rule of what was not checked: %d", w.Code)
	}
	if w := s.ask("GET", "/returns/tax", "p-performance", ""); w.Code != 404 {
		t.Errorf("no such return: %d", w.Code)
	}

	// What is wrong is said at its field, and what was typed stays.
	w := s.ask("POST", "/returns/cin", "p-performance", "authority=9x&year=1999/00")
	if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, "Enter the three digits of the authority") || !strings.Contains(body, "Choose a year of the list") || !strings.Contains(body, `value="9x"`) || !strings.Contains(body, "There is a problem") {
		t.Errorf("%d\n%s", w.Code, body)
	}

	w = s.ask("POST", "/returns/cin", "p-performance", "authority=999&year=2025/26")
	if to := w.Header().Get("Location"); w.Code != 303 || to != "/returns/cin/progress" {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if w := s.ask("GET", "/returns/cin/progress", "jo-pell", ""); w.Header().Get("Refresh") != "3" || !strings.Contains(w.Body.String(), "It waits for its turn.") || !strings.Contains(w.Body.String(), "Look again") {
		t.Errorf("progress: %v\n%s", w.Header(), w.Body)
	}
	s.has("/returns", "p-performance", "waits to be checked", `href="/returns/cin/progress"`)
	s.runs()
	if w := s.ask("GET", "/returns/cin/progress", "p-performance", ""); w.Header().Get("Refresh") != "0; url=/returns/cin" {
		t.Errorf("progress at the end: %v", w.Header())
	}
	s.has("/returns", "p-performance", "Children in need census</b></a>, 2025/26", "rules find errors", "just now", "Nothing was recorded since.")
	body := s.has("/returns/cin", "p-performance", "Not ready to go", "What is to be mended", `href="/returns/cin/rule/8610"`, "East 2", "How full the fields are", "PersonBirthDate", "What would be sent if it were due now", "CINdetails", s.name("p-performance"), "Take it away as a file", "-/team/east-2\"")
	if m := childLink.FindString(body); m != "" {
		t.Errorf("a child is named: %s", m)
	}

	// Whoever counts sees how many, and no name; whoever answers for the team finds each child.
	if body := s.has("/returns/cin/rule/8610", "p-performance", "What to do:", "East 2 (", "Their names are for whoever answers for the team", "-Correct an entry"); childLink.MatchString(body) {
		t.Errorf("a name for who counts: %s", childLink.FindString(body))
	}
	ids := childLink.FindAllStringSubmatch(s.has("/returns/cin/rule/8610?team=east-2", "jo-pell", "CINdetails.PrimaryNeedCode", "Correct an entry", "Record what is missing", "-Their names are"), -1)
	if len(ids) == 0 {
		t.Fatal("no child behind the rule")
	}
	for _, id := range ids {
		found := false
		if err := s.app.Store.View(t.Context(), func(v app.View) error {
			rs, err := v.Reads(t.Context(), id[1], 0, 50)
			for _, r := range rs {
				found = found || r.Person == "jo-pell" && r.What == "Returns" && !r.Refused
			}
			return err
		}); err != nil || !found {
			t.Errorf("%s was shown, and it is not in the reader log: %v", id[1], err)
		}
		if w := s.ask("GET", "/child/"+id[1], "jo-pell", ""); w.Code != 200 {
			t.Errorf("the child behind the rule: %d", w.Code)
		}
	}
	s.has("/returns/cin/rule/8610?team=west-1", "jo-pell", "Their names are for whoever answers for the team")
	if n := len(childLink.FindAllString(s.has("/returns/cin/team/east-2", "jo-pell", "East 2: what is to be mended", `href="/returns/cin/rule/8610?team=east-2"`), -1)); n == 0 {
		t.Error("nobody is on the team's page")
	}
	for path, want := range map[string]int{"/returns/cin/team/west-1": 403, "/returns/cin/team/nowhere": 404, "/returns/cin/rule/8610?team=nowhere": 404, "/returns/cin/rule/none": 404, "/returns/cin?after=x": 404, "/returns/cin/file": 403} {
		if w := s.ask("GET", path, "jo-pell", ""); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}

	// Mended, and checked again: the history says what changed.
	s.ask("POST", "/returns/cin", "helen-croft", "authority=999&year=2025/26")
	s.runs()
	s.has("/returns/cin", "p-performance", s.name("helen-croft"), "As before", "as before")

	// A worker sees none of it.
	if w := s.ask("GET", "/returns", "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker: %d", w.Code)
	}
	s.has("/owed", "dana-whitlock", `-href="/returns"`)
	s.has("/owed", "jo-pell", `href="/returns"`)
}

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// takes takes a return away, having seen what its check says.
func (s *site) takes(path, who, form string) *httptest.ResponseRecorder {
	s.t.Helper()
	w := s.ask("POST", path, who, form)
	m := seenField.FindStringSubmatch(w.Body.String())
	if m == nil {
		return w
	}
	return s.ask("POST", path, who, form+"&seen="+m[1])
}

// A return is taken away by few, and that is in its history and in the log of who is in it.
func TestAReturnIsTakenAway(t *testing.T) {
	s := open(t)
	s.has("/returns/cin/file", "p-performance", "Check it", `name="serial"`)
	w := s.ask("POST", "/returns/cin/file", "p-performance", "authority=999&year=2025/26&serial=002")
	if w.Code != 200 || w.Header().Get("Content-Disposition") != "" || !strings.Contains(w.Body.String(), "Not ready to go") || !strings.Contains(w.Body.String(), "Take it away all the same") || !strings.Contains(w.Body.String(), "8610") || strings.Contains(w.Body.String(), "<Child>") {
		t.Fatalf("before it is taken: %d\n%s", w.Code, w.Body)
	}
	s.has("/returns/cin", "p-performance", "-Taken away")
	w = s.takes("/returns/cin/file", "p-performance", "authority=999&year=2025/26&serial=002")
	if w.Code != 200 || w.Header().Get("Content-Disposition") != `attachment; filename="cin-2025-26-002.xml"` || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	var census struct {
		Header struct {
			Source struct{ LEA, SerialNo string }
		}
		Children struct{ Child []struct{} }
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &census); err != nil || census.Header.Source.SerialNo != "002" || census.Header.Source.LEA != "999" || len(census.Children.Child) == 0 {
		t.Errorf("%+v, %v", census, err)
	}
	s.has("/returns/cin", "p-performance", "Taken away as a file (XML)", "Its check: ", "8610 (", s.name("p-performance"), "SHA-256")
	for body, want := range map[string][]string{"authority=&year=2025/26&serial=1": {"Enter the three digits", "three digits, such as 001", `value="1"`}, "authority=123&year=2025/26": {"there is no file to make"}} {
		if w := s.ask("POST", "/returns/cin/file", "p-performance", body); w.Code != 422 {
			t.Errorf("%s: %d", body, w.Code)
		} else {
			for _, x := range want {
				if !strings.Contains(w.Body.String(), x) {
					t.Errorf("%s: it does not say %q", body, x)
				}
			}
		}
	}
	for path, kind := range map[string]string{"/returns/ssda903/file": "", "/returns/annex-a/file": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "/returns/daily-feed/file": "application/json"} {
		s.has(path, "helen-croft", "Check it")
		w := s.takes(path, "helen-croft", "authority=999&year=2025/26&on=2026-11-20&all=all&format=csv")
		if kind != "" && (w.Code != 200 || w.Header().Get("Content-Type") != kind) {
			t.Errorf("%s: %d %v\n%.200s", path, w.Code, w.Header(), w.Body)
		}
		if kind == "" && w.Code != 200 && w.Code != 422 { // nobody in this small authority may be looked after
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.ask("POST", "/returns/tax/file", "helen-croft", "authority=999"); w.Code != 404 {
		t.Errorf("no such return: %d", w.Code)
	}
	for _, who := range []string{"jo-pell", "nadia-osei", "dana-whitlock"} {
		if w := s.ask("POST", "/returns/cin/file", who, "authority=999&year=2025/26"); w.Code != 403 || strings.Contains(w.Body.String(), "<Child>") {
			t.Errorf("%s takes it away: %d", who, w.Code)
		}
	}
}

// The API says what the pages say, and names nobody.
func TestReturnsByTheAPI(t *testing.T) {
	s := open(t)
	var all struct {
		Returns []struct {
			Return string
			Ready  bool
			Last   *struct{ Errors, Children int } `json:"last_check"`
		}
	}
	get := func(path string, into any) {
		t.Helper()
		w := s.ask("GET", path, "p-performance", "")
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "Okell") || strings.Contains(w.Body.String(), sam) {
			t.Errorf("%s names a child", path)
		}
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	get("/api/returns", &all)
	if len(all.Returns) != 4 || all.Returns[0].Return != "cin" || all.Returns[0].Ready || all.Returns[0].Last != nil {
		t.Errorf("%+v", all)
	}
	s.checkedReturn()
	get("/api/returns", &all)
	if l := all.Returns[0].Last; l == nil || l.Errors == 0 || l.Children == 0 || all.Returns[0].Ready {
		t.Errorf("%+v", all)
	}
	var one struct {
		Rules []struct {
			Rule, Severity, Outcome, Says, Do string
			Children                          int
		}
		Teams   []struct{ Team string }
		Fields  []struct{ Table, Column string }
		History []struct{ State, Person string }
	}
	get("/api/returns/cin", &one)
	if len(one.Rules) == 0 || one.Rules[0].Severity != "error" || one.Rules[0].Says == "" || one.Rules[0].Do == "" || one.Rules[0].Outcome != "failed" || len(one.Teams) == 0 || len(one.Fields) == 0 || len(one.History) != 1 || one.History[0].Person != "helen-croft" {
		t.Errorf("%+v", one)
	}
	if w := s.ask("GET", "/api/returns/tax", "p-performance", ""); w.Code != 404 {
		t.Errorf("no such return: %d", w.Code)
	}
	if w := s.ask("GET", "/api/returns", "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker: %d", w.Code)
	}
}

// What a return asks about who a child is, is recorded on a page: the child is in the
// return then. A correction leaves alone what its form does not ask.
func TestWhoTheChildIsIsRecorded(t *testing.T) {
	s := open(t)
	behind := func(rule string) string {
		t.Helper()
		d, err := s.app.Desk(t.Context(), app.Reader{Person: "helen-croft", Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.CheckReturn(t.Context(), app.ReturnOrder{Kind: app.ReturnCIN, Authority: "999", Year: "2026/27"}); err != nil {
			t.Fatal(err)
		}
		s.runs()
		return s.has("/returns/cin/rule/"+rule+"?team=east-2", "jo-pell")
	}
	if body := behind("8540"); !strings.Contains(body, "/child/"+sam+`/record/child.known"`) || !strings.Contains(body, "Record who the child is") {
		t.Fatal("Sam is not behind the rule that asks for a disability")
	}
	at := "/child/" + sam + "/record/child.known"
	s.has(at, "jo-pell", "Record who the child is", "White British", "No disability (NONE)", "What you leave empty stays as it is")
	if w := s.ask("POST", at, "jo-pell", ""); w.Code != 422 || !strings.Contains(w.Body.String(), "Enter a name, a number or anything else that is known") {
		t.Errorf("nothing: %d", w.Code)
	}
	if w := s.ask("POST", at, "jo-pell", "ethnicity=WBRI&disability=HEAR&disability=VIS&number=N77&upn=A123456789012&key=0123456789abcdef"); w.Code != 303 {
		t.Fatalf("%d\n%s", w.Code, problem.FindAllString(w.Body.String(), -1))
	}
	d, err := s.app.Desk(t.Context(), app.Reader{Person: "jo-pell"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Child(t.Context(), "test", sam, 0)
	if err != nil {
		t.Fatal(err)
	}
	who := p.Identity
	if who.Given == "" || who.Ethnicity != "WBRI" || strings.Join(who.Disability, " ") != "HEAR VIS" || who.Number("la-child", "999") != "N77" || who.Number("upn", "") != "A123456789012" {
		t.Errorf("%+v", who)
	}
	s.has(at, "jo-pell", "White British (WBRI)", "Hearing (HEAR); Sight (VIS)", "999 N77")
	if strings.Contains(behind("8540"), "/child/"+sam+`"`) {
		t.Error("what was recorded is not in the return")
	}
	last := p.Record.Events[len(p.Record.Events)-1]
	for _, ev := range p.Record.Events {
		if ev.Kind == "child.known" {
			last = ev
		}
	}
	fix := "/child/" + sam + "/correct/" + string(last.ID)
	s.has(fix, "jo-pell", "Correct:", "Ethnicity", "-Unique pupil number")
	y, m, dom := last.When.Date.Split()
	say := fmt.Sprintf("why=wrong+box&withdrawn=no&body-ethnicity=WIRI&key=0123456789abcdee&happened-day=%d&happened-month=%d&happened-year=%d&happened-time=%s", dom, m, y, last.When.At.Clock())
	if w := s.ask("POST", fix, "jo-pell", say); w.Code != 303 && w.Code != 200 {
		t.Fatalf("%d\n%s", w.Code, problem.FindAllString(w.Body.String(), -1))
	} else if w.Code == 200 { // it asks to check the answers
		w = s.ask("POST", fix, "jo-pell", say+"&step=record")
		if w.Code != 303 {
			t.Fatalf("%d\n%s", w.Code, problem.FindAllString(w.Body.String(), -1))
		}
	}
	if p, err = d.Child(t.Context(), "test", sam, 0); err != nil {
		t.Fatal(err)
	}
	if who := p.Identity; who.Ethnicity != "WIRI" || strings.Join(who.Disability, " ") != "HEAR VIS" || who.Number("la-child", "999") != "N77" {
		t.Errorf("corrected: %+v", who)
	}
}

var problem = regexp.MustCompile(`(?s)govuk-error-summary__body.*?</ul>`)
