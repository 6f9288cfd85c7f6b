package app

import (
	"cmp"
	"context"
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
	"onus/internal/supervision"
)

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
	opened map[string]bool
	// visited are the children of whom less may be asked about visits than before.
	visited map[string]bool
	// settled are the children of whom something may wait no more.
	settled map[string]bool
	// linked are the children to whose plans the private links may have changed.
	linked    map[string]bool
	concerns  map[string]concern.Record // changed in this transaction
	decisions map[string]decision.Record
	packs     map[string]hearing.Record
	talks     map[string]supervision.Record
	outcomes  []Outcome  // what was done under keys
	letters   []letterTo // put into the outbox with what they tell of
	lined     bool
	ruled     *ruled
	erasing   map[string][]Stored // what this transaction erases, by child
	gone      map[string]bool     // children of whom nothing is left
	// receipts is where to put the receipts of what is written; nil: none are wanted.
	// They are of the first entries only, where the rules added some: see wished.
	receipts *[][]byte
	wished   int
	owed     []owed
	// passing says that many children go by and few will be asked for again: a
	// bulk load. None is kept in memory, which would grow with the load and push
	// out the records that people work with.
	passing bool
}

func newWriter(a *App) *writer {
	return &writer{a: a, records: map[string]child.Record{}, lastSeq: map[string]int64{}, renamed: map[string]bool{}, opened: map[string]bool{}, settled: map[string]bool{}, linked: map[string]bool{}, visited: map[string]bool{}}
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
		if e.Kind == "correction" || child.Decides(e.Kind) {
			w.settled[id] = true
		}
		switch e.Body.(type) {
		case child.Note, child.DutyClimbed:
		default: // a visit, a plan, a case that closes or opens again
			w.visited[id] = true
		}
		switch e.Body.(type) {
		case child.Known, child.Correction:
			w.renamed[id], w.opened[id] = true, true
		case child.Allocation, child.Decision, child.DutyClimbed, child.AllocationAccepted:
			w.opened[id] = true
		case child.LetIn, child.LetOut, child.Unrestricted, child.Sampled, child.Disclosed, child.ChairNamed:
			w.opened[id] = true
		case child.PlanShared, child.PlanShareEnded, child.PlanWordWrong:
			w.linked[id] = true
		}
		w.lastSeq[id] = seq
	} else if _, ok := e.Subject.Decision(); ok {
		w.lastSeq[string(e.Subject)] = seq
	} else if _, ok := e.Subject.Talk(); ok {
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
	if err := w.projectTalks(ctx); err != nil {
		return err
	}
	for _, x := range w.letters {
		if err := w.tell(ctx, x.post, x.out); err != nil {
			return err
		}
	}
	w.letters = nil
	w.pending, w.dirty, w.concerns, w.decisions, w.packs, w.talks = nil, nil, nil, nil, nil, nil
	clear(w.renamed)
	clear(w.opened)
	clear(w.settled)
	clear(w.linked)
	clear(w.visited)
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
		of := w.pending
		if w.wished > 0 {
			of = of[:w.wished]
		}
		w.owed = append(w.owed, owed{t, w.receipts, of})
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
	out := make([]shown, len(ids))
	for _, id := range ids {
		if _, err := w.load(ctx, id); err != nil {
			return err
		}
	}
	together(len(ids), func(i int) {
		out[i] = project(pack, w.a.Retention, w.records[ids[i]], w.lastSeq[ids[i]], w.at.Now)
	})
	var rows []ChildRow
	var owed []DutyRow
	var waiting []DoorRow
	var atDoor, visited []string
	var visits []VisitRow
	var came []Arrival
	var comers []string
	for i, id := range ids {
		rows, owed = append(rows, out[i].row), append(owed, out[i].owed...)
		if out[i].door != nil {
			waiting = append(waiting, *out[i].door)
		}
		if out[i].door != nil || w.settled[id] {
			atDoor = append(atDoor, id)
		}
		if len(out[i].visits) > 0 || w.visited[id] {
			visited, visits = append(visited, id), append(visits, out[i].visits...)
		}
		if len(out[i].came) > 0 || w.visited[id] {
			comers, came = append(comers, id), append(came, out[i].came...)
		}
	}
	if err := w.tx.PutChild(ctx, rows...); err != nil {
		return err
	}
	if len(atDoor) > 0 {
		if err := w.tx.PutDoor(ctx, atDoor, waiting); err != nil {
			return err
		}
	}
	if len(visited) > 0 {
		if err := w.tx.PutVisits(ctx, visited, visits); err != nil {
			return err
		}
	}
	if len(comers) > 0 {
		if err := w.tx.PutArrivals(ctx, comers, came); err != nil {
			return err
		}
	}
	for i, id := range ids {
		if w.renamed[id] {
			if err := w.tx.PutIdentifiers(ctx, id, out[i].numbers); err != nil {
				return err
			}
		}
		if w.opened[id] {
			if err := w.tx.PutOpenings(ctx, id, openings(w.records[id])); err != nil {
				return err
			}
		}
		if w.linked[id] {
			if err := w.tx.PutFamilyLinks(ctx, entry.OfChild(id), planLinks(w.records[id])); err != nil {
				return err
			}
		}
	}
	return w.tx.PutDuties(ctx, ids, owed)
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
		case child.AllocationAccepted: // a second worker had the child too
			if ev, ok := rec.Event(b.Proposal); ok {
				if p, ok := ev.Body.(child.AllocationProposed); ok {
					put(PostKey(p.Post), OpenHad, 0)
				}
			}
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
	w.renamed[id], w.opened[id], w.settled[id], w.linked[id], w.visited[id] = true, true, true, true, true
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
