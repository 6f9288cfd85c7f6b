package ssda903check

// placedRules are about decisions that a child should be placed for adoption.
var placedRules = []rule{
	{code: "115", points: on(placedAdoption, datePlaced), says: "The day of the decision to place for adoption is not a date.", do: "Give it as 31/03/2026.", run: notADate(placedAdoption, datePlaced)},
	{code: "116", points: on(placedAdoption, datePlacedCeased), says: "The day on which that decision was reversed is not a date.", do: "Give it as 31/03/2026.", run: notADate(placedAdoption, datePlacedCeased)},
	{code: "117", points: and(on(placedAdoption, datePlaced, datePlacedCeased), on(episodes, dec, rec)), says: "A decision to place for adoption, or its reversal, is after the end of the year or after the child ceased to be looked after.", do: "Check the dates.",
		run: func(q *question) {
			for p := range q.rows(placedAdoption) {
				h := q.history(p.Text(child))
				if len(h) == 0 {
					continue
				}
				e, a, b := h[len(h)-1], p.Date(datePlaced), p.Date(datePlacedCeased)
				ended := keep(h, func(e row) bool { return given(e, rec) && !is(e, rec, "X1") && given(e, dec) })
				if n := len(ended); n > 0 {
					e = ended[n-1]
				}
				left := len(ended) > 0 && (before(e.Date(dec), a) || before(e.Date(dec), b))
				if a > q.end || b > q.end || left {
					q.at(p, e)
				}
			}
		}},
	{code: "118", points: and(on(placedAdoption, datePlacedCeased), on(episodes, decom, ls)), says: "The decision to place for adoption was reversed before the year began, or before the child came to be looked after.", do: "Check the dates.",
		run: func(q *question) {
			for p := range q.rows(placedAdoption) {
				h := keep(q.history(p.Text(child)), func(e row) bool { return !respite(e) })
				if d := p.Date(datePlacedCeased); len(h) > 0 && (before(d, q.start) || before(d, h[0].Date(decom))) {
					q.at(p, h[0])
				}
			}
		}},
	{code: "119", points: on(placedAdoption, datePlacedCeased, reasonCeased), says: "Of the day on which the decision was reversed and the reason, only one is given.", do: "Give both, or neither.",
		run: eachRow(placedAdoption, func(_ *question, r row) bool { return given(r, datePlacedCeased) != given(r, reasonCeased) })},
	{code: "120", points: on(placedAdoption, reasonCeased), says: "The reason why the decision was reversed is not one of the codes.", do: "Give RD1 to RD4.", run: notOneOf(placedAdoption, reasonCeased, true, "RD1", "RD2", "RD3", "RD4")},
	{code: "184", points: on(placedAdoption, datePlaced), says: "The decision to place for adoption is from before the child was born.", do: "Check both dates.",
		run: func(q *question) {
			for p, h := range q.beside(placedAdoption, header) {
				if before(p.Date(datePlaced), h.Date(dob)) {
					q.at(p)
				}
			}
		}},
	{code: "522", points: on(placedAdoption, datePlaced, datePlacedCeased), says: "The decision to place for adoption was reversed before it was made.", do: "Check both dates.",
		run: eachRow(placedAdoption, func(_ *question, r row) bool { return before(r.Date(datePlacedCeased), r.Date(datePlaced)) })},
	{code: "551", points: on(episodes, place), says: "The child is placed for adoption, but there is no date of the decision that it should be.", do: "Add the date to the table PlacedAdoption.",
		run: eachRow(episodes, func(q *question, e row) bool {
			for _, p := range q.of(placedAdoption, e.Text(child)) {
				if given(p, datePlaced) {
					return false
				}
			}
			return is(e, place, toAdopt...)
		})},
	{code: "552", points: and(on(placedAdoption, datePlaced), on(episodes, decom, place)), says: "The child was placed for adoption before it was decided that it should be.", do: "Check both dates.",
		run: together(placedAdoption, episodes, func(_ *question, p, e row) bool {
			return is(e, place, toAdopt...) && before(e.Date(decom), p.Date(datePlaced))
		})},
	{code: "553", points: and(on(episodes, ls), on(placedAdoption, datePlaced, datePlacedCeased, reasonCeased)), says: "A placement order is in force (E1), but the decision to place for adoption is missing or reversed.", do: "Complete the table PlacedAdoption.", run: undecided("E1")},
	{code: "555", to: 2024, points: and(on(episodes, ls), on(placedAdoption, datePlaced, datePlacedCeased, reasonCeased)), says: "A freeing order is in force (D1), but the decision to place for adoption is missing or reversed.", do: "Complete the table PlacedAdoption.", run: undecided("D1")},
	{code: "554", points: and(on(placedAdoption, datePlaced), on(episodes, decom, ls)), says: "The placement order (E1) was granted before it was decided to place the child for adoption.", do: "Check both dates.", run: orderFirst("E1")},
	{code: "556", to: 2024, points: on(episodes, decom, ls), says: "The freeing order (D1) was granted before it was decided to place the child for adoption.", do: "Check both dates.", run: orderFirst("D1")},
	{code: "557", to: 2024, points: and(on(episodes, ls, place, rec), on(placedAdoption, datePlacedCeased, reasonCeased)), says: "The child was to be adopted and left care otherwise, but it is not said when and why the decision was reversed.", do: "Give both in the table PlacedAdoption.", run: leftUnadopted("D1", "E1")},
	{code: "557", from: 2025, points: and(on(episodes, ls, place, rec), on(placedAdoption, datePlacedCeased, reasonCeased)), says: "The child was to be adopted and left care otherwise, but it is not said when and why the decision was reversed.", do: "Give both in the table PlacedAdoption.", run: leftUnadopted("E1")},
	{code: "558", points: on(episodes, rec), says: "The child was adopted, but the decision to place it for adoption is given as reversed.", do: "Take the reversal out, or correct why the episode ended.",
		run: eachRow(episodes, func(q *question, e row) bool {
			for _, p := range q.of(placedAdoption, e.Text(child)) {
				if adopted(e) && given(p, datePlacedCeased) {
					return true
				}
			}
			return false
		})},
	{code: "563", points: on(placedAdoption, datePlaced, datePlacedCeased, reasonCeased), says: "The decision to place for adoption is given as reversed, but not when it was made.", do: "Give DATE_PLACED.",
		run: eachRow(placedAdoption, func(_ *question, r row) bool {
			return !given(r, datePlaced) && (given(r, datePlacedCeased) || given(r, reasonCeased))
		})},
	{code: "579", points: on(placedAdoption, datePlaced, datePlacedCeased), says: "A new decision to place for adoption was made while another was still standing.", do: "Check the dates, or give when the earlier one was reversed.", run: overlapping(placedAdoption, datePlaced, datePlacedCeased)},
	{code: "583", points: on(placedAdoption, datePlaced, datePlacedCeased), says: "There is a later decision to place for adoption, but this one has not been reversed.", do: "Give when it was reversed, or take one of them out.",
		run: func(q *question) {
			for p := range q.rows(placedAdoption) {
				for _, o := range q.of(placedAdoption, p.Text(child)) {
					if !given(p, datePlacedCeased) && before(p.Date(datePlaced), o.Date(datePlaced)) {
						q.at(p)
					}
				}
			}
		}},
	{code: "1003", points: and(on(placedAdoption, datePlaced), on(episodes, decom, rne)), says: "It was decided to place the child for adoption before it came to be looked after.", do: "Check both dates.",
		run: func(q *question) {
			for p := range q.rows(placedAdoption) {
				starts := keep(q.history(p.Text(child)), func(e row) bool { return is(e, rne, "S") })
				if len(starts) > 0 && before(p.Date(datePlaced), starts[0].Date(decom)) {
					q.at(p, starts[0])
				}
			}
		}},
}

// undecided points at episodes of an order where the child has no decision at
// all, and at a decision that does not stand while such an episode goes on.
func undecided(order string) func(*question) {
	return func(q *question) {
		for e := range q.rows(episodes) {
			if !is(e, ls, order) {
				continue
			}
			list := q.of(placedAdoption, e.Text(child))
			if len(list) == 0 {
				q.at(e)
			}
			for _, p := range list {
				if !given(e, dec) && (!given(p, datePlaced) || given(p, datePlacedCeased) || given(p, reasonCeased)) {
					q.at(p)
				}
			}
		}
	}
}

// orderFirst compares a decision with the first episode of an order.
func orderFirst(order string) func(*question) {
	return func(q *question) {
		for p := range q.rows(placedAdoption) {
			under := keep(q.history(p.Text(child)), func(e row) bool { return is(e, ls, order) })
			if len(under) > 0 && before(under[0].Date(decom), p.Date(datePlaced)) {
				q.at(p, under[0])
			}
		}
	}
}

func leftUnadopted(orders ...string) func(*question) {
	return func(q *question) {
		for e := range q.rows(episodes) {
			if !(is(e, ls, orders...) || is(e, place, toAdopt...)) || !given(e, rec) || is(e, rec, "X1", "E11", "E12") {
				continue
			}
			list := q.of(placedAdoption, e.Text(child))
			if len(list) == 0 {
				q.at(e)
			}
			for _, p := range list {
				if !given(p, datePlacedCeased) || !given(p, reasonCeased) {
					q.at(e, p)
				}
			}
		}
	}
}

// overlapping points, of every two spans of one child that have days in common,
// at the one that ends later. One without an end ends before all others here:
// then it is the other that should not have begun.
func overlapping(t tableName, start, end field) func(*question) {
	return func(q *question) {
		for r := range q.rows(t) {
			for _, o := range q.of(t, r.Text(child)) {
				if o.Index == r.Index || r.Date(start).IsZero() || o.Date(start).IsZero() {
					continue
				}
				common := (o.Date(end).IsZero() || r.Date(start) < o.Date(end)) && (r.Date(end).IsZero() || o.Date(start) < r.Date(end))
				later := r.Date(end) > o.Date(end) || r.Date(end) == o.Date(end) && (r.Date(start) > o.Date(start) || r.Date(start) == o.Date(start) && r.Index > o.Index)
				if common && later {
					q.at(r)
				}
			}
		}
	}
}
