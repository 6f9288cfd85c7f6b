package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that do not fall apart into a letter and an accent.
var letters = strings.NewReplacer("ł", "l", "ø", "o", "ß", "ss", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ħ", "h",
	"'", "", "’", "", "‘", "", "`", "", "ʼ", "", "´", "")

// Fold gives a text in small letters without accents or apostrophes, with one
// space for anything else between words. O'Brien, O’BRIEN and Obrien are one.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
	}
	if plain {
		return s
	}
	s = letters.Replace(strings.ToLower(s))
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	put := func(r rune) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	if !ascii {
		s = norm.NFD.String(s)
	}
	for _, r := range s {
		put(r)
	}
	return b.String()
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// stands in for a name that nobody knows yet.
	placeholder = set("baby babe bby unborn ubb ub bb infant newborn unknown unnamed unnam tbc tba nk na nil null none anon anonymous boy girl male female twin triplet child of one two three 1 2 3 i ii not known given yet named first second xx xxx no name forename surname")
	// alone proves that the others stand in for a name as well.
	surely = set("baby babe unborn ubb ub bb infant newborn unknown unnamed tbc tba nk na nil null none anon anonymous twin triplet xx xxx child not no boy girl male female")
	// come before a name and are none.
	title = set("mr mrs ms miss mx dr rev sir lady lord dame master prof")
	// small words of a surname that say little alone.
	particle = set("de da do dos van von der den la le al el bin ibn bint abu abd ul ur bte binti mc mac o st san del di")
)

// given takes what stands in a forename's place apart: the names, without
// placeholders and titles. "Baby Girl" and "Unborn" give nothing.
func given(s string) []string {
	ws := strings.Fields(Fold(s))
	if len(s) <= 4 && surely[strings.Join(ws, "")] { // n/k, u.b.b
		return nil
	}
	sure, all := false, true
	for _, w := range ws {
		sure = sure || surely[w]
		all = all && placeholder[w]
	}
	if sure && all {
		return nil
	}
	if sure && len(ws) > 1 {
		ws = slices.DeleteFunc(ws, func(w string) bool { return placeholder[w] })
	}
	for len(ws) > 1 && title[ws[0]] {
		ws = ws[1:]
	}
	return ws
}

// family takes a surname apart: the whole in one word, and its parts that may
// stand alone.
func family(s string) (whole string, parts []string) {
	ws := given(s)
	for len(ws) > 1 && ws[len(ws)-1] == "nee" {
		ws = ws[:len(ws)-1]
	}
	if len(ws) > 1 {
		for _, w := range ws {
			if len(w) > 2 && !particle[w] && w != "nee" {
				parts = append(parts, w)
			}
		}
	}
	return strings.Join(ws, ""), parts
}

// NHSNumber gives the ten digits of an NHS number whose check digit is right,
// or nothing. The check is modulus 11 with weights ten to two (NHS Data
// Dictionary, NHS NUMBER).
func NHSNumber(s string) string {
	d := make([]byte, 0, 10)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d = append(d, c)
		case c != ' ' && c != '-':
			return ""
		}
	}
	if len(d) != 10 {
		return ""
	}
	sum, same := 0, true
	for i := range 9 {
		sum += int(d[i]-'0') * (10 - i)
		same = same && d[i] == d[9]
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	if same || check == 10 || check != int(d[9]-'0') {
		return ""
	}
	return string(d)
}

// postcode gives a postcode in small letters without spaces. Letters and digits
// that are taken for each other (O and 0, I and 1) are put right in the last
// three places of a UK postcode, which are a digit and two letters.
func postcode(s string) string {
	p := []byte(strings.ReplaceAll(Fold(s), " ", ""))
	if n := len(p); n >= 5 && n <= 7 && p[0] >= 'a' && p[0] <= 'z' {
		switch p[n-3] {
		case 'o':
			p[n-3] = '0'
		case 'i', 'l':
			p[n-3] = '1'
		}
		for _, i := range []int{n - 2, n - 1} {
			switch p[i] {
			case '0':
				p[i] = 'o'
			case '1':
				p[i] = 'i'
			}
		}
	}
	switch string(p) {
	case "zz993vz", "zz993wz", "zz993cz", "unknown", "nfa", "none", "na": // the ONS's stand-ins for no postcode
		return ""
	}
	return string(p)
}

// short names of what a street can be.
var street = map[string]string{"st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "dr": "drive", "cl": "close", "ct": "court", "crt": "court",
	"ln": "lane", "pl": "place", "cres": "crescent", "cr": "crescent", "gdns": "gardens", "gdn": "gardens", "sq": "square", "terr": "terrace",
	"tce": "terrace", "pk": "park", "apt": "flat", "apartment": "flat", "grn": "green", "hse": "house", "wy": "way", "hl": "hill"}

// line gives the words of an address with street kinds written out, and its
// first number.
func line(s string) (text, number string) {
	ws := strings.Fields(Fold(s))
	for i, w := range ws {
		if full, ok := street[w]; ok && i > 0 {
			ws[i] = full
		}
		if number == "" && w[0] >= '0' && w[0] <= '9' {
			number = w
		}
	}
	switch text = strings.Join(ws, " "); text {
	case "nfa", "no fixed abode", "unknown", "not known", "no fixed address":
		return "", ""
	}
	return text, number
}

func sexOf(s string) byte {
	switch s = Fold(s); {
	case s == "", s == "u", s == "unknown", s == "0", s == "9", s == "not known", s == "indeterminate":
		return 0
	case s == "1":
		return 'm'
	case s == "2":
		return 'f'
	case s == "boy":
		return 'm'
	case s == "girl", s == "w", s == "woman":
		return 'f'
	default:
		return s[0]
	}
}

// Digits reads a date written YYYY-MM-DD, YYYYMMDD, DD/MM/YYYY, DD-MM-YYYY or
// with points or spaces, with or without a time after it, as eight digits. A
// year alone or a year and a month give zeros for what is missing. Whatever
// cannot be read is unknown (zero); a day that does not exist is kept, because
// it is mostly one digit away from one that does.
func Digits(s string) int32 {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "T "); i >= 8 {
		s = s[:i]
	}
	var parts [3]int
	var widths [3]int
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' {
			if n > 2 {
				return 0
			}
			parts[n] = parts[n]*10 + int(c-'0')
			widths[n]++
			if widths[n] > 8 {
				return 0
			}
			continue
		}
		if c != '-' && c != '/' && c != '.' && c != ' ' {
			return 0
		}
		if widths[min(n, 2)] > 0 {
			n++
		}
	}
	switch {
	case widths[0] == 8 && widths[1] == 0:
		return int32(parts[0])
	case widths[0] == 4 && widths[1] <= 2 && widths[2] <= 2:
		return int32(parts[0]*10000 + parts[1]*100 + parts[2])
	case widths[0] <= 2 && widths[0] > 0 && widths[1] <= 2 && widths[1] > 0 && widths[2] == 4:
		return int32(parts[2]*10000 + parts[1]*100 + parts[0])
	}
	return 0
}
