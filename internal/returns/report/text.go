package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// shown is how many children of one rule the text form lists.
const shown = 20

// Text writes a summary for a reader: what stops the return first, each rule
// with its places, then how many rules held. A rule shows its first 20 children.
func Text(w io.Writer, reports ...Report) error {
	b := bufio.NewWriter(w)
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(b)
		}
		r.text(b)
	}
	return b.Flush()
}

func (r Report) text(b *bufio.Writer) {
	fmt.Fprintf(b, "%s: %s\n", r.File, r.heading())
	fmt.Fprintln(b, r.Tally().sentence())
	for _, n := range r.Notes {
		fmt.Fprintln(b, "Note:", n)
	}
	for _, s := range r.Sections() {
		if len(s.Verdicts) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s\n", s.Title)
		for _, v := range s.Verdicts {
			fmt.Fprintf(b, "\n  %s%s  %s\n", v.Rule.Code, draftMark(v.Rule), v.Rule.Says)
			if v.Outcome == CouldNotRun {
				fmt.Fprintf(b, "        Why it could not run: %s\n", v.Reason)
				continue
			}
			fmt.Fprintf(b, "        What to do: %s\n", v.Rule.Do)
			lines := v.Lines()
			for i, l := range lines {
				if i == shown {
					fmt.Fprintf(b, "        and %s (--format csv lists all)\n", many(len(lines)-shown, "child more", "children more"))
					break
				}
				fmt.Fprintf(b, "        %s\n", l)
			}
		}
	}
}

// heading says what was checked, in one line.
func (r Report) heading() string {
	s := fmt.Sprintf("%s %s", r.Return, r.Year)
	if r.From != "" {
		s += fmt.Sprintf(" (%s to %s)", r.From, r.To)
	}
	if r.Draft {
		s += ", by DRAFT rules that may still change"
	}
	var rows []string
	for _, c := range r.Counts {
		if c.Rows > 1 || c.Rows == 1 && c.Table != "Header" {
			rows = append(rows, fmt.Sprintf("%s %d", c.Table, c.Rows))
		}
	}
	if len(rows) > 0 {
		s += ". Rows: " + strings.Join(rows, ", ")
	}
	return s + "."
}

func draftMark(r Rule) string {
	if r.Draft {
		return " (draft)"
	}
	return ""
}

// Section is a group of verdicts that a reader looks at together.
type Section struct {
	Title    string
	Verdicts []Verdict
}

// Sections puts what stops a return first: errors, rules that could not run,
// queries. Rules that held are in none of them.
func (r Report) Sections() []Section {
	s := []Section{{Title: "Errors"}, {Title: "Rules that could not run"}, {Title: "Queries: mend them, or give the reason"}}
	for _, v := range r.Verdicts {
		switch {
		case v.Outcome == Failed && v.Rule.Severity == Error:
			s[0].Verdicts = append(s[0].Verdicts, v)
		case v.Outcome == Failed:
			s[2].Verdicts = append(s[2].Verdicts, v)
		case v.Outcome != Held:
			s[1].Verdicts = append(s[1].Verdicts, v)
		}
	}
	return s
}

// Lines says where a rule failed: a line for each child, with its rows and their
// columns, in the order of the file.
func (v Verdict) Lines() []string {
	if len(v.Places) == 0 {
		return []string{"In the return as a whole."}
	}
	type row struct {
		table, child string
		row          int
	}
	type line struct {
		who  string
		at   int // where the child stands in the file
		rows []string
	}
	var lines []*line
	ofChild := map[string]*line{}
	columns := map[row][]string{}
	for _, p := range v.Places {
		k := row{p.Table, p.Child, p.Row}
		columns[k] = append(columns[k], p.Column)
	}
	for _, p := range v.Places {
		k := row{p.Table, p.Child, p.Row}
		if columns[k] == nil {
			continue // said with the row's first column
		}
		l := ofChild[p.Child]
		if l == nil {
			l = &line{who: "child " + p.Child, at: p.Line}
			lines = append(lines, l)
			switch {
			case v.Rule.Level == OfReturn:
				l.who = "return"
			case p.Child == "": // nobody can say which rows are of one
				l.who = "child without identifier"
			default:
				ofChild[p.Child] = l
			}
		}
		where := fmt.Sprintf("%s row %d", p.Table, p.Row)
		if p.Line > 0 {
			where += fmt.Sprintf(" (line %d)", p.Line)
			l.at = min(l.at, p.Line)
		}
		l.rows = append(l.rows, where+" "+strings.Join(columns[k], ", "))
		columns[k] = nil
	}
	slices.SortStableFunc(lines, func(a, b *line) int { return cmp.Compare(a.at, b.at) })
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.who + ": " + strings.Join(l.rows, "; ")
	}
	return out
}
