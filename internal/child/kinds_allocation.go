package child

import (
	"slices"
	"strconv"

	"onus/internal/day"
	"onus/internal/entry"
)

// allocationKinds are how a child comes to have a worker: somebody is asked, takes the
// child or objects, and what is known is handed over. Until the answer the child
// stays with whoever has them, else with the team's manager by name.
func allocationKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(AllocationProposed{}, true, "Worker asked", "A named post is asked to take the child, or to work beside the child's worker. It shows what it would do to their hours. Nothing changes hands before they answer."),
		k(AllocationAccepted{}, true, "Child taken", "The post that was asked takes the child. From that moment what is owed is theirs."),
		k(AllocationObjected{}, true, "Objection", "The post that was asked says why it should not take the child. It must be answered."),
		k(AllocationWithdrawn{}, true, "Request withdrawn", "Nobody is asked any more to take the child."),
		k(SecondEnded{}, true, "Second worker ended", "The post no longer works beside the child's worker."),
		k(HandedOver{}, true, "Handed over", "What was left to hand over when the worker changed was handed over, or was not needed."),
	}
}

// SecondWorker asks a post to work beside the child's worker.
const SecondWorker = "second worker"

// askedAs is what a post can be asked to be; the empty one is the child's worker.
var askedAs = []string{"", SecondWorker}

// AllocationProposed asks a post to take a child.
type AllocationProposed struct {
	Post string `json:"post"`
	Team string `json:"team"`
	As   string `json:"as,omitempty"` // SecondWorker, or the child's worker
	Why  string `json:"why"`
	// HandOver is what is handed over, each with how far it has come.
	HandOver []HandOverItem `json:"hand_over,omitempty"`
	// Load is what whoever asks saw: the hours before and after.
	Load *AllocationLoad `json:"load,omitempty"`
	Over *OverLimit      `json:"over_the_limit,omitempty"`
}

// States of something to be handed over.
const (
	HandOverDone = "done"
	HandOverToDo = "to do"
	HandOverNot  = "not needed"
)

var handOverStates = []string{HandOverDone, HandOverToDo, HandOverNot}

// HandOverItem is one thing that is handed over.
type HandOverItem struct {
	What  string `json:"what"`
	State string `json:"state"` // HandOverDone, HandOverToDo, HandOverNot
	Note  string `json:"note,omitempty"`
}

// AllocationLoad is the worker's hours over some weeks, without and with the child.
type AllocationLoad struct {
	Weeks     int      `json:"weeks"`
	Owed      float64  `json:"hours_owed"`
	Available float64  `json:"hours_available"`
	Child     float64  `json:"hours_of_this_child"`
	First     day.Date `json:"first_day_it_cannot_be_done,omitzero"`
	With      day.Date `json:"first_day_with_this_child,omitzero"`
	Short     float64  `json:"hours_short_with_this_child,omitempty"`
}

// OverLimit is who answers for hours that there are not. What is accepted is no less than
// what was left after hours were added and work was stood down.
type OverLimit struct {
	Short    float64      `json:"hours_short"`
	Until    day.Date     `json:"until"` // the last day for which it is answered
	Added    []AddedHours `json:"added,omitempty"`
	Down     []Stood      `json:"stood_down,omitempty"`
	Accepted float64      `json:"hours_accepted,omitempty"`
	By       string       `json:"accepted_by,omitempty"` // the post
	Risk     string       `json:"what_could_go_wrong,omitempty"`
	Decision string       `json:"decision,omitempty"` // its record
}

// AddedHours are hours that the worker gets beside their own.
type AddedHours struct {
	What  string  `json:"what"`
	Hours float64 `json:"hours"`
}

// Stood is a duty to a child that is stood down for it, by its id.
type Stood struct {
	Child string  `json:"child"`
	Duty  string  `json:"duty"`
	Hours float64 `json:"hours"`
	Why   string  `json:"why"`
}

// AllocationAccepted takes the child.
type AllocationAccepted struct {
	Proposal entry.ID `json:"proposal"`
	Words    string   `json:"words,omitempty"`
}

// AllocationObjected says why not.
type AllocationObjected struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why"`
}

// AllocationWithdrawn takes the question back.
type AllocationWithdrawn struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why"`
}

// SecondEnded ends a second worker's part.
type SecondEnded struct {
	Post string `json:"post"`
	Why  string `json:"why"`
}

// HandedOver says that what was left to hand over is handed over.
type HandedOver struct {
	Allocation entry.ID       `json:"allocation"`
	Items      []HandOverItem `json:"items"`
	Learnt     string         `json:"learnt,omitempty"`
}

// The kinds' names.
func (AllocationProposed) Kind() entry.Kind  { return "allocation.proposed" }
func (AllocationAccepted) Kind() entry.Kind  { return "allocation.accepted" }
func (AllocationObjected) Kind() entry.Kind  { return "allocation.objected" }
func (AllocationWithdrawn) Kind() entry.Kind { return "allocation.withdrawn" }
func (SecondEnded) Kind() entry.Kind         { return "second-worker.ended" }
func (HandedOver) Kind() entry.Kind          { return "handed-over" }

// What each answering entry answers.
func (b AllocationAccepted) RefersTo() entry.ID  { return b.Proposal }
func (b AllocationObjected) RefersTo() entry.ID  { return b.Proposal }
func (b AllocationWithdrawn) RefersTo() entry.ID { return b.Proposal }
func (b HandedOver) RefersTo() entry.ID          { return b.Allocation }

// Owes is the post that owes the answer.
func (b AllocationProposed) Owes() string { return b.Post }

// Check of each kind sees what is wrong without knowing the record.
func (b AllocationProposed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "post", b.Post, "Choose the worker")
	ps = entry.Need(ps, "team", b.Team, "Choose the team")
	ps = entry.OneOf(ps, "as", b.As, askedAs, "Say whether they become the child's worker or a second worker")
	ps = entry.Short(entry.Need(ps, "why", b.Why, "Enter why this worker, and not somebody else"), "why", b.Why)
	ps = checkHandOver(ps, b.HandOver)
	if b.Over != nil {
		ps = b.Over.check(ps)
	}
	return ps
}

func checkHandOver(ps []entry.Problem, items []HandOverItem) []entry.Problem {
	for i, x := range items {
		n := strconv.Itoa(i)
		ps = entry.Need(ps, "hand_over-"+n, x.What, "Say what is handed over")
		ps = entry.OneOf(ps, "hand_over-"+n, x.State, handOverStates, "Say how far this has come: "+x.What)
		if x.State == HandOverNot {
			ps = entry.Need(ps, "hand_over_note-"+n, x.Note, "Say why this is not needed: "+x.What)
		}
	}
	return ps
}

func (o OverLimit) check(ps []entry.Problem) []entry.Problem {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	if o.Short <= 0 {
		no("over_the_limit", "Say how many hours are short")
	}
	if o.Until == 0 {
		no("until", "Give the last day for which this is answered")
	}
	for i, a := range o.Added {
		ps = entry.Need(ps, "added-"+strconv.Itoa(i), a.What, "Say whose hours these are, or from where")
		if a.Hours <= 0 || a.Hours > 200 {
			no("added-"+strconv.Itoa(i), "Hours that are added are from 0.5 to 200")
		}
	}
	for i, d := range o.Down {
		n := "down-" + strconv.Itoa(i)
		ps = entry.Need(entry.Need(ps, n, d.Child, "Name the child"), n, d.Duty, "Name the duty")
		ps = entry.Need(ps, n, d.Why, "Say why this can wait")
		if d.Hours < 0 {
			no(n, "Hours cannot be below nought")
		}
	}
	if o.Accepted < 0 {
		no("accepted", "Hours cannot be below nought")
	}
	if o.Accepted > 0 {
		ps = entry.Need(ps, "accepted_by", o.By, "Say which post accepts it")
		ps = entry.Short(entry.Need(ps, "risk", o.Risk, "Write what could go wrong for a child, and what you will watch"), "risk", o.Risk)
	}
	return ps
}

func (b AllocationAccepted) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "proposal", string(b.Proposal), "Name the request"), "words", b.Words)
}
func (b AllocationObjected) Check() []entry.Problem {
	ps := entry.Need(nil, "proposal", string(b.Proposal), "Name the request")
	return entry.Short(entry.Need(ps, "why", b.Why, "Write why you should not take this child"), "why", b.Why)
}
func (b AllocationWithdrawn) Check() []entry.Problem {
	ps := entry.Need(nil, "proposal", string(b.Proposal), "Name the request")
	return entry.Need(ps, "why", b.Why, "Enter why")
}
func (b SecondEnded) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "post", b.Post, "Choose the second worker"), "why", b.Why, "Enter why")
}
func (b HandedOver) Check() []entry.Problem {
	ps := checkHandOver(entry.Need(nil, "allocation", string(b.Allocation), "Name the allocation"), b.Items)
	for i, x := range b.Items {
		if x.State == HandOverToDo {
			ps = append(ps, entry.Problem{Field: "hand_over-" + strconv.Itoa(i), Text: "Say that it was done, or why it is not needed: " + x.What})
		}
	}
	return entry.Short(ps, "learnt", b.Learnt)
}

// Asked is a post that was asked to take a child and whose answer is still to come,
// or was an objection that nobody has answered.
type Asked struct {
	ID       entry.ID
	Post     string
	As       string
	At       day.Instant
	Objected entry.ID // its objection; empty: no answer yet
	seq      int32
}

// allocating is what a step of an allocation makes of how things stand.
func (s *Status) allocating(ev *Event) bool {
	drop := func(gone func(Asked) bool) {
		s.Asked = slices.DeleteFunc(slices.Clone(s.Asked), gone)
	}
	switch b := ev.Body.(type) {
	case AllocationProposed:
		s.Asked = append(slices.Clip(s.Asked), Asked{ID: ev.ID, Post: b.Post, As: b.As, At: ev.When.From(), seq: ev.seq})
	case AllocationObjected:
		s.Asked = slices.Clone(s.Asked)
		for i := range s.Asked {
			if s.Asked[i].ID == b.Proposal {
				s.Asked[i].Objected = ev.ID
			}
		}
	case AllocationAccepted:
		for _, a := range s.Asked {
			if a.ID == b.Proposal && a.As == SecondWorker && !slices.Contains(s.Second, a.Post) {
				s.Second = append(slices.Clip(s.Second), a.Post)
			}
		}
		drop(func(a Asked) bool { return a.ID == b.Proposal })
	case AllocationWithdrawn:
		drop(func(a Asked) bool { return a.ID == b.Proposal })
	case SecondEnded:
		s.Second = slices.DeleteFunc(slices.Clone(s.Second), func(p string) bool { return p == b.Post })
	case HandedOver:
		if s.HandingOver == b.Allocation {
			s.HandingOver = ""
		}
	default:
		return false
	}
	return true
}

// given is what an allocation ends: whoever had been asked before it was recorded, a
// second worker's part of the same post.
func (s *Status) given(ev *Event, b Allocation) {
	if len(s.Asked) > 0 {
		s.Asked = slices.DeleteFunc(slices.Clone(s.Asked), func(a Asked) bool { return a.As == "" && a.seq < ev.seq })
	}
	if slices.Contains(s.Second, b.Post) {
		s.Second = slices.DeleteFunc(slices.Clone(s.Second), func(p string) bool { return p == b.Post })
	}
	s.HandingOver = ""
	if b.HandOver {
		s.HandingOver = ev.ID
	}
}

// asked finds what is still to be answered.
func (s Status) asked(id entry.ID) (Asked, bool) {
	i := slices.IndexFunc(s.Asked, func(a Asked) bool { return a.ID == id })
	if i < 0 {
		return Asked{}, false
	}
	return s.Asked[i], true
}

// allocationFollows refuses what cannot follow as things stand.
func (r Record) allocationFollows(cmd Command, now Status, no func(field, text string)) {
	answer := func(id entry.ID) (a Asked, ok bool) {
		if a, ok = now.asked(id); !ok {
			no("proposal", "Nobody is asked by this any more: it was answered or withdrawn")
		}
		return a, ok
	}
	switch b := cmd.Body.(type) {
	case AllocationProposed:
		switch {
		case !now.Open:
			no("", "The case is closed. Record a referral first")
		case b.As == "" && now.Post == b.Post && b.Post != "":
			no("post", "This worker has the child already")
		case b.As == SecondWorker && now.Post == b.Post:
			no("post", "This is the child's worker. A second worker is somebody else")
		case b.As == SecondWorker && now.Post == "":
			no("as", "The child has no worker yet. Ask for a worker first")
		case b.As == SecondWorker && slices.Contains(now.Second, b.Post):
			no("post", "This worker works with the child already")
		}
		for _, a := range now.Asked {
			if a.As == b.As && (b.As == "" || a.Post == b.Post) {
				no("post", "Somebody has been asked already. Wait for the answer, or withdraw the request first")
			}
		}
	case AllocationAccepted:
		if a, ok := answer(b.Proposal); ok && a.As == "" && now.Post == a.Post {
			no("proposal", "This worker has the child already")
		}
	case AllocationObjected:
		if a, ok := answer(b.Proposal); ok && a.Objected != "" {
			no("proposal", "There is an objection already. It waits for its answer")
		}
	case AllocationWithdrawn:
		answer(b.Proposal)
	case SecondEnded:
		if !slices.Contains(now.Second, b.Post) && b.Post != "" {
			no("post", "This post is no second worker of the child")
		}
	case HandedOver:
		if now.HandingOver != b.Allocation && b.Allocation != "" {
			no("allocation", "Nothing is left to hand over")
		}
	case Allocation:
		if b.Proposal == "" {
			return
		}
		a, ok := answer(b.Proposal)
		switch {
		case !ok:
		case a.Post != b.Post || a.As != "":
			no("post", "Another worker was asked by this")
		case a.Objected == "":
			no("proposal", "The worker has not answered yet")
		case b.Why == "":
			no("why", "Answer the objection: say why the child is theirs all the same")
		}
	}
}

// follows gives what a command makes beside its own entry: whoever takes a child has
// it from that moment, and the factors of an assessment that is signed are recorded.
func (r Record) follows(cmd Command) entry.Body {
	if b, ok := cmd.Body.(AssessmentAuthorised); ok {
		return r.factorsFollow(b)
	}
	b, ok := cmd.Body.(AllocationAccepted)
	if !ok {
		return nil
	}
	ev, ok := r.Event(b.Proposal)
	if !ok {
		return nil
	}
	p, ok := ev.Body.(AllocationProposed)
	if !ok || p.As != "" {
		return nil
	}
	return Allocation{Post: p.Post, Team: p.Team, Why: p.Why, Proposal: b.Proposal, HandOver: LeftToHandOver(p.HandOver)}
}

// LeftToHandOver says whether anything is still to do.
func LeftToHandOver(items []HandOverItem) bool {
	return slices.ContainsFunc(items, func(x HandOverItem) bool { return x.State == HandOverToDo })
}
