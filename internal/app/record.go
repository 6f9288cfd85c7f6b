package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
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
	// Now says that it happens by being recorded: the moment is the transaction's, and is
	// no part of the wish. So what is sent twice is one wish.
	Now bool
	// Receipts asks for the receipt of each entry. They are handed out when the
	// entries are on the disk, like everything else that is acknowledged.
	Receipts bool
	// allow asks the policies, of the child as it stands in this transaction. A
	// desk sets it; nil is for what does not come through a door.
	allow func(View, ChildRow) error
	// as is the id of a child not known yet, where several are made at once that
	// name each other. Empty: a fresh one.
	as string
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
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		d := d
		if d.Now {
			d.Commands = slices.Clone(d.Commands)
			for i := range d.Commands {
				d.Commands[i].Happened = day.AtInstant(w.at.Now)
			}
		}
		if done, err = w.record(ctx, l, d); err != nil {
			return err
		}
		if d.Receipts {
			w.receipts = &done.Receipts
		}
		if d.Key != "" {
			return w.keep(Outcome{Key: d.Key, Request: request, Child: done.Child, Entries: done.Entries, At: w.at.Now})
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

// record records what is wished about one child.
func (w *writer) record(ctx context.Context, l *line.Line, d Do) (done Done, err error) {
	id := d.Child
	if id == "" {
		if id = d.as; id == "" {
			fresh, err := w.at.NewID()
			if err != nil {
				return done, err
			}
			id = string(fresh)
		}
		w.begin(id)
	}
	if d.Child != "" && (d.Seen != 0 || d.allow != nil) {
		row, err := w.row(ctx, id)
		if err != nil {
			return done, err
		}
		if d.allow != nil {
			if err := d.allow(w.tx, row); err != nil {
				return done, err
			}
		}
		if d.Seen != 0 && row.LastSeq != d.Seen {
			return done, ErrConflict
		}
	}
	if err := inLine(l, d.Commands); err != nil {
		return done, err
	}
	if err := w.timely(ctx, id, d.Commands); err != nil {
		return done, err
	}
	if err := w.ending(ctx, id, l, d.Commands); err != nil {
		return done, err
	}
	if err := w.deciding(ctx, id, l, d.Commands); err != nil {
		return done, err
	}
	if err := w.meeting(ctx, d.Commands); err != nil {
		return done, err
	}
	was, err := w.load(ctx, id)
	if err != nil {
		return done, err
	}
	es, err := w.decide(ctx, id, d.Commands)
	if err != nil {
		return done, err
	}
	w.wished = len(w.pending)
	if err := w.rate(ctx, id, l, es); err != nil {
		return done, err
	}
	if rec, err := w.load(ctx, id); err == nil {
		w.tellAnswers(rec, l, es)
		w.tellNotSafe(rec, l, es)
	} else {
		return done, err
	}
	if err := w.alarm(ctx, id, was.Clip(), es); err != nil {
		return done, err
	}
	done = Done{Child: id}
	for _, e := range es {
		done.Entries = append(done.Entries, e.ID)
	}
	return done, nil
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
		case child.AllocationProposed:
			if p, ok := l.Post(b.Post, c.Happened.Date); b.Post != "" && (!ok || !p.Stands(c.Happened.Date)) {
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
		when := c.Happened.String()
		if d.Now {
			when = "now"
		}
		all = append(all, wish{c.Actor, when, c.Body.Kind(), c.Body, c.Corrects})
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
