package cin

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/returns/fact"
)

// Facts are all that a census says of a child. What has no date, or was not
// understood, is in one last fact of the kind import.kept: nothing is lost. A
// date after today cannot have happened: such a fact is kept too.
//
// A referral that led to no further action has no closure date and is no open
// case (rules 8815, 8816). The census gives no day for that decision. So none
// is recorded, which would claim that it was made in time: the case is closed
// on the day of the referral, the only one there is, and the entry says so. The
// duty to decide is then no longer owed, neither met nor missed. While another
// episode was open nothing is closed and the referral is a note, and where work
// in the same episode contradicts the flag (rule 8831) the flag closes nothing.
//
// In the same way an episode does not close the case on a day on which another
// one of the child goes on or begins; its closure is kept. A referral without a
// date stands on the first day that its episode gives, else on that of the
// file. A child must not vanish from the lists because two episodes overlap or
// a date is missing.
func Facts(h Header, c Child, today day.Date) []fact.Fact {
	f := facts{List: fact.New(h.AsOf().Date(), today), c: c}
	for _, r := range c.Kept {
		f.keep(r)
	}
	f.identity(h)
	for i := range c.Episodes {
		f.episode(i)
	}
	out := f.Facts(c.Line)
	// A child who stands twice in a file says things twice: what the second says
	// is named by its own words, so that it neither corrects the first nor is
	// added again with the next file.
	prefix := h.LEA + "/" + c.known() + "/"
	if c.Repeats > 0 {
		sum := sha256.New()
		for _, x := range out {
			when := x.When
			if x.AnyDay {
				when = day.When{}
			}
			fmt.Fprintln(sum, x.Key, when, fact.InWords(fact.WithoutLines(x.Body)))
		}
		prefix += "again-" + hex.EncodeToString(sum.Sum(nil)[:6]) + "/"
	}
	for i := range out {
		out[i].Key = prefix + out[i].Key
	}
	return out
}

// known is the number by which the authority knows the child, if any.
func (c Child) known() string {
	if c.LAchildID != "" {
		return c.LAchildID
	}
	return c.UPN
}

type facts struct {
	*fact.List
	c Child
}

// AsOf is the moment that a file speaks of: the end of its reference day, or
// when it was made, whichever is earlier. A file made in July of the year to 31
// March knows nothing of April.
func (h Header) AsOf() day.Instant {
	made, _ := h.Made()
	if h.ReferenceDate == 0 {
		return made
	}
	if end := h.ReferenceDate.End() - 1; made == 0 || end < made {
		return end
	}
	return made
}

// keep keeps an item as it stood; an empty element too, since its name may say
// something.
func (f *facts) keep(r Raw) {
	path := r.Path
	if !strings.HasSuffix(path, "/"+r.Name) { // text between elements, and attributes
		path += "/" + r.Name
	}
	f.Keep(r.Line, path, r.Value)
}

func (f *facts) identity(h Header) {
	c := f.c
	k := child.Known{Birth: c.Birth, Expected: c.ExpectedBirth, Death: c.Death, Ethnicity: c.Ethnicity}
	k.Sex, _ = c.SexCode()
	if c.Sex != k.Sex {
		f.Put(c.Line, "Sex", c.Sex)
	}
	if g, _ := GenderFromSex(k.Sex); c.GenderCurrent != g {
		f.Put(c.Line, "GenderCurrent", c.GenderCurrent)
	}
	for _, d := range c.Disabilities {
		k.Disability = append(k.Disability, d.Code)
	}
	id := func(system, authority, value string) {
		if value != "" {
			k.IDs = append(k.IDs, child.Identifier{System: system, Authority: authority, Value: value})
		}
	}
	id("la-child", h.LEA, c.LAchildID)
	id("upn", "", c.UPN)
	id("former-upn", "", c.FormerUPN)
	id("upn-unknown", "", c.UPNunknown)
	on := c.Birth
	if len(c.Episodes) > 0 && c.Episodes[0].ReferralDate != 0 {
		on = c.Episodes[0].ReferralDate
	}
	if on == 0 || on > f.AsOf {
		on = f.AsOf
	}
	f.AnyDay("known", c.Line, on, k)
}

// spanned says whether another episode than i is open at the end of a day.
func (f *facts) spanned(i int, on day.Date) bool {
	for j, e := range f.c.Episodes {
		if j != i && e.ReferralDate != 0 && e.ReferralDate <= on && (e.ClosureDate > on || e.ClosureDate == 0 && !e.nothing()) {
			return true
		}
	}
	return false
}

// nothing says whether the referral led to no further action, and nothing in
// the episode says otherwise.
func (e CINDetails) nothing() bool {
	return e.ReferralNFA == Yes && e.ClosureDate == 0 && e.DateOfInitialCPC == 0 &&
		len(e.Assessments)+len(e.CINPlans)+len(e.Section47s)+len(e.CPPlans)+len(e.PreProceedings) == 0
}

// first is the first day that an episode gives, beside that of its referral.
func (e CINDetails) first() (d day.Date) {
	days := []day.Date{e.DateOfInitialCPC, e.ClosureDate}
	for _, a := range e.Assessments {
		days = append(days, a.Start)
	}
	for _, s := range e.Section47s {
		days = append(days, s.Start)
	}
	for _, p := range e.CINPlans {
		days = append(days, p.Start)
	}
	for _, p := range e.CPPlans {
		days = append(days, p.Start)
	}
	for _, x := range days {
		if x != 0 && (d == 0 || x < d) {
			d = x
		}
	}
	return d
}

func (f *facts) episode(i int) {
	e := f.c.Episodes[i]
	on, base, add := e.ReferralDate, "referral/"+e.ReferralDate.String(), f.Add
	b := child.Referral{From: "not said", Code: e.ReferralSource, Need: e.PrimaryNeedCode}
	switch e.ReferralNFA {
	case Yes:
		b.What = ledToNothing
	case No:
		b.What = ledToMore
	}
	if on == 0 {
		base, add = "referral/undated", f.AnyDay
		if on = e.first(); on == 0 || on > f.AsOf {
			on = f.AsOf
		}
		b.What = strings.TrimSpace(b.What + " The census gives no date of this referral: it stands on the first day that is given.")
	}
	if e.nothing() && f.spanned(i, on) {
		add(base+withNothing, e.Line, on, child.Note{Text: meanwhile(e.ReferralSource, e.PrimaryNeedCode)})
		f.Put(e.Line, base+keptReason, e.ReasonForClosure)
		return
	}
	ref := add(base, e.Line, on, b)
	f.work(ref, e)
	closed := ref + "/closed"
	switch {
	case e.ClosureDate != 0 && !f.spanned(i, e.ClosureDate):
		f.Add(closed, e.Line, e.ClosureDate, child.CaseClosed{Reason: e.ReasonForClosure, Why: "as the census says", Referred: e.ReferralDate})
	case e.nothing():
		add(closed, e.Line, on, child.CaseClosed{Reason: e.ReasonForClosure, Referred: e.ReferralDate, Why: fact.Undecided("The census")})
	default:
		f.Put(e.Line, ref+keptClosure, e.ClosureDate.String())
		f.Put(e.Line, ref+keptReason, e.ReasonForClosure)
		f.Not(closed, e.Line)
	}
}

// What the record says in words of a referral, since it has no field for it.
const (
	ledToNothing = fact.Nothing + "the census says."
	ledToMore    = fact.More + "the census says."
)

// Ends of the keys and paths of what the record keeps of an episode.
const (
	withNothing = "/no-further-action"
	keptClosure = "/CINclosureDate"
	keptReason  = "/ReasonForClosure"
)

const (
	meanwhileBegins = fact.Meanwhile + "the census says. Source "
	meanwhileNeed   = ", need "
	notSaid         = "not said"
)

// meanwhile is the note of a referral that came while the case was open and led to
// nothing.
func meanwhile(source, need string) string {
	return meanwhileBegins + cmp.Or(source, notSaid) + meanwhileNeed + cmp.Or(need, notSaid) + "."
}

// ofMeanwhile reads such a note again. It is false for any other text.
func ofMeanwhile(text string) (source, need string, ok bool) {
	if text, ok = strings.CutPrefix(text, meanwhileBegins); !ok {
		return "", "", false
	}
	source, need, ok = strings.Cut(strings.TrimSuffix(text, "."), meanwhileNeed)
	said := func(code string) string {
		if code == notSaid {
			return ""
		}
		return code
	}
	return said(source), said(need), ok
}

// work is what was done in an episode.
func (f *facts) work(ref string, e CINDetails) {
	conferences := map[day.Date]bool{}
	planOn := map[day.Date]bool{}
	for _, p := range e.CPPlans {
		planOn[p.Start] = true
	}
	conference := func(line int, on day.Date) {
		if on == 0 || conferences[on] {
			return
		}
		conferences[on] = true
		b := child.Conference{}
		if planOn[on] {
			b.Plan = "made"
		}
		f.Add(ref+"/conference/"+on.String(), line, on, b)
	}
	for _, a := range e.Assessments {
		f.assessment(ref, a)
	}
	for _, s := range e.Section47s {
		f.Add(ref+"/section47/"+s.Start.String(), s.Line, s.Start, child.Section47Started{Target: s.InitialCPCTarget, NotNeeded: s.ICPCNotRequired == Yes})
		conference(s.Line, s.DateOfInitialCPC)
	}
	conference(e.Line, e.DateOfInitialCPC)
	for _, p := range e.CINPlans {
		key := f.Add(ref+"/cin-plan/"+p.Start.String(), p.Line, p.Start, child.CINPlanStarted{})
		f.Or(key+"/end", p.Line, p.End, child.CINPlanEnded{})
	}
	for _, p := range e.CPPlans {
		f.protection(ref, p)
	}
	for _, p := range e.PreProceedings {
		for _, it := range p.Items {
			f.keep(it)
		}
	}
}

func (f *facts) assessment(ref string, a Assessment) {
	key := f.Add(ref+"/assessment/"+a.Start.String(), a.Line, a.Start, child.AssessmentStarted{ReviewBy: a.InternalReview})
	f.Or(key+"/authorised", a.Line, a.Authorised, child.AssessmentAuthorised{})
	if len(a.Factors) == 0 {
		return
	}
	b := child.AssessmentFactors{}
	for _, c := range a.Factors {
		b.Codes = append(b.Codes, c.Code)
	}
	on := a.Authorised
	if on == 0 {
		on = a.Start
	}
	f.Add(key+"/factors", a.Line, on, b)
}

func (f *facts) protection(ref string, p CPPlan) {
	key := f.Add(ref+"/cp-plan/"+p.Start.String(), p.Line, p.Start, child.CPPlanStarted{Category: p.InitialCategory, Previous: max(p.PreviousPlans.Value, 0)})
	for _, r := range p.Reviews {
		f.Add(key+"/review/"+r.Date.String(), r.Line, r.Date, child.Review{Of: "cp"})
	}
	category := key + "/category"
	if p.LatestCategory != "" && p.LatestCategory != p.InitialCategory {
		on := f.AsOf // the census does not say when it changed
		if p.End != 0 && p.End < on {
			on = p.End
		}
		f.AnyDay(category, p.Line, max(on, p.Start), child.CPPlanChanged{Category: p.LatestCategory})
	} else {
		f.Not(category, p.Line)
	}
	f.Or(key+"/end", p.Line, p.End, child.CPPlanEnded{})
}
