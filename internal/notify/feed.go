package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"onus/internal/app"
	"onus/internal/day"
)

// FeedConfig says where the daily feed goes.
type FeedConfig struct {
	To      string            // the address of the server: https://host/api
	Path    string            // below it, with one %s for the number of the authority
	Headers map[string]string // what says who sends; secret
	OAuth   *OAuth            // where a token is fetched that says it; nil: the headers say all
	Timeout time.Duration     // for a whole request; 0: one minute
}

// Feed is an app.Courier over HTTP. Make it with NewFeed.
type Feed struct {
	c      FeedConfig
	client *http.Client
	tokens *tokens // nil: there are none to fetch
}

var _ app.Courier = (*Feed)(nil)

// NewFeed checks the configuration; it asks nothing of the server. The address must be
// https, or http on this machine, and hold no name, password or question: it is kept and
// shown.
func NewFeed(c FeedConfig) (*Feed, error) {
	u, err := url.Parse(c.To)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, errors.New("the address of the daily feed must begin with https:// (http:// works for 127.0.0.1 and localhost only)")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the address of the daily feed is kept and shown: leave out a name, a password, and what stands after ? or #")
	}
	c.To = strings.TrimSuffix(c.To, "/")
	for name, value := range c.Headers {
		if textproto.TrimString(name) == "" || strings.ContainsAny(name+value, "\r\n") || strings.ContainsAny(name, " :") {
			return nil, errors.New("a header that says who sends is not of the form Name: value")
		}
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	f := &Feed{c: c}
	if c.OAuth != nil {
		if f.tokens, err = newTokens(*c.OAuth, c.Timeout); err != nil {
			return nil, err
		}
	}
	// A redirect would take children's records, and what says who sends, elsewhere.
	f.client = &http.Client{Timeout: c.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return f, nil
}

// Target is the address of the server.
func (f *Feed) Target() string { return f.c.To }

// maxAnswer is how much of an answer is kept, in bytes.
const maxAnswer = 4000

// Post sends a payload once. A token that is refused, since it ended early or was taken
// back, is fetched anew, and the payload sent once more with it.
func (f *Feed) Post(ctx context.Context, key, authority string, payload []byte) (app.FeedAnswer, error) {
	if f.tokens == nil {
		return f.post(ctx, key, authority, payload, "")
	}
	for again := false; ; again = true {
		token, err := f.tokens.token(ctx)
		if no, ok := errors.AsType[*refusedToken](err); ok {
			return app.FeedAnswer{Status: http.StatusUnauthorized, Text: no.Error()}, nil
		}
		if err != nil {
			return app.FeedAnswer{}, err
		}
		a, err := f.post(ctx, key, authority, payload, token)
		if err != nil || a.Status != http.StatusUnauthorized || again {
			return a, err
		}
		f.tokens.drop(token)
	}
}

func (f *Feed) post(ctx context.Context, key, authority string, payload []byte, token string) (a app.FeedAnswer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.c.To+fmt.Sprintf(f.c.Path, authority), bytes.NewReader(payload))
	if err != nil {
		return a, errors.New("the address cannot be asked")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "onus")
	req.Header.Set("Idempotency-Key", key)
	for name, value := range f.c.Headers {
		req.Header.Set(name, value)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.GetBody = nil // a request that was cut in the middle is not repeated unseen
	res, err := f.client.Do(req)
	if err != nil {
		return a, f.silent(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil && res.StatusCode/100 == 2 { // the receipt was cut off
		return a, f.silent(err)
	}
	return app.FeedAnswer{Status: res.StatusCode, Text: strings.ToValidUTF8(strings.ReplaceAll(string(text), "\x00", ""), ""), After: after(res.Header.Get("Retry-After"), time.Now())}, nil
}

// silent says why no answer came.
func (f *Feed) silent(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		if asked.Timeout() {
			return fmt.Errorf("no answer came within %s", f.c.Timeout)
		}
		err = asked.Err // without the address
	}
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
		return fmt.Errorf("no answer came within %s", f.c.Timeout)
	}
	return fmt.Errorf("the connection failed: %w", err)
}

// after reads how long a server asks to wait: seconds, or a moment. At most a day.
func after(s string, now time.Time) day.Instant {
	wait := time.Duration(0)
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		wait = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(s); err == nil {
		wait = at.Sub(now)
	}
	return day.Instant(min(max(wait, 0), 24*time.Hour) / time.Microsecond)
}
