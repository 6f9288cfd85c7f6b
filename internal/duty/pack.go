package duty

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"go.yaml.in/yaml/v3"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"reflect"
)

// Pack is a set of rules, checked and compiled. It is immutable.
type Pack struct {
	Name  string
	Rules []*Rule

	cal      *day.Calendar
	registry *entry.Registry
	byID     map[string][]*Rule
	on       map[entry.Kind]*reactions
	sources  map[string]source
	conds    map[string]*cond
	runners  sync.Pool
}

// Fault is a mistake in a rule pack: which file and line, what is wrong.
type Fault struct {
	File string
	Line int
	Rule string
	Text string
}

func (f Fault) Error() string {
	where := f.File
	if f.Line > 0 {
		where += fmt.Sprintf(":%d", f.Line)
	}
	if f.Rule != "" {
		where += ": " + f.Rule
	}
	return where + ": " + f.Text
}

// Load reads every *.yaml in a folder. It gives every fault at once, joined.
func Load(fsys fs.FS, dir string, cal *day.Calendar, reg *entry.Registry) (*Pack, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, Fault{File: dir, Text: "there are no rules here (*.yaml)"}
	}
	sort.Strings(files)
	p := &Pack{Name: path.Base(dir), cal: cal, registry: reg, byID: map[string][]*Rule{}, on: map[entry.Kind]*reactions{},
		sources: map[string]source{}, conds: map[string]*cond{}}
	var faults []error
	for _, f := range files {
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, err
		}
		faults = append(faults, p.read(f, b)...)
	}
	if len(faults) == 0 {
		faults = p.compile()
	}
	if len(faults) == 0 {
		faults = p.RunExamples()
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return p, nil
}

type packFile struct {
	Rules   []yaml.Node `yaml:"rules"`
	Sources []Carried   `yaml:"sources"`
	// Retention is another room's: how long records are kept. It is read there.
	Retention yaml.Node `yaml:"retention"`
}

func (p *Pack) read(file string, b []byte) (faults []error) {
	var f packFile
	dec := yaml.NewDecoder(strings.NewReader(string(b)))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		n, text := yamlText(err)
		return []error{Fault{File: file, Line: n, Text: text}}
	}
	for _, s := range f.Sources {
		src := source{Carried: s, file: file, holds: map[entry.Kind]bool{}}
		for _, k := range s.List {
			if _, ok := p.registry.Known(entry.Kind(k)); !ok {
				faults = append(faults, Fault{File: file, Text: fmt.Sprintf("source %s: there is no kind of entry called %q", s.Of, k)})
			}
			src.holds[entry.Kind(k)] = true
		}
		p.sources[s.Of] = src
	}
	for _, n := range f.Rules {
		r := &Rule{File: file, Line: n.Line, Pack: p.Name}
		raw, err := yaml.Marshal(&n)
		if err == nil {
			d := yaml.NewDecoder(strings.NewReader(string(raw)))
			d.KnownFields(true)
			err = d.Decode(r)
		}
		if err != nil {
			_, text := yamlText(err)
			at := n.Line
			if name, _, ok := strings.Cut(strings.TrimPrefix(text, "field "), " not found"); ok {
				at = lineOf(&n, name, at)
			}
			faults = append(faults, Fault{File: file, Line: at, Rule: r.ID, Text: text})
			continue
		}
		p.Rules = append(p.Rules, r)
		p.byID[r.ID] = append(p.byID[r.ID], r)
	}
	return faults
}

// yamlText takes the first line number out of what the YAML reader says.
func yamlText(err error) (n int, text string) {
	text = strings.TrimPrefix(err.Error(), "yaml: ")
	var te *yaml.TypeError
	if errors.As(err, &te) {
		text = strings.Join(te.Errors, "; ")
	}
	if _, err := fmt.Sscanf(text, "line %d:", &n); err == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	return n, text
}

// lineOf finds the line of a field of a rule; without one, the line given.
func lineOf(n *yaml.Node, field string, or int) int {
	for i, x := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && x.Value == field {
			return x.Line
		}
		if at := lineOf(x, field, 0); at != 0 {
			return at
		}
	}
	return or
}

// UnmarshalYAML reads one name or a list.
func (n *Names) UnmarshalYAML(v *yaml.Node) error {
	if v.Kind == yaml.ScalarNode {
		*n = Names{v.Value}
		return nil
	}
	return v.Decode((*[]string)(n))
}

// UnmarshalYAML reads one match or a list. It refuses unknown fields itself:
// the reader's own check does not reach into here.
func (m *Matches) UnmarshalYAML(v *yaml.Node) error {
	list := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		list = v.Content
	}
	for _, n := range list {
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if f := n.Content[i]; f.Value != "kind" && f.Value != "when" {
				return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: field %s not found in a match: it has kind and when", f.Line, f.Value)}}
			}
		}
		var one Match
		if err := n.Decode(&one); err != nil {
			return err
		}
		m.Any, m.Kind = append(m.Any, one), append(m.Kind, one.Kind...)
	}
	var when []string
	for _, one := range m.Any {
		switch {
		case one.When != "" && len(m.Any) == 1:
			when = append(when, one.When)
		case one.When != "":
			when = append(when, strings.Join(one.Kind, ", ")+": "+one.When)
		}
	}
	m.When = strings.Join(when, "; ")
	return nil
}

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
		case len(r.Examples) == 0:
			bad("a rule needs at least one worked example")
		}
		if r.Repeats != "" && r.Repeats != "from the last that counted" {
			bad("repeats must be %q or left out", "from the last that counted")
		}
		if r.Overlap != "" && r.Overlap != "ignore" {
			bad("overlap must be \"ignore\" or left out")
		}
		if r.Every.IsZero() {
			r.Every = r.Within
		}
		if !knownOwner(r.OwedBy) {
			bad("owed_by %q is neither a tier, a function nor %q", r.OwedBy, AllocatedWorker)
		}
		if len(r.Climbs) == 0 {
			bad("an unmet duty must climb: give climbs")
		}
		for i, c := range r.Climbs {
			if c.After.IsZero() {
				bad("climb %d needs after", i+1)
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
		if r.while, err = p.cond(r.While, ""); err != nil {
			bad("while: %v", err)
		}
		if _, ok := p.registry.Known(entry.Kind(r.CountedFrom)); r.CountedFrom != "" && !ok {
			bad("counted_from: there is no kind of entry called %q", r.CountedFrom)
		}
		if r.CountedFrom != "" && r.Repeats != "" {
			bad("a duty that repeats is counted from the last that counted, not from another entry: leave out counted_from")
		}
		if r.Early.Unit == day.Hours || r.Early.N < 0 {
			bad("early must be a number of days, weeks or months")
		}
		r.starts = p.match(r.Starts, bad, "starts", func(on *reactions, c *cond) { on.starts = append(on.starts, reaction{rule: r, cond: c}) })
		r.meets = p.match(r.MetBy, bad, "met_by", func(on *reactions, c *cond) { on.meets = append(on.meets, reaction{rule: r, cond: c}) })
		for _, e := range r.Ends {
			if !slices.Contains([]State{Declined, StoodDown, Lapsed}, e.As) {
				bad("ends: as must be %q, %q or %q", Declined, StoodDown, Lapsed)
			}
			p.match(Matches{Any: []Match{{e.Kind, e.When}}}, bad, "ends", func(on *reactions, c *cond) { on.ends = append(on.ends, reaction{rule: r, cond: c, as: e.As}) })
		}
		for _, x := range r.Extends {
			if x.By.Unit != r.Within.Unit || x.By.N <= 0 {
				bad("extends: by must be a length in the unit of within")
			}
			p.match(Matches{Any: []Match{{x.Kind, x.When}}}, bad, "extends", func(on *reactions, c *cond) { on.extends = append(on.extends, reaction{rule: r, cond: c, by: x.By}) })
		}
		if (len(r.Pauses.Any) > 0) != (len(r.Resumes.Any) > 0) || len(r.Pauses.Any) > 0 && (r.Within.Unit == day.Hours || r.Repeats != "") {
			bad("a clock that pauses needs resumes too, counts days or more, and does not repeat")
		}
		if len(r.Pauses.Any) > 0 {
			p.match(r.Pauses, bad, "pauses", func(on *reactions, c *cond) { on.pauses = append(on.pauses, reaction{rule: r, cond: c}) })
			p.match(r.Resumes, bad, "resumes", func(on *reactions, c *cond) { on.resumes = append(on.resumes, reaction{rule: r, cond: c}) })
		}
	}
	for _, s := range p.sources {
		for _, id := range s.SilentOn {
			if len(p.byID[id]) == 0 {
				faults = append(faults, Fault{File: s.file, Text: fmt.Sprintf("source %s: there is no rule %q to be silent on", s.Of, id)})
			}
		}
	}
	return faults
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
	return s == AllocatedWorker || slices.Contains(line.Functions, s)
}

// reactions are what the rules do when an entry of a kind is met.
type reactions struct {
	starts, meets, ends      []reaction
	extends, pauses, resumes []reaction
}

type reaction struct {
	rule *Rule
	cond *cond    // nil: every entry of the kind counts
	as   State    // of an end
	by   day.Span // of an extension
}

// match enters what a rule does under each kind that it names, and gives the kinds.
func (p *Pack) match(ms Matches, bad func(string, ...any), field string, enter func(*reactions, *cond)) []entry.Kind {
	if len(ms.Any) == 0 {
		bad("%s: name a kind of entry", field)
	}
	var out []entry.Kind
	for _, m := range ms.Any {
		if len(m.Kind) == 0 {
			bad("%s: name a kind of entry", field)
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

// Situation is what a condition can ask about the child, as "child".
type Situation struct {
	Open      bool   `expr:"open"`
	Undecided bool   `expr:"undecided"`
	Assessing bool   `expr:"assessing"`
	Enquiry   bool   `expr:"enquiry"`
	Allocated bool   `expr:"allocated"`
	Plan      string `expr:"plan"`
	Category  string `expr:"category"`
}

func situation(s *child.Status) Situation {
	return Situation{Open: s.Open, Undecided: s.Undecided, Assessing: s.Assessing, Enquiry: s.Enquiry, Allocated: s.Post != "", Plan: s.Plan, Category: s.Category}
}

// cond compiles a condition once for each kind whose entries it reads. In it,
// "e" is the entry's body with the names of its JSON, "imported" whether it came
// from a file, "child" the situation after it and "before" the one before it.
func (p *Pack) cond(text string, k entry.Kind) (*cond, error) {
	key := string(k) + " " + text
	if c, ok := p.conds[key]; ok {
		return c, nil
	}
	env := map[string]any{"child": Situation{}}
	opts := []expr.Option{expr.AsBool()}
	if k != "" {
		known, _ := p.registry.Known(k)
		env["e"], env["before"], env["imported"] = known.Zero, Situation{}, false
		opts = append(opts, expr.Patch(jsonNames{reflect.TypeOf(known.Zero)}))
	}
	opts = append(opts, expr.Env(env))
	prog, err := expr.Compile(text, opts...)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("the condition %q cannot be read: %s", text, first)
	}
	c := &cond{text: text, prog: prog, n: len(p.conds)}
	if k != "" {
		c.body = reflect.TypeOf(env["e"])
		c.plain = plain(prog.Node(), c.body)
	}
	p.conds[key] = c
	return c, nil
}

// plain reads a condition that asks only whether fields of the entry are true
// or hold a word, as "e.seen && e.alone" or "e.of == 'cp'". Every visit is asked
// such things by several rules, and starting the machine for it takes longer
// than all else that is done with the visit. It is nil for a condition that asks
// more: the machine answers that.
func plain(n ast.Node, body reflect.Type) func(reflect.Value) bool {
	if i := fieldOf(n, body, reflect.Bool); i != nil {
		return func(v reflect.Value) bool { return v.FieldByIndex(i).Bool() }
	}
	b, ok := n.(*ast.BinaryNode)
	if !ok {
		return nil
	}
	i := fieldOf(b.Left, body, reflect.String)
	if word, ok := b.Right.(*ast.StringNode); ok && i != nil && (b.Operator == "==" || b.Operator == "!=") {
		is := b.Operator == "=="
		return func(v reflect.Value) bool { return (v.FieldByIndex(i).String() == word.Value) == is }
	}
	if x, y := plain(b.Left, body), plain(b.Right, body); b.Operator == "&&" && x != nil && y != nil {
		return func(v reflect.Value) bool { return x(v) && y(v) }
	}
	return nil
}

// fieldOf is where a body has the field that a node of a condition names; nil
// when it names none of that kind.
func fieldOf(n ast.Node, body reflect.Type, kind reflect.Kind) []int {
	m, ok := n.(*ast.MemberNode)
	if !ok {
		return nil
	}
	of, ok := m.Node.(*ast.IdentifierNode)
	prop, ok2 := m.Property.(*ast.StringNode)
	if !ok || !ok2 || of.Value != "e" {
		return nil
	}
	if f, ok := body.FieldByName(prop.Value); ok && f.Type.Kind() == kind {
		return f.Index
	}
	return nil
}

// jsonNames lets a condition use the names of the JSON form: e.seen, not e.Seen.
type jsonNames struct{ body reflect.Type }

func (j jsonNames) Visit(n *ast.Node) {
	m, ok := (*n).(*ast.MemberNode)
	if !ok {
		return
	}
	of, ok := m.Node.(*ast.IdentifierNode)
	prop, ok2 := m.Property.(*ast.StringNode)
	if !ok || !ok2 || of.Value != "e" {
		return
	}
	for i := range j.body.NumField() {
		f := j.body.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == prop.Value {
			prop.Value = f.Name
			return
		}
	}
}

// Rule finds the rule of an id that was in force on a day; the first of the
// id when none was.
func (p *Pack) Rule(id string, on day.Date) (*Rule, bool) {
	rs := p.byID[id]
	for _, r := range rs {
		if r.inForce(on) {
			return r, true
		}
	}
	if len(rs) > 0 {
		return rs[0], true
	}
	return nil, false
}

// then gives the version of a rule that is in force on a day: what a clock that
// starts again on that day follows. There is none when the rule was ended.
func (p *Pack) then(r *Rule, on day.Date) (*Rule, bool) {
	if r.inForce(on) {
		return r, true
	}
	for _, v := range p.byID[r.ID] {
		if v.inForce(on) {
			return v, true
		}
	}
	return nil, false
}

func (r *Rule) inForce(on day.Date) bool { return r.From <= on && (r.To == 0 || on < r.To) }

// Calendar that the pack counts with.
func (p *Pack) Calendar() *day.Calendar { return p.cal }
