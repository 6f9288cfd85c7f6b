package duty

import (
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

	Starts  Match    `yaml:"starts"`
	While   string   `yaml:"while"` // a condition on the child; when it stops being true the duty is no longer owed
	Within  day.Span `yaml:"within"`
	Repeats string   `yaml:"repeats"` // "from the last that counted", or nothing
	Every   day.Span `yaml:"every"`   // for the later ones; Within when not given
	MetBy   Match    `yaml:"met_by"`
	Ends    []End    `yaml:"ends"`
	// Overlap says what a second start does while one is still open: "ignore",
	// or nothing, which makes a duty of its own.
	Overlap  string `yaml:"overlap"`
	Beyond18 bool   `yaml:"beyond_18"` // owed to young people after their 18th birthday

	OwedBy string   `yaml:"owed_by"`
	Climbs []Climb  `yaml:"climbs"`
	Takes  day.Span `yaml:"takes"`

	Source   Source    `yaml:"source"`
	From     day.Date  `yaml:"from"` // in force for clocks that start from this day
	To       day.Date  `yaml:"to"`   // and before this day
	Examples []Example `yaml:"examples"`

	// Where it is declared.
	Pack, File string `yaml:"-"`
	Line       int    `yaml:"-"`

	n      int // its number in the pack
	while  *cond
	starts []entry.Kind
	meets  []entry.Kind
}

// Match names kinds of entry, with a condition where not every one counts.
type Match struct {
	Kind Names  `yaml:"kind"`
	When string `yaml:"when"`
}

// Names is one name or a list of names.
type Names []string

// End is another way in which the duty ends.
type End struct {
	Kind Names  `yaml:"kind"`
	When string `yaml:"when"`
	As   string `yaml:"as"` // declined, stood down, no longer owed
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
	Text       string `yaml:"text" json:"text,omitempty"`
	Reference  string `yaml:"reference" json:"reference,omitempty"` // row in timescales.csv
	Seen       bool   `yaml:"seen" json:"seen"`                     // whether the source was read, not only recalled
	Confidence string `yaml:"confidence" json:"confidence,omitempty"`
}

// Example is a worked example, run as a test whenever the pack is loaded.
type Example struct {
	Name   string         `yaml:"name"`
	Born   day.Date       `yaml:"born"`
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
)

type cond struct {
	text string
	prog *vm.Program
	n    int // its number in the pack: where its answer for an event is kept
}

// Carried says which kinds an imported file can hold. What it cannot hold may
// have been done without our knowing: see Duty.Shifted.
type Carried struct {
	Of   string `yaml:"of"`
	List Names  `yaml:"carries"`
}
