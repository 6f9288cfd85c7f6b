package ssda903check

import (
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// Filled counts in how many rows each column of a return has a value, in the order of the
// tables. Tables without a row are left out.
func Filled(ret *ssda903.Return) (out []report.Filled) {
	for _, t := range ret.This {
		if t == nil || t.Len() == 0 {
			continue
		}
		for _, f := range t.Table.Fields() {
			x := report.Filled{Table: t.Table.String(), Column: f.String(), Rows: t.Len()}
			for i := range t.Len() {
				if t.Has(f) && t.At(i).Text(f) != "" {
					x.Filled++
				}
			}
			out = append(out, x)
		}
	}
	return out
}
