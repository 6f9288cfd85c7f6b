package cincheck

import (
	"onus/internal/day"
	"onus/internal/returns/cin"
)

// cpPlanRules are about child protection plans.
var cpPlanRules = []rule{
	{code: "1105", from: FirstYear, module: tCPPlans, needs: cols(cpStart, epReferral),
		says: "The child protection plan began before the referral.",
		do:   "Check both dates, and that the plan stands in the right episode.",
		child: withEpisode(allCPPlans, cpPlanKey,
			func(e *Episode, p *CPPlan) bool { return before(p.Start, e.Referral) }, epReferral, cpStart)},
	{code: "2883", from: FirstYear, whole: true, module: tCPPlans, needs: cols(cpStart, epICPC, s47ICPC, hdReferenceDate),
		says: "More child protection plans began in the census year than initial conferences were held in it.",
		do:   "Add the conferences that are missing: a plan begins at one.",
		all: func(t *Tables, y Census, m *marks) {
			plans, conferences := 0, 0
			count := func(n *int, d day.Date) {
				if y.within(d) {
					*n++
				}
			}
			for i := range t.Children {
				c := t.Children[i]
				for j := range c.CPPlans {
					count(&plans, c.CPPlans[j].Start)
				}
				for j := range c.Episodes {
					count(&conferences, c.Episodes[j].ICPC)
				}
				for j := range c.Section47s {
					count(&conferences, c.Section47s[j].ICPC)
				}
			}
			if plans > conferences {
				m.fail()
			}
		}},
	{code: "2885", from: FirstYear, module: tCPPlans, needs: cols(cpStart, epICPC, s47ICPC, s47NotRequired, hdReferenceDate),
		says:  "The child protection plan began on another day than that of an initial conference of its episode.",
		do:    "Correct the start of the plan or the date of the conference.",
		child: planWithoutConference},
	{code: "8720", from: FirstYear, module: tCPPlans, needs: cols(cpStart, hdReferenceDate),
		says:  "The start of the child protection plan is missing, or after the census year.",
		do:    "Give the start, or leave the plan for the next return.",
		child: cpPlans(func(y Census, p *CPPlan) bool { return p.Start.IsZero() || p.Start > y.End }, cpStart)},
	{code: "8730", from: FirstYear, module: tCPPlans, needs: cols(cpPrevious),
		says:  "It is not said how many child protection plans the child had before.",
		do:    "Give the number, 0 when there was none.",
		child: cpPlans(func(_ Census, p *CPPlan) bool { return !p.Previous.Given }, cpPrevious)},
	{code: "8840", from: FirstYear, module: tCPPlans, needs: cols(cpStart, cpEnd),
		says:  "The child protection plan began and ended on one day.",
		do:    "Check both dates.",
		child: cpPlans(func(_ Census, p *CPPlan) bool { return !p.Start.IsZero() && p.Start == p.End }, cpStart, cpEnd)},
	{code: "8905", from: FirstYear, module: tCPPlans, needs: cols(cpInitial),
		says:  "The first category of abuse is missing, or is not one of the codes.",
		do:    "Give NEG, PHY, SAB, EMO or MUL.",
		child: cpPlans(func(y Census, p *CPPlan) bool { return !y.valid(cin.SetCategoryOfAbuse, p.Initial) }, cpInitial)},
	{code: "8910", from: FirstYear, module: tCPPlans, needs: cols(cpLatest),
		says:  "The latest category of abuse is missing, or is not one of the codes.",
		do:    "Give NEG, PHY, SAB, EMO or MUL.",
		child: cpPlans(func(y Census, p *CPPlan) bool { return !y.valid(cin.SetCategoryOfAbuse, p.Latest) }, cpLatest)},
	{code: "8915", from: FirstYear, module: tCPPlans, needs: cols(cpStart, idDeath),
		says: "The child protection plan began after the child had died.",
		do:   "Check both dates.",
		child: withIdentifiers(allCPPlans, cpPlanKey,
			func(i *Identifiers, p *CPPlan) bool { return before(i.Death, p.Start) }, cols(idDeath), cpStart)},
	{code: "8920", from: FirstYear, module: tCPPlans, needs: cols(idDeath, cpEnd),
		says: "The child protection plan ended after the child had died.",
		do:   "Check both dates. A plan ends on the day of death at the latest.",
		child: withIdentifiers(allCPPlans, cpPlanKey,
			func(i *Identifiers, p *CPPlan) bool { return before(i.Death, p.End) }, cols(idDeath), cpEnd)},
	{code: "8925", from: FirstYear, module: tCPPlans, needs: cols(cpStart, cpEnd),
		says:  "The child protection plan ended before it began.",
		do:    "Check both dates.",
		child: cpPlans(func(_ Census, p *CPPlan) bool { return before(p.End, p.Start) }, cpStart, cpEnd)},
	{code: "8930", from: FirstYear, module: tCPPlans, needs: cols(cpEnd, hdReferenceDate),
		says:  "The child protection plan ended outside the census year.",
		do:    "Leave out one that ended earlier, and the end of one that ended later; or correct the date.",
		child: cpPlans(func(y Census, p *CPPlan) bool { return y.outside(p.End) }, cpEnd)},
	{code: "8935", from: FirstYear, module: tCPPlans, needs: cols(cpEnd),
		says: "The child has more than one open child protection plan.",
		do:   "Give the end of those that have ended.",
		child: func(c *Child, _ Census, m *marks) {
			open := 0
			for i := range c.CPPlans {
				if c.CPPlans[i].End.IsZero() {
					open++
				}
			}
			for i := range c.CPPlans {
				if open > 1 && c.CPPlans[i].End.IsZero() {
					m.at(c.CPPlans[i].Key, cpEnd)
				}
			}
		}},
	{code: "8940", from: FirstYear, module: tCPPlans, needs: cols(cpStart, cpEnd, hdReferenceDate),
		says: "A child protection plan began before another one of the child had ended. Both are shown.",
		do:   "Check the dates, or put what was one plan into one.",
		child: func(c *Child, y Census, m *marks) {
			overlaps(spans(c.CPPlans, func(r *CPPlan) span { return span{r.Key, r.Start, r.End} }), y, m, cpStart, cpEnd)
		}},
}

// planWithoutConference looks at plans that began in the census year. Where the
// episode has enquiries that needed a conference, the plan must begin with one of
// theirs; only else with the episode's own. A conference that another plan began
// with is not pointed at.
func planWithoutConference(c *Child, y Census, m *marks) {
	begins := func(d day.Date, episode int32) bool {
		for i := range c.CPPlans {
			if !d.IsZero() && c.CPPlans[i].Episode == episode && c.CPPlans[i].Start == d {
				return true
			}
		}
		return false
	}
	for i := range c.CPPlans {
		p := &c.CPPlans[i]
		if !y.within(p.Start) {
			continue
		}
		enquiries, met := 0, false
		for j := range c.Section47s {
			if s := &c.Section47s[j]; s.Episode == p.Episode && s.NotRequired != cin.Yes {
				enquiries++
				met = met || s.ICPC == p.Start
			}
		}
		if enquiries == 0 {
			met = anyEpisode(c, func(e *Episode) bool { return e.Episode == p.Episode && e.ICPC == p.Start })
		}
		if met {
			continue
		}
		m.at(p.Key, cpStart)
		for j := range c.Section47s {
			if s := &c.Section47s[j]; s.Episode == p.Episode && s.NotRequired != cin.Yes && !begins(s.ICPC, p.Episode) {
				m.at(s.Key, s47ICPC)
			}
		}
		for j := range c.Episodes {
			if e := &c.Episodes[j]; enquiries == 0 && e.Episode == p.Episode && !begins(e.ICPC, p.Episode) {
				m.at(e.Key, epICPC)
			}
		}
	}
}

// reviewRules are about the reviews of child protection plans, every one of them.
var reviewRules = []rule{
	{code: "8841", from: FirstYear, module: tCPPlans, needs: cols(cpStart, rvDate),
		says: "A review was held before the child protection plan began, or on the day it did.",
		do:   "Check both dates.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Reviews {
				for j := range c.CPPlans {
					if r, p := &c.Reviews[i], &c.CPPlans[j]; r.Plan == p.Plan && !r.Date.IsZero() && r.Date <= p.Start {
						m.at(r.Key, rvDate)
						m.at(p.Key, cpStart)
					}
				}
			}
		}},
	{code: "8842Q", from: FirstYear, module: tReviews, needs: cols(rvDate),
		says: "A review has no date.",
		do:   "Give the date of the review, or leave the review out.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Reviews {
				if c.Reviews[i].Date.IsZero() {
					m.at(c.Reviews[i].Key, rvDate)
				}
			}
		}},
}
