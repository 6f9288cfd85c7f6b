package cin

import (
	"cmp"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
)

// Left says who could not be in a census that was made, and where the census's own
// code for "not known" stands because nobody recorded a better one.
type Left struct {
	NoNumber   int // children of the year without a number of this authority
	NoReferral int // children whose case was open in the year, and of whom no referral is recorded
	Same       int // records that were found to be of a child with another record, which counts

	// Of the children who are in it:
	Sexes       int // sex as U
	Ethnicities int // ethnicity as NOBT
	Sources     int // referrals with the source 10
	Conferences int // conferences without an enquiry that an episode had before its last: there is a place for one
}

// Making makes a census from records, as they stand: the episodes of need that were
// open in the year, the referrals that led to nothing in it, and what was done in
// them. It is Facts the other way round, and takes what somebody recorded here in the
// same way. What nobody recorded is left out, not guessed; where the schema must have
// a code, the one for "not known" stands, and Left counts it.
type Making struct {
	h          Header
	start, end day.Date // of the census year
	left       Left
	all        []Child
}

// Make begins a census of a header's year and authority. What belongs to a year is
// read from the census's rules about what does not: 4010, 4013, 8569Q, 8720, 8736, 8740.
func Make(h Header) *Making {
	return &Making{h: h, start: day.Of(h.Year-1, 4, 1), end: day.Of(h.Year, 3, 31)}
}

// Left says who could not be in it, of those who were put in so far.
func (m *Making) Left() Left { return m.left }

// Add puts one child's record in, and says whether the child is in what is made.
func (m *Making) Add(rec child.Record) (in bool) {
	t := &told{rec: rec, start: m.start, end: m.end}
	t.spells()
	t.work()
	episodes := t.episodes()
	if len(episodes) == 0 && (len(t.all) > 0 || !t.openInYear()) {
		return false // nothing of the year
	}
	same := rec.SameAs() != ""
	number := rec.Identity().Number("la-child", m.h.LEA)
	switch {
	case same:
		m.left.Same++
	case len(episodes) == 0:
		m.left.NoReferral++
	case number == "":
		m.left.NoNumber++
	default:
		m.left.Sources += t.sources
		m.left.Conferences += t.conferences
		m.all = append(m.all, m.child(number, rec, episodes))
		return true
	}
	return false
}

// Children are those of the census, in the order of their numbers, so that the same
// records always make the same census. It says too what could not be in it.
func (m *Making) Children() ([]Child, Left) {
	slices.SortStableFunc(m.all, func(a, b Child) int { return cmp.Compare(a.LAchildID, b.LAchildID) })
	return m.all, m.left
}

func (m *Making) child(number string, rec child.Record, episodes []CINDetails) Child {
	who := rec.Identity()
	c := Child{LAchildID: number, Birth: who.Birth, ExpectedBirth: who.Expected, Sex: who.Sex, Ethnicity: who.Ethnicity, Episodes: episodes}
	if c.Birth > m.end && c.ExpectedBirth != 0 { // not born in the year
		c.Birth = 0
	} else if c.Birth != 0 {
		c.ExpectedBirth = 0
	}
	if who.Death <= m.end {
		c.Death = who.Death
	}
	if c.Sex == "" {
		c.Sex = "U"
		m.left.Sexes++
	}
	if c.Ethnicity == "" {
		c.Ethnicity = "NOBT"
		m.left.Ethnicities++
	}
	for _, code := range who.Disability {
		c.Disabilities = append(c.Disabilities, Coded{Code: code})
	}
	for _, ev := range rec.Events {
		if b, ok := ev.Body.(child.Known); ok {
			c.numbers(b.IDs)
		}
	}
	return c
}

// numbers takes what an entry says of the child's pupil numbers. Whoever says one, or
// why there is none, takes back what was said of it before.
func (c *Child) numbers(ids []child.Identifier) {
	var upn, unknown string
	for _, id := range ids {
		switch id.System {
		case "upn":
			upn = id.Value
		case "upn-unknown":
			unknown = id.Value
		case "former-upn":
			c.FormerUPN = id.Value
		}
	}
	if upn+unknown != "" {
		c.UPN, c.UPNunknown = upn, unknown
	}
}
