package line

import (
	"math"
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

var kinds = sync.OnceValue(func() *entry.Registry { return entry.NewRegistry(Kinds()) })

// Command is a wish to record something about the line.
type Command struct {
	Actor    entry.Actor
	Happened day.When
	Body     entry.Body
	Source   entry.Source
}

// Decide says which entries a command makes, or refuses with every reason at once.
func Decide(l *Line, cmd Command, at entry.Moment) ([]entry.Entry, error) {
	e, err := kinds().Seal(at, entry.TheLine, cmd.Actor, cmd.Happened, "", cmd.Source, cmd.Body)
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return nil, err
	}
	if cmd.Body != nil {
		ps = append(ps, l.against(cmd)...)
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	return []entry.Entry{e}, nil
}

func (l *Line) against(cmd Command) (ps []entry.Problem) {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	on := cmd.Happened.Date
	post := func(field, id string) {
		if p, _ := l.Post(id, on); id != "" && !p.Stands(on) {
			no(field, "There is no such post on that day")
		}
	}
	l.againstPeople(cmd, no)
	l.againstLooks(cmd, no)
	l.againstOwings(cmd, no)
	l.againstHours(cmd, no)
	l.againstOver(cmd, no)
	switch b := cmd.Body.(type) {
	case TeamCreated:
		if _, ok := l.teams[b.Team]; ok {
			no("team", "There is a team with this id already")
		}
	case TeamClosed:
		if _, ok := l.teams[b.Team]; !ok {
			no("team", "There is no such team")
		}
	case PostCreated:
		if _, ok := l.posts[b.Post]; ok {
			no("post", "There is a post with this id already")
		}
		post("above", b.Above)
		if a, ok := l.Post(b.Above, on); ok && a.Stands(on) && a.Tier < b.Tier {
			no("above", "The post above is of a lower tier than this one")
		}
		if _, ok := l.teams[b.Team]; b.Team != "" && !ok {
			no("team", "There is no such team")
		}
		if b.Tier <= Worker && b.Above == "" {
			no("above", "A worker's post needs a post above it")
		}
	case PostMoved:
		post("post", b.Post)
		post("above", b.Above)
		if b.Above != "" && l.wouldRing(b, on) {
			no("above", "That post is under this one: the line would be a ring")
		}
	case PostClosed:
		post("post", b.Post)
	case PostHeld:
		post("post", b.Post)
		if _, ok := l.people[b.Person]; b.Person != "" && !ok {
			no("person", "There is no such person")
		}
	case PostLeft:
		post("post", b.Post)
		if h, ok := l.Holder(b.Post, on); !ok {
			no("post", "Nobody holds this post on that day")
		} else if before, _ := l.Holder(b.Post, on-1); b.Person != "" && h.Person != b.Person && before.Person != b.Person {
			no("person", "This person does not hold the post on that day")
		}
	case Cover:
		post("post", b.Post)
		post("by", b.By)
		if b.To != 0 && b.To < on {
			no("to", "The cover ends before it begins")
		}
		if c, ok := l.Covered(b.By, on); ok && c.By == b.Post {
			no("by", "These two posts would cover each other")
		}
	case HoursSet:
		post("post", b.Post)
	case DelegationGiven:
		post("post", b.Post)
		if b.Until != 0 && b.Until < on {
			no("until", "The delegation ends before it begins")
		}
	case DelegationEnded:
		if g, ok := l.Delegation(b.Delegation); !ok || !g.Holds(on) {
			no("delegation", "There is no such delegation on that day")
		}
	}
	return ps
}

// wouldRing says whether a post moved under another would stand under itself,
// on that day or on any later one until which it stays there.
func (l *Line) wouldRing(m PostMoved, from day.Date) bool {
	days := []day.Date{from}
	for _, cs := range l.changes {
		for _, c := range cs {
			if c.from > from && c.above != "" {
				days = append(days, c.from)
			}
		}
	}
	until := day.Date(math.MaxInt32)
	for _, c := range l.changes[m.Post] {
		if c.from > from && c.above != "" {
			until = min(until, c.from)
		}
	}
	return slices.ContainsFunc(days, func(on day.Date) bool { return on < until && l.Below(m.Above, m.Post, on) })
}
