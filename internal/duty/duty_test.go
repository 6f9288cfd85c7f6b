package duty_test

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
)

// What was known at a moment is the same whatever is recorded later.
func TestThePastNeverChanges(t *testing.T) {
	everyLife(t, func(j *journal) {
		type look struct {
			at day.Instant
			ds []duty.Duty
		}
		var looks []look
		for range rapid.IntRange(1, 30).Draw(j.t, "entries") {
			j.jump()
			j.record()
			if rapid.Bool().Draw(j.t, "watch") {
				j.watch()
			}
			looks = append(looks, look{j.now, j.duties()})
		}
		j.jump()
		j.record()
		for _, l := range looks {
			if got := j.p.Duties(j.rec.KnownAt(l.at), l.at); !reflect.DeepEqual(got, l.ds) {
				j.t.Fatalf("known at %s, now: %s\nthen: %s", l.at, say(got), say(l.ds))
			}
		}
	})
}

func say(ds []duty.Duty) (s string) {
	for _, d := range ds {
		s += fmt.Sprintf("\n  %s due %s %s by %q owner %s %v", d.ID(), d.Due.On, d.State, d.EndedBy, d.Owner, d.Steps())
	}
	return s
}

// However the watch is called, each step is told once, in order, and only of a
// duty that is open; and after a long time no open duty has a step untold.
func TestAnUnmetDutyClimbs(t *testing.T) {
	everyLife(t, func(j *journal) {
		told := map[string]int{}
		look := func() {
			open := map[string]duty.Duty{}
			for _, d := range j.duties() {
				if d.State == duty.Open {
					open[d.ID()] = d
				}
			}
			for _, c := range j.watch() {
				d, ok := open[c.Duty]
				if !ok {
					j.t.Fatalf("%s was told, and it is not open", c.Duty)
				}
				if told[c.Duty]++; c.Step != told[c.Duty] {
					j.t.Fatalf("%s: step %d was told after %d", c.Duty, c.Step, told[c.Duty]-1)
				}
				if d.Steps()[c.Step-1].At > j.now || !d.Late(j.now) {
					j.t.Fatalf("%s: step %d was told before its time", c.Duty, c.Step)
				}
				if c.Post == "" || c.Person == "" {
					j.t.Fatalf("%s: step %d was told into nothing", c.Duty, c.Step)
				}
			}
			if again := j.watch(); len(again) > 0 {
				j.t.Fatalf("told twice: %+v", again)
			}
		}
		for range rapid.IntRange(1, 30).Draw(j.t, "turns") {
			j.jump()
			if rapid.Bool().Draw(j.t, "record") {
				j.record()
			} else {
				look()
			}
			if rapid.IntRange(0, 5).Draw(j.t, "start again") == 0 {
				j.rec = child.Fold("c", j.rec.Log)
			}
		}
		j.now += 400 * 24 * day.Hour
		look()
		for _, d := range j.duties() {
			if s, ok := d.Next(); ok && s.At <= j.now {
				j.t.Fatalf("%s due %s was never told to step %d", d.ID(), d.Due.On, s.N)
			}
		}
	})
}

// Ids are unique; a duty's due day and steps do not depend on the moment from
// which one looks, unless an entry in between says so; one by one or all at once, the entries say the same.
func TestDutiesAreAFunctionOfTheRecord(t *testing.T) {
	everyLife(t, func(j *journal) {
		for range rapid.IntRange(1, 40).Draw(j.t, "entries") {
			j.jump()
			j.record()
		}
		refolded := child.Fold("c", j.rec.Log)
		if !reflect.DeepEqual(refolded.Events, j.rec.Events) {
			j.t.Fatal("the fold differs from the entries applied one by one")
		}
		later := map[string]duty.Duty{}
		for _, d := range j.p.Duties(refolded, j.now) {
			if _, twice := later[d.ID()]; twice {
				j.t.Fatalf("two duties have the id %s", d.ID())
			}
			later[d.ID()] = d
		}
		early := j.now - day.Instant(rapid.IntRange(0, 700*24*60).Draw(j.t, "minutes before"))*day.Minute
		for _, d := range j.p.Duties(j.rec, early) {
			l, ok := later[d.ID()]
			if ok && (l.Extra != 0 || l.Paused != 0 || l.Sooner != 0 || l.Rule.Overlap == "moves") {
				continue // an entry in between made its time longer or shorter, and says so
			}
			if !ok || l.Due != d.Due || l.Since != d.Since || l.Span != d.Span || len(l.Steps()) != len(d.Steps()) {
				j.t.Fatalf("looked at from %s: %+v\nlater: %+v", early, d, l)
			}
			for i := range d.Steps() {
				if d.Steps()[i].At != l.Steps()[i].At {
					j.t.Fatalf("step %d of %s is at %s, later at %s", i+1, d.ID(), d.Steps()[i].At, l.Steps()[i].At)
				}
			}
		}
		if want := j.p.Duties(j.rec, j.now); !reflect.DeepEqual(j.p.Duties(refolded, j.now), want) {
			j.t.Fatal("the same record gives other duties")
		}
	})
}
