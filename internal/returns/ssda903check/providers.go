package ssda903check

import "strings"

// noURN stands for a provider that is registered and whose number nobody may know,
// such as a regional adoption agency.
const noURN = "XXXXXXX"

var (
	notRegistered     = strings.Fields("R1 R2 P1 P3 R5 T0 T1 T2 T3 T4")
	notRegisteredOnce = append(strings.Fields("H5 P2 Z1"), notRegistered...)
	notRegisteredThen = append([]string{"Z1"}, notRegistered...)
	notRegisteredNow  = append(append([]string{}, otherPlacement...), notRegistered...)
)

// providerRules are about Ofsted's number of the provider.
var providerRules = []rule{
	{code: "218", to: 2024, needs: mayPlaces, points: on(episodes, urn), says: "The URN of the provider is missing.", do: "Give it, or XXXXXXX when nobody may know it.", run: urnMissing(notRegisteredOnce)},
	{code: "218", from: 2025, to: 2025, needs: mayPlaces, points: on(episodes, urn), says: "The URN of the provider is missing.", do: "Give it, or XXXXXXX when nobody may know it.", run: urnMissing(notRegisteredThen)},
	{code: "218", from: 2026, needs: mayPlaces, points: on(episodes, urn), says: "The URN of the provider is missing.", do: "Give it, or XXXXXXX when nobody may know it.", run: urnMissing(notRegisteredNow)},
	{code: "222", to: 2023, points: on(episodes, urn, place), says: "A URN is given for a placement that Ofsted does not register.", do: "Take it out, or correct the placement.", run: urnUnwanted(notRegisteredOnce)},
	{code: "222", from: 2024, to: 2025, points: on(episodes, urn, place), says: "A URN is given for a placement that Ofsted does not register.", do: "Take it out, or correct the placement.", run: urnUnwanted(notRegisteredThen)},
	{code: "222", from: 2026, points: on(episodes, urn, place), says: "A URN is given for a placement that Ofsted does not register.", do: "Take it out, or correct the placement.", run: urnUnwanted(notRegisteredNow)},
	{code: "230", from: 2024, to: 2024, needs: mayPlaces, points: on(episodes, urn, place, dec), says: "The URN of supported accommodation in England is missing after 28 October 2023.", do: "Give it.",
		run: eachRow(episodes, func(_ *question, r row) bool {
			return is(r, place, "H5") && is(r, urn, "", noURN) && !outsideEngland(r) && (!given(r, dec) || r.Date(dec) > supportedSince)
		})},
	{code: "242", from: 2026, points: on(episodes, urn), says: "XXXXXXX is given as URN, though the placement is not one for adoption.", do: "Give the URN of the provider.",
		run: eachRow(episodes, func(_ *question, r row) bool { return is(r, urn, noURN) && !is(r, place, toAdopt...) })},
	{code: "243", from: 2026, needs: mayPlaces, points: on(episodes, urn), says: "A URN is given for a placement outside England, where Ofsted registers nobody.", do: "Take it out.",
		run: eachRow(episodes, func(_ *question, r row) bool { return given(r, urn) && outsideEngland(r) })},
	{code: "241", from: 2026, needs: needAuthority | mayPlaces, points: on(episodes, urn), says: "The child is in supported accommodation of another authority than the provider's premises.", do: "Check the URN and the postcode.",
		run: eachRow(episodes, func(q *question, r row) bool {
			return is(r, place, "K3") && !is(r, urn, "", noURN) && r.Text(placeLA) != q.authority
		})},
	{code: "1008", needs: needProviders, points: on(episodes, urn), says: "The URN is not one of Ofsted's.", do: "Correct the URN.",
		run: eachRow(episodes, func(q *question, r row) bool { _, ok := q.providers[r.Text(urn)]; return !is(r, urn, "", noURN) && !ok })},
	{code: "219", needs: needProviders, points: on(episodes, urn, place), says: "The provider with this URN does not offer such a placement.", do: "Correct the URN or the placement.",
		run: knownProvider(func(_ *question, r row, p Provider) bool { return !within(p.Places, r.Text(place)) })},
	{code: "221", needs: needProviders, points: on(episodes, urn, placePost), says: "The postcode of the placement is not that of the home with this URN.", do: "Correct the URN or the postcode.", run: otherPostcode},
	{code: "224", needs: needProviders, points: on(episodes, urn, provider), says: "The provider with this URN is not of the kind given.", do: "Correct the URN or PLACE_PROVIDER.",
		run: knownProvider(func(_ *question, r row, p Provider) bool { return !within(p.Kinds, r.Text(provider)) })},
	{code: "227", needs: needProviders, points: on(episodes, urn, decom), says: "The episode began before the provider was registered.", do: "Correct the URN or the date.",
		run: knownProvider(func(_ *question, r row, p Provider) bool { return before(r.Date(decom), p.Start) })},
	{code: "228", needs: needProviders, points: on(episodes, urn, dec), says: "The episode went on after the provider's registration had ended.", do: "Correct the URN or the date.",
		run: knownProvider(func(q *question, r row, p Provider) bool {
			end := r.Date(dec)
			if end.IsZero() {
				end = q.end
			}
			return before(p.End, end)
		})},
	{code: "229", to: 2025, needs: needProviders | needAuthority, points: on(episodes, urn, provider), says: "The placement is given as the authority's own (PR1) or another's (PR2), but the provider's authority says otherwise.", do: "Correct PLACE_PROVIDER or the URN.", run: otherAuthority()},
	{code: "229", from: 2026, needs: needProviders | needAuthority, points: on(episodes, urn, provider), says: "The placement is given as the authority's own (PR1) or another's (PR2), but the provider's authority says otherwise.", do: "Correct PLACE_PROVIDER or the URN. Supported accommodation is left out.", run: otherAuthority("K3")},
}

func urnMissing(none []string) func(*question) {
	return eachRow(episodes, func(q *question, r row) bool {
		return !given(r, urn) && !is(r, place, none...) && (!given(r, dec) || r.Date(dec) >= q.start) && !outsideEngland(r)
	})
}

func urnUnwanted(none []string) func(*question) {
	return eachRow(episodes, func(_ *question, r row) bool { return !is(r, urn, "", noURN) && is(r, place, none...) })
}

// outsideEngland says that a placement is in Wales, Scotland, Northern Ireland,
// or further away (CON, NUK). Codes of authorities in England begin with E.
func outsideEngland(r row) bool {
	la := r.Text(placeLA)
	return strings.HasPrefix(la, "W") || strings.HasPrefix(la, "S") || strings.HasPrefix(la, "N") || la == "CON"
}

// knownProvider asks about episodes whose provider is in the list. Whether a URN
// is one at all is asked by 1008.
func knownProvider(bad func(*question, row, Provider) bool) func(*question) {
	return eachRow(episodes, func(q *question, r row) bool {
		p, ok := q.providers[r.Text(urn)]
		return ok && bad(q, r, p)
	})
}

// otherPostcode looks at homes and schools, whose URN stands for one address.
var otherPostcode = knownProvider(func(_ *question, r row, p Provider) bool {
	return !respite(r) && is(r, place, "K1", "K2", "R3", "S1") && given(r, placePost) && plain(r.Text(placePost)) != p.Postcode
})

func otherAuthority(leftOut ...string) func(*question) {
	return knownProvider(func(q *question, r row, p Provider) bool {
		own := p.Authority == q.authority
		return !(len(leftOut) > 0 && is(r, place, leftOut...)) && (is(r, provider, "PR1") && !own || is(r, provider, "PR2") && own)
	})
}
