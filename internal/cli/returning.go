package cli

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/packed"
	"onus/internal/returns/ssda903"
)

// returnsCmd is for what returns are checked with.
type returnsCmd struct {
	Give returnsGiveCmd `cmd:"" help:"Keep data that rules of returns are checked with: last year's return, a postcode directory, a list of providers."`
	Data returnsDataCmd `cmd:"" help:"List what was given, newest first, and what counts now."`
}

type returnsGiveCmd struct {
	where
	What      string   `arg:"" enum:"last-year,postcodes,providers" help:"last-year, postcodes or providers."`
	Files     []string `arg:"" name:"file" help:"The files of last year's return (CSV, XML, or a zip of them), or the one CSV of the others."`
	Authority string   `placeholder:"CODE" help:"Of last year's return: the three digits of the authority that made it."`
	Year      string   `placeholder:"YEAR" help:"Of last year's return: its collection year, such as 2024/25."`
	Code      string   `placeholder:"CODE" help:"Of a postcode directory: the code that it has for this authority, such as E09000033."`
	From      string   `placeholder:"DATE" help:"From which day on it counts, as 01/04/2026. From today when not given."`
	About     string   `placeholder:"TEXT" help:"What it is, such as: ONS Postcode Directory, May 2026."`
}

func (c *returnsGiveCmd) Run(s stdio) error {
	order := app.DataOrder{What: c.What, About: c.About, Authority: c.Authority, Year: c.Year, Code: c.Code}
	if c.From != "" {
		if order.From, _ = ssda903.ParseDate(c.From); order.From == 0 {
			return wrong("%q is not a date. Write it as 31/03/2026", c.From)
		}
	}
	for _, f := range c.Files {
		if st, err := os.Stat(f); err != nil || st.IsDir() {
			return wrong("there is no file %s", f)
		}
		start, err := head(f)
		if err != nil {
			return err
		}
		if !packed.IsZip(start) {
			order.Files = append(order.Files, app.ReturnFile{Name: f, Open: func() (io.ReadCloser, error) { return os.Open(f) }})
			continue
		}
		files, shut, err := unzipped(f, f, start)
		if err != nil {
			return err
		}
		defer shut()
		order.Files = append(order.Files, files...)
	}
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	g, err := o.GiveReturnData(s.ctx, order, entry.System)
	if ps, ok := entry.Problems(err); ok && len(ps) > 0 {
		return wrong("%s", ps[0].Text)
	}
	if err != nil {
		return err
	}
	if _, err := o.Checkpoint(s.ctx); err != nil {
		return err
	}
	of := ""
	if g.Children > 0 {
		of = fmt.Sprintf(" of %d children", g.Children)
	}
	_, err = fmt.Fprintf(s.out, "%s: %d rows%s are kept, from %s. SHA-256 %s\n", c.What, g.Rows, of, g.From.Long(), g.SHA256)
	return err
}

type returnsDataCmd struct {
	where
}

func (c *returnsDataCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	l, err := o.Line(s.ctx)
	if err != nil {
		return err
	}
	all := l.Given()
	if len(all) == 0 {
		_, err := fmt.Fprintln(s.out, "Nothing was given yet.")
		return err
	}
	today := clock{}.Now().Date()
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "GIVEN\tWHAT\tOF\tFROM\tROWS\tCHILDREN\tCOUNTS\tBY\tABOUT")
	for i := len(all) - 1; i >= 0; i-- {
		g := all[i]
		of := g.Code
		if g.What == line.DataLastYear {
			of = g.Year + " " + g.Authority
		}
		counts := "replaced"
		if now, ok := l.DataFor(g.What, g.Authority, g.Year, today); ok && now.Data == g.Data {
			counts = "now"
		} else if g.From > today {
			counts = "later"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", g.Recorded.Long(), g.What, of, g.From, g.Rows, g.Children, counts, g.Author, g.About)
	}
	return t.Flush()
}
