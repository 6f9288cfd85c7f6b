package ssda903check

import (
	"fmt"
	"io"

	"onus/internal/returns/report"
)

// WriteCatalogue writes the rules of a collection year in Markdown; with year 0,
// of all years.
func WriteCatalogue(w io.Writer, year int) error {
	rules := Rules(year)
	intro := fmt.Sprintf(`Made by `+"`onus validate ssda903 --rules`"+` from the rules themselves; do not edit. Codes, years and what is looked at are the Department for
Education's; the words are ours. %d rules are in force in %s. Those of %s are a **draft** and may still change.
A rule that reads differently from some year on stands here once for each reading. What others read differently: returns-differences.md.`,
		len(Rules(DraftYear-1)), report.YearName(DraftYear-1), report.YearName(DraftYear))
	return report.Catalogue(w, "Rules of the return of children looked after (SSDA903)", intro, rules)
}
