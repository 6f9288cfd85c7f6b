package ssda903check

var ad1Fields = []field{dateInt, dateMatch, fosterCare, adopterNumber, adopterSex, adopterStatus}

// adoptionRules are about adoptions.
var adoptionRules = []rule{
	{code: "112", points: on(ad1, dateInt), says: "The day of the decision that the child should be placed for adoption is not a date.", do: "Give it as 31/03/2026.", run: notADate(ad1, dateInt)},
	{code: "113", points: on(ad1, dateMatch), says: "The day on which the child was matched with adopters is not a date.", do: "Give it as 31/03/2026.", run: notADate(ad1, dateMatch)},
	{code: "114", points: on(ad1, fosterCare), says: "Whether the adopters had been foster carers is not given by one of the codes.", do: "Give 1 if they had, else 0.", run: notOneOf(ad1, fosterCare, true, "0", "1")},
	{code: "175", points: on(ad1, adopterNumber), says: "The number of adopters is not one of the codes.", do: "Give 1 or 2.", run: notOneOf(ad1, adopterNumber, true, "1", "2")},
	{code: "176", points: on(ad1, adopterSex), says: "The sex of the adopters is not one of the codes.", do: "Give M1, F1, MM, FF or MF.", run: notOneOf(ad1, adopterSex, true, "M1", "F1", "MM", "FF", "MF")},
	{code: "177", points: on(ad1, adopterStatus), says: "The legal status of the adopters is not one of the codes.", do: "Give L0, L11, L12, L2, L3 or L4.", run: notOneOf(ad1, adopterStatus, true, "L0", "L11", "L12", "L2", "L3", "L4")},
	{code: "151", points: on(ad1, ad1Fields...), says: "Of the items about the adoption some are given and some are not.", do: "Give all of them, or none.",
		run: eachRow(ad1, func(_ *question, r row) bool { n := filled(r, ad1Fields...); return n > 0 && n < len(ad1Fields) })},
	{code: "331", points: and(on(ad1, dateMatch), on(episodes, decom, rec)), says: "The child was matched with adopters after the placement for adoption had begun.", do: "Check both dates.",
		run: together(ad1, episodes, func(_ *question, a, e row) bool { return adopted(e) && before(e.Date(decom), a.Date(dateMatch)) })},
	{code: "333", points: on(ad1, dateInt, dateMatch), says: "The child was matched with adopters before it was decided that the child should be placed, or that day is missing.", do: "Check both dates.",
		run: eachRow(ad1, func(_ *question, r row) bool {
			m := r.Date(dateMatch)
			return !m.IsZero() && (r.Date(dateInt).IsZero() || m < r.Date(dateInt))
		})},
	{code: "334", points: and(on(ad1, dateInt), on(episodes, decom, rne)), says: "It was decided that the child should be placed before the child came to be looked after.", do: "Check both dates.",
		run: func(q *question) {
			for a := range q.rows(ad1) {
				starts := keep(q.history(a.Text(child)), func(e row) bool { return is(e, rne, "S") })
				if n := len(starts); n > 0 && before(a.Date(dateInt), starts[n-1].Date(decom)) {
					q.at(a, starts[n-1])
				}
			}
		}},
	{code: "335", points: and(on(ad1, fosterCare), on(episodes, place)), says: "Whether the adopters had been the child's foster carers does not go with the last placement.", do: "Correct FOSTER_CARE, or the placement.",
		run: together(ad1, episodes, func(_ *question, a, e row) bool {
			return is(e, rec, "E1", "E11", "E12") && (is(a, fosterCare, "0") && is(e, place, "A2", "A3", "A5") || is(a, fosterCare, "1") && is(e, place, "A1", "A4", "A6"))
		})},
	{code: "511", points: on(ad1, adopterNumber, adopterSex), says: "Two adopters are given with the sex of one.", do: "Give MM, FF or MF, or one adopter.",
		run: eachRow(ad1, func(_ *question, r row) bool { return is(r, adopterNumber, "2") && is(r, adopterSex, "M1", "F1") })},
	{code: "514", points: on(ad1, adopterStatus, adopterSex), says: "A single adopter (L0) is given with the sex of a couple.", do: "Give M1 or F1, or another legal status.", run: statusWith("L0", false, "M1", "F1")},
	{code: "517", points: on(ad1, adopterStatus, adopterSex), says: "An unmarried couple of different sex (L3) is not given as MF.", do: "Correct the sex or the legal status of the adopters.", run: statusWith("L3", false, "MF")},
	{code: "518", points: on(ad1, adopterStatus, adopterSex), says: "An unmarried couple of the same sex (L4) is given neither as MM nor as FF.", do: "Correct the sex or the legal status of the adopters.", run: statusWith("L4", false, "MM", "FF")},
	{code: "519", points: on(ad1, adopterStatus, adopterSex), says: "A civil partnership (L2) is not given with the sex of a couple.", do: "Give MM, FF or MF, or another legal status.", run: statusWith("L2", true, "MM", "FF", "MF")},
	{code: "520", points: on(ad1, adopterStatus, adopterSex), says: "A married couple of different sex (L11) is not given as MF.", do: "Correct the sex or the legal status of the adopters.", run: statusWith("L11", false, "MF")},
	{code: "524", points: on(ad1, adopterStatus, adopterSex), says: "A married couple of the same sex (L12) is given neither as MM nor as FF.", do: "Correct the sex or the legal status of the adopters.", run: statusWith("L12", false, "MM", "FF")},
	{code: "521", points: and(on(ad1, dateInt), on(episodes, decom, place)), says: "The child was placed for adoption before it was decided that the child should be.", do: "Check both dates.",
		run: together(ad1, episodes, func(_ *question, a, e row) bool {
			return is(e, place, toAdopt...) && before(e.Date(decom), a.Date(dateInt))
		})},
	{code: "523", points: and(on(ad1, dateInt), on(placedAdoption, datePlaced)), says: "The decision that the child should be placed has different dates in the two tables.", do: "Find out which is right, and give it in both.",
		run: together(ad1, placedAdoption, func(_ *question, a, p row) bool {
			return !a.Date(dateInt).IsZero() && !p.Date(datePlaced).IsZero() && a.Date(dateInt) != p.Date(datePlaced)
		})},
	{code: "525", points: and(on(ad1, ad1Fields...), on(placedAdoption, datePlacedCeased)), says: "The decision for adoption was reversed, but an adoption is recorded.", do: "Take out the adoption, or the reversal.",
		run: together(ad1, placedAdoption, func(_ *question, a, p row) bool { return given(p, datePlacedCeased) && anyGiven(a, ad1Fields...) })},
	{code: "582", points: on(episodes, dec), says: "The child was adopted on the very day on which it was matched with adopters.", do: "Check both dates.",
		run: func(q *question) {
			for e, a := range q.beside(episodes, ad1) {
				if adopted(e) && !e.Date(dec).IsZero() && e.Date(dec) == a.Date(dateMatch) {
					q.at(e)
				}
			}
		}},
	{code: "601", points: and(on(episodes, rec), on(ad1, ad1Fields...)), says: "The child was adopted in the year, but not all items about the adoption are given.", do: "Complete the table AD1.",
		run: func(q *question) {
			for e := range q.rows(episodes) {
				if !adopted(e) || !q.inYear(e.Date(dec)) {
					continue
				}
				list := q.of(ad1, e.Text(child))
				if len(list) == 0 {
					q.at(e)
				}
				for _, a := range list {
					if filled(a, ad1Fields...) < len(ad1Fields) {
						q.at(e, a)
					}
				}
			}
		}},
	{code: "602", points: on(ad1, ad1Fields...), says: "An adoption is recorded, but no episode of the year ended with one.", do: "Correct the episode, or take the adoption out.",
		run: eachRow(ad1, func(q *question, a row) bool {
			for _, e := range q.of(episodes, a.Text(child)) {
				if adopted(e) && q.inYear(q.until(e)) {
					return false
				}
			}
			return anyGiven(a, ad1Fields...)
		})},
	{code: "134", points: on(ad1, ad1Fields...), says: "An adoption is recorded for a care leaver.", do: "Take out the adoption, or the care leaver's items.",
		run: func(q *question) {
			for a, o := range q.beside(ad1, oc3) {
				if anyGiven(a, ad1Fields...) && anyGiven(o, leaverFields...) {
					q.at(a)
				}
			}
		}},
}

// filled counts the cells that hold something.
func filled(r row, fields ...field) int {
	n := 0
	for _, f := range fields {
		if given(r, f) {
			n++
		}
	}
	return n
}

// inYear says whether a date is given and in the collection year.
func (f *facts) inYear(d date) bool { return d >= f.start && d <= f.end }

// statusWith fails adopters of one legal status whose sex is none of these.
func statusWith(status string, alsoEmpty bool, sexes ...string) func(*question) {
	return eachRow(ad1, func(_ *question, r row) bool {
		return is(r, adopterStatus, status) && !is(r, adopterSex, sexes...) && (alsoEmpty || given(r, adopterSex))
	})
}
