package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/report"
	"onus/internal/returns/scan"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// ReturnPart is a part of data that rules of returns are checked with. Of last year's
// files it is what they say of one child.
type ReturnPart struct {
	Data      string
	N         int
	Authority string // of Number
	Number    string // the authority's number of the child; empty: it is about no child, or was erased
	Child     string // the record with that number when it was given; empty: there was none
	Salt      []byte // of a child's part
	Body      []byte // nil: it was erased
	Leaf      []byte // SHA-256 of salt, number and body
}

func (p ReturnPart) leaf() []byte {
	h := sha256.New()
	h.Write(p.Salt)
	h.Write([]byte(p.Number))
	h.Write(p.Body)
	return h.Sum(nil)
}

// DataOrder is data to be kept, for rules of returns to be checked with.
type DataOrder struct {
	What      string // one of line.DataKinds
	About     string // what it is, in the words of whoever gives it; may be empty
	Authority string // of last year's files: three digits
	Year      string // of last year's files: 2024/25
	Code      string // of a postcode directory: the code that it has for this authority; may be empty
	From      day.Date
	Files     []ReturnFile
}

// aheadAtMost is how many days ahead data may begin to count.
const aheadAtMost = 366

// whole says everything that is wrong with an order but its files. It fills in From.
func (o *DataOrder) whole(today day.Date) error {
	var wrong entry.Refusal
	no := func(field, text string) {
		wrong.Problems = append(wrong.Problems, entry.Problem{Field: field, Text: text})
	}
	if !slices.Contains(line.DataKinds, o.What) {
		return ErrNotFound
	}
	if o.What == line.DataLastYear {
		if !threeDigits.MatchString(o.Authority) {
			no("authority", "Enter the three digits of the authority that made it, such as 204")
		}
		if _, err := report.ParseYear(o.Year, ssda903check.FirstYear-1, ssda903check.LastYear-1); err != nil {
			no("year", "Choose the year that the files are of")
		}
		o.Code = ""
	} else {
		o.Authority, o.Year = "", ""
		if o.What != line.DataPostcodes {
			o.Code = ""
		}
	}
	if o.From == 0 {
		o.From = today
	}
	if o.From > today+aheadAtMost {
		no("from", "That day lies more than a year ahead")
	}
	if len([]rune(o.About)) > 200 {
		no("about", "Write at most 200 letters")
	}
	switch {
	case len(o.Files) == 0:
		no("file", "Choose a file")
	case len(o.Files) > 1 && o.What != line.DataLastYear:
		no("file", "Give one file: the CSV that holds the whole of it")
	}
	if len(wrong.Problems) > 0 {
		return &wrong
	}
	return nil
}

// dataMade is data that was read, and is to be kept.
type dataMade struct {
	body  line.ReturnDataGiven
	parts []ReturnPart
}

// GiveReturnData keeps data that rules of returns are checked with, for somebody. What is
// wrong with the order is an entry.Refusal at its fields, and what is wrong with a file the
// *scan.Refusal of its reader. Nothing that was given before is lost.
func (a *App) GiveReturnData(ctx context.Context, o DataOrder, who entry.Actor) (line.GivenData, error) {
	var out line.GivenData
	if err := o.whole(a.Clock.Now().Date()); err != nil {
		return out, err
	}
	made, err := a.readData(o)
	if err != nil {
		return out, err
	}
	err = a.write(ctx, func(w *writer) error {
		id, err := w.at.NewID()
		if err != nil {
			return err
		}
		made.body.Data = string(id)
		all := sha256.New()
		for i := range made.parts {
			p := &made.parts[i]
			p.Data, p.N = made.body.Data, i
			if p.Number != "" {
				p.Child, err = w.tx.ChildByID(ctx, Identifier{"la-child", p.Authority, p.Number})
				if err != nil && !notFound(err) {
					return err
				}
			}
			p.Leaf = p.leaf()
			all.Write(p.Leaf)
		}
		made.body.Parts, made.body.Leaves = len(made.parts), hex.EncodeToString(all.Sum(nil))
		l, err := a.lineOf(ctx, w.tx)
		if err != nil {
			return err
		}
		es, err := line.Decide(l, line.Command{Actor: who, Happened: day.AtInstant(w.at.Now), Source: entry.Source{Kind: "page"}, Body: made.body}, w.at)
		if err != nil {
			return err
		}
		for _, e := range es {
			out = line.GivenData{ReturnDataGiven: made.body, Entry: e.ID, Recorded: e.Recorded, Author: e.Author, Post: e.Post}
			if err := w.add(e); err != nil {
				return err
			}
		}
		return w.tx.PutReturnData(ctx, made.parts)
	})
	return out, err
}

func (a *App) readData(o DataOrder) (*dataMade, error) {
	made := &dataMade{body: line.ReturnDataGiven{What: o.What, About: strings.TrimSpace(o.About), Authority: o.Authority, Year: o.Year, Code: o.Code, From: o.From}}
	switch o.What {
	case line.DataLastYear:
		return made, made.lastYear(o, a.salt)
	case line.DataPostcodes:
		return made, made.postcodes(o)
	}
	return made, made.providers(o)
}

// eachFile reads files one after another, each to its end, and gives their hashes in
// order, so that neither their names nor how they came make a difference. All that is
// wrong is said at once.
func eachFile(files []ReturnFile, read func(r io.Reader, name string) error) (sums []string, err error) {
	var wrong []error
	for _, f := range files {
		sum := sha256.New()
		err := func() error {
			r, err := f.Open()
			if err != nil {
				return err
			}
			defer r.Close()
			in := io.TeeReader(r, sum)
			if err := read(in, f.Name); err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, in) // what was not read yet belongs to the file too
			return err
		}()
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", f.Name, err))
		}
		sums = append(sums, hex.EncodeToString(sum.Sum(nil)))
	}
	slices.Sort(sums)
	return sums, errors.Join(wrong...)
}

// eachGiven is eachFile, with the hash that names the files together.
func eachGiven(files []ReturnFile, read func(r io.Reader, name string) error) (string, error) {
	sums, err := eachFile(files, read)
	if len(sums) == 1 {
		return sums[0], err
	}
	all := sha256.Sum256([]byte(strings.Join(sums, "\n") + "\n"))
	return hex.EncodeToString(all[:]), err
}

// lastYear reads the files of last year's return, and puts what they say by child. Rows
// without a child's number are not kept: no rule can compare them with anybody.
func (m *dataMade) lastYear(o DataOrder, salt func() ([]byte, error)) (err error) {
	ret := &ssda903.Return{}
	if m.body.SHA256, err = eachGiven(o.Files, func(r io.Reader, name string) error { return ssda903.ReadFile(r, name, ret, true) }); err != nil {
		return err
	}
	if err := ofYear(ret, o); err != nil {
		return err
	}
	rows := map[string]map[string][][]string{} // by child and table
	var order []string
	for _, t := range ret.Last {
		if t == nil {
			continue
		}
		if !t.Has(ssda903.Child) {
			return scan.Refuse(ssda903.ErrNotTable, 1, t.Table.String(), "The table %s has no column CHILD: nobody knows whose its rows are.", t.Table)
		}
		cols := columnsOf(t)
		of := line.ReturnColumn{Table: t.Table.String()}
		for _, f := range cols {
			of.Columns = append(of.Columns, f.String())
		}
		for i := range t.Len() {
			r := t.At(i)
			number := r.Text(ssda903.Child)
			if number == "" {
				continue
			}
			cells := make([]string, len(cols))
			for j, f := range cols {
				cells[j] = r.Text(f)
			}
			if rows[number] == nil {
				rows[number] = map[string][][]string{}
				order = append(order, number)
			}
			rows[number][of.Table] = append(rows[number][of.Table], cells)
			of.Rows++
		}
		m.body.Tables = append(m.body.Tables, of)
		m.body.Rows += of.Rows
	}
	if m.body.Children = len(order); m.body.Children == 0 {
		return scan.Refuse(scan.ErrEmpty, 0, "", "No row of these files names a child.")
	}
	for _, number := range order {
		body, err := json.Marshal(rows[number])
		if err != nil {
			return err
		}
		s, err := salt()
		if err != nil {
			return err
		}
		m.parts = append(m.parts, ReturnPart{Authority: o.Authority, Number: number, Salt: s, Body: body})
	}
	return nil
}

// ofYear refuses files that cannot be of the year that they are given for.
func ofYear(ret *ssda903.Return, o DataOrder) error {
	year, err := report.ParseYear(o.Year, ssda903check.FirstYear-1, ssda903check.LastYear-1)
	if err != nil {
		return err
	}
	t := ssda903.Terms{Year: year}
	within, dates := false, 0
	for _, x := range []struct {
		table  ssda903.Table
		fields []ssda903.Field
	}{{ssda903.Episodes, []ssda903.Field{ssda903.DECOM, ssda903.DEC}}, {ssda903.Reviews, []ssda903.Field{ssda903.Review}}, {ssda903.Missing, []ssda903.Field{ssda903.MissingStart}}} {
		rows := ret.Last[x.table]
		for _, f := range x.fields {
			if rows == nil || !rows.Has(f) {
				continue
			}
			for i := range rows.Len() {
				on := rows.At(i).Date(f)
				if on == 0 {
					within = within || f == ssda903.DEC // an episode that went on to the end of the year
					continue
				}
				if dates++; on > t.End() {
					return scan.Refuse(ssda903.ErrNotTable, rows.At(i).Line(), x.table.String(), "A date lies after %s: these are not the files of %s.", t.End().Long(), o.Year)
				}
				within = within || on >= t.Start()
			}
		}
	}
	if dates > 0 && !within {
		return scan.Refuse(ssda903.ErrNotTable, 0, "", "No date in them lies in the year to %s: these are the files of an earlier year.", t.End().Long())
	}
	return nil
}

func columnsOf(t *ssda903.Rows) (out []ssda903.Field) {
	for f := range ssda903.FieldCount {
		if t.Has(f) {
			out = append(out, f)
		}
	}
	return out
}

// partOf is how much of a directory is in one part, in bytes before it is packed.
const partOf = 2 << 20

// packing puts lines into parts.
type packing struct {
	m        *dataMade
	headings string
	raw      bytes.Buffer
}

func (p *packing) flush(least int) error {
	if p.raw.Len() <= least {
		return nil
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := io.WriteString(z, p.headings)
	if err == nil {
		_, err = z.Write(p.raw.Bytes())
	}
	if err := errors.Join(err, z.Close()); err != nil {
		return err
	}
	p.m.parts = append(p.m.parts, ReturnPart{Body: out.Bytes()})
	p.raw.Reset()
	return nil
}

func (m *dataMade) postcodes(o DataOrder) (err error) {
	pack := &packing{m: m, headings: ssda903check.PostcodeHeadings}
	here := o.Code == ""
	m.body.SHA256, err = eachGiven(o.Files, func(r io.Reader, _ string) error {
		return ssda903check.EachPostcode(r, func(code string, p ssda903check.Postcode) error {
			m.body.Rows++
			here = here || p.Authority == o.Code
			return errors.Join(ssda903check.WritePostcode(&pack.raw, code, p), pack.flush(partOf))
		})
	})
	if err = errors.Join(err, pack.flush(0)); err != nil {
		return err
	}
	if m.body.Rows == 0 {
		return scan.Refuse(scan.ErrEmpty, 0, "", "%s: there is no postcode in it.", o.Files[0].Name)
	}
	if !here {
		return entry.Refuse("code", "No postcode of the directory lies in an authority with this code. It looks like E09000033")
	}
	return nil
}

func (m *dataMade) providers(o DataOrder) (err error) {
	pack := &packing{m: m, headings: ssda903check.ProviderHeadings}
	m.body.SHA256, err = eachGiven(o.Files, func(r io.Reader, _ string) error {
		return ssda903check.EachProvider(r, func(urn string, p ssda903check.Provider) error {
			m.body.Rows++
			return errors.Join(ssda903check.WriteProvider(&pack.raw, urn, p), pack.flush(partOf))
		})
	})
	if err = errors.Join(err, pack.flush(0)); err == nil && m.body.Rows == 0 {
		return scan.Refuse(scan.ErrEmpty, 0, "", "%s: there is no provider in it.", o.Files[0].Name)
	}
	return err
}

// readParts gives a directory back as it was packed, part by part.
func readParts(ctx context.Context, v View, data string, read func(io.Reader) error) error {
	return v.EachReturnData(ctx, data, func(p ReturnPart) error {
		if p.Body == nil {
			return nil
		}
		z, err := gzip.NewReader(bytes.NewReader(p.Body))
		if err != nil {
			return fmt.Errorf("part %d of the data %s: %w", p.N, data, err)
		}
		return read(z)
	})
}

// readLast gives last year's tables back, without what was erased, and whose they are.
func readLast(ctx context.Context, v View, g line.GivenData, into *ssda903.Return) (numbers map[string]bool, erased int, err error) {
	numbers = map[string]bool{}
	tables := map[string]*ssda903.Rows{}
	at := map[string]map[ssda903.Field]int{}
	for _, t := range g.Tables {
		table, ok := tableNamed(t.Table)
		if !ok {
			continue
		}
		var fields []ssda903.Field
		at[t.Table] = map[ssda903.Field]int{}
		for i, name := range t.Columns {
			for f := range ssda903.FieldCount {
				if f.String() == name {
					fields = append(fields, f)
					at[t.Table][f] = i
				}
			}
		}
		tables[t.Table] = ssda903.NewRows(table, fields...)
	}
	err = v.EachReturnData(ctx, g.Data, func(p ReturnPart) error {
		if p.Body == nil {
			erased++
			return nil
		}
		var rows map[string][][]string
		if err := json.Unmarshal(p.Body, &rows); err != nil {
			return fmt.Errorf("part %d of the data %s cannot be read: %w", p.N, g.Data, err)
		}
		numbers[p.Number] = true
		for _, t := range g.Tables {
			for _, cells := range rows[t.Table] {
				if into := tables[t.Table]; into != nil {
					into.Append(into.Len()+2, func(f ssda903.Field) string { return cells[at[t.Table][f]] })
				}
			}
		}
		return nil
	})
	for _, t := range tables {
		t.Done()
		into.Add(t, true)
	}
	return numbers, erased, err
}

func tableNamed(name string) (ssda903.Table, bool) {
	for t := range ssda903.TableCount {
		if t.String() == name {
			return t, true
		}
	}
	return 0, false
}

// verifyReturnData holds every part against what the entry says that was given. A part
// that was erased has its hash left.
func (a *App) verifyReturnData(ctx context.Context, v View) (parts int, err error) {
	l, err := a.lineOf(ctx, v)
	if err != nil {
		return 0, err
	}
	type held struct {
		sum hash.Hash
		n   int
	}
	got := map[string]*held{}
	for _, g := range l.Given() {
		got[g.Data] = &held{sum: sha256.New()}
	}
	if err := v.EachReturnData(ctx, "", func(p ReturnPart) error {
		h := got[p.Data]
		if h == nil {
			return fmt.Errorf("%w: a part of data that returns are checked with belongs to none that was given", ErrTampered)
		}
		if p.N != h.n {
			return fmt.Errorf("%w: part %d of the data %s that returns are checked with is missing", ErrTampered, h.n, p.Data)
		}
		if gone := p.Body == nil && p.Salt == nil && p.Number == "" && p.Child == ""; !gone && !bytes.Equal(p.leaf(), p.Leaf) {
			return fmt.Errorf("%w: part %d of the data %s that returns are checked with is not what was given", ErrTampered, p.N, p.Data)
		}
		h.n++
		h.sum.Write(p.Leaf)
		parts++
		return nil
	}); err != nil {
		return parts, err
	}
	for _, g := range l.Given() {
		// A journal that was read into another store brings no parts: what was given is not
		// there then, and rules that need it could not run.
		if h := got[g.Data]; h.n > 0 && (h.n != g.Parts || hex.EncodeToString(h.sum.Sum(nil)) != g.Leaves) {
			return parts, fmt.Errorf("%w: the data %s that returns are checked with is not what entry %s says was given", ErrTampered, g.Data, g.Entry)
		}
	}
	return parts, nil
}

// yearBefore is the collection year before one that is named as 2025/26.
func yearBefore(year string) string {
	n, err := report.ParseYear(year, 2000, 2999)
	if err != nil {
		return ""
	}
	return report.YearName(n - 1)
}
