package wording

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
)

// Example is a worked example of a rule, run whenever a pack is loaded: the text of
// one part, or a whole plan.
type Example struct {
	Name   string `yaml:"name"`
	Part   Part   `yaml:"part"` // the first that the rule looks at, when not given
	Text   string `yaml:"text"`
	Plan   *Plan  `yaml:"plan"`
	Expect string `yaml:"expect"` // noticed or not noticed
	Quote  string `yaml:"quote"`  // that must be among the quotes
}

// What an example expects.
const (
	Noticed    = "noticed"
	NotNoticed = "not noticed"
)

// Examples is how many worked examples there are.
func (b *Bank) Examples() (n int) {
	if b == nil {
		return 0
	}
	for _, r := range b.rules {
		n += len(r.Rule.Examples)
	}
	return n
}

// RunExamples runs every worked example, and holds every strong example against all
// rules: what is given as strong must be noticed by none. It gives what does not hold.
func (b *Bank) RunExamples() (faults []error) {
	if b == nil {
		return nil
	}
	for _, r := range b.rules {
		fault := func(text string, args ...any) {
			faults = append(faults, Fault{r.File, r.Line, r.ID, fmt.Sprintf(text, args...)})
		}
		for _, ex := range r.Rule.Examples {
			if err := b.example(r, ex); err != nil {
				fault("example %q: %v", ex.Name, err)
			}
		}
		for _, part := range r.Parts {
			if part == ByWhen || part == ThePlan {
				continue
			}
			p := onePart(part, r.Rule.Strong.For(part))
			for _, n := range b.Look(p, r.From) {
				if n.Part == part {
					fault("its strong example for %s is noticed by %s: %s", part, n.Rule, n.Says)
				}
			}
		}
	}
	return faults
}

func (b *Bank) example(r *rule, ex Example) error {
	part := ex.Part
	if part == "" {
		part = r.Parts[0]
	}
	if !slices.Contains(r.Parts, part) {
		return fmt.Errorf("the rule does not look at %q", part)
	}
	var p Plan
	switch {
	case ex.Plan != nil && ex.Text != "":
		return fmt.Errorf("it has a text or a plan, not both")
	case ex.Plan != nil:
		p = filled(*ex.Plan)
	default:
		p = onePart(part, ex.Text)
	}
	alone := *b
	alone.rules = []*rule{r}
	notes := slices.DeleteFunc(alone.Look(p, r.From), func(n Note) bool { return n.Part != part })
	switch {
	case ex.Expect == Noticed && len(notes) == 0:
		return fmt.Errorf("it should be noticed, and is not")
	case ex.Expect == NotNoticed && len(notes) > 0:
		return fmt.Errorf("it should not be noticed, and is: %s", notes[0].Says)
	case ex.Expect != Noticed && ex.Expect != NotNoticed:
		return fmt.Errorf("expect is %q or %q", Noticed, NotNoticed)
	}
	if ex.Quote != "" && !slices.ContainsFunc(notes, func(n Note) bool { return slices.Contains(n.Quotes, ex.Quote) }) {
		return fmt.Errorf("it should quote %q, and quotes %q", ex.Quote, notes[0].Quotes)
	}
	return nil
}

// onePart is a plan of one goal with one part filled in.
func onePart(part Part, text string) Plan {
	g := Goal{ID: "1"}
	switch part {
	case Worry:
		g.Worry = text
	case Change:
		g.Change = text
	case Measure:
		g.Measure = text
	case ForHelp:
		if strings.TrimSpace(text) != "" {
			g.Help = []Help{{What: text, Who: "Ruth Amadi", WhoIs: "person", From: exampleToday.Add(8)}}
		}
	case IfNot:
		g.IfNot = text
	case PlanB:
		g.PlanB = text
	}
	return filled(Plan{Goals: []Goal{g}})
}

var exampleToday = day.MustParse("2026-11-23")

// filled puts in what most examples need not say. Names and days are invented.
func filled(p Plan) Plan {
	if p.Child == "" {
		p.Child = "Sam"
	}
	if p.Others == nil {
		p.Others = []string{"Nan", "Auntie Bev", "Auntie Jo", "Dana Whitlock", "Ruth Amadi", "Jo Pell", "Kayleigh", "Priya"}
	}
	if p.Today == 0 {
		p.Today = exampleToday
	}
	if p.ReviewOn == 0 {
		p.ReviewOn = exampleToday.Add(90)
	}
	ids(p.Goals)
	ids(p.Before)
	for _, gs := range slices.Concat(p.Earlier, p.Siblings) {
		ids(gs)
	}
	return p
}

func ids(gs []Goal) {
	for i := range gs {
		if gs[i].ID == "" {
			gs[i].ID = strconv.Itoa(i + 1)
		}
	}
}
