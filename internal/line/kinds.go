package line

import (
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// Kinds are the entries that the line is made of.
func Kinds() []entry.Known {
	k := func(zero entry.Body, ahead bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Ahead: ahead, Title: title, About: about, On: "line"}
	}
	return append([]entry.Known{
		k(AuthorityNamed{}, false, "Authority named", "What the authority is called on every page."),
		k(TeamCreated{}, true, "Team created", "A team of workers under one manager's post."),
		k(TeamClosed{}, true, "Team closed", "The team is no more."),
		k(PostCreated{}, true, "Post created", "A place in the line: its tier, its team, the post above it."),
		k(PostMoved{}, true, "Post moved", "The post has another post above it, or is in another team."),
		k(PostClosed{}, true, "Post closed", "The post is no more. What it owed passes up."),
		k(PersonKnown{}, false, "Person known", "Somebody who works here, or a partner or one of a family."),
		k(PostHeld{}, true, "Post held", "From a day, somebody holds the post."),
		k(PostLeft{}, true, "Post left", "The last day on which the post's holder holds it."),
		k(Cover{}, true, "Cover", "Another post answers for this one, from a day to a day."),
		k(HoursSet{}, true, "Hours", "How many hours a week the post works."),
		k(DelegationGiven{}, true, "Delegation given", "The post may decide something, up to a limit."),
		k(DelegationEnded{}, true, "Delegation ended", "The post may decide it no more."),
		k(FileImported{}, false, "File imported", "A file was read in: which, by whom, what was understood."),
		k(ReturnSent{}, false, "Return sent", "A payload of a return was sent: to whom, of how many children, and what was answered."),
		k(JournalChecked{}, false, "Journal checked", "The whole journal was held against its ledger: what came of it."),
		k(KeyChanged{}, false, "Ledger's key changed", "The ledger is signed with another key from here on. Old receipts hold."),
	}, slices.Concat(peopleKinds(), lookKinds(), owingKinds(), hoursKinds(), overKinds(), returnKinds())...)
}

// Tiers of responsibility. A larger number is further up.
type Tier int

// The tiers of an English authority.
const (
	Worker Tier = iota + 1
	TeamManager
	ServiceManager
	HeadOfService
	Director
	ChiefExecutive
)

// TierNames are the tiers in words, as rules and files name them.
var TierNames = []string{"", "social worker", "team manager", "service manager", "head of service", "director", "chief executive"}

// String gives the tier in words.
func (t Tier) String() string {
	if t < 1 || int(t) >= len(TierNames) {
		return ""
	}
	return TierNames[t]
}

// ParseTier reads a tier's words.
func ParseTier(s string) (Tier, bool) {
	for i, n := range TierNames {
		if i > 0 && n == s {
			return Tier(i), true
		}
	}
	return 0, false
}

// MarshalText writes the tier's words.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads them.
func (t *Tier) UnmarshalText(b []byte) error {
	v, ok := ParseTier(string(b))
	if !ok {
		return entry.Refuse("tier", "there is no tier called "+string(b))
	}
	*t = v
	return nil
}

// AuthorityNamed names the authority.
type AuthorityNamed struct {
	Name string `json:"name"`
	Code string `json:"code,omitempty"` // three figures, as the DfE numbers authorities
	Demo bool   `json:"demonstration,omitempty"`
}

// TeamCreated makes a team.
type TeamCreated struct {
	Team string `json:"team"`
	Name string `json:"name"`
}

// TeamClosed ends it.
type TeamClosed struct {
	Team string `json:"team"`
}

// PostCreated makes a post.
type PostCreated struct {
	Post  string `json:"post"`
	Title string `json:"title"`
	Tier  Tier   `json:"tier"`
	Team  string `json:"team,omitempty"`
	Above string `json:"above,omitempty"` // the post above; empty at the top
	// Function marks posts that rules name: "front door", "conference chair",
	// "performance".
	Function string `json:"function,omitempty"`
}

// PostMoved changes where a post stands.
type PostMoved struct {
	Post  string `json:"post"`
	Team  string `json:"team,omitempty"`
	Above string `json:"above,omitempty"`
}

// PostClosed ends a post.
type PostClosed struct {
	Post string `json:"post"`
	Why  string `json:"why"`
}

// PersonKnown names a person: somebody who works here, or a partner or one of a
// family to whom something is disclosed.
type PersonKnown struct {
	Person       string `json:"person"`
	Name         string `json:"name"`
	Party        string `json:"party,omitempty"` // one of Parties
	Organisation string `json:"organisation,omitempty"`
	// Address is where a member of staff lives, if they gave it: so that looks at
	// a neighbour's record can be asked about.
	Address string `json:"address,omitempty"`
	// Telephone is their number at work: whom to ring at night stands on a child's page.
	Telephone string `json:"telephone,omitempty"`
}

// PostHeld puts a person in a post from the day it happened. Acting says that
// the person only acts up.
type PostHeld struct {
	Post   string `json:"post"`
	Person string `json:"person"`
	Acting bool   `json:"acting,omitempty"`
}

// PostLeft empties a post from the day after it happened: the day it names is
// the holder's last. Person says whose last, and need only be given where two
// hold the post one after the other and it could be either.
type PostLeft struct {
	Post   string `json:"post"`
	Person string `json:"person,omitempty"`
	Why    string `json:"why,omitempty"`
}

// Cover lets another post answer for this one.
type Cover struct {
	Post string   `json:"post"`
	By   string   `json:"by"` // the covering post
	To   day.Date `json:"to,omitzero"`
	Why  string   `json:"why,omitempty"`
}

// HoursSet says how many hours a week the post works.
type HoursSet struct {
	Post    string  `json:"post"`
	PerWeek float64 `json:"per_week"`
}

// FileImported says that a file was read in.
type FileImported struct {
	What     string         `json:"what"`
	SHA256   string         `json:"sha256"`
	Year     string         `json:"year,omitempty"`
	AsOf     day.Instant    `json:"as_of,omitzero"`
	Counts   map[string]int `json:"counts,omitempty"`
	Findings int            `json:"findings"`
}

// ReturnSent says that a payload of a return was sent, and how that was answered for
// good: accepted, or refused. It names no child; what was sent can be held against its
// hash.
type ReturnSent struct {
	What      string `json:"what"` // "daily-feed"
	Authority string `json:"authority"`
	To        string `json:"to"`      // the address
	Sending   string `json:"sending"` // names it, here and there
	Children  int    `json:"children"`
	SHA256    string `json:"sha256"` // of the payload
	Status    int    `json:"status"` // of the answer, as HTTP has it
	Accepted  bool   `json:"accepted"`
	Receipt   string `json:"receipt,omitempty"` // what the other side named it
	Tries     int    `json:"tries"`
}

// JournalChecked says that the whole journal was held against its ledger, and every
// list against what the entries say.
type JournalChecked struct {
	Entries     int64  `json:"entries"`
	Checkpoints int    `json:"checkpoints"`
	Root        string `json:"root,omitempty"`  // of the ledger at that size
	Fault       string `json:"fault,omitempty"` // the first; empty: all was in order
}

// KeyChanged says that the ledger is signed with another key from here on.
type KeyChanged struct {
	Key string `json:"key"` // the new public key
}

// The kinds' names.
func (AuthorityNamed) Kind() entry.Kind { return "authority.named" }
func (TeamCreated) Kind() entry.Kind    { return "team.created" }
func (TeamClosed) Kind() entry.Kind     { return "team.closed" }
func (PostCreated) Kind() entry.Kind    { return "post.created" }
func (PostMoved) Kind() entry.Kind      { return "post.moved" }
func (PostClosed) Kind() entry.Kind     { return "post.closed" }
func (PersonKnown) Kind() entry.Kind    { return "person.known" }
func (PostHeld) Kind() entry.Kind       { return "post.held" }
func (PostLeft) Kind() entry.Kind       { return "post.left" }
func (Cover) Kind() entry.Kind          { return "cover" }
func (HoursSet) Kind() entry.Kind       { return "hours" }
func (JournalChecked) Kind() entry.Kind { return "journal.checked" }
func (KeyChanged) Kind() entry.Kind     { return "ledger.key-changed" }
func (FileImported) Kind() entry.Kind   { return "file.imported" }
func (ReturnSent) Kind() entry.Kind     { return "return.sent" }

// Check of each kind sees what is wrong without knowing the line.
func (b AuthorityNamed) Check() []entry.Problem {
	return entry.Need(nil, "name", b.Name, "Enter the authority's name")
}
func (b TeamCreated) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "team", b.Team, "Give the team a short id"), "name", b.Name, "Enter the team's name")
}
func (b TeamClosed) Check() []entry.Problem { return entry.Need(nil, "team", b.Team, "Name the team") }
func (b PostCreated) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "post", b.Post, "Give the post a short id")
	ps = entry.Need(ps, "title", b.Title, "Enter the post's title")
	if b.Tier.String() == "" {
		ps = append(ps, entry.Problem{Field: "tier", Text: "Choose the tier"})
	}
	return ps
}
func (b PostMoved) Check() []entry.Problem { return entry.Need(nil, "post", b.Post, "Name the post") }
func (b PostClosed) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "post", b.Post, "Name the post"), "why", b.Why, "Enter why the post is closed")
}
func (b PersonKnown) Check() []entry.Problem {
	ps := entry.Need(entry.Need(nil, "person", b.Person, "Give the person an id"), "name", b.Name, "Enter the person's name")
	return entry.OneOf(ps, "party", b.Party, Parties, "Say whether this is a member of staff, a partner or family")
}
func (b PostHeld) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "post", b.Post, "Name the post"), "person", b.Person, "Name the person")
}
func (b PostLeft) Check() []entry.Problem { return entry.Need(nil, "post", b.Post, "Name the post") }
func (b Cover) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "post", b.Post, "Name the post that is covered")
	ps = entry.Need(ps, "by", b.By, "Name the post that covers it")
	if b.Post != "" && b.Post == b.By {
		ps = append(ps, entry.Problem{Field: "by", Text: "A post cannot cover itself"})
	}
	return ps
}
func (b HoursSet) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "post", b.Post, "Name the post")
	if b.PerWeek < 0 || b.PerWeek > 60 {
		ps = append(ps, entry.Problem{Field: "per_week", Text: "Hours a week must be from 0 to 60"})
	}
	return ps
}
func (b KeyChanged) Check() []entry.Problem {
	return entry.Need(nil, "key", b.Key, "Give the new public key")
}
func (b JournalChecked) Check() (ps []entry.Problem) {
	if b.Entries < 0 || b.Checkpoints < 0 {
		ps = append(ps, entry.Problem{Field: "entries", Text: "There cannot be fewer than none"})
	}
	return ps
}
func (b FileImported) Check() []entry.Problem {
	return entry.Need(nil, "sha256", b.SHA256, "Give the file's SHA-256")
}
func (b ReturnSent) Check() []entry.Problem {
	ps := entry.Need(entry.Need(nil, "sha256", b.SHA256, "Give the payload's SHA-256"), "to", b.To, "Say where it was sent")
	return entry.Need(ps, "sending", b.Sending, "Name the sending")
}
