package ssda903check

import (
	"fmt"
	"strconv"

	"onus/internal/day"
)

// The collection years whose rules are known here. The last is a draft.
const FirstYear, LastYear, DraftYear = 2023, 2027, 2027

// YearName gives a collection year as it is spoken of: 2025/26 for 2026.
func YearName(year int) string { return fmt.Sprintf("%d/%02d", year-1, year%100) }

// ParseYear reads "2025/26" or "2025-26" and gives the collection year, 2026.
func ParseYear(s string) (int, error) {
	bad := fmt.Errorf("%q is not a year. Write it as 2025/26", s)
	if len(s) != 7 || (s[4] != '/' && s[4] != '-') {
		return 0, bad
	}
	from, err1 := strconv.Atoi(s[:4])
	to, err2 := strconv.Atoi(s[5:])
	if err1 != nil || err2 != nil || from < 1000 || to != (from+1)%100 {
		return 0, bad
	}
	if from+1 < FirstYear || from+1 > LastYear {
		return 0, fmt.Errorf("there are no rules here for %s: only for %s to %s", s, YearName(FirstYear), YearName(LastYear))
	}
	return from + 1, nil
}

// Options say how a return is to be checked.
type Options struct {
	Year       int      // collection year; 0 for the newest that is not a draft
	Start, End day.Date // first and last day of the collection year; zero for 1 April and 31 March
	Authority  string   // code of the authority that makes the return; empty when not known
	Postcodes  Postcodes
	Providers  Providers // nil when not given
}
