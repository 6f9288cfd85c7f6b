package door_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"onus/internal/door"
)

func TestBack(t *testing.T) {
	for in, want := range map[string]string{
		"/": "/", "/child/c-1?known=2026-03-02T17:00": "/child/c-1?known=2026-03-02T17:00", "/a%20b#c": "/a%20b#c", "/" + strings.Repeat("a", 499): "/" + strings.Repeat("a", 499),
		"": "/", "child": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/", "/\tevil": "/", "/\t/evil.example": "/", "/\n/evil.example": "/",
		"https://evil.example": "/", "https:/evil.example": "/", "javascript:alert(1)": "/", "/a//b": "/", " /a": "/", "/a\r\nSet-Cookie: x=y": "/", "/%zz": "/", "/é": "/", "/a\x00": "/",
		"/" + strings.Repeat("a", 500): "/", "/sign-in": "/", "/sign-in/callback?state=x": "/", "/sign-ins": "/sign-ins", "/.//evil.example": "/",
	} {
		if got := door.Back(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
	g := newGate(t, nil)
	r, _ := g.visit(g.browser, "/sign-in?to=forged&back=//evil.example")
	q := g.sent(t, r.header.Get("Location"))
	r, _ = g.visit(g.browser, door.CallbackPath+"?"+url.Values{"state": q["state"], "code": {"c"}}.Encode())
	if r.header.Get("Location") != "/" {
		t.Errorf("sent to %q", r.header.Get("Location"))
	}
}

func FuzzBack(f *testing.F) {
	f.Add("/a?b=c")
	f.Add(`/\x`)
	base, _ := url.Parse("https://onus.example")
	f.Fuzz(func(t *testing.T, s string) {
		got := door.Back(s)
		u, err := base.Parse(got)
		if err != nil || u.Host != "onus.example" || u.Scheme != "https" || got[0] != '/' || len(got) > 500 {
			t.Errorf("%q becomes %q", s, got)
		}
	})
}

func TestConfiguration(t *testing.T) {
	h := newHouse(t, clockNow)
	good := door.Provider{ID: "entra", Label: "Work account", Issuer: "https://login.microsoftonline.com/7c1f/v2.0", ClientID: "id", ClientSecret: "hush-hush"}
	with := func(fn func(*door.Provider)) []door.Provider { p := good; fn(&p); return []door.Provider{p} }
	for name, c := range map[string]struct {
		public string
		ps     []door.Provider
		says   string // empty: it is right
	}{
		"right":              {"https://onus.example.gov.uk", []door.Provider{good}, ""},
		"right, a slash":     {"https://onus.example.gov.uk/", []door.Provider{good}, ""},
		"right, loopback":    {"http://[::1]:8080", []door.Provider{good}, ""},
		"right, localhost":   {"http://localhost:8080", []door.Provider{good}, ""},
		"http":               {"http://onus.example.gov.uk", []door.Provider{good}, "https://"},
		"like localhost":     {"http://localhost.example", []door.Provider{good}, "https://"},
		"a path":             {"https://example.gov.uk/onus", []door.Provider{good}, "without a path"},
		"nothing":            {"", []door.Provider{good}, "https://onus.example.gov.uk"},
		"no provider":        {"https://onus.example.gov.uk", nil, "at least one"},
		"an id of odd form":  {"https://o.example", with(func(p *door.Provider) { p.ID = "Entra ID" }), "small letters"},
		"no label":           {"https://o.example", with(func(p *door.Provider) { p.Label = " " }), "label"},
		"no secret":          {"https://o.example", with(func(p *door.Provider) { p.ClientSecret = "" }), "client secret"},
		"no client":          {"https://o.example", with(func(p *door.Provider) { p.ClientID = "" }), "client id"},
		"no issuer":          {"https://o.example", with(func(p *door.Provider) { p.Issuer = "" }), "issuer"},
		"a bare issuer":      {"https://o.example", with(func(p *door.Provider) { p.Issuer = "http://idp.example" }), "https://"},
		"everybody's issuer": {"https://o.example", with(func(p *door.Provider) { p.Issuer = "https://login.microsoftonline.com/common/v2.0" }), "tenant"},
		"tokens to keep":     {"https://o.example", with(func(p *door.Provider) { p.Scopes = []string{"offline_access"} }), "keeps no tokens"},
		"two of one id":      {"https://o.example", []door.Provider{good, good}, "own"},
		"two of one issuer":  {"https://o.example", []door.Provider{good, with(func(p *door.Provider) { p.ID = "b" })[0]}, "same issuer"},
	} {
		_, err := door.New(door.Config{Providers: c.ps, PublicURL: c.public, Store: door.Over(h.store), Now: clockNow, Log: discard})
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hush-hush")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := door.New(door.Config{Providers: []door.Provider{good}, PublicURL: "https://o.example"}); err == nil {
		t.Error("a door without a store")
	}
	if s := fmt.Sprintf("%v %+v", good, []door.Provider{good}); strings.Contains(s, "hush") {
		t.Error(s)
	}
	if door.Sentence(errors.New("disk full at /var")) == "disk full at /var" {
		t.Error("an inner error is shown to a person")
	}
}
