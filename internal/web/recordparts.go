package web

import (
	"cmp"
	"slices"

	"onus/internal/web/govuk"
)

func optional(f field) string {
	if f.optional {
		return f.label + " (if you can)"
	}
	return f.label
}

func timeHint(d recordData) string { return cmp.Or(d.TimeHint, "Leave it empty if nobody knows.") }

// typed names everything that was typed, in order, but for the step.
func typed(d recordData) (names []string) {
	for name := range d.Values {
		if name != "step" && name != "key" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func choicesOf(cs [][2]string) (out []govuk.Choice) {
	for _, c := range cs {
		out = append(out, govuk.Choice{Value: c[0], Text: c[1]})
	}
	return out
}

// selectOptions are what a list offers, with first what stands there before
// anything is chosen.
func selectOptions(first string, choices [][2]string) []govuk.Option {
	out := []govuk.Option{{Text: first, EmptyValue: true}}
	for _, c := range choices {
		out = append(out, govuk.Option{Value: c[0], Text: c[1]})
	}
	return out
}
