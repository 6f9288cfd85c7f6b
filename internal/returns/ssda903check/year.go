package ssda903check

import (
	"onus/internal/day"
	"onus/internal/returns/report"
)

// The collection years whose rules are known here. The last is a draft.
const FirstYear, LastYear, DraftYear = 2023, 2027, 2027

// ParseYear reads "2025/26" or "2025-26" and gives the collection year, 2026.
func ParseYear(s string) (int, error) { return report.ParseYear(s, FirstYear, LastYear) }

// Options say how a return is to be checked.
type Options struct {
	Year       int      // collection year; 0 for the newest that is not a draft
	Start, End day.Date // first and last day of the collection year; zero for 1 April and 31 March
	Authority  string   // code of the authority that makes the return; empty when not known
	Postcodes  Postcodes
	Providers  Providers // nil when not given
}
