package match

import (
	"cmp"
	"slices"
	"strings"
)

// Two records are compared only if they have a key in common. Each key forgives
// another kind of difference; docs/matching.md lists them.
const (
	keyNHS = iota + 1
	keyNumber
	keyBorn        // the date
	keyBornTurned  // year, day and month in either order, initial of the forename
	keyBornDay     // day and month without the year, initials
	keyNames       // sounds of forename and surname, in either order
	keyPet         // line of the nickname table, sound of the surname
	keyPostFore    // postcode, sound of a forename
	keyPostSurname // postcode, sound of a surname
	keyPostNumber  // postcode, house number
	keyPostYear    // postcode, year of birth
	keySurnameYear // sound of a surname, year of birth
	keyForeMonth   // sound of a forename, year and month of birth
	keyLine        // address
	keyDoor        // house number and the beginning of the street
	keyCarer       // sounds of the carer's names; of an adult's own names too
	keyBegins      // three letters of forename and of surname
	keyMonth       // sound of a surname or of a carer's forename, month of birth; of an expected birth the months around it too
	keyOther       // value of a further column
)

func mix(kind int, a, b uint64) uint64 {
	h := uint64(kind)*0x9e3779b97f4a7c15 ^ a
	h = (h ^ h>>29) * 0xbf58476d1ce4e5b9
	h ^= b * 0x94d049bb133111eb
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>29
}

func either(kind int, a, b uint64) uint64 {
	if a > b {
		a, b = b, a
	}
	return mix(kind, a, b)
}

// keys adds the keys of a record to ks, each once.
func (r *record) keys(ks []uint64) []uint64 {
	fores := make([]*word, 0, 8)
	for _, ws := range [][]*word{r.fores, r.bits, r.also} {
		for _, w := range ws {
			if len(fores) < 8 {
				fores = add(fores, w)
			}
		}
	}
	surs := make([]*word, 0, 6)
	for _, ws := range [][]*word{r.surs, r.parts} {
		for _, w := range ws {
			if len(surs) < 6 {
				surs = add(surs, w)
			}
		}
	}
	if r.nhs != "" {
		ks = append(ks, mix(keyNHS, fnv(r.nhs), 0))
	}
	if r.number != "" {
		ks = append(ks, mix(keyNumber, fnv(r.number), 0))
	}
	for _, f := range fores {
		for _, s := range surs {
			ks = append(ks, either(keyNames, f.code, s.code), mix(keyBegins, begins(f.text), begins(s.text)))
			for i, p := range f.pets {
				if i < 4 {
					ks = append(ks, mix(keyPet, uint64(p&(1<<15-1)), s.code))
				}
			}
		}
	}
	for _, d := range r.births {
		y, md := uint64(d.Digits/10000), d.Digits%10000
		m, dd := uint64(md/100), uint64(md%100)
		ks = append(ks, mix(keyBorn, uint64(d.Digits), 0))
		lo, hi := min(m, dd), max(m, dd)
		for _, f := range fores {
			ks = append(ks, mix(keyBornTurned, y*10000+lo*100+hi, uint64(f.text[0])), mix(keyForeMonth, f.code, y*100+m))
			for _, s := range surs {
				ks = append(ks, mix(keyBornDay, m*100+dd, uint64(f.text[0])<<8|uint64(s.text[0])))
			}
		}
		for _, s := range surs {
			ks = append(ks, mix(keySurnameYear, s.code, y))
		}
		from, to := int(y)*12+int(m), int(y)*12+int(m)
		if d.Status == Unborn {
			from, to = from-1, to+1
		}
		for month := from; month <= to; month++ {
			for _, s := range r.surs {
				ks = append(ks, mix(keyMonth, s.code, uint64(month)))
			}
			for _, c := range r.carers {
				ks = append(ks, mix(keyMonth, c.fore.code, uint64(month)))
			}
		}
		for _, p := range r.places {
			if p.post != nil {
				ks = append(ks, mix(keyPostYear, p.post.hash, y))
			}
		}
	}
	for _, p := range r.places {
		if p.post != nil {
			for _, f := range fores {
				ks = append(ks, mix(keyPostFore, p.post.hash, f.code))
			}
			for _, s := range surs {
				ks = append(ks, mix(keyPostSurname, p.post.hash, s.code))
			}
			if p.number != "" {
				ks = append(ks, mix(keyPostNumber, p.post.hash, fnv(p.number)))
			}
		}
		if p.line != nil && p.number != "" {
			if d := door(p.line.text, p.number); d != "" {
				ks = append(ks, mix(keyDoor, fnv(p.number), fnv(d)))
			}
		}
		if p.line != nil && len(p.line.text) > 5 {
			ks = append(ks, mix(keyLine, p.line.hash, 0))
		}
	}
	for _, c := range r.carers {
		if c.sur != nil {
			ks = append(ks, either(keyCarer, c.fore.code, c.sur.code))
		}
	}
	if len(r.carers) == 0 && r.kind != nil && r.kind.text != "child" && r.kind.text != "unborn" {
		for _, f := range r.fores {
			for _, s := range r.surs {
				ks = append(ks, either(keyCarer, f.code, s.code))
			}
		}
	}
	for i, o := range r.other {
		if o != nil {
			ks = append(ks, mix(keyOther+i, o.hash, 0))
		}
	}
	slices.Sort(ks)
	return slices.Compact(ks)
}

// door is the beginning of the street after the house number.
func door(text, number string) string {
	_, rest, _ := strings.Cut(text, number)
	rest = strings.TrimLeft(rest, " ")
	if len(rest) < 4 {
		return ""
	}
	return rest[:4]
}

func begins(s string) uint64 { return fnv(s[:min(3, len(s))]) }

// postings say which records have a key. Most keys have one record, which is
// kept without a list.
type postings struct {
	of    map[uint64]int32 // a record, or the complement of a list's number
	lists [][]int32
}

func newPostings() *postings { return &postings{of: map[uint64]int32{}} }

func (p *postings) add(k uint64, r int32) {
	switch v, ok := p.of[k]; {
	case !ok:
		p.of[k] = r
	case v >= 0:
		p.of[k] = ^int32(len(p.lists))
		p.lists = append(p.lists, []int32{v, r})
	default:
		p.lists[^v] = append(p.lists[^v], r)
	}
}

func (p *postings) remove(k uint64, r int32) {
	switch v, ok := p.of[k]; {
	case !ok:
	case v == r:
		delete(p.of, k)
	case v < 0:
		l := p.lists[^v]
		if i := slices.Index(l, r); i >= 0 {
			p.lists[^v] = slices.Delete(l, i, i+1)
		}
	}
}

// finder looks up candidates; each goroutine has its own.
type finder struct {
	seen  []int32 // by record: the number of the search that last saw it
	turn  int32
	keys  []uint64
	lists [][]int32
	one   []int32
	out   []int32
}

// find gives the records below upto that share a key with r: those of the
// rarest keys first, and no more than limit.
func (p *postings) find(f *finder, r *record, upto int32, limit int) []int32 {
	for len(f.seen) < int(upto) {
		f.seen = append(f.seen, 0)
	}
	f.turn++
	f.keys = r.keys(f.keys[:0])
	f.lists, f.out = f.lists[:0], f.out[:0]
	f.one = f.one[:0]
	for _, k := range f.keys {
		v, ok := p.of[k]
		switch {
		case !ok:
		case v >= 0:
			if v < upto && f.seen[v] != f.turn {
				f.seen[v] = f.turn
				f.out = append(f.out, v)
			}
		default:
			l := p.lists[^v]
			if n, _ := slices.BinarySearch(l, upto); n > 0 {
				f.lists = append(f.lists, l[:n])
			}
		}
	}
	slices.SortStableFunc(f.lists, func(a, b []int32) int { return cmp.Compare(len(a), len(b)) })
	for _, l := range f.lists {
		if len(f.out) > 0 && len(f.out)+len(l) > limit {
			break
		}
		for _, v := range l[:min(len(l), limit)] {
			if f.seen[v] != f.turn {
				f.seen[v] = f.turn
				f.out = append(f.out, v)
			}
		}
	}
	return f.out
}
