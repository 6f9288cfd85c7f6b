package ssda903check

import "strings"

// headerRules are about what is said of a child as such.
var headerRules = []rule{
	{code: "101", to: 2024, points: on(header, sex),
		says: "The gender is missing, or is not one of the codes.", do: "Give 1 for male or 2 for female.",
		run: notOneOf(header, sex, false, "1", "2")},
	{code: "101", from: 2025, points: on(header, sex),
		says: "The sex is missing, or is not one of the codes.", do: "Give M, F, or U when it is not known.",
		run: notOneOf(header, sex, false, "M", "F", "U")},
	{code: "102", points: on(header, dob),
		says: "The date of birth is missing, or is not a date.", do: "Give it as 31/03/2015.",
		run: eachRow(header, func(_ *question, r row) bool { return !given(r, dob) || badDate(r, dob) })},
	{code: "103", points: on(header, ethnic),
		says: "The ethnicity is missing, or is not one of the codes.", do: "Give a code of the list; REFU when it was refused, NOBT when it was not yet obtained.",
		run: notOneOf(header, ethnic, false, strings.Fields("WBRI WIRI WIRT WOTH WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT")...)},
	{code: "168", points: on(header, upn),
		says: "The unique pupil number is not a letter, eleven digits and a digit or letter, nor a code for why it is not known.",
		do:   "Compare it with the school's record; give UN1 to UN5 when there is none.",
		run: eachRow(header, func(_ *question, r row) bool {
			return given(r, upn) && !within(unknownUPN, r.Text(upn)) && !formOfUPN(r.Text(upn))
		})},
	{code: "209", points: on(header, dob, upn),
		says: "The child is of school age, but the UPN is given as unknown because the child is not (UN1).",
		do:   "Give the UPN from the school.",
		run:  eachRow(header, func(q *question, r row) bool { return is(r, upn, "UN1") && before(birthday(r.Date(dob), 5), q.start) })},
	{code: "210", points: and(on(header, upn), on(episodes, decom)),
		says: "The UPN is given as unknown because the child had been looked after for no more than a week (UN4), and an episode began in the last week of the year.",
		do:   "Give the UPN when the child has been looked after for longer than a week.",
		run: together(header, episodes, func(q *question, h, e row) bool {
			return is(h, upn, "UN4") && e.Date(decom) >= q.end.Add(-7)
		})},
	{code: "232", from: 2025, points: on(header, sex),
		says: "The sex of the child is given as not known.", do: "Find out, and give M or F.",
		run: notKnownSex},
	{code: "301", points: on(header, dob),
		says: "The child was born after the end of the year.", do: "Check the date of birth.",
		run: eachRow(header, func(q *question, r row) bool { return r.Date(dob) > q.end })},
	{code: "351", points: on(header, dob),
		says: "The young person was over 25 when the year began.", do: "Check the date of birth, or take the person out of the return.",
		run: eachRow(header, func(q *question, r row) bool { return before(birthday(r.Date(dob), 25), q.start) })},
	{code: "442", points: on(header, upn),
		says: "The child is looked after, but has neither a UPN nor a code for why it is not known.", do: "Give the UPN, or UN1 to UN5.",
		run: eachRow(header, func(q *question, h row) bool {
			if given(h, upn) {
				return false
			}
			for _, e := range q.of(episodes, h.Text(child)) {
				if !respite(e) {
					return true
				}
			}
			return false
		})},
}

func notKnownSex(q *question) {
	for r := range q.rows(header) {
		if strings.EqualFold(r.Text(sex), "U") {
			q.at(r)
		}
	}
}

// upnLetters are the letters that a UPN may hold: I, O and S look like digits.
const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

func formOfUPN(u string) bool {
	if len(u) != 13 || !strings.Contains(upnLetters, u[:1]) {
		return false
	}
	for i := 1; i < 12; i++ {
		if u[i] < '0' || u[i] > '9' {
			return false
		}
	}
	return u[12] >= '0' && u[12] <= '9' || strings.Contains(upnLetters, u[12:])
}

// respite says that an episode is one of short breaks (V3, V4), of which much
// need not be recorded.
func respite(e row) bool { return is(e, ls, "V3", "V4") }
