package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

type decisionLine struct {
	Href, Title, Number, About, When string
	State                            shell.State
}

func (s *Server) decisionRow(l *line.Line, d app.DecisionRow) decisionLine {
	x := decisionLine{Href: "/decision/" + d.ID, Title: d.Title, Number: strconv.Itoa(d.Number), When: d.Proposed.Date().Long(), About: aboutText(l, d.About, d.AboutID), State: decisionState(d.State)}
	return x
}

func decisionState(st decision.State) shell.State {
	switch st {
	case decision.Waiting:
		return shell.State{Kind: shell.Soon, Text: string(st)}
	case decision.Stands:
		return shell.State{Kind: shell.OK, Text: string(st)}
	}
	return shell.State{Kind: shell.Grey, Text: string(st)}
}

func aboutText(l *line.Line, about, id string) string {
	switch about {
	case decision.AboutTeam:
		if t, ok := l.Team(id); ok {
			return t.Name
		}
	case decision.AboutPost:
		return cmp.Or(l.Title(id), id)
	case decision.AboutAuthority:
		return "The whole authority"
	case decision.AboutChild:
		return "A child"
	}
	return id
}

type decisionsData struct {
	Rows []decisionLine
	Next string
}

func (s *Server) decisions(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Decisions(r.ctx(), after, pageSize)
	if err != nil {
		return err
	}
	d := decisionsData{Next: r.next("/decisions", l.Next)}
	for _, x := range l.Rows {
		row := s.decisionRow(l.Line, x)
		row.Href = r.then(row.Href)
		d.Rows = append(d.Rows, row)
	}
	return s.render(w, http.StatusOK, decisionsPage(s.listPage(r, "Decisions", "/decisions", nil), d))
}

type decisionData struct {
	*app.DecisionPage
	Sub, About, AboutHref string
	State                 shell.State
	Signatures            [][3]string
	Missing               []string
	Dissent               [][2]string
	Conditions            []promisedLine
	Reviews               [][2]string
	Review                string
	Receipt               string
	Delegation            string
	OldHref, OldTitle     string
	ByHref                string
	SignAs                [][2]string
	entered
	MayReplace bool
}

func (s *Server) decision(w http.ResponseWriter, r *request) error {
	d := decisionData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.decisionPage(w, r, http.StatusOK, d)
}

func (s *Server) decisionPage(w http.ResponseWriter, r *request, code int, d decisionData) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	p, err := r.desk.Decision(r.ctx(), r.PathValue("decision"), known)
	if err != nil {
		return err
	}
	d.DecisionPage = p
	on := p.Now.Date()
	if known != 0 {
		on = known.Date()
	}
	who := func(person, post string) string {
		name := p.Line.Name(person)
		if t := p.Line.Title(post); t != "" {
			name += ", " + lower(t)
		}
		return name
	}
	d.State = decisionState(p.State())
	d.Sub = "Decision " + strconv.Itoa(p.Proposed.Number) + ", proposed by " + who(p.Author, p.Post) + " on " + p.At.Long() + "."
	d.About = aboutText(p.Line, p.Proposed.About, p.Proposed.AboutID)
	if p.Row != nil {
		d.About, d.AboutHref = p.Row.Name, "/child/"+p.Row.Child
	}
	for _, x := range p.Signatures {
		d.Signatures = append(d.Signatures, [3]string{who(x.Person, x.Post), x.At.Long(), x.Words})
	}
	for _, post := range p.Missing() {
		d.Missing = append(d.Missing, whoHas(r, post))
	}
	for _, x := range p.Record.Dissent {
		d.Dissent = append(d.Dissent, [2]string{who(x.Person, x.Post) + ", " + x.At.Long(), x.Why})
	}
	for i, c := range p.Proposed.Conditions {
		y := promisedLine{What: c.What, By: cmp.Or(p.Line.Title(c.Post), c.Post), Day: c.By.Long(), Nth: i}
		switch k := p.Done[i]; {
		case k.At != 0:
			y.State = shell.State{Kind: shell.OK, Text: "done " + k.At.Date().Short() + ": " + k.What}
		case c.By < on:
			y.State = shell.State{Kind: shell.Late, Text: count(s.App.Rules().Calendar().WorkingBetween(c.By, on), "working day", "working days") + " late"}
		default:
			y.State = shell.State{Kind: shell.Soon, Text: "not yet"}
		}
		y.Mine = known == 0 && p.State() == decision.Stands && p.Done[i].At == 0 && slices.Contains(p.Ours, c.Post)
		d.Conditions = append(d.Conditions, y)
	}
	for _, x := range p.Reviews {
		d.Reviews = append(d.Reviews, [2]string{p.Line.Name(x.Who) + ", " + x.At.Long(), x.What + " Next look by " + x.Next.Long() + "."})
	}
	d.Review = p.ReviewBy().Long()
	d.Receipt = "/decision/" + p.ID + "/entry/" + string(p.Entry) + "/receipt"
	if g, ok := p.Line.Delegation(p.Proposed.Delegation); ok {
		d.Delegation = cmp.Or(p.Line.Title(g.Post), g.Post) + ": " + g.What
	}
	if p.Old != nil {
		d.OldHref, d.OldTitle = "/decision/"+p.Old.ID, p.Old.Title()
	}
	if p.By != "" {
		d.ByHref = "/decision/" + p.By
	}
	for _, post := range p.Sign {
		d.SignAs = append(d.SignAs, [2]string{post, cmp.Or(p.Line.Title(post), post)})
	}
	d.MayReplace = known == 0 && p.State() == decision.Stands
	f := s.page(r, "Decision "+strconv.Itoa(p.Proposed.Number), "/decisions")
	f.Errors = d.Errors.Any()
	f.Known = &shell.KnownBar{Value: local(p.Now)}
	if known != 0 {
		f.Known = &shell.KnownBar{Value: local(known), Text: "Showing only what had been recorded by " + known.Long() + ".", BackHref: "/decision/" + p.ID}
	}
	return s.render(w, code, decisionPageOf(f, d))
}

func (s *Server) sayOfDecision(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	n, _ := strconv.Atoi(v("nth"))
	var errs govuk.Errors
	var b entry.Body
	switch v("do") {
	case "sign":
		b = decision.Signed{Post: v("post"), Words: v("words")}
	case "dissent":
		b = decision.Dissented{Why: v("why")}
	case "withdraw":
		b = decision.Withdrawn{Why: v("why")}
	case "fulfil":
		b = decision.Fulfilled{Condition: n, What: v("what")}
	case "review":
		next, err := day.Parse(v("next_review_by"))
		if err != nil && v("next_review_by") != "" {
			errs.Add("next_review_by", "Enter the day as a date")
		}
		b = decision.Reviewed{What: v("what"), Next: next}
	default:
		return app.ErrNotFound
	}
	var err error
	if !errs.Any() {
		_, err = r.desk.SayOfDecision(r.ctx(), r.PathValue("decision"), b, r.person()+" "+v("key"))
	}
	ps, refused := entry.Problems(err)
	if refused || errs.Any() {
		d := decisionData{entered: enteredIn(r)}
		d.Errors = errs
		fields := map[string]string{"sign": "sign-words", "dissent": "dissent-why", "withdraw": "withdraw-why", "fulfil": "fulfil-" + strconv.Itoa(n), "review": "review-what"}
		for _, p := range ps {
			field := fields[v("do")]
			if p.Field == "next_review_by" {
				field = p.Field
			}
			d.Errors.Add(field, p.Text)
		}
		return s.decisionPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/decision/"+r.PathValue("decision"), http.StatusSeeOther)
	return nil
}

func (s *Server) decisionReceipt(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Decision(r.ctx(), r.PathValue("decision"), 0)
	if err != nil {
		return err
	}
	id := entry.ID(r.PathValue("entry"))
	text, err := r.desk.DecisionReceipt(r.ctx(), p, id)
	if err != nil {
		return err
	}
	return sendReceipt(w, id, text)
}

// done is what was typed about a condition.
func (d decisionData) done(nth int) string {
	if d.Values["nth"] != strconv.Itoa(nth) {
		return ""
	}
	return d.value("fulfil", "what")
}

// Waits says that it waits for signatures still.
func (d decisionData) Waits() bool { return d.DecisionPage.State() == decision.Waiting }
