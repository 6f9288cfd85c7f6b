package duty_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/rulepacks"
)

// england is the pack that comes with Onus; loading it runs every worked example.
func england(t testing.TB) *duty.Pack {
	t.Helper()
	p, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every row of the field's table is a rule that names it, or stands in
// NOT-RULES.md with the reason; none is both.
func TestEveryRowIsARuleOrSaysWhyNot(t *testing.T) {
	rows := func(text string) (out []string) {
		for _, m := range regexp.MustCompile(`T(\d{3})(?: to T(\d{3}))?`).FindAllStringSubmatch(text, -1) {
			from, _ := strconv.Atoi(m[1])
			to := from
			if m[2] != "" {
				to, _ = strconv.Atoi(m[2])
			}
			for n := from; n <= to; n++ {
				out = append(out, fmt.Sprintf("T%03d", n))
			}
		}
		return out
	}
	is := map[string]string{}
	for _, r := range england(t).Rules {
		for _, row := range rows(r.Source.Reference) {
			is[row] = r.ID
		}
	}
	b, err := os.ReadFile("../../rulepacks/england/NOT-RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	not := map[string]bool{}
	for _, line := range strings.Split(string(b), "\n") {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for _, row := range rows(cell) {
			if is[row] != "" {
				t.Errorf("%s is the rule %s, and stands in NOT-RULES.md", row, is[row])
			}
			not[row] = true
		}
	}
	for n := 1; n <= 170; n++ {
		if row := fmt.Sprintf("T%03d", n); is[row] == "" && !not[row] {
			t.Errorf("%s is no rule, and NOT-RULES.md does not say why", row)
		}
	}
}

// Law and an authority's policy stand apart; each rule has three worked
// examples at least, and says what law, edition and paragraph it comes from or
// that it was not seen.
func TestLayersOfEngland(t *testing.T) {
	law := map[string]bool{"england": true}
	p := england(t)
	for _, r := range p.Rules {
		folder, _, _ := strings.Cut(r.File, "/")
		if r.Source.Local() == law[folder] {
			t.Errorf("%s (%s) stands in %s", r.ID, r.Source.Status, folder)
		}
		if len(r.Examples) < 3 {
			t.Errorf("%s has %d worked examples, three are promised", r.ID, len(r.Examples))
		}
		if r.Journey == "" || r.About == "" || r.Takes.Hours() <= 0 || r.Source.Confidence == "" {
			t.Errorf("%s: journey %q, about %q, takes %s, confidence %q", r.ID, r.Journey, r.About, r.Takes, r.Source.Confidence)
		}
		if !slices.Contains(p.Journeys, r.Journey) {
			t.Errorf("%s: the journey %q is not in journeys.yaml", r.ID, r.Journey)
		}
	}
	if _, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Law...); err != nil {
		t.Errorf("the law by itself: %v", err)
	}
}

// A condition that compares a field with a word that the field cannot have
// never holds, and the rule sleeps without a sound.
func TestConditionsNameValuesThatExist(t *testing.T) {
	compares := regexp.MustCompile(`\be\.(\w+) [!=]= ["']([^"']*)["']`)
	lists := regexp.MustCompile(`\be\.(\w+) in \[([^\]]*)\]`)
	seen := 0
	for _, r := range england(t).Rules {
		check := func(kinds []string, when string) {
			for _, k := range kinds {
				values := child.Values(entry.Kind(k))
				said := func(field, word string) {
					if all, ok := values[field]; ok {
						seen++
						if !slices.Contains(all, word) && word != "" {
							t.Errorf("%s: e.%s of %s is never %q; it can be %s", r.ID, field, k, word, strings.Join(all, ", "))
						}
					}
				}
				for _, m := range compares.FindAllStringSubmatch(when, -1) {
					said(m[1], m[2])
				}
				for _, m := range lists.FindAllStringSubmatch(when, -1) {
					for _, w := range strings.Split(m[2], ",") {
						said(m[1], strings.Trim(strings.TrimSpace(w), `"'`))
					}
				}
			}
		}
		for _, ms := range []duty.Matches{r.Starts, r.MetBy, r.Pauses, r.Resumes} {
			for _, m := range ms.Any {
				check(m.Kind, m.When)
			}
		}
		for _, e := range r.Ends {
			check(e.Kind, e.When)
		}
		for _, e := range r.Extends {
			check(e.Kind, e.When)
		}
	}
	if seen < 100 {
		t.Errorf("only %d comparisons were looked at", seen)
	}
}
