package ssda903check

// doloRules are about deprivation of liberty orders, collected from 2026/27.
var doloRules = []rule{
	{code: "700", from: 2027, points: on(dolo, doloStart), says: "The day on which the order began is missing, or not a date.", do: "Give it as 31/03/2027.",
		run: eachRow(dolo, func(_ *question, r row) bool { return !given(r, doloStart) || badDate(r, doloStart) })},
	{code: "701", from: 2027, points: on(dolo, doloEnd), says: "The day on which the order ended is not a date.", do: "Give it as 31/03/2027.", run: notADate(dolo, doloEnd)},
	{code: "702", from: 2027, points: on(dolo, doloStart, doloEnd), says: "The order ended before it began.", do: "Check both dates.",
		run: eachRow(dolo, func(_ *question, r row) bool { return before(r.Date(doloEnd), r.Date(doloStart)) })},
	{code: "703", from: 2027, points: on(dolo, doloStart), says: "The order began after the end of the year.", do: "Leave it for the next return, or correct the date.",
		run: eachRow(dolo, func(q *question, r row) bool { return r.Date(doloStart) > q.end })},
	{code: "704", from: 2027, points: on(dolo, doloEnd), says: "The order ended outside the year.", do: "Check the date.",
		run: eachRow(dolo, func(q *question, r row) bool { return !r.Date(doloEnd).IsZero() && !q.inYear(r.Date(doloEnd)) })},
	{code: "705", from: 2027, points: on(dolo, doloStart, doloEnd), says: "An order began while another one was still in force.", do: "Check the dates.", run: overlapping(dolo, doloStart, doloEnd)},
	{code: "706", from: 2027, last: true, points: on(dolo, doloStart), says: "An order was in force at the end of last year, but this year's return does not begin with it.", do: "Add the order with the same start.",
		run: func(q *question) {
			this := q.table(dolo)
			for l := range all(q.lastTable(dolo)) {
				goesOn := given(l, doloEnd)
				list := childRows(this, l.Text(child))
				for _, r := range list {
					goesOn = goesOn || r.Date(doloStart) == l.Date(doloStart)
				}
				if !goesOn {
					q.failed = true
					q.at(list...)
				}
			}
		}},
	{code: "707", from: 2027, points: on(dolo, doloEnd), says: "The child ceased to be looked after, but the order did not end with that.", do: "Give the end of the order.", run: endedWithCare(dolo, doloStart, doloEnd)},
	{code: "708", from: 2027, points: on(dolo, dob, doloStart), says: "The order began before the child was born, or on that day.", do: "Check both dates.",
		run: eachRow(dolo, func(_ *question, r row) bool {
			return !r.Date(doloStart).IsZero() && r.Date(doloStart) <= r.Date(dob)
		})},
	{code: "709", from: 2027, points: and(on(dolo, doloStart), on(episodes, place)), says: "A child under an order is in a placement where that is not expected.", do: "Check the placement and the dates of the order.",
		run: underOrder(func(e row) bool { return !is(e, place, "K2", "Z12", "Z13") })},
	{code: "710", from: 2027, points: and(on(dolo, doloStart), on(episodes, place)), says: "A child under an order is in a secure home, with parents, in custody or in supported accommodation, where there can be none.", do: "Correct the placement, or the dates of the order.",
		run: underOrder(func(e row) bool { return is(e, place, "K1", "P1", "R5", "K3") })},
}

// underOrder looks at episodes that have a day in common with an order whose first and last
// days are given.
func underOrder(bad func(e row) bool) func(*question) {
	return together(dolo, episodes, func(_ *question, o, e row) bool {
		s, f := o.Date(doloStart), o.Date(doloEnd)
		common := !s.IsZero() && !f.IsZero() && !e.Date(decom).IsZero() && e.Date(decom) <= f && (!given(e, dec) || s <= e.Date(dec))
		return common && bad(e)
	})
}
