package wording_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/day"
	"onus/internal/wording"
)

func d(s string) day.Date { return day.MustParse(s) }

// strong is a plan as the guide to plans wants it.
func strong() wording.Plan {
	return wording.Plan{Child: "Sam", Others: []string{"Nan", "Auntie Jo", "Priya Rao", "Jo Pell"}, Today: d("2026-04-27"), ReviewOn: d("2026-07-20"), Goals: []wording.Goal{{
		ID:      "evenings",
		Worry:   "Sam (4) was alone on two evenings in March.",
		Change:  "An adult we have all agreed is at home with Sam every evening.",
		Measure: "Nan or Auntie Jo sends a text by 7pm; nursery asks Sam on Mondays.",
		StartBy: d("2026-05-06"), HoldWeeks: 8,
		Help: []wording.Help{
			{What: "Visits Tuesdays 5pm.", Who: "Priya Rao (family help)", WhoIs: "person", From: d("2026-05-05")},
			{What: "Nursery after-club paid.", Who: "Jo Pell", WhoIs: "person", From: d("2026-05-05")},
		},
		IfNot: "Two missed evenings means we meet within 2 days and talk about Sam staying with Nan.",
		PlanB: "Call Nan, then the duty team.",
	}}}
}

// weak is the same worry as it must not be written.
func weak() wording.Plan {
	return wording.Plan{Child: "Sam", Others: []string{"Nan"}, Today: today, ReviewOn: d("2027-02-18"), Goals: []wording.Goal{{
		ID:     "evenings",
		Worry:  "Neglect. Lack of supervision by mum.",
		Change: "Parents to engage with services and ensure appropriate supervision. Ongoing. All professionals to monitor.",
		Help:   []wording.Help{{What: "All professionals to monitor and support as appropriate.", Who: "All"}},
	}}}
}

func TestAStrongPlanHasNoNote(t *testing.T) {
	b := own(t)
	for _, n := range b.Look(strong(), today) {
		t.Errorf("%s, %s: %s", n.Rule, n.Part, n.Says)
	}
}

func TestAWeakPlanHasManyNotes(t *testing.T) {
	var got []string
	for _, n := range own(t).Look(weak(), today) {
		got = append(got, fmt.Sprintf("%s %s %q", n.Part, n.Rule, strings.Join(n.Quotes, "|")))
		if want := map[string]string{"label": "“Neglect” and “Lack of supervision” are labels, and do not tell anybody what happens at home.", "owner-is-a-team": "“All” is not one person, so nobody can be asked whether it was done."}[n.Rule]; want != "" && n.Says != want {
			t.Errorf("%s says %q", n.Rule, n.Says)
		}
		if n.Says == "" || n.Strong == "" || !strings.HasSuffix(n.Asks, "?") || strings.ContainsAny(n.Says+n.Asks, "{}") {
			t.Errorf("%+v", n)
		}
	}
	want := []string{
		`worry child-not-named ""`, `worry no-days ""`, `worry label "Neglect|Lack of supervision"`,
		`change child-not-named ""`, `change only-verb "engage with|ensure|monitor"`, `change nobody-in-particular "services|All professionals"`,
		`change lets-it-never-happen "appropriate|Ongoing"`,
		`measure no-measure ""`, `by_when no-day ""`,
		`help only-verb "monitor|support"`, `help nobody-in-particular "All professionals"`, `help lets-it-never-happen "as appropriate"`,
		`help owner-is-a-team "All"`, `help help-without-a-day ""`,
		`if_not no-if-not ""`, `plan_b no-plan-b ""`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("noticed:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What is claimed of a part is what the rules looked at there, and nothing else.
func TestWhatIsClaimed(t *testing.T) {
	b := own(t)
	p := wording.Plan{Child: "Sam", Others: []string{"Nan", "Auntie Bev", "Ruth Amadi", "Jo Pell"}, Today: today, ReviewOn: d("2027-02-18"), Goals: []wording.Goal{{
		ID:      "1",
		Worry:   "On 8 and 10 September Sam (4) was at home in the evening with no adult. Nan found him trying to light the hob for his tea. Nan, nursery and we are worried that he will be burned, and that he is scared.",
		Change:  "Mum, Nan or Auntie Bev is at home with Sam every evening from 5pm, and all night.",
		Measure: "Mum attends all her appointments. Nan sends a text.",
		StartBy: d("2026-12-07"), HoldWeeks: 8,
		Help: []wording.Help{
			{What: "Ruth Amadi (family help) comes on Tuesdays and Thursdays at 5pm, from 1 December.", Who: "Ruth Amadi", WhoIs: "person", From: d("2026-12-01")},
			{What: "Professionals to offer support with childcare as appropriate.", Who: "Ruth Amadi", WhoIs: "person", From: d("2026-12-01")},
		},
		IfNot: "If two evenings are missed, Jo Pell meets Mum within 2 working days. They talk about Sam staying with Nan, and whether we must ask a lawyer.",
		PlanB: "Ring Nan, then Auntie Bev, then the night team on 01632 960 145. Sam is never left alone, not even for ten minutes.",
	}}}
	s := b.See(p, today)
	var rules []string
	for _, n := range s.Notes {
		rules = append(rules, string(n.Part)+" "+n.Rule+" "+n.Quote)
	}
	// The two places of the draft that are worth another look, and no others.
	if want := []string{"measure attendance-only attends all her appointments", "measure nothing-to-count ", "help only-verb offer support", "help nobody-in-particular Professionals", "help lets-it-never-happen as appropriate"}; !slices.Equal(rules, want) {
		t.Errorf("%q", rules)
	}
	for part, want := range map[wording.Part]string{
		wording.Worry:  "Names Sam, gives days, uses no labels.",
		wording.ByWhen: "Gives a day, says how long it must hold.",
		wording.PlanB:  "Says whom to ring.",
	} {
		if got := s.Fine("1", part); got != want {
			t.Errorf("%s: %q", part, got)
		}
		if len(s.Of("1", part)) != 0 || b.Looked(p, today, "1", part) != want {
			t.Errorf("%s", part)
		}
	}
	if got := p.Reading().Says(); got != "Reads at about age 9 to 10; the longest sentence has 17 words." {
		t.Error(got)
	}
	// Nothing was written: nothing is claimed of it.
	if got := b.Looked(weak(), today, "evenings", wording.PlanB); got != "" {
		t.Errorf("%q", got)
	}
}

// A note on one help says on which; help is counted from 1.
func TestNotesOnHelpSayWhich(t *testing.T) {
	p := strong()
	p.Goals[0].Help[1] = wording.Help{What: "After-club is paid.", From: d("2026-05-05")}
	notes := own(t).Look(p, today)
	if len(notes) != 1 || notes[0].Rule != "no-owner" || notes[0].Help != 2 || !notes[0].Blocks {
		t.Errorf("%+v", notes)
	}
}

// A rule counts from its day on, and a later version of it stands for the earlier one.
func TestRulesCountFromTheirDay(t *testing.T) {
	rule := func(from string, word string) wording.Rule {
		return wording.Rule{ID: "x", Parts: wording.PartSet{wording.Change}, Says: "{quote}", Asks: "Why?", Strong: wording.ByPart{"all": "Nan cooks."}, When: "words", Words: []string{word},
			From: d(from), Source: wording.Source{Status: "practice", Document: "x"}, Examples: []wording.Example{{Text: word, Expect: wording.Noticed}, {Text: "Nan", Expect: wording.NotNoticed}}}
	}
	b, faults := wording.Compile([]wording.Rule{rule("2026-01-01", "old"), rule("2026-06-01", "new")}, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	p := wording.Plan{Goals: []wording.Goal{{ID: "1", Change: "The old and the new."}}}
	for on, want := range map[string]string{"2025-12-31": "", "2026-01-01": "old", "2026-05-31": "old", "2026-06-01": "new"} {
		got := ""
		for _, n := range b.Look(p, d(on)) {
			got += n.Quote
		}
		if got != want || len(b.On(d(on)).Rules()) != len(want)/3 {
			t.Errorf("%s: %q", on, got)
		}
	}
	if _, faults := wording.Compile([]wording.Rule{rule("2026-01-01", "old"), rule("2026-01-01", "new")}, nil); len(faults) != 1 {
		t.Error(faults)
	}
}

// Everything that is wrong with a rule is said at once.
func TestFaults(t *testing.T) {
	_, faults := wording.Compile([]wording.Rule{{ID: "x", When: "sniff", Parts: wording.PartSet{"nose"}, Words: []string{"a"}, At: 3, Of: []string{"smell"}, File: "f.yaml", Line: 7}}, []wording.Term{{}})
	text := ""
	for _, f := range faults {
		text += f.Error() + "\n"
	}
	for _, want := range []string{"f.yaml:7: x: give its id", "give the question", `nothing to look at called "sniff"`, "give a strong example for nose", "words are for", "of is for", `nothing to find called "smell"`, "at must be from 0 to 0", "give the day", "worked example", "gloss, number 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var none *wording.Bank
	if len(none.Look(weak(), today)) != 0 || none.Gloss("LAC") != nil || none.Rules() != nil || none.Strong(wording.Worry) != nil || none.On(today) != nil || none.Examples() != 0 || none.RunExamples() != nil {
		t.Error("no bank notices something")
	}
}

func TestGloss(t *testing.T) {
	b := own(t)
	const text = "The core groups meet before the conference. LAC nurse; a lac is 100,000. S.47 and section 47. Siblings' contact arrangements."
	var got []string
	for _, h := range b.Gloss(text) {
		if text[h.Start:h.End] != h.Word || h.Plain == "" {
			t.Errorf("%+v", h)
		}
		got = append(got, h.Word)
	}
	if want := []string{"core groups", "conference", "LAC", "S.47", "section 47", "Siblings", "contact arrangements"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// No text makes it fall over, and what it quotes stands in the text.
func TestAnyTextCanBeLookedAt(t *testing.T) {
	b := own(t)
	words := []string{"Sam", "mum", "engage", "with", "as", "appropriate", "LAC", "s.17", "5.30pm", "e.g.", "Mr.", "ongoing", "will", "not", "01632 960 145", "core", "group", "All", "attends", "the", "\n- ", "1. ", "’s", "…", "\x00", "\xff", "ß", "İ", "a.", "(", "."}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.SampledFrom(words)), func(ws []string) string { return strings.Join(ws, " ") }),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		any := func(name string) string { return text.Draw(rt, name) }
		date := func(name string) day.Date { return day.Date(rapid.IntRange(0, 800000).Draw(rt, name)) }
		goals := func(name string) (gs []wording.Goal) {
			for i := range rapid.IntRange(0, 2).Draw(rt, name) {
				g := wording.Goal{ID: fmt.Sprint(i), Worry: any("w"), Change: any("c"), Measure: any("m"), IfNot: any("i"), PlanB: any("b"), StartBy: date("s"), HoldWeeks: rapid.IntRange(-3, 60).Draw(rt, "h")}
				for range rapid.IntRange(0, 2).Draw(rt, "helps") {
					g.Help = append(g.Help, wording.Help{What: any("what"), Who: any("who"), WhoIs: rapid.SampledFrom([]string{"", "person", "team"}).Draw(rt, "is"), From: date("f")})
				}
				gs = append(gs, g)
			}
			return gs
		}
		p := wording.Plan{Child: any("child"), Others: []string{any("other")}, Goals: goals("goals"), Before: goals("before"), Earlier: [][]wording.Goal{goals("e")}, Siblings: [][]wording.Goal{goals("sib")}, ReviewOn: date("r"), Today: date("t")}
		s := b.See(p, today)
		place := func(n wording.Note) int {
			g := slices.IndexFunc(p.Goals, func(g wording.Goal) bool { return g.ID == n.Goal })
			if g < 0 {
				g = len(p.Goals)
			}
			return 8*g + slices.Index(wording.Parts, n.Part)
		}
		last := -1
		for _, n := range s.Notes {
			if n.Part != wording.ThePlan {
				if at := place(n); at < last {
					rt.Fatalf("out of order: %+v", s.Notes)
				} else {
					last = at
				}
			}
			for _, q := range n.Quotes {
				in := false
				for _, g := range p.Goals {
					texts := []string{g.Worry, g.Change, g.Measure, g.IfNot, g.PlanB}
					for _, h := range g.Help {
						texts = append(texts, h.What, h.Who)
					}
					in = in || g.ID == n.Goal && slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, q) })
				}
				if !in || q == "" {
					rt.Fatalf("%s quotes %q, which stands nowhere", n.Rule, q)
				}
			}
		}
		p.Reading().Says()
		for _, h := range b.Gloss(p.Text()) {
			if p.Text()[h.Start:h.End] != h.Word {
				rt.Fatalf("%+v", h)
			}
		}
	})
}

// big is a plan of seven goals with three earlier versions and three siblings.
func big() wording.Plan {
	p := strong()
	p.Today = today
	g := p.Goals[0]
	p.Goals = nil
	versions := make([][]wording.Goal, 7)
	for v := range versions {
		for i := range 7 {
			x := g
			x.ID = fmt.Sprint(i)
			x.Worry = fmt.Sprintf("On day %d and on day %d of March Sam was alone in the evening, for %d hours. Nan found him at the hob and took him home.", i, v, i+v)
			x.Change = fmt.Sprintf("Mum or Nan or Auntie Jo is at home with Sam from %dpm every evening, cooks with him and reads to him until he sleeps, version %d.", i, v)
			versions[v] = append(versions[v], x)
		}
	}
	p.Goals, p.Before, p.Earlier, p.Siblings = versions[0], versions[1], versions[2:4], versions[4:]
	return p
}

func BenchmarkLook(b *testing.B) {
	bank, p := own(b), big()
	b.ReportAllocs()
	for b.Loop() {
		bank.Look(p, today)
	}
}

func BenchmarkCompile(b *testing.B) {
	bank := own(b)
	rules, terms := bank.Rules(), bank.Terms()
	for b.Loop() {
		wording.Compile(rules, terms)
	}
}
