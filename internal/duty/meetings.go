package duty

import (
	"errors"
	"fmt"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
)

// Meetings is what a meeting of a sort needs, from a day on. Nothing of it stops a meeting:
// what is missing is pointed out, and who holds it all the same says why.
type Meetings struct {
	Of string `yaml:"of" json:"of"` // one of child.MeetingSorts
	// Must are the agencies that must be there, beside social care.
	Must []string `yaml:"must_be_there" json:"must_be_there,omitempty"`
	// Others is how many agencies must be there beside social care and the family, whichever.
	Others int `yaml:"other_agencies" json:"other_agencies,omitempty"`
	// Outside says that whoever chairs must stand outside the line of the child's worker.
	Outside bool     `yaml:"chair_outside_the_line" json:"chair_outside_the_line,omitempty"`
	Source  Source   `yaml:"source" json:"source"`
	From    day.Date `yaml:"from" json:"from"`
}

func (x Meetings) check() error {
	var errs []error
	if !slices.Contains(child.MeetingSorts, x.Of) {
		errs = append(errs, fmt.Errorf("there is no sort of meeting called %q", x.Of))
	}
	for _, a := range x.Must {
		if !slices.Contains(child.Agencies, a) || a == child.OfFamily || a == child.OfSocialCare {
			errs = append(errs, fmt.Errorf("must_be_there: there is no agency called %q", a))
		}
	}
	if x.Others < 0 || x.Others > 6 {
		errs = append(errs, fmt.Errorf("other_agencies must be from 0 to 6, and is %d", x.Others))
	}
	if len(x.Must) == 0 && x.Others == 0 && !x.Outside {
		errs = append(errs, errors.New("it says nothing: give must_be_there, other_agencies or chair_outside_the_line"))
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Meetings) since() day.Date { return x.From }

// Needs is what a sort of meeting needs on a day; ok is false when no rule says.
func (p *Pack) Needs(sort string, on day.Date) (Meetings, bool) {
	var of []Meetings
	for _, x := range p.meetings {
		if x.Of == sort {
			of = append(of, x)
		}
	}
	return inForce(of, on)
}

// Missing are the agencies that a meeting needs and that were not there, in words: sending
// word is not being there. Empty: nobody is missing.
func (x Meetings) Missing(there []child.There) (out []string) {
	came := map[string]bool{}
	others := 0
	for _, t := range there {
		if !t.Present() || came[t.Agency] {
			continue
		}
		came[t.Agency] = true
		if t.Agency != child.OfFamily && t.Agency != child.OfSocialCare {
			others++
		}
	}
	for _, a := range x.Must {
		if !came[a] {
			out = append(out, a)
		}
	}
	if n := x.Others - others; n > 0 && len(out) == 0 {
		out = append(out, fmt.Sprintf("%d more of the other agencies", n))
		if n == 1 {
			out[len(out)-1] = "one more of the other agencies"
		}
	}
	return out
}
