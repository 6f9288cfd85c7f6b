package line

import (
	"slices"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// At any tier there is somebody, or a named gap that somebody above owes.
func TestAGapIsOwedByThePostAbove(t *testing.T) {
	on := day.MustParse("2026-03-02")
	var es []entry.Entry
	say := func(when string, b entry.Body) {
		es = append(es, entry.Entry{Kind: b.Kind(), Happened: day.On(day.MustParse(when)), Body: b})
	}
	for _, p := range []PostCreated{{Post: "head", Title: "Head", Tier: HeadOfService}, {Post: "service", Title: "Service", Tier: ServiceManager, Above: "head"}, {Post: "manager", Title: "Manager", Tier: TeamManager, Above: "service"}, {Post: "w", Title: "Worker", Tier: Worker, Above: "manager"}} {
		say("2025-01-01", p)
		say("2025-01-01", PersonKnown{Person: "p-" + p.Post, Name: p.Post})
		say("2025-01-01", PostHeld{Post: p.Post, Person: "p-" + p.Post})
	}
	if g := Fold(es).Gaps(on); len(g) != 0 {
		t.Fatalf("%+v", g)
	}
	say("2026-02-20", PostLeft{Post: "manager", Person: "p-manager"})
	gs := Fold(es).Gaps(on)
	if len(gs) != 1 || gs[0].Post.ID != "manager" || gs[0].Since != day.MustParse("2026-02-21") || !slices.Equal(gs[0].Owners, []string{"service", "head"}) {
		t.Fatalf("%+v", gs)
	}
	cal := day.England()
	if got := gs[0].OwedTo(day.MustParse("2026-02-23"), 5, cal.WorkingBetween); !slices.Equal(got, []string{"service"}) {
		t.Error(got)
	}
	if got := gs[0].OwedTo(on, 5, cal.WorkingBetween); !slices.Equal(got, []string{"service", "head"}) {
		t.Error("it did not climb:", got)
	}
	say("2026-02-25", Cover{Post: "manager", By: "w", To: day.MustParse("2026-02-27")})
	gs = Fold(es).Gaps(on)
	if len(gs) != 1 || gs[0].Since != day.MustParse("2026-02-28") {
		t.Fatalf("after a cover that ended: %+v", gs)
	}
	if gs := Fold(es).Gaps(day.MustParse("2026-02-26")); len(gs) != 0 {
		t.Fatalf("covered is no gap: %+v", gs)
	}
	say("2026-02-28", PostLeft{Post: "service"})
	gs = Fold(es).Gaps(on)
	if len(gs) != 2 || gs[0].Post.ID != "service" || !slices.Equal(gs[1].Owners, []string{"head"}) {
		t.Fatalf("an empty post owes nothing: %+v", gs)
	}
}
