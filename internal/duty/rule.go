package duty

import (
	"reflect"
	"strings"

	"github.com/expr-lang/expr/vm"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// Rule is one small clock, declared in a rule pack.
type Rule struct {
	ID    string `yaml:"id"`
	Duty  string `yaml:"duty"`  // what is owed, as an instruction: "See the child"
	About string `yaml:"about"` // why it exists, in plain words

	Starts Matches `yaml:"starts"`
	// CountedFrom names the kind of entry, or kinds, from which the time runs, where that is
	// not the one that starts the clock: an assessment's days run from the
	// referral. Without such an entry since the last that met the duty, they run
	// from the start.
	CountedFrom Names `yaml:"counted_from"`
	// CountedTo names a day that the work must come before: a day in the entry
	// that starts the clock ("e.on"), "expected birth", or "birthday 18". Within
	// is then how long before that day. Nobody is late before they could know: what
	// is asked for too late is due on the day of the start.
	CountedTo string `yaml:"counted_to"`

	While   string   `yaml:"while"` // a condition on the child; when it stops being true the duty is no longer owed
	Within  day.Span `yaml:"within"`
	Repeats string   `yaml:"repeats"` // "from the last that counted", or nothing
	Every   day.Span `yaml:"every"`   // for the later ones; Within when not given
	// By holds other times for some children: the first that fits counts. When
	// things change while a clock runs, it can become shorter, never longer.
	By    []Variant `yaml:"by"`
	MetBy Matches   `yaml:"met_by"`
	// Early is how long before its day the work may be done and still count.
	// Without it, any time after the start counts.
	Early day.Span `yaml:"early"`
	Ends  []End    `yaml:"ends"`
	// Extends makes the time of a running clock longer; Pauses stops the clock and
	// Resumes starts it again: the days between are not counted. An entry that
	// names what it answers speaks of that clock only.
	Extends []Extend `yaml:"extends"`
	Pauses  Matches  `yaml:"pauses"`
	Resumes Matches  `yaml:"resumes"`
	// Overlap says what a second start does while one is still open: "ignore";
	// "moves", which moves the day of a clock that is counted to a day; or
	// nothing, which makes a duty of its own.
	Overlap  string `yaml:"overlap"`
	Beyond18 bool   `yaml:"beyond_18"` // owed to young people after their 18th birthday
	// Running says what becomes of clocks that run when this version of the rule
	// is adopted: nothing, which lets them go on as they began, or "follow".
	Running string `yaml:"running"`

	OwedBy string   `yaml:"owed_by"`
	Climbs []Climb  `yaml:"climbs"`
	Takes  day.Span `yaml:"takes"`

	Source Source `yaml:"source"`
	// Accepted names who accepts that a local rule is looser than the law's.
	Accepted *Accepted `yaml:"accepted"`
	Changed  string    `yaml:"changed"` // what is different from the version before
	From     day.Date  `yaml:"from"`    // in force for clocks that start from this day
	To       day.Date  `yaml:"to"`      // and before this day
	Examples []Example `yaml:"examples"`

	// Where it is declared, and the part of a child's way that it belongs to.
	Journey    string `yaml:"-"`
	Pack, File string `yaml:"-"`
	Line       int    `yaml:"-"`

	layer  int           // of the pack's layers: 0 is the law
	over   *Rule         // the law's rule that it stands for
	sum    [32]byte      // of its text
	n      int           // its number in the pack
	cal    *day.Calendar // that it is counted with
	while  *cond
	anchor map[entry.Kind][]int // where a starting entry holds the day of CountedTo
	starts []entry.Kind
	meets  []entry.Kind
}

// Variant is another time for the children that it fits.
type Variant struct {
	When   string   `yaml:"when"`
	Why    string   `yaml:"why"` // the same in plain words: "the child is under five"
	Within day.Span `yaml:"within"`
	Every  day.Span `yaml:"every"`

	when *cond
}

// Match names kinds of entry, with a condition where not every one counts; or a
// birthday, which only can start a clock.
type Match struct {
	Kind     Names  `yaml:"kind"`
	Birthday int    `yaml:"birthday"`
	When     string `yaml:"when"`
}

// Matches is one match or a list: any of them will do.
type Matches struct {
	Any []Match

	// For pages to show: every kind that is named, and the conditions in words.
	// Where there are several matches, each condition stands behind its kinds.
	Kind Names
	When string
}

// Names is one name or a list of names.
type Names []string

// End is another way in which the duty ends.
type End struct {
	Kind Names  `yaml:"kind"`
	When string `yaml:"when"`
	As   State  `yaml:"as"` // declined, stood down, no longer owed
}

// Extend is a way in which the time gets longer.
type Extend struct {
	Kind Names    `yaml:"kind"`
	When string   `yaml:"when"`
	By   day.Span `yaml:"by"`
}

// Climb is one step up the line when the duty is not met.
type Climb struct {
	To    line.Tier `yaml:"to"`
	After day.Span  `yaml:"after"`
}

// Source is where a rule comes from.
type Source struct {
	Status     string `yaml:"status" json:"status"` // statutory, guidance, local policy, ...
	Document   string `yaml:"document" json:"document"`
	Edition    string `yaml:"edition" json:"edition,omitempty"`
	Paragraph  string `yaml:"paragraph" json:"paragraph,omitempty"`
	Text       string `yaml:"text" json:"text,omitempty"`
	Reference  string `yaml:"reference" json:"reference,omitempty"` // row in timescales.csv
	Seen       bool   `yaml:"seen" json:"seen"`                     // whether the source was read, not only recalled
	Confidence string `yaml:"confidence" json:"confidence,omitempty"`
}

// Local says that the source is policy or custom, which an authority may change.
func (s Source) Local() bool { return strings.Contains(s.Status, "local policy") }

// Accepted is somebody's acceptance of a looser rule.
type Accepted struct {
	By  string   `yaml:"by" json:"by"` // the post, or the person in it
	On  day.Date `yaml:"on" json:"on"`
	Why string   `yaml:"why" json:"why"`
}

// Local says whether the rule is an authority's own, laid over the law.
func (r *Rule) Local() bool { return r.layer > 0 }

// Over is the law's rule that a local rule stands for.
func (r *Rule) Over() (*Rule, bool) { return r.over, r.over != nil }

// Example is a worked example, run as a test whenever the pack is loaded.
type Example struct {
	Name   string         `yaml:"name"`
	Born   day.Date       `yaml:"born"`
	Scene  string         `yaml:"scene"` // the entries of a scene of the pack come before those given
	Given  []ExampleEvent `yaml:"given"`
	Now    string         `yaml:"now"`
	Expect []Expected     `yaml:"expect"`
}

// ExampleEvent is one entry of an example.
type ExampleEvent struct {
	On       string         `yaml:"on"`
	Kind     string         `yaml:"kind"`
	Recorded string         `yaml:"recorded"` // as happened when not given
	Import   string         `yaml:"import"`   // the source, when it came from an import
	AsOf     string         `yaml:"as_of"`    // the day that the imported file speaks of
	Body     map[string]any `yaml:"body"`
}

// Expected is one duty of the rule that must follow, in order.
type Expected struct {
	Due   string `yaml:"due"`
	State State  `yaml:"state"`
	Late  bool   `yaml:"late"`
	Since string `yaml:"since"`
	Owner string `yaml:"owner"`
}

// Owners that rules can name.
const (
	AllocatedWorker = "allocated worker"
	OfTeamManager   = "team manager"
	// PostNamed is the post that the entry names which starts the clock.
	PostNamed = "post named"
)

type cond struct {
	text  string
	kind  entry.Kind
	prog  *vm.Program // nil where plain answers
	never bool        // false, whatever is asked
	n     int         // its number in the pack: where its answer for an event is kept

	plain yesNo        // answers it without the machine, where it can
	body  reflect.Type // of the entries that it reads
}

// Carried says what an imported file can say. What it cannot say may have been
// done without our knowing: see Duty.Shifted. A file that no pack describes can
// say nothing of how duties were met.
type Carried struct {
	Of   string `yaml:"of"`
	List Names  `yaml:"carries"` // the kinds that it can hold
	// SilentOn are rules of which it says nothing, though it holds their kind:
	// a census has the reviews of protection plans, not those of other plans.
	SilentOn Names `yaml:"silent_on"`
	// Window is how far back from its own day it reaches. Zero: to the beginning.
	Window day.Span `yaml:"window"`
	// Settle is the longest that anybody has, from the day Onus was told, to find
	// out and record what the file could not say.
	Settle day.Span `yaml:"settle"`
}
