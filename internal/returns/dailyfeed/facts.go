package dailyfeed

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/fact"
)

// Of names the daily feed as where an entry comes from: entry.Source.Of.
const Of = "daily-feed"

// Terms are what a payload does not say of itself.
type Terms struct {
	Authority string      // three digits of the authority whose children these are
	AsOf      day.Instant // the moment that the payload speaks of
}

// Numbers are those by which the child is known again, best first.
func (c Child) Numbers(t Terms) (out []child.Identifier) {
	if c.LAChildID != "" {
		out = append(out, child.Identifier{System: "la-child", Authority: t.Authority, Value: c.LAChildID})
	}
	if c.Details != nil && c.Details.UPN != "" && !c.gone() {
		out = append(out, child.Identifier{System: "upn", Value: c.Details.UPN})
	}
	return out
}

// Born is the date of birth, zero where there is none that can be read.
func (c Child) Born() day.Date {
	if c.Details == nil || c.gone() {
		return 0
	}
	return c.Details.Birth.Day()
}

// gone says whether who the child is was taken back.
func (c Child) gone() bool { return c.Purge || c.Details != nil && c.Details.Purge }

// prefix begins the keys of all facts of a child.
func (c Child) prefix(t Terms) string {
	return Of + "/" + t.Authority + "/" + part(c.LAChildID) + "/"
}

// part makes an identifier fit to stand between slashes in a key.
func part(id string) string { return url.PathEscape(id) }

// Keys of facts, below the child's and the episode's. made.go reads them again.
const (
	underEpisode    = "episode/"
	underAssessment = "assessment/"
	underCIN        = "cin-plan/"
	underCP         = "cp-plan/"
	underEnquiry    = "section47/"
	underPlacement  = "placement/"
	underAdoption   = "adoption/"
	underLeaver     = "leaver/"
	underSDQ        = "sdq/"
)

// Taken gives how the keys begin of what the payload takes back: what it marks to be
// purged. That something is not named says nothing: the feed has the mark for it.
func (c Child) Taken(t Terms) (out []string) {
	p := c.prefix(t)
	if c.Purge {
		return []string{p}
	}
	if c.gone() {
		out = append(out, p+"address", p+"asylum")
	}
	if c.Health != nil && c.Health.Purge {
		out = append(out, p+underSDQ)
	}
	for _, e := range c.Episodes {
		at := p + underEpisode + part(e.ID) + "/"
		if e.Purge {
			out = append(out, at)
			continue
		}
		add := func(purge bool, under, id string) {
			if purge {
				out = append(out, at+under+part(id)+"/")
			}
		}
		for _, x := range e.Assessments {
			add(x.Purge, underAssessment, x.ID)
		}
		for _, x := range e.CINPlans {
			add(x.Purge, underCIN, x.ID)
		}
		for _, x := range e.Section47s {
			add(x.Purge, underEnquiry, x.ID)
		}
		for _, x := range e.CPPlans {
			add(x.Purge, underCP, x.ID)
		}
		for _, x := range e.Placements {
			add(x.Purge, underPlacement, x.ID)
		}
		if e.Adoption != nil && e.Adoption.Purge {
			out = append(out, at+underAdoption)
		}
		if e.Leaver != nil && e.Leaver.Purge {
			out = append(out, at+underLeaver)
		}
	}
	return out
}

// Facts are all that a payload says of a child. What has no date, or was not understood,
// is in one last fact of the kind import.kept: nothing is lost. A date after today cannot
// have happened: such a fact is kept too. What the record shows already, whoever recorded
// it, is not said again.
//
// The feed does not name the legal ground of care. So an episode of care that begins for
// reason S, L, B or U says that care began or its ground changed, with a ground that is
// not known, and those that begin for S, P, T, B or U where the child lived from then on.
// It ends care with a reason other than X1, unless another episode of the child begins or
// goes on that day; where no reason is given, only the placement ended.
//
// A referral without further action and without a day of closure is closed on its own
// day, the only one there is, and the entry says so, unless other work shows that it went
// on. Nothing is closed on a day on which another episode of the child is open: a child
// must not vanish from the lists because two episodes overlap. Of an unfinished adoption
// or a care leaver nothing is concluded.
//
// What is marked to be purged is left out, and Taken says what is taken back.
func (c Child) Facts(t Terms, today day.Date) []fact.Fact {
	f := &facts{List: fact.New(t.AsOf.Date(), today), c: c}
	for _, k := range c.Kept {
		f.Keep(k.Line, k.Path, k.Value)
	}
	f.identity(t)
	if c.Purge {
		f.Keep(c.Line, "purge", "true")
	} else {
		f.health()
		for i := range c.Episodes {
			f.episode(i)
		}
		f.placements()
	}
	out := f.List.Facts(c.Line)
	for i := range out {
		out[i].Key = c.prefix(t) + out[i].Key
	}
	return out
}

type facts struct {
	*fact.List
	c Child
}

// date reads a day, and keeps what stands there and is none.
func (f *facts) date(path string, d Date) day.Date {
	on := d.Day()
	if on == 0 {
		f.Put(f.c.Line, path, string(d))
	}
	return on
}

// shown adds a fact unless the record shows what of it matters.
func (f *facts) shown(key string, on day.Date, b, matters entry.Body) {
	f.AddUnless(key, f.c.Line, on, b, fact.Shown(on, matters))
}

// shownOr adds such a fact of something that has a day, or says that there is none.
func (f *facts) shownOr(key string, on day.Date, b, matters entry.Body) {
	if on == 0 {
		f.Not(key, f.c.Line)
		return
	}
	f.shown(key, on, b, matters)
}

func (f *facts) identity(t Terms) {
	k := child.Known{}
	id := func(system, authority, value string) {
		if value != "" {
			k.IDs = append(k.IDs, child.Identifier{System: system, Authority: authority, Value: value})
		}
	}
	id("la-child", t.Authority, f.c.LAChildID)
	id("mis-child", t.Authority, f.c.MISChildID)
	on := f.AsOf
	for _, e := range f.c.Episodes {
		if d := e.ReferralDate.Day(); d != 0 && d < on {
			on = d
		}
	}
	d := f.c.Details
	switch {
	case f.c.gone():
		if !f.c.Purge {
			f.Keep(f.c.Line, "child_details/purge", "true")
		}
	case d != nil:
		k.Given, k.Family, k.Ethnicity, k.Disability = d.FirstName, d.Surname, d.Ethnicity, d.Disabilities
		k.Birth, k.Expected = f.date("child_details/date_of_birth", d.Birth), f.date("child_details/expected_date_of_birth", d.ExpectedBirth)
		if k.Sex = d.Sex; k.Sex != "M" && k.Sex != "F" && k.Sex != "U" {
			k.Sex = ""
			f.Put(f.c.Line, "child_details/sex", d.Sex)
		}
		id("upn", "", d.UPN)
		id("former-upn", "", d.FormerUPN)
		id("upn-unknown", "", d.UPNUnknown)
		f.home(d)
	}
	if len(k.Check()) == 0 {
		f.AnyDayUnless("known", f.c.Line, on, k, func(rec child.Record) bool { return says(rec.Identity(), k) })
	}
}

// says whether all that one knows of a child, another does.
func says(who, k child.Known) bool {
	text := func(a, b string) bool { return b == "" || a == b }
	return text(who.Given, k.Given) && text(who.Family, k.Family) && text(who.Sex, k.Sex) && text(who.Ethnicity, k.Ethnicity) &&
		(k.Birth == 0 || who.Birth == k.Birth) && (k.Expected == 0 || who.Expected == k.Expected) && (len(k.Disability) == 0 || slices.Equal(who.Disability, k.Disability)) &&
		!slices.ContainsFunc(k.IDs, func(id child.Identifier) bool { return !slices.Contains(who.IDs, id) })
}

// home is what stands in the details and is not who the child is: where they live, and
// whether they came alone.
func (f *facts) home(d *Details) {
	if d.Postcode != "" {
		// A fuller address that ends with it says more.
		f.AnyDayUnless("address", f.c.Line, f.AsOf, child.Known{Address: d.Postcode}, func(rec child.Record) bool {
			return Postcode(rec.Identity().Address) == Postcode(d.Postcode)
		})
	}
	end := f.date("child_details/uasc_end_date", d.UASCEnd)
	switch {
	case d.UASC != nil && *d.UASC:
		on := f.AsOf
		for _, e := range f.c.Episodes {
			if x := e.ReferralDate.Day(); x != 0 && x < on {
				on = x
			}
		}
		b := child.UnaccompaniedStatus{Ends: end}
		f.AnyDayUnless("asylum", f.c.Line, on, b, func(rec child.Record) bool {
			return slices.ContainsFunc(rec.Events, func(ev child.Event) bool {
				x, ok := ev.Body.(child.UnaccompaniedStatus) // that has not ended says no day
				return ok && (x.Ends == end || end == 0)
			})
		})
	default:
		f.Not("asylum", f.c.Line)
		f.Put(f.c.Line, "child_details/uasc_end_date", string(DateOf(end)))
	}
}

// Postcode is the postcode at the end of an address, written with one blank; empty where
// none stands there.
func Postcode(address string) string {
	s := strings.ToUpper(strings.Join(strings.Fields(address), " "))
	words := strings.Split(s, " ")
	last := words[len(words)-1]
	if len(last) > 4 { // written without the blank
		words = append(words[:len(words)-1], last[:len(last)-3], last[len(last)-3:])
	}
	if len(words) < 2 {
		return ""
	}
	out, in := words[len(words)-2], words[len(words)-1]
	letter := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	if len(in) != 3 || !digit(in[0]) || !letter(in[1]) || !letter(in[2]) || len(out) < 2 || len(out) > 4 || !letter(out[0]) || !strings.ContainsAny(out[1:], "0123456789") {
		return ""
	}
	return out + " " + in
}

func (f *facts) health() {
	h := f.c.Health
	if h == nil || h.Purge {
		return
	}
	for i, x := range h.SDQ {
		path := nth("health_and_wellbeing/sdq_assessments", i)
		on := f.date(path+"/date", x.Date)
		if x.Score == nil {
			f.Put(f.c.Line, path+"/date", string(DateOf(on)))
			continue
		}
		b := child.Health{Of: "strengths and difficulties", Step: "done", Score: x.Score}
		f.shown(underSDQ+on.String(), on, b, b)
	}
}

// open says whether another episode than i is open at the end of a day, or began on it.
func (f *facts) open(i int, on day.Date) bool {
	for j, e := range f.c.Episodes {
		ref, end := e.ReferralDate.Day(), e.ClosureDate.Day()
		switch {
		case j == i || e.Purge || ref == 0 || ref > on:
		case ref == on && f.c.Episodes[i].ReferralDate.Day() < on: // closed, and referred again on the day
		case end > on || end == 0 && !e.nothing():
			return true
		}
	}
	return false
}

// nothing says whether the referral led to no further action, and nothing in the episode
// says otherwise.
func (e Episode) nothing() bool {
	return e.NoAction != nil && *e.NoAction && e.ClosureDate == "" && len(e.Assessments)+len(e.CINPlans)+len(e.Section47s)+len(e.CPPlans)+len(e.Placements) == 0 && e.Adoption == nil && e.Leaver == nil
}

// notDecided is why a case is closed of which the feed gives no day.
const notDecided = "The daily feed says that the referral led to no further action. It does not say on which day that was decided."

func (f *facts) episode(i int) {
	e := f.c.Episodes[i]
	if e.Purge {
		f.Keep(f.c.Line, nth("social_care_episodes", i)+"/purge", "true")
		return
	}
	path := nth("social_care_episodes", i)
	at := underEpisode + part(e.ID) + "/"
	on := f.date(path+"/referral_date", e.ReferralDate)
	if on != 0 {
		b := child.Referral{From: "not said", Code: e.ReferralSource, NoAction: e.NoAction}
		f.shown(at+"referral", on, b, child.Referral{Code: e.ReferralSource})
	} else {
		f.Put(f.c.Line, path+"/referral_source", e.ReferralSource)
		if e.NoAction != nil {
			f.Keep(f.c.Line, path+"/referral_no_further_action_flag", fmt.Sprint(*e.NoAction))
		}
	}
	end := f.date(path+"/closure_date", e.ClosureDate)
	switch {
	case end != 0 && !f.open(i, end):
		f.AddUnless(at+"closed", f.c.Line, end, child.CaseClosed{Reason: e.ClosureReason, Referred: on, Why: "as the daily feed says"}, func(rec child.Record) bool {
			return fact.Shown(end, child.CaseClosed{Reason: e.ClosureReason})(rec) || e.ClosureReason == "" && closed(rec, on, e.ReferralSource, end)
		})
	case on != 0 && e.nothing() && !f.open(i, on):
		f.AddUnless(at+"closed", f.c.Line, on, child.CaseClosed{Reason: e.ClosureReason, Referred: on, Why: notDecided}, func(rec child.Record) bool { return closed(rec, on, e.ReferralSource, on) || decided(rec, on) })
	default:
		f.Put(f.c.Line, path+"/closure_date", string(DateOf(end)))
		f.Put(f.c.Line, path+"/closure_reason", e.ClosureReason)
		f.Not(at+"closed", f.c.Line)
	}
	for _, w := range e.Workers {
		b := child.WorkerEpisode{Worker: w.ID, Until: f.date(path+"/care_worker_details/end_date", w.End)}
		start := f.date(path+"/care_worker_details/start_date", w.Start)
		f.shown(at+"worker/"+part(w.ID)+"/"+start.String(), start, b, b)
	}
	for j, x := range e.Assessments {
		if !x.Purge {
			f.assessment(at+underAssessment+cmp.Or(part(x.ID), unnamed(x.Start))+"/", nth(path+"/child_and_family_assessments", j), x)
		}
	}
	for j, x := range e.CINPlans {
		if !x.Purge {
			key, path := at+underCIN+cmp.Or(part(x.ID), unnamed(x.Start))+"/", nth(path+"/child_in_need_plans", j)
			f.shown(key+"began", f.date(path+"/start_date", x.Start), child.CINPlanStarted{}, child.CINPlanStarted{})
			f.shownOr(key+"ended", f.date(path+"/end_date", x.End), child.CINPlanEnded{}, child.CINPlanEnded{})
		}
	}
	f.enquiries(at, path, e)
	for j, x := range e.CPPlans {
		if !x.Purge {
			key, path := at+underCP+cmp.Or(part(x.ID), unnamed(x.Start))+"/", nth(path+"/child_protection_plans", j)
			on := f.date(path+"/start_date", x.Start)
			f.AddUnless(key+"began", f.c.Line, on, child.CPPlanStarted{}, func(rec child.Record) bool {
				return slices.ContainsFunc(rec.Events, func(ev child.Event) bool { return ev.Kind == child.CPPlanStarted{}.Kind() && ev.When.Date == on })
			})
			f.shownOr(key+"ended", f.date(path+"/end_date", x.End), child.CPPlanEnded{}, child.CPPlanEnded{})
		}
	}
	f.adoption(at, path, e.Adoption)
	f.leaver(at, path, e.Leaver)
}

// closed says whether a record has the referral of a day, and no case that is open at
// the end of another: a decision closed it.
func closed(rec child.Record, referred day.Date, source string, end day.Date) bool {
	return fact.Shown(referred, child.Referral{Code: source})(rec) && !rec.On(end.End()-1).Open
}

// decided says whether a record has the decision that a referral of a day led to nothing.
func decided(rec child.Record, referred day.Date) bool {
	referral := entry.ID("")
	for _, ev := range rec.Events {
		switch b := ev.Body.(type) {
		case child.Referral:
			if ev.When.Date == referred {
				referral = ev.ID
			}
		case child.Decision:
			if referral != "" && b.Outcome == child.NoAction && (b.Referral == "" || b.Referral == referral) {
				return true
			}
		}
	}
	return false
}

// unnamed names what has no identifier by the day on which it began.
func unnamed(d Date) string { return "~" + part(string(d)) }

func (f *facts) assessment(at, path string, x Assessment) {
	on, done := f.date(path+"/start_date", x.Start), f.date(path+"/authorisation_date", x.Authorised)
	f.shown(at+"began", on, child.AssessmentStarted{}, child.AssessmentStarted{})
	f.shownOr(at+"authorised", done, child.AssessmentAuthorised{}, child.AssessmentAuthorised{})
	if len(x.Factors) == 0 {
		f.Not(at+"factors", f.c.Line)
		return
	}
	b := child.AssessmentFactors{Codes: x.Factors}
	f.shown(at+"factors", cmp.Or(done, on), b, b)
}

// enquiries says what the enquiries of an episode say. Whether a conference was required
// is known with the enquiry where it was not, with its end where it was.
func (f *facts) enquiries(at, path string, e Episode) {
	for j, x := range e.Section47s {
		if x.Purge {
			continue
		}
		key, path := at+underEnquiry+cmp.Or(part(x.ID), unnamed(x.Start))+"/", nth(path+"/section_47_assessments", j)
		required, not := x.Required != nil && *x.Required, x.Required != nil && !*x.Required
		b := child.Section47Started{NotNeeded: not}
		f.AddUnless(key+"began", f.c.Line, f.date(path+"/start_date", x.Start), b, fact.Shown(x.Start.Day(), child.Section47Started{}))
		held, end := f.date(path+"/icpc_date", x.Conference), f.date(path+"/end_date", x.End)
		c := child.Conference{}
		if slices.ContainsFunc(e.CPPlans, func(p CPPlan) bool { return !p.Purge && p.Start.Day() == held }) {
			c.Plan = "made"
		}
		f.shownOr(key+"conference", held, c, child.Conference{})
		over := child.Section47Ended{}
		switch {
		case required:
			over.Conference = "needed"
		case not:
			over.Conference = "not needed"
		}
		f.shownOr(key+"ended", end, over, child.Section47Ended{})
		if required && held == 0 && end == 0 {
			f.Keep(f.c.Line, path+"/icpc_required_flag", "true")
		}
	}
}

func (f *facts) adoption(at, path string, a *Adoption) {
	if a == nil || a.Purge {
		return
	}
	for _, x := range []struct {
		step, field string
		on          Date
	}{{"decided", "initial_decision_date", a.Decided}, {"matched", "matched_date", a.Matched}, {"placed", "placed_date", a.Placed}} {
		b := child.Adoption{Step: x.step}
		f.shownOr(at+underAdoption+x.step, f.date(path+"/adoption/"+x.field, x.on), b, b)
	}
}

func (f *facts) leaver(at, path string, l *Leaver) {
	if l == nil || l.Purge {
		return
	}
	on := f.date(path+"/care_leavers/contact_date", l.Contact)
	switch {
	case on != 0:
		b := child.LeavingCare{Step: "in touch", Activity: l.Activity, Lives: l.Accommodation}
		f.shown(at+underLeaver+"contact", on, b, b)
		f.Not(at+underLeaver+"year", f.c.Line)
	case l.Activity+l.Accommodation != "":
		f.Not(at+underLeaver+"contact", f.c.Line)
		b := child.LeaverYear{Activity: l.Activity, Lives: l.Accommodation}
		f.AnyDayUnless(at+underLeaver+"year", f.c.Line, f.AsOf, b, func(rec child.Record) bool {
			return slices.ContainsFunc(rec.Events, func(ev child.Event) bool {
				y, ok := ev.Body.(child.LeaverYear)
				return ok && y.Activity == b.Activity && y.Lives == b.Lives
			})
		})
	}
}

// stay is an episode of care with its place.
type stay struct {
	Placement
	key, path string
	on, end   day.Date
}

// placements says what the child's episodes of care say, of all social care episodes
// together, in the order in which they began.
func (f *facts) placements() {
	var all []stay
	for i, e := range f.c.Episodes {
		if e.Purge {
			continue
		}
		for j, p := range e.Placements {
			path := nth(nth("social_care_episodes", i)+"/child_looked_after_placements", j)
			s := stay{Placement: p, key: underEpisode + part(e.ID) + "/" + underPlacement + cmp.Or(part(p.ID), unnamed(p.Start)) + "/", path: path}
			switch s.on, s.end = p.Start.Day(), p.End.Day(); {
			case p.Purge:
			case s.on == 0, slices.ContainsFunc(all, func(o stay) bool { return o.on == s.on }): // no day, or a second one that begins on it
				f.whole(s)
			default:
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b stay) int { return cmp.Compare(a.on, b.on) })
	for i := range all {
		f.placement(all, i)
	}
}

// whole keeps all that an episode of care says.
func (f *facts) whole(s stay) {
	for _, x := range [][2]string{{"id", s.ID}, {"start_date", string(s.Start)}, {"start_reason", s.StartReason}, {"placement_type", s.Type}, {"postcode", s.Postcode},
		{"end_date", string(s.End)}, {"end_reason", s.EndReason}, {"change_reason", s.ChangeReason}} {
		f.Put(f.c.Line, s.path+"/"+x[0], x[1])
	}
}

func (f *facts) placement(all []stay, i int) {
	s := all[i]
	where := child.Whereabouts{Post: s.Postcode}
	typ := s.Type
	if !slices.Contains(child.PlacementTypes, typ) {
		f.Put(f.c.Line, s.path+"/placement_type", typ)
		f.Put(f.c.Line, s.path+"/postcode", s.Postcode)
		typ, where = "", child.Whereabouts{}
	}
	begins, changes, moves := s.StartReason == "S", s.StartReason == "L" || s.StartReason == "B" || s.StartReason == "U", s.StartReason != "L"
	if begins {
		b := child.CareStarted{Code: s.StartReason}
		f.shown(s.key+"care", s.on, b, b)
	} else {
		f.Not(s.key+"care", f.c.Line)
	}
	if changes {
		b := child.LegalStatus{Code: s.StartReason}
		if !moves {
			b.Type, b.Whereabouts = typ, where
		}
		f.shown(s.key+"ground", s.on, b, child.LegalStatus{})
	} else {
		f.Not(s.key+"ground", f.c.Line)
	}
	p := child.PlacementStarted{Type: typ, Whereabouts: where}
	if !begins && !changes {
		p.Code = s.StartReason
	}
	switch {
	case moves && typ != "":
		f.shown(s.key+"placement", s.on, p, child.PlacementStarted{Type: typ})
	case moves && !begins && !changes: // nothing else tells of the episode
		f.Put(f.c.Line, s.path+"/start_date", string(s.Start))
		f.Put(f.c.Line, s.path+"/start_reason", s.StartReason)
		f.Not(s.key+"placement", f.c.Line)
	default:
		f.Not(s.key+"placement", f.c.Line)
	}
	f.ended(all, i)
}

// ended says how an episode of care ended.
func (f *facts) ended(all []stay, i int) {
	s := all[i]
	next, goesOn := false, false
	for j, o := range all {
		switch {
		case j == i || o.on > s.end:
		case o.on == s.end:
			next = true
		case j < i: // an open one before it was ended when this one began
			goesOn = goesOn || o.end > s.end
		default:
			goesOn = goesOn || o.end == 0 || o.end > s.end
		}
	}
	ended, left := entry.Body(nil), entry.Body(nil)
	keep := func() {
		f.Put(f.c.Line, s.path+"/end_date", string(s.End))
		f.Put(f.c.Line, s.path+"/end_reason", s.EndReason)
		f.Put(f.c.Line, s.path+"/change_reason", s.ChangeReason)
	}
	switch {
	case s.end == 0 || s.end < s.on:
		keep()
	case s.EndReason != "" && s.EndReason != "X1" && !next && !goesOn:
		ended = child.CareEnded{Code: s.EndReason}
		f.Put(f.c.Line, s.path+"/change_reason", s.ChangeReason)
	case s.EndReason != "" && s.EndReason != "X1":
		keep()
	case next && s.ChangeReason != "":
		left = child.PlacementEnded{Code: s.ChangeReason}
	case next: // the next one says it
	case goesOn:
		keep()
	default:
		left = child.PlacementEnded{Code: s.ChangeReason, Why: "The daily feed says that the placement ended, and names none after it."}
	}
	if ended != nil {
		f.shown(s.key+"end", s.end, ended, ended)
	} else {
		f.Not(s.key+"end", f.c.Line)
	}
	if left != nil {
		matters := left
		if p, ok := left.(child.PlacementEnded); ok {
			matters = child.PlacementEnded{Code: p.Code}
		}
		f.shown(s.key+"left", s.end, left, matters)
	} else {
		f.Not(s.key+"left", f.c.Line)
	}
}
