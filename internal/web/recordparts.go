package web

import (
	"slices"

	"onus/internal/web/govuk"
)

func optional(f field) string {
	if f.optional {
		return f.label + " (if you can)"
	}
	return f.label
}

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

func workerOptions(ws []workerChoice) []govuk.Option {
	out := []govuk.Option{{Text: "Choose", EmptyValue: true}}
	for _, w := range ws {
		out = append(out, govuk.Option{Value: w.Value, Text: w.Text + ": " + w.Hint})
	}
	return out
}

func teamOptions(ts [][2]string) []govuk.Option {
	out := []govuk.Option{{Text: "No team yet", EmptyValue: true}}
	for _, t := range ts {
		out = append(out, govuk.Option{Value: t[0], Text: t[1]})
	}
	return out
}
