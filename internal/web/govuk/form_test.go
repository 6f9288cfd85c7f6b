package govuk

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func TestErrorsStandAtTheSummaryAndAtTheField(t *testing.T) {
	var errs Errors
	if errs.Any() || errs.For("when") != "" || errs.Message("when").present() {
		t.Fatal("no error yet, and one is shown")
	}
	errs.Add("when", "Enter the day of the visit")
	errs.Add("who", "Say who was seen")
	errs.Add("when", "The day cannot be in the future")
	if got := errs.For("when"); got != "Enter the day of the visit" {
		t.Errorf("For = %q", got)
	}
	var b strings.Builder
	if err := ErrorSummary(errs.Summary()).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`href="#when"`, `href="#who"`, "There is a problem", "in the future"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("summary has no %s", want)
		}
	}
	if err := Input(InputParams{Name: "who", Label: LabelParams{Text: "Who"}, Error: errs.Message("who")}).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `aria-describedby="who-error"`) {
		t.Errorf("field is not described by its error: %s", b.String())
	}
}

func TestNothingTypedIsTakenForMarkup(t *testing.T) {
	const typed = "\n</textarea><script>alert(1)</script>"
	var b strings.Builder
	for _, c := range []templ.Component{
		Textarea(TextareaParams{Name: "a", Value: typed}),
		Input(InputParams{Name: "b", Value: typed, Label: LabelParams{Text: typed}}),
		SummaryList(SummaryListParams{Rows: []SummaryRow{{Key: Words{Text: typed}, Value: Words{Text: typed}}}}),
		Button(ButtonParams{Text: "go", Href: "javascript:alert(1)"}),
	} {
		if err := c.Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(b.String(), "<script") || strings.Contains(b.String(), "javascript:") {
		t.Errorf("markup got through: %s", b.String())
	}
	if !strings.Contains(b.String(), ">\n\n&lt;/textarea") {
		t.Errorf("the first line break of what was typed is lost: %s", b.String())
	}
}
