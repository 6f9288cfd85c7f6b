package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"onus/internal/match"
)

type matchCmd struct {
	File    string   `arg:"" help:"A table (CSV with a header row; - for standard input)."`
	Map     []string `help:"What a column of the file is: theirs=ours, repeatable. Ours: record_id, kind, role, forename, middle_names, surname, full_name, known_as, dob, dob_status, sex, nhs_number, id_number, address, town, postcode, carer_name, other; - leaves a column out. Several columns may be one field." placeholder:"THEIRS=OURS" sep:"none"`
	NotSame string   `help:"A table of two columns of record ids: pairs that somebody has said are two people." placeholder:"FILE" name:"not-same"`
}

func (c *matchCmd) Run(s stdio) error {
	in := s.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return wrong("the file cannot be read: %s", c.File)
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	var as [][2]string
	for _, m := range c.Map {
		theirs, ours, ok := strings.Cut(m, "=")
		if !ok {
			return wrong("--map wants THEIRS=OURS, not %q", m)
		}
		as = append(as, [2]string{theirs, ours})
	}
	people, err := c.people(in, as, s.errw)
	if err != nil {
		return err
	}
	var params match.Params
	if c.NotSame != "" {
		if params.NotSame, err = readNotSame(c.NotSame); err != nil {
			return err
		}
	}
	out := csv.NewWriter(s.out)
	if err := out.Write([]string{"id_l", "id_r", "score", "class"}); err != nil {
		return err
	}
	for _, p := range match.Batch(people, params) {
		if err := out.Write([]string{p.L, p.R, strconv.FormatFloat(p.Score, 'f', 3, 64), p.Class.String()}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// people reads the table. What it complains of is named by row and column,
// never by what stands there.
func (c *matchCmd) people(in io.Reader, as [][2]string, errw io.Writer) ([]match.Person, error) {
	r := csv.NewReader(bufio.NewReaderSize(in, 1<<20))
	r.ReuseRecord = true
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, wrong("the file is empty; it needs a header row")
	}
	if err != nil {
		return nil, badTable(err)
	}
	columns, err := match.Header(header, as)
	if err != nil {
		return nil, Wrong{err}
	}
	if len(columns.Unknown) > 0 {
		fmt.Fprintf(errw, "onus: not read, because nobody said what they are (--map): %s\n", strings.Join(columns.Unknown, ", "))
	}
	if !columns.Has("record_id") {
		fmt.Fprintln(errw, "onus: no column is record_id: rows are named by their number, the first below the header is 1")
	}
	var people []match.Person
	seen := map[string]int{}
	for n := 1; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return people, nil
		}
		if err != nil {
			return nil, badTable(err)
		}
		p := columns.Person(row, n)
		if first, twice := seen[p.ID]; twice {
			return nil, wrong("rows %d and %d have one record_id: each needs its own", first, n)
		}
		seen[p.ID] = n
		people = append(people, p)
	}
}

func badTable(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return wrong("line %d of the file cannot be read as CSV: %w", p.Line, p.Err)
	}
	return err
}

func readNotSame(name string) ([][2]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, wrong("the file cannot be read: %s", name)
	}
	defer func() { _ = f.Close() }() // it was only read
	r := csv.NewReader(f)
	r.FieldsPerRecord = 2
	rows, err := r.ReadAll()
	if err != nil {
		return nil, badTable(err)
	}
	var pairs [][2]string
	for _, row := range rows {
		pairs = append(pairs, [2]string{strings.TrimSpace(row[0]), strings.TrimSpace(row[1])})
	}
	return pairs, nil
}
