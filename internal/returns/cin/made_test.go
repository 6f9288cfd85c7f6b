package cin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// happening is something that somebody recorded here on a day.
type happening struct {
	on   string
	body entry.Body
}

// recorded is a record of what somebody recorded here: each entry has its place in the
// list as its id.
func recorded(all ...happening) child.Record {
	var es []entry.Entry
	for i, h := range append([]happening{{"2020-01-01", child.Known{Birth: day.MustParse("2015-04-01"), Sex: "F", Ethnicity: "WBRI", Disability: []string{"NONE"},
		IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "A1"}, {System: "upn-unknown", Value: "UN4"}}}}}, all...) {
		es = append(es, entry.Entry{ID: entry.ID(fmt.Sprint(i)), Kind: h.body.Kind(), Happened: day.On(day.MustParse(h.on)), Body: h.body, Source: entry.Source{Kind: "page"}})
	}
	return child.Fold("c", es)
}

// brought is the record of a child of whom only one census told.
func brought(h Header, all ...Child) child.Record {
	var es []entry.Entry
	for _, c := range all {
		for _, f := range Facts(h, c, day.MustParse("2026-05-04")) {
			if f.Body != nil {
				es = append(es, entry.Entry{ID: entry.ID(fmt.Sprint(len(es))), Kind: f.Body.Kind(), Happened: f.When, Body: f.Body, Source: entry.Source{Kind: "import", Of: "cin-census", Key: f.Key, AsOf: h.AsOf()}})
			}
		}
	}
	return child.Fold("c", es)
}

// made is the census of 2025/26 of some records.
func made(recs ...child.Record) ([]Child, Left) {
	m := Make(header(2026))
	for _, r := range recs {
		m.Add(r)
	}
	return m.Children()
}

// episodesOf are the episodes of one record, which must be in the census.
func episodesOf(t *testing.T, all ...happening) []CINDetails {
	t.Helper()
	children, left := made(recorded(all...))
	if len(children) != 1 {
		t.Fatalf("%d children are in the census: %+v", len(children), left)
	}
	return children[0].Episodes
}

func TestMadeOfWhatAWorkerRecorded(t *testing.T) {
	d := day.MustParse
	got := episodesOf(t,
		happening{"2025-04-10", child.Referral{From: "Ms Hall", Need: "N1", Intake: child.Intake{Role: "school or nursery"}}},
		happening{"2025-04-11", child.Decision{Outcome: child.Assess, For: "w", Team: "east"}},
		happening{"2025-04-14", child.AssessmentStarted{ReviewBy: d("2025-04-25")}},
		happening{"2025-05-20", child.AssessmentAuthorised{}},
		happening{"2025-05-20", child.AssessmentFactors{Codes: []string{"3B", "16A"}}},
		happening{"2025-05-22", child.CINPlanStarted{}},
		happening{"2025-06-02", child.StrategyDiscussion{Section47: true}},
		happening{"2025-06-03", child.Section47Started{}},
		happening{"2025-06-20", child.Conference{Plan: "made"}},
		happening{"2025-06-20", child.CPPlanStarted{Category: "NEG", Previous: 1}},
		happening{"2025-07-01", child.Referral{From: "police", What: "Another call, while the case is open."}}, // part of the work
		happening{"2025-07-02", child.Decision{Outcome: child.OpenCase, For: "w"}},
		happening{"2025-09-10", child.Review{Of: "cp"}},
		happening{"2025-09-10", child.CPPlanChanged{Category: "EMO"}},
		happening{"2025-12-01", child.StrategyDiscussion{Section47: true}},
		happening{"2025-12-19", child.Section47Ended{Conference: "not needed"}},
		happening{"2026-01-10", child.CPPlanEnded{}},
		happening{"2026-01-10", child.CINPlanStarted{}},
		happening{"2026-03-02", child.CaseClosed{Reason: "RC7"}},
		happening{"2026-03-20", child.Referral{From: "Aunt Sue"}}, // no code, and no word that has one
	)
	want := []CINDetails{{
		ReferralDate: d("2025-04-10"), ReferralSource: "2A", PrimaryNeedCode: "N1", ClosureDate: d("2026-03-02"), ReasonForClosure: "RC7", ReferralNFA: No,
		Assessments: []Assessment{{Start: d("2025-04-14"), InternalReview: d("2025-04-25"), Authorised: d("2025-05-20"), Factors: []Coded{{Code: "3B"}, {Code: "16A"}}}},
		CINPlans:    []CINPlan{{Start: d("2025-05-22"), End: d("2025-06-20")}, {Start: d("2026-01-10"), End: d("2026-03-02")}},
		Section47s: []Section47{
			{Start: d("2025-06-03"), InitialCPCTarget: d("2025-06-23"), DateOfInitialCPC: d("2025-06-20"), ICPCNotRequired: No},
			{Start: d("2025-12-01"), InitialCPCTarget: d("2025-12-22"), ICPCNotRequired: Yes}},
		CPPlans: []CPPlan{{Start: d("2025-06-20"), End: d("2026-01-10"), InitialCategory: "NEG", LatestCategory: "EMO", PreviousPlans: Number{1, true}, Reviews: []Review{{Date: d("2025-09-10")}}}},
	}, {ReferralDate: d("2026-03-20"), ReferralSource: "10", ReferralNFA: No}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("made:\n%+v\nwant:\n%+v", got, want)
	}
}

// What the census says of a referral that led to nothing.
func TestMadeOfNoFurtherAction(t *testing.T) {
	d := day.MustParse
	for _, outcome := range []string{child.NoAction, child.EarlyHelp} {
		got := episodesOf(t, happening{"2025-04-10", child.Referral{From: "police"}}, happening{"2025-04-11", child.Decision{Referral: "1", Outcome: outcome, For: "w"}},
			happening{"2025-08-10", child.Referral{From: "GP"}})
		want := []CINDetails{{ReferralDate: d("2025-04-10"), ReferralSource: "6", ReferralNFA: Yes}, {ReferralDate: d("2025-08-10"), ReferralSource: "3A", ReferralNFA: No}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", outcome, got)
		}
	}
	if all, left := made(recorded(happening{"2025-03-10", child.Referral{From: "police"}}, happening{"2025-03-11", child.Decision{Outcome: child.NoAction, For: "w"}})); len(all) > 0 || left != (Left{}) {
		t.Errorf("one of the year before: %+v %+v", all, left)
	}
}

// What belongs to the year, and what does not.
func TestMadeOfOneYear(t *testing.T) {
	d := day.MustParse
	got := episodesOf(t,
		happening{"2023-05-01", child.Referral{From: "police"}},
		happening{"2023-05-03", child.AssessmentStarted{}},
		happening{"2023-06-03", child.AssessmentAuthorised{}}, // of an earlier year
		happening{"2023-06-04", child.StrategyDiscussion{Section47: true}},
		happening{"2023-06-14", child.Conference{}},
		happening{"2023-06-14", child.CPPlanStarted{Category: "NEG"}},
		happening{"2023-09-10", child.Review{Of: "cp"}}, // told with its plan, which was open in the year
		happening{"2025-03-01", child.AssessmentStarted{}},
		happening{"2025-04-01", child.AssessmentAuthorised{}}, // authorised on the first day of the year
		happening{"2025-06-10", child.Review{Of: "cp"}},
		happening{"2026-03-31", child.CPPlanChanged{Category: "EMO"}}, // on its last day
		happening{"2026-04-01", child.CPPlanChanged{Category: "PHY"}}, // and after it
		happening{"2026-04-01", child.Review{Of: "cp"}},
		happening{"2026-04-02", child.CPPlanEnded{}},
		happening{"2026-04-03", child.CaseClosed{Reason: "RC7"}},
	)
	want := []CINDetails{{ReferralDate: d("2023-05-01"), ReferralSource: "6", ReferralNFA: No,
		Assessments: []Assessment{{Start: d("2025-03-01"), Authorised: d("2025-04-01")}},
		CPPlans: []CPPlan{{Start: d("2023-06-14"), InitialCategory: "NEG", LatestCategory: "EMO", PreviousPlans: Number{0, true},
			Reviews: []Review{{Date: d("2023-09-10")}, {Date: d("2025-06-10")}}}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("made:\n%+v\nwant:\n%+v", got, want)
	}
	for name, all := range map[string][]happening{
		"closed before":  {{"2023-05-01", child.Referral{From: "police"}}, {"2025-03-31", child.CaseClosed{Reason: "RC7"}}},
		"referred after": {{"2026-04-01", child.Referral{From: "police"}}},
		"known only":     nil,
	} {
		if all, left := made(recorded(all...)); len(all) > 0 || left != (Left{}) {
			t.Errorf("%s: %+v %+v", name, all, left)
		}
	}
	if got := episodesOf(t, happening{"2023-05-01", child.Referral{From: "police"}}, happening{"2025-04-01", child.CaseClosed{Reason: "RC7"}}); got[0].ClosureDate != d("2025-04-01") {
		t.Errorf("closed on the first day: %+v", got)
	}
}

// Who cannot be in it is counted, and so is what stands for what nobody recorded.
func TestWhoIsLeftOutOfACensus(t *testing.T) {
	open := happening{"2025-05-01", child.Referral{From: "Aunt Sue"}}
	known := func(on string, k child.Known) happening { return happening{on, k} }
	noNumber := child.Fold("n", []entry.Entry{{ID: "1", Kind: "referral", Happened: day.On(day.MustParse("2025-05-01")), Body: open.body}})
	elsewhere := child.Fold("e", append(noNumber.Log, entry.Entry{ID: "2", Kind: "child.known", Happened: day.On(day.MustParse("2025-05-01")),
		Body: child.Known{IDs: []child.Identifier{{System: "la-child", Authority: "204", Value: "Z"}}}}))
	nobody := child.Fold("b", append(noNumber.Log, entry.Entry{ID: "2", Kind: "child.known", Happened: day.On(day.MustParse("2025-05-01")),
		Body: child.Known{IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "B"}}}}))
	all, left := made(noNumber, elsewhere, nobody,
		recorded(open, happening{"2025-05-02", child.SameAs{Child: "other", Why: "w"}}),
		recorded(happening{"2024-05-01", child.CareStarted{Status: "C2"}}))
	if want := (Left{NoNumber: 2, NoReferral: 1, Same: 1, Sexes: 1, Ethnicities: 1, Sources: 1}); left != want || len(all) != 1 {
		t.Errorf("%+v, want %+v; %d children", left, want, len(all))
	}
	if c := all[0]; c.Sex != "U" || c.Ethnicity != "NOBT" || c.Episodes[0].ReferralSource != "10" || c.Disabilities != nil {
		t.Errorf("of whom nothing is known: %+v", c)
	}
	// Born after the year: expected in it. The last that was said of the pupil number counts.
	all, _ = made(recorded(open, known("2025-05-02", child.Known{Birth: day.MustParse("2026-04-20"), Expected: day.MustParse("2026-04-15"), Death: day.MustParse("2026-05-02"),
		IDs: []child.Identifier{{System: "upn", Value: "A123456789123"}}})))
	if c := all[0]; c.Birth != 0 || c.ExpectedBirth != day.MustParse("2026-04-15") || c.Death != 0 || c.UPN != "A123456789123" || c.UPNunknown != "" {
		t.Errorf("not born in the year: %+v", c)
	}
	all, left = made(recorded(open, happening{"2025-06-01", child.Conference{}}, happening{"2025-07-01", child.Conference{}}))
	if e := all[0].Episodes[0]; e.DateOfInitialCPC != day.MustParse("2025-07-01") || left.Conferences != 1 {
		t.Errorf("two conferences: %+v %+v", e, left)
	}
}

// What a census said comes out of the record as it went in: every item there is, and
// every child of the samples without faults.
func TestMadeOfWhatACensusBrought(t *testing.T) {
	want := full()
	want.GenderCurrent, want.ExpectedBirth = "", 0                          // of this year, and born
	want.Episodes[0], want.Episodes[1] = want.Episodes[1], want.Episodes[0] // by their days
	if all, _ := made(brought(header(2026), want)); len(all) != 1 || !reflect.DeepEqual(all[0], want) {
		t.Errorf("made:\n%+v\nwant:\n%+v", all, want)
	}
	for _, name := range []string{"synthetic_cin_clean_1000.xml.gz", "two_episodes_clean.xml"} {
		source, sum := readAll(t, string(unpacked(t, filepath.Join("testdata/samples", name))), Options{})
		m := Make(sum.Header)
		for _, c := range source {
			m.Add(brought(sum.Header, c))
		}
		got, left := m.Children()
		noLines(reflect.ValueOf(&source).Elem())
		if left != (Left{}) || !reflect.DeepEqual(got, source) {
			t.Errorf("%s: %+v", name, left)
		}
	}
}

// Faulty samples too: what is made of one is valid, and made again of itself it is
// the same.
func TestMadeIsStable(t *testing.T) {
	for _, x := range []struct {
		name    string
		year    int
		in, out int // items, those of the header among them; docs/returns-differences.md accounts for them
	}{{"synthetic_cin_1000.xml.gz", 2026, 18987, 18006}, {"fake_CIN_data.xml.gz", 2022, 4269, 833}, {"CIN_Census_2026.xml", 2023, 67, 37}} {
		source, sum := readAll(t, string(unpacked(t, filepath.Join("testdata/samples", x.name))), Options{})
		h := header(x.year)
		h.LEA = sum.Header.LEA
		make := func(source []Child) []byte {
			of := map[string][]Child{}
			for _, c := range source {
				of[c.LAchildID] = append(of[c.LAchildID], c)
			}
			m := Make(h)
			for _, c := range source {
				m.Add(brought(h, of[c.LAchildID]...))
				delete(of, c.LAchildID)
			}
			all, _ := m.Children()
			var b bytes.Buffer
			w := NewWriter(&b, h)
			for _, c := range all {
				if err := w.Child(c); err != nil && !errors.Is(err, ErrIncomplete) {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		first := make(source)
		if err := lint(t, x.year, first); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
		again, _ := readAll(t, string(first), Options{})
		if second := make(again); !bytes.Equal(first, second) {
			t.Errorf("%s: made again it is another", x.name)
		}
		if in, out := len(written(t, unpacked(t, filepath.Join("testdata/samples", x.name)))), len(written(t, first)); in != x.in || out != x.out {
			t.Errorf("%s: %d items went in and %d came out, want %d and %d", x.name, in, out, x.in, x.out)
		}
	}
}

// A referral that led to nothing while another episode was open comes out as one, and
// an end that the record had to keep aside is that of its episode.
func TestMadeOfEpisodesThatOverlap(t *testing.T) {
	d := day.MustParse
	want := Child{LAchildID: "A1", Birth: d("2015-04-01"), Sex: "F", Ethnicity: "WBRI", Episodes: []CINDetails{
		{ReferralDate: d("2025-04-10"), ReferralSource: "6", ClosureDate: d("2025-09-01"), ReasonForClosure: "RC7", ReferralNFA: No},
		{ReferralDate: d("2025-05-10"), ReferralSource: "3A", PrimaryNeedCode: "N1", ReferralNFA: Yes},
		{ReferralDate: d("2025-06-10"), ReferralSource: "1C", ClosureDate: d("2025-10-01"), ReasonForClosure: "RC3", ReferralNFA: No}}}
	if all, _ := made(brought(header(2026), want)); len(all) != 1 || !reflect.DeepEqual(all[0], want) {
		t.Errorf("made:\n%+v\nwant:\n%+v", all, want)
	}
}

// Whoever a page lets somebody choose as having told us has a code in the census.
func TestEveryRoleHasASource(t *testing.T) {
	for _, role := range child.Roles {
		if code := child.SourceCode(role, ""); !Valid(SetReferralSource, code, 2026) {
			t.Errorf("%s has the code %q", role, code)
		}
	}
	if child.SourceCode("", "Aunt Sue") != "" || child.SourceCode("", "police") != "6" {
		t.Error("a code is made up, or a plain word has none")
	}
}

// Whatever is recorded about a child, in whatever order, the census of each year can be
// written, and read again it makes the same census.
func TestMadeOfAnyLife(t *testing.T) {
	bodies := []func(t *rapid.T) entry.Body{
		func(t *rapid.T) entry.Body {
			return child.Referral{From: "Ms Hall", Need: "N1", Intake: child.Intake{Role: rapid.SampledFrom(child.Roles).Draw(t, "role")}}
		},
		func(t *rapid.T) entry.Body {
			return child.Decision{Outcome: rapid.SampledFrom(child.Outcomes).Draw(t, "outcome"), For: "w", Team: "east"}
		},
		func(*rapid.T) entry.Body { return child.AssessmentStarted{} },
		func(*rapid.T) entry.Body { return child.AssessmentAuthorised{} },
		func(*rapid.T) entry.Body { return child.AssessmentFactors{Codes: []string{"3B", "16A"}} },
		func(t *rapid.T) entry.Body {
			return child.StrategyDiscussion{Section47: rapid.Bool().Draw(t, "enquiry")}
		},
		func(*rapid.T) entry.Body { return child.Section47Started{} },
		func(t *rapid.T) entry.Body {
			return child.Section47Ended{Conference: rapid.SampledFrom([]string{"", "needed", "not needed"}).Draw(t, "conference")}
		},
		func(*rapid.T) entry.Body { return child.Conference{} },
		func(*rapid.T) entry.Body { return child.CINPlanStarted{} },
		func(*rapid.T) entry.Body { return child.CINPlanEnded{} },
		func(t *rapid.T) entry.Body {
			return child.CPPlanStarted{Category: rapid.SampledFrom(child.Categories).Draw(t, "category"), Previous: rapid.IntRange(0, 2).Draw(t, "before")}
		},
		func(t *rapid.T) entry.Body {
			return child.CPPlanChanged{Category: rapid.SampledFrom(child.Categories).Draw(t, "category")}
		},
		func(*rapid.T) entry.Body { return child.CPPlanEnded{} },
		func(*rapid.T) entry.Body { return child.Review{Of: "cp"} },
		func(*rapid.T) entry.Body { return child.CareStarted{Status: "C2"} },
		func(*rapid.T) entry.Body { return child.CareEnded{Code: "E4A"} },
		func(*rapid.T) entry.Body { return child.CaseClosed{Reason: "RC7", Why: "w"} },
	}
	rapid.Check(t, func(t *rapid.T) {
		rec := recorded(happening{"2023-01-01", child.Known{Sex: "F", Ethnicity: "WBRI"}})
		on := day.MustParse("2023-01-01")
		var rnd [32]byte
		source := rand.NewChaCha8(rnd)
		for range rapid.IntRange(1, 40).Draw(t, "entries") {
			on = on.Add(rapid.SampledFrom([]int{0, 0, 1, 3, 20, 90, 200}).Draw(t, "later"))
			cmd := child.Command{Actor: entry.Actor{Person: "p"}, Happened: day.On(on), Body: rapid.SampledFrom(bodies).Draw(t, "body")(t), Source: entry.Source{Kind: "page"}}
			es, err := child.Decide(rec, cmd, entry.Moment{Now: max(on.End()-1, day.MustParse("2026-05-01").Start()), Rand: source})
			if err != nil { // the record refuses what cannot be
				continue
			}
			for _, e := range es {
				rec = child.Apply(rec.Clip(), e)
			}
		}
		for year := 2024; year <= 2026; year++ {
			h := header(year)
			m := Make(h)
			m.Add(rec)
			all, _ := m.Children()
			if len(all) == 0 {
				continue
			}
			if err := NewWriter(io.Discard, h).Child(all[0]); err != nil {
				t.Fatal(err)
			}
			again := Make(h)
			again.Add(brought(h, all[0]))
			if second, _ := again.Children(); len(second) != 1 || !reflect.DeepEqual(all[0], second[0]) {
				t.Fatalf("of %d:\n%+v\nread again:\n%+v", year, all[0], second)
			}
		}
	})
}
