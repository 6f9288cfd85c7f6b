package child

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// Spoken is what is said of a child in supervision beside what else was tried and
// what was decided: all of it stands here, in the child's record, and nowhere else.
type Spoken struct {
	Changed string `json:"what_has_changed,omitempty"`
	Mind    string `json:"what_would_change_our_mind,omitempty"`
	Why     string `json:"reason,omitempty"`
	Action  string `json:"action,omitempty"` // who does it by when stands in the talk
	Talk    string `json:"talk,omitempty"`   // the record of the talk; empty: it was of this child alone
}

func (b Spoken) check(ps []entry.Problem) []entry.Problem {
	for _, f := range [][2]string{{"what_has_changed", b.Changed}, {"what_would_change_our_mind", b.Mind}, {"reason", b.Why}, {"action", b.Action}} {
		ps = entry.Short(ps, f[0], f[1])
	}
	return ps
}

// SupervisionPrepared is what a worker wants to say of a child in the next talk.
type SupervisionPrepared struct {
	Says string `json:"says"`
	Mark
}

// Kind of the entry.
func (SupervisionPrepared) Kind() entry.Kind { return "supervision.prepared" }

// Check sees what is wrong without knowing the record.
func (b SupervisionPrepared) Check() []entry.Problem {
	return entry.Short(entry.Need(b.Mark.check(nil), "says", b.Says, "Write what you want to say"), "says", b.Says)
}

// SupervisionLeft says that the child was to be talked about in supervision and was not:
// why, and until which day it was left. That day is owed.
type SupervisionLeft struct {
	Why  string   `json:"why"`
	On   day.Date `json:"on"`
	Talk string   `json:"talk,omitempty"` // the record of the talk
	// Asks are the questions that the record asked then: ids of signals of drift.
	Asks []string `json:"signals,omitempty"`
}

// Kind of the entry.
func (SupervisionLeft) Kind() entry.Kind { return "supervision.left" }

// Check sees what is wrong without knowing the record.
func (b SupervisionLeft) Check() (ps []entry.Problem) {
	ps = entry.Short(entry.Need(ps, "why", b.Why, "Say why it is left for another time"), "why", b.Why)
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "on", Text: "Enter the day by which you talk about the child"})
	}
	return ps
}
