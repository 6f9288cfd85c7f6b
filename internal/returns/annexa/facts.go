package annexa

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/fact"
)

// Terms are what a workbook does not say of itself.
type Terms struct {
	Authority string   // three digits of the authority whose lists they are
	On        day.Date // the day that the lists are of; zero when not known
}

// Person is one child in the lists, with all their rows in the order of lists.
// Adopters are adults: no Person is made of List 11. A row without an identifier
// is a person by itself, whose ID is empty.
type Person struct {
	ID   string
	Rows []Row
}

// People gives the children of the lists in the order in which they are met.
func (r *Return) People() []Person {
	var out []Person
	at := map[string]int{}
	for _, t := range r.Lists[:Adopters] {
		for _, row := range t.Rows {
			id := row.Who()
			i, ok := at[id]
			if !ok || id == "" {
				i, at[id] = len(out), len(out)
				out = append(out, Person{ID: id})
			}
			out[i].Rows = append(out[i].Rows, row)
		}
	}
	return out
}

// Facts are all that the lists say of a child. What has no date, or was not
// understood, or has no kind of its own, is in one last fact of the kind
// import.kept: nothing is lost. A date after today cannot have happened: such a
// fact is kept too.
//
// What the lists do not say is not made up. A contact has no outcome in them, so
// it is a note and nobody is told to decide it. A referral without further action
// is closed on its own day, the only one there is, and the entry says so, unless
// other work was open then. The legal status when care began is not in the lists:
// the entry says that it is the one of now. A visit at which the child was not
// seen alone may be one at which the child was not seen: it is kept.
func Facts(t Terms, p Person, today day.Date) []fact.Fact {
	f := &facts{p: p, today: today, asOf: t.On, seen: map[string]int{}, referred: map[day.Date]*referral{}}
	if f.asOf == 0 || f.asOf > today {
		f.asOf = today
	}
	f.used = make([][FieldCount]bool, len(p.Rows))
	f.identity(t)
	for i, r := range p.Rows {
		f.i = i
		switch r.List {
		case Contacts:
			f.contact(r)
		case EarlyHelp:
			f.earlyHelp(r)
		case Referrals:
			f.referral(r)
		case Assessments:
			f.assessment(r)
		case Enquiries:
			f.enquiry(r)
		case Need:
			f.need(r)
		case Protection:
			f.protection(r)
		case Care:
			f.care(r)
		case Leavers:
			f.leaver(r)
		case Adoption:
			f.adoption(r)
		}
	}
	f.referrals()
	f.rest()
	for i := range f.out {
		f.out[i].Key = "annex-a/" + t.Authority + "/" + p.ID + "/" + f.out[i].Key
	}
	return f.out
}

type facts struct {
	p           Person
	asOf, today day.Date
	out         []fact.Fact
	kept        []child.KeptItem
	seen        map[string]int
	i           int                // the row at hand
	used        [][FieldCount]bool // fields that a fact tells, by row
	referred    map[day.Date]*referral
}

// referral is what Lists 3 and 6 say of one referral.
type referral struct {
	row     int
	body    child.Referral
	nothing bool // it led to no further action
	need    bool // an episode of need began with it
	closed  *child.CaseClosed
	on      day.Date // when it was closed
	line    int
}

// day gives a date of a row, and that a fact tells it.
func (f *facts) day(r Row, c Field) day.Date {
	v := r.Of(c)
	if v.Known && v.Date <= f.today {
		f.tells(c)
		return v.Date
	}
	return 0
}

// code gives the official short name of a code, and that a fact tells it; empty
// where the value is none or has none.
func (f *facts) code(r Row, c Field) string {
	w := r.Of(c).Word
	if w == nil || w.Short == "" {
		return ""
	}
	f.tells(c)
	return w.Short
}

// is says whether a field has an official code, and if so that a fact tells it.
func (f *facts) is(r Row, c Field, code string) bool {
	if w := r.Of(c).Word; w == nil || w.Code != code {
		return false
	}
	f.tells(c)
	return true
}

// words gives a value for a reader: as it was spelled, or where that is only a
// code, what the code stands for.
func (f *facts) words(r Row, c Field) string {
	v := r.Of(c)
	if !v.Known {
		return ""
	}
	f.tells(c)
	if len(v.Was) > 4 {
		return v.Was
	}
	said := unlettered(v.Text)
	if v.Word != nil && v.Word.Short != "" {
		said = strings.TrimLeft(strings.TrimPrefix(said, v.Word.Short), ": -")
	}
	return cmp.Or(said, v.Text)
}

func (f *facts) tells(cs ...Field) {
	for _, c := range cs {
		f.used[f.i][c] = true
	}
}

// add adds a fact of the row at hand. Without a date it is kept aside; a key that
// comes twice is numbered.
func (f *facts) add(key string, on day.Date, b entry.Body) string {
	line := f.p.Rows[f.i].Line
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
		text, err := json.Marshal(b)
		if err == nil && string(text) != "{}" {
			why += ": " + string(text)
		}
		f.kept = append(f.kept, child.KeptItem{Path: key, Value: why, Line: line})
		return key
	}
	f.seen[key]++
	if n := f.seen[key]; n > 1 {
		key = fmt.Sprintf("%s#%d", key, n)
	}
	f.out = append(f.out, fact.Fact{Key: key, Line: line, When: day.On(on), Body: b})
	return key
}

func (f *facts) anyDay(key string, on day.Date, b entry.Body) {
	n := len(f.out)
	f.add(key, on, b)
	if len(f.out) > n {
		f.out[n].AnyDay = true
	}
}

// not says that the lists do not have a fact of something that they name.
func (f *facts) not(key string) {
	f.out = append(f.out, fact.Fact{Key: key, Line: f.p.Rows[f.i].Line})
}

// or adds a fact that has a day, or says that there is none. A date that is there
// and cannot be read is neither.
func (f *facts) or(key string, r Row, c Field, b entry.Body) {
	switch on := f.day(r, c); {
	case on != 0:
		f.add(key, on, b)
	case r.Of(c).Blank():
		f.not(key)
	}
}

// rest keeps what no fact tells: cells without a kind of their own, those that
// were not understood, and columns that the list does not have.
func (f *facts) rest() {
	for i, r := range f.p.Rows {
		path := r.List.String() + "/"
		for j, c := range r.List.Fields() {
			if v := r.Cells[j]; !v.Blank() && !f.used[i][c] {
				f.kept = append(f.kept, child.KeptItem{Path: path + c.Heading(), Value: cmp.Or(v.Was, v.Text), Line: r.Line})
			}
		}
		for _, x := range r.More {
			f.kept = append(f.kept, child.KeptItem{Path: path + x.Heading, Value: x.Value, Line: r.Line})
		}
	}
	if len(f.kept) > 0 {
		f.i = 0
		f.anyDay("kept", f.asOf, child.Kept{Items: f.kept})
	}
}

// identity says who the child is, by the first row that says each thing. What a
// later row says otherwise is kept.
func (f *facts) identity(t Terms) {
	k := child.Known{}
	if f.p.ID != "" {
		k.IDs = []child.Identifier{{System: "la-child", Authority: t.Authority, Value: f.p.ID}}
	}
	first := day.Date(0)
	for i, r := range f.p.Rows {
		f.i = i
		f.tells(ChildID)
		if b := r.Of(Birth); b.Known {
			into := &k.Birth
			if b.Date > f.asOf || r.Of(Age).Known && r.Of(Age).Number < 0 {
				into = &k.Expected
			}
			if *into == 0 || *into == b.Date {
				*into = b.Date
				f.tells(Birth)
				if r.Of(Age).Known { // follows from the birth
					f.tells(Age)
				}
			}
		}
		sex := map[string]string{"a) Male": "M", "b) Female": "F", "c) Not stated/recorded": "U"}[r.Of(Gender).Text]
		if sex != "" && (k.Sex == "" || k.Sex == sex) && r.Of(Gender).Known {
			k.Sex = sex
			f.tells(Gender)
		}
		if w := r.Of(Ethnicity).Word; w != nil && w.Short != "" && (k.Ethnicity == "" || k.Ethnicity == w.Short) {
			k.Ethnicity = w.Short
			f.tells(Ethnicity)
		}
		// “No” is the census's code NONE. “Yes” is no code: it is kept.
		if w := r.Of(Disability).Word; w != nil && w.Code == "b) No" {
			k.Disability = []string{"NONE"}
			f.tells(Disability)
		}
		for j, c := range r.List.Fields() {
			if v := r.Cells[j]; c.Holds() == Date && c != Birth && v.Known && (first == 0 || v.Date < first) {
				first = v.Date
			}
		}
	}
	f.i = 0
	on := cmp.Or(k.Birth, first)
	if on == 0 || on > f.asOf {
		on = f.asOf
	}
	f.anyDay("known", on, k)
}

// What the record says in words of things for which it has no field. The lists are made
// from the same words.
const (
	notSaid          = "not said"
	contactBegins    = "A contact, as Annex A lists it. From: "
	contactEnds      = ". The list does not say what was told, or what came of it."
	earlyHelpListed  = "An early help assessment, as Annex A lists it."
	earlyHelpBy      = " By: "
	meanwhileBegins  = fact.Meanwhile + "Annex A says. From: "
	supportNeeded    = "social care support is needed, as Annex A says"
	supportNotNeeded = "no social care support is needed, as Annex A says"
	beganNeed        = "The referral with which the episode of need began, as Annex A says."
	beganToo         = " An episode of need began with it."
	familyIs         = "Family "
)

// meanwhile is the note of a referral that came while other work was open.
func meanwhile(b child.Referral) string {
	return meanwhileBegins + withCode(b.From, b.Code) + "."
}

// withCode is who told us, in words, with the code behind them where there is one.
func withCode(from, code string) string {
	if code != "" {
		from += " (" + code + ")"
	}
	return from
}

func (f *facts) contact(r Row) {
	on := f.day(r, ContactDate)
	from := withCode(cmp.Or(f.words(r, ContactSource), notSaid), f.code(r, ContactSource))
	f.add("contact/"+on.String(), on, child.Note{Text: contactBegins + from + contactEnds})
}

func (f *facts) earlyHelp(r Row) {
	on := f.day(r, EarlyHelpStart)
	what := earlyHelpListed
	if who := f.words(r, Organisation); who != "" {
		what += earlyHelpBy + who + "."
	}
	key := f.add("early-help/"+on.String(), on, child.EarlyHelpStep{Step: "began", What: what})
	f.or(key+"/end", r, EarlyHelpEnd, child.EarlyHelpStep{Step: "ended"})
}

// referral gathers a referral; List 6 may say more of the same one.
func (f *facts) referral(r Row) {
	on := f.day(r, ReferralDate)
	x := f.referred[on]
	if x == nil || on == 0 {
		x = &referral{row: f.i, line: r.Line}
		f.referred[on] = x
	}
	x.body.Code = cmp.Or(x.body.Code, f.code(r, ReferralSource))
	x.body.From = cmp.Or(x.body.From, f.words(r, ReferralSource), "not said")
	switch {
	case f.is(r, ReferralNFA, "a) Yes"):
		x.nothing, x.body.What = true, fact.Nothing+"Annex A says."
	case f.is(r, ReferralNFA, "b) No"):
		x.body.What = fact.More + "Annex A says."
	}
}

func (f *facts) need(r Row) {
	on := f.day(r, CINStart)
	if on == 0 { // no episode without its day: the row is kept as it stands
		return
	}
	x := f.referred[on]
	if x == nil {
		x = &referral{row: f.i, line: r.Line, body: child.Referral{From: "not said", What: beganNeed}}
		f.referred[on] = x
	}
	x.need = true
	x.body.Need = f.code(r, PrimaryNeed)
	if end := f.day(r, CINEnd); end != 0 {
		x.on, x.closed = end, &child.CaseClosed{Reason: f.code(r, ClosureReason), Referred: on, Why: "as Annex A says"}
		f.is(r, CaseStatus, "e) Closed episode")
	}
}

// referrals adds the referrals, in the order of their days, now that both lists
// have spoken.
func (f *facts) referrals() {
	days := make([]day.Date, 0, len(f.referred))
	for on := range f.referred {
		days = append(days, on)
	}
	slices.Sort(days)
	for _, on := range days {
		x := f.referred[on]
		f.i = x.row
		key := "referral/" + on.String()
		if x.nothing && !x.need && f.open(on) {
			f.add(key+"/no-further-action", on, child.Note{Text: meanwhile(x.body)})
			continue
		}
		if x.need && x.body.What != beganNeed { // both lists tell of it
			x.body.What += beganToo
		}
		key = f.add(key, on, x.body)
		switch {
		case x.closed != nil && !f.open(x.on):
			f.add(key+"/closed", x.on, *x.closed)
		case x.closed != nil: // a plan or a period of care goes on
			f.kept = append(f.kept, child.KeptItem{Path: key + "/closed", Value: x.on.String() + " " + x.closed.Reason, Line: x.line})
		case x.nothing && !x.need:
			f.add(key+"/closed", on, child.CaseClosed{Referred: on, Why: fact.Undecided("Annex A")})
		default:
			f.not(key + "/closed")
		}
	}
}

// open says whether the lists show work that is open at the end of a day: another
// episode of need, a plan, a period of care.
func (f *facts) open(on day.Date) bool {
	for _, x := range []struct {
		list       List
		start, end Field
	}{{Need, CINStart, CINEnd}, {Protection, PlanStart, PlanEnd}, {Care, CareStart, CareEnd}} {
		for _, r := range f.p.Rows {
			if r.List != x.list {
				continue
			}
			start, end := r.Of(x.start), r.Of(x.end)
			if start.Known && start.Date <= on && (end.Blank() || end.Date > on) {
				return true
			}
		}
	}
	return false
}

func (f *facts) assessment(r Row) {
	on := f.day(r, AssessmentStart)
	key := f.add("assessment/"+on.String(), on, child.AssessmentStarted{})
	b := child.AssessmentAuthorised{}
	if !r.Of(AssessmentAuthorised).Blank() {
		switch {
		case f.is(r, SupportNeeded, "a) Yes"):
			b.Outcome = supportNeeded
		case f.is(r, SupportNeeded, "b) No"):
			b.Outcome = supportNotNeeded
		}
	}
	f.or(key+"/authorised", r, AssessmentAuthorised, b)
}

func (f *facts) enquiry(r Row) {
	if on := f.day(r, StrategyDiscussion); on != 0 {
		f.add("strategy/"+on.String(), on, child.StrategyDiscussion{Section47: true})
		f.is(r, ConferenceUnnecessary, "b) No")
		f.add("section47/"+on.String(), on, child.Section47Started{NotNeeded: f.is(r, ConferenceUnnecessary, "a) Yes")})
	}
	if on := f.day(r, ConferenceDate); on != 0 {
		b := child.Conference{}
		switch {
		case f.is(r, ConferenceMadePlan, "a) Yes"):
			b.Plan = "made"
		case f.is(r, ConferenceMadePlan, "b) No"):
			b.Plan = "not made"
		}
		f.add("conference/"+on.String(), on, b)
	}
}

// categories are the census's codes of Ofsted's words.
var categories = map[string]string{"a) Neglect": "NEG", "b) Physical abuse": "PHY", "c) Sexual abuse": "SAB", "d) Emotional abuse": "EMO", "e) Multiple/not recommended": "MUL"}

func (f *facts) category(r Row, c Field) string {
	v := r.Of(c)
	if code := categories[v.Text]; v.Known && code != "" {
		f.tells(c)
		return code
	}
	return ""
}

func (f *facts) protection(r Row) {
	on := f.day(r, PlanStart)
	initial, latest := f.category(r, InitialAbuse), f.category(r, LatestAbuse)
	b := child.CPPlanStarted{Category: initial}
	if n := r.Of(PreviousPlans); n.Known && n.Number >= 0 {
		b.Previous = n.Number
		f.tells(PreviousPlans)
	}
	key := f.add("cp-plan/"+on.String(), on, b)
	if review := f.day(r, LastConference); review != 0 {
		f.add(key+"/review/"+review.String(), review, child.Review{Of: "cp"})
	}
	end := r.Of(PlanEnd)
	if latest != "" && latest != initial {
		since := f.asOf // the list does not say when it changed
		if end.Known && end.Date < since {
			since = end.Date
		}
		f.anyDay(key+"/category", max(since, on), child.CPPlanChanged{Category: latest})
	} else {
		f.not(key + "/category")
	}
	if visit := r.Of(LastVisit); visit.Known && visit.Date <= f.today && f.is(r, SeenAlone, "a) Yes") {
		f.add("visit/"+visit.Date.String(), f.day(r, LastVisit), child.Visit{Seen: true, Alone: true, Where: "not said", Purpose: "statutory visit of a child protection plan, as Annex A lists it"})
	}
	f.or(key+"/end", r, PlanEnd, child.CPPlanEnded{})
}

func (f *facts) care(r Row) {
	on := f.day(r, CareStart)
	status, since := f.code(r, LegalStatus), f.day(r, LegalStart)
	b := child.CareStarted{Status: status, Need: f.code(r, CategoryOfNeed)}
	if since != on {
		b.Reason = "The legal status is the one of now. Annex A does not say what it was when care began."
	}
	key := f.add("care/"+on.String(), on, b)
	if since != 0 && since != on {
		f.add("legal-status/"+since.String(), since, child.LegalStatus{Status: status})
	}
	if start := f.day(r, PlacementStart); start != 0 {
		p := child.PlacementStarted{Type: f.code(r, PlacementType), Provider: f.code(r, PlacementProvider)}
		p.OutOfArea = f.is(r, PlacementLocation, "b) Out") // “In” is kept: nothing in the record tells it from unknown
		p.Post, p.Authority, p.URN = f.words(r, PlacementPostcode), f.words(r, PlacementAuthority), f.words(r, PlacementURN)
		p.Where = strings.TrimSpace(p.Post + " " + p.Authority)
		f.add("placement/"+start.String(), start, p)
	}
	for _, x := range []struct {
		c   Field
		key string
		b   entry.Body
	}{
		{LastReview, "review/", child.Review{Of: "care"}},
		{LastHealth, "health/", child.Health{Of: "review assessment", Step: "done", What: "As Annex A lists it; it does not say whether it was the first one."}},
		{LastDental, "dental/", child.Health{Of: "dental check", Step: "done"}},
	} {
		if d := f.day(r, x.c); d != 0 {
			f.add(x.key+d.String(), d, x.b)
		}
	}
	end := child.CareEnded{Code: f.code(r, CeasedReason)}
	if end.Code == "" {
		end.Why = "as Annex A says"
	}
	f.or(key+"/end", r, CareEnd, end)
}

func (f *facts) leaver(r Row) {
	if d := f.day(r, PathwayReview); d != 0 {
		f.add("pathway-review/"+d.String(), d, child.LeavingCare{Step: "pathway plan reviewed"})
	}
	if r.Of(LastContact).Known && f.is(r, InTouch, "a) Yes") {
		d := f.day(r, LastContact)
		f.add("in-touch/"+d.String(), d, child.LeavingCare{Step: "in touch"})
	}
}

func (f *facts) adoption(r Row) {
	f.tells(FamilyID)
	family := ""
	if id := r.Of(FamilyID).Text; id != "" {
		family = familyIs + id + "."
	}
	for _, x := range []struct {
		c    Field
		step string
		what string
	}{
		{AdoptionDecision, "decided", ""}, {Matched, "matched", family}, {PlacedForAdoption, "placed", family}, {AdoptionOrder, "order made", family},
	} {
		if d := f.day(r, x.c); d != 0 {
			f.add("adoption/"+x.step+"/"+d.String(), d, child.Adoption{Step: x.step, What: x.what})
		}
	}
	if r.Of(Matched).Blank() && r.Of(PlacedForAdoption).Blank() && r.Of(AdoptionOrder).Blank() {
		f.used[f.i][FamilyID] = false
	}
	if d := f.day(r, PlacementOrder); d != 0 && f.seen["legal-status/"+d.String()] == 0 {
		f.add("legal-status/"+d.String(), d, child.LegalStatus{Status: "E1", Why: "a placement order, as Annex A says"})
	}
	if d := f.day(r, DecisionReversed); d != 0 {
		f.add("adoption/plan ended/"+d.String(), d, child.Adoption{Step: "plan ended", What: f.words(r, ReversedReason)})
	}
	if d := r.Of(EnteredCare); d.Known && f.seen["care/"+d.Date.String()] > 0 {
		f.tells(EnteredCare) // List 8 says the same
	}
}
