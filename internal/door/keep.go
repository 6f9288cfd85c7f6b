package door

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"onus/internal/app"
	"onus/internal/day"
)

// Sessions keeps what must outlive a request: sessions, and sign-ins that have
// begun. A key is always a hash. Writes of one key happen one after the other,
// in other processes too.
type Sessions interface {
	Find(ctx context.Context, key string) (data []byte, ok bool, err error)
	Keep(ctx context.Context, key string, data []byte, expires day.Instant) error
	// Change replaces what is kept, when it is still kept; nil leaves it. What
	// was dropped in between stays dropped: a slow request must not bring a
	// session back that was signed out.
	Change(ctx context.Context, key string, fn func(data []byte) []byte) (ok bool, err error)
	// Take finds and drops at once. Of two that take the same, one gets it.
	Take(ctx context.Context, key string) (data []byte, ok bool, err error)
	Drop(ctx context.Context, key string) error
}

// Over makes Sessions out of the store. DropOld of the store removes what has
// expired.
func Over(s app.Store) Sessions { return over{s} }

type over struct{ app.Store }

func (o over) Find(ctx context.Context, key string) (data []byte, ok bool, err error) {
	err = o.View(ctx, func(v app.View) error {
		data, _, err = v.Session(ctx, key)
		return err
	})
	return there(data, err)
}

func (o over) Keep(ctx context.Context, key string, data []byte, expires day.Instant) error {
	return o.Update(ctx, func(tx app.Tx) error { return tx.PutSession(ctx, key, data, expires) })
}

// queued runs fn with the one place in the queue of writers. Without it two
// processes on PostgreSQL could both read a row before either drops it.
func (o over) queued(ctx context.Context, fn func(app.Tx) error) error {
	return o.Update(ctx, func(tx app.Tx) error {
		if _, err := tx.Lock(ctx); err != nil {
			return err
		}
		return fn(tx)
	})
}

func (o over) Change(ctx context.Context, key string, fn func([]byte) []byte) (bool, error) {
	err := o.queued(ctx, func(tx app.Tx) error {
		old, expires, err := tx.Session(ctx, key)
		if err != nil {
			return err
		}
		if data := fn(old); data != nil {
			return tx.PutSession(ctx, key, data, expires)
		}
		return nil
	})
	_, ok, err := there(nil, err)
	return ok, err
}

func (o over) Take(ctx context.Context, key string) (data []byte, ok bool, err error) {
	err = o.queued(ctx, func(tx app.Tx) error {
		if data, _, err = tx.Session(ctx, key); err != nil {
			return err
		}
		return tx.DropSession(ctx, key)
	})
	return there(data, err)
}

func (o over) Drop(ctx context.Context, key string) error {
	return o.queued(ctx, func(tx app.Tx) error { return tx.DropSession(ctx, key) })
}

func there(data []byte, err error) ([]byte, bool, error) {
	if errors.Is(err, app.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return data, true, nil
}

// hashed is the key under which something secret is kept: whoever reads the
// store cannot come in with what they read.
func hashed(kind, secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return kind + ":" + base64.RawURLEncoding.EncodeToString(sum[:])
}

func sessionKey(token string) string { return hashed("session", token) }

// shelf is Sessions as scs wants it. scs finds the methods that take a context
// and uses those.
type shelf struct{ Sessions }

func (s shelf) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.Sessions.Find(ctx, sessionKey(token))
}

func (s shelf) CommitCtx(ctx context.Context, token string, b []byte, expires time.Time) error {
	return s.Keep(ctx, sessionKey(token), b, day.FromTime(expires))
}

func (s shelf) DeleteCtx(ctx context.Context, token string) error {
	return s.Drop(ctx, sessionKey(token))
}

func (s shelf) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}
func (s shelf) Commit(token string, b []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expires)
}
func (s shelf) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// kept is a session as the store has it. No token of the provider is among it.
type kept struct {
	Person  string      `json:"person"`
	Issuer  string      `json:"issuer"`
	Subject string      `json:"subject"`
	Began   day.Instant `json:"began"`
	Seen    day.Instant `json:"seen"`
	Fresh   day.Instant `json:"fresh"`
	Until   day.Instant `json:"until"` // when the row goes
}

// entered is the one value that scs carries for us.
const entered = "session"

// codec writes a session as JSON, so that whoever inspects the store can read
// what is kept.
type codec struct{ log *slog.Logger }

func (c codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	k, _ := values[entered].(kept)
	k.Until = day.FromTime(deadline)
	return json.Marshal(k)
}

// Decode takes what it cannot read for nobody's session: one spoilt row must
// not shut a person out until they clear their cookies.
func (c codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var k kept
	if err := json.Unmarshal(b, &k); err != nil || k.Person == "" {
		c.log.Error("a session in the store cannot be read; it counts as none")
		return time.Time{}, map[string]any{}, nil
	}
	return k.Until.Time(), map[string]any{entered: k}, nil
}
