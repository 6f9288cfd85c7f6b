package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// Reader is who asks, as a door found out.
type Reader struct {
	Person string // for a program: empty
	Key    string // a program's key, by its id
	Fresh  bool   // signed in afresh a moment ago
}

// Desk is where one person, or one program, works for the length of a request:
// everything that a door may do for them, under the policies. What reads about
// a child writes the reader log first. Get it from App.Desk.
type Desk struct {
	a    *App
	now  day.Instant
	line *line.Line
	who  access.Who
	as   access.Asker
	post line.Post
	then *past // of which moment its lists are; nil: of now
}

// Denied is a refusal under a policy. It is an ErrForbidden.
type Denied struct {
	Action access.Action
	Policy string
	Says   string
	Child  string // the child's id, when it is about one
	Owner  string // the post to ask: it owns the restriction, or has the child
	// Afresh says that it would be allowed after signing in again.
	Afresh bool
	// Restricted says that the record is restricted.
	Restricted bool
	// Emergency says that they could open the record in an emergency, and Declare
	// that they could say they know the family.
	Emergency, Declare bool
}

func (d *Denied) Error() string        { return d.Says }
func (d *Denied) Is(target error) bool { return target == ErrForbidden }

// Desk makes the desk of whoever asks. ErrForbidden says that every door is
// closed to them: unknown, suspended, gone, or a key that opens nothing.
func (a *App) Desk(ctx context.Context, r Reader) (*Desk, error) {
	l, err := a.Line(ctx)
	if err != nil {
		return nil, err
	}
	d := &Desk{a: a, now: a.Clock.Now(), line: l}
	on := d.now.Date()
	person := r.Person
	var key line.ProgramKey
	if r.Key != "" {
		if key, _ = l.ProgramKey(r.Key); !key.Opens(on) {
			return nil, &Denied{Policy: access.None, Says: "This key opens nothing: it is unknown, revoked or too old"}
		}
		person = key.Owner
	}
	if !l.Known(person) || l.Away(person, on) {
		return nil, &Denied{Policy: access.None, Says: "No door is open to this person"}
	}
	d.who = a.roster(l, on, person)
	d.who.Fresh = r.Fresh
	if r.Key != "" {
		d.who.Party, d.who.Program, d.who.Scopes, d.who.Fresh = access.Program, r.Key, key.Scopes, false
	}
	for _, id := range d.who.Held {
		if p, _ := l.Post(id, on); d.post.ID == "" || p.Tier > d.post.Tier {
			d.post = p
		}
	}
	d.as = a.Access.As(d.who)
	return d, nil
}

// rosters keeps who somebody is on a day, for as long as the line stays the
// same: it takes a walk over all posts.
type rosters struct {
	line *line.Line
	on   day.Date
	of   map[string]access.Who
}

func (a *App) roster(l *line.Line, on day.Date, person string) access.Who {
	a.mu.Lock()
	if a.rosters.line != l || a.rosters.on != on {
		a.rosters = rosters{l, on, map[string]access.Who{}}
	}
	w, ok := a.rosters.of[person]
	a.mu.Unlock()
	if ok {
		return w
	}
	w = whoIs(l, on, person)
	a.mu.Lock()
	if a.rosters.line == l && a.rosters.on == on {
		a.rosters.of[person] = w
	}
	a.mu.Unlock()
	return w
}

// whoIs is who a person is on a day, as the line has it.
func whoIs(l *line.Line, on day.Date, person string) access.Who {
	w := access.Who{Party: access.Staff, Person: person}
	switch l.Party(person) {
	case line.Partner:
		w.Party = access.Partner
	case line.Family:
		w.Party = access.Family
	}
	if w.Party != access.Staff {
		return w
	}
	front := ""
	if p, ok := l.ByFunction(line.FrontDoor, on); ok {
		f, _ := l.Post(p, on)
		front = f.Team
	}
	add := func(list *[]string, v string) {
		if v != "" && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
	w.Posts = l.PostsOf(person, on)
	for _, id := range w.Posts {
		p, _ := l.Post(id, on)
		for _, t := range l.TeamsUnder(id, on) {
			add(&w.Teams, t)
		}
		a := l.Answers(id, on)
		if a.How == line.ByAbove {
			continue // an empty post's work passed up to them: they are not in it
		}
		if a.How == line.ByHolder {
			add(&w.Held, id)
		}
		add(&w.Functions, p.Function)
		add(&w.Member, p.Team)
		if p.Team != "" && p.Team == front {
			add(&w.Functions, line.FrontDoor)
		}
		w.Tier = max(w.Tier, p.Tier)
	}
	return w
}

// Post is the highest post that they hold; a zero Post when they hold none.
func (d *Desk) Post() line.Post { return d.post }

// Line is the line of responsibility as it is now.
func (d *Desk) Line() *line.Line { return d.line }

// Who is who works here, as the policies see them.
func (d *Desk) Who() access.Who { return d.who }

// Person is their id.
func (d *Desk) Person() string { return d.who.Person }

func (d *Desk) actor() entry.Actor { return entry.Actor{Person: d.who.Person, Post: d.post.ID} }

// May says whether something may be done in the authority, to no particular
// child or team. The error is a *Denied.
func (d *Desk) May(what access.Action) error {
	return d.answer(what, d.as.OnAuthority(what), func(as access.Asker) access.Decision { return as.OnAuthority(what) })
}

// MayTeam is May for a team.
func (d *Desk) MayTeam(what access.Action, team string) error {
	return d.answer(what, d.as.OnTeam(what, team), func(as access.Asker) access.Decision { return as.OnTeam(what, team) })
}

// MayChild is May for a child's record as a page has it.
func (d *Desk) MayChild(what access.Action, c access.Child) error {
	err := d.answer(what, d.as.OnChild(what, c), func(as access.Asker) access.Decision { return as.OnChild(what, c) })
	// Partners and families are told no more than no: whom to ask would say that
	// there is a record, who has it, and whether it is restricted.
	if x, ok := err.(*Denied); ok && d.who.Party != access.Partner && d.who.Party != access.Family {
		x.Child, x.Restricted, x.Owner = c.ID, c.Restricted, d.ask(c)
		again := d.who
		again.Fresh = true
		as := d.a.Access.As(again)
		x.Emergency, x.Declare = as.OnChild(access.BreakGlass, c).Allowed, as.OnChild(access.Declare, c).Allowed
	}
	return err
}

// answer makes a refusal of a decision. Whether signing in again would change
// it is asked of the policies themselves.
func (d *Desk) answer(what access.Action, dec access.Decision, again func(access.Asker) access.Decision) error {
	if dec.Allowed {
		return nil
	}
	x := &Denied{Action: what, Policy: dec.Policy, Says: dec.Says}
	if !d.who.Fresh && d.who.Party == access.Staff {
		fresh := d.who
		fresh.Fresh = true
		x.Afresh = again(d.a.Access.As(fresh)).Allowed
	}
	return x
}

// ask is the post to ask about a record that is closed.
func (d *Desk) ask(c access.Child) string {
	on := d.now.Date()
	switch {
	case c.Restricted:
		return c.Owner
	case c.Worker != "":
		return c.Worker
	case c.Team != "":
		return d.line.Resolve(line.KeyOfManager(c.Team), on)
	}
	return d.line.Resolve(line.KeyOfFunction(line.FrontDoor), on)
}

// facts are what access to a child turns on, of its row.
func (d *Desk) facts(row ChildRow) (access.Child, error) {
	g, err := d.a.guardOf(row)
	if err != nil {
		return access.Child{}, err
	}
	return facts(d.line, d.now, row, g), nil
}

// guardOf is what guards a record, as its row has it. What was read before is
// kept by its text, so that a list of many guarded records costs little more
// than one of open ones. Read it only.
func (a *App) guardOf(row ChildRow) (g child.Guard, err error) {
	if row.Guard == "" {
		return g, nil
	}
	a.mu.Lock()
	g, ok := a.guards[row.Guard]
	a.mu.Unlock()
	if ok {
		return g, nil
	}
	if json.Unmarshal([]byte(row.Guard), &g) != nil {
		return g, fmt.Errorf("%w: what guards child %s cannot be read", ErrTampered, row.Child)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.guards == nil || len(a.guards) >= keptGuards {
		a.guards = map[string]child.Guard{}
	}
	a.guards[row.Guard] = g
	return g, nil
}

// keptGuards is how many are kept: few records are guarded, and each takes less
// than a kilobyte.
const keptGuards = 10_000

func facts(l *line.Line, now day.Instant, row ChildRow, g child.Guard) access.Child {
	on := now.Date()
	c := access.Child{ID: row.Child, Open: row.Open, Worker: row.Post, Second: g.Second, Asked: g.Asked, Team: row.Team, Chair: g.Chair, Conference: g.Conference,
		FrontDoor: g.Undecided || row.Team == "" && row.Post == "", Granted: child.In(g.Let, now), Glass: g.Inside(now),
		Sampled: child.In(g.Sampled, now), Disclosed: child.In(g.Disclosed, now)}
	for _, x := range g.Glass {
		if !x.Reviewed {
			c.Unreviewed = append(c.Unreviewed, x.Person)
		}
	}
	for _, x := range g.Related {
		if x.Own {
			c.Own = append(c.Own, x.Person)
		} else {
			c.Related = append(c.Related, x.Person)
		}
	}
	if g.Restriction != nil {
		c.Restricted, c.Owner = true, g.Restriction.Owner
	}
	add := func(posts []line.Post) {
		for _, p := range posts {
			if p.ID != row.Post && !slices.Contains(c.Line, p.ID) {
				c.Line = append(c.Line, p.ID)
			}
		}
	}
	add(l.Up(row.Post, on))
	if row.Team != "" {
		add(l.Up(l.Resolve(line.KeyOfManager(row.Team), on), on))
	}
	if c.FrontDoor {
		add(l.Up(l.Resolve(line.KeyOfFunction(line.FrontDoor), on), on))
	}
	return c
}

// enter asks whether something may be done about a child, and writes the
// answer to the reader log before anything is shown. seq is the last entry of
// the record of which it was asked.
func (d *Desk) enter(ctx context.Context, what access.Action, page, id string) (dec access.Decision, seq int64, err error) {
	var row ChildRow
	if err = d.a.Store.View(ctx, func(v View) (err error) {
		row, err = v.Child(ctx, id)
		return err
	}); err != nil {
		return dec, 0, err
	}
	c, err := d.facts(row)
	if err != nil {
		return dec, 0, err
	}
	dec, err = d.admit(ctx, what, page, c)
	return dec, row.LastSeq, err
}

// admit decides about a child as it stands, and writes the look.
func (d *Desk) admit(ctx context.Context, what access.Action, page string, c access.Child) (access.Decision, error) {
	dec := d.as.OnChild(what, c)
	look := Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: c.ID, What: page, Grounds: dec.Policy, Refused: !dec.Allowed}
	if err := d.log(ctx, []Read{look}); err != nil {
		return dec, err
	}
	return dec, d.MayChild(what, c)
}

// Enter is for a page about a child that shows nothing of the record itself.
func (d *Desk) Enter(ctx context.Context, what access.Action, page, id string) error {
	_, _, err := d.enter(ctx, what, page, id)
	return err
}

func (d *Desk) log(ctx context.Context, looks []Read) error {
	if len(looks) == 0 {
		return nil
	}
	for i := range looks {
		looks[i].Program = d.who.Program
	}
	return d.a.Store.Update(ctx, func(tx Tx) error { return tx.PutReads(ctx, looks) })
}

// closed covers what a row of a list may not show to whoever asks, as the child's
// record stands now, and says how the look is logged. named says that the child's name may stand there all
// the same: a search must tell whether a child is known.
func (d *Desk) closed(row *ChildRow, now ChildRow, page string, named bool) (Read, error) {
	look := Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: row.Child, What: page}
	c, err := d.facts(now)
	if err != nil {
		return look, err
	}
	dec := d.as.OnChild(access.SeeName, c)
	look.Grounds, look.Refused = dec.Policy, !dec.Allowed
	if dec.Allowed {
		return look, nil
	}
	keep := ChildRow{Child: row.Child, Rank: row.Rank, Sorted: row.Sorted, Open: row.Open, Team: row.Team, Post: row.Post, Since: row.Since, NoWorkerSince: row.NoWorkerSince}
	keep.Name, keep.Closed = "A record that is closed to you", d.ask(c)
	if c.Restricted {
		keep.Name, keep.Team, keep.Post = "A restricted record", "", ""
	} else if named && d.who.Party == access.Staff && len(d.who.Held) > 0 {
		keep.Name, keep.Birth, keep.Expected = row.Name, row.Birth, row.Expected
	}
	*row = keep
	return look, nil
}

// closedDuties is closedAll for a list of duties. Of a record that is closed,
// which duty is owed is covered too: its name says what the record would. But
// who may meet the duty all the same, such as a reviewer, is told what it is.
func (d *Desk) closedDuties(ctx context.Context, page string, rows []DutyRow, more ...*ChildRow) error {
	now, err := d.asNow(ctx, childrenOf(rows))
	if err != nil {
		return err
	}
	if err := d.closedAll(ctx, page, false, append(childrenOf(rows), more...)...); err != nil {
		return err
	}
	for i := range rows {
		x := &rows[i]
		if x.ChildRow.Closed == "" {
			continue
		}
		c, err := d.facts(now[x.Child])
		if err != nil {
			return err
		}
		rule, ok := d.a.inForce().Rule(x.Rule, x.Since.Date)
		if !ok || !slices.ContainsFunc(rule.MetBy.Kind, func(k string) bool { return d.as.OnChild(ActionOf(entry.Kind(k)), c).Allowed }) {
			x.ID, x.Rule, x.Start, x.Shifted = "", "", "", false
		}
	}
	return nil
}

// closedAll is closed for every row of a page, and writes the looks.
func (d *Desk) closedAll(ctx context.Context, page string, named bool, rows ...*ChildRow) error {
	now, err := d.asNow(ctx, rows)
	if err != nil {
		return err
	}
	var looks []Read
	seen := map[string]bool{}
	for _, row := range rows {
		look, err := d.closed(row, now[row.Child], page, named)
		if err != nil {
			return err
		}
		if !seen[row.Child] {
			seen[row.Child] = true
			looks = append(looks, look)
		}
	}
	return d.log(ctx, looks)
}
