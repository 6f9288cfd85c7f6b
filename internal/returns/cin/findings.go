package cin

import (
	"onus/internal/day"
	"onus/internal/returns/scan"
)

// Level says how much a finding matters.
type Level uint8

// The levels, from the least.
const (
	Note    Level = iota + 1 // understood, but not written as the schema has it
	Warning                  // kept, but not understood
	Error                    // whose it is, or which return it is, cannot be told
)

// String gives "note", "warning" or "error".
func (l Level) String() string { return [...]string{"", "note", "warning", "error"}[min(l, Error)] }

// Kind groups findings for counting.
type Kind string

// The kinds of finding.
const (
	StrayText      Kind = "stray text"        // text where only elements belong
	UnknownElement Kind = "unknown element"   // an element the return does not have there
	UnknownAttr    Kind = "unknown attribute" // the return has no attributes
	BadDate        Kind = "bad date"
	BadNumber      Kind = "bad number"
	BadCode        Kind = "bad code"   // not in the code set of the year
	Repeated       Kind = "repeated"   // an item given twice; the first one counts
	NoChildID      Kind = "no child"   // a child without LAchildID
	DuplicateChild Kind = "same child" // an LAchildID met before in the file
	MissingDate    Kind = "no date"    // an episode, assessment, enquiry or plan without its first date
	MissingHeader  Kind = "header"     // the header does not say what it should
	OtherYear      Kind = "other year" // an element of another collection year
	OtherForm      Kind = "form"       // understood, though the schema writes it differently
	DamagedText    Kind = "damaged"    // holds the mark for characters that were lost
	NoChildren     Kind = "no children"
)

// Finding is one thing in the file that was not as expected: where it stands,
// what is wrong and what to do. It holds values from the file, so it is as
// confidential as the file.
type Finding struct {
	Kind    Kind
	Level   Level
	Line    int    // counted from 1
	Path    string // Message/Children/Child/...
	Child   string // LAchildID; empty outside a child and for a child without one
	Value   string // as it stood there, cut after 200 characters
	Problem string
	Do      string
}

const (
	maxFindings = 1000 // kept in memory for each kind; the counts stay exact
	maxPending  = 1000 // findings of one child waiting for its identifier
)

// Summary says what a file holds.
type Summary struct {
	Header         Header
	Encoding       string // how the text was encoded: "UTF-8", "UTF-16", "windows-1252", ...
	Children       int
	Episodes       int // CINdetails
	Assessments    int
	Section47s     int
	CINPlans       int
	CPPlans        int
	Reviews        int
	PreProceedings int
	First, Last    day.Date     // earliest and latest date inside the episodes
	ByKind         map[Kind]int // exact
	Findings       []Finding    // the first 1,000 of each kind, in the order met
	Kept           []Raw        // not understood and outside any child: the first 1,000, up to 4 MB
	KeptOutside    int          // how many there were
}

func (s *Summary) event(d day.Date) {
	if d.IsZero() {
		return
	}
	if s.First.IsZero() || d < s.First {
		s.First = d
	}
	s.Last = max(s.Last, d)
}

// found lists a finding at a line of the element being read. Inside a child it
// waits until the child's identifier is known.
func (p *reader) found(kind Kind, level Level, line int, path, value, problem, do string) {
	f := Finding{Kind: kind, Level: level, Line: line, Path: path, Value: scan.Cut(value), Problem: problem, Do: do}
	if p.child == nil {
		p.report(f)
		return
	}
	p.items++
	p.pending = append(p.pending, f)
	if len(p.pending) >= maxPending {
		p.flush()
	}
}

func (p *reader) flush() {
	id := ""
	if p.child != nil {
		id = scan.Cut(p.child.LAchildID)
	}
	for _, f := range p.pending {
		f.Child = id
		p.report(f)
	}
	p.pending = p.pending[:0]
}

func (p *reader) report(f Finding) {
	p.sum.ByKind[f.Kind]++
	if p.sum.ByKind[f.Kind] <= maxFindings {
		p.sum.Findings = append(p.sum.Findings, f)
	}
	if p.opt.OnFinding != nil {
		p.opt.OnFinding(f)
	}
}

// keep hands over what was not understood: to the child, or outside a child to
// the summary.
func (p *reader) keep(r Raw) {
	if p.child != nil {
		p.items++
		p.child.Kept = append(p.child.Kept, r)
		return
	}
	p.sum.KeptOutside++
	if size := len(r.Path) + len(r.Name) + len(r.Value); len(p.sum.Kept) < maxFindings && p.keptBytes+size <= maxKeptBytes {
		p.keptBytes += size
		p.sum.Kept = append(p.sum.Kept, r)
	}
	if p.opt.OnKept != nil {
		p.opt.OnKept(r)
	}
}
