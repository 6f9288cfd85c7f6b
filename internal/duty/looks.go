package duty

import (
	"errors"
	"fmt"

	"onus/internal/day"
)

// Looks are what makes somebody's looks at records a question to a named post,
// from a day on. Nobody publishes such numbers, so they are an authority's own:
// a later layer that gives any stands for the ones before it.
type Looks struct {
	// Again is for how many days the same question is not asked again.
	Again int `yaml:"ask_again_after_days" json:"ask_again_after_days"`
	// LeftTeam is for how many days after leaving a team its children are asked about.
	LeftTeam int `yaml:"days_after_leaving_a_team" json:"days_after_leaving_a_team"`
	// Tries is how many different closed records somebody may try to open in 24 hours.
	Tries int `yaml:"closed_records_tried_in_a_day" json:"closed_records_tried_in_a_day"`
	// Answer is how many working days there are to answer.
	Answer int `yaml:"working_days_to_answer" json:"working_days_to_answer"`

	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
}

func (l Looks) check() error {
	var errs []error
	for _, x := range []struct {
		name      string
		n, lo, hi int
	}{
		{"ask_again_after_days", l.Again, 1, 366},
		{"days_after_leaving_a_team", l.LeftTeam, 1, 3660},
		{"closed_records_tried_in_a_day", l.Tries, 2, 1000},
		{"working_days_to_answer", l.Answer, 1, 60},
	} {
		if x.n < x.lo || x.n > x.hi {
			errs = append(errs, fmt.Errorf("%s must be from %d to %d, and is %d", x.name, x.lo, x.hi, x.n))
		}
	}
	if l.From == 0 {
		errs = append(errs, errors.New("give the day from which this counts (from)"))
	}
	if l.Source.Document == "" {
		errs = append(errs, errors.New("give the source: whose decision the numbers are"))
	}
	return errors.Join(errs...)
}

func (l Looks) since() day.Date { return l.From }

// Looks are the numbers in force on a day. A pack without any asks nothing: ok
// is false.
func (p *Pack) Looks(on day.Date) (l Looks, ok bool) { return inForce(p.looks, on) }
