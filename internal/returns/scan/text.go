package scan

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// allowed says whether XML may hold a character.
// Source: XML 1.0, production 2.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

func code(r rune) string { return fmt.Sprintf("U+%04X", r) }

// local is a name without its prefix.
func local(full string) string {
	if prefix, name, ok := strings.Cut(full, ":"); ok && prefix != "" && name != "" {
		return name
	}
	return full
}

// nameByte says whether a byte may be in a name, or belongs to a character that
// may.
func nameByte(b byte) bool {
	return b >= utf8.RuneSelf || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '_' || b == ':' || b == '.' || b == '-'
}

// name reads the name of an element or attribute that begins n bytes on, and gives
// where it ends; it is empty where none stands.
func (s *Scanner) name(n int) (string, int, error) {
	full, n, err := s.word(n)
	if strings.Count(full, ":") > 1 {
		full = ""
	}
	return full, n, err
}

// word reads a name with as many colons as there are.
func (s *Scanner) word(n int) (string, int, error) {
	from := n
	for ; ; n++ {
		b, ok, err := s.byteAt(n)
		if err != nil {
			return "", n, err
		}
		if !ok {
			return "", n, s.syntax("unexpected EOF")
		}
		if !nameByte(b) {
			break
		}
	}
	full := string(s.buf[s.at+from : s.at+n])
	for i, r := range full {
		// Letters and digits are taken for what XML lists: what no return has is
		// refused by its name anyway.
		if r == utf8.RuneError || !(r == '_' || r == ':' || unicode.IsLetter(r) || i > 0 && (r == '.' || r == '-' || unicode.In(r, unicode.N, unicode.M, unicode.Pc) || r == 0xB7)) {
			return "", n, s.syntaxAt(from, "invalid XML name: "+full)
		}
	}
	return full, n, nil
}

// blanks goes over blanks, and gives the place behind them.
func (s *Scanner) blanks(n int) (int, error) {
	for ; ; n++ {
		b, ok, err := s.byteAt(n)
		if err != nil || !ok || b != ' ' && b != '\n' && b != '\t' && b != '\r' {
			return n, err
		}
	}
}

// attribute reads one attribute that begins n bytes on.
func (s *Scanner) attribute(n int) (xml.Attr, int, error) {
	full, n, err := s.name(n)
	if err != nil {
		return xml.Attr{}, n, err
	}
	if full == "" {
		return xml.Attr{}, n, s.syntaxAt(n, "expected attribute name in element")
	}
	if n, err = s.blanks(n); err != nil {
		return xml.Attr{}, n, err
	}
	b, ok, err := s.byteAt(n)
	switch {
	case err != nil:
		return xml.Attr{}, n, err
	case !ok:
		return xml.Attr{}, n, s.syntax("unexpected EOF")
	case b != '=':
		return xml.Attr{}, n, s.syntaxAt(n, "attribute name without = in element")
	}
	if n, err = s.blanks(n + 1); err != nil {
		return xml.Attr{}, n, err
	}
	quote, ok, err := s.byteAt(n)
	switch {
	case err != nil:
		return xml.Attr{}, n, err
	case !ok:
		return xml.Attr{}, n, s.syntax("unexpected EOF")
	case quote != '"' && quote != '\'':
		return xml.Attr{}, n, s.syntaxAt(n, "unquoted or missing attribute value in element")
	}
	to, err := s.find(string(rune(quote)), n+1)
	if err != nil {
		return xml.Attr{}, n, err
	}
	if to < 0 {
		return xml.Attr{}, n, s.syntax("unexpected EOF")
	}
	text := s.buf[s.at+n+1 : s.at+to]
	if i := bytes.IndexByte(text, '<'); i >= 0 {
		return xml.Attr{}, n, s.syntaxAt(n+1+i, "unescaped < inside quoted string")
	}
	if err := s.plain(text, n+1, true); err != nil {
		return xml.Attr{}, n, err
	}
	if text, err = s.resolved(text, n+1, false); err != nil {
		return xml.Attr{}, n, err
	}
	a := xml.Attr{Value: string(text), Name: xml.Name{Local: local(full)}}
	if len(a.Name.Local) < len(full) {
		a.Name.Space = full[:len(full)-len(a.Name.Local)-1]
	}
	return a, to + 1, nil
}

// resolve puts the names of spaces in place of prefixes, those first that the
// tag itself declares.
func (s *Scanner) resolve(attrs []xml.Attr) {
	for _, a := range attrs {
		if a.Name.Space == "xmlns" {
			s.spaces = append(s.spaces, space{a.Name.Local, a.Value, len(s.open)})
		}
	}
	for i := range attrs {
		if attrs[i].Name.Space == "xml" {
			attrs[i].Name.Space = "http://www.w3.org/XML/1998/namespace"
			continue
		}
		for j := len(s.spaces) - 1; j >= 0 && attrs[i].Name.Space != "" && attrs[i].Name.Space != "xmlns"; j-- {
			if s.spaces[j].prefix == attrs[i].Name.Space {
				attrs[i].Name.Space = s.spaces[j].url
				break
			}
		}
	}
}

// resolved gives text with its references resolved and the ends of lines as \n.
func (s *Scanner) resolved(text []byte, from int, cdata bool) ([]byte, error) {
	if bytes.IndexByte(text, '\r') < 0 && (cdata || bytes.IndexByte(text, '&') < 0) {
		return text, nil
	}
	out := s.scratch[:0]
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == '\r':
			out = append(out, '\n')
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		case b == '&' && !cdata:
			semi := bytes.IndexByte(text[i:], ';')
			name := ""
			if semi > 0 {
				name = string(text[i+1 : i+semi])
			}
			r, ok := entity(name)
			if !ok {
				return nil, s.syntaxAt(from+i, "invalid character entity &"+named50(name))
			}
			out = utf8.AppendRune(out, r)
			i += semi
		default:
			out = append(out, b)
		}
	}
	s.scratch = out
	return out, nil
}

func named50(name string) string {
	if name == "" || len(name) > 50 {
		return " (no semicolon)"
	}
	return name + ";"
}

// entity resolves a reference: one of the five that XML has, or a number.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	if !ok || digits == "" || digits[0] == '+' || digits[0] == '-' || strings.Contains(digits, "_") {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil || n > unicode.MaxRune {
		return 0, false
	}
	if n >= 0xD800 && n <= 0xDFFF { // half a character, which is none
		return utf8.RuneError, true
	}
	return rune(n), allowed(rune(n))
}

// instruction goes over <? ... ?>. The declaration at the top may ask for no
// other version than 1.0; Open has seen to its encoding.
func (s *Scanner) instruction() error {
	target, n, err := s.word(2)
	if err != nil {
		return err
	}
	if target == "" {
		return s.syntaxAt(2, "expected target name after <?")
	}
	end, err := s.find("?>", n)
	if err != nil {
		return err
	}
	if end < 0 {
		return s.syntax("unexpected EOF")
	}
	if target == "xml" {
		if v := declaredVersion.FindSubmatch(s.buf[s.at+n : s.at+end]); v != nil && string(v[1][1:len(v[1])-1]) != "1.0" {
			return fmt.Errorf("xml: unsupported version %s; only version 1.0 is supported", v[1])
		}
	}
	s.skip(end + 2)
	return nil
}

// marked reads what begins with <!: a comment, which is left out, a CDATA
// section, which is text, or a directive.
func (s *Scanner) marked() (Token, error) {
	b, ok, err := s.byteAt(2)
	switch {
	case err != nil:
		return Token{}, err
	case !ok:
		return Token{}, s.syntax("unexpected EOF")
	case b == '-':
		return Token{}, s.comment()
	case b == '[':
		for i, want := range []byte("[CDATA[") {
			b, ok, err := s.byteAt(2 + i)
			if err != nil {
				return Token{}, err
			}
			if !ok {
				return Token{}, s.syntax("unexpected EOF")
			}
			if b != want {
				return Token{}, s.syntaxAt(2+i, "invalid <![ sequence")
			}
		}
		const head = len("<![CDATA[")
		n, err := s.find("]]>", head)
		if err != nil {
			return Token{}, err
		}
		if n < 0 {
			return Token{}, s.syntax("unexpected EOF in CDATA section")
		}
		return s.textOf(head, n, n+3, true)
	}
	return s.directive()
}

func (s *Scanner) comment() error {
	b, ok, err := s.byteAt(3)
	if err != nil {
		return err
	}
	if !ok {
		return s.syntax("unexpected EOF")
	}
	if b != '-' {
		return s.syntaxAt(3, "invalid sequence <!- not part of <!--")
	}
	n, err := s.find("--", 4)
	if err != nil {
		return err
	}
	if n < 0 {
		return s.syntax("unexpected EOF")
	}
	b, ok, err = s.byteAt(n + 2)
	if err != nil {
		return err
	}
	if !ok {
		return s.syntax("unexpected EOF")
	}
	if b != '>' {
		return s.syntaxAt(n, `invalid sequence "--" not allowed in comments`)
	}
	s.skip(n + 3)
	return nil
}

// directive reads <! ... > up to the end that stands in no quotes and closes
// what was opened within it. A comment within it becomes a blank.
func (s *Scanner) directive() (Token, error) {
	depth := 0
	var quote byte
	var text []byte
	for n := 2; ; n++ {
		b, ok, err := s.byteAt(n)
		if err != nil {
			return Token{}, err
		}
		if !ok {
			return Token{}, s.syntax("unexpected EOF")
		}
		switch {
		case n == 2: // whatever follows <! is part of it
		case quote == 0 && b == '>' && depth == 0:
			s.skip(n + 1)
			return Token{Kind: Directive, Text: text}, nil
		case quote == 0 && (b == '\'' || b == '"'):
			quote = b
		case b == quote:
			quote = 0
		case quote == 0 && b == '>':
			depth--
		case quote == 0 && b == '<':
			end, err := s.commentWithin(n)
			if err != nil {
				return Token{}, err
			}
			if end == 0 {
				depth++
				break
			}
			b, n = ' ', end-1
		}
		text = append(text, b)
	}
}

// commentWithin gives the place behind a comment that begins n bytes on, 0 when
// none does.
func (s *Scanner) commentWithin(n int) (int, error) {
	const opens = "<!--"
	for i := range opens {
		b, ok, err := s.byteAt(n + i)
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, s.syntax("unexpected EOF")
		}
		if b != opens[i] {
			return 0, nil
		}
	}
	end, err := s.find("-->", n+len(opens))
	if err != nil {
		return 0, err
	}
	if end < 0 {
		return 0, s.syntax("unexpected EOF")
	}
	return end + len("-->"), nil
}
