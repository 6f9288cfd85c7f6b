// Package report says what a check of a return found: which rules held, which
// failed and where, and which could not run and why. It writes that for a
// machine (CSV, JSON), for a reader (text, HTML) and lists the rules themselves
// (Markdown).
//
// It may know what a rule is called, when it is in force and how to say it in
// plain words. It must never know a return, a table's columns or how a rule is
// decided: each return has a checker of its own, which gives a Report.
package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how much it matters that a rule failed.
type Severity uint8

// The severities: an error must be mended before the return is taken; a query
// may stand if somebody gives the reason.
const (
	Error Severity = iota + 1
	Query
)

// String gives "error" or "query".
func (s Severity) String() string { return [...]string{"", "error", "query"}[min(s, Query)] }

// Level says what a rule is about.
type Level uint8

// The levels: the rows of one child, or the return as a whole.
const (
	OfChild Level = iota + 1
	OfReturn
)

// String gives "child" or "return".
func (l Level) String() string { return [...]string{"", "child", "return"}[min(l, OfReturn)] }

// Rule is what a reader needs to know of a rule. Says and Do are our own words,
// not those of whoever made the rule.
type Rule struct {
	Code     string
	Severity Severity
	Level    Level
	Years    []string // the return years in which it is in force, such as "2025/26"
	Draft    bool     // not settled yet by whoever makes the rules
	Module   string   // the table it belongs to
	Fields   []string // the items it looks at, as "Table.Column"
	Says     string   // what is wrong where it fails
	Do       string   // what to do about it
}

// Place is one cell that a rule points at. Column and Row are empty where a rule
// points at the return as a whole.
type Place struct {
	Table, Column string
	Row           int // in the table, counted from 0 in the order of the file
	Line          int // in the file, counted from 1; 0 when not known
	Child         string
}

// Outcome says what came of a rule. Its zero value is no outcome: a rule that
// nobody ran has not held.
type Outcome uint8

// The outcomes.
const (
	Held Outcome = iota + 1
	Failed
	CouldNotRun
)

// String gives "held", "failed" or "could not run".
func (o Outcome) String() string {
	return [...]string{"not run", "held", "failed", "could not run"}[min(o, CouldNotRun)]
}

// Verdict is a rule and what came of it.
type Verdict struct {
	Rule    Rule
	Outcome Outcome
	Places  []Place // where it failed, in the order of tables, columns and rows
	Reason  string  // why it could not run
}

// Count is how many rows a table holds.
type Count struct {
	Table string
	Rows  int
}

// Report is what one check of one file, or set of files, found. It holds the
// identifiers of children, so it is as confidential as the return.
type Report struct {
	Return   string // "CIN"
	File     string // as the user named it
	Year     string // "2025/26"
	Draft    bool   // the rules of the year are a draft
	From, To string // the census year, for a reader; empty when not known
	Counts   []Count
	Notes    []string // what a reader should know before the verdicts
	Verdicts []Verdict
}

// Tally counts verdicts.
type Tally struct{ Held, Errors, Queries, CouldNotRun int }

// Tally counts the verdicts of a report: failed ones by severity.
func (r Report) Tally() Tally {
	var t Tally
	for _, v := range r.Verdicts {
		switch {
		case v.Outcome == Held:
			t.Held++
		case v.Outcome == Failed && v.Rule.Severity == Error:
			t.Errors++
		case v.Outcome == Failed:
			t.Queries++
		default:
			t.CouldNotRun++
		}
	}
	return t
}

// Passes says whether the return may go: no error failed, and no rule could not
// run except those allowed by code. A query does not stop it.
func (r Report) Passes(allowed []string) bool {
	for _, v := range r.Verdicts {
		switch v.Outcome {
		case Held:
		case Failed:
			if v.Rule.Severity == Error {
				return false
			}
		default:
			if !slices.Contains(allowed, v.Rule.Code) {
				return false
			}
		}
	}
	return true
}

// Sort puts verdicts in the order of their codes: by number, then by letter.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return CompareCodes(a.Rule.Code, b.Rule.Code) })
}

// CompareCodes orders rule codes by their number and then by what follows it.
func CompareCodes(a, b string) int {
	na, ra := number(a)
	nb, rb := number(b)
	return cmp.Or(cmp.Compare(na, nb), strings.Compare(ra, rb))
}

func number(code string) (int, string) {
	n := 0
	for i, c := range code {
		if c < '0' || c > '9' || i > 8 {
			return n, code[i:]
		}
		n = n*10 + int(c-'0')
	}
	return n, ""
}

// many says a count with its noun.
func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// sentence says a tally in one line.
func (t Tally) sentence() string {
	parts := []string{
		many(t.Errors, "error", "errors"),
		many(t.Queries, "query", "queries"),
		many(t.CouldNotRun, "rule could not run", "rules could not run"),
		many(t.Held, "rule held", "rules held"),
	}
	return strings.Join(parts, ", ") + "."
}
