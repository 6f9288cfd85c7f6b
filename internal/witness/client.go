package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/app"
)

// Client asks witnesses for their signatures.
type Client struct{ http.Client }

// NewClient makes one that waits ten seconds for an answer and follows no
// redirection: a witness is where the policy says.
func NewClient() *Client {
	return &Client{http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Cosign sends a checkpoint with the proof that it goes on from an old size. The
// witness may have signed another size last: then the error is an
// app.WitnessConflict.
func (c *Client) Cosign(ctx context.Context, url string, old int64, proof []tlog.Hash, checkpoint []byte) (lines []byte, err error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range proof {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	fmt.Fprintln(&b)
	b.Write(checkpoint)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/add-checkpoint", &b)
	if err != nil {
		return nil, err
	}
	res, err := c.Do(req)
	if err != nil {
		return nil, fmt.Errorf("it does not answer: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 16<<10))
	if err != nil {
		return nil, fmt.Errorf("its answer breaks off: %w", err)
	}
	switch {
	case res.StatusCode == http.StatusConflict && strings.HasPrefix(res.Header.Get("Content-Type"), "text/x.tlog.size"):
		size, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil || size < 0 {
			return nil, errors.New("it answers with a size that is none")
		}
		return nil, app.WitnessConflict{Size: size}
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("it refuses (%d)", res.StatusCode)
	}
	return text, nil
}
