package ssda903check

import "strings"

// The codes of an episode. Source: DfE, children looked after return, guides
// 2022/23 to 2025/26.
var (
	legalStatuses  = strings.Fields("C1 C2 D1 E1 V2 V3 V4 J1 J2 J3 L1 L2 L3")
	newReasons     = strings.Fields("S L P T B U")
	ceaseReasons   = strings.Fields("X1 E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E9 E14 E15 E16 E17 E8")
	providerCodes  = strings.Fields("PR0 PR1 PR2 PR3 PR4 PR5")
	placeCodes     = strings.Fields("A3 A4 A5 A6 K1 K2 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1")
	temporary      = strings.Fields("T0 T1 T2 T3 T4")
	toAdopt        = strings.Fields("A3 A4 A5 A6")
	fostering      = strings.Fields("U1 U2 U3 U4 U5 U6")
	changeReasons  = strings.Fields("CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER")
	otherPlacement = strings.Fields("Z11 Z12 Z13 Z14")
)

// episodeCodeRules are about single cells of an episode.
var episodeCodeRules = []rule{
	{code: "141", points: on(episodes, decom), says: "The day on which the episode began is not a date.", do: "Give it as 31/03/2026.", run: notADate(episodes, decom)},
	{code: "147", points: on(episodes, dec), says: "The day on which the episode ended is not a date.", do: "Give it as 31/03/2026, or leave it empty while the episode lasts.", run: notADate(episodes, dec)},
	{code: "143", points: on(episodes, rne), says: "The reason for the new episode is not one of the codes.", do: "Give S, L, P, T, B or U.", run: notOneOf(episodes, rne, true, newReasons...)},
	{code: "144", points: on(episodes, ls), says: "The legal status is not one of the codes.", do: "Give a code of the list, in capitals.", run: notOneOf(episodes, ls, true, legalStatuses...)},
	{code: "145", points: on(episodes, needCode), says: "The category of need is not one of the codes.", do: "Give N1 to N8.", run: notOneOf(episodes, needCode, true, strings.Fields("N1 N2 N3 N4 N5 N6 N7 N8")...)},
	{code: "146", to: 2024, points: on(episodes, place), says: "The placement is not one of the codes.", do: "Give a code of the list of the year.",
		run: notOneOf(episodes, place, true, append(strings.Fields("H5 P2"), placeCodes...)...)},
	{code: "146", from: 2025, to: 2025, points: on(episodes, place), says: "The placement is not one of the codes.", do: "Give a code of the list of the year: supported accommodation is K3.",
		run: notOneOf(episodes, place, true, append(strings.Fields("K3"), placeCodes...)...)},
	{code: "146", from: 2026, points: on(episodes, place), says: "The placement is not one of the codes.", do: "Give a code of the list of the year: other placements are Z11 to Z14.",
		run: notOneOf(episodes, place, true, strings.Fields("A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z11 Z12 Z13 Z14")...)},
	{code: "149", points: on(episodes, rec), says: "The reason why the episode ended is not one of the codes.", do: "Give a code of the list, or leave it empty while the episode lasts.",
		run: notOneOf(episodes, rec, true, ceaseReasons...)},
	{code: "178", to: 2025, points: on(episodes, provider, place), says: "The provider of the placement is not one of the codes, or stands with a placement that has none.",
		do: "Give PR0 to PR5, and nothing for temporary and other placements.", run: wrongProvider(strings.Fields("T0 T1 T2 T3 Z1"))},
	{code: "178", from: 2026, points: on(episodes, provider, place), says: "The provider of the placement is not one of the codes, or stands with a placement that has none.",
		do: "Give PR0 to PR5, and nothing for temporary placements and Z11 to Z14.", run: wrongProvider(append(strings.Fields("T0 T1 T2 T3"), otherPlacement...))},
	{code: "1009", points: on(episodes, change), says: "The reason for the change of placement is not one of the codes.", do: "Give a code of the list, in capitals.", run: notOneOf(episodes, change, true, changeReasons...)},
	{code: "148", points: on(episodes, dec, rec), says: "Of the day on which the episode ended and the reason, only one is given.", do: "Give both, or neither while the episode lasts.",
		run: eachRow(episodes, func(_ *question, r row) bool { return given(r, dec) != given(r, rec) })},
}

// wrongProvider leaves a provider beside T4 to rule 213, as others do.
func wrongProvider(none []string) func(*question) {
	return eachRow(episodes, func(_ *question, r row) bool {
		if within(none, r.Text(place)) {
			return given(r, provider)
		}
		return given(r, provider) && !within(providerCodes, r.Text(provider))
	})
}
