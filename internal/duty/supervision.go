package duty

import (
	"errors"
	"fmt"
	"slices"

	"onus/internal/day"
	"onus/internal/line"
)

// Supervision is how often somebody in a post above talks with whoever is in a
// post about their work, what a talk needs, and how one that is not held climbs,
// from a day on.
type Supervision struct {
	Every day.Span `yaml:"every" json:"every"`
	// First are the times for whoever is newly qualified, in order: each counts
	// until so long after the day on which that began.
	First []FirstTalks `yaml:"newly_qualified" json:"newly_qualified,omitempty"`
	// Climb is how many working days each post above has before the next is told.
	Climb int `yaml:"climb_working_days" json:"climb_working_days"`
	// Sign is how many working days each of the two has to sign.
	Sign int `yaml:"sign_working_days" json:"sign_working_days"`
	// Discuss is how long ago a child may have been talked about: a child of whom
	// it is longer is due in the next talk, with or without a question.
	Discuss day.Span `yaml:"discuss_each_within" json:"discuss_each_within"`
	// Group says that a talk of a group stands for a talk with each of them.
	Group bool `yaml:"group_counts" json:"group_counts"`
	// Copied is from when on a text counts as copied from last time's.
	Copied Copied `yaml:"copied" json:"copied"`
	// Not are functions whose posts nobody in the line supervises: they stand
	// outside it.
	Not    []string `yaml:"not_functions" json:"not_functions,omitempty"`
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
}

// FirstTalks is how often talks are owed for so long after somebody qualified.
type FirstTalks struct {
	Every day.Span `yaml:"every" json:"every"`
	Until day.Span `yaml:"until" json:"until"`
}

// Copied says when two texts are the same but for a few words: of the runs of so
// many words that either has, both have so many percent. Short texts are not asked.
type Copied struct {
	Run     int `yaml:"words_in_a_run" json:"words_in_a_run"`
	Percent int `yaml:"percent" json:"percent"`
	Least   int `yaml:"least_words" json:"least_words"`
}

func (x Supervision) check() error {
	var errs []error
	no := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	often := func(field string, s day.Span) {
		if s.Unit != day.Weeks && s.Unit != day.Months || s.N < 1 || s.Unit == day.Months && s.N > 3 || s.N > 13 {
			no("%s must be from 1 week to 3 months, in weeks or months, and is %q", field, s)
		}
	}
	often("every", x.Every)
	if !x.Discuss.IsZero() {
		often("discuss_each_within", x.Discuss)
	}
	last := 0.0
	for i, f := range x.First {
		often(fmt.Sprintf("newly_qualified, number %d: every", i+1), f.Every)
		if f.Until.Unit != day.Weeks && f.Until.Unit != day.Months || f.Until.N < 1 || f.Until.N > 24 {
			no("newly_qualified, number %d: until must be weeks or months, at most 24, and is %q", i+1, f.Until)
		}
		if d := roughDays(f.Until); d <= last {
			no("newly_qualified, number %d: it must last longer than the one before it", i+1)
		} else {
			last = d
		}
	}
	if x.Climb < 1 || x.Climb > 20 {
		no("climb_working_days must be from 1 to 20, and is %d", x.Climb)
	}
	if x.Sign < 0 || x.Sign > 20 {
		no("sign_working_days must be from 1 to 20, and is %d", x.Sign)
	}
	if c := x.Copied; c != (Copied{}) && (c.Run < 1 || c.Run > 8 || c.Percent < 50 || c.Percent > 100 || c.Least < c.Run) {
		no("copied: words_in_a_run must be from 1 to 8, percent from 50 to 100, and least_words at least a run")
	}
	for _, f := range x.Not {
		if !slices.Contains(line.Functions, f) {
			no("not_functions: there is no function called %q", f)
		}
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

// roughDays orders spans of weeks and of months.
func roughDays(s day.Span) float64 {
	if s.Unit == day.Months {
		return float64(s.N) * 30.4
	}
	return float64(s.N) * 7
}

func (x Supervision) since() day.Date { return x.From }

// Owed is how often a talk is owed from a day on to somebody who is newly qualified
// since a day; zero: they are not.
func (x Supervision) Owed(cal *day.Calendar, qualified, from day.Date) day.Span {
	if qualified != 0 {
		for _, f := range x.First {
			if from < cal.Due(day.On(qualified), f.Until).On {
				return f.Every
			}
		}
	}
	return x.Every
}

// Supervision is what is in force on a day; ok is false when a pack says nothing. For
// what rules do not say that were adopted before it was asked of them, what came with
// Onus then counts.
func (p *Pack) Supervision(on day.Date) (s Supervision, ok bool) {
	s, ok = inForce(p.talks, on)
	if s.Sign == 0 {
		s.Sign = 5
	}
	if s.Discuss.IsZero() {
		s.Discuss = day.Span{N: 8, Unit: day.Weeks}
	}
	if s.Copied == (Copied{}) {
		s.Copied = Copied{Run: 3, Percent: 60, Least: 8}
	}
	return s, ok
}

// NextTalk is the last day for the next talk with a person after a day.
func (p *Pack) NextTalk(s Supervision, l *line.Line, person string, after day.Date) day.Date {
	return p.cal.Due(day.On(after), s.Owed(p.cal, l.NewlyQualified(person), after)).On
}

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
			Next:  func(person string, d day.Date) day.Date { return p.NextTalk(s, l, person, d) },
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
	case line.Supervision, line.Promised:
		s, _ := p.Supervision(on)
		days = s.Climb
	}
	return o.OwedTo(on, days, p.cal.WorkingBetween)
}
