package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"onus/internal/app"
)

const visitColumns = `v.child, v.list, v.what, v.visit, v.newest, v.goal, v.name, v.team, v.risk`

func visitFields(v *app.VisitRow) []any {
	return []any{&v.Child, &v.List, &v.What, &v.Visit, &v.Newest, &v.Goal, &v.Name, &v.Team, &v.Rank}
}

// Visits lists what may be asked about visits: the most dangerous situation first, then
// the newest.
func (t *txn) Visits(ctx context.Context, q app.VisitQuery) (out []app.VisitRow, err error) {
	text, args := listVisits(q)
	err = t.each(ctx, func(r *sql.Rows) error {
		var v app.VisitRow
		err := r.Scan(append(visitFields(&v), childFields(&v.ChildRow)...)...)
		out = append(out, v)
		return err
	}, text, args...)
	return out, wrap("list what is asked about visits", err)
}

func listVisits(q app.VisitQuery) (text string, args []any) {
	var w where
	w.add("v.list = ?1", q.List)
	w.add("v.team = ?1", q.Team)
	if q.Since != 0 {
		w.add("v.newest <= ?1", -int64(q.Since))
	}
	if q.After.ID != "" {
		at := append(strings.SplitN(q.After.ID, "~", 3), "", "", "")
		w.add("(v.risk, v.newest, v.child, v.visit, v.goal) > (?1, ?2, ?3, ?4, ?5)", q.After.Rank, q.After.At, at[0], at[1], at[2])
	}
	return `SELECT ` + visitColumns + `, ` + childColumns + ` FROM visit_question v JOIN child c ON c.child = v.child` + w.String() +
		` ORDER BY v.risk, v.newest, v.child, v.visit, v.goal` + limit(q.Limit), w.args
}

// ChildVisits are one child's rows, in order.
func (t *txn) ChildVisits(ctx context.Context, child string) (out []app.VisitRow, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var v app.VisitRow
		err := r.Scan(visitFields(&v)...)
		out = append(out, v)
		return err
	}, `SELECT `+visitColumns+` FROM visit_question v WHERE v.child = $1 ORDER BY v.list, v.visit, v.goal`, child)
	return out, wrap("read what is asked about a child's visits", err)
}

const (
	insertVisit = `INSERT INTO visit_question (child, list, what, visit, newest, goal, name, team, risk) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (child, list, visit, goal) DO UPDATE SET what = excluded.what, newest = excluded.newest, name = excluded.name, team = excluded.team, risk = excluded.risk`
	deleteVisit = `DELETE FROM visit_question WHERE child = $1 AND list = $2 AND visit = $3 AND goal = $4`
)

var selectVisitsOf = forChildren(`SELECT `+visitColumns+` FROM visit_question v`, `v.child`)

// PutVisits makes what is asked about these children's visits exactly this, touching only
// what changed.
func (t *txn) PutVisits(ctx context.Context, children []string, rows []app.VisitRow) error {
	before := map[app.VisitRow]bool{}
	if err := t.eachOf(ctx, func(r *sql.Rows) error {
		var v app.VisitRow
		err := r.Scan(visitFields(&v)...)
		before[v] = true
		return err
	}, selectVisitsOf, children); err != nil {
		return wrap("read what is asked about visits", err)
	}
	var put, drop [][]any
	for _, v := range rows {
		v.ChildRow = app.ChildRow{}
		if before[v] {
			delete(before, v)
			continue
		}
		put = append(put, []any{v.Child, v.List, v.What, string(v.Visit), v.Newest, v.Goal, v.Name, v.Team, v.Rank})
	}
	for v := range before {
		if !slices.ContainsFunc(rows, func(x app.VisitRow) bool {
			return x.Child == v.Child && x.List == v.List && x.Visit == v.Visit && x.Goal == v.Goal
		}) {
			drop = append(drop, []any{v.Child, v.List, string(v.Visit), v.Goal})
		}
	}
	if _, err := t.many(ctx, deleteVisit, drop); err != nil {
		return wrap("drop what is asked about visits no more", err)
	}
	_, err := t.many(ctx, insertVisit, put)
	return wrap("write what is asked about visits", err)
}
