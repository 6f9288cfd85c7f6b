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
// say is not given with it: they can be about others. What the child and the parents said
// is theirs.
type asmSheet struct {
	Name, First, Authority, For string
	Signed                      string // who signed it, when; empty: nobody has
	State                       string
	Why                         string // why it began
	Parts                       []asmSheetPart
	Next, Help, Unknown         string
	Said                        [][2]string // who, and their words
	Writer, Phone               string
	Back, PDF                   string
}

type asmSheetPart struct {
	Name  string
	Pairs [][2]string // the question, and the answer
}

func (d asmSheet) title() string { return d.First + "'s assessment" }

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
	for _, id := range v.Views {
		if ev, ok := p.Record.Event(id); ok {
			if who, words := ownWords(&ev, first); words != "" {
				d.Said = append(d.Said, [2]string{who + ", " + ev.When.Date.Long(), words})
			}
		}
	}
	return d, nil
}

// ownWords is what the child or a parent said; what others said is not given to the family.
func ownWords(ev *child.Event, first string) (who, words string) {
	switch b := ev.Body.(type) {
	case child.View:
		switch b.Of {
		case "child":
			return first, b.Words
		case "parent":
			return b.Name, b.Words
		}
	case child.Visit:
		return first, b.Words
	}
	return "", ""
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
