package cincheck

import (
	"onus/internal/day"
	"onus/internal/returns/cin"
)

// Key says where a row stands.
type Key struct {
	Row     int32 // in its table, counted from 0
	Line    int32 // in the file, counted from 1; 0 when not known
	Episode int32 // number of its CINdetails within the Child element; below 0 for none that exists
}

// Identifiers is a row of ChildIdentifiers: one for each Child element.
type Identifiers struct {
	Key
	LAchildID     string
	UPN           string
	FormerUPN     string
	UPNunknown    string
	Birth         day.Date
	ExpectedBirth day.Date
	Death         day.Date
	Sex           string // years from 2024/25
	Gender        string // GenderCurrent, years to 2023/24
}

// Characteristics is a row of ChildCharacteristics: one for each Child element.
type Characteristics struct {
	Key
	Ethnicity string
}

// Disability is a row of Disabilities.
type Disability struct {
	Key
	Code string
}

// Episode is a row of CINdetails.
type Episode struct {
	Key
	Referral day.Date
	Closure  day.Date
	ICPC     day.Date // DateOfInitialCPC of a conference outside any Section47 of the episode
	Source   string
	Need     string
	Reason   string
	NFA      cin.YesNo
}

// Assessment is a row of Assessments.
type Assessment struct {
	Key
	Start   day.Date
	End     day.Date // AssessmentAuthorisationDate
	Factors []string
}

// CINPlan is a row of CINplanDates.
type CINPlan struct {
	Key
	Start day.Date
	End   day.Date
}

// Section47 is a row of Section47.
type Section47 struct {
	Key
	Start       day.Date
	Target      day.Date // InitialCPCtarget
	ICPC        day.Date // DateOfInitialCPC
	NotRequired cin.YesNo
}

// open says that no conference was held and none was said to be unneeded.
func (s *Section47) open() bool { return s.ICPC.IsZero() && s.NotRequired != cin.Yes }

// CPPlan is a row of ChildProtectionPlans.
type CPPlan struct {
	Key
	Plan     int32 // its number within the Child element
	Start    day.Date
	End      day.Date
	Initial  string
	Latest   string
	Previous cin.Number
}

// Review is a row of Reviews: one for each date, and one for a review without.
type Review struct {
	Key
	Plan int32
	Date day.Date
}

// PreProceedings is a row of the 2026/27 draft's module. Text is as in the file.
type PreProceedings struct {
	Key
	Start       day.Date
	LetterSent  day.Date // LBPSentDate
	Offer       string   // FGDMMeetingOffer
	Facilitated string   // FGDMMeetingFac
	Meeting     day.Date // InitialPPMeetingDate
	Reviews     string   // ReviewMeetingsCount
	Decision    day.Date // StepDecisionDate
	Outcome     string
	Court       day.Date // CourtAppDate
	Initiated   day.Date // LetterInitCPDate
}

// Child holds all rows of one LAchildID, each table in the order of the file. A
// Child element without an LAchildID is a child of its own.
type Child struct {
	ID              string
	Identifiers     []Identifiers
	Characteristics []Characteristics
	Disabilities    []Disability
	Episodes        []Episode
	Assessments     []Assessment
	CINPlans        []CINPlan
	Section47s      []Section47
	CPPlans         []CPPlan
	Reviews         []Review
	PreProceedings  []PreProceedings
}

// of gives the rows of a table that belong to an episode.
func of[T any](rows []T, key func(*T) *Key, episode int32) []*T {
	var out []*T
	for i := range rows {
		if key(&rows[i]).Episode == episode {
			out = append(out, &rows[i])
		}
	}
	return out
}

// Header is the one row of Header.
type Header struct {
	Line          int32
	Year          int // collection year; 0 when not given
	ReferenceDate day.Date
}

// Tables are a return as the rules look at it.
type Tables struct {
	Header   Header
	Children []*Child

	rows    [tableCount]int32
	absent  map[Column]bool // columns that were not there to be read; a file has them all
	undated bool            // nobody said when the census year ends
	shared  int             // how many LAchildIDs stood in more than one Child element
}

// has says whether a column was there to be read.
func (t *Tables) has(c Column) bool { return !t.absent[c] }
