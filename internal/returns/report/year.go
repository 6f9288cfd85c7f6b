package report

import (
	"fmt"
	"strconv"
)

// YearName gives a collection year as it is spoken of: 2025/26 for 2026.
func YearName(year int) string { return fmt.Sprintf("%d/%02d", year-1, year%100) }

// ParseYear reads "2025/26" or "2025-26" and gives the collection year, 2026, where
// it is one of those from first to last.
func ParseYear(s string, first, last int) (int, error) {
	bad := fmt.Errorf("%q is not a year. Write it as 2025/26", s)
	if len(s) != 7 || (s[4] != '/' && s[4] != '-') {
		return 0, bad
	}
	from, err1 := strconv.Atoi(s[:4])
	to, err2 := strconv.Atoi(s[5:])
	if err1 != nil || err2 != nil || from < 1000 || to != (from+1)%100 {
		return 0, bad
	}
	if from+1 < first || from+1 > last {
		return 0, fmt.Errorf("there are no rules here for %s: only for %s to %s", s, YearName(first), YearName(last))
	}
	return from + 1, nil
}
