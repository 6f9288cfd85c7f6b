package wording

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reading is how a text reads, by several formulae. All are help for whoever
// writes: they do not see sense, tone or translation, and none is a score on anybody.
type Reading struct {
	Sentences int
	// Words are all that a reader reads, names and numbers among them: they make
	// the length of a sentence. Counted are those of which syllables and letters are
	// counted: names of people, numbers, times and phone numbers are not.
	Words, Counted int
	Average        float64 // words in a sentence
	Longest        int     // words in the longest sentence
	LongestText    string
	Syllables      int
	Long           int     // counted words of three syllables and more
	LongShare      float64 // of the counted words, 0 to 1

	FleschEase    float64 // 0 to 100 and beyond, higher is easier
	FleschKincaid float64 // US grade, as are the ones below
	UKAge         float64 // Flesch-Kincaid grade and 5
	SMOG          float64
	GunningFog    float64
	ColemanLiau   float64
	Automated     float64 // Automated Readability Index
}

// Least is how many words it takes to judge how a text reads.
const Least = 30

// TooShort says that there are too few words to judge by.
func (r Reading) TooShort() bool { return r.Counted < Least }

// Read says how a text reads. Of names, every word is skipped where it stands with
// a capital: "Will Okell" does not hide the word "will".
func Read(raw string, names []string) Reading {
	return read(parse(raw), nameSet(names))
}

func nameSet(names []string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		for _, t := range parse(n).toks {
			if !family[t.low] { // Nan and Auntie are words
				out[t.low] = true
			}
		}
	}
	return out
}

// tally is what is counted of sentences before any formula.
type tally struct{ sentences, words, counted, syllables, long, letters int }

// tally counts one sentence.
func (t *text) tally(s sentence, names map[string]bool) tally {
	c := tally{sentences: 1, words: s.to - s.from}
	for _, tok := range t.toks[s.from:s.to] {
		if tok.number || tok.upper && names[tok.low] {
			continue
		}
		c.counted++
		c.letters += utf8.RuneCountInString(tok.low) - strings.Count(tok.low, "'")
		n := Syllables(tok.low)
		if tok.caps && !hasVowel(tok.low) {
			n = utf8.RuneCountInString(tok.low) // CP is spelled
		}
		c.syllables += n
		c.long += one(n >= 3)
	}
	return c
}

func (c *tally) add(x tally) {
	c.sentences += x.sentences
	c.words += x.words
	c.counted += x.counted
	c.syllables += x.syllables
	c.long += x.long
	c.letters += x.letters
}

func read(t *text, names map[string]bool) Reading {
	var sum tally
	var longest sentence
	for _, s := range t.sents {
		sum.add(t.tally(s, names))
		if s.to-s.from > longest.to-longest.from {
			longest = s
		}
	}
	r := sum.reading()
	r.Longest, r.LongestText = longest.to-longest.from, t.of(longest)
	return r
}

// reading has everything but the longest sentence.
func (c tally) reading() Reading {
	r := Reading{Sentences: c.sentences, Words: c.words, Counted: c.counted, Syllables: c.syllables, Long: c.long}
	if r.Sentences == 0 || r.Counted == 0 {
		return r
	}
	words, sents := float64(r.Counted), float64(r.Sentences)
	r.Average = float64(r.Words) / sents
	perWord := float64(r.Syllables) / words
	r.LongShare = float64(r.Long) / words
	r.FleschEase = 206.835 - 1.015*r.Average - 84.6*perWord
	r.FleschKincaid = 0.39*r.Average + 11.8*perWord - 15.59
	r.UKAge = r.FleschKincaid + 5
	r.SMOG = 1.0430*math.Sqrt(float64(r.Long)*30/sents) + 3.1291
	r.GunningFog = 0.4 * (r.Average + 100*r.LongShare)
	r.ColemanLiau = 0.0588*float64(c.letters)/words*100 - 0.296*100/r.Average - 15.8
	r.Automated = 4.71*float64(c.letters)/words + 0.5*r.Average - 21.43
	return r
}

// Says is the reading in words: "Reads at about age 9 to 10; the longest sentence has
// 17 words." Of a text that is too short it says how short.
func (r Reading) Says() string {
	switch {
	case r.Words == 0:
		return "There is nothing to read yet."
	case r.TooShort():
		return fmt.Sprintf("Too short to judge how it reads: %s, and it takes %d. The longest sentence has %s.", plural(r.Counted, "word"), Least, plural(r.Longest, "word"))
	}
	return fmt.Sprintf("Reads at about age %s; the longest sentence has %s.", r.Age(), plural(r.Longest, "word"))
}

// Age is the age in words, as "9 to 10": nobody can say it to the year.
func (r Reading) Age() string {
	n := int(math.Floor(r.UKAge))
	switch {
	case n < 6:
		return "5 to 6"
	case n >= 18:
		return "18 and over"
	}
	return fmt.Sprintf("%d to %d", n, n+1)
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	r, w := utf8.DecodeRuneInString(s)
	if w == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[w:]
}
