package ssda903

import (
	"strconv"
	"strings"

	"onus/internal/day"
)

// ParseDate reads a date as the return writes it, 31/03/2026. It also reads
// 2026-03-31, as databases export it, so that other rules have a date to look
// at; valid is false for that, since the Department does not take it.
func ParseDate(s string) (d day.Date, valid bool) {
	if len(s) == 10 && s[4] == '-' {
		d, err := day.Parse(s)
		if err != nil {
			return 0, false
		}
		return d, false
	}
	dd, rest, ok1 := strings.Cut(s, "/")
	mm, yyyy, ok2 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || len(yyyy) != 4 || len(dd) == 0 || len(dd) > 2 || len(mm) == 0 || len(mm) > 2 {
		return 0, false
	}
	for _, p := range [3]string{dd, mm, yyyy} {
		for i := range len(p) {
			if p[i] < '0' || p[i] > '9' {
				return 0, false
			}
		}
	}
	if len(dd) == 1 {
		dd = "0" + dd
	}
	if len(mm) == 1 {
		mm = "0" + mm
	}
	d, err := day.Parse(yyyy + "-" + mm + "-" + dd)
	return d, err == nil
}

// Number reads a number such as 20, 20.0 or -351.
func Number(s string) (float64, bool) {
	if s == "" || strings.ContainsAny(s, "xXpPnNiI_ ") {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}
