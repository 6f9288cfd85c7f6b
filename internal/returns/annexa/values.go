package annexa

import (
	"math"
	"strconv"
	"strings"
	"time"

	"onus/internal/day"
	"onus/internal/returns/workbook"
)

// Dates that a list can speak of. Outside, a number was taken for a date, or a
// digit is missing.
var firstDay, lastDay = day.Of(1930, 1, 1), day.Of(2099, 12, 31)

// ParseDate reads a date in the forms in which people and systems write one:
// 31/01/2024, 31-1-24, 31.01.2024, 2024-01-31, 2024-01-31T00:00:00, 20240131, 31 January 2024,
// Wed 31 Jan 2024, with a time of day behind it or without. The day comes before
// the month, as in England; a text that could only be read the other way round
// is no date. Years of two digits are 1930 to 2029, as in Excel.
func ParseDate(s string) (day.Date, bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, 'T'); i > 0 && clock(s[i+1:]) {
		s = s[:i]
	} else if i := strings.LastIndexByte(s, ' '); i > 0 && clock(s[i+1:]) {
		s = strings.TrimSpace(s[:i])
	}
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		return civil(s[:4], s[4:6], s[6:])
	}
	s = strings.ReplaceAll(s, ",", " ")
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '/' || c == '-' || c == '.' || c == ' ' })
	if len(parts) == 4 && weekday(parts[0]) {
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return 0, false
	}
	if _, year := digits(parts[0]); year && len(parts[0]) == 4 {
		return civil(parts[0], parts[1], parts[2])
	}
	dd := strings.ToLower(parts[0])
	for _, end := range []string{"st", "nd", "rd", "th"} {
		dd = strings.TrimSuffix(dd, end)
	}
	return civil(parts[2], parts[1], dd)
}

// clock says whether a text is a time of day, such as 00:00 or 9:30:00.000Z.
func clock(s string) bool {
	s = strings.TrimSuffix(strings.TrimSpace(s), "Z")
	return len(s) >= 4 && strings.Contains(s, ":") && strings.Trim(s, "0123456789:.") == "" && s[0] != ':'
}

func weekday(s string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s, d.String()) || strings.EqualFold(s, d.String()[:3]) {
			return true
		}
	}
	return false
}

func civil(yyyy, mm, dd string) (day.Date, bool) {
	y, ok1 := digits(yyyy)
	d, ok2 := digits(dd)
	m, ok3 := digits(mm)
	if !ok3 {
		for x := time.January; x <= time.December; x++ {
			if name := strings.ToLower(x.String()); len(mm) >= 3 && strings.HasPrefix(name, strings.ToLower(mm)) || x == time.September && strings.EqualFold(mm, "sept") {
				m, ok3 = int(x), true
			}
		}
	} else if len(mm) > 2 {
		return 0, false
	}
	switch {
	case len(yyyy) == 2 && y < 30:
		y += 2000
	case len(yyyy) == 2:
		y += 1900
	case len(yyyy) != 4:
		return 0, false
	}
	if !ok1 || !ok2 || !ok3 || len(dd) > 2 || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	t := day.Of(y, time.Month(m), d)
	if _, _, back := t.Split(); back != d || t < firstDay || t > lastDay { // 31 February
		return 0, false
	}
	return t, true
}

func digits(s string) (int, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// Cell is a field of a row.
type Cell struct {
	// Text is what the cell says: of a date that was understood 2024-01-31, of a
	// number its digits, of a code the official text. What was not understood, and
	// plain text, stand as they stood, spaces tidied. Empty for a blank.
	Text string
	// Was is how an understood value was spelled where that differs, such as "F"
	// for "b) Female". A date is a date however it was written.
	Was    string
	Word   *Word // of a field with codes, where it was understood
	Date   day.Date
	Number int
	// Known says that the cell was understood; a plain text always is, a blank never.
	Known bool
}

// Blank says whether nothing stands in the cell.
func (c Cell) Blank() bool { return c.Text == "" }

// why says why a value was not understood.
func (h Holds) why() string {
	switch h {
	case Date:
		return "This is not a date."
	case Number:
		return "This is not a whole number."
	default:
		return "This is none of the codes, nor a known spelling of one."
	}
}

// faults are what Excel shows where a formula failed.
var faults = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "#DIV/0!": true, "#NULL!": true, "#NUM!": true, "#SPILL!": true, "#CALC!": true}

// cell understands what stands in a cell, by what its field holds.
func (r *reader) cell(f Field, c workbook.Cell) Cell {
	text := r.known(tidy(c.Text))
	if text == "" {
		return Cell{}
	}
	out := Cell{Text: text}
	if faults[text] {
		return out
	}
	switch f.Holds() {
	case Text:
		if c.Dated {
			if d, ok := r.book.Day(c.Number); ok {
				out.Text = d.String()
			}
		}
		out.Known = true
	case Date:
		if out.Date, out.Known = r.date(c, text); out.Known {
			out.Text = r.known(out.Date.String())
		}
	case Number:
		if out.Number, out.Known = wholeNumber(f, c, text); out.Known {
			out.is(r.known(strconv.Itoa(out.Number)))
		}
	case Code:
		if out.Word = r.sets[f].find(text); out.Word != nil {
			out.Known = true
			if out.Word.Code != "" {
				out.is(out.Word.Code)
			}
		}
	}
	return out
}

func (c *Cell) is(text string) {
	if c.Text != text {
		c.Text, c.Was = text, c.Text
	}
}

func (r *reader) date(c workbook.Cell, text string) (day.Date, bool) {
	n := c.Number
	if c.Kind != workbook.Number {
		if d, ok := ParseDate(text); ok {
			return d, true
		}
		d, ok := digits(text)
		if !ok || len(text) != 5 { // a count of days that became a text
			return 0, false
		}
		n = float64(d)
	} else if len(text) == 8 { // 20240131
		if d, ok := ParseDate(text); ok {
			return d, true
		}
	}
	if d, ok := r.book.Day(n); ok && d >= firstDay && d <= lastDay {
		return d, true
	}
	return 0, false
}

// wholeNumber reads a whole number. An age may have a fraction: it is the age at the
// last birthday.
func wholeNumber(f Field, c workbook.Cell, text string) (int, bool) {
	n := c.Number
	if c.Kind != workbook.Number {
		var err error
		if n, err = strconv.ParseFloat(text, 64); err != nil || strings.ContainsAny(text, "xXpPnN_") {
			return 0, false
		}
	}
	if f == Age {
		n = math.Floor(n)
	}
	if n != math.Trunc(n) || n < -1_000_000 || n > 1_000_000 {
		return 0, false
	}
	return int(n), true
}
