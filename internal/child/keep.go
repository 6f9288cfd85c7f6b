package child

import (
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

// HoldSet says that nothing of the record may be destroyed: somebody will ask
// for it. While it stands nothing is erased, whatever else is true.
type HoldSet struct {
	By  string `json:"for"` // a court, an inquiry, the police, the insurer
	Why string `json:"why"`
}

// HoldEnded ends it.
type HoldEnded struct {
	Hold entry.ID `json:"hold"`
	Why  string   `json:"why"`
}

// KeptAs says which type of record this is, where the entries alone do not
// show it: a child who was looked after, or adopted. It can only make the time
// longer.
type KeptAs struct {
	Type string   `json:"record_type"` // of the retention pack
	On   day.Date `json:"on,omitzero"` // of the adoption order
	Why  string   `json:"why"`
}

// What a disposal can be of.
const (
	WholeRecord = "the whole record"
	OneEntry    = "one entry"
)

// DisposalOf in the order in which they are offered.
var DisposalOf = []string{WholeRecord, OneEntry}

// DisposalProposed asks another person to agree that the record, or one entry
// of it, is destroyed.
type DisposalProposed struct {
	What   string   `json:"what"`
	Entry  entry.ID `json:"entry,omitempty"`
	Ground string   `json:"ground"`
	Source string   `json:"legal_source,omitempty"` // of an order: which; else the retention pack says
	Why    string   `json:"why"`
}

// DisposalRefused says that another person did not agree.
type DisposalRefused struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why"`
}

func keepKinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, On: "child", Title: title, About: about}
	}
	return []entry.Known{
		k(HoldSet{}, "Legal hold", "Nothing of the record may be destroyed: somebody will ask for it."),
		k(HoldEnded{}, "Legal hold ended", "The record need not be held any longer."),
		k(KeptAs{}, "Kept as", "Which type of record this is, and so how long it is kept."),
		k(DisposalProposed{}, "Disposal proposed", "Somebody asks another person to agree that this is destroyed."),
		k(DisposalRefused{}, "Disposal refused", "The other person did not agree that this is destroyed."),
	}
}

// The kinds' names.
func (HoldSet) Kind() entry.Kind          { return "hold.set" }
func (HoldEnded) Kind() entry.Kind        { return "hold.ended" }
func (KeptAs) Kind() entry.Kind           { return "kept-as" }
func (DisposalProposed) Kind() entry.Kind { return "disposal.proposed" }
func (DisposalRefused) Kind() entry.Kind  { return "disposal.refused" }

// What each answering entry answers.
func (b HoldEnded) RefersTo() entry.ID       { return b.Hold }
func (b DisposalRefused) RefersTo() entry.ID { return b.Proposal }

// Check of each kind sees what is wrong without knowing the record.
func (b HoldSet) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "for", b.By, "Enter who will ask for the record"), "why", b.Why, "Enter why")
}
func (b HoldEnded) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "hold", string(b.Hold), "Name the hold"), "why", b.Why, "Enter why the record need not be held any longer")
}
func (b KeptAs) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "record_type", b.Type, "Choose the type of record"), "why", b.Why, "Enter how you know")
}
func (b DisposalProposed) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "what", b.What, DisposalOf, "Choose what is to be destroyed")
	ps = entry.OneOf(ps, "ground", b.Ground, Grounds, "Choose the ground")
	switch {
	case b.What == OneEntry && b.Entry == "":
		ps = append(ps, entry.Problem{Field: "entry", Text: "Choose the entry"})
	case b.What == WholeRecord && b.Entry != "":
		ps = append(ps, entry.Problem{Field: "entry", Text: "Choose no entry when the whole record is meant"})
	}
	if b.What == OneEntry && b.Ground == TimeOver {
		ps = append(ps, entry.Problem{Field: "ground", Text: "One entry is erased only when that was ordered: time runs for the whole record"})
	}
	if b.Ground == Ordered {
		ps = entry.Need(ps, "legal_source", b.Source, "Enter who ordered it, under which law, and the order's number")
	}
	return entry.Need(ps, "why", b.Why, "Enter why")
}
func (b DisposalRefused) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "proposal", string(b.Proposal), "Name the proposal"), "why", b.Why, "Enter why you do not agree")
}

// Holds are the legal holds in force, oldest first.
func (r Record) Holds() (out []Event) {
	for ev := range r.said() {
		switch b := ev.Body.(type) {
		case HoldSet:
			out = append(out, ev)
		case HoldEnded:
			out = slices.DeleteFunc(out, func(h Event) bool { return h.ID == b.Hold })
		}
	}
	return out
}

// Proposal is the disposal that waits for a second person.
func (r Record) Proposal() (ev Event, ok bool) {
	answered := map[entry.ID]bool{}
	for i := range r.Log {
		switch b := r.Log[i].Body.(type) {
		case DisposalRefused:
			answered[b.Proposal] = true
		case EntriesErased:
			answered[b.Proposal] = true
		}
	}
	for x := range r.said() {
		if x.Kind == "disposal.proposed" && !answered[x.ID] {
			ev, ok = x, true
		}
	}
	return ev, ok
}

// Attached are an entry and those that hold its words too, or quote them: its
// corrections, what disputes it, what was left out of a copy of it.
func (r Record) Attached(id entry.ID) []entry.ID {
	all := []entry.ID{id}
	for i := range r.Log { // what answers stands behind what it answers
		e := &r.Log[i]
		of := e.Corrects
		switch b := e.Body.(type) {
		case Disputed:
			of = b.Entry
		case RedactionProposed:
			of = b.Entry
		case RedactionAgreed:
			of = b.Proposal
		case RedactionRefused:
			of = b.Proposal
		}
		if of != "" && slices.Contains(all, of) {
			all = append(all, e.ID)
		}
	}
	return all
}

// lasting are kinds that can be neither corrected nor erased by themselves:
// they decide who may open the record, what may be destroyed and what was told.
var lasting = sync.OnceValue(func() map[entry.Kind]bool {
	// What the family was given is what they got: another link ends it, nobody rewrites it.
	m := map[entry.Kind]bool{"duty.climbed": true, "plan.shared": true, "plan.share-ended": true, "plan.word-wrong": true}
	for _, set := range [][]entry.Known{guardKinds(), keepKinds(), askedKinds(), erasedKinds()} {
		for _, k := range set {
			m[k.Zero.Kind()] = true
		}
	}
	delete(m, "kept-as") // it can only make the time longer
	return m
})

// Lasting says that an entry of a kind can be neither corrected nor erased by
// itself. Another entry ends what it began.
func Lasting(k entry.Kind) bool { return lasting()[k] }

// keeping refuses what may not be recorded about holds and disposals as things stand.
func (r Record) keeping(cmd Command, at entry.Moment, no func(field, text string)) {
	switch b := cmd.Body.(type) {
	case HoldEnded:
		if !slices.ContainsFunc(r.Holds(), func(h Event) bool { return h.ID == b.Hold }) {
			no("hold", "There is no such hold, or it has ended")
		}
	case DisposalProposed:
		if _, waits := r.Proposal(); waits {
			no("", "A disposal waits for its second person already")
		}
		for _, text := range r.Spared(b, at.Now) {
			no("", text)
		}
		if b.What == OneEntry && b.Entry != "" {
			i := slices.IndexFunc(r.Log, func(e entry.Entry) bool { return e.ID == b.Entry })
			switch {
			case i < 0:
				no("entry", "There is no such entry in this child's record")
			case r.Log[i].Kind == "correction":
				no("entry", "Choose the entry that it corrects: both hold the same words, and both go")
			case Lasting(r.Log[i].Kind) && r.Log[i].Kind != "disputed":
				no("entry", "This entry cannot be erased by itself: it says who may open or destroy the record, or what was told to whom")
			}
		}
	case DisposalRefused:
		ev, waits := r.Proposal()
		switch {
		case !waits || ev.ID != b.Proposal:
			no("proposal", "This disposal does not wait for an answer")
		}
	}
}

// Spared says what keeps a disposal from being done, as far as the record
// itself shows: nothing is destroyed that somebody will ask for, and no record
// in use, whoever ordered it.
func (r Record) Spared(b DisposalProposed, now day.Instant) (why []string) {
	if n := len(r.Holds()); n > 0 {
		why = append(why, "The record is under a legal hold. Nothing may be destroyed until that is ended")
	}
	if b.What == WholeRecord && r.On(now).Open {
		why = append(why, "The case is open. Close it first")
	}
	return why
}
