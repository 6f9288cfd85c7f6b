package annexacheck

import (
	"slices"

	"onus/internal/returns/annexa"
)

// orderRules are about dates that follow each other.
var orderRules = []rule{
	follows("A20", annexa.EarlyHelp, "An early help assessment ends before it starts.", pair{annexa.EarlyHelpStart, annexa.EarlyHelpEnd}),
	follows("A21", annexa.Assessments, "An assessment was authorised before it started.", pair{annexa.AssessmentStart, annexa.AssessmentAuthorised}),
	follows("A22", annexa.Enquiries, "A child protection conference took place before the strategy discussion that led to it.", pair{annexa.StrategyDiscussion, annexa.ConferenceDate}),
	follows("A23", annexa.Need, "An episode of need ends before it starts.", pair{annexa.CINStart, annexa.CINEnd}),
	follows("A24", annexa.Protection, "A child protection plan ends, or was reviewed, before it starts.", pair{annexa.PlanStart, annexa.PlanEnd}, pair{annexa.PlanStart, annexa.LastConference}),
	follows("A25", annexa.Care, "A period of care ends, or its latest placement starts, before it starts; or the placement starts after it ends.",
		pair{annexa.CareStart, annexa.CareEnd}, pair{annexa.CareStart, annexa.PlacementStart}, pair{annexa.PlacementStart, annexa.CareEnd}),
	follows("A26", annexa.Adoption, "The steps of an adoption do not follow each other: into care, decision, matching, placing, order.",
		pair{annexa.EnteredCare, annexa.PlacementOrder}, pair{annexa.AdoptionDecision, annexa.Matched}, pair{annexa.Matched, annexa.PlacedForAdoption},
		pair{annexa.PlacedForAdoption, annexa.AdoptionOrder}, pair{annexa.AdoptionDecision, annexa.DecisionReversed}),
	follows("A27", annexa.Adopters, "The steps of an adopter do not follow each other: enquiry, stage 1, stage 2, approval, matching, placing, order.",
		pair{annexa.EnquiryReceived, annexa.Stage1Start}, pair{annexa.Stage1Start, annexa.Stage1End}, pair{annexa.Stage1End, annexa.Stage2Start}, pair{annexa.Stage2Start, annexa.Stage2End},
		pair{annexa.ApplicationSubmitted, annexa.ApplicationApproved}, pair{annexa.ApplicationApproved, annexa.AdopterMatched}, pair{annexa.AdopterMatched, annexa.AdopterPlaced}, pair{annexa.AdopterPlaced, annexa.AdoptionOrder}),
	{code: "A28", says: "Something in a child's care, adoption or placement is dated before the child was born.", do: "Check the date of birth and the other date.",
		needs: slices.Concat(of(annexa.Care, annexa.Birth), of(annexa.Adoption, annexa.Birth)),
		run: func(f *facts, m *marks) {
			before(f, m, annexa.Care, []annexa.Field{annexa.CareStart, annexa.LegalStart, annexa.LastReview, annexa.LastSocialWorkVisit, annexa.LastIROVisit, annexa.LastHealth, annexa.LastDental, annexa.PlacementStart, annexa.CareEnd}, 0)
			before(f, m, annexa.Adoption, []annexa.Field{annexa.EnteredCare, annexa.PlacementOrder, annexa.Matched, annexa.PlacedForAdoption, annexa.AdoptionOrder, annexa.ConcurrentStart}, 0)
		}},
	{code: "A29", says: "Something is dated more than 42 weeks before the child was born.", do: "Check the date of birth and the other date. A child who is not born yet may stand here by the expected date.",
		needs: slices.Concat(of(annexa.Contacts, annexa.Birth), of(annexa.Referrals, annexa.Birth), of(annexa.Assessments, annexa.Birth), of(annexa.Enquiries, annexa.Birth), of(annexa.Need, annexa.Birth), of(annexa.Protection, annexa.Birth)),
		run: func(f *facts, m *marks) {
			for _, l := range []annexa.List{annexa.Contacts, annexa.EarlyHelp, annexa.Referrals, annexa.Assessments, annexa.Enquiries, annexa.Need, annexa.Protection} {
				before(f, m, l, dates(l), 42*7)
			}
		}},
	{code: "A30", dated: true, says: "A date is later than the day that the lists are of.", do: "Check the date. Only the expected date of birth of a child who is not born yet may lie ahead.",
		run: func(f *facts, m *marks) {
			each(f, func(i int, r annexa.Row, c annexa.Field, v annexa.Cell) {
				born := c == annexa.Birth && r.List != annexa.Care && r.List != annexa.Leavers
				if c.Holds() == annexa.Date && v.Date > f.on && !born {
					m.at(i, r, c)
				}
			})
		}},
	{code: "A31", query: true, dated: true, says: "The age does not fit the date of birth on the day that the lists are of.", do: "Give the age at the last birthday, or -1 for a child who is not born yet.",
		run: func(f *facts, m *marks) {
			for l := range children {
				for i, r := range f.rows(l) {
					b, a := r.Of(annexa.Birth), r.Of(annexa.Age)
					if !b.Known || !a.Known {
						continue
					}
					want := -1
					if b.Date <= f.on {
						want = f.on.Years(b.Date)
					}
					if a.Number != want {
						m.at(i, r, annexa.Birth, annexa.Age)
					}
				}
			}
		}},
	{code: "A32", query: true, dated: true, says: "A row is older than the six months before the day that the lists are of, for which Ofsted asks.", do: "Take the row out, or check its date.",
		run: func(f *facts, m *marks) {
			from := f.on.AddMonths(-6)
			for _, x := range []column{{annexa.Contacts, annexa.ContactDate}, {annexa.Referrals, annexa.ReferralDate}, {annexa.Need, annexa.CINEnd}, {annexa.Protection, annexa.PlanEnd}, {annexa.Care, annexa.CareEnd}} {
				for i, r := range f.rows(x.list) {
					if v := r.Of(x.field); v.Known && v.Date < from {
						m.at(i, r, x.field)
					}
				}
			}
		}},
}

// pair is two dates of which the first may not be later than the second.
type pair struct{ first, then annexa.Field }

func follows(code string, l annexa.List, says string, pairs ...pair) rule {
	r := rule{code: code, says: says, do: "Check both dates."}
	for _, p := range pairs {
		for _, f := range []annexa.Field{p.first, p.then} {
			if c := (column{l, f}); !slices.Contains(r.needs, c) {
				r.needs = append(r.needs, c)
			}
		}
	}
	r.run = func(f *facts, m *marks) {
		for i, row := range f.rows(l) {
			var wrong []annexa.Field
			for _, p := range pairs {
				if a, b := row.Of(p.first), row.Of(p.then); a.Known && b.Known && a.Date > b.Date {
					wrong = append(wrong, p.first, p.then)
				}
			}
			m.of(i, row, wrong)
		}
	}
	return r
}

// before finds dates that lie more than some days before the birth.
func before(f *facts, m *marks, l annexa.List, fields []annexa.Field, days int) {
	for i, r := range f.rows(l) {
		b := r.Of(annexa.Birth)
		var wrong []annexa.Field
		for _, c := range fields {
			if v := r.Of(c); b.Known && v.Known && v.Date.Add(days) < b.Date {
				wrong = append(wrong, annexa.Birth, c)
			}
		}
		m.of(i, r, wrong)
	}
}

// endRules are about an end and its reason, which go together.
var endRules = []rule{
	together("A40", annexa.Need, annexa.CINEnd, annexa.ClosureReason, "An episode of need has an end without a reason, or a reason without an end."),
	together("A41", annexa.Care, annexa.CareEnd, annexa.CeasedReason, "A period of care has an end without a reason, or a reason without an end."),
	together("A42", annexa.Adoption, annexa.DecisionReversed, annexa.ReversedReason, "A decision for adoption was undone without a reason, or has a reason without a day."),
	together("A43", annexa.Adopters, annexa.LeftProcess, annexa.LeftReason, "An adopter left the process without a reason, or has a reason without a day."),
	{code: "A44", needs: of(annexa.Need, annexa.CINEnd, annexa.CaseStatus), says: "The case status does not fit the closure date: closed without a date, or open with one.", do: "Check both. A closed episode has the status “e) Closed episode” and a closure date.",
		run: func(f *facts, m *marks) {
			for i, r := range f.rows(annexa.Need) {
				if s := r.Of(annexa.CaseStatus); s.Known && (s.Text == closed) == r.Of(annexa.CINEnd).Blank() {
					m.at(i, r, annexa.CINEnd, annexa.CaseStatus)
				}
			}
		}},
	{code: "A45", needs: of(annexa.Enquiries, annexa.ConferenceUnnecessary, annexa.ConferenceDate), says: "A conference was held although it is said to have been unnecessary.", do: "Check both answers.",
		run: func(f *facts, m *marks) {
			for i, r := range f.rows(annexa.Enquiries) {
				if r.Of(annexa.ConferenceUnnecessary).Text == yes && !r.Of(annexa.ConferenceDate).Blank() {
					m.at(i, r, annexa.ConferenceUnnecessary, annexa.ConferenceDate)
				}
			}
		}},
	{code: "A46", needs: of(annexa.Enquiries, annexa.ConferenceDate, annexa.ConferenceMadePlan), says: "A conference was held and nothing says whether it made a plan, or an answer stands there without a conference.", do: "Give both, or neither where no conference was held.",
		run: func(f *facts, m *marks) {
			for i, r := range f.rows(annexa.Enquiries) {
				// “No” without a conference says only that there is no plan.
				if date, plan := r.Of(annexa.ConferenceDate), r.Of(annexa.ConferenceMadePlan); !date.Blank() && plan.Blank() || date.Blank() && plan.Text == yes {
					m.at(i, r, annexa.ConferenceDate, annexa.ConferenceMadePlan)
				}
			}
		}},
}

func together(code string, l annexa.List, end, reason annexa.Field, says string) rule {
	return rule{code: code, needs: of(l, end, reason), says: says, do: "Give both, or neither.", run: func(f *facts, m *marks) {
		for i, r := range f.rows(l) {
			if r.Of(end).Blank() != r.Of(reason).Blank() {
				m.at(i, r, end, reason)
			}
		}
	}}
}

// Official codes that rules speak of.
const (
	yes       = "a) Yes"
	inCare    = "a) Looked after child"
	protected = "b) Child Protection plan"
	closed    = "e) Closed episode"
)
