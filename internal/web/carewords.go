package web

import "onus/internal/child"

// pairs makes choices of codes, each in words, in the order of the codes that the record
// takes. What has no words is left out: no form offers what nobody can read.
func pairs(codes []string, words func(string) string) (out [][2]string) {
	for _, c := range codes {
		if w := words(c); w != "" && w != c {
			out = append(out, [2]string{c, title(w)})
		}
	}
	return out
}

// legalChoices leave out what the return no longer takes.
var legalChoices = pairs([]string{"V2", "C1", "C2", "E1", "L1", "L2", "L3", "J1", "J2", "J3", "V3", "V4"}, legalStatus)

// placementChoices are where a child in care can live, as the SSDA903 has it now.
var placementChoices = pairs([]string{"U6", "U4", "U5", "U3", "U1", "U2", "P1", "K2", "K3", "K1", "H5", "P2", "P3", "R1", "R2", "R3", "R5", "S1", "A3", "A4", "A5", "A6", "T0", "T1", "T2", "T3", "T4", "Z1"}, placementType)

var providerWords = map[string]string{"PR0": "the parents", "PR1": "our own authority", "PR2": "another authority", "PR3": "another public body", "PR4": "a private provider", "PR5": "a charity or voluntary body"}

var providerChoices = pairs(child.Providers, func(c string) string { return providerWords[c] })

// needChoices are why the child needs help, as the census and the SSDA903 code it.
var needChoices = [][2]string{{"N1", "Abuse, neglect or exploitation"}, {"N2", "The child's disability or illness"}, {"N3", "A parent's disability or illness"}, {"N4", "A family in acute stress"}, {"N5", "Serious problems in the family"},
	{"N6", "The child's behaviour in the community"}, {"N7", "Low income"}, {"N8", "No parents to care for the child"}}

// moveWords are the SSDA903's reasons why a placement ended, in words.
var moveWords = map[string]string{"CARPL": "it was the plan for the child", "CLOSE": "the carer or home stopped caring for children", "ALLEG": "an allegation, with a section 47 enquiry", "STAND": "worry about how the child was cared for",
	"APPRR": "the carer's approval ended", "CREQB": "the carer asked, because of how the child behaved", "CREQO": "the carer asked, for another reason", "CHILD": "the child asked to move", "LAREQ": "we, or the authority there, asked for it",
	"PLACE": "the same home, with another status", "CUSTOD": "custody", "OTHER": "another reason"}

var moveChoices = pairs(child.PlacementChanges, func(c string) string { return moveWords[c] })

// careEndWords are the SSDA903's reasons why a period of care ended, in words.
var careEndWords = map[string]string{"E4A": "went home to parents, as planned", "E4B": "went home to parents, and it was not planned", "E13": "went to live with relatives or friends, without an order", "E41": "a child arrangements order",
	"E45": "special guardianship: relatives or friends who fostered the child", "E46": "special guardianship: other foster carers", "E47": "special guardianship: other relatives or friends", "E48": "special guardianship: somebody else",
	"E11": "adopted, with consent", "E12": "adopted, and the court dispensed with consent", "E5": "own home, with support", "E6": "own home, without support", "E7": "adult social care", "E17": "18, and stays with the same carer",
	"E3": "another authority looks after the child", "E9": "sentenced to custody", "E14": "a remand ended", "E15": "found to be 18 or over", "E16": "went to live abroad", "E2": "died", "E8": "another reason"}

var careEndChoices = pairs([]string{"E4A", "E4B", "E13", "E41", "E45", "E46", "E47", "E48", "E11", "E12", "E5", "E6", "E7", "E17", "E3", "E9", "E14", "E15", "E16", "E2", "E8"}, func(c string) string { return careEndWords[c] })

// activityWords are the SSDA903's codes of what a care leaver does, in words.
var activityWords = map[string]string{"F1": "higher education, full time", "P1": "higher education, part time", "F2": "other education, full time", "P2": "other education, part time", "F4": "apprenticeship, full time", "P4": "apprenticeship, part time",
	"F5": "work or training, full time", "P5": "work or training, part time", "G4": "none of these: illness or disability", "G6": "none of these: pregnancy or a child of their own", "G5": "none of these: another reason", "0": "not known"}

var activityChoices = pairs([]string{"F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5", "G4", "G6", "G5", "0"}, func(c string) string { return activityWords[c] })

// homeWords are the SSDA903's codes of where a care leaver lives, without the last figure,
// which says whether it suits them.
var homeWords = map[string]string{"B": "with parents or relatives", "Z": "with the foster carers of before", "U": "own home, shared or alone", "D": "supported accommodation", "E": "supported lodgings", "T": "a foyer or the like", "K": "lodgings without support",
	"C": "residential care", "V": "emergency accommodation", "W": "bed and breakfast", "S": "no home", "X": "custody", "G": "abroad", "H": "deported", "Y": "somewhere else", "R": "not known", "0": "not known"}

var homeChoices = pairs([]string{"B", "Z", "U", "D", "E", "T", "K", "C", "V", "W", "S", "X", "G", "H", "Y", "R"}, func(c string) string { return homeWords[c] })

// homeOf is a code of where a care leaver lives in words.
func homeOf(code string) string {
	if code == "" {
		return ""
	}
	w := homeWords[code[:1]]
	switch {
	case w == "":
		return code
	case len(code) > 1 && code[1] == '2' && code[0] != 'S' && code[0] != 'X':
		return w + ": it does not suit them"
	}
	return w
}

// touchWords are the SSDA903's codes of whether we are in touch, in words.
var touchWords = map[string]string{"YES": "yes", "NO": "no", "REFU": "they do not want it", "NREQ": "they need nothing more from us", "RHOM": "they went home for good", "DIED": "they died"}

var touchChoices = pairs(child.InTouchCodes, func(c string) string { return touchWords[c] })

// hearsWords are who hears that a child is missing, as a sentence needs them.
var hearsWords = map[string]string{"police": "the police", "parent": "a parent", "carer": "the carer", "manager": "the senior manager", "reviewing officer": "the reviewing officer", "authority there": "the authority there", "somebody else": "another person"}
