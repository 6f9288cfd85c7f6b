package ssda903check

import "onus/internal/day"

// placementRules are about how long placements last and what they go with.
var placementRules = []rule{
	{code: "217", points: on(episodes, place, decom, rne), says: "A child is placed for adoption with the present foster carers, but the reason for the episode is not S, T or U.", do: "Give T when only the carers' status changed, U when the legal status changed too.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, "A3", "A5") && r.Date(decom) >= day.Of(2015, 4, 1) && !is(r, rne, "S", "T", "U")
		})},
	{code: "217t", from: 2024, to: 2024, points: on(episodes, place, decom), says: "Placement P2 is given for an episode that went on after 28 October 2023, when it ended.", do: "Give H5 for supported accommodation.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, "P2") && (!given(r, dec) || r.Date(dec) > supportedSince)
		})},
	{code: "336", points: on(episodes, place), says: "The placement before the one for adoption was not with foster carers.", do: "Check both placements: A3 and A5 are for adoption by the present carers.",
		run: pairwise(func(a, b row) bool { return is(b, place, "A3", "A4") && !is(a, place, beforeAdoption...) })},
	{code: "375", points: on(episodes, place, decom, dec), says: "A stay in hospital, given as temporary (T1), lasted longer than six weeks.", do: "Give it as a placement of its own, or correct the dates.", run: longerThan(42, false, "T1")},
	{code: "376", points: on(episodes, place, decom, dec), says: "A temporary placement during the carers' holiday (T3) lasted longer than three weeks.", do: "Give it as a placement of its own, or correct the dates.", run: longerThan(21, true, "T3")},
	{code: "379", points: on(episodes, place, decom, dec), says: "A temporary placement without a reason (T4) lasted longer than seven days.", do: "Give it as a placement of its own, or correct the dates.", run: longerThan(7, false, "T4")},
	{code: "377", points: on(episodes, place), says: "The child has more than two temporary placements during the carers' holiday (T3) in the year. All of them are shown.", do: "Check the codes: a third is a placement of its own.",
		run: func(q *question) {
			for h := range q.stories() {
				if list := keep(h, func(e row) bool { return is(e, place, "T3") }); len(list) > 2 {
					q.at(list...)
				}
			}
		}},
	{code: "378", points: on(episodes, ls, place), says: "A child placed with parents (P1) cannot be accommodated under section 20 (V2).", do: "Correct the placement or the legal status.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, place, "P1") && is(r, ls, "V2") })},
	{code: "380", points: on(episodes, place, rne), says: "A temporary placement stands in an episode that did not begin with a change of placement (P, B).", do: "Give the placement with which care began, then the temporary one with P.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, temporary...) && given(r, rne) && !is(r, rne, "P", "B")
		})},
	{code: "381", points: on(episodes, place, rec), says: "A period of care ended in a temporary placement.", do: "Give the normal placement as the last, or correct the reason.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, temporary...) && given(r, rec) && !is(r, rec, "X1")
		})},
	{code: "382", points: on(episodes, ls, place), says: "A child on short breaks (V3, V4) is in a temporary placement.", do: "Give the placement of the break.",
		run: eachRow(episodes, func(_ *question, r row) bool { return respite(r) && is(r, place, temporary...) })},
	{code: "383", to: 2025, points: on(episodes, place, rne), says: "After a temporary placement the child did not return to the placement before it.", do: "Check the placements; where the child moved on, the temporary one was a placement of its own.", run: noReturn(place)},
	{code: "383", from: 2026, points: on(episodes, place, placePost, rne), says: "After a temporary placement the child did not return to the placement before it, at the same postcode.", do: "Check the placements; where the child moved on, the temporary one was a placement of its own.", run: noReturn(place, placePost)},
	{code: "384", points: on(episodes, ls, place), says: "A child on short breaks (V3, V4) is in a long-term foster placement (U1, U4).", do: "Give the placement of the break.",
		run: eachRow(episodes, func(_ *question, r row) bool { return respite(r) && is(r, place, "U1", "U4") })},
	{code: "390", points: on(episodes, place, rec), says: "The child was adopted, but the last placement was not one for adoption (A3 to A6).", do: "Correct the reason or the placement.",
		run: eachRow(episodes, func(_ *question, r row) bool { return adopted(r) && !is(r, place, toAdopt...) })},
	{code: "408", points: on(episodes, ls, place), says: "A child is placed for adoption with a placement order (A5, A6), but the legal status is not one (E1).", do: "Correct the placement or the legal status.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, place, "A5", "A6") && !is(r, ls, "E1") })},
	{code: "516", points: on(episodes, place, rec), says: "A special guardianship order was made for former foster carers (E45, E46), but the child was not with foster carers.", do: "Correct the reason or the placement (U1 to U6).",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, rec, "E45", "E46") && !is(r, place, fostering...) })},
	{code: "234", from: 2026, points: and(on(episodes, change), on(header, dob)), says: "A child under 10 changed placement because of custody (CUSTOD).", do: "Correct the reason, or the date of birth.",
		run: withHeader(func(_ *question, h, e row) bool {
			return is(e, change, "CUSTOD") && before(e.Date(decom), birthday(h.Date(dob), 10))
		})},
}

// supportedSince is the day on which supported accommodation was registered.
var supportedSince = day.Of(2023, 10, 28)

// beforeAdoption are the placements from which a child may go on to one for
// adoption by those who cared for it.
var beforeAdoption = append([]string{"A3", "A4", "A5", "A6"}, fostering...)

// adopted says that an episode ended with an adoption.
func adopted(r row) bool { return is(r, rec, "E11", "E12") }

// longerThan points at placements that lasted longer than some days. One that
// goes on lasts to the end of the year where open ones are looked at too.
func longerThan(days int, open bool, places ...string) func(*question) {
	return eachRow(episodes, func(q *question, r row) bool {
		end := q.until(r)
		return is(r, place, places...) && (open || given(r, dec)) && !r.Date(decom).IsZero() && end > r.Date(decom).Add(days)
	})
}

// noReturn points at the episode after a temporary one that is not as the one
// before it.
func noReturn(same ...field) func(*question) {
	return func(q *question) {
		for h := range q.stories() {
			for i := 2; i < len(h); i++ {
				if !is(h[i-1], place, temporary...) {
					continue
				}
				bad := !is(h[i], rne, "P")
				for _, f := range same {
					bad = bad || changed(h[i-2], h[i], f)
				}
				if bad {
					q.at(h[i])
				}
			}
		}
	}
}

func keep(list []row, yes func(row) bool) []row {
	var out []row
	for _, r := range list {
		if yes(r) {
			out = append(out, r)
		}
	}
	return out
}
