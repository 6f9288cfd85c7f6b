package duty

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"

	"onus/internal/day"
	"onus/internal/entry"
)

// Adopted brings rules into use: a named post says from which day on clocks
// start by them, and why. It holds their whole text, so that what was in force
// on any day can be read, and counted with, for ever.
type Adopted struct {
	Layers []Layer `json:"layers"`
	SHA256 string  `json:"sha256"` // of the layers as JSON
	Why    string  `json:"why"`
}

// Kind of the entry.
func (Adopted) Kind() entry.Kind { return "rules.adopted" }

// Check says what is missing.
func (b Adopted) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "why", b.Why, "Enter why these rules are adopted")
	if len(b.Layers) == 0 {
		ps = append(ps, entry.Problem{Field: "layers", Text: "There are no rules to adopt"})
	}
	if b.SHA256 != Sum(b.Layers) {
		ps = append(ps, entry.Problem{Field: "sha256", Text: "The sum is not that of the rules"})
	}
	return ps
}

// Sum is the SHA-256 of layers, in hex: one name for one set of rules.
func Sum(layers []Layer) string {
	b, err := json.Marshal(layers)
	if err != nil {
		return "" // they are texts
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Kinds are the entries that the rule book is made of.
func Kinds() []entry.Known {
	return []entry.Known{{Zero: Adopted{}, Title: "Rules adopted", About: "Rules came into use, from a day on.", On: "rules", Ahead: true}}
}

// Book is which rules were adopted, in the order of recording. Make it with
// FoldBook; it is immutable.
type Book struct{ list []Adoption }

// Adoption is one adoption as recorded.
type Adoption struct {
	Adopted
	ID       entry.ID
	From     day.Date // clocks that start from this day run by these rules
	Recorded day.Instant
	Author   string
	Post     string
}

// FoldBook adds up entries in recorded order.
func FoldBook(es []entry.Entry) Book {
	var b Book
	for _, e := range es {
		if a, ok := e.Body.(Adopted); ok {
			b.list = append(b.list, Adoption{a, e.ID, e.Happened.Date, e.Recorded, e.Author, e.Post})
		}
	}
	return b
}

// KnownAt is the book as it had been recorded by an instant.
func (b Book) KnownAt(t day.Instant) Book {
	n := sort.Search(len(b.list), func(i int) bool { return b.list[i].Recorded > t })
	return Book{b.list[:n]}
}

// Adoptions in the order of recording.
func (b Book) Adoptions() []Adoption { return slices.Clone(b.list) }

// Len is how many adoptions there are.
func (b Book) Len() int { return len(b.list) }

// Decide says which entries an adoption makes, or refuses with every fault of
// the rules. Rules in force are never taken back: they are followed by others.
func (b Book) Decide(reg *entry.Registry, cal *day.Calendar, who entry.Actor, from day.Date, layers []Layer, why string, at entry.Moment) ([]entry.Entry, error) {
	var ps []entry.Problem
	if _, err := LoadLayers(cal, reg, layers...); err != nil {
		ps = append(ps, Problems(err)...)
	}
	if from < at.Now.Date() && len(b.list) > 0 {
		ps = append(ps, entry.Problem{Field: "from", Text: "New rules can begin today or later: what was owed in the past stays as it was"})
	}
	if n := len(b.list); n > 0 && from < b.list[n-1].From {
		ps = append(ps, entry.Problem{Field: "from", Text: "Other rules were adopted from " + b.list[n-1].From.Long() + ". New ones cannot begin before that day"})
	}
	if n := len(b.list); n > 0 && b.list[n-1].SHA256 == Sum(layers) {
		ps = append(ps, entry.Problem{Field: "layers", Text: "These rules are in force already"})
	}
	e, err := reg.Seal(at, entry.TheRules, who, day.On(from), "", entry.Source{Kind: "page"}, Adopted{Layers: layers, SHA256: Sum(layers), Why: why})
	if more, refused := entry.Problems(err); refused {
		ps = append(ps, more...)
	} else if err != nil {
		return nil, err
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	return []entry.Entry{e}, nil
}

// Problems are the faults in an error as what to show beside the text that was
// given: each with its file, line and rule.
func Problems(err error) (ps []entry.Problem) {
	for _, f := range Faults(err) {
		ps = append(ps, entry.Problem{Field: "layers", Text: f.Error()})
	}
	if len(ps) == 0 && err != nil {
		ps = []entry.Problem{{Field: "layers", Text: err.Error()}}
	}
	return ps
}

// Faults are all faults in an error.
func Faults(err error) (out []Fault) {
	var f Fault
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			out = append(out, Faults(e)...)
		}
	} else if errors.As(err, &f) {
		out = []Fault{f}
	}
	return out
}

// Pack is what the book says: each clock runs by the rules that were in force
// on the day on which it started. Before the first adoption own is in force: an
// authority that wants none of it dates its first adoption long ago.
func (b Book) Pack(own *Pack) (*Pack, error) {
	if len(b.list) == 0 {
		return own, nil
	}
	parts := []part{{0, own}}
	for _, a := range b.list {
		from := a.From
		p, err := Reread(own, a.Layers)
		if err != nil {
			return nil, fmt.Errorf("the rules adopted on %s cannot be read by this version of Onus: %w", a.From, err)
		}
		parts = slices.DeleteFunc(parts, func(x part) bool { return x.from >= from })
		parts = append(parts, part{from, p})
	}
	return merge(own.cal, own.registry, parts)
}

// Reread makes a pack of layers that were checked when they were adopted,
// without running their worked examples again.
func Reread(like *Pack, layers []Layer) (*Pack, error) {
	p, faults := compileLayers(like.cal, like.registry, layers)
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	p.lighten()
	return p, nil
}

// part is a pack that is in force from a day until the next part's.
type part struct {
	from day.Date
	pack *Pack
}

// follow is a rule that clocks of its earlier versions follow from an instant.
type follow struct {
	at day.Instant
	to *Rule
}

// merge makes one pack of several, each in force for clocks that start in its
// time. What files can say, scenes and working hours are the last one's.
func merge(cal *day.Calendar, reg *entry.Registry, parts []part) (*Pack, error) {
	last := parts[len(parts)-1].pack
	p := newPack(last.Name, cal, reg)
	p.sources, p.scenes, p.offices, p.Journeys = last.sources, last.scenes, last.offices, last.Journeys
	for _, x := range parts { // the newest that gives any: rules adopted before there were such numbers give none
		given(&p.looks, x.pack.looks)
		given(&p.warnings, x.pack.warnings)
		given(&p.hearings, x.pack.hearings)
		given(&p.talks, x.pack.talks)
		given(&p.capacity, x.pack.capacity)
		given(&p.drift, x.pack.drift)
		given(&p.letters, x.pack.letters)
		given(&p.asks, x.pack.asks)
		given(&p.meetings, x.pack.meetings)
		if !x.pack.triage.Empty() {
			p.triages = append(p.triages, triages{x.from, &x.pack.triage})
		}
		if !x.pack.wording.Empty() {
			p.wording = x.pack.wording
		}
	}
	for i, x := range parts {
		until := day.Date(0)
		if i+1 < len(parts) {
			until = parts[i+1].from
		}
		for _, r := range x.pack.Rules {
			v := r.during(x.from, until)
			if v == nil || p.goesOn(v, r.sum) {
				continue
			}
			p.Rules = append(p.Rules, v)
			p.byID[v.ID] = append(p.byID[v.ID], v)
			if v.Running == "follow" && x.from != 0 && v.From == x.from {
				p.follows = append(p.follows, follow{x.from.Start(), v})
			}
		}
	}
	if faults := p.compile(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return p, nil
}

// during is the rule cut to a time; nil when it is not in force in it.
func (r *Rule) during(from, until day.Date) *Rule {
	v := *r
	v.By = slices.Clone(v.By) // it is compiled again
	v.From = max(v.From, from)
	if until != 0 && (v.To == 0 || v.To > until) {
		v.To = until
	}
	if v.To != 0 && v.To <= v.From {
		return nil
	}
	return &v
}

// goesOn lets a rule that was adopted again unchanged stay the same rule.
func (p *Pack) goesOn(v *Rule, sum [32]byte) bool {
	for _, have := range p.byID[v.ID] {
		if have.sum == sum && have.To == v.From && have.To != 0 {
			have.To = v.To
			return true
		}
	}
	return false
}
