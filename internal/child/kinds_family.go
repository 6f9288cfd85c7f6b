package child

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// familyKinds are who is around the child, and which events somebody says matter most.
func familyKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(FamilyMember{}, false, "Family and network", "One person around the child, whole, as known now: who they are to the child, where they live, whether the child is safe with them and why. The newest about a person stands; what it leaves out is not said of them any more."),
		k(LetterSent{}, false, "Letter", "A letter to somebody in the family, or to somebody else about the child, whole, as it went."),
		k(Significant{}, true, "Significant event", "A person says that an entry is significant in the child's story, or is not any more, and why."),
	}
}

// FamilyRoles are what a person is to the child, coarsely: the map puts them in rows by it.
var FamilyRoles = []string{"parent", "carer", "brother or sister", "relative", "friend of the family", "professional"}

// Where a person around the child lives.
const (
	LivesWith      = "with the child"
	LivesElsewhere = "elsewhere"
	LivesUnknown   = "nobody knows"
)

// FamilyLives are the answers to where somebody lives.
var FamilyLives = []string{LivesWith, LivesElsewhere, LivesUnknown}

// Whether the child is safe with a person.
const (
	SafeWith    = "yes"
	SafeNotLone = "not alone"
	SafeNotWith = "no"
	SafeUnknown = "nobody knows"
)

// FamilySafe are the answers to whether the child is safe with somebody.
var FamilySafe = []string{SafeWith, SafeNotLone, SafeNotWith, SafeUnknown}

// Responsibilities are the answers to whether somebody has parental responsibility.
var Responsibilities = []string{"yes", "no", "nobody knows"}

// FamilyMember is one person around the child, whole, as an entry states them. Where the
// facts are from stands in Told: nothing is said of a person that nobody said.
type FamilyMember struct {
	// Person is the entry that first stated this person, which is the person's id in
	// this record; empty: this entry states somebody new, and is their id.
	Person   entry.ID `json:"person,omitempty"`
	Name     string   `json:"name"`
	Relation string   `json:"relation"`       // to the child, in words: mother, mother's partner
	Role     string   `json:"role"`           // one of FamilyRoles
	Born     string   `json:"born,omitempty"` // a day, a year, or "about 30": as it was said
	Lives    string   `json:"lives"`          // one of FamilyLives
	Where    string   `json:"where,omitempty"`
	Safe     string   `json:"safe"` // one of FamilySafe
	SafeWhy  string   `json:"safe_why,omitempty"`
	// Since is the day from which that is so, where somebody said it.
	Since day.Date `json:"safe_since,omitzero"`
	Phone string   `json:"telephone,omitempty"`
	// Child is the record in Onus of a brother or sister.
	Child       string `json:"child,omitempty"`
	Responsible string `json:"parental_responsibility,omitempty"` // one of Responsibilities
	Told        string `json:"told_by,omitempty"`                 // who told us, in words
	// Gone is why they are not in the child's life any more.
	Gone string `json:"gone,omitempty"`
	// Named is who was named when somebody first told us about the child, and is this
	// person: see Offered.
	Named string `json:"as_named,omitempty"`
	Mark
}

// Significant says that an entry matters in the child's story, or not any more.
type Significant struct {
	Entry entry.ID `json:"entry"`
	Is    bool     `json:"significant"`
	Why   string   `json:"why"`
}

// The kinds' names.
func (FamilyMember) Kind() entry.Kind { return "family.member" }
func (Significant) Kind() entry.Kind  { return "significant" }

// What each answering entry answers.
func (b FamilyMember) RefersTo() entry.ID { return b.Person }
func (b Significant) RefersTo() entry.ID  { return b.Entry }

// Check of each kind sees what is wrong without knowing the record.
func (b FamilyMember) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "name", b.Name, "Enter their name, or what the family calls them")
	ps = entry.Need(ps, "relation", b.Relation, "Enter who they are to the child")
	ps = entry.OneOf(ps, "role", b.Role, FamilyRoles, "Choose what they are to the child")
	ps = entry.OneOf(ps, "lives", b.Lives, FamilyLives, "Choose where they live, or that nobody knows")
	ps = entry.OneOf(ps, "safe", b.Safe, FamilySafe, "Choose whether the child is safe with them, or that nobody knows")
	if b.Safe != SafeUnknown && b.Safe != "" {
		ps = entry.Need(ps, "safe_why", b.SafeWhy, "Enter why: what do you know that says so?")
	}
	ps = entry.OneOf(ps, "parental_responsibility", b.Responsible, append([]string{""}, Responsibilities...), "Choose whether they have parental responsibility")
	for _, f := range [][2]string{{"name", b.Name}, {"relation", b.Relation}, {"born", b.Born}, {"where", b.Where}, {"safe_why", b.SafeWhy}, {"telephone", b.Phone}, {"told_by", b.Told}, {"gone", b.Gone}} {
		ps = entry.Short(ps, f[0], f[1])
	}
	return b.Mark.check(ps)
}

func (b Significant) Check() []entry.Problem {
	ps := entry.Need(nil, "entry", string(b.Entry), "Choose the event")
	return entry.Short(entry.Need(ps, "why", b.Why, "Enter why"), "why", b.Why)
}

// familyFollows refuses what cannot follow from who and what is in the record.
func (r Record) familyFollows(cmd Command, no func(field, text string)) {
	switch b := cmd.Body.(type) {
	case FamilyMember:
		if b.Person != "" && !slices.ContainsFunc(r.Family(), func(p Person) bool { return p.ID == b.Person }) {
			no("person", "There is no such person in this child's record")
		}
		if b.Child == r.Child {
			no("child", "This is the child's own record")
		}
	case Significant:
		ev, ok := r.Event(b.Entry)
		switch marked := r.Significant()[b.Entry]; {
		case !ok:
			no("entry", "There is no such entry in this child's record, or it was withdrawn")
		case ev.Kind == "significant":
			no("entry", "This says itself what is significant. Choose the event")
		case b.Is && marked != nil:
			no("entry", "It is marked already")
		case !b.Is && marked == nil:
			no("entry", "It is not marked")
		}
	}
}

// Person is somebody around the child, as the record stands.
type Person struct {
	ID entry.ID
	FamilyMember
	// Says is the newest entry about them; who said each thing first, as it stands now,
	// is in From, by the field's name.
	Says *Event
	From map[string]*Event
	// Before are what was said of whether the child is safe with them, the oldest first,
	// without what stands.
	Before []*Event
}

// Away says that they are not in the child's life any more.
func (p Person) Away() bool { return strings.TrimSpace(p.Gone) != "" }

// Family is everybody around the child whom somebody recorded, those first who live with
// the child, then in the order of FamilyRoles; who is gone stands last.
func (r Record) Family() (out []Person) {
	at := map[entry.ID]int{}
	for i := range r.Events {
		ev := &r.Events[i]
		b, ok := ev.Body.(FamilyMember)
		if !ok {
			continue
		}
		id := b.Person
		if id == "" {
			id = ev.ID
		}
		n, known := at[id]
		if !known {
			n = len(out)
			at[id] = n
			out = append(out, Person{ID: id, From: map[string]*Event{}})
		}
		out[n].say(ev, b)
	}
	place := func(p Person) int {
		n := slices.Index(FamilyRoles, p.Role)
		if p.Lives != LivesWith {
			n += 10
		}
		if p.Away() {
			n += 100
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Person) int { return place(a) - place(b) })
	return out
}

// say lets an entry stand as the newest about a person. What it says as the one before
// did is still that one's.
func (p *Person) say(ev *Event, b FamilyMember) {
	was := p.fields()
	if p.Says != nil && (p.Safe != b.Safe || p.SafeWhy != b.SafeWhy) {
		p.Before = append(p.Before, p.From["safe"])
	}
	p.FamilyMember, p.Says = b, ev
	for name, v := range p.fields() {
		if p.From[name] == nil || was[name] != v {
			p.From[name] = ev
		}
	}
}

func (p *Person) fields() map[string]string {
	return map[string]string{"name": p.Name, "relation": p.Relation, "born": p.Born, "lives": p.Lives + "\n" + p.Where, "safe": p.Safe + "\n" + p.SafeWhy + "\n" + strconv.Itoa(int(p.Since)),
		"telephone": p.Phone, "parental_responsibility": p.Responsible, "gone": p.Gone, "child": p.Child}
}

// Offer is somebody of the household whom whoever told us named, and whom nobody has
// recorded as a person yet.
type Offer struct {
	// Key is how FamilyMember.Named says that this is who is meant.
	Key    string
	Member Member
	Event  *Event // who told us, and when
}

// Offered are the people named when something was told about the child who can be taken
// over. Each is offered once, however often they were named, and never again once an
// entry says who they are.
func (r Record) Offered() (out []Offer) {
	family := r.Family()
	named := map[string]bool{}
	same := func(m Member) string {
		return strings.ToLower(strings.Join(strings.Fields(m.Name), " ") + "|" + strings.Join(strings.Fields(m.Relation), " "))
	}
	for i := range r.Events { // every entry that ever took somebody over, whatever was said later
		if b, ok := r.Events[i].Body.(FamilyMember); ok {
			named[b.Named] = true
			named["="+same(Member{Name: b.Name, Relation: b.Relation})] = true
		}
	}
	for _, p := range family {
		if p.Child != "" {
			named["#"+p.Child] = true
		}
	}
	for i := range r.Events {
		ev := &r.Events[i]
		for n, m := range intakeOf(ev.Body).Household {
			if m.Child == r.Child {
				continue
			}
			key := string(ev.ID) + ":" + strconv.Itoa(n)
			if named[key] {
				named["="+same(m)] = true
			}
		}
	}
	for i := range r.Events {
		ev := &r.Events[i]
		for n, m := range intakeOf(ev.Body).Household {
			if m.Child == r.Child || named["="+same(m)] || m.Child != "" && named["#"+m.Child] {
				continue
			}
			named["="+same(m)] = true
			if m.Child != "" {
				named["#"+m.Child] = true
			}
			out = append(out, Offer{string(ev.ID) + ":" + strconv.Itoa(n), m, ev})
		}
	}
	return out
}

// Significant are the entries that a person says are significant, each with the newest
// entry that says so.
func (r Record) Significant() map[entry.ID]*Event {
	out := map[entry.ID]*Event{}
	for i := range r.Events {
		b, ok := r.Events[i].Body.(Significant)
		switch {
		case !ok:
		case b.Is:
			out[b.Entry] = &r.Events[i]
		default:
			delete(out, b.Entry)
		}
	}
	return out
}

// Kin are the records of brothers and sisters that this one names, each once: those that a
// person recorded first, then those that somebody named when they told us.
func (r Record) Kin() (ids []string) {
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, m := range r.Family() {
		add(m.Child)
	}
	for _, o := range r.Offered() {
		add(o.Member.Child)
	}
	return ids
}
