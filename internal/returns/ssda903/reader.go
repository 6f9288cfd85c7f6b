package ssda903

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"onus/internal/returns/scan"
)

// maxRows is more rows than the table of any true return holds: all of England
// looks after some 80,000 children in a year.
const maxRows = 4_000_000

// Refusal says why a file is not of the return, where, and what to do. It names
// no value of a cell: that could be about a child. Refused CSV is for one of the
// reasons below or those of the room scan; XML has no others than these.
type Refusal = scan.Refusal

// Why a file is refused, beside the reasons of the room scan.
var (
	ErrNotTable = errors.New("ssda903: not a table of the return")
	ErrNot903   = errors.New("ssda903: XML, but not the return")
)

func refusal(why error, line int, text string) *Refusal {
	return &Refusal{Why: why, Line: line, Message: text}
}

// Read reads one CSV file of the set. The name is only looked at where the headings leave
// open which table it is, as those of a file with CHILD and DOB alone do. The
// error is a *Refusal, or what r gave.
func Read(r io.Reader, name string) (*Rows, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		if _, err := b.Discard(3); err != nil {
			return nil, err
		}
	}
	switch start, _ := b.Peek(2); {
	case len(start) > 0 && start[0] == '<':
		return nil, refusal(ErrNotTable, 1, "This is an XML file, where a CSV file is wanted.")
	case string(start) == "PK":
		return nil, refusal(scan.ErrPacked, 0, "This is a workbook: save each of its sheets as CSV.")
	case string(start) == "\xff\xfe", string(start) == "\xfe\xff", len(start) == 2 && (start[0] == 0) != (start[1] == 0):
		return nil, refusal(scan.ErrEncoding, 1, "The file is encoded as UTF-16. Save it as CSV in UTF-8.")
	}
	tail := &ending{r: b}
	c := csv.NewReader(tail)
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, refusal(scan.ErrEmpty, 0, "The file is empty: not even headings are in it.")
	}
	if err != nil {
		return nil, refuse(err)
	}
	fields, repeated := headings(head)
	if repeated {
		return nil, refusal(ErrNotTable, 1, "A heading stands twice.")
	}
	t, ok := recognise(fields, name)
	if !ok {
		return nil, refusal(ErrNotTable, 1, "The headings are not those of a table of the SSDA903 return.")
	}
	var has []Field
	var alien []string
	paths := make([]string, len(fields)) // of what is kept
	for i, f := range fields {
		if f < FieldCount && belongs(t, f) {
			has = append(has, f)
			continue
		}
		fields[i], paths[i] = FieldCount, t.String()+"/"+scan.Cut(strings.TrimSpace(head[i]))
		if head[i] != "" {
			alien = append(alien, paths[i])
		}
	}
	rows := NewRows(t, has...)
	rows.alien = alien
	return rows, rows.fill(c, fields, paths, tail)
}

// fill reads the rows below the headings. Columns that are not known stand in
// fields as FieldCount: what is in them is kept.
func (r *Rows) fill(c *csv.Reader, fields []Field, paths []string, tail *ending) error {
	at := [FieldCount]int{}
	for i, f := range fields {
		if f < FieldCount {
			at[f] = i
		}
	}
	short := 0 // the line of the last row, where it has fewer cells than there are headings
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			if short > 0 && tail.last != '\n' {
				return refusal(scan.ErrCutShort, short, "The file ends in the middle of a row: it was cut short. Export or copy it again.")
			}
			r.Done()
			return nil
		}
		if err != nil {
			return refuse(err)
		}
		line, _ := c.FieldPos(0)
		if len(rec) > len(fields) && slices.ContainsFunc(rec[len(fields):], func(s string) bool { return s != "" }) {
			return refusal(ErrNotTable, line, "The row has more cells than there are headings.")
		}
		if r.n == maxRows {
			return refusal(scan.ErrLimit, line, fmt.Sprintf("The table has more than %d rows. No true return has: check the export.", maxRows))
		}
		if i := slices.IndexFunc(rec, func(s string) bool { return !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 }); i >= 0 {
			return refusal(scan.ErrEncoding, line, fmt.Sprintf("Some bytes in cell %d are not UTF-8 text. Save the file as CSV in UTF-8.", i+1))
		}
		if short = 0; len(rec) < len(fields) {
			short = line
		}
		r.Append(line, func(f Field) string {
			if i := at[f]; i < len(rec) {
				return rec[i]
			}
			return ""
		})
		for i, f := range fields {
			if f != FieldCount || i >= len(rec) || strings.TrimSpace(rec[i]) == "" {
				continue
			}
			k := Kept{Line: line, Path: paths[i], Value: strings.Clone(rec[i])}
			if r.text[Child] != nil {
				k.Child = r.text[Child][r.n-1]
			}
			r.kept = append(r.kept, k)
		}
	}
}

// ending knows the last byte that was read.
type ending struct {
	r    io.Reader
	last byte
}

func (e *ending) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	if n > 0 {
		e.last = b[n-1]
	}
	return n, err
}

func refuse(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return refusal(scan.ErrMalformed, p.Line, "The line cannot be read as CSV: a quotation mark is missing or stands where none may.")
	}
	return err
}

func headings(head []string) (fields []Field, repeated bool) {
	seen := [FieldCount]bool{}
	for _, h := range head {
		name := strings.ToUpper(strings.TrimSpace(h))
		if name == "PLACEMENT" && !slices.Contains(head, "PLACE") {
			name = "PLACE" // so the draft of 2026/27 calls it
		}
		i := slices.Index(fieldNames[:], name)
		if i < 0 {
			fields = append(fields, FieldCount)
			continue
		}
		repeated = repeated || seen[i]
		seen[i] = true
		fields = append(fields, Field(i))
	}
	return fields, repeated
}

func belongs(t Table, f Field) bool {
	return slices.Contains(layout[t].fields, f) || slices.Contains(layout[t].more, f)
}

// recognise finds the table that has all of these columns. Where several do, the
// one with just these columns, else the one the file is named after, else the
// one that lacks the fewest.
func recognise(fields []Field, name string) (Table, bool) {
	best, score := TableCount, -1
	for t := range TableCount {
		own, more, foreign := 0, 0, 0
		for _, f := range fields {
			switch {
			case f == FieldCount:
			case slices.Contains(layout[t].fields, f):
				own++
			case belongs(t, f):
				more++
			default:
				foreign++
			}
		}
		if own+more == 0 || foreign > 0 {
			continue
		}
		s := 100 - (len(layout[t].fields) - own)
		if own == len(layout[t].fields) {
			s += 1000
		}
		if namedAfter(name, t) {
			s += 500
		}
		if s > score {
			best, score = t, s
		}
	}
	return best, best < TableCount
}

// namedAfter says whether a file's name contains the name of a table, written in
// one of the ways in which authorities write it.
func namedAfter(name string, t Table) bool {
	letters := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, strings.ToLower(name))
	for _, n := range spellings[t] {
		if strings.Contains(letters, n) {
			return t != Episodes || !strings.Contains(letters, "swepisodes")
		}
	}
	return false
}

var spellings = [TableCount][]string{{"header"}, {"episodes"}, {"reviews"}, {"uasc"}, {"oc2"}, {"oc3"}, {"ad1"},
	{"placedadoption", "placedforadoption"}, {"prevperm", "previouspermanence"}, {"missing"}, {"swepisodes"}, {"dolo"}}

// Add puts a table into a return: of this year, or of last year. The rows must not
// be used by themselves afterwards.
func (r *Return) Add(rows *Rows, last bool) {
	into := &r.This[rows.Table]
	if last {
		into = &r.Last[rows.Table]
	} else {
		r.Kept = append(r.Kept, rows.kept...)
		r.Alien = append(r.Alien, rows.alien...)
		rows.kept = nil
	}
	if *into == nil {
		*into = rows
		return
	}
	(*into).add(rows)
	(*into).index()
}
