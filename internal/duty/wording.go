package duty

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"onus/internal/day"
	"onus/internal/wording"
)

// worded is what layers say of wording while they are read.
type worded struct {
	rules []wording.Rule
	gloss []wording.Term
}

// Wording is what is pointed out while a plan is written, by the rules in force on a
// day. It is never nil; where no layer gives a rule it notices nothing.
func (p *Pack) Wording(on day.Date) *wording.Bank {
	if p.wording == nil {
		return &wording.Bank{}
	}
	return p.wording.On(on)
}

// AllWording is every version of the rules that Wording chooses from.
func (p *Pack) AllWording() *wording.Bank { return p.wording }

// readWording lays a file's rules over those before: a rule stands for every version of
// its id in earlier layers, a term for those with its first word.
func (p *Pack) readWording(file string, rules []yaml.Node, gloss []wording.Term) (faults []error) {
	have := p.worded
	var own []wording.Rule
	for i := range rules {
		r := wording.Rule{File: file, Line: rules[i].Line}
		raw, err := yaml.Marshal(&rules[i])
		if err == nil {
			err = strict(raw, &r)
		}
		if err != nil {
			faults = append(faults, nodeFault(file, r.ID, &rules[i], err))
			continue
		}
		own = append(own, r)
	}
	have.rules = slices.DeleteFunc(slices.Clone(have.rules), func(x wording.Rule) bool {
		return slices.ContainsFunc(own, func(r wording.Rule) bool { return r.ID == x.ID })
	})
	have.gloss = slices.DeleteFunc(slices.Clone(have.gloss), func(x wording.Term) bool {
		return slices.ContainsFunc(gloss, func(g wording.Term) bool {
			return len(g.Words) > 0 && len(x.Words) > 0 && g.Words[0] == x.Words[0]
		})
	})
	p.worded = worded{append(have.rules, own...), append(have.gloss, gloss...)}
	return faults
}

func (p *Pack) compileWording() (faults []error) {
	p.wording, faults = wording.Compile(p.worded.rules, p.worded.gloss)
	return wordingFaults(faults)
}

func wordingFaults(from []error) (out []error) {
	for _, err := range from {
		var f wording.Fault
		if errors.As(err, &f) {
			err = Fault(f)
		}
		out = append(out, err)
	}
	return out
}

// strict reads a rule, and refuses a field that it does not know.
func strict(raw []byte, into any) error {
	d := yaml.NewDecoder(strings.NewReader(string(raw)))
	d.KnownFields(true)
	return d.Decode(into)
}

// nodeFault says what is wrong with a rule, at the line of the field where that is known.
func nodeFault(file, rule string, n *yaml.Node, err error) Fault {
	_, text := yamlText(err)
	at := n.Line
	if name, _, ok := strings.Cut(strings.TrimPrefix(text, "field "), " not found"); ok {
		at = lineOf(n, name, at)
	}
	return Fault{File: file, Line: at, Rule: rule, Text: text}
}
