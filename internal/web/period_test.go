package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"onus/internal/web"
)

// A post over a time, by its page and by the API: the worker sees their own, whoever
// is above sees it, nobody else; the moment as known hides what came later; a bad
// time is said.
func TestAPostOverATime(t *testing.T) {
	s := open(t)
	today := s.app.Clock.Now().Date()
	get := func(who, path string, want int, words ...string) string {
		t.Helper()
		w := s.ask("GET", path, who, "")
		if w.Code != want {
			t.Fatalf("%s by %s: %d, want %d\n%.600s", path, who, w.Code, want, w.Body)
		}
		for _, x := range words {
			if !strings.Contains(w.Body.String(), x) {
				t.Errorf("%s by %s does not say %q", path, who, x)
			}
		}
		return w.Body.String()
	}
	const at = "/post/east-2-3/context"
	get("dana-whitlock", at, 200, "Dana Whitlock", "Could it be done?", "more hours were owed than there were", "I have 17 children", "Not held, with Dana Whitlock", "Told: team manager, East 2")
	get("jo-pell", "/team/east-2", 200, `href="`+at+`"`)
	get("priti-nandra", "/line", 200, `href="/post/manager-east-2/context"`)
	get("priti-nandra", at, 200, "were not done in time", "/context")
	get("gwen-tarr", at, 403)
	get("jo-pell", "/post/service-east/context", 403)
	get("jo-pell", "/post/nothing/context", 404)
	get("gwen-tarr", "/post/manager-front-door/context", 200, "Late already", "Told last: ", "closed to you now, and not listed")
	for _, bad := range []string{"?from=x&to=" + today.String(), "?from=" + today.String() + "&to=" + (today - 3).String(), "?from=" + (today - 800).String() + "&to=" + today.String(), "?from=" + (today + 3).String() + "&to=" + (today + 9).String()} {
		get("dana-whitlock", at+bad, 422, "There is a problem", `value="`)
	}

	// As known before the last warning, it is not there, nor what was told later.
	then := (today - 30).String() + "T10:00:00Z"
	if page := get("dana-whitlock", at+"?from="+(today-90).String()+"&to="+today.String()+"&known="+then, 200, "Nothing on this page was recorded later", "I have 17 children"); strings.Contains(page, "two empty posts") {
		t.Error("a warning given later is shown")
	}
	var a, b web.PeriodAnswer
	for path, into := range map[string]*web.PeriodAnswer{
		"/api/posts/east-2-3/context?from=" + (today - 90).String() + "&to=" + today.String():                                  &a,
		"/api/posts/east-2-3/context?from=" + (today - 90).String() + "&to=" + today.String() + "&known=" + then:               &b,
		"/api/children/" + sam + "/context?from=" + (today - 90).String() + "&to=" + today.String() + "&known=" + then + "&x=": new(web.PeriodAnswer),
	} {
		if err := json.Unmarshal([]byte(get("jo-pell", path, 200)), into); err != nil {
			t.Fatal(err)
		}
		if len(into.Answered) == 0 {
			t.Errorf("%s: nobody answered: %+v", path, into)
		}
	}
	if len(a.Warnings) <= len(b.Warnings) || len(a.Talks) <= len(b.Talks) || a.All <= b.All || len(a.Weeks) < 12 || b.KnownAt >= a.KnownAt {
		t.Errorf("now %d warnings, %d talks, %d missed; then %d, %d, %d", len(a.Warnings), len(a.Talks), a.All, len(b.Warnings), len(b.Talks), b.All)
	}
	for _, m := range b.Missed {
		if m.Due > today-30 {
			t.Errorf("missed after the moment: %+v", m)
		}
	}
	if w := s.ask("GET", "/api/posts/east-2-3/context", "gwen-tarr", ""); w.Code != http.StatusForbidden {
		t.Errorf("another manager by the API: %d", w.Code)
	}

	// The child over the same time. The look is logged.
	get("jo-pell", "/child/"+sam, 200, `href="/child/`+sam+`/context"`)
	get("jo-pell", "/child/"+sam+"/context", 200, "Who had the child", "Dana Whitlock", "Given to")
	get("gwen-tarr", "/child/"+sam+"/context", 403)
	get("jo-pell", "/child/"+sam+"/readers", 200, "As it was known")
}
