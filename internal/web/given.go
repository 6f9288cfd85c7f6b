package web

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
	"strconv"
	"strings"
)

// givenData is what the family was given.
type givenData struct {
	entered
	Child, Name string
	Record      string // where the child's is
	May         bool   // whoever looks may record about the child
	Plan        bool   // a plan stands that can be given
	Gives       []givenLine
}

type givenLine struct {
	ID, To, When, By, How, State, Opened string
	Live                                 bool
	Goals                                []child.SharedGoal
	Replies                              []givenReply
}

type givenReply struct {
	ID, When, Who, Said, Words string
	Did, Not, By               string // what was done about it
	Waits                      bool
}

func (s *Server) given(w http.ResponseWriter, r *request) error {
	d := givenData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.givenPage(w, r, http.StatusOK, access.SeeChild, d)
}

func (s *Server) givenPage(w http.ResponseWriter, r *request, code int, do access.Action, d givenData) error {
	p, err := r.desk.Shares(r.ctx(), do, "What the family was given", r.PathValue("child"))
	if err != nil {
		return err
	}
	d.Child, d.Name, d.Record = p.Record.Child, p.Identity.Name(), r.then("/child/"+p.Record.Child)
	d.May = r.desk.MayChild(access.RecordChild, p.Access) == nil
	_, d.Plan = p.Plan()
	for _, g := range p.Gives {
		d.Gives = append(d.Gives, givenRow(p.ChildPage, g))
	}
	f := s.page(r, "What the family was given", "")
	f.Errors = d.Errors.Any()
	if done := r.URL.Query().Get("done"); done != "" {
		if e, ok := findLog(p.ChildPage, entry.ID(done)); ok {
			k, _ := app.Registry().Known(e.Kind)
			at := "/child/" + d.Child + "/entry/" + done
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + ". It is recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, code, givenPageOf(f, d))
}

func givenRow(p *app.ChildPage, g app.Gave) givenLine {
	on := p.At.Date()
	x := givenLine{ID: string(g.Event.ID), To: g.To, When: g.Event.When.Long(), By: p.Line.Name(g.Event.Author), Live: g.Opens(on), Goals: g.Goals}
	if g.As != "" {
		x.To += ", " + g.As
	}
	switch g.State(on) {
	case "on paper":
		x.How, x.State = "On paper", "On paper: it has no link"
	case "ended":
		x.State = "Ended: " + g.Ended.Body.(child.PlanShareEnded).Why
	case "locked":
		x.State = "Locked: a wrong word was typed five times. Give a new link"
	case "past its day":
		x.State = "Past its day, " + g.Until.Long()
	default:
		x.State = "Opens until " + g.Until.Long()
		if g.Wrong > 0 {
			x.State += ". A wrong word was typed " + count(g.Wrong, "time", "times")
		}
	}
	if x.How == "" {
		x.How = "By a private link"
		if g.Word != "" {
			x.How += ", with a word agreed on the phone"
		}
	}
	if g.For != child.ForParent {
		x.How += ". Words for: " + g.For
	}
	switch n := len(g.Opened); {
	case g.Link == "":
	case n == 0:
		x.Opened = "Not opened yet"
	case n == 1:
		x.Opened = "Opened once, on " + g.Opened[0].Long()
	default:
		x.Opened = "Opened " + strconv.Itoa(n) + " times, last on " + g.Opened[0].Long()
	}
	for _, v := range g.Replies {
		y := givenReply{ID: string(v.Event.ID), When: v.Event.When.Long(), Who: v.Who(), Words: v.Words}
		var said []string
		if v.Agrees != "" {
			said = append(said, "Is this plan right? "+agreeWords[v.Agrees])
		}
		if v.Scale != nil {
			name := v.Goal
			for _, sg := range g.Goals {
				if sg.ID == v.Goal {
					name = sg.Name
				}
			}
			said = append(said, name+": "+strconv.Itoa(*v.Scale)+" out of 10")
		}
		y.Said = strings.Join(said, ". ")
		if v.Followed != nil {
			b := v.Followed.Body.(child.ViewFollowed)
			y.Did, y.Not, y.By = b.Did, b.Not, p.Line.Name(v.Followed.Author)+", "+v.Followed.When.Long()
		} else {
			y.Waits = v.With == ""
		}
		x.Replies = append(x.Replies, y)
	}
	return x
}

func (s *Server) sayOfGiven(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := givenData{entered: enteredIn(r)}
	id := r.PathValue("child")
	do, of, _ := strings.Cut(d.Form, "-")
	key := r.person() + " " + d.Key
	var done app.Done
	var err error
	record := func(b entry.Body) (app.Done, error) {
		return r.desk.Record(r.ctx(), app.Do{Child: id, Key: key, Now: true, Commands: []child.Command{{Source: entry.Source{Kind: "page"}, Body: b}}})
	}
	switch do {
	case "end":
		done, err = record(child.PlanShareEnded{Shared: entry.ID(of), Why: strings.TrimSpace(d.Values["why"])})
	case "answer":
		done, err = record(child.ViewFollowed{View: entry.ID(of), Did: strings.TrimSpace(d.Values["did"]), Not: strings.TrimSpace(d.Values["why_not"])})
	case "paper":
		x := replyIn(&d.entered)
		if !d.Errors.Any() {
			done, err = r.desk.PaperReply(r.ctx(), id, entry.ID(of), x, key)
		}
	default:
		if err := r.desk.Enter(r.ctx(), access.RecordChild, "What the family was given", id); err != nil {
			return err
		}
		return app.ErrNotFound
	}
	if ps, refused := entry.Problems(err); refused {
		for _, p := range ps {
			d.Errors.Add(givenPlace(do, of, p.Field), p.Text)
		}
	} else if err != nil {
		return err
	}
	if d.Errors.Any() {
		for i := range d.Errors {
			if strings.HasPrefix(d.Errors[i].Field, "scale-") {
				d.Errors[i].Field += "-" + of
			}
		}
		return s.givenPage(w, r, http.StatusUnprocessableEntity, access.RecordChild, d)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+id+"/plan/given?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// givenPlace is where a problem stands on the page of what was given.
func givenPlace(do, of, field string) string {
	switch do {
	case "end":
		return "why-" + of
	case "answer":
		return "did-" + of
	}
	switch {
	case field == "words":
		return "words-" + of
	case strings.HasPrefix(field, "scale-"):
		return field
	}
	return "agrees-" + of
}

// planSheet is the plan on paper.
type planSheet struct {
	famData
	Large    bool
	Back     string // to the page of what was given; empty: the family prints it
	PDF, Big string // addresses of the same as a PDF and in large print
}

//go:embed assets/src/_sheet.scss
var sheetCSS string

func (s *Server) sheet(r *request) (d planSheet, err error) {
	p, err := r.desk.ChildFor(r.ctx(), access.SeeChild, "The plan as it was given", r.PathValue("child"))
	if err != nil {
		return d, err
	}
	page, err := r.desk.FamilyCopy(p, entry.ID(r.PathValue("entry")))
	if err != nil {
		return d, err
	}
	at := "/child/" + p.Record.Child + "/plan/given"
	d.Page, d.Ask, d.Back = page, wordsFor(page.Share.PlanShared), at
	size := ""
	if d.Large = r.URL.Query().Get("size") == "large"; d.Large {
		size = "?size=large"
	}
	d.PDF, d.Big = at+"/"+string(page.Share.Event.ID)+"/plan.pdf"+size, at+"/"+string(page.Share.Event.ID)+"/print?size=large"
	return d, nil
}

func (s *Server) printGiven(w http.ResponseWriter, r *request) error {
	d, err := s.sheet(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, paperPage(s.familyPage(r, d.title()+", to print"), d))
}

func (s *Server) pdfGiven(w http.ResponseWriter, r *request) error {
	d, err := s.sheet(r)
	if err != nil {
		return err
	}
	browser := chromium()
	if browser == "" {
		return s.render(w, http.StatusOK, paperPage(s.familyPage(r, d.title()+", to print"), d))
	}
	pdf, err := s.planPDF(r.ctx(), browser, d)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="plan.pdf"`)
	_, err = w.Write(pdf)
	return err
}

func (s *Server) planPDF(ctx context.Context, browser string, d planSheet) ([]byte, error) {
	var doc strings.Builder
	if err := sheetDocument(d).Render(ctx, &doc); err != nil {
		return nil, err
	}
	return printed(ctx, browser, doc.String())
}

// linesFor is how many lines there are to write on: fewer where more numbers are asked.
func linesFor(d planSheet) int { return max(3, 6-len(d.Page.Share.Goals)) }

// onlyOne says how a number is chosen on paper.
func onlyOne(d planSheet) string {
	if len(d.Page.Share.Goals) == 1 {
		return " Put a ring round a number."
	}
	return ""
}

func quote(words string) string {
	if words == "" || strings.HasPrefix(words, "\"") || strings.HasPrefix(words, "“") {
		return words
	}
	return "“" + words + "”"
}

// smsText is a text message with a link, as an address of a message has it.
func smsText(link string) string {
	return strings.ReplaceAll(url.QueryEscape("A private page for you, from children's services: "+link), "+", "%20")
}

// tenOptions are the numbers of the scale to choose from.
func tenOptions() []govuk.Option {
	out := []govuk.Option{{Text: "Not said", EmptyValue: true}}
	for _, n := range tens {
		out = append(out, govuk.Option{Value: n, Text: n})
	}
	return out
}
