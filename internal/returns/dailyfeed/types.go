package dailyfeed

import "onus/internal/day"

// MaxChildren is how many children the Department takes in one payload.
const MaxChildren = 100

// Date is a day as the payload writes it: 2026-03-31. What stands in a file may be
// anything else.
type Date string

// Day gives the day, zero where it is none that can be read.
func (d Date) Day() day.Date {
	on, err := day.Parse(string(d))
	if err != nil {
		return 0
	}
	return on
}

// DateOf writes a day; zero is no date, which the payload leaves out.
func DateOf(d day.Date) Date {
	if d == 0 {
		return ""
	}
	return Date(d.String())
}

// Child is one child of a payload. What is empty is left out when it is written; a flag
// that is nil was not given, which is not the same as false. Fields stand in the order
// of the Department's document.
type Child struct {
	LAChildID  string    `json:"la_child_id"`            // the authority's number of the child
	MISChildID string    `json:"mis_child_id,omitempty"` // the supplier's
	Purge      bool      `json:"purge,omitempty"`        // all that was sent of the child is to be removed
	Details    *Details  `json:"child_details,omitempty"`
	Health     *Health   `json:"health_and_wellbeing,omitempty"`
	Episodes   []Episode `json:"social_care_episodes,omitempty"`

	// Line of the file on which the child begins, from 1. Kept is what the types have
	// no place for, and Faults what the Department's document would refuse. None of
	// them is written.
	Line   int     `json:"-"`
	Kept   []Kept  `json:"-"`
	Faults []Fault `json:"-"`
}

// Details is who the child is.
type Details struct {
	UPN           string   `json:"unique_pupil_number,omitempty"`
	FormerUPN     string   `json:"former_unique_pupil_number,omitempty"`
	UPNUnknown    string   `json:"unique_pupil_number_unknown_reason,omitempty"` // UN1 to UN10
	FirstName     string   `json:"first_name,omitempty"`
	Surname       string   `json:"surname,omitempty"`
	Birth         Date     `json:"date_of_birth,omitempty"`
	ExpectedBirth Date     `json:"expected_date_of_birth,omitempty"` // of an unborn child
	Sex           string   `json:"sex,omitempty"`                    // M, F, U
	Ethnicity     string   `json:"ethnicity,omitempty"`              // as the CIN census
	Disabilities  []string `json:"disabilities,omitempty"`           // as the CIN census
	Postcode      string   `json:"postcode,omitempty"`               // of home
	UASC          *bool    `json:"uasc_flag,omitempty"`              // came alone to seek asylum
	UASCEnd       Date     `json:"uasc_end_date,omitempty"`
	Purge         bool     `json:"purge,omitempty"`
}

// Health is the questionnaires of a child in care.
type Health struct {
	SDQ   []SDQ `json:"sdq_assessments,omitempty"`
	Purge bool  `json:"purge,omitempty"`
}

// SDQ is one strengths and difficulties questionnaire: a score from 0 to 40.
type SDQ struct {
	Date  Date `json:"date,omitempty"`
	Score *int `json:"score,omitempty"`
}

// Episode is one social care episode: from a referral to the day on which the authority
// ceases to work with the child.
type Episode struct {
	ID             string       `json:"social_care_episode_id"`
	ReferralDate   Date         `json:"referral_date,omitempty"`
	ReferralSource string       `json:"referral_source,omitempty"`                 // as the CIN census: 1A to 10
	NoAction       *bool        `json:"referral_no_further_action_flag,omitempty"` // true: the referral led to nothing further
	ClosureDate    Date         `json:"closure_date,omitempty"`
	ClosureReason  string       `json:"closure_reason,omitempty"` // RC1 to RC9
	Workers        []Worker     `json:"care_worker_details,omitempty"`
	Assessments    []Assessment `json:"child_and_family_assessments,omitempty"`
	CINPlans       []CINPlan    `json:"child_in_need_plans,omitempty"`
	Section47s     []Section47  `json:"section_47_assessments,omitempty"`
	CPPlans        []CPPlan     `json:"child_protection_plans,omitempty"`
	Placements     []Placement  `json:"child_looked_after_placements,omitempty"`
	Adoption       *Adoption    `json:"adoption,omitempty"`
	Leaver         *Leaver      `json:"care_leavers,omitempty"`
	Purge          bool         `json:"purge,omitempty"`
}

// Worker is a social worker, by their number with Social Work England.
type Worker struct {
	ID    string `json:"worker_id,omitempty"`
	Start Date   `json:"start_date,omitempty"`
	End   Date   `json:"end_date,omitempty"`
}

// Assessment is a child and family assessment.
type Assessment struct {
	ID         string   `json:"child_and_family_assessment_id"`
	Start      Date     `json:"start_date,omitempty"`
	Authorised Date     `json:"authorisation_date,omitempty"`
	Factors    []string `json:"factors,omitempty"` // as the CIN census
	Purge      bool     `json:"purge,omitempty"`
}

// CINPlan is a child in need plan.
type CINPlan struct {
	ID    string `json:"child_in_need_plan_id"`
	Start Date   `json:"start_date,omitempty"`
	End   Date   `json:"end_date,omitempty"`
	Purge bool   `json:"purge,omitempty"`
}

// Section47 is an enquiry, and the initial conference that may follow.
type Section47 struct {
	ID         string `json:"section_47_assessment_id"`
	Start      Date   `json:"start_date,omitempty"`
	Required   *bool  `json:"icpc_required_flag,omitempty"` // a conference was required
	Conference Date   `json:"icpc_date,omitempty"`
	End        Date   `json:"end_date,omitempty"`
	Purge      bool   `json:"purge,omitempty"`
}

// CPPlan is a child protection plan.
type CPPlan struct {
	ID    string `json:"child_protection_plan_id"`
	Start Date   `json:"start_date,omitempty"`
	End   Date   `json:"end_date,omitempty"`
	Purge bool   `json:"purge,omitempty"`
}

// Placement is an episode of care, as the SSDA903 has them: it may begin because the
// ground changed and the child stayed where they live. Codes are those of the SSDA903.
type Placement struct {
	ID           string `json:"child_looked_after_placement_id"`
	Start        Date   `json:"start_date,omitempty"`
	StartReason  string `json:"start_reason,omitempty"`   // S, L, P, T, B, U
	Type         string `json:"placement_type,omitempty"` // K1, U4
	Postcode     string `json:"postcode,omitempty"`
	End          Date   `json:"end_date,omitempty"`
	EndReason    string `json:"end_reason,omitempty"`    // X1: another begins on the day
	ChangeReason string `json:"change_reason,omitempty"` // CARPL, why the placement changed
	Purge        bool   `json:"purge,omitempty"`
}

// Adoption is how far a plan of adoption has come.
type Adoption struct {
	Decided Date `json:"initial_decision_date,omitempty"`
	Matched Date `json:"matched_date,omitempty"`
	Placed  Date `json:"placed_date,omitempty"`
	Purge   bool `json:"purge,omitempty"`
}

// Leaver is the last contact with a care leaver and what was found, in the codes of the
// SSDA903.
type Leaver struct {
	Contact       Date   `json:"contact_date,omitempty"`
	Activity      string `json:"activity,omitempty"`
	Accommodation string `json:"accommodation,omitempty"`
	Purge         bool   `json:"purge,omitempty"`
}

// Kept is something in a file that has no place in the payload, as it stood.
type Kept struct {
	Path  string // social_care_episodes[2]/colour
	Value string // text as it is, anything else as JSON
	Line  int
}

// Fault is something that the Department's document does not allow. It names a place
// and never a value, so that it can be shown and logged.
type Fault struct {
	Path string // child_details/unique_pupil_number; empty: the child as a whole
	Line int    // 0: it did not come from a file
	Text string // "has 12 characters, and must have 13"
}

// String is a fault in one line.
func (f Fault) String() string {
	if f.Path == "" {
		return f.Text
	}
	return f.Path + " " + f.Text
}
