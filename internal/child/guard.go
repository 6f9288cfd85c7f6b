package child

import (
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

// RestrictedFor are the categories of restricted records: why a record is open to named people only.
var RestrictedFor = []string{"staff or their family", "adoption", "witness protection", "threat to the family", "public interest", "other"}

// How long somebody is let into a restricted record. Both are what councils'
// published procedures use: field/trust.md, requirement 19.
const (
	TwoWeeks  = "14 days"
	SixMonths = "6 months"
)

// LetInFor are the lengths of a grant in the order in which they are offered.
var LetInFor = []string{TwoWeeks, SixMonths}

// MaxReview is the longest until a restriction is looked at again, in days:
// field/trust.md, requirement 19.
const MaxReview = 90

// MaxGlass is the longest that an emergency opening lasts: field/trust.md,
// requirement 21.
const MaxGlass = 4 * day.Hour

// Relations of a member of staff to a child.
var Relations = []string{"this is my own record", "relative", "friend or neighbour", "knows the family in another way"}

// Restricted keeps a record for named people only.
type Restricted struct {
	Category string   `json:"category"`
	Why      string   `json:"why"`
	Owner    string   `json:"owner"`     // the post that lets people in
	ReviewBy day.Date `json:"review_by"` // when it is asked again whether this is needed
}

// Unrestricted opens it again to all who work with the child.
type Unrestricted struct {
	Why string `json:"why"`
}

// RestrictionReviewed says what an independent person found when they asked
// whether a restriction is still needed.
type RestrictionReviewed struct {
	Needed bool   `json:"needed"`
	Why    string `json:"why"`
}

// LetIn lets a person into a restricted record for a time.
type LetIn struct {
	Person string `json:"person"`
	For    string `json:"for"`
	Why    string `json:"why"`
}

// LetOut ends that before its time.
type LetOut struct {
	Person string `json:"person"`
	Why    string `json:"why"`
}

// GlassBroken opens a record in an emergency to whoever recorded it.
type GlassBroken struct {
	Why   string `json:"why"`
	Hours int    `json:"hours"` // how long, 1 to 4
}

// GlassOutcomes are what an independent person can find of an emergency opening.
var GlassOutcomes = []string{"it was needed", "it was not needed, and meant well", "it must be looked into"}

// GlassReviewed says what an independent person found of an emergency opening.
type GlassReviewed struct {
	Glass   entry.ID `json:"glass"`
	Outcome string   `json:"outcome"`
	Why     string   `json:"why"`
}

// RelationDeclared says that a member of staff is, is related to or knows the
// child. From then on the record is closed to them.
type RelationDeclared struct {
	Person   string `json:"person"`
	Relation string `json:"relation"`
}

// RelationEnded says that the declaration was a mistake. Another person says so.
type RelationEnded struct {
	Person string `json:"person"`
	Why    string `json:"why"`
}

// ChairNamed names the post that chairs the child's conferences and reviews: a
// conference chair or an independent reviewing officer.
type ChairNamed struct {
	Post string `json:"post"`
}

// Sampled says that the child was drawn by lot for an auditor to look at.
type Sampled struct {
	Person string   `json:"person"`
	Audit  string   `json:"audit"`
	Until  day.Date `json:"until"`
}

// Disclosed says that something was disclosed to a partner or to the family.
type Disclosed struct {
	Person  string     `json:"person"`
	What    string     `json:"what"`
	Basis   string     `json:"lawful_basis"`
	Entries []entry.ID `json:"entries,omitempty"`
	Until   day.Date   `json:"until"`
}

// Disputed says that somebody disputes an entry. It stands beside the entry
// wherever that is shown.
type Disputed struct {
	Entry entry.ID `json:"entry"`
	By    string   `json:"by"` // who disputes it, in words
	What  string   `json:"what"`
}

func guardKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(Restricted{}, true, "Record restricted", "Only named people may open the record from now on."),
		k(Unrestricted{}, true, "Restriction ended", "All who work with the child may open the record again."),
		k(RestrictionReviewed{}, true, "Restriction reviewed", "An independent person asked whether the restriction is still needed."),
		k(LetIn{}, true, "Let into a restricted record", "A named person may open the restricted record, for a time."),
		k(LetOut{}, true, "No longer let in", "A named person may no longer open the restricted record."),
		k(GlassBroken{}, true, "Opened in an emergency", "Somebody opened the record who could not otherwise, and said why."),
		k(GlassReviewed{}, true, "Emergency opening reviewed", "An independent person looked at why the record was opened."),
		k(RelationDeclared{}, true, "Relation declared", "A member of staff is related to the child or knows the family: the record is closed to them."),
		k(RelationEnded{}, true, "Relation withdrawn", "The declaration was a mistake."),
		k(ChairNamed{}, false, "Chair named", "Who chairs the child's conferences and reviews."),
		k(Sampled{}, true, "Drawn for an audit", "The child was drawn by lot for an auditor to look at."),
		k(Disclosed{}, true, "Disclosed", "Something was disclosed to a partner or to the family, and on what lawful basis."),
		k(Disputed{}, true, "Entry disputed", "Somebody disputes an entry. This stands beside it everywhere."),
	}
}

// The kinds' names.
func (Restricted) Kind() entry.Kind          { return "record.restricted" }
func (Unrestricted) Kind() entry.Kind        { return "record.unrestricted" }
func (RestrictionReviewed) Kind() entry.Kind { return "record.restriction-reviewed" }
func (LetIn) Kind() entry.Kind               { return "record.let-in" }
func (LetOut) Kind() entry.Kind              { return "record.let-out" }
func (GlassBroken) Kind() entry.Kind         { return "glass.broken" }
func (GlassReviewed) Kind() entry.Kind       { return "glass.reviewed" }
func (RelationDeclared) Kind() entry.Kind    { return "relation.declared" }
func (RelationEnded) Kind() entry.Kind       { return "relation.ended" }
func (ChairNamed) Kind() entry.Kind          { return "chair.named" }
func (Sampled) Kind() entry.Kind             { return "audit.sampled" }
func (Disclosed) Kind() entry.Kind           { return "disclosed" }
func (Disputed) Kind() entry.Kind            { return "disputed" }

// What each answering entry answers.
func (b GlassReviewed) RefersTo() entry.ID { return b.Glass }

// Check of each kind sees what is wrong without knowing the record.
func (b Restricted) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "category", b.Category, RestrictedFor, "Choose why the record is restricted")
	ps = entry.Need(ps, "why", b.Why, "Enter why it is needed")
	ps = entry.Need(ps, "owner", b.Owner, "Choose the post that decides who may open the record")
	if b.ReviewBy == 0 {
		ps = append(ps, entry.Problem{Field: "review_by", Text: "Enter the day by which this is looked at again"})
	}
	return ps
}
func (b Unrestricted) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Enter why the restriction is no longer needed")
}
func (b RestrictionReviewed) Check() []entry.Problem {
	return entry.Need(nil, "why", b.Why, "Enter what you looked at and why you think so")
}
func (b LetIn) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "person", b.Person, "Choose the person")
	ps = entry.OneOf(ps, "for", b.For, LetInFor, "Choose for how long")
	return entry.Need(ps, "why", b.Why, "Enter why they need to open it")
}
func (b LetOut) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "person", b.Person, "Choose the person"), "why", b.Why, "Enter why")
}
func (b GlassBroken) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "why", b.Why, "Enter why you must open this record now")
	if b.Hours < 1 || day.Instant(b.Hours)*day.Hour > MaxGlass {
		ps = append(ps, entry.Problem{Field: "hours", Text: "Choose from 1 to 4 hours"})
	}
	return ps
}
func (b GlassReviewed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "glass", string(b.Glass), "Name the emergency opening")
	ps = entry.OneOf(ps, "outcome", b.Outcome, GlassOutcomes, "Choose what you found")
	return entry.Need(ps, "why", b.Why, "Enter what you looked at and why you think so")
}
func (b RelationDeclared) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "person", b.Person, "Name the person")
	return entry.OneOf(ps, "relation", b.Relation, Relations, "Choose the relation")
}
func (b RelationEnded) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "person", b.Person, "Name the person"), "why", b.Why, "Enter why the declaration was a mistake")
}
func (b ChairNamed) Check() []entry.Problem {
	return entry.Need(nil, "post", b.Post, "Choose the chair's post")
}
func (b Sampled) Check() (ps []entry.Problem) {
	ps = entry.Need(entry.Need(ps, "person", b.Person, "Name the auditor"), "audit", b.Audit, "Name the audit")
	if b.Until == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Enter the last day of the audit"})
	}
	return ps
}
func (b Disclosed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "person", b.Person, "Choose who it is disclosed to")
	ps = entry.Need(ps, "what", b.What, "Enter what is disclosed")
	ps = entry.Need(ps, "lawful_basis", b.Basis, "Enter the lawful basis")
	if b.Until == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Enter the last day on which they may see it"})
	}
	return ps
}
func (b Disputed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "entry", string(b.Entry), "Name the entry")
	ps = entry.Need(ps, "by", b.By, "Enter who disputes it")
	return entry.Need(ps, "what", b.What, "Enter what they say is wrong")
}

// Guard is what access to a record turns on, beside who works with the child.
// It is kept beside the child's row, so that a list asks it of every row.
type Guard struct {
	Undecided   bool         `json:"undecided,omitempty"`  // a contact or referral of a child without a worker waits for its decision
	Conference  bool         `json:"conference,omitempty"` // a protection plan or an enquiry is on
	Chair       string       `json:"chair,omitempty"`
	Asked       []string     `json:"asked,omitempty"`  // posts that are asked to take the child
	Second      []string     `json:"second,omitempty"` // posts that work beside the worker
	Restriction *Restriction `json:"restriction,omitempty"`
	Let         []Let        `json:"let,omitempty"`
	Glass       []Glass      `json:"glass,omitempty"`
	Related     []Related    `json:"related,omitempty"`
	Sampled     []Let        `json:"sampled,omitempty"`
	Disclosed   []Let        `json:"disclosed,omitempty"`
}

// Restriction in force.
type Restriction struct {
	Entry    entry.ID    `json:"entry"`
	Category string      `json:"category"`
	Owner    string      `json:"owner"`
	Since    day.Instant `json:"since"`
	ReviewBy day.Date    `json:"review_by"`
}

// Let is somebody let in from a moment until the end of a day.
type Let struct {
	Person string      `json:"person"`
	From   day.Instant `json:"from"`
	Until  day.Date    `json:"until"`
}

// Glass is an emergency opening.
type Glass struct {
	Entry    entry.ID    `json:"entry"`
	Person   string      `json:"person"`
	From     day.Instant `json:"from"`
	Until    day.Instant `json:"until"`
	Reviewed bool        `json:"reviewed,omitempty"`
}

// Related is a member of staff to whom the record is closed.
type Related struct {
	Person string `json:"person"`
	Own    bool   `json:"own,omitempty"`
}

// Empty says that nothing guards the record.
func (g Guard) Empty() bool {
	return !g.Undecided && !g.Conference && g.Chair == "" && g.Asked == nil && g.Second == nil && g.Restriction == nil && g.Let == nil && g.Glass == nil && g.Related == nil && g.Sampled == nil && g.Disclosed == nil
}

// Guard is what guards the record now. Access follows what was recorded, in
// the order of recording: nobody gets in by a date in the past.
func (r Record) Guard() Guard {
	s := Status{}
	if ss := r.Statuses(); len(ss) > 0 {
		s = ss[len(ss)-1]
	}
	g := Guard{Undecided: s.Open && s.Undecided || s.Waits && s.Post == "", Conference: s.Open && (s.Plan == "cp" || s.Enquiry)}
	if s.Open {
		g.Second = slices.Clone(s.Second)
		for _, a := range s.Asked {
			if !slices.Contains(g.Asked, a.Post) {
				g.Asked = append(g.Asked, a.Post)
			}
		}
	}
	for i := range r.Log {
		g.add(&r.Log[i])
	}
	return g
}

func (g *Guard) add(e *entry.Entry) {
	drop := func(ls []Let, person string) []Let {
		return slices.DeleteFunc(ls, func(l Let) bool { return l.Person == person })
	}
	on := e.Recorded.Date()
	switch b := e.Body.(type) {
	case Restricted:
		g.Restriction = &Restriction{Entry: e.ID, Category: b.Category, Owner: b.Owner, Since: e.Recorded, ReviewBy: b.ReviewBy}
	case Unrestricted:
		g.Restriction, g.Let = nil, nil
	case LetIn:
		until := on + 14
		if b.For == SixMonths {
			until = on.AddMonths(6)
		}
		g.Let = append(drop(g.Let, b.Person), Let{b.Person, e.Recorded, until})
	case LetOut:
		g.Let = drop(g.Let, b.Person)
	case GlassBroken:
		g.Glass = append(g.Glass, Glass{Entry: e.ID, Person: e.Author, From: e.Recorded, Until: e.Recorded + day.Instant(b.Hours)*day.Hour})
	case GlassReviewed:
		for i := range g.Glass {
			if g.Glass[i].Entry == b.Glass {
				g.Glass[i].Reviewed = true
			}
		}
	case RelationDeclared:
		g.Related = append(slices.DeleteFunc(g.Related, func(x Related) bool { return x.Person == b.Person }), Related{b.Person, b.Relation == Relations[0]})
	case RelationEnded:
		g.Related = slices.DeleteFunc(g.Related, func(x Related) bool { return x.Person == b.Person })
	case ChairNamed:
		g.Chair = b.Post
	case Sampled:
		g.Sampled = append(drop(g.Sampled, b.Person), Let{b.Person, e.Recorded, b.Until})
	case Disclosed:
		g.Disclosed = append(g.Disclosed, Let{b.Person, e.Recorded, b.Until})
	}
}

// In are the persons of those let in at a moment.
func In(ls []Let, now day.Instant) (persons []string) {
	for _, l := range ls {
		if l.From <= now && now.Date() <= l.Until {
			persons = append(persons, l.Person)
		}
	}
	return persons
}

// Inside are the persons for whom an emergency opening lasts at a moment.
func (g Guard) Inside(now day.Instant) (persons []string) {
	for _, x := range g.Glass {
		if x.From <= now && now < x.Until {
			persons = append(persons, x.Person)
		}
	}
	return persons
}

// guarded refuses what the guard as it stands does not allow to be recorded.
func (r Record) guarded(cmd Command, at entry.Moment, no func(field, text string)) {
	g, on := r.Guard(), at.Now.Date()
	known := func(field string, id entry.ID) {
		if !slices.ContainsFunc(r.Log, func(e entry.Entry) bool { return e.ID == id }) {
			no(field, "There is no such entry in this child's record")
		}
	}
	switch b := cmd.Body.(type) {
	case Restricted:
		if g.Restriction != nil {
			no("", "The record is restricted already")
		}
		if b.ReviewBy != 0 && (b.ReviewBy <= on || b.ReviewBy > on+MaxReview) {
			no("review_by", "The day must be after today and within 90 days")
		}
	case Unrestricted, LetIn, RestrictionReviewed:
		if g.Restriction == nil {
			no("", "The record is not restricted")
		}
	case LetOut:
		if !slices.ContainsFunc(g.Let, func(l Let) bool { return l.Person == b.Person }) {
			no("person", "This person is not let in")
		}
	case GlassReviewed:
		i := slices.IndexFunc(g.Glass, func(x Glass) bool { return x.Entry == b.Glass })
		switch {
		case i < 0:
			no("glass", "There is no such emergency opening")
		case g.Glass[i].Reviewed:
			no("glass", "This emergency opening was reviewed already")
		case g.Glass[i].Person == cmd.Actor.Person:
			no("", "Somebody else must review this: it was you who opened the record")
		}
	case RelationEnded:
		if cmd.Actor.Person == b.Person {
			no("", "Somebody else must record this: it is about yourself")
		}
		if !slices.ContainsFunc(g.Related, func(x Related) bool { return x.Person == b.Person }) {
			no("person", "This person declared no relation")
		}
	case Sampled:
		if b.Until != 0 && b.Until < on {
			no("until", "The last day is in the past")
		}
	case Disclosed:
		if b.Until != 0 && b.Until < on {
			no("until", "The last day is in the past")
		}
		for _, id := range b.Entries {
			known("entries", id)
		}
	case Disputed:
		known("entry", b.Entry)
	}
}

// guards says that a kind guards the record. Such an entry is ended by another,
// never corrected: a correction must not open what its author may not open.
var guards = sync.OnceValue(func() map[entry.Kind]bool {
	m := map[entry.Kind]bool{}
	for _, k := range guardKinds() {
		m[k.Zero.Kind()] = true
	}
	return m
})

// Disputes are the disputes of each entry.
func (r Record) Disputes() map[entry.ID][]Event {
	out := map[entry.ID][]Event{}
	for _, ev := range r.Events {
		if b, ok := ev.Body.(Disputed); ok {
			out[b.Entry] = append(out[b.Entry], ev)
		}
	}
	return out
}
