package cincheck

import (
	"onus/internal/returns/cin"
)

// preProceedingsRules are the draft of 2026/27 on pre-proceedings and family
// group decision making. The Department has not settled them.
var preProceedingsRules = []rule{
	{code: "8995Q", from: DraftYear, draft: true, whole: true, module: tPreProceedings, needs: cols(ppLAchildID),
		says: "No child in the return has anything on pre-proceedings.",
		do:   "Add it, or give the reason why there is none.",
		all: func(t *Tables, _ Census, m *marks) {
			for i := range t.Children {
				if len(t.Children[i].PreProceedings) > 0 {
					return
				}
			}
			m.fail()
		}},
	{code: "9000Q", from: DraftYear, draft: true, whole: true, module: tPreProceedings,
		needs: cols(ppStart, ppLetterSent, ppOffer, ppFacilitated, ppMeeting, ppReviews, ppDecision, ppOutcome, ppCourt, ppInitiated),
		says:  "An item on pre-proceedings is empty throughout the return.",
		do:    "If the authority does not hold it yet, leave it empty and say so.",
		all:   emptyThroughout},
	{code: "9005", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppStart, hdReferenceDate),
		says:  "Pre-proceedings were decided on outside the census year.",
		do:    "Check the date.",
		child: preProceedings(func(y Census, p *PreProceedings) bool { return y.outside(p.Start) }, ppStart)},
	{code: "9006", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppLetterSent, ppStart, hdReferenceDate),
		says: "The letter before proceedings was sent outside the census year, or not after the decision to begin.",
		do:   "Check both dates.",
		child: preProceedings(func(y Census, p *PreProceedings) bool {
			return y.outside(p.LetterSent) || !p.LetterSent.IsZero() && p.LetterSent <= p.Start
		}, ppLetterSent)},
	{code: "9007", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppOffer, ppLetterSent),
		says: "A letter before proceedings was sent, but not whether it offered a family group meeting.",
		do:   "Say whether a meeting was offered.",
		child: preProceedings(func(_ Census, p *PreProceedings) bool {
			return !p.LetterSent.IsZero() && yesNo(p.Offer) == cin.NotSaid
		}, ppOffer)},
	{code: "9008", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppMeeting, hdReferenceDate),
		says:  "The first pre-proceedings meeting was held outside the census year.",
		do:    "Check the date.",
		child: preProceedings(func(y Census, p *PreProceedings) bool { return y.outside(p.Meeting) }, ppMeeting)},
	{code: "9009", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppDecision, ppStart, hdReferenceDate),
		says: "Stepping up or down was decided outside the census year, or before pre-proceedings began.",
		do:   "Check both dates.",
		child: preProceedings(func(y Census, p *PreProceedings) bool {
			return y.outside(p.Decision) || before(p.Decision, p.Start)
		}, ppDecision)},
	{code: "9010Q", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppFacilitated, ppOffer),
		says: "A family group meeting was offered, but not whether one was held.",
		do:   "Say whether a meeting was held.",
		child: preProceedings(func(_ Census, p *PreProceedings) bool {
			return yesNo(p.Offer) == cin.Yes && yesNo(p.Facilitated) == cin.NotSaid
		}, ppFacilitated)},
	{code: "9011", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppOutcome),
		says: "The outcome of pre-proceedings is not one of the codes.",
		do:   "Give A, B or C.",
		child: preProceedings(func(y Census, p *PreProceedings) bool {
			return p.Outcome != "" && !y.valid(cin.SetPPOutcome, p.Outcome)
		}, ppOutcome)},
	{code: "9012", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppCourt, ppDecision, hdReferenceDate),
		says: "The court was applied to outside the census year, or before proceedings were decided on.",
		do:   "Check both dates.",
		child: preProceedings(func(y Census, p *PreProceedings) bool {
			return y.outside(p.Court) || before(p.Court, p.Decision)
		}, ppCourt)},
	{code: "9013", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppInitiated, ppCourt, hdReferenceDate),
		says: "The letter that begins care proceedings was sent outside the census year, or before the court was applied to.",
		do:   "Check both dates.",
		child: preProceedings(func(y Census, p *PreProceedings) bool {
			return y.outside(p.Initiated) || before(p.Initiated, p.Court)
		}, ppInitiated)},
	{code: "9015Q", from: DraftYear, draft: true, module: tPreProceedings, needs: cols(ppReviews, ppMeeting),
		says: "There was a first pre-proceedings meeting, but not how many reviews followed.",
		do:   "Give the number, 0 when there was none.",
		child: preProceedings(func(_ Census, p *PreProceedings) bool {
			return !p.Meeting.IsZero() && (p.Reviews == "" || !allDigits(p.Reviews))
		}, ppReviews)},
}

// emptyThroughout fails when there are pre-proceedings, and one of the items is
// given for none of them.
func emptyThroughout(t *Tables, _ Census, m *marks) {
	rows := 0
	var given [10]bool
	for i := range t.Children {
		for j := range t.Children[i].PreProceedings {
			p := &t.Children[i].PreProceedings[j]
			rows++
			for k, has := range [10]bool{!p.Start.IsZero(), !p.LetterSent.IsZero(), p.Offer != "", p.Facilitated != "", !p.Meeting.IsZero(),
				p.Reviews != "", !p.Decision.IsZero(), p.Outcome != "", !p.Court.IsZero(), !p.Initiated.IsZero()} {
				given[k] = given[k] || has
			}
		}
	}
	for _, has := range given {
		if rows > 0 && !has {
			m.fail()
		}
	}
}
