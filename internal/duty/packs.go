package duty

import (
	"errors"
	"fmt"

	"onus/internal/day"
)

// Hearings are the times that packs for a hearing run by which are asked for from a
// day on. A later layer that gives any stands for the ones before it.
type Hearings struct {
	Prepare int      `yaml:"prepare_working_days" json:"prepare_working_days"` // that the first post has
	Each    int      `yaml:"each_working_days" json:"each_working_days"`       // that each post above it has when it is late
	Source  Source   `yaml:"source" json:"source"`
	From    day.Date `yaml:"from" json:"from"`
}

func (x Hearings) check() error {
	var errs []error
	if x.Prepare < 1 || x.Prepare > 20 {
		errs = append(errs, fmt.Errorf("prepare_working_days must be from 1 to 20, and is %d", x.Prepare))
	}
	if x.Each < 1 || x.Each > 20 {
		errs = append(errs, fmt.Errorf("each_working_days must be from 1 to 20, and is %d", x.Each))
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Hearings) since() day.Date { return x.From }

// Hearings are the times in force on a day; ok is false when a pack gives none.
func (p *Pack) Hearings(on day.Date) (h Hearings, ok bool) { return inForce(p.hearings, on) }
