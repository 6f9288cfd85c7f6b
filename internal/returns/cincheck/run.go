package cincheck

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

// chunk is how many children a core takes at a time.
const chunk = 256

// Run asks every rule of a collection year about a return; with year 0, of the
// year that the return says it is of. The error is an ErrYear.
func Run(t *Tables, year int) (report.Report, error) { return run(t, year, declared) }

func run(t *Tables, year int, rules []rule) (report.Report, error) {
	end := t.Header.ReferenceDate
	if year == 0 {
		if year = t.Header.Year; year == 0 && !end.IsZero() {
			year, _, _ = end.Split()
		}
		// The year alone is not taken for the reference date: where they
		// disagree (rule 100) nobody could say which of them is right.
		t.undated = end.IsZero()
	} else if end.IsZero() {
		end = lastDay(year)
	}
	if year < FirstYear || year > LastYear {
		return report.Report{}, ErrYear{year}
	}
	y := CensusOf(year, end)
	r := report.Report{Return: "CIN", Year: report.YearName(year), Draft: year >= DraftYear}
	if !end.IsZero() {
		r.From, r.To = y.Start.String(), y.End.String()
	}
	for i, n := range t.rows {
		if table(i) != tPreProceedings || n > 0 || r.Draft {
			r.Counts = append(r.Counts, report.Count{Table: tableNames[i], Rows: int(n)})
		}
	}
	if h := t.Header.Year; h != 0 && h != year {
		r.Notes = append(r.Notes, fmt.Sprintf("The file says that it is of %s. It was checked by the rules of %s.", report.YearName(h), r.Year))
	}
	switch {
	case t.undated:
		r.Notes = append(r.Notes, "The file gives no reference date that can be read. Rules about the census year could not run: name the year with --year.")
	case t.Header.ReferenceDate.IsZero():
		r.Notes = append(r.Notes, fmt.Sprintf("The file gives no reference date that can be read. The census year was taken to end on %s.", y.End))
	}
	if t.shared > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d identifiers stand with several children. Rules look at the rows of such children together: mend rule 8510 first.", t.shared))
	}
	var asked []*asking
	for i := range rules {
		if rules[i].inForce(year) {
			asked = append(asked, ask(&rules[i], t))
		}
	}
	decide(t, y, asked)
	for _, a := range asked {
		r.Verdicts = append(r.Verdicts, a.verdict(t))
	}
	r.Sort()
	return r, nil
}

// asking is one rule being asked.
type asking struct {
	rule   *rule
	reason string // why it cannot run

	mu    sync.Mutex // guards reason and found while cores work
	found []mark
	fails bool
}

func ask(r *rule, t *Tables) *asking {
	a := &asking{rule: r}
	for _, c := range r.needs {
		switch {
		case !t.has(c):
			a.reason = fmt.Sprintf("The column %s is missing.", c)
			return a
		case c == hdReferenceDate && t.undated && r.module != tHeader:
			a.reason = "The census year is not known: the file gives no reference date that can be read."
			return a
		}
	}
	return a
}

// decide runs the rules: children are shared out among the cores, and the rules
// about the whole return are pieces of work beside them.
func decide(t *Tables, y Census, asked []*asking) {
	var work []func()
	var ofChild []*asking
	for _, a := range asked {
		switch {
		case a.reason != "":
		case a.rule.all != nil:
			work = append(work, func() { a.attempt(func(m *marks) { a.rule.all(t, y, m) }) })
		default:
			ofChild = append(ofChild, a)
		}
	}
	for from := 0; from < len(t.Children); from += chunk {
		to := min(from+chunk, len(t.Children))
		work = append(work, func() {
			for _, a := range ofChild {
				a.attempt(func(m *marks) {
					for i := from; i < to; i++ {
						m.child = int32(i)
						a.rule.child(t.Children[i], y, m)
					}
				})
			}
		})
	}
	next := make(chan func(), len(work))
	for _, w := range work {
		next <- w
	}
	close(next)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(len(work), 1)) {
		wg.Go(func() {
			for w := range next {
				w()
			}
		})
	}
	wg.Wait()
}

// attempt asks a rule. One that breaks down has not run, whatever it found
// before: nobody could say what it did not get to see.
func (a *asking) attempt(f func(*marks)) {
	m := marks{child: -1}
	defer func() {
		broke := recover()
		a.mu.Lock()
		defer a.mu.Unlock()
		if broke != nil {
			a.reason = "The rule broke down. This is a fault of Onus, not of the return: please report it with the code of the rule."
			return
		}
		a.found = append(a.found, m.list...)
		a.fails = a.fails || m.failed
	}()
	f(&m)
}

func (a *asking) verdict(t *Tables) report.Verdict {
	v := report.Verdict{Rule: a.rule.public(), Outcome: report.Held, Reason: a.reason}
	switch {
	case a.reason != "":
		v.Outcome = report.CouldNotRun
	case a.fails:
		v.Outcome = report.Failed
		slices.SortFunc(a.found, func(a, b mark) int {
			return cmp.Or(cmp.Compare(a.column, b.column), cmp.Compare(a.row, b.row), cmp.Compare(a.child, b.child))
		})
		a.found = slices.Compact(a.found)
		v.Places = make([]report.Place, len(a.found))
		for i, m := range a.found {
			v.Places[i] = report.Place{Table: tableNames[m.column.table()], Column: columns[m.column].name, Row: int(m.row), Line: int(m.line)}
			if m.child >= 0 {
				v.Places[i].Child = t.Children[m.child].ID
			}
		}
	}
	return v
}

// Check reads a census and asks the rules of a collection year about it, or with
// year 0 those of the year in its header. The error is a *cin.Refusal where the
// file is at fault, an ErrYear where its year has no rules here, and otherwise
// what r gave.
func Check(r io.Reader, year int) (report.Report, error) {
	var b Builder
	sum, err := b.read(r, year)
	if err != nil {
		return report.Report{}, err
	}
	rep, err := Run(b.Tables(sum.Header), year)
	if err != nil {
		return rep, err
	}
	rep.Notes = append(rep.Notes, readingNotes(sum)...)
	return rep, nil
}

// batch is how many children the reader hands over at a time.
const batch = 64

// read reads on one core and makes tables on another.
func (b *Builder) read(r io.Reader, year int) (cin.Summary, error) {
	batches := make(chan []cin.Child, 8)
	added := make(chan error, 1)
	go func() {
		var err error
		for children := range batches {
			for i := 0; i < len(children) && err == nil; i++ {
				err = b.Add(children[i])
			}
		}
		added <- err
	}()
	next := make([]cin.Child, 0, batch)
	sum, err := cin.Read(r, cin.Options{Year: year}, func(c cin.Child) error {
		if next = append(next, c); len(next) == batch {
			batches <- next
			next = make([]cin.Child, 0, batch)
		}
		return nil
	})
	batches <- next
	close(batches)
	if addErr := <-added; err == nil {
		err = addErr
	}
	return sum, err
}

// ErrYear says that there are no rules for the year of a file.
type ErrYear struct{ Year int }

// Error names the year, and those there are rules for.
func (e ErrYear) Error() string {
	years := fmt.Sprintf("Rules are known for %s to %s: name the year with --year.", report.YearName(FirstYear), report.YearName(LastYear))
	if e.Year == 0 {
		return "The header does not give the year of the return. " + years
	}
	return fmt.Sprintf("The collection year is %d. %s", e.Year, years)
}

// readingNotes says what of the file no rule could look at.
func readingNotes(s cin.Summary) []string {
	var notes []string
	for _, k := range []struct {
		kind cin.Kind
		says string
	}{
		{cin.BadDate, "%d values could not be read as dates. The rules take them as missing."},
		{cin.BadNumber, "%d values could not be read as numbers. The rules take them as missing."},
		{cin.Repeated, "%d items stand a second time in one place. The rules look at the first."},
		{cin.UnknownElement, "%d elements are not known to the census. No rule looks at them."},
		{cin.StrayText, "%d texts stand between elements. No rule looks at them."},
		{cin.OtherYear, "%d elements are of another year's census. They were read all the same."},
	} {
		if n := s.ByKind[k.kind]; n > 0 {
			notes = append(notes, fmt.Sprintf(k.says, n))
		}
	}
	return notes
}
