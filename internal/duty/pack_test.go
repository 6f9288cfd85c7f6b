package duty_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

const good = `# one rule
rules:
- id: visit
  duty: See the child
  starts: {kind: referral}
  while: child.open
  within: 5 days
  repeats: from the last that counted
  met_by: {kind: visit, when: e.seen}
  owed_by: allocated worker
  climbs: [{to: team manager, after: 0 days}, {to: director, after: 2 days}]
  source: {status: local policy, document: none}
  from: 2020-01-01
  examples:
  - name: five days
    given: [{on: "2026-03-02", kind: referral, body: {from: school}}]
    now: "2026-03-03"
    expect: [{due: "2026-03-07", state: open}]
`

func load(text string) (*duty.Pack, error) {
	return duty.Load(fstest.MapFS{"p/one.yaml": {Data: []byte(text)}}, day.England(), app.Registry(), "p")
}

// A broken pack is refused, and the fault says where: file, line and rule.
func TestBrokenPacks(t *testing.T) {
	if _, err := load(good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown kind", "{kind: referral}\n", "{kind: referal}\n", "p/one.yaml:3: visit: starts: there is no kind of entry called \"referal\""},
		{"missing source", "  source: {status: local policy, document: none}\n", "", "p/one.yaml:3: visit: a rule without a source"},
		{"bad condition", "when: e.seen", "when: e.sen", "p/one.yaml:3: visit: met_by: the condition \"e.sen\" cannot be read"},
		{"not a condition", "while: child.open", "while: child.plan", "p/one.yaml:3: visit: while: the condition"},
		{"failing example", `due: "2026-03-07"`, `due: "2026-03-06"`, `p/one.yaml:3: visit: example "five days": duty 1 is due 2026-03-07, expected 2026-03-06`},
		{"climb that does not go up", "to: director", "to: team manager", "p/one.yaml:3: visit: climb 2 goes to team manager, which is not above team manager"},
		{"climb to nobody", "to: director", "to: king", "p/one.yaml:3: visit: tier: there is no tier called king"},
		{"no climb", "  climbs: [{to: team manager, after: 0 days}, {to: director, after: 2 days}]\n", "", "p/one.yaml:3: visit: an unmet duty must climb"},
		{"unknown field", "  within: 5 days", "  whithin: 5 days", "p/one.yaml:7: visit: field whithin not found"},
		{"unknown field of the file", "# one rule", "ruls: []", "p/one.yaml:1: field ruls not found"},
		{"no examples", good[strings.Index(good, "  examples"):], "  examples: []\n", "p/one.yaml:3: visit: a rule needs at least one worked example"},
		{"nothing meets it", "met_by: {kind: visit, when: e.seen}", "met_by: {}", "p/one.yaml:3: visit: nothing can meet this duty"},
		{"no length", "  within: 5 days\n", "", "p/one.yaml:3: visit: a rule needs within"},
		{"strange owner", "owed_by: allocated worker", "owed_by: somebody", "p/one.yaml:3: visit: owed_by \"somebody\""},
		{"same id at the same time", "rules:\n", "rules:\n" + good[strings.Index(good, "- id"):], "p/one.yaml:3: visit: two rules of this id are in force at the same time"},
		{"a span that is none", "5 days", "5 moons", "p/one.yaml:3: visit: \"5 moons\""},
		{"climb that comes too soon", "director, after: 2 days", "director, after: 0 days}, {to: chief executive, after: 5 days}, {to: chief executive, after: 2 days", "p/one.yaml:3: visit: climb 4, after 2 days, comes before climb 3, after 5 days"},
		{"climb to its owner", "owed_by: allocated worker", "owed_by: team manager", "p/one.yaml:3: visit: climb 1 goes to team manager, but the team manager owes it"},
		{"unknown field of a match", "{kind: visit, when: e.seen}", "[{kind: visit, whenever: e.seen}]", "p/one.yaml:9: visit: field whenever not found"},
		{"a kind named twice", "{kind: visit, when: e.seen}", "[{kind: visit, when: e.seen}, {kind: visit}]", "p/one.yaml:3: visit: met_by names visit twice"},
		{"counted from nothing", "  within: 5 days", "  counted_from: referal\n  within: 5 days", "p/one.yaml:3: visit: counted_from: there is no kind of entry called \"referal\""},
		{"repeats, counted from another entry", "  within: 5 days", "  counted_from: referral\n  within: 5 days", "p/one.yaml:3: visit: a duty that repeats is counted from the last"},
		{"early by the hour", "  within: 5 days", "  early: 3 hours\n  within: 5 days", "p/one.yaml:3: visit: early must be"},
		{"silent on no rule", "# one rule", "sources: [{of: x, carries: [visit], silent_on: [visi]}]", "p/one.yaml: source x: there is no rule \"visi\""},
		{"not YAML", "rules:", "rules: [", "p/one.yaml:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.from, c.to, 1)
			if text == good {
				t.Fatal("the test changes nothing")
			}
			_, err := load(text)
			var f duty.Fault
			if err == nil || !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got: %v\nwant: %s", err, c.want)
			}
		})
	}
}

func TestAPackWithoutRules(t *testing.T) {
	if _, err := duty.Load(fstest.MapFS{"p/x.txt": {}}, day.England(), app.Registry(), "p"); err == nil {
		t.Error("an empty folder was taken for a pack")
	}
}

// When a rule changes from a day on, the clock that a meeting starts on or
// after that day is the new rule's, and there is one such clock, not two.
func TestARepeatFollowsTheRuleThenInForce(t *testing.T) {
	rule := strings.NewReplacer("starts: {kind: referral}", "starts: {kind: core-group}", "{kind: visit, when: e.seen}", "{kind: core-group}", "kind: referral, body: {from: school}", "kind: core-group", "while: child.open", "while: 'true'").Replace(good[strings.Index(good, "- id"):])
	before := strings.Replace(rule, "from: 2020-01-01", "from: 2020-01-01\n  to: 2026-04-01", 1)
	after := strings.NewReplacer("from: 2020-01-01", "from: 2026-04-01", "within: 5 days", "within: 9 days", "2026-03-02", "2026-04-02", "2026-03-03", "2026-04-03", "2026-03-07", "2026-04-11").Replace(rule)
	p, err := load("rules:\n" + before + after)
	if err != nil {
		t.Fatal(err)
	}
	rec := child.New("c")
	for i, on := range []string{"2026-03-28", "2026-04-01"} {
		d := day.MustParse(on)
		rec = child.Apply(rec, entry.Entry{ID: entry.ID(on), Kind: "core-group", Happened: day.On(d), Recorded: d.End() + day.Instant(i), Body: child.CoreGroup{}})
	}
	ds := p.Duties(rec, day.MustParse("2026-04-02").Start())
	if len(ds) != 2 || ds[0].State != duty.Met || ds[1].State != duty.Open || ds[1].Due.On != day.MustParse("2026-04-10") {
		t.Errorf("got %s", say(ds))
	}
}
