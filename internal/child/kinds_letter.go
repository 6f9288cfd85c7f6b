package child

import (
	"regexp"

	"onus/internal/entry"
)

// LetterHows are how a letter reaches whoever it is to.
var LetterHows = []string{"given by hand", "read out to them", "by post", "through an interpreter"}

// LetterSent is a letter to somebody in the family, or to somebody else about the child:
// whole, as it went.
type LetterSent struct {
	To    string `json:"to"`           // by name
	As    string `json:"as,omitempty"` // who they are to the child
	Of    string `json:"of,omitempty"` // the letter of the rules that it began from
	Title string `json:"title"`
	Text  string `json:"text"`
	How   string `json:"how"` // one of LetterHows
}

// Kind of the entry.
func (LetterSent) Kind() entry.Kind { return "letter.sent" }

// emptyPlace is a place in a letter that nobody has filled.
var emptyPlace = regexp.MustCompile(`\[[^\[\]\n]{1,120}\]|\{[a-z ]+\}`)

// EmptyPlaces are the places in a text that nobody has filled, as they stand there.
func EmptyPlaces(text string) []string { return emptyPlace.FindAllString(text, -1) }

// Check sees what is wrong without knowing the record.
func (b LetterSent) Check() (ps []entry.Problem) {
	ps = entry.Short(entry.Need(ps, "to", b.To, "Enter who the letter is to"), "to", b.To)
	ps = entry.Short(entry.Need(ps, "title", b.Title, "Enter what the letter is about"), "title", b.Title)
	ps = entry.Short(entry.Need(ps, "text", b.Text, "Write the letter"), "text", b.Text)
	ps = entry.Short(ps, "as", b.As)
	if open := EmptyPlaces(b.Text); len(open) > 0 {
		ps = append(ps, entry.Problem{Field: "text", Text: "Fill in what stands in brackets, or take it out: " + open[0]})
	}
	return entry.OneOf(ps, "how", b.How, LetterHows, "Choose how it reaches them")
}
