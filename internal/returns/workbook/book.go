package workbook

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
)

// Book is a workbook whose sheets can be read, several at once.
type Book struct {
	Sheets []Sheet
	// From1904 says that days are counted as Excel for the Macintosh did.
	From1904 bool

	shared []string
	dated  []bool       // by style: whether it shows a number as a date
	read   atomic.Int64 // bytes unpacked
	given  atomic.Int64 // bytes of texts that rows gave
}

// Sheet is one sheet of a workbook, in the order of its tabs.
type Sheet struct {
	Name   string
	Hidden bool

	file *zip.File
}

// Open looks at a workbook: which sheets it has, and what their cells share. The
// error is a *Refusal, or what r gave.
func Open(r io.ReaderAt, size int64) (*Book, error) {
	if err := judge(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, refuse(ErrDamaged, "The workbook is damaged or was cut short: its end is missing. Export or copy it again.")
	}
	if len(z.File) > maxParts {
		return nil, refuse(ErrTooManyOf, "The file packs %d parts. A workbook has a few dozen.", len(z.File))
	}
	o := opening{Book: &Book{}, parts: map[string]*zip.File{}}
	var declared uint64
	for _, f := range z.File {
		o.parts[strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), "/"))] = f
		if strings.HasSuffix(strings.ToLower(f.Name), ".xml") {
			declared += f.UncompressedSize64
		}
	}
	if declared > maxXML {
		return nil, tooLarge()
	}
	if err := o.open(z); err != nil {
		return nil, err
	}
	return o.Book, nil
}

func tooLarge() *Refusal {
	return refuse(ErrTooLarge, "Unpacked, the workbook is larger than %d MB. No true return is. Copy the lists into a new workbook.", int64(maxXML)>>20)
}

type opening struct {
	*Book
	parts map[string]*zip.File
}

func (o *opening) open(z *zip.Reader) error {
	main := "xl/workbook.xml"
	if f := o.parts["_rels/.rels"]; f != nil {
		links, err := o.links(f, "")
		if err != nil {
			return err
		}
		for _, l := range links {
			if strings.HasSuffix(l.kind, "/officeDocument") {
				main = l.target
			}
		}
	}
	f := o.parts[main]
	if f == nil || strings.HasSuffix(main, ".bin") {
		return other(z)
	}
	byID := map[string]link{}
	if rels := o.parts[path.Dir(main)+"/_rels/"+path.Base(main)+".rels"]; rels != nil {
		links, err := o.links(rels, path.Dir(main))
		if err != nil {
			return err
		}
		for _, l := range links {
			byID[l.id] = l
		}
	}
	if err := o.workbook(f, byID); err != nil {
		return err
	}
	for _, l := range byID {
		part := o.parts[l.target]
		var err error
		switch {
		case part == nil:
		case strings.HasSuffix(l.kind, "/sharedStrings"):
			err = o.texts(part)
		case strings.HasSuffix(l.kind, "/styles"):
			err = o.styles(part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// link says where a part is that another part speaks of.
type link struct{ id, kind, target string }

func (o *opening) links(f *zip.File, base string) (out []link, err error) {
	err = o.walk(f, func(t xml.Token, _ *tokens) error {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(base, target)
		}
		out = append(out, link{attr(e, "Id"), attr(e, "Type"), strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))})
		return nil
	})
	return out, err
}

func (o *opening) workbook(f *zip.File, byID map[string]link) error {
	root := false
	err := o.walk(f, func(t xml.Token, _ *tokens) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "workbook":
			root = true
		case "workbookPr":
			v := attr(e, "date1904")
			o.From1904 = v == "1" || v == "true"
		case "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					id = a.Value
				}
			}
			l := byID[id]
			part := o.parts[l.target]
			if part == nil || !strings.HasSuffix(l.kind, "/worksheet") {
				return nil // a chart, or a sheet that is not there
			}
			if len(o.Sheets) == maxSheets {
				return refuse(ErrTooManyOf, "The workbook has more than %d sheets. Annex A and returns like it have about a dozen.", maxSheets)
			}
			state := attr(e, "state")
			o.Sheets = append(o.Sheets, Sheet{Name: clip(attr(e, "name")), Hidden: state == "hidden" || state == "veryHidden", file: part})
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !root:
		return refuse(ErrNotXLSX, "This is a zip file, not a workbook: its main part holds no workbook.")
	case len(o.Sheets) == 0:
		return refuse(ErrDamaged, "The workbook has no sheet that could be read. Open it in Excel and save it again.")
	}
	return nil
}

// clip keeps a name as short as Excel lets it be.
func clip(s string) string {
	if r := []rune(s); len(r) > 31 {
		return string(r[:31])
	}
	return s
}

// texts reads the texts that cells share.
func (o *opening) texts(f *zip.File) error {
	var b strings.Builder
	phonetic := 0
	return o.walk(f, func(t xml.Token, d *tokens) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				b.Reset()
			case "rPh":
				phonetic++
			case "t":
				if phonetic > 0 {
					return nil
				}
				return d.inside(&b)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPh":
				phonetic--
			case "si":
				if len(o.shared) == maxShared {
					return refuse(ErrTooManyOf, "The workbook has more than %d different texts. No true return has.", maxShared)
				}
				o.shared = append(o.shared, unescape(b.String()))
			}
		}
		return nil
	})
}

// styles finds out which styles show a number as a date.
func (o *opening) styles(f *zip.File) error {
	custom := map[string]bool{}
	inXfs := false
	return o.walk(f, func(t xml.Token, _ *tokens) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				if len(custom) < maxStyles {
					custom[attr(t, "numFmtId")] = showsDate(attr(t, "formatCode"))
				}
			case "cellXfs":
				inXfs = true
			case "xf":
				if inXfs && len(o.dated) < maxStyles {
					id := attr(t, "numFmtId")
					n, _ := strconv.Atoi(id)
					date, known := custom[id]
					o.dated = append(o.dated, known && date || !known && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58))
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				inXfs = false
			}
		}
		return nil
	})
}

// showsDate says whether a format has a day or a year in it, outside what stands
// in quotation marks or brackets.
func showsDate(format string) bool {
	quoted, bracket, skip := false, false, false
	for _, c := range strings.ToLower(format) {
		switch {
		case skip:
			skip = false
		case c == '\\' || c == '_' || c == '*':
			skip = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case bracket:
		case c == 'y' || c == 'd':
			return true
		}
	}
	return false
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// tokens are the tags and texts of a part. Tags must close, so that a part that
// was cut short is not taken for a short one.
type tokens struct {
	*xml.Decoder
	open []string
}

var errNesting = errors.New("tags do not close as they open")

func (t *tokens) next() (xml.Token, error) {
	tok, err := t.RawToken()
	switch e := tok.(type) {
	case nil:
		if errors.Is(err, io.EOF) && len(t.open) > 0 {
			return nil, errNesting
		}
	case xml.StartElement:
		if len(t.open) > 100 {
			return nil, errNesting
		}
		t.open = append(t.open, e.Name.Local)
	case xml.EndElement:
		n := len(t.open) - 1
		if n < 0 || t.open[n] != e.Name.Local {
			return nil, errNesting
		}
		t.open = t.open[:n]
	}
	return tok, err
}

// inside gathers the text up to the end of the element that was just begun.
func (t *tokens) inside(b *strings.Builder) error {
	for depth := len(t.open); ; {
		tok, err := t.next()
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.CharData:
			b.Write(tok)
		case xml.EndElement:
			if len(t.open) < depth {
				return nil
			}
		}
	}
}

// walk gives each token of a part. What a part gives is counted against what all
// of them may. An error that do gave for its own reasons comes wrapped in theirs.
func (b *Book) walk(f *zip.File, do func(xml.Token, *tokens) error) error {
	damaged := &Refusal{Why: ErrDamaged, Message: fmt.Sprintf("A part of the workbook (%s) is damaged. Open it in Excel and save it again.", path.Base(f.Name))}
	rc, err := f.Open()
	if err != nil {
		return damaged
	}
	defer rc.Close()
	d := &tokens{Decoder: xml.NewDecoder(&meter{r: rc, total: &b.read})}
	for {
		t, err := d.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, ok := t.(xml.Directive); ok {
			return damaged // a document type, which no workbook declares
		}
		if err == nil {
			err = do(t, d)
		}
		var r *Refusal
		var t2 *theirs
		switch {
		case err == nil:
		case errors.As(err, &t2):
			return t2.error
		case errors.As(err, &r):
			return r
		default:
			return damaged
		}
	}
}

// theirs is an error of whoever reads the rows.
type theirs struct{ error }

// meter counts what is unpacked, and sees to it that no tag and no text is so
// long that it would fill the memory.
type meter struct {
	r       io.Reader
	total   *atomic.Int64
	since   int  // bytes since a tag began
	last    byte // the byte before
	strange bool // in a comment or the like, where a < begins nothing
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.total.Add(int64(n)) > maxXML {
		return 0, tooLarge()
	}
	for _, c := range p[:n] {
		switch {
		case m.strange:
			m.strange = c != '>' || m.last != '-' && m.last != ']' && m.last != '?'
		case m.last == '<' && (c == '!' || c == '?'):
			m.strange = true
		case c == '<':
			m.since = 0
		}
		if m.last = c; m.since == maxToken {
			return 0, refuse(ErrTooLarge, "The workbook holds a text of more than %d MB. No true cell does.", maxToken>>20)
		}
		m.since++
	}
	return n, err
}
