package line

import (
	"regexp"
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// What rules of returns are checked with.
const (
	DataLastYear  = "last-year" // the files of last year's return of children looked after
	DataPostcodes = "postcodes" // a postcode directory
	DataProviders = "providers" // Ofsted's list of providers
)

// DataKinds are all of them, in the order in which pages list them.
var DataKinds = []string{DataLastYear, DataPostcodes, DataProviders}

// ReturnDataGiven says that somebody gave data that rules of returns are checked with. It
// names no child; what was given can be held against Leaves.
type ReturnDataGiven struct {
	Data      string         `json:"data"`                // names it for ever
	What      string         `json:"what"`                // one of DataKinds
	About     string         `json:"about,omitempty"`     // what it is, in the words of whoever gave it
	Authority string         `json:"authority,omitempty"` // of last year's files: the three digits of whoever made them
	Year      string         `json:"year,omitempty"`      // of last year's files: 2024/25
	Code      string         `json:"code,omitempty"`      // of a postcode directory: the code that it has for this authority
	From      day.Date       `json:"from"`                // the first day on which it counts
	Rows      int            `json:"rows"`
	Children  int            `json:"children,omitempty"` // of last year's files
	Tables    []ReturnColumn `json:"tables,omitempty"`   // of last year's files
	Parts     int            `json:"parts"`              // in how many parts it is kept
	SHA256    string         `json:"sha256"`             // of what was given
	Leaves    string         `json:"leaves"`             // SHA-256 of the hashes of its parts, one after another
}

// ReturnColumn is a table of last year's files: its columns and how many rows it has.
type ReturnColumn struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    int      `json:"rows"`
}

// ReturnTaken says that a return was made from the records and taken away as a file, and
// what its check said. It names no child.
type ReturnTaken struct {
	What      string `json:"what"` // cin, ssda903, annex-a, daily-feed
	Run       string `json:"run"`  // names it in the history of the return
	Authority string `json:"authority"`
	Of        string `json:"of"`     // 2025/26, or a day
	Format    string `json:"format"` // of the file: xml, zip, xlsx, json
	SHA256    string `json:"sha256"`
	Children  int    `json:"children"`
	Errors    int    `json:"errors"`  // rules that found errors
	Queries   int    `json:"queries"` // rules that ask for a reason
	NotRun    int    `json:"could_not_run"`
	LeftOut   int    `json:"left_out"` // children who belong in it and are not in it
}

// FeedScheduled says whether the daily feed leaves by itself, and when. To whom and with
// which secret is no matter of the record: whoever runs the server says it there.
type FeedScheduled struct {
	On        bool   `json:"on"`
	Authority string `json:"authority,omitempty"` // three digits
	At        string `json:"at,omitempty"`        // each day, by England's clock: 02:30
	Why       string `json:"why,omitempty"`
}

// The kinds' names.
func (ReturnDataGiven) Kind() entry.Kind { return "return.data-given" }
func (ReturnTaken) Kind() entry.Kind     { return "return.taken" }
func (FeedScheduled) Kind() entry.Kind   { return "feed.scheduled" }

func returnKinds() []entry.Known {
	k := func(zero entry.Body, ahead bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Ahead: ahead, Title: title, About: about, On: "line"}
	}
	return []entry.Known{
		k(ReturnDataGiven{}, false, "Data for checks given", "Data that rules of returns are checked with: what it is, of when, how much."),
		k(ReturnTaken{}, false, "Return taken away", "A return was taken away as a file: which, of how many children, and what its check said."),
		k(FeedScheduled{}, false, "Daily feed scheduled", "Whether the daily feed leaves by itself, of which authority, and when."),
	}
}

// Check of each kind sees what is wrong without knowing the line.
func (b ReturnDataGiven) Check() []entry.Problem {
	ps := entry.OneOf(nil, "what", b.What, DataKinds, "Say what it is")
	ps = entry.Need(entry.Need(ps, "data", b.Data, "Name it"), "sha256", b.SHA256, "Give its SHA-256")
	if b.From == 0 {
		ps = append(ps, entry.Problem{Field: "from", Text: "Say from which day on it counts"})
	}
	return ps
}
func (b ReturnTaken) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "sha256", b.SHA256, "Give the file's SHA-256"), "what", b.What, "Say which return it is")
}

// Check sees what is wrong without knowing the line.
func (b FeedScheduled) Check() (ps []entry.Problem) {
	if !b.On {
		return entry.Need(nil, "why", b.Why, "Say why it is not to be sent by itself")
	}
	if !threeDigits.MatchString(b.Authority) {
		ps = append(ps, entry.Problem{Field: "authority", Text: "Enter the three digits of the authority, such as 204"})
	}
	if !clockForm.MatchString(b.At) {
		ps = append(ps, entry.Problem{Field: "at", Text: "Enter an hour and minutes, such as 02:30"})
	}
	return ps
}

var (
	threeDigits = regexp.MustCompile(`^[0-9]{3}$`)
	clockForm   = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
)

// FeedPlan is whether and when the daily feed leaves by itself, as it stands, and who said
// so when.
type FeedPlan struct {
	FeedScheduled
	Recorded day.Instant // zero: nobody ever said
	Author   string
	Post     string
}

// Last is the last moment, at or before another, at which the feed was to leave; zero: none
// was since the plan was made, or it does not leave by itself.
func (p FeedPlan) Last(now day.Instant) day.Instant {
	for _, on := range []day.Date{now.Date(), now.Date() - 1} {
		if at, err := day.ParseInstant(on.String() + "T" + p.At); p.On && err == nil && at <= now && at >= p.Recorded {
			return at
		}
	}
	return 0
}

// Next is the first moment after another at which the feed is to leave; zero: it does not
// leave by itself.
func (p FeedPlan) Next(now day.Instant) day.Instant {
	for _, on := range []day.Date{now.Date(), now.Date() + 1} {
		if at, err := day.ParseInstant(on.String() + "T" + p.At); p.On && err == nil && at > now {
			return at
		}
	}
	return 0
}

// GivenData is data that rules of returns are checked with, and who gave it when.
type GivenData struct {
	ReturnDataGiven
	Entry    entry.ID
	Recorded day.Instant
	Author   string
	Post     string
}

func (l *Line) applyReturns(e entry.Entry) {
	switch b := e.Body.(type) {
	case ReturnDataGiven:
		l.given = append(l.given, GivenData{ReturnDataGiven: b, Entry: e.ID, Recorded: e.Recorded, Author: e.Author, Post: e.Post})
	case FeedScheduled:
		if e.Recorded >= l.Feed.Recorded {
			l.Feed = FeedPlan{FeedScheduled: b, Recorded: e.Recorded, Author: e.Author, Post: e.Post}
		}
	}
}

// Given is all data that rules of returns were ever given, in the order of its giving.
func (l *Line) Given() []GivenData {
	out := slices.Clone(l.given)
	slices.SortStableFunc(out, func(a, b GivenData) int { return int(min(max(a.Recorded-b.Recorded, -1), 1)) })
	return out
}

// DataFor is what counts on a day: of what was given for that day or before, that with
// the latest first day, and of several the one given last. authority and year are those
// of last year's files, and empty for other data.
func (l *Line) DataFor(what, authority, year string, on day.Date) (found GivenData, ok bool) {
	for _, g := range l.Given() {
		if g.What == what && g.Authority == authority && g.Year == year && g.From <= on && (!ok || g.From >= found.From) {
			found, ok = g, true
		}
	}
	return found, ok
}
