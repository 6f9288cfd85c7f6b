package app

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// How long what doors keep is kept.
const (
	keptDrafts    = 30 * 24 * day.Hour
	keptStrangers = 100 // shown at once
)

// Stranger keeps a sign-in that worked and that nobody knows, and gives the code
// by which an administrator finds it.
func (f *Front) Stranger(ctx context.Context, issuer, subject string) (code string, err error) {
	var b [5]byte
	if _, err := io.ReadFull(f.a.Rand, b[:]); err != nil {
		return "", err
	}
	code = base32.StdEncoding.EncodeToString(b[:])
	err = f.a.Store.Update(ctx, func(tx Tx) error {
		code, err = tx.PutStranger(ctx, Stranger{Code: code[:4] + "-" + code[4:], Issuer: issuer, Subject: subject, At: f.a.Clock.Now()})
		return err
	})
	return code, err
}

// KeepDraft keeps what a person typed into a form and did not record.
func (f *Front) KeepDraft(ctx context.Context, person, path, body string) error {
	d := Draft{Person: person, Path: f.a.draftPath(person, path), Body: body, At: f.a.Clock.Now()}
	if body != "" && len(f.a.Secret) == 32 {
		var err error
		if d.Body, err = f.a.cover(body, draftOf(person, path)); err != nil {
			return err
		}
	}
	return f.a.Store.Update(ctx, func(tx Tx) error { return tx.PutDraft(ctx, d) })
}

func draftOf(person, path string) string { return "draft " + person + " " + path }

// draftPath is where a draft lies. What somebody types about a concern in confidence
// would say who they are, so only drafts about a child lie under their address: they
// go when the record goes.
func (a *App) draftPath(person, path string) string {
	if strings.HasPrefix(path, "/child/") {
		return path
	}
	return a.blind(draftOf(person, path), path)
}

// Draft is what a person typed into a form, and ErrNotFound when there is none.
func (f *Front) Draft(ctx context.Context, person, path string) (d Draft, err error) {
	err = f.a.Store.View(ctx, func(v View) error {
		d, err = v.Draft(ctx, person, f.a.draftPath(person, path))
		return err
	})
	if err == nil && len(f.a.Secret) == 32 {
		if text, cerr := f.a.unseal(d.Body, draftOf(person, path)); cerr == nil {
			d.Body = text
		} // else it was kept before drafts were covered
	}
	return d, err
}

// KeyFits says whether a secret belongs to the key of a program, without
// telling by its time how much of it is right. Whether the key opens anything
// is asked at the desk.
func (f *Front) KeyFits(l *line.Line, id, secret string) bool {
	k, _ := l.ProgramKey(id)
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(k.Hash)) == 1
}

// Tidy removes sessions that have ended, drafts nobody came back to, and messages
// that left long ago.
func (a *App) Tidy(ctx context.Context) error {
	now := a.Clock.Now()
	a.pasts.mu.Lock()
	a.forgetPasts(now, maxPasts)
	a.pasts.mu.Unlock()
	return a.Store.Update(ctx, func(tx Tx) error {
		if err := tx.DropOuts(ctx, now-keptOuts); err != nil {
			return err
		}
		return tx.DropOld(ctx, now, now-keptDrafts)
	})
}

// MayAfresh says whether something may be done, or could be after signing in
// again: whether a page should lead there.
func (d *Desk) MayAfresh(what access.Action) bool {
	err := d.May(what)
	x, ok := err.(*Denied)
	return err == nil || ok && x.Afresh
}

// Strangers are sign-ins that worked and that nobody knows, newest first.
func (d *Desk) Strangers(ctx context.Context, limit int) (out []Stranger, err error) {
	if err := d.May(access.ManagePeople); err != nil {
		return nil, err
	}
	err = d.a.Store.View(ctx, func(v View) error {
		out, err = v.Strangers(ctx, min(limit, keptStrangers))
		return err
	})
	return out, err
}

// Allow says whose a sign-in is, by the code that was given to whoever tried it.
func (d *Desk) Allow(ctx context.Context, code, person string) error {
	if err := d.May(access.ManagePeople); err != nil {
		return err
	}
	return d.a.Allow(ctx, d.actor(), code, person)
}

// Allow is the same for whoever has the machine, before anybody can sign in.
func (a *App) Allow(ctx context.Context, who entry.Actor, code, person string) error {
	var s Stranger
	err := a.Store.View(ctx, func(v View) (err error) {
		s, err = v.Stranger(ctx, strings.ToUpper(code))
		return err
	})
	if notFound(err) {
		return entry.Refuse("code", "No sign-in waits under this code. Ask the person to sign in again, and use the code that they see")
	}
	if err != nil {
		return err
	}
	if _, err := a.RecordLine(ctx, []line.Command{{Actor: who, Happened: day.On(a.Clock.Now().Date()), Source: entry.Source{Kind: "page"},
		Body: line.SignsIn{Person: person, Issuer: s.Issuer, Subject: s.Subject}}}, ""); err != nil {
		return err
	}
	return a.Store.Update(ctx, func(tx Tx) error { return tx.DropStranger(ctx, s.Issuer, s.Subject) })
}

// IssueKey gives a program a key. The text is given once: only its hash is kept.
func (d *Desk) IssueKey(ctx context.Context, name, owner string, scopes []string, until day.Date) (text string, err error) {
	var id [5]byte
	var secret [32]byte
	if _, err := io.ReadFull(d.a.Rand, id[:]); err != nil {
		return "", err
	}
	if _, err := io.ReadFull(d.a.Rand, secret[:]); err != nil {
		return "", err
	}
	key := strings.ToLower(base32.StdEncoding.EncodeToString(id[:]))
	text = base64.RawURLEncoding.EncodeToString(secret[:])
	sum := sha256.Sum256([]byte(text))
	_, err = d.RecordLine(ctx, []line.Command{{Happened: day.On(d.now.Date()), Source: entry.Source{Kind: "page"},
		Body: line.KeyIssued{Key: key, Name: name, Owner: owner, Scopes: scopes, Until: until, Hash: hex.EncodeToString(sum[:])}}}, "")
	if err != nil {
		return "", err
	}
	return "onus_" + key + "_" + text, nil
}
