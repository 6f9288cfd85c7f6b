package cin

import "onus/internal/day"

// Header says which return a file is, from whom and when it was made. Text is
// as in the file, trimmed.
type Header struct {
	Line          int
	Collection    string // "CIN"
	Year          int    // collection year: 2026 for April 2025 to March 2026; 0 when not given
	ReferenceDate day.Date
	SourceLevel   string // "L", a local authority
	LEA           string // three digits
	SoftwareCode  string
	Release       string
	SerialNo      string
	DateTime      string // as written; see Made
}

// Made is the moment at which the file says it was made; a time without a zone
// is England's. It is false when there is none that can be read.
func (h Header) Made() (day.Instant, bool) {
	if h.DateTime == "" {
		return 0, false
	}
	at, err := day.ParseInstant(h.DateTime)
	return at, err == nil
}

// Raw is something in the file that has no place in the types, as it stood
// there. For text between elements Name is "#text" and Path names the element
// around it; for an attribute Name is "@" and the attribute's name.
type Raw struct {
	Line  int
	Path  string // Message/Children/Child/...
	Name  string
	Value string
}

// Coded is one of many codes. A code outside the code set stays here as it was
// written, with a finding.
type Coded struct {
	Line int
	Code string
}

// YesNo is an answer that may be missing.
type YesNo uint8

// The answers of a YesNo.
const (
	NotSaid YesNo = iota
	No
	Yes
)

// String gives "yes", "no" or nothing.
func (a YesNo) String() string { return [...]string{"", "no", "yes"}[min(a, Yes)] }

// Number is a count that may be missing.
type Number struct {
	Value int
	Given bool
}

// Child is one Child element. A missing item is the zero value. A date or
// number that cannot be read, and a yes or no that is neither, leaves its field
// empty and stands in Kept; a code outside its code set stays in its field. Line is where the element begins,
// counted from 1.
type Child struct {
	Line int
	// Repeats is the line on which the same LAchildID stood before in this
	// file; 0 where it had not.
	Repeats int

	LAchildID     string
	UPN           string
	FormerUPN     string
	UPNunknown    string
	Birth         day.Date // PersonBirthDate
	ExpectedBirth day.Date // ExpectedPersonBirthDate
	Death         day.Date // PersonDeathDate
	Sex           string   // M, F, U: years from 2025
	GenderCurrent string   // 1, 2, 0, 9: years to 2024
	Ethnicity     string
	Disabilities  []Coded
	Uncoded       []Gap // disabilities without a code
	Episodes      []CINDetails
	Kept          []Raw // everything not understood, in the order of the file
}

// SexCode gives M, F or U from whichever of Sex and GenderCurrent was given,
// also where a year's code was written in the other year's element. It is false
// when neither can be understood.
func (c Child) SexCode() (string, bool) {
	for _, v := range []string{c.Sex, c.GenderCurrent} {
		if Valid(SetSex, v, 0) {
			return v, true
		}
		if s, ok := SexFromGender(v); ok {
			return s, true
		}
	}
	return "", false
}

// CINDetails is one episode of need: from a referral to the closure of the case.
type CINDetails struct {
	Line             int
	ReferralDate     day.Date // CINreferralDate
	ReferralSource   string
	PrimaryNeedCode  string
	ClosureDate      day.Date // CINclosureDate
	ReasonForClosure string
	DateOfInitialCPC day.Date // of a conference that did not follow a section 47 enquiry of this episode
	ReferralNFA      YesNo    // the referral led to no further action
	Assessments      []Assessment
	CINPlans         []CINPlan
	Section47s       []Section47
	CPPlans          []CPPlan
	PreProceedings   []PreProceedings // draft of 2027
}

// Assessment is one assessment under section 17.
type Assessment struct {
	Line           int
	Start          day.Date // AssessmentActualStartDate
	InternalReview day.Date // AssessmentInternalReviewDate
	Authorised     day.Date // AssessmentAuthorisationDate
	Factors        []Coded  // AssessmentFactors
}

// CINPlan is one child in need plan; in the return from 2022.
type CINPlan struct {
	Line  int
	Start day.Date // CINPlanStartDate
	End   day.Date // CINPlanEndDate
}

// Section47 is one enquiry under section 47.
type Section47 struct {
	Line             int
	Start            day.Date // S47ActualStartDate
	InitialCPCTarget day.Date // the day by which the initial conference was due
	DateOfInitialCPC day.Date
	ICPCNotRequired  YesNo
}

// CPPlan is one child protection plan with all its review conferences.
type CPPlan struct {
	Line            int
	Start           day.Date // CPPstartDate
	End             day.Date // CPPendDate
	InitialCategory string   // InitialCategoryOfAbuse
	LatestCategory  string   // LatestCategoryOfAbuse
	PreviousPlans   Number   // NumberOfPreviousCPP, at any authority, at any time
	Reviews         []Review
	Undated         []Gap // reviews without a date, or with one that cannot be read
}

// Review is one review conference of a child protection plan.
type Review struct {
	Line int
	Date day.Date // CPPreviewDate
}

// Gap is an element in a list that says nothing, so that it is not in the list.
type Gap struct {
	Line   int
	Before int // how many of the list stand before it
}

// PreProceedings is the module on pre-proceedings and family group decision
// making of the 2027 draft. The draft is not settled, so its items are handed
// over as they stand.
type PreProceedings struct {
	Line  int
	Items []Raw
}

// Get gives the value of the first item with a name, such as "PPStartDate".
func (p PreProceedings) Get(name string) (string, bool) {
	for _, it := range p.Items {
		if it.Name == name {
			return it.Value, true
		}
	}
	return "", false
}

// preProceedingsItems are the items of the draft, in its order.
// Source: fields/cin_2027_preproceedings.csv.
var preProceedingsItems = []string{
	"PPStartDate", "LBPSentDate", "FGDMMeetingOffer", "FGDMMeetingFac", "InitialPPMeetingDate",
	"ReviewMeetingsCount", "StepDecisionDate", "PPOutcome", "CourtAppDate", "LetterInitCPDate",
}
