// Package govuk is the GOV.UK Design System as typed components: each is a templ
// component with one struct of parameters, and gives the HTML that govuk-frontend
// 6.6.0 gives for the same parameters (conformance_test.go). It knows HTML and
// forms; it must never know a domain, a request or a store.
//
// Where a struct has both Text and Body, Text is plain words and Body a component
// for words that need markup; Body wins. Hint, Error and Label are left out when
// they have neither. Attributes adds attributes to the component's main element.
package govuk

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// classes joins the class names that are not empty.
func classes(names ...string) string {
	kept := names[:0:0]
	for _, name := range names {
		if name != "" {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, " ")
}

// when returns word if the condition holds, else nothing.
func when(condition bool, word string) string {
	if condition {
		return word
	}
	return ""
}

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// described lists the ids that aria-describedby names for a field: what the page
// gave, then the hint's, then the error's, in the order they are read.
func described(given, id string, hint HintParams, err ErrorMessageParams) string {
	ids := given
	if hint.present() {
		ids = classes(ids, id+"-hint")
	}
	if err.present() {
		ids = classes(ids, id+"-error")
	}
	return ids
}

// itemID numbers the choices of a group from the second on, so that the error
// summary can link to the first by the name of the group.
func itemID(own, prefix string, index int) string {
	switch {
	case own != "":
		return own
	case index == 0:
		return prefix
	}
	return prefix + "-" + strconv.Itoa(index+1)
}

// words is the body, or the text. It writes no space after the text, as a templ
// expression on a line of its own would: a link would underline it.
func words(text string, body templ.Component) templ.Component {
	if body != nil {
		return body
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(text))
		return err
	})
}

// joined renders parts with nothing between them.
func joined(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range parts {
			if err := part.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// Words is text, or a component where text needs markup.
type Words struct {
	Text    string
	Body    templ.Component
	Classes string
}

func (w Words) present() bool { return w.Text != "" || w.Body != nil }

// Action is a link at the end of a row or a card. Hidden is read aloud after the
// text, so that "Change" says what it changes.
type Action struct {
	Text       string
	Body       templ.Component
	Href       string
	Hidden     string
	Classes    string
	Attributes templ.Attributes
}
