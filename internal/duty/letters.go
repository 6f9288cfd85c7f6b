package duty

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"onus/internal/day"
)

// Letter is a letter for a usual moment, in plain words: a help to begin, which whoever
// writes it changes.
type Letter struct {
	ID     string   `yaml:"id" json:"id"`
	Title  string   `yaml:"title" json:"title"`
	When   string   `yaml:"when" json:"when"` // when it is of use, in words
	For    string   `yaml:"for" json:"for"`   // one of LettersFor
	Text   string   `yaml:"text" json:"text"` // with {places} that the record fills, and [places] that somebody fills
	Source Source   `yaml:"source" json:"source"`
	From   day.Date `yaml:"from" json:"from"`
}

// LettersFor are whom a letter can be to.
var LettersFor = []string{"parent", "child", "anybody"}

// LetterPlaces are the places of a letter that the record can fill, each with what stands
// there, in brackets, while it cannot.
var LetterPlaces = map[string]string{
	"to": "name", "child": "the child's name", "worker": "my name", "manager": "my manager's name", "authority": "our council",
	"visit": "the day and time of the visit", "missed": "the day on which nobody was in", "review": "the day of the review", "plan ends": "the day on which the plan ends",
}

// LetterPlace finds the places of a letter that the record fills.
var LetterPlace = regexp.MustCompile(`\{([a-z ]+)\}`)

func (x Letter) check() error {
	var errs []error
	if x.ID == "" || x.Title == "" || x.When == "" || x.Text == "" {
		errs = append(errs, errors.New("give its id, its title, when it is of use, and its text"))
	}
	if !slices.Contains(LettersFor, x.For) {
		errs = append(errs, fmt.Errorf("it cannot be for %q: parent, child or anybody", x.For))
	}
	for _, m := range LetterPlace.FindAllStringSubmatch(x.Text, -1) {
		if LetterPlaces[m[1]] == "" {
			errs = append(errs, fmt.Errorf("nothing in the record is called {%s}", m[1]))
		}
	}
	if x.From == 0 || x.Source.Document == "" {
		errs = append(errs, errors.New("give the day from which this counts (from), and the source"))
	}
	return errors.Join(errs...)
}

func (x Letter) since() day.Date { return x.From }

// Letters are those in force on a day, in the order of the pack.
func (p *Pack) Letters(on day.Date) (out []Letter) {
	return newestByID(p.letters, on, func(x Letter) string { return x.ID })
}
