package duty

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/internal/day"
)

// Change is how a rule differs between two packs.
type Change struct {
	Rule *Rule // the new one; the old one where it is gone
	What string
	// Says is each difference in words; empty where only the wording changed.
	Says []string
}

// What becomes of a rule.
const (
	NewRule  = "new"
	GoneRule = "gone"
	Changed  = "changed"
)

// Diff says what changes for clocks that start on a day when one pack follows
// another: rule by rule, in the order of ids.
func Diff(before, after *Pack, on day.Date) (out []Change) {
	was, will := before.inForceOn(on), after.inForceOn(on)
	for id, r := range will {
		old, ok := was[id]
		switch {
		case !ok:
			out = append(out, Change{Rule: r, What: NewRule})
		case old.sum != r.sum:
			out = append(out, Change{Rule: r, What: Changed, Says: differences(old, r)})
		}
	}
	for id, r := range was {
		if will[id] == nil {
			out = append(out, Change{Rule: r, What: GoneRule})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return cmp.Compare(a.Rule.ID, b.Rule.ID) })
	return out
}

func (p *Pack) inForceOn(on day.Date) map[string]*Rule {
	out := map[string]*Rule{}
	for _, r := range p.Rules {
		if r.inForce(on) {
			out[r.ID] = r
		}
	}
	return out
}

func differences(a, b *Rule) (says []string) {
	note := func(name, was, is string) {
		if was == is {
			return
		}
		says = append(says, fmt.Sprintf("%s: %s, before %s", name, cmp.Or(is, "nothing"), cmp.Or(was, "nothing")))
	}
	note("Duty", a.Duty, b.Duty)
	note("Time", a.Within.String(), b.Within.String())
	note("Then every", a.Every.String(), b.Every.String())
	note("Other times", a.variants(), b.variants())
	note("Starts", a.Starts.words(), b.Starts.words())
	note("Is met by", a.MetBy.words(), b.MetBy.words())
	note("While", a.While, b.While)
	note("Owed by", a.OwedBy, b.OwedBy)
	note("Climbs", a.climbs(), b.climbs())
	note("Takes", a.Takes.String(), b.Takes.String())
	note("Source", a.Source.Document, b.Source.Document)
	return says
}

func (r *Rule) variants() string {
	var out []string
	for _, v := range r.By {
		out = append(out, v.Within.String()+" when "+v.Why)
	}
	return strings.Join(out, "; ")
}

func (r *Rule) climbs() string {
	var out []string
	for _, c := range r.Climbs {
		out = append(out, fmt.Sprintf("%s after %s", c.To, c.After))
	}
	return strings.Join(out, ", ")
}

func (m Matches) words() string {
	if m.When == "" {
		return strings.Join(m.Kind, ", ")
	}
	return strings.Join(m.Kind, ", ") + " (" + m.When + ")"
}
