package child

import "strings"

// Alike says how much of two texts is the same, from 0 to 1: the share of all runs
// of so many words, found in either, that both have (Jaccard's measure over
// shingles; Broder, 1997). Case and punctuation play no part. A text of fewer words
// than one run is like none but itself.
func Alike(a, b string, words int) float64 {
	x, y := runs(a, words), runs(b, words)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for r := range x {
		if y[r] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// Words of a text, as Alike compares them.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '\'' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && r < 128 || r == '\u2019' || r == '\u2014' || r == '\u2013'
	})
}

func runs(text string, n int) map[string]bool {
	ws := Words(text)
	if n < 1 || len(ws) == 0 {
		return nil
	}
	n = min(n, len(ws))
	out := map[string]bool{}
	for i := range len(ws) - n + 1 {
		out[strings.Join(ws[i:i+n], " ")] = true
	}
	return out
}
