package child

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// planKinds are what a family and its workers agree to change, how it goes, and what
// each of them says of it. A plan of any sort has one shape: goals in seven parts.
func planKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(PlanSent{}, true, "Plan sent for approval", "A version of the plan, whole, as its writer sent it. It stands when somebody else has approved it."),
		k(PlanApproved{}, true, "Plan approved", "The version stands from now on."),
		k(PlanReturned{}, true, "Plan sent back", "The version was not approved, and why."),
		k(GoalMoved{}, false, "Goal", "How far a goal of the plan has come, and how we know: said, seen, or confirmed by somebody else."),
		k(View{}, false, "Their view", "What the child, a parent or somebody else says of the plan or of one goal: in their words, on the scale, or both."),
		k(ViewFollowed{}, true, "What we did about it", "What was done about what somebody said, or why it was not."),
		k(PlanShared{}, true, "Plan given to the family", "The plan in plain words, as a named person in the family got it. Kept word by word: nobody can say later that they got another."),
		k(PlanShareEnded{}, true, "Private link ended", "The private link to the plan opens nothing any more."),
		k(PlanWordWrong{}, true, "Wrong word at a private link", "By the rules: somebody who had the link typed another word than the one agreed. After five the link opens nothing any more."),
		k(VisitPlanned{}, true, "Visit planned", "A visit on a day, for a purpose: a goal of the plan, or another reason that is said."),
		k(VisitCalledOff{}, true, "Visit called off", "A planned visit will not happen, and why."),
	}
}

// PlansOf are the sorts of plan, all of one shape.
var PlansOf = []string{"cin", "cp", "care", "pathway"}

// Parts of a goal, in the order in which they are written.
var Parts = []string{"worry", "change", "measure", "by_when", "help", "if_not", "plan_b"}

// Goal is one worry and what is to change, in seven parts. Field/plan.md has the sources
// of the seven parts.
type Goal struct {
	// ID is the goal's own in all versions of the plan: g1, g2.
	ID      string `json:"id"`
	Name    string `json:"name"` // a word or two: Evenings
	Worry   string `json:"worry,omitempty"`
	Change  string `json:"change,omitempty"`
	Measure string `json:"measure,omitempty"`
	// Start is the day by which the change begins; it must then hold for so many weeks.
	Start day.Date `json:"start_by,omitzero"`
	Weeks int      `json:"hold_weeks,omitempty"`
	Help  []Help   `json:"help,omitempty"`
	IfNot string   `json:"if_not,omitempty"`
	PlanB string   `json:"plan_b,omitempty"`
	// Ring is whom to ring tonight, in this order.
	Ring []Ring `json:"ring,omitempty"`
}

// Until is the day to which the change must hold; zero while a part of it is open.
func (g Goal) Until() day.Date {
	if g.Start == 0 || g.Weeks == 0 {
		return 0
	}
	return g.Start + day.Date(7*g.Weeks)
}

// Help is one thing that is done for the family, by one person, from a day.
type Help struct {
	What string   `json:"what"`
	Who  string   `json:"who,omitempty"`
	From day.Date `json:"from,omitzero"`
}

// Ring is somebody to ring when it goes wrong.
type Ring struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

// KeptWords are words that were pointed out, and why they stay as they are.
type KeptWords struct {
	Goal  string `json:"goal"`
	Part  string `json:"part"`
	Rule  string `json:"rule"`
	Help  int    `json:"help,omitempty"` // which help, from 1
	Quote string `json:"quote,omitempty"`
	Why   string `json:"why"`
}

// PlanSent is a version of a plan, whole.
type PlanSent struct {
	Of    string `json:"of"` // one of PlansOf
	Goals []Goal `json:"goals"`
	Well  string `json:"going_well,omitempty"`
	// Next is the day of the next meeting about the plan.
	Next day.Date    `json:"next_meeting,omitzero"`
	Kept []KeptWords `json:"kept_wording,omitempty"`
}

// PlanApproved makes a version the plan that stands.
type PlanApproved struct {
	Plan  entry.ID `json:"plan"`
	Words string   `json:"words,omitempty"`
}

// PlanReturned sends a version back to its writer.
type PlanReturned struct {
	Plan entry.ID `json:"plan"`
	Why  string   `json:"why"`
}

// States of a goal.
const (
	GoalNotStarted = "not started"
	GoalDoing      = "doing"
	GoalDone       = "done"
	GoalHeld       = "held"
	GoalStuck      = "stuck"
)

// GoalStates in the order of a goal that goes well.
var GoalStates = []string{GoalNotStarted, GoalDoing, GoalDone, GoalHeld, GoalStuck}

// How something is known.
const (
	Said      = "said"
	SeenIt    = "seen"
	Confirmed = "confirmed"
)

// Evidences are how something is known: said to the worker, seen by the worker, or
// confirmed by somebody outside the family.
var Evidences = []string{Said, SeenIt, Confirmed}

// GoalMoved says how far a goal has come.
type GoalMoved struct {
	Goal     string   `json:"goal"`
	State    string   `json:"state"`               // one of GoalStates
	Evidence []string `json:"how_known,omitempty"` // of Evidences
	What     string   `json:"what,omitempty"`
}

// ViewsOf are whose views there are.
var ViewsOf = []string{"child", "parent", "worker", "somebody else"}

// Agreements are whether somebody agrees with the plan.
var Agreements = []string{"yes", "partly", "no"}

// View is what somebody says of the plan, or of one goal of it.
type View struct {
	Of     string `json:"of"`             // one of ViewsOf
	Name   string `json:"name,omitempty"` // who: Mum, nursery; needed but for the child and the worker
	Goal   string `json:"goal,omitempty"`
	Scale  *int   `json:"scale,omitempty"`  // 0: the child will be hurt; 10: safe enough for us to stop
	Agrees string `json:"agrees,omitempty"` // one of Agreements
	Words  string `json:"words,omitempty"`  // their own
	How    string `json:"how,omitempty"`    // how it was said: talked, drew, on the family page
	// Shared is the plan that they got, where they answered on its page.
	Shared entry.ID `json:"plan_given,omitempty"`
	// With is the first view of the same reply, where they said several things at once:
	// one answer is owed to all of it.
	With entry.ID `json:"said_with,omitempty"`
	Mark
}

// ViewFollowed says what was done about what somebody said.
type ViewFollowed struct {
	View entry.ID `json:"view"`
	Did  string   `json:"did,omitempty"`
	Not  string   `json:"why_not,omitempty"`
}

// For whom a plan was put into words. A child's own version has fewer parts.
const (
	ForParent  = "parent"
	ForYoung   = "child under 8"
	ForChild   = "child 8 to 12"
	ForTeenage = "young person"
)

// SharedFor are all of them.
var SharedFor = []string{ForParent, ForYoung, ForChild, ForTeenage}

// PlanShared is the plan as somebody in the family got it.
type PlanShared struct {
	Plan entry.ID `json:"plan"`
	To   string   `json:"to"`           // their name
	As   string   `json:"as,omitempty"` // who they are to the child: mum
	For  string   `json:"for"`          // one of SharedFor
	// Called is the child's name as it stands in the words: Sam.
	Called string `json:"child_called"`
	// Link is the hash of the secret in the private link (SHA-256, in hex); empty: given
	// on paper. The secret itself is nowhere.
	Link string `json:"link_hash,omitempty"`
	// Word is a keyed hash of a word that must be typed beside the link; empty: none.
	Word  string   `json:"word_hash,omitempty"`
	Until day.Date `json:"until,omitzero"` // the link's last day
	// Answer is the day by which they get an answer to a reply, at the latest 5 working
	// days after it.
	Answer day.Date     `json:"answer_by,omitzero"`
	Phone  string       `json:"phone,omitempty"` // which they ring or text about the plan
	Goals  []SharedGoal `json:"goals"`
	Well   string       `json:"going_well,omitempty"`
	Words  string       `json:"childs_words,omitempty"`
	Next   string       `json:"next_meeting,omitempty"`
}

// SharedGoal is a goal in the words that the family got.
type SharedGoal struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Change  string   `json:"change"`
	ByWhen  string   `json:"by_when,omitempty"`
	Worry   string   `json:"worry,omitempty"`
	Help    []string `json:"help,omitempty"`
	Measure string   `json:"measure,omitempty"`
	IfNot   string   `json:"if_not,omitempty"`
	PlanB   string   `json:"plan_b,omitempty"`
	Ring    []Ring   `json:"ring,omitempty"`
}

// PlanShareEnded ends a private link.
type PlanShareEnded struct {
	Shared entry.ID `json:"plan_given"`
	Why    string   `json:"why"`
}

// PlanWordWrong says that somebody with the link typed a word that is not the agreed one.
type PlanWordWrong struct {
	Shared entry.ID `json:"plan_given"`
}

// VisitPlanned is a visit on a day for a purpose. It has one of Goal and Other.
type VisitPlanned struct {
	On    day.Date `json:"on"`
	Goal  string   `json:"goal,omitempty"`
	Other string   `json:"other_purpose,omitempty"` // a purpose that is no goal of the plan, and why
	Ask   string   `json:"ask,omitempty"`           // the one thing to ask
	// Unannounced: the family does not know of it.
	Unannounced bool `json:"unannounced,omitempty"`
}

// VisitCalledOff ends a planned visit that will not happen.
type VisitCalledOff struct {
	Planned entry.ID `json:"planned"`
	Why     string   `json:"why"`
}

// The kinds' names.
func (PlanSent) Kind() entry.Kind       { return "plan.sent" }
func (PlanApproved) Kind() entry.Kind   { return "plan.approved" }
func (PlanReturned) Kind() entry.Kind   { return "plan.returned" }
func (GoalMoved) Kind() entry.Kind      { return "goal.moved" }
func (View) Kind() entry.Kind           { return "view" }
func (ViewFollowed) Kind() entry.Kind   { return "view.followed" }
func (PlanShared) Kind() entry.Kind     { return "plan.shared" }
func (PlanShareEnded) Kind() entry.Kind { return "plan.share-ended" }
func (PlanWordWrong) Kind() entry.Kind  { return "plan.word-wrong" }
func (VisitPlanned) Kind() entry.Kind   { return "visit.planned" }
func (VisitCalledOff) Kind() entry.Kind { return "visit.called-off" }

// What each answering entry answers.
func (b PlanApproved) RefersTo() entry.ID   { return b.Plan }
func (b PlanReturned) RefersTo() entry.ID   { return b.Plan }
func (b ViewFollowed) RefersTo() entry.ID   { return b.View }
func (b PlanShared) RefersTo() entry.ID     { return b.Plan }
func (b PlanShareEnded) RefersTo() entry.ID { return b.Shared }
func (b PlanWordWrong) RefersTo() entry.ID  { return b.Shared }
func (b VisitCalledOff) RefersTo() entry.ID { return b.Planned }

// Check of each kind sees what is wrong without knowing the record. A plan is never
// refused for its wording: that is pointed out while it is written.
func (b PlanSent) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "of", b.Of, PlansOf, "Say what sort of plan it is")
	if len(b.Goals) == 0 {
		ps = append(ps, entry.Problem{Field: "goals", Text: "Write at least one goal"})
	}
	seen := map[string]bool{}
	for i, g := range b.Goals {
		n := strconv.Itoa(i)
		at := func(part string) string { return "goals-" + n + "-" + part }
		if g.ID == "" || seen[g.ID] {
			ps = append(ps, entry.Problem{Field: at("id"), Text: "Each goal needs an id of its own"})
		}
		seen[g.ID] = true
		ps = entry.Need(ps, at("name"), g.Name, "Enter a short name for the goal")
		ps = entry.Need(ps, at("change"), g.Change, "Enter what has to change: what will the adult be doing?")
		for _, f := range [][2]string{{"name", g.Name}, {"worry", g.Worry}, {"change", g.Change}, {"measure", g.Measure}, {"if_not", g.IfNot}, {"plan_b", g.PlanB}} {
			ps = entry.Short(ps, at(f[0]), f[1])
		}
		if g.Weeks < 0 || g.Weeks > 104 {
			ps = append(ps, entry.Problem{Field: at("weeks"), Text: "How long it must hold is from 1 to 104 weeks"})
		}
		for j, h := range g.Help {
			f := at("help-" + strconv.Itoa(j))
			ps = entry.Short(entry.Need(ps, f, h.What, "Enter what we will do"), f, h.What)
		}
		for j, r := range g.Ring {
			f := at("ring-" + strconv.Itoa(j))
			ps = entry.Need(entry.Need(ps, f, r.Name, "Enter who to ring"), f, r.Number, "Enter the number of "+r.Name)
		}
	}
	for i, k := range b.Kept {
		ps = entry.Need(ps, "kept-"+strconv.Itoa(i), k.Why, "Say why these words stay as they are")
	}
	return entry.Short(ps, "going_well", b.Well)
}
func (b PlanApproved) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "plan", string(b.Plan), "Name the version of the plan"), "words", b.Words)
}
func (b PlanReturned) Check() []entry.Problem {
	ps := entry.Need(nil, "plan", string(b.Plan), "Name the version of the plan")
	return entry.Short(entry.Need(ps, "why", b.Why, "Enter what to change, and why"), "why", b.Why)
}
func (b GoalMoved) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "goal", b.Goal, "Name the goal")
	ps = entry.OneOf(ps, "state", b.State, GoalStates, "Say how far it has come")
	ps = checkEvidence(ps, b.Evidence)
	if len(b.Evidence) == 0 && (b.State == GoalDone || b.State == GoalHeld) {
		ps = append(ps, entry.Problem{Field: "how_known", Text: "Say how you know: said, seen, or confirmed by somebody else"})
	}
	return entry.Short(ps, "what", b.What)
}
func checkEvidence(ps []entry.Problem, of []string) []entry.Problem {
	for _, e := range of {
		ps = entry.OneOf(ps, "how_known", e, Evidences, "Say how you know: said, seen, or confirmed by somebody else")
	}
	return ps
}
func (b View) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "of", b.Of, ViewsOf, "Say whose view it is")
	if b.Of == "parent" || b.Of == "somebody else" {
		ps = entry.Need(ps, "name", b.Name, "Enter who said it")
	}
	if b.Scale != nil && (*b.Scale < 0 || *b.Scale > 10) {
		ps = append(ps, entry.Problem{Field: "scale", Text: "The number is from 0 to 10"})
	}
	if b.Scale != nil && b.Goal == "" {
		ps = append(ps, entry.Problem{Field: "goal", Text: "A number is about one goal. Say which"})
	}
	ps = entry.OneOf(ps, "agrees", b.Agrees, append([]string{""}, Agreements...), "Say whether they agree: yes, partly or no")
	if b.Scale == nil && b.Agrees == "" && strings.TrimSpace(b.Words) == "" {
		ps = append(ps, entry.Problem{Field: "words", Text: "Enter what they said, or their number"})
	}
	return entry.Short(entry.Short(b.Mark.check(ps), "words", b.Words), "how", b.How)
}
func (b ViewFollowed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "view", string(b.View), "Name what was said")
	if strings.TrimSpace(b.Did+b.Not) == "" {
		ps = append(ps, entry.Problem{Field: "did", Text: "Enter what was done about it, or why it was not"})
	}
	return entry.Short(entry.Short(ps, "did", b.Did), "why_not", b.Not)
}
func (b PlanShared) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "plan", string(b.Plan), "Name the version of the plan")
	ps = entry.Need(ps, "to", b.To, "Enter who gets it")
	ps = entry.OneOf(ps, "for", b.For, SharedFor, "Say for whom it is put into words")
	ps = entry.Need(ps, "child_called", b.Called, "Enter what the child is called in the plan")
	if len(b.Goals) == 0 {
		ps = append(ps, entry.Problem{Field: "goals", Text: "Give them at least one goal"})
	}
	seen := map[string]bool{}
	for i, g := range b.Goals {
		at := func(part string) string { return "goals-" + strconv.Itoa(i) + "-" + part }
		if g.ID == "" || seen[g.ID] {
			ps = append(ps, entry.Problem{Field: at("id"), Text: "Each goal needs an id of its own"})
		}
		seen[g.ID] = true
		ps = entry.Need(ps, at("name"), g.Name, "Enter a short name for the goal")
		ps = entry.Need(ps, at("change"), g.Change, "Enter what has to change")
		for _, f := range [][2]string{{"name", g.Name}, {"change", g.Change}, {"by_when", g.ByWhen}, {"worry", g.Worry}, {"help", strings.Join(g.Help, "\n")}, {"measure", g.Measure}, {"if_not", g.IfNot}, {"plan_b", g.PlanB}} {
			ps = entry.Short(ps, at(f[0]), f[1])
		}
		for j, r := range g.Ring {
			f := at("ring-" + strconv.Itoa(j))
			ps = entry.Need(ps, f, r.Name, "Enter who to ring")
			if r.Name != "" {
				ps = entry.Need(ps, f, r.Number, "Enter the number of "+r.Name)
			}
		}
	}
	if b.Link != "" && b.Until == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Give the last day on which the link opens"})
	}
	if b.Link == "" && b.Word != "" {
		ps = append(ps, entry.Problem{Field: "word", Text: "A word goes with a link. Paper has none"})
	}
	if b.Answer == 0 {
		ps = append(ps, entry.Problem{Field: "answer_by", Text: "Give the day by which they get an answer"})
	}
	ps = entry.Need(ps, "phone", b.Phone, "Enter a number that they can ring about the plan")
	for _, f := range [][2]string{{"going_well", b.Well}, {"childs_words", b.Words}, {"next_meeting", b.Next}} {
		ps = entry.Short(ps, f[0], f[1])
	}
	return ps
}
func (b PlanShareEnded) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "plan_given", string(b.Shared), "Name what was given"), "why", b.Why, "Enter why the link ends")
}
func (b PlanWordWrong) Check() []entry.Problem {
	return entry.Need(nil, "plan_given", string(b.Shared), "Name what was given")
}
func (b VisitPlanned) Check() (ps []entry.Problem) {
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "on", Text: "Enter the day of the visit"})
	}
	if (b.Goal == "") == (strings.TrimSpace(b.Other) == "") {
		ps = append(ps, entry.Problem{Field: "goal", Text: "Say what the visit is for: one goal of the plan, or another purpose and why"})
	}
	return entry.Short(entry.Short(ps, "other_purpose", b.Other), "ask", b.Ask)
}
func (b VisitCalledOff) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "planned", string(b.Planned), "Name the planned visit"), "why", b.Why, "Enter why it will not happen")
}

// planFollows refuses what cannot follow from the plans and visits that there are.
func (r Record) planFollows(cmd Command, at entry.Moment, now Status, no func(field, text string)) {
	goal := func(id string) {
		if id == "" {
			return
		}
		if _, ok := r.Goal(id); !ok {
			no("goal", "There is no such goal in a plan of this child")
		}
	}
	waiting := func(id entry.ID) (PlanVersion, bool) {
		for _, v := range r.Plans() {
			if v.ID == id {
				return v, true
			}
		}
		no("plan", "There is no such version of a plan in this child's record")
		return PlanVersion{}, false
	}
	switch b := cmd.Body.(type) {
	case PlanSent:
		if !now.Open {
			no("", "The case is closed. Record a referral first")
		}
	case PlanApproved:
		v, ok := waiting(b.Plan)
		switch {
		case !ok:
		case v.State() != PlanWaits:
			no("plan", "This version waits for nothing any more")
		case v.Author == cmd.Actor.Person:
			no("", "Somebody else must approve it: you wrote it")
		}
	case PlanReturned:
		if v, ok := waiting(b.Plan); ok && v.State() != PlanWaits {
			no("plan", "This version waits for nothing any more")
		}
	case GoalMoved:
		goal(b.Goal)
	case View:
		goal(b.Goal)
		if b.Shared != "" {
			if ev, ok := r.Event(b.Shared); !ok || ev.Kind != "plan.shared" {
				no("plan_given", "No such plan was given to anybody")
			}
		}
		if b.With != "" {
			ev, _ := r.Event(b.With)
			if first, ok := ev.Body.(View); !ok || first.Shared != b.Shared || first.With != "" {
				no("said_with", "There is no such reply")
			}
		}
	case ViewFollowed:
		if ev, ok := r.Event(b.View); !ok || ev.Kind != "view" {
			no("view", "There is no such view in this child's record")
		}
	case PlanShared:
		v, ok := waiting(b.Plan)
		if ok && v.Approved.IsZero() {
			no("plan", "This version was not approved")
		}
		for i, g := range b.Goals {
			if _, in := v.Goal(g.ID); ok && !in {
				no("goals-"+strconv.Itoa(i)+"-id", "There is no such goal in this version")
			}
		}
		if b.Until != 0 && b.Until < at.Now.Date() {
			no("until", "The last day is past")
		} else if b.Until > at.Now.Date().AddMonths(12) {
			no("until", "A link opens for a year at most. Give a new one then")
		}
		if b.Answer != 0 && b.Answer < at.Now.Date() {
			no("answer_by", "The day is past")
		}
	case PlanShareEnded:
		if s, ok := r.Share(b.Shared); !ok || s.Link == "" {
			no("plan_given", "There is no such private link")
		} else if s.Ended != nil {
			no("plan_given", "This link has ended already")
		}
	case PlanWordWrong:
		if s, ok := r.Share(b.Shared); !ok || s.Word == "" || !s.Opens(at.Now.Date()) {
			no("plan_given", "This link opens nothing")
		}
	case VisitPlanned:
		goal(b.Goal)
		if b.On != 0 && b.On < cmd.Happened.Date {
			no("on", "The day is past. Record the visit itself")
		}
		if !now.Open {
			no("", "The case is closed. Record a referral first")
		}
	case VisitCalledOff:
		if !slices.ContainsFunc(r.PlannedVisits(), func(v PlannedVisit) bool { return v.ID == b.Planned }) {
			no("planned", "No such visit is planned")
		}
	case Visit:
		goal(b.Goal)
		if b.Planned != "" && !slices.ContainsFunc(r.PlannedVisits(), func(v PlannedVisit) bool { return v.ID == b.Planned }) {
			no("planned", "No such visit is planned. It may have been recorded already")
		} else if ev, _ := r.Event(b.Planned); b.Planned != "" && cmd.Happened.Until() < ev.When.From() {
			// No clock would be met by what came before it, and nothing could meet it any more.
			no("happened", "A visit comes after it was planned: this one was planned on "+ev.When.Long())
		}
	}
}
