package annexa

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"onus/internal/returns/workbook"
)

// ErrNotAnnexA is why a workbook is refused that is a workbook, but holds none of
// the lists. The error is a *workbook.Refusal that wraps it.
var ErrNotAnnexA = errors.New("annexa: a workbook, but not Annex A")

// Limits that no true Annex A comes near.
const (
	headingRows = 40        // the headings stand in the first rows that hold anything
	headingCols = 300       // the widest list has 34
	maxCells    = 4_000_000 // a row counts as wide as its list
	maxFindings = 50_000    // of one sheet, one by one
	maxLoose    = 5_000     // of one sheet
)

// Read reads a workbook. The error is a *workbook.Refusal, which says what is
// wrong with the file as a whole; everything less than that is a Finding.
func Read(r io.ReaderAt, size int64) (*Return, error) {
	b, err := workbook.Open(r, size)
	if err != nil {
		return nil, err
	}
	rd := &reader{book: b, cells: &atomic.Int64{}}
	for f := range FieldCount {
		if f.Holds() == Code {
			rd.sets[f] = sets()[layout().fields[f].set]
		}
	}
	parts := make([]*sheetReader, len(b.Sheets))
	errs := make([]error, len(b.Sheets))
	var wait sync.WaitGroup
	turn := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))
	for i, s := range b.Sheets {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			p := &sheetReader{reader: rd.own(), sheet: Sheet{Name: s.Name, Hidden: s.Hidden, List: ListCount}}
			if errs[i] = b.Rows(s, p.row); errs[i] == nil {
				errs[i] = p.finish()
			}
			parts[i] = p
		})
	}
	wait.Wait()
	for _, err := range errs { // the first in the order of sheets, however they ran
		if err != nil {
			return nil, err
		}
	}
	return join(parts)
}

func join(parts []*sheetReader) (*Return, error) {
	out := &Return{}
	for l := range ListCount {
		out.Lists[l].List = l
	}
	found := false
	var names []string
	for _, p := range parts {
		out.Sheets = append(out.Sheets, p.sheet)
		out.Findings = append(out.Findings, p.findings...)
		out.Loose = append(out.Loose, p.loose...)
		names = append(names, p.sheet.Name)
		if p.sheet.List == ListCount {
			continue
		}
		found = true
		t := &out.Lists[p.sheet.List]
		t.Given = true
		for _, f := range p.fields {
			if f < FieldCount {
				t.Columns[f] = true
			}
		}
		t.Rows = append(t.Rows, p.rows...)
	}
	if !found {
		if len(names) > 12 {
			names = append(names[:12], "and more")
		}
		return nil, &workbook.Refusal{Why: ErrNotAnnexA, Message: fmt.Sprintf("This is a workbook, but not an Annex A: no sheet has the headings of one of its eleven lists. Its sheets are: %s. Choose the workbook with the lists of children.", strings.Join(names, ", "))}
	}
	return out, nil
}

// reader is what sheets share; texts that come again are kept once, by each
// sheet for itself.
type reader struct {
	book  *workbook.Book
	sets  [FieldCount]*set
	cells *atomic.Int64
	texts map[string]string
}

func (r *reader) own() *reader {
	return &reader{book: r.book, sets: r.sets, cells: r.cells, texts: map[string]string{}}
}

// known gives a text that was met before, so that it is in memory once.
func (r *reader) known(s string) string {
	if k, ok := r.texts[s]; ok {
		return k
	}
	s = strings.Clone(s)
	if len(r.texts) < 100_000 {
		r.texts[s] = s
	}
	return s
}

// sheetReader reads one sheet: it waits until it has seen where the headings are.
type sheetReader struct {
	*reader
	sheet    Sheet
	early    []workbook.Row // the first rows, until the headings are known
	late     bool
	fields   []Field // of each column; FieldCount for none
	headings []string
	counts   []int // values in columns that are not the list's
	first    []int // the row of the first of them
	rows     []Row
	findings []Finding
	unlisted int
	loose    []Loose
	unkept   int
}

func (p *sheetReader) row(r workbook.Row) error {
	wide := len(r.Cells)
	if p.sheet.List < ListCount {
		wide = max(wide, len(p.sheet.List.Fields()))
	}
	if p.cells.Add(int64(wide)) > maxCells {
		return &workbook.Refusal{Why: workbook.ErrTooManyOf, Message: fmt.Sprintf("The workbook has more than %d cells. No true Annex A has: take out sheets that do not belong to it.", maxCells)}
	}
	if p.late {
		p.take(r)
		return nil
	}
	if !slices.ContainsFunc(r.Cells, func(c workbook.Cell) bool { return tidy(c.Text) != "" }) {
		return nil
	}
	p.early = append(p.early, workbook.Row{Number: r.Number, Cells: slices.Clone(r.Cells)})
	if len(p.early) == headingRows {
		p.decide()
	}
	return nil
}

func (p *sheetReader) finish() error {
	if !p.late {
		p.decide()
	}
	p.sum()
	return nil
}

// decide finds the headings in the first rows, and takes those rows.
func (p *sheetReader) decide() {
	p.late = true
	h := findHeadings(p.sheet.Name, p.early)
	early := p.early
	p.early = nil
	if h.row >= 0 {
		p.sheet.List, p.sheet.Head = h.list, early[h.row].Number
		p.fields, p.headings = h.fields, h.texts
		p.counts, p.first = make([]int, len(h.fields)), make([]int, len(h.fields))
		for i, r := range early[:h.row] {
			if h.double && i == h.row-1 {
				continue // the upper half of the headings
			}
			p.above(r)
		}
		early = early[h.row+1:]
	}
	for _, r := range early {
		p.take(r)
	}
}

// above keeps what stands above the headings, but for the title of the list.
func (p *sheetReader) above(r workbook.Row) {
	n := 0
	for _, c := range r.Cells {
		if t := tidy(c.Text); t != "" && named(t) != p.sheet.List {
			p.keep(r.Number, c)
			n++
		}
	}
	if n > 0 {
		p.find(Finding{Kind: AboveHeadings, Row: r.Number, Count: n, Why: "This stands above the headings. It belongs to no row of the list."})
	}
}

func (p *sheetReader) keep(row int, c workbook.Cell) {
	if len(p.loose) >= maxLoose {
		p.unkept++
		return
	}
	p.loose = append(p.loose, Loose{p.sheet.Name, row, workbook.Letters(c.Col), p.said(c)})
}

// said is a cell's text, a date as a date.
func (p *sheetReader) said(c workbook.Cell) string {
	if c.Dated {
		if d, ok := p.book.Day(c.Number); ok {
			return d.String()
		}
	}
	return p.known(tidy(c.Text))
}

func (p *sheetReader) find(f Finding) {
	if f.List, f.Sheet = p.sheet.List, p.sheet.Name; len(p.findings) >= maxFindings {
		p.unlisted++
		return
	}
	p.findings = append(p.findings, f)
}

// take takes a row below the headings, or of a sheet that has none.
func (p *sheetReader) take(r workbook.Row) {
	if p.sheet.List == ListCount {
		held := false
		for _, c := range r.Cells {
			if tidy(c.Text) != "" {
				p.keep(r.Number, c)
				held = true
			}
		}
		if held {
			p.sheet.Rows++
		}
		return
	}
	if p.again(r) {
		p.find(Finding{Kind: HeadingsAgain, Row: r.Number, Count: 1, Why: "This row repeats the headings. It was left out of the list."})
		return
	}
	row := Row{List: p.sheet.List, Sheet: p.sheet.Name, Line: r.Number}
	for _, c := range r.Cells {
		text := tidy(c.Text)
		if text == "" {
			continue
		}
		f := FieldCount
		if c.Col < len(p.fields) {
			f = p.fields[c.Col]
		}
		if f == FieldCount {
			row.More = append(row.More, Extra{p.heading(c.Col), p.said(c)})
			p.stray(r.Number, c.Col)
			continue
		}
		v := p.cell(f, c)
		if row.Cells == nil {
			row.Cells = make([]Cell, len(p.sheet.List.Fields()))
		}
		row.Cells[p.sheet.List.column(f)] = v
		if !v.Known {
			why := f.Holds().why()
			if faults[v.Text] {
				why = "A formula failed here: Excel shows an error in place of a value."
			}
			p.find(Finding{Kind: NotUnderstood, Row: r.Number, Column: workbook.Letters(c.Col), Heading: f.Heading(), Value: v.Text, Count: 1, Why: why})
		}
	}
	if row.Cells == nil { // nothing of the list's own
		for _, c := range r.Cells {
			if tidy(c.Text) != "" {
				p.keep(r.Number, c)
			}
		}
		return
	}
	p.rows = append(p.rows, row)
	p.sheet.Rows++
}

// again says whether a row repeats the headings, as where lists were put under
// one another.
func (p *sheetReader) again(r workbook.Row) bool {
	same := 0
	for _, c := range r.Cells {
		if c.Kind == workbook.Text && c.Col < len(p.headings) && p.headings[c.Col] != "" && plain(c.Text) == plain(p.headings[c.Col]) {
			same++
		}
	}
	return same >= 3 && same*2 > len(r.Cells)
}

func (p *sheetReader) heading(col int) string {
	if col < len(p.headings) && p.headings[col] != "" {
		return p.headings[col]
	}
	return "column " + workbook.Letters(col)
}

// stray counts a value in a column that the list does not have.
func (p *sheetReader) stray(row, col int) {
	for col >= len(p.counts) {
		p.counts, p.first = append(p.counts, 0), append(p.first, 0)
	}
	if p.counts[col] == 0 {
		p.first[col] = row
	}
	p.counts[col]++
}

// sum lists what can only be said of the sheet as a whole.
func (p *sheetReader) sum() {
	l := p.sheet.List
	if l == ListCount {
		if p.sheet.Rows > 0 && !explains(p.sheet.Name) {
			p.find(Finding{Kind: UnknownSheet, Count: p.sheet.Rows, Why: "No row of this sheet has the headings of a list. It was not read as one."})
		}
		p.rest()
		return
	}
	has := [FieldCount]bool{}
	var about []Finding
	for col := range max(len(p.headings), len(p.counts)) {
		f := FieldCount
		if col < len(p.fields) {
			f = p.fields[col]
		}
		if f < FieldCount {
			has[f] = true
			continue
		}
		n := 0
		if col < len(p.counts) {
			n = p.counts[col]
		}
		named := col < len(p.headings) && p.headings[col] != ""
		if n == 0 && !named {
			continue
		}
		x := Finding{Kind: UnknownColumn, Row: 0, Column: workbook.Letters(col), Count: n, Why: "The list has no such column. Its values are kept beside the rows."}
		if named {
			x.Heading = p.headings[col]
			if g, ok := match(l, x.Heading); ok && slices.Contains(p.fields, g) {
				x.Kind, x.Why = RepeatedColumn, fmt.Sprintf("Another column is already taken for “%s”. The values of this one are kept beside the rows.", g.Heading())
			}
		}
		about = append(about, x)
	}
	for _, f := range l.Fields() {
		if !has[f] {
			about = append(about, Finding{Kind: MissingColumn, Heading: f.Heading(), Count: 1, Why: "The list lacks this column."})
		}
	}
	for i := range about {
		about[i].List, about[i].Sheet = l, p.sheet.Name
	}
	p.findings = append(about, p.findings...)
	p.rest()
}

// rest says how much is not listed, or not kept, one by one.
func (p *sheetReader) rest() {
	say := func(n int, why string) {
		if n > 0 {
			p.findings = append(p.findings, Finding{Kind: MoreThanListed, List: p.sheet.List, Sheet: p.sheet.Name, Count: n, Why: why})
		}
	}
	say(p.unlisted, "So much is not understood here that the rest is only counted.")
	if !explains(p.sheet.Name) {
		say(p.unkept, "So much stands here outside any list that the rest is only counted.")
	}
}
