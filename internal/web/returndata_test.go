package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
)

// sends sends a form with a file; with the field "twice" the file twice.
func (s *site) sends(to, who string, fields map[string]string, file string) *httptest.ResponseRecorder {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	n := 1
	for name, value := range fields {
		if name == "twice" {
			n = 2
			continue
		}
		if err := m.WriteField(name, value); err != nil {
			s.t.Fatal(err)
		}
	}
	for range n {
		part, err := m.CreateFormFile("file", "a.csv")
		if err != nil {
			s.t.Fatal(err)
		}
		part.Write([]byte(file))
	}
	m.Close()
	r := httptest.NewRequest("POST", to, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.as(r, who)
}

// What returns are checked with is given on a page, by who may, and the next check of the
// page uses it.
func TestDataForChecksIsGiven(t *testing.T) {
	s := open(t)
	const at = "/returns/data"
	s.has(at, "p-performance", "Last year&#39;s return", "Postcode directory", "List of providers", "Nobody has given any yet.", `name="code"`, `multiple`)
	s.has(at, "jo-pell", "Nobody has given any yet.", "Performance staff, administrators and directors give it.", `-type="file"`)
	if w := s.ask("GET", at, "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker: %d", w.Code)
	}
	check := func() {
		t.Helper()
		s.clock.at.Add(int64(day.Minute)) // of two checks of one moment neither is the last
		if w := s.ask("POST", "/returns/ssda903", "p-performance", "authority=999&year=2026/27"); w.Code != 303 {
			t.Fatalf("%d\n%s", w.Code, w.Body)
		}
		s.runs()
	}
	today := s.app.Clock.Now().Date()
	s.say("jo-pell", sam, day.On(today), child.Known{IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "Q1"}}}, child.CareStarted{Status: "C2"}, child.PlacementStarted{Type: "U6"})
	check()
	s.has("/returns/ssda903", "p-performance", "What could not be checked", "Last year&#39;s table Header was not given.", `href="/returns/data#last-year"`, `href="/returns/data#providers"`, `href="/returns/data#postcodes"`, "-onus validate", "--postcodes", "Nothing.")
	s.has(at, "p-performance", "rules could not run without it", "1008", "101")

	head := "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
	eps := "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
	last := map[string]string{"what": "last-year", "authority": "999", "year": "2025/26"}
	// What is wrong is said at its field, and what was typed stays.
	w := s.sends(at, "p-performance", map[string]string{"what": "last-year", "authority": "9x", "year": "2025/26", "about": "of May"}, head+"Q1,F,01/02/2012,WBRI,UN1,,\n")
	if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, "three digits of the authority") || !strings.Contains(body, `value="9x"`) || !strings.Contains(body, `value="of May"`) || !strings.Contains(body, `href="#last-year-authority"`) || !strings.Contains(body, "<title>Error") {
		t.Errorf("%d\n%s", w.Code, body)
	}
	for name, x := range map[string]struct {
		fields map[string]string
		file   string
		says   string
	}{
		"no file":        {last, "", "empty"},
		"a later year":   {last, eps + "Q1,03/04/2026,S,C2,N1,U6,PR4,,,,,,\n", "these are not the files of 2025/26"},
		"another file":   {map[string]string{"what": "postcodes"}, head, "The column pcd is missing"},
		"a broken zip":   {map[string]string{"what": "providers"}, "PK\x03\x04rubbish", "cannot be unpacked"},
		"a day":          {map[string]string{"what": "providers", "from": "soon"}, "URN\nSC1\n", "Enter a day"},
		"none of three":  {map[string]string{"what": "tax"}, "URN\nSC1\n", "three digits"},
		"two at a time":  {map[string]string{"what": "providers", "twice": "x"}, "URN\nSC1\n", "Give one file"},
		"a code unknown": {map[string]string{"what": "postcodes", "code": "e09000099"}, "pcd,laua,oseast1m,osnrth1m\nB1 1AA,E08000025,1,2\n", "No postcode of the directory"},
	} {
		w := s.sends(at, "p-performance", x.fields, x.file)
		if w.Code != 422 || !strings.Contains(w.Body.String(), x.says) || !strings.Contains(w.Body.String(), "There is a problem") {
			t.Errorf("%s: %d, it does not say %q\n%s", name, w.Code, x.says, problem.FindAllString(w.Body.String(), -1))
		}
	}
	for _, who := range []string{"jo-pell", "dana-whitlock"} {
		if w := s.sends(at, who, last, head); w.Code != 403 {
			t.Errorf("%s gives it: %d", who, w.Code)
		}
	}
	if w := s.sends(at, "p-performance", last, head+"Q1,F,01/02/2012,WBRI,UN1,,\n"); w.Code != 200 || !strings.Contains(w.Body.String(), "Last year&#39;s return: 1 row is kept, of 1 child") || strings.Contains(w.Body.String(), "Q1") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	if w := s.sends(at, "nadia-osei", map[string]string{"what": "postcodes", "code": "e08000025", "about": "Invented, May 2026"}, "pcd,laua,oseast1m,osnrth1m\nB1 1AA,E08000025,1,2\n"); w.Code != 200 {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	s.has(at, "p-performance", "counts now", "Invented, May 2026", "this authority is E08000025", s.name("nadia-osei"), "2025/26, authority 999: 1 child", "1 Header")
	check()
	s.has("/returns/ssda903", "p-performance", "What it was checked with, beside the records", "Last year&#39;s return: the files of 2025/26, 1 child, given on", "Postcode directory: Invented, May 2026: 1 postcodes", "-Last year&#39;s table Header was not given.", "The list of providers was not given.")
	s.has("/returns/ssda903/rule/1008", "p-performance", "List of providers: not given.", `href="/returns/data#providers"`)
	s.has("/returns/ssda903/rule/392c", "p-performance", "Postcode directory: Invented, May 2026: 1 postcodes")
	s.has("/returns/cin", "p-performance", "-What it was checked with")
}
