package app_test

import (
	"strings"
	"sync"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/testkit"
)

// The whole journal is checked once a night; what comes of it is an entry, and a
// fault or a night left out is the watchdog's to say.
func TestTheJournalIsCheckedEveryNight(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		if _, err := h.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		due := func(want bool, when string) {
			t.Helper()
			if got, err := h.CheckDue(ctx); err != nil || got != want {
				t.Errorf("%s: due %v, %v", when, got, err)
			}
		}
		said := func(want, when string) {
			t.Helper()
			fs, err := h.Findings(ctx)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range fs {
				if f.About == app.AboutJournal {
					got += f.Text
				}
			}
			if (want == "") != (got == "") || !strings.Contains(got, want) {
				t.Errorf("%s: the watchdog says %q", when, got)
			}
		}
		check := func() line.JournalChecked {
			t.Helper()
			b, err := h.CheckJournal(ctx, h.known)
			if err != nil {
				t.Fatal(err)
			}
			l, err := h.Line(ctx)
			if err != nil || l.Checked.Body != b {
				t.Fatalf("the entry says %+v, the check %+v, %v", l.Checked.Body, b, err)
			}
			return b
		}
		due(true, "at the first start")
		said("", "before any check")
		size := h.verify(t).Entries
		if b := check(); b.Entries != size || b.Checkpoints != 1 || b.Root == "" || b.Fault != "" {
			t.Errorf("%+v", b)
		}
		due(false, "just after")
		h.clock.Set(day.MustParse("2026-01-13").Start() + 2*day.Hour - 1)
		due(false, "before two at night")
		h.clock.Add(1)
		due(true, "at two at night")
		check()
		due(false, "after two at night")
		said("", "in order")
		h.clock.Add(36*day.Hour + 1)
		if _, err := h.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		due(true, "after a night without")
		said("should be every night", "after a night without")

		if _, err := behind(t, h.dsn).Exec(`UPDATE child SET name = 'Somebody Else' WHERE child = '` + id + `'`); err != nil {
			t.Fatal(err)
		}
		b := check()
		if b.Fault == "" || strings.Contains(b.Fault, "Somebody") || strings.Contains(b.Fault, "Iona") {
			t.Errorf("a changed row: %+v", b)
		}
		said("not as it was recorded", "with a fault")
	})
}

// Nothing is called a fault that was only being written just then.
func TestAJournalIsCheckedWhileOthersWrite(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		stop := make(chan struct{})
		var writing sync.WaitGroup
		writing.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := h.Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("manager-front", child.Note{Text: "again"})}}); err != nil {
					t.Error(err)
					return
				}
				if _, err := h.Record(ctx, app.Do{Commands: []child.Command{h.say("manager-front", child.Known{Given: "Another", Family: "Child"}), h.say("manager-front", child.Referral{From: "school"})}}); err != nil {
					t.Error(err)
					return
				}
				if _, err := h.Checkpoint(ctx); err != nil {
					t.Error(err)
					return
				}
			}
		})
		for range 8 {
			b, err := h.CheckJournal(ctx, h.known)
			if err != nil || b.Fault != "" {
				t.Errorf("%+v, %v", b, err)
				break
			}
		}
		close(stop)
		writing.Wait()
	})
}
