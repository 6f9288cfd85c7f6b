package match

// likeness is the similarity of Jaro and Winkler, 0 to 1, on bytes: the share of
// letters in common near their place, with a premium for a common beginning
// (Winkler 1990, "String comparator metrics and enhanced decision rules").
func likeness(a, b string) float64 {
	if a == b {
		return 1
	}
	if len(a) > 64 {
		a = a[:64]
	}
	if len(b) > 64 {
		b = b[:64]
	}
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	reach := max(len(a), len(b))/2 - 1
	if reach < 0 {
		reach = 0
	}
	var inA, inB uint64
	common := 0
	for i := 0; i < len(a); i++ {
		lo, hi := max(0, i-reach), min(len(b), i+reach+1)
		for j := lo; j < hi; j++ {
			if a[i] == b[j] && inB&(1<<j) == 0 {
				inA |= 1 << i
				inB |= 1 << j
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	moved, j := 0, 0
	for i := 0; i < len(a); i++ {
		if inA&(1<<i) == 0 {
			continue
		}
		for inB&(1<<j) == 0 {
			j++
		}
		if a[i] != b[j] {
			moved++
		}
		j++
	}
	c := float64(common)
	s := (c/float64(len(a)) + c/float64(len(b)) + (c-float64(moved)/2)/c) / 3
	if s > 0.7 {
		p := 0
		for p < 4 && p < len(a) && p < len(b) && a[p] == b[p] {
			p++
		}
		s += float64(p) * 0.1 * (1 - s)
	}
	return s
}

// oneSlip says whether one letter added, left out or replaced, or two neighbours
// exchanged, make b of a.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return true
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// sound writes a name as its consonants, those that are often taken for each
// other as one, so that spellings of one spoken name meet: Mohammed, Muhammad
// and Mohamed; Catherine and Kathryn; Wiktoria and Viktoria. Vowels count only at
// the beginning, where they are all one.
func sound(s string) string {
	b := make([]byte, 0, 12)
	var last byte
	put := func(c byte) {
		if c != last {
			b = append(b, c)
		}
		last = c
	}
	for i := 0; i < len(s); i++ {
		var next byte
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch c := s[i]; c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			if i == 0 {
				if c == 'y' && next != 0 {
					b = append(b, 'j')
				} else {
					b = append(b, 'a')
				}
			}
			last = 0
		case 'h':
			// Spoken at the beginning, hardly anywhere else.
			if i == 0 {
				put('h')
			}
		case 'w', 'v':
			put('v')
		case 'p':
			if next == 'h' {
				put('f')
				i++
			} else {
				put('p')
			}
		case 'c':
			switch next {
			case 'h', 'z':
				put('s')
				i++
			case 'e', 'i', 'y':
				put('s')
			case 'k':
				put('k')
				i++
			default:
				put('k')
			}
		case 's', 'z':
			if next == 'h' || next == 'z' {
				i++
			}
			put('s')
		case 'x':
			if i == 0 {
				put('s')
			} else {
				put('k')
				put('s')
			}
		case 'q':
			put('k')
		case 'k':
			if next == 'n' && i == 0 {
				continue
			}
			put('k')
		case 'g':
			if next == 'h' && i > 0 && i+2 < len(s) && s[i+2] == 't' {
				continue
			}
			put('g')
		case 'd':
			if next == 'j' || next == 'g' {
				continue
			}
			put('d')
		case 't':
			if next == 's' || next == 'z' {
				continue
			}
			put('t')
		case 'j':
			put('j')
		default:
			put(c)
		}
	}
	return string(b)
}
