package ssda903check

import "onus/internal/day"

// episodeDateRules are about the dates of an episode by itself, and beside the
// child's birth.
var episodeDateRules = []rule{
	{code: "302", points: and(on(episodes, decom), on(header, dob)), says: "The child's first episode began before the child was born.", do: "Check both dates.",
		run: func(q *question) {
			for h := range q.rows(header) {
				if list := q.history(h.Text(child)); len(list) > 0 && before(list[0].Date(decom), h.Date(dob)) {
					q.at(h, list[0])
				}
			}
		}},
	{code: "352", points: on(episodes, decom, rne), says: "A child came to be looked after at 18 or older.", do: "Check the date of birth and the reason for the episode.",
		run: aged(func(q *question, h, e row) bool {
			b := birthday(h.Date(dob), 18)
			return is(e, rne, "S") && !b.IsZero() && e.Date(decom) >= b
		})},
	{code: "353", points: on(episodes, decom), says: "The episode began before 14 October 1991, when the Children Act came into force.", do: "Check the date.",
		run: eachRow(episodes, func(_ *question, r row) bool { return before(r.Date(decom), day.Of(1991, 10, 14)) })},
	{code: "354", points: on(episodes, decom), says: "The episode began after the end of the year.", do: "Leave it for the next return, or correct the date.",
		run: eachRow(episodes, func(q *question, r row) bool { return r.Date(decom) > q.end })},
	{code: "355", points: on(episodes, decom, dec), says: "The episode ended on the day it began.", do: "Check both dates, or put the episode into the next.",
		run: eachRow(episodes, func(_ *question, r row) bool { return !r.Date(decom).IsZero() && r.Date(decom) == r.Date(dec) })},
	{code: "356", points: on(episodes, decom, dec), says: "The episode ended before it began.", do: "Check both dates.",
		run: eachRow(episodes, func(_ *question, r row) bool { return before(r.Date(dec), r.Date(decom)) })},
	{code: "385", points: on(episodes, dec), says: "The episode ended after the end of the year.", do: "Leave the end for the next return, or correct it.",
		run: eachRow(episodes, func(q *question, r row) bool { return r.Date(dec) > q.end })},
	{code: "358", points: and(on(episodes, decom, ls), on(header, dob)), says: "A legal status of youth justice is given for a child under 10.", do: "Check the legal status and the date of birth.",
		run: withHeader(func(_ *question, h, e row) bool {
			return is(e, ls, "J1", "J2", "J3") && before(e.Date(decom), birthday(h.Date(dob), 10))
		})},
	{code: "359", points: on(episodes, dec, ls, place), says: "A young person was looked after past the 18th birthday otherwise than in a community home under section 20(5).",
		do: "Check when the episode ended, the legal status (V2) and the placement (K2).",
		run: aged(func(q *question, h, e row) bool {
			return before(birthday(h.Date(dob), 18), q.until(e)) && !(is(e, ls, "V2") && is(e, place, "K2"))
		})},
	{code: "370", to: 2023, points: on(episodes, place, decom), says: "A child under 15 is placed in independent living.", do: "Check the placement and the date of birth.", run: tooYoung(15, "P2")},
	{code: "370", from: 2024, to: 2024, points: on(episodes, place, decom), says: "A child under 16 is placed in independent living.", do: "Check the placement and the date of birth.", run: tooYoung(16, "P2")},
	{code: "371", to: 2023, points: on(episodes, place, decom), says: "A child under 14 is placed in semi-independent living.", do: "Check the placement and the date of birth.", run: tooYoung(14, "H5")},
	{code: "371", from: 2024, to: 2024, points: on(episodes, place, decom), says: "A child under 16 is placed in semi-independent living.", do: "Check the placement and the date of birth.", run: tooYoung(16, "H5")},
	{code: "371", from: 2025, points: on(episodes, place, decom), says: "A child under 16 is placed in supported accommodation.", do: "Check the placement and the date of birth.", run: tooYoung(16, "K3")},
	{code: "372", points: on(episodes, place, decom), says: "A child under 10 is placed in youth custody or prison.", do: "Check the placement and the date of birth.", run: tooYoung(10, "R5")},
	{code: "373", points: on(episodes, place, decom), says: "A child under 4 is placed in a residential school.", do: "Check the placement and the date of birth.", run: tooYoung(4, "S1")},
	{code: "374", points: on(episodes, place, decom), says: "A child under 14 is placed in residential employment.", do: "Check the placement and the date of birth.",
		run: tooYoung(14, "P3")},
	{code: "386", points: on(episodes, rec), says: "A young person was adopted at 18 or older.", do: "Check the reason, the end of the episode and the date of birth.", run: endedAt(true, 18, "E11", "E12")},
	{code: "387", points: on(episodes, rec), says: "A child under 14 moved into independent living.", do: "Check the reason, the end of the episode and the date of birth.", run: endedAt(false, 14, "E5", "E6")},
	{code: "389", points: on(episodes, rec), says: "A child under 16 went over to adult social care.", do: "Check the reason, the end of the episode and the date of birth.", run: endedAt(false, 16, "E7")},
	{code: "460", points: on(episodes, dec, rec), says: "A child stayed with the carers as an adult, but was under 18.", do: "Check the reason, the end of the episode and the date of birth.", run: aged(func(_ *question, h, e row) bool {
		return is(e, rec, "E17") && before(e.Date(dec), birthday(h.Date(dob), 18))
	})},
	{code: "407", points: and(on(episodes, dec, rec), on(header, dob)), says: "A special guardianship order was made for somebody of 18 or older.", do: "Check the reason, the end of the episode and the date of birth.",
		run: withHeader(func(q *question, h, e row) bool {
			b := birthday(h.Date(dob), 18)
			return is(e, rec, "E45", "E46", "E47", "E48") && !b.IsZero() && q.until(e) >= b
		})},
	{code: "445", to: 2024, points: on(episodes, decom, ls), says: "An episode under a freeing order (D1) began after December 2005, when there were none any more.", do: "Check the legal status and the date.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, ls, "D1") && r.Date(decom) >= day.Of(2005, 12, 1) })},
	{code: "446", points: on(episodes, decom, ls), says: "An episode under a placement order (E1) began before December 2005, when there were none yet.", do: "Check the legal status and the date.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, ls, "E1") && before(r.Date(decom), day.Of(2005, 12, 1)) })},
	{code: "451", to: 2024, points: on(episodes, ls, dec), says: "A child is still under a freeing order (D1), for which nobody could apply after December 2005.", do: "Check the legal status.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, ls, "D1") && !given(r, dec) && !given(r, rec) })},
}

// until is the last day of an episode, or of the year while it has none; zero
// when it cannot be read.
func (f *facts) until(e row) date {
	if !given(e, dec) {
		return f.end
	}
	return e.Date(dec)
}

// aged asks about every episode beside the child's header, and points at the
// episode.
func aged(bad func(q *question, h, e row) bool) func(*question) {
	return func(q *question) {
		for e, h := range q.beside(episodes, header) {
			if bad(q, h, e) {
				q.at(e)
			}
		}
	}
}

// withHeader does the same and points at both.
func withHeader(bad func(q *question, h, e row) bool) func(*question) {
	return together(header, episodes, bad)
}

// tooYoung looks at placements that have ended, as others do: whether one that
// goes on is right is asked when it ends.
func tooYoung(age int, places ...string) func(*question) {
	return aged(func(_ *question, h, e row) bool {
		return is(e, place, places...) && given(e, dec) && before(e.Date(decom), birthday(h.Date(dob), age))
	})
}

// endedAt points at episodes that ended for one of these reasons at an age or
// older, or before it. Where the day is missing (148), it was the last of the
// year at the latest.
func endedAt(orOlder bool, age int, reasons ...string) func(*question) {
	return aged(func(q *question, h, e row) bool {
		b := birthday(h.Date(dob), age)
		return is(e, rec, reasons...) && !b.IsZero() && !q.until(e).IsZero() && (q.until(e) >= b) == orOlder
	})
}
