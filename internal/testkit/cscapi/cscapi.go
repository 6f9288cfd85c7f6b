// Package cscapi is a server on this machine, for tests, that does what the Department's
// OpenAPI document says: it takes children under the path of the document, asks who
// sends, and holds each payload against the document's schema with a library that knows
// nothing of how Onus does it. It can be busy, silent, and hang up in the middle.
package cscapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onus/internal/returns/dailyfeed"
)

// Token is what a request must carry.
const Token = "t0ken-of-the-test"

// Trouble is what happens to one request instead of an answer by the document.
type Trouble struct {
	Status     int    // answered with, and nothing taken; 0: see below
	RetryAfter string // with it
	Body       string
	// CutBefore hangs up before all of the request was read; CutAfter takes the payload
	// and hangs up without an answer; Silent takes it and answers only when the client
	// has gone; CutReceipt takes it and hangs up in the middle of the answer.
	CutBefore, CutAfter, Silent, CutReceipt bool
}

// Request is one that was asked.
type Request struct {
	Key, Authority string
	Body           []byte
	Answer         int // 0: none was given
}

// Server is one that runs. Its methods are safe for many goroutines.
type Server struct {
	URL      string // with the path /api, as the Department's
	mu       sync.Mutex
	troubles []Trouble
	requests []Request
	receipts map[string]string // by key
	children map[string]string // what is held, by number
	tokens   map[string]bool   // that were fetched, and have not ended
	fetched  int               // how many there were
	life     int               // seconds that a token is said to last
	shut     int               // what the server of tokens answers instead; 0: it gives them
	schema   *jsonschema.Schema
	path     *regexp.Regexp
	codeMax  int
	answers  map[string]bool // that the document knows
	t        testing.TB
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, receipts: map[string]string{}, tokens: map[string]bool{}, life: 3600, children: map[string]string{}, answers: map[string]bool{}}
	var doc struct {
		Paths map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Schema struct {
							Ref string `json:"$ref"`
						} `json:"schema"`
					} `json:"content"`
				} `json:"requestBody"`
				Responses map[string]json.RawMessage `json:"responses"`
			} `json:"post"`
			Parameters []struct {
				Name   string `json:"name"`
				Schema struct {
					Maximum int `json:"maximum"`
				} `json:"schema"`
			} `json:"parameters"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(dailyfeed.Document, &doc); err != nil {
		t.Fatal(err)
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(dailyfeed.Document))
	if err != nil {
		t.Fatal(err)
	}
	for at, p := range doc.Paths { // the document has one
		s.path = regexp.MustCompile("^/api" + strings.ReplaceAll(regexp.QuoteMeta(at), `\{`+p.Parameters[0].Name+`\}`, `([0-9]+)`) + "$")
		s.codeMax = p.Parameters[0].Schema.Maximum
		for code := range p.Post.Responses {
			s.answers[code] = true
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource("onus:csc", whole); err != nil {
			t.Fatal(err)
		}
		if s.schema, err = c.Compile("onus:csc" + p.Post.RequestBody.Content["application/json"].Schema.Ref); err != nil {
			t.Fatal(err)
		}
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.URL = srv.URL + "/api"
	return s
}

// Trouble makes the next requests fail, one after the other.
func (s *Server) Trouble(ts ...Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles = append(s.troubles, ts...)
}

// ClientID and ClientSecret are those of the one client who gets a token at TokenURL.
const ClientID, ClientSecret, Scope = "onus-of-the-test", "s3cret-of-the-test", "csc.write"

// TokenURL is where a token is fetched (OAuth 2, client credentials). The Department's
// document names no such way; whoever sits before its service may ask for it.
func (s *Server) TokenURL() string { return strings.TrimSuffix(s.URL, "/api") + "/token" }

// TokensLast says how many seconds tokens are said to last from now on.
func (s *Server) TokensLast(seconds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = seconds
}

// EndTokens ends all tokens that were fetched, whatever was said of how long they last.
func (s *Server) EndTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// ShutTokens has the server of tokens answer with a status instead; 0: no more.
func (s *Server) ShutTokens(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = status
}

// Fetched is how many tokens were fetched.
func (s *Server) Fetched() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched
}

// token gives a token to a client who says who it is, in either of the two ways of RFC 6749.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	switch {
	case s.shut != 0:
		w.WriteHeader(s.shut)
	case r.Method != http.MethodPost || r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("scope") != Scope:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_request"}`)
	case id != ClientID || secret != ClientSecret:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
	default:
		s.fetched++
		t := fmt.Sprintf("fetched-%d", s.fetched)
		s.tokens[t] = true
		_, _ = fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, t, s.life)
	}
}

// known says whether a request carries a token that holds.
func (s *Server) known(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return t == Token || s.tokens[t]
}

// Requests are all that were asked.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Receipts is how many payloads were taken, one that came twice counted once.
func (s *Server) Receipts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.receipts)
}

// Receipt is that of a payload.
func (s *Server) Receipt(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.receipts[key]
}

// Children are the numbers of the children that it holds.
func (s *Server) Children() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.children {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// Child is what it holds of a child, as JSON; empty: nothing.
func (s *Server) Child(number string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.children[number]
}

// ServeHTTP answers by the document, unless trouble was asked for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		s.token(w, r)
		return
	}
	trouble := s.next()
	q := Request{Key: r.Header.Get("Idempotency-Key")}
	note := func(answer int) {
		q.Answer = answer
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, q)
	}
	if trouble.CutBefore {
		_, _ = io.ReadFull(r.Body, make([]byte, 10)) // part of it arrives
		note(0)
		s.hangUp(w)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil {
		note(0)
		s.hangUp(w)
		return
	}
	q.Body = body
	if m := s.path.FindStringSubmatch(r.URL.Path); m != nil {
		q.Authority = m[1]
	}
	if trouble.Status != 0 {
		if trouble.RetryAfter != "" {
			w.Header().Set("Retry-After", trouble.RetryAfter)
		}
		if trouble.Status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		note(trouble.Status)
		w.WriteHeader(trouble.Status)
		_, _ = io.WriteString(w, trouble.Body)
		return
	}
	answer, text := s.take(r, q)
	switch {
	case trouble.CutAfter:
		note(0)
		s.hangUp(w)
		return
	case trouble.Silent:
		note(0)
		<-r.Context().Done()
		return
	case trouble.CutReceipt:
		note(0)
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(answer)
		_, _ = io.WriteString(w, text[:5])
		s.hangUp(w)
		return
	}
	if !s.answers[strconv.Itoa(answer)] && answer != http.StatusNotFound && answer != http.StatusMethodNotAllowed {
		s.t.Errorf("the test server answers %d, which the document does not know", answer)
	}
	note(answer)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer)
	_, _ = io.WriteString(w, text)
}

func (s *Server) next() (t Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.troubles) > 0 {
		t, s.troubles = s.troubles[0], s.troubles[1:]
	}
	return t
}

// hangUp breaks the connection.
func (s *Server) hangUp(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		s.t.Error("the test server cannot hang up")
		return
	}
	conn, buf, err := h.Hijack()
	if err == nil {
		_ = buf.Flush() // of an answer that was begun
		_ = conn.Close()
	}
}

// take does what the document says with a request.
func (s *Server) take(r *http.Request, q Request) (int, string) {
	code, err := strconv.Atoi(q.Authority)
	switch {
	case q.Authority == "":
		return http.StatusNotFound, ""
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, ""
	case !s.known(r):
		return http.StatusUnauthorized, ""
	case err != nil || code > s.codeMax:
		return http.StatusForbidden, ""
	case r.Header.Get("Content-Type") != "application/json":
		return http.StatusBadRequest, "not application/json"
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(q.Body))
	if err != nil {
		return http.StatusBadRequest, "not JSON"
	}
	list, _ := v.([]any)
	if len(list) > dailyfeed.MaxChildren {
		return http.StatusRequestEntityTooLarge, ""
	}
	if err := s.schema.Validate(v); err != nil {
		return http.StatusBadRequest, fmt.Sprint(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	receipt, ok := s.receipts[q.Key]
	if !ok {
		receipt = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.receipts)+1)
		s.receipts[q.Key] = receipt
	}
	for _, x := range list {
		c, _ := x.(map[string]any)
		number, _ := c["la_child_id"].(string)
		if c["purge"] == true {
			delete(s.children, number)
			continue
		}
		text, err := json.Marshal(c)
		if err != nil {
			s.t.Error(err)
		}
		s.children[number] = string(text)
	}
	return http.StatusOK, strconv.Quote(receipt)
}
