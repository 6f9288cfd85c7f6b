package cincheck

import (
	"slices"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

func TestFilledCountsRowsWithAValue(t *testing.T) {
	on := day.MustParse("2025-06-01")
	got, err := Filled(cin.Header{Year: 2026}, []cin.Child{
		{LAchildID: "1", Sex: "F", Ethnicity: "WBRI", Episodes: []cin.CINDetails{{ReferralDate: on, ReferralNFA: cin.No, CPPlans: []cin.CPPlan{{Start: on, PreviousPlans: cin.Number{Given: true}}}}}},
		{LAchildID: "2", Episodes: []cin.CINDetails{{ReferralDate: on}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []report.Filled{
		{Table: "ChildIdentifiers", Column: "LAchildID", Rows: 2, Filled: 2}, {Table: "ChildIdentifiers", Column: "Sex", Rows: 2, Filled: 1}, {Table: "ChildIdentifiers", Column: "UPN", Rows: 2},
		{Table: "CINdetails", Column: "CINreferralDate", Rows: 2, Filled: 2}, {Table: "CINdetails", Column: "ReferralNFA", Rows: 2, Filled: 1},
		{Table: "ChildProtectionPlans", Column: "NumberOfPreviousCPP", Rows: 1, Filled: 1}, {Table: "ChildProtectionPlans", Column: "CPPendDate", Rows: 1},
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%+v is not in %+v", want, got)
		}
	}
	for _, x := range got {
		if x.Table == "Assessments" || x.Column == "GenderCurrent" || x.Table == "CINdetails" && x.Column == "LAchildID" {
			t.Errorf("%+v was counted: it has no rows, or the year does not have it", x)
		}
	}
}
