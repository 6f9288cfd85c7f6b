package web

import (
	"strings"

	"onus/internal/child"
)

// familyMap is a child's family as a picture: each household a box, in the middle the one
// in which the child lives; in each box its people; and from the child a line to each.
// The lines run in the gutters between the boxes, so that none crosses a person. It is
// as wide as a page, however many people there are (ADR 0031). The list under it says the
// same, and more.
type familyMap struct {
	Title         string
	Width, Height int
	Boxes         []mapBox
	People        []mapPerson
	Child         mapPerson
	Lines         []mapLine
}

type mapBox struct {
	X, Y, W, H int
	Name       []string // in lines
	Home       bool
}

type mapPerson struct {
	X, Y, W, H int
	Name       string
	Relation   string
	Safe       string // one of child.FamilySafe
	Says       string
}

// mapLine leads from the child to a person. Thick: somebody with parental responsibility.
type mapLine struct {
	Path  string
	Thick bool
}

// The picture's measures, in its own units: a page is 1140 wide.
const (
	mapCard   = 296
	mapCardH  = 74
	mapGap    = 12
	mapPad    = 16
	mapHead   = 26 // a line of a box's name
	mapGutter = 78
	mapEdge   = 26 // inside the middle box, for the lines to its own people
)

// household are the people who live in one place.
type household struct {
	Name   string
	People []child.Person
}

// households are the family by where they live: the child's own first, then each place in
// the order of its first person, those of whom nobody knows last. Who is gone is in none.
func households(family []child.Person, first, home string) (own household, others []household) {
	own.Name = "Where " + first + " lives"
	if home != "" {
		own.Name += ": " + home
	}
	at := map[string]int{}
	for _, p := range family {
		name := ""
		switch {
		case p.Away():
			continue
		case p.Lives == child.LivesWith:
			own.People = append(own.People, p)
			continue
		case p.Lives == child.LivesElsewhere && p.Where != "":
			name = p.Where
		case p.Lives == child.LivesElsewhere:
			name = "Elsewhere"
		default:
			name = "Nobody knows where they live"
		}
		key := strings.ToLower(strings.Join(strings.Fields(name), " "))
		if p.Role == "professional" {
			name, key = "People who work with the family", "\n"
		}
		i, ok := at[key]
		if !ok {
			i = len(others)
			at[key] = i
			others = append(others, household{Name: name})
		}
		others[i].People = append(others[i].People, p)
	}
	last := func(key string) {
		if i, ok := at[key]; ok {
			others = append(append(others[:i:i], others[i+1:]...), others[i])
			for k, n := range at {
				if n > i {
					at[k] = n - 1
				}
			}
		}
	}
	last("nobody knows where they live")
	last("\n")
	return own, others
}

// wrap breaks a text into lines of at most n letters, at most three of them.
func wrap(text string, n int) (lines []string) {
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && len([]rune(line+" "+w)) > n {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	lines = append(lines, line)
	if len(lines) > 3 {
		lines = append(lines[:2:2], lines[2]+" …")
	}
	for i := range lines {
		lines[i] = short(lines[i], n+2)
	}
	return lines
}

// short cuts a text that would not fit: the list says it whole.
func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// mapOf lays the map out.
func mapOf(family []child.Person, name, about, home string) familyMap {
	first := firstName(name)
	own, others := households(family, first, home)
	m := familyMap{}
	// The other households go to the shorter side, the right one first.
	sides := [2][]household{}
	tall := [2]int{}
	boxHigh := func(h household, width int) int {
		return mapPad + mapHead*len(wrap(h.Name, width)) + len(h.People)*(mapCardH+mapGap)
	}
	const letters = 36
	for _, h := range others {
		side := 1
		if tall[0] < tall[1] {
			side = 0
		}
		sides[side] = append(sides[side], h)
		tall[side] += boxHigh(h, letters) + mapGap*2
	}
	sideWide := mapCard + 2*mapPad
	left := 4
	if len(sides[0]) > 0 {
		left += sideWide + mapGutter
	}
	midWide := mapCard + 2*mapPad + mapEdge
	right := left + midWide + mapGutter
	m.Width = left + midWide + 4
	if len(sides[1]) > 0 {
		m.Width = right + sideWide + 4
	}
	// The middle: half of its people above the child, the others below.
	up := (len(own.People) + 1) / 2
	names := wrap(own.Name, letters+3)
	high := mapPad + mapHead*len(names) + (len(own.People)+1)*(mapCardH+mapGap)
	m.Height = max(high, tall[0], tall[1]) + 8
	top := 4 + (m.Height-8-high)/2
	m.Boxes = append(m.Boxes, mapBox{left, top, midWide, high, names, true})
	x, y := left+mapEdge+mapPad, top+mapHead*len(names)+mapPad/2
	place := func(p child.Person, x, y int) mapPerson {
		return mapPerson{x, y, mapCard, mapCardH, short(p.Name, 32), short(relationWords(p), 40), p.Safe, safeShort(p.Safe)}
	}
	own1 := []mapPerson{}
	for i, p := range own.People {
		if i == up {
			m.Child = mapPerson{X: x, Y: y, W: mapCard, H: mapCardH, Name: short(name, 30), Relation: about}
			y += mapCardH + mapGap
		}
		own1 = append(own1, place(p, x, y))
		y += mapCardH + mapGap
	}
	if up >= len(own.People) {
		m.Child = mapPerson{X: x, Y: y, W: mapCard, H: mapCardH, Name: short(name, 30), Relation: about}
	}
	cy := m.Child.Y + mapCardH/2
	for i, p := range own1 {
		py := p.Y + mapCardH/2
		gx := left + mapEdge - 6
		m.Lines = append(m.Lines, mapLine{through(x, cy, gx, cy, gx, py, x, py), own.People[i].Responsible == "yes"})
	}
	m.People = append(m.People, own1...)
	for side, list := range sides {
		bx := 4
		if side == 1 {
			bx = right
		}
		y := 4 + (m.Height-8-max(0, tall[side]-2*mapGap))/2
		for _, h := range list {
			names := wrap(h.Name, letters)
			high := boxHigh(h, letters)
			m.Boxes = append(m.Boxes, mapBox{bx, y, sideWide, high, names, false})
			py := y + mapHead*len(names) + mapPad/2
			for _, p := range h.People {
				c := place(p, bx+mapPad, py)
				m.People = append(m.People, c)
				mid := py + mapCardH/2
				if side == 1 {
					m.Lines = append(m.Lines, mapLine{through(x+mapCard, cy, left+midWide, cy, right, mid, c.X, mid), p.Responsible == "yes"})
				} else {
					m.Lines = append(m.Lines, mapLine{through(x, cy, left, cy, left-mapGutter, mid, c.X+mapCard, mid), p.Responsible == "yes"})
				}
				py += mapCardH + mapGap
			}
			y += high + mapGap*2
		}
	}
	m.Title = "Map of " + first + "'s family and network: " + count(len(m.People), "person", "people") + " in " + count(1+len(others), "place", "places") + ". The list under it says the same."
	return m
}

func through(xy ...int) string {
	s := "M"
	for i, v := range xy {
		switch {
		case i == 0:
		case i%2 == 0:
			s += "L"
		default:
			s += " "
		}
		s += itoa(v)
	}
	return s
}

// relationWords are who somebody is to the child, and whether they have parental
// responsibility.
func relationWords(p child.Person) string {
	if p.Responsible == "yes" {
		return p.Relation + ", parental responsibility"
	}
	return p.Relation
}

// safeWords say in a sentence whether a child is safe with somebody.
func safeWords(safe, first string) string {
	switch safe {
	case child.SafeWith:
		return first + " is safe with them"
	case child.SafeNotLone:
		return first + " is not safe alone with them"
	case child.SafeNotWith:
		return first + " is not safe with them"
	}
	return "Nobody knows whether " + first + " is safe with them"
}

func safeShort(safe string) string {
	switch safe {
	case child.SafeWith:
		return "Safe with them"
	case child.SafeNotLone:
		return "Not alone with them"
	case child.SafeNotWith:
		return "Not safe with them"
	}
	return "Safe? Nobody knows"
}
