package door

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"onus/internal/day"
)

const (
	// signInLasts is how long a person may take at the provider.
	signInLasts = 10 * day.Minute
	// mostTries is how many sign-ins of one browser may be open at once.
	mostTries = 8
	// freshAge is the max_age of a fresh sign-in, in seconds. prompt=login asks
	// for the proof, max_age makes the provider say when it was, and only that,
	// compared with when we asked, is believed: anybody can take a prompt out of
	// an address. It is not 0: Entra ends an ID token at auth_time + max_age, so
	// that with 0 it arrives expired, and auth_time is that of the password, before
	// the second factor (keycloak#46078, microsoft-authentication-library-for-python#444, #455).
	freshAge = "600"
	// slack is how far a provider's clock may be behind ours at a fresh sign-in.
	slack = 30 * day.Second
	// wantAuthTime asks for auth_time by name too (OpenID Connect Core, 5.5), for
	// Google sends it only then. Who does not know the parameter leaves it alone.
	wantAuthTime = `{"id_token":{"auth_time":{"essential":true}}}`
	// ahead is how far it may be ahead of ours.
	ahead = 2 * day.Minute
)

// attempt is a sign-in that has begun. It is kept under a hash of its state and
// of the secret in its own cookie: only the browser that began it can end it,
// and several tabs can be on their way at once.
type attempt struct {
	Provider string      `json:"provider"`
	Nonce    string      `json:"nonce"`
	Verifier string      `json:"verifier"`
	Back     string      `json:"back"`
	Fresh    bool        `json:"fresh"`
	At       day.Instant `json:"at"`
}

func attemptKey(state, secret string) string { return hashed("sign-in", state+"."+secret) }

// Arrival is a person whom a provider vouches for. Whose sign-in it is, the line
// says: by issuer and subject, never by anything else.
type Arrival struct {
	Issuer, Subject string
	Back            string      // the local address where they wanted to go
	AuthTime        day.Instant // when they last proved who they are; zero: the provider does not say
	Fresh           bool        // they just did, because we asked for it
}

// draw gives 256 random bits as text.
func (d *Door) draw() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(d.Rand, b); err != nil {
		return "", fmt.Errorf("draw a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// Begin sends a person to a provider. With fresh they must prove who they are
// although the provider knows them. When it gives an error nothing was answered;
// the error is logged already, and Sentence says it to the person.
//
// It answers with a redirect to another site, which a browser does not follow
// from a form under the policy "form-action 'self'": a page must link to it.
func (d *Door) Begin(w http.ResponseWriter, r *http.Request, provider, back string, fresh bool) error {
	err := d.begin(w, r, provider, back, fresh)
	if err != nil {
		d.refuse("a sign-in could not begin", provider, err)
	}
	return err
}

func (d *Door) begin(w http.ResponseWriter, r *http.Request, provider, back string, fresh bool) error {
	i := d.idp(provider)
	if i == nil {
		return because(ErrProvider, "no identity provider has the id %q", provider)
	}
	f, err := i.ask(r.Context(), d)
	if err != nil {
		return err
	}
	var drawn [4]string
	for n := range drawn {
		if drawn[n], err = d.draw(); err != nil {
			return err
		}
	}
	state, secret := drawn[0], drawn[1]
	a := attempt{Provider: i.ID, Nonce: drawn[2], Verifier: drawn[3], Back: Back(back), Fresh: fresh, At: d.Now()}
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := d.Store.Keep(r.Context(), attemptKey(state, secret), data, a.At+signInLasts); err != nil {
		return fmt.Errorf("keep a sign-in that begins: %w", err)
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.Verifier), oidc.Nonce(a.Nonce)}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", freshAge), oauth2.SetAuthURLParam("claims", wantAuthTime))
	}
	if i.ACR != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", i.ACR))
	}
	d.clearOld(w, r)
	http.SetCookie(w, d.tryCookie(state, secret, int(signInLasts/day.Second)))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, f.oauth.AuthCodeURL(state, options...), http.StatusSeeOther)
	return nil
}

func (d *Door) idp(id string) *idp {
	for _, i := range d.idps {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// tryPrefix begins the name of an attempt's cookie.
func (d *Door) tryPrefix() string {
	if d.secure {
		return "__Host-onus-try-"
	}
	return "onus_try_"
}

func (d *Door) tryCookie(state, secret string, age int) *http.Cookie {
	name := d.tryPrefix() + strings.TrimPrefix(hashed("", state), ":")[:16]
	return &http.Cookie{Name: name, Value: secret, Path: "/", MaxAge: age, HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode}
}

// clearOld forgets attempts that a browser left lying, oldest first, as browsers
// send them: else their cookies would grow until no request is taken.
func (d *Door) clearOld(w http.ResponseWriter, r *http.Request) {
	var open []*http.Cookie
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, d.tryPrefix()) {
			open = append(open, c)
		}
	}
	for _, c := range open[:max(0, len(open)-mostTries+1)] {
		http.SetCookie(w, &http.Cookie{Name: c.Name, Path: "/", MaxAge: -1, HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode})
	}
}

// Callback checks what a provider sent a person back with. When it gives an
// error nobody arrived; the error is logged already, and Sentence says it to
// the person. It answers nothing itself but a cookie that is done with.
func (d *Door) Callback(w http.ResponseWriter, r *http.Request) (Arrival, error) {
	a, provider, err := d.callback(w, r)
	if err != nil {
		d.refuse("a sign-in was refused", provider, err)
		return Arrival{}, err
	}
	return a, nil
}

// refuse logs why, for the operator.
func (d *Door) refuse(what, provider string, err error) {
	if r, ok := errors.AsType[*Refusal](err); ok {
		d.Log.Warn(what, "provider", clean(provider), "why", r.name, "detail", err.Error())
		return
	}
	d.Log.Error(what, "provider", clean(provider), "error", err)
}

func (d *Door) callback(w http.ResponseWriter, r *http.Request) (Arrival, string, error) {
	q := r.URL.Query()
	for _, name := range []string{"state", "code", "error", "iss"} {
		if len(q[name]) > 1 {
			return Arrival{}, "", because(ErrState, "the answer has %s twice", name)
		}
	}
	state := q.Get("state")
	if r.Method != http.MethodGet || !tokenForm.MatchString(state) {
		return Arrival{}, "", because(ErrState, "the answer has no state of ours")
	}
	c, err := r.Cookie(d.tryCookie(state, "", 0).Name)
	if err != nil || !tokenForm.MatchString(c.Value) {
		return Arrival{}, "", because(ErrState, "this browser did not begin it, or began it too long ago")
	}
	http.SetCookie(w, d.tryCookie(state, "", -1))
	data, ok, err := d.Store.Take(r.Context(), attemptKey(state, c.Value))
	if err != nil {
		return Arrival{}, "", fmt.Errorf("find a sign-in that began: %w", err)
	}
	if !ok {
		return Arrival{}, "", because(ErrState, "it was used already, or never began")
	}
	var a attempt
	if err := json.Unmarshal(data, &a); err != nil {
		return Arrival{}, "", errors.New("a sign-in that began cannot be read")
	}
	out, err := d.answer(r.Context(), a, q)
	return out, a.Provider, err
}

// answer judges what came back for an attempt that is this browser's.
func (d *Door) answer(ctx context.Context, a attempt, q url.Values) (Arrival, error) {
	if now := d.Now(); now >= a.At+signInLasts {
		return Arrival{}, because(ErrState, "it took longer than 10 minutes")
	}
	i := d.idp(a.Provider)
	if i == nil {
		return Arrival{}, because(ErrState, "the provider was taken out of the configuration meanwhile")
	}
	f, err := i.ask(ctx, d)
	if err != nil {
		return Arrival{}, err
	}
	// Against an answer of one provider that is passed off as another's.
	if iss := q.Get("iss"); iss != i.Issuer && (iss != "" || f.saysIss) {
		return Arrival{}, because(ErrToken, "the answer does not name the provider that was asked")
	}
	if q.Has("error") {
		return Arrival{}, providerSays(q)
	}
	if q.Get("code") == "" {
		return Arrival{}, because(ErrToken, "the answer has no code")
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, i.client), waits)
	defer cancel()
	token, err := f.oauth.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Arrival{}, exchangeFailed(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return Arrival{}, because(ErrToken, "the provider gave no ID token")
	}
	return d.check(ctx, i, f, a, raw)
}

// check believes an ID token, or says why not.
func (d *Door) check(ctx context.Context, i *idp, f *facts, a attempt, raw string) (Arrival, error) {
	t, err := f.verifier.Verify(ctx, raw)
	if err != nil {
		// go-oidc has no typed error for these two, and puts the whole answer into the second.
		switch text := err.Error(); {
		case strings.Contains(text, "failed to decode keys"):
			return Arrival{}, because(ErrProvider, "its keys cannot be read")
		case strings.Contains(text, "fetching keys"):
			return Arrival{}, because(ErrProvider, "its keys cannot be had: %v", err)
		}
		return Arrival{}, because(ErrToken, "%v", err)
	}
	var claims struct {
		AZP      string      `json:"azp"`
		ACR      string      `json:"acr"`
		AuthTime json.Number `json:"auth_time"`
	}
	if err := t.Claims(&claims); err != nil {
		return Arrival{}, because(ErrToken, "azp, acr or auth_time is not what it should be")
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(a.Nonce)) != 1:
		return Arrival{}, because(ErrToken, "the nonce is not that of this sign-in")
	case claims.AZP != "" && claims.AZP != i.ClientID, claims.AZP == "" && len(t.Audience) > 1:
		return Arrival{}, because(ErrToken, "the token was made for another program (azp)")
	case !subjectForm.MatchString(t.Subject):
		return Arrival{}, because(ErrToken, "the subject is missing, too long, or not plain characters")
	case i.ACR != "" && !slices.Contains(strings.Fields(i.ACR), claims.ACR):
		return Arrival{}, because(ErrWeak, "acr is %q, and must be one of %q", claims.ACR, i.ACR)
	}
	at, err := authTime(claims.AuthTime)
	now := d.Now()
	switch {
	case err != nil:
		return Arrival{}, because(ErrToken, "auth_time is not a time")
	case at > now+ahead:
		return Arrival{}, because(ErrToken, "auth_time is %d s after now: one of the clocks is wrong", (at-now)/day.Second)
	case a.Fresh && at == 0:
		return Arrival{}, because(ErrNotFresh, "the provider sends no auth_time (docs/signing-in.md says how it can)")
	case a.Fresh && at < a.At-slack:
		return Arrival{}, because(ErrNotFresh, "auth_time is %d s before it was asked for", (a.At-at)/day.Second)
	}
	// The configured issuer, because Google's tokens sometimes leave out https://.
	return Arrival{Issuer: i.Issuer, Subject: t.Subject, Back: a.Back, AuthTime: min(at, now), Fresh: a.Fresh}, nil
}

// subjectForm is what OpenID Connect says of a subject: at most 255 characters
// of ASCII; and not blank.
var subjectForm = regexp.MustCompile(`^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$`)

func authTime(n json.Number) (day.Instant, error) {
	if n == "" {
		return 0, nil
	}
	s, err := strconv.ParseFloat(string(n), 64)
	if err != nil || s < 1 || s > 253402300799 { // the end of the year 9999
		return 0, errors.New("not a time")
	}
	return day.Instant(int64(s)) * day.Second, nil
}

// codeForm is how error codes of OAuth look. Descriptions are never logged:
// Microsoft writes a person's address into them.
var (
	codeForm  = regexp.MustCompile(`^[a-z_]{1,60}$`)
	entraCode = regexp.MustCompile(`\bAADSTS[0-9]{3,9}\b`)
)

func codeOf(code, description string) string {
	if !codeForm.MatchString(code) {
		code = "an error without a known name"
	}
	return strings.TrimSpace(code + " " + entraCode.FindString(description))
}

func providerSays(q url.Values) error {
	r := ErrProvider
	switch q.Get("error") {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		r = ErrDenied
	case "unmet_authentication_requirements":
		r = ErrWeak
	}
	return because(r, "the provider says %s", codeOf(q.Get("error"), q.Get("error_description")))
}

func exchangeFailed(err error) error {
	e, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return because(ErrProvider, "the code could not be exchanged: %v", err)
	}
	r, status := ErrProvider, 0
	if e.Response != nil {
		status = e.Response.StatusCode
	}
	if e.ErrorCode == "invalid_grant" { // used already, too old, or somebody else's
		r = ErrToken
	}
	return because(r, "the code could not be exchanged: %s, status %d", codeOf(e.ErrorCode, e.ErrorDescription), status)
}

// mostBack is the longest address to come back to, in bytes.
const mostBack = 500

// Back is an address to come back to, when it is one of this site; else "/".
func Back(s string) string {
	if len(s) > mostBack || !strings.HasPrefix(s, "/") || strings.Contains(s, "//") || strings.Contains(s, `\`) {
		return "/"
	}
	for _, b := range []byte(s) { // browsers leave out tabs and line ends: /<tab>/evil.example
		if b <= ' ' || b > '~' {
			return "/"
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "/sign-in" || strings.HasPrefix(u.Path, "/sign-in/") {
		return "/"
	}
	return s
}
