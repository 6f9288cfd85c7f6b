package app

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"

	"onus/internal/child"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// ssda903Making makes a return of children looked after.
type ssda903Making struct {
	o     ReturnOrder
	m     *ssda903.Making
	ret   *ssda903.Return
	lost  ssda903.Left
	with  *returnWith
	reads bool
}

func newSSDA903Making(o ReturnOrder, with *returnWith) *ssda903Making {
	return &ssda903Making{o: o, with: with, m: ssda903.Make(ssda903.Terms{Authority: o.Authority, Year: o.year})}
}

func (c *ssda903Making) add(rec child.Record) (in bool, out string) {
	was := c.m.Left().NoNumber
	if in = c.m.Add(rec); c.m.Left().NoNumber > was {
		out = leftNumber
	}
	c.reads = c.with.add(rec)
	return in, out
}

// readsToo says whether last year's return told of the child that was put in last.
func (c *ssda903Making) readsToo() bool { return c.reads }

func (c *ssda903Making) used() []ReturnUsed { return c.with.used }

func (c *ssda903Making) done() error {
	c.ret, c.lost = c.m.Return()
	return nil
}

func (c *ssda903Making) children() int { return c.ret.This[ssda903.Header].Len() }

func (c *ssda903Making) check(ctx context.Context) (rep report.Report, ok bool, err error) {
	if c.children() == 0 {
		return rep, false, nil
	}
	o, err := c.with.beside(ctx, c.ret, c.o.year)
	if err != nil {
		return rep, false, err
	}
	rep, err = ssda903check.Run(c.ret, o)
	return rep, err == nil, err
}

func (c *ssda903Making) filled() ([]report.Filled, error) { return ssda903check.Filled(c.ret), nil }

func (c *ssda903Making) refused() []refusedChild { return nil }

func (c *ssda903Making) left() []ReturnLeft {
	return leaves(noNumber(c.lost.NoNumber, c.o.Authority, "of the year", "in the return"), sameChild(c.lost.Same, "in the return"),
		ReturnLeft{"", c.lost.Liberty, fmt.Sprintf("orders of deprivation of liberty are not in it: the return has them from %s.", report.YearName(ssda903.FirstDoLo))})
}

func (c *ssda903Making) tables() (out []ReturnTable) {
	for _, t := range c.ret.This {
		if t != nil {
			out = append(out, ReturnTable{t.Table.String(), t.Len()})
		}
	}
	return out
}

func (c *ssda903Making) write(w io.Writer) (name, kind string, err error) {
	if c.children() == 0 {
		return "", "", nothing(c.o)
	}
	return write903(w, c.o.Year, c.o.Format, c.ret)
}

// write903 writes a return in a format: xml, or csv for a zip with a file for each table.
func write903(w io.Writer, year, format string, ret *ssda903.Return) (name, kind string, err error) {
	name = "ssda903-" + plainName(year)
	if format == "xml" {
		_, err = ssda903.WriteXML(w, ret)
		return name + ".xml", "application/xml", err
	}
	z := zip.NewWriter(w)
	for _, t := range ret.This {
		if t == nil || err != nil {
			continue
		}
		var f io.Writer
		if f, err = z.Create(t.Table.FileName() + ".csv"); err == nil {
			err = ssda903.WriteCSV(f, t)
		}
	}
	return name + ".zip", "application/zip", errors.Join(err, z.Close())
}
