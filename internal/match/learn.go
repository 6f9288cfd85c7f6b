package match

import (
	"math"
	"sync"
)

// How firmly the guesses hold against what a file says, in pairs. Whose
// forename and birth differ is what tells relatives from one person: were that
// learnt freely, bad copies of one person would pass for relatives.
const (
	firm      = 40.0
	firmKin   = 400.0
	firmPrior = 5.0
	rounds    = 12
	workers   = 2
)

// strangersFrom learns how pairs taken at random agree.
func (w *weights) strangersFrom(cs []comparison) {
	var n [fields][maxSteps]float64
	for i := range cs {
		for f, l := range cs[i].level {
			n[f][l]++
		}
	}
	for f := range scales {
		sum := 0.0
		for l := range scales[f].steps {
			sum += n[f][l+1]
		}
		for l, s := range scales[f].steps {
			p := (n[f][l+1] + 20*s.p[stranger]) / (sum + 20)
			w.log[f][l+1][stranger] = float32(math.Log2(p))
		}
	}
}

// tally is what one round of learning counts.
type tally struct {
	n     [fields][maxSteps][parties]float64
	party [parties]float64
}

// learn betters the weights on compared pairs by expectation and maximisation:
// each pair counts for each party as much as it is likely to be one. records is
// how many records the pairs were looked up for, so that priors come out per
// record. Strangers stay as they are. It gives the same result each time.
func (w *weights) learn(cs []comparison, records int) {
	if len(cs) == 0 {
		return
	}
	const block = 4096
	for range rounds {
		blocks := (len(cs) + block - 1) / block
		tallies := make([]tally, min(blocks, 64))
		var wg sync.WaitGroup
		// Which block goes to which tally is fixed, so that sums do not depend on
		// which goroutine is faster.
		for g := range workers {
			wg.Go(func() {
				for t := g; t < len(tallies); t += workers {
					for b := t; b < blocks; b += len(tallies) {
						for i := b * block; i < min(len(cs), (b+1)*block); i++ {
							tallies[t].count(w, &cs[i])
						}
					}
				}
			})
		}
		wg.Wait()
		var sum tally
		for i := range tallies {
			sum.plus(&tallies[i])
		}
		w.take(&sum, records)
	}
}

func (t *tally) count(w *weights, c *comparison) {
	s := w.each(c)
	share(&s)
	if s[stranger] > 0.9999 {
		return
	}
	for k := range stranger {
		if s[k] < 1e-6 {
			continue
		}
		t.party[k] += s[k]
		for f, l := range c.level {
			t.n[f][l][k] += s[k]
		}
	}
}

func (t *tally) plus(o *tally) {
	for k := range t.party {
		t.party[k] += o.party[k]
	}
	for f := range t.n {
		for l := range t.n[f] {
			for k := range t.n[f][l] {
				t.n[f][l][k] += o.n[f][l][k]
			}
		}
	}
}

func (w *weights) take(t *tally, records int) {
	for k := range stranger {
		w.prior[k] = math.Log2((t.party[k] + firmPrior*usual[k]) / (float64(records) + firmPrior))
		for f := range scales {
			hold := firm
			if k >= home && (f == fForename || f == fBorn || f == fAbout || f == fUnborn) {
				hold = firmKin
			}
			sum := 0.0
			for l := range scales[f].steps {
				sum += t.n[f][l+1][k]
			}
			for l, s := range scales[f].steps {
				p := (t.n[f][l+1][k] + hold*s.p[k]) / (sum + hold)
				w.log[f][l+1][k] = float32(math.Log2(p))
			}
		}
	}
}
