package child

import (
	"onus/internal/day"
	"onus/internal/entry"
)

// returnedKinds are what the return of children looked after (SSDA903) tells of a
// child beside what happens in care day by day: what it tells of a whole year
// without a day, and what only it asks about.
func returnedKinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(HealthYear{}, "Health over the year", "What the return says of a year in care: checks, immunisations, questionnaire, convictions, substance misuse. It gives no days."),
		k(LeaverYear{}, "Care leaver over the year", "What the return says of a care leaver around a birthday: in touch, activity, where they live."),
		k(Adopted{}, "Adoption as returned", "The decision, the match and the adopters of a child who was adopted or is placed for it."),
		k(PreviousPermanence{}, "Earlier permanence", "The child had been adopted, or lived under a permanence order, before coming into care."),
		k(UnaccompaniedStatus{}, "Unaccompanied status", "The child came to this country alone to seek asylum, and the day on which that status ends."),
		k(WorkerEpisode{}, "Social worker as returned", "Who was the child's social worker from that day, by the number that the return gives. It allocates nobody."),
		k(LibertyDeprived{}, "Deprived of liberty by order", "A court order allows the child's liberty to be taken away from that day on."),
	}
}

// Whereabouts is where a placement is, as the SSDA903 asks for it.
type Whereabouts struct {
	URN       string  `json:"urn,omitempty"` // Ofsted's number of the provider
	Post      string  `json:"placement_postcode,omitempty"`
	HomePost  string  `json:"home_postcode,omitempty"`
	Authority string  `json:"placement_authority,omitempty"` // the authority in which it is
	Distance  float64 `json:"distance_miles,omitempty"`      // from home, as given there
}

// HealthYear is what the return says of a child's health and offending over a year
// (OC2). What it does not say is left out.
type HealthYear struct {
	Score        *int   `json:"score,omitempty"`    // strengths and difficulties: 0 to 40
	NoScore      string `json:"no_score,omitempty"` // SDQ1 to SDQ5
	Convicted    *bool  `json:"convicted,omitempty"`
	Checked      *bool  `json:"health_check,omitempty"` // under five, up to date
	Immunised    *bool  `json:"immunisations,omitempty"`
	Teeth        *bool  `json:"teeth_check,omitempty"`
	Assessed     *bool  `json:"health_assessment,omitempty"`
	Substances   *bool  `json:"substance_misuse,omitempty"`
	Intervention *bool  `json:"intervention_received,omitempty"`
	Offered      *bool  `json:"intervention_offered,omitempty"`
}

// LeaverYear is what the return says of a care leaver (OC3), around the birthday on
// which it asks.
type LeaverYear struct {
	InTouch  string `json:"in_touch,omitempty"`      // InTouchCodes
	Activity string `json:"activity,omitempty"`      // SSDA903
	Lives    string `json:"accommodation,omitempty"` // SSDA903
}

// InTouchCodes are the SSDA903's codes of contact with a care leaver.
var InTouchCodes = []string{"YES", "NO", "DIED", "REFU", "NREQ", "RHOM"}

// Adopted is what the return says of an adoption (AD1).
type Adopted struct {
	Decided  day.Date `json:"decided,omitzero"`           // that the child should be placed
	Matched  day.Date `json:"matched,omitzero"`           // with the adopters
	Foster   *bool    `json:"by_foster_carers,omitempty"` // who fostered the child before
	Adopters string   `json:"adopters,omitempty"`         // how many: 1 or 2
	Sexes    string   `json:"adopters_sex,omitempty"`     // M1, F1, MM, FF, MF
	Status   string   `json:"adopters_status,omitempty"`  // L0 to L4
}

// PreviousPermanence is what the return says of permanence before this time in care.
type PreviousPermanence struct {
	Type      string `json:"type"`                // P1 to P4; Z1 for none
	Authority string `json:"authority,omitempty"` // its code, or OUT, NUK, UNK
	// On is the day of the order as the return has it, with zz for what is not known.
	On string `json:"on,omitempty"`
}

// UnaccompaniedStatus is the status of a child who came alone to seek asylum.
type UnaccompaniedStatus struct {
	Ends day.Date `json:"ends,omitzero"` // at the latest on the 18th birthday
}

// WorkerEpisode is who was the child's social worker, by the return. A number in a
// return is no post of the line: allocation is an entry of its own.
type WorkerEpisode struct {
	Worker string   `json:"worker"` // their number in the return
	Until  day.Date `json:"until,omitzero"`
	Why    string   `json:"reason_ended,omitempty"` // WorkerEnds
}

// WorkerEnds are the SSDA903's codes of why a social worker's time with a child ended.
var WorkerEnds = []string{"MANAGE", "FCONTA", "LEFTRL", "ORGRST", "TSPROC", "ABSENC", "CHCHAN", "PCCHAN", "SWDIED", "OTHERS"}

// LibertyDeprived is an order that allows a child's liberty to be taken away.
type LibertyDeprived struct {
	Until day.Date `json:"until,omitzero"`
}

// The kinds' names.
func (HealthYear) Kind() entry.Kind          { return "health.year" }
func (LeaverYear) Kind() entry.Kind          { return "leaving-care.year" }
func (Adopted) Kind() entry.Kind             { return "adoption.returned" }
func (PreviousPermanence) Kind() entry.Kind  { return "permanence.earlier" }
func (UnaccompaniedStatus) Kind() entry.Kind { return "unaccompanied.status" }
func (WorkerEpisode) Kind() entry.Kind       { return "social-worker.returned" }
func (LibertyDeprived) Kind() entry.Kind     { return "liberty.deprived" }

// Check of each kind sees what is wrong without knowing the record.
func (b HealthYear) Check() (ps []entry.Problem) {
	if b == (HealthYear{}) {
		ps = append(ps, entry.Problem{Field: "health_assessment", Text: "Say at least one thing of the year"})
	}
	if b.Score != nil && (*b.Score < 0 || *b.Score > 40) {
		ps = append(ps, entry.Problem{Field: "score", Text: "The score of the questionnaire is from 0 to 40"})
	}
	return ps
}
func (b LeaverYear) Check() (ps []entry.Problem) {
	if b == (LeaverYear{}) {
		ps = append(ps, entry.Problem{Field: "in_touch", Text: "Say at least one thing of the year"})
	}
	return ps
}
func (b Adopted) Check() (ps []entry.Problem) {
	if b == (Adopted{}) {
		ps = append(ps, entry.Problem{Field: "decided", Text: "Say at least one thing of the adoption"})
	}
	return ps
}
func (b PreviousPermanence) Check() []entry.Problem {
	return entry.Need(nil, "type", b.Type, "Enter what the earlier permanence was, or Z1 for none")
}
func (UnaccompaniedStatus) Check() []entry.Problem { return nil }
func (b WorkerEpisode) Check() []entry.Problem {
	return entry.Need(nil, "worker", b.Worker, "Enter the number of the social worker")
}
func (LibertyDeprived) Check() []entry.Problem { return nil }
