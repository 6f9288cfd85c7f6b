package child

import (
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// An entry without an hour stands after the timed entries of the day that go
// before it in the work, in whatever order they were recorded.
func TestUntimedFollowsTheWorkOfTheDay(t *testing.T) {
	on := day.MustParse("2026-03-02")
	at := func(clock string) day.When {
		i, err := day.ParseInstant("2026-03-02T" + clock)
		if err != nil {
			t.Fatal(err)
		}
		return day.AtInstant(i)
	}
	all := []entry.Entry{
		{ID: "ref", Kind: "referral", Happened: at("10:00"), Body: Referral{From: "school"}},
		{ID: "dec", Kind: "decision", Happened: at("14:00"), Body: Decision{Outcome: Assess, Team: "east"}},
		{ID: "all", Kind: "allocation", Happened: day.On(on), Body: Allocation{Post: "w1", Team: "east"}},
		{ID: "visit", Kind: "visit", Happened: at("16:00"), Body: Visit{Seen: true}},
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {2, 1, 0, 3}, {3, 2, 1, 0}, {1, 2, 3, 0}} {
		r := New("c")
		for i, n := range order {
			e := all[n]
			e.Recorded = on.End() + day.Instant(i)
			r = Apply(r, e)
		}
		got := ""
		for _, ev := range r.Events {
			got += string(ev.ID) + " "
		}
		if got != "ref dec all visit " {
			t.Errorf("recorded as %v: %s", order, got)
		}
		if s := r.On(on.End()); s.Post != "w1" || s.Unallocated() {
			t.Errorf("recorded as %v: the child has no worker: %+v", order, s)
		}
	}
}

// A child can be closed and referred again in one day, told in either order.
func TestClosedAndReferredAgainInOneDay(t *testing.T) {
	first, on := day.MustParse("2026-01-05"), day.MustParse("2026-03-02")
	all := []entry.Entry{
		{ID: "one", Kind: "referral", Happened: day.On(first), Body: Referral{From: "school"}},
		{ID: "closed", Kind: "case.closed", Happened: day.On(on), Body: CaseClosed{Why: "w", Referred: first}},
		{ID: "two", Kind: "referral", Happened: day.On(on), Body: Referral{From: "hospital"}},
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {2, 1, 0}, {2, 0, 1}} {
		r := New("c")
		for i, n := range order {
			e := all[n]
			e.Recorded = on.End() + day.Instant(i)
			r = Apply(r, e)
		}
		if s := r.On(on.End()); !s.Open || s.Referral != "two" || !s.Undecided {
			t.Errorf("recorded as %v: %+v", order, s)
		}
	}
	// Referred and closed on one day is closed.
	r := New("c")
	for _, e := range []entry.Entry{{ID: "a", Kind: "case.closed", Happened: day.On(on), Body: CaseClosed{Why: "w", Referred: on}}, {ID: "b", Kind: "referral", Happened: day.On(on), Body: Referral{From: "school"}}} {
		r = Apply(r, e)
	}
	if r.On(on.End()).Open {
		t.Error("referred and closed on one day, and open")
	}
}
