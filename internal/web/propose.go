package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/line"
)

// proposeData is the page on which a decision is proposed.
type proposeData struct {
	entered
	Screen       string
	Signers      []string
	Posts, Teams [][2]string
	Delegations  [][2]string
	Replaces     *decisionLine
	Child        string // it is about this child
	ChildName    string
}

// maxOptions and maxConditions are how many there are on the page; by the API
// there may be more.
const (
	maxOptions    = 3
	maxConditions = 2
)

func (s *Server) proposeForm(w http.ResponseWriter, r *request) error {
	q := r.URL.Query()
	d := proposeData{entered: notEntered(), Screen: screenOf(q.Get("from"))}
	d.Values["replaces"] = q.Get("replaces")
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	d.Child, d.Screen = d.Values["child"], cmp.Or(d.Screen, screenOf(d.Values["screen"]))
	if id, ok := strings.CutPrefix(d.Screen, "/child/"); ok {
		d.Child, _, _ = strings.Cut(id, "/")
	}
	if d.Signers = d.lists["signers"]; d.Kept == "" && len(r.desk.Who().Held) > 0 {
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
		if p.Proposed.About == decision.AboutChild {
			d.Child = p.Proposed.AboutID
		}
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
	d := proposeData{entered: enteredIn(r), Screen: screenOf(v("screen")), Signers: r.PostForm["signers"], Child: v("child")}
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
	s.recorded(r)
	http.Redirect(w, r.Request, "/decision/"+done.Child, http.StatusSeeOther)
	return nil
}

func optionNote(i int) string {
	switch i {
	case 1:
		return ": what is decided"
	case 2:
		return ": what else was considered (to do nothing is one)"
	}
	return " (if there was one)"
}
