package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"onus/internal/app"
)

const runColumns = `r.id, r.kind, r.what, r.state, r.authority, r.of_time, r.person, r.post, r.asked, r.began, r.beat, r.ended, r.so_far, r.total, r.children, r.errors, r.queries, r.not_run, r.held, r.entries, r.sha256, r.format, r.facts, r.problem`

func scanRun(scan func(...any) error) (r app.ReturnRun, err error) {
	var facts string
	if err := scan(&r.ID, &r.Kind, &r.What, &r.State, &r.Authority, &r.Of, &r.Person, &r.Post, &r.Asked, &r.Began, &r.Beat, &r.Ended, &r.SoFar, &r.Total, &r.Children,
		&r.Errors, &r.Queries, &r.NotRun, &r.Held, &r.Entries, &r.SHA256, &r.Format, &facts, &r.Problem); err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(facts), &r.Facts); err != nil {
		return r, fmt.Errorf("the counts of run %s cannot be read: %w", r.ID, err)
	}
	return r, nil
}

// ReturnRuns lists times that a return was made, newest first.
func (t *txn) ReturnRuns(ctx context.Context, q app.ReturnRunQuery) (out []app.ReturnRun, err error) {
	text, args := listRuns(q)
	err = t.each(ctx, func(r *sql.Rows) error {
		x, err := scanRun(r.Scan)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("list runs of a return", err)
}

func listRuns(q app.ReturnRunQuery) (text string, args []any) {
	var w where
	w.add("r.kind = ?1", string(q.Kind))
	if q.What != "" {
		w.add("r.what = ?1", string(q.What))
	}
	if q.State != "" {
		w.add("r.state = ?1", string(q.State))
	}
	if q.After.ID != "" {
		w.add("(r.asked, r.id) < (?1, ?2)", q.After.At, q.After.ID)
	}
	return `SELECT ` + runColumns + ` FROM return_run r` + w.String() + ` ORDER BY r.asked DESC, r.id DESC` + limit(q.Limit), w.args
}

// ReturnRun is one time that a return was made.
func (t *txn) ReturnRun(ctx context.Context, id string) (app.ReturnRun, error) {
	r, err := scanRun(t.row(ctx, `SELECT `+runColumns+` FROM return_run r WHERE r.id = $1`, id).Scan)
	return r, wrap("read a run of a return", err)
}

// PutReturnRun keeps a new run.
func (t *txn) PutReturnRun(ctx context.Context, r app.ReturnRun) error {
	facts, err := json.Marshal(r.Facts)
	if err != nil {
		return err
	}
	return wrap("keep a run of a return", t.exec(ctx, `INSERT INTO return_run (id, kind, what, state, authority, of_time, person, post, asked, began, beat, ended, so_far, total, children, errors, queries, not_run, held, entries, sha256, format, facts, problem)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		r.ID, string(r.Kind), string(r.What), string(r.State), r.Authority, r.Of, r.Person, r.Post, int64(r.Asked), int64(r.Began), int64(r.Beat), int64(r.Ended), r.SoFar, r.Total, r.Children,
		r.Errors, r.Queries, r.NotRun, r.Held, r.Entries, r.SHA256, r.Format, string(facts), r.Problem))
}

// SetReturnRun changes a run that is still in a state.
func (t *txn) SetReturnRun(ctx context.Context, r app.ReturnRun, was app.ReturnState) (ours bool, err error) {
	facts, err := json.Marshal(r.Facts)
	if err != nil {
		return false, err
	}
	n, err := t.count(ctx, `UPDATE return_run SET state = $1, began = $2, beat = $3, ended = $4, so_far = $5, total = $6, children = $7, errors = $8, queries = $9, not_run = $10, held = $11, entries = $12, facts = $13, problem = $14 WHERE id = $15 AND state = $16`,
		string(r.State), int64(r.Began), int64(r.Beat), int64(r.Ended), r.SoFar, r.Total, r.Children, r.Errors, r.Queries, r.NotRun, r.Held, r.Entries, string(facts), r.Problem, r.ID, string(was))
	return n > 0, wrap("mark a run of a return", err)
}

const (
	insertReturnRule    = `INSERT INTO return_rule (run, code, severity, outcome, reason, places, children, apart) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	insertReturnTeam    = `INSERT INTO return_team (run, code, team, places, children) VALUES ($1, $2, $3, $4, $5)`
	insertReturnFailure = `INSERT INTO return_failure (run, code, team, child, places, cells) VALUES ($1, $2, $3, $4, $5, $6)`
	forgetOlder         = `DELETE FROM %s WHERE run IN (SELECT id FROM return_run WHERE kind = $1 AND id <> $2)`
)

// PutReturnResult keeps what a check found.
func (t *txn) PutReturnResult(ctx context.Context, r app.ReturnRun, rules []app.ReturnRule, teams []app.ReturnTeam, failures []app.ReturnFailure) error {
	for _, table := range []string{"return_failure", "return_team"} {
		if err := t.exec(ctx, fmt.Sprintf(forgetOlder, table), string(r.Kind), r.ID); err != nil {
			return wrap("forget what an earlier check found", err)
		}
	}
	rows := make([][]any, 0, len(rules))
	for _, x := range rules {
		outcome := "could not run"
		if x.Failed {
			outcome = "failed"
		}
		rows = append(rows, []any{r.ID, x.Code, string(x.Severity), outcome, x.Reason, x.Places, x.Children, x.Apart})
	}
	if _, err := t.many(ctx, insertReturnRule, rows); err != nil {
		return wrap("keep what a check found", err)
	}
	rows = rows[:0]
	for _, x := range teams {
		rows = append(rows, []any{r.ID, x.Code, x.Team, x.Places, x.Children})
	}
	if _, err := t.many(ctx, insertReturnTeam, rows); err != nil {
		return wrap("keep in which teams a check found something", err)
	}
	rows = rows[:0]
	for _, x := range failures {
		rows = append(rows, []any{r.ID, x.Code, x.Team, x.Child, x.Places, x.Cells})
	}
	_, err := t.many(ctx, insertReturnFailure, rows)
	return wrap("keep whom a check found", err)
}

// ReturnRules are what came of the rules of a check that did not hold.
func (t *txn) ReturnRules(ctx context.Context, run string) (out []app.ReturnRule, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.ReturnRule
		var outcome string
		err := r.Scan(&x.Code, &x.Severity, &outcome, &x.Reason, &x.Places, &x.Children, &x.Apart)
		x.Failed = outcome == "failed"
		out = append(out, x)
		return err
	}, `SELECT code, severity, outcome, reason, places, children, apart FROM return_rule WHERE run = $1 ORDER BY code`, run)
	return out, wrap("read what a check found", err)
}

// ReturnTeams are a rule's children by team.
func (t *txn) ReturnTeams(ctx context.Context, run, code string) ([]app.ReturnTeam, error) {
	return t.returnTeams(ctx, `SELECT code, team, places, children FROM return_team WHERE run = $1 AND code = $2 ORDER BY team`, run, code)
}

// ReturnTeamRules are the rules that found children of a team.
func (t *txn) ReturnTeamRules(ctx context.Context, run, team string) ([]app.ReturnTeam, error) {
	return t.returnTeams(ctx, `SELECT code, team, places, children FROM return_team WHERE run = $1 AND code <> '' AND team = $2 ORDER BY code`, run, team)
}

func (t *txn) returnTeams(ctx context.Context, text string, args ...any) (out []app.ReturnTeam, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.ReturnTeam
		err := r.Scan(&x.Code, &x.Team, &x.Places, &x.Children)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("read in which teams a check found something", err)
}

// ReturnFailures are the children behind rules, in one team.
func (t *txn) ReturnFailures(ctx context.Context, q app.ReturnFailureQuery) (out []app.ReturnFailure, err error) {
	text, args := listFailures(q)
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.ReturnFailure
		err := r.Scan(append([]any{&x.Code, &x.Team, &x.Child, &x.Places, &x.Cells}, childFields(&x.ChildRow)...)...)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("list whom a check found", err)
}

func listFailures(q app.ReturnFailureQuery) (text string, args []any) {
	var w where
	order := "f.child, f.code"
	w.add("f.run = ?1", q.Run)
	if q.Code != "" {
		w.add("f.code = ?1", q.Code)
		order = "f.child"
	}
	w.add("f.team = ?1", q.Team)
	switch child, code, _ := strings.Cut(q.After.ID, "~"); {
	case q.After.ID == "":
	case q.Code != "":
		w.add("f.child > ?1", child)
	default:
		w.add("(f.child, f.code) > (?1, ?2)", child, code)
	}
	return `SELECT f.code, f.team, f.child, f.places, f.cells, ` + childColumns + ` FROM return_failure f JOIN child c ON c.child = f.child` + w.String() + ` ORDER BY ` + order + limit(q.Limit), w.args
}

// CountChildren is how many records of children there are.
func (t *txn) CountChildren(ctx context.Context) (n int, err error) {
	err = t.row(ctx, `SELECT COUNT(*) FROM child`).Scan(&n)
	return n, wrap("count children", err)
}
