package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

type rulesPriceCmd struct {
	where
	File   string   `arg:"" optional:"" help:"A file with new or changed rules (YAML), laid over those in force."`
	Rule   string   `help:"Instead of a file: the name of a rule, with other numbers." placeholder:"NAME"`
	Within day.Span `help:"With --rule: how long there would be." placeholder:"\"5 working days\""`
	Every  day.Span `help:"With --rule: the interval of the later ones." placeholder:"\"4 weeks\""`
	Takes  day.Span `help:"With --rule: how long the work would take." placeholder:"\"2 hours\""`
	Weeks  int      `help:"How many past weeks are replayed." default:"52"`
	Share  int      `help:"How many of 100 working hours are for duties. An example: put your own." default:"60"`
	JSON   bool     `help:"As JSON." name:"json"`
}

func (c *rulesPriceCmd) Run(s stdio) error {
	x := app.Proposal{Rule: c.Rule, Within: c.Within, Every: c.Every, Takes: c.Takes, Weeks: c.Weeks, Share: float64(c.Share) / 100}
	if c.File != "" {
		b, err := os.ReadFile(c.File)
		if err != nil {
			return wrong("the file cannot be read: %s", c.File)
		}
		x.File, x.Text = filepath.Base(c.File), string(b)
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	cost, err := o.Price(s.ctx, x)
	if ps, ok := entry.Problems(err); ok {
		var lines []error
		for _, p := range ps {
			lines = append(lines, errors.New(p.Text))
		}
		return Wrong{errors.Join(lines...)}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", " ")
		return enc.Encode(cost)
	}
	for _, line := range cost.Sentences() {
		fmt.Fprintln(s.out, line)
	}
	fmt.Fprintln(s.out)
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "TEAM\tHOURS A WEEK NOW\tTHEN\tTHERE ARE\tMISSING NOW\tTHEN\t")
	n := float64(len(cost.Weeks))
	for _, p := range cost.Teams {
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t\n", p.Name, p.Now.Hours/n, p.Then.Hours/n, p.Available/n, p.Short.Missing, p.Would.Missing)
	}
	fmt.Fprintln(t, "ROLE\t\t\t\t\t\t")
	for _, p := range cost.Roles {
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t\t\t\t\n", p.Name, p.Now.Hours/n, p.Then.Hours/n)
	}
	return t.Flush()
}
