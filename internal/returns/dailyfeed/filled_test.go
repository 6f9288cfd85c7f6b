package dailyfeed

import (
	"slices"
	"testing"
)

func TestFilledCountsEachThing(t *testing.T) {
	no := false
	var f Filling
	if f.Fields() != nil {
		t.Error("nothing was counted, and something is there")
	}
	f.Add(Child{LAChildID: "1", Details: &Details{Sex: "F", Disabilities: []string{"HAND"}}, Episodes: []Episode{
		{ID: "e1", NoAction: &no, CINPlans: []CINPlan{{ID: "p1", Start: "2026-01-02"}, {ID: "p2"}}}, {ID: "e2"}}})
	f.Add(Child{LAChildID: "2", Purge: true})
	got := f.Fields()
	for _, want := range []Filled{
		{"", "la_child_id", 2, 2}, {"", "mis_child_id", 2, 0}, {"child_details", "sex", 1, 1}, {"child_details", "disabilities", 1, 1}, {"child_details", "surname", 1, 0},
		{"social_care_episodes", "social_care_episode_id", 2, 2}, {"social_care_episodes", "referral_no_further_action_flag", 2, 1},
		{"social_care_episodes/child_in_need_plans", "start_date", 2, 1},
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%+v is not in %+v", want, got)
		}
	}
	if got[0].Field != "la_child_id" || slices.ContainsFunc(got, func(x Filled) bool { return x.Field == "purge" }) {
		t.Errorf("%+v", got)
	}
}
