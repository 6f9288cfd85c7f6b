package child

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// Account is what somebody who looks back wrote before they were shown what came
// later: what was known that day, why it made sense, what could have been done.
// Outcomes that are known make every earlier choice look like a mistake (the
// systems reviews of SCIE and Munro); so this is written first.
type Account struct {
	Duty  string      `json:"duty"` // the duty that it looks back at, by its id
	At    day.Instant `json:"known_at"`
	Knew  string      `json:"what_was_known"`
	Sense string      `json:"why_it_made_sense"`
	Could string      `json:"what_could_have_been_done"`
}

// Kind is its name.
func (Account) Kind() entry.Kind { return "account.written" }

// Check sees what is wrong without knowing the record.
func (b Account) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "duty", b.Duty, "Name the duty that it is about")
	if b.At == 0 {
		ps = append(ps, entry.Problem{Field: "known_at", Text: "Say of which moment it speaks"})
	}
	ps = entry.Short(entry.Need(ps, "what_was_known", b.Knew, "Write what was known that day, and by whom"), "what_was_known", b.Knew)
	ps = entry.Short(entry.Need(ps, "why_it_made_sense", b.Sense, "Write why what each person did made sense to them then"), "why_it_made_sense", b.Sense)
	return entry.Short(entry.Need(ps, "what_could_have_been_done", b.Could, "Write what could have been done, and by whom"), "what_could_have_been_done", b.Could)
}

// Accounts that somebody wrote of a duty, oldest first.
func (r Record) Accounts(person, duty string) (out []Event) {
	for ev := range r.said() {
		if b, ok := ev.Body.(Account); ok && ev.Author == person && b.Duty == duty {
			out = append(out, ev)
		}
	}
	return out
}

func accountKinds() []entry.Known {
	return []entry.Known{{Zero: Account{}, Timed: true, On: "child", Title: "Account of a review", About: "Somebody who looks back wrote what was known, before they saw what came later."}}
}
