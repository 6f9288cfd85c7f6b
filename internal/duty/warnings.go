package duty

import (
	"errors"
	"fmt"
	"slices"

	"onus/internal/day"
)

// Warnings are the times that concerns run by which are raised from a day on. A
// later layer that gives any stands for the ones before it.
type Warnings struct {
	Acknowledge int   `yaml:"acknowledge_working_days" json:"acknowledge_working_days"`
	Answer      int   `yaml:"answer_working_days" json:"answer_working_days"` // that each post has
	Ask         []int `yaml:"ask_days" json:"ask_days"`                       // days after which is asked whether anybody was treated worse
	// Cover is how many working days each post above an empty one has to name who
	// is in it, or who covers it.
	Cover  int      `yaml:"cover_working_days" json:"cover_working_days"`
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
}

func (x Warnings) check() error {
	var errs []error
	if x.Acknowledge < 1 || x.Acknowledge > 5 {
		errs = append(errs, fmt.Errorf("acknowledge_working_days must be from 1 to 5, and is %d", x.Acknowledge))
	}
	if x.Answer < x.Acknowledge || x.Answer > 20 {
		errs = append(errs, fmt.Errorf("answer_working_days must be from the days to acknowledge to 20, and is %d", x.Answer))
	}
	if x.Cover < 1 || x.Cover > 60 {
		errs = append(errs, fmt.Errorf("cover_working_days must be from 1 to 60, and is %d", x.Cover))
	}
	if len(x.Ask) == 0 || !slices.IsSorted(x.Ask) || x.Ask[0] < 1 {
		errs = append(errs, errors.New("ask_days must be days after the warning, in order"))
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Warnings) since() day.Date { return x.From }

// Warnings are the times in force on a day; ok is false when a pack gives none.
func (p *Pack) Warnings(on day.Date) (w Warnings, ok bool) { return inForce(p.warnings, on) }
