package cincheck

// table numbers the tables in the order of the report.
type table uint8

const (
	tHeader table = iota
	tIdentifiers
	tCharacteristics
	tDisabilities
	tEpisodes
	tAssessments
	tCINPlans
	tSection47
	tCPPlans
	tReviews
	tPreProceedings
	tableCount
)

var tableNames = [tableCount]string{"Header", "ChildIdentifiers", "ChildCharacteristics", "Disabilities", "CINdetails", "Assessments",
	"CINplanDates", "Section47", "ChildProtectionPlans", "Reviews", "PreProceedings"}

// Column is one column of one table. Constants are named by table and item.
type Column uint8

// The columns.
const (
	hdReferenceDate Column = iota
	idLAchildID
	idUPN
	idFormerUPN
	idUPNunknown
	idBirth
	idExpected
	idDeath
	idGender
	idSex
	chEthnicity
	diDisability
	epReferral
	epSource
	epNeed
	epClosure
	epReason
	epICPC
	epNFA
	epLAchildID
	asLAchildID
	asStart
	asEnd
	asFactors
	plLAchildID
	plStart
	plEnd
	s47LAchildID
	s47Start
	s47Target
	s47ICPC
	s47NotRequired
	cpLAchildID
	cpStart
	cpEnd
	cpInitial
	cpLatest
	cpPrevious
	rvDate
	ppLAchildID
	ppStart
	ppLetterSent
	ppOffer
	ppFacilitated
	ppMeeting
	ppReviews
	ppDecision
	ppOutcome
	ppCourt
	ppInitiated
	columnCount
)

// columns gives the table and the name of each column.
var columns = [columnCount]struct {
	table table
	name  string
}{
	hdReferenceDate: {tHeader, "ReferenceDate"},
	idLAchildID:     {tIdentifiers, "LAchildID"},
	idUPN:           {tIdentifiers, "UPN"},
	idFormerUPN:     {tIdentifiers, "FormerUPN"},
	idUPNunknown:    {tIdentifiers, "UPNunknown"},
	idBirth:         {tIdentifiers, "PersonBirthDate"},
	idExpected:      {tIdentifiers, "ExpectedPersonBirthDate"},
	idDeath:         {tIdentifiers, "PersonDeathDate"},
	idGender:        {tIdentifiers, "GenderCurrent"},
	idSex:           {tIdentifiers, "Sex"},
	chEthnicity:     {tCharacteristics, "Ethnicity"},
	diDisability:    {tDisabilities, "Disability"},
	epReferral:      {tEpisodes, "CINreferralDate"},
	epSource:        {tEpisodes, "ReferralSource"},
	epNeed:          {tEpisodes, "PrimaryNeedCode"},
	epClosure:       {tEpisodes, "CINclosureDate"},
	epReason:        {tEpisodes, "ReasonForClosure"},
	epICPC:          {tEpisodes, "DateOfInitialCPC"},
	epNFA:           {tEpisodes, "ReferralNFA"},
	epLAchildID:     {tEpisodes, "LAchildID"},
	asLAchildID:     {tAssessments, "LAchildID"},
	asStart:         {tAssessments, "AssessmentActualStartDate"},
	asEnd:           {tAssessments, "AssessmentAuthorisationDate"},
	asFactors:       {tAssessments, "AssessmentFactors"},
	plLAchildID:     {tCINPlans, "LAchildID"},
	plStart:         {tCINPlans, "CINPlanStartDate"},
	plEnd:           {tCINPlans, "CINPlanEndDate"},
	s47LAchildID:    {tSection47, "LAchildID"},
	s47Start:        {tSection47, "S47ActualStartDate"},
	s47Target:       {tSection47, "InitialCPCtarget"},
	s47ICPC:         {tSection47, "DateOfInitialCPC"},
	s47NotRequired:  {tSection47, "ICPCnotRequired"},
	cpLAchildID:     {tCPPlans, "LAchildID"},
	cpStart:         {tCPPlans, "CPPstartDate"},
	cpEnd:           {tCPPlans, "CPPendDate"},
	cpInitial:       {tCPPlans, "InitialCategoryOfAbuse"},
	cpLatest:        {tCPPlans, "LatestCategoryOfAbuse"},
	cpPrevious:      {tCPPlans, "NumberOfPreviousCPP"},
	rvDate:          {tReviews, "CPPreviewDate"},
	ppLAchildID:     {tPreProceedings, "LAchildID"},
	ppStart:         {tPreProceedings, "PPStartDate"},
	ppLetterSent:    {tPreProceedings, "LBPSentDate"},
	ppOffer:         {tPreProceedings, "FGDMMeetingOffer"},
	ppFacilitated:   {tPreProceedings, "FGDMMeetingFac"},
	ppMeeting:       {tPreProceedings, "InitialPPMeetingDate"},
	ppReviews:       {tPreProceedings, "ReviewMeetingsCount"},
	ppDecision:      {tPreProceedings, "StepDecisionDate"},
	ppOutcome:       {tPreProceedings, "PPOutcome"},
	ppCourt:         {tPreProceedings, "CourtAppDate"},
	ppInitiated:     {tPreProceedings, "LetterInitCPDate"},
}

func (c Column) table() table   { return columns[c].table }
func (c Column) String() string { return tableNames[columns[c].table] + "." + columns[c].name }
