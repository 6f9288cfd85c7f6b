package line

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// DelegationGiven lets a post decide something, up to a limit.
type DelegationGiven struct {
	Post  string   `json:"post"`
	What  string   `json:"what"`            // what it may decide, in words
	Limit float64  `json:"limit,omitempty"` // in pounds; 0: none
	Until day.Date `json:"until,omitzero"`
}

// DelegationEnded takes it away from a day on.
type DelegationEnded struct {
	Delegation entry.ID `json:"delegation"`
	Why        string   `json:"why"`
}

// Kind names and checks.
func (DelegationGiven) Kind() entry.Kind { return "delegation.given" }
func (DelegationEnded) Kind() entry.Kind { return "delegation.ended" }

// RefersTo is the delegation that ends.
func (b DelegationEnded) RefersTo() entry.ID { return b.Delegation }

// Check sees what is wrong without knowing the line.
func (b DelegationGiven) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "post", b.Post, "Name the post")
	ps = entry.Need(ps, "what", b.What, "Say what it may decide")
	if b.Limit < 0 {
		ps = append(ps, entry.Problem{Field: "limit", Text: "The limit cannot be below nought"})
	}
	return ps
}

// Check sees what is wrong without knowing the line.
func (b DelegationEnded) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "delegation", string(b.Delegation), "Name the delegation"), "why", b.Why, "Say why it ends")
}

// Delegation is what a post may decide, from a day to a day.
type Delegation struct {
	ID         entry.ID
	Post, What string
	Limit      float64
	From, To   day.Date // To is the last day; zero while it lasts
}

// Holds says whether it holds on a day.
func (g Delegation) Holds(on day.Date) bool { return g.From <= on && (g.To == 0 || on <= g.To) }

// Delegations there ever were, in the order in which they were given.
func (l *Line) Delegations() []Delegation { return slices.Clone(l.delegations) }

// Delegation finds one.
func (l *Line) Delegation(id entry.ID) (Delegation, bool) {
	i := slices.IndexFunc(l.delegations, func(g Delegation) bool { return g.ID == id })
	if i < 0 {
		return Delegation{}, false
	}
	return l.delegations[i], true
}

func (l *Line) applyDelegations(e entry.Entry) {
	switch b := e.Body.(type) {
	case DelegationGiven:
		l.delegations = append(l.delegations, Delegation{ID: e.ID, Post: b.Post, What: b.What, Limit: b.Limit, From: e.Happened.Date, To: b.Until})
	case DelegationEnded:
		for i := range l.delegations {
			if l.delegations[i].ID == b.Delegation {
				l.delegations[i].To = e.Happened.Date - 1
			}
		}
	}
}
