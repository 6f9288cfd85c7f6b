package duty

import (
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
)

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
