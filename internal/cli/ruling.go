package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/retention"
	"onus/rulepacks"
)

type rulesCmd struct {
	Check     rulesCheckCmd     `cmd:"" help:"Read the rules and run their worked examples."`
	Explain   rulesExplainCmd   `cmd:"" help:"Say in plain words why a duty exists and how its date was counted."`
	Adopt     rulesAdoptCmd     `cmd:"" help:"Bring rules into use from a day on, in the name of a post: those that come with Onus, and a folder of your own over them."`
	Reference rulesReferenceCmd `cmd:"" help:"Write every rule in words, as Markdown."`
	Price     rulesPriceCmd     `cmd:"" help:"Say what a new or changed rule would cost in hours, against the hours there are."`
	Book      rulesBookCmd      `cmd:"" help:"List which rules were adopted, when and by whom."`
}

type rulesCheckCmd struct {
	Folder string `arg:"" optional:"" help:"A folder of an authority's own rules (*.yaml), laid over those that come with Onus. Without it, those alone."`
	Alone  bool   `help:"Check the folder by itself, not over those that come with Onus."`
}

func (c *rulesCheckCmd) Run(s stdio) error {
	pack, err := England()
	if c.Folder != "" {
		if _, err := os.Stat(c.Folder); err != nil {
			return wrong("there is no folder %s", c.Folder)
		}
		pack, err = c.folder()
	}
	if err != nil {
		return err
	}
	n := 0
	for _, r := range pack.Rules {
		n += len(r.Examples)
	}
	fmt.Fprintf(s.out, "%s: %d rules, %d worked examples, all hold.\n", pack.Title(), len(pack.Rules), n)
	if words := pack.AllWording(); !words.Empty() {
		fmt.Fprintf(s.out, "%s: %d rules of wording, %d worked examples, all hold; %d words explained.\n", pack.Title(), len(words.Rules()), words.Examples(), len(words.Terms()))
	}
	fsys, dir := fs.FS(rulepacks.FS), "england"
	if c.Folder != "" {
		fsys, dir = os.DirFS(filepath.Dir(filepath.Clean(c.Folder))), filepath.Base(filepath.Clean(c.Folder))
	}
	keep, err := retention.Load(fsys, dir, app.Registry())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a pack need not say how long records are kept
	}
	if err != nil {
		return No{err}
	}
	n = 0
	for _, t := range keep.Types {
		n += len(t.Examples)
	}
	fmt.Fprintf(s.out, "%s: %d types of record, %d worked examples, all hold.\n", dir, len(keep.Types), n)
	return nil
}

func (c *rulesCheckCmd) folder() (*duty.Pack, error) {
	var layers []duty.Layer
	if !c.Alone {
		under, err := duty.ReadLayers(rulepacks.FS, rulepacks.Layers...)
		if err != nil {
			return nil, err
		}
		layers = under
	}
	own, err := layer(c.Folder)
	if err != nil {
		return nil, err
	}
	return duty.LoadLayers(day.England(), app.Registry(), append(layers, own)...)
}

type rulesExplainCmd struct {
	where
	Duty string `arg:"" help:"The duty's id, as onus duties --json gives it."`
}

func (c *rulesExplainCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	d, x, err := o.ExplainDuty(s.ctx, c.Duty)
	if errors.Is(err, app.ErrNotFound) {
		return wrong("there is no duty with the id %s", c.Duty)
	}
	if err != nil {
		return err
	}
	lines := append([]string{d.Rule.Duty + ".", x.Why, x.Started}, x.Counted...)
	for _, h := range x.Skipped {
		lines = append(lines, "Not counted: "+h+".")
	}
	for _, d := range x.Days {
		lines = append(lines, "  "+d)
	}
	lines = append(lines, x.Due, fmt.Sprintf("Source (%s): %s", d.Rule.Source.Status, d.Rule.Source.Document))
	fmt.Fprintln(s.out, strings.Join(lines, "\n"))
	return nil
}

type rulesAdoptCmd struct {
	where
	Folder string   `arg:"" optional:"" help:"A folder with the authority's own rules (*.yaml), laid over the law and over the example of local policy that comes with Onus."`
	Bare   bool     `name:"without-example" help:"Leave the example of local policy out: what your rules do not ask for is then not owed, unless it is law."`
	From   day.Date `help:"Clocks that start from this day run by the new rules. Today when not given." placeholder:"DATE"`
	Why    string   `required:"" help:"Why these rules are adopted."`
	Post   string   `required:"" help:"The post that adopts them: a director's, or one above."`
	Person string   `required:"" help:"Who holds it."`
	Try    bool     `help:"Only say what would change."`
}

func (c *rulesAdoptCmd) Run(s stdio) error {
	under := rulepacks.Layers
	if c.Bare {
		under = rulepacks.Law
	}
	layers, err := duty.ReadLayers(rulepacks.FS, under...)
	if err == nil && c.Folder != "" {
		var own duty.Layer
		own, err = layer(c.Folder)
		layers = append(layers, own)
	}
	if err != nil {
		return err
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	if c.From == 0 {
		c.From = o.Clock.Now().Date()
	}
	p, err := o.Propose(s.ctx, layers, c.From)
	if err != nil {
		return faulty(err)
	}
	for _, x := range p.Changes {
		fmt.Fprintf(s.out, "%s: %s. %s\n", x.Rule.ID, x.What, strings.Join(x.Says, "; "))
	}
	if c.Try {
		fmt.Fprintf(s.out, "%d rules in all, %d would change from %s. Nothing was adopted.\n", p.Rules, len(p.Changes), c.From)
		return nil
	}
	if _, err := o.Adopt(s.ctx, entry.Actor{Person: c.Person, Post: c.Post}, app.Adoption{Layers: layers, From: c.From, Why: c.Why}); err != nil {
		return faulty(err)
	}
	fmt.Fprintf(s.out, "%d rules are in force from %s; %d changed.\n", p.Rules, c.From, len(p.Changes))
	return nil
}

// layer reads a folder of rules.
func layer(folder string) (duty.Layer, error) {
	if _, err := os.Stat(folder); err != nil {
		return duty.Layer{}, wrong("there is no folder %s", folder)
	}
	clean := filepath.Clean(folder)
	return duty.ReadLayer(os.DirFS(filepath.Dir(clean)), filepath.Base(clean))
}

// faulty is a refusal of rules with each fault in a line of its own.
func faulty(err error) error {
	ps, ok := entry.Problems(err)
	if !ok {
		return err
	}
	var lines []error
	for _, p := range ps {
		lines = append(lines, errors.New(p.Text))
	}
	return Wrong{errors.Join(lines...)}
}

type rulesBookCmd struct {
	where
}

func (c *rulesBookCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	b, err := o.Book(s.ctx)
	if err != nil {
		return err
	}
	if b.Len() == 0 {
		fmt.Fprintln(s.out, "Nobody has adopted rules. Those that come with Onus are in force.")
		return nil
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FROM\tRECORDED\tBY\tRULES\tWHY")
	for _, a := range b.Adoptions() {
		var names []string
		for _, l := range a.Layers {
			names = append(names, l.Name)
		}
		fmt.Fprintf(t, "%s\t%s\t%s, %s\t%s %s\t%s\n", a.From, a.Recorded.Local().Format("2006-01-02 15:04"), a.Author, a.Post, strings.Join(names, " + "), a.SHA256[:12], a.Why)
	}
	return t.Flush()
}
