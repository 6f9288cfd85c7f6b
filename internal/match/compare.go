package match

import (
	"math"
	"strings"

	"onus/internal/day"
)

// comparison is how two records agree: a level for each field, and where the
// level depends on how common the value is, log2 of its frequency.
type comparison struct {
	level [fields]uint8
	rare  [fields]float32
	loose bool // the forename agrees only by a middle name or by a part of it
	slip  bool // the forenames differ by what is plainly a slip of the pen
}

// Values not yet seen must not look unique: in an index of ten people every name
// is rare. weight values of a usual frequency are counted in addition.
const weight = 300

func frequency(n, total int32, usual float64) float32 {
	return float32(math.Log2((float64(n) + weight*usual) / (float64(total) + weight)))
}

// tell compares two names without knowing whether they are forenames or
// surnames: 1 same, 2 one is a pet name of the other, 3 initial, 4 sound alike,
// 5 one slip, 6 somewhat alike, 7 different.
func tell(a, b *word) int {
	if a == b || a.text == b.text {
		return 1
	}
	if len(a.text) == 1 || len(b.text) == 1 {
		if a.text[0] == b.text[0] {
			return 3
		}
		return 7
	}
	if len(a.pets) > 0 && len(b.pets) > 0 && petName(a, b) {
		return 2
	}
	n := min(len(a.text), len(b.text))
	if n >= 4 && oneSlip(a.text, b.text) {
		return 5
	}
	l := likeness(a.text, b.text)
	switch {
	case a.code == b.code && l >= 0.7:
		return 4
	case n >= 3 && l >= 0.91:
		return 5
	case l >= 0.76 || n == 3 && oneSlip(a.text, b.text):
		return 6
	case len(a.pets) > 0 && len(b.pets) > 0 && petCousins(a, b):
		return 6
	}
	return 7
}

func best(as, bs []*word) (level int, a, b *word) {
	level = 9
	for _, x := range as {
		for _, y := range bs {
			if l := tell(x, y); l < level {
				level, a, b = l, x, y
				if l == 1 {
					return level, a, b
				}
			}
		}
	}
	return level, a, b
}

func shared(as, bs []*word) *word {
	for _, x := range as {
		if len(x.text) < 2 {
			continue
		}
		for _, y := range bs {
			if x == y || x.text == y.text {
				return x
			}
		}
	}
	return nil
}

const (
	usualForename = 0.004
	usualSurname  = 0.001
	usualValue    = 0.0005
)

func (b *book) foreOften(w *word) float32 {
	return frequency(w.n[asValue], b.names.total[asValue], usualForename)
}

func (b *book) surOften(w *word) float32 {
	return frequency(w.n[asSurname], b.names.total[asSurname], usualSurname)
}

// says whether anything was compared that tells people apart: two records of
// nobody in particular are not one person.
func (c *comparison) says() bool {
	for f, l := range c.level {
		if l != 0 && f != fSex && f != fKind && f != fParent && f != fTown {
			return true
		}
	}
	return false
}

// compare compares two records.
func (b *book) compare(x, y *record, c *comparison) {
	*c = comparison{}
	b.compareNames(x, y, c)
	b.compareBirths(x, y, c)
	if x.sex != 0 && y.sex != 0 {
		c.level[fSex] = 2
		if x.sex == y.sex {
			c.level[fSex] = 1
		}
	}
	if x.kind != nil && y.kind != nil {
		c.level[fKind] = 2
		if x.kind.text == y.kind.text {
			c.level[fKind] = 1
		}
	}
	b.compareNumbers(x.nhs, y.nhs, fNHS, c)
	b.compareNumbers(x.number, y.number, fNumber, c)
	b.comparePlaces(x, y, c)
	b.compareCarers(x, y, c)
	for i := range min(len(x.other), len(y.other)) {
		v, w := x.other[i], y.other[i]
		if v == nil || w == nil {
			continue
		}
		f := fOther + i
		switch l := 0.0; {
		case v.text == w.text:
			c.level[f] = simpleSame
			c.rare[f] = frequency(v.n[0], b.other[i].total[0], usualValue)
		default:
			l = likeness(v.text, w.text)
			switch {
			case l >= 0.92 || oneSlip(v.text, w.text) && min(len(v.text), len(w.text)) > 3:
				c.level[f] = simpleClose
			case l >= 0.78:
				c.level[f] = simpleLike
			default:
				c.level[f] = simpleOther
			}
		}
	}
}

func (b *book) compareNames(x, y *record, c *comparison) {
	fore, sur := 9, 9
	var fw, fw2, sw *word
	if len(x.fores) > 0 && len(y.fores) > 0 {
		fore, fw, fw2 = best(x.fores, y.fores)
		switch fore {
		case 1:
			c.rare[fForename] = b.foreOften(fw)
		case 2:
			// Sophia and Sophie are a name and its pet name, and twins all the same.
			c.loose = len(fw.text) == len(fw2.text) && likeness(fw.text, fw2.text) > 0.8
		case 3:
		case 4, 5:
			c.slip = b.penSlip(fw, fw2)
		default:
			var w *word
			w, c.loose = otherName(x, y, fore == 7)
			if w != nil {
				fore = 2
			} else {
				fore++ // leaves room for exchanged names: 7 to 8
				if fore == 7 {
					fore = foreLike
				}
			}
		}
		c.level[fForename] = uint8(fore)
	}
	if len(x.surs) > 0 && len(y.surs) > 0 {
		sur, sw, _ = best(x.surs, y.surs)
		switch sur {
		case 1:
			c.level[fSurname], c.rare[fSurname] = surSame, b.surOften(sw)
		case 3, 7:
			c.level[fSurname] = surOther
		case 4:
			c.level[fSurname] = surSound
		case 5:
			c.level[fSurname] = surClose
		default:
			c.level[fSurname] = surLike
		}
		if sur != 1 && len(x.parts)+len(y.parts) > 0 {
			w := shared(x.parts, y.surs)
			if w == nil {
				if w = shared(x.surs, y.parts); w == nil {
					w = shared(x.parts, y.parts)
				}
			}
			if w != nil {
				c.level[fSurname], c.rare[fSurname] = surPart, b.surOften(w)+1
			}
		}
	}
	// Forename and surname exchanged: only if they do not fit as they stand.
	if c.level[fForename] != foreSame && c.level[fSurname] != surSame {
		b.compareExchanged(x, y, c)
	}
	b.compareMiddles(x, y, c)
}

// otherName looks for a forename of one among the other names of the other. It
// is loose if it rests on a middle name or on a part of the forename, which
// twins can share.
func otherName(x, y *record, pet bool) (w *word, loose bool) {
	if w = shared(x.fores, y.known); w != nil {
		return w, false
	}
	if w = shared(x.known, y.fores); w != nil {
		return w, false
	}
	// Grace, and Grace Amelia: one has a middle name written with the forename.
	if w = shared(x.bits, y.fores); w != nil {
		return w, w != x.bits[0]
	}
	if w = shared(x.fores, y.bits); w != nil {
		return w, w != y.bits[0]
	}
	if w = shared(x.fores, y.also); w != nil {
		return w, true
	}
	if w = shared(x.also, y.fores); w != nil {
		return w, true
	}
	// Muhammad Ali and Muhammad Hassan share a word and are two people.
	if n := min(len(x.bits), len(y.bits)); n > 0 {
		common := 0
		for _, v := range x.bits {
			if l, _, _ := best([]*word{v}, y.bits); l <= 5 && l != 3 {
				common++
				w = v
			}
		}
		if common >= n {
			return w, true
		}
		w = nil
	}
	if pet {
		for _, v := range x.known {
			if l, u, _ := best([]*word{v}, y.fores); l == 2 {
				return u, false
			}
		}
		for _, v := range y.known {
			if l, u, _ := best([]*word{v}, x.fores); l == 2 {
				return u, false
			}
		}
	}
	return nil, false
}

func (b *book) compareExchanged(x, y *record, c *comparison) {
	exact := true
	exchanged := func(as, bs []*word) (float32, bool) {
		for _, v := range as {
			for _, w := range bs {
				if v.text == w.text {
					return max(b.foreOften(v), b.surOften(v)), true
				}
			}
		}
		for _, v := range as {
			for _, w := range bs {
				if l := tell(v, w); l == 4 || l == 5 {
					exact = false
					return -7, true
				}
			}
		}
		return 0, false
	}
	r1, ok1 := exchanged(x.fores, y.surs)
	r2, ok2 := exchanged(x.surs, y.fores)
	known := len(x.fores) > 0 && len(x.surs) > 0 && len(y.fores) > 0 && len(y.surs) > 0
	switch {
	case ok1 && ok2:
		c.level[fForename], c.rare[fForename] = foreSwapped, r1+r2
		c.level[fSurname], c.loose = 0, !exact
	case (ok1 || ok2) && !known:
		// One of them has one name only, in the other's place.
		c.level[fForename], c.rare[fForename] = foreSwapped, r1+r2
		c.level[fSurname], c.loose = 0, !exact
	}
}

func (b *book) compareMiddles(x, y *record, c *comparison) {
	if len(x.mids) == 0 || len(y.mids) == 0 {
		return
	}
	same, initial, close := 0, 0, 0
	var rare float32
	for _, v := range x.mids {
		for _, w := range y.mids {
			switch tell(v, w) {
			case 1:
				same++
				rare += b.foreOften(v)
			case 3:
				initial++
			case 2, 4, 5:
				close++
			}
		}
	}
	switch n := max(len(x.mids), len(y.mids)); {
	case same > 0 && same == n:
		c.level[fMiddle], c.rare[fMiddle] = 1, rare
	case same > 0:
		c.level[fMiddle], c.rare[fMiddle] = 2, rare
	case initial > 0:
		c.level[fMiddle], c.rare[fMiddle] = 2, -4
	case close > 0:
		c.level[fMiddle] = 3
	default:
		c.level[fMiddle] = 4
	}
}

// dayOf gives the day of eight digits, if there is one.
func dayOf(n int32) (day.Date, bool) {
	y, m, d := int(n/10000), int(n/100%100), int(n%100)
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	return fastDay(y, m, d), true
}

// fastDay counts days from the civil calendar (H. Hinnant, "chrono-compatible
// low-level date algorithms"), only for differences: it allows the 30th of
// February, which is the second of March.
func fastDay(y, m, d int) day.Date {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	return day.Date(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy)
}

func oneDigit(a, b int32) bool {
	wrong := 0
	var da, db [8]int32
	for i := range 8 {
		da[i], db[i] = a%10, b%10
		a, b = a/10, b/10
		if da[i] != db[i] {
			wrong++
		}
	}
	if wrong == 1 {
		return true
	}
	if wrong != 2 {
		return false
	}
	for i := range 7 {
		if da[i] != db[i] {
			return da[i] == db[i+1] && da[i+1] == db[i]
		}
	}
	return false
}

func (b *book) compareBirths(x, y *record, c *comparison) {
	for _, v := range x.births {
		for _, w := range y.births {
			f, l := 0, uint8(0)
			switch {
			case v.Status == Unborn || w.Status == Unborn:
				f, l = fUnborn, expected(v, w)
			case v.Status == Estimated || w.Status == Estimated:
				f, l = fAbout, about(v, w)
			default:
				f, l = fBorn, born(v, w)
			}
			if l != 0 && (c.level[f] == 0 || l < c.level[f]) {
				c.level[f] = l
				if f == fBorn && l == bornSame {
					c.rare[f] = frequency(b.births[v.Digits], b.nBirths, 0.00016)
				}
			}
		}
	}
	// A date that is known beats a guess.
	if c.level[fBorn] != 0 && c.level[fAbout] != 0 {
		c.level[fAbout] = 0
	}
	if (c.level[fBorn] != 0 || c.level[fAbout] != 0) && c.level[fUnborn] != 0 {
		c.level[fUnborn] = 0
	}
}

func born(v, w Birth) uint8 {
	a, b := v.Digits, w.Digits
	if a == b {
		return bornSame
	}
	ya, ma, da := a/10000, a/100%100, a%100
	yb, mb, db := b/10000, b/100%100, b%100
	if ya == yb && ma == db && da == mb {
		return bornSwapped
	}
	if oneDigit(a, b) {
		return bornDigit
	}
	if (ya == yb && (ma == mb || da == db)) || ma == mb && da == db {
		return bornTwoOfThree
	}
	d1, ok1 := dayOf(a)
	d2, ok2 := dayOf(b)
	gap := int(ya-yb) * 365
	if ok1 && ok2 {
		gap = int(d1 - d2)
	}
	if gap < 0 {
		gap = -gap
	}
	switch {
	case gap <= 366:
		return bornYear
	case gap <= 13*366:
		return bornSiblings
	}
	return bornFar
}

func about(v, w Birth) uint8 {
	if v.Digits == w.Digits {
		return 1
	}
	d1, ok1 := dayOf(v.Digits)
	d2, ok2 := dayOf(w.Digits)
	gap := int(v.Digits/10000-w.Digits/10000) * 365
	if ok1 && ok2 {
		gap = int(d1 - d2)
	}
	if gap < 0 {
		gap = -gap
	}
	switch {
	case gap <= 31:
		return 2
	case gap <= 183:
		return 3
	case gap <= 366:
		return 4
	case gap <= 731:
		return 5
	}
	return 6
}

func expected(v, w Birth) uint8 {
	d1, ok1 := dayOf(v.Digits)
	d2, ok2 := dayOf(w.Digits)
	if !ok1 || !ok2 {
		return 0
	}
	gap := int(d1 - d2)
	if w.Status == Unborn && v.Status != Unborn {
		gap = -gap
	}
	// Now gap is expected minus born, where one of the two was born.
	size := max(gap, -gap)
	switch {
	case size <= 3:
		return 1
	case size <= 10:
		return 2
	case size <= 25:
		return 3
	case gap > 0 && gap <= 70 && v.Status != w.Status:
		return 4
	}
	return 5
}

func (b *book) compareNumbers(v, w string, f int, c *comparison) {
	if v == "" || w == "" {
		return
	}
	switch {
	case v == w:
		c.level[f] = 1
		c.rare[f] = float32(math.Log2(1 / float64(len(b.records)+10000)))
	case oneSlip(v, w):
		c.level[f] = 2
	default:
		c.level[f] = 3
	}
}

func (b *book) comparePlaces(x, y *record, c *comparison) {
	for _, v := range x.places {
		for _, w := range y.places {
			var post, ln, town uint8
			if v.post != nil && w.post != nil {
				post = tellPost(v.post.text, w.post.text)
			}
			if v.line != nil && w.line != nil {
				ln = tellLine(&v, &w)
			}
			if v.town != nil && w.town != nil {
				town = tellTown(v.town.text, w.town.text)
			}
			// The pair of places that agrees best counts, field by field.
			if post != 0 && (c.level[fPost] == 0 || post < c.level[fPost]) {
				c.level[fPost] = post
				if post == 1 {
					c.rare[fPost] = frequency(v.post.n[0], b.posts.total[0], usualValue)
				}
			}
			if ln != 0 && (c.level[fLine] == 0 || ln < c.level[fLine]) {
				c.level[fLine] = ln
				if ln == 1 {
					c.rare[fLine] = frequency(v.line.n[0], b.lines.total[0], usualValue)
				}
			}
			if town != 0 && (c.level[fTown] == 0 || town < c.level[fTown]) {
				c.level[fTown] = town
				if town == 1 {
					c.rare[fTown] = frequency(v.town.n[0], b.towns.total[0], 0.02)
				}
			}
		}
	}
}

func tellPost(a, b string) uint8 {
	if a == b {
		return 1
	}
	if oneSlip(a, b) {
		return 2
	}
	if len(a) > 3 && len(b) > 3 && a[:len(a)-2] == b[:len(b)-2] {
		return 3
	}
	if len(a) > 4 && len(b) > 4 && a[:len(a)-3] == b[:len(b)-3] {
		return 3
	}
	return 4
}

func tellTown(a, b string) uint8 {
	switch {
	case a == b:
		return 1
	case oneSlip(a, b) && min(len(a), len(b)) > 3, likeness(a, b) >= 0.88:
		return 2
	case len(a) > 4 && len(b) > 4 && (strings.Contains(a, b) || strings.Contains(b, a)):
		return 2
	}
	return 3
}

func tellLine(v, w *place) uint8 {
	a, b := v.line.text, w.line.text
	if a == b {
		return 1
	}
	numbers := v.number != "" && w.number != ""
	l := likeness(a, b)
	sa, sb := strings.TrimSpace(strings.TrimPrefix(a, v.number)), strings.TrimSpace(strings.TrimPrefix(b, w.number))
	ls := l
	if sa != "" && sb != "" {
		ls = likeness(sa, sb)
	}
	switch {
	case (v.number == w.number || !numbers) && ls >= 0.88:
		return 2
	case l >= 0.93 && (!numbers || oneSlip(v.number, w.number)):
		return 2
	case ls >= 0.88, numbers && v.number == w.number:
		return 3
	}
	return 4
}

func (b *book) compareCarers(x, y *record, c *comparison) {
	// A carer mostly has the child's surname. Where the children's surnames agree,
	// those of their carers agree by that alone and say nothing more.
	given := c.level[fSurname] != 0 && c.level[fSurname] <= surClose
	for _, v := range x.carers {
		for _, w := range y.carers {
			l, rare := b.tellCarers(&v, &w, given)
			if c.level[fCarer] == 0 || l < c.level[fCarer] {
				c.level[fCarer], c.rare[fCarer] = l, rare
			}
		}
	}
	if len(x.carers) > 0 || len(y.carers) > 0 {
		c.level[fParent] = 2
		if caredFor(x, y) || caredFor(y, x) {
			c.level[fParent] = 1
		}
	}
}

func (b *book) tellCarers(v, w *carer, given bool) (level uint8, rare float32) {
	f := tell(v.fore, w.fore)
	if v.sur == nil || w.sur == nil {
		if f == 1 {
			return carerForename, b.foreOften(v.fore)
		}
		return carerOther, 0
	}
	s := tell(v.sur, w.sur)
	alike := s == 1 || s == 4 || s == 5
	rare = b.foreOften(v.fore)
	if !given {
		rare = max(rare+b.surOften(v.sur), -14)
	}
	switch {
	case v.full.text == w.full.text:
		return carerSame, rare
	case alike && f <= 5 && f != 3:
		return carerClose, rare + 1.5
	case alike && !given:
		return carerSurname, b.surOften(v.sur)
	case f == 1:
		return carerForename, b.foreOften(v.fore)
	}
	return carerOther, 0
}

func caredFor(child, adult *record) bool {
	for _, k := range child.carers {
		if k.sur == nil {
			continue
		}
		for _, f := range adult.fores {
			if l := tell(k.fore, f); l > 5 {
				continue
			}
			for _, s := range adult.surs {
				if l := tell(k.sur, s); l == 1 || l == 4 || l == 5 {
					return true
				}
			}
		}
	}
	return false
}
