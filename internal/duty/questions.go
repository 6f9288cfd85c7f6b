package duty

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
)

// Question is one that an assessment answers. It is a question, never an answer: nothing
// stands in it that could be left as it is.
type Question struct {
	ID   string `yaml:"id" json:"id"`
	Part string `yaml:"part" json:"part"` // of the assessment, as it is headed
	Asks string `yaml:"asks" json:"asks"` // {child} is the child's name
	Hint string `yaml:"hint" json:"hint,omitempty"`
	// Fits are what of which entries stands under it by itself: names of child.Fits.
	Fits []string `yaml:"fits" json:"fits,omitempty"`
	// Needed: whoever signs while nobody has answered it says why.
	Needed bool `yaml:"needed" json:"needed,omitempty"`
	// Shared: what is written may be as true for a brother or sister, who can be given it by
	// name, as taken from this child.
	Shared bool     `yaml:"shared" json:"shared,omitempty"`
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`

	layer int
}

// Says is a text of the question for a child.
func (Question) Says(text, name string) string { return strings.ReplaceAll(text, "{child}", name) }

func (x Question) since() day.Date { return x.From }

func (x Question) check() error {
	var errs []error
	if x.ID == "" || strings.ContainsFunc(x.ID, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) {
		errs = append(errs, errors.New("give it an id of small letters and hyphens"))
	}
	if x.Part == "" || !strings.HasSuffix(x.Asks, "?") {
		errs = append(errs, errors.New("give its part of the assessment, and what it asks, as a question"))
	}
	for _, f := range x.Fits {
		if !slices.Contains(child.Fits(), f) {
			errs = append(errs, fmt.Errorf("nothing fits by the name of %q: there are %s", f, strings.Join(child.Fits(), "; ")))
		}
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

// takeQuestions lays a file's questions over those before: a question stands for every
// version of its id in earlier layers.
func (p *Pack) takeQuestions(file string, xs []Question) (faults []error) {
	for i := range xs {
		x := &xs[i]
		x.layer = p.layer
		if err := x.check(); err != nil {
			faults = append(faults, Fault{File: file, Rule: "assessment, " + x.ID, Text: err.Error()})
		}
		if slices.ContainsFunc(p.asks, func(y Question) bool { return y.ID == x.ID && y.layer == x.layer && y.From == x.From }) {
			faults = append(faults, Fault{File: file, Rule: "assessment, " + x.ID, Text: "there are two from the same day"})
		}
		at := slices.IndexFunc(p.asks, func(y Question) bool { return y.ID == x.ID && y.layer < x.layer })
		p.asks = slices.DeleteFunc(slices.Clone(p.asks), func(y Question) bool { return y.ID == x.ID && y.layer < x.layer })
		if at >= 0 { // where the one before stood
			p.asks = slices.Insert(p.asks, at, *x)
			continue
		}
		p.asks = append(p.asks, *x)
	}
	return faults
}

// AllQuestions is every version of the questions that Questions chooses from.
func (p *Pack) AllQuestions() []Question { return p.asks }

// Questions are what an assessment that begins on a day answers, in the order of the pack.
func (p *Pack) Questions(on day.Date) (out []Question) {
	for _, x := range p.asks {
		if x.From > on {
			continue
		}
		if i := slices.IndexFunc(out, func(y Question) bool { return y.ID == x.ID }); i >= 0 {
			if out[i].From <= x.From {
				out[i] = x
			}
			continue
		}
		out = append(out, x)
	}
	return out
}
