package duty

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// RunExamples runs every worked example of the pack and gives each that does
// not hold as a fault.
func (p *Pack) RunExamples() (faults []error) {
	for _, r := range p.Rules {
		for _, ex := range r.Examples {
			if err := p.runExample(r, ex); err != nil {
				faults = append(faults, Fault{File: r.File, Line: r.Line, Rule: r.ID, Text: fmt.Sprintf("example %q: %v", ex.Name, err)})
			}
		}
	}
	return faults
}

// checkExamples gives the rules of which no example shows a duty: it may be that
// nothing can start them.
func (p *Pack) checkExamples() (faults []error) {
	for _, r := range p.Rules {
		if len(r.Examples) == 0 {
			faults = append(faults, Fault{File: r.File, Line: r.Line, Rule: r.ID, Text: "a rule needs at least one worked example"})
		} else if !slices.ContainsFunc(r.Examples, func(x Example) bool { return len(x.Expect) > 0 }) {
			faults = append(faults, Fault{File: r.File, Line: r.Line, Rule: r.ID, Text: "no worked example shows this duty: is there anything that starts it?"})
		}
	}
	return faults
}

func (p *Pack) runExample(r *Rule, ex Example) error {
	now, err := day.ParseInstant(ex.Now)
	if err != nil {
		return err
	}
	rec := child.New("example")
	if ex.Born != 0 {
		rec = child.Apply(rec, entry.Entry{ID: "born", Kind: "child.known", Happened: day.On(ex.Born), Recorded: ex.Born.Start(), Body: child.Known{Birth: ex.Born}})
	}
	scene, ok := p.scenes[ex.Scene]
	if !ok && ex.Scene != "" {
		return fmt.Errorf("there is no scene called %q", ex.Scene)
	}
	for i, g := range slices.Concat(scene, ex.Given) {
		e, err := p.exampleEntry(i, g)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		rec = child.Apply(rec, e)
	}
	got := slices.DeleteFunc(p.Duties(rec, now), func(d Duty) bool { return d.Rule != r })
	if len(got) != len(ex.Expect) {
		return fmt.Errorf("%d duties follow (%s), %d were expected", len(got), describe(got), len(ex.Expect))
	}
	for i, want := range ex.Expect {
		d := &got[i]
		due := d.Due.On.String()
		if d.Due.Clock && strings.Contains(want.Due, "T") {
			due = d.Due.By.Local().Format("2006-01-02T15:04")
		}
		switch {
		case due != want.Due:
			return fmt.Errorf("duty %d is due %s, expected %s", i+1, due, want.Due)
		case d.State != want.State:
			return fmt.Errorf("duty %d is %q, expected %q", i+1, d.State, want.State)
		case d.Late(now) != want.Late:
			return fmt.Errorf("duty %d late: %v, expected %v", i+1, d.Late(now), want.Late)
		case want.Since != "" && d.Since.Date.String() != want.Since:
			return fmt.Errorf("duty %d is counted from %s, expected %s", i+1, d.Since.Date, want.Since)
		case want.Owner != "" && string(d.Owner) != want.Owner:
			return fmt.Errorf("duty %d is owed by %s, expected %s", i+1, d.Owner, want.Owner)
		}
	}
	return nil
}

func describe(ds []Duty) string {
	var out []string
	for _, d := range ds {
		out = append(out, fmt.Sprintf("due %s %s", d.Due.On, d.State))
	}
	return strings.Join(out, ", ")
}

func (p *Pack) exampleEntry(i int, g ExampleEvent) (entry.Entry, error) {
	w, err := day.ParseWhen(g.On)
	if err != nil {
		return entry.Entry{}, err
	}
	recorded := w.Until()
	if g.Recorded != "" {
		if recorded, err = day.ParseInstant(g.Recorded); err != nil {
			return entry.Entry{}, err
		}
	}
	if g.Body == nil {
		g.Body = map[string]any{}
	}
	raw, err := json.Marshal(g.Body)
	if err != nil {
		return entry.Entry{}, err
	}
	body, err := p.registry.Decode(entry.Kind(g.Kind), raw)
	if err != nil {
		return entry.Entry{}, err
	}
	e := entry.Entry{ID: entry.ID(fmt.Sprintf("example-%d", i+1)), Kind: body.Kind(), Happened: w, Recorded: recorded, Body: body, Raw: raw}
	if g.Import != "" {
		e.Source = entry.Source{Kind: "import", Of: g.Import}
		if g.AsOf != "" {
			if e.Source.AsOf, err = day.ParseInstant(g.AsOf); err != nil {
				return entry.Entry{}, err
			}
		}
	}
	return e, nil
}

// Explanation is how a duty's date was counted, in plain words.
type Explanation struct {
	Why     string   // why the duty exists
	Started string   // what started the clock, and when
	Counted []string // day by day, or in one line
	Due     string
	Skipped []string // the holidays that were not counted, by name
	// Days are the working days that were counted, each with its number; empty for
	// other ways of counting, and for more than a hundred.
	Days []string
}

// Explain says in plain words why a duty exists and how its date was counted.
func (p *Pack) Explain(d Duty, startTitle string) Explanation {
	x := Explanation{Why: d.Rule.About}
	x.Started = fmt.Sprintf("%s, %s.", startTitle, d.Since.Long())
	if from := p.countedFrom(d.Rule); from != "" {
		x.Started = fmt.Sprintf("%s. Where there is a %s before it, the time runs from there: here from %s.", startTitle, from, d.Since.Long())
	}
	if d.Shifted {
		x.Started = fmt.Sprintf("%s came from an imported file, which cannot say whether this was done before %s. So it is counted from that day, and nobody is called late for the time before.", startTitle, d.Since.Date.Long())
	}
	if d.Rule.CountedTo != "" {
		return d.explainTo(x, startTitle)
	}
	x.Counted = append(x.Counted, fmt.Sprintf("The rule allows %s.", day.Span{N: d.Span.N - int(d.Extra), Unit: d.Span.Unit, Beginning: d.Span.Beginning}))
	if d.Variant > 0 {
		x.Counted = append(x.Counted, "That is because "+d.Rule.By[d.Variant-1].Why+".")
	}
	if d.Sooner != 0 {
		x.Counted = append(x.Counted, fmt.Sprintf("Things changed on %s and the time became shorter. It is still counted from its start. Nobody is late for the days before.", d.Sooner.Full()))
	}
	if d.Extra > 0 {
		x.Counted = append(x.Counted, fmt.Sprintf("It was made longer by %s.", day.Span{N: int(d.Extra), Unit: d.Span.Unit}))
	}
	if d.Paused > 0 {
		x.Counted = append(x.Counted, fmt.Sprintf("The clock stood still for %s, which are not counted.", day.Span{N: int(d.Paused), Unit: day.Days}))
	}
	switch d.Span.Unit {
	case day.WorkingDays:
		cal := p.cal.KnownOn(d.Since.Date)
		x.Counted = append(x.Counted, fmt.Sprintf("%s is day 0. Saturdays, Sundays and bank holidays are not counted.", d.Since.Date.Full()))
		for on, n := d.Since.Date, 0; d.Span.N <= 100 && d.Paused == 0 && on < d.Due.On; {
			on = cal.AddWorking(on, 1)
			n++
			x.Days = append(x.Days, fmt.Sprintf("day %d: %s", n, on.Full()))
		}
		for _, h := range cal.Holidays(d.Since.Date+1, d.Due.On) {
			x.Skipped = append(x.Skipped, fmt.Sprintf("%s, %s", h.Date.Full(), h.Name))
		}
	case day.WorkingHours:
		cal := p.cal.KnownOn(d.Since.Date)
		x.Counted = append(x.Counted, "Only hours in which the team works are counted, not nights, Saturdays, Sundays and bank holidays.")
		for _, h := range cal.Holidays(d.Since.Date, d.Due.On) {
			x.Skipped = append(x.Skipped, fmt.Sprintf("%s, %s", h.Date.Full(), h.Name))
		}
	case day.Hours, day.Minutes:
		if d.Due.Clock {
			x.Counted = append(x.Counted, "Hours run day and night from the minute it happened.")
		} else {
			x.Counted = append(x.Counted, "The hour is not known, so the hours run from the end of that day.")
		}
	case day.Months, day.Years:
		x.Counted = append(x.Counted, "Months run from date to date; where the month is too short, to its last day.")
	default:
		x.Counted = append(x.Counted, fmt.Sprintf("%s is day 0; every day counts.", d.Since.Date.Full()))
	}
	x.Due = "Due by the end of " + d.Due.On.Full() + "."
	if d.State == Stopped {
		x.Due = "The clock stands still since " + d.StoppedOn.Full() + ". It goes on when what was asked for is there."
		return x
	}
	if d.Due.Clock {
		x.Due = "Due by " + d.Due.By.Clock() + " on " + d.Due.On.Full() + "."
	}
	return x
}

// explainTo explains a duty that must be met before a day.
func (d *Duty) explainTo(x Explanation, startTitle string) Explanation {
	what := "the day that was fixed"
	switch {
	case d.Rule.CountedTo == toBirth:
		what = "the day on which the baby is expected"
	case strings.HasPrefix(d.Rule.CountedTo, toBirthday):
		n, _ := strconv.Atoi(strings.TrimPrefix(d.Rule.CountedTo, toBirthday))
		what = "the " + Ordinal(n) + " birthday"
	}
	x.Started = fmt.Sprintf("%s, %s.", startTitle, d.Since.Long())
	if d.Span.N == 0 {
		x.Counted = append(x.Counted, "It must be done by "+what+".")
	} else {
		x.Counted = append(x.Counted, fmt.Sprintf("It must be done %s before %s.", d.Span, what))
	}
	x.Counted = append(x.Counted, "Where that day was fixed too late for this, it is due on the day on which it was fixed.")
	x.Due = "Due by the end of " + d.Due.On.Full() + "."
	return x
}

// Ordinal is 16th for 16.
func Ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}
