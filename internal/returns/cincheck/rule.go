package cincheck

import (
	"slices"
	"strings"

	"onus/internal/returns/report"
)

// rule is the declaration of one rule for the years in which it reads the same.
// Where a rule changes, it is declared again for the years after.
type rule struct {
	code     string
	from, to int      // collection years, both included; 0 for the first known, and for still in force
	draft    bool     // of a set that the Department has not settled
	whole    bool     // it is about the return, not about children
	module   table    // that the Department puts it under
	needs    []Column // columns it looks at; without one of them it cannot run
	says     string   // what is wrong where it fails
	do       string

	// One of the two decides. child is asked of each child by itself, so that
	// children can be shared out among cores; all is asked once of the return.
	child func(c *Child, y Census, m *marks)
	all   func(t *Tables, y Census, m *marks)
}

func (r *rule) inForce(year int) bool {
	return year >= r.from && (r.to == 0 || year <= r.to)
}

// severity follows the code: the Department ends those of queries with a Q.
func (r *rule) severity() report.Severity {
	if strings.HasSuffix(r.code, "Q") {
		return report.Query
	}
	return report.Error
}

func (r *rule) public() report.Rule {
	p := report.Rule{Code: r.code, Severity: r.severity(), Level: report.OfChild, Draft: r.draft, Module: tableNames[r.module], Says: r.says, Do: r.do}
	if r.whole {
		p.Level = report.OfReturn
	}
	for _, c := range r.needs {
		p.Fields = append(p.Fields, c.String())
	}
	for y := FirstYear; y <= LastYear; y++ {
		if r.inForce(y) {
			p.Years = append(p.Years, report.YearName(y))
		}
	}
	return p
}

// declared is every rule, in the order of their modules.
var declared = slices.Concat(headerRules, upnRules, identifierRules, characteristicRules, episodeRules, episodeActivityRules, assessmentRules,
	factorRules, cinPlanRules, plansTogetherRules, section47Rules, cpPlanRules, reviewRules, preProceedingsRules)

// Rules gives the rules in force in a collection year, in the order of their
// codes. Year 0 gives every declaration there is.
func Rules(year int) []report.Rule {
	var out []report.Rule
	for i := range declared {
		if year == 0 || declared[i].inForce(year) {
			out = append(out, declared[i].public())
		}
	}
	slices.SortStableFunc(out, func(a, b report.Rule) int { return report.CompareCodes(a.Code, b.Code) })
	return out
}

// mark is a cell that a rule points at.
type mark struct {
	column Column
	row    int32
	line   int32
	child  int32 // index in Tables.Children; below 0 for none
}

// marks gathers what one rule finds.
type marks struct {
	list   []mark
	failed bool // also where there is no cell to point at
	child  int32
}

// at points at cells of one row. The columns say which table it is of.
func (m *marks) at(k Key, cols ...Column) {
	m.failed = true
	for _, c := range cols {
		m.list = append(m.list, mark{c, k.Row, k.Line, m.child})
	}
}

// fail fails the return as a whole.
func (m *marks) fail() { m.failed = true }

func cols(c ...Column) []Column { return c }
