package web

import (
	"errors"
	"net/http"
	"strconv"

	"onus/internal/app"
)

// returnFileData is the form to take a return away.
type returnFileData struct {
	Title, Base string
	Fields      returnFields
}

func (s *Server) returnFileForm(w http.ResponseWriter, r *request) error {
	kind := app.ReturnKind(r.PathValue("return"))
	p, err := r.desk.Return(r.ctx(), kind, app.Cursor{}, 1)
	if err != nil {
		return err
	}
	return s.returnFilePage(w, r, http.StatusOK, fieldsOf(kind, p.Usual))
}

func (s *Server) returnFilePage(w http.ResponseWriter, r *request, code int, f returnFields) error {
	d := returnFileData{Title: returnTitles[f.Kind], Base: returnHref(f.Kind), Fields: f}
	p := s.page(r, "Take away: "+d.Title, "/returns")
	p.Errors = f.Errors.Any()
	return s.render(w, code, returnFilePageOf(p, d))
}

// takeReturn makes the file and sends it. One at a time for each of those places that
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
		return s.returnFilePage(w, r, http.StatusServiceUnavailable, f)
	}
	patience(w)
	file, err := r.desk.TakeReturn(r.ctx(), o)
	if err != nil {
		if errors.Is(err, app.ErrForbidden) || !f.wrong(err) {
			return err
		}
		return s.returnFilePage(w, r, http.StatusUnprocessableEntity, f)
	}
	h := w.Header()
	h.Set("Content-Type", file.Kind)
	h.Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(file.Body)))
	_, _ = w.Write(file.Body) // an error means that the reader has gone
	return nil
}
