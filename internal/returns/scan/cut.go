package scan

import (
	"strings"
	"unicode/utf8"
)

const maxValue = 200 // characters of a value in a message

// Cut shortens a value for a message and puts it on one line. The copy lets go
// of the long text it came from.
func Cut(s string) string {
	if utf8.RuneCountInString(s) > maxValue {
		s = string([]rune(s)[:maxValue]) + "…"
	}
	if strings.ContainsAny(s, "\r\n\t") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}
