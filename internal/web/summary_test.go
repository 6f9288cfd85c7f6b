package web

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/line"
)

// Every kind about a child that has anything to say says it in words: an entry
// that a reader sees as its bare kind has lost what somebody wrote.
func TestEveryKindHasWords(t *testing.T) {
	silent := map[string]bool{ // these say all with their kind, or are said elsewhere
		"assessment.started": true, "assessment.checked": true, "section47.started": true, "record.restricted": true, "record.unrestricted": true, "record.let-in": true,
		"record.let-out": true, "record.restriction-reviewed": true, "glass.broken": true, "glass.reviewed": true, "relation.declared": true, "relation.ended": true,
		"disclosed": true, "chair.named": true, "audit.sampled": true, "correction": true, "child.known": true,
		"plan.word-wrong": true, "assessment.factors": true, "cp-plan.changed": true, "import.kept": true, "entries.erased": true, "parking.agreed": true, // of lists and codes, which filled cannot make
	}
	l := line.Fold(nil)
	for _, k := range app.Registry().Kinds() {
		if k.On != "child" || silent[string(k.Kind)] {
			continue
		}
		body, err := app.Registry().Decode(k.Kind, filled(k.Zero))
		if err != nil {
			t.Fatalf("%s: %v", k.Kind, err)
		}
		if s := summary(body, l); !strings.Contains(s, "zz") && !strings.Contains(s, "7") {
			t.Errorf("%s says %q of %+v", k.Kind, s, body)
		}
	}
}

// filled is a body with something in every field that holds text or a number.
func filled(zero any) json.RawMessage {
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("zz")
		case reflect.Int:
			f.SetInt(7)
		case reflect.Int32:
			f.SetInt(int64(day.Of(2027, 7, 7)))
		}
	}
	b, err := json.Marshal(v.Interface())
	if err != nil {
		panic(err)
	}
	return b
}
