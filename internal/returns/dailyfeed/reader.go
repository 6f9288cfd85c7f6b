package dailyfeed

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"onus/internal/returns/scan"
)

// Why a file is refused. Every refusal is a *Refusal that wraps one of these.
var (
	ErrEmpty     = scan.ErrEmpty
	ErrPacked    = scan.ErrPacked
	ErrCutShort  = scan.ErrCutShort
	ErrEncoding  = scan.ErrEncoding
	ErrLimit     = scan.ErrLimit
	ErrNotJSON   = errors.New("dailyfeed: not JSON")
	ErrMalformed = errors.New("dailyfeed: malformed JSON")
	ErrNotFeed   = errors.New("dailyfeed: JSON, but not the daily feed")
)

// Refusal says in one line why a file cannot be read, where, and what to do.
type Refusal = scan.Refusal

// Summary is what a file is as a whole.
type Summary struct {
	Children int
	// Authority is the number of the authority, where the file has the form of version
	// 0.7, which names it; empty in a file of version 1.0.1.
	Authority string
	Kept      []Kept // beside the children; at most maxKept
	Faults    int    // of all children
}

// maxKept is how many things beside the children are kept of one file.
const maxKept = 1000

// Looks says whether the beginning of a file is that of a daily feed: a list in JSON, or
// the object of version 0.7.
func Looks(start []byte) bool {
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(start, []byte("[")) {
		return true
	}
	return bytes.HasPrefix(start, []byte("{")) && (bytes.Contains(start, []byte(`"la_code"`)) || bytes.Contains(start, []byte(`"Children"`)) || bytes.Contains(start, []byte(`"la_child_id"`)))
}

// Read reads a payload child by child, and gives each to fn as it comes: however large a
// file is, one child of it is in memory. It holds each child against the Department's
// document (Child.Faults) and refuses none for that: what is wrong in one field must not
// lose the others. An error of fn ends it and is given back.
//
// It refuses, with a *Refusal, what is no such file: empty, packed, XML, no UTF-8, cut
// short, broken, nested deeper than 32 levels, a child of more than 4 MB or 50,000
// values.
func Read(r io.Reader, fn func(Child) error) (Summary, error) {
	rd := &reader{fn: fn}
	in := bufio.NewReaderSize(r, 1<<16)
	if err := start(in); err != nil {
		return rd.sum, err
	}
	rd.tree = newTree(in)
	if err := rd.file(); err != nil {
		return rd.sum, rd.refusal(err)
	}
	return rd.sum, nil
}

// start looks at the first bytes: what is plainly something else is said to be so.
func start(in *bufio.Reader) error {
	b, err := in.Peek(4)
	if len(b) == 0 && errors.Is(err, io.EOF) {
		return scan.Refuse(ErrEmpty, 0, "", "The file is empty.")
	}
	if len(b) == 0 {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		_, err := in.Discard(3)
		return err
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("\x1f\x8b")):
		return scan.Refuse(ErrPacked, 0, "", "The file is packed. Unpack it first: the daily feed is JSON.")
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")), bytes.ContainsRune(b, 0):
		return scan.Refuse(ErrEncoding, 0, "", "The file is UTF-16. Save it as UTF-8.")
	case b[0] == '<':
		return scan.Refuse(ErrNotJSON, 1, "", "This is XML. The daily feed is JSON.")
	}
	return nil
}

type reader struct {
	*tree
	fn  func(Child) error
	sum Summary
	own error // of fn
}

// file reads the list of children, or the object of version 0.7.
func (rd *reader) file() error {
	tok, err := rd.dec.Token()
	if errors.Is(err, io.EOF) {
		return scan.Refuse(ErrEmpty, 0, "", "There is nothing in the file but blanks.")
	}
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('['):
		err = rd.children()
	case json.Delim('{'):
		err = rd.older()
	default:
		return rd.notFeed("It holds a single value, and the daily feed is a list of children: [{\"la_child_id\": ...}].")
	}
	if err != nil {
		return err
	}
	rd.begin()
	if _, err := rd.dec.Token(); err == nil {
		return scan.Refuse(ErrMalformed, rd.line(), "", "Something stands after the end of the list. Export the file again: two may have been joined.")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (rd *reader) notFeed(text string) error {
	return scan.Refuse(ErrNotFeed, rd.line(), "", "This is not the daily feed. %s", text)
}

// children reads the rest of a list of children.
func (rd *reader) children() error {
	for rd.begin(); rd.dec.More(); rd.begin() {
		n, err := rd.value()
		if err != nil {
			return err
		}
		if err := rd.child(n); err != nil {
			return err
		}
	}
	_, err := rd.dec.Token()
	return err
}

// older reads the object of version 0.7: la_code, and Children as one or a list.
func (rd *reader) older() error {
	found := false
	for rd.begin(); rd.dec.More(); rd.begin() {
		tok, err := rd.dec.Token()
		if err != nil {
			return err
		}
		name, _ := tok.(string) // the decoder takes nothing else here
		switch name {
		case "Children", "children":
			found = true
			tok, err := rd.dec.Token()
			if err != nil {
				return err
			}
			if tok == json.Delim('[') {
				if err := rd.children(); err != nil {
					return err
				}
				continue
			}
			n, err := rd.rest(tok)
			if err != nil {
				return err
			}
			if err := rd.child(n); err != nil {
				return err
			}
		case "la_child_id":
			return rd.notFeed("It holds one child without the list around it. Put it in [ and ].")
		default:
			n, err := rd.value()
			if err != nil {
				return err
			}
			if name == "la_code" && (n.kind == 'n' || n.kind == 's') && rd.sum.Authority == "" {
				rd.sum.Authority = n.text
			} else {
				rd.keep(Kept{clip(name), n.raw(), n.line})
			}
		}
	}
	if _, err := rd.dec.Token(); err != nil {
		return err
	}
	if !found {
		return rd.notFeed("It is an object that names no children, and the daily feed is a list of them.")
	}
	return nil
}

func (rd *reader) keep(k Kept) {
	if len(rd.sum.Kept) < maxKept {
		rd.sum.Kept = append(rd.sum.Kept, k)
	}
}

func (rd *reader) child(n *node) error {
	if n.kind != '{' {
		return rd.notFeed(fmt.Sprintf("In the place of child %d stands %s.", rd.sum.Children+1, n.what()))
	}
	c := childOf(n)
	rd.sum.Children++
	rd.sum.Faults += len(c.Faults)
	if err := rd.fn(c); err != nil {
		rd.own = err
		return err
	}
	return nil
}

// childOf makes a child of a value, and holds it against the document.
func childOf(n *node) Child {
	c := Child{Line: n.line}
	fill(&c, reflect.ValueOf(&c).Elem(), n, "")
	payload().Items.check(n, "", func(f Fault) { c.Faults = append(c.Faults, f) })
	return c
}

// fill puts a value into a field of the payload, and keeps what does not fit.
func fill(c *Child, v reflect.Value, n *node, path string) bool {
	keep := func(n *node, path string) { c.Kept = append(c.Kept, Kept{path, n.raw(), n.line}) }
	if n.kind == '0' { // nothing was said
		return false
	}
	switch kind := v.Kind(); {
	case kind == reflect.String && n.kind == 's':
		v.SetString(n.text)
	case kind == reflect.Bool && n.kind == 'b':
		v.SetBool(n.text == "true")
	case kind == reflect.Int && n.kind == 'n' && whole(n.text):
		i, err := strconv.ParseInt(n.text, 10, 32)
		if err != nil {
			keep(n, path)
			return false
		}
		v.SetInt(i)
	case kind == reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		if !fill(c, to.Elem(), n, path) {
			return false
		}
		v.Set(to)
	case kind == reflect.Slice && n.kind == '[':
		for i, x := range n.items {
			to := reflect.New(v.Type().Elem()).Elem()
			if fill(c, to, x, nth(path, i)) {
				v.Set(reflect.Append(v, to))
			}
		}
	case kind == reflect.Struct && n.kind == '{':
		of := fields[v.Type()]
		for i, name := range n.names {
			if at, ok := of[name]; ok {
				fill(c, v.Field(at), n.items[i], join(path, name))
			} else {
				keep(n.items[i], join(path, clip(name)))
			}
		}
		for _, x := range n.twice {
			keep(x.node, join(path, clip(x.name)))
		}
	default:
		keep(n, path)
		return false
	}
	return true
}

// fields are the places of the fields of each type of the payload, by their names in it.
var fields = func() map[reflect.Type]map[string]int {
	out := map[reflect.Type]map[string]int{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		out[t] = map[string]int{}
		for i := range t.NumField() {
			if name := nameOf(t.Field(i)); name != "-" {
				out[t][name] = i
				walk(t.Field(i).Type)
			}
		}
	}
	walk(reflect.TypeFor[Child]())
	return out
}()

func nameOf(f reflect.StructField) string {
	name, _, _ := bytes.Cut([]byte(f.Tag.Get("json")), []byte(","))
	return string(name)
}

// refusal turns what went wrong into a line for whoever chose the file.
func (rd *reader) refusal(err error) error {
	var already *Refusal
	var syntax *json.SyntaxError
	if err == rd.own || errors.As(err, &already) {
		return err
	}
	where := "before the first child"
	if rd.sum.Children > 0 {
		where = fmt.Sprintf("after child %d", rd.sum.Children)
	}
	last := rd.in.before + len(rd.in.lines) + 1 // of what was read so far
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return scan.Refuse(ErrCutShort, last, "", "The file stops here, %s: it was cut short. Export or copy it again.", where)
	case errors.Is(err, errTooLong):
		return scan.Refuse(ErrLimit, rd.line(), "", "What begins here, %s, is longer than %d MB. This is not a true payload.", where, maxChildBytes>>20)
	case errors.Is(err, errTooMany):
		return scan.Refuse(ErrLimit, rd.line(), "", "A child, %s, has more than %d values. This is not a true payload.", where, maxChildNodes)
	case errors.Is(err, errTooDeep):
		return scan.Refuse(ErrLimit, rd.line(), "", "Values are nested deeper than %d levels, %s. This is not a true payload.", maxDepth, where)
	case errors.Is(err, errNotText):
		return scan.Refuse(ErrEncoding, last, "", "Some bytes are not UTF-8, %s. Save the file as UTF-8.", where)
	case errors.As(err, &syntax) && rd.sum.Children == 0 && rd.dec.InputOffset() == 0:
		return scan.Refuse(ErrNotJSON, 1, "", "This is not JSON. The daily feed begins with [.")
	case errors.As(err, &syntax):
		return scan.Refuse(ErrMalformed, rd.in.line(syntax.Offset), "", "The JSON is broken, %s. Export the file again, or mend this line.", where)
	}
	return fmt.Errorf("reading the daily feed, %s: %w", where, err)
}
