package annexa

import (
	"slices"
	"strings"

	"onus/internal/returns/workbook"
)

// headings are what was found to be the headings of a sheet.
type headings struct {
	row    int // in the rows that were given; less than 0 for none
	list   List
	fields []Field
	texts  []string
	double bool // the headings stand in two rows
}

// common are the fields that most lists have: they say nothing of which list it is.
var common = [FieldCount]bool{ChildID: true, Gender: true, Ethnicity: true, Birth: true, Age: true, Disability: true, AdopterDisability: true,
	Team: true, Worker: true, FamilyID: true}

// findHeadings finds the row that has the most headings of one list. A heading
// that is merged over two rows stands in the upper one: where a column has no
// text of its own, that of the row above counts.
//
// What the list is is known by its headings. The name of the sheet, or a title
// above, decides between lists that fit equally.
func findHeadings(sheet string, rows []workbook.Row) headings {
	best, score := headings{row: -1, list: ListCount}, 0
	if explains(sheet) {
		return best
	}
	hint := named(sheet)
	for i, r := range rows {
		own, two := texts(r, nil), []string(nil)
		if i > 0 {
			two = texts(r, texts(rows[i-1], nil))
		}
		for l := range ListCount {
			for _, t := range [][]string{own, two} {
				fields, n, telling := assign(l, t)
				if n < 3 || !telling || l != hint && !taken(fields, ChildID) && !taken(fields, AdopterID) {
					continue
				}
				s := n*100 - len(l.Fields()) - i // of two rows the upper
				if l == hint {
					s += 90
				}
				if s > score {
					best, score = headings{row: i, list: l, fields: fields, texts: t, double: &t[0] != &own[0]}, s
				}
			}
		}
		if n := len(r.Cells); n > 0 && hint == ListCount {
			hint = named(tidy(r.Cells[0].Text))
		}
	}
	return best
}

func taken(fields []Field, f Field) bool { return slices.Contains(fields, f) }

// texts are a row's texts by column, and where it has none those of the row above.
func texts(r workbook.Row, above []string) []string {
	out := make([]string, min(headingCols, max(1, len(above))))
	copy(out, above)
	for _, c := range r.Cells {
		if c.Col >= headingCols || c.Kind != workbook.Text || len(c.Text) > 1000 {
			continue
		}
		for c.Col >= len(out) {
			out = append(out, "")
		}
		if t := tidy(c.Text); t != "" {
			out[c.Col] = t
		}
	}
	return out
}

// assign gives the field of each column; how many of the list's fields there are,
// and whether one of them tells the list from others.
func assign(l List, texts []string) (fields []Field, n int, telling bool) {
	fields = make([]Field, len(texts))
	taken := [FieldCount]bool{}
	for i, t := range texts {
		fields[i] = FieldCount
		if t == "" {
			continue
		}
		if f, ok := match(l, t); ok && !taken[f] {
			fields[i], taken[f] = f, true
			n++
			telling = telling || !common[f]
		}
	}
	if n < 3 {
		return fields, n, telling
	}
	for i, t := range texts { // a slip of the hand in one of them
		if fields[i] != FieldCount || len(t) < 12 || len(t) > 200 {
			continue
		}
		if f, ok := near(l, t); ok && !taken[f] {
			fields[i], taken[f] = f, true
			n++
			telling = telling || !common[f]
		}
	}
	return fields, n, telling
}

// match knows a heading by one of its names.
func match(l List, heading string) (Field, bool) {
	m := layout().lists[l].headings
	for _, t := range [2]string{plain(heading), plain(outside(heading))} {
		if f, ok := m[t]; ok && t != "" {
			return f, true
		}
	}
	return FieldCount, false
}

// near knows a heading with one or two letters wrong, if it is near one field only.
func near(l List, heading string) (Field, bool) {
	p := plain(heading)
	found := FieldCount
	for h, f := range layout().lists[l].headings {
		if len(h) < 12 || len(h)-len(p) > 2 || len(p)-len(h) > 2 || !within(p, h, 2) {
			continue
		}
		if found != FieldCount && found != f {
			return FieldCount, false
		}
		found = f
	}
	return found, found != FieldCount
}

// within says whether one text becomes the other by at most n letters put in,
// taken out or changed.
func within(a, b string, n int) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a) == 0 || len(b) == 0:
		return len(a)+len(b) <= n
	case n == 0:
		return false
	}
	return within(a[1:], b, n-1) || within(a, b[1:], n-1) || within(a[1:], b[1:], n-1)
}

// named gives the list that a name or a title speaks of by its number, as
// "List_1", "List 10: Adoption" or "Annex A - List 4" do; ListCount for none.
func named(s string) List {
	low := strings.ToLower(s)
	i := strings.Index(low, "list")
	if i < 0 {
		return ListCount
	}
	n := 0
	for _, c := range strings.TrimLeft(low[i+4:], " _-.:#") {
		if c < '0' || c > '9' || n > 99 {
			break
		}
		n = n*10 + int(c-'0')
	}
	if n < 1 || n > int(ListCount) {
		return ListCount
	}
	return List(n - 1)
}

// explains says whether a sheet is one of those by which Ofsted's template
// explains itself.
func explains(sheet string) bool {
	switch plain(sheet) {
	case "frontsheet", "faqandchanges", "guidance", "codesused", "codes", "cover", "coversheet", "instructions", "notes":
		return true
	}
	return false
}
