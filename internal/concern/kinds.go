package concern

import (
	"fmt"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Kinds are the entries that a concern is made of.
func Kinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, On: "concern", Title: title, About: about}
	}
	return []entry.Known{
		k(Raised{}, "Concern raised", "Somebody warns up the line. It must be answered, by a named post, by a day."),
		k(Told{}, "Told of a concern", "By the rules: the concern went to a post, as well as to those before it."),
		k(Opened{}, "Concern opened", "Somebody who was told opened it. That stops nothing."),
		k(Acknowledged{}, "Concern acknowledged", "Somebody who was told said that they have it. That stops nothing."),
		k(Added{}, "Added to a concern", "Whoever raised it added something. Nothing is ever changed."),
		k(SentUp{}, "Concern sent up", "Somebody who was told said that it is not theirs to change. That is no answer."),
		k(Answered{}, "Concern answered", "An answer with its reason and what will be done, by whom and when."),
		k(Kept{}, "Promise kept", "What an answer promised was done."),
		k(Judged{}, "Verdict on an answer", "Whoever raised it says whether it is put right."),
		k(Reopened{}, "Concern opened again", "Whoever raised it says that it is not put right after all."),
		k(Detriment{}, "Treated worse, or not", "Whoever raised it says whether anybody treated them worse for it. For the guardian only."),
		k(DetrimentHeard{}, "Guardian's reply", "What the guardian does about somebody who was treated worse."),
		k(NameAsked{}, "Name asked for", "Somebody asks to know who raised a concern in confidence."),
		k(NameOpened{}, "Name opened", "A second person agreed: those two may know who raised it. Whoever raised it is told."),
	}
}

// Terms are the times that a concern runs by. They are frozen when it is raised.
type Terms struct {
	Acknowledge int      `json:"acknowledge_working_days"`
	Answer      int      `json:"answer_working_days"` // that each post has
	Ask         []int    `json:"ask_days"`            // days after which is asked whether anybody treated the raiser worse
	Source      string   `json:"source"`
	From        day.Date `json:"from"`
}

// Step is a post in the climb, and the day by which it must answer.
type Step struct {
	Post  string   `json:"post"`
	Title string   `json:"title"`
	By    day.Date `json:"by"`
}

// Attached is what the record showed when the concern was raised, frozen. It
// names children and people by their ids only: who may see a name is asked
// whenever it is shown.
type Attached struct {
	Kind  string     `json:"kind"` // child, duty, worker, team, figure, page, concern
	ID    string     `json:"id,omitempty"`
	Title string     `json:"title"`
	Facts [][]string `json:"facts,omitempty"` // rows of a table; the first is its head
}

// ChildColumn is the head of a column of attached facts that holds ids of children.
const ChildColumn = "Child"

// AttachedKinds are what can be attached.
var AttachedKinds = []string{"child", "duty", "worker", "team", "figure", "page", "concern"}

// Overload is the special concern that attaches by itself what its raiser owes.
const Overload = "overload"

// Raised begins a concern.
type Raised struct {
	Number int    `json:"number"` // by which people speak of it
	Text   string `json:"text"`
	// About are the people complained of. None of them ever owns it alone, answers
	// it or closes it.
	About    []string   `json:"about,omitempty"`
	Attached []Attached `json:"attached,omitempty"`
	// Screen is the page from which it was raised: its address, without a query.
	Screen  string `json:"screen,omitempty"`
	Special string `json:"special,omitempty"`
	// Sealed is who raised it, in confidence: sealed by the authority's secret, so
	// that no list, export or backup shows it.
	Sealed string `json:"sealed,omitempty"`
	// By is who raised it, in words, where that is nobody with a sign-in: a parent who
	// answers on the page of the plan that they were given.
	By string `json:"raised_by,omitempty"`
	// Link is the hash of the secret in the private link by which they come back to the
	// answer (SHA-256, in hex). Nobody inside has that link.
	Link          string   `json:"link_hash,omitempty"`
	Terms         Terms    `json:"terms"`
	Steps         []Step   `json:"steps"` // the first is told at once
	AcknowledgeBy day.Date `json:"acknowledge_by"`
}

// Told is recorded by the rules when a post is told.
type Told struct {
	Step   int      `json:"step"` // of Raised.Steps, from 0
	Post   string   `json:"post"`
	Person string   `json:"person,omitempty"` // who answered for the post then
	By     day.Date `json:"by"`
	Why    string   `json:"why"` // one of TellWhys
}

// Why a post is told.
const (
	First       = "it was raised"
	NoAnswer    = "no answer came in time"
	NotRight    = "whoever raised it says that it is not put right"
	Partly      = "whoever raised it says that it is put right in part only"
	NotKept     = "a promise was not kept"
	NobodyThere = "nobody who may answer is in the posts that were told"
	Sent        = "whoever was told says that it is not theirs to change"
	Again       = "no answer came in time, and there is no post above"
)

// TellWhys are all of them.
var TellWhys = []string{First, NoAnswer, NotRight, Partly, NotKept, NobodyThere, Sent, Again}

// Opened says that somebody who was told opened it.
type Opened struct{}

// Acknowledged says that somebody has it. It is no answer.
type Acknowledged struct {
	Words string `json:"words,omitempty"`
}

// Added adds to what was said.
type Added struct {
	Text string `json:"text"`
}

// SentUp says that it is not theirs to change. The next post is told at once;
// the sender's clock runs on.
type SentUp struct {
	Why string `json:"why"`
}

// Promise is one thing that an answer promises.
type Promise struct {
	What string   `json:"what"`
	Post string   `json:"post"`
	By   day.Date `json:"by"`
}

// Answered is an answer: a reason and what will be done.
type Answered struct {
	Words    string    `json:"words"`  // to whoever raised it
	Reason   string    `json:"reason"` // why this, and not more
	Promises []Promise `json:"promises"`
}

// Kept says that a promise was kept.
type Kept struct {
	Answer  entry.ID `json:"answer"`
	Promise int      `json:"promise"` // from 0
	What    string   `json:"what"`    // what was done
}

// Verdicts on an answer.
const (
	Settled    = "settled"
	PutInPart  = "partly"
	NotSettled = "not"
)

// Verdicts in the order in which they are offered.
var Verdicts = []string{Settled, PutInPart, NotSettled}

// Judged is the verdict of whoever raised it.
type Judged struct {
	Answer  entry.ID `json:"answer"`
	Verdict string   `json:"verdict"`
	Why     string   `json:"why,omitempty"`
}

// Reopened takes a verdict of settled back.
type Reopened struct {
	Why string `json:"why"`
}

// Detriment says whether anybody treated the raiser worse for it.
type Detriment struct {
	Day   int    `json:"day"` // 30, 90, 180; 0 when nobody had asked
	Worse bool   `json:"worse"`
	Words string `json:"words,omitempty"`
}

// DetrimentHeard is the guardian's reply.
type DetrimentHeard struct {
	Reply entry.ID `json:"reply"` // the Detriment it answers
	Words string   `json:"words"`
}

// NameAsked asks to know who raised it.
type NameAsked struct {
	Why string `json:"why"`
}

// NameOpened is the second person's word.
type NameOpened struct {
	Asked entry.ID `json:"asked"`
	Why   string   `json:"why"`
}

// The kinds' names.
func (Raised) Kind() entry.Kind         { return "concern.raised" }
func (Told) Kind() entry.Kind           { return "concern.told" }
func (Opened) Kind() entry.Kind         { return "concern.opened" }
func (Acknowledged) Kind() entry.Kind   { return "concern.acknowledged" }
func (Added) Kind() entry.Kind          { return "concern.added" }
func (SentUp) Kind() entry.Kind         { return "concern.sent-up" }
func (Answered) Kind() entry.Kind       { return "concern.answered" }
func (Kept) Kind() entry.Kind           { return "concern.kept" }
func (Judged) Kind() entry.Kind         { return "concern.judged" }
func (Reopened) Kind() entry.Kind       { return "concern.reopened" }
func (Detriment) Kind() entry.Kind      { return "concern.detriment" }
func (DetrimentHeard) Kind() entry.Kind { return "concern.detriment-heard" }
func (NameAsked) Kind() entry.Kind      { return "concern.name-asked" }
func (NameOpened) Kind() entry.Kind     { return "concern.name-opened" }

// What each answering entry answers.
func (b Kept) RefersTo() entry.ID           { return b.Answer }
func (b Judged) RefersTo() entry.ID         { return b.Answer }
func (b DetrimentHeard) RefersTo() entry.ID { return b.Reply }
func (b NameOpened) RefersTo() entry.ID     { return b.Asked }

// Check of each kind sees what is wrong without knowing the record.
func (b Raised) Check() (ps []entry.Problem) {
	ps = entry.Short(entry.Need(ps, "text", b.Text, "Write what is wrong, and what you ask for"), "text", b.Text)
	for _, a := range b.Attached {
		ps = entry.OneOf(ps, "attached", a.Kind, AttachedKinds, "This cannot be attached")
	}
	if len(b.Steps) == 0 {
		ps = append(ps, entry.Problem{Field: "to", Text: "There is nobody above you in the line who could answer. Tell an administrator, and the independent scrutineer"})
	}
	if b.Number < 1 || b.Terms.Answer < 1 || b.Terms.Acknowledge < 1 || b.AcknowledgeBy == 0 || b.Special != "" && b.Special != Overload {
		ps = append(ps, entry.Problem{Field: "terms", Text: "A concern needs a number, and days by which it is acknowledged and answered"})
	}
	return ps
}
func (b Told) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "why", b.Why, TellWhys, "Say why the post is told")
	if b.By == 0 {
		ps = append(ps, entry.Problem{Field: "by", Text: "Give the day by which it must answer"})
	}
	return entry.Need(ps, "post", b.Post, "Name the post")
}
func (Opened) Check() []entry.Problem         { return nil }
func (b Acknowledged) Check() []entry.Problem { return entry.Short(nil, "words", b.Words) }
func (b Added) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "text", b.Text, "Write what you want to add"), "text", b.Text)
}
func (b SentUp) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Say why it is not yours to change")
}
func (b Answered) Check() (ps []entry.Problem) {
	ps = entry.Short(entry.Need(ps, "words", b.Words, "Write your words to whoever raised it. They read this first"), "words", b.Words)
	ps = entry.Need(ps, "reason", b.Reason, "Give the reason: why this, and why it is enough")
	if len(b.Promises) == 0 {
		ps = append(ps, entry.Problem{Field: "what-1", Text: "Say at least one thing that will be done, by whom and by which day. Nothing will be done is an answer too: say who decided it, as the thing done"})
	}
	for i, p := range b.Promises {
		n := fmt.Sprint(i + 1)
		ps = entry.Need(ps, "what-"+n, p.What, "Say what will be done")
		ps = entry.Need(ps, "post-"+n, p.Post, "Choose the post that will do it")
		if p.By == 0 {
			ps = append(ps, entry.Problem{Field: "by-" + n, Text: "Give the day by which it will be done"})
		}
	}
	return ps
}
func (b Kept) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "answer", string(b.Answer), "Name the answer"), "what", b.What, "Say what was done")
}
func (b Judged) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "answer", string(b.Answer), "Name the answer")
	ps = entry.OneOf(ps, "verdict", b.Verdict, Verdicts, "Say whether it is put right")
	if b.Verdict == PutInPart {
		ps = entry.Need(ps, "why", b.Why, "Say what is not put right")
	}
	return entry.Short(ps, "why", b.Why)
}
func (b Reopened) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Say what is not put right")
}
func (b Detriment) Check() (ps []entry.Problem) {
	if b.Worse && strings.TrimSpace(b.Words) == "" {
		ps = append(ps, entry.Problem{Field: "words", Text: "Say what happened. Only the guardian reads it"})
	}
	return entry.Short(ps, "words", b.Words)
}
func (b DetrimentHeard) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "reply", string(b.Reply), "Name what it answers"), "words", b.Words, "Say what you do about it")
}
func (b NameAsked) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Say why you must know who it is")
}
func (b NameOpened) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "asked", string(b.Asked), "Name what was asked"), "why", b.Why, "Say why you agree")
}

// byRules are kinds that only the rules record.
var byRules = []entry.Kind{"concern.raised", "concern.told", "concern.opened"}

// ByRules says that a kind is recorded by Onus itself, with what only it knows.
func ByRules(k entry.Kind) bool { return slices.Contains(byRules, k) }
