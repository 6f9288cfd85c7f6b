package store

import (
	"context"
	"database/sql"
	"fmt"

	"onus/internal/app"
	"onus/internal/entry"
)

const packColumns = `p.id, p.number, p.worker, p.state, p.asked, p.by_day, p.last_seq`

func packFields(p *app.PackRow) []any {
	return []any{&p.ID, &p.Number, &p.Worker, &p.State, &p.Asked, dateOf{&p.By}, &p.LastSeq}
}

// Packs lists packs for a hearing, newest first.
func (t *txn) Packs(ctx context.Context, q app.PackQuery) (out []app.PackRow, err error) {
	var w where
	if q.Worker != "" {
		w.add("p.worker = ?1", q.Worker)
	}
	if q.After != (app.Cursor{}) {
		w.add("(p.asked < ?1 OR p.asked = ?1 AND p.id < ?2)", q.After.At, q.After.ID)
	}
	text := `SELECT ` + packColumns + ` FROM pack p` + w.String() + ` ORDER BY p.asked DESC, p.id DESC`
	args := w.args
	if q.Limit > 0 {
		args = append(args, q.Limit)
		text += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	err = t.each(ctx, func(r *sql.Rows) error {
		var p app.PackRow
		err := r.Scan(packFields(&p)...)
		out = append(out, p)
		return err
	}, text, args...)
	return out, wrap("list packs", err)
}

// Pack is one row with the posts that owe it.
func (t *txn) Pack(ctx context.Context, id string) (p app.PackRow, err error) {
	if !entry.CanKeep(id) {
		return p, app.ErrNotFound
	}
	if err := t.row(ctx, `SELECT `+packColumns+` FROM pack p WHERE p.id = $1`, id).Scan(packFields(&p)...); err != nil {
		return p, wrap("read a pack's row", err)
	}
	p.Owed, err = t.packOwed(ctx, `WHERE pack = $1 ORDER BY nth`, id)
	return p, err
}

func (t *txn) packOwed(ctx context.Context, rest string, args ...any) (out []app.PackOwed, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var o app.PackOwed
		err := r.Scan(&o.Pack, &o.Nth, &o.Post, dateOf{&o.From}, dateOf{&o.By})
		out = append(out, o)
		return err
	}, `SELECT pack, nth, post, from_day, by_day FROM pack_owed `+rest, args...)
	return out, wrap("list the packs that posts owe", err)
}

// PackOwed are the packs that posts owe on a day, first due first; nil posts: all.
func (t *txn) PackOwed(ctx context.Context, q app.PackOwedQuery) ([]app.PackOwed, error) {
	var w where
	if q.Posts != nil {
		inList(&w, "post", q.Posts)
	}
	w.add("from_day <= ?1", q.On.String())
	args := append(w.args, q.Limit)
	return t.packOwed(ctx, w.String()+fmt.Sprintf(` ORDER BY by_day, pack, nth LIMIT $%d`, len(args)), args...)
}

// PackNumber is the highest number there is.
func (t *txn) PackNumber(ctx context.Context) (n int, err error) {
	err = t.row(ctx, `SELECT COALESCE(MAX(number), 0) FROM pack`).Scan(&n)
	return n, wrap("number a pack", err)
}

// PutPack writes a pack's rows.
func (t *txn) PutPack(ctx context.Context, p app.PackRow) error {
	if err := t.exec(ctx, `INSERT INTO pack (id, number, worker, state, asked, by_day, last_seq) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, worker = excluded.worker, state = excluded.state, asked = excluded.asked, by_day = excluded.by_day, last_seq = excluded.last_seq`,
		p.ID, p.Number, p.Worker, string(p.State), int64(p.Asked), p.By.String(), p.LastSeq); err != nil {
		return wrap("write a pack's row", err)
	}
	if err := t.exec(ctx, `DELETE FROM pack_owed WHERE pack = $1`, p.ID); err != nil {
		return wrap("write a pack's row", err)
	}
	for _, o := range p.Owed {
		if err := t.exec(ctx, `INSERT INTO pack_owed (pack, nth, post, from_day, by_day) VALUES ($1, $2, $3, $4, $5)`, p.ID, o.Nth, o.Post, o.From.String(), o.By.String()); err != nil {
			return wrap("write who owes a pack", err)
		}
	}
	return nil
}
