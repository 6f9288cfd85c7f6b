package notify_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/notify"
	"onus/internal/returns/dailyfeed"
	"onus/internal/testkit/cscapi"
)

func feedBy(t *testing.T, s *cscapi.Server, change func(*notify.OAuth)) *notify.Feed {
	t.Helper()
	o := notify.OAuth{TokenURL: s.TokenURL(), ID: cscapi.ClientID, Secret: cscapi.ClientSecret, Scope: cscapi.Scope}
	if change != nil {
		change(&o)
	}
	f, err := notify.NewFeed(notify.FeedConfig{To: s.URL, Path: dailyfeed.Path, OAuth: &o, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A token is fetched once and used while it lasts; one that ends, or that is refused before
// its end, is fetched anew without anybody doing anything.
func TestTokensAreFetchedAndEnd(t *testing.T) {
	s := cscapi.Start(t)
	f := feedBy(t, s, nil)
	payload, err := dailyfeed.Payload([]dailyfeed.Child{{LAChildID: "K1", Details: &dailyfeed.Details{Surname: "Marsh"}}})
	if err != nil {
		t.Fatal(err)
	}
	post := func(key string) app.FeedAnswer {
		t.Helper()
		a, err := f.Post(context.Background(), key, "204", payload)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first, second := post("a"), post("b")
	if first.Status != 200 || second.Status != 200 || s.Fetched() != 1 {
		t.Fatalf("%+v, %+v, %d tokens", first, second, s.Fetched())
	}
	// It ends before it said: refused once, fetched, and sent again with the same bytes and name.
	s.EndTokens()
	if a := post("c"); a.Status != 200 || s.Fetched() != 2 || s.Receipts() != 3 {
		t.Errorf("%+v, %d tokens, %d receipts", a, s.Fetched(), s.Receipts())
	}
	rs := s.Requests()
	if n := len(rs); n != 4 || rs[2].Answer != 401 || rs[3].Answer != 200 || rs[2].Key != rs[3].Key || string(rs[2].Body) != string(rs[3].Body) {
		t.Errorf("%d requests: %d, %d", n, rs[2].Answer, rs[len(rs)-1].Answer)
	}
	// One that lasts no longer than the time before its end is fetched for each payload.
	s.TokensLast(20)
	s.EndTokens()
	post("d")
	before := s.Fetched()
	post("e")
	post("f")
	if n := s.Fetched() - before; n != 2 {
		t.Errorf("%d tokens were fetched for two payloads", n)
	}
	// A service that refuses every token is asked twice, not for ever.
	s.TokensLast(3600)
	s.Trouble(cscapi.Trouble{Status: 401}, cscapi.Trouble{Status: 401})
	n := len(s.Requests())
	if a := post("g"); a.Status != 401 || len(s.Requests()) != n+2 {
		t.Errorf("%+v after %d requests", a, len(s.Requests())-n)
	}
}

// Whoever gives no token says why: a wrong secret ends the sending, a server that is busy or
// silent does not. No answer holds the secret.
func TestNoTokenIsGiven(t *testing.T) {
	s := cscapi.Start(t)
	for name, change := range map[string]func(*notify.OAuth){"secret": func(o *notify.OAuth) { o.Secret = "wrong-one" }, "scope": func(o *notify.OAuth) { o.Scope = "other" }} {
		a, err := feedBy(t, s, change).Post(context.Background(), "k", "204", []byte("[]"))
		if err != nil || a.Status != http.StatusUnauthorized || !strings.Contains(a.Text, "the server of tokens answered 40") || strings.Contains(a.Text, "wrong-one") {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	f := feedBy(t, s, nil)
	s.ShutTokens(503)
	if _, err := f.Post(context.Background(), "k", "204", []byte("[]")); err == nil || !strings.Contains(err.Error(), "503") || strings.Contains(err.Error(), cscapi.ClientSecret) {
		t.Errorf("busy: %v", err)
	}
	s.ShutTokens(302)
	if a, err := f.Post(context.Background(), "k", "204", []byte("[]")); err != nil || a.Status != 401 {
		t.Errorf("it leads elsewhere: %+v, %v", a, err)
	}
	gone := feedBy(t, s, func(o *notify.OAuth) { o.TokenURL = "http://127.0.0.1:1/token" })
	if _, err := gone.Post(context.Background(), "k", "204", []byte("[]")); err == nil || strings.Contains(err.Error(), cscapi.ClientSecret) {
		t.Errorf("nobody there: %v", err)
	}
	if len(s.Requests()) != 0 {
		t.Errorf("something was sent without a token: %+v", s.Requests())
	}
	for _, o := range []notify.OAuth{{TokenURL: "http://example.gov.uk/token", ID: "a", Secret: "b"}, {TokenURL: "https://a:b@example.gov.uk/token", ID: "a", Secret: "b"}, {TokenURL: "https://example.gov.uk/token", ID: "a"}} {
		if _, err := notify.NewFeed(notify.FeedConfig{To: s.URL, Path: dailyfeed.Path, OAuth: &o}); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
