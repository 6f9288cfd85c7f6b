package triage

import (
	"errors"
	"fmt"
	"slices"

	"onus/internal/day"
)

// File is what one file of rules says about triage.
type File struct {
	Signs   []Sign   `yaml:"signs"`
	Rules   []Rule   `yaml:"rules"`
	Weights []Weight `yaml:"weights"`
	Levels  []Level  `yaml:"levels"`
}

// Take lays a file over the rules: what it gives stands for every version of the
// same id from before; levels stand for all levels.
func (r *Rules) Take(f File) {
	signs := slices.Clone(f.Signs)
	for i, s := range signs { // once, not with every rating
		for _, phrase := range s.Words {
			signs[i].wanted = append(signs[i].wanted, fold(phrase))
		}
	}
	over(&r.Signs, signs, func(s Sign) string { return s.ID })
	over(&r.Rules, f.Rules, func(x Rule) string { return x.ID })
	over(&r.Weights, f.Weights, func(w Weight) string { return w.ID })
	if len(f.Levels) > 0 {
		r.Levels = f.Levels
	}
}

func over[T any](into *[]T, xs []T, id func(T) string) {
	have := map[string]bool{}
	for _, x := range xs {
		have[id(x)] = true
	}
	*into = append(slices.DeleteFunc(slices.Clone(*into), func(x T) bool { return have[id(x)] }), xs...)
}

// Empty says that nobody has given any rules.
func (r *Rules) Empty() bool { return len(r.Rules) == 0 }

// Check says everything that is wrong with the rules, and runs their examples.
func (r *Rules) Check() error {
	var errs []error
	no := func(what, id, text string, args ...any) {
		errs = append(errs, fmt.Errorf("triage: %s %q: %s", what, id, fmt.Sprintf(text, args...)))
	}
	cond := func(what, id string, c Cond) {
		if c.String() == "" {
			no(what, id, "say when it holds (when)")
		}
		c.names(func(name string, number bool) {
			_, sign := r.Sign(name)
			_, fact := Known[name]
			switch {
			case !sign && !fact:
				no(what, id, "there is no sign and no fact called %q", name)
			case number && sign:
				no(what, id, "%q is a sign, not a number", name)
			}
		})
	}
	dated := func(what, id string, from, to day.Date, s Source) {
		if from == 0 || to != 0 && to <= from {
			no(what, id, "give the day from which it counts (from), and any end (to) after it")
		}
		if s.Document == "" || s.Status == "" {
			no(what, id, "give the source: its status and document")
		}
	}
	for _, s := range r.Signs {
		if s.ID == "" || s.Ask == "" {
			no("sign", s.ID, "give its id and its question (ask)")
		}
		if _, fact := Known[s.ID]; fact {
			no("sign", s.ID, "there is a fact of this name")
		}
		if !s.AskIf.IsZero() {
			if s.Else != "yes" && s.Else != "no" {
				no("sign", s.ID, "say which answer counts where it is not asked (else: yes or no)")
			}
			r.askIf(s, func(text string) { no("sign", s.ID, "%s", text) })
		}
	}
	for _, x := range r.Rules {
		if !slices.Contains(Ratings, x.Rating) {
			no("rule", x.ID, "the rating is red, amber or green, not %q", x.Rating)
		}
		if x.Name == "" || x.Why == "" {
			no("rule", x.ID, "give its name, and why in plain words")
		}
		cond("rule", x.ID, x.When)
		dated("rule", x.ID, x.From, x.To, x.Source)
		if len(x.Examples) == 0 {
			no("rule", x.ID, "give an example, and one at which it fires")
		}
		fires := false
		for _, ex := range x.Examples {
			if err := r.example(x, ex); err != nil {
				no("rule", x.ID, "example %q: %v", ex.Name, err)
			}
			fires = fires || ex.Expect == Yes.String()
		}
		if len(x.Examples) > 0 && !fires {
			no("rule", x.ID, "no example shows that it fires")
		}
	}
	for _, w := range r.Weights {
		if w.Says == "" {
			no("weight", w.ID, "say what weighs (says)")
		}
		cond("weight", w.ID, w.When)
		dated("weight", w.ID, w.From, w.To, w.Source)
	}
	return errors.Join(errs...)
}

// askIf checks when a question is asked: that may turn on facts, and on signs that
// are always asked, so that no two wait for each other.
func (r *Rules) askIf(s Sign, no func(string)) {
	s.AskIf.names(func(name string, number bool) {
		of, sign := r.Sign(name)
		_, fact := Known[name]
		switch {
		case !sign && !fact:
			no("there is no sign and no fact called " + name)
		case sign && (number || !of.AskIf.IsZero()):
			no("it may turn on signs that are always asked, not on " + name)
		}
	})
}

// example runs one worked example of a rule.
func (r *Rules) example(x Rule, ex Example) error {
	for id, v := range ex.Signs {
		if _, ok := r.Sign(id); !ok || v != "yes" && v != "no" {
			return fmt.Errorf("there is no sign %q, or its answer is not yes or no", id)
		}
	}
	for id := range ex.Facts {
		if _, ok := Known[id]; !ok {
			return fmt.Errorf("there is no fact %q", id)
		}
	}
	on := x.From
	e := eval{rules: r, facts: Facts{Signs: ex.Signs, Numbers: ex.Facts, Said: ex.Said}}
	for _, w := range r.Weights {
		if inForce(w.From, w.To, on) {
			switch t, _ := e.ask(w.When); t {
			case Yes:
				e.weighs++
			case Unknown:
				e.couldWeigh++
			}
		}
	}
	got, _ := e.ask(x.When)
	if got.String() != ex.Expect {
		return fmt.Errorf("expected %q, and it is %q", ex.Expect, got)
	}
	if got == Unknown && ex.Missing != nil {
		if miss := e.missing(x.When); !slices.Equal(miss, ex.Missing) {
			return fmt.Errorf("expected that %q is missing, and it is %q", ex.Missing, miss)
		}
	}
	return nil
}
