package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
)

const doorColumns = `f.child, f.first, f.kind, f.came, f.news, f.rating, f.urgency, f.rule, f.rated_by, f.provisional, f.alarm, f.missing, f.told_by, f.said, f.known,
f.taken, f.taken_at, f.due_by, f.climbed, f.climbed_to, f.climbed_at, f.parking, f.parked_until, f.parked_why, f.parked_by, f.parked_agreed`

func doorFields(f *app.DoorRow) []any {
	return []any{&f.Child, &f.First, &f.Kind, &f.Came, &f.News, &f.Rating, &f.Urgency, &f.Rule, &f.RatedBy, boolOf{&f.Provisional}, boolOf{&f.Alarm}, &f.Missing, &f.From, &f.Said, &f.Known,
		&f.Taken, &f.TakenAt, &f.DueBy, &f.Climbed, &f.ClimbedTo, &f.ClimbedAt, &f.Parking, &f.ParkedUntil, &f.ParkedWhy, &f.ParkedBy, &f.ParkedAgreed}
}

// Door lists what waits for a decision: the most urgent first, then the least
// time left.
func (t *txn) Door(ctx context.Context, q app.DoorQuery) (out []app.DoorRow, err error) {
	var w where
	switch {
	case q.Children != nil:
		inList(&w, "f.child", q.Children)
	case q.News:
		w.add("f.news <> ''")
	default:
		w.add("f.news = ''")
	}
	if q.Rating != "" {
		w.add("f.rating = ?1", q.Rating)
	}
	if q.Taken != nil {
		inList(&w, "f.taken", q.Taken)
	}
	if q.LateAt != 0 {
		w.add("f.due_by <= ?1", int64(q.LateAt))
	}
	if q.Parked {
		w.add("f.parking <> ''")
	}
	if q.Climbed {
		w.add("f.climbed > 0")
	}
	if q.After.ID != "" {
		w.add("(f.urgency, f.due_by, f.child) > (?1, ?2, ?3)", q.After.Rank, q.After.At, q.After.ID)
	}
	text := `SELECT ` + doorColumns + `, ` + childColumns + ` FROM front_door f JOIN child c ON c.child = f.child` + w.String() +
		` ORDER BY f.urgency, f.due_by, f.child` + limit(q.Limit)
	err = t.each(ctx, func(r *sql.Rows) error {
		var f app.DoorRow
		err := r.Scan(append(doorFields(&f), childFields(&f.ChildRow)...)...)
		out = append(out, f)
		return err
	}, text, w.args...)
	return out, wrap("list what waits at the front door", err)
}

// DoorCounts counts what waits, by rating and by who took it.
func (t *txn) DoorCounts(ctx context.Context, q app.DoorQuery) (out []app.DoorCount, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.DoorCount
		err := r.Scan(&x.Rating, &x.Taken, boolOf{&x.News}, &x.All, &x.Late, &x.Parked, &x.Climbed, &x.Oldest)
		out = append(out, x)
		return err
	}, `SELECT f.rating, f.taken, CASE WHEN f.news = '' THEN 0 ELSE 1 END, COUNT(*), SUM(CASE WHEN f.due_by <= $1 THEN 1 ELSE 0 END),
SUM(CASE WHEN f.parking = '' THEN 0 ELSE 1 END), SUM(CASE WHEN f.climbed > 0 THEN 1 ELSE 0 END), MIN(f.came)
FROM front_door f GROUP BY f.rating, f.taken, CASE WHEN f.news = '' THEN 0 ELSE 1 END ORDER BY 1, 2, 3`, int64(q.LateAt))
	return out, wrap("count what waits at the front door", err)
}

// WaitingAfter are children about whom something waits, by their ids.
func (t *txn) WaitingAfter(ctx context.Context, after string, n int) (out []string, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `SELECT child FROM front_door WHERE child > $1 ORDER BY child`+limit(n), after)
	return out, wrap("list the children about whom something waits", err)
}

const deleteDoor = `DELETE FROM front_door WHERE child = $1`

const upsertDoor = `INSERT INTO front_door (child, first, kind, came, news, rating, urgency, rule, rated_by, provisional, alarm, missing, told_by, said, known, taken, taken_at,
due_by, climbed, climbed_to, climbed_at, parking, parked_until, parked_why, parked_by, parked_agreed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
ON CONFLICT (child) DO UPDATE SET first = excluded.first, kind = excluded.kind, came = excluded.came, news = excluded.news, rating = excluded.rating,
urgency = excluded.urgency, rule = excluded.rule, rated_by = excluded.rated_by, provisional = excluded.provisional, alarm = excluded.alarm, missing = excluded.missing,
told_by = excluded.told_by, said = excluded.said, known = excluded.known, taken = excluded.taken, taken_at = excluded.taken_at, due_by = excluded.due_by,
climbed = excluded.climbed, climbed_to = excluded.climbed_to, climbed_at = excluded.climbed_at, parking = excluded.parking, parked_until = excluded.parked_until,
parked_why = excluded.parked_why, parked_by = excluded.parked_by, parked_agreed = excluded.parked_agreed`

// PutDoor makes what waits about these children exactly this.
func (t *txn) PutDoor(ctx context.Context, children []string, rows []app.DoorRow) error {
	var put, drop [][]any
	waits := map[string]bool{}
	for _, f := range rows {
		waits[f.Child] = true
		put = append(put, []any{f.Child, string(f.First), f.Kind, int64(f.Came), f.News, f.Rating, f.Urgency, f.Rule, f.RatedBy, number(f.Provisional), number(f.Alarm), f.Missing, f.From, f.Said,
			f.Known, f.Taken, int64(f.TakenAt), int64(f.DueBy), f.Climbed, f.ClimbedTo, int64(f.ClimbedAt), string(f.Parking), int64(f.ParkedUntil), f.ParkedWhy, f.ParkedBy, f.ParkedAgreed})
	}
	for _, id := range children {
		if !waits[id] {
			drop = append(drop, []any{id})
		}
	}
	if _, err := t.many(ctx, upsertDoor, put); err != nil {
		return wrap("write what waits at the front door", err)
	}
	_, err := t.many(ctx, deleteDoor, drop)
	return wrap("drop what waits no more", err)
}
