package govuk

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// mappers put the options of a fixture into our parameters, by component.
var mappers = map[string]func(*options) templ.Component{
	"back-link": func(o *options) templ.Component {
		return BackLink(BackLinkParams{Text: o.str("text"), Body: o.raw("html"), Href: o.str("href"), Classes: o.str("classes"), Attributes: o.attrs()})
	},
	"breadcrumbs": func(o *options) templ.Component {
		return Breadcrumbs(BreadcrumbsParams{
			Items: each(o, "items", func(i *options) Crumb {
				return Crumb{Text: i.str("text"), Body: i.raw("html"), Href: i.str("href"), Attributes: i.attrs()}
			}),
			CollapseOnMobile: o.flag("collapseOnMobile"), Label: o.str("labelText"), Classes: o.str("classes"), Attributes: o.attrs(),
		})
	},
	"button": func(o *options) templ.Component {
		return Button(ButtonParams{
			Text: o.str("text"), Body: o.raw("html"), Href: o.str("href"), Type: o.str("type"), Name: o.str("name"),
			Value: o.str("value"), ID: o.str("id"), Classes: o.str("classes"), Start: o.flag("isStartButton"),
			Disabled: o.flag("disabled"), Once: o.onlyTrue("preventDoubleClick"), Attributes: o.attrs(),
		})
	},
	"checkboxes": func(o *options) templ.Component {
		var values []string
		list, _ := o.take("values").([]any)
		for _, v := range list {
			if text, ok := v.(string); ok {
				values = append(values, text)
			} else {
				o.reject("values that are no texts")
			}
		}
		return Checkboxes(CheckboxesParams{
			Name: o.str("name"), IDPrefix: o.str("idPrefix"), Values: values, Choices: choicesOf(o, values),
			Fieldset: fieldsetOf(o.obj("fieldset")), DescribedBy: o.str("describedBy"), Hint: hintOf(o.obj("hint")),
			Error: errorOf(o.obj("errorMessage")), Classes: o.str("classes"), GroupClasses: o.obj("formGroup").class(), Attributes: o.attrs(),
		})
	},
	"date-input": dateOf,
	"details": func(o *options) templ.Component {
		return Details(DetailsParams{Summary: o.str("summaryText"), SummaryBody: o.raw("summaryHtml"), Text: o.str("text"), Body: o.raw("html"), ID: o.str("id"), Open: o.flag("open"), Classes: o.str("classes"), Attributes: o.attrs()})
	},
	"error-message": func(o *options) templ.Component { return ErrorMessage(errorOf(o)) },
	"error-summary": func(o *options) templ.Component {
		return ErrorSummary(ErrorSummaryParams{
			Title: o.str("titleText"), TitleBody: o.raw("titleHtml"), Description: o.str("descriptionText"), DescriptionBody: o.raw("descriptionHtml"),
			Items: each(o, "errorList", func(i *options) ErrorLink {
				return ErrorLink{Text: i.str("text"), Body: i.raw("html"), Href: i.str("href"), Attributes: i.attrs()}
			}),
			DisableAutoFocus: o.onlyTrue("disableAutoFocus"), Classes: o.str("classes"), Attributes: o.attrs(),
		})
	},
	"fieldset": func(o *options) templ.Component {
		return within(Fieldset(*fieldsetOf(o)), o.raw("html"))
	},
	"hint": func(o *options) templ.Component { return Hint(hintOf(o)) },
	"input": func(o *options) templ.Component {
		return Input(InputParams{
			ID: o.str("id"), Name: o.str("name"), Type: o.str("type"), Value: o.str("value"), Label: labelOf(o.obj("label")), Hint: hintOf(o.obj("hint")),
			Error: errorOf(o.obj("errorMessage")), Prefix: affixOf(o.obj("prefix")), Suffix: affixOf(o.obj("suffix")), DescribedBy: o.str("describedBy"),
			Inputmode: o.str("inputmode"), Autocomplete: o.str("autocomplete"), Autocapitalize: o.str("autocapitalize"), Pattern: o.str("pattern"),
			Spellcheck: o.optional("spellcheck"), Disabled: o.flag("disabled"), Classes: o.str("classes"), GroupClasses: o.obj("formGroup").class(),
			WrapperClasses: o.obj("inputWrapper").class(), Attributes: o.attrs(),
		})
	},
	"inset-text": func(o *options) templ.Component {
		return InsetText(InsetTextParams{Text: o.str("text"), Body: o.raw("html"), ID: o.str("id"), Classes: o.str("classes"), Attributes: o.attrs()})
	},
	"label": func(o *options) templ.Component { return Label(labelOf(o)) },
	"notification-banner": func(o *options) templ.Component {
		success := o.str("type") == "success"
		return NotificationBanner(NotificationBannerParams{
			Success: success, Title: o.str("titleText"), TitleBody: o.raw("titleHtml"), TitleID: o.str("titleId"), HeadingLevel: o.num("titleHeadingLevel"),
			Text: o.str("text"), Body: o.raw("html"), Role: o.str("role"), DisableAutoFocus: o.onlyTrue("disableAutoFocus"), Classes: o.str("classes"), Attributes: o.attrs(),
		})
	},
	"pagination": func(o *options) templ.Component {
		return Pagination(PaginationParams{
			Previous: pageLinkOf(o.obj("previous")), Next: pageLinkOf(o.obj("next")),
			Items: each(o, "items", func(i *options) PageNumber {
				return PageNumber{Text: i.str("number"), Href: i.str("href"), Current: i.flag("current"), Ellipsis: i.flag("ellipsis"), Aloud: i.str("visuallyHiddenText"), Attributes: i.attrs()}
			}),
			Label: o.str("landmarkLabel"), Classes: o.str("classes"), Attributes: o.attrs(),
		})
	},
	"panel": func(o *options) templ.Component {
		class := o.str("classes")
		if strings.Contains(class, "interruption") {
			o.reject("classes=interruption")
		}
		return Panel(PanelParams{Title: o.str("titleText"), TitleBody: o.raw("titleHtml"), HeadingLevel: o.num("headingLevel"), Text: o.str("text"), Body: o.raw("html"), Classes: class, Attributes: o.attrs()})
	},
	"phase-banner": func(o *options) templ.Component {
		return PhaseBanner(PhaseBannerParams{Tag: tagOf(o.obj("tag")), Text: o.str("text"), Body: o.raw("html"), Classes: o.str("classes"), Attributes: o.attrs()})
	},
	"radios": func(o *options) templ.Component {
		value := o.str("value")
		return Radios(RadiosParams{
			Name: o.str("name"), IDPrefix: o.str("idPrefix"), Value: value, Choices: choicesOf(o, []string{value}), Fieldset: fieldsetOf(o.obj("fieldset")),
			Hint: hintOf(o.obj("hint")), Error: errorOf(o.obj("errorMessage")), Classes: o.str("classes"), GroupClasses: o.obj("formGroup").class(), Attributes: o.attrs(),
		})
	},
	"select": func(o *options) templ.Component {
		value := o.str("value")
		return Select(SelectParams{
			ID: o.str("id"), Name: o.str("name"), Value: value,
			Options: each(o, "items", func(i *options) Option {
				option := Option{Value: i.str("value"), EmptyValue: i.has("value"), Text: i.str("text"), Selected: i.flag("selected"), Disabled: i.flag("disabled"), Attributes: i.attrs()}
				if i.has("value") && i.m["value"] == false {
					option.Value = "false"
				}
				if value != "" && or(option.Value, option.Text) == value && i.has("selected") {
					i.onlyTrue("selected")
				}
				return option
			}),
			Label: labelOf(o.obj("label")), Hint: hintOf(o.obj("hint")), Error: errorOf(o.obj("errorMessage")), DescribedBy: o.str("describedBy"),
			Disabled: o.flag("disabled"), Classes: o.str("classes"), GroupClasses: o.obj("formGroup").class(), Attributes: o.attrs(),
		})
	},
	"skip-link": func(o *options) templ.Component {
		return SkipLink(SkipLinkParams{Text: o.str("text"), Body: o.raw("html"), Href: o.str("href"), Classes: o.str("classes"), Attributes: o.attrs()})
	},
	"summary-list": summaryOf,
	"table": func(o *options) templ.Component {
		var rows [][]Cell
		list, _ := o.take("rows").([]any)
		for _, row := range list {
			if cells, ok := row.([]any); ok {
				r := o.child("rows[]", map[string]any{"cells": cells})
				rows = append(rows, each(r, "cells", cellOf))
			}
		}
		return Table(TableParams{
			Caption: o.str("caption"), CaptionClasses: o.str("captionClasses"), Head: each(o, "head", cellOf), Rows: rows,
			FirstCellIsHeader: o.flag("firstCellIsHeader"), Classes: o.str("classes"), Attributes: o.attrs(),
		})
	},
	"tag": func(o *options) templ.Component { return Tag(tagOf(o)) },
	"textarea": func(o *options) templ.Component {
		return Textarea(TextareaParams{
			ID: o.str("id"), Name: o.str("name"), Value: o.str("value"), Rows: o.num("rows"), Label: labelOf(o.obj("label")), Hint: hintOf(o.obj("hint")),
			Error: errorOf(o.obj("errorMessage")), DescribedBy: o.str("describedBy"), Autocomplete: o.str("autocomplete"), Spellcheck: o.optional("spellcheck"),
			Disabled: o.flag("disabled"), Classes: o.str("classes"), GroupClasses: o.obj("formGroup").class(), Attributes: o.attrs(),
		})
	},
	"warning-text": func(o *options) templ.Component {
		return WarningText(WarningTextParams{Text: o.str("text"), Body: o.raw("html"), Prefix: o.str("iconFallbackText"), Classes: o.str("classes"), Attributes: o.attrs()})
	},
}

// within renders a component with children.
func within(outer, inner templ.Component) templ.Component {
	if inner == nil {
		return outer
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, inner), w)
	})
}

func (o *options) class() string {
	if o == nil {
		return ""
	}
	return o.str("classes")
}

func labelOf(o *options) LabelParams {
	if o == nil {
		return LabelParams{}
	}
	return LabelParams{Text: o.str("text"), Body: o.raw("html"), For: o.str("for"), Classes: o.str("classes"), PageHeading: o.flag("isPageHeading"), Attributes: o.attrs()}
}

func hintOf(o *options) HintParams {
	if o == nil {
		return HintParams{}
	}
	return HintParams{Text: o.str("text"), Body: o.raw("html"), ID: o.str("id"), Classes: o.str("classes"), Attributes: o.attrs()}
}

func errorOf(o *options) ErrorMessageParams {
	if o == nil {
		return ErrorMessageParams{}
	}
	p := ErrorMessageParams{Text: o.str("text"), Body: o.raw("html"), ID: o.str("id"), Prefix: o.str("visuallyHiddenText"), Classes: o.str("classes"), Attributes: o.attrs()}
	p.NoPrefix = o.has("visuallyHiddenText") && p.Prefix == ""
	return p
}

func fieldsetOf(o *options) *FieldsetParams {
	if o == nil {
		return nil
	}
	p := FieldsetParams{DescribedBy: o.str("describedBy"), Role: o.str("role"), Classes: o.str("classes"), Attributes: o.attrs()}
	if l := o.obj("legend"); l != nil {
		p.Legend = LegendParams{Text: l.str("text"), Body: l.raw("html"), Classes: l.str("classes"), PageHeading: l.flag("isPageHeading")}
	}
	return &p
}

func affixOf(o *options) Affix {
	if o == nil {
		return Affix{}
	}
	return Affix{Text: o.str("text"), Body: o.raw("html"), Classes: o.str("classes"), Attributes: o.attrs()}
}

func tagOf(o *options) TagParams {
	if o == nil {
		return TagParams{}
	}
	return TagParams{Text: o.str("text"), Body: o.raw("html"), Classes: o.str("classes"), Attributes: o.attrs()}
}

func pageLinkOf(o *options) PageLink {
	if o == nil {
		return PageLink{}
	}
	return PageLink{Text: o.str("text"), Body: o.raw("html"), Label: o.str("labelText"), Href: o.str("href"), Attributes: o.attrs()}
}

func cellOf(o *options) Cell {
	format := o.str("format")
	if format != "" && format != "numeric" {
		o.reject("format=" + format)
	}
	return Cell{Text: o.str("text"), Body: o.raw("html"), Numeric: format == "numeric", Colspan: o.num("colspan"), Rowspan: o.num("rowspan"), Classes: o.str("classes"), Attributes: o.attrs()}
}
