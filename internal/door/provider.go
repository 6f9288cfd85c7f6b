package door

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"onus/internal/day"
)

// Provider is an identity provider, from configuration.
type Provider struct {
	ID           string // in addresses: entra
	Label        string // on the button
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string // beside openid; Onus uses no claim but the subject
	ACR          string   // acr_values to ask for and check, any of them; empty: none
}

// String leaves out the secret.
func (p Provider) String() string { return p.ID + " (" + p.Issuer + ")" }

// LogValue leaves out the secret.
func (p Provider) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Choice is a provider as the sign-in page offers it.
type Choice struct{ ID, Label, Issuer string }

// Providers are the ways in, in the order of the configuration.
func (d *Door) Providers() (out []Choice) {
	for _, i := range d.idps {
		out = append(out, Choice{i.ID, i.Label, i.Issuer})
	}
	return out
}

const (
	waits    = 10 * time.Second // for a provider, in all
	mostBody = 1 << 20          // of its answers
	// renewed is how old what we know of a provider may be; when it cannot be
	// renewed the old serves, and we ask again after a while.
	renewed = 24 * day.Hour
	again   = 10 * day.Minute
)

// idp is a provider with what it says of itself, asked for when first needed.
type idp struct {
	Provider
	client *http.Client
	facts  atomic.Pointer[facts]
	mu     sync.Mutex // held while asking
	asked  atomic.Int64
	failed error // of the last asking
}

// facts are what a provider's configuration page says.
type facts struct {
	at       day.Instant
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	end      string // where one signs out; empty: nowhere
	saysIss  bool   // its answers name it (RFC 9207)
}

func newIDP(p Provider) *idp {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = waits
	return &idp{Provider: p, client: &http.Client{
		Timeout:   waits,
		Transport: bounded{t},
		// A redirected token request would carry the client's secret elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// bounded cuts answers that are too long, refuses addresses without TLS, whoever
// named them, and keeps the text of error pages out of errors.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !safe(r.URL) {
		return nil, errors.New("the provider names an address that does not begin with https://")
	}
	res, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	// go-oidc puts what such a page says into its error, and so into the log.
	if r.Method == http.MethodGet && res.StatusCode != http.StatusOK {
		res.Body.Close()
		return nil, fmt.Errorf("it answers with status %d", res.StatusCode)
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, mostBody), res.Body}
	return res, nil
}

// ask gives what is known of the provider, asking it when need be. Those who
// come while it is being asked share the answer, so that a provider that is down
// holds each of them for ten seconds and not for ten after ten.
func (i *idp) ask(ctx context.Context, d *Door) (*facts, error) {
	now := d.Now()
	if f := i.facts.Load(); f != nil && now-f.at < renewed {
		return f, nil
	}
	before := i.asked.Load()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.asked.Load() == before {
		// The answer is for all who wait: it must not end with one of them.
		f, err := i.discover(context.WithoutCancel(ctx), d)
		if err != nil {
			if old := i.facts.Load(); old != nil {
				d.Log.Warn("an identity provider does not give its configuration; the one from before serves on", "provider", i.ID, "error", clean(err.Error()))
				kept := *old
				kept.at = now - renewed + again
				f, err = &kept, nil
			}
		}
		if err == nil {
			i.facts.Store(f)
		}
		i.failed = err
		i.asked.Add(1)
	}
	if i.failed != nil {
		return nil, because(ErrProvider, "%s does not give its configuration: %v", i.ID, i.failed)
	}
	return i.facts.Load(), nil
}

func (i *idp) discover(ctx context.Context, d *Door) (*facts, error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.Issuer)
	if wrong, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return nil, fmt.Errorf("it calls itself %q: put exactly that into the setting of the issuer", wrong.Discovered)
	}
	if err != nil {
		return nil, err
	}
	var m struct {
		Auth    string   `json:"authorization_endpoint"`
		Token   string   `json:"token_endpoint"`
		Keys    string   `json:"jwks_uri"`
		End     string   `json:"end_session_endpoint"`
		SaysIss bool     `json:"authorization_response_iss_parameter_supported"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := p.Claims(&m); err != nil {
		return nil, err
	}
	for _, at := range []string{m.Auth, m.Token, m.Keys} {
		if u, err := url.Parse(at); err != nil || !safe(u) {
			return nil, fmt.Errorf("its configuration names the address %q, which does not begin with https://", at)
		}
	}
	f := &facts{at: d.Now(), saysIss: m.SaysIss}
	if u, err := url.Parse(m.End); err == nil && safe(u) {
		f.end = m.End
	}
	// Named, not probed: a code that is sent twice counts as stolen.
	style := oauth2.AuthStyleInHeader
	if len(m.Methods) > 0 && !slices.Contains(m.Methods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	scopes := []string{oidc.ScopeOpenID}
	for _, s := range i.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	f.oauth = oauth2.Config{ClientID: i.ClientID, ClientSecret: i.ClientSecret, Scopes: scopes, RedirectURL: d.PublicURL + CallbackPath,
		Endpoint: oauth2.Endpoint{AuthURL: m.Auth, TokenURL: m.Token, AuthStyle: style}}
	// The verifier takes the algorithms that the provider names, of those with a
	// public key: never "none", never a shared secret. It fetches keys anew when
	// it meets one that it does not know.
	f.verifier = p.Verifier(&oidc.Config{ClientID: i.ClientID, Now: func() time.Time { return d.Now().Time() }})
	d.Log.Info("an identity provider answers", "provider", i.ID)
	return f, nil
}

// SignOutURL is where a person signs out at their provider too, so that the next
// one at the same computer does not come in as them. Empty: the provider has no
// such place, or does not answer. Ask before Leave, with the session's issuer.
func (d *Door) SignOutURL(ctx context.Context, issuer string) string {
	at := slices.IndexFunc(d.idps, func(i *idp) bool { return i.Issuer == issuer })
	if at < 0 {
		return ""
	}
	i := d.idps[at]
	f, err := i.ask(ctx, d)
	if err != nil || f.end == "" {
		return ""
	}
	u, err := url.Parse(f.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", i.ClientID)
	q.Set("post_logout_redirect_uri", strings.TrimSuffix(d.PublicURL, "/")+OutPath)
	u.RawQuery = q.Encode()
	return u.String()
}
