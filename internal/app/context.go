package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Context is a duty as it stood at a moment, with what was known then: who
// answered, what each had been told, whether the work could be done, which
// warnings had been given. It is made by the same folds as every page of now.
// What was recorded later stands apart, in After.
type Context struct {
	Page     *ChildPage // the child, as known then
	Duty     duty.Duty
	X        duty.Explanation
	At       day.Instant
	Tiers    []ContextTier
	Load     ContextLoad
	Warnings []Warning
	Talks    []Talk
	Choices  []Choice
	// Later is how many entries about the child were recorded after the moment;
	// After are these, once whoever looks back has written their own account.
	Later   int
	After   []entry.Entry
	Account *child.Account
	Written day.Instant
}

// ContextTier is one post that answered for the child.
type ContextTier struct {
	Post   line.Post
	Person string
	How    string
	Told   day.Instant // of this duty; zero: not yet
	Next   day.Instant // when it would have been told
	Heard  []Hearing   // of each warning, in the order of Warnings
	Looks  []day.Instant
}

// Hearing is what a post had of a warning by then.
type Hearing struct {
	Told, Opened, Answered day.Instant
}

// Warning is a concern, as it stood at the moment.
type Warning struct {
	ID, Words   string // the words only for who may read the concern
	Number      int
	Raised      day.Instant
	Person      string // who raised it; empty in confidence
	State       concern.State
	Climbed     int // posts told
	Last        string
	Answer      string // its words, for who may read the concern
	Verdict     string
	Readable    bool
	Entry       entry.ID
	MentionsKid bool
	now, then   concern.Record // as it stands, and as it was known at the moment
}

// Talk is supervision, due and held: about the child, or with somebody who answered
// for it.
type Talk struct {
	Duty      string
	With      string // the person, where it is with somebody about all their work
	Last, Due day.Date
	Late      bool
	Owner     string
	Told      []line.OwedTold // posts told that it was not held, where it is with somebody
}

// Choice is a decision that shaped what happened.
type Choice struct {
	When         day.When
	What, Why    string
	Author, Post string
	Entry        entry.ID
}

// Context shows a duty as it was known at a moment; zero: at the end of the time
// in which it was due. The look is logged like any other.
func (d *Desk) Context(ctx context.Context, id, dutyID string, known day.Instant) (*Context, error) {
	now, err := d.Child(ctx, "As it was known", id, 0)
	if err != nil {
		return nil, err
	}
	c, err := d.a.contextOf(ctx, now.Record, dutyID, known, d.now)
	if err != nil {
		return nil, err
	}
	for _, ev := range now.Record.Accounts(d.who.Person, dutyID) {
		b := ev.Body.(child.Account)
		if b.At == c.At {
			c.Account, c.Written = &b, ev.Recorded
		}
	}
	if c.Account == nil {
		c.After = nil
	}
	if err := d.readable(c.Warnings); err != nil {
		return nil, err
	}
	for i := len(c.Warnings) - 1; i >= 0; i-- {
		if d.complainedOf(c.Warnings[i]) {
			c.Warnings = slices.Delete(c.Warnings, i, i+1)
			for j := range c.Tiers {
				c.Tiers[j].Heard = slices.Delete(c.Tiers[j].Heard, i, i+1)
			}
		}
	}
	return c, nil
}

// complainedOf says that a warning is about them and went around them: looking back
// does not tell them that there is one.
func (d *Desk) complainedOf(w Warning) bool {
	return !w.Readable && slices.Contains(w.now.Raised.About, d.who.Person)
}

// readable takes out of warnings what whoever looks may not read.
func (d *Desk) readable(ws []Warning) error {
	for i := range ws {
		w := &ws[i]
		f, err := d.concernFacts(w.now)
		if err != nil {
			return err
		}
		if w.Readable = d.as.OnConcern(access.ReadConcern, f).Allowed; !w.Readable {
			w.Words, w.Answer = "", ""
		}
	}
	return nil
}

// ContextOf is Context for the command line: whole, for whoever runs Onus.
func (a *App) ContextOf(ctx context.Context, id, dutyID string, known day.Instant) (c *Context, err error) {
	var rec child.Record
	if err := a.Store.View(ctx, func(v View) (err error) {
		rec, _, err = a.record(ctx, v, id)
		return err
	}); err != nil {
		return nil, err
	}
	c, err = a.contextOf(ctx, rec, dutyID, known, a.Clock.Now())
	if err != nil {
		return nil, err
	}
	for i := range c.Warnings {
		c.Warnings[i].Readable = true
	}
	return c, nil
}

func (a *App) contextOf(ctx context.Context, rec child.Record, dutyID string, known, now day.Instant) (c *Context, err error) {
	if known > now {
		return nil, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
	}
	c = &Context{}
	err = a.Store.View(ctx, func(v View) error {
		h, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		l, err := a.lineAt(ctx, v, h)
		if err != nil {
			return err
		}
		if known == 0 {
			if known, err = a.dueMoment(r.pack(), rec, dutyID, now); err != nil {
				return err
			}
		}
		c.At = known
		if c.Page, err = a.page(rec, l, r, 0, known, now); err != nil {
			return err
		}
		if c.Duty, c.X, err = a.explain(c.Page, dutyID); err != nil {
			return err
		}
		c.Later = len(rec.Log) - len(c.Page.Record.Log)
		for _, e := range rec.Log {
			if e.Recorded > known {
				c.After = append(c.After, e)
			}
		}
		if err := a.warned(ctx, v, c); err != nil {
			return err
		}
		if err := a.tiersOf(ctx, v, c); err != nil {
			return err
		}
		c.talks()
		c.choices(known.Date() - shaping)
		if err := c.decisions(ctx, v); err != nil {
			return err
		}
		return a.loadOf(ctx, v, c)
	})
	return c, err
}

// dueMoment is the end of the time in which a duty was due, or now if that is
// still to come.
func (a *App) dueMoment(pack *duty.Pack, rec child.Record, id string, now day.Instant) (day.Instant, error) {
	for _, x := range pack.Duties(rec, endOf(now)) {
		if !x.Named(id) {
			continue
		}
		at := min(x.Due.By-1, now)
		if ev, ok := rec.Event(x.Start); ok { // what was recorded late was not known before
			at = max(at, ev.Recorded)
		}
		return at, nil
	}
	return 0, ErrNotFound
}

// owner is the post that owed the duty then.
func (c *Context) owner() string { return c.Page.Line.Resolve(c.Duty.Owner, c.At.Date()) }

// warned finds the warnings that had been given by whoever answered for the
// duty, in confidence never: that would say who it was.
func (a *App) warned(ctx context.Context, v View, c *Context) (err error) {
	on := c.At.Date()
	people := []string{}
	for _, p := range c.Page.Line.Up(c.owner(), on) {
		if by := c.Page.Line.Answers(p.ID, on).Person; by != "" && p.Tier <= line.ServiceManager {
			people = append(people, PersonKey(by))
		}
	}
	c.Warnings, err = a.warningsBy(ctx, v, people, c.At)
	for i := range c.Warnings {
		w := &c.Warnings[i]
		for _, x := range w.then.Raised.Attached {
			w.MentionsKid = w.MentionsKid || x.Kind == "child" && x.ID == c.Page.Record.Child
			for _, row := range x.Facts {
				w.MentionsKid = w.MentionsKid || slices.Contains(row, c.Page.Record.Child)
			}
		}
	}
	return err
}

// warningsBy are the concerns that people had raised by a moment, as they stood then,
// first to last. People are keys; what was raised in confidence has none.
func (a *App) warningsBy(ctx context.Context, v View, people []string, at day.Instant) (out []Warning, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	rows, err := v.Concerns(ctx, ConcernQuery{Raisers: people, Limit: maxConcerns})
	if err != nil {
		return nil, err
	}
	slices.Reverse(rows)
	for _, row := range rows {
		if row.Raised > at {
			continue
		}
		now, _, err := concernOf(ctx, v, row.ID)
		if err != nil {
			return nil, err
		}
		r, ok := now.KnownAt(at)
		if !ok {
			continue
		}
		w := Warning{now: now, then: r, ID: r.ID, Words: r.Raised.Text, Number: r.Raised.Number, Raised: r.At, Person: r.Author, State: r.State(), Last: r.Last().Post, Entry: r.Entry}
		posts := map[string]bool{}
		for _, t := range r.Told {
			posts[t.Post] = true
		}
		w.Climbed = len(posts)
		if n := len(r.Answers); n > 0 {
			w.Answer, w.Verdict = r.Answers[n-1].Words, r.Answers[n-1].Verdict
		}
		out = append(out, w)
	}
	return out, nil
}

// tiersOf says of each post that answered what it had been told, and when its
// holder had opened the child's record.
func (a *App) tiersOf(ctx context.Context, v View, c *Context) error {
	looks, err := v.Reads(ctx, c.Page.Record.Child, 0, maxLooks)
	if err != nil {
		return err
	}
	for _, t := range c.Page.Tiers {
		x := ContextTier{Post: t.Post, Person: t.Answer.Person, How: t.Answer.How}
		for _, s := range c.Duty.Steps() {
			if s.Post == t.Post.ID && s.Told != 0 && s.Told <= c.At {
				x.Told = s.Told
			} else if to, _ := c.Duty.Tells(s, c.Page.Line, c.At.Date()); to == t.Tier && s.Told == 0 && t.Tier != line.Worker && x.Next == 0 {
				x.Next = s.At
			}
		}
		for _, w := range c.Warnings {
			var h Hearing
			for _, told := range w.then.Told {
				if told.Post == t.Post.ID && h.Told == 0 {
					h.Told = told.At
				}
			}
			for _, o := range w.then.Openings {
				if (o.Post == t.Post.ID || o.Person == x.Person) && h.Told != 0 && h.Opened == 0 {
					h.Opened = o.At
				}
			}
			for _, ans := range w.then.Answers {
				if ans.Post == t.Post.ID {
					h.Answered = ans.At
				}
			}
			x.Heard = append(x.Heard, h)
		}
		for i := len(looks) - 1; i >= 0; i-- {
			k := looks[i]
			if k.Person == x.Person && x.Person != "" && !k.Refused && k.At <= c.At && k.At >= c.Duty.Since.From() && !slices.Contains(lists, k.What) {
				if n := len(x.Looks); n == 0 || x.Looks[n-1].Date() != k.At.Date() {
					x.Looks = append(x.Looks, k.At)
				}
			}
		}
		c.Tiers = append(c.Tiers, x)
	}
	return nil
}

// maxLooks is how many looks at one child are read back.
const maxLooks = 5000

// talks are the supervision that was due and held by then: of the child, and of
// those who answered for the duty, from its owner up.
func (c *Context) talks() {
	for _, x := range c.Page.Duties {
		if !strings.HasPrefix(x.Rule.ID, "supervision.") || x.State != duty.Open {
			continue
		}
		t := Talk{Duty: x.Rule.Duty, Due: x.Due.On, Late: x.Late(c.At), Owner: c.Page.Line.Resolve(x.Owner, c.At.Date())}
		for _, ev := range c.Page.Record.Events {
			if ev.Kind == "supervision" {
				t.Last = max(t.Last, ev.When.Date)
			}
		}
		c.Talks = append(c.Talks, t)
	}
	on := c.At.Date()
	owed := c.Page.Rules.Owings(c.Page.Line, on)
	for _, p := range c.Page.Line.Up(c.owner(), on) {
		for _, o := range owed {
			if o.About == line.Supervision && (o.Post.ID == p.ID || o.Person == c.Page.Line.Answers(p.ID, on).Person) && !slices.ContainsFunc(c.Talks, func(t Talk) bool { return t.With == o.Person }) {
				c.Talks = append(c.Talks, Talk{Duty: "Supervision: " + o.Post.Title, With: o.Person, Last: o.Last, Due: o.Due, Late: o.Late(on), Owner: o.Owners[0], Told: c.Page.Line.Told(o)})
			}
		}
	}
}

// shaping is how long before the moment a decision still shaped it.
const shaping = 120

// choices are the decisions about the child from a day on: they shaped what happened.
func (c *Context) choices(since day.Date) {
	for _, ev := range c.Page.Record.Events {
		if ev.When.Date < since {
			continue
		}
		x := Choice{When: ev.When, Author: ev.Author, Post: ev.Post, Entry: ev.ID}
		switch b := ev.Body.(type) {
		case child.Decision:
			x.What, x.Why = "Decided on the referral: "+b.Outcome, b.For
		case child.Allocation:
			x.What, x.Why = "Given to "+cmp.Or(c.Page.Line.Title(b.Post), b.Post), b.Why
		case child.AllocationEnded:
			x.What, x.Why = "Taken from its worker", b.Why
		case child.Supervision:
			x.What, x.Why = "Supervision: "+b.Decided, b.Asked
		default:
			continue
		}
		c.Choices = append(c.Choices, x)
	}
}

// decisions adds those about the child, its team or the post that owed the duty,
// as they had been recorded by then.
func (c *Context) decisions(ctx context.Context, v View) error {
	some, err := decisionsAbout(ctx, v, [][2]string{{decision.AboutChild, c.Page.Record.Child}, {decision.AboutTeam, c.Page.Status.Team}, {decision.AboutPost, c.owner()}, {decision.AboutAuthority, ""}}, c.At, c.At.Date()-shaping)
	c.Choices = append(c.Choices, some...)
	slices.SortStableFunc(c.Choices, func(a, b Choice) int { return cmp.Compare(a.When.From(), b.When.From()) })
	return err
}

// decisionsAbout are decisions as they had been recorded by a moment, those that had
// ended before a day left out; abouts are what each is about, and its id.
func decisionsAbout(ctx context.Context, v View, abouts [][2]string, at day.Instant, since day.Date) (out []Choice, err error) {
	for _, about := range abouts {
		if about[1] == "" && about[0] != decision.AboutAuthority {
			continue
		}
		rows, err := v.Decisions(ctx, DecisionQuery{About: about[0], AboutID: about[1], Limit: 50})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Proposed > at || row.Gone != 0 && row.Gone.Date() < since {
				continue
			}
			r, _, err := decisionOf(ctx, v, row.ID)
			if err != nil {
				return nil, err
			}
			r, ok := r.KnownAt(at)
			if !ok {
				continue
			}
			x := Choice{When: day.AtInstant(r.At), What: r.Title() + " (decision " + strconv.Itoa(r.Proposed.Number) + ", which " + string(r.State()) + ")", Why: r.Proposed.Reasons, Author: r.Author, Post: r.Post, Entry: r.Entry}
			if r.Proposed.Shown != "" {
				x.Why += " In view: " + r.Proposed.Shown
			}
			for _, o := range r.Dissent {
				x.Why += " Dissent: " + o.Why
			}
			out = append(out, x)
		}
	}
	return out, nil
}
