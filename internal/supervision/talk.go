// Package supervision is a talk of somebody in a post above with whoever is in a
// post about their work, or with a group: what was prepared, asked, discussed and
// agreed, who signed it, and what became of each action. Nothing that somebody said
// is ever lost: it is written part by part, and each part is an entry.
//
// The room knows entries and days. It must never know the line, children, pages or
// storage, nor what time it is: who may hold a talk, and what must be talked about,
// is said by whoever asks. What is said of a child stands in the child's record.
package supervision

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// Record is what the entries about one talk add up to. Read it only.
type Record struct {
	ID     string
	Opened Opened
	Entry  entry.ID // that opened it
	At     day.Instant
	Author string
	Post   string
	Log    []entry.Entry

	By      Seat // who holds it: as it was opened, or whoever did
	Planned day.Date
	Began   day.Instant
	Ended   day.Instant // zero: not, or it was not recorded live
	On      day.Date    // when it was held; zero: not yet
	Minutes int
	SignBy  day.Date // of whoever held it
	Gone    day.Instant
	WhyGone string

	Words     []Said
	Wellbeing *Said
	Load      *Load
	Items     []Item
	general   []general
	answers   map[int][]Answer
	Signature *Signature // of whoever held it
	Others    []Signature
}

// Said is something that somebody wrote.
type Said struct {
	Text string // sealed, where it is about how somebody is
	By   string
	At   day.Instant
}

// Item is a child or a team: talked about, or left for another time.
type Item struct {
	About     string      `json:"about"`
	ID        string      `json:"id"`
	Discussed *Discussed  `json:"discussed,omitempty"`
	Left      *Left       `json:"left,omitempty"`
	At        day.Instant `json:"at"`
}

type general struct {
	Agreed
	entry entry.ID
	gone  bool
}

// Signature of somebody.
type Signature struct {
	Signed
	Person, Post string
	At           day.Instant
	Without      string // why they cannot sign
}

// Action that was agreed, with what became of it.
type Action struct {
	Nth       int
	About, ID string // a child or a team; empty: neither
	In        entry.ID
	What      string // empty of a child: it stands in the child's record
	Post      string
	By        day.Date // the day, as last given
	First     day.Date // as it was agreed
	Answers   []Answer
}

// Answer to an action.
type Answer struct {
	Answered
	Person, Post string
	At           day.Instant
}

// Over says that nothing more is owed of it.
func (a Action) Over() bool { return a.Last().How == Done || a.Last().How == NotNeeded }

// Last answer to it; zero: there is none.
func (a Action) Last() Answer {
	if n := len(a.Answers); n > 0 {
		return a.Answers[n-1]
	}
	return Answer{}
}

// Fold adds up the entries of one talk, in recorded order.
func Fold(id string, es []entry.Entry) Record {
	r := Record{ID: id}
	for _, e := range es {
		r = Apply(r, e)
	}
	return r
}

// Apply gives the talk with one more entry. It is the only maker of state.
func Apply(r Record, e entry.Entry) Record {
	r.Log = append(slices.Clip(r.Log), e)
	switch b := e.Body.(type) {
	case Opened:
		r.Opened, r.Entry, r.At, r.Author, r.Post = b, e.ID, e.Recorded, e.Author, e.Post
		r.By, r.Planned = b.By, b.On
	case Planned:
		r.Planned = b.On
	case Began:
		r.Began, r.On, r.By = e.Recorded, e.Recorded.Date(), Seat{e.Post, e.Author}
	case Ended:
		r.Ended, r.Minutes, r.SignBy = e.Recorded, max(1, int((e.Recorded-r.Began)/day.Minute)), b.SignBy
	case Held:
		r.On, r.Minutes, r.SignBy, r.By = b.On, b.Minutes, b.SignBy, Seat{e.Post, e.Author}
	case Dropped:
		r.Gone, r.WhyGone = e.Recorded, b.Why
	case Words:
		r.Words = append(slices.Clip(r.Words), Said{b.Sealed, e.Author, e.Recorded})
	case Wellbeing:
		r.Wellbeing = &Said{b.Will, e.Author, e.Recorded}
	case Load:
		r.Load = &b
	case Discussed:
		r.item(Item{About: b.About, ID: b.ID, Discussed: &b, At: e.Recorded})
	case Left:
		r.item(Item{About: b.About, ID: b.ID, Left: &b, At: e.Recorded})
	case Agreed:
		r.general = append(slices.Clip(r.general), general{Agreed: b, entry: e.ID})
	case NotAgreed:
		r.general = slices.Clone(r.general)
		for i := range r.general {
			r.general[i].gone = r.general[i].gone || r.general[i].entry == b.Entry
		}
	case Answered:
		next := map[int][]Answer{}
		for n, as := range r.answers {
			next[n] = as
		}
		next[b.Nth] = append(slices.Clip(next[b.Nth]), Answer{b, e.Author, e.Post, e.Recorded})
		r.answers = next
	case Signed:
		s := Signature{Signed: b, Person: e.Author, Post: e.Post, At: e.Recorded}
		if b.As == AsHolder {
			r.Signature = &s
		} else {
			r.Others = append(slices.Clip(r.Others), s)
		}
	case Unsigned:
		r.Others = append(slices.Clip(r.Others), Signature{Signed: Signed{As: AsTaker}, Person: b.Person, At: e.Recorded, Without: b.Why})
	}
	return r
}

// item puts the last word about a child or a team in the place of the one before.
func (r *Record) item(x Item) {
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		if r.Items[i].About == x.About && r.Items[i].ID == x.ID {
			r.Items[i] = x
			return
		}
	}
	r.Items = append(r.Items, x)
}

// Item is what was last said of a child or a team; nil: nothing yet.
func (r Record) Item(about, id string) *Item {
	for i := range r.Items {
		if r.Items[i].About == about && r.Items[i].ID == id {
			return &r.Items[i]
		}
	}
	return nil
}

// Actions that were agreed, in an order that stays the same once whoever held the
// talk has signed.
func (r Record) Actions() (out []Action) {
	add := func(a Action) {
		a.Nth, a.First = len(out), a.By
		a.Answers = r.answers[a.Nth]
		for _, x := range a.Answers {
			if x.By != 0 {
				a.By = x.By
			}
		}
		out = append(out, a)
	}
	for _, x := range r.Items {
		if d := x.Discussed; d != nil && d.Post != "" {
			add(Action{About: d.About, ID: d.ID, In: d.Entry, What: d.Action, Post: d.Post, By: d.By})
		}
	}
	for _, g := range r.general {
		if !g.gone {
			add(Action{In: g.entry, What: g.What, Post: g.Agreed.Post, By: g.By})
		}
	}
	return out
}

// State is how a talk stands.
type State string

// The states.
const (
	Prepared State = "being prepared"
	Running  State = "going on"
	Over     State = "held, to be signed"
	Waits    State = "waits for a signature"
	Closed   State = "signed"
	NotHeld  State = "not held"
)

// State of the talk.
func (r Record) State() State {
	switch {
	case r.Gone != 0:
		return NotHeld
	case r.Signature != nil && len(r.Missing()) == 0:
		return Closed
	case r.Signature != nil:
		return Waits
	case r.Ended != 0 || r.On != 0 && r.Began == 0:
		return Over
	case r.Began != 0:
		return Running
	}
	return Prepared
}

// Live says that it is neither signed by whoever holds it nor dropped: what is said
// of it can still change.
func (r Record) Live() bool { return r.Gone == 0 && r.Signature == nil }

// Missing are those who took part and have not signed.
func (r Record) Missing() (out []Seat) {
	for _, s := range r.Opened.With {
		if !slices.ContainsFunc(r.Others, func(x Signature) bool { return x.Person == s.Person }) {
			out = append(out, s)
		}
	}
	return out
}

// TookPart says whether somebody is one of those with whom it is held.
func (r Record) TookPart(person string) bool {
	return slices.ContainsFunc(r.Opened.With, func(s Seat) bool { return s.Person == person })
}

// KnownAt is the talk as it had been recorded by an instant; ok is false when nothing
// had been.
func (r Record) KnownAt(t day.Instant) (Record, bool) {
	n := 0
	for n < len(r.Log) && r.Log[n].Recorded <= t {
		n++
	}
	return Fold(r.ID, r.Log[:n:n]), n > 0
}

// Need is a child or a team that must be talked about, or left for another time.
type Need struct{ About, ID string }

// Needs are what must be done before whoever holds the talk signs, as the record
// outside this talk has it.
type Needs struct {
	Items   []Need
	Actions int // of the last talk, that nobody has answered since this one was opened
}

// Todo is one thing that must be done before signing.
type Todo struct {
	What string // one of the words below
	Left int    // how many; 0: it is done
}

// What must be done before signing.
const (
	TodoHold      = "hold the talk"
	TodoWellbeing = "ask how they are"
	TodoLoad      = "answer the load"
	TodoActions   = "answer last time's actions"
	TodoItems     = "talk about each, or say why not"
)

// Before is what must be done before signing, done or not.
func (r Record) Before(n Needs) (out []Todo) {
	add := func(what string, left int) { out = append(out, Todo{what, left}) }
	missing := func(not bool) int {
		if not {
			return 1
		}
		return 0
	}
	add(TodoHold, missing(r.State() == Prepared || r.State() == Running))
	left := 0
	if r.Opened.Form == Group {
		left = missing(!slices.ContainsFunc(r.Items, func(x Item) bool { return x.Discussed != nil }))
		add(TodoItems, left)
		return out
	}
	add(TodoWellbeing, missing(r.Wellbeing == nil))
	add(TodoLoad, missing(r.Load == nil))
	add(TodoActions, n.Actions)
	for _, x := range n.Items {
		if r.Item(x.About, x.ID) == nil {
			left++
		}
	}
	add(TodoItems, left)
	return out
}
