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
	some := func(f int, upto int) float64 {
		k := 0.0
		for l := 1; l <= upto; l++ {
			k += n[f][l]
		}
		return k / float64(len(cs))
	}
	w.chance = some(fForename, foreClose) * some(fSurname, surClose) * math.Exp2(w.prior[stranger])
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
	// namesakes are strangers who agree in forename and surname.
	namesakes float64
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
	if namesakes(c) {
		t.namesakes += s[stranger]
	}
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
	t.namesakes += o.namesakes
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

// bounded are the fields by which one person is told from a namesake. How often
// one person differs in them is learnt only up to most times the guess: where
// many people share few names, namesakes would otherwise pass for one person who
// is born twice.
func bounded(f int) bool {
	return f == fForename || f == fBorn || f == fAbout || f == fUnborn || f == fNHS || f == fSex
}

const most = 3

// where are the fields that say where somebody lives and with whom. In all
// others one person who has moved agrees with themselves as well as one who has
// not, and relatives of two households as those of one.
func where(f int) bool { return f == fPost || f == fLine || f == fTown || f == fCarer }

func (w *weights) take(t *tally, records int) {
	for k := range stranger {
		w.prior[k] = math.Log2((t.party[k] + firmPrior*usual[k]) / (float64(records) + firmPrior))
	}
	for f := range scales {
		for k := range stranger {
			hold := firm
			if f == fAbout || f == fUnborn || (f == fForename || f == fBorn) && k >= home {
				hold = firmKin
			}
			var n [maxSteps]float64
			sum := 0.0
			for l := range scales[f].steps {
				n[l] = t.n[f][l+1][k]
				if k <= moved && !where(f) {
					n[l] = t.n[f][l+1][stay] + t.n[f][l+1][moved]
				}
				if (k == home || k == apart) && (f == fForename || f == fBorn || f == fAbout || f == fUnborn || f == fMiddle) {
					n[l] = t.n[f][l+1][home] + t.n[f][l+1][apart]
				}
				sum += n[l]
			}
			if k >= twin && (f == fForename || f == fBorn || f == fAbout || f == fUnborn) {
				continue // that is what twins are
			}
			for l, s := range scales[f].steps {
				p := (n[l] + hold*s.p[k]) / (sum + hold)
				if k <= moved && bounded(f) && s.level == Differs {
					p = min(p, most*s.p[k])
				}
				w.log[f][l+1][k] = float32(math.Log2(p))
			}
		}
	}
	// Names go together: somebody named Kaur is likelier to be a Simran than
	// anybody is. How much likelier strangers agree in both names than chance
	// would have it is learnt too.
	if w.chance > 0 {
		w.together = math.Log2(min(64, max(1, (t.namesakes+2)/(w.chance*float64(records)+2))))
	}
}

// Weights are what levels of agreement are worth, as a file has taught.
type Weights struct{ w weights }

// Learn learns weights on people among whom some are held twice or more, for an
// index of people of the same kind. It is slow: seconds for ten thousand.
func Learn(people []Person) *Weights {
	j := newJob(people, Params{})
	j.train()
	w := &Weights{*j.weights}
	for k := range stranger {
		w.w.prior[k]++ // a batch meets each pair once, a search from either side
	}
	return w
}
