package ssda903

// Table is one of the twelve tables of the return.
type Table uint8

// The tables, named as authorities and their validators name them.
const (
	Header         Table = iota // one row for each child
	Episodes                    // one row for each episode of care
	Reviews                     // one row for each review
	UASC                        // unaccompanied asylum-seeking children
	OC2                         // health and offending of those looked after for 12 months
	OC3                         // care leavers
	AD1                         // adoptions
	PlacedAdoption              // decisions that a child should be placed for adoption
	PrevPerm                    // permanence before this period of care
	Missing                     // missing from placement, or away without authorisation
	SWEpisodes                  // social workers of a child
	DoLo                        // deprivation of liberty orders, from 2026/27
	TableCount
)

var tableNames = [TableCount]string{"Header", "Episodes", "Reviews", "UASC", "OC2", "OC3", "AD1", "PlacedAdoption", "PrevPerm", "Missing",
	"SWEpisodes", "DoLo"}

// String gives the name of a table.
func (t Table) String() string { return tableNames[t] }

// Field is a column. A column that several tables share is one field.
type Field uint8

// The fields, in the order of the tables.
const (
	Child Field = iota
	Sex
	DOB // date of birth
	Ethnic
	UPN // unique pupil number
	Mother
	MotherChildDOB
	UASCStatus // in the header of the XML form only
	DECOM      // day the episode began
	RNE        // reason for the new episode
	LS         // legal status
	CIN        // category of need
	Place      // type of placement
	Provider   // who provides the placement
	DEC        // day the episode ceased
	REC        // reason it ceased
	Change     // reason the placement changed
	HomePost
	PlacePost
	URN           // Ofsted's number of the provider
	PlaceLA       // authority of the placement; worked out from its postcode
	PlaceDistance // miles from home; worked out from both postcodes
	PlaceLocation // IN or OUT of the authority; worked out from the postcode
	Review
	ReviewCode
	DUC // day the status of an unaccompanied asylum-seeking child ceased
	SDQScore
	SDQReason
	Convicted
	HealthCheck
	Immunisations
	TeethCheck
	HealthAssessment
	SubstanceMisuse
	InterventionReceived
	InterventionOffered
	InTouch
	Activity
	Accommodation
	DateInt   // day it was decided that the child should be placed
	DateMatch // day the child was matched with adopters
	FosterCare
	AdopterNumber
	AdopterSex
	AdopterStatus
	DatePlaced
	DatePlacedCeased
	ReasonPlacedCeased
	PrevPermType
	PermLA
	DatePerm // with ZZ for what of a date is not known
	MissingType
	MissingStart
	MissingEnd
	SWID
	SWStart
	SWEnd
	SWReason
	DoLoStart
	DoLoEnd
	FieldCount
)

var fieldNames = [FieldCount]string{"CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB", "UASC", "DECOM", "RNE", "LS", "CIN", "PLACE",
	"PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN", "PL_LA", "PL_DISTANCE", "PL_LOCATION",
	"REVIEW", "REVIEW_CODE", "DUC", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
	"HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED", "IN_TOUCH", "ACTIV", "ACCOM", "DATE_INT",
	"DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED",
	"PREV_PERM", "LA_PERM", "DATE_PERM", "MISSING", "MIS_START", "MIS_END", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON", "DOLO_START", "DOLO_END"}

// String gives the name of a field as it stands in a heading row.
func (f Field) String() string { return fieldNames[f] }

// dated are the fields that hold dates.
var dated = [FieldCount]bool{DOB: true, MotherChildDOB: true, DECOM: true, DEC: true, Review: true, DUC: true, DateInt: true, DateMatch: true,
	DatePlaced: true, DatePlacedCeased: true, MissingStart: true, MissingEnd: true, SWStart: true, SWEnd: true, DoLoStart: true, DoLoEnd: true,
	DatePerm: true}

// layout gives the columns of each table, in the order of the return, and after
// them those that others add.
var layout = [TableCount]struct{ fields, more []Field }{
	Header: {[]Field{Child, Sex, DOB, Ethnic, UPN, Mother, MotherChildDOB}, []Field{UASCStatus}},
	Episodes: {[]Field{Child, DECOM, RNE, LS, CIN, Place, Provider, DEC, REC, Change, HomePost, PlacePost, URN},
		[]Field{PlaceLA, PlaceDistance, PlaceLocation, DOB, Sex}},
	Reviews:        {[]Field{Child, DOB, Review, ReviewCode}, []Field{Sex}},
	UASC:           {[]Field{Child, Sex, DOB, DUC}, nil},
	OC2:            {[]Field{Child, DOB, SDQScore, SDQReason, Convicted, HealthCheck, Immunisations, TeethCheck, HealthAssessment, SubstanceMisuse, InterventionReceived, InterventionOffered}, []Field{Sex}},
	OC3:            {[]Field{Child, DOB, InTouch, Activity, Accommodation}, []Field{Sex}},
	AD1:            {[]Field{Child, DOB, DateInt, DateMatch, FosterCare, AdopterNumber, AdopterSex, AdopterStatus}, []Field{Sex}},
	PlacedAdoption: {[]Field{Child, DOB, DatePlaced, DatePlacedCeased, ReasonPlacedCeased}, []Field{Sex}},
	PrevPerm:       {[]Field{Child, DOB, PrevPermType, PermLA, DatePerm}, []Field{Sex}},
	Missing:        {[]Field{Child, DOB, MissingType, MissingStart, MissingEnd}, []Field{Sex}},
	SWEpisodes:     {[]Field{Child, DOB, SWID, SWStart, SWEnd, SWReason}, nil},
	DoLo:           {[]Field{Child, DOB, DoLoStart, DoLoEnd}, nil},
}
