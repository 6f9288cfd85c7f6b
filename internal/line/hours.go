package line

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// Why somebody is not at work. The reason is said to those above them only: pages of
// a team say that somebody is away.
const (
	OnLeave  = "leave"
	OffSick  = "sickness"
	Training = "training"
	OtherDay = "other"
)

// Absences are why somebody can be away, in the order in which they are offered.
var Absences = []string{OnLeave, OffSick, Training, OtherDay}

// ReducedFor are why somebody has fewer hours for children than their contract says.
var ReducedFor = []string{"newly qualified", "practice educator", "phased return", "union or champion's role", "other"}

// PersonAbsent says that somebody is not at work from a day on. Their hours are
// none; what they owe stays owed.
type PersonAbsent struct {
	Person string   `json:"person"`
	What   string   `json:"what"`             // one of Absences
	To     day.Date `json:"to,omitzero"`      // the last day; zero: until it is said that it ended
	Sure   bool     `json:"agreed,omitempty"` // leave: somebody above agreed it
}

// AbsenceEnded names the last day of an absence: the day on which it happened.
type AbsenceEnded struct {
	Absence entry.ID `json:"absence"`
}

// HoursReduced says that a share of somebody's hours is not for children, and why.
type HoursReduced struct {
	Person  string   `json:"person"`
	Percent float64  `json:"percent"` // of their hours, that are taken away
	For     string   `json:"for"`     // one of ReducedFor
	Why     string   `json:"why"`
	To      day.Date `json:"to,omitzero"`
}

// HoursAdded gives a post hours beside its own, from the day it happened to a day:
// overtime, lent by somebody, an agency's worker.
type HoursAdded struct {
	Post  string   `json:"post"`
	Hours float64  `json:"hours"` // altogether
	To    day.Date `json:"to"`
	What  string   `json:"what"`
	// From is the post that lends them, which has so many hours fewer; empty: none does.
	From string `json:"from,omitempty"`
}

// HoursAccepted says that somebody above answers for hours that a post has not: it is
// over its limit by so much until a day, and they said what could go wrong.
type HoursAccepted struct {
	Post     string   `json:"post"`
	Hours    float64  `json:"hours"` // over, at the worst moment
	To       day.Date `json:"to"`
	Risk     string   `json:"what_could_go_wrong"`
	By       string   `json:"by"` // the post that accepts it
	Decision string   `json:"decision,omitempty"`
}

// PersonSkills are what a manager needs to know of somebody who chooses a worker: the
// languages they speak, what they are trained in. The last that was said counts.
type PersonSkills struct {
	Person    string   `json:"person"`
	Languages []string `json:"languages,omitempty"`
	Trained   []string `json:"trained,omitempty"`
}

func hoursKinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Ahead: true, Title: title, About: about, On: "line"}
	}
	return []entry.Known{
		k(PersonAbsent{}, "Away", "Somebody is not at work, from a day to a day. They have no hours then; what they owe stays owed."),
		k(AbsenceEnded{}, "Back", "The last day of somebody's absence."),
		k(HoursReduced{}, "Hours reduced", "A share of somebody's hours is not for children: for how long, and why."),
		k(HoursAdded{}, "Hours added", "A post has hours beside its own, from a day to a day."),
		k(PersonSkills{}, "Languages and training", "Which languages somebody speaks, and what they are trained in."),
		k(HoursAccepted{}, "Over the limit, accepted", "Somebody above answers by name for hours that a post has not, until a day."),
	}
}

// The kinds' names.
func (PersonAbsent) Kind() entry.Kind  { return "person.absent" }
func (AbsenceEnded) Kind() entry.Kind  { return "absence.ended" }
func (HoursReduced) Kind() entry.Kind  { return "hours.reduced" }
func (HoursAdded) Kind() entry.Kind    { return "hours.added" }
func (HoursAccepted) Kind() entry.Kind { return "hours.accepted" }

func (PersonSkills) Kind() entry.Kind { return "person.skills" }

// RefersTo is the absence that it ends.
func (b AbsenceEnded) RefersTo() entry.ID { return b.Absence }

// Check of each kind sees what is wrong without knowing the line.
func (b PersonAbsent) Check() []entry.Problem {
	ps := entry.Need(nil, "person", b.Person, "Choose the person")
	ps = entry.OneOf(ps, "what", b.What, Absences, "Choose what it is")
	if b.To == 0 && b.What != OffSick && b.What != OtherDay && b.What != "" {
		ps = append(ps, entry.Problem{Field: "to", Text: "Give the last day"})
	}
	return ps
}
func (b AbsenceEnded) Check() []entry.Problem {
	return entry.Need(nil, "absence", string(b.Absence), "Choose the absence")
}
func (b HoursReduced) Check() []entry.Problem {
	ps := entry.Need(nil, "person", b.Person, "Choose the person")
	ps = entry.OneOf(ps, "for", b.For, ReducedFor, "Choose what for")
	ps = entry.Need(ps, "why", b.Why, "Enter why, and who agreed it")
	if b.Percent <= 0 || b.Percent > 100 {
		ps = append(ps, entry.Problem{Field: "percent", Text: "Enter how much of the hours it takes, from 1 to 100 in a hundred"})
	}
	return ps
}
func (b HoursAdded) Check() []entry.Problem {
	ps := entry.Need(nil, "post", b.Post, "Choose the post")
	ps = entry.Need(ps, "what", b.What, "Say whose hours these are, or from where")
	if b.Hours <= 0 || b.Hours > 500 {
		ps = append(ps, entry.Problem{Field: "hours", Text: "Enter the hours altogether, from 0.5 to 500"})
	}
	if b.To == 0 {
		ps = append(ps, entry.Problem{Field: "to", Text: "Give the last day"})
	}
	if b.From != "" && b.From == b.Post {
		ps = append(ps, entry.Problem{Field: "from", Text: "A post cannot lend hours to itself"})
	}
	return ps
}

func (b PersonSkills) Check() []entry.Problem {
	return entry.Need(nil, "person", b.Person, "Choose the person")
}
func (b HoursAccepted) Check() []entry.Problem {
	ps := entry.Need(nil, "post", b.Post, "Choose the post")
	ps = entry.Need(ps, "by", b.By, "Say which post accepts it")
	ps = entry.Short(entry.Need(ps, "risk", b.Risk, "Write what could go wrong for a child, and what you will watch"), "risk", b.Risk)
	if b.Hours <= 0 || b.Hours > 1000 {
		ps = append(ps, entry.Problem{Field: "accepted", Text: "Enter how many hours are accepted"})
	}
	if b.To == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Give the last day"})
	}
	return ps
}

// Absence is a time in which somebody is not at work.
type Absence struct {
	Entry    entry.ID
	Person   string
	What     string
	From, To day.Date // To zero: nobody knows yet
	Agreed   bool
}

// In says whether a day is in it.
func (a Absence) In(on day.Date) bool { return a.From <= on && (a.To == 0 || on <= a.To) }

// Reduction is a share of somebody's hours that is not for children.
type Reduction struct {
	HoursReduced
	From day.Date
}

// Extra are hours beside a post's own.
type Extra struct {
	HoursAdded
	Start day.Date
}

// Accepting are hours over a post's own for which somebody answers.
type Accepting struct {
	HoursAccepted
	Entry  entry.ID
	From   day.Date
	Person string // who accepted it
}

// worked is what the line knows of hours beside contracts.
type worked struct {
	absences   []Absence
	reductions []Reduction
	extras     []Extra
	accepted   []Accepting
	skills     map[string]PersonSkills
	over       map[string]Over // by post
}

func (l *Line) applyHours(e entry.Entry) {
	on := e.Happened.Date
	switch b := e.Body.(type) {
	case PersonAbsent:
		l.worked.absences = append(l.worked.absences, Absence{Entry: e.ID, Person: b.Person, What: b.What, From: on, To: b.To, Agreed: b.Sure})
	case AbsenceEnded:
		for i := range l.worked.absences {
			a := &l.worked.absences[i]
			if a.Entry != b.Absence {
				continue
			}
			if a.To = on; on < a.From { // it ended before it began: it never was
				l.worked.absences = slices.Delete(l.worked.absences, i, i+1)
			}
			break
		}
	case HoursReduced:
		l.worked.reductions = append(l.worked.reductions, Reduction{b, on})
	case HoursAdded:
		l.worked.extras = append(l.worked.extras, Extra{b, on})
	case PersonSkills:
		l.worked.skills[b.Person] = b
	case HoursAccepted:
		l.worked.accepted = append(l.worked.accepted, Accepting{b, e.ID, on, e.Author})
	}
}

// Absent is why somebody is not at work on a day.
func (l *Line) Absent(person string, on day.Date) (a Absence, ok bool) {
	for _, x := range l.worked.absences {
		if x.Person == person && x.In(on) {
			a, ok = x, true
		}
	}
	return a, ok
}

// Absence finds an absence by the entry that said so.
func (l *Line) Absence(id entry.ID) (Absence, bool) {
	for _, x := range l.worked.absences {
		if x.Entry == id {
			return x, true
		}
	}
	return Absence{}, false
}

// AbsencesOf are those of a person that end on a day or later, in order of beginning.
func (l *Line) AbsencesOf(person string, on day.Date) (out []Absence) {
	for _, x := range l.worked.absences {
		if x.Person == person && (x.To == 0 || x.To >= on) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Absence) int { return int(a.From) - int(b.From) })
	return out
}

// Reductions of a person that are in force on a day.
func (l *Line) Reductions(person string, on day.Date) (out []Reduction) {
	for _, x := range l.worked.reductions {
		if x.Person == person && x.From <= on && (x.To == 0 || on <= x.To) {
			out = append(out, x)
		}
	}
	return out
}

// Extras of a post that are in force on a day: what it gets, and what it lends.
func (l *Line) Extras(post string, on day.Date) (gets, lends []Extra) {
	for _, x := range l.worked.extras {
		if x.Start > on || on > x.To {
			continue
		}
		if x.Post == post {
			gets = append(gets, x)
		}
		if x.From == post {
			lends = append(lends, x)
		}
	}
	return gets, lends
}

// Accepted are the hours over a post's own that somebody answers for on a day.
func (l *Line) Accepted(post string, on day.Date) (hours float64, by []Accepting) {
	for _, x := range l.worked.accepted {
		if x.Post == post && x.From <= on && on <= x.To {
			hours += x.Hours
			by = append(by, x)
		}
	}
	return hours, by
}

// Skills of a person.
func (l *Line) Skills(person string) PersonSkills { return l.worked.skills[person] }

// Hours are a post's on a working day, and why they are what they are.
type Hours struct {
	Contract float64 // a fifth of the week's
	Reduced  float64 // taken away for a reason
	Added    float64 // beside its own, less what it lends
	Newly    float64 // the share that is left to somebody newly qualified; zero: it does not apply
	Assumed  bool    // nobody said how many hours it works
	Away     string  // why there are none: one of Absences, or "nobody", "gone"
}

// Why a post has no hours, beside Absences.
const (
	AwayNobody = "nobody"
	AwayGone   = "gone"
)

// For are the hours that there are for duties: a share of one's own, and all of those
// that were added for them.
func (h Hours) For(share float64) float64 {
	if h.Away != "" {
		return max(0, h.Added)
	}
	return max(0, (h.Contract-h.Reduced)*share+h.Added)
}

// HoursOn are a post's hours on a working day. Hours that were added for a time are
// spread over its working days, which days counts. A post in which nobody is has
// none of its own; hours that are lent to it count.
//
// Of a post of which nobody said how many hours a week it works, usual counts: the
// hours of one full-time worker. To count none would say that it can do nothing.
func (l *Line) HoursOn(post string, on day.Date, usual float64, days func(from, to day.Date) int) (h Hours) {
	p, ok := l.Post(post, on)
	if !ok || !p.Stands(on) {
		return Hours{Away: AwayNobody}
	}
	h.Contract = p.Hours / 5
	if !slices.ContainsFunc(l.changes[post], func(c change) bool { return c.hours != nil && c.from <= on }) {
		h.Contract, h.Assumed = usual/5, true
	}
	held, ok := l.Holder(post, on)
	switch {
	case !ok:
		h.Away = AwayNobody
	case l.Away(held.Person, on):
		h.Away = AwayGone
	default:
		if a, ok := l.Absent(held.Person, on); ok {
			h.Away = a.What
		}
		share := 0.0
		for _, x := range l.Reductions(held.Person, on) {
			share += x.Percent / 100
		}
		h.Reduced = h.Contract * min(1, share)
	}
	gets, lends := l.Extras(post, on)
	for _, x := range gets {
		h.Added += x.Hours / float64(max(1, days(x.Start, x.To)))
	}
	for _, x := range lends {
		h.Added -= x.Hours / float64(max(1, days(x.Start, x.To)))
	}
	return h
}

func (l *Line) againstHours(cmd Command, no func(field, text string)) {
	on := cmd.Happened.Date
	person := func(id string) {
		if id != "" && !l.Known(id) {
			no("person", "There is no such person")
		}
	}
	switch b := cmd.Body.(type) {
	case PersonAbsent:
		person(b.Person)
		if b.To != 0 && b.To < on {
			no("to", "The last day is before the first")
		}
	case AbsenceEnded:
		if _, ok := l.Absence(b.Absence); !ok {
			no("absence", "There is no such absence")
		}
	case HoursReduced:
		person(b.Person)
		if b.To != 0 && b.To < on {
			no("to", "The last day is before the first")
		}
	case HoursAdded:
		for field, id := range map[string]string{"post": b.Post, "from": b.From} {
			if p, _ := l.Post(id, on); id != "" && !p.Stands(on) {
				no(field, "There is no such post on that day")
			}
		}
		if b.To != 0 && b.To < on {
			no("to", "The last day is before the first")
		}
	case HoursAccepted:
		for field, id := range map[string]string{"post": b.Post, "by": b.By} {
			if p, _ := l.Post(id, on); id != "" && !p.Stands(on) {
				no(field, "There is no such post on that day")
			}
		}
		if b.To != 0 && b.To < on {
			no("until", "The last day is before the first")
		}
	}
}
