package families

import (
	"fmt"
	"strings"
	"time"

	"onus/internal/day"
	"onus/internal/match"
)

// records writes one person down, once or several times, each time at another
// desk.
func (m *maker) records(h *house, p *person) []Record {
	n := 1
	switch x := m.Float64(); {
	case x > .95:
		n = 4
	case x > .85:
		n = 3
	case x > .55:
		n = 2
	}
	var rs []Record
	if p.born.Year() >= 2008 && m.yes(.07) {
		rs = append(rs, m.unborn(h, p))
	}
	for i := range n {
		rs = append(rs, m.paper(h, p, i))
	}
	return rs
}

// slip makes one slip of the pen.
func (m *maker) slip(s string) string {
	r := []rune(s)
	if len(r) < 3 {
		return s
	}
	i := 1 + m.IntN(len(r)-1)
	switch m.IntN(4) {
	case 0:
		return string(append(r[:i:i], r[i+1:]...))
	case 1:
		return string(r[:i]) + string(r[i-1]) + string(r[i:])
	case 2:
		r[i-1], r[i] = r[i], r[i-1]
		return string(r)
	}
	near := "aeiouyrstnlmdhgpbcfkvwjxqz"
	r[i] = rune(near[m.IntN(len(near))])
	return string(r)
}

func (m *maker) written(s string, spellings []string, other, slip float64) string {
	if len(spellings) > 1 && m.yes(other) {
		s = spellings[m.IntN(len(spellings))]
	}
	if m.yes(slip) {
		s = m.slip(s)
	}
	return s
}

func (m *maker) paper(h *house, p *person, i int) Record {
	child := p != h.mother && p != h.father
	r := Record{Who: p.who, House: p.house, Group: p.group.Name, Twin: p.twin}
	r.Kind = "child"
	if !child {
		r.Kind = "adult " + map[bool]string{true: "mother", false: "father"}[p.mother]
	}
	name := match.Name{Forename: m.written(p.fore, p.spell, p.group.spelled+.04, .06), Middle: p.middle, Surname: m.surname(p, child)}
	switch x := m.Float64(); {
	case x < .03 && child:
		name.Forename = []string{"Baby", "Unborn", "UBB", "Baby Boy", "Baby Girl", "Infant"}[m.IntN(6)]
	case x < .04:
		name.Forename = ""
	case x < .055:
		name.Forename = name.Forename[:1]
	case x < .07:
		name.Forename, name.Surname = name.Surname, name.Forename
	case x < .09 && p.middle != "":
		name.Forename, name.Middle = p.middle, ""
	case x < .11 && p.middle != "":
		name.Forename, name.Middle = name.Forename+" "+p.middle, ""
	}
	switch x := m.Float64(); {
	case x < .40:
		name.Middle = ""
	case x < .52 && name.Middle != "":
		name.Middle = name.Middle[:1]
	}
	if m.yes(.05) {
		name.Forename, name.Surname = strings.ToUpper(name.Forename), strings.ToUpper(name.Surname)
	}
	r.Names = []match.Name{name}
	if len(p.spell) > 1 && m.yes(.08) {
		r.KnownAs = []string{p.spell[m.IntN(len(p.spell))]}
	}
	r.Births = m.birth(p.born)
	if !m.yes(.05) {
		girl := p.girl != m.yes(.01)
		r.Sex = map[bool]string{true: "F", false: "M"}[girl]
	}
	switch x := m.Float64(); {
	case x < .50:
		r.NHS = p.nhs
	case x < .51:
		r.NHS = m.slip(p.nhs)
	}
	r.Addresses = m.address(h)
	if child && !m.yes(.2) {
		r.Carers = []string{m.carer(h)}
	}
	return r
}

func (m *maker) surname(p *person, child bool) string {
	s := p.sur
	switch x := m.Float64(); {
	case child && x < .08 && p.second != "":
		s = p.second
	case p.mother && x < .15:
		s = p.maiden
	case x < .20 && strings.Contains(s, "-"):
		a, b, _ := strings.Cut(s, "-")
		s = []string{a, b, b + "-" + a, a + " " + b}[m.IntN(4)]
	case x > .97 && p.second != "" && !strings.Contains(s, "-"):
		s += "-" + p.second
	case x > .96:
		return ""
	}
	if s == p.sur {
		return m.written(s, p.spellSur, p.group.spelled*.6+.01, .045)
	}
	return m.written(s, nil, 0, .045)
}

func (m *maker) birth(born time.Time) []match.Birth {
	y, mm, d := born.Date()
	digits := func(y, m, d int) int32 { return int32(y*10000 + m*100 + d) }
	switch x := m.Float64(); {
	case x < .06:
		return nil
	case x < .10:
		return []match.Birth{{Digits: digits(y, 1, 1), Status: match.Estimated}}
	case x < .12:
		e := born.AddDate(0, 0, m.IntN(360)-180)
		return []match.Birth{match.Born(day.Of(e.Year(), e.Month(), e.Day()), match.Estimated)}
	case x < .14 && d <= 12:
		return []match.Birth{{Digits: digits(y, d, int(mm))}}
	case x < .155:
		return []match.Birth{{Digits: digits(y, int(mm), 1+(d+9)%28)}}
	case x < .165:
		return []match.Birth{{Digits: digits(y, 1+(int(mm)+m.IntN(10))%12, min(d, 28))}}
	case x < .175:
		return []match.Birth{{Digits: digits(y+1-2*m.IntN(2), int(mm), d)}}
	}
	return []match.Birth{{Digits: digits(y, int(mm), d)}}
}

func (m *maker) address(h *house) []match.Address {
	a := h.homes[0]
	if len(h.homes) > 1 && m.yes(.5) {
		a = h.homes[1+m.IntN(len(h.homes)-1)]
	}
	w := match.Address{Lines: a.line, Town: a.town, Postcode: a.post}
	if m.yes(.08) {
		return nil
	}
	if m.yes(.12) {
		w.Lines = strings.NewReplacer("Road", "Rd", "Street", "St", "Avenue", "Ave", "Close", "Cl", "Drive", "Dr", "Crescent", "Cres").Replace(w.Lines)
	}
	if m.yes(.05) {
		w.Lines = m.slip(w.Lines)
	}
	switch x := m.Float64(); {
	case x < .08:
		w.Postcode = ""
	case x < .11:
		w.Postcode = m.slip(w.Postcode)
	case x < .2:
		w.Postcode = strings.ToLower(strings.ReplaceAll(w.Postcode, " ", ""))
	}
	switch x := m.Float64(); {
	case x < .10:
		w.Town = ""
	case x < .13:
		w.Town = m.slip(w.Town)
	}
	return []match.Address{w}
}

func (m *maker) carer(h *house) string {
	c := h.mother
	if h.father != nil && m.yes(.15) {
		c = h.father
	}
	sur := c.sur
	if c.mother && m.yes(.12) {
		sur = c.maiden
	}
	return m.written(c.fore, c.spell, c.group.spelled*.7, .04) + " " + m.written(sur, nil, 0, .03)
}

// unborn is a paper from before the birth: no name, no sex, no number, a date
// that is expected.
func (m *maker) unborn(h *house, p *person) Record {
	r := Record{Who: p.who, House: p.house, Group: p.group.Name, Twin: p.twin, Unborn: true}
	r.Kind = "child"
	if m.yes(.5) {
		r.Kind = "unborn"
	}
	r.Names = []match.Name{{Forename: []string{"Unborn", "", "UBB", "Baby", "Unborn Baby"}[m.IntN(5)], Surname: h.mother.sur}}
	gap := int(m.NormFloat64() * 9)
	if m.yes(.08) {
		gap = 20 + m.IntN(45) // born early
	}
	e := p.born.AddDate(0, 0, gap)
	r.Births = []match.Birth{match.Born(day.Of(e.Year(), e.Month(), e.Day()), match.Unborn)}
	r.Addresses = m.address(h)
	if !m.yes(.08) {
		r.Carers = []string{m.written(h.mother.fore, h.mother.spell, .1, .04) + " " + h.mother.sur}
	}
	return r
}

// Table gives the records as rows with a header, in the columns of onus match.
func Table(rs []Record) [][]string {
	rows := [][]string{strings.Fields("record_id kind forename middle_names surname known_as dob dob_status sex nhs_number address town postcode carer_name")}
	for _, r := range rs {
		var n match.Name
		if len(r.Names) > 0 {
			n = r.Names[0]
		}
		dob, status := "", ""
		if len(r.Births) > 0 {
			d := r.Births[0]
			dob = fmt.Sprintf("%04d-%02d-%02d", d.Digits/10000, d.Digits/100%100, d.Digits%100)
			status = []string{"actual", "estimated", "unborn"}[d.Status]
		}
		var a match.Address
		if len(r.Addresses) > 0 {
			a = r.Addresses[0]
		}
		rows = append(rows, []string{r.ID, r.Kind, n.Forename, n.Middle, n.Surname, strings.Join(r.KnownAs, ";"), dob, status, r.Sex, r.NHS,
			a.Lines, a.Town, a.Postcode, strings.Join(r.Carers, ";")})
	}
	return rows
}
