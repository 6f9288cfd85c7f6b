package app

import (
	"cmp"
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/supervision"
)

func dueFirst(due bool) int {
	if due {
		return 0
	}
	return 1
}

// kid is a child of whom to talk, as whoever asks may see the record.
type kid struct {
	row     ChildRow
	rec     child.Record
	look    Read
	open    bool // to read
	records bool // and to record
	due     bool
	signals []duty.Signal
	last    *child.Event
	own     entry.ID // of what was said in this talk
}

// kids are the children allocated to those with whom a talk is held, those already
// spoken about, and what the record of each shows.
func (d *Desk) kids(ctx context.Context, v View, s *Sheet) (out []*kid, err error) {
	var posts []string
	for _, seat := range s.seats() {
		posts = append(posts, seat.Post)
	}
	rows, err := v.Children(ctx, ChildQuery{Posts: posts, OpenOnly: true})
	if err != nil {
		return nil, err
	}
	var more []string
	for _, x := range s.Items {
		if x.About == supervision.AboutChild && !slices.ContainsFunc(rows, func(r ChildRow) bool { return r.Child == x.ID }) {
			more = append(more, x.ID)
		}
	}
	if !s.Live() && s.Entry != "" { // it is signed: what was said, and nothing else
		rows = slices.DeleteFunc(rows, func(r ChildRow) bool { return s.Item(supervision.AboutChild, r.Child) == nil })
	}
	if len(more) > 0 {
		there, err := v.Children(ctx, ChildQuery{IDs: more})
		if err != nil {
			return nil, err
		}
		rows = append(rows, there...)
	}
	facts, err := d.factsNow(ctx, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		c := facts[row.Child]
		dec := d.as.OnChild(access.SeeChild, c)
		k := &kid{row: row, open: dec.Allowed, records: d.as.OnChild(access.RecordChild, c).Allowed,
			look: Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: row.Child, What: sheetPage, Grounds: dec.Policy, Refused: !dec.Allowed}}
		if !k.open { // the policies cover its name too
			if _, err := d.closed(&k.row, row, sheetPage, false); err != nil {
				return nil, err
			}
			out = append(out, k)
			continue
		}
		if k.rec, err = d.a.recordOf(ctx, v, row); err != nil {
			return nil, err
		}
		if x := s.Item(supervision.AboutChild, row.Child); x != nil && x.Discussed != nil {
			k.own = x.Discussed.Entry
		}
		k.shows(s)
		out = append(out, k)
	}
	slices.SortStableFunc(out, func(a, b *kid) int {
		return cmp.Or(cmp.Compare(rankKid(a), rankKid(b)), cmp.Compare(a.row.Rank, b.row.Rank), cmp.Compare(a.row.Since, b.row.Since), cmp.Compare(a.row.Child, b.row.Child))
	})
	return out, nil
}

// rankKid puts those with a question first, then those that are due, then the rest.
func rankKid(k *kid) int {
	switch {
	case len(k.signals) > 0:
		return 0
	case k.due:
		return 1
	}
	return 2
}

// shows works out what the record shows, without what was said in this talk.
func (k *kid) shows(s *Sheet) {
	now := s.Now
	without := k.rec
	without.Events = slices.DeleteFunc(slices.Clone(k.rec.Events), func(ev child.Event) bool { return k.own != "" && ev.ID == k.own })
	k.signals = s.rules.Signals(without, s.rules.Duties(k.rec, endOf(now)), now)
	if ev, ok := duty.LastDiscussed(without, ""); ok {
		k.last = &ev
	}
	since := k.row.Since
	if k.last != nil {
		since = k.last.When.Date
	}
	long := since != 0 && now.Date() > s.rules.Calendar().Due(day.On(since), s.Terms.Discuss).On
	k.due = k.records && (len(k.signals) > 0 || long)
}

// needsOf is what must be done before signing.
func needsOf(s *Sheet, kids []*kid) (n supervision.Needs) {
	for _, k := range kids {
		if k.due {
			n.Items = append(n.Items, supervision.Need{About: supervision.AboutChild, ID: k.row.Child})
		}
	}
	for _, t := range s.Teams {
		if t.Due {
			n.Items = append(n.Items, supervision.Need{About: supervision.AboutTeam, ID: t.Team.ID})
		}
	}
	for _, a := range s.Actions {
		if a.Asked {
			n.Actions++
		}
	}
	return n
}

func (d *Desk) sheetChildren(ctx context.Context, s *Sheet, kids []*kid) (out []SheetChild, err error) {
	var looks []Read
	for _, k := range kids {
		looks = append(looks, k.look)
		x := SheetChild{Row: k.row, Closed: !k.open, Due: k.due, Signals: k.signals, Last: k.last, Item: s.Item(supervision.AboutChild, k.row.Child)}
		if !k.open {
			out = append(out, x)
			continue
		}
		for i := range k.rec.Events {
			ev := k.rec.Events[i]
			switch b := ev.Body.(type) {
			case child.Visit:
				x.Visits = append(x.Visits, ev)
			case child.SupervisionPrepared:
				x.Says = &ev
			case child.Supervision:
				if ev.ID == k.own {
					x.Said = &b
					continue
				}
				x.Says = nil // what was prepared was for that talk
				if b.Asked != "" {
					x.Tried = append(x.Tried, ev)
				}
			}
		}
		x.Visits = x.Visits[max(0, len(x.Visits)-5):]
		x.Tried = x.Tried[max(0, len(x.Tried)-3):]
		if x.Said != nil && k.last != nil {
			if was, ok := k.last.Body.(child.Supervision); ok {
				x.Copied = copied(s.Terms.Copied, k.last.When.Date, [][3]string{{"what_has_changed", was.Changed, x.Said.Changed}, {"what_else_was_tried", was.Asked, x.Said.Asked},
					{"what_would_change_our_mind", was.Mind, x.Said.Mind}, {"decided", was.Decided, x.Said.Decided}, {"reason", was.Why, x.Said.Why}})
			}
		}
		out = append(out, x)
	}
	return out, d.log(ctx, looks)
}

// copied are the fields in which last time's words stand again: name, before, now.
func copied(c duty.Copied, on day.Date, fields [][3]string) (out []Copied) {
	for _, f := range fields {
		if c.Again(f[1], f[2]) {
			out = append(out, Copied{Field: f[0], Before: f[1], On: on})
		}
	}
	return out
}

// sheetActions are what was agreed in earlier talks with them: all of the last one,
// and of those before what is not over. What whoever holds the talk owes stands first.
func (d *Desk) sheetActions(ctx context.Context, v View, s *Sheet) (out []SheetAction, err error) {
	on := s.Now.Date()
	if s.Seat.Person == "" || s.Entry != "" && !s.Live() {
		return nil, nil
	}
	n, first := 0, true
	for _, t := range s.Talks {
		if t.State != supervision.Waits && t.State != supervision.Closed || t.ID == s.ID || s.Entry != "" && t.Opened > s.At {
			continue
		}
		if n++; n > earlier {
			break
		}
		r, _, err := talkOf(ctx, v, t.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range r.Actions() {
			if !first && a.Over() {
				continue
			}
			x := SheetAction{Talk: t.ID, Held: r.On, Action: a, Text: a.What, Late: !a.Over() && a.By < on}
			x.Asked = !a.Over() && (s.Entry == "" || a.Last().At < s.At)
			x.Own = s.Line.Answers(a.Post, on).Person == s.By.Person
			x.MayMove, x.MayClose = d.aboveIt(a.Post), slices.Contains(d.who.Posts, a.Post) || s.Holder
			if a.About == supervision.AboutChild {
				row, err := v.Child(ctx, a.ID)
				if err != nil && !notFound(err) {
					return nil, err
				}
				x.Row = &row
			}
			out = append(out, x)
		}
		first = false
	}
	slices.SortStableFunc(out, func(a, b SheetAction) int {
		rank := func(x SheetAction) int {
			switch {
			case x.Over():
				return 3
			case x.Own:
				return 0
			case x.Late:
				return 1
			}
			return 2
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.By, b.By))
	})
	return out, nil
}

// aboveIt says whether they answer for a post above another, and not for that one
// alone: nobody ends, or gives more time to, what they owe themselves.
func (d *Desk) aboveIt(post string) bool {
	on := d.now.Date()
	if d.line.Answers(post, on).Person == d.who.Person {
		return false
	}
	for _, p := range d.line.Up(post, on) {
		if p.ID != post && slices.Contains(d.who.Posts, p.ID) {
			return true
		}
	}
	return false
}

// coverActions covers what an action says of a child whose record is closed.
func (d *Desk) coverActions(ctx context.Context, s *Sheet) error {
	var ids []string
	for _, a := range s.Actions {
		if a.Row != nil && !slices.Contains(ids, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	open, err := d.openRows(ctx, sheetPage, ids)
	if err != nil {
		return err
	}
	return d.view(ctx, func(v View) (err error) {
		for i := range s.Actions {
			a := &s.Actions[i]
			if a.Row == nil {
				continue
			}
			row, ok := open[a.ID]
			if !ok {
				a.Row, a.Text = nil, "What was decided about a child whose record is closed to you"
				continue
			}
			a.Row = &row
			if a.Text, err = d.a.actionText(ctx, v, RecordOwed{ID: a.Talk, Nth: a.Nth, Child: a.ID, Text: "What was decided about the child"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// openRows are the rows of children whose records are open to whoever asks. Each look
// is logged, the refused ones too.
func (d *Desk) openRows(ctx context.Context, what string, ids []string) (map[string]ChildRow, error) {
	open := map[string]ChildRow{}
	var rows []ChildRow
	if err := d.view(ctx, func(v View) (err error) {
		rows, err = v.Children(ctx, ChildQuery{IDs: ids})
		return err
	}); err != nil {
		return nil, err
	}
	facts, err := d.factsNow(ctx, rows)
	if err != nil {
		return nil, err
	}
	var looks []Read
	for _, row := range rows {
		dec := d.as.OnChild(access.SeeChild, facts[row.Child])
		looks = append(looks, Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: row.Child, What: what, Grounds: dec.Policy, Refused: !dec.Allowed})
		if dec.Allowed {
			open[row.Child] = row
		}
	}
	return open, d.log(ctx, looks)
}

// sheetTeams are the teams under whoever is talked with, at the tiers above a worker.
func (d *Desk) sheetTeams(ctx context.Context, v View, s *Sheet) (out []SheetTeam, err error) {
	on := s.Now.Date()
	p, _ := s.Line.Post(s.Seat.Post, on)
	if p.Tier <= line.Worker {
		return nil, nil
	}
	var pages []*TeamPage
	for _, t := range s.Line.TeamsUnder(p.ID, on) {
		tp, err := teamPage(s.Line, t, s.Now)
		if err != nil {
			return nil, err
		}
		if tp.Team.Closed != 0 && tp.Team.Closed <= on {
			continue
		}
		pages = append(pages, tp)
	}
	if err := count(ctx, v, pages...); err != nil {
		return nil, err
	}
	owings := d.a.owings(s.Line, s.rules, on)
	for _, tp := range pages {
		x := SheetTeam{Team: tp.Team, Children: tp.Children, Late: tp.LateCount, Unallocated: tp.Unallocated, Item: s.Item(supervision.AboutTeam, tp.Team.ID)}
		if s.Entry != "" && !s.Live() && x.Item == nil {
			continue
		}
		var posts []string
		for _, o := range owings {
			if o.Post.Team == tp.Team.ID && o.Late(on) && o.Person != s.Seat.Person {
				x.Gaps = append(x.Gaps, o)
			}
		}
		for _, q := range s.Line.Posts(on) {
			if q.Team == tp.Team.ID {
				posts = append(posts, q.ID)
			}
		}
		waits, err := v.Concerns(ctx, ConcernQuery{Told: posts, State: concern.Waiting, Limit: maxConcerns})
		if err != nil {
			return nil, err
		}
		x.Concerns = len(waits)
		if s.Last != nil {
			if it := s.Last.Item(supervision.AboutTeam, tp.Team.ID); it != nil && it.Discussed != nil {
				x.Before = it.Discussed
				if x.Item != nil && x.Item.Discussed != nil {
					b, n := it.Discussed, x.Item.Discussed
					x.Copied = copied(s.Terms.Copied, s.Last.On, [][3]string{{"what_has_changed", b.Changed, n.Changed}, {"what_else_was_tried", b.Asked, n.Asked},
						{"what_would_change_our_mind", b.Mind, n.Mind}, {"decided", b.Decided, n.Decided}, {"reason", b.Why, n.Why}})
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// sheetWarnings are what whoever is talked with raised openly, and nobody has
// answered: those that whoever asks may read.
func (d *Desk) sheetWarnings(ctx context.Context, v View, s *Sheet) ([]ConcernRow, error) {
	if s.Seat.Person == "" || s.Entry != "" && !s.Live() {
		return nil, nil
	}
	rows, err := v.Concerns(ctx, ConcernQuery{Raisers: []string{PersonKey(s.Seat.Person)}, State: concern.Waiting, ByDue: true, Limit: maxConcerns})
	if err != nil {
		return nil, err
	}
	if d.then != nil {
		return d.readableNow(ctx, rows)
	}
	return d.those(ctx, v, rows, func(_ concern.Record, c access.Concern) bool { return d.as.OnConcern(access.ReadConcern, c).Allowed })
}
