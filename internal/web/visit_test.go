package web_test

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/entry"
)

// says records about Sam as somebody, of now.
func (s *site) says(who string, b entry.Body) entry.ID {
	s.t.Helper()
	done, err := s.desk(who).Record(s.t.Context(), app.Do{Child: sam, Now: true, Commands: []child.Command{{Body: b, Source: entry.Source{Kind: "page"}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	return done.Entries[0]
}

// planned has a plan for Sam approved, and a visit planned for today.
func (s *site) planned() (visit entry.ID) {
	s.t.Helper()
	plan := s.says("dana-whitlock", child.PlanSent{Of: "cp", Goals: []child.Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there every evening."}}})
	// Past the door, which asks of the wording.
	if _, err := s.app.Record(s.t.Context(), app.Do{Child: sam, Now: true, Commands: []child.Command{{Actor: entry.Actor{Person: "jo-pell", Post: "manager-east-2"}, Body: child.PlanApproved{Plan: plan}, Source: entry.Source{Kind: "page"}}}}); err != nil {
		s.t.Fatal(err)
	}
	return s.says("dana-whitlock", child.VisitPlanned{On: s.app.Clock.Now().Date(), Goal: "g1", Ask: "Who was here?"})
}

// kinds counts Sam's entries of a kind.
func (s *site) kinds(kind entry.Kind) (n int, last child.Visit) {
	s.t.Helper()
	p, err := s.desk("jo-pell").ChildFor(s.t.Context(), access.SeeChild, "test", sam)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range p.Record.Log {
		if e.Kind == kind {
			n++
			if v, ok := e.Body.(child.Visit); ok {
				last = v
			}
		}
	}
	return n, last
}

func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// A visit is recorded with how far its goal has come, all or nothing, once however often it
// is sent; a mistake shows the page again with everything typed.
func TestAVisitIsRecordedOnce(t *testing.T) {
	s := open(t)
	planned := s.planned()
	at := "/child/" + sam + "/visit"
	page := html.UnescapeString(s.ask("GET", at, "dana-whitlock", "").Body.String()) // what is planned for today is what one comes for
	has(t, page, "Why you are here: planned for today: goal 1", "Nan is there every evening.", "Ask: Who was here?", `value="planned:`+string(planned)+`"`, "has not been seen alone for")
	if len(page) > 150_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
	seen := regexp.MustCompile(`name="seen_up_to" value="(\d+)"`).FindStringSubmatch(page)[1]
	today := s.app.Clock.Now().Date().String()
	good := []string{"key", "one", "seen_up_to", seen, "purpose", "planned:" + string(planned), "fixed", "yes", "on", today, "at", "11:40", "where", "home", "announced", "no", "seen", "yes", "alone", "yes",
		"where_and_how_long", "His room", "childs_words", "I watched the fish.", "learnt", "Nan was ill.", "how_known", "said", "how_known", "seen", "safe_tonight", "not sure", "rang", "yes", "next", "Bev comes.", "goal_state", "done"}
	with := func(changes ...string) string {
		v := url.Values{}
		for i := 0; i < len(good); i += 2 {
			v.Add(good[i], good[i+1])
		}
		for i := 0; i < len(changes); i += 2 {
			v.Del(changes[i])
			if changes[i+1] != "" {
				v.Set(changes[i], changes[i+1])
			}
		}
		return v.Encode()
	}
	was, _ := s.kinds("visit")
	for _, x := range []struct {
		body string
		says []string
	}{
		{"", []string{"Say what the visit was for", "Enter the day", "Say whether you saw Sam", "Say whether Sam is safe"}},
		{with("seen", ""), []string{"Say whether you saw Sam", "I watched the fish."}},
		{with("seen", "no", "alone", "yes"), []string{"not seen alone", "Enter why the child was not seen"}},
		{with("alone", "", "childs_words", "", "how_known", ""), []string{"whether you saw Sam alone", "what Sam said, or what you saw", "Tick how you know", "Nan was ill."}},
		{with("on", "soon", "at", "noon", "safe_tonight", "perhaps"), []string{"Enter the day", "safe tonight"}},
		{with("at", "noon"), []string{"hours and minutes"}},
		{with("on", "2031-01-01"), []string{"in the future"}},
		{with("on", "2026-11-20"), []string{"A visit comes after it was planned"}},
		{with("next", ""), []string{"Enter what happens next"}},
		{with("purpose", "goal:none"), []string{"Say what the visit was for"}},
		{with("purpose", "other"), []string{"why it was no goal"}},
		{with("how_known", "", "learnt", ""), []string{"Say how you know"}}, // a goal that is done
		{with("how_known", "guessed"), []string{"Say how you know"}},
		{with("where", "moon", "before_a_copy", "it is about somebody else"), []string{"which words"}},
	} {
		w := s.ask("POST", at, "dana-whitlock", x.body)
		if w.Code != 422 {
			t.Errorf("%s: %d", x.body, w.Code)
		}
		has(t, html.UnescapeString(w.Body.String()), append(x.says, "There is a problem")...)
	}
	if n, _ := s.kinds("visit"); n != was {
		t.Fatalf("a mistake was recorded: %d", n)
	}
	for range 2 {
		w := s.ask("POST", at, "dana-whitlock", with())
		if w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "?done=") {
			t.Fatalf("%d\n%.900s", w.Code, html.UnescapeString(w.Body.String()))
		}
	}
	n, v := s.kinds("visit")
	moved, _ := s.kinds("goal.moved")
	if n != was+1 || moved != 1 || v.Planned != planned || v.Goal != "g1" || v.Purpose != "Nan is there every evening." || v.Told != "Jo Pell" || v.Announced == nil || *v.Announced || !v.Alone || strings.Join(v.Evidence, " ") != "said seen" {
		t.Errorf("%d visits, %d goals moved, %+v", n-was, moved, v)
	}
	if w := s.ask("GET", at+"?planned="+url.QueryEscape(string(planned))+"x", "dana-whitlock", ""); w.Code != 404 {
		t.Errorf("a visit that nobody planned: %d", w.Code)
	}
	if w := s.ask("GET", "/child/"+sam+"/record/visit", "dana-whitlock", ""); w.Code != 303 || w.Header().Get("Location") != at {
		t.Errorf("the old address: %d %s", w.Code, w.Header().Get("Location"))
	}
}

// What somebody recorded since the page was opened is shown beside what was typed, and
// nothing is recorded until it is sent again.
func TestAVisitBesideWhatCameMeanwhile(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/visit"
	page := s.ask("GET", at, "dana-whitlock", "").Body.String()
	find := func(page string) string {
		return regexp.MustCompile(`name="seen_up_to" value="(\d+)"`).FindStringSubmatch(page)[1]
	}
	s.says("dana-whitlock", child.Note{Text: "My own note."}) // no conflict with oneself
	was, _ := s.kinds("visit")
	send := func(key, seen string) (int, string) {
		w := s.ask("POST", at, "dana-whitlock", form("key", key, "seen_up_to", seen, "purpose", "other", "other_purpose", "His birthday.", "on", s.app.Clock.Now().Date().String(), "where", "home", "seen", "yes", "alone", "no",
			"what_was_seen", "He hid.", "safe_tonight", "yes"))
		return w.Code, html.UnescapeString(w.Body.String())
	}
	if code, body := send("first", find(page)); code != 303 {
		t.Fatalf("%d %.600s", code, body)
	}
	seen := find(s.ask("GET", at, "dana-whitlock", "").Body.String())
	s.says("jo-pell", child.Note{Text: "He is at Nan's from today."})
	code, body := send("second", seen)
	if code != 409 {
		t.Fatalf("%d", code)
	}
	has(t, body, "Somebody recorded something meanwhile", "He is at Nan's from today.", "Jo Pell", "He hid.", `value="His birthday."`)
	if n, _ := s.kinds("visit"); n != was+1 {
		t.Fatalf("%d visits", n-was)
	}
	if later := find(body); later == seen {
		t.Error("what was shown is not seen yet")
	} else if code, _ := send("second", later); code != 303 {
		t.Errorf("sent again: %d", code)
	} else if code, _ := send("second", seen); code != 303 {
		t.Errorf("and once more, though it is recorded: %d", code)
	}
	if n, _ := s.kinds("visit"); n != was+2 {
		t.Errorf("%d visits", n-was)
	}
}

// A visit is planned for a purpose, and called off with a reason.
func TestAVisitIsPlannedAndCalledOff(t *testing.T) {
	s := open(t)
	s.planned()
	at := "/child/" + sam + "/visit/plan"
	later := (s.app.Clock.Now().Date() + 3).String()
	for _, x := range []struct {
		body string
		says string
	}{
		{"", "Enter the day of the visit"},
		{form("on", later, "announced", "yes"), "Say what the visit is for"},
		{form("on", later, "purpose", "other", "announced", "yes"), "why it is for no goal"},
		{form("on", later, "purpose", "goal:g1"), "whether the family will know"},
		{form("on", "2020-01-01", "purpose", "goal:g1", "announced", "no"), "The day is past"},
		{form("do", "off-x", "why", "ill"), "No such visit is planned"},
	} {
		w := s.ask("POST", at, "dana-whitlock", x.body)
		if w.Code != 422 {
			t.Errorf("%s: %d", x.body, w.Code)
		}
		has(t, html.UnescapeString(w.Body.String()), x.says, "There is a problem")
	}
	w := s.ask("POST", at, "dana-whitlock", form("key", "k", "on", later, "purpose", "goal:g1", "announced", "no", "ask", "Who was here?"))
	if w.Code != 303 {
		t.Fatalf("%d", w.Code)
	}
	id := regexp.MustCompile(`done=(\S+)`).FindStringSubmatch(w.Header().Get("Location"))[1]
	has(t, html.UnescapeString(s.ask("GET", "/child/"+sam, "dana-whitlock", "").Body.String()), "Visits planned", "/visit?planned="+id)
	if w := s.ask("POST", at, "dana-whitlock", form("do", "off-"+id)); w.Code != 422 {
		t.Errorf("called off without a reason: %d", w.Code)
	}
	if w := s.ask("POST", at, "dana-whitlock", form("key", "k2", "do", "off-"+id, "why", "He is with Nan.")); w.Code != 303 {
		t.Errorf("called off: %d", w.Code)
	}
	if page := s.ask("GET", "/child/"+sam, "dana-whitlock", "").Body.String(); strings.Contains(page, id) {
		t.Error("it is called off, and planned still")
	}
}

// Today's list leads to the door, and writes the look; a list about visits keeps its
// moment and its place.
func TestTodayAndListsOfVisits(t *testing.T) {
	s := open(t)
	planned := s.planned()
	has(t, html.UnescapeString(s.ask("GET", "/today", "dana-whitlock", "").Body.String()), "Sam Okell", "9 Alder Walk", "geo:0,0?q=9+Alder+Walk", "/visit?planned="+string(planned), "Who was here?")
	_, reads, err := s.desk("jo-pell").Readers(t.Context(), sam, 10)
	if err != nil || !strings.Contains(reads[0].What+reads[1].What+reads[2].What, "Today, with the address") {
		t.Errorf("%+v %v", reads[:3], err)
	}
	for _, list := range []string{"risk", "purpose", "said"} {
		if w := s.ask("GET", "/team/east-2/visits?list="+list+"&known="+url.QueryEscape(s.app.Clock.Now().Time().AddDate(0, -1, 0).Format("2006-01-02T15:04")), "jo-pell", ""); w.Code != 200 && w.Code != 503 {
			t.Errorf("%s: %d", list, w.Code)
		}
	}
	for path, code := range map[string]int{"/team/east-2/visits?list=workers": 404, "/team/nowhere/visits": 404, "/team/east-2/visits?after=1~2~3": 404} {
		if w := s.ask("GET", path, "helen-croft", ""); w.Code != code && w.Code != 403 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := s.ask("GET", "/team/east-2/visits", "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker opens the list: %d", w.Code)
	}
}

// The API gives the same lists as the page, a page at a time, to those who may open it.
func TestListsOfVisitsByAPI(t *testing.T) {
	s := open(t)
	type rows struct {
		List   string `json:"list"`
		Duties []struct {
			Child string `json:"child"`
			Late  bool   `json:"late"`
		} `json:"duties"`
		Rows []struct {
			Child string `json:"child"`
			What  string `json:"what"`
			On    string `json:"on"`
			Goal  string `json:"goal_name"`
		} `json:"rows"`
		Next string `json:"next"`
	}
	get := func(query string) (out rows) {
		w := s.ask("GET", "/api/teams/east-2/visits"+query, "jo-pell", "")
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", query, w.Code, err)
		}
		return out
	}
	seen := 0
	for _, list := range []string{"risk", "purpose", "said"} {
		all := get("?limit=100&list=" + list)
		n, one := len(all.Duties)+len(all.Rows), rows{}
		for after := ""; ; {
			page := get("?limit=1&list=" + list + "&after=" + url.QueryEscape(after))
			one.Duties, one.Rows = append(one.Duties, page.Duties...), append(one.Rows, page.Rows...)
			if after = page.Next; after == "" {
				break
			}
		}
		if all.List != list || all.Next != "" || !slices.Equal(one.Duties, all.Duties) || !slices.Equal(one.Rows, all.Rows) {
			t.Errorf("%s: page by page it is another list: %d and %d rows", list, len(one.Duties)+len(one.Rows), n)
		}
		for _, d := range all.Duties {
			if !d.Late {
				t.Errorf("%s: %+v is not late", list, d)
			}
		}
		for _, x := range all.Rows {
			if x.What == "" || x.On == "" || list == "said" && x.Goal == "" {
				t.Errorf("%s: %+v", list, x)
			}
		}
		seen += n
	}
	if seen == 0 {
		t.Error("nothing is in any list")
	}
	if w := s.ask("GET", "/api/teams/east-2/visits?list=workers", "jo-pell", ""); w.Code != 404 {
		t.Errorf("a list that is not there: %d", w.Code)
	}
	if w := s.ask("GET", "/api/teams/east-2/visits", "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker asks for it: %d", w.Code)
	}
}
