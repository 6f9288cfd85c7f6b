package app_test

import (
	"fmt"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/dailyfeed"
	"onus/internal/simulate"
	"onus/internal/testkit"
)

func (h *house) takesFeed(t *testing.T, text string) app.FeedResult {
	t.Helper()
	res, err := h.ImportDailyFeed(ctx, opener([]byte(text)), app.FeedTerms{Authority: "999"}, testkit.Who("director"))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// fed is all children as one payload, however many they are.
func (h *house) fed(t *testing.T) string {
	t.Helper()
	feed, err := h.DailyFeed(ctx, app.FeedQuery{Authority: "999", All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range feed.Unfit {
		t.Errorf("%s: %v", u.Child, u.Faults)
	}
	var cs []dailyfeed.Child
	for _, c := range feed.Children {
		cs = append(cs, c.Sent)
	}
	text, err := dailyfeed.Payload(cs)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// simulated is a house with an invented authority in it, of 999.
func simulated(t *testing.T, e testkit.Engine, children int) *house {
	t.Helper()
	h := &house{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: e.DSN(t)}
	h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, 1)
	es, _, err := simulate.Authority(simulate.Options{Name: "Marlowe", Children: children, Months: 24, Seed: 3, Now: h.clock.Now(), Pack: h.Pack, Stories: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Bulk(ctx, es); err != nil {
		t.Fatal(err)
	}
	return h
}

// What is written of a whole invented authority, read into an empty store and written
// again, is the same to the byte; what the same store reads of itself adds nothing.
func TestFeedRoundTrip(t *testing.T) {
	h := simulated(t, testkit.Engines[0], 120)
	first := h.fed(t)
	if _, faults, err := dailyfeed.CheckPayload(strings.NewReader(first)); err != nil || len(faults) > 1 { // more than 100 children
		t.Fatalf("%v %v", faults, err)
	}
	empty := newHouse(t, testkit.Engines[0])
	empty.takesFeed(t, first)
	if second := empty.fed(t); second != first {
		t.Errorf("%s", differs(first, second))
	}
	empty.verify(t)
	size := h.size(t)
	if res := h.takesFeed(t, first); res.NewChildren != 0 || res.Entries() != 0 || h.size(t) != size+1 {
		t.Errorf("of itself: %+v", res.Taken)
	}
}

// differs is where two texts differ first.
func differs(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	n := 0
	var out strings.Builder
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			if n++; n < 4 {
				at := 0
				for at < min(len(x[i]), len(y[i])) && x[i][at] == y[i][at] {
					at++
				}
				from := max(at-150, 0)
				fmt.Fprintf(&out, "line %d:\n%s\n%s\n", i+1, x[i][from:min(at+250, len(x[i]))], y[i][from:min(at+250, len(y[i]))])
			}
		}
	}
	return fmt.Sprintf("%d of %d lines (then %d):\n%s", n, len(x), len(y), out.String())
}

// richFeed has something in every field, as Onus writes it.
const richFeed = `[
{"la_child_id":"A1","mis_child_id":"M-1","child_details":{"unique_pupil_number":"A123456789012","former_unique_pupil_number":"B123456789012","first_name":"Iona","surname":"O'Neil <é>","date_of_birth":"2011-02-03","expected_date_of_birth":"2011-02-01","sex":"F","ethnicity":"WBRI","disabilities":["HAND","VIS"],"postcode":"AB12 3DE","uasc_flag":true,"uasc_end_date":"2025-06-14"},"health_and_wellbeing":{"sdq_assessments":[{"date":"2025-01-05","score":0},{"date":"2026-01-05","score":20}]},"social_care_episodes":[{"social_care_episode_id":"E1","referral_date":"2023-06-14","referral_source":"1C","referral_no_further_action_flag":false,"closure_date":"2024-02-01","closure_reason":"RC7","child_and_family_assessments":[{"child_and_family_assessment_id":"CFA_1","start_date":"2023-06-15","authorisation_date":"2023-07-20","factors":["1C","4A"]},{"child_and_family_assessment_id":"CFA_2","start_date":"2023-09-15"}],"child_in_need_plans":[{"child_in_need_plan_id":"CIN1","start_date":"2023-07-21","end_date":"2024-02-01"}]},{"social_care_episode_id":"E2","referral_date":"2024-02-01","referral_source":"5A","referral_no_further_action_flag":false,"care_worker_details":[{"worker_id":"SW1","start_date":"2024-02-01","end_date":"2024-08-01"},{"worker_id":"SW2","start_date":"2024-08-01"}],"section_47_assessments":[{"section_47_assessment_id":"S1","start_date":"2024-02-02","icpc_required_flag":true,"icpc_date":"2024-02-20","end_date":"2024-02-20"},{"section_47_assessment_id":"S2","start_date":"2025-02-02","icpc_required_flag":false,"end_date":"2025-02-10"}],"child_protection_plans":[{"child_protection_plan_id":"CP1","start_date":"2024-02-20","end_date":"2024-09-01"}],"child_looked_after_placements":[{"child_looked_after_placement_id":"P1","start_date":"2024-09-01","start_reason":"S","placement_type":"U6","postcode":"AB1 2CD","end_date":"2024-10-01","end_reason":"X1"},{"child_looked_after_placement_id":"P2","start_date":"2024-10-01","start_reason":"L","placement_type":"U6","postcode":"AB1 2CD","end_date":"2025-01-10","end_reason":"X1","change_reason":"CARPL"},{"child_looked_after_placement_id":"P3","start_date":"2025-01-10","start_reason":"P","placement_type":"K1","postcode":"AB3 4EF","end_date":"2025-03-01","end_reason":"X1"},{"child_looked_after_placement_id":"P4","start_date":"2025-03-01","start_reason":"B","placement_type":"A3","end_date":"2025-09-01","end_reason":"E4A"}],"adoption":{"initial_decision_date":"2025-01-20","matched_date":"2025-02-20","placed_date":"2025-03-01"},"care_leavers":{"contact_date":"2025-12-01","activity":"F2","accommodation":"D"}}]},
{"la_child_id":"B2","child_details":{"unique_pupil_number_unknown_reason":"UN1","date_of_birth":"2016-02-03","sex":"U"},"social_care_episodes":[{"social_care_episode_id":"N1","referral_date":"2025-03-14","referral_source":"1A","referral_no_further_action_flag":true},{"social_care_episode_id":"N2","referral_date":"2025-05-14","referral_source":"1A"}]}
]
`

// A payload of another system, with something in every field, is read and written again
// as it was, with the identifiers that the Department knows.
func TestFeedOfAnotherSystem(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		res := h.takesFeed(t, richFeed)
		if res.Kept != 0 || res.FaultsN != 0 || res.NewChildren != 2 || res.Facts != res.Entries() {
			t.Errorf("%+v", res)
		}
		if got := h.fed(t); got != richFeed {
			t.Error(differs(richFeed, got))
		}
		_, rec := h.byNumber(t, "999", "A1")
		if s := rec.On(day.MustParse("2025-02-01").Start()); !s.LookedAfter || s.Placement != "home" || s.Plan != "" || !s.Open {
			t.Errorf("in February 2025: %+v", s)
		}
		if s := rec.On(h.clock.Now()); s.LookedAfter || !s.LeavingCare {
			t.Errorf("now: %+v", s)
		}
		_, two := h.byNumber(t, "999", "B2")
		if s := two.On(day.MustParse("2025-04-01").Start()); s.Open {
			t.Error("a referral without further action left the case open")
		}
		// The same again adds nothing; a newer one adds and corrects what changed.
		size := h.size(t)
		h.clock.Add(day.Hour)
		if again := h.takesFeed(t, richFeed); !again.Again || again.Entries() != 0 || h.size(t) != size {
			t.Errorf("again: %+v", again.Taken)
		}
		newer := strings.NewReplacer(`"end_date":"2024-09-01"`, `"end_date":"2024-09-02"`, `"score":20`, `"score":21`, `"referral_date":"2025-05-14","referral_source":"1A"`, `"referral_date":"2025-05-14","referral_source":"1A","closure_date":"2025-08-01","closure_reason":"RC8"`).Replace(richFeed)
		res = h.takesFeed(t, newer)
		if res.Corrected != 2 || res.Added["case.closed"] != 1 || res.Entries() != 3 || res.NewChildren != 0 {
			t.Errorf("a newer one: %+v", res.Taken)
		}
		if got := h.fed(t); got != newer {
			t.Error(differs(newer, got))
		}
		// What is purged is taken back (a plan, its end, and that a conference made it), and the child stays known.
		purged := strings.Replace(newer, `"child_protection_plan_id":"CP1",`, `"child_protection_plan_id":"CP1","purge":true,`, 1)
		res = h.takesFeed(t, purged)
		if got := h.fed(t); res.Corrected != 3 || strings.Contains(got, "CP1") || !strings.Contains(got, "S2") {
			t.Errorf("a plan purged: %+v", res.Taken)
		}
		h.takesFeed(t, `[{"la_child_id":"A1","purge":true}]`)
		if got := h.fed(t); strings.Contains(got, "A1") || !strings.Contains(got, "B2") {
			t.Errorf("a child purged: %s", got)
		}
		if _, rec := h.byNumber(t, "999", "A1"); rec.Identity().Given != "" || rec.On(h.clock.Now()).Open {
			t.Error("what was purged stands")
		}
		h.verify(t)
	})
}

// The same child is recognised in a census, a return of children in care and a feed, and
// what one has said the feed does not say again.
func TestFeedBesideOtherReturns(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	if _, err := h.ImportSSDA903(ctx, set903(headOf903+"A1,F,03/02/2011,WBRI,A123456789012,0,\n", epsOf903+"A1,01/09/2024,S,V2,N1,U6,PR1,,,,B1 1AA,B2 2BB,SC1\n"), app.SSDA903Terms{Authority: "999", Year: 2025}, testkit.Who("director")); err != nil {
		t.Fatal(err)
	}
	id, _ := h.byNumber(t, "999", "A1")
	res := h.takesFeed(t, `[{"la_child_id":"A1","child_details":{"date_of_birth":"2011-02-03"},"social_care_episodes":[{"social_care_episode_id":"E2","referral_date":"2024-08-01","referral_source":"5A","child_looked_after_placements":[{"child_looked_after_placement_id":"P1","start_date":"2024-09-01","start_reason":"S","placement_type":"U6"}]}]}]`)
	if res.NewChildren != 0 || res.Known != 1 || res.Entries() != 1 || res.Added["referral"] != 1 {
		t.Errorf("%+v", res.Taken)
	}
	again, rec := h.byNumber(t, "999", "A1")
	if again != id || rec.On(h.clock.Now()).Legal != "V2" {
		t.Error("another child, or the ground of care was lost")
	}
	// What somebody recorded here belongs to the episode that the feed named.
	h.record(t, id, h.on("east-1", day.MustParse("2025-01-01"), child.AssessmentStarted{}))
	if got := h.fed(t); strings.Count(got, "social_care_episode_id") != 1 || !strings.Contains(got, `"social_care_episode_id":"E2"`) || !strings.Contains(got, `"start_date":"2025-01-01"`) {
		t.Error(got)
	}
}

// What a worker records is written under the entry that began it, and a later answer
// finds what it belongs to.
func TestFeedOfWork(t *testing.T) {
	h := newHouse(t, testkit.Engines[0])
	d := day.MustParse("2026-01-05")
	done := h.record(t, "", h.on("manager-front", d, child.Known{Given: "Ada", Family: "Marsh", Birth: day.MustParse("2017-05-04"), Address: "1 High Street, Marlowe, ab12 3de", IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "C3"}}}),
		h.on("manager-front", d, child.Referral{From: "school", Code: "2A", What: "came to school hungry"}))
	id := done.Child
	if got := h.fed(t); !strings.Contains(got, `"postcode":"AB12 3DE"`) || !strings.Contains(got, `"referral_source":"2A"}`) {
		t.Error(got)
	}
	entries := func(bodies ...entry.Body) []entry.ID {
		var cmds []child.Command
		for _, b := range bodies {
			cmds = append(cmds, h.on("east-1", d, b))
		}
		return h.record(t, id, cmds...).Entries
	}
	entries(child.Decision{Outcome: child.Assess, For: "to know more"})
	began := entries(child.AssessmentStarted{}, child.Section47Started{})
	entries(child.Section47Ended{Started: began[1], Conference: "not needed"}, child.AssessmentAuthorised{Assessment: began[0]}, child.CareStarted{Status: "V2"}, child.PlacementStarted{Type: "U4"})
	got := h.fed(t)
	for _, want := range []string{`"referral_no_further_action_flag":false`, `{"child_and_family_assessment_id":"` + string(began[0]) + `","start_date":"2026-01-05","authorisation_date":"2026-01-05"}`,
		`{"section_47_assessment_id":"` + string(began[1]) + `","start_date":"2026-01-05","icpc_required_flag":false,"end_date":"2026-01-05"}`, `"start_reason":"S","placement_type":"U4"}`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	empty := newHouse(t, testkit.Engines[0])
	empty.takesFeed(t, got)
	if second := empty.fed(t); second != got {
		t.Error(differs(got, second))
	}
}
