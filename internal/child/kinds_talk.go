package child

import "onus/internal/entry"

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
