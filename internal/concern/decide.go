package concern

import (
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

var kinds = sync.OnceValue(func() *entry.Registry { return entry.NewRegistry(Kinds()) })

// Subject is the subject of a concern's entries.
func Subject(id string) entry.Subject { return entry.OfConcern(id) }

// Command is a wish to record something about a concern.
type Command struct {
	Actor entry.Actor
	Body  entry.Body
	// Raiser says that whoever asks raised it, in confidence or not.
	Raiser bool
	// Answers are the posts for which whoever asks answers today.
	Answers []string
	// Guardian says that they hold the guardian's post; Second that they hold one
	// of the posts that may open a name.
	Guardian, Second bool
	Source           entry.Source
}

// World is what a concern must be told of the world: working days, and who
// answers for a post today.
type World interface {
	AddWorking(from day.Date, n int) day.Date
	Person(post string) string
}

// Decide says which entries a command makes, or refuses with every reason.
func Decide(r Record, cmd Command, world World, at entry.Moment) ([]entry.Entry, error) {
	if cmd.Raiser && r.Author == Confidant {
		cmd.Actor = entry.Actor{Person: Confidant}
	}
	e, err := kinds().Seal(at, Subject(r.ID), cmd.Actor, day.AtInstant(at.Now), "", cmd.Source, cmd.Body)
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return nil, err
	}
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	if cmd.Body != nil {
		r.against(cmd, at.Now, no)
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	out := []entry.Entry{e}
	after := Apply(r, e)
	switch b := cmd.Body.(type) {
	case Raised:
		return after.tell(out, 0, First, b.Steps[0].By, world, at)
	case SentUp:
		return after.next(out, Sent, world, at)
	case Reopened:
		return after.next(out, NotRight, world, at)
	case Judged:
		switch b.Verdict {
		case NotSettled:
			return after.next(out, NotRight, world, at)
		case PutInPart: // whoever answered last is asked again; then it climbs on
			return after.tell(out, after.Last().Step, Partly, world.AddWorking(at.Now.Date(), r.Raised.Terms.Answer), world, at)
		}
	}
	return out, nil
}

// told says that somebody may speak for a post that was told, and is not
// complained of.
func (r Record) told(cmd Command) bool {
	if cmd.Raiser || slices.Contains(r.Raised.About, cmd.Actor.Person) {
		return false
	}
	return slices.ContainsFunc(r.Told, func(t Telling) bool { return slices.Contains(cmd.Answers, t.Post) })
}

func (r Record) against(cmd Command, now day.Instant, no func(field, text string)) {
	_, begins := cmd.Body.(Raised)
	if begins != (r.Entry == "") {
		no("", "There is no such concern")
		return
	}
	mine := func() {
		if !cmd.Raiser {
			no("", "Only whoever raised the concern can do this")
		}
	}
	theirs := func() {
		switch {
		case slices.Contains(r.Raised.About, cmd.Actor.Person):
			no("", "Somebody else must do this: the concern is about you")
		case cmd.Raiser:
			no("", "Somebody else must do this: you raised the concern")
		case !r.told(cmd):
			no("", "Only a post that was told of the concern can do this")
		}
	}
	open := func() {
		if r.State() == Closed {
			no("", "The concern is settled. Whoever raised it can open it again")
		}
	}
	switch b := cmd.Body.(type) {
	case Acknowledged:
		theirs()
		open()
	case SentUp:
		theirs()
		if r.State() != Waiting {
			no("", "It does not wait for an answer")
		}
	case Answered:
		theirs()
		if r.State() != Waiting {
			no("", "It has an answer already, which waits for the verdict of whoever raised it")
		}
		for i, p := range b.Promises {
			if p.By != 0 && p.By < now.Date() {
				no("by-"+string(rune('1'+i)), "This day is in the past")
			}
		}
	case Kept:
		a, ok := r.find(b.Answer)
		switch {
		case !ok || b.Promise < 0 || b.Promise >= len(a.Promises):
			no("promise", "There is no such promise")
		case a.Kept[b.Promise].At != 0:
			no("promise", "This promise was kept already")
		case !slices.Contains(cmd.Answers, a.Promises[b.Promise].Post) && !r.told(cmd):
			no("", "Only whoever promised it, or who was told of the concern, can say that it is done")
		case slices.Contains(r.Raised.About, cmd.Actor.Person):
			no("", "Somebody else must do this: the concern is about you")
		}
	case Added:
		mine()
	case Judged:
		mine()
		a, ok := r.find(b.Answer)
		if !ok || len(r.Answers) == 0 || a.ID != r.Answers[len(r.Answers)-1].ID {
			no("answer", "There is no such answer, or there is a newer one")
		}
		open()
	case Reopened:
		mine()
		if r.State() != Closed {
			no("", "It is open")
		}
	case Detriment:
		mine()
		if b.Day != 0 && (!slices.Contains(r.Raised.Terms.Ask, b.Day) || now.Date() < r.At.Date()+day.Date(b.Day)) {
			no("day", "That has not been asked yet")
		}
	case DetrimentHeard:
		if !cmd.Guardian || slices.Contains(r.Raised.About, cmd.Actor.Person) {
			no("", "Only the guardian can do this")
		}
		if !slices.ContainsFunc(r.Replies, func(x Reply) bool { return x.ID == b.Reply }) {
			no("reply", "There is no such reply")
		}
	case NameAsked:
		r.second(cmd, no)
	case NameOpened:
		r.second(cmd, no)
		i := slices.IndexFunc(r.Names, func(n Name) bool { return n.ID == b.Asked })
		switch {
		case i < 0 || r.Names[i].Second != "":
			no("asked", "This does not wait for a second person")
		case r.Names[i].By == cmd.Actor.Person:
			no("", "Somebody else must agree: it was you who asked")
		}
	}
}

func (r Record) second(cmd Command, no func(field, text string)) {
	switch {
	case r.Raised.Sealed == "":
		no("", "It was not raised in confidence: the name is there")
	case !cmd.Second || cmd.Raiser || slices.Contains(r.Raised.About, cmd.Actor.Person):
		no("", "Only the guardian, the director, the chief executive and the scrutineer can do this, two of them together, and none whom the concern is about")
	}
}

func (r Record) find(id entry.ID) (Answer, bool) {
	i := slices.IndexFunc(r.Answers, func(a Answer) bool { return a.ID == id })
	if i < 0 {
		return Answer{}, false
	}
	return r.Answers[i], true
}

// tell adds the entry that a step was told.
func (r Record) tell(out []entry.Entry, step int, why string, by day.Date, world World, at entry.Moment) ([]entry.Entry, error) {
	s := r.Raised.Steps[step]
	e, err := kinds().Seal(at, Subject(r.ID), entry.System, day.AtInstant(at.Now), "", entry.Source{Kind: "rule", Key: "concern"},
		Told{Step: step, Post: s.Post, Person: world.Person(s.Post), By: by, Why: why})
	if err != nil {
		return nil, err
	}
	return append(out, e), nil
}

// next tells the post above whoever was told last; at the top, that one again.
func (r Record) next(out []entry.Entry, why string, world World, at entry.Moment) ([]entry.Entry, error) {
	step := min(r.Last().Step+1, len(r.Raised.Steps)-1)
	return r.tell(out, step, why, world.AddWorking(at.Now.Date(), r.Raised.Terms.Answer), world, at)
}

// Climb says what the rules do by now, or nothing. Each call gives what is due
// at that moment, all of it: after a stop or a jump of the clock every post is
// told whose time came in between, with the day that was promised when the
// concern was raised. living says whether a post that was told has somebody who
// may answer.
func Climb(r Record, world World, living func(post string) bool, at entry.Moment) (out []entry.Entry, err error) {
	if r.Entry == "" || r.State() == Closed {
		return nil, nil
	}
	add := func(step int, why string, by day.Date) error {
		n := len(out)
		if out, err = r.tell(out, step, why, by, world, at); err != nil {
			return err
		}
		r = Apply(r, out[n])
		return nil
	}
	top := len(r.Raised.Steps) - 1
	if r.brokenBy(at.Now) {
		if err := add(r.Last().Step, NotKept, world.AddWorking(at.Now.Date(), r.Raised.Terms.Answer)); err != nil {
			return nil, err
		}
	}
	for r.State() == Waiting {
		last := r.Last()
		dead := !slices.ContainsFunc(r.Told, func(t Telling) bool { return living(t.Post) })
		late := last.By.End() <= at.Now
		switch {
		case dead && last.Step < top:
			by := max(r.Raised.Steps[last.Step+1].By, world.AddWorking(at.Now.Date(), r.Raised.Terms.Answer))
			if err := add(last.Step+1, NobodyThere, by); err != nil {
				return nil, err
			}
		case late && last.Step < top:
			by := world.AddWorking(last.By+1, r.Raised.Terms.Answer) // it is told when the day is over
			if err := add(last.Step+1, NoAnswer, by); err != nil {
				return nil, err
			}
		case late: // the top is told again, once however long nobody looked
			if err := add(top, Again, world.AddWorking(at.Now.Date(), r.Raised.Terms.Answer)); err != nil {
				return nil, err
			}
		default:
			return out, nil
		}
	}
	return out, nil
}

// Plan gives the days by which posts must answer, from the day on which a
// concern is raised.
func Plan(posts []Step, t Terms, days interface{ AddWorking(day.Date, int) day.Date }, on day.Date) []Step {
	out := slices.Clone(posts)
	for i := range out {
		out[i].By = days.AddWorking(on, t.Answer)
		on = out[i].By + 1 // when the next one is told
	}
	return out
}
