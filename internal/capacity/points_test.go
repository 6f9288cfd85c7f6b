package capacity_test

import (
	"math"
	"testing"

	"onus/internal/app"
	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/rulepacks"
)

func TestPoints(t *testing.T) {
	pack, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	if err != nil {
		t.Fatal(err)
	}
	on := day.MustParse("2026-11-30")
	p := pack.Capacity(on).Points
	long := day.On(on - 300)
	for _, c := range []struct {
		name            string
		s               child.Status
		sibling, second bool
		of              string
		want            float64
	}{
		{"nothing is known", child.Status{PostSince: long}, false, false, "other", 3},
		{"a protection plan", child.Status{Plan: "cp", PostSince: long}, false, false, "protection plan", 6},
		{"an enquiry stands for the plan", child.Status{Plan: "cp", Enquiry: true, PostSince: long}, false, false, "section 47", 7},
		{"newly given", child.Status{Plan: "cin", PostSince: day.On(on - 27)}, false, false, "child in need plan", 5},
		{"no longer new", child.Status{Plan: "cin", PostSince: day.On(on - 28)}, false, false, "child in need plan", 4},
		{"a brother of another", child.Status{Plan: "cin", PostSince: long}, true, false, "child in need plan", 2.4},
		{"with a second worker", child.Status{Plan: "cp", PostSince: long, Second: []string{"x"}}, false, false, "protection plan", 3.6},
		{"as the second worker", child.Status{Plan: "cp", PostSince: long, Second: []string{"x"}}, false, true, "protection plan", 2.4},
		{"the first year in care", child.Status{LookedAfter: true, CareSince: day.On(on - 100), PostSince: long}, false, false, "looked after, first year", 6},
		{"settled in care", child.Status{LookedAfter: true, CareSince: day.On(on - 400), PostSince: long}, false, false, "looked after, settled", 4},
	} {
		got := capacity.PointsOf(p, child.Record{}, c.s, on, c.sibling, c.second)
		if got.Of != c.of || math.Abs(got.Points-c.want) > 1e-9 || len(got.Why) == 0 {
			t.Errorf("%s: %+v, want %v for %s", c.name, got, c.want, c.of)
		}
	}
	if got := capacity.PointsFor(p, 18.5, 3.7); math.Abs(got-40) > 1e-9 {
		t.Errorf("half time, a fifth of it for something else: %v points", got)
	}
	for _, c := range []struct {
		points, of float64
		want       string
	}{{0, 0, "room"}, {70, 100, "room"}, {71, 100, "normal"}, {45, 50, "normal"}, {100, 100, "full"}, {101, 100, "over"}, {1, 0, "over"}} {
		if got := capacity.BandOf(p, c.points, c.of); got != c.want {
			t.Errorf("%v of %v: %s, want %s", c.points, c.of, got, c.want)
		}
	}
}
