package duty

import (
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
)

// finish gives each duty its id, steps and owner, and what was told of it.
func (r *runner) finish() {
	r.name()
	r.climbs()
	now := r.standingOn(r.now)
	for i := range r.out {
		d := &r.out[i]
		s := now
		if d.State != Open && d.State != Stopped {
			s = r.standingOn(d.Ended.From())
		}
		if o := &r.owners[d.Rule.n]; o.key == "" || o.of != s {
			*o = owned{s, owner(d.Rule.OwedBy, s)}
		}
		d.Owner = r.owners[d.Rule.n].key
	}
	r.told()
}

// name gives each duty its id. All are cut from one text: one piece of memory
// for a child, not one for each duty.
func (r *runner) name() {
	n := 0
	for i := range r.out {
		n += len(r.out[i].Rule.ID) + len(":") + len(r.out[i].Start)
	}
	var all strings.Builder
	all.Grow(n)
	for i := range r.out {
		d := &r.out[i]
		at := all.Len()
		all.WriteString(d.Rule.ID)
		all.WriteByte(':')
		all.WriteString(string(d.Start))
		d.ID = all.String()[at:]
	}
}

// named says whether an id is this duty's, before it has one.
func (d *Duty) named(id string) bool {
	rest, ok := strings.CutPrefix(id, d.Rule.ID)
	return ok && len(rest) > 0 && rest[0] == ':' && rest[1:] == string(d.Start)
}

// climbs gives each duty its steps, all cut from one piece of memory.
func (r *runner) climbs() {
	n := 0
	for i := range r.out {
		n += len(r.out[i].Rule.Climbs)
	}
	all := make([]Step, n)
	for i := range r.out {
		d := &r.out[i]
		n = len(d.Rule.Climbs)
		d.Steps, all = all[:n:n], all[n:]
		for j, c := range d.Rule.Climbs {
			s := &d.Steps[j]
			s.N, s.To, s.At = j+1, c.To, r.p.climbAt(d.Due, c.After)
		}
	}
}

// held is who has the child: what an owner is found from.
type held struct{ post, team string }

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
	h := held{s.Post, s.Team}
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

// told notes on each step when its post was told.
func (r *runner) told() {
	var at map[string]int
	for i := range r.rec.Log {
		e := &r.rec.Log[i]
		c, ok := e.Body.(child.DutyClimbed)
		if !ok {
			continue
		}
		if at == nil {
			at = make(map[string]int, len(r.out))
			for j := range r.out {
				at[r.out[j].ID] = j
			}
		}
		j, ok := at[c.Duty]
		if ok && c.Step >= 1 && c.Step <= len(r.out[j].Steps) && r.out[j].Steps[c.Step-1].Told == 0 {
			st := &r.out[j].Steps[c.Step-1]
			st.Told, st.Post, st.Who = e.Recorded, c.Post, c.Person
		}
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
	}
	if t, ok := line.ParseTier(role); ok {
		if h.team == "" {
			return line.KeyOfTier(t, "")
		}
		return line.KeyOfTier(t, h.team)
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
