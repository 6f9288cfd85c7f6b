package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// RecordOwed is something that a post owes because of a record that is not a
// child's: a decision, a talk in supervision. Late, it climbs: see App.ClimbLine.
type RecordOwed struct {
	Record string // one of the words below
	ID     string
	What   string // see decisions.go and talks.go
	Nth    int
	Post   string
	Person string // the only one who can do it; empty: whoever answers for the post
	Child  string // of whom it is, where its words stand in the child's record
	Text   string
	By     day.Date // zero: at once, and never late
	// To are the posts to which it has come up, above the one that owes it; and
	// Closed says that the child's record is closed to whoever asks. Neither is stored.
	To     []string
	Closed bool
}

// Which record has the id.
const (
	OfDecision = "decision"
	OfTalk     = "talk"
)

// RecordOwedQuery asks what is owed because of records, first due first.
type RecordOwedQuery struct {
	Posts  []string // any of these; nil: whoever owes
	LateOn day.Date // only what was due before this day; zero: all
	Limit  int
}

// of names it for ever: in what posts above were told.
func (o RecordOwed) of() string {
	return o.Record + "/" + o.ID + "/" + o.What + "/" + strconv.Itoa(o.Nth)
}

func sortOwed(owed []RecordOwed) {
	slices.SortFunc(owed, func(a, b RecordOwed) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Nth, b.Nth), cmp.Compare(a.Post, b.Post))
	})
}

// climbing says whether it climbs when it is late: that somebody looks once more
// whether a decision is right, and that they are told of one that was replaced, do not.
func (o RecordOwed) climbing() bool {
	return o.By != 0 && o.What != OwesReview && o.What != WasReplaced
}

// promises are what is late on a day because of records, as the line owes it.
func promises(ctx context.Context, v View, l *line.Line, on day.Date) (out []line.Owing, of []RecordOwed, err error) {
	rows, err := v.RecordOwed(ctx, RecordOwedQuery{LateOn: on, Limit: scanned})
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		if !r.climbing() {
			continue
		}
		if o, ok := l.Promise(r.Post, r.of(), r.By, on); ok {
			out, of = append(out, o), append(of, r)
		}
	}
	return out, of, nil
}

// RecordsOwed is what posts of theirs owe because of decisions and of supervision,
// first due first; and what came up to them because it was late. What is about a
// child whose record is closed to them says so, and no more.
func (d *Desk) RecordsOwed(ctx context.Context) (out []RecordOwed, err error) {
	if err := d.May(access.MakeDecision); err != nil {
		return nil, err
	}
	at, l, pack := d.Then()
	on, posts := at.Date(), append([]string{}, d.posts()...)
	err = d.view(ctx, func(v View) error {
		rows, err := v.RecordOwed(ctx, RecordOwedQuery{Posts: posts, Limit: maxOwed})
		if err != nil {
			return err
		}
		for _, o := range rows {
			if o.What == WasReplaced && o.By < on || o.Person != "" && o.Person != d.who.Person {
				continue
			}
			out = append(out, o)
		}
		more, err := d.cameUp(ctx, v, l, pack, on, posts)
		out = append(out, more...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, d.closedOwed(ctx, out)
}

// cameUp is what is late below a post of theirs, and has come to it.
func (d *Desk) cameUp(ctx context.Context, v View, l *line.Line, pack *duty.Pack, on day.Date, posts []string) (out []RecordOwed, err error) {
	if d.post.Tier <= line.Worker {
		return nil, nil
	}
	owings, of, err := promises(ctx, v, l, on)
	if err != nil {
		return nil, err
	}
	for i, o := range owings {
		r := of[i]
		if slices.Contains(posts, r.Post) && (r.Person == "" || r.Person == d.who.Person) {
			continue // it stands there as theirs
		}
		to := pack.OwedTo(o, on)
		if r.To = to[min(1, len(to)):]; r.Person != "" && slices.Contains(posts, r.Post) {
			r.To = to // whoever could do it is not in the post any more
		}
		if slices.ContainsFunc(r.To, func(p string) bool { return slices.Contains(posts, p) }) {
			out = append(out, r)
		}
		if len(out) == maxOwed {
			break
		}
	}
	return out, nil
}

// closedOwed covers what is about a child whose record is closed to them, and writes
// the looks at the others.
func (d *Desk) closedOwed(ctx context.Context, owed []RecordOwed) error {
	var ids []string
	for _, o := range owed {
		if o.Child != "" && !slices.Contains(ids, o.Child) {
			ids = append(ids, o.Child)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	open, err := d.openRows(ctx, owedList, ids)
	if err != nil {
		return err
	}
	for i := range owed {
		if o := &owed[i]; o.Child != "" {
			_, ok := open[o.Child]
			o.Closed = !ok
		}
	}
	return d.a.Store.View(ctx, func(v View) error {
		for i := range owed {
			o := &owed[i]
			if o.Child == "" || o.Closed || o.Record != OfTalk {
				continue
			}
			var err error
			if o.Text, err = d.a.actionText(ctx, v, *o); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxOwed is how much that is owed because of records is shown at once.
const maxOwed = 100
