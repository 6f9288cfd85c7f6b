package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

const (
	selectSession = `SELECT data, expires FROM session WHERE token = $1`
	upsertSession = `INSERT INTO session (token, data, expires) VALUES ($1, $2, $3)
ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires = excluded.expires`
	selectDraft = `SELECT person, path, body, at FROM draft WHERE person = $1 AND path = $2`
	upsertDraft = `INSERT INTO draft (person, path, body, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (person, path) DO UPDATE SET body = excluded.body, at = excluded.at`
	strangerColumns = `code, issuer, subject, at`
)

// Session finds what is kept under the hash of a token.
func (t *txn) Session(ctx context.Context, token string) (data []byte, expires day.Instant, err error) {
	if !entry.CanKeep(token) {
		return nil, 0, app.ErrNotFound
	}
	err = t.row(ctx, selectSession, token).Scan(&data, &expires)
	return data, expires, wrap("find a session", err)
}

// PutSession keeps a session.
func (t *txn) PutSession(ctx context.Context, token string, data []byte, expires day.Instant) error {
	return wrap("keep a session", t.exec(ctx, upsertSession, token, data, int64(expires)))
}

// DropSession ends a session.
func (t *txn) DropSession(ctx context.Context, token string) error {
	if !entry.CanKeep(token) {
		return nil
	}
	return wrap("end a session", t.exec(ctx, `DELETE FROM session WHERE token = $1`, token))
}

// DropOld removes sessions that have expired and drafts nobody came back to.
func (t *txn) DropOld(ctx context.Context, sessions, drafts day.Instant) error {
	if err := t.exec(ctx, `DELETE FROM session WHERE expires < $1`, int64(sessions)); err != nil {
		return wrap("remove old sessions", err)
	}
	return wrap("remove old drafts", t.exec(ctx, `DELETE FROM draft WHERE at < $1`, int64(drafts)))
}

// Draft finds what a person typed and did not record.
func (t *txn) Draft(ctx context.Context, person, path string) (d app.Draft, err error) {
	if !entry.CanKeep(person) || !entry.CanKeep(path) {
		return d, app.ErrNotFound
	}
	err = t.row(ctx, selectDraft, person, path).Scan(&d.Person, &d.Path, &d.Body, &d.At)
	return d, wrap("find a draft", err)
}

// PutDraft keeps it; an empty body removes it.
func (t *txn) PutDraft(ctx context.Context, d app.Draft) error {
	if d.Body == "" {
		return wrap("remove a draft", t.exec(ctx, `DELETE FROM draft WHERE person = $1 AND path = $2`, d.Person, d.Path))
	}
	return wrap("keep a draft", t.exec(ctx, upsertDraft, d.Person, d.Path, d.Body, int64(d.At)))
}

const selectOpenings = `SELECT who, why, until FROM child_open_to WHERE child = $1 ORDER BY who, why`

// Openings of one child.
func (t *txn) Openings(ctx context.Context, child string) (out []app.Opening, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.Opening
		err := r.Scan(&x.Who, &x.Why, &x.Until)
		out = append(out, x)
		return err
	}, selectOpenings, child)
	return out, wrap("read to whom a record is open", err)
}

// PutOpenings makes exactly these those to whom a child's record is open.
func (t *txn) PutOpenings(ctx context.Context, child string, os []app.Opening) error {
	if err := t.exec(ctx, `DELETE FROM child_open_to WHERE child = $1`, child); err != nil {
		return wrap("close a record", err)
	}
	for _, o := range os {
		if err := t.exec(ctx, `INSERT INTO child_open_to (who, why, child, until) VALUES ($1, $2, $3, $4)`, o.Who, o.Why, child, int64(o.Until)); err != nil {
			return wrap("open a record", err)
		}
	}
	return nil
}

// Stranger finds a sign-in that nobody has said whose it is, by its code.
func (t *txn) Stranger(ctx context.Context, code string) (s app.Stranger, err error) {
	if !entry.CanKeep(code) {
		return s, app.ErrNotFound
	}
	err = t.row(ctx, `SELECT `+strangerColumns+` FROM stranger WHERE code = $1`, code).Scan(&s.Code, &s.Issuer, &s.Subject, &s.At)
	return s, wrap("find a sign-in", err)
}

// Strangers are all of them, newest first.
func (t *txn) Strangers(ctx context.Context, limit int) (out []app.Stranger, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var s app.Stranger
		err := r.Scan(&s.Code, &s.Issuer, &s.Subject, &s.At)
		out = append(out, s)
		return err
	}, `SELECT `+strangerColumns+` FROM stranger ORDER BY at DESC, code LIMIT $1`, limit)
	return out, wrap("list sign-ins", err)
}

// PutStranger keeps one. Another try of the same subject keeps the first code.
func (t *txn) PutStranger(ctx context.Context, s app.Stranger) (code string, err error) {
	err = t.row(ctx, `INSERT INTO stranger (code, issuer, subject, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (issuer, subject) DO UPDATE SET at = excluded.at RETURNING code`, s.Code, s.Issuer, s.Subject, int64(s.At)).Scan(&code)
	return code, wrap("keep a sign-in", err)
}

// DropStranger removes one, when it was said whose it is.
func (t *txn) DropStranger(ctx context.Context, issuer, subject string) error {
	return wrap("remove a sign-in", t.exec(ctx, `DELETE FROM stranger WHERE issuer = $1 AND subject = $2`, issuer, subject))
}
