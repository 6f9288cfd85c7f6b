package child_test

import (
	"slices"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
)

func open(gaps []child.Gap) (out []string) {
	for _, g := range gaps {
		id, _, _ := strings.Cut(g.ID, ":")
		out = append(out, id)
	}
	return out
}

// One fold says of a life in care where the child lived, how long, why each home ended and
// what is open: from the entries that were there before.
func TestWhereAChildInCareLives(t *testing.T) {
	on := day.MustParse("2026-11-30")
	r, _ := story(t, born, intoIt, said{"2026-03-02T18:00", child.PlacementStarted{Type: "U6", Emergency: true, Where: "Mill Lane", Miles: 4}},
		said{"2026-03-06", child.Document{Of: "placement plan", Signed: true}}, said{"2026-03-23", child.LegalStatus{Status: "C1"}},
		said{"2026-05-04", child.PlacementEnded{Code: "CARPL", Planned: true, Reviewed: true}},
		said{"2026-05-04T11:00", child.PlacementStarted{Type: "U4", OutOfArea: true, Whereabouts: child.Whereabouts{Distance: 31.5}, Kin: "apart", LivesWith: "the Harts"}},
		said{"2026-05-05", child.Document{Of: "notice of placement", To: "his school"}})
	all := r.CarePeriods()
	if len(all) != 1 || !all[0].Open() || len(all[0].Placements) != 2 || len(all[0].Grounds) != 2 || all[0].Grounds[1].Status != "C1" {
		t.Fatalf("%+v", all)
	}
	c := all[0]
	first, second := c.Placements[0], c.Placements[1]
	if yes, said := first.Planned(); !yes || !said || first.Days(on) != 63 || first.Ended.Code != "CARPL" || first.Plan == nil || first.Miles() != 4 {
		t.Errorf("the first: %+v", first)
	}
	if second.End != nil || second.Days(on) != 210 || second.Miles() != 31.5 || second.Plan != nil || len(second.Told) != 1 || c.Moves(on) != 1 {
		t.Errorf("the second: %+v, %d moves", second, c.Moves(on))
	}
	if got := open(r.CareGaps(on)); !slices.Equal(got, []string{"no-plan", "area-not-told", "no-words", "why-apart"}) {
		t.Errorf("open: %v", got)
	}
	if early := r.KnownAt(r.Log[3].Recorded).CarePeriods(); len(early) != 1 || len(early[0].Placements) != 1 || early[0].Placements[0].End != nil {
		t.Errorf("as it was known: %+v", early)
	}
	// What answers a question closes it.
	more, _ := story(t, born, intoIt, said{"2026-03-02T18:00", child.PlacementStarted{Type: "U6", OutOfArea: true, AgreedBy: "Jo Pell", AgreedOn: day.MustParse("2026-03-01"), Kin: "none", Words: "Can I take Bear?"}},
		said{"2026-03-03", child.Document{Of: "placement plan"}}, said{"2026-03-03", child.Document{Of: "notice of placement", To: "The authority there; school"}})
	if got := open(more.CareGaps(on)); got != nil {
		t.Errorf("open: %v", got)
	}
	late, _ := story(t, born, intoIt, said{"2026-03-02T18:00", child.PlacementStarted{Type: "U6", AgreedBy: "Jo Pell", AgreedOn: day.MustParse("2026-03-04"), Kin: "together", NoWords: "A baby."}}, said{"2026-04-01T09:00", child.PlacementStarted{Type: "K2"}})
	if got := open(late.CareGaps(on)); !slices.Equal(got, []string{"no-plan", "no-agreement", "no-words", "no-kin", "no-reason"}) {
		t.Errorf("open: %v", got)
	}
}

// Home and back is a new period, which has nothing of the old one; the end of care ends the
// placement, whichever of the two is recorded first. What a return states is enough.
func TestPeriodsOfCareBeginAndEndAsStatusSays(t *testing.T) {
	r, _ := story(t, born, intoIt, foster, outOfIt, said{"2026-05-04", child.PlacementEnded{Code: "OTHER"}}, said{"2026-06-01", child.CareStarted{Status: "V2"}})
	all := r.CarePeriods()
	if len(all) != 2 || all[0].Open() || all[0].Placements[0].End == nil || !all[1].Open() || len(all[1].Placements) != 0 || len(all[1].Grounds) != 1 {
		t.Fatalf("%+v", all)
	}
	if got := open(r.CareGaps(day.MustParse("2026-06-02"))); !slices.Equal(got, []string{"no-placement"}) {
		t.Errorf("open: %v", got)
	}
	back := file(t, child.New("c"), said{"2026-04-01", child.LegalStatus{Status: "C2", Code: "S", Type: "K2", Provider: "PR4"}})
	got := back.CarePeriods()
	if len(got) != 1 || len(got[0].Placements) != 1 || got[0].Placements[0].Said.Type != "K2" || got[0].Grounds[0].Status != "C2" {
		t.Errorf("of a return: %+v", got)
	}
	if child.New("c").CarePeriods() != nil || child.New("c").CareGaps(1) != nil {
		t.Error("of nobody")
	}
}

// Everything of one time in which a child was missing is one thing: who was told and when,
// where they were found, and the talk after it. What they have in common is said with the
// entries that it is from.
func TestMissingIsOneThing(t *testing.T) {
	r, ids := story(t, born, intoIt, foster,
		said{"2026-09-01T20:00", child.MissingStarted{Risk: "high", From: "Mill Lane"}}, said{"2026-09-01T20:30", child.MissingTold{Who: "police", What: "log 17"}},
		said{"2026-09-02T07:00", child.MissingEnded{How: "Police found him.", Where: "The bus station", With: "Rae"}},
		said{"2026-09-03T16:00", child.ReturnInterview{Step: "offered"}}, said{"2026-09-04T09:00", child.ReturnInterview{Step: "done", Independent: true, Words: "I wanted my mum.", By: "Halo"}},
		said{"2026-10-10T20:00", child.MissingStarted{Police: true}}, said{"2026-10-10T23:00", child.MissingEnded{Where: "the bus station."}}, said{"2026-10-11", child.ReturnInterview{Step: "declined", What: "No more talks."}},
		said{"2026-11-20T21:00", child.MissingStarted{}})
	all := r.Missing()
	if len(all) != 3 {
		t.Fatalf("%d episodes", len(all))
	}
	a, b, now := all[0], all[1], all[2]
	if at, told := a.Heard("police"); !told || at.Long() != "1 September 2026, 20:30" || a.End == nil || a.Held == nil || a.Talk.Words != "I wanted my mum." || a.Offered == nil || a.Refused() {
		t.Errorf("the first: %+v", a)
	}
	if d, hours := a.Lasted(0); d != 11*day.Hour || !hours {
		t.Errorf("away for %d", d)
	}
	if at, told := b.Heard("police"); !told || at != b.Start.When || !b.Refused() || b.Talk.What != "No more talks." {
		t.Errorf("the second: %+v", b)
	}
	if _, told := now.Heard("police"); told || now.End != nil {
		t.Errorf("now: %+v", now)
	}
	if x, missing := r.MissingNow(); !missing || x.Start.ID != ids[11] {
		t.Errorf("missing now: %v %+v", missing, x)
	}
	on := day.MustParse("2026-11-29")
	var says []string
	for _, p := range r.MissingPatterns(on) {
		says = append(says, p.Says)
		if len(p.From) < 2 {
			t.Errorf("%q is from %d entries", p.Says, len(p.From))
		}
	}
	if want := []string{"Missing three times in 90 days.", "Found at the same place twice: the bus station."}; !slices.Equal(says, want) {
		t.Errorf("patterns %q", says)
	}
	if got := r.MissingPatterns(day.MustParse("2027-10-01")); got != nil {
		t.Errorf("a year on: %+v", got)
	}
	if got := try(t, r, said{"2026-11-21T10:00", child.MissingTold{Who: "nobody"}}); !strings.Contains(got, "who:") {
		t.Errorf("told nobody: %q", got)
	}
	if got := try(t, r, said{"2026-09-20T10:00", child.MissingTold{Who: "police"}}); !strings.Contains(got, "was not recorded as missing then") {
		t.Errorf("told while there: %q", got)
	}
}
