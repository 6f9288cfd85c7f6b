package app

import (
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Tier is who answers for a child at one tier of the line.
type Tier struct {
	Tier   line.Tier
	Post   line.Post
	Answer line.Answer
	Owes   int
	Late   int
	Told   day.Instant // when this tier was told of a late duty still open; zero: not
	Next   day.Instant // when it will be told next, if the duty is still late; zero: nothing is on its way
	Gap    bool        // nobody is named at this tier
}

// ChildPage is everything that a page about one child shows: as known at a
// moment, through the same functions as now.
type ChildPage struct {
	Record   child.Record
	Identity child.Known
	Status   child.Status
	Place    duty.Place
	Duties   []duty.Duty // all, ended ones too, in the order in which they began
	Tiers    []Tier
	Disputes map[entry.ID][]child.Event // of each entry: they stand beside it everywhere
	Line     *line.Line
	Rules    *duty.Pack  // as they were known at that moment
	At       day.Instant // the moment shown
	Past     bool        // the moment is in the past
	Later    int         // entries recorded after it, which are not shown
	Erased   int         // entries of the moment shown that were erased since
	LastSeq  int64
	Guard    child.Guard     // as it is now, whatever moment is shown
	Access   access.Child    // what access turns on, now
	Grounds  access.Decision // why the page is shown
}

// Child shows a child's record. The look is written to the reader log first; if
// it cannot be written there is no page. known is zero for now. What may be
// seen is asked as things stand now, of whatever moment is shown.
func (d *Desk) Child(ctx context.Context, what, id string, known day.Instant) (*ChildPage, error) {
	return d.childFor(ctx, access.SeeChild, what, id, known)
}

// ChildFor is Child for a page whose purpose is another action: a form to record.
func (d *Desk) ChildFor(ctx context.Context, do access.Action, what, id string) (*ChildPage, error) {
	return d.childFor(ctx, do, what, id, d.known())
}

func (d *Desk) childFor(ctx context.Context, do access.Action, what, id string, known day.Instant) (*ChildPage, error) {
	if known != 0 && known > d.now {
		return nil, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
	}
	dec, seq, err := d.enter(ctx, do, what, id)
	if err != nil {
		return nil, err
	}
	a := d.a
	var rec child.Record
	var row ChildRow
	var l *line.Line
	var rules *ruled
	err = a.Store.View(ctx, func(v View) error {
		if rec, row, err = a.record(ctx, v, id); err != nil {
			return err
		}
		h, err := v.Head(ctx)
		if err == nil {
			l, rules, err = a.authority(ctx, v, h)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p, err := a.page(rec, l, rules, row.LastSeq, known, d.now)
	if err != nil {
		return nil, err
	}
	p.Guard, p.Grounds = rec.Guard(), dec
	p.Access = facts(l, d.now, row, p.Guard)
	if row.LastSeq != seq {
		// Something was recorded between the asking and the reading: it may have
		// restricted the record, or given the child to others.
		if p.Grounds, err = d.admit(ctx, do, what, p.Access); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (a *App) page(rec child.Record, l *line.Line, rules *ruled, lastSeq int64, known, now day.Instant) (*ChildPage, error) {
	pack, err := rules.known(known)
	if err != nil {
		return nil, err
	}
	p := &ChildPage{At: now, LastSeq: lastSeq, Rules: pack}
	all := len(rec.Log)
	if known != 0 {
		p.Erased = rec.ErasedOf(known)
		rec, l = rec.KnownAt(known), l.KnownAt(known)
		p.At, p.Past, p.Later = known, true, all-len(rec.Log)
		if len(rec.Log) == 0 {
			return nil, ErrNotFound // nobody here had heard of the child yet
		}
	}
	p.Record, p.Line = rec, l
	p.Identity, p.Status = rec.Identity(), rec.On(endOf(p.At))
	p.Place = duty.PlaceOf(p.Status)
	p.Duties = pack.Duties(rec, endOf(p.At))
	p.Tiers = tiers(p, p.At)
	p.Disputes = rec.Disputes()
	return p, nil
}

// Open duties, soonest first, are the duties still owed.
func (p *ChildPage) Open() (out []duty.Duty) {
	for _, d := range p.Duties {
		if d.State == duty.Open {
			out = append(out, d)
		}
	}
	sortDuties(out)
	return out
}

// Plan is the version of the plan that stands; ok is false when none does.
func (p *ChildPage) Plan() (v child.PlanVersion, ok bool) { return p.Record.Plan(p.Status.Since) }

// OwedAfterClosing are the open duties that are owed when the case is closed too, by id:
// worked out by the rules from the record as it would be.
func (p *ChildPage) OwedAfterClosing() map[string]bool {
	rec := child.Apply(p.Record.Clip(), entry.Entry{ID: "closed", Kind: child.CaseClosed{}.Kind(), Subject: entry.OfChild(p.Record.Child), Happened: day.On(p.At.Date()), Recorded: p.At, Body: child.CaseClosed{}})
	out := map[string]bool{}
	for _, d := range p.Rules.Duties(rec, endOf(p.At)) {
		if d.State == duty.Open {
			out[d.ID()] = true
		}
	}
	return out
}

// Missed are the duties that were met late, or not met at all, newest first.
func (p *ChildPage) Missed() (out []duty.Duty) {
	for i := len(p.Duties) - 1; i >= 0; i-- {
		if d := p.Duties[i]; d.State == duty.MetLate || (d.State == duty.Lapsed && d.Ended.From() >= d.Due.By) {
			out = append(out, d)
		}
	}
	return out
}

// tiers says who answers for the child at each tier, from the worker up.
func tiers(p *ChildPage, at day.Instant) []Tier {
	if !p.Status.Open {
		return nil
	}
	on := at.Date()
	bottom := p.Status.Post
	if bottom == "" {
		if p.Status.Team != "" {
			bottom = p.Line.Resolve(line.KeyOfManager(p.Status.Team), on)
		} else {
			bottom = p.Line.Resolve(line.KeyOfFunction(line.FrontDoor), on)
		}
	}
	var out []Tier
	if p.Status.Post == "" {
		out = append(out, Tier{Tier: line.Worker, Gap: true})
	}
	for _, post := range p.Line.Up(bottom, on) {
		if post.Tier > line.Director {
			break
		}
		a := p.Line.Answers(post.ID, on)
		out = append(out, Tier{Tier: post.Tier, Post: post, Answer: a, Gap: a.How == line.ByNobody || a.How == line.ByAbove})
	}
	for _, d := range p.Duties {
		if d.State != duty.Open {
			continue
		}
		owner := p.Line.Resolve(d.Owner, on)
		for i := range out {
			t := &out[i]
			if t.Post.ID == owner && owner != "" {
				t.Owes++
				if d.Late(at) {
					t.Late++
				}
			}
			for _, s := range d.Steps() {
				if s.Told == 0 {
					s.To, _ = d.Tells(s, p.Line, on)
				}
				if s.To != t.Tier || t.Post.ID == "" || t.Tier == line.Worker {
					continue
				}
				if s.Told != 0 && (t.Told == 0 || s.Told < t.Told) {
					t.Told = s.Told
				}
				if s.Told == 0 && d.Late(at) && (t.Next == 0 || s.At < t.Next) {
					t.Next = s.At
				}
			}
		}
	}
	return out
}

// Explain finds a duty of a child by its id, with its explanation.
func (d *Desk) Explain(p *ChildPage, id string) (duty.Duty, duty.Explanation, error) {
	return d.a.explain(p, id)
}

func (a *App) explain(p *ChildPage, id string) (duty.Duty, duty.Explanation, error) {
	for _, x := range p.Duties {
		if !x.Named(id) {
			continue
		}
		title := string(x.Start)
		if _, age, ok := duty.Birthday(x.Start); ok {
			title = duty.Ordinal(age) + " birthday"
		}
		if ev, ok := p.Record.Event(x.Start); ok {
			if k, ok := Registry().Known(ev.Kind); ok {
				title = k.Title
			}
		}
		return x, p.Rules.Explain(x, title), nil
	}
	return duty.Duty{}, duty.Explanation{}, ErrNotFound
}

// Readers are who looked at a child's record, newest first.
func (d *Desk) Readers(ctx context.Context, id string, limit int) (p *ChildPage, rs []Read, err error) {
	if p, err = d.ChildFor(ctx, access.SeeReaders, "Who has looked", id); err != nil {
		return nil, nil, err
	}
	err = d.a.Store.View(ctx, func(v View) error {
		rs, err = v.Reads(ctx, id, d.known(), limit)
		return err
	})
	return p, rs, err
}

// lookingBack is the page of one's own looks. It is a look too, and is left out
// of itself.
const lookingBack = "What I have looked at"

// Looks are what they looked at themselves, newest first, before a moment
// (zero: now), with each child as it may be shown to them.
func (d *Desk) Looks(ctx context.Context, before day.Instant, limit int) (rs []Read, children map[string]*ChildRow, err error) {
	if err := d.May(access.SeeOwnLooks); err != nil {
		return nil, nil, err
	}
	if before == 0 {
		before = d.now + 1
	}
	children = map[string]*ChildRow{}
	var rows []*ChildRow
	err = d.a.Store.View(ctx, func(v View) error {
		if rs, err = v.ReadsBy(ctx, d.who.Person, lookingBack, before, limit); err != nil {
			return err
		}
		ids := []string{}
		for _, r := range rs {
			if !slices.Contains(ids, r.Child) {
				ids = append(ids, r.Child)
			}
		}
		found, err := v.Children(ctx, ChildQuery{IDs: ids})
		for i := range found {
			rows = append(rows, &found[i])
			children[found[i].Child] = &found[i]
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return rs, children, d.closedAll(ctx, lookingBack, false, rows...)
}
