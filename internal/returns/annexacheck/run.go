package annexacheck

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"onus/internal/returns/annexa"
	"onus/internal/returns/report"
)

// Check reads a workbook and asks every rule of it. The error is a
// *workbook.Refusal: the file is no Annex A.
func Check(r io.ReaderAt, size int64, o Options) (report.Report, error) {
	ret, err := annexa.Read(r, size)
	if err != nil {
		return report.Report{}, err
	}
	return Run(ret, o), nil
}

// Run asks every rule of a return.
func Run(ret *annexa.Return, o Options) report.Report { return run(ret, o, declared) }

func run(ret *annexa.Return, o Options, rules []rule) report.Report {
	f := factsOf(ret, o)
	r := report.Report{Return: "Annex A", Year: Template, Notes: notes(ret)}
	if !o.On.IsZero() {
		r.From, r.To = o.On.AddMonths(-6).String(), o.On.String()
	} else {
		r.Notes = append(r.Notes, "The workbook does not say of which day its lists are. Rules that need the day could not run: name it with --on, such as --on 31/03/2026.")
	}
	for _, t := range ret.Lists {
		if t.Given {
			r.Counts = append(r.Counts, report.Count{Table: t.List.String(), Rows: len(t.Rows)})
		}
	}
	r.Verdicts = make([]report.Verdict, len(rules))
	next := make(chan int, len(rules))
	for i := range rules {
		next <- i
	}
	close(next)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(rules)) {
		wait.Go(func() {
			for i := range next {
				r.Verdicts[i] = ask(&rules[i], f)
			}
		})
	}
	wait.Wait()
	slices.SortStableFunc(r.Verdicts, func(a, b report.Verdict) int { return strings.Compare(a.Rule.Code, b.Rule.Code) })
	return r
}

// ask asks one rule. One that breaks down has not run, whatever it found before:
// nobody could say what it did not get to see.
func ask(r *rule, f *facts) (v report.Verdict) {
	v.Rule = r.public()
	defer func() {
		if p := recover(); p != nil {
			v.Outcome, v.Places, v.Reason = report.CouldNotRun, nil, fmt.Sprintf("It broke down (%T). Please tell the people who make Onus.", p)
		}
	}()
	if v.Reason = f.lacks(r); v.Reason != "" {
		v.Outcome = report.CouldNotRun
		return v
	}
	m := &marks{}
	r.run(f, m)
	if v.Outcome = report.Held; m.failed {
		v.Outcome, v.Places = report.Failed, m.places
	}
	return v
}

// lacks says why a rule cannot be asked: a list or a column is not there.
func (f *facts) lacks(r *rule) string {
	if r.dated && f.on.IsZero() {
		return "The day that the lists are of is not known."
	}
	for _, c := range r.needs {
		t := f.ret.Lists[c.list]
		switch {
		case !t.Given:
			return fmt.Sprintf("%s (%s) is not in the workbook.", c.list, c.list.Title())
		case !t.Columns[c.field]:
			return fmt.Sprintf("%s lacks the column “%s”.", c.list, c.field.Heading())
		}
	}
	for _, c := range r.anyOf {
		if !slices.ContainsFunc(f.ret.Lists[:], func(t annexa.Table) bool { return t.Columns[c] && t.Columns[annexa.ChildID] }) {
			return fmt.Sprintf("No list has the column “%s”.", c.Heading())
		}
	}
	return ""
}

// most is how many of one sort of note a report begins with.
const most = 20

// notes say what of the workbook was read as what, and what was not read.
func notes(ret *annexa.Return) (out []string) {
	some := func(all []string, more string) {
		if len(all) > most {
			all = append(all[:most], fmt.Sprintf("%d more %s.", len(all)-most, more))
		}
		out = append(out, all...)
	}
	var sheets, columns, spelled []string
	for _, x := range ret.Findings {
		switch x.Kind {
		case annexa.UnknownSheet, annexa.HeadingsAgain, annexa.AboveHeadings, annexa.MoreThanListed:
			sheets = append(sheets, fmt.Sprintf("%s (%d)", x, x.Count))
		case annexa.UnknownColumn, annexa.RepeatedColumn:
			head := ""
			if x.Heading != "" {
				head = "“" + x.Heading + "”: "
			}
			columns = append(columns, fmt.Sprintf("Sheet %s, column %s: %s%s (%d values)", x.Sheet, x.Column, head, x.Why, x.Count))
		}
	}
	some(sheets, "such remarks about sheets")
	some(columns, "columns that no list has")
	for _, x := range ret.Readings() {
		to := "“" + x.Word.Code + "”"
		if x.Word.Code == "" {
			to = "one of “" + x.Word.Group + "”"
		}
		spelled = append(spelled, fmt.Sprintf("%s: “%s” was read as %s (%d times).", x.Field.Heading(), x.Was, to, x.Count))
	}
	some(spelled, "spellings were read as a code")
	return out
}
