package duty

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Drift is something that a child's record shows about the work which makes the
// case a question in supervision: it goes on, and nothing shows that it helps. It is
// a fact with its rule, never a score.
type Drift struct {
	ID     string   `yaml:"id" json:"id"`
	Says   string   `yaml:"says" json:"says"`
	Asks   string   `yaml:"asks" json:"asks"` // the question that must be answered
	When   string   `yaml:"when" json:"when"` // one of driftWhens
	Of     string   `yaml:"of" json:"of,omitempty"`
	At     int      `yaml:"at" json:"at,omitempty"`
	Months int      `yaml:"months" json:"months,omitempty"`
	Days   int      `yaml:"days" json:"days,omitempty"`
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
}

// What a signal of drift looks at.
const (
	driftNotSeen = "not seen in time"
	driftAlone   = "not seen alone"
	driftWorkers = "workers"
	driftPlan    = "plan"
	driftLate    = "duty late"
	driftSame    = "same decision"
	driftHelp    = "help again"
	driftRedated = "day moved"
	driftFlat    = "numbers flat"
	driftSaid    = "only said"
	driftReviews = "before reviews"
)

var driftWhens = []string{driftNotSeen, driftAlone, driftWorkers, driftPlan, driftLate, driftSame, driftHelp, driftRedated, driftFlat, driftSaid, driftReviews}

func (x Drift) check() error {
	var errs []error
	if x.ID == "" || x.Says == "" || x.Asks == "" {
		errs = append(errs, errors.New("give its id, what it says, and the question it asks"))
	}
	if !slices.Contains(driftWhens, x.When) {
		errs = append(errs, fmt.Errorf("there is nothing to look at called %q", x.When))
	}
	counts := !slices.Contains([]string{driftNotSeen, driftLate}, x.When)
	if counts && (x.At < 1 || x.At > 60) || (x.When == driftAlone || x.When == driftSame || x.When == driftHelp || x.When == driftFlat) && x.At < 2 {
		errs = append(errs, fmt.Errorf("at cannot be %d", x.At))
	}
	if (x.When == driftWorkers) != (x.Months != 0) || x.Months < 0 || x.Months > 60 {
		errs = append(errs, errors.New("months is for workers, and must be from 1 to 60"))
	}
	if (x.When == driftReviews) != (x.Days != 0) || x.Days < 0 || x.Days > 60 {
		errs = append(errs, errors.New("days is for before reviews, and must be from 1 to 60"))
	}
	if (x.When == driftPlan) != (x.Of != "") || x.Of != "" && x.Of != "cp" && x.Of != "cin" {
		errs = append(errs, errors.New("of is for a plan: cp or cin"))
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Drift) since() day.Date { return x.From }

// Drifts are the signals of drift in force on a day, in the order of the pack.
func (p *Pack) Drifts(on day.Date) []Drift {
	return newestByID(p.drift, on, func(x Drift) string { return x.ID })
}

// SaidOnly is after how many entries that know a goal by words only it is asked about, on a
// day; nought where no rule asks.
func (p *Pack) SaidOnly(on day.Date) int {
	for _, x := range p.Drifts(on) {
		if x.When == driftSaid {
			return x.At
		}
	}
	return 0
}

// Signal is one that a child's record shows.
type Signal struct {
	Drift
	Facts string // what the record shows, with its days
}

// Signals are the signals of drift that a record shows at a moment; duties are all
// of the child's, at that moment. Of several lengths of a plan the longest counts.
func (p *Pack) Signals(r child.Record, duties []Duty, now day.Instant) (out []Signal) {
	on := now.Date()
	s := r.On(max(now, on.End()-1))
	talks, _ := p.Supervision(on)
	plan := -1
	for _, x := range p.Drifts(on) {
		facts := ""
		switch x.When {
		case driftNotSeen:
			facts = lateWords(duties, now, true)
		case driftLate:
			facts = lateWords(duties, now, false)
		case driftAlone:
			facts = notAlone(r, on, x.At)
		case driftWorkers:
			facts = workersWords(r, on, x)
		case driftPlan:
			if s.Plan == x.Of && on >= s.PlanSince.Date.AddMonths(x.At) {
				facts = "Since " + s.PlanSince.Date.Long() + "."
			}
		case driftSame:
			facts = sameAgain(r, on, x.At, talks.Copied)
		case driftHelp:
			facts = helpAgain(r, on, s.Since, x.At, talks.Copied)
		case driftRedated:
			facts = redated(r, on, s.Since, x.At)
		case driftFlat:
			facts = flat(r, on, s.Since, x.At)
		case driftSaid:
			facts = onlySaid(r, on, s.Since, x.At)
		case driftReviews:
			facts = beforeReviews(r, on, s.Since, x.At, x.Days)
		}
		switch {
		case facts == "":
			continue
		case x.When == driftPlan && plan >= 0:
			if out[plan].At < x.At {
				out[plan] = Signal{x, facts}
			}
			continue
		case x.When == driftPlan:
			plan = len(out)
		}
		out = append(out, Signal{x, facts})
	}
	return out
}

// lateWords names the open duties that are late: those to see the child, or the others.
func lateWords(duties []Duty, now day.Instant, seeing bool) (facts string) {
	n := 0
	for i := range duties {
		d := &duties[i]
		if d.State != Open || !d.Late(now) || slices.Contains(d.Rule.MetBy.Kind, "visit") != seeing {
			continue
		}
		if n++; n <= 6 {
			facts += d.Rule.Duty + ": was due " + d.Due.On.Long() + ". "
		}
	}
	if n > 6 {
		facts += "And " + strconv.Itoa(n-6) + " more. "
	}
	if facts != "" {
		facts = facts[:len(facts)-1]
	}
	return facts
}

// notAlone says when the last visits were at which the child was not seen alone, if
// they were at least so many. Nobody sees an unborn child alone.
func notAlone(r child.Record, on day.Date, n int) string {
	if r.Identity().Birth == 0 {
		return ""
	}
	facts, seen := "", 0
	for i := len(r.Events) - 1; i >= 0 && seen < n; i-- {
		ev := &r.Events[i]
		v, ok := ev.Body.(child.Visit)
		if !ok || ev.When.Date > on {
			continue
		}
		if v.Alone {
			return ""
		}
		what := "not seen"
		if v.Seen {
			what = "seen, not alone"
		}
		seen++
		facts = ev.When.Date.Long() + ", " + v.Where + ": " + what + ". " + facts
	}
	if seen < n {
		return ""
	}
	return facts[:len(facts)-1]
}

func workersWords(r child.Record, on day.Date, x Drift) string {
	from := on.AddMonths(-x.Months)
	var before string
	posts := map[string]bool{}
	for i := range r.Events {
		b, ok := r.Events[i].Body.(child.Allocation)
		if !ok || r.Events[i].When.Date > on {
			continue
		}
		if r.Events[i].When.Date <= from {
			before = b.Post
			continue
		}
		posts[b.Post] = true
	}
	if before != "" {
		posts[before] = true
	}
	if len(posts) < x.At {
		return ""
	}
	return strconv.Itoa(len(posts)) + " workers since " + from.Long() + "."
}

// sameAgain says on which days the same was decided, in nearly the same words.
func sameAgain(r child.Record, on day.Date, n int, c Copied) string {
	var last string
	facts, same := "", 0
	for i := len(r.Events) - 1; i >= 0 && same < n; i-- {
		ev := &r.Events[i]
		b, ok := ev.Body.(child.Supervision)
		if !ok || ev.When.Date > on {
			continue
		}
		if last != "" && !c.Again(last, b.Decided) {
			return ""
		}
		if last == "" && len(child.Words(b.Decided)) < c.Least {
			return ""
		}
		last = b.Decided
		same++
		if facts != "" {
			facts = " and on " + facts
		}
		facts = ev.When.Date.Long() + facts
	}
	if same < n {
		return ""
	}
	return "Decided on " + facts + "."
}

// Again says whether a text is another one again, but for a few words.
func (c Copied) Again(before, now string) bool {
	if len(child.Words(now)) < c.Least || len(child.Words(before)) < c.Least {
		return false
	}
	return child.Alike(before, now, c.Run)*100 >= float64(c.Percent)
}

// LastDiscussed is the last talk in which a child was spoken about, before one entry;
// ok is false when there was none. except is left out: the talk that goes on.
func LastDiscussed(r child.Record, except entry.ID) (ev child.Event, ok bool) {
	for i := len(r.Events) - 1; i >= 0; i-- {
		if _, is := r.Events[i].Body.(child.Supervision); is && r.Events[i].ID != except {
			return r.Events[i], true
		}
	}
	return ev, false
}
