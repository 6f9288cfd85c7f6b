package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
	"onus/internal/day"
)

// FormTimes are the counts of every form from a month on.
func (t *txn) FormTimes(ctx context.Context, from day.Date) (out []app.FormTime, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.FormTime
		err := r.Scan(&x.Form, &x.Month, &x.Bucket, &x.Times)
		out = append(out, x)
		return err
	}, `SELECT form, month, bucket, times FROM form_time WHERE month >= $1 ORDER BY form, month, bucket`, from)
	return out, wrap("read how long recording takes", err)
}

// AddFormTimes adds to what was counted.
func (t *txn) AddFormTimes(ctx context.Context, list []app.FormTime) error {
	for _, x := range list {
		if err := t.exec(ctx, `INSERT INTO form_time (form, month, bucket, times) VALUES ($1, $2, $3, $4)
ON CONFLICT (form, month, bucket) DO UPDATE SET times = form_time.times + excluded.times`, x.Form, x.Month, x.Bucket, x.Times); err != nil {
			return wrap("count how long recording takes", err)
		}
	}
	return nil
}
