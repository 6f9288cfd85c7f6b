package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
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
	d := decisionsData{Next: s.next("/decisions", l.Next)}
	for _, x := range l.Rows {
		d.Rows = append(d.Rows, s.decisionRow(l.Line, x))
	}
	return s.render(w, http.StatusOK, decisionsPage(s.page(r, "Decisions", "/decisions"), d))
}

// decisionOwed is what posts of theirs owe because of decisions, as rows.
func (s *Server) decisionOwed(r *request) (rows []shell.Duty, err error) {
	if r.desk.May(access.MakeDecision) != nil {
		return nil, nil
	}
	l, err := r.desk.Decisions(r.ctx(), app.Cursor{}, 1)
	if err != nil {
		return nil, err
	}
	on := l.Now.Date()
	for _, o := range l.Owed {
		href := "/decision/" + o.Decision
		d := shell.Duty{Who: shell.Link{Text: "A decision", Href: href}, About: ".", What: o.Text}
		d.When = shell.State{Kind: shell.Soon, Text: "due " + o.By.Short()}
		if o.By != 0 && o.By < on {
			d.When = shell.State{Kind: shell.Late, Text: "was due " + o.By.Short()}
		}
		switch o.What {
		case app.OwesSignature:
			d.When, d.What, d.Action = shell.State{Kind: shell.Soon, Text: "to sign"}, "Sign it, or say why not: "+o.Text, &shell.Link{Text: "Read it", Href: href}
			d.Why = "It does not stand until every post has signed."
		case app.OwesCondition:
			d.Why, d.Action = "Asked for by a decision.", &shell.Link{Text: "Say it is done", Href: href}
		case app.OwesReview:
			if o.By > on+14 {
				continue
			}
			d.What, d.Action = "Look whether it is still right: "+o.Text, &shell.Link{Text: "Review it", Href: href}
		case app.WasReplaced:
			d.When, d.What, d.Action = shell.State{Kind: shell.Blue, Text: "replaced"}, "A decision that you signed was replaced: "+o.Text, &shell.Link{Text: "See why", Href: href}
		}
		rows = append(rows, d)
	}
	return rows, nil
}

// proposeData is the page on which a decision is proposed.
type proposeData struct {
	Key, Screen, Shown string
	Values             map[string]string
	Signers            []string
	Posts, Teams       [][2]string
	Delegations        [][2]string
	Replaces           *decisionLine
	Child              string // it is about this child
	ChildName          string
	Errors             govuk.Errors
	Kept               string
}

// maxOptions and maxConditions are how many there are on the page; by the API
// there may be more.
const (
	maxOptions    = 3
	maxConditions = 2
)

func (s *Server) proposeForm(w http.ResponseWriter, r *request) error {
	q := r.URL.Query()
	d := proposeData{Key: fresh(), Screen: screenOf(q.Get("from")), Values: map[string]string{"replaces": q.Get("replaces")}}
	x := recordData{Values: d.Values}
	if err := s.fillDraft(r, &x); err != nil {
		return err
	}
	d.Kept = x.Kept
	if id, ok := strings.CutPrefix(d.Screen, "/child/"); ok {
		d.Child, _, _ = strings.Cut(id, "/")
	}
	if len(r.desk.Who().Held) > 0 {
		d.Signers = []string{r.desk.Post().ID}
	}
	return s.proposePage(w, r, http.StatusOK, d)
}

func (s *Server) proposePage(w http.ResponseWriter, r *request, code int, d proposeData) error {
	on := r.now.Date()
	for _, p := range r.line.Posts(on) {
		if p.Tier < line.TeamManager && !slices.Contains(r.desk.Who().Held, p.ID) {
			continue
		}
		who := "nobody is in it"
		if h, ok := r.line.Holder(p.ID, on); ok {
			who = r.line.Name(h.Person)
		}
		d.Posts = append(d.Posts, [2]string{p.ID, p.Title + ": " + who})
	}
	for _, t := range r.line.Teams() {
		d.Teams = append(d.Teams, [2]string{t.ID, t.Name})
	}
	for _, g := range r.line.Delegations() {
		if g.Holds(on) {
			text := cmp.Or(r.line.Title(g.Post), g.Post) + ": " + g.What
			if g.Limit > 0 {
				text += ", up to " + strconv.FormatFloat(g.Limit, 'f', 0, 64) + " pounds"
			}
			d.Delegations = append(d.Delegations, [2]string{string(g.ID), text})
		}
	}
	if id := d.Values["replaces"]; id != "" {
		p, err := r.desk.Decision(r.ctx(), id, 0)
		if err != nil {
			return err
		}
		row := decisionLine{Href: "/decision/" + id, Title: p.Title(), Number: strconv.Itoa(p.Proposed.Number)}
		d.Replaces = &row
	}
	if d.Child != "" {
		p, err := r.desk.Child(r.ctx(), "Propose a decision", d.Child, 0)
		if err != nil {
			return err
		}
		d.ChildName = p.Identity.Name()
	}
	f := s.page(r, "Propose a decision", "/decisions")
	f.Errors = d.Errors.Any()
	return s.render(w, code, proposePageOf(f, d))
}

func (s *Server) propose(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	d := proposeData{Key: cmp.Or(v("key"), fresh()), Screen: screenOf(v("screen")), Values: map[string]string{}, Signers: r.PostForm["signers"], Child: v("child")}
	for name, x := range r.PostForm {
		d.Values[name] = x[0]
	}
	date := func(field string) day.Date {
		on, err := day.Parse(v(field))
		if err != nil && v(field) != "" {
			d.Errors.Add(field, "Enter the day as a date")
		}
		return on
	}
	b := decision.Proposed{About: v("about"), What: v("what"), Reasons: v("reasons"), NotKnown: v("not_known"), Shown: v("shown"), Screen: d.Screen, Delegation: entry.ID(v("delegation")),
		Signers: d.Signers, ReviewBy: date("review_by"), Replaces: v("replaces"), WhyReplaced: v("why_replaced")}
	switch b.About {
	case decision.AboutTeam:
		b.AboutID = v("team")
	case decision.AboutPost:
		b.AboutID = v("about-post")
	}
	if d.Child != "" {
		b.About, b.AboutID = decision.AboutChild, d.Child
	}
	if v("amount") != "" {
		n, err := strconv.ParseFloat(strings.ReplaceAll(v("amount"), ",", ""), 64)
		if err != nil {
			d.Errors.Add("amount", "Enter the cost in pounds, in digits")
		}
		b.Amount = n
	}
	for i := 1; i <= maxOptions; i++ {
		if o := (decision.Option{What: v(numbered("option", i)), For: v(numbered("for", i)), Against: v(numbered("against", i))}); o != (decision.Option{}) {
			b.Options = append(b.Options, o)
		}
	}
	for i := 1; i <= maxConditions; i++ {
		if v(numbered("what", i))+v(numbered("post", i))+v(numbered("by", i)) != "" {
			b.Conditions = append(b.Conditions, decision.Condition{What: v(numbered("what", i)), Post: v(numbered("post", i)), By: date(numbered("by", i))})
		}
	}
	if d.Errors.Any() {
		return s.proposePage(w, r, http.StatusUnprocessableEntity, d)
	}
	done, err := r.desk.ProposeDecision(r.ctx(), b, r.person()+" "+d.Key)
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			field := p.Field
			switch field {
			case "about_id":
				field = map[string]string{decision.AboutTeam: "team", decision.AboutPost: "about-post"}[b.About]
			case "replaces", "number", "":
				field = "what"
			}
			d.Errors.Add(cmp.Or(field, "about"), p.Text)
		}
		return s.proposePage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, ""); err != nil {
		s.Log.Error("a draft could not be removed", "error", err)
	}
	http.Redirect(w, r.Request, "/decision/"+done.Child, http.StatusSeeOther)
	return nil
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
	Values                map[string]string
	Errors                govuk.Errors
	Form, Key             string
	MayReplace            bool
}

func (s *Server) decision(w http.ResponseWriter, r *request) error {
	return s.decisionPage(w, r, http.StatusOK, decisionData{Values: map[string]string{}, Key: fresh()})
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
		d := decisionData{Form: v("do"), Values: map[string]string{}, Key: cmp.Or(v("key"), fresh()), Errors: errs}
		for name, x := range r.PostForm {
			d.Values[name] = x[0]
		}
		fields := map[string]string{"sign": "sign-words", "dissent": "dissent-why", "withdraw": "withdraw-why", "fulfil": "fulfil-0", "review": "review-what"}
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
	http.Redirect(w, r.Request, "/decision/"+r.PathValue("decision"), http.StatusSeeOther)
	return nil
}

func (d decisionData) value(form, name string) string {
	if d.Form != form {
		return ""
	}
	return d.Values[name]
}

func (d decisionData) message(form, id string) govuk.ErrorMessageParams {
	if d.Form != form {
		return govuk.ErrorMessageParams{}
	}
	return d.Errors.Message(id)
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

// API.

type apiDecision struct {
	ID       string               `json:"id"`
	Number   int                  `json:"number"`
	Title    string               `json:"title"`
	About    string               `json:"about"`
	AboutID  string               `json:"about_id,omitempty"`
	State    decision.State       `json:"state"`
	Proposed day.Instant          `json:"proposed"`
	Stood    day.Instant          `json:"stood,omitzero"`
	By       string               `json:"replaced_by,omitempty"`
	Why      string               `json:"why_gone,omitempty"`
	Body     *decision.Proposed   `json:"decision,omitempty"`
	Missing  []string             `json:"missing_signatures,omitempty"`
	Signed   []decision.Signature `json:"signatures,omitempty"`
	Dissent  []decision.Dissent   `json:"dissent,omitempty"`
	ReviewBy day.Date             `json:"review_by,omitzero"`
	Receipt  string               `json:"receipt,omitempty"`
}

func (s *Server) apiDecisions(w http.ResponseWriter, r *request) error {
	after, limit, err := paging(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Decisions(r.ctx(), after, limit)
	if err != nil {
		return err
	}
	out := struct {
		Owed []app.DecisionOwed `json:"owed"`
		Rows []apiDecision      `json:"decisions"`
		Next string             `json:"next,omitempty"`
	}{Owed: append([]app.DecisionOwed{}, l.Owed...), Rows: []apiDecision{}, Next: s.cursorText(l.Next)}
	for _, d := range l.Rows {
		out.Rows = append(out.Rows, apiDecision{ID: d.ID, Number: d.Number, Title: d.Title, About: d.About, AboutID: d.AboutID, State: d.State, Proposed: d.Proposed})
	}
	return s.answer(w, out)
}

func (s *Server) apiDecision(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	p, err := r.desk.Decision(r.ctx(), r.PathValue("decision"), known)
	if err != nil {
		return err
	}
	return s.answer(w, apiDecision{ID: p.ID, Number: p.Proposed.Number, Title: p.Title(), About: p.Proposed.About, AboutID: p.Proposed.AboutID, State: p.State(), Proposed: p.At, Stood: p.Stood, By: p.By, Why: p.Why,
		Body: &p.Proposed, Missing: p.Missing(), Signed: p.Signatures, Dissent: p.Record.Dissent, ReviewBy: p.ReviewBy(), Receipt: "/api/decisions/" + p.ID + "/entries/" + string(p.Entry) + "/receipt"})
}

func (s *Server) apiPropose(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var b decision.Proposed
	if err := readJSON(r, &b); err != nil {
		return err
	}
	done, err := r.desk.ProposeDecision(r.ctx(), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOfDecision(done))
	return nil
}

func saidOfDecision(done app.Done) any {
	x := struct {
		Decision string     `json:"decision"`
		Entries  []entry.ID `json:"entries"`
		Again    bool       `json:"again,omitempty"`
		Receipt  string     `json:"receipt,omitempty"`
	}{Decision: done.Child, Entries: done.Entries, Again: done.Again}
	if len(done.Receipts) > 0 {
		x.Receipt = string(done.Receipts[0])
	}
	return x
}

func (s *Server) apiSayOfDecision(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in apiWrite
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if len(in.Entries) != 1 {
		return entry.Refuse("entries", "Give one entry")
	}
	e := in.Entries[0]
	k, ok := app.Registry().Known(e.Kind)
	if !ok || k.On != "decision" || e.Kind == "decision.proposed" || e.Kind == "decision.replaced" {
		return entry.Refuse("kind", "There is no kind of entry about a decision called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	b, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfDecision(r.ctx(), r.PathValue("decision"), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOfDecision(done))
	return nil
}

// Waits says that it waits for signatures still.
func (d decisionData) Waits() bool { return d.DecisionPage.State() == decision.Waiting }

func optionNote(i int) string {
	switch i {
	case 1:
		return ": what is decided"
	case 2:
		return ": what else was considered (to do nothing is one)"
	}
	return " (if there was one)"
}
