package duty

import (
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// How a clock ends: by its work, by time, by decision; and how it is made longer, stands
// still and goes on.

// pass ends what time alone ends by an instant. What happens afterwards cannot
// meet it any more.
func (r *runner) pass(t day.Instant) {
	for _, by := range []ending{r.adult, r.death} {
		if by.at == 0 || by.at > t || r.anyOpen == 0 {
			continue
		}
		for n := range r.open {
			r.open[n] = slices.DeleteFunc(r.open[n], func(i int32) bool {
				d := &r.out[i]
				over := d.Until == by.at
				if over {
					d.State, d.Ended = Lapsed, day.On(by.on)
					r.anyOpen--
				}
				return over
			})
		}
	}
}

// meet ends the duties that an event meets. An entry that names what it
// answers meets only that one.
func (r *runner) meet(rule *Rule, ev *child.Event) (any bool) {
	names := r.names(rule, ev)
	keep := r.open[rule.n][:0]
	for _, i := range r.open[rule.n] {
		d := &r.out[i]
		if names != "" && names != d.Start || r.tooEarly(d, ev) {
			keep = append(keep, i)
			continue
		}
		r.goOn(d, ev)
		d.State = MetLate
		if d.Due.Kept(ev.When) {
			d.State = Met
			d.RecordedLate = ev.Recorded >= d.Due.By && ev.Source.Kind != "import" // a file was recorded elsewhere before
		}
		d.EndedBy, d.Ended = ev.ID, ev.When
		any = true
		r.anyOpen--
	}
	r.open[rule.n] = keep
	return any
}

// names is the start of the one clock that an event answers; empty: of all.
func (r *runner) names(rule *Rule, ev *child.Event) (names entry.ID) {
	if ref, ok := ev.Body.(entry.Refers); ok {
		names = ref.RefersTo()
	}
	if names == "" {
		return ""
	}
	if start, ok := r.rec.Event(names); !ok || !slices.Contains(rule.starts, start.Kind) {
		for _, i := range r.open[rule.n] { // it and the start of a clock may answer the same entry
			start, _ := r.rec.Event(r.out[i].Start)
			if ref, ok := start.Body.(entry.Refers); ok && ref.RefersTo() == names {
				return start.ID
			}
		}
		names = ""
	}
	for _, j := range r.joined { // it named a start that joined an open clock
		if d := &r.out[j.duty]; j.entry == names && d.Rule == rule {
			names = d.Start
		}
	}
	return names
}

// each gives the running clocks of a rule that an event speaks of.
func (r *runner) each(rule *Rule, ev *child.Event, fn func(*Duty)) {
	if len(r.open[rule.n]) == 0 {
		return
	}
	names := r.names(rule, ev)
	for _, i := range r.open[rule.n] {
		if d := &r.out[i]; names == "" || names == d.Start {
			fn(d)
		}
	}
}

// extend makes the time longer.
func (r *runner) extend(rule *Rule, ev *child.Event, by day.Span) {
	r.each(rule, ev, func(d *Duty) {
		d.Span.N, d.Extra = d.Span.N+by.N, d.Extra+int32(by.N)
		r.count(d)
	})
}

// pause stops the clock. While it stands still the duty is in nobody's list,
// and can still be met.
func (r *runner) pause(rule *Rule, ev *child.Event) {
	r.each(rule, ev, func(d *Duty) {
		if d.State == Open {
			d.State, d.StoppedOn = Stopped, ev.When.Date
		}
	})
}

// resume starts it again.
func (r *runner) resume(rule *Rule, ev *child.Event) {
	r.each(rule, ev, func(d *Duty) { r.goOn(d, ev) })
}

// goOn lets a clock that stood still go on from an event.
func (r *runner) goOn(d *Duty, ev *child.Event) {
	if d.State == Stopped {
		d.Paused += max(0, int32(ev.When.Date-d.StoppedOn))
		d.State, d.StoppedOn = Open, 0
		r.count(d)
	}
}

// count counts the day again, with what was added.
func (r *runner) count(d *Duty) {
	d.Due = r.p.cal.Due(d.Since, d.Span)
	if d.Paused > 0 {
		d.Due = r.p.cal.Due(day.On(d.Due.On.Add(int(d.Paused))), day.Span{Unit: day.Days})
	}
}

// tooEarly says whether something was done so long before its day that it is
// not the work that the rule asks for.
func (r *runner) tooEarly(d *Duty, ev *child.Event) bool {
	return !d.Rule.Early.IsZero() && ev.When.Date < r.back(d.Due.On, d.Rule.Early)
}

func (r *runner) end(rule *Rule, ev *child.Event, as State) {
	for _, i := range r.open[rule.n] {
		d := &r.out[i]
		d.State, d.EndedBy, d.Ended = as, ev.ID, ev.When
		r.anyOpen--
	}
	r.open[rule.n] = r.open[rule.n][:0]
}

func (r *runner) standDown(sd child.DutyStoodDown, ev *child.Event) {
	for i := range r.out {
		d := &r.out[i]
		if d.State != Open && d.State != Stopped || !d.Named(sd.Duty) {
			continue
		}
		d.State, d.EndedBy, d.Ended = StoodDown, ev.ID, ev.When
		open := r.open[d.Rule.n]
		for j := range open {
			if open[j] == int32(i) {
				r.open[d.Rule.n] = slices.Delete(open, j, j+1)
				break
			}
		}
		r.anyOpen--
		if d.Rule.Repeats != "" { // this one was stood down, not the ones after it
			r.restart(d.Rule, ev)
		}
		return
	}
	r.early = append(r.early, ev)
}
