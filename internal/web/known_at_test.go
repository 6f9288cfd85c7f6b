package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/line"
)

// zebra is in everything that is recorded after the moment, and nowhere before it.
const zebra = "Zebrafinch"

// Every page and every read shows what was known at a moment and nothing that came
// later, or says that it cannot look back, and why. A page that took known and showed
// how things are now would be a lie about the past.
func TestEveryReadLooksBackOrSaysWhyNot(t *testing.T) {
	s := open(t)
	type asked struct{ route, path, who, about string }
	var all []asked
	for _, r := range s.server.Routes() {
		if r.Method != "GET" {
			continue
		}
		who := "jo-pell"
		switch {
		case r.Policy == access.ManagePeople || r.Policy == access.Import:
			who = "nadia-osei"
		case r.Policy == access.DrawSample:
			who = "marcus-adeyinka"
		case r.Policy == access.AdoptRules || r.Policy == access.TakeReturn:
			who = "helen-croft"
		case strings.Contains(r.Path, "{pack}"):
			who = "dana-whitlock"
		}
		path := s.concrete(r.Path)
		if strings.Contains(r.Path, "/front-door") {
			who, path = "gwen-tarr", strings.ReplaceAll(r.Path, "{child}", "01900000-0000-7000-8000-00000000000c")
		}
		all = append(all, asked{r.Path, path, who, r.About})
	}
	then := s.app.Clock.Now()
	s.clock.at.Add(int64(2 * day.Hour))
	s.later()
	known := "known=" + url.QueryEscape(then.Time().Format("2006-01-02T15:04:05.000000Z"))
	get := func(a asked, query string) (int, string) {
		for range 100 {
			w := s.ask("GET", a.path+query, a.who, "")
			if w.Code != http.StatusServiceUnavailable || a.route == "/readyz" {
				return w.Code, html.UnescapeString(w.Body.String())
			}
			time.Sleep(50 * time.Millisecond)
		}
		return http.StatusServiceUnavailable, ""
	}
	shows, refuses, led, lost := 0, 0, map[string]bool{}, []string{}
	for _, a := range all {
		if _, now := get(a, ""); strings.Contains(now, zebra) {
			shows++
		}
		code, body := get(a, "?"+known)
		switch {
		case strings.Contains(body, zebra):
			i := strings.Index(body, zebra)
			t.Errorf("%s shows what was recorded later: …%s…", a.route, body[max(0, i-150):i+30])
		case code == http.StatusUnprocessableEntity && strings.Contains(body, "cannot be shown as it was known at a past moment"):
			refuses++
			if !regexp.MustCompile(`past moment\. [A-Z]`).MatchString(body) {
				t.Errorf("%s does not say why not", a.route)
			}
		case !regexp.MustCompile(`Takes [^.]*\bknown\b`).MatchString(a.about):
			t.Errorf("%s neither takes known nor says why it cannot: see ofNow", a.route)
		case code >= 500:
			t.Errorf("%s: %d", a.route, code)
		}
		for _, m := range regexp.MustCompile(`href="(/(?:child|pack|concern|decision|supervision|post|team)/[^"/?]+(?:/entry/[^"/?]+|/hours|/ahead|/visits)?)"`).FindAllStringSubmatch(body, -1) {
			if code == http.StatusOK && m[1] != strings.Split(a.path, "?")[0] && !strings.HasSuffix(m[1], "/new") && !slices.Contains(lost, a.route+" "+m[1]) {
				lost = append(lost, a.route+" "+m[1])
				t.Errorf("%s loses the moment at %s", a.route, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`href="([^"]*known=[^"]*)"`).FindAllStringSubmatch(body, -1) { // a link that keeps the moment leads to one that takes it
			if led[m[1]] {
				continue
			}
			led[m[1]] = true
			to, _, _ := strings.Cut(m[1], "#")
			if w := s.ask("GET", to, a.who, ""); w.Code == http.StatusUnprocessableEntity {
				t.Errorf("%s leads to %s, which does not look back", a.route, m[1])
			}
		}
	}
	if shows < 25 {
		t.Errorf("only %d pages show now what was recorded later: the test sees nothing", shows)
	}
	t.Logf("%d routes: %d show what came later, %d say why they cannot look back", len(all), shows, refuses)

	// A search finds who was recorded under these words by then; the words stand in no address.
	found := func(form url.Values) string {
		for {
			w := s.ask("POST", "/search", "jo-pell", form.Encode())
			if w.Code != http.StatusServiceUnavailable {
				return w.Body.String()
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	if !strings.Contains(found(url.Values{"q": {zebra}}), "2 children found") {
		t.Error("the child is not found under the name of now")
	}
	past := strings.TrimPrefix(known, "known=")
	past, _ = url.QueryUnescape(past)
	if page := found(url.Values{"q": {zebra}, "known": {past}}); !strings.Contains(page, "0 children found") || !strings.Contains(page, "Showing only what had been recorded by") || !strings.Contains(page, "Back to now</button>") {
		t.Error("the search of the past finds a name that nobody had recorded")
	}
	if !strings.Contains(found(url.Values{"q": {"Okell"}, "known": {past}}), "Sam") {
		t.Error("the search of the past does not find the name of then")
	}
	if w := s.ask("POST", "/api/search", "jo-pell", `{"words": "`+zebra+`", "known": "`+past+`"}`); w.Code != 200 || strings.Contains(w.Body.String(), zebra) {
		t.Errorf("the same by API: %d", w.Code)
	}
}

// later records something of every sort, each with the word.
func (s *site) later() {
	s.t.Helper()
	must := func(_ app.Done, err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	ctx, on := s.t.Context(), s.app.Clock.Now().Date()
	desk := func(who string) *app.Desk {
		d, err := s.app.Desk(ctx, app.Reader{Person: who, Fresh: true})
		if err != nil {
			s.t.Fatal(err)
		}
		return d
	}
	// What is here already first, as the paths of the test lead to it.
	of := func(path string) string { return strings.Split(s.concrete(path), "/")[2] }
	must(desk("dana-whitlock").SayOfConcern(ctx, of("/concern/{concern}"), concern.Added{Text: "And the " + zebra}, "later word"))
	must(desk("helen-croft").SayOfDecision(ctx, of("/decision/{decision}"), decision.Dissented{Why: "Not without a " + zebra}, "later dissent"))
	id := s.child(sam).Identity
	s.say("dana-whitlock", sam, day.On(on), child.Note{Text: "A " + zebra + " sang."}, child.Known{Given: id.Given, Family: zebra, Birth: id.Birth},
		child.SupervisionPrepared{Says: "The " + zebra},
		child.FamilyMember{Name: "Aunt " + zebra, Relation: "aunt", Role: "relative", Lives: child.LivesWith, Safe: child.SafeUnknown})
	s.say("gwen-tarr", "01900000-0000-7000-8000-00000000000c", day.On(on), child.Known{Given: "Robin", Family: zebra})
	must(desk("nadia-osei").RecordLine(ctx, []line.Command{{Happened: day.On(on), Body: line.PersonKnown{Person: "priti-nandra", Name: "Priti " + zebra}}}, "later names"))
	must(desk("dana-whitlock").Raise(ctx, app.Wish{Text: "Nobody heard the " + zebra, Key: "later concern"}))
	must(desk("jo-pell").ProposeDecision(ctx, decision.Proposed{About: decision.AboutAuthority, What: "Keep a " + zebra, Reasons: "r", Options: []decision.Option{{What: "a"}, {What: "b"}}, Signers: []string{"director"}, ReviewBy: on + 900}, "later decision"))
	const who = "helen-croft"
	page := s.ask("GET", "/rules/adopt", who, "").Body.String()
	own := html.UnescapeString(regexp.MustCompile(`(?s)<textarea[^>]*id="own"[^>]*>(.*?)</textarea>`).FindStringSubmatch(page)[1])
	own = strings.Replace(own, "  takes: 3 hours", "  takes: 4 hours", 1)
	own = regexp.MustCompile(`(?m)^(  duty: [A-Za-z ]+)$`).ReplaceAllString(own, "${1} for the "+zebra)
	form := map[string]string{"own": own, "from": on.String(), "why": "The " + zebra, "step": "check"}
	_, text := s.send("/rules/adopt", who, form)
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(text)
	if key == nil {
		s.t.Fatal(regexp.MustCompile(`(?s)govuk-error-summary.*?</div>`).FindString(text))
	}
	form["key"], form["step"] = key[1], "adopt"
	if code, text := s.send("/rules/adopt", who, form); code != http.StatusSeeOther {
		s.t.Fatalf("%d %.2000s", code, text)
	}
}
