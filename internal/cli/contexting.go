package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/web"
)

type contextCmd struct {
	where
	ID    string `arg:"" help:"A duty (as onus duties --json names it), or a child, a person or a post: then what was not done in its time. Of a post from a day to a day: all that is known of that time."`
	Known string `help:"As known at a past moment: 2026-03-02T17:00. For a duty: the end of the day on which it was due, when not given." placeholder:"MOMENT"`
	From  string `help:"Of a child, person or post: due from this day." placeholder:"DAY"`
	To    string `help:"Due up to this day." placeholder:"DAY"`
	JSON  bool   `help:"As JSON." name:"json"`
}

func (c *contextCmd) Run(s stdio) error {
	var known day.Instant
	var from, to day.Date
	var err error
	if c.Known != "" {
		if known, err = day.ParseInstant(c.Known); err != nil {
			return Wrong{err}
		}
	}
	for _, x := range []struct {
		text string
		to   *day.Date
	}{{c.From, &from}, {c.To, &to}} {
		if x.text != "" {
			if *x.to, err = day.Parse(x.text); err != nil {
				return Wrong{err}
			}
		}
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	if !strings.Contains(c.ID, ":") {
		return c.missed(s, o, from, to, known)
	}
	id, err := o.ChildOf(s.ctx, c.ID)
	if err == nil {
		var x *app.Context
		if x, err = o.ContextOf(s.ctx, id, c.ID, known); err == nil {
			return c.show(s, x)
		}
	}
	if errors.Is(err, app.ErrNotFound) {
		return wrong("there is no such duty then: %s. onus duties --json and onus context CHILD list them", c.ID)
	}
	return err
}

// period is a post over a time, whole.
func (c *contextCmd) period(s stdio, x *app.Period) error {
	a := web.AnswerPeriod(x)
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", " ")
		return enc.Encode(a)
	}
	l := x.Line
	p := func(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }
	p("%s, %s to %s. As known at %s.", x.Post.Title, a.From.Long(), a.To.Long(), a.KnownAt.Long())
	p("\nWho answered for it")
	for _, t := range a.Answered {
		who := l.Name(t.Person)
		if t.Person == "" {
			who = "nobody"
		}
		p("  %s to %s: %s (%s)", t.From.Long(), t.To.Long(), who, t.How)
	}
	if len(a.Weeks) > 0 {
		p("\nCould it be done?")
	}
	for _, w := range a.Weeks {
		p("  week of %s: %.1f hours owed, %.1f there were", w.Monday.Long(), w.Owed, w.Had)
	}
	p("\nNot done in its time: %d", a.All)
	for _, m := range a.Missed {
		p("  due %s: %s (%s). %s", m.Due.Long(), m.What, m.State, m.Duty)
	}
	p("\nWarnings: %d", len(a.Warnings))
	for _, w := range a.Warnings {
		p("  %d, %s, %s: %s", w.Number, w.Raised.Long(), w.By, w.Words)
		p("    told to %d posts; %s", w.Told, w.State)
	}
	p("\nSupervision")
	for _, t := range a.Talks {
		switch t.What {
		case "held":
			p("  %s: held by %s", t.On.Long(), l.Name(t.By))
		default:
			p("  %s: %s, told to %s", t.On.Long(), t.What, l.Title(t.Told))
		}
	}
	p("\nDecisions")
	for _, k := range a.Choices {
		p("  %s: %s, by %s. %s", k.When, k.What, k.By, k.Why)
	}
	return nil
}

func (c *contextCmd) missed(s stdio, o *opened, from, to day.Date, known day.Instant) error {
	if from != 0 && to != 0 {
		x, err := o.PeriodOf(s.ctx, c.ID, from, to, known)
		if err == nil {
			return c.period(s, x)
		}
		if !errors.Is(err, app.ErrNotFound) { // else no post: a child, or a person
			return err
		}
	}
	list, err := o.Missed(s.ctx, c.ID, from, to, known)
	if errors.Is(err, app.ErrNotFound) {
		return wrong("there is no child, person or post with the id %s", c.ID)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		if list == nil {
			list = []app.MissedDuty{}
		}
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", " ")
		return enc.Encode(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(s.out, "Nothing that was due then was missed.")
		return nil
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DUE\tSTATE\tWHAT\tCHILD\tOWED BY\tDUTY")
	for _, m := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", m.Due, m.State, m.What, m.Child, m.Owner, m.Duty)
	}
	return t.Flush()
}

func (c *contextCmd) show(s stdio, x *app.Context) error {
	a := web.AnswerContext(x)
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", " ")
		return enc.Encode(a)
	}
	p := func(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }
	p("%s, due %s. %s.", a.What, a.Due.Long(), a.State)
	p("As known at %s. Rule %s: %s.", a.KnownAt.Long(), a.Rule, a.Source)
	p("\nHow the date was counted")
	for _, t := range a.Counted {
		p("  %s", t)
	}
	p("\nWho answered, and what each had been told")
	for _, t := range a.Answered {
		who, told := t.Name, "not yet told"
		if who == "" {
			who = "nobody"
		}
		if t.Told != 0 {
			told = "told " + t.Told.Long()
		}
		opened := "the record not opened"
		if n := len(t.Opened); n > 0 {
			opened = fmt.Sprintf("the record opened on %d days, last %s", n, t.Opened[n-1].Date().Long())
		}
		p("  %s: %s (%s); %s; %s", t.Title, who, t.How, told, opened)
	}
	if a.Load != nil {
		p("\nCould it be done? %d of %d duties of the week were met by then", a.Load.Met, a.Load.Owed)
		for _, w := range a.Load.Weeks {
			p("  week of %s: %.1f hours owed, %.1f there were", w.Monday.Long(), w.Owed, w.Had)
		}
	}
	p("\nWarnings given before: %d", len(a.Warnings))
	for _, w := range a.Warnings {
		p("  %d, %s, %s: %s", w.Number, w.Raised.Long(), w.By, w.Words)
		p("    told to %d posts; %s", w.Told, w.State)
	}
	p("\nSupervision, of the child and of those who answered")
	for _, t := range a.Supervision {
		if t.With != "" {
			t.What = "Supervision with " + x.Page.Line.Name(t.With)
		}
		last, late := "never held", ""
		if t.Last != 0 {
			last = "last held " + t.Last.Long()
		}
		if t.Late {
			late = ", late"
		}
		p("  %s: due %s, %s%s", t.What, t.Due.Long(), last, late)
	}
	p("\nDecisions before")
	for _, k := range a.Decisions {
		p("  %s: %s, by %s. %s", k.When, k.What, k.By, k.Why)
	}
	p("\nRecorded only afterwards: %d entries", a.Later)
	for _, e := range a.After {
		p("  recorded %s, about %s: %s by %s. %s", e.Recorded.Long(), e.Happened, e.Kind, e.Author, e.Says)
	}
	return nil
}
