package duty

import "fmt"

// State is how a duty stands. Pages, the API and rule packs use its name.
type State uint8

// The states. Late is not one of them: it is a comparison with now.
const (
	Open State = iota + 1
	Met
	MetLate
	Declined
	StoodDown
	Lapsed
	// Stopped: the clock stands still, and nobody is late.
	Stopped
)

var stateNames = [...]string{Open: "open", Met: "met", MetLate: "met late", Declined: "declined", StoodDown: "stood down",
	Lapsed: "no longer owed", Stopped: "clock stopped"}

// String is the name of the state; empty for none.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// ParseState reads a name.
func ParseState(name string) (State, error) {
	for s, n := range stateNames {
		if n == name && n != "" {
			return State(s), nil
		}
	}
	return 0, fmt.Errorf("there is no state of a duty called %q", name)
}

// MarshalText writes the name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseState reads.
func (s *State) UnmarshalText(b []byte) (err error) {
	*s, err = ParseState(string(b))
	return err
}
