package match

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

func (b *book) compareNames(x, y *record, c *comparison) {
	if len(x.fores) > 0 && len(y.fores) > 0 {
		fore, fw, fw2 := best(x.fores, y.fores)
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
		sur, sw, _ := best(x.surs, y.surs)
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
