package cin

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"onus/internal/day"
	"onus/internal/returns/scan"
)

// reasons gathers what keeps something from being written.
type reasons []string

func (r *reasons) unless(ok bool, reason string) {
	if !ok {
		*r = append(*r, reason)
	}
}

// plain refuses characters that XML cannot hold: they would come out changed.
func (r *reasons) plain(name, v string) {
	ok := utf8.ValidString(v) && v == strings.TrimSpace(v) && !strings.ContainsFunc(v, func(c rune) bool {
		return c < ' ' || c == 0xFFFE || c == 0xFFFF || c == utf8.RuneError
	})
	r.unless(ok, name+" holds blanks around it or characters that cannot be written")
}

func (r *reasons) need(name string, given bool) { r.unless(given, name+" is missing") }

func (r *reasons) date(name string, d day.Date, needed bool) {
	if needed {
		r.need(name, !d.IsZero())
	}
	// day.Parse reads the years 1000 to 9999, and xs:date is written with four digits.
	if y, _, _ := d.Split(); !d.IsZero() {
		r.unless(y >= 1000 && y <= 9999, name+" is outside the years 1000 to 9999")
	}
}

func (r *reasons) code(name, set, v string, year int, needed bool) {
	if v == "" {
		r.unless(!needed, name+" is missing")
		return
	}
	r.unless(Valid(set, v, year), fmt.Sprintf("%s %q is not a code of the year %d", name, scan.Cut(v), year))
}

// check lists all that the schema of the year would not accept in a child.
func (w *Writer) check(c Child) []string {
	var r reasons
	y := w.h.Year
	r.need("LAchildID", c.LAchildID != "")
	r.plain("LAchildID", c.LAchildID)
	r.unless(c.UPN == "" || upn.MatchString(c.UPN), "UPN is not a letter, 11 digits and a digit or letter")
	r.unless(c.FormerUPN == "" || upn.MatchString(c.FormerUPN), "FormerUPN is not a letter, 11 digits and a digit or letter")
	r.code("UPNunknown", SetUPNunknown, c.UPNunknown, y, false)
	r.date("PersonBirthDate", c.Birth, false)
	r.date("ExpectedPersonBirthDate", c.ExpectedBirth, false)
	r.date("PersonDeathDate", c.Death, false)
	name, code := w.sex(c)
	if code == "" && c.Sex+c.GenderCurrent != "" {
		r.unless(false, fmt.Sprintf("%s cannot be made from %q", name, scan.Cut(c.Sex+c.GenderCurrent)))
	} else {
		r.need(name, code != "")
	}
	r.code("Ethnicity", SetEthnicity, c.Ethnicity, y, true)
	for _, d := range c.Disabilities {
		r.code("Disability", SetDisability, d.Code, y, true)
	}
	r.need("CINdetails", len(c.Episodes) > 0)
	for i, e := range c.Episodes {
		w.checkEpisode(&r, fmt.Sprintf("CINdetails %d: ", i+1), e)
	}
	return r
}

func (w *Writer) checkEpisode(r *reasons, at string, e CINDetails) {
	y := w.h.Year
	r.date(at+"CINreferralDate", e.ReferralDate, true)
	r.code(at+"ReferralSource", SetReferralSource, e.ReferralSource, y, true)
	r.code(at+"PrimaryNeedCode", SetPrimaryNeedCode, e.PrimaryNeedCode, y, false)
	r.date(at+"CINclosureDate", e.ClosureDate, false)
	r.code(at+"ReasonForClosure", SetReasonForClosure, e.ReasonForClosure, y, false)
	r.date(at+"DateOfInitialCPC", e.DateOfInitialCPC, false)
	r.need(at+"ReferralNFA", e.ReferralNFA == No || e.ReferralNFA == Yes)
	for _, a := range e.Assessments {
		r.date(at+"AssessmentActualStartDate", a.Start, true)
		r.date(at+"AssessmentInternalReviewDate", a.InternalReview, false)
		r.date(at+"AssessmentAuthorisationDate", a.Authorised, false)
		for _, f := range a.Factors {
			r.code(at+"AssessmentFactors", SetAssessmentFactors, f.Code, y, true)
		}
	}
	if y >= 2022 {
		for _, p := range e.CINPlans {
			r.date(at+"CINPlanStartDate", p.Start, true)
			r.date(at+"CINPlanEndDate", p.End, false)
		}
	}
	for _, s := range e.Section47s {
		r.date(at+"S47ActualStartDate", s.Start, true)
		r.date(at+"InitialCPCtarget", s.InitialCPCTarget, false)
		r.date(at+"DateOfInitialCPC", s.DateOfInitialCPC, false)
		r.need(at+"ICPCnotRequired", s.ICPCNotRequired == No || s.ICPCNotRequired == Yes)
	}
	for _, p := range e.CPPlans {
		r.date(at+"CPPstartDate", p.Start, true)
		r.date(at+"CPPendDate", p.End, false)
		r.code(at+"InitialCategoryOfAbuse", SetCategoryOfAbuse, p.InitialCategory, y, true)
		r.code(at+"LatestCategoryOfAbuse", SetCategoryOfAbuse, p.LatestCategory, y, true)
		r.need(at+"NumberOfPreviousCPP", p.PreviousPlans.Given)
		r.unless(p.PreviousPlans.Value >= 0, at+"NumberOfPreviousCPP is below 0")
		for _, v := range p.Reviews {
			r.date(at+"CPPreviewDate", v.Date, true)
		}
	}
	if y >= 2027 {
		for _, m := range e.PreProceedings {
			for _, it := range m.Items {
				r.plain(at+it.Name, it.Value)
			}
		}
	}
}
