package scan

import (
	"bytes"
	"encoding/xml"
	"io"
	"unicode/utf8"
)

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	Start Kind = iota + 1
	End
	Text
	Directive
)

// Token is a piece of XML. Its Text is valid until the next one is asked for.
type Token struct {
	Kind  Kind
	Name  string     // of an element, without its prefix
	Attrs []xml.Attr // of a start tag; names of spaces as encoding/xml gives them
	Text  []byte     // of text, with references resolved, or of a directive
}

// Scanner breaks XML into tokens. It takes and refuses what encoding/xml does,
// which a fuzz test holds it to, and is six times as fast: a return of a large
// authority is a hundred megabytes of short tags that repeat. It knows no return.
type Scanner struct {
	r       io.Reader
	buf     []byte
	at, to  int   // what of buf is not read yet
	past    int64 // bytes read before buf
	line    int   // of at, counted from 1
	end     bool  // r has no more
	err     error // of r, other than io.EOF
	open    []tag
	empty   bool           // the last start tag was its own end
	names   map[string]tag // without attributes, met before
	spaces  []space        // declared prefixes, the last declared last
	scratch []byte
}

// tag is an open element.
type tag struct{ full, local string }

// space is a prefix declared at a depth.
type space struct {
	prefix, url string
	depth       int
}

// maxNames is how many names of elements are kept to be met again.
const maxNames = 500

// New begins to read. The bytes must be UTF-8: Open sees to that.
func New(r io.Reader) *Scanner {
	return &Scanner{r: r, buf: make([]byte, 64<<10), line: 1, names: map[string]tag{}}
}

// Offset is how many bytes were read over.
func (s *Scanner) Offset() int64 { return s.past + int64(s.at) }

// Line is the line of what comes next, counted from 1.
func (s *Scanner) Line() int { return s.line }

func (s *Scanner) syntax(msg string) error { return &xml.SyntaxError{Msg: msg, Line: s.line} }

// syntaxAt is an error some bytes after the beginning of the token.
func (s *Scanner) syntaxAt(n int, msg string) error {
	n = min(n, s.to-s.at)
	return &xml.SyntaxError{Msg: msg, Line: s.line + bytes.Count(s.buf[s.at:s.at+n], []byte{'\n'})}
}

// more reads on behind what is not read yet, and says whether there was more.
func (s *Scanner) more() (bool, error) {
	if s.end {
		return false, s.err
	}
	if s.to-s.at > MaxToken {
		return false, ErrTooLong
	}
	if s.at > 0 {
		s.past += int64(s.at)
		copy(s.buf, s.buf[s.at:s.to])
		s.at, s.to = 0, s.to-s.at
	}
	if s.to == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.to:])
		s.to += n
		if err != nil {
			s.end = true
			if err != io.EOF {
				s.err = err
			}
			return n > 0, s.err
		}
		if n > 0 {
			return true, nil
		}
	}
	s.end, s.err = true, io.ErrNoProgress
	return false, s.err
}

// byteAt gives the n-th byte from at on; false at the end of the text.
func (s *Scanner) byteAt(n int) (byte, bool, error) {
	for s.at+n >= s.to {
		if ok, err := s.more(); !ok {
			return 0, false, err
		}
	}
	return s.buf[s.at+n], true, nil
}

// find gives where a pattern begins, counted from at, at or after from; below 0
// when the text ends before.
func (s *Scanner) find(pattern string, from int) (int, error) {
	for {
		if i := s.at + from; i < s.to {
			if len(pattern) == 1 {
				if j := bytes.IndexByte(s.buf[i:s.to], pattern[0]); j >= 0 {
					return from + j, nil
				}
			} else if j := bytes.Index(s.buf[i:s.to], []byte(pattern)); j >= 0 {
				return from + j, nil
			}
			from = max(from, s.to-s.at-len(pattern)+1)
		}
		if ok, err := s.more(); !ok {
			return -1, err
		}
	}
}

// skip goes on by n bytes.
func (s *Scanner) skip(n int) {
	s.line += bytes.Count(s.buf[s.at:s.at+n], []byte{'\n'})
	s.at += n
}

// Next gives the next element, text or directive; comments and instructions are
// left out. At the end it gives io.EOF.
func (s *Scanner) Next() (Token, error) {
	if s.empty {
		s.empty = false
		return s.closed(), nil
	}
	for {
		b, ok, err := s.byteAt(0)
		switch {
		case err != nil:
			return Token{}, err
		case !ok && len(s.open) > 0:
			return Token{}, s.syntax("unexpected EOF")
		case !ok:
			return Token{}, io.EOF
		case b != '<':
			return s.text()
		}
		b, ok, err = s.byteAt(1)
		if err != nil {
			return Token{}, err
		}
		if !ok {
			return Token{}, s.syntax("unexpected EOF")
		}
		switch b {
		case '/':
			return s.endTag()
		case '?':
			if err := s.instruction(); err != nil {
				return Token{}, err
			}
		case '!':
			if t, err := s.marked(); err != nil || t.Kind != 0 {
				return t, err
			}
		default:
			return s.startTag()
		}
	}
}

// closed takes the innermost element off.
func (s *Scanner) closed() Token {
	last := len(s.open) - 1
	t := Token{Kind: End, Name: s.open[last].local}
	s.open = s.open[:last]
	for n := len(s.spaces); n > 0 && s.spaces[n-1].depth > last; n-- {
		s.spaces = s.spaces[:n-1]
	}
	return t
}

func (s *Scanner) endTag() (Token, error) {
	n, err := s.find(">", 2)
	if err != nil {
		return Token{}, err
	}
	if len(s.open) > 0 && n >= 0 {
		if full := s.open[len(s.open)-1].full; string(s.buf[s.at+2:s.at+n]) == full {
			s.skip(n + 1)
			return s.closed(), nil
		}
	}
	full, n, err := s.name(2)
	if err != nil {
		return Token{}, err
	}
	if full == "" {
		return Token{}, s.syntaxAt(n, "expected element name after </")
	}
	if n, err = s.blanks(n); err != nil {
		return Token{}, err
	}
	b, ok, err := s.byteAt(n)
	switch {
	case err != nil:
		return Token{}, err
	case !ok:
		return Token{}, s.syntax("unexpected EOF")
	case b != '>':
		return Token{}, s.syntaxAt(n, "invalid characters between </"+full+" and >")
	case len(s.open) == 0:
		return Token{}, s.syntaxAt(n, "unexpected end element </"+full+">")
	case s.open[len(s.open)-1].full != full:
		return Token{}, s.syntaxAt(n, "element <"+s.open[len(s.open)-1].full+"> closed by </"+full+">")
	}
	s.skip(n + 1)
	return s.closed(), nil
}

// startTag reads a start tag. One without attributes that was met before, as
// nearly all of a census are, costs a look in a map.
func (s *Scanner) startTag() (Token, error) {
	if n := bytes.IndexByte(s.buf[s.at:s.to], '>'); n > 0 {
		if met, ok := s.names[string(s.buf[s.at+1:s.at+n])]; ok {
			s.at += n + 1
			s.open = append(s.open, met)
			return Token{Kind: Start, Name: met.local}, nil
		}
	}
	full, n, err := s.name(1)
	if err != nil {
		return Token{}, err
	}
	if full == "" {
		return Token{}, s.syntaxAt(n, "expected element name after <")
	}
	if b, ok, err := s.byteAt(n); err == nil && ok && b == '>' && len(s.names) < maxNames {
		s.names[full] = tag{full, local(full)}
	}
	t := Token{Kind: Start, Name: local(full)}
	s.open = append(s.open, tag{full, t.Name})
	for {
		if n, err = s.blanks(n); err != nil {
			return Token{}, err
		}
		b, ok, err := s.byteAt(n)
		switch {
		case err != nil:
			return Token{}, err
		case !ok:
			return Token{}, s.syntax("unexpected EOF")
		case b == '>':
			s.skip(n + 1)
			s.resolve(t.Attrs)
			return t, nil
		case b == '/':
			if b, ok, err = s.byteAt(n + 1); err != nil {
				return Token{}, err
			}
			if !ok {
				return Token{}, s.syntax("unexpected EOF")
			}
			if b != '>' {
				return Token{}, s.syntaxAt(n, "expected /> in element")
			}
			s.empty = true
			s.skip(n + 2)
			s.resolve(t.Attrs)
			return t, nil
		}
		var a xml.Attr
		if a, n, err = s.attribute(n); err != nil {
			return Token{}, err
		}
		t.Attrs = append(t.Attrs, a)
	}
}

// text reads up to the next tag.
func (s *Scanner) text() (Token, error) {
	n, err := s.find("<", 0)
	if err != nil {
		return Token{}, err
	}
	if n < 0 {
		n = s.to - s.at
	}
	return s.textOf(0, n, n, false)
}

// textOf gives the text between two places, and goes on behind another.
func (s *Scanner) textOf(from, to, behind int, cdata bool) (Token, error) {
	text := s.buf[s.at+from : s.at+to]
	if err := s.plain(text, from, cdata); err != nil {
		return Token{}, err
	}
	text, err := s.resolved(text, from, cdata)
	if err != nil {
		return Token{}, err
	}
	s.skip(behind)
	return Token{Kind: Text, Text: text}, nil
}

// plain refuses text that XML does not have: bytes that are no UTF-8, characters
// outside its range, and the end of a CDATA section outside one.
func (s *Scanner) plain(text []byte, from int, cdata bool) error {
	ascii := true
	for i, b := range text {
		switch {
		case b >= utf8.RuneSelf:
			ascii = false
		case b < ' ' && b != '\n' && b != '\t' && b != '\r':
			return s.syntaxAt(from+i, "illegal character code "+code(rune(b)))
		case b == ']' && !cdata && bytes.HasPrefix(text[i:], []byte("]]>")):
			return s.syntaxAt(from+i, "unescaped ]]> not in CDATA section")
		}
	}
	for i := 0; !ascii && i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return s.syntaxAt(from+i, "invalid UTF-8")
		case !allowed(r):
			return s.syntaxAt(from+i, "illegal character code "+code(r))
		}
		i += size
	}
	return nil
}
