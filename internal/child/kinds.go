package child

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Kinds are the entries that a child's record is made of.
func Kinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return append([]entry.Known{
		k(Known{}, false, "Child known", "Who the child is: names, dates, address, identifiers."),
		k(Contact{}, true, "Contact", "Somebody told the authority something about the child."),
		k(Referral{}, true, "Referral", "A request for services. It must be decided."),
		k(Decision{}, true, "Decision on a referral", "What was decided about a referral, why, and by whom."),
		k(Allocation{}, false, "Allocation", "A named post becomes the child's social worker."),
		k(AllocationEnded{}, false, "Allocation ended", "The post is no longer the child's social worker."),
		k(AssessmentStarted{}, false, "Assessment started", "A child and family assessment began."),
		k(AssessmentChecked{}, false, "Assessment checkpoint", "A manager looked at the assessment under way."),
		k(AssessmentAuthorised{}, false, "Assessment authorised", "The assessment is complete and a manager signed it."),
		k(AssessmentFactors{}, false, "Assessment factors", "What the assessment found, as the national codes have it."),
		k(StrategyDiscussion{}, true, "Strategy discussion", "Social care, police and health decided together what to do."),
		k(Section47Started{}, false, "Section 47 enquiry started", "An enquiry into significant harm began."),
		k(Section47Ended{}, false, "Section 47 enquiry ended", "The enquiry ended, with its outcome."),
		k(Conference{}, false, "Child protection conference", "An initial child protection conference was held."),
		k(CINPlanStarted{}, false, "Child in need plan started", "A child in need plan was made."),
		k(CINPlanEnded{}, false, "Child in need plan ended", "The child in need plan ended."),
		k(CPPlanStarted{}, false, "Child protection plan started", "The child became the subject of a protection plan."),
		k(CPPlanChanged{}, false, "Child protection category changed", "The plan goes on under another category of harm."),
		k(CPPlanEnded{}, false, "Child protection plan ended", "The protection plan ended."),
		k(CoreGroup{}, false, "Core group", "The people of the protection plan met."),
		k(Review{}, false, "Review", "A plan was reviewed: at a review conference or a child in need review."),
		k(Visit{}, true, "Visit", "Somebody went to see the child. Seen, and seen alone, are two facts."),
		k(Supervision{}, false, "Case supervision", "The worker and the supervisor talked about this child."),
		k(SupervisionPrepared{}, true, "Prepared for supervision", "What the worker wants to say of this child in the next talk."),
		k(SupervisionLeft{}, false, "Left for another talk", "The child was to be talked about in supervision and was not: why, and by which day it will be."),
		k(CaseClosed{}, false, "Case closed", "The authority's work with the child ended."),
		k(Note{}, true, "Note", "Anything else worth keeping."),
		k(Correction{}, true, "Correction", "An earlier entry was wrong: what is right, and why."),
		k(DutyClimbed{}, true, "Told up the line", "A duty was not met in time and the next post was told. Recorded by the rules."),
		k(DutyStoodDown{}, true, "Duty stood down", "A named person decided that a duty need not be met, and why."),
		k(Kept{}, false, "Kept from an import", "Parts of an imported file that Onus did not understand, kept as they were."),
	}, slices.Concat(careKinds(), returnedKinds(), workKinds(), planKinds(), familyKinds(), assessmentKinds(), meetingKinds(), allocationKinds(), doorKinds(), guardKinds(), keepKinds(), askedKinds(), accountKinds(), erasedKinds())...)
}

// Identifier is a number that some system knows the child by.
type Identifier struct {
	// System is la-child and mis-child (both with Authority; the second is the number
	// in the authority's case system), upn, former-upn, nhs, upn-unknown.
	System    string `json:"system"`
	Authority string `json:"authority,omitempty"`
	Value     string `json:"value"`
}

// Known is who the child is. A later one replaces what it names and leaves the rest.
type Known struct {
	Given      string       `json:"given,omitempty"`
	Family     string       `json:"family,omitempty"`
	OtherNames []string     `json:"other_names,omitempty"`
	Birth      day.Date     `json:"birth,omitzero"`
	Expected   day.Date     `json:"expected,omitzero"`
	Death      day.Date     `json:"death,omitzero"`
	Sex        string       `json:"sex,omitempty"`       // F, M, U (unknown) as the CIN census
	Ethnicity  string       `json:"ethnicity,omitempty"` // CIN code set
	Disability []string     `json:"disability,omitempty"`
	Address    string       `json:"address,omitempty"`
	Mother     string       `json:"mother,omitempty"`    // SSDA903: 1 when she has a child of her own, 0 when not
	ChildBorn  day.Date     `json:"child_born,omitzero"` // her child's date of birth
	IDs        []Identifier `json:"identifiers,omitempty"`
	// Language is the child's first one, and Parents' that of the parents: plain names.
	Language string `json:"language,omitempty"`
	Parents  string `json:"parents_language,omitempty"`
	// Interpreter is for whom one is needed: of Interpreters. Empty: nobody has asked.
	Interpreter string `json:"interpreter,omitempty"`
}

// Interpreters are for whom an interpreter is needed.
var Interpreters = []string{"nobody", "the child", "the parents", "the child and the parents"}

// Contact is something that somebody told the authority.
type Contact struct {
	From string `json:"from"`
	What string `json:"what"`
	Intake
	Mark
}

// Referral is a request for services, which must be decided.
type Referral struct {
	From string `json:"from,omitempty"` // who referred, in words
	Code string `json:"source_code,omitempty"`
	Need string `json:"need_code,omitempty"`
	What string `json:"what,omitempty"`
	// Telephone: by a professional, who must confirm it in writing.
	Telephone bool `json:"by_telephone,omitempty"`
	// Of is the contact that was found to be a referral.
	Of entry.ID `json:"contact,omitempty"`
	// NoAction is what a return says: whether it led to no further action. It does not
	// say who decided that, or when; a decision is an entry of its own.
	NoAction *bool `json:"no_further_action,omitempty"`
	Intake
	Mark
}

// Outcomes of a decision on a referral.
const (
	Assess    = "assess"
	EarlyHelp = "early help"
	NoAction  = "no further action"
	Section47 = "section 47"
	OpenCase  = "add to open work"
)

// Informed is a contact that tells us something and asks for nothing.
const Informed = "information only"

// Outcomes in the order in which they are offered.
var Outcomes = []string{Assess, Section47, OpenCase, EarlyHelp, NoAction}

// Decision is what was decided about a referral.
type Decision struct {
	Referral entry.ID `json:"referral,omitempty"`
	Outcome  string   `json:"outcome"`
	For      string   `json:"reasons_for,omitempty"`
	Team     string   `json:"team,omitempty"` // which team takes it
	Judged
}

// Allocation names the post that is the child's social worker from that day on.
type Allocation struct {
	Post string `json:"post"`
	Team string `json:"team"`
	Why  string `json:"why,omitempty"`
	// Proposal is the request by which the post was asked: it took the child, or its
	// objection is answered by Why.
	Proposal entry.ID `json:"proposal,omitempty"`
	// HandOver: something is still to be handed over.
	HandOver bool `json:"to_hand_over,omitempty"`
}

// AllocationEnded leaves the child with no named worker.
type AllocationEnded struct {
	Post string `json:"post,omitempty"`
	Team string `json:"team,omitempty"` // who must allocate now; the same team when empty
	Why  string `json:"why"`
}

// AssessmentStarted begins a child and family assessment.
type AssessmentStarted struct {
	ReviewBy day.Date `json:"internal_review,omitzero"`
}

// AssessmentChecked is a manager's checkpoint during an assessment.
type AssessmentChecked struct {
	Next string `json:"next,omitempty"`
}

// AssessmentAuthorised completes an assessment.
type AssessmentAuthorised struct {
	Assessment entry.ID `json:"assessment,omitempty"`
	Outcome    string   `json:"outcome,omitempty"`
	// Sent is the version that was signed; empty: nothing was written here.
	Sent entry.ID `json:"sent,omitempty"`
	// Open is what was open in it when it was signed, and OpenWhy why it was signed so.
	Open    []string `json:"open,omitempty"`
	OpenWhy string   `json:"open_why,omitempty"`
}

// AssessmentFactors are what was found, in the census's codes.
type AssessmentFactors struct {
	Assessment entry.ID `json:"assessment,omitempty"`
	Codes      []string `json:"codes"`
}

// StrategyDiscussion is the talk of agencies that may begin a section 47 enquiry.
type StrategyDiscussion struct {
	Agencies  []string `json:"agencies,omitempty"`
	Section47 bool     `json:"section47"` // an enquiry begins
	Why       string   `json:"why,omitempty"`
	Held
}

// Section47Started begins an enquiry.
type Section47Started struct {
	Target day.Date `json:"conference_target,omitzero"`
	// NotNeeded: the census says that no conference was required. It does not
	// say when that was decided, so the enquiry does not count as under way.
	NotNeeded bool `json:"conference_not_required,omitempty"`
}

// Section47Ended ends it.
type Section47Ended struct {
	Started    entry.ID `json:"started,omitempty"`
	Outcome    string   `json:"outcome,omitempty"`
	Conference string   `json:"conference,omitempty"` // needed or not needed
	Why        string   `json:"reasons,omitempty"`
	Next       string   `json:"next,omitempty"` // what happens next: who, and by when
}

// Conference is an initial child protection conference.
type Conference struct {
	Section47 entry.ID `json:"section47,omitempty"`
	Plan      string   `json:"plan,omitempty"` // made, not made, or empty when not known
	Held
}

// CINPlanStarted begins a child in need plan.
type CINPlanStarted struct {
	OneLine string `json:"one_line,omitempty"`
}

// CINPlanEnded ends it.
type CINPlanEnded struct {
	Started entry.ID `json:"started,omitempty"`
	Why     string   `json:"why,omitempty"`
}

// CPPlanStarted begins a child protection plan.
type CPPlanStarted struct {
	Category string `json:"category,omitempty"` // NEG, PHY, SAB, EMO, MUL
	Previous int    `json:"previous_plans"`
	OneLine  string `json:"one_line,omitempty"`
}

// CPPlanChanged changes the category.
type CPPlanChanged struct {
	Category string `json:"category"`
}

// CPPlanEnded ends a protection plan.
type CPPlanEnded struct {
	Started entry.ID `json:"started,omitempty"`
	Why     string   `json:"why,omitempty"`
}

// CoreGroup is a meeting of the people of a protection plan.
type CoreGroup struct {
	Agreed string `json:"agreed,omitempty"`
	Held
}

// Review of a plan, or of a child's case in care.
type Review struct {
	Of     string `json:"of"`                  // one of ReviewsOf
	Part   string `json:"took_part,omitempty"` // SSDA903: PN0 to PN7
	Agreed string `json:"agreed,omitempty"`
	Held
}

// Visit to see a child. Seen and alone are two facts.
type Visit struct {
	Seen  bool   `json:"seen"`
	Alone bool   `json:"alone"`
	Where string `json:"where"`
	// Purpose may be left out with a goal: it is the goal's change then, as it stood.
	Purpose string `json:"purpose"`
	WhyNot  string `json:"why_not_seen,omitempty"`
	Words   string `json:"childs_words,omitempty"`
	Learnt  string `json:"learnt,omitempty"`
	// Planned is the visit that was planned, Goal the goal of the plan that it was for.
	Planned entry.ID `json:"planned,omitempty"`
	Goal    string   `json:"goal,omitempty"`
	// Announced: the family knew of it. Nil: nobody said.
	Announced *bool  `json:"announced,omitempty"`
	Room      string `json:"where_and_how_long,omitempty"` // his bedroom, 15 minutes
	Present   string `json:"who_was_there,omitempty"`
	// Observed is what was seen of a baby, or of a child without speech.
	Observed string   `json:"what_was_seen,omitempty"`
	Evidence []string `json:"how_known,omitempty"`    // of Evidences
	Safe     string   `json:"safe_tonight,omitempty"` // one of SafeTonight
	Told     string   `json:"whom_rang,omitempty"`    // who was rung at once, when it is not yes
	Next     string   `json:"next,omitempty"`         // what happens next, who, by when
	// Journey is how long the way took, there and back, in minutes; 0: nobody said.
	Journey int `json:"journey_minutes,omitempty"`
	Mark
}

// SafeTonight are the answers to whether the child is safe tonight.
var SafeTonight = []string{"yes", "not sure", "no"}

// Supervision of one child's case.
type Supervision struct {
	Asked   string `json:"asked,omitempty"` // what else has been tried
	Decided string `json:"decided"`
	Spoken
	Mark
}

// CaseClosed ends the authority's work.
type CaseClosed struct {
	Reason string `json:"reason,omitempty"` // RC1 to RC9 as the CIN census
	// Referred is the day of the referral whose work ends, where that is known: a
	// child can be closed and referred again in one day.
	Referred day.Date `json:"referred,omitzero"`
	Why      string   `json:"why,omitempty"`
	// Left are duties that were late and end undone, each with the reason.
	Left []LeftOpen `json:"ends_undone,omitempty"`
	// After is who helps the family from now on, in words.
	After string `json:"who_helps_now,omitempty"`
}

// LeftOpen is a duty that ends undone when a case is closed.
type LeftOpen struct {
	Duty string `json:"duty"`
	What string `json:"what,omitempty"` // the duty in words
	Why  string `json:"why"`
}

// Note is free text.
type Note struct {
	Text string `json:"text"`
	Mark
}

// Correction says that the entry it names was wrong. With a body, that body
// (of the same kind) stands instead; withdrawn, nothing does.
type Correction struct {
	Why       string     `json:"why"`
	Withdrawn bool       `json:"withdrawn,omitempty"`
	When      day.When   `json:"happened,omitzero"` // zero: as before
	Body      entry.Flat `json:"body,omitempty"`
}

// DutyClimbed is recorded by the rules when an unmet duty goes up the line.
type DutyClimbed struct {
	Duty   string   `json:"duty"`
	Rule   string   `json:"rule"`
	Step   int      `json:"step"` // 1 is the first post above
	To     string   `json:"to"`   // the tier named by the rule
	Post   string   `json:"post"` // the post that was told; empty when the line has none
	Person string   `json:"person,omitempty"`
	Due    day.Date `json:"due"`
	Owed   string   `json:"owed,omitempty"` // the post that owed it then
}

// DutyStoodDown ends a duty by decision.
type DutyStoodDown struct {
	Duty string `json:"duty"`
	Why  string `json:"why"`
}

// KeptItem is one thing in a file that was not understood.
type KeptItem struct {
	Path  string `json:"path"`
	Value string `json:"value,omitempty"`
	Line  int    `json:"line,omitempty"`
}

// Kept is what an import did not understand.
type Kept struct {
	Items []KeptItem `json:"items"`
}

// The kinds' names. Rules, pages and the API use the same.
func (Known) Kind() entry.Kind                { return "child.known" }
func (Contact) Kind() entry.Kind              { return "contact" }
func (Referral) Kind() entry.Kind             { return "referral" }
func (Decision) Kind() entry.Kind             { return "decision" }
func (Allocation) Kind() entry.Kind           { return "allocation" }
func (AllocationEnded) Kind() entry.Kind      { return "allocation.ended" }
func (AssessmentStarted) Kind() entry.Kind    { return "assessment.started" }
func (AssessmentChecked) Kind() entry.Kind    { return "assessment.checked" }
func (AssessmentAuthorised) Kind() entry.Kind { return "assessment.authorised" }
func (AssessmentFactors) Kind() entry.Kind    { return "assessment.factors" }
func (StrategyDiscussion) Kind() entry.Kind   { return "strategy-discussion" }
func (Section47Started) Kind() entry.Kind     { return "section47.started" }
func (Section47Ended) Kind() entry.Kind       { return "section47.ended" }
func (Conference) Kind() entry.Kind           { return "conference" }
func (CINPlanStarted) Kind() entry.Kind       { return "cin-plan.started" }
func (CINPlanEnded) Kind() entry.Kind         { return "cin-plan.ended" }
func (CPPlanStarted) Kind() entry.Kind        { return "cp-plan.started" }
func (CPPlanChanged) Kind() entry.Kind        { return "cp-plan.changed" }
func (CPPlanEnded) Kind() entry.Kind          { return "cp-plan.ended" }
func (CoreGroup) Kind() entry.Kind            { return "core-group" }
func (Review) Kind() entry.Kind               { return "review" }
func (Visit) Kind() entry.Kind                { return "visit" }
func (Supervision) Kind() entry.Kind          { return "supervision" }
func (CaseClosed) Kind() entry.Kind           { return "case.closed" }
func (Note) Kind() entry.Kind                 { return "note" }
func (Correction) Kind() entry.Kind           { return "correction" }
func (DutyClimbed) Kind() entry.Kind          { return "duty.climbed" }
func (DutyStoodDown) Kind() entry.Kind        { return "duty.stood-down" }
func (Kept) Kind() entry.Kind                 { return "import.kept" }

// Categories of harm in a protection plan, as the CIN census codes them.
var Categories = []string{"NEG", "PHY", "SAB", "EMO", "MUL"}

// ReviewsOf are the plans that a review can be of.
var ReviewsOf = []string{"cp", "cin", "care", "short breaks", "adoption", "early help"}

// Check of each kind sees what is wrong without knowing the record.
func (b Known) Check() (ps []entry.Problem) {
	if len(b.IDs) == 0 && strings.TrimSpace(b.Given+b.Family) == "" && b.Birth == 0 && b.Expected == 0 && b.Sex == "" && b.Ethnicity == "" &&
		len(b.Disability) == 0 && b.Address == "" && b.Death == 0 && b.Mother == "" && b.ChildBorn == 0 && b.Language == "" && b.Parents == "" && b.Interpreter == "" {
		ps = append(ps, entry.Problem{Field: "given", Text: "Enter a name, a number or anything else that is known"})
	}
	if b.Birth != 0 && b.Death != 0 && b.Death < b.Birth {
		ps = append(ps, entry.Problem{Field: "death", Text: "The date of death is before the date of birth"})
	}
	if b.Interpreter != "" {
		ps = entry.OneOf(ps, "interpreter", b.Interpreter, Interpreters, "Choose for whom an interpreter is needed")
	}
	return ps
}
func (b Contact) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "from", b.From, "Enter who told us")
	ps = entry.Need(ps, "what", b.What, "Enter what they said")
	return entry.Short(b.Intake.check(b.Mark.check(ps)), "what", b.What)
}
func (b Referral) Check() (ps []entry.Problem) {
	if strings.TrimSpace(b.From+b.Code) == "" {
		ps = append(ps, entry.Problem{Field: "from", Text: "Enter who made the referral"})
	}
	return entry.Short(b.Intake.check(b.Mark.check(ps)), "what", b.What)
}
func (b Decision) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "outcome", b.Outcome, Outcomes, "Choose what was decided")
	ps = entry.Need(ps, "reasons_for", b.For, "Enter the reasons for this decision")
	return entry.Short(b.Judged.check(ps), "reasons_for", b.For)
}
func (b Allocation) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "post", b.Post, "Choose the worker")
	return entry.Need(ps, "team", b.Team, "Choose the team")
}
func (b AllocationEnded) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Enter why the worker no longer has this child")
}
func (AssessmentStarted) Check() []entry.Problem { return nil }
func (AssessmentChecked) Check() []entry.Problem { return nil }
func (b AssessmentAuthorised) Check() []entry.Problem {
	return entry.Short(entry.Short(nil, "outcome", b.Outcome), "open_why", b.OpenWhy)
}
func (b AssessmentFactors) Check() (ps []entry.Problem) {
	if len(b.Codes) == 0 {
		ps = append(ps, entry.Problem{Field: "codes", Text: "Choose at least one factor"})
	}
	return ps
}
func (b StrategyDiscussion) Check() []entry.Problem {
	return b.Held.check(entry.Short(nil, "why", b.Why))
}
func (Section47Started) Check() []entry.Problem { return nil }
func (b Section47Ended) Check() []entry.Problem {
	return entry.Short(entry.Short(entry.Short(nil, "outcome", b.Outcome), "reasons", b.Why), "next", b.Next)
}
func (b Conference) Check() []entry.Problem {
	return b.Held.check(entry.OneOf(nil, "plan", b.Plan, []string{"", "made", "not made"}, "Say whether a plan was made"))
}
func (CINPlanStarted) Check() []entry.Problem { return nil }
func (CINPlanEnded) Check() []entry.Problem   { return nil }
func (b CPPlanStarted) Check() (ps []entry.Problem) {
	if b.Previous < 0 {
		ps = append(ps, entry.Problem{Field: "previous_plans", Text: "The number of earlier plans cannot be below 0"})
	}
	return ps
}
func (b CPPlanChanged) Check() []entry.Problem {
	return entry.Need(nil, "category", b.Category, "Choose the category of harm")
}
func (CPPlanEnded) Check() []entry.Problem { return nil }
func (b CoreGroup) Check() []entry.Problem { return b.Held.check(entry.Short(nil, "agreed", b.Agreed)) }
func (b Review) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "of", b.Of, ReviewsOf, "Choose which plan was reviewed")
	return b.Held.check(entry.Short(ps, "agreed", b.Agreed))
}
func (b Visit) Check() (ps []entry.Problem) {
	if b.Alone && !b.Seen {
		ps = append(ps, entry.Problem{Field: "alone", Text: "A child who was not seen was not seen alone"})
	}
	ps = entry.Need(ps, "where", b.Where, "Enter where the visit was")
	if b.Goal == "" {
		ps = entry.Need(ps, "purpose", b.Purpose, "Enter what the visit was for")
	}
	ps = entry.OneOf(checkEvidence(ps, b.Evidence), "safe_tonight", b.Safe, append([]string{""}, SafeTonight...), "Say whether the child is safe tonight")
	if b.Safe == "no" || b.Safe == "not sure" {
		ps = entry.Need(ps, "next", b.Next, "Enter what happens next: who, and by when")
	}
	for _, f := range [][2]string{{"purpose", b.Purpose}, {"where_and_how_long", b.Room}, {"who_was_there", b.Present}, {"what_was_seen", b.Observed}, {"next", b.Next}, {"whom_rang", b.Told}} {
		ps = entry.Short(ps, f[0], f[1])
	}
	if !b.Seen {
		ps = entry.Need(ps, "why_not_seen", b.WhyNot, "Enter why the child was not seen")
	}
	if b.Journey < 0 || b.Journey > JourneyMost {
		ps = append(ps, entry.Problem{Field: "journey_minutes", Text: "The way there and back is from 1 to 1440 minutes"})
	}
	ps = b.Mark.check(ps)
	return entry.Short(entry.Short(ps, "learnt", b.Learnt), "childs_words", b.Words)
}
func (b Supervision) Check() (ps []entry.Problem) {
	return b.Spoken.check(entry.Short(entry.Need(b.Mark.check(ps), "decided", b.Decided, "Enter what was decided, or that nothing was"), "decided", b.Decided))
}
func (b CaseClosed) Check() (ps []entry.Problem) {
	for _, x := range b.Left {
		ps = entry.Short(entry.Need(ps, "left-"+x.Duty, x.Why, "Say why this ends undone"), "left-"+x.Duty, x.Why)
	}
	ps = entry.Short(ps, "who_helps_now", b.After)
	if strings.TrimSpace(b.Reason+b.Why) == "" {
		ps = append(ps, entry.Problem{Field: "why", Text: "Enter why the case is closed"})
	}
	return ps
}
func (b Note) Check() []entry.Problem {
	return entry.Short(entry.Need(b.Mark.check(nil), "text", b.Text, "Enter the note"), "text", b.Text)
}
func (b Correction) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "why", b.Why, "Enter why it was wrong")
	if !b.Withdrawn && len(b.Body) == 0 && b.When.IsZero() {
		ps = append(ps, entry.Problem{Field: "body", Text: "Enter what is right, or say that the entry is withdrawn"})
	}
	return ps
}
func (b DutyClimbed) Check() []entry.Problem { return entry.Need(nil, "duty", b.Duty, "Name the duty") }
func (b DutyStoodDown) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "duty", b.Duty, "Choose the duty")
	return entry.Need(ps, "why", b.Why, "Enter why it need not be done")
}
func (b Kept) Check() (ps []entry.Problem) {
	if len(b.Items) == 0 {
		ps = append(ps, entry.Problem{Field: "items", Text: "There is nothing to keep"})
	}
	return ps
}

// What each answering entry answers.
func (b Decision) RefersTo() entry.ID             { return b.Referral }
func (b Referral) RefersTo() entry.ID             { return b.Of }
func (b AssessmentAuthorised) RefersTo() entry.ID { return b.Assessment }
func (b AssessmentFactors) RefersTo() entry.ID    { return b.Assessment }
func (b Section47Ended) RefersTo() entry.ID       { return b.Started }
func (b Conference) RefersTo() entry.ID           { return b.Section47 }
func (b CINPlanEnded) RefersTo() entry.ID         { return b.Started }
func (b CPPlanEnded) RefersTo() entry.ID          { return b.Started }
func (b Visit) RefersTo() entry.ID                { return b.Planned }

// CategoryName gives a category of harm in words, or nothing.
func CategoryName(code string) string {
	return map[string]string{"NEG": "neglect", "PHY": "physical abuse", "SAB": "sexual abuse", "EMO": "emotional abuse", "MUL": "more than one kind of harm"}[code]
}
