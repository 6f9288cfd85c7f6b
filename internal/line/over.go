package line

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// HoursOver says that the rules found a post over its hours: what it owes does not fit
// into the hours it has, and nobody answers for that yet. It was seen before it
// happened: First is the day on which it breaks.
type HoursOver struct {
	Post      string   `json:"post"`
	Person    string   `json:"person,omitempty"`
	Owed      float64  `json:"hours_owed"`
	Available float64  `json:"hours_available"`
	Short     float64  `json:"hours_short"`
	First     day.Date `json:"first_day_it_cannot_be_done"`
	Until     day.Date `json:"until"` // the last day that was looked at
	AnswerBy  day.Date `json:"answer_by"`
}

// HoursFit says that the post's work fits again, or that somebody answers for what does not.
type HoursFit struct {
	Post string `json:"post"`
}

// HoursRaised says that nobody answered, so that the rules raised a concern.
type HoursRaised struct {
	Post    string `json:"post"`
	Concern string `json:"concern"`
}

func overKinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, Title: title, About: about, On: "line"}
	}
	return []entry.Known{
		k(HoursOver{}, "Over its hours", "What a post owes does not fit into the hours it has, and nobody answers for that. Recorded by the rules."),
		k(HoursFit{}, "Within its hours", "What a post owes fits again, or somebody answers for what does not. Recorded by the rules."),
		k(HoursRaised{}, "Over its hours, raised", "Nobody answered for hours that are not there, so the rules raised a concern. Recorded by the rules."),
	}
}

// The kinds' names.
func (HoursOver) Kind() entry.Kind   { return "hours.over" }
func (HoursFit) Kind() entry.Kind    { return "hours.fit" }
func (HoursRaised) Kind() entry.Kind { return "hours.raised" }

// Check of each kind sees what is wrong without knowing the line.
func (b HoursOver) Check() []entry.Problem   { return entry.Need(nil, "post", b.Post, "Name the post") }
func (b HoursFit) Check() []entry.Problem    { return entry.Need(nil, "post", b.Post, "Name the post") }
func (b HoursRaised) Check() []entry.Problem { return entry.Need(nil, "post", b.Post, "Name the post") }

// Over is a post that was found over its hours.
type Over struct {
	HoursOver
	Entry   entry.ID
	At      day.Instant
	Concern string // the concern that the rules raised; empty: not yet
}

func (l *Line) applyOver(e entry.Entry) {
	switch b := e.Body.(type) {
	case HoursOver:
		l.worked.over[b.Post] = Over{HoursOver: b, Entry: e.ID, At: e.Happened.From()}
	case HoursFit:
		delete(l.worked.over, b.Post)
	case HoursRaised:
		if x, ok := l.worked.over[b.Post]; ok {
			x.Concern = b.Concern
			l.worked.over[b.Post] = x
		}
	}
}

// OverHours is whether a post was found over its hours, and nobody has answered since.
func (l *Line) OverHours(post string) (Over, bool) {
	x, ok := l.worked.over[post]
	return x, ok
}

func (l *Line) againstOver(cmd Command, no func(field, text string)) {
	switch b := cmd.Body.(type) {
	case HoursOver:
		if _, ok := l.OverHours(b.Post); ok {
			no("post", "This is known already")
		}
	case HoursFit:
		if _, ok := l.OverHours(b.Post); !ok {
			no("post", "The post is not over its hours")
		}
	case HoursRaised:
		if x, ok := l.OverHours(b.Post); !ok || x.Concern != "" {
			no("post", "The post is not over its hours, or it was raised already")
		}
	}
}
