package app

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/returns/report"
)

// returnMaking makes one return from the records by the maker of that return, which is the
// one of `onus export`, so that what the pages say is true of the file.
type returnMaking interface {
	// add puts one child's record in. out is the code of a rule of our own where the child
	// belongs in the return and cannot be in it.
	add(rec child.Record) (in bool, out string)
	// done ends it: all records are in.
	done() error
	// check asks the rules, of the file as it is written. ok is false where there is nothing
	// to ask them of.
	check(ctx context.Context) (rep report.Report, ok bool, err error)
	// filled counts values by table and column.
	filled() ([]report.Filled, error)
	// refused are the numbers of children whom the file could not take, with why: a code of
	// our own, and tables and columns.
	refused() []refusedChild
	// left says who is not in it, or is in it without something.
	left() []ReturnLeft
	// children is how many are in it, and tables how many rows its tables have.
	children() int
	tables() []ReturnTable
	// write writes the file, and gives its name and its kind for a browser. The error is an
	// entry.Refusal where there is nothing to write.
	write(w io.Writer) (name, kind string, err error)
}

// checkedWith is a return that is checked with other data beside itself.
type checkedWith interface {
	// readsToo says whether that data told of the child that was put in last.
	readsToo() bool
	// used is what it was checked with, once it was.
	used() []ReturnUsed
}

// refusedChild is a child whom a file could not take.
type refusedChild struct {
	number, child string // one of the two is known
	code          string
	cells         []string
}

// returnMade is a return that was made, and whose records are in it.
type returnMade struct {
	returnMaking
	at     map[string][]foundChild // by the authority's number
	teams  map[string]string       // of each child that belongs in it, now
	read   []string                // who is in it, or of whom what it is checked with tells
	behind map[string][]string     // children who belong in it and are not in it, by the code of our own rule
}

type foundChild struct{ child, team string }

// making begins a return.
func (a *App) making(ctx context.Context, o ReturnOrder) (returnMaking, error) {
	switch o.Kind {
	case ReturnCIN:
		return newCensusMaking(o, a.Clock.Now()), nil
	case Return903:
		with, err := a.returnWith(ctx, o.Authority, o.year)
		return newSSDA903Making(o, with), err
	case ReturnAnnexA:
		l, err := a.Line(ctx)
		if err != nil {
			return nil, err
		}
		return newListsMaking(o, namesOf(l)), nil
	case ReturnFeed:
		m, err := a.feedMaking(ctx, FeedQuery{Authority: o.Authority, All: o.All})
		return newFeedMaking(m), err
	}
	return nil, ErrNotFound
}

// makeReturn makes a return for somebody. Whoever calls it writes into the reader log who
// is in it (read), before anything of it is given out.
func (a *App) makeReturn(ctx context.Context, o ReturnOrder, tell func(int) error) (*returnMade, error) {
	m, err := a.making(ctx, o)
	if err != nil {
		return nil, err
	}
	out := &returnMade{returnMaking: m, at: map[string][]foundChild{}, teams: map[string]string{}, behind: map[string][]string{}}
	on := endOf(a.Clock.Now())
	if out.read, err = a.eachOf(ctx, func(rec child.Record) bool {
		in, code := m.add(rec)
		reads := in
		if more, ok := m.(checkedWith); ok {
			reads = more.readsToo() || in
		}
		if !in && code == "" {
			return reads
		}
		team := rec.On(on).Team
		out.teams[rec.Child] = team
		if code != "" {
			out.behind[code] = append(out.behind[code], rec.Child)
		}
		if in {
			number := rec.Identity().Number("la-child", o.Authority)
			out.at[number] = append(out.at[number], foundChild{rec.Child, team})
		}
		return reads
	}, tell); err != nil {
		return nil, err
	}
	return out, m.done()
}

// maxCells is how many tables and columns of one child are kept for one rule.
const maxCells = 20

// found is what a check of a return found.
type returnResult struct {
	rules    []ReturnRule
	teams    []ReturnTeam
	failures []ReturnFailure
	facts    ReturnFacts
	tally    report.Tally
}

// result asks the rules, and puts what they found by rule, team and child.
func (m *returnMade) result(ctx context.Context) (out returnResult, err error) {
	rep, ok, err := m.check(ctx)
	if err != nil {
		return out, err
	}
	fields, err := m.filled()
	if err != nil {
		return out, err
	}
	out.facts = ReturnFacts{Draft: rep.Draft, Tables: m.tables(), Left: m.left(), Notes: rep.Notes}
	if more, ok := m.returnMaking.(checkedWith); ok {
		out.facts.With = more.used()
	}
	for _, f := range fields {
		out.facts.Fields = append(out.facts.Fields, ReturnFilled(f))
	}
	g := gathered{rules: map[string]*ReturnRule{}, rows: map[[2]string]*ReturnFailure{}}
	if ok {
		out.tally = rep.Tally()
		for _, v := range rep.Verdicts {
			if v.Outcome != report.Held {
				m.verdict(&g, v)
			}
		}
	}
	for code, ids := range m.behind {
		g.rule(code, ReturnLeftOut, true)
		for _, id := range ids {
			g.add(code, id, m.teams[id], 0, nil)
		}
	}
	for _, x := range m.refused() {
		g.rule(x.code, ownSeverity(x.code), true)
		for _, c := range m.named(x.number, x.child) {
			g.add(x.code, c.child, c.team, len(x.cells), x.cells)
		}
	}
	g.into(&out)
	return out, nil
}

func ownSeverity(code string) ReturnSeverity {
	for _, rs := range ownRules {
		for _, r := range rs {
			if r.Code == code {
				return r.Severity
			}
		}
	}
	return ReturnError
}

// named are the records of a number, or of an id.
func (m *returnMade) named(number, id string) []foundChild {
	if id != "" {
		return []foundChild{{id, m.teams[id]}}
	}
	return m.at[number]
}

// verdict puts a rule that did not hold with the children that it points at.
func (m *returnMade) verdict(g *gathered, v report.Verdict) {
	r := g.rule(v.Rule.Code, ReturnSeverity(v.Rule.Severity.String()), v.Outcome == report.Failed)
	if r.Reason = v.Reason; !r.Failed {
		return
	}
	var apart []string
	for _, p := range v.Places {
		cell := strings.Trim(p.Table+"."+p.Column, ".")
		of := m.at[p.Child]
		if p.Child == "" || len(of) == 0 {
			r.Places++
			apart = addCell(apart, cell)
			continue
		}
		for _, c := range of {
			g.add(v.Rule.Code, c.child, c.team, 1, []string{cell})
		}
	}
	r.Apart = strings.Join(apart, "\n")
}

func addCell(cells []string, cell string) []string {
	if cell == "" || len(cells) >= maxCells || slices.Contains(cells, cell) {
		return cells
	}
	return append(cells, cell)
}

// gathered is what rules found, while it is put together.
type gathered struct {
	rules map[string]*ReturnRule
	rows  map[[2]string]*ReturnFailure // by rule and child
	order []*ReturnFailure
}

func (g *gathered) rule(code string, s ReturnSeverity, failed bool) *ReturnRule {
	r := g.rules[code]
	if r == nil {
		r = &ReturnRule{Code: code, Severity: s, Failed: failed}
		g.rules[code] = r
	}
	return r
}

// add says that a rule points at a child's cells. Its rule is there already.
func (g *gathered) add(code, id, team string, places int, cells []string) {
	k := [2]string{code, id}
	f := g.rows[k]
	if f == nil {
		f = &ReturnFailure{Code: code, Team: team, Child: id}
		g.rows[k] = f
		g.order = append(g.order, f)
		g.rules[code].Children++
	}
	f.Places += places
	g.rules[code].Places += places
	have := []string{}
	if f.Cells != "" {
		have = strings.Split(f.Cells, "\n")
	}
	for _, c := range cells {
		have = addCell(have, c)
	}
	f.Cells = strings.Join(have, "\n")
}

// into gives everything in the order of its keys, so that the same records give the same.
func (g *gathered) into(out *returnResult) {
	teams := map[[2]string]*ReturnTeam{}
	any := map[[2]string]bool{} // a team and a child
	count := func(code string, f *ReturnFailure, child bool) {
		k := [2]string{code, f.Team}
		if teams[k] == nil {
			teams[k] = &ReturnTeam{Code: code, Team: f.Team}
		}
		teams[k].Places += f.Places
		if child {
			teams[k].Children++
		}
	}
	for _, f := range g.order {
		k := [2]string{f.Team, f.Child}
		count(f.Code, f, true)
		count("", f, !any[k])
		any[k] = true
		out.failures = append(out.failures, *f)
	}
	for _, r := range g.rules {
		out.rules = append(out.rules, *r)
	}
	for _, t := range teams {
		out.teams = append(out.teams, *t)
	}
	slices.SortFunc(out.rules, func(x, y ReturnRule) int { return report.CompareCodes(x.Code, y.Code) })
	slices.SortFunc(out.teams, func(x, y ReturnTeam) int { return strings.Compare(x.Code+"\x00"+x.Team, y.Code+"\x00"+y.Team) })
	slices.SortFunc(out.failures, func(x, y ReturnFailure) int {
		return strings.Compare(x.Code+"\x00"+x.Team+"\x00"+x.Child, y.Code+"\x00"+y.Team+"\x00"+y.Child)
	})
}

// leaves puts sentences about who is left out together, without those that count nobody.
func leaves(all ...ReturnLeft) (out []ReturnLeft) {
	for _, x := range all {
		if x.N > 0 {
			out = append(out, x)
		}
	}
	return out
}

func noNumber(n int, authority, of, what string) ReturnLeft {
	return ReturnLeft{leftNumber, n, fmt.Sprintf("children %s have no number of the authority %s, and are not %s.", of, authority, what)}
}

func sameChild(n int, what string) ReturnLeft {
	return ReturnLeft{"", n, "records were found to be of a child with another record: that one is " + what + "."}
}

// nothing is the refusal of a file with nobody in it.
func nothing(o ReturnOrder) error {
	of := o.Year
	if of == "" {
		of = o.On.Long()
	}
	return entry.Refuse("authority", fmt.Sprintf("Nothing of %s is recorded of any child with a number of the authority %s: there is no file to make", of, o.Authority))
}

// quoted is a value in a sentence of a writer: what may be somebody's does not belong in a
// list of what failed.
var quoted = regexp.MustCompile(` ?"[^"]*"`)

// plainName is a time as it may stand in the name of a file.
func plainName(of string) string { return strings.ReplaceAll(of, "/", "-") }
