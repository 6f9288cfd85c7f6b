package cincheck

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/cin"
)

// assessmentRules are about the dates of assessments.
var assessmentRules = []rule{
	{code: "1103", from: FirstYear, module: tAssessments, needs: cols(asStart, epReferral),
		says: "The assessment began before the referral.",
		do:   "Check both dates, and that the assessment stands in the right episode.",
		child: withEpisode(allAssessments, assessmentKey,
			func(e *Episode, a *Assessment) bool { return before(a.Start, e.Referral) }, epReferral, asStart)},
	{code: "8608", from: FirstYear, module: tAssessments, needs: cols(asStart, asEnd),
		says:  "The assessment ended before it began.",
		do:    "Check both dates.",
		child: assessments(func(_ Census, a *Assessment) bool { return before(a.End, a.Start) }, asStart, asEnd)},
	{code: "8670Q", from: FirstYear, module: tAssessments, needs: cols(asStart, asEnd, hdReferenceDate),
		says: "The assessment began more than 45 working days before the end of the census year and has no end.",
		do:   "Give the date on which it was authorised, or the reason for the delay.",
		child: assessments(func(y Census, a *Assessment) bool {
			return a.End.IsZero() && !a.Start.IsZero() && a.Start < day.England().AddWorking(y.End, -45)
		}, asStart)},
	{code: "8696", from: FirstYear, module: tAssessments, needs: cols(asEnd, hdReferenceDate),
		says:  "The assessment ended outside the census year.",
		do:    "Leave out one that ended earlier, and the end of one that ended later; or correct the date.",
		child: assessments(func(y Census, a *Assessment) bool { return y.outside(a.End) }, asEnd)},
	{code: "8736", from: FirstYear, module: tAssessments, needs: cols(asStart, asEnd, hdReferenceDate),
		says:  "The assessment has no end, and began outside the census year.",
		do:    "Give the date on which it was authorised, or correct the start.",
		child: assessments(func(y Census, a *Assessment) bool { return a.End.IsZero() && y.outside(a.Start) }, asStart, asEnd)},
	{code: "8863Q", from: FirstYear, module: tAssessments, needs: cols(asStart, asEnd, hdReferenceDate),
		says: "An assessment began while another one of the episode was going on. Both are shown.",
		do:   "Check the dates, or put what was one assessment into one.",
		child: func(c *Child, y Census, m *marks) {
			overlapsWithin(spans(c.Assessments, func(r *Assessment) span { return span{r.Key, r.Start, r.End} }), y, m, asStart, asEnd)
		}},
	{code: "8896", from: FirstYear, module: tAssessments, needs: cols(asEnd),
		says:  "The episode has two or more assessments without an end.",
		do:    "Give the end of those that are done, or put what is one assessment into one.",
		child: manyOpen(allAssessments, assessmentKey, func(a *Assessment) bool { return a.End.IsZero() }, asEnd)},
}

// noFactor is the code that says no factor was found. It goes with no other, and
// with no further action.
const noFactor = "21"

// factorRules are about the factors found at an assessment.
var factorRules = []rule{
	{code: "8614", from: FirstYear, module: tAssessments, needs: cols(asEnd, asFactors),
		says:  "There are factors for an assessment that has not ended.",
		do:    "Give the end of the assessment, or leave the factors out until then.",
		child: assessments(func(_ Census, a *Assessment) bool { return a.End.IsZero() && len(a.Factors) > 0 }, asEnd, asFactors)},
	{code: "8869", from: FirstYear, module: tAssessments, needs: cols(asFactors),
		says: "The assessment says that no factor was found (21), and names others.",
		do:   "Take out 21, or the others.",
		child: assessments(func(_ Census, a *Assessment) bool {
			return slices.Contains(a.Factors, noFactor) && slices.ContainsFunc(a.Factors, func(f string) bool { return f != noFactor })
		}, asFactors)},
	{code: "8873Q", from: FirstYear, module: tAssessments, needs: cols(epReason, asFactors),
		says:  "The only assessment of the episode found no factor (21), but the case was not closed as RC8 or RC9.",
		do:    "Check the factors and the reason for closure.",
		child: noFactorButGoesOn},
	{code: "8897Q", from: FirstYear, module: tAssessments, needs: cols(asEnd, asFactors, hdReferenceDate),
		says: "The assessment ended in the census year and names no factor of the code set.",
		do:   "Give the factors, or 21 when none was found.",
		child: assessments(func(y Census, a *Assessment) bool {
			return y.within(a.End) && !slices.ContainsFunc(a.Factors, func(f string) bool { return y.valid(cin.SetAssessmentFactors, f) })
		}, asEnd, asFactors)},
	{code: "8898", from: FirstYear, module: tAssessments, needs: cols(asFactors),
		says: "The assessment names a factor twice.",
		do:   "Name each factor once.",
		child: assessments(func(_ Census, a *Assessment) bool {
			for i, f := range a.Factors {
				if slices.Contains(a.Factors[:i], f) {
					return true
				}
			}
			return false
		}, asFactors)},
	{code: "8945Q", from: 2025, module: tAssessments, needs: cols(asFactors),
		says:  "The assessment names physical abuse without saying by whom (18A).",
		do:    "Give 18B when it was by another child, 18C when by an adult.",
		child: assessments(func(_ Census, a *Assessment) bool { return hasFactor(a, "18A") }, asFactors)},
	{code: "8950Q", from: 2025, module: tAssessments, needs: cols(asFactors),
		says:  "The assessment names sexual abuse without saying by whom (19A).",
		do:    "Give 19B when it was by another child, 19C when by an adult.",
		child: assessments(func(_ Census, a *Assessment) bool { return hasFactor(a, "19A") }, asFactors)},
}

// noFactorButGoesOn also points at a case that is still open: where nothing was
// found there is nothing to keep it open for. The rule speaks of a completed
// assessment: one that has factors is taken for one (8614).
func noFactorButGoesOn(c *Child, _ Census, m *marks) {
	for i := range c.Episodes {
		e := &c.Episodes[i]
		if afterAssessment(e.Reason) {
			continue
		}
		if all := of(c.Assessments, assessmentKey, e.Episode); len(all) == 1 && slices.Contains(all[0].Factors, noFactor) {
			m.at(e.Key, epReason)
			m.at(all[0].Key, asFactors)
		}
	}
}

func hasFactor(a *Assessment, code string) bool {
	return slices.ContainsFunc(a.Factors, func(f string) bool { return strings.EqualFold(f, code) })
}
