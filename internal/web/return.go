package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/line"
	"onus/internal/returns/ssda903check"
	"onus/internal/web/shell"
)

// historySize is how many runs of a return a page lists.
const historySize = 20

// returnData is how one return stands.
type returnData struct {
	Title, Sub, Base string
	Actions          []shell.Link
	Fields           returnFields
	MayCheck         bool
	On               string // what is being done, in words; empty: nothing
	Broke            string
	Checked          bool // there is a check to tell of
	Answer           string
	Bad              bool
	Facts            []shell.Fact
	Before           string // with which check it is compared; empty: none
	Gone             string // rules that found something then, and nothing now
	Rules            []returnRuleLine
	NotRun           []returnReason
	With             []string // what it was checked with, beside the records
	Data             string   // where that is given; empty: this return needs nothing beside the records
	Teams            []returnTeamLine
	In               int // children in it
	Tables           []app.ReturnTable
	Left             []returnLeftLine
	Notes            []string
	Full             []returnFullTable
	FullAt           string
	History          []returnRunLine
	Next             string
}

// returnRuleLine is a rule that found something.
type returnRuleLine struct {
	Code, Name, Href, Says   string
	State                    shell.State
	Children, Places, Change string
}

// returnReason is all rules that could not run for one reason.
type returnReason struct {
	Says  string
	Rules []string
	Give  string // where what was lacking is given; empty: it is no such data
}

type returnTeamLine struct{ Name, Href, Children string }

type returnLeftLine struct{ Text, Href string }

// returnFullTable is how full the columns of a table are.
type returnFullTable struct {
	Table string
	Rows  string
	Cols  []returnFullCol
}

type returnFullCol struct {
	Column, Filled, Share string
	Of100                 int
}

// returnRunLine is one run in the history.
type returnRunLine struct {
	When, Who, What, Of                        string
	Children, Errors, Queries, NotRun, Changed string
	State                                      shell.State
	Note                                       string
}

func (s *Server) aReturn(w http.ResponseWriter, r *request) error {
	return s.returnPage(w, r, http.StatusOK, nil)
}

func (s *Server) returnPage(w http.ResponseWriter, r *request, code int, sent *returnFields) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	kind := app.ReturnKind(r.PathValue("return"))
	p, err := r.desk.Return(r.ctx(), kind, after, historySize)
	if err != nil {
		return err
	}
	d := returnData{Title: returnTitles[kind], Base: returnHref(kind), Fields: fieldsOf(kind, p.Usual), MayCheck: p.MayCheck, Sub: returnAbouts[kind]}
	if sent != nil {
		sent.Years = d.Fields.Years
		d.Fields = *sent
	}
	if kind == app.ReturnFeed {
		d.Actions = []shell.Link{{Text: "How it is sent", Href: feedHref}}
	}
	if p.MayTake {
		d.Actions = append(d.Actions, shell.Link{Text: "Take it away as a file", Href: d.Base + "/file"})
	}
	if p.On != nil {
		d.On = "It is being checked now: " + soFar(*p.On) + "."
	}
	if p.Broke != nil {
		d.Broke = "The check that " + p.Line.Name(p.Broke.Person) + " asked for on " + p.Broke.Asked.Long() + " broke off. " + p.Broke.Problem
	}
	if p.Last != nil {
		d.checked(r, p)
	}
	if kind == app.Return903 {
		d.Data = returnDataHref
	}
	d.history(r, p)
	d.Next = r.next(d.Base, p.Next)
	f := s.page(r, d.Title, "/returns")
	f.Errors = d.Fields.Errors.Any()
	return s.render(w, code, returnPageOf(f, d))
}

// checked fills in what the last check found.
func (d *returnData) checked(r *request, p *app.ReturnPage) {
	run := *p.Last
	d.Checked = true
	d.Title += ", " + returnOf(run)
	d.Sub += " Authority " + run.Authority + ". Checked " + momentAgo(run.Ended, p.Now) + ", for " + checkedBy(p.Line, run) + ". " + freshWords(p.Since)
	d.Answer, d.Bad = returnAnswer(run)
	if run.Facts.Draft {
		d.Answer += " The rules of this year are a draft and may still change."
	}
	d.Facts = factsOf(run)
	if p.Before != nil {
		d.Before = "Since the check of " + p.Before.Ended.Long()
	}
	because := map[string]int{}
	found := map[string]bool{}
	for _, x := range p.Rules {
		words := p.Words[x.Code]
		if !x.Failed {
			j, ok := because[x.Reason]
			if !ok {
				j, because[x.Reason] = len(d.NotRun), len(d.NotRun)
				d.NotRun = append(d.NotRun, returnReason{Says: onPages.Replace(x.Reason), Give: giveHref(x.Reason)})
			}
			d.NotRun[j].Rules = append(d.NotRun[j].Rules, x.Code+" asks: "+words.Says)
			continue
		}
		found[x.Code] = true
		d.rule(p, x, words)
	}
	gone := 0
	for code, was := range p.Was {
		if was.Failed && !found[code] {
			gone++
		}
	}
	if gone > 0 {
		d.Gone = count(gone, "rule that found something then finds", "rules that found something then find") + " nothing now."
	}
	for _, t := range p.Teams {
		x := returnTeamLine{Name: teamOf(p.Line, t.Team), Children: itoa(t.Children)}
		if t.Team != "" && r.desk.MayTeam(access.SeeTeam, t.Team) == nil {
			x.Href = d.Base + "/team/" + url.PathEscape(t.Team)
		}
		d.Teams = append(d.Teams, x)
	}
	for _, x := range run.Facts.With {
		d.With = append(d.With, title(returnDataTitles[x.What])+": "+x.Says+".")
	}
	d.In, d.Tables, d.Notes = run.Children, run.Facts.Tables, run.Facts.Notes
	for _, x := range run.Facts.Left {
		l := returnLeftLine{Text: itoa(x.N) + " " + x.Says}
		if x.Code != "" && found[x.Code] {
			l.Href = d.Base + "/rule/" + url.PathEscape(x.Code)
		}
		d.Left = append(d.Left, l)
	}
	d.FullAt = run.Began.Long()
	for _, x := range run.Facts.Fields {
		if n := len(d.Full); n == 0 || d.Full[n-1].Table != x.Table {
			d.Full = append(d.Full, returnFullTable{Table: x.Table, Rows: count(x.Rows, "row", "rows")})
		}
		t := &d.Full[len(d.Full)-1]
		t.Cols = append(t.Cols, returnFullCol{x.Column, itoa(x.Filled), share(x.Filled, x.Rows), x.Filled * 100 / max(x.Rows, 1)})
	}
}

// factsOf are the numbers of a check in which any rule was asked.
func factsOf(run app.ReturnRun) []shell.Fact {
	if run.Rules() == 0 {
		return nil
	}
	return []shell.Fact{
		{Label: "Errors", Value: itoa(run.Errors), Detail: "rules that failed", Bad: run.Errors > 0},
		{Label: "Queries", Value: itoa(run.Queries), Detail: "rules that ask for a reason"},
		{Label: "Could not run", Value: itoa(run.NotRun), Detail: "rules that lacked something", Bad: run.NotRun > 0},
		{Label: "Children in it", Value: itoa(run.Children), Detail: count(run.Held, "rule found nothing", "rules found nothing")},
	}
}

// rule adds a rule that found something.
func (d *returnData) rule(p *app.ReturnPage, x app.ReturnRule, words app.ReturnRuleWords) {
	l := returnRuleLine{Code: x.Code, Name: ruleName(words, x.Code), Href: d.Base + "/rule/" + url.PathEscape(x.Code), Says: words.Says, State: severityState(x.Severity), Children: itoa(x.Children), Places: itoa(x.Places)}
	if x.Children == 0 {
		l.Children, l.Places = "", ""
	}
	if p.Before != nil {
		was, there := p.Was[x.Code]
		switch n := x.Children - was.Children; {
		case !there:
			l.Change = "new"
		case !was.Failed:
			l.Change = "could not run then"
		case n == 0:
			l.Change = "as before"
		default:
			l.Change = moreOrFewer(n)
		}
	}
	d.Rules = append(d.Rules, l)
}

func moreOrFewer(n int) string {
	if n < 0 {
		return strconv.Itoa(-n) + " fewer"
	}
	return strconv.Itoa(n) + " more"
}

// onPages turns what the command line would be told into what can be said here.
var onPages = strings.NewReplacer(
	": name it with --postcodes", "",
	": name a postcode directory with --postcodes", ", and there is no directory",
	": name it with --providers", "",
	": name its file with --last", "",
	": name that code with --authority", ", which was not given with it",
	": name its code with --authority", " by the code that the postcode directory has for it")

// giveHref is where that is given for want of which a rule could not run.
func giveHref(reason string) string {
	switch what := ssda903check.Wanting(reason); what {
	case "":
		return ""
	case ssda903check.WantsCode:
		return returnDataHref + "#" + line.DataPostcodes
	default:
		return returnDataHref + "#" + what
	}
}

// ruleName is what a rule is called in a list: its code, or of our own the words for it.
func ruleName(w app.ReturnRuleWords, code string) string {
	if !w.Own {
		return code
	}
	switch code {
	case "no-number":
		return "No number"
	case "no-referral":
		return "No referral"
	case "schema":
		return "Refused by the schema"
	case "document":
		return "Not allowed"
	case "number-twice":
		return "Number twice"
	}
	return code
}

func severityState(s app.ReturnSeverity) shell.State {
	switch s {
	case app.ReturnError:
		return shell.State{Kind: shell.Late, Text: "Error"}
	case app.ReturnLeftOut:
		return shell.State{Kind: shell.Soon, Text: "Left out"}
	}
	return shell.State{Kind: shell.Blue, Text: "Query"}
}

// teamOf is a team's name. Who has none is somebody's too.
func teamOf(l *line.Line, id string) string {
	if id == "" {
		return "No team"
	}
	if t, ok := l.Team(id); ok {
		return t.Name
	}
	return id
}

// share is a part of a whole in words. It says all or none only where it is so.
func share(n, of int) string {
	switch {
	case of == 0:
		return ""
	case n == of:
		return "all"
	case n == 0:
		return "none"
	}
	return fmt.Sprintf("%d%%", min(max((n*100+of/2)/of, 1), 99))
}

func (d *returnData) history(r *request, p *app.ReturnPage) {
	for i, x := range p.History {
		l := returnRunLine{When: x.Asked.Long(), Who: p.Line.Name(x.Person), What: "Checked", Of: returnOf(x), Children: itoa(x.Children), Errors: itoa(x.Errors), Queries: itoa(x.Queries), NotRun: itoa(x.NotRun)}
		switch {
		case x.What == app.ReturnTaken:
			l.What, l.Note = "Taken away as a file ("+strings.ToUpper(x.Format)+")", "SHA-256 "+x.SHA256
			if x.Rules() == 0 { // of before checks were made in the same step
				l.Errors, l.Queries, l.NotRun = "", "", ""
			} else if codes := foundCodes(x.Facts.Found); codes != "" {
				l.Note = "Its check: " + codes + ". " + l.Note
			}
		case x.State != app.RunDone:
			l.Children, l.Errors, l.Queries, l.NotRun = "", "", "", ""
			switch {
			case x.On(p.Now):
				l.State = shell.State{Kind: shell.Blue, Text: "being checked"}
			default:
				l.State = shell.State{Kind: shell.Late, Text: "broke off"}
				l.Note = x.Problem
			}
		default:
			for _, y := range p.History[i+1:] {
				if app.Comparable(x, y) {
					l.Changed = changed(x, y)
					break
				}
			}
		}
		d.History = append(d.History, l)
	}
}

// foundCodes names the rules that did not hold in a file that was taken away.
func foundCodes(found []app.ReturnFound) string {
	const most = 12
	var codes []string
	for i, f := range found {
		if i == most {
			codes = append(codes, "and "+itoa(len(found)-most)+" more")
			break
		}
		code := f.Code
		if f.NotRun {
			code += " could not run"
		} else if f.Children > 0 {
			code += " (" + itoa(f.Children) + ")"
		}
		codes = append(codes, code)
	}
	return strings.Join(codes, ", ")
}

// changed says how a check differs from an earlier one.
func changed(now, was app.ReturnRun) string {
	var out []string
	for _, x := range []struct {
		n    int
		what string
	}{{now.Errors - was.Errors, "errors"}, {now.Queries - was.Queries, "queries"}, {now.NotRun - was.NotRun, "that could not run"}, {now.Children - was.Children, "children"}} {
		if x.n != 0 {
			out = append(out, moreOrFewer(x.n)+" "+x.what)
		}
	}
	if len(out) == 0 {
		return "As before"
	}
	return title(strings.Join(out, ", "))
}

// soFar says how far a run is.
func soFar(run app.ReturnRun) string {
	if run.State == app.RunWaiting {
		return "it waits for its turn"
	}
	if run.SoFar >= run.Total {
		return "the rules are asked"
	}
	return fmt.Sprintf("%d of %d records were looked at", run.SoFar, run.Total)
}

// checkReturn asks for a check, and leads to where one sees how far it is.
func (s *Server) checkReturn(w http.ResponseWriter, r *request) error {
	f := returnFields{Kind: app.ReturnKind(r.PathValue("return"))}
	o, err := f.order(r)
	if err != nil {
		return err
	}
	if _, _, err := r.desk.CheckReturn(r.ctx(), o); err != nil {
		if f.wrong(err) {
			return s.returnPage(w, r, http.StatusUnprocessableEntity, &f)
		}
		return err
	}
	http.Redirect(w, r.Request, returnHref(f.Kind)+"/progress", http.StatusSeeOther)
	return nil
}

// progressData is how far a check is.
type progressData struct {
	Title, Base, Says string
	SoFar, Total      int
	On                bool
}

// lookAgain is after how many seconds the page of a check asks again by itself. The page
// holds nothing that could be lost, and has a link for whoever will not wait.
const lookAgain = "3"

func (s *Server) returnProgress(w http.ResponseWriter, r *request) error {
	kind := app.ReturnKind(r.PathValue("return"))
	x, err := r.desk.ReturnProgress(r.ctx(), kind)
	if err != nil {
		return err
	}
	d := progressData{Title: returnTitles[kind], Base: returnHref(kind), Says: "It is not being checked now."}
	if x.On != nil {
		d.On, d.SoFar, d.Total, d.Says = true, x.On.SoFar, x.On.Total, title(soFar(*x.On))+"."
		w.Header().Set("Refresh", lookAgain)
	} else {
		w.Header().Set("Refresh", "0; url="+d.Base)
	}
	return s.render(w, http.StatusOK, progressPage(s.page(r, "Checking: "+d.Title, "/returns"), d))
}
