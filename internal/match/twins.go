package match

// Twins share the date of birth, the home, the surname and the carer, and often
// enough half of the forename. They are what a search must not take for one
// person, so a pair that could be twins is never called the same: somebody looks.

// isTwin says whether two records that look like one person could be twins:
// nothing in their dates speaks against one birth, and their forenames are two.
// That they share a home or a surname is not asked: twins may live with different
// people under different names, and who looks alike enough without a forename in
// common shares something of the kind. An NHS number in common overrules it, and so do a pet name
// and what is plainly a slip of the pen: parents do not name twins Thomas and Tom,
// or Thomas and Thoams.
func isTwin(c *comparison) bool {
	switch l := c.level[fForename]; {
	case c.level[fNHS] == 1, c.slip:
		return false
	case l == 0, l == foreSame, !c.loose && (l == forePet || l == foreSwapped):
		return false
	}
	return c.level[fBorn] <= bornYear && c.level[fAbout] <= 4 && c.level[fUnborn] <= 4
}

// bornTogether says whether two dates are of one birth, give or take a slip.
func bornTogether(c *comparison) bool {
	in := func(f int, most uint8) bool { return c.level[f] != 0 && c.level[f] <= most }
	return in(fBorn, bornDigit) || in(fAbout, 2) || in(fUnborn, 3)
}

// spelled is which pairs of neighbouring letters names have, their beginning and
// end included.
type spelled [27 * 27]bool

func (s *spelled) each(name string, do func(i int) bool) bool {
	at := func(i int) int {
		if i < 0 || i >= len(name) || name[i] < 'a' || name[i] > 'z' {
			return 0
		}
		return int(name[i]-'a') + 1
	}
	for i := 0; i <= len(name); i++ {
		if !do(at(i-1)*27 + at(i)) {
			return false
		}
	}
	return true
}

func (s *spelled) add(name string) { s.each(name, func(i int) bool { s[i] = true; return true }) }

// odd says whether a name has two letters together that no usual name has.
func (s *spelled) odd(name string) bool { return !s.each(name, func(i int) bool { return s[i] }) }

// usual times a spelling is held before it counts as a name of its own, and at
// most before it can be a slip.
const (
	spelledOften  = 5
	spelledSeldom = 3
)

// learnSpelling looks at which letters the names of the book have together.
func (b *book) learnSpelling() {
	if b.names.total[asValue] < 3000 {
		return
	}
	b.spelling = &spelled{}
	for _, w := range b.names.words {
		if w.n[asValue] >= spelledOften {
			b.spelling.add(w.text)
		}
	}
}

// penSlip says whether of two forenames one slip apart one is plainly the other
// written wrong, and not the name of a brother or sister: a letter doubled; or a
// spelling that hardly anybody has beside one that many have, if two letters have
// changed places or letters meet that meet in no usual name.
func (b *book) penSlip(v, w *word) bool {
	if !oneSlip(v.text, w.text) {
		return false
	}
	if doubled(v.text, w.text) {
		return true
	}
	if v.n[asValue] > w.n[asValue] {
		v, w = w, v
	}
	if v.n[asValue] > spelledSeldom || w.n[asValue] < 2*spelledOften {
		return false
	}
	return exchanged(v.text, w.text) || b.spelling != nil && b.spelling.odd(v.text)
}

func doubled(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) != len(a)+1 {
		return false
	}
	for i := 1; i < len(b); i++ {
		if b[i] == b[i-1] && b[:i]+b[i+1:] == a {
			return true
		}
	}
	return false
}

func exchanged(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
