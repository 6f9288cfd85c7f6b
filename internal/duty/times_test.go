package duty_test

import (
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
)

func compile(t *testing.T, text string) *duty.Pack { return duty.Compile(t, app.Registry(), text) }

// rule is one rule of a test: what differs from the good one.
func rule(t *testing.T, changes ...string) *duty.Pack {
	t.Helper()
	text := good[:strings.Index(good, "  examples")]
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("nothing to change: %q", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	return compile(t, text+"  examples: [{name: none, given: [], now: \"2026-03-03\", expect: []}]\n")
}

const by = "  within: 20 working days\n  by: [{when: \"child.plan == 'cp'\", why: x, within: 5 working days}, {when: age < 5 && age >= 0, why: y, within: 10 working days, every: 12 working days}]\n"

// Other times for some children; on a running clock a change makes the time
// shorter, never longer, and nobody is late before the change.
func TestTimesByTheChild(t *testing.T) {
	p := rule(t, "  within: 5 days\n", by)
	due := func(now string, all ...said) duty.Duty {
		t.Helper()
		return theDuty(t, p.Duties(record(t, all...), day.MustParse(now).End()), "visit")
	}
	is := func(d duty.Duty, on string) {
		t.Helper()
		if d.Due.On.String() != on {
			t.Errorf("due %s, want %s", d.Due.On, on)
		}
	}
	is(due("2026-03-03", referral), "2026-03-30")
	is(due("2026-03-03", born("2023-03-03", ""), referral), "2026-03-16")
	is(due("2026-03-03", born("2021-03-02", ""), referral), "2026-03-30") // five today
	is(due("2026-03-03", born("2021-03-03", ""), referral), "2026-03-16") // five tomorrow
	soon := said{on: "2026-03-05", body: child.CPPlanStarted{Category: "NEG"}}
	is(due("2026-03-06", referral, soon), "2026-03-09")
	late := due("2026-03-28", referral, cpPlan) // 27 March: five working days are long over
	is(late, "2026-03-27")
	if at := day.MustParse("2026-03-27"); !late.Late(at.End()) || late.Late(at.End()-1) || late.Sooner != at {
		t.Errorf("late from %s", late.Due.By)
	}
	// The plan ends: the clock that runs does not become longer, the next one does.
	ended := said{on: "2026-03-06", body: child.CPPlanEnded{}}
	is(due("2026-03-06", referral, soon, ended), "2026-03-09")
	ds := p.Duties(record(t, born("2023-03-03", ""), referral, soon, ended, said{on: "2026-03-09", body: child.Visit{Seen: true, Where: "home"}}), day.MustParse("2026-03-10").End())
	if len(ds) != 2 {
		t.Fatal(say(ds))
	}
	is(ds[1], "2026-03-25") // every 12 working days, of a child under five
}

// A duty before a day: so long before it; nobody is late before they could know;
// and when the day moves, the duty moves.
func TestCountedToADay(t *testing.T) {
	p := rule(t, "starts: {kind: referral}", "starts: {kind: assessment.started, when: given(e.internal_review)}", "within: 5 days", "counted_to: e.internal_review\n  within: 3 working days\n  overlap: moves", "  repeats: from the last that counted\n", "")
	on := func(at, review string) said {
		return said{on: at, body: child.AssessmentStarted{ReviewBy: day.MustParse(review)}}
	}
	for _, c := range []struct {
		all  []said
		want string
	}{
		{[]said{referral, on("2026-03-10", "2026-04-09")}, "2026-04-02"}, // back over Easter
		{[]said{referral, on("2026-03-10", "2026-03-11")}, "2026-03-10"}, // asked for too late
		{[]said{referral, on("2026-03-10", "2026-03-20"), on("2026-03-12", "2026-04-09")}, "2026-04-02"},
		{[]said{referral, on("2026-03-10", "2026-04-09"), on("2026-03-12", "2026-03-20")}, "2026-03-17"},
	} {
		d := theDuty(t, p.Duties(record(t, c.all...), day.MustParse("2026-03-13").Start()), "visit")
		if d.Due.On.String() != c.want {
			t.Errorf("due %s, want %s", d.Due.On, c.want)
		}
		if x := p.Explain(d, "Assessment started"); !strings.Contains(x.Counted[0], "3 working days before the day that was fixed") {
			t.Error(x.Counted)
		}
	}
	unborn := rule(t, "within: 5 days", "counted_to: expected birth\n  within: 10 weeks", "  repeats: from the last that counted\n", "")
	known := said{on: "2026-03-01", body: child.Known{Expected: day.MustParse("2026-08-01")}}
	if d := theDuty(t, unborn.Duties(record(t, known, referral), referralDay), "visit"); d.Due.On.String() != "2026-05-23" {
		t.Errorf("due %s", d.Due.On)
	}
	if ds := unborn.Duties(record(t, referral), referralDay); len(ds) > 0 {
		t.Errorf("counted to a day that nobody knows: %s", say(ds))
	}
}

var referralDay = day.MustParse("2026-03-02").End()

// A birthday starts a clock, on the day, for the child as it stands then.
func TestBirthdaysStartClocks(t *testing.T) {
	p := rule(t, "starts: {kind: referral}", "starts: {birthday: 16, when: child.open}", "within: 5 days", "within: 3 months", "  repeats: from the last that counted\n", "")
	rec := record(t, born("2010-06-01", ""), referral)
	if ds := p.Duties(rec, day.MustParse("2026-05-31").End()-1); len(ds) > 0 {
		t.Errorf("before the day: %s", say(ds))
	}
	d := theDuty(t, p.Duties(rec, day.MustParse("2026-06-01").Start()), "visit")
	if d.Due.On.String() != "2026-09-01" || d.ID() != "visit:birthday-16-c" || d.Owner == "" {
		t.Errorf("%s due %s", d.ID(), d.Due.On)
	}
	closed := said{on: "2026-05-31", body: child.CaseClosed{Why: "done"}}
	if ds := p.Duties(record(t, born("2010-06-01", ""), referral, closed), day.MustParse("2026-07-01").End()); len(ds) > 0 {
		t.Errorf("of a closed case: %s", say(ds))
	}
	seen := said{on: "2026-06-20", body: child.Visit{Seen: true, Where: "home"}}
	if d := theDuty(t, p.Duties(record(t, born("2010-06-01", ""), referral, seen), day.MustParse("2026-07-01").End()), "visit"); d.State != duty.Met {
		t.Errorf("it is %s", d.State)
	}
	// At 18 everything else ends, and what is owed beyond begins.
	beyond := rule(t, "starts: {kind: referral}", "starts: {birthday: 18}", "while: child.open", "while: 'true'\n  beyond_18: true", "  repeats: from the last that counted\n", "")
	if d := theDuty(t, beyond.Duties(record(t, born("2008-06-01", ""), referral), day.MustParse("2026-07-01").End()), "visit"); d.State != duty.Open || d.Due.On.String() != "2026-06-06" {
		t.Errorf("%s, due %s", d.State, d.Due.On)
	}
	not := rule(t, "starts: {kind: referral}", "starts: {birthday: 18}", "while: child.open", "while: 'true'", "  repeats: from the last that counted\n", "")
	if ds := not.Duties(record(t, born("2008-06-01", ""), referral), day.MustParse("2026-07-01").End()); len(ds) > 0 {
		t.Errorf("owed to an adult: %s", say(ds))
	}
}

// A team's own working hours count for its children.
func TestATeamsWorkingHours(t *testing.T) {
	p := rule(t, "# one rule", "working_hours: [{from: '09:00', to: '17:00'}, {team: night, from: '17:00', to: '23:00'}]", "within: 5 days", "within: 4 working hours")
	for team, want := range map[string]string{"east": "2026-03-10T12:00", "night": "2026-03-09T21:00"} {
		decided := said{on: "2026-03-03T10:00", body: child.Decision{Outcome: child.Assess, For: "risk", Team: team}}
		again := said{on: "2026-03-09T16:00", body: child.Visit{Seen: true, Where: "home"}}
		ds := p.Duties(record(t, referral, decided, again), day.MustParse("2026-03-10").End())
		if got := ds[len(ds)-1].Due.By.Local().Format("2006-01-02T15:04"); got != want {
			t.Errorf("%s: due %s, want %s", team, got, want)
		}
	}
}

// A date in working days is told day by day, and ends on the day it is due.
func TestADateIsToldDayByDay(t *testing.T) {
	d := theDuty(t, england(t).Duties(record(t, referral, said{on: "2026-04-02T16:55", body: child.StrategyDiscussion{Section47: true}}), day.MustParse("2026-04-10").End()), "section47.conference")
	x := england(t).Explain(d, "Strategy discussion")
	if len(x.Days) != 15 || x.Days[0] != "day 1: Tuesday 7 April 2026" || x.Days[14] != "day 15: "+d.Due.On.Full() {
		t.Errorf("%q", x.Days)
	}
	if len(x.Skipped) != 2 || !strings.Contains(x.Skipped[0], "Good Friday") {
		t.Errorf("%q", x.Skipped)
	}
}
