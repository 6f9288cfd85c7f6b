package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// OAuth says how a program gets a token of its own (OAuth 2, client credentials: RFC 6749,
// 4.4).
type OAuth struct {
	TokenURL string
	ID       string
	Secret   string
	Scope    string // several with spaces between; may be empty
}

// tokens fetches a token, and another before it ends or when it is refused.
type tokens struct {
	config clientcredentials.Config
	client *http.Client
	mu     sync.Mutex
	held   *oauth2.Token
}

// refusedToken says that the server of tokens will give none as it is asked.
type refusedToken struct{ status int }

func (e *refusedToken) Error() string {
	return fmt.Sprintf("the server of tokens answered %d: it does not know this client, or the secret is not the right one", e.status)
}

// early is how long before its end a token is not used any more.
const early = 30 * time.Second

func newTokens(o OAuth, timeout time.Duration) (*tokens, error) {
	u, err := url.Parse(o.TokenURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, errors.New("the address of the server of tokens must begin with https:// (http:// works for 127.0.0.1 and localhost only)")
	case u.User != nil || u.Fragment != "":
		return nil, errors.New("the address of the server of tokens must hold no name and no password")
	case o.ID == "" || o.Secret == "":
		return nil, errors.New("the client id and the client secret must both be given")
	}
	return &tokens{
		config: clientcredentials.Config{ClientID: o.ID, ClientSecret: o.Secret, TokenURL: o.TokenURL, Scopes: strings.Fields(o.Scope)},
		client: &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// token gives one that is good for a while yet. The error is a *refusedToken where the
// server of tokens says no, else it did not answer; no error holds a secret.
func (t *tokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held != nil && (t.held.Expiry.IsZero() || time.Until(t.held.Expiry) > early) {
		return t.held.AccessToken, nil
	}
	got, err := t.config.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		t.held = nil
		if bad, ok := errors.AsType[*oauth2.RetrieveError](err); ok && bad.Response != nil {
			if status := bad.Response.StatusCode; status/100 == 4 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests || status/100 == 3 {
				return "", &refusedToken{status}
			}
			return "", fmt.Errorf("the server of tokens answered %d", bad.Response.StatusCode)
		}
		return "", errors.New("the server of tokens did not answer with a token")
	}
	t.held = got
	return got.AccessToken, nil
}

// drop forgets a token that was refused.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held != nil && t.held.AccessToken == token {
		t.held = nil
	}
}
