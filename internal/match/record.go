package match

import (
	"slices"
	"strings"
)

// word is one spelling, kept once for everybody who has it.
type word struct {
	text string
	hash uint64   // of the text
	code uint64   // of its sound; names only
	pets []uint16 // lines of the nickname table; names only
	n    [2]int32 // how often it is held: as a forename or value, as a surname
}

const (
	asValue   = 0
	asSurname = 1
)

// fnv is the FNV-1a hash.
func fnv(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// dictionary holds the words of one kind.
type dictionary struct {
	words map[string]*word
	names bool
	total [2]int32 // values held
}

func newDictionary(names bool) *dictionary {
	return &dictionary{words: map[string]*word{}, names: names}
}

// get gives the word of a text. A search must not change what it searches:
// unless keep is set, an unknown word is made for the asker alone.
func (d *dictionary) get(s string, keep bool) *word {
	if s == "" {
		return nil
	}
	if w, ok := d.words[s]; ok {
		return w
	}
	w := &word{text: s, hash: fnv(s)}
	if d.names {
		c := sound(s)
		if c == "" {
			c = s
		}
		w.code, w.pets = fnv(c), pets()[s]
	}
	if keep {
		w.text = strings.Clone(s)
		d.words[w.text] = w
	}
	return w
}

type place struct {
	line, town, post *word
	number           string
}

type carer struct {
	fore, sur, full *word
}

// record is a person made ready for comparison.
type record struct {
	id     string
	fores  []*word // whole forenames, in one word each
	bits   []*word // the words of forenames of several words
	known  []*word // names they are known as
	also   []*word // all names that may stand for a forename: known as, middle names
	mids   []*word
	surs   []*word
	parts  []*word // of surnames of several words
	births []Birth
	sex    byte
	kind   *word
	nhs    string
	number string
	places []place
	carers []carer
	other  []*word
}

func add(ws []*word, w *word) []*word {
	if w == nil || slices.Contains(ws, w) {
		return ws
	}
	return append(ws, w)
}

// book is every record, and the words they are made of.
type book struct {
	names, lines, towns, posts, carers, kinds *dictionary
	other                                     []*dictionary
	records                                   []record
	births                                    map[int32]int32
	nBirths                                   int32
	spelling                                  *spelled // nil where too few names are known
}

func newBook() *book {
	return &book{names: newDictionary(true), lines: newDictionary(false), towns: newDictionary(false), posts: newDictionary(false),
		carers: newDictionary(false), kinds: newDictionary(false), births: map[int32]int32{}}
}

// kindOf gives the kind of a record in small letters. An unborn child is a child.
func kindOf(s string) string {
	s = strings.ReplaceAll(Fold(s), "unborn", "child")
	if strings.HasPrefix(s, "child") {
		return "child"
	}
	return s
}

// read makes a record of a person.
func (b *book) read(p *Person, keep bool) record {
	r := record{id: p.ID, nhs: NHSNumber(p.NHS), number: strings.ReplaceAll(Fold(p.Number), " ", ""), sex: sexOf(p.Sex),
		kind: b.kinds.get(kindOf(p.Kind), keep)}
	for _, n := range p.Names {
		whole, parts := family(n.Surname)
		sur := b.names.get(whole, keep)
		r.surs = add(r.surs, sur)
		for _, w := range parts {
			r.parts = add(r.parts, b.names.get(w, keep))
		}
		ws := given(n.Forename)
		fore := b.names.get(strings.Join(ws, ""), keep)
		r.fores = add(r.fores, fore)
		if len(ws) > 1 {
			for _, w := range ws {
				r.bits = add(r.bits, b.names.get(w, keep))
			}
		}
		for _, w := range given(n.Middle) {
			if m := b.names.get(w, keep); m != fore && m != sur && !slices.Contains(ws, w) && !slices.Contains(parts, w) {
				r.mids = add(r.mids, m)
				if len(w) > 1 {
					r.also = add(r.also, m)
				}
			}
		}
	}
	for _, k := range p.KnownAs {
		ws := given(k)
		if w := b.names.get(strings.Join(ws, ""), keep); w != nil && !slices.Contains(r.fores, w) {
			r.known = add(r.known, w)
			r.also = add(r.also, w)
		}
	}
	for _, d := range p.Births {
		if d.Digits != 0 && !slices.Contains(r.births, d) {
			r.births = append(r.births, d)
		}
	}
	for _, a := range p.Addresses {
		var x place
		var text string
		text, x.number = line(a.Lines)
		x.line, x.town, x.post = b.lines.get(text, keep), b.towns.get(Fold(a.Town), keep), b.posts.get(postcode(a.Postcode), keep)
		if x.line != nil || x.town != nil || x.post != nil {
			r.places = append(r.places, x)
		}
	}
	for _, c := range p.Carers {
		ws := given(c)
		if len(ws) == 0 {
			continue
		}
		x := carer{full: b.carers.get(strings.Join(ws, " "), keep), fore: b.names.get(ws[0], keep)}
		if len(ws) > 1 {
			last := len(ws) - 1
			for last > 1 && particle[ws[last-1]] {
				last--
			}
			x.sur = b.names.get(strings.Join(ws[last:], ""), keep)
		}
		r.carers = append(r.carers, x)
	}
	for len(b.other) < len(p.Other) && keep {
		b.other = append(b.other, newDictionary(false))
	}
	for i, o := range p.Other {
		if i < len(b.other) && i < maxOther {
			r.other = append(r.other, b.other[i].get(Fold(o), keep))
		}
	}
	return r
}

// count adds n (one or minus one) to the frequencies of all that a record holds.
func (b *book) count(r *record, n int32) {
	up := func(d *dictionary, w *word, use int) {
		if w != nil {
			w.n[use] += n
			d.total[use] += n
		}
	}
	for _, w := range r.fores {
		up(b.names, w, asValue)
	}
	for _, w := range r.bits {
		up(b.names, w, asValue)
	}
	for _, w := range r.also {
		up(b.names, w, asValue)
	}
	for _, w := range r.surs {
		up(b.names, w, asSurname)
	}
	for _, w := range r.parts {
		up(b.names, w, asSurname)
	}
	for _, p := range r.places {
		up(b.lines, p.line, asValue)
		up(b.towns, p.town, asValue)
		up(b.posts, p.post, asValue)
	}
	for _, c := range r.carers {
		up(b.carers, c.full, asValue)
	}
	up(b.kinds, r.kind, asValue)
	for i, w := range r.other {
		up(b.other[i], w, asValue)
	}
	for _, d := range r.births {
		b.births[d.Digits] += n
		b.nBirths += n
	}
}
