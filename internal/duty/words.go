package duty

import (
	"fmt"
	"regexp"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Words is a rule as somebody reads it who never saw the rest.
type Words struct {
	Starts []string // what starts the clock
	Time   string   // how long there is, and how it is counted
	Other  []string // other times for some children
	Met    []string
	Ends   []string // how else it ends
	Longer []string // what makes the time longer, or stops the clock
	While  string   // as long as what it is owed; empty: while the case is open
	Owed   string
	Climbs string
}

// Words says a rule in words.
func (p *Pack) Words(r *Rule) Words {
	w := Words{Owed: r.OwedBy, Starts: p.matches(r.Starts), Met: p.matches(r.MetBy), Time: p.timeWords(r), While: "While " + plainly(r.While) + "."}
	if r.While == "child.open" {
		w.While = ""
	} else if r.While == "true" {
		w.While = "Until it is done, even when the case is closed."
	}
	for _, v := range r.By {
		s := fmt.Sprintf("%s, where %s", v.Within, v.Why)
		if r.Repeats != "" && v.Every != v.Within {
			s += fmt.Sprintf("; then every %s", v.Every)
		}
		w.Other = append(w.Other, s)
	}
	if len(r.By) > 0 {
		w.Other = append(w.Other, "When things change while a clock runs, it can become shorter, never longer; nobody is late before the change")
	}
	for _, e := range r.Ends {
		w.Ends = append(w.Ends, strings.Join(p.matches(Matches{Any: []Match{{Kind: e.Kind, When: e.When}}}), ", ")+": "+e.As.String())
	}
	for _, x := range r.Extends {
		w.Longer = append(w.Longer, strings.Join(p.matches(Matches{Any: []Match{{Kind: x.Kind, When: x.When}}}), ", ")+": "+x.By.String()+" more")
	}
	for _, s := range p.matches(r.Pauses) {
		w.Longer = append(w.Longer, s+": the clock stands still")
	}
	for _, s := range p.matches(r.Resumes) {
		w.Longer = append(w.Longer, s+": the clock goes on")
	}
	if !r.Beyond18 {
		w.Ends = append(w.Ends, "The 18th birthday: no longer owed")
	}
	var climbs []string
	for _, c := range r.Climbs {
		after := "at once"
		if c.After.N > 0 {
			after = "after " + c.After.String()
		}
		climbs = append(climbs, c.To.String()+" "+after)
	}
	w.Climbs = strings.Join(climbs, ", ")
	return w
}

// Counting says how a span is counted.
func Counting(s day.Span) string {
	switch {
	case s.Clock() && s.Unit == day.WorkingHours:
		return "Only hours in which the team works are counted."
	case s.Clock():
		return "Hours run day and night, from the minute it happened."
	case s.Beginning:
		return "The day of the event is day 1."
	case s.Unit == day.WorkingDays:
		return "The day of the event is day 0. Saturdays, Sundays and bank holidays are not counted."
	case s.Unit == day.Months || s.Unit == day.Years:
		return "From date to date; where the month is too short, to its last day."
	}
	return "The day of the event is day 0. Every day counts."
}

func (p *Pack) timeWords(r *Rule) string {
	if r.CountedTo != "" {
		what := "the day that was fixed"
		if r.CountedTo == toBirth {
			what = "the day on which the baby is expected"
		} else if n, ok := strings.CutPrefix(r.CountedTo, toBirthday); ok {
			what = "the birthday at " + n
		}
		return fmt.Sprintf("%s before %s. Fixed too late for that, it is due on the day on which it was fixed.", r.Within, what)
	}
	s := fmt.Sprintf("Within %s. %s", r.Within, Counting(r.Within))
	if from := p.countedFrom(r); from != "" {
		s += " Counted from the " + from + " before it."
	}
	if r.Repeats != "" {
		s += fmt.Sprintf(" Then every %s, from the last that counted.", r.Every)
	}
	if !r.Early.IsZero() {
		s += fmt.Sprintf(" Work done more than %s before the day does not count.", r.Early)
	}
	return s
}

func (p *Pack) matches(ms Matches) (out []string) {
	for _, m := range ms.Any {
		if m.Birthday != 0 {
			out = append(out, with("The "+Ordinal(m.Birthday)+" birthday", m.When))
		}
		for _, k := range m.Kind {
			title := k
			if known, ok := p.registry.Known(entry.Kind(k)); ok {
				title = known.Title
			}
			out = append(out, with(title, m.When))
		}
	}
	return out
}

func with(title, when string) string {
	if when == "" {
		return title
	}
	return title + " (" + plainly(when) + ")"
}

var (
	fields = regexp.MustCompile(`\b(?:e|child|before)\.([a-z_0-9]+)`)
	quoted = regexp.MustCompile(`'([^']*)'`)
)

// plainly makes a condition readable. It stays what it is: no word of it is
// left out.
func plainly(cond string) string {
	s := strings.NewReplacer("child.placement != ''", "the child has a placement", "!child.allocated", "there is no named worker", "e.section47", "a section 47 enquiry begins",
		"child.plan == ''", "there is no plan", "child.plan == 'cp'", "there is a protection plan", "child.plan == 'cin'", "there is a child in need plan",
		"e.of == 'cp'", "of a protection plan", "e.of == 'cin'", "of a child in need plan", "e.of == 'care'", "of the child's case in care", "e.asked != ''", "it says what else was tried",
		"child.looked_after", "the child is in care", "child.open", "the case is open", "before.enquiry", "an enquiry ran already", "!imported", "not from a file",
		"given(e.birth)", "the birth is told", "child.allocated", "there is a named worker", "child.undecided", "a referral waits", "child.assessing", "an assessment is under way",
		"child.plan", "the plan", "child.", "", "before.", "earlier ").Replace(cond)
	s = quoted.ReplaceAllStringFunc(s, func(q string) string {
		if q == "''" {
			return "nothing"
		}
		return strings.Trim(q, "'")
	})
	s = fields.ReplaceAllString(s, "$1")
	s = strings.NewReplacer("&&", "and", "||", "or", " == ", " is ", " != ", " is not ", " >= ", " at least ", " < ", " under ", " > ", " over ", " in [", " one of [", "_", " ").Replace(s)
	s = strings.NewReplacer("of is not ", "not ", "step is not ", "not ", "of is ", "", "step is ", "", "stage is ", "stage ", "step one of", "one of", "of one of", "one of", "outcome is ", "", "!", "not ").Replace(s)
	return s
}

// countedFrom is from what a rule's time is counted, where that is not its start.
func (p *Pack) countedFrom(r *Rule) string {
	var titles []string
	for _, k := range r.CountedFrom {
		if known, ok := p.registry.Known(entry.Kind(k)); ok && !(len(r.CountedFrom) > 1 && r.Starts.Has(known.Kind)) {
			titles = append(titles, strings.ToLower(known.Title))
		}
	}
	return strings.Join(titles, " or ")
}
