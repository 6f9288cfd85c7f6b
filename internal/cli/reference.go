package cli

import (
	"fmt"
	"io"
	"strings"

	"onus/internal/duty"
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
	_, err := io.WriteString(w, b.String())
	return err
}

func until(r *duty.Rule) string {
	if r.To == 0 {
		return ""
	}
	return ", before " + r.To.Long()
}

func sourceText(r *duty.Rule) string {
	s := r.Source
	seen := "not seen"
	if s.Seen {
		seen = "seen"
	}
	out := strings.ToUpper(s.Status[:1]) + s.Status[1:] + ". " + strings.TrimSuffix(s.Document, ".") + " (" + seen
	if s.Confidence != "" {
		out += ", confidence " + s.Confidence
	}
	out += ")."
	if s.Text != "" {
		out += " " + s.Text
	}
	return out
}
