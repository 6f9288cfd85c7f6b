package duty

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"onus/internal/day"
	"onus/internal/entry"
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
	scenes   map[string][]ExampleEvent
	offices  map[string]*day.Calendar // by team; of the others under ""
	born     []birthdays              // the birthdays that start clocks, youngest first
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
		sources: map[string]source{}, scenes: map[string][]ExampleEvent{}, offices: map[string]*day.Calendar{}, conds: map[string]*cond{}}
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
	// Scenes are entries that several worked examples begin with.
	Scenes map[string][]ExampleEvent `yaml:"scenes"`
	// WorkingHours are when teams work; without a team, when all others do.
	WorkingHours []struct{ Team, From, To string } `yaml:"working_hours"`
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
	for name, es := range f.Scenes {
		if _, twice := p.scenes[name]; twice {
			faults = append(faults, Fault{File: file, Text: fmt.Sprintf("there are two scenes called %q", name)})
		}
		p.scenes[name] = es
	}
	for _, h := range f.WorkingHours {
		w, err := day.ParseWorkday(h.From, h.To)
		if err != nil {
			faults = append(faults, Fault{File: file, Text: "working_hours: " + err.Error()})
		}
		p.offices[h.Team] = p.cal.In(w)
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
			if f := n.Content[i]; f.Value != "kind" && f.Value != "when" && f.Value != "birthday" {
				return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: field %s not found in a match: it has kind or birthday, and when", f.Line, f.Value)}}
			}
		}
		var one Match
		if err := n.Decode(&one); err != nil {
			return err
		}
		m.Any, m.Kind = append(m.Any, one), append(m.Kind, one.Kind...)
		if one.Birthday != 0 {
			m.Kind = append(m.Kind, ordinal(one.Birthday)+" birthday")
		}
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
