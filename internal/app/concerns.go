package app

import (
	"context"
	"slices"
	"strconv"

	"onus/internal/access"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// raiserOf is who raised a concern, in confidence or not.
func (a *App) raiserOf(r concern.Record) (string, error) {
	if r.Raised.Sealed == "" {
		return r.Author, nil
	}
	return a.unseal(r.Raised.Sealed, r.ID)
}

func (a *App) concernRow(r concern.Record, lastSeq int64) (ConcernRow, error) {
	who, err := a.raiserOf(r)
	if err != nil {
		return ConcernRow{}, err
	}
	row := ConcernRow{ID: r.ID, Number: r.Raised.Number, Title: r.Title(), Raised: r.At, Raiser: PersonKey(who), State: r.State(), By: r.By(), AckBy: r.AckDue(),
		AskOn: r.AskOn(), Unheard: r.Unheard(), NameWaits: r.NameWaits(), Next: r.Next(), Step: r.Last().Step, LastSeq: lastSeq}
	if r.Raised.Sealed != "" {
		row.Confidential, row.Raiser = true, a.sealedKey(who)
	}
	for _, t := range r.Told {
		if !slices.Contains(row.Told, t.Post) {
			row.Told = append(row.Told, t.Post)
		}
	}
	slices.Sort(row.Told)
	if row.State != concern.Closed {
		for _, x := range r.Answers {
			for i, p := range x.Promises {
				if x.Kept[i].At == 0 {
					row.Promises = append(row.Promises, PromiseRow{Concern: r.ID, Answer: x.ID, Nth: i, Post: p.Post, What: p.What, By: p.By})
				}
			}
		}
	}
	return row, nil
}

// concernOf loads a concern, and the place of its last entry.
func concernOf(ctx context.Context, v View, id string) (concern.Record, int64, error) {
	if !entry.CanKeep(id) {
		return concern.Record{}, -1, ErrNotFound
	}
	es, err := v.Entries(ctx, entry.OfConcern(id))
	if err != nil {
		return concern.Record{}, -1, err
	}
	if len(es) == 0 {
		return concern.Record{}, -1, ErrNotFound
	}
	return concern.Fold(id, bare(es)), es[len(es)-1].Seq, nil
}

// world is what a concern must be told of the world.
type world struct {
	*day.Calendar
	line *line.Line
	on   day.Date
}

// Person answers for a post today.
func (w world) Person(post string) string { return w.line.Answers(post, w.on).Person }

// heard adds what was decided about a concern, and makes its rows.
func (w *writer) heard(ctx context.Context, r concern.Record, es []entry.Entry) error {
	for _, e := range es {
		if err := w.add(e); err != nil {
			return err
		}
		r = concern.Apply(r, e)
		if b, ok := e.Body.(concern.Told); ok {
			if err := w.tellConcern(ctx, r.ID, e.ID, b); err != nil {
				return err
			}
		}
	}
	if w.concerns == nil {
		w.concerns = map[string]concern.Record{}
	}
	w.concerns[r.ID] = r
	return nil
}

// projectConcerns writes the rows of every concern touched.
func (w *writer) projectConcerns(ctx context.Context) error {
	ids := make([]string, 0, len(w.concerns))
	for id := range w.concerns {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		row, err := w.a.concernRow(w.concerns[id], w.lastSeq["concern/"+id])
		if err != nil {
			return err
		}
		if err := w.tx.PutConcern(ctx, row); err != nil {
			return err
		}
		if links := answerLinks(w.concerns[id]); len(links) > 0 {
			if err := w.tx.PutFamilyLinks(ctx, entry.OfConcern(id), links); err != nil {
				return err
			}
		}
	}
	return nil
}

// ConcernPage is a concern with what is needed to show it.
type ConcernPage struct {
	concern.Record
	Line     *line.Line
	Now      day.Instant
	Known    day.Instant // the moment it is shown as known at; zero: now
	Mine     bool        // they raised it
	Raiser   string      // who raised it; empty in confidence, for others
	Opened   string      // the name, for the two who opened it
	Answer   bool        // they may answer
	Name     bool        // they may open the name
	Hear     bool        // they may hear whether somebody was treated worse
	NameHint bool        // they may, after signing in again
	Children map[string]ChildRow
	Ours     []string // posts for which they answer
}

// facts of a concern, as the policies ask for them.
func (d *Desk) concernFacts(r concern.Record) (access.Concern, error) {
	who, err := d.a.raiserOf(r)
	if err != nil {
		return access.Concern{}, err
	}
	c := access.Concern{ID: r.ID, Raiser: who, About: r.Raised.About}
	for _, t := range r.Told {
		c.Told = append(c.Told, t.Post)
	}
	return c, nil
}

// Concern opens a concern. That somebody who was told opens it is recorded
// before it is shown.
func (d *Desk) Concern(ctx context.Context, id string, known day.Instant) (*ConcernPage, error) {
	p := &ConcernPage{Line: d.line, Now: d.now, Known: known, Ours: d.who.Posts}
	err := d.a.Store.View(ctx, func(v View) (err error) {
		p.Record, _, err = concernOf(ctx, v, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := d.concernFacts(p.Record)
	if err != nil {
		return nil, err
	}
	if dec := d.as.OnConcern(access.ReadConcern, c); !dec.Allowed {
		return nil, &Denied{Action: access.ReadConcern, Policy: dec.Policy, Says: dec.Says}
	}
	p.Mine = c.Raiser == d.who.Person
	if !p.Mine && d.who.Program == "" && !slices.ContainsFunc(p.Openings, func(o concern.Opening) bool { return o.Person == d.who.Person }) {
		if _, err := d.SayOfConcern(ctx, id, concern.Opened{}, ""); err != nil {
			return nil, err
		}
		if err := d.a.Store.View(ctx, func(v View) (err error) {
			p.Record, _, err = concernOf(ctx, v, id)
			return err
		}); err != nil {
			return nil, err
		}
	}
	p.Answer = d.as.OnConcern(access.AnswerConcern, c).Allowed
	p.Hear = d.as.OnConcern(access.HearWorse, c).Allowed
	again := d.who
	again.Fresh = true
	p.Name = p.Raised.Sealed != "" && d.as.OnConcern(access.OpenName, c).Allowed
	p.NameHint = p.Raised.Sealed != "" && d.a.Access.As(again).OnConcern(access.OpenName, c).Allowed
	if p.Raised.Sealed == "" {
		p.Raiser = c.Raiser
	} else if p.Mine {
		p.Raiser = d.who.Person
	}
	for _, n := range p.Names {
		if n.Second != "" && (n.By == d.who.Person || n.Second == d.who.Person) {
			p.Opened = c.Raiser
		}
	}
	if known != 0 {
		r, ok := p.KnownAt(known)
		if !ok {
			return nil, ErrNotFound
		}
		p.Record, p.Line = r, d.line.KnownAt(known)
	}
	if !p.Hear && !p.Mine { // that is between whoever raised it and the guardian
		p.Replies = nil
		p.Log = slices.DeleteFunc(slices.Clone(p.Log), func(e entry.Entry) bool { return forGuardian[e.Kind] })
	}
	if p.Raised.Sealed != "" && p.Mine {
		return p, nil // a line in the log of readers beside the concern would say who they are
	}
	p.Children, err = d.attachedChildren(ctx, "A concern", p.Raised.Attached)
	return p, err
}

// forGuardian are the kinds that only the guardian and whoever raised it see.
var forGuardian = map[entry.Kind]bool{concern.Detriment{}.Kind(): true, concern.DetrimentHeard{}.Kind(): true}

// attachedChildren are the children in what is attached, as far as they are open to
// whoever looks. The look is logged as one at what is said.
func (d *Desk) attachedChildren(ctx context.Context, what string, attached []concern.Attached) (map[string]ChildRow, error) {
	var ids []string
	for _, a := range attached {
		if a.Kind == "child" {
			ids = append(ids, a.ID)
		}
		if len(a.Facts) == 0 {
			continue
		}
		if i := slices.Index(a.Facts[0], concern.ChildColumn); i >= 0 {
			for _, row := range a.Facts[1:] {
				if i < len(row) {
					ids = append(ids, row[i])
				}
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	l, err := d.children(ctx, what, false, ChildQuery{IDs: slices.Compact(ids)})
	if err != nil {
		return nil, err
	}
	open := map[string]ChildRow{}
	for _, row := range l.Rows {
		open[row.Child] = row
	}
	return open, nil
}

// sayings say which action of the policies records a kind about a concern.
var sayings = map[entry.Kind]access.Action{
	"concern.acknowledged": access.AnswerConcern, "concern.sent-up": access.AnswerConcern, "concern.answered": access.AnswerConcern,
	"concern.opened": access.ReadConcern, "concern.kept": access.RaiseConcern,
	"concern.added": access.SpeakForOwn, "concern.judged": access.SpeakForOwn, "concern.reopened": access.SpeakForOwn, "concern.detriment": access.SpeakForOwn,
	"concern.detriment-heard": access.HearWorse, "concern.name-asked": access.OpenName, "concern.name-opened": access.OpenName,
}

// SayOfConcern records something about a concern, in their name and post; in
// confidence without either.
func (d *Desk) SayOfConcern(ctx context.Context, id string, b entry.Body, key string) (done Done, err error) {
	what, ok := sayings[b.Kind()]
	if !ok {
		return done, entry.Refuse("kind", "Only Onus itself records this kind")
	}
	request, err := hashOf(id+d.who.Person, []wish{{Kind: b.Kind(), Body: b}})
	if err != nil {
		return done, err
	}
	key, request = d.a.blind("key "+key, key), d.a.blind("request "+request, request)
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		r, _, err := concernOf(ctx, w.tx, id)
		if err != nil {
			return err
		}
		c, err := d.concernFacts(r)
		if err != nil {
			return err
		}
		if what == access.RaiseConcern { // whoever promised may not have been told: the concern itself says
			if err := d.May(what); err != nil {
				return err
			}
		} else if dec := d.as.OnConcern(what, c); !dec.Allowed {
			x := &Denied{Action: what, Policy: dec.Policy, Says: dec.Says}
			again := d.who
			again.Fresh = true
			x.Afresh = !d.who.Fresh && d.a.Access.As(again).OnConcern(what, c).Allowed
			return x
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		mine := c.Raiser == d.who.Person
		es, err := concern.Decide(r, concern.Command{Actor: d.actor(), Body: b, Raiser: mine, Answers: d.who.Posts,
			Guardian: d.as.OnConcern(access.HearWorse, c).Allowed, Second: d.as.OnConcern(access.OpenName, c).Allowed,
			Source: entry.Source{Kind: "page", Program: d.who.Program}}, world{pack.Calendar(), d.line, w.at.Now.Date()}, w.at)
		if err != nil {
			return err
		}
		if err := w.heard(ctx, r, es); err != nil {
			return err
		}
		done = Done{Child: id, Entries: []entry.ID{es[0].ID}}
		w.receipts = &done.Receipts
		if key == "" {
			return nil
		}
		return w.keep(Outcome{Key: key, Request: request, Child: id, Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}

// ConcernList is what somebody raised, and what was told to posts for which they
// answer.
type ConcernList struct {
	Mine, Told []ConcernRow
	Line       *line.Line
	Now        day.Instant
	Next       Cursor
}

// maxConcerns is how many concerns of one kind are shown at once.
const maxConcerns = 100

// Concerns lists them, newest first. after pages through what was told.
func (d *Desk) Concerns(ctx context.Context, after Cursor, limit int) (*ConcernList, error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return nil, err
	}
	at, of, _ := d.Then()
	l := &ConcernList{Line: of, Now: at}
	err := d.view(ctx, func(v View) (err error) {
		if after == (Cursor{}) {
			if l.Mine, err = v.Concerns(ctx, ConcernQuery{Raisers: d.raiser(), Limit: maxConcerns}); err != nil {
				return err
			}
		}
		l.Told, err = v.Concerns(ctx, ConcernQuery{Told: append([]string{}, d.posts()...), After: after, Limit: limit + 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(l.Told) > limit {
		l.Told = l.Told[:limit]
		last := l.Told[limit-1]
		l.Next = Cursor{At: int64(last.Raised), ID: last.ID}
	}
	l.Told, err = d.readableNow(ctx, d.others(l.Told))
	return l, err
}

// raiser is under what they find what they raised: openly, and in confidence.
func (d *Desk) raiser() []string {
	own := []string{PersonKey(d.who.Person)}
	if len(d.a.Secret) == 32 {
		own = append(own, d.a.sealedKey(d.who.Person))
	}
	return own
}

// others leaves out what they raised themselves.
func (d *Desk) others(rows []ConcernRow) []ConcernRow {
	own := d.raiser()
	return slices.DeleteFunc(rows, func(c ConcernRow) bool { return slices.Contains(own, c.Raiser) })
}

// ConcernsOwed is what somebody owes because of concerns, first due first.
type ConcernsOwed struct {
	Answer   []ConcernRow // wait for an answer of a post of theirs
	Promises []PromiseRow
	Judge    []ConcernRow // theirs, and answered: only they can say if it is put right
	Asked    []ConcernRow // theirs: did anybody treat them worse for it?
	Unheard  []ConcernRow // somebody was treated worse, and the guardian has not replied
	Names    []ConcernRow // one asks who raised it, and they may be the second
	Now      day.Instant
}

// ConcernsOwed lists it, however long ago the concerns were raised.
func (d *Desk) ConcernsOwed(ctx context.Context) (*ConcernsOwed, error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return nil, err
	}
	at, _, _ := d.Then()
	o := &ConcernsOwed{Now: at}
	posts := append([]string{}, d.posts()...)
	again := d.who
	again.Fresh = true // they can sign in again
	fresh := d.a.Access.As(again)
	err := d.view(ctx, func(v View) (err error) {
		if o.Promises, err = v.Promises(ctx, posts, maxConcerns); err != nil {
			return err
		}
		var heard, named []ConcernRow
		for _, x := range []struct {
			to *[]ConcernRow
			q  ConcernQuery
		}{
			{&o.Answer, ConcernQuery{Told: posts, State: concern.Waiting}},
			{&o.Judge, ConcernQuery{Raisers: d.raiser(), State: concern.AnsweredS}},
			{&o.Asked, ConcernQuery{Raisers: d.raiser(), AskedBy: at.Date()}},
			{&heard, ConcernQuery{Unheard: true}},
			{&named, ConcernQuery{Names: true}},
		} {
			x.q.ByDue, x.q.Limit = true, maxConcerns
			if *x.to, err = v.Concerns(ctx, x.q); err != nil {
				return err
			}
		}
		o.Answer = d.others(o.Answer)
		if d.then != nil {
			return nil // what only the guardian, or a second person, hears is theirs now
		}
		if o.Unheard, err = d.those(ctx, v, heard, func(_ concern.Record, c access.Concern) bool { return d.as.OnConcern(access.HearWorse, c).Allowed }); err != nil {
			return err
		}
		o.Names, err = d.those(ctx, v, named, func(r concern.Record, c access.Concern) bool {
			return fresh.OnConcern(access.OpenName, c).Allowed && slices.ContainsFunc(r.Names, func(n concern.Name) bool { return n.Second == "" && n.By != d.who.Person })
		})
		return err
	})
	if err == nil {
		o.Answer, err = d.readableNow(ctx, o.Answer)
	}
	return o, err
}

// those are the rows of which the record says so. These are few: there are as many as
// wait for the guardian, or for a second person.
func (d *Desk) those(ctx context.Context, v View, rows []ConcernRow, may func(concern.Record, access.Concern) bool) (out []ConcernRow, err error) {
	for _, row := range rows {
		r, _, err := concernOf(ctx, v, row.ID)
		if err != nil {
			return nil, err
		}
		c, err := d.concernFacts(r)
		if err != nil {
			return nil, err
		}
		if may(r, c) {
			out = append(out, row)
		}
	}
	return out, nil
}

// ConcernFigures are how many warnings there were in the last twelve months and
// what became of them. Numbers under 5 are hidden: in a small team a number is a
// name. How many there are is never a target.
func (d *Desk) ConcernFigures(ctx context.Context) (out [][2]string, err error) {
	if err := d.May(access.SeeFigures); err != nil {
		return nil, err
	}
	var rows []ConcernRow
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		rows, err = v.Concerns(ctx, ConcernQuery{Since: d.now.Date().AddMonths(-12).Start(), Limit: maxCounted})
		return err
	}); err != nil {
		return nil, err
	}
	var raised, late, answered, settled, climbed int
	for _, c := range rows {
		raised++
		switch {
		case c.State == concern.Closed:
			settled++
		case c.State == concern.AnsweredS:
			answered++
		case c.By < d.now.Date():
			late++
		}
		if c.Step > 0 {
			climbed++
		}
	}
	few := func(n int) string {
		if n < 5 {
			return "fewer than 5"
		}
		return strconv.Itoa(n)
	}
	return [][2]string{{"Raised", few(raised)}, {"Went beyond the first post", few(climbed)}, {"Answered, verdict waits", few(answered)}, {"Settled, says whoever raised it", few(settled)}, {"Late now", few(late)}}, nil
}

// maxCounted is how many concerns are counted at most: no authority has as many in a year.
const maxCounted = 10_000

// ConcernReceipt is the receipt of an entry of a concern that they may read.
func (d *Desk) ConcernReceipt(ctx context.Context, p *ConcernPage, id entry.ID) ([]byte, error) {
	if !slices.ContainsFunc(p.Log, func(e entry.Entry) bool { return e.ID == id }) {
		return nil, ErrNotFound
	}
	return d.a.Receipt(ctx, id)
}
