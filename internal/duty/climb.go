package duty

import (
	"sort"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
)

// finish gives each duty its owner, what was told of it, and the end that time
// alone brings.
func (r *runner) finish() {
	now := r.statusOn(r.now)
	for i := range r.out {
		d := &r.out[i]
		s := now
		if d.State != Open {
			s = r.statusOn(d.Ended.From())
		}
		if o := &r.owners[d.Rule.n]; o.key == "" || o.post != s.Post || o.team != s.Team {
			*o = owned{s.Post, s.Team, owner(d.Rule.OwedBy, s)}
		}
		d.Owner = r.owners[d.Rule.n].key
	}
	r.told()
}

type owned struct {
	post, team string
	key        line.Key
}

var noStatus child.Status

// statusOn is child.Record.On without the copy.
func (r *runner) statusOn(t day.Instant) *child.Status {
	n := sort.Search(len(r.statuses), func(i int) bool { return r.statuses[i].From > t })
	if n == 0 {
		return &noStatus
	}
	return &r.statuses[n-1]
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
func owner(role string, s *child.Status) line.Key {
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
