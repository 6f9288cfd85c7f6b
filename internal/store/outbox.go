package store

import (
	"context"
	"database/sql"
	"fmt"

	"onus/internal/app"
	"onus/internal/day"
)

const outColumns = `o.id, o.matter, o.step, o.who, o.channel, o.child, o.made, o.subject, o.text, o.brief, o.state, o.tries, o.next_at, o.ended, o.problem`

func outFields(o *app.Out) []any {
	return []any{&o.ID, &o.Matter, &o.Step, &o.Who, &o.Channel, &o.Child, &o.Made, &o.Subject, &o.Text, &o.Brief, &o.State, &o.Tries, &o.Next, &o.Ended, &o.Problem}
}

// PutOut puts a message into the outbox, once.
func (t *txn) PutOut(ctx context.Context, o app.Out) (fresh bool, err error) {
	n, err := t.count(ctx, `INSERT INTO outbox (id, matter, step, who, channel, child, made, subject, text, brief, state, tries, next_at, ended, problem)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (matter, step, who, channel) DO NOTHING`,
		string(o.ID), o.Matter, o.Step, o.Who, o.Channel, o.Child, int64(o.Made), o.Subject, o.Text, o.Brief, string(o.State), o.Tries, int64(o.Next), int64(o.Ended), o.Problem)
	return n > 0, wrap("put a message into the outbox", err)
}

// SetOut changes what became of a message that waits and was not taken by
// another since it was read.
func (t *txn) SetOut(ctx context.Context, o app.Out, was day.Instant) (ours bool, err error) {
	n, err := t.count(ctx, `UPDATE outbox SET state = $1, tries = $2, next_at = $3, ended = $4, problem = $5 WHERE id = $6 AND state = $7 AND next_at = $8`,
		string(o.State), o.Tries, int64(o.Next), int64(o.Ended), o.Problem, string(o.ID), string(app.OutWaiting), int64(was))
	return n > 0, wrap("mark a message in the outbox", err)
}

// MoveOuts changes the state of all messages that are in another.
func (t *txn) MoveOuts(ctx context.Context, from, to app.OutState, at day.Instant) (int, error) {
	text := `UPDATE outbox SET state = $1, ended = $2 WHERE state = $3`
	if to == app.OutWaiting {
		text = `UPDATE outbox SET state = $1, ended = 0, made = $2, next_at = $2, tries = 0, problem = '' WHERE state = $3`
	}
	n, err := t.count(ctx, text, string(to), int64(at), string(from))
	return int(n), wrap("change the state of messages", err)
}

// OvertakeDigests ends the digests of earlier days that still wait.
func (t *txn) OvertakeDigests(ctx context.Context, today string, at day.Instant) error {
	return wrap("end old digests", t.exec(ctx, `UPDATE outbox SET state = $1, ended = $2 WHERE state = $3 AND matter = $4 AND step < $5`,
		string(app.OutOvertaken), int64(at), string(app.OutWaiting), app.OutDigest, today))
}

// DropOuts removes messages that ended before a moment.
func (t *txn) DropOuts(ctx context.Context, ended day.Instant) error {
	return wrap("remove old messages", t.exec(ctx, `DELETE FROM outbox WHERE state <> $1 AND state <> $2 AND ended < $3`, string(app.OutWaiting), string(app.OutGivenUp), int64(ended)))
}

func outWhere(q app.OutQuery) (w where) {
	if q.State != "" {
		w.add("o.state = ?1", string(q.State))
		if q.State == app.OutWaiting {
			w.conds = append(w.conds, "o.state = 'waiting'") // says that the index of those may be used
		}
	}
	inList(&w, "o.who", q.Who)
	if q.Matter != "" {
		w.add("o.matter = ?1", q.Matter)
	}
	if q.NoDigest {
		w.add("o.matter <> ?1", app.OutDigest)
	}
	if q.DueAt != 0 {
		w.add("o.next_at <= ?1", int64(q.DueAt))
	}
	if q.MadeAfter != 0 {
		w.add("o.made > ?1", int64(q.MadeAfter))
	}
	if q.MadeBy != 0 {
		w.add("o.made <= ?1", int64(q.MadeBy))
	}
	return w
}

// Outs lists messages of the outbox, oldest first, or newest first.
func (t *txn) Outs(ctx context.Context, q app.OutQuery) (out []app.Out, err error) {
	w := outWhere(q)
	order := ` ORDER BY o.made, o.id`
	if q.Newest {
		order = ` ORDER BY o.made DESC, o.id DESC`
	}
	err = t.each(ctx, func(r *sql.Rows) error {
		var o app.Out
		err := r.Scan(outFields(&o)...)
		out = append(out, o)
		return err
	}, `SELECT `+outColumns+` FROM outbox o`+w.String()+order+limit(q.Limit), w.args...)
	return out, wrap("list the outbox", err)
}

// CountOuts counts messages by why they were not sent, and gives when the
// oldest was made.
func (t *txn) CountOuts(ctx context.Context, q app.OutQuery) (out []app.OutCount, err error) {
	w := outWhere(q)
	err = t.each(ctx, func(r *sql.Rows) error {
		var c app.OutCount
		err := r.Scan(&c.Problem, &c.N, &c.Oldest)
		out = append(out, c)
		return err
	}, `SELECT o.problem, COUNT(*), MIN(o.made) FROM outbox o`+w.String()+` GROUP BY o.problem ORDER BY o.problem`, w.args...)
	return out, wrap("count the outbox", err)
}

// Behind counts what should have been done by a moment and was not.
func (t *txn) Behind(ctx context.Context, by, now day.Instant) (b app.Behind, err error) {
	for _, x := range []struct {
		n    *int
		text string
		args []any
	}{
		{&b.Steps, `SELECT COUNT(*), COALESCE(MIN(next_climb), 0) FROM duty WHERE next_climb > 0 AND next_climb <= $1 AND (until = 0 OR until > $2)`, []any{int64(by), int64(now)}},
		{&b.Wakes, `SELECT COUNT(*), COALESCE(MIN(wake), 0) FROM child WHERE wake <> 0 AND wake <= $1`, []any{int64(by)}},
		{&b.Concerns, `SELECT COUNT(*), COALESCE(MIN(next_at), 0) FROM concern WHERE next_at <> 0 AND next_at <= $1`, []any{int64(by)}},
	} {
		var since day.Instant
		if err := t.row(ctx, x.text, x.args...).Scan(x.n, &since); err != nil {
			return b, fmt.Errorf("count what is behind: %w", err)
		}
		if since != 0 && (b.Since == 0 || since < b.Since) {
			b.Since = since
		}
	}
	return b, nil
}
