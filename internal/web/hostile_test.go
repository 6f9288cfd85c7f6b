package web_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"onus/internal/testkit/kit"
)

// mark stands in everything hostile that is sent, so that it is found where it
// must not be: in the log.
const mark = "QzInput"

// served puts the pages behind a real server on loopback, as onus serve does.
func (w *world) served(t *testing.T) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(w.handler)
	srv.Config.MaxHeaderBytes = 64 << 10
	srv.Config.ErrorLog = log.New(&locked{b: w.log}, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// raw sends bytes that no client would send, and gives the status and what came
// with it.
func raw(t *testing.T, addr, method, target string, p person, headers ...string) (int, http.Header, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := httptest.NewRequest("GET", "/", nil)
	p.credits(r)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: onus.example\r\nConnection: close\r\n", method, target)
	for name, v := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, v[0])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], headers[i+1])
	}
	b.WriteString("\r\n")
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return 0, nil, "" // it stopped reading: as good as a refusal
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return 0, nil, ""
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(body)
}

// nothing in the log is of a record or of what was sent.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	text := w.log.String()
	if text == "" {
		t.Error("nothing was logged: the test shows nothing")
	}
	for _, l := range strings.Split(text, "\n") {
		bad := strings.Contains(l, "Qz") || strings.Contains(l, mark) || strings.Contains(l, "level=ERROR")
		for _, k := range w.kids {
			bad = bad || strings.Contains(l, k.facts.ID)
		}
		for _, p := range w.people {
			bad = bad || p.id != "" && p.id != "none" && strings.Contains(l, p.id)
		}
		if bad {
			t.Fatalf("the log says: %.600s", l)
		}
	}
}

// Whatever an address or a header is made into, whoever may not see a child
// sees nothing of it, nobody gets a 500, and nothing of it is in the log.
func TestTricksWithAddressesAndHeaders(t *testing.T) {
	w := newWorld(t, onMemory(t))
	addr := w.served(t)
	child, other := w.kid("allocated"), w.kid("restricted")
	id := child.facts.ID
	targets := []string{"/child/" + id, "//child/" + id, "/child//" + id, "/./child/" + id, "/x/../child/" + id, "/api/../child/" + id, "/child/" + id + "/../" + other.facts.ID,
		"/child/%2e%2e/child/" + id, "/%63hild/" + id, "/child%2f" + id, "/child/" + id + "%2fentries", "/child/" + id + "%2Fentries%2f", "/child/" + id + "/", "/child/" + id + ";x=" + mark, "/CHILD/" + id, "/child/" + strings.ToUpper(id),
		"/child/" + id + "%00", "/child/%00", "/child/" + id + "%0d%0aSet-Cookie:%20" + mark + "=1", "/child/" + id + "\\entries", "/child/..%2f..%2fetc%2fpasswd", "/child/" + mark,
		"/assets/../child/" + id, "/assets/%2e%2e/child/" + id, "/assets/..%2f..%2fweb.go", "/assets/..%5cweb.go", "/assets/" + mark,
		"http://elsewhere.example/child/" + id, "http://elsewhere.example//child/" + id, "/child/" + id + "?known=" + mark, "/child/" + id + "?known=%00", "/child/" + id + "?%zz", "/child/" + id + "#x",
		"/api/children/" + id, "/api//children/" + id, "/api/children/" + id + "%2fentries", "/api/children/" + id + "/", "/api/%2e%2e/child/" + id, "*", "/" + mark + strings.Repeat("a", 20_000), "/child/" + strings.Repeat("%41", 5000)}
	methods := []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "GET" + mark, "POST"}
	headers := [][]string{nil, {"X-Original-URL", "/child/" + id}, {"X-Rewrite-URL", "/owed"}, {"X-HTTP-Method-Override", "GET"}, {"X-Method-Override", "POST"}, {"X-Forwarded-For", "127.0.0.1"},
		{"X-Forwarded-Host", mark + ".example"}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Prefix", "/" + mark}, {"Forwarded", "for=127.0.0.1;host=" + mark}, {"X-Forwarded-User", east1}, {"X-Real-IP", "127.0.0.1"},
		{"X-User-ID", east1}, {"Authorization", "Basic " + mark}, {"Authorization", "Bearer " + mark}, {"Authorization", "Bearer onus_" + mark}, {"Cookie", "onus_session=" + mark + "; __Host-onus=" + mark}, {"Content-Type", mark}, {"Accept", mark}, {"User-Agent", mark}, {"Referer", "/child/" + mark},
		{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://" + mark + ".example"}, {"Transfer-Encoding", mark}, {"Content-Length", "-1"}, {"Expect", mark}, {"Range", "bytes=0-10"}, {"If-None-Match", "*"}, {"Upgrade", "websocket"}}
	n := 0
	for _, as := range []string{"nobody", "a worker of another team", "a partner told something", "suspended or gone: p-east-3", "the worker"} {
		p := w.person(as)
		try := func(method, target string, header []string) {
			n++
			code, h, body := raw(t, addr, method, target, p, header...)
			here := fmt.Sprintf("%s %.120s %v by %s: %d", method, target, header, as, code)
			if code >= 500 && code != http.StatusNotImplemented {
				t.Errorf("%s\n%.300s", here, body)
			}
			if h.Get("Set-Cookie") != "" || strings.Contains(h.Get("Location"), mark+".example") || strings.Contains(h.Get("Location"), "elsewhere") || strings.Contains(body, mark+".example") {
				t.Errorf("%s: the answer believes it: %v", here, h)
			}
			for _, k := range []*kid{child, other} {
				for _, word := range append(append([]string{}, k.names...), k.words...) {
					if strings.Contains(body, word) && (as != "the worker" || k == other) {
						t.Errorf("%s shows %s\n%.300s", here, word, body)
					}
				}
			}
			if method == "TRACE" && strings.Contains(body, "Onus-Person") {
				t.Errorf("%s gives back what was sent", here)
			}
		}
		for _, target := range targets {
			for _, method := range methods {
				try(method, target, nil)
			}
		}
		for _, header := range headers {
			for _, target := range []string{"/child/" + id, "/api/children/" + id, "/owed"} {
				try("GET", target, header)
			}
			try("POST", "/child/"+id+"/record/note", header)
		}
		if code, _, _ := raw(t, addr, "GET", "/"+strings.Repeat("a", 200_000), p); code != http.StatusRequestHeaderFieldsTooLarge && code != 0 {
			t.Errorf("an endless address: %d", code)
		}
	}
	// What lets the worker in is the same whatever header says otherwise.
	for _, header := range headers[:12] {
		if code, _, body := raw(t, addr, "GET", "/child/"+id, w.person("the worker"), header...); code != 200 || !strings.Contains(body, child.names[0]) {
			t.Errorf("the worker with %v: %d", header, code)
		}
		if code, _, _ := raw(t, addr, "GET", "/child/"+id, w.person("a worker of another team"), header...); code != 403 {
			t.Errorf("another with %v: %d", header, code)
		}
	}
	w.quiet(t)
	t.Logf("%d requests", n)
}

// odd is text that breaks programs.
var odd = []string{"", "%00" + mark, "%ff%fe", "%0d%0aX-" + mark + ":%20y", "%22%3E%3Cscript%3E" + mark + "%3C/script%3E", "..%2f..%2f" + mark, "-1", "0", "9999999999999999999999", "NaN",
	"%F0%9F%98%80", "'%20OR%201=1--", "${" + mark + "}", "~~~", "1~2~%00", strings.Repeat("A", 3000), "2026-02-30", "2026-03-02T09:00", "1e9", "%EF%BF%BF", "%C0%80", "null", "{}", "[]"}

// Every part of every address, every parameter and every field of every form,
// with text that breaks programs: the right kind of answer, on both engines.
func TestOddTextInEveryPlace(t *testing.T) {
	t.Parallel()
	params := []string{"known", "after", "before", "on", "team", "limit", "done", "entry", "back", "ended", "kept", "fresh", "drawn", "of", "code", "state", "error", "q"}
	kitEach(t, func(t *testing.T, w *world) {
		n := 0
		check := func(p person, method, path, body string, headers ...string) {
			t.Helper()
			n++
			got := w.ask(p, method, path, body, headers...)
			if got.Code >= 500 {
				t.Errorf("%s %.150s by %s with %.80q %v: %d\n%.300s", method, path, p.as, body, headers, got.Code, got.body)
			}
			if strings.Contains(got.body, "<script>"+mark) || strings.Contains(got.Header().Get("Location"), "\n") || got.Header().Get("X-"+mark) != "" {
				t.Errorf("%s %.150s by %s gives back what was sent", method, path, p.as)
			}
		}
		few := odd
		if strings.HasSuffix(t.Name(), "postgres") { // its texts hold no NUL and nothing but UTF-8: what could break it alone
			few = []string{"%00" + mark, "%ff%fe", "%C0%80", "1~2~%00", "9999999999999999999999"}
		}
		for _, r := range w.server.Routes() {
			as, err := w.fills(r)
			if err != nil {
				t.Fatal(err)
			}
			people := []person{w.person("the head of service"), w.person("the administrator")}
			if strings.HasPrefix(r.Path, "/api/") {
				people = append(people, w.person("a program for children, the manager's"))
			}
			a := as[0]
			if a.kid != nil {
				for _, x := range as {
					if x.kid.as == "allocated" && (x.kind == "" || x.kind == "visit") {
						a = x
					}
				}
			}
			for who, p := range people {
				for i, x := range few {
					parts := strings.Split(r.Path, "/")
					real := strings.Split(a.path, "/")
					for at, part := range parts {
						if strings.HasPrefix(part, "{") && part != "{$}" && x != "" {
							parts2 := append([]string(nil), real...)
							parts2[at] = strings.ReplaceAll(strings.ReplaceAll(x, "'", "%27"), "~", "%7E")
							check(p, r.Method, strings.Join(parts2, "/"), a.body)
						}
					}
					if r.Method == "GET" {
						for j, name := range params {
							if (i+j+who)%4 != 0 { // in turn: not every text in every place by everybody
								continue
							}
							check(p, "GET", a.path+"?"+name+"="+strings.ReplaceAll(x, "' ", "%27"), "")
						}
						continue
					}
					form := url.Values{}
					v, _ := url.QueryUnescape(x)
					for _, name := range []string{"q", "person", "person-id", "text", "happened-day", "happened-month", "happened-year", "happened-time", "seen", "alone", "where", "purpose", "key", "step", "why", "withdrawn", "body-where",
						"draft-path", "do", "code", "name", "owner", "scopes", "until", "audit", "n", "teams", "to", "registered", "number", "registered-until", "qualified", "qualified-since", "what", "from", "given-1", "address", "childs_words", "referrer_role", "reasons_for", "other", "say"} {
						form.Set(name, v)
					}
					check(p, "POST", a.path, form.Encode())
					for _, do := range []string{"allow", "suspend", "reinstate", "register", "issue", "revoke"} {
						if r.Path == "/people" {
							form.Set("do", do)
							check(p, "POST", a.path, form.Encode())
						}
					}
					if r.Path == "/draft" {
						form.Set("draft-path", "/child/"+v)
						check(p, "POST", a.path, form.Encode())
					}
					json := fmt.Sprintf(`{"words":%q,"entries":[{"kind":"note","happened":%q,"corrects":%q,"body":{"text":%q}}]}`, v, v, v, v)
					check(p, "POST", a.path, json)
					check(p, "POST", a.path, fmt.Sprintf(`{"entries":[{"kind":%q,"happened":"2026-03-01","body":{"text":"x"}}]}`, v), "Idempotency-Key", "key-of-"+mark+v[:min(len(v), 10)])
				}
			}
		}
		w.quiet(t)
		t.Logf("%d requests", n)
	})
}

// Bodies that are too large, of the wrong kind, or of another site.
func TestHostileBodies(t *testing.T) {
	w := newWorld(t, onMemory(t))
	big := "q=" + strings.Repeat(mark, 2<<20/len(mark))
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	file := "--b\r\nContent-Disposition: form-data; name=\"text\"; filename=\"../../" + mark + ".html\"\r\nContent-Type: text/html\r\n\r\n<script>" + mark + "</script>\r\n--b--\r\n"
	for _, r := range w.server.Routes() {
		if r.Method != "POST" {
			continue
		}
		as, err := w.fills(r)
		if err != nil {
			t.Fatal(err)
		}
		a := as[0]
		for _, x := range as {
			if x.kid != nil && x.kid.as == "allocated" && (x.kind == "visit" || x.kind == "note") {
				a = x
			}
		}
		api := strings.HasPrefix(r.Path, "/api/")
		reads := r.Path != "/sign-out" && r.Path != "/session/stay" && r.Path != "/import" && r.Path != "/returns/data" && !strings.HasPrefix(r.Path, "/check-a-file") // the first two read no body; files may be larger: TestWrongFilesFromThePage, TestCheckAFileTooLarge
		for _, as := range []string{"the head of service", "the administrator", "a worker of another team", "nobody"} {
			p := w.person(as)
			for _, c := range []struct {
				name, body, kind string
			}{
				{"too large", big, ""}, {"too large JSON", `{"words":"` + big + `"}`, ""}, {"deep", deep, "application/json"}, {"deep in a field", `{"entries":` + deep + `}`, "application/json"},
				{"a file", file, "multipart/form-data; boundary=b"}, {"no boundary", file, "multipart/form-data"}, {"plain text", mark, "text/plain"}, {"xml", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`, "application/xml"},
				{"no kind at all", "q=" + mark, " "}, {"broken percent", "q=%zz" + mark, ""}, {"semicolons", "q=a;b=" + mark, ""}, {"not JSON", "{" + mark, "application/json"}, {"two JSONs", `{} {"` + mark + `":1}`, "application/json"},
				{"unknown field", `{"` + mark + `":1}`, "application/json"}, {"many fields", strings.Repeat("a=b&", 20_000), ""}, {"same field twice", "q=x&q=" + mark, ""},
			} {
				headers := []string(nil)
				if c.kind != "" {
					headers = []string{"Content-Type", strings.TrimSpace(c.kind)}
				}
				got := w.ask(p, "POST", a.path, c.body, headers...)
				if got.Code >= 500 || strings.Contains(got.body, "root:") || strings.Contains(got.body, "<script>"+mark) {
					t.Errorf("%s, %s by %s: %d\n%.300s", r.Path, c.name, as, got.Code, got.body)
				}
				if got.Code == 201 {
					t.Errorf("%s, %s by %s was recorded", r.Path, c.name, as)
				}
				if ok, _ := mayHere(p.who, a.action, ""); c.name == "too large" && !api && reads && a.kid == nil && ok && got.Code != http.StatusRequestEntityTooLarge {
					t.Errorf("%s, %s by %s: %d", r.Path, c.name, as, got.Code)
				}
			}
			for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://elsewhere.example"}, {"Origin", "null"}} {
				got := w.ask(p, "POST", a.path, a.body, headers...)
				if got.Code != http.StatusForbidden || got.writes != 0 || len(got.looks) != 0 {
					t.Errorf("%s from another site (%v) by %s: %d, %d writes", r.Path, headers, as, got.Code, got.writes)
				}
			}
		}
	}
	w.quiet(t)
}

// Whoever chooses words to search for leaves none of them anywhere but in the
// answer; and a search of everything gives a page, not the store.
func TestASearchLeavesNoTrace(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	got := w.ask(w.person("the director"), "POST", "/search", "q="+url.QueryEscape(w.kids[1].names[1]))
	if got.Code != 200 || !strings.Contains(got.body, w.kids[1].names[0]) {
		t.Errorf("%d", got.Code)
	}
	if strings.Contains(fmt.Sprint(got.Header()), "Qz") {
		t.Errorf("the headers say it: %v", got.Header())
	}
	w.quiet(t)
}
