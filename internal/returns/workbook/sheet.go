package workbook

import (
	"encoding/xml"
	"errors"
	"math"
	"strconv"
	"strings"

	"onus/internal/day"
)

// Kind says what a cell holds.
type Kind uint8

// The kinds.
const (
	Text Kind = iota + 1
	Number
	Bool
	Fault // what Excel shows where a formula failed: #N/A, #REF!
)

// Cell is a cell that holds something.
type Cell struct {
	Col  int // counted from 0
	Kind Kind
	// Text is what stands there: a text as it is, a number in its shortest form,
	// TRUE or FALSE, #N/A.
	Text   string
	Number float64 // of a number; of a date, Excel's count of days
	Dated  bool    // the cell shows its number as a date
}

// Row is a row that has a cell. Its cells are good until the next row is read.
type Row struct {
	Number int // counted from 1, as Excel shows it
	Cells  []Cell
}

// Rows gives the rows of a sheet in the order of the file, those without a cell
// left out. It stops with the error that do gives. Several sheets of a book may
// be read at once.
func (b *Book) Rows(s Sheet, do func(Row) error) error {
	r := rows{book: b, do: do}
	err := b.walk(s.file, r.token)
	if re := (*Refusal)(nil); errors.As(err, &re) && re.Sheet == "" {
		return &Refusal{Why: re.Why, Sheet: s.Name, Row: r.row, Message: re.Message}
	}
	return err
}

type rows struct {
	book  *Book
	do    func(Row) error
	data  bool
	row   int
	col   int
	cells []Cell

	// of the cell at hand
	inCell  bool
	kind    string
	style   int
	hasText bool
	text    strings.Builder
	quiet   int // inside of reading aids, which are no part of the text
}

func (r *rows) token(t xml.Token, d *tokens) error {
	switch t := t.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "sheetData":
			r.data = true
		case "row":
			if !r.data {
				return nil
			}
			n, err := strconv.Atoi(attr(t, "r"))
			if err != nil {
				n = r.row + 1
			}
			if n < 1 || n > maxRows {
				return refuse(ErrDamaged, "A row has a number that no sheet can have. Open the workbook in Excel and save it again.")
			}
			r.row, r.col, r.cells = n, -1, r.cells[:0]
		case "c":
			if r.data && r.row > 0 {
				return r.begin(t)
			}
		case "rPh":
			r.quiet++
		case "v", "t":
			if r.inCell && r.quiet == 0 {
				r.hasText = true
				return d.inside(&r.text)
			}
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "sheetData":
			r.data = false
		case "rPh":
			r.quiet--
		case "c":
			if r.inCell {
				return r.end()
			}
		case "row":
			if r.data && len(r.cells) > 0 {
				if err := r.do(Row{r.row, r.cells}); err != nil {
					return &theirs{err}
				}
			}
		}
	}
	return nil
}

func (r *rows) begin(e xml.StartElement) error {
	r.col++
	r.kind, r.style, r.hasText, r.inCell = "", 0, false, true
	r.text.Reset()
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "r":
			c, ok := column(a.Value)
			if !ok {
				return refuse(ErrDamaged, "A cell stands in a column that no sheet has. Open the workbook in Excel and save it again.")
			}
			r.col = c
		case "t":
			r.kind = a.Value
		case "s":
			r.style, _ = strconv.Atoi(a.Value)
		}
	}
	if r.col >= maxCols || len(r.cells) >= maxCols {
		return refuse(ErrTooManyOf, "A row has more than %d cells. Open the workbook in Excel and save it again.", maxCols)
	}
	return nil
}

func (r *rows) end() error {
	r.inCell = false
	if !r.hasText {
		return nil
	}
	c := Cell{Col: r.col, Kind: Text, Text: r.text.String()}
	switch r.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(c.Text))
		if err != nil || n < 0 || n >= len(r.book.shared) {
			return refuse(ErrDamaged, "A cell speaks of a text that the workbook does not have. Open it in Excel and save it again.")
		}
		c.Text = r.book.shared[n]
	case "b":
		if c.Kind = Bool; strings.TrimSpace(c.Text) == "1" || strings.EqualFold(strings.TrimSpace(c.Text), "true") {
			c.Text = "TRUE"
		} else {
			c.Text = "FALSE"
		}
	case "e":
		c.Kind = Fault
	case "", "n":
		n, err := strconv.ParseFloat(strings.TrimSpace(c.Text), 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			c.Text = unescape(c.Text)
			break // a text where a number was promised
		}
		c.Kind, c.Number, c.Text = Number, n, strconv.FormatFloat(n, 'f', -1, 64)
		c.Dated = r.style >= 0 && r.style < len(r.book.dated) && r.book.dated[r.style]
	default: // inlineStr, str, d
		c.Text = unescape(c.Text)
	}
	if r.book.given.Add(int64(len(c.Text))) > maxText {
		return tooLarge()
	}
	if c.Text != "" {
		r.cells = append(r.cells, c)
	}
	return nil
}

// column gives the number of the column in a reference such as AB12, from 0.
func column(ref string) (int, bool) {
	n := 0
	for i := range len(ref) {
		c := ref[i]
		switch {
		case c >= 'A' && c <= 'Z':
			n = n*26 + int(c-'A') + 1
		case c >= 'a' && c <= 'z':
			n = n*26 + int(c-'a') + 1
		default:
			return n - 1, n > 0 && n <= maxCols
		}
		if n > maxCols {
			return 0, false
		}
	}
	return n - 1, n > 0
}

// Letters names a column as Excel does: 0 is A, 27 is AB.
func Letters(col int) string {
	var b []byte
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// Day turns Excel's count of days into a date; the time of day is dropped. Days
// before 1 March 1900 are refused: Excel counts a 29 February 1900 that never was.
func (b *Book) Day(serial float64) (day.Date, bool) {
	const last = 2_958_465 // 31 December 9999
	if b.From1904 {
		serial += 1462
	}
	if math.IsNaN(serial) || serial < 61 || serial >= last+1 {
		return 0, false
	}
	return epoch.Add(int(serial)), true
}

var epoch = day.Of(1899, 12, 30)

// unescape turns _x000D_ into the character that it stands for.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		if n, ok := escaped(s); ok {
			b.WriteRune(rune(n))
			s = s[7:]
			continue
		}
		b.WriteString("_x")
		s = s[2:]
	}
}

func escaped(s string) (uint64, bool) {
	if len(s) < 7 || s[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return n, err == nil
}
