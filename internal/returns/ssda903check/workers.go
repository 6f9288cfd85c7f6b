package ssda903check

import (
	"strings"

	"onus/internal/day"
)

// workerReasons are the codes for why a social worker began with a child.
var workerReasons = strings.Fields("CHCHAN FCONTA LEFTRL MANAGE ORGRST OTHERS PCCASE SWDIED TRANSF WKLOAD ABSENC TSPROC")

// workersSince is the day from which a social worker's identifier and reason
// are asked for.
var workersSince = day.Of(2023, 4, 1)

// socialWorkerRules are about the social workers of a child.
var socialWorkerRules = []rule{
	{code: "SW01STG1", from: 2024, to: 2024, points: on(workers, swID, swStart, swReason), says: "A child is looked after at the end of the year, but an item about the social worker is missing.", do: "Complete the row.",
		run: eachRow(workers, func(q *question, r row) bool {
			return filled(r, swID, swStart, swReason) < 3 && (len(q.of(episodes, r.Text(child))) == 0 || q.openAtEnd(r.Text(child)))
		})},
	{code: "SW01aSTG1", from: 2025, to: 2025, points: on(workers, swStart, swID), says: "The day on which a social worker began is missing.", do: "Give SW_DECOM.",
		run: eachRow(workers, func(_ *question, r row) bool { return !given(r, swStart) })},
	{code: "SW01bSTG1", from: 2025, to: 2025, points: on(workers, swStart, swID, swReason), says: "An item about a social worker who began since April 2023 is missing.", do: "Complete the row.",
		run: eachRow(workers, func(_ *question, r row) bool {
			return filled(r, swID, swStart, swReason) < 3 && (!given(r, swStart) || r.Date(swStart) >= workersSince)
		})},
	{code: "SW02STG1", from: 2024, to: 2025, points: on(workers, swID), says: "The identifier of a social worker begins neither with SW nor with XX.", do: "Give the number of registration, with SW before it.",
		run: eachRow(workers, func(_ *question, r row) bool {
			return given(r, swID) && !strings.HasPrefix(r.Text(swID), "SW") && !strings.HasPrefix(r.Text(swID), "XX")
		})},
	{code: "SW02STG1", from: 2026, points: on(workers, swID), says: "The identifier of a social worker is missing, or begins neither with SW nor with XX.", do: "Give the number of registration, with SW before it.",
		run: eachRow(workers, func(_ *question, r row) bool {
			return !strings.HasPrefix(r.Text(swID), "SW") && !strings.HasPrefix(r.Text(swID), "XX")
		})},
	{code: "SW03STG1", from: 2024, to: 2024, points: on(workers, swID, swStart, swReason), says: "An item about a social worker is missing.", do: "Give SW_ID, SW_DECOM and SW_REASON.",
		run: eachRow(workers, func(_ *question, r row) bool { return filled(r, swID, swStart, swReason) < 3 })},
	{code: "SW04STG1", from: 2024, points: on(workers, swStart), says: "The day on which a social worker began is not a date.", do: "Give it as 31/03/2026.",
		run: eachRow(workers, func(_ *question, r row) bool { return given(r, swStart) && !partDate(r.Text(swStart)) })},
	{code: "SW05STG1", from: 2024, points: on(workers, swEnd), says: "The day on which a social worker ended is not a date.", do: "Give it as 31/03/2026.",
		run: eachRow(workers, func(_ *question, r row) bool { return given(r, swEnd) && !partDate(r.Text(swEnd)) })},
	{code: "SW06STG2", from: 2024, points: on(workers, swStart), says: "A social worker began after the end of the year.", do: "Leave it for the next return.",
		run: eachRow(workers, func(q *question, r row) bool { return r.Date(swStart) > q.end })},
	{code: "SW07STG2", from: 2024, points: on(workers, swEnd), says: "A social worker ended outside the year.", do: "Leave out those who ended before it.",
		run: eachRow(workers, func(q *question, r row) bool { return !r.Date(swEnd).IsZero() && !q.inYear(r.Date(swEnd)) })},
	{code: "SW08STG2", from: 2024, points: on(workers, swEnd), says: "A next social worker has begun, but this one has no end.", do: "Give SW_DEC.",
		run: func(q *question) {
			for h := range q.teams() {
				for i := range len(h) - 1 {
					if !given(h[i], swEnd) {
						q.at(h[i])
					}
				}
			}
		}},
	{code: "SW09STG2", from: 2024, points: on(workers, swStart, swEnd), says: "A social worker ended on the day on which they began.", do: "Check both dates.",
		run: eachRow(workers, func(_ *question, r row) bool { return !r.Date(swStart).IsZero() && r.Date(swStart) == r.Date(swEnd) })},
	{code: "SW10STG2", from: 2024, points: on(workers, swStart), says: "A social worker began before the one before had ended.", do: "Check the dates.",
		run: func(q *question) {
			for h := range q.teams() {
				for i := 1; i < len(h); i++ {
					if before(h[i].Date(swStart), h[i-1].Date(swEnd)) {
						q.at(h[i])
					}
				}
			}
		}},
	{code: "SW11aSTG2", from: 2024, to: 2024, points: on(workers, swEnd), says: "The last social worker ended more than five days before the end of the year.", do: "Add the next one.", run: lastEnded(func(q *question, d date) bool { return d < q.end.Add(-5) })},
	{code: "SW11bSTG2", from: 2024, points: on(workers, swEnd), says: "The last social worker ended in the last days of the year, and none followed.", do: "Add the next one.", run: lastEnded(func(q *question, d date) bool { return d >= q.end.Add(-5) && d < q.end })},
	{code: "SW12STG2", from: 2024, points: on(episodes, decom), says: "A child is looked after at the end of the year and has no social worker since the episode began.", do: "Add the social workers of the year.",
		run: func(q *question) {
			for h := range q.stories() {
				for _, e := range h {
					if given(e, dec) || respite(e) || is(e, rec, "X1") && !is(e, rne, "S") {
						continue
					}
					since := keep(q.of(workers, e.Text(child)), func(w row) bool { return w.Date(swStart) >= e.Date(decom) && given(w, swStart) })
					if len(since) == 0 {
						q.at(e)
					}
				}
			}
		}},
	{code: "SW13STG1", from: 2024, to: 2024, points: on(workers, swReason), says: "Why a social worker began is missing, or not one of the codes.", do: "Give a code of the list.", run: notOneOf(workers, swReason, false, workerReasons...)},
	{code: "SW13STG1", from: 2025, points: on(workers, swReason), says: "Why a social worker began is not one of the codes, or missing since April 2023.", do: "Give a code of the list.",
		run: eachRow(workers, func(_ *question, r row) bool {
			return !is(r, swReason, workerReasons...) && (given(r, swReason) || r.Date(swStart) >= workersSince)
		})},
	{code: "SW14STG2", from: 2024, to: 2024, points: on(workers, swEnd), says: "The end of a social worker is missing, though another row follows.", do: "Give SW_DEC.",
		run: func(q *question) {
			for h := range q.teams() {
				for i := range len(h) - 1 {
					if !given(h[i], swEnd) {
						q.at(h[i])
					}
				}
			}
		}},
	{code: "SW17STG2", from: 2026, points: on(workers, swStart, swEnd), says: "The child has no social worker at the end of the year.", do: "Add the one of that day, or correct the end.",
		run: func(q *question) {
			for h := range q.teams() {
				if len(keep(h, func(r row) bool { return !given(r, swEnd) })) == 0 {
					q.at(h[len(h)-1])
				}
			}
		}},
}

// teams goes through the children who have social workers: their rows by the day
// on which each began.
func (q *question) teams() func(func([]row) bool) {
	t := q.table(workers)
	return func(yield func([]row) bool) {
		for i := range t.Len() {
			c := t.At(i).Text(child)
			if c == "" || int(t.Of(c)[0]) != i {
				continue
			}
			h := childRows(t, c)
			sortBy(h, swStart)
			if !yield(h) {
				return
			}
		}
	}
}

// openAtEnd says that a child has an episode that has not ended, and is no short
// break.
func (q *question) openAtEnd(c string) bool {
	for _, e := range q.of(episodes, c) {
		if !given(e, dec) && !respite(e) {
			return true
		}
	}
	return false
}

// lastEnded points at the last row of children all of whose social workers have
// ended, by the last day of them.
func lastEnded(bad func(q *question, d date) bool) func(*question) {
	return func(q *question) {
		for h := range q.teams() {
			var last date
			open := false
			for _, r := range h {
				last = max(last, r.Date(swEnd))
				open = open || given(r, swStart) && !given(r, swEnd)
			}
			if !open && !last.IsZero() && bad(q, last) {
				q.at(h[len(h)-1])
			}
		}
	}
}

// partDate says that a text is a date, with zz for what of it is not known.
func partDate(s string) bool {
	p := strings.Split(strings.ToUpper(s), "/")
	if len(p) != 3 {
		return false
	}
	for i, n := range [3]int{2, 2, 4} {
		if len(p[i]) > n || strings.Trim(p[i], "0123456789Z") != "" || p[i] == "" {
			return false
		}
	}
	return true
}
