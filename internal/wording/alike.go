package wording

import (
	"hash/maphash"
	"slices"
)

var seed = maphash.MakeSeed() // of one process; only ever compared within it

// runs are all runs of so many words of a text as numbers, sorted, each once. Names
// play no part: a plan copied for a brother with the name changed is a copy.
func runs(t *text, n int, names map[string]bool) []uint64 {
	if t.empty() {
		return nil
	}
	words := make([]uint64, 0, len(t.toks))
	for _, tok := range t.toks {
		if !(tok.upper && names[tok.low]) {
			words = append(words, maphash.String(seed, tok.low))
		}
	}
	n = min(n, len(words))
	out := make([]uint64, 0, len(words))
	for i := 0; n > 0 && i+n <= len(words); i++ {
		h := uint64(14695981039346656037)
		for _, w := range words[i : i+n] {
			h = (h ^ w) * 1099511628211
		}
		out = append(out, h)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alike is how many percent of the runs of two texts both have.
func alike(a, b []uint64) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return both * 100 / (len(a) + len(b) - both)
}
