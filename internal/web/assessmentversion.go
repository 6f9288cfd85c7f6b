package web

import (
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// asmVersionData is an assessment as it was sent, for whoever reads it before they sign.
type asmVersionData struct {
	entered
	Child, Name, First, Title, Sub string
	Version                        string
	SaidBy, Said                   string
	Parts                          []asmVersionPart
	Sent                           *asmSent
	Gaps                           []asmGap
	Unanswered                     []string
	Before                         string // the version before
	May                            bool
	Own                            string
}

type asmVersionPart struct {
	Name    string
	Answers []asmVersionAnswer
	Quiet   []string // questions that can stay open, and nobody answered
}

type asmVersionAnswer struct {
	Asks, Text, Was, Taken string
	Changed                bool
	How                    string
	Rests                  []asmEntry
	Stale                  []string
}

func (s *Server) assessmentVersion(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	return s.asmVersionPage(w, r, p, http.StatusOK, notEntered())
}

func (s *Server) asmVersionPage(w http.ResponseWriter, r *request, p *app.ChildPage, code int, t entered) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	a, v, ok := p.Record.AssessmentVersion(entry.ID(r.PathValue("version")))
	if !ok {
		return app.ErrNotFound
	}
	first := firstName(p.Identity.Name())
	d := asmVersionData{entered: t, Child: p.Record.Child, Name: p.Identity.Name(), First: first, Version: string(v.ID), Title: first + "'s assessment, version " + itoa(v.Number), Sub: "Sent by " + p.Line.Name(v.Author) + ", " + v.When.Long() + ": " + v.State() + "."}
	var before *child.AssessmentVersion
	if v.Number > 1 {
		before = &a.Versions[v.Number-2]
		d.Before = "Version " + itoa(before.Number)
	}
	if v.State() == child.AssessmentSentBack {
		d.SaidBy, d.Said = p.Line.Name(v.By), v.Said
	}
	kin, err := r.desk.Kin(r.ctx(), "Assessment", p.Record.Kin())
	if err != nil {
		return err
	}
	for _, x := range v.Answers {
		y := asmVersionAnswer{Asks: x.Asks, Text: x.Text, Taken: takenWords(x.Taken, kin), Stale: staleWords(p, x.Rests, p.Record.Written(x.Answer, v.At))}
		var how []string
		y.Rests, how = restsOn(p, x.Rests, known)
		y.How = restsWords(len(y.Rests), how)
		if before != nil {
			i := slices.IndexFunc(before.Answers, func(o child.Answered) bool { return o.Question == x.Question })
			if i >= 0 && before.Answers[i].Text != x.Text {
				y.Was, y.Changed = before.Answers[i].Text, true
			} else if i < 0 {
				y.Changed = true
			}
		}
		if n := len(d.Parts); n == 0 || d.Parts[n-1].Name != x.Part {
			d.Parts = append(d.Parts, asmVersionPart{Name: x.Part})
		}
		at := &d.Parts[len(d.Parts)-1]
		if x.Text == "" && !x.Needed && !y.Changed {
			at.Quiet = append(at.Quiet, x.Asks)
			continue
		}
		at.Answers = append(at.Answers, y)
	}
	d.Sent = asmConclusion(p, a, v, known)
	if v.State() == child.AssessmentWaits {
		for _, g := range p.Record.AssessmentGaps(a, v.Answers, v.When) {
			if strings.HasPrefix(g.ID, "question:") {
				d.Unanswered = append(d.Unanswered, strings.TrimPrefix(g.Says, "Nobody has answered: "))
				continue
			}
			d.Gaps = append(d.Gaps, asmGap{Says: g.Says, Asks: g.Asks})
		}
		if known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil && r.desk.MayTeam(access.Allocate, p.Status.Team) == nil {
			if d.May = v.Author != r.person(); !d.May {
				d.Own = "You wrote it: somebody else must sign it."
			}
		}
	}
	f := s.childFrame(r, p, d.Title, known, false)
	f.Errors = d.Errors.Any()
	return s.render(w, code, asmVersionPageOf(f, d))
}

// answerAssessment signs a version or sends it back.
func (s *Server) answerAssessment(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, _, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	t, id, sent := enteredIn(r), p.Record.Child, entry.ID(r.PathValue("version"))
	cmd := child.Command{Happened: day.AtInstant(r.now), Source: entry.Source{Kind: "page"}}
	at := "open_why"
	switch t.Form {
	case "sign":
		cmd.Happened, cmd.Body = day.On(r.now.Date()), child.AssessmentAuthorised{Sent: sent, OpenWhy: strings.TrimSpace(t.Values["open_why"])}
	case "return":
		cmd.Body, at = child.AssessmentReturned{Sent: sent, Why: strings.TrimSpace(t.Values["why"])}, "why"
	default:
		return app.ErrNotFound // nothing was said
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: id, Key: r.person() + " " + t.Key, Commands: []child.Command{cmd}})
	if _, refused := entry.Problems(err); refused {
		t.place(err, func(string) string { return at })
		return s.asmVersionPage(w, r, p, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, asmPath(id)+"?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}
