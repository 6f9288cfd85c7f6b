package duty

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/rulepacks"
)

// What is answered without the machine is what the machine answers, for every
// condition of the pack and whatever the entry says.
func TestPlainConditionsAgreeWithTheMachine(t *testing.T) {
	p, err := Load(rulepacks.FS, day.England(), entry.NewRegistry(child.Kinds(), line.Kinds()), rulepacks.Layers...)
	if err != nil {
		t.Fatal(err)
	}
	var plain []*cond
	for _, c := range p.conds {
		if c.plain != nil {
			plain = append(plain, c)
		}
	}
	slices.SortFunc(plain, func(a, b *cond) int { return a.n - b.n }) // the same draws for the same seed
	if len(plain) < 5 {
		t.Fatalf("only %d conditions are plain", len(plain))
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, c := range plain {
			body, ok := anyBody(t, c).(entry.Body)
			if !ok {
				t.Fatalf("%s is not a body", c.body)
			}
			r := p.newRunner()
			r.turn, r.ev = 1, &child.Event{Body: body, Source: &entry.Source{}}
			if got, want := r.answer(c), r.ask(c); got != want {
				t.Fatalf("%q of %+v: %v, the machine says %v", c.text, body, got, want)
			}
		}
	})
}

// anyBody draws a body of the type that a condition reads: true and false, and
// the words that the condition itself names.
func anyBody(t *rapid.T, c *cond) any {
	b := reflect.New(c.body).Elem()
	for i := range b.NumField() {
		switch f := b.Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(rapid.Bool().Draw(t, "yes"))
		case reflect.String:
			f.SetString(rapid.SampledFrom(append(strings.Split(c.text, "'"), "")).Draw(t, "word"))
		}
	}
	return b.Interface()
}
