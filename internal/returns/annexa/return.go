package annexa

import (
	"cmp"
	"fmt"
	"slices"
)

// Return is an Annex A: its eleven lists, and what else the workbook held.
type Return struct {
	Lists  [ListCount]Table
	Sheets []Sheet
	// Findings are what was not understood, in the order of sheets and rows. A
	// value in a list's own column stays in its cell, one in a column of another
	// name with its row, and one outside the lists in Loose.
	Findings []Finding
	// Loose are cells that belong to no list: of sheets that are none, and above
	// the headings of those that are.
	Loose []Loose
}

// Table is one list.
type Table struct {
	List List
	// Given says that a sheet of the workbook is this list, even if no row is in it.
	Given bool
	// Columns says which of the list's fields the workbook has.
	Columns [FieldCount]bool
	Rows    []Row
}

// Row is one row of a list.
type Row struct {
	List  List
	Sheet string
	Line  int // as Excel numbers it, from 1
	Cells []Cell
	More  []Extra // what stood in columns that the list does not have
}

// Extra is a value under a heading that the list does not have.
type Extra struct{ Heading, Value string }

// Of gives the cell of a field; a blank one where the list has no such field.
func (r Row) Of(f Field) Cell {
	if i := r.List.column(f); i >= 0 && i < len(r.Cells) {
		return r.Cells[i]
	}
	return Cell{}
}

// Who is the identifier that a row goes by: the child's, or of adopters the adult's.
func (r Row) Who() string {
	if r.List == Adopters {
		return r.Of(AdopterID).Text
	}
	return r.Of(ChildID).Text
}

// Sheet says what a sheet of the workbook was taken for.
type Sheet struct {
	Name   string
	Hidden bool
	List   List // ListCount for none
	Head   int  // the row of the headings; 0 where there is none
	Rows   int  // rows of the list, or of a sheet that is none, rows that hold something
}

// Kind says what is the matter with something that was not understood.
type Kind uint8

// The kinds of finding.
const (
	NotUnderstood  Kind = iota + 1 // a value that is no date, number or code
	UnknownColumn                  // a column that the list does not have
	RepeatedColumn                 // a column that stands twice
	MissingColumn                  // a column of the list that is not there
	UnknownSheet                   // a sheet that is none of the lists
	AboveHeadings                  // something other than a title above the headings
	HeadingsAgain                  // a row that repeats the headings
	MoreThanListed                 // more was not understood than is listed one by one
)

var kindNames = [...]string{"", "value not understood", "unknown column", "column twice", "missing column", "unknown sheet", "above the headings", "headings again", "more"}

// String names the kind for a report.
func (k Kind) String() string { return kindNames[min(int(k), len(kindNames)-1)] }

// Finding is something that was not understood, and where it stands.
type Finding struct {
	Kind    Kind
	List    List // ListCount where the sheet is none
	Sheet   string
	Row     int    // 0 where it is about a column or a sheet
	Column  string // as Excel names it: A, AB; empty where it is about a row or a sheet
	Heading string
	Value   string // personal data: for a report, never for a log
	Count   int    // how many cells or rows it stands for
	Why     string
}

// Loose is a cell that belongs to no list.
type Loose struct {
	Sheet  string
	Row    int
	Column string
	Value  string
}

// Reading says that a spelling was read as a code.
type Reading struct {
	Field Field
	Was   string
	Word  *Word
	Count int
}

// Readings are the spellings that were read as an official code, or as a group of
// codes, each once with how often it stands, in the order of fields and spellings.
func (r *Return) Readings() []Reading {
	type key struct {
		f   Field
		was string
	}
	seen := map[key]*Reading{}
	for _, t := range r.Lists {
		for _, row := range t.Rows {
			for i, c := range row.Cells {
				was := c.Was
				if c.Word != nil && c.Word.Code == "" {
					was = c.Text
				}
				if c.Word == nil || was == "" {
					continue
				}
				k := key{t.List.Fields()[i], was}
				if seen[k] == nil {
					seen[k] = &Reading{Field: k.f, Was: was, Word: c.Word}
				}
				seen[k].Count++
			}
		}
	}
	out := make([]Reading, 0, len(seen))
	for _, x := range seen {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Reading) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Was, b.Was)) })
	return out
}

// String says where and what, without the value: a value may be about a child.
func (f Finding) String() string {
	at := "sheet " + f.Sheet
	if f.Row > 0 {
		at += fmt.Sprintf(", row %d", f.Row)
	}
	if f.Column != "" {
		at += ", column " + f.Column
	}
	return at + ": " + f.Why
}
