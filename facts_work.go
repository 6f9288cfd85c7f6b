package cin

import (
	"strconv"

	"onus/internal/child"
	"onus/internal/day"
)

// This file gives the facts of the work within an episode. ref is the key of
// the episode's referral.

func (f *facts) assessment(ref string, a Assessment) {
	if a.Start == 0 {
		f.keepDate(a.Line, "CINdetails/Assessments/AssessmentInternalReviewDate", a.InternalReview)
		f.keepDate(a.Line, "CINdetails/Assessments/AssessmentAuthorisationDate", a.Authorised)
		for _, c := range a.Factors {
			f.keep(c.Line, childPath+"CINdetails/Assessments/FactorsIdentifiedAtAssessment/AssessmentFactors", c.Code)
		}
		return
	}
	key := f.add(Fact{Key: ref + "/assessment/" + a.Start.String(), Line: a.Line, When: day.On(a.Start), Body: child.AssessmentStarted{ReviewBy: a.InternalReview}})
	done := Fact{Key: key + "/authorised", Line: a.Line, Answers: key}
	if a.Authorised != 0 {
		done.When, done.Body = day.On(a.Authorised), child.AssessmentAuthorised{}
	}
	f.add(done)
	if len(a.Factors) == 0 {
		return
	}
	// The census gives the factors without a day of their own: they were found by
	// the end of the assessment, or by the day of the file while it has none.
	found := Fact{Key: key + "/factors", Line: a.Line, When: day.On(max(a.Authorised, a.Start)), Answers: key}
	if a.Authorised == 0 {
		found.When, found.Undated = day.On(max(f.date, a.Start)), true
	}
	var b child.AssessmentFactors
	for _, c := range a.Factors {
		b.Codes = append(b.Codes, c.Code)
	}
	found.Body = b
	f.add(found)
}

// enquiries gives the section 47 enquiries and the conferences of an episode,
// one conference for each day: the same day may stand with the enquiry and
// with the episode (rule 2884).
func (f *facts) enquiries(ref string, e CINDetails) {
	var held []day.Date
	conference := func(line int, on day.Date, enquiry string) {
		for _, d := range held {
			if d == on {
				return
			}
		}
		held = append(held, on)
		b := child.Conference{}
		for _, p := range e.CPPlans {
			if p.Start == on {
				b.Plan = "made"
			}
		}
		f.add(Fact{Key: ref + "/conference/" + on.String(), Line: line, When: day.On(on), Answers: enquiry, Body: b})
	}
	for _, s := range e.Section47s {
		key := ""
		if s.Start != 0 {
			b := child.Section47Started{Target: s.InitialCPCTarget, NotNeeded: s.ICPCNotRequired == Yes}
			key = f.add(Fact{Key: ref + "/s47/" + s.Start.String(), Line: s.Line, When: day.On(s.Start), Body: b})
		} else {
			f.keepDate(s.Line, "CINdetails/Section47/InitialCPCtarget", s.InitialCPCTarget)
			if s.ICPCNotRequired != NotSaid {
				f.keep(s.Line, childPath+"CINdetails/Section47/ICPCnotRequired", s.ICPCNotRequired.String())
			}
		}
		if s.DateOfInitialCPC != 0 {
			conference(s.Line, s.DateOfInitialCPC, key)
		}
	}
	if e.DateOfInitialCPC != 0 {
		conference(e.Line, e.DateOfInitialCPC, "")
	}
}

func (f *facts) cinPlan(ref string, p CINPlan) {
	if p.Start == 0 {
		f.keepDate(p.Line, "CINdetails/CINPlanDates/CINPlanEndDate", p.End)
		return
	}
	key := f.add(Fact{Key: ref + "/cin-plan/" + p.Start.String(), Line: p.Line, When: day.On(p.Start), Body: child.CINPlanStarted{}})
	end := Fact{Key: key + "/end", Line: p.Line, Answers: key}
	if p.End != 0 {
		end.When, end.Body = day.On(p.End), child.CINPlanEnded{}
	}
	f.add(end)
}

func (f *facts) cpPlan(ref string, p CPPlan) {
	key := ref + "/cp-plan/undated"
	if p.Start == 0 {
		const path = "CINdetails/ChildProtectionPlans/"
		f.keepDate(p.Line, path+"CPPendDate", p.End)
		if p.InitialCategory != "" {
			f.keep(p.Line, childPath+path+"InitialCategoryOfAbuse", p.InitialCategory)
		}
		if p.LatestCategory != "" {
			f.keep(p.Line, childPath+path+"LatestCategoryOfAbuse", p.LatestCategory)
		}
		if p.PreviousPlans.Given {
			f.keep(p.Line, childPath+path+"NumberOfPreviousCPP", strconv.Itoa(p.PreviousPlans.Value))
		}
	} else {
		key = f.add(Fact{Key: ref + "/cp-plan/" + p.Start.String(), Line: p.Line, When: day.On(p.Start),
			Body: child.CPPlanStarted{Category: p.InitialCategory, Previous: p.PreviousPlans.Value}})
		f.category(key, p)
		end := Fact{Key: key + "/end", Line: p.Line, Answers: key}
		if p.End != 0 {
			end.When, end.Body = day.On(p.End), child.CPPlanEnded{}
		}
		f.add(end)
	}
	for _, r := range p.Reviews {
		f.add(Fact{Key: key + "/review/" + r.Date.String(), Line: r.Line, When: day.On(r.Date), Body: child.Review{Of: "cp"}})
	}
}

// category tells the latest category, also where it is the first one: an
// earlier file may have had another in between. Whoever takes the facts in
// leaves out a change to what the record says already.
func (f *facts) category(plan string, p CPPlan) {
	if p.LatestCategory == "" {
		return
	}
	on := f.date
	if p.End != 0 && (on == 0 || p.End < on) {
		on = p.End
	}
	on = max(on, p.Start)
	f.add(Fact{Key: plan + "/category/" + on.String(), Line: p.Line, When: day.On(on), Undated: true, Body: child.CPPlanChanged{Category: p.LatestCategory}})
}
