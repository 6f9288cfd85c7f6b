package line

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Parties: what a person is to the authority.
const (
	Staff   = ""        // somebody who works here
	Partner = "partner" // a professional elsewhere
	Family  = "family"
)

// Parties are all there are.
var Parties = []string{Staff, Partner, Family}

// Scopes of programs: the parts of the API that a key opens.
var Scopes = []string{"figures", "duties", "children", "record", "line"}

// SignsIn says that a sign-in with an identity provider is this person's. The
// provider's subject names them; an address of mail never does.
type SignsIn struct {
	Person  string `json:"person"`
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// SignInEnded says that it is theirs no longer.
type SignInEnded struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	Why     string `json:"why"`
}

// PersonSuspended closes every door to a person at once.
type PersonSuspended struct {
	Person string `json:"person"`
	Why    string `json:"why"`
}

// PersonReinstated opens them again.
type PersonReinstated struct {
	Person string `json:"person"`
	Why    string `json:"why"`
}

// PersonLeft says that the day it names is a person's last here. Posts that
// they hold are empty from the day after.
type PersonLeft struct {
	Person string `json:"person"`
	Why    string `json:"why,omitempty"`
}

// PersonMail is where mail for a person goes: counts and links, never a name.
// An empty address ends it.
type PersonMail struct {
	Person  string `json:"person"`
	Address string `json:"address,omitempty"`
}

// PersonRegistered says that somebody is a registered social worker, until the
// last day for which the register was looked at; without one, until it is said
// otherwise. Without a number they are registered no longer.
type PersonRegistered struct {
	Person string   `json:"person"`
	Number string   `json:"number,omitempty"` // in the register of Social Work England
	Until  day.Date `json:"until,omitzero"`
}

// PersonNewlyQualified says from which day on somebody is a newly qualified social
// worker: they are owed supervision more often at first. Without a day they are, or
// were, not: it was recorded by mistake.
type PersonNewlyQualified struct {
	Person string   `json:"person"`
	Since  day.Date `json:"since,omitzero"`
}

// KeyIssued lets a program use the API. The key itself is shown once and kept
// nowhere: only its SHA-256 is.
type KeyIssued struct {
	Key    string   `json:"key"` // its public half, which names it
	Name   string   `json:"name"`
	Owner  string   `json:"owner"` // the person who answers for it; it can do nothing that they cannot
	Scopes []string `json:"scopes"`
	Until  day.Date `json:"until"`
	Hash   string   `json:"sha256"`
}

// KeyRevoked ends it.
type KeyRevoked struct {
	Key string `json:"key"`
	Why string `json:"why"`
}

func peopleKinds() []entry.Known {
	k := func(zero entry.Body, ahead bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Ahead: ahead, Title: title, About: about, On: "line"}
	}
	return []entry.Known{
		k(SignsIn{}, false, "Signs in", "A sign-in with an identity provider is this person's."),
		k(SignInEnded{}, false, "Sign-in ended", "That sign-in is theirs no longer."),
		k(PersonSuspended{}, false, "Person suspended", "Every door is closed to this person, at once."),
		k(PersonReinstated{}, false, "Person reinstated", "The doors are open to this person again."),
		k(PersonLeft{}, true, "Person left", "A person's last day here."),
		k(PersonMail{}, false, "Mail address", "Where mail for this person goes. Without an address: nowhere any more."),
		k(PersonRegistered{}, false, "Registered social worker", "This person stands in the register of Social Work England, and was looked up there."),
		k(PersonNewlyQualified{}, false, "Newly qualified", "From which day on this person is a newly qualified social worker: supervision is owed to them more often at first."),
		k(KeyIssued{}, false, "Key issued", "A program may use the API."),
		k(KeyRevoked{}, false, "Key revoked", "The program may no longer use it."),
	}
}

// The kinds' names.
func (SignsIn) Kind() entry.Kind          { return "person.signs-in" }
func (SignInEnded) Kind() entry.Kind      { return "person.sign-in-ended" }
func (PersonSuspended) Kind() entry.Kind  { return "person.suspended" }
func (PersonReinstated) Kind() entry.Kind { return "person.reinstated" }
func (PersonLeft) Kind() entry.Kind       { return "person.left" }
func (PersonMail) Kind() entry.Kind       { return "person.mail" }
func (PersonRegistered) Kind() entry.Kind { return "person.registered" }
func (KeyIssued) Kind() entry.Kind        { return "key.issued" }
func (PersonNewlyQualified) Kind() entry.Kind {
	return "person.newly-qualified"
}
func (KeyRevoked) Kind() entry.Kind { return "key.revoked" }

// Check of each kind sees what is wrong without knowing the line.
func (b SignsIn) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "person", b.Person, "Choose the person")
	ps = entry.Need(ps, "issuer", b.Issuer, "Name the identity provider")
	return entry.Need(ps, "subject", b.Subject, "Give the provider's subject for the person")
}
func (b SignInEnded) Check() []entry.Problem {
	return entry.Need(entry.Need(entry.Need(nil, "issuer", b.Issuer, "Name the identity provider"), "subject", b.Subject, "Give the subject"), "why", b.Why, "Enter why")
}
func (b PersonSuspended) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "person", b.Person, "Choose the person"), "why", b.Why, "Enter why")
}
func (b PersonReinstated) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "person", b.Person, "Choose the person"), "why", b.Why, "Enter why")
}
func (b PersonLeft) Check() []entry.Problem {
	return entry.Need(nil, "person", b.Person, "Choose the person")
}
func (b PersonMail) Check() []entry.Problem {
	ps := entry.Need(nil, "person", b.Person, "Choose the person")
	if b.Address != "" && !MailAddress(b.Address) {
		ps = append(ps, entry.Problem{Field: "address", Text: "Enter an address such as name@example.gov.uk, with nothing before or after it"})
	}
	return ps
}
func (b PersonRegistered) Check() []entry.Problem {
	return entry.Need(nil, "person", b.Person, "Choose the person")
}
func (b PersonNewlyQualified) Check() []entry.Problem {
	return entry.Need(nil, "person", b.Person, "Choose the person")
}
func (b KeyIssued) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "key", b.Key, "Give the key an id")
	ps = entry.Need(ps, "name", b.Name, "Enter what the key is for")
	ps = entry.Need(ps, "owner", b.Owner, "Choose who answers for the key")
	if len(b.Scopes) == 0 {
		ps = append(ps, entry.Problem{Field: "scopes", Text: "Choose at least one part of the API"})
	}
	for _, s := range b.Scopes {
		ps = entry.OneOf(ps, "scopes", s, Scopes, "There is no such part of the API")
	}
	if b.Until == 0 {
		ps = append(ps, entry.Problem{Field: "until", Text: "Enter the last day of the key"})
	}
	if len(b.Hash) != 64 {
		ps = append(ps, entry.Problem{Field: "sha256", Text: "Give the SHA-256 of the key, in 64 hexadecimal digits"})
	}
	return ps
}
func (b KeyRevoked) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "key", b.Key, "Name the key"), "why", b.Why, "Enter why")
}

// MailAddress says whether a text is a bare address of mail that may stand in a
// header as it is: one @, letters, digits and a few signs, at most 254 of them.
// It is narrower than RFC 5321, on purpose: no quotes, no comments, no name.
func MailAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	fits := func(s, signs string) bool {
		return s != "" && !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") && !strings.Contains(s, "..") && !strings.ContainsFunc(s, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(signs, r)
		})
	}
	return ok && len(s) <= 254 && len(local) <= 64 && fits(local, ".!#$%&'*+/=?^_`{|}~-") && fits(domain, ".-")
}

// MaxKey is the longest that a program's key lasts, in days.
const MaxKey = 366

// ProgramKey is a key of a program, as it stands.
type ProgramKey struct {
	KeyIssued
	Entry   entry.ID
	From    day.Instant
	Revoked bool
}

type absence struct {
	from day.Date
	out  bool
}

// people is what the line knows of people beside their names.
type people struct {
	party   map[string]string
	address map[string]string
	mail    map[string]string
	// telephone is somebody's number at work, by person.
	telephone map[string]string
	// registered are what the register said last, by person.
	registered map[string]PersonRegistered
	qualified  map[string]day.Date  // since when somebody is newly qualified, by person
	signIns    map[[2]string]string // by issuer and subject
	away       map[string][]absence // suspended, back, left; in order of day
	keys       map[string]ProgramKey
	keyIDs     []string
}

func (l *Line) applyPeople(e entry.Entry) {
	on := e.Happened.Date
	p := &l.folk
	switch b := e.Body.(type) {
	case PersonKnown:
		p.party[b.Person] = b.Party
		if b.Address != "" {
			p.address[b.Person] = b.Address
		}
		if b.Telephone != "" {
			p.telephone[b.Person] = b.Telephone
		}
	case SignsIn:
		p.signIns[[2]string{b.Issuer, b.Subject}] = b.Person
	case SignInEnded:
		delete(p.signIns, [2]string{b.Issuer, b.Subject})
	case PersonSuspended:
		p.away[b.Person] = append(p.away[b.Person], absence{on, true})
	case PersonReinstated:
		p.away[b.Person] = append(p.away[b.Person], absence{on, false})
	case PersonLeft:
		p.away[b.Person] = append(p.away[b.Person], absence{on + 1, true})
		for post := range l.holdings {
			if h, ok := l.Holder(post, on); ok && h.Person == b.Person {
				l.leave(post, b.Person, on)
			}
		}
	case PersonMail:
		if b.Address == "" {
			delete(p.mail, b.Person)
		} else {
			p.mail[b.Person] = b.Address
		}
	case PersonRegistered:
		p.registered[b.Person] = b
	case PersonNewlyQualified:
		p.qualified[b.Person] = b.Since
	case KeyIssued:
		if _, ok := p.keys[b.Key]; !ok {
			p.keyIDs = append(p.keyIDs, b.Key)
		}
		p.keys[b.Key] = ProgramKey{KeyIssued: b, Entry: e.ID, From: e.Recorded}
	case KeyRevoked:
		k := p.keys[b.Key]
		k.Revoked = true
		p.keys[b.Key] = k
	}
}

// Known says whether there is such a person.
func (l *Line) Known(person string) bool { _, ok := l.people[person]; return ok }

// Party says what a person is to the authority.
func (l *Line) Party(person string) string { return l.folk.party[person] }

// Address is where a member of staff lives, if they gave it.
func (l *Line) Address(person string) string { return l.folk.address[person] }

// Telephone is somebody's number at work; empty: nobody recorded one.
func (l *Line) Telephone(person string) string { return l.folk.telephone[person] }

// Registered says whether somebody is a registered social worker on a day.
func (l *Line) Registered(person string, on day.Date) bool {
	r := l.folk.registered[person]
	return r.Number != "" && (r.Until == 0 || on <= r.Until)
}

// NewlyQualified is since when somebody is a newly qualified social worker; zero:
// that is not recorded of them.
func (l *Line) NewlyQualified(person string) day.Date { return l.folk.qualified[person] }

// Mail is where mail for a person goes; empty: nowhere.
func (l *Line) Mail(person string) string { return l.folk.mail[person] }

// Reach is who is told today of what a post was told: whoever answers for it
// (see Answers), and where every door is closed to them, whoever answers for the
// post above. Person is empty when there is nobody up to the top.
func (l *Line) Reach(post string, on day.Date) Answer {
	last := Answer{Asked: post, How: ByNobody}
	for p := range l.climb(post, on) {
		a := l.Answers(p.ID, on)
		if a.Person != "" && !l.Away(a.Person, on) {
			a.Asked, a.How = post, how(p.ID == post, a.How)
			return a
		}
		last.Post = a.Post
	}
	return last
}

// Away says that no door is open to a person on a day: suspended, or gone.
func (l *Line) Away(person string, on day.Date) (away bool) {
	for _, a := range l.folk.away[person] {
		if a.from <= on {
			away = a.out
		}
	}
	return away
}

// SignIn is whose a sign-in is.
func (l *Line) SignIn(issuer, subject string) (person string, ok bool) {
	person, ok = l.folk.signIns[[2]string{issuer, subject}]
	return person, ok
}

// SignIns of a person: issuer and subject of each, in order.
func (l *Line) SignIns(person string) (out [][2]string) {
	for at, p := range l.folk.signIns {
		if p == person {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return out
}

// ProgramKey finds a program's key by its id. Whether it still opens anything
// says Opens.
func (l *Line) ProgramKey(id string) (ProgramKey, bool) { k, ok := l.folk.keys[id]; return k, ok }

// ProgramKeys are all that were ever issued, in order.
func (l *Line) ProgramKeys() (out []ProgramKey) {
	for _, id := range l.folk.keyIDs {
		out = append(out, l.folk.keys[id])
	}
	return out
}

// Opens says whether a key opens anything on a day.
func (k ProgramKey) Opens(on day.Date) bool { return k.Key != "" && !k.Revoked && on <= k.Until }

// againstPeople gives what in the line speaks against a command about people.
func (l *Line) againstPeople(cmd Command, no func(field, text string)) {
	on := cmd.Happened.Date
	person := func(field, id string) {
		if id != "" && !l.Known(id) {
			no(field, "There is no such person")
		}
	}
	self := func(id string) {
		if id == cmd.Actor.Person {
			no("person", "Somebody else must record this: it is about yourself")
		}
	}
	switch b := cmd.Body.(type) {
	case SignsIn:
		person("person", b.Person)
		if p, ok := l.SignIn(b.Issuer, b.Subject); ok && p != b.Person {
			no("subject", "This sign-in is somebody else's. End that first")
		}
	case SignInEnded:
		if _, ok := l.SignIn(b.Issuer, b.Subject); !ok {
			no("subject", "This sign-in is nobody's")
		}
	case PersonSuspended:
		person("person", b.Person)
		self(b.Person)
	case PersonReinstated:
		person("person", b.Person)
		self(b.Person)
		if b.Person != "" && !l.Away(b.Person, on) {
			no("person", "This person is not suspended")
		}
	case PersonLeft:
		person("person", b.Person)
	case PersonMail:
		person("person", b.Person)
	case PersonRegistered:
		person("person", b.Person)
		self(b.Person)
	case PersonNewlyQualified:
		person("person", b.Person)
		self(b.Person)
		if b.Since > on {
			no("since", "This day is in the future")
		}
	case KeyIssued:
		person("owner", b.Owner)
		if _, ok := l.ProgramKey(b.Key); ok {
			no("key", "There is a key with this id already")
		}
		if b.Until != 0 && (b.Until < on || b.Until > on+MaxKey) {
			no("until", "The last day must be from today to a year from now")
		}
	case KeyRevoked:
		if k, ok := l.ProgramKey(b.Key); !ok {
			no("key", "There is no such key")
		} else if k.Revoked {
			no("key", "The key was revoked already")
		}
	}
}
