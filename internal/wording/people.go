package wording

import "slices"

func setOf(words ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		out[w] = true
	}
	return out
}

// family are words for people of a family, who are somebody without a name.
var family = setOf("mum", "mummy", "mam", "mom", "mother", "dad", "daddy", "father", "nan", "nana", "nanny", "gran", "granny", "grandma", "grandmother",
	"grandad", "granddad", "grandpa", "grandfather", "grandparents", "auntie", "aunty", "aunt", "uncle", "stepdad", "stepmum", "stepfather", "stepmother",
	"sister", "brother", "cousin", "godmother", "godfather", "partner", "neighbour", "childminder")

// parents are those on whom a plan most often puts what must change.
var parents = setOf("mum", "mummy", "mam", "mother", "dad", "daddy", "father", "parent", "parents", "stepdad", "stepmum", "stepfather", "stepmother", "carer", "carers")

// roles are people whom a family knows by what they do.
var roles = setOf("nursery", "school", "teacher", "headteacher", "gp", "doctor", "nurse", "midwife", "police", "dentist", "paediatrician", "lawyer", "landlord", "chair")

var rolePairs = map[[2]string]bool{{"health", "visitor"}: true, {"social", "worker"}: true, {"family", "worker"}: true, {"key", "worker"}: true, {"foster", "carer"}: true,
	{"duty", "team"}: true, {"night", "team"}: true, {"support", "worker"}: true, {"team", "manager"}: true}

var numberWords = setOf("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fourteen", "twenty", "thirty", "half",
	"once", "twice", "every", "each", "daily", "weekly", "first", "second", "third", "none", "never")

var weekdays = setOf("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays",
	"saturdays", "sundays", "weekday", "weekdays", "weekend", "weekends")

var months = setOf("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
	"jan", "feb", "apr", "aug", "sept", "oct", "nov", "dec", "christmas", "easter")

var timeWords = setOf("evening", "evenings", "morning", "mornings", "night", "nights", "tonight", "today", "tomorrow", "day", "days", "week", "weeks", "month", "months",
	"hour", "hours", "minute", "minutes", "bedtime", "teatime", "breakfast", "lunchtime", "every", "daily", "weekly", "afternoon", "afternoons", "straight", "immediately")

var dayWords = setOf("yesterday", "today", "birth", "since", "night", "evening", "evenings", "nights", "morning", "mornings", "week", "weeks", "month", "months", "times")

// What a text can be looked through for.
const (
	aNumber = "number"
	aPerson = "person"
	aTime   = "time"
	aDay    = "day"
	aPhone  = "phone"
	we      = "we"
)

var kindsOfThing = []string{aNumber, aPerson, aTime, aDay, aPhone, we}

// has says whether a text has one of these things in the tokens from to.
func (t *text) has(from, to int, of []string, names map[string]bool) bool {
	for i := from; i < to; i++ {
		for _, kind := range of {
			if t.is(i, to, kind, names) {
				return true
			}
		}
	}
	return false
}

func (t *text) is(i, to int, kind string, names map[string]bool) bool {
	tok := t.toks[i]
	switch kind {
	case aNumber:
		return tok.number || numberWords[tok.low] && !(tok.low == "one" && i > 0 && slices.Contains([]string{"no", "some", "any"}, t.toks[i-1].low))
	case aPerson:
		return tok.upper && names[tok.low] || family[tok.low] || roles[tok.low] || i+1 < to && rolePairs[[2]string{tok.low, t.toks[i+1].low}]
	case aTime:
		return timeWords[tok.low] || weekdays[tok.low] || t.month(i) || clock(tok)
	case aDay:
		return weekdays[tok.low] || t.month(i) || dayWords[tok.low] || tok.number && i+1 < to && t.month(i+1) || dateLike(tok)
	case aPhone:
		return tok.number && digitsOf(tok.low) >= 10 || tok.low == "999" || tok.low == "111" || tok.low == "101"
	case we:
		return tok.low == "we"
	}
	return false
}

// month: "may" is one with a capital, beside a number or after a word that leads to a day.
func (t *text) month(i int) bool {
	tok := t.toks[i]
	if !months[tok.low] || !tok.upper {
		return false
	}
	if tok.low != "may" && tok.low != "march" {
		return true
	}
	near := func(k int) bool {
		return k >= 0 && k < len(t.toks) && (t.toks[k].number || slices.Contains([]string{"in", "since", "from", "by", "until", "of", "last", "and"}, t.toks[k].low))
	}
	return near(i-1) || i+1 < len(t.toks) && t.toks[i+1].number
}

// clock: 5pm, 5.30pm, 17:00.
func clock(tok token) bool {
	if !tok.number {
		return false
	}
	n := len(tok.low)
	return n > 2 && (tok.low[n-2:] == "pm" || tok.low[n-2:] == "am") || slices.Contains([]byte(tok.low), ':')
}

func dateLike(tok token) bool {
	return tok.number && (slices.Contains([]byte(tok.low), '/') || len(tok.low) == 4 && (tok.low[:2] == "20" || tok.low[:2] == "19"))
}

func digitsOf(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
