package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
)

// auditData is the page on which a sample is drawn.
type auditData struct {
	Auditors, Teams [][2]string
	Chosen          []string // teams
	Values          map[string]string
	Errors          govuk.Errors
	Drawn           string
}

func (s *Server) audits(w http.ResponseWriter, r *request) error {
	d := auditData{Values: map[string]string{"n": "10"}}
	if n, err := strconv.Atoi(r.URL.Query().Get("drawn")); err == nil && n >= 0 {
		d.Drawn = count(n, "child was", "children were") + " drawn. The auditor finds them under My children."
	}
	return s.auditPage(w, r, http.StatusOK, d)
}

func (s *Server) auditPage(w http.ResponseWriter, r *request, code int, d auditData) error {
	on := r.now.Date()
	for _, p := range r.line.Posts(on) {
		if h, ok := r.line.Holder(p.ID, on); ok && p.Function == line.Auditor {
			d.Auditors = append(d.Auditors, [2]string{h.Person, r.line.Name(h.Person)})
		}
	}
	for _, t := range r.line.Teams() {
		d.Teams = append(d.Teams, [2]string{t.ID, t.Name})
	}
	f := s.page(r, "Draw a sample", "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, auditsPage(f, d))
}

// drawSample draws children by lot for an auditor.
func (s *Server) drawSample(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	n, _ := strconv.Atoi(v("n"))
	until, err := day.Parse(v("until"))
	if err != nil {
		until = 0
	}
	drawn, err := r.desk.Sample(r.ctx(), v("person"), v("audit"), r.PostForm["teams"], n, until)
	if ps, ok := entry.Problems(err); ok {
		d := auditData{Values: map[string]string{"n": v("n"), "audit": v("audit"), "until": v("until"), "person": v("person")}, Chosen: r.PostForm["teams"]}
		for _, p := range ps {
			d.Errors.Add(cmp.Or(p.Field, "person"), p.Text)
		}
		return s.auditPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/audits?drawn="+itoa(drawn), http.StatusSeeOther)
	return nil
}

// disclosedLine is one thing that was disclosed to a partner or to the family.
type disclosedLine struct {
	What, Basis, By, When, Until string
	Entries                      []disclosedEntry
}

type disclosedEntry struct {
	Title, When string
	Rows        [][2]string
}

// disclosed shows a partner or one of the family what was disclosed to them, and
// nothing else.
func (s *Server) disclosed(w http.ResponseWriter, r *request) error {
	ids, err := r.desk.DisclosedTo(r.ctx())
	if err != nil {
		return err
	}
	var rows []disclosedLine
	for _, id := range ids {
		of, err := r.desk.Disclosed(r.ctx(), id)
		if err != nil {
			return err
		}
		for _, x := range of {
			l := disclosedLine{What: x.What, Basis: x.Basis, By: r.line.Name(x.By), When: x.At.Long(), Until: x.Until.Long()}
			if t := r.line.Title(x.Post); t != "" {
				l.By += ", " + lower(t)
			}
			for _, e := range x.Entries {
				k, _ := app.Registry().Known(e.Kind)
				raw, err := json.Marshal(e.Body)
				if err != nil {
					return err
				}
				l.Entries = append(l.Entries, disclosedEntry{k.Title, e.When.Long(), bodyRows(raw)})
			}
			rows = append(rows, l)
		}
	}
	return s.render(w, http.StatusOK, disclosedPage(s.page(r, "Disclosed to you", "/disclosed"), rows))
}

// narrow says whether whoever asks comes through a narrow door: a partner, or
// one of the family.
func (r *request) narrow() bool {
	if r.desk == nil {
		return false
	}
	p := r.desk.Who().Party
	return p == access.Partner || p == access.Family
}

// questionLine is one question about looks.
type questionLine struct {
	ID, Who, Text, Child, Href, When, By, Asked string
	Late                                        bool
	Answer                                      string
}

type questionsData struct {
	Rows   []questionLine
	Errors govuk.Errors
	Values map[string]string
	ID     string // of the question that was answered with a mistake
	// Set are the numbers that make looks a question; Asks whether there are any.
	Set  duty.Looks
	Asks bool
}

// value is what was typed at a field of a question's form.
func (d questionsData) value(id, name string) string {
	if d.ID != id {
		return ""
	}
	return d.Values[name]
}

func (s *Server) questions(w http.ResponseWriter, r *request) error {
	return s.questionsPage(w, r, http.StatusOK, questionsData{})
}

func (s *Server) questionsPage(w http.ResponseWriter, r *request, code int, d questionsData) error {
	qs, err := r.desk.Questions(r.ctx())
	if err != nil {
		return err
	}
	for _, q := range qs {
		x := questionLine{ID: string(q.ID), Who: r.line.Name(q.Person), Asked: whoHas(r, q.Post), By: q.By.Long(), Late: q.Answer == nil && q.By < r.at().Date(),
			When: q.First.Long()}
		x.Text = "looked at the record of a child " + q.Pattern
		if q.Pattern == app.ManyTries {
			x.Text = "tried to open the records " + q.Pattern + ": " + count(q.Looks, "child", "children")
		}
		if q.Looks > 1 && q.First.Long() != q.Last.Long() {
			x.When += " to " + q.Last.Long()
		}
		if q.Row != nil {
			x.Child, x.Href = q.Row.Name, r.then("/child/"+q.Row.Child+"/readers")
		}
		if q.Answer != nil {
			x.Answer = title(q.Answer.Answer) + ". " + q.Answer.Why + " (" + r.line.Name(q.Answerer) + ", " + q.Answered.Long() + ")"
		}
		d.Rows = append(d.Rows, x)
	}
	d.Set, d.Asks = s.App.Rules().Looks(r.now.Date())
	f := s.listPage(r, "Questions", "/questions", nil)
	f.Errors = d.Errors.Any()
	return s.render(w, code, questionsPage(f, d))
}

// answerQuestion records what a manager found out.
func (s *Server) answerQuestion(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	qs, err := r.desk.Questions(r.ctx())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(qs, func(q app.Question) bool { return string(q.ID) == v("asked") }) {
		return entry.Refuse("asked", "There is no such question, or it is not yours to answer")
	}
	b := line.LookAnswered{Asked: entry.ID(v("asked")), Answer: v("answer"), Why: v("why")}
	_, err = r.desk.RecordLine(r.ctx(), []line.Command{{Happened: day.AtInstant(r.now), Body: b, Source: entry.Source{Kind: "page"}}}, "")
	if ps, ok := entry.Problems(err); ok {
		d := questionsData{ID: v("asked"), Values: map[string]string{"answer": v("answer"), "why": v("why")}}
		for _, p := range ps {
			field := p.Field
			if field != "why" {
				field = "answer"
			}
			d.Errors.Add(field+"-"+d.ID, p.Text)
		}
		return s.questionsPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/questions", http.StatusSeeOther)
	return nil
}
