package annexacheck

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/annexa"
	"onus/internal/returns/report"
)

// Template is which of Ofsted's templates the lists are held to.
const Template = "template of August 2019"

// Options are what the workbook does not say itself.
type Options struct {
	// On is the day that the lists are of, as a rule the day before the inspection
	// begins. Zero: not known, and rules that need it could not run.
	On day.Date
}

// column is a field of a list.
type column struct {
	list  annexa.List
	field annexa.Field
}

func (c column) String() string { return c.list.String() + "." + c.field.Heading() }

// rule is the declaration of one rule.
type rule struct {
	code  string
	query bool
	whole bool // it is about the return, not about children
	dated bool // it needs the day that the lists are of
	needs []column
	anyOf []annexa.Field // one of the lists of children must have each of these
	says  string         // what is wrong where it fails
	do    string
	run   func(*facts, *marks)
}

func (r *rule) public() report.Rule {
	p := report.Rule{Code: r.code, Severity: report.Error, Level: report.OfChild, Years: []string{Template}, Module: "all lists", Says: r.says, Do: r.do}
	if r.query {
		p.Severity = report.Query
	}
	if r.whole {
		p.Level = report.OfReturn
	}
	for i, c := range r.needs {
		if p.Fields = append(p.Fields, c.String()); i == 0 {
			p.Module = c.list.String()
		} else if c.list.String() != p.Module {
			p.Module = "several lists"
		}
	}
	for _, f := range r.anyOf {
		p.Fields = append(p.Fields, "every list."+f.Heading())
	}
	return p
}

// of names fields of one list.
func of(l annexa.List, fields ...annexa.Field) []column {
	out := make([]column, len(fields))
	for i, f := range fields {
		out[i] = column{l, f}
	}
	return out
}

var declared = slices.Concat(tableRules, cellRules, orderRules, endRules, childRules, acrossRules)

// Rules gives every rule in the order of the codes.
func Rules() []report.Rule {
	out := make([]report.Rule, len(declared))
	for i := range declared {
		out[i] = declared[i].public()
	}
	slices.SortStableFunc(out, func(a, b report.Rule) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// facts are the tables, and what several rules look up in them.
type facts struct {
	ret *annexa.Return
	on  day.Date
	// of gives the rows of a child in a list. A row without an identifier is nobody's.
	of [annexa.ListCount]map[string][]int
}

// key is an identifier as it is compared: one system writes a12, another A12.
func key(id string) string { return strings.ToUpper(id) }

func factsOf(ret *annexa.Return, o Options) *facts {
	f := &facts{ret: ret, on: o.On}
	for l, t := range ret.Lists {
		f.of[l] = make(map[string][]int, len(t.Rows))
		for i, r := range t.Rows {
			if id := key(r.Who()); id != "" {
				f.of[l][id] = append(f.of[l][id], i)
			}
		}
	}
	return f
}

func (f *facts) rows(l annexa.List) []annexa.Row { return f.ret.Lists[l].Rows }

// children are the lists of children: all but the last.
func children(yield func(annexa.List) bool) {
	for l := range annexa.Adopters {
		if !yield(l) {
			return
		}
	}
}

// marks gathers where one rule fails.
type marks struct {
	places []report.Place
	failed bool
}

// at points at cells of a row; index is the row's place in its list.
func (m *marks) at(index int, r annexa.Row, fields ...annexa.Field) {
	m.failed = true
	for _, f := range fields {
		m.places = append(m.places, report.Place{Table: r.List.String(), Column: f.Heading(), Row: index, Line: r.Line, Child: r.Who()})
	}
}

// of points at those of a row's cells that are wrong, each once, in the order of
// the list; at nothing where none is.
func (m *marks) of(index int, r annexa.Row, wrong []annexa.Field) {
	for _, f := range r.List.Fields() {
		if slices.Contains(wrong, f) {
			m.at(index, r, f)
		}
	}
}

// table points at a list as a whole, or at a column that it lacks.
func (m *marks) table(l annexa.List, heading string) {
	m.failed = true
	m.places = append(m.places, report.Place{Table: l.String(), Column: heading})
}
