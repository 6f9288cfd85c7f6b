package ssda903

import (
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"io"
	"slices"
)

// FileName is what the file of a table is called in a set, without its ending.
func (t Table) FileName() string { return fileNames[t] }

var fileNames = [TableCount]string{"header", "episodes", "reviews", "uasc", "oc2", "oc3", "ad1", "placed_for_adoption", "previous_permanence", "missing", "sw_episodes", "dolo"}

// Fields are the columns that the return has for a table, in its order. Columns that
// are worked out from others are not among them.
func (t Table) Fields() []Field { return slices.Clone(layout[t].fields) }

// WriteCSV writes a table as a file of the set: the headings of the return, and a
// row for each row, in UTF-8 with lines that end as Unix's do. A column that the
// table does not have is empty. The error is what w gave.
func WriteCSV(w io.Writer, rows *Rows) error {
	c := csv.NewWriter(w)
	fields := layout[rows.Table].fields
	rec := make([]string, len(fields))
	for i, f := range fields {
		rec[i] = f.String()
	}
	if err := c.Write(rec); err != nil {
		return err
	}
	for n := range rows.n {
		for i, f := range fields {
			if rec[i] = ""; rows.text[f] != nil {
				rec[i] = rows.text[f][n]
			}
		}
		if err := c.Write(rec); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// WriteXML writes this year's tables of a return as XML, in the order of elements of
// the schema of 2021, a CHILD for each row of the header. Dates and codes are written
// as they stand. leftOut counts the rows for which that form has no place: those of
// the tables of social workers and of deprivation of liberty, a second row where it
// has one, and rows of a child who is not in the header. The error is what w gave.
func WriteXML(w io.Writer, ret *Return) (leftOut map[Table]int, err error) {
	x := &xmlWriter{w: bufio.NewWriter(w), ret: ret, left: map[Table]int{}}
	x.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EXPSSDA903>\n")
	named := map[string]bool{}
	if head := ret.This[Header]; head != nil {
		for i := range head.n {
			id := x.cell(head, i, Child)
			if id != "" && named[id] {
				x.left[Header]++
				continue
			}
			named[id] = true
			x.child(head, i, id)
		}
	}
	x.raw("</EXPSSDA903>\n")
	for t, rows := range ret.This {
		if rows == nil || Table(t) == Header {
			continue
		}
		for i := range rows.n {
			if id := x.cell(rows, i, Child); id == "" || !named[id] || Table(t) == SWEpisodes || Table(t) == DoLo {
				x.left[Table(t)]++
			}
		}
	}
	if e := x.w.Flush(); x.err == nil {
		x.err = e
	}
	return x.left, x.err
}

type xmlWriter struct {
	w    *bufio.Writer
	ret  *Return
	left map[Table]int
	err  error
}

func (x *xmlWriter) raw(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

func (x *xmlWriter) cell(rows *Rows, i int, f Field) string {
	if rows.text[f] == nil {
		return ""
	}
	return rows.text[f][i]
}

// of gives the places of a child's rows in a table; none where there is no table.
func (x *xmlWriter) of(t Table, id string) []int32 {
	if x.ret.This[t] == nil || id == "" {
		return nil
	}
	return x.ret.This[t].child[id]
}

// one gives a child's only row in a table.
func (x *xmlWriter) one(t Table, id string) (int, bool) {
	list := x.of(t, id)
	if len(list) == 0 {
		return 0, false
	}
	x.left[t] += len(list) - 1
	if x.left[t] == 0 {
		delete(x.left, t)
	}
	return int(list[0]), true
}

func (x *xmlWriter) item(indent, name, value string) {
	x.raw(indent + "<" + name + ">")
	if x.err == nil {
		x.err = xml.EscapeText(x.w, []byte(value))
	}
	x.raw("</" + name + ">\n")
}

// fields writes cells of one row. An empty one is left out where that may be.
func (x *xmlWriter) fields(indent string, t Table, i int, must bool, fields ...Field) {
	for _, f := range fields {
		name := f.String()
		if f == Place {
			name = "PL"
		}
		if v := x.cell(x.ret.This[t], i, f); v != "" || must {
			x.item(indent, name, v)
		}
	}
}

// group writes a row as an element with a value for each of its columns.
func (x *xmlWriter) group(name string, t Table, i int, fields ...Field) {
	x.raw("      <" + name + ">\n")
	x.fields("        ", t, i, true, fields...)
	x.raw("      </" + name + ">\n")
}

// own are the columns of a table that are its own: not the child's.
func own(t Table) []Field {
	return slices.DeleteFunc(t.Fields(), func(f Field) bool { return f == Child || f == DOB || f == Sex })
}

func (x *xmlWriter) child(head *Rows, i int, id string) {
	const in = "      "
	x.raw("  <CHILD>\n    <HEADER>\n")
	x.item(in, "CHILDID", id)
	x.fields(in, Header, i, true, UPN, Sex, DOB, Ethnic)
	asylum, alone := x.one(UASC, id)
	status := x.cell(head, i, UASCStatus)
	if head.text[UASCStatus] == nil {
		if status = "0"; alone {
			status = "1"
		}
	}
	x.item(in, "UASC", status)
	if alone {
		x.fields(in, UASC, asylum, false, DUC)
	}
	for _, t := range []Table{AD1, OC3} {
		if n, ok := x.one(t, id); ok {
			x.fields(in, t, n, true, own(t)...)
		}
	}
	for _, n := range x.of(Missing, id) {
		x.group("AMISSING", Missing, int(n), own(Missing)...)
	}
	for _, n := range x.of(Reviews, id) {
		x.group("AREVIEW", Reviews, int(n), own(Reviews)...)
	}
	x.fields(in, Header, i, true, Mother, MotherChildDOB)
	if n, ok := x.one(PrevPerm, id); ok {
		x.group("PERMANENCE", PrevPerm, n, own(PrevPerm)...)
	}
	if n, ok := x.one(OC2, id); ok {
		x.group("OC2", OC2, n, own(OC2)...)
	}
	for _, n := range x.of(PlacedAdoption, id) {
		x.group("AD_PLACED", PlacedAdoption, int(n), own(PlacedAdoption)...)
	}
	x.raw("    </HEADER>\n")
	for _, n := range x.of(Episodes, id) {
		x.raw("    <EPISODE>\n")
		x.fields(in, Episodes, int(n), true, DECOM, RNE, LS, CIN, Place, PlacePost, HomePost, URN, Provider, DEC, REC, Change)
		x.raw("    </EPISODE>\n")
	}
	x.raw("  </CHILD>\n")
}
