package match

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// nicknames.csv: each line a name and the short or pet names of it. From
// github.com/carltonnorthern/nicknames, Apache License 2.0
// (LICENSE.nicknames beside it). The names are mostly English: docs/matching.md
// says what that means for other families.
//
//go:embed nicknames.csv
var nicknamesCSV string

// pets holds, for each name, the lines it stands in; a line it heads as its
// number, a line where it is a pet name as the number with the top bit set.
var pets = sync.OnceValue(func() map[string][]uint16 {
	m := map[string][]uint16{}
	for i, l := range strings.Split(nicknamesCSV, "\n") {
		for j, n := range strings.Split(strings.TrimSpace(l), ",") {
			n = Fold(n)
			if n == "" {
				continue
			}
			row := uint16(i)
			if j > 0 {
				row |= 1 << 15
			}
			if !slices.Contains(m[n], row) {
				m[n] = append(m[n], row)
			}
		}
	}
	return m
})

// petName says whether one of two names is a pet name of the other. Two pet
// names of one name are not enough: Ella and Nell may be twins, Eleanor and
// Nell hardly.
func petName(a, b *word) bool {
	for _, x := range a.pets {
		for _, y := range b.pets {
			if x&(1<<15-1) == y&(1<<15-1) && x != y {
				return true
			}
		}
	}
	return false
}

// petCousins says whether two names are pet names of one name.
func petCousins(a, b *word) bool {
	for _, x := range a.pets {
		for _, y := range b.pets {
			if x == y {
				return true
			}
		}
	}
	return false
}
