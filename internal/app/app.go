// Package app holds the use cases. It is the only way to write: it loads a
// record, decides, applies, and gives the store everything of one transaction.
// It owns the ports (Store, Clock). It must never know pages, SQL or files,
// nor ask the machine what time it is.
package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/text/unicode/norm"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/ledger"
	"onus/internal/line"
	"onus/internal/retention"
	"onus/internal/supervision"
	"onus/rulepacks"
)

// Registry is every kind of entry there is.
var Registry = sync.OnceValue(func() *entry.Registry {
	return entry.NewRegistry(child.Kinds(), line.Kinds(), concern.Kinds(), decision.Kinds(), hearing.Kinds(), supervision.Kinds(), duty.Kinds())
})

// Config is what an App is made of.
type Config struct {
	Store  Store
	Clock  Clock
	Rand   io.Reader      // ids and salts; crypto/rand in earnest, a seed in tests
	Pack   *duty.Pack     // the rules that come with the program: in force until others are adopted
	Signer note.Signer    // the ledger's key; its name is the ledger's origin
	Keys   ledger.Keys    // all keys that the ledger ever had; needed to change the key only
	Access *access.Engine // the policies; those that come with Onus when not given
	// Retention says how long records are kept; as in England when not given.
	Retention *retention.Pack
	// Witnesses say who must sign our heads; nil: nobody is asked.
	Witnesses *ledger.Policy
	// Secret seals who raised a concern in confidence. Without it nobody can.
	Secret []byte
	// Mail is how mail leaves; nil: mail is off, and none is put into the outbox.
	Mail *Mail
	// FeedTo is where this server sends the daily feed; empty: it was not told. It is shown.
	FeedTo string
}

// App is the use cases over one authority's store. Safe for many goroutines.
type App struct {
	Config
	kept     kept
	burden   burden
	services services // guarded by mu
	pasts    pasts
	mu       sync.Mutex // guards what follows
	line     *line.Line
	lineSeq  int64
	ruled    *ruled // with line
	rosters  rosters
	known    people
	guards   map[string]child.Guard // by their text in a row
	// The line as it was when all open concerns were last looked at, and the day.
	looked   *line.Line
	lookedOn day.Date
	// With what it was last found that the line has nothing left to tell; with what
	// owings were last asked for, and these.
	lookedLine, owingsOf lookedLine
	hoursLooked          day.Instant // when the rules looked last whether the work fits
	owingsNow            []line.Owing

	returnAsked chan struct{} // full while somebody asked for a check of a return that nobody has taken in hand

	doorAsked chan struct{} // full while rules were adopted by which nobody has rated again

	usedAt atomic.Int64 // of the line, at which our key was seen to be in use, from 1

	queue   queue
	writing chan struct{} // full while somebody writes; guards what follows
	edge    *ledger.Edge
	several bool // were written in the last transaction
}

// New makes an App.
func New(c Config) *App {
	if c.Access == nil {
		c.Access = policies()
	}
	if c.Retention == nil {
		c.Retention = england()
	}
	return &App{Config: c, kept: kept{records: map[string]version{}}, lineSeq: -1, writing: make(chan struct{}, 1), edge: new(ledger.Edge), returnAsked: make(chan struct{}, 1), doorAsked: make(chan struct{}, 1)}
}

// policies are those that come with Onus. That they load is a test.
var policies = sync.OnceValue(func() *access.Engine {
	e, err := access.New()
	if err != nil {
		panic(err)
	}
	return e
})

// england is how long records are kept in England. That it loads is a test.
var england = sync.OnceValue(func() *retention.Pack {
	p, err := retention.Load(rulepacks.FS, "england", Registry())
	if err != nil {
		panic(err)
	}
	return p
})

// Origin is the name of this ledger in its checkpoints.
func (a *App) Origin() string { return a.Signer.Name() }

// Line is the line of responsibility as it is recorded now.
func (a *App) Line(ctx context.Context) (l *line.Line, err error) {
	err = a.Store.View(ctx, func(v View) error {
		l, err = a.lineOf(ctx, v)
		return err
	})
	return l, err
}

func (a *App) lineOf(ctx context.Context, v View) (*line.Line, error) {
	h, err := v.Head(ctx)
	if err != nil {
		return nil, err
	}
	return a.lineAt(ctx, v, h)
}

func (a *App) lineAt(ctx context.Context, v View, h Head) (*line.Line, error) {
	l, _, err := a.authority(ctx, v, h)
	return l, err
}

// authority is what is recorded about the authority itself: its line, and the
// rules that it adopted.
func (a *App) authority(ctx context.Context, v View, h Head) (*line.Line, *ruled, error) {
	a.mu.Lock()
	l, r, seq := a.line, a.ruled, a.lineSeq
	a.mu.Unlock()
	if l != nil && seq == h.LineSeq {
		return l, r, nil
	}
	if l == nil || seq > h.LineSeq {
		l, r, seq = line.Fold(nil), nil, 0
	}
	es, err := v.EntriesFrom(ctx, entry.TheLine, seq)
	if err != nil {
		return nil, nil, err
	}
	l = line.Apply(l, bare(es)...)
	if es, err = v.EntriesFrom(ctx, entry.TheRules, seq); err != nil {
		return nil, nil, err
	}
	if r == nil || len(es) > 0 {
		if seq > 0 {
			es, err = v.Entries(ctx, entry.TheRules)
		}
		if err == nil {
			r, err = a.rule(duty.FoldBook(bare(es)), r)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	a.mu.Lock()
	a.line, a.ruled, a.lineSeq = l, r, h.LineSeq
	a.mu.Unlock()
	return l, r, nil
}

// ofAuthority says whether entries are about the authority itself.
func ofAuthority(s entry.Subject) bool { return s == entry.TheLine || s == entry.TheRules }

func bare(es []Stored) []entry.Entry {
	out := make([]entry.Entry, len(es))
	for i := range es {
		out[i] = es[i].Entry
	}
	return out
}

// record loads a child's record. Entries never change, so a record kept for
// the same last entry is the same record.
func (a *App) record(ctx context.Context, v View, id string) (child.Record, ChildRow, error) {
	row, err := v.Child(ctx, id)
	if err != nil {
		return child.Record{}, row, err
	}
	rec, err := a.recordOf(ctx, v, row)
	return rec, row, err
}

// once is record for a walk over many: it takes what is kept, and keeps nothing, so
// that the walk does not push out the records that people work with.
func (a *App) once(ctx context.Context, v View, id string) (child.Record, int64, error) {
	if row, err := v.Child(ctx, id); err != nil {
		return child.Record{}, -1, err
	} else if rec, ok := a.kept.get(id, row.LastSeq); ok {
		return rec, row.LastSeq, nil
	}
	return fold(ctx, v, id)
}

// recordOf is record for a row in hand.
func (a *App) recordOf(ctx context.Context, v View, row ChildRow) (child.Record, error) {
	if then, ok := v.(pastView); ok {
		return then.record(ctx, row.Child)
	}
	if rec, ok := a.kept.get(row.Child, row.LastSeq); ok {
		return rec, nil
	}
	rec, last, err := fold(ctx, v, row.Child)
	if err == nil && last == row.LastSeq { // else the row is behind: a bulk load was cut off
		a.kept.put(row.Child, last, rec)
	}
	return rec, err
}

// fold makes a child's record from its entries, and gives the last one's place
// in the journal; -1 when there is none.
func fold(ctx context.Context, v View, id string) (child.Record, int64, error) {
	es, err := v.Entries(ctx, entry.OfChild(id))
	if err != nil {
		return child.Record{}, -1, err
	}
	last := int64(-1)
	if n := len(es); n > 0 {
		last = es[n-1].Seq
	}
	return child.Fold(id, bare(es)), last, nil
}

// Fold makes a text fit for search: lower case, no accents, letters and digits only.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '/':
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// project makes the rows that lists need from a record. It is pure: `onus
// verify` calls it again and compares.
func project(p *duty.Pack, keep *retention.Pack, rec child.Record, lastSeq int64, now day.Instant) shown {
	s, id := rec.On(endOf(now)), rec.Identity()
	place := duty.PlaceOf(s)
	c := ChildRow{Child: rec.Child, LastSeq: lastSeq, Entries: len(rec.Log), Name: id.Name(), Birth: id.Birth, Expected: id.Expected, Open: s.Open,
		Since: s.Since.Date, Rank: place.Rank, Situation: place.Name, Team: s.Team, Post: s.Post, NoWorkerSince: s.NoWorkerSince.Date, Workers: s.Workers,
		LastSeen: s.LastSeen.Date, LastAlone: s.LastAlone.Date, ReferralOpened: s.Referral, Area: district(id.Address)}
	search := append([]string{id.Given, id.Family}, id.OtherNames...)
	var ids []Identifier
	for _, x := range id.IDs {
		search = append(search, x.Value)
		ids = append(ids, Identifier(x))
	}
	c.DisposeOn = disposeOn(keep, rec, endOf(now))
	c.Wake = p.Wakes(id, endOf(now))
	c.Folded = Fold(strings.Join(search, " "))
	if g := rec.Guard(); !g.Empty() {
		b, err := json.Marshal(g)
		if err != nil {
			panic(err) // it is made of texts and numbers only
		}
		c.Guard = string(b)
	}
	c.Sorted = c.SortAt()
	c.Journey, c.Miles = rec.Journey(), s.Miles
	var rows []DutyRow
	var all []duty.Duty
	for d := range p.Each(rec, endOf(now)) {
		if arrives(d.Rule) {
			all = append(all, *d)
		}
		if d.State != duty.Open {
			continue
		}
		r := DutyRow{ID: d.ID(), Child: rec.Child, Rule: d.Rule.ID, Start: d.Start, Owner: d.Owner, Team: s.Team, Rank: place.Rank, Since: d.Since, Shifted: d.Shifted,
			Due: d.Due, Until: d.Until, SpanUnit: d.Span.Unit}
		if n, ok := d.Next(); ok {
			r.NextClimb = n.At
		}
		if last, ok := d.Climbed(); ok {
			r.Climbed, r.ClimbedTo, r.ClimbedAt = d.Told(), last.Post, last.Told
		}
		rows = append(rows, r)
	}
	return shown{c, ids, rows, doorRow(p, rec, s, rows, now.Date()), visitRows(rec, s, place.Rank, p.SaidOnly(now.Date())), arrivals(rec, all)}
}

// shown is everything that lists show of a child.
type shown struct {
	row     ChildRow
	numbers []Identifier
	owed    []DutyRow
	door    *DoorRow // nil: nothing waits for a decision
	visits  []VisitRow
	came    []Arrival
}

// endOf is the last instant of a moment's day: what to ask a record for to
// have all that it knows. An entry of today whose hour is not known stands
// somewhere in the day, often later than now, though it was recorded already.
// Nothing else can be there, since nothing happens ahead of its recording.
func endOf(now day.Instant) day.Instant { return max(now, now.Date().End()-1) }

func notFound(err error) bool { return errors.Is(err, ErrNotFound) }

func (a *App) moment(h Head) entry.Moment {
	now := a.Clock.Now()
	if now < h.Recorded { // the clock went back: the journal's order stays the order of recording
		now = h.Recorded
	}
	return entry.Moment{Now: now, Rand: a.Rand}
}

func (a *App) salt() ([]byte, error) {
	s, err := ledger.NewSalt(a.Rand)
	if err != nil {
		return nil, fmt.Errorf("no randomness for a salt: %w", err)
	}
	return s[:], nil
}
