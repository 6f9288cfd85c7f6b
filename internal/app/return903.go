package app

import (
	"archive/zip"
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
	o    ReturnOrder
	m    *ssda903.Making
	ret  *ssda903.Return
	lost ssda903.Left
}

func newSSDA903Making(o ReturnOrder) *ssda903Making {
	return &ssda903Making{o: o, m: ssda903.Make(ssda903.Terms{Authority: o.Authority, Year: o.year})}
}

func (c *ssda903Making) add(rec child.Record) (in bool, out string) {
	was := c.m.Left().NoNumber
	if in = c.m.Add(rec); c.m.Left().NoNumber > was {
		out = leftNumber
	}
	return in, out
}

func (c *ssda903Making) done() error {
	c.ret, c.lost = c.m.Return()
	return nil
}

func (c *ssda903Making) children() int { return c.ret.This[ssda903.Header].Len() }

func (c *ssda903Making) check() (rep report.Report, ok bool, err error) {
	if c.children() == 0 {
		return rep, false, nil
	}
	rep, err = ssda903check.Run(c.ret, ssda903check.Options{Year: c.o.year, Authority: c.o.Authority})
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
	name = "ssda903-" + plainName(c.o.Year)
	if c.children() == 0 {
		return "", "", nothing(c.o)
	}
	if c.o.Format == "xml" {
		_, err = ssda903.WriteXML(w, c.ret)
		return name + ".xml", "application/xml", err
	}
	z := zip.NewWriter(w)
	for _, t := range c.ret.This {
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
