package web_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"onus/internal/app"
	"onus/internal/door"
	"onus/internal/testkit/kit"
	"onus/internal/web/assets"
)

// headersOf says what an answer's headers and markup lack.
func headersOf(path string, code int, h http.Header, body string) (wrong []string) {
	no := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
	} {
		if got := h.Values(name); len(got) != 1 || got[0] != want {
			no("%s is %q, want %q once", name, got, want)
		}
	}
	csp := map[string]string{}
	for _, d := range strings.Split(h.Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
		csp[name] = value
	}
	for name, want := range map[string]string{"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "connect-src": "'self'",
		"form-action": "'self'", "base-uri": "'none'", "object-src": "'none'", "frame-ancestors": "'none'"} {
		if csp[name] != want {
			no("the policy's %s is %q, want %q", name, csp[name], want)
		}
	}
	if len(csp) != 9 {
		no("the policy has other parts: %v", csp)
	}
	// Only what is the same for everybody may be kept: the style and the script.
	if kept := strings.HasPrefix(path, assets.Prefix) && code == http.StatusOK; !kept && h.Get("Cache-Control") != "no-store" {
		no("Cache-Control is %q", h.Get("Cache-Control"))
	}
	for _, c := range (&http.Response{Header: h}).Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode || c.Domain != "" || c.Path != "/" {
			no("a cookie without HttpOnly, SameSite or the whole path: %s", c)
		}
	}
	if len(body) > 0 {
		t := h.Get("Content-Type")
		if !strings.Contains(t, "charset=utf-8") {
			no("Content-Type is %q", t)
		}
		switch {
		case strings.HasPrefix(path, "/api/") && (code < 300 || code >= 400):
			if !strings.HasPrefix(t, "application/json") && !strings.HasSuffix(path, "/receipt") && code != http.StatusForbidden {
				no("the API answers with %q", t)
			}
		case strings.HasPrefix(t, "text/html"):
			wrong = append(wrong, inline(body)...)
		}
	}
	return wrong
}

// inline is what a page must not have: script or style of its own, and what
// would need either.
func inline(body string) (wrong []string) {
	no := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return wrong
		case html.TextToken, html.EndTagToken, html.CommentToken, html.DoctypeToken:
			continue
		}
		tag := z.Token()
		src := ""
		for _, a := range tag.Attr {
			v := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case a.Key == "style", strings.HasPrefix(a.Key, "on"), a.Key == "srcdoc":
				no("<%s> has %s", tag.Data, a.Key)
			case a.Key == "src":
				src = v
			case a.Key == "href" || a.Key == "action" || a.Key == "formaction":
				if strings.HasPrefix(v, "javascript:") || strings.HasPrefix(v, "data:") || strings.HasPrefix(v, "vbscript:") || strings.HasPrefix(v, "//") {
					no("<%s> leads to %s", tag.Data, v)
				}
				if a.Key != "href" && !strings.HasPrefix(v, "/") && v != "" {
					no("a form is sent to %s", v)
				}
			}
		}
		switch tag.Data {
		case "script":
			if !strings.HasPrefix(src, assets.Prefix) {
				no("a script that is not ours: %q", src)
			}
			if z.Next(); z.Token().Type == html.TextToken {
				no("a script stands in the page")
			}
		case "style", "iframe", "frame", "object", "embed", "base", "applet":
			no("there is a <%s>", tag.Data)
		case "meta":
			for _, a := range tag.Attr {
				if a.Key == "http-equiv" {
					no("a <meta> says %s", a.Val)
				}
			}
		}
	}
}

// Every route answers with every header, whoever asks; and so does what is no
// route: a wrong address, a wrong method, an asset, a refusal, a panic.
func TestHeadersOnEveryAnswer(t *testing.T) {
	w := newWorld(t, onMemory(t))
	w.serve(true)
	seen := map[int]int{}
	check := func(p person, method, path, body string, headers ...string) answer {
		t.Helper()
		got := w.ask(p, method, path, body, headers...)
		seen[got.Code]++
		plain, _, _ := strings.Cut(path, "?")
		for _, x := range headersOf(plain, got.Code, got.Header(), got.body) {
			t.Errorf("%s %s by %s, %d: %s", method, path, p.as, got.Code, x)
		}
		return got
	}
	worker := w.person("the worker")
	for _, r := range w.server.Routes() {
		as, err := w.fills(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, as2 := range [][]asked{as[:1], as[len(as)/2 : len(as)/2+1]} {
			for _, p := range []string{"nobody", "the worker", "the director", "the administrator", "a partner told something", "suspended or gone: p-east-3", "a program with a key that nobody gave"} {
				check(w.person(p), r.Method, as2[0].path, as2[0].body)
			}
		}
		for _, method := range []string{"HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "GET", "POST"} {
			got := check(worker, method, as[0].path, "")
			known := slices.Contains(w.methodsOf(r.Path), method)
			if !known && (got.Code != http.StatusMethodNotAllowed || got.Header().Get("Allow") != strings.Join(w.methodsOf(r.Path), ", ")) {
				t.Errorf("%s %s: %d, allowed are %q", method, r.Path, got.Code, got.Header().Get("Allow"))
			}
		}
	}
	names, err := os.ReadDir("assets/dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		check(worker, "GET", assets.Prefix+n.Name(), "")
	}
	for _, c := range []struct {
		method, path string
		want         int
	}{{"GET", "/nothing", 404}, {"GET", "/api/nothing", 404}, {"GET", assets.Prefix + "nothing.js", 404}, {"GET", assets.Prefix, 404}, {"GET", "/favicon.ico", 204}, {"GET", "//child/x", 307}, {"POST", "/nothing", 404}, {"PUT", "/nothing", 404}} {
		if got := check(worker, c.method, c.path, ""); got.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got.Code, c.want)
		}
	}
	if got := check(worker, "POST", "/demo/person", "person="+east1); got.Code != 303 || len(got.Result().Cookies()) != 1 {
		t.Errorf("choosing somebody: %d", got.Code)
	}
	if got := check(worker, "POST", "/search", "q=x", "Sec-Fetch-Site", "cross-site"); got.Code != 403 {
		t.Errorf("a form of another site: %d", got.Code)
	}
	w.ready = func() (bool, string) { panic("about " + w.kids[0].words[0]) }
	w.serve(true)
	if got := check(worker, "GET", "/readyz", ""); got.Code != 500 || strings.Contains(got.body, "Qz") {
		t.Errorf("a panic: %d %s", got.Code, got.body)
	}
	if log := w.log.String(); !strings.Contains(log, "a page failed") || strings.Contains(log, "Qz") {
		t.Errorf("the log of a panic:\n%.500s", log)
	}
	for _, code := range []int{200, 303, 307, 401, 403, 404, 405, 422, 500} {
		if seen[code] == 0 {
			t.Errorf("no answer was %d: the test shows less than it says", code)
		}
	}
}

// methodsOf are the methods of an address, in the order of an Allow header.
func (w *world) methodsOf(path string) (out []string) {
	for _, m := range []string{"GET", "POST"} {
		for _, r := range w.server.Routes() {
			if r.Path == path && r.Method == m {
				out = append(out, m)
			}
		}
	}
	if slices.Contains(out, "GET") {
		out = append([]string{"GET", "HEAD"}, out[1:]...)
	}
	return out
}

// Behind the real door: the same headers, a cookie that no other site gets, and
// a log that still names routes.
func TestHeadersBehindTheDoor(t *testing.T) {
	w := newWorld(t, onMemory(t))
	in, err := door.New(door.Config{PublicURL: "https://onus.example", Store: door.Over(w.watched), Now: w.Clock.Now, Log: slog.New(slog.NewTextHandler(&locked{b: w.log}, nil)),
		Providers: []door.Provider{{ID: "council", Label: "your council account", Issuer: "https://127.0.0.1:1", ClientID: "onus", ClientSecret: "a secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.door = in
	w.serve(false)
	nobody := w.person("nobody")
	for _, c := range []struct {
		method, path string
		want         int
	}{{"GET", "/", 303}, {"GET", "/sign-in", 200}, {"GET", "/sign-in/with/none", 404}, {"GET", "/sign-in/with/council", 502}, {"GET", "/sign-in/callback?state=" + mark + "&code=" + mark, 403}, {"GET", "/sign-in/callback?error=" + mark, 403},
		{"GET", "/child/" + w.kid("allocated").facts.ID, 303}, {"POST", "/child/" + w.kid("allocated").facts.ID + "/record/note", 401}, {"GET", "/api/owed", 401}, {"GET", "/session", 200}, {"POST", "/session/stay", 401},
		{"POST", "/sign-out", 303}, {"GET", "/signed-out", 200}, {"GET", "/healthz", 200}} {
		for _, cookie := range []string{"", "__Host-onus=" + strings.Repeat("A", 43), "__Host-onus=" + mark, "onus_session=" + strings.Repeat("A", 43) + "; onus_demo_person=" + east1} {
			got := w.ask(nobody, c.method, c.path, "text="+mark, "Cookie", cookie, "Onus-Person", east1)
			if got.Code != c.want {
				t.Errorf("%s %s with %q: %d, want %d\n%.300s", c.method, c.path, cookie, got.Code, c.want, got.body)
			}
			plain, _, _ := strings.Cut(c.path, "?")
			for _, x := range headersOf(plain, got.Code, got.Header(), got.body) {
				t.Errorf("%s %s: %s", c.method, c.path, x)
			}
			for _, k := range got.Result().Cookies() {
				if !strings.HasPrefix(k.Name, "__Host-") || !k.Secure {
					t.Errorf("%s %s sets %s", c.method, c.path, k)
				}
			}
			if to := got.Header().Get("Location"); to != "" && !strings.HasPrefix(to, "/") {
				t.Errorf("%s %s leads to %s", c.method, c.path, to)
			}
		}
	}
	if l := w.log.String(); !strings.Contains(l, `route="GET /child/{child}"`) || strings.Contains(l, `route=""`) {
		t.Error("the log does not name the routes")
	}
	w.quiet(t)
}

// A refusal is logged, with who it was by their post and nobody's name.
func TestARefusalIsLogged(t *testing.T) {
	w := newWorld(t, onMemory(t))
	w.ask(w.person("a worker of another team"), "GET", "/child/"+w.kid("allocated").facts.ID, "")
	w.ask(w.person("a worker of another team"), "GET", "/people", "")
	for _, want := range []string{`msg=refused route="GET /child/{child}" action="see a child's record" policy=none post=west-1`, `msg=refused route="GET /people" action="let people sign in, or suspend them" policy=none post=west-1`} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("the log does not say %s:\n%s", want, w.log)
		}
	}
	w.quiet(t)
}

// What the test of markup would find, it finds.
func TestInlineIsSeen(t *testing.T) {
	for _, x := range []string{`<p style="a">`, `<p onclick="a">`, `<script>a</script>`, `<script src="https://elsewhere/a.js"></script>`, `<style>a</style>`, `<a href=" JavaScript:a">`,
		`<form action="https://elsewhere/">`, `<iframe>`, `<base href="/">`, `<meta http-equiv="refresh">`, `<script src="` + assets.Prefix + `a.js">x</script>`} {
		if inline(x) == nil {
			t.Errorf("%s is not seen", x)
		}
	}
	if got := headersOf("/", 200, http.Header{"Set-Cookie": {"a=b"}}, "x"); len(got) < 8 {
		t.Errorf("missing headers are not seen: %v", got)
	}
}

// Without --demo nobody is who they say in a header or the demonstration's cookie.
func TestOnlyADemonstrationBelievesAHeader(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	w.serve(false)
	path := "/api/children/" + w.kid("allocated").facts.ID
	for _, headers := range [][]string{nil, {"Cookie", "onus_demo_person=" + east1}, {"X-Forwarded-User", east1}, {"X-Remote-User", east1}, {"X-User-ID", east1}, {"Remote-User", east1}} {
		if got := w.ask(w.person("the worker"), "GET", path, "", headers...); got.Code != 401 || strings.Contains(got.body, "Qz") {
			t.Errorf("%v: %d", headers, got.Code)
		}
	}
	if got := w.ask(w.person("nobody"), "POST", "/demo/person", "person="+east1); got.Code != 403 || got.Header().Get("Set-Cookie") != "" {
		t.Errorf("choosing somebody: %d %v", got.Code, got.Header())
	}
	r := httptest.NewRequest("GET", path, nil) // a key is believed all the same
	w.person("a program for children, the manager's").credits(r)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if rec.Code != 200 {
		t.Errorf("a program's key: %d", rec.Code)
	}
	var reads []app.Read
	if err := w.watched.View(t.Context(), func(v app.View) (err error) {
		reads, err = v.Reads(t.Context(), w.kid("allocated").facts.ID, 0, 1)
		return err
	}); err != nil || len(reads) != 1 || reads[0].Program == "" {
		t.Errorf("%+v %v", reads, err)
	}
}
