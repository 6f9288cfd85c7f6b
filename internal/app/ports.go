package app

import (
	"context"
	"errors"
	"onus/internal/concern"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// Errors that callers can tell apart. One table in web and one in cli turn
// them into statuses and exit codes.
var (
	ErrNotFound  = errors.New("there is no such thing here")
	ErrConflict  = errors.New("somebody recorded something else in between")
	ErrForbidden = errors.New("this is not yours to see or do")
	// ErrRotated: the ledger has another key since this program started.
	ErrRotated  = errors.New("the ledger's key has been changed: start this program again, with the new key")
	ErrNotEmpty = errors.New("the store is not empty")
	ErrErased   = entry.Refuse("", "This entry was erased. A receipt that was given before still holds, but no new one can be made")
	ErrTampered = errors.New("the journal is not as it was recorded")
)

// Clock tells the time. Only the edge has a real one.
type Clock interface{ Now() day.Instant }

// Head is where the journal ends.
type Head struct {
	Size     int64       // how many entries
	Recorded day.Instant // of the last entry
	LineSeq  int64       // of the last entry about the line or the rules, from 1; 0 when none
}

// Stored is an entry with its place in the journal and its salt.
type Stored struct {
	Seq   int64 // from 0
	Entry entry.Entry
	Salt  []byte
	// Leaf is set when the entry was erased: its hash in the ledger. Then Entry
	// has its id and nothing else.
	Leaf []byte
}

// Erased says that only place, id and leaf are left of the entry.
func (s Stored) Erased() bool { return s.Leaf != nil }

// ChildRow is what lists show of a child: a cache of the record.
type ChildRow struct {
	Child          string
	LastSeq        int64 // of the child's last entry: the version of the record
	Entries        int
	Name           string
	Folded         string // for search
	Birth          day.Date
	Expected       day.Date
	Open           bool
	Since          day.Date
	Rank           int
	Situation      string // in words: "protection plan, neglect"
	Team           string
	Post           string
	NoWorkerSince  day.Date
	Workers        int
	LastSeen       day.Date
	LastAlone      day.Date
	ReferralOpened entry.ID
	Sorted         day.Date // as stored: SortAt
	Guard          string   // child.Guard as JSON; empty when nothing guards the record
	// DisposeOn is from which day the child stands in the list of what may be
	// disposed of: its time is over, or somebody proposed it. Zero: not.
	DisposeOn day.Date
	// Area is the part of town: the first half of the postcode. Empty: not known.
	Area string
	// Journey is how long the way to the child takes, there and back, in minutes, as
	// visits said; 0: none did. Miles is how far from home the child is placed; 0: not said.
	Journey, Miles int
	// Wake is when the row and its duties change by time alone: see duty.Pack.Wakes.
	Wake day.Instant
	// Closed is set by a desk when the record is closed to whoever asks: the post
	// to ask about it. It is not stored.
	Closed string
}

// DutyRow is an open duty as lists show it: a cache of what follows from the record.
type DutyRow struct {
	ID        string
	Child     string
	Rule      string
	Start     entry.ID
	Owner     line.Key
	Team      string
	Rank      int
	Since     day.When
	Shifted   bool
	Due       day.Deadline
	Until     day.Instant // zero: never
	NextClimb day.Instant // zero: nothing left to climb
	Climbed   int         // how many steps were told
	ClimbedTo string      // the post told last
	ClimbedAt day.Instant
	SpanUnit  day.Unit
	ChildRow  ChildRow // filled by lists only
}

// OwedRow is an open duty as hours need it.
type OwedRow struct {
	ID, Child, Rule string
	Owner           line.Key
	Team            string
	Since           day.When
	Due             day.Date
}

// HeldRow is who has an open child.
type HeldRow struct {
	Child, Team, Post string
	Guard             string // as in ChildRow: it says who works beside the worker
	Area              string // as in ChildRow
	Journey, Miles    int    // as in ChildRow
}

// DutyQuery asks for open duties, ordered by risk, then by when they are due.
type DutyQuery struct {
	Owners []line.Key // any of these; nil: whoever owes
	Teams  []string   // any of these; nil: all
	Child  string
	Rule   string
	Rules  []string    // any of these; nil: all
	LateAt day.Instant // only those late at this instant; zero: all
	Now    day.Instant // leaves out what is no longer owed by age
	After  Cursor
	Limit  int
}

// ChildQuery asks for children, ordered by risk, then by how long they wait or
// have been known.
type ChildQuery struct {
	IDs         []string // any of these; nil: all
	Posts       []string // allocated to any of these
	Teams       []string // in any of these; nil: all
	Unallocated bool
	OpenOnly    bool
	Guarded     bool // something guards the record
	// OpenTo are those to whom the record is open by name or post, for one of
	// the reasons Why, at OpenAt.
	OpenTo, Why []string
	OpenAt      day.Instant
	Search      string // words of a name or a number, folded
	After       Cursor
	Limit       int
}

// DisposalQuery asks for children whose record may be disposed of on a day,
// longest over first.
type DisposalQuery struct {
	On      day.Date
	Teams   []string // any of these; nil: all
	AfterOn day.Date // after this row: its day and its child
	After   string
	Limit   int
}

// ConcernRow is a concern as lists show it: a cache of the journal.
type ConcernRow struct {
	ID           string
	Number       int
	Title        string
	Raised       day.Instant
	Raiser       string // PersonKey, or "sealed:" and a hash in confidence
	Confidential bool
	State        concern.State
	By           day.Date // by when an answer is due; zero: none is awaited
	AckBy        day.Date // by when somebody must say that they have it; zero: somebody did
	AskOn        day.Date // when is asked next whether anybody was treated worse; zero: never again
	Unheard      int      // how often somebody was, and the guardian has not replied
	NameWaits    bool     // one asks who raised it, and a second has not agreed
	Next         day.Instant
	Step         int
	LastSeq      int64
	Told         []string
	Promises     []PromiseRow // not kept yet
}

// PromiseRow is what an answer promised and nobody has done yet.
type PromiseRow struct {
	Concern string
	Answer  entry.ID
	Nth     int
	Post    string
	What    string
	By      day.Date
}

// ConcernQuery asks for concerns, newest first.
type ConcernQuery struct {
	IDs     []string // any of these; nil: all
	Raisers []string // raised by any of these; nil: by anybody
	Told    []string // told to any of these posts; nil: all
	Open    bool     // not settled
	State   concern.State
	Since   day.Instant // raised since then
	AskedBy day.Date    // of which is asked by this day whether anybody was treated worse
	Unheard bool        // somebody was, and the guardian has not replied
	Names   bool        // somebody asks who raised it
	ByDue   bool        // first due first, and not newest first; not with After
	DueAt   day.Instant // the rules must look by then; zero: all
	After   Cursor      // its At and ID
	Limit   int
}

// Out is a message that leaves, as the outbox keeps it. No name stands in it.
type Out struct {
	ID      entry.ID // names the message for ever
	Matter  string   // DutyMatter, ConcernMatter or OutDigest
	Step    string   // of the matter; of a digest its day
	Who     string   // PostKey or PersonKey
	Channel string   // OutMail
	Child   string   // whom it is about; empty: no one child
	Made    day.Instant
	Subject string
	Text    string
	Brief   string // what a digest says of it
	State   OutState
	Tries   int
	Next    day.Instant // when it is tried next, while it waits
	Ended   day.Instant // when it stopped waiting
	Problem string      // why the last try did not succeed; no personal data
}

// OutState is what became of a message.
type OutState string

// The states of messages.
const (
	OutWaiting   OutState = "waiting"
	OutSent      OutState = "sent"      // the mail server took it
	OutInDigest  OutState = "digest"    // there were too many for a mail each: the digest tells it
	OutOvertaken OutState = "overtaken" // a digest of a later day stands in its place
	OutGivenUp   OutState = "given up"
	OutLetGo     OutState = "let go" // given up, and somebody said that this is known
)

// What messages are about, and how they leave.
const (
	OutDigest = "digest"
	OutMail   = "mail"
)

// DutyMatter and ConcernMatter name what a message is about.
func DutyMatter(id string) string    { return "duty:" + id }
func ConcernMatter(id string) string { return "concern:" + id }

// lineMatter is what a message is about that the line owes.
func lineMatter(b line.OwedClimbed) string {
	m := "line:" + b.About + ":" + b.Post + ":" + b.Since.String()
	if b.Of != "" {
		m += ":" + b.Of
	}
	return m
}

// OutQuery asks for messages, oldest first.
type OutQuery struct {
	State             OutState // empty: any
	Who               []string // any of these; nil: all
	Matter            string
	NoDigest          bool
	DueAt             day.Instant // to be tried by then; zero: whenever
	MadeAfter, MadeBy day.Instant // zero: whenever
	Newest            bool        // newest first
	Limit             int
}

// OutCount counts messages with one problem.
type OutCount struct {
	Problem string
	N       int
	Oldest  day.Instant
}

// Behind counts what should have been done by some moment and was not.
type Behind struct {
	Steps    int // of duties that climb
	Wakes    int // children whose rows time changed
	Concerns int
	Since    day.Instant // the oldest of them; zero: there is none
}

// Cursor is where a page of a list begins: just after this row. The zero
// Cursor is the beginning.
type Cursor struct {
	Rank int
	At   int64
	ID   string
}

// Load counts what an owner owes.
type Load struct {
	Owner line.Key
	Team  string
	Owed  int
	Late  int
}

// TeamCount counts a team's children.
type TeamCount struct {
	Team              string
	Open, Unallocated int
}

// PostCount counts a team's open children that a post has.
type PostCount struct {
	Team     string // empty: no team yet
	Post     string // empty: no worker
	Children int
}

// View is a consistent look at the store.
type View interface {
	Head(ctx context.Context) (Head, error)
	// Entries of a subject in recorded order. An erased entry has no subject any
	// more: it is in no record.
	Entries(ctx context.Context, s entry.Subject) ([]Stored, error)
	// EntriesFrom are those at or after a place in the journal.
	EntriesFrom(ctx context.Context, s entry.Subject, seq int64) ([]Stored, error)
	Entry(ctx context.Context, id entry.ID) (Stored, error)
	// Each walks the journal from a sequence number in order, erased entries too.
	Each(ctx context.Context, from int64, fn func(Stored) error) error
	Child(ctx context.Context, id string) (ChildRow, error)
	ChildByID(ctx context.Context, id Identifier) (string, error)
	// Identifiers are one child's numbers, in order.
	Identifiers(ctx context.Context, child string) ([]Identifier, error)
	Children(ctx context.Context, q ChildQuery) ([]ChildRow, error)
	// Openings of one child, in order.
	Openings(ctx context.Context, child string) ([]Opening, error)
	// FamilyLink finds what a private link opens by the hash of its secret; FamilyLinks
	// are those of one child or concern, in the order of their hashes.
	FamilyLink(ctx context.Context, hash string) (FamilyLink, error)
	FamilyLinks(ctx context.Context, of entry.Subject) ([]FamilyLink, error)
	// StrayFamilyLinks counts those of no child or concern that a list shows.
	StrayFamilyLinks(ctx context.Context) (int, error)
	// EachChild walks all children's ids in order, after one.
	ChildIDs(ctx context.Context, after string, limit int) ([]string, error)
	Duties(ctx context.Context, q DutyQuery) ([]DutyRow, error)
	// Door lists what waits for a decision: the most urgent first, then the least
	// time left. DoorCounts counts all of it, late at the query's LateAt.
	Door(ctx context.Context, q DoorQuery) ([]DoorRow, error)
	DoorCounts(ctx context.Context, q DoorQuery) ([]DoorCount, error)
	// WaitingAfter are the children about whom something waits, wherever, by their ids.
	WaitingAfter(ctx context.Context, after string, limit int) ([]string, error)
	// Visits lists what may be asked about the visits to a team's children; ChildVisits is
	// all of one child, by list, visit and goal.
	Visits(ctx context.Context, q VisitQuery) ([]VisitRow, error)
	ChildVisits(ctx context.Context, child string) ([]VisitRow, error)
	// Flow adds up who came to these teams, team by team and week by week, from one
	// Monday up to another: that is not in it. ChildArrivals are one child's rows, in order.
	Flow(ctx context.Context, teams []string, from, until day.Date) ([]FlowWeek, error)
	ChildArrivals(ctx context.Context, child string) ([]Arrival, error)
	ChildDuties(ctx context.Context, child string) ([]DutyRow, error)
	// Owed are open duties of these teams or owed by these owners, in no order: as few
	// columns as hours need, so that a whole authority can be looked at.
	Owed(ctx context.Context, owners []line.Key, teams []string, now day.Instant) ([]OwedRow, error)
	// Held are the open children of these teams or posts, in no order: who has each.
	Held(ctx context.Context, posts, teams []string) ([]HeldRow, error)
	// Loads counts what each owner owes in these teams; nil: in all.
	Loads(ctx context.Context, teams []string, now day.Instant) ([]Load, error)
	// LoadsOf counts what these owners owe, wherever the children are.
	LoadsOf(ctx context.Context, owners []line.Key, now day.Instant) ([]Load, error)
	// PostCounts counts the open children of these teams by who has them, the
	// teams in order; nil: all teams, and no team.
	PostCounts(ctx context.Context, teams []string) ([]PostCount, error)
	// Disposable are children whose record may be disposed of.
	Disposable(ctx context.Context, q DisposalQuery) ([]ChildRow, error)
	// DueToClimb are children with a step to take by now.
	DueToClimb(ctx context.Context, now day.Instant, limit int) ([]string, error)
	// Concerns without the posts told and the promises, which Concern gives too.
	Concerns(ctx context.Context, q ConcernQuery) ([]ConcernRow, error)
	Concern(ctx context.Context, id string) (ConcernRow, error)
	// ConcernNumber is the highest number that a concern has.
	ConcernNumber(ctx context.Context) (int, error)
	// Promises that these posts made and have not kept, first due first; nil: all posts.
	Promises(ctx context.Context, posts []string, limit int) ([]PromiseRow, error)
	Outs(ctx context.Context, q OutQuery) ([]Out, error)
	// CountOuts counts messages by their problem, in its order.
	CountOuts(ctx context.Context, q OutQuery) ([]OutCount, error)
	// Behind counts what was due by a moment and is not done, of what is owed now.
	Behind(ctx context.Context, by, now day.Instant) (Behind, error)
	// Decisions without what is owed because of them, which Decision gives too.
	Decisions(ctx context.Context, q DecisionQuery) ([]DecisionRow, error)
	Decision(ctx context.Context, id string) (DecisionRow, error)
	DecisionNumber(ctx context.Context) (int, error)
	// RecordOwed is what posts owe because of records that are not a child's, first
	// due first.
	RecordOwed(ctx context.Context, q RecordOwedQuery) ([]RecordOwed, error)
	// Talks without what is owed because of them, which Talk gives too.
	Talks(ctx context.Context, q TalkQuery) ([]TalkRow, error)
	Talk(ctx context.Context, id string) (TalkRow, error)
	// Packs without the posts that owe them, which Pack gives too.
	Packs(ctx context.Context, q PackQuery) ([]PackRow, error)
	Pack(ctx context.Context, id string) (PackRow, error)
	PackNumber(ctx context.Context) (int, error)
	PackOwed(ctx context.Context, q PackOwedQuery) ([]PackOwed, error)
	// FeedSendings without what they say, which FeedSending gives too while it is kept.
	FeedSendings(ctx context.Context, q FeedSendingQuery) ([]FeedSending, error)
	FeedSending(ctx context.Context, id string) (FeedSending, error)
	// FeedParts are who is in a sending; FeedHeld is what an address accepted last of
	// each child of an authority. Both by their numbers.
	FeedParts(ctx context.Context, sending string) ([]FeedPart, error)
	FeedHeld(ctx context.Context, authority, target string) ([]FeedPart, error)
	// ReturnRuns are times that a return was made, newest first; ReturnRun is one.
	ReturnRuns(ctx context.Context, q ReturnRunQuery) ([]ReturnRun, error)
	ReturnRun(ctx context.Context, id string) (ReturnRun, error)
	// ReturnRules are what came of the rules that did not hold in a check, by code.
	// ReturnTeams are a rule's children by team, or without a code any rule's, by team.
	ReturnRules(ctx context.Context, run string) ([]ReturnRule, error)
	ReturnTeams(ctx context.Context, run, code string) ([]ReturnTeam, error)
	// ReturnTeamRules are the rules that found children of a team, by code.
	ReturnTeamRules(ctx context.Context, run, team string) ([]ReturnTeam, error)
	// ReturnFailures are the children behind rules, in one team.
	ReturnFailures(ctx context.Context, q ReturnFailureQuery) ([]ReturnFailure, error)
	// EachReturnData reads the parts of data that returns are checked with, in order; of
	// all data where none is named.
	EachReturnData(ctx context.Context, data string, fn func(ReturnPart) error) error
	// CountReturnData is how many parts of data are here, and how many were erased.
	CountReturnData(ctx context.Context, data string) (kept, erased int, err error)
	// CountChildren is how many records of children there are.
	CountChildren(ctx context.Context) (int, error)
	Hashes(ctx context.Context, indexes []int64) ([][]byte, error)
	Checkpoint(ctx context.Context) (text []byte, size int64, err error)
	Checkpoints(ctx context.Context, fn func(size int64, text []byte) error) error
	// CheckpointOf is the signed head of a size.
	CheckpointOf(ctx context.Context, size int64) ([]byte, error)
	// Cosignatures under the head of a size; CosignedSizes are the sizes of heads
	// after an entry that any witness signed, newest first; LastCosigned is what
	// each witness signed last.
	Cosignatures(ctx context.Context, size int64) ([]Cosignature, error)
	CosignedSizes(ctx context.Context, after int64, limit int) ([]int64, error)
	LastCosigned(ctx context.Context) (map[string]int64, error)
	Meta(ctx context.Context, key string) (string, error)
	Done(ctx context.Context, key string) (Outcome, error)
	Reads(ctx context.Context, child string, until day.Instant, limit int) ([]Read, error)
	// ReadsBy are a person's own looks, newest first, before a moment, but those
	// at one page, and those of the thousands of records that a return is made from. There may be more than the limit: the last moment is never cut.
	ReadsBy(ctx context.Context, person, except string, before day.Instant, limit int) ([]Read, error)
	// ReadsBetween are looks after one moment up to another, in order, but those
	// at some pages; at most 10,000.
	ReadsBetween(ctx context.Context, after, until day.Instant, except []string) ([]Read, error)
	// Session is what is kept under the hash of a session's token.
	Session(ctx context.Context, token string) (data []byte, expires day.Instant, err error)
	Draft(ctx context.Context, person, path string) (Draft, error)
	Stranger(ctx context.Context, code string) (Stranger, error)
	Strangers(ctx context.Context, limit int) ([]Stranger, error)
	// FormTimes are the counts of every form from a month on, by form, month and bucket.
	FormTimes(ctx context.Context, from day.Date) ([]FormTime, error)
}

// Opening says that a child's record is open to somebody by name, or to a post,
// beside those who work with the child.
type Opening struct {
	Who   string      // PersonKey or PostKey
	Why   string      // one of the reasons below
	Until day.Instant // the first moment at which it is closed again; zero: it lasts
}

// FamilyLink is a private link as it stands: a cache of the entry by which it was given.
type FamilyLink struct {
	Hash    string // of its secret
	Subject entry.Subject
	Entry   entry.ID
	Until   day.Date // its last day; zero: it lasts
	Ended   bool     // or locked, after too many wrong words
}

// Why a record is open to somebody.
const (
	OpenLetIn     = "let in"
	OpenSample    = "sample"
	OpenDisclosed = "disclosed"
	OpenChair     = "chair"
	// OpenHad is no door: it says that a post, or a team, had the child at some time,
	// or owed it something that was late (until: the end of the last day on which such
	// a thing was due), so that what was owed then can be counted.
	OpenHad = "had"
)

// PersonKey and PostKey name whoever a record is open to.
func PersonKey(id string) string { return "person:" + id }
func PostKey(id string) string   { return "post:" + id }

// TeamKey names a team that had a child: see OpenHad.
func TeamKey(id string) string { return "team:" + id }

// OwedKey names a post that owed a child something that was late: see OpenHad. Without
// a post it is for what climbed before it was noted who owed it.
func OwedKey(post string) string { return "owed:" + post }

// Identifier is a number that some system knows a child by.
type Identifier struct{ System, Authority, Value string }

// Outcome of a command that was done before with the same idempotency key.
type Outcome struct {
	Key     string
	Request string // SHA-256 of what was asked
	Child   string
	Entries []entry.ID
	At      day.Instant
}

// Read is one look at a child's record.
type Read struct {
	At     day.Instant
	Person string
	Post   string
	Child  string
	What   string // which page
	// Grounds is the policy that let them look, or that refused them.
	Grounds string
	Refused bool
	Program string // the key of the program that asked for them
}

// Draft is what a person typed into a form and did not record yet.
type Draft struct {
	Person string
	Path   string // of the form
	Body   string
	At     day.Instant
}

// Stranger is a sign-in that worked, and of which nobody has said whose it is.
type Stranger struct {
	Code            string // what the person tells an administrator
	Issuer, Subject string
	At              day.Instant
}

// Tx is a View that can write. All of it happens or none of it.
type Tx interface {
	View
	// Lock takes the one place in the queue of writers and gives the head.
	Lock(ctx context.Context) (Head, error)
	// Savepoint runs fn so that it can be undone alone: when fn gives an error, which
	// is undone, nothing of it has happened and the transaction goes on. After err
	// it cannot: give it up.
	Savepoint(ctx context.Context, fn func() error) (undone, err error)
	Append(ctx context.Context, es []Stored, hashes [][]byte, at int64, head Head) error
	// Erase destroys what entries of a child say: of each, place, id and the leaf
	// given with it stay. What was asked when they were recorded goes too.
	Erase(ctx context.Context, child string, es []Stored) error
	// DropChild removes a child's row, numbers, duties and drafts.
	DropChild(ctx context.Context, child string) error
	// PutChild writes the rows of children.
	PutChild(ctx context.Context, cs ...ChildRow) error
	// PutIdentifiers makes a child's numbers exactly these: by a number that was
	// corrected nobody may find the wrong child.
	PutIdentifiers(ctx context.Context, child string, ids []Identifier) error
	// PutOpenings makes exactly these those to whom a child's record is open by
	// name or post.
	PutOpenings(ctx context.Context, child string, os []Opening) error
	// PutFamilyLinks makes exactly these the private links of a child or concern.
	PutFamilyLinks(ctx context.Context, of entry.Subject, ls []FamilyLink) error
	// PutDuties makes the rows of these children exactly these, touching only what
	// changed.
	PutDuties(ctx context.Context, children []string, ds []DutyRow) error
	// PutDoor makes what waits for a decision about these children exactly this.
	PutDoor(ctx context.Context, children []string, rows []DoorRow) error
	// PutVisits makes what may be asked about these children's visits exactly this.
	PutVisits(ctx context.Context, children []string, rows []VisitRow) error
	// PutArrivals makes exactly these what these children brought to teams.
	PutArrivals(ctx context.Context, children []string, rows []Arrival) error
	// PutConcern writes a concern's rows.
	PutConcern(ctx context.Context, c ConcernRow) error
	PutDecision(ctx context.Context, d DecisionRow) error
	PutPack(ctx context.Context, p PackRow) error
	PutTalk(ctx context.Context, t TalkRow) error
	// PutOut puts a message into the outbox. It does nothing, and says so, when
	// the same step was told to the same on the same channel before.
	PutOut(ctx context.Context, o Out) (fresh bool, err error)
	// SetOut changes state, tries, next, end and problem of a message that waits,
	// if its next try is still the one given: else another has taken it.
	SetOut(ctx context.Context, o Out, was day.Instant) (ours bool, err error)
	// MoveOuts changes the state of every message in one state, at a moment. Those
	// that wait again count as made then, and are tried at once.
	MoveOuts(ctx context.Context, from, to OutState, at day.Instant) (int, error)
	// OvertakeDigests ends digests of days before this one that still wait.
	OvertakeDigests(ctx context.Context, today string, at day.Instant) error
	// DropOuts removes messages that ended before a moment, but none given up.
	DropOuts(ctx context.Context, ended day.Instant) error
	// PutFeedSending keeps a payload of the daily feed before it is sent.
	PutFeedSending(ctx context.Context, s FeedSending, parts []FeedPart) error
	// SetFeedSending changes what became of one that waits, if its next try is still
	// the one given: else another has taken it. What an accepted one says is emptied.
	SetFeedSending(ctx context.Context, s FeedSending, was day.Instant) (ours bool, err error)
	// HoldFeed notes that the address of a sending accepted what it says of these.
	HoldFeed(ctx context.Context, s FeedSending, parts []FeedPart) error
	// ForgetRefusedFeed empties what refused sendings to an address say.
	ForgetRefusedFeed(ctx context.Context, authority, target string) error
	PutReturnRun(ctx context.Context, r ReturnRun) error
	// SetReturnRun changes a run, if it is still in the state given: else another has
	// changed it.
	SetReturnRun(ctx context.Context, r ReturnRun, was ReturnState) (ours bool, err error)
	// PutReturnResult keeps what a check found. Of earlier checks of the same return,
	// which children were behind their rules is forgotten.
	PutReturnResult(ctx context.Context, r ReturnRun, rules []ReturnRule, teams []ReturnTeam, failures []ReturnFailure) error
	// PutReturnData keeps parts of data that returns are checked with.
	PutReturnData(ctx context.Context, parts []ReturnPart) error
	PutCheckpoint(ctx context.Context, size int64, text []byte, at day.Instant) error
	PutCosignature(ctx context.Context, c Cosignature) error
	PutMeta(ctx context.Context, key, value string) error
	PutDone(ctx context.Context, os ...Outcome) error
	PutReads(ctx context.Context, rs []Read) error
	PutSession(ctx context.Context, token string, data []byte, expires day.Instant) error
	DropSession(ctx context.Context, token string) error
	// DropOld removes sessions and drafts from before a moment.
	DropOld(ctx context.Context, sessions, drafts day.Instant) error
	// PutDraft keeps a draft; an empty body removes it.
	PutDraft(ctx context.Context, d Draft) error
	// PutStranger keeps a sign-in that nobody knows, and gives the code under
	// which it is kept: the first one, when it was tried before.
	PutStranger(ctx context.Context, s Stranger) (code string, err error)
	DropStranger(ctx context.Context, issuer, subject string) error
	// AddFormTimes adds to what was counted.
	AddFormTimes(ctx context.Context, list []FormTime) error
}

// Store keeps everything. SQLite and PostgreSQL pass the same suite.
type Store interface {
	// View runs fn on a consistent snapshot.
	View(ctx context.Context, fn func(View) error) error
	// Update runs fn in one durable transaction. Nothing is acknowledged before
	// it is on the disk. When fn gives an error nothing has happened.
	Update(ctx context.Context, fn func(Tx) error) error
	// Scratch makes an empty store in memory, of which nothing is left when it is closed.
	Scratch(ctx context.Context) (Store, error)
	Close() error
}

// SortAt is the day by which a child's row is ordered within a risk: without a
// worker since, else open since.
func (c ChildRow) SortAt() day.Date {
	if c.NoWorkerSince != 0 {
		return c.NoWorkerSince
	}
	return c.Since
}
