package match_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onus/internal/match"
	"onus/internal/testkit/families"
)

// Seeds looked at while the weights were made, and seeds that were not.
var (
	devSeeds   = []uint64{1}
	freshSeeds = []uint64{771, 772}
)

// TestFiguresFamilies measures a batch on invented families.
func TestFiguresFamilies(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, seed := range slices.Concat(devSeeds, freshSeeds) {
		rs := families.Make(seed, 2500)
		people := make([]match.Person, len(rs))
		who, by, group := map[string]string{}, map[string]families.Record{}, map[string][2]int{}
		for i, r := range rs {
			people[i], who[r.ID], by[r.ID] = r.Person, r.Who, r
		}
		start := time.Now()
		ps := match.Batch(people, match.Params{})
		took := time.Since(start)
		g := measure(ps, who)
		t.Logf("seed %d: %d records, %d true pairs, %.1f s: %v", seed, len(rs), truePairs(who), took.Seconds(), g)
		if g.f1 < 0.90 {
			t.Errorf("seed %d: F1 %.4f, want 0.90", seed, g.f1)
		}
		twins, nameless, twinPairs := 0, 0, 0
		good := map[[2]string]bool{}
		for _, p := range ps {
			l, r := by[p.L], by[p.R]
			if l.Twin && r.Twin && l.House == r.House && l.Who != r.Who {
				twinPairs++
				switch a, b := forename(l), forename(r); {
				case p.Class != match.Same:
				case a == "" || b == "" || a == b:
					nameless++
				default:
					twins++
					t.Logf("seed %d: twins called one person, %.1f bits: %v %v and %v %v", seed, p.Score, l.Names, l.Births, r.Names, r.Births)
				}
			}
			if p.Score >= g.at && l.Who == r.Who {
				good[[2]string{p.L, p.R}] = true
			}
		}
		if twins > 0 {
			t.Errorf("seed %d: %d of %d pairs of twins are called one person", seed, twins, twinPairs)
		}
		t.Logf("seed %d: %d pairs of twins; %d called one person where one had no forename yet, or the other's", seed, twinPairs, nameless)
		same := map[string][]string{}
		for _, r := range rs {
			same[r.Who] = append(same[r.Who], r.ID)
		}
		for _, ids := range same {
			for i, a := range ids {
				for _, b := range ids[:i] {
					n := group[by[a].Group]
					n[1]++
					if good[[2]string{a, b}] || good[[2]string{b, a}] {
						n[0]++
					}
					group[by[a].Group] = n
				}
			}
		}
		for name, n := range group {
			t.Logf("seed %d: recall %.3f of %d pairs: %s", seed, float64(n[0])/float64(n[1]), n[1], name)
		}
	}
}

// forename gives a forename as a reader sees it: nothing for a placeholder.
func forename(r families.Record) string {
	f := match.Fold(r.Names[0].Forename)
	for _, p := range []string{"baby", "unborn", "ubb", "infant"} {
		if strings.HasPrefix(f, p) {
			return ""
		}
	}
	return f
}
