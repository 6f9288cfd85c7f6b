package app

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"

	"onus/internal/access"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// ErrNoConfidence says that the confidential route is not set up here.
var ErrNoConfidence = entry.Refuse("to", "The confidential route is not set up here. Ask an administrator, or speak to the guardian")

// seal hides who raised a concern in confidence, bound to the concern.
func (a *App) seal(person, id string) (string, error) {
	box, err := a.box()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	if _, err := io.ReadFull(a.Rand, nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(person), []byte(id))), nil
}

// cover is seal with a nonce made of the text itself: the same text is covered the
// same way, and nothing is drawn.
func (a *App) cover(text, about string) (string, error) {
	box, err := a.box()
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, a.Secret)
	m.Write([]byte(about + " " + text))
	nonce := m.Sum(nil)[:box.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(text), []byte(about))), nil
}

// unseal says who raised a concern in confidence. Only its own use cases may
// ask: to know its raiser again, and for two people who opened the name.
func (a *App) unseal(sealed, id string) (string, error) {
	box, err := a.box()
	if err != nil {
		return "", err
	}
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(b) < box.NonceSize() {
		return "", errors.New("who raised a concern in confidence cannot be read")
	}
	person, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], []byte(id))
	if err != nil {
		return "", errors.New("who raised a concern in confidence cannot be opened: the secret is another one, or the entry was changed")
	}
	return string(person), nil
}

func (a *App) box() (cipher.AEAD, error) {
	if len(a.Secret) != 32 {
		return nil, ErrNoConfidence
	}
	block, err := aes.NewCipher(a.Secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// sealedKey is under what a person finds again what they raised in confidence.
func (a *App) sealedKey(person string) string {
	m := hmac.New(sha256.New, a.Secret)
	m.Write([]byte("concern raiser " + person))
	return "sealed:" + hex.EncodeToString(m.Sum(nil))
}

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
		Next: r.Next(), Step: r.Last().Step, LastSeq: lastSeq}
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
	}
	return nil
}

// Told by the rules about a concern.
type ToldConcern struct {
	Concern string
	Body    concern.Told
}

// ClimbConcerns does what the rules do about warnings by now: whose time is over
// goes to the next post, above and around. So does at once what was told to
// posts in which nobody is who may answer. However often it is called, and
// whatever the clock did in between, each post is told once for each reason.
func (a *App) ClimbConcerns(ctx context.Context, limit int) (told []ToldConcern, err error) {
	now := a.Clock.Now()
	var ids []string
	err = a.Store.View(ctx, func(v View) error {
		due, err := v.Concerns(ctx, ConcernQuery{DueAt: now, Limit: limit})
		if err != nil {
			return err
		}
		for _, c := range due {
			ids = append(ids, c.ID)
		}
		l, err := a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		// Who is in which post changes with the line and with the day only.
		a.mu.Lock()
		same := a.looked == l && a.lookedOn == now.Date()
		a.mu.Unlock()
		if same {
			return nil
		}
		open, err := v.Concerns(ctx, ConcernQuery{Open: true})
		for _, c := range open {
			if !slices.Contains(ids, c.ID) {
				ids = append(ids, c.ID)
			}
		}
		if err == nil {
			a.mu.Lock()
			a.looked, a.lookedOn = l, now.Date()
			a.mu.Unlock()
		}
		return err
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = a.write(ctx, func(w *writer) error {
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		on := w.at.Now.Date()
		for _, id := range ids {
			r, _, err := concernOf(ctx, w.tx, id)
			if err != nil {
				return err
			}
			raiser, err := a.raiserOf(r)
			if err != nil {
				return err
			}
			es, err := concern.Climb(r, world{pack.Calendar(), l, on}, func(post string) bool {
				by := l.Answers(post, on)
				return by.Person != "" && by.Person != raiser && !slices.Contains(r.Raised.About, by.Person) && !l.Away(by.Person, on)
			}, w.at)
			if err != nil {
				return err
			}
			for i := range es {
				b := es[i].Body.(concern.Told)
				told = append(told, ToldConcern{id, b})
			}
			if len(es) == 0 {
				continue
			}
			if err := w.heard(ctx, r, es); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.mu.Lock()
		a.looked = nil
		a.mu.Unlock()
		return nil, err
	}
	return told, nil
}

// Responder is a post that may be asked to answer a concern.
type Responder struct {
	Post   line.Post
	Person string // who answers for it today
}

// Raising is what somebody is shown before they raise a concern: who must answer
// by when, and what can be attached.
type Raising struct {
	Above    []Responder // the line above them, lowest first
	Guardian *Responder  // of the confidential route; nil: there is none
	People   []string    // of whom it may complain
	Offers   []concern.Attached
	Terms    duty.Warnings
	Now      day.Instant
	Line     *line.Line
}

// Raising says what raising a concern would mean now. screen is the page from
// which it is raised, "" for none.
func (d *Desk) Raising(ctx context.Context, screen string) (*Raising, error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return nil, err
	}
	on := d.now.Date()
	r := &Raising{Now: d.now, Line: d.line}
	var ok bool
	if r.Terms, ok = d.a.inForce().Warnings(on); !ok {
		return nil, errors.New("the rules in force say nothing about the times of concerns")
	}
	for _, p := range d.above() {
		r.Above = append(r.Above, Responder{p, d.line.Answers(p.ID, on).Person})
		if by := d.line.Answers(p.ID, on).Person; by != d.who.Person && by != "" && !slices.Contains(r.People, by) {
			r.People = append(r.People, by)
		}
	}
	for _, t := range d.who.Member {
		for _, p := range d.line.Posts(on) {
			if h, held := d.line.Holder(p.ID, on); held && p.Team == t && h.Person != d.who.Person && !slices.Contains(r.People, h.Person) {
				r.People = append(r.People, h.Person)
			}
		}
	}
	if p, ok := d.line.ByFunction(line.Guardian, on); ok && len(d.a.Secret) == 32 {
		if by := d.line.Answers(p, on).Person; by != "" && by != d.who.Person {
			post, _ := d.line.Post(p, on)
			r.Guardian = &Responder{post, by}
		}
	}
	var err error
	r.Offers, err = d.offers(ctx, screen)
	return r, err
}

// above are the posts over those that they hold, lowest first, in which somebody
// else can answer.
func (d *Desk) above() (out []line.Post) {
	on := d.now.Date()
	for _, own := range d.who.Held {
		for _, p := range d.line.Up(own, on) {
			if slices.Contains(d.who.Held, p.ID) || slices.ContainsFunc(out, func(x line.Post) bool { return x.ID == p.ID }) {
				continue
			}
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b line.Post) int { return int(a.Tier - b.Tier) })
	return out
}

// steps is the climb of a concern: from a post up its line, around whoever it
// is about and whoever raises it, and out to the scrutineer.
func (d *Desk) steps(first string, about []string) (out []concern.Step) {
	for _, p := range d.line.Hearers(first, d.now.Date(), append([]string{d.who.Person}, about...)) {
		out = append(out, concern.Step{Post: p.ID, Title: p.Title})
	}
	return out
}

// Wish to raise a concern.
type Wish struct {
	Text       string
	To         string // the first post asked; InConfidence for the confidential route
	About      []string
	Attach     []string // titles of offers to attach
	Screen     string
	Special    string
	Key        string
	NoReceipts bool
}

// InConfidence stands for the post in a Wish that takes the confidential route.
const InConfidence = "in-confidence"

// Raise raises a concern. The receipt in Done proves their words and the time.
func (d *Desk) Raise(ctx context.Context, x Wish) (done Done, err error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return done, err
	}
	request, err := hashOf(d.who.Person, []wish{{Kind: "concern.raised", Body: concern.Raised{Text: x.Text, About: x.About, Screen: x.Screen, Special: x.Special}, Corrects: entry.ID(x.To)}})
	if err != nil {
		return done, err
	}
	plan, err := d.Raising(ctx, x.Screen)
	if err != nil {
		return done, err
	}
	b := concern.Raised{Text: x.Text, About: x.About, Screen: x.Screen, Special: x.Special,
		Terms: concern.Terms{Acknowledge: plan.Terms.Acknowledge, Answer: plan.Terms.Answer, Ask: plan.Terms.Ask, Source: plan.Terms.Source.Document, From: plan.Terms.From}}
	var ps []entry.Problem
	for _, p := range x.About {
		if !d.line.Known(p) {
			ps = append(ps, entry.Problem{Field: "about", Text: "There is no such person"})
		}
	}
	secret := x.To == InConfidence
	for _, o := range plan.Offers {
		if x.Special == concern.Overload && o.Kind != "page" && o.Kind != "child" || slices.Contains(x.Attach, o.Title) {
			if !secret || o.Kind == "child" || o.Kind == "page" { // the rest would show who wrote it
				b.Attached = append(b.Attached, o)
			}
		}
	}
	switch {
	case secret && plan.Guardian == nil:
		return done, ErrNoConfidence
	case secret:
		b.Screen = ""
		top, _ := d.line.Top(d.now.Date())
		b.Steps = slices.DeleteFunc(d.steps(top, x.About), func(s concern.Step) bool { return s.Post == plan.Guardian.Post.ID })
		if !slices.Contains(x.About, plan.Guardian.Person) {
			b.Steps = append([]concern.Step{{Post: plan.Guardian.Post.ID, Title: plan.Guardian.Post.Title}}, b.Steps...)
		}
	default:
		to := x.To
		if to == "" && len(plan.Above) > 0 {
			to = plan.Above[0].Post.ID
		}
		if to != "" && !slices.ContainsFunc(plan.Above, func(r Responder) bool { return r.Post.ID == to }) {
			ps = append(ps, entry.Problem{Field: "to", Text: "Choose somebody above you in the line"})
		}
		b.Steps = d.steps(to, x.About)
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
		n, err := w.tx.ConcernNumber(ctx)
		if err != nil {
			return err
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		b.Number = n + 1
		b.Steps = concern.Plan(b.Steps, b.Terms, pack.Calendar(), w.at.Now.Date())
		b.AcknowledgeBy = pack.Calendar().AddWorking(w.at.Now.Date(), b.Terms.Acknowledge)
		cmd := concern.Command{Actor: d.actor(), Body: b, Raiser: true, Source: entry.Source{Kind: "page", Program: d.who.Program}}
		if secret {
			if b.Sealed, err = d.a.seal(d.who.Person, string(id)); err != nil {
				return err
			}
			cmd.Body, cmd.Actor = b, entry.Actor{Person: concern.Confidant}
		}
		es, err := concern.Decide(concern.Record{ID: string(id)}, cmd, world{pack.Calendar(), d.line, w.at.Now.Date()}, w.at)
		if more, refused := entry.Problems(err); refused || len(ps) > 0 && err == nil {
			return &entry.Refusal{Problems: append(ps, more...)}
		} else if err != nil {
			return err
		}
		if err := w.heard(ctx, concern.Record{ID: string(id)}, es); err != nil {
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
	if !p.Hear && !p.Mine {
		p.Replies = nil
	}
	return p, d.attachedNames(ctx, p)
}

// attachedNames finds the names of children that are attached, as far as they
// are open to whoever looks.
func (d *Desk) attachedNames(ctx context.Context, p *ConcernPage) error {
	var ids []string
	for _, a := range p.Raised.Attached {
		if a.Kind == "child" {
			ids = append(ids, a.ID)
		}
		if len(a.Facts) > 0 && slices.Contains(a.Facts[0], childColumn) {
			i := slices.Index(a.Facts[0], childColumn)
			for _, row := range a.Facts[1:] {
				if i < len(row) {
					ids = append(ids, row[i])
				}
			}
		}
	}
	p.Children = map[string]ChildRow{}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	l, err := d.children(ctx, "A concern", false, ChildQuery{IDs: slices.Compact(ids)})
	if err != nil {
		return err
	}
	for _, row := range l.Rows {
		p.Children[row.Child] = row
	}
	return nil
}

// childColumn is the head of a column of attached facts that holds ids of children.
const childColumn = "Child"

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
	err = d.a.write(ctx, func(w *writer) error {
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
		return w.tx.PutDone(ctx, Outcome{Key: key, Request: request, Child: id, Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}

// ConcernList is what somebody raised, what waits for them, and what they promised.
type ConcernList struct {
	Mine, Told []ConcernRow
	Worse      []ConcernRow // of which the guardian has something to hear
	Promises   []PromiseRow
	Line       *line.Line
	Now        day.Instant
	Next       Cursor
}

const maxConcerns = 100

// Concerns lists what they raised, what was told to posts for which they answer,
// and what those posts promised. after pages through what was told.
func (d *Desk) Concerns(ctx context.Context, after Cursor, limit int) (*ConcernList, error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return nil, err
	}
	l := &ConcernList{Line: d.line, Now: d.now}
	err := d.a.Store.View(ctx, func(v View) (err error) {
		mine := []string{PersonKey(d.who.Person)}
		if len(d.a.Secret) == 32 {
			mine = append(mine, d.a.sealedKey(d.who.Person))
		}
		if after == (Cursor{}) {
			if l.Mine, err = v.Concerns(ctx, ConcernQuery{Raisers: mine, Limit: maxConcerns}); err != nil {
				return err
			}
			if l.Promises, err = v.Promises(ctx, append([]string{}, d.who.Posts...), maxConcerns); err != nil {
				return err
			}
		}
		l.Told, err = v.Concerns(ctx, ConcernQuery{Told: append([]string{}, d.who.Posts...), After: after, Limit: limit + 1})
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
	l.Told = slices.DeleteFunc(l.Told, func(c ConcernRow) bool { return c.Raiser == PersonKey(d.who.Person) })
	return l, nil
}

// ToAnswer counts the concerns that wait for an answer of theirs, and how many of
// these are late.
func (l *ConcernList) ToAnswer() (waiting, late int) {
	for _, c := range l.Told {
		if c.State == concern.Waiting {
			waiting++
			if c.By != 0 && c.By < l.Now.Date() {
				late++
			}
		}
	}
	return waiting, late
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
		rows, err = v.Concerns(ctx, ConcernQuery{Limit: maxCounted})
		return err
	}); err != nil {
		return nil, err
	}
	var raised, late, answered, settled, climbed int
	for _, c := range rows {
		if c.Raised < d.now.Date().AddMonths(-12).Start() {
			continue
		}
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
