package ssda903check

import (
	"slices"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// rule is the declaration of one rule for the years in which it reads the same.
// Where a rule changes, it is declared again for the years after.
type rule struct {
	code     string
	from, to int    // collection years, both included; 0 for the first known, and for still in force
	query    bool   // it may stand with a reason
	points   []cell // the columns it points at, and that a reader looks at
	last     bool   // it compares with last year's tables
	needs    need   // reference data, without which it cannot run
	says, do string // what is wrong where it fails, and what to do
	run      func(*question)
}

// cell is a column of a table.
type cell struct {
	table ssda903.Table
	field ssda903.Field
}

// need is a piece of reference data.
type need uint8

const (
	needPostcodes need = 1 << iota
	needProviders
	needAuthority
	mayPlaces // it looks where a placement is, of some rows: without a directory it could not run where there is such a row
)

// Needs are the sorts of data beside the return (WantsLastYear, WantsPostcodes,
// WantsProviders) that a rule of a year looks at, in that order.
func Needs(code string, year int) (out []string) {
	for i := range declared {
		r := &declared[i]
		if r.code != code || !r.inForce(year) {
			continue
		}
		places := slices.ContainsFunc(r.points, func(c cell) bool { return c.field == placeLA || c.field == distance || c.field == location })
		if r.last {
			out = append(out, WantsLastYear)
		}
		if r.needs&(needPostcodes|needAuthority|mayPlaces) != 0 || places { // the code of the authority is that of the directory
			out = append(out, WantsPostcodes)
		}
		if r.needs&needProviders != 0 {
			out = append(out, WantsProviders)
		}
	}
	return out
}

// on names columns of one table.
func on(t ssda903.Table, fields ...ssda903.Field) []cell {
	var out []cell
	for _, f := range fields {
		out = append(out, cell{t, f})
	}
	return out
}

// and joins columns of several tables.
func and(parts ...[]cell) []cell { return slices.Concat(parts...) }

func (r *rule) inForce(year int) bool {
	return year >= r.from && (r.to == 0 || year <= r.to)
}

func (r *rule) public() report.Rule {
	p := report.Rule{Code: r.code, Severity: report.Error, Level: report.OfChild, Draft: r.from >= DraftYear, Says: r.says, Do: r.do}
	if r.query {
		p.Severity = report.Query
	}
	if len(r.points) > 0 {
		p.Module = r.points[0].table.String()
	}
	for _, c := range r.points {
		p.Fields = append(p.Fields, c.table.String()+"."+c.field.String())
	}
	if r.last {
		p.Fields = append(p.Fields, "last year's return")
	}
	for y := FirstYear; y <= LastYear; y++ {
		if r.inForce(y) {
			p.Years = append(p.Years, report.YearName(y))
		}
	}
	return p
}

// declared is every rule, in the order of their subjects.
var declared = slices.Concat(identityRules, headerRules, episodeCodeRules, episodeDateRules, episodeOrderRules, placementRules, respiteRules,
	placeChangeRules, providerRules, postcodeRules, adoptionRules, placedRules, leaverRules, healthRules, reviewRules, motherRules,
	uasmRules, missingRules, permanenceRules, lastYearRules, socialWorkerRules, doloRules)

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
