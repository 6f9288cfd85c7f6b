package wording

import (
	"fmt"
	"slices"
	"strings"

	"onus/internal/day"
)

// Bank is the rules and the words explained, compiled. It is immutable, and safe
// for any number of readers. A nil Bank notices nothing.
type Bank struct {
	rules  []*rule // every version, in the order given
	terms  []Term
	gloss  *phrases
	termOf []int // by phrase of gloss
}

// rule is a Rule that can look.
type rule struct {
	Rule
	words, unless *phrases
	has           [8]bool // by number of the part; the last is the plan
}

// Compile makes a bank, or says everything that is wrong. Of several rules with one id
// the one with the last from counts, from that day on.
func Compile(rules []Rule, terms []Term) (*Bank, []error) {
	b := &Bank{terms: terms}
	var faults []error
	fault := func(r *Rule, err error) { faults = append(faults, Fault{r.File, r.Line, r.ID, err.Error()}) }
	for i := range rules {
		r := &rule{Rule: rules[i]}
		if err := r.check(); err != nil {
			fault(&r.Rule, err)
			continue
		}
		for _, x := range b.rules {
			if x.ID == r.ID && x.From == r.From {
				fault(&r.Rule, fmt.Errorf("there are two of this id from %s", r.From))
			}
		}
		var err error
		if r.words, err = newPhrases(r.Words); err != nil {
			fault(&r.Rule, err)
			continue
		}
		if r.unless, err = newPhrases(r.Unless); err != nil {
			fault(&r.Rule, err)
			continue
		}
		for _, p := range r.Parts {
			r.has[partNo(p)] = true
		}
		b.rules = append(b.rules, r)
	}
	for _, r := range b.rules {
		for _, id := range r.Over {
			if !slices.ContainsFunc(b.rules, func(x *rule) bool { return x.ID == id }) {
				fault(&r.Rule, fmt.Errorf("it stands over %q, which is no rule", id))
			}
		}
	}
	var list []string
	for i, t := range terms {
		if len(t.Words) == 0 || t.Plain == "" {
			faults = append(faults, Fault{Rule: fmt.Sprintf("gloss, number %d", i+1), Text: "give the words, and the plain words for them"})
		}
		for _, w := range t.Words {
			list = append(list, w)
			b.termOf = append(b.termOf, i)
		}
	}
	var err error
	if b.gloss, err = newPhrases(list); err != nil {
		faults = append(faults, Fault{Rule: "gloss", Text: err.Error()})
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return b, nil
}

// partNo is a part's place: seven, and the plan as a whole.
func partNo(p Part) int {
	if i := slices.Index(Parts, p); i >= 0 {
		return i
	}
	return len(Parts)
}

// Empty says that there are no rules.
func (b *Bank) Empty() bool { return b == nil || len(b.rules) == 0 }

// On is the bank with the rules in force on a day and no others.
func (b *Bank) On(on day.Date) *Bank {
	if b == nil {
		return nil
	}
	out := *b
	out.rules = b.inForce(on)
	return &out
}

// inForce are the rules of a day, each where the first version of its id stands.
func (b *Bank) inForce(on day.Date) []*rule {
	out := make([]*rule, 0, len(b.rules))
	for _, r := range b.rules {
		if r.From > on {
			continue
		}
		if i := slices.IndexFunc(out, func(x *rule) bool { return x.ID == r.ID }); i < 0 {
			out = append(out, r)
		} else if out[i].From <= r.From {
			out[i] = r
		}
	}
	return out
}

// Rules are all rules of the bank, in their order.
func (b *Bank) Rules() (out []Rule) {
	if b == nil {
		return nil
	}
	for _, r := range b.rules {
		out = append(out, r.Rule)
	}
	return out
}

// General is what a rule says and asks of no text in particular, for a list of rules.
func (r *Rule) General() (says, asks string) {
	fill := strings.NewReplacer("{quote}", "“…”", "{child}", "the child", "{n}", "so many", "{plain}", "…", "{day}", "that day", "{who}", "a parent")
	return upperFirst(fill.Replace(number(r.Says, true))), upperFirst(fill.Replace(number(r.Asks, true)))
}

// StrongOf are the strong examples of a rule, in the order of its parts, each once.
func (r *Rule) StrongOf() (out []string) {
	for _, p := range r.Parts {
		if s := r.Strong.For(p); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// partNames are the parts as people read them.
var partNames = map[Part]string{Worry: "the worry", Change: "the change", Measure: "the measure", ByWhen: "by when", ForHelp: "the help", IfNot: "what if not", PlanB: "plan B", ThePlan: "the whole plan"}

// Title of the part, as people read it.
func (p Part) Title() string { return partNames[p] }

// Where names the parts that the rule looks at.
func (r *Rule) Where() string {
	if len(r.Parts) == len(withText) {
		return "every part"
	}
	var out []string
	for _, p := range r.Parts {
		out = append(out, p.Title())
	}
	return strings.Join(out, ", ")
}

// Terms are the words explained, in their order.
func (b *Bank) Terms() []Term {
	if b == nil {
		return nil
	}
	return slices.Clone(b.terms)
}

// Strong are the strong examples for a part, each once: more like it.
func (b *Bank) Strong(p Part) (out []string) {
	if b == nil {
		return nil
	}
	for _, r := range b.rules {
		if s := r.Rule.Strong.For(p); r.has[partNo(p)] && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// GlossHit is a word of the system where it stands in a text.
type GlossHit struct {
	Word       string // as it stands there
	Start, End int    // in bytes
	Term
}

// Gloss finds the words of the system in a text, in its order.
func (b *Bank) Gloss(raw string) []GlossHit {
	if b == nil {
		return nil
	}
	return b.glossOf(parse(raw), func(Term, int) bool { return true })
}

func (b *Bank) glossOf(t *text, want func(x Term, to int) bool) (out []GlossHit) {
	for _, s := range t.sents {
		for _, h := range b.gloss.find(t, s.from, s.to) {
			x := b.terms[b.termOf[h.n]]
			if want(x, h.to) {
				out = append(out, GlossHit{t.quote(h), t.toks[h.from].start, t.toks[h.to-1].end, x})
			}
		}
	}
	return out
}
