package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/simulate"
	"onus/internal/testkit"
)

// dog is a house in which everything is as it must be: duties are late, they
// climbed, and the head is signed.
func dog(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	h := newHouse(t, e)
	for range 3 {
		h.referred(t, "Iona", "Marsh")
	}
	h.clock.Set(testkit.Instant("2026-01-15T08:00:00Z"))
	h.round(t)
	return h
}

func (h *house) round(t *testing.T) {
	t.Helper()
	h.climb(t)
	for {
		told, err := h.ClimbConcerns(ctx, 25)
		if err != nil {
			t.Fatal(err)
		}
		if len(told) < 25 {
			break
		}
	}
	for {
		told, err := h.ClimbLine(ctx, 25)
		if err != nil {
			t.Fatal(err)
		}
		if len(told) < 25 {
			break
		}
	}
	if _, err := h.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
}

// The watchdog counts by itself to which posts above an empty post and late
// supervision must have come.
func TestTheWatchdogSeesThatTheLineWasNotTold(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PostLeft{Post: "east-2", Person: "p-east-2"})
		h.round(t)
		about := func() (n int) {
			for _, f := range h.finds(t) {
				if strings.Contains(f.Text, "empty post") {
					n++
				}
			}
			return n
		}
		if about() != 0 {
			t.Error("it barks, and all were told")
		}
		h.clock.Set(testkit.Instant("2026-01-26T08:00:00Z"))
		if about() != 1 {
			t.Error("the posts above were not told, and it is silent")
		}
		h.round(t)
		if about() != 0 {
			t.Error("it barks after they were told")
		}
		h.clock.Set(testkit.Instant("2026-02-13T00:05:00Z")) // supervision was due on the 12th
		if about() != 1 {
			t.Error("within its patience it looks at what was due before only")
		}
		for d := h.clock.Now(); d < testkit.Instant("2026-07-01T00:00:00Z"); d += 9 * 24 * day.Hour {
			h.clock.Set(d + 8*day.Hour)
			h.round(t)
			if about() != 0 {
				t.Fatalf("on %s it barks after a round: %v", h.clock.Now(), h.finds(t))
			}
		}
	})
}

func (h *house) finds(t *testing.T) []app.Finding {
	t.Helper()
	fs, err := h.Findings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// change changes what the store holds behind everybody's back.
func (h *house) change(t *testing.T, fn func(app.Tx) error) {
	t.Helper()
	if err := h.Store.Update(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

// late are all late duties of one child.
func late(t *testing.T, tx app.Tx, now day.Instant) (string, []app.DutyRow) {
	t.Helper()
	rows, err := tx.Duties(ctx, app.DutyQuery{LateAt: now, Now: now})
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d late duties, %v", len(rows), err)
	}
	all, err := tx.ChildDuties(ctx, rows[0].Child)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(all, func(a, b app.DutyRow) int { return int(a.Due.By - b.Due.By) })
	return rows[0].Child, all
}

func TestWatchdogFindsEachFault(t *testing.T) {
	type fault struct {
		name  string
		do    func(t *testing.T, h *house)
		about string
		says  string
	}
	row := func(change func(*app.DutyRow)) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			h.change(t, func(tx app.Tx) error {
				id, all := late(t, tx, h.clock.Now())
				change(&all[0])
				return tx.PutDuties(ctx, []string{id}, all)
			})
		}
	}
	out := func(state app.OutState, problem string, ago day.Instant) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			h.change(t, func(tx app.Tx) error {
				at := h.clock.Now() - ago
				_, err := tx.PutOut(ctx, app.Out{ID: "o", Matter: "duty:x", Step: "1", Who: "post:head", Channel: app.OutMail, Made: at, Next: at, State: state, Problem: problem})
				return err
			})
		}
	}
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		for _, f := range []fault{
			{"no next step", row(func(d *app.DutyRow) { d.NextClimb = 0 }), app.AboutClimbing, "1 late duty has no next step"},
			{"a next step too late", row(func(d *app.DutyRow) { d.NextClimb += 3 * 24 * day.Hour }), app.AboutClimbing, "1 late duty has no next step, or a wrong one"},
			{"a step too many", row(func(d *app.DutyRow) { d.Climbed = 9 }), app.AboutClimbing, "1 late duty has no next step, or a wrong one"},
			{"a rule that is not known", func(t *testing.T, h *house) {
				h.change(t, func(tx app.Tx) error {
					id, all := late(t, tx, h.clock.Now())
					first := all[0]
					first.Rule = "x.y"
					return errors.Join(tx.PutDuties(ctx, []string{id}, all[1:]), tx.PutDuties(ctx, []string{id}, append(all[1:], first)))
				})
			}, app.AboutClimbing, "a rule that is not known"},
			{"a step not taken", func(t *testing.T, h *house) { h.clock.Set(testkit.Instant("2026-01-17T00:10:00Z")) }, app.AboutClimbing, "did not climb to the next post when the time came"},
			{"a birthday that nobody saw", func(t *testing.T, h *house) {
				h.change(t, func(tx app.Tx) error {
					id, _ := late(t, tx, h.clock.Now())
					c, err := tx.Child(ctx, id)
					c.Wake = h.clock.Now() - 11*day.Minute
					return errors.Join(err, tx.PutChild(ctx, c))
				})
			}, app.AboutClimbing, "1 child's list did not change"},
			{"a concern not climbed", func(t *testing.T, h *house) {
				h.change(t, func(tx app.Tx) error {
					return tx.PutConcern(ctx, app.ConcernRow{ID: "k", Number: 1, State: "waiting", Next: h.clock.Now() - 10*day.Minute})
				})
			}, app.AboutClimbing, "1 concern did not climb"},
			{"nobody up to the top", func(t *testing.T, h *house) {
				on := day.On(h.clock.Now().Date() - 1)
				for _, p := range testkit.Posts {
					if p.Tier > line.Worker && p.Team != "east" && p.Post != "chair" {
						testkit.LineSays(t, h.App, on, line.PostLeft{Post: p.Post})
					}
				}
				h.round(t)
			}, app.AboutLine, `Nobody is in the post "Team manager, front door", nor in one above it`},
			{"everybody up to the top is shut out", func(t *testing.T, h *house) {
				for _, p := range testkit.Posts {
					if p.Tier > line.Worker {
						testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PersonSuspended{Person: "p-" + p.Post, Why: "x"})
					}
				}
				h.round(t)
			}, app.AboutLine, `Nobody is in the post "Team manager, front door"`},
			{"an owner that the line does not have is told to the top", func(t *testing.T, h *house) {
				testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PersonSuspended{Person: "p-chief-executive", Why: "x"}, line.PersonSuspended{Person: "p-director", Why: "x"})
				row(func(d *app.DutyRow) { d.Owner = "post:nowhere" })(t, h)
				h.round(t)
			}, app.AboutLine, `Nobody is in the post "Director of children's services"`},
			{"nobody is left where it climbed to", func(t *testing.T, h *house) {
				h.clock.Set(testkit.Instant("2026-01-21T08:00:00Z"))
				h.round(t)
				testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PersonSuspended{Person: "p-chief-executive", Why: "x"}, line.PersonSuspended{Person: "p-director", Why: "x"})
				if _, err := h.Checkpoint(ctx); err != nil {
					t.Fatal(err)
				}
			}, app.AboutLine, `Nobody is in the post "Director of children's services"`},
			{"mail that nobody sent", out(app.OutWaiting, "", day.Hour), app.AboutMail, "1 mail has not left for more than an hour: nothing tried to send it."},
			{"mail that does not leave", out(app.OutWaiting, "the mail server does not answer", 2*day.Hour), app.AboutMail, "the mail server does not answer"},
			{"mail given up", out(app.OutGivenUp, "the mail server does not answer", 73*day.Hour), app.AboutMail, "given up after three days: the mail server does not answer"},
			{"no checkpoint", func(t *testing.T, h *house) {
				h.referred(t, "Ada", "Reed")
				h.clock.Add(10*day.Minute + 1)
			}, app.AboutCheckpoints, "No checkpoint has been signed since"},
		} {
			t.Run(f.name, func(t *testing.T) {
				h := dog(t, e)
				if fs := h.finds(t); len(fs) != 0 {
					t.Fatalf("before: %+v", fs)
				}
				f.do(t, h)
				if fs := h.finds(t); !slices.ContainsFunc(fs, func(x app.Finding) bool { return x.About == f.about && strings.Contains(x.Text, f.says) }) {
					t.Errorf("it found %+v", fs)
				}
			})
		}
	})
}

func TestWatchdogIsPatient(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := dog(t, e)
		h.clock.Set(testkit.Instant("2026-01-16T23:00:00Z"))
		h.round(t)
		h.clock.Set(testkit.Instant("2026-01-17T00:09:59Z")) // a step was due ten minutes ago, less a second
		h.change(t, func(tx app.Tx) error {
			at := h.clock.Now() - day.Hour + 1
			_, err := tx.PutOut(ctx, app.Out{ID: "o", Matter: "duty:x", Step: "1", Who: "post:head", Channel: app.OutMail, Made: at, Next: at, State: app.OutWaiting})
			return err
		})
		if fs := h.finds(t); len(fs) != 0 {
			t.Errorf("%+v", fs)
		}
	})
}

// In a whole invented authority, climbing for a year, the watchdog is silent:
// an alarm that rings without a fire is heard by nobody.
func TestWatchdogIsSilent(t *testing.T) {
	if testing.Short() {
		t.Skip("a year of an authority")
	}
	h := &house{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: testkit.SQLite(t)}
	h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, 1)
	es, _, err := simulate.Authority(simulate.Options{Name: "Marlowe", Children: 150, Months: 12, Seed: 5, Now: h.clock.Now(), Pack: h.Pack, Stories: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Bulk(ctx, es); err != nil {
		t.Fatal(err)
	}
	for _, jump := range []day.Instant{0, day.Hour, 17 * day.Hour, 24 * day.Hour, 3 * 24 * day.Hour, 30 * 24 * day.Hour, 300 * 24 * day.Hour, day.Hour} {
		h.clock.Add(jump)
		h.round(t)
		if fs := h.finds(t); len(fs) != 0 {
			t.Errorf("after %d hours: %+v", jump/day.Hour, fs)
		}
	}
	late := 0
	if err := h.Store.View(ctx, func(v app.View) error {
		rows, err := v.Duties(ctx, app.DutyQuery{LateAt: h.clock.Now(), Now: h.clock.Now()})
		late = len(rows)
		return err
	}); err != nil || late < 500 {
		t.Errorf("%d late duties were looked at, which is too few to prove anything: %v", late, err)
	}
}

func TestWatchdogKeepsWhatItFound(t *testing.T) {
	h := dog(t, testkit.Engines[0])
	h0, err := h.Watchdog(ctx)
	if err != nil || h0.At != 0 || !h0.Well() {
		t.Errorf("before it looked: %+v, %v", h0, err)
	}
	look := func() app.Health {
		t.Helper()
		x, err := h.CheckItself(ctx)
		kept, err2 := h.Watchdog(ctx)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if kept.At != x.At || kept.Since != x.Since || !slices.Equal(kept.Findings, x.Findings) || !x.MailOff || !kept.MailOff {
			t.Errorf("%+v is kept as %+v", x, kept)
		}
		return x
	}
	if x := look(); !x.Well() || x.Since != 0 {
		t.Errorf("%+v", x)
	}
	h.clock.Set(testkit.Instant("2026-01-17T00:10:00Z"))
	first := h.clock.Now()
	if x := look(); x.Well() || x.Since != first {
		t.Errorf("%+v", x)
	}
	h.clock.Add(day.Minute)
	if x := look(); x.Well() || x.Since != first {
		t.Errorf("since when: %+v", x)
	}
	h.round(t)
	if x := look(); !x.Well() || x.Since != 0 {
		t.Errorf("mended: %+v", x)
	}
	at := h.clock.Now()
	h.clock.Add(10*day.Minute + 1)
	x, err := h.Watchdog(ctx)
	if err != nil || len(x.Findings) != 1 || x.Findings[0].About != app.AboutWatchdog || x.Since != at {
		t.Errorf("a watchdog that sleeps: %+v, %v", x, err)
	}
}
