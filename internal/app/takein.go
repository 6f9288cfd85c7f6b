package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/fact"
)

// Taken says what came of taking a return in.
type Taken struct {
	SHA256      string // of the file; of a set, of what its files hold, in any order
	NewChildren int
	Known       int // children who were on the books already
	Added       map[entry.Kind]int
	Corrected   int
	Facts       int  // that it says
	Same        int  // facts that were there already
	Older       int  // facts left alone, since a newer file spoke of them
	NoNumber    int  // children without any number, known again only by this very file
	Kept        int  // things that were not understood, or have no day, and are kept as they stood
	Again       bool // this very file was imported before
}

// Entries is how many entries were added about children.
func (r Taken) Entries() (n int) {
	for _, k := range r.Added {
		n += k
	}
	return n + r.Corrected
}

// did says in sentences what was done.
func (r Taken) did(say func(format string, a ...any)) {
	if r.Entries() == 0 {
		say("Nothing was new: nothing was added.")
	} else {
		say("Added: %d entries about %d children, of whom %d were not known before. %d of these entries correct an earlier file.", r.Entries(), r.NewChildren+r.Known, r.NewChildren, r.Corrected)
	}
	if r.Older > 0 {
		say("Left alone: %d facts, since a newer file already spoke of them.", r.Older)
	}
	if r.NoNumber > 0 {
		say("%d children have no number of their own. They were kept, and can be known again only by this very file.", r.NoNumber)
	}
}

// chunk is how many children go into one transaction.
const chunk = 100

// takeIn records what a return says, whichever return it is: each child whole or
// not at all, some in one transaction. What was cut off is completed by running it
// again. The same file twice adds nothing; a newer one adds what changed.
type takeIn struct {
	a   *App
	ctx context.Context
	res *Taken
	who entry.Actor

	of   string      // entry.Source.Of
	asOf day.Instant // the moment that the file speaks of
	made day.Instant // and when it was made: of two that speak of one moment, the later counts
	// undated: nobody says when it was made. Of two that speak of one moment, that
	// counts which is read in last.
	undated bool
	// since begins the time of which the file tells everything, of what its children
	// name as whole; zero where it does not.
	since day.Instant

	first day.Date // on which this very file was imported first; zero: today
	batch []taken
}

// taken is a child as a return tells of them.
type taken struct {
	line  int
	ids   []Identifier // by which the child is known again, best first
	birth day.Date     // zero where it is not known
	facts func(today day.Date) []fact.Fact
	// whole are beginnings of keys under which the file names all there was in its
	// time: what an earlier file of the same time named and this one does not was wrong.
	whole []string
}

// met looks whether this very file was imported before, and when first.
func (in *takeIn) met() error {
	l, err := in.a.Line(in.ctx)
	if err != nil {
		return err
	}
	for _, e := range l.Imports {
		if b, ok := e.Body.(line.FileImported); ok && b.SHA256 == in.res.SHA256 && !in.res.Again {
			in.res.Again, in.first = true, e.Recorded.Date()
		}
	}
	return nil
}

// add takes one child in, with the next transaction.
func (in *takeIn) add(c taken) error {
	in.batch = append(in.batch, c)
	if len(in.batch) == chunk {
		return in.flush()
	}
	return nil
}

func (in *takeIn) flush() error {
	if len(in.batch) == 0 {
		return nil
	}
	batch := in.batch
	in.batch = in.batch[:0]
	return in.a.write(in.ctx, func(w *writer) error {
		w.passing = true
		found := map[Identifier]string{} // children made in this transaction
		for _, c := range batch {
			if err := in.child(w, c, found); err != nil {
				return err
			}
		}
		return nil
	})
}

// done ends it, and records that the file was read, so that anyone can see what came
// from where.
func (in *takeIn) done(b line.FileImported) error {
	if err := in.flush(); err != nil || in.res.Again {
		return err
	}
	b.What, b.SHA256, b.AsOf = in.of, in.res.SHA256, in.asOf
	now := in.a.Clock.Now()
	_, err := in.a.RecordLine(in.ctx, []line.Command{{Actor: in.who, Happened: day.On(now.Date()), Body: b, Source: entry.Source{Kind: "import", Of: in.of, File: in.res.SHA256}}}, "")
	return err
}

func (in *takeIn) child(w *writer, c taken, found map[Identifier]string) error {
	nobody := len(c.ids) == 0 // nobody could know this child again but by this file and line
	if nobody {
		c.ids = []Identifier{{"file-line", in.res.SHA256, fmt.Sprint(c.line)}}
	}
	id, err := in.find(w, c, found)
	if err != nil {
		return err
	}
	if id == "" {
		fresh, err := w.at.NewID()
		if err != nil {
			return err
		}
		id = string(fresh)
		w.begin(id)
		in.res.NewChildren++
	} else {
		in.res.Known++
	}
	for _, x := range c.ids {
		if _, ok := found[x]; !ok {
			found[x] = id
		}
	}
	// What was dated ahead when the file was first read was kept aside. That the
	// day has come since does not make it so: the file says nothing new.
	today := w.at.Now.Date()
	if in.first != 0 {
		today = in.first
	}
	facts := c.facts(today)
	if nobody {
		in.res.NoNumber++
		for i := range facts {
			if k, ok := facts[i].Body.(child.Known); ok {
				k.IDs = append(k.IDs, child.Identifier(c.ids[0]))
				facts[i].Body = k
			}
		}
	}
	return in.record(w, id, c, facts)
}

// find looks for the child by its best number first. A UPN finds only a child
// whom this authority does not know under another number of its own, and whose
// birthday is not another: two children are never merged by it.
func (in *takeIn) find(w *writer, c taken, found map[Identifier]string) (string, error) {
	for _, x := range c.ids {
		id, ok := found[x]
		if !ok {
			var err error
			if id, err = w.tx.ChildByID(in.ctx, x); notFound(err) {
				continue
			} else if err != nil {
				return "", err
			}
		}
		if x.System == "upn" {
			rec, err := w.load(in.ctx, id)
			if err != nil {
				return "", err
			}
			if other(rec.Identity(), c) {
				continue
			}
		}
		return id, nil
	}
	return "", nil
}

// other says whether a child found by a UPN is plainly another one.
func other(k child.Known, c taken) bool {
	if k.Birth != 0 && c.birth != 0 && k.Birth != c.birth {
		return true
	}
	best := c.ids[0]
	for _, id := range k.IDs {
		if id.System == best.System && id.Authority == best.Authority && id.Value != best.Value {
			return true
		}
	}
	return false
}

// record adds what is new among the facts, and corrects what has changed.
func (in *takeIn) record(w *writer, id string, c taken, facts []fact.Fact) error {
	rec, err := w.load(in.ctx, id)
	if err != nil {
		return err
	}
	last := lastSaid(rec)
	facts = append(facts, in.gone(c, facts, last)...)
	var cmds []child.Command
	for _, f := range facts {
		src := entry.Source{Kind: "import", Of: in.of, File: in.res.SHA256, Line: f.Line, Key: f.Key, AsOf: in.asOf, Made: in.made}
		cmd := child.Command{Actor: in.who, Happened: f.When, Body: f.Body, Source: src}
		old, had := last[f.Key]
		if f.Body != nil {
			in.res.Facts++
		}
		if k, ok := f.Body.(child.Kept); ok {
			in.res.Kept += len(k.Items)
		}
		switch {
		case f.Body == nil && (!had || old.body == nil):
			continue // it never said so
		case !had && !in.res.Again && f.Unless != nil && f.Unless(rec):
			in.res.Same++
			continue
		case !had && !in.res.Again:
			in.res.Added[f.Body.Kind()]++
		case f.Body != nil && old.body != nil && entry.Same(fact.WithoutLines(old.body), fact.WithoutLines(f.Body)) && (f.AnyDay || old.when == f.When):
			in.res.Same++
			continue
		case had && (in.asOf < old.asOf || in.asOf == old.asOf && in.made < old.made && !in.undated), in.res.Again: // a file read in before has had its say
			in.res.Older++
			continue
		case old.body == nil:
			in.res.Added[f.Body.Kind()]++ // an import took it back, and this one says it again
		case !stands(rec, old.first):
			in.res.Same++ // somebody withdrew it here: their word stands
			continue
		case f.Body == nil:
			cmd.Corrects, cmd.Happened = old.first, day.On(w.at.Now.Date())
			cmd.Body = child.Correction{Why: "A later file of the return no longer says so.", Withdrawn: true}
			in.res.Corrected++
		default:
			raw, err := json.Marshal(f.Body)
			if err != nil {
				return err
			}
			cmd.Corrects, cmd.Happened = old.first, f.When
			cmd.Body = child.Correction{Why: "A later file of the return says otherwise.", When: f.When, Body: raw}
			in.res.Corrected++
		}
		cmds = append(cmds, cmd)
	}
	if len(cmds) == 0 {
		return nil
	}
	if _, err := w.decide(in.ctx, id, cmds); err != nil {
		return fmt.Errorf("the child that begins on line %d: %w", c.line, err)
	}
	return nil
}

// gone are the facts that an earlier file of the same time named, and this one, which
// names all there were, does not.
func (in *takeIn) gone(c taken, facts []fact.Fact, last map[string]saying) (out []fact.Fact) {
	if len(c.whole) == 0 {
		return nil
	}
	named := map[string]bool{}
	for _, f := range facts {
		named[f.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(last)) {
		if s := last[key]; s.body == nil || named[key] || s.asOf < in.since {
			continue
		}
		if slices.ContainsFunc(c.whole, func(p string) bool { return strings.HasPrefix(key, p) }) {
			out = append(out, fact.Fact{Key: key, Line: c.line})
		}
	}
	return out
}

func stands(rec child.Record, id entry.ID) bool { _, ok := rec.Event(id); return ok }

// saying is the last that imports said of a fact. What a person corrected since
// is not in it: importing the same file again must not undo their work.
type saying struct {
	first entry.ID // the entry that said it first
	when  day.When
	body  entry.Body // nil: it was taken back
	asOf  day.Instant
	made  day.Instant
}

func lastSaid(rec child.Record) map[string]saying {
	out := map[string]saying{}
	kinds := map[string]entry.Kind{}
	for _, e := range rec.Log {
		if e.Source.Kind != "import" || e.Source.Key == "" {
			continue
		}
		s := out[e.Source.Key]
		if c, ok := e.Body.(child.Correction); ok && c.Withdrawn {
			s.body = nil
		} else if ok {
			if b, err := Registry().Decode(kinds[e.Source.Key], c.Body); err == nil {
				s.body = b
			}
			s.when = c.When
		} else {
			s.first, s.when, s.body = e.ID, e.Happened, e.Body
			kinds[e.Source.Key] = e.Kind
		}
		s.asOf, s.made = e.Source.AsOf, e.Source.Made
		out[e.Source.Key] = s
	}
	return out
}
