package match

import (
	"cmp"
	"slices"
	"sync"
)

// Params are what a caller may set. The zero value works.
type Params struct {
	// NotSame are pairs of ids that somebody has said are two people. They are
	// never given as the same, however alike they look.
	NotSame [][2]string
	// Weights are what a file has taught (Learn). Without them an index goes by
	// guesses, which do well; a batch always learns on its own file.
	Weights *Weights
	// Limit is how many candidates of one record are compared at most: 0 means
	// 1,500 in a search and 600 in a batch.
	Limit int
}

func (p Params) cannot() map[[2]string]bool {
	m := make(map[[2]string]bool, 2*len(p.NotSame))
	for _, x := range p.NotSame {
		m[x], m[[2]string{x[1], x[0]}] = true, true
	}
	return m
}

const (
	allPairs    = 1000 // records up to which every pair is compared
	batchLimit  = 300
	lessonPairs = 250000 // pairs that weights are learnt on
	randomPairs = 200000
)

type found struct {
	l, r          int32
	same, related float32
	twin          bool
	together      bool // born at about the same time, as far as dates say
}

// Batch finds the pairs within one file that are one person, may be, or are
// relatives. It learns its weights on the file. The order of the result is
// fixed: by score, then by the place of the records in the file. The same
// people in the same order give the same result.
func Batch(people []Person, params Params) []Pair {
	j := newJob(people, params)
	j.train()
	return j.pairs(people, params.cannot())
}

func newJob(people []Person, params Params) *job {
	b := newBook()
	b.records = make([]record, len(people))
	for i := range people {
		b.records[i] = b.read(&people[i], true)
		b.count(&b.records[i], 1)
	}
	b.learnSpelling()
	j := &job{book: b, postings: newPostings(), limit: params.Limit, all: len(people) <= allPairs,
		homes: b.lines.total[asValue]+b.posts.total[asValue]+b.carers.total[asValue] > 0}
	if j.limit == 0 {
		j.limit = batchLimit
	}
	if !j.all {
		var ks []uint64
		for i := range b.records {
			ks = b.records[i].keys(ks[:0])
			for _, k := range ks {
				j.postings.add(k, int32(i))
			}
		}
	}
	return j
}

type job struct {
	*book
	postings *postings
	limit    int
	all      bool
	homes    bool // the file says who lives where or with whom; without that nobody can be told from a twin
	weights  *weights
}

// each calls do for every record and its earlier candidates, on all workers.
// Work is cut into blocks, so that what a block gives has a fixed place.
func (j *job) each(step int, do func(block int, i int32, candidates []int32)) {
	const size = 256
	blocks := (len(j.records) + size - 1) / size
	next := make(chan int, blocks)
	for b := range blocks {
		next <- b
	}
	close(next)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			f := &finder{}
			everyone := make([]int32, 0)
			for b := range next {
				for i := b * size; i < min(len(j.records), (b+1)*size); i++ {
					if i%step != 0 {
						continue
					}
					if j.all {
						for len(everyone) < i {
							everyone = append(everyone, int32(len(everyone)))
						}
						do(b, int32(i), everyone[:i])
						continue
					}
					do(b, int32(i), j.postings.find(f, &j.records[i], int32(i), j.limit))
				}
			}
		})
	}
	wg.Wait()
}

func (j *job) blocks() int { return (len(j.records) + 255) / 256 }

func (j *job) train() {
	n := len(j.records)
	j.weights = guessed(float64(n) / 2)
	if n < 3 {
		return
	}
	// Random pairs by a fixed linear congruence: a file gives the same weights
	// each time.
	random := make([]comparison, min(randomPairs, n*(n-1)/2))
	x := uint64(1)
	draw := func() int {
		x = x*6364136223846793005 + 1442695040888963407
		return int(x >> 33 % uint64(n))
	}
	var at [][2]int32
	for range random {
		a, b := draw(), draw()
		for a == b {
			b = draw()
		}
		at = append(at, [2]int32{int32(a), int32(b)})
	}
	var wg sync.WaitGroup
	for g := range workers {
		wg.Go(func() {
			for i := g; i < len(at); i += workers {
				j.compare(&j.records[at[i][0]], &j.records[at[i][1]], &random[i])
			}
		})
	}
	wg.Wait()
	j.weights.strangersFrom(random)

	// A first look says how many candidates there are, a second takes so many
	// records that they fit.
	counts := make([]int, j.blocks())
	j.each(16, func(b int, _ int32, c []int32) { counts[b] += len(c) })
	total := 0
	for _, c := range counts {
		total += 16 * c
	}
	step := max(1, total/lessonPairs)
	lessons := make([][]comparison, j.blocks())
	took := make([]int, j.blocks())
	j.each(step, func(b int, i int32, cs []int32) {
		took[b]++
		for _, o := range cs {
			var c comparison
			j.compare(&j.records[o], &j.records[i], &c)
			lessons[b] = append(lessons[b], c)
		}
	})
	records := 0
	for _, t := range took {
		records += t
	}
	j.weights.learn(slices.Concat(lessons...), records)
}

// look compares two records, the earlier one first.
func (j *job) look(l, r int32) found {
	var c comparison
	j.compare(&j.records[l], &j.records[r], &c)
	f := found{l: l, r: r, twin: j.homes && isTwin(&c), together: bornTogether(&c)}
	if len(j.records[l].fores)+len(j.records[r].fores) == 0 && f.together && c.level[fNHS] != simpleSame {
		f.twin = j.homes // two without a forename may be two of one birth
	}
	s := j.weights.each(&c)
	same, related := odds(&s)
	f.same, f.related = float32(same), float32(related)
	if !c.says() {
		f.same, f.related = Floor-20, 0
	}
	return f
}

func (j *job) pairs(people []Person, cannot map[[2]string]bool) []Pair {
	outs := make([][]found, j.blocks())
	j.each(1, func(b int, i int32, cs []int32) {
		for _, o := range cs {
			if f := j.look(o, i); f.same >= Floor-6 || f.related > 1 {
				outs[b] = append(outs[b], f)
			}
		}
	})
	all := j.settle(slices.Concat(outs...))
	ps := make([]Pair, 0, len(all))
	for _, f := range all {
		p := Pair{L: people[f.l].ID, R: people[f.r].ID, Score: float64(f.same), Twin: f.twin}
		p.Class = classOf(p.Score, float64(f.related), f.twin, BatchSame)
		if cannot[[2]string{p.L, p.R}] {
			p.Score, p.Class = min(p.Score, Floor), Relative
		}
		if p.Class != Stranger {
			ps = append(ps, p)
		}
	}
	slices.SortStableFunc(ps, func(a, b Pair) int { return cmp.Compare(b.Score, a.Score) })
	return ps
}

// classOf says what a pair is; sure is where "the same" begins.
func classOf(score, related float64, twin bool, sure float64) Class {
	switch {
	case score >= sure && !twin:
		return Same
	case twin && score >= Floor:
		return Review
	case related > 1 && score < -3:
		return Relative
	case score >= Floor:
		return Review
	case related > 1:
		return Relative
	}
	return Stranger
}
