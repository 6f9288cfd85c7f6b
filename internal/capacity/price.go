// Package capacity sets hours owed against hours available. It knows duties,
// records and the line. It must never know pages or storage, nor ask what time
// it is.
package capacity

import (
	"cmp"
	"maps"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Load is how many duties begin, and how many hours of work fall due.
type Load struct {
	Duties int     `json:"duties"`
	Hours  float64 `json:"hours"`
}

func (l *Load) add(o Load) { l.Duties, l.Hours = l.Duties+o.Duties, l.Hours+o.Hours }

// Pair is a load as the rules are, and as they would be.
type Pair struct {
	Now  Load `json:"now"`
	Then Load `json:"then"`
}

// More is what there would be more of: below zero, less.
func (p Pair) More() Load { return Load{p.Then.Duties - p.Now.Duties, p.Then.Hours - p.Now.Hours} }

// Week is one week of the time that was replayed.
type Week struct {
	From day.Date `json:"from"` // its Monday
	Pair
	Available float64 `json:"available"` // hours of all teams
}

// Part is a team, a role or a rule.
type Part struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Pair
	// Available are the hours of a team over the whole time; zero for others.
	Available float64 `json:"available,omitempty"`
	// Short is what does not fit into a team's hours, in order of the days on
	// which it is due: as the rules are, and as they would be.
	Short *Fit `json:"short_now,omitempty"`
	Would *Fit `json:"short_then,omitempty"`
	// Unseen says of a rule that nothing recorded could have met it: it counts as
	// owed, and nobody knows how it would go.
	Unseen bool `json:"nothing_recorded_could_have_met_it,omitempty"`
}

// Fit is whether a team's work can be done in its hours: by every day, the
// hours due until then must fit into the hours until then.
type Fit struct {
	From    day.Date `json:"first_week,omitzero"` // the first week at whose end work is left over
	Missing float64  `json:"hours_missing"`       // at the end
	Duties  float64  `json:"duties_missing"`      // about how many duties that is
}

// Cost is what other rules would cost.
type Cost struct {
	From, To day.Date
	Weeks    []Week  `json:"weeks"`
	Teams    []Part  `json:"teams"`
	Roles    []Part  `json:"roles"`
	Rules    []Part  `json:"rules"` // those that differ
	Children int     `json:"children"`
	Share    float64 `json:"share"` // of working hours that are for duties
}

// Total of all weeks.
func (c *Cost) Total() (p Pair) {
	for _, w := range c.Weeks {
		p.Now.add(w.Now)
		p.Then.add(w.Then)
	}
	return p
}

// Tally adds up what two packs ask for, child by child. One goroutine has it;
// several are put together with Merge.
type Tally struct {
	before, after *duty.Pack
	line          *line.Line
	from, to, now day.Date
	at            day.Instant
	weeks         []Pair
	teams         map[string][]Pair // by team and week
	roles, rules  map[string]*Pair
	seen          map[entry.Kind]bool
	children      int
	owners        map[line.Key]owner
	chains        []chain
}

type owner struct{ team, role string }

// NewTally begins to count from a Monday, for some weeks, as looked at from now.
func NewTally(before, after *duty.Pack, l *line.Line, from day.Date, weeks int, now day.Instant) *Tally {
	return &Tally{before: before, after: after, line: l, from: from, to: from.Add(7*weeks - 1), now: now.Date(), at: now, weeks: make([]Pair, weeks),
		teams: map[string][]Pair{}, roles: map[string]*Pair{}, rules: map[string]*Pair{}, seen: map[entry.Kind]bool{}, owners: map[line.Key]owner{}}
}

// chain is the time in which a rule's clock runs for a child, from one duty to
// the next.
type chain struct {
	rule       *duty.Rule
	start, due day.Date
	every      day.Span
	end        day.Date
	owner      line.Key
}

// Add counts one child. What a rule asks for is counted as if each duty was done
// on its last day, and the next began there: so a shorter interval costs more,
// though the visits of the past were made at the old one.
func (t *Tally) Add(rec child.Record) {
	t.children++
	for i := range rec.Events {
		t.seen[rec.Events[i].Kind] = true
	}
	t.count(t.before, rec, func(p *Pair) *Load { return &p.Now })
	t.count(t.after, rec, func(p *Pair) *Load { return &p.Then })
}

func (t *Tally) count(p *duty.Pack, rec child.Record, side func(*Pair) *Load) {
	t.chains = t.chains[:0]
	for d := range p.Each(rec, t.at) {
		end := t.now
		if d.State != duty.Open && d.State != duty.Stopped {
			end = d.Ended.Date
		}
		if d.Later {
			if i := slices.IndexFunc(t.chains, func(c chain) bool { return c.rule.ID == d.Rule.ID && c.end == d.Since.Date }); i >= 0 {
				t.chains[i].end, t.chains[i].every, t.chains[i].owner = end, d.Span, d.Owner
				continue
			}
		}
		c := chain{rule: d.Rule, start: d.Since.Date, due: d.Due.On, end: end, owner: d.Owner}
		if d.Rule.Repeats != "" {
			c.every = d.Rule.Every
		} else if d.State != duty.Lapsed && d.State != duty.StoodDown || end > d.Due.On {
			c.end = max(end, d.Due.On) // it was owed to its day, whenever it was done
		}
		t.chains = append(t.chains, c)
	}
	cal := p.Calendar()
	for _, c := range t.chains {
		o := t.owner(c.owner)
		for start, due := c.start, c.due; start <= t.to; {
			if start >= t.from {
				t.put(c.rule, o, start, Load{Duties: 1}, side)
			}
			if due > c.end || due > t.to {
				break
			}
			if due >= t.from {
				t.put(c.rule, o, due, Load{Hours: c.rule.Takes.Hours()}, side)
			}
			if c.every.IsZero() {
				break
			}
			next := cal.Due(day.On(due), c.every).On
			if next <= due || due >= c.end {
				break
			}
			start, due = due, next
		}
	}
}

func (t *Tally) put(r *duty.Rule, o owner, on day.Date, l Load, side func(*Pair) *Load) {
	w := int(on-t.from) / 7
	side(&t.weeks[w]).add(l)
	if t.teams[o.team] == nil {
		t.teams[o.team] = make([]Pair, len(t.weeks))
	}
	side(&t.teams[o.team][w]).add(l)
	for _, x := range []struct {
		in  map[string]*Pair
		key string
	}{{t.roles, o.role}, {t.rules, r.ID}} {
		if x.in[x.key] == nil {
			x.in[x.key] = new(Pair)
		}
		side(x.in[x.key]).add(l)
	}
}

// owner is in whose hours a duty falls, as the line stands now.
func (t *Tally) owner(k line.Key) owner {
	if o, ok := t.owners[k]; ok {
		return o
	}
	p, _ := t.line.Post(t.line.Resolve(k, t.now), t.now)
	o := owner{p.Team, p.Tier.String()}
	if p.Function != "" {
		o.role = p.Function
	}
	t.owners[k] = o
	return o
}

// Merge adds what another tally of the same time counted.
func (t *Tally) Merge(o *Tally) {
	t.children += o.children
	for i, w := range o.weeks {
		t.weeks[i].Now.add(w.Now)
		t.weeks[i].Then.add(w.Then)
	}
	for team, weeks := range o.teams {
		if t.teams[team] == nil {
			t.teams[team] = make([]Pair, len(t.weeks))
		}
		for i, w := range weeks {
			t.teams[team][i].Now.add(w.Now)
			t.teams[team][i].Then.add(w.Then)
		}
	}
	for _, x := range []struct{ to, from map[string]*Pair }{{t.roles, o.roles}, {t.rules, o.rules}} {
		for k, p := range x.from {
			if x.to[k] == nil {
				x.to[k] = new(Pair)
			}
			x.to[k].Now.add(p.Now)
			x.to[k].Then.add(p.Then)
		}
	}
	maps.Copy(t.seen, o.seen)
}

// Available are a team's hours for duties in the week from a Monday: the hours
// of its posts that somebody holds on the Wednesday, of which a share is for
// duties.
func Available(l *line.Line, team string, monday day.Date, share float64) (hours float64) {
	on := monday.Add(2)
	for _, p := range l.Posts(on) {
		if p.Team != team || !p.Stands(on) {
			continue
		}
		if h, ok := l.Holder(p.ID, on); ok && !l.Away(h.Person, on) {
			hours += p.Hours * share
		}
	}
	return hours
}

// Cost is what was counted. The share is how much of the working hours is for
// duties, from 0 to 1.
func (t *Tally) Cost(share float64) *Cost {
	c := &Cost{From: t.from, To: t.to, Children: t.children, Share: share}
	for i, w := range t.weeks {
		c.Weeks = append(c.Weeks, Week{From: t.from.Add(7 * i), Pair: w})
	}
	for _, team := range t.line.Teams() {
		weeks := t.teams[team.ID]
		if weeks == nil {
			weeks = make([]Pair, len(t.weeks))
		}
		p := Part{Key: team.ID, Name: team.Name}
		supply := make([]float64, len(weeks))
		for i, w := range weeks {
			supply[i] = Available(t.line, team.ID, t.from.Add(7*i), share)
			p.Available += supply[i]
			c.Weeks[i].Available += supply[i]
			p.Now.add(w.Now)
			p.Then.add(w.Then)
		}
		p.Short = t.fit(weeks, supply, func(p Pair) Load { return p.Now })
		p.Would = t.fit(weeks, supply, func(p Pair) Load { return p.Then })
		c.Teams = append(c.Teams, p)
	}
	for role, p := range t.roles {
		c.Roles = append(c.Roles, Part{Key: role, Name: role, Pair: *p})
	}
	slices.SortFunc(c.Roles, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Then.Hours, a.Then.Hours), cmp.Compare(a.Key, b.Key))
	})
	for _, x := range duty.Diff(t.before, t.after, t.now) {
		p := Part{Key: x.Rule.ID, Name: x.Rule.Duty}
		if have := t.rules[x.Rule.ID]; have != nil {
			p.Pair = *have
		}
		p.Unseen = x.What != duty.GoneRule && !slices.ContainsFunc(x.Rule.MetBy.Kind, func(k string) bool { return t.seen[entry.Kind(k)] })
		c.Rules = append(c.Rules, p)
	}
	return c
}

// fit carries what does not fit into a week's hours over to the next: in order
// of the days on which it is due, nothing that can be done is left.
func (t *Tally) fit(weeks []Pair, supply []float64, side func(Pair) Load) *Fit {
	var f Fit
	var all Load
	for i, w := range weeks {
		l := side(w)
		all.add(l)
		if f.Missing = max(0, f.Missing+l.Hours-supply[i]); f.Missing > 0.01 && f.From == 0 {
			f.From = t.from.Add(7 * i)
		}
	}
	if f.Missing < 0.01 {
		f.Missing = 0
	} else if all.Duties > 0 && all.Hours > 0 {
		f.Duties = f.Missing / (all.Hours / float64(all.Duties))
	}
	return &f
}
