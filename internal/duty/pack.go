package duty

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/triage"
	"onus/internal/wording"
)

// Pack is a set of rules, checked and compiled. It is immutable.
type Pack struct {
	Name  string
	Rules []*Rule
	// Journeys are the parts of a child's way, in the order of the reference.
	Journeys []string
	// Layers are the texts that the pack was made of; none of a pack that was put
	// together from several that were adopted one after the other.
	Layers []Layer

	layer    int  // that is being read
	proposed bool // only to be priced: nobody has accepted anything yet
	cal      *day.Calendar
	registry *entry.Registry
	byID     map[string][]*Rule
	on       map[entry.Kind]*reactions
	slots    [128][]slot // the same
	sources  map[string]source
	scenes   map[string][]ExampleEvent
	sceneOf  map[string]int           // in which layer it stands
	offices  map[string]*day.Calendar // by team; of the others under ""
	born     []birthdays              // the birthdays that start clocks, youngest first
	follows  []follow                 // what running clocks follow, in order of time
	conds    map[string]*cond
	looks    []Looks    // the numbers of the last layer that gives any
	warnings []Warnings // the same
	hearings []Hearings // the same
	talks    []Supervision
	capacity []Capacity
	drift    []Drift      // the same
	letters  []Letter     // the same
	asks     []Question   // of an assessment: of every layer, a later one over the ones before
	meetings []Meetings   // the same
	triage   triage.Rules // of every layer, a later one over the ones before
	triages  []triages    // of a book: each adoption's, from its day
	worded   worded       // the same
	wording  *wording.Bank
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

// Text is one file of a pack.
type Text struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Layer is a folder of rules: the law of England, or what an authority lays
// over it. A rule of a later layer stands for every version of its id in the
// earlier ones.
type Layer struct {
	Name  string `json:"name"`
	Files []Text `json:"files"`
}

// ReadLayer reads every *.yaml in a folder.
func ReadLayer(fsys fs.FS, dir string) (Layer, error) {
	l := Layer{Name: path.Base(dir)}
	files, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return l, err
	}
	if len(files) == 0 {
		return l, Fault{File: dir, Text: "there are no rules here (*.yaml)"}
	}
	sort.Strings(files)
	for _, f := range files {
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			return l, err
		}
		l.Files = append(l.Files, Text{path.Base(f), string(b)})
	}
	return l, nil
}

// Load reads folders, the law first, checks them and runs their worked examples.
func Load(fsys fs.FS, cal *day.Calendar, reg *entry.Registry, dirs ...string) (*Pack, error) {
	layers, err := ReadLayers(fsys, dirs...)
	if err != nil {
		return nil, err
	}
	return LoadLayers(cal, reg, layers...)
}

// ReadLayers reads several folders.
func ReadLayers(fsys fs.FS, dirs ...string) (out []Layer, err error) {
	for _, dir := range dirs {
		l, err := ReadLayer(fsys, dir)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// LoadLayers makes a pack of layers, the law first, checks it and runs its
// worked examples. It gives every fault at once, joined.
func LoadLayers(cal *day.Calendar, reg *entry.Registry, layers ...Layer) (*Pack, error) {
	p, faults := compileLayers(cal, reg, layers)
	if len(faults) == 0 {
		faults = append(append(p.checkExamples(), p.RunExamples()...), wordingFaults(p.wording.RunExamples())...)
	}
	if err := p.triage.Check(); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	p.lighten()
	return p, nil
}

// lighten lets go of what worked examples are made of, once they have run: the
// texts in Layers have it. A pack lives as long as the program, and the
// collector would look through a hundred thousand small things each time.
func (p *Pack) lighten() {
	p.scenes = nil
	p.worded = worded{}
	for _, r := range p.Rules {
		r.Examples = slices.Clone(r.Examples)
		for i := range r.Examples {
			r.Examples[i].Given = nil
		}
	}
}

func newPack(name string, cal *day.Calendar, reg *entry.Registry) *Pack {
	return &Pack{Name: name, cal: cal, registry: reg, byID: map[string][]*Rule{}, on: map[entry.Kind]*reactions{},
		sources: map[string]source{}, scenes: map[string][]ExampleEvent{}, sceneOf: map[string]int{}, offices: map[string]*day.Calendar{}, conds: map[string]*cond{}}
}

func compileLayers(cal *day.Calendar, reg *entry.Registry, layers []Layer) (p *Pack, faults []error) {
	return newPack("", cal, reg).compileLayers(layers)
}

// Proposed makes a pack of layers to say what it would cost: without running
// worked examples, and though it may ask for less than the law.
func Proposed(like *Pack, layers []Layer) (*Pack, error) {
	p := newPack("", like.cal, like.registry)
	p.proposed = true
	if _, faults := p.compileLayers(layers); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return p, nil
}

// With is the pack with other numbers in every version of a rule, to say what
// they would cost. A zero span stays as it is.
func (p *Pack) With(id string, within, every, takes day.Span) (*Pack, error) {
	q := newPack(p.Name, p.cal, p.registry)
	q.proposed, q.sources, q.scenes, q.offices, q.Journeys = true, p.sources, p.scenes, p.offices, p.Journeys
	for _, r := range p.Rules {
		v := *r
		v.By = slices.Clone(v.By)
		if v.ID == id {
			if !within.IsZero() {
				if v.Every == v.Within {
					v.Every = day.Span{}
				}
				v.Within = within
			}
			if !every.IsZero() {
				v.Every = every
			}
			if !takes.IsZero() {
				v.Takes = takes
			}
			v.sum = [32]byte{}
		}
		q.Rules = append(q.Rules, &v)
	}
	q.index()
	if faults := q.compile(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return q, nil
}

func (p *Pack) compileLayers(layers []Layer) (_ *Pack, faults []error) {
	for i, l := range layers {
		p.Name, p.layer = l.Name, i
		for _, f := range l.Files {
			faults = append(faults, p.read(path.Join(l.Name, f.Name), []byte(f.Text))...)
		}
	}
	p.Layers = layers
	p.overlay()
	faults = append(faults, p.compileWording()...)
	if len(faults) == 0 {
		faults = p.compile()
	}
	return p, faults
}

// triages are the triage rules of an adoption, from its day.
type triages struct {
	from  day.Date
	rules *triage.Rules
}

// Triage is how urgent what came in is, by the rules of a day: nothing in it when no
// layer says. Rules that were adopted from a later day wait for it.
func (p *Pack) Triage(on day.Date) *triage.Rules {
	for _, x := range slices.Backward(p.triages) {
		if x.from <= on {
			return x.rules
		}
	}
	return &p.triage
}

// Title names the pack by its layers: "england + ours".
func (p *Pack) Title() string {
	if len(p.Layers) == 0 {
		return p.Name
	}
	var names []string
	for _, l := range p.Layers {
		names = append(names, l.Name)
	}
	return strings.Join(names, " + ")
}

// overlay lets the rules of later layers stand for those of earlier ones.
func (p *Pack) overlay() {
	last := map[string]int{}
	over := map[string]*Rule{}
	for _, r := range p.Rules {
		if r.layer > last[r.ID] {
			last[r.ID] = r.layer
		}
	}
	var keep []*Rule
	for _, r := range p.Rules {
		if r.layer < last[r.ID] {
			over[r.ID] = r // the newest version stands last in its file
			continue
		}
		r.over = over[r.ID]
		keep = append(keep, r)
	}
	p.Rules = keep
	p.index()
}

func (p *Pack) index() {
	clear(p.byID)
	for _, r := range p.Rules {
		p.byID[r.ID] = append(p.byID[r.ID], r)
	}
}

type packFile struct {
	Rules   []yaml.Node `yaml:"rules"`
	Sources []Carried   `yaml:"sources"`
	// Scenes are entries that several worked examples begin with.
	Scenes map[string][]ExampleEvent `yaml:"scenes"`
	// Journey is the part of a child's way that the file is about; Journeys is the
	// order in which a reference shows them.
	Journey  string   `yaml:"journey"`
	Journeys []string `yaml:"journeys"`
	// WorkingHours are when teams work; without a team, when all others do.
	WorkingHours []struct{ Team, From, To string } `yaml:"working_hours"`
	// Looks are what makes looks at records a question.
	Looks []Looks `yaml:"looks"`
	// Concerns are the times that concerns run by.
	Concerns []Warnings `yaml:"concerns"`
	// Hearings are the times that packs for a hearing run by.
	Hearings []Hearings `yaml:"hearings"`
	// Supervision is how often whoever is in a post is talked with.
	Supervision []Supervision `yaml:"supervision"`
	// Capacity is how hours owed are held against hours there are.
	Capacity []Capacity `yaml:"capacity"`
	// Drift is what makes a child's case a question in supervision.
	Drift []Drift `yaml:"drift"`
	// Letters are letters for the usual moments.
	Letters []Letter `yaml:"letters"`
	// Assessment are the questions that an assessment answers.
	Assessment []Question `yaml:"assessment"`
	// Meetings is what meetings about a child need.
	Meetings []Meetings `yaml:"meetings"`
	// Triage is how urgent what came in is.
	Triage triage.File `yaml:"triage"`
	// Wording is what is pointed out while a plan is written, and Gloss are words of the
	// system with plain words for them.
	Wording []yaml.Node    `yaml:"wording"`
	Gloss   []wording.Term `yaml:"gloss"`
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
		src, ok := p.sources[s.Of]
		if ok { // a later layer adds to it
			src.List, src.SilentOn = append(src.List, s.List...), append(src.SilentOn, s.SilentOn...)
		} else {
			src = source{Carried: s, file: file, holds: map[entry.Kind]bool{}}
		}
		for _, k := range s.List {
			if _, ok := p.registry.Known(entry.Kind(k)); !ok {
				faults = append(faults, Fault{File: file, Text: fmt.Sprintf("source %s: there is no kind of entry called %q", s.Of, k)})
			}
			src.holds[entry.Kind(k)] = true
		}
		p.sources[s.Of] = src
	}
	p.Journeys = append(p.Journeys, f.Journeys...)
	faults = append(faults, takeDated(file, "looks", &p.looks, f.Looks)...)
	faults = append(faults, takeDated(file, "concerns", &p.warnings, f.Concerns)...)
	faults = append(faults, takeDated(file, "hearings", &p.hearings, f.Hearings)...)
	faults = append(faults, takeDated(file, "supervision", &p.talks, f.Supervision)...)
	faults = append(faults, takeDated(file, "capacity", &p.capacity, f.Capacity)...)
	faults = append(faults, takeDated(file, "drift", &p.drift, f.Drift)...)
	faults = append(faults, takeDated(file, "letters", &p.letters, f.Letters)...)
	faults = append(faults, p.takeQuestions(file, f.Assessment)...)
	faults = append(faults, takeDated(file, "meetings", &p.meetings, f.Meetings)...)
	p.triage.Take(f.Triage)
	faults = append(faults, p.readWording(file, f.Wording, f.Gloss)...)
	for name, es := range f.Scenes {
		if layer, twice := p.sceneOf[name]; twice && layer == p.layer {
			faults = append(faults, Fault{File: file, Text: fmt.Sprintf("there are two scenes called %q", name)})
		}
		p.scenes[name], p.sceneOf[name] = es, p.layer
	}
	for _, h := range f.WorkingHours {
		w, err := day.ParseWorkday(h.From, h.To)
		if err != nil {
			faults = append(faults, Fault{File: file, Text: "working_hours: " + err.Error()})
		}
		p.offices[h.Team] = p.cal.In(w)
	}
	for _, n := range f.Rules {
		r := &Rule{File: file, Line: n.Line, Pack: p.Name, Journey: f.Journey, layer: p.layer}
		raw, err := yaml.Marshal(&n)
		if err == nil {
			err, r.sum = strict(raw, r), sha256.Sum256(raw)
		}
		if err != nil {
			faults = append(faults, nodeFault(file, r.ID, &n, err))
			continue
		}
		p.Rules = append(p.Rules, r)
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
// Has says whether a kind is among those it matches.
func (m Matches) Has(k entry.Kind) bool {
	return slices.Contains(m.Kind, string(k))
}

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
			m.Kind = append(m.Kind, Ordinal(one.Birthday)+" birthday")
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

// Of gives the rules of a part of a child's way, in the order of the pack.
func (p *Pack) Of(journey string) (out []*Rule) {
	for _, r := range p.Rules {
		if r.Journey == journey {
			out = append(out, r)
		}
	}
	return out
}
