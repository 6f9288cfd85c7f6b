package match

import (
	"onus/internal/day"
)

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
