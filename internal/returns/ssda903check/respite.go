package ssda903check

// respiteRules are about short breaks and about legal statuses that the law
// allows for some days only.
var respiteRules = []rule{
	{code: "361", points: on(episodes, ls, decom, dec), says: "Police protection (L1) lasted longer than three days. Episodes that follow each other count together.", do: "Correct the dates or the legal status.", run: runsLonger(3, "L1")},
	{code: "362", points: on(episodes, ls, decom, dec), says: "An emergency protection order (L2) lasted longer than 21 days. Episodes that follow each other count together.", do: "Correct the dates or the legal status.", run: runsLonger(21, "L2")},
	{code: "363", points: on(episodes, ls, decom, dec), says: "A child assessment order (L3) lasted longer than seven days. Episodes that follow each other count together.", do: "Correct the dates or the legal status.", run: runsLonger(7, "L3")},
	{code: "364", points: on(episodes, ls, decom, dec), says: "Detention by the police in the authority's accommodation (J2) lasted longer than 21 days. Episodes that follow each other count together.", do: "Correct the dates or the legal status.", run: runsLonger(21, "J2")},
	{code: "365", points: on(episodes, ls, decom, dec), says: "A single short break (V3) lasted longer than 17 days.", do: "Correct the dates, or the legal status.",
		run: eachRow(episodes, func(q *question, r row) bool {
			return is(r, ls, "V3") && !r.Date(decom).IsZero() && q.until(r) > r.Date(decom).Add(17)
		})},
	{code: "366", points: on(episodes, ls, rne), says: "The placement changed in the course of a short break (V3).", do: "Give each break as an episode that begins with S.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, ls, "V3") && !is(r, rne, "S") })},
	{code: "367", points: on(episodes, ls, decom, dec), says: "The short breaks (V3) of the child come to more than 75 days in the year. All of them are shown.", do: "Check the dates: beyond 75 days the child is looked after otherwise.", run: manyBreaks},
	{code: "426", points: on(episodes, ls), says: "The child has short breaks of both kinds (V3 and V4) in the year. All of them are shown.", do: "Give V3 or V4 for all of them.",
		run: func(q *question) {
			for h := range q.stories() {
				v3 := keep(h, func(e row) bool { return is(e, ls, "V3") })
				v4 := keep(h, func(e row) bool { return is(e, ls, "V4") })
				if len(v3) > 0 && len(v4) > 0 {
					q.at(append(v3, v4...)...)
				}
			}
		}},
	{code: "398", points: on(episodes, ls, homePost, placePost), says: "Postcodes are given for a short break (V3, V4).", do: "Take them out: they are not collected.",
		run: eachRow(episodes, func(_ *question, r row) bool { return respite(r) && (given(r, homePost) || given(r, placePost)) })},
	{code: "214", points: on(episodes, ls, placePost, urn), says: "The place of a short break (V3, V4) is given by a postcode or a URN.", do: "Take it out: it is not collected.",
		run: eachRow(episodes, func(_ *question, r row) bool { return respite(r) && (given(r, placePost) || given(r, urn)) })},
	{code: "399", points: and(on(episodes, ls), on(header, mother), on(reviews, review, reviewCode)), says: "The child had short breaks only (V3, V4), but motherhood or reviews are given.", do: "Take them out: they are not collected.",
		run: func(q *question) {
			for h := range q.rows(header) {
				list := q.history(h.Text(child))
				if len(list) == 0 || len(keep(list, respite)) < len(list) {
					continue
				}
				for _, r := range q.of(reviews, h.Text(child)) {
					if given(h, mother) || given(r, review) || given(r, reviewCode) {
						q.at(h, r)
						q.at(list...)
					}
				}
			}
		}},
}

// runsLonger joins a child's episodes of one legal status that follow each other
// on the day, and points at all episodes of a run that lasts longer.
func runsLonger(days int, status string) func(*question) {
	return func(q *question) {
		for h := range q.stories() {
			list := keep(h, func(e row) bool { return is(e, ls, status) })
			for i := 0; i < len(list); {
				j := i + 1
				for j < len(list) && !list[j-1].Date(dec).IsZero() && list[j].Date(decom) == list[j-1].Date(dec) {
					j++
				}
				if start := list[i].Date(decom); !start.IsZero() && q.until(list[j-1]) > start.Add(days) {
					q.at(list[i:j]...)
				}
				i = j
			}
		}
	}
}

func manyBreaks(q *question) {
	for h := range q.stories() {
		days := 0
		var list []row
		for _, e := range h {
			from, to := max(e.Date(decom), q.start), min(q.until(e), q.end)
			if is(e, ls, "V3") && !e.Date(decom).IsZero() && to > from {
				days += int(to - from)
				list = append(list, e)
			}
		}
		if days > 75 {
			q.at(list...)
		}
	}
}
