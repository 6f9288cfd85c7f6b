package ssda903check

import "onus/internal/returns/ssda903"

var (
	healthNeeded = []field{immunisations, teeth, assessment, misuse}
	healthFields = []field{convicted, healthCheck, immunisations, teeth, assessment, misuse, received, offered}
)

// healthRules are about the health and offending of children looked after for
// twelve months.
var healthRules = []rule{
	{code: "157", points: on(oc2, dob, sdqReason), says: "The child was of an age for a score of strengths and difficulties, but the reason for none is the age (SDQ1).", do: "Give the score, or another reason.",
		run: eachRow(oc2, func(q *question, r row) bool { return is(r, sdqReason, "SDQ1") && q.ofScoreAge(r) && q.wholeYear(r) })},
	{code: "158", points: on(oc2, received, offered), says: "The child received help with substance misuse, but whether it was offered is given too.", do: "Leave INTERVENTION_OFFERED empty.",
		run: eachRow(oc2, func(_ *question, r row) bool { return is(r, received, "1") && given(r, offered) })},
	{code: "159", points: on(oc2, misuse, received, offered), says: "The child received no help with substance misuse, but it is not said whether it was offered.", do: "Give INTERVENTION_OFFERED.",
		run: eachRow(oc2, func(_ *question, r row) bool { return is(r, misuse, "1") && is(r, received, "0") && !given(r, offered) })},
	{code: "180", points: on(oc2, sdqScore), says: "The score of strengths and difficulties is not a whole number from 0 to 40.", do: "Correct the score.",
		run: eachRow(oc2, func(_ *question, r row) bool {
			n, ok := ssda903.Number(r.Text(sdqScore))
			return given(r, sdqScore) && (!ok || n < 0 || n > 40 || n != float64(int(n)))
		})},
	{code: "181", points: on(oc2, healthFields...), says: "An item about health or offending is neither 0 nor 1.", do: "Give 1 for yes and 0 for no.",
		run: eachRow(oc2, func(_ *question, r row) bool {
			for _, f := range healthFields {
				if !is(r, f, "", "0", "1") {
					return true
				}
			}
			return false
		})},
	{code: "182", points: on(oc2, healthFields...), says: "Immunisations, teeth, health assessment or substance misuse are missing, though other items are given.", do: "Give all four, or leave all items out.",
		run: eachRow(oc2, func(_ *question, r row) bool { return filled(r, healthNeeded...) < 4 && anyGiven(r, healthFields...) })},
	{code: "185", points: on(oc2, sdqScore), says: "A score of strengths and difficulties is given for a child who was not looked after for the twelve months.", do: "Take it out, or correct the episodes.",
		run: eachRow(oc2, func(q *question, r row) bool { return given(r, sdqScore) && !q.wholeYear(r) })},
	{code: "198", points: on(oc2, sdqReason), says: "A reason for no score is given for a child who was not looked after for the twelve months.", do: "Take it out, or correct the episodes.",
		run: eachRow(oc2, func(q *question, r row) bool { return given(r, sdqReason) && !q.wholeYear(r) })},
	{code: "190", points: on(oc2, healthFields...), says: "Items about health or offending are given for a child who was not looked after for the twelve months.", do: "Take them out, or correct the episodes.",
		run: eachRow(oc2, func(q *question, r row) bool { return anyGiven(r, healthFields...) && !q.wholeYear(r) })},
	{code: "186", points: on(oc2, sdqScore), says: "The child was looked after for the twelve months and of an age for a score of strengths and difficulties, but there is none, nor a reason.", do: "Give the score, or the reason for none.",
		run: eachRow(oc2, func(q *question, r row) bool {
			return q.ofScoreAge(r) && !given(r, sdqScore) && !given(r, sdqReason) && q.wholeYear(r)
		})},
	{code: "187", points: and(on(oc3, leaverFields...), on(ad1, ad1Fields...)), says: "The child was looked after for the twelve months, but is given as adopted or as a care leaver.", do: "Take those items out, or correct the episodes.",
		run: func(q *question) {
			for r := range q.rows(oc3) {
				if anyGiven(r, leaverFields...) && q.wholeYear(r) {
					q.at(r)
				}
			}
			for r := range q.rows(ad1) {
				if anyGiven(r, ad1Fields...) && q.wholeYear(r) {
					q.at(r)
				}
			}
		}},
	{code: "188", points: on(oc2, sdqScore, sdqReason), says: "The child was under 4 at the end of the year, but a score or a reason for none is given.", do: "Take both out.",
		run: eachRow(oc2, func(q *question, r row) bool {
			return before(q.end, birthday(r.Date(dob), 4)) && (given(r, sdqScore) || given(r, sdqReason))
		})},
	{code: "189", points: on(oc2, dob, sdqScore, sdqReason), says: "The child was 17 or older when the year began, but a score or a reason for none is given.", do: "Take both out.",
		run: eachRow(oc2, func(q *question, r row) bool {
			b := birthday(r.Date(dob), 17)
			return before(b, q.start) && (given(r, sdqScore) || given(r, sdqReason))
		})},
	{code: "191", points: and(on(oc2, append([]field{child}, healthNeeded...)...), on(episodes, child)), says: "The child was looked after for the twelve months, but items about health are missing, or all of them.", do: "Complete the child's row in OC2.",
		run: func(q *question) {
			for r := range q.rows(oc2) {
				if filled(r, healthNeeded...) < 4 && q.wholeYear(r) {
					q.at(r)
				}
			}
			for h := range q.stories() {
				if len(q.of(oc2, h[0].Text(child))) == 0 && q.wholeYear(h[0]) {
					q.at(h...)
				}
			}
		}},
	{code: "192", points: on(oc2, misuse, received), says: "The child has a problem of substance misuse, but it is not said whether help was received.", do: "Give INTERVENTION_RECEIVED.",
		run: eachRow(oc2, func(_ *question, r row) bool { return is(r, misuse, "1") && !given(r, received) })},
	{code: "193", points: on(oc2, misuse, received, offered), says: "The child has no problem of substance misuse, but help is recorded.", do: "Leave both items about help empty.",
		run: eachRow(oc2, func(_ *question, r row) bool { return !is(r, misuse, "1") && (given(r, received) || given(r, offered)) })},
	{code: "196", points: on(oc2, sdqReason), says: "The reason for no score is not one of the codes.", do: "Give SDQ1 to SDQ5.", run: notOneOf(oc2, sdqReason, true, "SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5")},
	{code: "197a", points: on(oc2, sdqScore, sdqReason), says: "A score and a reason for none are both given.", do: "Leave one of them out.",
		run: eachRow(oc2, func(_ *question, r row) bool { return given(r, sdqScore) && given(r, sdqReason) })},
	{code: "197B", points: on(oc2, dob, sdqReason), says: "The child became 4 or 17 in the year and was looked after for the twelve months, but there is neither a score nor a reason for none.", do: "Give one of them.",
		run: eachRow(oc2, func(q *question, r row) bool {
			due := q.inYear(birthday(r.Date(dob), 4)) || q.inYear(birthday(r.Date(dob), 17))
			return due && !given(r, sdqScore) && !given(r, sdqReason) && q.wholeYear(r)
		})},
	{code: "215", points: and(on(oc3, leaverFields...), on(oc2, healthFields...)), says: "The child has both a care leaver's items and those of children looked after for twelve months.", do: "Take one of them out.",
		run: together(oc3, oc2, func(_ *question, o, h row) bool { return anyGiven(o, leaverFields...) && anyGiven(h, healthFields...) })},
	{code: "542", points: on(oc2, convicted), says: "The child was under 10 at the end of the year, but a conviction is answered.", do: "Leave CONVICTED empty.",
		run: eachRow(oc2, func(q *question, r row) bool { return given(r, convicted) && before(q.end, birthday(r.Date(dob), 10)) })},
	{code: "543", points: on(oc2, dob, convicted), says: "The child was 10 or older and looked after for the twelve months, but it is not said whether there was a conviction.", do: "Give CONVICTED.",
		run: eachRow(oc2, func(q *question, r row) bool {
			b := birthday(r.Date(dob), 10)
			return !given(r, convicted) && !b.IsZero() && b <= q.end && q.wholeYear(r)
		})},
	{code: "544", points: on(oc2, append([]field{convicted}, healthNeeded...)...), says: "A conviction is answered, but immunisations, teeth, health assessment or substance misuse are not.", do: "Give all of them.",
		run: eachRow(oc2, func(_ *question, r row) bool { return given(r, convicted) && filled(r, healthNeeded...) < 4 })},
	{code: "545", points: on(oc2, dob, healthCheck), says: "The child was under 5 and looked after for the twelve months, but it is not said whether checks of development were done.", do: "Give HEALTH_CHECK.",
		run: eachRow(oc2, func(q *question, r row) bool {
			return !given(r, healthCheck) && before(q.end, birthday(r.Date(dob), 5)) && q.wholeYear(r)
		})},
	{code: "546", points: on(oc2, dob, healthCheck), says: "The child was 5 or older at the end of the year and looked after for the twelve months, but checks of development are answered.", do: "Leave HEALTH_CHECK empty.",
		run: eachRow(oc2, func(q *question, r row) bool {
			b := birthday(r.Date(dob), 5)
			return given(r, healthCheck) && !b.IsZero() && b <= q.end && q.wholeYear(r)
		})},
	{code: "547", points: on(oc2, append([]field{healthCheck}, healthNeeded...)...), says: "Checks of development are answered, but immunisations, teeth, health assessment or substance misuse are not.", do: "Give all of them.",
		run: eachRow(oc2, func(_ *question, r row) bool { return given(r, healthCheck) && filled(r, healthNeeded...) < 4 })},
}

// ofScoreAge says that a child was 4 or older when the year began and under 17
// when it ended.
func (q *question) ofScoreAge(r row) bool {
	b4, b17 := birthday(r.Date(dob), 4), birthday(r.Date(dob), 17)
	return !b4.IsZero() && b4 <= q.start && b17 > q.end
}

// wholeYear says that a row's child was looked after without a break through the
// year, and not on short breaks: from its first day or before, each episode going
// on in the next.
func (q *question) wholeYear(r row) bool {
	covered := false
	for _, e := range q.history(r.Text(child)) {
		from, to := e.Date(decom), e.Date(dec)
		if from.IsZero() || from > q.end || !to.IsZero() && to < q.start {
			continue
		}
		ends := !to.IsZero() && to <= q.end
		switch {
		case respite(e), ends && !is(e, rec, "X1"), from > q.start && is(e, rne, "S"):
			return false
		case from <= q.start:
			covered = true
		}
	}
	return covered
}

// reviewRules are about reviews.
var reviewRules = []rule{
	{code: "166", points: on(reviews, review), says: "The day of a review is missing, or not a date.", do: "Give it as 31/03/2026.",
		run: eachRow(reviews, func(_ *question, r row) bool { return !given(r, review) || badDate(r, review) })},
	{code: "167", points: on(reviews, reviewCode), says: "How the child took part in a review is missing, or not one of the codes.", do: "Give PN0 to PN7.",
		run: eachRow(reviews, func(_ *question, r row) bool {
			return !is(r, reviewCode, "PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7") && (given(r, review) || given(r, reviewCode))
		})},
	{code: "440", points: on(reviews, dob, review, reviewCode), says: "The review says that the child was under 4 (PN0), but the child was older.", do: "Give how the child took part, or correct the dates.",
		run: eachRow(reviews, func(_ *question, r row) bool {
			b := birthday(r.Date(dob), 4)
			return is(r, reviewCode, "PN0") && !b.IsZero() && r.Date(review) >= b
		})},
	{code: "441", points: on(reviews, dob, review, reviewCode), says: "The review says how the child took part, but the child was under 4.", do: "Give PN0, or correct the dates.",
		run: eachRow(reviews, func(_ *question, r row) bool {
			return is(r, reviewCode, "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7") && before(r.Date(review), birthday(r.Date(dob), 4))
		})},
}
