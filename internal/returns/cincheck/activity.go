package cincheck

import "onus/internal/returns/cin"

// episodeActivityRules are about what is recorded within an episode that should
// have nothing more.
var episodeActivityRules = []rule{
	{code: "2990", from: FirstYear, module: tEpisodes, needs: cols(epReason, epICPC),
		says: "The case was closed after assessment, but holds an enquiry, a conference or a plan.",
		do:   "Correct the reason for closure, or take out what does not belong to the episode.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Episodes {
				if e := &c.Episodes[i]; afterAssessment(e.Reason) {
					plans := of(c.CINPlans, cinPlanKey, e.Episode)
					s47s := of(c.Section47s, section47Key, e.Episode)
					cps := of(c.CPPlans, cpPlanKey, e.Episode)
					if len(plans)+len(s47s)+len(cps) == 0 && e.ICPC.IsZero() {
						continue
					}
					m.at(e.Key, epICPC)
					pointAll(m, plans, cinPlanKey, plLAchildID)
					pointAll(m, s47s, section47Key, s47LAchildID)
					pointAll(m, cps, cpPlanKey, cpLAchildID)
				}
			}
		}},
	{code: "8565", from: FirstYear, module: tCPPlans,
		needs: cols(epClosure, epICPC, asStart, asEnd, s47Start, s47ICPC, cpEnd, plStart, plEnd),
		says:  "Something happened after the case was closed. The closure and the item are shown.",
		do:    "Correct the date, or put the item into the episode it belongs to.",
		child: afterClosure},
	{code: "8825Q", from: FirstYear, module: tEpisodes, needs: cols(epReason, asLAchildID),
		says: "The case was closed after assessment, but the episode holds no assessment.",
		do:   "Add the assessment, or correct the reason for closure.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Episodes {
				if e := &c.Episodes[i]; afterAssessment(e.Reason) && len(of(c.Assessments, assessmentKey, e.Episode)) == 0 {
					m.at(e.Key, epReason)
				}
			}
		}},
	{code: "8831", from: FirstYear, module: tEpisodes, needs: cols(epNFA, epICPC, asStart, asEnd, s47Start, s47ICPC),
		says: "The referral led to no further action, but the episode holds an assessment, an enquiry or a conference.",
		do:   "Correct ReferralNFA, or take out what does not belong to the episode.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Episodes {
				e := &c.Episodes[i]
				if e.NFA != cin.Yes {
					continue
				}
				found := !e.ICPC.IsZero()
				for _, a := range of(c.Assessments, assessmentKey, e.Episode) {
					if !a.Start.IsZero() || !a.End.IsZero() {
						found = true
						m.at(a.Key, asLAchildID)
					}
				}
				for _, s := range of(c.Section47s, section47Key, e.Episode) {
					if !s.Start.IsZero() || !s.ICPC.IsZero() {
						found = true
						m.at(s.Key, s47LAchildID)
					}
				}
				if found {
					m.at(e.Key, epICPC)
				}
			}
		}},
	{code: "8832", from: FirstYear, module: tCPPlans, needs: cols(epNFA, cpLAchildID),
		says: "The referral led to no further action, but the episode holds a child protection plan.",
		do:   "Correct ReferralNFA, or put the plan into the episode it belongs to.",
		child: withEpisode(allCPPlans, cpPlanKey,
			func(e *Episode, _ *CPPlan) bool { return e.NFA == cin.Yes }, epNFA, cpLAchildID)},
	{code: "8867", from: FirstYear, module: tEpisodes, needs: cols(epClosure, asEnd),
		says: "The case was closed, but an assessment has no end.",
		do:   "Give the date on which the assessment was authorised.",
		child: withEpisode(allAssessments, assessmentKey,
			func(e *Episode, a *Assessment) bool { return !e.Closure.IsZero() && a.End.IsZero() }, epClosure, asEnd)},
	{code: "8868", from: FirstYear, module: tEpisodes, needs: cols(epClosure, s47ICPC, s47NotRequired),
		says: "The case was closed, but the outcome of an enquiry is not clear: it needs either the date of the conference or the word that none was needed, and not both.",
		do:   "Give the date of the initial conference, or ICPCnotRequired as 1.",
		child: withEpisode(allSection47s, section47Key, func(e *Episode, s *Section47) bool {
			return !e.Closure.IsZero() && s.ICPC.IsZero() == (s.NotRequired != cin.Yes)
		}, epClosure, s47ICPC, s47NotRequired)},
}

// afterAssessment says that a case was closed after assessment: without further
// action (RC8) or to early help (RC9).
func afterAssessment(reason string) bool { return reason == "RC8" || reason == "RC9" }

func pointAll[T any](m *marks, rows []*T, key func(*T) *Key, col Column) {
	for _, r := range rows {
		m.at(*key(r), col)
	}
}

// afterClosure points at each row with a date after its episode's closure, and
// at the episode. A plan's start is not looked at: 4015 and 1105 see to it.
func afterClosure(c *Child, _ Census, m *marks) {
	for i := range c.Episodes {
		e := &c.Episodes[i]
		if e.Closure.IsZero() {
			continue
		}
		found := e.ICPC > e.Closure
		for _, a := range of(c.Assessments, assessmentKey, e.Episode) {
			if a.Start > e.Closure || a.End > e.Closure {
				found = true
				m.at(a.Key, asStart, asEnd)
			}
		}
		for _, s := range of(c.Section47s, section47Key, e.Episode) {
			if s.Start > e.Closure || s.ICPC > e.Closure {
				found = true
				m.at(s.Key, s47Start, s47ICPC)
			}
		}
		for _, p := range of(c.CINPlans, cinPlanKey, e.Episode) {
			if p.Start > e.Closure || p.End > e.Closure {
				found = true
				m.at(p.Key, plStart, plEnd)
			}
		}
		for _, p := range of(c.CPPlans, cpPlanKey, e.Episode) {
			if p.End > e.Closure {
				found = true
				m.at(p.Key, cpEnd)
			}
		}
		if found {
			m.at(e.Key, epClosure, epICPC)
		}
	}
}
