package child

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// workKinds are steps of the work with and around a child that are no part of
// care: at the front door, before the court, with partners, and on paper.
func workKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(ContactDecided{}, true, "Decision on a contact", "Whether what was told is a referral, and what else was done."),
		k(Rated{}, true, "Rated", "How urgent a contact or referral is, by which rule, or by whom and why."),
		k(Danger{}, true, "Immediate danger", "A child is in danger now, or it was acted on."),
		k(ReferrerTold{}, true, "Referrer told", "Whoever referred was told that it arrived, or what was decided and why."),
		k(Meeting{}, false, "Meeting", "People met about the child."),
		k(MeetingFixed{}, false, "Meeting fixed", "The day of a conference, review or meeting was fixed, or moved."),
		k(Document{}, false, "Document", "A plan, record or letter was made, shared or sent."),
		k(Oversight{}, true, "Management oversight", "A manager looked at a decision and wrote down what they think, and why."),
		k(EarlyHelpStep{}, false, "Early help", "An early help plan began or ended, or was visited."),
		k(Level{}, false, "Step up or down", "Work is to move to another level of help: proposed, accepted on the other side, or refused."),
		k(Transfer{}, false, "Transfer", "The case moves to or from another authority."),
		k(PreProceedings{}, false, "Pre-proceedings", "A step before going to court."),
		k(Court{}, true, "Court", "An application, a hearing, or its end."),
		k(OrderMade{}, true, "Order", "A court's order, or police protection, began, was extended or ended."),
		k(FamilyGroup{}, false, "Family group decision-making", "The family was offered to decide together; they declined, or met."),
		k(Allegation{}, true, "Allegation", "An allegation about somebody who works with children, in which this child is concerned."),
		k(Incident{}, false, "Serious incident", "Death or serious harm: known, notified, reviewed, published."),
		k(Complaint{}, false, "Complaint", "A complaint by or for the child, by stage."),
		k(Disagreement{}, false, "Disagreement between agencies", "A professional disagreement about the child, by stage."),
		k(Notice{}, true, "Notice", "Somebody who must be told of the child was told, or told us."),
		k(VisitAsked{}, true, "Visit asked for", "The child, or whoever cares for them, asked for a visit."),
	}
}

// ContactDecided says what became of a contact.
type ContactDecided struct {
	Contact entry.ID `json:"contact,omitempty"`
	Outcome string   `json:"outcome"` // one of ContactOutcomes
	Why     string   `json:"why"`
	Judged
}

// ContactOutcomes are what can become of a contact.
var ContactOutcomes = []string{"referral", "early help", "information only", "no further action", "belongs to open work"}

// Rated is how urgent something is. A rating by the rules only ever raises.
type Rated struct {
	Of     entry.ID `json:"of,omitempty"` // the contact or referral
	Rating string   `json:"rating"`       // red, amber, green
	Rule   string   `json:"rule,omitempty"`
	Why    string   `json:"why,omitempty"`
	// Provisional: with what nobody had asked yet it could be more urgent.
	Provisional bool `json:"provisional,omitempty"`
}

// Ratings are how urgent something can be, the most urgent first.
var Ratings = []string{"red", "amber", "green"}

// Danger is immediate danger to a child.
type Danger struct {
	Step string `json:"step"` // seen, acted on
	What string `json:"what"`
}

// ReferrerTold says what the referrer was told.
type ReferrerTold struct {
	Referral entry.ID `json:"referral,omitempty"`
	Of       string   `json:"of"` // receipt, decision
	How      string   `json:"how,omitempty"`
}

// Meetings are what people meet about. Conferences, core groups, reviews and
// strategy discussions have kinds of their own.
var Meetings = []string{"child in need planning", "transfer-in conference", "missing", "allegation", "permanence", "professionals", "rapid review", "legal gateway", "other"}

// Meeting is one that was held.
type Meeting struct {
	Of     string `json:"of"` // one of Meetings
	Agreed string `json:"agreed,omitempty"`
}

// FixedMeetings are the meetings whose day is fixed before.
var FixedMeetings = []string{"conference", "review conference", "care review", "pathway review", "other"}

// MeetingFixed fixes the day of a meeting; a later one of the same sort moves it.
type MeetingFixed struct {
	Of string   `json:"of"` // one of FixedMeetings
	On day.Date `json:"on"`
}

// Documents are what is made, shared or sent.
var Documents = []string{
	"written referral", "strategy discussion record", "request for a conference", "report for the conference", "conference decisions", "conference minutes",
	"assessment shared with the family", "care plan", "placement plan", "notice of placement", "notice that a placement ended", "permanence plan",
	"review decisions", "response to review decisions", "review record", "report for the review", "visit report", "supervision record", "chronology",
	"closing record", "letter before proceedings", "detention placement plan", "request for a health assessment", "early help plan", "other",
}

// Document is a piece of writing that the law or practice asks for.
type Document struct {
	Of  string   `json:"of"` // one of Documents
	For entry.ID `json:"for,omitempty"`
	To  string   `json:"to,omitempty"` // to whom it went
	// Signed by the person whose agreement it needs.
	Signed bool   `json:"signed,omitempty"`
	What   string `json:"what,omitempty"`
}

// Oversight is a manager's view of a decision.
type Oversight struct {
	Of   entry.ID `json:"of,omitempty"` // the decision that was looked at
	View string   `json:"view"`
}

// EarlyHelpStep is a step of an early help plan.
type EarlyHelpStep struct {
	Step string `json:"step"` // began, seen, ended
	What string `json:"what,omitempty"`
}

// Level is work that moves to another level of help.
type Level struct {
	Way  string   `json:"way"`  // up, down
	Step string   `json:"step"` // proposed, accepted, refused
	To   string   `json:"to,omitempty"`
	Of   entry.ID `json:"proposal,omitempty"`
	Why  string   `json:"why,omitempty"`
}

// Transfer of a case between authorities.
type Transfer struct {
	Way       string `json:"way"`  // in, out
	Step      string `json:"step"` // one of TransferSteps
	Authority string `json:"authority,omitempty"`
	OnPlan    bool   `json:"on_a_protection_plan,omitempty"`
}

// TransferSteps are its steps: "move known" is when the sending authority hears
// of the move, "told" when the receiving one is told.
var TransferSteps = []string{"move known", "told", "accepted", "refused"}

// PreProceedings is a step before court.
type PreProceedings struct {
	Step    string `json:"step"` // one of PreProceedingsSteps
	Outcome string `json:"outcome,omitempty"`
}

// PreProceedingsSteps are its steps.
var PreProceedingsSteps = []string{"decided", "letter sent", "first meeting", "mid-point review", "ended"}

// Court is a step of care or supervision proceedings.
type Court struct {
	Step  string `json:"step"` // one of CourtSteps
	Weeks int    `json:"weeks,omitempty"`
	What  string `json:"what,omitempty"`
}

// CourtSteps are its steps.
var CourtSteps = []string{"decided to apply", "applied", "case management hearing", "time extended", "ended"}

// OrderMade is an order, or police protection.
type OrderMade struct {
	Of    string   `json:"of"`   // one of Orders
	Step  string   `json:"step"` // made, extended, ended
	Until day.Date `json:"until,omitzero"`
}

// Orders there are. Police protection is no order, but runs like one.
var Orders = []string{"emergency protection", "police protection", "child assessment", "interim care", "care", "supervision", "placement", "secure accommodation"}

// FamilyGroup is a step of family group decision-making.
type FamilyGroup struct {
	Step string `json:"step"` // offered, declined, held
	What string `json:"what,omitempty"`
}

// Allegation about somebody who works with children.
type Allegation struct {
	Step string `json:"step"` // one of AllegationSteps
	What string `json:"what,omitempty"`
}

// AllegationSteps are its steps: "learnt" is when the employer learnt of it,
// "told" when the designated officer was.
var AllegationSteps = []string{"learnt", "told", "threshold met", "threshold not met", "resolved"}

// Incident is a step after death or serious harm.
type Incident struct {
	Step string `json:"step"`         // one of IncidentSteps
	Of   string `json:"of,omitempty"` // one of Incidents
	What string `json:"what,omitempty"`
}

// What a serious incident can be, and its steps.
var (
	Incidents     = []string{"serious harm", "death", "death in care", "death of a care leaver"}
	IncidentSteps = []string{"known", "notified", "rapid review done", "practice review decided", "practice review published", "no practice review"}
)

// Complaint by stage.
type Complaint struct {
	Stage int    `json:"stage"` // 1 to 3
	Step  string `json:"step"`  // one of ComplaintSteps
	What  string `json:"what,omitempty"`
}

// ComplaintSteps are its steps. "panel" is for stage 3.
var ComplaintSteps = []string{"received", "time extended", "answered", "withdrawn", "panel met", "panel reported"}

// Disagreement between agencies, by stage.
type Disagreement struct {
	Stage int    `json:"stage"` // 1 to 4
	Step  string `json:"step"`  // raised, resolved, not resolved
	With  string `json:"with,omitempty"`
	What  string `json:"what,omitempty"`
}

// Notices are what somebody is told, or tells us, about a child.
var Notices = []string{"plan or care status to health (CP-IS)", "domestic abuse to the school", "long stay in hospital or residential school", "distant placement approved", "other"}

// Notice is one that was given.
type Notice struct {
	Of string `json:"of"` // one of Notices
	To string `json:"to,omitempty"`
}

// VisitAsked is a request to be visited.
type VisitAsked struct {
	By  string `json:"by"`
	Why string `json:"why,omitempty"`
}

// The kinds' names.
func (ContactDecided) Kind() entry.Kind { return "contact.decided" }
func (Rated) Kind() entry.Kind          { return "rated" }
func (Danger) Kind() entry.Kind         { return "danger" }
func (ReferrerTold) Kind() entry.Kind   { return "referrer.told" }
func (Meeting) Kind() entry.Kind        { return "meeting" }
func (MeetingFixed) Kind() entry.Kind   { return "meeting.fixed" }
func (Document) Kind() entry.Kind       { return "document" }
func (Oversight) Kind() entry.Kind      { return "oversight" }
func (EarlyHelpStep) Kind() entry.Kind  { return "early-help" }
func (Level) Kind() entry.Kind          { return "level" }
func (Transfer) Kind() entry.Kind       { return "transfer" }
func (PreProceedings) Kind() entry.Kind { return "pre-proceedings" }
func (Court) Kind() entry.Kind          { return "court" }
func (OrderMade) Kind() entry.Kind      { return "order" }
func (FamilyGroup) Kind() entry.Kind    { return "family-group" }
func (Allegation) Kind() entry.Kind     { return "allegation" }
func (Incident) Kind() entry.Kind       { return "incident" }
func (Complaint) Kind() entry.Kind      { return "complaint" }
func (Disagreement) Kind() entry.Kind   { return "disagreement" }
func (Notice) Kind() entry.Kind         { return "notice" }
func (VisitAsked) Kind() entry.Kind     { return "visit.asked" }

// Check of each kind sees what is wrong without knowing the record.
func (b ContactDecided) Check() []entry.Problem {
	return b.Judged.check(entry.Need(step("outcome", b.Outcome, ContactOutcomes, b.Why), "why", b.Why, "Enter why"))
}
func (b Rated) Check() (ps []entry.Problem) {
	ps = step("rating", b.Rating, Ratings, b.Why)
	if b.Rule == "" {
		ps = entry.Need(ps, "why", b.Why, "Enter why it is rated so")
	}
	return ps
}
func (b Danger) Check() []entry.Problem {
	return entry.Need(step("step", b.Step, []string{"seen", "acted on"}, b.What), "what", b.What, "Enter what the danger is, or what was done")
}
func (b ReferrerTold) Check() []entry.Problem {
	return step("of", b.Of, []string{"receipt", "decision"})
}
func (b Meeting) Check() []entry.Problem { return step("of", b.Of, Meetings, b.Agreed) }
func (b MeetingFixed) Check() (ps []entry.Problem) {
	ps = step("of", b.Of, FixedMeetings)
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "on", Text: "Enter the day of the meeting"})
	}
	return ps
}
func (b Document) Check() []entry.Problem { return step("of", b.Of, Documents, b.What) }
func (b Oversight) Check() []entry.Problem {
	return entry.Short(entry.Need(nil, "view", b.View, "Enter what you think of the decision, and why"), "view", b.View)
}
func (b EarlyHelpStep) Check() []entry.Problem {
	return step("step", b.Step, []string{"began", "seen", "ended"}, b.What)
}
func (b Level) Check() []entry.Problem {
	return append(step("way", b.Way, []string{"up", "down"}, b.Why), step("step", b.Step, []string{"proposed", "accepted", "refused"})...)
}
func (b Transfer) Check() []entry.Problem {
	return append(step("way", b.Way, []string{"in", "out"}), step("step", b.Step, TransferSteps)...)
}
func (b PreProceedings) Check() []entry.Problem {
	return step("step", b.Step, PreProceedingsSteps, b.Outcome)
}
func (b Court) Check() (ps []entry.Problem) {
	ps = step("step", b.Step, CourtSteps, b.What)
	if b.Step == "time extended" && (b.Weeks < 1 || b.Weeks > 8) {
		ps = append(ps, entry.Problem{Field: "weeks", Text: "The court extends the time by 1 to 8 weeks at once"})
	}
	return ps
}
func (b OrderMade) Check() []entry.Problem {
	return append(step("of", b.Of, Orders), step("step", b.Step, []string{"made", "extended", "ended"})...)
}
func (b FamilyGroup) Check() []entry.Problem {
	return step("step", b.Step, []string{"offered", "declined", "held"}, b.What)
}
func (b Allegation) Check() []entry.Problem { return step("step", b.Step, AllegationSteps, b.What) }
func (b Incident) Check() (ps []entry.Problem) {
	ps = step("step", b.Step, IncidentSteps, b.What)
	if b.Step == "known" || b.Of != "" {
		ps = append(ps, step("of", b.Of, Incidents)...)
	}
	return ps
}
func (b Complaint) Check() (ps []entry.Problem) {
	ps = step("step", b.Step, ComplaintSteps, b.What)
	if b.Stage < 1 || b.Stage > 3 {
		ps = append(ps, entry.Problem{Field: "stage", Text: "A complaint has stages 1 to 3"})
	} else if b.Stage != 3 && (b.Step == "panel met" || b.Step == "panel reported") {
		ps = append(ps, entry.Problem{Field: "step", Text: "Only stage 3 has a panel"})
	}
	return ps
}
func (b Disagreement) Check() (ps []entry.Problem) {
	ps = step("step", b.Step, []string{"raised", "resolved", "not resolved"}, b.What)
	if b.Stage < 1 || b.Stage > 4 {
		ps = append(ps, entry.Problem{Field: "stage", Text: "A disagreement has stages 1 to 4"})
	}
	return ps
}
func (b Notice) Check() []entry.Problem     { return step("of", b.Of, Notices) }
func (b VisitAsked) Check() []entry.Problem { return entry.Need(nil, "by", b.By, "Enter who asked") }

// What each answering entry answers.
func (b ContactDecided) RefersTo() entry.ID { return b.Contact }
func (b Rated) RefersTo() entry.ID          { return b.Of }
func (b ReferrerTold) RefersTo() entry.ID   { return b.Referral }
func (b Document) RefersTo() entry.ID       { return b.For }
func (b Oversight) RefersTo() entry.ID      { return b.Of }
func (b Level) RefersTo() entry.ID          { return b.Of }
