package door_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/testkit"
)

var clock = testkit.NewClock("2026-03-02T09:00:00Z")

func clockNow() day.Instant { return clock.Now() }

// gate is a house with a forger in front of it, and a browser.
type gate struct {
	*house
	*forger
	public string
	browser
}

type browser struct{ *http.Client }

func newBrowser(t *testing.T) browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func newGate(t *testing.T, change func(*door.Provider)) *gate {
	t.Helper()
	clock.Set(testkit.Instant("2026-03-02T09:00:00Z"))
	g := &gate{house: newHouse(t, clockNow), forger: forge(t), browser: newBrowser(t)}
	srv := httptest.NewUnstartedServer(nil)
	g.public = "http://" + srv.Listener.Addr().String()
	p := g.provider()
	if change != nil {
		change(&p)
	}
	g.open(g.public, p)
	srv.Config.Handler = g.pages()
	srv.Start()
	t.Cleanup(srv.Close)
	return g
}

// reply is what the house answers, beside its text.
type reply struct {
	code    int
	header  http.Header
	cookies []*http.Cookie
}

// visit asks for a page of the house.
func (g *gate) visit(b browser, path string) (reply, string) {
	g.Helper()
	r, err := b.Get(g.public + path)
	if err != nil {
		g.Fatal(err)
	}
	return reply{r.StatusCode, r.Header, r.Cookies()}, body(g.T, r)
}

// begin begins a sign-in and gives what the provider is asked.
func (g *gate) begin(b browser, more string) url.Values {
	g.Helper()
	r, text := g.visit(b, "/sign-in?to=forged&back=/who"+more)
	if r.code != http.StatusSeeOther {
		g.Fatalf("a sign-in did not begin: %d %s", r.code, text)
	}
	return g.sent(g.T, r.header.Get("Location"))
}

// back comes back from the provider.
func (g *gate) back(b browser, answer url.Values) error {
	g.Helper()
	g.visit(b, door.CallbackPath+"?"+answer.Encode())
	return g.refused()
}

// nobody fails unless nobody is signed in.
func (g *gate) nobody(b browser) {
	g.Helper()
	if _, who := g.visit(b, "/who"); who != "nobody" {
		g.Errorf("somebody entered: %q", who)
	}
}

func (g *gate) clean() {
	g.Helper()
	g.quietLog("subject-of-dana", "dana.w", "Dana", "s3cret-of-onus", "an-access-token", "a-refresh-token", "eyJ")
}

// is says which refusal an error must be, and that a person reads its sentence.
func is(t *testing.T, err error, want *door.Refusal) {
	t.Helper()
	if want == nil && err == nil {
		return
	}
	if want == nil || !errors.Is(err, want) || door.Sentence(err) != want.Error() {
		t.Errorf("refused with %v; it should be: %v", err, want)
	}
}

func TestSignInAsksForEverything(t *testing.T) {
	g := newGate(t, func(p *door.Provider) { p.ACR, p.Scopes = "gold silver", []string{"profile", "openid"} })
	r, _ := g.visit(g.browser, "/sign-in?to=forged")
	q := g.sent(t, r.header.Get("Location"))
	for k, want := range map[string]string{"response_type": "code", "client_id": "onus", "redirect_uri": g.public + "/sign-in/callback", "scope": "openid profile",
		"code_challenge_method": "S256", "acr_values": "gold silver", "prompt": "", "max_age": ""} {
		if q.Get(k) != want {
			t.Errorf("%s is %q, not %q", k, q.Get(k), want)
		}
	}
	for _, k := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(k)) != 43 {
			t.Errorf("%s is %q: not 256 bits", k, q.Get(k))
		}
	}
	if q.Get("state") == q.Get("nonce") || r.header.Get("Cache-Control") != "no-store" {
		t.Error("state and nonce are one, or the redirect may be kept")
	}
	if c := r.cookies; len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].MaxAge != 600 || strings.Contains(q.Encode(), c[0].Value) {
		t.Errorf("%+v", c)
	}
	again := g.begin(g.browser, "&fresh=1")
	if again.Get("prompt") != "login" || again.Get("max_age") != "600" || again.Get("claims") != `{"id_token":{"auth_time":{"essential":true}}}` || again.Get("state") == q.Get("state") || again.Get("nonce") == q.Get("nonce") {
		t.Errorf("%v", again)
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	g := newGate(t, nil)
	at := func(offset int64) any { return clock.Now().Time().Unix() + offset }
	type claims = map[string]any
	maxAge := func() int64 {
		n, err := strconv.ParseInt(g.asked.Get("max_age"), 10, 64)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	with := func(k string, v any) func(claims) { return func(c claims) { c[k] = v } }
	for name, c := range map[string]struct {
		claims func(claims)
		sign   func(head, body map[string]any) string
		fresh  bool
		want   *door.Refusal
	}{
		"honest, RSA":                             {},
		"honest, elliptic curve":                  {sign: g.es256},
		"honest, two audiences and azp":           {claims: func(c claims) { c["aud"], c["azp"] = []string{"onus", "other"}, "onus" }},
		"honest, an old auth_time":                {claims: with("auth_time", at(-7200))},
		"honest, fresh":                           {claims: with("auth_time", at(0)), fresh: true},
		"honest, fresh, a clock behind":           {claims: with("auth_time", at(-29)), fresh: true},
		"honest, fresh, a clock ahead":            {claims: with("auth_time", at(60)), fresh: true},
		"honest, fresh, its end as Entra says it": {claims: func(c claims) { c["auth_time"], c["exp"] = at(-20), at(-20+maxAge()) }, fresh: true},
		"unsigned":                                {sign: g.unsigned, want: door.ErrToken},
		"another key":                             {sign: g.otherKey, want: door.ErrToken},
		"a key of its own in the header":          {sign: g.ownKey, want: door.ErrToken},
		"HS256 with the public key":               {sign: g.hs256, want: door.ErrToken},
		"the body changed after signing": {sign: func(h, b claims) string {
			s := strings.Split(g.rs256(h, b), ".")
			b["sub"] = "another"
			j, _ := json.Marshal(b)
			return s[0] + "." + b64(j) + "." + s[2]
		}, want: door.ErrToken},
		"not a token":                {sign: func(_, _ claims) string { return "subject-of-dana" }, want: door.ErrToken},
		"no token":                   {sign: func(_, _ claims) string { return "" }, want: door.ErrToken},
		"another nonce":              {claims: with("nonce", "n"), want: door.ErrToken},
		"no nonce":                   {claims: with("nonce", nil), want: door.ErrToken},
		"another audience":           {claims: with("aud", "other"), want: door.ErrToken},
		"no audience":                {claims: with("aud", nil), want: door.ErrToken},
		"two audiences without azp":  {claims: with("aud", []string{"onus", "other"}), want: door.ErrToken},
		"another azp":                {claims: with("azp", "other"), want: door.ErrToken},
		"another issuer":             {claims: with("iss", "https://idp.example"), want: door.ErrToken},
		"the issuer with a slash":    {claims: with("iss", g.URL+"/"), want: door.ErrToken},
		"expired":                    {claims: with("exp", at(-1)), want: door.ErrToken},
		"without an end":             {claims: with("exp", nil), want: door.ErrToken},
		"not yet":                    {claims: with("nbf", at(600)), want: door.ErrToken},
		"no subject":                 {claims: with("sub", nil), want: door.ErrToken},
		"an empty subject":           {claims: with("sub", ""), want: door.ErrToken},
		"a blank subject":            {claims: with("sub", " "), want: door.ErrToken},
		"a subject of two lines":     {claims: with("sub", "a\nb"), want: door.ErrToken},
		"a subject with a NUL":       {claims: with("sub", "a\x00"), want: door.ErrToken},
		"a long subject":             {claims: with("sub", strings.Repeat("s", 256)), want: door.ErrToken},
		"a subject that is a number": {claims: with("sub", 7), want: door.ErrToken},
		"auth_time in the future":    {claims: with("auth_time", at(121)), want: door.ErrToken},
		"auth_time that is no time":  {claims: with("auth_time", "yesterday"), want: door.ErrToken},
		"auth_time before time":      {claims: with("auth_time", -5), want: door.ErrToken},
		"auth_time beyond numbers":   {claims: with("auth_time", json.Number("1e300")), want: door.ErrToken},
		"fresh, auth_time too old":   {claims: with("auth_time", at(-31)), fresh: true, want: door.ErrNotFresh},
		"fresh, auth_time missing":   {fresh: true, want: door.ErrNotFresh},
		"fresh, auth_time empty":     {claims: with("auth_time", ""), fresh: true, want: door.ErrToken},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t)
			more := ""
			if c.fresh {
				more = "&fresh=1"
			}
			q := g.begin(b, more)
			g.set(func() { g.claims, g.sign = c.claims, c.sign })
			err := g.back(b, url.Values{"state": q["state"], "code": {"code of " + name}})
			is(t, err, c.want)
			if c.want != nil {
				g.nobody(b)
				return
			}
			if _, who := g.visit(b, "/who"); who != "person of "+g.URL+" subject-of-dana" {
				t.Errorf("%q", who)
			}
			if a := g.arrived(); a.Fresh != c.fresh || a.Back != "/who" || a.AuthTime > clock.Now() || c.fresh && a.AuthTime == 0 {
				t.Errorf("%+v", a)
			}
			if !g.secretOK {
				t.Error("the provider did not get the client's secret as it should")
			}
		})
	}
	g.quietLog("subject-of-dana", "dana.w", "Dana", "s3cret-of-onus", "an-access-token", "a-refresh-token", "eyJ", "code of")
}

func TestStateIsForOneBrowserOnce(t *testing.T) {
	g := newGate(t, nil)
	q := g.begin(g.browser, "")
	good := url.Values{"state": q["state"], "code": {"one"}}

	for name, answer := range map[string]url.Values{
		"no state":            {"code": {"c"}},
		"an invented state":   {"state": {strings.Repeat("A", 43)}, "code": {"c"}},
		"a state of odd form": {"state": {"../" + strings.Repeat("A", 40)}, "code": {"c"}},
		"a state with a NUL":  {"state": {strings.Repeat("\x00", 43)}, "code": {"c"}},
		"two states":          {"state": {q.Get("state"), strings.Repeat("A", 43)}, "code": {"c"}},
		"two codes":           {"state": q["state"], "code": {"c", "d"}},
		"an error, no state":  {"error": {"access_denied"}},
	} {
		if err := g.back(g.browser, answer); !errors.Is(err, door.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Somebody else's browser: a sign-in that an attacker began, in the victim's.
	other := newBrowser(t)
	is(t, g.back(other, good), door.ErrState)
	g.begin(other, "")
	is(t, g.back(other, good), door.ErrState)
	g.nobody(other)

	// One with a cookie of the right name, as a neighbouring site could set it, and another secret.
	planted := newBrowser(t)
	here := &url.URL{Scheme: "http", Host: strings.TrimPrefix(g.public, "http://")}
	for _, c := range g.Jar.Cookies(here) {
		planted.Jar.SetCookies(here, []*http.Cookie{{Name: c.Name, Value: strings.Repeat("A", 43)}})
	}
	if len(planted.Jar.Cookies(here)) == 0 {
		t.Error("nothing was planted")
	}
	is(t, g.back(planted, good), door.ErrState)
	g.nobody(planted)

	// A post is no answer.
	r, err := g.PostForm(g.public+door.CallbackPath+"?"+good.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	is(t, g.refused(), door.ErrState)

	g.sent(t, g.forger.URL+"/authorize?"+q.Encode())
	cookies := append([]*http.Cookie{}, g.Jar.Cookies(here)...)
	is(t, g.back(g.browser, good), nil)
	g.visit(g.browser, "/leave")
	g.nobody(g.browser)
	// The same again: by the browser, and by one that kept its cookies.
	is(t, g.back(g.browser, good), door.ErrState)
	thief := newBrowser(t)
	thief.Jar.SetCookies(here, cookies)
	is(t, g.back(thief, good), door.ErrState)
	g.nobody(g.browser)
	g.nobody(thief)

	// Too late.
	late := g.begin(g.browser, "")
	clock.Add(10 * day.Minute)
	is(t, g.back(g.browser, url.Values{"state": late["state"], "code": {"two"}}), door.ErrState)
	soon := g.begin(g.browser, "")
	clock.Add(10*day.Minute - 1)
	is(t, g.back(g.browser, url.Values{"state": soon["state"], "code": {"three"}}), nil)
	g.clean()
}

// Twenty browsers with the same cookies come back at the same moment: one enters.
func TestStateIsTakenOnce(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		dsn := e.DSN(t)
		one := door.Over(houseOn(t, dsn, clockNow).store) // two servers over one database
		two := door.Over(houseOn(t, dsn, clockNow).store)
		if err := one.Keep(t.Context(), "k", []byte("v"), 1); err != nil {
			t.Fatal(err)
		}
		var g sync.WaitGroup
		got := make(chan bool, 20)
		for n := range 20 {
			s := one
			if n%2 == 1 {
				s = two
			}
			g.Go(func() {
				_, ok, err := s.Take(t.Context(), "k")
				if err != nil {
					t.Error(err)
				}
				got <- ok
			})
		}
		g.Wait()
		close(got)
		n := 0
		for ok := range got {
			if ok {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d took it", n)
		}
	})
}

func TestCodeIsUsedOnce(t *testing.T) {
	g := newGate(t, nil)
	q := g.begin(g.browser, "")
	is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"stolen"}}), nil)
	other := newBrowser(t)
	q = g.begin(other, "")
	is(t, g.back(other, url.Values{"state": q["state"], "code": {"stolen"}}), door.ErrToken)
	g.nobody(other)
	// A code of another sign-in: the provider refuses it for the verifier.
	third := newBrowser(t)
	q = g.begin(third, "")
	g.set(func() { g.challenge = "that of another" })
	is(t, g.back(third, url.Values{"state": q["state"], "code": {"injected"}}), door.ErrToken)
	g.nobody(third)
	if !strings.Contains(g.logged(), "AADSTS54005") {
		t.Error("the provider's own error number is not in the log")
	}
	g.clean()
}

func TestWhatAProviderSays(t *testing.T) {
	g := newGate(t, nil)
	for code, want := range map[string]*door.Refusal{"access_denied": door.ErrDenied, "login_required": door.ErrDenied, "server_error": door.ErrProvider,
		"temporarily_unavailable": door.ErrProvider, "unmet_authentication_requirements": door.ErrWeak, "x\nlevel=INFO msg=forged": door.ErrProvider, "": door.ErrProvider} {
		q := g.begin(g.browser, "")
		is(t, g.back(g.browser, url.Values{"state": q["state"], "error": {code}, "error_description": {"AADSTS50105: dana.w@example.gov.uk is not assigned"}, "code": {"c"}}), want)
		g.nobody(g.browser)
	}
	q := g.begin(g.browser, "")
	is(t, g.back(g.browser, url.Values{"state": q["state"]}), door.ErrToken)
	// Another provider's answer, passed off as this one's.
	q = g.begin(g.browser, "")
	is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"mixed up"}, "iss": {"https://evil.example"}}), door.ErrToken)
	g.nobody(g.browser)
	if !strings.Contains(g.logged(), "AADSTS50105") || strings.Contains(g.logged(), "forged level") || strings.Contains(g.logged(), "msg=forged") {
		t.Error(g.logged())
	}
	g.clean()
}

func TestAProviderThatNamesItselfMustEachTime(t *testing.T) {
	g := newGate(t, nil)
	g.set(func() { g.facts["authorization_response_iss_parameter_supported"] = true })
	q := g.begin(g.browser, "")
	is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"c"}}), door.ErrToken)
	q = g.begin(g.browser, "")
	is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"d"}, "iss": {g.URL}}), nil)
}

func TestACR(t *testing.T) {
	g := newGate(t, func(p *door.Provider) { p.ACR = "gold silver" })
	for said, want := range map[any]*door.Refusal{"gold": nil, "silver": nil, "bronze": door.ErrWeak, "gold silver": door.ErrWeak, "": door.ErrWeak, nil: door.ErrWeak, 1: door.ErrToken} {
		b := newBrowser(t)
		q := g.begin(b, "")
		g.set(func() { g.claims = func(c map[string]any) { c["acr"] = said } })
		is(t, g.back(b, url.Values{"state": q["state"], "code": {fmt.Sprint("code ", said)}}), want)
		if want != nil {
			g.nobody(b)
		}
	}
}

func TestAProviderThatIsDown(t *testing.T) {
	g := newGate(t, nil)
	g.set(func() { g.down = true })
	try := func(want *door.Refusal) {
		t.Helper()
		r, text := g.visit(g.browser, "/sign-in?to=forged")
		is(t, g.refused(), want)
		if want != nil && (text != want.Error() || len(r.cookies) > 0 || r.header.Get("Location") != "") {
			t.Errorf("%q, %v", text, r.header)
		}
	}
	try(door.ErrProvider)
	// As soon as it is back, so is the door.
	g.set(func() { g.down = false })
	try(nil)
	// Down between the asking and the answer.
	q := g.begin(g.browser, "")
	g.set(func() { g.down = true })
	is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"c"}}), door.ErrProvider)
	g.nobody(g.browser)
	// What is known of it for a day serves on when it cannot be asked.
	clock.Add(25 * day.Hour)
	before := g.hits
	try(nil)
	try(nil)
	if g.hits != before+1 {
		t.Errorf("a provider that is down is asked %d times", g.hits-before)
	}
	asked := g.discovers
	g.set(func() { g.down = false })
	try(nil)
	clock.Add(11 * day.Minute)
	try(nil)
	try(nil)
	if g.discovers != asked+1 {
		t.Errorf("asked %d times more", g.discovers-asked)
	}
	// Its keys are not keys.
	for name, keys := range map[string]string{"a page about somebody": "<p>dana.w@example.gov.uk", "no keys": `{"keys":[]}`} {
		g := newGate(t, nil)
		q := g.begin(g.browser, "")
		g.set(func() { g.keys = keys })
		want := door.ErrProvider
		if name == "no keys" {
			want = door.ErrToken
		}
		is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"c"}}), want)
		g.nobody(g.browser)
		g.clean()
	}
	// Its token endpoint fails, or says too much, or nothing.
	for name, token := range map[string]func(http.ResponseWriter){
		"an error of its own": func(w http.ResponseWriter) { http.Error(w, "dana.w@example.gov.uk", 500) },
		"a wrong secret":      func(w http.ResponseWriter) { answer(w, 401, map[string]any{"error": "invalid_client"}) },
		"elsewhere":           func(w http.ResponseWriter) { w.Header().Set("Location", g.URL+"/token"); w.WriteHeader(307) },
		"nothing":             func(w http.ResponseWriter) {},
		"too much": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"access_token":"an-access-token","x":"%s"}`, strings.Repeat("x", 2<<20))
		},
	} {
		q := g.begin(g.browser, "")
		g.set(func() { g.token = func(w http.ResponseWriter) bool { token(w); return true } })
		if err := g.back(g.browser, url.Values{"state": q["state"], "code": {name}}); !errors.Is(err, door.ErrProvider) {
			t.Errorf("%s: %v", name, err)
		}
		g.nobody(g.browser)
	}
	r, text := g.visit(g.browser, "/sign-in?to=no-such")
	if is(t, g.refused(), door.ErrProvider); r.code != 403 || text != door.ErrProvider.Error() {
		t.Errorf("an unknown provider: %d %q", r.code, text)
	}
	g.clean()
}

func TestAProviderThatPointsElsewhere(t *testing.T) {
	for name, facts := range map[string]map[string]any{
		"another issuer":        {"issuer": "https://evil.example"},
		"a token endpoint bare": {"token_endpoint": "http://idp.example/token"},
		"keys without TLS":      {"jwks_uri": "http://idp.example/keys"},
		"no authorize":          {"authorization_endpoint": ""},
		"a script":              {"authorization_endpoint": "javascript:alert(1)"},
		"more than is read":     {"x": strings.Repeat("x", 2<<20)},
	} {
		g := newGate(t, nil)
		g.facts = facts
		g.visit(g.browser, "/sign-in?to=forged")
		if err := g.refused(); !errors.Is(err, door.ErrProvider) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOldAttemptsAreForgotten(t *testing.T) {
	g := newGate(t, nil)
	u, _ := url.Parse(g.public)
	for range 30 {
		g.begin(g.browser, "")
	}
	if n := len(g.Jar.Cookies(u)); n > 8 {
		t.Errorf("%d cookies of sign-ins that nobody ended", n)
	}
	q := g.begin(g.browser, "")
	is(t, g.back(g.browser, url.Values{"state": q["state"], "code": {"c"}}), nil)
}
