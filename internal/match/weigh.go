package match

import "math"

// weights are what levels are worth: for each field, level and party log2 of
// how likely it is; and how many of each party a record meets in the whole file.
type weights struct {
	log   [fields][maxSteps][parties]float32
	prior [parties]float64 // log2
	// together is by how many bits strangers agree oftener in both names than in
	// one and the other by themselves.
	together float64
	// chance is how many strangers per record would agree in both names if one
	// had nothing to do with the other.
	chance float64
}

// namesakes says whether forename and surname both agree, more or less.
func namesakes(c *comparison) bool {
	f, s := c.level[fForename], c.level[fSurname]
	return f != 0 && f <= foreClose && s != 0 && s <= surClose
}

// usual is how many records of each party one record meets in a file of a
// children's department, before anything is learnt. Strangers are all the others.
var usual = [parties]float64{0.25, 0.12, 0.9, 0.3, 0.015, 0.006, 0}

func guessed(strangers float64) *weights {
	w := &weights{together: 3}
	for f := range scales {
		for l, s := range scales[f].steps {
			for k, p := range s.p {
				w.log[f][l+1][k] = float32(math.Log2(p))
			}
		}
	}
	for k, n := range usual {
		w.prior[k] = math.Log2(n)
	}
	w.prior[stranger] = math.Log2(max(1, strangers))
	return w
}

// each gives log2 of the likelihood of a comparison for each party, priors
// included.
func (w *weights) each(c *comparison) (s [parties]float64) {
	s = w.prior
	for f := range fields {
		l := c.level[f]
		if l == 0 {
			continue
		}
		row := &w.log[f][l]
		for k := range stranger {
			s[k] += float64(row[k])
		}
		if scales[f].steps[l-1].rare {
			s[stranger] += float64(c.rare[f])
		} else {
			s[stranger] += float64(row[stranger])
		}
	}
	if namesakes(c) {
		s[stranger] += w.together
	}
	return s
}

// plus adds two numbers given as log2.
func plus(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if a-b > 40 {
		return a
	}
	return a + math.Log2(1+math.Exp2(b-a))
}

// odds gives log2 of the odds for one person against all else, and log2 of the
// odds for relatives against strangers.
func odds(s *[parties]float64) (same, related float64) {
	kin := plus(plus(s[home], s[apart]), plus(s[twin], s[away]))
	return plus(s[stay], s[moved]) - plus(kin, s[stranger]), kin - s[stranger]
}

// share turns log2 likelihoods into shares of one.
func share(s *[parties]float64) {
	top := s[0]
	for _, v := range s[1:] {
		top = max(top, v)
	}
	sum := 0.0
	for k, v := range s {
		if v < top-50 {
			s[k] = 0
			continue
		}
		s[k] = math.Exp2(v - top)
		sum += s[k]
	}
	for k := range s {
		s[k] /= sum
	}
}
