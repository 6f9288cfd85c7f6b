// Package retention says how long a record is kept, under which law, and what
// holds it after that. The lengths are data (rulepacks/*/retention.yaml), read
// and checked here. It is pure, and knows records and days. It must never know
// duties, pages or storage, and it destroys nothing.
package retention

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// From is what a length of time runs from.
type From string

// What a length of time can run from.
const (
	Birth       From = "birth"
	Adult       From = "18th birthday"
	Death       From = "death"
	Closed      From = "closed"        // the day on which the case was last closed
	LastContact From = "last contact"  // the last day on which anything happened
	Named       From = "the day named" // the day given when somebody said what type of record it is: of an adoption order
)

var froms = []From{Birth, Adult, Death, Closed, LastContact, Named}

// Term is a length of time.
type Term struct {
	Keep   day.Span `yaml:"keep"`
	Starts From     `yaml:"starts"`
}

// Source is where a length of time comes from. Seen says whether it was read.
type Source struct {
	Status   string `yaml:"status" json:"status"`
	Document string `yaml:"document" json:"document"`
	Text     string `yaml:"text" json:"text,omitempty"`
	Seen     bool   `yaml:"seen" json:"seen"`
}

// Type is one type of record.
type Type struct {
	ID     string `yaml:"id"`
	Record string `yaml:"record"` // what it is, in words
	// Has are kinds of entry: a record with any of them is of this type. A type
	// without kinds is given by a person (child.KeptAs), or is every record's
	// where All is set.
	Has []entry.Kind `yaml:"has"`
	All bool         `yaml:"all"`
	// Terms must all be over.
	Terms []Term `yaml:"terms"`
	// DiedYoung takes their place when the child died before the 18th birthday.
	DiedYoung *Term  `yaml:"died_before_18"`
	Source    Source `yaml:"source"`
	// In force for records in which something last happened from this day, and
	// before that one.
	From     day.Date  `yaml:"from"`
	To       day.Date  `yaml:"to"`
	Examples []Example `yaml:"examples"`

	line int
}

// Example is a worked example, run whenever the pack is loaded.
type Example struct {
	Name   string         `yaml:"name"`
	Born   day.Date       `yaml:"born"`
	Died   day.Date       `yaml:"died"`
	Given  []ExampleEvent `yaml:"given"`
	Now    day.Date       `yaml:"now"`
	Expect struct {
		May     day.Date `yaml:"may"`     // the first day on which it may be disposed of; none: nobody can say
		Held    []string `yaml:"held"`    // what holds it
		Unknown string   `yaml:"unknown"` // what is not known, so that nobody can say
	} `yaml:"expect"`
}

// ExampleEvent is one entry of an example.
type ExampleEvent struct {
	On   string         `yaml:"on"`
	Kind string         `yaml:"kind"`
	Body map[string]any `yaml:"body"`
}

// Pack is the types of record, checked. It is immutable.
type Pack struct {
	Types []*Type
	file  string
}

// Load reads retention.yaml of a folder, checks it and runs its examples. It
// gives every fault at once, joined.
func Load(fsys fs.FS, dir string, reg *entry.Registry) (*Pack, error) {
	p := &Pack{file: path.Join(dir, "retention.yaml")}
	b, err := fs.ReadFile(fsys, p.file)
	if err != nil {
		return nil, err
	}
	var f struct {
		Retention []yaml.Node `yaml:"retention"`
	}
	if err := strict(string(b), &f); err != nil {
		return nil, p.fault(nil, err.Error())
	}
	var faults []error
	for _, n := range f.Retention {
		t := &Type{line: n.Line}
		raw, err := yaml.Marshal(&n)
		if err == nil {
			err = strict(string(raw), t)
		}
		if err != nil {
			faults = append(faults, p.fault(t, err.Error()))
			continue
		}
		p.Types = append(p.Types, t)
	}
	for _, t := range p.Types {
		for _, text := range p.check(t, reg) {
			faults = append(faults, p.fault(t, text))
		}
	}
	if !slices.ContainsFunc(p.Types, func(t *Type) bool { return t.All }) {
		faults = append(faults, p.fault(nil, "no type is every record's (all: true), so some records would have none"))
	}
	if len(faults) == 0 {
		for _, t := range p.Types {
			for _, x := range t.Examples {
				if err := p.example(t, x, reg); err != nil {
					faults = append(faults, p.fault(t, fmt.Sprintf("example %q: %v", x.Name, err)))
				}
			}
		}
	}
	return p, errors.Join(faults...)
}

func strict(text string, v any) error {
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	return dec.Decode(v)
}

func (p *Pack) fault(t *Type, text string) error {
	if t == nil {
		return fmt.Errorf("%s: %s", p.file, text)
	}
	return fmt.Errorf("%s:%d: %s: %s", p.file, t.line, t.ID, text)
}

func (p *Pack) check(t *Type, reg *entry.Registry) (faults []string) {
	bad := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if t.ID == "" || t.Record == "" {
		bad("a type needs id and record")
	}
	if t.Source.Status == "" || t.Source.Document == "" {
		bad("a length of time without a source is an opinion: give source.status and source.document, and say whether it was seen")
	}
	if len(t.Terms) == 0 || len(t.Examples) == 0 {
		bad("a type needs at least one term and one worked example")
	}
	terms := slices.Clone(t.Terms)
	if t.DiedYoung != nil {
		terms = append(terms, *t.DiedYoung)
	}
	for _, x := range terms {
		if x.Keep.N < 0 || x.Keep.IsZero() || x.Keep.Unit == day.Hours || x.Keep.Unit == day.WorkingDays {
			bad("keep must be a number of days, weeks, months or years")
		}
		if !slices.Contains(froms, x.Starts) {
			bad("starts must be one of %q", froms)
		}
		if x.Starts == Named && (len(t.Has) > 0 || t.All) {
			bad("only a type that a person gives has a day named")
		}
	}
	if t.All && len(t.Has) > 0 {
		bad("a type is every record's, or of records with some kinds: not both")
	}
	for _, k := range t.Has {
		if known, ok := reg.Known(k); !ok || known.On != "child" {
			bad("has: there is no kind of entry about a child called %q", k)
		}
	}
	for _, o := range p.Types {
		if o != t && o.ID == t.ID && (o.To == 0 || t.From < o.To) && (t.To == 0 || o.From < t.To) {
			bad("two types of this id are in force at the same time")
			break
		}
	}
	return faults
}

// Type finds a type by its id, the newest version of it.
func (p *Pack) Type(id string) (*Type, bool) {
	for i := len(p.Types) - 1; i >= 0; i-- {
		if p.Types[i].ID == id {
			return p.Types[i], true
		}
	}
	return nil, false
}

// Given says that a person says of a record that it is of this type: the
// entries alone do not show it.
func (t *Type) Given() bool { return !t.All && len(t.Has) == 0 }

// NeedsDay says that a day must be named with it.
func (t *Type) NeedsDay() bool {
	return slices.ContainsFunc(t.Terms, func(x Term) bool { return x.Starts == Named })
}

// Standing is how a record stands: how long it is kept, and what holds it.
type Standing struct {
	Type *Type
	// May is the first day on which it may be disposed of, if nothing holds it.
	// Zero: nobody can say, and Unknown says why.
	May     day.Date
	Unknown string
	Held    []string // what holds it, in words
}

// Over says whether its time is over on a day, held or not.
func (s Standing) Over(on day.Date) bool { return s.May != 0 && s.May <= on }

// Free says whether it may be disposed of on a day.
func (s Standing) Free(on day.Date) bool { return s.Over(on) && len(s.Held) == 0 }

// What holds a record whose time is over.
const (
	ByHold = "a legal hold"
	Open   = "the case is open"
)

// Of says how a record stands. Of several types that it is of, the one that
// keeps it longest counts: one whose end nobody can say, before all others.
func (p *Pack) Of(rec child.Record, now day.Instant) Standing {
	f := factsOf(rec)
	var s Standing
	for _, t := range p.Types {
		if !f.is(t) || t.From > f.last || t.To != 0 && f.last >= t.To {
			continue
		}
		may, unknown := f.end(t)
		if s.Type == nil || unknown != "" && s.Unknown == "" || unknown == "" && s.Unknown == "" && may > s.May {
			s.Type, s.May, s.Unknown = t, may, unknown
		}
	}
	if s.Type == nil {
		s.Unknown = "no type of record was in force when something last happened"
	}
	if len(rec.Holds()) > 0 {
		s.Held = append(s.Held, ByHold)
	}
	if rec.On(now).Open {
		s.Held = append(s.Held, Open)
	}
	return s
}

// facts are what the time of a record turns on.
type facts struct {
	kinds        map[entry.Kind]bool
	given        map[string]day.Date
	birth, death day.Date
	adult        day.Date
	closed, last day.Date
}

// aside are kinds that say nothing about the child's life with the authority.
var aside = []entry.Kind{"duty.climbed", "duty.stood-down", "import.kept", "hold.set", "hold.ended", "kept-as", "disposal.proposed", "disposal.refused", "entries.erased", "audit.sampled",
	"account.written", "record.restricted", "record.unrestricted", "record.restriction-reviewed", "record.let-in", "record.let-out", "glass.broken", "glass.reviewed", "relation.declared", "relation.ended"}

func factsOf(rec child.Record) facts {
	id := rec.Identity()
	f := facts{kinds: map[entry.Kind]bool{}, given: map[string]day.Date{}, birth: id.Birth, death: id.Death, adult: id.Adult()}
	open := false
	for ev, s := range rec.Life() {
		f.kinds[ev.Kind] = true
		if b, ok := ev.Body.(child.KeptAs); ok {
			f.given[b.Type] = b.On
		}
		if open && !s.Open {
			f.closed = ev.When.Date
		}
		open = s.Open
		if !slices.Contains(aside, ev.Kind) {
			f.last = max(f.last, ev.When.Date)
		}
	}
	return f
}

func (f facts) is(t *Type) bool {
	_, given := f.given[t.ID]
	return t.All || given || slices.ContainsFunc(t.Has, func(k entry.Kind) bool { return f.kinds[k] })
}

// end is the first day after a type's time.
func (f facts) end(t *Type) (may day.Date, unknown string) {
	terms := t.Terms
	if t.DiedYoung != nil && f.death != 0 && (f.adult == 0 || f.death < f.adult) {
		terms = []Term{*t.DiedYoung}
	}
	for _, x := range terms {
		from := map[From]day.Date{Birth: f.birth, Adult: f.adult, Death: f.death, Closed: f.closed, LastContact: f.last, Named: f.given[t.ID]}[x.Starts]
		if from == 0 {
			return 0, string(x.Starts) + " is not known"
		}
		may = max(may, after(from, x.Keep))
	}
	return may, ""
}

func after(from day.Date, s day.Span) day.Date {
	switch s.Unit {
	case day.Years: // of 29 February on 1 March: a day late rather than a day early
		y, m, d := from.Split()
		return day.Of(y+s.N, m, d)
	case day.Months:
		return from.AddMonths(s.N)
	case day.Weeks:
		return from.Add(7 * s.N)
	}
	return from.Add(s.N)
}

func (p *Pack) example(t *Type, x Example, reg *entry.Registry) error {
	rec := child.New("example")
	add := func(n int, w day.When, b entry.Body) {
		rec = child.Apply(rec, entry.Entry{ID: entry.ID(fmt.Sprintf("example-%d", n)), Kind: b.Kind(), Happened: w, Recorded: w.Until(), Body: b})
	}
	if x.Born != 0 || x.Died != 0 {
		add(0, day.On(max(x.Born, x.Died)), child.Known{Birth: x.Born, Death: x.Died})
	}
	for i, g := range x.Given {
		w, err := day.ParseWhen(g.On)
		if err != nil {
			return err
		}
		if g.Body == nil {
			g.Body = map[string]any{}
		}
		raw, err := json.Marshal(g.Body)
		if err != nil {
			return err
		}
		b, err := reg.Decode(entry.Kind(g.Kind), raw)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		add(i+1, w, b)
	}
	s := p.Of(rec, x.Now.End()-1)
	switch {
	case s.Type == nil || s.Type.ID != t.ID:
		return fmt.Errorf("the record is of the type %v", s.Type)
	case s.May != x.Expect.May:
		return fmt.Errorf("it may be disposed of from %s, expected %s", s.May, x.Expect.May)
	case s.Unknown != x.Expect.Unknown:
		return fmt.Errorf("not known: %q, expected %q", s.Unknown, x.Expect.Unknown)
	case !slices.Equal(s.Held, x.Expect.Held):
		return fmt.Errorf("held by %q, expected %q", s.Held, x.Expect.Held)
	}
	return nil
}

// String names a type.
func (t *Type) String() string {
	if t == nil {
		return "none"
	}
	return t.ID
}

// Terms in words: "75 years from birth", "3 years from the 18th birthday and 3
// years from the last contact, whichever is later".
func (t *Type) Lasts() string {
	var parts []string
	for _, x := range t.Terms {
		parts = append(parts, x.String())
	}
	out := strings.Join(parts, " and ")
	if len(parts) > 1 {
		out += ", whichever is later"
	}
	if t.DiedYoung != nil {
		out += "; " + t.DiedYoung.String() + " if the child died before 18"
	}
	return out
}

// String is a term in words.
func (x Term) String() string {
	from := map[From]string{Adult: "the 18th birthday", Closed: "the day the case was closed", LastContact: "the last contact", Named: "the order"}[x.Starts]
	if from == "" {
		from = string(x.Starts)
	}
	return x.Keep.String() + " from " + from
}
