package duty

import (
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
)

// Step is one climb of a duty.
type Step struct {
	N    int // 1 is the first
	To   line.Tier
	At   day.Instant // when it climbs if the duty is still not met
	Told day.Instant // when that post was told; zero when it was not
	Post string      // the post that was told
	Who  string      // the person in it then
}

// Steps are all climbs of the duty, in order. They are made when asked for:
// most duties are met and never climb.
func (d *Duty) Steps() []Step {
	out := make([]Step, len(d.Rule.Climbs))
	for i := range out {
		out[i] = d.step(i)
	}
	return out
}

func (d *Duty) step(i int) Step {
	for _, t := range d.toldOf() {
		if t.N == i+1 {
			return t
		}
	}
	c := d.Rule.Climbs[i]
	return Step{N: i + 1, To: c.To, At: climbAt(d.Rule.cal, d.Due, c.After)}
}

// Climbed is the last step that was told, and whether there was one.
func (d *Duty) Climbed() (last Step, any bool) {
	for _, t := range d.toldOf() {
		if t.N > last.N {
			last, any = t, true
		}
	}
	return last, any
}

// Told is how many steps were told.
func (d *Duty) Told() int { return len(d.toldOf()) }

func (d *Duty) toldOf() []Step {
	if d.told == nil {
		return nil
	}
	return *d.told
}

// Next is the first step not told yet of an open duty.
func (d *Duty) Next() (Step, bool) {
	if d.State != Open {
		return Step{}, false
	}
	for i := range d.Rule.Climbs {
		if s := d.step(i); s.Told == 0 {
			return s, true
		}
	}
	return Step{}, false
}

// climbAt is when a step is taken: at the instant the duty is late, or later
// by whole days counted from its day.
func climbAt(cal *day.Calendar, due day.Deadline, after day.Span) day.Instant {
	if after.N == 0 {
		return due.By
	}
	if after.Unit == day.Hours {
		return due.By + day.Instant(after.N)*day.Hour
	}
	return cal.Due(day.On(due.On), after).By
}

// finish gives each duty its owner, and what was told of it.
func (r *runner) finish() {
	now := r.standingOn(r.now)
	for i := range r.out {
		d := &r.out[i]
		s := now
		if d.State != Open && d.State != Stopped {
			s = r.standingOn(d.Ended.From())
		}
		if d.Rule.OwedBy == PostNamed {
			d.Owner = r.named(d, s)
			continue
		}
		if d.Theirs && s.taken == "" {
			d.Owner = owner(AllocatedWorker, s)
			continue
		}
		if o := &r.owners[d.Rule.n]; o.key == "" || o.of != s {
			*o = owned{s, owner(d.Rule.OwedBy, s)}
		}
		d.Owner = r.owners[d.Rule.n].key
	}
	r.told()
}

// named is the post that the entry names which started the duty's clock. Where it
// names none, the manager's.
func (r *runner) named(d *Duty, h held) line.Key {
	if ev, ok := r.rec.Event(d.Start); ok {
		if b, ok := ev.Body.(interface{ Owes() string }); ok && b.Owes() != "" {
			return line.KeyOf(b.Owes())
		}
	}
	return owner(OfTeamManager, h)
}

// held is who has the child: what an owner is found from.
type held struct{ post, team, taken string }

// standing is by whom the child was held from an instant.
type standing struct {
	from day.Instant
	held held
}

type owned struct {
	of  held
	key line.Key
}

// stand notes a change of who has the child.
func (r *runner) stand(s *child.Status) {
	h := held{s.Post, s.Team, s.Taken}
	if n := len(r.standing); n == 0 || r.standing[n-1].held != h {
		r.standing = append(r.standing, standing{s.From, h})
	}
}

// standingOn is who had the child at an instant; nobody before the first event.
func (r *runner) standingOn(t day.Instant) (h held) {
	for i := len(r.standing) - 1; i >= 0; i-- { // few change, and most that is asked is recent
		if r.standing[i].from <= t {
			return r.standing[i].held
		}
	}
	return h
}

// told notes on each duty which of its posts were told, and when.
func (r *runner) told() {
	var at map[string]int
	for i := range r.rec.Events {
		e := &r.rec.Events[i]
		c, ok := e.Body.(child.DutyClimbed)
		if !ok {
			continue
		}
		if at == nil {
			at = make(map[string]int, len(r.out))
			for j := range r.out {
				at[r.out[j].ID()] = j
			}
		}
		j, ok := at[c.Duty]
		if !ok {
			continue
		}
		d := &r.out[j]
		if c.Step < 1 || c.Step > len(d.Rule.Climbs) || d.step(c.Step-1).Told != 0 {
			continue
		}
		s := d.step(c.Step - 1)
		s.Told, s.Post, s.Who = e.Recorded, c.Post, c.Person
		if to, ok := line.ParseTier(c.To); ok {
			s.To = to // not always the rule's: it goes around whoever owes the duty
		}
		if d.told == nil {
			d.told = new([]Step)
		}
		*d.told = append(*d.told, s)
	}
}

// owner says who owes a duty as things stand: the worker, or while there is
// none the team's manager; before there is a team, the front door.
func owner(role string, h held) line.Key {
	manager := func() line.Key {
		if h.team == "" {
			return line.KeyOfFunction(line.FrontDoor)
		}
		return line.KeyOfManager(h.team)
	}
	switch role {
	case AllocatedWorker:
		if h.post != "" {
			return line.KeyOf(h.post)
		}
		return manager()
	case OfTeamManager:
		return manager()
	case line.FrontDoor:
		if h.taken != "" {
			return line.KeyOf(h.taken)
		}
	}
	if t, ok := line.ParseTier(role); ok {
		if h.team == "" {
			return line.KeyOfTier(t, "")
		}
		return line.KeyOfTier(t, h.team)
	}
	return line.KeyOfFunction(role)
}

// Tells says who is told by a step that is taken on a day: whoever answers for the
// first post of its tier above the one that owes the duty. It goes around whoever
// owes it: to tell them what they owe and have not done would be no step. to is the
// tier of the post that it was meant for.
func (d *Duty) Tells(s Step, l *line.Line, on day.Date) (to line.Tier, by line.Answer) {
	owner := l.Resolve(d.Owner, on)
	owes := l.Answers(owner, on)
	for _, p := range l.Up(owner, on) {
		if p.Tier < s.To {
			continue
		}
		a := l.Answers(p.ID, on)
		if owes.How != line.ByAbove && owes.How != line.ByNobody && (p.ID == owner || a.Person == owes.Person) {
			continue
		}
		return p.Tier, a
	}
	if top, ok := l.Top(on); ok {
		by = l.Answers(top, on)
	}
	return s.To, by
}

// Climbs gives the entries' bodies for every step that is due by now and was
// not told yet, with the post that is told on that day. The line's gaps pass
// up: a vacant post is never told into nothing.
func (p *Pack) Climbs(ds []Duty, l *line.Line, now day.Instant) []child.DutyClimbed {
	var out []child.DutyClimbed
	for i := range ds {
		d := &ds[i]
		if d.State != Open || !d.Late(now) {
			continue
		}
		for _, s := range d.Steps() {
			if s.Told != 0 || s.At > now {
				continue
			}
			on := now.Date()
			to, a := d.Tells(s, l, on)
			out = append(out, child.DutyClimbed{Duty: d.ID(), Rule: d.Rule.ID, Step: s.N, To: to.String(), Post: a.Post, Person: a.Person, Due: d.Due.On, Owed: l.Resolve(d.Owner, on)})
		}
	}
	return out
}
