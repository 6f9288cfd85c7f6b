package ssda903check

import "strings"

var leaverFields = []field{inTouch, activity, accommodation}

// leaverRules are about care leavers.
var leaverRules = []rule{
	{code: "131", points: on(oc3, inTouch), says: "Whether the authority is in touch with the care leaver is missing, or not one of the codes.", do: "Give YES, NO, DIED, REFU, NREQ or RHOM.", run: notOneOf(oc3, inTouch, false, "YES", "NO", "DIED", "REFU", "NREQ", "RHOM")},
	{code: "132", points: on(oc3, activity), says: "The activity of the care leaver is missing, or not one of the codes.", do: "Give a code of the list, or 0 when it is not known.", run: notOneOf(oc3, activity, false, strings.Fields("F1 P1 F2 P2 F4 P4 F5 P5 G4 G5 G6 0")...)},
	{code: "133", points: on(oc3, accommodation), says: "The accommodation of the care leaver is missing, or not one of the codes.", do: "Give a code of the list, or 0 when it is not known.",
		run: notOneOf(oc3, accommodation, false, strings.Fields("B1 B2 C1 C2 D1 D2 E1 E2 G1 G2 H1 H2 K1 K2 R1 R2 S2 T1 T2 U1 U2 V1 V2 W1 W2 X2 Y1 Y2 Z1 Z2 0")...)},
	{code: "153", points: on(oc3, leaverFields...), says: "Of the care leaver's items some are given and some are not.", do: "Give all three, or none.",
		run: eachRow(oc3, func(_ *question, r row) bool { n := filled(r, leaverFields...); return n > 0 && n < 3 })},
	{code: "344", points: on(oc3, leaverFields...), says: "The young person died or went home for good, but an activity or accommodation is given.", do: "Leave both empty, or give 0 for both.",
		run: eachRow(oc3, func(_ *question, r row) bool {
			none := !given(r, activity) && !given(r, accommodation) || is(r, activity, "0") && is(r, accommodation, "0")
			return is(r, inTouch, "DIED", "RHOM") && !none
		})},
	{code: "345", points: on(oc3, leaverFields...), says: "The authority is in touch with the young person, but activity or accommodation is given as not known.", do: "Give both.",
		run: eachRow(oc3, func(_ *question, r row) bool {
			return is(r, inTouch, "YES") && (is(r, activity, "0") || is(r, accommodation, "0"))
		})},
	{code: "347", from: 2024, points: on(oc3, accommodation, dob), says: "A care leaver under 18 lives in a foyer.", do: "Check the accommodation and the date of birth.",
		run: eachRow(oc3, func(q *question, r row) bool {
			return is(r, accommodation, "T1", "T2") && before(q.end, birthday(r.Date(dob), 18))
		})},
	{code: "3001", points: on(oc3, accommodation), says: "Somebody whose 17th birthday was in the year lives with former foster carers, although that is for those over 18.", do: "Check the accommodation and the date of birth.",
		run: eachRow(oc3, func(q *question, r row) bool {
			return is(r, accommodation, "Z1", "Z2") && q.inYear(birthday(r.Date(dob), 17))
		})},
	{code: "391", points: on(oc3, append([]field{dob}, leaverFields...)...), says: "The young person did not reach 17 in the year, but a care leaver's items are given.", do: "Take them out, or correct the date of birth.",
		run: eachRow(oc3, func(q *question, r row) bool {
			return anyGiven(r, leaverFields...) && before(q.end, birthday(r.Date(dob), 17))
		})},
	{code: "1000", points: on(oc3, leaverFields...), says: "The young person died in care, but a care leaver's items are given.", do: "Take them out, or correct why the episode ended.",
		run: eachRow(oc3, func(q *question, r row) bool {
			for _, e := range append(q.of(episodes, r.Text(child)), q.earlier[r.Text(child)]...) {
				if is(e, rec, "E2") && anyGiven(r, leaverFields...) {
					return true
				}
			}
			return false
		})},
	{code: "1001", last: true, points: on(oc3, leaverFields...), says: "By the episodes of this year and last the young person was not looked after for 13 weeks from 14 on, some of it after 16, but a care leaver's items are given.", do: "Check the episodes, also those of earlier years.", run: notALeaver},
	{code: "1002", last: true, points: on(oc3, leaverFields...), says: "A care leaver has no episode in this year or last.", do: "Check the identifier, and whether the episodes are older.",
		run: eachRow(oc3, func(q *question, r row) bool {
			return anyGiven(r, leaverFields...) && len(q.history(r.Text(child))) == 0 && len(q.historyLast(r.Text(child))) == 0
		})},
	{code: "1007", points: on(oc3, leaverFields...), says: "A care leaver's items are given for somebody who was still looked after on the 17th or 18th birthday.", do: "Take them out, or correct the episodes.",
		run: atBirthday(func(_ *question, e row, b date) bool {
			return !e.Date(decom).IsZero() && e.Date(decom) <= b && (!given(e, dec) || e.Date(dec) > b)
		})},
	{code: "1010", last: true, points: on(oc3, leaverFields...), says: "The young person was looked after at the end of last year and has no episode this year, but is given as a care leaver.", do: "Add this year's episodes.",
		run: eachRow(oc3, func(q *question, r row) bool {
			h := q.historyLast(r.Text(child))
			return len(q.history(r.Text(child))) == 0 && len(h) > 0 && !given(h[len(h)-1], dec)
		})},
	{code: "1011", points: on(oc3, leaverFields...), says: "The young person's care went over to another authority (E3), but a care leaver's items are given.", do: "Take them out: the other authority gives them.",
		run: eachRow(oc3, func(q *question, r row) bool {
			h := q.history(r.Text(child))
			return len(h) > 0 && is(h[len(h)-1], rec, "E3") && anyGiven(r, leaverFields...)
		})},
	{code: "1012", points: and(on(placedAdoption, child), on(missing, child), on(reviews, child), on(ad1, child), on(prevPerm, child), on(oc2, child)),
		says: "A child without an episode in the year has rows in other tables.", do: "Add the episodes, or take the rows out.",
		run: func(q *question) {
			q.table(episodes)
			for _, t := range []tableName{ad1, reviews, placedAdoption, prevPerm, missing, oc2} {
				if rows := q.ret.This[t]; rows != nil {
					for r := range all(rows) {
						if given(r, child) && len(q.of(episodes, r.Text(child))) == 0 {
							q.at(r)
						}
					}
				}
			}
		}},
	{code: "1014", points: and(on(oc3, leaverFields...), on(asylum, duc)), says: "The child was not looked after in the year, and has both a care leaver's items and those of an unaccompanied asylum-seeking child.", do: "Take those of asylum out: they are not collected of care leavers.",
		run: together(oc3, asylum, func(q *question, o, u row) bool {
			return anyGiven(o, leaverFields...) && given(u, duc) && !q.caredFor(o.Text(child))
		})},
	{code: "1016", from: 2024, points: on(oc3, leaverFields...), says: "A care leaver's items are given for somebody who ceased to be looked after in the year after the 17th or 18th birthday.", do: "Take them out, or correct the episodes.",
		run: atBirthday(func(q *question, e row, b date) bool {
			return q.inYear(e.Date(dec)) && e.Date(dec) > b && !is(e, rec, "X1")
		})},
	{code: "348", from: 2026, last: true, points: on(oc3, inTouch), says: "The young person was given as dead last year, and is not this year.", do: "Check IN_TOUCH of both years.",
		run: func(q *question) {
			for r := range q.rows(oc3) {
				for _, l := range childRows(q.lastTable(oc3), r.Text(child)) {
					if is(l, inTouch, "DIED") && !is(r, inTouch, "DIED") {
						q.at(r)
					}
				}
			}
		}},
}

// caredFor says whether a child has an episode with a day in the year.
func (q *question) caredFor(c string) bool {
	for _, e := range q.of(episodes, c) {
		if from := e.Date(decom); !from.IsZero() && from <= q.end && (!given(e, dec) || e.Date(dec) >= q.start) {
			return true
		}
	}
	return false
}

// atBirthday asks about the episodes of care leavers whose 17th or 18th birthday
// is in the year.
func atBirthday(bad func(q *question, e row, b date) bool) func(*question) {
	return func(q *question) {
		for r := range q.rows(oc3) {
			for _, age := range [2]int{17, 18} {
				b := birthday(r.Date(dob), age)
				for _, e := range q.of(episodes, r.Text(child)) {
					if anyGiven(r, leaverFields...) && q.inYear(b) && bad(q, e, b) {
						q.at(r)
					}
				}
			}
		}
	}
}

// born gives a child's date of birth by the header, else by the row itself.
func (q *question) born(r row) date {
	for _, h := range childRows(q.ret.This[header], r.Text(child)) {
		if d := h.Date(dob); !d.IsZero() {
			return d
		}
	}
	return r.Date(dob)
}

// notALeaver counts the days of care from 14 on in the episodes of both years,
// as far as they are no short breaks.
func notALeaver(q *question) {
	for r := range q.rows(oc3) {
		c := r.Text(child)
		list := append(append([]row{}, q.history(c)...), q.historyLast(c)...)
		born := q.born(r)
		b14, b16 := birthday(born, 14), birthday(born, 16)
		if !anyGiven(r, leaverFields...) || b14.IsZero() || len(list) == 0 {
			continue
		}
		seen := map[[2]date]bool{}
		days, past16 := 0, false
		for _, e := range list {
			from, to := e.Date(decom), q.until(e)
			if respite(e) || from.IsZero() || seen[[2]date{from, to}] {
				continue
			}
			seen[[2]date{from, to}] = true
			days += max(0, int(to-max(from, b14)))
			past16 = past16 || to > b16
		}
		if days < 13*7 || !past16 {
			q.at(r)
		}
	}
}
