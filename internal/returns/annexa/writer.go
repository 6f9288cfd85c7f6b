package annexa

import (
	"io"
	"strconv"

	"onus/internal/returns/workbook"
)

// Write writes a workbook of the eleven lists: their columns in Ofsted's order,
// official codes, dates as dates. What was not understood stands as it stood. The
// same tables give the same bytes, and what is written reads as the same tables.
//
// What a workbook held beside the lists is not written: no inspector asked for it.
func Write(w io.Writer, r *Return) error {
	tabs := make([]workbook.Tab, 0, ListCount)
	for l := range ListCount {
		t := workbook.Tab{Name: "List_" + strconv.Itoa(l.Number()), Head: 2}
		head := make([]workbook.Value, 0, len(l.Fields()))
		for _, f := range l.Fields() {
			head = append(head, workbook.Of(f.Heading(), workbook.Heading))
			t.Width = append(t.Width, width(f))
		}
		t.Rows = func(write func([]workbook.Value) error) error {
			title := []workbook.Value{workbook.Of(l.String()+": "+l.Title(), workbook.Title)}
			for _, first := range [][]workbook.Value{title, head} {
				if err := write(first); err != nil {
					return err
				}
			}
			row := make([]workbook.Value, len(head))
			for _, r := range r.Lists[l].Rows {
				for i, f := range l.Fields() {
					row[i] = value(f, r.Of(f))
				}
				if err := write(row); err != nil {
					return err
				}
			}
			return nil
		}
		tabs = append(tabs, t)
	}
	return workbook.Write(w, tabs)
}

func value(f Field, c Cell) workbook.Value {
	switch {
	case c.Known && f.Holds() == Date:
		return workbook.On(c.Date)
	case c.Known && f.Holds() == Number:
		return workbook.Whole(c.Number)
	}
	return workbook.Of(c.Text, workbook.Plain)
}

func width(f Field) int {
	switch f.Holds() {
	case Date:
		return 13
	case Number:
		return 11
	default:
		return 24
	}
}
