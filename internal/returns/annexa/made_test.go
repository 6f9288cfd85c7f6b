package annexa

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

var names = Names{
	Team:   func(id string) string { return "Team " + id },
	Worker: func(post string, on day.Date) string { return "Holder of " + post + " on " + on.String() },
}

// brought are the records of children of whom only these lists told.
func brought(t Terms, r *Return) (out []child.Record) {
	for i, p := range r.People() {
		var es []entry.Entry
		for _, f := range Facts(t, p, day.MustParse(today)) {
			if f.Body != nil {
				es = append(es, entry.Entry{ID: entry.ID(fmt.Sprint(len(es))), Kind: f.Body.Kind(), Happened: f.When, Body: f.Body,
					Source: entry.Source{Kind: "import", Of: "annex-a", File: "f", Line: f.Line, Key: f.Key}})
			}
		}
		out = append(out, child.Fold(fmt.Sprint(i), es))
	}
	return out
}

func lists(t Terms, recs ...child.Record) (*Return, Left) {
	m := Make(t, names)
	for _, r := range recs {
		m.Add(r)
	}
	return m.Return()
}

// inRows is each row of a list as text: its cells that are not blank, by their fields.
func inRows(r *Return, l List) (out []string) {
	for _, row := range r.Lists[l].Rows {
		var b strings.Builder
		for i, f := range l.Fields() {
			if !row.Cells[i].Blank() {
				fmt.Fprintf(&b, "%s=%s|", f, row.Cells[i].Text)
			}
		}
		out = append(out, b.String())
	}
	return out
}

func workbookOf(t *testing.T, r *Return) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The lists in which every rule holds come out of the records cell by cell, in the order
// of the children, but for List 11; the referral that only List 6 tells of stands on List
// 3 too.
func TestMadeOfWhatListsBrought(t *testing.T) {
	source := wholeReturn(t)
	got, left := lists(terms, brought(terms, source)...)
	if left != (Left{}) {
		t.Errorf("left out: %+v", left)
	}
	cells := 0
	for l := range Adopters {
		want := map[string]int{}
		for _, row := range inRows(source, l) {
			want[row]++
			cells += strings.Count(row, "|")
		}
		for _, row := range inRows(got, l) {
			if want[row]--; want[row] < 0 && !(l == Referrals && strings.Contains(row, "C6|") && strings.Contains(row, "ReferralSource=u) 10: Unknown|ReferralNFA=b) No|")) {
				t.Errorf("%s has a row more: %s", l, row)
			}
		}
		for row, n := range want {
			if n > 0 {
				t.Errorf("%s has no row %s", l, row)
			}
		}
	}
	if cells != 215 || len(got.Lists[Adopters].Rows) > 0 || !got.Lists[Adopters].Given {
		t.Errorf("%d cells went in; List 11 has %d rows", cells, len(got.Lists[Adopters].Rows))
	}
}

// Faulty samples too: what is made of one, made again of itself, is the same.
func TestMadeIsStable(t *testing.T) {
	for _, x := range []struct{ name, on string }{{"Annex_A_2024_Jan.xlsx", "2021-03-31"}, {"Annex_A_2024_Jan.xlsx", "2020-09-30"}, {"example-B-2004.xlsx", "2010-04-30"}, {"2015-01-sample.xlsx", "2019-06-30"}} {
		of := Terms{Authority: "204", On: day.MustParse(x.on)}
		source, err := read(open(t, x.name))
		if err != nil {
			t.Fatal(err)
		}
		first, _ := lists(of, brought(of, source)...)
		book := workbookOf(t, first)
		again, err := read(book)
		if err != nil {
			t.Fatal(err)
		}
		second, left := lists(of, brought(of, again)...)
		if left != (Left{}) || !bytes.Equal(book, workbookOf(t, second)) {
			t.Errorf("%s of %s: made again it is another; left out %+v", x.name, x.on, left)
		}
	}
}

// happening is something that somebody recorded here on a day.
type happening struct {
	on   string
	body entry.Body
}

func recorded(all ...happening) child.Record {
	var es []entry.Entry
	for i, h := range append([]happening{{"2020-01-01", child.Known{Birth: day.MustParse("2015-04-01"), Sex: "F", Ethnicity: "WBRI", Disability: []string{"LD"},
		IDs: []child.Identifier{{System: "la-child", Authority: "204", Value: "A1"}}}}}, all...) {
		es = append(es, entry.Entry{ID: entry.ID(fmt.Sprint(i)), Kind: h.body.Kind(), Happened: day.On(day.MustParse(h.on)), Body: h.body, Source: entry.Source{Kind: "page"}})
	}
	return child.Fold("c", es)
}

func TestListsOfWhatAWorkerRecorded(t *testing.T) {
	got, left := lists(terms, recorded(
		happening{"2025-02-01", child.CareStarted{Status: "V2", Need: "N1"}},
		happening{"2025-02-01", child.PlacementStarted{Type: "U6", Provider: "PR1"}},
		happening{"2025-05-01", child.CareEnded{Code: "E4A"}},
		happening{"2025-06-01", child.CaseClosed{Reason: "RC7"}},
		happening{"2025-10-02", child.Contact{From: "Ms Hall", What: "w", Intake: child.Intake{Role: "school or nursery"}}},
		happening{"2025-10-03", child.Referral{From: "Ms Hall", Need: "N1", Intake: child.Intake{Role: "school or nursery"}}},
		happening{"2025-10-04", child.Decision{Outcome: child.Assess, For: "w", Team: "e"}},
		happening{"2025-10-05", child.Allocation{Post: "e-1", Team: "e"}},
		happening{"2025-10-06", child.AssessmentStarted{}},
		happening{"2025-10-08", child.Visit{Seen: true, Alone: true, Where: "home", Purpose: "w"}},
		happening{"2025-11-10", child.AssessmentAuthorised{}},
		happening{"2025-11-12", child.StrategyDiscussion{Section47: true}},
		happening{"2025-11-13", child.Section47Started{}},
		happening{"2025-12-01", child.Conference{}},
		happening{"2025-12-01", child.CPPlanStarted{Category: "NEG"}},
		happening{"2025-12-20", child.Visit{Seen: true, Where: "home", Purpose: "w"}},
		happening{"2026-01-10", child.OrderMade{Of: "police protection", Step: "made"}},
		happening{"2026-01-12", child.CPPlanEnded{}},
		happening{"2026-01-12", child.CareStarted{Status: "C1", Need: "N1"}},
		happening{"2026-01-12", child.PlacementStarted{Type: "U5", Provider: "PR4", OutOfArea: true, Whereabouts: child.Whereabouts{Post: "ZZ1 1ZZ", URN: "SC1"}}},
		happening{"2026-02-01", child.LegalStatus{Status: "C2"}},
		happening{"2026-02-05", child.MissingStarted{}},
		happening{"2026-02-06", child.MissingEnded{}},
		happening{"2026-02-07", child.ReturnInterview{Step: "offered"}},
		happening{"2026-02-08", child.ReturnInterview{Step: "done"}},
		happening{"2026-02-09", child.Review{Of: "care"}},
		happening{"2026-02-10", child.Health{Of: "initial assessment", Step: "done"}},
		happening{"2026-03-01", child.Adoption{Step: "decided"}},
		happening{"2026-04-01", child.Visit{Seen: true, Where: "home", Purpose: "after the day that the lists are of"}},
	))
	who := "ChildID=A1|Gender=b) Female|Ethnicity=a) WBRI|Birth=2015-04-01|Age=10|"
	held := "Team=Team e|Worker=Holder of e-1 on "
	for l, want := range map[List]string{
		Contacts:    who + "ContactDate=2025-10-02|ContactSource=e) 2A: Schools|",
		Referrals:   who + "ReferralDate=2025-10-03|ReferralSource=e) 2A: Schools|ReferralNFA=b) No|ReferralsInYear=0|" + held + "2026-03-31|",
		Assessments: who + "Disability=a) Yes|AssessmentStart=2025-10-06|AssessmentSeen=a) Yes|AssessmentAuthorised=2025-11-10|SupportNeeded=a) Yes|" + held + "2025-11-10|",
		Enquiries: who + "Disability=a) Yes|StrategyDiscussion=2025-11-12|ConferenceUnnecessary=b) No|ConferenceDate=2025-12-01|ConferenceMadePlan=a) Yes|" +
			"EnquiriesInYear=0|ConferencesInYear=0|" + held + "2025-12-01|",
		Need: who + "Disability=a) Yes|CINStart=2025-10-03|PrimaryNeed=N1 - Abuse or neglect|LastSeen=2025-12-20|CaseStatus=a) Looked after child|" + held + "2026-03-31|",
		Protection: who + "Disability=a) Yes|PlanStart=2025-12-01|InitialAbuse=a) Neglect|LatestAbuse=a) Neglect|LastVisit=2025-12-20|SeenAlone=b) No|PlanEnd=2026-01-12|" +
			"EmergencyProtection=a) Yes|PreviousPlans=0|" + held + "2026-01-12|",
		Care: who + "UASC=b) No|Disability=a) Yes|CareStart=2026-01-12|CategoryOfNeed=N1 - Abuse or neglect|CareAgain=a) Yes|LegalStart=2026-02-01|LegalStatus=C2: FCO|LastReview=2026-02-09|" +
			"LastHealth=2026-02-10|PlacementsInYear=1|PlacementStart=2026-01-12|PlacementType=e) U5: Foster placement - FFA|PlacementProvider=e) PR4: Private provision|" +
			"PlacementPostcode=ZZ1 1ZZ|PlacementURN=SC1|PlacementLocation=b) Out|MissingInYear=1|AbsentInYear=0|InterviewOffered=a) Yes|InterviewAccepted=a) Yes|" + held + "2026-03-31|",
		Adoption: who + "Disability=a) Yes|EnteredCare=2026-01-12|AdoptionDecision=2026-03-01|",
	} {
		if rows := inRows(got, l); len(rows) != 1 || rows[0] != want {
			t.Errorf("%s:\n%s\nwant\n%s", l, strings.Join(rows, "\n"), want)
		}
	}
	if left != (Left{}) || len(got.Lists[EarlyHelp].Rows)+len(got.Lists[Leavers].Rows) > 0 {
		t.Errorf("%+v, early help %v, leavers %v", left, inRows(got, EarlyHelp), inRows(got, Leavers))
	}
}

// Who cannot be on the lists is counted; who does not belong there is not.
func TestWhoIsOnNoList(t *testing.T) {
	named := func(system, value string) happening {
		return happening{"2025-12-01", child.Known{IDs: []child.Identifier{{System: system, Authority: "204", Value: value}}}}
	}
	ref := happening{"2025-12-01", child.Referral{From: "Aunt Sue"}}
	noNumber := child.Fold("n", []entry.Entry{{ID: "1", Kind: "referral", Happened: day.On(day.MustParse(ref.on)), Body: ref.body}})
	_, left := lists(terms, noNumber, recorded(ref, happening{"2025-12-02", child.SameAs{Child: "other", Why: "w"}}),
		recorded(happening{"2025-01-01", child.Referral{From: "police"}}, happening{"2025-01-02", child.Decision{Outcome: child.NoAction, For: "w"}}),
		recorded(happening{"2025-01-01", child.Referral{From: "police"}}, happening{"2025-02-01", child.AssessmentStarted{}}, happening{"2025-03-01", child.AssessmentAuthorised{}},
			happening{"2025-09-01", child.CaseClosed{Reason: "RC8"}}))
	if left != (Left{NoNumber: 1, Same: 1}) {
		t.Errorf("%+v", left)
	}
	// Only a referral: on List 3, with nothing made up, and not in need.
	got, _ := lists(terms, recorded(named("la-child", "B2"), ref))
	if rows := inRows(got, Referrals); len(rows) != 1 || !strings.Contains(rows[0], "ChildID=B2|") || !strings.Contains(rows[0], "ReferralSource=u) 10: Unknown|ReferralsInYear=0|") || len(got.Lists[Need].Rows) > 0 {
		t.Errorf("%v %v", rows, inRows(got, Need))
	}
	// A case that was closed with a code younger than Ofsted's.
	got, _ = lists(terms, recorded(ref, happening{"2025-12-02", child.AssessmentStarted{}}, happening{"2026-01-05", child.AssessmentAuthorised{}}, happening{"2026-01-06", child.CaseClosed{Reason: "RC9"}}))
	if rows := inRows(got, Need); len(rows) != 1 || !strings.Contains(rows[0], "CINEnd=2026-01-06|ClosureReason=RC8 - Case closed after assessment, no further action|CaseStatus=e) Closed episode|") {
		t.Errorf("%v", rows)
	}
	if rows := inRows(got, Assessments); len(rows) != 1 || !strings.Contains(rows[0], "AssessmentSeen=c) Unknown|AssessmentAuthorised=2026-01-05|SupportNeeded=b) No|") {
		t.Errorf("%v", rows)
	}
}

// What lists of another day said, and the record only keeps, is not said of this one.
func TestKeptIsOfItsDay(t *testing.T) {
	recs := brought(terms, wholeReturn(t))
	for on, want := range map[string]int{"2026-03-31": 1, "2026-04-01": 0} {
		got, _ := lists(Terms{Authority: "204", On: day.MustParse(on)}, recs...)
		n := 0
		for _, row := range inRows(got, Leavers) {
			n += strings.Count(row, "Suitability=")
		}
		if n != want {
			t.Errorf("on %s the suitability of a home stands %d times, want %d", on, n, want)
		}
	}
}

// Whatever is recorded about a child, the lists can be written, and read again they make
// the same lists. List 6 is left out: whether a case is open hangs on what the lists do
// not tell, such as a child in need plan, or that a case was closed and opened again.
func TestListsOfAnyLife(t *testing.T) {
	bodies := []func(t *rapid.T) entry.Body{
		func(t *rapid.T) entry.Body {
			return child.Contact{From: "Ms Hall", What: "w", Intake: child.Intake{Role: rapid.SampledFrom(child.Roles).Draw(t, "role")}}
		},
		func(t *rapid.T) entry.Body {
			return child.Referral{From: "Ms Hall", Need: "N1", Intake: child.Intake{Role: rapid.SampledFrom(child.Roles).Draw(t, "role")}}
		},
		func(t *rapid.T) entry.Body {
			return child.Decision{Outcome: rapid.SampledFrom(child.Outcomes).Draw(t, "outcome"), For: "w", Team: "east"}
		},
		func(*rapid.T) entry.Body { return child.Allocation{Post: "e-1", Team: "east"} },
		func(*rapid.T) entry.Body { return child.AssessmentStarted{} },
		func(*rapid.T) entry.Body { return child.AssessmentAuthorised{} },
		func(*rapid.T) entry.Body { return child.StrategyDiscussion{Section47: true} },
		func(*rapid.T) entry.Body { return child.Section47Started{} },
		func(*rapid.T) entry.Body { return child.Section47Ended{Conference: "not needed"} },
		func(*rapid.T) entry.Body { return child.Conference{} },
		func(*rapid.T) entry.Body { return child.CINPlanStarted{} },
		func(t *rapid.T) entry.Body {
			return child.CPPlanStarted{Category: rapid.SampledFrom(child.Categories).Draw(t, "category"), Previous: rapid.IntRange(0, 2).Draw(t, "before")}
		},
		func(t *rapid.T) entry.Body {
			return child.CPPlanChanged{Category: rapid.SampledFrom(child.Categories).Draw(t, "category")}
		},
		func(*rapid.T) entry.Body { return child.CPPlanEnded{} },
		func(*rapid.T) entry.Body { return child.Review{Of: "cp"} },
		func(*rapid.T) entry.Body { return child.Review{Of: "care"} },
		func(t *rapid.T) entry.Body {
			alone := rapid.Bool().Draw(t, "alone")
			return child.Visit{Seen: true, Alone: alone, Where: "home", Purpose: "w"}
		},
		func(*rapid.T) entry.Body { return child.CareStarted{Status: "V2", Need: "N1"} },
		func(t *rapid.T) entry.Body {
			return child.LegalStatus{Status: rapid.SampledFrom([]string{"C1", "C2", "E1"}).Draw(t, "status")}
		},
		func(t *rapid.T) entry.Body {
			return child.PlacementStarted{Type: rapid.SampledFrom([]string{"U1", "U5", "K2"}).Draw(t, "type"), Provider: "PR1", OutOfArea: rapid.Bool().Draw(t, "out")}
		},
		func(*rapid.T) entry.Body { return child.CareEnded{Code: "E4A"} },
		func(*rapid.T) entry.Body { return child.MissingStarted{} },
		func(*rapid.T) entry.Body { return child.MissingEnded{} },
		func(*rapid.T) entry.Body { return child.ReturnInterview{Step: "offered"} },
		func(*rapid.T) entry.Body { return child.EarlyHelpStep{Step: "began"} },
		func(*rapid.T) entry.Body { return child.EarlyHelpStep{Step: "ended"} },
		func(*rapid.T) entry.Body { return child.Adoption{Step: "decided"} },
		func(*rapid.T) entry.Body { return child.Adoption{Step: "placed"} },
		func(*rapid.T) entry.Body { return child.Adoption{Step: "plan ended", Code: "RD1"} },
		func(*rapid.T) entry.Body { return child.LeavingCare{Step: "pathway plan made"} },
		func(*rapid.T) entry.Body { return child.CaseClosed{Reason: "RC7", Why: "w"} },
	}
	rapid.Check(t, func(t *rapid.T) {
		rec := recorded()
		on := day.MustParse("2025-01-01")
		var rnd [32]byte
		source := rand.NewChaCha8(rnd)
		for range rapid.IntRange(1, 40).Draw(t, "entries") {
			on = on.Add(rapid.SampledFrom([]int{1, 3, 20, 90}).Draw(t, "later"))
			cmd := child.Command{Actor: entry.Actor{Person: "p"}, Happened: day.On(on), Body: rapid.SampledFrom(bodies).Draw(t, "body")(t), Source: entry.Source{Kind: "page"}}
			es, err := child.Decide(rec, cmd, entry.Moment{Now: max(on.End()-1, day.MustParse("2026-05-01").Start()), Rand: source})
			if err != nil { // the record refuses what cannot be
				continue
			}
			for _, e := range es {
				rec = child.Apply(rec.Clip(), e)
			}
		}
		first, _ := lists(terms, rec)
		var b bytes.Buffer
		if err := Write(&b, first); err != nil {
			t.Fatal(err)
		}
		again, err := read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		second, _ := lists(terms, brought(terms, again)...)
		for l := range Adopters {
			if a, b := inRows(first, l), inRows(second, l); l != Need && !slices.Equal(a, b) {
				t.Fatalf("%s:\n%s\nread again:\n%s", l, strings.Join(a, "\n"), strings.Join(b, "\n"))
			}
		}
	})
}
