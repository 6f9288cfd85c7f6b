package duty_test

import (
	"regexp"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/wording"
	"onus/rulepacks"
)

// Every letter that comes with Onus can be read by a tired parent, a child's by a child,
// and speaks none of the system's words.
func TestLettersAreEasyToRead(t *testing.T) {
	p, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	if err != nil {
		t.Fatal(err)
	}
	on := day.MustParse("2026-11-28")
	letters := p.Letters(on)
	if len(letters) < 6 {
		t.Fatalf("there are %d letters", len(letters))
	}
	open := regexp.MustCompile(`\[[^\]]*\]`)
	for _, x := range letters {
		text := open.ReplaceAllString(duty.LetterPlace.ReplaceAllString(x.Text, "Sam"), "Sam")
		r := wording.Read(text, []string{"Sam"})
		if most := map[string]float64{"child": 10}[x.For]; r.TooShort() || r.UKAge > max(most, 11) || most > 0 && r.UKAge > most || r.Longest > 25 {
			t.Errorf("%s: %s", x.ID, r.Says())
		}
		for _, g := range p.Wording(on).Gloss(text) {
			if !strings.Contains(x.Text, "This is called an "+g.Word) && g.Word != "social worker" {
				t.Errorf("%s: %q is a word of the system", x.ID, g.Word)
			}
		}
	}
}

// What is wrong with a letter is said when the pack is read.
func TestABrokenLetterIsNamed(t *testing.T) {
	const good = `{id: a, title: T, when: w, for: parent, text: "Dear {to}", source: {status: practice, document: d}, from: 2018-07-04}`
	if _, err := load("letters: [" + good + "]"); err != nil {
		t.Fatal(err)
	}
	for change, says := range map[[2]string]string{
		{"{to}", "{grandmother}"}: "nothing in the record is called {grandmother}", {"parent", "everybody"}: `cannot be for "everybody"`, {"title: T", `title: ""`}: "its title", {"document: d", `document: ""`}: "the source",
	} {
		if _, err := load("letters: [" + strings.Replace(good, change[0], change[1], 1) + "]"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", change, err)
		}
	}
}
