package door_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/testkit/idp"
)

func realNow() day.Instant { return day.FromTime(time.Now()) }

// person is a browser without a screen.
type person struct {
	*testing.T
	*http.Client
}

func browse(t *testing.T) person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return person{t, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// page is an answer, with where it is from.
type page struct {
	status int
	text   string
	at     *url.URL
}

func (p person) get(at string) page {
	p.Helper()
	r, err := p.Get(at)
	if err != nil {
		p.Fatal(err)
	}
	defer r.Body.Close()
	return page{r.StatusCode, body(p.T, r), r.Request.URL}
}

var action = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

// send fills in the form of a page.
func (p person) send(from page, fields url.Values) page {
	p.Helper()
	m := action.FindStringSubmatch(from.text)
	if m == nil {
		p.Fatalf("%s has no form:\n%s", from.at, from.text)
	}
	to, err := from.at.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
	if err != nil {
		p.Fatal(err)
	}
	r, err := p.PostForm(to.String(), fields)
	if err != nil {
		p.Fatal(err)
	}
	defer r.Body.Close()
	return page{r.StatusCode, body(p.T, r), r.Request.URL}
}

func TestSignInWithARealProvider(t *testing.T) {
	h := newHouse(t, realNow)
	srv := httptest.NewUnstartedServer(nil)
	public := "http://" + srv.Listener.Addr().String()
	real := idp.Start(t, idp.Options{Redirect: public + door.CallbackPath, Out: public + door.OutPath})
	h.open(public, door.Provider{ID: "real", Label: "Real", Issuer: real.Issuer, ClientID: real.ClientID, ClientSecret: real.ClientSecret, ACR: idp.MFA})
	srv.Config.Handler = h.pages()
	srv.Start()
	t.Cleanup(srv.Close)

	dana := browse(t)
	if got := dana.get(public + "/who"); got.text != "nobody" {
		t.Fatalf("before: %q", got.text)
	}
	form := dana.get(public + "/sign-in?to=real&back=/who")
	got := dana.send(form, url.Values{"login": {"dana.w"}, "mfa": {"yes"}})
	if got.status != 200 || got.text != "person of "+real.Issuer+" dana.w" {
		t.Fatalf("after signing in: %d %q", got.status, got.text)
	}
	if s := h.session(); s.Fresh != 0 {
		t.Errorf("nobody said when they proved who they are, but it is %s", s.Fresh)
	}

	// A second one: the provider knows them, and asks nothing.
	if got := dana.get(public + "/sign-in?to=real&back=/who"); got.text != "person of "+real.Issuer+" dana.w" {
		t.Fatalf("a second sign-in: %q", got.text)
	}
	// A fresh one: it must ask although it knows them.
	form = dana.get(public + "/sign-in?to=real&back=/who&fresh=1")
	if !strings.Contains(form.text, `data-prompt="login"`) {
		t.Fatalf("a fresh sign-in asked nothing: %q", form.text)
	}
	if got := dana.send(form, url.Values{"login": {"dana.w"}, "mfa": {"yes"}}); got.text != "person of "+real.Issuer+" dana.w" {
		t.Fatalf("a fresh sign-in: %q", got.text)
	}
	if a, s, now := h.arrived(), h.session(), realNow(); !a.Fresh || s.Fresh != a.AuthTime || s.Fresh > now || now-s.Fresh > day.Minute {
		t.Errorf("a fresh arrival: %+v, %+v", a, s)
	}

	// Two tabs on their way at once, the first ended last.
	one := dana.get(public + "/sign-in?to=real&back=/who?tab=1&fresh=1")
	two := dana.get(public + "/sign-in?to=real&back=/who?tab=2&fresh=1")
	for _, tab := range []page{two, one} {
		if got := dana.send(tab, url.Values{"login": {"dana.w"}, "mfa": {"yes"}}); got.status != 200 || got.at.Path != "/who" {
			t.Errorf("two tabs: %d %s %q", got.status, got.at, got.text)
		}
	}

	// Signing out here, and there.
	got = dana.get(public + "/leave")
	if !strings.Contains(got.text, "Sign out here too") {
		t.Fatalf("signing out at the provider: %s %q", got.at, got.text)
	}
	xsrf := regexp.MustCompile(`name="xsrf" value="([^"]+)"`).FindStringSubmatch(got.text)
	if xsrf == nil {
		t.Fatal(got.text)
	}
	if got := dana.send(got, url.Values{"xsrf": {xsrf[1]}, "logout": {"yes"}}); got.at.String() != public+door.OutPath {
		t.Errorf("after signing out one is at %s: %q", got.at, got.text)
	}
	if got := dana.get(public + "/who"); got.text != "nobody" {
		t.Errorf("after signing out: %q", got.text)
	}
	if got := dana.get(public + "/sign-in?to=real&back=/who"); !strings.Contains(got.text, `name="login"`) {
		t.Errorf("the provider still knows who left: %q", got.text)
	}

	// Without a second factor; and stopping.
	jo := browse(t)
	form = jo.get(public + "/sign-in?to=real")
	if got := jo.send(form, url.Values{"login": {"jo"}}); got.status != 403 || got.text != door.Sentence(door.ErrWeak) {
		t.Errorf("without a second factor: %d %q", got.status, got.text)
	}
	ann := browse(t)
	if got := ann.send(ann.get(public+"/sign-in?to=real"), url.Values{"stop": {"yes"}}); got.status != 403 || got.text != door.Sentence(door.ErrDenied) {
		t.Errorf("who stopped: %d %q", got.status, got.text)
	}
	for _, p := range []person{jo, ann} {
		if got := p.get(public + "/who"); got.text != "nobody" {
			t.Errorf("who was refused is %q", got.text)
		}
	}
	h.quietLog("dana.w", real.ClientSecret, "jo\"")
}
