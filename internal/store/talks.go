package store

import (
	"context"
	"database/sql"
	"fmt"

	"onus/internal/app"
	"onus/internal/entry"
)

const talkColumns = `t.id, t.form, t.team, t.post, t.person, t.by_post, t.state, t.opened, t.planned, t.held_on, t.last_seq`

func talkFields(x *app.TalkRow) []any {
	return []any{&x.ID, &x.Form, &x.Team, &x.Post, &x.Person, &x.By, &x.State, &x.Opened, dateOf{&x.Planned}, dateOf{&x.On}, &x.LastSeq}
}

// Talks lists talks in supervision, newest first.
func (t *txn) Talks(ctx context.Context, q app.TalkQuery) (out []app.TalkRow, err error) {
	var w where
	if q.Person != "" {
		w.add("t.person = ?1", q.Person)
	}
	if q.Team != "" {
		w.add("t.team = ?1", q.Team)
	}
	text := `SELECT ` + talkColumns + ` FROM talk t` + w.String() + ` ORDER BY t.opened DESC, t.id DESC`
	args := w.args
	if q.Limit > 0 {
		args = append(args, q.Limit)
		text += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.TalkRow
		err := r.Scan(talkFields(&x)...)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("list talks", err)
}

// Talk is one row with what posts owe because of it.
func (t *txn) Talk(ctx context.Context, id string) (x app.TalkRow, err error) {
	if !entry.CanKeep(id) {
		return x, app.ErrNotFound
	}
	if err := t.row(ctx, `SELECT `+talkColumns+` FROM talk t WHERE t.id = $1`, id).Scan(talkFields(&x)...); err != nil {
		return x, wrap("read a talk's row", err)
	}
	x.Owed, err = t.recordOwed(ctx, `WHERE decision = $1 ORDER BY what, nth, post`, id)
	return x, err
}

// PutTalk writes a talk's rows.
func (t *txn) PutTalk(ctx context.Context, x app.TalkRow) error {
	if err := t.exec(ctx, `INSERT INTO talk (id, form, team, post, person, by_post, state, opened, planned, held_on, last_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET form = excluded.form, team = excluded.team, post = excluded.post, person = excluded.person, by_post = excluded.by_post, state = excluded.state,
opened = excluded.opened, planned = excluded.planned, held_on = excluded.held_on, last_seq = excluded.last_seq`,
		x.ID, x.Form, x.Team, x.Post, x.Person, x.By, string(x.State), int64(x.Opened), x.Planned.String(), x.On.String(), x.LastSeq); err != nil {
		return wrap("write a talk's row", err)
	}
	return t.putOwed(ctx, x.ID, x.Owed)
}
