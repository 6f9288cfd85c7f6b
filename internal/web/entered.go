package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/door"
	"onus/internal/entry"
	"onus/internal/web/govuk"
)

// entered is what somebody typed into a form of a page. It is shown again after a
// mistake, and after a session that ended: nothing typed is ever lost.
type entered struct {
	Form   string // which form of the page, as its field "do" says; empty: the only one
	Values map[string]string
	lists  url.Values // all values of fields that take several
	Errors govuk.Errors
	Key    string // of one sending: sent twice, it is recorded once
	Kept   string // says that it was typed before and is here again
}

// notEntered is an empty form.
func notEntered() entered { return entered{Values: map[string]string{}, Key: fresh()} }

// enteredIn is what was sent; the request must have been parsed.
func enteredIn(r *request) entered {
	t := notEntered()
	t.fill(r.PostForm)
	t.Key = cmp.Or(t.Values["key"], t.Key)
	return t
}

func (t *entered) fill(v url.Values) {
	for name := range v {
		t.Values[name] = v.Get(name)
	}
	t.lists, t.Form = v, v.Get("do")
}

// value is what was typed at a field of a form of the page.
func (t entered) value(form, name string) string {
	if t.Form != form {
		return ""
	}
	return t.Values[name]
}

// place puts what was refused beside the fields that it is about: at says where each
// stands on the page.
func (t *entered) place(err error, at func(field string) string) {
	ps, _ := entry.Problems(err)
	for _, p := range ps {
		if f := at(p.Field); t.Errors.For(f) == "" {
			t.Errors.Add(f, p.Text)
		}
	}
}

// message is what is wrong at a field of a form of the page.
func (t entered) message(form, id string) govuk.ErrorMessageParams {
	if t.Form != form {
		return govuk.ErrorMessageParams{}
	}
	return t.Errors.Message(id)
}

// keeping are the addresses of forms, or their beginnings, of which what is typed is
// kept until it is recorded. Their pages show it again: see typedBefore.
var keeping = []string{"/child/", "/concerns/raise", "/concern/", "/decisions/new", "/decision/", "/packs/new", "/pack/", "/supervision/", "/line/change/", "/line/csv", "/front-door/"}

func keeps(path string) bool {
	return slices.ContainsFunc(keeping, func(p string) bool { return strings.HasPrefix(path, p) })
}

// draft keeps what is being typed, so that it outlives the session, the browser
// and the power.
func (s *Server) draft(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	path := r.PostForm.Get("draft-path")
	if !keeps(path) || door.Back(path) != path || strings.Contains(path, "?") {
		return entry.Refuse("draft-path", "Nothing of this page can be kept")
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), path, draftOf(r.PostForm)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// draftOf is what was typed, without what belongs to one sending of the form.
func draftOf(form url.Values) string {
	v := url.Values{}
	for name, values := range form {
		if name != "key" && name != "step" && name != "draft-path" && name != "word" && strings.Join(values, "") != "" {
			v[name] = values
		}
	}
	return v.Encode()
}

// typedBefore puts into a form what was typed before and not recorded.
func (s *Server) typedBefore(r *request, t *entered) error {
	x, err := s.App.Draft(r.ctx(), r.person(), r.URL.Path)
	if errors.Is(err, app.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v, err := url.ParseQuery(x.Body)
	if err != nil {
		return nil // not a draft of ours: the form is empty
	}
	t.fill(v)
	t.Kept = "What you typed on " + x.At.Long() + " is here again. It has not been recorded."
	return nil
}

// recorded forgets what was typed, once it is recorded. What stands in another form of
// the same page stays.
func (s *Server) recorded(r *request) {
	s.took(r)
	err := func() error {
		if do := r.PostForm.Get("do"); do != "" {
			x, err := s.App.Draft(r.ctx(), r.person(), r.URL.Path)
			if errors.Is(err, app.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			if v, err := url.ParseQuery(x.Body); err == nil && v.Get("do") != do {
				return nil
			}
		}
		return s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, "")
	}()
	if err != nil { // what matters is recorded
		s.Log.Error("a draft could not be removed", "route", r.Pattern, "error", err)
	}
}

// keepForLater keeps what was typed into a form when the session had ended
// before it was sent: for the person whose session it was. When nobody knows
// whose it was any more, or the form is one that does not show it again, the page
// gives the text back to whoever sent it, to send again after signing in.
func (s *Server) keepForLater(w http.ResponseWriter, r *request) (answered bool) {
	path := r.URL.Path
	if s.Door == nil || r.Method != http.MethodPost || path == "/draft" || path == "/search" || strings.HasPrefix(path, "/api/") || r.ParseForm() != nil || len(r.PostForm) == 0 {
		return false
	}
	if r.session.Last == "" || !keeps(path) {
		d := sendAgainData{Action: path}
		for name, values := range r.PostForm {
			for _, v := range values {
				d.Fields = append(d.Fields, [2]string{name, v})
			}
		}
		slices.SortStableFunc(d.Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		return s.render(w, http.StatusUnauthorized, sendAgainPage(s.page(r, "You were signed out", ""), d)) == nil
	}
	if err := s.App.KeepDraft(r.ctx(), r.session.Last, path, draftOf(r.PostForm)); err != nil {
		s.Log.Error("what was typed could not be kept", "route", r.Pattern, "error", err)
		return false
	}
	http.Redirect(w, r.Request, "/sign-in?kept=yes&back="+url.QueryEscape(path), http.StatusSeeOther)
	return true
}

// sendAgainData is a form that arrived without a session.
type sendAgainData struct {
	Action string
	Fields [][2]string
}
