package child

import (
	"encoding/json"
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

func mum() FamilyMember {
	return FamilyMember{Name: "Leanne", Relation: "mother", Role: "parent", Lives: LivesWith, Safe: SafeNotLone, SafeWhy: "Asleep in the mornings.", Phone: "01632 960 001", Responsible: "yes"}
}

// The newest entry about a person stands whole; who said each thing first stays with it.
func TestTheNewestAboutAPersonStandsAndSaysWhoSaidEachThing(t *testing.T) {
	p := newPlanning(t)
	nan := p.do("dana", FamilyMember{Name: "Nan", Relation: "mother's mother", Role: "relative", Lives: LivesElsewhere, Where: "3 Mill Rise", Safe: SafeWith, SafeWhy: "Looked after him for two years."})
	id := p.do("dana", mum())
	known := p.at
	change := mum()
	change.Person, change.Safe, change.SafeWhy, change.Phone = id, SafeWith, "Up at seven on five mornings.", ""
	p.do("jo", change)
	people := p.r.Family()
	if len(people) != 2 || people[0].ID != id || people[1].ID != nan {
		t.Fatalf("who lives with the child stands first, each once: %+v", people)
	}
	m := people[0]
	if m.Safe != SafeWith || m.Phone != "" || m.From["safe"].Author != "jo" || m.From["name"].Author != "dana" || m.Says.Author != "jo" {
		t.Errorf("%+v", m)
	}
	if len(m.Before) != 1 || m.Before[0].Body.(FamilyMember).Safe != SafeNotLone {
		t.Errorf("what was said before: %+v", m.Before)
	}
	if then := p.r.KnownAt(known).Family(); then[0].Safe != SafeNotLone || then[0].Phone == "" {
		t.Errorf("then: %+v", then[0])
	}
	gone := change
	gone.Gone = "Moved to Leeds in March."
	p.do("jo", gone)
	if last := p.r.Family()[1]; last.ID != id || !last.Away() {
		t.Errorf("who is gone stands last: %+v", last)
	}
	p.no("jo", FamilyMember{Person: "nobody", Name: "x", Relation: "x", Role: "parent", Lives: LivesWith, Safe: SafeUnknown})
	p.no("jo", FamilyMember{Child: "c", Name: "x", Relation: "x", Role: "parent", Lives: LivesWith, Safe: SafeUnknown})
}

// Whoever was named at the front door is offered once, however often, and never again.
func TestWhoWasNamedIsOfferedOnce(t *testing.T) {
	p := newPlanning(t)
	house := []Member{{Name: "Leanne", Relation: "mother"}, {Name: "Nan", Relation: "grandmother"}, {Relation: "mother's partner"}, {Name: "Mia", Relation: "sister", Child: "mia"}, {Name: "Sam", Child: "c"}}
	p.do("door", Contact{From: "nursery", What: "Hungry.", Intake: Intake{Household: house}})
	p.do("door", Contact{From: "police", What: "Alone.", Intake: Intake{Household: []Member{{Name: " leanne ", Relation: "Mother"}, {Name: "Mia", Relation: "half sister", Child: "mia"}}}})
	got := p.r.Offered()
	if len(got) != 4 {
		t.Fatalf("offered: %+v", got)
	}
	m := mum()
	m.Name, m.Named = "Leanne Okell", got[0].Key // under another name: taken over all the same
	p.do("dana", m)
	p.do("dana", FamilyMember{Name: "Mia Okell", Relation: "sister", Role: "brother or sister", Child: "mia", Lives: LivesWith, Safe: SafeUnknown})
	p.do("dana", FamilyMember{Name: "nan", Relation: "Grandmother", Role: "relative", Lives: LivesUnknown, Safe: SafeUnknown})
	if got = p.r.Offered(); len(got) != 1 || got[0].Member.Relation != "mother's partner" {
		t.Errorf("still offered: %+v", got)
	}
}

// What is said of a person needs a reason; nobody knows is an answer too.
func TestWhatIsSaidOfAPersonNeedsAReason(t *testing.T) {
	m := mum()
	m.SafeWhy = ""
	if ps := m.Check(); len(ps) != 1 || ps[0].Field != "safe_why" {
		t.Errorf("%v", ps)
	}
	m.Safe = SafeUnknown
	if ps := m.Check(); len(ps) != 0 {
		t.Errorf("%v", ps)
	}
	if ps := (FamilyMember{}).Check(); len(ps) != 5 {
		t.Errorf("%v", ps)
	}
}

// A mark names its entry, ends with a reason, and cannot be made of what is not there.
func TestAnEventIsMarkedAndUnmarked(t *testing.T) {
	p := newPlanning(t)
	id := p.do("dana", Note{Text: "Found in the street."})
	p.no("dana", Significant{Entry: id, Is: true})
	p.no("dana", Significant{Entry: "nothing", Is: true, Why: "w"})
	p.no("dana", Significant{Entry: id, Why: "not marked yet"})
	mark := p.do("dana", Significant{Entry: id, Is: true, Why: "He was alone."})
	if x := p.r.Significant()[id]; x == nil || x.ID != mark {
		t.Fatalf("%+v", p.r.Significant())
	}
	p.no("jo", Significant{Entry: id, Is: true, Why: "again"})
	p.no("jo", Significant{Entry: mark, Is: true, Why: "a mark of a mark"})
	p.do("jo", Significant{Entry: id, Why: "It was another child."})
	if len(p.r.Significant()) != 0 {
		t.Error("still marked")
	}
	p.do("jo", Significant{Entry: id, Is: true, Why: "It was him."})
	if p.r.Significant()[id].Author != "jo" {
		t.Error("not marked again")
	}
}

// A copy for the family does not show what was said to whoever makes it.
func TestACopyOfAPersonIsUnmarked(t *testing.T) {
	m := mum()
	m.Mark = Mark{Marked: MarkedFor[0], Words: "where he lives"}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	e := Unmarked(entry.Entry{Kind: "family.member", Happened: day.On(day.MustParse("2026-03-02")), Body: m, Raw: raw})
	if strings.Contains(string(e.Raw), "where he lives") || !strings.Contains(string(e.Raw), "Leanne") {
		t.Errorf("%s", e.Raw)
	}
}
