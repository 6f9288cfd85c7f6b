package ssda903check

import "onus/internal/returns/ssda903"

// uasmRules are about children who came alone to seek asylum.
var uasmRules = []rule{
	{code: "104", points: on(asylum, duc), says: "The day on which the status ceased is not a date, or before the year.", do: "Give it as 31/03/2026, or leave the child out when it was before the year.",
		run: eachRow(asylum, func(q *question, r row) bool { return badDate(r, duc) || before(r.Date(duc), q.start) })},
	{code: "105", points: on(header, uasc), says: "Whether the child came alone to seek asylum is neither 0 nor 1.", do: "Give 1 if so, else 0.", run: notOneOf(header, uasc, false, "0", "1")},
	{code: "231", from: 2025, points: on(header, dob), says: "A child who came alone to seek asylum is younger than such children are as a rule.", do: "Check the date of birth. If it is right, say so when the return is sent.",
		run: eachRow(header, func(q *question, r row) bool { return r.Date(dob) > q.end.AddMonths(-12*11) && q.aloneNow(r) })},
	{code: "303", points: and(on(header, uasc), on(asylum, duc)), says: "The day on which the status ceased is given, but not that the child came alone to seek asylum.", do: "Correct one of them.",
		run: together(header, asylum, func(_ *question, h, u row) bool {
			return given(u, duc) && h.Has(uasc) && !is(h, uasc, "1")
		})},
	{code: "304", points: on(asylum, duc), says: "The status ceased after the 18th birthday.", do: "Give a day up to the 18th birthday.",
		run: eachRow(asylum, func(_ *question, r row) bool { return before(birthday(r.Date(dob), 18), r.Date(duc)) })},
	{code: "205A", last: true, points: and(on(header, child), on(asylum, child)), says: "The child came alone to seek asylum by last year's return and not by this year's, although the status had not ceased before the year.", do: "Correct the status, or the day on which it ceased.",
		run: statusOfBothYears(true, func(q *question, was, is bool, now, then date) bool {
			return was && !is && (then.IsZero() || then > q.start)
		})},
	{code: "205B", last: true, points: and(on(header, child), on(asylum, duc)), says: "The child came alone to seek asylum in both years, but by one of them that had ceased before the year.", do: "Check DUC in both years.",
		run: statusOfBothYears(true, func(q *question, was, is bool, now, then date) bool {
			return was && is && (before(now, q.start) || before(then, q.start))
		})},
	{code: "205C", last: true, points: and(on(header, child), on(asylum, duc)), says: "The child did not come alone to seek asylum by either year's return, but the day on which that ceased is given.", do: "Take the day out, or correct the status.",
		run: statusOfBothYears(true, func(_ *question, was, is bool, now, then date) bool {
			return !was && !is && (!now.IsZero() || !then.IsZero())
		})},
	{code: "205D", last: true, points: and(on(header, child), on(asylum, child)), says: "The child came alone to seek asylum by this year's return and not by last year's.", do: "Check the status in both years.",
		run: statusOfBothYears(false, func(_ *question, was, is bool, _, _ date) bool { return is && !was })},
}

// aloneNow says whether a child came alone to seek asylum by this year's return: by the
// header of the XML, and in CSV, which has no such column there, by a row in UASC.
func (q *question) aloneNow(h row) bool {
	if h.Has(uasc) {
		return is(h, uasc, "1")
	}
	return len(q.of(asylum, h.Text(child))) > 0
}

// statusOfBothYears asks about every child whose status both returns give. The CSV
// form does not give it as such: there it is the table UASC that says it, by the
// day on which the status is to cease. Both tables are pointed at where both is
// set; else the one that gives the status.
func statusOfBothYears(both bool, bad func(q *question, was, is bool, now, then date) bool) func(*question) {
	return func(q *question) {
		this, last := q.table(asylum), q.lastTable(asylum)
		about := q.ret.This[header]
		if about == nil {
			about = this
		}
		old := q.ret.Last[header]
		for r := range all(about) {
			c := r.Text(child)
			now, then := dayOf(this, c), dayOf(last, c)
			isNow, was := !now.IsZero(), !then.IsZero()
			if about.Has(uasc) {
				isNow = is(r, uasc, "1")
			}
			if old != nil {
				list := childRows(old, c)
				if len(list) == 0 {
					continue
				}
				if old.Has(uasc) {
					was = is(list[0], uasc, "1")
				}
			}
			if !bad(q, was, isNow, now, then) {
				continue
			}
			if both || about.Has(uasc) {
				q.at(r)
			}
			if both || !about.Has(uasc) {
				q.at(childRows(this, c)...)
			}
		}
	}
}

// dayOf gives the day on which a child's status is to cease.
func dayOf(t *ssda903.Rows, c string) (d date) {
	for _, r := range childRows(t, c) {
		d = r.Date(duc)
	}
	return d
}
