package cli

import (
	"fmt"
	"io"
	"strings"

	"onus/internal/duty"
	"onus/internal/wording"
)

type rulesReferenceCmd struct {
	Folder string `arg:"" optional:"" help:"A folder of an authority's own rules, laid over the law. The rules that come with Onus when not given."`
}

func (c *rulesReferenceCmd) Run(s stdio) error {
	pack, err := England()
	if c.Folder != "" {
		pack, err = (&rulesCheckCmd{Folder: c.Folder}).folder()
	}
	if err != nil {
		return err
	}
	return Reference(s.out, pack)
}

// Reference writes every rule of a pack as Markdown, by journey: for whoever
// wants to know what is owed to a child, and never uses the rest of Onus.
func Reference(w io.Writer, p *duty.Pack) error {
	var b strings.Builder
	b.WriteString("# What is owed to a child in England, by when\n\n")
	fmt.Fprintf(&b, "%d duties, each with its source. This page is made from the rules that Onus counts with (`onus rules reference`), so it says what is counted, no more and no less. ", len(p.Rules))
	b.WriteString("*Seen* says that the source was read for this page, not only remembered. Local policy differs from place to place: what stands here is an example. ")
	b.WriteString("The text of *Working Together to Safeguard Children 2026* was not available when this was made: its clocks are taken to be those of 2023.\n")
	for _, j := range p.Journeys {
		rules := p.Of(j)
		if len(rules) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", j)
		for _, r := range rules {
			x := p.Words(r)
			fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", r.Duty, strings.TrimSpace(r.About))
			line := func(name, text string) {
				if text != "" {
					fmt.Fprintf(&b, "- **%s**: %s\n", name, strings.TrimRight(text, "\n"))
				}
			}
			line("Time", x.Time)
			line("Other times", strings.Join(x.Other, "; "))
			line("Starts with", strings.Join(x.Starts, "; "))
			line("Met by", strings.Join(x.Met, "; "))
			line("Also ends with", strings.Join(x.Ends, "; "))
			line("Becomes longer with", strings.Join(x.Longer, "; "))
			line("Owed", x.While)
			line("By", x.Owed+fmt.Sprintf("; takes about %s (an example)", r.Takes))
			line("When it is not done", x.Climbs)
			line("Source", sourceText(r))
			line("Changed", r.Changed)
			line("In force", "for what begins from "+r.From.Long()+until(r))
			line("Rule", "`"+r.ID+"`")
		}
	}
	questionsReference(&b, p.AllQuestions())
	wordingReference(&b, p.AllWording())
	_, err := io.WriteString(w, b.String())
	return err
}

// questionsReference writes what an assessment answers.
func questionsReference(b *strings.Builder, questions []duty.Question) {
	if len(questions) == 0 {
		return
	}
	b.WriteString("\n## What an assessment answers\n\nQuestions, never answers. What is recorded already stands under the question that it belongs to, and is not asked again.\n")
	part := ""
	for _, q := range questions {
		if q.Part != part {
			part = q.Part
			fmt.Fprintf(b, "\n### %s\n", part)
		}
		fmt.Fprintf(b, "\n- **%s** %s\n", q.Says(q.Asks, "the child"), q.Says(q.Hint, "the child"))
		if len(q.Fits) > 0 {
			fmt.Fprintf(b, "  - Stands under it by itself: %s\n", strings.Join(q.Fits, "; "))
		}
		if q.Needed {
			b.WriteString("  - Whoever signs while nobody has answered it says why\n")
		}
		if q.Shared {
			b.WriteString("  - Can be taken over to a brother or sister, marked as taken\n")
		}
		fmt.Fprintf(b, "  - Source: %s\n  - In force: from %s, `%s`\n", sourceOf(q.Source.Status, q.Source.Document, q.Source.Text, q.Source.Confidence, q.Source.Seen), q.From.Long(), q.ID)
	}
}

// wordingReference writes what is pointed out while a plan is written, and the words
// that are explained to a family.
func wordingReference(b *strings.Builder, words *wording.Bank) {
	if words.Empty() {
		return
	}
	b.WriteString("\n## What is pointed out while a plan is written\n\nA note quotes the weak words, asks a question and shows a strong example. It never stops anybody from saving. None is added to another: nobody gets a score.\n")
	for _, r := range words.Rules() {
		says, asks := r.General()
		fmt.Fprintf(b, "\n### %s\n\n", strings.TrimSuffix(says, "."))
		fmt.Fprintf(b, "- **Looks at**: %s (%s)\n- **Asks**: %s\n", r.Where(), r.When, asks)
		if len(r.Words) > 0 {
			fmt.Fprintf(b, "- **Words**: %s\n", strings.Join(r.Words, "; "))
		}
		for _, x := range r.StrongOf() {
			fmt.Fprintf(b, "- **A strong one**: %s\n", x)
		}
		if r.Blocks {
			b.WriteString("- **Approval**: needs it changed, or kept with a reason\n")
		}
		fmt.Fprintf(b, "- **Source**: %s\n", sourceOf(r.Source.Status, r.Source.Document, r.Source.Text, r.Source.Confidence, r.Source.Seen))
		if r.Changed != "" {
			fmt.Fprintf(b, "- **Changed**: %s\n", r.Changed)
		}
		fmt.Fprintf(b, "- **In force**: from %s\n- **Rule**: `%s`\n", r.From.Long(), r.ID)
	}
	b.WriteString("\n## Words explained to a family\n\n| word | in plain words |\n|-|-|\n")
	for _, x := range words.Terms() {
		fmt.Fprintf(b, "| %s | %s |\n", strings.Join(x.Words, ", "), x.Plain)
	}
}

func until(r *duty.Rule) string {
	if r.To == 0 {
		return ""
	}
	return ", before " + r.To.Long()
}

func sourceText(r *duty.Rule) string {
	s := r.Source
	return sourceOf(s.Status, s.Document, s.Text, s.Confidence, s.Seen)
}

func sourceOf(status, document, text, confidence string, seen bool) string {
	was := "not seen"
	if seen {
		was = "seen"
	}
	out := strings.ToUpper(status[:1]) + status[1:] + ". " + strings.TrimSuffix(document, ".") + " (" + was
	if confidence != "" {
		out += ", confidence " + confidence
	}
	out += ")."
	if text != "" {
		out += " " + text
	}
	return out
}
