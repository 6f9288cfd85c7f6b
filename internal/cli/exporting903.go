package cli

import (
	"fmt"
	"io"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// export903Cmd makes a return from the records, writes it, and checks it.
type export903Cmd struct {
	where
	Year      string `help:"The collection year, such as 2025/26."`
	Authority string `placeholder:"CODE" help:"The three digits of the authority that makes it."`
	Format    string `help:"csv: a file for each table. xml: one file by the schema of 2021." enum:"csv,xml" default:"csv"`
	Out       string `required:"" placeholder:"DIR" help:"The folder to write into. It is made where there is none; no file in it is written over."`
}

func (c *export903Cmd) Run(s stdio) error {
	terms, err := ssda903Terms(c.Authority, c.Year)
	if err != nil {
		return err
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	ret, left, err := o.MakeSSDA903(s.ctx, terms)
	if err != nil {
		return err
	}
	write := c.csv
	if c.Format == "xml" {
		write = c.xml
	}
	if err := write(s, ret); err != nil {
		return err
	}
	if left.NoNumber > 0 {
		fmt.Fprintf(s.out, "%d children of the year have no number of the authority %s, and are not in the return.\n", left.NoNumber, c.Authority)
	}
	if left.Same > 0 {
		fmt.Fprintf(s.out, "%d records were found to be of a child with another record: that one is in the return.\n", left.Same)
	}
	if left.Liberty > 0 {
		fmt.Fprintf(s.out, "%d orders of deprivation of liberty are not in it: the return has them from %s.\n", left.Liberty, report.YearName(ssda903.FirstDoLo))
	}
	return c.check(s, ret, terms.Year)
}

func (c *export903Cmd) csv(s stdio, ret *ssda903.Return) error {
	for _, rows := range ret.This {
		if rows == nil {
			continue
		}
		name := rows.Table.FileName() + ".csv"
		if err := newFile(c.Out, name, func(w io.Writer) error { return ssda903.WriteCSV(w, rows) }); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %d rows\n", name, rows.Len())
	}
	return nil
}

func (c *export903Cmd) xml(s stdio, ret *ssda903.Return) error {
	var left map[ssda903.Table]int
	err := newFile(c.Out, "ssda903.xml", func(w io.Writer) (err error) {
		left, err = ssda903.WriteXML(w, ret)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "ssda903.xml: %d children\n", ret.This[ssda903.Header].Len())
	for t := range ssda903.TableCount {
		if n := left[t]; n > 0 {
			fmt.Fprintf(s.out, "%d rows of %s are not in it: the XML of 2021 has no place for them. Write CSV to have them.\n", n, t)
		}
	}
	return nil
}

// check asks the rules of the year about what was written, so that nobody sends it
// unseen. What they find is no fault of the writing: it is in the records.
func (c *export903Cmd) check(s stdio, ret *ssda903.Return, year int) error {
	if year < ssda903check.FirstYear || year > ssda903check.LastYear {
		fmt.Fprintf(s.out, "It was not checked: no rules are known for %s.\n", report.YearName(year))
		return nil
	}
	rep, err := ssda903check.Run(ret, ssda903check.Options{Year: year})
	if err != nil {
		return err
	}
	n := rep.Tally()
	_, err = fmt.Fprintf(s.out, "Checked by the rules of %s: %d found errors, %d could not run. To see them: onus validate ssda903 --year %s\n", rep.Year, n.Errors, n.CouldNotRun, rep.Year)
	return err
}
