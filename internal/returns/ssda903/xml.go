package ssda903

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"onus/internal/returns/scan"
)

// maxOfChild is how many rows and things kept one child of an XML file may have:
// the schema allows 366 episodes.
const maxOfChild = 20_000

// knownRoots says what a file with another root element looks like.
var knownRoots = map[string]string{
	"Message":  "a CIN census, or another return that begins with Message",
	"html":     "a web page: sign in, download the return again and choose the .xml file",
	"schema":   "an XML schema, not a return",
	"Workbook": "a workbook saved as XML: export the return from your system instead",
	"Envelope": "a message between systems (SOAP): take the return out of it first",
}

// ReadFile reads one file of a return, a CSV file of the set or the whole return
// as XML, and puts what it holds into ret: into its tables of this year or of last
// year. A file that says of itself that it is XML is read as that, whatever it is
// called. The error is a *Refusal, or what r gave.
func ReadFile(r io.Reader, name string, ret *Return, last bool) error {
	b := bufio.NewReaderSize(r, 1<<16)
	if start, _ := b.Peek(1024); looksXML(start) {
		var one Return
		if err := ReadXML(b, &one); err != nil {
			return err
		}
		for _, rows := range one.This {
			if rows != nil {
				ret.Add(rows, last)
			}
		}
		if !last {
			ret.Kept = append(ret.Kept, one.Kept...)
		}
		return nil
	}
	rows, err := Read(b, name)
	if err == nil {
		ret.Add(rows, last)
	}
	return err
}

// Looks says whether a file that begins so is of the return, as XML or as a table.
func Looks(start []byte) bool {
	if looksXML(start) {
		return strings.Contains(strings.ReplaceAll(string(start), "\x00", ""), "<EXPSSDA903")
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(string(start), "\xef\xbb\xbf"), "\n")
	fields, _ := headings(strings.Split(strings.ReplaceAll(strings.TrimRight(first, "\r"), "\"", ""), ","))
	_, ok := recognise(fields, "")
	return ok
}

// looksXML says whether a file begins as XML does, in any encoding.
func looksXML(start []byte) bool {
	text := strings.Map(func(c rune) rune { // the bytes of UTF-16 among them
		if c == 0 || c == 0xFFFD || c == 0xFEFF {
			return -1
		}
		return c
	}, string(start))
	return strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "<")
}

// ReadXML reads a return as XML, a child at a time. Every table for which the form
// has a place is there with all its columns, though it may have no rows; the tables
// of social workers and of deprivation of liberty, for which the schema of 2021 has
// none, are there when the file holds any. An item that is not there is an empty
// cell, and so is one that is empty. What has no place in a table is in Kept.
//
// ret holds what was read up to an error, which is a *Refusal when the file is at
// fault and otherwise wraps what r gave.
//
// Source: shared/returns/xsd/SSDA903_CLA_2021.xsd.
func ReadXML(r io.Reader, ret *Return) error {
	in, encoding, err := scan.Open(r, "SSDA903 return")
	if err != nil {
		return err
	}
	x := &xmlReader{dec: scan.New(in), encoding: encoding, ret: ret, known: map[string]string{}}
	for t := range TableCount {
		fields := layout[t].fields
		if t == Header {
			fields = append(slices.Clip(fields), UASCStatus)
		}
		x.rows[t] = NewRows(t, fields...)
	}
	if err := x.document(); err != nil {
		return err
	}
	if !x.status { // then nobody is said to be no such child either
		x.rows[Header].text[UASCStatus] = nil
	}
	for t, rows := range x.rows {
		if t := Table(t); rows.n > 0 || t != SWEpisodes && t != DoLo {
			rows.Done()
			ret.Add(rows, false)
		}
	}
	return nil
}

// groups are the elements that are a row of a table of their own.
var groups = map[string]Table{"EPISODE": Episodes, "AREVIEW": Reviews, "AMISSING": Missing, "PERMANENCE": PrevPerm, "OC2": OC2, "AD_PLACED": PlacedAdoption}

// flat are the tables whose columns stand among those of the child itself.
var flat = []Table{UASC, AD1, OC3}

// items gives each name of an element its column.
var items = func() map[string]Field {
	m := map[string]Field{"CHILDID": Child, "PL": Place}
	for f := range FieldCount {
		if f != Child {
			m[f.String()] = f
		}
	}
	return m
}()

type xmlReader struct {
	dec      *scan.Scanner
	encoding string
	ret      *Return
	rows     [TableCount]*Rows
	status   bool // a child's UASC was there
	stack    []string
	line     int

	child  *cells  // the child being read; nil outside one
	groups []cells // its rows in other tables
	from   int     // how much was kept before it

	own   cells             // what child points at: one after the other
	buf   []byte            // the text of the item read last
	known map[string]string // short texts met before: the same codes and days come again and again
}

// cells are what one element says.
type cells struct {
	table Table
	line  int
	text  [FieldCount]string
	given [FieldCount]int // the line, 0 where it is not there
}

func (x *xmlReader) path() string { return strings.Join(x.stack, "/") }

// next gives the next token that has passed the limits.
func (x *xmlReader) next() (scan.Token, error) {
	for {
		x.line = x.dec.Line()
		t, err := x.dec.Next()
		if err != nil {
			return t, x.dec.Broken(err, x.line, x.path(), x.encoding)
		}
		switch t.Kind {
		case scan.Start:
			if len(x.stack) >= scan.MaxDepth {
				return t, scan.Refuse(scan.ErrLimit, x.line, x.path(), "More than %d elements stand inside one another; the return has 5. This is not a true return.", scan.MaxDepth)
			}
			if len(t.Name) > scan.MaxName {
				return t, scan.Refuse(scan.ErrLimit, x.line, x.path(), "The name of an element is longer than %d characters. This is not a true return.", scan.MaxName)
			}
			x.stack = append(x.stack, t.Name)
			for _, a := range t.Attrs {
				switch a.Name.Space {
				case "xmlns", "xml", "xsi", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance":
					continue
				}
				if a.Name.Local != "xmlns" {
					if err := x.keep(x.line, x.path()+"/@"+a.Name.Local, a.Value); err != nil {
						return t, err
					}
				}
			}
		case scan.End:
			x.stack = x.stack[:len(x.stack)-1]
		case scan.Directive:
			if low := strings.ToLower(string(t.Text)); strings.HasPrefix(low, "doctype") {
				if strings.HasPrefix(strings.TrimSpace(low[len("doctype"):]), "html") {
					return t, scan.Refuse(ErrNot903, x.line, "", "This looks like a web page, not an SSDA903 return. Often a login page was saved in place of the file: sign in, download it again and choose the .xml file.")
				}
				return t, scan.Refuse(scan.ErrDoctype, x.line, x.path(), "The file declares a document type (DOCTYPE), which the return never has and which can do harm. Export it again without one.")
			}
			continue
		}
		return t, nil
	}
}

// keep keeps what has no place in the tables.
func (x *xmlReader) keep(line int, path, value string) error {
	x.ret.Kept = append(x.ret.Kept, Kept{Line: line, Path: path, Value: value})
	return x.limit()
}

// limit refuses a child with more in it than any true one has.
func (x *xmlReader) limit() error {
	switch {
	case x.child != nil && len(x.groups)+len(x.ret.Kept)-x.from > maxOfChild:
		return scan.Refuse(scan.ErrLimit, x.line, x.path(), "The child that begins on line %d is larger than any true child in a return. Check the file for a CHILD element that is not closed.", x.child.line)
	case x.child == nil && len(x.ret.Kept) > maxRows:
		return scan.Refuse(scan.ErrLimit, x.line, x.path(), "More than %d things stand outside any child. This is not a true return.", maxRows)
	}
	return nil
}

// stray keeps text that stands between elements.
func (x *xmlReader) stray(text []byte) error {
	if s := strings.TrimSpace(string(text)); s != "" {
		return x.keep(x.line, x.path()+"/#text", s)
	}
	return nil
}

// document reads the whole file: one EXPSSDA903, and nothing after it.
func (x *xmlReader) document() error {
	root := ""
	for {
		t, err := x.next()
		switch {
		case errors.Is(err, io.EOF) && root == "":
			return scan.Refuse(scan.ErrNotXML, x.line, "", "The file holds no XML element. Choose the SSDA903 return as your system exports it.")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch {
		case t.Kind == scan.Text:
			if err := x.stray(t.Text); err != nil {
				return err
			}
		case t.Kind == scan.Start && root != "":
			return scan.Refuse(scan.ErrMalformed, x.line, "", "The file goes on with a second %s after its end. Two files may have been joined: choose them one by one.", scan.Cut(t.Name))
		case t.Kind == scan.Start:
			root = t.Name
			if err := x.root(root); err != nil {
				return err
			}
		}
	}
}

func (x *xmlReader) root(name string) error {
	if name != "EXPSSDA903" {
		looks := knownRoots[name]
		if looks == "" && strings.EqualFold(name, "html") {
			looks = knownRoots["html"]
		}
		if looks == "" {
			return scan.Refuse(ErrNot903, x.line, "", "This is XML, but not an SSDA903 return: it begins with %s where the return begins with EXPSSDA903.", scan.Cut(name))
		}
		return scan.Refuse(ErrNot903, x.line, "", "This is XML, but not an SSDA903 return. It looks like %s.", looks)
	}
	line, children := x.line, 0
	err := x.walk(func(name string, line int) error {
		if name != "CHILD" {
			return x.unknown(line)
		}
		children++
		return x.readChild(line)
	})
	if err == nil && children == 0 {
		return scan.Refuse(ErrNot903, line, "EXPSSDA903", "The return holds no children. Check the choice of children in the export.")
	}
	return err
}

// walk goes through the content of the element just opened, up to its end. on is
// called after each start tag in it and must read up to that element's end.
func (x *xmlReader) walk(on func(name string, line int) error) error {
	for {
		t, err := x.next()
		if err != nil {
			return err
		}
		switch t.Kind {
		case scan.Start:
			err = on(t.Name, x.line)
		case scan.Text:
			err = x.stray(t.Text)
		case scan.End:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readChild reads one CHILD and puts its rows into the tables.
func (x *xmlReader) readChild(line int) error {
	x.own = cells{table: Header, line: line}
	x.child, x.groups, x.from = &x.own, x.groups[:0], len(x.ret.Kept)
	if err := x.part(); err != nil {
		return err
	}
	c := x.child
	x.child = nil
	for i := range x.ret.Kept[x.from:] {
		x.ret.Kept[x.from+i].Child = c.text[Child]
	}
	x.status = x.status || c.given[UASCStatus] != 0
	if err := x.put(c); err != nil {
		return err
	}
	for _, t := range flat {
		own := *c
		own.table, own.line = t, 0
		for _, f := range layout[t].fields {
			if !slices.Contains(layout[Header].fields, f) && c.text[f] != "" && (own.line == 0 || c.given[f] < own.line) {
				own.line = c.given[f]
			}
		}
		if t == UASC && own.line == 0 && c.text[UASCStatus] == "1" {
			own.line = c.given[UASCStatus]
		}
		if own.line == 0 {
			continue
		}
		if err := x.put(&own); err != nil {
			return err
		}
	}
	for i := range x.groups {
		g := &x.groups[i]
		for _, f := range []Field{Child, DOB, Sex} {
			if g.given[f] == 0 {
				g.text[f] = c.text[f]
			}
		}
		if err := x.put(g); err != nil {
			return err
		}
	}
	return nil
}

func (x *xmlReader) put(c *cells) error {
	rows := x.rows[c.table]
	if rows.n == maxRows {
		return scan.Refuse(scan.ErrLimit, c.line, "", "The table %s has more than %d rows. No true return has: check the export.", c.table, maxRows)
	}
	rows.Append(c.line, func(f Field) string { return c.text[f] })
	return nil
}

// part reads what is in CHILD, or in HEADER within it.
func (x *xmlReader) part() error {
	return x.walk(func(name string, line int) error {
		if name == "HEADER" {
			return x.part()
		}
		if t, ok := groups[name]; ok {
			return x.group(t, line)
		}
		f, ok := items[name]
		if ok && (belongs(Header, f) || slices.ContainsFunc(flat, func(t Table) bool { return belongs(t, f) })) {
			return x.item(x.child, f, line)
		}
		return x.other(line)
	})
}

// group reads an element that is a row of a table.
func (x *xmlReader) group(t Table, line int) error {
	x.groups = append(x.groups, cells{table: t, line: line})
	g := &x.groups[len(x.groups)-1] // nothing within it is a row: it stays where it is
	err := x.walk(func(name string, line int) error {
		f, ok := items[name]
		if !ok || !belongs(t, f) {
			return x.unknown(line)
		}
		return x.item(g, f, line)
	})
	if err != nil {
		return err
	}
	return x.limit()
}

// item reads one value. The first one counts; another is kept.
func (x *xmlReader) item(into *cells, f Field, line int) error {
	name := x.stack[len(x.stack)-1]
	text, within, err := x.leaf()
	switch {
	case err != nil:
		return err
	case within || into.given[f] != 0:
		return x.keep(line, x.path()+"/"+name, text)
	}
	into.text[f], into.given[f] = text, line
	return nil
}

// leaf reads the open element and gives its text. Elements within it, which no item
// has, are kept. Blanks that hold an end of line are layout and are left out; others
// are part of the value, as in a cell of CSV.
func (x *xmlReader) leaf() (text string, within bool, err error) {
	at := len(x.buf) // elements within it stand behind
	for {
		t, err := x.next()
		if err != nil {
			return "", within, err
		}
		switch t.Kind {
		case scan.Start:
			within = true
			if err := x.unknown(x.line); err != nil {
				return "", within, err
			}
		case scan.Text:
			if x.buf = append(x.buf, t.Text...); len(x.buf)-at > scan.MaxToken {
				return "", within, scan.Refuse(scan.ErrLimit, x.line, x.path(), "A single text is longer than %d MB. This is not a true return.", scan.MaxToken>>20)
			}
		case scan.End:
			text = x.text(x.buf[at:])
			x.buf = x.buf[:at]
			return text, within, nil
		}
	}
}

// text gives bytes as a string that stays, without the blanks of layout.
func (x *xmlReader) text(b []byte) string {
	if bytes.ContainsAny(b, "\r\n") || len(bytes.TrimSpace(b)) == 0 {
		b = bytes.TrimSpace(b)
	}
	if s, ok := x.known[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(s) < 12 && len(x.known) < 50_000 {
		x.known[s] = s
	}
	return s
}

// unknown keeps the open element, which the return does not have here, and every
// element within it.
func (x *xmlReader) unknown(line int) error {
	path := x.path()
	text, within, err := x.leaf()
	if err != nil || text == "" && within {
		return err
	}
	return x.keep(line, path, text)
}

// other reads an element that the schema of 2021 does not have. Where all in it are
// columns of one table, it is a row of that, as a CSV file is known by its headings:
// so come the tables that were added since. Else it is kept.
func (x *xmlReader) other(line int) error {
	path, from := x.path(), len(x.ret.Kept)
	text, _, err := x.leaf()
	if err != nil {
		return err
	}
	inner := x.ret.Kept[from:]
	g := cells{line: line}
	var fields []Field
	for _, k := range inner {
		name, ok := strings.CutPrefix(k.Path, path+"/")
		f, known := items[name]
		if !ok || !known || g.given[f] != 0 {
			fields = nil
			break
		}
		fields = append(fields, f)
		g.text[f], g.given[f] = k.Value, k.Line
	}
	t, ok := TableCount, false
	if text == "" && len(fields) > 0 {
		t, ok = recognise(fields, "")
	}
	if !ok || t == Header {
		if text != "" || len(inner) == 0 {
			return x.keep(line, path, text)
		}
		return nil
	}
	x.ret.Kept = x.ret.Kept[:from]
	g.table = t
	x.groups = append(x.groups, g)
	return x.limit()
}

// Apart says in one sentence for each path what the files hold beside the tables,
// the first places first: nobody should think that it was looked at.
func (r *Return) Apart() (says []string) {
	type sort struct{ line, n int }
	met := map[string]sort{}
	var order []string
	for _, k := range r.Kept {
		s, ok := met[k.Path]
		if !ok {
			order, s.line = append(order, k.Path), k.Line
		}
		s.n++
		met[k.Path] = s
	}
	for _, path := range order {
		if len(says) == 20 {
			return append(says, fmt.Sprintf("There are %d more of such places.", len(order)-20))
		}
		s := met[path]
		says = append(says, fmt.Sprintf("%s is no part of the return and was not looked at: it stands %s, first on line %d.", path, times(s.n), s.line))
	}
	for _, a := range r.Alien {
		if _, ok := met[a]; !ok {
			says = append(says, fmt.Sprintf("%s is a column that the return does not have. It is empty, and was not looked at.", a))
		}
	}
	return says
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
