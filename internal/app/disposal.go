package app

import (
	"context"
	"fmt"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/retention"
)

// disposeOn is from which day a record stands in the list of what may be
// disposed of. A duty still owed holds it too, but ends by time alone: the list
// shows that, and the row does not.
func disposeOn(keep *retention.Pack, rec child.Record, now day.Instant) day.Date {
	var on day.Date
	if s := keep.Of(rec, now); len(s.Held) == 0 {
		on = s.May
	}
	if ev, waits := rec.Proposal(); waits && (on == 0 || ev.When.Date < on) {
		on = ev.When.Date
	}
	return on
}

// Standing says how a record stands: how long it is kept and what holds it,
// duties still owed too.
func (a *App) Standing(rec child.Record, now day.Instant) retention.Standing {
	s := a.Retention.Of(rec, endOf(now))
	n := 0
	for d := range a.inForce().Each(rec, endOf(now)) {
		if d.State == duty.Open && !d.Rule.Starts.Has("disposal.proposed") { // to answer a proposal is owed, and holds nothing
			n++
		}
	}
	switch {
	case n == 1:
		s.Held = append(s.Held, "a duty is still owed")
	case n > 1:
		s.Held = append(s.Held, fmt.Sprintf("%d duties are still owed", n))
	}
	return s
}

// untimely gives what speaks against a command for how long records are kept.
func (a *App) untimely(rec child.Record, body entry.Body, now day.Instant) (ps []entry.Problem) {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	switch b := body.(type) {
	case child.KeptAs:
		t, ok := a.Retention.Type(b.Type)
		switch {
		case b.Type == "":
		case !ok || !t.Given():
			no("record_type", "There is no such type of record that a person can give")
		case t.NeedsDay() && b.On == 0:
			no("on", "Enter the day of the order: the time runs from it")
		}
	case child.DisposalProposed:
		if b.What != child.WholeRecord || b.Ground != child.TimeOver {
			return nil
		}
		s := a.Standing(rec, now)
		switch {
		case s.Unknown != "":
			no("ground", "Nobody can say when its time is over: "+s.Unknown)
		case !s.Over(now.Date()):
			no("ground", "Its time is not over. It is kept until "+s.May.Long())
		case !s.Free(now.Date()) && len(rec.Spared(b, now)) == 0: // the record itself says the rest
			no("ground", "It is held: "+s.Held[len(s.Held)-1])
		}
	}
	return ps
}

func (w *writer) timely(ctx context.Context, id string, cmds []child.Command) error {
	var ps []entry.Problem
	for _, c := range cmds {
		switch c.Body.(type) {
		case child.KeptAs, child.DisposalProposed:
			rec, err := w.load(ctx, id)
			if err != nil {
				return err
			}
			ps = append(ps, w.a.untimely(rec, c.Body, w.at.Now)...)
		}
	}
	if len(ps) > 0 {
		return &entry.Refusal{Problems: ps}
	}
	return nil
}

// Dispose destroys what a proposal names, on the word of a second person who
// works at this desk. Erasure and tombstone are one transaction. Done.Child is
// empty when nothing is left of the child.
func (d *Desk) Dispose(ctx context.Context, id string, proposal entry.ID, key string) (done Done, err error) {
	request, err := hashOf(id, []wish{{Actor: d.actor(), Kind: "disposal.agreed", Corrects: proposal}})
	if err != nil {
		return Done{}, err
	}
	var refused *Denied
	err = d.a.write(ctx, func(w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		row, err := w.tx.Child(ctx, id)
		if err != nil {
			return err
		}
		c, err := d.facts(row)
		if err != nil {
			return err
		}
		for _, what := range []access.Action{access.Dispose, access.SeeChild} { // nobody destroys what they may not see
			if err := d.MayChild(what, c); err != nil {
				refused, _ = err.(*Denied)
				return err
			}
		}
		rec, err := w.load(ctx, id)
		if err != nil {
			return err
		}
		b, gone, err := d.a.agreed(rec, proposal, d.who.Person, w.at.Now)
		if err != nil {
			return err
		}
		tomb, err := w.erase(ctx, id, gone, b, d.actor())
		if err != nil {
			return err
		}
		done = Done{Child: id, Entries: []entry.ID{tomb}}
		if gone == nil {
			done.Child = ""
		}
		if key == "" {
			return nil
		}
		return w.keep(Outcome{Key: key, Request: request, Child: done.Child, Entries: done.Entries, At: w.at.Now})
	})
	if refused != nil {
		look := Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: id, What: "Dispose", Grounds: refused.Policy, Refused: true}
		if lerr := d.log(ctx, []Read{look}); lerr != nil {
			return Done{}, lerr
		}
	}
	if err != nil {
		return Done{}, err
	}
	return done, nil
}

// agreed says what a proposal destroys when another person agrees: which
// entries (nil: all), and what the tombstone says. Everything is asked again,
// since a hold may have come in between.
func (a *App) agreed(rec child.Record, proposal entry.ID, person string, now day.Instant) (t child.Erasure, gone []entry.ID, err error) {
	ev, waits := rec.Proposal()
	if !waits || ev.ID != proposal {
		return t, nil, entry.Refuse("", "This disposal does not wait for an answer")
	}
	if ev.Author == person {
		return t, nil, entry.Refuse("", "Somebody else must agree: it was you who proposed it")
	}
	b := ev.Body.(child.DisposalProposed)
	ps := a.untimely(rec, b, now)
	for _, text := range rec.Spared(b, now) {
		ps = append(ps, entry.Problem{Text: text})
	}
	if len(ps) > 0 {
		return t, nil, &entry.Refusal{Problems: ps}
	}
	s := a.Standing(rec, now)
	t = child.Erasure{Proposal: proposal, Ground: b.Ground, Source: b.Source, Proposed: ev.Author, Agreed: person, Type: s.Type.String()}
	if b.Ground == child.TimeOver {
		t.Source = s.Type.Source.Document + ": " + s.Type.Lasts()
	}
	if b.What == child.OneEntry {
		gone = rec.Attached(b.Entry)
	}
	return t, gone, nil
}

// TryDispose says what speaks against a disposal, without doing it.
func (d *Desk) TryDispose(p *ChildPage, proposal entry.ID) error {
	_, _, err := d.a.agreed(p.Record, proposal, d.who.Person, d.now)
	return err
}

// Copy is a copy of a record for somebody outside, without what two people left
// out. While a redaction waits for its second person there is none: then the
// error is a refusal, and the page says what waits.
func (d *Desk) Copy(ctx context.Context, id string) (*ChildPage, []child.Copied, error) {
	p, err := d.ChildFor(ctx, access.ExportChild, "A copy of the record", id)
	if err != nil {
		return nil, nil, err
	}
	cs, err := p.Record.Copy()
	return p, cs, err
}

// Disposal is a record in the list of what may be disposed of.
type Disposal struct {
	Row      ChildRow
	Standing retention.Standing
	// Proposal waits for a second person; nil: none does.
	Proposal *child.Event
	Spared   []string // what keeps the proposal from being done
	May      error    // why they may not propose or agree; nil: they may
}

// DisposalList is a page of it.
type DisposalList struct {
	Rows []Disposal
	Next Cursor
	Now  day.Instant
	Line *line.Line
}

// Disposals lists the records of the teams they answer for that may be disposed
// of, or whose disposal waits for a second person.
func (d *Desk) Disposals(ctx context.Context, after Cursor, limit int) (*DisposalList, error) {
	teams, err := d.teams("")
	if err != nil {
		return nil, err
	}
	at, l, _ := d.Then()
	out := &DisposalList{Now: at, Line: l}
	err = d.view(ctx, func(v View) error {
		rows, err := v.Disposable(ctx, DisposalQuery{On: at.Date(), Teams: teams, AfterOn: day.Date(after.At), After: after.ID, Limit: limit + 1})
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			last := rows[limit-1]
			out.Next = Cursor{At: int64(last.DisposeOn), ID: last.Child}
		}
		facts, err := d.factsNow(ctx, rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			rec, _, err := d.a.record(ctx, v, row.Child)
			if err != nil {
				return err
			}
			x := Disposal{Row: row, Standing: d.a.Standing(rec, at), May: d.MayChild(access.Dispose, facts[row.Child])}
			if d.then != nil {
				x.May = ErrForbidden // nothing is done in the past
			}
			if ev, waits := rec.Proposal(); waits {
				x.Proposal, x.Spared = &ev, rec.Spared(ev.Body.(child.DisposalProposed), at)
			}
			out.Rows = append(out.Rows, x)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var rows []*ChildRow
	for i := range out.Rows {
		rows = append(rows, &out.Rows[i].Row)
	}
	if err := d.closedAll(ctx, "May be disposed of", false, rows...); err != nil {
		return nil, err
	}
	for i := range out.Rows {
		// Which type of record it is, and what was proposed, says what it holds.
		if x := &out.Rows[i]; x.Row.Closed != "" {
			x.Standing, x.Proposal, x.Spared = retention.Standing{}, nil, nil
		}
	}
	return out, nil
}

// Standing of a record that is shown.
func (d *Desk) Standing(p *ChildPage) retention.Standing { return d.a.Standing(p.Record, d.now) }

// Types of record that a person can give.
func (d *Desk) Types() (out []*retention.Type) {
	for _, t := range d.a.Retention.Types {
		if t.Given() {
			out = append(out, t)
		}
	}
	return out
}

// Kept is a record whose time is over, as programs read it. Without a name.
type Kept struct {
	Child  string   `json:"child"`
	Type   string   `json:"record_type"`
	Since  day.Date `json:"since"`
	Source string   `json:"legal_source"`
	Seen   bool     `json:"source_seen"`
	Held   []string `json:"held_by,omitempty"`
}

// Over lists every record whose time is over: those that may be disposed of
// now, and those that something holds.
func (a *App) Over(ctx context.Context) (free, held []Kept, err error) {
	now := a.Clock.Now()
	free, held = []Kept{}, []Kept{}
	err = a.EachRecord(ctx, func(rec child.Record) error {
		s := a.Standing(rec, now)
		if !s.Over(now.Date()) {
			return nil
		}
		k := Kept{Child: rec.Child, Type: s.Type.ID, Since: s.May, Source: s.Type.Source.Document, Seen: s.Type.Source.Seen, Held: s.Held}
		if s.Free(now.Date()) {
			free = append(free, k)
		} else {
			held = append(held, k)
		}
		return nil
	})
	return free, held, err
}
