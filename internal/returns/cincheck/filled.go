package cincheck

import (
	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

// Filled counts in how many rows each column of a census has a value, in the order of the
// tables. Tables without a row are left out, and so are columns that the year does not
// have. The error is a *cin.Refusal, as Builder.Add gives it.
func Filled(h cin.Header, children []cin.Child) ([]report.Filled, error) {
	var b Builder
	for _, c := range children {
		if err := b.Add(c); err != nil {
			return nil, err
		}
	}
	t := b.Tables(h)
	var n [columnCount]int
	for _, c := range t.Children {
		c.count(&n)
	}
	var out []report.Filled
	for c := range columnCount {
		switch rows := int(t.rows[c.table()]); {
		case c.table() == tHeader, rows == 0, c.keyed(), c == idGender && h.Year >= firstSex, c == idSex && h.Year < firstSex:
		default:
			out = append(out, report.Filled{Table: tableNames[c.table()], Column: columns[c].name, Rows: rows, Filled: n[c]})
		}
	}
	return out, nil
}

// firstSex is the collection year from which the census asks for Sex and not for GenderCurrent.
const firstSex = 2025

// keyed says that a column is only the child's number once more, by which rules join tables.
func (c Column) keyed() bool { return columns[c].name == columns[idLAchildID].name && c != idLAchildID }

// count adds the values of a child's rows to those of each column.
func (c *Child) count(n *[columnCount]int) {
	text := func(col Column, s string) { has(n, col, s != "") }
	date := func(col Column, d day.Date) { has(n, col, !d.IsZero()) }
	for _, r := range c.Identifiers {
		text(idLAchildID, r.LAchildID)
		text(idUPN, r.UPN)
		text(idFormerUPN, r.FormerUPN)
		text(idUPNunknown, r.UPNunknown)
		date(idBirth, r.Birth)
		date(idExpected, r.ExpectedBirth)
		date(idDeath, r.Death)
		text(idGender, r.Gender)
		text(idSex, r.Sex)
	}
	for _, r := range c.Characteristics {
		text(chEthnicity, r.Ethnicity)
	}
	for _, r := range c.Disabilities {
		text(diDisability, r.Code)
	}
	for _, r := range c.Episodes {
		date(epReferral, r.Referral)
		text(epSource, r.Source)
		text(epNeed, r.Need)
		date(epClosure, r.Closure)
		text(epReason, r.Reason)
		date(epICPC, r.ICPC)
		has(n, epNFA, r.NFA != cin.NotSaid)
	}
	for _, r := range c.Assessments {
		date(asStart, r.Start)
		date(asEnd, r.End)
		has(n, asFactors, len(r.Factors) > 0)
	}
	for _, r := range c.CINPlans {
		date(plStart, r.Start)
		date(plEnd, r.End)
	}
	for _, r := range c.Section47s {
		date(s47Start, r.Start)
		date(s47Target, r.Target)
		date(s47ICPC, r.ICPC)
		has(n, s47NotRequired, r.NotRequired != cin.NotSaid)
	}
	for _, r := range c.CPPlans {
		date(cpStart, r.Start)
		date(cpEnd, r.End)
		text(cpInitial, r.Initial)
		text(cpLatest, r.Latest)
		has(n, cpPrevious, r.Previous.Given)
	}
	for _, r := range c.Reviews {
		date(rvDate, r.Date)
	}
	for _, r := range c.PreProceedings {
		date(ppStart, r.Start)
		date(ppLetterSent, r.LetterSent)
		text(ppOffer, r.Offer)
		text(ppFacilitated, r.Facilitated)
		date(ppMeeting, r.Meeting)
		text(ppReviews, r.Reviews)
		date(ppDecision, r.Decision)
		text(ppOutcome, r.Outcome)
		date(ppCourt, r.Court)
		date(ppInitiated, r.Initiated)
	}
}

func has(n *[columnCount]int, c Column, there bool) {
	if there {
		n[c]++
	}
}
