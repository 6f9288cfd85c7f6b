package triage

import (
	"slices"
	"strings"
	"unicode"
)

// Facts are what is known when something is rated.
type Facts struct {
	// Signs are answers, "yes" or "no", by the sign's id; what nobody asked is not here.
	Signs map[string]string
	// Numbers are facts of the record by name: see Known. What is not known is not here.
	Numbers map[string]float64
	// Said is everything that was said, to look for words in.
	Said string
}

// Known are the facts of a record that a condition can ask about, each with what
// it counts. A fact that is true or false is 1 or 0.
var Known = map[string]string{
	"age in months":                  "full months since birth; below 0 before birth",
	"unborn":                         "the child is expected",
	"on a protection plan":           "a child protection plan is in force here",
	"looked after":                   "the child is looked after here",
	"open":                           "work with the child is open",
	"enquiry":                        "a section 47 enquiry is under way",
	"missing now":                    "the child is missing now",
	"times missing in 90 days":       "how often the child went missing in 90 days",
	"referrals in 12 months":         "referrals before this one, in 12 months",
	"no further action in 12 months": "how often a referral ended with no further action, in 12 months",
	"earlier plans":                  "protection plans before",
	"weights":                        "how many things weigh up",
	"contacts in 12 months":          "contacts before this one, in 12 months",
	"closed in the last 3 months":    "work with the child ended in the last 3 months",
	"closed without a visit":         "the last referral, in 12 months, ended without anybody seeing the child",
}

// factsMissing is what is still to be found out where a fact is not known.
var factsMissing = map[string]string{
	"age in months": "how old the child is",
	"unborn":        "whether the child is born",
	"weights":       "what else weighs up",
}

// Truth is an answer of three: what nobody knows is not no.
type Truth int8

// The three answers.
const (
	No Truth = iota - 1
	Unknown
	Yes
)

func (t Truth) String() string { return [...]string{"does not fire", "not known", "fires"}[t+1] }

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

type eval struct {
	rules       *Rules
	facts       Facts
	weighs      int
	couldWeigh  int
	weightsMiss []string
	said        []string // folded words of what was said
	signs       map[string]answer
}

// answer is how a sign stands, with the words that speak for it. Many rules ask for the same.
type answer struct {
	truth Truth
	words []string
}

// ask answers a condition, with the words that made it hold.
func (e *eval) ask(c Cond) (Truth, []string) {
	switch {
	case c.All != nil:
		out, words := Yes, []string(nil)
		for _, x := range c.All {
			t, w := e.ask(x)
			out, words = min(out, t), append(words, w...)
		}
		return out, words
	case c.Any != nil:
		out, words := No, []string(nil)
		for _, x := range c.Any {
			t, w := e.ask(x)
			if t == Yes {
				words = append(words, w...)
			}
			out = max(out, t)
		}
		return out, words
	case c.Not != nil:
		t, _ := e.ask(*c.Not)
		return -t, nil
	case c.Op != "":
		return e.number(c), nil
	}
	return e.sign(c.Name)
}

func (e *eval) sign(id string) (Truth, []string) {
	if a, asked := e.signs[id]; asked {
		return a.truth, a.words
	}
	t, words := e.askSign(id)
	if e.signs == nil {
		e.signs = map[string]answer{}
	}
	e.signs[id] = answer{t, words}
	return t, words
}

func (e *eval) askSign(id string) (Truth, []string) {
	switch e.facts.Signs[id] {
	case "yes":
		return Yes, nil
	case "no":
		return No, nil
	}
	s, ok := e.rules.Sign(id)
	if !ok { // a fact that is true or false
		n, known := e.facts.Numbers[id]
		if !known {
			return Unknown, nil
		}
		return truth(n != 0), nil
	}
	if words := e.words(s.wanted); len(words) > 0 {
		return Yes, words
	}
	if !s.AskIf.IsZero() {
		if t, _ := e.ask(s.AskIf); t == No {
			return truth(s.Else == "yes"), nil
		}
	}
	return Unknown, nil
}

func (e *eval) number(c Cond) Truth {
	if c.Name == "weights" {
		switch { // more may come to light, never less
		case compare(float64(e.weighs), c.Op, c.N):
			return Yes
		case compare(float64(e.weighs+e.couldWeigh), c.Op, c.N):
			return Unknown
		}
		return No
	}
	n, known := e.facts.Numbers[c.Name]
	if !known {
		return Unknown
	}
	return truth(compare(n, c.Op, c.N))
}

func compare(a float64, op string, b float64) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	}
	return a == b
}

// missing are the signs and facts whose answer could make a condition hold that
// nobody knows yet, each once.
func (e *eval) missing(c Cond) (out []string) {
	for _, id := range e.open(c) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (e *eval) open(c Cond) (out []string) {
	for _, x := range slices.Concat(c.All, c.Any) {
		if t, _ := e.ask(x); t == Unknown {
			out = append(out, e.open(x)...)
		}
	}
	if c.Not != nil {
		return e.open(*c.Not)
	}
	if c.Name == "weights" {
		return e.weightsMiss
	}
	if c.Name != "" {
		out = append(out, c.Name)
	}
	return out
}

// words finds which of some words or phrases stand in what was said, as whole
// words: "bruis*" stands for every word that begins so.
func (e *eval) words(of [][]string) (found []string) {
	if e.facts.Said == "" || len(of) == 0 {
		return nil
	}
	if e.said == nil {
		e.said = fold(e.facts.Said)
	}
	for _, want := range of {
		if n := len(want); n > 0 {
			for i := 0; i+n <= len(e.said); i++ {
				if matches(e.said[i:i+n], want) {
					if got := strings.Join(e.said[i:i+n], " "); !slices.Contains(found, got) {
						found = append(found, got)
					}
				}
			}
		}
	}
	return found
}

func matches(said, want []string) bool {
	for i, w := range want {
		if stem, ok := strings.CutSuffix(w, "*"); ok {
			if !strings.HasPrefix(said[i], stem) {
				return false
			}
		} else if said[i] != w {
			return false
		}
	}
	return true
}

func fold(s string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(s, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '*' && r != '\''
	})
}
