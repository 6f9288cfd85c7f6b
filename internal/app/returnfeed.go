package app

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/returns/dailyfeed"
	"onus/internal/returns/report"
)

// feedReturn makes the daily feed.
type feedReturn struct {
	m    *feedMade
	n    int // children of whom it tells
	full dailyfeed.Filling
	out  Feed
}

func newFeedMaking(m *feedMade) *feedReturn {
	f := &feedReturn{m: m}
	m.told = f.full.Add
	return f
}

func (c *feedReturn) add(rec child.Record) (in bool, out string) {
	was := c.m.out.NoNumber
	if in = c.m.add(rec); in {
		c.n++
	}
	if c.m.out.NoNumber > was {
		out = leftNumber
	}
	return in, out
}

func (c *feedReturn) done() error {
	if c.m.err != nil {
		return c.m.err
	}
	c.out = c.m.feed()
	return nil
}

// children is how many of them the Department's document lets through.
func (c *feedReturn) children() int { return c.n - len(c.out.Unfit) }

// check: the feed has no rules but the Department's document, and that no number is two
// children's. Each child was held against them when it was made.
func (c *feedReturn) check(context.Context) (rep report.Report, ok bool, err error) {
	if c.n == 0 {
		return rep, false, nil
	}
	rep.Return = "Daily feed"
	failed := map[string]bool{}
	for _, x := range c.refused() {
		failed[x.code] = true
	}
	for _, r := range ownRules[ReturnFeed] {
		if r.Severity != ReturnError {
			continue
		}
		v := report.Verdict{Rule: report.Rule{Code: r.Code, Severity: report.Error, Level: report.OfChild, Says: r.Says, Do: r.Do}, Outcome: report.Held}
		if failed[r.Code] {
			v.Outcome = report.Failed // who it is, is in refused
		}
		rep.Verdicts = append(rep.Verdicts, v)
	}
	return rep, true, nil
}

func (c *feedReturn) filled() (out []report.Filled, err error) {
	for _, f := range c.full.Fields() {
		out = append(out, report.Filled{Table: feedPart(f.Part), Column: f.Field, Rows: f.Rows, Filled: f.Filled})
	}
	return out, nil
}

func feedPart(part string) string {
	if part == "" {
		return "child"
	}
	return part[strings.LastIndexByte(part, '/')+1:]
}

// which is the number of one of several in a path of the feed.
var which = regexp.MustCompile(`\[\d+\]`)

func (c *feedReturn) refused() (out []refusedChild) {
	for _, u := range c.out.Unfit {
		by := map[string][]string{}
		for _, f := range u.Faults {
			code := feedDocument
			if f.Path == numberPath && f.Text == numberTwice {
				code = feedNumber
			}
			by[code] = append(by[code], which.ReplaceAllString(f.String(), ""))
		}
		for _, code := range []string{feedDocument, feedNumber} {
			if by[code] != nil {
				out = append(out, refusedChild{child: u.Child, code: code, cells: by[code]})
			}
		}
	}
	return out
}

func (c *feedReturn) left() []ReturnLeft {
	return leaves(noNumber(c.out.NoNumber, c.m.q.Authority, "of whom there is something to tell", "in it"), sameChild(c.out.Same, "in it"),
		ReturnLeft{feedDocument, len(c.out.Unfit), "children are not sent: the Department's document does not allow something that is said of them, or another record has their number."})
}

func (c *feedReturn) tables() []ReturnTable {
	gone := 0
	for _, x := range c.out.Children {
		if x.SHA256 == "" {
			gone++
		}
	}
	return []ReturnTable{{"Children of whom it tells", c.n}, {"Of these, told otherwise than the Department accepted last: they would be sent now", len(c.out.Children) - gone},
		{"Children to be removed there", gone}}
}

func (c *feedReturn) write(w io.Writer) (name, kind string, err error) {
	batches := c.out.Batches()
	name = "daily-feed-" + c.m.on.String()
	if len(batches) == 0 {
		return "", "", entry.Refuse("all", "There is nothing to send: the Department accepted last what would be said of every child. Choose all children to have the file")
	}
	if len(batches) == 1 {
		return name + ".json", "application/json", dailyfeed.Write(w, batches[0])
	}
	z := zip.NewWriter(w) // the Department takes 100 children at a time
	for i, batch := range batches {
		f, err := z.Create(fmt.Sprintf("%s-%03d.json", name, i+1))
		if err == nil {
			err = dailyfeed.Write(f, batch)
		}
		if err != nil {
			return "", "", err
		}
	}
	return name + ".zip", "application/zip", errors.Join(z.Close())
}
