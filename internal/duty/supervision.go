package duty

import (
	"errors"
	"fmt"
	"slices"

	"onus/internal/day"
	"onus/internal/line"
)

// Supervision is how often somebody in a post above talks with whoever is in a
// post about their work, and how a talk that is not held climbs, from a day on.
type Supervision struct {
	Every day.Span `yaml:"every" json:"every"`
	// Climb is how many working days each post above has before the next is told.
	Climb int `yaml:"climb_working_days" json:"climb_working_days"`
	// Not are functions whose posts nobody in the line supervises: they stand
	// outside it.
	Not    []string `yaml:"not_functions" json:"not_functions,omitempty"`
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
}

func (x Supervision) check() error {
	var errs []error
	if x.Every.Unit != day.Weeks && x.Every.Unit != day.Months || x.Every.N < 1 || x.Every.Unit == day.Months && x.Every.N > 3 || x.Every.N > 13 {
		errs = append(errs, fmt.Errorf("every must be from 1 week to 3 months, in weeks or months, and is %q", x.Every))
	}
	if x.Climb < 1 || x.Climb > 20 {
		errs = append(errs, fmt.Errorf("climb_working_days must be from 1 to 20, and is %d", x.Climb))
	}
	for _, f := range x.Not {
		if !slices.Contains(line.Functions, f) {
			errs = append(errs, fmt.Errorf("not_functions: there is no function called %q", f))
		}
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Supervision) since() day.Date { return x.From }

// Supervision is what is in force on a day; ok is false when a pack says nothing.
func (p *Pack) Supervision(on day.Date) (s Supervision, ok bool) { return inForce(p.talks, on) }

// Owings are what posts above owe about posts on a day, by these rules: names for
// the empty ones, talks with those who are in the others.
func (p *Pack) Owings(l *line.Line, on day.Date) (out []line.Owing) {
	if w, ok := p.Warnings(on); ok {
		out = l.Gaps(on)
		for i := range out {
			out[i].Due = p.cal.AddWorking(out[i].Since, w.Cover)
		}
	}
	if s, ok := p.Supervision(on); ok {
		out = append(out, l.Talks(on, line.Terms{
			Next:  func(d day.Date) day.Date { return p.cal.Due(day.On(d), s.Every).On },
			Back:  func(d day.Date) day.Date { return p.cal.AddWorking(d, s.Climb) },
			Since: s.From, Not: s.Not,
		})...)
	}
	return out
}

// OwedTo are the posts to which what is owed about a post has come by a day.
func (p *Pack) OwedTo(o line.Owing, on day.Date) []string {
	days := 0
	switch o.About {
	case line.EmptyPost:
		w, _ := p.Warnings(on)
		days = w.Cover
	case line.Supervision:
		s, _ := p.Supervision(on)
		days = s.Climb
	}
	return o.OwedTo(on, days, p.cal.WorkingBetween)
}
