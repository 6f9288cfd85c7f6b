package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/ledger"
	"onus/internal/line"
)

// Do is a wish to record something about a child: one or more bodies, all of
// them or none.
type Do struct {
	Child    string // empty: a child not known yet
	Commands []child.Command
	// Key is the caller's idempotency key. The same key and the same wish are
	// done once; the same key with another wish is refused. Empty: no such care.
	Key string
	// Seen is the last entry the caller had seen of the child, when it matters
	// that nothing came in between. Zero: it does not.
	Seen int64
	// Receipts asks for the receipt of each entry. They are handed out when the
	// entries are on the disk, like everything else that is acknowledged.
	Receipts bool
	// allow asks the policies, of the child as it stands in this transaction. A
	// desk sets it; nil is for what does not come through a door.
	allow func(View, ChildRow) error
}

// Done is what came of it.
type Done struct {
	Child   string
	Entries []entry.ID
	Again   bool // it had been done before, under the same key
	// Receipts of the entries, in their order, when they were asked for.
	Receipts [][]byte
}

// Record records. It is the one way in which people write about a child.
func (a *App) Record(ctx context.Context, d Do) (Done, error) {
	request, err := d.hash()
	if err != nil {
		return Done{}, err
	}
	var done Done
	err = a.writeChild(ctx, d.Child, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, d.Key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		id := d.Child
		if id == "" {
			fresh, err := w.at.NewID()
			if err != nil {
				return err
			}
			id = string(fresh)
			w.begin(id)
		}
		if d.Child != "" && (d.Seen != 0 || d.allow != nil) {
			row, err := w.row(ctx, id)
			if err != nil {
				return err
			}
			if d.allow != nil {
				if err := d.allow(w.tx, row); err != nil {
					return err
				}
			}
			if d.Seen != 0 && row.LastSeq != d.Seen {
				return ErrConflict
			}
		}
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		if err := inLine(l, d.Commands); err != nil {
			return err
		}
		if err := w.timely(ctx, id, d.Commands); err != nil {
			return err
		}
		if err := w.ending(ctx, id, l, d.Commands); err != nil {
			return err
		}
		es, err := w.decide(ctx, id, d.Commands)
		if err != nil {
			return err
		}
		done = Done{Child: id}
		for _, e := range es {
			done.Entries = append(done.Entries, e.ID)
		}
		if d.Receipts {
			w.receipts = &done.Receipts
		}
		if d.Key != "" {
			return w.keep(Outcome{Key: d.Key, Request: request, Child: id, Entries: done.Entries, At: w.at.Now})
		}
		return nil
	})
	for _, id := range done.Entries {
		if err != nil || !d.Receipts || !done.Again {
			break
		}
		var text []byte
		text, err = a.Receipt(ctx, id)
		done.Receipts = append(done.Receipts, text)
	}
	return done, err
}

// inLine refuses what names a post or a team that the line does not have: a
// duty owed by a post that is nowhere would be in nobody's list.
func inLine(l *line.Line, cmds []child.Command) error {
	var ps []entry.Problem
	team := func(id string) {
		if _, ok := l.Team(id); id != "" && !ok {
			ps = append(ps, entry.Problem{Field: "team", Text: "There is no such team"})
		}
	}
	for _, c := range cmds {
		switch b := c.Body.(type) {
		case child.Allocation:
			if p, ok := l.Post(b.Post, c.Happened.Date); b.Post != "" && (!ok || p.Closed != 0 && p.Closed <= c.Happened.Date) {
				ps = append(ps, entry.Problem{Field: "post", Text: "There is no such post on that day"})
			}
			team(b.Team)
		case child.AllocationEnded:
			team(b.Team)
		case child.Decision:
			team(b.Team)
		case child.ChairNamed:
			// The post named can open the record: none that chairs nothing.
			if p, _ := l.Post(b.Post, c.Happened.Date); b.Post != "" && (!p.Stands(c.Happened.Date) || p.Function != line.Chair) {
				ps = append(ps, entry.Problem{Field: "post", Text: "There is no such conference chair on that day"})
			}
		}
	}
	if len(ps) > 0 {
		return &entry.Refusal{Problems: ps}
	}
	return nil
}

// before finds what was done under a key. The same key for another request is refused.
func (w *writer) before(ctx context.Context, key, request string) (*Done, error) {
	if key == "" {
		return nil, nil
	}
	if !entry.CanKeep(key) {
		return nil, entry.Refuse("idempotency_key", "The key must be plain text")
	}
	o, err := w.outcome(ctx, key)
	switch {
	case notFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case o.Request == "":
		return nil, entry.Refuse("idempotency_key", "What was recorded under this key has been erased since")
	case o.Request != request:
		return nil, entry.Refuse("idempotency_key", "This key was used for something else. Use a new key for a new request")
	}
	return &Done{Child: o.Child, Entries: o.Entries, Again: true}, nil
}

// outcome of what was done under a key, in this transaction or before it.
func (w *writer) outcome(ctx context.Context, key string) (Outcome, error) {
	for x := w; x != nil; x = x.under {
		for _, o := range x.outcomes {
			if o.Key == key {
				return o, nil
			}
		}
	}
	return w.tx.Done(ctx, key)
}

// keep keeps what was done under a key.
func (w *writer) keep(o Outcome) error {
	w.outcomes = append(w.outcomes, o)
	return nil
}

// wish is one command as its hash sees it.
type wish struct {
	Actor    entry.Actor
	Happened string
	Kind     entry.Kind
	Body     entry.Body
	Corrects entry.ID
}

// hash of what was asked, without ids and times that differ on a second try.
func (d Do) hash() (string, error) {
	var all []wish
	for _, c := range d.Commands {
		if c.Body == nil {
			return "", entry.Refuse("body", "an entry needs a body")
		}
		all = append(all, wish{c.Actor, c.Happened.String(), c.Body.Kind(), c.Body, c.Corrects})
	}
	return hashOf(d.Child, all)
}

func hashOf(child string, all []wish) (string, error) {
	if len(all) == 0 {
		return "", entry.Refuse("", "There is nothing to record")
	}
	b, err := json.Marshal(struct {
		Child string
		All   []wish
	}{child, all})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// RecordLine records something about the line.
func (a *App) RecordLine(ctx context.Context, cmds []line.Command, key string) (Done, error) {
	if len(cmds) == 0 {
		return Done{}, entry.Refuse("", "There is nothing to record")
	}
	var all []wish
	for _, c := range cmds {
		if c.Body == nil {
			return Done{}, entry.Refuse("body", "an entry needs a body")
		}
		all = append(all, wish{Actor: c.Actor, Happened: c.Happened.String(), Kind: c.Body.Kind(), Body: c.Body})
	}
	request, err := hashOf(string(entry.TheLine), all)
	if err != nil {
		return Done{}, err
	}
	var done Done
	err = a.write(ctx, func(w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		for _, c := range cmds {
			es, err := line.Decide(l, c, w.at)
			if err != nil {
				return err
			}
			for _, e := range es {
				l = line.Apply(l, e)
				done.Entries = append(done.Entries, e.ID)
				if err := w.add(e); err != nil {
					return err
				}
			}
		}
		if key != "" {
			return w.keep(Outcome{Key: key, Request: request, Entries: done.Entries, At: w.at.Now})
		}
		return nil
	})
	return done, err
}

// writer gathers what one transaction writes, or one wish of several in it.
type writer struct {
	a *App
	// under is the writer of the transaction, when this is one wish of several: it
	// has what the wishes before did.
	under   *writer
	tx      Tx
	head    Head // before what is pending
	at      entry.Moment
	edge    *ledger.Edge // of head, once something was written; nil before
	pending []Stored
	rows    map[string]ChildRow     // read for several wishes at once, and not written since
	records map[string]child.Record // loaded and changed in this transaction
	lastSeq map[string]int64
	dirty   []string // children changed, in order
	// renamed are the children whose numbers may have changed.
	renamed map[string]bool
	// opened are the children to whom the record may be open to others.
	opened    map[string]bool
	concerns  map[string]concern.Record // changed in this transaction
	decisions map[string]decision.Record
	packs     map[string]hearing.Record
	outcomes  []Outcome // what was done under keys
	lined     bool
	ruled     *ruled
	erasing   map[string][]Stored // what this transaction erases, by child
	gone      map[string]bool     // children of whom nothing is left
	// receipts is where to put the receipts of what is written; nil: none are wanted.
	receipts *[][]byte
	owed     []owed
	// passing says that many children go by and few will be asked for again: a
	// bulk load. None is kept in memory, which would grow with the load and push
	// out the records that people work with.
	passing bool
}

func newWriter(a *App) *writer {
	return &writer{a: a, records: map[string]child.Record{}, lastSeq: map[string]int64{}, renamed: map[string]bool{}, opened: map[string]bool{}}
}

// begin makes the record of a child not known before.
func (w *writer) begin(id string) { w.records[id] = child.New(id) }

// load gives a child's record with what this transaction added so far.
func (w *writer) load(ctx context.Context, id string) (child.Record, error) {
	for x := w; x != nil; x = x.under {
		if r, ok := x.records[id]; ok {
			if x != w {
				w.records[id], w.lastSeq[id] = r, x.lastSeq[id]
			}
			return r, nil
		}
	}
	if w.passing {
		return w.fold(ctx, id)
	}
	row, err := w.row(ctx, id)
	if err != nil {
		return child.Record{}, err
	}
	r, err := w.a.recordOf(ctx, w.tx, row)
	if err != nil {
		return r, err
	}
	w.records[id], w.lastSeq[id] = r, row.LastSeq
	return r, nil
}

// row gives a child's row as it stands in this transaction.
func (w *writer) row(ctx context.Context, id string) (ChildRow, error) {
	for x := w; x != nil; x = x.under {
		if r, ok := x.rows[id]; ok {
			return r, nil
		}
	}
	return w.tx.Child(ctx, id)
}

// fold loads a child's record from its entries, whatever is kept and whatever
// rows there are.
func (w *writer) fold(ctx context.Context, id string) (child.Record, error) {
	r, last, err := fold(ctx, w.tx, id)
	if err == nil {
		w.records[id], w.lastSeq[id] = r, last
	}
	return r, err
}

// decide decides commands about one child, one after another.
func (w *writer) decide(ctx context.Context, id string, cmds []child.Command) ([]entry.Entry, error) {
	rec, err := w.load(ctx, id)
	if err != nil {
		return nil, err
	}
	var all []entry.Entry
	for _, c := range cmds {
		es, err := child.Decide(rec, c, w.at)
		if err != nil {
			return nil, err
		}
		for _, e := range es {
			rec = child.Apply(rec.Clip(), e)
			if err := w.add(e); err != nil {
				return nil, err
			}
		}
		all = append(all, es...)
	}
	w.records[id] = rec
	return all, nil
}

// add appends an entry, with a fresh salt.
func (w *writer) add(e entry.Entry) error {
	salt, err := w.a.salt()
	if err != nil {
		return err
	}
	w.append(e, salt)
	return nil
}

func (w *writer) append(e entry.Entry, salt []byte) { w.put(Stored{Entry: e, Salt: salt}) }

func (w *writer) put(st Stored) {
	e, seq := st.Entry, w.head.Size+int64(len(w.pending))
	st.Seq = seq
	w.pending = append(w.pending, st)
	if id, ok := e.Subject.Child(); ok {
		if len(w.dirty) == 0 || w.dirty[len(w.dirty)-1] != id {
			w.dirty = append(w.dirty, id)
		}
		switch e.Body.(type) {
		case child.Known, child.Correction:
			w.renamed[id], w.opened[id] = true, true
		case child.Allocation, child.Decision, child.DutyClimbed:
			w.opened[id] = true
		case child.LetIn, child.LetOut, child.Unrestricted, child.Sampled, child.Disclosed, child.ChairNamed:
			w.opened[id] = true
		}
		w.lastSeq[id] = seq
	} else if _, ok := e.Subject.Decision(); ok {
		w.lastSeq[string(e.Subject)] = seq
	} else if _, ok := e.Subject.Pack(); ok {
		w.lastSeq[string(e.Subject)] = seq
	} else if _, ok := e.Subject.Concern(); ok {
		w.lastSeq[string(e.Subject)] = seq
	} else {
		w.lined = true
	}
}

// flush writes entries, hashes, head, and the rows of every child touched.
func (w *writer) flush(ctx context.Context) error {
	if len(w.outcomes) > 0 {
		if err := w.tx.PutDone(ctx, w.outcomes...); err != nil {
			return err
		}
		w.outcomes = nil
	}
	if len(w.pending) == 0 {
		return nil
	}
	if err := w.flushEntries(ctx); err != nil {
		return err
	}
	if err := w.flushErasure(ctx); err != nil {
		return err
	}
	slices.Sort(w.dirty)
	if err := w.project(ctx, slices.Compact(w.dirty)...); err != nil {
		return err
	}
	if err := w.projectConcerns(ctx); err != nil {
		return err
	}
	if err := w.projectDecisions(ctx); err != nil {
		return err
	}
	if err := w.projectPacks(ctx); err != nil {
		return err
	}
	w.pending, w.dirty, w.concerns, w.decisions, w.packs = nil, nil, nil, nil, nil
	clear(w.renamed)
	clear(w.opened)
	return nil
}

// owed are receipts that are owed to whoever asked for them.
type owed struct {
	turn *turn
	to   *[][]byte
	sts  []Stored
}

// owe notes for what the receipts that were asked for are.
func (w *writer) owe(t *turn) {
	if w.receipts != nil && len(w.pending) > 0 {
		w.owed = append(w.owed, owed{t, w.receipts, w.pending})
	}
}

// acknowledge reads again from the store what the receipts that are owed need,
// and makes them while the transaction is being committed: one signature, under
// the one head that all of it made. Nobody gets them before that is done.
func (w *writer) acknowledge(ctx context.Context, locked Head) (chan made, error) {
	if len(w.owed) == 0 {
		return nil, nil
	}
	if err := w.a.inUseAt(ctx, w.tx, locked); err != nil {
		return nil, err
	}
	var all []Stored
	for _, o := range w.owed {
		all = append(all, o.sts...)
	}
	size := w.head.Size
	stored, err := w.a.proving(ctx, w.tx, size, all...)
	if err != nil {
		return nil, err
	}
	out := make(chan made, 1)
	go func() {
		var m made
		m.texts, m.err = w.a.proved(size, stored, all...)
		out <- m
	}()
	return out, nil
}

// made are receipts that were made, or why they could not be.
type made struct {
	texts [][]byte
	err   error
}

func (w *writer) flushEntries(ctx context.Context) error {
	edge := w.edge
	if edge == nil {
		edge = w.a.edge
	}
	edge = edge.Clone()
	if edge.Size() != w.head.Size { // another process wrote, or we have just started
		var err error
		if edge, err = ledger.NewEdge(w.head.Size, hashes(ctx, w.tx)); err != nil {
			return err
		}
	}
	leaves := make([]tlog.Hash, len(w.pending))
	for i, st := range w.pending {
		leaves[i] = leafHash(st)
	}
	stored, at := edge.Append(leaves)
	raw := make([][]byte, len(stored))
	for i := range stored {
		raw[i] = stored[i][:]
	}
	head := w.ahead()
	if w.lined {
		for _, st := range w.pending {
			if ofAuthority(st.Entry.Subject) {
				head.LineSeq = st.Seq + 1
			}
		}
	}
	if err := w.tx.Append(ctx, w.pending, raw, at, head); err != nil {
		return err
	}
	w.edge, w.head = edge, head
	return nil
}

// ahead is where the journal ends after what is pending.
func (w *writer) ahead() Head {
	head := Head{Size: w.head.Size + int64(len(w.pending)), Recorded: w.head.Recorded, LineSeq: w.head.LineSeq}
	for _, st := range w.pending { // an erased one does not say when
		head.Recorded = max(head.Recorded, st.Entry.Recorded)
	}
	return head
}

// project makes the rows of children.
func (w *writer) project(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	pack, err := w.rules(ctx)
	if err != nil {
		return err
	}
	rows := make([]ChildRow, len(ids))
	numbers := make([][]Identifier, len(ids))
	owed := make([][]DutyRow, len(ids))
	for _, id := range ids {
		if _, err := w.load(ctx, id); err != nil {
			return err
		}
	}
	together(len(ids), func(i int) {
		rows[i], numbers[i], owed[i] = project(pack, w.a.Retention, w.records[ids[i]], w.lastSeq[ids[i]], w.at.Now)
	})
	if err := w.tx.PutChild(ctx, rows...); err != nil {
		return err
	}
	for i, id := range ids {
		if w.renamed[id] {
			if err := w.tx.PutIdentifiers(ctx, id, numbers[i]); err != nil {
				return err
			}
		}
		if w.opened[id] {
			if err := w.tx.PutOpenings(ctx, id, openings(w.records[id])); err != nil {
				return err
			}
		}
	}
	return w.tx.PutDuties(ctx, ids, slices.Concat(owed...))
}

// openings are those to whom a record is open by name or post, and the posts and
// teams that ever had the child, or owed it something that was late, in order.
func openings(rec child.Record) (out []Opening) {
	g := rec.Guard()
	put := func(who, why string, until day.Instant) {
		for i := range out {
			if out[i].Who == who && out[i].Why == why {
				out[i].Until = max(out[i].Until, until)
				return
			}
		}
		out = append(out, Opening{who, why, until})
	}
	for _, x := range []struct {
		why  string
		lets []child.Let
	}{{OpenLetIn, g.Let}, {OpenSample, g.Sampled}, {OpenDisclosed, g.Disclosed}} {
		for _, l := range x.lets {
			put(PersonKey(l.Person), x.why, l.Until.End())
		}
	}
	if g.Chair != "" {
		put(PostKey(g.Chair), OpenChair, 0)
	}
	for i := range rec.Events { // what a post owed in the past is asked of every child that it had
		switch b := rec.Events[i].Body.(type) {
		case child.Allocation:
			put(PostKey(b.Post), OpenHad, 0)
			if b.Team != "" {
				put(TeamKey(b.Team), OpenHad, 0)
			}
		case child.Decision:
			if b.Team != "" {
				put(TeamKey(b.Team), OpenHad, 0)
			}
		case child.DutyClimbed:
			put(OwedKey(b.Owed), OpenHad, b.Due.End())
		}
	}
	slices.SortFunc(out, func(a, b Opening) int { return cmp.Or(cmp.Compare(a.Who, b.Who), cmp.Compare(a.Why, b.Why)) })
	return out
}

// rebuild makes a child's rows from its entries, whatever rows there are.
func (w *writer) rebuild(ctx context.Context, id string) error {
	if _, err := w.fold(ctx, id); err != nil {
		return err
	}
	w.renamed[id], w.opened[id] = true, true
	return w.project(ctx, id)
}

func leafHash(st Stored) tlog.Hash {
	if st.Erased() {
		var kept tlog.Hash
		copy(kept[:], st.Leaf)
		return kept
	}
	var salt ledger.Salt
	copy(salt[:], st.Salt)
	return ledger.LeafHash(ledger.Leaf(st.Entry.Canonical(), salt))
}

// hashes reads the ledger's hashes from a view.
func hashes(ctx context.Context, v View) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		raw, err := v.Hashes(ctx, indexes)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(raw))
		for i, b := range raw {
			if len(b) != tlog.HashSize {
				return nil, fmt.Errorf("%w: the ledger's hash number %d has %d bytes", ErrTampered, indexes[i], len(b))
			}
			copy(out[i][:], b)
		}
		return out, nil
	})
}

// errDone stops a walk early.
var errDone = errors.New("done")
