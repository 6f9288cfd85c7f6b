// Package wording looks at how a child's plan is worded while it is written: what
// is weak in it, with a question and a stronger example, and at about which age a
// text can be read. The rules are data; each looks at one thing, names its source
// and comes with worked examples. What it yields is help for whoever writes. It is
// never a score on anybody, and it claims only what it has looked at.
//
// It knows days and texts. It must never know a record, storage, who reads or
// what time it is: whoever asks gives the plan and the day.
package wording

import (
	"strings"

	"onus/internal/day"
)

// Part of a goal. A note on the plan as a whole has the part ThePlan.
type Part string

// The seven parts of a goal, in their order, and the plan as a whole.
const (
	Worry   Part = "worry"
	Change  Part = "change"
	Measure Part = "measure"
	ByWhen  Part = "by_when"
	ForHelp Part = "help"
	IfNot   Part = "if_not"
	PlanB   Part = "plan_b"
	ThePlan Part = "plan"
)

// Parts in their order.
var Parts = []Part{Worry, Change, Measure, ByWhen, ForHelp, IfNot, PlanB}

// Goal is one goal of a plan. What a part does not say is empty.
type Goal struct {
	ID        string   `yaml:"id"`
	Worry     string   `yaml:"worry"`
	Change    string   `yaml:"change"`
	Measure   string   `yaml:"measure"`
	StartBy   day.Date `yaml:"start_by"`
	HoldWeeks int      `yaml:"hold_weeks"` // how long the change must hold; 0: nobody said
	Help      []Help   `yaml:"help"`
	IfNot     string   `yaml:"if_not"`
	PlanB     string   `yaml:"plan_b"`
}

// Help is one thing that somebody does so that the goal can be reached.
type Help struct {
	What  string   `yaml:"what"`
	Who   string   `yaml:"who"`
	WhoIs string   `yaml:"who_is"` // "person", "team", or "" where nobody knows
	From  day.Date `yaml:"from"`
}

// Until is the day to which the change must hold; 0 when there is no day to start.
func (g *Goal) Until() day.Date {
	if g.StartBy == 0 {
		return 0
	}
	return g.StartBy.Add(7 * max(g.HoldWeeks, 0))
}

// texts of a part: one, or one for each help. by_when has none.
func (g *Goal) texts(p Part) []string {
	switch p {
	case Worry:
		return []string{g.Worry}
	case Change:
		return []string{g.Change}
	case Measure:
		return []string{g.Measure}
	case ForHelp:
		out := make([]string, len(g.Help))
		for i := range g.Help {
			out[i] = g.Help[i].What
		}
		return out
	case IfNot:
		return []string{g.IfNot}
	case PlanB:
		return []string{g.PlanB}
	}
	return nil
}

// Text is all that the goal says, one part a line.
func (g *Goal) Text() string {
	var lines []string
	for _, p := range Parts {
		for _, t := range g.texts(p) {
			if strings.TrimSpace(t) != "" {
				lines = append(lines, t)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// Plan is what is looked at: the goals as they are being written, and what they
// are held against.
type Plan struct {
	Child  string   `yaml:"child"`  // the given name
	Others []string `yaml:"others"` // people around the child, by the names the plan uses
	Goals  []Goal   `yaml:"goals"`
	// Before is the last version that was approved, its goals matched by id; Earlier
	// are the versions before that, the newest first.
	Before  []Goal   `yaml:"before"`
	Earlier [][]Goal `yaml:"earlier"`
	// Siblings are the goals of the plans of brothers and sisters.
	Siblings [][]Goal `yaml:"siblings"`
	ReviewOn day.Date `yaml:"review_on"` // the next review; 0: none is fixed
	Today    day.Date `yaml:"today"`
}

// Names are all names in the plan, for Read to skip.
func (p *Plan) Names() []string { return append([]string{p.Child}, p.Others...) }

// Text is all that the plan says.
func (p *Plan) Text() string {
	var lines []string
	for i := range p.Goals {
		if t := p.Goals[i].Text(); t != "" {
			lines = append(lines, t)
		}
	}
	return strings.Join(lines, "\n")
}

// Reading says how the whole plan reads.
func (p *Plan) Reading() Reading { return Read(p.Text(), p.Names()) }

// Note is one thing that was noticed.
type Note struct {
	Rule string
	Goal string // its id; empty for the plan as a whole
	Part Part
	// Help is which help of the goal, from 1; 0 when the note is not on one.
	Help  int
	Quote string // the weak words as they stand in the text; empty when something is missing
	// Quotes are all that the rule found in this text, each once, the first first.
	Quotes []string
	Says   string
	Asks   string
	Strong string // an example of the rule's own, for this part
	// Blocks: whoever approves must have it changed, or kept with a reason. Nothing
	// ever blocks saving.
	Blocks bool
	// OfKin: it was seen by looking at the plan of a brother or sister.
	OfKin bool
}
