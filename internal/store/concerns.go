package store

import (
	"context"
	"fmt"
	"strings"

	"onus/internal/app"
	"onus/internal/concern"
	"onus/internal/entry"
)

const concernColumns = `c.id, c.number, c.title, c.raised, c.raiser, c.confidential, c.state, c.by_day, c.ack_by, c.ask_on, c.unheard, c.name_waits, c.next_at, c.step, c.last_seq`

func concernFields(c *app.ConcernRow) []any {
	return []any{&c.ID, &c.Number, &c.Title, &c.Raised, &c.Raiser, boolOf{&c.Confidential}, &c.State, dateOf{&c.By}, dateOf{&c.AckBy}, dateOf{&c.AskOn}, &c.Unheard, boolOf{&c.NameWaits}, &c.Next, &c.Step, &c.LastSeq}
}

// Concerns lists warnings, newest first.
func (t *txn) Concerns(ctx context.Context, q app.ConcernQuery) (out []app.ConcernRow, err error) {
	var w where
	inList(&w, "c.id", q.IDs)
	inList(&w, "c.raiser", q.Raisers)
	if q.Told != nil {
		if len(q.Told) == 0 {
			return nil, nil
		}
		marks, args := make([]string, len(q.Told)), make([]any, len(q.Told))
		for i, post := range q.Told {
			marks[i], args[i] = fmt.Sprintf("?%d", i+1), post
		}
		w.add("c.id IN (SELECT concern FROM concern_told WHERE post IN ("+strings.Join(marks, ", ")+"))", args...)
	}
	if q.Open {
		w.add("c.state <> ?1", string(concern.Closed))
	}
	if q.State != "" {
		w.add("c.state = ?1", string(q.State))
	}
	if q.Since != 0 {
		w.add("c.raised >= ?1", int64(q.Since))
	}
	if q.AskedBy != 0 {
		w.add("c.ask_on <> '' AND c.ask_on <= ?1", q.AskedBy.String())
	}
	if q.Unheard {
		w.add("c.unheard <> 0")
	}
	if q.Names {
		w.add("c.name_waits <> 0")
	}
	if q.DueAt != 0 {
		w.add("c.next_at <> 0 AND c.next_at <= ?1", int64(q.DueAt))
	}
	if q.After != (app.Cursor{}) {
		w.add("(c.raised < ?1 OR c.raised = ?1 AND c.id < ?2)", q.After.At, q.After.ID)
	}
	args := w.args
	text := "SELECT " + concernColumns + " FROM concern c" + w.String()
	if q.ByDue {
		text += " ORDER BY c.by_day, c.raised, c.id"
	} else {
		text += " ORDER BY c.raised DESC, c.id DESC"
	}
	if q.Limit > 0 {
		args = append(args, q.Limit)
		text += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return nil, wrap("list concerns", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c app.ConcernRow
		if err := rows.Scan(concernFields(&c)...); err != nil {
			return nil, wrap("read a concern's row", err)
		}
		out = append(out, c)
	}
	return out, wrap("list concerns", rows.Err())
}

// Concern is one row with whom it was told to and what was promised.
func (t *txn) Concern(ctx context.Context, id string) (c app.ConcernRow, err error) {
	if !entry.CanKeep(id) {
		return c, app.ErrNotFound
	}
	if err = t.row(ctx, `SELECT `+concernColumns+` FROM concern c WHERE c.id = $1`, id).Scan(concernFields(&c)...); err != nil {
		return c, wrap("read a concern's row", err)
	}
	rows, err := t.query(ctx, `SELECT post FROM concern_told WHERE concern = $1 ORDER BY post`, id)
	if err != nil {
		return c, wrap("read who was told", err)
	}
	defer rows.Close()
	for rows.Next() {
		var post string
		if err := rows.Scan(&post); err != nil {
			return c, wrap("read who was told", err)
		}
		c.Told = append(c.Told, post)
	}
	if err := rows.Err(); err != nil {
		return c, wrap("read who was told", err)
	}
	c.Promises, err = t.promises(ctx, `SELECT concern, answer, nth, post, what, by_day FROM concern_promise WHERE concern = $1 ORDER BY answer, nth`, id)
	return c, err
}

func (t *txn) promises(ctx context.Context, text string, args ...any) (out []app.PromiseRow, err error) {
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return nil, wrap("list promises", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p app.PromiseRow
		if err := rows.Scan(&p.Concern, &p.Answer, &p.Nth, &p.Post, &p.What, dateOf{&p.By}); err != nil {
			return nil, wrap("read a promise", err)
		}
		out = append(out, p)
	}
	return out, wrap("list promises", rows.Err())
}

// Promises that posts made and have not kept.
func (t *txn) Promises(ctx context.Context, posts []string, limit int) ([]app.PromiseRow, error) {
	const columns = `SELECT concern, answer, nth, post, what, by_day FROM concern_promise`
	if posts == nil {
		return t.promises(ctx, columns+` ORDER BY by_day, concern, answer, nth LIMIT $1`, limit)
	}
	if len(posts) == 0 {
		return nil, nil
	}
	list, args := in(2, posts)
	return t.promises(ctx, columns+` WHERE post IN (`+list+`) ORDER BY by_day, concern, answer, nth LIMIT $1`, append([]any{limit}, args...)...)
}

// ConcernNumber is the highest number there is.
func (t *txn) ConcernNumber(ctx context.Context) (n int, err error) {
	err = t.row(ctx, `SELECT COALESCE(MAX(number), 0) FROM concern`).Scan(&n)
	return n, wrap("number a concern", err)
}

// PutConcern writes a concern's rows.
func (t *txn) PutConcern(ctx context.Context, c app.ConcernRow) error {
	err := t.exec(ctx, `INSERT INTO concern (id, number, title, raised, raiser, confidential, state, by_day, ack_by, ask_on, unheard, name_waits, next_at, step, last_seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, title = excluded.title, raised = excluded.raised, raiser = excluded.raiser, confidential = excluded.confidential,
state = excluded.state, by_day = excluded.by_day, ack_by = excluded.ack_by, ask_on = excluded.ask_on, unheard = excluded.unheard, name_waits = excluded.name_waits, next_at = excluded.next_at, step = excluded.step, last_seq = excluded.last_seq`,
		c.ID, c.Number, c.Title, int64(c.Raised), c.Raiser, number(c.Confidential), string(c.State), c.By.String(), c.AckBy.String(), c.AskOn.String(), c.Unheard, number(c.NameWaits), int64(c.Next), c.Step, c.LastSeq)
	if err != nil {
		return wrap("write a concern's row", err)
	}
	for _, q := range []string{`DELETE FROM concern_told WHERE concern = $1`, `DELETE FROM concern_promise WHERE concern = $1`} {
		if err := t.exec(ctx, q, c.ID); err != nil {
			return wrap("write a concern's row", err)
		}
	}
	for _, p := range c.Told {
		if err := t.exec(ctx, `INSERT INTO concern_told (post, concern, raised) VALUES ($1, $2, $3)`, p, c.ID, int64(c.Raised)); err != nil {
			return wrap("write who was told", err)
		}
	}
	for _, p := range c.Promises {
		if err := t.exec(ctx, `INSERT INTO concern_promise (concern, answer, nth, post, what, by_day) VALUES ($1, $2, $3, $4, $5, $6)`,
			c.ID, string(p.Answer), p.Nth, p.Post, p.What, p.By.String()); err != nil {
			return wrap("write a promise", err)
		}
	}
	return nil
}
