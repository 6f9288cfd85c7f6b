package ssda903check

import (
	"strings"

	"onus/internal/returns/ssda903"
)

// lastYearRules compare this year's return with last year's.
var lastYearRules = []rule{
	{code: "202", last: true, points: on(header, sex), says: "The sex is not that of last year's return.", do: "Find out which is right.", run: notAsLastYear(sex, func(a, b string) bool { return a != b })},
	{code: "203", last: true, points: on(header, dob), says: "The date of birth is not that of last year's return.", do: "Find out which is right.",
		run: func(q *question) {
			for r, l := range q.besideLast(header) {
				if r.Date(dob) != l.Date(dob) {
					q.at(r)
				}
			}
		}},
	{code: "204", last: true, points: on(header, ethnic), says: "The ethnicity is not that of last year's return.", do: "Find out which is right.", run: notAsLastYear(ethnic, func(a, b string) bool { return !strings.EqualFold(a, b) })},
	{code: "207", last: true, points: on(header, mother), says: "The child was a mother by last year's return and is not by this one.", do: "Correct MOTHER.", run: func(q *question) {
		for r, l := range q.besideLast(header) {
			list := q.of(episodes, r.Text(child))
			if is(l, mother, "1") && !is(r, mother, "1") && (len(list) == 0 || len(keep(list, respite)) < len(list)) {
				q.at(r)
			}
		}
	}},
	{code: "208", last: true, points: on(header, upn), says: "The UPN is not that of last year's return.", do: "Find out which is right.", run: notAsLastYear(upn, otherUPN)},
	{code: "624", last: true, points: on(header, motherChild), says: "The date of birth of the mother's first child is not that of last year's return.", do: "Find out which is right.", run: notAsLastYear(motherChild, func(a, b string) bool { return b != "" && a != b })},
	{code: "626", last: true, points: on(header, mother, motherChild), says: "The child of a mother was born before the year, but she was not given as a mother last year.", do: "Check the date of birth of her child.",
		run: func(q *question) {
			for r, l := range q.besideLast(header) {
				if is(r, mother, "1") && is(l, mother, "0") && before(r.Date(motherChild), q.start) {
					q.at(r)
				}
			}
		}},
	{code: "452", last: true, points: on(episodes, placeLA), says: "The authority of the placement is not what last year's return said of the same episode.", do: "Check the postcode in both years.", run: sameEpisode(func(a, b row) bool { return changed(a, b, placeLA) })},
	{code: "453", last: true, points: on(episodes, distance), says: "The distance is not what last year's return said of the same episode.", do: "Check the postcodes in both years.", run: sameEpisode(otherDistance)},
	{code: "502", last: true, points: on(episodes, decom), says: "The episode that was open at the end of last year does not stand first in this year's return.", do: "Give the first episode the day on which that one began.",
		run: openLastYear(func(a, b row) bool { return a.Date(decom) != b.Date(decom) })},
	{code: "503A", last: true, points: on(episodes, rne), says: "The reason for the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(rne))},
	{code: "503B", last: true, points: on(episodes, ls), says: "The legal status of the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(ls))},
	{code: "503C", last: true, points: on(episodes, needCode), says: "The category of need of the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(needCode))},
	{code: "503D", to: 2025, last: true, points: on(episodes, place), says: "The placement of the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(place))},
	{code: "503D", from: 2026, last: true, points: on(episodes, place), says: "The placement of the first episode is not that of last year's open episode. Z11 to Z14 are what was Z1.", do: "Find out which is right.",
		run: openLastYear(func(a, b row) bool {
			return changed(a, b, place) && !(is(b, place, "Z1") && is(a, place, otherPlacement...))
		})},
	{code: "503E", last: true, points: on(episodes, provider), says: "The provider of the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(provider))},
	{code: "503F", last: true, points: on(episodes, urn), says: "The URN of the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(urn))},
	{code: "503G", last: true, points: on(episodes, distance), says: "The distance of the first episode is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(otherDistance)},
	{code: "503H", last: true, points: on(episodes, placeLA), says: "The authority of the first placement is not that of last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(placeLA))},
	{code: "503J", last: true, points: on(episodes, location), says: "Whether the first placement is in the authority is not as in last year's open episode.", do: "Find out which is right.", run: openLastYear(differIn(location))},
	{code: "562", last: true, points: on(episodes, decom), says: "The episode began before the year, but last year's return does not end with it.", do: "Correct the date, or last year's return.",
		run: func(q *question) {
			q.lastTable(episodes)
			for h := range q.stories() {
				e, old := h[0], q.historyLast(h[0].Text(child))
				if n := len(old); n > 0 && before(e.Date(decom), q.start) && e.Date(decom) != old[n-1].Date(decom) {
					q.at(e)
				}
			}
		}},
	{code: "NoE", last: true, points: on(episodes, decom), says: "The child was looked after before the year, but has no episode in last year's return.", do: "Check last year's return, and the date.",
		run: func(q *question) {
			q.lastTable(episodes)
			for h := range q.stories() {
				if before(h[0].Date(decom), q.start) && len(q.historyLast(h[0].Text(child))) == 0 {
					q.at(h[0])
				}
			}
		}},
	{code: "559", last: true, points: on(placedAdoption, datePlaced), says: "The decision to place for adoption is from before the year, but was not in last year's return.", do: "Check the date, and last year's return.",
		run: func(q *question) {
			last := q.lastTable(placedAdoption)
			for r := range q.rows(placedAdoption) {
				known := false
				for _, l := range childRows(last, r.Text(child)) {
					known = known || given(l, datePlaced)
				}
				if before(r.Date(datePlaced), q.start) && !known {
					q.at(r)
				}
			}
		}},
	{code: "560", last: true, points: on(placedAdoption, datePlaced), says: "The decision to place for adoption has another date than last year, though it was not reversed.", do: "Find out which is right.",
		run: decisionLastYear(func(r, l row) bool {
			return !given(l, datePlacedCeased) && !r.Date(datePlaced).IsZero() && !l.Date(datePlaced).IsZero() && r.Date(datePlaced) != l.Date(datePlaced)
		})},
	{code: "561", last: true, points: on(placedAdoption, datePlaced), says: "The decision to place for adoption has the date of last year, though it was reversed then.", do: "Give the date of the new decision, or take the row out.",
		run: decisionLastYear(func(r, l row) bool {
			return (given(l, datePlacedCeased) || given(l, reasonCeased)) && !r.Date(datePlaced).IsZero() && r.Date(datePlaced) == l.Date(datePlaced)
		})},
	{code: "584", last: true, points: on(placedAdoption, datePlaced), says: "Last year's decision to place for adoption was reversed, but this year's is not after it.", do: "Give the date of the new decision.",
		run: decisionLastYear(func(r, l row) bool {
			return (given(l, datePlacedCeased) || given(l, reasonCeased)) && !l.Date(datePlaced).IsZero() && r.Date(datePlaced) <= l.Date(datePlaced)
		})},
}

// besideLast goes through a table with each row of the same child last year.
func (q *question) besideLast(t tableName) func(func(row, row) bool) {
	last := q.lastTable(t)
	return func(yield func(row, row) bool) {
		for r := range q.rows(t) {
			for _, l := range childRows(last, r.Text(child)) {
				if !yield(r, l) {
					return
				}
			}
		}
	}
}

func notAsLastYear(f field, differ func(now, then string) bool) func(*question) {
	return func(q *question) {
		for r, l := range q.besideLast(header) {
			if differ(r.Text(f), l.Text(f)) {
				q.at(r)
			}
		}
	}
}

// otherUPN leaves out what becomes known: a number after a code for none, and
// one such code after UN1 or after nothing.
func otherUPN(now, then string) bool {
	switch {
	case strings.EqualFold(now, then), within(unknownUPN, then) && now != "" && !within(unknownUPN, now):
		return false
	case now == "UN2" && then == "UN1", now == "UN4" && then == "":
		return false
	}
	return true
}

// openLastYear compares a child's first episode with the last of last year's
// return, where that was open.
func openLastYear(differ func(now, then row) bool) func(*question) {
	return func(q *question) {
		q.lastTable(episodes)
		for h := range q.stories() {
			old := q.historyLast(h[0].Text(child))
			if n := len(old); n > 0 && !given(old[n-1], dec) && differ(h[0], old[n-1]) {
				q.at(h[0])
			}
		}
	}
}

// sameEpisode does the same where it is the same episode by its first day.
func sameEpisode(differ func(now, then row) bool) func(*question) {
	return openLastYear(func(a, b row) bool { return a.Date(decom) == b.Date(decom) && differ(a, b) })
}

func differIn(f field) func(a, b row) bool {
	return func(a, b row) bool { return changed(a, b, f) }
}

// otherDistance lets a fifth of a mile pass: postcodes move.
func otherDistance(a, b row) bool {
	x, ok1 := ssda903.Number(a.Text(distance))
	y, ok2 := ssda903.Number(b.Text(distance))
	return ok1 != ok2 || ok1 && (x-y >= 0.2 || y-x >= 0.2)
}

func decisionLastYear(bad func(now, then row) bool) func(*question) {
	return func(q *question) {
		for r, l := range q.besideLast(placedAdoption) {
			if bad(r, l) {
				q.at(r)
			}
		}
	}
}
