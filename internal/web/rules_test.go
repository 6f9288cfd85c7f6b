package web_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func (s *site) send(path, who string, form map[string]string) (int, string) {
	s.t.Helper()
	v := url.Values{}
	for k, x := range form {
		v.Set(k, x)
	}
	w := s.ask("POST", path, who, v.Encode())
	return w.Code, html.UnescapeString(w.Body.String())
}

func has(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in:\n%.1500s", want, text)
		}
	}
}

// The reference of rules is for everybody, found by words, whole for printing.
func TestTheReferenceOfRules(t *testing.T) {
	s := open(t)
	all := html.UnescapeString(s.ask("GET", "/rules", "", "").Body.String())
	has(t, all, "Hold the initial child protection conference", "In care", "local policy", "Nobody has adopted rules here yet",
		"Newly qualified: every 1 week, until 6 weeks after", "every 1 month", "Standard 5", "Not seen alone on two visits running", "nobody gets a score",
		"does not say what anybody will do", "the people who help with the plan")
	found := html.UnescapeString(s.ask("GET", "/rules?q=pathway+plan", "", "").Body.String())
	has(t, found, "Review the pathway plan", "of 150 rules")
	if strings.Contains(found, "Hold the initial child protection conference") {
		t.Error("a rule without the words was found")
	}
	law := html.UnescapeString(s.ask("GET", "/rules?status=law", "", "").Body.String())
	if strings.Contains(law, "See the family on the early help plan") || !strings.Contains(law, "Hold the first review") {
		t.Error("law and local policy are not kept apart")
	}
	has(t, html.UnescapeString(s.ask("GET", "/rules?q=zebra", "", "").Body.String()), "No rule has all these words")
	full := html.UnescapeString(s.ask("GET", "/rules?full=1", "", "").Body.String())
	has(t, full, "The day of the event is day 0", "Becomes longer with", "The 18th birthday: no longer owed")
	var rules []map[string]any
	if err := json.Unmarshal(s.ask("GET", "/api/rules", "jo-pell", "").Body.Bytes(), &rules); err != nil || len(rules) != 150 || rules[0]["time_in_words"] == "" {
		t.Errorf("%d rules, %v", len(rules), err)
	}
}

// A director adopts rules in two steps; what is wrong is said beside the text,
// and nothing typed is lost.
func TestADirectorAdoptsRules(t *testing.T) {
	s := open(t)
	const who = "helen-croft"
	page := s.ask("GET", "/rules/adopt", who, "").Body.String()
	own := html.UnescapeString(regexp.MustCompile(`(?s)<textarea[^>]*id="own"[^>]*>(.*?)</textarea>`).FindStringSubmatch(page)[1])
	has(t, own, "==== protection.yaml ====", "id: cp.visit")
	today := regexp.MustCompile(`id="from"[^>]*value="([0-9-]+)"`).FindStringSubmatch(page)[1]
	// Without a day, without a reason, with a mistake: all said at once.
	code, text := s.send("/rules/adopt", who, map[string]string{"own": strings.Replace(own, "kind: visit, when: e.seen", "kind: vist, when: e.seen", 1), "step": "check"})
	if code != http.StatusUnprocessableEntity {
		t.Errorf("%d", code)
	}
	has(t, text, "there is no kind of entry called \"vist\"", "Enter the day from which they count", "Enter why these rules are adopted", "kind: vist")
	changed := strings.Replace(own, "  takes: 3 hours", "  takes: 4 hours", 1)
	code, text = s.send("/rules/adopt", who, map[string]string{"own": changed, "from": today, "why": "We measured it", "step": "check"})
	if code != http.StatusOK {
		t.Fatalf("%d %.2000s", code, text)
	}
	has(t, text, "Check what would change", "Takes: 4 hours, before 3 hours", "Adopt these rules")
	if w := s.ask("GET", "/rules/adopted", who, ""); !strings.Contains(w.Body.String(), "Nobody has adopted rules here yet") {
		t.Error("checking adopted them")
	}
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(text)[1]
	form := map[string]string{"own": changed, "from": today, "why": "We measured it", "key": key, "step": "adopt"}
	for range 2 { // the second time it was done already
		if code, text = s.send("/rules/adopt", who, form); code != http.StatusSeeOther {
			t.Fatalf("%d %.2000s", code, text)
		}
	}
	book := html.UnescapeString(s.ask("GET", "/rules/adopted", who, "").Body.String())
	has(t, book, "We measured it", "Helen Croft", "Takes: 4 hours, before 3 hours")
	if n := strings.Count(book, "We measured it"); n != 1 {
		t.Errorf("adopted %d times", n)
	}
	var adoptions []map[string]any
	if err := json.Unmarshal(s.ask("GET", "/api/rules/adopted", who, "").Body.Bytes(), &adoptions); err != nil || len(adoptions) != 1 || adoptions[0]["why"] != "We measured it" {
		t.Errorf("%v, %v", adoptions, err)
	}
	if w := s.ask("GET", "/rules/adopt", "jo-pell", ""); w.Code != http.StatusForbidden {
		t.Errorf("a worker: %d", w.Code)
	}
	if code, _ := s.send("/rules/adopt", "jo-pell", form); code != http.StatusForbidden {
		t.Errorf("a worker adopts: %d", code)
	}
}

// What a rule would cost is asked in plain numbers, or as text.
func TestTheCostOfARule(t *testing.T) {
	s := open(t)
	const who = "helen-croft"
	code, text := s.send("/rules/price", who, map[string]string{"rule": "cp.visit", "within": "5 working days", "every": "5 working days", "weeks": "26", "share": "60"})
	if code != http.StatusOK {
		t.Fatalf("%d %.2000s", code, text)
	}
	has(t, text, "more hours of work a week", "By team", "East 1", "Counted over 26 weeks")
	for _, name := range []string{"Sam ", "Jo Pell"} {
		if strings.Contains(text, name) {
			t.Errorf("the page names %q", name)
		}
	}
	for _, c := range []struct {
		form map[string]string
		want []string
	}{
		{map[string]string{"rule": "", "weeks": "52"}, []string{"Choose a rule, or give one as text"}},
		{map[string]string{"rule": "cp.visit", "within": "5 moons", "every": "-2 days", "takes": "3 weeks", "weeks": "x"}, []string{"there is no unit \"moons\"", "It must be more than nothing", "in minutes or hours", "a number of weeks", "5 moons"}},
		{map[string]string{"rule": "nothing.such", "within": "5 days"}, []string{"There is no such rule"}},
		{map[string]string{"text": "rules: [", "weeks": "52"}, []string{"proposed/text:"}},
		{map[string]string{"text": "rules:\n- id: x\n  duty: y\n", "weeks": "52"}, []string{"proposed/text:2: x: ", "a rule needs within"}},
		{map[string]string{"rule": "cp.visit", "within": "5 days", "share": "400"}, []string{"from 5 to 100"}},
	} {
		if code, text := s.send("/rules/price", who, c.form); code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", c.form, code)
		} else {
			has(t, text, c.want...)
		}
	}
	w := s.ask("GET", "/rules/price?rule=cp.visit", who, "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="cp.visit" selected`) {
		t.Errorf("%d", w.Code)
	}
}

// Lists as spreadsheets: whole, as files, each child in them in the reader log.
func TestListsAsSpreadsheets(t *testing.T) {
	s := open(t)
	for path, wants := range map[string][]string{"/owed.csv": {"duty,rule,child,situation,since,due,late,late_by", "cin.visit"}, "/unallocated.csv": {"child,situation,team,open_since,no_worker_since,working_days,last_seen"}} {
		w := s.ask("GET", path, "jo-pell", "")
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		has(t, w.Body.String(), wants...)
	}
	if w := s.ask("GET", "/owed.csv", "", ""); w.Code == http.StatusOK {
		t.Error("a list was sent to nobody")
	}
}
