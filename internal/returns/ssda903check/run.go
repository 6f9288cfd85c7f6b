package ssda903check

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"onus/internal/day"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// Run asks every rule of a collection year about a return. Columns that are
// worked out from postcodes are added to it.
func Run(ret *ssda903.Return, o Options) (report.Report, error) { return run(ret, o, declared) }

func run(ret *ssda903.Return, o Options, rules []rule) (report.Report, error) {
	var notes []string
	if o.Year == 0 {
		o.Year = DraftYear - 1
		notes = append(notes, fmt.Sprintf("The files do not say of which year they are. They were checked by the rules of %s: name another with --year.", report.YearName(o.Year)))
	}
	if o.Year < FirstYear || o.Year > LastYear {
		return report.Report{}, fmt.Errorf("the collection year is %d: rules are known for %s to %s", o.Year, report.YearName(FirstYear), report.YearName(LastYear))
	}
	notes = append(notes, ret.Apart()...)
	f := factsOf(ret, o)
	r := report.Report{Return: "SSDA903", Year: report.YearName(o.Year), Draft: o.Year >= DraftYear, From: f.start.String(), To: f.end.String(), Notes: notes}
	for _, t := range ret.This {
		if t != nil {
			r.Counts = append(r.Counts, report.Count{Table: t.Table.String(), Rows: t.Len()})
		}
	}
	var inForce []*rule
	for i := range rules {
		if rules[i].inForce(o.Year) {
			inForce = append(inForce, &rules[i])
		}
	}
	r.Verdicts = make([]report.Verdict, len(inForce))
	next := make(chan int, len(inForce))
	for i := range inForce {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(inForce)) {
		wg.Go(func() {
			for i := range next {
				r.Verdicts[i] = ask(inForce[i], f)
			}
		})
	}
	wg.Wait()
	r.Sort()
	return r, nil
}

func factsOf(ret *ssda903.Return, o Options) *facts {
	f := &facts{ret: ret, year: o.Year, start: o.Start, end: o.End, authority: o.Authority, postcodes: o.Postcodes, providers: o.Providers}
	if f.start.IsZero() {
		if f.start = day.Of(o.Year-1, 4, 1); !f.end.IsZero() {
			f.start = f.end.AddMonths(-12).Add(1)
		}
	}
	if f.end.IsZero() {
		f.end = f.start.AddMonths(12).Add(-1)
	}
	f.locate()
	f.histories, f.earlier = histories(ret.This[episodes]), histories(ret.Last[episodes])
	return f
}

// ask asks one rule. One that breaks down has not run, whatever it found before:
// nobody could say what it did not get to see.
func ask(r *rule, f *facts) (v report.Verdict) {
	v = report.Verdict{Rule: r.public(), Outcome: report.CouldNotRun}
	if v.Reason = f.lacks(r); v.Reason != "" {
		return v
	}
	q := &question{facts: f, rule: r}
	defer func() {
		if broke := recover(); broke != nil {
			v.Outcome, v.Places, v.Reason = report.CouldNotRun, nil, reason(broke, f)
		}
	}()
	r.run(q)
	v.Outcome = report.Held
	if q.failed {
		v.Outcome, v.Places = report.Failed, q.places()
	}
	return v
}

// The sorts of data that rules look at beside the return, as [Wanting] names them.
const (
	WantsLastYear  = "last-year"
	WantsPostcodes = "postcodes"
	WantsProviders = "providers"
	WantsCode      = "code" // of the authority in the directory
)

// Wanting says for want of which data a rule could not run, by the reason that it gave;
// empty where it was something else, such as a column of the return.
func Wanting(reason string) string {
	switch {
	case strings.HasSuffix(reason, "--last."):
		return WantsLastYear
	case strings.HasSuffix(reason, "--postcodes."):
		return WantsPostcodes
	case strings.HasSuffix(reason, "--providers."):
		return WantsProviders
	case strings.HasSuffix(reason, "--authority."):
		return WantsCode
	}
	return ""
}

// lacks says what a rule needs and nobody gave.
func (f *facts) lacks(r *rule) string {
	switch {
	case r.run == nil:
		return "This rule is not written yet."
	case r.needs&needPostcodes != 0 && f.postcodes == nil:
		return "Whether a postcode exists needs a postcode directory: name it with --postcodes."
	case r.needs&needProviders != 0 && f.providers == nil:
		return "The list of providers was not given: name it with --providers."
	case r.needs&needAuthority != 0 && f.authority == "":
		return "The authority that makes the return is not known: name its code with --authority."
	}
	return ""
}

// reason says in words why a rule broke off.
func reason(broke any, f *facts) string {
	switch b := broke.(type) {
	case missingTable:
		if b.last {
			return fmt.Sprintf("Last year's table %s was not given: name its file with --last.", b.table)
		}
		return fmt.Sprintf("The table %s was not given. If it has no rows, give a file with its headings.", b.table)
	case ssda903.MissingColumn:
		switch b.Field {
		case placeLA, distance, location:
			if f.postcodes != nil && b.Field == location {
				return fmt.Sprintf("%s is worked out from the postcode directory and the code that it has for the authority: name that code with --authority.", b.Field)
			}
			return fmt.Sprintf("%s is worked out from postcodes: name a postcode directory with --postcodes.", b.Field)
		}
		return fmt.Sprintf("The column %s of the table %s is missing.", b.Field, b.Table)
	}
	return "The rule broke down. This is a fault of Onus, not of the return: please report it with the code of the rule."
}

func (q *question) places() []report.Place {
	slices.SortFunc(q.found, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.field, b.field), cmp.Compare(a.row.Index, b.row.Index))
	})
	q.found = slices.CompactFunc(q.found, func(a, b mark) bool { return a.cell == b.cell && a.row.Index == b.row.Index })
	out := make([]report.Place, len(q.found))
	for i, m := range q.found {
		out[i] = report.Place{Table: m.table.String(), Column: m.field.String(), Row: m.row.Index, Line: m.row.Line()}
		if m.row.Has(child) {
			out[i].Child = m.row.Text(child)
		}
	}
	return out
}
