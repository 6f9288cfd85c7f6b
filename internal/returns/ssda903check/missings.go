package ssda903check

// missingRules are about children who went missing or away.
var missingRules = []rule{
	{code: "1004", points: on(missing, missingStart), says: "The day on which the child went missing is not a date.", do: "Give it as 31/03/2026.", run: notADate(missing, missingStart)},
	{code: "1005", points: on(missing, missingEnd), says: "The day on which the child was found is not a date.", do: "Give it as 31/03/2026.", run: notADate(missing, missingEnd)},
	{code: "1006", points: on(missing, missingType), says: "Whether the child was missing or away is not one of the codes.", do: "Give M for missing, A for away without authorisation.", run: notOneOf(missing, missingType, true, "M", "A")},
	{code: "564", points: on(missing, missingType, missingStart), says: "The child was missing or away, but not since when.", do: "Give MIS_START.",
		run: eachRow(missing, func(_ *question, r row) bool { return given(r, missingType) && !given(r, missingStart) })},
	{code: "565", points: on(missing, missingType, missingStart), says: "It is given since when, but not whether the child was missing or away.", do: "Give MISSING as M or A.",
		run: eachRow(missing, func(_ *question, r row) bool { return !given(r, missingType) && given(r, missingStart) })},
	{code: "566", points: on(missing, missingType, missingEnd), says: "It is given until when, but not whether the child was missing or away.", do: "Give MISSING as M or A.",
		run: eachRow(missing, func(_ *question, r row) bool { return !given(r, missingType) && given(r, missingEnd) })},
	{code: "567", points: on(missing, missingStart, missingEnd), says: "The child was found before it went missing.", do: "Check both dates.",
		run: eachRow(missing, func(_ *question, r row) bool { return before(r.Date(missingEnd), r.Date(missingStart)) })},
	{code: "570", points: on(missing, missingStart), says: "The child went missing after the end of the year.", do: "Leave it for the next return, or correct the date.",
		run: eachRow(missing, func(q *question, r row) bool { return r.Date(missingStart) > q.end })},
	{code: "571", points: on(missing, missingEnd), says: "The child was found outside the year.", do: "Leave out what ended before the year, and the end of what ended after it.",
		run: eachRow(missing, func(q *question, r row) bool { return !r.Date(missingEnd).IsZero() && !q.inYear(r.Date(missingEnd)) })},
	{code: "574", points: on(missing, missingStart, missingEnd), says: "The child went missing while it was missing already, or two such times overlap.", do: "Check the dates, or put both into one.", run: overlapping(missing, missingStart, missingEnd)},
	{code: "575", points: on(missing, missingEnd), says: "The placement from which the child went missing has ended, but not the time of being missing.", do: "Give MIS_END: what goes on is recorded from the next placement.",
		run: func(q *question) {
			for m, e := range q.beside(missing, episodes) {
				s := m.Date(missingStart)
				if !given(m, missingEnd) && !e.Date(decom).IsZero() && e.Date(decom) <= s && s <= e.Date(dec) {
					q.at(m)
				}
			}
		}},
	{code: "577", points: on(missing, missingEnd), says: "The child ceased to be looked after while missing, but the time of being missing did not end with that.", do: "Give MIS_END as the day on which care ended, or before it.", run: endedWithCare(missing, missingStart, missingEnd)},
	{code: "578", points: on(missing, missingStart), says: "The child went missing after it had ceased to be looked after.", do: "Check the date, and the child's episodes.",
		run: func(q *question) {
			for m := range q.rows(missing) {
				if m.Date(missingStart).IsZero() || q.inCare(m.Text(child), m.Date(missingStart)) {
					continue
				}
				for _, e := range q.of(episodes, m.Text(child)) {
					if before(e.Date(dec), m.Date(missingStart)) {
						q.at(m)
						break
					}
				}
			}
		}},
	{code: "580", points: on(episodes, rec), says: "The child was missing when it ceased to be looked after, but the reason is not the one for that (E8).", do: "Give E8, or correct the dates.",
		run: func(q *question) {
			for e, m := range q.beside(episodes, missing) {
				if !e.Date(dec).IsZero() && e.Date(dec) == m.Date(missingEnd) && given(e, rec) && !is(e, rec, "E8", "X1") {
					q.at(e)
				}
			}
		}},
	{code: "581", points: on(missing, missingStart), says: "The child went missing at a time when it was not looked after.", do: "Check the date, and the child's episodes.",
		run: eachRow(missing, func(q *question, m row) bool {
			return !m.Date(missingStart).IsZero() && len(q.of(episodes, m.Text(child))) > 0 && !q.inCare(m.Text(child), m.Date(missingStart))
		})},
	{code: "586", points: on(missing, dob, missingStart), says: "The child went missing before it was born.", do: "Check both dates.",
		run: eachRow(missing, func(_ *question, r row) bool { return before(r.Date(missingStart), r.Date(dob)) })},
	{code: "576", last: true, points: on(missing, child), says: "The child was missing at the end of last year, but this year's return does not begin with that.", do: "Add the row with the same start, and give its end.",
		run: func(q *question) {
			this := q.table(missing)
			for l := range all(q.lastTable(missing)) {
				if given(l, missingEnd) {
					continue
				}
				goesOn := false
				list := childRows(this, l.Text(child))
				for _, r := range list {
					goesOn = goesOn || r.Date(missingStart) == l.Date(missingStart)
				}
				if !goesOn {
					q.failed = true // also where the child has no row to point at
					q.at(list...)
				}
			}
		}},
}

// inCare says whether a child was looked after on a day, both ends included.
func (q *question) inCare(c string, d date) bool {
	for _, e := range q.of(episodes, c) {
		if !e.Date(decom).IsZero() && e.Date(decom) <= d && (!given(e, dec) || d <= e.Date(dec)) {
			return true
		}
	}
	return false
}

// endedWithCare points at spans that do not end within some episode; one that
// has no end needs a period of care that it began in and that goes on.
func endedWithCare(t tableName, start, end field) func(*question) {
	return eachRow(t, func(q *question, m row) bool {
		list := q.of(episodes, m.Text(child))
		if m.Date(start).IsZero() || len(list) == 0 {
			return false
		}
		if given(m, end) {
			return !q.inCare(m.Text(child), m.Date(end))
		}
		at := m.Date(start)
		for moved := true; moved; {
			moved = false
			for _, e := range list {
				switch from := e.Date(decom); {
				case from.IsZero() || from > at:
				case !given(e, dec):
					return false
				case at < e.Date(dec):
					at, moved = e.Date(dec), true
				}
			}
		}
		return true
	})
}
