package child

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// doorKinds are what happens to a contact or referral before it is decided.
func doorKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(FoundOut{}, true, "Found out", "What was found out about something that waits at the front door, or who was asked and has not answered."),
		k(Taken{}, true, "Taken at the front door", "A named post deals with a contact or referral until it is decided. Until somebody takes it, it is the duty manager's."),
		k(Parked{}, true, "Parking proposed", "Somebody proposes to wait for something, until an hour. It counts when a second person agrees. The clock goes on."),
		k(ParkingAgreed{}, true, "Parking agreed", "A second person agrees that a contact or referral waits for something."),
		k(ParkingEnded{}, true, "Parking ended", "It waits for nothing any more, or the second person did not agree."),
		k(SameAs{}, true, "Same child", "This record is about a child who has another. What waited goes on there, by the clock that it had."),
		k(ToldApart{}, true, "Told apart", "This record is about another child after all. What waits goes on here."),
		k(NotSame{}, true, "Not the same child", "Somebody looked: this is not that child, however alike they look. It is never offered again."),
		k(Alarm{}, true, "Alarm", "It was decided that nothing follows, though a rule had fired that allows no such decision to pass unseen. Recorded by the rules."),
	}
}

// Roles are who tells us, as the pages offer them.
var Roles = []string{"police", "school or nursery", "hospital", "GP", "health visitor or midwife", "housing", "probation", "other council service", "other professional",
	"the child", "a parent or carer", "a relative", "a neighbour or friend", "anonymous", "somebody else"}

// sourceCodes are the codes of the national returns for who tells us: of Roles, and of
// the plain words for them. Source: the code set ReferralSource of the CIN census.
var sourceCodes = map[string]string{
	"police": "6", "school or nursery": "2A", "school": "2A", "nursery": "2A", "hospital": "3F", "GP": "3A",
	"health visitor or midwife": "3B", "health visitor": "3B", "midwife": "3D", "housing": "4", "probation": "7", "other council service": "5B",
	"other professional": "8", "the child": "1C", "a parent or carer": "1A", "parent": "1A", "a relative": "1A", "a neighbour or friend": "1B",
	"neighbour": "1B", "anonymous": "9", "somebody else": "1D",
}

// SourceCode is the code of who told us, by their role, else by what was written of
// them where that is one of the words for a role. It is empty where neither says.
func SourceCode(role, from string) string {
	if code := sourceCodes[role]; code != "" {
		return code
	}
	return sourceCodes[from]
}

// Consents are what whoever has parental responsibility says to our looking into it.
var Consents = []string{"agreed", "not asked", "refused"}

// Member is somebody of the household, as whoever told us said.
type Member struct {
	Name     string `json:"name,omitempty"`
	Relation string `json:"relation,omitempty"` // to the child, in words: mother, brother, mother's partner
	Born     string `json:"born,omitempty"`     // a day, a year, or "about 30": as it was said
	// Child is the record in Onus of a brother or sister about whom it is too.
	Child string `json:"child,omitempty"`
}

// Intake is what is asked when somebody tells us something about a child. What
// nobody asked is left out, and is not taken for no.
type Intake struct {
	Role  string `json:"referrer_role,omitempty"`
	Reach string `json:"referrer_reach,omitempty"` // how to reach them, to ask and to tell them what came of it
	Words string `json:"childs_words,omitempty"`
	Where string `json:"where_now,omitempty"` // where the child is now, and with whom
	// Signs are answers to the questions of the triage rules: "yes" or "no" by the
	// sign's id.
	Signs     map[string]string `json:"signs,omitempty"`
	Household []Member          `json:"household,omitempty"`
	Consent   string            `json:"consent,omitempty"`
	Override  string            `json:"consent_override,omitempty"` // why it is looked into without
}

func (b Intake) check(ps []entry.Problem) []entry.Problem {
	if b.Role != "" {
		ps = entry.OneOf(ps, "referrer_role", b.Role, Roles, "Choose who told us")
	}
	if b.Consent != "" {
		ps = entry.OneOf(ps, "consent", b.Consent, Consents, "Choose whether a parent agreed")
	}
	ps = checkSigns(ps, b.Signs)
	for i, m := range b.Household {
		if strings.TrimSpace(m.Name+m.Relation) == "" {
			ps = append(ps, entry.Problem{Field: "household", Text: "Enter a name or who they are to the child, for person " + strconv.Itoa(i+1)})
		}
	}
	for _, x := range []struct{ field, text string }{{"childs_words", b.Words}, {"where_now", b.Where}, {"referrer_reach", b.Reach}, {"consent_override", b.Override}} {
		ps = entry.Short(ps, x.field, x.text)
	}
	return ps
}

func checkSigns(ps []entry.Problem, signs map[string]string) []entry.Problem {
	for _, v := range signs {
		if v != "yes" && v != "no" {
			return append(ps, entry.Problem{Field: "signs", Text: "Answer each with yes or no, or leave it open"})
		}
	}
	return ps
}

// FoundOut is what was found out, or who was asked.
type FoundOut struct {
	Of entry.ID `json:"of,omitempty"` // the contact or referral
	// Asked is who was asked, where the answer is still to come.
	Asked string            `json:"asked,omitempty"`
	By    day.Instant       `json:"answer_by,omitzero"`
	From  string            `json:"from,omitempty"` // who told us
	What  string            `json:"what,omitempty"`
	Signs map[string]string `json:"signs,omitempty"`
}

// Taken is who deals with it.
type Taken struct {
	Of   entry.ID `json:"of,omitempty"`
	Post string   `json:"post,omitempty"` // empty: given back, it is the duty manager's
	Why  string   `json:"why,omitempty"`
}

// Parked proposes to wait.
type Parked struct {
	Of    entry.ID    `json:"of,omitempty"`
	Until day.Instant `json:"until"`
	Why   string      `json:"why"`
}

// ParkingAgreed is the second person's agreement.
type ParkingAgreed struct {
	Parking entry.ID `json:"parking"`
}

// ParkingEnded ends it, or refuses it.
type ParkingEnded struct {
	Parking entry.ID `json:"parking"`
	Why     string   `json:"why"`
}

// SameAs says that this record is about a child who has another, which is kept.
type SameAs struct {
	Child string `json:"child"`
	Why   string `json:"why"`
}

// ToldApart undoes it.
type ToldApart struct {
	Child string `json:"child"`
	Why   string `json:"why"`
}

// NotSame is kept for good.
type NotSame struct {
	Child string `json:"child"`
	Why   string `json:"why"`
}

// Moved is what the source of an entry says that stands in a child's record because
// it was first recorded in another record of the same child. Its key is that entry.
const Moved = "moved"

// Alarm is recorded by the rules when a danger sign was not acted on.
type Alarm struct {
	Of   entry.ID `json:"of"` // the decision
	Rule string   `json:"rule"`
}

// Judged is what every decision on a contact or referral must say.
type Judged struct {
	Level   int    `json:"level,omitempty"` // of need, as the authority numbers them; 0: not said
	Against string `json:"reasons_against,omitempty"`
	Unknown string `json:"not_known,omitempty"`
	// ReadFrom and ReadTo are the part of the history that was read.
	ReadFrom day.Date `json:"history_from,omitzero"`
	ReadTo   day.Date `json:"history_to,omitzero"`
	Words    string   `json:"childs_words,omitempty"` // the child's words, or what was seen of the child
	Parents  string   `json:"parents_know,omitempty"` // one of ParentsKnow
	WhyNot   string   `json:"why_not_told,omitempty"`
	// Covers are the children that it was decided about, and those left out.
	Covers []Covered `json:"covers,omitempty"`
}

// ParentsKnow is whether the parents know that we were told.
var ParentsKnow = []string{"yes, and they agree", "yes, and they do not agree", "not yet", "telling them could put the child at risk"}

// Covered is a child of the household whom a decision covers, or not and why.
type Covered struct {
	Child string `json:"child"`
	In    bool   `json:"in"`
	Why   string `json:"why,omitempty"`
}

// Problems are what is wrong with what was judged, without knowing the record.
func (b Judged) Problems() []entry.Problem { return b.check(nil) }

// Missing is what every decision on something that waits must say, and this does not.
// Source: shared/field/triage.md, section 4, required on every triage record.
func (b Judged) Missing() (ps []entry.Problem) {
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	if b.Level == 0 {
		no("level", "Choose how serious it is, in your judgement")
	}
	if strings.TrimSpace(b.Against) == "" {
		no("reasons_against", "Enter what speaks against it, or what would change your mind")
	}
	if strings.TrimSpace(b.Unknown) == "" {
		no("not_known", "Enter what is not known. If you know all that matters, say how")
	}
	if b.ReadFrom == 0 || b.ReadTo == 0 {
		no("history_from", "Enter which part of the history you read. Where there is none, enter today twice")
	}
	if b.Parents == "" {
		no("parents_know", "Choose whether the parents know")
	} else if (b.Parents == ParentsKnow[2] || b.Parents == ParentsKnow[3]) && strings.TrimSpace(b.WhyNot) == "" {
		no("why_not_told", "Enter why the parents do not know yet")
	}
	return ps
}

func (b Judged) check(ps []entry.Problem) []entry.Problem {
	if b.Level < 0 || b.Level > 9 {
		ps = append(ps, entry.Problem{Field: "level", Text: "Choose a level"})
	}
	if b.Parents != "" {
		ps = entry.OneOf(ps, "parents_know", b.Parents, ParentsKnow, "Choose whether the parents know")
	}
	if b.ReadFrom != 0 && b.ReadTo != 0 && b.ReadTo < b.ReadFrom {
		ps = append(ps, entry.Problem{Field: "history_to", Text: "The history that was read ends before it begins"})
	}
	for _, c := range b.Covers {
		if !c.In && strings.TrimSpace(c.Why) == "" {
			ps = append(ps, entry.Problem{Field: "covers", Text: "Say why each child that is left out is left out"})
			break
		}
	}
	return entry.Short(entry.Short(entry.Short(ps, "reasons_against", b.Against), "not_known", b.Unknown), "childs_words", b.Words)
}

// The kinds' names.
func (FoundOut) Kind() entry.Kind      { return "found-out" }
func (Taken) Kind() entry.Kind         { return "taken" }
func (Parked) Kind() entry.Kind        { return "parked" }
func (ParkingAgreed) Kind() entry.Kind { return "parking.agreed" }
func (ParkingEnded) Kind() entry.Kind  { return "parking.ended" }
func (Alarm) Kind() entry.Kind         { return "alarm" }
func (SameAs) Kind() entry.Kind        { return "child.same" }
func (ToldApart) Kind() entry.Kind     { return "child.apart" }
func (NotSame) Kind() entry.Kind       { return "child.not-same" }

// Check of each kind.
func (b FoundOut) Check() (ps []entry.Problem) {
	if strings.TrimSpace(b.What+b.Asked) == "" && len(b.Signs) == 0 {
		ps = append(ps, entry.Problem{Field: "what", Text: "Enter what was found out, or who was asked"})
	}
	return entry.Short(checkSigns(ps, b.Signs), "what", b.What)
}
func (b Taken) Check() []entry.Problem { return entry.Short(nil, "why", b.Why) }
func (b Parked) Check() (ps []entry.Problem) {
	if b.Until == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Enter until when"})
	}
	return entry.Short(entry.Need(ps, "why", b.Why, "Enter what it waits for"), "why", b.Why)
}
func (b ParkingAgreed) Check() []entry.Problem {
	return entry.Need(nil, "parking", string(b.Parking), "Name what you agree to")
}
func (b ParkingEnded) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "parking", string(b.Parking), "Name what ends")
	return entry.Need(ps, "why", b.Why, "Enter why it ends")
}
func (b Alarm) Check() []entry.Problem {
	return entry.Need(nil, "of", string(b.Of), "Name the decision")
}
func (b SameAs) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "child", b.Child, "Choose the child"), "why", b.Why, "Enter how you know that it is the same child")
}
func (b ToldApart) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "child", b.Child, "Choose the child"), "why", b.Why, "Enter how you know that it is not the same child")
}
func (b NotSame) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "child", b.Child, "Choose the child"), "why", b.Why, "Enter how you know that it is not the same child")
}

// What each answers.
func (b FoundOut) RefersTo() entry.ID      { return b.Of }
func (b Taken) RefersTo() entry.ID         { return b.Of }
func (b Parked) RefersTo() entry.ID        { return b.Of }
func (b ParkingAgreed) RefersTo() entry.ID { return b.Parking }
func (b ParkingEnded) RefersTo() entry.ID  { return b.Parking }

// Waiting is a contact or referral, or several about one child, for which nobody
// has decided.
type Waiting struct {
	First Event   // the clock runs from this
	Came  []Event // all that came in and waits, in order; First is in it
	// Had says that a worker had the child when it came: it is theirs, and the front
	// door's queue does not have it.
	Had     string
	Rating  string
	Rated   Event // the rating in force; no entry where nobody and no rule rated it
	Ratings []Event
	// Lowered are the rules whose rating a person set aside, with a reason.
	Lowered []string
	Signs   map[string]string // the latest answers
	Words   string            // the child's
	Found   []Event           // found out, and asked, in order
	Taken   Event             // by whom it was taken; no entry while nobody has
	Parked  *Parking
	// Ended are parkings that ended, or were refused.
	Ended []Parking
}

// Parking is one time that something waits for.
type Parking struct {
	Event  Event
	Body   Parked
	Agreed *Event
	Over   *Event
}

// Waits says that something waits for a decision.
func (w *Waiting) Waits() bool { return w != nil && w.First.Entry != nil }

// Last is the newest of what came in and was found out.
func (w *Waiting) Last() Event {
	last := w.Came[len(w.Came)-1]
	if n := len(w.Found); n > 0 && w.Found[n-1].pos > last.pos {
		last = w.Found[n-1]
	}
	return last
}

// Said is everything that was said and found out, to look for words in.
func (w *Waiting) Said() string {
	var b strings.Builder
	add := func(s string) {
		if s != "" {
			b.WriteString(s)
			b.WriteString("\n")
		}
	}
	for _, ev := range w.Came {
		switch x := ev.Body.(type) {
		case Contact:
			add(x.What)
			add(x.Intake.Words)
			add(x.Where)
		case Referral:
			add(x.What)
			add(x.Intake.Words)
			add(x.Where)
		}
	}
	for _, ev := range w.Found {
		add(ev.Body.(FoundOut).What)
	}
	return b.String()
}

// Before counts the referrals in the twelve months before this came.
func (w *Waiting) Before(r Record) (n int) {
	first := w.First.When.Date
	for i := range r.Events {
		ev := &r.Events[i]
		if ev.Kind == "referral" && ev.When.Date > first.AddMonths(-12) && ev.When.Date <= first && !slices.ContainsFunc(w.Came, func(c Event) bool { return c.ID == ev.ID }) {
			n++
		}
	}
	return n
}

// Household is everybody who was named, by name and relation once.
func (w *Waiting) Household() (out []Member) {
	for _, ev := range w.Came {
		for _, m := range intakeOf(ev.Body).Household {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// Household are the records of other children of the household, as whoever told us
// anything ever named them, in order.
func (r Record) Household() (out []string) {
	for i := range r.Events {
		for _, m := range intakeOf(r.Events[i].Body).Household {
			if m.Child != "" && m.Child != r.Child && !slices.Contains(out, m.Child) {
				out = append(out, m.Child)
			}
		}
	}
	return out
}

// Intakes of what came, the newest last.
func intakeOf(b entry.Body) Intake {
	switch x := b.(type) {
	case Contact:
		return x.Intake
	case Referral:
		return x.Intake
	}
	return Intake{}
}

// IntakeOf is what was asked when a contact or referral came; nothing of any other.
func IntakeOf(ev Event) Intake { return intakeOf(ev.Body) }

// Waiting is what waits for a decision about the child as the record stands; nil
// when nothing does. What a census says waits for nobody: it cannot say whether
// it was decided.
func (r Record) Waiting() *Waiting {
	var w *Waiting
	var kept *Waiting // while the record is another's
	for ev, s := range r.Life() {
		switch ev.Body.(type) {
		case SameAs:
			kept = w
		case ToldApart:
			if w = kept; !s.Waits {
				w = nil
			}
		}
		if !s.Waits {
			w = nil
			continue
		}
		switch ev.Body.(type) {
		case Contact, Referral:
			if w == nil {
				w = &Waiting{First: *ev, Had: s.Post, Signs: map[string]string{}}
			}
			w.Came = append(w.Came, *ev)
			in := intakeOf(ev.Body)
			for k, v := range in.Signs {
				w.Signs[k] = v
			}
			set(&w.Words, in.Words)
		}
		if w != nil {
			w.step(ev)
		}
	}
	return w
}

func (w *Waiting) step(ev *Event) {
	switch b := ev.Body.(type) {
	case Rated:
		if ev.Author != entry.System.Person && lower(b.Rating, w.Rating) {
			for _, x := range w.Ratings {
				if r := x.Body.(Rated); r.Rule != "" && !slices.Contains(w.Lowered, r.Rule) && lower(b.Rating, r.Rating) {
					w.Lowered = append(w.Lowered, r.Rule)
				}
			}
		}
		w.Rating, w.Rated = b.Rating, *ev
		w.Ratings = append(w.Ratings, *ev)
	case FoundOut:
		w.Found = append(w.Found, *ev)
		for k, v := range b.Signs {
			w.Signs[k] = v
		}
	case Taken:
		w.Taken = *ev
		if b.Post == "" {
			w.Taken = Event{}
		}
	case Parked:
		if w.Parked == nil {
			w.Parked = &Parking{Event: *ev, Body: b}
		}
	case ParkingAgreed:
		if w.Parked != nil && w.Parked.Event.ID == b.Parking {
			w.Parked.Agreed = ev
		}
	case ParkingEnded:
		if w.Parked != nil && w.Parked.Event.ID == b.Parking {
			w.Parked.Over = ev
			w.Ended = append(w.Ended, *w.Parked)
			w.Parked = nil
		}
	}
}

// NotSame are the records of which somebody has said that they are about another
// child than this.
func (r Record) NotSame() (out []string) {
	for i := range r.Events {
		switch b := r.Events[i].Body.(type) {
		case NotSame:
			out = append(out, b.Child)
		case ToldApart:
			out = append(out, b.Child)
		}
	}
	return out
}

// Decides says whether an entry of a kind can end that something waits.
func Decides(k entry.Kind) bool {
	switch k {
	case "decision", "contact.decided", "child.same", "assessment.started", "strategy-discussion", "section47.started":
		return true
	}
	return false
}

// lower says whether a rating is less urgent than another.
func lower(a, b string) bool {
	i, j := slices.Index(Ratings, a), slices.Index(Ratings, b)
	return i >= 0 && j >= 0 && i > j
}

// doorFollows refuses what cannot follow at the front door.
func (r Record) doorFollows(cmd Command, at entry.Moment, no func(field, text string)) {
	switch cmd.Body.(type) {
	case FoundOut, Taken, Parked, ParkingAgreed, ParkingEnded, SameAs, ToldApart:
	default:
		return // most say nothing of what waits, and are not asked
	}
	w := r.Waiting()
	waits := func() bool {
		if w == nil {
			no("", "No contact or referral about this child waits for a decision")
		}
		return w != nil
	}
	open := func(parking entry.ID) bool {
		if !waits() {
			return false
		}
		if w.Parked == nil || w.Parked.Event.ID != parking {
			no("parking", "That is over already, or is not about this child")
			return false
		}
		return true
	}
	switch b := cmd.Body.(type) {
	case FoundOut, Taken:
		waits()
	case SameAs:
		switch now := r.On(at.Now); {
		case b.Child == r.Child:
			no("child", "This is the record itself")
		case now.Same != "":
			no("child", "It was said already that this is the same child as another. Tell them apart first")
		case now.Open && now.Post != "" || now.Plan != "" || now.LookedAfter:
			no("child", "Work is done in this record. Begin from the other record, or end the work here first")
		}
	case ToldApart:
		if r.On(at.Now).Same != b.Child {
			no("child", "Nobody has said that this is the same child as that")
		}
	case Parked:
		switch {
		case !waits():
		case w.Rating == Ratings[0]:
			no("", "What is rated red cannot be parked")
		case w.Parked != nil:
			no("", "It is parked already, or somebody has proposed it. End that first")
		case b.Until != 0 && b.Until <= at.Now:
			no("until", "That is past already")
		}
	case ParkingAgreed:
		switch {
		case !open(b.Parking):
		case w.Parked.Agreed != nil:
			no("parking", "Somebody has agreed already")
		case w.Parked.Event.Author == cmd.Actor.Person:
			no("parking", "A second person must agree, not the one who proposed it")
		}
	case ParkingEnded:
		open(b.Parking)
	}
}
