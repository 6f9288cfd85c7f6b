package cin

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed codes.csv
var codesCSV string

// The code sets, named as the element that uses them. CategoryOfAbuse serves
// both the initial and the latest category; YesNo serves every yes and no.
const (
	SetSex               = "Sex"
	SetGenderCurrent     = "GenderCurrent"
	SetUPNunknown        = "UPNunknown"
	SetEthnicity         = "Ethnicity"
	SetDisability        = "Disability"
	SetReferralSource    = "ReferralSource"
	SetPrimaryNeedCode   = "PrimaryNeedCode"
	SetReasonForClosure  = "ReasonForClosure"
	SetAssessmentFactors = "AssessmentFactors"
	SetCategoryOfAbuse   = "CategoryOfAbuse"
	SetYesNo             = "YesNo"
	SetPPOutcome         = "PPOutcome" // draft of 2027
)

// The collection years that the code sets cover. 2027 is a draft.
const FirstYear, LastYear = 2017, 2027

// Code is one value of a code set and the collection years in which it may be
// used. The return of 2025/26 is the collection year 2026.
type Code struct {
	Set     string
	Code    string
	From    int    // first collection year
	To      int    // last collection year, 0 while still in use
	Meaning string // in our own words; empty when the sources do not say
}

func (c Code) in(year int) bool { return year >= c.From && (c.To == 0 || year <= c.To) }

type codeSet struct {
	order  []Code
	byCode map[string][]Code // a code whose meaning changed stands here twice
}

var codeSets = sync.OnceValue(func() map[string]*codeSet {
	sets, err := parseCodes(codesCSV)
	if err != nil {
		panic("cin: the built-in code sets cannot be read: " + err.Error())
	}
	return sets
})

func parseCodes(text string) (map[string]*codeSet, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	sets := map[string]*codeSet{}
	for n, f := range rows {
		if n == 0 {
			continue
		}
		if len(f) != 5 {
			return nil, fmt.Errorf("row %d: want codeset,code,from,to,meaning", n+1)
		}
		c := Code{Set: f[0], Code: f[1], Meaning: f[4]}
		if c.From, err = strconv.Atoi(f[2]); err != nil {
			return nil, fmt.Errorf("row %d: from: %w", n+1, err)
		}
		if f[3] != "" {
			if c.To, err = strconv.Atoi(f[3]); err != nil {
				return nil, fmt.Errorf("row %d: to: %w", n+1, err)
			}
		}
		s := sets[c.Set]
		if s == nil {
			s = &codeSet{byCode: map[string][]Code{}}
			sets[c.Set] = s
		}
		s.order = append(s.order, c)
		s.byCode[c.Code] = append(s.byCode[c.Code], c)
	}
	return sets, nil
}

// Meaning gives what a code means, in plain words, by its latest definition.
// It is false for an unknown set or code and for a code whose meaning our
// sources do not give (UPNunknown UN6, PPOutcome).
func Meaning(codeset, code string) (string, bool) { return MeaningIn(codeset, code, 0) }

// MeaningIn gives what a code meant in a collection year: N1 had a narrower
// meaning before 2026. Year 0, or a year without the code, gives the latest.
func MeaningIn(codeset, code string, year int) (string, bool) {
	s := codeSets()[codeset]
	if s == nil {
		return "", false
	}
	var meaning string
	for _, c := range s.byCode[code] {
		meaning = c.Meaning
		if year != 0 && c.in(year) {
			break
		}
	}
	return meaning, meaning != ""
}

// Valid says whether a code may be used in a collection year. Year 0 means any
// year; a year outside FirstYear to LastYear counts as the nearest of them.
func Valid(codeset, code string, year int) bool {
	s := codeSets()[codeset]
	if s == nil {
		return false
	}
	for _, c := range s.byCode[code] {
		if year == 0 || c.in(nearest(year)) {
			return true
		}
	}
	return false
}

// Codes lists a code set as it stands in a collection year, in the order of the
// schema. Year 0 lists every code there has been.
func Codes(codeset string, year int) []Code {
	s := codeSets()[codeset]
	if s == nil {
		return nil
	}
	var out []Code
	for _, c := range s.order {
		if year == 0 || c.in(nearest(year)) {
			out = append(out, c)
		}
	}
	return out
}

func nearest(year int) int { return min(max(year, FirstYear), LastYear) }

// SexFromGender turns the code of GenderCurrent (to 2024) into the code of Sex
// (from 2025). Not recorded, not yet born and indeterminate all become U.
func SexFromGender(gender string) (string, bool) {
	switch gender {
	case "1":
		return "M", true
	case "2":
		return "F", true
	case "0", "9":
		return "U", true
	}
	return "", false
}

// GenderFromSex turns the code of Sex into the code of GenderCurrent. U becomes
// 0, not recorded: a U does not say that anybody found the sex indeterminate.
func GenderFromSex(sex string) (string, bool) {
	switch sex {
	case "M":
		return "1", true
	case "F":
		return "2", true
	case "U":
		return "0", true
	}
	return "", false
}
