package app

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/line"
)

// DecisionRow is a decision as lists show it: a cache of the journal.
type DecisionRow struct {
	ID       string
	Number   int
	Title    string
	About    string
	AboutID  string
	State    decision.State
	Proposed day.Instant
	Gone     day.Instant
	LastSeq  int64
	Owed     []RecordOwed // filled by Decision only
}

// What is owed because of a decision.
const (
	OwesSignature = "sign"
	OwesCondition = "condition"
	OwesReview    = "review"
	WasReplaced   = "replaced"
)

// DecisionQuery asks for decisions, newest first.
type DecisionQuery struct {
	About, AboutID string // about this; empty: about anything
	NotAbout       string // about anything but this
	After          Cursor // its At and ID
	Limit          int
}

// toldReplaced is how long those who signed are told that their decision was replaced.
const toldReplaced = 30

func decisionRow(r decision.Record, lastSeq int64) DecisionRow {
	d := DecisionRow{ID: r.ID, Number: r.Proposed.Number, Title: r.Title(), About: r.Proposed.About, AboutID: r.Proposed.AboutID, State: r.State(), Proposed: r.At, Gone: r.Gone, LastSeq: lastSeq}
	add := func(what string, nth int, post, text string, by day.Date) {
		d.Owed = append(d.Owed, RecordOwed{Record: OfDecision, ID: r.ID, What: what, Nth: nth, Post: post, Text: text, By: by})
	}
	title := r.Title()
	if r.Proposed.About == decision.AboutChild { // lists are seen without the child's record being opened
		title = "a decision about a child"
	}
	switch d.State {
	case decision.Waiting:
		for _, p := range r.Missing() {
			add(OwesSignature, 0, p, title, 0)
		}
	case decision.Stands:
		for i, c := range r.Proposed.Conditions {
			if r.Done[i].At != 0 {
				continue
			}
			what := c.What
			if r.Proposed.About == decision.AboutChild {
				what = "What " + title + " asks for"
			}
			add(OwesCondition, i, c.Post, what, c.By)
		}
		add(OwesReview, 0, r.Proposed.Signers[0], title, r.ReviewBy())
	case decision.Succeeded:
		for _, p := range r.Proposed.Signers {
			add(WasReplaced, 0, p, title, r.Gone.Date()+toldReplaced)
		}
	}
	sortOwed(d.Owed)
	return d
}

func decisionOf(ctx context.Context, v View, id string) (decision.Record, int64, error) {
	if !entry.CanKeep(id) {
		return decision.Record{}, -1, ErrNotFound
	}
	es, err := v.Entries(ctx, entry.OfDecision(id))
	if err != nil {
		return decision.Record{}, -1, err
	}
	if len(es) == 0 {
		return decision.Record{}, -1, ErrNotFound
	}
	return decision.Fold(id, bare(es)), es[len(es)-1].Seq, nil
}

// decided adds what was decided about a decision, and makes its rows.
func (w *writer) decided(r decision.Record, es []entry.Entry) (decision.Record, error) {
	for _, e := range es {
		if err := w.add(e); err != nil {
			return r, err
		}
		r = decision.Apply(r, e)
	}
	if w.decisions == nil {
		w.decisions = map[string]decision.Record{}
	}
	w.decisions[r.ID] = r
	return r, nil
}

func (w *writer) projectDecisions(ctx context.Context) error {
	ids := make([]string, 0, len(w.decisions))
	for id := range w.decisions {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := w.tx.PutDecision(ctx, decisionRow(w.decisions[id], w.lastSeq["decision/"+id])); err != nil {
			return err
		}
	}
	return nil
}

func verifyDecisions(ctx context.Context, v View, spoken map[string]bool) (n int, err error) {
	rows, err := v.Decisions(ctx, DecisionQuery{})
	if err != nil {
		return 0, err
	}
	for _, x := range rows {
		row, err := v.Decision(ctx, x.ID)
		if err != nil {
			return n, err
		}
		rec, last, err := decisionOf(ctx, v, x.ID)
		if notFound(err) {
			return n, fmt.Errorf("%w: the list shows a decision (%s) about which there is no entry", ErrTampered, x.ID)
		}
		if err != nil {
			return n, err
		}
		if !reflect.DeepEqual(row, decisionRow(rec, last)) {
			return n, fmt.Errorf("%w: the list does not show decision %s as its entries have it", ErrTampered, x.ID)
		}
		delete(spoken, "decision/"+x.ID)
		n++
	}
	for id := range spoken {
		if _, ok := entry.Subject(id).Decision(); ok {
			return n, fmt.Errorf("%w: no list shows %s, about which there are entries", ErrTampered, id)
		}
	}
	return n, nil
}

// DecisionPage is a decision with what is needed to show it.
type DecisionPage struct {
	decision.Record
	Line   *line.Line
	Now    day.Instant
	Known  day.Instant
	Sign   []string // posts for which they can sign now
	Ours   []string
	Row    *ChildRow // of a child that it is about, as far as it is open
	Old    *decision.Record
	Mine   bool
	Review bool
}

// mayDecision says whether somebody may see a decision: of a child's as of the
// child; of anything else, everybody who holds a post. A decision about a team or
// a post is no secret in the house: those whom it binds must know who made it.
func (d *Desk) mayDecision(ctx context.Context, r decision.Record, page string) error {
	if r.Proposed.About == decision.AboutChild {
		_, _, err := d.enter(ctx, access.SeeChild, page, r.Proposed.AboutID)
		return err
	}
	return d.May(access.MakeDecision)
}

// Decision shows a decision, as known at a moment; zero: now.
func (d *Desk) Decision(ctx context.Context, id string, known day.Instant) (*DecisionPage, error) {
	p := &DecisionPage{Line: d.line, Now: d.now, Known: known, Ours: d.who.Posts}
	err := d.a.Store.View(ctx, func(v View) (err error) {
		if p.Record, _, err = decisionOf(ctx, v, id); err != nil {
			return err
		}
		if old := p.Proposed.Replaces; old != "" {
			r, _, err := decisionOf(ctx, v, old)
			if err != nil {
				return err
			}
			p.Old = &r
		}
		if p.Proposed.About == decision.AboutChild {
			rows, err := v.Children(ctx, ChildQuery{IDs: []string{p.Proposed.AboutID}})
			if err != nil {
				return err
			}
			if len(rows) == 1 {
				p.Row = &rows[0]
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := d.mayDecision(ctx, p.Record, "A decision"); err != nil {
		return nil, err
	}
	if known != 0 {
		r, ok := p.KnownAt(known)
		if !ok {
			return nil, ErrNotFound
		}
		p.Record, p.Line = r, d.line.KnownAt(known)
	}
	signed := slices.ContainsFunc(p.Signatures, func(s decision.Signature) bool { return s.Person == d.who.Person })
	for _, post := range p.Missing() {
		if slices.Contains(d.who.Posts, post) && !signed && p.State() == decision.Waiting && known == 0 {
			p.Sign = append(p.Sign, post)
		}
	}
	p.Mine = p.Author == d.who.Person
	p.Review = slices.ContainsFunc(p.Proposed.Signers, func(x string) bool { return slices.Contains(d.who.Posts, x) })
	return p, nil
}

// ProposeDecision begins a decision. What is known is kept with it.
func (d *Desk) ProposeDecision(ctx context.Context, b decision.Proposed, key string) (done Done, err error) {
	if err := d.May(access.MakeDecision); err != nil {
		return done, err
	}
	b.Number = 1 // until it is known
	request, err := hashOf(d.who.Person, []wish{{Kind: b.Kind(), Body: b}})
	if err != nil {
		return done, err
	}
	ps, err := d.proposing(ctx, b)
	if err != nil {
		return done, err
	}
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		id, err := w.at.NewID()
		if err != nil {
			return err
		}
		n, err := w.tx.DecisionNumber(ctx)
		if err != nil {
			return err
		}
		b.Number = n + 1
		ps := slices.Clone(ps)
		if b.Replaces != "" {
			old, _, err := decisionOf(ctx, w.tx, b.Replaces)
			switch {
			case notFound(err): // said already
			case err != nil:
				return err
			case old.State() != decision.Stands:
				ps = append(ps, entry.Problem{Field: "replaces", Text: "The decision that it would replace does not stand"})
			}
		}
		es, err := decision.Decide(decision.Record{ID: string(id)}, decision.Command{Actor: d.actor(), Body: b, Answers: d.who.Posts, Source: entry.Source{Kind: "page", Program: d.who.Program}}, w.at)
		if more, refused := entry.Problems(err); refused || len(ps) > 0 && err == nil {
			return &entry.Refusal{Problems: append(ps, more...)}
		} else if err != nil {
			return err
		}
		if _, err := w.decided(decision.Record{ID: string(id)}, es); err != nil {
			return err
		}
		done = Done{Child: string(id), Entries: []entry.ID{es[0].ID}}
		w.receipts = &done.Receipts
		if key == "" {
			return nil
		}
		return w.keep(Outcome{Key: key, Request: request, Child: string(id), Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}

// proposing finds what is wrong with a proposal as things stand: posts and teams
// that are none, a delegation that does not reach.
func (d *Desk) proposing(ctx context.Context, b decision.Proposed) (ps []entry.Problem, err error) {
	on := d.now.Date()
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	stands := func(post string) bool { p, _ := d.line.Post(post, on); return p.Stands(on) }
	for _, p := range b.Signers {
		if !stands(p) {
			no("signers", "There is no such post")
		}
	}
	for i, c := range b.Conditions {
		if c.Post != "" && !stands(c.Post) {
			no(fmt.Sprintf("post-%d", i+1), "There is no such post")
		}
	}
	switch b.About {
	case decision.AboutTeam:
		if _, ok := d.line.Team(b.AboutID); b.AboutID != "" && !ok {
			no("about_id", "There is no such team")
		}
	case decision.AboutPost:
		if b.AboutID != "" && !stands(b.AboutID) {
			no("about_id", "There is no such post")
		}
	case decision.AboutChild:
		if b.AboutID != "" {
			if _, _, err := d.enter(ctx, access.RecordChild, "Propose a decision", b.AboutID); err != nil {
				return nil, err
			}
		}
	}
	if b.Replaces != "" {
		var old decision.Record
		err := d.a.Store.View(ctx, func(v View) (err error) {
			old, _, err = decisionOf(ctx, v, b.Replaces)
			return err
		})
		switch {
		case notFound(err):
			no("replaces", "There is no such decision")
		case err != nil:
			return nil, err
		default:
			if err := d.mayDecision(ctx, old, "Propose a decision"); err != nil {
				return nil, err
			}
			if old.Proposed.About == decision.AboutChild && (b.About != decision.AboutChild || b.AboutID != old.Proposed.AboutID) {
				no("about", "It takes the place of a decision about a child, so it must be about the same child")
			}
		}
	}
	if b.Delegation != "" {
		g, ok := d.line.Delegation(b.Delegation)
		switch {
		case !ok || !g.Holds(on):
			no("delegation", "There is no such delegation today")
		case !slices.Contains(b.Signers, g.Post):
			no("delegation", "The delegation is another post's: whoever has it must sign")
		case g.Limit > 0 && b.Amount > g.Limit:
			no("amount", fmt.Sprintf("The delegation reaches to %.0f pounds. Somebody above must decide", g.Limit))
		}
	}
	return ps, nil
}

// SayOfDecision records something about a decision: a signature, dissent, that a
// condition is fulfilled. With the last signature it stands, and what it replaces
// ends in the same moment.
func (d *Desk) SayOfDecision(ctx context.Context, id string, b entry.Body, key string) (done Done, err error) {
	switch b.(type) {
	case decision.Proposed, decision.Replaced:
		return done, entry.Refuse("kind", "Only Onus itself records this kind")
	}
	var rec decision.Record
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		rec, _, err = decisionOf(ctx, v, id)
		return err
	}); err != nil {
		return done, err
	}
	if err := d.mayDecision(ctx, rec, "A decision"); err != nil {
		return done, err
	}
	request, err := hashOf(id+d.who.Person, []wish{{Kind: b.Kind(), Body: b}})
	if err != nil {
		return done, err
	}
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		r, _, err := decisionOf(ctx, w.tx, id)
		if err != nil {
			return err
		}
		es, err := decision.Decide(r, decision.Command{Actor: d.actor(), Body: b, Answers: d.who.Posts, Source: entry.Source{Kind: "page", Program: d.who.Program}}, w.at)
		if err != nil {
			return err
		}
		stood := r.Stood
		if r, err = w.decided(r, es); err != nil {
			return err
		}
		if stood == 0 && r.Stood != 0 && r.Proposed.Replaces != "" {
			old, _, err := decisionOf(ctx, w.tx, r.Proposed.Replaces)
			if err != nil {
				return err
			}
			ended, err := decision.Replace(old, r, w.at)
			if err != nil {
				return err
			}
			if _, err := w.decided(old, ended); err != nil {
				return err
			}
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

// DecisionList is the decisions that are about no child, newest first.
type DecisionList struct {
	Rows []DecisionRow
	Next Cursor
	Line *line.Line
	Now  day.Instant
}

// Decisions lists them. What is about a child stands on the child's page.
func (d *Desk) Decisions(ctx context.Context, after Cursor, limit int) (*DecisionList, error) {
	if err := d.May(access.MakeDecision); err != nil {
		return nil, err
	}
	at, of, _ := d.Then()
	l := &DecisionList{Line: of, Now: at}
	err := d.view(ctx, func(v View) (err error) {
		l.Rows, err = v.Decisions(ctx, DecisionQuery{NotAbout: decision.AboutChild, After: after, Limit: limit + 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(l.Rows) > limit {
		l.Rows = l.Rows[:limit]
		last := l.Rows[limit-1]
		l.Next = Cursor{At: int64(last.Proposed), ID: last.ID}
	}
	return l, nil
}

// ChildDecisions are those about a child that is open to them, newest first.
func (d *Desk) ChildDecisions(ctx context.Context, p *ChildPage) (rows []DecisionRow, err error) {
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err = v.Decisions(ctx, DecisionQuery{About: decision.AboutChild, AboutID: p.Record.Child, Limit: 50})
		return err
	})
	return rows, err
}

// DecisionReceipt is the receipt of an entry of a decision that they may see.
func (d *Desk) DecisionReceipt(ctx context.Context, p *DecisionPage, id entry.ID) ([]byte, error) {
	if !slices.ContainsFunc(p.Log, func(e entry.Entry) bool { return e.ID == id }) {
		return nil, ErrNotFound
	}
	return d.a.Receipt(ctx, id)
}
