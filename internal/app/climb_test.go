package app_test

import (
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/testkit"
)

// climb takes every step that is due, a few children at a time.
func (h *house) climb(t *testing.T) (all []app.Told) {
	t.Helper()
	for {
		told, n, err := h.ClimbDue(ctx, 2)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told...)
		if n < 2 {
			return all
		}
	}
}

// steps of one rule, as "step post person".
func steps(told []app.Told, rule string) (out []string) {
	for _, x := range told {
		if x.Body.Rule == rule {
			out = append(out, x.Body.To+" "+x.Body.Post+" "+x.Body.Person)
		}
	}
	return out
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %q, not %q", what, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: %q, not %q", what, got, want)
			return
		}
	}
}

const undecided = "referral.decision"

// A referral on Monday 12 January at nine is due on the Tuesday: it is late
// from midnight, and climbs then, after 1, 3 and 5 working days more. The first
// step is meant for a team manager: since that is who owes it, it goes around.
func TestEachStepIsTakenOnceAndOnTime(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		for i, step := range []struct{ at, want string }{
			{"2026-01-14T00:00:00Z", "service manager service p-service"},
			{"2026-01-15T00:00:00Z", "service manager service p-service"},
			{"2026-01-17T00:00:00Z", "head of service head p-head"},
			{"2026-01-21T00:00:00Z", "director director p-director"},
		} {
			at := testkit.Instant(step.at)
			h.clock.Set(at - 1)
			same(t, step.at+", a moment before", steps(h.climb(t), undecided))
			h.clock.Set(at)
			same(t, step.at, steps(h.climb(t), undecided), step.want)
			same(t, step.at+", again", steps(h.climb(t), undecided))
			h.again(t, uint64(10+i))
			same(t, step.at+", after a restart", steps(h.climb(t), undecided))
		}
		h.clock.Add(365 * 24 * day.Hour)
		same(t, "a year later", steps(h.climb(t), undecided))
		p, err := h.Look(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Duties {
			for _, s := range d.Steps() {
				if d.Rule.ID == undecided && s.Told != s.At {
					t.Errorf("step %d was due at %s and told at %s", s.N, s.At, s.Told)
				}
			}
		}
		h.verify(t)
	})
}

func TestAClockThatJumpsMonths(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		for range 5 {
			h.referred(t, "Iona", "Marsh")
		}
		h.clock.Set(testkit.Instant("2026-06-01T12:00:00Z"))
		h.again(t, 2)
		told := h.climb(t)
		perDuty := map[string]int{}
		for _, x := range told {
			if x.Body.Rule == undecided {
				perDuty[x.Body.Duty] = perDuty[x.Body.Duty]*10 + x.Body.Step
			}
		}
		if len(perDuty) != 5 {
			t.Errorf("%d duties climbed", len(perDuty))
		}
		for d, got := range perDuty {
			if got != 1234 {
				t.Errorf("%s took the steps %d", d, got)
			}
		}
		if again := h.climb(t); len(again) > 0 {
			t.Errorf("%d steps were taken twice", len(again))
		}
		h.clock.Set(testkit.Instant("2026-01-12T09:30:00Z")) // and back again
		if again := h.climb(t); len(again) > 0 {
			t.Errorf("%d steps were taken twice", len(again))
		}
		h.clock.Set(testkit.Instant("2026-06-01T12:00:01Z"))
		h.verify(t)
	})
}

func TestVacantPostsPassUp(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := day.On(h.clock.Now().Date())
		testkit.LineSays(t, h.App, today, line.PostLeft{Post: "manager-front", Why: "moved away"}, line.PostLeft{Post: "service"},
			line.Cover{Post: "head", By: "chair", Why: "on leave"})
		h.referred(t, "Iona", "Marsh")
		h.clock.Set(testkit.Instant("2026-01-21T00:00:00Z"))
		same(t, "two vacant, one covered", steps(h.climb(t), undecided), "team manager chair p-chair", "service manager chair p-chair",
			"head of service chair p-chair", "director director p-director")
		h.verify(t)
	})
}

func TestNobodyAtAll(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := &house{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: e.DSN(t)}
		h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, 1)
		h.referred(t, "Iona", "Marsh") // without any line
		h.clock.Set(testkit.Instant("2026-01-21T00:00:00Z"))
		if got := steps(h.climb(t), undecided); len(got) != 4 {
			t.Errorf("%q", got)
		}
		if got := h.climb(t); len(got) > 0 {
			t.Errorf("again: %d", len(got))
		}
		h.verify(t)
	})
}

func TestADutyThatIsMetClimbsNoMore(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		h.clock.Set(testkit.Instant("2026-01-14T08:00:00Z"))
		same(t, "late", steps(h.climb(t), undecided), "service manager service p-service")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "risk", Team: "east"}))
		h.clock.Set(testkit.Instant("2026-03-01T08:00:00Z"))
		same(t, "decided", steps(h.climb(t), undecided))
		same(t, "without a worker", steps(h.climb(t), "referral.allocation"))
		h.verify(t)
	})
}
