package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/ledger"
	"onus/internal/line"
)

// PackRow is a pack for a hearing as lists show it: a cache of the journal.
type PackRow struct {
	ID      string
	Number  int
	Worker  string // person id: whose it is
	State   hearing.State
	Asked   day.Instant
	By      day.Date
	LastSeq int64
	Owed    []PackOwed // filled by Pack only
}

// PackOwed is a post that owes a pack. It climbs by time alone: the row of a post
// above begins to count on the day after the row below was due.
type PackOwed struct {
	Pack     string
	Nth      int
	Post     string
	From, By day.Date
}

// PackQuery asks for packs, newest first.
type PackQuery struct {
	Worker string // of this person; empty: of anybody
	After  Cursor // its At and ID
	Limit  int
}

// PackOwedQuery asks which packs posts owe on a day, first due first.
type PackOwedQuery struct {
	Posts []string // nil: any
	On    day.Date
	Limit int
}

func packRow(r hearing.Record, lastSeq int64) PackRow {
	p := PackRow{ID: r.ID, Number: r.Asked.Number, Worker: r.Worker, State: r.State(), Asked: r.At, By: r.By(), LastSeq: lastSeq}
	if p.State != hearing.Owed {
		return p
	}
	from := r.At.Date()
	for i, s := range r.Asked.Steps {
		p.Owed = append(p.Owed, PackOwed{Pack: r.ID, Nth: i, Post: s.Post, From: from, By: s.By})
		from = s.By + 1
	}
	return p
}

func packOf(ctx context.Context, v View, id string) (hearing.Record, int64, error) {
	if !entry.CanKeep(id) {
		return hearing.Record{}, -1, ErrNotFound
	}
	es, err := v.Entries(ctx, entry.OfPack(id))
	if err != nil {
		return hearing.Record{}, -1, err
	}
	if len(es) == 0 {
		return hearing.Record{}, -1, ErrNotFound
	}
	return hearing.Fold(id, bare(es)), es[len(es)-1].Seq, nil
}

// packed adds what was decided about a pack, and writes its rows.
func (w *writer) packed(r hearing.Record, es []entry.Entry) error {
	for _, e := range es {
		if err := w.add(e); err != nil {
			return err
		}
		r = hearing.Apply(r, e)
	}
	if w.packs == nil {
		w.packs = map[string]hearing.Record{}
	}
	w.packs[r.ID] = r
	return nil
}

func (w *writer) projectPacks(ctx context.Context) error {
	for id, r := range w.packs {
		if err := w.tx.PutPack(ctx, packRow(r, w.lastSeq[string(entry.OfPack(id))])); err != nil {
			return err
		}
	}
	return nil
}

func verifyPacks(ctx context.Context, v View, spoken map[string]bool) (n int, err error) {
	rows, err := v.Packs(ctx, PackQuery{})
	if err != nil {
		return 0, err
	}
	for _, x := range rows {
		row, err := v.Pack(ctx, x.ID)
		if err != nil {
			return n, err
		}
		rec, last, err := packOf(ctx, v, x.ID)
		if notFound(err) {
			return n, fmt.Errorf("%w: the list shows a pack (%s) about which there is no entry", ErrTampered, x.ID)
		}
		if err != nil {
			return n, err
		}
		if !reflect.DeepEqual(row, packRow(rec, last)) {
			return n, fmt.Errorf("%w: the list does not show pack %s as its entries have it", ErrTampered, x.ID)
		}
		delete(spoken, string(entry.OfPack(x.ID)))
		n++
	}
	for id := range spoken {
		if _, ok := entry.Subject(id).Pack(); ok {
			return n, fmt.Errorf("%w: no list shows %s, about which there are entries", ErrTampered, id)
		}
	}
	return n, nil
}

// packless finds packs that wait at a post in which nobody is.
func packless(ctx context.Context, v View, l *line.Line, now day.Instant) (out []Finding, err error) {
	rows, err := v.PackOwed(ctx, PackOwedQuery{On: now.Date(), Limit: scanned})
	if err != nil {
		return nil, err
	}
	has := map[string]bool{} // a pack that somebody owes
	for _, o := range rows {
		has[o.Pack] = has[o.Pack] || l.Reach(o.Post, now.Date()).Person != ""
	}
	n := 0
	for _, somebody := range has {
		if !somebody {
			n++
		}
	}
	if n > 0 {
		out = append(out, Finding{AboutLine, many(n, "pack for a hearing is", "packs for a hearing are") + " owed by a post in which nobody is.", 0})
	}
	return out, nil
}

// The most that a pack holds: more is asked for in two, by time or by child.
const (
	maxPackChildren = 200
	maxPackDuties   = 30
	maxPackEntries  = 2000
)

// PackWish is what a worker asks for.
type PackWish struct {
	Matter, Before string
	On             day.Date
	From, To       day.Date
	Children       []string // empty: every child that their posts had
	Duties         []string // empty: whatever of theirs was missed in the time
	Key            string
}

// AskPack asks for a pack for a hearing, of their own.
func (d *Desk) AskPack(ctx context.Context, x PackWish) (done Done, err error) {
	if err := d.May(access.AskPack); err != nil {
		return done, err
	}
	b := hearing.Asked{Number: 1, Matter: x.Matter, Before: x.Before, On: x.On, From: x.From, To: x.To, Children: x.Children, Duties: x.Duties}
	request, err := hashOf(d.who.Person, []wish{{Kind: b.Kind(), Body: b}})
	if err != nil {
		return done, err
	}
	ps, err := d.asking(ctx, &b)
	if err != nil {
		return done, err
	}
	err = d.a.write(ctx, func(w *writer) error {
		if again, err := w.before(ctx, x.Key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		id, err := w.at.NewID()
		if err != nil {
			return err
		}
		n, err := w.tx.PackNumber(ctx)
		if err != nil {
			return err
		}
		b.Number = n + 1
		r := hearing.Record{ID: string(id)}
		es, err := hearing.Decide(r, hearing.Command{Actor: d.actor(), Body: b, Source: entry.Source{Kind: "page", Program: d.who.Program}}, w.at)
		if more, refused := entry.Problems(err); refused || len(ps) > 0 && err == nil {
			return &entry.Refusal{Problems: append(ps, more...)}
		} else if err != nil {
			return err
		}
		if err := w.packed(r, es); err != nil {
			return err
		}
		done = Done{Child: string(id), Entries: []entry.ID{es[0].ID}}
		w.receipts = &done.Receipts
		if x.Key == "" {
			return nil
		}
		return w.tx.PutDone(ctx, Outcome{Key: x.Key, Request: request, Child: string(id), Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}

// asking works out what a worker did not choose, who owes the pack, and whom it
// goes around.
func (d *Desk) asking(ctx context.Context, b *hearing.Asked) (ps []entry.Problem, err error) {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	terms, ok := d.a.inForce().Hearings(d.now.Date())
	if !ok {
		return nil, errors.New("the rules in force say nothing about the times of packs for a hearing")
	}
	if b.From == 0 || b.To == 0 || b.From > b.To || b.To > d.now.Date() {
		return nil, nil // hearing.Decide says what is wrong
	}
	had, err := d.had(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range b.Children {
		if !slices.Contains(had, id) {
			no("children", "This child was never given to a post of yours")
			return ps, nil
		}
	}
	missed, err := d.a.Missed(ctx, d.who.Person, b.From, b.To, 0)
	if err != nil {
		return nil, err
	}
	if len(b.Children) == 0 {
		b.Children = had
	}
	var all []string
	for _, m := range missed {
		if slices.Contains(b.Children, m.Child) && !slices.Contains(all, m.Duty) {
			all = append(all, m.Duty)
		}
	}
	for _, id := range b.Duties {
		if !slices.Contains(all, id) {
			no("duties", "This is no duty of yours that was missed in that time")
			return ps, nil
		}
	}
	if len(b.Duties) == 0 {
		b.Duties = all
	}
	if len(b.Children) > maxPackChildren || len(b.Duties) > maxPackDuties {
		no("from", fmt.Sprintf("That is more than a pack can hold: at most %d children and %d missed duties. Choose a shorter time, or the children it is about", maxPackChildren, maxPackDuties))
	}
	if b.Around, err = d.around(ctx, b.From, b.To); err != nil {
		return nil, err
	}
	on := d.now.Date()
	first := line.Post{}
	if up := d.above(); len(up) > 0 {
		first = up[0]
	}
	posts := d.line.Hearers(first.ID, on, append([]string{d.who.Person}, b.Around...))
	if len(posts) < 2 { // else nobody could: then their own manager may be one of two
		own := d.line.Answers(first.ID, on).Person
		b.Around = slices.DeleteFunc(b.Around, func(p string) bool { return p == own })
		posts = d.line.Hearers(first.ID, on, append([]string{d.who.Person}, b.Around...))
	}
	if len(posts) == 0 {
		no("", "Nobody is in any post above yours who could prepare it. Tell whoever looks after the line of responsibility")
		return ps, nil
	}
	by := d.a.inForce().Calendar().AddWorking(on, terms.Prepare)
	for _, p := range posts {
		b.Steps = append(b.Steps, hearing.Step{Post: p.ID, By: by})
		by = d.a.inForce().Calendar().AddWorking(by, terms.Each)
	}
	return ps, nil
}

// around are those who never prepare a pack of theirs: whoever answers for the post
// above them, or held it in the time in question, and whoever they complained of by
// name.
func (d *Desk) around(ctx context.Context, from, to day.Date) (out []string, err error) {
	add := func(p string) {
		if p != "" && p != d.who.Person && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if up := d.above(); len(up) > 0 {
		add(d.line.Answers(up[0].ID, d.now.Date()).Person)
		for _, h := range d.line.Holdings(up[0].ID) {
			if h.From <= to && (h.To == 0 || h.To >= from) {
				add(h.Person)
			}
		}
	}
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err := v.Concerns(ctx, ConcernQuery{Raisers: []string{PersonKey(d.who.Person)}, Limit: maxConcerns})
		if err != nil {
			return err
		}
		for _, row := range rows {
			r, _, err := concernOf(ctx, v, row.ID)
			if err != nil {
				return err
			}
			for _, p := range r.Raised.About {
				add(p)
			}
		}
		return nil
	})
	return out, err
}

// had are the children that posts which they ever held were ever given.
func (d *Desk) had(ctx context.Context) (ids []string, err error) {
	var keys []string
	for _, p := range d.line.AllPosts() {
		if slices.ContainsFunc(d.line.Holdings(p), func(h line.Holding) bool { return h.Person == d.who.Person }) {
			keys = append(keys, PostKey(p))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err := v.Children(ctx, ChildQuery{OpenTo: keys, Why: []string{OpenHad}, OpenAt: d.now})
		for _, row := range rows {
			ids = append(ids, row.Child)
		}
		return err
	})
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// PackPage is a pack with what is needed to show it.
type PackPage struct {
	hearing.Record
	Line     *line.Line
	Now      day.Instant
	Mine     bool
	Prepares bool
	Take     bool // they may take it now; else, if Mine, after signing in again
	Ours     []string
	Parts    []PackPart // for those who prepare it, while they do
	Children map[string]ChildRow
}

func (d *Desk) packFacts(r hearing.Record) access.Pack {
	p := access.Pack{ID: r.ID, Worker: r.Worker, Around: r.Asked.Around}
	for _, s := range r.Asked.Steps {
		p.Posts = append(p.Posts, s.Post)
	}
	return p
}

func (d *Desk) mayPack(what access.Action, r hearing.Record) error {
	f := d.packFacts(r)
	return d.answer(what, d.as.OnPack(what, f), func(as access.Asker) access.Decision { return as.OnPack(what, f) })
}

func (d *Desk) packRecord(ctx context.Context, id string) (r hearing.Record, err error) {
	err = d.a.Store.View(ctx, func(v View) error {
		r, _, err = packOf(ctx, v, id)
		return err
	})
	return r, err
}

// Pack shows a pack: to the worker how it stands, to those who prepare it all that
// it holds. Each child in it is a look, logged before anything is shown.
func (d *Desk) Pack(ctx context.Context, id string) (*PackPage, error) {
	r, err := d.packRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := d.mayPack(access.ReadPack, r); err != nil {
		return nil, err
	}
	f := d.packFacts(r)
	p := &PackPage{Record: r, Line: d.line, Now: d.now, Mine: r.Worker == d.who.Person, Ours: d.who.Posts,
		Prepares: d.as.OnPack(access.PreparePack, f).Allowed, Take: d.as.OnPack(access.TakePack, f).Allowed}
	if d.then != nil { // who may see it is judged as things stand now; nothing is done in the past
		p.Now, p.Line, _ = d.Then()
		p.Prepares, p.Take = false, false
		var known bool
		if p.Record, known = r.KnownAt(d.then.at); !known {
			return nil, notYet("pack")
		}
	}
	if p.Prepares && r.State() == hearing.Owed {
		p.Parts, p.Children, err = d.preparing(ctx, r)
	}
	return p, err
}

// preparing are the parts of a pack as whoever prepares it may read them. What is of
// a record that is closed to them is covered.
func (d *Desk) preparing(ctx context.Context, r hearing.Record) (parts []PackPart, open map[string]ChildRow, err error) {
	if parts, err = d.a.packParts(ctx, r); err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, p := range parts {
		if p.Child != "" && !slices.Contains(ids, p.Child) {
			ids = append(ids, p.Child)
		}
	}
	open = map[string]ChildRow{}
	if len(ids) > 0 {
		var rows []ChildRow
		if err := d.a.Store.View(ctx, func(v View) (err error) {
			rows, err = v.Children(ctx, ChildQuery{IDs: ids})
			return err
		}); err != nil {
			return nil, nil, err
		}
		var looks []Read
		for _, row := range rows {
			c, err := d.facts(row)
			if err != nil {
				return nil, nil, err
			}
			dec := d.as.OnChild(access.SeeChild, c)
			looks = append(looks, Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: row.Child, What: preparingPack, Grounds: dec.Policy, Refused: !dec.Allowed})
			if dec.Allowed {
				open[row.Child] = row
			}
		}
		if err := d.log(ctx, looks); err != nil {
			return nil, nil, err
		}
	}
	for i := range parts {
		p := &parts[i]
		if _, ok := open[p.Child]; p.Child != "" && !ok {
			*p = PackPart{ID: p.ID, Title: "A part of a record that is closed to you", Child: p.Child, Closed: true}
		}
	}
	return parts, open, nil
}

// What the log of readers says.
const (
	preparingPack = "Preparing a pack for a hearing"
	takingPack    = "Their own pack for a hearing"
)

// SayOfPack records something about a pack: that something is left out, that it was
// looked through, that it is made out.
func (d *Desk) SayOfPack(ctx context.Context, id string, b entry.Body, key string) (done Done, err error) {
	r, err := d.packRecord(ctx, id)
	if err != nil {
		return done, err
	}
	what := access.PreparePack
	if _, ok := b.(hearing.Withdrawn); ok {
		what = access.ReadPack
	}
	if _, ok := b.(hearing.Asked); ok {
		return done, entry.Refuse("kind", "Only Onus itself records this kind")
	}
	if err := d.mayPack(what, r); err != nil {
		return done, err
	}
	cmd := hearing.Command{Actor: d.actor(), Body: b, Prepares: what == access.PreparePack, Grounds: child.LeftOutFor, Source: entry.Source{Kind: "page", Program: d.who.Program}}
	var parts []PackPart
	if cmd.Prepares && r.State() == hearing.Owed {
		if parts, _, err = d.preparing(ctx, r); err != nil {
			return done, err
		}
	}
	for _, p := range parts {
		cmd.Parts = append(cmd.Parts, p.ID)
		if p.Closed {
			cmd.Closed = append(cmd.Closed, p.ID)
		}
		if x, ok := b.(hearing.LeaveOut); ok && x.Part == p.ID {
			_, n := p.without(x.Passage, "")
			cmd.Has = n > 0
		}
	}
	if _, ok := b.(hearing.LookedThrough); ok {
		cmd.Body = hearing.LookedThrough{Closed: cmd.Closed}
	}
	_, making := b.(hearing.MadeOut)
	if making { // the text of what is closed to whoever makes it out is given all the same
		if parts, err = d.a.packParts(ctx, r); err != nil {
			return done, err
		}
	}
	// What only Onus works out is no part of what was asked.
	request, err := hashOf(id+d.who.Person, []wish{{Kind: b.Kind(), Body: asGiven(b)}})
	if err != nil {
		return done, err
	}
	err = d.a.write(ctx, func(w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		r, _, err := packOf(ctx, w.tx, id)
		if err != nil {
			return err
		}
		if making {
			if cmd.Body, err = w.madeOut(ctx, r, parts); err != nil {
				return err
			}
		}
		es, err := hearing.Decide(r, cmd, w.at)
		if err != nil {
			return err
		}
		if err := w.packed(r, es); err != nil {
			return err
		}
		done = Done{Child: id, Entries: []entry.ID{es[0].ID}}
		w.receipts = &done.Receipts
		if key == "" {
			return nil
		}
		return w.tx.PutDone(ctx, Outcome{Key: key, Request: request, Child: id, Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}

func asGiven(b entry.Body) entry.Body {
	switch b.(type) {
	case hearing.LookedThrough:
		return hearing.LookedThrough{}
	case hearing.MadeOut:
		return hearing.MadeOut{}
	}
	return b
}

// madeOut says what a pack holds, with what two people left out of it.
func (w *writer) madeOut(ctx context.Context, r hearing.Record, parts []PackPart) (b hearing.MadeOut, err error) {
	b.Size = w.head.Size
	root, err := ledger.Root(b.Size, hashes(ctx, w.tx))
	if err != nil {
		return b, err
	}
	b.Root = root.String()
	l, err := w.a.lineAt(ctx, w.tx, w.head)
	if err != nil {
		return b, err
	}
	for _, p := range parts {
		h, _ := p.held(r, l)
		b.Parts = append(b.Parts, h)
	}
	return b, nil
}
