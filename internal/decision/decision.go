// Package decision is a decision that somebody made: who, in which post, under
// which delegation, what was considered and why, who disagreed. It stands when
// every post that must sign it has signed. It is never changed: only another
// decision, which names it and says why, takes its place.
//
// The room knows entries and days. It must never know the line, pages or
// storage, nor what time it is: for whom somebody signs is said by whoever asks.
package decision

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

// Kinds are the entries that a decision is made of.
func Kinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, On: "decision", Title: title, About: about}
	}
	return []entry.Known{
		k(Proposed{}, "Decision proposed", "What is to be decided, the options, the reasons, who must sign."),
		k(Signed{}, "Decision signed", "A post that must sign has signed. With the last one it stands."),
		k(Dissented{}, "Dissent", "Somebody disagrees, and says why. It stays beside the decision."),
		k(Withdrawn{}, "Proposal withdrawn", "Whoever proposed it takes it back before it stands."),
		k(Fulfilled{}, "Condition fulfilled", "What the decision asked for was done."),
		k(Reviewed{}, "Decision reviewed", "Somebody looked whether it is still right."),
		k(Replaced{}, "Decision replaced", "By the rules: another decision took its place. Those who signed are told."),
	}
}

// What a decision can be about.
const (
	AboutChild     = "child"
	AboutTeam      = "team"
	AboutPost      = "post"
	AboutAuthority = "authority"
)

// Abouts are all of them, in the order in which they are offered.
var Abouts = []string{AboutTeam, AboutPost, AboutAuthority, AboutChild}

// Option is one of the things that could have been decided.
type Option struct {
	What    string `json:"what"`
	For     string `json:"for,omitempty"`
	Against string `json:"against,omitempty"`
}

// Condition is something that must be done because of a decision.
type Condition struct {
	What string   `json:"what"`
	Post string   `json:"post"`
	By   day.Date `json:"by"`
}

// Proposed begins a decision.
type Proposed struct {
	Number   int      `json:"number"`
	About    string   `json:"about"` // one of Abouts
	AboutID  string   `json:"about_id,omitempty"`
	What     string   `json:"what"` // what is decided
	Options  []Option `json:"options"`
	Reasons  string   `json:"reasons"`
	NotKnown string   `json:"not_known,omitempty"`
	// Screen is the page that was on the screen; Shown what was known, in words.
	Screen string `json:"screen,omitempty"`
	Shown  string `json:"what_was_in_view,omitempty"`
	// Delegation is the entry that lets the first signer decide this; Amount what it
	// costs, in pounds, where there is a limit.
	Delegation entry.ID    `json:"delegation,omitempty"`
	Amount     float64     `json:"amount,omitempty"`
	Signers    []string    `json:"signers"` // posts: all of them, before it stands
	Conditions []Condition `json:"conditions,omitempty"`
	ReviewBy   day.Date    `json:"review_by"`
	// Replaces is the decision that ends when this one stands, and why.
	Replaces    string `json:"replaces,omitempty"`
	WhyReplaced string `json:"why_replaced,omitempty"`
}

// Signed is a post's signature.
type Signed struct {
	Post  string `json:"post"`
	Words string `json:"words,omitempty"`
}

// Dissented says that somebody disagrees.
type Dissented struct {
	Why string `json:"why"`
}

// Withdrawn takes a proposal back.
type Withdrawn struct {
	Why string `json:"why"`
}

// Fulfilled says that a condition was done.
type Fulfilled struct {
	Condition int    `json:"condition"` // from 0
	What      string `json:"what"`
}

// Reviewed says what a review found. Another review is due by a day, unless it
// was replaced.
type Reviewed struct {
	What string   `json:"what"`
	Next day.Date `json:"next_review_by"`
}

// Replaced is recorded by the rules.
type Replaced struct {
	By  string `json:"by"` // the decision that took its place
	Why string `json:"why"`
}

// The kinds' names.
func (Proposed) Kind() entry.Kind  { return "decision.proposed" }
func (Signed) Kind() entry.Kind    { return "decision.signed" }
func (Dissented) Kind() entry.Kind { return "decision.dissent" }
func (Withdrawn) Kind() entry.Kind { return "decision.withdrawn" }
func (Fulfilled) Kind() entry.Kind { return "decision.fulfilled" }
func (Reviewed) Kind() entry.Kind  { return "decision.reviewed" }
func (Replaced) Kind() entry.Kind  { return "decision.replaced" }

// Check of each kind sees what is wrong without knowing the record.
func (b Proposed) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "about", b.About, Abouts, "Say what it is about")
	if b.About != AboutAuthority {
		ps = entry.Need(ps, "about_id", b.AboutID, "Say which one")
	}
	ps = entry.Short(entry.Need(ps, "what", b.What, "Write what is decided"), "what", b.What)
	ps = entry.Short(entry.Need(ps, "reasons", b.Reasons, "Write the reasons"), "reasons", b.Reasons)
	if len(b.Options) < 2 {
		ps = append(ps, entry.Problem{Field: "option-1", Text: "Write at least two options that were considered. To do nothing is one"})
	}
	for i, o := range b.Options {
		ps = entry.Need(ps, fmt.Sprintf("option-%d", i+1), o.What, "Write the option")
	}
	if len(b.Signers) == 0 {
		ps = append(ps, entry.Problem{Field: "signers", Text: "Choose at least one post that signs it"})
	}
	for i, c := range b.Conditions {
		n := fmt.Sprint(i + 1)
		ps = entry.Need(ps, "what-"+n, c.What, "Write what must be done")
		ps = entry.Need(ps, "post-"+n, c.Post, "Choose the post that does it")
		if c.By == 0 {
			ps = append(ps, entry.Problem{Field: "by-" + n, Text: "Give the day by which it is done"})
		}
	}
	if b.ReviewBy == 0 {
		ps = append(ps, entry.Problem{Field: "review_by", Text: "Give the day on which somebody looks whether it is still right"})
	}
	if b.Replaces != "" {
		ps = entry.Need(ps, "why_replaced", b.WhyReplaced, "Say why the decision before it ends")
	}
	if b.Amount < 0 {
		ps = append(ps, entry.Problem{Field: "amount", Text: "The cost cannot be below nought"})
	}
	if b.Number < 1 {
		ps = append(ps, entry.Problem{Field: "number", Text: "A decision needs a number"})
	}
	return ps
}
func (b Signed) Check() []entry.Problem {
	return entry.Need(nil, "post", b.Post, "Name the post that signs")
}
func (b Dissented) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "why", b.Why, "Say why you disagree"), "why", b.Why)
}
func (b Withdrawn) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Say why it is withdrawn")
}
func (b Fulfilled) Check() []entry.Problem {
	return entry.Need(nil, "what", b.What, "Say what was done")
}
func (b Reviewed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "what", b.What, "Say what you found, and why it goes on")
	if b.Next == 0 {
		ps = append(ps, entry.Problem{Field: "next_review_by", Text: "Give the day of the next look"})
	}
	return ps
}
func (b Replaced) Check() []entry.Problem { return entry.Need(nil, "by", b.By, "Name the decision") }

// Record is what the entries about one decision add up to. Read it only.
type Record struct {
	ID       string
	Proposed Proposed
	Entry    entry.ID
	At       day.Instant
	Author   string
	Post     string
	Log      []entry.Entry

	Signatures []Signature
	Dissent    []Dissent
	Done       []Doing // one for each condition
	Reviews    []Review
	Stood      day.Instant // when the last one signed; zero: it waits
	Gone       day.Instant // withdrawn or replaced
	By         string      // the decision that replaced it
	Why        string      // why it is gone
}

// Signature of a post.
type Signature struct {
	Post, Person, Words string
	At                  day.Instant
}

// Dissent of somebody.
type Dissent struct {
	Person, Post, Why string
	At                day.Instant
}

// Doing says how a condition was fulfilled.
type Doing struct {
	At   day.Instant
	Who  string
	What string
}

// Review of a decision.
type Review struct {
	Who, What string
	At        day.Instant
	Next      day.Date
}

// Fold adds up the entries of one decision, in recorded order.
func Fold(id string, es []entry.Entry) Record {
	r := Record{ID: id}
	for _, e := range es {
		r = Apply(r, e)
	}
	return r
}

// Apply gives the decision with one more entry. It is the only maker of state.
func Apply(r Record, e entry.Entry) Record {
	r.Log = append(slices.Clip(r.Log), e)
	switch b := e.Body.(type) {
	case Proposed:
		r.Proposed, r.Entry, r.At, r.Author, r.Post = b, e.ID, e.Recorded, e.Author, e.Post
		r.Done = make([]Doing, len(b.Conditions))
	case Signed:
		r.Signatures = append(slices.Clip(r.Signatures), Signature{b.Post, e.Author, b.Words, e.Recorded})
		if len(r.Missing()) == 0 && r.Stood == 0 {
			r.Stood = e.Recorded
		}
	case Dissented:
		r.Dissent = append(slices.Clip(r.Dissent), Dissent{e.Author, e.Post, b.Why, e.Recorded})
	case Withdrawn:
		r.Gone, r.Why = e.Recorded, b.Why
	case Fulfilled:
		if b.Condition >= 0 && b.Condition < len(r.Done) && r.Done[b.Condition].At == 0 {
			r.Done = slices.Clone(r.Done)
			r.Done[b.Condition] = Doing{e.Recorded, e.Author, b.What}
		}
	case Reviewed:
		r.Reviews = append(slices.Clip(r.Reviews), Review{e.Author, b.What, e.Recorded, b.Next})
	case Replaced:
		r.Gone, r.By, r.Why = e.Recorded, b.By, b.Why
	}
	return r
}

// Missing are the posts that have not signed yet.
func (r Record) Missing() (out []string) {
	for _, p := range r.Proposed.Signers {
		if !slices.ContainsFunc(r.Signatures, func(s Signature) bool { return s.Post == p }) {
			out = append(out, p)
		}
	}
	return out
}

// State is how a decision stands.
type State string

// The states.
const (
	Waiting   State = "waits for signatures"
	Stands    State = "stands"
	Withdrew  State = "withdrawn before it stood"
	Succeeded State = "replaced by another decision"
)

// State of the decision.
func (r Record) State() State {
	switch {
	case r.By != "":
		return Succeeded
	case r.Gone != 0:
		return Withdrew
	case r.Stood != 0:
		return Stands
	}
	return Waiting
}

// ReviewBy is the day of the next review.
func (r Record) ReviewBy() day.Date {
	if n := len(r.Reviews); n > 0 {
		return r.Reviews[n-1].Next
	}
	return r.Proposed.ReviewBy
}

// KnownAt is the decision as it had been recorded by an instant; ok is false when
// nothing had been.
func (r Record) KnownAt(t day.Instant) (Record, bool) {
	n := 0
	for n < len(r.Log) && r.Log[n].Recorded <= t {
		n++
	}
	return Fold(r.ID, r.Log[:n:n]), n > 0
}

// Title is the beginning of what was decided.
func (r Record) Title() string {
	text := strings.Join(strings.Fields(r.Proposed.What), " ")
	if rs := []rune(text); len(rs) > 90 {
		return string(rs[:87]) + "..."
	}
	return text
}

var kinds = sync.OnceValue(func() *entry.Registry { return entry.NewRegistry(Kinds()) })

// Command is a wish to record something about a decision.
type Command struct {
	Actor   entry.Actor
	Body    entry.Body
	Answers []string // posts for which whoever asks answers today
	Source  entry.Source
}

// Decide says which entries a command makes, or refuses with every reason.
func Decide(r Record, cmd Command, at entry.Moment) ([]entry.Entry, error) {
	e, err := kinds().Seal(at, entry.OfDecision(r.ID), cmd.Actor, day.AtInstant(at.Now), "", cmd.Source, cmd.Body)
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return nil, err
	}
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	if cmd.Body != nil {
		r.against(cmd, at.Now, no)
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	return []entry.Entry{e}, nil
}

func (r Record) against(cmd Command, now day.Instant, no func(field, text string)) {
	_, begins := cmd.Body.(Proposed)
	if begins != (r.Entry == "") {
		no("", "There is no such decision")
		return
	}
	state := r.State()
	switch b := cmd.Body.(type) {
	case Proposed:
		if b.ReviewBy != 0 && b.ReviewBy <= now.Date() {
			no("review_by", "The day of the review must be in the future")
		}
		for i, c := range b.Conditions {
			if c.By != 0 && c.By < now.Date() {
				no(fmt.Sprintf("by-%d", i+1), "This day is in the past")
			}
		}
	case Signed:
		switch {
		case state != Waiting:
			no("", "It does not wait for signatures: it "+string(state))
		case !slices.Contains(r.Proposed.Signers, b.Post):
			no("post", "This post is not among those that sign it")
		case !slices.Contains(r.Missing(), b.Post):
			no("post", "This post has signed already")
		case !slices.Contains(cmd.Answers, b.Post):
			no("post", "You do not answer for this post")
		case slices.ContainsFunc(r.Signatures, func(s Signature) bool { return s.Person == cmd.Actor.Person }):
			no("", "You have signed already for another post: each signature is another person's")
		}
	case Dissented:
		if state == Withdrew || state == Succeeded {
			no("", "It is gone: it was "+string(state))
		}
	case Withdrawn:
		switch {
		case state != Waiting:
			no("", "It can be withdrawn only while it waits. A decision that stands ends by another decision that names it")
		case cmd.Actor.Person != r.Author:
			no("", "Only whoever proposed it can withdraw it")
		}
	case Fulfilled:
		switch {
		case state != Stands:
			no("", "It does not stand")
		case b.Condition < 0 || b.Condition >= len(r.Proposed.Conditions):
			no("condition", "There is no such condition")
		case r.Done[b.Condition].At != 0:
			no("condition", "That was done already")
		case !slices.Contains(cmd.Answers, r.Proposed.Conditions[b.Condition].Post):
			no("", "Only whoever answers for the post that owes it can say that it is done")
		}
	case Reviewed:
		switch {
		case state != Stands:
			no("", "It does not stand")
		case !slices.ContainsFunc(r.Proposed.Signers, func(p string) bool { return slices.Contains(cmd.Answers, p) }):
			no("", "Only somebody who answers for a post that signed it reviews it")
		case b.Next != 0 && b.Next <= now.Date():
			no("next_review_by", "The day of the next look must be in the future")
		}
	}
}

// Replace gives the entry by which a decision ends, when another that replaces it
// stands.
func Replace(old, by Record, at entry.Moment) ([]entry.Entry, error) {
	if old.State() != Stands {
		return nil, entry.Refuse("replaces", "The decision that it would replace does not stand any more")
	}
	e, err := kinds().Seal(at, entry.OfDecision(old.ID), entry.System, day.AtInstant(at.Now), "", entry.Source{Kind: "rule", Key: "decision"}, Replaced{By: by.ID, Why: by.Proposed.WhyReplaced})
	if err != nil {
		return nil, err
	}
	return []entry.Entry{e}, nil
}
