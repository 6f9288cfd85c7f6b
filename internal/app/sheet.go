package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
	"onus/internal/supervision"
)

// Sheet is the one page of a talk in supervision: what the record shows before it,
// and what was said in it.
type Sheet struct {
	supervision.Record                  // its Entry is empty while no talk is prepared
	Seat               supervision.Seat // with whom, of a talk of two
	Team               line.Team        // of a group
	Line               *line.Line
	Now                day.Instant
	Terms              duty.Supervision
	Holder, Taker      bool               // whoever asks may hold it, takes part in it
	Words              []supervision.Said // how they are, opened: for the two only
	Owing              *line.Owing        // the next talk, and by when it is owed
	Last               *supervision.Record
	Talks              []TalkRow // held before and prepared, newest first
	Load               *WorkerAhead
	Actions            []SheetAction
	Children           []SheetChild
	Teams              []SheetTeam
	Warnings           []ConcernRow // that they raised, without an answer yet
	Needs              supervision.Needs
	Posts              []line.Post // whom an action can be given to
	rules              *duty.Pack
}

// SheetAction is an action of an earlier talk.
type SheetAction struct {
	Talk string
	Held day.Date
	supervision.Action
	Text     string
	Row      *ChildRow // of whom it is; nil: of no child
	Asked    bool      // it waits for an answer in this talk
	Late     bool
	Own      bool // whoever holds the talk owes it
	MayMove  bool // whoever asks may give it another day, or let go of it
	MayClose bool // may say that it is done
}

// SheetChild is a child of whom to talk.
type SheetChild struct {
	Row     ChildRow // covered where the record is closed to whoever asks
	Closed  bool
	Due     bool // must be talked about, or left for another time
	Signals []duty.Signal
	Visits  []child.Event // the last five, oldest first
	Last    *child.Event  // in which talk it was spoken about before; nil: in none
	Tried   []child.Event // earlier talks in which something else was asked for
	Says    *child.Event  // what the worker prepared since
	Item    *supervision.Item
	Said    *child.Supervision // in this talk
	Copied  []Copied
}

// Copied is a field in which last time's words stand again.
type Copied struct {
	Field  string   `json:"field"`
	Before string   `json:"before"`
	On     day.Date `json:"on"`
}

// SheetTeam is a team of whom to talk, at the tiers above.
type SheetTeam struct {
	Team        line.Team
	Due         bool
	Children    int
	Late        int
	Unallocated int
	Gaps        []line.Owing // names and supervision that are late in it
	Outlook     capacity.Outlook
	Concerns    int // told to a post of the team, without an answer
	Item        *supervision.Item
	Before      *supervision.Discussed // in the last talk
	Copied      []Copied
}

// sheetPage is what the log of readers says.
const sheetPage = "Supervision"

// earlier is how many talks before this one are read for what was agreed in them.
const earlier = 6

// Sheet is a talk by its id; by a post, the talk that is prepared or goes on with
// whoever is in it, or what there would be to prepare.
func (d *Desk) Sheet(ctx context.Context, of string) (*Sheet, error) {
	s, err := d.sheet(ctx, of)
	if err != nil {
		return nil, err
	}
	if err := d.mayTalk(access.ReadTalk, s); err != nil {
		return nil, err
	}
	s.Holder, s.Taker = d.mayTalk(access.HoldTalk, s) == nil, d.mayTalk(access.TakeTalk, s) == nil
	if err := d.openWords(s); err != nil {
		return nil, err
	}
	if d.then != nil { // nothing is said into the past
		s.Holder, s.Taker = false, false
	}
	on := s.Now.Date()
	s.Posts = s.doers(on)
	if s.Seat.Post != "" {
		for _, o := range d.a.owings(s.Line, s.rules, on) {
			if o.About == line.Supervision && o.Person == s.Seat.Person {
				s.Owing = &o
			}
		}
		if p, _ := s.Line.Post(s.Seat.Post, on); p.Team != "" && p.Tier == line.Worker {
			if err := d.sheetLoad(ctx, s, p); err != nil {
				return nil, err
			}
		}
	}
	var kids []*kid
	err = d.view(ctx, func(v View) (err error) {
		if kids, err = d.kids(ctx, v, s); err != nil {
			return err
		}
		if s.Actions, err = d.sheetActions(ctx, v, s); err != nil {
			return err
		}
		if s.Teams, err = d.sheetTeams(ctx, v, s); err != nil {
			return err
		}
		s.Warnings, err = d.sheetWarnings(ctx, v, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range s.Teams {
		x := &s.Teams[i]
		if ahead, err := d.Ahead(ctx, x.Team.ID, WhatIf{}); err == nil {
			x.Outlook = ahead.All
		} else if !errors.Is(err, ErrForbidden) {
			return nil, err
		}
		x.Due = x.Late > 0 || x.Unallocated > 0 || len(x.Gaps) > 0 || x.Concerns > 0 || x.Outlook.First != 0
	}
	slices.SortStableFunc(s.Teams, func(a, b SheetTeam) int { return cmp.Compare(dueFirst(a.Due), dueFirst(b.Due)) })
	if s.Children, err = d.sheetChildren(ctx, s, kids); err != nil {
		return nil, err
	}
	s.Needs = needsOf(s, kids)
	return s, d.coverActions(ctx, s)
}

// sheet finds what it is about, and asks nothing of the policies yet.
func (d *Desk) sheet(ctx context.Context, of string) (*Sheet, error) {
	s := &Sheet{}
	s.Now, s.Line, s.rules = d.Then()
	s.Terms, _ = s.rules.Supervision(s.Now.Date())
	err := d.view(ctx, func(v View) error { return d.fillSheet(ctx, v, s, of) })
	return s, err
}

func (d *Desk) fillSheet(ctx context.Context, v View, s *Sheet, of string) error {
	r, _, err := talkOf(ctx, v, of)
	switch {
	case err == nil:
		s.Record = r
		if r.Opened.Form == supervision.Group {
			s.Team, _ = s.Line.Team(r.Opened.Team)
			s.Talks, err = v.Talks(ctx, TalkQuery{Team: r.Opened.Team, Limit: 12})
			return err
		}
		s.Seat = r.Opened.With[0]
	case !notFound(err):
		return err
	default:
		p, ok := s.Line.Post(of, s.Now.Date())
		h, held := s.Line.Holder(of, s.Now.Date())
		if !ok || !held || !p.Stands(s.Now.Date()) {
			return ErrNotFound
		}
		s.Seat = supervision.Seat{Post: of, Person: h.Person}
	}
	if s.Talks, err = v.Talks(ctx, TalkQuery{Person: s.Seat.Person, Limit: 12}); err != nil {
		return err
	}
	for _, t := range s.Talks {
		live := t.State == supervision.Prepared || t.State == supervision.Running || t.State == supervision.Over
		if s.Entry == "" && live {
			if s.Record, _, err = talkOf(ctx, v, t.ID); err != nil {
				return err
			}
			s.Seat = s.Opened.With[0]
		}
		before := s.Entry == "" || t.Opened <= s.At
		if s.Last == nil && before && t.ID != s.ID && (t.State == supervision.Waits || t.State == supervision.Closed) {
			last, _, err := talkOf(ctx, v, t.ID)
			if err != nil {
				return err
			}
			s.Last = &last
		}
	}
	if s.Entry == "" {
		s.Record.By = d.holds(s.Seat)
	}
	return nil
}

// holds is who would hold a talk with somebody: the first post above in which
// somebody else is.
func (d *Desk) holds(of supervision.Seat) supervision.Seat {
	at, l, _ := d.Then()
	on := at.Date()
	for _, p := range l.Up(of.Post, on) {
		if a := l.Answers(p.ID, on); p.ID != of.Post && a.Person != "" && a.Person != of.Person {
			return supervision.Seat{Post: a.Post, Person: a.Person}
		}
	}
	return supervision.Seat{}
}

// seats are those with whom it is held.
func (s *Sheet) seats() []supervision.Seat {
	if s.Entry == "" {
		return []supervision.Seat{s.Seat}
	}
	return s.Opened.With
}

// doers are the posts that an action can be given to: those of the talk, those above
// them, and those beside and just below them.
func (s *Sheet) doers(on day.Date) (out []line.Post) {
	for _, p := range s.Line.Posts(on) {
		for _, seat := range s.seats() {
			own, _ := s.Line.Post(seat.Post, on)
			if p.ID == seat.Post || s.Line.Below(seat.Post, p.ID, on) || p.Above == seat.Post || own.Team != "" && p.Team == own.Team {
				if s.Line.Answers(p.ID, on).Person != "" {
					out = append(out, p)
				}
				break
			}
		}
	}
	return out
}

// facts of a talk, as the policies ask for them.
func (s *Sheet) facts(l *line.Line, on day.Date) access.Talk {
	t := access.Talk{ID: cmp.Or(s.ID, "not opened"), Holder: s.By.Person}
	for i, seat := range s.seats() {
		t.People = append(t.People, seat.Person)
		var up []string
		for _, p := range l.Up(seat.Post, on) {
			if p.ID != seat.Post && (i == 0 || slices.Contains(t.Above, p.ID)) {
				up = append(up, p.ID)
			}
		}
		t.Above = up
	}
	return t
}

func (d *Desk) mayTalk(what access.Action, s *Sheet) error {
	f := s.facts(d.line, d.now.Date()) // as things stand now, whatever moment it shows
	return d.answer(what, d.as.OnTalk(what, f), func(as access.Asker) access.Decision { return as.OnTalk(what, f) })
}

// openWords opens what somebody wrote of how they are, for the two.
func (d *Desk) openWords(s *Sheet) error {
	if len(s.Record.Words) == 0 || d.mayTalk(access.ReadWords, s) != nil {
		return nil
	}
	for _, x := range s.Record.Words {
		text, err := d.a.unseal(x.Text, s.ID)
		if err != nil {
			return err
		}
		x.Text = text
		s.Words = append(s.Words, x)
	}
	return nil
}

// sheetLoad is what a worker owes in the weeks ahead against the hours there are.
func (d *Desk) sheetLoad(ctx context.Context, s *Sheet, p line.Post) error {
	if d.MayTeam(access.SeeTeamFigures, p.Team) != nil {
		return nil // whoever holds it stands in for somebody of another team
	}
	ahead, err := d.Ahead(ctx, p.Team, WhatIf{})
	if err != nil {
		return err
	}
	for _, w := range ahead.Workers {
		if w.Post.ID == p.ID {
			s.Load = &w
		}
	}
	return nil
}

// LoadWeeks is over how many weeks the hours owed and available are counted.
const LoadWeeks = 4

// Hours are the hours owed and available in the weeks that are counted.
func (w WorkerAhead) Hours() (owed, available float64) {
	for i, x := range w.Outlook.Weeks {
		if i < LoadWeeks {
			owed, available = owed+x.Owed, available+x.Available
		}
	}
	return owed, available
}
