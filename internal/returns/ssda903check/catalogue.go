package ssda903check

import (
	"fmt"
	"io"
	"strings"

	"onus/internal/returns/report"
)

// WriteCatalogue writes the rules of a collection year in Markdown; with year 0,
// of all years.
func WriteCatalogue(w io.Writer, year int) error {
	rules := Rules(year)
	unwritten := map[string]bool{}
	for i := range declared {
		if declared[i].run == nil {
			unwritten[declared[i].code] = true
		}
	}
	for i := range rules {
		if unwritten[rules[i].Code] {
			rules[i].Do += " **Not written yet: could not run.**"
		}
	}
	intro := fmt.Sprintf(`Made by `+"`onus validate ssda903 --rules`"+` from the rules themselves; do not edit. Codes, years and what is looked at are the Department for
Education's; the words are ours. %d rules are in force in %s. Those of %s are a **draft** and may still change.
A rule that reads differently from some year on stands here once for each reading. What others read differently: returns-differences.md.
Not written yet, and reported as *could not run*: %s.`,
		len(Rules(DraftYear-1)), report.YearName(DraftYear-1), report.YearName(DraftYear), strings.Join(notWritten(), ", "))
	return report.Catalogue(w, "Rules of the return of children looked after (SSDA903)", intro, rules)
}

func notWritten() []string {
	var out []string
	for _, r := range Rules(0) {
		if d := firstOf(r.Code); d.run == nil && (len(out) == 0 || out[len(out)-1] != r.Code) {
			out = append(out, r.Code)
		}
	}
	return out
}

func firstOf(code string) *rule {
	for i := range declared {
		if declared[i].code == code {
			return &declared[i]
		}
	}
	return nil
}
