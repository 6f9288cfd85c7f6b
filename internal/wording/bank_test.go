package wording_test

import (
	"os"
	"testing"

	"go.yaml.in/yaml/v3"

	"onus/internal/day"
	"onus/internal/wording"
)

// own is the bank that comes with Onus, read as the duty pack reads it.
func own(t testing.TB) *wording.Bank {
	t.Helper()
	raw, err := os.ReadFile("../../rulepacks/onus/wording.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Wording []wording.Rule `yaml:"wording"`
		Gloss   []wording.Term `yaml:"gloss"`
	}
	if err := yaml.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	b, faults := wording.Compile(f.Wording, f.Gloss)
	for _, err := range faults {
		t.Error(err)
	}
	if b == nil {
		t.FailNow()
	}
	return b
}

var today = day.MustParse("2026-11-23")

func TestTheExamplesHold(t *testing.T) {
	b := own(t)
	for _, err := range b.RunExamples() {
		t.Error(err)
	}
	t.Logf("%d rules, %d examples, %d terms", len(b.Rules()), b.Examples(), len(b.Terms()))
}
