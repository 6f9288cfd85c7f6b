package cincheck

import "onus/internal/returns/cin"

// cinPlanRules are about child in need plans by themselves.
var cinPlanRules = []rule{
	{code: "4000", from: FirstYear, module: tCINPlans, needs: cols(epNFA, plLAchildID),
		says: "The referral led to no further action, but the episode holds a child in need plan.",
		do:   "Correct ReferralNFA, or put the plan into the episode it belongs to.",
		child: withEpisode(allCINPlans, cinPlanKey,
			func(e *Episode, _ *CINPlan) bool { return e.NFA == cin.Yes }, epNFA, plLAchildID)},
	{code: "4004", from: FirstYear, module: tCINPlans, needs: cols(plEnd),
		says:  "The episode has more than one open child in need plan.",
		do:    "Give the end of those that have ended.",
		child: manyOpen(allCINPlans, cinPlanKey, func(p *CINPlan) bool { return p.End.IsZero() }, plEnd)},
	{code: "4008", from: FirstYear, module: tIdentifiers, needs: cols(idDeath, plStart),
		says: "A child in need plan began after the child had died.",
		do:   "Check both dates.",
		child: withIdentifiers(allCINPlans, cinPlanKey,
			func(i *Identifiers, p *CINPlan) bool { return before(i.Death, p.Start) }, cols(idDeath), plStart)},
	{code: "4009Q", from: FirstYear, module: tIdentifiers, needs: cols(idDeath, plEnd),
		says: "A child in need plan ended after the child had died.",
		do:   "Check both dates. A plan ends on the day of death at the latest.",
		child: withIdentifiers(allCINPlans, cinPlanKey,
			func(i *Identifiers, p *CINPlan) bool { return before(i.Death, p.End) }, cols(idDeath), plEnd)},
	{code: "4010", from: FirstYear, module: tCINPlans, needs: cols(plStart, hdReferenceDate),
		says:  "The start of the child in need plan is missing, or after the census year.",
		do:    "Give the start, or leave the plan for the next return.",
		child: cinPlans(func(y Census, p *CINPlan) bool { return p.Start.IsZero() || p.Start > y.End }, plStart)},
	{code: "4011", from: FirstYear, module: tCINPlans, needs: cols(plEnd, plStart),
		says:  "The child in need plan ended before it began.",
		do:    "Check both dates.",
		child: cinPlans(func(_ Census, p *CINPlan) bool { return before(p.End, p.Start) }, plEnd, plStart)},
	{code: "4012Q", from: FirstYear, module: tCINPlans, needs: cols(plStart, plEnd),
		says:  "The child in need plan began and ended on one day.",
		do:    "Check both dates, or give the reason.",
		child: cinPlans(func(_ Census, p *CINPlan) bool { return !p.Start.IsZero() && p.Start == p.End }, plStart, plEnd)},
	{code: "4013", from: FirstYear, module: tCINPlans, needs: cols(plEnd, hdReferenceDate),
		says:  "The child in need plan ended outside the census year.",
		do:    "Leave out one that ended earlier, and the end of one that ended later; or correct the date.",
		child: cinPlans(func(y Census, p *CINPlan) bool { return y.outside(p.End) }, plEnd)},
	{code: "4014", from: FirstYear, module: tCINPlans, needs: cols(plStart, plEnd, hdReferenceDate),
		says: "A child in need plan began before another one of the child had ended. Both are shown.",
		do:   "Check the dates, or put what was one plan into one.",
		child: func(c *Child, y Census, m *marks) {
			overlaps(spans(c.CINPlans, func(r *CINPlan) span { return span{r.Key, r.Start, r.End} }), y, m, plStart, plEnd)
		}},
	{code: "4015", from: FirstYear, module: tCINPlans, needs: cols(plStart, epReferral),
		says: "The child in need plan began before the referral.",
		do:   "Check both dates, and that the plan stands in the right episode.",
		child: withEpisode(allCINPlans, cinPlanKey,
			func(e *Episode, p *CINPlan) bool { return before(p.Start, e.Referral) }, epReferral, plStart)},
}

// plansTogetherRules are about child in need plans beside child protection plans:
// a child has one or the other.
var plansTogetherRules = []rule{
	{code: "4001", from: FirstYear, module: tCINPlans, needs: cols(plEnd, cpEnd),
		says: "The episode has a child in need plan and a child protection plan, and both are open.",
		do:   "Give the end of the one that the other took the place of.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.CINPlans {
				for j := range c.CPPlans {
					if p, q := &c.CINPlans[i], &c.CPPlans[j]; p.Episode == q.Episode && p.End.IsZero() && q.End.IsZero() {
						m.at(p.Key, plEnd)
						m.at(q.Key, cpEnd)
					}
				}
			}
		}},
	{code: "4003", from: FirstYear, module: tReviews, needs: cols(plStart, plEnd, rvDate, cpEnd),
		says:  "A child protection review was held while a child in need plan was open, and did not end the protection plan that day.",
		do:    "Check the dates of the review and of both plans.",
		child: reviewDuringCINPlan},
	{code: "4016", from: FirstYear, module: tCINPlans, needs: cols(plStart, cpStart, cpEnd, hdReferenceDate),
		says: "A child in need plan began while a child protection plan was open.",
		do:   "Check the dates: one plan ends before, or on the day on which, the other begins.",
		child: func(c *Child, y Census, m *marks) {
			for i := range c.CINPlans {
				for j := range c.CPPlans {
					if p, q := &c.CINPlans[i], &c.CPPlans[j]; during(p.Start, q.Start, q.End, y) {
						m.at(p.Key, plStart)
						m.at(q.Key, cpStart, cpEnd)
					}
				}
			}
		}},
	{code: "4017", from: FirstYear, module: tCINPlans, needs: cols(plStart, plEnd, cpStart, hdReferenceDate),
		says: "A child protection plan began while a child in need plan was open.",
		do:   "Check the dates: one plan ends before, or on the day on which, the other begins.",
		child: func(c *Child, y Census, m *marks) {
			for i := range c.CPPlans {
				for j := range c.CINPlans {
					if q, p := &c.CPPlans[i], &c.CINPlans[j]; during(q.Start, p.Start, p.End, y) {
						m.at(q.Key, cpStart)
						m.at(p.Key, plStart, plEnd)
					}
				}
			}
		}},
}

// reviewDuringCINPlan leaves out the review that ends the protection plan: the
// child in need plan may begin that day. It looks at every review of a plan.
func reviewDuringCINPlan(c *Child, y Census, m *marks) {
	for i := range c.Reviews {
		r := &c.Reviews[i]
		for j := range c.CPPlans {
			q := &c.CPPlans[j]
			if q.Plan != r.Plan || r.Date == q.End {
				continue
			}
			for k := range c.CINPlans {
				if p := &c.CINPlans[k]; during(r.Date, p.Start, p.End, y) {
					m.at(r.Key, rvDate)
					m.at(q.Key, cpEnd)
					m.at(p.Key, plStart)
				}
			}
		}
	}
}
