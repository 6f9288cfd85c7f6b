package duty_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// said is one entry of a record: when it happened, when it was recorded, and
// the day of which the file speaks when it was imported.
type said struct {
	on, recorded, of, asOf string
	body                   entry.Body
}

func record(t testing.TB, all ...said) child.Record {
	t.Helper()
	rec := child.New("c")
	for i, s := range all {
		w, err := day.ParseWhen(s.on)
		if err != nil {
			t.Fatal(err)
		}
		e := entry.Entry{ID: entry.ID(fmt.Sprintf("e%d", i+1)), Kind: s.body.Kind(), Happened: w, Recorded: w.Until(), Body: s.body}
		if s.recorded != "" {
			e.Recorded = day.MustParse(s.recorded).Start() + 9*day.Hour
		}
		if s.of != "" {
			e.Source = entry.Source{Kind: "import", Of: s.of}
			if s.asOf != "" {
				e.Source.AsOf = day.MustParse(s.asOf).End() - 1
			}
		}
		rec = child.Apply(rec, e)
	}
	return rec
}

func theDuty(t testing.TB, ds []duty.Duty, rule string) duty.Duty {
	t.Helper()
	var found []duty.Duty
	for _, d := range ds {
		if d.Rule.ID == rule {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d duties of %s, want 1: %s", len(found), rule, say(found))
	}
	return found[0]
}

var (
	referral = said{on: "2026-03-02T09:00", body: child.Referral{From: "school"}}
	decision = said{on: "2026-03-03T10:00", body: child.Decision{Outcome: child.Assess, For: "risk", Team: "east"}}
	cpPlan   = said{on: "2026-03-27", body: child.CPPlanStarted{Category: "NEG"}}
)

func born(on, died string) said {
	k := child.Known{Given: "Kit", Birth: day.MustParse(on)}
	if died != "" {
		k.Death = day.MustParse(died)
	}
	return said{on: "2026-03-01", body: k}
}

// What a file tells in time was recorded elsewhere in time.
func TestAnImportIsNotRecordedLate(t *testing.T) {
	file := func(on string, b entry.Body) said {
		return said{on, "2026-11-23", "cin-census", "2026-03-31", b}
	}
	rec := record(t, file("2025-09-01", child.Referral{Code: "1A"}), file("2025-09-03", child.AssessmentStarted{}), file("2025-10-01", child.AssessmentAuthorised{}))
	d := theDuty(t, england(t).Duties(rec, day.MustParse("2026-11-23").End()), "assessment.complete")
	if d.State != duty.Met || d.RecordedLate || !d.TimeKnown() {
		t.Errorf("%s, recorded late %v, time known %v", d.State, d.RecordedLate, d.TimeKnown())
	}
}

// What was met before Onus was told of its start counts in no figure of timeliness.
func TestTheTimeOfAShiftedDutyIsNotKnown(t *testing.T) {
	file := func(on string, b entry.Body) said {
		return said{on, "2026-11-23", "cin-census", "2026-03-31", b}
	}
	rec := record(t, file("2025-09-01", child.Referral{Code: "1A"}), file("2025-09-22", child.AssessmentStarted{}))
	d := theDuty(t, england(t).Duties(rec, day.MustParse("2026-11-23").End()), "referral.decision")
	if d.State != duty.Met || !d.Shifted || d.TimeKnown() {
		t.Errorf("%s, shifted %v, time known %v", d.State, d.Shifted, d.TimeKnown())
	}
}

// A file that no pack describes may be silent on anything.
func TestAFileThatNobodyDescribed(t *testing.T) {
	rec := record(t, said{"2025-09-01", "2026-11-23", "list-7", "2026-11-20", child.Referral{From: "x"}}, said{"2025-10-01", "2026-11-23", "list-7", "2026-11-20", child.CPPlanStarted{}})
	now := day.MustParse("2026-11-23").End()
	for _, d := range england(t).Duties(rec, now) {
		if d.Late(now) {
			t.Errorf("%s is called late on the day of the import", d.ID())
		}
	}
}

// On the day of an import nothing is late that the file could not have told
// of: only what fell due inside its year, up to the day of which it speaks.
func TestAnImportCallsNobodyLateForWhatItCannotKnow(t *testing.T) {
	p := england(t)
	bodies := []entry.Body{child.AssessmentStarted{}, child.AssessmentAuthorised{}, child.Section47Started{}, child.Section47Started{NotNeeded: true}, child.Conference{},
		child.CINPlanStarted{}, child.CINPlanEnded{}, child.CPPlanStarted{Previous: 1}, child.CPPlanEnded{}, child.Review{Of: "cp"}, child.CaseClosed{Reason: "RC1"}}
	rapid.Check(t, func(rt *rapid.T) {
		asOf := day.MustParse("2026-03-31")
		told := asOf + day.Date(rapid.IntRange(0, 300).Draw(rt, "days until the import"))
		on := asOf - day.Date(rapid.IntRange(0, 1500).Draw(rt, "days before"))
		file := func(on day.Date, b entry.Body) said {
			return said{on.String(), told.String(), "cin-census", asOf.String(), b}
		}
		all := []said{file(on, child.Referral{Code: "1A"})}
		for range rapid.IntRange(0, 6).Draw(rt, "entries") {
			if on += day.Date(rapid.IntRange(0, 200).Draw(rt, "days later")); on > asOf {
				break
			}
			all = append(all, file(on, rapid.SampledFrom(bodies).Draw(rt, "body")))
		}
		now := told.End() - 1
		for _, d := range p.Duties(record(t, all...), now) {
			if d.Late(now) && d.Due.On > asOf {
				rt.Fatalf("%s, due %s, is called late on %s by a file of %s", d.ID(), d.Due.On, told, asOf)
			}
			if d.Late(now) && d.Rule.ID != "assessment.complete" && d.Rule.ID != "section47.conference" && d.Rule.ID != "cp.review" && d.Rule.ID != "assessment.yearly" {
				rt.Fatalf("%s is called late, and a census cannot say whether it was met", d.ID())
			}
		}
	})
}

// Nobody is sent to a child who has died, or under a duty that ended with the
// 18th birthday; and what is done afterwards does not meet it.
func TestTimeEndsADuty(t *testing.T) {
	visit := said{on: "2026-04-20", body: child.Visit{Seen: true, Where: "home", Purpose: "goal 1"}}
	for _, c := range []struct {
		name  string
		who   said
		after []said
		ended string
	}{
		{"the 18th birthday", born("2008-04-01", ""), nil, "2026-04-01"},
		{"a visit after the 18th birthday", born("2008-04-01", ""), []said{visit}, "2026-04-01"},
		{"death", born("2020-01-01", "2026-04-02"), nil, "2026-04-02"},
		{"a visit recorded after death", born("2020-01-01", "2026-04-02"), []said{visit}, "2026-04-02"},
		{"death before the 18th birthday", born("2008-04-10", "2026-04-02"), nil, "2026-04-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := record(t, append([]said{c.who, referral, decision, cpPlan}, c.after...)...)
			ds := england(t).Duties(rec, day.MustParse("2026-05-20").Start())
			d := theDuty(t, ds, "cp.visit")
			if d.State != duty.Lapsed || d.Ended.Date.String() != c.ended {
				t.Errorf("%s on %s, want %s on %s", d.State, d.Ended, duty.Lapsed, c.ended)
			}
			for _, d := range ds {
				if d.State == duty.Open {
					t.Errorf("%s is still owed", d.ID())
				}
			}
		})
	}
}

// A decision to stand a duty down counts although the duty's start, of which
// only the day is known, stands later in that day.
func TestStoodDownBeforeItsStart(t *testing.T) {
	rec := record(t, referral, decision, cpPlan, said{on: "2026-03-27T00:00", body: child.DutyStoodDown{Duty: "cp.core-group-first:e3", Why: "The family moved."}})
	if d := theDuty(t, england(t).Duties(rec, day.MustParse("2026-05-20").Start()), "cp.core-group-first"); d.State != duty.StoodDown {
		t.Errorf("it is %s", d.State)
	}
}
