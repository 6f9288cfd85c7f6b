// Package families invents families as a children's department holds them on
// paper, with the truth of who is who: siblings, twins, several spellings, and
// all that goes wrong when a name is written down. It is for measuring
// internal/match, and knows nothing of how that works. One seed gives one file.
package families

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"onus/internal/match"
)

// Record is one paper: what it says, and who it is about.
type Record struct {
	match.Person
	Who    string // the person it is truly about
	House  string // the family
	Group  string // stock of names
	Twin   bool   // one of twins
	Unborn bool
}

type person struct {
	who, house                        string
	group                             *group
	mother, girl, twin                bool
	fore, middle, sur, maiden, second string
	spell                             []string // of the forename
	spellSur                          []string
	born                              time.Time
	nhs                               string
}

type home struct{ line, town, post string }

type house struct {
	id     string
	homes  []home
	mother *person
	father *person
	people []*person
}

type maker struct {
	*rand.Rand
	n int
}

// Make invents households and gives their records, mixed.
func Make(seed uint64, households int) []Record {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 7))}
	var rs []Record
	for range households {
		h := m.house()
		for _, p := range h.people {
			rs = append(rs, m.records(h, p)...)
		}
	}
	m.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
	for i := range rs {
		rs[i].ID = fmt.Sprint("r", i+1)
	}
	return rs
}

func (m *maker) yes(p float64) bool { return m.Float64() < p }

// common picks the first names of a list more often than the last.
func (m *maker) common(list []string) []string {
	x := m.Float64()
	return strings.Split(list[int(x*x*float64(len(list)))], "/")
}

func (m *maker) id(prefix string) string { m.n++; return fmt.Sprint(prefix, m.n) }

func (m *maker) nhs() string {
	for {
		s := fmt.Sprintf("%09d", 400000000+m.IntN(399999999))
		for c := range 10 {
			if n := match.NHSNumber(s + fmt.Sprint(c)); n != "" {
				return n
			}
		}
	}
}

func (m *maker) home() home {
	// Fifteen homes or so share a postcode; a postcode is in one street.
	n := m.IntN(6000)
	s := streets[n%len(streets)] + " " + kinds[n/7%len(kinds)]
	area := n % 10
	post := fmt.Sprintf("%s%d %d%c%c", []string{"NW", "HX", "ML", "EH", "BB", "WF", "OL", "SM", "TS", "KB"}[area], 1+n/10%19, n/190%10, 'A'+n/97%23, 'B'+n/53%20)
	line := fmt.Sprintf("%d %s", 1+m.IntN(40), s)
	if m.yes(.12) {
		line = fmt.Sprintf("Flat %d, %s", 1+m.IntN(12), line)
	}
	return home{line, towns[area], post}
}

func (m *maker) house() *house {
	g, x := &groups[0], m.Float64()
	for i := range groups {
		if x -= groups[i].share; x < 0 {
			g = &groups[i]
			break
		}
	}
	h := &house{id: m.id("h"), homes: []home{m.home()}}
	for m.yes(.35) && len(h.homes) < 3 {
		h.homes = append(h.homes, m.home())
	}
	adult := func(girl bool, born time.Time) *person {
		p := m.person(h, g, girl, born)
		s := m.common(g.names)
		p.sur, p.spellSur = s[0], s
		return p
	}
	start := time.Date(1975+m.IntN(27), 1, 1+m.IntN(365), 0, 0, 0, 0, time.UTC)
	h.mother = adult(true, start)
	h.mother.mother = true
	h.mother.maiden = m.common(g.names)[0]
	h.people = append(h.people, h.mother)
	if m.yes(.6) {
		h.father = adult(false, start.AddDate(-m.IntN(8), m.IntN(12), m.IntN(28)))
		if m.yes(.35) {
			h.people = append(h.people, h.father)
		}
	}
	born := time.Date(2006+m.IntN(18), 1, 1+m.IntN(365), 0, 0, 0, 0, time.UTC)
	for n := 1 + m.IntN(3) + m.IntN(2); n > 0; n-- {
		one := m.child(h, g, born)
		h.people = append(h.people, one)
		if m.yes(.03) {
			h.people = append(h.people, m.twinOf(h, g, one))
		}
		born = born.AddDate(0, 11+m.IntN(40), m.IntN(28))
	}
	return h
}

func (m *maker) person(h *house, g *group, girl bool, born time.Time) *person {
	p := &person{who: m.id("p"), house: h.id, group: g, girl: girl, born: born, nhs: m.nhs()}
	list := g.boys
	if girl {
		list = g.girls
	}
	p.spell = m.common(list)
	p.fore = p.spell[0]
	// A given spelling is anybody's own; the others are how it is misheard.
	if len(p.spell) > 1 && m.yes(.3) {
		i := 1 + m.IntN(len(p.spell)-1)
		p.fore = p.spell[i]
	}
	if m.yes(g.middles) {
		p.middle = m.common(list)[0]
		if p.middle == p.fore {
			p.middle = ""
		}
	}
	return p
}

func (m *maker) child(h *house, g *group, born time.Time) *person {
	p := m.person(h, g, m.yes(.49), born)
	for m.taken(h, p.fore) {
		q := m.person(h, g, p.girl, born)
		p.fore, p.spell, p.middle = q.fore, q.spell, q.middle
	}
	p.sur, p.spellSur = h.mother.sur, h.mother.spellSur
	if h.father != nil {
		p.second = h.father.sur
		switch x := m.Float64(); {
		case x < .55:
			p.sur, p.spellSur, p.second = h.father.sur, h.father.spellSur, h.mother.sur
		case x < .65:
			p.sur, p.spellSur = h.mother.sur+"-"+h.father.sur, nil
		}
	} else if m.yes(.3) {
		p.second = m.common(g.names)[0]
	}
	return p
}

func (m *maker) taken(h *house, fore string) bool {
	for _, o := range h.people {
		if o.fore == fore && !o.mother {
			return true
		}
		for _, s := range o.spell {
			if s == fore {
				return true
			}
		}
	}
	return false
}

func (m *maker) twinOf(h *house, g *group, one *person) *person {
	two := m.child(h, g, one.born)
	two.sur, two.spellSur, two.second = one.sur, one.spellSur, one.second
	one.twin, two.twin = true, true
	if m.yes(.6) {
		two.girl = one.girl
		for q := m.person(h, g, one.girl, one.born); ; q = m.person(h, g, one.girl, one.born) {
			if !m.taken(h, q.fore) && q.fore != one.fore {
				two.fore, two.spell, two.middle = q.fore, q.spell, q.middle
				break
			}
		}
	}
	if m.yes(.35) {
		two.girl = one.girl
		pair := strings.Split(alike[m.IntN(len(alike))], "/")
		one.fore, one.spell, two.fore, two.spell = pair[0], pair[:1], pair[1], pair[1:]
	}
	return two
}
