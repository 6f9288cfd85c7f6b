package match

import (
	"strings"
)

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
