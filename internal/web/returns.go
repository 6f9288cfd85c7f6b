package web

import (
	"net/http"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/annexa"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// returnTitles are what the returns are called where people speak of them.
var returnTitles = map[app.ReturnKind]string{app.ReturnCIN: "Children in need census", app.Return903: "Children looked after (SSDA903)", app.ReturnAnnexA: "Lists for Ofsted (Annex A)", app.ReturnFeed: "Daily feed"}

// returnAbouts say in a sentence what each is.
var returnAbouts = map[app.ReturnKind]string{
	app.ReturnCIN:    "To the Department for Education, of a year to 31 March.",
	app.Return903:    "To the Department for Education, of a year to 31 March.",
	app.ReturnAnnexA: "To Ofsted, of a day: what an inspection begins with.",
	app.ReturnFeed:   "To the Department for Education, each day.",
}

// returnsData is how all returns stand.
type returnsData struct {
	Rows     []returnLine
	MayCheck bool
}

// returnLine is how one return stands, in a line.
type returnLine struct {
	Title, Href, Of, About            string
	State                             shell.State
	Children, Errors, Queries, NotRun string
	When, Since                       string
	On                                string // where to see how far a check is; empty: none is on
	Check                             string // where to have it checked at once; empty: more must be said first
	Authority, Year, Day              string // what to check then
	Broke                             string
}

func (s *Server) returns(w http.ResponseWriter, r *request) error {
	l, err := r.desk.Returns(r.ctx())
	if err != nil {
		return err
	}
	d := returnsData{MayCheck: l.MayCheck}
	for _, x := range l.Rows {
		d.Rows = append(d.Rows, returnLineOf(l, x))
	}
	return s.render(w, http.StatusOK, returnsPage(s.page(r, "Returns", "/returns"), d))
}

func returnLineOf(l *app.ReturnsList, x app.ReturnStanding) returnLine {
	out := returnLine{Title: returnTitles[x.Kind], Href: returnHref(x.Kind), About: returnAbouts[x.Kind], State: returnState(x)}
	if x.On != nil {
		out.On = out.Href + "/progress"
	}
	if x.Broke != nil {
		out.Broke = "The check of " + x.Broke.Asked.Long() + " broke off. " + x.Broke.Problem
	}
	if run := x.Last; run != nil {
		out.Of = ", " + returnOf(*run)
		out.Children, out.Errors, out.Queries, out.NotRun = itoa(run.Children), itoa(run.Errors), itoa(run.Queries), itoa(run.NotRun)
		out.When, out.Since = momentAgo(run.Ended, l.Now), freshWords(x.Since)
	}
	if o := l.Usual[x.Kind]; o.Authority != "" && l.MayCheck && x.On == nil {
		out.Check, out.Authority, out.Year = out.Href, o.Authority, o.Year
		if o.On != 0 {
			out.Day = o.On.String()
		}
	}
	return out
}

func returnHref(kind app.ReturnKind) string { return "/returns/" + string(kind) }

// returnOf is the time that a run is of, in words: "2025/26", "31 March 2026".
func returnOf(run app.ReturnRun) string {
	if on, err := day.Parse(run.Of); err == nil {
		return on.Long()
	}
	return run.Of
}

// returnState is how a return stands in a word or two. It never says that all is well
// where a rule did not run.
func returnState(x app.ReturnStanding) shell.State {
	switch run := x.Last; {
	case x.On != nil && x.On.State == app.RunWaiting:
		return shell.State{Kind: shell.Blue, Text: "waits to be checked"}
	case x.On != nil:
		return shell.State{Kind: shell.Blue, Text: "being checked"}
	case run == nil:
		return shell.State{Kind: shell.Grey, Text: "not checked yet"}
	case run.Rules() == 0:
		return shell.State{Kind: shell.Soon, Text: "nobody is in it"}
	case run.Errors > 0:
		return shell.State{Kind: shell.Late, Text: count(run.Errors, "rule finds errors", "rules find errors")}
	case run.NotRun > 0:
		return shell.State{Kind: shell.Soon, Text: count(run.NotRun, "rule could not run", "rules could not run")}
	case run.LeftOut() > 0:
		return shell.State{Kind: shell.Soon, Text: count(run.LeftOut(), "child is left out", "children are left out")}
	case run.Queries > 0:
		return shell.State{Kind: shell.Blue, Text: count(run.Queries, "query", "queries")}
	}
	return shell.State{Kind: shell.OK, Text: "every rule held"}
}

// returnAnswer is how a check ended, in a sentence, and whether that is bad.
func returnAnswer(run app.ReturnRun) (says string, bad bool) {
	switch {
	case run.Rules() == 0 && len(run.Facts.Left) > 0:
		return "Nobody is in it, so no rule was asked. Who is left out, and why, stands below.", true
	case run.Rules() == 0:
		return "Nobody belongs in it, as far as is recorded, so no rule was asked.", true
	case run.Errors > 0:
		return "Not ready to go: " + count(run.Errors, "rule finds errors", "rules find errors") + " that must be mended first.", true
	case run.NotRun > 0:
		return "No error was found, but " + count(run.NotRun, "rule", "rules") + " could not run: nobody knows what they would find.", true
	case run.LeftOut() > 0:
		return "No error was found in it, but " + count(run.LeftOut(), "child who belongs", "children who belong") + " in it " + map[bool]string{true: "is", false: "are"}[run.LeftOut() == 1] + " left out.", true
	case run.Queries > 0:
		return "Nothing stops it. " + count(run.Queries, "query", "queries") + " to mend, or to give the reason for.", false
	}
	return "Nothing was found. Every rule held.", false
}

// momentAgo is a moment with how long it is ago, as people say it.
func momentAgo(t, now day.Instant) string {
	if t.Date() == now.Date() {
		if now-t < day.Minute {
			return "just now"
		}
		return "today " + t.Clock() + ", " + spanWords(now-t) + " ago"
	}
	return t.Date().Long() + " " + t.Clock() + ", " + ago(t.Date(), now.Date())
}

// freshWords say how fresh a check is.
func freshWords(entries int64) string {
	if entries <= 0 {
		return "Nothing was recorded since."
	}
	return count(int(entries), "entry was recorded since.", "entries were recorded since.")
}

func checkedBy(l *line.Line, run app.ReturnRun) string { return l.Name(run.Person) }

// returnFields are the questions that a check or a file of a return needs answers to.
type returnFields struct {
	Kind                         app.ReturnKind
	Authority, Year, Day, Serial string
	Format, All                  string
	Years                        []govuk.Option
	Errors                       govuk.Errors
}

func fieldsOf(kind app.ReturnKind, o app.ReturnOrder) returnFields {
	f := returnFields{Kind: kind, Authority: o.Authority, Year: o.Year, Serial: o.Serial, Format: o.Format, All: "changed"}
	if o.On != 0 {
		f.Day = o.On.String()
	}
	for _, y := range app.ReturnYears(kind) {
		f.Years = append(f.Years, govuk.Option{Value: y, Text: y})
	}
	return f
}

// order reads what was sent. What cannot be read stays in the fields, and is said there.
func (f *returnFields) order(r *request) (app.ReturnOrder, error) {
	if err := r.parse(); err != nil {
		return app.ReturnOrder{}, err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f.Authority, f.Year, f.Day, f.Serial, f.Format, f.All = v("authority"), v("year"), v("on"), v("serial"), v("format"), v("all")
	o := app.ReturnOrder{Kind: f.Kind, Authority: f.Authority, Year: f.Year, Serial: f.Serial, Format: f.Format, All: f.All == "all"}
	if f.Day != "" {
		if o.On, _ = day.Parse(f.Day); o.On == 0 {
			o.On, _ = annexa.ParseDate(f.Day)
		}
	}
	return o, nil
}

// wrong takes what is wrong with an order to the fields; ok is false for an error that is
// about none of them.
func (f *returnFields) wrong(err error) (ok bool) {
	ps, ok := entry.Problems(err)
	for _, p := range ps {
		f.Errors.Add(p.Field, p.Text)
	}
	return ok
}
