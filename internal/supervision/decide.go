package supervision

import (
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

var kinds = sync.OnceValue(func() *entry.Registry { return entry.NewRegistry(Kinds()) })

// Command is a wish to record something about a talk.
type Command struct {
	Actor   entry.Actor
	Body    entry.Body
	Holder  bool     // the policies let them hold it
	Answers []string // posts for which they answer today
	Above   bool     // they answer for a post above the one that owes the action
	Needs   Needs
	Source  entry.Source
}

// Decide says which entries a command makes, or refuses with every reason.
func Decide(r Record, cmd Command, at entry.Moment) ([]entry.Entry, error) {
	e, err := kinds().Seal(at, entry.OfTalk(r.ID), cmd.Actor, day.AtInstant(at.Now), "", cmd.Source, cmd.Body)
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
	return []entry.Entry{e}, nil
}

func (r Record) against(cmd Command, now day.Instant, no func(field, text string)) {
	_, opens := cmd.Body.(Opened)
	if opens != (r.Entry == "") {
		no("", "There is no such talk")
		return
	}
	today, state := now.Date(), r.State()
	taker := r.TookPart(cmd.Actor.Person)
	holder := cmd.Holder && !taker
	switch b := cmd.Body.(type) {
	case Opened:
		for _, s := range b.With {
			if s.Person == b.By.Person && s.Person != "" {
				no("held_by", "Nobody supervises themselves")
			}
		}
		if b.On != 0 && b.On < today {
			no("planned_on", "This day is in the past. Open it, and say that it was held before")
		}
		return
	case Answered:
		r.againstAnswer(b, cmd, holder, no)
		return
	case Signed:
		r.againstSignature(b, cmd, holder, taker, state, no)
		return
	case Unsigned:
		switch {
		case state != Waits:
			no("", "It does not wait for a signature")
		case !holder:
			no("", "Only somebody above can say this")
		case !slices.ContainsFunc(r.Missing(), func(s Seat) bool { return s.Person == b.Person }):
			no("person", "They took no part, or have signed")
		}
		return
	case Words:
		if !holder && !taker {
			no("", "Only the two of them write this")
		}
		if !r.Live() {
			no("", "It is signed. Nothing in it changes any more")
		}
		return
	case Planned:
		switch {
		case state != Prepared:
			no("", "It has begun, or will not be held")
		case !holder && !taker:
			no("", "Only those who take part give it a day")
		}
		if b.On != 0 && b.On < today {
			no("planned_on", "This day is in the past")
		}
		if r.Planned != 0 && b.Why == "" {
			no("why", "Say why it is moved")
		}
		return
	}
	// The rest is whoever's who holds it.
	if !holder {
		no("", "Only whoever holds the talk, from a post above, records this")
		return
	}
	if !r.Live() {
		no("", "It is signed, or will not be held. Nothing in it changes any more")
		return
	}
	switch b := cmd.Body.(type) {
	case Began:
		if state != Prepared {
			no("", "It has begun already")
		}
		return
	case Held:
		switch {
		case r.Began != 0:
			no("", "It was begun here, and its times are known")
		case slices.ContainsFunc(r.Items, func(x Item) bool { return x.Discussed != nil }):
			no("held_on", "What was said is recorded for another day already")
		}
		if b.On > today {
			no("held_on", "This day is in the future")
		}
		return
	case Ended:
		if state != Running {
			no("", "It is not going on")
		}
		return
	case Dropped:
		if slices.ContainsFunc(r.Items, func(x Item) bool { return x.Discussed != nil }) {
			no("", "Something was talked about, so it was held")
		}
		return
	}
	if state != Running && state != Over {
		no("", "The talk has not begun")
		return
	}
	switch b := cmd.Body.(type) {
	case Discussed:
		if b.By != 0 && b.By < today {
			no("by", "This day is in the past")
		}
	case Agreed:
		if b.By != 0 && b.By < today {
			no("by", "This day is in the past")
		}
	case Left:
		if x := r.Item(b.About, b.ID); x != nil && x.Discussed != nil {
			no("", "It was talked about in this talk")
		}
		if b.On != 0 && b.On <= today {
			no("until", "The day must be in the future")
		}
	case NotAgreed:
		if !slices.ContainsFunc(r.general, func(g general) bool { return g.entry == b.Entry && !g.gone }) {
			no("agreed", "There is no such action")
		}
	}
}

// againstAnswer: what somebody owes ends by being done. To give it more time, or to
// let go of it, is for a post above theirs.
func (r Record) againstAnswer(b Answered, cmd Command, holder bool, no func(field, text string)) {
	as := r.Actions()
	switch {
	case r.Signature == nil:
		no("", "Its actions are owed once whoever held the talk has signed")
		return
	case b.Nth < 0 || b.Nth >= len(as):
		no("nth", "There is no such action")
		return
	case as[b.Nth].Over():
		no("", "It is over already")
		return
	}
	a := as[b.Nth]
	owner := slices.Contains(cmd.Answers, a.Post)
	switch {
	case !owner && !holder && !r.TookPart(cmd.Actor.Person):
		no("", "Only whoever owes it, and those who took part, say how it stands")
	case b.How == Done && !owner && !holder:
		no("how", "Only whoever owes it, or whoever holds the talk, says that it is done")
	case b.How == NotNeeded && !cmd.Above:
		no("how", "Only somebody above the post that owes it lets go of it")
	case b.By != 0 && !cmd.Above:
		no("by", "Only somebody above the post that owes it gives it another day")
	case b.By != 0 && b.How != NotYet:
		no("by", "Another day is for what is not done yet")
	}
}

func (r Record) againstSignature(b Signed, cmd Command, holder, taker bool, state State, no func(field, text string)) {
	switch b.As {
	case AsHolder:
		switch {
		case state != Running && state != Over:
			no("", "There is nothing to sign: it is "+string(state))
		case !holder || cmd.Actor.Person != r.By.Person:
			no("", "Only whoever held the talk signs as that")
		case b.Disagrees != "":
			no("disagrees", "What you decided you cannot disagree with")
		}
		for _, x := range r.Before(cmd.Needs) {
			if x.Left > 0 && (state == Running || state == Over) {
				no("before", "Before signing: "+x.What)
			}
		}
	case AsTaker:
		switch {
		case state != Waits:
			no("", "It does not wait for your signature: it is "+string(state))
		case !taker:
			no("", "Only somebody who took part signs as that")
		case slices.ContainsFunc(r.Others, func(s Signature) bool { return s.Person == cmd.Actor.Person }):
			no("", "You have signed already")
		}
	}
}
