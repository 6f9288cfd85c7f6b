package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
)

// Cosignatures under the head of a size, by witness.
func (t *txn) Cosignatures(ctx context.Context, size int64) (out []app.Cosignature, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		c := app.Cosignature{Size: size}
		var lines string
		err := r.Scan(&c.Witness, &lines, &c.At)
		c.Lines = []byte(lines)
		out = append(out, c)
		return err
	}, `SELECT witness, lines, at FROM cosignature WHERE size = $1 ORDER BY witness`, size)
	return out, wrap("read signatures of witnesses", err)
}

// CosignedSizes are the sizes of heads after an entry that any witness signed,
// newest first.
func (t *txn) CosignedSizes(ctx context.Context, after int64, limit int) (out []int64, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var n int64
		err := r.Scan(&n)
		out = append(out, n)
		return err
	}, `SELECT DISTINCT size FROM cosignature WHERE size > $1 ORDER BY size DESC LIMIT $2`, after, limit)
	return out, wrap("read which heads witnesses signed", err)
}

// LastCosigned is the size that each witness signed last.
func (t *txn) LastCosigned(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := t.each(ctx, func(r *sql.Rows) error {
		var name string
		var n int64
		err := r.Scan(&name, &n)
		out[name] = n
		return err
	}, `SELECT witness, MAX(size) FROM cosignature GROUP BY witness ORDER BY witness`)
	return out, wrap("read what witnesses signed last", err)
}

// CheckpointOf is the signed head of a size.
func (t *txn) CheckpointOf(ctx context.Context, size int64) ([]byte, error) {
	var text []byte
	err := t.row(ctx, `SELECT text FROM checkpoint WHERE size = $1`, size).Scan(&text)
	return text, wrap("read a signed head", err)
}

// PutCosignature keeps a witness's signature.
func (t *txn) PutCosignature(ctx context.Context, c app.Cosignature) error {
	return wrap("keep a witness's signature", t.exec(ctx, `INSERT INTO cosignature (size, witness, lines, at) VALUES ($1, $2, $3, $4) ON CONFLICT (size, witness) DO NOTHING`,
		c.Size, c.Witness, string(c.Lines), int64(c.At)))
}
