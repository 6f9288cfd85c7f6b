package child

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// careKinds are what happens to a child who is looked after by the authority,
// and to a young person who was.
func careKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(CareStarted{}, true, "Became looked after", "The authority looks after the child from then on. A new period of care."),
		k(CareEnded{}, false, "No longer looked after", "The period of care ended."),
		k(LegalStatus{}, false, "Legal status", "The legal ground of the child's care changed."),
		k(PlacementStarted{}, true, "Placement started", "The child began to live somewhere in care."),
		k(PlacementAgreed{}, false, "Placement agreed for long", "The placement is meant to last; the child may have agreed to fewer visits."),
		k(PlacementEnded{}, false, "Placement ended", "The child left the placement."),
		k(IRO{}, false, "Independent reviewing officer", "A reviewing officer was named, or raised a dispute, or it was resolved."),
		k(Health{}, false, "Health", "A health assessment, dental check, immunisations or questionnaire: asked for, offered, declined or done."),
		k(Education{}, false, "Education", "A personal education plan, or a school place."),
		k(MissingStarted{}, true, "Went missing", "The child was found to be missing, or away without leave."),
		k(MissingTold{}, true, "Told that a child is missing", "Somebody was told that the child is missing: the police, a parent, a manager. Each has a moment of its own."),
		k(MissingEnded{}, true, "Found or returned", "The missing child was found, or came back."),
		k(ReturnInterview{}, true, "Return interview", "The talk after being missing: offered, accepted, declined and done are separate facts."),
		k(LeavingCare{}, false, "Leaving care", "A step of leaving care: needs, pathway plan, adviser, contact, own home."),
		k(ConnectedPerson{}, false, "Connected person", "Somebody who knows the child cares for them: approved for a time, extended, decided."),
		k(ShortBreaks{}, false, "Short breaks", "A series of short breaks began or ended."),
		k(Remand{}, false, "Remand", "The child was remanded, or the remand ended."),
		k(Adoption{}, false, "Adoption", "A step towards adoption."),
		k(PrivateFostering{}, false, "Private fostering", "The child lives with somebody who is not close family, by private arrangement."),
		k(Unaccompanied{}, true, "Unaccompanied child", "A step for a child who came to this country alone."),
		k(Trafficking{}, true, "Trafficking", "Signs of trafficking were seen, or the child was referred to the national mechanism."),
		k(Homeless{}, true, "Homeless at 16 or 17", "The young person came as homeless, was assessed, or was given a place."),
	}
}

// LegalStatuses are the SSDA903's codes of the ground of care.
var LegalStatuses = []string{"C1", "C2", "D1", "E1", "V2", "V3", "V4", "L1", "L2", "L3", "J1", "J2", "J3"}

// PlacementTypes are the SSDA903's codes of where a child in care lives.
var PlacementTypes = []string{"A3", "A4", "A5", "A6", "H5", "K1", "K2", "K3", "P1", "P2", "P3", "R1", "R2", "R3", "R5", "S1", "T0", "T1", "T2", "T3", "T4",
	"U1", "U2", "U3", "U4", "U5", "U6", "Z1", "Z11", "Z12", "Z13", "Z14"}

// PlacementGroup is what sort of home a code means: foster, adopter, home,
// parents, own, residential, school, temporary or other; empty for none.
func PlacementGroup(code string) string {
	if code == "" {
		return ""
	}
	switch code {
	case "P1":
		return "parents"
	case "P2", "P3", "H5":
		return "own"
	}
	switch code[0] {
	case 'U':
		return "foster"
	case 'A':
		return "adopter"
	case 'K':
		return "home"
	case 'R':
		return "residential"
	case 'S':
		return "school"
	case 'T':
		return "temporary"
	}
	return "other"
}

// CareStarted begins a period of care.
type CareStarted struct {
	// Status is one of LegalStatuses. Only where a return says that a new episode began
	// (Code) and not on which ground, as the daily feed does, is it empty: not known.
	Status string `json:"legal_status"`
	Need   string `json:"need_code,omitempty"`  // as the CIN census: N1 to N9
	Reason string `json:"why,omitempty"`        // in words
	Code   string `json:"reason_new,omitempty"` // SSDA903 reason for a new episode
}

// CareEnded ends it.
type CareEnded struct {
	Code string `json:"reason_ended,omitempty"` // SSDA903 reason the episode ceased
	Why  string `json:"why,omitempty"`
}

// LegalStatus replaces the ground of care. A return states with it where the child
// goes on to live, which begins nothing. Where it says (Code) that the ground changed
// and not to which, Status is empty: not known.
type LegalStatus struct {
	Status   string `json:"legal_status"`
	Need     string `json:"need_code,omitempty"`  // where it is stated anew
	Code     string `json:"reason_new,omitempty"` // SSDA903 reason for a new episode
	Type     string `json:"placement_type,omitempty"`
	Provider string `json:"provider,omitempty"`
	Whereabouts
	Why string `json:"why,omitempty"`
}

// PlacementStarted begins a placement; a placement before it has ended then.
type PlacementStarted struct {
	Type      string `json:"type"`               // PlacementTypes
	Provider  string `json:"provider,omitempty"` // SSDA903: PR0 to PR5
	Where     string `json:"where,omitempty"`
	OutOfArea bool   `json:"out_of_area,omitempty"`
	Miles     int    `json:"miles_from_home,omitempty"`
	Emergency bool   `json:"emergency,omitempty"` // not planned; regulation 23 where it is with a foster carer
	// Temporary approval of a connected person: regulation 24.
	Temporary bool `json:"temporary_approval,omitempty"`
	// Unassessed says that the parents were not assessed before: regulation 19.
	Unassessed bool   `json:"parents_not_assessed,omitempty"`
	Until18    bool   `json:"until_18,omitempty"` // meant to last to 18
	Why        string `json:"why,omitempty"`
	// Ground and Need are those of the care that goes on, as a return states them
	// with a placement. Code is the SSDA903's reason for a new episode.
	Ground string `json:"legal_status,omitempty"`
	Need   string `json:"need_code,omitempty"`
	Code   string `json:"reason_new,omitempty"`
	Whereabouts
	LivesWith string   `json:"lives_with,omitempty"`           // who looks after the child there
	Kin       string   `json:"brothers_and_sisters,omitempty"` // one of KinTogether
	KinWhy    string   `json:"why_apart,omitempty"`
	AgreedBy  string   `json:"agreed_by,omitempty"` // who agreed that the child goes there
	AgreedOn  day.Date `json:"agreed_on,omitzero"`
	Words     string   `json:"childs_words,omitempty"` // of going there, in their own words
	NoWords   string   `json:"no_words_because,omitempty"`
}

// KinTogether are the answers to whether brothers and sisters live together.
var KinTogether = []string{"together", "some of them", "apart", "none"}

// PlacementAgreed says that a placement is meant to last.
type PlacementAgreed struct {
	Until18 bool `json:"until_18,omitempty"`
	// FewerVisits: a long-term foster placement in which the child, old enough,
	// agreed to a visit every six months.
	FewerVisits bool   `json:"child_agrees_to_fewer_visits,omitempty"`
	Why         string `json:"why,omitempty"`
}

// PlacementEnded ends a placement.
type PlacementEnded struct {
	Code     string `json:"reason_code,omitempty"` // SSDA903 reason for a change of placement
	Planned  bool   `json:"planned,omitempty"`
	Reviewed bool   `json:"reviewed_first,omitempty"` // a review came before
	Why      string `json:"why,omitempty"`
	// Unplanned is somebody's word that it was not planned. Where neither is said, nobody knows.
	Unplanned bool `json:"unplanned,omitempty"`
}

// IRO is a step of the independent reviewing officer.
type IRO struct {
	Step   string   `json:"step"` // one of IROSteps
	Post   string   `json:"post,omitempty"`
	Raised entry.ID `json:"raised,omitempty"` // the dispute that is resolved
	What   string   `json:"what,omitempty"`
}

// IROSteps are its steps.
var IROSteps = []string{"named", "dispute raised", "dispute resolved", "early review asked"}

// Health is a fact about a child's health in care.
type Health struct {
	Of    string `json:"of"`              // one of HealthOf
	Step  string `json:"step"`            // one of HealthSteps
	Score *int   `json:"score,omitempty"` // of the questionnaire: 0 to 40, and 0 is a score
	// NoScore says why there is none: SSDA903, SDQ1 to SDQ5.
	NoScore string `json:"no_score,omitempty"`
	What    string `json:"what,omitempty"`
	By      string `json:"by,omitempty"` // who did it
}

// What health is about, and how far it is. "found" is of substance misuse only: it was
// seen to be a problem; "done" is that the child had help with it. "development check" is
// the health check of a child under five that the SSDA903 asks about.
var (
	HealthOf    = []string{"initial assessment", "review assessment", "dental check", "immunisations", "strengths and difficulties", "development check", "substance misuse"}
	HealthSteps = []string{"asked for", "offered", "declined", "done", "found"}
)

// Education is a fact about a child's education in care.
type Education struct {
	Step       string `json:"step"` // one of EducationSteps
	What       string `json:"what,omitempty"`
	School     string `json:"school,omitempty"`
	Attendance *int   `json:"attendance,omitempty"` // per cent of the sessions there were; 0 is an answer
	Days       int    `json:"days,omitempty"`       // of a suspension, in school days
	Words      string `json:"childs_words,omitempty"`
}

// EducationSteps are its steps. "at school" says where the child learns now, and how often
// they are there.
var EducationSteps = []string{"plan started", "plan complete", "plan reviewed", "school place lost", "school place found", "at school", "suspended", "excluded for good"}

// MissingStarted begins an episode.
type MissingStarted struct {
	Away    bool   `json:"away_without_leave,omitempty"` // SSDA903: A; else M, missing
	Risk    string `json:"risk,omitempty"`
	Police  bool   `json:"police_told,omitempty"`
	Told    bool   `json:"manager_told,omitempty"` // the senior manager, and the reviewing officer of a looked-after child
	Learned string `json:"what,omitempty"`
	From    string `json:"from_where,omitempty"` // where the child was last, or should have been
	By      string `json:"noticed_by,omitempty"`
}

// MissingTold says that somebody was told of an episode, and when.
type MissingTold struct {
	Started entry.ID `json:"started,omitempty"` // the episode; empty: the one that runs
	Who     string   `json:"who"`               // one of MissingHears
	What    string   `json:"what,omitempty"`    // their number for it, or who it was
}

// MissingHears are those who hear that a child is missing.
var MissingHears = []string{"police", "parent", "carer", "manager", "reviewing officer", "authority there", "somebody else"}

// MissingEnded ends it.
type MissingEnded struct {
	Started entry.ID `json:"started,omitempty"`
	How     string   `json:"how,omitempty"`
	Where   string   `json:"where,omitempty"`     // where the child was
	With    string   `json:"with_whom,omitempty"` // with whom
	Harm    string   `json:"harm,omitempty"`      // what happened to the child, as far as anybody knows
	Words   string   `json:"childs_words,omitempty"`
}

// ReturnInterview is a step of the talk after an episode.
type ReturnInterview struct {
	Ended       entry.ID `json:"episode_ended,omitempty"` // the return that it is about
	Step        string   `json:"step"`                    // one of InterviewSteps
	Independent bool     `json:"independent,omitempty"`
	Words       string   `json:"childs_words,omitempty"`
	What        string   `json:"what,omitempty"` // what was learnt, or why the child does not want it
	By          string   `json:"by,omitempty"`   // who holds it, and from where
}

// InterviewSteps are its steps.
var InterviewSteps = []string{"offered", "accepted", "declined", "done"}

// LeavingCare is a step of leaving care.
type LeavingCare struct {
	Step string `json:"step"` // one of LeavingSteps
	Who  string `json:"who,omitempty"`
	What string `json:"what,omitempty"`
	// What was found when somebody was in touch, in the SSDA903's codes.
	Activity string `json:"activity,omitempty"`
	Lives    string `json:"accommodation,omitempty"`
	InTouch  string `json:"in_touch,omitempty"` // one of InTouchCodes
	Words    string `json:"childs_words,omitempty"`
}

// LeavingSteps are its steps.
var LeavingSteps = []string{"eligible", "needs assessed", "pathway plan made", "pathway plan reviewed", "adviser named", "adviser offered", "adviser declined",
	"seen", "in touch", "moved to own home", "support ended"}

// ConnectedPerson is a step of the approval of somebody who knows the child.
type ConnectedPerson struct {
	Step string `json:"step"` // one of ConnectedSteps
	What string `json:"what,omitempty"`
}

// ConnectedSteps are its steps.
var ConnectedSteps = []string{"approved for a time", "time extended", "approved", "refused"}

// ShortBreaks began or ended.
type ShortBreaks struct {
	Step string `json:"step"` // began, ended
	What string `json:"what,omitempty"`
}

// Remand began or ended.
type Remand struct {
	Step string `json:"step"` // began, ended
	To   string `json:"to,omitempty"`
}

// BeganEnded are the steps of what only begins and ends.
var BeganEnded = []string{"began", "ended"}

// Adoption is a step towards adoption.
type Adoption struct {
	Step string `json:"step"`                   // one of AdoptionSteps
	Code string `json:"reason_ended,omitempty"` // SSDA903 why a decision no longer stands: RD1 to RD4
	What string `json:"what,omitempty"`
}

// AdoptionSteps are its steps.
var AdoptionSteps = []string{"plan made", "panel recommended", "decided", "matched", "placed", "order made", "placement broke down", "plan ended"}

// PrivateFostering is a step of a private arrangement.
type PrivateFostering struct {
	Step   string   `json:"step"` // one of FosteringSteps
	Begins day.Date `json:"begins,omitzero"`
	What   string   `json:"what,omitempty"`
}

// FosteringSteps are its steps: "planned" and "known" are when the authority is told.
var FosteringSteps = []string{"planned", "known", "ended"}

// Unaccompanied is a step for a child alone in this country.
type Unaccompanied struct {
	Step string `json:"step"` // one of UnaccompaniedSteps
	To   string `json:"authority,omitempty"`
	What string `json:"what,omitempty"`
}

// UnaccompaniedSteps are its steps.
var UnaccompaniedSteps = []string{"arrived", "transfer asked", "transferred", "transfer refused", "age assessed"}

// Trafficking is a step of what is done about signs of trafficking.
type Trafficking struct {
	Step string `json:"step"` // one of TraffickingSteps
	What string `json:"what,omitempty"`
}

// TraffickingSteps are its steps.
var TraffickingSteps = []string{"signs seen", "referred", "decided"}

// Homeless is a step for a young person of 16 or 17 without a home.
type Homeless struct {
	Step string `json:"step"` // one of HomelessSteps
	What string `json:"what,omitempty"`
}

// HomelessSteps are its steps.
var HomelessSteps = []string{"came", "assessed", "given a place", "went home"}

// The kinds' names.
func (CareStarted) Kind() entry.Kind      { return "care.started" }
func (CareEnded) Kind() entry.Kind        { return "care.ended" }
func (LegalStatus) Kind() entry.Kind      { return "legal-status" }
func (PlacementStarted) Kind() entry.Kind { return "placement.started" }
func (PlacementAgreed) Kind() entry.Kind  { return "placement.agreed" }
func (PlacementEnded) Kind() entry.Kind   { return "placement.ended" }
func (IRO) Kind() entry.Kind              { return "iro" }
func (Health) Kind() entry.Kind           { return "health" }
func (Education) Kind() entry.Kind        { return "education" }
func (MissingStarted) Kind() entry.Kind   { return "missing.started" }
func (MissingTold) Kind() entry.Kind      { return "missing.told" }
func (MissingEnded) Kind() entry.Kind     { return "missing.ended" }
func (ReturnInterview) Kind() entry.Kind  { return "return-interview" }
func (LeavingCare) Kind() entry.Kind      { return "leaving-care" }
func (ConnectedPerson) Kind() entry.Kind  { return "connected-person" }
func (ShortBreaks) Kind() entry.Kind      { return "short-breaks" }
func (Remand) Kind() entry.Kind           { return "remand" }
func (Adoption) Kind() entry.Kind         { return "adoption" }
func (PrivateFostering) Kind() entry.Kind { return "private-fostering" }
func (Unaccompanied) Kind() entry.Kind    { return "unaccompanied" }
func (Trafficking) Kind() entry.Kind      { return "trafficking" }
func (Homeless) Kind() entry.Kind         { return "homeless" }

// step checks a coded field.
func step(field, value string, of []string, free ...string) (ps []entry.Problem) {
	ps = entry.OneOf(ps, field, value, of, "Choose one of the list")
	for _, text := range free {
		ps = entry.Short(ps, "what", text)
	}
	return ps
}

// ground checks the ground of care. Without the code of a return it must be known.
func ground(status, code string) []entry.Problem {
	if status == "" && code != "" {
		return nil
	}
	return step("legal_status", status, LegalStatuses)
}

// Check of each kind sees what is wrong without knowing the record.
func (b CareStarted) Check() []entry.Problem { return ground(b.Status, b.Code) }
func (b CareEnded) Check() (ps []entry.Problem) {
	if b.Code == "" {
		ps = entry.Need(ps, "why", b.Why, "Enter why the child is no longer looked after")
	}
	return ps
}
func (b LegalStatus) Check() (ps []entry.Problem) {
	ps = ground(b.Status, b.Code)
	if b.Type != "" {
		ps = entry.OneOf(ps, "placement_type", b.Type, PlacementTypes, "Choose one of the list")
	}
	return ps
}
func (b PlacementStarted) Check() (ps []entry.Problem) {
	ps = step("type", b.Type, PlacementTypes)
	if b.Unassessed && b.Type != "P1" {
		ps = append(ps, entry.Problem{Field: "parents_not_assessed", Text: "This is for a child who is placed with their parents"})
	}
	if b.Temporary && PlacementGroup(b.Type) != "foster" {
		ps = append(ps, entry.Problem{Field: "temporary_approval", Text: "Only a foster carer who knows the child is approved for a time"})
	}
	if b.Ground != "" {
		ps = entry.OneOf(ps, "legal_status", b.Ground, LegalStatuses, "Choose one of the list")
	}
	if b.Miles < 0 {
		ps = append(ps, entry.Problem{Field: "miles_from_home", Text: "The distance cannot be below 0"})
	}
	if b.Kin != "" {
		ps = entry.OneOf(ps, "brothers_and_sisters", b.Kin, KinTogether, "Choose one of the list")
	}
	for _, x := range [][2]string{{"lives_with", b.LivesWith}, {"why_apart", b.KinWhy}, {"agreed_by", b.AgreedBy}, {"childs_words", b.Words}, {"no_words_because", b.NoWords}} {
		ps = entry.Short(ps, x[0], x[1])
	}
	return ps
}
func (b PlacementAgreed) Check() (ps []entry.Problem) {
	if !b.Until18 && !b.FewerVisits {
		ps = append(ps, entry.Problem{Field: "until_18", Text: "Say what was agreed"})
	}
	return ps
}
func (b PlacementEnded) Check() (ps []entry.Problem) {
	if b.Code == "" {
		ps = entry.Need(ps, "why", b.Why, "Enter why the placement ended")
	}
	if b.Planned && b.Unplanned {
		ps = append(ps, entry.Problem{Field: "unplanned", Text: "It was planned or it was not. Say one of them"})
	}
	return ps
}
func (b IRO) Check() (ps []entry.Problem) {
	ps = step("step", b.Step, IROSteps, b.What)
	if b.Step == "dispute raised" {
		ps = entry.Need(ps, "what", b.What, "Enter what the dispute is about")
	}
	return ps
}
func (b Health) Check() (ps []entry.Problem) {
	ps = append(step("of", b.Of, HealthOf, b.What), step("step", b.Step, HealthSteps)...)
	if b.Score != nil && (*b.Score < 0 || *b.Score > 40 || b.Of != "strengths and difficulties") {
		ps = append(ps, entry.Problem{Field: "score", Text: "The score of the questionnaire is from 0 to 40. Nothing else has one"})
	}
	if b.Step == "found" && b.Of != "substance misuse" {
		ps = append(ps, entry.Problem{Field: "of", Text: "Only substance misuse is found. Everything else is asked for, offered, declined or done"})
	}
	return entry.Short(ps, "by", b.By)
}
func (b Education) Check() (ps []entry.Problem) {
	ps = entry.Short(step("step", b.Step, EducationSteps, b.What), "childs_words", b.Words)
	if b.Attendance != nil && (*b.Attendance < 0 || *b.Attendance > 100) {
		ps = append(ps, entry.Problem{Field: "attendance", Text: "Attendance is from 0 to 100 per cent"})
	}
	if b.Days < 0 || b.Days > 45 { // the law allows 45 school days in a school year
		ps = append(ps, entry.Problem{Field: "days", Text: "A suspension is from 1 to 45 school days"})
	}
	return ps
}
func (b MissingStarted) Check() []entry.Problem {
	return entry.Short(entry.Short(entry.Short(nil, "what", b.Learned), "from_where", b.From), "noticed_by", b.By)
}
func (b MissingTold) Check() []entry.Problem { return step("who", b.Who, MissingHears, b.What) }
func (b MissingEnded) Check() (ps []entry.Problem) {
	for _, x := range [][2]string{{"how", b.How}, {"where", b.Where}, {"with_whom", b.With}, {"harm", b.Harm}, {"childs_words", b.Words}} {
		ps = entry.Short(ps, x[0], x[1])
	}
	return ps
}
func (b ReturnInterview) Check() []entry.Problem {
	return entry.Short(entry.Short(step("step", b.Step, InterviewSteps, b.What), "childs_words", b.Words), "by", b.By)
}
func (b LeavingCare) Check() []entry.Problem {
	return entry.Short(step("step", b.Step, LeavingSteps, b.What), "childs_words", b.Words)
}
func (b ConnectedPerson) Check() []entry.Problem { return step("step", b.Step, ConnectedSteps, b.What) }
func (b ShortBreaks) Check() []entry.Problem     { return step("step", b.Step, BeganEnded, b.What) }
func (b Remand) Check() []entry.Problem          { return step("step", b.Step, BeganEnded) }
func (b Adoption) Check() []entry.Problem        { return step("step", b.Step, AdoptionSteps, b.What) }
func (b PrivateFostering) Check() (ps []entry.Problem) {
	ps = step("step", b.Step, FosteringSteps, b.What)
	if b.Step == "planned" && b.Begins == 0 {
		ps = append(ps, entry.Problem{Field: "begins", Text: "Enter the day on which it is to begin"})
	}
	return ps
}
func (b Unaccompanied) Check() []entry.Problem {
	return step("step", b.Step, UnaccompaniedSteps, b.What)
}
func (b Trafficking) Check() []entry.Problem { return step("step", b.Step, TraffickingSteps, b.What) }
func (b Homeless) Check() []entry.Problem    { return step("step", b.Step, HomelessSteps, b.What) }

// What each answering entry answers.
func (b MissingTold) RefersTo() entry.ID     { return b.Started }
func (b MissingEnded) RefersTo() entry.ID    { return b.Started }
func (b ReturnInterview) RefersTo() entry.ID { return b.Ended }
func (b IRO) RefersTo() entry.ID             { return b.Raised }
