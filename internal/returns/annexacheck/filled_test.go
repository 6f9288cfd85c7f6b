package annexacheck

import (
	"slices"
	"testing"

	"onus/internal/returns/annexa"
	"onus/internal/returns/report"
)

func TestFilledCountsRowsWithAValue(t *testing.T) {
	cells := make([]annexa.Cell, len(annexa.Contacts.Fields()))
	cells[0] = annexa.Cell{Text: "A1", Known: true}
	var ret annexa.Return
	ret.Lists[annexa.Contacts] = annexa.Table{List: annexa.Contacts, Given: true, Rows: []annexa.Row{{List: annexa.Contacts, Cells: cells}, {List: annexa.Contacts}}}
	got := Filled(&ret)
	first, second := annexa.Contacts.Fields()[0].Heading(), annexa.Contacts.Fields()[1].Heading()
	for _, want := range []report.Filled{{Table: "List 1", Column: first, Rows: 2, Filled: 1}, {Table: "List 1", Column: second, Rows: 2}} {
		if !slices.Contains(got, want) {
			t.Errorf("%+v is not in %+v", want, got)
		}
	}
	if len(got) != len(annexa.Contacts.Fields()) {
		t.Errorf("%d columns of one list", len(got))
	}
}
