package dailyfeed

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits that no true payload comes near: a child with a long history has some tens of
// kilobytes, and the Department's document goes seven levels deep.
const (
	maxChildBytes = 4 << 20
	maxChildNodes = 50_000
	maxDepth      = 32
)

// node is a value as it stands in a file, with its place.
type node struct {
	kind  byte // '{', '[', 's' text, 'n' number, 'b' true or false, '0' null
	text  string
	line  int
	names []string // of an object's items, each once
	items []*node
	twice []again // what an object names a second time
}

type again struct {
	name string
	node *node
}

// field gives an item of an object, nil where there is none.
func (n *node) field(name string) *node {
	for i, x := range n.names {
		if x == name {
			return n.items[i]
		}
	}
	return nil
}

// what a value is, in words.
func (n *node) what() string {
	return map[byte]string{'{': "an object", '[': "a list", 's': "text", 'n': "a number", 'b': "true or false", '0': "null"}[n.kind]
}

// raw is a value as one keeps it: text as it is, anything else as JSON.
func (n *node) raw() string {
	if n.kind == 's' {
		return n.text
	}
	var b strings.Builder
	n.json(&b)
	return b.String()
}

func (n *node) json(b *strings.Builder) {
	text := func(s string) {
		out, err := json.Marshal(s)
		if err == nil { // a string always can be
			b.Write(out)
		}
	}
	switch n.kind {
	case 's':
		text(n.text)
	case '{':
		b.WriteByte('{')
		for i, x := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			text(n.names[i])
			b.WriteByte(':')
			x.json(b)
		}
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		for i, x := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			x.json(b)
		}
		b.WriteByte(']')
	default:
		b.WriteString(n.text)
	}
}

var (
	errTooLong = errors.New("longer than is allowed")
	errTooMany = errors.New("more values than are allowed")
	errTooDeep = errors.New("nested deeper than is allowed")
	errNotText = errors.New("bytes that are no UTF-8")
)

// input is what a decoder reads from: it knows on which line a byte stands, refuses
// bytes that are no UTF-8, which the decoder would quietly replace, and ends a value
// that does not end.
type input struct {
	r       io.Reader
	off     int64 // how much was given to the decoder
	until   int64 // where the value at hand must have ended
	lines   []int64
	at      int // how many of lines have been passed
	before  int // lines that were forgotten
	pending []byte
}

func (in *input) Read(p []byte) (int, error) {
	if in.off >= in.until {
		return 0, errTooLong
	}
	p = p[:min(int64(len(p)), in.until-in.off)]
	// As much as there is room for: the decoder looks again at blanks that it was given
	// before, so that many small pieces of them would take it for ever.
	n, err := io.ReadFull(in.r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	for i, b := range p[:n] {
		if b == '\n' {
			in.lines = append(in.lines, in.off+int64(i))
		}
	}
	in.off += int64(n)
	if !in.text(p[:n]) || errors.Is(err, io.EOF) && len(in.pending) > 0 {
		return 0, errNotText
	}
	return n, err
}

// text says whether bytes go on as UTF-8. A character may be cut at their end.
func (in *input) text(p []byte) bool {
	for len(in.pending) > 0 && len(p) > 0 {
		in.pending, p = append(in.pending, p[0]), p[1:]
		if utf8.FullRune(in.pending) {
			if r, n := utf8.DecodeRune(in.pending); r == utf8.RuneError && n == 1 {
				return false
			}
			in.pending = in.pending[:0]
		}
	}
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		if !utf8.FullRune(p) {
			in.pending = append(in.pending, p...)
			return true
		}
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 {
			return false
		}
		p = p[n:]
	}
	return true
}

// line gives the line of a place; places are asked for in their order.
func (in *input) line(off int64) int {
	for in.at < len(in.lines) && in.lines[in.at] < off {
		in.at++
	}
	if in.at > 4096 {
		in.before += in.at
		in.lines = append(in.lines[:0], in.lines[in.at:]...)
		in.at = 0
	}
	return in.before + in.at + 1
}

// tree reads values out of a stream.
type tree struct {
	in    *input
	dec   *json.Decoder
	nodes int
	depth int
}

func newTree(r io.Reader) *tree {
	in := &input{r: r, until: maxChildBytes}
	dec := json.NewDecoder(in)
	dec.UseNumber()
	return &tree{in: in, dec: dec}
}

// begin allows for one more value of full size.
func (t *tree) begin() {
	t.nodes, t.in.until = 0, t.dec.InputOffset()+maxChildBytes
}

func (t *tree) line() int { return t.in.line(t.dec.InputOffset()) }

// value reads one whole value.
func (t *tree) value() (*node, error) {
	tok, err := t.dec.Token()
	if err != nil {
		return nil, err
	}
	return t.rest(tok)
}

// rest reads what is left of a value that began with a token.
func (t *tree) rest(tok json.Token) (*node, error) {
	if t.nodes++; t.nodes > maxChildNodes {
		return nil, errTooMany
	}
	n := &node{line: t.line()}
	switch x := tok.(type) {
	case nil:
		n.kind, n.text = '0', "null"
	case string:
		n.kind, n.text = 's', x
	case json.Number:
		n.kind, n.text = 'n', x.String()
	case bool:
		n.kind, n.text = 'b', strconv.FormatBool(x)
	case json.Delim:
		n.kind = byte(x)
		if t.depth++; t.depth > maxDepth {
			return nil, errTooDeep
		}
		if err := t.inside(n); err != nil {
			return nil, err
		}
		t.depth--
	}
	return n, nil
}

// inside reads the items of an object or a list, to its end.
func (t *tree) inside(n *node) error {
	seen := map[string]bool{}
	for t.dec.More() {
		name := ""
		if n.kind == '{' {
			tok, err := t.dec.Token()
			if err != nil {
				return err
			}
			name, _ = tok.(string) // the decoder takes nothing else here
		}
		x, err := t.value()
		if err != nil {
			return err
		}
		if n.kind == '{' {
			if seen[name] {
				n.twice = append(n.twice, again{name, x})
				continue
			}
			seen[name] = true
			n.names = append(n.names, name)
		}
		n.items = append(n.items, x)
	}
	_, err := t.dec.Token() // its end
	return err
}
