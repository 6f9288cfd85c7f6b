package app

import (
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/triage"
)

// Queue is what waits at the front door, with what is needed to show it.
type Queue struct {
	Rows []DoorRow
	Next Cursor
	// News is about children who have a worker: theirs and their manager's, in no
	// queue. Parked and Climbed stand in Rows too. Each is cut at a page.
	News, Parked, Climbed []DoorRow
	Counts                []DoorCount // of everything, exactly
	Line                  *line.Line
	Now                   day.Instant
	Team                  string // the front door's
}

// Sum adds up the counts that fit.
func (q *Queue) Sum(fits func(DoorCount) bool) (s DoorCount) {
	for _, c := range q.Counts {
		if !fits(c) {
			continue
		}
		s.All, s.Late, s.Parked, s.Climbed = s.All+c.All, s.Late+c.Late, s.Parked+c.Parked, s.Climbed+c.Climbed
		if s.Oldest == 0 || c.Oldest < s.Oldest {
			s.Oldest = c.Oldest
		}
	}
	return s
}

// FrontTeam is the team of the front door today; empty where there is none.
func FrontTeam(l *line.Line, on day.Date) string {
	if id, ok := l.ByFunction(line.FrontDoor, on); ok {
		p, _ := l.Post(id, on)
		return p.Team
	}
	return ""
}

// SeesDoor says whether they work at the front door or answer for it.
func (d *Desk) SeesDoor() bool {
	at, l, _ := d.Then()
	return slices.Contains(d.who.Functions, line.FrontDoor) || d.MayTeam(access.SeeTeam, FrontTeam(l, at.Date())) == nil
}

// FrontDoor lists what waits for a decision. A record that is closed to whoever
// asks stands in it with its clock and owner, and without what was said.
func (d *Desk) FrontDoor(ctx context.Context, q DoorQuery) (*Queue, error) {
	if !d.SeesDoor() {
		return nil, &Denied{Action: access.SeeTeam, Policy: access.None, Says: "The front door's list is for those who work there, and those above them"}
	}
	at, l, _ := d.Then()
	out := &Queue{Now: at, Line: l, Team: FrontTeam(l, at.Date())}
	want := q.Limit
	q.Limit++
	err := d.view(ctx, func(v View) (err error) {
		if out.Rows, err = v.Door(ctx, q); err != nil {
			return err
		}
		if len(out.Rows) > want {
			out.Rows = out.Rows[:want]
			last := out.Rows[want-1]
			out.Next = Cursor{Rank: last.Urgency, At: int64(last.DueBy), ID: last.Child}
		}
		if out.Counts, err = v.DoorCounts(ctx, DoorQuery{LateAt: at}); err != nil || q.After.ID != "" {
			return err
		}
		for _, x := range []struct {
			into *[]DoorRow
			q    DoorQuery
		}{{&out.News, DoorQuery{News: true}}, {&out.Parked, DoorQuery{Parked: true}}, {&out.Climbed, DoorQuery{Climbed: true}}} {
			x.q.Limit = 20
			if *x.into, err = v.Door(ctx, x.q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.closedDoor(ctx, "Front door", out.Rows, out.News, out.Parked, out.Climbed)
}

// closedDoor covers what is closed to whoever asks, and writes the looks.
func (d *Desk) closedDoor(ctx context.Context, page string, lists ...[]DoorRow) error {
	var rows []*ChildRow
	for _, l := range lists {
		for i := range l {
			rows = append(rows, &l[i].ChildRow)
		}
	}
	now, err := d.asNow(ctx, rows)
	if err != nil {
		return err
	}
	if err := d.closedAll(ctx, page, false, rows...); err != nil {
		return err
	}
	for _, l := range lists {
		for i := range l {
			f := &l[i]
			c, err := d.facts(now[f.Child])
			if err != nil {
				return err
			}
			if f.ChildRow.Closed != "" || d.MayChild(access.SeeChild, c) != nil { // it shows how it begins, so a name is not enough
				f.First, f.Rule, f.Missing, f.From, f.Said, f.Known, f.ParkedWhy = "", "", "", "", "", "", ""
			}
		}
	}
	return nil
}

// Item is what waits about one child, with everything that a decision needs.
type Item struct {
	Page    *ChildPage
	Waiting *child.Waiting
	Row     DoorRow
	Result  triage.Result
	Rules   *triage.Rules
	Facts   triage.Facts
	Before  int // referrals in the twelve months before
	// Household are the other children whom it is about, with the records that are
	// open to whoever asks.
	Household []HouseholdChild
	Duties    []DutyRow
}

// HouseholdChild is another child of the household.
type HouseholdChild struct {
	Member child.Member
	Row    ChildRow
	Waits  bool
}

// Item opens what waits about a child, to read it or to do something about it. Where
// nothing waits it has the page of the child and nothing else.
func (d *Desk) Item(ctx context.Context, do access.Action, id string) (*Item, error) {
	p, err := d.ChildFor(ctx, do, "Front door: decide", id)
	if err != nil {
		return nil, err
	}
	w := p.Record.Waiting()
	if !w.Waits() {
		return &Item{Page: p}, nil
	}
	it := &Item{Page: p, Waiting: w, Before: w.Before(p.Record)}
	pack := p.Rules
	it.Rules, it.Result, it.Facts = pack.Triage(p.At.Date()), pack.Urgency(p.Record, w, p.At.Date()), pack.TriageFacts(p.Record, w)
	var ids []string
	for _, m := range w.Household() {
		if m.Child != "" && m.Child != id && !slices.Contains(ids, m.Child) {
			ids = append(ids, m.Child)
			it.Household = append(it.Household, HouseholdChild{Member: m})
		}
	}
	err = d.view(ctx, func(v View) error {
		rows, err := v.Door(ctx, DoorQuery{Children: []string{id}})
		if err != nil || len(rows) == 0 {
			return err
		}
		it.Row = rows[0]
		if it.Duties, err = v.ChildDuties(ctx, id); err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		cs, err := v.Children(ctx, ChildQuery{IDs: ids})
		if err != nil {
			return err
		}
		for i := range it.Household {
			for _, c := range cs {
				if c.Child == ids[i] {
					it.Household[i].Row = c
				}
			}
		}
		waits, err := v.Door(ctx, DoorQuery{Children: ids})
		for i := range it.Household {
			it.Household[i].Waits = slices.ContainsFunc(waits, func(f DoorRow) bool { return f.Child == ids[i] })
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var others []*ChildRow
	for i := range it.Household {
		others = append(others, &it.Household[i].Row)
	}
	return it, d.closedAll(ctx, "Front door: decide", false, others...)
}

// Judgement is a decision at the front door, about a child and those of the
// household whom it covers.
type Judgement struct {
	Child   string
	Outcome string // one of child.Outcomes, or child.Informed
	Why     string
	Team    string
	child.Judged
	// ToldAt: the referrer was told already, by ToldHow.
	ToldHow string
	Key     string
	Seen    int64
}

// Judge decides about everything that waits of a child, and of the brothers and
// sisters that it covers, all of it or none. What was a contact becomes a referral
// where something follows: the day of the referral is the day of the decision.
func (d *Desk) Judge(ctx context.Context, j Judgement) ([]Done, error) {
	ps := j.problems()
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	if j.Outcome != child.Assess && j.Outcome != child.Section47 {
		j.Team = "" // nobody takes over
	}
	children := []string{j.Child}
	for _, c := range j.Covers {
		if c.In && !slices.Contains(children, c.Child) {
			children = append(children, c.Child)
		}
	}
	by := d.actor()
	src := entry.Source{Kind: "page", Program: d.who.Program}
	request, err := hashOf("judged "+j.Child, []wish{{Actor: by, Kind: "decision", Body: child.Decision{Outcome: j.Outcome, For: j.Why, Team: j.Team, Judged: j.Judged}}})
	if err != nil {
		return nil, err
	}
	var out []Done
	g := d.gate(access.RecordChild)
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		out = nil
		if again, err := w.before(ctx, j.Key, request); again != nil || err != nil {
			if again != nil {
				out, err = splitDone(ctx, w.tx, *again)
			}
			return err
		}
		l, err := d.a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		var all []entry.ID
		for i, id := range children {
			rec, err := w.load(ctx, id)
			if err != nil {
				return err
			}
			waits := rec.Waiting()
			if !waits.Waits() {
				if i > 0 {
					continue // it was decided about a brother or sister for whom nothing waits
				}
				return entry.Refuse("", "Somebody has decided this in the meantime. Open the child to see what was decided")
			}
			do := Do{Child: id, allow: g.allow}
			if i == 0 {
				do.Seen = j.Seen
			}
			for _, b := range j.bodies(rec, waits) {
				do.Commands = append(do.Commands, child.Command{Actor: by, Happened: day.AtInstant(w.at.Now), Source: src, Body: b})
			}
			done, err := w.record(ctx, l, do)
			if err != nil {
				return err
			}
			out = append(out, done)
			all = append(all, done.Entries...)
		}
		return w.keepIf(Outcome{Key: j.Key, Request: request, Child: j.Child, Entries: all, At: w.at.Now})
	})
	return out, g.log(ctx, err)
}

// problems are what every decision at the front door must say, and does not.
func (j Judgement) problems() (ps []entry.Problem) {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	if !slices.Contains(child.Outcomes, j.Outcome) && j.Outcome != child.Informed {
		no("outcome", "Choose what happens next")
	}
	if j.Why == "" {
		no("reasons_for", "Enter your reasons for this decision")
	}
	ps = append(ps, j.Missing()...)
	needsTeam := j.Outcome == child.Assess || j.Outcome == child.Section47
	if needsTeam && j.Team == "" {
		no("team", "Choose the team that takes it")
	}
	return append(ps, j.Judged.Problems()...)
}

// bodies are the entries of a decision about one child.
func (j Judgement) bodies(rec child.Record, w *child.Waiting) (out []entry.Body) {
	last := w.Came[len(w.Came)-1]
	judged := j.Judged
	judged.Covers = slices.DeleteFunc(slices.Clone(judged.Covers), func(c child.Covered) bool { return c.Child == rec.Child })
	referral := entry.ID("")
	for _, ev := range w.Came {
		if ev.Kind == "referral" {
			referral = ev.ID
		}
	}
	named := w.First.ID
	if len(w.Came) > 1 {
		named = "" // it is about all that came
	}
	told := func(of entry.ID) {
		if j.ToldHow != "" {
			out = append(out, child.ReferrerTold{Referral: of, Of: "decision", How: j.ToldHow})
		}
	}
	if referral != "" {
		outcome := j.Outcome
		if outcome == child.Informed {
			outcome = child.NoAction
		}
		out = append(out, child.Decision{Referral: referral, Outcome: outcome, For: j.Why, Team: j.Team, Judged: judged})
		told(referral)
		return out
	}
	switch j.Outcome {
	case child.NoAction, child.EarlyHelp, child.Informed:
		as := map[string]string{child.NoAction: "no further action", child.EarlyHelp: "early help", child.Informed: "information only"}[j.Outcome]
		out = append(out, child.ContactDecided{Contact: named, Outcome: as, Why: j.Why, Judged: judged})
	case child.OpenCase:
		out = append(out, child.ContactDecided{Contact: named, Outcome: "belongs to open work", Why: j.Why, Judged: judged})
	default:
		c := last.Body.(child.Contact)
		out = append(out, child.Referral{From: c.From, What: c.What, Of: w.First.ID, Intake: c.Intake},
			child.Decision{Outcome: j.Outcome, For: j.Why, Team: j.Team, Judged: judged})
	}
	told(w.First.ID)
	return out
}

// Named is a child's row as a search shows it to whoever asks: staff are told whether a
// child is known. The look is written.
func (d *Desk) Named(ctx context.Context, id string) (row ChildRow, err error) {
	if err := d.May(access.Search); err != nil {
		return row, err
	}
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		row, err = v.Child(ctx, id)
		return err
	}); err != nil {
		return row, err
	}
	return row, d.closedAll(ctx, "Front door: new contact", true, &row)
}
