package app

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/supervision"
)

// TalkRow is a talk in supervision as lists show it: a cache of the journal.
type TalkRow struct {
	ID           string
	Form         string
	Team         string // of a group
	Post, Person string // with whom; empty of a group
	By           string // the post that holds it
	State        supervision.State
	Opened       day.Instant
	Planned, On  day.Date // On is zero until it was held
	LastSeq      int64
	Owed         []RecordOwed // filled by Talk only
}

// TalkQuery asks for talks, newest first.
type TalkQuery struct {
	Person string // with this person; empty: with anybody
	Team   string // of a group of this team
	Limit  int
}

// What is owed because of a talk in supervision.
const (
	OwesTalkSignature = "signature"
	OwesAction        = "action"
)

func talkRow(r supervision.Record, lastSeq int64) TalkRow {
	t := TalkRow{ID: r.ID, Form: r.Opened.Form, Team: r.Opened.Team, By: r.By.Post, State: r.State(), Opened: r.At, Planned: r.Planned, On: r.On, LastSeq: lastSeq}
	if r.Opened.Form == supervision.OneToOne {
		t.Post, t.Person = r.Opened.With[0].Post, r.Opened.With[0].Person
	}
	sign := func(nth int, s supervision.Seat, by day.Date) {
		t.Owed = append(t.Owed, RecordOwed{Record: OfTalk, ID: r.ID, What: OwesTalkSignature, Nth: nth, Post: s.Post, Person: s.Person, Text: "Sign the record of supervision", By: by})
	}
	switch t.State {
	case supervision.Over:
		sign(0, r.By, r.SignBy)
	case supervision.Waits:
		for i, s := range r.Opened.With {
			if slices.Contains(r.Missing(), s) {
				sign(i+1, s, r.Signature.SignBy)
			}
		}
	}
	if r.Signature != nil {
		for _, a := range r.Actions() {
			if a.Over() {
				continue
			}
			o := RecordOwed{Record: OfTalk, ID: r.ID, What: OwesAction, Nth: a.Nth, Post: a.Post, Text: a.What, By: a.By}
			if a.About == supervision.AboutChild {
				o.Child, o.Text = a.ID, "What supervision decided about a child"
			}
			t.Owed = append(t.Owed, o)
		}
	}
	sortOwed(t.Owed)
	return t
}

func talkOf(ctx context.Context, v View, id string) (supervision.Record, int64, error) {
	if !entry.CanKeep(id) {
		return supervision.Record{}, -1, ErrNotFound
	}
	es, err := v.Entries(ctx, entry.OfTalk(id))
	if err != nil {
		return supervision.Record{}, -1, err
	}
	if len(es) == 0 {
		return supervision.Record{}, -1, ErrNotFound
	}
	return supervision.Fold(id, bare(es)), es[len(es)-1].Seq, nil
}

// talked adds what was decided about a talk, and makes its rows.
func (w *writer) talked(r supervision.Record, es []entry.Entry) (supervision.Record, error) {
	for _, e := range es {
		if err := w.add(e); err != nil {
			return r, err
		}
		r = supervision.Apply(r, e)
	}
	if w.talks == nil {
		w.talks = map[string]supervision.Record{}
	}
	w.talks[r.ID] = r
	return r, nil
}

func (w *writer) projectTalks(ctx context.Context) error {
	ids := make([]string, 0, len(w.talks))
	for id := range w.talks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := w.tx.PutTalk(ctx, talkRow(w.talks[id], w.lastSeq[string(entry.OfTalk(id))])); err != nil {
			return err
		}
	}
	return nil
}

func verifyTalks(ctx context.Context, v View, spoken map[string]bool) (n int, err error) {
	rows, err := v.Talks(ctx, TalkQuery{})
	if err != nil {
		return 0, err
	}
	for _, x := range rows {
		row, err := v.Talk(ctx, x.ID)
		if err != nil {
			return n, err
		}
		rec, last, err := talkOf(ctx, v, x.ID)
		if notFound(err) {
			return n, fmt.Errorf("%w: the list shows a talk (%s) about which there is no entry", ErrTampered, x.ID)
		}
		if err != nil {
			return n, err
		}
		if !reflect.DeepEqual(row, talkRow(rec, last)) {
			return n, fmt.Errorf("%w: the list does not show talk %s as its entries have it", ErrTampered, x.ID)
		}
		delete(spoken, string(entry.OfTalk(x.ID)))
		n++
	}
	for id := range spoken {
		if _, ok := entry.Subject(id).Talk(); ok {
			return n, fmt.Errorf("%w: no list shows %s, about which there are entries", ErrTampered, id)
		}
	}
	return n, nil
}

// actionText is what an action about a child says, from the child's record. Whoever
// asks must have asked before whether it is open.
func (a *App) actionText(ctx context.Context, v View, o RecordOwed) (string, error) {
	r, _, err := talkOf(ctx, v, o.ID)
	if err != nil {
		return "", err
	}
	as := r.Actions()
	if o.Nth < 0 || o.Nth >= len(as) {
		return o.Text, nil
	}
	rec, _, err := a.record(ctx, v, o.Child)
	if err != nil {
		return "", err
	}
	if ev, ok := rec.Event(as[o.Nth].In); ok {
		if b, ok := ev.Body.(child.Supervision); ok && b.Action != "" {
			return b.Action, nil
		}
	}
	return o.Text, nil
}
