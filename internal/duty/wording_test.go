package duty_test

import (
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/wording"
)

const ownWording = `wording:
- id: only
  parts: change
  when: words
  words: [nicely]
  says: "{quote} is pleasant."
  asks: How?
  strong: Nan cooks.
  source: {status: local policy, document: Ours}
  from: 2026-01-01
  examples: [{text: "Mum talks nicely.", expect: noticed}, {text: Mum talks., expect: not noticed}]
`

func wordingLayer(name, text string) duty.Layer {
	return duty.Layer{Name: name, Files: []duty.Text{{Name: "words.yaml", Text: text}}}
}

// The wording that comes with Onus is in the pack, and a later layer lays its own over.
func TestWordingOfAPack(t *testing.T) {
	on := day.MustParse("2026-11-23")
	b := england(t).Wording(on)
	if b.Empty() || len(b.Terms()) == 0 || b.Examples() < 2*len(b.Rules()) {
		t.Errorf("%d rules, %d examples", len(b.Rules()), b.Examples())
	}
	if got := england(t).Wording(day.MustParse("2001-01-01")); !got.Empty() {
		t.Error("rules are in force before their day")
	}
	load := func(layers ...duty.Layer) (*duty.Pack, error) {
		return duty.LoadLayers(day.England(), entry.NewRegistry(child.Kinds()), layers...)
	}
	p, err := load(wordingLayer("a", ownWording), wordingLayer("b", strings.ReplaceAll(ownWording, "nicely", "sweetly")))
	if err != nil {
		t.Fatal(err)
	}
	look := func(p *duty.Pack, on day.Date) (quotes string) {
		for _, n := range p.Wording(on).Look(wording.Plan{Goals: []wording.Goal{{Change: "Talks nicely and sweetly."}}}, on) {
			quotes += n.Quote
		}
		return quotes
	}
	if got := look(p, on); got != "sweetly" {
		t.Errorf("the later layer notices %q", got)
	}
	_, version, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(ownWording, "nicely", "kindly"), "2026-01-01", "2026-11-01"), "wording:\n")
	if p, err = load(wordingLayer("a", strings.ReplaceAll(ownWording, "nicely", "sweetly")+version)); err != nil {
		t.Fatal(err)
	}
	if before, after := look(p, day.MustParse("2026-10-31")), look(p, day.MustParse("2026-11-01")); before != "sweetly" || after != "" {
		t.Errorf("%q, then %q", before, after)
	}
	if got := p.Wording(on); len(got.Rules()) != 1 || len(p.AllWording().Rules()) != 2 {
		t.Error("a version is missing, or two are in force")
	}
	none, err := load(wordingLayer("a", "journeys: []"))
	if err != nil || !none.Wording(on).Empty() || look(none, on) != "" {
		t.Errorf("%v", err)
	}
}

// What is wrong is named with file and line, and the worked examples are run.
func TestFaultsOfWording(t *testing.T) {
	for _, x := range []struct{ from, to, want string }{
		{"  asks: How?\n", "", "p/words.yaml:2: only: give the question"},
		{"when: words", "when: smell", "p/words.yaml:2: only: there is nothing to look at called \"smell\""},
		{"  asks: How?", "  ask: How?", "p/words.yaml:7: only: field ask not found"},
		{"Mum talks nicely.", "Mum talks.", "p/words.yaml:2: only: example \"\": it should be noticed, and is not"},
		{"{text: Mum talks.,", "{text: Nicely.,", "it should not be noticed, and is: “Nicely” is pleasant."},
		{"strong: Nan cooks.", "strong: Nan cooks nicely.", "its strong example for change is noticed by only"},
		{", {text: Mum talks., expect: not noticed}", "", "give a worked example that is noticed, and one that is not"},
	} {
		text := strings.Replace(ownWording, x.from, x.to, 1)
		if text == ownWording {
			t.Fatalf("%q does not stand there", x.from)
		}
		_, err := duty.LoadLayers(day.England(), entry.NewRegistry(child.Kinds()), wordingLayer("p", text))
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%q: %v", x.to, err)
		}
	}
}
