// Package concern is a warning raised up the line, as a thing with an owner, a
// deadline and an answer. Whoever warns is heard: their words are never changed,
// only an answer with a reason and something to be done stops the clock, and
// only they say whether it is put right.
//
// The room knows entries and days. It must never know the line, pages or
// storage, nor what time it is: who answers for a post today is said by whoever
// asks (Command.Answers).
package concern

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Confidant is the author of what somebody records in confidence. Who it is
// stands sealed in Raised.
const Confidant = "in-confidence"

// Record is what the entries about one concern add up to. Read it only.
type Record struct {
	ID     string
	Raised Raised
	Entry  entry.ID    // that raised it
	At     day.Instant // when
	Author string      // who raised it; Confidant in confidence
	Post   string      // in which post
	Log    []entry.Entry

	Told      []Telling
	Openings  []Opening // the first of each person
	Answers   []Answer
	Additions []entry.Entry
	Replies   []Reply
	Names     []Name
	closed    day.Instant
}

// Telling is a post that was told.
type Telling struct {
	Told
	At           day.Instant
	Acknowledged day.Instant // zero: not
	AckBy        string
	SentUp       day.Instant
}

// Opening is the first time that somebody opened it.
type Opening struct {
	Person, Post string
	At           day.Instant
}

// Answer is an answer with what became of its promises and the verdict on it.
type Answer struct {
	Answered
	ID           entry.ID
	At           day.Instant
	Author, Post string
	Kept         []Keeping // one for each promise; zero: not kept
	Verdict      string
	Why          string
	Judged       day.Instant
	// Broken is set when a promise was not kept by its day and the clock ran again.
	Broken bool
}

// Keeping says how a promise was kept.
type Keeping struct {
	At     day.Instant
	Author string
	What   string
}

// Reply is what the raiser said about being treated worse, and the guardian's answer.
type Reply struct {
	Detriment
	ID    entry.ID
	At    day.Instant
	Heard string
	On    day.Instant
}

// Name is a wish to know who raised a concern in confidence.
type Name struct {
	ID         entry.ID
	By, Why    string
	At         day.Instant
	Second     string // who agreed; empty: it waits
	Opened     day.Instant
	WhySecond  string
	SecondPost string
}

// Fold adds up the entries of one concern, in recorded order.
func Fold(id string, es []entry.Entry) Record {
	r := Record{ID: id}
	for _, e := range es {
		r = Apply(r, e)
	}
	return r
}

// Apply gives the concern with one more entry. It is the only maker of state.
func Apply(r Record, e entry.Entry) Record {
	r.Log = append(slices.Clip(r.Log), e)
	switch b := e.Body.(type) {
	case Raised:
		r.Raised, r.Entry, r.At, r.Author, r.Post = b, e.ID, e.Recorded, e.Author, e.Post
	case Told:
		r.Told = append(slices.Clip(r.Told), Telling{Told: b, At: e.Recorded})
		if n := len(r.Answers); b.Why == NotKept && n > 0 {
			r.Answers = slices.Clone(r.Answers)
			r.Answers[n-1].Broken = true
		}
	case Opened:
		if !slices.ContainsFunc(r.Openings, func(o Opening) bool { return o.Person == e.Author }) {
			r.Openings = append(slices.Clip(r.Openings), Opening{e.Author, e.Post, e.Recorded})
		}
	case Acknowledged:
		r.each(e, func(t *Telling) {
			if t.Acknowledged == 0 {
				t.Acknowledged, t.AckBy = e.Recorded, e.Author
			}
		})
	case SentUp:
		r.each(e, func(t *Telling) { t.SentUp = e.Recorded })
	case Added:
		r.Additions = append(slices.Clip(r.Additions), e)
	case Answered:
		r.Answers = append(slices.Clip(r.Answers), Answer{Answered: b, ID: e.ID, At: e.Recorded, Author: e.Author, Post: e.Post, Kept: make([]Keeping, len(b.Promises))})
	case Kept:
		r.answer(b.Answer, func(a *Answer) {
			if b.Promise >= 0 && b.Promise < len(a.Kept) && a.Kept[b.Promise].At == 0 {
				a.Kept = slices.Clone(a.Kept)
				a.Kept[b.Promise] = Keeping{e.Recorded, e.Author, b.What}
			}
		})
	case Judged:
		r.answer(b.Answer, func(a *Answer) { a.Verdict, a.Why, a.Judged = b.Verdict, b.Why, e.Recorded })
		if b.Verdict == Settled {
			r.closed = e.Recorded
		}
	case Reopened:
		r.closed = 0
		if n := len(r.Answers); n > 0 {
			r.Answers = slices.Clone(r.Answers)
			r.Answers[n-1].Verdict, r.Answers[n-1].Why = NotSettled, b.Why
		}
	case Detriment:
		r.Replies = append(slices.Clip(r.Replies), Reply{Detriment: b, ID: e.ID, At: e.Recorded})
	case DetrimentHeard:
		r.Replies = slices.Clone(r.Replies)
		for i := range r.Replies {
			if r.Replies[i].ID == b.Reply {
				r.Replies[i].Heard, r.Replies[i].On = b.Words, e.Recorded
			}
		}
	case NameAsked:
		r.Names = append(slices.Clip(r.Names), Name{ID: e.ID, By: e.Author, Why: b.Why, At: e.Recorded})
	case NameOpened:
		r.Names = slices.Clone(r.Names)
		for i := range r.Names {
			if r.Names[i].ID == b.Asked {
				r.Names[i].Second, r.Names[i].Opened, r.Names[i].WhySecond, r.Names[i].SecondPost = e.Author, e.Recorded, b.Why, e.Post
			}
		}
	}
	return r
}

// each changes what was told to the post in which somebody recorded, or for
// which they answered.
func (r *Record) each(e entry.Entry, change func(*Telling)) {
	r.Told = slices.Clone(r.Told)
	for i := range r.Told {
		if t := &r.Told[i]; t.Post == e.Post || t.Post == e.OnBehalf || t.Person == e.Author {
			change(t)
		}
	}
}

func (r *Record) answer(id entry.ID, change func(*Answer)) {
	r.Answers = slices.Clone(r.Answers)
	for i := range r.Answers {
		if r.Answers[i].ID == id {
			change(&r.Answers[i])
		}
	}
}

// KnownAt is the concern as it had been recorded by an instant; ok is false when
// nothing had been.
func (r Record) KnownAt(t day.Instant) (Record, bool) {
	n := 0
	for n < len(r.Log) && r.Log[n].Recorded <= t {
		n++
	}
	return Fold(r.ID, r.Log[:n:n]), n > 0
}

// State is how a concern stands.
type State string

// The states. Waiting has a running clock; so has Answered, by its promises.
const (
	Waiting   State = "waits for an answer"
	AnsweredS State = "answered: waits for the verdict of whoever raised it"
	Closed    State = "settled, says whoever raised it"
)

// State of the concern.
func (r Record) State() State {
	switch {
	case r.closed != 0:
		return Closed
	case r.standing() != nil:
		return AnsweredS
	}
	return Waiting
}

// standing is the last answer, while it stands: nobody has judged it, and its
// promises hold. One that is judged partly right keeps its promises and stops
// no clock.
func (r Record) standing() *Answer {
	n := len(r.Answers)
	if n == 0 {
		return nil
	}
	a := &r.Answers[n-1]
	if a.Broken || a.Verdict == PutInPart || a.Verdict == NotSettled {
		return nil
	}
	return a
}

// Last is who was told last.
func (r Record) Last() Telling {
	if n := len(r.Told); n > 0 {
		return r.Told[n-1]
	}
	return Telling{}
}

// By is the day by which whoever was told last must answer; zero when no answer
// is awaited.
func (r Record) By() day.Date {
	if r.State() != Waiting {
		return 0
	}
	return r.Last().By
}

// AckDue is the day by which somebody must say that they have it; zero when
// somebody has, or when no answer is awaited.
func (r Record) AckDue() day.Date {
	for _, t := range r.Told {
		if t.Acknowledged != 0 {
			return 0
		}
	}
	if r.State() != Waiting {
		return 0
	}
	return r.Raised.AcknowledgeBy
}

// Next is when the rules must look at it again: when the clock of whoever was
// told last has run out, or the day of a promise. Zero: never, it is settled.
func (r Record) Next() day.Instant {
	switch r.State() {
	case Waiting:
		return r.Last().By.End()
	case AnsweredS:
		var next day.Date
		a := r.standing()
		for i, p := range a.Promises {
			if a.Kept[i].At == 0 && (next == 0 || p.By < next) {
				next = p.By
			}
		}
		if next != 0 {
			return next.End()
		}
	}
	return 0
}

// Promised says that a promise was not kept by its day.
func (r Record) brokenBy(now day.Instant) bool {
	a := r.standing()
	if a == nil {
		return false
	}
	for i, p := range a.Promises {
		if a.Kept[i].At == 0 && p.By.End() <= now {
			return true
		}
	}
	return false
}

// Title is the first words of what was written.
func (r Record) Title() string { return Title(r.Raised.Text) }

// Title is the beginning of a text: its first sentence, or as much as fits a line.
func Title(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.IndexAny(text, ".!?\n"); i > 10 && i < 90 {
		return text[:i]
	}
	if rs := []rune(text); len(rs) > 80 {
		cut := string(rs[:80])
		if i := strings.LastIndexByte(cut, ' '); i > 40 {
			cut = cut[:i]
		}
		return cut + " ..."
	}
	return text
}

// Asks are the days on which is asked whether anybody treated the raiser worse,
// and whether they have said.
func (r Record) Asks() (out []Ask) {
	for _, n := range r.Raised.Terms.Ask {
		a := Ask{Day: n, On: r.At.Date() + day.Date(n)}
		for _, x := range r.Replies {
			a.Said = a.Said || x.Day == n
		}
		out = append(out, a)
	}
	return out
}

// AskOn is the first of the days that is not answered yet; 0: all are.
func (r Record) AskOn() day.Date {
	for _, a := range r.Asks() {
		if !a.Said {
			return a.On
		}
	}
	return 0
}

// Unheard is how often somebody was treated worse and the guardian has not replied.
func (r Record) Unheard() (n int) {
	for _, x := range r.Replies {
		if x.Worse && x.Heard == "" {
			n++
		}
	}
	return n
}

// NameWaits says that somebody asks who raised it, and that nobody has agreed yet.
func (r Record) NameWaits() bool {
	return slices.ContainsFunc(r.Names, func(n Name) bool { return n.Second == "" })
}

// Ask is one of those days.
type Ask struct {
	Day  int
	On   day.Date
	Said bool
}
