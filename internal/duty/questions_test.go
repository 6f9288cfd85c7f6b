package duty_test

import (
	"slices"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

func question(id, from, more string) string {
	return "- {id: " + id + ", part: The child, asks: 'What of " + id + " for {child}?', source: {status: practice, document: Ours}, from: " + from + more + "}\n"
}

// Questions are effective-dated, and an authority's own stand for those of its id, where
// those stood.
func TestQuestionsOfAnAssessmentAreLayeredAndDated(t *testing.T) {
	base := duty.Layer{Name: "law", Files: []duty.Text{{Name: "a.yaml", Text: "assessment:\n" + question("one", "2020-01-01", "") + question("two", "2020-01-01", "") + question("two", "2024-01-01", ", needed: true")}}}
	ours := duty.Layer{Name: "ours", Files: []duty.Text{{Name: "a.yaml", Text: "assessment:\n" + question("one", "2021-06-01", ", needed: true") + question("three", "2021-06-01", "")}}}
	p, err := duty.LoadLayers(day.England(), entry.NewRegistry(child.Kinds()), base, ours)
	if err != nil {
		t.Fatal(err)
	}
	ids := func(on string) (out []string) {
		for _, x := range p.Questions(day.MustParse(on)) {
			s := x.ID
			if x.Needed {
				s += "!"
			}
			out = append(out, s)
		}
		return out
	}
	if got := ids("2020-05-01"); !slices.Equal(got, []string{"two"}) {
		t.Errorf("before ours began: %v", got)
	}
	if got := ids("2022-05-01"); !slices.Equal(got, []string{"one!", "two", "three"}) {
		t.Errorf("in 2022: %v", got)
	}
	if got := ids("2025-05-01"); !slices.Equal(got, []string{"one!", "two!", "three"}) {
		t.Errorf("in 2025: %v", got)
	}
	if got := p.Questions(day.MustParse("2025-05-01"))[0]; got.Says(got.Asks, "Sam") != "What of one for Sam?" {
		t.Errorf("asks %q", got.Asks)
	}
}

func TestAWrongQuestionIsAFault(t *testing.T) {
	for _, c := range []struct{ yaml, want string }{
		{question("One", "2020-01-01", ""), "small letters"},
		{question("one", "2020-01-01", ", fits: [the weather]"), "nothing fits by the name"},
		{question("one", "2020-01-01", "") + question("one", "2020-01-01", ""), "two from the same day"},
		{"- {id: one, part: The child, asks: Say something., source: {status: practice, document: Ours}, from: 2020-01-01}\n", "as a question"},
		{"- {id: one, part: The child, asks: 'What?'}\n", "the source"},
	} {
		_, err := duty.LoadLayers(day.England(), entry.NewRegistry(child.Kinds()), duty.Layer{Name: "law", Files: []duty.Text{{Name: "a.yaml", Text: "assessment:\n" + c.yaml}}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.yaml, err, c.want)
		}
	}
}
