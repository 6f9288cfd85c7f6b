package notify_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/notify"
	"onus/internal/testkit"
	"onus/internal/testkit/smtpd"
)

var hello = app.Message{ID: "01", To: "jo@marlowe.example", Subject: "Hello", Text: "Hello\n", At: testkit.Instant("2026-01-12T09:00:00Z")}

func send(t *testing.T, c notify.Config) error {
	t.Helper()
	c.From = "onus@marlowe.example"
	m, err := notify.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m.Send(ctx, []app.Message{hello, hello}, func(_ int, err error) error { return err })
}

func TestSecrecy(t *testing.T) {
	users := map[string]string{"onus": "hunter2"}
	start := smtpd.Start(t, false, smtpd.Users(users))
	implicit := smtpd.Start(t, true, smtpd.Users(users))
	bare := smtpd.Start(t, false, smtpd.Plain)
	for _, x := range []struct {
		what string
		c    notify.Config
		mta  *smtpd.Server
		want string
	}{
		{"STARTTLS", notify.Config{Server: start.Addr, Roots: start.Roots, User: "onus", Password: "hunter2"}, start, ""},
		{"TLS", notify.Config{Server: implicit.Addr, Secrecy: notify.TLS, Roots: implicit.Roots, User: "onus", Password: "hunter2"}, implicit, ""},
		{"none, on this machine", notify.Config{Server: bare.Addr, Secrecy: notify.NoTLS}, bare, ""},
		{"a wrong password", notify.Config{Server: start.Addr, Roots: start.Roots, User: "onus", Password: "hunter3"}, start, "does not let Onus in (535)"},
		{"no name", notify.Config{Server: start.Addr, Roots: start.Roots}, start, "502"},
		{"an unknown certificate", notify.Config{Server: start.Addr, User: "onus", Password: "hunter2"}, start, "certificate cannot be trusted"},
		{"an unknown certificate, TLS", notify.Config{Server: implicit.Addr, Secrecy: notify.TLS}, implicit, "certificate cannot be trusted"},
		{"no STARTTLS", notify.Config{Server: bare.Addr}, bare, "offers no STARTTLS"},
		{"a name where none is asked", notify.Config{Server: bare.Addr, Secrecy: notify.NoTLS, User: "onus", Password: "hunter2"}, bare, "no way to give a name"},
		{"nobody", notify.Config{Server: "127.0.0.1:1"}, nil, "does not answer"},
	} {
		before := 0
		if x.mta != nil {
			before = len(x.mta.Mails())
		}
		err := send(t, x.c)
		if x.want == "" {
			ms := x.mta.Mails()
			if err != nil || len(ms) != before+2 {
				t.Errorf("%s: %d mails, %v", x.what, len(ms)-before, err)
				continue
			}
			if last := ms[len(ms)-1]; last.TLS != (x.c.Secrecy != notify.NoTLS) || last.User != x.c.User || last.From != "onus@marlowe.example" || last.To != hello.To {
				t.Errorf("%s: %+v", x.what, last)
			}
			continue
		}
		if err == nil || x.want != "502" && !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", x.what, err)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter") || strings.Contains(err.Error(), "jo@")) {
			t.Errorf("%s tells too much: %v", x.what, err)
		}
		if x.mta != nil && len(x.mta.Mails()) != before {
			t.Errorf("%s: it left", x.what)
		}
	}
}

func TestConfigThatIsWrong(t *testing.T) {
	good := notify.Config{Server: "smtp.example.gov.uk:587", From: "onus@example.gov.uk"}
	if _, err := notify.New(good); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*notify.Config){
		"no port":          func(c *notify.Config) { c.Server = "smtp.example.gov.uk" },
		"no host":          func(c *notify.Config) { c.Server = ":587" },
		"a port too large": func(c *notify.Config) { c.Server = "x:70000" },
		"no sender":        func(c *notify.Config) { c.From = "" },
		"a name as sender": func(c *notify.Config) { c.From = "Onus <onus@example.gov.uk>" },
		"no TLS elsewhere": func(c *notify.Config) { c.Secrecy = notify.NoTLS },
		"another secrecy":  func(c *notify.Config) { c.Secrecy = "rot13" },
		"no password":      func(c *notify.Config) { c.User = "onus" },
		"no user":          func(c *notify.Config) { c.Password = "x" },
	} {
		c := good
		change(&c)
		if _, err := notify.New(c); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}

func TestHeartbeat(t *testing.T) {
	var asked []string
	code := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if len(r.Cookies()) > 0 || r.Header.Get("Referer") != "" {
			t.Error("it says more than it must")
		}
		http.Redirect(w, r, "/elsewhere", code)
	}))
	t.Cleanup(srv.Close)
	h, err := notify.NewHeartbeat(srv.URL + "/ping/secret-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Beat(ctx); err != nil || len(asked) != 1 || asked[0] != "GET /ping/secret-1" {
		t.Errorf("%v, %v", asked, err)
	}
	for _, c := range []int{http.StatusFound, http.StatusNotFound, http.StatusInternalServerError} {
		code = c
		if err := h.Beat(ctx); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%d: %v", c, err)
		}
	}
	if len(asked) != 4 {
		t.Errorf("it was led elsewhere: %v", asked)
	}
	srv.Close()
	if err := h.Beat(ctx); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v", err)
	}
	for _, bad := range []string{"", "ping", "http://example.gov.uk/ping", "ftp://127.0.0.1/", "https://", "https://user:pass@example.gov.uk/", "http://localhost.evil.example/"} {
		if _, err := notify.NewHeartbeat(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"https://example.gov.uk/ping", "http://localhost:9/x", "http://[::1]:9/x"} {
		if _, err := notify.NewHeartbeat(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
