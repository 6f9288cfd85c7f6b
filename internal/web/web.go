// Package web is the pages and the API. It knows requests, forms and markup; it
// asks app for everything and decides no policy in a template. Each page is one
// file: its data, form, checks and handler, beside its template.
package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/assets"
	"onus/internal/web/shell"

	"golang.org/x/time/rate"
)

// Story is a place that the demonstration leads a newcomer to.
type Story struct{ Title, Text, Child, Href, As, AsName string }

// Config is what the pages are made of.
type Config struct {
	App     *app.Front
	Log     *slog.Logger
	Door    *door.Door // how people sign in; nil in a demonstration
	Demo    bool       // a demonstration: anybody may choose who to be
	Stories []Story
	Schema  []byte                // the JSON Schema of all entries
	VKey    string                // the ledger's public key
	Keys    string                // all its public keys, signed; empty when there was one only
	Ready   func() (bool, string) // whether the background is well
	Limit   Limit                 // of requests in a time
}

// Server answers requests. Make it with New.
type Server struct {
	Config
	routes   []route
	limiter  limiter
	tellers  limiter       // of the public form, by address: see tellLimit
	wrong    limiter       // of private links that lead nowhere, by address: see wrongLimit
	checking chan struct{} // a place in it for each check of files that runs
}

// New makes the server. A route without a policy is an error: it must not start.
func New(c Config) (*Server, error) {
	s := &Server{Config: c, limiter: limiter{Limit: c.Limit, callers: map[string]*rate.Limiter{}}, tellers: limiter{Limit: tellLimit, callers: map[string]*rate.Limiter{}},
		wrong: limiter{Limit: wrongLimit, callers: map[string]*rate.Limiter{}}, checking: make(chan struct{}, checksAtOnce)}
	s.routes = s.table()
	return s, CheckRoutes(s.Routes())
}

// CheckRoutes refuses a table in which nobody said who may use a route.
func CheckRoutes(rs []Route) error {
	for _, r := range rs {
		if !known(r.Policy) {
			return fmt.Errorf("the route %s %s has no policy: nobody said who may use it", r.Method, r.Path)
		}
	}
	return nil
}

// Routes lists every route with its policy, for tests and for the API's description.
func (s *Server) Routes() []Route {
	var out []Route
	for _, r := range s.routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		out = append(out, Route{Method: method, Path: path, Policy: r.policy, About: r.about})
	}
	return out
}

// Handler is the whole of it as one handler.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes {
		mux.Handle(r.pattern, s.guard(r))
	}
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		err := app.ErrNotFound
		if takes := methods(mux, r); takes != nil {
			w.Header().Set("Allow", strings.Join(takes, ", "))
			err = errMethod
		}
		s.fail(w, &request{Request: r, s: s, now: s.App.Clock.Now()}, err)
	})
	all := named(mux)
	if s.Door != nil {
		all = s.Door.Around(all)
	}
	return s.around(http.NewCrossOriginProtection().Handler(all))
}

// errMethod says that there is such an address, and that it takes another method.
var errMethod = errors.New("this address takes another method")

// methods are those that the address of a request takes.
func methods(mux *http.ServeMux, r *http.Request) (takes []string) {
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := mux.Handler(other); pattern != "/" && pattern != "" {
			takes = append(takes, m)
		}
	}
	return takes
}

// named tells the recorder which route a request took. The door gives the mux a
// copy of the request, so that what stands in the first one is not enough.
func named(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if rec, ok := w.(*recorder); ok {
				rec.route = r.Pattern
			}
		}()
		mux.ServeHTTP(w, r)
	})
}

// policy lets a page load our own style, script and pictures, and nothing else.
// No nonce is needed: there is no inline script or style, and a test holds that.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// maxBody is the largest form or API body that is read.
const maxBody = 1 << 20

// maxUpload is the largest file that is read in by the web: a census of the
// largest authority has a third of it. Larger ones go in by the command line.
const maxUpload = 256 << 20

// takesFiles are the routes to which files are sent, and how many bytes they take.
var takesFiles = map[string]int64{"POST /import": maxUpload, "POST /returns/data": maxUpload, "POST /api/import": maxUpload, "POST /check-a-file": maxChecked, "POST /check-a-file/csv": maxReturned}

// around sets what every answer has, logs each request without its path's
// particulars, and turns a panic into a plain page.
func (s *Server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		limit := int64(maxBody)
		if larger, ok := takesFiles[r.Method+" "+r.URL.Path]; ok {
			limit = larger
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				s.Log.Error("a page failed", "route", rec.route, "panic", panicked(p), "stack", string(debug.Stack()))
				if rec.code == 0 {
					http.Error(w, "Something went wrong on our side. What you recorded before is safe. Please try again.", http.StatusInternalServerError)
				}
			}
			s.Log.Info("request", "route", rec.route, "method", method(r.Method), "status", rec.code, "took", time.Since(start).Round(time.Microsecond))
		}()
		next.ServeHTTP(rec, r)
	})
}

// method is what a log says of a request's method, which whoever asks can make
// up: a word of their own has no place there.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return m
	}
	return "other"
}

// panicked is what a log may say of a panic: what the program did wrong, but no
// value that it held, for that may be somebody's name.
func panicked(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}

type recorder struct {
	http.ResponseWriter
	code  int
	route string // the pattern, which holds no particulars
}

// Unwrap lets http.ResponseController through.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// request is a request with who asks.
type request struct {
	*http.Request
	s      *Server
	line   *line.Line
	now    day.Instant
	desk   *app.Desk   // nil: nobody is signed in
	policy Policy      // of the route
	past   day.Instant // the moment that lists are of; zero: now
	api    bool
	// session is what the door knows of whoever asks; shut says that somebody was
	// signed in to whom every door is closed.
	session door.Session
	shut    bool
}

// person is who is signed in, by id; empty when nobody is.
func (r *request) person() string {
	if r.desk == nil {
		return ""
	}
	return r.desk.Person()
}

func (r *request) ctx() context.Context { return r.Context() }

// known reads ?known=, the moment to show; zero for now.
func (r *request) known() (day.Instant, error) {
	v := r.URL.Query().Get("known")
	if r.policy == access.Search && v == "" && !r.api { // a search: its words may not stand in an address
		if err := r.parse(); err != nil {
			return 0, err
		}
		v = r.PostForm.Get("known")
	}
	if v == "" {
		return 0, nil
	}
	t, err := day.ParseInstant(v)
	if err != nil {
		return 0, entry.Refuse("known", err.Error())
	}
	if t > r.now {
		return 0, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
	}
	return t, nil
}

// before reads ?before=, which only our own links make.
func (r *request) before() (day.Instant, error) {
	v := r.URL.Query().Get("before")
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n <= 0 {
		return 0, app.ErrNotFound
	}
	return day.Instant(n), nil
}

// parse reads a form. What is too large or no form at all is refused as such.
func (r *request) parse() error {
	err := r.ParseForm()
	var tooBig *http.MaxBytesError
	if err == nil || errors.As(err, &tooBig) {
		return err
	}
	return entry.Refuse("", "What was sent is not a form that this page takes")
}

// handle answers one route.
type handle func(w http.ResponseWriter, r *request) error

func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r := &request{Request: req, s: s, now: s.App.Clock.Now(), policy: rt.policy, api: strings.HasPrefix(req.URL.Path, "/api/")}
		if err := s.identify(r); err != nil {
			s.fail(w, r, err)
			return
		}
		if err := s.counted(w, r); err != nil {
			s.fail(w, r, err)
			return
		}
		if err := r.allowed(); err != nil {
			if errors.Is(err, errSignIn) && r.Header.Get(keptHeader) == "" && s.keepForLater(w, r) {
				return
			}
			s.fail(w, r, err)
			return
		}
		if why := rt.asOfNow(); why != "" && r.URL.Query().Has("known") {
			field := "known"
			if !r.api { // a page has no form with a field of that name
				field = ""
			}
			s.fail(w, r, entry.Refuse(field, "This cannot be shown as it was known at a past moment. "+why))
			return
		}
		if err := rt.do(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// status is the one table from errors to HTTP.
func status(err error) int {
	var tooBig *http.MaxBytesError
	_, problems := entry.Problems(err)
	switch {
	case errors.Is(err, errSignIn):
		return http.StatusUnauthorized
	case errors.Is(err, app.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, app.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, app.ErrConflict):
		return http.StatusConflict
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, app.ErrBeingMade):
		return http.StatusServiceUnavailable
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, errMethod):
		return http.StatusMethodNotAllowed
	case problems:
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// said is what a person reads for an error. What an operator reads is in the log.
func said(code int) (title, text string) {
	switch code {
	case http.StatusUnauthorized:
		return "Sign in first", "Nobody is signed in, so there is nothing to show."
	case http.StatusForbidden:
		return "This is not yours to see or do", "Your post does not allow this. If you think it should, ask the manager above you."
	case http.StatusNotFound:
		return "There is no such page", "Nothing is here. If you followed a link from Onus, please tell us. If you typed the address, check it."
	case http.StatusConflict:
		return "Somebody recorded something in between", "What you typed is still in your form. Go back, look at what is new, and record again."
	case http.StatusServiceUnavailable:
		return "Just a moment", "How things were then is being worked out from every entry. This page asks again by itself."
	case http.StatusMethodNotAllowed:
		return "That cannot be done here", "This address takes no such request."
	case http.StatusTooManyRequests:
		return "That was too fast", "So many requests in so short a time do not come from a person. Wait a few seconds and try again. Nothing is lost."
	case http.StatusRequestEntityTooLarge:
		return "That is too much text", "Nothing was recorded. Shorten the text, or record it in two parts."
	case http.StatusUnprocessableEntity:
		return "That cannot be done as it is", ""
	}
	return "Something went wrong on our side", "What you recorded before is safe. Please try again. If it happens again, tell the people who run Onus here."
}

// fail is the one place where an error becomes an answer.
func (s *Server) fail(w http.ResponseWriter, r *request, err error) {
	code := status(err)
	if code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
		w.Header().Set("Refresh", "2") // browsers ask again, without a script
	}
	if code == http.StatusInternalServerError && r.Context().Err() == nil {
		s.Log.Error("a request failed", "route", r.Pattern, "error", err)
	}
	var denied *app.Denied
	if errors.As(err, &denied) {
		// The reader log says who, where it is about a child. Here a post stands for
		// a person: no name belongs in this log.
		post := ""
		if r.desk != nil {
			post = r.desk.Post().ID
		}
		s.Log.Warn("refused", "route", r.Pattern, "action", string(denied.Action), "policy", denied.Policy, "post", post)
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		problems, _ := entry.Problems(err)
		title, text := said(code)
		if text == "" || errors.As(err, &denied) {
			text = err.Error()
		}
		writeJSON(w, code, apiError{Error: title, Detail: text, Problems: problems})
		return
	}
	if denied != nil {
		if err := s.denied(w, r, denied); err != nil {
			http.Error(w, "This is not yours to see or do.", code)
		}
		return
	}
	if code == http.StatusUnauthorized && r.Method == http.MethodGet {
		to := "/"
		if s.Door != nil {
			to = "/sign-in?back=" + url.QueryEscape(r.URL.RequestURI())
			if r.session.Ended != "" {
				to += "&ended=yes"
			}
		}
		http.Redirect(w, r.Request, to, http.StatusSeeOther)
		return
	}
	title, text := said(code)
	if text == "" {
		text = err.Error() + "."
	}
	if err := s.render(w, code, errorPage(s.page(r, title, ""), title, text)); err != nil {
		http.Error(w, title, code)
	}
}

// render writes a whole page or nothing of it.
func (s *Server) render(w http.ResponseWriter, code int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, err := w.Write(b.Bytes())
	if err != nil {
		return nil // the reader has gone
	}
	return nil
}

// page is the frame of a page for this request. at is the current place in the
// navigation.
func (s *Server) page(r *request, title, at string) shell.Page {
	p := shell.Page{Title: title, Demo: s.Demo, Foot: []shell.Link{{Text: "Tell us about a child", Href: "/tell-us"}, {Text: "Rules", Href: "/rules"}, {Text: "Who may see what", Href: "/who-may"}, {Text: "Ledger", Href: "/ledger"}}}
	if r.past != 0 {
		p.Known = r.pastBar()
	}
	if r.line == nil {
		return p
	}
	p.Authority = r.line.Authority.Name
	if r.desk == nil {
		p.Nobody = true
		return p
	}
	p.Session, p.Who, p.KeepUntil = s.keeps(r)
	p.Person = r.line.Name(r.person())
	p.Post = r.desk.Post().Title
	p.SessionEnds = int((r.session.Ends() - r.now) / day.Second)
	p.PersonLinks = []shell.Link{{Text: "What I looked at", Href: "/looks"}}
	if s.Demo {
		p.PersonLinks = append(p.PersonLinks, shell.Link{Text: "Change person", Href: "/"})
	}
	p.PersonLinks = append(p.PersonLinks, shell.Link{Text: "Sign out", Href: "/sign-out", Post: true})
	p.Home = "/owed"
	if r.narrow() {
		p.Home, p.PersonLinks = "/disclosed", p.PersonLinks[1:]
		return p
	}
	p.Alarm = s.alarm(r)
	if r.desk.May(access.Search) == nil {
		p.SearchAction = "/search"
	}
	nav := []shell.NavItem{{Text: "What I owe", Href: "/owed"}}
	if !r.desk.Allocates() { // those who visit
		nav = append(nav, shell.NavItem{Text: "Today", Href: "/today"})
	}
	if r.desk.SeesDoor() {
		nav = append(nav, shell.NavItem{Text: "Front door", Href: "/front-door"})
	}
	if who := r.desk.Who(); len(who.Teams)+len(who.Member) > 0 {
		nav = append(nav, shell.NavItem{Text: "My children", Href: "/children"}, shell.NavItem{Text: "My team", Href: "/team"})
	}
	if r.desk.Allocates() {
		nav = append(nav, shell.NavItem{Text: "Unallocated", Href: "/unallocated"}, shell.NavItem{Text: "Can it be done?", Href: "/ahead"})
	}
	if r.desk.May(access.AnswerQuestions) == nil {
		nav = append(nav, shell.NavItem{Text: "Questions", Href: "/questions"})
	}
	if r.desk.May(access.DrawSample) == nil {
		nav = append(nav, shell.NavItem{Text: "Audits", Href: "/audits"})
	}
	if r.desk.MayAfresh(access.ManagePeople) {
		nav = append(nav, shell.NavItem{Text: "People and keys", Href: "/people"}, shell.NavItem{Text: "Read a return in", Href: "/import"})
	}
	if r.desk.May(access.RaiseConcern) == nil {
		nav = append(nav, shell.NavItem{Text: "Concerns", Href: "/concerns"})
		p.Action = &shell.Link{Text: "Raise a concern", Href: "/concerns/raise"}
		if from := screenOf(r.URL.Path); from != "" && r.Method == http.MethodGet && !strings.HasPrefix(from, "/concern") {
			p.Action.Href += "?from=" + url.QueryEscape(from)
		}
	}
	if r.desk.May(access.MakeDecision) == nil {
		nav = append(nav, shell.NavItem{Text: "Decisions", Href: "/decisions"})
	}
	if r.desk.May(access.SeeReturns) == nil {
		nav = append(nav, shell.NavItem{Text: "Returns", Href: "/returns"})
	}
	if who := r.desk.Who(); slices.Contains(who.Functions, line.Performance) || r.desk.MayAfresh(access.Import) {
		nav = append(nav, shell.NavItem{Text: "Check a file", Href: "/check-a-file"})
	}
	if r.desk.May(access.SeeFigures) == nil {
		p.Foot = append(p.Foot, shell.Link{Text: "Check a file", Href: "/check-a-file"})
	}
	nav = append(nav, shell.NavItem{Text: "The line", Href: "/line"}, shell.NavItem{Text: "Rules", Href: "/rules"})
	for i := range nav {
		nav[i].Current = nav[i].Href == at
	}
	p.Nav = nav
	return p
}

// fresh makes a key for a form, so that sending it twice records it once. It begins with
// the second in which the form was shown: see took.
func fresh() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	binary.BigEndian.PutUint32(b[:4], uint32(time.Now().Unix()))
	return hex.EncodeToString(b[:])
}
