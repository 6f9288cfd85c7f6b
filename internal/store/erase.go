package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"onus/internal/app"
)

const (
	eraseEntry = `UPDATE journal SET kind = '', subject = '', happened = '', recorded = 0, author = '', post = '', on_behalf = '', corrects = '', source = '',
body = NULL, salt = NULL, leaf = $1 WHERE seq = $2 AND body IS NOT NULL`
	deleteReturnFailures = `DELETE FROM return_failure WHERE child = $1`
	selectDoneOf         = `SELECT key, entries FROM done WHERE child = $1 ORDER BY key`
)

// Erase destroys what entries of a child say.
func (t *txn) Erase(ctx context.Context, child string, es []app.Stored) error {
	if q := t.s.d.shred(); q != "" {
		if err := t.exec(ctx, q); err != nil {
			return wrap("prepare to erase", err)
		}
	}
	gone := map[string]bool{}
	for _, e := range es {
		n, err := t.count(ctx, eraseEntry, e.Leaf, e.Seq)
		if err != nil {
			return wrap("erase an entry", err)
		}
		if n != 1 {
			return fmt.Errorf("erase entry %d: it is not there, or it was erased before", e.Seq)
		}
		gone[string(e.Entry.ID)] = true
	}
	if err := t.withdrawFeed(ctx, child); err != nil {
		return err
	}
	// That a rule of a return found the child follows from what is erased.
	if err := t.exec(ctx, deleteReturnFailures, child); err != nil {
		return wrap("remove a child from what checks of returns found", err)
	}
	// Last year's files say much of what the record said, and in them it is found by its
	// numbers, which are still here.
	if err := t.eraseReturnData(ctx, child); err != nil {
		return err
	}
	// What was asked is kept as a hash, and a hash of a short text can be guessed.
	var keys []string
	err := t.each(ctx, func(r *sql.Rows) error {
		var key, ids string
		err := r.Scan(&key, &ids)
		if slices.ContainsFunc(strings.Fields(ids), func(id string) bool { return gone[id] }) {
			keys = append(keys, key)
		}
		return err
	}, selectDoneOf, child)
	for _, key := range keys {
		if err == nil {
			err = t.exec(ctx, `UPDATE done SET request = '' WHERE key = $1`, key)
		}
	}
	return wrap("erase what was asked", err)
}

// DropChild removes a child from every list, and what was typed about it and
// not recorded.
func (t *txn) DropChild(ctx context.Context, child string) error {
	for _, q := range []string{`DELETE FROM duty WHERE child = $1`, `DELETE FROM front_door WHERE child = $1`, `DELETE FROM visit_question WHERE child = $1`, `DELETE FROM arrival WHERE child = $1`, deleteReturnFailures, `DELETE FROM child_identifier WHERE child = $1`, `DELETE FROM child_open_to WHERE child = $1`, `DELETE FROM family_link WHERE subject = 'child/' || $1`, `DELETE FROM outbox WHERE child <> '' AND child = $1`, `DELETE FROM feed_part WHERE child <> '' AND child = $1`, `DELETE FROM child WHERE child = $1`} {
		if err := t.exec(ctx, q, child); err != nil {
			return wrap("remove a child from the lists", err)
		}
	}
	return wrap("remove drafts about a child", t.exec(ctx, `DELETE FROM draft WHERE path = $1 OR path LIKE $2 OR path = $3`, "/child/"+child, "/child/"+child+"/%", "/front-door/"+child))
}

// Disposable lists what may be disposed of, longest over first.
func (t *txn) Disposable(ctx context.Context, q app.DisposalQuery) (out []app.ChildRow, err error) {
	w := &where{}
	w.add("c.dispose_on <> '' AND c.dispose_on <= ?1", q.On.String())
	inList(w, "c.team", q.Teams)
	if q.After != "" {
		w.add("(c.dispose_on > ?1 OR c.dispose_on = ?1 AND c.child > ?2)", q.AfterOn.String(), q.After)
	}
	text := `SELECT ` + childColumns + ` FROM child c WHERE ` + strings.Join(w.conds, " AND ") + ` ORDER BY c.dispose_on, c.child`
	if q.Limit > 0 {
		text += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	err = t.each(ctx, func(r *sql.Rows) error {
		var c app.ChildRow
		err := r.Scan(childFields(&c)...)
		out = append(out, c)
		return err
	}, text, w.args...)
	return out, wrap("list what may be disposed of", err)
}
