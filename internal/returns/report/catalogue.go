package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Catalogue writes a table of rules in Markdown, under a heading.
func Catalogue(w io.Writer, heading, intro string, rules []Rule) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n%s\n\n", heading, intro)
	fmt.Fprintln(b, "| rule | | years | what is wrong where it fails | what to do | looks at |")
	fmt.Fprintln(b, "|-|-|-|-|-|-|")
	for _, r := range rules {
		about := r.Severity.String()
		if r.Level == OfReturn {
			about += ", of the return"
		}
		fmt.Fprintf(b, "| %s%s | %s | %s | %s | %s | %s |\n", r.Code, draftMark(r), about, spell(r.Years), cell(r.Says), cell(r.Do), strings.Join(r.Fields, ", "))
	}
	return b.Flush()
}

// spell says a run of years by its first and last.
func spell(years []string) string {
	switch len(years) {
	case 0:
		return ""
	case 1:
		return years[0]
	}
	return years[0] + " to " + years[len(years)-1]
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
