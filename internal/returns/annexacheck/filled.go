package annexacheck

import (
	"onus/internal/returns/annexa"
	"onus/internal/returns/report"
)

// Filled counts in how many rows each column of the lists has a value, in the order of
// the lists. Lists without a row are left out.
func Filled(ret *annexa.Return) (out []report.Filled) {
	for l := range annexa.ListCount {
		rows := ret.Lists[l].Rows
		if len(rows) == 0 {
			continue
		}
		for _, f := range l.Fields() {
			x := report.Filled{Table: l.String(), Column: f.Heading(), Rows: len(rows)}
			for _, r := range rows {
				if !r.Of(f).Blank() {
					x.Filled++
				}
			}
			out = append(out, x)
		}
	}
	return out
}
