package ssda903check

import "onus/internal/returns/ssda903"

// The tables and fields, as rules speak of them.
const (
	header         = ssda903.Header
	episodes       = ssda903.Episodes
	reviews        = ssda903.Reviews
	asylum         = ssda903.UASC
	oc2            = ssda903.OC2
	oc3            = ssda903.OC3
	ad1            = ssda903.AD1
	placedAdoption = ssda903.PlacedAdoption
	prevPerm       = ssda903.PrevPerm
	missing        = ssda903.Missing
	workers        = ssda903.SWEpisodes
	dolo           = ssda903.DoLo

	child            = ssda903.Child
	sex              = ssda903.Sex
	dob              = ssda903.DOB
	ethnic           = ssda903.Ethnic
	upn              = ssda903.UPN
	mother           = ssda903.Mother
	motherChild      = ssda903.MotherChildDOB
	uasc             = ssda903.UASCStatus
	decom            = ssda903.DECOM
	rne              = ssda903.RNE
	ls               = ssda903.LS
	needCode         = ssda903.CIN
	place            = ssda903.Place
	provider         = ssda903.Provider
	dec              = ssda903.DEC
	rec              = ssda903.REC
	change           = ssda903.Change
	homePost         = ssda903.HomePost
	placePost        = ssda903.PlacePost
	urn              = ssda903.URN
	placeLA          = ssda903.PlaceLA
	distance         = ssda903.PlaceDistance
	location         = ssda903.PlaceLocation
	review           = ssda903.Review
	reviewCode       = ssda903.ReviewCode
	duc              = ssda903.DUC
	sdqScore         = ssda903.SDQScore
	sdqReason        = ssda903.SDQReason
	convicted        = ssda903.Convicted
	healthCheck      = ssda903.HealthCheck
	immunisations    = ssda903.Immunisations
	teeth            = ssda903.TeethCheck
	assessment       = ssda903.HealthAssessment
	misuse           = ssda903.SubstanceMisuse
	received         = ssda903.InterventionReceived
	offered          = ssda903.InterventionOffered
	inTouch          = ssda903.InTouch
	activity         = ssda903.Activity
	accommodation    = ssda903.Accommodation
	dateInt          = ssda903.DateInt
	dateMatch        = ssda903.DateMatch
	fosterCare       = ssda903.FosterCare
	adopterNumber    = ssda903.AdopterNumber
	adopterSex       = ssda903.AdopterSex
	adopterStatus    = ssda903.AdopterStatus
	datePlaced       = ssda903.DatePlaced
	datePlacedCeased = ssda903.DatePlacedCeased
	reasonCeased     = ssda903.ReasonPlacedCeased
	permType         = ssda903.PrevPermType
	permLA           = ssda903.PermLA
	datePerm         = ssda903.DatePerm
	missingType      = ssda903.MissingType
	missingStart     = ssda903.MissingStart
	missingEnd       = ssda903.MissingEnd
	swID             = ssda903.SWID
	swStart          = ssda903.SWStart
	swEnd            = ssda903.SWEnd
	swReason         = ssda903.SWReason
	doloStart        = ssda903.DoLoStart
	doloEnd          = ssda903.DoLoEnd
)
