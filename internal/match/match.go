// Package match answers one question: is this person already known? It knows
// what a person says of themselves on paper (names, dates, places, whose child
// they are) and how such papers go wrong. It must never know who asks, what was
// recorded about a child, or where records are kept: it takes people as
// arguments and gives back candidates with reasons, and it decides nothing. It
// never merges.
package match

import "onus/internal/day"

// Status says what kind of date a birth is.
type Status uint8

// The kinds of dates.
const (
	Actual    Status = iota // the day of birth, as far as anybody knows
	Estimated               // somebody's guess, often the first of a month or a year
	Unborn                  // the day on which a birth is expected
)

// Birth is one date of birth that was ever held. Digits is the date as eight
// digits, YYYYMMDD, even if there is no such day: a mistyped date is still
// evidence. Zero is unknown.
type Birth struct {
	Digits int32
	Status Status
}

// Born makes a birth of a date.
func Born(d day.Date, s Status) Birth {
	if d.IsZero() {
		return Birth{Status: s}
	}
	y, m, dd := d.Split()
	return Birth{Digits: int32(y*10000 + int(m)*100 + dd), Status: s}
}

// Name is one name that was ever held.
type Name struct {
	Forename string
	Middle   string
	Surname  string
}

// Address is one place that was ever held. Lines is everything but the town and
// the postcode.
type Address struct {
	Lines    string
	Town     string
	Postcode string
}

// Person is what is known of one person. Names, births, addresses and carers
// hold every value ever held; which one is the present one does not matter here,
// because an old record holds an old value. An empty value is unknown, and
// unknown speaks neither for nor against.
type Person struct {
	ID        string
	Kind      string // child, unborn, mother, carer: whatever the file says, compared as it stands
	Names     []Name
	KnownAs   []string
	Births    []Birth
	Sex       string
	NHS       string // counted only if its check digit is right
	Number    string // any other number of a person
	Addresses []Address
	Carers    []string // full names of those who care for them
	Other     []string // further columns, in one order for the whole file
}

// Class is what a pair of records is.
type Class uint8

// The classes. Strangers are not given at all.
const (
	Stranger Class = iota
	Relative       // family or household
	Review         // look again: it may be the same person
	Same           // probably the same person
)

func (c Class) String() string {
	return [...]string{"stranger", "relative", "review", "same"}[c]
}

// Level is how well two values agree, for a reader.
type Level string

// The levels a reader sees.
const (
	Agrees  Level = "same"
	Close   Level = "close"
	Differs Level = "different"
	Missing Level = "missing"
)

// Evidence is what one field says for (positive bits) or against (negative
// bits) two records being the same person rather than anybody else, relatives
// included. One bit doubles the odds.
type Evidence struct {
	Field string
	Level Level
	Bits  float64
	Why   string
}

// Candidate is somebody who may be the person looked for.
type Candidate struct {
	ID    string
	Class Class
	// Score is the log2 of the odds that this is the same person.
	Score float64
	// Lead is by how many bits the score is above that of the next candidate;
	// below zero for all but the first.
	Lead float64
	// Twin says that the two have one date of birth and one household but not
	// one forename. They are then never called the same.
	Twin     bool
	Evidence []Evidence
}

// Pair is two records of one file, L before R.
type Pair struct {
	L, R  string
	Score float64 // log2 of the odds that they are the same person
	Class Class
	Twin  bool
}

// Limits of the classes, in bits of log2 odds.
const (
	// Sure is the least score at which a search says "probably the same". At
	// seven bits about one in 130 would be wrong if that were all; that there be no
	// rival and no twin makes it far fewer (docs/matching.md says what is measured).
	Sure = 7.0
	// Perhaps is the least score at which a search says "look again" of somebody
	// who may as well be a relative. It is low: a look costs a minute, a record
	// not seen may cost a child its history.
	Perhaps = -10.0
	// BatchSame is the least score of the class Same in a batch: the odds are
	// better than even, which gives the best balance of missed and wrong pairs.
	BatchSame = 0.0
	// Floor is the least score of a pair that is given for review.
	Floor = -14.0
)
