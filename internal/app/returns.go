package app

import (
	"regexp"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/annexacheck"
	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903check"
)

// ReturnKind is which return.
type ReturnKind string

// The returns that are made from the records.
const (
	ReturnCIN    ReturnKind = "cin"
	Return903    ReturnKind = "ssda903"
	ReturnAnnexA ReturnKind = "annex-a"
	ReturnFeed   ReturnKind = "daily-feed"
)

// ReturnKinds are all of them, in the order in which pages list them.
var ReturnKinds = []ReturnKind{ReturnCIN, Return903, ReturnAnnexA, ReturnFeed}

// ReturnWhat is what a run is for.
type ReturnWhat string

// What runs are for.
const (
	ReturnChecked ReturnWhat = "check"
	ReturnTaken   ReturnWhat = "file" // it was taken away
)

// ReturnState is how far a run is.
type ReturnState string

// The states of runs.
const (
	RunWaiting ReturnState = "waiting"
	RunRunning ReturnState = "running"
	RunDone    ReturnState = "done"
	RunBroken  ReturnState = "broken off"
)

// ReturnRun is one time that a return was made from the records. No child is named in it.
type ReturnRun struct {
	ID        string
	Kind      ReturnKind
	What      ReturnWhat
	State     ReturnState
	Authority string // three digits
	Of        string // 2025/26, or a day as 2026-03-31
	Person    string // who asked for it
	Post      string
	Asked     day.Instant
	Began     day.Instant // zero: it has not
	Beat      day.Instant // when it last said how far it is
	Ended     day.Instant // zero: it has not
	SoFar     int         // records that were looked at
	Total     int         // records there are
	Children  int         // in the return
	Errors    int         // rules that found errors
	Queries   int         // rules that ask for a reason
	NotRun    int         // rules that could not run
	Held      int         // rules that found nothing
	Entries   int64       // how long the journal was when it began
	SHA256    string      // of a file that was taken away
	Format    string      // of that file
	Facts     ReturnFacts
	Problem   string // why it broke off, in our own words
}

// Stopped says that a run has given no sign of life for so long that nobody works on it.
func (r ReturnRun) Stopped(now day.Instant) bool {
	return r.State == RunRunning && now-r.Beat > returnLease
}

// On says that a run waits or is being worked on.
func (r ReturnRun) On(now day.Instant) bool {
	return r.State == RunWaiting || r.State == RunRunning && !r.Stopped(now)
}

// LeftOut is how many children belong in it and are not in it.
func (r ReturnRun) LeftOut() (n int) {
	for _, x := range r.Facts.Left {
		if x.Code == leftNumber || x.Code == leftReferral || x.Code == leftSchema {
			n += x.N
		}
	}
	return n
}

// Ready says that nothing stops a return that was checked: somebody is in it and nobody was
// left out, no rule found an error, and every rule ran.
func (r ReturnRun) Ready() bool {
	return r.State == RunDone && r.Rules() > 0 && r.Errors == 0 && r.NotRun == 0 && r.LeftOut() == 0
}

// Rules is how many rules there were an answer or a reason of.
func (r ReturnRun) Rules() int { return r.Errors + r.Queries + r.NotRun + r.Held }

// ReturnFacts are counts of a return that was made.
type ReturnFacts struct {
	Draft  bool           `json:"draft,omitempty"` // the rules of the year are a draft
	Tables []ReturnTable  `json:"tables,omitempty"`
	Fields []ReturnFilled `json:"fields,omitempty"`
	Left   []ReturnLeft   `json:"left,omitempty"`
	Notes  []string       `json:"notes,omitempty"`
	Found  []ReturnFound  `json:"found,omitempty"` // of a file that was taken away: the rules that did not hold
	With   []ReturnUsed   `json:"with,omitempty"`  // what the rules were asked with, beside the return
}

// ReturnFound is a rule that did not hold when a return was taken away.
type ReturnFound struct {
	Code     string         `json:"code"`
	Severity ReturnSeverity `json:"severity"`
	NotRun   bool           `json:"could_not_run,omitempty"`
	Children int            `json:"children,omitempty"`
}

// ReturnTable is how many rows a table of a return has.
type ReturnTable struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// ReturnFilled is how many rows of a table have a value in a column.
type ReturnFilled struct {
	Table  string `json:"table"`
	Column string `json:"column"`
	Rows   int    `json:"rows"`
	Filled int    `json:"filled"`
}

// ReturnLeft is how many are not in a return, or are in it without something, and why.
type ReturnLeft struct {
	Code string `json:"code,omitempty"` // of a rule of our own that lists them; empty: nothing does
	N    int    `json:"n"`
	Says string `json:"says"` // "children of the year have no number of the authority 999, and are not in it"
}

// ReturnSeverity is how much it matters that a rule did not hold.
type ReturnSeverity string

// The severities, the gravest first.
const (
	ReturnError   ReturnSeverity = "error"
	ReturnLeftOut ReturnSeverity = "left out" // a rule of our own: the child is not in the return
	ReturnQuery   ReturnSeverity = "query"
)

// ReturnRule is what came of a rule that did not hold.
type ReturnRule struct {
	Code     string
	Severity ReturnSeverity
	Failed   bool   // else it could not run
	Reason   string // why it could not
	Places   int    // cells that it points at
	Children int    // behind them
	Apart    string // tables and columns that it points at in no child's rows, one a line
}

// ReturnTeam is how many children a rule found in a team.
type ReturnTeam struct {
	Code     string // empty: any rule
	Team     string // as it was then; empty: none
	Places   int
	Children int
}

// ReturnFailure is a child behind a rule that failed.
type ReturnFailure struct {
	Code     string
	Team     string // as it was then
	Child    string
	Places   int
	Cells    string   // tables and columns, one a line: no value
	ChildRow ChildRow // filled by lists only
}

// ReturnRunQuery asks for runs of one return, newest first.
type ReturnRunQuery struct {
	Kind  ReturnKind
	What  ReturnWhat  // empty: any; with a state only
	State ReturnState // empty: any
	After Cursor      // its At and ID
	Limit int
}

// ReturnFailureQuery asks for the children behind rules in one team: of a rule by child,
// without one by child and then by rule.
type ReturnFailureQuery struct {
	Run, Code, Team string
	After           Cursor // its ID: the child, and without a rule "child~code"
	Limit           int
}

// Rules of our own, about children who are not in what is made.
const (
	leftNumber   = "no-number"
	leftReferral = "no-referral"
	leftSchema   = "schema"
	feedDocument = "document"
	feedNumber   = "number-twice"
)

// ReturnRuleWords is what a rule is, for whoever reads of it.
type ReturnRuleWords struct {
	Code     string
	Severity ReturnSeverity
	Draft    bool
	Own      bool // of Onus: no code of the Department's or of ours for a return
	Module   string
	Says     string // what is wrong where it fails
	Do       string
}

var ownNumber = ReturnRuleWords{leftNumber, ReturnLeftOut, false, true, "", "Something of the child belongs in the return, and no number of the authority is recorded: the child is not in it.",
	"Record the number that the authority knows the child by, with who the child is."}

// ownRules are those of Onus, by return.
var ownRules = map[ReturnKind][]ReturnRuleWords{
	ReturnCIN: {ownNumber,
		{leftReferral, ReturnLeftOut, false, true, "", "The case was open in the year, and no referral is recorded. The census begins with one: the child is not in it.", "Record the referral, with the day on which it came."},
		{leftSchema, ReturnLeftOut, false, true, "", "Something is missing, or is no code of the year. The file would be refused with it: the child is not in it.", "Record what is missing, or correct it in the entry that says it."}},
	Return903:    {ownNumber},
	ReturnAnnexA: {ownNumber},
	ReturnFeed: {ownNumber,
		{feedDocument, ReturnError, false, true, "", "The Department's document does not allow something that is said of the child: the child is not sent.", "Correct it in the entry that says it."},
		{feedNumber, ReturnError, false, true, "", "Another record has the same number of the authority: the child is not sent.", "If both are the same child, say so at the front door. Else correct the number."}},
}

// rulesOfReturn are all rules that are asked of a return, by their codes. of is its year.
func rulesOfReturn(kind ReturnKind, of string) map[string]ReturnRuleWords {
	var list []report.Rule
	switch kind {
	case ReturnCIN:
		if year, err := report.ParseYear(of, cincheck.FirstYear, cincheck.LastYear); err == nil {
			list = cincheck.Rules(year)
		}
	case Return903:
		if year, err := report.ParseYear(of, ssda903check.FirstYear, ssda903check.LastYear); err == nil {
			list = ssda903check.Rules(year)
		}
	case ReturnAnnexA:
		list = annexacheck.Rules()
	}
	out := map[string]ReturnRuleWords{}
	for _, r := range list {
		out[r.Code] = ReturnRuleWords{Code: r.Code, Severity: ReturnSeverity(r.Severity.String()), Draft: r.Draft, Module: r.Module, Says: r.Says, Do: r.Do}
	}
	for _, r := range ownRules[kind] {
		out[r.Code] = r
	}
	return out
}

// ReturnOrder says which return is to be made.
type ReturnOrder struct {
	Kind      ReturnKind
	Authority string   // three digits
	Year      string   // of a census or SSDA903, as 2025/26
	On        day.Date // of Annex A
	Serial    string   // of the file of a census: which one of the year it is
	Format    string   // of the file of an SSDA903: csv (a zip of them) or xml
	All       bool     // of the daily feed: all children, and not only those of whom something else would be sent than was accepted last

	year int
}

// of names the time that a return is of.
func (o ReturnOrder) of(today day.Date) string {
	switch o.Kind {
	case ReturnAnnexA:
		return o.On.String()
	case ReturnFeed:
		return today.String()
	}
	return o.Year
}

// ReturnYears are the years of a return that rules are known for, newest first; none where
// it is of a day.
func ReturnYears(kind ReturnKind) (out []string) {
	first, last := yearsOf(kind)
	for y := last; y >= first && y > 0; y-- {
		out = append(out, report.YearName(y))
	}
	return out
}

func yearsOf(kind ReturnKind) (first, last int) {
	switch kind {
	case ReturnCIN:
		return cincheck.FirstYear, cincheck.LastYear
	case Return903:
		return ssda903check.FirstYear, ssda903check.LastYear
	}
	return 0, 0
}

// ReturnYear is the year of a return in which a day lies, or the nearest that rules are
// known for; empty where it is of a day.
func ReturnYear(kind ReturnKind, on day.Date) string {
	first, last := yearsOf(kind)
	if last == 0 {
		return ""
	}
	year, _, _ := on.Split()
	if on >= day.Of(year, 4, 1) {
		year++
	}
	return report.YearName(min(max(year, first), last))
}

var threeDigits = regexp.MustCompile(`^[0-9]{3}$`)

// whole says everything that is wrong with an order, and reads its year. ErrNotFound:
// there is no such return.
func (o *ReturnOrder) whole(today day.Date) error {
	if !slices.Contains(ReturnKinds, o.Kind) {
		return ErrNotFound
	}
	var wrong entry.Refusal
	no := func(field, text string) {
		wrong.Problems = append(wrong.Problems, entry.Problem{Field: field, Text: text})
	}
	if !threeDigits.MatchString(o.Authority) {
		no("authority", "Enter the three digits of the authority, such as 204")
	}
	if first, last := yearsOf(o.Kind); last > 0 {
		var err error
		if o.year, err = report.ParseYear(o.Year, first, last); err != nil {
			no("year", "Choose a year of the list")
		}
	}
	if o.Kind == ReturnAnnexA {
		switch {
		case o.On == 0:
			no("on", "Enter the day that the lists are of, such as 31/03/2026")
		case o.On > today:
			no("on", "That day lies ahead. Nobody knows yet what its lists will say")
		}
	}
	if o.Kind == ReturnCIN {
		if o.Serial == "" {
			o.Serial = "001"
		}
		if len(o.Serial) < 3 || len(o.Serial) > 9 || strings.Trim(o.Serial, "0123456789") != "" {
			no("serial", "Enter which file of the year it is with three digits, such as 001")
		}
	}
	if o.Kind == Return903 {
		if o.Format == "" {
			o.Format = "csv"
		}
		if o.Format != "csv" && o.Format != "xml" {
			no("format", "Choose CSV or XML")
		}
	}
	if len(wrong.Problems) > 0 {
		return &wrong
	}
	return nil
}

// returnPage is what the reader log calls a return that is made.
var returnPage = map[ReturnKind]string{ReturnCIN: "CIN census", Return903: "Return of children looked after (SSDA903)", ReturnAnnexA: "Lists of children for Ofsted (Annex A)", ReturnFeed: feedPage}

// returnsList is what the reader log calls the list of children behind a rule.
const returnsList = "Returns"

// returnLooks are all that the reader log says of returns: being one of thousands is no
// sign that anybody meant the child.
func returnLooks() []string {
	out := []string{returnsList}
	for _, page := range returnPage {
		out = append(out, page, page+checkedLook, page+takenLook)
	}
	return out
}

// What the reader log adds to a return's name when a person asked for it.
const checkedLook, takenLook = ", checked", ", taken away as a file"
