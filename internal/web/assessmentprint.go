package web

import (
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/entry"
)

// asmSheet is an assessment on paper, for the family: plain words, no codes. What entries
// say is not given with it: they can be about others, and what a child or a parent said
// alone is not for the others to read. What is given is what the worker wrote for them.
type asmSheet struct {
	Name, First, Authority, For string
	Signed                      string // who signed it, when; empty: nobody has
	State                       string
	Why                         string // why it began
	Parts                       []asmSheetPart
	Next, Help, Unknown         string
	Writer, Phone               string
	Back, PDF                   string
}

type asmSheetPart struct {
	Name  string
	Pairs [][2]string // the question, and the answer
}

func (d asmSheet) title() string { return d.First + "'s assessment" }

// tell is whom to tell, and how.
func (d asmSheet) tell() string {
	if d.Phone == "" {
		return "Tell " + d.Writer + "."
	}
	return "Tell " + d.Writer + ", " + d.Phone + "."
}

func (s *Server) asmSheet(r *request) (d asmSheet, err error) {
	p, err := r.desk.ChildFor(r.ctx(), access.SeeChild, "Assessment, to print", r.PathValue("child"))
	if err != nil {
		return d, err
	}
	id := entry.ID(r.URL.Query().Get("version"))
	if id == "" {
		all := p.Record.Assessments()
		for i := range all {
			if n := len(all[i].Versions); n > 0 {
				id = all[i].Versions[n-1].ID
			}
		}
	}
	a, v, ok := p.Record.AssessmentVersion(id)
	if !ok {
		return d, app.ErrNotFound
	}
	first := firstName(p.Identity.Name())
	d = asmSheet{Name: p.Identity.Name(), First: first, Authority: s.familyPage(r, "").Authority, For: v.When.Date.Long(), Help: v.Why, Next: title(v.Next), Unknown: v.Unknown,
		Writer: p.Line.Name(v.Author), Phone: p.Line.Telephone(v.Author), Back: asmPath(p.Record.Child) + "/version/" + string(v.ID), PDF: asmPath(p.Record.Child) + "/assessment.pdf?version=" + string(v.ID)}
	if v.State() == child.AssessmentSigned {
		d.Signed = "Signed by " + p.Line.Name(v.By) + " on " + v.Signed.Date.Long() + "."
	} else {
		d.State = "This is not signed. It can still change."
	}
	_, came := p.Record.AssessmentFrom(a)
	d.Why = "We began on " + a.Start.When.Date.Long() + "."
	if came != nil { // who told us is not for the family: they may have asked to stay unnamed
		d.Why = "Somebody was worried about " + first + " and told us on " + came.When.Date.Long() + ". " + d.Why
	}
	for _, x := range v.Answers {
		if strings.TrimSpace(x.Text) == "" {
			continue
		}
		if n := len(d.Parts); n == 0 || d.Parts[n-1].Name != x.Part {
			d.Parts = append(d.Parts, asmSheetPart{Name: x.Part})
		}
		at := &d.Parts[len(d.Parts)-1]
		at.Pairs = append(at.Pairs, [2]string{x.Asks, x.Text})
	}
	return d, nil
}

func (s *Server) printAssessment(w http.ResponseWriter, r *request) error {
	d, err := s.asmSheet(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, asmPaperPage(s.familyPage(r, d.title()+", to print"), d))
}

func (s *Server) pdfAssessment(w http.ResponseWriter, r *request) error {
	d, err := s.asmSheet(r)
	if err != nil {
		return err
	}
	browser := chromium()
	if browser == "" {
		return s.render(w, http.StatusOK, asmPaperPage(s.familyPage(r, d.title()+", to print"), d))
	}
	var doc strings.Builder
	if err := asmDocument(d).Render(r.ctx(), &doc); err != nil {
		return err
	}
	pdf, err := printed(r.ctx(), browser, doc.String())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="assessment.pdf"`)
	_, err = w.Write(pdf)
	return err
}
