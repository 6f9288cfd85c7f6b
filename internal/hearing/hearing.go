// Package hearing is a worker's own pack for a hearing: what they recorded, the
// warnings they gave, what was known when something was missed, with the proof of
// each. Two people say what must be left out of it, on which legal ground. The
// worker has a right to it: nobody can refuse it, and a named post owes it by a day.
//
// The room knows entries, days and the ledger's proofs. It must never know the line,
// children, pages or storage, nor what time it is: what the pack holds, and who may
// prepare it, is said by whoever asks.
package hearing

import (
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

// Kinds are the entries that a pack is made of.
func Kinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, On: "pack", Title: title, About: about}
	}
	return []entry.Known{
		k(Asked{}, "Pack for a hearing asked for", "A worker asks for their own entries, receipts and the context. A named post owes it by a day."),
		k(LeaveOut{}, "Leave out of the pack", "Somebody who prepares it asks to leave a part out, on which legal ground."),
		k(LeftOut{}, "Left out of the pack", "A second person agreed."),
		k(StaysIn{}, "Stays in the pack", "A second person did not agree: the part stays in."),
		k(LookedThrough{}, "Pack looked through", "Somebody read all of it that is open to them: beyond what is proposed there is nothing to leave out."),
		k(MadeOut{}, "Pack made out", "What the pack holds, and what was left out of it, by whom, on which ground."),
		k(Withdrawn{}, "Pack not needed", "The worker needs it no more."),
	}
}

// Befores are before whom the hearing is.
var Befores = []string{"The employer", "Social Work England", "A tribunal", "Somebody else"}

// Asked begins a pack. Whoever records it is the worker whose pack it is.
type Asked struct {
	Number int      `json:"number"`
	Matter string   `json:"matter"`
	Before string   `json:"before"` // one of Befores
	On     day.Date `json:"hearing_on,omitzero"`
	From   day.Date `json:"from"`
	To     day.Date `json:"to"` // the last day of the period
	// Children and Duties are what is in question, all of it: what the worker did
	// not choose is worked out when they ask.
	Children []string `json:"children,omitempty"`
	Duties   []string `json:"duties,omitempty"`
	Steps    []Step   `json:"steps"`            // who owes it, worked out when it is asked for
	Around   []string `json:"around,omitempty"` // people who never prepare it
}

// Step is a post that owes the pack by a day. It stands in the list of a post when
// the time of the one before is over.
type Step struct {
	Post string   `json:"post"`
	By   day.Date `json:"by"`
}

// LeaveOut asks to leave a part out of the pack.
type LeaveOut struct {
	Part    string `json:"part"`              // the entry's id, or the name of a part of the context
	Passage string `json:"passage,omitempty"` // its exact words; empty: the whole part
	Ground  string `json:"legal_ground"`
	Why     string `json:"why"`
}

// LeftOut is the second person's word.
type LeftOut struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why,omitempty"`
}

// StaysIn says that the part stays in.
type StaysIn struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why"`
}

// LookedThrough says that somebody read the pack.
type LookedThrough struct {
	// Closed are the parts that were closed to them: others must read these.
	Closed []string `json:"closed,omitempty"`
}

// How a part is given.
const (
	Whole     = "whole"
	Shortened = "shortened"
	Out       = "left out"
)

// Held is a part of a pack that was made out.
type Held struct {
	ID     string `json:"id"`
	How    string `json:"how"`               // Whole, Shortened or Out
	Child  string `json:"child,omitempty"`   // of whom it speaks
	Index  int64  `json:"index"`             // an entry's place in the ledger, from 0
	Leaf   string `json:"leaf,omitempty"`    // an entry's leaf, base64; empty for a part of the context
	SHA256 string `json:"sha256,omitempty"`  // of a text that the ledger itself does not prove, hex
	Ground string `json:"grounds,omitempty"` // why something was left out of it
	By     string `json:"decided,omitempty"` // the two posts that decided it
}

// MadeOut is what the pack holds.
type MadeOut struct {
	Size  int64  `json:"ledger_size"` // entries in the ledger before this one
	Root  string `json:"ledger_root"`
	Parts []Held `json:"parts"`
}

// Withdrawn says that it is not needed.
type Withdrawn struct {
	Why string `json:"why,omitempty"`
}

// The kinds' names.
func (Asked) Kind() entry.Kind         { return "pack.asked" }
func (LeaveOut) Kind() entry.Kind      { return "pack.leave-out" }
func (LeftOut) Kind() entry.Kind       { return "pack.left-out" }
func (StaysIn) Kind() entry.Kind       { return "pack.stays-in" }
func (LookedThrough) Kind() entry.Kind { return "pack.looked-through" }
func (MadeOut) Kind() entry.Kind       { return "pack.made-out" }
func (Withdrawn) Kind() entry.Kind     { return "pack.withdrawn" }

// Check of each kind sees what is wrong without knowing the record.
func (b Asked) Check() (ps []entry.Problem) {
	ps = entry.Short(entry.Need(ps, "matter", b.Matter, "Write what the hearing is about, in your own words"), "matter", b.Matter)
	ps = entry.OneOf(ps, "before", b.Before, Befores, "Choose before whom the hearing is")
	if b.From == 0 {
		ps = append(ps, entry.Problem{Field: "from", Text: "Give the first day of the time in question"})
	}
	if b.To == 0 {
		ps = append(ps, entry.Problem{Field: "to", Text: "Give the last day of the time in question"})
	} else if b.From > b.To {
		ps = append(ps, entry.Problem{Field: "to", Text: "The last day must not be before the first"})
	}
	if b.Number < 1 {
		ps = append(ps, entry.Problem{Field: "number", Text: "A pack needs a number"})
	}
	return ps
}
func (b LeaveOut) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "part", b.Part, "Name the part")
	ps = entry.Need(ps, "legal_ground", b.Ground, "Choose the legal ground")
	return entry.Short(entry.Need(ps, "why", b.Why, "Write why it must be left out"), "why", b.Why)
}
func (b LeftOut) Check() []entry.Problem {
	return entry.Need(nil, "proposal", string(b.Proposal), "Name the proposal")
}
func (b StaysIn) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "proposal", string(b.Proposal), "Name the proposal"), "why", b.Why, "Write why it stays in")
}
func (LookedThrough) Check() []entry.Problem { return nil }
func (b MadeOut) Check() (ps []entry.Problem) {
	for _, p := range b.Parts {
		ps = entry.OneOf(ps, "parts", p.How, []string{Whole, Shortened, Out}, "Say how each part is given")
	}
	return ps
}
func (Withdrawn) Check() []entry.Problem { return nil }

// Record is what the entries about one pack add up to. Read it only.
type Record struct {
	ID     string
	Asked  Asked
	Entry  entry.ID // that asked for it
	At     day.Instant
	Worker string // whose it is
	Post   string // in which they asked
	Log    []entry.Entry

	Proposals []Proposal
	Looks     []Look
	Made      MadeOut
	MadeEntry entry.ID // empty: not made out
	MadeAt    day.Instant
	Gone      day.Instant // the worker needs it no more
}

// Proposal to leave something out, and what the second person said.
type Proposal struct {
	LeaveOut
	ID         entry.ID
	By, Post   string
	At         day.Instant
	Second     string // empty: it waits
	SecondPost string
	Decided    day.Instant
	Agreed     bool
	WhyDecided string
}

// Look says that somebody read it all, but for what was closed to them.
type Look struct {
	Person, Post string
	At           day.Instant
	Closed       []string
	// Stale says that something was proposed since.
	Stale bool
}

// Fold adds up the entries of one pack, in recorded order.
func Fold(id string, es []entry.Entry) Record {
	r := Record{ID: id}
	for _, e := range es {
		r = Apply(r, e)
	}
	return r
}

// KnownAt is the pack as it was known at a moment; ok is false when nobody had asked
// for it yet.
func (r Record) KnownAt(t day.Instant) (then Record, ok bool) {
	n := 0
	for n < len(r.Log) && r.Log[n].Recorded <= t {
		n++
	}
	return Fold(r.ID, r.Log[:n:n]), n > 0
}

// Apply gives the pack with one more entry. It is the only maker of state.
func Apply(r Record, e entry.Entry) Record {
	r.Log = append(slices.Clip(r.Log), e)
	switch b := e.Body.(type) {
	case Asked:
		r.Asked, r.Entry, r.At, r.Worker, r.Post = b, e.ID, e.Recorded, e.Author, e.Post
	case LeaveOut:
		r.Proposals = append(slices.Clip(r.Proposals), Proposal{LeaveOut: b, ID: e.ID, By: e.Author, Post: e.Post, At: e.Recorded})
		r.Looks = slices.Clone(r.Looks)
		for i := range r.Looks {
			r.Looks[i].Stale = true
		}
	case LeftOut:
		r.decide(b.Proposal, e, true, b.Why)
	case StaysIn:
		r.decide(b.Proposal, e, false, b.Why)
	case LookedThrough:
		r.Looks = append(slices.Clip(r.Looks), Look{Person: e.Author, Post: e.Post, At: e.Recorded, Closed: b.Closed})
	case MadeOut:
		r.Made, r.MadeEntry, r.MadeAt = b, e.ID, e.Recorded
	case Withdrawn:
		r.Gone = e.Recorded
	}
	return r
}

func (r *Record) decide(id entry.ID, e entry.Entry, agreed bool, why string) {
	r.Proposals = slices.Clone(r.Proposals)
	for i := range r.Proposals {
		if p := &r.Proposals[i]; p.ID == id && p.Second == "" {
			p.Second, p.SecondPost, p.Decided, p.Agreed, p.WhyDecided = e.Author, e.Post, e.Recorded, agreed, why
		}
	}
}

// State is how a pack stands.
type State string

// The states. While it is Owed a clock runs.
const (
	Owed    State = "being prepared"
	Ready   State = "made out"
	NotNeed State = "not needed, says the worker"
)

// State of the pack.
func (r Record) State() State {
	switch {
	case r.MadeEntry != "":
		return Ready
	case r.Gone != 0:
		return NotNeed
	}
	return Owed
}

// By is the day by which the first post owes it.
func (r Record) By() day.Date {
	if len(r.Asked.Steps) == 0 {
		return 0
	}
	return r.Asked.Steps[0].By
}

// Waiting are the proposals that wait for a second person.
func (r Record) Waiting() (out []Proposal) {
	for _, p := range r.Proposals {
		if p.Second == "" {
			out = append(out, p)
		}
	}
	return out
}

// Outs are what two people agreed to leave out of a part.
func (r Record) Outs(part string) (out []Proposal) {
	for _, p := range r.Proposals {
		if p.Agreed && p.Part == part {
			out = append(out, p)
		}
	}
	return out
}

// Unread are the parts that two people have not read since the last proposal.
func (r Record) Unread(parts []string) (out []string) {
	for _, part := range parts {
		seen := map[string]bool{}
		for _, l := range r.Looks {
			if !l.Stale && !slices.Contains(l.Closed, part) {
				seen[l.Person] = true
			}
		}
		if len(seen) < 2 {
			out = append(out, part)
		}
	}
	return out
}

// LookedBy says that somebody read it since the last proposal.
func (r Record) LookedBy(person string) bool {
	return slices.ContainsFunc(r.Looks, func(l Look) bool { return !l.Stale && l.Person == person })
}

var kinds = sync.OnceValue(func() *entry.Registry { return entry.NewRegistry(Kinds()) })

// Command is a wish to record something about a pack.
type Command struct {
	Actor    entry.Actor
	Body     entry.Body
	Prepares bool     // the policies let them prepare it
	Parts    []string // what the pack holds, in its order
	Closed   []string // of these, the ones closed to them
	Has      bool     // the passage to leave out stands in the part
	Grounds  []string // the legal grounds there are
	Source   entry.Source
}

// Decide says which entries a command makes, or refuses with every reason.
func Decide(r Record, cmd Command, at entry.Moment) ([]entry.Entry, error) {
	e, err := kinds().Seal(at, entry.OfPack(r.ID), cmd.Actor, day.AtInstant(at.Now), "", cmd.Source, cmd.Body)
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
	b, begins := cmd.Body.(Asked)
	if begins != (r.Entry == "") {
		no("", "There is no such pack")
		return
	}
	if begins {
		if b.From > now.Date() {
			no("from", "This day is in the future. Nothing was recorded on it yet")
		}
		if b.To > now.Date() {
			no("to", "This day is in the future. Nothing was recorded on it yet")
		}
		return
	}
	if state := r.State(); state != Owed {
		no("", "It is not being prepared any more: it is "+string(state))
		return
	}
	worker := cmd.Actor.Person == r.Worker
	if _, ok := cmd.Body.(Withdrawn); ok {
		if !worker {
			no("", "Only the worker whose pack it is says that it is not needed")
		}
		return
	}
	if worker || !cmd.Prepares || slices.Contains(r.Asked.Around, cmd.Actor.Person) {
		no("", "Only those who prepare the pack can say this")
		return
	}
	switch b := cmd.Body.(type) {
	case LeaveOut:
		switch {
		case !slices.Contains(cmd.Parts, b.Part):
			no("part", "The pack holds no such part")
		case slices.Contains(cmd.Closed, b.Part):
			no("part", "This record is closed to you. Somebody to whom it is open must say")
		case b.Passage != "" && !cmd.Has:
			no("passage", "These words do not stand in this part. Copy them exactly")
		}
		if b.Ground != "" && !slices.Contains(cmd.Grounds, b.Ground) {
			no("legal_ground", "Choose a legal ground from the list")
		}
	case LeftOut:
		r.second(b.Proposal, cmd, no)
	case StaysIn:
		r.second(b.Proposal, cmd, no)
	case LookedThrough:
		if r.LookedBy(cmd.Actor.Person) {
			no("", "You have said this already, and nothing was proposed since")
		}
	case MadeOut:
		if len(r.Waiting()) > 0 {
			no("", "A proposal waits for a second person")
		}
		if n := len(r.Unread(cmd.Parts)); n > 0 {
			no("", "Two people must look through all of it before it is made out")
		}
	}
}

func (r Record) second(id entry.ID, cmd Command, no func(field, text string)) {
	i := slices.IndexFunc(r.Proposals, func(p Proposal) bool { return p.ID == id })
	switch {
	case i < 0:
		no("proposal", "There is no such proposal")
	case r.Proposals[i].Second != "":
		no("proposal", "A second person has decided this already")
	case r.Proposals[i].By == cmd.Actor.Person:
		no("proposal", "Somebody else must decide what you proposed")
	case slices.Contains(cmd.Closed, r.Proposals[i].Part):
		no("proposal", "This record is closed to you. Somebody to whom it is open must say")
	}
}
