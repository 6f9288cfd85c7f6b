package child

import (
	"encoding/json"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// MarkedFor are the reasons why something in an entry may have to be left out
// of a copy for the family, said while it is written: whoever makes a copy
// years later does not know.
var MarkedFor = []string{"it is about somebody else", "the child has not been told", "it would put somebody at risk"}

// Mark is what whoever writes an entry says to whoever copies it. It leaves
// nothing out: two people decide that, before a copy can be made.
type Mark struct {
	Marked string `json:"before_a_copy,omitempty"` // one of MarkedFor
	Words  string `json:"before_a_copy_which,omitempty"`
}

func (m Mark) mark() Mark { return m }

func (m Mark) check(ps []entry.Problem) []entry.Problem {
	if m.Marked == "" {
		if m.Words != "" {
			return append(ps, entry.Problem{Field: "before_a_copy", Text: "Choose why it may have to be left out"})
		}
		return ps
	}
	ps = entry.OneOf(ps, "before_a_copy", m.Marked, MarkedFor, "Choose why it may have to be left out")
	return entry.Need(ps, "before_a_copy_which", m.Words, "Enter which words, and why")
}

// Marked are entries that were marked while they were written, and of which
// nobody has decided yet whether anything is left out of copies.
func (r Record) Marked() (out []Event) {
	proposed, decided := map[entry.ID]entry.ID{}, map[entry.ID]bool{}
	var marked []Event
	for ev := range r.said() {
		switch b := ev.Body.(type) {
		case RedactionProposed:
			proposed[ev.ID] = b.Entry
		case RedactionAgreed:
			decided[proposed[b.Proposal]] = true
		case RedactionRefused:
			decided[proposed[b.Proposal]] = true
		case interface{ mark() Mark }:
			if b.mark().Marked != "" {
				marked = append(marked, ev)
			}
		}
	}
	for _, ev := range marked {
		if !decided[ev.ID] {
			out = append(out, ev)
		}
	}
	return out
}

// Unmarked is an entry without the mark: what it says to whoever copies is not
// for whoever reads the copy.
func Unmarked(e entry.Entry) entry.Entry {
	switch b := e.Body.(type) {
	case Contact:
		b.Mark = Mark{}
		e.Body = b
	case Referral:
		b.Mark = Mark{}
		e.Body = b
	case Visit:
		b.Mark = Mark{}
		e.Body = b
	case Supervision:
		b.Mark = Mark{}
		e.Body = b
	case SupervisionPrepared:
		b.Mark = Mark{}
		e.Body = b
	case View:
		b.Mark = Mark{}
		e.Body = b
	case Note:
		b.Mark = Mark{}
		e.Body = b
	case FamilyMember:
		b.Mark = Mark{}
		e.Body = b
	case Correction:
		var fields map[string]json.RawMessage
		if json.Unmarshal(b.Body, &fields) != nil || fields["before_a_copy"] == nil {
			return e
		}
		delete(fields, "before_a_copy")
		delete(fields, "before_a_copy_which")
		b.Body, _ = json.Marshal(fields) // as it came
		e.Body = b
	default:
		return e
	}
	if raw, err := json.Marshal(e.Body); err == nil { // what was decoded can be written
		e.Raw = raw
	}
	return e
}

// Conflicts are what speaks against sending a copy as somebody wrote that it is
// sent: names and addresses that do not fit what is recorded. They stop nothing:
// whoever sends it looks again. Most harm here comes from letters that went to
// the wrong address. fold makes a text fit for comparing.
func (r Record) Conflicts(b SARAnswered, now day.Instant, fold func(string) string) (out []string) {
	to := " " + fold(b.To) + " "
	for _, q := range r.Requests() {
		if q.ID != b.Request {
			continue
		}
		named := slices.ContainsFunc(strings.Fields(fold(q.Body.Who)), func(w string) bool { return len(w) > 2 && strings.Contains(to, " "+w+" ") })
		if !named {
			out = append(out, "Nothing in what you wrote is in the name and address that came with the request.")
		}
	}
	home := fold(r.Identity().Address)
	old := map[string]bool{}
	for ev := range r.said() {
		if k, ok := ev.Body.(Known); ok && k.Address != "" {
			if a := fold(k.Address); a != home && !old[a] && strings.Contains(to, " "+a+" ") {
				old[a] = true
				out = append(out, "This is an address where the child lived before. Another one is recorded since.")
			}
		}
	}
	if home != "" && strings.Contains(to, " "+home+" ") && r.On(now).LookedAfter {
		out = append(out, "This is the address recorded for the child. The child is looked after: who opens the post there?")
	}
	if x := r.Guard().Restriction; x != nil {
		out = append(out, "The record is restricted ("+x.Category+"). Ask the post that decides who may open it before you send anything.")
	}
	return out
}
