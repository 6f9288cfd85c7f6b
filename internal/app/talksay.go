package app

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/supervision"
)

// errNotBetween is for a house in which nothing can be sealed.
var errNotBetween = entry.Refuse("words", "What is written here could not be kept between the two of you: no secret is set up. Say it, and ask an administrator")

// opens are the kinds that open a talk with whoever is in a post, when none is.
func opens(b entry.Body) bool {
	switch b.(type) {
	case supervision.Planned, supervision.Began, supervision.Held, supervision.Words:
		return true
	}
	return false
}

// SayOfTalk records something about a talk: of is its id, or the post of whoever it
// is with. What is said of a child goes into the child's record in the same
// transaction, under the policies of the child; when whoever held it signs, the talk
// is held for the line too. Words of how somebody is are given plain, and sealed here.
func (d *Desk) SayOfTalk(ctx context.Context, of string, b entry.Body, key string) (done Done, err error) {
	if _, ok := b.(supervision.Opened); ok {
		return done, entry.Refuse("kind", "Only Onus itself records this kind")
	}
	s, err := d.sheet(ctx, of)
	if err != nil {
		return done, err
	}
	if err := d.mayTalk(access.ReadTalk, s); err != nil {
		if a, ok := b.(supervision.Answered); !ok || !d.owes(s, a.Nth) {
			return done, err
		}
	}
	if s.Entry == "" && !opens(b) {
		return done, entry.Refuse("", "No talk is prepared. Plan it, or start it, first")
	}
	request, err := hashOf(of+d.who.Person, []wish{{Kind: b.Kind(), Body: b}})
	if err != nil {
		return done, err
	}
	request = d.a.blind("request "+request, request) // of words that are the two's alone
	cmd := supervision.Command{Actor: d.actorFor(s), Body: b, Holder: d.mayTalk(access.HoldTalk, s) == nil, Answers: d.who.Posts, Source: entry.Source{Kind: "page", Program: d.who.Program}}
	var ps []entry.Problem
	post := func(field, id string) {
		if p, ok := d.line.Post(id, d.now.Date()); id != "" && (!ok || !p.Stands(d.now.Date())) {
			ps = append(ps, entry.Problem{Field: field, Text: "There is no such post"})
		}
	}
	sign := func(on day.Date) day.Date { return s.rules.Calendar().AddWorking(on, s.Terms.Sign) }
	switch b := b.(type) {
	case supervision.Held:
		b.SignBy = sign(d.now.Date())
		cmd.Body = b
	case supervision.Ended:
		cmd.Body = supervision.Ended{SignBy: sign(d.now.Date())}
	case supervision.Load:
		full, err := d.Sheet(ctx, of)
		if err != nil {
			return done, err
		}
		b.Owed, b.Available, b.Weeks, b.Breaks = 0, 0, LoadWeeks, 0
		if full.Load != nil {
			b.Owed, b.Available = full.Load.Hours()
			b.Owed, b.Available, b.Breaks = math.Round(b.Owed*10)/10, math.Round(b.Available*10)/10, full.Load.Outlook.First
		}
		cmd.Body = b
	case supervision.Agreed:
		post("post", b.Post)
	case supervision.Discussed:
		post("post", b.Post)
	case supervision.Answered:
		if as := s.Record.Actions(); b.Nth >= 0 && b.Nth < len(as) {
			cmd.Above = d.aboveIt(as[b.Nth].Post)
		}
	case supervision.Left:
		if b.About == supervision.AboutChild { // it goes into the child's record: only a child of this talk is left
			full, err := d.Sheet(ctx, of)
			if err != nil {
				return done, err
			}
			if !slices.ContainsFunc(full.Children, func(c SheetChild) bool { return c.Row.Child == b.ID }) {
				return done, entry.Refuse("", "Only a child of this talk can be left for another time")
			}
		}
	case supervision.Signed:
		b.SignBy = 0
		if b.As == supervision.AsHolder {
			full, err := d.Sheet(ctx, of)
			if err != nil {
				return done, err
			}
			cmd.Needs, b.SignBy = full.Needs, sign(d.now.Date())
		}
		cmd.Body = b
	}
	if len(ps) > 0 {
		return done, &entry.Refusal{Problems: ps}
	}
	write := d.a.writeTogether
	if x, ok := b.(supervision.Signed); ok && x.As == supervision.AsHolder { // it changes the line
		write = func(ctx context.Context, fn func(context.Context, *writer) error) error {
			return d.a.write(ctx, func(w *writer) error { return fn(ctx, w) })
		}
	}
	gate := d.gate(access.RecordChild)
	err = write(ctx, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		r, err := d.openTalk(ctx, w, s)
		if err != nil {
			return err
		}
		body := cmd.Body
		if x, ok := body.(supervision.Words); ok {
			if body, err = d.sealWords(x, r.ID); err != nil {
				return err
			}
		}
		if x, ok := body.(supervision.Discussed); ok && x.About == supervision.AboutChild {
			if body, err = d.discuss(ctx, w, r, x, cmd, gate); err != nil {
				return err
			}
		}
		if x, ok := body.(supervision.Left); ok && x.About == supervision.AboutChild {
			if err := d.leave(ctx, w, s, r, x, cmd); err != nil {
				return err
			}
		}
		cmd := cmd
		cmd.Body = body
		es, err := supervision.Decide(r, cmd, w.at)
		if err != nil {
			return err
		}
		if r, err = w.talked(r, es); err != nil {
			return err
		}
		if x, ok := body.(supervision.Signed); ok && x.As == supervision.AsHolder {
			if err := d.heldForTheLine(ctx, w, s, r); err != nil {
				return err
			}
		}
		w.wished = 0
		done = Done{Child: r.ID, Entries: []entry.ID{es[0].ID}}
		if key == "" {
			return nil
		}
		return w.keep(Outcome{Key: key, Request: request, Child: r.ID, Entries: done.Entries, At: w.at.Now})
	})
	return done, gate.log(ctx, err)
}

// owes says whether they answer for the post that owes an action.
func (d *Desk) owes(s *Sheet, nth int) bool {
	as := s.Record.Actions()
	return nth >= 0 && nth < len(as) && slices.Contains(d.who.Posts, as[nth].Post)
}

// actorFor is who they are in a talk: with whom it is held is in the post that the
// talk is about; whoever holds it is in the lowest post above in which they are.
func (d *Desk) actorFor(s *Sheet) entry.Actor {
	a := d.actor()
	on := d.now.Date()
	for _, seat := range s.seats() {
		if seat.Person == d.who.Person {
			a.Post = seat.Post
			return a
		}
	}
	for _, p := range d.line.Up(s.seats()[0].Post, on) {
		if x := d.line.Answers(p.ID, on); p.ID != s.seats()[0].Post && x.Person == d.who.Person {
			a.Post = x.Post
			return a
		}
	}
	return a
}

// openTalk is the talk as it stands in this transaction; where none is prepared, a new one.
func (d *Desk) openTalk(ctx context.Context, w *writer, s *Sheet) (supervision.Record, error) {
	if s.Entry != "" {
		r, _, err := talkOf(ctx, w.tx, s.ID)
		return r, err
	}
	rows, err := w.tx.Talks(ctx, TalkQuery{Person: s.Seat.Person, Limit: 1})
	if err != nil {
		return supervision.Record{}, err
	}
	if len(rows) == 1 {
		if r, _, err := talkOf(ctx, w.tx, rows[0].ID); err != nil || r.Live() { // opened since by the other one
			return r, err
		}
	}
	return d.begin(w, supervision.Opened{Form: supervision.OneToOne, With: []supervision.Seat{s.Seat}, By: s.Record.By}, d.actorFor(s))
}

func (d *Desk) begin(w *writer, b supervision.Opened, who entry.Actor) (r supervision.Record, err error) {
	id, err := w.at.NewID()
	if err != nil {
		return r, err
	}
	r.ID = string(id)
	es, err := supervision.Decide(r, supervision.Command{Actor: who, Body: b, Source: entry.Source{Kind: "page", Program: d.who.Program}}, w.at)
	if err != nil {
		return r, err
	}
	return w.talked(r, es)
}

// OpenGroup opens a talk with several workers of a team.
func (d *Desk) OpenGroup(ctx context.Context, team string, people []string, key string) (done Done, err error) {
	if err := d.May(access.HoldSupervision); err != nil {
		return done, err
	}
	if err := d.MayTeam(access.SeeTeam, team); err != nil {
		return done, err
	}
	on := d.now.Date()
	b := supervision.Opened{Form: supervision.Group, Team: team}
	for _, p := range d.line.Workers(team, on) {
		if h, ok := d.line.Holder(p.ID, on); ok && slices.Contains(people, h.Person) && h.Person != d.who.Person {
			b.With = append(b.With, supervision.Seat{Post: p.ID, Person: h.Person})
		}
	}
	if len(b.With) < 2 || len(b.With) < len(people) {
		return done, entry.Refuse("with", "Choose at least two workers of the team")
	}
	s := &Sheet{Line: d.line, Now: d.now}
	s.Record.Entry, s.Record.Opened = "new", b
	if err := d.mayTalk(access.HoldTalk, s); err != nil {
		return done, err
	}
	who := d.actorFor(s)
	b.By = supervision.Seat{Post: who.Post, Person: who.Person}
	request, err := hashOf(team+d.who.Person, []wish{{Kind: b.Kind(), Body: b}})
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
		r, err := d.begin(w, b, who)
		if err != nil {
			return err
		}
		done = Done{Child: r.ID, Entries: []entry.ID{r.Entry}}
		if key == "" {
			return nil
		}
		return w.keep(Outcome{Key: key, Request: request, Child: r.ID, Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}

func (d *Desk) sealWords(b supervision.Words, id string) (supervision.Words, error) {
	if b.Sealed == "" {
		return b, nil // Decide says what is missing
	}
	if len(d.a.Secret) != 32 {
		return b, errNotBetween
	}
	if len(b.Sealed) > entry.MaxText/2 {
		return b, entry.Refuse("words", "The text is too long")
	}
	sealed, err := d.a.seal(b.Sealed, id)
	return supervision.Words{Sealed: sealed}, err
}

// discuss writes what is said of a child into the child's record: the first time as
// an entry, then as its correction, until the talk is signed.
func (d *Desk) discuss(ctx context.Context, w *writer, r supervision.Record, x supervision.Discussed, cmd supervision.Command, g *gate) (supervision.Discussed, error) {
	if ps := x.Whole(); len(ps) > 0 {
		return x, &entry.Refusal{Problems: ps}
	}
	before := r.Item(x.About, x.ID)
	try := x
	try.Entry = "tried" // whether it could be said at all, before the child's record is touched
	if before != nil && before.Discussed != nil {
		try.Entry = before.Discussed.Entry
	}
	plain := supervision.Discussed{About: x.About, ID: x.ID, Entry: try.Entry, Post: x.Post, By: x.By}
	cmd.Body = plain
	if _, err := supervision.Decide(r, cmd, w.at); err != nil {
		return x, err
	}
	l, err := w.a.lineAt(ctx, w.tx, w.head)
	if err != nil {
		return x, err
	}
	said := child.Supervision{Asked: x.Asked, Decided: x.Decided, Spoken: child.Spoken{Changed: x.Changed, Mind: x.Mind, Why: x.Why, Action: x.Action, Talk: r.ID}}
	c := child.Command{Actor: cmd.Actor, Happened: day.On(r.On), Body: said, Source: cmd.Source}
	if before != nil && before.Discussed != nil {
		raw, err := json.Marshal(said)
		if err != nil {
			return x, err
		}
		c.Body, c.Corrects, c.Happened = child.Correction{Why: "Written again before the talk was signed", Body: raw}, plain.Entry, day.AtInstant(w.at.Now)
	}
	done, err := w.record(ctx, l, Do{Child: x.ID, Commands: []child.Command{c}, allow: g.allow})
	if err != nil {
		return x, err
	}
	if plain.Entry == "tried" {
		plain.Entry = done.Entries[0]
	}
	return plain, nil
}

// leave puts into the child's record that it was left for another time, and what the record
// asks now. That day is then owed by the rules, and climbs: a question that is put off
// again and again is still due on the first day. The day is no later than the rules let a
// child go without being talked about. Whoever holds the talk may say so also of a record that
// is closed to them: it says nothing of what stands there.
func (d *Desk) leave(ctx context.Context, w *writer, s *Sheet, r supervision.Record, x supervision.Left, cmd supervision.Command) error {
	if latest := s.rules.Calendar().Due(day.On(r.On), s.Terms.Discuss).On; x.On > latest {
		return entry.Refuse("until", "No child goes so long without being talked about. "+latest.Long()+" is the last day for it")
	}
	l, err := w.a.lineAt(ctx, w.tx, w.head)
	if err != nil {
		return err
	}
	rec, err := w.load(ctx, x.ID)
	if err != nil {
		return err
	}
	b := child.SupervisionLeft{Why: x.Why, On: x.On, Talk: r.ID}
	for _, g := range s.rules.Signals(rec, s.rules.Duties(rec, w.at.Now), w.at.Now) {
		b.Asks = append(b.Asks, g.ID)
	}
	_, err = w.record(ctx, l, Do{Child: x.ID, Commands: []child.Command{{Actor: cmd.Actor, Happened: day.On(r.On), Body: b, Source: cmd.Source}}})
	return err
}

// heldForTheLine says to the line that the talk was held.
func (d *Desk) heldForTheLine(ctx context.Context, w *writer, s *Sheet, r supervision.Record) error {
	if r.Opened.Form == supervision.Group && !s.Terms.Group {
		return nil
	}
	l, err := w.a.lineAt(ctx, w.tx, w.head)
	if err != nil {
		return err
	}
	for _, seat := range r.Opened.With {
		es, err := line.Decide(l, line.Command{Actor: entry.Actor{Person: r.By.Person, Post: r.By.Post}, Happened: day.On(r.On), Source: entry.Source{Kind: "page", Program: d.who.Program},
			Body: line.SupervisionHeld{Post: seat.Post, Person: seat.Person, Minutes: min(r.Minutes, 480), Talk: r.ID}}, w.at)
		if err != nil {
			return err
		}
		for _, e := range es {
			l = line.Apply(l, e)
			if err := w.add(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// PrepareChild records what the worker wants to say of a child in the next talk.
func (d *Desk) PrepareChild(ctx context.Context, id, says, key string) (Done, error) {
	return d.Record(ctx, Do{Child: id, Key: key, Now: true, Commands: []child.Command{{Body: child.SupervisionPrepared{Says: says}, Source: entry.Source{Kind: "page"}}}})
}

// TalkReceipt is the receipt of an entry of a talk that they may read.
func (d *Desk) TalkReceipt(ctx context.Context, of string, id entry.ID) ([]byte, error) {
	s, err := d.sheet(ctx, of)
	if err != nil {
		return nil, err
	}
	if err := d.mayTalk(access.ReadTalk, s); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(s.Log, func(e entry.Entry) bool { return e.ID == id }) {
		return nil, ErrNotFound
	}
	return d.a.Receipt(ctx, id)
}

// ActionPage is one action, as whoever owes it sees it: not the rest of the talk.
type ActionPage struct {
	SheetAction
	Line *line.Line
	Now  day.Instant
	By   supervision.Seat
	Read bool // they may read the whole talk
}

// Action is one action that was agreed in a talk, for whoever owes it, those who took
// part, and those above.
func (d *Desk) Action(ctx context.Context, of string, nth int) (*ActionPage, error) {
	s, err := d.sheet(ctx, of)
	if err != nil {
		return nil, err
	}
	as := s.Record.Actions()
	if s.Signature == nil || nth < 0 || nth >= len(as) || s.ID != of {
		return nil, ErrNotFound
	}
	may := d.mayTalk(access.ReadTalk, s)
	if may != nil && !d.owes(s, nth) && !d.aboveIt(as[nth].Post) {
		return nil, may
	}
	a := as[nth]
	on := s.Now.Date()
	p := &ActionPage{Line: s.Line, Now: s.Now, By: s.By, Read: may == nil}
	p.SheetAction = SheetAction{Talk: s.ID, Held: s.On, Action: a, Text: a.What, Late: !a.Over() && a.By < on, MayMove: d.aboveIt(a.Post), MayClose: d.owes(s, nth) || d.mayTalk(access.HoldTalk, s) == nil}
	if d.then != nil { // nothing is done in the past
		p.MayMove, p.MayClose = false, false
	}
	if a.About == supervision.AboutChild {
		p.Row = &ChildRow{}
		one := &Sheet{Actions: []SheetAction{p.SheetAction}}
		if err := d.coverActions(ctx, one); err != nil {
			return nil, err
		}
		p.SheetAction = one.Actions[0]
	}
	return p, nil
}

// TeamGroup is a team, and its talks as a group, newest first.
func (d *Desk) TeamGroup(ctx context.Context, team string) (t line.Team, talks []TalkRow, err error) {
	if err := d.May(access.HoldSupervision); err != nil {
		return t, nil, err
	}
	if err := d.MayTeam(access.SeeTeam, team); err != nil {
		return t, nil, err
	}
	t, ok := d.line.Team(team)
	if !ok {
		return t, nil, ErrNotFound
	}
	err = d.a.Store.View(ctx, func(v View) error {
		talks, err = v.Talks(ctx, TalkQuery{Team: team, Limit: 12})
		return err
	})
	return t, talks, err
}

// TeamTalks are the talks owed with whoever is in a team, its manager too, in the
// order of the line: when each was last held, and by when the next is due.
func (d *Desk) TeamTalks(team string) (out []LineOwed) {
	at, l, pack := d.Then()
	on := at.Date()
	for _, o := range d.a.owings(l, pack, on) {
		if o.About == line.Supervision && o.Post.Team == team {
			out = append(out, LineOwed{Owing: o, Late: o.Late(on), To: pack.OwedTo(o, on)})
		}
	}
	return out
}
