package ssda903check

import (
	"encoding/csv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// muddle makes all tables out of words that mean something to some rule, put
// anywhere.
func muddle(t testing.TB, r *rand.Rand) *ssda903.Return {
	ret := &ssda903.Return{}
	for _, heads := range strings.Split(allHeads, "\n") {
		for _, last := range [2]bool{false, true} {
			var b strings.Builder
			w := csv.NewWriter(&b)
			head := strings.Split(heads, ",")
			w.Write(head)
			for range r.IntN(45) {
				rec := make([]string, len(head))
				for i := range rec {
					if r.IntN(4) > 0 {
						words := wordsFor(head[i])
						rec[i] = words[r.IntN(len(words))]
					}
				}
				if r.IntN(8) > 0 {
					rec[0] = string(rune('A' + r.IntN(6)))
				}
				w.Write(rec)
			}
			w.Flush()
			rows, err := ssda903.Read(strings.NewReader(b.String()), "")
			if err != nil {
				t.Fatal(err)
			}
			ret.Add(rows, last)
		}
	}
	return ret
}

// wordsFor gives what may stand in a column, right and wrong.
func wordsFor(column string) []string {
	for columns, words := range map[string]string{
		"DOB": "01/01/1990 01/01/2008 01/04/2015 01/06/2008 01/01/2012 01/06/2015 01/01/2024 01/06/2025 x",
		"DECOM DEC MC_DOB REVIEW DUC DATE_INT DATE_MATCH DATE_PLACED DATE_PLACED_CEASED MIS_START MIS_END SW_DECOM SW_DEC DOLO_START DOLO_END": "31/02/2020 2026-01-01 01/04/2025 " +
			"01/04/2025 31/03/2026 01/06/2025 01/06/2025 02/06/2025 01/07/2025 15/03/2024 01/01/1990 01/09/2027 01/06/2023 01/12/2022 28/03/2026",
		"DATE_PERM": "zz/zz/2020 01/01/2020 zz/09/2026 x", "UPN": "UN1 UN2 UN4 A12345678901B A12345678901B 123",
		"SEX MOTHER UASC": "0 1 2 M F U x", "RNE": "S L P T B U x", "LS": "V2 V3 V4 C2 D1 E1 J1 J2 L1 L2 L3 x", "CIN": "N1 N2 x",
		"PLACE": "T3 T3 T3 A3 A4 A5 A6 K1 K2 K3 P1 P2 P3 R2 R3 R5 S1 T0 T1 T3 T4 U1 U4 Z1 Z11 H5 x", "PLACE_PROVIDER": "PR0 PR1 PR2 PR3 PR4 PR5 x",
		"REC": "X1 X1 E11 E12 E2 E3 E5 E7 E8 E15 E17 E45 x", "REASON_PLACE_CHANGE": "CUSTOD OTHER x", "URN": "SC123456 XXXXXXX A 9",
		"PL_LA": "E1 E2 NIR", "PL_LOCATION": "IN OUT x", "PL_DISTANCE": "3 400 1000 x", "HOME_POST PL_POST": "P Q",
		"LS_ADOPTR": "L0 L11 L12 L2 L3 L4 x", "SEX_ADOPTR": "M1 MM MF x", "NB_ADOPTR FOSTER_CARE": "0 1 2 x",
		"IN_TOUCH": "DIED YES RHOM x", "ACTIV": "0 F1 x", "ACCOM": "0 T1 Z1 x", "SDQ_SCORE": "3 39.5 41", "SDQ_REASON": "SDQ1 SDQ2 x",
		"REASON_PLACED_CEASED": "RD1 x", "REVIEW_CODE": "PN0 PN3 x", "MISSING": "M A x", "PREV_PERM": "P1 Z1 x", "LA_PERM": "352 x",
	} {
		if slices.Contains(strings.Fields(columns), column) {
			return strings.Fields(words)
		}
	}
	return []string{"0", "1", "2", "x", "SW1"}
}

const allHeads = `CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,UASC
CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN,PL_LA,PL_DISTANCE,PL_LOCATION
CHILD,DOB,REVIEW,REVIEW_CODE
CHILD,SEX,DOB,DUC
CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED
CHILD,DOB,IN_TOUCH,ACTIV,ACCOM
CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR
CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED
CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM
CHILD,DOB,MISSING,MIS_START,MIS_END
CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON
CHILD,DOB,DOLO_START,DOLO_END`

// Whatever stands in the tables, every rule that is written gives an answer: none
// breaks down, in any year.
func TestNoRuleBreaksDown(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 3))
	failed := map[string]bool{}
	for range 100 {
		ret := muddle(t, r)
		for year := FirstYear; year <= LastYear; year++ {
			rep, err := Run(ret, Options{Year: year, Authority: "E1", Postcodes: Postcodes{"P": {Authority: "E1"}}, Providers: Providers{"SC123456": {Start: day.Of(2025, 5, 1), End: day.Of(2025, 6, 1)}, "A": {Postcode: "P"}}})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range rep.Verdicts {
				if v.Outcome == report.CouldNotRun {
					t.Fatalf("%s in %d: %s", v.Rule.Code, year, v.Reason)
				}
				if v.Outcome == report.Failed {
					failed[v.Rule.Code] = true
				}
			}
		}
	}
	// A rule that never fails in such a muddle could hardly fail anywhere.
	for _, v := range Rules(0) {
		if !failed[v.Code] {
			t.Errorf("%s never fails", v.Code)
		}
	}
}
