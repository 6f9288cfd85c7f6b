// Package triage says how urgent what somebody told us is: rules as data, the
// highest rule wins and is named, and what nobody has asked yet is not taken for
// no. It never adds up points: a rating is a rule that fired, with its source.
//
// It knows days. It must never know a record, a child's name, storage or what
// time it is: whoever asks gives the facts.
package triage

import (
	"cmp"
	"slices"
	"strings"

	"onus/internal/day"
)

// Ratings, the most urgent first.
const (
	Red   = "red"
	Amber = "amber"
	Green = "green"
)

// Ratings in order.
var Ratings = []string{Red, Amber, Green}

// Higher says whether a rating is more urgent than another. Any is more urgent
// than none.
func Higher(a, b string) bool { return place(a) < place(b) }

func place(r string) int {
	if i := slices.Index(Ratings, r); i >= 0 {
		return i
	}
	return len(Ratings)
}

// Source is where a rule comes from.
type Source struct {
	Status     string `yaml:"status" json:"status"`
	Document   string `yaml:"document" json:"document"`
	Text       string `yaml:"text" json:"text,omitempty"`
	Seen       bool   `yaml:"seen" json:"seen"`
	Confidence string `yaml:"confidence" json:"confidence,omitempty"`
}

// Sign is a question about what was said. It is answered yes or no, or nobody
// has asked. Words in what was said that speak for it count as a yes, until
// somebody has read it and says no.
type Sign struct {
	ID   string `yaml:"id" json:"id"`
	Ask  string `yaml:"ask" json:"ask"`   // the question to whoever takes the contact
	Hint string `yaml:"hint" json:"hint"` // what counts, where that is not plain
	// Missing is what is still to be found out, while nobody knows: "whether the
	// child can roll, crawl or walk".
	Missing string   `yaml:"missing" json:"missing"`
	Words   []string `yaml:"words" json:"words,omitempty"`
	// AskIf is when the question makes sense, and Else the answer that counts where
	// it does not: nobody asks of a child of fourteen whether they can crawl.
	AskIf Cond   `yaml:"ask_if" json:"ask_if,omitzero"`
	Else  string `yaml:"else" json:"else,omitempty"`

	wanted [][]string // Words as what was said is compared with them
}

// Asked says whether a question makes sense, as far as is known.
func (r *Rules) Asked(s Sign, f Facts) bool {
	e := eval{rules: r, facts: f}
	t, _ := e.ask(s.AskIf)
	return s.AskIf.IsZero() || t != No
}

// Hard says whether a sign can make something red by itself or with others: it is
// asked first.
func (r *Rules) Hard(id string) (hard bool) {
	for _, x := range r.Rules {
		if x.Rating == Red {
			x.When.names(func(name string, _ bool) { hard = hard || name == id })
		}
	}
	return hard
}

// Rule gives a rating where its condition holds.
type Rule struct {
	ID     string `yaml:"id" json:"id"`
	Name   string `yaml:"name" json:"name"` // as it stands under the child's name
	Rating string `yaml:"rating" json:"rating"`
	When   Cond   `yaml:"when" json:"when"`
	Why    string `yaml:"why" json:"why"` // to a reader who asks why
	// Alarm: when it is decided that nothing follows though this rule fired, two
	// tiers above are told at once.
	Alarm    bool      `yaml:"alarm" json:"alarm,omitempty"`
	Source   Source    `yaml:"source" json:"source"`
	From     day.Date  `yaml:"from" json:"from"`
	To       day.Date  `yaml:"to" json:"to,omitzero"`
	Examples []Example `yaml:"examples" json:"-"`
}

// Weight is something that makes another worry heavier. It rates nothing alone.
type Weight struct {
	ID     string   `yaml:"id" json:"id"`
	Says   string   `yaml:"says" json:"says"` // a sentence: "The child is under one."
	When   Cond     `yaml:"when" json:"when"`
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
	To     day.Date `yaml:"to" json:"to,omitzero"`
}

// Level is one level of need, in the authority's own words.
type Level struct {
	N    int    `yaml:"n" json:"n"`
	Name string `yaml:"name" json:"name"`
	Says string `yaml:"says" json:"says"`
}

// Example is a worked example, run whenever the rules are loaded.
type Example struct {
	Name    string             `yaml:"name"`
	Signs   map[string]string  `yaml:"signs"`
	Facts   map[string]float64 `yaml:"facts"`
	Said    string             `yaml:"said"`
	Expect  string             `yaml:"expect"` // fires, does not fire, not known
	Missing []string           `yaml:"missing"`
}

// Rules are what an authority rates by.
type Rules struct {
	Signs   []Sign
	Rules   []Rule
	Weights []Weight
	Levels  []Level
}

// Fired is a rule or weight that holds, with the words of what was said that
// made it hold, where it was words.
type Fired struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Rating string   `json:"rating,omitempty"`
	Why    string   `json:"why,omitempty"`
	Words  []string `json:"words,omitempty"`
	Alarm  bool     `json:"alarm,omitempty"`
	Source Source   `json:"source"`
}

// Result is a rating with everything that led to it.
type Result struct {
	Rating string  `json:"rating"`
	Rule   string  `json:"rule,omitempty"` // the id of the highest rule that fired; empty when none did
	Name   string  `json:"name"`
	Fired  []Fired `json:"fired,omitempty"` // the highest first
	Weighs []Fired `json:"weighs,omitempty"`
	// Provisional: with what nobody has asked yet it could be more urgent.
	Provisional bool `json:"provisional,omitempty"`
	// Missing is what would have to be known for that, by sign or fact.
	Missing []string `json:"missing,omitempty"`
	Alarm   bool     `json:"alarm,omitempty"`
}

// NoRule is what stands where a rule's name would, when none fired.
const NoRule = "No rule above green fired"

// Rate says how urgent something is, by the rules in force on a day.
func (r *Rules) Rate(f Facts, on day.Date) Result {
	out := Result{Rating: Green, Name: NoRule}
	e := eval{rules: r, facts: f}
	for _, w := range r.Weights {
		if !inForce(w.From, w.To, on) {
			continue
		}
		switch t, words := e.ask(w.When); t {
		case Yes:
			e.weighs++
			out.Weighs = append(out.Weighs, Fired{ID: w.ID, Name: w.Says, Words: words, Source: w.Source})
		case Unknown:
			e.couldWeigh++
			e.weightsMiss = append(e.weightsMiss, e.missing(w.When)...)
		}
	}
	type open struct {
		rule Rule
		miss []string
	}
	var maybe []open
	for _, rule := range r.Rules {
		if !inForce(rule.From, rule.To, on) {
			continue
		}
		switch t, words := e.ask(rule.When); t {
		case Yes:
			out.Fired = append(out.Fired, Fired{ID: rule.ID, Name: rule.Name, Rating: rule.Rating, Why: rule.Why, Words: words, Alarm: rule.Alarm, Source: rule.Source})
			out.Alarm = out.Alarm || rule.Alarm
		case Unknown:
			maybe = append(maybe, open{rule, e.missing(rule.When)})
		}
	}
	slices.SortStableFunc(out.Fired, func(a, b Fired) int { return cmp.Compare(place(a.Rating), place(b.Rating)) })
	if len(out.Fired) > 0 {
		top := out.Fired[0]
		out.Rating, out.Rule, out.Name = top.Rating, top.ID, top.Name
	}
	slices.SortStableFunc(maybe, func(a, b open) int { return cmp.Compare(place(a.rule.Rating), place(b.rule.Rating)) })
	for _, m := range maybe {
		if !Higher(m.rule.Rating, out.Rating) {
			continue
		}
		out.Provisional = true
		for _, id := range m.miss {
			if !slices.Contains(out.Missing, id) {
				out.Missing = append(out.Missing, id)
			}
		}
	}
	return out
}

// InForce are the rules without those that are not in force on a day.
func (r *Rules) InForce(on day.Date) Rules {
	out := *r
	out.Rules = slices.DeleteFunc(slices.Clone(r.Rules), func(x Rule) bool { return !inForce(x.From, x.To, on) })
	out.Weights = slices.DeleteFunc(slices.Clone(r.Weights), func(x Weight) bool { return !inForce(x.From, x.To, on) })
	return out
}

// Sign finds a sign.
func (r *Rules) Sign(id string) (Sign, bool) {
	i := slices.IndexFunc(r.Signs, func(s Sign) bool { return s.ID == id })
	if i < 0 {
		return Sign{}, false
	}
	return r.Signs[i], true
}

// Rule finds a rule; of several versions the one in force on a day, else the newest.
func (r *Rules) Rule(id string, on day.Date) (out Rule, ok bool) {
	for _, x := range r.Rules {
		if x.ID == id && (!ok || inForce(x.From, x.To, on)) {
			out, ok = x, true
		}
	}
	return out, ok
}

// MissingText is what a missing sign or fact is called, in a sentence's part.
func (r *Rules) MissingText(id string) string {
	if s, ok := r.Sign(id); ok {
		return cmp.Or(s.Missing, strings.ToLower(s.Ask[:1])+s.Ask[1:])
	}
	return cmp.Or(factsMissing[id], id)
}

func inForce(from, to, on day.Date) bool { return from <= on && (to == 0 || on < to) }
