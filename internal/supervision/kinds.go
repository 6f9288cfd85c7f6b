package supervision

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// Kinds are the entries that a talk is made of.
func Kinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, On: "talk", Title: title, About: about}
	}
	return []entry.Known{
		k(Opened{}, "Supervision opened", "A talk is prepared: who with whom, in which posts."),
		k(Planned{}, "Supervision planned", "The day of the talk; moved, and why."),
		k(Began{}, "Supervision began", "The talk begins now."),
		k(Ended{}, "Supervision ended", "The talk ends now. From here both must sign."),
		k(Held{}, "Supervision held before", "The talk was held on a day before it was recorded here."),
		k(Dropped{}, "Supervision not held", "The talk that was prepared will not be held."),
		k(Words{}, "How they are, in their own words", "Sealed: only the two of them can read it."),
		k(Wellbeing{}, "Wellbeing asked", "That it was asked how they are, and what will be done about it."),
		k(Load{}, "Load answered", "What is owed against the hours there are, as it stood, and what is done about it."),
		k(Discussed{}, "Discussed in supervision", "A child or a team was talked about. What was said of a child stands in the child's record."),
		k(Left{}, "Left for another time", "A child or a team was not talked about, why, and when it will be."),
		k(Agreed{}, "Agreed in supervision", "Who does what by when."),
		k(NotAgreed{}, "Not agreed after all", "An action is taken back before the record is signed."),
		k(Answered{}, "Action answered", "An action is done, or is not yet, with the reason; or is not needed any more."),
		k(Signed{}, "Supervision signed", "One of them signs what was decided, or what was said; with a disagreement or without."),
		k(Unsigned{}, "Not signed, and why", "Somebody who took part cannot sign, and why."),
	}
}

// Forms of a talk.
const (
	OneToOne = "one to one"
	Group    = "group"
)

// What can be talked about.
const (
	AboutChild = "child"
	AboutTeam  = "team"
)

// Seat is somebody in a post.
type Seat struct {
	Post   string `json:"post"`
	Person string `json:"person"`
}

// Opened begins the record of a talk.
type Opened struct {
	Form string   `json:"form"`           // OneToOne or Group
	Team string   `json:"team,omitempty"` // of a group
	With []Seat   `json:"with"`           // one, or each of the group
	By   Seat     `json:"held_by"`
	On   day.Date `json:"planned_on,omitzero"`
}

// Planned gives the talk a day, or another one.
type Planned struct {
	On  day.Date `json:"planned_on"`
	Why string   `json:"why,omitempty"` // needed when it had a day
}

// Began is the moment at which a talk begins: the server's.
type Began struct{}

// Ended is the moment at which it ends.
type Ended struct {
	SignBy day.Date `json:"sign_by"` // worked out by the rules
}

// Held says that the talk was held before it was recorded.
type Held struct {
	On      day.Date `json:"held_on"`
	Minutes int      `json:"minutes"`
	SignBy  day.Date `json:"sign_by"` // worked out by the rules
}

// Dropped says that the talk will not be held.
type Dropped struct {
	Why string `json:"why"`
}

// Words are how somebody is, in their own words. Sealed for the talk: whoever reads
// the journal reads nothing.
type Words struct {
	Sealed string `json:"sealed"`
}

// Wellbeing says that it was asked how they are, and what whoever holds the talk
// will do.
type Wellbeing struct {
	Will string `json:"what_will_be_done"`
}

// Load is what is owed against the hours there are, as the sheet showed it, and what
// was said to it.
type Load struct {
	Owed      float64  `json:"hours_owed"`
	Available float64  `json:"hours_available"`
	Weeks     int      `json:"weeks"`           // that both are counted over
	Breaks    day.Date `json:"breaks,omitzero"` // the first day by which it cannot all be done
	Said      string   `json:"what_is_done"`
}

// Discussed says that a child or a team was talked about. Of a child all words stand
// in the child's own record, under Entry, and none here.
type Discussed struct {
	About   string   `json:"about"` // AboutChild or AboutTeam
	ID      string   `json:"id"`
	Entry   entry.ID `json:"entry,omitempty"` // in the child's record
	Changed string   `json:"what_has_changed,omitempty"`
	Asked   string   `json:"what_else_was_tried,omitempty"`
	Mind    string   `json:"what_would_change_our_mind,omitempty"`
	Decided string   `json:"decided,omitempty"`
	Why     string   `json:"reason,omitempty"`
	Action  string   `json:"action,omitempty"`
	Post    string   `json:"post,omitempty"` // that does it
	By      day.Date `json:"by,omitzero"`
}

// Left says that a child or a team was not talked about.
type Left struct {
	About string   `json:"about"`
	ID    string   `json:"id"`
	Why   string   `json:"why"`
	On    day.Date `json:"until"` // when it will be
}

// Agreed is an action that is about no child.
type Agreed struct {
	What string   `json:"what"`
	Post string   `json:"post"`
	By   day.Date `json:"by"`
}

// NotAgreed takes one back.
type NotAgreed struct {
	Entry entry.ID `json:"agreed"`
}

// How an action stands.
const (
	Done      = "done"
	NotYet    = "not yet"
	NotNeeded = "not needed any more"
)

// Answered says how an action stands.
type Answered struct {
	Nth int      `json:"nth"` // of Actions, from 0
	How string   `json:"how"`
	Why string   `json:"why"`         // what came of it, or what got in the way
	By  day.Date `json:"by,omitzero"` // another day: only whoever is above gives it
}

// As what somebody signs.
const (
	AsHolder = "held it"
	AsTaker  = "took part"
)

// Signed is a signature.
type Signed struct {
	As        string   `json:"as"`
	Disagrees string   `json:"disagrees,omitempty"` // with what, and why
	Words     string   `json:"words,omitempty"`     // of their own
	SignBy    day.Date `json:"sign_by,omitzero"`    // of whoever held it: by when the others sign
}

// Unsigned says why somebody cannot sign.
type Unsigned struct {
	Person string `json:"person"`
	Why    string `json:"why"`
}

// The kinds' names.
func (Opened) Kind() entry.Kind    { return "talk.opened" }
func (Planned) Kind() entry.Kind   { return "talk.planned" }
func (Began) Kind() entry.Kind     { return "talk.began" }
func (Ended) Kind() entry.Kind     { return "talk.ended" }
func (Held) Kind() entry.Kind      { return "talk.held" }
func (Dropped) Kind() entry.Kind   { return "talk.dropped" }
func (Words) Kind() entry.Kind     { return "talk.words" }
func (Wellbeing) Kind() entry.Kind { return "talk.wellbeing" }
func (Load) Kind() entry.Kind      { return "talk.load" }
func (Discussed) Kind() entry.Kind { return "talk.discussed" }
func (Left) Kind() entry.Kind      { return "talk.left" }
func (Agreed) Kind() entry.Kind    { return "talk.agreed" }
func (NotAgreed) Kind() entry.Kind { return "talk.not-agreed" }
func (Answered) Kind() entry.Kind  { return "talk.answered" }
func (Signed) Kind() entry.Kind    { return "talk.signed" }
func (Unsigned) Kind() entry.Kind  { return "talk.unsigned" }

// Check of each kind sees what is wrong without knowing the record.
func (b Opened) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "form", b.Form, []string{OneToOne, Group}, "Say whether it is with one or with a group")
	if len(b.With) == 0 || b.Form == OneToOne && len(b.With) != 1 {
		ps = append(ps, entry.Problem{Field: "with", Text: "Say with whom"})
	}
	if b.Form == Group {
		ps = entry.Need(ps, "team", b.Team, "Say of which team the group is")
	}
	return entry.Need(ps, "held_by", b.By.Post, "Say who holds it")
}
func (b Planned) Check() (ps []entry.Problem) {
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "planned_on", Text: "Give the day"})
	}
	return ps
}
func (Began) Check() []entry.Problem { return nil }
func (Ended) Check() []entry.Problem { return nil }
func (b Held) Check() (ps []entry.Problem) {
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "held_on", Text: "Give the day on which you talked"})
	}
	if b.Minutes < 1 || b.Minutes > 480 {
		ps = append(ps, entry.Problem{Field: "minutes", Text: "Enter how many minutes it took, from 1 to 480"})
	}
	return ps
}
func (b Dropped) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Say why it will not be held")
}
func (b Words) Check() []entry.Problem {
	return entry.Need(nil, "sealed", b.Sealed, "Write how you are")
}
func (b Wellbeing) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "what_will_be_done", b.Will, "Write what you will do about it, or that nothing is needed"), "what_will_be_done", b.Will)
}
func (b Load) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "what_is_done", b.Said, "Write what is done about the load, or that it can be done"), "what_is_done", b.Said)
}
func (b Discussed) Check() (ps []entry.Problem) {
	ps = entry.Need(entry.OneOf(ps, "about", b.About, []string{AboutChild, AboutTeam}, "Say what it is about"), "id", b.ID, "Say which one")
	if b.About == AboutTeam {
		ps = b.words(ps)
	} else if b.Entry == "" {
		ps = append(ps, entry.Problem{Field: "entry", Text: "What was said of a child stands in the child's record"})
	}
	return b.action(ps)
}

// words sees whether what must be said was.
func (b Discussed) words(ps []entry.Problem) []entry.Problem {
	for _, f := range [][3]string{{"what_has_changed", b.Changed, "Write what has changed, or that nothing has"}, {"what_else_was_tried", b.Asked, "Write what else has been tried"},
		{"what_would_change_our_mind", b.Mind, "Write what would change your mind"}, {"decided", b.Decided, "Enter what was decided, or that nothing was"}, {"reason", b.Why, "Give the reason"}} {
		ps = entry.Short(entry.Need(ps, f[0], f[1], f[2]), f[0], f[1])
	}
	return ps
}

func (b Discussed) action(ps []entry.Problem) []entry.Problem {
	switch {
	case b.Action == "" && b.Post == "" && b.By == 0 || b.About == AboutChild && b.Post == "" && b.By == 0:
		return ps
	case b.About == AboutTeam:
		ps = entry.Short(entry.Need(ps, "action", b.Action, "Write what is to be done"), "action", b.Action)
	}
	ps = entry.Need(ps, "post", b.Post, "Choose who does it")
	if b.By == 0 {
		ps = append(ps, entry.Problem{Field: "by", Text: "Give the day by which it is done"})
	}
	return ps
}

// Whole sees whether everything is said that must be, of a child too: before what is
// said of a child goes into its record.
func (b Discussed) Whole() []entry.Problem {
	about := b.About
	b.About = AboutTeam // its words are checked as those of a team
	ps := b.action(b.words(nil))
	return entry.Need(entry.OneOf(ps, "about", about, []string{AboutChild, AboutTeam}, "Say what it is about"), "id", b.ID, "Say which one")
}

func (b Left) Check() (ps []entry.Problem) {
	ps = entry.Need(entry.OneOf(ps, "about", b.About, []string{AboutChild, AboutTeam}, "Say what it is about"), "id", b.ID, "Say which one")
	ps = entry.Short(entry.Need(ps, "why", b.Why, "Say why it is left for another time"), "why", b.Why)
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Give the day by which you talk about it"})
	}
	return ps
}
func (b Agreed) Check() (ps []entry.Problem) {
	ps = entry.Short(entry.Need(ps, "what", b.What, "Write what is to be done"), "what", b.What)
	ps = entry.Need(ps, "post", b.Post, "Choose who does it")
	if b.By == 0 {
		ps = append(ps, entry.Problem{Field: "by", Text: "Give the day by which it is done"})
	}
	return ps
}
func (b NotAgreed) Check() []entry.Problem {
	return entry.Need(nil, "agreed", string(b.Entry), "Name the action")
}
func (b Answered) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "how", b.How, []string{Done, NotYet, NotNeeded}, "Say how it stands")
	text := "Say what came of it"
	if b.How != Done {
		text = "Say what got in the way, or why it is not needed"
	}
	return entry.Short(entry.Need(ps, "why", b.Why, text), "why", b.Why)
}
func (b Signed) Check() []entry.Problem {
	ps := entry.OneOf(nil, "as", b.As, []string{AsHolder, AsTaker}, "Say as what you sign")
	return entry.Short(entry.Short(ps, "disagrees", b.Disagrees), "words", b.Words)
}
func (b Unsigned) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "person", b.Person, "Say who cannot sign"), "why", b.Why, "Say why")
}
