package cin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Fact is one thing that a census says of a child, as the body of an entry.
// Key names the same fact in every later file of the same authority.
type Fact struct {
	Key  string
	Line int
	When day.When
	Body entry.Body
	// AnyDay: the census gives no date, so another date alone is no change.
	AnyDay bool
}

// Facts are all that a census says of a child. What has no date, or was not
// understood, is in one last fact of the kind import.kept: nothing is lost.
//
// The census does not say when a referral was decided. A referral that led to
// no further action carries no later work; it is closed here on the day of the
// referral, the only date the census gives, and the entry says so. asOf is the
// day the file speaks of: what it knows without a date is dated by it. A date
// after today cannot have happened: such a fact is kept aside.
func Facts(h Header, c Child, today day.Date) []Fact {
	f := facts{seen: map[string]int{}, asOf: h.AsOf().Date(), today: today}
	if f.asOf == 0 || f.asOf > today {
		f.asOf = today
	}
	f.keep(c.Kept)
	f.identity(h, c)
	for _, e := range c.Episodes {
		f.episode(e)
	}
	if len(f.kept) > 0 {
		f.add("kept", c.Line, f.asOf, child.Kept{Items: f.kept})
		f.out[len(f.out)-1].AnyDay = true
	}
	// A child who stands twice in a file says things twice: what the second says
	// is named by its own words, so that it neither corrects the first nor is
	// added again with the next file.
	prefix := h.LEA + "/" + c.known() + "/"
	if c.Repeats > 0 {
		sum := sha256.New()
		for _, x := range f.out {
			fmt.Fprintln(sum, x.Key, x.When, inWords(x.Body))
		}
		prefix += "again-" + hex.EncodeToString(sum.Sum(nil)[:6]) + "/"
	}
	for i := range f.out {
		f.out[i].Key = prefix + f.out[i].Key
	}
	return f.out
}

// known is the number by which the authority knows the child, if any.
func (c Child) known() string {
	if c.LAchildID != "" {
		return c.LAchildID
	}
	return c.UPN
}

type facts struct {
	out   []Fact
	kept  []child.KeptItem
	seen  map[string]int
	asOf  day.Date
	today day.Date
}

// AsOf is the moment that a file speaks of: when it was made, else the end of
// its reference day.
func (h Header) AsOf() day.Instant {
	if made, ok := h.Made(); ok {
		return made
	}
	if h.ReferenceDate != 0 {
		return h.ReferenceDate.End() - 1
	}
	return 0
}

func (f *facts) keep(rs []Raw) {
	for _, r := range rs {
		f.kept = append(f.kept, child.KeptItem{Path: r.Path + "/" + r.Name, Value: r.Value, Line: r.Line})
	}
}

// add adds a fact. Without a date it is kept aside; a key that comes twice in
// one file is numbered.
func (f *facts) add(key string, line int, on day.Date, b entry.Body) string {
	why := ""
	switch ps := b.Check(); {
	case on == 0:
		why = "without a date that can be read"
	case on > f.today:
		why = "dated " + on.String() + ", which is in the future"
	case len(ps) > 0:
		why = ps[0].Text
	}
	if why != "" {
		f.kept = append(f.kept, child.KeptItem{Path: key, Value: why + inWords(b), Line: line})
		return key
	}
	f.seen[key]++
	if n := f.seen[key]; n > 1 {
		key = fmt.Sprintf("%s#%d", key, n)
	}
	f.out = append(f.out, Fact{Key: key, Line: line, When: day.On(on), Body: b})
	return key
}

// inWords is what a body that cannot stand as an entry says, so that it is not lost.
func inWords(b entry.Body) string {
	text, err := json.Marshal(b)
	if err != nil || string(text) == "{}" {
		return ""
	}
	return ": " + string(text)
}

func (f *facts) identity(h Header, c Child) {
	k := child.Known{Birth: c.Birth, Expected: c.ExpectedBirth, Death: c.Death, Ethnicity: c.Ethnicity}
	if sex, ok := c.SexCode(); ok {
		k.Sex = sex
	} else if c.Sex+c.GenderCurrent != "" {
		f.kept = append(f.kept, child.KeptItem{Path: "Sex", Value: c.Sex + c.GenderCurrent, Line: c.Line})
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
	if on == 0 || on > f.asOf {
		on = f.asOf
	}
	f.add("known", c.Line, on, k)
}

func (f *facts) episode(e CINDetails) {
	base := "referral/" + e.ReferralDate.String()
	if e.ReferralDate == 0 {
		base = fmt.Sprintf("referral/undated-%d", len(f.out))
	}
	ref := f.add(base, e.Line, e.ReferralDate, child.Referral{From: "not said", Code: e.ReferralSource, Need: e.PrimaryNeedCode})
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
		f.add(ref+"/conference/"+on.String(), line, on, b)
	}
	for _, a := range e.Assessments {
		key := f.add(ref+"/assessment/"+a.Start.String(), a.Line, a.Start, child.AssessmentStarted{ReviewBy: a.InternalReview})
		if a.Authorised != 0 {
			f.add(key+"/authorised", a.Line, a.Authorised, child.AssessmentAuthorised{})
		}
		if len(a.Factors) > 0 {
			b := child.AssessmentFactors{}
			for _, c := range a.Factors {
				b.Codes = append(b.Codes, c.Code)
			}
			on := a.Authorised
			if on == 0 {
				on = a.Start
			}
			f.add(key+"/factors", a.Line, on, b)
		}
	}
	for _, s := range e.Section47s {
		f.add(ref+"/section47/"+s.Start.String(), s.Line, s.Start, child.Section47Started{Target: s.InitialCPCTarget, NotNeeded: s.ICPCNotRequired == Yes})
		conference(s.Line, s.DateOfInitialCPC)
	}
	conference(e.Line, e.DateOfInitialCPC)
	for _, p := range e.CINPlans {
		key := f.add(ref+"/cin-plan/"+p.Start.String(), p.Line, p.Start, child.CINPlanStarted{})
		if p.End != 0 {
			f.add(key+"/end", p.Line, p.End, child.CINPlanEnded{})
		}
	}
	for _, p := range e.CPPlans {
		f.protection(ref, p)
	}
	for _, p := range e.PreProceedings {
		f.keep(p.Items)
	}
	switch {
	case e.ClosureDate != 0:
		f.add(ref+"/closed", e.Line, e.ClosureDate, child.CaseClosed{Reason: e.ReasonForClosure, Why: "as the census says"})
	case e.ReferralNFA == Yes:
		f.add(ref+"/closed", e.Line, e.ReferralDate, child.CaseClosed{Why: "The census says that the referral led to no further action. It does not say on which day that was decided."})
	}
}

func (f *facts) protection(ref string, p CPPlan) {
	key := f.add(ref+"/cp-plan/"+p.Start.String(), p.Line, p.Start, child.CPPlanStarted{Category: p.InitialCategory, Previous: max(p.PreviousPlans.Value, 0)})
	for _, r := range p.Reviews {
		f.add(key+"/review/"+r.Date.String(), r.Line, r.Date, child.Review{Of: "cp"})
	}
	if p.LatestCategory != "" && p.LatestCategory != p.InitialCategory {
		on := f.asOf // the census does not say when it changed
		if p.End != 0 && p.End < on {
			on = p.End
		}
		f.add(key+"/category", p.Line, on, child.CPPlanChanged{Category: p.LatestCategory})
		if n := len(f.out); n > 0 && f.out[n-1].Key == key+"/category" {
			f.out[n-1].AnyDay = true
		}
	}
	if p.End != 0 {
		f.add(key+"/end", p.Line, p.End, child.CPPlanEnded{})
	}
}
