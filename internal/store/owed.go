package store

import (
	"context"
	"database/sql"
	"fmt"

	"onus/internal/app"
)

// What posts owe because of records that are not a child's stands in one table.

func (t *txn) recordOwed(ctx context.Context, rest string, args ...any) (out []app.RecordOwed, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var o app.RecordOwed
		err := r.Scan(&o.Record, &o.ID, &o.What, &o.Nth, &o.Post, &o.Person, &o.Child, &o.Text, dateOf{&o.By})
		out = append(out, o)
		return err
	}, `SELECT record, decision, what, nth, post, person, child, text, by_day FROM decision_owed `+rest, args...)
	return out, wrap("list what records ask for", err)
}

// RecordOwed is what posts owe because of records, first due first.
func (t *txn) RecordOwed(ctx context.Context, q app.RecordOwedQuery) ([]app.RecordOwed, error) {
	var w where
	if q.Posts != nil {
		inList(&w, "post", q.Posts)
	}
	if q.LateOn != 0 { // what has no day is owed at once, and is never late
		w.add("by_day < ?1 AND by_day <> ''", q.LateOn.String())
	}
	args := append(w.args, q.Limit)
	return t.recordOwed(ctx, w.String()+fmt.Sprintf(` ORDER BY by_day, decision, what, nth, post LIMIT $%d`, len(args)), args...)
}

// putOwed makes what is owed because of a record exactly this.
func (t *txn) putOwed(ctx context.Context, id string, owed []app.RecordOwed) error {
	if err := t.exec(ctx, `DELETE FROM decision_owed WHERE decision = $1`, id); err != nil {
		return wrap("write what a record asks for", err)
	}
	for _, o := range owed {
		if err := t.exec(ctx, `INSERT INTO decision_owed (record, decision, what, nth, post, person, child, text, by_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			o.Record, id, o.What, o.Nth, o.Post, o.Person, o.Child, o.Text, o.By.String()); err != nil {
			return wrap("write what a record asks for", err)
		}
	}
	return nil
}
