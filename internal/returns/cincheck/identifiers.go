package cincheck

import (
	"onus/internal/day"
	"onus/internal/returns/cin"
)

var headerRules = []rule{
	{code: "100", from: FirstYear, whole: true, module: tHeader, needs: cols(hdReferenceDate),
		says: "The reference date is not 31 March of the year of the return.",
		do:   "Give the last day of the census year as ReferenceDate: 31 March of the year in Year.",
		all: func(t *Tables, y Census, m *marks) {
			year := t.Header.Year
			if year == 0 {
				year = y.Year
			}
			if t.Header.ReferenceDate != lastDay(year) {
				m.at(Key{Line: t.Header.Line}, hdReferenceDate)
			}
		}},
}

// schoolAge says whether a child was of school age in the school year that ended
// last before the census year's end: 5 to 15 on the 31 August before it.
func schoolAge(birth day.Date, y Census) bool {
	year, _, _ := y.End.Split()
	age := day.Of(year-1, 8, 31).Years(birth)
	return age >= 5 && age < 16
}

// noUPN points at children whose number is missing without a reason, among those
// of whom it is expected and of whom some referral went on to further action.
func noUPN(expected func(birth day.Date, y Census) bool, reason func(string) bool) childRule {
	return func(c *Child, y Census, m *marks) {
		if !anyEpisode(c, func(e *Episode) bool { return e.NFA == cin.No }) {
			return
		}
		for i := range c.Identifiers {
			r := &c.Identifiers[i]
			if r.UPN == "" && !reason(r.UPNunknown) && !r.Birth.IsZero() && expected(r.Birth, y) {
				m.at(r.Key, idUPN, idUPNunknown)
			}
		}
	}
}

func anyEpisode(c *Child, yes func(*Episode) bool) bool {
	for i := range c.Episodes {
		if yes(&c.Episodes[i]) {
			return true
		}
	}
	return false
}

// tooFewSexes fails the return when of more than 2% of the children who are born
// no sex is recorded.
func tooFewSexes(recorded func(*Identifiers) bool) func(*Tables, Census, *marks) {
	return func(t *Tables, _ Census, m *marks) {
		born, missing := 0, 0
		for i := range t.Children {
			for j := range t.Children[i].Identifiers {
				r := &t.Children[i].Identifiers[j]
				if !r.ExpectedBirth.IsZero() {
					continue
				}
				born++
				if !recorded(r) {
					missing++
				}
			}
		}
		if missing*100 > born*2 {
			m.fail()
		}
	}
}

func unborn(i *Identifiers) bool { return i.Birth.IsZero() && !i.ExpectedBirth.IsZero() }

var identifierRules = []rule{
	{code: "1570", from: 2025, module: tIdentifiers, needs: cols(idLAchildID),
		says:  "The child's identifier has more than 20 characters.",
		do:    "Export an identifier of at most 20 characters, the same every year.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return len([]rune(i.LAchildID)) > 20 }, idLAchildID)},
	{code: "1580", from: 2025, module: tIdentifiers, needs: cols(idLAchildID),
		says:  "The child's identifier holds something other than letters and digits.",
		do:    "Export an identifier of letters and digits only, the same every year.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return !lettersAndDigits(i.LAchildID) }, idLAchildID)},
	{code: "2886Q", from: FirstYear, to: 2024, whole: true, module: tIdentifiers, needs: cols(idGender, idExpected),
		says: "No gender is recorded for more than 2 in 100 of the children who are born.",
		do:   "Record it where it is known, or give the reason.",
		all:  tooFewSexes(func(i *Identifiers) bool { return i.Gender != "" && i.Gender != "0" })},
	{code: "2886Q", from: 2025, whole: true, module: tIdentifiers, needs: cols(idSex, idExpected),
		says: "No sex is recorded for more than 2 in 100 of the children who are born.",
		do:   "Record it where it is known, or give the reason.",
		all:  tooFewSexes(func(i *Identifiers) bool { return i.Sex != "" && i.Sex != "U" })},
	{code: "4180", from: FirstYear, to: 2024, module: tIdentifiers, needs: cols(idGender),
		says:  "The child's gender is missing, or is not one of the codes.",
		do:    "Give 1 (male), 2 (female), 9 (indeterminate) or 0 (not recorded or not yet born).",
		child: identifiers(func(y Census, i *Identifiers) bool { return !cin.Valid(cin.SetGenderCurrent, i.Gender, 0) }, idGender)},
	{code: "4180", from: 2025, module: tIdentifiers, needs: cols(idSex),
		says:  "The child's sex is missing, or is not one of the codes.",
		do:    "Give M (male), F (female) or U (not known).",
		child: identifiers(func(y Census, i *Identifiers) bool { return !cin.Valid(cin.SetSex, i.Sex, 0) }, idSex)},
	{code: "8500", from: FirstYear, module: tIdentifiers, needs: cols(idLAchildID),
		says:  "The child has no identifier.",
		do:    "Give the identifier under which the authority holds the child.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return i.LAchildID == "" }, idLAchildID)},
	{code: "8510", from: FirstYear, module: tIdentifiers, needs: cols(idLAchildID),
		says: "Several records of children have this identifier.",
		do:   "If they are one child, put all episodes under one record. If not, one identifier is wrong. Other rules look at their rows together until this is mended.",
		all: func(t *Tables, _ Census, m *marks) {
			sharedBy(t, m, idLAchildID, func(i *Identifiers) string { return i.LAchildID })
		}},
	{code: "8520", from: FirstYear, module: tIdentifiers, needs: cols(idBirth, hdReferenceDate),
		says:  "The child was born after the census year.",
		do:    "Correct the date of birth. For a child not yet born give the expected date instead.",
		child: identifiers(func(y Census, i *Identifiers) bool { return i.Birth > y.End }, idBirth)},
	{code: "8525Q", from: FirstYear, module: tIdentifiers, needs: cols(idBirth, idExpected),
		says:  "There is neither a date of birth nor an expected one, or there are both.",
		do:    "Give the date of birth once the child is born, and until then the expected one.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return i.Birth.IsZero() == i.ExpectedBirth.IsZero() }, idBirth, idExpected)},
	{code: "8530Q", from: FirstYear, module: tIdentifiers, needs: cols(idExpected, hdReferenceDate),
		says: "The child is expected before March or after December of the year in which the census year ends.",
		do:   "Check whether the child has been born, and correct the expected date or give the date of birth.",
		child: identifiers(func(y Census, i *Identifiers) bool {
			year, _, _ := y.End.Split()
			return !i.ExpectedBirth.IsZero() && (i.ExpectedBirth < day.Of(year, 3, 1) || i.ExpectedBirth > day.Of(year, 12, 31))
		}, idExpected)},
	{code: "8535Q", from: FirstYear, module: tIdentifiers, needs: cols(idDeath, idBirth),
		says: "The date of death is before the date of birth, or stands without one.",
		do:   "Check both dates.",
		child: identifiers(func(_ Census, i *Identifiers) bool {
			return !i.Death.IsZero() && (i.Birth.IsZero() || i.Death < i.Birth)
		}, idDeath, idBirth)},
	{code: "8545Q", from: FirstYear, module: tIdentifiers, needs: cols(idDeath, hdReferenceDate),
		says:  "The child died outside the census year.",
		do:    "Check the date of death, and whether the child belongs in this return.",
		child: identifiers(func(y Census, i *Identifiers) bool { return y.outside(i.Death) }, idDeath)},
	{code: "8590", from: FirstYear, module: tIdentifiers, needs: cols(idLAchildID, epLAchildID),
		says: "The child has no episode of need.",
		do:   "Add the episode, or leave the child out of the return.",
		child: func(c *Child, _ Census, m *marks) {
			if len(c.Episodes) > 0 {
				return
			}
			for i := range c.Identifiers {
				m.at(c.Identifiers[i].Key, idLAchildID)
			}
		}},
	{code: "8750", from: FirstYear, to: 2024, module: tIdentifiers, needs: cols(idGender, idBirth, idExpected),
		says:  "The child is not yet born, and the gender is not 0.",
		do:    "Give gender 0 until the child is born.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return unborn(i) && i.Gender != "0" }, idGender, idBirth, idExpected)},
	{code: "8750", from: 2025, module: tIdentifiers, needs: cols(idSex, idBirth, idExpected),
		says:  "The child is not yet born, and the sex is not U.",
		do:    "Give sex U until the child is born.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return unborn(i) && i.Sex != "U" }, idSex, idBirth, idExpected)},
	{code: "8770Q", from: FirstYear, to: 2024, module: tIdentifiers, needs: cols(idUPN, idUPNunknown, idBirth, epNFA, hdReferenceDate),
		says: "The child is older than five, and there is neither a UPN nor a reason why not.",
		do:   "Ask the school for the UPN, or give the reason in UPNunknown.",
		child: noUPN(func(birth day.Date, y Census) bool { return birth.AddMonths(5*12) < y.End },
			func(s string) bool { return s != "" })},
	{code: "8770Q", from: 2025, module: tIdentifiers, needs: cols(idUPN, idUPNunknown, idBirth, epNFA, hdReferenceDate),
		says:  "The child is of school age, and there is neither a UPN nor a reason that can be true of such a child.",
		do:    "Ask the school for the UPN, or give another reason than UN1 in UPNunknown.",
		child: noUPN(schoolAge, func(s string) bool { return s != "" && s != "UN1" })},
	{code: "8772", from: FirstYear, module: tIdentifiers, needs: cols(idUPNunknown, epNFA),
		says: "The UPN is said to be missing because the referral led to nothing more (UN7), but a referral of this child did.",
		do:   "Give the UPN or another reason, or correct ReferralNFA of the episode.",
		child: withIdentifiers(allEpisodes, episodeKey,
			func(i *Identifiers, e *Episode) bool { return i.UPNunknown == "UN7" && e.NFA != cin.Yes }, cols(idUPNunknown), epNFA)},
	{code: "8775Q", from: FirstYear, module: tIdentifiers, needs: cols(idBirth, epClosure, hdReferenceDate),
		says: "The person was over 25 when the case closed, or at the end of the census year while it is open.",
		do:   "Check the date of birth, and whether the case should have been closed.",
		child: func(c *Child, y Census, m *marks) {
			for i := range c.Identifiers {
				birth := c.Identifiers[i].Birth
				for j := range c.Episodes {
					at := c.Episodes[j].Closure
					if at.IsZero() {
						at = y.End
					}
					if !birth.IsZero() && birth.AddMonths(25*12) < at {
						m.at(c.Identifiers[i].Key, idBirth)
						m.at(c.Episodes[j].Key, epClosure)
					}
				}
			}
		}},
}

func lettersAndDigits(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
