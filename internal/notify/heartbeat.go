package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Heartbeat tells a service outside that all is well. When it stops, that
// service rings: an alarm that does not depend on the machine that failed.
type Heartbeat struct {
	url    string
	client *http.Client
}

// NewHeartbeat checks the address: https, or http on this machine.
func NewHeartbeat(address string) (*Heartbeat, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("the address of the heartbeat must begin with https:// (http:// works for 127.0.0.1 and localhost only)")
	}
	return &Heartbeat{address, &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Beat asks for the address once. The error does not name it: it may hold a secret.
func (h *Heartbeat) Beat(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url, http.NoBody)
	if err != nil {
		return errors.New("the heartbeat's address cannot be asked")
	}
	req.Header.Set("User-Agent", "onus")
	res, err := h.client.Do(req)
	if err != nil {
		return errors.New("the heartbeat's address does not answer")
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection serves again
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the heartbeat's address answers %d", res.StatusCode)
	}
	return nil
}
