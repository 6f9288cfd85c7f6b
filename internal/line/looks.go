package line

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// LookAsked asks a post about looks at records that nothing in the work
// explains. It is a question and not an accusation: there is often a good
// answer. The rules of Onus ask; nobody chooses whom.
type LookAsked struct {
	Person  string      `json:"person"` // who looked
	Pattern string      `json:"pattern"`
	Child   string      `json:"child,omitempty"` // when it is about one
	Looks   int         `json:"looks"`
	First   day.Instant `json:"first"`
	Last    day.Instant `json:"last"`
	Post    string      `json:"post"` // who is asked
	By      day.Date    `json:"by"`   // the day by which an answer is owed
}

// LookAnswered is the answer, by a named person.
type LookAnswered struct {
	Asked  entry.ID `json:"asked"`
	Answer string   `json:"answer"`
	Why    string   `json:"why"`
}

// LookAnswers are the answers that can be given.
var LookAnswers = []string{"it was part of the work", "it was a mistake", "it must be looked into"}

func lookKinds() []entry.Known {
	return []entry.Known{
		{Zero: LookAsked{}, On: "line", Timed: true, Title: "Asked about looks", About: "Looks at records that nothing in the work explains became a question to a named post. Recorded by the rules."},
		{Zero: LookAnswered{}, On: "line", Timed: true, Title: "Answered about looks", About: "What a named person found out about them."},
	}
}

// The kinds' names.
func (LookAsked) Kind() entry.Kind    { return "look.asked" }
func (LookAnswered) Kind() entry.Kind { return "look.answered" }

// Check of each kind sees what is wrong without knowing the line.
func (b LookAsked) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "person", b.Person, "Name who looked"), "pattern", b.Pattern, "Say what was seen")
}
func (b LookAnswered) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "asked", string(b.Asked), "Name the question")
	ps = entry.OneOf(ps, "answer", b.Answer, LookAnswers, "Choose what you found")
	return entry.Need(ps, "why", b.Why, "Enter whom you asked and what they said")
}

// Question about looks, with its answer when there is one.
type Question struct {
	LookAsked
	ID       entry.ID
	Asked    day.Instant
	Answer   *LookAnswered
	Answered day.Instant
	Answerer string // who answered, by id
}

// Questions about looks, in the order in which they were asked.
func (l *Line) Questions() []Question { return slices.Clone(l.questions) }

func (l *Line) applyLooks(e entry.Entry) {
	switch b := e.Body.(type) {
	case LookAsked:
		l.questions = append(l.questions, Question{LookAsked: b, ID: e.ID, Asked: e.Recorded})
	case LookAnswered:
		for i := range l.questions {
			if q := &l.questions[i]; q.ID == b.Asked && q.Answer == nil {
				q.Answer, q.Answered, q.Answerer = &b, e.Recorded, e.Author
			}
		}
	}
}

func (l *Line) againstLooks(cmd Command, no func(field, text string)) {
	b, ok := cmd.Body.(LookAnswered)
	if !ok {
		return
	}
	i := slices.IndexFunc(l.questions, func(q Question) bool { return q.ID == b.Asked })
	switch {
	case i < 0:
		no("asked", "There is no such question")
	case l.questions[i].Answer != nil:
		no("asked", "This question was answered already")
	case l.questions[i].Person == cmd.Actor.Person:
		no("", "Somebody else must answer: the question is about you")
	}
}
