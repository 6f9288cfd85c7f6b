package cin

import (
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"unicode"

	"onus/internal/returns/scan"
)

// Options of Read. The zero value is right for most.
type Options struct {
	// Year, when not 0, is the collection year whose code sets count, whatever
	// the header says.
	Year int
	// OnFinding gets every finding as it is met, also past the 1,000 of a kind
	// that the Summary keeps.
	OnFinding func(Finding)
	// OnKept gets everything not understood that stands outside any child.
	OnKept func(Raw)
}

// Check reads a whole file and hands over nothing: the first pass before
// anything is taken in. Errors are those of Read.
func Check(r io.Reader) (Summary, error) { return Read(r, Options{}, nil) }

// Read reads a CIN census and hands over each child as it ends, in the order of
// the file. The Summary is also given beside an error, up to where it happened:
// children already handed over are the caller's to undo, or call Check first.
//
// The error is a *Refusal when the file is at fault; what each returned, as it
// is, when that stops the reading; otherwise it wraps what r returned.
func Read(r io.Reader, opt Options, each func(Child) error) (Summary, error) {
	p := &reader{opt: opt, each: each, year: opt.Year, seen: map[uint64]int32{}}
	p.sum.ByKind = map[Kind]int{}
	in, name, err := scan.Open(r, "CIN census")
	if err != nil {
		return p.sum, err
	}
	p.dec, p.sum.Encoding = scan.New(in), name
	err = p.document()
	p.flush()
	return p.sum, err
}

// reader holds one reading: the decoder, the elements around the place it has
// come to, and the child being read.
type reader struct {
	dec  *scan.Scanner
	opt  Options
	each func(Child) error
	sum  Summary
	year int // collection year for code sets; 0 when not known

	stack []string   // names of the open elements
	name  string     // of the item read last
	buf   []byte     // its text
	met   met        // short texts met before
	attrs []xml.Attr // of the last start tag
	line  int        // on which the last token began

	child      *Child // nil outside a Child
	childStart int64
	items      int // findings and things kept of this child
	pending    []Finding

	keptBytes                      int              // of Summary.Kept
	seen                           map[uint64]int32 // hash of LAchildID to the line where it first stood
	headerSeen, childrenSeen, told bool
}

func (p *reader) path() string { return strings.Join(p.stack, "/") }

// next gives the next element, end or text. Everything it returns has passed
// the limits.
func (p *reader) next() (scan.Token, error) {
	for {
		p.line = p.dec.Line()
		t, err := p.dec.Next()
		if err != nil {
			return t, p.dec.Broken(err, p.line, p.path(), p.sum.Encoding)
		}
		if p.child != nil && (p.dec.Offset()-p.childStart > maxChildBytes || p.items > maxChildItems) {
			return t, scan.Refuse(ErrLimit, p.line, p.path(), "The child that begins on line %d is larger than any true child in a census. Check the file for a Child element that is not closed.", p.child.Line)
		}
		switch t.Kind {
		case scan.Start:
			if len(p.stack) >= scan.MaxDepth {
				return t, scan.Refuse(ErrLimit, p.line, p.path(), "More than %d elements stand inside one another; a census has 7. This is not a true return.", scan.MaxDepth)
			}
			if len(t.Name) > scan.MaxName {
				return t, scan.Refuse(ErrLimit, p.line, p.path(), "The name of an element is longer than %d characters. This is not a true return.", scan.MaxName)
			}
			p.stack = append(p.stack, t.Name)
			p.attrs = t.Attrs
			if len(p.stack) != 3 || t.Name != "Child" { // a child's own attributes are kept with the child
				p.attributes()
			}
			return t, nil
		case scan.End:
			p.stack = p.stack[:len(p.stack)-1]
			return t, nil
		case scan.Text:
			return t, nil
		case scan.Directive:
			if err := p.directive(string(t.Text)); err != nil {
				return t, err
			}
		}
	}
}

// directive refuses a DOCTYPE: the census has none, and with one come entities
// that grow without end.
func (p *reader) directive(text string) error {
	low := strings.ToLower(text)
	if !strings.HasPrefix(low, "doctype") {
		return nil
	}
	if strings.HasPrefix(strings.TrimSpace(low[len("doctype"):]), "html") {
		return scan.Refuse(ErrNotCIN, p.line, "", "This looks like a web page, not a CIN census. Often a login page was saved in place of the file: sign in, download it again and choose the .xml file.")
	}
	return scan.Refuse(ErrDoctype, p.line, p.path(), "The file declares a document type (DOCTYPE), which a census never has and which can do harm. Export it again without one.")
}

// walk goes through the content of the element just opened, up to its end. on
// is called after each start tag within it and must read up to that element's
// end.
func (p *reader) walk(on func(name string, line int) error) error {
	for {
		t, err := p.next()
		if err != nil {
			return err
		}
		switch t.Kind {
		case scan.Start:
			if err := on(t.Name, p.line); err != nil {
				return err
			}
		case scan.End:
			return nil
		case scan.Text:
			p.stray(t.Text)
		}
	}
}

// stray keeps text that stands between elements.
func (p *reader) stray(t []byte) {
	blank := 0
	lines := 0
	for blank < len(t) && (t[blank] == ' ' || t[blank] == '\n' || t[blank] == '\t' || t[blank] == '\r') {
		if t[blank] == '\n' {
			lines++
		}
		blank++
	}
	if blank == len(t) {
		return
	}
	text := strings.TrimRightFunc(string(t[blank:]), unicode.IsSpace)
	path := p.path()
	p.found(StrayText, Warning, p.line+lines, path, text,
		"Text stands between the elements, where the return has none. It was kept, but nothing was read from it.",
		"Remove it from the export, or put it into the element it belongs to.")
	p.keep(Raw{Line: p.line + lines, Path: path, Name: "#text", Value: text})
}

// unknown keeps an element that the return does not have here, with all that
// is in it. Its start tag has just been read.
func (p *reader) unknown(line int) error {
	path, name := p.path(), p.stack[len(p.stack)-1]
	text, err := p.keepAll(line)
	if err != nil {
		return err
	}
	p.found(UnknownElement, Warning, line, path, text,
		fmt.Sprintf("The census has no %s here. It was kept, but nothing was read from it.", scan.Cut(name)),
		"Check the spelling and the place of the element, or leave it out of the export.")
	return nil
}

// keepAll keeps the open element: itself if it has text or nothing in it, and
// every element below. It gives the element's own text.
func (p *reader) keepAll(line int) (string, error) {
	path, name := p.path(), p.stack[len(p.stack)-1]
	var text strings.Builder
	within := 0
	for {
		t, err := p.next()
		if err != nil {
			return "", err
		}
		switch t.Kind {
		case scan.Start:
			within++
			if _, err := p.keepAll(p.line); err != nil {
				return "", err
			}
		case scan.Text:
			text.Write(t.Text)
		case scan.End:
			s := strings.TrimSpace(text.String())
			if s != "" || within == 0 {
				p.keep(Raw{Line: line, Path: path, Name: name, Value: s})
			}
			return s, nil
		}
	}
}

// attributes keeps attributes other than those of XML itself, of namespaces and
// of schemas: the return has none.
func (p *reader) attributes() {
	for _, a := range p.attrs {
		switch a.Name.Space {
		case "xmlns", "xml", "xsi", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance":
			continue
		}
		if a.Name.Local == "xmlns" {
			continue
		}
		path := p.path()
		p.found(UnknownAttr, Note, p.line, path, a.Name.Local+"="+a.Value,
			"The census has no attributes. It was kept, but nothing was read from it.",
			"Leave it out of the export, or give it as an element if it means something.")
		p.keep(Raw{Line: p.line, Path: path, Name: "@" + a.Name.Local, Value: a.Value})
	}
}

// first says whether an LAchildID has not been met before, and else its line.
func (p *reader) first(id string, line int) (int, bool) {
	h := fnv.New64a()
	io.WriteString(h, id) // never fails
	k := h.Sum64()
	if at, ok := p.seen[k]; ok {
		return int(at), false
	}
	p.seen[k] = int32(line)
	return line, true
}
