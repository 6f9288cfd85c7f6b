package ssda903check

import (
	"cmp"
	"slices"

	"onus/internal/day"
	"onus/internal/returns/ssda903"
)

// question is one rule being asked about one return.
type question struct {
	*facts
	rule   *rule
	found  []mark
	failed bool
}

// facts are what all rules may look at. Nobody changes them while rules run.
type facts struct {
	ret        *ssda903.Return
	year       int
	start, end day.Date // of the collection year
	authority  string
	postcodes  Postcodes
	providers  Providers
	histories  map[string][]row // episodes of each child, by the day they began
	earlier    map[string][]row // those of last year
}

type (
	row       = ssda903.Row
	field     = ssda903.Field
	date      = day.Date
	tableName = ssda903.Table
)

// mark is a cell that a rule points at.
type mark struct {
	cell
	row row
}

// missingTable is what a rule panics with when it needs a table that was not
// given.
type missingTable struct {
	table ssda903.Table
	last  bool
}

// at points at rows, in the columns that the rule declares for their table.
func (q *question) at(rows ...row) {
	for _, r := range rows {
		q.failed = true
		for _, c := range q.rule.points {
			if c.table == r.Table {
				q.found = append(q.found, mark{c, r})
			}
		}
	}
}

// table gives a table that the rule cannot do without.
func (q *question) table(t ssda903.Table) *ssda903.Rows {
	if q.ret.This[t] == nil {
		panic(missingTable{t, false})
	}
	return q.ret.This[t]
}

// lastTable gives a table of last year that the rule cannot do without.
func (q *question) lastTable(t ssda903.Table) *ssda903.Rows {
	if q.ret.Last[t] == nil {
		panic(missingTable{t, true})
	}
	return q.ret.Last[t]
}

// rows goes through a table in the order of the file.
func (q *question) rows(t ssda903.Table) func(func(row) bool) { return all(q.table(t)) }

func all(t *ssda903.Rows) func(func(row) bool) {
	return func(yield func(row) bool) {
		for i := range t.Len() {
			if !yield(t.At(i)) {
				return
			}
		}
	}
}

// of gives a child's rows in a table that the rule cannot do without.
func (q *question) of(t ssda903.Table, c string) []row { return childRows(q.table(t), c) }

func childRows(t *ssda903.Rows, c string) []row {
	if t == nil {
		return nil
	}
	list := t.Of(c)
	out := make([]row, len(list))
	for i, n := range list {
		out[i] = t.At(int(n))
	}
	return out
}

// beside goes through one table with, for each of its rows, each row of the same
// child in another.
func (q *question) beside(a, b ssda903.Table) func(func(row, row) bool) {
	return func(yield func(row, row) bool) {
		other := q.table(b)
		for r := range q.rows(a) {
			for _, n := range other.Of(r.Text(child)) {
				if !yield(r, other.At(int(n))) {
					return
				}
			}
		}
	}
}

// history gives a child's episodes by the day they began; those without a day
// come last.
func (q *question) history(c string) []row {
	q.table(episodes).Of(c) // asks whether the file names children
	return q.histories[c]
}

// historyLast gives a child's episodes in last year's return.
func (q *question) historyLast(c string) []row {
	q.lastTable(episodes).Of(c)
	return q.earlier[c]
}

// stories goes through the children who have episodes, in the order of the file.
func (q *question) stories() func(func([]row) bool) {
	t := q.table(episodes)
	return func(yield func([]row) bool) {
		for i := range t.Len() {
			c := t.At(i).Text(child)
			if c == "" || int(t.Of(c)[0]) != i {
				continue
			}
			if !yield(q.histories[c]) {
				return
			}
		}
	}
}

// pairs goes through every episode but a child's first, with the one before it.
// Without the days on which they began nobody knows which that is.
func (q *question) pairs() func(func(before, after row) bool) {
	if t := q.table(episodes); !t.Has(decom) {
		panic(ssda903.MissingColumn{Table: t.Table, Field: decom})
	}
	return func(yield func(a, b row) bool) {
		for h := range q.stories() {
			for i := 1; i < len(h); i++ {
				if !yield(h[i-1], h[i]) {
					return
				}
			}
		}
	}
}

func histories(t *ssda903.Rows) map[string][]row {
	out := map[string][]row{}
	if t == nil || !t.Has(child) {
		return out
	}
	for i := range t.Len() {
		if c := t.At(i).Text(child); c != "" {
			out[c] = append(out[c], t.At(i))
		}
	}
	if t.Has(decom) {
		for _, h := range out {
			sortBy(h, decom)
		}
	}
	return out
}

// sortBy orders rows by a date; those without one come last.
func sortBy(h []row, f ssda903.Field) {
	const never = day.Date(1 << 30)
	slices.SortStableFunc(h, func(a, b row) int {
		return cmp.Compare(cmp.Or(a.Date(f), never), cmp.Or(b.Date(f), never))
	})
}

// is says whether a cell is one of these codes, letter for letter.
func is(r row, f ssda903.Field, codes ...string) bool { return slices.Contains(codes, r.Text(f)) }

// given says whether a cell holds anything.
func given(r row, f ssda903.Field) bool { return r.Text(f) != "" }

// anyGiven says whether one of several cells holds anything. Columns that are
// not there hold nothing.
func anyGiven(r row, fields ...ssda903.Field) bool {
	return slices.ContainsFunc(fields, func(f ssda903.Field) bool { return r.Has(f) && given(r, f) })
}

// before says that both dates are given and a comes first.
func before(a, b day.Date) bool { return !a.IsZero() && !b.IsZero() && a < b }

// birthday gives the day somebody becomes so many years old; zero without a
// date of birth.
func birthday(born day.Date, age int) day.Date {
	if born.IsZero() {
		return 0
	}
	return born.AddMonths(12 * age)
}

// badDate says that a cell holds something that is not a date.
func badDate(r row, f ssda903.Field) bool {
	_, valid := ssda903.ParseDate(r.Text(f))
	return given(r, f) && !valid
}

// eachRow makes a rule of a question about a single row.
func eachRow(t ssda903.Table, bad func(q *question, r row) bool) func(*question) {
	return func(q *question) {
		for r := range q.rows(t) {
			if bad(q, r) {
				q.at(r)
			}
		}
	}
}

// notOneOf makes a rule of a list of codes: a cell that holds something else
// fails, and an empty one where it must not be empty.
func notOneOf(t ssda903.Table, f ssda903.Field, mayBeEmpty bool, codes ...string) func(*question) {
	return eachRow(t, func(_ *question, r row) bool {
		return !is(r, f, codes...) && (!mayBeEmpty || given(r, f))
	})
}

// notADate makes a rule of a date.
func notADate(t ssda903.Table, f ssda903.Field) func(*question) {
	return eachRow(t, func(_ *question, r row) bool { return badDate(r, f) })
}

// together makes a rule of a question about a row of one table beside a row of
// the same child in another; both are pointed at.
func together(a, b ssda903.Table, bad func(q *question, x, y row) bool) func(*question) {
	return func(q *question) {
		for x, y := range q.beside(a, b) {
			if bad(q, x, y) {
				q.at(x, y)
			}
		}
	}
}
