package capacity

import (
	"slices"
	"testing"

	"onus/internal/day"
)

// Each spell of the past counts as it was: what came in its weeks, and of that what fell due
// within it.
func TestWhatIsStillToCome(t *testing.T) {
	monday := day.MustParse("2026-01-05")
	var came []Came
	for i := range 40 { // one child a week, three in the tenth; each brings two hours now and four a week later
		n := 1
		if i == 9 {
			n = 3
		}
		came = append(came, Came{Week: monday.Add(7 * i), Children: n, Hours: []float64{2 * float64(n), 4 * float64(n), 0, 0, 0, 0, 0, 0}})
	}
	until := monday.Add(7 * 40)
	f := Expect(came, until, 8, 26, 10, 10, 90)
	if !f.Enough || f.Weeks != 40 || f.Children != 42 || f.Spells != 33 || f.From != monday || f.To != until-1 {
		t.Errorf("%+v", f)
	}
	// In most spells 2 hours fall due in the first week and 6 in each after it; eight of the 33
	// have the week of three in them.
	if want := []float64{2, 8, 14, 20, 26, 32, 38, 44}; !slices.Equal(f.Likely, want) || !slices.Equal(f.Little, want) {
		t.Errorf("likely %v, little %v", f.Likely, f.Little)
	}
	if want := []float64{2, 8, 14, 24, 38, 44, 50, 56}; !slices.Equal(f.Much, want) {
		t.Errorf("much %v", f.Much)
	}
	if f.Fewest != 8 || f.Usual != 8 || f.Most != 10 {
		t.Errorf("%d, %d, %d children", f.Fewest, f.Usual, f.Most)
	}
	if as := Asks(until, f.Likely, 0.5); len(as) != 8 || as[0] != (Ask{By: until + 6, Hours: 1}) || as[7] != (Ask{By: until + 55, Hours: 3}) {
		t.Errorf("%+v", as)
	}
	// A week in which nobody came is a week.
	if f := Expect(slices.Delete(slices.Clone(came), 20, 30), until, 8, 26, 10, 10, 90); f.Weeks != 40 || f.Children != 32 || f.Little[7] >= 10 {
		t.Errorf("%+v", f)
	}
	// Too little history says nothing, and says how much there is.
	for _, f := range []Flow{Expect(came[20:], until, 8, 26, 10, 10, 90), Expect(came[:9], until, 8, 26, 10, 10, 90), Expect(nil, until, 8, 26, 10, 10, 90)} {
		if f.Enough || f.Likely != nil {
			t.Errorf("%+v", f)
		}
	}
}
