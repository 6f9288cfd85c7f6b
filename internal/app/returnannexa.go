package app

import (
	"bytes"
	"context"
	"io"

	"onus/internal/child"
	"onus/internal/returns/annexa"
	"onus/internal/returns/annexacheck"
	"onus/internal/returns/report"
)

// listsMaking makes Ofsted's lists.
type listsMaking struct {
	o    ReturnOrder
	m    *annexa.Making
	n    int // children on a list
	ret  *annexa.Return
	lost annexa.Left
}

func newListsMaking(o ReturnOrder, names annexa.Names) *listsMaking {
	return &listsMaking{o: o, m: annexa.Make(annexa.Terms{Authority: o.Authority, On: o.On}, names)}
}

func (c *listsMaking) add(rec child.Record) (in bool, out string) {
	was := c.m.Left().NoNumber
	if in = c.m.Add(rec); in {
		c.n++
	}
	if c.m.Left().NoNumber > was {
		out = leftNumber
	}
	return in, out
}

func (c *listsMaking) done() error {
	c.ret, c.lost = c.m.Return()
	return nil
}

func (c *listsMaking) children() int { return c.n }

// check asks the rules about the workbook as it is written.
func (c *listsMaking) check(context.Context) (rep report.Report, ok bool, err error) {
	if c.n == 0 {
		return rep, false, nil
	}
	var b bytes.Buffer
	if err := annexa.Write(&b, c.ret); err != nil {
		return rep, false, err
	}
	rep, err = annexacheck.Check(bytes.NewReader(b.Bytes()), int64(b.Len()), annexacheck.Options{On: c.o.On})
	return rep, err == nil, err
}

func (c *listsMaking) filled() ([]report.Filled, error) { return annexacheck.Filled(c.ret), nil }

func (c *listsMaking) refused() []refusedChild { return nil }

func (c *listsMaking) left() []ReturnLeft {
	return leaves(noNumber(c.lost.NoNumber, c.o.Authority, "who belong on a list", "on it"), sameChild(c.lost.Same, "on the lists"))
}

func (c *listsMaking) tables() (out []ReturnTable) {
	for l := range annexa.ListCount {
		out = append(out, ReturnTable{l.String() + ", " + l.Title(), len(c.ret.Lists[l].Rows)})
	}
	return out
}

func (c *listsMaking) write(w io.Writer) (name, kind string, err error) {
	if c.n == 0 {
		return "", "", nothing(c.o)
	}
	return "annex-a-" + c.o.On.String() + ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", annexa.Write(w, c.ret)
}
