package cin

import (
	"encoding/xml"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"unicode"
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
	in, name, err := open(r)
	if err != nil {
		return p.sum, err
	}
	p.dec, p.sum.Encoding = newScanner(in), name
	err = p.document()
	p.flush()
	return p.sum, err
}

// reader holds one reading: the decoder, the elements around the place it has
// come to, and the child being read.
type reader struct {
	dec  *scanner
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
func (p *reader) next() (token, error) {
	for {
		p.line = p.dec.line
		t, err := p.dec.next()
		if err != nil {
			return t, p.broken(err)
		}
		if p.child != nil && (p.dec.offset()-p.childStart > maxChildBytes || p.items > maxChildItems) {
			return t, refuse(ErrLimit, p.line, p.path(), "The child that begins on line %d is larger than any true child in a census. Check the file for a Child element that is not closed.", p.child.Line)
		}
		switch t.kind {
		case startToken:
			if len(p.stack) >= maxDepth {
				return t, refuse(ErrLimit, p.line, p.path(), "More than %d elements stand inside one another; a census has 7. This is not a true return.", maxDepth)
			}
			if len(t.name) > maxName {
				return t, refuse(ErrLimit, p.line, p.path(), "The name of an element is longer than %d characters. This is not a true return.", maxName)
			}
			p.stack = append(p.stack, t.name)
			p.attrs = t.attrs
			if len(p.stack) != 3 || t.name != "Child" { // a child's own attributes are kept with the child
				p.attributes()
			}
			return t, nil
		case endToken:
			p.stack = p.stack[:len(p.stack)-1]
			return t, nil
		case textToken:
			return t, nil
		case directiveToken:
			if err := p.directive(string(t.text)); err != nil {
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
		return refuse(ErrNotCIN, p.line, "", "This looks like a web page, not a CIN census. Often a login page was saved in place of the file: sign in, download it again and choose the .xml file.")
	}
	return refuse(ErrDoctype, p.line, p.path(), "The file declares a document type (DOCTYPE), which a census never has and which can do harm. Export it again without one.")
}

// broken turns an error of the decoder into a refusal.
func (p *reader) broken(err error) error {
	line := p.dec.line
	where := "at the top of the file"
	if len(p.stack) > 0 {
		where = "while reading " + cut(p.path())
	}
	var syntax *xml.SyntaxError
	switch {
	case err == io.EOF:
		return err
	case errors.Is(err, errTooLong):
		return refuse(ErrLimit, p.line, p.path(), "A single text or tag is longer than %d MB, %s. This is not a true return.", maxToken>>20, where)
	case p.dec.err != nil:
		return fmt.Errorf("reading line %d: %w", line, p.dec.err)
	case errors.As(err, &syntax) && strings.HasSuffix(syntax.Msg, "unexpected EOF"):
		return refuse(ErrCutShort, syntax.Line, p.path(), "The file stops here, %s: it was cut short. Export or copy it again.", where)
	case errors.As(err, &syntax) && syntax.Msg == "invalid UTF-8":
		return refuse(ErrEncoding, syntax.Line, p.path(), "Some bytes are not %s text, %s. Save the file as UTF-8, or have it say encoding=\"windows-1252\" if that is what it is.", p.sum.Encoding, where)
	case errors.As(err, &syntax):
		return refuse(ErrMalformed, syntax.Line, p.path(), "The XML is broken, %s: %s. Export the file again, or mend this line.", where, cut(syntax.Msg))
	}
	return refuse(ErrMalformed, line, p.path(), "The XML cannot be read, %s: %s. Export the file again.", where, cut(err.Error()))
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
		switch t.kind {
		case startToken:
			if err := on(t.name, p.line); err != nil {
				return err
			}
		case endToken:
			return nil
		case textToken:
			p.stray(t.text)
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
		fmt.Sprintf("The census has no %s here. It was kept, but nothing was read from it.", cut(name)),
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
		switch t.kind {
		case startToken:
			within++
			if _, err := p.keepAll(p.line); err != nil {
				return "", err
			}
		case textToken:
			text.Write(t.text)
		case endToken:
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
