package concern

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/day"
	"onus/internal/entry"
)

type seeded struct{ *rand.Rand }

func (s seeded) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s.Uint32())
	}
	return len(p), nil
}

// desk records one concern by a clock that is moved by hand.
type desk struct {
	t interface {
		Helper()
		Fatal(...any)
		Errorf(string, ...any)
	}
	r    Record
	now  day.Instant
	rand seeded
}

var cal = day.England()

type world struct{ *day.Calendar }

func (world) Person(post string) string { return "p-" + post }

func newDesk(t *testing.T, at string) *desk {
	w, err := day.ParseWhen(at)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, r: Record{ID: "c"}, now: w.From(), rand: seeded{rand.New(rand.NewPCG(1, 2))}}
}

func (d *desk) at() entry.Moment { return entry.Moment{Now: d.now, Rand: d.rand} }

func (d *desk) apply(es []entry.Entry) {
	for _, e := range es {
		d.r = Apply(d.r, e)
	}
}

func (d *desk) says(cmd Command) error {
	es, err := Decide(d.r, cmd, world{cal}, d.at())
	if err == nil {
		d.apply(es)
	}
	return err
}

func (d *desk) must(cmd Command) {
	d.t.Helper()
	if err := d.says(cmd); err != nil {
		d.t.Fatal(err)
	}
}

// climb lets the rules look, with these posts living.
func (d *desk) climb(living ...string) []string {
	d.t.Helper()
	es, err := Climb(d.r, world{cal}, func(p string) bool { return len(living) == 0 || slices.Contains(living, p) }, d.at())
	if err != nil {
		d.t.Fatal(err)
	}
	var told []string
	for _, e := range es {
		told = append(told, e.Body.(Told).Post)
	}
	d.apply(es)
	return told
}

var terms = Terms{Acknowledge: 1, Answer: 5, Ask: []int{30, 90, 180}, Source: "test", From: day.MustParse("2020-01-01")}

func raised(about ...string) Raised {
	on := day.MustParse("2026-09-14")
	return Raised{Number: 147, Text: "I have 17 children and 27 hours.", About: about, Terms: terms, AcknowledgeBy: cal.AddWorking(on, 1),
		Steps: Plan([]Step{{Post: "manager"}, {Post: "service"}, {Post: "head"}, {Post: "director"}, {Post: "scrutineer"}}, terms, cal, on)}
}

func dana(b entry.Body) Command {
	return Command{Actor: entry.Actor{Person: "dana", Post: "east-2"}, Body: b, Raiser: true}
}

func by(person, post string, b entry.Body) Command {
	return Command{Actor: entry.Actor{Person: person, Post: post}, Body: b, Answers: []string{post}}
}

func (d *desk) to(at string) {
	w, err := day.ParseWhen(at)
	if err != nil {
		d.t.Fatal(err)
	}
	d.now = w.From()
}

// The story of the pages: nobody answers until the director does, on her last day.
func TestTheClimbOfTheOverloadedWorker(t *testing.T) {
	d := newDesk(t, "2026-09-14T17:22")
	d.must(dana(raised()))
	if d.r.State() != Waiting || d.r.By() != day.MustParse("2026-09-21") || d.r.Last().Post != "manager" {
		t.Fatal(d.r.State(), d.r.By(), d.r.Last())
	}
	d.to("2026-09-15T09:04")
	d.must(by("jo", "manager", Opened{}))
	d.must(by("jo", "manager", Acknowledged{Words: "I have it"}))
	d.to("2026-09-21T23:59")
	if told := d.climb(); told != nil {
		t.Fatal("it climbed before its time", told)
	}
	d.to("2026-09-22T00:00")
	if told := d.climb(); !slices.Equal(told, []string{"service"}) {
		t.Fatal("opening or acknowledging stopped the clock:", told)
	}
	if told := d.climb(); told != nil {
		t.Fatal("it climbed twice", told)
	}
	d.to("2026-10-08T00:00")
	if told := d.climb(); !slices.Equal(told, []string{"head", "director"}) {
		t.Fatal(told)
	}
	if got := d.r.By(); got != day.MustParse("2026-10-15") {
		t.Fatal(got)
	}
	d.to("2026-10-15T16:40")
	d.must(by("helen", "director", Answered{Words: "You were right", Reason: "It should not have taken four of us", Promises: []Promise{
		{What: "Off the duty desk", Post: "manager", By: day.MustParse("2026-10-15")}, {What: "Three children to others", Post: "manager", By: day.MustParse("2026-10-26")}}}))
	if d.r.State() != AnsweredS || d.r.By() != 0 {
		t.Fatal(d.r.State())
	}
	answer := d.r.Answers[0].ID
	d.must(by("jo", "manager", Kept{Answer: answer, Promise: 0, What: "Off the rota"}))
	d.to("2026-10-27T00:00")
	if told := d.climb(); !slices.Equal(told, []string{"director"}) || d.r.State() != Waiting {
		t.Fatal("a promise was not kept, and nobody was told:", told, d.r.State())
	}
	d.must(dana(Judged{Answer: answer, Verdict: PutInPart, Why: "one of three children"}))
	d.must(dana(Judged{Answer: answer, Verdict: NotSettled}))
	if d.r.Last().Post != "scrutineer" {
		t.Fatal(d.r.Last())
	}
	d.must(by("sue", "scrutineer", Answered{Words: "w", Reason: "r", Promises: []Promise{{What: "x", Post: "director", By: day.MustParse("2026-11-01")}}}))
	d.must(dana(Judged{Answer: d.r.Answers[1].ID, Verdict: Settled}))
	if d.r.State() != Closed || d.r.Next() != 0 || d.climb() != nil {
		t.Fatal(d.r.State())
	}
	d.must(dana(Reopened{Why: "it came back"}))
	if d.r.State() != Waiting || d.r.Next() <= d.now {
		t.Fatal("opened again without a running clock")
	}
}

// Who may do what: each refusal by itself.
func TestWhoMaySpeak(t *testing.T) {
	answer := Answered{Words: "w", Reason: "r", Promises: []Promise{{What: "x", Post: "service", By: day.MustParse("2026-12-01")}}}
	d := newDesk(t, "2026-09-14T17:22")
	d.must(dana(raised("jo")))
	for what, cmd := range map[string]Command{
		"the one complained of answers":        by("jo", "manager", answer),
		"the one complained of acknowledges":   by("jo", "manager", Acknowledged{}),
		"the one complained of sends it up":    by("jo", "manager", SentUp{Why: "w"}),
		"the raiser answers":                   {Actor: entry.Actor{Person: "dana"}, Body: answer, Raiser: true, Answers: []string{"manager"}},
		"a post that was not told answers":     by("priti", "service", answer),
		"an answer without a reason":           by("ann", "manager", Answered{Words: "w", Promises: answer.Promises}),
		"an answer that promises nothing":      by("ann", "manager", Answered{Words: "w", Reason: "r"}),
		"an answer that promises the past":     by("ann", "manager", Answered{Words: "w", Reason: "r", Promises: []Promise{{What: "x", Post: "p", By: day.MustParse("2026-09-01")}}}),
		"somebody else judges":                 by("ann", "manager", Judged{Answer: "a", Verdict: Settled}),
		"somebody else adds":                   by("ann", "manager", Added{Text: "x"}),
		"the guardian answers nobody":          {Actor: entry.Actor{Person: "miriam"}, Body: DetrimentHeard{Reply: "x", Words: "w"}, Guardian: true},
		"a name that stands there is opened":   {Actor: entry.Actor{Person: "miriam"}, Body: NameAsked{Why: "w"}, Second: true},
		"it is raised twice":                   dana(raised()),
		"detriment is said before it is asked": dana(Detriment{Day: 30}),
	} {
		if err := d.says(cmd); err == nil {
			t.Errorf("%s", what)
		}
	}
	d.must(by("ann", "manager", answer))
	if err := d.says(by("ann", "manager", answer)); err == nil {
		t.Error("a second answer before the verdict")
	}
	d.must(dana(Added{Text: "and another thing"}))
	d.now += 31 * 24 * day.Hour
	d.must(dana(Detriment{Day: 30, Worse: true, Words: "I was moved"}))
	if err := d.says(by("ann", "manager", DetrimentHeard{Reply: d.r.Replies[0].ID, Words: "w"})); err == nil {
		t.Error("a manager answers for the guardian")
	}
	d.must(Command{Actor: entry.Actor{Person: "miriam"}, Body: DetrimentHeard{Reply: d.r.Replies[0].ID, Words: "I rang her"}, Guardian: true})
}

// In confidence: nothing that the raiser records bears their name, and a name
// takes two people.
func TestInConfidence(t *testing.T) {
	d := newDesk(t, "2026-09-14T17:22")
	b := raised("jo")
	b.Sealed = "sealed"
	first := dana(b)
	first.Actor = entry.Actor{Person: Confidant}
	d.must(first)
	d.must(dana(Added{Text: "more"}))
	for _, e := range d.r.Log {
		if e.Author == "dana" || e.Post == "east-2" {
			t.Errorf("%s bears the raiser's name", e.Kind)
		}
	}
	two := func(person string, b entry.Body) Command {
		return Command{Actor: entry.Actor{Person: person}, Body: b, Second: true}
	}
	if err := d.says(Command{Actor: entry.Actor{Person: "ann"}, Body: NameAsked{Why: "w"}}); err == nil {
		t.Error("anybody asks")
	}
	if err := d.says(two("jo", NameAsked{Why: "w"})); err == nil {
		t.Error("the one complained of asks")
	}
	d.must(two("helen", NameAsked{Why: "I must speak to them"}))
	if err := d.says(two("helen", NameOpened{Asked: d.r.Names[0].ID, Why: "w"})); err == nil {
		t.Error("one person alone opens the name")
	}
	d.must(two("miriam", NameOpened{Asked: d.r.Names[0].ID, Why: "w"}))
	if n := d.r.Names[0]; n.Second != "miriam" || n.Opened == 0 {
		t.Errorf("%+v", n)
	}
}

// For any order of what people do, of posts that live and die, and of jumps of
// the clock: after the rules have looked, a concern is settled, or answered with
// promises that are watched, or has been told to a living post, if any in the
// climb lives, with a clock that runs. Nothing ends in nothing, nobody is told
// twice for one reason in one look, and the words stay.
func TestNothingEndsInNothing(t *testing.T) {
	posts := []string{"manager", "service", "head", "director", "scrutineer"}
	rapid.Check(t, func(rt *rapid.T) {
		d := &desk{t: rt, r: Record{ID: "c"}, now: day.MustParse("2026-09-14").Start() + 9*day.Hour, rand: seeded{rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))}}
		d.must(dana(raised(rapid.SampledFrom([][]string{nil, {"p-manager"}, {"p-director"}}).Draw(rt, "about")...)))
		alive := map[string]bool{}
		for _, p := range posts {
			alive[p] = true
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			post := rapid.SampledFrom(posts).Draw(rt, "post")
			switch rapid.IntRange(0, 9).Draw(rt, "do") {
			case 0:
				d.now += day.Instant(rapid.IntRange(1, 90*24).Draw(rt, "hours")) * day.Hour
			case 1:
				alive[post] = !alive[post]
			case 2:
				d.says(by("p-"+post, post, Acknowledged{}))
			case 3:
				d.says(by("p-"+post, post, Opened{}))
			case 4:
				n := rapid.IntRange(1, 3).Draw(rt, "promises")
				a := Answered{Words: "w", Reason: "r"}
				for i := range n {
					a.Promises = append(a.Promises, Promise{What: fmt.Sprint(i), Post: post, By: d.now.Date() + day.Date(rapid.IntRange(0, 40).Draw(rt, "days"))})
				}
				d.says(by("p-"+post, post, a))
			case 5:
				d.says(by("p-"+post, post, SentUp{Why: "w"}))
			case 6:
				if n := len(d.r.Answers); n > 0 {
					d.says(dana(Judged{Answer: d.r.Answers[n-1].ID, Verdict: rapid.SampledFrom(Verdicts).Draw(rt, "verdict"), Why: "w"}))
				}
			case 7:
				d.says(dana(Reopened{Why: "w"}))
			case 8:
				if n := len(d.r.Answers); n > 0 {
					d.says(by("p-"+post, post, Kept{Answer: d.r.Answers[n-1].ID, Promise: rapid.IntRange(0, 2).Draw(rt, "which"), What: "done"}))
				}
			case 9:
				d.now += day.Hour
			}
			before := len(d.r.Told)
			var living []string
			for _, p := range posts {
				if alive[p] && !slices.Contains(d.r.Raised.About, "p-"+p) {
					living = append(living, p)
				}
			}
			if living == nil {
				living = []string{"nobody"}
			}
			d.climb(living...)
			if again := d.climb(living...); again != nil {
				rt.Fatalf("a second look told %v", again)
			}
			seen := map[string]bool{}
			for _, told := range d.r.Told[before:] {
				if k := told.Post + told.Why; seen[k] {
					rt.Fatalf("%s was told twice in one look", told.Post)
				} else {
					seen[k] = true
				}
			}
			switch d.r.State() {
			case Waiting:
				if d.r.Next() <= d.now {
					rt.Fatalf("no clock runs: %d, now %d", d.r.Next(), d.now)
				}
				reached := slices.ContainsFunc(d.r.Told, func(x Telling) bool { return slices.Contains(living, x.Post) })
				if !reached && d.r.Last().Step < len(posts)-1 {
					rt.Fatalf("nobody who lives was told: %v of %v", d.r.Told, living)
				}
			case AnsweredS:
				if d.r.Next() != 0 && d.r.Next() <= d.now {
					rt.Fatal("a promise is not watched")
				}
			}
			if d.r.Raised.Text != raised().Text || d.r.Log[0].Body.(Raised).Text != raised().Text {
				rt.Fatal("the words changed")
			}
			if whole := Fold("c", d.r.Log); whole.State() != d.r.State() || whole.Next() != d.r.Next() || len(whole.Told) != len(d.r.Told) {
				rt.Fatal("the same entries give another concern")
			}
		}
	})
}

func TestTitle(t *testing.T) {
	for text, want := range map[string]string{
		"I cannot visit my children as often as they need. I have 17.": "I cannot visit my children as often as they need",
		"Help":                      "Help",
		strings.Repeat("word ", 40): "word word word word word word word word word word word word word word word word ...",
	} {
		if got := Title(text); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%q", got)
		}
	}
}
