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
	if n := len(p.conds); len(plain) < n*9/10 {
		t.Errorf("only %d of %d conditions are plain", len(plain), n)
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, c := range plain {
			var body entry.Body = child.Note{}
			if c.body != nil {
				body = anyBody(t, c).(entry.Body)
			}
			r := p.newRunner()
			r.turn, r.was, r.before = 1, anySituation(t, c), anySituation(t, c)
			r.who.Birth = day.Of(2010, 1, 1) + day.Date(rapid.IntRange(0, 6000).Draw(t, "born"))
			r.status = &child.Status{PlacementSince: day.On(day.Of(2025, 1, 31)), CareSince: day.On(day.Of(2026, 2, 28))}
			r.ev = &child.Event{When: day.On(day.Of(2026, 3, 31)), Body: body, Entry: &entry.Entry{Source: entry.Source{Kind: rapid.SampledFrom([]string{"page", "import"}).Draw(t, "source")}}}
			machine := *c
			var err error
			if machine.prog, _, err = p.program(c.text, c.kind); err != nil {
				t.Fatal(err)
			}
			if got, want := r.answer(c), r.ask(&machine); got != want {
				t.Fatalf("%q of %+v: %v, the machine says %v", c.text, body, got, want)
			}
		}
	})
}

// anyBody draws a body of the type that a condition reads.
func anyBody(t *rapid.T, c *cond) any { return anyStruct(t, c, c.body).Interface() }

func anySituation(t *rapid.T, c *cond) Situation {
	return anyStruct(t, c, reflect.TypeFor[Situation]()).Interface().(Situation)
}

// anyStruct draws yes and no, the words that the condition itself names, and
// small numbers.
func anyStruct(t *rapid.T, c *cond, of reflect.Type) reflect.Value {
	b := reflect.New(of).Elem()
	for i := range b.NumField() {
		switch f := b.Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(rapid.Bool().Draw(t, "yes"))
		case reflect.String:
			f.SetString(rapid.SampledFrom(append(strings.Split(c.text, "'"), "")).Draw(t, "word"))
		case reflect.Int, reflect.Int32:
			f.SetInt(int64(rapid.IntRange(0, 12).Draw(t, "number")))
		}
	}
	return b
}

// Every field that a condition can ask of a situation has its function.
func TestEveryFieldOfASituationIsPlain(t *testing.T) {
	of := reflect.TypeFor[Situation]()
	for i := range of.NumField() {
		f := of.Field(i)
		name := f.Tag.Get("expr")
		v := reflect.New(of).Elem()
		var is bool
		switch f.Type.Kind() {
		case reflect.Bool:
			v.Field(i).SetBool(true)
			s := v.Interface().(Situation)
			is = situationYes[name] != nil && situationYes[name](&s)
		case reflect.String:
			v.Field(i).SetString("x")
			s := v.Interface().(Situation)
			is = situationWord[name] != nil && situationWord[name](&s) == "x"
		case reflect.Int:
			v.Field(i).SetInt(3)
			s := v.Interface().(Situation)
			is = situationCount[name] != nil && situationCount[name](&s) == 3
		}
		if !is {
			t.Errorf("%s (%s) is asked of something else, or of the machine only", name, f.Name)
		}
	}
}
