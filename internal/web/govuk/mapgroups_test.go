package govuk

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// The mappers of components whose options are not one to one with ours.

func choicesOf(o *options, chosen []string) []Choice {
	for i, item := range o.list("items") {
		if item == nil && i < len(o.list("items"))-1 {
			o.reject("items[] that are no object")
			break
		}
	}
	o.children["items[]"] = nil
	return each(o, "items", func(i *options) Choice {
		c := Choice{
			Value: i.str("value"), Text: i.str("text"), Body: i.raw("html"), Hint: hintOf(i.obj("hint")), ID: i.str("id"), Name: i.str("name"),
			Checked: i.flag("checked"), Disabled: i.flag("disabled"), Exclusive: i.str("behaviour") == "exclusive", Divider: i.str("divider"),
			LabelClasses: i.obj("label").class(), Attributes: i.attrs(),
		}
		if conditional := i.obj("conditional"); conditional != nil {
			c.Conditional = conditional.raw("html")
		}
		if slices.Contains(chosen, c.Value) && c.Value != "" && i.has("checked") {
			i.onlyTrue("checked")
		}
		return c
	})
}

func dateOf(o *options) templ.Component {
	p := DateInputParams{
		ID: o.str("id"), NamePrefix: o.str("namePrefix"), Fieldset: fieldsetOf(o.obj("fieldset")), Hint: hintOf(o.obj("hint")),
		Error: errorOf(o.obj("errorMessage")), Classes: o.str("classes"), GroupClasses: o.obj("formGroup").class(), Attributes: o.attrs(),
	}
	parts := map[string]*DatePart{"day": &p.Day, "month": &p.Month, "year": &p.Year}
	values, listed := o.obj("values"), len(o.list("items")) > 0
	if listed && !dateItems(o, parts) {
		o.children = nil
		o.reject("items")
		return DateInput(p)
	}
	exempt := map[string]bool{}
	for name, part := range parts {
		if o.has(name) && o.m[name] == false {
			o.take(name)
			o.reject(name + "=false")
			continue
		}
		given := o.obj(name)
		if !listed {
			*part = datePart(given)
		} else if given != nil {
			part.Value = or(part.Value, given.str("value"))
		}
		full := or(part.Name, name)
		if p.NamePrefix != "" {
			full = p.NamePrefix + "-" + full
		}
		if values != nil {
			part.Value = or(part.Value, values.str(full), values.str(name))
			values.take(full)
		}
		exempt[name] = given != nil && given.m["error"] == false
	}
	for _, item := range o.children["items[]"] {
		exempt[item.str("name")] = item.m["error"] == false
	}
	// "Not this part" is, in ours, that the others are the parts that are wrong.
	for name, part := range parts {
		part.Invalid = part.Invalid || !exempt[name] && (exempt["day"] || exempt["month"] || exempt["year"])
	}
	return DateInput(p)
}

// dateItems takes a list of parts that is day, month and year, in this order.
func dateItems(o *options, parts map[string]*DatePart) bool {
	items := o.children["items[]"]
	if len(items) != 3 {
		return false
	}
	for i, name := range []string{"day", "month", "year"} {
		if items[i] == nil || items[i].str("name") != name {
			return false
		}
		*parts[name] = datePart(items[i])
	}
	return true
}

func datePart(o *options) DatePart {
	if o == nil {
		return DatePart{}
	}
	p := DatePart{
		Value: o.str("value"), Label: o.str("label"), Invalid: o.flag("error"), ID: o.str("id"), Name: o.str("name"), Inputmode: o.str("inputmode"),
		Autocomplete: o.str("autocomplete"), Pattern: o.str("pattern"), Classes: o.str("classes"), Attributes: o.attrs(),
	}
	if slices.Contains([]string{"day", "month", "year"}, p.Name) {
		p.Name = ""
	}
	if strings.Contains(p.Classes, "govuk-input--error") {
		p.Classes, p.Invalid = strings.TrimSpace(strings.ReplaceAll(p.Classes, "govuk-input--error", "")), true
	}
	return p
}

func actionOf(o *options) Action {
	return Action{Text: o.str("text"), Body: o.raw("html"), Href: o.str("href"), Hidden: o.str("visuallyHiddenText"), Classes: o.str("classes"), Attributes: o.attrs()}
}

func wordsOf(o *options) Words {
	if o == nil {
		return Words{}
	}
	return Words{Text: o.str("text"), Body: o.raw("html"), Classes: o.str("classes")}
}

func actionsOf(o *options) ([]Action, string) {
	a := o.obj("actions")
	if a == nil {
		return nil, ""
	}
	return each(a, "items", actionOf), a.str("classes")
}

func summaryOf(o *options) templ.Component {
	p := SummaryListParams{
		Rows: each(o, "rows", func(r *options) SummaryRow {
			row := SummaryRow{Key: wordsOf(r.obj("key")), Value: wordsOf(r.obj("value")), Classes: r.str("classes")}
			row.Actions, row.ActionsClasses = actionsOf(r)
			return row
		}),
		Classes: o.str("classes"), Attributes: o.attrs(),
	}
	if c := o.obj("card"); c != nil {
		card := SummaryCard{Classes: c.str("classes"), Attributes: c.attrs()}
		if title := c.obj("title"); title != nil {
			card.Title, card.HeadingLevel = wordsOf(title), title.num("headingLevel")
		}
		card.Actions, card.ActionsClasses = actionsOf(c)
		p.Card = &card
	}
	return SummaryList(p)
}
