package store

import (
	"context"
	"database/sql"
	"fmt"

	"onus/internal/app"
	"onus/internal/entry"
)

const decisionColumns = `d.id, d.number, d.title, d.about, d.about_id, d.state, d.proposed, d.gone, d.last_seq`

func decisionFields(d *app.DecisionRow) []any {
	return []any{&d.ID, &d.Number, &d.Title, &d.About, &d.AboutID, &d.State, &d.Proposed, &d.Gone, &d.LastSeq}
}

// Decisions lists decisions, newest first.
func (t *txn) Decisions(ctx context.Context, q app.DecisionQuery) (out []app.DecisionRow, err error) {
	var w where
	if q.About != "" {
		w.add("d.about = ?1 AND d.about_id = ?2", q.About, q.AboutID)
	}
	if q.NotAbout != "" {
		w.add("d.about <> ?1", q.NotAbout)
	}
	if q.After != (app.Cursor{}) {
		w.add("(d.proposed < ?1 OR d.proposed = ?1 AND d.id < ?2)", q.After.At, q.After.ID)
	}
	text := `SELECT ` + decisionColumns + ` FROM decision d` + w.String() + ` ORDER BY d.proposed DESC, d.id DESC`
	args := w.args
	if q.Limit > 0 {
		args = append(args, q.Limit)
		text += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	err = t.each(ctx, func(r *sql.Rows) error {
		var d app.DecisionRow
		err := r.Scan(decisionFields(&d)...)
		out = append(out, d)
		return err
	}, text, args...)
	return out, wrap("list decisions", err)
}

// Decision is one row with what posts owe because of it.
func (t *txn) Decision(ctx context.Context, id string) (d app.DecisionRow, err error) {
	if !entry.CanKeep(id) {
		return d, app.ErrNotFound
	}
	if err := t.row(ctx, `SELECT `+decisionColumns+` FROM decision d WHERE d.id = $1`, id).Scan(decisionFields(&d)...); err != nil {
		return d, wrap("read a decision's row", err)
	}
	d.Owed, err = t.recordOwed(ctx, `WHERE decision = $1 ORDER BY what, nth, post`, id)
	return d, err
}

// DecisionNumber is the highest number there is.
func (t *txn) DecisionNumber(ctx context.Context) (n int, err error) {
	err = t.row(ctx, `SELECT COALESCE(MAX(number), 0) FROM decision`).Scan(&n)
	return n, wrap("number a decision", err)
}

// PutDecision writes a decision's rows.
func (t *txn) PutDecision(ctx context.Context, d app.DecisionRow) error {
	if err := t.exec(ctx, `INSERT INTO decision (id, number, title, about, about_id, state, proposed, gone, last_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, title = excluded.title, about = excluded.about, about_id = excluded.about_id, state = excluded.state,
proposed = excluded.proposed, gone = excluded.gone, last_seq = excluded.last_seq`,
		d.ID, d.Number, d.Title, d.About, d.AboutID, string(d.State), int64(d.Proposed), int64(d.Gone), d.LastSeq); err != nil {
		return wrap("write a decision's row", err)
	}
	return t.putOwed(ctx, d.ID, d.Owed)
}
