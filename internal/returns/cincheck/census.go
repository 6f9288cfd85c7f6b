package cincheck

import (
	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/report"
)

// The collection years whose rules are known here. 2027 is a draft.
const FirstYear, LastYear, DraftYear = 2023, 2027, 2027

// Census is the year that a return is about, as the rules count it.
type Census struct {
	Year  int      // collection year: 2026 for 2025/26
	Start day.Date // the first day of the census year; zero when not known
	End   day.Date // the reference date
}

// CensusOf gives the census of a collection year that ends on a reference date.
// It begins on the day after that date a year earlier.
func CensusOf(year int, end day.Date) Census {
	if end.IsZero() {
		return Census{Year: year}
	}
	return Census{Year: year, Start: end.AddMonths(-12).Add(1), End: end}
}

// lastDay is the reference date of a collection year.
func lastDay(year int) day.Date { return day.Of(year, 3, 31) }

// within says whether a date is given and in the census year.
func (y Census) within(d day.Date) bool { return d >= y.Start && d <= y.End }

// outside says whether a date is given and not in the census year.
func (y Census) outside(d day.Date) bool { return !d.IsZero() && !y.within(d) }

// valid says whether a code is in a code set in the census's year.
func (y Census) valid(set, code string) bool { return cin.Valid(set, code, y.Year) }

// ParseYear reads "2025/26" or "2025-26" and gives the collection year, 2026.
func ParseYear(s string) (int, error) { return report.ParseYear(s, FirstYear, LastYear) }
