package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

const childColumns = `c.child, c.last_seq, c.entries, c.name, c.folded, c.birth, c.expected, c.open, c.since, c.risk, c.situation, c.team, c.post,
c.no_worker_since, c.workers, c.last_seen, c.last_alone, c.referral, c.sort_at, c.guard, c.dispose_on, c.wake, c.area, c.journey, c.miles`

func childFields(c *app.ChildRow) []any {
	return []any{&c.Child, &c.LastSeq, &c.Entries, &c.Name, &c.Folded, dateOf{&c.Birth}, dateOf{&c.Expected}, boolOf{&c.Open}, dateOf{&c.Since},
		&c.Rank, &c.Situation, &c.Team, &c.Post, dateOf{&c.NoWorkerSince}, &c.Workers, dateOf{&c.LastSeen}, dateOf{&c.LastAlone}, &c.ReferralOpened, &c.Sorted, &c.Guard, dateOf{&c.DisposeOn}, &c.Wake, &c.Area, &c.Journey, &c.Miles}
}

// dateOf reads a civil date kept as text.
type dateOf struct{ d *day.Date }

func (x dateOf) Scan(v any) error {
	s, ok := v.(string)
	if b, isBytes := v.([]byte); isBytes {
		s, ok = string(b), true
	}
	if !ok || x.d.UnmarshalText([]byte(s)) != nil {
		return fmt.Errorf("%w: a row of a list holds a date that cannot be read", app.ErrTampered)
	}
	return nil
}

// boolOf reads a yes or no kept as 1 or 0.
type boolOf struct{ b *bool }

func (x boolOf) Scan(v any) error {
	n, ok := v.(int64)
	if !ok || n != 0 && n != 1 {
		return fmt.Errorf("%w: a row of a list holds a yes or no that is neither", app.ErrTampered)
	}
	*x.b = n != 0
	return nil
}

// whenOf reads a date or an instant kept as text.
type whenOf struct{ w *day.When }

func (x whenOf) Scan(v any) error {
	s, ok := v.(string)
	w, err := day.ParseWhen(s)
	if !ok || err != nil {
		return fmt.Errorf("%w: a row of a list holds a time that cannot be read", app.ErrTampered)
	}
	*x.w = w
	return nil
}

const selectChild = `SELECT ` + childColumns + ` FROM child c WHERE c.child = $1`

// Child reads a child's row.
func (t *txn) Child(ctx context.Context, id string) (c app.ChildRow, err error) {
	if !entry.CanKeep(id) {
		return c, app.ErrNotFound
	}
	err = t.row(ctx, selectChild, id).Scan(childFields(&c)...)
	return c, wrap("read a child", err)
}

// ChildByID finds a child by a number that some system knows it by.
func (t *txn) ChildByID(ctx context.Context, id app.Identifier) (child string, err error) {
	if !entry.CanKeep(id.System + id.Authority + id.Value) {
		return "", app.ErrNotFound
	}
	err = t.row(ctx, `SELECT child FROM child_identifier WHERE system = $1 AND authority = $2 AND value = $3 ORDER BY child LIMIT 1`, id.System, id.Authority, id.Value).Scan(&child)
	return child, wrap("find a child by a number", err)
}

const selectIdentifiers = `SELECT system, authority, value FROM child_identifier WHERE child = $1 ORDER BY system, authority, value`

// Identifiers are one child's numbers.
func (t *txn) Identifiers(ctx context.Context, child string) (out []app.Identifier, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.Identifier
		err := r.Scan(&x.System, &x.Authority, &x.Value)
		out = append(out, x)
		return err
	}, selectIdentifiers, child)
	return out, wrap("read a child's numbers", err)
}

// where collects conditions and their arguments.
type where struct {
	conds []string
	args  []any
}

func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		if s, ok := a.(string); ok && !entry.CanKeep(s) {
			cond, args = "1 = 0", nil // no row can hold it, and PostgreSQL refuses to look
			break
		}
	}
	n := len(w.args)
	for i := len(args); i > 0; i-- { // from the last, so that $1 does not eat $10
		cond = strings.ReplaceAll(cond, fmt.Sprintf("?%d", i), fmt.Sprintf("$%d", n+i))
	}
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

// in adds "column IN (...)"; an empty list matches nothing, nil matches all.
func inList[T ~string](w *where, column string, vs []T) {
	if vs != nil {
		vs = slices.DeleteFunc(slices.Clone(vs), func(v T) bool { return !entry.CanKeep(string(v)) })
	}
	switch {
	case vs == nil:
	case len(vs) == 0:
		w.conds = append(w.conds, "1 = 0")
	default:
		texts := make([]string, len(vs))
		for i, v := range vs {
			texts[i] = string(v)
		}
		list, args := in(len(w.args)+1, texts)
		w.conds = append(w.conds, column+" IN ("+list+")")
		w.args = append(w.args, args...)
	}
}

func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// Children lists children by risk, then by how long they have waited or been known.
func (t *txn) Children(ctx context.Context, q app.ChildQuery) (out []app.ChildRow, err error) {
	text, args := listChildren(q)
	err = t.each(ctx, func(r *sql.Rows) error {
		var c app.ChildRow
		err := r.Scan(childFields(&c)...)
		out = append(out, c)
		return err
	}, text, args...)
	return out, wrap("list children", err)
}

// childrenOf is the query of so many children by their ids.
func childrenOf(n int) string {
	text, _ := listChildren(app.ChildQuery{IDs: make([]string, n)})
	return text
}

func listChildren(q app.ChildQuery) (text string, args []any) {
	var w where
	if q.OpenOnly || q.Unallocated || q.Posts != nil {
		w.add("c.open = 1")
	}
	if q.Unallocated {
		w.add("c.post = ''")
	}
	if q.Guarded {
		w.add("c.guard <> ''")
	}
	inList(&w, "c.child", q.IDs)
	inList(&w, "c.post", q.Posts)
	inList(&w, "c.team", q.Teams)
	if q.OpenTo != nil {
		var to where
		to.args = w.args
		inList(&to, "o.who", q.OpenTo)
		inList(&to, "o.why", q.Why)
		to.add("(o.until = 0 OR o.until > ?1)", int64(q.OpenAt))
		w.conds = append(w.conds, "c.child IN (SELECT o.child FROM child_open_to o"+to.String()+")")
		w.args = to.args
	}
	for _, word := range strings.Fields(q.Search) {
		w.add("c.folded LIKE ?1", "%"+likeText(word)+"%")
	}
	if q.After.ID != "" {
		w.add("(c.risk, c.sort_at, c.child) > (?1, ?2, ?3)", q.After.Rank, q.After.At, q.After.ID)
	}
	first := "c.risk"
	if len(q.Posts) > 1 {
		first = "+c.risk" // SQLite would walk every open child in this order, rather than sort the few of these posts
	}
	return `SELECT ` + childColumns + ` FROM child c` + w.String() + ` ORDER BY ` + first + `, c.sort_at, c.child` + limit(q.Limit), w.args
}

// likeText drops what LIKE would read as a pattern: names have none of it.
func likeText(s string) string { return strings.NewReplacer("%", "", "_", "", `\`, "").Replace(s) }

func limit(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" LIMIT %d", n)
}

// ChildIDs walks the children's ids in order.
func (t *txn) ChildIDs(ctx context.Context, after string, n int) (out []string, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `SELECT child FROM child WHERE child > $1 ORDER BY child LIMIT $2`, after, n)
	return out, wrap("walk the children", err)
}

const upsertChild = `INSERT INTO child (child, last_seq, entries, name, folded, birth, expected, open, since, risk, situation, team, post,
no_worker_since, workers, last_seen, last_alone, referral, sort_at, guard, dispose_on, wake, area, journey, miles)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
ON CONFLICT (child) DO UPDATE SET last_seq = excluded.last_seq, entries = excluded.entries, name = excluded.name, folded = excluded.folded,
birth = excluded.birth, expected = excluded.expected, open = excluded.open, since = excluded.since, risk = excluded.risk,
situation = excluded.situation, team = excluded.team, post = excluded.post, no_worker_since = excluded.no_worker_since,
workers = excluded.workers, last_seen = excluded.last_seen, last_alone = excluded.last_alone, referral = excluded.referral, sort_at = excluded.sort_at,
guard = excluded.guard, dispose_on = excluded.dispose_on, wake = excluded.wake, area = excluded.area, journey = excluded.journey, miles = excluded.miles`

const (
	insertIdentifier = `INSERT INTO child_identifier (system, authority, value, child) VALUES ($1, $2, $3, $4)`
	deleteIdentifier = `DELETE FROM child_identifier WHERE system = $1 AND authority = $2 AND value = $3 AND child = $4`
)

// touchChild changes what no index holds, when that is all that changes: it
// spares three index pages on the disk in most writes.
const touchChild = `UPDATE child SET last_seq = $1, entries = $2, name = $3, folded = $4, birth = $5, expected = $6, since = $7, situation = $8,
no_worker_since = $9, workers = $10, last_seen = $11, last_alone = $12, referral = $13, guard = $14, area = $15, journey = $16, miles = $17
WHERE child = $18 AND open = $19 AND risk = $20 AND team = $21 AND post = $22 AND sort_at = $23 AND dispose_on = $24 AND wake = $25`

// PutChild writes children's rows.
func (t *txn) PutChild(ctx context.Context, cs ...app.ChildRow) error {
	rows := make([][]any, len(cs))
	for i, c := range cs {
		rows[i] = []any{c.LastSeq, c.Entries, c.Name, c.Folded, c.Birth.String(), c.Expected.String(), c.Since.String(), c.Situation,
			c.NoWorkerSince.String(), c.Workers, c.LastSeen.String(), c.LastAlone.String(), string(c.ReferralOpened), c.Guard, c.Area, c.Journey, c.Miles,
			c.Child, number(c.Open), c.Rank, c.Team, c.Post, int64(c.SortAt()), c.DisposeOn.String(), int64(c.Wake)}
	}
	ns, err := t.many(ctx, touchChild, rows)
	if err != nil {
		return wrap("write a child's row", err)
	}
	rows = nil
	for i, c := range cs {
		if ns[i] == 0 {
			rows = append(rows, []any{c.Child, c.LastSeq, c.Entries, c.Name, c.Folded, c.Birth.String(), c.Expected.String(), number(c.Open), c.Since.String(),
				c.Rank, c.Situation, c.Team, c.Post, c.NoWorkerSince.String(), c.Workers, c.LastSeen.String(), c.LastAlone.String(), string(c.ReferralOpened), int64(c.SortAt()), c.Guard, c.DisposeOn.String(), int64(c.Wake), c.Area, c.Journey, c.Miles})
		}
	}
	_, err = t.many(ctx, upsertChild, rows)
	return wrap("write a child's row", err)
}

// PutIdentifiers makes a child's numbers exactly these.
func (t *txn) PutIdentifiers(ctx context.Context, child string, ids []app.Identifier) error {
	had, err := t.Identifiers(ctx, child)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if !slices.Contains(had, id) && !slices.Contains(ids[:i], id) {
			if err := t.exec(ctx, insertIdentifier, id.System, id.Authority, id.Value, child); err != nil {
				return wrap("write a child's number", err)
			}
		}
	}
	for _, id := range had {
		if !slices.Contains(ids, id) {
			if err := t.exec(ctx, deleteIdentifier, id.System, id.Authority, id.Value, child); err != nil {
				return wrap("drop a child's number", err)
			}
		}
	}
	return nil
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const dutyColumns = `d.id, d.child, d.rule, d.start, d.owner, d.team, d.risk, d.since, d.shifted, d.due_on, d.due_by, d.clock, d.until,
d.next_climb, d.climbed, d.climbed_to, d.climbed_at, d.unit`

func dutyFields(d *app.DutyRow) []any {
	return []any{&d.ID, &d.Child, &d.Rule, &d.Start, &d.Owner, &d.Team, &d.Rank, whenOf{&d.Since}, boolOf{&d.Shifted}, dateOf{&d.Due.On}, &d.Due.By,
		boolOf{&d.Due.Clock}, &d.Until, &d.NextClimb, &d.Climbed, &d.ClimbedTo, &d.ClimbedAt, &d.SpanUnit}
}

// Duties lists open duties by risk, then by when they are due.
func (t *txn) Duties(ctx context.Context, q app.DutyQuery) (out []app.DutyRow, err error) {
	var w where
	inList(&w, "d.owner", q.Owners)
	inList(&w, "d.team", q.Teams)
	if q.Child != "" {
		w.add("d.child = ?1", q.Child)
	}
	if q.Rule != "" {
		w.add("d.rule = ?1", q.Rule)
	}
	inList(&w, "d.rule", q.Rules)
	if q.LateAt != 0 {
		w.add("d.due_by <= ?1", int64(q.LateAt))
	}
	if q.Now != 0 {
		w.add("(d.until = 0 OR d.until > ?1)", int64(q.Now))
	}
	if q.After.ID != "" {
		w.add("(d.risk, d.due_by, d.id) > (?1, ?2, ?3)", q.After.Rank, q.After.At, q.After.ID)
	}
	text := `SELECT ` + dutyColumns + `, ` + childColumns + ` FROM duty d JOIN child c ON c.child = d.child` + w.String() +
		` ORDER BY d.risk, d.due_by, d.id` + limit(q.Limit)
	err = t.each(ctx, func(r *sql.Rows) error {
		var d app.DutyRow
		err := r.Scan(append(dutyFields(&d), childFields(&d.ChildRow)...)...)
		out = append(out, d)
		return err
	}, text, w.args...)
	return out, wrap("list duties", err)
}

const (
	selectOwed = `SELECT d.id, d.child, d.rule, d.owner, d.team, d.since, d.due_on FROM duty d%s`
	selectHeld = `SELECT c.child, c.team, c.post, c.guard, c.area, c.journey, c.miles FROM child c%s`
)

// Owed are open duties of these teams or owners, without the children's rows.
func (t *txn) Owed(ctx context.Context, owners []line.Key, teams []string, now day.Instant) (out []app.OwedRow, err error) {
	var w where
	w.add("(d.until = 0 OR d.until > ?1)", int64(now))
	either(&w, "d.owner", owners, "d.team", teams)
	err = t.each(ctx, func(r *sql.Rows) error {
		var d app.OwedRow
		err := r.Scan(&d.ID, &d.Child, &d.Rule, &d.Owner, &d.Team, whenOf{&d.Since}, dateOf{&d.Due})
		out = append(out, d)
		return err
	}, fmt.Sprintf(selectOwed, w.String()), w.args...)
	return out, wrap("list what is owed", err)
}

// Held are the open children of these teams or posts.
func (t *txn) Held(ctx context.Context, posts, teams []string) (out []app.HeldRow, err error) {
	text, args := listHeld(posts, teams)
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.HeldRow
		err := r.Scan(&x.Child, &x.Team, &x.Post, &x.Guard, &x.Area, &x.Journey, &x.Miles)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("list who has whom", err)
}

// listHeld asks for both in turn: SQLite would serve an OR of the two by walking every
// open child.
func listHeld(posts, teams []string) (string, []any) {
	a := where{conds: []string{"c.open = 1"}}
	inList(&a, "c.post", append([]string{}, posts...))
	b := where{conds: []string{"c.open = 1"}, args: a.args}
	inList(&b, "c.team", append([]string{}, teams...))
	return fmt.Sprintf(selectHeld, a.String()) + " UNION " + fmt.Sprintf(selectHeld, b.String()), b.args
}

// either adds "one IN (...) OR other IN (...)". An empty list matches nothing here, and
// is left out: else no index would serve the other.
func either[T, U ~string](w *where, one string, ones []T, other string, others []U) {
	a := where{args: w.args}
	if len(ones) > 0 || len(others) == 0 {
		inList(&a, one, append([]T{}, ones...))
	}
	if len(others) > 0 {
		inList(&a, other, others)
	}
	w.conds, w.args = append(w.conds, "("+strings.Join(a.conds, " OR ")+")"), a.args
}

const selectChildDuties = `SELECT ` + dutyColumns + ` FROM duty d WHERE d.child = $1 ORDER BY d.due_by, d.id`

// maxChildren is of how many children one statement reads rows.
const maxChildren = 64

// ofChildren are the statements that read the rows of 1, 8, 32 and maxChildren
// children: few, so that they can be kept prepared.
type ofChildren map[int]string

// forChildren makes them of a SELECT without its condition, which is on column.
func forChildren(query, column string) ofChildren {
	m := ofChildren{1: query + ` WHERE ` + column + ` = $1`}
	for _, n := range []int{8, 32, maxChildren} {
		list, _ := in(1, make([]string, n))
		m[n] = query + ` WHERE ` + column + ` IN (` + list + `)`
	}
	return m
}

// eachOf calls scan for every row of some children.
func (t *txn) eachOf(ctx context.Context, scan func(*sql.Rows) error, texts ofChildren, children []string) error {
	for part := range slices.Chunk(children, maxChildren) {
		part = slices.Clone(part)
		for texts[len(part)] == "" {
			part = append(part, part[0])
		}
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		if err := t.each(ctx, scan, texts[len(part)], args...); err != nil {
			return err
		}
	}
	return nil
}

var selectDutiesOf = forChildren(`SELECT `+dutyColumns+` FROM duty d`, `d.child`)

// dutiesOf are the rows of some children, by their ids.
func (t *txn) dutiesOf(ctx context.Context, children []string) (map[string]app.DutyRow, error) {
	out := map[string]app.DutyRow{}
	err := t.eachOf(ctx, func(r *sql.Rows) error {
		var d app.DutyRow
		err := r.Scan(dutyFields(&d)...)
		out[d.ID] = d
		return err
	}, selectDutiesOf, children)
	return out, wrap("read children's duties", err)
}

// ChildDuties are one child's rows.
func (t *txn) ChildDuties(ctx context.Context, child string) (out []app.DutyRow, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var d app.DutyRow
		err := r.Scan(dutyFields(&d)...)
		out = append(out, d)
		return err
	}, selectChildDuties, child)
	return out, wrap("read a child's duties", err)
}

const (
	upsertDuty = `INSERT INTO duty (id, child, rule, start, owner, team, risk, since, shifted, due_on, due_by, clock, until, next_climb, climbed, climbed_to, climbed_at, unit)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, team = excluded.team, risk = excluded.risk, since = excluded.since, shifted = excluded.shifted,
due_on = excluded.due_on, due_by = excluded.due_by, clock = excluded.clock, until = excluded.until, next_climb = excluded.next_climb,
climbed = excluded.climbed, climbed_to = excluded.climbed_to, climbed_at = excluded.climbed_at, unit = excluded.unit`
	deleteDuty = `DELETE FROM duty WHERE id = $1`
)

// PutDuties makes the rows of these children exactly these, touching only what changed.
func (t *txn) PutDuties(ctx context.Context, children []string, ds []app.DutyRow) error {
	before, err := t.dutiesOf(ctx, children)
	if err != nil {
		return err
	}
	var put, drop [][]any
	for _, d := range ds {
		d.ChildRow = app.ChildRow{}
		old, ok := before[d.ID]
		delete(before, d.ID)
		if ok && old == d {
			continue
		}
		put = append(put, []any{d.ID, d.Child, d.Rule, string(d.Start), string(d.Owner), d.Team, d.Rank, d.Since.String(), number(d.Shifted), d.Due.On.String(),
			int64(d.Due.By), number(d.Due.Clock), int64(d.Until), int64(d.NextClimb), d.Climbed, d.ClimbedTo, int64(d.ClimbedAt), int64(d.SpanUnit)})
	}
	for id := range before {
		drop = append(drop, []any{id})
	}
	if _, err := t.many(ctx, upsertDuty, put); err != nil {
		return wrap("write a duty", err)
	}
	_, err = t.many(ctx, deleteDuty, drop)
	return wrap("drop an ended duty", err)
}

// Loads counts what each owner owes in these teams.
func (t *txn) Loads(ctx context.Context, teams []string, now day.Instant) ([]app.Load, error) {
	w := where{conds: []string{"(d.until = 0 OR d.until > $1)"}, args: []any{int64(now)}}
	inList(&w, "d.team", teams)
	return t.loads(ctx, w)
}

// LoadsOf counts what these owners owe.
func (t *txn) LoadsOf(ctx context.Context, owners []line.Key, now day.Instant) ([]app.Load, error) {
	w := where{conds: []string{"(d.until = 0 OR d.until > $1)"}, args: []any{int64(now)}}
	inList(&w, "d.owner", owners)
	return t.loads(ctx, w)
}

const (
	countDuties   = `SELECT d.owner, d.team, COUNT(*), SUM(CASE WHEN d.due_by <= $1 THEN 1 ELSE 0 END) FROM duty d%s GROUP BY d.team, d.owner ORDER BY d.team, d.owner`
	countChildren = `SELECT c.team, c.post, COUNT(*) FROM child c%s GROUP BY c.team, c.post ORDER BY c.team, c.post`
)

func (t *txn) loads(ctx context.Context, w where) (out []app.Load, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var l app.Load
		err := r.Scan(&l.Owner, &l.Team, &l.Owed, &l.Late)
		out = append(out, l)
		return err
	}, fmt.Sprintf(countDuties, w.String()), w.args...)
	return out, wrap("count duties", err)
}

// PostCounts counts the open children of these teams by who has them.
func (t *txn) PostCounts(ctx context.Context, teams []string) (out []app.PostCount, err error) {
	var w where
	w.add("c.open = 1")
	inList(&w, "c.team", teams)
	err = t.each(ctx, func(r *sql.Rows) error {
		var c app.PostCount
		err := r.Scan(&c.Team, &c.Post, &c.Children)
		out = append(out, c)
		return err
	}, fmt.Sprintf(countChildren, w.String()), w.args...)
	return out, wrap("count children", err)
}

// DueToClimb are children with a step to take, or whose rows time has changed.
func (t *txn) DueToClimb(ctx context.Context, now day.Instant, n int) (out []string, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var id string
		var at int64
		err := r.Scan(&id, &at)
		out = append(out, id)
		return err
	}, `SELECT child, MIN(at) FROM (SELECT child, next_climb AS at FROM duty WHERE next_climb > 0 AND next_climb <= $1 AND (until = 0 OR until > $1)
UNION ALL SELECT child, wake AS at FROM child WHERE wake <> 0 AND wake <= $1) AS due GROUP BY child ORDER BY MIN(at), child LIMIT $2`, int64(now), n)
	return out, wrap("find what must climb", err)
}
