package annexacheck

import (
	"slices"

	"onus/internal/returns/annexa"
)

// tableRules are about lists and columns that are not there.
var tableRules = []rule{
	{code: "A01", whole: true, says: "A list is not in the workbook.", do: "Add a sheet for it with Ofsted's headings. A list that nobody is on has its headings and no rows.",
		run: func(f *facts, m *marks) {
			for _, t := range f.ret.Lists {
				if !t.Given {
					m.table(t.List, t.List.Title())
				}
			}
		}},
	{code: "A02", whole: true, says: "A list lacks a column of Ofsted's template.", do: "Add the column under Ofsted's heading. Where nothing is known it may be empty, unless the template asks for a value.",
		run: func(f *facts, m *marks) {
			for _, t := range f.ret.Lists {
				for _, c := range t.List.Fields() {
					if t.Given && !t.Columns[c] {
						m.table(t.List, c.Heading())
					}
				}
			}
		}},
}

// cellRules are about single cells.
var cellRules = []rule{
	{code: "A03", says: "A row does not say whom it is about.", do: "Give the child's (or the adopter's) identifier: without it nothing can be compared between the lists.",
		run: func(f *facts, m *marks) {
			each(f, func(i int, r annexa.Row, c annexa.Field, v annexa.Cell) {
				if (c == annexa.ChildID || c == annexa.AdopterID) && v.Blank() {
					m.at(i, r, c)
				}
			})
		}},
	{code: "A04", says: "A field that may not be empty is empty.", do: "Give the value. Where it is not known, most fields have a code for that.",
		run: func(f *facts, m *marks) {
			each(f, func(i int, r annexa.Row, c annexa.Field, v annexa.Cell) {
				if v.Blank() && r.List.Required(c) && c != annexa.ChildID && c != annexa.AdopterID && f.ret.Lists[r.List].Columns[c] {
					m.at(i, r, c)
				}
			})
		}},
	{code: "A05", says: "A date cannot be read, or cannot be true.", do: "Write it as 31/03/2026, or let Excel show it as a date.", run: unread(annexa.Date)},
	{code: "A06", says: "A number cannot be read.", do: "Write it in digits, without words.", run: unread(annexa.Number)},
	{code: "A07", says: "A value is none of Ofsted's codes, nor a known spelling of one.", do: "Use the code as the template gives it, such as “a) WBRI”.",
		run: func(f *facts, m *marks) {
			each(f, func(i int, r annexa.Row, c annexa.Field, v annexa.Cell) {
				if c.Holds() == annexa.Code && c != annexa.PlacementAuthority && !v.Blank() && !v.Known {
					m.at(i, r, c)
				}
			})
		}},
	{code: "A08", query: true, says: "A value says which group of codes is meant, but not which code.", do: "Use the code itself, such as “a) U1: Foster placement - relatives - long term” for a foster placement.",
		run: func(f *facts, m *marks) {
			each(f, func(i int, r annexa.Row, c annexa.Field, v annexa.Cell) {
				if v.Word != nil && v.Word.Code == "" {
					m.at(i, r, c)
				}
			})
		}},
	{code: "A09", says: "A formula failed: a cell shows an error of Excel.", do: "Mend the formula, or paste the values without it.", run: unread(annexa.Text)},
	{code: "A10", query: true, needs: of(annexa.Care, annexa.PlacementAuthority), says: "The authority of a placement is not the name of one that is known, nor a code for elsewhere.", do: "Give the name of the authority, or NIR, WAL, SCO, NUK or CON.",
		run: func(f *facts, m *marks) {
			for i, r := range f.rows(annexa.Care) {
				if v := r.Of(annexa.PlacementAuthority); !v.Blank() && !v.Known {
					m.at(i, r, annexa.PlacementAuthority)
				}
			}
		}},
	{code: "A11", says: "The same row stands twice in a list.", do: "Take one of the two out.",
		run: func(f *facts, m *marks) {
			for _, t := range f.ret.Lists {
				seen := map[string]bool{}
				for i, r := range t.Rows {
					k := ""
					for _, c := range r.Cells {
						k += c.Text + "\x00"
					}
					if seen[k] {
						m.at(i, r, who(t.List))
					}
					seen[k] = true
				}
			}
		}},
	{code: "A12", says: "A child stands more than once in a list in which each child has one row.", do: "Keep the row of the latest episode of need, plan or period of care; Ofsted asks for no other.",
		run: func(f *facts, m *marks) {
			for _, l := range []annexa.List{annexa.Need, annexa.Protection, annexa.Care, annexa.Leavers, annexa.Adopters} {
				for i, r := range f.rows(l) {
					if at := f.of[l][key(r.Who())]; len(at) > 1 && at[0] != i {
						m.at(i, r, who(l))
					}
				}
			}
		}},
}

// who is the field that says whom a row is about.
func who(l annexa.List) annexa.Field {
	if l == annexa.Adopters {
		return annexa.AdopterID
	}
	return annexa.ChildID
}

// each gives every cell of every list, with its row's place in the list.
func each(f *facts, do func(int, annexa.Row, annexa.Field, annexa.Cell)) {
	for _, t := range f.ret.Lists {
		fields := t.List.Fields()
		for i, r := range t.Rows {
			for j, c := range fields {
				do(i, r, c, r.Cells[j])
			}
		}
	}
}

// unread finds what could not be read of fields that hold one sort of thing.
func unread(holds annexa.Holds) func(*facts, *marks) {
	return func(f *facts, m *marks) {
		each(f, func(i int, r annexa.Row, c annexa.Field, v annexa.Cell) {
			if c.Holds() == holds && !v.Blank() && !v.Known {
				m.at(i, r, c)
			}
		})
	}
}

// dates are the fields of a list that hold dates, but for the birth.
func dates(l annexa.List) []annexa.Field {
	return slices.DeleteFunc(slices.Clone(l.Fields()), func(f annexa.Field) bool { return f.Holds() != annexa.Date || f == annexa.Birth })
}
