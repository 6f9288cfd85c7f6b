package match

import (
	"cmp"
	"slices"
	"sync"
)

// What two records say of each other is not all there is to know: a third that
// fits both speaks for them, and a third that fits one of them and cannot be the
// other speaks against. settle looks at each pair together with each third, and
// weighs who of the three may be one person.

// neighbour is a record that may be the same as another.
type neighbour struct {
	record int32
	pair   int32 // in all
}

const (
	// conflict is the score below which two records are plainly two people.
	conflict = -6.0
	// What a third that fits both adds is held back: by this much in any case,
	// and by a share of what speaks against the pair itself.
	heldBack = 2.0
	// plainly is by how much one must be likelier than another to be taken for the one.
	plainly    = 8.0
	holdAgain  = 0.3
	nearEnough = -1.0 // least score of a neighbour
	neighbours = 8    // of one record that are looked at, the nearest
)

func pairKey(a, b int32) uint64 { return uint64(min(a, b))<<32 | uint64(max(a, b)) }

type settling struct {
	*job
	all  []found
	at   map[uint64]int32
	near [][]neighbour
}

func (j *job) settle(all []found) []found {
	s := &settling{job: j, all: all, at: make(map[uint64]int32, len(all))}
	for i, f := range all {
		s.at[pairKey(f.l, f.r)] = int32(i)
	}
	s.meet()
	s.introduce()
	s.meet()
	after := make([]float32, len(s.all))
	var wg sync.WaitGroup
	for g := range workers {
		wg.Go(func() {
			for i := g; i < len(s.all); i += workers {
				after[i] = s.third(i)
			}
		})
	}
	wg.Wait()
	for i := range s.all {
		s.all[i].same = after[i]
	}
	s.nameless()
	return s.all
}

// meet finds the neighbours of each record.
func (s *settling) meet() {
	s.near = make([][]neighbour, len(s.records))
	for i, f := range s.all {
		if f.same >= nearEnough {
			s.near[f.l] = append(s.near[f.l], neighbour{f.r, int32(i)})
			s.near[f.r] = append(s.near[f.r], neighbour{f.l, int32(i)})
		}
	}
	for i, n := range s.near {
		slices.SortStableFunc(n, func(a, b neighbour) int { return cmp.Compare(s.all[b.pair].same, s.all[a.pair].same) })
		s.near[i] = n[:min(len(n), neighbours)]
	}
}

// introduce adds the pairs that have a good neighbour in common and no key.
func (s *settling) introduce() {
	for _, n := range s.near {
		for x := range n {
			for y := range x {
				a, b := n[x], n[y]
				if s.all[a.pair].same < 1 || s.all[b.pair].same < 1 {
					continue
				}
				key := pairKey(a.record, b.record)
				if _, ok := s.at[key]; ok {
					continue
				}
				s.at[key] = int32(len(s.all))
				s.all = append(s.all, s.look(min(a.record, b.record), max(a.record, b.record)))
			}
		}
	}
}

// third gives the score of a pair once others have been heard. A third that is
// plainly not the one lowers the chance that it is the other: a record is of one
// person only. A third that fits both raises it, but only if nobody is against.
func (s *settling) third(i int) float32 {
	f := &s.all[i]
	own := float64(f.same)
	if own < Floor-4 {
		return f.same // too far down for anybody to lift
	}
	up, down := own, 0.0
	hear := func(k neighbour, other int32) {
		if k.record == other {
			return
		}
		near, far := float64(s.all[k.pair].same), 0.0
		if n, ok := s.at[pairKey(k.record, other)]; ok {
			far = float64(s.all[n].same)
		} else {
			p := s.look(min(k.record, other), max(k.record, other))
			far = float64(p.same)
		}
		if far < conflict {
			down = min(down, -plus(0, near))
		} else if through := min(near, far); through > 0 {
			up = max(up, through-heldBack-max(0, -own)*holdAgain)
		}
	}
	for _, k := range s.near[f.l] {
		hear(k, f.r)
	}
	for _, k := range s.near[f.r] {
		hear(k, f.l)
	}
	if down < 0 {
		return float32(own + down)
	}
	return float32(up)
}

// nameless marks as twins the pairs of a record without a forename with somebody
// who has a twin, or beside somebody else with another forename: it can be either
// of them.
func (s *settling) nameless() {
	hasTwin := make([]bool, len(s.records))
	for _, f := range s.all {
		if f.twin && f.together && f.same < 0 && f.related > 5 {
			hasTwin[f.l], hasTwin[f.r] = true, true
		}
	}
	for i := range s.near {
		if len(s.records[i].fores) > 0 {
			continue
		}
		for x, a := range s.near[i] {
			if hasTwin[a.record] && len(s.records[a.record].fores) > 0 {
				s.all[a.pair].twin = true
			}
			for _, b := range s.near[i][:x] {
				if l, _, _ := best(s.records[a.record].fores, s.records[b.record].fores); l < 4 || l > 7 {
					continue
				}
				if n, ok := s.at[pairKey(a.record, b.record)]; ok && s.all[n].same > 3 && !s.all[n].twin {
					continue
				}
				// One of the two may be much the likelier; then only the other is doubted.
				if d := s.all[a.pair].same - s.all[b.pair].same; d < plainly {
					s.all[a.pair].twin = true
				}
				if d := s.all[b.pair].same - s.all[a.pair].same; d < plainly {
					s.all[b.pair].twin = true
				}
			}
		}
	}
}
