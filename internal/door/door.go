// Package door is how people come in: sign-in with an OpenID Connect provider,
// and the sessions that follow from it. It knows who a provider says somebody
// is, and which person a session is for. It does not know whose a sign-in is,
// what anybody may see, or any page: web asks the line for the first, access
// for the second. No token of a provider is kept once its answer was checked.
package door

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"onus/internal/day"
)

// How long a session lasts (requirement 33), judged with Config.Now.
const (
	Idle     = 15 * day.Minute
	Absolute = 12 * day.Hour
	// remembered is how long an ended session is kept, counted from its
	// beginning, so that its person can be told how it ended.
	remembered = 24 * day.Hour
	// between is how often mere activity is written.
	between = day.Minute
)

// The addresses that a provider sends people back to.
const (
	CallbackPath = "/sign-in/callback"
	OutPath      = "/" // after signing out at the provider too
)

// Config is what a door is made of.
type Config struct {
	Providers []Provider
	PublicURL string // https://onus.example.gov.uk; http is allowed for loopback hosts only
	Store     Sessions
	Now       func() day.Instant
	Rand      io.Reader // nil: the machine's
	// Log gets every sign-in, refused ones too, and every end of a session.
	// Never a name, mail address, subject or token.
	Log *slog.Logger
	// Quiet says which requests are no sign of a person, such as a page that
	// asks how long the session lasts. Nil: all are.
	Quiet func(*http.Request) bool
	// Fail answers when the store cannot be read. Nil: a plain sentence.
	Fail func(http.ResponseWriter, *http.Request, error)
}

// Door lets people in. Make it with New.
type Door struct {
	Config
	idps   []*idp
	scs    *scs.SessionManager
	secure bool
}

// Reason is why a session ended by itself.
type Reason string

// The reasons.
const (
	EndedIdle     Reason = "idle"
	EndedAbsolute Reason = "absolute"
)

// Session is who is signed in.
type Session struct {
	Person          string
	Issuer, Subject string
	Began           day.Instant
	Seen            day.Instant // the last activity that counts, to the minute
	Fresh           day.Instant // last real authentication; zero when the provider did not say
	Ended           Reason      // why there is none now
	Last            string      // the person of a session that just ended, so that typed text can be kept for them
}

// Ends is when the session ends if nothing more happens.
func (s Session) Ends() day.Instant { return min(s.Seen+Idle, s.Began+Absolute) }

// New makes a door. It asks no provider anything yet: Onus must start when one
// is down.
func New(c Config) (*Door, error) {
	if c.Store == nil || c.Now == nil || c.Log == nil {
		return nil, errors.New("the door needs a store, a clock and a log")
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	d := &Door{Config: c}
	u, err := CheckPublicURL(c.PublicURL)
	if err != nil {
		return nil, err
	}
	d.PublicURL, d.secure = u.Scheme+"://"+u.Host, u.Scheme == "https"
	if len(c.Providers) == 0 {
		return nil, errors.New("no identity provider is set: give at least one, so that people can sign in")
	}
	for _, p := range c.Providers {
		if err := p.check(); err != nil {
			return nil, err
		}
		for _, o := range d.idps {
			if o.ID == p.ID {
				return nil, fmt.Errorf("two identity providers have the id %q: give each its own", p.ID)
			}
			if o.Issuer == p.Issuer {
				return nil, fmt.Errorf("the identity providers %q and %q have the same issuer: keep one, because a subject would not say which it belongs to", o.ID, p.ID)
			}
		}
		d.idps = append(d.idps, newIDP(p))
	}
	m := scs.New()
	m.Store, m.Codec = shelf{c.Store}, codec{c.Log}
	m.Lifetime = time.Duration(remembered) * time.Microsecond // never judged by: see judge
	m.Cookie = scs.SessionCookie{Name: "onus_session", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: d.secure}
	if d.secure {
		m.Cookie.Name = "__Host-onus"
	}
	d.scs = m
	return d, nil
}

// CheckPublicURL reads the address at which people open Onus: https, or http on
// this machine, without a path.
func CheckPublicURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case s == "" || err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, errors.New("the public address must be where people open Onus, without a path: https://onus.example.gov.uk")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return u, nil
	}
	return nil, fmt.Errorf("the public address must begin with https:// (http:// is only for this machine itself, as 127.0.0.1 or localhost), but it begins with %s://", clean(u.Scheme))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var idForm = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

func (p Provider) check() error {
	say := func(format string, args ...any) error {
		return fmt.Errorf("identity provider %q: %s", p.ID, fmt.Sprintf(format, args...))
	}
	if !idForm.MatchString(p.ID) {
		return fmt.Errorf("the id of an identity provider must be 1 to 32 small letters, digits and hyphens, such as entra, but one is %q", clean(p.ID))
	}
	if strings.TrimSpace(p.Label) == "" {
		return say("give it a label: the words on the button, such as \"your council account\"")
	}
	if p.ClientID == "" || p.ClientSecret == "" {
		return say("give the client id and the client secret that it showed when Onus was registered with it")
	}
	u, err := url.Parse(p.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return say("the issuer must be its address exactly as its own configuration page says it: https://login.microsoftonline.com/TENANT-ID/v2.0")
	}
	if !safe(u) {
		return say("the issuer must begin with https://")
	}
	if seg := strings.Split(strings.Trim(u.Path, "/"), "/")[0]; u.Host == "login.microsoftonline.com" && slices.Contains([]string{"common", "organizations", "consumers"}, seg) {
		return say("the issuer is shared by all of Microsoft's customers (%s): put your own tenant's id in its place, or anybody's account could ask to come in", seg)
	}
	if slices.Contains(p.Scopes, "offline_access") {
		return say("leave out the scope offline_access: Onus keeps no tokens")
	}
	return nil
}

// safe says whether Onus may talk to an address: TLS, or this machine itself.
func safe(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()))
}

// Cookie is the name of the session's cookie.
func (d *Door) Cookie() string { return d.scs.Cookie.Name }

// visit is one request's look at its session.
type visit struct {
	w  http.ResponseWriter
	mu sync.Mutex
	// session is the live one, or, with Ended set, the one that just ended.
	session Session
	told    bool
}

type visitKey struct{}

func (d *Door) visit(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// Around loads the session of each request, judges whether it still lasts, and
// counts the request as activity. What is written is written here or in Enter
// and Leave, before any byte of the answer: never after it.
func (d *Door) Around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		token := ""
		if c, err := r.Cookie(d.Cookie()); err == nil && tokenForm.MatchString(c.Value) {
			token = c.Value
		}
		ctx, err := d.scs.Load(r.Context(), token)
		if err != nil {
			d.Log.Error("the sessions cannot be read", "error", err)
			if d.Fail != nil {
				d.Fail(w, r, err)
				return
			}
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, ours, http.StatusServiceUnavailable)
			return
		}
		v := &visit{w: w}
		v.session = d.judge(ctx)
		if s := v.session; s.Person != "" && d.Now()-s.Seen >= between && (d.Quiet == nil || !d.Quiet(r)) {
			v.session = d.seen(ctx, s, between)
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, visitKey{}, v)))
	})
}

// tokenForm is what scs draws: 32 bytes of crypto/rand. Nothing else is looked for.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// judge says what a loaded session is worth now.
func (d *Door) judge(ctx context.Context) Session {
	k, _ := d.scs.Get(ctx, entered).(kept)
	if k.Person == "" {
		return Session{}
	}
	s := k.session()
	if now := d.Now(); now < s.Ends() {
		return s
	}
	ended := Session{Ended: EndedIdle, Last: k.Person}
	if s.Began+Absolute <= s.Seen+Idle {
		ended.Ended = EndedAbsolute
	}
	return ended
}

func (k kept) session() Session {
	return Session{Person: k.Person, Issuer: k.Issuer, Subject: k.Subject, Began: k.Began, Seen: k.Seen, Fresh: k.Fresh}
}

// seen writes that a person is active, unless that was written less than a step
// ago. When the session was ended in between, it is nobody's. When the store
// cannot write, the page is still shown, and the session ends when it would have.
func (d *Door) seen(ctx context.Context, s Session, step day.Instant) Session {
	now := d.Now()
	ok, err := d.Store.Change(ctx, sessionKey(d.scs.Token(ctx)), func(old []byte) []byte {
		_, values, _ := codec{d.Log}.Decode(old)
		k, _ := values[entered].(kept)
		if s.Seen = k.Seen; k.Person == "" || now-k.Seen < step || now <= k.Seen {
			return nil
		}
		k.Seen, s.Seen = now, now
		b, err := codec{}.Encode(k.Until.Time(), map[string]any{entered: k})
		if err != nil {
			return nil
		}
		return b
	})
	if err != nil {
		d.Log.Error("that a person is active could not be written", "error", err)
		return s
	}
	if !ok {
		return Session{}
	}
	return s
}

// Session is who is signed in. It is false when nobody is. When a session has
// just ended by itself it says so, in this one request: then it is gone.
func (d *Door) Session(ctx context.Context) (Session, bool) {
	v := d.visit(ctx)
	if v == nil {
		return Session{}, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session.Ended != "" && !v.told {
		v.told = true
		d.Log.Info("a session ended", "why", v.session.Ended)
		if err := d.drop(ctx, v); err != nil {
			d.Log.Error("a session that ended could not be removed; it opens nothing", "error", err)
		}
	}
	return v.session, v.session.Person != ""
}

// drop removes the session from the store and from the browser.
func (d *Door) drop(ctx context.Context, v *visit) error {
	if d.scs.Token(ctx) == "" {
		return nil
	}
	d.scs.WriteSessionCookie(ctx, v.w, "", time.Time{})
	return d.scs.Destroy(ctx)
}

// Enter begins a session for a person, under a new token: one that somebody had
// before, or planted, opens nothing. It must be called before the answer begins.
func (d *Door) Enter(ctx context.Context, person string, a Arrival) error {
	v := d.visit(ctx)
	if v == nil || person == "" || a.Issuer == "" || a.Subject == "" {
		return errors.New("nobody can enter here: a session needs Around, a person and a sign-in that was checked")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.session = Session{}
	if err := d.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("end the session before this one: %w", err)
	}
	now := d.Now()
	k := kept{Person: person, Issuer: a.Issuer, Subject: a.Subject, Began: now, Seen: now, Fresh: a.AuthTime}
	d.scs.Put(ctx, entered, k)
	d.scs.SetDeadline(ctx, (now + remembered).Time())
	token, until, err := d.scs.Commit(ctx)
	if err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	d.scs.WriteSessionCookie(ctx, v.w, token, until)
	v.session = k.session()
	d.Log.Info("signed in", "issuer", a.Issuer, "again", a.Fresh)
	return nil
}

// Leave ends the session at the server. It must be called before the answer begins.
func (d *Door) Leave(ctx context.Context) error {
	v := d.visit(ctx)
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session.Person != "" {
		d.Log.Info("a session ended", "why", "left")
	}
	v.session = Session{}
	if err := d.drop(ctx, v); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Stay counts as activity, now: a person said that they are still there.
func (d *Door) Stay(ctx context.Context) error {
	v := d.visit(ctx)
	if v == nil {
		return ErrNobody
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session.Person == "" {
		return ErrNobody
	}
	now := d.Now()
	v.session = d.seen(ctx, v.session, 0)
	if v.session.Person == "" {
		return ErrNobody
	}
	if v.session.Seen < now {
		return errors.New("that a person is active could not be written")
	}
	return nil
}
