package duty_test

import (
	"crypto/rand"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// library is a book that grows, as app grows it.
type library struct {
	t   testing.TB
	es  []entry.Entry
	own *duty.Pack
}

func (b *library) adopt(recorded, from string, changes ...string) error {
	now := day.MustParse(recorded).Start() + 9*day.Hour
	layers := []duty.Layer{{Name: "p", Files: []duty.Text{{Name: "one.yaml", Text: strings.NewReplacer(changes...).Replace(good)}}}}
	es, err := duty.FoldBook(b.es).Decide(app.Registry(), day.England(), entry.Actor{Person: "d", Post: "director"}, day.MustParse(from), layers, "because", entry.Moment{Now: now, Rand: rand.Reader})
	b.es = append(b.es, es...)
	return err
}

func (b *library) pack(known string) *duty.Pack {
	b.t.Helper()
	p, err := duty.FoldBook(b.es).KnownAt(day.MustParse(known).End()).Pack(b.own)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func newLibrary(t testing.TB) *library {
	own, err := load(good)
	if err != nil {
		t.Fatal(err)
	}
	return &library{t: t, own: own}
}

var nineDays = []string{"within: 5 days", "within: 9 days", `due: "2026-03-07"`, `due: "2026-03-11"`}

// A clock runs by the rules in force on the day on which it started; what was
// known before an adoption is counted by the rules of then.
func TestRulesChangeFromADay(t *testing.T) {
	b := newLibrary(t)
	for _, a := range []struct{ recorded, from string }{{"2026-01-05", "2026-01-05"}} {
		if err := b.adopt(a.recorded, a.from); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.adopt("2026-03-04", "2026-03-10", nineDays...); err != nil {
		t.Fatal(err)
	}
	visit := func(on string) said { return said{on: on, body: child.Visit{Seen: true, Where: "home"}} }
	rec := record(t, referral, visit("2026-03-06"), visit("2026-03-11"))
	dues := func(p *duty.Pack) (out []string) {
		for _, d := range p.Duties(rec, day.MustParse("2026-03-12").End()) {
			out = append(out, d.Due.On.String())
		}
		return out
	}
	if got, want := dues(b.pack("2026-03-12")), []string{"2026-03-07", "2026-03-11", "2026-03-20"}; !reflect.DeepEqual(got, want) {
		t.Errorf("now: %v, want %v", got, want)
	}
	if got, want := dues(b.pack("2026-03-03")), []string{"2026-03-07", "2026-03-11", "2026-03-16"}; !reflect.DeepEqual(got, want) {
		t.Errorf("as known before: %v, want %v", got, want)
	}
	// The ids stay what they were, and the rule of each day is found.
	p := b.pack("2026-03-12")
	if old, _ := p.Rule("visit", day.MustParse("2026-03-09")); old.Within.N != 5 {
		t.Errorf("on 9 March: %s", old.Within)
	}
	if now, _ := p.Rule("visit", day.MustParse("2026-03-10")); now.Within.N != 9 {
		t.Errorf("on 10 March: %s", now.Within)
	}
	// A running clock goes on as it began, unless the rule says that it follows.
	run := record(t, said{on: "2026-03-09T09:00", body: child.Referral{From: "school"}})
	after := day.MustParse("2026-03-12").End()
	if d := theDuty(t, p.Duties(run, after), "visit"); d.Due.On.String() != "2026-03-14" {
		t.Errorf("a running clock is due %s", d.Due.On)
	}
}

// Where the new version says so, clocks that run follow it: longer or shorter,
// but nobody is late before the rules changed.
func TestRunningClocksFollow(t *testing.T) {
	for within, want := range map[string]string{"9 days": "2026-03-18", "2 days": "2026-03-12", "3 days": "2026-03-12"} {
		b := newLibrary(t)
		if err := b.adopt("2026-01-05", "2026-01-05"); err != nil {
			t.Fatal(err)
		}
		if err := b.adopt("2026-03-10", "2026-03-12", "within: 5 days", "within: "+within+"\n  running: follow", "examples:\n  - name: five days", "examples:\n  - name: some days", `due: "2026-03-07"`, `due: "`+day.MustParse("2026-03-02").Add(int(within[0]-'0')).String()+`"`); err != nil {
			t.Fatal(err)
		}
		run := record(t, said{on: "2026-03-09T09:00", body: child.Referral{From: "school"}})
		p := b.pack("2026-03-12")
		d := theDuty(t, p.Duties(run, day.MustParse("2026-03-12").End()), "visit")
		if d.Due.On.String() != want || d.Late(day.MustParse("2026-03-12").Start()) {
			t.Errorf("%s: due %s, want %s", within, d.Due.On, want)
		}
		if d := theDuty(t, p.Duties(run, day.MustParse("2026-03-11").End()-1), "visit"); d.Due.On.String() != "2026-03-14" {
			t.Errorf("%s: looked at the day before, due %s", within, d.Due.On)
		}
		if d.ID() != "visit:e1" {
			t.Error(d.ID())
		}
	}
}

// Bad rules never come into use, and what is in use stays.
func TestAdoptionIsRefused(t *testing.T) {
	b := newLibrary(t)
	if err := b.adopt("2026-01-05", "2026-01-05"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, recorded, from, want string
		changes                    []string
	}{
		{"a mistake in them", "2026-03-04", "2026-03-10", "p/one.yaml:3: visit: starts: there is no kind of entry called \"referal\"", []string{"starts: {kind: referral}", "starts: {kind: referal}"}},
		{"in the past", "2026-03-04", "2026-03-03", "New rules can begin today or later", nineDays},
		{"already in force", "2026-03-04", "2026-03-10", "in force already", nil},
	} {
		err := b.adopt(c.recorded, c.from, c.changes...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if n := duty.FoldBook(b.es).Len(); n != 1 {
		t.Errorf("%d adoptions stand", n)
	}
	if err := b.adopt("2026-03-04", "2026-06-01", nineDays...); err != nil {
		t.Fatal(err)
	}
	if err := b.adopt("2026-03-05", "2026-05-01"); err == nil || !strings.Contains(err.Error(), "cannot begin before that day") {
		t.Errorf("before the next: %v", err)
	}
}

// An authority's own rule stands for the law's of the same id; one that gives
// more time needs somebody's name.
func TestALocalRuleOverTheLaw(t *testing.T) {
	law := duty.Layer{Name: "law", Files: []duty.Text{{Name: "one.yaml", Text: strings.Replace(good, "status: local policy", "status: statutory", 1)}}}
	local := func(changes ...string) (*duty.Pack, error) {
		text := strings.NewReplacer(changes...).Replace(good)
		return duty.LoadLayers(day.England(), app.Registry(), law, duty.Layer{Name: "ours", Files: []duty.Text{{Name: "one.yaml", Text: text}}})
	}
	p, err := local("within: 5 days", "within: 4 days", `due: "2026-03-07"`, `due: "2026-03-06"`)
	if err != nil {
		t.Fatal(err)
	}
	over, ok := p.Rules[0].Over()
	if len(p.Rules) != 1 || !p.Rules[0].Local() || p.Rules[0].Within.N != 4 || !ok || over.Within.N != 5 {
		t.Errorf("%+v", p.Rules[0])
	}
	if _, err = local(nineDays...); err == nil || !strings.Contains(err.Error(), "ours/one.yaml:3: visit: within 9 days is more time than 5 days of the rule that it stands for (statutory: none)") {
		t.Errorf("looser: %v", err)
	}
	if _, err = local(append(nineDays, "  from: 2020", "  accepted: {by: director, on: 2026-01-05, why: the courts are shut}\n  from: 2020")...); err != nil {
		t.Errorf("accepted by name: %v", err)
	}
	if _, err = local(append(nineDays, "  from: 2020", "  accepted: {by: director}\n  from: 2020")...); err == nil {
		t.Error("accepted without a reason")
	}
}

// Whatever was adopted when: the day on which a clock is due depends on what
// was in force on the day of its start, and on nothing adopted later.
func TestLaterRulesChangeNoEarlierClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own, err := load(good)
		if err != nil {
			t.Fatal(err)
		}
		b := &library{t: nil, own: own}
		type version struct {
			from   day.Date
			within int
		}
		var all []version
		on := day.MustParse("2026-01-01")
		for range rapid.IntRange(1, 4).Draw(t, "adoptions") {
			on += day.Date(rapid.IntRange(0, 20).Draw(t, "days later"))
			n := rapid.IntRange(1, 9).Draw(t, "within")
			if b.adopt(on.String(), on.String(), "within: 5 days", "within: "+string(rune('0'+n))+" days", `due: "2026-03-07"`, `due: "`+day.MustParse("2026-03-02").Add(n).String()+`"`) == nil {
				all = append(all, version{on, n})
			}
		}
		p, err := duty.FoldBook(b.es).Pack(own)
		if err != nil {
			t.Fatal(err)
		}
		start := day.MustParse("2025-12-20") + day.Date(rapid.IntRange(0, 100).Draw(t, "start"))
		want := 5 // the program's own, before the first
		for _, v := range all {
			if v.from <= start {
				want = v.within
			}
		}
		rec := child.Apply(child.New("c"), entry.Entry{ID: "r", Kind: "referral", Happened: day.On(start), Recorded: start.End(), Body: child.Referral{From: "school"}})
		for _, after := range []int{0, 1, 60} {
			ds := p.Duties(rec, start.Add(after).End())
			if len(ds) != 1 || ds[0].Due.On != start.Add(want) {
				t.Fatalf("adopted %v, started %s: %s", all, start, say(ds))
			}
		}
	})
}
