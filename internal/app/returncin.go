package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
)

// censusMaking makes a CIN census.
type censusMaking struct {
	o    ReturnOrder
	m    *cin.Making
	h    cin.Header
	all  []cin.Child
	lost cin.Left
	no   map[string][]string // numbers of children whom the schema refuses, with what is wrong
}

func newCensusMaking(o ReturnOrder, now day.Instant) *censusMaking {
	h := CensusHeader(o.year, o.Authority, o.Serial, now)
	return &censusMaking{o: o, h: h, m: cin.Make(h)}
}

// CensusHeader is the header of a census that an authority makes at a moment. serial says
// which file of the year it is.
func CensusHeader(year int, authority, serial string, made day.Instant) cin.Header {
	return cin.Header{Year: year, ReferenceDate: day.Of(year, 3, 31), SourceLevel: "L", LEA: authority, SoftwareCode: "Onus", SerialNo: serial,
		DateTime: made.Local().Format("2006-01-02T15:04:05")}
}

func (c *censusMaking) add(rec child.Record) (in bool, out string) {
	was := c.m.Left()
	in = c.m.Add(rec)
	switch is := c.m.Left(); {
	case is.NoNumber > was.NoNumber:
		out = leftNumber
	case is.NoReferral > was.NoReferral:
		out = leftReferral
	}
	return in, out
}

func (c *censusMaking) done() error {
	c.all, c.lost = c.m.Children()
	// The writer says whom the schema refuses, so that this is known before any file is made.
	_, err := c.xml(io.Discard)
	return err
}

// xml writes the file and says how many are in it. Whom the schema refuses is in no.
func (c *censusMaking) xml(w io.Writer) (in int, err error) {
	c.no = map[string][]string{}
	out := cin.NewWriter(w, c.h)
	for _, x := range c.all {
		var bad *cin.Incomplete
		if err := out.Child(x); errors.As(err, &bad) && bad.Child != "" {
			c.no[bad.Child] = append(c.no[bad.Child], bad.Reasons...)
		} else if err != nil {
			return in, err
		} else {
			in++
		}
	}
	if in == 0 { // a census without a child is none
		return 0, nil
	}
	return in, out.Close()
}

func (c *censusMaking) children() int { return len(c.all) - len(c.no) }

func (c *censusMaking) check(context.Context) (rep report.Report, ok bool, err error) {
	if c.children() == 0 {
		return rep, false, nil
	}
	r, w := io.Pipe() // the file as it is written, without a file
	go func() {
		_, err := c.xml(w)
		w.CloseWithError(err)
	}()
	rep, err = cincheck.Check(r, c.o.year)
	r.CloseWithError(io.ErrClosedPipe) // whoever writes must not wait for ever for a check that gave up
	return rep, err == nil, err
}

func (c *censusMaking) in() (out []cin.Child) {
	for _, x := range c.all {
		if c.no[x.LAchildID] == nil {
			out = append(out, x)
		}
	}
	return out
}

func (c *censusMaking) filled() ([]report.Filled, error) { return cincheck.Filled(c.h, c.in()) }

func (c *censusMaking) refused() (out []refusedChild) {
	for number, reasons := range c.no {
		x := refusedChild{number: number, code: leftSchema}
		for _, r := range reasons {
			if strings.HasPrefix(r, "CINdetails ") { // which episode it is differs from child to child
				_, r, _ = strings.Cut(r, ": ")
			}
			x.cells = append(x.cells, quoted.ReplaceAllString(r, ""))
		}
		out = append(out, x)
	}
	return out
}

func (c *censusMaking) left() []ReturnLeft {
	l := c.lost
	return leaves(noNumber(l.NoNumber, c.o.Authority, "of the year", "in the census"),
		ReturnLeft{leftReferral, l.NoReferral, "children had an open case in the year, and no referral is recorded: they are not in the census, which begins with one."},
		ReturnLeft{leftSchema, len(c.no), "children are not in it, since the schema of the year would refuse the file."},
		sameChild(l.Same, "in the census"),
		ReturnLeft{"", l.Sexes, "children have no sex recorded: U, not known, stands for it."},
		ReturnLeft{"", l.Ethnicities, "children have no ethnicity recorded: NOBT, not yet known, stands for it."},
		ReturnLeft{"", l.Sources, "referrals do not say by a code of the census who made them: 10, not known, stands for it."},
		ReturnLeft{"", l.Conferences, "conferences without an enquiry are not in it: an episode has a place for one, and the last stands there."})
}

func (c *censusMaking) tables() (out []ReturnTable) {
	fields, err := c.filled()
	if err != nil {
		return nil // the check says what is wrong
	}
	for _, f := range fields {
		if n := len(out); n == 0 || out[n-1].Table != f.Table {
			out = append(out, ReturnTable{f.Table, f.Rows})
		}
	}
	return out
}

func (c *censusMaking) write(w io.Writer) (name, kind string, err error) {
	in, err := c.xml(w)
	if err == nil && in == 0 {
		err = nothing(c.o)
	}
	return fmt.Sprintf("cin-%s-%s.xml", plainName(c.o.Year), c.o.Serial), "application/xml", err
}
