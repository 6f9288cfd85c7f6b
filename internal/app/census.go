package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/cin"
)

// CensusResult says what an import of a CIN census understood and did.
type CensusResult struct {
	Summary     cin.Summary
	SHA256      string
	NewChildren int
	Known       int // children who were on the books already
	Added       map[entry.Kind]int
	Corrected   int
	Same        int  // facts that were there already
	Older       int  // facts left alone, since a newer file spoke of them
	NoNumber    int  // children without any number, known again only by this very file
	Again       bool // this very file was imported before
}

// Entries is how many entries were added about children.
func (r CensusResult) Entries() (n int) {
	for _, k := range r.Added {
		n += k
	}
	return n + r.Corrected
}

// chunk is how many children go into one transaction.
const chunk = 100

// ImportCensus reads a CIN census in. The file is read twice: first to see that
// it is a whole census (a wrong or broken one is refused and nothing is
// written), then to record what it says. Each child is written whole or not at
// all; an import that was cut off is completed by running it again. The same
// file twice adds nothing.
func (a *App) ImportCensus(ctx context.Context, open func() (io.ReadCloser, error), who entry.Actor) (CensusResult, error) {
	res := CensusResult{Added: map[entry.Kind]int{}}
	f, err := open()
	if err != nil {
		return res, err
	}
	sum := sha256.New()
	res.Summary, err = cin.Check(io.TeeReader(f, sum))
	if err == nil {
		_, err = io.Copy(sum, f) // what stands after the end belongs to the file too
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return res, err
	}
	res.SHA256 = hex.EncodeToString(sum.Sum(nil))
	l, err := a.Line(ctx)
	if err != nil {
		return res, err
	}
	var first day.Date // on which this very file was imported first
	for _, e := range l.Imports {
		if b, ok := e.Body.(line.FileImported); ok && b.SHA256 == res.SHA256 && !res.Again {
			res.Again, first = true, e.Recorded.Date()
		}
	}
	if f, err = open(); err != nil {
		return res, err
	}
	defer f.Close()
	im := &census{a: a, ctx: ctx, res: &res, who: who, first: first, asOf: res.Summary.Header.AsOf()}
	im.made, _ = res.Summary.Header.Made()
	_, err = cin.Read(bufio.NewReaderSize(f, 1<<16), cin.Options{}, func(c cin.Child) error {
		im.batch = append(im.batch, c)
		if len(im.batch) == chunk {
			return im.flush()
		}
		return nil
	})
	if err == nil {
		err = im.flush()
	}
	if err != nil || res.Again {
		return res, err
	}
	return res, im.note()
}

type census struct {
	a     *App
	ctx   context.Context
	res   *CensusResult
	who   entry.Actor
	asOf  day.Instant // the moment that the file speaks of
	made  day.Instant // and when it was made: of two that speak of one moment, the later counts
	first day.Date    // zero: today
	batch []cin.Child
}

func (im *census) flush() error {
	if len(im.batch) == 0 {
		return nil
	}
	batch := im.batch
	im.batch = im.batch[:0]
	return im.a.write(im.ctx, func(w *writer) error {
		w.passing = true
		found := map[Identifier]string{} // children made in this transaction
		for _, c := range batch {
			if err := im.child(w, c, found); err != nil {
				return err
			}
		}
		return nil
	})
}

// numbers by which a child of the census is known again, best first.
func (im *census) numbers(c cin.Child) []Identifier {
	var out []Identifier
	if c.LAchildID != "" {
		out = append(out, Identifier{"la-child", im.res.Summary.Header.LEA, c.LAchildID})
	}
	if c.UPN != "" {
		out = append(out, Identifier{"upn", "", c.UPN})
	}
	if len(out) == 0 { // nobody could know this child again but by this file and line
		out = append(out, Identifier{"file-line", im.res.SHA256, fmt.Sprint(c.Line)})
	}
	return out
}

func (im *census) child(w *writer, c cin.Child, found map[Identifier]string) error {
	ids := im.numbers(c)
	id, err := im.find(w, c, ids, found)
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
		im.res.NewChildren++
	} else {
		im.res.Known++
	}
	for _, x := range ids {
		if _, ok := found[x]; !ok {
			found[x] = id
		}
	}
	// What was dated ahead when the file was first read was kept aside. That the
	// day has come since does not make it so: the file says nothing new.
	today := w.at.Now.Date()
	if im.first != 0 {
		today = im.first
	}
	facts := cin.Facts(im.res.Summary.Header, c, today)
	if ids[0].System == "file-line" {
		im.res.NoNumber++
		for i := range facts {
			if k, ok := facts[i].Body.(child.Known); ok {
				k.IDs = append(k.IDs, child.Identifier(ids[0]))
				facts[i].Body = k
			}
		}
	}
	return im.record(w, id, facts)
}

// find looks for the child by its best number first. A UPN finds only a child
// whom this authority does not know under another number of its own, and whose
// birthday is not another: two children are never merged by it.
func (im *census) find(w *writer, c cin.Child, ids []Identifier, found map[Identifier]string) (string, error) {
	for _, x := range ids {
		id, ok := found[x]
		if !ok {
			var err error
			if id, err = w.tx.ChildByID(im.ctx, x); notFound(err) {
				continue
			} else if err != nil {
				return "", err
			}
		}
		if x.System == "upn" {
			rec, err := w.load(im.ctx, id)
			if err != nil {
				return "", err
			}
			if other(rec.Identity(), c, ids[0]) {
				continue
			}
		}
		return id, nil
	}
	return "", nil
}

// other says whether a child found by a UPN is plainly another one.
func other(k child.Known, c cin.Child, best Identifier) bool {
	if k.Birth != 0 && c.Birth != 0 && k.Birth != c.Birth {
		return true
	}
	for _, id := range k.IDs {
		if id.System == best.System && id.Authority == best.Authority && id.Value != best.Value {
			return true
		}
	}
	return false
}

// record adds what is new among the facts, and corrects what has changed.
func (im *census) record(w *writer, id string, facts []cin.Fact) error {
	rec, err := w.load(im.ctx, id)
	if err != nil {
		return err
	}
	last := lastSaid(rec)
	var cmds []child.Command
	for _, f := range facts {
		src := entry.Source{Kind: "import", Of: "cin-census", File: im.res.SHA256, Line: f.Line, Key: f.Key, AsOf: im.asOf, Made: im.made}
		cmd := child.Command{Actor: im.who, Happened: f.When, Body: f.Body, Source: src}
		old, had := last[f.Key]
		switch {
		case f.Body == nil && (!had || old.body == nil):
			continue // it never said so
		case !had && !im.res.Again:
			im.res.Added[f.Body.Kind()]++
		case f.Body != nil && old.body != nil && entry.Same(cin.WithoutLines(old.body), cin.WithoutLines(f.Body)) && (f.AnyDay || old.when == f.When):
			im.res.Same++
			continue
		case had && (im.asOf < old.asOf || im.asOf == old.asOf && im.made < old.made), im.res.Again: // a file read in before has had its say
			im.res.Older++
			continue
		case old.body == nil:
			im.res.Added[f.Body.Kind()]++ // an import took it back, and this one says it again
		case !stands(rec, old.first):
			im.res.Same++ // somebody withdrew it here: their word stands
			continue
		case f.Body == nil:
			cmd.Corrects, cmd.Happened = old.first, day.On(w.at.Now.Date())
			cmd.Body = child.Correction{Why: "A later census file no longer says so.", Withdrawn: true}
			im.res.Corrected++
		default:
			raw, err := json.Marshal(f.Body)
			if err != nil {
				return err
			}
			cmd.Corrects, cmd.Happened = old.first, f.When
			cmd.Body = child.Correction{Why: "A later census file says otherwise.", When: f.When, Body: raw}
			im.res.Corrected++
		}
		cmds = append(cmds, cmd)
	}
	if len(cmds) == 0 {
		return nil
	}
	if _, err := w.decide(im.ctx, id, cmds); err != nil {
		return fmt.Errorf("the child that begins on line %d: %w", facts[0].Line, err)
	}
	return nil
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

// note records that the file was read, so that anyone can see what came from where.
func (im *census) note() error {
	s := im.res.Summary
	b := line.FileImported{What: "cin-census", SHA256: im.res.SHA256, AsOf: im.asOf, Counts: map[string]int{
		"children": s.Children, "referrals": s.Episodes, "assessments": s.Assessments, "section 47 enquiries": s.Section47s,
		"child in need plans": s.CINPlans, "protection plans": s.CPPlans, "reviews": s.Reviews}}
	if s.Header.Year > 0 {
		b.Year = fmt.Sprint(s.Header.Year)
	}
	for _, n := range s.ByKind {
		b.Findings += n
	}
	now := im.a.Clock.Now()
	_, err := im.a.RecordLine(im.ctx, []line.Command{{Actor: im.who, Happened: day.On(now.Date()), Body: b, Source: entry.Source{Kind: "import", Of: "cin-census", File: im.res.SHA256}}}, "")
	return err
}

// CheckCensus reads a whole file and says whether it is a CIN census; nothing
// is written.
func CheckCensus(r io.Reader) error {
	_, err := cin.Check(r)
	return err
}
