package ssda903check

import "onus/internal/returns/ssda903"

// postcodeRules are about where a placement is, as far as postcodes tell.
var postcodeRules = []rule{
	{code: "164", points: on(episodes, distance), says: "The distance from home to the placement is below 0 or above 999.9 miles.", do: "Check both postcodes.",
		run: eachRow(episodes, func(q *question, r row) bool {
			d, ok := ssda903.Number(r.Text(distance))
			return ok && (d < 0 || d > 999.9) && !respite(r) && !q.everUASC(r.Text(child))
		})},
	{code: "454", from: 2026, points: on(episodes, distance), says: "The placement is more than 350 miles from home.", do: "Check both postcodes.",
		run: eachRow(episodes, func(q *question, r row) bool {
			d, ok := ssda903.Number(r.Text(distance))
			return ok && d > 350 && d < 999.9 && !(r.Has(child) && q.everUASC(r.Text(child)))
		})},
	{code: "169", points: on(episodes, placeLA), says: "The authority of the placement is not known.", do: "Check the postcode of the placement.",
		run: eachRow(episodes, func(_ *question, r row) bool { return !given(r, placeLA) && !respite(r) })},
	{code: "179", points: on(episodes, location), says: "It is not known whether the placement is in the authority or outside.", do: "Check the postcode of the placement.",
		run: eachRow(episodes, func(_ *question, r row) bool { return !is(r, location, "IN", "OUT") && !respite(r) })},
	{code: "392a", points: on(episodes, distance), says: "The distance from home to the placement is not known.", do: "Check both postcodes.",
		run: eachRow(episodes, func(q *question, r row) bool {
			return !given(r, distance) && !respite(r) && !q.everUASC(r.Text(child))
		})},
	{code: "392b", points: on(episodes, homePost, placePost), says: "The postcode of the home or of the placement is missing.", do: "Give both postcodes.",
		run: eachRow(episodes, func(q *question, r row) bool {
			return (!given(r, homePost) || !given(r, placePost)) && !respite(r) && !q.everUASC(r.Text(child))
		})},
	{code: "392c", needs: needPostcodes, points: on(episodes, homePost, placePost), says: "A postcode is not in the directory.", do: "Correct the postcode.",
		run: eachRow(episodes, func(q *question, r row) bool {
			_, home := q.postcodes[plain(r.Text(homePost))]
			_, placed := q.postcodes[plain(r.Text(placePost))]
			return given(r, homePost) && !home || given(r, placePost) && !placed
		})},
	{code: "392d", points: on(episodes, homePost, placePost, place), says: "Home and placement have the same postcode, though the child is not placed with parents (P1).", do: "Correct a postcode, or the placement.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return given(r, homePost) && plain(r.Text(homePost)) == plain(r.Text(placePost)) && !is(r, place, "P1")
		})},
	{code: "406", points: on(episodes, distance), says: "A distance from home is given for a child who came alone to seek asylum.", do: "Take out the postcode of the home.",
		run: eachRow(episodes, func(q *question, r row) bool { return given(r, distance) && q.everUASC(r.Text(child)) })},
	{code: "411", needs: needAuthority, points: on(episodes, location), says: "Whether the placement is in the authority does not go with the authority of the placement.", do: "Check the postcode of the placement.",
		run: eachRow(episodes, func(q *question, r row) bool {
			return given(r, location) && given(r, placeLA) && is(r, location, "IN") != (r.Text(placeLA) == q.authority)
		})},
	{code: "420", points: on(episodes, placeLA), says: "The authority of the placement is given for a short break (V3, V4).", do: "Take the postcode out: it is not collected.",
		run: eachRow(episodes, func(_ *question, r row) bool { return given(r, placeLA) && respite(r) })},
	{code: "1015", needs: needAuthority, points: on(episodes, placeLA), says: "The placement is the authority's own provision (PR1), but not in the authority.", do: "Check the provider and the postcode.", run: ownElsewhere},
}

// ownElsewhere leaves out foster carers, who may live anywhere, and adoption.
func ownElsewhere(q *question) {
	for r := range q.rows(episodes) {
		if is(r, provider, "PR1") && !respite(r) && !is(r, place, beforeAdoption...) && r.Text(placeLA) != q.authority {
			q.at(r)
		}
	}
}

// everUASC says whether the return shows that a child came alone to seek asylum,
// in this year or last.
func (q *question) everUASC(c string) bool {
	for _, tables := range [2]*[ssda903.TableCount]*ssda903.Rows{&q.ret.This, &q.ret.Last} {
		h := tables[header]
		for _, r := range childRows(h, c) {
			if h.Has(uasc) && is(r, uasc, "1") {
				return true
			}
		}
	}
	for _, r := range childRows(q.ret.Last[asylum], c) {
		if given(r, duc) {
			return true
		}
	}
	h := q.ret.This[header]
	return (h == nil || !h.Has(uasc)) && len(childRows(q.ret.This[asylum], c)) > 0
}
