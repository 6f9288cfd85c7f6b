package web

import (
	"errors"
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/web/shell"
)

// returnFileData is the form to take a return away.
type returnFileData struct {
	Title, Base string
	Fields      returnFields
	Says        *takenSays // what the check says, once it was made
}

// takenSays is what the check of a return says, before it is taken away.
type takenSays struct {
	Answer string
	Bad    bool
	Again  bool // it says otherwise than it did a moment ago
	Facts  []shell.Fact
	Rules  []returnRuleLine // that found something
	NotRun []returnReason
	Left   []string
	With   []string
	Seen   string
	Of     string
	Button string // what taking it is called
}

func (s *Server) returnFileForm(w http.ResponseWriter, r *request) error {
	kind := app.ReturnKind(r.PathValue("return"))
	p, err := r.desk.Return(r.ctx(), kind, app.Cursor{}, 1)
	if err != nil {
		return err
	}
	return s.returnFilePage(w, r, http.StatusOK, fieldsOf(kind, p.Usual), nil)
}

func (s *Server) returnFilePage(w http.ResponseWriter, r *request, code int, f returnFields, says *takenSays) error {
	d := returnFileData{Title: returnTitles[f.Kind], Base: returnHref(f.Kind), Fields: f, Says: says}
	p := s.page(r, "Take away: "+d.Title, "/returns")
	p.Errors = f.Errors.Any()
	return s.render(w, code, returnFilePageOf(p, d))
}

// beforeTaking are what a check says, for whoever is about to take the return away.
func beforeTaking(t app.TakenReturn, again bool) *takenSays {
	run := t.Run
	out := &takenSays{Again: again, Seen: t.Seen, Of: returnOf(run), Button: "Take it away"}
	if out.Answer, out.Bad = returnAnswer(run); out.Bad {
		out.Button = "Take it away all the same"
	}
	if run.Facts.Draft {
		out.Answer += " The rules of this year are a draft and may still change."
	}
	out.Facts = factsOf(run)
	why := returnReason{}
	for _, f := range run.Facts.Found {
		words := t.Words[f.Code]
		if f.NotRun {
			why.Rules = append(why.Rules, f.Code+" asks: "+words.Says)
			continue
		}
		l := returnRuleLine{Name: ruleName(words, f.Code), Says: words.Says, State: severityState(f.Severity), Children: itoa(f.Children)}
		if f.Children == 0 {
			l.Children = ""
		}
		out.Rules = append(out.Rules, l)
	}
	if len(why.Rules) > 0 {
		out.NotRun = append(out.NotRun, why)
	}
	for _, x := range run.Facts.Left {
		out.Left = append(out.Left, itoa(x.N)+" "+x.Says)
	}
	for _, x := range run.Facts.With {
		out.With = append(out.With, returnDataTitles[x.What]+": "+x.Says+".")
	}
	return out
}

// takeReturn makes the file, says what its check says, and sends it to whoever has seen
// that. One at a time for each of those places that
// checks of files have too: a large return takes some hundred megabytes.
func (s *Server) takeReturn(w http.ResponseWriter, r *request) error {
	kind := app.ReturnKind(r.PathValue("return"))
	if returnTitles[kind] == "" {
		return app.ErrNotFound
	}
	f := fieldsOf(kind, app.ReturnOrder{})
	o, err := f.order(r)
	if err != nil {
		return err
	}
	select {
	case s.checking <- struct{}{}:
		defer func() { <-s.checking }()
	default:
		w.Header().Set("Retry-After", "60")
		f.Errors.Add("authority", "Others are making files just now. Wait a minute and ask again")
		return s.returnFilePage(w, r, http.StatusServiceUnavailable, f, nil)
	}
	patience(w)
	seen := r.PostForm.Get("seen")
	file, err := r.desk.TakeReturn(r.ctx(), o, seen)
	if err != nil {
		if errors.Is(err, app.ErrForbidden) || !f.wrong(err) {
			return err
		}
		return s.returnFilePage(w, r, http.StatusUnprocessableEntity, f, nil)
	}
	if file.Body == nil {
		return s.returnFilePage(w, r, http.StatusOK, f, beforeTaking(file, seen != ""))
	}
	h := w.Header()
	h.Set("Content-Type", file.Kind)
	h.Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(file.Body)))
	_, _ = w.Write(file.Body) // an error means that the reader has gone
	return nil
}
