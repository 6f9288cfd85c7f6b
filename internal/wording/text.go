package wording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word or a number, where it stands.
type token struct {
	low        string // lower case, one kind of apostrophe, no possessive, no inner dots
	start, end int
	number     bool // begins with a digit: a number, a time, a phone number
	upper      bool // begins with a capital
	caps       bool // capitals only
}

// sentence is a run of tokens.
type sentence struct{ from, to, start, end int }

// text is a text taken apart once, for every rule.
type text struct {
	raw   string
	toks  []token
	sents []sentence
}

// neverEnd are abbreviations whose full stop ends no sentence.
var neverEnd = map[string]bool{"mr": true, "mrs": true, "ms": true, "dr": true, "st": true, "prof": true, "rev": true, "eg": true, "ie": true,
	"vs": true, "approx": true, "tel": true, "cllr": true, "mx": true, "sgt": true, "para": true, "ext": true}

// parse takes a text apart. A sentence ends with its mark, and at the end of a line.
func parse(raw string) *text {
	t := &text{raw: raw, toks: make([]token, 0, len(raw)/5+1)}
	first := 0 // the first token of the sentence that goes on
	lineStart := 0
	end := func(at int) {
		if len(t.toks) > first {
			t.sents = append(t.sents, sentence{first, len(t.toks), t.toks[first].start, at})
			first = len(t.toks)
		}
	}
	for i := 0; i < len(raw); {
		r, w := utf8.DecodeRuneInString(raw[i:])
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			end(i)
			lineStart = len(t.toks)
		case unicode.IsDigit(r):
			i = t.numberAt(i)
			continue
		case unicode.IsLetter(r):
			var dots bool
			i, dots = t.wordAt(i)
			if dots && !neverEnd[t.toks[len(t.toks)-1].low] {
				if n, _ := nextRune(raw[i:]); n == 0 || unicode.IsUpper(n) {
					end(i)
				}
			}
			continue
		case r == '.' || r == '!' || r == '?' || r == '…':
			if r == '.' && len(t.toks) == lineStart+1 && first == lineStart && t.toks[first].number && t.toks[first].end == i {
				t.toks = t.toks[:first] // "1." at the beginning of a line numbers it
			} else if at, ends := t.ends(i, r); ends {
				end(at)
				i = at
				continue
			}
		}
		i += w
	}
	end(len(raw))
	return t
}

// ends says whether a mark at i ends a sentence, and where that ends: after more
// marks, quotes and brackets.
func (t *text) ends(i int, mark rune) (at int, ends bool) {
	at = i + utf8.RuneLen(mark)
	for at < len(t.raw) {
		r, w := utf8.DecodeRuneInString(t.raw[at:])
		if !strings.ContainsRune(".!?…\"')]’”", r) {
			break
		}
		at += w
	}
	next, space := nextRune(t.raw[at:])
	switch {
	case next == 0 || next == '\n':
		return at, true
	case !space && !unicode.IsUpper(next):
		return at, false
	case mark != '.':
		return at, true
	case unicode.IsLower(next):
		return at, false
	}
	if n := len(t.toks); n > 0 && t.toks[n-1].end == i {
		last := t.toks[n-1]
		switch {
		case neverEnd[last.low], (last.low == "no" || last.low == "s" || last.low == "p" || last.low == "reg") && unicode.IsDigit(next):
			return at, false
		case utf8.RuneCountInString(last.low) == 1 && last.upper && last.low != "i" && last.low != "a":
			return at, false // an initial
		}
	}
	return at, true
}

// nextRune is the next that is no blank, and whether a blank came before it. A line
// break is not skipped.
func nextRune(s string) (r rune, space bool) {
	for i, r := range s {
		if r == '\n' || r == '\r' {
			return '\n', true
		}
		if !unicode.IsSpace(r) {
			return r, i > 0
		}
	}
	return 0, true
}

// wordAt reads a word: letters, marks, digits, apostrophes inside; also s.17, e.g.
// and p.m., which are one.
func (t *text) wordAt(start int) (end int, dots bool) {
	i, letters := start, 0
	for i < len(t.raw) {
		r, w := utf8.DecodeRuneInString(t.raw[i:])
		next, nw := utf8.DecodeRuneInString(t.raw[i+w:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) {
			letters++
			i += w
			continue
		}
		if (r == '\'' || r == '’') && nw > 0 && unicode.IsLetter(next) {
			i += w
			continue
		}
		if r == '.' && letters == 1 && nw > 0 {
			after, aw := utf8.DecodeRuneInString(t.raw[i+w+nw:])
			if unicode.IsDigit(next) { // s.17
				i += w
				letters++
				continue
			}
			if unicode.IsLetter(next) && (aw == 0 || after == '.' || !unicode.IsLetter(after)) { // e.g.
				dots = true
				i += w + nw
				if after == '.' {
					i++
				}
				continue
			}
		}
		break
	}
	t.add(start, i, false)
	return i, dots
}

// numberAt reads a number, a time (5.30pm, 17:00), or a phone number with its blanks.
func (t *text) numberAt(start int) int {
	i, digits := start, 0
	for i < len(t.raw) {
		r, w := utf8.DecodeRuneInString(t.raw[i:])
		next, nw := utf8.DecodeRuneInString(t.raw[i+w:])
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			if unicode.IsDigit(r) {
				digits++
			}
			i += w
			continue
		}
		if strings.ContainsRune(".,:/", r) && nw > 0 && unicode.IsDigit(next) {
			i += w
			continue
		}
		if r == ' ' && nw > 0 && unicode.IsDigit(next) && (digits >= 5 || digits >= 3 && t.raw[start] == '0') && digits < 12 {
			i += w
			continue
		}
		break
	}
	t.add(start, i, true)
	return i
}

var plainer = strings.NewReplacer("’", "'", ".", "")

func (t *text) add(start, end int, number bool) {
	raw := t.raw[start:end]
	low := strings.ToLower(raw)
	if strings.ContainsAny(low, ".’") {
		low = plainer.Replace(low)
	}
	low = strings.TrimSuffix(low, "'s")
	r, _ := utf8.DecodeRuneInString(raw)
	caps := len(raw) > 1 && !number
	for _, r := range raw {
		caps = caps && (unicode.IsUpper(r) || unicode.IsDigit(r))
	}
	t.toks = append(t.toks, token{low: low, start: start, end: end, number: number, upper: unicode.IsUpper(r), caps: caps})
}

// of is the text of a sentence.
func (t *text) of(s sentence) string { return strings.TrimSpace(t.raw[s.start:s.end]) }

// sentenceOf is the sentence in which a token stands.
func (t *text) sentenceOf(tok int) sentence {
	i, _ := slices.BinarySearchFunc(t.sents, tok, func(s sentence, tok int) int {
		switch {
		case s.to <= tok:
			return -1
		case s.from > tok:
			return 1
		}
		return 0
	})
	return t.sents[i]
}

func (t *text) empty() bool { return len(t.toks) == 0 }
