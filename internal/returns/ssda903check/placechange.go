package ssda903check

import "strings"

// placeChangeRules are about why a placement changed, and who provides it.
var placeChangeRules = []rule{
	{code: "213", to: 2025, points: on(episodes, provider), says: "A provider is given for a temporary or other placement.", do: "Take it out.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, append([]string{"Z1"}, temporary...)...) && given(r, provider)
		})},
	{code: "213", from: 2026, points: on(episodes, provider), says: "A provider is given for a temporary placement, or one of Z11 to Z14.", do: "Take it out.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, append(append([]string{}, temporary...), otherPlacement...)...) && given(r, provider)
		})},
	{code: "225", points: on(episodes, change), says: "The placement changed, but it is not said why.", do: "Give REASON_PLACE_CHANGE in the episode that ended.",
		run: func(q *question) {
			for a, b := range q.pairs() {
				if is(a, rec, "X1") && is(b, rne, "P", "T", "B", "U") && !given(a, change) && !is(a, place, temporary...) && !is(b, place, temporary...) {
					q.at(a)
				}
			}
		}},
	{code: "226", points: on(episodes, change, place), says: "A reason for a change of placement is given at a temporary placement or at the one before it.", do: "Take it out: the child returns from a temporary placement.",
		run: func(q *question) {
			for h := range q.stories() {
				for i, e := range h {
					if is(e, place, temporary...) && (given(e, change) || i > 0 && given(h[i-1], change)) {
						q.at(e)
					}
				}
			}
		}},
	{code: "233", from: 2026, points: on(episodes, change), says: "A reason for a change of placement is given, but the episode has not ended.", do: "Take it out, or give the end of the episode.",
		run: eachRow(episodes, func(_ *question, r row) bool { return given(r, change) && !given(r, dec) })},
	{code: "526", to: 2025, points: on(episodes, provider, place), says: "The provider of the placement is missing.", do: "Give PR0 to PR5.", run: noProvider(append([]string{"Z1"}, temporary...))},
	{code: "526", from: 2026, points: on(episodes, provider, place), says: "The provider of the placement is missing.", do: "Give PR0 to PR5.", run: noProvider(append(append([]string{}, temporary...), otherPlacement...))},
	{code: "527", points: on(episodes, provider, place), says: "The authority's own provision (PR1) cannot be with parents, in a family centre or in custody (P1, R2, R5).", do: "Correct the provider or the placement.", run: providerNotWith("PR1", "P1 R2 R5")},
	{code: "528", points: on(episodes, provider, place), says: "Another authority's provision (PR2) cannot be with parents, in a family centre or in custody (P1, R2, R5).", do: "Correct the provider or the placement.", run: providerNotWith("PR2", "P1 R2 R5")},
	{code: "529", points: on(episodes, provider, place), says: "Other public provision (PR3) cannot be with parents, for adoption, in a children's home or with foster carers.", do: "Correct the provider or the placement.", run: providerNotWith("PR3", "P1 A3 A4 A5 A6 K1 K2 U1 U2 U3 U4 U5 U6")},
	{code: "530", points: on(episodes, provider, place), says: "Private provision (PR4) cannot be with parents (P1).", do: "Correct the provider or the placement.", run: providerNotWith("PR4", "P1")},
	{code: "531", points: on(episodes, provider, place), says: "Voluntary provision (PR5) cannot be with parents (P1).", do: "Correct the provider or the placement.", run: providerNotWith("PR5", "P1")},
	{code: "550", points: on(episodes, provider, place), says: "Parents (PR0) provide only placements with parents (P1).", do: "Correct the provider or the placement.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, provider, "PR0") && !is(r, place, "P1") })},
}

func noProvider(none []string) func(*question) {
	return eachRow(episodes, func(_ *question, r row) bool {
		return given(r, place) && !within(none, r.Text(place)) && !given(r, provider)
	})
}

func providerNotWith(p, places string) func(*question) {
	list := strings.Fields(places)
	return eachRow(episodes, func(_ *question, r row) bool { return is(r, provider, p) && is(r, place, list...) })
}
