package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
)

// PutReturnData keeps parts of data that rules of returns are checked with.
func (t *txn) PutReturnData(ctx context.Context, parts []app.ReturnPart) error {
	rows := make([][]any, 0, len(parts))
	for _, p := range parts {
		rows = append(rows, []any{p.Data, p.N, p.Authority, p.Number, p.Child, p.Salt, p.Body, p.Leaf})
	}
	_, err := t.many(ctx, `INSERT INTO return_data_part (data, n, authority, number, child, salt, body, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, rows)
	return wrap("keep data that returns are checked with", err)
}

// EachReturnData reads the parts of data in their order; without a name all there are.
func (t *txn) EachReturnData(ctx context.Context, data string, fn func(app.ReturnPart) error) error {
	const columns = `SELECT data, n, authority, number, child, salt, body, leaf FROM return_data_part`
	scan := func(r *sql.Rows) error {
		var p app.ReturnPart
		if err := r.Scan(&p.Data, &p.N, &p.Authority, &p.Number, &p.Child, &p.Salt, &p.Body, &p.Leaf); err != nil {
			return err
		}
		return fn(p)
	}
	if data == "" {
		return wrap("read data that returns are checked with", t.each(ctx, scan, columns+` ORDER BY data, n`))
	}
	return wrap("read data that returns are checked with", t.each(ctx, scan, columns+` WHERE data = $1 ORDER BY n`, data))
}

// eraseReturnData empties what last year's files say of a child, whether they named the
// record or a number that it has.
func (t *txn) eraseReturnData(ctx context.Context, child string) error {
	const empty = `UPDATE return_data_part SET number = '', child = '', salt = NULL, body = NULL WHERE `
	err := t.exec(ctx, empty+`child <> '' AND child = $1`, child)
	if err == nil {
		err = t.exec(ctx, empty+`number <> '' AND EXISTS (SELECT 1 FROM child_identifier i WHERE i.child = $1 AND i.system = 'la-child' AND i.authority = return_data_part.authority AND i.value = return_data_part.number)`, child)
	}
	return wrap("remove a child from last year's files", err)
}

// CountReturnData is how many parts of data are here, and how many of them were erased.
func (t *txn) CountReturnData(ctx context.Context, data string) (kept, erased int, err error) {
	err = t.row(ctx, `SELECT COUNT(*), COUNT(*) - COUNT(body) FROM return_data_part WHERE data = $1`, data).Scan(&kept, &erased)
	return kept - erased, erased, wrap("count data that returns are checked with", err)
}
