package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
	"onus/internal/entry"
)

const (
	linkColumns = `hash, subject, entry, until, ended`
	selectLink  = `SELECT ` + linkColumns + ` FROM family_link WHERE hash = $1`
	selectLinks = `SELECT ` + linkColumns + ` FROM family_link WHERE subject = $1 ORDER BY hash`
	strayLinks  = `SELECT COUNT(*) FROM family_link f WHERE NOT EXISTS (SELECT 1 FROM child c WHERE f.subject = 'child/' || c.child)
AND NOT EXISTS (SELECT 1 FROM concern n WHERE f.subject = 'concern/' || n.id)`
	insertLink = `INSERT INTO family_link (` + linkColumns + `) VALUES ($1, $2, $3, $4, $5)`
)

func linkFields(l *app.FamilyLink) []any {
	return []any{&l.Hash, &l.Subject, &l.Entry, dateOf{&l.Until}, boolOf{&l.Ended}}
}

// FamilyLink finds what a private link opens. Neither the hash nor the secret stands in an error.
func (t *txn) FamilyLink(ctx context.Context, hash string) (l app.FamilyLink, err error) {
	if !entry.CanKeep(hash) {
		return l, app.ErrNotFound
	}
	return l, wrap("find a private link", t.row(ctx, selectLink, hash).Scan(linkFields(&l)...))
}

// FamilyLinks are those of one child or concern, in order.
func (t *txn) FamilyLinks(ctx context.Context, of entry.Subject) (out []app.FamilyLink, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var l app.FamilyLink
		err := r.Scan(linkFields(&l)...)
		out = append(out, l)
		return err
	}, selectLinks, string(of))
	return out, wrap("list private links", err)
}

// StrayFamilyLinks counts those of no child or concern that a list shows.
func (t *txn) StrayFamilyLinks(ctx context.Context) (n int, err error) {
	err = t.row(ctx, strayLinks).Scan(&n)
	return n, wrap("count private links", err)
}

// PutFamilyLinks makes exactly these the private links of a child or concern.
func (t *txn) PutFamilyLinks(ctx context.Context, of entry.Subject, ls []app.FamilyLink) error {
	if err := t.exec(ctx, `DELETE FROM family_link WHERE subject = $1`, string(of)); err != nil {
		return wrap("replace private links", err)
	}
	for _, l := range ls {
		until := ""
		if l.Until != 0 {
			until = l.Until.String()
		}
		ended := 0
		if l.Ended {
			ended = 1
		}
		if err := t.exec(ctx, insertLink, l.Hash, string(of), string(l.Entry), until, ended); err != nil {
			return wrap("keep a private link", err)
		}
	}
	return nil
}
