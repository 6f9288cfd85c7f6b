package child

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// Gone is an entry that was erased: where it stood in the journal and under
// which id. Nothing of what it said.
type Gone struct {
	Seq   int64    `json:"seq"`
	Entry entry.ID `json:"entry"`
}

// The grounds on which something is erased.
const (
	TimeOver = "its time is over"
	Ordered  = "erasure ordered"
)

// Grounds in the order in which they are offered.
var Grounds = []string{TimeOver, Ordered}

// Erasure says what was destroyed, under which law and on whose word. It is all
// that is left, so it must hold nothing of what it speaks of.
type Erasure struct {
	Entries  []Gone   `json:"entries"`
	Count    int      `json:"count"`
	Proposal entry.ID `json:"proposal,omitempty"`
	Type     string   `json:"record_type"` // of the retention pack
	Ground   string   `json:"ground"`
	Source   string   `json:"legal_source"`
	Proposed string   `json:"proposed_by"` // who proposed it
	Agreed   string   `json:"agreed_by"`   // who agreed: another person
}

// EntriesErased is the tombstone of single entries. It stands in the child's record.
type EntriesErased struct{ Erasure }

// RecordDisposed is the tombstone of a whole record. Nothing else about the
// child is left, so it stands with the files.
type RecordDisposed struct {
	Child string `json:"child"`
	Erasure
}

// Tombstone is an entry that names erased entries.
type Tombstone interface{ Names() []Gone }

// Names are the entries that were erased.
func (e Erasure) Names() []Gone { return e.Entries }

// Check sees what is wrong without knowing the journal.
func (e Erasure) Check() (ps []entry.Problem) {
	if len(e.Entries) == 0 || e.Count != len(e.Entries) {
		ps = append(ps, entry.Problem{Field: "entries", Text: "Name every entry that is erased, and how many"})
	}
	for i, g := range e.Entries {
		if g.Entry == "" || i > 0 && g.Seq <= e.Entries[i-1].Seq {
			ps = append(ps, entry.Problem{Field: "entries", Text: "Name each entry once, in the journal's order"})
			break
		}
	}
	ps = entry.OneOf(ps, "ground", e.Ground, Grounds, "Choose the ground")
	ps = entry.Need(ps, "legal_source", e.Source, "Enter the law or the order")
	ps = entry.Need(entry.Need(ps, "proposed_by", e.Proposed, "Say who proposed it"), "agreed_by", e.Agreed, "Say who agreed")
	if e.Proposed == e.Agreed && e.Agreed != "" {
		ps = append(ps, entry.Problem{Field: "agreed_by", Text: "Another person must agree"})
	}
	return ps
}

// The kinds' names.
func (EntriesErased) Kind() entry.Kind  { return "entries.erased" }
func (RecordDisposed) Kind() entry.Kind { return "record.disposed" }

func erasedKinds() []entry.Known {
	return []entry.Known{
		{Zero: EntriesErased{}, Timed: true, On: "child", Title: "Entries erased", About: "Entries were destroyed, under which law and on whose word. Recorded by Onus when two people agreed."},
		{Zero: RecordDisposed{}, Timed: true, On: "files", Title: "Record disposed of", About: "A child's whole record was destroyed, under which law and on whose word. Recorded by Onus when two people agreed."},
	}
}

// ErasedOf counts the entries that had been recorded by an instant and were
// erased after it: the past does not show them any more, and must say so.
func (r Record) ErasedOf(t day.Instant) (n int) {
	for i := range r.Log {
		b, ok := r.Log[i].Body.(Tombstone)
		if !ok || r.Log[i].Recorded <= t {
			continue
		}
		for _, g := range b.Names() {
			if at, ok := g.Entry.Made(); ok && at <= t {
				n++
			}
		}
	}
	return n
}

// Erased finds the tombstone that names an entry.
func (r Record) Erased(id entry.ID) (entry.Entry, bool) {
	for i := range r.Log {
		if t, ok := r.Log[i].Body.(Tombstone); ok && slices.ContainsFunc(t.Names(), func(g Gone) bool { return g.Entry == id }) {
			return r.Log[i], true
		}
	}
	return entry.Entry{}, false
}
