package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"onus/internal/app"
	"onus/internal/day"
)

const arrivalColumns = `a.child, a.team, a.week, a.m1, a.m2, a.m3, a.m4, a.m5, a.m6, a.m7, a.m8`

func arrivalFields(a *app.Arrival, week *int64) []any {
	m := &a.Minutes
	return []any{&a.Child, &a.Team, week, &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &m[6], &m[7]}
}

// Flow adds up who came to teams.
func (t *txn) Flow(ctx context.Context, teams []string, from, until day.Date) (out []app.FlowWeek, err error) {
	text, args := listFlow(teams, from, until)
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.FlowWeek
		var week int64
		m := &x.Minutes
		err := r.Scan(&x.Team, &week, &x.Children, &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &m[6], &m[7])
		x.Week = day.Date(week)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("add up who came to teams", err)
}

func listFlow(teams []string, from, until day.Date) (string, []any) {
	var w where
	inList(&w, "a.team", append([]string{}, teams...))
	w.add("a.week >= ?1", int64(from))
	w.add("a.week < ?1", int64(until))
	// CAST: PostgreSQL sums BIGINT as NUMERIC.
	return `SELECT a.team, a.week, COUNT(*), CAST(SUM(a.m1) AS BIGINT), CAST(SUM(a.m2) AS BIGINT), CAST(SUM(a.m3) AS BIGINT), CAST(SUM(a.m4) AS BIGINT),
CAST(SUM(a.m5) AS BIGINT), CAST(SUM(a.m6) AS BIGINT), CAST(SUM(a.m7) AS BIGINT), CAST(SUM(a.m8) AS BIGINT)
FROM arrival a` + w.String() + ` GROUP BY a.team, a.week ORDER BY a.team, a.week`, w.args
}

var selectArrivalsOf = forChildren(`SELECT `+arrivalColumns+` FROM arrival a`, `a.child`)

// ChildArrivals are one child's rows, in order.
func (t *txn) ChildArrivals(ctx context.Context, child string) ([]app.Arrival, error) {
	return t.arrivalsOf(ctx, []string{child})
}

func (t *txn) arrivalsOf(ctx context.Context, children []string) (out []app.Arrival, err error) {
	err = t.eachOf(ctx, func(r *sql.Rows) error {
		var a app.Arrival
		var week int64
		err := r.Scan(arrivalFields(&a, &week)...)
		a.Week = day.Date(week)
		out = append(out, a)
		return err
	}, selectArrivalsOf, children)
	slices.SortFunc(out, func(a, b app.Arrival) int {
		return cmp.Or(cmp.Compare(a.Child, b.Child), cmp.Compare(a.Week, b.Week), cmp.Compare(a.Team, b.Team))
	})
	return out, wrap("read what children brought to teams", err)
}

const (
	insertArrival = `INSERT INTO arrival (child, team, week, m1, m2, m3, m4, m5, m6, m7, m8) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (child, team, week) DO UPDATE SET m1 = excluded.m1, m2 = excluded.m2, m3 = excluded.m3, m4 = excluded.m4, m5 = excluded.m5, m6 = excluded.m6,
m7 = excluded.m7, m8 = excluded.m8`
	deleteArrival = `DELETE FROM arrival WHERE child = $1 AND team = $2 AND week = $3`
)

// PutArrivals makes exactly these what children brought to teams, touching only what
// changed.
func (t *txn) PutArrivals(ctx context.Context, children []string, rows []app.Arrival) error {
	had, err := t.arrivalsOf(ctx, children)
	if err != nil {
		return err
	}
	type key struct {
		child, team string
		week        day.Date
	}
	before := map[key]app.Arrival{}
	for _, a := range had {
		before[key{a.Child, a.Team, a.Week}] = a
	}
	var put, drop [][]any
	for _, a := range rows {
		k := key{a.Child, a.Team, a.Week}
		if old, ok := before[k]; !ok || old != a {
			m := a.Minutes
			put = append(put, []any{a.Child, a.Team, int64(a.Week), m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]})
		}
		delete(before, k)
	}
	for k := range before {
		drop = append(drop, []any{k.child, k.team, int64(k.week)})
	}
	if _, err := t.many(ctx, deleteArrival, drop); err != nil {
		return wrap("drop what children brought to teams", err)
	}
	_, err = t.many(ctx, insertArrival, put)
	return wrap("write what children brought to teams", err)
}
