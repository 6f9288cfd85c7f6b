package ssda903

import (
	"slices"
	"strings"

	"onus/internal/day"
)

// Rows are one table of one return: each column by itself, so that what a rule
// looks at lies together.
type Rows struct {
	Table Table

	n     int
	text  [FieldCount][]string
	date  [FieldCount][]day.Date
	line  []int32
	child map[string][]int32
	kept  []Kept
	alien []string        // headings that are no column of the table
	cols  []Field         // that the table has
	known map[string]cell // while rows are put in: the same codes and days come again and again
}

// cell is a text that was met, and the date that it is.
type cell struct {
	text string
	date day.Date
}

// Row is a row of a table.
type Row struct {
	*Rows
	Index int // counted from 0 in the order of the file
}

// Return is a return: its tables of this year, and those of last year as far as
// they were given. A table that was not given is nil.
type Return struct {
	This, Last [TableCount]*Rows
	// Kept is what this year's files say beside the tables, in the order of the
	// files. No rule looks at it.
	Kept []Kept
	// Alien are headings of this year's files that no column has, as "Episodes/NOTES".
	Alien []string
}

// Kept is something in a file that has no place in the tables.
type Kept struct {
	Child string // whose it is; empty for nobody's
	Line  int    // counted from 1
	Path  string // "Episodes/NOTES", "EXPSSDA903/CHILD/HEADER/NOTES"
	Value string
}

// NewRows is an empty table with these columns, or with all that the return has
// for it.
func NewRows(t Table, fields ...Field) *Rows {
	if len(fields) == 0 {
		fields = layout[t].fields
	}
	r := &Rows{Table: t, cols: slices.Sorted(slices.Values(fields)), known: map[string]cell{}}
	for _, f := range fields {
		r.text[f] = []string{}
		if dated[f] {
			r.date[f] = []day.Date{}
		}
	}
	return r
}

// Append puts a row at the end; line is where it stands in its file, counted from
// 1. Columns that the table does not have are not asked for. Done ends the table.
func (r *Rows) Append(line int, value func(Field) string) {
	for _, f := range r.cols {
		s := value(f)
		k, ok := r.known[s]
		if !ok {
			k.text = strings.Clone(s) // not a piece of the whole line
			k.date, _ = ParseDate(s)
			if len(s) < 12 && len(r.known) < 50_000 {
				r.known[k.text] = k
			}
		}
		r.text[f] = append(r.text[f], k.text)
		if dated[f] {
			r.date[f] = append(r.date[f], k.date)
		}
	}
	r.line = append(r.line, int32(line))
	r.n++
}

// Done makes the table ready to be asked. Nothing may be put in afterwards.
func (r *Rows) Done() {
	r.known = nil
	r.index()
}

// MissingColumn is what a row panics with when it is asked for a column that its
// file does not have: the question has no answer, and whoever asked must say so.
type MissingColumn struct {
	Table Table
	Field Field
}

// Len is how many rows there are.
func (r *Rows) Len() int { return r.n }

// Has says whether the file had a column.
func (r *Rows) Has(f Field) bool { return r.text[f] != nil }

// At gives a row by its place in the file.
func (r *Rows) At(i int) Row { return Row{r, i} }

// Of gives the rows of a child in the order of the file. Rows without a child
// belong to nobody. It panics with a MissingColumn when the file names no children:
// to say that a child has no rows would be a guess.
func (r *Rows) Of(child string) []int32 {
	if r.text[Child] == nil {
		panic(MissingColumn{r.Table, Child})
	}
	return r.child[child]
}

// Text gives a cell as it stands in the file; empty for none.
func (r Row) Text(f Field) string {
	if r.text[f] == nil {
		panic(MissingColumn{r.Table, f})
	}
	return r.text[f][r.Index]
}

// Date gives a cell as a date; zero where there is none that can be read.
func (r Row) Date(f Field) day.Date {
	if r.date[f] == nil {
		panic(MissingColumn{r.Table, f})
	}
	return r.date[f][r.Index]
}

// Line is where the row begins in its file, counted from 1.
func (r Row) Line() int { return int(r.line[r.Index]) }

// Set fills a whole column, such as one worked out from others.
func (r *Rows) Set(f Field, value func(Row) string) {
	col := make([]string, r.n)
	for i := range col {
		col[i] = value(Row{r, i})
	}
	r.text[f] = col
}

// add puts another file's rows of the same table behind these. A column that
// one of both lacks is lacking.
func (r *Rows) add(more *Rows) {
	for f := range r.text {
		if r.text[f] == nil || more.text[f] == nil {
			r.text[f], r.date[f] = nil, nil
			continue
		}
		r.text[f] = append(r.text[f], more.text[f]...)
		r.date[f] = append(r.date[f], more.date[f]...)
	}
	r.line = append(r.line, more.line...)
	r.kept = append(r.kept, more.kept...)
	r.n += more.n
}

func (r *Rows) index() {
	r.child = make(map[string][]int32, r.n)
	for i, c := range r.text[Child] {
		if c != "" {
			r.child[c] = append(r.child[c], int32(i))
		}
	}
}
