package duty

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

func (p *Pack) compile() (faults []error) {
	for i, r := range p.Rules {
		r.n, r.cal = i, p.cal
		bad := func(format string, a ...any) {
			faults = append(faults, Fault{File: r.File, Line: r.Line, Rule: r.ID, Text: fmt.Sprintf(format, a...)})
		}
		switch {
		case r.ID == "" || r.Duty == "":
			bad("a rule needs id and duty")
		case r.Within.IsZero():
			bad("a rule needs within: how long there is")
		case r.Source.Status == "" || r.Source.Document == "":
			bad("a rule without a source is an opinion: give source.status and source.document")
		case len(r.MetBy.Kind) == 0:
			bad("nothing can meet this duty: give met_by")
		}
		if r.Repeats != "" && r.Repeats != "from the last that counted" {
			bad("repeats must be %q or left out", "from the last that counted")
		}
		if r.Overlap != "" && r.Overlap != "ignore" && r.Overlap != "moves" || r.Overlap == "moves" && r.CountedTo == "" {
			bad("overlap must be \"ignore\" or left out; or \"moves\" with counted_to")
		}
		if r.Running != "" && r.Running != "follow" {
			bad("running must be \"follow\" or left out")
		}
		if r.To != 0 && r.To <= r.From {
			bad("it would end on %s, before it begins on %s: no clock could start", r.To, r.From)
		}
		if r.Every.IsZero() {
			r.Every = r.Within
		}
		if !knownOwner(r.OwedBy) {
			bad("owed_by %q is neither a tier, a function, %q nor %q", r.OwedBy, AllocatedWorker, PostNamed)
		}
		if len(r.Climbs) == 0 {
			bad("an unmet duty must climb: give climbs")
		}
		for i, c := range r.Climbs {
			if c.After.IsZero() || c.After.N < 0 {
				bad("climb %d needs after: 0 days or more", i+1)
			}
			if i > 0 && c.To <= r.Climbs[i-1].To {
				bad("climb %d goes to %s, which is not above %s", i+1, c.To, r.Climbs[i-1].To)
			}
			if i > 0 && p.sooner(c.After, r.Climbs[i-1].After) {
				bad("climb %d, after %s, comes before climb %d, after %s", i+1, c.After, i, r.Climbs[i-1].After)
			}
			if owner, ok := line.ParseTier(r.OwedBy); ok && c.To <= owner {
				bad("climb %d goes to %s, but the %s owes it: a duty climbs above its owner", i+1, c.To, owner)
			}
		}
		if r.over != nil && !p.proposed {
			p.againstLaw(r, bad)
		}
		for _, other := range p.byID[r.ID] {
			if other != r && overlap(r, other) {
				bad("two rules of this id are in force at the same time")
				break
			}
		}
		if r.While == "" {
			r.While = "child.open"
		}
		var err error
		if r.while, err = p.cond(r.While, noEntry); err != nil {
			bad("while: %v", err)
		}
		if r.while != nil && r.while.never {
			bad("while: %q is never true, so no clock could start", r.While)
		}
		for i := range r.By {
			v := &r.By[i]
			if v.Within.IsZero() || v.When == "" || v.Why == "" {
				bad("by %d needs when, why and within", i+1)
			}
			if v.Every.IsZero() {
				v.Every = v.Within
			}
			if v.when, err = p.cond(v.When, noBody); err != nil {
				bad("by: %v", err)
			}
		}
		for _, k := range r.CountedFrom {
			if _, ok := p.registry.Known(entry.Kind(k)); !ok {
				bad("counted_from: there is no kind of entry called %q", k)
			}
		}
		if len(r.CountedFrom) > 0 && r.Repeats != "" {
			bad("a duty that repeats is counted from the last that counted, not from another entry: leave out counted_from")
		}
		if r.Early.Unit == day.Hours || r.Early.N < 0 {
			bad("early must be a number of days, weeks or months")
		}
		p.anchor(r, bad)
		r.starts = p.match(r.Starts, bad, "starts", func(on *reactions, c *cond) { on.starts = append(on.starts, reaction{rule: r, n: r.n, cond: c}) })
		r.meets = p.match(r.MetBy, bad, "met_by", func(on *reactions, c *cond) { on.meets = append(on.meets, reaction{rule: r, n: r.n, cond: c}) })
		for _, e := range r.Ends {
			if !slices.Contains([]State{Declined, StoodDown, Lapsed}, e.As) {
				bad("ends: as must be %q, %q or %q", Declined, StoodDown, Lapsed)
			}
			p.match(Matches{Any: []Match{{Kind: e.Kind, When: e.When}}}, bad, "ends", func(on *reactions, c *cond) { on.ends = append(on.ends, reaction{rule: r, n: r.n, cond: c, as: e.As}) })
		}
		for _, x := range r.Extends {
			if x.By.Unit != r.Within.Unit || x.By.N <= 0 {
				bad("extends: by must be a length in the unit of within")
			}
			p.match(Matches{Any: []Match{{Kind: x.Kind, When: x.When}}}, bad, "extends", func(on *reactions, c *cond) {
				on.extends = append(on.extends, reaction{rule: r, n: r.n, cond: c, by: x.By})
			})
		}
		if (len(r.Pauses.Any) > 0) != (len(r.Resumes.Any) > 0) || len(r.Pauses.Any) > 0 && (r.Within.Unit == day.Hours || r.Repeats != "") {
			bad("a clock that pauses needs resumes too, counts days or more, and does not repeat")
		}
		if len(r.Pauses.Any) > 0 {
			p.match(r.Pauses, bad, "pauses", func(on *reactions, c *cond) { on.pauses = append(on.pauses, reaction{rule: r, n: r.n, cond: c}) })
			p.match(r.Resumes, bad, "resumes", func(on *reactions, c *cond) { on.resumes = append(on.resumes, reaction{rule: r, n: r.n, cond: c}) })
		}
	}
	for k, on := range p.on {
		p.slots[place(k)] = append(p.slots[place(k)], slot{k, on})
	}
	slices.SortFunc(p.born, func(a, b birthdays) int { return a.age - b.age })
	faults = append(faults, p.contradictions()...)
	for _, s := range p.sources {
		for _, id := range s.SilentOn {
			if len(p.byID[id]) == 0 {
				faults = append(faults, Fault{File: s.file, Text: fmt.Sprintf("source %s: there is no rule %q to be silent on", s.Of, id)})
			}
		}
	}
	return faults
}

// contradictions are what two lines of one rule, or two rules, say against each
// other.
func (p *Pack) contradictions() (faults []error) {
	same := map[string]*Rule{}
	for _, r := range p.Rules {
		for _, m := range r.MetBy.Any {
			for _, e := range r.Ends {
				for _, k := range m.Kind {
					if slices.Contains(e.Kind, k) && m.When == e.When {
						faults = append(faults, Fault{File: r.File, Line: r.Line, Rule: r.ID, Text: fmt.Sprintf("%s both meets the duty and ends it as %s", k, e.As)})
					}
				}
			}
		}
		says := fmt.Sprint(r.Starts.Any, r.MetBy.Any, r.While, r.CountedTo, r.CountedFrom, r.Early, r.OwedBy)
		if other, ok := same[says]; ok && other.ID != r.ID && overlap(r, other) {
			faults = append(faults, Fault{File: r.File, Line: r.Line, Rule: r.ID, Text: fmt.Sprintf("it asks for the same work from the same start as %s (%s:%d): one of them is too many", other.ID, other.File, other.Line)})
		}
		same[says] = r
	}
	return faults
}

// againstLaw refuses a local rule that gives more time than the law which it
// stands for, unless somebody accepts that by name.
func (p *Pack) againstLaw(r *Rule, bad func(string, ...any)) {
	law := r.over
	if a := r.Accepted; a != nil && (a.By == "" || a.Why == "" || a.On == 0) {
		bad("accepted needs by, on and why")
	}
	if law.Source.Local() || r.Accepted != nil || law.CountedTo != "" || r.CountedTo != "" {
		return
	}
	for _, t := range []struct {
		name      string
		ours, its day.Span
	}{{"within", r.Within, law.Within}, {"every", r.Every, law.Every}} {
		if t.its.IsZero() || t.ours.IsZero() {
			continue
		}
		if p.sooner(t.its, t.ours) {
			bad("%s %s is more time than %s of the rule that it stands for (%s: %s). Whoever accepts that must be named: accepted: {by: ..., on: ..., why: ...}",
				t.name, t.ours, t.its, law.Source.Status, law.Source.Document)
		}
	}
}

// sooner says whether one length of time after a day can end before another.
// Christmas is looked at, where working days are fewest.
func (p *Pack) sooner(a, b day.Span) bool {
	for d := day.Of(2026, 12, 1); d < day.Of(2027, 1, 5); d++ {
		if climbAt(p.cal, p.cal.Due(day.On(d), day.Span{Unit: day.Days}), a) < climbAt(p.cal, p.cal.Due(day.On(d), day.Span{Unit: day.Days}), b) {
			return true
		}
	}
	return false
}

func overlap(a, b *Rule) bool {
	return (a.To == 0 || b.From < a.To) && (b.To == 0 || a.From < b.To)
}

func knownOwner(s string) bool {
	if _, ok := line.ParseTier(s); ok {
		return true
	}
	return s == AllocatedWorker || s == PostNamed || slices.Contains(line.Functions, s)
}

// reactions are what the rules do when an entry of a kind is met.
type reactions struct {
	starts, meets, ends      []reaction
	extends, pauses, resumes []reaction
}

type reaction struct {
	rule *Rule
	n    int      // the rule's number: what is asked first, without going to the rule
	cond *cond    // nil: every entry of the kind counts
	as   State    // of an end
	by   day.Span // of an extension
}

// slot is where the reactions to a kind stand.
type slot struct {
	kind entry.Kind
	on   *reactions
}

// place is the number of a kind's slots. It is quicker than a map's: every event
// asks.
func place(k entry.Kind) int {
	if k == "" {
		return 0
	}
	return (len(k)*31 + int(k[0])*7 + int(k[len(k)-1])) & (len(Pack{}.slots) - 1)
}

func (p *Pack) reactionsTo(k entry.Kind) *reactions {
	for _, s := range p.slots[place(k)] {
		if s.kind == k {
			return s.on
		}
	}
	return &noReactions
}

// match enters what a rule does under each kind that it names, and gives the kinds.
func (p *Pack) match(ms Matches, bad func(string, ...any), field string, enter func(*reactions, *cond)) []entry.Kind {
	if len(ms.Any) == 0 {
		bad("%s: name a kind of entry", field)
	}
	var out []entry.Kind
	for _, m := range ms.Any {
		if (len(m.Kind) == 0) == (m.Birthday == 0) {
			bad("%s: name a kind of entry", field)
		}
		if m.Birthday != 0 {
			p.atBirthday(m, bad, field, enter)
		}
		for _, name := range m.Kind {
			k := entry.Kind(name)
			if _, ok := p.registry.Known(k); !ok {
				bad("%s: there is no kind of entry called %q", field, name)
				continue
			}
			if slices.Contains(out, k) {
				bad("%s names %s twice: join the conditions with ||", field, name)
				continue
			}
			var c *cond
			if m.When != "" {
				var err error
				if c, err = p.cond(m.When, k); err != nil {
					bad("%s: %v", field, err)
					continue
				}
			}
			if p.on[k] == nil {
				p.on[k] = &reactions{}
			}
			enter(p.on[k], c)
			out = append(out, k)
		}
	}
	return out
}

// birthdays are what the rules do when a child reaches an age.
type birthdays struct {
	age int
	on  reactions
}

// atBirthday enters a start at a birthday.
func (p *Pack) atBirthday(m Match, bad func(string, ...any), field string, enter func(*reactions, *cond)) {
	if field != "starts" || m.Birthday < 0 || m.Birthday > 25 {
		bad("%s: a birthday, from 1 to 25, can only start a clock", field)
		return
	}
	var c *cond
	if m.When != "" {
		var err error
		if c, err = p.cond(m.When, birthday); err != nil {
			bad("%s: %v", field, err)
			return
		}
	}
	i := slices.IndexFunc(p.born, func(b birthdays) bool { return b.age == m.Birthday })
	if i < 0 {
		i = len(p.born)
		p.born = append(p.born, birthdays{age: m.Birthday})
	}
	enter(&p.born[i].on, c)
}

// Days that a rule can be counted to, beside "e." and a field of the start.
const (
	toBirth    = "expected birth"
	toBirthday = "birthday "
)

// anchor finds where the day is that a rule is counted to.
func (p *Pack) anchor(r *Rule, bad func(string, ...any)) {
	if r.CountedTo == "" {
		return
	}
	if r.Within.Clock() || len(r.CountedFrom) > 0 || r.Repeats != "" || len(r.Pauses.Any)+len(r.Extends)+len(r.By) > 0 {
		bad("a clock that is counted to a day counts days or more, does not repeat, and has no counted_from, by, extends or pauses")
	}
	if years, ok := strings.CutPrefix(r.CountedTo, toBirthday); ok {
		if n, err := strconv.Atoi(years); err != nil || n < 1 || n > 25 {
			bad("counted_to: %q is not a birthday from 1 to 25", r.CountedTo)
		}
		return
	}
	field, ok := strings.CutPrefix(r.CountedTo, "e.")
	if !ok {
		if r.CountedTo != toBirth {
			bad("counted_to must be a day in the entry that starts the clock (\"e.on\"), %q or \"birthday 18\"", toBirth)
		}
		return
	}
	r.anchor = map[entry.Kind][]int{}
	for _, m := range r.Starts.Any {
		if m.Birthday != 0 {
			bad("counted_to: a birthday has no field %q", field)
		}
		for _, name := range m.Kind {
			known, ok := p.registry.Known(entry.Kind(name))
			if !ok {
				continue // match says so
			}
			body := reflect.TypeOf(known.Zero)
			for i := range body.NumField() {
				f := body.Field(i)
				if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == field && f.Type == reflect.TypeFor[day.Date]() {
					r.anchor[entry.Kind(name)] = f.Index
				}
			}
			if r.anchor[entry.Kind(name)] == nil {
				bad("counted_to: %s has no day called %q", name, field)
			}
		}
	}
}
