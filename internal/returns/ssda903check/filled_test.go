package ssda903check

import (
	"slices"
	"testing"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

func TestFilledCountsRowsWithAValue(t *testing.T) {
	rows := ssda903.NewRows(ssda903.Header, ssda903.Child, ssda903.Sex)
	for _, x := range []map[ssda903.Field]string{{ssda903.Child: "1", ssda903.Sex: "F"}, {ssda903.Child: "2"}} {
		rows.Append(2, func(f ssda903.Field) string { return x[f] })
	}
	rows.Done()
	var ret ssda903.Return
	ret.Add(rows, false)
	ret.Add(ssda903.NewRows(ssda903.Reviews), false)
	got := Filled(&ret)
	for _, want := range []report.Filled{{Table: "Header", Column: "CHILD", Rows: 2, Filled: 2}, {Table: "Header", Column: "SEX", Rows: 2, Filled: 1}, {Table: "Header", Column: "UPN", Rows: 2}} {
		if !slices.Contains(got, want) {
			t.Errorf("%+v is not in %+v", want, got)
		}
	}
	if slices.ContainsFunc(got, func(x report.Filled) bool { return x.Table == "Reviews" }) {
		t.Error("a table without a row was counted")
	}
}
