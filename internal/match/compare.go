package match

import (
	"math"
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
