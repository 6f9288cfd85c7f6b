package duty_test

import (
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// A deadline never comes before its start, whatever happened.
func TestNoDeadlineBeforeItsStart(t *testing.T) {
	everyLife(t, func(j *journal) {
		for range rapid.IntRange(1, 40).Draw(j.t, "entries") {
			j.jump()
			j.record()
		}
		for _, d := range j.duties() {
			if d.Due.On < d.Since.Date || d.Due.By <= d.Since.From() {
				j.t.Fatalf("%s is counted from %s and due %s", d.ID(), d.Since, d.Due.On)
			}
		}
	})
}

// What happens after a deadline changes nothing of what was late before: only a
// correction, or something older that is told late, can, and both are seen.
func TestWhatHappensLaterExcusesNobody(t *testing.T) {
	everyLife(t, func(j *journal) {
		for range rapid.IntRange(1, 25).Draw(j.t, "entries") {
			j.jump()
			j.record()
		}
		then := j.now
		late := func() map[string]day.Date {
			out := map[string]day.Date{}
			for _, d := range j.p.Duties(j.rec, then) {
				if d.Late(then) {
					out[d.ID()] = d.Due.On
				}
			}
			return out
		}
		before := late()
		for range rapid.IntRange(1, 15).Draw(j.t, "entries after") {
			j.jump()
			b := body(j.t)
			if _, ok := b.(child.Known); ok {
				continue // a birth that is told later says what was so before
			}
			when := day.AtInstant(max(then+48*day.Hour, j.now-day.Instant(rapid.IntRange(0, 20*24*60).Draw(j.t, "minutes ago"))*day.Minute))
			if when.At > j.now {
				continue
			}
			j.do(child.Command{Actor: actor, Happened: when, Body: b, Source: entry.Source{Kind: "page"}})
		}
		after := late()
		for id, due := range before {
			if after[id] != due {
				j.t.Fatalf("%s was late on %s, due %s; now it was due %s", id, then, due, after[id])
			}
		}
		if len(after) != len(before) {
			j.t.Fatalf("%d duties were late then, now %d", len(before), len(after))
		}
	})
}

// Time alone never makes a late duty less late: it stays late, or ends because
// nobody can owe it any more.
func TestTimeAloneExcusesNobody(t *testing.T) {
	everyLife(t, func(j *journal) {
		for range rapid.IntRange(1, 30).Draw(j.t, "entries") {
			j.jump()
			j.record()
		}
		was := j.duties()
		later := j.now + day.Instant(rapid.IntRange(0, 3000).Draw(j.t, "days"))*24*day.Hour
		now := map[string]duty.Duty{}
		for _, d := range j.p.Duties(j.rec, later) {
			now[d.ID()] = d
		}
		for i := range was {
			d := &was[i]
			if !d.Late(j.now) {
				continue
			}
			n, ok := now[d.ID()]
			if !ok || n.State != duty.Lapsed && !n.Late(later) || n.State == duty.Lapsed && (n.Until == 0 || n.Until > later) {
				j.t.Fatalf("%s was late, and later is %v %s", d.ID(), ok, n.State)
			}
			if n.Due != d.Due {
				j.t.Fatalf("%s was due %s and later %s", d.ID(), d.Due.On, n.Due.On)
			}
		}
	})
}
