// Package duty holds the rule packs, and the duties that follow from a child's
// record at a moment. It is pure: the same record, pack and moment always give
// the same duties, whether the moment is now or long ago. It must never know
// pages or storage.
package duty

import (
	"github.com/expr-lang/expr/vm"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// State is how a duty stands.
type State string

// The states. Late is not one of them: it is a comparison with now.
const (
	Open      State = "open"
	Met       State = "met"
	MetLate   State = "met late"
	Declined  State = "declined"
	StoodDown State = "stood down"
	Lapsed    State = "no longer owed"
)

// Duty is what is owed to a child: by whom, by when, under which rule.
type Duty struct {
	ID    string // rule and starting entry: the same for ever
	Rule  *Rule
	Child string

	Start entry.ID // the entry that started the clock
	Since day.When // from when it is counted
	// Shifted says that the start was imported from a file that cannot say
	// whether the duty was met, so it is counted from the day on which Onus was
	// told. Nobody is called late for what may have been done.
	Shifted bool
	Span    day.Span
	Due     day.Deadline
	// Until is when it stops being owed by itself: the 18th birthday. Zero: never.
	Until day.Instant

	State    State
	EndedBy  entry.ID
	Ended    day.When
	EndKnown day.Instant // when the ending was recorded
	// RecordedLate: done in time, recorded when it already counted as late.
	RecordedLate bool

	Owner line.Key
	Steps []Step
}

// Step is one climb of a duty.
type Step struct {
	N    int // 1 is the first
	To   line.Tier
	At   day.Instant // when it climbs if the duty is still not met
	Told day.Instant // when that post was told; zero when it was not
	Post string      // the post that was told
	Who  string      // the person in it then
}

// Late says whether the duty is open and past its day.
func (d Duty) Late(now day.Instant) bool { return d.State == Open && d.Due.Late(now) }

// Climbed is the last step that was told, and whether there was one.
func (d Duty) Climbed() (Step, bool) {
	for i := len(d.Steps) - 1; i >= 0; i-- {
		if d.Steps[i].Told != 0 {
			return d.Steps[i], true
		}
	}
	return Step{}, false
}

// Next is the first step not told yet.
func (d Duty) Next() (Step, bool) {
	if d.State != Open {
		return Step{}, false
	}
	for _, s := range d.Steps {
		if s.Told == 0 {
			return s, true
		}
	}
	return Step{}, false
}

// Duties gives every duty that follows from a record at an instant, ended ones
// too, in the order in which their clocks started. To know what was owed as it
// was known at T, give the record known at T and the instant T.
func (p *Pack) Duties(rec child.Record, now day.Instant) []Duty {
	run := runner{p: p, rec: rec, now: now, statuses: rec.Statuses(), open: make(map[*Rule][]int, len(p.Rules)),
		answers: make([]int8, len(p.conds)), env: map[string]any{}}
	run.adult = rec.Identity().Adult()
	for i := range rec.Events {
		if run.statuses[i].From > now {
			break
		}
		run.event(i)
	}
	run.finish()
	return run.out
}

type runner struct {
	p        *Pack
	rec      child.Record
	now      day.Instant
	statuses []child.Status
	adult    day.Date
	out      []Duty
	open     map[*Rule][]int // indices of open duties, by rule
	anyOpen  int
	was      Situation
	answers  []int8 // per condition: 0 not asked for this event, 1 no, 2 yes
	asked    []int
	env      map[string]any
	vm       vm.VM
}

func (r *runner) event(i int) {
	ev := &r.rec.Events[i]
	now := situation(r.statuses[i])
	for _, n := range r.asked {
		r.answers[n] = 0
	}
	r.asked = r.asked[:0]
	if sd, ok := ev.Body.(child.DutyStoodDown); ok {
		r.standDown(sd, ev)
	}
	var again []*Rule
	for _, rule := range r.p.meets[ev.Kind] {
		if len(r.open[rule]) == 0 || !r.holds(rule.MetBy.cond[ev.Kind], ev, now) {
			continue
		}
		if r.meet(rule, ev) && rule.Repeats != "" {
			again = append(again, rule)
		}
	}
	for _, rule := range r.p.ends[ev.Kind] {
		for _, end := range rule.Ends {
			if len(r.open[rule]) > 0 && end.match.has(ev.Kind) && r.holds(end.match.cond[ev.Kind], ev, now) {
				r.end(rule, ev, State(end.As))
			}
		}
	}
	if now != r.was {
		r.was = now
		if r.anyOpen > 0 {
			for _, rule := range r.p.Rules {
				if len(r.open[rule]) > 0 && !r.holds(rule.while, nil, now) {
					r.end(rule, ev, Lapsed)
				}
			}
		}
	}
	for _, rule := range again {
		if r.holds(rule.while, nil, now) {
			r.start(rule, ev, rule.Every)
		}
	}
	for _, rule := range r.p.starts[ev.Kind] {
		if !rule.inForce(ev.When.Date) || !r.holds(rule.Starts.cond[ev.Kind], ev, now) || !r.holds(rule.while, nil, now) {
			continue
		}
		if len(r.open[rule]) > 0 && (rule.Overlap == "ignore" || rule.Repeats != "") {
			continue
		}
		r.start(rule, ev, rule.Within)
	}
}

func (m Match) has(k entry.Kind) bool {
	for _, n := range m.Kind {
		if entry.Kind(n) == k {
			return true
		}
	}
	return false
}

// holds answers a condition, once for each event however many rules ask. The
// while conditions have no event.
func (r *runner) holds(c *cond, ev *child.Event, s Situation) bool {
	if c == nil {
		return true
	}
	if a := r.answers[c.n]; a != 0 {
		return a == 2
	}
	r.env["child"] = s
	if ev != nil {
		r.env["e"] = ev.Body
	}
	v, err := r.vm.Run(c.prog, r.env)
	yes, _ := v.(bool)
	yes = yes && err == nil
	r.answers[c.n] = 1
	if yes {
		r.answers[c.n] = 2
	}
	r.asked = append(r.asked, c.n)
	return yes
}

func (r *runner) start(rule *Rule, ev *child.Event, span day.Span) {
	d := Duty{ID: rule.ID + ":" + string(ev.ID), Rule: rule, Child: r.rec.Child, Start: ev.ID, Since: ev.When, Span: span, State: Open}
	if ev.Source.Kind == "import" && !r.p.carriesAll(ev.Source.Of, rule.meets) {
		d.Since, d.Shifted = day.On(ev.Recorded.Date()), true
	}
	d.Due = r.p.cal.Due(d.Since, span)
	if !rule.Beyond18 && r.adult != 0 {
		d.Until = r.adult.Start()
		if d.Until <= ev.When.From() {
			return
		}
	}
	for n, c := range rule.Climbs {
		d.Steps = append(d.Steps, Step{N: n + 1, To: c.To, At: r.p.climbAt(d.Due, c.After)})
	}
	r.open[rule] = append(r.open[rule], len(r.out))
	r.anyOpen++
	r.out = append(r.out, d)
}

// carriesAll says whether an imported file could hold every kind that meets a
// duty. Where it could not, the duty may have been met without our knowing.
func (p *Pack) carriesAll(of string, kinds []entry.Kind) bool {
	carried, ok := p.carries[of]
	if !ok {
		return true // an import that can carry everything: our own JSON lines
	}
	for _, k := range kinds {
		if !carried[k] {
			return false
		}
	}
	return true
}

// climbAt is when a step is taken: at the instant the duty is late, or later
// by whole days counted from its day.
func (p *Pack) climbAt(due day.Deadline, after day.Span) day.Instant {
	if after.N == 0 {
		return due.By
	}
	if after.Unit == day.Hours {
		return due.By + day.Instant(after.N)*day.Hour
	}
	return p.cal.Due(day.On(due.On), after).By
}

// meet ends the duties that an event meets. An entry that names what it
// answers meets only that one.
func (r *runner) meet(rule *Rule, ev *child.Event) (any bool) {
	var names entry.ID
	if ref, ok := ev.Body.(entry.Refers); ok {
		names = ref.RefersTo()
	}
	if names != "" {
		if start, ok := r.rec.Event(names); !ok || !rule.Starts.has(start.Kind) {
			names = ""
		}
	}
	keep := r.open[rule][:0]
	for _, i := range r.open[rule] {
		d := &r.out[i]
		if names != "" && names != d.Start {
			keep = append(keep, i)
			continue
		}
		d.State = MetLate
		if d.Due.Kept(ev.When) {
			d.State = Met
			d.RecordedLate = ev.Recorded >= d.Due.By
		}
		d.EndedBy, d.Ended, d.EndKnown = ev.ID, ev.When, ev.Recorded
		any = true
		r.anyOpen--
	}
	r.open[rule] = keep
	return any
}

func (r *runner) end(rule *Rule, ev *child.Event, as State) {
	for _, i := range r.open[rule] {
		d := &r.out[i]
		d.State, d.EndedBy, d.Ended, d.EndKnown = as, ev.ID, ev.When, ev.Recorded
		r.anyOpen--
	}
	r.open[rule] = r.open[rule][:0]
}

func (r *runner) standDown(sd child.DutyStoodDown, ev *child.Event) {
	for i := range r.out {
		d := &r.out[i]
		if d.ID != sd.Duty || d.State != Open {
			continue
		}
		d.State, d.EndedBy, d.Ended, d.EndKnown = StoodDown, ev.ID, ev.When, ev.Recorded
		open := r.open[d.Rule]
		for j := range open {
			if open[j] == i {
				r.open[d.Rule] = append(open[:j:j], open[j+1:]...)
				break
			}
		}
		r.anyOpen--
		if d.Rule.Repeats != "" { // this one was stood down, not the ones after it
			r.start(d.Rule, ev, d.Rule.Every)
		}
		return
	}
}

// finish gives each duty its owner, what was told of it, and the end that time
// alone brings.
func (r *runner) finish() {
	told := map[string][]child.DutyClimbed{}
	at := map[string][]day.Instant{}
	for _, e := range r.rec.Log {
		if c, ok := e.Body.(child.DutyClimbed); ok {
			told[c.Duty] = append(told[c.Duty], c)
			at[c.Duty] = append(at[c.Duty], e.Recorded)
		}
	}
	status := r.rec.On(r.now)
	for i := range r.out {
		d := &r.out[i]
		if d.State == Open && d.Until != 0 && d.Until <= r.now {
			d.State, d.Ended = Lapsed, day.On(r.adult)
		}
		s := status
		if d.State != Open {
			s = r.rec.On(d.Ended.From())
		}
		d.Owner = owner(d.Rule.OwedBy, s)
		for j, c := range told[d.ID] {
			if c.Step >= 1 && c.Step <= len(d.Steps) && d.Steps[c.Step-1].Told == 0 {
				st := &d.Steps[c.Step-1]
				st.Told, st.Post, st.Who = at[d.ID][j], c.Post, c.Person
			}
		}
	}
}

// owner says who owes a duty as things stand: the worker, or while there is
// none the team's manager; before there is a team, the front door.
func owner(role string, s child.Status) line.Key {
	manager := func() line.Key {
		if s.Team == "" {
			return line.KeyOfFunction(line.FrontDoor)
		}
		return line.KeyOfManager(s.Team)
	}
	switch role {
	case AllocatedWorker:
		if s.Post != "" {
			return line.KeyOf(s.Post)
		}
		return manager()
	case OfTeamManager:
		return manager()
	}
	if t, ok := line.ParseTier(role); ok {
		if s.Team == "" {
			return line.KeyOfTier(t, "")
		}
		return line.KeyOfTier(t, s.Team)
	}
	return line.KeyOfFunction(role)
}

// Climbs gives the entries' bodies for every step that is due by now and was
// not told yet, with the post that is told on that day. The line's gaps pass
// up: a vacant post is never told into nothing.
func (p *Pack) Climbs(ds []Duty, l *line.Line, now day.Instant) []child.DutyClimbed {
	var out []child.DutyClimbed
	for _, d := range ds {
		if d.State != Open {
			continue
		}
		for _, s := range d.Steps {
			if s.Told != 0 || s.At > now {
				continue
			}
			on := now.Date()
			c := child.DutyClimbed{Duty: d.ID, Rule: d.Rule.ID, Step: s.N, To: s.To.String(), Due: d.Due.On}
			if post, ok := l.AtTier(l.Resolve(d.Owner, on), s.To, on); ok {
				a := l.Answers(post, on)
				c.Post, c.Person = a.Post, a.Person
			} else if top, ok := l.Top(on); ok {
				a := l.Answers(top, on)
				c.Post, c.Person = a.Post, a.Person
			}
			out = append(out, c)
		}
	}
	return out
}
