// Package access answers one question: may this person, or this program, do
// this to this, and under which policy. The rules are the texts in policies/,
// written in Cedar so that an information-governance officer can read them.
//
// It may know tiers and functions of posts (internal/line). It must never know
// entries, records, pages or storage, nor what time it is: whoever asks says
// how things stand at the moment of asking (Who, Child), and a relation that
// has ended is simply no longer in the question. That is why access ends with
// the first request after a child is given to somebody else.
//
// Cedar skips a forbid that cannot be worked out, which would open what it was
// to close. So every error is a refusal here, every attribute is always
// present, and New refuses policies that speak of anything the schema does not
// promise.
package access

import "onus/internal/line"

// Action is what somebody wants to do, in the words in which the policies name
// it.
type Action string

// What can be done to a child's record.
const (
	SeeChild     Action = "see a child's record"
	RecordChild  Action = "record about a child"
	SeeReaders   Action = "see who looked at a child's record"
	SeeName      Action = "see a child's name in a list"
	ExportChild  Action = "take a copy of a child's record"
	Restrict     Action = "restrict a child's record"
	Grant        Action = "let somebody into a restricted record"
	BreakGlass   Action = "open a record in an emergency"
	ReviewGlass  Action = "review an emergency opening"
	Disclose     Action = "disclose something to a partner or the family"
	SeeDisclosed Action = "see what was disclosed to me"
	Declare      Action = "declare that I know this family"
	Dispose      Action = "propose or agree a disposal"
	Dispute      Action = "record that somebody disputes an entry"
	// Tell adds a contact or referral. It shows nothing.
	Tell Action = "add what we were told about a child"
	// AnswerAllocation takes a child, or objects to taking them.
	AnswerAllocation Action = "say whether I take a child"
)

// What can be done to a team.
const (
	SeeTeam        Action = "see a team's children"
	SeeTeamFigures Action = "see a team's figures, without names"
	Allocate       Action = "allocate a team's children"
)

// What can be done in the authority, to no particular child or team.
const (
	SeeOwnWork      Action = "see my own work"
	Search          Action = "search for a child"
	SeeLine         Action = "see the line of responsibility"
	SeeFigures      Action = "see the authority's figures, without names"
	ChangeLine      Action = "change the line of responsibility"
	RecordNewChild  Action = "record a child who is not known yet"
	ManagePeople    Action = "let people sign in, or suspend them"
	ManageKeys      Action = "manage the keys of programs"
	DrawSample      Action = "draw a sample for an auditor"
	SeeOwnLooks     Action = "see what I have looked at"
	AnswerQuestions Action = "answer questions about who looked"
	HoldSupervision Action = "hold supervision"
	SeeRules        Action = "see the rules"
	AdoptRules      Action = "adopt rules"
	Import          Action = "read in a file"
	RaiseConcern    Action = "raise a concern"
	MakeDecision    Action = "see and propose decisions"
	AskPack         Action = "ask for a pack for a hearing"
	// SeeReturns shows counts by rule and team, and no name.
	SeeReturns  Action = "see how the returns stand"
	CheckReturn Action = "have a return checked"
	// TakeReturn gives out a file that names every child in it.
	TakeReturn Action = "take a return away"
	// GiveReturnData brings files: last year's return, a postcode directory, a list of
	// providers. What they say is not shown to anybody.
	GiveReturnData Action = "give data that returns are checked with"
	// SetFeed says whether and when the daily feed leaves by itself.
	SetFeed Action = "set when the daily feed is sent"
)

// What can be done to a concern.
const (
	ReadConcern   Action = "read a concern"
	AnswerConcern Action = "answer a concern"
	SpeakForOwn   Action = "speak for a concern that I raised"
	OpenName      Action = "open a name given in confidence"
	HearWorse     Action = "hear whether somebody was treated worse"
)

// What can be done to a pack for a hearing.
const (
	ReadPack    Action = "read a pack for a hearing"
	PreparePack Action = "prepare a pack for a hearing"
	TakePack    Action = "take my own pack for a hearing"
)

// What can be done to a talk in supervision.
const (
	ReadTalk  Action = "read the record of a supervision"
	HoldTalk  Action = "hold a supervision"
	TakeTalk  Action = "take part in a supervision"
	ReadWords Action = "read how somebody is, in their own words"
)

// Actions are all of them. New holds them against the schema, both ways.
var Actions = []Action{
	SeeChild, RecordChild, SeeReaders, SeeName, ExportChild, Restrict, Grant, BreakGlass, ReviewGlass, Disclose, SeeDisclosed, Declare, Dispose, Dispute, Tell, AnswerAllocation,
	SeeTeam, SeeTeamFigures, Allocate,
	SeeOwnWork, Search, SeeLine, SeeFigures, ChangeLine, RecordNewChild, ManagePeople, ManageKeys, DrawSample, SeeOwnLooks, AnswerQuestions, HoldSupervision, SeeRules, AdoptRules, Import, RaiseConcern, MakeDecision, AskPack,
	SeeReturns, CheckReturn, TakeReturn, GiveReturnData, SetFeed,
	ReadConcern, AnswerConcern, SpeakForOwn, OpenName, HearWorse,
	ReadPack, PreparePack, TakePack,
	ReadTalk, HoldTalk, TakeTalk, ReadWords,
}

// Party is on which side somebody stands.
type Party string

// The parties.
const (
	Staff   Party = "staff"
	Program Party = "program"
	Partner Party = "partner"
	Family  Party = "family"
)

// The functions of posts that policies name beside line.FrontDoor and
// line.Chair.
const (
	Performance   = line.Performance
	Auditor       = line.Auditor
	Administrator = line.Administrator
	Reviewer      = line.Reviewer
	Guardian      = line.Guardian
	Scrutineer    = line.Scrutineer
)

// What a program's key can be for.
const (
	ScopeFigures  = "figures"
	ScopeDuties   = "duties"
	ScopeChildren = "children"
	ScopeRecord   = "record"
	ScopeLine     = "line"
)

// Who asks, as the line and the sign-in say at this moment. Everything but
// Party, Person and, for a program, Program may be empty.
type Who struct {
	Party     Party
	Person    string    // person id; for a program: its owner's
	Posts     []string  // every post they answer for today: held, covered, or empty and passed up to them
	Held      []string  // of these, the ones they hold themselves
	Functions []string  // of the posts they hold; the front door's also to every member of its team
	Tier      line.Tier // of the highest post held; 0: none
	Teams     []string  // teams they answer for as team manager or above, today
	Member    []string  // teams in which they hold or cover a post
	Fresh     bool      // signed in afresh a moment ago (step-up)
	Program   string    // key id, for a program
	Scopes    []string  // what a program's key is for
}

// Child is what access to a child's record turns on, at one moment. "In force"
// is the caller's to work out: nothing here knows a date.
type Child struct {
	ID         string
	Open       bool
	Worker     string   // post allocated, "" when nobody
	Second     []string // posts that work beside it
	Asked      []string // posts that are asked to take the child and have not answered
	Line       []string // the posts above: the team manager's and every tier over it
	Team       string
	FrontDoor  bool   // a contact or referral waits for its decision, or no team has the child
	Chair      string // the post that chairs this child's conferences or reviews, "" when not named
	Conference bool   // a protection plan or a section 47 enquiry is on: a conference chair is needed
	Restricted bool
	Owner      string   // post that owns the restriction
	Granted    []string // person ids with a grant in force now
	Glass      []string // person ids who broke the glass, still in force
	// Unreviewed are the person ids whose emergency opening waits for its
	// review, in force or over. An opening lasts hours and its review has days:
	// without this, whoever broke the glass could review it once it is over.
	Unreviewed []string
	Sampled    []string // person ids of auditors for whom this child was drawn, in force
	Disclosed  []string // person ids of partners or family to whom something was disclosed, in force
	Related    []string // person ids of staff who are, or declared that they are related to or know, this child
	Own        []string // person ids of staff whose own record (as a child) this is
}

// Concern is what access to a warning turns on, at one moment.
type Concern struct {
	ID     string
	Raiser string   // person id; "" when nobody here may know it
	Told   []string // the posts that were told
	About  []string // person ids of those complained of
}

// Pack is what access to a pack for a hearing turns on, at one moment.
type Pack struct {
	ID     string
	Worker string   // person id: whose it is
	Posts  []string // the posts that prepare it
	Around []string // person ids who never do
}

// Talk is what access to a talk in supervision turns on, at one moment.
type Talk struct {
	ID     string
	People []string // person ids of those with whom it is held
	Holder string   // person id of whoever holds it; "" when nobody does yet
	Above  []string // the posts above all of theirs
}

// Policy as a page shows it.
type Policy struct {
	ID   string
	Says string // one plain sentence
	Text string // what is enforced, word for word
}

// Decision is the answer, and on what ground.
type Decision struct {
	Allowed bool
	Policy  string // id of the deciding policy, or None or Failed
	Says    string // its plain sentence
}

// What stands in Decision.Policy where no policy decided.
const (
	None   = "none"  // no policy lets them
	Failed = "error" // the question or a policy was broken: always a refusal
)
