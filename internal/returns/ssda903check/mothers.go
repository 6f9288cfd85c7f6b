package ssda903check

// motherRules are about girls who are mothers.
var motherRules = []rule{
	{code: "165", points: and(on(header, mother, sex), on(oc3, leaverFields...)), says: "Whether the child is a mother is missing or wrong: 0 or 1 is given for girls looked after in the year, and nothing for boys.", do: "Correct MOTHER.",
		run: func(q *question) {
			for h := range q.rows(header) {
				if q.wrongMother(h) {
					q.at(h)
					q.at(q.of(oc3, h.Text(child))...)
				}
			}
		}},
	{code: "171", points: on(header, motherChild), says: "The date of birth of the mother's child is not a date.", do: "Give it as 31/03/2026.", run: notADate(header, motherChild)},
	{code: "174", to: 2024, points: on(header, sex, motherChild), says: "The date of birth of a child of the child is given, but the child is male.", do: "Correct the gender, or take the date out.",
		run: eachRow(header, func(_ *question, r row) bool { return is(r, sex, "1") && given(r, motherChild) })},
	{code: "174", from: 2025, points: on(header, sex, motherChild), says: "The date of birth of a child of the child is given, but the child is male.", do: "Correct the sex, or take the date out.",
		run: eachRow(header, func(_ *question, r row) bool { return is(r, sex, "M") && given(r, motherChild) })},
	{code: "393", to: 2024, points: on(header, mother), says: "A girl is looked after, but it is not said whether she is a mother.", do: "Give 1 if she is, else 0.", run: motherMissing("2")},
	{code: "393", from: 2025, points: on(header, mother), says: "A girl is looked after, but it is not said whether she is a mother.", do: "Give 1 if she is, else 0.", run: motherMissing("F")},
	{code: "607", to: 2024, points: and(on(header, sex, mother), on(episodes, dec, ls, rec)), says: "A girl ceased to be looked after in the year, but it is not said whether she is a mother.", do: "Give 1 if she is, else 0.", run: leftWithoutMother("2")},
	{code: "607", from: 2025, points: and(on(header, sex, mother), on(episodes, dec, ls, rec)), says: "A girl ceased to be looked after in the year, but it is not said whether she is a mother.", do: "Give 1 if she is, else 0.", run: leftWithoutMother("F")},
	{code: "611", points: on(header, mother, motherChild), says: "The child is a mother, but the date of birth of her child is missing.", do: "Give MC_DOB.",
		run: eachRow(header, func(_ *question, r row) bool { return is(r, mother, "1") && !given(r, motherChild) })},
	{code: "612", to: 2024, points: on(header, sex, mother, motherChild), says: "The date of birth of a child is given, but the girl is not given as a mother.", do: "Give MOTHER as 1, or take the date out.", run: childWithoutMother("2")},
	{code: "612", from: 2025, points: on(header, sex, mother, motherChild), says: "The date of birth of a child is given, but the girl is not given as a mother.", do: "Give MOTHER as 1, or take the date out.", run: childWithoutMother("F")},
	{code: "620", points: on(header, mother, dob), says: "A mother was under 11 when the year began.", do: "Check the date of birth, and MOTHER.",
		run: eachRow(header, func(q *question, r row) bool { return is(r, mother, "1") && before(q.start, birthday(r.Date(dob), 11)) })},
	{code: "621", points: on(header, dob, motherChild), says: "The mother is not older than her child.", do: "Check both dates of birth.",
		run: eachRow(header, func(_ *question, r row) bool {
			return !r.Date(motherChild).IsZero() && r.Date(dob) >= r.Date(motherChild)
		})},
	{code: "625", points: and(on(header, motherChild), on(episodes, dec)), says: "The mother's child was born after the end of the year, or after she ceased to be looked after.", do: "Check the date, or leave it for the next return.",
		run: func(q *question) {
			for h := range q.rows(header) {
				list := q.history(h.Text(child))
				if b := h.Date(motherChild); b > q.end {
					q.at(h)
					q.at(list[max(0, len(list)-1):]...)
				} else if n := len(list); n > 0 && before(list[n-1].Date(dec), b) {
					q.at(h, list[n-1])
				}
			}
		}},
	{code: "628", points: on(header, mother), says: "Motherhood is given for a care leaver who was not looked after in the year.", do: "Take it out: it is not collected.",
		run: func(q *question) {
			for h, o := range q.beside(header, oc3) {
				if given(h, mother) && anyGiven(o, leaverFields...) && len(q.of(episodes, h.Text(child))) == 0 {
					q.at(h)
				}
			}
		}},
}

// wrongMother takes both spellings of the sex: it has been M and F since 2024/25,
// and the rule reads the same in all years.
func (q *question) wrongMother(h row) bool {
	if given(h, mother) {
		return !is(h, mother, "0", "1") || is(h, sex, "1", "M")
	}
	if !is(h, sex, "2", "F") {
		return false
	}
	for _, e := range q.of(episodes, h.Text(child)) {
		from, to := e.Date(decom), e.Date(dec)
		if !respite(e) && !from.IsZero() && from <= q.end && (!given(e, dec) || to >= q.start) {
			return true
		}
	}
	return false
}

func motherMissing(female string) func(*question) {
	return eachRow(header, func(q *question, h row) bool {
		for _, e := range q.of(episodes, h.Text(child)) {
			if is(h, sex, female) && !given(h, mother) && !respite(e) && within(legalStatuses, e.Text(ls)) {
				return true
			}
		}
		return false
	})
}

func leftWithoutMother(female string) func(*question) {
	return withHeader(func(q *question, h, e row) bool {
		return is(h, sex, female) && !given(h, mother) && q.inYear(e.Date(dec)) && given(e, rec) && !is(e, rec, "X1") && !respite(e)
	})
}

func childWithoutMother(female string) func(*question) {
	return eachRow(header, func(_ *question, r row) bool {
		return is(r, sex, female) && given(r, motherChild) && !is(r, mother, "1")
	})
}
