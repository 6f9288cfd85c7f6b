package wording

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"onus/internal/day"
)

// Rule looks at one thing in some parts of every goal.
type Rule struct {
	ID    string  `yaml:"id"`
	Parts PartSet `yaml:"parts"` // the parts it looks at, or all
	// Says is what was noticed, in plain words and without blame. {quote} are the weak
	// words, {child} the child's name, {n} a number that the rule counted, {plain} the
	// plain words for jargon or an age, {day} a day, {who} the parent; {is|are} is the
	// first for one quote, the second for several.
	Says string `yaml:"says"`
	Asks string `yaml:"asks"`
	// Strong is an example of the rule's own, for each part or for all of them.
	Strong ByPart `yaml:"strong"`
	// Fine is what may be claimed where the rule looked and noticed nothing: "gives
	// days". A rule without it claims nothing.
	Fine ByPart `yaml:"fine"`
	When string `yaml:"when"` // how it looks: one of the looks
	// Words are what it looks for; Unless are words that make it fine, in the same
	// sentence.
	Words  []string `yaml:"words"`
	Unless []string `yaml:"unless"`
	Of     []string `yaml:"of"`    // the things of which one must stand in the text
	At     int      `yaml:"at"`    // a number: years, words, percent, versions, goals
	Least  int      `yaml:"least"` // how many words a text must have to be compared
	// Over are rules whose notes on the same text this one's note stands for.
	Over     []string  `yaml:"over"`
	Blocks   bool      `yaml:"blocks"` // approval needs a reason to keep it
	Source   Source    `yaml:"source"`
	From     day.Date  `yaml:"from"`
	Changed  string    `yaml:"changed"`
	Examples []Example `yaml:"examples"`

	File string `yaml:"-"` // where it is declared
	Line int    `yaml:"-"`
}

// Source is where a rule comes from.
type Source struct {
	Status     string `yaml:"status"`
	Document   string `yaml:"document"`
	Text       string `yaml:"text"`
	Seen       bool   `yaml:"seen"`
	Confidence string `yaml:"confidence"`
}

// Term is a word of the system with plain words for it.
type Term struct {
	Words    Words  `yaml:"words"` // one way to write it, or several
	Plain    string `yaml:"plain"`
	Explains string `yaml:"explains"` // a sentence for the family's page, where the plain words are not enough
	// Quiet is explained to a family, and not pointed out to whoever writes.
	Quiet bool `yaml:"quiet"`
}

// PartSet is the parts that a rule looks at. "all" are those with words.
type PartSet []Part

// Words is one word or phrase, or a list.
type Words []string

// ByPart is a text for each part; under "all", for the others.
type ByPart map[Part]string

const allParts = "all"

// withText are the parts that hold words.
var withText = []Part{Worry, Change, Measure, ForHelp, IfNot, PlanB}

// UnmarshalYAML reads all, one part, or a list.
func (s *PartSet) UnmarshalYAML(v *yaml.Node) error {
	var list []Part
	if v.Kind == yaml.ScalarNode {
		list = []Part{Part(v.Value)}
	} else if err := v.Decode(&list); err != nil {
		return err
	}
	if slices.Contains(list, allParts) {
		list = slices.Clone(withText)
	}
	*s = list
	return nil
}

// UnmarshalYAML reads one or a list.
func (w *Words) UnmarshalYAML(v *yaml.Node) error {
	if v.Kind == yaml.ScalarNode {
		*w = Words{v.Value}
		return nil
	}
	return v.Decode((*[]string)(w))
}

// UnmarshalYAML reads one text for all parts, or one for each.
func (b *ByPart) UnmarshalYAML(v *yaml.Node) error {
	if v.Kind == yaml.ScalarNode {
		*b = ByPart{allParts: v.Value}
		return nil
	}
	return v.Decode((*map[Part]string)(b))
}

// For gives the text of a part.
func (b ByPart) For(p Part) string {
	if s, ok := b[p]; ok {
		return s
	}
	return b[allParts]
}

// What a rule looks at.
const (
	whenWords      = "words"                       // these words, as whole words in all their forms
	whenOnlyVerb   = "only verb"                   // these words, and no verb in the sentence that says what anybody does
	whenLabel      = "label"                       // a label instead of what happens
	whenAbsence    = "absence"                     // what somebody will not do, instead of what they will
	whenMissing    = "missing"                     // nothing is written
	whenNoOwner    = "no owner"                    // help that nobody owns
	whenTeam       = "owner is a team"             // help that a team owns, or all
	whenNoDay      = "no day"                      // no day to start
	whenNoHold     = "no time to hold"             // not how long it must hold
	whenReview     = "same day as review"          // the day of every goal is that of the review
	whenPast       = "day in the past"             // the day is over already
	whenPassed     = "review has passed"           // the plan is older than its review
	whenNone       = "none of"                     // none of these things: number, person, time, day, phone, we
	whenAttendance = "attendance only"             // turning up is all that is counted
	whenUnnamed    = "child not named"             // the child's name does not stand in it
	whenAge        = "reading age over"            // the goal reads at an age above
	whenLong       = "sentence too long"           // a sentence of more words
	whenJargon     = "jargon"                      // a word of the gloss that is not explained there
	whenLast       = "same as last version"        // nearly the same words as in a version whose time is up
	whenSibling    = "same as a brother or sister" // nearly the same words as in their plan
	whenAgain      = "same action again"           // nearly the same in so many versions running
	whenRedated    = "re-dated"                    // the same with a later day
	whenNoHelp     = "parent without help"         // something is asked of a parent, and nobody helps
	whenNoService  = "no action by the service"    // nobody but the family does anything
	whenTooMany    = "too many goals"
)

// looks are all, each with the parts it can look at.
var looks = map[string][]Part{
	whenWords: withText, whenOnlyVerb: withText, whenLabel: withText, whenAbsence: withText, whenMissing: withText, whenNone: withText, whenUnnamed: withText,
	whenAge: withText, whenLong: withText, whenJargon: withText, whenAttendance: {Measure}, whenLast: {Change, Measure, ForHelp, IfNot, PlanB, Worry},
	whenSibling: withText, whenAgain: {Change, Measure, ForHelp}, whenNoOwner: {ForHelp}, whenTeam: {ForHelp}, whenNoDay: {ByWhen, ForHelp}, whenNoHold: {ByWhen},
	whenReview: {ByWhen}, whenPast: {ByWhen}, whenRedated: {ByWhen, ForHelp}, whenNoHelp: {ForHelp}, whenNoService: {ForHelp}, whenPassed: {ThePlan}, whenTooMany: {ThePlan},
}

// Looks are the names of all looks, sorted.
func Looks() (out []string) {
	for name := range looks {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Fault is something wrong with a rule or a term.
type Fault struct {
	File string
	Line int
	Rule string
	Text string
}

func (f Fault) Error() string { return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Text) }

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// check says everything that is wrong with a rule.
func (r *Rule) check() error {
	var errs []error
	no := func(text string, args ...any) { errs = append(errs, fmt.Errorf(text, args...)) }
	if r.ID == "" || r.Says == "" {
		no("give its id, and what it says")
	}
	if !strings.HasSuffix(r.Asks, "?") {
		no("give the question it asks (asks), with its mark")
	}
	for _, s := range []string{r.Says, r.Asks} {
		for _, m := range placeholder.FindAllString(number(s, true), -1) {
			if !slices.Contains([]string{"{quote}", "{child}", "{n}", "{plain}", "{day}", "{who}"}, m) {
				no("there is nothing to put in for %s", m)
			}
		}
	}
	can, ok := looks[r.When]
	if !ok {
		no("there is nothing to look at called %q; there is %s", r.When, strings.Join(Looks(), ", "))
	}
	if len(r.Parts) == 0 {
		no("say which parts it looks at (parts)")
	}
	for _, p := range r.Parts {
		if ok && !slices.Contains(can, p) {
			no("%q cannot look at %q", r.When, p)
		}
		if r.Strong.For(p) == "" {
			no("give a strong example for %s", p)
		}
	}
	for _, by := range []ByPart{r.Strong, r.Fine} {
		for p := range by {
			if p != allParts && !slices.Contains(r.Parts, p) {
				no("there is a text for %q, at which it does not look", p)
			}
		}
	}
	if needs := slices.Contains([]string{whenWords, whenOnlyVerb, whenLabel, whenAbsence, whenAttendance, whenTeam}, r.When); needs != (len(r.Words) > 0) {
		no("words are for %s, %s, %s, %s, %s and %s", whenWords, whenOnlyVerb, whenLabel, whenAbsence, whenAttendance, whenTeam)
	}
	if (r.When == whenOnlyVerb) && len(r.Unless) == 0 {
		no("give the verbs that say what somebody does (unless)")
	}
	if (r.When == whenNone) != (len(r.Of) > 0) {
		no("of is for %q, which needs it", whenNone)
	}
	for _, x := range r.Of {
		if !slices.Contains(kindsOfThing, x) {
			no("there is nothing to find called %q; there is %s", x, strings.Join(kindsOfThing, ", "))
		}
	}
	lo, hi := 0, 0
	switch r.When {
	case whenAge:
		lo, hi = 7, 18
	case whenLong:
		lo, hi = 10, 60
	case whenLast, whenSibling, whenRedated:
		lo, hi = 30, 100
	case whenAgain:
		lo, hi = 2, 10
	case whenTooMany:
		lo, hi = 1, 30
	}
	if r.At < lo || r.At > hi {
		no("at must be from %d to %d, and is %d", lo, hi, r.At)
	}
	if r.From == 0 || r.Source.Document == "" || r.Source.Status == "" {
		no("give the day from which this counts (from), and the source with its status")
	}
	noticed, quiet := false, false
	for _, ex := range r.Examples {
		noticed, quiet = noticed || ex.Expect == Noticed, quiet || ex.Expect == NotNoticed
	}
	if !noticed || !quiet {
		no("give a worked example that is noticed, and one that is not")
	}
	return errors.Join(errs...)
}
