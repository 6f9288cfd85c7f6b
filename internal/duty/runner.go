package duty

import (
	"math"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/vm"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

func (p *Pack) runner() *runner {
	if run, ok := p.runners.Get().(*runner); ok {
		return run
	}
	return p.newRunner()
}

func (p *Pack) run(rec child.Record, now day.Instant, use func([]Duty)) {
	run := p.runner()
	use(run.all(rec, now))
	run.forget()
	p.runners.Put(run)
}

func (p *Pack) newRunner() *runner {
	return &runner{p: p, open: make([][]int32, len(p.Rules)), owners: make([]owned, len(p.Rules)),
		answers: make([]bool, len(p.conds)), askedAt: make([]int32, len(p.conds)), env: map[string]any{}, status: &child.Status{}}
}

// runner goes through a record once. Its memory is used again for the next
// record; what it gives out is always fresh.
type runner struct {
	p        *Pack
	rec      child.Record
	who      child.Known
	now      day.Instant
	status   *child.Status // after the event that is looked at
	events   int           // how many were looked at
	born     int           // how many of the pack's birthdays have passed
	idle     day.Instant   // before this, time alone does nothing
	followed int           // how many of what running clocks follow was looked at
	standing []standing    // as it changed, in order
	adult    ending
	death    ending
	out      []Duty
	open     [][]int32 // by rule: which of out are open
	anyOpen  int
	was      Situation    // the situation that the child is in
	before   Situation    // and before the event
	changed  bool         // by the last event
	turned   int          // child.Status.Turns at the last event
	ev       *child.Event // the one that is looked at
	seen     []Situation  // every situation so far
	at       int          // which of seen it is now
	whiles   []int8       // by situation and condition: 0 not asked yet, 1 no, 2 yes
	turn     int32        // number of the event, birthdays too
	answers  []bool       // by condition: its answer for the event in askedAt
	askedAt  []int32
	owners   []owned // by rule: the last owner found
	again    []*Rule
	joined   []joined
	early    []*child.Event // decisions to stand down that stand before the start of their duty
	bodyIs   reflect.Value  // the body of the event in bodyAt, for plain conditions
	bodyAt   int32
	env      map[string]any // what the machine reads, of the event in envAt
	envAt    int32
	vm       vm.VM
}

// ending is when duties end by themselves; zero when that is not known.
type ending struct {
	at day.Instant
	on day.Date
}

// joined is a start that began no clock of its own, because one was open.
type joined struct {
	entry entry.ID
	duty  int32 // which of out
}

func (r *runner) all(rec child.Record, now day.Instant) []Duty {
	r.rec, r.now, r.status = rec, now, &child.Status{}
	who := rec.Identity()
	r.who = who
	if on := who.Adult(); on != 0 {
		r.adult = ending{on.Start(), on}
	}
	if who.Death != 0 {
		r.death = ending{who.Death.End(), who.Death}
	}
	r.enter(Situation{})
	r.changed = true // before the first event nothing was known
	for ev, s := range rec.Life() {
		if s.From > now {
			break
		}
		if s.From >= r.idle {
			r.letPass(s.From)
		}
		r.stand(s)
		r.status = s
		r.events++
		r.event(ev, s)
	}
	r.letPass(now)
	r.finish()
	return r.out
}

// forget leaves nothing of a child in the memory that is used again.
func (r *runner) forget() {
	for i := range r.open {
		r.open[i] = r.open[i][:0]
	}
	clear(r.owners)
	clear(r.env)
	clear(r.seen)
	clear(r.whiles)
	clear(r.standing)
	clear(r.askedAt)
	clear(r.out)
	*r = runner{p: r.p, open: r.open, owners: r.owners, answers: r.answers, askedAt: r.askedAt, seen: r.seen[:0], whiles: r.whiles[:0],
		again: r.again[:0], standing: r.standing[:0], joined: r.joined[:0], env: r.env, out: r.out[:0]}
}

// letPass does what time alone does up to an instant, and notes until when there
// is nothing more of it.
func (r *runner) letPass(to day.Instant) {
	r.follow(to)
	r.grow(to)
	r.pass(to)
	r.idle = math.MaxInt64
	if r.followed < len(r.p.follows) {
		r.idle = min(r.idle, r.p.follows[r.followed].at)
	}
	if r.born < len(r.p.born) && r.who.Birth != 0 {
		r.idle = min(r.idle, nthBirthday(r.who.Birth, r.p.born[r.born].age).Start())
	}
	for _, by := range []ending{r.adult, r.death} {
		if by.at != 0 {
			r.idle = min(r.idle, by.at) // from then on, always: what starts late ends at once
		}
	}
}

// follow lets running clocks go over to rules that say so and have come into
// force by an instant. They are counted again from their start, but nobody is
// late before the rules changed.
func (r *runner) follow(to day.Instant) {
	for ; r.followed < len(r.p.follows) && r.p.follows[r.followed].at <= to; r.followed++ {
		f := r.p.follows[r.followed]
		on := f.at.Date()
		r.turn++
		r.ev = &child.Event{Entry: &entry.Entry{Kind: noBody}, When: day.On(on)}
		for _, rule := range r.p.byID[f.to.ID] {
			if rule == f.to {
				continue
			}
			for _, i := range r.open[rule.n] {
				d := &r.out[i]
				d.Rule = f.to
				if f.to.CountedTo == "" && rule.CountedTo == "" {
					d.Span, d.Variant = r.span(f.to, d.Later)
					d.Span.N += int(d.Extra)
					was := d.Due
					if r.count(d); d.Due.By < was.By && d.Due.By < on.End() {
						d.Due, d.Sooner = day.Deadline{On: on, By: on.End()}, on
					}
				}
				r.open[f.to.n] = append(r.open[f.to.n], i)
			}
			r.open[rule.n] = r.open[rule.n][:0]
		}
	}
}

// grow lets the birthdays that start clocks come, up to an instant. What the
// entry that told of the birth can be trusted in, they can.
func (r *runner) grow(to day.Instant) {
	for ; r.born < len(r.p.born) && r.who.Birth != 0; r.born++ {
		b := &r.p.born[r.born]
		on := nthBirthday(r.who.Birth, b.age)
		if on.Start() > to {
			return
		}
		r.pass(on.Start())
		told := &entry.Source{}
		recorded := on.Start()
		for i := range r.rec.Events {
			if k, ok := r.rec.Events[i].Body.(child.Known); ok && k.Birth != 0 {
				told, recorded = &r.rec.Events[i].Source, max(recorded, r.rec.Events[i].Recorded)
			}
		}
		r.turn++
		r.ev = &child.Event{Entry: &entry.Entry{ID: startAt(r.rec.Child, b.age), Kind: birthday, Recorded: recorded, Source: *told}, When: day.On(on)}
		if r.changed {
			r.before, r.changed = r.was, false
		}
		r.begin(b.on.starts, r.ev)
	}
}

// enter says which situation the child is in now.
func (r *runner) enter(s Situation) {
	r.was = s
	if r.at = slices.Index(r.seen, s); r.at < 0 {
		r.at = len(r.seen)
		r.seen = append(r.seen, s)
		r.whiles = append(r.whiles, make([]int8, len(r.p.conds))...)
	}
}

var noReactions reactions

func (r *runner) event(ev *child.Event, s *child.Status) {
	r.turn++
	r.ev = ev
	if r.changed {
		r.before, r.changed = r.was, false
	}
	if s.Turns != r.turned {
		r.turned = s.Turns
		if now := situation(s); now != r.was {
			r.changed = true
			r.enter(now)
		}
	}
	if sd, ok := ev.Body.(child.DutyStoodDown); ok {
		r.standDown(sd, ev)
	}
	on := r.p.reactionsTo(ev.Kind)
	for _, x := range on.extends {
		if r.holds(x.cond) {
			r.extend(x.rule, ev, x.by)
		}
	}
	for _, m := range on.pauses {
		if r.holds(m.cond) {
			r.pause(m.rule, ev)
		}
	}
	for _, m := range on.resumes {
		if r.holds(m.cond) {
			r.resume(m.rule, ev)
		}
	}
	r.again = r.again[:0]
	for _, m := range on.meets {
		if len(r.open[m.n]) > 0 && r.holds(m.cond) && r.meet(m.rule, ev) && m.rule.Repeats != "" {
			r.again = append(r.again, m.rule)
		}
	}
	for _, e := range on.ends {
		if len(r.open[e.n]) > 0 && r.holds(e.cond) {
			r.end(e.rule, ev, e.as)
		}
	}
	if r.changed && r.anyOpen > 0 {
		for _, rule := range r.p.Rules {
			if len(r.open[rule.n]) == 0 {
				continue
			}
			if !r.while(rule) {
				r.end(rule, ev, Lapsed)
			} else {
				r.shorten(rule, ev)
			}
		}
	}
	for _, rule := range r.again {
		r.restart(rule, ev)
	}
	r.begin(on.starts, ev)
}

// begin starts the clocks that an event starts.
func (r *runner) begin(starts []reaction, ev *child.Event) {
	for _, s := range starts {
		if open := r.open[s.n]; len(open) > 0 && (s.rule.Overlap != "" || s.rule.Repeats != "") {
			if r.holds(s.cond) {
				r.joined = append(r.joined, joined{ev.ID, open[0]})
				if s.rule.Overlap == "moves" {
					r.move(&r.out[open[0]], ev)
				}
			}
			continue
		}
		if s.rule.inForce(ev.When.Date) && r.while(s.rule) && r.holds(s.cond) {
			r.start(s.rule, ev, false)
		}
	}
}

// move moves a clock that is counted to a day which was changed.
func (r *runner) move(d *Duty, ev *child.Event) {
	if due := r.countedTo(d, ev); !due.IsZero() {
		d.Due = due
	}
}

// shorten gives the running clocks of a rule the time that they would have now,
// if that is less. Nobody is late before things changed.
func (r *runner) shorten(rule *Rule, ev *child.Event) {
	if len(rule.By) == 0 {
		return
	}
	for _, i := range r.open[rule.n] {
		d := &r.out[i]
		span, variant := r.span(rule, d.Later)
		due := r.cal().Due(d.Since, span)
		if due.By >= d.Due.By || d.State != Open || d.Extra+d.Paused > 0 {
			continue
		}
		d.Span, d.Variant, d.Due, d.Sooner = span, variant, due, ev.When.Date
		changed := day.Deadline{On: ev.When.Date, By: ev.When.Date.End()}
		if ev.When.Timed() {
			changed.By, changed.Clock = ev.When.At, true
		}
		if due.By < changed.By {
			d.Due = changed
		}
	}
}

// span is how long there is, for the child as it is now.
func (r *runner) span(rule *Rule, later bool) (s day.Span, variant uint8) {
	s, then := rule.Within, rule.Every
	for i := range rule.By {
		if v := &rule.By[i]; r.holds(v.when) {
			s, then, variant = v.Within, v.Every, uint8(i+1)
			break
		}
	}
	if later {
		s = then
	}
	return s, variant
}

// restart begins the next clock of a rule that repeats, by the version of the
// rule that is in force then.
func (r *runner) restart(rule *Rule, ev *child.Event) {
	if rule, ok := r.p.then(rule, ev.When.Date); ok && len(r.open[rule.n]) == 0 && r.while(rule) {
		r.start(rule, ev, true)
	}
}

// holds answers a condition on the event, once however many rules ask.
func (r *runner) holds(c *cond) bool {
	if c == nil {
		return true
	}
	if r.askedAt[c.n] != r.turn {
		r.askedAt[c.n], r.answers[c.n] = r.turn, r.answer(c)
	}
	return r.answers[c.n]
}

// while answers a rule's condition on the child, once for each situation.
func (r *runner) while(rule *Rule) bool {
	a := &r.whiles[r.at*len(r.p.conds)+rule.while.n]
	if *a == 0 {
		*a = 1
		if r.answer(rule.while) {
			*a = 2
		}
	}
	return *a == 2
}

// answer answers a condition, without the machine where it can.
func (r *runner) answer(c *cond) bool {
	if c.plain != nil && (c.body == nil || reflect.TypeOf(r.ev.Body) == c.body) {
		return c.plain(r)
	}
	return r.ask(c)
}

func (r *runner) ask(c *cond) bool {
	if r.envAt != r.turn { // most events are asked nothing
		r.envAt = r.turn
		r.env["child"], r.env["before"] = r.was, r.before
		on := r.ev.When.Date
		r.env["e"], r.env["imported"], r.env["age"] = r.ev.Body, r.ev.Source.Kind == "import", boxed(r.age(on))
		st := r.status
		r.env["placed"], r.env["cared"] = boxed(months(st.PlacementSince, on)), boxed(months(st.CareSince, on))
		r.env["planned"], r.env["fostered"] = boxed(months(st.PlanSince, on)), boxed(months(st.FosteredSince, on))
	}
	v, err := r.vm.Run(c.prog, r.env)
	yes, _ := v.(bool)
	return yes && err == nil
}

func (r *runner) start(rule *Rule, ev *child.Event, later bool) {
	n := len(r.out)
	span, variant := rule.Within, uint8(0)
	if later || len(rule.By) > 0 {
		span, variant = r.span(rule, later)
	}
	r.out = append(r.out, Duty{})
	d := &r.out[n]
	d.Rule, d.Start, d.State = rule, ev.ID, Open
	d.Later, d.Variant = later, variant
	d.Theirs = rule.OwedBy == line.FrontDoor && r.status.Post != ""
	r.clock(d, ev, span)
	if d.Until = r.until(rule); d.Due.IsZero() || d.Until != 0 && d.Until <= d.Since.From() {
		r.out = r.out[:n]
		return
	}
	r.open[rule.n] = append(r.open[rule.n], int32(n))
	r.anyOpen++
	for i, ev := range r.early {
		if sd := ev.Body.(child.DutyStoodDown); d.Named(sd.Duty) {
			r.early = slices.Delete(r.early, i, i+1)
			r.standDown(sd, ev)
			return
		}
	}
}

// until is when a rule's duties end by themselves.
func (r *runner) until(rule *Rule) day.Instant {
	switch {
	case rule.Beyond18 || r.adult.at == 0:
		return r.death.at
	case r.death.at == 0:
		return r.adult.at
	}
	return min(r.adult.at, r.death.at)
}

// boxed makes a small number fit for a condition without taking memory for it:
// Go has the numbers from 0 to 255 at hand, and -1 stands for "there is none".
func boxed(n int) any {
	if n == -1 {
		return none
	}
	return n
}

var none any = -1
