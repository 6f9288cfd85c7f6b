package govuk

// FieldError is one thing that is wrong in a form, at one field. Field is the id
// of the input, or of the first input of a group.
type FieldError struct {
	Field string
	Text  string
}

// Errors are all that is wrong in a form, in the order of its fields, so that a
// page shows every one at once: in the summary and at its field.
type Errors []FieldError

// Add appends an error at a field.
func (e *Errors) Add(field, text string) {
	*e = append(*e, FieldError{Field: field, Text: text})
}

// Any says whether anything is wrong.
func (e Errors) Any() bool { return len(e) > 0 }

// For returns the first text at a field, or "".
func (e Errors) For(field string) string {
	for _, one := range e {
		if one.Field == field {
			return one.Text
		}
	}
	return ""
}

// Message is the error at a field as a component takes it; empty when there is
// none.
func (e Errors) Message(field string) ErrorMessageParams {
	return ErrorMessageParams{Text: e.For(field)}
}

// Summary is the error summary that stands above the form.
func (e Errors) Summary() ErrorSummaryParams {
	p := ErrorSummaryParams{}
	for _, one := range e {
		p.Items = append(p.Items, ErrorLink{Text: one.Text, Href: "#" + one.Field})
	}
	return p
}
