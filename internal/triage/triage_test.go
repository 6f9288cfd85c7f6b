package triage_test

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"onus/internal/day"
	"onus/internal/triage"
)

const onDay = "2026-11-23"

// example reads the rules that come with Onus.
func example(t testing.TB) *triage.Rules {
	t.Helper()
	b, err := os.ReadFile("../../rulepacks/example-local/triage.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Triage triage.File `yaml:"triage"`
	}
	if err := yaml.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	r := &triage.Rules{}
	r.Take(f.Triage)
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheHighestRuleWinsAndIsNamed(t *testing.T) {
	r := example(t)
	got := r.Rate(triage.Facts{Signs: map[string]string{"injury": "yes", "moves": "no"}, Numbers: map[string]float64{"age in months": 3},
		Said: "Two bruises on the left cheek."}, day.MustParse(onDay))
	if got.Rating != triage.Red || got.Rule != "bruise on a baby" || !got.Alarm || len(got.Fired) < 2 {
		t.Errorf("%+v", got)
	}
	if got.Provisional {
		t.Error("it can go no higher than red, so nothing that is missing makes it provisional")
	}
}

// Words speak for a sign until somebody who read it says no.
func TestWordsCountUntilSomebodySaysNo(t *testing.T) {
	r := example(t)
	f := triage.Facts{Said: "Teacher reports: “Daddy hit me with a belt”.", Numbers: map[string]float64{"age in months": 90}}
	got := r.Rate(f, day.MustParse(onDay))
	if got.Rule != "child told" || strings.Join(got.Fired[0].Words, ",") != "hit me" {
		t.Errorf("%+v", got)
	}
	f.Signs = map[string]string{"told": "no"}
	if got := r.Rate(f, day.MustParse(onDay)); got.Rule == "child told" {
		t.Errorf("%+v", got)
	}
}

func TestWhatNobodyAskedIsNotNo(t *testing.T) {
	r := example(t)
	got := r.Rate(triage.Facts{Said: "The family moved in on Saturday."}, day.MustParse(onDay))
	if got.Rating != triage.Green || !got.Provisional || len(got.Missing) == 0 {
		t.Errorf("%+v", got)
	}
	all := map[string]string{}
	for _, s := range r.Signs {
		all[s.ID] = "no"
	}
	all["moves"], all["explained"] = "yes", "yes"
	facts := map[string]float64{}
	for k := range triage.Known {
		if k != "weights" {
			facts[k] = 0
		}
	}
	facts["age in months"] = 100
	got = r.Rate(triage.Facts{Signs: all, Numbers: facts}, day.MustParse(onDay))
	if got.Rating != triage.Green || got.Provisional || got.Name != triage.NoRule {
		t.Errorf("%+v", got)
	}
}

// Learning something more can only settle what was open: an answer that was not
// known never turns a rule off that had fired, and what was not provisional stays.
func TestMoreKnowledgeNeverUndoesARule(t *testing.T) {
	r := example(t)
	on := day.MustParse(onDay)
	rapid.Check(t, func(t *rapid.T) {
		f := triage.Facts{Signs: map[string]string{}, Numbers: map[string]float64{}}
		for _, s := range r.Signs {
			if v := rapid.SampledFrom([]string{"", "yes", "no"}).Draw(t, s.ID); v != "" {
				f.Signs[s.ID] = v
			}
		}
		if rapid.Bool().Draw(t, "age known") {
			f.Numbers["age in months"] = float64(rapid.IntRange(-9, 210).Draw(t, "age"))
		}
		before := r.Rate(f, on)
		more := triage.Facts{Signs: map[string]string{}, Numbers: map[string]float64{}}
		for _, s := range r.Signs {
			if v, ok := f.Signs[s.ID]; ok {
				more.Signs[s.ID] = v
			} else if v := rapid.SampledFrom([]string{"", "yes", "no"}).Draw(t, "more "+s.ID); v != "" {
				more.Signs[s.ID] = v
			}
		}
		for k := range triage.Known {
			if n, ok := f.Numbers[k]; ok {
				more.Numbers[k] = n
			} else if rapid.Bool().Draw(t, "more "+k) {
				more.Numbers[k] = float64(rapid.IntRange(0, 3).Draw(t, k))
			}
		}
		after := r.Rate(more, on)
		if triage.Higher(before.Rating, after.Rating) {
			t.Fatalf("it was %s by %q, and with more known it is %s", before.Rating, before.Rule, after.Rating)
		}
		if !before.Provisional && before.Rating != after.Rating {
			t.Fatalf("it was %s and not provisional, and became %s by %q", before.Rating, after.Rating, after.Rule)
		}
	})
}

func TestMistakesInRulesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		`rules: [{id: a, name: A, rating: purple, why: x, when: injury, source: {status: s, document: d}, from: 2020-01-01}]`:                                                                "not \"purple\"",
		`rules: [{id: a, name: A, rating: red, why: x, when: nonsense, source: {status: s, document: d}, from: 2020-01-01, examples: [{name: n, expect: not known}]}]`:                       "no sign and no fact called \"nonsense\"",
		`rules: [{id: a, name: A, rating: red, why: x, when: "age in months < 3", from: 2020-01-01, examples: [{name: n, facts: {age in months: 1}, expect: fires}]}]`:                       "give the source",
		`rules: [{id: a, name: A, rating: red, why: x, when: unborn, source: {status: s, document: d}, from: 2020-01-01, examples: [{name: n, facts: {unborn: 0}, expect: fires}]}]`:         "expected \"fires\"",
		`rules: [{id: a, name: A, rating: red, why: x, when: unborn, source: {status: s, document: d}, from: 2020-01-01, examples: [{name: n, facts: {unborn: 0}, expect: does not fire}]}]`: "no example shows",
	} {
		var f triage.File
		if err := yaml.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
		r := &triage.Rules{}
		r.Take(f)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n%v, without %q", text, err, want)
		}
	}
}
