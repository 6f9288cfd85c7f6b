package ssda903

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"onus/internal/day"
)

// maxRows is more rows than the table of any true return holds: all of England
// looks after some 80,000 children in a year.
const maxRows = 4_000_000

// Refusal says why a file is not a table of the return. It names no value of a
// cell: that could be about a child.
type Refusal struct {
	Line int // counted from 1; 0 for the file as a whole
	Why  string
}

// Error says why, and where when that is known.
func (r *Refusal) Error() string {
	if r.Line > 0 {
		return fmt.Sprintf("line %d: %s", r.Line, r.Why)
	}
	return r.Why
}

// Read reads one CSV file. The name is only looked at where the headings leave
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
		return nil, &Refusal{Line: 1, Why: "This is an XML file: give the CSV files of the return."}
	case string(start) == "PK":
		return nil, &Refusal{Why: "This is a workbook: save each of its sheets as CSV."}
	}
	c := csv.NewReader(b)
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Refusal{Why: "The file is empty: not even headings are in it."}
	}
	if err != nil {
		return nil, refuse(err)
	}
	fields, repeated := headings(head)
	if repeated {
		return nil, &Refusal{Line: 1, Why: "A heading stands twice."}
	}
	t, ok := recognise(fields, name)
	if !ok {
		return nil, &Refusal{Line: 1, Why: "The headings are not those of a table of the SSDA903 return."}
	}
	rows := &Rows{Table: t}
	for i, f := range fields {
		if f < FieldCount && !belongs(t, f) {
			fields[i] = FieldCount
		} else if f < FieldCount {
			rows.text[f] = []string{}
			if dated[f] {
				rows.date[f] = []day.Date{}
			}
		}
	}
	return rows, rows.fill(c, fields)
}

// fill reads the rows below the headings. Columns that are not known stand in
// fields as FieldCount.
func (r *Rows) fill(c *csv.Reader, fields []Field) error {
	known := map[string]string{} // the same codes come again and again
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			r.index()
			return nil
		}
		if err != nil {
			return refuse(err)
		}
		line, _ := c.FieldPos(0)
		if len(rec) > len(fields) && slices.ContainsFunc(rec[len(fields):], func(s string) bool { return s != "" }) {
			return &Refusal{Line: line, Why: "The row has more cells than there are headings."}
		}
		if r.n == maxRows {
			return &Refusal{Line: line, Why: fmt.Sprintf("The table has more than %d rows. No true return has: check the export.", maxRows)}
		}
		for i, f := range fields {
			if f == FieldCount {
				continue
			}
			s := ""
			if i < len(rec) {
				s = rec[i]
			}
			if k, ok := known[s]; ok {
				s = k
			} else {
				s = strings.Clone(s) // not a piece of the whole line
				if len(s) < 12 && len(known) < 50_000 {
					known[s] = s
				}
			}
			r.text[f] = append(r.text[f], s)
			if dated[f] {
				d, _ := ParseDate(s)
				r.date[f] = append(r.date[f], d)
			}
		}
		r.line = append(r.line, int32(line))
		r.n++
	}
}

func refuse(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &Refusal{Line: p.Line, Why: "The line cannot be read as CSV: a quotation mark is missing or stands where none may."}
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

// Add puts a table into a return: of this year, or of last year.
func (r *Return) Add(rows *Rows, last bool) {
	into := &r.This[rows.Table]
	if last {
		into = &r.Last[rows.Table]
	}
	if *into == nil {
		*into = rows
		return
	}
	(*into).add(rows)
	(*into).index()
}
