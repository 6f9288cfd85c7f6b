package ssda903check

import "strings"

// continues are the reasons for a new episode within a period of care.
var continues = strings.Fields("L P T B U")

// episodeOrderRules are about how a child's episodes follow each other.
var episodeOrderRules = []rule{
	{code: "142", points: on(episodes, dec, rec), says: "A later episode has begun, but this one has no end or no reason for it.", do: "Give the end of the episode and the reason.",
		run: func(q *question) {
			for a := range q.pairs() {
				if !given(a, dec) || !given(a, rec) {
					q.at(a)
				}
			}
		}},
	{code: "357", points: on(episodes, rne), says: "The child's first episode began in the year, but not because the child came to be looked after (S).", do: "Add the episode before it, or give S.",
		run: func(q *question) {
			for h := range q.stories() {
				if e := h[0]; e.Date(decom) >= q.start && !is(e, rne, "S") && len(q.earlier[e.Text(child)]) == 0 {
					q.at(e)
				}
			}
		}},
	{code: "388", points: on(episodes, rec), says: "The reason why the episode ended does not go with what follows: a next episode should begin on the same day just when the reason is X1.", do: "Add the next episode, or correct the reason or the date.",
		run: func(q *question) {
			for h := range q.stories() {
				for i, e := range h {
					follows := i+1 < len(h) && !e.Date(dec).IsZero() && h[i+1].Date(decom) == e.Date(dec)
					if given(e, rec) && is(e, rec, "X1") != follows {
						q.at(e)
					}
				}
			}
		}},
	{code: "431", points: on(episodes, decom, rne), says: "The child is said to have come to be looked after (S) on or before the day on which the episode before ended.", do: "Give why there is a new episode, or correct the dates.",
		run: pairwise(func(a, b row) bool {
			return is(b, rne, "S") && !a.Date(dec).IsZero() && !b.Date(decom).IsZero() && b.Date(decom) <= a.Date(dec)
		})},
	{code: "432", points: on(episodes, rne), says: "The child had ceased to be looked after, but the next episode is not one of coming to be looked after (S).", do: "Correct the reason of the new episode, or why the one before ended.",
		run: pairwise(func(a, b row) bool { return given(a, rec) && !is(a, rec, "X1") && is(b, rne, continues...) })},
	{code: "433", points: on(episodes, decom, rne), says: "The episode goes on from the one before, but does not begin on the day that one ended.", do: "Correct the dates, or give S when the child came to be looked after again.",
		run: pairwise(func(a, b row) bool { return is(b, rne, continues...) && b.Date(decom) != a.Date(dec) })},
	{code: "434", points: on(episodes, rne, ls, place, provider, placePost, urn), says: "Only the legal status is said to have changed (L), but it is the same, or the placement changed too.", do: "Correct the reason (P or B), or what the episode says.",
		run: pairwise(func(a, b row) bool { return is(b, rne, "L") && (!changed(a, b, ls) || placementChanged(a, b)) })},
	{code: "435", points: on(episodes, rne, ls, place, provider, placePost, urn), says: "Only the placement or the carers' status is said to have changed (P, T), but it is the same, or the legal status changed too.", do: "Correct the reason (L or B), or what the episode says.",
		run: pairwise(func(a, b row) bool { return is(b, rne, "P", "T") && (changed(a, b, ls) || !placementChanged(a, b)) })},
	{code: "436", points: on(episodes, rne, ls, place, provider, placePost, urn), says: "Legal status and placement are both said to have changed (B, U), but one of them is the same.", do: "Correct the reason (L or P), or what the episode says.",
		run: pairwise(func(a, b row) bool { return is(b, rne, "B", "U") && (!changed(a, b, ls) || !placementChanged(a, b)) })},
	{code: "437", points: on(episodes, rec), says: "The child died, or is 18, but there are later episodes.", do: "Correct the reason why the episode ended, or take the later episodes out.",
		run: func(q *question) {
			for a := range q.pairs() {
				if is(a, rec, "E2", "E15") {
					q.at(a)
				}
			}
		}},
	{code: "501", points: on(episodes, decom, dec), says: "The episode began before the one before it had ended.", do: "Correct the dates.",
		run: pairwise(func(a, b row) bool { return before(b.Date(decom), a.Date(dec)) })},
	{code: "504", points: on(episodes, needCode), says: "The category of need is not that of the episode before, although the period of care went on.", do: "Give the need with which the period of care began.",
		run: pairwise(func(a, b row) bool {
			return is(a, rec, "X1") && !a.Date(dec).IsZero() && a.Date(dec) == b.Date(decom) && changed(a, b, needCode)
		})},
	{code: "199", points: on(episodes, rec), says: "The child was adopted from care before this episode.", do: "Check whether it is the same child: after an adoption a child is recorded anew.",
		run: func(q *question) {
			for h := range q.stories() {
				was := len(keep(q.earlier[h[0].Text(child)], adopted)) > 0
				for _, e := range h {
					if was {
						q.at(e)
					}
					was = was || adopted(e)
				}
			}
		}},
}

// pairwise asks about every two episodes that follow each other, and points at
// the later.
func pairwise(bad func(a, b row) bool) func(*question) {
	return func(q *question) {
		for a, b := range q.pairs() {
			if bad(a, b) {
				q.at(b)
			}
		}
	}
}

func changed(a, b row, f field) bool { return a.Text(f) != b.Text(f) }

func placementChanged(a, b row) bool {
	for _, f := range []field{place, provider, placePost, urn} {
		if changed(a, b, f) {
			return true
		}
	}
	return false
}
